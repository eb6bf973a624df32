//! Replicates: reproducible on any number of threads, consistent over strata, and covering a known truth.

mod common;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};

use common::*;
use ethos_estimate::{
    CaptureTable, Estimate, EstimateSettings, IntervalMethod, MIN_REPLICATES, Search, Status,
    StopReason, estimate,
};
use statrs::distribution::{Continuous, ContinuousCDF, Normal};

fn on_threads(threads: usize, f: impl FnOnce() -> Estimate + Send) -> Estimate {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(f)
}

#[test]
fn bit_identical_on_one_and_two_threads() {
    let cases: Vec<(CaptureTable, EstimateSettings)> = vec![
        (
            table(KOSOVO),
            EstimateSettings {
                replicates: Some(100),
                ..Default::default()
            },
        ),
        (
            cov1(),
            EstimateSettings {
                replicates: Some(100),
                ..Default::default()
            },
        ),
        (
            cov1(),
            EstimateSettings {
                replicates: Some(40),
                search: Some(Search::Stepwise),
                ..Default::default()
            },
        ),
        (
            cov1(),
            EstimateSettings {
                replicates: Some(60),
                separate: true,
                ..Default::default()
            },
        ),
        (
            table(KOREA),
            EstimateSettings {
                replicates: Some(60),
                average: true,
                ..Default::default()
            },
        ),
    ];
    for (t, s) in &cases {
        let one = on_threads(1, || estimate(t, s, None).unwrap());
        let two = on_threads(2, || estimate(t, s, None).unwrap());
        assert_eq!(one.to_json(), two.to_json());
    }
    let (t, s) = &cases[0];
    let other = EstimateSettings {
        seed: Some(1),
        ..s.clone()
    };
    assert_ne!(
        estimate(t, s, None).unwrap().bootstrap,
        estimate(t, &other, None).unwrap().bootstrap
    );
}

#[test]
fn progress_reaches_its_end() {
    let last = AtomicU64::new(0);
    let report = |done: u64, total: u64| {
        assert_eq!(total, 30);
        last.fetch_max(done, Ordering::Relaxed);
        ControlFlow::Continue(())
    };
    let s = EstimateSettings {
        replicates: Some(30),
        ..Default::default()
    };
    estimate(&table(HAV), &s, Some(&report)).unwrap();
    assert_eq!(last.load(Ordering::Relaxed), 30);
}

/// R: 1,000 parametric replicates of the model of all pairs on the simulated covariate table, against as
/// many of ours: standard deviations within four of their errors (2.2 % each), quantiles within four
/// errors of both, √(q (1 − q) / 1000) / density each, with the density of a normal distribution of that
/// standard deviation, which theirs nearly is.
#[test]
fn parametric_agrees_with_r() {
    let expected: serde_json::Value =
        serde_json::from_str(include_str!("data/cov3.expected.json")).unwrap();
    let theirs = |key: &str| expected["bootstrap"][key].as_f64().unwrap();
    let sd = theirs("sd");
    let normal = Normal::standard();
    for (level, low, high) in [
        (0.95, "q025", "q975"),
        (0.9, "q05", "q95"),
        (0.5, "q25", "q75"),
    ] {
        let s = EstimateSettings {
            interval: Some(IntervalMethod::Parametric),
            replicates: Some(1000),
            level: Some(level),
            ..EstimateSettings::for_model("(sex + age + origin + g4 + L1 + L2 + L3)^2")
        };
        let e = estimate(&cov3(), &s, None).unwrap();
        close(e.population.estimate.unwrap(), theirs("N"), 1e-8, "N");
        let b = e.bootstrap.unwrap();
        assert!(
            (b.sd.unwrap() / sd - 1.0).abs() < 4.0 * 0.022 * 2.0_f64.sqrt(),
            "{b:?}"
        );
        assert_eq!(b.failed, 0);
        let q = (1.0 - level) / 2.0;
        let density = normal.pdf(normal.inverse_cdf(q)) / sd;
        let room = 4.0 * (2.0 * q * (1.0 - q) / 1000.0).sqrt() / density;
        for (got, key) in [(e.population.lower, low), (e.population.upper, high)] {
            let want = expected["bootstrap"]["quantiles"][key].as_f64().unwrap();
            let gap = (got.unwrap() - want).abs();
            assert!(gap < room, "{key}: {got:?} is not {want} within {room}");
        }
    }
}

#[test]
fn the_three_bootstraps_differ_as_they_should() {
    let t = table(KOSOVO);
    let sd = |method| {
        let s = EstimateSettings {
            interval: Some(method),
            replicates: Some(4000),
            ..EstimateSettings::for_model("[123,14,34]")
        };
        estimate(&t, &s, None)
            .unwrap()
            .bootstrap
            .unwrap()
            .sd
            .unwrap()
    };
    let parametric = sd(IntervalMethod::Parametric);
    let semi = sd(IntervalMethod::Semiparametric);
    let non = sd(IntervalMethod::Nonparametric);
    // The closed form is 785.9; the nonparametric bootstrap misses the variance of n.
    for sd in [parametric, semi] {
        assert!((sd / 785.9 - 1.0).abs() < 0.12, "{sd}");
    }
    assert!(non < semi * 1.05 && non > 0.8 * semi, "{non} {semi}");
}

