//! Every rule of the rule book, each by a small file with the finding it must make: row, column,
//! masked value, and what becomes of the row.

use std::collections::BTreeSet;

use crate::support::{Row, benefit, bsn, check, check_as, file, form, only, person, shelter, wmo};
use ethos_ingest::{FileReport, RuleBook, Tally, Verdict};

/// What becomes of the one row.
#[derive(Copy, Clone, PartialEq, Debug)]
enum Fate {
    Accepted,
    Rejected,
    OutOfScope,
    SetAside,
}

fn tally_of(fate: Fate) -> Tally {
    let mut tally = Tally::default();
    match fate {
        Fate::Accepted => tally.accepted = 1,
        Fate::Rejected => tally.rejected = 1,
        Fate::OutOfScope => tally.out_of_scope = 1,
        Fate::SetAside => tally.set_aside = 1,
    }
    tally
}

/// A row, one finding it makes, where, the value as shown, and its fate.
struct Case(&'static str, Row, Option<&'static str>, &'static str, Fate);

fn cases() -> Vec<Case> {
    use Fate::{Accepted, Rejected};
    let spoilt = |code, column: &'static str, value: &str, shown, fate| {
        Case(
            code,
            shelter(1).with(column, value),
            Some(column),
            shown,
            fate,
        )
    };
    let on_form = |code, column: &'static str, value: &str, shown, fate| {
        Case(code, form(1).with(column, value), Some(column), shown, fate)
    };
    let on_person = |code, column: &'static str, value: &str, shown, fate| {
        Case(
            code,
            person(1).with(column, value),
            Some(column),
            shown,
            fate,
        )
    };
    let on_wmo = |code, column: &'static str, value: &str, shown, fate| {
        Case(code, wmo(1).with(column, value), Some(column), shown, fate)
    };
    vec![
        spoilt("BSN01", "bsn", "123456783", "*******83", Rejected),
        spoilt("BSN02", "bsn", "12345672", "******72", Accepted),
        spoilt("BSN03", "bsn", "1,23E+08", "******08", Rejected),
        spoilt("BSN04", "bsn", "999999999", "*******99", Accepted),
        spoilt("BSN05", "bsn", "", "", Accepted),
        spoilt("BSN06", "bsn", "1234.56.782", "*********82", Accepted),
        spoilt("BSN10", "bsn", "123456782", "*******82", Accepted),
        on_form("TEK01", "organisatie", "Zo\u{fffd}", "***", Accepted),
        on_form("TEK02", "letters_naam", "ASSÃ«", "*****", Accepted),
        on_person("BSN07", "bsn_ouder1", "123456783", "*******83", Accepted),
        Case("BSN08", person(1).with("bsn", ""), None, "", Rejected),
        spoilt("DAT01", "startdatum", "31-01-2025", "**********", Rejected),
        spoilt("DAT02", "einddatum", "20250109", "******09", Rejected),
        spoilt("DAT03", "startdatum", "20260116", "******16", Rejected),
        spoilt("DAT04", "startdatum", "18250110", "******10", Rejected),
        spoilt("DAT06", "startdatum", "", "", Accepted),
        spoilt("DAT07", "geboortedatum", "19800231", "******31", Accepted),
        on_form("DAT07", "sinds", "2025-04-09", "********09", Accepted),
        on_wmo("DAT07", "beoogde_einddatum", "x", "*", Accepted),
        spoilt("DAT08", "einddatum", "20260116", "******16", Accepted),
        spoilt("DAT09", "einddatum", "99991231", "******31", Accepted),
        on_person("DAT10", "geboortedatum", "19800000", "******00", Accepted),
        Case(
            "DAT11",
            benefit(1).with("ingangsdatum", ""),
            None,
            "",
            Rejected,
        ),
        on_form("DAT11", "teldatum", "", "", Rejected),
        on_person("DAT12", "geboortedatum", "20260102", "******02", Accepted),
        spoilt("GEM01", "gemeente_verblijf", "9998", "****", Accepted),
        spoilt("GEM01", "gemeentecode", "123456782", "*******82", Accepted),
        spoilt("GEM02", "gemeentecode", "0457", "0457", Accepted),
        spoilt("GEM05", "gemeente_verblijf", "0788", "0788", Accepted),
        spoilt("GEM03", "gemeente_herkomst", "0000", "0000", Accepted),
        spoilt("GEM03", "gemeentecode", "1999", "1999", Accepted),
        spoilt("GEM04", "gemeentecode", "", "", Accepted),
        spoilt("COD01", "productcategorie", "19", "19", Rejected),
        on_form("COD01", "situatie", "8a", "8a", Rejected),
        spoilt("COD08", "productcategorie", "16\u{a0}", "**", Rejected),
        on_form("COD08", "situatie", "\u{a0}6a", "**", Rejected),
        spoilt("COD09", "type_opvang", "24\u{a0}", "**", Accepted),
        spoilt("COD09", "geslacht", "\u{200b}M", "*", Accepted),
        on_wmo("COD02", "productcategorie", "18", "18", Accepted),
        spoilt("COD03", "type_opvang", "NO", "NO", Accepted),
        spoilt("COD04", "geslacht", "X", "*", Accepted),
        spoilt("COD04", "reden_einde", "40", "40", Accepted),
        spoilt("COD04", "type_opvang", "hotel", "*****", Accepted),
        spoilt("COD04", "type_opvang", "JB", "**", Accepted),
        spoilt("COD04", "reden_einde", "1985", "****", Accepted),
        spoilt("GEM01", "gemeente_herkomst", "JB", "**", Accepted),
        spoilt("COD01", "productcategorie", "JB", "**", Rejected),
        spoilt("COD05", "productcategorie", "", "", Rejected),
        on_form("COD06", "situatie", "", "", Accepted),
        spoilt("COD07", "reden_einde", "2", "2", Accepted),
        spoilt("COD07", "gemeente_verblijf", "363", "363", Accepted),
        on_wmo("COD07", "productcategorie", "1", "1", Fate::OutOfScope),
        on_form("LFT01", "leeftijd", "134", "***", Accepted),
        on_form("GET01", "kinderen_mee", "twee", "****", Accepted),
        on_wmo("GET01", "bedrag", "gratis", "****is", Accepted),
        spoilt("VLD01", "aanmaakdatum_bestand", "", "", Accepted),
    ]
}

