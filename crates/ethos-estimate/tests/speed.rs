//! How long the main jobs take; run with `--release -- --ignored --nocapture`.
#![allow(clippy::print_stdout)]

mod common;
use std::time::Instant;

use common::*;
use ethos_estimate::{CaptureTable, EstimateSettings, Preset, Search, estimate};

fn time(what: &str, t: &CaptureTable, s: &EstimateSettings) {
    let start = Instant::now();
    let e = estimate(t, s, None).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let b = e.bootstrap.map_or(0, |b| b.replicates);
    println!(
        "{what}: {seconds:.3} s, {b} replicates, {:.0}/s; N {:.1} [{:.1}, {:.1}]",
        b as f64 / seconds,
        e.population.estimate.unwrap(),
        e.population.lower.unwrap(),
        e.population.upper.unwrap_or(f64::INFINITY)
    );
}

#[test]
#[ignore = "a measurement, not a check"]
fn main_jobs() {
    let covariates = cov3();
    let d = EstimateSettings::default;
    time("252 cells, honest", &covariates, &d());
    let skeleton =
        "sex*age*origin*g4 + (L1 + L2 + L3)*(sex + age + origin + g4) + (L1 + L2 + L3)^2";
    let fixed = EstimateSettings {
        replicates: Some(20_000),
        ..EstimateSettings::for_model(skeleton)
    };
    time("252 cells, fixed skeleton", &covariates, &fixed);
    let few = EstimateSettings {
        replicates: Some(100),
        ..EstimateSettings::for_preset(Preset::CbsLike)
    };
    time("252 cells, cbs-like", &covariates, &few);
    time("4 lists, exact", &table(KOSOVO), &d());
    let thousand = EstimateSettings {
        replicates: Some(1000),
        ..d()
    };
    time("5 lists, exact", &indexed(&CONGENITAL), &thousand);
    time("5 sparse lists, exact", &table(UKDAT_5), &thousand);
    let pairs = EstimateSettings {
        max_order: Some(2),
        search: Some(Search::Stepwise),
        ..thousand
    };
    time("6 sparse lists, stepwise", &table(UKDAT), &pairs);
}
