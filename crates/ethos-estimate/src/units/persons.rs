//! Tables with a row per person: one year or several, with persons and households by key.

use std::collections::{BTreeMap, BTreeSet};

use super::cluster::{Units, gather};
use crate::error::EstimateError;
use crate::table::{CaptureTable, Factor, TableBuilder};

/// One row: a person on some lists in one year.
///
/// Keys are compared and then forgotten; no key is in any answer or message.
#[derive(Debug, Clone, Copy)]
pub struct PersonRow<'a> {
    /// Index of the year.
    pub year: usize,
    /// The person's key, the same in all years; without one the row is a person of its own.
    pub person: Option<&'a str>,
    /// The key of the person's household in that year; without one the person is alone.
    pub household: Option<&'a str>,
    /// On which lists: list `i` is bit `i`; never 0 unless such rows are ignored.
    pub history: u16,
    /// One level index per covariate.
    pub levels: &'a [usize],
    /// How many such persons; 1 with a key.
    pub count: u64,
}

/// Capture tables of one year or more on the same lists and covariates, and who is drawn with whom.
///
/// Always has at least one year, somebody on every list in each, and the same strata in all. Units
/// are the smallest groups that no household and no person key cuts through: persons who share a
/// household in any year, in all the years they are seen.
#[derive(Debug, Clone)]
pub struct PersonTable {
    years: Vec<String>,
    tables: Vec<CaptureTable>,
    units: Units,
    households: bool,
    linked: bool,
}

impl PersonTable {
    /// Starts a table over lists, covariates and years; rows follow with [`PersonTableBuilder::add`].
    ///
    /// ```
    /// use ethos_estimate::{PersonRow, PersonTable};
    /// let mut rows = PersonTable::builder(["a", "b"], [], ["2025", "2026"]);
    /// for (year, person, history) in [(0, "p", 0b01), (0, "q", 0b11), (0, "r", 0b10),
    ///                                 (1, "p", 0b01), (1, "q", 0b11), (1, "s", 0b10)] {
    ///     rows.add(PersonRow { year, person: Some(person), household: None, history, levels: &[], count: 1 })?;
    /// }
    /// let table = rows.build()?;
    /// assert_eq!(table.tables()[1].observed(), 3.0);
    /// assert_eq!(table.units(), 4);
    /// # Ok::<(), ethos_estimate::EstimateError>(())
    /// ```
    pub fn builder<S: Into<String>, Y: Into<String>>(
        lists: impl IntoIterator<Item = S>,
        factors: impl IntoIterator<Item = Factor>,
        years: impl IntoIterator<Item = Y>,
    ) -> PersonTableBuilder {
        let factors: Vec<Factor> = factors.into_iter().collect();
        PersonTableBuilder {
            years: years.into_iter().map(Into::into).collect(),
            pooled: CaptureTable::builder(lists, factors.clone()),
            factors,
            persons: BTreeMap::new(),
            households: BTreeMap::new(),
            seen: BTreeSet::new(),
            rows: Vec::new(),
            levels: Vec::new(),
        }
    }

    /// The years, in order.
    pub fn years(&self) -> &[String] {
        &self.years
    }

    /// The capture table of each year, all with the same strata.
    pub fn tables(&self) -> &[CaptureTable] {
        &self.tables
    }

    /// Units that are drawn as a whole.
    pub fn units(&self) -> u64 {
        self.units.count()
    }

    /// Whether any household key was given.
    pub fn has_households(&self) -> bool {
        self.households
    }

    /// Whether any person is in more than one year.
    pub fn is_linked(&self) -> bool {
        self.linked
    }

    pub(crate) fn clusters(&self) -> &Units {
        &self.units
    }
}

/// A row as it is kept: keys by number.
#[derive(Debug, Clone)]
struct Kept {
    year: usize,
    person: Option<usize>,
    household: Option<usize>,
    history: u16,
    count: u64,
}

/// Collects rows and checks them; see [`PersonTable::builder`].
#[derive(Debug, Clone)]
pub struct PersonTableBuilder {
    years: Vec<String>,
    pooled: TableBuilder,
    factors: Vec<Factor>,
    persons: BTreeMap<String, usize>,
    households: BTreeMap<(usize, String), usize>,
    /// Person and year.
    seen: BTreeSet<(usize, usize)>,
    rows: Vec<Kept>,
    /// Level indices of all rows, one after the other.
    levels: Vec<usize>,
}

