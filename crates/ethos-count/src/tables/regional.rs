//! Observed persons by region and by municipality, each with the state of its cell.

use std::collections::BTreeMap;

use ethos_model::attribute::UNKNOWN;
use ethos_model::category::EthosCategory;
use ethos_model::cell::Count;
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::municipality::MunicipalityCode;

use super::crosstab::Crosstab;
use super::rows::{NO_PLACE, Rows, TOTALS, categories_of};
use crate::error::CountError;
use crate::plan::day_of;

/// Persons by category and place code.
type Counts = BTreeMap<Vec<u32>, u64>;

fn counts(units: &Crosstab) -> Result<Counts, CountError> {
    units.by(&["place", "category"], &[("involved", 0)])
}

/// The rows of one place: `members` are its municipalities as positions in the coverage, whose
/// states the cells have, and `codes` the place codes whose persons it holds.
fn place_rows(
    rows: &Rows<'_>,
    family: Family,
    place: &Place,
    members: &[usize],
    codes: &[u32],
    counts: &Counts,
) -> Vec<CubeRow> {
    let persons = |category: EthosCategory| -> u64 {
        let category = category.index() as u32;
        codes
            .iter()
            .filter_map(|&code| counts.get(&[code, category][..]))
            .sum()
    };
    let mut cube = Vec::new();
    for total in TOTALS {
        let categories = categories_of(total);
        let lines = std::iter::once((None, categories.clone())).chain(
            categories
                .iter()
                .map(|&category| (Some(category), vec![category])),
        );
        for (category, of) in lines {
            let state = rows.coverage.total(members.iter().copied(), &of);
            let mut key = CubeKey::national(family, rows.time, total, Measure::Observed);
            key.place = place.clone();
            key.category = category;
            let persons = of.iter().map(|&category| persons(category)).sum();
            cube.push(CubeRow {
                key,
                figure: Figure::Count(Count::of(state, persons)),
            });
        }
    }
    cube
}

fn code_of(code: MunicipalityCode) -> u32 {
    u32::from(code.number())
}

/// Every municipality of the date, and the persons whose municipality nobody tells. The cells of
/// those last have the states of the whole country.
pub(super) fn by_municipality(
    rows: &Rows<'_>,
    units: &Crosstab,
) -> Result<Vec<CubeRow>, CountError> {
    let counts = counts(units)?;
    let codes = rows.coverage.municipalities();
    let mut cube = Vec::new();
    for (at, &code) in codes.iter().enumerate() {
        let place = Place::Municipality(code);
        let of = [code_of(code)];
        cube.extend(place_rows(
            rows,
            Family::MunicipalCategory,
            &place,
            &[at],
            &of,
            &counts,
        ));
    }
    let everywhere: Vec<usize> = (0..codes.len()).collect();
    let place = Place::UnknownMunicipality;
    let family = Family::MunicipalCategory;
    cube.extend(place_rows(
        rows,
        family,
        &place,
        &everywhere,
        &[NO_PLACE],
        &counts,
    ));
    Ok(cube)
}

/// Every region of the mapping on the date. Where persons have no municipality, or one that the
/// mapping does not place, they are in the region `unknown`.
pub(super) fn by_region(rows: &Rows<'_>, units: &Crosstab) -> Result<Vec<CubeRow>, CountError> {
    let counts = counts(units)?;
    let day = day_of(rows.time);
    let codes = rows.coverage.municipalities();
    let mut regions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut unplaced = Vec::new();
    for (at, &code) in codes.iter().enumerate() {
        match rows.regions.level_of(code, day) {
            Some(level) => regions.entry(level).or_default().push(at),
            None => unplaced.push(at),
        }
    }
    let place = |region: &str| Place::Region {
        mapping: rows.regions.key.clone(),
        region: region.to_owned(),
    };
    let family = Family::RegionalCategory;
    let mut cube = Vec::new();
    for (region, members) in &regions {
        let of: Vec<u32> = members.iter().map(|&at| code_of(codes[at])).collect();
        cube.extend(place_rows(
            rows,
            family,
            &place(region),
            members,
            &of,
            &counts,
        ));
    }
    let mut of: Vec<u32> = unplaced.iter().map(|&at| code_of(codes[at])).collect();
    of.push(NO_PLACE);
    if counts.keys().any(|key| of.contains(&key[0])) {
        let members = if unplaced.is_empty() {
            (0..codes.len()).collect()
        } else {
            unplaced
        };
        cube.extend(place_rows(
            rows,
            family,
            &place(UNKNOWN),
            &members,
            &of,
            &counts,
        ));
    }
    Ok(cube)
}
