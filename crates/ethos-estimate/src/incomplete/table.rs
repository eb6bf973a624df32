//! What was seen of each person, where some of it is missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::amount::{Amount, PARTS};
use crate::error::EstimateError;
use crate::table::{CaptureTable, Factor, MAX_CELLS, Shape, TableNote};

/// Persons of whom the same was seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Pattern {
    /// The lists they are on (list `i` is bit `i`).
    pub on: u16,
    /// The lists that cannot see them.
    pub blind: u16,
    /// Their level of each covariate, where it is known.
    pub levels: Vec<Option<usize>>,
    /// How many they are.
    pub count: f64,
}

/// Persons by capture history and covariates, where a list may be unable to see some of them and a
/// covariate may be missing.
///
/// A list that cannot see a person is not a zero in the person's history: nobody looked. Where the
/// covariates decide who can be seen (an age, a region), the strata say so; otherwise people with
/// different coverage are told apart by a covariate `coverage`, added here. Strata that fewer than
/// two lists can see are counted and take no part in an estimate.
///
/// Always has at least two lists (at most sixteen), each with somebody on it, and somebody whom two
/// lists could have seen.
#[derive(Debug, Clone, PartialEq)]
pub struct IncompleteTable {
    pub(crate) frame: CaptureTable,
    /// Per stratum, the lists that cannot see it.
    pub(crate) blind: Vec<u16>,
    pub(crate) patterns: Vec<Pattern>,
    /// Whether a covariate `coverage` was added as the last one.
    pub(crate) coverage: bool,
}

/// Name of the covariate that tells people with different coverage apart.
const COVERAGE: &str = "coverage";

impl IncompleteTable {
    /// Starts a table over `lists` and `factors`; rows follow with [`IncompleteBuilder::add`].
    ///
    /// ```
    /// use ethos_estimate::{EstimateSettings, Factor, IncompleteTable, estimate_incomplete};
    /// // List c cannot see the young: `None` in its place, not `Some(false)`.
    /// let (y, n) = (Some(true), Some(false));
    /// let mut rows = IncompleteTable::builder(["a", "b", "c"], [Factor::new("age", ["old", "young"])]);
    /// for (lists, count) in [([y, n, n], 60), ([n, y, n], 50), ([n, n, y], 40), ([y, y, n], 20),
    ///                        ([y, n, y], 15), ([n, y, y], 12), ([y, y, y], 5)] {
    ///     rows.add(&lists, &[Some(0)], count)?;
    /// }
    /// for (lists, count) in [([y, n, None], 30), ([n, y, None], 24), ([y, y, None], 8)] {
    ///     rows.add(&lists, &[Some(1)], count)?;
    /// }
    /// let settings = EstimateSettings { replicates: Some(50), ..EstimateSettings::for_model("age*(a + b) + c") };
    /// let answer = estimate_incomplete(&rows.build()?, &settings, None)?;
    /// // Among the young two lists are left: Lincoln and Petersen's 30 × 24 / 8 unseen.
    /// assert!((answer.strata[1].unobserved.unwrap() - 90.0).abs() < 1e-6);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn builder<S: Into<String>>(
        lists: impl IntoIterator<Item = S>,
        factors: impl IntoIterator<Item = Factor>,
    ) -> IncompleteBuilder {
        IncompleteBuilder {
            lists: lists.into_iter().map(Into::into).collect(),
            factors: factors.into_iter().collect(),
            rows: BTreeMap::new(),
            ignore_unobserved: false,
            unobserved: 0,
            unit: 1,
        }
    }

    /// Names of the lists; list `i` is bit `i` of a history.
    pub fn lists(&self) -> &[String] {
        self.frame.lists()
    }

    /// The covariates with the levels that were seen; `coverage` last if it was added.
    pub fn factors(&self) -> &[Factor] {
        self.frame.factors()
    }

    /// What was seen, each combination once.
    pub fn patterns(&self) -> &[Pattern] {
        &self.patterns
    }

    /// Per stratum (last covariate fastest), the lists that cannot see it.
    pub fn blind(&self) -> &[u16] {
        &self.blind
    }

    /// All persons, those whom fewer than two lists can see included.
    pub fn persons(&self) -> f64 {
        self.patterns.iter().map(|p| p.count).sum()
    }

    /// The table as an ordinary one, if nothing in it is missing.
    pub fn complete(&self) -> Option<&CaptureTable> {
        let whole = |p: &Pattern| p.blind == 0 && p.levels.iter().all(Option::is_some);
        self.patterns.iter().all(whole).then_some(&self.frame)
    }

    /// Pairs of lists with nobody in common, or nobody who is not, among those whom both can see.
    fn overlaps(&self) -> Vec<TableNote> {
        let lists = self.lists();
        let mut notes = Vec::new();
        for i in 0..lists.len() {
            for j in i + 1..lists.len() {
                let pair = 1_u16 << i | 1 << j;
                let both_looked = self.patterns.iter().filter(|p| p.blind & pair == 0);
                let (mut both, mut one) = (false, false);
                for p in both_looked {
                    both |= p.on & pair == pair;
                    one |= p.on & pair != 0 && p.on & pair != pair;
                }
                let names = (lists[i].clone(), lists[j].clone());
                if one && !both {
                    notes.push(TableNote::EmptyOverlap(names.0, names.1));
                } else if both && !one {
                    notes.push(TableNote::IdenticalLists(names.0, names.1));
                }
            }
        }
        notes
    }

    pub(crate) fn sighted(&self, blind: u16) -> u16 {
        (self.frame.shape().histories() - 1) as u16 & !blind
    }

    /// Whether at least two lists can see people to whom `blind` are blind.
    pub(crate) fn estimable(&self, blind: u16) -> bool {
        self.sighted(blind).count_ones() >= 2
    }
}