#[test]
fn a_number_in_scientific_notation_is_said_to_be_lost_only_where_it_is() {
    for (cell, says, mended) in [
        ("1,23E+08", "cijfers verloren", None),
        (
            "1,23456782E+08",
            "alle cijfers staan er nog",
            Some("123456782"),
        ),
        ("1,23456783E+08", "geen geldig nummer", None),
    ] {
        let report = check(file(&[shelter(1).with("bsn", cell)]));
        let found = report
            .findings
            .iter()
            .find(|finding| finding.code == "BSN03");
        let found = found.unwrap();
        assert!(found.message.nl.contains(says), "{}", found.message.nl);
        let suggestion = found
            .suggestion
            .as_ref()
            .map(ethos_model::finding::Suggestion::value);
        assert_eq!(suggestion, mended);
    }
}

#[test]
fn a_spoilt_cell_makes_its_finding() {
    for Case(code, row, column, shown, fate) in cases() {
        let report = check_as(None, "levering.csv", file(std::slice::from_ref(&row)));
        // A row without a usable date has no column to point at.
        let column = column.filter(|_| code != "DAT11");
        let finding = only(&report, code);
        let context = format!("{code} {}: {finding:?}", row.text());
        assert_eq!(finding.row, Some(2), "{context}");
        assert_eq!(finding.column.as_deref(), column, "{context}");
        let number = column.map(|name| {
            let header = row.header();
            header.split(';').position(|other| other == name).unwrap() as u32 + 1
        });
        assert_eq!(finding.column_number, number, "{context}");
        assert_eq!(finding.value.as_str(), shown, "{context}");
        assert_eq!(
            finding.severity,
            RuleBook::shipped().find(code).unwrap().severity
        );
        assert_eq!(report.tally, tally_of(fate), "{context}");
        assert!(!finding.message.nl.contains("{}") && !finding.fix.en.contains("{}"));
    }
}

#[test]
fn rows_as_they_should_be_make_no_finding() {
    for (name, row) in [
        ("GM0363_MD_2025.csv", shelter(1)),
        ("GM0363_Wmo_2025_H1.csv", wmo(1)),
        ("GM0363_ET_2025.csv", form(1)),
        ("x.csv", person(1)),
        ("x.csv", benefit(1)),
    ] {
        let report = check_as(None, name, file(std::slice::from_ref(&row)));
        assert_eq!(report.findings, [], "{}", row.text());
        assert_eq!(
            (report.tally, report.verdict),
            (tally_of(Fate::Accepted), Verdict::Clean)
        );
    }
}

