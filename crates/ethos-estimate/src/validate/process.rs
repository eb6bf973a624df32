//! How people get on lists: the truth behind a simulated table.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::EstimateError;
use crate::kernel::math;
use crate::table::Factor;

/// Most combinations of stratum, latent class and history a process may have.
const MAX_PROCESS_CELLS: usize = 1 << 20;

/// A data-generating process: a closed population, the chance of every capture history, and the
/// errors made in writing it down.
///
/// Every person belongs to a stratum (the cross of the covariates, which are independent in the
/// population) and to a latent class nobody sees. Within both, the histories follow the log-linear model
/// log P(h) = const + Σ α over the lists of h + Σ log(odds ratio) over the dependences within h, the odds
/// of being on a list multiplied by those of the stratum and the class. The α are such that in the reference
/// stratum and a class of odds 1 the share of people on each list is `coverage`.
///
/// Then come the errors: links missed, false links, and entries of people who do not belong to the
/// population. Its size is fixed, so it is what an estimate is held against.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Process {
    /// Persons in the population.
    pub population: u64,
    /// Share of the population on each list, one number a list, each between 0 and 1.
    pub coverage: Vec<f64>,
    /// Lists that depend on each other.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dependence: Vec<Dependence>,
    /// Latent classes with other chances of being listed; none means that everyone is alike.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<LatentClass>,
    /// Covariates that are seen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covariates: Vec<Covariate>,
    /// Errors of linkage.
    #[serde(default)]
    pub linkage: Linkage,
    /// Of the entries of each list, the share of people outside the population, each on that list
    /// alone; empty means none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub over_coverage: Vec<f64>,
}

/// An interaction of two or more lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dependence {
    /// The lists, numbered from 1 as in bracket notation.
    pub lists: Vec<usize>,
    /// For two lists their odds ratio among people on no other list of an interaction; for three the
    /// ratio of two odds ratios, and so on.
    pub odds_ratio: f64,
    /// Only for people with this level of a covariate.
    #[serde(default)]
    pub only: Option<Only>,
}

/// One level of one covariate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    /// Name of the covariate.
    pub covariate: String,
    /// Level, numbered from 1.
    pub level: usize,
}

/// A part of the population that nobody can tell from the rest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LatentClass {
    /// Share of the population; all shares sum to 1.
    pub share: f64,
    /// What multiplies the odds of being on each list, one number a list.
    pub odds: Vec<f64>,
}

/// A covariate everyone has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Covariate {
    /// Name.
    pub name: String,
    /// Share of the population with each level; they sum to 1.
    pub shares: Vec<f64>,
    /// What multiplies the odds of being on a list: one row a list, one number a level, the first
    /// usually 1.
    pub odds: Vec<Vec<f64>>,
    /// Share of the persons seen whose level is not recorded, by pure chance.
    #[serde(default)]
    pub missing: f64,
}

/// Errors of linkage, made within strata.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Linkage {
    /// Chance that an entry of a person already on an earlier list is not linked to it and stands as a
    /// person of its own (1 − α of Ding and Fienberg 1994).
    pub missed: f64,
    /// Of those seen on one list, the share wrongly joined to somebody seen only on a later one (β of
    /// Ding and Fienberg 1994).
    pub false_links: f64,
}

/// Why no hierarchical log-linear model of the searched kind describes a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outside {
    /// People differ in ways nobody sees.
    Heterogeneity,
    /// All lists interact, which no data can show.
    AllLists,
    /// Lists depend on each other in a part of the covariates only; a formula with list × list ×
    /// covariate terms describes it, the default skeleton does not.
    DependenceByCovariate,
    /// Links are missed or false.
    Linkage,
    /// Lists hold people outside the population.
    OverCoverage,
}

impl fmt::Display for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Heterogeneity => "unseen heterogeneity",
            Self::AllLists => "interaction of all lists",
            Self::DependenceByCovariate => "dependence differs by covariate",
            Self::Linkage => "linkage errors",
            Self::OverCoverage => "over-coverage",
        })
    }
}

impl Process {
    /// Everyone alike and lists independent: the plainest process with these shares.
    pub fn independent(population: u64, coverage: impl Into<Vec<f64>>) -> Self {
        Self {
            population,
            coverage: coverage.into(),
            dependence: Vec::new(),
            classes: Vec::new(),
            covariates: Vec::new(),
            linkage: Linkage::default(),
            over_coverage: Vec::new(),
        }
    }

