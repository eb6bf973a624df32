//! The headline cells and the estimators they are put to.

use super::process::{Covariate, Dependence, Linkage, Only, Process};
use super::study::{Cell, EstimatorSpec};
use crate::criteria::Criterion;
use crate::interval::IntervalMethod;
use crate::settings::EstimateSettings;

fn spec(name: &str, settings: EstimateSettings) -> EstimatorSpec {
    EstimatorSpec {
        name: name.into(),
        settings,
    }
}

/// The estimators a cell is put to unless it names its own.
///
/// - `honest`: the default of [`crate::estimate`], BIC and the semiparametric bootstrap with the model
///   selected again in every replicate; with the panel, for what it warns of;
/// - `aic`: the same with AIC; `average`: BIC weights instead of one model, averaged again in every replicate;
/// - `bca`: `honest` with bias-corrected accelerated limits;
/// - `bic-fixed`: the selected model kept in every replicate; `bic-delta` and `aic-delta`: the log-normal
///   interval of the selected model. These three treat the model as known.
///
/// Where covariates are missing only `honest` (without the panel) and `bic-fixed` apply. Two lists have one model: `honest`, the profile likelihood (without covariates) and the log-normal interval.
pub fn standard_estimators(process: &Process) -> Vec<EstimatorSpec> {
    let base = EstimateSettings::default;
    let honest = EstimateSettings {
        panel: true,
        ..base()
    };
    // The panel and the closed-form intervals need complete data.
    if process.covariates.iter().any(|c| c.missing > 0.0) {
        return vec![
            spec("honest", base()),
            spec(
                "bic-fixed",
                EstimateSettings {
                    reselect: Some(false),
                    ..base()
                },
            ),
        ];
    }
    let interval = |method| EstimateSettings {
        interval: Some(method),
        ..base()
    };
    if process.coverage.len() == 2 {
        let mut out = vec![spec("honest", honest)];
        if process.covariates.is_empty() {
            out.push(spec("profile", EstimateSettings::for_model("[1,2]")));
        }
        out.push(spec("bic-delta", interval(IntervalMethod::Delta)));
        return out;
    }
    let aic = |settings| EstimateSettings {
        criterion: Some(Criterion::Aic),
        ..settings
    };
    vec![
        spec("honest", honest),
        spec("aic", aic(base())),
        spec(
            "average",
            EstimateSettings {
                average: true,
                ..base()
            },
        ),
        spec(
            "bca",
            EstimateSettings {
                bca: true,
                ..base()
            },
        ),
        spec(
            "bic-fixed",
            EstimateSettings {
                reselect: Some(false),
                ..base()
            },
        ),
        spec("bic-delta", interval(IntervalMethod::Delta)),
        spec("aic-delta", aic(interval(IntervalMethod::Delta))),
    ]
}

fn cell(name: &str, about: &str, process: Process) -> Cell {
    Cell {
        name: name.into(),
        about: about.into(),
        process,
        estimators: Vec::new(),
    }
}

/// A covariate with the odds of its second and later levels on each list.
fn covariate(name: &str, shares: &[f64], odds: &[&[f64]]) -> Covariate {
    Covariate {
        name: name.into(),
        shares: shares.to_vec(),
        odds: odds
            .iter()
            .map(|row| std::iter::once(1.0).chain(row.iter().copied()).collect())
            .collect(),
        missing: 0.0,
    }
}

