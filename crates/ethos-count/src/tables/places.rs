//! The places that tables have rows of, each with the municipalities it holds.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::attribute::UNKNOWN;
use ethos_model::cube::{Place, PlaceLevel};
use ethos_model::region::RegionMapping;

use super::rows::{NO_PLACE, Rows, place};
use crate::plan::day_of;

/// A place of a table.
pub(super) struct PlaceOf {
    pub(super) place: Place,
    /// Its municipalities as positions in the coverage, whose states its cells have.
    pub(super) members: Vec<usize>,
    /// The place codes of the persons it holds.
    pub(super) codes: Vec<u32>,
}

/// The places of a level. `present` are the place codes that somebody has.
pub(super) fn places(rows: &Rows<'_>, level: PlaceLevel, present: &BTreeSet<u32>) -> Vec<PlaceOf> {
    let municipalities = rows.coverage.municipalities();
    let everywhere = || (0..municipalities.len()).collect::<Vec<_>>();
    match level {
        PlaceLevel::National => vec![PlaceOf {
            place: Place::Netherlands,
            members: everywhere(),
            codes: present.iter().copied().collect(),
        }],
        PlaceLevel::Regional => rows
            .regions
            .iter()
            .flat_map(|mapping| regions(rows, mapping, present))
            .collect(),
        // Last the persons whose municipality nobody tells, with the states of the whole country.
        PlaceLevel::Municipal => municipalities
            .iter()
            .enumerate()
            .map(|(at, &code)| PlaceOf {
                place: Place::Municipality(code),
                members: vec![at],
                codes: vec![place(Some(code))],
            })
            .chain([PlaceOf {
                place: Place::UnknownMunicipality,
                members: everywhere(),
                codes: vec![NO_PLACE],
            }])
            .collect(),
    }
}

/// Every region of the mapping on the date. Where persons have no municipality, or one that the
/// mapping does not place, they are in the region `unknown`.
fn regions(rows: &Rows<'_>, mapping: &RegionMapping, present: &BTreeSet<u32>) -> Vec<PlaceOf> {
    let day = day_of(rows.time);
    let municipalities = rows.coverage.municipalities();
    let mut regions: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut unplaced = Vec::new();
    for (at, &code) in municipalities.iter().enumerate() {
        match mapping.level_of(code, day) {
            Some(level) => regions.entry(level).or_default().push(at),
            None => unplaced.push(at),
        }
    }
    let codes_of = |members: &[usize]| -> Vec<u32> {
        members
            .iter()
            .map(|&at| place(Some(municipalities[at])))
            .collect()
    };
    let region = |name: &str| Place::Region {
        mapping: mapping.key.clone(),
        region: name.to_owned(),
    };
    let mut found: Vec<PlaceOf> = regions
        .into_iter()
        .map(|(name, members)| PlaceOf {
            place: region(name),
            codes: codes_of(&members),
            members,
        })
        .collect();
    let mut codes = codes_of(&unplaced);
    codes.push(NO_PLACE);
    if codes.iter().any(|code| present.contains(code)) {
        found.push(PlaceOf {
            place: region(UNKNOWN),
            members: if unplaced.is_empty() {
                (0..municipalities.len()).collect()
            } else {
                unplaced
            },
            codes,
        });
    }
    found
}
