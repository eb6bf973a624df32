//! Odds ratios held at known values: closed forms, nesting, search, bootstrap and refusals.

mod common;

use common::{KOSOVO, close, cov1, cov3, fitted, model, table};
use ethos_estimate::{
    CaptureTable, EstimateSettings, IntervalMethod, Offset, Search, estimate, fit, profile_interval,
};

fn log_offset(lists: &[&str], log_odds_ratio: f64) -> Offset {
    Offset {
        lists: lists.iter().map(|l| (*l).to_owned()).collect(),
        log_odds_ratio,
    }
}

fn held(table: &CaptureTable, lists: &[&str], log_odds_ratio: f64) -> CaptureTable {
    table
        .with_offsets(&[log_offset(lists, log_odds_ratio)])
        .expect("a valid offset")
}

fn coefficient(fit: &ethos_estimate::FittedModel, name: &str) -> f64 {
    fit.coefficients
        .iter()
        .find(|c| c.name == name)
        .and_then(|c| c.estimate)
        .expect("a finite coefficient")
}

/// Dossier fixture: N(OR) = n + OR n10 n01 / n11 with 120 on both, 400 and 260 on one.
#[test]
fn two_lists_follow_their_closed_form() {
    let t = table("11:120 10:400 01:260");
    for (odds_ratio, want) in [
        (0.5, 1_213.333_333_333_333),
        (2.0 / 3.0, 1_357.777_777_777_778),
        (1.0, 1_646.666_666_666_667),
        (1.5, 2080.0),
        (2.0, 2_513.333_333_333_333),
        (3.0, 3380.0),
    ] {
        let t = held(&t, &["l1", "l2"], f64::ln(odds_ratio));
        close(fitted(&t, "[1,2]").population(), want, 1e-12, "N(OR)");
    }
}

/// The saturated model of three lists: n0 falls with the third-order interaction, e^-γ n0.
#[test]
fn the_highest_order_term_scales_the_unseen() {
    let t = table("111:28 110:21 101:17 100:69 011:18 010:55 001:63");
    let base = fitted(&t, "[12,13,23]").unseen_total();
    for gamma in [-1.0, 0.3, 2.0] {
        let n0 = fitted(&held(&t, &["l1", "l2", "l3"], gamma), "[12,13,23]").unseen_total();
        close(n0, base * f64::exp(-gamma), 1e-10, "n0(gamma)");
    }
}

#[test]
fn an_offset_of_zero_is_no_offset() {
    for (t, m, lists) in [
        (table(KOSOVO), "[123,14,34]", ["l2", "l4"]),
        (
            cov3(),
            "L1*L2 + L3 + sex*age*origin*g4 + (L1+L2+L3)*(sex+age+origin+g4)",
            ["L1", "L3"],
        ),
    ] {
        let plain = fitted(&t, m);
        let zero = fitted(&held(&t, &lists, 0.0), m);
        close(zero.unseen_total(), plain.unseen_total(), 1e-12, "n0");
        close(zero.log_likelihood, plain.log_likelihood, 1e-12, "ll");
        close(zero.se(), plain.se(), 1e-10, "se");
    }
}

/// Holding a coefficient at its estimate changes nothing but the variance.
#[test]
fn the_fitted_interaction_as_offset_gives_the_larger_model() {
    for (t, large, small, name, lists) in [
        (
            table(KOSOVO),
            "[123,14,34]",
            "[123,34]",
            "l1:l4",
            ["l1", "l4"],
        ),
        (
            cov3(),
            "L1*L2 + L2*L3 + (L1+L2+L3)*(sex+age+origin+g4) + sex*age*origin*g4",
            "L1*L2 + L3 + (L1+L2+L3)*(sex+age+origin+g4) + sex*age*origin*g4",
            "L2:L3",
            ["L2", "L3"],
        ),
    ] {
        let want = fitted(&t, large);
        let known = held(&t, &lists, coefficient(&want, name));
        let got = fitted(&known, small);
        close(got.unseen_total(), want.unseen_total(), 1e-9, "n0");
        close(got.log_likelihood, want.log_likelihood, 1e-10, "ll");
        close(got.deviance, want.deviance, 1e-8, "deviance");
        assert_eq!(got.parameters + 1, want.parameters);
        assert!(got.se() < want.se());
    }
}

