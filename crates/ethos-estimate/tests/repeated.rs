//! One list with repeated contacts: brute force, what has no estimate, invariances, replicates.
#![allow(missing_docs)]

mod common;

use std::ops::ControlFlow;

use common::{close, migrants};
use ethos_estimate::{
    CountCertificate, EstimateError, Factor, Family, IntervalMethod, LikelihoodOf,
    RepeatedEstimate, RepeatedSettings, RepeatedTable, Status, StopReason, estimate_repeated,
};

fn run(table: &RepeatedTable, settings: &RepeatedSettings) -> RepeatedEstimate {
    estimate_repeated(table, settings, None).expect("an answer")
}

fn of(table: &RepeatedTable, family: Family, formula: &str) -> RepeatedEstimate {
    run(
        table,
        &RepeatedSettings {
            family: Some(family),
            model: Some(formula.into()),
            ..RepeatedSettings::default()
        },
    )
}

/// A table over `a` (2 levels) and `b` (3 levels) from `(times, a, b, persons)`.
fn small(rows: &[(u64, usize, usize, u64)]) -> RepeatedTable {
    let factors = [
        Factor::new("a", ["x", "y"]),
        Factor::new("b", ["p", "q", "r"]),
    ];
    let mut builder = RepeatedTable::builder(factors);
    for &(k, a, b, n) in rows {
        builder.add(k, &[a, b], n).unwrap();
    }
    builder.build().unwrap()
}

fn crossed() -> RepeatedTable {
    let mut rows = Vec::new();
    for (a, b, f) in [
        (0, 0, [90, 22, 6, 1]),
        (0, 1, [60, 25, 9, 4]),
        (0, 2, [31, 4, 2, 0]),
        (1, 0, [140, 20, 3, 1]),
        (1, 1, [80, 31, 12, 5]),
        (1, 2, [77, 9, 1, 1]),
    ] {
        rows.extend(f.iter().zip(1..).map(|(&n, k)| (k, a, b, n)));
    }
    small(&rows)
}

/// The log-likelihood of a rate per stratum, from the distribution itself: a Poisson variable within
/// a window of times seen.
fn log_likelihood(
    table: &RepeatedTable,
    least: u64,
    most: u64,
    eta: &dyn Fn(usize) -> f64,
    seen: &dyn Fn(usize, u64) -> f64,
) -> f64 {
    let mut sum = 0.0;
    for s in 0..table.strata() {
        let lambda = eta(s).exp();
        let mut mass = 0.0;
        let mut term = (-lambda).exp();
        let mut masses = vec![term];
        for k in 1..=most.min(120) {
            term *= lambda / k as f64;
            masses.push(term);
        }
        for k in least..=most.min(120) {
            mass += masses[k as usize];
        }
        for k in least..=most.min(12) {
            let n = seen(s, k);
            if n > 0.0 {
                sum += n * (masses[k as usize] / mass).ln();
            }
        }
    }
    sum
}

