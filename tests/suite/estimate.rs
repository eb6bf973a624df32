//! `ethos estimate` from end to end: years, households, strata alone, stopping early, and refusals.

use std::fmt::Write as _;

use super::support::{Ran, arg, ethos, folder, published, write};

/// `ethos estimate` of a table with this text.
fn estimate(text: &str, options: &[&str]) -> Ran {
    let folder = folder();
    let path = folder.path().join("table.csv");
    write(&path, text);
    ethos(&[&["estimate", arg(&path)], options].concat())
}

fn codes(answer: &serde_json::Value) -> Vec<&str> {
    let all = answer["diagnostics"].as_array().expect("diagnostics");
    all.iter().map(|d| d["code"].as_str().unwrap()).collect()
}

/// Two lists in two years: 60 people of whom 20 are on both, then as many and 30 more of each kind.
fn two_years(second: &str) -> String {
    let mut text = String::from("a,b,year,person\n");
    for (year, each) in [("2025", 20), (second, 30)] {
        for person in 0..3 * each {
            let on = ["1,0", "0,1", "1,1"][person / each];
            writeln!(text, "{on},{year},p{person}").unwrap();
        }
    }
    text
}

#[test]
fn the_change_between_two_years() {
    let options = [
        "--year",
        "year",
        "--person",
        "person",
        "--replicates",
        "200",
    ];
    let json = [&options[..], &["--format", "json"]].concat();
    let answer = estimate(&two_years("2026"), &json).exits(0).json();
    assert_eq!(answer["schema"], "ethos-change/1");
    // Lincoln and Petersen: 40 × 40 / 20 and 60 × 60 / 30.
    let near = |value: &serde_json::Value, expected: f64| {
        let value = value.as_f64().unwrap();
        assert!((value - expected).abs() < 1e-6, "{value} {expected}");
    };
    near(&answer["years"][0]["estimate"], 80.0);
    near(&answer["years"][1]["estimate"], 120.0);
    near(&answer["difference"]["estimate"], 40.0);
    near(&answer["ratio"]["estimate"], 1.5);
    assert_eq!(answer["bootstrap"]["units"], 90);
    assert_eq!(answer["bootstrap"]["units_in_both"], 60);
    let text = estimate(&two_years("2026"), &options).exits(0).stdout;
    for part in [
        "Change       +40   (95 % interval ",
        "Ratio        1.500   (",
        "2026         120   (",
        "200 replicates of 90 persons, 60 of them in both years",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    let csv = estimate(
        &two_years("2026"),
        &[&options[..], &["--format", "csv"]].concat(),
    );
    let csv = csv.exits(0).stdout;
    assert!(csv.starts_with("scope,by,what,observed,"), "{csv}");
    assert_eq!(csv.lines().count(), 5);
}

#[test]
fn years_that_cannot_be_compared() {
    let three = format!(
        "{}1,1,2027,p1\n1,0,2027,p2\n0,1,2027,p3\n",
        two_years("2026")
    );
    let options = ["--year", "year", "--person", "person", "--replicates", "50"];
    estimate(&three, &options).exits(2).says("--between");
    let between = |years: &str| {
        let more = ["--between", years, "--format", "json"];
        estimate(&three, &[&options[..], &more].concat())
    };
    let answer = between("2026,2025").exits(0).json();
    assert_eq!(answer["years"][0]["year"], "2026");
    assert!(answer["difference"]["estimate"].as_f64().unwrap() < 0.0);
    between("2025,2030").exits(2).says("2030");
    // Somebody twice in a year.
    let twice = format!("{}1,1,2026,p1\n", two_years("2026"));
    let ran = estimate(&twice, &options);
    assert!(ran.code == Some(2) || ran.code == Some(3), "{}", ran.stderr);
    let ran = ran.says("one row");
    assert_eq!(ran.stdout, "");
    // A declared break is refused until it is asked for, and then warned of.
    let broken = [&options[..], &["--break", "shelters joined list b"]].concat();
    estimate(&two_years("2026"), &broken)
        .exits(2)
        .says("--across-break");
    let across = [&broken[..], &["--across-break", "--format", "json"]].concat();
    let answer = estimate(&two_years("2026"), &across).exits(0).json();
    assert!(codes(&answer).contains(&"declared-break"));
}

/// Everybody lives in a pair with the same history: half the information.
#[test]
fn households_are_drawn_whole_and_the_text_says_what_that_does() {
    let mut text = String::from("a,b,home\n");
    for person in 0..180 {
        let on = ["1,0", "0,1", "1,1"][person / 60];
        writeln!(text, "{on},h{}", person / 2).unwrap();
    }
    let options = ["--household", "home", "--replicates", "200"];
    let json = estimate(&text, &[&options[..], &["--format", "json"]].concat()).exits(0);
    let answer = json.json();
    assert_eq!(answer["settings"]["unit"], "households");
    let households = &answer["bootstrap"]["households"];
    assert_eq!(households["households"], 90);
    assert_eq!(households["largest"], 2);
    let effect = households["design_effect"].as_f64().unwrap();
    assert!((effect - 2.0).abs() < 1e-9, "{effect}");
    let said = estimate(&text, &options).exits(0).stdout;
    for part in [
        "Households   90 seen, the largest of 2 persons",
        "2.00 times that of as many single",
        "(design effect)",
    ] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    estimate(&text, &["--household", "house"])
        .exits(2)
        .says("`house`");
    estimate(&text, &["--household", "home", "--interval", "delta"])
        .exits(2)
        .says("households");
}

/// Every stratum has its row with its own model; one without an estimate says why, and with what proof.
#[test]
fn strata_fitted_alone_are_told_one_by_one() {
    let text = "a,b,c,x,count\n1,0,0,p,40\n0,1,0,p,30\n0,0,1,p,30\n1,1,0,p,20\n1,0,1,p,12\n0,1,1,p,10\n1,1,1,p,9\n\
        1,0,0,q,8\n0,1,0,q,9\n0,0,1,q,5\n1,1,0,q,3\n";
    let options = [
        "--strata",
        "x",
        "--separate",
        "--model",
        "[12,3]",
        "--interval",
        "delta",
    ];
    let said = estimate(text, &options).exits(5).stdout;
    for part in [
        "Population   not estimable",
        "Strata with their own models",
        " x p           151  [12,3]       238    200    305",
        "no estimate (no-estimate)",
    ] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
    }
    let json = [&options[..], &["--format", "json"]].concat();
    let answer = estimate(text, &json).exits(5).json();
    assert_eq!(answer["population"]["status"], "not_estimable");
    assert_eq!(answer["strata"][0]["model"], "[12,3]");
    assert_eq!(answer["strata"][0]["status"], "ok");
    let why = &answer["strata"][1]["not_estimable"];
    assert_eq!(why["code"], "no-estimate");
    assert!(why["existence"]["certificate"]["kind"].is_string());
}

