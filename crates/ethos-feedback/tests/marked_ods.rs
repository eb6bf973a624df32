//! A sender's OpenDocument workbook comes back with our marks and nothing else changed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};

use calamine::{Data, Ods, Reader};
use ethos_feedback::workbook::{
    FrontCell, FrontRow, FrontSheet, Mark, SheetMarks, WorkbookError, mark_workbook, set_cells,
};
use ethos_model::finding::Severity;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const KIND: &str = "application/vnd.oasis.opendocument.spreadsheet";

/// What municipal workbooks have: runs of cells and rows that are alike, formulas, formats of cells, rows and
/// columns, merged cells, a note of the sender, a drawing, a group of rows, a hidden sheet, a name.
const CONTENT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.3"><office:scripts/><office:automatic-styles><style:style style:name="co1" style:family="table-column"><style:table-column-properties style:column-width="5.5cm"/></style:style><style:style style:name="ta1" style:family="table"/><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style><style:style style:name="ce1" style:family="table-cell" style:data-style-name="N37"><style:table-cell-properties fo:border="0.5pt solid #000000"/><style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="ce2" style:family="table-cell"/></office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Opvang d'A" table:style-name="ta1"><table:shapes><draw:frame><draw:text-box><text:p>logo</text:p></draw:text-box></draw:frame></table:shapes><table:table-column table:style-name="co1" table:default-cell-style-name="Default"/><table:table-column table:style-name="co1" table:number-columns-repeated="1023" table:default-cell-style-name="ce2"/>
<table:table-header-rows><table:table-row><table:table-cell office:value-type="string"><text:p>bsn</text:p></table:table-cell><table:table-cell office:value-type="string" table:number-columns-spanned="2" table:number-rows-spanned="1"><text:p>van - tot</text:p></table:table-cell><table:covered-table-cell/><table:table-cell office:value-type="string"><text:p>nachten</text:p></table:table-cell></table:table-row></table:table-header-rows>
<table:table-row-group><table:table-row table:number-rows-repeated="4"><table:table-cell office:value-type="string"><text:p>123456782</text:p></table:table-cell><table:table-cell table:style-name="ce1" office:value-type="date" office:date-value="2025-01-10" table:number-columns-repeated="2"><text:p>10-01-2025</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="3" calcext:value-type="float"><text:p>3</text:p></table:table-cell><table:table-cell table:number-columns-repeated="1020"/></table:table-row></table:table-row-group><table:table-row><table:table-cell office:value-type="string"><office:annotation><dc:creator>Jet</dc:creator><text:p>nog nakijken</text:p></office:annotation><text:p>111222333</text:p></table:table-cell><table:table-cell/><table:table-cell/><table:table-cell table:formula="of:=SUM([.D2:.D5])" office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell></table:table-row><table:table-row table:number-rows-repeated="30"><table:table-cell table:number-columns-repeated="1024"/></table:table-row><table:named-expressions/></table:table><table:table table:name="Toelichting" table:style-name="ta1"><table:table-column/><table:table-row><table:table-cell table:formula="of:=['Opvang d''A'.D6]" office:value-type="float" office:value="12"><text:p>12</text:p></table:table-cell></table:table-row></table:table><table:table table:name="Verborgen" table:style-name="ta2"><table:table-column/><table:table-row><table:table-cell office:value-type="string"><text:p>blijft</text:p></table:table-cell></table:table-row></table:table><table:named-expressions><table:named-range table:name="lijst" table:cell-range-address="$Toelichting.$A$1"/></table:named-expressions></office:spreadsheet></office:body></office:document-content>"#;

const SETTINGS: &str = r#"<office:document-settings><config:config-item config:name="ActiveTable" config:type="string">Toelichting</config:config-item><config:config-item config:name="ZoomValue" config:type="int">100</config:config-item></office:document-settings>"#;