/// A supposed dependence moves every interval with the estimate.
#[test]
fn profile_and_bootstrap_follow_the_offset() {
    let t = table(KOSOVO);
    let known = held(&t, &["l2", "l4"], 0.7);
    let m = model(&t, "[123,14,34]");
    let n = fit(&known, &m).unwrap().population();
    let p = profile_interval(&known, &m, 0.95).unwrap();
    assert!(p.lower < n && n < p.upper);
    assert!((p.maximum / n - 1.0).abs() < 0.01);
    let want = (p.lower, p.upper);
    for method in [IntervalMethod::Parametric, IntervalMethod::Semiparametric] {
        let settings = EstimateSettings {
            model: Some("[123,14,34]".into()),
            offsets: vec![log_offset(&["l2", "l4"], 0.7)],
            interval: Some(method),
            replicates: Some(400),
            ..EstimateSettings::default()
        };
        let answer = estimate(&t, &settings, None).unwrap();
        close(answer.population.estimate.unwrap(), n, 1e-10, "N");
        // 400 replicates: each limit is within some 1.5 % of the population of its limit value,
        // while without the offset the whole interval would lie 20 % lower.
        close(answer.population.lower.unwrap(), want.0, 0.04, "lower");
        close(answer.population.upper.unwrap(), want.1, 0.06, "upper");
        assert_eq!(answer.settings.offsets, settings.offsets);
        assert!(
            answer
                .settings
                .departures
                .iter()
                .any(|d| d == "offset = l2:l4 = 0.7 (odds ratio 2.0138)")
        );
    }
}

/// A search leaves out what is known, in the original and in every replicate.
#[test]
fn searches_leave_out_what_is_held() {
    let t = table(KOSOVO);
    for search in [Search::Exact, Search::Stepwise] {
        let settings = EstimateSettings {
            search: Some(search),
            offsets: vec![log_offset(&["l1", "l2"], 0.5)],
            replicates: Some(20),
            ..EstimateSettings::default()
        };
        let answer = estimate(&t, &settings, None).unwrap();
        let found = answer.model.unwrap();
        assert!(found.terms.iter().all(|t| !t.starts_with("l1:l2")));
        let known = held(&t, &["l1", "l2"], 0.5);
        let want = fitted(&known, &found.notation).population();
        close(answer.population.estimate.unwrap(), want, 1e-9, "N");
        for row in &answer.models {
            assert!(!row.notation.contains("12"), "{}", row.notation);
        }
    }
}

#[test]
fn strata_fitted_alone_hold_the_same_value() {
    let t = cov1();
    let settings = EstimateSettings {
        model: Some("[12,3]".into()),
        offsets: vec![log_offset(&["A", "C"], 0.4)],
        separate: true,
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    let answer = estimate(&t, &settings, None).unwrap();
    let sum: f64 = (0..t.strata())
        .filter(|&s| t.observed_in(s) > 0.0)
        .map(|s| {
            let part = held(&t.stratum_table(s).unwrap(), &["A", "C"], 0.4);
            fitted(&part, "[12,3]").population()
        })
        .sum();
    close(answer.population.estimate.unwrap(), sum, 1e-10, "sum");
}

#[test]
fn offsets_that_make_no_sense_are_refused() {
    let t = table(KOSOVO);
    let said = |settings: &EstimateSettings| {
        let error = estimate(&t, settings, None).unwrap_err();
        assert!(error.is_usage(), "{error}");
        error.to_string()
    };
    let with = |offset: Offset| EstimateSettings {
        model: Some("[12,3,4]".into()),
        offsets: vec![offset],
        ..EstimateSettings::default()
    };
    assert_eq!(
        said(&with(log_offset(&["l1", "l2"], 0.1))),
        "the model estimates `l1:l2`, which an offset holds at a known value; leave one of them out"
    );
    assert!(said(&with(log_offset(&["l1", "k2"], 0.1))).contains("did you mean"));
    assert!(said(&with(log_offset(&["l1"], 0.1))).contains("not two lists"));
    assert!(said(&with(log_offset(&["l1", "l1"], 0.1))).contains("twice"));
    assert!(said(&with(log_offset(&["l1", "l3"], f64::NAN))).contains("not between"));
    assert!(said(&with(log_offset(&["l1", "l3"], 1e9))).contains("not between"));
    let both = EstimateSettings {
        forced: vec![vec!["l1".into(), "l2".into()]],
        offsets: vec![log_offset(&["l2", "l1"], 0.1)],
        ..EstimateSettings::default()
    };
    assert!(said(&both).contains("held at a known value"));
    let two_values = EstimateSettings {
        offsets: vec![
            log_offset(&["l1", "l2"], 0.1),
            log_offset(&["l2", "l1"], 0.2),
        ],
        ..EstimateSettings::default()
    };
    assert!(said(&two_values).contains("two values"));
}
