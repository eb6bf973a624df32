//! Exit codes and messages: every mistake is one clear message with the way out.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;

use ethos_model::schema::{Column, ColumnType, TableSchema};
use ethos_table::{Table, Value};

use super::support::{
    Ran, World, arg, command, ethos, folder, published, read, repository, rows, swap, world, write,
};

const CLEAN: i32 = 0;
const FINDINGS: i32 = 1;
const USAGE: i32 = 2;
const INPUT: i32 = 3;
const REFUSED: i32 = 5;

/// Three lists whose estimate exists.
const TABLE: &str = "a,b,c,count\n0,0,1,8\n0,1,0,9\n0,1,1,5\n1,0,0,10\n1,0,1,3\n1,1,0,4\n1,1,1,2\n";

/// `ethos estimate` of a table with this text.
fn estimate(text: impl AsRef<[u8]>, options: &[&str]) -> Ran {
    let folder = folder();
    let path = folder.path().join("table.csv");
    write(&path, text);
    let mut arguments = vec!["estimate", arg(&path)];
    arguments.extend(options);
    ethos(&arguments)
}

#[test]
fn words_that_do_not_exist() {
    let budapest = published("budapest-1996");
    ethos(&["frobnicate"])
        .exits(USAGE)
        .says("unrecognized subcommand");
    ethos(&["esitmate"]).exits(USAGE).says("'estimate'");
    ethos(&["estimate", &budapest, "--modle", "[12,3]"])
        .exits(USAGE)
        .says("'--model'");
    ethos(&["estimate", &budapest, "--criterion", "bci"])
        .exits(USAGE)
        .says("aic, aicc, bic");
    ethos(&["estimate"]).exits(USAGE).says("<TABLE>");
    ethos(&["run", "x", "--threads", "0"])
        .exits(USAGE)
        .says("--threads");
}

#[test]
fn files_that_do_not_exist() {
    ethos(&["estimate", "nowhere.csv"])
        .exits(INPUT)
        .says("nowhere.csv");
    ethos(&["run", "nowhere"])
        .exits(INPUT)
        .says("`ethos init` writes one");
    ethos(&["check", "nowhere.csv"])
        .exits(INPUT)
        .says("nowhere.csv");
    ethos(&["link", "nowhere"])
        .exits(INPUT)
        .says("`ethos ingest` writes it");
    ethos(&["config", "nowhere"]).exits(INPUT).says("nowhere");
    ethos(&["evaluate", "nowhere", "--truth", "truth"]).exits(INPUT);
    ethos(&["evaluate"])
        .exits(USAGE)
        .says("the run to score is missing")
        .says("ethos evaluate estimator");
    ethos(&["evaluate", "nowhere"])
        .exits(USAGE)
        .says("--truth is missing");
}

#[test]
fn columns_that_do_not_exist() {
    let budapest = published("budapest-1996");
    let with = |option: &str, value: &str| ethos(&["estimate", &budapest, option, value]);
    with("--lists", "list_a,list_d")
        .exits(USAGE)
        .says("did you mean `list_a`");
    with("--strata", "sex")
        .exits(USAGE)
        .says("known are list_a, list_b, list_c, count");
    with("--count", "conut")
        .exits(USAGE)
        .says("did you mean `count`");
    with("--lists", "list_a,count").exits(USAGE);
}

#[test]
fn models_that_are_none() {
    let budapest = published("budapest-1996");
    let model = |model: &str| ethos(&["estimate", &budapest, "--model", model]);
    model("list_a*list_d + list_b")
        .exits(USAGE)
        .says("did you mean `list_a`");
    model("list_a + list_b + list_c + list_a:list_b:list_c")
        .exits(USAGE)
        .says(
            "not hierarchical; the smallest hierarchical model containing it is \
         `list_a + list_b + list_c + list_a:list_b + list_a:list_c + list_b:list_c",
        );
    model("[123]").exits(USAGE).says("interaction of all lists");
    model("[12,9]").exits(USAGE);
    model("[12").exits(USAGE);
    model("list_a +").exits(USAGE);
    model("").exits(USAGE);
}