fn packed(content: &str) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let packed = SimpleFileOptions::default();
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(KIND.as_bytes()).unwrap();
    for (name, text) in [
        ("content.xml", content),
        ("settings.xml", SETTINGS),
        ("Pictures/logo.png", "\u{1}\u{2}"),
        ("META-INF/manifest.xml", "<manifest:manifest/>"),
    ] {
        zip.start_file(name, packed).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn front() -> FrontSheet {
    FrontSheet {
        name: "Wat moet ik doen".into(),
        title: "Wat moet ik doen".into(),
        lines: vec!["2 oorzaken".into()],
        columns: vec![
            ("ernst".into(), 14),
            ("cel".into(), 10),
            ("wat".into(), 60),
            ("aantal".into(), 10),
        ],
        rows: vec![FrontRow {
            severity: Severity::Error,
            cells: vec![
                "fout".into(),
                "A2".into(),
                "BSN klopt niet & moet <opnieuw>".into(),
                FrontCell::Number(1_204),
            ],
            target: Some(("Opvang d'A".into(), "A2".into())),
            link: 1,
        }],
        made_of: "0123456789abcdef".repeat(4),
    }
}

fn marks() -> Vec<SheetMarks> {
    let mark = |row, column, severity, note: &str| Mark {
        row,
        column,
        severity,
        note: note.into(),
    };
    vec![SheetMarks {
        sheet: "Opvang d'A".into(),
        marks: vec![
            // Within a run of rows, and of cells; behind the last cell; in a merged block; on a note of theirs.
            mark(3, 1, Severity::Error, "BSN klopt niet"),
            mark(3, 3, Severity::Warning, "datum ligt\nin de toekomst"),
            mark(4, 6, Severity::Note, "leeg"),
            mark(1, 3, Severity::Note, "samengevoegd"),
            mark(6, 1, Severity::Error, "eerste"),
            mark(6, 1, Severity::Warning, "tweede"),
            mark(6, 5, Severity::Warning, "achter de rij"),
            // Among the blank rows, and behind the last.
            mark(10, 2, Severity::Note, "onder de gegevens"),
            mark(40, 2, Severity::Note, "achter alles"),
        ],
    }]
}

fn parts(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).unwrap();
            let name = file.name().unwrap().into_owned();
            let mut content = Vec::new();
            file.read_to_end(&mut content).unwrap();
            (name, content)
        })
        .collect()
}

fn content(bytes: &[u8]) -> String {
    let parts: BTreeMap<String, Vec<u8>> = parts(bytes).into_iter().collect();
    String::from_utf8(parts["content.xml"].clone()).unwrap()
}

/// Values and formulas of a sheet by address, blank cells left out, as another reader has them.
fn cells(bytes: &[u8], sheet: &str) -> BTreeMap<(u32, u32), (Data, String)> {
    let mut book: Ods<_> = Ods::new(Cursor::new(bytes.to_vec())).unwrap();
    let values = book.worksheet_range(sheet).unwrap();
    let formulas = book.worksheet_formula(sheet).unwrap();
    let (top, left) = values.start().unwrap_or_default();
    values
        .used_cells()
        .map(|(row, column, value)| {
            let place = (row as u32 + top, column as u32 + left);
            let formula = formulas.get_value(place).cloned().unwrap_or_default();
            (place, (value.clone(), formula))
        })
        .collect()
}

/// Every tag is closed by its own, and the archive says in its first bytes what it is.
fn is_sound(bytes: &[u8]) {
    assert_eq!(&bytes[30..38], b"mimetype");
    assert_eq!(&bytes[38..38 + KIND.len()], KIND.as_bytes());
    let text = content(bytes);
    let mut reader = quick_xml::Reader::from_str(&text);
    let mut open = 0;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => open += 1,
            quick_xml::events::Event::End(_) => open -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open, 0);
}

