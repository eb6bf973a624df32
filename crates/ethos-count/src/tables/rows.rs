//! Counted persons as units of the tables.

use std::collections::BTreeSet;

use ethos_model::attribute::{AgeBands, DurationBand, HouseholdType};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::{Characteristic, Crossing, CubeRow};
use ethos_model::date::Time;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::Role;
use ethos_model::region::RegionMapping;
use ethos_model::study::{Study, TableSet};

use super::coverage::Coverage;
use super::crosstab::Crosstab;
use super::household::Households;
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
    pub(crate) regions: &'a [&'a RegionMapping],
    /// Whether anything in the study could tell of children who live elsewhere.
    pub(crate) involved_measured: bool,
}

/// The tables of one time.
pub(crate) struct Made {
    pub(crate) rows: Vec<CubeRow>,
    /// Declared tables with a characteristic that nothing gives.
    pub(crate) left_out: Vec<Crossing>,
}

/// The rows of the cube for one time, in the families the study publishes.
pub(crate) fn cube_rows(rows: &Rows<'_>) -> Result<Made, CountError> {
    let (units, given) = rows.units()?;
    let mut cube = Vec::new();
    if rows.study.publish.tables.contains(&TableSet::National) {
        cube.extend(super::national::by_category(rows, &units)?);
        cube.extend(super::national::by_characteristic(rows, &units)?);
    }
    if rows.study.publish.tables.contains(&TableSet::Municipal) {
        cube.extend(super::regional::by_place(rows, &units)?);
    }
    let mut left_out = Vec::new();
    for crossing in rows.study.publish.crossings() {
        // How long a situation lasts is asked on a date.
        let on_date = matches!(rows.time, Time::On(_));
        if !on_date && crossing.by().any(|by| by == Characteristic::Duration) {
            continue;
        }
        if crossing.by().all(|by| given.contains(&by)) {
            cube.extend(super::crossed::by_crossing(rows, &units, crossing)?);
        } else {
            left_out.push(crossing);
        }
    }
    Ok(Made {
        rows: cube,
        left_out,
    })
}

/// Dimensions of a unit before its characteristics.
const FRONT: [&str; 5] = ["involved", "category", "tied", "minor", "place"];

/// The codes of a unit: [`FRONT`], then every characteristic.
type Codes = [u32; 12];

impl Rows<'_> {
    /// Every person, and every group of children known by number, with their codes:
    /// `involved` (1 for children who are involved and not counted), `category`, `tied`, `minor`,
    /// `place`, and every characteristic (the number of its levels for unknown); and the
    /// characteristics that are known of anybody.
    fn units(&self) -> Result<(Crosstab, BTreeSet<Characteristic>), CountError> {
        let bands = AgeBands::published();
        let households = Households::of(self.found, self.told);
        let unknown = Characteristic::ALL.map(|of| of.levels().len() as u32);
        let mut units: Vec<(Codes, u64)> = Vec::with_capacity(self.found.len());
        for one in self.found {
            let person = &one.person;
            let band = person
                .age
                .and_then(|age| bands.band_of(age))
                .and_then(|band| bands.labels().iter().position(|label| label == band));
            let levels = [
                person.sex.map(|sex| sex as usize),
                band,
                person.origin.map(|origin| origin as usize),
                households.of_person(one).map(|kind| kind as usize),
                self.duration(one).map(|band| band as usize),
                person.nationality.map(|group| group as usize),
                person.residence.map(|status| status as usize),
            ];
            units.push((
                codes(
                    [
                        u32::from(person.role == Role::IndirectlyInvolved),
                        person.category.index() as u32,
                        u32::from(one.tied),
                        u32::from(person.age.is_some_and(|age| age < 18)),
                        place(one.place),
                    ],
                    levels,
                    unknown,
                ),
                1,
            ));
        }
        for told in self.told {
            let parent = &self.found[told.parent];
            for (involved, children) in [(0, told.with), (1, told.elsewhere)] {
                if children > 0 {
                    // Of children known by number only the age is known, and their household
                    // and stay where they are with the parent.
                    let with = involved == 0;
                    let levels = [
                        None,
                        Some(0),
                        None,
                        with.then_some(HouseholdType::WithChildren as usize),
                        self.duration(parent)
                            .filter(|_| with)
                            .map(|band| band as usize),
                        None,
                        None,
                    ];
                    let category = parent.person.category.index() as u32;
                    let front = [
                        involved,
                        category,
                        u32::from(parent.tied),
                        1,
                        place(parent.place),
                    ];
                    units.push((codes(front, levels, unknown), children));
                }
            }
        }
        let given = Characteristic::ALL
            .into_iter()
            .enumerate()
            .filter(|(at, _)| {
                let known = |codes: &Codes| codes[FRONT.len() + at] < unknown[*at];
                units.iter().any(|(codes, _)| codes[0] == 0 && known(codes))
            })
            .map(|(_, of)| of)
            .collect();
        let names = FRONT
            .into_iter()
            .chain(Characteristic::ALL.map(Characteristic::key));
        let columns = names
            .enumerate()
            .map(|(at, name)| (name, units.iter().map(|(codes, _)| codes[at]).collect()))
            .collect();
        let weights = units.iter().map(|&(_, weight)| weight).collect();
        Ok((Crosstab::new(columns, Some(weights))?, given))
    }

    /// How long the situation has lasted on the date.
    fn duration(&self, found: &Found) -> Option<DurationBand> {
        match self.time {
            Time::On(day) => found.since.map(|since| DurationBand::between(since, day)),
            Time::AnyDayIn(_) => None,
        }
    }
}

fn codes(front: [u32; 5], levels: [Option<usize>; 7], unknown: [u32; 7]) -> Codes {
    let mut codes = [0; 12];
    codes[..5].copy_from_slice(&front);
    for (code, (level, unknown)) in codes[5..].iter_mut().zip(levels.into_iter().zip(unknown)) {
        *code = level.map_or(unknown, |level| level as u32);
    }
    codes
}

/// The code of a place in its dimension.
pub(super) fn place(code: Option<MunicipalityCode>) -> u32 {
    code.map_or(NO_PLACE, |code| u32::from(code.number()))
}
