//! Observed persons by region and by municipality, each with the state of its cell.
//!
//! Beside the persons who are counted in a place stand those whom any situation of the same total
//! places there: someone seen in two places is in both, so that these do not add up.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::category::EthosCategory;
use ethos_model::cell::Count;
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, PlaceLevel};
use ethos_model::person::Role;

use super::crosstab::Crosstab;
use super::places::{PlaceOf, places};
use super::rows::{Rows, TOTALS, categories_of, place};
use crate::error::CountError;

/// Regions, then municipalities.
pub(super) fn by_place(rows: &Rows<'_>, units: &Crosstab) -> Result<Vec<CubeRow>, CountError> {
    let counts = units.by(&["place", "category"], &[("involved", 0)])?;
    let touching = touching(rows);
    let present: BTreeSet<u32> = counts
        .keys()
        .map(|codes| codes[0])
        .chain(
            touching
                .iter()
                .flat_map(|(_, _, codes)| codes.iter().copied()),
        )
        .collect();
    let mut cube = Vec::new();
    for (level, family) in [
        (PlaceLevel::Regional, Family::RegionalCategory),
        (PlaceLevel::Municipal, Family::MunicipalCategory),
    ] {
        let places = places(rows, level, &present);
        let touched = touched(&places, &touching);
        for (at, place) in places.iter().enumerate() {
            cube.extend(place_rows(rows, family, place, &counts, touched[at]));
        }
    }
    Ok(cube)
}

/// The rows of one place.
fn place_rows(
    rows: &Rows<'_>,
    family: Family,
    place: &PlaceOf,
    counts: &BTreeMap<Vec<u32>, u64>,
    touched: [u64; 2],
) -> Vec<CubeRow> {
    let persons = |category: EthosCategory| -> u64 {
        let category = category.index() as u32;
        place
            .codes
            .iter()
            .filter_map(|&code| counts.get(&[code, category][..]))
            .sum()
    };
    let mut cube = Vec::new();
    for (total, touched) in TOTALS.into_iter().zip(touched) {
        let categories = categories_of(total);
        let lines = std::iter::once((None, categories.clone())).chain(
            categories
                .iter()
                .map(|&category| (Some(category), vec![category])),
        );
        for (category, of) in lines {
            let state = rows.coverage.total(place.members.iter().copied(), &of);
            let mut key = CubeKey::national(family, rows.time, total, Measure::Observed);
            key.place = place.place.clone();
            key.category = category;
            let persons = of.iter().map(|&category| persons(category)).sum();
            cube.push(CubeRow {
                key: key.clone(),
                figure: Figure::Count(Count::of(state, persons)),
            });
            if category.is_none() {
                key.measure = Measure::ObservedTouched;
                cube.push(CubeRow {
                    key,
                    figure: Figure::Count(Count::of(state, touched)),
                });
            }
        }
    }
    cube
}

/// Persons, or children known by number: the position of their total, how many they are, and the
/// place codes of every situation of theirs.
type Touching = Vec<(usize, u64, Vec<u32>)>;

fn touching(rows: &Rows<'_>) -> Touching {
    let of = |found: &crate::persons::Found, persons| {
        let total = found.person.category.total();
        let at = TOTALS.iter().position(|known| *known == total)?;
        let mut codes = vec![place(found.place)];
        codes.extend(found.elsewhere.iter().map(|code| place(Some(*code))));
        Some((at, persons, codes))
    };
    let counted = rows
        .found
        .iter()
        .filter(|found| found.person.role != Role::IndirectlyInvolved)
        .filter_map(|found| of(found, 1));
    let told = rows
        .told
        .iter()
        .filter(|told| told.with > 0)
        .filter_map(|told| of(&rows.found[told.parent], told.with));
    counted.chain(told).collect()
}

/// For every place the persons who touch it, by total; each once.
fn touched(places: &[PlaceOf], touching: &Touching) -> Vec<[u64; 2]> {
    let mut holding: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        for code in &place.codes {
            holding.entry(*code).or_default().push(at);
        }
    }
    let mut sums = vec![[0; 2]; places.len()];
    let mut own: Vec<usize> = Vec::new();
    for (total, persons, codes) in touching {
        own.clear();
        own.extend(codes.iter().filter_map(|code| holding.get(code)).flatten());
        own.sort_unstable();
        own.dedup();
        for at in &own {
            sums[*at][*total] += persons;
        }
    }
    sums
}