#[test]
fn everything_but_our_marks_survives() {
    let before = packed(CONTENT);
    let after = mark_workbook(&before, &marks(), &front()).unwrap();
    is_sound(&after);
    for sheet in ["Opvang d'A", "Toelichting", "Verborgen"] {
        assert_eq!(cells(&before, sheet), cells(&after, sheet), "{sheet}");
    }
    assert_eq!(cells(&before, "Opvang d'A").len(), 3 + 4 * 4 + 2);
    let (old, new) = (parts(&before), parts(&after));
    let names = |parts: &[(String, Vec<u8>)]| -> Vec<String> {
        parts.iter().map(|(name, _)| name.clone()).collect()
    };
    assert_eq!(names(&old), names(&new));
    let changed: Vec<&str> = old
        .iter()
        .zip(&new)
        .filter(|(old, new)| old.1 != new.1)
        .map(|(old, _)| old.0.as_str())
        .collect();
    assert_eq!(changed, ["content.xml", "settings.xml"]);
    let text = content(&after);
    for kept in [
        "<draw:text-box><text:p>logo</text:p></draw:text-box>",
        "style:column-width=\"5.5cm\"",
        "table:formula=\"of:=SUM([.D2:.D5])\"",
        "table:number-columns-spanned=\"2\" table:number-rows-spanned=\"1\"",
        "<table:named-range table:name=\"lijst\" table:cell-range-address=\"$Toelichting.$A$1\"/>",
        "<style:table-properties table:display=\"false\"/>",
        "<text:p>nog nakijken</text:p>",
        "table:style-name=\"ta2\"",
    ] {
        assert!(text.contains(kept), "{kept}");
    }
    // The name of the sheet that is shown first, and nothing else of the settings.
    let settings = String::from_utf8(new[2].1.clone()).unwrap();
    assert_eq!(
        settings,
        SETTINGS.replace("Toelichting", "Wat moet ik doen")
    );
}

#[test]
fn marks_are_a_colour_a_note_and_a_first_sheet() {
    let before = packed(CONTENT);
    let after = mark_workbook(&before, &marks(), &front()).unwrap();
    let book: Ods<_> = Ods::new(Cursor::new(after.clone())).unwrap();
    assert_eq!(
        book.sheet_names(),
        ["Wat moet ik doen", "Opvang d'A", "Toelichting", "Verborgen"]
    );
    let told = cells(&after, "Wat moet ik doen");
    assert!(
        told.values()
            .any(|(cell, _)| *cell == Data::String("BSN klopt niet & moet <opnieuw>".into()))
    );
    assert!(told.values().any(|(cell, _)| *cell == Data::Float(1_204.0)));
    let text = content(&after);
    // The run of four rows is now one, the marked two, and one.
    let rows = |repeated: &str| {
        let row = format!("<table:table-row{repeated}><table:table-cell");
        text.matches(&row).count()
    };
    assert_eq!(rows(" table:number-rows-repeated=\"4\""), 0);
    assert!(text.contains("<table:table-row-group><table:table-row><table:table-cell office:value-type=\"string\"><text:p>123456782"));
    assert_eq!(text.matches("<text:p>123456782</text:p>").count(), 4);
    // Of two dates side by side the second is marked, and is a date with its border still.
    assert!(text.contains("<table:table-cell table:style-name=\"ce1\" office:value-type=\"date\" office:date-value=\"2025-01-10\"><text:p>10-01-2025</text:p></table:table-cell><table:table-cell table:style-name=\"ethos-1-ce1\" office:value-type=\"date\" office:date-value=\"2025-01-10\"><office:annotation office:display=\"false\"><dc:creator>ethos-light</dc:creator><text:p>datum ligt</text:p><text:p>in de toekomst</text:p></office:annotation><text:p>10-01-2025</text:p></table:table-cell>"), "{text}");
    assert!(text.contains("<style:style style:name=\"ethos-1-ce1\" style:family=\"table-cell\" style:data-style-name=\"N37\"><style:table-cell-properties fo:border=\"0.5pt solid #000000\" fo:background-color=\"#ffebb1\"/><style:text-properties fo:font-weight=\"bold\"/></style:style>"));
    // A run of blank cells is parted.
    assert!(text.contains(
        "<table:table-cell/><table:table-cell table:style-name=\"ethos-0-ce2\"><office:annotation"
    ));
    assert!(text.contains("<table:table-cell table:number-columns-repeated=\"1018\"/>"));
    // A note of the sender's keeps its text and gets ours beneath it, in one paragraph.
    assert!(text.contains("<text:p>nog nakijken</text:p><text:p>ethos-light: eerste<text:line-break/><text:line-break/>tweede</text:p></office:annotation>"));
    assert!(
        text.contains(
            "<table:covered-table-cell table:style-name=\"ethos-0-ce2\"><office:annotation"
        )
    );
    // 30 blank rows: three before the marked one, 26 behind; then three more and one of our own.
    for run in ["3", "26"] {
        let run = format!("table:number-rows-repeated=\"{run}\"");
        assert!(text.contains(&run), "{run}");
    }
    let behind = text.find("achter alles").unwrap();
    assert!(
        behind
            < text
                .find("<table:named-expressions/></table:table>")
                .unwrap()
    );
    assert!(text.contains("xmlns:xlink=\"http://www.w3.org/1999/xlink\""));
    assert!(text.contains("xlink:href=\"#&apos;Opvang d&apos;&apos;A&apos;.A2\""));
}

