use super::*;

const STUDY: &str = r#"
    [study]
    name = "Telling 2026"
    reference_date = 2026-01-01
    series = "telling-nl"
    key_file = "telling-nl.key"

    [[source]]
    list = "opvang"
    layout = "monitor-dakloosheid/2024"
    files = "leveringen/opvang/*.csv"
    reports = { categories = [2, 3] }
    depends = ["bijstand"]

    [[source]]
    list = "bijstand"
    layout = "register/adresloze-bijstand"
    files = "registers/bijstand.csv"
    coverage = { ages = "18-66" }

    [strata]
    sex = true
    age = [18, 27, 50, 65]
    origin = "nl-europe-outside"
    region = "g4"

    [estimate]
    preset = "honest"
    seed = 20260101

    [publish]
    disclosure = { base = 5, threshold = 10 }
"#;

fn refused(from: &str, to: &str) -> String {
    assert!(STUDY.contains(from), "{from}");
    Study::parse(&STUDY.replace(from, to))
        .unwrap_err()
        .to_string()
}

#[test]
fn the_contract_example_reads() {
    let study = Study::parse(STUDY).unwrap();
    assert_eq!(
        study.study.reference_dates,
        [Day::parse("2026-01-01").unwrap()]
    );
    assert_eq!(study.lists(), ["opvang", "bijstand"]);
    assert_eq!(study.forced_pairs(), BTreeSet::from([(0, 1)]));
    assert_eq!(study.strata.names(), ["sex", "age", "origin", "region"]);
    assert_eq!(study.scope, Scope::default());
    let again = toml::to_string(&study).unwrap();
    assert_eq!(
        toml::to_string(&Study::parse(&again).unwrap()).unwrap(),
        again
    );
}

#[test]
fn several_dates_may_be_given() {
    let text = STUDY.replace("= 2026-01-01", "= [2025-01-01, 2026-01-01]");
    assert_eq!(Study::parse(&text).unwrap().study.reference_dates.len(), 2);
}

