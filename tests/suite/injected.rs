//! No spreadsheet runs a cell of anything we write: not of what goes back to a sender, not of overviews,
//! not of a release. In a text such a cell has an apostrophe before it; in a workbook it is stored as a
//! text, and there is no formula.

use std::fmt::Write as _;
use std::path::Path;

use calamine::{Data, Reader, Xlsx, open_workbook};
use rust_xlsxwriter::Workbook;

use super::hunt::members;
use super::support::{arg, ethos, files, folder, is_kind, read, swap, write};

/// What spreadsheets take for a formula, or for the way into one.
const FORMULAS: [&str; 7] = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "=HYPERLINK(\"http://x\")",
    "\t=1+1",
];

/// The cells of a delimited text, quotes read as spreadsheets read them.
fn cells(text: &str) -> Vec<String> {
    let head = text.lines().next().unwrap_or_default();
    let count = |delimiter: &char| head.matches(*delimiter).count();
    let delimiter = [';', ',', '\t', '|'].into_iter().max_by_key(count).unwrap();
    let (mut list, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.trim_start_matches('\u{feff}').chars() {
        match c {
            '"' => quoted = !quoted,
            c if !quoted && (c == delimiter || c == '\n') => list.push(std::mem::take(&mut cell)),
            c => cell.push(c),
        }
    }
    list.push(cell);
    list
}

/// Checks a file of any form: a text cell that a spreadsheet would run, or any formula at all.
#[track_caller]
fn runs_nothing(name: &str, bytes: &[u8]) {
    if bytes.starts_with(b"PK\x03\x04") && !is_kind(name, "zip") {
        for (part, text) in members(bytes) {
            let text = String::from_utf8_lossy(&text).into_owned();
            assert!(!part.contains("externalLink"), "{name}: {part}");
            for formula in ["<f>", "<f ", "table:formula", "ddeLink", "t=\"str\""] {
                assert!(!text.contains(formula), "{name}, {part} holds {formula}");
            }
        }
    } else if is_kind(name, "csv") {
        let text = String::from_utf8_lossy(bytes);
        // Whatever a spreadsheet takes for the end of a cell, and whether it minds quotes or not. A delivery has
        // the delimiter that its receiver asks for.
        let ours = name.contains("apart") || name.contains("findings") || name.contains("wie");
        for split in [';', ',', '\t'].into_iter().filter(|_| ours) {
            let split = text.split([split, '\n']).map(|cell| cell.trim_matches('"'));
            for cell in split.map(str::trim_end) {
                let number = cell.replace(',', ".").parse::<f64>().is_ok();
                let runs = cell.starts_with(['=', '+', '-', '@']);
                assert!(
                    !runs || number,
                    "{name} holds `{cell}` when it is split otherwise"
                );
            }
        }
        for cell in cells(&text) {
            let cell = cell.strip_suffix('\r').unwrap_or(&cell);
            let number = cell.replace(',', ".").parse::<f64>().is_ok();
            let runs = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(!runs || number, "{name} holds the cell `{cell}`");
        }
    }
}

#[track_caller]
fn folder_runs_nothing(folder: &Path, at_least: usize) {
    let written = files(folder);
    let sheets = |name: &&String| {
        ["csv", "xlsx", "ods"]
            .iter()
            .any(|kind| is_kind(name, kind))
    };
    assert!(
        written.keys().filter(sheets).count() >= at_least,
        "{:?}",
        written.keys()
    );
    for (name, bytes) in &written {
        runs_nothing(name, bytes);
    }
}

/// Formulas in every column of a delivery, its header among them.
fn delivery(layout: &str) -> Vec<Vec<String>> {
    let folder = folder();
    let path = folder.path().join("x.csv");
    ethos(&[
        "layouts",
        "sample",
        layout,
        "--rows",
        "12",
        "--out",
        arg(&path),
    ])
    .exits(0);
    let text = read(&path);
    let split = |line: &str| line.split(';').map(str::to_owned).collect::<Vec<_>>();
    let mut table: Vec<Vec<String>> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(split)
        .collect();
    let right = table[1].clone();
    for formula in FORMULAS {
        for at in 0..right.len() {
            let mut row = right.clone();
            formula.clone_into(&mut row[at]);
            table.push(row);
        }
    }
    table[0].push("=extra".to_owned());
    for (row, formula) in table[1..].iter_mut().zip(FORMULAS.iter().cycle()) {
        row.push((*formula).to_owned());
    }
    table
}

fn text(table: &[Vec<String>]) -> String {
    let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
    let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(";");
    table.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn what_goes_back_to_a_sender_runs_nothing() {
    for layout in ["monitor-dakloosheid/2025", "ethos-telling/2025"] {
        let folder = folder();
        let table = delivery(layout);
        let name = if layout.starts_with("ethos") {
            "GM0363_ET_2025"
        } else {
            "GM0363_MD_2025"
        };
        let csv = folder.path().join(format!("in/{name}.csv"));
        write(&csv, text(&table));
        let mut book = Workbook::new();
        let sheet = book.add_worksheet();
        for (row, cells) in table.iter().enumerate() {
            for (at, cell) in cells.iter().enumerate() {
                sheet.write_string(row as u32, at as u16, cell).unwrap();
            }
        }
        let xlsx = folder.path().join(format!("in/{name}.xlsx"));
        write(&xlsx, book.save_to_buffer().unwrap());
        for input in [&csv, &xlsx] {
            let out = folder
                .path()
                .join("uit")
                .join(if is_kind(arg(input), "csv") { "c" } else { "x" });
            let at = |name: &str| arg(&out.join(name)).to_owned();
            write(&out.join("leeg"), "");
            let kind = input.extension().unwrap().to_str().unwrap();
            let ran = ethos(&[
                "check",
                arg(input),
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
                "--senders",
                &at("wie.csv"),
                "--senders",
                &at("wie.xlsx"),
                "--fix",
                "--write",
                &at(&format!("hersteld.{kind}")),
            ])
            .exits(0);
            runs_nothing("findings.csv", ran.stdout.as_bytes());
            folder_runs_nothing(&out, 5);
            // The sender's own text is still there: in a workbook as a text, in a CSV with its apostrophe.
            let mut marked: Xlsx<_> = open_workbook(out.join("werkmap.xlsx")).unwrap();
            let found = marked.worksheets().into_iter().any(|(_, range)| {
                range
                    .used_cells()
                    .any(|(.., cell)| *cell == Data::String("@SUM(A1)".into()))
            });
            assert!(found, "the marked workbook of {}", input.display());
            if kind == "csv" {
                assert!(read(&out.join("hersteld.csv")).contains("'@SUM(A1)"));
            }
        }
    }
}

#[test]
fn a_cleaned_delivery_runs_nothing() {
    let folder = folder();
    let path = folder.path().join("GM0363_ET_2025.csv");
    ethos(&[
        "layouts",
        "sample",
        "ethos-telling/2025",
        "--rows",
        "12",
        "--out",
        arg(&path),
    ])
    .exits(0);
    let text = read(&path);
    let mut lines = text
        .lines()
        .map(|line| line.split(';').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let at = header
        .iter()
        .position(|name| name == "organisatie")
        .unwrap();
    let mut changed = header.join(";") + "\n";
    for (mut row, formula) in lines.zip(FORMULAS.iter().cycle()) {
        row[at] = format!("\"{}\"", formula.replace('"', "\"\""));
        changed += &(row.join(";") + "\n");
    }
    write(&path, changed);
    let out = folder.path().join("uit/schoon.csv");
    write(&folder.path().join("uit/leeg"), "");
    let ran = ethos(&[
        "check",
        arg(&path),
        "--fail-on",
        "never",
        "--cleaned",
        arg(&out),
    ])
    .exits(0);
    assert!(out.exists(), "{}", ran.stderr);
    folder_runs_nothing(out.parent().unwrap(), 1);
    assert!(read(&out).contains("'@SUM(A1)"), "{}", read(&out));
}

#[test]
fn an_overview_of_senders_runs_nothing() {
    let folder = folder();
    let at = |name: &str| folder.path().join(name);
    write(
        &at("in/GM0363_MD_2025.csv"),
        text(&delivery("monitor-dakloosheid/2025")),
    );
    let mut frame = "sender;name;municipality;layout;due;contact\n".to_owned();
    for (code, formula) in ["GM0363", "GM0599", "GM0344", "GM0518"]
        .into_iter()
        .zip(FORMULAS)
    {
        let _ = writeln!(
            frame,
            "{code};{formula};{code};monitor-dakloosheid;2026-02-01;{formula}"
        );
    }
    write(&at("verwacht.csv"), frame);
    write(
        &at("redenen.csv"),
        "sender;reason\nGM0344;=1+1\nGM0518;@SUM(A1)\n",
    );
    write(&at("uit/leeg"), "");
    ethos(&[
        "check",
        arg(&at("in")),
        "--fail-on",
        "never",
        "--frame",
        arg(&at("verwacht.csv")),
        "--reasons",
        arg(&at("redenen.csv")),
        "--on",
        "2026-03-01",
        "--senders",
        arg(&at("uit/wie.csv")),
        "--senders",
        arg(&at("uit/wie.xlsx")),
    ])
    .exits(0);
    folder_runs_nothing(&at("uit"), 2);
    assert!(read(&at("uit/wie.csv")).contains("'=1+1"));
}

#[test]
fn a_release_runs_nothing() {
    let folder = folder();
    let dir = folder.path().join("telling");
    ethos(&["init", "gemeente", "--dir", arg(&dir)]).exits(0);
    let study = read(&dir.join("study.toml"));
    let study = swap(&study, "name = \"Telling 2026\"", "name = \"=1+1\"");
    let study = swap(
        &study,
        "\"csv\", \"xlsx\", \"html\"",
        "\"csv\", \"xlsx\", \"ods\", \"html\"",
    );
    write(&dir.join("study.toml"), study);
    for (layout, name) in [
        ("monitor-dakloosheid/2025", "GM0363_MD_2025.csv"),
        ("gmsd/2015", "GM0363_Wmo_2025.csv"),
    ] {
        write(&dir.join("leveringen").join(name), text(&delivery(layout)));
    }
    let out = folder.path().join("uit");
    let ran = ethos(&["run", arg(&dir.join("study.toml")), "--out", arg(&out)]);
    assert!(out.join("release").exists(), "{}", ran.stderr);
    folder_runs_nothing(&out, 6);
}

/// The check itself finds what it looks for.
#[test]
fn a_cell_that_would_run_is_found() {
    for text in [
        "a;b\n1;=1+1\n",
        "a,\"=1+1\"\n",
        "\u{feff}@a;b\n",
        "a;b\n\"-x\";1\n",
    ] {
        assert!(
            std::panic::catch_unwind(|| runs_nothing("x.csv", text.as_bytes())).is_err(),
            "{text}"
        );
    }
    runs_nothing("x.csv", b"a;b\n-1;+2.5\r\n'=1;x\r\n-0,5;\"x=1\"\n");
    let mut book = Workbook::new();
    book.add_worksheet().write_formula(0, 0, "=1+1").unwrap();
    let bytes = book.save_to_buffer().unwrap();
    assert!(std::panic::catch_unwind(|| runs_nothing("x.xlsx", &bytes)).is_err());
}
