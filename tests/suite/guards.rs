//! What protects people from their own commands: inputs are never swallowed, edits are never
//! discarded, and data that do not speak of a day give no figure for it.

use std::fs;

use super::support::{
    World, arg, copy, ethos, files, folder, quick_study, read, rows, swap, world, write,
};

#[test]
fn no_output_replaces_the_study_it_is_made_from() {
    let folder = folder();
    let country = folder.path().join("country");
    copy(&world().country, &country);
    let before = files(&country);
    ethos(&["run", arg(&country), "--out", arg(&country)])
        .exits(2)
        .says("choose another `--out`");
    let study = country.join("study.toml");
    ethos(&["ingest", arg(&study), "--out", arg(&country)])
        .exits(2)
        .says("choose another `--out`");
    assert!(files(&country) == before, "the country changed");
}

#[test]
fn publishing_does_not_replace_the_run_it_reads() {
    let folder = folder();
    let World { country, out, .. } = world();
    let run = folder.path().join("out");
    copy(out, &run);
    let before = files(&run);
    let study = country.join("study.toml");
    let from = run.join("internal");
    ethos(&[
        "publish",
        arg(&study),
        "--from",
        arg(&from),
        "--out",
        arg(&run),
    ])
    .exits(2)
    .says("choose another --out");
    assert!(files(&run) == before, "the run changed");
}

#[test]
fn a_country_changed_by_hand_is_kept() {
    let folder = folder();
    let country = folder.path().join("country");
    let small = ["--scale", "0.01", "--years", "2026"];
    let simulate = || {
        let mut arguments = vec!["simulate", arg(&country)];
        arguments.extend(small);
        ethos(&arguments)
    };
    simulate().exits(0);
    simulate().exits(0);
    let study = country.join("study.toml");
    write(&study, read(&study) + "\n# mine\n");
    simulate().exits(2).says("study.toml was changed by hand");
    assert!(read(&study).ends_with("# mine\n"));
}

#[test]
fn a_folder_without_files_is_not_in_order() {
    let folder = folder();
    ethos(&["check", arg(folder.path())])
        .exits(3)
        .says("staat geen bestand dat een levering kan zijn");
}

#[test]
fn nobody_asks_for_thousands_of_threads() {
    ethos(&["layouts", "--threads", "5000"])
        .exits(2)
        .says("--threads 5000 is more than 256");
}

/// The registers were drawn before the date: the shelters' list alone is left, nothing can be
/// estimated, and the counts are there all the same.
#[test]
fn registers_that_end_before_the_date_give_no_estimate() {
    let folder = folder();
    let country = folder.path().join("country");
    copy(&world().country, &country);
    let study = quick_study(&country);
    let drawn = study
        .lines()
        .find(|line| line.starts_with("as_of"))
        .expect("a register's day")
        .to_owned();
    let day = drawn.split_whitespace().nth(2).expect("a day");
    let study = study.replace(&format!("as_of = {day}"), "as_of = 2025-06-01");
    let path = country.join("late.toml");
    write(&path, &study);
    let out = folder.path().join("out");
    let ran = ethos(&["run", arg(&path), "--out", arg(&out)]).exits(5);
    ran.says("bijstand");
    let cube = rows(&out.join("internal/cube.csv"));
    let told: Vec<_> = cube
        .iter()
        .filter(|row| {
            row["time"] == "2026-01-01"
                && row["table"] == "national_estimate"
                && row["measure"] == "estimated"
        })
        .collect();
    assert!(!told.is_empty() && told.iter().all(|row| row["status"] == "not_estimable"));
    assert!(
        cube.iter()
            .any(|row| row["table"] == "municipal_category" && row["status"] == "seen")
    );
}

#[test]
fn a_release_without_protection_says_so() {
    let folder = folder();
    let country = folder.path().join("country");
    copy(&world().country, &country);
    let study = swap(
        &quick_study(&country),
        "base = 5, threshold = 10",
        "base = 1, threshold = 1",
    );
    let path = country.join("raw.toml");
    write(&path, &study);
    let out = folder.path().join("out");
    ethos(&["run", arg(&path), "--out", arg(&out)])
        .exits(0)
        .says("Not protected");
    assert!(
        fs::read_to_string(out.join("release/report.html"))
            .expect("a report")
            .contains("Not protected")
    );
}
