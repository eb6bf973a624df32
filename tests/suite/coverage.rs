//! A study in which a list cannot see some ages: what it cannot see is blank in the capture table,
//! and the estimate is the one that the table alone gives.

use std::path::Path;

use super::support::{Ran, World, arg, ethos, folder, read, rows, swap, world, write};

const CLEAN: i32 = 0;
const USAGE: i32 = 2;

/// The shared country's study with age bands only, and the benefit closed to those of 50 and over.
fn study() -> String {
    let text = read(&world().country.join("quick.toml"));
    let text = swap(
        &text,
        "[strata]\nsex = true\n",
        "[strata]\nage = [18, 50, 65]\n",
    );
    let text = swap(&text, "region = \"g4\"\n", "");
    let text = swap(&text, "[2024-01-01, 2025-01-01, 2026-01-01]", "2026-01-01");
    let text = swap(&text, "reference_dates", "reference_date");
    swap(&text, "ages = \"18-66\"", "ages = \"18-49\"")
}

fn run(study: &str, out: &Path) -> Ran {
    let World { country, .. } = world();
    // The study lies beside the shared one, since its paths are relative.
    let file = tempfile::Builder::new()
        .prefix("coverage")
        .suffix(".toml")
        .tempfile_in(country)
        .unwrap();
    write(file.path(), study);
    ethos(&["run", arg(file.path()), "--out", arg(out)])
}

#[test]
fn what_a_list_cannot_see_is_no_zero() {
    let folder = folder();
    let out = folder.path().join("out");
    run(&study(), &out).exits(CLEAN).says("50-64");
    let captures = out.join("internal/captures.csv");
    let (mut blind, mut seen) = (0, 0);
    for row in rows(&captures) {
        let blank = row["bijstand"].is_empty();
        assert_eq!(blank, row["age"] == "50-64", "{row:?}");
        assert!(!row["opvang"].is_empty() && !row["reclassering"].is_empty());
        let count: u64 = row["count"].parse().unwrap();
        *if blank { &mut blind } else { &mut seen } += count;
    }
    assert!(blind > 0 && seen > 0);

    // The table gives the same answer to whoever has it alone.
    let of_run: serde_json::Value =
        serde_json::from_str(&read(&out.join("internal/estimate-2026-01-01.json"))).unwrap();
    let alone = ethos(&[
        "estimate",
        arg(&captures),
        "--strata",
        "age",
        "--depends",
        "opvang:bijstand",
        "--replicates",
        "40",
        "--seed",
        "20260101",
        "--format",
        "json",
    ])
    .exits(CLEAN)
    .says("a blank means in a list, that it cannot see these people")
    .json();
    assert_eq!(of_run["observed"].as_f64(), Some((blind + seen) as f64));
    for part in [
        "population",
        "unobserved",
        "strata",
        "model",
        "bootstrap",
        "incomplete",
    ] {
        assert_eq!(of_run[part], alone[part], "{part}");
    }
    assert_eq!(of_run["incomplete"]["lists"][0]["list"], "bijstand");
    let cannot_see = &of_run["incomplete"]["lists"][0]["cannot_see"];
    assert_eq!(cannot_see.as_f64(), Some(blind as f64));

    // Those who publish are told.
    let notes = read(&out.join("internal/notes.txt"));
    assert!(notes.contains("list_blind"), "{notes}");
}

/// Without borrowing those whom two lists can see are Lincoln and Petersen's.
#[test]
fn without_borrowing_the_others_are_a_table_of_their_own() {
    let folder = folder();
    let out = folder.path().join("out");
    let text = swap(
        &study(),
        "replicates = 40",
        "model = \"[12,3]\"\ninterval = \"delta\"\nno_borrow = true",
    );
    run(&text, &out).exits(CLEAN);
    let (mut shelter, mut probation, mut both) = (0.0, 0.0, 0.0);
    for row in rows(&out.join("internal/captures.csv")) {
        if row["age"] == "50-64" {
            let count: f64 = row["count"].parse().unwrap();
            let on = |list: &str| f64::from(u8::from(row[list] == "1"));
            shelter += on("opvang") * count;
            probation += on("reclassering") * count;
            both += on("opvang") * on("reclassering") * count;
        }
    }
    let answer: serde_json::Value =
        serde_json::from_str(&read(&out.join("internal/estimate-2026-01-01.json"))).unwrap();
    let strata = answer["strata"].as_array().unwrap();
    let old = strata.iter().find(|s| s["by"]["age"] == "50-64").unwrap();
    let estimate = old["estimate"].as_f64().unwrap();
    let lincoln = shelter * probation / both;
    assert!(
        (estimate / lincoln - 1.0).abs() < 1e-8,
        "{estimate} {lincoln}"
    );
    assert_eq!(answer["incomplete"]["coverage"], "no-borrow");
}

#[test]
fn coverage_that_the_strata_do_not_tell_is_refused_with_the_cut() {
    let folder = folder();
    let out = folder.path().join("out");
    let refused = |text: &str| run(text, &out).exits(USAGE);
    refused(&swap(&study(), "age = [18, 50, 65]", "age = [18, 40, 65]"))
        .says("`bijstand` cannot see people of 50 years")
        .says("the cut point 50");
    refused(&swap(&study(), "ages = \"18-49\"", "categories = [2]")).says("in category 1");
    refused(&swap(&study(), "ages = \"18-49\"", "ages = \"70+\"")).says("can see nobody");
    assert!(!out.exists());
}
