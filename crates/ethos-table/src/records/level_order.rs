//! The order of a stratum's levels, recovered from rows that stand in that order.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::attribute::UNKNOWN;

/// The levels of column `at` of the rows: in the order in which rows with the same levels
/// before that column run through them, in the order of first appearance where no such rows
/// tell, `unknown` last. Rows in no order at all give the order of first appearance as far as
/// they contradict themselves.
pub(super) fn levels_in_order(rows: &[Vec<&str>], at: usize) -> Vec<String> {
    let mut seen: Vec<&str> = Vec::new();
    let mut position = BTreeMap::new();
    for row in rows {
        position.entry(row[at]).or_insert_with(|| {
            seen.push(row[at]);
            seen.len() - 1
        });
    }
    // Which levels come directly after which within one combination of the levels before.
    let mut before: BTreeSet<(usize, usize)> = BTreeSet::new();
    for pair in rows.windows(2) {
        if pair[0][..at] == pair[1][..at] && pair[0][at] != pair[1][at] {
            before.insert((position[pair[0][at]], position[pair[1][at]]));
        }
    }
    let mut left: BTreeSet<usize> = (0..seen.len()).collect();
    let mut order = Vec::with_capacity(seen.len());
    while let Some(first) = left.first().copied() {
        let free = left.iter().copied().find(|&level| {
            !before
                .iter()
                .any(|&(from, to)| to == level && left.contains(&from))
        });
        let next = free.unwrap_or(first);
        left.remove(&next);
        order.push(seen[next]);
    }
    order.sort_by_key(|level| *level == UNKNOWN);
    order.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorted_rows_tell_the_order() {
        let rows = [
            vec!["male", "18-26"],
            vec!["male", "50-64"],
            vec!["female", "27-49"],
            vec!["female", "50-64"],
            vec!["female", "unknown"],
            vec!["unknown", "18-26"],
            vec!["unknown", "27-49"],
        ];
        assert_eq!(levels_in_order(&rows, 0), ["male", "female", "unknown"]);
        assert_eq!(
            levels_in_order(&rows, 1),
            ["18-26", "27-49", "50-64", "unknown"]
        );
    }

    #[test]
    fn contradictions_fall_back_on_first_appearance() {
        let rows = [vec!["b"], vec!["a"], vec!["b"], vec!["unknown"], vec!["c"]];
        assert_eq!(levels_in_order(&rows, 0), ["b", "a", "c", "unknown"]);
        assert_eq!(levels_in_order(&[], 0), Vec::<String>::new());
    }
}