/// Nobody on both of two lists: the refusal is a document where a document was asked for.
#[test]
fn a_refusal_is_json_where_json_was_asked_for() {
    let text = "a,b,c,count\n0,0,1,8\n0,1,0,9\n1,0,0,10\n1,1,0,6\n";
    let options = ["--model", "[12,3]", "--format", "json"];
    let ran = estimate(text, &options).exits(5).says("fewer interactions");
    let refusal = ran.json();
    assert_eq!(refusal["schema"], "ethos-estimate/1");
    assert_eq!(refusal["status"], "refused");
    let why = &refusal["not_estimable"];
    assert_eq!(why["code"], "no-estimate");
    assert_eq!(why["formula"], "a*b + c");
    assert_eq!(why["existence"]["exists"], false);
    assert!(why["existence"]["certificate"]["kind"].is_string());
    assert!(why["message"].as_str().unwrap().contains("[12,3]"));
    assert!(
        why["way_out"]
            .as_str()
            .unwrap()
            .contains("fewer interactions")
    );
    // Text and CSV have nothing to print; a mistake in the request is no refusal.
    assert_eq!(estimate(text, &options[..2]).exits(5).stdout, "");
    let wrong = ["--model", "[12,9]", "--format", "json"];
    assert_eq!(estimate(text, &wrong).exits(2).stdout, "");
    // The other answers refuse under their own names, the year's model with its year.
    let often = "seen,n\n1,5\n";
    let repeated = ["--repeated", "seen", "--count", "n", "--format", "json"];
    let refusal = estimate(often, &repeated).exits(5).json();
    assert_eq!(refusal["schema"], "ethos-repeated/1");
    assert_eq!(refusal["not_estimable"]["code"], "seen-equally-often");
    let mut years = String::from("a,b,c,year\n");
    for (on, first, second) in [
        ("1,0,0", 9, 9),
        ("0,1,0", 9, 9),
        ("0,0,1", 9, 9),
        ("1,1,0", 5, 5),
        ("1,0,1", 5, 0),
        ("0,1,1", 5, 0),
        ("1,1,1", 5, 0),
    ] {
        for (year, count) in [("2025", first), ("2026", second)] {
            for _ in 0..count {
                writeln!(years, "{on},{year}").unwrap();
            }
        }
    }
    let change = ["--year", "year", "--model", "[12,3]", "--format", "json"];
    let refusal = estimate(&years, &change).exits(5).json();
    assert_eq!(refusal["schema"], "ethos-change/1");
    assert_eq!(refusal["not_estimable"]["code"], "no-estimate");
}