#[test]
fn rows_that_are_not_asked_for_are_out_of_scope() {
    for row in [
        wmo(1).with("productcategorie", "01"),
        wmo(1).with("productcategorie", "1").with("bsn", "x"),
        wmo(1).with("productcategorie", "15"),
        wmo(1)
            .with("startdatum", "")
            .with("beoogde_startdatum", "20250801"),
    ] {
        let report = check(file(std::slice::from_ref(&row)));
        assert_eq!(report.tally, tally_of(Fate::OutOfScope), "{}", row.text());
    }
    let ready = wmo(1)
        .with("productcategorie", "15")
        .with("datum_uitstroomgereed", "20250601");
    assert_eq!(check(file(&[ready])).tally, tally_of(Fate::Accepted));
}

#[test]
fn successors_and_codes_are_named_in_the_fix() {
    let old = check(file(&[shelter(1).with("gemeentecode", "0457")]));
    let finding = only(&old, "GEM02");
    assert!(finding.fix.nl.contains("GM0363") && finding.message.en.contains("2026-01-15"));
    let split = check(file(&[shelter(1).with("gemeente_verblijf", "0788")]));
    assert!(split.findings.iter().all(|other| other.code != "GEM02"));
    let message = &only(&split, "GEM05").message.en;
    assert!(message.contains("municipality unknown"), "{message}");
    let fix = &only(&split, "GEM05").fix.en;
    assert!(fix.contains("GM0855") && fix.contains(" / "), "{fix}");
    let sex = check(file(&[shelter(1).with("geslacht", "X")]));
    assert!(only(&sex, "COD04").fix.en.contains("0, 1, 2, M, V"));
}

fn file_finding<'a>(report: &'a FileReport, code: &str, words: &str) -> &'a FileReport {
    let finding = only(report, code);
    assert_eq!(finding.file, "GM0363_2025.csv");
    assert!(finding.message.nl.contains(words), "{finding:?}");
    report
}

#[test]
fn headers_are_matched_and_judged() {
    let good = shelter(1).text();
    let header = shelter(1).header();
    let with = |header: &str| {
        check_as(
            Some("monitor-dakloosheid/2025"),
            "GM0363_2025.csv",
            format!("{header}\n{good}\n"),
        )
    };

    let renamed = with(&header.replace("startdatum", "stratdatum"));
    file_finding(&renamed, "KOP01", "startdatum");
    assert!(only(&renamed, "KOP01").fix.nl.contains("`stratdatum`"));
    // What may be the missing column is not to be left out.
    assert_eq!(renamed.counts.get("KOP02"), None);
    assert_eq!(renamed.tally, tally_of(Fate::SetAside));
    assert_eq!(renamed.verdict, Verdict::Unusable);

    // Nor is a column that need not be there, under nearly its name.
    let unread = with(&header.replace("geboortedatum", "geb_datum"));
    let alike = only(&unread, "KOP14");
    assert_eq!(alike.value.as_str(), "geb_datum");
    assert!(alike.fix.nl.contains("`geboortedatum`"), "{}", alike.fix.nl);
    assert_eq!(unread.verdict, Verdict::Usable);

    let alias = with(&header.replace("bsn", "Burgerservicenummer"));
    assert_eq!(only(&alias, "KOP03").value.as_str(), "Burgerservicenummer");
    assert_eq!(alias.tally, tally_of(Fate::Accepted));

    let twice = with(&header.replace("type_opvang", "Bsn"));
    file_finding(&twice, "KOP05", "`bsn`");

    let unknown = check("a;b;c\n1;2;3\n");
    file_finding(&unknown, "KOP04", "welke indeling dit is");
    assert_eq!(unknown.tally, tally_of(Fate::SetAside));

    let upper = with(&header.to_uppercase().replace('_', " "));
    assert_eq!(upper.findings, []);
}

#[test]
fn reordered_columns_are_fine_and_missing_optional_ones_too() {
    let text = format!(
        "Einddatum,BSN,ingangsdatum,gemeentecode\n,{},20250110,0363\n",
        bsn(1)
    );
    let report = check(text);
    assert_eq!(
        (report.tally, report.findings.len()),
        (tally_of(Fate::Accepted), 1)
    );
    assert_eq!(only(&report, "KOP07").severity.key(), "note");
    assert_eq!(
        (report.layout.as_deref(), report.delimiter),
        (Some("register/adresloze-bijstand"), Some(','))
    );
    assert_eq!(report.confidence, Some(1.0));
}

