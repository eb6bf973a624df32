//! The capture table: counts of persons by stratum and capture history.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::amount::{Amount, PARTS};
use crate::error::EstimateError;
use crate::offset::Held;

/// Most cells (histories × strata) a table may have.
pub const MAX_CELLS: u64 = 1 << 24;

/// A categorical covariate: a name and its levels, the first being the reference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Factor {
    /// Name, as used in formulas.
    pub name: String,
    /// Levels in order; treatment contrasts compare each with the first.
    pub levels: Vec<String>,
}

impl Factor {
    /// A covariate from its name and levels.
    pub fn new<S: Into<String>>(
        name: impl Into<String>,
        levels: impl IntoIterator<Item = S>,
    ) -> Self {
        Self {
            name: name.into(),
            levels: levels.into_iter().map(Into::into).collect(),
        }
    }
}

/// The sizes of a table: cell = `stratum << lists | history`, last covariate fastest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Number of lists.
    pub(crate) lists: u32,
    /// Levels of each covariate.
    pub(crate) levels: Vec<u32>,
    /// Stride of each covariate in strata.
    pub(crate) strides: Vec<usize>,
    /// Product of the levels (1 without covariates).
    pub(crate) strata: usize,
    /// Known part of the linear predictor, if there is one.
    pub(crate) held: Option<Arc<Held>>,
}

impl Shape {
    pub(crate) fn new(lists: u32, levels: &[u32]) -> Self {
        let mut strides = vec![1; levels.len()];
        for i in (0..levels.len().saturating_sub(1)).rev() {
            strides[i] = strides[i + 1] * levels[i + 1] as usize;
        }
        let strata = levels.iter().map(|&l| l as usize).product();
        Self {
            lists,
            levels: levels.to_vec(),
            strides,
            strata,
            held: None,
        }
    }

    pub(crate) fn histories(&self) -> usize {
        1 << self.lists
    }

    pub(crate) fn cells(&self) -> usize {
        self.strata << self.lists
    }

    pub(crate) fn cell(&self, stratum: usize, history: u16) -> usize {
        stratum << self.lists | history as usize
    }

    pub(crate) fn history(&self, cell: usize) -> u16 {
        (cell & (self.histories() - 1)) as u16
    }

    pub(crate) fn stratum(&self, cell: usize) -> usize {
        cell >> self.lists
    }

    /// Level of covariate `factor` in `stratum`.
    pub(crate) fn level(&self, stratum: usize, factor: usize) -> usize {
        stratum / self.strides[factor] % self.levels[factor] as usize
    }
}

/// Something about a table that its reader should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TableNote {
    /// A covariate with one level left was dropped.
    FactorDropped(String),
    /// A level that nobody has was left out of the grid.
    LevelUnseen {
        /// The covariate.
        factor: String,
        /// The level.
        level: String,
    },
    /// A stratum in which nobody was seen.
    EmptyStratum(String),
    /// Two lists with exactly the same persons: one source counted twice.
    IdenticalLists(String, String),
    /// Two lists that share nobody.
    EmptyOverlap(String, String),
    /// Rows with an all-zero history that were ignored on request.
    UnobservedIgnored(u64),
}

/// Counts of persons by stratum and capture history.
///
/// Always has at least two lists (at most sixteen), each with somebody on it,
/// and at least one person. The history "on no list" has no count: it is what
/// is to be estimated. Without covariates there is one stratum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureTable {
    lists: Vec<String>,
    factors: Vec<Factor>,
    shape: Shape,
    /// In units of one person, or of 10^-9 where counts are fractional.
    counts: Vec<u64>,
    unit: u64,
    notes: Vec<TableNote>,
}

