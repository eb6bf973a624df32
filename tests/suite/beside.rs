//! Files that cannot be used beside files that can: each is told, and none keeps the rest from being written.

use std::fs;

use super::support::{arg, ethos, folder, read, write};

const HEAD: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht";

/// A delivery with a warning: a reason without an end.
fn delivery() -> String {
    format!(
        "{HEAD}\n20260115;0363;123456782;16;24;20250110;;19;0363;0599;19800203;M\n20260115;0363;111222333;16;24;20250110;20250320;19;0363;0599;19800203;M\n"
    )
}

#[test]
fn an_empty_file_keeps_nothing_else_from_being_written() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("k")).unwrap();
    write(&at("k/GM0363_MD_2025.csv"), delivery());
    write(&at("k/leeg.csv"), "");
    ethos(&[
        "check",
        arg(&at("k")),
        "--workbook",
        arg(&at("wb")),
        "--html",
        arg(&at("x.html")),
        "--receipt",
        arg(&at("b.json")),
    ])
    .exits(1)
    .says("leeg.csv: geen werkmap; er is niets in te kleuren: ")
    .says("bewijs van controle");
    assert!(at("b.json").exists() && at("x.html").exists());
    assert!(at("wb/GM0363_MD_2025-nagekeken.xlsx").exists());
    // By itself that is all that was asked; the receipt is written all the same.
    let ran = ethos(&[
        "check",
        arg(&at("k/leeg.csv")),
        "--workbook",
        arg(&at("leeg.xlsx")),
        "--receipt",
        arg(&at("c.json")),
    ])
    .exits(3);
    assert!(
        !ran.stderr.contains("sla het bestand op als .xlsx"),
        "{}",
        ran.stderr
    );
    assert!(at("c.json").exists() && !at("leeg.xlsx").exists());
}

#[test]
fn only_what_has_to_be_answered_needs_a_year() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    fs::create_dir(at("k")).unwrap();
    write(&at("k/GM0363_MD_2025.csv"), delivery());
    write(&at("k/leeg.csv"), "");
    let (k, answers) = (at("k"), at("toelichting.csv"));
    let asked = [
        "check",
        arg(&k),
        "--answers",
        arg(&answers),
        "--write-answers",
        "--fail-on",
        "never",
    ];
    let ran = ethos(&asked).exits(0);
    let rows = read(&answers).lines().count() - 1;
    assert!(rows > 0, "{}", read(&answers));
    let said = match rows {
        1 => "1 rij klaargezet om in te vullen in ".to_owned(),
        rows => format!("{rows} rijen klaargezet om in te vullen in "),
    };
    let ran = ran.says(&said);
    assert!(!ran.stderr.contains("toegelicht"), "{}", ran.stderr);
    // Filled in, there is none to fill in any more.
    let filled: Vec<String> = read(&answers)
        .lines()
        .enumerate()
        .map(|(at, line)| {
            if at == 0 {
                line.to_owned()
            } else {
                format!("{line}klopt")
            }
        })
        .collect();
    write(&answers, filled.join("\n") + "\n");
    let ran = ethos(&asked).exits(0).says(" toegelicht (");
    assert!(!ran.stderr.contains("klaargezet"), "{}", ran.stderr);
    // A file with a warning does.
    write(
        &at("k/opvang.csv"),
        delivery().replace("123456782", "123456708"),
    );
    ethos(&asked).exits(2).says("opvang.csv");
}

#[test]
fn what_is_not_read_is_told_by_name() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(&at("GM0363_MD_2025.csv"), delivery());
    let told = ["notitie.docx", "f.pdf", "GM0431.MD", "foto.JPG", "alles.7z"];
    let silent = [
        ".DS_Store",
        "~$x.xlsx",
        "Thumbs.db",
        "LEESMIJ.md",
        "README",
        "kolommen.toml",
    ];
    for name in told.iter().chain(&silent[..5]) {
        write(&at(name), "x");
    }
    write(&at(silent[5]), "[columns]\n");
    let k = folder.path();
    // What this program wrote beside deliveries is none of them either.
    ethos(&[
        "check",
        arg(&at("GM0363_MD_2025.csv")),
        "--html",
        arg(&at("oordeel.html")),
        "--receipt",
        arg(&at("bewijs.json")),
        "--summary",
        arg(&at("aantallen.json")),
        "--baseline",
        arg(&at("bekend.json")),
        "--write-baseline",
    ])
    .exits(0);
    let ran = ethos(&["check", arg(k)]).exits(0);
    for name in told {
        assert!(
            ran.stderr.contains(&format!("{name} is niet gelezen: ")),
            "{name}: {}",
            ran.stderr
        );
    }
    assert_eq!(
        ran.stderr.matches("is niet gelezen").count(),
        told.len(),
        "{}",
        ran.stderr
    );
    let english = ethos(&["check", arg(k), "--lang", "en"]).exits(0);
    assert!(
        english
            .stderr
            .contains("f.pdf was not read: a picture or a scan")
    );
    // Where there is nothing else, that is told too.
    fs::create_dir(at("leeg")).unwrap();
    write(&at("leeg/scan.pdf"), "x");
    ethos(&["check", arg(&at("leeg"))])
        .exits(3)
        .says("scan.pdf is niet gelezen")
        .says("geen bestand dat een levering kan zijn");
}
