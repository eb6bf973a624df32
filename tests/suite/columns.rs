//! Columns of a bare table that are not what they are taken for: each one clear error or warning.

use super::support::{Ran, arg, ethos, folder, published, read, repository, write};
use std::fmt::Write;

const CLEAN: i32 = 0;
const USAGE: i32 = 2;
const INPUT: i32 = 3;
const REFUSED: i32 = 5;

/// Three lists whose estimate exists.
const TABLE: &str = "a,b,c,count\n0,0,1,8\n0,1,0,9\n0,1,1,5\n1,0,0,10\n1,0,1,3\n1,1,0,4\n1,1,1,2\n";
const FIXED: [&str; 4] = ["--model", "[1,2,3]", "--format", "json"];

/// `ethos estimate` of a table with this text.
fn estimate(text: &str, options: &[&str]) -> Ran {
    let folder = folder();
    let path = folder.path().join("table.csv");
    write(&path, text);
    let mut arguments = vec!["estimate", arg(&path)];
    arguments.extend(options);
    ethos(&arguments)
}

#[test]
fn a_count_under_another_name_is_asked_for() {
    let right = estimate(TABLE, &FIXED).exits(CLEAN).json();
    for name in ["freq", "Freq", "n", "Count", "aantal"] {
        let text = TABLE.replacen("count", name, 1);
        estimate(&text, &FIXED)
            .exits(USAGE)
            .says(&format!("`{name}` looks like one"))
            .says(&format!("--count {name}"));
        let named = estimate(&text, &[&FIXED[..], &["--count", name]].concat());
        let mut named = named.exits(CLEAN).json();
        assert_eq!(named["settings"]["table"]["count"], name);
        named["settings"]["table"]["count"] = "count".into();
        assert_eq!(named, right);
    }
    // Decimals are counts too, and so are columns of 0 and 1.
    estimate("a,b,freq\n1,0,2.5\n0,1,3\n1,1,4\n", &["--fractional"])
        .exits(USAGE)
        .says("`freq` looks like one");
    estimate("a,b,freq\n1,0,1\n0,1,1\n1,1,1\n", &[])
        .exits(USAGE)
        .says("--count freq");
    // A covariate of that name was given a part, and text is no count.
    let groups = "a,b,n\n1,0,1\n0,1,1\n1,1,1\n1,0,2\n0,1,2\n1,1,2\n";
    let delta = ["--interval", "delta", "--model"];
    estimate(
        groups,
        &[&delta[..], &["a + b + n", "--strata", "n"]].concat(),
    )
    .exits(CLEAN);
    let words = "a,b,n\n1,0,x\n0,1,y\n1,1,x\n";
    estimate(words, &[&delta[..], &["a + b"]].concat()).exits(CLEAN);
    // Nor where a list is named so on purpose.
    let list = "n,b,x\n1,0,x\n0,1,y\n1,1,x\n";
    estimate(list, &[&delta[..], &["n + b", "--lists", "n,b"]].concat()).exits(CLEAN);
    // Times seen have counts as well.
    estimate("times,freq\n1,90\n2,20\n3,4\n", &["--repeated", "times"])
        .exits(USAGE)
        .says("--count freq");
}

#[test]
fn fractional_needs_a_count() {
    estimate("a,b\n1,0\n0,1\n1,1\n", &["--fractional"])
        .exits(USAGE)
        .says("--fractional is about counts")
        .says("--count");
}

#[test]
fn logical_values_are_zeros_and_ones() {
    let right = estimate(TABLE, &FIXED).exits(CLEAN).json();
    let logical = |on: &str, off: &str| {
        let rows = TABLE.lines().skip(1).map(|row| {
            let (lists, count) = row.rsplit_once(',').unwrap();
            let lists = lists.replace('0', off).replace('1', on);
            format!("{lists},{count}\n")
        });
        format!("a,b,c,count\n{}", rows.collect::<String>())
    };
    for (on, off) in [
        ("TRUE", "FALSE"),
        ("true", "false"),
        ("True", "0"),
        ("1.0", "0.0"),
    ] {
        let ran = estimate(&logical(on, off), &FIXED).exits(CLEAN);
        assert_eq!(ran.says("lists: a, b, c").json(), right, "{on}");
    }
    let keyed = "hh,a,b\nx,TRUE,FALSE\ny,FALSE,TRUE\nz,TRUE,TRUE\n";
    let options = ["--household", "hh", "--replicates", "20"];
    let ran = estimate(keyed, &options).exits(CLEAN);
    assert!(ran.stdout.contains("Observed     3"), "{}", ran.stdout);
    estimate(&logical("yes", "no"), &["--lists", "a,b,c"])
        .exits(INPUT)
        .says("line 2, column `a`: a list holds 0, 1");
}

