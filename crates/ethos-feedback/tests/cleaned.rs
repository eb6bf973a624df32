//! A cleaned delivery is in the exact form of its layout: a check of it says nothing of its form, and reads
//! the same rows of it.

use std::collections::BTreeSet;
use std::path::Path;

use ethos_feedback::cleaned::{can_be_cleaned, write_cleaned};
use ethos_ingest::{
    CheckOptions, FileReport, Input, LaidOut, SeriesKey, check_inputs, ingest_study, layout,
    mapping,
};
use ethos_model::category::Language;
use ethos_model::finding::{RuleCode, Severity};
use ethos_model::layout::{CategoryRule, Layout, LayoutKind, Target};
use ethos_model::spell::Spell;
use ethos_model::study::Study;
use ethos_simulate::{Sample, SampleOptions};

/// Rules on how cells and files are written. What is left may be about what they say.
fn is_of_form(code: &str) -> bool {
    let of_rules = [
        "BSN02", "BSN03", "BSN06", "COD04", "COD07", "GET01", "LFT01", "SPA01", "FRM01", "GEM01",
        "DAT01", "DAT04", "DAT07", "DAT09",
    ];
    ["KOP", "RIJ", "BST", "WBK", "TEK"].contains(&&code[..3]) || of_rules.contains(&code)
}

fn checked(name: &str, bytes: &[u8], layout: &str) -> FileReport {
    let options = CheckOptions {
        layout: Some(layout),
        findings_per_rule: usize::MAX,
        ..CheckOptions::default()
    };
    let input = Input::bytes(name, bytes.to_vec());
    let mut report = check_inputs(&[input], &options, &()).unwrap();
    report.files.remove(0)
}

fn cleaned(name: &str, bytes: &[u8], layout: &str) -> String {
    let report = checked(name, bytes, layout);
    can_be_cleaned(&report, Language::Nl).unwrap();
    let options = CheckOptions {
        layout: Some(layout),
        ..CheckOptions::default()
    };
    let input = Input::bytes(name, bytes.to_vec());
    let laid = LaidOut::open(&input, &options).unwrap().unwrap();
    let mut cleaned = Vec::new();
    write_cleaned(&laid, &report, &mut cleaned).unwrap();
    String::from_utf8(cleaned).unwrap()
}

/// The spells that a study reads of a delivery.
fn spells(name: &str, bytes: &[u8], layout: &str) -> Vec<Spell> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(name), bytes).unwrap();
    let study = format!(
        "[study]\nname = \"Proef\"\nreference_date = 2026-01-01\nseries = \"proef\"\nkey_file = \"k\"\n\
         [[source]]\nlist = \"opvang\"\nlayout = \"{layout}\"\nfiles = \"{name}\"\n"
    );
    let key = SeriesKey::from_seed("proef", 1);
    let study = Study::parse(&study).unwrap();
    let read = ingest_study(&study, folder.path(), &key, &()).unwrap();
    read.spells
}

/// A sample with mistakes, without the rows that nothing but a person can mend.
fn dirty(layout: &Layout, folder: &Path) -> (String, Vec<u8>) {
    let mapping = match &layout.category {
        CategoryRule::Mapping { name } => Some(mapping::find(name, None).unwrap()),
        _ => None,
    };
    let options = SampleOptions {
        rows: 150,
        dirt: 0.3,
        seed: 5,
        ..SampleOptions::default()
    };
    let sample = Sample::new(layout, mapping.as_ref(), &options).unwrap();
    let name = sample.file_name();
    let path = folder.join(&name);
    sample.write(&path, &|_, _| {}).unwrap();
    let mut text = std::fs::read_to_string(&path).unwrap();
    for _ in 0..4 {
        let report = checked(&name, text.as_bytes(), &layout.id);
        let wrong = report.findings.iter();
        let wrong = wrong.filter(|finding| finding.severity >= Severity::Error);
        let rows: BTreeSet<u64> = wrong.filter_map(|finding| finding.row).collect();
        if rows.is_empty() {
            break;
        }
        let lines = text.split_inclusive('\n').zip(1..);
        let kept = lines.filter(|(_, number)| !rows.contains(number));
        text = kept.map(|(line, _)| line).collect();
    }
    (name, spoilt(layout, &text).into_bytes())
}

/// The text with sexes in words, days of birth as people write them and municipalities without their zeros: of
/// these a check says that it cannot read them, or that something is missing.
fn spoilt(layout: &Layout, text: &str) -> String {
    let delimiter = layout.file.delimiters[0];
    let header: Vec<&str> = text.lines().next().unwrap().split(delimiter).collect();
    let target = |column: &str| {
        let field = layout.fields.iter().find(|field| field.name == column);
        field.and_then(|field| field.maps_to)
    };
    let spoil = |line: &str| -> String {
        let cells = line.split(delimiter).zip(&header);
        let cells = cells.map(|(cell, column)| {
            let digits = cell.bytes().all(|byte| byte.is_ascii_digit());
            match (target(column), cell) {
                (Some(Target::Sex), "M" | "1") => "man".to_owned(),
                (Some(Target::Sex), "V" | "2") => "Vrouw".to_owned(),
                (Some(Target::BirthDate), _) if digits && cell.len() == 8 => {
                    format!("{}-{}-{}", &cell[6..], &cell[4..6], &cell[..4])
                }
                (Some(Target::MunicipalityStay | Target::MunicipalityOrigin), _) => {
                    cell.trim_start_matches('0').to_owned()
                }
                _ => cell.to_owned(),
            }
        });
        cells.collect::<Vec<_>>().join(&delimiter.to_string())
    };
    let lines = text.split_inclusive('\n').enumerate();
    lines
        .map(|(at, line)| match at {
            0 => line.to_owned(),
            // What is between quotes may hold delimiters.
            _ if line.contains('"') => line.to_owned(),
            _ => spoil(line),
        })
        .collect()
}

