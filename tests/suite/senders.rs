//! A folder of deliveries by many senders, and a delivery beside last year's, through the command line.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::support::{arg, entries, ethos, flat, folder, read, rows, write};

const CLEAN: i32 = 0;
const FINDINGS: i32 = 1;
const USAGE: i32 = 2;

/// A valid citizen service number.
fn bsn(n: u32) -> String {
    let mut first = 30_000_000 + 7 * n;
    loop {
        let digits = format!("{first:08}");
        let weights = (2..=9).rev().zip(digits.bytes());
        let sum: u32 = weights
            .map(|(weight, digit)| weight * u32::from(digit - b'0'))
            .sum();
        if sum % 11 < 10 {
            return format!("{digits}{}", sum % 11);
        }
        first += 1;
    }
}

/// A delivery with this many stays in each month of a year up to a last one.
fn delivery(code: &str, year: u32, until: u32, each: u32, made: &str) -> String {
    let mut text = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht;datum_aanmelding\n".to_owned();
    for month in 1..=until {
        for n in 0..each {
            let number = bsn(code.parse::<u32>().unwrap() * 1_000 + month * each + n);
            let born = 19_500_203 + 10_000 * (n % 40);
            let sex = if n % 3 == 0 { "2" } else { "1" };
            let _ = writeln!(
                text,
                "{made};{code};{number};16;24;{year}{month:02}{:02};{year}{month:02}25;19;{code};0344;{born};{sex};{year}{month:02}01",
                3 + n % 20
            );
        }
    }
    text
}

/// Deliveries that came well, late, twice and spoilt, one that nobody expected, and lists beside them.
struct Office {
    folder: TempDir,
}

