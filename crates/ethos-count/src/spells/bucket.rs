//! Spells by person, in buckets of a fixed size.

use std::ops::Range;

use ethos_model::person::PersonId;
use ethos_model::token::Token;
use rayon::prelude::*;

/// Positions of the spells, sorted by person. Within a person the order is that of the input
/// and means nothing.
pub(crate) fn by_person(person: &[PersonId]) -> Vec<(Token, u32)> {
    let mut sorted: Vec<(Token, u32)> = person
        .par_iter()
        .enumerate()
        .map(|(at, id)| (id.0, at as u32))
        .collect();
    sorted.par_sort_unstable();
    sorted
}

/// Cuts a sorted slice into runs of at least `size` entries without parting equal keys. The cuts
/// depend on the slice alone.
pub(crate) fn runs<T, K: PartialEq>(
    sorted: &[T],
    size: usize,
    key: impl Fn(&T) -> K,
) -> Vec<Range<usize>> {
    let mut runs = Vec::with_capacity(sorted.len() / size + 1);
    let mut start = 0;
    while start < sorted.len() {
        let mut end = (start + size).min(sorted.len());
        while end < sorted.len() && key(&sorted[end]) == key(&sorted[end - 1]) {
            end += 1;
        }
        runs.push(start..end);
        start = end;
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_hold_everything_once_and_part_no_key() {
        let keys = [1, 1, 1, 2, 3, 3, 3, 3, 4];
        let found = runs(&keys, 2, |key| *key);
        assert_eq!(found, [0..3, 3..8, 8..9]);
        assert!(runs(&[], 2, |key: &i32| *key).is_empty());
    }
}
