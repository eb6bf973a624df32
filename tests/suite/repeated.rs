//! `ethos estimate --repeated`: one list with repeated contacts, through the command.

use std::fs;

use tempfile::TempDir;

use super::support::{Ran, ethos, published};

fn estimate(file: &str, options: &[&str]) -> Ran {
    let mut arguments = vec!["estimate", file];
    arguments.extend(options);
    ethos(&arguments)
}

fn on(text: &str, options: &[&str]) -> Ran {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("contacts.csv");
    fs::write(&file, text).unwrap();
    estimate(file.to_str().unwrap(), options)
}

#[test]
fn the_published_estimate_is_printed_with_its_warnings() {
    let file = published("dutch-police-contacts-1995");
    let strata = ["--repeated", "contacts", "--strata", "sex,age,nation"];
    let ran = estimate(&file, &strata).exits(0);
    for words in [
        "Population   12,690   (95 % interval 8,431 – 19,718, log-normal)",
        "standard error 2,808; normal interval 7,186 – 18,194",
        "1,880 persons, 2,185 contacts",
        "(one-inflation)",
        "modified Chao 2875",
        "(few-repeats)",
        "zotpoisson ~ sex + age + nation         –      –       –       –  no estimate exists",
    ] {
        assert!(
            ran.stdout.contains(words),
            "`{words}` is not in:\n{}",
            ran.stdout
        );
    }
    // An upper limit that does not exist is not printed as a number.
    let ran = estimate(
        &file,
        &[&strata[..], &["--interval", "semiparametric"]].concat(),
    )
    .exits(0);
    assert!(
        ran.stdout
            .contains("– no upper limit, semiparametric bootstrap)"),
        "{}",
        ran.stdout
    );
}

#[test]
fn rows_are_persons_or_counted_and_formulas_name_covariates() {
    let rows = "seen,sex\n1,f\n1,f\n2,f\n1,m\n1,m\n1,m\n3,m\n2.0,m\n1,f\n";
    let counted = "n;seen;sex\n3;1;f\n1;2;f\n3;1;m\n1;2;m\n1;3;m\n0;7;m\n";
    let json = |ran: Ran| ran.exits(0).json();
    let a = json(on(
        rows,
        &["--repeated", "seen", "--model", "sex", "--format", "json"],
    ));
    let b = json(on(
        counted,
        &[
            "--repeated",
            "seen",
            "--count",
            "n",
            "--strata",
            "sex",
            "--format",
            "json",
        ],
    ));
    assert_eq!(a["population"], b["population"]);
    assert_eq!(a["strata"], b["strata"]);
    assert_eq!(a["schema"], "ethos-repeated/1");
    assert_eq!(a["observed"], 9);
    let csv = on(rows, &["--repeated", "seen", "--format", "csv"]).exits(0);
    assert!(
        csv.stdout.starts_with("scope,by,observed,"),
        "{}",
        csv.stdout
    );
}

#[test]
fn what_has_no_estimate_is_refused_and_says_why() {
    let text = "seen,sex,n\n1,f,30\n1,m,40\n2,m,9\n3,m,1\n";
    let options = ["--repeated", "seen", "--count", "n", "--strata", "sex"];
    let ran = on(text, &options).exits(5);
    assert!(
        ran.stdout.contains("Population   not estimable"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("nobody with sex=f was seen more than once"),
        "{}",
        ran.stdout
    );
    let json = on(text, &[&options[..], &["--format", "json"]].concat())
        .exits(5)
        .json();
    assert!(json["population"]["estimate"].is_null());
    assert_eq!(json["population"]["status"], "not_estimable");
    assert_eq!(
        json["model"]["existence"]["certificate"]["kind"],
        "recession"
    );
    on("seen,n\n1,30\n", &["--repeated", "seen", "--count", "n"])
        .exits(5)
        .says("everybody was seen equally often");
}

#[test]
fn bad_cells_are_named_by_row_and_column() {
    for (cell, words) in [
        ("0", "line 3, column `seen`: times seen is 0"),
        (
            "-1",
            "line 3, column `seen`: `-1` is not a whole number from 1",
        ),
        (
            "1.5",
            "line 3, column `seen`: `1.5` is not a whole number from 1",
        ),
        ("", "line 3, column `seen`: it is empty"),
        (
            "often",
            "line 3, column `seen`: `often` is not a whole number from 1",
        ),
        (
            "20000",
            "line 3, column `seen`: 20000 times seen exceed the limit of 10000",
        ),
    ] {
        let text = format!("seen,sex\n1,f\n{cell},m\n2,f\n");
        on(&text, &["--repeated", "seen"]).exits(3).says(words);
    }
    let zero = "seen,sex\n1,f\n0,m\n2,f\n1,f\n";
    on(zero, &["--repeated", "seen", "--ignore-unobserved"]).exits(0);
    for (cell, words) in [
        (
            "-2",
            "line 3, column `n`: not a count of persons: it is negative",
        ),
        (
            "2.5",
            "line 3, column `n`: 2.5 persons is not a whole number",
        ),
        (
            "",
            "line 3, column `n`: not a count of persons: it is missing",
        ),
    ] {
        let text = format!("seen,n\n1,9\n2,{cell}\n3,1\n");
        on(&text, &["--repeated", "seen", "--count", "n"])
            .exits(3)
            .says(words);
    }
    on(
        "seen,sex\n1,f\n2,\n",
        &["--repeated", "seen", "--strata", "sex"],
    )
    .exits(3)
    .says("line 3, column `sex`: a covariate is missing");
}

#[test]
fn options_that_do_not_apply_are_refused_by_name() {
    let text = "seen,sex\n1,f\n2,m\n1,f\n";
    for option in [
        &["--lists", "seen"][..],
        &["--search", "exact"],
        &["--criterion", "bic"],
        &["--max-order", "2"],
        &["--preset", "honest"],
        &["--average"],
        &["--bca"],
        &["--reselect"],
        &["--depends", "a:b"],
    ] {
        let options = [&["--repeated", "seen"], option].concat();
        on(text, &options).exits(2).says(option[0]);
    }
    on(text, &["--family", "chao"]).exits(2).says("--repeated");
    on(text, &["--repeated", "sene"])
        .exits(2)
        .says("did you mean `seen`?");
    on(text, &["--repeated", "seen", "--strata", "seen"])
        .exits(2)
        .says("`seen` cannot be two of times seen, count and covariate");
    on(text, &["--repeated", "seen", "--family", "ztgeom"])
        .exits(2)
        .says("ztpoisson, chao, zelterman and zotpoisson");
    on(text, &["--repeated", "seen", "--family", "poison"])
        .exits(2)
        .says("`poison` is no count family");
    on(text, &["--repeated", "seen", "--interval", "profile"])
        .exits(2)
        .says("capture tables");
    on(text, &["--repeated", "seen", "--model", "sex + age"])
        .exits(2)
        .says("`age` is no covariate");
}
