//! Counted persons as units of the tables.

use ethos_model::attribute::{AgeBands, Origin, Sex};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::CubeRow;
use ethos_model::date::Time;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::Role;
use ethos_model::region::RegionMapping;
use ethos_model::study::{Study, TableSet};

use super::coverage::Coverage;
use super::crosstab::Crosstab;
use crate::children::ChildrenTold;
use crate::error::CountError;
use crate::persons::Found;

/// The code of a municipality nobody tells, in the `place` dimension.
pub(super) const NO_PLACE: u32 = 10_000;

/// The categories of a total, in published order.
pub(super) fn categories_of(total: Total) -> Vec<EthosCategory> {
    EthosCategory::ALL
        .into_iter()
        .filter(|category| category.total() == total)
        .collect()
}

/// The totals that observed tables are made for.
pub(super) const TOTALS: [Total; 2] = [Total::Homeless, Total::Threatened];

/// What the tables of one time are made from.
pub(crate) struct Rows<'a> {
    pub(crate) study: &'a Study,
    pub(crate) time: Time,
    pub(crate) coverage: &'a Coverage,
    /// Persons of a record of their own, and children found through the register.
    pub(crate) found: &'a [Found],
    /// Children known by number only; the persons who tell of them are positions in `found`.
    pub(crate) told: &'a [ChildrenTold],
    pub(crate) regions: &'a RegionMapping,
    /// Whether anything in the study could tell of children who live elsewhere.
    pub(crate) involved_measured: bool,
}

/// The rows of the cube for one time, in the families the study publishes.
pub(crate) fn cube_rows(rows: &Rows<'_>) -> Result<Vec<CubeRow>, CountError> {
    let units = rows.units()?;
    let mut cube = Vec::new();
    if rows.study.publish.tables.contains(&TableSet::National) {
        cube.extend(super::national::by_category(rows, &units)?);
        cube.extend(super::national::by_characteristic(rows, &units)?);
    }
    if rows.study.publish.tables.contains(&TableSet::Municipal) {
        cube.extend(super::regional::by_region(rows, &units)?);
        cube.extend(super::regional::by_municipality(rows, &units)?);
    }
    Ok(cube)
}

impl Rows<'_> {
    /// Every person, and every group of children known by number, with their codes:
    /// `involved` (1 for children who are involved and not counted), `category`, `tied`, `minor`,
    /// `sex`, `age`, `origin` (the number of levels for unknown) and `place`.
    fn units(&self) -> Result<Crosstab, CountError> {
        let bands = AgeBands::published();
        let unknown = [Sex::ALL.len(), bands.labels().len(), Origin::ALL.len()];
        let mut units: Vec<([u32; 8], u64)> = Vec::with_capacity(self.found.len());
        for one in self.found {
            let person = &one.person;
            let band = person
                .age
                .and_then(|age| bands.band_of(age))
                .and_then(|band| bands.labels().iter().position(|label| label == band));
            units.push((
                [
                    u32::from(person.role == Role::IndirectlyInvolved),
                    person.category.index() as u32,
                    u32::from(one.tied),
                    u32::from(person.age.is_some_and(|age| age < 18)),
                    person.sex.map_or(unknown[0], |sex| sex as usize) as u32,
                    band.unwrap_or(unknown[1]) as u32,
                    person.origin.map_or(unknown[2], |origin| origin as usize) as u32,
                    place(one.place),
                ],
                1,
            ));
        }
        for told in self.told {
            let parent = &self.found[told.parent];
            for (involved, children) in [(0, told.with), (1, told.elsewhere)] {
                if children > 0 {
                    let category = parent.person.category.index() as u32;
                    let [sex, _, origin] = unknown.map(|levels| levels as u32);
                    let tied = u32::from(parent.tied);
                    units.push((
                        [
                            involved,
                            category,
                            tied,
                            1,
                            sex,
                            0,
                            origin,
                            place(parent.place),
                        ],
                        children,
                    ));
                }
            }
        }
        let names = [
            "involved", "category", "tied", "minor", "sex", "age", "origin", "place",
        ];
        let columns = names
            .iter()
            .enumerate()
            .map(|(at, &name)| (name, units.iter().map(|(codes, _)| codes[at]).collect()))
            .collect();
        Crosstab::new(
            columns,
            Some(units.iter().map(|&(_, weight)| weight).collect()),
        )
    }
}

fn place(code: Option<MunicipalityCode>) -> u32 {
    code.map_or(NO_PLACE, |code| u32::from(code.number()))
}