/// Coefficients against the likelihood written out anew: it is highest there, by differences in
/// every direction, and its curvature gives the standard errors.
#[test]
fn coefficients_maximise_the_likelihood_written_out() {
    let table = crossed();
    let counts = counts(&table);
    for (family, least, most) in [
        (Family::ZtPoisson, 1, 400),
        (Family::Chao, 1, 2),
        (Family::Zelterman, 1, 2),
        (Family::ZotPoisson, 2, 400),
    ] {
        for formula in ["1", "a + b", "a*b"] {
            let answer = of(&table, family, formula);
            let names: Vec<&str> = answer
                .model
                .coefficients
                .iter()
                .map(|c| c.term.as_str())
                .collect();
            let best: Vec<f64> = answer
                .model
                .coefficients
                .iter()
                .map(|c| c.estimate.unwrap())
                .collect();
            let shift = if most == 2 { 2.0_f64.ln() } else { 0.0 };
            let at = |beta: &[f64]| {
                let eta = |s: usize| -> f64 {
                    let levels = table.stratum_levels(s);
                    let mut sum = shift;
                    for (name, b) in names.iter().zip(beta) {
                        let holds = *name == "(Intercept)"
                            || name.split(':').all(|part| {
                                let f = usize::from(part.starts_with('b'));
                                part[1..] == table.factors()[f].levels[levels[f]]
                            });
                        if holds {
                            sum += b;
                        }
                    }
                    sum
                };
                log_likelihood(&table, least, most, &eta, &|s, k| counts[s][k as usize])
            };
            let top = at(&best);
            close(
                answer.model.log_likelihood.unwrap(),
                top,
                1e-12,
                "log-likelihood",
            );
            let p = best.len();
            let h = 1e-4;
            let moved = |i: usize, di: f64, j: usize, dj: f64| {
                let mut beta = best.clone();
                beta[i] += di;
                beta[j] += dj;
                at(&beta)
            };
            let mut information = nalgebra::DMatrix::zeros(p, p);
            for i in 0..p {
                let slope = (moved(i, h, i, 0.0) - moved(i, -h, i, 0.0)) / (2.0 * h);
                assert!(
                    slope.abs() < 1e-5,
                    "{family:?} {formula} {} {slope}",
                    names[i]
                );
                for j in 0..p {
                    information[(i, j)] =
                        -(moved(i, h, j, h) - moved(i, h, j, -h) - moved(i, -h, j, h)
                            + moved(i, -h, j, -h))
                            / (4.0 * h * h);
                }
            }
            let covariance = information.try_inverse().unwrap();
            for (i, c) in answer.model.coefficients.iter().enumerate() {
                // Second differences of a sum of some hundred are good to about 1e-5.
                close(c.se.unwrap(), covariance[(i, i)].sqrt(), 1e-4, &c.term);
            }
        }
    }
}

fn counts(table: &RepeatedTable) -> Vec<[f64; 13]> {
    // The strata of `crossed` in order: a, then b.
    let all = [
        [90, 22, 6, 1],
        [60, 25, 9, 4],
        [31, 4, 2, 0],
        [140, 20, 3, 1],
        [80, 31, 12, 5],
        [77, 9, 1, 1],
    ];
    assert_eq!(table.strata(), 6);
    all.map(|f| {
        let mut out = [0.0; 13];
        for (k, n) in f.iter().enumerate() {
            out[k + 1] = f64::from(*n);
        }
        out
    })
    .to_vec()
}

/// A formula with every interaction fits every stratum alone: closed forms and one-stratum fits.
#[test]
fn a_saturated_formula_is_every_stratum_alone() {
    let table = crossed();
    for family in Family::ALL {
        let answer = of(&table, family, "a*b");
        let mut sum = 0.0;
        let mut variance = 0.0;
        for (s, f) in counts(&table).iter().enumerate() {
            let alone =
                RepeatedTable::from_frequencies((1..13).map(|k| (k as u64, f[k] as u64))).unwrap();
            let alone = of(&alone, family, "1");
            let by = table.stratum_label(s);
            let row = answer
                .strata
                .iter()
                .find(|r| r.by.len() == 2 && format!("a={}, b={}", r.by["a"], r.by["b"]) == by);
            let row = row.unwrap();
            close(
                row.estimate.unwrap(),
                alone.population.estimate.unwrap(),
                1e-10,
                &by,
            );
            close(row.se.unwrap(), alone.population.se.unwrap(), 1e-10, &by);
            if family == Family::Chao {
                close(
                    row.unobserved.unwrap(),
                    f[1] * f[1] / (2.0 * f[2]),
                    1e-10,
                    &by,
                );
                // Chao (1987), equation (13): f2 (r²/2 + r³ + r⁴/4), r = f1/f2.
                let r = f[1] / f[2];
                let chao = f[2] * (0.5 * r * r + r * r * r + 0.25 * r * r * r * r);
                close(row.se.unwrap(), chao.sqrt(), 1e-10, &by);
            }
            if family == Family::Zelterman {
                let seen: f64 = f.iter().sum();
                let all = seen / (1.0 - (-2.0 * f[2] / f[1]).exp());
                close(row.estimate.unwrap(), all, 1e-10, &by);
            }
            sum += row.estimate.unwrap();
            variance += row.se.unwrap().powi(2);
        }
        close(answer.population.estimate.unwrap(), sum, 1e-12, "sum");
        close(answer.population.se.unwrap(), variance.sqrt(), 1e-10, "se");
    }
}

