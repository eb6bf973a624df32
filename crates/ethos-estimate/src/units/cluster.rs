//! Units that are drawn as a whole, and their kinds.

use std::collections::BTreeMap;

/// Persons of a unit in one cell of one year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Members {
    pub(crate) year: u32,
    pub(crate) cell: u32,
    pub(crate) persons: u64,
}

/// Units by kind: all units with the same persons in the same cells are alike.
#[derive(Debug, Clone)]
pub(crate) struct Units {
    /// What a unit of each kind is made of, sorted; the kinds in order of that.
    pub(crate) kinds: Vec<Vec<Members>>,
    /// How many units there are of each kind.
    pub(crate) counts: Vec<u64>,
}

impl Units {
    /// Number of units.
    pub(crate) fn count(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Most persons that a unit has in one year.
    pub(crate) fn largest(&self) -> u64 {
        let in_year = |kind: &Vec<Members>, year: u32| -> u64 {
            kind.iter()
                .filter(|m| m.year == year)
                .map(|m| m.persons)
                .sum()
        };
        self.kinds
            .iter()
            .flat_map(|kind| kind.iter().map(move |m| in_year(kind, m.year)))
            .max()
            .unwrap_or_default()
    }

    /// Units seen in more than one year.
    pub(crate) fn in_both(&self) -> u64 {
        self.kinds
            .iter()
            .zip(&self.counts)
            .filter(|(kind, _)| kind.iter().any(|m| m.year != kind[0].year))
            .map(|(_, count)| count)
            .sum()
    }

    /// Whether any unit is seen in more than one year.
    pub(crate) fn spans_years(&self) -> bool {
        self.in_both() > 0
    }
}

/// Gathers rows into units: rows of the same person, and of the same household, belong together.
///
/// `rows` are year, cell and persons; a row without any key is as many units as it has persons.
pub(crate) fn gather(
    rows: &[(u32, u32, u64)],
    person: &[Option<usize>],
    household: &[Option<usize>],
) -> Units {
    // Union-find over rows; every key remembers the first row that has it.
    let mut parent: Vec<usize> = (0..rows.len()).collect();
    for keys in [person, household] {
        let mut first: BTreeMap<usize, usize> = BTreeMap::new();
        for (row, key) in keys.iter().enumerate() {
            if let Some(key) = key {
                let with = *first.entry(*key).or_insert(row);
                let (a, b) = (root(&mut parent, row), root(&mut parent, with));
                parent[a.max(b)] = a.min(b);
            }
        }
    }
    let mut units: BTreeMap<usize, BTreeMap<(u32, u32), u64>> = BTreeMap::new();
    let mut kinds: BTreeMap<Vec<Members>, u64> = BTreeMap::new();
    for (row, &(year, cell, persons)) in rows.iter().enumerate() {
        if person[row].is_none() && household[row].is_none() {
            let one = vec![Members {
                year,
                cell,
                persons: 1,
            }];
            *kinds.entry(one).or_insert(0) += persons;
        } else {
            let unit = units.entry(root(&mut parent, row)).or_default();
            *unit.entry((year, cell)).or_insert(0) += persons;
        }
    }
    for unit in units.into_values() {
        let kind = unit
            .into_iter()
            .map(|((year, cell), persons)| Members {
                year,
                cell,
                persons,
            })
            .collect();
        *kinds.entry(kind).or_insert(0) += 1;
    }
    let (kinds, counts) = kinds.into_iter().unzip();
    Units { kinds, counts }
}

fn root(parent: &mut [usize], mut row: usize) -> usize {
    while parent[row] != row {
        parent[row] = parent[parent[row]];
        row = parent[row];
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn households_and_years_are_joined() {
        // Persons 0 and 1 share household 0 in year 0; person 1 lives with person 2 in year 1.
        let rows = [(0, 1, 1), (0, 2, 1), (1, 2, 1), (1, 3, 1), (0, 1, 5)];
        let person = [Some(0), Some(1), Some(1), Some(2), None];
        let household = [Some(0), Some(0), Some(1), Some(1), None];
        let units = gather(&rows, &person, &household);
        assert_eq!((units.count(), units.largest()), (6, 2));
        assert!(units.spans_years());
        let alone = &units.kinds[0];
        assert_eq!((alone[0].cell, units.counts[0]), (1, 5));
        assert_eq!(units.kinds[1].len(), 4);
    }
}