    /// With lists (numbered from 1) that depend on each other.
    #[must_use]
    pub fn with_dependence(mut self, lists: impl Into<Vec<usize>>, odds_ratio: f64) -> Self {
        self.dependence.push(Dependence {
            lists: lists.into(),
            odds_ratio,
            only: None,
        });
        self
    }

    /// With half the population `odds` times as likely (in odds) to be on every list as the other half.
    #[must_use]
    pub fn with_two_classes(mut self, odds: f64) -> Self {
        let class = |odds| LatentClass {
            share: 0.5,
            odds: vec![odds; self.coverage.len()],
        };
        self.classes = vec![class(1.0), class(odds)];
        self
    }

    /// Names of the lists: `a`, `b`, …
    pub fn list_names(&self) -> Vec<String> {
        (0..self.coverage.len())
            .map(|i| char::from(b'a' + i as u8).to_string())
            .collect()
    }

    /// The covariates as factors with levels `1`, `2`, …
    pub fn factors(&self) -> Vec<Factor> {
        self.covariates
            .iter()
            .map(|c| Factor::new(&c.name, (1..=c.shares.len()).map(|l| l.to_string())))
            .collect()
    }

    /// What keeps the truth out of the model family of the default search; empty when the family
    /// contains it.
    pub fn outside(&self) -> Vec<Outside> {
        let mut out = BTreeSet::new();
        if self.classes.iter().any(|c| c.odds != self.classes[0].odds) {
            out.insert(Outside::Heterogeneity);
        }
        for d in self.dependence.iter().filter(|d| d.odds_ratio != 1.0) {
            if d.lists.len() == self.coverage.len() {
                out.insert(Outside::AllLists);
            } else if d.only.is_some() {
                out.insert(Outside::DependenceByCovariate);
            }
        }
        if self.linkage.missed > 0.0 || self.linkage.false_links > 0.0 {
            out.insert(Outside::Linkage);
        }
        if self.over_coverage.iter().any(|&o| o > 0.0) {
            out.insert(Outside::OverCoverage);
        }
        out.into_iter().collect()
    }

    /// Says what is wrong with the numbers, if anything.
    ///
    /// Errors: [`EstimateError::Setting`] with the key at fault.
    pub fn check(&self) -> Result<(), EstimateError> {
        let bad = |text: String| Err(EstimateError::Setting(text));
        let inside = |p: f64| p > 0.0 && p < 1.0;
        let positive = |p: f64| p > 0.0 && p.is_finite();
        let whole = |shares: &mut dyn Iterator<Item = f64>| {
            let shares: Vec<f64> = shares.collect();
            shares.iter().all(|&s| s > 0.0) && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-9
        };
        let t = self.coverage.len();
        if !(2..=16).contains(&t) {
            return bad(format!("`coverage` names {t} lists; 2 to 16 are possible"));
        }
        if !(1..=100_000_000).contains(&self.population) {
            return bad("`population` is not between 1 and 100,000,000".into());
        }
        if let Some(c) = self.coverage.iter().find(|&&c| !inside(c)) {
            return bad(format!("`coverage` {c} is not between 0 and 1"));
        }
        for d in &self.dependence {
            let distinct: BTreeSet<usize> = d.lists.iter().copied().collect();
            if distinct.len() < 2
                || distinct.len() != d.lists.len()
                || distinct.iter().any(|&l| l == 0 || l > t)
            {
                return bad(format!(
                    "`dependence.lists` {:?} are not two or more different lists of 1 to {t}",
                    d.lists
                ));
            }
            if !positive(d.odds_ratio) {
                return bad(format!("`odds_ratio` {} is not positive", d.odds_ratio));
            }
            if let Some(only) = &d.only
                && !self
                    .covariates
                    .iter()
                    .any(|c| c.name == only.covariate && (1..=c.shares.len()).contains(&only.level))
            {
                return bad(format!(
                    "`only` names level {} of `{}`, which is no level of a covariate",
                    only.level, only.covariate
                ));
            }
        }
        for class in &self.classes {
            if class.odds.len() != t || !class.odds.iter().all(|&o| positive(o)) {
                return bad(format!("`classes.odds` needs {t} positive numbers"));
            }
        }
        if !self.classes.is_empty() && !whole(&mut self.classes.iter().map(|c| c.share)) {
            return bad("`classes.share` must be positive and sum to 1".into());
        }
        for c in &self.covariates {
            if !whole(&mut c.shares.iter().copied()) {
                return bad(format!(
                    "`shares` of `{}` must be positive and sum to 1",
                    c.name
                ));
            }
            if !(0.0..1.0).contains(&c.missing) {
                return bad(format!(
                    "`missing` {} of `{}` is not in [0, 1)",
                    c.missing, c.name
                ));
            }
            let rows = c.odds.len() == t
                && c.odds
                    .iter()
                    .all(|row| row.len() == c.shares.len() && row.iter().all(|&o| positive(o)));
            if !rows {
                return bad(format!(
                    "`odds` of `{}` needs {t} rows of {} positive numbers",
                    c.name,
                    c.shares.len()
                ));
            }
        }
        for (name, rate) in [
            ("missed", self.linkage.missed),
            ("false_links", self.linkage.false_links),
        ] {
            if !(0.0..1.0).contains(&rate) {
                return bad(format!("`{name}` {rate} is not in [0, 1)"));
            }
        }
        if !self.over_coverage.is_empty()
            && (self.over_coverage.len() != t
                || !self.over_coverage.iter().all(|o| (0.0..1.0).contains(o)))
        {
            return bad(format!("`over_coverage` needs {t} numbers in [0, 1)"));
        }
        let strata = self
            .covariates
            .iter()
            .try_fold(1_usize, |a, c| a.checked_mul(c.shares.len()));
        let cells = strata
            .and_then(|s| s.checked_mul(self.classes.len().max(1)))
            .and_then(|s| s.checked_mul(1 << t));
        if cells.is_none_or(|c| c > MAX_PROCESS_CELLS) {
            return bad("strata, classes and histories make too many cells to simulate".into());
        }
        Ok(())
    }

