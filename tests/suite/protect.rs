//! Disclosure control through the command line: any table, and a release that is refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use super::support::{Ran, World, arg, copy, ethos, files, folder, read, rows, world, write};

const USAGE: i32 = 2;
const REFUSED: i32 = 5;

/// Persons by place and category; the person in `GM0001` is alone there.
const COUNTS: &str = "place,category,persons
GM0001,1,1
GM0002,1,14
GM0002,2,23
GM0003,1,31
GM0003,2,40
GM0004,1,8
GM0004,2,57
";

const REGIONS: &str = "code,above\nGM0001,A\nGM0002,A\nGM0003,B\nGM0004,B\n";

fn number(line: &BTreeMap<String, String>) -> Option<i64> {
    line["value"].parse().ok()
}

fn at<'l>(lines: &'l [BTreeMap<String, String>], codes: [&str; 2]) -> &'l BTreeMap<String, String> {
    lines
        .iter()
        .find(|line| line["place"] == codes[0] && line["category"] == codes[1])
        .unwrap_or_else(|| panic!("{codes:?} is not there"))
}

#[test]
fn a_table_is_protected_and_its_audit_agrees() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    write(&path("counts.csv"), COUNTS);
    write(&path("regions.csv"), REGIONS);
    let hierarchy = format!("place={}", path("regions.csv").display());
    for (method, withheld) in [
        ("suppression", true),
        ("threshold", true),
        ("controlled-rounding", false),
    ] {
        let out = path(&format!("{method}.csv"));
        let common = [
            "--count",
            "persons",
            "--hierarchy",
            &hierarchy,
            "--method",
            method,
        ];
        let counts = path("counts.csv");
        let mut make = vec!["protect", arg(&counts), "--overwrite", "--out", arg(&out)];
        make.extend(common);
        ethos(&make).exits(0).says("none can be worked out");
        let lines = rows(&out);
        // The one person is not shown as one, and neither is their region's difference.
        let alone = number(at(&lines, ["GM0001", "total"]));
        assert_eq!(alone.is_none(), withheld, "{method}");
        if withheld {
            let hidden = lines
                .iter()
                .filter(|line| line["status"] == "suppressed")
                .count();
            assert!(hidden > 3, "{method}: {hidden}");
        } else {
            for region in ["A", "B", "total"] {
                let whole = number(at(&lines, [region, "total"])).unwrap();
                let parts: i64 = ["1", "2"]
                    .iter()
                    .map(|category| number(at(&lines, [region, category])).unwrap())
                    .sum();
                assert_eq!(whole, parts);
            }
        }
        let mut check = vec!["audit", arg(&out), "--counts", arg(&counts)];
        check.extend(common);
        ethos(&check).exits(0).says("none can be worked out");
    }
}

#[test]
fn a_table_where_only_small_counts_are_left_out_does_not_pass() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let counts = path("counts.csv");
    write(
        &counts,
        "place,category,persons\nx,1,3\nx,2,30\ny,1,20\ny,2,40\n",
    );
    let naive = path("naive.csv");
    write(
        &naive,
        "place,category,value,status\ntotal,total,93,seen\nx,total,33,seen\ny,total,60,seen\n\
         total,1,23,seen\ntotal,2,70,seen\nx,1,,suppressed\nx,2,30,seen\ny,1,20,seen\ny,2,40,seen\n",
    );
    // Exact numbers and withheld cells are of no other method than they are.
    for other in ["threshold", "controlled-rounding"] {
        let mut check = vec!["audit", arg(&naive), "--counts", arg(&counts)];
        check.extend(["--count", "persons", "--method", other]);
        ethos(&check).exits(3).says("no multiple of the base 5");
    }
    let audit = path("audit.json");
    let common = [
        "--counts",
        arg(&counts),
        "--count",
        "persons",
        "--method",
        "suppression",
    ];
    let mut check = vec!["audit", arg(&naive), "--overwrite", "--audit", arg(&audit)];
    check.extend(common);
    ethos(&check).exits(REFUSED).says("place = x, category = 1");
    let found: serde_json::Value = serde_json::from_str(&read(&audit)).unwrap();
    let first = &found["audit"]["findings"][0];
    assert_eq!(first["verdict"], "disclosed");
    assert_eq!(first["derivable"]["lower"], 3);
    assert_eq!(first["derivable"]["upper"], 3);
    // A number that the count cannot have is a mistake, not a protection.
    write(&naive, "place,category,value\ntotal,total,90\n");
    ethos(&check).exits(REFUSED).says("cannot stand for");
}

