//! What the assumptions do to the number: on a bare table, and in the headline of a study.

use serde_json::Value;

use super::support::{arg, ethos, folder, published, read, swap, world, write};

const USAGE: i32 = 2;

fn kosovo(options: &[&str]) -> Value {
    let file = published("kosovo");
    let mut arguments = vec!["estimate", &file, "--format", "json", "--quiet"];
    arguments.extend(["--model", "[123,14,34]"]);
    arguments.extend(options);
    ethos(&arguments).exits(0).json()
}

fn number(value: &Value) -> f64 {
    value
        .as_f64()
        .unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_panel_is_beside_the_estimate() {
    let plain = kosovo(&[]);
    assert!(plain["panel"].is_null());
    let with = kosovo(&["--panel"]);
    assert_eq!(plain["population"], with["population"]);
    assert_eq!(with["panel"]["heterogeneity"].as_array().unwrap().len(), 10);
    // Chao's bound with the factor 3/4 of four lists, bias-corrected: n + 3/4 f1 (f1 - 1)/(2 (f2 + 1)).
    let want = 4400.0 + 0.75 * 3218.0 * 3217.0 / (2.0 * 883.0);
    let got = number(&with["panel"]["chao"]["lists_corrected"]["estimate"]);
    assert!((got - want).abs() < 1e-9 * want, "{got}");

    let file = published("kosovo");
    let text = ethos(&["estimate", &file, "--model", "[123,14,34]", "--panel"])
        .exits(0)
        .stdout;
    for part in [
        "None of these figures is a candidate for the estimate",
        "ABA:HRW              8,680†   9,411   10,357   11,599†  13,256†  15,951†",
        "given this model the data reject this odds ratio",
        "ABA:HRW  data, given this model: 0.83 (0.65–1.06)",
        "no data can limit it",
        "at least (Chao's lower bound)",
        "Mth Darroch",
        "left out of",
        "Lincoln–Petersen",
    ] {
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
    let csv = |more: &[&str]| {
        let base = [
            "estimate",
            &file,
            "--model",
            "[123,14,34]",
            "--format",
            "csv",
        ];
        ethos(&[&base[..], more].concat()).exits(0).stdout
    };
    assert_eq!(csv(&[]), csv(&["--panel"]));
}

#[test]
fn odds_ratios_are_held_or_varied() {
    let held = kosovo(&["--odds-ratio", "ABA:HRW=2"]);
    let logged = kosovo(&["--offset", "ABA:HRW=0.6931471805599453"]);
    let range = kosovo(&["--dependence", "ABA:HRW=0.5..2"]);
    let n = number(&held["population"]["estimate"]);
    assert!((n - number(&logged["population"]["estimate"])).abs() < 1e-6);
    let range = &range["panel"]["sensitivity"]["range"];
    assert!((n - number(&range["largest"])).abs() < 1e-6);
    assert!(number(&range["upper"]) > n);
    assert_eq!(held["settings"]["offsets"][0]["lists"][1], "HRW");
    let apart = kosovo(&["--offset", "ABA:HRW=-0.7"]);
    assert!(number(&apart["population"]["estimate"]) < 9_000.0);
}

/// What was given is in the text and not only in the JSON; an average nobody asked for is not.
#[test]
fn the_text_says_what_was_held_and_what_was_varied() {
    let file = published("kosovo");
    let text = |options: &[&str]| {
        let base = ["estimate", &file, "--quiet", "--replicates", "20"];
        ethos(&[&base[..], options].concat()).exits(0).stdout
    };
    let model = ["--model", "[123,14,34]"];
    let held = text(&[&model[..], &["--odds-ratio", "ABA:HRW=2"]].concat());
    let line = "Held         ABA:HRW at an odds ratio of 2 (given, not estimated)";
    assert!(held.contains(line), "{held}");
    let plain = text(&[]);
    assert!(!plain.contains("Held"), "{plain}");
    assert!(!plain.contains("Average"), "{plain}");
    assert!(text(&["--average"]).contains("Average      "));
    let varied = text(&[&model[..], &["--dependence", "ABA:HRW=0.5..2"]].concat());
    let line = "Declared possible (ABA:HRW 0.5 to 2): 8,680 (at 0.5†) to 13,256 (at 2†); with sampling error";
    assert!(varied.contains(line), "{varied}");
    let estimated = text(&[&model[..], &["--dependence", "EXH:HRW=0.5..2"]].concat());
    assert!(
        estimated.contains("estimated by the model itself and so not varied"),
        "{estimated}"
    );
}

/// Strata fitted alone have no one model to vary.
#[test]
fn a_declared_dependence_and_separate_strata_exclude_each_other() {
    let room = folder();
    let file = room.path().join("t.csv");
    write(
        &file,
        "a,b,sex,count\n1,0,f,40\n0,1,f,30\n1,1,f,20\n1,0,m,50\n0,1,m,35\n1,1,m,15\n",
    );
    let base = [
        "estimate",
        arg(&file),
        "--strata",
        "sex",
        "--model",
        "sex*(a+b)",
    ];
    let with = |more: &[&str]| ethos(&[&base[..], more].concat());
    with(&["--dependence", "a:b=0.5..2", "--separate"])
        .exits(USAGE)
        .says("--separate");
    let json = with(&[
        "--dependence",
        "a:b=0.5..2",
        "--interval",
        "delta",
        "--format",
        "json",
    ])
    .exits(0)
    .json();
    let range = &json["panel"]["sensitivity"]["range"];
    assert_eq!(range["interval"], "delta");
    // Two lists in every stratum: n + OR (n10 n01/n11), summed.
    let unseen = 40.0 * 30.0 / 20.0 + 50.0 * 35.0 / 15.0;
    for (end, odds_ratio) in [("smallest", 0.5), ("largest", 2.0)] {
        let want = 190.0 + odds_ratio * unseen;
        assert!((number(&range[end]) - want).abs() < 1e-6 * want, "{range}");
        assert_eq!(number(&range["at"][end][0]), odds_ratio);
    }
}

#[test]
fn wrong_odds_ratios_are_one_clear_message() {
    let file = published("kosovo");
    let refuse = |option: &str, value: &str, part: &str| {
        ethos(&["estimate", &file, option, value])
            .exits(USAGE)
            .says(part);
    };
    refuse("--odds-ratio", "ABA:HRW", "does not read like `a:b=1.5`");
    refuse("--odds-ratio", "ABA:HRW=-1", "not a positive number");
    refuse("--odds-ratio", "ABA:HWR=2", "did you mean `HRW`");
    refuse("--offset", "ABA:HRW=x", "does not read like `a:b=0.405`");
    refuse(
        "--dependence",
        "ABA:HRW=2",
        "does not read like `a:b=0.5..2`",
    );
    refuse("--dependence", "ABA:HRW=2..0.5", "fall");
    refuse("--dependence", "ABA=0.5..2", "not two lists");
}

/// What a study declares but its model estimates, and what it holds, is said in the headline.
#[test]
fn what_was_not_varied_is_in_the_headline() {
    let country = &world().country;
    let study = read(&country.join("quick.toml"));
    assert!(study.contains("depends = [\"bijstand\"]"), "{study}");
    let study = swap(
        &study,
        "\nseed = 20260101\n",
        "\nseed = 20260101\ndependence = [{ lists = [\"opvang\", \"bijstand\"], odds_ratios = [0.5, 2.0] }]\n\
         odds_ratio = [{ lists = [\"bijstand\", \"reclassering\"], value = 1.25 }]\n",
    );
    let path = country.join("estimated.toml");
    write(&path, study);
    let room = folder();
    let out = room.path().join("out");
    let ran = ethos(&["run", arg(&path), "--out", arg(&out)]).exits(0);
    let said: String = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [
        "Between bijstand and reclassering an odds ratio of 1.25 was given, not estimated.",
        "The model estimates the declared dependence between opvang and bijstand itself; it was not varied.",
    ] {
        assert!(said.contains(part), "`{part}` is not in:\n{said}");
        let page = read(&out.join("release/report.html"));
        assert!(page.contains(part), "`{part}` is not in the page");
    }
    std::fs::remove_file(path).unwrap();
}

/// A study that declares a dependence: the headline has its range in its place, publishing again says the
/// same, and the panel is among the files of the owners only.
#[test]
fn a_declared_dependence_is_in_the_headline() {
    let country = &world().country;
    let study = swap(
        &read(&country.join("quick.toml")),
        "\nseed = 20260101\n",
        "\nseed = 20260101\ndependence = [{ lists = [\"bijstand\", \"reclassering\"], odds_ratios = [0.5, 2.0] }]\n",
    );
    let path = country.join("declared.toml");
    write(&path, study);
    let room = folder();
    let (out, again) = (room.path().join("out"), room.path().join("again"));
    let ran = ethos(&["run", arg(&path), "--out", arg(&out)]).exits(0);
    let said: String = ran.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    let place = |part: &str| {
        said.find(part)
            .unwrap_or_else(|| panic!("`{part}` is not in:\n{said}"))
    };
    let range = place(
        "(an odds ratio of 0.5 to 2 between bijstand and reclassering, sampling error included):",
    );
    assert!(place("were seen by at least one list") < range && range < place("Not testable"));
    let page = read(&out.join("release/report.html"));
    assert!(page.contains("an odds ratio of 0.5 to 2 between bijstand and reclassering"));
    ethos(&[
        "publish",
        arg(&path),
        "--from",
        arg(&out.join("internal")),
        "--out",
        arg(&again),
    ])
    .exits(0);
    assert_eq!(read(&again.join("release/report.html")), page);
    std::fs::remove_file(path).unwrap();
}