/// Where a row goes: levels, lists that cannot see, lists that did.
type Place = (Vec<Option<usize>>, u16, u16);

/// Collects rows and checks them; see [`IncompleteTable::builder`].
#[derive(Debug, Clone)]
pub struct IncompleteBuilder {
    lists: Vec<String>,
    factors: Vec<Factor>,
    rows: BTreeMap<Place, u64>,
    ignore_unobserved: bool,
    unobserved: u64,
    unit: u64,
}

impl IncompleteBuilder {
    /// Ignores rows of persons on no list (with a note) instead of refusing them.
    #[must_use]
    pub fn ignore_unobserved(mut self, ignore: bool) -> Self {
        self.ignore_unobserved = ignore;
        self
    }

    /// Declares that counts may be fractional; see
    /// [`TableBuilder::fractional`](crate::TableBuilder::fractional).
    #[must_use]
    pub fn fractional(mut self, allowed: bool) -> Self {
        self.unit = if allowed { PARTS } else { 1 };
        self
    }

    /// Adds `count` persons: for each list whether they are on it, `None` where it cannot see them,
    /// and for each covariate their level, `None` where it is missing.
    ///
    /// Errors: as many lists and levels as the table has not, a level outside it, and persons on no
    /// list unless they are to be ignored.
    pub fn add(
        &mut self,
        lists: &[Option<bool>],
        levels: &[Option<usize>],
        count: u64,
    ) -> Result<&mut Self, EstimateError> {
        self.add_amount(lists, levels, Amount::of(count))
    }

    /// Like [`add`](Self::add), with a count that may be fractional if that was declared.
    pub fn add_amount(
        &mut self,
        lists: &[Option<bool>],
        levels: &[Option<usize>],
        count: Amount,
    ) -> Result<&mut Self, EstimateError> {
        if self.lists.len() > 16 {
            return Err(EstimateError::TooManyLists(self.lists.len()));
        }
        if lists.len() != self.lists.len() || levels.len() != self.factors.len() {
            return Err(EstimateError::OutsideTable(format!(
                "{} lists and {} levels for {} lists and {} covariates",
                lists.len(),
                levels.len(),
                self.lists.len(),
                self.factors.len()
            )));
        }
        for (factor, level) in self.factors.iter().zip(levels) {
            if level.is_some_and(|l| l >= factor.levels.len()) {
                return Err(EstimateError::OutsideTable(format!(
                    "level {} of `{}`",
                    level.unwrap_or_default(),
                    factor.name
                )));
            }
        }
        let units = if self.unit > 1 {
            count.parts().ok_or(EstimateError::CountOverflow)?
        } else {
            count
                .whole()
                .ok_or_else(|| EstimateError::Fractional(count.persons()))?
        };
        let bits = |wanted: Option<bool>| {
            lists
                .iter()
                .enumerate()
                .filter(|(_, l)| **l == wanted)
                .fold(0_u16, |bits, (i, _)| bits | 1 << i)
        };
        let (on, blind) = (bits(Some(true)), bits(None));
        if units == 0 {
            return Ok(self);
        }
        if on == 0 {
            if !self.ignore_unobserved {
                return Err(EstimateError::Unobserved {
                    count: units.div_ceil(self.unit),
                });
            }
            self.unobserved = self.unobserved.saturating_add(units);
            return Ok(self);
        }
        let cell = self.rows.entry((levels.to_vec(), blind, on)).or_insert(0);
        *cell = cell
            .checked_add(units)
            .ok_or(EstimateError::CountOverflow)?;
        Ok(self)
    }

