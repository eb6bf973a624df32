//! `SparseMSE`: forward searches by p-value, with their thresholds, jackknife and bootstrap.
//!
//! `MultipleSystemsEstimation` 1.2.0 prints the same estimates, accelerations and quantiles for the same searches.

mod common;
use common::*;
use ethos_estimate::Criterion::Aic;
use ethos_estimate::{
    CaptureTable, EstimateError, EstimateSettings, IntervalMethod, Search, estimate, existence,
    parse_model,
};

fn settings(threshold: f64) -> EstimateSettings {
    EstimateSettings {
        search: Some(Search::Forward),
        p_value: Some(threshold),
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    }
}

/// Five tables, six thresholds each and the main effects alone.
#[test]
fn paths() {
    for r in expected(include_str!("data/sparsemse.csv")) {
        let t = named(r[0]);
        let wanted = format!("{} {}", r[0], r[1]);
        let e = if r[1].is_empty() {
            let mains: Vec<String> = (1..=t.lists().len()).map(|i| i.to_string()).collect();
            let s = EstimateSettings {
                interval: Some(IntervalMethod::Delta),
                ..EstimateSettings::for_model(format!("[{}]", mains.join(",")))
            };
            estimate(&t, &s, None).unwrap()
        } else {
            estimate(&t, &settings(number(r[1])), None).unwrap()
        };
        close(e.population.estimate.unwrap(), number(r[2]), 1e-8, &wanted);
        // Their interval is n + exp(log n0 ± 1.96 se).
        let u = e.unobserved;
        let (n0, se) = (u.estimate.unwrap(), u.se_log.unwrap());
        let z = 1.959_963_984_540_054;
        let n = t.observed();
        close(n + n0 * (-z * se).exp(), number(r[3]), 1e-5, &wanted);
        close(n + n0 * (z * se).exp(), number(r[4]), 1e-5, &wanted);
        let m = e.model.unwrap();
        close(m.deviance.unwrap(), number(r[5]), 1e-8, &wanted);
        assert_eq!(m.df.to_string(), r[6]);
        close(m.aic.unwrap(), number(r[7]), 1e-8, &wanted);
        let f = fitted(&t, &m.formula);
        assert_eq!(f.coefficients.len(), r[8].split(' ').count(), "{wanted}");
        close(f.criterion(Aic), number(r[7]), 1e-8, &wanted);
        for pair in r[8].split(' ') {
            let (lists, value) = pair.split_once('=').unwrap();
            let digits = lists.bytes().filter(|b| *b != b'0');
            let lists: u16 = digits.map(|b| 1 << (b - b'1')).sum();
            let c = f.coefficients.iter().find(|c| c.term.lists == lists);
            let got = c.expect("the same terms").estimate.unwrap();
            assert!((got - number(value)).abs() < 1e-7, "{wanted} {pair}: {got}");
        }
    }
}

/// Korea from the main effects on: the published choice and estimate.
#[test]
fn korea() {
    let e = estimate(&table(KOREA), &settings(0.02), None).unwrap();
    assert_eq!(e.model.unwrap().notation, "[12,3]");
    digits(e.population.estimate.unwrap(), "268.7778", "Korea");
    assert_eq!(e.settings.p_value, Some(0.02));
    assert_eq!(
        e.settings.departures,
        ["search = forward", "interval = delta"]
    );
}

/// checkident: Korea's model of all pairs has code 1, every single pair and the main effects 0;
/// all single pairs of the other tables 0.
#[test]
fn identification() {
    for name in ["HIV", "Korea", "Kosovo", "UKdat_5", "lesbian"] {
        let t = named(name);
        let lists = t.lists().len();
        let code = |formula: String| existence(&t, &model(&t, &formula)).code();
        let mains: Vec<String> = (1..=lists).map(|i| format!("l{i}")).collect();
        let mains = mains.join(" + ");
        assert_eq!(code(mains.clone()), 0);
        assert_eq!(code(format!("({mains})^2")), u8::from(name == "Korea"));
        for i in 1..=lists {
            for j in i + 1..=lists {
                assert_eq!(code(format!("{mains} + l{i}:l{j}")), 0, "{name} {i}{j}");
            }
        }
    }
}

/// The acceleration of `BCa`: Σ w d³ / 6 (Σ w d²)^1.5 over the cells, d the fall of the estimate when one
/// person leaves the cell and the search is made again.
fn acceleration(t: &CaptureTable, s: &EstimateSettings) -> f64 {
    let counts: Vec<u64> = (0..1_u16 << t.lists().len())
        .map(|h| t.count(0, h) as u64)
        .collect();
    let mut rows = Vec::new();
    for (h, &c) in counts.iter().enumerate().filter(|(_, c)| **c > 0) {
        let mut less = counts.clone();
        less[h] -= 1;
        let e = estimate(&indexed(&less), s, None).unwrap();
        rows.push((c as f64, e.population.estimate.unwrap()));
    }
    let n: f64 = rows.iter().map(|r| r.0).sum();
    let mean = rows.iter().map(|r| r.0 * r.1).sum::<f64>() / n;
    let power = |k: i32| rows.iter().map(|r| r.0 * (mean - r.1).powi(k)).sum::<f64>();
    power(3) / (6.0 * power(2).powf(1.5))
}

