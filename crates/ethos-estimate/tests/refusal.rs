//! What stands in the place of an answer: its name, the way out, and a proof that can be checked.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, ErrorKind, EstimateSettings, Factor, IntervalMethod, ModelText, Refusal, SCHEMA,
    Search, Status, estimate, parse_model, verify_existence,
};

/// Reads a refusal back from its JSON and checks the proof with the table and the JSON alone.
fn proved(t: &CaptureTable, settings: &EstimateSettings) -> Refusal {
    let error = estimate(t, settings, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
    let refusal = Refusal::new(SCHEMA, &error).unwrap();
    let back: Refusal = serde_json::from_str(&refusal.to_json()).unwrap();
    assert_eq!(back, refusal);
    let why = back.not_estimable.clone();
    let mut claim = why.existence.unwrap();
    let text = why.formula.unwrap();
    let ModelText::Formula(model) = parse_model(&text, t).unwrap() else {
        panic!("{text}")
    };
    verify_existence(t, &model, &claim).unwrap();
    claim.exists = !claim.exists;
    claim.identifiable = !claim.identifiable;
    verify_existence(t, &model, &claim).unwrap_err();
    back
}

#[test]
fn the_certificate_of_a_refused_model_is_checked_from_its_json() {
    // Nobody on both of l2 and l3, nor on both of l1 and l3.
    let t = table("100:40 010:30 001:20 110:6");
    let why = proved(&t, &EstimateSettings::for_model("[12,3]")).not_estimable;
    assert_eq!(why.code, "no-estimate");
    assert_eq!(why.model.as_deref(), Some("[12,3]"));
    assert!(why.way_out.unwrap().contains("fewer interactions"));
    proved(&table(KOREA), &EstimateSettings::for_model("[12,13,23]"));
    // The bracket model has the covariates' terms that its notation leaves out.
    let mut rows = CaptureTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1"])]);
    for (history, counts) in [
        (1, [9, 8]),
        (2, [7, 8]),
        (4, [6, 5]),
        (3, [4, 0]),
        (5, [3, 0]),
    ] {
        for (x, count) in counts.into_iter().enumerate() {
            rows.add(history, &[x], count).unwrap();
        }
    }
    let delta = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[12,13]")
    };
    proved(&rows.build().unwrap(), &delta);
}

#[test]
fn a_stratum_that_is_refused_says_why() {
    let mut rows = CaptureTable::builder(["a", "b"], [Factor::new("x", ["0", "1", "2"])]);
    for (history, counts) in [(1, [40, 8, 5]), (2, [30, 9, 0]), (3, [20, 0, 0])] {
        for (x, count) in counts.into_iter().enumerate() {
            rows.add(history, &[x], count).unwrap();
        }
    }
    let separate = EstimateSettings {
        separate: true,
        interval: Some(IntervalMethod::Delta),
        search: Some(Search::Exact),
        ..EstimateSettings::default()
    };
    let e = estimate(&rows.build().unwrap(), &separate, None).unwrap();
    assert_eq!(e.population.status, Status::NotEstimable);
    assert_eq!(e.strata[0].status, Status::Ok);
    assert!(e.strata[0].not_estimable.is_none());
    let why: Vec<&str> = e.strata[1..]
        .iter()
        .map(|s| s.not_estimable.as_ref().unwrap().code.as_str())
        .collect();
    assert_eq!(why, ["no-model", "empty-list"]);
    let back = serde_json::from_str(&e.to_json()).unwrap();
    assert_eq!(e, back);
}

/// Strata fitted alone get the same checks as a whole table, each by its name.
#[test]
fn a_stratum_that_does_not_fit_is_named() {
    let mut rows = CaptureTable::builder(
        ["EXH", "ABA", "OSCE", "HRW"],
        [Factor::new("x", ["good", "bad"])],
    );
    let t = table(KOSOVO);
    for (history, count) in (0_u16..16).zip(t.counts()).skip(1) {
        rows.add(
            history,
            &[0],
            if history.is_power_of_two() { 100 } else { 10 },
        )
        .unwrap();
        rows.add(history, &[1], count as u64).unwrap();
    }
    let separate = EstimateSettings {
        separate: true,
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[1,2,3,4]")
    };
    let e = estimate(&rows.build().unwrap(), &separate, None).unwrap();
    let misfit: Vec<&str> = e
        .diagnostics
        .iter()
        .filter(|d| d.code == "lack-of-fit")
        .map(|d| d.message.as_str())
        .collect();
    assert!(misfit.iter().any(|m| m.contains("bad: ")), "{misfit:?}");
}
