//! The national tables of observed persons.

use std::collections::BTreeMap;

use ethos_model::attribute::{AgeBands, Origin, Sex, UNKNOWN};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{CellState, Count};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure};

use super::crosstab::Crosstab;
use super::rows::{Rows, TOTALS, categories_of};
use crate::error::CountError;
use crate::persons::smallest_and_largest;

fn row(key: CubeKey, state: CellState, persons: u64) -> CubeRow {
    CubeRow {
        key,
        figure: Figure::Count(Count::of(state, persons)),
    }
}

/// Persons by category, with the range under other priority orders, the children among them and
/// the children involved.
pub(super) fn by_category(rows: &Rows<'_>, units: &Crosstab) -> Result<Vec<CubeRow>, CountError> {
    let everywhere = || 0..rows.coverage.municipalities().len();
    let observed = units.by(&["category"], &[("involved", 0)])?;
    let children = units.by(&["category"], &[("involved", 0), ("minor", 1)])?;
    let involved = units.by(&["category"], &[("involved", 1)])?;
    let tied: Vec<(u8, u64)> = units
        .by(&["tied"], &[("involved", 0)])?
        .into_iter()
        .map(|(key, persons)| (key[0] as u8, persons))
        .collect();
    let of = |table: &BTreeMap<Vec<u32>, u64>, category: EthosCategory| {
        table
            .get(&[category.index() as u32][..])
            .copied()
            .unwrap_or(0)
    };
    let mut cube = Vec::new();
    for total in TOTALS {
        let categories = categories_of(total);
        let key = |category, measure| {
            let mut key = CubeKey::national(Family::NationalCategory, rows.time, total, measure);
            key.category = category;
            key
        };
        let lines = std::iter::once((None, categories.clone())).chain(
            categories
                .iter()
                .map(|&category| (Some(category), vec![category])),
        );
        for (category, members) in lines {
            let state = rows.coverage.total(everywhere(), &members);
            let involved_state = if rows.involved_measured {
                state
            } else {
                CellState::NotCollected
            };
            let sum = |table| members.iter().map(|&member| of(table, member)).sum();
            cube.push(row(key(category, Measure::Observed), state, sum(&observed)));
            if let Some(category) = category {
                let (smallest, largest) = smallest_and_largest(category, &tied);
                let key = |measure| key(Some(category), measure);
                cube.push(row(key(Measure::ObservedSmallest), state, smallest));
                cube.push(row(key(Measure::ObservedLargest), state, largest));
            }
            cube.push(row(
                key(category, Measure::ObservedChildren),
                state,
                sum(&children),
            ));
            let involved = sum(&involved);
            cube.push(row(
                key(category, Measure::ChildrenInvolved),
                involved_state,
                involved,
            ));
        }
    }
    Ok(cube)
}

/// Persons by one of sex, age and origin at a time, with everyone together.
pub(super) fn by_characteristic(
    rows: &Rows<'_>,
    units: &Crosstab,
) -> Result<Vec<CubeRow>, CountError> {
    let bands = AgeBands::published();
    let sexes: Vec<&str> = Sex::ALL.iter().map(|sex| sex.key()).collect();
    let ages: Vec<&str> = bands.labels().iter().map(String::as_str).collect();
    let origins: Vec<&str> = Origin::ALL.iter().map(|origin| origin.key()).collect();
    let mut cube = Vec::new();
    for total in TOTALS {
        let state = total_state(rows, total);
        let all = CubeKey::national(
            Family::NationalCharacteristics,
            rows.time,
            total,
            Measure::Observed,
        );
        for (name, levels) in [("sex", &sexes), ("age", &ages), ("origin", &origins)] {
            let counts = of_total(&units.by(&["category", name], &[("involved", 0)])?, total);
            for (at, level) in levels.iter().copied().chain([UNKNOWN]).enumerate() {
                let mut key = all.clone();
                let dimension = match name {
                    "sex" => &mut key.sex,
                    "age" => &mut key.age,
                    _ => &mut key.origin,
                };
                *dimension = Some(level.to_owned());
                cube.push(row(
                    key,
                    state,
                    counts.get(&(at as u32)).copied().unwrap_or(0),
                ));
            }
            if name == "sex" {
                cube.push(row(all.clone(), state, counts.values().sum()));
            }
        }
    }
    Ok(cube)
}

/// The state of a total over the whole country.
fn total_state(rows: &Rows<'_>, total: Total) -> CellState {
    rows.coverage.total(
        0..rows.coverage.municipalities().len(),
        &categories_of(total),
    )
}

/// Of counts by category and another code, those of one total by the other code.
fn of_total(table: &BTreeMap<Vec<u32>, u64>, total: Total) -> BTreeMap<u32, u64> {
    let mut found = BTreeMap::new();
    for (key, persons) in table {
        if EthosCategory::ALL[key[0] as usize].total() == total {
            *found.entry(key[1]).or_insert(0) += persons;
        }
    }
    found
}
