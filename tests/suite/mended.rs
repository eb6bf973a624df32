//! What a check gives back: nobody is named in it but in files that are the sender's own, and no
//! spreadsheet runs a cell of it.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use calamine::{Reader, Xlsx, open_workbook};

use super::support::{Ran, arg, command, ethos, files, folder, read, write};

/// Files that by their nature give the sender's own data back.
const OWN: [&str; 4] = ["werkmap.xlsx", "hersteld.csv", "schoon.csv", "apart.csv"];

/// Numbers of persons in a sample, as they stand and with their zero.
fn identifiers(path: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(path).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(';').collect();
    let personal = header.iter().position(|name| *name == "bsn").unwrap();
    let mut found = BTreeSet::new();
    for line in text.lines().skip(1) {
        let cell = line.split(';').nth(personal).unwrap_or_default();
        let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
        // What stands for not known is in the words of a rule.
        let known =
            digits.bytes().any(|byte| byte != digits.as_bytes()[0]) && digits != "123456789";
        if digits.len() >= 8 && known {
            found.insert(format!("{digits:0>9}"));
            found.insert(digits);
        }
    }
    found
}

/// Runs of digits in bytes, read as they stand and as UTF-16.
fn digits(bytes: &[u8]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let narrow: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0).collect();
    for text in [bytes, &narrow] {
        for run in text.split(|byte| !byte.is_ascii_digit()) {
            let run = String::from_utf8_lossy(run);
            for width in [8, 9] {
                for from in 0..=run.len().saturating_sub(width) {
                    found.extend(run.get(from..from + width).map(str::to_owned));
                }
            }
        }
    }
    found
}

#[track_caller]
fn names_nobody(what: &str, bytes: &[u8], who: &BTreeSet<String>) {
    let named = digits(bytes).intersection(who).count();
    assert_eq!(named, 0, "{what} names {named} persons");
}

