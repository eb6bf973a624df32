//! What an answer says of itself: what its standard error counts, how far models lie apart, and the way out of
//! settings that make no sense.

use ethos_estimate::{
    Amount, CaptureTable, ChangeSettings, DeclaredDependence, EstimateSettings, PersonRow,
    PersonTable, SeKind, Severity, estimate, estimate_change,
};

/// Kosovo (Ball et al. 2002): models near the best by BIC lie far apart.
fn kosovo() -> CaptureTable {
    let cells = [
        ("1000", 1131),
        ("0100", 845),
        ("0010", 936),
        ("0001", 306),
        ("1100", 177),
        ("1010", 228),
        ("1001", 106),
        ("0110", 217),
        ("0101", 31),
        ("0011", 123),
        ("1110", 181),
        ("1101", 18),
        ("1011", 42),
        ("0111", 32),
        ("1111", 27),
    ];
    CaptureTable::from_histories(["EXH", "ABA", "OSCE", "HRW"], cells).unwrap()
}

/// An interval that selects anew is wide: that the models disagree is a note then, and a warning where the
/// interval takes the model as known.
#[test]
fn models_that_disagree_are_told_of_whatever_the_interval() {
    let told = |reselect| {
        let settings = EstimateSettings {
            replicates: Some(200),
            reselect: Some(reselect),
            ..EstimateSettings::default()
        };
        let answer = estimate(&kosovo(), &settings, None).unwrap();
        let near: Vec<f64> = answer
            .models
            .iter()
            .take(10)
            .filter_map(|m| m.estimate)
            .collect();
        let spread = near.iter().copied().fold(0.0, f64::max)
            - near.iter().copied().fold(f64::INFINITY, f64::min);
        let p = &answer.population;
        // The log-normal interval of the best model, twice 1.96 standard errors wide or more.
        assert!(spread > 3.92 * p.se.unwrap(), "{spread}");
        assert_eq!(p.se_kind, SeKind::ModelAlone);
        let wider = spread > p.upper.unwrap() - p.lower.unwrap();
        let note = answer
            .diagnostics
            .into_iter()
            .find(|d| d.code == "models-disagree");
        let note = note.expect("the note");
        assert!(note.message.contains(','), "{}", note.message);
        let severity = if wider {
            Severity::Warning
        } else {
            Severity::Info
        };
        assert_eq!(note.severity, severity, "{}", note.message);
    };
    told(true);
    told(false);
}

#[test]
fn an_average_has_the_error_over_models() {
    let settings = EstimateSettings {
        replicates: Some(20),
        average: true,
        ..EstimateSettings::default()
    };
    let answer = estimate(&kosovo(), &settings, None).unwrap();
    assert_eq!(answer.population.se_kind, SeKind::OverModels);
    let json: serde_json::Value = serde_json::from_str(&answer.to_json()).unwrap();
    assert_eq!(json["population"]["se_kind"], "over-models");
}

#[test]
fn wrong_settings_name_the_right_ones() {
    let says = |settings: EstimateSettings| {
        estimate(&kosovo(), &settings, None)
            .unwrap_err()
            .to_string()
    };
    let level = |level| {
        says(EstimateSettings {
            level: Some(level),
            ..EstimateSettings::default()
        })
    };
    assert!(
        level(95.0).ends_with("did you mean 0.95?"),
        "{}",
        level(95.0)
    );
    assert!(
        level(99.9).ends_with("did you mean 0.999?"),
        "{}",
        level(99.9)
    );
    assert!(!level(-1.0).contains("mean"));
    let falling = says(EstimateSettings {
        dependence: vec![DeclaredDependence {
            lists: vec!["EXH".into(), "ABA".into()],
            lower: 2.0,
            upper: 0.5,
        }],
        ..EstimateSettings::default()
    });
    assert!(falling.ends_with("write 0.5..2"), "{falling}");
}

/// Decimals make the parametric bootstrap the default of a search, and that is said.
#[test]
fn decimals_that_change_the_interval_are_told_of() {
    let told = |first: &str| {
        let mut rows = CaptureTable::builder(["a", "b", "c"], []).fractional(true);
        for (history, count) in [
            (0b001, first),
            (0b010, "40"),
            (0b100, "30"),
            (0b011, "12"),
            (0b101, "9"),
            (0b110, "8"),
            (0b111, "4"),
        ] {
            rows.add_amount(history, &[], count.parse::<Amount>().unwrap())
                .unwrap();
        }
        let settings = EstimateSettings {
            replicates: Some(20),
            ..EstimateSettings::default()
        };
        let answer = estimate(&rows.build().unwrap(), &settings, None).unwrap();
        answer
            .diagnostics
            .iter()
            .any(|d| d.code == "parametric-for-fractions")
    };
    assert!(told("50.5"));
    assert!(!told("50"));
}

/// A change tells how its one model fits each year: the same numbers as the model of that year alone.
#[test]
fn a_change_has_the_fit_of_each_year() {
    let mut rows = PersonTable::builder(["a", "b", "c"], [], ["2025", "2026"]);
    let counts = [[50, 40, 12, 30, 9, 8, 4], [60, 35, 15, 30, 11, 6, 5]];
    for (year, counts) in counts.iter().enumerate() {
        for (history, &count) in (1..).zip(counts) {
            let row = PersonRow {
                year,
                person: None,
                household: None,
                history,
                levels: &[],
                count,
            };
            rows.add(row).unwrap();
        }
    }
    let persons = rows.build().unwrap();
    let settings = EstimateSettings {
        model: Some("[12,3]".into()),
        replicates: Some(20),
        ..EstimateSettings::default()
    };
    let change = ChangeSettings {
        estimate: settings.clone(),
        ..ChangeSettings::default()
    };
    let change = estimate_change(&persons, &change, None).unwrap();
    assert_eq!(change.fits.len(), 2);
    for (fit, table) in change.fits.iter().zip(persons.tables()) {
        let alone = estimate(table, &settings, None).unwrap().model.unwrap();
        assert_eq!((fit.df, fit.deviance), (alone.df, alone.deviance));
        assert_eq!(
            (fit.aic, fit.goodness_of_fit),
            (alone.aic, alone.goodness_of_fit)
        );
    }
}