    /// Index of the level of each covariate in a stratum, the last covariate fastest.
    pub(super) fn levels(&self, mut stratum: usize) -> Vec<usize> {
        let mut levels: Vec<usize> = self
            .covariates
            .iter()
            .rev()
            .map(|c| {
                let level = stratum % c.shares.len();
                stratum /= c.shares.len();
                level
            })
            .collect();
        levels.reverse();
        levels
    }

    pub(super) fn strata(&self) -> usize {
        self.covariates.iter().map(|c| c.shares.len()).product()
    }

    /// Probability of every stratum and true history, `stratum << lists | history`, latent classes summed.
    ///
    /// ```
    /// use ethos_estimate::validate::Process;
    /// let lists = Process::independent(1000, [0.5, 0.2]).with_dependence([1, 2], 3.0);
    /// let p = lists.probabilities();
    /// assert!((p[1] + p[3] - 0.5).abs() < 1e-12 && (p[2] + p[3] - 0.2).abs() < 1e-12);
    /// assert!((p[0] * p[3] / (p[1] * p[2]) - 3.0).abs() < 1e-9);
    /// ```
    pub fn probabilities(&self) -> Vec<f64> {
        let t = self.coverage.len();
        let histories = 1_usize << t;
        let alpha = self.baseline();
        let everyone = [LatentClass {
            share: 1.0,
            odds: vec![1.0; t],
        }];
        let classes = if self.classes.is_empty() {
            &everyone[..]
        } else {
            &self.classes[..]
        };
        let mut out = vec![0.0; self.strata() * histories];
        for (stratum, row) in out.chunks_exact_mut(histories).enumerate() {
            let levels = self.levels(stratum);
            let share: f64 = self
                .covariates
                .iter()
                .zip(&levels)
                .map(|(c, &l)| c.shares[l])
                .product();
            let interactions = self.interactions(Some(&levels));
            for class in classes {
                let weights: Vec<f64> = (0..histories)
                    .map(|h| {
                        let lists = (0..t).filter(|i| h >> i & 1 == 1);
                        interactions[h]
                            * lists
                                .map(|i| {
                                    let seen: f64 = self
                                        .covariates
                                        .iter()
                                        .zip(&levels)
                                        .map(|(c, &l)| c.odds[i][l])
                                        .product();
                                    alpha[i] * class.odds[i] * seen
                                })
                                .product::<f64>()
                    })
                    .collect();
                let total: f64 = weights.iter().sum();
                for (p, w) in row.iter_mut().zip(&weights) {
                    *p += share * class.share * w / total;
                }
            }
        }
        out
    }

    /// Share of the population on at least one list in truth, before any error.
    pub fn seen(&self) -> f64 {
        let histories = 1 << self.coverage.len();
        let unseen: f64 = self
            .probabilities()
            .chunks(histories)
            .map(|row| row[0])
            .sum();
        1.0 - unseen
    }

