//! A sender's workbook comes back with our marks and nothing else changed.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use ethos_feedback::workbook::{
    FrontRow, FrontSheet, Mark, SheetMarks, WorkbookError, mark_workbook,
};
use ethos_model::finding::Severity;
use rust_xlsxwriter::{
    Chart, ChartType, Color, ConditionalFormatCell, ConditionalFormatCellRule, DataValidation,
    DocProperties, ExcelDateTime, Format, Formula, Note, Table, Workbook,
};

/// A workbook with what municipal workbooks have: formulas, formats, widths, notes of the sender, a chart, a
/// table, a list to choose from, a hidden sheet, a name for a range.
fn sender() -> Vec<u8> {
    let mut book = Workbook::new();
    let made = ExcelDateTime::from_ymd(2026, 1, 5).unwrap();
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let date = Format::new().set_num_format("dd-mm-yyyy");
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet().set_name("Opvang d'A").unwrap();
    sheet.set_column_width(0, 31.5).unwrap();
    for (column, name) in ["bsn", "startdatum", "nachten"].iter().enumerate() {
        sheet
            .write_with_format(0, column as u16, *name, &bold)
            .unwrap();
    }
    for row in 1..=4_u32 {
        sheet.write(row, 0, "123456782").unwrap();
        let day = ExcelDateTime::from_ymd(2025, 1, row as u8).unwrap();
        sheet.write_with_format(row, 1, &day, &date).unwrap();
        sheet.write(row, 2, row).unwrap();
    }
    sheet
        .write_formula(5, 2, Formula::new("=SUM(C2:C5)").set_result("10"))
        .unwrap();
    sheet
        .insert_note(1, 0, &Note::new("nog nakijken").set_author("Jet"))
        .unwrap();
    sheet
        .add_conditional_format(
            1,
            2,
            4,
            2,
            &ConditionalFormatCell::new()
                .set_rule(ConditionalFormatCellRule::GreaterThan(3))
                .set_format(Format::new().set_font_color(Color::Green)),
        )
        .unwrap();
    let list = DataValidation::new()
        .allow_list_strings(&["NO", "TB"])
        .unwrap();
    sheet.add_data_validation(1, 3, 4, 3, &list).unwrap();
    let mut chart = Chart::new(ChartType::Column);
    chart.add_series().set_values("='Opvang d'A'!$C$2:$C$5");
    sheet.insert_chart(8, 4, &chart).unwrap();
    let other = book.add_worksheet().set_name("Toelichting").unwrap();
    other.write(0, 0, "code").unwrap();
    other.write(0, 1, "naam").unwrap();
    other.write(1, 0, "NO").unwrap();
    other.add_table(0, 0, 2, 1, &Table::new()).unwrap();
    let hidden = book.add_worksheet().set_name("Verborgen").unwrap();
    hidden.write(0, 0, 1).unwrap();
    hidden.set_hidden(true);
    book.define_name("Toelichting!lijst", "=Toelichting!$A$1:$A$2")
        .unwrap();
    book.save_to_buffer().unwrap()
}