/// What an audit cannot read it cannot vouch for; what a request does not say is not guessed.
#[test]
fn a_file_that_is_not_understood_is_refused_with_its_line() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let (counts, out, other) = (path("counts.csv"), path("out.csv"), path("other.csv"));
    write(
        &counts,
        "place,category,persons\nA,x,40\nA,y,3\nB,x,22\nB,y,7\n",
    );
    let ask = ["--count", "persons", "--method", "suppression"];
    let audit = || {
        let mut audit = vec!["audit", arg(&other), "--counts", arg(&counts)];
        audit.extend(ask);
        ethos(&audit)
    };
    write(
        &other,
        "place,category,value\ntotal,total,72\na,x,40\na,y,3\nb,x,22\nb,y,7\n",
    );
    audit().exits(3).says("line 3").says("no code of `place`");
    write(&other, "place,category,value\n");
    audit().exits(3).says("no lines");
    write(&other, "place,category,value\ntotal,total,72\n");
    audit().exits(0).says("1 of 9 cells read");
    let protect = |more: &[&str]| {
        let mut protect = vec!["protect", arg(&counts), "--overwrite", "--out", arg(&out)];
        protect.extend(more);
        ethos(&protect)
    };
    write(&other, "place,sex,value\nA,men,40\n");
    protect(&["--count", "persons", "--earlier", arg(&other)])
        .exits(3)
        .says("`sex` is no column of codes");
    protect(&["--count", "persons", "--base", "0"]).exits(2);
    protect(&[
        "--count",
        "persons",
        "--method",
        "threshold",
        "--sensitive",
        "category",
    ])
    .exits(2)
    .says("--sensitive");
    // What a method does not use is not silently passed over.
    for (method, options) in [
        ("suppression", ["--base", "5"]),
        ("cell-key", ["--base", "5"]),
        ("cell-key", ["--threshold", "5"]),
    ] {
        let mut ask = vec!["--count", "persons", "--method", method];
        ask.extend(options);
        protect(&ask).exits(2).says(options[0]);
    }
    protect(&["--count", "persons", "--earlier-base", "5"])
        .exits(2)
        .says("--earlier");
    // A forgotten --count would write every count out as a code.
    protect(&[]).exits(2).says("--count persons");
    assert!(!out.exists(), "a request that failed left a file");
    protect(&["--by", "place,category,persons"]).exits(0);
}

/// Two tables asked for one after the other: the second must not finish what the first began.
#[test]
fn overlapping_tables_are_held_beside_each_other() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let counts = path("counts.csv");
    write(
        &counts,
        "place,sex,persons\nx,m,9\nx,f,30\ny,m,41\ny,f,52\n",
    );
    let first = path("first.csv");
    let second = path("second.csv");
    // Of the 9 both 5 and 10 were shown: 6–9 are left, fewer than asked for.
    write(&first, "place,sex,value\nx,m,5\n");
    write(&second, "place,sex,value\nx,m,10\n");
    let out = path("third.csv");
    ethos(&[
        "protect",
        arg(&counts),
        "--count",
        "persons",
        "--possible",
        "5",
        "--earlier",
        arg(&first),
        "--earlier",
        arg(&second),
        "--out",
        arg(&out),
    ])
    .exits(REFUSED)
    .says("place = x, sex = m");
    assert!(!out.exists(), "a table that failed was written");
    // A number of before that contradicts today's count is told.
    write(&first, "place,sex,value\nx,m,60\n");
    ethos(&[
        "protect",
        arg(&counts),
        "--count",
        "persons",
        "--earlier",
        arg(&first),
        "--out",
        arg(&out),
    ])
    .exits(0)
    .says("published before, revised since: place = x, sex = m");
    // Two tables of one request share their margin.
    ethos(&[
        "protect",
        arg(&counts),
        "--count",
        "persons",
        "--table",
        "place",
        "--table",
        "sex",
        "--overwrite",
        "--out",
        arg(&out),
    ])
    .exits(0);
    let lines = rows(&out);
    assert_eq!(lines.len(), 5, "two margins and one total");
}

/// What stands there stays, unless it is said that it may go; a file that is read is never written to.
#[test]
fn nothing_is_replaced_unasked() {
    let folder = folder();
    let [counts, out, audit] =
        ["counts.csv", "safe.csv", "audit.json"].map(|name| folder.path().join(name));
    write(
        &counts,
        "place,sex,persons\nx,m,30\nx,f,40\ny,m,50\ny,f,60\n",
    );
    let make = |more: &[&str]| {
        let own = [
            "protect",
            arg(&counts),
            "--count",
            "persons",
            "--audit",
            arg(&audit),
        ];
        ethos(&[&own, more].concat())
    };
    write(&out, "somebody's work");
    make(&["--out", arg(&out)])
        .exits(USAGE)
        .says("exists already and was not replaced");
    assert_eq!(read(&out), "somebody's work");
    assert!(!audit.exists());
    make(&["--out", arg(&out), "--overwrite"]).exits(0);
    assert!(read(&out).starts_with("place,"));
    make(&["--out", arg(&folder.path().join("other.csv"))])
        .exits(USAGE)
        .says("audit.json exists already");
    make(&["--out", arg(&counts), "--overwrite"])
        .exits(USAGE)
        .says("is never written to");
}

