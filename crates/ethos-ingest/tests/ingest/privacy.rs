//! No identifier leaves by a finding, an error or a `Debug`.

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, Input};

use crate::support::{Row, SHELTERS, StudyFolder, bsn, file, form, person, shelter, wmo};

/// A row in order of every kind, with the name of its file.
fn one_of_each() -> [(Row, &'static str); 4] {
    [
        (shelter(1), "shelter.csv"),
        (wmo(1), "wmo.csv"),
        (form(1), "form.csv"),
        (person(1), "person.csv"),
    ]
}

/// Rows that make findings on every cell that can hold something personal.
fn spoilt_rows() -> Vec<(&'static str, String)> {
    let number = bsn(1);
    let wrong = format!("{}{}", &number[..8], (number.as_bytes()[8] - b'0' + 1) % 10);
    let mut files = Vec::new();
    // A person's number in each column in turn, as in a shifted file.
    for (row, name) in one_of_each() {
        let header = row.header();
        let spoilt: Vec<_> = header
            .split(';')
            .flat_map(|column| {
                [
                    row.clone().with(column, &number),
                    row.clone().with(column, &wrong),
                ]
            })
            .collect();
        files.push((name, file(&spoilt)));
        files.push((
            name,
            file(&spoilt).replacen(&header, &header.replace("bsn", &number), 1),
        ));
        files.push((
            name,
            file(&spoilt).replacen(
                &header,
                &row.clone()
                    .with(header.split(';').next().unwrap(), &number)
                    .text(),
                1,
            ),
        ));
        files.push((
            name,
            format!("{}\n{};\"{number}\n", row.header(), row.text()),
        ));
    }
    files
}

fn holds_no_number(text: &str, what: &str) {
    let number = bsn(1);
    let digits: Vec<u8> = text.bytes().collect();
    for part in [&number[..8], &number[..6], &number[2..8]] {
        let found = digits
            .windows(part.len())
            .position(|window| window == part.as_bytes());
        assert_eq!(
            found,
            None,
            "{what}: {}",
            found.map_or("", |at| &text[at.saturating_sub(300)..at])
        );
    }
}

#[test]
fn no_check_report_holds_a_number() {
    for (name, text) in spoilt_rows() {
        for layout in [
            None,
            Some("monitor-dakloosheid/2025"),
            Some("register/personen"),
        ] {
            let options = CheckOptions {
                layout,
                ..CheckOptions::default()
            };
            let input = [Input::bytes(name, text.clone())];
            let report = check_inputs(&input, &options, &()).unwrap();
            holds_no_number(&format!("{report:?}"), name);
        }
    }
}

#[test]
fn initials_in_any_column_are_shown_nowhere() {
    for (row, name) in one_of_each() {
        let header = row.header();
        let rows: Vec<_> = header
            .split(';')
            .flat_map(|column| {
                let with = |text: &str| row.clone().with(column, text);
                [
                    with("QZ"),
                    with("Q.Z."),
                    with("Qz1"),
                    with(" QZ"),
                    with("  QZ"),
                    with("\u{a0}\u{a0}QZ"),
                    with("\u{200b}QZ\u{200b}"),
                    with("Q\"Z"),
                ]
            })
            .collect();
        let input = [Input::bytes(name, file(&rows))];
        let report = check_inputs(&input, &CheckOptions::default(), &()).unwrap();
        let report = &report.files[0];
        assert!(report.findings.len() > 20, "{name}");
        for finding in &report.findings {
            let shown = format!(
                "{} {} {}",
                finding.value, finding.message.nl, finding.fix.nl
            );
            // A message may name a layout in capitals: of values nothing of it is shown.
            let value = finding.value.as_str();
            assert!(!shown.contains('Q'), "{name}: {} {shown}", finding.code);
            assert!(!value.contains('Z'), "{name}: {} {value}", finding.code);
        }
    }
}

#[test]
fn nothing_that_a_study_gives_holds_an_identifier() {
    let folder = StudyFolder::new()
        .section(SHELTERS)
        .section("[[person_register]]\nlayout = \"register/personen\"\nfiles = \"p.csv\"")
        .with(
            "opvang/GM0363_2025.csv",
            file(&[
                shelter(1),
                shelter(1).with("einddatum", "x"),
                shelter(1).with("geslacht", &bsn(1)),
            ]),
        )
        .with(
            "p.csv",
            file(&[
                person(1).with("huishouden", "Kerkstraat-7"),
                person(1).with("bsn_ouder1", "kerkstraat"),
            ]),
        );
    let ingested = folder.read();
    let shown = format!("{ingested:?}");
    holds_no_number(&shown, "ingested");
    assert!(
        !shown.contains("Kerkst") && !shown.contains("kerkst"),
        "a household key is shown"
    );
    assert!(
        !shown.contains(&folder.path().to_string_lossy().into_owned()),
        "a path is shown"
    );
}