#[test]
fn a_word_for_missing_that_occurs_nowhere_is_told() {
    let text = "a,b,sex,count\n1,0,f,9\n0,1,f,8\n1,1,f,4\n1,0,m,9\n0,1,m,8\n1,1,m,4\n";
    let options = ["--strata", "sex", "--replicates", "20", "--missing"];
    estimate(text, &[&options[..], &["onbekend"]].concat())
        .exits(CLEAN)
        .says("the word `onbekend` of --missing occurs nowhere in sex");
    let ran = estimate(
        &format!("{text}1,1,onbekend,3\n"),
        &[&options[..], &["onbekend"]].concat(),
    );
    assert!(!ran.exits(CLEAN).stderr.contains("occurs nowhere"));
    estimate(TABLE, &["--replicates", "20", "--missing", "x"])
        .exits(CLEAN)
        .says("--missing x has no effect without covariates");
}

/// The table of some of the lists is the table in which nobody looked at the others.
#[test]
fn a_choice_of_lists_drops_who_is_on_the_others_only() {
    let ran = estimate(
        TABLE,
        &["--lists", "a,b", "--model", "[1,2]", "--format", "json"],
    )
    .exits(CLEAN)
    .says("left out: 8 persons on none of these lists, seen by c only");
    let marginal = "a,b,count\n0,1,14\n1,0,13\n1,1,6\n";
    let own = estimate(marginal, &["--model", "[1,2]", "--format", "json"]).exits(CLEAN);
    let (ran, own) = (ran.json(), own.json());
    for part in ["population", "unobserved", "model", "observed"] {
        assert_eq!(ran[part], own[part], "{part}");
    }
    let told = ran["diagnostics"].as_array().unwrap();
    assert!(told.iter().any(|d| d["code"] == "on-other-lists"));
    // Who is on no list at all is still a mistake.
    let text = TABLE.replacen('\n', "\n0,0,0,5\n", 1);
    estimate(&text, &["--lists", "a,b"])
        .exits(INPUT)
        .says("line 2")
        .says("--ignore-unobserved");
    // A 0/1 covariate is no list that saw anybody.
    let text = "a,b,sex,count\n1,0,1,9\n0,1,1,8\n1,1,0,4\n0,0,1,3\n";
    estimate(text, &["--lists", "a,b", "--strata", "sex"])
        .exits(INPUT)
        .says("all-zero history");
    // Households alike.
    let keyed = "hh,a,b,c\nx,1,0,0\ny,0,1,1\nz,1,1,0\nu,0,0,1\n";
    estimate(
        keyed,
        &["--lists", "a,b", "--household", "hh", "--replicates", "20"],
    )
    .exits(CLEAN)
    .says("left out: 1 person on");
}

#[test]
fn a_count_that_is_no_person_with_a_key_names_the_count() {
    estimate("hh,a,b,count\nx,1,0,5\ny,0,1,1\n", &["--household", "hh"])
        .exits(INPUT)
        .says("line 2, column `count`: a row with a person or household key counts 5 persons");
}

