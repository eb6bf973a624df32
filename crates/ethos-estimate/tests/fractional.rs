//! Fractional counts: declared, exact, and with estimates that scale as they should.

use ethos_estimate::{
    Amount, CaptureTable, EstimateError, EstimateSettings, IntervalMethod, ModelText, estimate,
    existence, fit, parse_model,
};

fn table(rows: &[(u16, &str)]) -> Result<CaptureTable, EstimateError> {
    let mut builder = CaptureTable::builder(["a", "b", "c"], []).fractional(true);
    for (history, count) in rows {
        builder.add_amount(*history, &[], count.parse()?)?;
    }
    builder.build()
}

/// The closed form of [12,13,23]: n0 = y111 y100 y010 y001 / (y110 y101 y011) (Fienberg 1972).
#[test]
fn the_closed_form_holds_for_fractions() {
    let t = table(&[
        (0b001, "100.5"),
        (0b010, "80.25"),
        (0b100, "60.125"),
        (0b011, "20.5"),
        (0b101, "15.75"),
        (0b110, "12.25"),
        (0b111, "5.5"),
    ])
    .unwrap();
    assert!(t.is_fractional());
    assert_eq!(t.observed(), 294.875);
    let settings = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::for_model("[12,13,23]")
    };
    let answer = estimate(&t, &settings, None).unwrap();
    let n0 = 5.5 * 100.5 * 80.25 * 60.125 / (20.5 * 15.75 * 12.25);
    let told = answer.unobserved.estimate.unwrap();
    assert!((told / n0 - 1.0).abs() < 1e-10, "{told} {n0}");
    let json: serde_json::Value = serde_json::from_str(&answer.to_json()).unwrap();
    assert_eq!(json["observed"], 294.875);
    // Profile and the parametric bootstrap are allowed, drawing from the counts is not.
    for (interval, allowed) in [
        (IntervalMethod::Profile, true),
        (IntervalMethod::Parametric, true),
        (IntervalMethod::Semiparametric, false),
        (IntervalMethod::Nonparametric, false),
    ] {
        let settings = EstimateSettings {
            interval: Some(interval),
            replicates: Some(50),
            ..EstimateSettings::for_model("[12,3]")
        };
        match estimate(&t, &settings, None) {
            Ok(answer) => {
                assert!(allowed);
                assert!(answer.population.lower.unwrap() >= 294.875);
            }
            Err(error) => {
                assert!(!allowed && error.is_usage(), "{error}");
                assert!(error.to_string().contains("`parametric`"), "{error}");
            }
        }
    }
}

/// One and the same table in persons and in tenths of a person: estimates, deviances and n0's
/// variance scale by ten, coefficients but the intercept do not change.
#[test]
fn estimates_scale() {
    let whole = [
        (1, 1131),
        (2, 845),
        (4, 936),
        (3, 177),
        (5, 228),
        (6, 217),
        (7, 181),
    ];
    let mut a = CaptureTable::builder(["a", "b", "c"], []);
    let mut b = CaptureTable::builder(["a", "b", "c"], []).fractional(true);
    for (h, c) in whole {
        a.add(h, &[], c).unwrap();
        b.add_amount(h, &[], format!("{}.{}", c / 10, c % 10).parse().unwrap())
            .unwrap();
    }
    let (a, b) = (a.build().unwrap(), b.build().unwrap());
    let ModelText::Brackets(model) = parse_model("[12,23]", &a).unwrap() else {
        panic!("brackets")
    };
    let (a, b) = (fit(&a, &model).unwrap(), fit(&b, &model).unwrap());
    let near = |x: f64, y: f64| assert!((x / y - 1.0).abs() < 1e-9, "{x} {y}");
    near(a.unseen_total(), 10.0 * b.unseen_total());
    near(a.deviance, 10.0 * b.deviance);
    near(a.variance(&[0]), 10.0 * b.variance(&[0]));
    for (x, y) in a.coefficients.iter().zip(&b.coefficients).skip(1) {
        assert!((x.estimate.unwrap() - y.estimate.unwrap()).abs() < 1e-10);
    }
}

/// A count of a billionth of a person is not zero, however many others there are.
#[test]
fn zero_is_never_a_matter_of_rounding() {
    let of = |ab: &str| {
        let t = table(&[
            (1, "40000000"),
            (2, "30000000"),
            (4, "20000000"),
            (3, "6000000"),
            (5, ab),
            (6, ab),
        ]);
        let t = t.unwrap();
        let ModelText::Brackets(model) = parse_model("[12,3]", &t).unwrap() else {
            panic!("brackets")
        };
        existence(&t, &model).exists
    };
    assert!(of("0.000000001"));
    assert!(!of("0"));
}

#[test]
fn fractions_must_be_declared() {
    let half: Amount = "2.5".parse().unwrap();
    let mut builder = CaptureTable::builder(["a", "b"], []);
    let error = builder.add_amount(1, &[], half).unwrap_err();
    assert_eq!(error, EstimateError::Fractional(2.5));
    assert!(error.is_usage());
    // Declared, but all whole: an ordinary table.
    let mut builder = CaptureTable::builder(["a", "b"], []).fractional(true);
    builder.add(1, &[], 4).unwrap().add(3, &[], 5).unwrap();
    let declared = builder.build().unwrap();
    let plain = CaptureTable::from_histories(["a", "b"], [("10", 4), ("11", 5)]).unwrap();
    assert_eq!(declared, plain);
    // Without a wish, the interval of a search draws from the model.
    let t = table(&[
        (1, "100.5"),
        (2, "80"),
        (4, "60"),
        (3, "20"),
        (5, "15"),
        (6, "12"),
        (7, "6"),
    ])
    .unwrap();
    let settings = EstimateSettings {
        replicates: Some(50),
        ..EstimateSettings::default()
    };
    let answer = estimate(&t, &settings, None).unwrap();
    assert_eq!(answer.population.interval, "parametric");
    assert!(
        answer
            .settings
            .departures
            .contains(&"interval = parametric".to_owned())
    );
}
