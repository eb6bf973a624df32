//! One list with repeated contacts: persons by times seen and covariates.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::EstimateError;
use crate::table::{Factor, TableNote};

/// Most times that one person may have been seen.
pub const MAX_TIMES: u64 = 10_000;
/// Most combinations of levels that persons may have.
pub const MAX_STRATA: u64 = 10_000;

/// Persons of one stratum who were seen equally often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cell {
    /// Index of the stratum.
    pub(crate) stratum: usize,
    /// Times seen, at least 1.
    pub(crate) times: u32,
    /// Persons, at least 1.
    pub(crate) persons: u64,
}

/// Persons on one list by how often they were seen and by covariates.
///
/// Nobody has 0 times: whom the list never saw is what is to be estimated.
/// Holds somebody, and not everybody was seen equally often. Strata are the
/// combinations of levels that somebody has; without covariates there is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatedTable {
    factors: Vec<Factor>,
    /// Levels of each stratum, in order.
    strata: Vec<Vec<usize>>,
    /// By stratum, then times.
    cells: Vec<Cell>,
    notes: Vec<TableNote>,
}

impl RepeatedTable {
    /// Starts a table over `factors`; rows follow with [`RepeatedBuilder::add`].
    ///
    /// ```
    /// use ethos_estimate::{Factor, RepeatedTable};
    /// let mut rows = RepeatedTable::builder([Factor::new("sex", ["f", "m"])]);
    /// rows.add(1, &[0], 20)?.add(1, &[1], 60)?.add(2, &[1], 15)?;
    /// let table = rows.build()?;
    /// assert_eq!((table.observed(), table.contacts()), (95, 110));
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn builder(factors: impl IntoIterator<Item = Factor>) -> RepeatedBuilder {
        RepeatedBuilder {
            factors: factors.into_iter().collect(),
            rows: BTreeMap::new(),
            ignore_unobserved: false,
            unobserved: 0,
        }
    }

    /// A table without covariates from `(times seen, persons)`, the frequencies f1, f2, ….
    ///
    /// ```
    /// use ethos_estimate::RepeatedTable;
    /// let table = RepeatedTable::from_frequencies([(1, 1645), (2, 183), (3, 37), (4, 13)])?;
    /// assert_eq!(table.frequency(2), 183);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn from_frequencies(
        rows: impl IntoIterator<Item = (u64, u64)>,
    ) -> Result<Self, EstimateError> {
        let mut builder = Self::builder([]);
        for (times, persons) in rows {
            builder.add(times, &[], persons)?;
        }
        builder.build()
    }

    /// The covariates, with the levels that somebody has.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// What its reader should know about the table.
    pub fn notes(&self) -> &[TableNote] {
        &self.notes
    }

    /// Number of combinations of levels that somebody has (1 without covariates).
    pub fn strata(&self) -> usize {
        self.strata.len()
    }

    /// Index of the level of each covariate in a stratum.
    pub fn stratum_levels(&self, stratum: usize) -> &[usize] {
        &self.strata[stratum]
    }

    /// The levels of a stratum in words, `sex=f, age=18-29`; empty without covariates.
    pub fn stratum_label(&self, stratum: usize) -> String {
        let parts: Vec<String> = self
            .factors
            .iter()
            .zip(&self.strata[stratum])
            .map(|(f, &l)| format!("{}={}", f.name, f.levels[l]))
            .collect();
        parts.join(", ")
    }

    /// Persons observed.
    pub fn observed(&self) -> u64 {
        self.cells.iter().map(|c| c.persons).sum()
    }

    /// Times anybody was seen.
    pub fn contacts(&self) -> u64 {
        let each = self.cells.iter();
        each.map(|c| c.persons.saturating_mul(u64::from(c.times)))
            .fold(0, u64::saturating_add)
    }

    /// Persons seen exactly `times` times, f with that index.
    pub fn frequency(&self, times: u64) -> u64 {
        let at = self.cells.iter().filter(|c| u64::from(c.times) == times);
        at.map(|c| c.persons).sum()
    }

    /// The times seen that occur, with the persons of each, rising.
    pub fn frequencies(&self) -> Vec<(u64, u64)> {
        let mut out: BTreeMap<u64, u64> = BTreeMap::new();
        for c in &self.cells {
            *out.entry(u64::from(c.times)).or_default() += c.persons;
        }
        out.into_iter().collect()
    }

    /// Persons observed in a stratum.
    pub fn observed_in(&self, stratum: usize) -> u64 {
        let at = self.cells.iter().filter(|c| c.stratum == stratum);
        at.map(|c| c.persons).sum()
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }
}