#[test]
fn years_that_would_be_pooled_are_told() {
    let text = "jaar,a,b\n2024,1,0\n2024,0,1\n2024,1,1\n2025,1,0\n2025,0,1\n2025,1,1\n";
    let options = ["--model", "[1,2]"];
    estimate(text, &options)
        .exits(CLEAN)
        .says("warning: `jaar` has 2024, 2025; their people are added up")
        .says("--year jaar");
    let one = text.replace("2025", "2024");
    let ran = estimate(&one, &options).exits(CLEAN);
    assert!(!ran.stderr.contains("warning"), "{}", ran.stderr);
    let used = estimate(
        text,
        &[
            "--strata",
            "jaar",
            "--model",
            "a*jaar + b*jaar",
            "--interval",
            "delta",
        ],
    );
    assert!(!used.exits(CLEAN).stderr.contains("warning"));
}

fn codes(answer: &serde_json::Value) -> Vec<&str> {
    let all = answer["diagnostics"].as_array().expect("diagnostics");
    all.iter().map(|d| d["code"].as_str().unwrap()).collect()
}

/// A list with a mistyped cell is no list any more: without it, everybody on it alone would be
/// nobody, and with --ignore-unobserved the estimate would be that of another table.
#[test]
fn a_list_with_a_mistyped_cell_is_not_dropped() {
    let kosovo = read(&repository().join(published("kosovo")));
    for (wrong, row) in [("yes", 9), ("2", 9), ("ja", 12)] {
        let lines = kosovo.lines().enumerate().map(|(at, line)| {
            if at + 1 == row {
                format!("{wrong}{}\n", &line[1..])
            } else {
                format!("{line}\n")
            }
        });
        let text: String = lines.collect();
        for more in [
            &[][..],
            &["--ignore-unobserved"],
            &["--model", "EXH + ABA + OSCE + HRW"],
        ] {
            let ran = estimate(&text, more).exits(INPUT);
            assert!(ran.stdout.is_empty());
            assert!(
                !ran.stderr.contains("--ignore-unobserved"),
                "{}",
                ran.stderr
            );
            ran.says(&format!(
                "line {row}, column `EXH`: `{wrong}` is not 0 or 1"
            ))
            .says("give it to --strata if it is no list");
        }
        // Who says what it is, is believed, and a list that holds something else is refused.
        estimate(&text, &["--lists", "EXH,ABA,OSCE,HRW"])
            .exits(INPUT)
            .says(&format!("line {row}, column `EXH`: a list holds 0, 1"));
        estimate(&text, &["--strata", "EXH"])
            .exits(INPUT)
            .says("all-zero history");
    }
    // Too many for a slip of the pen; the row of nobody points at the column all the same.
    let text = TABLE.replace("\n1,", "\nyes,");
    let ran = estimate(&text.replace("0,0,1,8", "yes,0,0,8"), &[]).exits(INPUT);
    assert!(
        !ran.stderr.contains("--ignore-unobserved"),
        "{}",
        ran.stderr
    );
    ran.says("`a` is not used: a list among them must hold 0 and 1");
    // Covariates stay free to be collapsed.
    let text = "a,b,sex,count\n1,0,1,9\n0,1,2,8\n1,1,1,4\n1,0,2,9\n0,1,1,8\n1,1,2,4\n";
    estimate(text, &["--model", "[1,2]"]).exits(CLEAN);
}

#[test]
fn a_table_without_lists_says_what_is_nearest() {
    estimate("a,b,count\n1,0,9\n0,1,8\n1,x,4\n", &[])
        .exits(USAGE)
        .says("1 column with only 0 and 1; at least two lists")
        .says("the nearest to one more is `b`, with `x` in line 4")
        .says("a row is a person or a history");
    estimate("contacts,sex\n1,m\n2,f\n1,f\n3,m\n", &[])
        .exits(USAGE)
        .says("--repeated contacts");
    let ran = estimate("id,sex\n1,m\n2,f\n3,f\n", &[]).exits(USAGE);
    assert!(!ran.stderr.contains("--repeated"), "{}", ran.stderr);
    estimate("\"\",a,b\n\"1\",0,1\n", &[])
        .exits(INPUT)
        .says("in R: row.names = FALSE");
}