#[test]
fn only_the_senders_own_files_name_anybody() {
    for layout in [
        "monitor-dakloosheid/2025",
        "gmsd/2015",
        "register/adresloze-bijstand",
    ] {
        let folder = folder();
        let path = folder.path().join("in/GM0363_2025.csv");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        ethos(&[
            "layouts",
            "sample",
            layout,
            "--rows",
            "200",
            "--dirt",
            "0.4",
            "--out",
            arg(&path),
        ])
        .exits(0);
        let who = identifiers(&path);
        assert!(who.len() > 50, "{layout}: {}", who.len());
        // The same as a spreadsheet saves it: wide characters, points between cells.
        let wide = folder.path().join("in/GM0363_2024.csv");
        let text = read(&path).replace(';', "\t");
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        write(
            &wide,
            [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>(),
        );
        for input in [&path, &wide] {
            let out = folder.path().join("out");
            let _ = fs::remove_dir_all(&out);
            fs::create_dir_all(&out).unwrap();
            let at = |name: &str| arg(&out.join(name)).to_owned();
            for format in ["text", "json", "csv", "sarif", "ess"] {
                let ran = ethos(&[
                    "check",
                    arg(input),
                    "--format",
                    format,
                    "--show",
                    "500",
                    "--fail-on",
                    "never",
                    "--html",
                    &at("pagina.html"),
                    "--workbook",
                    &at("werkmap.xlsx"),
                    "--receipt",
                    &at("bewijs.json"),
                    "--reject-to",
                    &at("apart.csv"),
                    "--answers",
                    &at("antwoorden.csv"),
                    "--write-answers",
                    "--period",
                    "2025",
                    "--baseline",
                    &at("eerder.json"),
                    "--write-baseline",
                    "--fix",
                    "--write",
                    &at("hersteld.csv"),
                    "--cleaned",
                    &at("schoon.csv"),
                    "--overwrite",
                ]);
                // What is wrong keeps a cleaned delivery away, unless all of it was accepted.
                assert!(matches!(ran.code, Some(0 | 5)), "{}", ran.stderr);
                let Ran { stdout, stderr, .. } = &ran;
                names_nobody(
                    &format!("{format} on standard output"),
                    stdout.as_bytes(),
                    &who,
                );
                names_nobody("standard error", stderr.as_bytes(), &who);
            }
            let written = files(&out);
            assert!(written.len() >= 7, "{:?}", written.keys());
            for (name, bytes) in &written {
                if !OWN.contains(&name.as_str()) {
                    names_nobody(name, bytes, &who);
                }
            }
            let own = digits(&written["hersteld.csv"]);
            assert!(
                own.intersection(&who).count() > 50,
                "the test finds what it looks for"
            );
        }
    }
}

#[test]
fn no_spreadsheet_runs_what_a_sender_wrote() {
    let folder = folder();
    let path = folder.path().join("GM0363_MD_2025.csv");
    let head = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht;=extra";
    let mut text = format!("{head}\n");
    for bad in ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0"] {
        text.extend([format!(
            "{bad};0363;123456782;16;24;20250110;20250320;19;0363;0599;19800203;M;{bad}\n"
        )]);
        text.extend([format!(
            "20260115;{bad};{bad};16;{bad};20250110;20250320;{bad};{bad};0599;{bad};{bad};x\n"
        )]);
        text.extend([format!("{bad};te;kort\n")]);
    }
    write(&path, &text);
    let at = |name: &str| arg(&folder.path().join(name)).to_owned();
    let ran = ethos(&[
        "check",
        arg(&path),
        "--fail-on",
        "never",
        "--format",
        "csv",
        "--workbook",
        &at("werkmap.xlsx"),
        "--reject-to",
        &at("apart.csv"),
        "--answers",
        &at("antwoorden.csv"),
        "--write-answers",
        "--period",
        "2025",
        "--fix",
        "--write",
        &at("hersteld.csv"),
    ])
    .exits(0);
    let cells = |text: &str, delimiter: char| {
        let mut reader = text.trim_start_matches('\u{feff}').split(['\n', delimiter]);
        let runs = |cell: &str| {
            cell.trim_start_matches('"')
                .starts_with(['=', '+', '-', '@', '\t', '\r'])
        };
        reader.find(|cell| runs(cell)).map(str::to_owned)
    };
    assert_eq!(cells(&ran.stdout, ','), None);
    for (name, delimiter) in [
        ("apart.csv", ','),
        ("antwoorden.csv", ';'),
        ("hersteld.csv", ';'),
        ("hersteld.csv.correcties.csv", ';'),
    ] {
        let text = read(&folder.path().join(name));
        assert_eq!(cells(&text, delimiter), None, "{name}");
    }
    assert!(read(&folder.path().join("hersteld.csv")).contains("'=1+1"));
    let mut book: Xlsx<_> = open_workbook(folder.path().join("werkmap.xlsx")).unwrap();
    for name in book.sheet_names() {
        let formulas = book.worksheet_formula(&name).unwrap();
        assert_eq!(
            formulas
                .used_cells()
                .filter(|(.., cell)| !cell.is_empty())
                .count(),
            0,
            "{name}"
        );
    }
}

#[test]
fn what_lies_in_an_archive_or_comes_from_a_pipe_is_mended_beside_it() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let head = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht";
    let text = format!(
        "{head}\n20260115;0363; 12345672;16;24;20250110;20250320;19;0363;0599;19800203;M\n20260115;0363;123456782;16;24;20250110;20250320;19;0344;0599;19800203;M\n\
         20260115;0363;11111112;16;24;20250110;20250320;19;0363;0599;19800203;M\n20260115;0363;111222333;16;24;20250110;20250320;19;0363;0599;19800203;M\n"
    );
    // The same row is corrected in both, and the files are not copies of one another.
    let other = text.replace("111222333;16;24;20250110", "111222333;16;24;20250111");
    let name = "GM0363_MD_2025.csv";
    for (inner, text) in [("a", &text), ("b", &other)] {
        write(&at(inner).join(name), text);
    }
    zip(
        &at("lev.zip"),
        &[
            ("a/GM0363_MD_2025.csv", &text),
            ("b/GM0363_MD_2025.csv", &other),
        ],
    );
    let by_hand = "bestand;rij;kolom;oud;nieuw;wie;wanneer;waarom\nGM0363_MD_2025.csv;3;gemeente_verblijf;0344;0363;K. de Wit;2026-02-03;gebeld\n";
    write(&at("hand.csv"), by_hand);
    // Two members of one name give two files, and corrections come first.
    ethos(&[
        "check",
        arg(&at("lev.zip")),
        "--fix",
        "--write",
        "--corrections",
        arg(&at("hand.csv")),
        "--write-corrections",
        "--fail-on",
        "never",
    ])
    .exits(0);
    for number in ["", "-2"] {
        let mended = read(&at(&format!("GM0363_MD_2025-hersteld{number}.csv")));
        assert!(mended.contains(";012345672;"), "{mended}");
        assert!(!mended.contains(";0344;"), "{mended}");
        let log = read(&at(&format!(
            "GM0363_MD_2025-hersteld{number}.csv.correcties.csv"
        )));
        assert!(log.contains(";K. de Wit;2026-02-03;gebeld"), "{log}");
        assert!(log.contains(";spaties+voorloopnul;BSN02;ethos "), "{log}");
        for line in log.lines().skip(1) {
            assert_eq!(line.split(';').nth(8).map(str::len), Some(5), "{line}");
        }
    }
    // Again nothing is replaced unasked.
    ethos(&[
        "check",
        arg(&at("lev.zip")),
        "--fix",
        "--write",
        "--fail-on",
        "never",
    ])
    .exits(2)
    .says("bestaat al");
    let piped = |more: &[&str]| {
        let mut arguments = vec!["check", "-", "--fix", "--write"];
        arguments.extend(more);
        let mut command = command(&arguments);
        command.stdin(std::fs::File::open(at("a").join(name)).unwrap());
        Ran::of(command.output().unwrap())
    };
    piped(&[]).exits(2).says("--write BESTAND");
    let out = at("uit.csv");
    piped(&[arg(&out), "--fail-on", "never"]).exits(0);
    assert!(read(&out).contains(";012345672;"));
}

