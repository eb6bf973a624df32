//! The published tables and their answers, through `ethos estimate`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use super::support::{ethos, published, repository, rows};

fn estimate(dataset: &str, options: &[&str]) -> Value {
    let file = published(dataset);
    let mut arguments = vec!["estimate", &file, "--format", "json", "--quiet"];
    arguments.extend(options);
    ethos(&arguments).exits(0).json()
}

#[track_caller]
fn near(value: &Value, expected: f64, tolerance: f64) {
    let value = value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"));
    assert!(
        (value - expected).abs() <= tolerance,
        "{value} is not within {tolerance} of {expected}"
    );
}

/// The limits exp(log n₀ ± 2 se) that Dávid and Snijders printed.
fn two_errors(answer: &Value) -> (f64, f64) {
    let unseen = answer["unobserved"]["estimate"].as_f64().unwrap();
    let se = answer["unobserved"]["se_log"].as_f64().unwrap();
    (unseen * (-2.0 * se).exp(), unseen * (2.0 * se).exp())
}

#[test]
fn budapest_1996_as_published() {
    let answer = estimate("budapest-1996", &["--model", "[12,13,23]"]);
    assert_eq!(answer["schema"], "ethos-estimate/1");
    assert_eq!(answer["observed"], 2606);
    near(&answer["unobserved"]["estimate"], 3913.0, 0.5);
    near(&answer["population"]["estimate"], 6518.95, 0.01);
    // Published rounded from rounded figures: 1,605 and 9,545.
    let (low, high) = two_errors(&answer);
    assert!((low - 1604.5).abs() < 0.1, "{low}");
    assert!((high - 9542.7).abs() < 0.1, "{high}");
}

#[test]
fn budapest_1996_to_1998_as_published() {
    let answer = estimate("budapest-1996-1998", &["--model", "[12,13,23]"]);
    assert_eq!(answer["observed"], 4614);
    near(&answer["unobserved"]["estimate"], 12345.0, 0.5);
    let (low, high) = two_errors(&answer);
    assert!((low - 8654.0).abs() < 2.0, "{low}");
    assert!((high - 17610.0).abs() < 2.0, "{high}");
}

/// Answers of methods that the command does not have. Each is named, so that a new kind of answer
/// fails here until somebody decides about it.
const OTHER_METHODS: [&str; 2] = ["bca_population", "posterior_population"];

/// Data sets that are no capture table; repeated contacts have a test of their own.
const OTHER_DATA: [&str; 2] = ["dutch-police-contacts-1995", "cbs-dakloos-2009-2024"];

/// Models that are a method in words, by the words they begin with.
const OTHER_MODELS: [&str; 2] = ["sample coverage", "stepwise at p <"];

/// A tolerance of the table: a number, or one relative to the answer.
fn tolerance(text: &str, answer: f64) -> f64 {
    match text.strip_suffix(" relative") {
        Some(share) => share.parse::<f64>().unwrap() * answer.abs(),
        None => text
            .parse()
            .unwrap_or_else(|_| panic!("tolerance `{text}`")),
    }
}

/// One model's figures by the names that `answers.csv` gives them.
fn figures(answer: &Value) -> BTreeMap<&'static str, f64> {
    let model = &answer["model"];
    let all = [
        ("population", &answer["population"]["estimate"]),
        ("se", &answer["population"]["se"]),
        ("unobserved", &answer["unobserved"]["estimate"]),
        ("se_log_unobserved", &answer["unobserved"]["se_log"]),
        ("deviance", &model["deviance"]),
        ("log_likelihood", &model["log_likelihood"]),
        ("aic", &model["aic"]),
        ("bic", &model["bic"]),
    ];
    all.into_iter()
        .filter_map(|(name, value)| Some((name, value.as_f64()?)))
        .collect()
}

/// The limits of the profile likelihood; its maximum, a whole number of people, is not reported.
fn profile_limits(row: &BTreeMap<String, String>) -> Vec<String> {
    assert_eq!(row["tolerance"], "1 person");
    let options = ["--model", &row["model"], "--interval", "profile"];
    let answer = estimate(&row["dataset"], &options);
    let limits = [("lower", "low"), ("upper", "high")];
    let apart = limits.into_iter().filter_map(|(ours, theirs)| {
        let found = answer["population"][ours].as_f64();
        let expected: f64 = row[theirs].parse().unwrap();
        let near = found.is_some_and(|found| (found - expected).abs() <= 1.0);
        (!near).then(|| format!("{row:?}: {ours} is {found:?}"))
    });
    apart.collect()
}