#[test]
fn margins_and_strata_add_up() {
    for settings in [
        RepeatedSettings::default(),
        RepeatedSettings {
            interval: Some(IntervalMethod::Semiparametric),
            replicates: Some(300),
            ..RepeatedSettings::default()
        },
    ] {
        let answer = run(&crossed(), &settings);
        let sum = |rows: &dyn Fn(&ethos_estimate::StratumReport) -> bool| -> f64 {
            let rows = answer.strata.iter().filter(|r| rows(r));
            rows.map(|r| r.estimate.unwrap()).sum()
        };
        let total = answer.population.estimate.unwrap();
        close(sum(&|r| r.by.len() == 2), total, 1e-12, "full cross");
        close(
            sum(&|r| r.by.len() == 1 && r.by.contains_key("a")),
            total,
            1e-12,
            "a",
        );
        close(
            sum(&|r| r.by.len() == 1 && r.by.contains_key("b")),
            total,
            1e-12,
            "b",
        );
        let level = answer
            .strata
            .iter()
            .find(|r| r.by.len() == 1 && r.by.get("a").is_some_and(|l| l == "x"));
        let parts = sum(&|r| r.by.len() == 2 && r.by["a"] == "x");
        close(parts, level.unwrap().estimate.unwrap(), 1e-12, "a = x");
        assert!(
            answer
                .strata
                .iter()
                .all(|r| r.lower.unwrap() >= r.observed && r.upper > r.estimate)
        );
    }
}

#[test]
fn a_level_without_repeats_has_no_number() {
    let table = small(&[
        (1, 0, 0, 40),
        (2, 0, 0, 9),
        (3, 0, 0, 1),
        (1, 0, 1, 30),
        (2, 0, 1, 5),
        (1, 1, 0, 20),
        (2, 1, 0, 4),
        (1, 1, 1, 15),
        (1, 0, 2, 12),
        (1, 1, 2, 8),
    ]);
    for interval in [IntervalMethod::Delta, IntervalMethod::Semiparametric] {
        let answer = run(
            &table,
            &RepeatedSettings {
                interval: Some(interval),
                replicates: interval.is_bootstrap().then_some(50),
                ..RepeatedSettings::default()
            },
        );
        let p = &answer.population;
        assert_eq!(p.status, Status::NotEstimable);
        assert_eq!(
            (p.estimate, p.se, p.lower, p.upper),
            (None, None, None, None)
        );
        assert_eq!(answer.unobserved.estimate, None);
        assert!(
            answer
                .model
                .coefficients
                .iter()
                .all(|c| c.estimate.is_none() && c.se.is_none())
        );
        assert!(answer.bootstrap.is_none());
        assert!(!answer.model.existence.exists);
        let CountCertificate::Recession { steps } = &answer.model.existence.certificate else {
            panic!("{:?}", answer.model.existence)
        };
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].direction, [("br".to_owned(), "-1".to_owned())]);
        assert_eq!(steps[0].strata, ["a=x, b=r", "a=y, b=r"]);
        let note = answer
            .diagnostics
            .iter()
            .find(|d| d.code == "not-estimable")
            .unwrap();
        assert!(
            note.message
                .contains("nobody with b=r was seen more than once"),
            "{}",
            note.message
        );
        // Levels that have a rate keep it; it is that of the table without the others.
        let level = |answer: &RepeatedEstimate, name: &str| {
            let row = answer
                .strata
                .iter()
                .find(|r| r.by.len() == 1 && r.by.get("b").is_some_and(|l| l == name));
            row.unwrap().clone()
        };
        assert_eq!(level(&answer, "r").status, Status::NotEstimable);
        assert_eq!(level(&answer, "r").estimate, None);
        let without = small(&[
            (1, 0, 0, 40),
            (2, 0, 0, 9),
            (3, 0, 0, 1),
            (1, 0, 1, 30),
            (2, 0, 1, 5),
            (1, 1, 0, 20),
            (2, 1, 0, 4),
            (1, 1, 1, 15),
        ]);
        let rest = run(&without, &RepeatedSettings::default());
        close(
            level(&answer, "p").estimate.unwrap(),
            level(&rest, "p").estimate.unwrap(),
            1e-12,
            "p",
        );
        // What needs no rate of that level has a number.
        assert_eq!(
            answer.estimator("ztpoisson").unwrap().status,
            Status::NotEstimable
        );
        assert!(
            answer
                .estimator("chao-bias-corrected")
                .unwrap()
                .estimate
                .is_some()
        );
        assert!(
            answer
                .estimators
                .iter()
                .any(|r| r.formula.as_deref() == Some("1") && r.estimate.is_some())
        );
    }
}

