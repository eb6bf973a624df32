//! The documents say nothing that is not so: paths exist, verbs and options are the command's.

use std::fs;

use super::support::{ethos, repository};

/// Every document that a reader is sent to, with its text.
fn documents() -> Vec<(String, String)> {
    let root = repository();
    let mut names: Vec<String> = [
        "README.md",
        "ARCHITECTURE.md",
        "DESIGN.md",
        "CONTRIBUTING.md",
    ]
    .map(String::from)
    .to_vec();
    let guides = fs::read_dir(root.join("docs")).expect("the guides");
    names.extend(
        guides
            .map(|entry| entry.expect("a guide").file_name())
            .map(|name| name.to_string_lossy().into_owned())
            .filter(|name| name.ends_with("md"))
            .map(|name| format!("docs/{name}")),
    );
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let text = fs::read_to_string(root.join(&name)).expect("a document");
            (name, text)
        })
        .collect()
}

#[test]
fn every_path_of_the_repository_exists() {
    let mut seen = 0;
    for (name, text) in documents() {
        for quoted in text.split('`').skip(1).step_by(2) {
            let folders = [
                "crates/",
                "data/",
                "tests/",
                "docs/",
                "benches/",
                "examples/",
            ];
            let is_path = folders.iter().any(|folder| quoted.starts_with(folder))
                && !quoted.contains([' ', '*', '<']);
            if is_path {
                seen += 1;
                assert!(repository().join(quoted).exists(), "{name} names {quoted}");
            }
        }
    }
    assert!(seen > 15, "only {seen} paths were found");
}

#[test]
fn every_command_has_its_verb_and_its_options() {
    let mut seen = 0;
    for (name, text) in documents() {
        for line in text
            .lines()
            .filter_map(|line| line.strip_prefix("$ ethos "))
        {
            let line = line.split(" #").next().unwrap_or(line);
            let verb = line.split_whitespace().next().expect("a verb");
            // Some verbs have verbs of their own, with their own options.
            let words: &[&str] = match verb {
                "evaluate" if line.starts_with("evaluate estimator") => &[verb, "estimator"],
                "layouts" if line.starts_with("layouts sample") => &[verb, "sample"],
                _ => &[verb],
            };
            let help = ethos(&[words, &["--help"]].concat()).exits(0).stdout;
            for option in line
                .split_whitespace()
                .filter(|word| word.starts_with("--"))
            {
                assert!(help.contains(option), "{name}: `{verb}` has no {option}");
            }
            seen += 1;
        }
    }
    assert!(seen > 15, "only {seen} commands were found");
}

#[test]
fn the_rule_book_is_that_of_the_command() {
    let printed = ethos(&["rules", "--format", "md"]).exits(0).stdout;
    let path = repository().join("docs/regelboek.md");
    if std::env::var_os("ETHOS_UPDATE").is_some() {
        fs::write(&path, &printed).expect("the rule book");
    }
    let page = fs::read_to_string(path).expect("the rule book");
    assert!(
        page == printed,
        "docs/regelboek.md is not what the rules are now; make it anew:\n\
         cargo run -- rules --format md > docs/regelboek.md"
    );
}

#[test]
fn the_shipped_rules_are_without_remarks() {
    let said = ethos(&["rules", "lint"]).exits(0).stdout;
    assert!(said.trim_end().ends_with("0 opmerkingen"), "{said}");
}