#[test]
fn options_that_contradict_each_other() {
    let budapest = published("budapest-1996");
    let with = |options: &[&str]| {
        let mut arguments = vec!["estimate", budapest.as_str()];
        arguments.extend(options);
        ethos(&arguments).exits(USAGE)
    };
    with(&["--model", "[12,3]", "--search", "all"]).says("cannot be used with");
    with(&["--model", "[12,3]", "--criterion", "aic"]).says("the model is fixed");
    with(&["--model", "[12,3]", "--average"]).says("search over all models");
    with(&["--separate"]).says("--strata");
    with(&["--interval", "delta", "--reselect"]).says("bootstrap");
    with(&["--level", "2"]).says("between 0 and 1");
    with(&["--replicates", "0"]).says("replicates");
    with(&["--max-order", "9"]).says("between 1 and 2");
    with(&["--lists", "list_a,list_a,list_b", "--ignore-unobserved"]).says("list_a");
}

/// Nobody on both of two lists: the model with their interaction has no estimate.
#[test]
fn a_model_without_an_estimate_is_refused() {
    let text = "a,b,c,count\n0,0,1,8\n0,1,0,9\n0,1,1,5\n1,0,0,10\n1,0,1,3\n1,1,0,0\n1,1,1,0\n";
    let ran = estimate(text, &["--model", "[12,13,23]"]);
    let ran = ran.exits(REFUSED).says("[12,13,23]");
    assert_eq!(ran.stdout, "");
    estimate("a,b,count\n1,1,5\n", &[])
        .exits(REFUSED)
        .says("estimate");
}

