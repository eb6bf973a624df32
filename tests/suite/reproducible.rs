//! The same inputs give the same bytes: on any number of threads, today and tomorrow, in one run
//! or step by step.

use std::collections::BTreeMap;
use std::path::Path;

use super::support::{
    arg, ethos, files, folder, published, quick_study, read, rows, swap, world, write,
};

/// What may differ between two runs: it holds the clock, the threads and the place.
const LOG: &str = "run.log";

/// The list of an output's own files, the line of the log apart.
fn listed(marker: &[u8]) -> String {
    let text = String::from_utf8_lossy(marker);
    let lines = text.lines().filter(|line| !line.ends_with(LOG));
    lines.collect::<Vec<_>>().join("\n")
}

/// Checks that two folders hold the same files with the same bytes, the log apart.
#[track_caller]
fn identical(left: &Path, right: &Path) {
    let (mut left, mut right) = (files(left), files(right));
    assert_eq!(left.remove(LOG).is_some(), right.remove(LOG).is_some());
    assert_eq!(
        left.keys().collect::<Vec<_>>(),
        right.keys().collect::<Vec<_>>()
    );
    let marker = ".ethos-output";
    assert_eq!(
        left.remove(marker).map(|marker| listed(&marker)),
        right.get(marker).map(|marker| listed(marker))
    );
    let differ: Vec<&String> = left
        .iter()
        .filter(|(name, bytes)| right[*name] != **bytes)
        .map(|(name, _)| name)
        .collect();
    assert!(differ.is_empty(), "{differ:?} differ");
}

fn run(study: &Path, out: &Path, options: &[&str]) {
    ethos(&[&["run", arg(study), "--quiet", "--out", arg(out)], options].concat()).exits(0);
}

#[test]
fn threads_and_reruns_change_no_byte() {
    let world = world();
    let folder = folder();
    for (study, shared) in [("quick.toml", &world.out), ("telling.toml", &world.telling)] {
        let study = world.country.join(study);
        let out = folder.path().join("out");
        for threads in ["1", "2"] {
            // Each run replaces the one before.
            run(&study, &out, &["--threads", threads]);
            identical(shared, &out);
        }
    }
}

/// Where a study lies and is written to leaves no trace.
#[test]
fn places_change_no_byte() {
    let world = world();
    let folder = folder();
    let elsewhere = folder.path().join("een andere map");
    super::support::copy(&world.country, &elsewhere);
    let out = folder.path().join("uit");
    run(&elsewhere.join("quick.toml"), &out, &[]);
    identical(&world.out, &out);
    for (name, bytes) in files(&out) {
        let found = String::from_utf8_lossy(&bytes).contains(arg(folder.path()));
        assert!(!found || name == LOG, "{name} holds the path of the run");
    }
}

/// Another seed draws other replicates: same counts, other limits.
#[test]
fn another_seed_changes_the_interval_and_no_count() {
    let world = world();
    let folder = folder();
    let out = folder.path().join("out");
    run(&world.country.join("quick.toml"), &out, &["--seed", "7"]);
    let estimates = |out: &Path| rows(&out.join("internal/estimates.csv"));
    let (ours, theirs) = (estimates(&world.out), estimates(&out));
    assert_eq!(ours.len(), theirs.len());
    let column = |rows: &[BTreeMap<String, String>], name: &str| -> Vec<String> {
        rows.iter().map(|row| row[name].clone()).collect()
    };
    for same in ["observed", "estimate", "model"] {
        assert_eq!(column(&ours, same), column(&theirs, same), "{same}");
    }
    assert_ne!(column(&ours, "lower"), column(&theirs, "lower"));
    let captures = |out: &Path| read(&out.join("internal/captures.csv"));
    assert_eq!(captures(&world.out), captures(&out));
    let manifest: serde_json::Value =
        serde_json::from_str(&read(&out.join("internal/manifest.json"))).unwrap();
    assert_eq!(manifest["seed"], 7);
}

/// Ingest, link, count, estimate and publish one by one give what `run` gives.
#[test]
fn the_steps_are_the_run() {
    let world = world();
    let folder = folder();
    let study = world.country.join("quick.toml");
    let steps = folder.path().join("steps");
    ethos(&["ingest", arg(&study), "--out", arg(&steps)]).exits(0);
    ethos(&["link", arg(&steps)]).exits(0);
    ethos(&["count", arg(&study), "--from", arg(&steps)]).exits(0);
    let internal = world.out.join("internal");
    for same in [
        "captures.csv",
        "deliveries.json",
        "findings.csv",
        "ledger.json",
    ] {
        assert_eq!(
            read(&steps.join(same)),
            read(&internal.join(same)),
            "{same}"
        );
    }
    // The cube of the run has the estimates too; the figures that were counted come first.
    let (counted, whole) = (
        read(&steps.join("cube.csv")),
        read(&internal.join("cube.csv")),
    );
    assert!(whole.starts_with(&counted));
    let rest = &whole[counted.len()..];
    assert!(
        rest.lines()
            .all(|line| line.starts_with("national_estimate,"))
    );

    let out = folder.path().join("published");
    let publish = |study: &Path, from: &Path| {
        ethos(&[
            "publish",
            arg(study),
            "--from",
            arg(from),
            "--out",
            arg(&out),
        ])
        .exits(0);
        files(&out.join("release"))
    };
    let again = publish(&study, &internal);
    let release = files(&world.out.join("release"));
    assert_eq!(
        again.keys().collect::<Vec<_>>(),
        release.keys().collect::<Vec<_>>()
    );
    for (name, bytes) in release.iter().filter(|(name, _)| name.starts_with("csv/")) {
        assert!(again[name] == *bytes, "{name} differs when published again");
    }
    // Repeating a step on the same folder changes nothing.
    let before = files(&steps);
    ethos(&["link", arg(&steps)]).exits(0);
    ethos(&["count", arg(&study), "--from", arg(&steps)]).exits(0);
    assert!(files(&steps) == before);
}

