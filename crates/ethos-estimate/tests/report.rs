//! The JSON and CSV contracts, settings and refusals.

mod common;
use common::*;
use ethos_estimate::{
    Estimate, EstimateSettings, IntervalMethod, Preset, Search, Severity, Status, Term, estimate,
};
use serde_json::Value;

fn quick() -> EstimateSettings {
    EstimateSettings {
        replicates: Some(50),
        ..Default::default()
    }
}

#[test]
fn json_has_the_contract_and_reads_back() {
    let e = estimate(&cov1(), &quick(), None).unwrap();
    let text = e.to_json();
    let v: Value = serde_json::from_str(&text).unwrap();
    let keys = |v: &Value| v.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(v["schema"], "ethos-estimate/1");
    assert_eq!(
        keys(&v),
        [
            "schema",
            "observed",
            "population",
            "unobserved",
            "model",
            "strata",
            "models",
            "models_searched",
            "search",
            "criteria",
            "average",
            "panel",
            "bootstrap",
            "diagnostics",
            "settings"
        ]
    );
    assert_eq!(
        keys(&v["population"]),
        [
            "estimate", "se", "se_kind", "lower", "upper", "level", "interval", "status"
        ]
    );
    assert_eq!(
        keys(&v["unobserved"]),
        ["estimate", "se_log", "lower", "upper"]
    );
    assert_eq!(
        keys(&v["model"]),
        [
            "notation",
            "formula",
            "terms",
            "coefficients",
            "log_likelihood",
            "deviance",
            "df",
            "goodness_of_fit",
            "parameters",
            "aic",
            "aicc",
            "bic",
            "bic_cells",
            "existence"
        ]
    );
    assert_eq!(
        keys(&v["model"]["coefficients"][0]),
        ["term", "estimate", "se"]
    );
    assert_eq!(
        keys(&v["strata"][0]),
        [
            "by",
            "observed",
            "unobserved",
            "estimate",
            "se",
            "lower",
            "upper",
            "status"
        ]
    );
    assert_eq!(
        keys(&v["bootstrap"]),
        [
            "sd",
            "replicates",
            "asked",
            "stopped",
            "failed",
            "unproved",
            "monte_carlo_se",
            "percentile",
            "bca"
        ]
    );
    let back: Estimate = serde_json::from_str(&text).unwrap();
    assert_eq!(back, e);
}

#[test]
fn csv_has_one_row_per_scope() {
    let csv = estimate(&cov1(), &quick(), None).unwrap().to_csv();
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "scope,by,observed,unobserved,estimate,se,lower,upper,level,interval,status"
    );
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with("population,,1746,"));
    assert!(lines[2].starts_with("stratum,X=0,1130,"));
    assert!(lines.iter().all(|l| l.split(',').count() == 11));
}

#[test]
fn refusals_say_whose_move_it_is() {
    let t = table("100:40 010:30 001:20 110:6");
    let e = estimate(&t, &EstimateSettings::for_model("[12,3]"), None).unwrap_err();
    assert!(e.is_refused() && !e.is_usage());
    let e = estimate(&t, &EstimateSettings::for_model("l1*l2*l3"), None).unwrap_err();
    assert!(e.is_usage());
    let kosovo = table(KOSOVO);
    let usage = |s: EstimateSettings| {
        let e = estimate(&kosovo, &s, None).unwrap_err();
        assert!(e.is_usage(), "{e}");
        e
    };
    let d = EstimateSettings::default;
    usage(EstimateSettings {
        model: Some("[1,2,3,4]".into()),
        search: Some(Search::Exact),
        ..d()
    });
    usage(EstimateSettings {
        max_order: Some(4),
        ..d()
    });
    usage(EstimateSettings {
        max_order: Some(0),
        ..d()
    });
    usage(EstimateSettings {
        level: Some(1.0),
        ..d()
    });
    usage(EstimateSettings {
        level: Some(f64::NAN),
        ..d()
    });
    usage(EstimateSettings {
        replicates: Some(1),
        ..d()
    });
    usage(EstimateSettings {
        separate: true,
        ..d()
    });
    usage(EstimateSettings {
        reselect: Some(true),
        interval: Some(IntervalMethod::Delta),
        ..d()
    });
    usage(EstimateSettings {
        forced: vec![vec!["EXH".into(), "HRWW".into()]],
        ..d()
    });
    usage(EstimateSettings {
        average: true,
        interval: Some(IntervalMethod::Delta),
        ..d()
    });
    // Six lists are searched exactly on request, but not listed; seven are not.
    let search = |search| EstimateSettings {
        search: Some(search),
        interval: Some(IntervalMethod::Delta),
        ..d()
    };
    let refused = |t, s| {
        let e = estimate(&t, &s, None).unwrap_err();
        assert!(e.is_usage());
        e.to_string()
    };
    assert!(refused(table(UKDAT), search(Search::All)).contains("`exact`"));
    let seven =
        table("1000000:9 0100000:9 0010000:9 0001000:9 0000100:9 0000010:9 0000001:9 1100000:3");
    assert!(refused(seven, search(Search::Exact)).contains("`stepwise`"));
}