    /// Checks everything, finds who can see whom, and lays the table out.
    ///
    /// Errors: those of [`TableBuilder::build`](crate::TableBuilder::build); a covariate that is
    /// missing for everybody; nobody whom two lists can see.
    pub fn build(mut self) -> Result<IncompleteTable, EstimateError> {
        self.check()?;
        let mut notes = Vec::new();
        if self.unobserved > 0 {
            notes.push(TableNote::UnobservedIgnored(
                self.unobserved.div_ceil(self.unit),
            ));
        }
        self.keep_levels_seen(&mut notes)?;
        let masks: BTreeSet<u16> = self.rows.keys().map(|place| place.1).collect();
        let (blind, coverage) = if masks.len() > 1 {
            match self.blind_by_strata() {
                Some(blind) => (blind, false),
                None => (self.tell_coverage_apart(&masks)?, true),
            }
        } else {
            let only = masks.first().copied().unwrap_or_default();
            (vec![only; self.shape()?.strata], false)
        };
        let shape = self.shape()?;
        let mut counts = vec![0_u64; shape.cells()];
        let unit = self.unit;
        let mut patterns = Vec::with_capacity(self.rows.len());
        for ((levels, mask, on), units) in self.rows {
            if mask == 0
                && let Some(known) = levels.iter().copied().collect::<Option<Vec<usize>>>()
            {
                let stratum = known.iter().zip(&shape.strides).map(|(l, s)| l * s).sum();
                counts[shape.cell(stratum, on)] += units;
            }
            patterns.push(Pattern {
                on,
                blind: mask,
                levels,
                count: units as f64 / unit as f64,
            });
        }
        let fractional = patterns.iter().any(|p| p.count.fract() != 0.0);
        let frame =
            CaptureTable::frame(self.lists, self.factors, counts, (unit, fractional), notes);
        let mut table = IncompleteTable {
            frame,
            blind,
            patterns,
            coverage,
        };
        if let Some(i) =
            (0..table.lists().len()).find(|i| table.patterns.iter().all(|p| p.on >> i & 1 == 0))
        {
            return Err(EstimateError::EmptyList(table.lists()[i].clone()));
        }
        if !table.patterns.iter().any(|p| table.estimable(p.blind)) {
            return Err(EstimateError::NotCovered);
        }
        if table.complete().is_some() {
            table.frame.note_overlaps();
        } else {
            let notes = table.overlaps();
            table.frame.note(notes);
        }
        Ok(table)
    }

    fn check(&self) -> Result<(), EstimateError> {
        match self.lists.len() {
            t @ 0..=1 => return Err(EstimateError::TooFewLists(t)),
            2..=16 => {}
            t => return Err(EstimateError::TooManyLists(t)),
        }
        if self.factors.len() > 31 {
            return Err(EstimateError::Setting("more than 31 covariates".into()));
        }
        let mut names: Vec<&str> = self.lists.iter().map(String::as_str).collect();
        names.extend(self.factors.iter().map(|f| f.name.as_str()));
        names.sort_unstable();
        if let Some(pair) = names.windows(2).find(|w| w[0] == w[1]) {
            return Err(EstimateError::DuplicateName(pair[0].to_owned()));
        }
        let total = self.rows.values().try_fold(0_u64, |a, &c| a.checked_add(c));
        match total {
            Some(0) => Err(EstimateError::EmptyTable),
            Some(n) if n / self.unit <= 1 << 53 => Ok(()),
            _ => Err(EstimateError::CountOverflow),
        }
    }

    fn shape(&self) -> Result<Shape, EstimateError> {
        let sizes: Vec<u32> = self.factors.iter().map(|f| f.levels.len() as u32).collect();
        let cells = sizes.iter().try_fold(1_u64 << self.lists.len(), |a, &l| {
            a.checked_mul(u64::from(l))
        });
        match cells {
            Some(cells) if cells <= MAX_CELLS => Ok(Shape::new(self.lists.len() as u32, &sizes)),
            _ => Err(EstimateError::TooManyCells {
                cells: cells.unwrap_or(u64::MAX),
                limit: MAX_CELLS,
            }),
        }
    }