impl PersonTableBuilder {
    /// Ignores rows with an all-zero history (with a note) instead of refusing them.
    #[must_use]
    pub fn ignore_unobserved(mut self, ignore: bool) -> Self {
        self.pooled = self.pooled.ignore_unobserved(ignore);
        self
    }

    /// Adds a row. Errors: as [`TableBuilder::add`]; a year that does not exist; a person twice in a
    /// year, or with a count other than 1.
    pub fn add(&mut self, row: PersonRow<'_>) -> Result<&mut Self, EstimateError> {
        if row.year >= self.years.len() {
            return Err(EstimateError::OutsideTable(format!("year {}", row.year)));
        }
        let keyed = row.person.is_some() || row.household.is_some();
        if keyed && row.count != 1 {
            return Err(EstimateError::Setting(format!(
                "a row with a person or household key counts {} persons; it is one person",
                row.count
            )));
        }
        self.pooled.add(row.history, row.levels, row.count)?;
        if row.history == 0 || row.count == 0 {
            return Ok(self);
        }
        let person = row.person.map(|key| {
            let next = self.persons.len();
            *self.persons.entry(key.to_owned()).or_insert(next)
        });
        if let Some(person) = person
            && !self.seen.insert((person, row.year))
        {
            return Err(EstimateError::RepeatedPerson(self.years[row.year].clone()));
        }
        let household = row.household.map(|key| {
            let next = self.households.len();
            *self
                .households
                .entry((row.year, key.to_owned()))
                .or_insert(next)
        });
        self.rows.push(Kept {
            year: row.year,
            person,
            household,
            history: row.history,
            count: row.count,
        });
        self.levels.extend_from_slice(row.levels);
        Ok(self)
    }

    /// Lays out the tables and gathers the units. Errors: as [`TableBuilder::build`], for any year.
    pub fn build(self) -> Result<PersonTable, EstimateError> {
        if self.years.is_empty() {
            return Err(EstimateError::EmptyTable);
        }
        let pooled = self.pooled.build()?;
        // Where each level of each covariate went: its share of the stratum index.
        let places: Vec<Vec<usize>> = self
            .factors
            .iter()
            .map(|factor| {
                let kept = pooled.factors().iter().position(|f| f.name == factor.name);
                let place = |level: &String| {
                    let f = kept?;
                    let at = pooled.factors()[f].levels.iter().position(|l| l == level)?;
                    Some(at * pooled.shape().strides[f])
                };
                factor
                    .levels
                    .iter()
                    .map(|level| place(level).unwrap_or(0))
                    .collect()
            })
            .collect();
        let width = self.factors.len();
        let mut counts = vec![vec![0_u64; pooled.shape().cells()]; self.years.len()];
        let mut members = Vec::with_capacity(self.rows.len());
        for (at, row) in self.rows.iter().enumerate() {
            let levels = &self.levels[at * width..(at + 1) * width];
            let stratum = levels.iter().zip(&places).map(|(&l, p)| p[l]).sum();
            let cell = pooled.shape().cell(stratum, row.history);
            counts[row.year][cell] += row.count;
            members.push((row.year as u32, cell as u32, row.count));
        }
        let tables = if self.years.len() == 1 {
            vec![pooled]
        } else {
            self.years
                .iter()
                .zip(counts)
                .map(|(year, counts)| {
                    pooled
                        .with_counts(counts)
                        .map_err(|error| EstimateError::InYear {
                            year: year.clone(),
                            error: Box::new(error),
                        })
                })
                .collect::<Result<_, _>>()?
        };
        let person = self.rows.iter().map(|r| r.person);
        let household = self.rows.iter().map(|r| r.household);
        let units = gather(
            &members,
            &person.collect::<Vec<_>>(),
            &household.collect::<Vec<_>>(),
        );
        Ok(PersonTable {
            linked: units.spans_years(),
            households: !self.households.is_empty(),
            years: self.years,
            tables,
            units,
        })
    }
}