#[test]
fn the_fit_is_tested() {
    let kosovo = published("kosovo");
    let ran = ethos(&["estimate", &kosovo, "--model", "[1,2,3,4]"]).exits(0);
    for part in [
        "Lists        1 EXH, 2 ABA, 3 OSCE, 4 HRW",
        "test of fit on 10 df: deviance p < 0.0001, Pearson X² 266.93 p < 0.0001",
        "(lack-of-fit)",
    ] {
        assert!(
            ran.stdout.contains(part),
            "`{part}` is not in:\n{}",
            ran.stdout
        );
    }
    let budapest = published("budapest-1996");
    let ran = ethos(&["estimate", &budapest, "--model", "[12,13,23]"]).exits(0);
    let part = "no degrees of freedom left: whether it fits cannot be tested";
    assert!(ran.stdout.contains(part), "{}", ran.stdout);
}

/// More replicates than any machine draws in two seconds.
#[test]
fn time_that_is_up_answers_from_what_there_is() {
    let kosovo = published("kosovo");
    let long = [
        "estimate",
        &kosovo,
        "--replicates",
        "1000000",
        "--max-seconds",
        "2",
    ];
    let answer = ethos(&[&long[..], &["--format", "json"]].concat())
        .exits(0)
        .json();
    assert_eq!(answer["bootstrap"]["stopped"], "budget");
    assert_eq!(answer["bootstrap"]["asked"], 1_000_000);
    assert!(answer["bootstrap"]["replicates"].as_u64().unwrap() < 1_000_000);
    assert!(codes(&answer).contains(&"out-of-budget"));
    let said = ethos(&long).exits(0).stdout;
    assert!(said.contains("of the 1,000,000 asked for"), "{said}");
    ethos(&["estimate", &*kosovo, "--max-seconds", "0"])
        .exits(2)
        .says("seconds above 0");
}

/// Ctrl-C while replicates are drawn: the answer from those there are, and the exit code of an interrupt.
#[cfg(unix)]
#[test]
fn an_interrupt_answers_from_what_there_is() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};

    use super::support::command;

    let kosovo = published("kosovo");
    let long = [
        "estimate",
        &kosovo,
        "--replicates",
        "1000000",
        "--format",
        "json",
    ];
    let mut child = command(&long)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A run of more than five seconds says how far it is, and how to shorten it.
    let mut stderr = BufReader::new(child.stderr.take().expect("standard error"));
    let mut line = String::new();
    while !line.contains("% done after") {
        line.clear();
        let read = stderr
            .read_line(&mut line)
            .expect("standard error is UTF-8");
        assert!(read > 0, "it ended before it was interrupted");
    }
    assert!(line.contains("left; Ctrl-C or `--max-seconds`"), "{line}");
    let sent = Command::new("kill")
        .args(["-s", "INT", &child.id().to_string()])
        .status()
        .expect("kill starts");
    assert!(sent.success());
    let mut stdout = String::new();
    let mut out = child.stdout.take().expect("standard output");
    out.read_to_string(&mut stdout)
        .expect("standard output is UTF-8");
    let mut rest = String::new();
    stderr
        .read_to_string(&mut rest)
        .expect("standard error is UTF-8");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(130), "{rest}");
    let answer: serde_json::Value = serde_json::from_str(&stdout).expect("an answer");
    assert_eq!(answer["bootstrap"]["stopped"], "interrupt");
    assert!(answer["bootstrap"]["replicates"].as_u64().unwrap() < 1_000_000);
    assert!(codes(&answer).contains(&"interrupted"));
}