impl CaptureTable {
    /// Starts a table over `lists` and `factors`; rows follow with [`TableBuilder::add`].
    ///
    /// ```
    /// use ethos_estimate::CaptureTable;
    /// let mut rows = CaptureTable::builder(["a", "b"], []);
    /// rows.add(0b01, &[], 60)?.add(0b10, &[], 40)?.add(0b11, &[], 20)?;
    /// let table = rows.build()?;
    /// assert_eq!(table.observed(), 120.0);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn builder<S: Into<String>>(
        lists: impl IntoIterator<Item = S>,
        factors: impl IntoIterator<Item = Factor>,
    ) -> TableBuilder {
        TableBuilder {
            lists: lists.into_iter().map(Into::into).collect(),
            factors: factors.into_iter().collect(),
            rows: BTreeMap::new(),
            ignore_unobserved: false,
            unobserved: 0,
            unit: 1,
        }
    }

    /// A table without covariates from `(history, count)` pairs in the literature's
    /// notation: the first character of the history is the first list.
    ///
    /// ```
    /// use ethos_estimate::CaptureTable;
    /// let t = CaptureTable::from_histories(["a", "b"], [("10", 60), ("01", 40), ("11", 20)])?;
    /// assert_eq!(t.list_total(0), 80.0);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn from_histories<S: Into<String>, H: AsRef<str>>(
        lists: impl IntoIterator<Item = S>,
        rows: impl IntoIterator<Item = (H, u64)>,
    ) -> Result<Self, EstimateError> {
        let mut builder = Self::builder(lists, []);
        for (history, count) in rows {
            let history = history.as_ref();
            let mut bits = 0_u16;
            if history.chars().count() != builder.lists.len() {
                return Err(EstimateError::OutsideTable(format!("history `{history}`")));
            }
            for (i, c) in history.chars().enumerate() {
                match c {
                    '1' => bits |= 1 << i,
                    '0' => {}
                    _ => return Err(EstimateError::OutsideTable(format!("history `{history}`"))),
                }
            }
            builder.add(bits, &[], count)?;
        }
        builder.build()
    }

    /// Names of the lists; list `i` is bit `i` of a history.
    pub fn lists(&self) -> &[String] {
        &self.lists
    }

    /// The covariates, with the levels that were seen.
    pub fn factors(&self) -> &[Factor] {
        &self.factors
    }

    /// What its reader should know about the table.
    pub fn notes(&self) -> &[TableNote] {
        &self.notes
    }

    /// Whether a covariate of this name was given and dropped, because it has one level.
    pub(crate) fn dropped(&self, name: &str) -> bool {
        let note =
            |note: &TableNote| matches!(note, TableNote::FactorDropped(factor) if factor == name);
        self.notes.iter().any(note)
    }

    /// Number of strata: the cross of the levels seen (1 without covariates).
    pub fn strata(&self) -> usize {
        self.shape.strata
    }

    /// Index of the level of each covariate in a stratum.
    pub fn stratum_levels(&self, stratum: usize) -> Vec<usize> {
        (0..self.factors.len())
            .map(|f| self.shape.level(stratum, f))
            .collect()
    }

    /// Persons with this history in this stratum; zero for the unseen history.
    pub fn count(&self, stratum: usize, history: u16) -> f64 {
        self.persons(self.counts[self.shape.cell(stratum, history)])
    }

    /// Persons observed.
    pub fn observed(&self) -> f64 {
        self.persons(self.counts.iter().sum())
    }

    /// Persons observed in a stratum.
    pub fn observed_in(&self, stratum: usize) -> f64 {
        let h = self.shape.histories();
        self.persons(self.counts[stratum * h..(stratum + 1) * h].iter().sum())
    }

    /// Persons on a list.
    pub fn list_total(&self, list: usize) -> f64 {
        self.superset_total(1 << list)
    }

    /// Persons on all lists of `mask`, whatever else they are on.
    pub fn superset_total(&self, mask: u16) -> f64 {
        self.persons(
            (0..self.shape.cells())
                .filter(|&c| self.shape.history(c) & mask == mask)
                .map(|c| self.counts[c])
                .sum(),
        )
    }

    /// Persons per cell: `stratum * 2^lists + history`, zero at the unseen history.
    pub fn counts(&self) -> Vec<f64> {
        self.counts
            .iter()
            .map(|&units| self.persons(units))
            .collect()
    }

    /// Whether some count is not a whole number of persons: the table was declared
    /// [fractional](TableBuilder::fractional) and is.
    pub fn is_fractional(&self) -> bool {
        self.unit > 1
    }

    fn persons(&self, units: u64) -> f64 {
        // Whole counts are exact below 2^53; others are rounded once, here.
        units as f64 / self.unit as f64
    }

    /// One stratum as a table of its own, without covariates.
    ///
    /// Fails like [`TableBuilder::build`] when a list has nobody in it.
    pub fn stratum_table(&self, stratum: usize) -> Result<Self, EstimateError> {
        let mut builder = Self::builder(self.lists.clone(), []);
        builder.unit = self.unit;
        for h in 1..self.shape.histories() as u16 {
            builder.add_units(h, &[], self.counts[self.shape.cell(stratum, h)])?;
        }
        Ok(builder.build()?.hold(self.held()))
    }

    /// The levels of a stratum in words, `sex=f, age=18-29`; empty without covariates.
    pub fn stratum_label(&self, stratum: usize) -> String {
        self.factors
            .iter()
            .enumerate()
            .map(|(f, factor)| {
                format!(
                    "{}={}",
                    factor.name,
                    factor.levels[self.shape.level(stratum, f)]
                )
            })
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The layout of an incomplete table: `counts` of the persons of whom everything is known, in
    /// units of which a person has `unit.0`; `unit.1` whether any count of the table is fractional.
    pub(crate) fn frame(
        lists: Vec<String>,
        factors: Vec<Factor>,
        mut counts: Vec<u64>,
        unit: (u64, bool),
        notes: Vec<TableNote>,
    ) -> Self {
        let sizes: Vec<u32> = factors.iter().map(|f| f.levels.len() as u32).collect();
        let shape = Shape::new(lists.len() as u32, &sizes);
        if !unit.1 {
            for c in &mut counts {
                *c /= unit.0;
            }
        }
        Self {
            lists,
            factors,
            shape,
            counts,
            unit: if unit.1 { unit.0 } else { 1 },
            notes,
        }
    }

    /// Adds notes; for a layout whose persons are not all in its counts.
    pub(crate) fn note(&mut self, notes: Vec<TableNote>) {
        self.notes.extend(notes);
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(crate) fn shape_mut(&mut self) -> &mut Shape {
        &mut self.shape
    }
}

/// Collects rows and checks them; see [`CaptureTable::builder`].
#[derive(Debug, Clone)]
pub struct TableBuilder {
    lists: Vec<String>,
    factors: Vec<Factor>,
    /// Mixed-radix level index and history → persons.
    rows: BTreeMap<(u64, u16), u64>,
    ignore_unobserved: bool,
    unobserved: u64,
    /// Units of the counts in a person.
    unit: u64,
}

impl TableBuilder {
    /// Ignores rows with an all-zero history (with a note) instead of refusing them.
    #[must_use]
    pub fn ignore_unobserved(mut self, ignore: bool) -> Self {
        self.ignore_unobserved = ignore;
        self
    }

    /// Declares that counts may be fractional, as those of weighted persons are; to be said before
    /// the first row.
    ///
    /// Fractional counts are persons of the Poisson likelihood all the same: estimates scale with
    /// them, and so do variances. What draws single persons from the counts refuses them.
    ///
    /// ```
    /// use ethos_estimate::CaptureTable;
    /// let mut rows = CaptureTable::builder(["a", "b"], []).fractional(true);
    /// rows.add_amount(0b01, &[], "60.5".parse()?)?.add(0b10, &[], 40)?.add(0b11, &[], 20)?;
    /// assert_eq!(rows.build()?.observed(), 120.5);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    #[must_use]
    pub fn fractional(mut self, allowed: bool) -> Self {
        self.unit = if allowed { PARTS } else { 1 };
        self
    }

    /// Adds `count` persons with a history (list `i` is bit `i`) and one level index per covariate.
    ///
    /// The same cell may be added often. Errors: a bit or level outside the
    /// table, and persons on no list unless they are to be ignored.
    pub fn add(
        &mut self,
        history: u16,
        levels: &[usize],
        count: u64,
    ) -> Result<&mut Self, EstimateError> {
        self.add_amount(history, levels, Amount::of(count))
    }

    /// Like [`add`](Self::add), with a count that may be fractional if that was declared.
    pub fn add_amount(
        &mut self,
        history: u16,
        levels: &[usize],
        count: Amount,
    ) -> Result<&mut Self, EstimateError> {
        let units = if self.unit > 1 {
            count.parts().ok_or(EstimateError::CountOverflow)?
        } else {
            count
                .whole()
                .ok_or_else(|| EstimateError::Fractional(count.persons()))?
        };
        self.add_units(history, levels, units)
    }

    fn add_units(
        &mut self,
        history: u16,
        levels: &[usize],
        count: u64,
    ) -> Result<&mut Self, EstimateError> {
        if self.lists.len() < 16 && u32::from(history) >> self.lists.len() != 0 {
            return Err(EstimateError::OutsideTable(format!(
                "history bits {history:b}"
            )));
        }
        if levels.len() != self.factors.len() {
            return Err(EstimateError::OutsideTable(format!(
                "{} levels for {} covariates",
                levels.len(),
                self.factors.len()
            )));
        }
        for (factor, &level) in self.factors.iter().zip(levels) {
            if level >= factor.levels.len() {
                return Err(EstimateError::OutsideTable(format!(
                    "level {level} of `{}`",
                    factor.name
                )));
            }
        }
        if history == 0 && count > 0 {
            if !self.ignore_unobserved {
                return Err(EstimateError::Unobserved {
                    count: count.div_ceil(self.unit),
                });
            }
            self.unobserved = self.unobserved.saturating_add(count);
        } else if count > 0 {
            let mut place = 0_u64;
            for (factor, &level) in self.factors.iter().zip(levels) {
                place = place
                    .checked_mul(factor.levels.len() as u64)
                    .and_then(|p| p.checked_add(level as u64))
                    .ok_or(EstimateError::TooManyCells {
                        cells: u64::MAX,
                        limit: MAX_CELLS,
                    })?;
            }
            let cell = self.rows.entry((place, history)).or_insert(0);
            *cell = cell
                .checked_add(count)
                .ok_or(EstimateError::CountOverflow)?;
        }
        Ok(self)
    }

    /// Checks everything and lays the table out.
    ///
    /// Levels nobody has leave the grid, and a covariate with one level left is
    /// dropped, both with a note. Errors: fewer than two lists or more than
    /// sixteen, a name used twice, a list nobody is on, nobody at all, or too
    /// many cells.
    pub fn build(self) -> Result<CaptureTable, EstimateError> {
        let t = self.lists.len();
        if t < 2 {
            return Err(EstimateError::TooFewLists(t));
        }
        if t > 16 {
            return Err(EstimateError::TooManyLists(t));
        }
        if self.factors.len() > 32 {
            return Err(EstimateError::Setting("more than 32 covariates".into()));
        }
        let mut names: Vec<&str> = self.lists.iter().map(String::as_str).collect();
        names.extend(self.factors.iter().map(|f| f.name.as_str()));
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|w| w[0] == w[1]) {
            return Err(EstimateError::DuplicateName(pair[0].to_owned()));
        }
        if let Some(f) = self.factors.iter().find(|f| f.levels.is_empty()) {
            return Err(EstimateError::NoLevels(f.name.clone()));
        }
        let mut notes = Vec::new();
        if self.unobserved > 0 {
            notes.push(TableNote::UnobservedIgnored(
                self.unobserved.div_ceil(self.unit),
            ));
        }
        let total = self.rows.values().try_fold(0_u64, |a, &c| a.checked_add(c));
        match total {
            Some(0) => return Err(EstimateError::EmptyTable),
            Some(n) if n / self.unit <= 1 << 53 => {}
            _ => return Err(EstimateError::CountOverflow),
        }
        let levels_of = |mut place: u64| -> Vec<usize> {
            let mut levels = vec![0; self.factors.len()];
            for (level, factor) in levels.iter_mut().zip(&self.factors).rev() {
                let size = factor.levels.len() as u64;
                *level = (place % size) as usize;
                place /= size;
            }
            levels
        };
        let rows: Vec<(Vec<usize>, u16, u64)> = self
            .rows
            .iter()
            .map(|(&(place, history), &count)| (levels_of(place), history, count))
            .collect();
        // Levels seen, and where each old level goes.
        let mut factors = Vec::new();
        let mut recode: Vec<Option<Vec<usize>>> = Vec::new();
        for (f, factor) in self.factors.iter().enumerate() {
            let mut seen = vec![false; factor.levels.len()];
            for row in &rows {
                seen[row.0[f]] = true;
            }
            let mut map = vec![usize::MAX; seen.len()];
            let mut levels = Vec::new();
            for (l, level) in factor.levels.iter().enumerate() {
                if seen[l] {
                    map[l] = levels.len();
                    levels.push(level.clone());
                } else {
                    notes.push(TableNote::LevelUnseen {
                        factor: factor.name.clone(),
                        level: level.clone(),
                    });
                }
            }
            if levels.len() == 1 {
                notes.push(TableNote::FactorDropped(factor.name.clone()));
                recode.push(None);
            } else {
                factors.push(Factor {
                    name: factor.name.clone(),
                    levels,
                });
                recode.push(Some(map));
            }
        }
        let sizes: Vec<u32> = factors.iter().map(|f| f.levels.len() as u32).collect();
        let cells = sizes
            .iter()
            .try_fold(1_u64 << t, |a, &l| a.checked_mul(u64::from(l)));
        if cells.is_none_or(|c| c > MAX_CELLS) {
            return Err(EstimateError::TooManyCells {
                cells: cells.unwrap_or(u64::MAX),
                limit: MAX_CELLS,
            });
        }
        let shape = Shape::new(t as u32, &sizes);
        let mut counts = vec![0_u64; shape.cells()];
        for (levels, history, count) in &rows {
            let mut stratum = 0;
            let mut kept = 0;
            for (map, &level) in recode.iter().zip(levels) {
                if let Some(map) = map {
                    stratum += map[level] * shape.strides[kept];
                    kept += 1;
                }
            }
            counts[shape.cell(stratum, *history)] += count;
        }
        // Counts that turned out whole are whole.
        let mut unit = self.unit;
        if counts.iter().all(|c| c % unit == 0) {
            for c in &mut counts {
                *c /= unit;
            }
            unit = 1;
        }
        let mut table = CaptureTable {
            lists: self.lists,
            factors,
            shape,
            counts,
            unit,
            notes,
        };
        if let Some(i) = (0..t).find(|&i| table.list_total(i) == 0.0) {
            return Err(EstimateError::EmptyList(table.lists[i].clone()));
        }
        table.note_overlaps();
        Ok(table)
    }
}

