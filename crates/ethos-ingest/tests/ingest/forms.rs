//! Files of which the form is the matter: what is wrong is named, and how to mend it.

use ethos_ingest::{CheckOptions, FileReport, Input, Reading, Verdict, check_inputs};
use ethos_model::finding::Finding;

use crate::support::{check, check_as, file, only, shelter};

/// Rules that are met here.
pub(crate) const MET: &[&str] = &["KOP12", "KOP13"];

fn read_as(reading: Reading<'_>, text: &str) -> FileReport {
    let options = CheckOptions {
        reading,
        ..CheckOptions::default()
    };
    let inputs = [Input::bytes("GM0363_MD_2025.csv", text)];
    check_inputs(&inputs, &options, &())
        .unwrap()
        .files
        .remove(0)
}

#[test]
fn all_columns_in_one_cell_are_told_with_the_way_out() {
    let rows = file(&[shelter(1), shelter(2)]);
    let quoted: Vec<String> = rows.lines().map(|line| format!("\"{line}\"\n")).collect();
    let report = check(quoted.concat());
    assert_eq!(report.verdict, Verdict::Unusable);
    assert!(!report.counts.contains_key("KOP04"), "{:?}", report.counts);
    let found = only(&report, "KOP13");
    assert_eq!(found.address().as_deref(), Some("A1"));
    assert!(
        found.message.nl.contains("puntkomma"),
        "{}",
        found.message.nl
    );
    assert!(
        found.fix.nl.contains("aanhalingstekens"),
        "{}",
        found.fix.nl
    );
    // Also where the layout or a wrong delimiter is named.
    let report = check_as(
        Some("monitor-dakloosheid/2025"),
        "a.csv",
        rows.replace(';', "%"),
    );
    assert!(!report.counts.contains_key("KOP13"));
    let comma = Reading {
        delimiter: Some(','),
        ..Reading::default()
    };
    let report = read_as(comma, &rows);
    assert!(only(&report, "KOP13").fix.nl.contains("--delimiter"));
}

#[test]
fn a_blank_row_that_is_named_as_header_is_told_as_such() {
    let rows = file(&[shelter(1)]);
    let text = rows.replacen('\n', "\n\n", 1);
    let named = |row| Reading {
        header_row: Some(row),
        ..Reading::default()
    };
    for row in [2, 50] {
        let report = read_as(named(row), &text);
        let found = only(&report, "KOP12");
        assert!(found.message.nl.starts_with(&format!("Rij {row}, die u")));
        assert!(!report.counts.contains_key("BST08"));
        assert_eq!(report.verdict, Verdict::Unusable);
    }
    assert!(!read_as(named(1), &text).counts.contains_key("KOP12"));
    // An empty file stays an empty file.
    only(&read_as(named(2), ""), "BST08");
}

#[test]
fn a_picture_or_a_packed_file_is_called_what_it_is() {
    let mut tar = vec![0_u8; 1024];
    tar[..4].copy_from_slice(b"a.cs");
    tar[257..262].copy_from_slice(b"ustar");
    for (bytes, kind, way_out) in [
        (
            b"\xff\xd8\xff\xe0\0\x10JFIF;a;b\n".to_vec(),
            "een foto",
            "waarvan zij is gemaakt",
        ),
        (tar, "een ingepakt bestand (tar", "Pak het uit"),
    ] {
        let report = check_as(None, "GM0363_MD_2025.csv", bytes);
        let found = only(&report, "BST04");
        assert!(found.message.nl.contains(kind), "{}", found.message.nl);
        assert!(found.fix.nl.contains(way_out), "{}", found.fix.nl);
        assert_eq!(report.findings.len(), 1, "{:?}", report.counts);
    }
}

#[test]
fn blank_rows_are_told_once_and_blanks_around_values_of_each_cell() {
    let text = file(&[
        shelter(1),
        shelter(2).with("type_opvang", " 24 "),
        shelter(3).with("type_opvang", "24 "),
    ]);
    let text = text.replacen('\n', "\n\n\n", 1);
    let report = check(text);
    let blank = only(&report, "RIJ03");
    assert_eq!(
        (blank.row, blank.message.nl.as_str()),
        (
            Some(2),
            "Deze rij en de rij eronder zijn leeg en apart gezet."
        )
    );
    let padded = report
        .findings
        .iter()
        .filter(|finding| finding.code == "SPA01");
    let padded: Vec<_> = padded.filter_map(Finding::address).collect();
    assert_eq!(padded, ["E5", "E6"]);
}

/// A delivery of which a program cut off most names.
fn rows_cut_off() -> String {
    let rows: Vec<_> = (1..7).map(shelter).collect();
    file(&rows)
        .replace("aanmaakdatum_bestand", "aanmaakdat")
        .replace("gemeentecode", "gemeenteco")
        .replace("productcategorie", "productcat")
        .replace("startdatum", "startdat")
        .replace("einddatum", "einddat")
        .replace("reden_einde", "reden_eind")
        .replace("type_opvang", "type_opvan")
        .replace("geslacht", "man_vrouw")
}

#[test]
fn names_that_are_cut_off_are_suggested_where_no_layout_is_recognised() {
    let report = check(rows_cut_off());
    let fix = &only(&report, "KOP04").fix.nl;
    assert!(
        fix.contains("kolom `startdat` lijkt op `startdatum`"),
        "{fix}"
    );
    // The version of the period in the file's name, and no other.
    assert!(fix.contains("--layout monitor-dakloosheid/2025 "), "{fix}");
    assert!(!fix.contains("2024"), "{fix}");
    // By what only it can hold, too.
    assert!(fix.contains("--map man_vrouw=geslacht"), "{fix}");
    assert!(fix.contains("--map productcat=productcategorie"), "{fix}");
    // Without a period in it the rows are to tell.
    let undated = check_as(None, "levering.csv", rows_cut_off());
    let fix = &only(&undated, "KOP04").fix.nl;
    assert!(fix.contains("--layout monitor-dakloosheid --map"), "{fix}");
}
