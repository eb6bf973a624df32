//! The regression of rates on covariates: columns under treatment contrasts, and who was seen.

use super::family::{CountFamily, Window};
use super::table::RepeatedTable;
use crate::error::EstimateError;
use crate::formula::covariate_formula;
use crate::model::{Model, term_label};
use crate::table::Factor;
use crate::term::Term;

/// Most coefficients of a regression.
const MAX_COLUMNS: usize = 1_000;

/// A model of the covariates laid out on the strata of a table.
#[derive(Debug, Clone)]
pub(crate) struct CountDesign {
    pub(crate) model: Model,
    /// Name of each column, as R prints it.
    pub(crate) names: Vec<String>,
    /// Per stratum, the columns that are one in its row, rising.
    pub(crate) rows: Vec<Vec<u32>>,
}

impl CountDesign {
    /// The main effects of all covariates.
    pub(crate) fn main_effects(table: &RepeatedTable) -> Result<Self, EstimateError> {
        let factors = table.factors().len();
        Self::of(
            table,
            Model::from_generators((0..factors).map(Term::factor)),
        )
    }

    /// One rate for everybody.
    pub(crate) fn intercept(table: &RepeatedTable) -> Result<Self, EstimateError> {
        Self::of(table, Model::from_generators([]))
    }

    /// A formula over the covariates.
    pub(crate) fn read(table: &RepeatedTable, text: &str) -> Result<Self, EstimateError> {
        Self::of(table, covariate_formula(text, table.factors())?)
    }

    fn of(table: &RepeatedTable, model: Model) -> Result<Self, EstimateError> {
        let factors = table.factors();
        let mut names = Vec::new();
        let mut rows = vec![Vec::new(); table.strata()];
        for term in model.terms() {
            let members: Vec<usize> = (0..factors.len())
                .filter(|f| term.factors >> f & 1 == 1)
                .collect();
            let width = members
                .iter()
                .try_fold(1_usize, |a, &f| a.checked_mul(factors[f].levels.len() - 1))
                .filter(|w| names.len() + w <= MAX_COLUMNS)
                .ok_or_else(|| {
                    EstimateError::Setting(format!(
                        "the formula has more than {MAX_COLUMNS} coefficients; take fewer covariates, or group their levels"
                    ))
                })?;
            let first = names.len();
            for place in 0..width {
                names.push(column_name(factors, &members, place));
            }
            for (s, row) in rows.iter_mut().enumerate() {
                let levels = table.stratum_levels(s);
                let place = members.iter().try_fold(0, |at, &f| {
                    let level = levels[f].checked_sub(1)?;
                    Some(at * (factors[f].levels.len() - 1) + level)
                });
                if let Some(place) = place {
                    row.push((first + place) as u32);
                }
            }
        }
        Ok(Self { model, names, rows })
    }

    /// The formula, `sex + age:nation` as products; `1` for one rate.
    pub(crate) fn formula(&self, factors: &[Factor]) -> String {
        if self.model.terms().len() == 1 {
            "1".into()
        } else {
            self.model.formula(&[], factors)
        }
    }

    /// All terms but the intercept.
    pub(crate) fn terms(&self, factors: &[Factor]) -> Vec<String> {
        let terms = self.model.terms()[1..].iter();
        terms.map(|t| term_label(*t, &[], factors)).collect()
    }
}

/// The levels at `place` of a term whose levels but the first are counted last covariate fastest.
fn column_name(factors: &[Factor], members: &[usize], mut place: usize) -> String {
    let mut parts = Vec::new();
    for &f in members.iter().rev() {
        let width = factors[f].levels.len() - 1;
        parts.push(format!(
            "{}{}",
            factors[f].name,
            factors[f].levels[1 + place % width]
        ));
        place /= width;
    }
    if parts.is_empty() {
        return "(Intercept)".into();
    }
    parts.reverse();
    parts.join(":")
}

/// Persons per stratum and times seen: a table or a replicate of it.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// `(times, persons)` of each stratum, rising, without zeros.
    pub(crate) strata: Vec<Vec<(u32, f64)>>,
}

impl Seen {
    pub(crate) fn of(table: &RepeatedTable) -> Self {
        let mut strata = vec![Vec::new(); table.strata()];
        for c in table.cells() {
            strata[c.stratum].push((c.times, c.persons as f64));
        }
        Self { strata }
    }

    /// Persons seen in a stratum.
    pub(crate) fn persons(&self, stratum: usize) -> f64 {
        self.strata[stratum].iter().map(|(_, n)| n).sum()
    }

    /// Persons of a stratum with times in a window.
    pub(crate) fn within(&self, stratum: usize, window: Window) -> f64 {
        let inside = self.strata[stratum].iter();
        inside
            .filter(|(k, _)| window.contains(*k))
            .map(|(_, n)| n)
            .sum()
    }

    /// Only those who inform the rate.
    pub(crate) fn informing(&self, family: &dyn CountFamily) -> Self {
        let window = family.informing();
        let keep = |cells: &Vec<(u32, f64)>| {
            let inside = cells.iter().copied();
            inside.filter(|(k, _)| window.contains(*k)).collect()
        };
        Self {
            strata: self.strata.iter().map(keep).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_treatment_contrasts() {
        let factors = [
            Factor::new("sex", ["f", "m"]),
            Factor::new("age", ["a", "b", "c"]),
        ];
        let mut b = RepeatedTable::builder(factors);
        for (sex, age) in [(0, 0), (0, 2), (1, 1), (1, 2)] {
            b.add(1 + sex, &[sex as usize, age], 2).unwrap();
        }
        let t = b.build().unwrap();
        let d = CountDesign::read(&t, "sex*age").unwrap();
        let names = [
            "(Intercept)",
            "sexm",
            "ageb",
            "agec",
            "sexm:ageb",
            "sexm:agec",
        ];
        assert_eq!(d.names, names);
        let rows: [&[u32]; 4] = [&[0], &[0, 3], &[0, 1, 2, 4], &[0, 1, 3, 5]];
        assert_eq!(d.rows, rows);
        assert_eq!(d.formula(t.factors()), "sex*age");
        let main = CountDesign::main_effects(&t).unwrap();
        assert_eq!(main.formula(t.factors()), "sex + age");
        assert_eq!(
            CountDesign::intercept(&t).unwrap().formula(t.factors()),
            "1"
        );
        assert!(CountDesign::read(&t, "sex:age").is_err());
        assert!(CountDesign::read(&t, "sxe").is_err());
    }
}