#[test]
fn accelerations() {
    for r in expected(include_str!("data/sparsemse-bootstrap.csv")) {
        let t = named(r[0]);
        let e = estimate(&t, &settings(0.02), None).unwrap();
        close(e.population.estimate.unwrap(), number(r[1]), 1e-8, r[0]);
        // glm's estimates carry eight digits, their differences fewer.
        close(acceleration(&t, &settings(0.02)), number(r[2]), 1e-5, r[0]);
    }
    // Searches by BIC; Korea's is printed in the vignette of MultipleSystemsEstimation.
    let bic = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    let korea = table(KOREA);
    close(
        acceleration(&korea, &bic),
        -0.008_783_627_790_801_437,
        1e-9,
        "Korea",
    );
    let spina = indexed(&SPINA_BIFIDA);
    close(
        acceleration(&spina, &bic),
        0.000_520_506_074_756_985_9,
        1e-9,
        "spina bifida",
    );
    close(
        acceleration(&table(HAV), &bic),
        -0.013_340_372_204_872_18,
        1e-9,
        "HAV",
    );
    close(
        acceleration(&table(KOSOVO), &bic),
        -0.024_025_067_701_697_26,
        1e-9,
        "Kosovo",
    );
    let fixed = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[123,14,34]")
    };
    close(
        acceleration(&table(KOSOVO), &fixed),
        -0.006_843_037_516_771_142,
        1e-9,
        "Kosovo fixed",
    );
}

/// 1,000 nonparametric replicates of the package against 2,000 of ours, selection in each. A quantile of
/// 1,000 draws has a standard error of √(q (1 − q) / 1000) in probability, so its value must lie between our
/// quantiles five such errors to either side (theirs and a part of ours).
#[test]
fn bootstrap() {
    for r in expected(include_str!("data/sparsemse-bootstrap.csv")) {
        let t = named(r[0]);
        let at = |level: f64, upper: bool| {
            let s = EstimateSettings {
                interval: Some(IntervalMethod::Nonparametric),
                replicates: Some(2000),
                level: Some(level),
                ..settings(0.02)
            };
            let e = estimate(&t, &s, None).unwrap().population;
            if upper {
                e.upper.unwrap_or(f64::INFINITY)
            } else {
                e.lower.unwrap()
            }
        };
        for (q, text) in [(0.05, r[4]), (0.25, r[5]), (0.95, r[7])] {
            let room = 5.0 * (q * (1.0 - q) / 1000.0_f64).sqrt();
            let ours = |p: f64| {
                let p = p.clamp(0.001, 0.999);
                if p < 0.5 {
                    at(1.0 - 2.0 * p, false)
                } else {
                    at(2.0 * p - 1.0, true)
                }
            };
            let (low, high) = (ours(q - room), ours(q + room));
            let theirs = number(text);
            assert!(
                low <= theirs && theirs <= high,
                "{} {q}: {theirs} is not in {low} to {high}",
                r[0]
            );
        }
    }
}

/// The package's `BCa` limits from 1,000 replicates, at four levels: within four errors of both, ours
/// with 4,000.
#[test]
fn limits() {
    for r in expected(include_str!("data/sparsemse-bootstrap.csv")) {
        let t = named(r[0]);
        for (level, lower, upper) in [(0.95, 9, 16), (0.9, 10, 15), (0.8, 11, 14), (0.68, 12, 13)] {
            let s = EstimateSettings {
                interval: Some(IntervalMethod::Nonparametric),
                replicates: Some(4000),
                level: Some(level),
                bca: true,
                ..settings(0.02)
            };
            let b = estimate(&t, &s, None)
                .unwrap()
                .bootstrap
                .unwrap()
                .bca
                .unwrap();
            let (l, se) = (&b.limits, &b.limits.monte_carlo_se);
            for (got, se, want) in [(l.lower, se.lower, r[lower]), (l.upper, se.upper, r[upper])] {
                let (got, room) = (got.unwrap(), 4.0 * 5.0_f64.sqrt() * se.unwrap());
                let gap = (got - number(want)).abs();
                assert!(
                    gap <= room,
                    "{} {level}: {got} is not {want} within {room}",
                    r[0]
                );
            }
        }
    }
}

#[test]
fn settings_of_a_forward_search() {
    let t = table(KOREA);
    let usage = |s: EstimateSettings| {
        let e = estimate(&t, &s, None).unwrap_err();
        assert!(matches!(e, EstimateError::Setting(_)), "{e}");
    };
    usage(EstimateSettings {
        p_value: Some(0.02),
        ..EstimateSettings::default()
    });
    usage(settings(0.0));
    usage(settings(f64::NAN));
    usage(EstimateSettings {
        max_order: Some(2),
        ..settings(0.02)
    });
    usage(EstimateSettings {
        criterion: Some(Aic),
        ..settings(0.02)
    });
    assert!(
        estimate(&cov1(), &settings(0.02), None)
            .unwrap_err()
            .is_usage()
    );
    let s = EstimateSettings {
        separate: true,
        ..settings(0.02)
    };
    assert!(estimate(&cov1(), &s, None).is_ok());
    // A forced pair is in the start.
    let s = EstimateSettings {
        forced: vec![vec!["l2".into(), "l3".into()]],
        ..settings(0.02)
    };
    let m = estimate(&t, &s, None).unwrap().model.unwrap();
    assert!(parse_model(&m.formula, &t).is_ok() && m.notation.contains("23"));
}