#[test]
fn a_first_row_of_data_is_never_shown_as_a_header() {
    let report = check_as(
        Some("register/adresloze-bijstand"),
        "a.csv",
        format!("{};Janssen;20250110;x\n", bsn(1)),
    );
    assert_eq!(report.verdict, Verdict::Unusable);
    let shown = format!("{:?}", report.findings);
    assert!(
        !shown.contains("Janss") && !shown.contains(&bsn(1)[..6]),
        "{shown}"
    );
}

#[test]
fn layouts_without_a_header_are_read_by_position() {
    let folder = tempfile::tempdir().unwrap();
    let text = ethos_ingest::layout::shipped_text("register/adresloze-bijstand")
        .unwrap()
        .replace("header = true", "header = false");
    std::fs::write(folder.path().join("bare.toml"), text).unwrap();
    let options = ethos_ingest::CheckOptions {
        layout: Some("bare.toml"),
        study_dir: Some(folder.path()),
        ..Default::default()
    };
    let check = |text: String| {
        let input = [ethos_ingest::Input::bytes("a.csv", text)];
        let mut report = ethos_ingest::check::check_inputs(&input, &options, &()).unwrap();
        report.files.remove(0)
    };
    let report = check(format!(
        "{};0363;20250110;\n{};0363;20250110;\n",
        bsn(1),
        bsn(2)
    ));
    assert_eq!(report.tally.accepted, 2);
    let report = check(format!("{};0363;20250110\n", bsn(1)));
    assert_eq!(only(&report, "KOP06").message.en.matches('4').count(), 1);
}

#[test]
fn a_ragged_row_shifts_no_other() {
    let good = |n| shelter(n).text();
    let text = format!(
        "{}\n{}\n{};extra\n{}\na;b\n{}\n",
        shelter(1).header(),
        good(1),
        good(2),
        good(3),
        good(4)
    );
    let report = check(text);
    let rows: Vec<_> = report
        .findings
        .iter()
        .map(|f| (f.code.to_string(), f.row))
        .collect();
    let ragged = |row| ("RIJ01".to_owned(), Some(row));
    assert_eq!(rows, [ragged(3), ragged(5)]);
    assert!(
        report.findings[0]
            .message
            .nl
            .contains("13 in plaats van 12")
    );
    assert_eq!((report.tally.accepted, report.tally.set_aside), (3, 2));
}

#[test]
fn blank_rows_and_cells_are_told_from_content() {
    let header = shelter(1).header();
    let empty = ";".repeat(11);
    let text = format!(
        "{header}\n\n{}\n{empty}\n{};;\n\n\n",
        shelter(1).text(),
        shelter(2).text()
    );
    let report = check(text);
    let blank: Vec<_> = report
        .findings
        .iter()
        .filter(|finding| finding.code == "RIJ03")
        .map(|finding| finding.row)
        .collect();
    assert_eq!(blank, [Some(2), Some(4)]);
    assert!(only(&report, "RIJ05").message.en.starts_with("1 rows"));
    assert_eq!((report.tally.accepted, report.tally.set_aside), (2, 2));
}

#[test]
fn unreadable_rows_and_open_quotes() {
    let header = shelter(1).header();
    let nul = shelter(1).with("geslacht", "M\0").text();
    let report = check(format!("{header}\n{nul}\n{}\n", shelter(2).text()));
    assert_eq!(only(&report, "RIJ02").row, Some(2));
    assert_eq!((report.tally.accepted, report.tally.set_aside), (1, 1));

    let open = shelter(2).with("geslacht", "\"M").text();
    let rows = format!(
        "{header}\n{}\n{open}\n{}\n",
        shelter(1).text(),
        shelter(3).text()
    );
    let report = check(rows);
    assert_eq!(only(&report, "RIJ11").row, Some(3));
    assert_eq!(report.tally.accepted, 3, "the quote swallows no row");

    let rows = format!(
        "{header}\n{}\nx;\"{}\n",
        shelter(1).text(),
        shelter(3).text()
    );
    let report = check(rows);
    assert_eq!(only(&report, "RIJ04").row, Some(3));
    assert_eq!((report.tally.accepted, report.tally.set_aside), (0, 2));
    assert_eq!(report.verdict, Verdict::Unusable);

    let breaks = wmo(1).with("intensiteit", "\"a\nb\"").text();
    let bad = wmo(2).with("bsn", "x").text();
    let report = check(format!("{}\n{breaks}\n{bad}\n", wmo(1).header()));
    assert_eq!(only(&report, "BSN01").row, Some(3));
    only(&report, "RIJ06");
}

