//! What an officer is told besides the verdict: in one language from the first word to the last, nothing
//! where nothing was asked for, and nothing written over what is there.

use std::fmt::Write as _;
use std::fs;
use std::io::Write;
use std::process::Stdio;

use super::support::{Ran, arg, command, ethos, flat, folder, read, write};

/// A delivery with dates as a spreadsheet writes them, and no other mistake.
fn turned() -> String {
    let mut text = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n".to_owned();
    for (bsn, start, end) in [
        ("123456782", "31-01-2025", "31-12-2025"),
        ("111222333", "15-02-2025", "20-11-2025"),
        ("200000007", "16-03-2025", "18-10-2025"),
    ] {
        let _ = writeln!(
            text,
            "20260115;0363;{bsn};16;24;{start};{end};19;0363;0599;19800203;M"
        );
    }
    text
}

/// Runs with something on standard input.
fn fed(arguments: &[&str], bytes: &[u8]) -> Ran {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(bytes).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

/// Words that no Dutch message has.
#[track_caller]
fn is_dutch(ran: &Ran) {
    let said = flat(&format!("{} {}", ran.stdout, ran.stderr)).to_lowercase();
    for word in [
        " the ",
        " cannot ",
        " there is ",
        " exists ",
        "no such file",
        " rows ",
        " help: check",
        "page:",
        "receipt:",
        "workbook:",
        " written to",
        " name a ",
        " died",
    ] {
        assert!(!said.contains(word), "{word}: {said}");
    }
}

#[test]
fn a_dutch_run_says_nothing_in_english() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let file = at("GM0363_MD_2025.csv");
    write(&file, turned());
    fs::create_dir(at("leeg")).unwrap();
    write(&at("map/a.txt.bak"), "x");
    let (page, receipt) = (at("p.html"), at("b.json"));
    let (missing, empty) = (at("weg.csv"), at("leeg"));
    let file = arg(&file);
    let never = ["--fail-on", "never"];
    let check = |more: &[&str]| {
        let all: Vec<&str> = [&["check"], more, &never].concat();
        let ran = ethos(&all);
        is_dutch(&ran);
        ran
    };
    check(&[arg(&missing)]).exits(3).says("bestaat niet");
    check(&[arg(&empty)]).exits(3).says("staat geen bestand");
    check(&[file, "--html", arg(&page), "--receipt", arg(&receipt)])
        .exits(0)
        .says("pagina: ")
        .says("bewijs van controle: ");
    check(&[file, "--workbook", arg(&at("w.xlsx"))]).says("werkmap met kleuren");
    check(&[file, "--workbook", arg(&at("w.csv"))]).exits(2);
    check(&[file, "--html", arg(&at("geen/map/p.html"))]).exits(3);
    check(&[file, "--layout", "gmsd/2051"])
        .exits(2)
        .says("er is geen indeling");
    check(&[file, "--map", "begin"])
        .exits(2)
        .says("welke kolom welk veld");
    check(&[file, "--map", "begin=strtdatum"])
        .exits(2)
        .says("bedoelt u");
    check(&[file, "--answers", arg(&missing)])
        .exits(3)
        .says("--write-answers");
    check(&[file, "--baseline", arg(&missing)])
        .exits(3)
        .says("--write-baseline");
    check(&[file, "--baseline", file]).exits(2);
    check(&[file, "--corrections", file])
        .exits(3)
        .says("geen kolom");
    check(&[file, "--reject-to", arg(&at("r.csv"))]).exits(0);
    check(&[file, "--previous", arg(&missing)])
        .exits(3)
        .says("bestaat niet");
    check(&[file, "--fix", "--write"]).exits(0);
    check(&[file, "--fix", "--write"])
        .exits(2)
        .says("bestaat al");
    check(&[file, "--cleaned", arg(&at("c.csv"))]).exits(5);
    for arguments in [
        vec!["explain", "BSN99"],
        vec!["rules", "XXX01"],
        vec!["layouts", "show", "gmsd/2051"],
        vec!["verify", arg(&missing), file],
        vec!["verify", file, file],
        vec!["layouts", "scaffold", arg(&missing)],
    ] {
        is_dutch(&ethos(&arguments));
    }
    let layout = ["layouts", "show", "monitor-dakloosheid/2025", "--lang"];
    for (language, died) in [("nl", "02 = overleden"), ("en", "02 = died")] {
        let shown = ethos(&[layout.as_slice(), &[language]].concat()).exits(0);
        assert!(shown.stdout.contains(died), "{}", shown.stdout);
    }
    // The other language, by the same switch.
    ethos(&["check", arg(&missing), "--lang", "en"])
        .exits(3)
        .says("No such file");
    ethos(&["explain", "BSN99", "--lang", "en"])
        .exits(2)
        .says("there is no rule");
}

#[test]
fn quiet_is_quiet_and_the_exit_code_tells() {
    let folder = folder();
    let file = folder.path().join("GM0363_MD_2025.csv");
    write(&file, turned());
    let ran = ethos(&["check", "-q", arg(&file), "--overview"]).exits(1);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    let ran = ethos(&["check", "-q", arg(&file), "--fix"]).exits(1);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", ""));
    // Data that was asked for is no talk.
    let ran = ethos(&["check", "-q", arg(&file), "--format", "csv"]).exits(1);
    assert!(ran.stdout.contains("DAT01"), "{}", ran.stdout);
    ethos(&["check", "-q", "weg.csv"])
        .exits(3)
        .says("bestaat niet");
}