/// A zip archive whose members are not compressed.
fn zip(path: &Path, members: &[(&str, &str)]) {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0_u32, |mut sum, byte| {
            sum ^= u32::from(*byte);
            for _ in 0..8 {
                sum = (sum >> 1) ^ (0xedb8_8320 * (sum & 1));
            }
            sum
        })
    };
    for (name, text) in members {
        let at = bytes.len() as u32;
        let mut shared = Vec::new();
        for short in [20_u16, 0, 0, 0, 0x21] {
            shared.extend(short.to_le_bytes());
        }
        for long in [crc(text.as_bytes()), text.len() as u32, text.len() as u32] {
            shared.extend(long.to_le_bytes());
        }
        shared.extend((name.len() as u16).to_le_bytes());
        shared.extend(0_u16.to_le_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&shared);
        bytes.extend(name.as_bytes());
        bytes.extend(text.as_bytes());
        directory.extend(b"PK\x01\x02\x14\x00");
        directory.extend(&shared);
        directory.extend([0; 10]);
        directory.extend(at.to_le_bytes());
        directory.extend(name.as_bytes());
    }
    let start = bytes.len() as u32;
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    for _ in 0..2 {
        bytes.extend((members.len() as u16).to_le_bytes());
    }
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend(0_u16.to_le_bytes());
    write(path, bytes);
}

#[test]
fn a_correction_by_hand_is_made_once_the_program_says_of_which_row() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    let head = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf";
    let first = "20260115;0363;123456782;16;24;20250107;20250320;19;0363";
    let second = "20260115;0363;111222333;16;24;20250207;20250320;19;0363";
    let delivery = at("GM0363_MD_2025.csv");
    write(&delivery, format!("{head}\n{first}\n{second}\n"));
    let by_hand = "bestand;rij;kolom;oud;nieuw;wie;wanneer;waarom\nGM0363_MD_2025.csv;2;startdatum;******07;2025-01-01;K. de Wit;2026-02-03;gebeld\n";
    write(&at("hand.csv"), by_hand);
    let check = |more: &[&str]| {
        let hand = at("hand.csv");
        let all = [
            &["check", arg(&delivery), "--corrections", arg(&hand)],
            more,
        ];
        ethos(&all.concat())
    };
    let told = check(&["--format", "json"]).exits(0);
    let told = told.stdout;
    assert!(
        told.contains("COR05") && told.contains("--write-corrections"),
        "{told}"
    );
    check(&["--write-corrections"])
        .exits(0)
        .says("van 1 correcties is ingevuld");
    let sealed = read(&at("hand.csv"));
    assert!(sealed.contains(";sha256;rijmerk"), "{sealed}");
    assert!(
        !sealed.contains("123456782") && !sealed.contains("20250107"),
        "{sealed}"
    );
    // In the next export somebody else stands in the row.
    write(&delivery, format!("{head}\n{second}\n{first}\n"));
    let told = check(&["--format", "json"]).exits(0);
    let told = told.stdout;
    assert!(told.contains("COR05") && !told.contains("COR01"), "{told}");
    // The file of corrections is written to only where that is asked for.
    assert_eq!(read(&at("hand.csv")), sealed);
}
