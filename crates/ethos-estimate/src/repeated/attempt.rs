//! One family with one formula on one table: rates, unseen persons, or the reason why not.

use super::design::{CountDesign, Seen};
use super::existence::{Face, Fate, face};
use super::family::Family;
use super::fit::{CountFit, fit};
use super::interval::Size;
use super::population::{Unseen, unseen};
use super::report::{AnalyticLimits, CountExistence, CountModelReport, EstimatorRow};
use super::table::RepeatedTable;
use crate::kernel::math;
use crate::report::{Coefficient, Status, finite};

/// A fit with what follows from it.
pub(crate) struct Fitted {
    pub(crate) fit: CountFit,
    pub(crate) unseen: Unseen,
}

/// What came of a family with a formula.
pub(crate) struct Attempt {
    pub(crate) family: Family,
    pub(crate) face: Face,
    /// Per stratum, whether somebody informs its rate.
    informs: Vec<bool>,
    /// On the strata that have a rate; nothing without convergence.
    pub(crate) fitted: Option<Fitted>,
}

impl Attempt {
    pub(crate) fn new(family: Family, design: &CountDesign, seen: &Seen) -> Self {
        let counts = family.counts();
        let informing = seen.informing(counts);
        let face = face(design, counts, &informing);
        let fitted = fit(design, counts, &informing, &face, None).map(|fit| Fitted {
            unseen: unseen(&fit, counts, seen),
            fit,
        });
        Self {
            family,
            face,
            informs: informing.strata.iter().map(|s| !s.is_empty()).collect(),
            fitted,
        }
    }

    /// The fit, if it gives a number for the whole population.
    pub(crate) fn usable(&self) -> Option<&Fitted> {
        let fitted = self.fitted.as_ref()?;
        let known = fitted.unseen.persons.iter().all(|u| u.is_finite());
        (self.face.is_estimable() && known).then_some(fitted)
    }

    /// Size of a group of strata, if it has one.
    pub(crate) fn size(
        &self,
        design: &CountDesign,
        seen: &Seen,
        members: &[usize],
    ) -> Option<Size> {
        let fitted = self.fitted.as_ref()?;
        let size = fitted.unseen.size(design, &fitted.fit, seen, members);
        (size.unseen.is_finite() && size.variance().is_finite()).then_some(size)
    }

    /// What it takes to be seen more often than the least that informs a rate.
    pub(crate) fn more(&self) -> &'static str {
        let window = self.family.counts().informing();
        match (window.least, window.most) {
            (1, None) => "more than once",
            (1, Some(_)) => "exactly twice",
            _ => "more than twice",
        }
    }

    /// Why there is no estimate.
    pub(crate) fn reason(&self, table: &RepeatedTable) -> Option<String> {
        if self.usable().is_some() {
            return None;
        }
        let of = |fate: Fate| -> Vec<usize> {
            let fates = self.face.fates.iter().enumerate();
            fates.filter(|(_, f)| **f == fate).map(|(s, _)| s).collect()
        };
        let gone = of(Fate::Vanishes);
        let relevant = |s: usize| self.informs[s];
        if !gone.is_empty() {
            return Some(format!(
                "nobody{} was seen {}, so that their number has no upper end",
                describe(table, &gone, relevant),
                self.more()
            ));
        }
        let unknown = of(Fate::Unknown);
        if !unknown.is_empty() {
            return Some(format!(
                "nobody{} was seen once or twice, and the other strata do not determine their rate",
                describe(table, &unknown, |_| true)
            ));
        }
        if self.face.columns.is_empty() {
            return Some(format!(
                "nobody was seen {}",
                match self.family.counts().informing().most {
                    Some(_) => "once or twice",
                    None => "twice or more",
                }
            ));
        }
        Some("the fit did not converge although its estimate exists".into())
    }

    pub(crate) fn existence(&self, table: &RepeatedTable, design: &CountDesign) -> CountExistence {
        CountExistence {
            exists: self.face.is_estimable(),
            certificate: self.face.certificate(design, |s| label(table, s)),
        }
    }

    pub(crate) fn model(
        &self,
        table: &RepeatedTable,
        design: &CountDesign,
        seen: &Seen,
    ) -> CountModelReport {
        let counts = self.family.counts();
        let usable = self.usable();
        let errors = usable.map(|f| f.fit.errors());
        let coefficients = design
            .names
            .iter()
            .enumerate()
            .map(|(j, name)| Coefficient {
                term: name.clone(),
                estimate: usable
                    .and_then(|f| f.fit.coefficients[j])
                    .map(|b| if j == 0 { b - counts.shift() } else { b }),
                se: errors.as_ref().and_then(|e| e[j]),
            })
            .collect();
        let informing = seen.informing(counts);
        let persons: f64 = (0..seen.strata.len()).map(|s| informing.persons(s)).sum();
        let (aic, bic) = self.criteria(table);
        CountModelReport {
            formula: design.formula(table.factors()),
            terms: design.terms(table.factors()),
            coefficients,
            log_likelihood: usable.map(|f| f.fit.log_likelihood),
            likelihood_of: self.family.likelihood_of(),
            persons: persons as u64,
            parameters: self.face.columns.len(),
            aic,
            bic,
            existence: self.existence(table, design),
        }
    }

    fn criteria(&self, table: &RepeatedTable) -> (Option<f64>, Option<f64>) {
        let Some(f) = self.usable() else {
            return (None, None);
        };
        let k = f.fit.columns.len() as f64;
        let deviance = -2.0 * f.fit.log_likelihood;
        let n = table.observed() as f64;
        (Some(deviance + 2.0 * k), Some(deviance + k * math::ln(n)))
    }

    pub(crate) fn row(
        &self,
        table: &RepeatedTable,
        design: &CountDesign,
        seen: &Seen,
        level: f64,
    ) -> EstimatorRow {
        let everyone: Vec<usize> = (0..seen.strata.len()).collect();
        let size = self
            .usable()
            .and_then(|_| self.size(design, seen, &everyone));
        let (aic, bic) = self.criteria(table);
        EstimatorRow {
            log_likelihood: self.usable().map(|f| f.fit.log_likelihood),
            likelihood_of: Some(self.family.likelihood_of()),
            aic,
            bic,
            reason: self.reason(table),
            ..row(
                self.family.name(),
                Some(design.formula(table.factors())),
                size,
                level,
            )
        }
    }
}

