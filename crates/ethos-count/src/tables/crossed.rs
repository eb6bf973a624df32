//! Declared tables: observed persons by place, category and one or two characteristics, with
//! every total of them.

use std::collections::BTreeMap;

use ethos_model::attribute::UNKNOWN;
use ethos_model::category::EthosCategory;
use ethos_model::cell::Count;
use ethos_model::cube::{Crossing, CubeKey, CubeRow, Family, Figure, Measure};

use super::crosstab::Crosstab;
use super::places::{PlaceOf, places};
use super::rows::{Rows, TOTALS, categories_of};
use crate::error::CountError;

/// All levels of a characteristic together.
const ALL: usize = 0;

/// The rows of a declared table.
pub(super) fn by_crossing(
    rows: &Rows<'_>,
    units: &Crosstab,
    crossing: Crossing,
) -> Result<Vec<CubeRow>, CountError> {
    let by: Vec<_> = crossing.by().collect();
    let mut dimensions = vec!["place", "category"];
    dimensions.extend(by.iter().map(|of| of.key()));
    let counts = units.by(&dimensions, &[("involved", 0)])?;
    let present = counts.keys().map(|codes| codes[0]).collect();
    let places = places(rows, crossing.place(), &present);
    // The levels of each characteristic: all, those that are known, unknown.
    let levels: Vec<Vec<Option<String>>> = by
        .iter()
        .map(|of| {
            let known = of.levels().into_iter().map(Some);
            std::iter::once(None)
                .chain(known)
                .chain([Some(UNKNOWN.to_owned())])
                .collect()
        })
        .collect();
    let second = levels.get(1).map_or(1, Vec::len);
    let sums = sums(&places, &counts, [levels[0].len(), second]);

    let mut cube = Vec::new();
    for (at, place) in places.iter().enumerate() {
        for total in TOTALS {
            let of_total = categories_of(total);
            let lines = std::iter::once((None, of_total.clone())).chain(
                of_total
                    .iter()
                    .map(|&category| (Some(category), vec![category])),
            );
            for (category, members) in lines {
                let state = rows.coverage.total(place.members.iter().copied(), &members);
                for (i, first) in levels[0].iter().enumerate() {
                    for j in 0..second {
                        let persons = members
                            .iter()
                            .filter_map(|member| sums.get(&(at, *member)))
                            .map(|table| table[i * second + j])
                            .sum();
                        let mut key = CubeKey::national(
                            Family::Crossed(crossing),
                            rows.time,
                            total,
                            Measure::Observed,
                        );
                        key.place = place.place.clone();
                        key.category = category;
                        key.set_level(by[0], first.clone());
                        if let (Some(of), Some(level)) = (by.get(1), levels.get(1)) {
                            key.set_level(*of, level[j].clone());
                        }
                        cube.push(CubeRow {
                            key,
                            figure: Figure::Count(Count::of(state, persons)),
                        });
                    }
                }
            }
        }
    }
    Ok(cube)
}

/// Persons by place and category, and for each by level of one characteristic and the other; the
/// first level is all together.
fn sums(
    places: &[PlaceOf],
    counts: &BTreeMap<Vec<u32>, u64>,
    size: [usize; 2],
) -> BTreeMap<(usize, EthosCategory), Vec<u64>> {
    let mut holding: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        for code in &place.codes {
            holding.entry(*code).or_default().push(at);
        }
    }
    let mut sums = BTreeMap::new();
    for (codes, &persons) in counts {
        let category = EthosCategory::ALL[codes[1] as usize];
        let first = [ALL, codes[2] as usize + 1];
        let second: &[usize] = match codes.get(3) {
            Some(level) => &[ALL, *level as usize + 1],
            None => &[ALL],
        };
        for at in holding.get(&codes[0]).into_iter().flatten() {
            let table = sums
                .entry((*at, category))
                .or_insert_with(|| vec![0; size[0] * size[1]]);
            for i in first {
                for j in second {
                    table[i * size[1] + j] += persons;
                }
            }
        }
    }
    sums
}
