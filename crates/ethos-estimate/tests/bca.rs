//! Bias-corrected and accelerated limits: accelerations to the last digits, published intervals
//! within their Monte-Carlo error.

mod common;
use common::*;
use ethos_estimate::{
    BcaReport, CaptureTable, EstimateError, EstimateSettings, IntervalMethod, Status, estimate,
};

fn bca(table: &CaptureTable, settings: EstimateSettings) -> BcaReport {
    let settings = EstimateSettings {
        bca: true,
        ..settings
    };
    estimate(table, &settings, None)
        .unwrap()
        .bootstrap
        .unwrap()
        .bca
        .unwrap()
}

fn quick() -> EstimateSettings {
    EstimateSettings {
        replicates: Some(50),
        ..Default::default()
    }
}

/// Korea: the vignette of R's `MultipleSystemsEstimation` prints −0.008783628; the others come from
/// an independent implementation. BIC, selected again for every person left out.
#[test]
fn accelerations() {
    for (t, s, want, what) in [
        (table(KOREA), quick(), -0.008_783_627_790_801_437, "Korea"),
        (
            indexed(&SPINA_BIFIDA),
            quick(),
            0.000_520_506_074_756_985_9,
            "spina bifida",
        ),
        (
            table(HAV),
            quick(),
            -0.013_340_372_204_872_18,
            "hepatitis A",
        ),
        (
            table(KOSOVO),
            quick(),
            -0.024_025_067_701_697_26,
            "Kosovo, all models",
        ),
        (
            table(KOSOVO),
            EstimateSettings {
                replicates: Some(50),
                ..EstimateSettings::for_model("[123,14,34]")
            },
            -0.006_843_037_516_771_142,
            "Kosovo, fixed",
        ),
    ] {
        let got = bca(&t, s).acceleration.unwrap();
        // Estimates are good to 1e-10; differences of one person lose three digits of that.
        close(got, want, 1e-6, what);
    }
}

/// The estimates from which Korea's acceleration comes: one person of a cell left out, the model
/// selected again by BIC. They have closed forms: of [12,23] it is y100 y001 / y101 for lists 1 and 3,
/// and the cell without anybody has no estimate of its own.
#[test]
fn jackknife_of_korea() {
    let settings = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        max_order: Some(2),
        ..Default::default()
    };
    let counts = [
        (0b100, 41),
        (0b010, 5),
        (0b001, 5),
        (0b011, 54),
        (0b101, 6),
        (0b111, 12),
    ];
    for (i, want) in [
        "155.333333",
        "156.166667",
        "149.333333",
        "156.166667",
        "163.0",
        "156.166667",
    ]
    .into_iter()
    .enumerate()
    {
        let mut less = [0; 8];
        for (k, (history, count)) in counts.into_iter().enumerate() {
            less[history] = count - u64::from(k == i);
        }
        let e = estimate(&indexed(&less), &settings, None).unwrap();
        assert_eq!(e.model.unwrap().notation, "[12,23]");
        let n = e.population.estimate.unwrap();
        digits(n, want, "Korea without one");
        let unseen = (less[0b001] * less[0b100]) as f64 / less[0b101] as f64;
        close(n, 122.0 + unseen, 1e-10, "closed form");
    }
}

/// Silverman, Chan & Vincent (2024), table of `BCa` intervals at 95 % with the model selected again by
/// BIC in each of 1,000 nonparametric replicates. Both sides have Monte-Carlo error: theirs is ours
/// scaled to their number of replicates, and a limit may differ by four of both together, plus
/// half a unit of their rounding.
#[test]
fn published_intervals_with_selection() {
    for (t, order, replicates, lower, upper, unit, what) in [
        (table(KOSOVO), None, 4000, None, 18_000.0, 100.0, "Kosovo"),
        (
            table(KOREA),
            Some(2),
            4000,
            Some(128.0),
            349.0,
            1.0,
            "Korea",
        ),
        (
            table(UKDAT_5),
            Some(2),
            1000,
            Some(11_456.0),
            43_894.0,
            1.0,
            "UK, pairs",
        ),
        (
            table(UKDAT_5),
            None,
            1000,
            Some(11_168.0),
            56_052.0,
            1.0,
            "UK, all",
        ),
        (
            table(NEW_ORLEANS_5),
            Some(2),
            1000,
            None,
            1505.0,
            1.0,
            "New Orleans, pairs",
        ),
    ] {
        let b = bca(
            &t,
            EstimateSettings {
                interval: Some(IntervalMethod::Nonparametric),
                max_order: order,
                replicates: Some(replicates),
                ..Default::default()
            },
        );
        let se = &b.limits.monte_carlo_se;
        let scale = (1.0 + replicates as f64 / 1000.0).sqrt();
        let within = |got: Option<f64>, want: f64, se: Option<f64>, side: &str| {
            let slack = 4.0 * scale * se.unwrap() + unit / 2.0;
            assert!(
                (got.unwrap() - want).abs() <= slack,
                "{what} {side}: {got:?} is not {want} within {slack}"
            );
        };
        within(b.limits.upper, upper, se.upper, "upper");
        // Without a lower value here the limit asks for less than the smallest of 1,000 replicates.
        match lower {
            Some(lower) => within(b.limits.lower, lower, se.lower, "lower"),
            None => assert!(b.probabilities[0] < 1.0 / 1001.0 || b.clamped, "{b:?}"),
        }
    }
    // Kosovo's lower limit is published as 6,900; it is the third smallest of these replicates.
    let kosovo = EstimateSettings {
        interval: Some(IntervalMethod::Nonparametric),
        replicates: Some(4000),
        ..Default::default()
    };
    let lower = bca(&table(KOSOVO), kosovo).limits.lower.unwrap();
    assert!((lower / 6_900.0 - 1.0).abs() < 0.03, "{lower}");
}