#[test]
fn without_anybody_seen_three_times_the_ones_cannot_be_left_out() {
    let table = RepeatedTable::from_frequencies([(1, 100), (2, 20)]).unwrap();
    let answer = of(&table, Family::ZotPoisson, "1");
    assert_eq!(answer.population.status, Status::NotEstimable);
    let reason = answer
        .estimator("zotpoisson")
        .unwrap()
        .reason
        .clone()
        .unwrap();
    assert!(
        reason.starts_with("nobody was seen more than twice"),
        "{reason}"
    );
    assert_eq!(answer.estimator("chao-modified").unwrap().estimate, None);
    // Seen once or three times, never twice: Chao has no estimate, its corrected form has.
    let table = RepeatedTable::from_frequencies([(1, 100), (3, 4)]).unwrap();
    let answer = of(&table, Family::Chao, "1");
    assert_eq!(answer.population.status, Status::NotEstimable);
    assert!(
        answer
            .estimator("chao-bias-corrected")
            .unwrap()
            .estimate
            .is_some()
    );
    assert_eq!(answer.tests.ratio, None);
    // Nobody seen once: nobody unseen by Chao, and said so.
    let table = RepeatedTable::from_frequencies([(2, 30), (3, 12), (4, 4)]).unwrap();
    let answer = of(&table, Family::Chao, "1");
    assert_eq!(answer.population.estimate, Some(46.0));
    assert_eq!(
        (answer.population.lower, answer.population.upper),
        (Some(46.0), Some(46.0))
    );
    assert!(
        answer
            .diagnostics
            .iter()
            .any(|d| d.code == "all-seen-twice")
    );
    assert!(answer.model.coefficients[0].estimate.is_none());
}

#[test]
fn rare_repeats_are_said_and_an_exploding_interval_is_unbounded() {
    // One of 400 was seen twice: the rate is hardly known.
    let table = RepeatedTable::from_frequencies([(1, 399), (2, 1)]).unwrap();
    let answer = run(&table, &RepeatedSettings::default());
    assert!(answer.diagnostics.iter().any(|d| d.code == "few-repeats"));
    assert!(
        answer
            .diagnostics
            .iter()
            .any(|d| d.code == "near-unidentified")
    );
    let resampled = run(
        &table,
        &RepeatedSettings {
            interval: Some(IntervalMethod::Parametric),
            replicates: Some(500),
            ..RepeatedSettings::default()
        },
    );
    assert_eq!(resampled.population.status, Status::Unbounded);
    assert_eq!(resampled.population.upper, None);
    assert!(resampled.population.lower.is_some());
    let bootstrap = resampled.bootstrap.unwrap();
    // The chance of no repeat is near e⁻¹ = 0.37.
    let share = bootstrap.failed as f64 / bootstrap.replicates as f64;
    assert!((share - 0.37).abs() < 0.1, "{share}");
    assert_eq!(bootstrap.monte_carlo_se.upper, None);
}

