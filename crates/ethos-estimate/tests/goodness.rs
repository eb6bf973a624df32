//! Tests of a model against the cells, as R computes them, and the warnings that rest on them.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, Estimate, EstimateSettings, Factor, IntervalMethod, Search, estimate,
};

fn codes(e: &Estimate) -> Vec<&str> {
    e.diagnostics.iter().map(|d| d.code.as_str()).collect()
}

fn delta(settings: EstimateSettings) -> EstimateSettings {
    EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..settings
    }
}

fn search(search: Search) -> EstimateSettings {
    delta(EstimateSettings {
        search: Some(search),
        ..EstimateSettings::default()
    })
}

/// Deviance and degrees of freedom of HIV, Kosovo, UK and Korea are also Rcapture's, those of the
/// simulated table with covariates also statsmodels'.
#[test]
fn deviance_and_pearson_as_in_r() {
    for row in expected(include_str!("data/goodness.csv")) {
        let t = if row[0] == "cov3" {
            cov3()
        } else {
            named(row[0])
        };
        let fit = fitted(&t, row[1]);
        let tests = fit.goodness_of_fit.unwrap();
        let what = |name: &str| format!("{} {} {name}", row[0], row[1]);
        close(fit.deviance, number(row[2]), 1e-9, &what("deviance"));
        close(
            tests.pearson.unwrap(),
            number(row[3]),
            1e-9,
            &what("Pearson"),
        );
        assert_eq!(tests.df.to_string(), row[4], "{}", what("df"));
        assert_eq!(tests.df, fit.df);
        // A p-value of 1e-270 magnifies the rounding of its statistic a thousand times.
        close(tests.p_deviance.unwrap(), number(row[5]), 1e-7, &what("p"));
        close(tests.p_pearson.unwrap(), number(row[6]), 1e-7, &what("p"));
        close(
            tests.small_cells,
            number(row[7]),
            1e-9,
            &what("small cells"),
        );
    }
}

/// What a zero margin takes out of the table takes part in no test: R on the five cells left gives
/// these figures, while on all seven it counts a cell and a coefficient more.
#[test]
fn zero_margins_have_no_part() {
    let t = table("100:40 010:30 001:20 110:6 101:5");
    let fit = fitted(&t, "[1,23]");
    let tests = fit.goodness_of_fit.unwrap();
    assert_eq!((fit.df, tests.df), (2, 1));
    close(fit.deviance, 0.110_086_669_481_887, 1e-9, "deviance");
    close(
        tests.pearson.unwrap(),
        0.110_909_090_909_091,
        1e-9,
        "Pearson",
    );
    close(tests.p_deviance.unwrap(), 0.740_045_485_416_656, 1e-9, "p");
}

#[test]
fn without_degrees_of_freedom_there_is_no_test() {
    let e = estimate(
        &table(KOREA),
        &EstimateSettings::for_model("[12,13,23]"),
        None,
    );
    // Rcapture gives this model 150 persons too many; it has no estimate.
    assert!(e.unwrap_err().is_refused());
    let e = estimate(
        &table(HAV),
        &EstimateSettings::for_model("[12,13,23]"),
        None,
    )
    .unwrap();
    let tests = e.model.as_ref().unwrap().goodness_of_fit.unwrap();
    assert_eq!((tests.df, tests.p()), (0, None));
    assert_eq!((tests.p_deviance, tests.p_pearson), (None, None));
    assert!(!codes(&e).contains(&"lack-of-fit"));
}

#[test]
fn a_model_that_does_not_fit_is_warned_of() {
    let kosovo = |model: &str| {
        let settings = EstimateSettings::for_model(model);
        estimate(&table(KOSOVO), &settings, None).unwrap()
    };
    let e = kosovo("[1,2,3,4]");
    let warning = e.diagnostics.iter().find(|d| d.code == "lack-of-fit");
    let message = &warning.unwrap().message;
    assert!(
        message.contains("deviance 245.94 (p < 0.0001)") && message.contains("on 10 df"),
        "{message}"
    );
    // p = 0.054 and 0.063.
    assert!(!codes(&kosovo("[123,14,34]")).contains(&"lack-of-fit"));
}

/// Three lists with all pairs leave nothing to test, two strata of them one degree of freedom a pair.
#[test]
fn a_search_that_took_all_there_was_is_warned_of() {
    let says = |e: &Estimate, words: &str| {
        let found = e.diagnostics.iter().find(|d| d.code == "saturated-best");
        found.is_some_and(|d| d.message.contains(words))
    };
    // HAV: all three pairs win by AIC.
    let aic = |s: EstimateSettings| EstimateSettings {
        criterion: Some(ethos_estimate::Criterion::Aic),
        ..s
    };
    let e = estimate(&table(HAV), &aic(search(Search::Exact)), None).unwrap();
    assert_eq!(e.model.as_ref().unwrap().notation, "[12,13,23]");
    assert!(says(&e, "no degrees of freedom"), "{:?}", e.diagnostics);
    // The same persons twice, by a covariate that means nothing.
    let mut rows = CaptureTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1"])]);
    let t = table(HAV);
    for x in 0..2 {
        for (history, count) in (0_u16..8).zip(t.counts()).skip(1) {
            rows.add(history, &[x], count as u64).unwrap();
        }
    }
    let twice = rows.build().unwrap();
    let e = estimate(&twice, &aic(search(Search::Exact)), None).unwrap();
    assert!(says(&e, "largest of those searched"), "{:?}", e.diagnostics);
    // Stepwise could have added the covariate and did not.
    let e = estimate(&twice, &aic(search(Search::Stepwise)), None).unwrap();
    assert!(
        !codes(&e).contains(&"saturated-best"),
        "{:?}",
        e.diagnostics
    );
    // A fixed model, and a search among one model, chose nothing.
    let fixed = EstimateSettings::for_model("[12,13,23]");
    let e = estimate(&table(HAV), &fixed, None).unwrap();
    assert!(!codes(&e).contains(&"saturated-best"));
    let two = table("10:60 01:40 11:20");
    let e = estimate(&two, &search(Search::Exact), None).unwrap();
    assert!(!codes(&e).contains(&"saturated-best"));
}
