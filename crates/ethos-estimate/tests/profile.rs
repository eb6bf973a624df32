//! Cormack's profile interval against values computed independently, and Rcapture's.

mod common;
use common::*;
use ethos_estimate::{EstimateError, EstimateSettings, IntervalMethod, estimate, profile_interval};

/// Maxima: root of the profile's derivative, ψ(n + x + 1) − ψ(x + 1) + log p0, from fits of the complete table
/// by an independent implementation (mpmath with 40 digits; the last two numpy and scipy). A search for
/// the largest value instead, as in the list of reference values for this method, stops where the curve
/// is flat to rounding: up to 0.005 short (10334.4951 for Kosovo, 12308.0293 for HIV, 25279.4957 for the
/// United Kingdom). Limits: an independent implementation in double precision.
#[test]
fn reference_values() {
    let spina = indexed(&SPINA_BIFIDA);
    let congenital = indexed(&CONGENITAL);
    for (t, m, top, lower, upper) in [
        (
            &table(KOREA),
            "[12,23]",
            "151.713048178",
            "128.9874",
            "226.4670",
        ),
        (
            &table(KOSOVO),
            "[123,14,34]",
            "10334.4975759",
            "8994.2576",
            "12110.4092",
        ),
        (
            &table(KOSOVO),
            "[1,2,3,4]",
            "7392.91727566",
            "7147.7490",
            "7656.1955",
        ),
        (
            &table(HIV),
            "[12,3,4]",
            "12308.0340435",
            "10265.9938",
            "14992.3333",
        ),
        (
            &table(HIV),
            "[1,2,3,4]",
            "11117.0197873",
            "9531.7357",
            "13114.1229",
        ),
        (
            &table(LESBIAN),
            "[12,14,23,24,34]",
            "6337.2632135",
            "5421.7104",
            "7536.2813",
        ),
        (
            &table(HAV),
            "[1,2,3]",
            "387.104165239",
            "350.3136",
            "435.4140",
        ),
        (
            &table(HAV),
            "[12,23]",
            "520.605992047",
            "408.9036",
            "734.1808",
        ),
        (
            &table(DIABETES),
            "[12,13,23,24,34]",
            "2760.03817078",
            "2527.5587",
            "3104.0906",
        ),
        (&spina, "[12,3]", "729.751611996", "699.8041", "766.4679"),
        (
            &table(UKDAT_5),
            "[123,25,34]",
            "25279.4972033",
            "19389.3018",
            "34111.0176",
        ),
        (
            &congenital,
            "[12,13,45]",
            "619.330341974",
            "593.4071",
            "651.6132",
        ),
    ] {
        let p = profile_interval(t, &model(t, m), 0.95).unwrap();
        digits(p.maximum, top, m);
        digits(p.lower, lower, m);
        digits(p.upper, upper, m);
    }
}

/// Rcapture 1.4-4, `closedpCI.t(m = "Mt")` on Kosovo.
#[test]
fn rcapture() {
    let t = table(KOSOVO);
    let p = profile_interval(&t, &model(&t, "[1,2,3,4]"), 0.95).unwrap();
    assert!((p.maximum - 7_392.917_266_762_33).abs() < 1e-3);
    assert!((p.lower - 7_147.748_892_040_024).abs() < 1e-3);
}

#[test]
fn default_for_a_fixed_model_without_covariates() {
    let t = table(KOSOVO);
    let e = estimate(&t, &EstimateSettings::for_model("[123,14,34]"), None).unwrap();
    assert_eq!(e.population.interval, "profile");
    digits(e.population.lower.unwrap(), "8994.2576", "lower");
    let with_covariates = EstimateSettings {
        interval: Some(IntervalMethod::Profile),
        ..EstimateSettings::for_model("X*(A+B+C)")
    };
    assert!(matches!(
        estimate(&cov1(), &with_covariates, None),
        Err(EstimateError::Setting(_))
    ));
}