#[test]
fn histories_in_several_rows_and_in_none_are_told() {
    let rows = TABLE.lines().skip(1);
    let stacked: String = rows
        .flat_map(|row| [format!("x,{row},u\n"), format!("y,{row},u\n")])
        .collect();
    let stacked = format!("dataset,a,b,c,count,source\n{stacked}");
    let ran = estimate(&stacked, &FIXED).exits(CLEAN).says(
        "warning: 7 of 7 histories occur in several rows, whose counts are added up (the first in line 2 and \
         line 3); they differ in `dataset`: use --strata dataset or choose rows",
    );
    let answer = ran.json();
    let told = codes(&answer);
    assert!(told.contains(&"history-in-several-rows"), "{told:?}");
    assert!(told.contains(&"columns-unused"), "{told:?}");
    let table = &answer["settings"]["table"];
    let expected =
        serde_json::json!({"count": "count", "unused": ["dataset", "source"], "missing": []});
    assert_eq!(*table, expected);
    // Apart they are no repetition.
    let apart = estimate(&stacked, &["--strata", "dataset", "--replicates", "20"]);
    let apart = apart.exits(CLEAN);
    assert!(!apart.stderr.contains("several rows"), "{}", apart.stderr);
    // A row twice, and two counts of one history.
    estimate(&format!("{TABLE}0,0,1,8\n"), &FIXED)
        .exits(CLEAN)
        .says("warning: line 9 repeats line 2 in every column");
    estimate(&format!("{TABLE}0,0,1,9\n"), &FIXED)
        .exits(CLEAN)
        .says("1 of 7 histories occur in several rows")
        .says("they differ in the count alone");
    // Left out is not the same as 0.
    let ran = estimate(&TABLE.replace("1,1,1,2\n", ""), &FIXED)
        .exits(CLEAN)
        .says("1 of 7 histories absent, taken as 0");
    assert!(codes(&ran.json()).contains(&"histories-absent"));
    // A choice of lists sums over the others on purpose, and persons have no history twice.
    let none = |ran: Ran| assert!(!ran.exits(CLEAN).stderr.contains("several"));
    none(estimate(TABLE, &["--lists", "a,b", "--model", "[1,2]"]));
    none(estimate("a,b\n1,0\n1,0\n0,1\n1,1\n", &["--model", "[1,2]"]));
}

#[test]
fn warnings_about_columns_are_in_the_answer() {
    let mut text = String::from("jaar,a,b,sex\n");
    for row in ["1,0", "0,1", "1,1"] {
        for (year, sex) in [(2024, "f"), (2024, "m"), (2025, "f"), (2025, "m")] {
            let _ = writeln!(text, "{year},{row},{sex}");
        }
    }
    let options = [
        "--strata",
        "sex",
        "--missing",
        "onbekend",
        "--replicates",
        "20",
    ];
    let answer = estimate(&text, &[&options[..], &["--format", "json"]].concat());
    let answer = answer.exits(CLEAN).json();
    let told = codes(&answer);
    for code in ["years-pooled", "missing-word-unused", "columns-unused"] {
        assert!(told.contains(&code), "{code}: {told:?}");
    }
    let expected = serde_json::json!({"count": null, "unused": ["jaar"], "missing": ["onbekend"]});
    assert_eq!(answer["settings"]["table"], expected);
    let times = "jaar,times,count\n2024,1,90\n2024,2,20\n2025,1,80\n2025,3,4\n";
    let answer = estimate(times, &["--repeated", "times", "--format", "json"]);
    let answer = answer.exits(CLEAN).json();
    assert!(codes(&answer).contains(&"years-pooled"));
    assert_eq!(answer["settings"]["table"]["count"], "count");
}

#[test]
fn a_formula_may_have_the_count_on_its_left() {
    let right = estimate(TABLE, &["--model", "a*b + c", "--format", "json"]).exits(CLEAN);
    let left = ["--model", "count ~ a*b + c", "--format", "json"];
    assert_eq!(estimate(TABLE, &left).exits(CLEAN).json(), right.json());
    let freq = TABLE.replacen("count", "freq", 1);
    let options = ["--count", "freq", "--model", "freq ~ a*b + c"];
    estimate(&freq, &options).exits(CLEAN);
    estimate(TABLE, &["--model", "persons ~ a*b + c"])
        .exits(USAGE)
        .says("leave out `persons ~`");
}