#[test]
fn nothing_depends_on_the_order_of_rows_or_covariates() {
    let forward = crossed();
    let factors = [
        Factor::new("b", ["p", "q", "r"]),
        Factor::new("a", ["x", "y"]),
    ];
    let mut backward = RepeatedTable::builder(factors);
    for (s, f) in counts(&forward).iter().enumerate().rev() {
        for k in (1..13_usize).rev() {
            // In two halves, and the covariates in the other order.
            let n = f[k] as u64;
            backward.add(k as u64, &[s % 3, s / 3], n / 2).unwrap();
            backward.add(k as u64, &[s % 3, s / 3], n - n / 2).unwrap();
        }
    }
    let backward = backward.build().unwrap();
    for family in Family::ALL {
        let (a, b) = (
            of(&forward, family, "a + b"),
            of(&backward, family, "b + a"),
        );
        close(
            a.population.estimate.unwrap(),
            b.population.estimate.unwrap(),
            1e-11,
            "estimate",
        );
        close(
            a.population.se.unwrap(),
            b.population.se.unwrap(),
            1e-10,
            "se",
        );
        close(
            a.model.log_likelihood.unwrap(),
            b.model.log_likelihood.unwrap(),
            1e-12,
            "ll",
        );
    }
}

#[test]
fn scaled_counts_scale_the_estimate_and_a_passive_covariate_changes_nothing() {
    let table = crossed();
    let mut times = RepeatedTable::builder(table.factors().to_vec());
    let passive = Factor::new("c", ["u", "v"]);
    let mut with = RepeatedTable::builder(table.factors().iter().cloned().chain([passive]));
    for (s, f) in counts(&table).iter().enumerate() {
        for (k, n) in (1..13).zip(&f[1..]) {
            let n = *n as u64;
            times.add(k, &[s / 3, s % 3], 4 * n).unwrap();
            for c in 0..2 {
                with.add(k, &[s / 3, s % 3, c], n).unwrap();
            }
        }
    }
    let (times, with) = (times.build().unwrap(), with.build().unwrap());
    for family in Family::ALL {
        let one = of(&table, family, "a + b");
        let four = of(&times, family, "a + b");
        let n = |a: &RepeatedEstimate| a.population.estimate.unwrap();
        let se = |a: &RepeatedEstimate| a.population.se.unwrap();
        close(n(&four), 4.0 * n(&one), 1e-10, "estimate");
        close(se(&four), 2.0 * se(&one), 1e-10, "se");
        // Half the people at each level of a covariate that is not in the formula, or that is.
        let left_out = of(&with, family, "a + b");
        close(n(&left_out), 2.0 * n(&one), 1e-10, "left out");
        let put_in = of(&with, family, "a + b + c");
        close(n(&put_in), 2.0 * n(&one), 1e-10, "put in");
        assert!(
            put_in
                .model
                .coefficients
                .last()
                .unwrap()
                .estimate
                .unwrap()
                .abs()
                < 1e-9
        );
    }
}

#[test]
fn a_formula_beyond_the_data_keeps_what_they_determine() {
    // Nobody is y and r: the interaction there has no coefficient, the population is unharmed.
    let rows = [
        (1, 0, 0, 90),
        (2, 0, 0, 22),
        (1, 0, 1, 60),
        (2, 0, 1, 25),
        (1, 0, 2, 31),
        (2, 0, 2, 4),
        (1, 1, 0, 140),
        (2, 1, 0, 20),
        (1, 1, 1, 80),
        (2, 1, 1, 31),
    ];
    let table = small(&rows);
    let answer = of(&table, Family::ZtPoisson, "a*b");
    assert_eq!(answer.model.parameters, 5);
    let last = answer.model.coefficients.last().unwrap();
    assert_eq!((last.term.as_str(), last.estimate), ("ay:br", None));
    assert!(
        answer
            .diagnostics
            .iter()
            .any(|d| d.code == "undetermined-coefficients")
    );
    assert_eq!(answer.population.status, Status::Ok);
    assert_eq!(answer.strata.iter().filter(|r| r.by.len() == 2).count(), 5);
}