    /// Product of the odds ratios within each history.
    fn interactions(&self, levels: Option<&[usize]>) -> Vec<f64> {
        let applies = |d: &&Dependence| {
            d.only.as_ref().is_none_or(|only| {
                levels.is_some_and(|levels| {
                    self.covariates
                        .iter()
                        .zip(levels)
                        .any(|(c, &l)| c.name == only.covariate && l + 1 == only.level)
                })
            })
        };
        (0..1_usize << self.coverage.len())
            .map(|h| {
                self.dependence
                    .iter()
                    .filter(applies)
                    .filter(|d| d.lists.iter().all(|&l| h >> (l - 1) & 1 == 1))
                    .map(|d| d.odds_ratio)
                    .product()
            })
            .collect()
    }

    /// Odds of each list that give the coverage, by iterative proportional fitting of the margins
    /// (Deming & Stephan 1940), which leaves the odds ratios as they are.
    fn baseline(&self) -> Vec<f64> {
        let t = self.coverage.len();
        let mut p = self.interactions(None);
        let mut odds = vec![1.0; t];
        for _ in 0..10_000 {
            let mut worst = 0.0_f64;
            for (i, &coverage) in self.coverage.iter().enumerate() {
                let total: f64 = p.iter().sum();
                let on: f64 = (0..p.len()).filter(|h| h >> i & 1 == 1).map(|h| p[h]).sum();
                let factor = coverage / (1.0 - coverage) * (total - on) / on;
                worst = worst.max(math::ln(factor).abs());
                odds[i] *= factor;
                for (h, value) in p.iter_mut().enumerate() {
                    if h >> i & 1 == 1 {
                        *value *= factor;
                    }
                }
            }
            if worst < 1e-14 {
                break;
            }
        }
        odds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coverage_and_odds_ratios_are_as_said() {
        let process = Process::independent(1, [0.35, 0.27, 0.2, 0.1])
            .with_dependence([1, 2], 8.0 / 3.0)
            .with_dependence([1, 2, 3], 0.5);
        let p = process.probabilities();
        assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        for (i, want) in process.coverage.iter().enumerate() {
            let on: f64 = (0..16).filter(|h| h >> i & 1 == 1).map(|h| p[h]).sum();
            assert!((on - want).abs() < 1e-12, "{i} {on}");
        }
        let ratio = |other: usize| p[other] * p[other | 3] / (p[other | 1] * p[other | 2]);
        assert!((ratio(0) - 8.0 / 3.0).abs() < 1e-9);
        assert!((ratio(8) - 8.0 / 3.0).abs() < 1e-9);
        assert!((ratio(4) - 4.0 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn classes_and_strata_multiply_the_odds() {
        let mut process = Process::independent(1, [0.2, 0.5]).with_two_classes(6.0);
        process.covariates.push(Covariate {
            name: "sex".into(),
            shares: vec![0.75, 0.25],
            odds: vec![vec![1.0, 2.0], vec![1.0, 1.0]],
            missing: 0.0,
        });
        let p = process.probabilities();
        // Odds of list a: 1/4 and 6/4 by class, doubled in the second stratum.
        let on = |s: usize| p[s * 4 + 1] + p[s * 4 + 3];
        assert!((on(0) - 0.75 * (0.2 + 0.6) / 2.0).abs() < 1e-12);
        assert!((on(1) - 0.25 * (1.0 / 3.0 + 0.75) / 2.0).abs() < 1e-12);
        assert_eq!(process.outside(), [Outside::Heterogeneity]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let fine = Process::independent(100, [0.5, 0.2]);
        assert!(fine.check().is_ok());
        let wrong = [
            Process::independent(100, [0.5]),
            Process::independent(0, [0.5, 0.2]),
            Process::independent(100, [0.5, 1.0]),
            fine.clone().with_dependence([1, 3], 2.0),
            fine.clone().with_dependence([1, 2], -1.0),
            fine.clone().with_two_classes(f64::NAN),
            Process {
                over_coverage: vec![0.1],
                ..fine.clone()
            },
            Process {
                linkage: Linkage {
                    missed: 1.0,
                    false_links: 0.0,
                },
                ..fine
            },
        ];
        for process in wrong {
            assert!(process.check().unwrap_err().is_usage(), "{process:?}");
        }
    }
}