#[test]
fn all_models_are_listed_on_request() {
    let s = EstimateSettings {
        search: Some(Search::All),
        interval: Some(IntervalMethod::Delta),
        ..Default::default()
    };
    let e = estimate(&table(KOREA), &s, None).unwrap();
    assert_eq!(e.models.len(), 8);
    assert_eq!(
        e.models
            .iter()
            .filter(|m| m.exists && m.identifiable)
            .count(),
        6
    );
    assert_eq!(e.models[0].notation, "[12,23]");
    let total: f64 = e.models.iter().filter_map(|m| m.weight).sum();
    close(total, 1.0, 1e-12, "weights");
    assert!(
        e.models
            .iter()
            .filter(|m| !m.exists)
            .all(|m| m.estimate.is_none() && m.bic.is_none())
    );
    for code in ["models-without-estimate", "interval-after-selection"] {
        assert!(e.diagnostics.iter().any(|d| d.code == code), "{code}");
    }
    assert!(
        e.diagnostics
            .iter()
            .any(|d| d.severity == Severity::Warning)
    );
}

#[test]
fn forced_dependence_is_in_every_model() {
    let s = EstimateSettings {
        forced: vec![vec!["l2".into(), "l4".into()]],
        search: Some(Search::All),
        ..quick()
    };
    let e = estimate(&table(KOSOVO), &s, None).unwrap();
    assert!(e.models_searched < 113);
    assert!(
        e.models
            .iter()
            .all(|m| model(&table(KOSOVO), &m.notation).contains(Term::new(0b1010, 0)))
    );
    assert_eq!(e.settings.departures, ["forced = l2:l4", "replicates = 50"]);
}

#[test]
fn separate_strata_sum() {
    let e = estimate(
        &cov1(),
        &EstimateSettings {
            separate: true,
            ..quick()
        },
        None,
    )
    .unwrap();
    assert_eq!(e.population.status, Status::Ok);
    let sum: f64 = e.strata.iter().map(|s| s.estimate.unwrap()).sum();
    close(sum, e.population.estimate.unwrap(), 1e-14, "sum");
    assert!(e.model.is_none() && e.strata.iter().all(|s| s.model.is_some()));
    let fixed = EstimateSettings {
        separate: true,
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[12,13,23]")
    };
    let e = estimate(&cov1(), &fixed, None).unwrap();
    // Saturated in each stratum: y111 y100 y010 y001 / (y110 y101 y011).
    close(
        e.strata[0].unobserved.unwrap(),
        15.0 * 400.0 * 300.0 * 250.0 / (90.0 * 40.0 * 35.0),
        1e-9,
        "x=0",
    );
    close(
        e.strata[1].unobserved.unwrap(),
        4.0 * 150.0 * 220.0 * 180.0 / (30.0 * 12.0 * 20.0),
        1e-9,
        "x=1",
    );
}

#[test]
fn stepwise_cbs_like() {
    let s = EstimateSettings {
        replicates: Some(20),
        ..EstimateSettings::for_preset(Preset::CbsLike)
    };
    let e = estimate(&cov1(), &s, None).unwrap();
    assert_eq!(e.population.interval, "parametric");
    // By AIC: every list × X and all pairs of lists are worth their parameter.
    assert!(e.model.unwrap().aic.unwrap() > 0.0);
    assert_eq!(e.settings.departures, ["replicates = 20"]);
}

#[test]
fn bracket_model_with_strata_uses_the_skeleton() {
    let s = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[12,3]")
    };
    let e = estimate(&cov1(), &s, None).unwrap();
    digits(
        e.population.estimate.unwrap(),
        "5911.777462",
        "X*(A+B+C) + AB",
    );
    let default = EstimateSettings {
        replicates: Some(20),
        ..EstimateSettings::for_model("X*(A+B+C) + A*B")
    };
    assert_eq!(
        estimate(&cov1(), &default, None)
            .unwrap()
            .population
            .interval,
        "semiparametric"
    );
}

#[test]
fn settings_are_strict() {
    assert!(serde_json::from_str::<EstimateSettings>(r#"{"replicate": 5}"#).is_err());
    let s: EstimateSettings =
        serde_json::from_str(r#"{"preset": "cbs-like", "interval": "delta", "criterion": "aicc"}"#)
            .unwrap();
    assert_eq!(s.preset, Some(Preset::CbsLike));
}
