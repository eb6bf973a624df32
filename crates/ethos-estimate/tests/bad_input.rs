//! Everything that is not a table, not a model or not a request: one clear error or diagnostic each.

use ethos_estimate::{
    CaptureTable, EstimateError, EstimateSettings, Factor, IncompleteTable, IntervalMethod, Model,
    Search, Term, estimate, fit,
};

fn three() -> CaptureTable {
    CaptureTable::from_histories(
        ["opvang", "bijstand", "zorg"],
        [
            ("100", 60),
            ("010", 50),
            ("001", 40),
            ("110", 20),
            ("101", 15),
            ("011", 12),
            ("111", 5),
        ],
    )
    .unwrap()
}

fn refused(model: &str) -> String {
    let error = estimate(&three(), &EstimateSettings::for_model(model), None).unwrap_err();
    assert!(error.is_usage(), "{error}");
    error.to_string()
}

#[test]
fn tables_that_are_none() {
    let of = |lists: &[&str], rows: &[(&str, u64)]| {
        CaptureTable::from_histories(lists.to_vec(), rows.to_vec())
            .unwrap_err()
            .to_string()
    };
    for (told, what) in [
        (of(&[], &[]), "0 list"),
        (of(&["a"], &[("1", 3)]), "needs at least 2"),
        (of(&["a", "b"], &[]), "counts nobody"),
        (of(&["a", "b"], &[("11", 0)]), "counts nobody"),
        (of(&["a", "b"], &[("10", 3)]), "nobody is on list `b`"),
        (of(&["a", "a"], &[("11", 3)]), "`a` is used twice"),
        (of(&["a", "b"], &[("00", 3)]), "all-zero history"),
        (of(&["a", "b"], &[("1", 3)]), "history `1`"),
        (of(&["a", "b"], &[("1x", 3)]), "history `1x`"),
        (of(&["a", "b"], &[("11", u64::MAX), ("11", 1)]), "2^53"),
        (of(&["a", "b"], &[("11", 1 << 53), ("10", 1)]), "2^53"),
    ] {
        assert!(told.contains(what), "{told}");
    }
    let names = |n: usize| (0..n).map(|i| format!("l{i}")).collect::<Vec<_>>();
    let mut rows = CaptureTable::builder(names(17), []);
    rows.add(1, &[], 3).unwrap();
    assert_eq!(rows.build(), Err(EstimateError::TooManyLists(17)));
    let mut rows = IncompleteTable::builder(names(17), []);
    let all = vec![Some(true); 17];
    assert_eq!(
        rows.add(&all, &[], 1).unwrap_err(),
        EstimateError::TooManyLists(17)
    );
    // Sixteen are fine.
    let mut rows = CaptureTable::builder(names(16), []);
    rows.add(u16::MAX, &[], 3).unwrap();
    assert!(rows.build().is_ok());
    let mut rows = IncompleteTable::builder(names(16), []);
    rows.add(&[Some(true); 16], &[], 3).unwrap();
    assert!(rows.build().unwrap().complete().is_some());
}

#[test]
fn incomplete_tables_that_are_none() {
    let (y, n) = (Some(true), Some(false));
    let add = |lists: &[Option<bool>], levels: &[Option<usize>]| {
        let mut rows = IncompleteTable::builder(["a", "b"], [Factor::new("x", ["0", "1"])]);
        rows.add(lists, levels, 3).map(|_| ()).unwrap_err()
    };
    assert!(matches!(add(&[y], &[None]), EstimateError::OutsideTable(_)));
    assert!(matches!(add(&[y, n], &[]), EstimateError::OutsideTable(_)));
    assert!(matches!(
        add(&[y, n], &[Some(2)]),
        EstimateError::OutsideTable(_)
    ));
    for lists in [[n, n], [None, n], [None, None]] {
        assert_eq!(
            add(&lists, &[Some(0)]),
            EstimateError::Unobserved { count: 3 }
        );
    }
    let mut rows = IncompleteTable::builder(["a", "b"], [Factor::new("x", ["0", "1"])]);
    rows.add(&[y, y], &[None], 3).unwrap();
    let error = rows.build().unwrap_err();
    assert_eq!(error, EstimateError::NoLevels("x".into()));
    let mut rows = IncompleteTable::builder(["a", "b"], []);
    rows.add(&[y, None], &[], 3).unwrap();
    assert_eq!(rows.build(), Err(EstimateError::EmptyList("b".into())));
    // The name of the covariate that would be added is taken.
    let mut rows = IncompleteTable::builder(["coverage", "b", "c"], []);
    rows.add(&[y, y, n], &[], 3).unwrap();
    rows.add(&[y, n, y], &[], 3).unwrap();
    rows.add(&[y, y, None], &[], 3).unwrap();
    assert_eq!(
        rows.build(),
        Err(EstimateError::DuplicateName("coverage".into()))
    );
}