#[test]
fn a_second_round_replaces_the_first() {
    let before = packed(CONTENT);
    let once = mark_workbook(&before, &marks(), &front()).unwrap();
    assert_eq!(once, mark_workbook(&before, &marks(), &front()).unwrap());
    // Marked again with the same marks nothing is added at all.
    assert_eq!(
        content(&once),
        content(&mark_workbook(&once, &marks(), &front()).unwrap())
    );
    let none = vec![SheetMarks {
        sheet: "Opvang d'A".into(),
        marks: Vec::new(),
    }];
    let bare = content(&mark_workbook(&once, &none, &front()).unwrap());
    assert!(!bare.contains("<dc:creator>ethos-light") && !bare.contains("ethos-light:"));
    assert!(bare.contains("nog nakijken"));
    let coloured: Vec<&str> = bare
        .split("table:style-name=\"ethos-")
        .skip(1)
        .filter(|rest| !rest.starts_with("front"))
        .collect();
    assert!(coloured.is_empty(), "{coloured:?}");
    for sheet in ["Opvang d'A", "Toelichting", "Verborgen"] {
        assert_eq!(cells(&before, sheet), cells(&once, sheet));
    }
    // A spreadsheet that saves the file gives formats other names: the colour tells them.
    let saved = content(&once)
        .replace("ethos-2", "ce91")
        .replace("ethos-1", "ce92");
    let again = content(&mark_workbook(&packed(&saved), &none, &front()).unwrap());
    assert!(again.contains("style:name=\"ce91\"") || again.contains("style:name=\"ce92-ce1\""));
    let own = again.split("ethos-front-colour").count() - 1;
    let colours = ["#ffebb1", "#ffc9bb"].map(|colour| again.matches(colour).count());
    assert_eq!(colours, [1, 1], "only the first sheet has them ({own})");
}

#[test]
fn a_sheet_is_ours_by_its_mark_and_not_by_its_name() {
    let names = |bytes: &[u8]| {
        let book: Ods<_> = Ods::new(Cursor::new(bytes.to_vec())).unwrap();
        book.sheet_names()
    };
    let theirs = CONTENT.replace(
        "table:name=\"Toelichting\"",
        "table:name=\"Wat moet ik doen\"",
    );
    let once = mark_workbook(&packed(&theirs), &marks(), &front()).unwrap();
    let all = [
        "Wat moet ik doen (2)",
        "Opvang d'A",
        "Wat moet ik doen",
        "Verborgen",
    ];
    assert_eq!(names(&once), all);
    assert_eq!(
        names(&mark_workbook(&once, &marks(), &front()).unwrap()),
        all
    );
    // In another language it is the same sheet, also once a spreadsheet saved it with other formats.
    let english = FrontSheet {
        name: "What to do".into(),
        ..front()
    };
    let once = mark_workbook(&packed(CONTENT), &marks(), &front()).unwrap();
    let saved = content(&once).replace("ethos-front", "ta9");
    for bytes in [once, packed(&saved)] {
        let again = mark_workbook(&bytes, &marks(), &english).unwrap();
        assert_eq!(
            names(&again),
            ["What to do", "Opvang d'A", "Toelichting", "Verborgen"]
        );
        assert_eq!(
            content(&again).matches("_ethos_wat_moet_ik_doen").count(),
            1
        );
        assert!(content(&again).contains("table:name=\"lijst\""));
    }
}