impl Office {
    fn new() -> Self {
        let folder = folder();
        let at = |name: &str| folder.path().join("leveringen").join(name);
        let good = delivery("0363", 2025, 12, 6, "20260110");
        write(&at("GM0363_MD_2025.csv"), &good);
        write(
            &at("opnieuw/GM0363_MD_2025_b.csv"),
            delivery("0363", 2025, 12, 6, "20260112"),
        );
        write(
            &at("GM0599_MD_2025.csv"),
            delivery("0599", 2025, 8, 6, "20260110"),
        );
        write(
            &at("GM0344_MD_2025.csv"),
            delivery("0344", 2025, 12, 6, "20260110").replace(";bsn;", ";klant;"),
        );
        write(
            &at("GM0014_MD_2025.csv"),
            delivery("0014", 2025, 12, 6, "20260110"),
        );
        write(
            &at("verwacht.csv"),
            "sender,municipality,name,layout,due,received,contact\n\
             GM0363,GM0363,,monitor-dakloosheid,2026-02-01,2026-01-20,\n\
             GM0599,GM0599,,monitor-dakloosheid,2026-02-01,2026-02-05,iemand@voorbeeld.nl\n\
             GM0344,GM0344,,monitor-dakloosheid,2026-02-01,2026-01-30,\n\
             GM0518,GM0518,,monitor-dakloosheid,2026-02-01,,\n\
             GM0758,GM0758,,monitor-dakloosheid,2026-02-01,,\n",
        );
        write(&at("regios.csv"), "gm_code,region\nGM0363,Amsterdam\n");
        write(
            &folder.path().join("redenen.csv"),
            "sender;reason\nGM0758;Nieuw systeem\nGM0796;Ook een nieuw systeem\n",
        );
        write(
            &folder.path().join("vorig/GM0599_MD_2024.csv"),
            delivery("0599", 2024, 12, 6, "20250110"),
        );
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Text in one line.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn said(path: &Path) -> String {
    read(path).replace('\r', "")
}

#[test]
fn a_folder_of_senders_gives_one_table_texts_to_send_and_the_same_in_every_form() {
    let office = Office::new();
    let (senders, frame) = (
        office.path("leveringen"),
        office.path("leveringen/verwacht.csv"),
    );
    let (csv, json, xlsx) = (
        office.path("wie.csv"),
        office.path("wie.json"),
        office.path("wie.xlsx"),
    );
    let (page, letters) = (office.path("wie.html"), office.path("brieven"));
    let ran = ethos(&[
        "check",
        arg(&senders),
        "--frame",
        arg(&frame),
        "--reasons",
        arg(&office.path("redenen.csv")),
        "--previous",
        arg(&office.path("vorig")),
        "--on",
        "2026-02-10",
        "--senders",
        arg(&csv),
        "--senders",
        arg(&json),
        "--senders",
        arg(&xlsx),
        "--reminders",
        arg(&letters),
        "--html",
        arg(&page),
    ])
    .exits(FINDINGS);
    let text = words(&ran.stdout);
    assert!(
        text.contains("Respons: 3 van 5 verwachte leveringen binnen, 1 op tijd, 2 bruikbaar, 1 niet, met reden, 1 niet verwacht"),
        "{text}"
    );
    for row in [
        "GM0363 Amsterdam monitor-dakloosheid 2025 op tijd (2×) 2026-01-20",
        "GM0599 Rotterdam monitor-dakloosheid 2025 te laat 2026-02-05",
        "GM0344 Utrecht monitor-dakloosheid 2025 onbruikbaar 2026-01-30 onbruikbaar 72 0",
        "GM0518 's-Gravenhage monitor-dakloosheid ontbreekt",
        "GM0758 Breda: Nieuw systeem",
        "GM0014 Groningen monitor-dakloosheid/2025 2025 niet verwacht",
        "GM0599 Rotterdam 2025: 2025-09, 2025-10, 2025-11, 2025-12 — een jaar eerder waren er wel rijen",
    ] {
        assert!(text.contains(row), "`{row}` is not in:\n{text}");
    }
    // Lists beside deliveries are none.
    assert!(!ran.stdout.contains("verwacht.csv"), "{}", ran.stdout);
    let aside = flat(&ran.stderr);
    assert!(
        aside.contains("regios.csv is geen levering: een lijst van regio's"),
        "{aside}"
    );
    assert!(!aside.contains("verwacht.csv is geen levering"), "{aside}");

    assert_eq!(
        entries(&letters),
        [
            "GM0344-monitor-dakloosheid-2025.txt",
            "GM0518-monitor-dakloosheid.txt",
            "GM0599-monitor-dakloosheid-2025.txt"
        ]
    );
    for name in entries(&letters) {
        let letter = said(&letters.join(&name));
        assert!(letter.starts_with("Onderwerp: "), "{letter}");
        assert!(!letter.contains('@'), "{letter}");
        let digits = letter.split(|c: char| !c.is_ascii_digit());
        assert!(digits.map(str::len).max() < Some(5), "{letter}");
    }
    let table = rows(&csv);
    assert_eq!(table.len(), 6);
    let statuses: Vec<&str> = table.iter().map(|row| row["stand"].as_str()).collect();
    assert_eq!(
        statuses,
        [
            "onbruikbaar",
            "op tijd",
            "ontbreekt",
            "te laat",
            "niet, met reden",
            "niet verwacht"
        ]
    );
    // A reason of nobody who is expected is told, and nothing is lost by it.
    assert!(
        text.contains("GM0796: Ook een nieuw systeem") && text.contains("redenen.csv, regel 3"),
        "{text}"
    );
    let whole: serde_json::Value = serde_json::from_str(&read(&json)).unwrap();
    assert_eq!(whole["schema"], "ethos-senders/1");
    assert_eq!(whole["response"]["usable"], 2);
    assert_eq!(whole["senders"][1]["files"].as_array().unwrap().len(), 2);
    assert!(std::fs::read(&xlsx).unwrap().starts_with(b"PK"));
    let page = read(&page);
    assert!(page.contains("Wie leverde wat") && !page.contains("Intern, niet delen"));
}

#[test]
fn the_table_is_in_the_json_of_a_check_and_the_same_each_time() {
    let office = Office::new();
    let (senders, frame) = (
        office.path("leveringen"),
        office.path("leveringen/verwacht.csv"),
    );
    let run = || {
        ethos(&[
            "check",
            arg(&senders),
            "--frame",
            arg(&frame),
            "--on",
            "2026-02-10",
            "--format",
            "json",
            "--lang",
            "en",
        ])
        .exits(FINDINGS)
    };
    let (first, again) = (run(), run());
    assert_eq!(first.stdout, again.stdout);
    let json = first.json();
    assert_eq!(json["schema"], "ethos-check/1");
    assert_eq!(json["files"].as_array().unwrap().len(), 5);
    assert_eq!(json["senders"]["response"]["delivered"], 3);
    assert_eq!(json["senders"]["senders"][2]["status"], "missing");
}

#[test]
fn an_empty_folder_is_all_missing_where_somebody_was_expected() {
    let office = Office::new();
    let empty = office.path("leeg");
    std::fs::create_dir(&empty).unwrap();
    let frame = office.path("leveringen/verwacht.csv");
    let ran = ethos(&[
        "check",
        arg(&empty),
        "--frame",
        arg(&frame),
        "--on",
        "2026-02-10",
    ])
    .exits(CLEAN);
    assert!(
        ran.stdout
            .contains("Respons: 0 van 5 verwachte leveringen binnen"),
        "{}",
        ran.stdout
    );
    ethos(&["check", arg(&empty)]).exits(3);
    // The list may be wrong.
    let wrong = office.path("fout.csv");
    write(&wrong, "sender,due\nGM0363,1 februari\n");
    ethos(&["check", arg(&empty), "--frame", arg(&wrong)])
        .exits(USAGE)
        .says("regel 2 is niet te gebruiken: `due` is geen datum");
}

#[test]
fn last_years_figures_can_be_kept_in_place_of_the_delivery() {
    let office = Office::new();
    let (last, figures) = (
        office.path("vorig/GM0599_MD_2024.csv"),
        office.path("cijfers/2024.json"),
    );
    let this = office.path("GM0599_MD_2025.csv");
    write(&this, delivery("0599", 2025, 12, 2, "20260110"));
    std::fs::create_dir(office.path("cijfers")).unwrap();
    ethos(&["check", arg(&last), "--summary", arg(&figures)]).exits(CLEAN);
    let kept = read(&figures);
    assert!(kept.contains("ethos-summary/1"));
    let numbers = kept.split(|c: char| !c.is_ascii_digit());
    assert!(numbers.filter(|run| run.len() == 9).count() == 0);

    let against = |previous: &Path| {
        let ran = ethos(&[
            "check",
            arg(&this),
            "--previous",
            arg(previous),
            "--overview",
        ]);
        ran.exits(CLEAN).stdout
    };
    let by_file = against(&last);
    assert_eq!(by_file, against(&figures));
    // What it is compared with by mistake is named.
    let itself = ["check", arg(&this), "--previous", arg(&this)];
    ethos(&itself)
        .exits(CLEAN)
        .says("is hetzelfde bestand als de vorige levering");
    let turned = ["check", arg(&last), "--previous", arg(&this)];
    ethos(&turned)
        .exits(CLEAN)
        .says("het is niet de vorige levering, en er is niet mee vergeleken");
    assert_eq!(by_file, against(&office.path("cijfers")));
    let text = flat(&by_file);
    assert!(
        text.contains("De levering heeft nu 24 goede rijen. Vorige levering: 72; gewoon is"),
        "{text}"
    );
    assert!(text.contains("Intern, niet delen"), "{text}");
    assert!(
        text.contains("rijen die meetellen 24 72 -48 (-67%)"),
        "{text}"
    );
    assert!(text.contains("2025-03 0 0 2 6 2 6"), "{text}");
    // What only last year's delivery shows is not on the receipt.
    let receipt = office.path("bewijs.json");
    ethos(&[
        "check",
        arg(&this),
        "--previous",
        arg(&last),
        "--receipt",
        arg(&receipt),
    ])
    .exits(CLEAN);
    ethos(&["verify", arg(&receipt), arg(&this)]).exits(CLEAN);
    // Of another sender there is no previous delivery, and that is said.
    let other = office.path("leveringen/GM0014_MD_2025.csv");
    let ran = ethos(&["check", arg(&other), "--previous", arg(&last)]);
    ran.says("geen vorige levering van dezelfde afzender en indeling");
    ethos(&["check", arg(&this), "--previous", arg(&receipt)])
        .exits(3)
        .says("dit programma leest");
}