#[test]
fn nothing_of_form_is_left_to_say_of_a_cleaned_delivery_of_any_layout() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = BTreeSet::new();
    for layout in layout::list(None).unwrap() {
        let id = &layout.id;
        let (name, original) = dirty(&layout, folder.path());
        let before = checked(&name, &original, id);
        said.extend(before.counts.keys().map(ToString::to_string));
        let clean = cleaned(&name, &original, id);
        let after = checked(&name, clean.as_bytes(), id);
        let of_form: Vec<_> = after
            .findings
            .iter()
            .filter(|finding| is_of_form(finding.code.as_str()))
            .map(|finding| {
                let column = finding.column.as_deref().unwrap_or_default();
                format!("{} {column} {}", finding.code, finding.value)
            })
            .collect();
        assert!(of_form.is_empty(), "{id}: {of_form:?}");
        assert!(can_be_cleaned(&after, Language::Nl).is_ok(), "{id}");
        assert_eq!(after.tally.accepted, before.tally.accepted, "{id}");
        assert_eq!(after.tally.out_of_scope, before.tally.out_of_scope, "{id}");
        assert_eq!(cleaned(&name, clean.as_bytes(), id), clean, "{id}");
        if layout.kind == LayoutKind::PersonRegister {
            continue;
        }
        let pairs = spells(&name, &original, id);
        let read = spells(&name, clean.as_bytes(), id);
        assert_eq!(pairs.len(), read.len(), "{id}");
        for (mut one, mut other) in pairs.into_iter().zip(read) {
            // What could not be read may be known now; what was known stays.
            (one.row.row, other.row.row) = (0, 0);
            let known = |one: bool, other: bool| one || !other;
            assert!(known(
                one.attributes.birth.is_none(),
                other.attributes.birth.is_none()
            ));
            assert!(known(
                one.attributes.sex.is_none(),
                other.attributes.sex.is_none()
            ));
            if one != other {
                one.attributes = other.attributes;
                one.key.fallback = other.key.fallback;
                one.expected_on = one.expected_on.or(other.expected_on);
                one.ready_to_leave = one.ready_to_leave.or(other.ready_to_leave);
                one.end_reason = one.end_reason.or(other.end_reason);
            }
            assert_eq!(one, other, "{id}");
        }
    }
    // The samples hold mistakes of form to be brought into it.
    for code in ["BSN02", "BSN06", "COD04", "COD07", "DAT07"] {
        assert!(said.contains(code), "{code}: {said:?}");
    }
}

#[test]
fn words_days_and_codes_are_written_as_the_layout_has_them() {
    let name = "GM0363_MD_2025.csv";
    let text = "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde;gemeente_verblijf;geboortedatum;geslacht\n\
        20260115;363;123456782;16;24-uurs;20250110;20250320;as planned;363;16-09-1984;man\n\
        2026-01-15;0363;111222333;16;24;2025-01-11;;;GM0363;1984-10-00;Vrouw\n\
        20260115;0363;999999999;16;24;20250111;;;0363;03-04-1990;anders\n";
    let clean = cleaned(name, text.as_bytes(), "monitor-dakloosheid/2025");
    let rows: Vec<&str> = clean.lines().skip(1).collect();
    let cells: Vec<Vec<&str>> = rows.iter().map(|row| row.split(';').collect()).collect();
    let header: Vec<&str> = clean.lines().next().unwrap().split(';').collect();
    let cell = |row: usize, name: &str| {
        let at = header.iter().position(|column| *column == name).unwrap();
        cells[row][at]
    };
    assert_eq!(cell(0, "gemeentecode"), "0363");
    assert_eq!(cell(0, "type_opvang"), "");
    assert_eq!(cell(0, "reden_einde"), "19");
    assert_eq!(cell(0, "geboortedatum"), "19840916");
    assert_eq!((cell(0, "geslacht"), cell(1, "geslacht")), ("1", "2"));
    assert_eq!(cell(1, "aanmaakdatum_bestand"), "20260115");
    assert_eq!(cell(1, "geboortedatum"), "19841000");
    assert_eq!(cell(2, "bsn"), "");
    // Day first, as the other day of the column proves.
    assert_eq!(cell(2, "geboortedatum"), "19900403");
    assert_eq!(cell(2, "geslacht"), "");
    let after = checked(name, clean.as_bytes(), "monitor-dakloosheid/2025");
    let codes: Vec<&str> = after.counts.keys().map(RuleCode::as_str).collect();
    assert!(!codes.iter().any(|code| is_of_form(code)), "{codes:?}");
}