#[test]
fn noise_is_the_same_wherever_the_same_persons_are_counted() {
    let folder = folder();
    let path = |name: &str| folder.path().join(name);
    let World { country, .. } = world();
    let key = country.join("simulatie.key");
    let mut text = "id,place,category\n".to_owned();
    for n in 0..400 {
        let (place, category) = (["x", "y", "z"][n % 3], ["1", "2"][n % 2]);
        writeln!(text, "person {n},{place},{category}").unwrap();
    }
    let persons = path("persons.csv");
    write(&persons, &text);
    let ask = |tables: &[&str], out: &Path| {
        let mut ask = vec![
            "protect",
            arg(&persons),
            "--method",
            "cell-key",
            "--record",
            "id",
            "--key-file",
            arg(&key),
            "--out",
            arg(out),
        ];
        for table in tables {
            ask.extend(["--table", table]);
        }
        ethos(&ask).exits(0).says("need not add up");
        read(out)
    };
    let whole = ask(&["place,category"], &path("whole.csv"));
    let again = ask(&["place,category"], &path("again.csv"));
    assert_eq!(whole, again);
    assert!(!whole.contains("person"), "no identifier is written");
    let margins = ask(&["place", "category"], &path("margins.csv"));
    for line in margins.lines().skip(1) {
        assert!(whole.contains(line), "{line} has other noise");
    }
    // Some noise there is, and none of more than 5.
    let lines = rows(&path("whole.csv"));
    let total = number(at(&lines, ["total", "total"])).unwrap();
    assert!((total - 400).abs() <= 5);
    let parts: Vec<i64> = ["x", "y", "z"]
        .iter()
        .map(|place| number(at(&lines, [place, "total"])).unwrap())
        .collect();
    assert!(parts.iter().any(|n| *n != 133 && *n != 134), "{parts:?}");
    // Twice the same person is refused, without naming them.
    write(&persons, "id,place\nperson 1,x\nperson 1,x\n");
    let ran = ethos(&[
        "protect",
        arg(&persons),
        "--method",
        "cell-key",
        "--record",
        "id",
        "--key-file",
        arg(&key),
    ])
    .exits(3)
    .says("has a row already");
    assert!(!ran.stderr.contains("person 1"));
}

/// Publishes the count of the world with these settings of disclosure control.
fn publish(folder: &Path, disclosure: &str, target: &Path) -> Ran {
    let World { country, out, .. } = world();
    let regions = folder.join("regios");
    if !regions.exists() {
        copy(&country.join("regios"), &regions);
    }
    let study = folder.join("study.toml");
    let text = read(&country.join("study.toml"));
    let line = format!("disclosure = {{ {disclosure} }}");
    let asked = text
        .lines()
        .map(|own| {
            if own.starts_with("disclosure = ") {
                &line
            } else {
                own
            }
        })
        .collect::<Vec<_>>()
        .join("\n");
    assert!(asked.contains(&line));
    write(&study, &asked);
    let from = out.join("internal");
    ethos(&[
        "publish",
        arg(&study),
        "--from",
        arg(&from),
        "--out",
        arg(target),
    ])
}

#[test]
fn a_release_that_fails_its_audit_is_not_written() {
    let folder = folder();
    let kept = folder.path().join("published");
    std::fs::create_dir(&kept).unwrap();
    let asked = "method = \"controlled-rounding\", base = 5, threshold = 10, possible = 500";
    let out = kept.join("out");
    publish(folder.path(), asked, &out)
        .exits(REFUSED)
        .says("the audit failed")
        .says("no release was written");
    // In the language of the release, with the way out.
    let study = folder.path().join("study.toml");
    let english = read(&study);
    let dutch = english.replace("language = \"en\"", "language = \"nl\"");
    assert_ne!(english, dutch);
    write(&study, &dutch);
    let from = world().out.join("internal");
    let nl = folder.path().join("nl");
    ethos(&[
        "publish",
        arg(&study),
        "--from",
        arg(&from),
        "--out",
        arg(&nl),
    ])
    .exits(REFUSED)
    .says("de controle is niet doorstaan")
    .says("Pas [publish] in de studie aan");
    assert!(!out.join("release").exists());
    let written = files(&kept);
    assert!(written.contains_key("out/internal/audit.txt"));
    let inside = |name: &&String| name.starts_with("out/internal/") || *name == "out/.ethos-output";
    assert!(
        written.keys().all(|name| inside(&name)),
        "{:?}",
        written.keys()
    );
}