/// The headline cells: sixteen whose truth the model family contains, then nine outside it.
///
/// The factors are the size of the population (1,000 to 50,000), two to five lists, coverage from 5% to 60%,
/// odds ratios from 0.5 to 3, a third-order interaction, covariates that move the odds of being
/// listed, and outside the family two latent classes, an interaction of all lists, dependence in one
/// group, linkage errors and over-coverage.
pub fn headline() -> Vec<Cell> {
    let three = [0.35, 0.25, 0.20];
    let independent = |population, coverage: &[f64]| Process::independent(population, coverage);
    let mut cells = vec![
        cell(
            "two-lists",
            "two independent lists",
            independent(5_000, &[0.35, 0.15]),
        ),
        cell(
            "independent",
            "three independent lists",
            independent(20_000, &three),
        ),
        cell(
            "independent-small",
            "the same in a small population",
            independent(1_000, &three),
        ),
        cell(
            "independent-thin",
            "large population, thin lists",
            independent(50_000, &[0.15, 0.05, 0.05]),
        ),
        cell(
            "sparse",
            "small population, overlaps of a few persons",
            independent(1_000, &[0.15, 0.15, 0.05]),
        ),
        cell(
            "strong-pair",
            "two lists that share people, odds ratio 2.67",
            independent(20_000, &[0.35, 0.27, 0.20]).with_dependence([1, 2], 8.0 / 3.0),
        ),
        cell(
            "weak-pair",
            "odds ratio 1.33: easy to overlook",
            independent(20_000, &[0.30, 0.215, 0.15]).with_dependence([1, 2], 4.0 / 3.0),
        ),
        cell(
            "weak-pair-small",
            "the same in a small population",
            independent(1_000, &[0.30, 0.215, 0.15]).with_dependence([1, 2], 4.0 / 3.0),
        ),
        cell(
            "negative-pair",
            "two lists that avoid each other, odds ratio 0.5",
            independent(5_000, &[0.35, 0.35, 0.15]).with_dependence([1, 2], 0.5),
        ),
        cell(
            "two-pairs",
            "two dependent pairs of three lists, odds ratios 3 and 1.5",
            independent(20_000, &[0.35, 0.25, 0.15])
                .with_dependence([1, 2], 3.0)
                .with_dependence([2, 3], 1.5),
        ),
        cell(
            "high-coverage",
            "lists that miss few people",
            independent(5_000, &[0.60, 0.60, 0.35]).with_dependence([1, 2], 1.5),
        ),
        cell(
            "four-lists",
            "four lists, one pair that shares people and one that avoids each other",
            independent(5_000, &[0.35, 0.15, 0.15, 0.35])
                .with_dependence([1, 2], 3.0)
                .with_dependence([3, 4], 0.5),
        ),
        cell(
            "four-lists-third-order",
            "four lists, an interaction of three of them",
            independent(20_000, &[0.35, 0.25, 0.15, 0.15])
                .with_dependence([1, 2], 1.5)
                .with_dependence([1, 3], 1.5)
                .with_dependence([2, 3], 1.5)
                .with_dependence([1, 2, 3], 2.0),
        ),
        cell(
            "five-lists",
            "five thin lists, two dependent pairs",
            independent(5_000, &[0.15, 0.15, 0.15, 0.05, 0.05])
                .with_dependence([1, 2], 3.0)
                .with_dependence([3, 4], 0.5),
        ),
        cell(
            "covariates",
            "sex and age move the odds of being listed, and a pair depends",
            Process {
                covariates: vec![
                    covariate("sex", &[0.7, 0.3], &[&[0.5], &[2.0], &[1.0]]),
                    covariate(
                        "age",
                        &[0.4, 0.35, 0.25],
                        &[&[1.5, 0.7], &[1.0, 2.0], &[0.5, 0.5]],
                    ),
                ],
                ..independent(5_000, &[0.35, 0.25, 0.15]).with_dependence([1, 3], 1.5)
            },
        ),
        cell(
            "missing-covariate",
            "sex moves the odds of being listed and is unknown for one person in five",
            Process {
                covariates: vec![Covariate {
                    missing: 0.2,
                    ..covariate("sex", &[0.7, 0.3], &[&[0.5], &[2.0], &[1.0]])
                }],
                ..independent(5_000, &[0.35, 0.25, 0.15]).with_dependence([1, 3], 1.5)
            },
        ),
        cell(
            "heterogeneity-mild",
            "half the people have three times the odds of being on every list",
            independent(20_000, &[0.25, 0.15, 0.15]).with_two_classes(3.0),
        ),
        cell(
            "heterogeneity",
            "half the people have six times the odds",
            independent(20_000, &[0.15, 0.10, 0.08]).with_two_classes(6.0),
        ),
        cell(
            "heterogeneity-four",
            "the same with four lists",
            independent(20_000, &[0.15, 0.10, 0.08, 0.15]).with_two_classes(6.0),
        ),
        cell(
            "all-lists",
            "all three lists interact",
            independent(20_000, &three)
                .with_dependence([1, 2], 1.5)
                .with_dependence([1, 2, 3], 2.0),
        ),
        cell(
            "pair-in-one-group",
            "a pair depends for one sex only",
            Process {
                covariates: vec![covariate("sex", &[0.6, 0.4], &[&[0.5], &[2.0], &[1.0]])],
                dependence: vec![Dependence {
                    lists: vec![1, 2],
                    odds_ratio: 3.0,
                    only: Some(Only {
                        covariate: "sex".into(),
                        level: 2,
                    }),
                }],
                ..independent(20_000, &three)
            },
        ),
        cell(
            "missed-links",
            "one link in twenty is missed",
            Process {
                linkage: Linkage {
                    missed: 0.05,
                    false_links: 0.0,
                },
                ..independent(20_000, &three)
            },
        ),
        cell(
            "false-links",
            "one in a hundred of those on one list is linked to somebody else",
            Process {
                linkage: Linkage {
                    missed: 0.0,
                    false_links: 0.01,
                },
                ..independent(20_000, &three)
            },
        ),
        cell(
            "over-coverage-3",
            "3% of every list is not in the population",
            Process {
                over_coverage: vec![0.03; 3],
                ..independent(20_000, &three)
            },
        ),
        cell(
            "over-coverage-10",
            "10% of every list is not in the population",
            Process {
                over_coverage: vec![0.10; 3],
                ..independent(20_000, &three)
            },
        ),
    ];
    for cell in &mut cells {
        cell.estimators = standard_estimators(&cell.process);
        if cell.process.coverage.len() > 4 {
            // Averages and searches by AIC in every replicate visit hundreds of models each.
            cell.estimators
                .retain(|e| !matches!(e.name.as_str(), "average" | "aic" | "bca"));
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_sound_and_ordered_by_family() {
        let cells = headline();
        assert_eq!(cells.len(), 25);
        let outside: Vec<bool> = cells
            .iter()
            .map(|c| {
                c.process.check().expect("a sound process");
                !c.process.outside().is_empty()
            })
            .collect();
        assert_eq!(outside.iter().position(|&o| o), Some(16));
        assert!(outside[16..].iter().all(|&o| o));
        let mut names: Vec<&str> = cells.iter().map(|c| c.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 25);
    }
}