#[test]
fn counts_that_are_none() {
    for (wrong, why) in [
        ("-1", "it is negative"),
        ("1.5", "--fractional"),
        ("1e3", "exponent notation"),
        ("NaN", "it is missing"),
        ("", "it is missing"),
        ("inf", "it is infinite"),
        ("x", "it is not a number"),
        ("99999999999999999999999", "it is too large"),
        ("1.0000000000001", "more than 9 decimals"),
    ] {
        let text = TABLE.replacen(",8\n", &format!(",{wrong}\n"), 1);
        let ran = estimate(&text, &[]).exits(INPUT);
        let ran = ran.says("line 2, column `count`").says(why);
        assert!(
            wrong.len() < 5 || !ran.stderr.contains(wrong),
            "{}",
            ran.stderr
        );
    }
    // Declared, half a person is one; what draws persons from the counts is refused.
    let text = TABLE.replacen(",8\n", ",8.5\n", 1);
    let weighted = |more: &[&str]| {
        estimate(
            &text,
            &[&["--fractional", "--format", "json"], more].concat(),
        )
    };
    let answer = weighted(&["--model", "[1,2,3]"]).exits(CLEAN).json();
    assert_eq!(answer["observed"], 41.5);
    weighted(&["--interval", "semiparametric"])
        .exits(USAGE)
        .says("`parametric`");
    // Every one of these counts is fine; together they are more than a real number holds.
    let text = TABLE.replacen(",8\n", &format!(",{}\n", u64::MAX), 1);
    estimate(&text, &[]).exits(INPUT).says("2^53");
    // Data frames write whole numbers so.
    let real = TABLE.replace(",8\n", ",8.0\n");
    let options = ["--model", "[1,2,3]", "--format", "json"];
    let answers = [real.as_str(), TABLE].map(|text| estimate(text, &options).exits(CLEAN).stdout);
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn tables_with_too_little_in_them() {
    estimate("a,count\n1,5\n0,3\n", &[])
        .exits(USAGE)
        .says("at least two lists");
    estimate("", &[]).exits(INPUT).says("the file is empty");
    estimate("a,b,count\n", &[])
        .exits(USAGE)
        .says("at least two lists");
    estimate("a,b,c,count\n0,0,1,0\n1,0,0,0\n", &["--lists", "a,b,c"]);
    estimate("a,b,a,count\n1,1,1,1\n", &[])
        .exits(INPUT)
        .says("the column occurs twice");
    estimate("a,b,count\n1,1\n", &[])
        .exits(INPUT)
        .says("line 2: 2 cells");
    estimate("a,b,c,count\n1,2,0,5\n0,1,1,5\n", &["--lists", "a,b,c"])
        .exits(INPUT)
        .says("line 2, column `b`: a list holds 0, 1, or a blank");
}

#[test]
fn lists_with_exactly_the_same_people_are_noted() {
    let text = "a,b,c,count\n1,1,0,9\n1,1,1,7\n0,0,1,20\n";
    let answer = estimate(text, &["--format", "json", "--replicates", "50"])
        .exits(CLEAN)
        .json();
    let codes: Vec<&str> = answer["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|diagnostic| diagnostic["code"].as_str().unwrap())
        .collect();
    assert!(codes.contains(&"identical-lists"), "{codes:?}");
    let text = estimate(text, &["--replicates", "50"]).exits(CLEAN).stdout;
    assert!(
        text.contains("lists `a` and `b` hold exactly the same persons"),
        "{text}"
    );
}

#[test]
fn people_on_no_list_are_refused_unless_ignored() {
    let text = TABLE.replacen('\n', "\n0,0,0,5\n", 1);
    estimate(&text, &[])
        .exits(INPUT)
        .says("line 2")
        .says("--ignore-unobserved");
    let fixed = ["--model", "[1,2,3]", "--format", "json"];
    let ignored = estimate(&text, &[&fixed[..], &["--ignore-unobserved"]].concat());
    let ignored = ignored.exits(CLEAN).json();
    let without = estimate(TABLE, &fixed).exits(CLEAN).json();
    assert_eq!(ignored["population"], without["population"]);
    assert_eq!(ignored["observed"], 41);
    // A count of nobody is no mistake.
    estimate(TABLE.replacen('\n', "\n0,0,0,0\n", 1), &fixed).exits(CLEAN);
}

/// Three lists; c cannot see the young, and the sex of some is not known.
const BLANKS: &str = "a,b,c,age,sex,count\n\
    1,0,0,old,f,60\n0,1,0,old,f,50\n0,0,1,old,m,40\n1,1,0,old,m,20\n1,0,1,old,f,15\n0,1,1,old,m,12\n\
    1,1,1,old,f,5\n1,0,,young,f,30\n0,1,,young,m,24\n1,1,,young,f,8\n1,0,0,old,m,9\n0,1,0,old,,7\n\
    1,0,,young,m,6\n1,1,,young,m,3\n0,1,,young,f,11\n0,0,1,old,f,13\n1,1,0,old,f,10\n";

#[test]
fn a_blank_means_cannot_see_or_not_known() {
    let options = [
        "--strata",
        "age",
        "--model",
        "age*(a + b) + c",
        "--format",
        "json",
        "--replicates",
        "20",
    ];
    let ran = estimate(BLANKS, &options)
        .exits(CLEAN)
        .says("a blank means in a list, that it cannot see these people");
    let answer = ran.json();
    // Lincoln and Petersen among the young: 36 × 35 / 11.
    let young = answer["strata"][1]["unobserved"].as_f64().unwrap();
    assert!((young - 36.0 * 35.0 / 11.0).abs() < 1e-6, "{young}");
    assert_eq!(answer["incomplete"]["lists"][0]["list"], "c");
    let apart = estimate(BLANKS, &[&options[..], &["--no-borrow"]].concat())
        .exits(CLEAN)
        .json();
    assert_eq!(apart["incomplete"]["coverage"], "no-borrow");
    // Sex as well: a blank and the word are the same, and the word alone is a level.
    let options = [
        "--strata",
        "age,sex",
        "--model",
        "age*(a + b) + c + sex*(a + b)",
        "--format",
        "json",
        "--replicates",
        "20",
    ];
    let blank = estimate(BLANKS, &options).exits(CLEAN).stdout;
    let text = BLANKS.replace("old,,7", "old,unknown,7");
    let word = estimate(&text, &[&options[..], &["--missing", "unknown"]].concat()).exits(CLEAN);
    assert_eq!(answer_of(&blank), answer_of(&word.stdout));
    assert_eq!(word.json()["incomplete"]["missing"][0]["persons"], 7.0);
    // As a level of its own it is seven persons on one list: nothing can be said of them.
    estimate(&text, &options).exits(REFUSED).says("no estimate");
    // What nothing determines is refused with its name.
    estimate(
        BLANKS,
        &["--strata", "age", "--model", "age*(a + b + c) + a:c + b:c"],
    )
    .exits(REFUSED)
    .says("leave out");
    // Whom one list can see is counted.
    let text = format!("{BLANKS}1,,,child,f,33\n");
    let answer = estimate(
        &text,
        &[
            "--strata",
            "age",
            "--model",
            "age*(a + b) + c",
            "--format",
            "json",
            "--interval",
            "delta",
        ],
    );
    let answer = answer.exits(CLEAN).json();
    assert_eq!(answer["incomplete"]["counted_only"], 33.0);
    assert_eq!(answer["strata"][0]["status"], "not_estimable");
    assert_eq!(answer["strata"][0]["observed"], 33);
    assert!(answer["strata"][0]["estimate"].is_null());
    // A list that sees nobody in the table, or a covariate that nobody has.
    estimate("a,b,c,count\n1,0,,5\n0,1,,5\n1,1,0,5\n", &[])
        .exits(USAGE)
        .says("nobody is on list `c`");
    estimate("a,b,x,count\n1,0,,5\n0,1,,5\n1,1,,5\n", &["--strata", "x"])
        .exits(INPUT)
        .says("missing in every row");
    estimate(TABLE, &["--no-borrow"])
        .exits(USAGE)
        .says("here all can");
}

#[test]
fn tables_that_are_too_large() {
    let names = |n: usize| (0..n).map(|i| format!("l{i}")).collect::<Vec<_>>();
    let lists = format!("{}\n{}\n", names(17).join(","), vec!["1"; 17].join(","));
    estimate(lists, &[])
        .exits(USAGE)
        .says("17 lists given; the limit is 16");
    let covariates = names(40).join(",");
    let rows = ["p", "q", "r", "s", "t"]
        .iter()
        .map(|level| format!("1,1,{}\n", vec![*level; 40].join(",")))
        .collect::<Vec<_>>()
        .concat();
    estimate(
        format!("a,b,{covariates}\n{rows}"),
        &["--strata", &covariates],
    )
    .exits(USAGE)
    .says("strata are more than 500");
    let levels: Vec<String> = (0..600).map(|i| format!("1,{},v{i}\n", i % 2)).collect();
    let levels = levels.concat();
    estimate(format!("a,b,x\n{levels}"), &["--strata", "x"])
        .exits(USAGE)
        .says("600 strata are more than 500: `x` has 600 levels");
    estimate(
        "a,b,c,count\n1,0,0,5\n0,1,0,5\n0,0,1,5\n1,1,1,5\n",
        &["--lists", "a,b,a"],
    )
    .exits(USAGE)
    .says("`a` is used twice");
}

#[test]
fn delimiters_byte_order_marks_and_parquet_give_the_same_answer() {
    let options = ["--model", "a*b + c", "--format", "json"];
    let expected = estimate(TABLE, &options).exits(CLEAN).stdout;
    let crlf = TABLE.replace('\n', "\r\n");
    let quoted = TABLE.replace("a,b", "\"a\",\"b\"");
    let forms: [Vec<u8>; 5] = [
        TABLE.replace(',', ";").into(),
        TABLE.replace(',', "\t").into(),
        [b"\xef\xbb\xbf", TABLE.as_bytes()].concat(),
        crlf.into(),
        quoted.into(),
    ];
    for form in forms {
        assert_eq!(estimate(&form, &options).exits(CLEAN).stdout, expected);
    }
    let folder = folder();
    for extension in ["parquet", "arrow"] {
        let path = folder.path().join(format!("table.{extension}"));
        typed_table().write(&path).unwrap();
        let mut arguments = vec!["estimate", arg(&path)];
        arguments.extend(options);
        assert_eq!(
            ethos(&arguments).exits(CLEAN).stdout,
            expected,
            "{extension}"
        );
    }
}

/// [`TABLE`] in columns of whole numbers.
fn typed_table() -> Table {
    let names = TABLE.lines().next().unwrap().split(',');
    let column = |name: &str| Column {
        name: name.into(),
        kind: ColumnType::Integer,
        nullable: false,
        description: String::new(),
    };
    let mut table = Table::new(TableSchema {
        id: "test/1".into(),
        row: "a capture history".into(),
        columns: names.map(column).collect(),
    });
    for line in TABLE.lines().skip(1) {
        let cells = line
            .split(',')
            .map(|cell| Value::Integer(cell.parse().unwrap()));
        table.push_row(cells).unwrap();
    }
    table
}

#[test]
fn one_row_a_person_is_the_table_that_counts_them() {
    let mut persons = String::from("a,b,c\n");
    for row in TABLE.lines().skip(1) {
        let (history, count) = row.rsplit_once(',').unwrap();
        let line = format!("{history}\n");
        persons.push_str(&line.repeat(count.parse().unwrap()));
    }
    let options = [
        "--search",
        "exact",
        "--replicates",
        "100",
        "--format",
        "json",
    ];
    let expected = estimate(TABLE, &options).exits(CLEAN).stdout;
    let ran = estimate(&persons, &options)
        .exits(CLEAN)
        .says("every row is one person");
    assert_eq!(answer_of(&ran.stdout), answer_of(&expected));
}

/// The order of the rows, and histories split over several rows, change nothing.
#[test]
fn rows_may_come_in_any_order_and_in_parts() {
    let mut lines: Vec<&str> = TABLE.lines().skip(1).collect();
    lines.reverse();
    let text = format!("a,b,c,count\n{}\n", lines.join("\n"));
    let text = swap(&text, "1,0,0,10", "1,0,0,4\n1,0,0,6");
    let options = ["--replicates", "100", "--format", "json"];
    let expected = estimate(TABLE, &options).exits(CLEAN).stdout;
    let ran = estimate(text, &options).exits(CLEAN);
    assert_eq!(answer_of(&ran.stdout), answer_of(&expected));
}

/// An answer without what it says of the file's columns and rows.
fn answer_of(json: &str) -> serde_json::Value {
    let mut answer: serde_json::Value = serde_json::from_str(json).unwrap();
    answer["settings"]["table"].take();
    answer["diagnostics"].take();
    answer
}

/// A capture table of a run has a row for each date: the same people are in each.
#[test]
fn a_table_of_several_dates_is_estimated_one_date_at_a_time() {
    let captures = world().out.join("internal/captures.csv");
    let table = arg(&captures);
    ethos(&["estimate", table, "--strata", "sex,region"])
        .exits(USAGE)
        .says("--date");
    let options = [
        "--strata",
        "sex,region",
        "--date",
        "2025-01-01",
        "--format",
        "json",
    ];
    let answer = ethos(&[&["estimate", table], &options[..], &["--replicates", "40"]].concat());
    let answer = answer.exits(CLEAN).json();
    let persons: u64 = rows(&captures)
        .iter()
        .filter(|row| row["reference_date"] == "2025-01-01")
        .map(|row| row["count"].parse::<u64>().unwrap())
        .sum();
    assert_eq!(answer["observed"], persons);
}

/// Runs the shared country's study after a change to its text.
fn run_changed(from: &str, to: &str) -> Ran {
    let World { country, .. } = world();
    // The study lies beside the shared one, since its paths are relative; the output apart.
    let study = tempfile::Builder::new()
        .prefix("changed")
        .suffix(".toml")
        .tempfile_in(country)
        .unwrap();
    write(
        study.path(),
        swap(&read(&country.join("quick.toml")), from, to),
    );
    let folder = folder();
    let out = folder.path().join("out");
    let ran = ethos(&["run", arg(study.path()), "--out", arg(&out)]);
    assert!(!out.exists(), "a run that fails makes no output");
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        0,
        "nor leaves a stage"
    );
    ran
}

#[test]
fn studies_with_a_mistake() {
    let refused = |from: &str, to: &str| run_changed(from, to).exits(USAGE);
    let line = |text: &str| {
        let study = read(&world().country.join("quick.toml"));
        let at = study.lines().position(|line| line.contains(text)).unwrap();
        format!("line {}: ", at + 1)
    };
    refused("short_stay_days", "short_stay_dys")
        .says(&line("short_stay_days"))
        .says("did you mean `short_stay_days`");
    refused("preset = \"honest\"", "preset = \"honst\"")
        .says(&line("preset"))
        .says("did you mean `honest`");
    refused("[2024-01-01, ", "[2024-02-30, ")
        .says(&line("2024-01-01"))
        .says("date");
    refused("[2024-01-01, ", "[2025-01-01, ").says("must rise and differ");
    refused("ages = \"18-64\"", "ages = \"64-18\"")
        .says(&line("ages"))
        .says("\"18-64\"");
    refused("depends = [\"bijstand\"]", "depends = [\"bijstnd\"]").says("did you mean `bijstand`");
    refused("register/adresloze-bijstand", "register/adresloze-bijstnd")
        .says("did you mean `register/adresloze-bijstand`");
    refused("series = \"simulatie\"", "series = \"anders\"")
        .says("the key is of the series `simulatie`");
    refused(
        "priority = [1, 2, 3, 5, 6, 4, 7]",
        "priority = [1, 1, 3, 5, 6, 4, 7]",
    )
    .says("priority");
    refused("base = 5", "base = 0").says("base");
    refused("region = \"g4\"", "region = \"g5\"").says("g4");
    refused("[study]", "[study").says(&line("[study]"));
}

#[test]
fn studies_that_name_files_that_are_not_there() {
    let missing = |from: &str, to: &str| run_changed(from, to).exits(INPUT);
    missing("registers/bijstand.csv", "registers/bijstnad.csv").says("relative to the study file");
    missing("simulatie.key", "andere.key").says("`key_file` in the study");
    missing(
        "file = \"regios/centrum.csv\"",
        "file = \"regios/centra.csv\"",
    )
    .says("centra.csv");
    missing("leveringen/verwacht.csv", "leveringen/verwachtingen.csv").says("verwachtingen.csv");
}

#[test]
fn a_key_file_that_is_none_is_refused_without_showing_it() {
    let World { country, .. } = world();
    let key = tempfile::Builder::new()
        .suffix(".key")
        .tempfile_in(country)
        .unwrap();
    let name = key.path().file_name().unwrap().to_str().unwrap();
    write(key.path(), "secret = \"0123456789abcdef\"\n");
    let ran = run_changed("simulatie.key", name)
        .exits(INPUT)
        .says("not a key file");
    assert!(!ran.stderr.contains("0123456789abcdef"), "{}", ran.stderr);
    // One digit of the secret changed: its fingerprint tells.
    let good = read(&country.join("simulatie.key"));
    let line = good
        .lines()
        .find(|line| line.starts_with("secret"))
        .unwrap();
    let digit = line.chars().nth(12).unwrap();
    let changed = line.replacen(digit, if digit == '0' { "1" } else { "0" }, 1);
    write(key.path(), swap(&good, line, &changed));
    run_changed("simulatie.key", name)
        .exits(INPUT)
        .says("not a key file");
}

#[test]
fn quiet_is_silent() {
    let World { country, .. } = world();
    let folder = folder();
    let out = folder.path().join("out");
    let study = country.join("quick.toml");
    let ran = ethos(&["run", arg(&study), "--out", arg(&out), "--quiet"]).exits(CLEAN);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let budapest = published("budapest-1996");
    let ran = ethos(&["estimate", &budapest, "--model", "[12,3]", "-q"]).exits(CLEAN);
    assert_eq!(ran.stderr, "");
    assert!(
        ran.stdout.contains("Population"),
        "data is not silenced: {}",
        ran.stdout
    );
}

/// Standard output carries data and nothing else, standard error what is said to a person.
#[test]
fn data_and_talk_are_apart() {
    let budapest = published("budapest-1996");
    let options = ["--model", "[12,3]", "--format", "json"];
    let ran = ethos(&[&["estimate", budapest.as_str()], &options[..]].concat()).exits(CLEAN);
    ran.json();
    ran.says("lists: list_a, list_b, list_c");
    let toml = ethos(&["config", arg(&world().country)])
        .exits(CLEAN)
        .stdout;
    toml.parse::<toml::Table>()
        .expect("the resolved study is TOML");
}

/// The reader of a pipe goes away: no panic, no message.
#[test]
fn a_closed_pipe_is_no_error() {
    for arguments in [
        &["schema"][..],
        &["completions", "zsh"],
        &["layouts", "gmsd/2015", "--toml"],
    ] {
        let mut child = command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut said = String::new();
        child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        let code = child.wait().unwrap().code();
        assert_eq!((code, said.as_str()), (Some(CLEAN), ""), "{arguments:?}");
    }
}

#[test]
fn findings_decide_the_exit_code_of_a_check() {
    let folder = folder();
    let file = folder.path().join("GM0363_MD_2025.csv");
    let header = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde";
    write(
        &file,
        format!("{header}\n20260115;0363;377897929;17;NO;20251201;;\n"),
    );
    let check = |fail_on: &str| ethos(&["check", arg(&file), "--fail-on", fail_on]);
    check("warning").exits(CLEAN);
    write(
        &file,
        format!("{header}\n20260115;0363;123456783;17;NO;20251201;;\n"),
    );
    check("error").exits(FINDINGS);
    check("blocking").exits(CLEAN);
    check("never").exits(CLEAN);
    write(&file, "niets;van;dit\n1;2;3\n");
    check("blocking").exits(FINDINGS);
    ethos(&["check", arg(&file), "--layout", "monitor/2024"])
        .exits(USAGE)
        .says("monitor-dakloosheid/2024");
}

/// The layouts and rules that the guides name exist, and what does not is said so.
#[test]
fn layouts_and_rules_can_be_asked_for() {
    let all = ethos(&["layouts"]).exits(CLEAN).stdout;
    for layout in std::fs::read_dir(repository().join("data/reference/layouts")).unwrap() {
        let text = read(&layout.unwrap().path());
        let table: toml::Table = text.parse().unwrap();
        let id = table["id"].as_str().unwrap();
        assert!(all.contains(id), "{id}");
        ethos(&["layouts", id]).exits(CLEAN);
        assert_eq!(ethos(&["layouts", id, "--toml"]).exits(CLEAN).stdout, text);
    }
    ethos(&["layouts", "gmds/2015"])
        .exits(USAGE)
        .says("gmsd/2015");
    assert!(
        ethos(&["rules", "BSN01"])
            .exits(CLEAN)
            .stdout
            .contains("BSN01")
    );
    ethos(&["rules", "BSN99"]).exits(USAGE);
    ethos(&["schema", "ethos-cub/1"])
        .exits(USAGE)
        .says("ethos-cube/1");
}

#[test]
fn init_writes_a_study_and_never_over_one() {
    for kind in ["gemeente", "statistics", "research"] {
        let folder = folder();
        let dir = arg(folder.path());
        ethos(&["init", kind, "--dir", dir])
            .exits(CLEAN)
            .says(".csv");
        ethos(&["config", dir]).exits(CLEAN);
        // What the study reads from is there, and empty: a check says so and no more.
        for entry in std::fs::read_dir(folder.path()).expect("the folder") {
            let entry = entry.expect("an entry").path();
            if entry.is_dir() {
                let said = ethos(&["check", arg(&entry)]).stderr;
                assert!(!said.contains("os error"), "{said}");
            }
        }
        let before = super::support::files(folder.path());
        let said = if kind == "gemeente" {
            "er is niets geschreven"
        } else {
            "nothing was written"
        };
        ethos(&["init", kind, "--dir", dir]).exits(USAGE).says(said);
        assert_eq!(super::support::files(folder.path()), before);
        secret_is_private(&folder.path().join("telling.key"));
    }
    let folder = folder();
    let dir = folder.path().join("x");
    ethos(&["init", "--dir", arg(&dir), "--series", "a/b"])
        .exits(USAGE)
        .says("series");
    assert!(!dir.exists());
}

#[cfg(unix)]
fn secret_is_private(key: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(key).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "others can read the key: {mode:o}");
}

#[cfg(not(unix))]
fn secret_is_private(_: &Path) {}