#[test]
fn doubles_are_told_apart() {
    let again = shelter(1).with("einddatum", "20250401");
    let report = check(file(&[shelter(1), shelter(2), shelter(1), again]));
    assert_eq!(only(&report, "DUB01").row, Some(4));
    assert!(only(&report, "DUB01").message.en.contains("row 2"));
    assert_eq!(only(&report, "DUB02").row, Some(5));
    assert_eq!((report.tally.accepted, report.tally.duplicate), (3, 1));
    let register = check(file(&[
        person(1),
        person(1),
        person(1).with("geslacht", "V"),
    ]));
    assert_eq!((register.tally.accepted, register.tally.duplicate), (2, 1));
    let forms = [form(1), form(2).with("organisatie", "Kerk")];
    let forms = check_as(None, "GM0363_ET_2025.csv", file(&forms));
    assert_eq!(forms.findings, [], "two organisations may name one person");
}

#[test]
fn files_as_a_whole_are_judged() {
    let header = shelter(1).header();
    let none = check(format!("{header}\n"));
    assert_eq!(
        file_finding(&none, "BST01", "geen rijen").verdict,
        Verdict::Usable
    );
    for empty in ["", "\n\n", "\u{feff}"] {
        let report = check(empty);
        assert_eq!(
            file_finding(&report, "BST08", "leeg").verdict,
            Verdict::Unusable,
            "{empty:?}"
        );
        assert_eq!(report.tally, Tally::default());
    }
    let windows = format!(
        "{header}\n{}\n",
        shelter(1).with("type_opvang", "hotél").text()
    );
    let latin: Vec<u8> = windows.chars().map(|c| c as u8).collect();
    let report = check(latin);
    file_finding(&report, "BST02", "Windows-1252");
    assert_eq!(only(&report, "COD04").value.as_str(), "*****");
    let pdf = check(b"%PDF-1.7".to_vec());
    file_finding(&pdf, "BST04", "pdf");
    let other = check(file(&[shelter(1).with("gemeentecode", "0599")]));
    file_finding(&other, "BST05", "bestandsnaam");
    let births: Vec<Row> = (0..9)
        .map(|n| person(n).with("geboortedatum", if n < 5 { "19800101" } else { "19800203" }))
        .collect();
    assert!(
        only(&check_as(None, "p.csv", file(&births)), "DAT05")
            .message
            .en
            .starts_with("5 of the 9")
    );
    assert_eq!(check_as(None, "p.csv", file(&births[1..])).findings, []);
}

