//! Files as they come: any delimiter and encoding, ragged, empty, huge, or no table at all.

use std::fmt::Write;
use std::path::Path;

use ethos_model::ledger::Ledger;

use super::support::{Ran, arg, ethos, folder, read, rows, write};

const HEADER: &str = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde";

/// Two people in emergency shelter on 1 January 2026.
const GOOD: &str =
    "20260115;0363;123456782;17;NO;20251201;;\n20260115;0363;999000007;17;NO;20251130;;\n";

const STUDY: &str = r#"[study]
name = "Files"
reference_date = 2026-01-01
series = "files"
key_file = "files.key"

[[source]]
list = "opvang"
layout = "monitor-dakloosheid"
files = "opvang/*.csv"
reports = { categories = [2, 3], municipalities = "national" }
"#;

const COUNT_DAY: &str = r#"[study]
name = "Forms"
reference_date = 2025-04-08
series = "files"
key_file = "files.key"

[[source]]
name = "teldag"
layout = "ethos-telling/2025"
files = "forms.csv"
reports = { categories = [1, 2, 3, 4, 5, 6, 7], municipalities = "national" }
"#;

const FORMS: &str = "formuliernummer;teldatum;organisatie;organisatietype;gemeentecode;letters_naam;leeftijd;geslacht;situatie;sinds;herkomst;nationaliteit;verblijfsstatus;kinderen_mee;kinderen_elders;huishouden;gemeente_herkomst;verwacht_op
1;20250408;Café Zeemanshuis;kerk;0363;ZÖDEV;41;M;1a;20250101;NL2;NL;I;0;0;;0363;
2;20250408;Politie, wijk Noord;politie;0363;ZÖDEV;41;M;1a;20250201;NL2;NL;I;0;0;;0363;
3;20250408;Stichting \u{2019}t Dak;kerk;0599;ANDÉR;30;V;5a;;EU;EU;R;0;0;;0599;
";

fn prepare(dir: &Path, study: &str) {
    ethos(&[
        "init",
        "--dir",
        arg(&dir.join("keys")),
        "--series",
        "files",
        "-q",
    ])
    .exits(0);
    std::fs::copy(dir.join("keys/files.key"), dir.join("files.key")).unwrap();
    write(&dir.join("study.toml"), study);
}

fn run(dir: &Path) -> Ran {
    ethos(&["run", arg(dir), "--out", arg(&dir.join("out")), "-q"])
}

fn cube(dir: &Path) -> String {
    read(&dir.join("out/internal/cube.csv"))
}

/// Windows-1252, for the characters of these tests.
fn windows_1252(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '\u{2019}' => 0x92,
        c => u8::try_from(u32::from(c)).expect("a character of Latin-1"),
    };
    text.chars().map(byte).collect()
}

/// Cells of a table with another delimiter; those that hold it are quoted.
fn delimited(text: &str, delimiter: char) -> String {
    let line = |line: &str| {
        let cells = line.split(';').map(|cell| {
            if cell.contains(delimiter) {
                format!("\"{cell}\"")
            } else {
                cell.to_owned()
            }
        });
        cells.collect::<Vec<_>>().join(&delimiter.to_string())
    };
    text.lines().map(|text| line(text) + "\n").collect()
}

#[test]
fn delimiters_and_encodings_change_no_count() {
    let folder = folder();
    let dir = folder.path();
    prepare(dir, COUNT_DAY);
    let mut expected = None;
    for delimiter in [';', ',', '\t'] {
        let text = delimited(FORMS, delimiter);
        for form in [
            text.clone().into_bytes(),
            [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            windows_1252(&text),
            text.replace('\n', "\r\n").into_bytes(),
            text.strip_suffix('\n').unwrap().as_bytes().to_vec(),
        ] {
            write(&dir.join("forms.csv"), &form);
            run(dir).exits(0);
            let cube = cube(dir);
            let expected = expected.get_or_insert_with(|| cube.clone());
            assert!(*expected == cube, "{}", String::from_utf8_lossy(&form));
        }
    }
    // Forms 1 and 2 are of one person, told by letters that every encoding writes differently.
    let expected = expected.unwrap();
    let figure = "national_category,2025-04-08,point,homeless,country,NL,all,all,all,all,all,all,all,all,all,observed,2,";
    assert!(expected.contains(figure), "{expected}");
}

/// The order and the number of files say nothing: people split over files are the same people.
#[test]
fn rows_may_lie_in_any_file_in_any_order() {
    let folder = folder();
    let dir = folder.path();
    prepare(dir, STUDY);
    let mut lines: Vec<&str> = GOOD.lines().collect();
    write(&dir.join("opvang/a.csv"), format!("{HEADER}\n{GOOD}"));
    run(dir).exits(0);
    let whole = cube(dir);
    lines.reverse();
    write(
        &dir.join("opvang/a.csv"),
        format!("{HEADER}\n{}\n", lines[0]),
    );
    write(
        &dir.join("opvang/b.csv"),
        format!("{HEADER}\n{}\n", lines[1]),
    );
    run(dir).exits(0);
    assert_eq!(cube(dir), whole);
}

/// Bytes that follow from a seed and are no text.
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(next).collect()
}