#[test]
fn a_value_takes_anothers_place_and_the_rest_stays() {
    let before = packed(CONTENT);
    let new = BTreeMap::from([
        ((3, 1), "012345672"),
        ((3, 2), "20250131"),
        ((6, 1), "a  <b>"),
        ((6, 2), "gevuld"),
        ((12, 3), "="),
    ]);
    let after = set_cells(&before, "Opvang d'A", &new).unwrap();
    is_sound(&after);
    let mut expected = cells(&before, "Opvang d'A");
    for ((row, column), value) in &new {
        let value = (Data::String((*value).to_owned()), String::new());
        expected.insert((row - 1, column - 1), value);
    }
    assert_eq!(cells(&after, "Opvang d'A"), expected);
    assert_eq!(cells(&before, "Toelichting"), cells(&after, "Toelichting"));
    let text = content(&after);
    assert!(text.contains("nog nakijken") && !text.contains("ethos"));
    // What is not there any more: the date that the new text took the place of, of one row of four.
    assert_eq!(text.matches("office:date-value").count(), 1 + 1 + 1);
    assert_eq!(
        content(&set_cells(&before, "Opvang d'A", &BTreeMap::new()).unwrap()),
        CONTENT
    );
}

#[test]
fn what_is_hostile_is_refused() {
    let refused = |content: &str| mark_workbook(&packed(content), &marks(), &front()).unwrap_err();
    let laughs = CONTENT.replacen(
        "<office:document-content",
        "<!DOCTYPE a [<!ENTITY b \"c\">]><office:document-content",
        1,
    );
    assert!(matches!(refused(&laughs), WorkbookError::Damaged { .. }));
    let cut = &CONTENT[..CONTENT.len() / 2];
    assert!(matches!(refused(cut), WorkbookError::Damaged { .. }));
    let odd = CONTENT.replace(
        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"",
        "xmlns:dc=\"urn:x\"",
    );
    assert!(refused(&odd).to_string().contains("xmlns:dc"));
    let elsewhere = vec![SheetMarks {
        sheet: "Blad9".into(),
        marks: Vec::new(),
    }];
    let error = mark_workbook(&packed(CONTENT), &elsewhere, &front()).unwrap_err();
    assert_eq!(error.to_string(), "the workbook has no sheet `Blad9`");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// A part that was damaged or made up is refused, or marked so that it can be marked again, and then the
    /// marks of earlier rounds do not pile up.
    #[test]
    fn no_content_is_too_odd(
        cuts in prop::collection::vec((0_usize..4_000, 0_usize..400, 0_usize..4_000), 1..4),
        value in "[ -~]{0,12}",
    ) {
        let mut text = CONTENT.to_owned();
        for (from, length, to) in cuts {
            let tags: Vec<usize> = text.match_indices('<').map(|(at, _)| at).collect();
            let at = |place: usize| tags[place % tags.len()];
            let (from, to) = (at(from), at(to));
            let end = at(tags.iter().position(|tag| *tag == from).unwrap() + length % 12);
            let piece = text.get(from..end).unwrap_or("").to_owned();
            text.insert_str(to, &piece);
        }
        let Ok(once) = mark_workbook(&packed(&text), &marks(), &front()) else {
            return Ok(());
        };
        let twice = mark_workbook(&once, &marks(), &front()).unwrap();
        let thrice = mark_workbook(&twice, &marks(), &front()).unwrap();
        prop_assert_eq!(content(&twice).len(), content(&thrice).len());
        let cells = BTreeMap::from([((3, 1), value.as_str()), ((41, 3), "x")]);
        if let Ok(mended) = set_cells(&once, "Opvang d'A", &cells) {
            is_sound(&mended);
        }
    }
}
