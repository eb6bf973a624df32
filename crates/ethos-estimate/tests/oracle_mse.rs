//! `MultipleSystemsEstimation`: which models have an estimate, and the hundred best by BIC.

mod common;
use common::*;
use ethos_estimate::Criterion::Bic;
use ethos_estimate::{EstimateSettings, IntervalMethod, Search, estimate, existence};

/// Error codes of 1,258 models: 0 usable, 1 no maximum, 2 rank deficient, 3 both.
#[test]
fn codes() {
    let mut codes = [0; 4];
    for r in expected(include_str!("data/mse-codes.csv")) {
        let t = named(r[0]);
        let code = existence(&t, &model(&t, r[1])).code();
        assert_eq!(code.to_string(), r[2], "{r:?}");
        codes[code as usize] += 1;
    }
    assert_eq!(codes, [1254, 3, 1, 0]);
}

/// Estimates and BIC of the hundred best models, and their order in our own list of all models.
#[test]
fn bic_rankings() {
    let rows = expected(include_str!("data/mse-bic.csv"));
    for name in ["HIV", "Korea", "Kosovo", "UKdat_5"] {
        let t = named(name);
        let s = EstimateSettings {
            search: Some(Search::All),
            interval: Some(IntervalMethod::Delta),
            ..EstimateSettings::default()
        };
        let ours = estimate(&t, &s, None).unwrap().models;
        let theirs: Vec<_> = rows.iter().filter(|r| r[0] == name).collect();
        for (a, b) in ours.iter().zip(&theirs) {
            let f = fitted(&t, b[1]);
            close(f.population(), number(b[2]), 1e-8, b[1]);
            close(f.criterion(Bic), number(b[3]), 1e-10, b[1]);
            assert_eq!(a.notation, b[1], "{name}");
        }
    }
}