#[test]
fn every_published_answer_of_a_log_linear_model() {
    let answers = rows(&repository().join("data/published/answers.csv"));
    let mut fitted: BTreeMap<(String, String), BTreeMap<&str, f64>> = BTreeMap::new();
    let (mut compared, mut datasets) = (0, BTreeSet::new());
    let mut wrong = Vec::new();
    for row in &answers {
        let [dataset, quantity, model] = ["dataset", "quantity", "model"].map(|name| &row[name]);
        if OTHER_DATA.contains(&dataset.as_str())
            || OTHER_METHODS.contains(&quantity.as_str())
            || OTHER_MODELS.iter().any(|words| model.starts_with(words))
        {
            continue;
        }
        assert!(
            model.starts_with('['),
            "a method nobody decided about: {row:?}"
        );
        if quantity == "profile_population" {
            wrong.extend(profile_limits(row));
            compared += 2;
            continue;
        }
        let figures = fitted
            .entry((dataset.clone(), model.clone()))
            .or_insert_with(|| {
                figures(&estimate(
                    dataset,
                    &["--model", model, "--interval", "delta"],
                ))
            });
        let expected: f64 = row["estimate"].parse().unwrap();
        let Some(found) = figures.get(quantity.as_str()) else {
            panic!("a quantity nobody decided about: {row:?}");
        };
        if (found - expected).abs() > tolerance(&row["tolerance"], expected) {
            wrong.push(format!(
                "{dataset} {model} {quantity}: {found}, not {expected}"
            ));
        }
        compared += 1;
        datasets.insert(dataset.clone());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The table as it is today; a shorter one would test less without saying so.
    assert!(compared >= 240, "{compared} answers compared");
    assert_eq!(datasets.len(), 6, "{datasets:?}");
}

/// The options of an estimator in words, `zero-truncated Poisson, sex + age`; closed forms stand
/// beside any.
fn repeated_options(model: &str) -> (&'static str, String) {
    let (words, formula) = model.split_once(", ").unwrap_or((model, "no covariates"));
    let formula = match formula {
        "no covariates" => "1",
        other => other,
    };
    match words {
        _ if matches!(formula, "bias-corrected" | "modified") => ("ztpoisson", "1".into()),
        "zero-truncated Poisson" => ("ztpoisson", formula.into()),
        "zero-one-truncated Poisson" => ("zotpoisson", formula.into()),
        "Chao lower bound" => ("chao", formula.into()),
        "Zelterman" => ("zelterman", formula.into()),
        _ => panic!("a method nobody decided about: {model}"),
    }
}

/// The figure of a row, and its limits.
fn repeated_figure(answer: &Value, quantity: &str, row: &BTreeMap<String, String>) -> [Value; 3] {
    let none = || [Value::Null, Value::Null];
    let with = |value: &Value, [low, high]: [Value; 2]| [value.clone(), low, high];
    let ends = |object: &Value| [object["lower"].clone(), object["upper"].clone()];
    let listed = |list: &str, key: &str, name: &str| {
        let list = answer[list].as_array().unwrap();
        let found = list.iter().find(|entry| entry[key] == name);
        found
            .unwrap_or_else(|| panic!("no {name}: {row:?}"))
            .clone()
    };
    if let Some((_, form)) = row["model"].split_once("Chao, ") {
        let estimator = listed("estimators", "estimator", &format!("chao-{form}"));
        return with(&estimator["estimate"], none());
    }
    if let Some(level) = quantity.strip_prefix("margin ") {
        let (name, level) = level.split_once('=').unwrap();
        let strata = answer["strata"].as_array().unwrap();
        let found = strata
            .iter()
            .find(|s| s["by"].as_object().unwrap().len() == 1 && s["by"][name] == level);
        let found = found.unwrap_or_else(|| panic!("no {level}: {row:?}"));
        return with(&found["estimate"], ends(found));
    }
    if let Some(name) = quantity.strip_prefix("coefficient ") {
        let all = answer["model"]["coefficients"].as_array().unwrap();
        let found = all.iter().find(|c| c["term"] == name);
        return with(
            &found.unwrap_or_else(|| panic!("no {name}: {row:?}"))["estimate"],
            none(),
        );
    }
    match quantity {
        "population" if row["note"].contains("log-normal") => with(
            &answer["population"]["estimate"],
            ends(&answer["population"]),
        ),
        "population" if row["note"].contains("normal interval") => {
            let estimators = answer["estimators"].as_array().unwrap();
            let found = estimators.iter().find(|e| {
                e["estimator"] == answer["family"] && e["formula"] == answer["model"]["formula"]
            });
            with(
                &answer["population"]["estimate"],
                ends(&found.unwrap()["normal"]),
            )
        }
        "population" => with(&answer["population"]["estimate"], none()),
        "se" => with(&answer["population"]["se"], none()),
        "log_likelihood" | "aic" | "bic" => with(&answer["model"][quantity], none()),
        _ => panic!("a quantity nobody decided about: {row:?}"),
    }
}

#[test]
fn every_published_answer_of_repeated_contacts() {
    let dataset = "dutch-police-contacts-1995";
    let mut answers: BTreeMap<(&str, String), Value> = BTreeMap::new();
    let (mut compared, mut wrong) = (0, Vec::new());
    for row in rows(&repository().join("data/published/answers.csv")) {
        if row["dataset"] != dataset {
            continue;
        }
        let (family, formula) = repeated_options(&row["model"]);
        let options = [
            "--repeated",
            "contacts",
            "--strata",
            "sex,age,nation,reason",
            "--family",
            family,
            "--model",
            &formula,
        ];
        let answer = answers
            .entry((family, formula.clone()))
            .or_insert_with(|| estimate(dataset, &options));
        let found = repeated_figure(answer, &row["quantity"], &row);
        for (name, found) in ["estimate", "low", "high"].into_iter().zip(found) {
            if row[name].is_empty() {
                continue;
            }
            let expected: f64 = row[name].parse().unwrap();
            let off = found.as_f64().map(|found| (found - expected).abs());
            if off.is_none_or(|off| off > tolerance(&row["tolerance"], expected)) {
                wrong.push(format!("{row:?}: {name} is {found}"));
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // The table as it is today; a shorter one would test less without saying so.
    assert!(compared >= 150, "{compared} answers compared");
}

/// `--search all` lists every hierarchical model with the figures that a fit of it alone has.
#[test]
fn all_models_of_a_search_agree_with_their_single_fits() {
    for (dataset, count) in [("budapest-1996", 8), ("korea", 8), ("kosovo", 113)] {
        let options = ["--search", "all", "--replicates", "2", "--no-reselect"];
        let search = estimate(dataset, &options);
        let models = search["models"].as_array().unwrap();
        assert_eq!(models.len(), count, "{dataset}");
        let by_name: BTreeMap<&str, &Value> = models
            .iter()
            .map(|model| (model["notation"].as_str().unwrap(), model))
            .collect();
        assert_eq!(by_name.len(), count, "{dataset}: a notation occurs twice");
        for row in rows(&repository().join("data/published/answers.csv")) {
            let name = match row["quantity"].as_str() {
                "population" => "estimate",
                name @ ("se" | "deviance" | "aic" | "bic") => name,
                _ => continue,
            };
            if row["dataset"] != dataset || !row["model"].starts_with('[') {
                continue;
            }
            let model = by_name.get(row["model"].as_str());
            let model = model.unwrap_or_else(|| panic!("{dataset} has no {}", row["model"]));
            let expected: f64 = row["estimate"].parse().unwrap();
            near(
                &model[name],
                expected,
                tolerance(&row["tolerance"], expected),
            );
        }
    }
}

/// The best model by BIC has weight over the models that exist, and the weights add up to 1.
#[test]
fn weights_add_up_over_the_models_that_exist() {
    let search = estimate("kosovo", &["--search", "all", "--interval", "delta"]);
    let models = search["models"].as_array().unwrap();
    let weight = |model: &Value| model["weight"].as_f64();
    let sum: f64 = models.iter().filter_map(weight).sum();
    assert!((sum - 1.0).abs() < 1e-9, "{sum}");
    for model in models {
        let usable = model["exists"] == true && model["identifiable"] == true;
        assert!(
            usable || weight(model).is_none_or(|weight| weight == 0.0),
            "{model}"
        );
        assert!(usable || model["estimate"].is_null(), "{model}");
    }
    let best = models
        .iter()
        .filter_map(|model| Some((model["bic"].as_f64()?, model["notation"].as_str()?)))
        .filter(|(_, name)| {
            models
                .iter()
                .any(|m| m["notation"] == *name && weight(m) > Some(0.0))
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .unwrap();
    assert_eq!(search["model"]["notation"], best.1);
}

#[test]
fn the_tables_are_those_of_their_readme() {
    let persons = [
        ("budapest-1996", 2606),
        ("budapest-1996-1998", 4614),
        ("rome-hiv", 1896),
        ("kosovo", 4400),
        ("korea", 123),
        ("uk-2013-five-lists", 2744),
    ];
    for (dataset, persons) in persons {
        let path = repository().join(Path::new(&published(dataset)));
        let sum: u64 = rows(&path)
            .iter()
            .map(|row| row["count"].parse::<u64>().unwrap())
            .sum();
        assert_eq!(sum, persons, "{dataset}");
    }
}