#[test]
fn replicates_are_the_same_on_any_number_of_threads() {
    let table = migrants();
    for method in [
        IntervalMethod::Parametric,
        IntervalMethod::Semiparametric,
        IntervalMethod::Nonparametric,
    ] {
        let settings = RepeatedSettings {
            model: Some("sex + nation".into()),
            interval: Some(method),
            replicates: Some(200),
            seed: Some(5),
            ..RepeatedSettings::default()
        };
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| run(&table, &settings)).to_json()
        };
        let one = on(1);
        assert_eq!(one, on(3));
        let other = RepeatedSettings {
            seed: Some(6),
            ..settings.clone()
        };
        assert_ne!(one, run(&table, &other).to_json());
    }
}

#[test]
fn a_stopped_run_has_the_first_replicates() {
    let table = crossed();
    let settings = |count| RepeatedSettings {
        interval: Some(IntervalMethod::Semiparametric),
        replicates: Some(count),
        ..RepeatedSettings::default()
    };
    let stop_at = |limit: u64| {
        move |done: u64, _total: u64| {
            if done < limit {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(StopReason::Budget)
            }
        }
    };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let stopped = pool
        .install(|| estimate_repeated(&table, &settings(1000), Some(&stop_at(250))))
        .unwrap();
    let whole = run(&table, &settings(250));
    assert_eq!(stopped.bootstrap.as_ref().unwrap().replicates, 250);
    assert_eq!(
        stopped.bootstrap.as_ref().unwrap().stopped,
        Some(StopReason::Budget)
    );
    assert_eq!(stopped.population.lower, whole.population.lower);
    assert_eq!(stopped.population.upper, whole.population.upper);
    let early = pool
        .install(|| estimate_repeated(&table, &settings(1000), Some(&stop_at(20))))
        .unwrap();
    assert_eq!(early.population.status, Status::NoInterval);
    assert!(early.population.estimate.is_some() && early.population.lower.is_none());
}

#[test]
fn settings_that_make_no_sense_are_refused() {
    let table = crossed();
    let refuse = |settings: RepeatedSettings| {
        let error = estimate_repeated(&table, &settings, None).unwrap_err();
        assert!(error.is_usage(), "{error}");
        error.to_string()
    };
    let base = RepeatedSettings::default;
    let profile = refuse(RepeatedSettings {
        interval: Some(IntervalMethod::Profile),
        ..base()
    });
    assert!(profile.contains("capture tables"), "{profile}");
    refuse(RepeatedSettings {
        level: Some(1.0),
        ..base()
    });
    refuse(RepeatedSettings {
        replicates: Some(10),
        ..base()
    });
    let semi = Some(IntervalMethod::Semiparametric);
    refuse(RepeatedSettings {
        interval: semi,
        replicates: Some(1),
        ..base()
    });
    let unknown = refuse(RepeatedSettings {
        model: Some("a + bb".into()),
        ..base()
    });
    assert_eq!(unknown, "`bb` is no covariate; did you mean `b`?");
    let open = refuse(RepeatedSettings {
        model: Some("a:b".into()),
        ..base()
    });
    assert!(open.contains("a + b + a:b"), "{open}");
    refuse(RepeatedSettings {
        model: Some("a - 1".into()),
        ..base()
    });
    let same = RepeatedTable::from_frequencies([(2, 9)]).unwrap_err();
    assert!(matches!(same, EstimateError::SameTimes(2)) && same.is_refused());
}