#[test]
fn oddities_are_told_and_estimated() {
    let codes = |t: &CaptureTable| -> Vec<String> {
        let settings = EstimateSettings {
            interval: Some(IntervalMethod::Delta),
            ..EstimateSettings::default()
        };
        let answer = estimate(t, &settings, None).unwrap();
        answer.diagnostics.into_iter().map(|d| d.code).collect()
    };
    // Identical lists, beside a third that tells something.
    let twins =
        CaptureTable::from_histories(["a", "twin", "c"], [("110", 50), ("001", 40), ("111", 12)])
            .unwrap();
    let answer = estimate(&twins, &EstimateSettings::default(), None);
    match answer {
        Ok(e) => assert!(e.diagnostics.iter().any(|d| d.code == "identical-lists")),
        Err(e) => assert!(e.is_refused(), "{e}"),
    }
    // A covariate with one level, a level nobody has, an all-zero stratum.
    let factors = [
        Factor::new("one", ["only"]),
        Factor::new("sex", ["f", "m", "x"]),
        Factor::new("age", ["old", "young"]),
    ];
    let mut rows = CaptureTable::builder(["a", "b"], factors);
    for (sex, age) in [(0, 0), (0, 1), (1, 0)] {
        for (h, c) in [(1, 40), (2, 30), (3, 10)] {
            rows.add(h, &[0, sex, age], c).unwrap();
        }
    }
    let told = codes(&rows.build().unwrap());
    for code in ["covariate-dropped", "level-unseen", "empty-stratum"] {
        assert!(told.contains(&code.to_owned()), "{code} in {told:?}");
    }
}

#[test]
fn models_that_are_none() {
    for (model, what) in [
        ("opvang + bijstnad + zorg", "did you mean `bijstand`?"),
        ("opvang + bijstand", "list `zorg` is not in the model"),
        (
            "opvang + bijstand + zorg + opvang:bijstand:zorg - opvang:bijstand",
            "not hierarchical",
        ),
        ("opvang*bijstand*zorg", "interaction of all lists"),
        ("[123]", "interaction of all lists"),
        ("[12,4]", "there is no list 4"),
        ("[12,3", "ends with `]`"),
        ("", "cannot read model"),
        ("opvang + ", "cannot read model"),
        ("opvang ** bijstand", "cannot read model"),
        ("log(opvang) + bijstand + zorg", "log"),
    ] {
        let told = refused(model);
        assert!(told.contains(what), "{model}: {told}");
    }
    let told = refused("bijstand + zorg + opvang + opvang:bijstand:zorg");
    assert!(told.contains("smallest hierarchical model"), "{told}");
    // As deep and as long as anybody likes.
    refused(&"(".repeat(10_000));
    refused(&format!(
        "({})^9",
        (0..40)
            .map(|i| format!("v{i}"))
            .collect::<Vec<_>>()
            .join("+")
    ));
}

