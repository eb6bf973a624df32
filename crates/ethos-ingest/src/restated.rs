//! Rows that a later delivery of the same sender states again.
//!
//! Half-yearly and yearly deliveries repeat what runs on: the same person, first day and
//! category, with an end once there is one. The row of the delivery made last counts, else a
//! stay that ended would live on in the older file.

use std::collections::BTreeMap;

use ethos_model::date::{Day, Period};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::spell::Spell;
use rayon::slice::ParallelSliceMut;

use crate::file::FileResult;

/// Takes restated spells out of the older files and counts them as superseded; for each file,
/// how many those were. Only files of one sender (or of none: a national register's) that were
/// made on different days, or tell of different periods, are compared.
pub(crate) fn set_aside(files: &mut [FileResult]) -> Vec<u64> {
    let mut restated = vec![0; files.len()];
    let mut senders: BTreeMap<Option<MunicipalityCode>, Vec<usize>> = BTreeMap::new();
    for (at, file) in files.iter().enumerate() {
        if !file.spells.is_empty() {
            senders.entry(file.delivery.sender).or_default().push(at);
        }
    }
    for group in senders.into_values().filter(|group| group.len() > 1) {
        set_aside_in(files, &group, &mut restated);
    }
    restated
}

/// When a delivery was made and until when it tells.
type Age = (Option<Day>, Option<Day>);

fn set_aside_in(files: &mut [FileResult], group: &[usize], restated: &mut [u64]) {
    let age = |at: usize| -> Age {
        let delivery = &files[at].delivery;
        (delivery.made, delivery.period.map(Period::end))
    };
    let ages: Vec<Age> = group.iter().map(|at| age(*at)).collect();
    // The same spell, by whom it is about, category and start; then by age, the last counting.
    let mut spells: Vec<(u128, usize, i32, Age, usize, usize)> = Vec::new();
    for (&at, age) in group.iter().zip(&ages) {
        for (position, spell) in files[at].spells.iter().enumerate() {
            if let Some(who) = who(spell) {
                let category = spell.category.index();
                spells.push((who, category, spell.start.0, *age, at, position));
            }
        }
    }
    spells.par_sort();
    let mut gone: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for same in spells.chunk_by(|a, b| (a.0, a.1, a.2) == (b.0, b.1, b.2)) {
        let last = same.last().map(|spell| spell.3);
        for spell in same.iter().filter(|spell| Some(spell.3) != last) {
            gone.entry(spell.4).or_default().push(spell.5);
        }
    }
    for (at, mut positions) in gone {
        positions.sort_unstable();
        let file = &mut files[at];
        let count = positions.len() as u64;
        let mut position = 0;
        file.spells.retain(|_| {
            position += 1;
            positions.binary_search(&(position - 1)).is_err()
        });
        file.tally.accepted -= count;
        file.tally.superseded += count;
        restated[at] = count;
    }
}

/// Whom a spell is about; `None` without a key.
fn who(spell: &Spell) -> Option<u128> {
    let token = spell.key.person.or(spell.key.fallback)?;
    Some(u128::from_be_bytes(token.bytes()))
}