/// The capture table that a run leaves gives a researcher the estimate of the run.
#[test]
fn a_researcher_finds_the_estimate_of_the_run() {
    let world = world();
    let table = world.out.join("internal/captures.csv");
    let options = [
        "--strata",
        "sex,region",
        "--date",
        "2026-01-01",
        "--replicates",
        "40",
    ];
    let options = [&options[..], &["--seed", "20260101", "--format", "json"]].concat();
    let answer = ethos(&[&["estimate", arg(&table)], &options[..]].concat())
        .exits(0)
        .json();
    let study: serde_json::Value =
        serde_json::from_str(&read(&world.out.join("internal/estimate-2026-01-01.json"))).unwrap();
    assert_eq!(answer["model"]["notation"], study["model"]["notation"]);
    // The order of the levels may differ, and with it the last digits.
    let estimate = |answer: &serde_json::Value| answer["population"]["estimate"].as_f64().unwrap();
    let apart = (estimate(&answer) / estimate(&study) - 1.0).abs();
    assert!(apart < 1e-9, "{apart}");
    assert_eq!(answer["observed"], study["observed"]);
}

#[test]
fn estimates_are_the_same_on_any_number_of_threads() {
    for (dataset, options) in [
        (
            "budapest-1996",
            &["--search", "exact", "--replicates", "500"][..],
        ),
        (
            "kosovo",
            &["--search", "exact", "--replicates", "100", "--average"],
        ),
        (
            "uk-2013-five-lists",
            &["--search", "stepwise", "--replicates", "50"],
        ),
        (
            "korea",
            &[
                "--interval",
                "parametric",
                "--replicates",
                "300",
                "--reselect",
            ],
        ),
        (
            "rome-hiv",
            &[
                "--model",
                "[12,13,4]",
                "--interval",
                "nonparametric",
                "--replicates",
                "300",
            ],
        ),
    ] {
        let file = published(dataset);
        let answers = ["1", "2", "3"].map(|threads| {
            let base = ["estimate", &file, "--format", "json", "--threads", threads];
            ethos(&[&base[..], options].concat()).exits(0).stdout
        });
        assert_eq!(answers[0], answers[1], "{dataset}");
        assert_eq!(answers[0], answers[2], "{dataset}");
        let base = ["estimate", &file, "--format", "json", "--seed", "5"];
        let other = ethos(&[&base[..], options].concat()).exits(0).stdout;
        assert_ne!(answers[0], other, "{dataset}: another seed, other limits");
    }
}

#[test]
fn a_country_follows_from_its_seed() {
    let folder = folder();
    let make = |name: &str, options: &[&str]| {
        let dir = folder.path().join(name);
        let base = [
            "simulate",
            "--quiet",
            "--scale",
            "0.01",
            "--years",
            "2025",
            arg(&dir),
        ];
        ethos(&[&base[..], options].concat()).exits(0);
        files(&dir)
    };
    let first = make("a", &["--threads", "1"]);
    assert!(
        first == make("b", &["--threads", "2"]),
        "threads change the country"
    );
    let other = make("c", &["--seed", "3"]);
    assert!(first["registers/personen.csv"] != other["registers/personen.csv"]);
    assert!(first["simulatie.key"] != other["simulatie.key"]);
}

/// The key decides the tokens and nothing that is counted.
#[test]
fn another_key_gives_the_same_figures() {
    let world = world();
    let folder = folder();
    let country = folder.path().join("country");
    super::support::copy(&world.country, &country);
    let keys = folder.path().join("keys");
    ethos(&["init", "--dir", arg(&keys), "--series", "simulatie"]).exits(0);
    std::fs::copy(keys.join("simulatie.key"), country.join("other.key")).unwrap();
    let study = country.join("other.toml");
    write(
        &study,
        swap(&quick_study(&country), "simulatie.key", "other.key"),
    );
    let out = folder.path().join("out");
    run(&study, &out, &[]);
    for same in [
        "captures.csv",
        "cube.csv",
        "estimates.csv",
        "ledger.json",
        "findings.csv",
    ] {
        let file = |out: &Path| read(&out.join("internal").join(same));
        assert!(file(&out) == file(&world.out), "{same}");
    }
}

/// Publishing a run's cube again says the same, warnings and all.
#[test]
fn publishing_again_changes_no_byte() {
    let folder = super::support::folder();
    let super::support::World { country, out, .. } = world();
    let again = folder.path().join("again");
    let study = country.join("quick.toml");
    let from = out.join("internal");
    ethos(&[
        "publish",
        arg(&study),
        "--from",
        arg(&from),
        "--out",
        arg(&again),
    ])
    .exits(0);
    assert!(files(&again.join("release")) == files(&out.join("release")));
}