#[test]
fn the_answer_goes_through_json_and_csv() {
    let answer = run(&migrants(), &RepeatedSettings::default());
    let text = answer.to_json();
    assert!(text.starts_with("{\n  \"schema\": \"ethos-repeated/1\""));
    let back: RepeatedEstimate = serde_json::from_str(&text).unwrap();
    assert_eq!(back, answer);
    let csv = answer.to_csv();
    let header = csv.lines().next().unwrap();
    assert_eq!(
        header,
        "scope,by,observed,unobserved,estimate,se,lower,upper,level,interval,status"
    );
    let width = header.split(',').count();
    assert!(csv.lines().all(|l| l.split(',').count() == width), "{csv}");
    assert!(csv.contains("\nestimator,chao-modified,1880,"));
    let settings: RepeatedSettings =
        serde_json::from_str("{\"family\": \"chao\", \"interval\": \"delta\"}").unwrap();
    assert_eq!(settings.family, Some(Family::Chao));
    assert!(serde_json::from_str::<RepeatedSettings>("{\"famly\": \"chao\"}").is_err());
}

#[test]
fn extreme_tables_give_an_answer_or_an_error() {
    let tables: [&[(u64, u64)]; 6] = [
        &[(1, 1), (2, 1)],
        &[(1, 1), (10_000, 1)],
        &[(9_999, 3), (10_000, 1)],
        &[(1, 1 << 52), (2, 5)],
        &[(1, 5), (2, 1 << 52)],
        &[(3, 1), (700, 2), (5_000, 9)],
    ];
    for rows in tables {
        let table = RepeatedTable::from_frequencies(rows.iter().copied()).unwrap();
        for family in Family::ALL {
            for interval in [
                IntervalMethod::Delta,
                IntervalMethod::Parametric,
                IntervalMethod::Semiparametric,
            ] {
                let settings = RepeatedSettings {
                    family: Some(family),
                    interval: Some(interval),
                    replicates: interval.is_bootstrap().then_some(20),
                    ..RepeatedSettings::default()
                };
                match estimate_repeated(&table, &settings, None) {
                    Ok(answer) => {
                        assert!(
                            serde_json::from_str::<RepeatedEstimate>(&answer.to_json()).is_ok()
                        );
                        let p = answer.population;
                        assert_eq!(p.estimate.is_none(), p.status == Status::NotEstimable);
                        assert!(p.estimate.is_none_or(|n| n >= table.observed() as f64));
                    }
                    Err(error) => assert!(error.is_refused(), "{rows:?} {family:?} {error}"),
                }
            }
        }
    }
}

/// Chao and Zelterman are one likelihood, of those seen once or twice; the others are of other people,
/// and no criterion compares across.
#[test]
fn criteria_say_whose_they_are() {
    let answer = estimate_repeated(&migrants(), &RepeatedSettings::default(), None).unwrap();
    let row = |name: &str| answer.estimator(name).unwrap();
    assert_eq!(row("ztpoisson").likelihood_of, Some(LikelihoodOf::All));
    assert_eq!(
        row("zotpoisson").likelihood_of,
        Some(LikelihoodOf::TwiceOrMore)
    );
    assert_eq!(row("chao").likelihood_of, Some(LikelihoodOf::OnceOrTwice));
    assert_eq!(row("chao").likelihood_of, row("zelterman").likelihood_of);
    assert_eq!(row("chao").aic, row("zelterman").aic);
    assert_eq!(row("chao-modified").likelihood_of, None);
    assert_eq!(answer.model.likelihood_of, LikelihoodOf::All);
    let json: serde_json::Value = serde_json::from_str(&answer.to_json()).unwrap();
    assert_eq!(json["model"]["likelihood_of"], "all");
    let chao = RepeatedSettings {
        family: Some(Family::Chao),
        ..RepeatedSettings::default()
    };
    let chao = estimate_repeated(&migrants(), &chao, None).unwrap();
    assert_eq!(chao.model.likelihood_of, LikelihoodOf::OnceOrTwice);
    assert!(chao.model.persons < answer.model.persons);
}