#[test]
fn strata_add_up_and_stay_above_the_observed() {
    let s = EstimateSettings {
        replicates: Some(200),
        ..Default::default()
    };
    let e = estimate(&cov3(), &s, None).unwrap();
    assert_eq!(e.strata.len(), 2 + 3 + 3 + 2 + 36);
    for covariate in ["sex", "age", "origin", "g4"] {
        let margin: f64 = e
            .strata
            .iter()
            .filter(|r| r.by.len() == 1 && r.by.contains_key(covariate))
            .map(|r| r.estimate.unwrap())
            .sum();
        close(margin, e.population.estimate.unwrap(), 1e-12, covariate);
    }
    for r in &e.strata {
        assert_eq!(r.status, Status::Ok);
        assert!(r.lower.unwrap() >= r.observed && r.lower <= r.upper);
        assert!(r.estimate.unwrap() >= r.observed);
    }
    // All pairs of lists is the generating structure; the truth is 30,150.
    assert_eq!(e.settings.departures, ["replicates = 200"]);
    assert!(e.population.lower.unwrap() < 30_150.0 && e.population.upper.unwrap() > 30_150.0);
    assert_eq!(e.criteria.len(), 3);
    assert_eq!(e.models_searched, 8);
}

/// Three independent lists on 2,000 people: the interval with re-selection covers 2,000 nearly always.
#[test]
fn covers_a_known_truth() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut uniform = || {
        // SplitMix64 (Steele, Lea & Flood 2014).
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    };
    let (mut covered, mut sum) = (0, 0.0);
    let runs = 100;
    for _ in 0..runs {
        let mut counts = [0_u64; 8];
        for _ in 0..2000 {
            let h = [0.35, 0.25, 0.20]
                .iter()
                .enumerate()
                .map(|(i, p)| usize::from(uniform() < *p) << i)
                .sum::<usize>();
            counts[h] += 1;
        }
        let s = EstimateSettings {
            replicates: Some(150),
            ..Default::default()
        };
        let e = estimate(&indexed(&counts), &s, None).unwrap();
        sum += e.population.estimate.unwrap();
        covered += usize::from(e.population.lower.unwrap() <= 2000.0)
            * usize::from(e.population.upper.is_none_or(|u| u >= 2000.0));
    }
    assert!(covered >= 88, "{covered} of {runs}");
    assert!(
        (sum / f64::from(runs) / 2000.0 - 1.0).abs() < 0.03,
        "{}",
        sum / f64::from(runs)
    );
}

/// So few overlaps that replicates lose them: the upper limit does not exist, and says so.
#[test]
fn unbounded_upper_limit() {
    let t = table("10:40 01:30 11:2");
    let s = EstimateSettings {
        interval: Some(IntervalMethod::Semiparametric),
        replicates: Some(400),
        ..Default::default()
    };
    let e = estimate(&t, &s, None).unwrap();
    assert_eq!(e.population.status, Status::Unbounded);
    assert_eq!(e.population.upper, None);
    assert!(e.bootstrap.unwrap().failed > 0);
    assert!(
        e.diagnostics
            .iter()
            .any(|d| d.code == "infinite-replicates")
    );
}

/// Stopped after k replicates, a run is the run of k replicates; too few give no interval.
#[test]
fn a_stopped_run_is_its_first_part() {
    for separate in [false, true] {
        let s = EstimateSettings {
            replicates: Some(1500),
            separate,
            ..Default::default()
        };
        for (at, reason) in [(700, StopReason::Interrupt), (20, StopReason::Budget)] {
            let stop = |done, _| match done {
                d if d < at => ControlFlow::Continue(()),
                _ => ControlFlow::Break(reason),
            };
            let e = on_threads(2, || estimate(&cov1(), &s, Some(&stop)).unwrap());
            let b = e.bootstrap.clone().unwrap();
            assert_eq!((b.asked, b.stopped), (1500, Some(reason)));
            assert!(b.replicates < 1500, "{b:?}");
            let code = match reason {
                StopReason::Interrupt => "interrupted",
                StopReason::Budget => "out-of-budget",
            };
            assert!(e.diagnostics.iter().any(|d| d.code == code));
            if b.replicates < MIN_REPLICATES {
                assert_eq!(e.population.status, Status::NoInterval);
                assert_eq!((e.population.lower, e.population.upper), (None, None));
                assert!(e.population.estimate.is_some() && e.strata[0].upper.is_none());
            } else {
                let shorter = EstimateSettings {
                    replicates: Some(b.replicates),
                    ..s.clone()
                };
                let whole = estimate(&cov1(), &shorter, None).unwrap();
                assert_eq!(whole.population, e.population);
                assert_eq!(whole.strata, e.strata);
            }
        }
    }
}
