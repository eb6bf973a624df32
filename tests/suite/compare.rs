//! `ethos compare`: parts that add up to the published change, what cannot be told apart, breaks,
//! figures that contradict each other.

use std::path::{Path, PathBuf};

use serde_json::Value;

use super::support::{Ran, arg, copy, ethos, flat, folder, quick_study, read, swap, world, write};

const REFUSED: i32 = 5;
const FINDINGS: i32 = 1;
const USAGE: i32 = 2;

/// Runs a study of the shared country, changed, into a folder.
fn run(dir: &Path, name: &str, change: impl Fn(&str) -> String) -> (PathBuf, PathBuf) {
    let world = world();
    let country = dir.join("country");
    if !country.exists() {
        copy(&world.country, &country);
    }
    let study = country.join(format!("{name}.toml"));
    write(&study, change(&quick_study(&world.country)));
    let out = dir.join(name);
    ethos(&["run", "--quiet", arg(&study), "--out", arg(&out)]).exits(0);
    (study, out)
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

/// The keys and whole persons of the parts, which have to add up to the published change.
fn parts(found: &Value) -> Vec<(Vec<String>, i64)> {
    let lines = found["lines"].as_array().unwrap();
    let change = found["change"]["value"].as_i64().unwrap();
    let persons: i64 = lines
        .iter()
        .map(|line| line["persons"].as_i64().unwrap())
        .sum();
    assert_eq!(persons, change, "whole persons add up");
    let exact: f64 = lines.iter().map(|line| number(&line["change"])).sum();
    assert!(
        (exact - change as f64).abs() < 1e-6,
        "{exact} is not {change}"
    );
    lines
        .iter()
        .map(|line| {
            let of = line["of"].as_array().unwrap();
            let of = of.iter().map(|factor| factor.as_str().unwrap().to_owned());
            (of.collect(), line["persons"].as_i64().unwrap())
        })
        .collect()
}

fn one(factor: &str) -> Vec<String> {
    vec![factor.to_owned()]
}

/// Another model, in a release that says that it revises.
fn fixed(study: &str) -> String {
    let model = "preset = \"honest\"\nmodel = \"[12,13]\"";
    revised(&swap(study, "preset = \"honest\"", model))
}

fn revised(study: &str) -> String {
    swap(
        study,
        "language = \"en\"",
        "language = \"en\"\nstatus = \"revised\"",
    )
}

fn compare(before: &Path, after: &Path, more: &[&str]) -> Ran {
    let mut all = vec!["compare", arg(before), arg(after), "--replicates", "0"];
    all.extend(more);
    ethos(&all)
}

#[test]
fn a_method_alone_explains_what_it_changes() {
    let folder = folder();
    let (_, fixed) = run(folder.path(), "fixed", fixed);
    let before = &world().out;
    let json = ["--format", "json"];
    let found = compare(before, &fixed, &json).exits(0).json();
    assert_eq!(found["schema"], "ethos-compare/2");
    let parts = parts(&found);
    assert_eq!(parts[0], (one("data"), 0));
    assert_eq!(parts[1], (one("scope"), 0));
    assert_eq!(parts[2].0, one("method"));
    let computed = number(&found["after"]["computed"]) - number(&found["before"]["computed"]);
    assert!((number(&found["lines"][2]["change"]) - computed).abs() < 1e-9);
    let keys: Vec<&str> = found["differences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    assert_eq!(keys, ["estimate.model"]);
    // The other way round the sign turns; and now a final release contradicts a revised one.
    let back = compare(&fixed, before, &json).exits(FINDINGS).json();
    assert!((number(&back["lines"][2]["change"]) + computed).abs() < 1e-9);
}

#[test]
fn a_scope_is_told_apart_only_by_counting_again() {
    let folder = folder();
    let narrow = |study: &str| revised(&swap(study, "ages = \"18-64\"", "ages = \"27-64\""));
    let (study, out) = run(folder.path(), "narrow", narrow);
    let before = &world().out;
    let quick = study.with_file_name("quick.toml");
    let json = ["--format", "json"];
    let studies = ["--study-before", arg(&quick), "--study-after", arg(&study)];
    let apart = compare(before, &out, &[&json[..], &studies].concat());
    let found = parts(&apart.exits(0).json());
    let of: Vec<&Vec<String>> = found.iter().map(|part| &part.0).collect();
    assert_eq!(of[..3], [&one("data"), &one("scope"), &one("method")]);
    assert_eq!(
        (found[0].1, found[2].1),
        (0, 0),
        "files and method are the same"
    );
    assert!(found[1].1 < 0, "fewer people are spoken of");
    let together = compare(before, &out, &json).exits(0).json();
    assert_eq!(parts(&together)[0].0, ["data", "scope"]);
    let notes = together["notes"].to_string();
    assert!(notes.contains("--study-before"), "{notes}");
}

#[test]
fn two_years_of_a_run_differ_in_their_data() {
    let out = arg(&world().out);
    let json = ethos(&["compare", out, "--replicates", "20", "--format", "json"]);
    let found = json.exits(0).json();
    let parts = parts(&found);
    assert_eq!(parts[1], (one("scope"), 0));
    assert_eq!(parts[2], (one("method"), 0));
    let data = &found["lines"][0];
    if found["replicates"].as_u64().unwrap() >= 20 {
        assert!(number(&data["lower"]) < number(&data["upper"]));
    }
    assert_eq!(found["before"]["date"], "2025-01-01");
    let ask = ["compare", out, "--replicates", "0", "--lang", "en"];
    let text = ethos(&ask).exits(0).stdout;
    for words in [
        "INTERNAL",
        "Published change",
        "by data",
        "by rounding",
        "what rounding leaves open",
    ] {
        assert!(text.contains(words), "{words} is not in:\n{text}");
    }
    let csv = ethos(&["compare", out, "--replicates", "0", "--format", "csv"]).exits(0);
    assert!(csv.stdout.contains("\npart,rounding,"), "{}", csv.stdout);
    let counts = found["counts"].as_array().unwrap();
    // The threshold rounds to the nearest 5: two figures leave four open either way.
    let mut spans = 0;
    for change in counts.iter().map(|count| &count["change"]) {
        if let (Some(value), Some(lower)) = (change["value"].as_i64(), change["lower"].as_i64()) {
            assert_eq!(change["upper"].as_i64(), Some(value + 4), "{change}");
            assert_eq!(lower, value - 4, "{change}");
            spans += 1;
        }
    }
    assert!(spans > 0, "{counts:?}");
    let mut minima = 0;
    for row in csv.stdout.lines().skip(1).filter(|row| !row.contains('"')) {
        let cells: Vec<&str> = row.split(',').collect();
        assert_eq!(cells.len(), 9, "{row}");
        for at in [2, 4, 6, 7, 8] {
            let number = cells[at].is_empty() || cells[at].parse::<f64>().is_ok();
            assert!(number, "{} in {row}", cells[at]);
        }
        minima += usize::from(cells[3] == "partial" && !cells[2].is_empty());
    }
    assert!(minima > 0, "{}", csv.stdout);
}

#[test]
fn a_break_stops_and_a_contradiction_is_told() {
    let folder = folder();
    let settled = |study: &str| swap(&fixed(study), "status = \"revised\"", "status = \"final\"");
    let (_, changed) = run(folder.path(), "changed", settled);
    let before = &world().out;
    let english = ["--lang", "en"];
    // The same dates, other figures, and nothing says that they are revised.
    let said = flat(&compare(before, &changed, &english).exits(FINDINGS).stdout);
    let warnings = said.matches("does not say that it revises").count();
    assert_eq!(warnings, 1, "one for all dates: {said}");

    let study = changed.join("internal/study.toml");
    let text = swap(&read(&study), "status = \"final\"", "status = \"revised\"");
    write(&study, &text);
    let said = compare(before, &changed, &english).exits(0).stdout;
    assert!(said.contains("[r]"), "{said}");

    let note = "nl = \"ander register\"\nen = \"another register\"";
    write(
        &study,
        format!("{text}\n[[publish.break]]\nfrom = \"2025-06-01\"\n{note}\n"),
    );
    let dates = ["--lang", "en", "--dates", "2025-01-01,2026-01-01"];
    compare(before, &changed, &dates)
        .exits(REFUSED)
        .says("another register");
    let across = [&dates[..], &["--across-break"]].concat();
    let said = flat(&compare(before, &changed, &across).exits(0).stdout);
    assert!(
        said.contains("Break in the series from 1 June 2025"),
        "{said}"
    );

    ethos(&["compare", arg(folder.path())])
        .exits(3)
        .says("a run is the folder");
    let dates = ["--dates", "2019-01-01,2026-01-01"];
    compare(before, &changed, &dates)
        .exits(USAGE)
        .says("no reference date 2019-01-01");
}