/// A model that cannot be read is refused before the files are: none of these is there.
#[test]
fn a_study_with_a_model_that_cannot_be_read_is_refused_first() {
    let folder = folder();
    let study = |model: &str| {
        let lists = ["opvang", "politie"].map(|list| {
            format!(
                "\n[[source]]\nlist = \"{list}\"\nlayout = \"monitor-dakloosheid\"\nfiles = \"{list}/*.csv\"\n\
                 reports = {{ categories = [2, 3], municipalities = \"national\" }}\n"
            )
        });
        let text = format!(
            "[study]\nname = \"Model\"\nreference_date = 2026-01-01\nseries = \"model\"\n\
             key_file = \"model.key\"\n\n[estimate]\nmodel = \"{model}\"\n{}",
            lists.concat()
        );
        write(&folder.path().join("study.toml"), text);
        ethos(&["run", arg(folder.path())])
    };
    for (model, why) in [
        ("[12,3", "ends with `]`"),
        ("opvang*politi", "did you mean `politie`"),
        ("opvang +", "ends too early"),
    ] {
        study(model)
            .exits(USAGE)
            .says("study.toml: [estimate] model:")
            .says(why);
    }
    let ran = study("[1,2]");
    assert!(!ran.stderr.contains("model:"), "{}", ran.stderr);
}

/// A refusal says what of the table lies behind it.
#[test]
fn a_table_without_an_estimate_says_why() {
    let nobody = "a,b,count\n1,0,50\n0,1,30\n1,1,0\n";
    for options in [&[][..], &["--model", "[1,2]"]] {
        let ran = estimate(nobody, options)
            .exits(REFUSED)
            .says("nobody is on two lists");
        for wrong in ["1 models", "fewer interactions"] {
            assert!(!ran.stderr.contains(wrong), "{}", ran.stderr);
        }
    }
    estimate("a,b,c,count\n1,0,0,10\n1,1,0,5\n1,1,1,3\n", &[])
        .exits(REFUSED)
        .says("everybody is on `a`");
    estimate(
        "a,b,c,count\n1,0,0,10\n0,1,0,9\n1,1,0,5\n0,0,1,3\n",
        &["--model", "[12,3]"],
    )
    .exits(REFUSED)
    .says("nobody on `c` is on any other list; leave it out");
    let ran = estimate(
        "a,b,count\n1,0,50\n0,1,30\n1,1,9\n",
        &["--replicates", "20", "--average"],
    );
    assert!(
        ran.exits(CLEAN)
            .stdout
            .contains("over 1 model, on the log scale")
    );
}

/// Strata in which nobody was seen are no zeros that somebody found.
#[test]
fn an_empty_stratum_is_not_known_to_be_empty() {
    let text = "a,b,sex,age,count\n1,0,f,y,9\n0,1,f,y,8\n1,1,f,y,4\n1,0,m,y,9\n0,1,m,y,8\n1,1,m,y,4\n\
        1,0,f,o,9\n0,1,f,o,8\n1,1,f,o,4\n";
    let options = ["--strata", "sex,age", "--replicates", "100", "--format"];
    let answer = estimate(text, &[&options[..], &["json"]].concat())
        .exits(CLEAN)
        .json();
    let strata = answer["strata"].as_array().unwrap();
    let empty = strata
        .iter()
        .find(|s| s["by"]["sex"] == "m" && s["by"]["age"] == "o")
        .unwrap();
    assert_eq!(empty["status"], "empty");
    assert_eq!(
        (&empty["observed"], &empty["estimate"]),
        (&0.into(), &0.0.into())
    );
    assert!(
        ["se", "lower", "upper"]
            .iter()
            .all(|key| empty[key].is_null())
    );
    let codes = answer["diagnostics"].as_array().unwrap();
    assert!(codes.iter().any(|d| d["code"] == "empty-stratum"));
    let csv = estimate(text, &[&options[..], &["csv"]].concat())
        .exits(CLEAN)
        .stdout;
    assert!(csv.lines().any(|line| line.ends_with(",empty")), "{csv}");
}