fn front() -> FrontSheet {
    FrontSheet {
        name: "Wat moet ik doen".into(),
        title: "Wat moet ik doen".into(),
        lines: vec!["2 oorzaken".into()],
        columns: vec![("ernst".into(), 14), ("cel".into(), 10), ("wat".into(), 60)],
        rows: vec![FrontRow {
            severity: Severity::Error,
            cells: vec![
                "fout".into(),
                "A2".into(),
                "BSN klopt niet & moet <opnieuw>".into(),
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
            mark(2, 1, Severity::Error, "BSN klopt niet"),
            mark(3, 2, Severity::Warning, "datum ligt in de toekomst"),
            mark(4, 4, Severity::Warning, "leeg"),
            mark(40, 2, Severity::Note, "onder de gegevens"),
        ],
    }]
}

fn parts(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
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

fn text(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> String {
    String::from_utf8(parts[name].clone()).unwrap()
}

/// Values and formulas of a sheet by address, blank cells left out.
fn cells(bytes: &[u8], sheet: &str) -> Vec<((u32, u32), Data, String)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    let values = book.worksheet_range(sheet).unwrap();
    let formulas = book.worksheet_formula(sheet).unwrap();
    let (top, left) = values.start().unwrap_or_default();
    values
        .used_cells()
        .map(|(row, column, value)| {
            let place = (row as u32 + top, column as u32 + left);
            (
                place,
                value.clone(),
                formulas.get_value(place).cloned().unwrap_or_default(),
            )
        })
        .collect()
}

#[test]
fn everything_but_our_marks_survives() {
    let before = sender();
    let after = mark_workbook(&before, &marks(), &front()).unwrap();
    for sheet in ["Opvang d'A", "Toelichting", "Verborgen"] {
        assert_eq!(cells(&before, sheet), cells(&after, sheet), "{sheet}");
    }
    let (old, new) = (parts(&before), parts(&after));
    // Chart, table, shared strings, theme, properties: byte for byte.
    let changed: Vec<&str> = old
        .iter()
        .filter(|(name, content)| new.get(*name) != Some(content))
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        changed,
        [
            "[Content_Types].xml",
            "xl/_rels/workbook.xml.rels",
            "xl/comments1.xml",
            "xl/drawings/vmlDrawing1.vml",
            "xl/styles.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
        ]
    );
    let added: Vec<&str> = new
        .keys()
        .filter(|name| !old.contains_key(*name))
        .map(String::as_str)
        .collect();
    assert_eq!(added, ["xl/worksheets/ethos1.xml"]);
    let sheet = text(&new, "xl/worksheets/sheet1.xml");
    for kept in [
        "<conditionalFormatting",
        "<dataValidation",
        "<drawing ",
        "width=\"32",
        "<f>SUM(C2:C5)</f>",
    ] {
        assert!(sheet.contains(kept), "{kept}");
    }
}

#[test]
fn marks_are_a_colour_a_note_and_a_first_sheet() {
    let before = sender();
    let after = mark_workbook(&before, &marks(), &front()).unwrap();
    let new = parts(&after);
    let comments = text(&new, "xl/comments1.xml");
    // The sender's own note keeps its text and gets ours beneath it.
    assert!(comments.contains("nog nakijken") && comments.contains("ethos-light: BSN klopt niet"));
    assert!(comments.contains("ref=\"B3\"") && comments.contains("ref=\"B40\""));
    let boxes = text(&new, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(boxes.matches("ObjectType=\"Note\"").count(), 1 + 3);
    // The marked date still has the format of a date.
    let styles = text(&new, "xl/styles.xml");
    let coloured = |colour: &str| styles.contains(colour);
    assert!(coloured("FFFFC9BB") && coloured("FFFFEBB1") && coloured("FFDDEBF9"));
    let book: Xlsx<_> = Xlsx::new(Cursor::new(after.clone())).unwrap();
    assert_eq!(
        book.sheet_names(),
        ["Wat moet ik doen", "Opvang d'A", "Toelichting", "Verborgen"]
    );
    let workbook = text(&new, "xl/workbook.xml");
    // The name was that of the second sheet, which is now the third.
    assert!(workbook.contains("localSheetId=\"2\"") && workbook.contains("activeTab=\"0\""));
    let front = text(&new, "xl/worksheets/ethos1.xml");
    assert!(
        front.contains("location=\"&apos;Opvang d&apos;&apos;A&apos;!A2\""),
        "{front}"
    );
    assert!(front.contains("BSN klopt niet &amp; moet &lt;opnieuw&gt;"));
}

#[test]
fn the_same_input_gives_the_same_bytes_and_a_second_round_replaces_the_first() {
    let before = sender();
    let once = mark_workbook(&before, &marks(), &front()).unwrap();
    assert_eq!(once, mark_workbook(&before, &marks(), &front()).unwrap());
    let mut fewer = marks();
    fewer[0].marks.truncate(1);
    fewer[0].marks[0].row = 5;
    let twice = mark_workbook(&once, &fewer, &front()).unwrap();
    let new = parts(&twice);
    let book: Xlsx<_> = Xlsx::new(Cursor::new(twice.clone())).unwrap();
    assert_eq!(book.sheet_names().len(), 4);
    let comments = text(&new, "xl/comments1.xml");
    assert!(comments.contains("nog nakijken"));
    assert!(!comments.contains("onder de gegevens") && !comments.contains("toekomst"));
    assert_eq!(
        text(&new, "xl/drawings/vmlDrawing1.vml")
            .matches("ObjectType=\"Note\"")
            .count(),
        2
    );
    assert_eq!(cells(&before, "Opvang d'A"), cells(&twice, "Opvang d'A"));
}

#[test]
fn what_is_no_workbook_is_refused() {
    let refused = |bytes: &[u8]| mark_workbook(bytes, &marks(), &front()).unwrap_err();
    assert!(matches!(refused(b"bsn;datum"), WorkbookError::Archive(_)));
    let mut cut = sender();
    cut.truncate(cut.len() / 2);
    assert!(matches!(refused(&cut), WorkbookError::Archive(_)));
    let elsewhere = vec![SheetMarks {
        sheet: "Blad9".into(),
        marks: Vec::new(),
    }];
    let error = mark_workbook(&sender(), &elsewhere, &front()).unwrap_err();
    assert_eq!(error.to_string(), "the workbook has no sheet `Blad9`");
}

/// A workbook with sheets of these names, and something in each.
fn with_sheets(names: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new();
    for name in names {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        sheet.write(0, 0, format!("van {name}")).unwrap();
    }
    book.save_to_buffer().unwrap()
}

fn sheet_names(bytes: &[u8]) -> Vec<String> {
    let book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
    book.sheet_names()
}

#[test]
fn a_sheet_of_the_sender_that_is_called_as_ours_stays() {
    let before = with_sheets(&["Opvang d'A", "wat moet ik doen"]);
    let mut own = marks();
    own.truncate(1);
    let once = mark_workbook(&before, &own, &front()).unwrap();
    let names = ["Wat moet ik doen (2)", "Opvang d'A", "wat moet ik doen"];
    assert_eq!(sheet_names(&once), names);
    assert_eq!(
        cells(&before, "wat moet ik doen"),
        cells(&once, "wat moet ik doen")
    );
    // Again, ours is written anew and theirs stays.
    let twice = mark_workbook(&once, &own, &front()).unwrap();
    assert_eq!(sheet_names(&twice), names);
    assert_eq!(
        cells(&before, "wat moet ik doen"),
        cells(&twice, "wat moet ik doen")
    );
}

#[test]
fn ours_is_known_again_whatever_it_is_called() {
    let before = sender();
    let once = mark_workbook(&before, &marks(), &front()).unwrap();
    let english = FrontSheet {
        name: "What to do".into(),
        ..front()
    };
    let twice = mark_workbook(&once, &marks(), &english).unwrap();
    let names = ["What to do", "Opvang d'A", "Toelichting", "Verborgen"];
    assert_eq!(sheet_names(&twice), names);
    // A spreadsheet gives parts names of its own; the name that stands for the sheet tells it still.
    let saved: Vec<(String, Vec<u8>)> = parts(&once)
        .into_iter()
        .map(|(name, bytes)| {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
            let moved = text(&bytes).map(|text| text.replace("ethos1.xml", "sheet9.xml"));
            let bytes = moved.map_or(bytes, String::into_bytes);
            (name.replace("ethos1.xml", "sheet9.xml"), bytes)
        })
        .collect();
    let saved = packed(&saved);
    assert_eq!(
        sheet_names(&mark_workbook(&saved, &marks(), &english).unwrap()),
        names
    );
    // Names of the sender are as they were.
    for bytes in [&once, &twice] {
        let book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.clone())).unwrap();
        let named = book.defined_names();
        assert!(
            named
                .iter()
                .any(|(name, of)| name == "lijst" && of == "Toelichting!$A$1:$A$2")
        );
        assert_eq!(named.len(), 3, "{named:?}");
    }
}

/// Parts as an archive.
fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = zip::write::SimpleFileOptions::default();
        zip.start_file(name.as_str(), options).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