/// Collects rows and checks them; see [`RepeatedTable::builder`].
#[derive(Debug, Clone)]
pub struct RepeatedBuilder {
    factors: Vec<Factor>,
    rows: BTreeMap<(Vec<usize>, u32), u64>,
    ignore_unobserved: bool,
    unobserved: u64,
}

impl RepeatedBuilder {
    /// Ignores persons seen 0 times (with a note) instead of refusing them.
    #[must_use]
    pub fn ignore_unobserved(mut self, ignore: bool) -> Self {
        self.ignore_unobserved = ignore;
        self
    }

    /// Adds `persons` seen `times` times, with one level index per covariate.
    ///
    /// The same cell may be added often. Errors: a level outside the table, more
    /// than [`MAX_TIMES`] times, and persons seen 0 times unless they are to be ignored.
    pub fn add(
        &mut self,
        times: u64,
        levels: &[usize],
        persons: u64,
    ) -> Result<&mut Self, EstimateError> {
        if levels.len() != self.factors.len() {
            return Err(EstimateError::OutsideTable(format!(
                "{} levels for {} covariates",
                levels.len(),
                self.factors.len()
            )));
        }
        let pairs = || self.factors.iter().zip(levels);
        if let Some((f, l)) = pairs().find(|(f, l)| **l >= f.levels.len()) {
            return Err(EstimateError::OutsideTable(format!(
                "level {l} of `{}`",
                f.name
            )));
        }
        if times > MAX_TIMES {
            return Err(EstimateError::TooManyTimes(times));
        }
        if times == 0 && persons > 0 {
            if !self.ignore_unobserved {
                return Err(EstimateError::NeverSeen { count: persons });
            }
            self.unobserved = self.unobserved.saturating_add(persons);
        } else if persons > 0 {
            let cell = self
                .rows
                .entry((levels.to_vec(), times as u32))
                .or_insert(0);
            *cell = cell
                .checked_add(persons)
                .ok_or(EstimateError::CountOverflow)?;
        }
        Ok(self)
    }

