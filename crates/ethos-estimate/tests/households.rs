//! Whole households drawn together: persons alone are persons, pairs are half the information.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, Estimate, EstimateError, EstimateSettings, Factor, IntervalMethod, PersonRow,
    PersonTable, Preset, estimate, estimate_persons,
};

/// Persons of a table in households made by `household(number of the person in its cell)`.
fn in_households(
    table: &CaptureTable,
    times: u64,
    household: impl Fn(usize, u64) -> Option<String>,
) -> PersonTable {
    let factors: Vec<Factor> = table.factors().to_vec();
    let mut rows = PersonTable::builder(table.lists().to_vec(), factors, ["2026"]);
    for stratum in 0..table.strata() {
        for history in 1..1_u16 << table.lists().len() {
            for k in 0..times * table.count(stratum, history) as u64 {
                let cell = stratum << table.lists().len() | history as usize;
                rows.add(PersonRow {
                    year: 0,
                    person: None,
                    household: household(cell, k).as_deref(),
                    history,
                    levels: &table.stratum_levels(stratum),
                    count: 1,
                })
                .unwrap();
            }
        }
    }
    rows.build().unwrap()
}

fn sd(e: &Estimate) -> f64 {
    e.bootstrap.as_ref().unwrap().sd.unwrap()
}

/// Households of one person: the answer is that of persons, bit for bit but for its words.
#[test]
fn households_of_one_are_persons() {
    for (t, bca) in [(table(KOSOVO), false), (cov1(), true)] {
        let alone = in_households(&t, 1, |cell, k| Some(format!("{cell} {k}")));
        let settings = EstimateSettings {
            replicates: Some(200),
            bca,
            ..Default::default()
        };
        let persons = estimate(&t, &settings, None).unwrap();
        let mut households = estimate_persons(&alone, &settings, None).unwrap();
        assert_eq!(households.settings.unit, "households");
        let report = households.bootstrap.as_mut().unwrap().households.take();
        let report = report.unwrap();
        assert_eq!(report.households as f64, t.observed());
        assert_eq!(report.largest, 1);
        close(report.design_effect.unwrap(), 1.0, 1e-9, "design effect");
        assert_eq!(households.population, persons.population);
        assert_eq!(households.strata, persons.strata);
        assert_eq!(households.bootstrap, persons.bootstrap);
        // Without keys a row is a person.
        let unkeyed = in_households(&t, 1, |_, _| None);
        assert_eq!(
            estimate_persons(&unkeyed, &settings, None).unwrap(),
            persons
        );
    }
}

/// Everybody twice, and in pairs: the estimate doubles, the variance is four times that of the
/// single table, twice that of as many persons alone.
#[test]
fn pairs_double_the_variance() {
    let t = table(KOSOVO);
    let pairs = in_households(&t, 2, |cell, k| Some(format!("{cell} {}", k / 2)));
    let doubled = in_households(&t, 2, |_, _| None);
    for method in [
        IntervalMethod::Semiparametric,
        IntervalMethod::Nonparametric,
    ] {
        let settings = EstimateSettings {
            interval: Some(method),
            replicates: Some(4000),
            ..EstimateSettings::for_model("[123,14,34]")
        };
        let single = estimate(&t, &settings, None).unwrap();
        let e = estimate_persons(&pairs, &settings, None).unwrap();
        let report = e.bootstrap.as_ref().unwrap().households.clone().unwrap();
        assert_eq!(
            (report.households as f64, report.largest),
            (t.observed(), 2)
        );
        close(report.design_effect.unwrap(), 2.0, 1e-9, "design effect");
        close(
            e.population.estimate.unwrap(),
            2.0 * single.population.estimate.unwrap(),
            1e-9,
            "estimate",
        );
        // Same streams, same draws: exactly twice the single table in every replicate.
        close(sd(&e), 2.0 * sd(&single), 1e-9, "against the single table");
        let alone = estimate_persons(&doubled, &settings, None).unwrap();
        // Ratio of two standard deviations of 4,000 draws: 1.6 % of Monte-Carlo error.
        let ratio = sd(&e) / sd(&alone);
        assert!((ratio / 2.0_f64.sqrt() - 1.0).abs() < 0.06, "{ratio}");
    }
}

/// Households of many sizes over strata: the first-order design effect against the replicates.
#[test]
fn the_design_effect_is_that_of_the_replicates() {
    let t = cov1();
    // Households of up to five persons of one cell, larger where more are on list A.
    let size = |cell: usize| 1 + (cell * 7 % 5) as u64;
    let mixed = in_households(&t, 3, |cell, k| Some(format!("{cell} {}", k / size(cell))));
    let alone = in_households(&t, 3, |_, _| None);
    let settings = EstimateSettings {
        replicates: Some(4000),
        ..EstimateSettings::for_model("X*(A+B+C)")
    };
    let with = estimate_persons(&mixed, &settings, None).unwrap();
    let without = EstimateSettings {
        interval: Some(IntervalMethod::Semiparametric),
        ..settings
    };
    let without = estimate_persons(&alone, &without, None).unwrap();
    let effect = with
        .bootstrap
        .as_ref()
        .unwrap()
        .households
        .as_ref()
        .unwrap();
    let drawn = (sd(&with) / sd(&without)).powi(2);
    // Variances of 4,000 draws: 3.2 % of Monte-Carlo error in the ratio.
    assert!(
        (effect.design_effect.unwrap() / drawn - 1.0).abs() < 0.13,
        "{effect:?} {drawn}"
    );
}

#[test]
fn what_households_cannot_do_is_refused() {
    let t = cov1();
    let pairs = in_households(&t, 2, |cell, k| Some(format!("{cell} {}", k / 2)));
    let refused = |settings: EstimateSettings| {
        let error = estimate_persons(&pairs, &settings, None).unwrap_err();
        assert!(matches!(error, EstimateError::Setting(_)), "{error}");
    };
    for interval in [
        IntervalMethod::Delta,
        IntervalMethod::Profile,
        IntervalMethod::Parametric,
    ] {
        refused(EstimateSettings {
            interval: Some(interval),
            ..Default::default()
        });
    }
    refused(EstimateSettings {
        separate: true,
        ..Default::default()
    });
    // A house method that draws from a model draws from those seen instead, and says so.
    let settings = EstimateSettings {
        replicates: Some(20),
        ..EstimateSettings::for_preset(Preset::CbsLike)
    };
    let e = estimate_persons(&pairs, &settings, None).unwrap();
    assert!(
        e.settings
            .departures
            .contains(&"interval = semiparametric".to_owned())
    );
    let mut two = PersonTable::builder(["a", "b"], [], ["2025"]);
    let row = PersonRow {
        year: 0,
        person: Some("p"),
        household: None,
        history: 1,
        levels: &[],
        count: 1,
    };
    two.add(row).unwrap();
    assert!(matches!(
        two.add(row).unwrap_err(),
        EstimateError::RepeatedPerson(_)
    ));
    let many = PersonRow { count: 2, ..row };
    assert!(matches!(
        two.add(many).unwrap_err(),
        EstimateError::Setting(_)
    ));
}