    /// Drops levels nobody has and covariates with one level left, with notes.
    fn keep_levels_seen(&mut self, notes: &mut Vec<TableNote>) -> Result<(), EstimateError> {
        let mut recode: Vec<Vec<usize>> = Vec::new();
        let mut keep = Vec::new();
        for (f, factor) in self.factors.iter_mut().enumerate() {
            let seen: BTreeSet<usize> = self.rows.keys().filter_map(|p| p.0[f]).collect();
            if seen.is_empty() {
                return Err(EstimateError::NoLevels(factor.name.clone()));
            }
            let mut map = vec![usize::MAX; factor.levels.len()];
            let mut levels = Vec::new();
            for (l, level) in factor.levels.iter().enumerate() {
                if seen.contains(&l) {
                    map[l] = levels.len();
                    levels.push(level.clone());
                } else {
                    notes.push(TableNote::LevelUnseen {
                        factor: factor.name.clone(),
                        level: level.clone(),
                    });
                }
            }
            keep.push(levels.len() > 1);
            if levels.len() == 1 {
                notes.push(TableNote::FactorDropped(factor.name.clone()));
            }
            factor.levels = levels;
            recode.push(map);
        }
        let mut kept = keep.iter();
        self.factors.retain(|_| kept.next() == Some(&true));
        let mut rows = BTreeMap::new();
        for ((levels, blind, on), units) in std::mem::take(&mut self.rows) {
            let levels = (0..levels.len())
                .filter(|&f| keep[f])
                .map(|f| levels[f].map(|l| recode[f][l]))
                .collect();
            *rows.entry((levels, blind, on)).or_insert(0) += units;
        }
        self.rows = rows;
        Ok(())
    }

    /// The lists that cannot see each stratum, if the covariates decide it.
    fn blind_by_strata(&self) -> Option<Vec<u16>> {
        let shape = self.shape().ok()?;
        let mut told: Vec<Option<u16>> = vec![None; shape.strata];
        for (levels, blind, _) in self.rows.keys() {
            let Some(known) = levels.iter().copied().collect::<Option<Vec<usize>>>() else {
                continue;
            };
            let stratum: usize = known.iter().zip(&shape.strides).map(|(l, s)| l * s).sum();
            if told[stratum].is_some_and(|mask| mask != *blind) {
                return None;
            }
            told[stratum] = Some(*blind);
        }
        // Where nobody is fully known, every list is taken to look.
        let blind: Vec<u16> = told.into_iter().map(Option::unwrap_or_default).collect();
        let has_place = |(levels, mask, _): &Place| {
            (0..shape.strata).any(|s| {
                blind[s] == *mask
                    && (0..levels.len()).all(|f| levels[f].is_none_or(|l| l == shape.level(s, f)))
            })
        };
        self.rows.keys().all(has_place).then_some(blind)
    }

    /// Adds the covariate `coverage`; the lists that cannot see each stratum of the wider table.
    fn tell_coverage_apart(&mut self, masks: &BTreeSet<u16>) -> Result<Vec<u16>, EstimateError> {
        let taken = |name: &str| {
            self.lists.iter().any(|l| l == name) || self.factors.iter().any(|f| f.name == name)
        };
        if taken(COVERAGE) {
            return Err(EstimateError::DuplicateName(COVERAGE.into()));
        }
        let label = |mask: u16| {
            let names: Vec<&str> = (0..self.lists.len())
                .filter(|i| mask >> i & 1 == 0)
                .map(|i| self.lists[i].as_str())
                .collect();
            names.join("+")
        };
        // The people whom most lists can see come first: they are the reference.
        let mut order: Vec<u16> = masks.iter().copied().collect();
        order.sort_by_key(|m| (m.count_ones(), *m));
        let factor = Factor::new(COVERAGE, order.iter().map(|&m| label(m)));
        self.factors.push(factor);
        self.rows = std::mem::take(&mut self.rows)
            .into_iter()
            .map(|((mut levels, mask, on), units)| {
                levels.push(order.iter().position(|m| *m == mask));
                ((levels, mask, on), units)
            })
            .collect();
        let shape = self.shape()?;
        let last = self.factors.len() - 1;
        Ok((0..shape.strata)
            .map(|s| order[shape.level(s, last)])
            .collect())
    }
}