/// Files that are hardly tables, by what is wrong with them.
fn damaged() -> Vec<(&'static str, Vec<u8>)> {
    let good = GOOD.replace("0363", "0599");
    let text = |body: &str| format!("{HEADER}\n{body}").into_bytes();
    let utf16: Vec<u8> = format!("\u{feff}{HEADER}\n{good}")
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    vec![
        ("empty", Vec::new()),
        ("byte order mark alone", b"\xef\xbb\xbf".to_vec()),
        ("header alone", format!("{HEADER}\n").into_bytes()),
        ("header without an end", HEADER.as_bytes().to_vec()),
        ("blank lines", b"\n\n\n\n".to_vec()),
        (
            "too few cells",
            text("20260115;0599;999000019\n20260115\n;;\n"),
        ),
        (
            "too many cells",
            text("20260115;0599;999000019;17;NO;20251201;;;;;;;;\n"),
        ),
        (
            "quote that never closes",
            text("20260115;0599;\"999000019;17;NO;20251201;;\n20260115;0599\n"),
        ),
        (
            "quotes within cells",
            text("20260115;05\"99;999000019;17;N\"O;20251201;;\n"),
        ),
        (
            "zero bytes",
            text("20260115;0599;9990\u{0}019;17;NO;2025\0;;\n"),
        ),
        (
            "old line ends",
            format!("{HEADER}\r{}", good.replace('\n', "\r")).into_bytes(),
        ),
        ("every cell blank", text(";;;;;;;\n;;;;;;;\n")),
        ("other columns", b"naam;adres\nJansen;Dam 1\n".to_vec()),
        (
            "a column twice",
            format!("{HEADER};bsn\n{good}").into_bytes(),
        ),
        ("UTF-16", utf16),
        (
            "a packed workbook",
            [b"PK\x03\x04".to_vec(), garbage(5_000)].concat(),
        ),
        ("bytes that mean nothing", garbage(200_000)),
        (
            "bytes that mean nothing, in lines",
            [text(""), garbage(200_000)].concat(),
        ),
        ("one line of ten million bytes", vec![b'x'; 10_000_000]),
        ("ten thousand delimiters", vec![b';'; 10_000]),
        (
            "one cell of ten million bytes",
            [text("20260115;0599;"), vec![b'9'; 10_000_000]].concat(),
        ),
        (
            "numbers too long for anything",
            text(&format!(
                "{0};{0};{0};{0};{0};{0};{0};{0}\n",
                "9".repeat(400)
            )),
        ),
        (
            "dates that are none",
            text("00000000;0599;999000019;17;NO;99999999;20250230;\n"),
        ),
    ]
}

/// A file whose decoder panics: the offset of a buffer in it lies behind its end.
#[test]
fn a_panic_of_a_decoder_is_a_damaged_file_and_no_bug() {
    let folder = folder();
    let file = folder.path().join("GM0363_MD_2025.arrow");
    let bytes = include_bytes!("../../fuzz/corpus/table/arrow-length");
    write(&file, bytes);
    let check = ethos(&["check", arg(&file), "--format", "csv"]);
    let check = check.exits(1);
    assert_eq!(check.stderr, "");
    assert!(check.stdout.contains("blocking"), "{}", check.stdout);
}

#[test]
fn damaged_files_give_findings_and_never_a_panic() {
    let folder = folder();
    let dir = folder.path();
    prepare(dir, STUDY);
    write(
        &dir.join("opvang/GM0363_MD_2025.csv"),
        format!("{HEADER}\n{GOOD}"),
    );
    for (what, bytes) in damaged() {
        let file = dir.join("opvang/GM0599_MD_2025.csv");
        write(&file, &bytes);
        let check = ethos(&["check", arg(&file)]);
        assert!(
            matches!(check.code, Some(0 | 1 | 3)),
            "{what}: {:?} {}",
            check.code,
            check.stderr
        );
        assert!(
            !check.stderr.contains("met a bug"),
            "{what}: {}",
            check.stderr
        );
        let said = check.stdout.len() + check.stderr.len();
        assert!(
            said < 100_000,
            "{what}: {said} bytes about one file are too many to read"
        );

        let ran = run(dir);
        assert!(
            matches!(ran.code, Some(0 | 1 | 3)),
            "{what}: {:?} {}",
            ran.code,
            ran.stderr
        );
        assert!(!ran.stderr.contains("met a bug"), "{what}: {}", ran.stderr);
        if ran.code == Some(3) {
            continue;
        }
        let ledger = read(&dir.join("out/internal/ledger.json"));
        let ledger: Ledger = serde_json::from_str(&ledger).unwrap();
        ledger.check().unwrap_or_else(|e| panic!("{what}: {e}"));
        // The file beside it counts as ever.
        let people: u64 = rows(&dir.join("out/internal/cube.csv"))
            .iter()
            .filter(|row| row["table"] == "municipal_category" && row["place"] == "GM0363")
            .filter(|row| row["category"] == "emergency_shelter" && row["measure"] == "observed")
            .map(|row| row["value"].parse::<u64>().unwrap())
            .sum();
        assert_eq!(people, 2, "{what}");
        let found = rows(&dir.join("out/internal/findings.csv"));
        let plain = [
            "header alone",
            "header without an end",
            "old line ends",
            "UTF-16",
        ];
        let told = found.iter().any(|row| row["file"].contains("GM0599"));
        assert!(
            told || plain.contains(&what),
            "{what}: nothing was found wrong"
        );
    }
}