/// A row of numbers that exist or not.
pub(crate) fn row(
    name: &str,
    formula: Option<String>,
    size: Option<Size>,
    level: f64,
) -> EstimatorRow {
    EstimatorRow {
        estimator: name.into(),
        formula,
        estimate: size.and_then(|s| finite(s.observed + s.unseen)),
        unobserved: size.and_then(|s| finite(s.unseen)),
        se: size.and_then(|s| finite(s.variance().sqrt())),
        normal: size.map_or(AnalyticLimits::default(), |s| s.normal(level)),
        lognormal: size.map_or(AnalyticLimits::default(), |s| s.lognormal(level)),
        log_likelihood: None,
        likelihood_of: None,
        aic: None,
        bic: None,
        status: match size {
            None => Status::NotEstimable,
            Some(s) if s.is_bounded() => Status::Ok,
            Some(_) => Status::Unbounded,
        },
        reason: None,
    }
}

/// A stratum in words.
pub(crate) fn label(table: &RepeatedTable, stratum: usize) -> String {
    if table.factors().is_empty() {
        "everybody".into()
    } else {
        table.stratum_label(stratum)
    }
}

/// Strata in words after "everybody" or "nobody": nothing for all that are relevant, ` with ` whole
/// levels of them, or one by one.
pub(crate) fn describe(
    table: &RepeatedTable,
    strata: &[usize],
    relevant: impl Fn(usize) -> bool,
) -> String {
    if (0..table.strata()).all(|s| !relevant(s) || strata.contains(&s)) {
        return String::new();
    }
    let mut left: Vec<usize> = strata.to_vec();
    let mut parts = Vec::new();
    for (f, factor) in table.factors().iter().enumerate() {
        for (l, level) in factor.levels.iter().enumerate() {
            let members: Vec<usize> = (0..table.strata())
                .filter(|&s| table.stratum_levels(s)[f] == l && relevant(s))
                .collect();
            if members.iter().all(|s| strata.contains(s))
                && members.iter().any(|s| left.contains(s))
            {
                left.retain(|s| !members.contains(s));
                parts.push(format!("{}={level}", factor.name));
            }
        }
    }
    parts.extend(left.iter().map(|&s| format!("({})", label(table, s))));
    let more = parts.len().saturating_sub(6);
    parts.truncate(6);
    let text = parts.join(" or ");
    if more > 0 {
        format!(" with {text} or {more} more combinations")
    } else {
        format!(" with {text}")
    }
}
