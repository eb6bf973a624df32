//! What the library returns goes through JSON and comes back the same.

use ethos_estimate::{
    CaptureTable, Estimate, EstimateSettings, FittedModel, Model, Profile, Term, estimate, fit,
    profile_interval,
};

fn hepatitis() -> CaptureTable {
    CaptureTable::from_histories(
        ["P", "Q", "E"],
        [
            ("001", 63),
            ("010", 55),
            ("011", 18),
            ("100", 69),
            ("101", 17),
            ("110", 21),
            ("111", 28),
        ],
    )
    .expect("a table")
}

fn through<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
    let text = serde_json::to_string(value).expect("serialises");
    serde_json::from_str(&text).expect("comes back")
}

#[test]
fn fits_profiles_and_estimates_come_back() {
    let table = hepatitis();
    let model = Model::from_generators([Term::new(0b011, 0), Term::list(2)]);
    let fitted = fit(&table, &model).expect("an estimate");
    let back: FittedModel = through(&fitted);
    assert_eq!(back, fitted);
    assert_eq!(back.population().to_bits(), fitted.population().to_bits());
    let profile = profile_interval(&table, &model, 0.95).expect("a profile");
    assert_eq!(through(&profile), profile);
    let unbounded = Profile {
        upper: f64::INFINITY,
        ..profile
    };
    assert!(
        serde_json::to_string(&unbounded)
            .unwrap()
            .contains("\"upper\":null")
    );
    assert_eq!(through(&unbounded), unbounded);
    let settings = EstimateSettings {
        replicates: Some(20),
        ..EstimateSettings::default()
    };
    assert_eq!(through(&settings), settings);
    let answer = estimate(&table, &settings, None).expect("an estimate");
    let back: Estimate = serde_json::from_str(&answer.to_json()).expect("comes back");
    assert_eq!(back, answer);
}

#[test]
fn a_model_that_is_not_hierarchical_is_refused() {
    let model = Model::from_generators([Term::new(0b011, 0)]);
    assert_eq!(through(&model), model);
    let gap = r#"[{"lists":3,"factors":0}]"#;
    assert!(serde_json::from_str::<Model>(gap).is_err());
}