#[test]
fn the_exit_code_is_that_of_the_mended_file() {
    let folder = folder();
    let input = folder.path().join("in");
    let file = input.join("GM0363_MD_2025.csv");
    write(&file, turned());
    let ran = ethos(&["check", arg(&file)]).exits(1);
    let said = flat(&ran.stdout);
    assert!(
        said.contains("vanzelf te herstellen: zet --fix achter de opdracht"),
        "{said}"
    );
    assert!(said.contains("Daarna"), "{said}");
    let json = ethos(&["check", arg(&file), "--format", "json"])
        .exits(1)
        .json();
    let mendable = &json["files"][0]["mendable"];
    assert!(mendable["findings"].as_u64().unwrap() >= 6, "{mendable}");
    let first = &json["files"][0]["findings"];
    let suggested = first.as_array().unwrap().iter();
    let suggested = suggested.filter(|finding| finding["suggestion"] == "******31");
    assert!(suggested.count() >= 2, "{first}");
    // Shown only, nothing is mended.
    ethos(&["check", arg(&file), "--fix"]).exits(1);
    ethos(&["check", arg(&file), "--fix", "--write"]).exits(0);
    ethos(&["check", arg(&input.join("GM0363_MD_2025-hersteld.csv"))]).exits(0);
    // A file that stays wrong is wrong still, beside one that was mended.
    write(
        &input.join("GM0344_MD_2025.csv"),
        turned()
            .replace("0363;", "0344;")
            .replace("123456782", "123456783"),
    );
    ethos(&[
        "check",
        arg(&input),
        "--fix",
        "--write",
        arg(&folder.path().join("uit")),
    ])
    .exits(1);
}

#[test]
fn a_packed_file_is_mended_beside_its_archive() {
    let folder = folder();
    let packed = folder.path().join("GM0363_MD_2025.csv.gz");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(turned().as_bytes()).unwrap();
    let bytes = gzip.finish().unwrap();
    write(&packed, &bytes);
    ethos(&["check", arg(&packed), "--fix", "--write"])
        .exits(0)
        .says("GM0363_MD_2025-hersteld.csv");
    let mended = read(&folder.path().join("GM0363_MD_2025-hersteld.csv"));
    assert!(mended.contains(";20250131;20251231;"), "{mended}");
    assert_eq!(
        fs::read(&packed).unwrap(),
        bytes,
        "the archive is as it was"
    );
    let log = read(
        &folder
            .path()
            .join("GM0363_MD_2025-hersteld.csv.correcties.csv"),
    );
    assert!(log.contains("GM0363_MD_2025.csv.gz"), "{log}");
    // The log holds for the archive it was made of.
    let log = folder
        .path()
        .join("GM0363_MD_2025-hersteld.csv.correcties.csv");
    ethos(&["check", arg(&packed), "--corrections", arg(&log)]).exits(0);
}

#[test]
fn standard_input_can_be_mended_and_marked() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let text = turned();
    fed(&["check", "-", "--fix", "--write"], text.as_bytes())
        .exits(2)
        .says("--write BESTAND");
    let (mended, marked) = (at("h.csv"), at("w.xlsx"));
    fed(
        &["check", "-", "--fix", "--write", arg(&mended)],
        text.as_bytes(),
    )
    .exits(0);
    assert!(read(&mended).contains("20250131"));
    fed(&["check", "-", "--workbook", arg(&marked)], text.as_bytes()).exits(1);
    assert!(fs::read(&marked).unwrap().starts_with(b"PK"));
}

#[test]
fn a_sample_goes_over_nothing_that_is_there() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let own = at("mijn/layouts/gmsd.toml");
    let text = ethos(&["layouts", "show", "gmsd/2015", "--toml"])
        .exits(0)
        .stdout;
    write(&own, &text);
    let sample = |more: &[&str]| {
        let all: Vec<&str> = [&["layouts", "sample", "gmsd/2015", "--rows", "5"], more].concat();
        let ran = ethos(&all);
        is_dutch(&ran);
        ran
    };
    let dir = at("mijn");
    sample(&["--layout-dir", arg(&dir), "--out", arg(&own)])
        .exits(2)
        .says("daar wordt nooit in geschreven");
    sample(&["--layout-dir", arg(&dir), "--out", arg(&own), "--overwrite"]).exits(2);
    assert_eq!(read(&own), text);
    let file = at("a.csv");
    write(&file, "van een ander");
    sample(&["--out", arg(&file)]).exits(2).says("bestaat al");
    assert_eq!(read(&file), "van een ander");
    sample(&["--out", arg(&file), "--overwrite"])
        .exits(0)
        .says("5 rijen in indeling gmsd/2015");
    // Nor over the truth of another sample.
    fs::remove_file(&file).unwrap();
    sample(&["--out", arg(&file)])
        .exits(2)
        .says("a.csv.truth.csv bestaat al");
}

#[test]
fn a_blank_in_a_column_name_makes_no_difference() {
    let folder = folder();
    let file = folder.path().join("GM0363_MD_2025.csv");
    let text =
        turned()
            .replacen("startdatum", "Start datum", 1)
            .replacen("reden_einde", "Reden-einde", 1);
    write(&file, text);
    let ran = ethos(&["check", arg(&file), "--fix", "--write"]).exits(0);
    assert!(!ran.stdout.contains("KOP0"), "{}", ran.stdout);
}