#[test]
fn every_encoding_and_delimiter_gives_the_same_rows() {
    let text = file(&[
        wmo(1).with("type_aanbieder", "crisisopvang Zoë"),
        wmo(2).with("bsn", "x"),
    ]);
    let expected = check(text.clone());
    let wide: Vec<u8> = "\u{feff}"
        .encode_utf16()
        .chain(text.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let commas = text.replace("1.234,50", "\"1.234,50\"").replace(';', ",");
    for bytes in [
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        wide,
        latin,
        text.replace('\n', "\r\n").into_bytes(),
        text.replace('\n', "\r").into_bytes(),
        text.replace(';', "\t").into_bytes(),
        format!("sep=;\n{text}").into_bytes(),
        commas.into_bytes(),
    ] {
        let shift = u64::from(bytes.starts_with(b"sep="));
        let report = check(bytes);
        assert_eq!(report.tally, expected.tally);
        assert_eq!(only(&report, "BSN01").row, Some(3 + shift));
    }
}

#[test]
fn findings_beyond_the_limit_are_counted_and_said() {
    let rows: Vec<Row> = (0..30).map(|n| shelter(n).with("bsn", "x")).collect();
    let options = ethos_ingest::CheckOptions {
        findings_per_rule: 10,
        ..Default::default()
    };
    let input = [ethos_ingest::Input::bytes("GM0363_2025.csv", file(&rows))];
    let report = ethos_ingest::check::check_inputs(&input, &options, &()).unwrap();
    let report = &report.files[0];
    // The column as a whole is told as well.
    assert_eq!((report.counts["BSN01"], report.counts["KOP08"]), (30, 1));
    let wrong: Vec<_> = (report.findings.iter())
        .filter(|finding| finding.code == "BSN01")
        .collect();
    assert_eq!(wrong.len(), 11);
    assert!(wrong[10].message.en.starts_with("20 more"));
}

#[test]
fn columns_tell_what_no_cell_of_them_tells() {
    let days = |days: &[&str]| {
        let rows = (1..).zip(days);
        let rows: Vec<Row> = rows
            .map(|(n, day)| shelter(n).with("startdatum", day))
            .collect();
        check(file(&rows))
    };
    let texts = ["27-01-2025", "13-02-2025", "31-01-2025", "14-03-2025"];
    let half = days(&[&texts[..], &["20250108", "20250112", "20250301"]].concat());
    let finding = only(&half, "DAT13");
    assert_eq!(
        (finding.row, finding.column.as_deref()),
        (None, Some("startdatum"))
    );
    assert!(
        finding.message.nl.contains("Van 3 echte datums")
            && finding.message.nl.contains("van 4 die")
    );
    assert_eq!(half.verdict, Verdict::Mend);
    let whole = days(&[&texts[..], &["20250108", "20250113", "20250301"]].concat());
    assert!(whole.findings.iter().all(|finding| finding.code != "DAT13"));
    let numbers = |numbers: &[&str]| {
        let rows = (1..).zip(numbers);
        let rows: Vec<Row> = rows
            .map(|(n, number)| shelter(n).with("bsn", number))
            .collect();
        check(file(&rows))
    };
    let other = numbers(&["12345672", "012345672"]);
    let finding = only(&other, "BSN09");
    assert!(
        finding
            .message
            .nl
            .contains("Van 2 nummers heeft er 1 acht cijfers")
    );
    let single = numbers(&["12345672", &bsn(1), &bsn(2)]);
    assert!(
        only(&single, "BSN09")
            .message
            .nl
            .contains("Van 3 nummers heeft er 1 acht cijfers; een enkel nummer bewijst niet")
    );
    let lost = numbers(&["12345672", "11111112", &bsn(1), &bsn(2)]);
    assert!(lost.findings.iter().all(|finding| finding.code != "BSN09"));
}

#[test]
fn a_row_whose_values_stand_aside_does_not_count() {
    let right = shelter(1)
        .with("startdatum", "")
        .with("einddatum", "20250110")
        .with("reden_einde", "20250320")
        .with("gemeente_verblijf", "19")
        .with("gemeente_herkomst", "0363");
    let report = check(file(&[shelter(2), right]));
    assert!(only(&report, "RIJ13").message.nl.contains("naar rechts"));
    assert_eq!((report.tally.accepted, report.tally.rejected), (1, 1));
    assert_eq!(report.verdict, Verdict::Mend);
    // Two columns that were exchanged leave the others as they are.
    let crossed = shelter(1)
        .with("reden_einde", "0363")
        .with("gemeente_verblijf", "19");
    let report = check(file(&[crossed]));
    assert_eq!(only(&report, "RIJ14").row, Some(2));
    assert_eq!(report.tally, tally_of(Fate::Accepted));
}

#[test]
fn every_rule_is_met_by_a_test() {
    let by_cell: BTreeSet<&str> = cases().iter().map(|case| case.0).collect();
    let in_this_file = [
        "KOP01", "KOP02", "KOP03", "KOP04", "KOP05", "KOP06", "KOP14", "RIJ01", "RIJ02", "RIJ03",
        "RIJ04", "RIJ05", "RIJ06", "RIJ11", "RIJ13", "RIJ14", "DUB01", "DUB02", "BST01", "BST02",
        "BST04", "BST05", "BST08", "DAT05", "BSN09", "DAT13",
    ];
    // A file of more than eight million rows is no test.
    let in_study = ["BST03", "BST06", "BST07", "BST18", "REG01", "BST30"];
    let of_layouts = ["KOP07", "KOP08", "KOP09", "VLD02"];
    let of_readers = crate::readers::MET
        .iter()
        .chain(crate::workbooks::MET)
        .chain(crate::archives::MET)
        .chain(crate::forms::MET)
        .chain(crate::corrections::MET);
    let of_readers: BTreeSet<&str> = of_readers.copied().collect();
    // Those that find by a condition are met by their examples.
    let observing = RuleBook::shipped().rules().iter();
    for rule in observing.filter(|rule| rule.observes().is_some()) {
        let code = rule.code.as_str();
        let met = of_readers.contains(code)
            || by_cell.contains(code)
            || in_this_file.contains(&code)
            || in_study.contains(&code)
            || of_layouts.contains(&code);
        assert!(met, "{} has no test", rule.code);
    }
}