/// `MultipleSystemsEstimation` 1.2.0 with 1,000 nonparametric replicates, the best model kept in each or chosen
/// again among all, at four levels: within four errors of both together, ours with 4,000.
#[test]
fn limits_of_the_package() {
    for r in expected(include_str!("data/mse-bca.csv")) {
        let replicates = 4000;
        for (level, lower, upper) in [(0.95, r[2], r[5]), (0.8, r[3], r[4])] {
            let b = bca(
                &named(r[0]),
                EstimateSettings {
                    interval: Some(IntervalMethod::Nonparametric),
                    replicates: Some(replicates),
                    reselect: (r[1] == "best").then_some(false),
                    level: Some(level),
                    ..Default::default()
                },
            );
            let scale = (1.0 + replicates as f64 / 1000.0).sqrt();
            let (l, se) = (&b.limits, &b.limits.monte_carlo_se);
            for (got, se, want) in [(l.lower, se.lower, lower), (l.upper, se.upper, upper)] {
                let (got, room) = (got.unwrap(), 4.0 * scale * se.unwrap());
                assert!(
                    (got - number(want)).abs() <= room,
                    "{r:?} {level}: {got} not within {room}"
                );
            }
        }
    }
}

/// Every stratum and margin has both kinds of limits, from the replicates of everyone.
#[test]
fn strata_have_both_kinds_of_limits() {
    for separate in [false, true] {
        let settings = EstimateSettings {
            bca: true,
            separate,
            replicates: Some(600),
            ..Default::default()
        };
        let e = estimate(&cov1(), &settings, None).unwrap();
        let percentile = EstimateSettings {
            bca: false,
            ..settings.clone()
        };
        let p = estimate(&cov1(), &percentile, None).unwrap();
        assert_eq!(e.population.interval, "semiparametric-bca");
        let b = e.bootstrap.as_ref().unwrap();
        assert_eq!(
            (b.percentile.lower, b.percentile.upper),
            (p.population.lower, p.population.upper)
        );
        assert_eq!(b.bca.as_ref().unwrap().limits.lower, e.population.lower);
        for (with, without) in e.strata.iter().zip(&p.strata) {
            let beside = with.percentile.as_ref().unwrap();
            assert_eq!((beside.lower, beside.upper), (without.lower, without.upper));
            assert!(with.lower.unwrap() >= with.observed && with.lower < with.upper);
            assert!(without.percentile.is_none());
        }
        assert_eq!(e.settings.departures.last().unwrap(), "bca = true");
    }
}

/// One person on both lists: without that person there is no estimate.
#[test]
fn a_person_without_whom_there_is_no_estimate() {
    let t = table("10:40 01:30 11:1");
    let b = bca(
        &t,
        EstimateSettings {
            replicates: Some(400),
            interval: Some(IntervalMethod::Semiparametric),
            ..EstimateSettings::default()
        },
    );
    assert_eq!(b.infinite_jackknife, 1);
    // The limit (2 p − 1) / (6 √(W p (1 − p))) with p = 1 / 71.
    let p = 1.0 / 71.0_f64;
    let want = (2.0 * p - 1.0) / (6.0 * (71.0 * p * (1.0 - p)).sqrt());
    close(b.acceleration.unwrap(), want, 1e-12, "acceleration");
    let settings = EstimateSettings {
        bca: true,
        replicates: Some(400),
        ..Default::default()
    };
    let e = estimate(&t, &settings, None).unwrap();
    assert!(e.diagnostics.iter().any(|d| d.code == "jackknife-infinite"));
    assert_eq!(e.population.status, Status::Unbounded);
}

#[test]
fn only_a_bootstrap_can_be_corrected() {
    for interval in [IntervalMethod::Delta, IntervalMethod::Profile] {
        let settings = EstimateSettings {
            bca: true,
            interval: Some(interval),
            ..EstimateSettings::for_model("[1,2,3]")
        };
        let error = estimate(&table(HAV), &settings, None).unwrap_err();
        assert!(matches!(error, EstimateError::Setting(_)));
    }
}