    /// Checks everything and lays the table out.
    ///
    /// Levels nobody has are left out, and a covariate with one level left is
    /// dropped, both with a note. Errors: nobody at all, everybody seen equally
    /// often, a name used twice, more than 2^53 persons, too many strata.
    pub fn build(self) -> Result<RepeatedTable, EstimateError> {
        if self.factors.len() > 32 {
            return Err(EstimateError::Setting("more than 32 covariates".into()));
        }
        let mut names: Vec<&str> = self.factors.iter().map(|f| f.name.as_str()).collect();
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|w| w[0] == w[1]) {
            return Err(EstimateError::DuplicateName(pair[0].to_owned()));
        }
        if let Some(f) = self.factors.iter().find(|f| f.levels.is_empty()) {
            return Err(EstimateError::NoLevels(f.name.clone()));
        }
        match self.rows.values().try_fold(0_u64, |a, &c| a.checked_add(c)) {
            Some(0) => return Err(EstimateError::EmptyTable),
            Some(n) if n <= 1 << 53 => {}
            _ => return Err(EstimateError::CountOverflow),
        }
        let times: BTreeSet<u32> = self.rows.keys().map(|(_, times)| *times).collect();
        if let (Some(&only), 1) = (times.first(), times.len()) {
            return Err(EstimateError::SameTimes(u64::from(only)));
        }
        let mut notes = Vec::new();
        if self.unobserved > 0 {
            notes.push(TableNote::UnobservedIgnored(self.unobserved));
        }
        // The levels somebody has, and where each old level goes; nothing for a dropped covariate.
        let mut factors = Vec::new();
        let mut places: Vec<Option<BTreeMap<usize, usize>>> = Vec::new();
        for (f, factor) in self.factors.iter().enumerate() {
            let seen: BTreeSet<usize> = self.rows.keys().map(|(levels, _)| levels[f]).collect();
            for (l, level) in factor.levels.iter().enumerate() {
                if !seen.contains(&l) {
                    notes.push(TableNote::LevelUnseen {
                        factor: factor.name.clone(),
                        level: level.clone(),
                    });
                }
            }
            if seen.len() == 1 {
                notes.push(TableNote::FactorDropped(factor.name.clone()));
                places.push(None);
                continue;
            }
            factors.push(Factor {
                name: factor.name.clone(),
                levels: seen.iter().map(|&l| factor.levels[l].clone()).collect(),
            });
            places.push(Some(
                seen.into_iter().enumerate().map(|(a, b)| (b, a)).collect(),
            ));
        }
        let mut cells: BTreeMap<(Vec<usize>, u32), u64> = BTreeMap::new();
        for ((levels, times), persons) in self.rows {
            let pairs = places.iter().zip(&levels);
            let levels = pairs
                .filter_map(|(p, l)| p.as_ref().map(|p| p[l]))
                .collect();
            cells.insert((levels, times), persons);
        }
        let mut table = RepeatedTable {
            factors,
            strata: Vec::new(),
            cells: Vec::with_capacity(cells.len()),
            notes,
        };
        for ((levels, times), persons) in cells {
            if table.strata.last() != Some(&levels) {
                table.strata.push(levels);
            }
            table.cells.push(Cell {
                stratum: table.strata.len() - 1,
                times,
                persons,
            });
        }
        let strata = table.strata.len() as u64;
        if strata > MAX_STRATA {
            return Err(EstimateError::TooManyCells {
                cells: strata,
                limit: MAX_STRATA,
            });
        }
        Ok(table)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_a_table() {
        let of = |rows: &[(u64, u64)]| RepeatedTable::from_frequencies(rows.iter().copied());
        assert_eq!(of(&[]), Err(EstimateError::EmptyTable));
        assert_eq!(of(&[(1, 0), (2, 0)]), Err(EstimateError::EmptyTable));
        assert_eq!(of(&[(1, 9), (1, 3)]), Err(EstimateError::SameTimes(1)));
        assert_eq!(of(&[(0, 9)]), Err(EstimateError::NeverSeen { count: 9 }));
        assert_eq!(of(&[(10_001, 1)]), Err(EstimateError::TooManyTimes(10_001)));
        assert_eq!(
            of(&[(1, u64::MAX), (2, 1)]),
            Err(EstimateError::CountOverflow)
        );
        assert_eq!(
            of(&[(1, 1 << 53), (2, 1)]),
            Err(EstimateError::CountOverflow)
        );
        assert_eq!(
            of(&[(1, u64::MAX), (1, 1)]),
            Err(EstimateError::CountOverflow)
        );
        let twice = RepeatedTable::builder([Factor::new("a", ["x"]), Factor::new("a", ["x"])]);
        assert_eq!(twice.build(), Err(EstimateError::DuplicateName("a".into())));
        let mut b = RepeatedTable::builder([Factor::new("a", ["x"])]);
        assert!(b.add(1, &[1], 1).is_err() && b.add(1, &[], 1).is_err());
    }

    #[test]
    fn keeps_levels_that_somebody_has_and_notes_the_rest() {
        let factors = [
            Factor::new("sex", ["m", "x", "f"]),
            Factor::new("one", ["only"]),
        ];
        let mut b = RepeatedTable::builder(factors).ignore_unobserved(true);
        b.add(2, &[2, 0], 4).unwrap().add(1, &[0, 0], 5).unwrap();
        b.add(1, &[2, 0], 3).unwrap().add(0, &[0, 0], 7).unwrap();
        let t = b.build().unwrap();
        assert_eq!(t.factors(), [Factor::new("sex", ["m", "f"])]);
        assert_eq!(t.strata(), 2);
        assert_eq!((t.observed_in(0), t.observed_in(1)), (5, 7));
        assert_eq!(t.stratum_label(1), "sex=f");
        assert_eq!(t.frequencies(), [(1, 8), (2, 4)]);
        assert_eq!(t.contacts(), 16);
        for note in [
            TableNote::UnobservedIgnored(7),
            TableNote::FactorDropped("one".into()),
            TableNote::LevelUnseen {
                factor: "sex".into(),
                level: "x".into(),
            },
        ] {
            assert!(t.notes().contains(&note), "{note:?}");
        }
    }
}