/// Damaged capture tables are refused with a message, never with a panic.
#[test]
fn damaged_capture_tables_are_refused() {
    let folder = folder();
    let table = folder.path().join("table.csv");
    for (what, bytes) in damaged() {
        write(&table, &bytes);
        let ran = ethos(&["estimate", arg(&table)]);
        assert!(
            matches!(ran.code, Some(2 | 3)),
            "{what}: {:?} {}",
            ran.code,
            ran.stderr
        );
        assert!(
            ran.stderr.len() < 4_000,
            "{what}: {} bytes of message",
            ran.stderr.len()
        );
    }
    for extension in ["parquet", "arrow"] {
        let table = folder.path().join(format!("table.{extension}"));
        for bytes in [
            Vec::new(),
            b"PAR1".to_vec(),
            garbage(10_000),
            [b"PAR1", &garbage(99)[..], b"PAR1"].concat(),
        ] {
            write(&table, bytes);
            ethos(&["estimate", arg(&table)]).exits(3);
        }
    }
}

/// Study and key files with any bytes in them are refused too.
#[test]
fn damaged_studies_are_refused() {
    let folder = folder();
    let dir = folder.path();
    prepare(dir, STUDY);
    write(&dir.join("opvang/a.csv"), format!("{HEADER}\n{GOOD}"));
    for (what, bytes) in damaged() {
        write(&dir.join("study.toml"), &bytes);
        let ran = run(dir);
        assert!(
            matches!(ran.code, Some(2 | 3)),
            "{what}: {:?} {}",
            ran.code,
            ran.stderr
        );
        assert!(
            ran.stderr.len() < 4_000,
            "{what}: {} bytes of message",
            ran.stderr.len()
        );
    }
    write(&dir.join("study.toml"), STUDY);
    for (what, bytes) in damaged() {
        write(&dir.join("files.key"), &bytes);
        let ran = run(dir);
        assert!(
            matches!(ran.code, Some(2 | 3)),
            "{what}: {:?} {}",
            ran.code,
            ran.stderr
        );
        assert!(
            ran.stderr.len() < 4_000,
            "{what}: {} bytes of message",
            ran.stderr.len()
        );
    }
}

/// Numbers that pass the eleven test, rising.
fn numbers() -> impl Iterator<Item = u32> {
    (100_000_000..999_999_999_u32).filter(|number| {
        let digits = (0..9_u32).map(|at| i64::from(number / 10_u32.pow(8 - at) % 10));
        let weighted = digits
            .zip([9, 8, 7, 6, 5, 4, 3, 2, -1])
            .map(|(digit, weight)| digit * weight);
        weighted.sum::<i64>() % 11 == 0
    })
}

#[test]
fn a_large_file_is_checked_without_a_finding() {
    const ROWS: usize = 200_000;
    let folder = folder();
    let file = folder.path().join("GM0363_MD_2025.csv");
    let mut text = format!("{HEADER}\n");
    for (at, number) in numbers().take(ROWS).enumerate() {
        let day = 1 + at % 28;
        // Every other one left, and every third is in a hostel: a delivery in which all are alike is doubted.
        let product = if at % 3 == 0 { "16;24" } else { "17;NO" };
        let last = format!("202512{:02};19", 1 + at % 27);
        let end = if at % 2 == 0 { last.as_str() } else { ";" };
        let _ = writeln!(
            text,
            "20260115;0363;{number};{product};202511{day:02};{end}"
        );
    }
    write(&file, &text);
    let report = ethos(&[
        "check",
        arg(&file),
        "--format",
        "json",
        "--fail-on",
        "warning",
    ]);
    let report = report.exits(0).json();
    let file = &report["files"][0];
    assert_eq!(file["rows"]["accepted"], ROWS);
    assert_eq!(file["rows"]["read"], ROWS);
    assert_eq!(
        file["findings"].as_array().unwrap().len(),
        0,
        "{}",
        file["findings"][0]
    );
}