#[test]
fn declared_dependence_reads_and_is_checked() {
    let with = |declared: &str| {
        let text = format!("seed = 20260101\n    panel = true\n    dependence = [{declared}]");
        Study::parse(&STUDY.replace("seed = 20260101", &text))
    };
    let study = with(r#"{ lists = ["opvang", "bijstand"], odds_ratios = [0.5, 2.0] }"#).unwrap();
    let section = study.estimate.unwrap();
    assert!(section.panel);
    assert_eq!(section.dependence[0].odds_ratios, [0.5, 2.0]);
    for (declared, part) in [
        (
            r#"{ lists = ["opvang", "bijstnad"], odds_ratios = [0.5, 2.0] }"#,
            "did you mean `bijstand`",
        ),
        (
            r#"{ lists = ["opvang"], odds_ratios = [0.5, 2.0] }"#,
            "two lists or more",
        ),
        (
            r#"{ lists = ["opvang", "opvang"], odds_ratios = [0.5, 2.0] }"#,
            "each once",
        ),
        (
            r#"{ lists = ["opvang", "bijstand"], odds_ratios = [2.0, 0.5] }"#,
            "must rise",
        ),
        (
            r#"{ lists = ["opvang", "bijstand"], odds_ratios = [0.0, 0.5] }"#,
            "must rise within 0.001",
        ),
        (
            r#"{ lists = ["opvang", "bijstand"], odds_ratio = [0.5, 2.0] }"#,
            "did you mean `odds_ratios`",
        ),
    ] {
        let message = with(declared).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn held_odds_ratios_forward_searches_and_budgets_read_and_are_checked() {
    let with = |keys: &str| {
        let text = format!("seed = 20260101\n    {keys}");
        let plain = STUDY.replace("depends = [\"bijstand\"]", "");
        let strata = plain.find("[strata]").unwrap()..plain.find("[estimate]").unwrap();
        let none = plain.replace(&plain[strata], "");
        Study::parse(&none.replace("seed = 20260101", &text))
    };
    let held = r#"odds_ratio = [{ lists = ["opvang", "bijstand"], value = 1.5 }]"#;
    let study = with(&format!(
        "{held}\n search = \"forward\"\n p_value = 0.01\n max_seconds = 600"
    ))
    .unwrap();
    let section = study.estimate.clone().unwrap();
    assert_eq!(section.search, Some(Search::Forward));
    assert_eq!(
        (section.p_value, section.max_seconds),
        (Some(0.01), Some(600.0))
    );
    assert_eq!(section.odds_ratio[0].value, 1.5);
    let again = toml::to_string(&study).unwrap();
    assert_eq!(Study::parse(&again).unwrap().estimate, study.estimate);
    for (keys, part) in [
        ("p_value = 0.01", "belongs to `search = \"forward\"`"),
        ("search = \"forward\"\n p_value = 1.0", "between 0 and 1"),
        (
            "search = \"forward\"\n criterion = \"aic\"",
            "goes by p-values",
        ),
        ("search = \"forward\"\n max_order = 2", "goes by p-values"),
        ("search = \"forwards\"", "did you mean `forward`"),
        ("max_seconds = 0.0", "above 0"),
        ("max_seconds = inf", "above 0"),
        (
            r#"odds_ratio = [{ lists = ["opvang", "bijstnad"], value = 1.5 }]"#,
            "did you mean `bijstand`",
        ),
        (
            r#"odds_ratio = [{ lists = ["opvang"], value = 1.5 }]"#,
            "two lists or more",
        ),
        (
            r#"odds_ratio = [{ lists = ["opvang", "bijstand"], value = -1.5 }]"#,
            "positive",
        ),
        (
            r#"odds_ratio = [{ lists = ["opvang", "bijstand"], value = 1e10 }]"#,
            "e^20",
        ),
        (
            r#"odds_ratio = [{ lists = ["opvang", "bijstand"], value = 1.5 }, { lists = ["bijstand", "opvang"], value = 2.0 }]"#,
            "at two values",
        ),
        (
            r#"odds_ratio = [{ lists = ["opvang", "bijstand"], vlaue = 1.5 }]"#,
            "did you mean `value`",
        ),
    ] {
        let message = with(keys).unwrap_err().to_string();
        assert!(message.contains(part), "{keys}: {message}");
    }
    assert!(refused("seed = 20260101", "search = \"forward\"").contains("without covariates"));
    // Of three lists a forced pair is estimated, and so cannot be held; of two it is not.
    let both = STUDY.replace("seed = 20260101", held);
    assert!(Study::parse(&both).is_ok());
    let third = "[[source]]\n list = \"reclassering\"\n layout = \"register/reclassering\"\n files = \"r.csv\"\n\n    [strata]";
    let message = Study::parse(&both.replace("[strata]", third))
        .unwrap_err()
        .to_string();
    assert!(message.contains("keep one of them"), "{message}");
}

#[test]
fn mistakes_are_named_with_a_way_out() {
    let message = refused("depends = [", "depend = [");
    assert!(
        message.contains("line") && message.contains("did you mean `depends`"),
        "{message}"
    );
    assert!(refused("[\"bijstand\"]", "[\"bijstnad\"]").contains("did you mean `bijstand`"));
    assert!(refused("2026-01-01", "\"1-1-2026\"").contains("write it as 2026-01-01"));
    assert!(refused("[2, 3]", "[2, 9]").contains("1–7"));
    assert!(refused("\"g4\"", "\"g5\"").contains("did you mean `g4`"));
    assert!(refused("\"honest\"", "\"count-day\"").contains("unknown variant"));
    assert!(refused("base = 5", "base = 0").contains("base"));
    assert!(
        refused("base = 5", "base = 5, unbiased = true")
            .contains("`method = \"controlled-rounding\"` only")
    );
    assert!(refused("[18, 27, 50, 65]", "[18]").contains("cut points"));
}
