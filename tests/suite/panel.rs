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