#[test]
fn tables_and_models_that_are_too_large() {
    // 40 covariates of two levels: more cells than anybody has.
    let factors: Vec<Factor> = (0..40)
        .map(|i| Factor::new(format!("x{i}"), ["0", "1"]))
        .collect();
    let mut rows = CaptureTable::builder(["a", "b"], factors);
    for (h, level) in [(1, 0), (2, 1), (3, 0)] {
        rows.add(h, &[level; 40], 3).unwrap();
    }
    let error = rows.build().unwrap_err();
    assert!(
        error.is_usage() && error.to_string().contains("covariates"),
        "{error}"
    );
    let factors: Vec<Factor> = (0..30)
        .map(|i| Factor::new(format!("x{i}"), ["0", "1"]))
        .collect();
    let mut rows = CaptureTable::builder(["a", "b"], factors);
    for (h, level) in [(1, 0), (2, 1), (3, 0)] {
        rows.add(h, &[level; 30], 3).unwrap();
    }
    assert!(matches!(
        rows.build().unwrap_err(),
        EstimateError::TooManyCells { .. }
    ));
    // 4,000 strata and a million replicates: 32 GB of them.
    let levels: Vec<String> = (0..4_000).map(|i| format!("v{i}")).collect();
    let mut rows = CaptureTable::builder(["a", "b"], [Factor::new("x", levels)]);
    for i in 0..12_000 {
        rows.add((i % 3 + 1) as u16, &[i / 3], 2).unwrap();
    }
    let many = EstimateSettings {
        replicates: Some(1_000_000),
        ..EstimateSettings::for_model("[1,2]")
    };
    let error = estimate(&rows.build().unwrap(), &many, None).unwrap_err();
    assert_eq!(
        error,
        EstimateError::TooManyReplicates {
            bytes: 32_000_000_000,
            limit: 1 << 32,
            most: 134_217
        }
    );
    assert!(error.is_usage());
    // One covariate of a hundred thousand levels: the table is fine, no joint model is.
    let levels: Vec<String> = (0..100_000).map(|i| format!("v{i}")).collect();
    let mut rows = CaptureTable::builder(["a", "b"], [Factor::new("x", levels)]);
    for i in 0..100_000 {
        rows.add((i % 3 + 1) as u16, &[i], 2).unwrap();
    }
    let table = rows.build().unwrap();
    for settings in [
        EstimateSettings::default(),
        EstimateSettings::for_model("[1,2]"),
        EstimateSettings {
            search: Some(Search::Stepwise),
            ..EstimateSettings::default()
        },
    ] {
        let error = estimate(&table, &settings, None).unwrap_err();
        assert!(
            matches!(error, EstimateError::TooLargeModel { .. }),
            "{error}"
        );
        assert!(error.is_usage());
    }
    // Sixteen lists with all interactions of up to eight: 39,203 parameters.
    let names: Vec<String> = (0..16).map(|i| format!("l{i}")).collect();
    let mut rows = CaptureTable::builder(names.clone(), []);
    for h in 1..=u16::MAX {
        rows.add(h, &[], 1).unwrap();
    }
    let table = rows.build().unwrap();
    let model = Model::from_generators(
        (1..=u16::MAX)
            .filter(|m| m.count_ones() == 8)
            .map(|m| Term::new(m, 0)),
    );
    let error = fit(&table, &model).unwrap_err();
    assert!(
        matches!(
            error,
            EstimateError::TooLargeModel {
                parameters: 39_203,
                ..
            }
        ),
        "{error}"
    );
    let error = estimate(
        &table,
        &EstimateSettings::for_model(format!("({})^8", names.join("+"))),
        None,
    )
    .unwrap_err();
    assert!(error.is_usage(), "{error}");
}

#[test]
fn requests_that_make_no_sense() {
    for (settings, what) in [
        (
            EstimateSettings {
                level: Some(f64::NAN),
                ..EstimateSettings::default()
            },
            "level NaN",
        ),
        (
            EstimateSettings {
                level: Some(95.0),
                ..EstimateSettings::default()
            },
            "level 95",
        ),
        (
            EstimateSettings {
                replicates: Some(1),
                ..EstimateSettings::default()
            },
            "replicates",
        ),
        (
            EstimateSettings {
                max_order: Some(3),
                ..EstimateSettings::default()
            },
            "`max-order` 3",
        ),
        (
            EstimateSettings {
                forced: vec![vec!["opvang".into(), "bijstnad".into()]],
                ..EstimateSettings::default()
            },
            "did you mean `bijstand`?",
        ),
        (
            EstimateSettings {
                no_borrow: true,
                ..EstimateSettings::default()
            },
            "here all can",
        ),
    ] {
        let error = estimate(&three(), &settings, None).unwrap_err();
        assert!(
            error.is_usage() && error.to_string().contains(what),
            "{error}"
        );
    }
}

#[test]
fn a_covariate_of_one_level_is_named_as_that() {
    let mut rows = CaptureTable::builder(["a", "b"], [Factor::new("x", ["u"])]);
    for history in [0b01, 0b10, 0b11] {
        rows.add(history, &[0], 5).unwrap();
    }
    let table = rows.build().unwrap();
    let settings = EstimateSettings::for_model("a + b + x");
    let error = estimate(&table, &settings, None).unwrap_err().to_string();
    assert!(error.contains("`x` has one level"), "{error}");
    let separate = EstimateSettings {
        separate: true,
        ..EstimateSettings::default()
    };
    let error = estimate(&table, &separate, None).unwrap_err().to_string();
    assert!(error.contains("one level"), "{error}");
}

#[test]
fn counts_that_span_more_than_a_double_holds_are_said_to() {
    let histories = [
        ("001", 3),
        ("010", 40),
        ("011", 2),
        ("100", 9_000_000_000),
        ("101", 7),
        ("110", 8),
        ("111", 1),
    ];
    let table = CaptureTable::from_histories(["a", "b", "c"], histories).unwrap();
    let answer = estimate(&table, &EstimateSettings::for_model("[12,13,23]"), None).unwrap();
    assert!(
        answer
            .diagnostics
            .iter()
            .any(|note| note.code == "wide-counts")
    );
}
