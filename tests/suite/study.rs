//! `ethos evaluate estimator`: shipped cells, cells of one's own, files and plots.

use std::fs;

use super::support::{ethos, folder};

const USAGE: i32 = 2;

/// A design of one's own, as `docs/validation.md` shows it.
const OWN: &str = r#"
[[cell]]
name = "winter"
about = "two lists that share people, one of them with strangers"

[cell.process]
population = 800
coverage = [0.4, 0.3, 0.2]
over_coverage = [0.0, 0.05, 0.0]

[[cell.process.dependence]]
lists = [1, 2]
odds_ratio = 2.0

[[cell.estimators]]
name = "fixed"
settings = { model = "[12,3]", interval = "profile" }
"#;

#[test]
fn the_shipped_cells_are_listed_and_printed_as_a_file_that_reads_back() {
    let list = ethos(&["evaluate", "estimator", "--list"]).exits(0).stdout;
    assert_eq!(list.lines().count(), 27, "{list}");
    let folder = folder();
    let file = folder.path().join("cells.toml");
    let text = ethos(&["evaluate", "estimator", "--toml"]).exits(0).stdout;
    fs::write(&file, &text).unwrap();
    let file = file.to_str().unwrap();
    let again = ethos(&["evaluate", "estimator", "--file", file, "--toml"]).exits(0);
    assert_eq!(again.stdout, text);
    ethos(&["evaluate", "estimator", "--cells", "weakpair"])
        .exits(USAGE)
        .says("did you mean `weak-pair`");
}

#[test]
fn a_design_of_ones_own_with_results_and_plots_the_same_on_any_number_of_threads() {
    let folder = folder();
    let file = folder.path().join("own.toml");
    fs::write(&file, OWN).unwrap();
    let run = |threads: &str| {
        let out = folder.path().join(threads);
        let ran = ethos(&[
            "evaluate",
            "estimator",
            "--file",
            file.to_str().unwrap(),
            "--simulations",
            "20",
            "--format",
            "csv",
            "--threads",
            threads,
            "--out",
            out.to_str().unwrap(),
        ])
        .exits(0);
        (ran.stdout, out)
    };
    let (csv, one) = run("1");
    let (_, two) = run("2");
    assert!(csv.starts_with("cell,estimator,population,lists,"), "{csv}");
    assert!(csv.contains("\nwinter,fixed,800,3,"), "{csv}");
    assert_eq!(fs::read_to_string(one.join("results.csv")).unwrap(), csv);
    for name in [
        "results.csv",
        "results.json",
        "results.md",
        "validation-coverage.svg",
        "validation-bias.svg",
        "validation-rmse.svg",
        "validation-width.svg",
    ] {
        let text = fs::read(one.join(name)).unwrap();
        assert!(!text.is_empty(), "{name}");
        assert_eq!(text, fs::read(two.join(name)).unwrap(), "{name}");
    }
    let table = fs::read_to_string(one.join("results.md")).unwrap();
    assert!(table.contains("| over-coverage "), "{table}");
}

#[test]
fn a_design_that_makes_no_sense_is_refused_by_name() {
    let folder = folder();
    let file = folder.path().join("own.toml");
    let with = |from: &str, to: &str| {
        fs::write(&file, OWN.replace(from, to)).unwrap();
        ethos(&[
            "evaluate",
            "estimator",
            "--file",
            file.to_str().unwrap(),
            "--simulations",
            "2",
        ])
        .exits(USAGE)
    };
    with("population", "popluation").says("popluation");
    with("lists = [1, 2]", "lists = [1, 4]").says("cell `winter`: `dependence.lists` [1, 4]");
    with("[12,3]", "[12,5]").says("estimator `fixed`");
    with("0.4, 0.3, 0.2", "0.4, 1.3, 0.2").says("`coverage` 1.3");
}