impl CaptureTable {
    /// The same lists and strata with other whole counts, checked as in [`TableBuilder::build`].
    pub(crate) fn with_counts(&self, counts: Vec<u64>) -> Result<Self, EstimateError> {
        let mut table = Self {
            counts,
            unit: 1,
            notes: Vec::new(),
            ..self.clone()
        };
        if table.counts.iter().all(|&c| c == 0) {
            return Err(EstimateError::EmptyTable);
        }
        if let Some(i) = (0..table.lists.len()).find(|&i| table.list_total(i) == 0.0) {
            return Err(EstimateError::EmptyList(table.lists[i].clone()));
        }
        table.note_overlaps();
        Ok(table)
    }

    pub(crate) fn note_overlaps(&mut self) {
        let mut notes = Vec::new();
        for i in 0..self.lists.len() {
            for j in i + 1..self.lists.len() {
                let both = self.superset_total(1 << i | 1 << j);
                let names = (self.lists[i].clone(), self.lists[j].clone());
                if both == 0.0 {
                    notes.push(TableNote::EmptyOverlap(names.0, names.1));
                } else if both == self.list_total(i) && both == self.list_total(j) {
                    notes.push(TableNote::IdenticalLists(names.0, names.1));
                }
            }
        }
        for s in 0..self.strata() {
            if self.observed_in(s) == 0.0 {
                notes.push(TableNote::EmptyStratum(self.stratum_label(s)));
            }
        }
        self.notes.extend(notes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_not_a_table() {
        let one = CaptureTable::from_histories(["a"], [("1", 3)]);
        assert_eq!(one, Err(EstimateError::TooFewLists(1)));
        let empty = CaptureTable::from_histories(["a", "b"], [("10", 3)]);
        assert_eq!(empty, Err(EstimateError::EmptyList("b".into())));
        let zero = CaptureTable::from_histories(["a", "b"], [("00", 3)]);
        assert_eq!(zero, Err(EstimateError::Unobserved { count: 3 }));
        let twice = CaptureTable::from_histories(["a", "a"], [("11", 3)]);
        assert_eq!(twice, Err(EstimateError::DuplicateName("a".into())));
        let nobody = CaptureTable::from_histories(["a", "b"], [("11", 0)]);
        assert_eq!(nobody, Err(EstimateError::EmptyTable));
        let much = CaptureTable::from_histories(["a", "b"], [("11", u64::MAX), ("10", 1)]);
        assert_eq!(much, Err(EstimateError::CountOverflow));
    }

    #[test]
    fn keeps_levels_seen_and_notes_the_rest() {
        let sex = Factor::new("sex", ["m", "f", "x"]);
        let one = Factor::new("one", ["only"]);
        let mut b = CaptureTable::builder(["a", "b"], [sex, one]);
        b.add(1, &[0, 0], 4).unwrap().add(3, &[1, 0], 5).unwrap();
        let t = b.build().unwrap();
        assert_eq!(t.strata(), 2);
        assert_eq!(t.count(1, 3), 5.0);
        assert_eq!(t.stratum_label(1), "sex=f");
        assert!(t.notes().contains(&TableNote::FactorDropped("one".into())));
        assert!(t.notes().contains(&TableNote::LevelUnseen {
            factor: "sex".into(),
            level: "x".into()
        }));
    }

    #[test]
    fn notes_identical_and_disjoint_lists() {
        let t = CaptureTable::from_histories(["a", "b", "c"], [("110", 3), ("001", 2)]).unwrap();
        assert!(
            t.notes()
                .contains(&TableNote::IdenticalLists("a".into(), "b".into()))
        );
        assert!(
            t.notes()
                .contains(&TableNote::EmptyOverlap("a".into(), "c".into()))
        );
    }
}
