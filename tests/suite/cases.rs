//! Small countries of a few people, each with what must come out and why, in words.
//!
//! A case is a folder `cases/<area>/<case>/`: a study with its files, `case.md`, and what is
//! expected: `expected.csv` (figures of the cube), and where the case is about them
//! `captures.csv` (the capture table, whole) and `ledger.csv` (outcomes of steps). Expectations
//! are reasoned in `case.md` first. `ETHOS_UPDATE=1` writes what came out into these files, for a
//! review of the difference.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use ethos_model::ledger::Ledger;

use super::support::{arg, copy, ethos, folder, read, rows, write};

fn all() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("suite/cases");
    let below = |dir: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    };
    let mut cases: Vec<PathBuf> = below(&root).iter().flat_map(|area| below(area)).collect();
    cases.sort();
    cases
}

#[test]
fn every_case_comes_out_as_reasoned() {
    let cases = all();
    assert!(cases.len() >= 9, "{} cases", cases.len());
    let wrong: Vec<String> = cases.iter().filter_map(|case| differences(case)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What came out otherwise; `None` when nothing did.
fn differences(case: &Path) -> Option<String> {
    assert!(
        case.join("case.md").exists(),
        "{} is not told in words",
        case.display()
    );
    let folder = folder();
    let here = folder.path().join("case");
    copy(case, &here);
    // A new key every time: what comes out must not depend on it.
    let keys = folder.path().join("keys");
    ethos(&["init", "--dir", arg(&keys), "--series", "cases", "-q"]).exits(0);
    fs::copy(keys.join("cases.key"), here.join("cases.key")).unwrap();
    let out = folder.path().join("out");
    let ran = ethos(&["run", arg(&here), "--out", arg(&out)]);
    // A handful of people may well have no estimate.
    assert!(
        matches!(ran.code, Some(0 | 5)),
        "{}: {}",
        case.display(),
        ran.stderr
    );

    let update = std::env::var_os("ETHOS_UPDATE").is_some();
    let mut wrong = String::new();
    let internal = out.join("internal");
    for (file, found) in [
        ("expected.csv", figures(case, &internal)),
        ("captures.csv", captures(case, &internal)),
        ("ledger.csv", ledger(case, &internal)),
    ] {
        let Some(found) = found else { continue };
        let path = case.join(file);
        let expected = read(&path);
        if update {
            write(&path, &found);
        } else {
            for (ours, theirs) in expected.lines().zip(found.lines()) {
                if ours != theirs {
                    let _ = writeln!(wrong, "  {file}: expected {ours}\n{:>18} {theirs}", "found");
                }
            }
            assert_eq!(expected.lines().count(), found.lines().count(), "{wrong}");
        }
    }
    (!wrong.is_empty()).then(|| format!("{}\n{wrong}", case.display()))
}

/// The cells of a row in these columns.
fn cells(row: &BTreeMap<String, String>, columns: &[&str]) -> Vec<String> {
    columns.iter().map(|column| row[*column].clone()).collect()
}

/// `expected.csv` with the figures that the run has.
fn figures(case: &Path, internal: &Path) -> Option<String> {
    let path = case.join("expected.csv");
    let expected = path.exists().then(|| rows(&path))?;
    let key = ["time", "place", "category", "measure"];
    let wanted = ["national_category", "municipal_category"];
    let mut cube: BTreeMap<Vec<String>, Vec<String>> = BTreeMap::new();
    for row in rows(&internal.join("cube.csv")) {
        // The total of all categories is that of the homeless; the threatened have one of theirs.
        let threatened = row["total"] == "threatened" && row["category"] == "all";
        if wanted.contains(&row["table"].as_str()) && !threatened {
            let old = cube.insert(cells(&row, &key), cells(&row, &["value", "status"]));
            assert!(old.is_none(), "two figures for {row:?}");
        }
    }
    let mut text = String::from("time,place,category,measure,value,status\n");
    for row in expected {
        let key = cells(&row, &key);
        let figure = cube
            .get(&key)
            .map_or("no such figure,".into(), |figure| figure.join(","));
        let _ = writeln!(text, "{},{figure}", key.join(","));
    }
    Some(text)
}

/// `captures.csv` as the run has it, histories in order.
fn captures(case: &Path, internal: &Path) -> Option<String> {
    case.join("captures.csv").exists().then(|| {
        let text = read(&internal.join("captures.csv"));
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].sort_unstable();
        lines.join("\n") + "\n"
    })
}

/// `ledger.csv` with the outcomes that the run has.
fn ledger(case: &Path, internal: &Path) -> Option<String> {
    let path = case.join("ledger.csv");
    let expected = path.exists().then(|| rows(&path))?;
    let ledger: Ledger = serde_json::from_str(&read(&internal.join("ledger.json"))).unwrap();
    ledger.check().unwrap();
    let mut text = String::from("step,outcome,count\n");
    for row in expected {
        let (step, outcome) = (&row["step"], &row["outcome"]);
        let found = ledger
            .step(step)
            .and_then(|step| step.outcomes.get(outcome));
        let found = found.map_or("no such outcome".into(), u64::to_string);
        let _ = writeln!(text, "{step},{outcome},{found}");
    }
    Some(text)
}
