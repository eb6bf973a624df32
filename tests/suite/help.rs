//! What `--help` prints, word for word: the guides rely on it.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p ethos-tests --test suite help`.

use super::support::{Ran, command, ethos};

const VERBS: [&str; 21] = [
    "demo",
    "init",
    "check",
    "verify",
    "layouts",
    "rules",
    "explain",
    "run",
    "ingest",
    "link",
    "count",
    "estimate",
    "publish",
    "compare",
    "protect",
    "audit",
    "simulate",
    "evaluate",
    "config",
    "schema",
    "completions",
];

/// Help as the user of the installed command sees it.
fn help(arguments: &[&str]) -> String {
    let mut command = command(arguments);
    #[cfg(unix)]
    std::os::unix::process::CommandExt::arg0(&mut command, "ethos");
    let ran = Ran::of(command.arg("--help").output().unwrap()).exits(0);
    assert_eq!(ran.stderr, "", "help is an answer, not a mistake");
    let lines: Vec<&str> = ran.stdout.lines().map(str::trim_end).collect();
    lines.join("\n")
}

#[cfg(unix)]
#[test]
fn of_the_command() {
    insta::assert_snapshot!("ethos", help(&[]));
}

#[cfg(unix)]
#[test]
fn of_every_verb() {
    for verb in VERBS {
        insta::assert_snapshot!(verb, help(&arguments(verb)));
    }
}

/// Verbs of a municipality have their help in Dutch, and in English where that is asked for.
const DUTCH: [&str; 4] = ["check", "verify", "explain", "layouts"];

fn arguments(verb: &str) -> Vec<&str> {
    if DUTCH.contains(&verb) {
        vec![verb, "--lang", "en"]
    } else {
        vec![verb]
    }
}

#[cfg(unix)]
#[test]
fn of_the_verbs_of_a_municipality_in_dutch() {
    for verb in DUTCH {
        let text = help(&[verb]);
        for english in [
            "Usage",
            "Options",
            "default",
            "possible values",
            "FILE",
            "Print",
        ] {
            assert!(!text.contains(english), "{verb}: {english} in\n{text}");
        }
        insta::assert_snapshot!(format!("{verb}-nl"), text);
    }
    // Those below a verb, and what is begun for a municipality.
    for (name, arguments) in [
        ("layouts-show-nl", &["layouts", "show"][..]),
        ("layouts-scaffold-nl", &["layouts", "scaffold"]),
        ("layouts-sample-nl", &["layouts", "sample"]),
        ("init-nl", &["init", "gemeente"]),
    ] {
        let text = help(arguments);
        for english in ["Usage", "Options", "Folder", "possible values", "Print"] {
            assert!(!text.contains(english), "{name}: {english} in\n{text}");
        }
        insta::assert_snapshot!(name, text);
        let english = help(&[arguments, &["--lang", "en"]].concat());
        assert!(english.contains("Usage"), "{english}");
    }
}

#[test]
fn a_mistake_of_arguments_is_told_in_the_language_of_the_verb() {
    ethos(&["check", "x.csv", "--wrokbook", "y"])
        .exits(2)
        .says("bedoelt u `--workbook`?")
        .says("ethos check --help");
    ethos(&["check", "x.csv", "--lang", "en", "--wrokbook", "y"])
        .exits(2)
        .says("unexpected argument");
}

/// A verb that is added gets its snapshot too.
#[test]
fn no_verb_is_missing_here() {
    let text = help(&[]);
    let commands = text.split("Commands:\n").nth(1).unwrap();
    let listed: Vec<&str> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|verb| *verb != "help")
        .collect();
    assert_eq!(listed, VERBS);
}

#[test]
fn no_line_is_too_long_to_read() {
    for verb in VERBS {
        for line in help(&[verb]).lines().chain(help(&arguments(verb)).lines()) {
            assert!(line.chars().count() <= 100, "{verb}: {line}");
        }
    }
}

#[test]
fn a_version_and_completions_for_every_shell() {
    let version = ethos(&["--version"]).exits(0).stdout;
    assert!(
        version.trim_end().ends_with(env!("CARGO_PKG_VERSION")),
        "{version}"
    );
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = ethos(&["completions", shell]).exits(0).stdout;
        assert!(VERBS.iter().all(|verb| script.contains(verb)), "{shell}");
    }
}
