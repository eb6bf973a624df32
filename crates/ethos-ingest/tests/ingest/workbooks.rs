//! Workbooks as officers keep them, and workbooks made to do harm.

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, FileReport, Input, Reading, Verdict};
use ethos_model::finding::Finding;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::support::{bsn, check_as, codes_of, file, only, shelter, workbook, zip_of};

/// Rules that a test of this file meets.
pub(crate) const MET: &[&str] = &[
    "WBK01", "WBK02", "WBK03", "WBK04", "WBK05", "WBK06", "WBK07", "WBK08", "WBK09", "WBK10",
];

fn check(bytes: Vec<u8>) -> FileReport {
    check_as(None, "GM0363_2025.xlsx", bytes)
}

fn check_sheet(bytes: Vec<u8>, sheet: &str) -> FileReport {
    let options = CheckOptions {
        reading: Reading {
            sheet: Some(sheet),
            ..Reading::default()
        },
        ..CheckOptions::default()
    };
    let input = [Input::bytes("GM0363_2025.xlsx", bytes)];
    check_inputs(&input, &options, &()).unwrap().files.remove(0)
}

/// Writes the cells of a text as texts, from a row on.
fn write(sheet: &mut Worksheet, from: u32, text: &str) {
    for (row, line) in text.lines().enumerate() {
        for (column, cell) in line
            .split(';')
            .enumerate()
            .filter(|(_, cell)| !cell.is_empty())
        {
            sheet
                .write_string(from + row as u32, column as u16, cell)
                .unwrap();
        }
    }
}

fn saved(change: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    change(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

#[test]
fn a_workbook_gives_what_its_text_gives() {
    let text = file(&[
        shelter(1),
        shelter(2).with("bsn", "x"),
        shelter(3).with("einddatum", "20240101"),
    ]);
    let expected = check_as(None, "GM0363_2025.csv", text.clone());
    let report = check(workbook(&[("Blad1", &text)]));
    assert_eq!(report.tally, expected.tally);
    assert_eq!(codes_of(&report), codes_of(&expected));
    let addresses =
        |report: &FileReport| -> Vec<_> { report.findings.iter().map(Finding::address).collect() };
    assert_eq!(addresses(&report), addresses(&expected));
    assert_eq!(report.findings[0].sheet.as_deref(), Some("Blad1"));
    assert_eq!(
        (report.encoding, report.delimiter, report.sheet.as_deref()),
        (None, None, Some("Blad1"))
    );
}

#[test]
fn days_and_numbers_are_what_the_spreadsheet_shows() {
    let report = check(saved(|sheet| {
        write(sheet, 0, &file(&[shelter(1), shelter(2), shelter(3)]));
        let day = Format::new().set_num_format("dd-mm-yyyy");
        let nine = Format::new().set_num_format("000000000");
        for row in 1..4 {
            let date = ExcelDateTime::from_ymd(2025, 1, 10).unwrap();
            sheet
                .write_datetime_with_format(row, 5, &date, &day)
                .unwrap();
            let number: f64 = bsn(row).parse().unwrap();
            sheet.write_number(row, 2, number).unwrap();
            sheet.write_number(row, 3, 16.0).unwrap();
            sheet.write_number(row, 1, 363.0).unwrap();
            sheet.write_number(row, 6, 20_250_320.0).unwrap();
        }
        // Eight digits shown with a zero in front, and eight digits shown as they are.
        sheet
            .write_number_with_format(2, 2, 12_345_672.0, &nine)
            .unwrap();
        sheet.write_number(3, 2, 12_345_672.0).unwrap();
    }));
    assert_eq!(report.tally.accepted, 3, "{:?}", report.findings);
    assert_eq!(only(&report, "BSN02").address().as_deref(), Some("C4"));
    assert_eq!(
        codes_of(&report),
        [
            "BSN09", "COD07", "COD07", "BSN10", "DUB02", "COD07", "BSN02"
        ]
    );
}

#[test]
fn the_sheet_with_the_columns_is_read() {
    let text = file(&[shelter(1)]);
    let two = file(&[shelter(2), shelter(3)]);
    let book = workbook(&[
        ("Uitleg", "Dit is;een uitleg\nvan de;levering"),
        ("Data 2025", &text),
    ]);
    let report = check(book);
    assert_eq!(
        (report.tally.accepted, report.sheet.as_deref()),
        (1, Some("Data 2025"))
    );
    assert!(only(&report, "WBK01").message.nl.contains("Data 2025"));
    let rivals = workbook(&[("H1", &text), ("H2", &two)]);
    let report = check(rivals.clone());
    assert_eq!(report.sheet.as_deref(), Some("H1"));
    assert!(only(&report, "WBK02").message.en.contains("H2"));
    for named in ["h2", "2"] {
        let report = check_sheet(rivals.clone(), named);
        assert_eq!((report.tally.accepted, codes_of(&report)), (2, vec![]));
    }
    let report = check_sheet(rivals, "H3");
    assert_eq!(report.verdict, Verdict::Unusable);
    assert!(only(&report, "WBK04").fix.nl.contains("H1, H2"));
}

#[test]
fn hidden_sheets_are_read_only_when_no_other_fits() {
    let text = file(&[shelter(1)]);
    let hidden = |shown: &str| {
        let mut book = Workbook::new();
        write(book.add_worksheet().set_name("Zicht").unwrap(), 0, shown);
        let sheet = book.add_worksheet().set_name("Oud").unwrap();
        sheet.set_hidden(true);
        write(sheet, 0, &text);
        check(book.save_to_buffer().unwrap())
    };
    let report = hidden("Uitleg");
    assert_eq!(
        (report.sheet.as_deref(), report.tally.accepted),
        (Some("Oud"), 1)
    );
    assert!(only(&report, "WBK03").message.nl.contains("Oud"));
    let report = hidden(&text);
    assert_eq!(report.sheet.as_deref(), Some("Zicht"));
    assert!(report.counts.keys().all(|code| code.as_str() != "WBK03"));
}

#[test]
fn every_sheet_that_is_hidden_and_not_read_is_told() {
    let text = file(&[shelter(1)]);
    let mut book = Workbook::new();
    let old = text.lines().next().unwrap().replace(";geslacht", "");
    for (name, hidden, text) in [
        ("Data", false, text.as_str()),
        ("Lijsten", true, "keuze;ja\nkeuze;nee"),
        ("Leeg", true, ""),
        ("Oud", true, &old),
        ("Uitleg", false, "Zo vult u dit in"),
        ("Nog een", true, &text),
        ("Tweede", false, &text),
        ("Dank u", true, "Tot volgend jaar"),
    ] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.set_hidden(hidden);
        write(sheet, 0, text);
    }
    let bytes = book.save_to_buffer().unwrap();
    let told = |report: &FileReport, code: &str| -> Vec<String> {
        let of = report
            .findings
            .iter()
            .filter(|finding| finding.code == code);
        let name = |text: &str| text.split('`').nth(1).unwrap().to_owned();
        of.map(|finding| name(&finding.message.nl)).collect()
    };
    let report = check(bytes.clone());
    assert_eq!(report.sheet.as_deref(), Some("Data"));
    assert_eq!(told(&report, "WBK10"), ["Lijsten", "Dank u"]);
    // What has the columns of a delivery is told as one: all of them, the hidden ones as such.
    assert_eq!(told(&report, "WBK02"), ["Oud", "Nog een", "Tweede"]);
    let hidden = report
        .findings
        .iter()
        .filter(|finding| finding.message.en.contains("hidden"));
    assert_eq!(hidden.count(), 4);
    // Who names a sheet knows of those that are shown.
    let report = check_sheet(bytes, "Tweede");
    assert_eq!(
        told(&report, "WBK10"),
        ["Lijsten", "Oud", "Nog een", "Dank u"]
    );
    assert_eq!(told(&report, "WBK02"), [] as [&str; 0]);
}

#[test]
fn headers_are_found_under_titles_and_blank_rows() {
    let report = check(saved(|sheet| {
        sheet.write_string(1, 1, "Monitor Dakloosheid").unwrap();
        sheet.write_string(2, 0, "Gemeente Amsterdam").unwrap();
        write(sheet, 5, &file(&[shelter(1), shelter(2).with("bsn", "x")]));
        write(sheet, 10, &shelter(3).text());
        // Rows that once held something.
        sheet.set_row_height(40, 20).unwrap();
        sheet.write_blank(60, 3, &Format::new().set_bold()).unwrap();
    }));
    assert_eq!((report.header_row, report.tally.accepted), (Some(6), 2));
    assert_eq!(only(&report, "BSN01").address().as_deref(), Some("C8"));
    assert!(
        only(&report, "RIJ03")
            .message
            .nl
            .starts_with("Deze rij en de rij eronder zijn leeg")
    );
    assert!(
        only(&report, "RIJ09")
            .message
            .en
            .starts_with("Rows 12 to 61")
    );
    assert_eq!(report.tally.set_aside, 2);
}

#[test]
fn formulas_give_their_kept_value_or_a_finding() {
    let book = saved(|sheet| {
        write(sheet, 0, &file(&[shelter(1), shelter(2), shelter(3)]));
        let day = Format::new().set_num_format("yyyy-mm-dd");
        sheet
            .write_formula_with_format(
                1,
                5,
                Formula::new("=DATE(2025,1,10)").set_result("45667"),
                &day,
            )
            .unwrap();
        sheet
            .write_formula(2, 7, Formula::new("=VLOOKUP(1,A:B,2,0)").set_result("#N/A"))
            .unwrap();
        sheet
            .write_formula(3, 7, Formula::new("=1+18").set_result(""))
            .unwrap();
    });
    let report = check(book);
    assert_eq!(report.tally.accepted, 3, "{:?}", report.findings);
    let formulas = report
        .findings
        .iter()
        .filter(|finding| finding.code == "WBK05");
    let formulas: Vec<_> = formulas
        .map(|finding| (finding.address().unwrap(), finding.value.as_str()))
        .collect();
    assert_eq!(
        formulas,
        [("F2".to_owned(), "********10"), ("H4".to_owned(), "*")]
    );
    assert_eq!(only(&report, "WBK08").address().as_deref(), Some("H3"));
}

#[test]
fn merged_cells_and_remarks_beside_the_table_are_told() {
    let report = check(saved(|sheet| {
        sheet
            .merge_range(0, 0, 0, 4, "Titel", &Format::new())
            .unwrap();
        write(sheet, 1, &file(&[shelter(1), shelter(2), shelter(3)]));
        sheet
            .merge_range(2, 8, 4, 8, "0363", &Format::new())
            .unwrap();
        sheet.write_string(3, 14, "klopt dit?").unwrap();
    }));
    assert_eq!(report.tally.accepted, 3, "{:?}", report.findings);
    let merged = only(&report, "WBK06");
    assert_eq!(merged.address().as_deref(), Some("I3"));
    assert!(merged.message.nl.contains("I3:I5"));
    assert_eq!(only(&report, "WBK09").address().as_deref(), Some("O4"));
}

/// A workbook of one sheet, as markup.
fn raw(sheet: &str) -> Vec<u8> {
    zip_of(&[
        ("[Content_Types].xml", b"<Types/>"),
        (
            "_rels/.rels",
            br#"<Relationships><Relationship Id="r1" Type="x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            br#"<workbook><sheets><sheet name="B" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
        ),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ])
}

fn inline(address: &str, text: &str) -> String {
    format!("<c r=\"{address}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn what_a_sheet_declares_is_not_believed() {
    // A header, one row, and a cell in the last corner.
    let header: String = "bsn;gemeentecode;ingangsdatum;einddatum"
        .split(';')
        .zip(["A1", "B1", "C1", "D1"])
        .map(|(name, at)| inline(at, name))
        .collect();
    let row = inline("A2", &bsn(1)) + &inline("B2", "0363") + &inline("C2", "20250110");
    let sheet = |last: &str| {
        format!(
            "<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData><row r=\"1\">{header}</row><row r=\"2\">{row}</row>{last}</sheetData></worksheet>"
        )
    };
    let report = check(raw(&sheet(
        "<row r=\"1048576\"><c r=\"XFD1048576\"><v>1</v></c></row>",
    )));
    assert_eq!((report.tally.accepted, report.tally.set_aside), (1, 0));
    assert_eq!(
        only(&report, "WBK09").address().as_deref(),
        Some("XFD1048576")
    );
    only(&report, "RIJ09");
    // A text within the cell has blanks around it and line breaks in it as a shared one has.
    let report = check(raw(&sheet(&format!(
        "<row r=\"3\">{}{}{}</row>",
        inline("A3", &bsn(2)),
        inline("B3", " 0363"),
        inline("C3", "20250110\n")
    ))));
    assert_eq!(report.tally.accepted, 2);
    assert_eq!(codes_of(&report), ["SPA01", "RIJ06", "SPA01"]);
    // Formulas nobody computed, without any value.
    let report = check(raw(&sheet("<row r=\"3\"><c r=\"A3\"><f>A2</f></c></row>")));
    assert_eq!(only(&report, "WBK07").address().as_deref(), Some("A3"));
    for outside in [
        "<row r=\"1048577\"/>",
        "<row r=\"3\"><c r=\"XFE3\"><v>1</v></c></row>",
        "<row r=\"2\"/>",
        "<row r=\"3\"><c r=\"B3\"><v>1</v></c><c r=\"A3\"><v>1</v></c></row>",
        "<row r=\"3\"><c r=\"A3\" t=\"s\"><v>7</v></c></row>",
        "<row r=\"3\">",
    ] {
        let report = check(raw(&sheet(outside)));
        assert_eq!(codes_of(&report), ["BST09"], "{outside}");
        assert_eq!(report.verdict, Verdict::Unusable);
    }
}

#[test]
fn unbelievable_cells_are_refused() {
    let long = format!("<row r=\"1\">{}</row>", inline("A1", &"x".repeat(17 << 20)));
    let report = check(raw(&format!(
        "<worksheet><sheetData>{long}</sheetData></worksheet>"
    )));
    assert_eq!(codes_of(&report), ["BST10"]);
    let tag = format!(
        "<row r=\"1\"><c r=\"A1\" x=\"{}\"/></row>",
        "y".repeat(3 << 20)
    );
    let report = check(raw(&format!(
        "<worksheet><sheetData>{tag}</sheetData></worksheet>"
    )));
    assert_eq!(codes_of(&report), ["BST10"]);
    assert_eq!(
        codes_of(&check(zip_of(&[("xl/workbook.xml", b"")]))),
        ["BST08"]
    );
    assert_eq!(
        codes_of(&check(zip_of(&[("[Content_Types].xml", b"")]))),
        ["BST09"]
    );
}

/// An ODS workbook of tables.
fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<?xml version=\"1.0\"?><office:document-content><office:automatic-styles>\
         <style:style style:name=\"ta2\"><style:table-properties table:display=\"false\"/></style:style>\
         </office:automatic-styles><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zip_of(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

fn ods_row(cells: &[&str]) -> String {
    let mut row = String::from("<table:table-row>");
    for cell in cells {
        row += "<table:table-cell office:value-type=\"string\"><text:p>";
        row += cell;
        row += "</text:p></table:table-cell>";
    }
    row + "</table:table-row>"
}

#[test]
fn ods_workbooks_are_read() {
    let header = ods_row(&["bsn", "gemeentecode", "ingangsdatum", "einddatum"]);
    let number = |value: &str, shown: &str| {
        format!(
            "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
        )
    };
    let date = "<table:table-cell office:value-type=\"date\" office:date-value=\"2025-01-10T00:00:00\"><text:p>10-01-25</text:p></table:table-cell>";
    let remark = "<table:table-cell office:value-type=\"string\"><office:annotation><text:p>let op</text:p></office:annotation><text:p>0363</text:p></table:table-cell>";
    let one = format!(
        "<table:table-row>{}{remark}{date}<table:table-cell/></table:table-row>",
        number(&bsn(1), "1,2E+08")
    );
    let two = format!(
        "<table:table-row>{}{}{date}</table:table-row>",
        number("12345672", "012345672"),
        number("363", "0363")
    );
    let fill = "<table:table-row table:number-rows-repeated=\"3\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let end = "<table:table-row table:number-rows-repeated=\"1048000\"><table:table-cell table:number-columns-repeated=\"16384\"/></table:table-row>";
    let failed = "<table:table-row><table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" calcext:value-type=\"error\"><text:p>#DEEL/0!</text:p></table:table-cell></table:table-row>";
    let tables = format!(
        "<table:table table:name=\"Uitleg\">{}</table:table>\
         <table:table table:name=\"Oud\" table:style-name=\"ta2\">{header}</table:table>\
         <table:table table:name=\"Data\">{header}{one}{fill}{two}{failed}{end}</table:table>",
        ods_row(&["Uitleg"])
    );
    let report = check_as(None, "bijstand.ods", ods(&tables));
    assert_eq!(report.sheet.as_deref(), Some("Data"));
    assert_eq!(report.tally.accepted, 2, "{:?}", report.findings);
    assert_eq!(report.tally.set_aside, 3);
    assert_eq!(only(&report, "WBK08").address().as_deref(), Some("A7"));
    assert!(
        report
            .counts
            .keys()
            .all(|code| !matches!(code.as_str(), "BSN02" | "BSN03"))
    );
    // A row that repeats is as many rows.
    let again = "<table:table-row table:number-rows-repeated=\"3\">".to_owned()
        + &one["<table:table-row>".len()..];
    let report = check_as(
        None,
        "x.ods",
        ods(&format!(
            "<table:table table:name=\"D\">{header}{again}</table:table>"
        )),
    );
    assert_eq!((report.tally.accepted, report.tally.duplicate), (1, 2));
}

#[test]
fn a_secret_ods_workbook_is_told() {
    let book = zip_of(&[
        ("content.xml", b"secret"),
        (
            "META-INF/manifest.xml",
            b"<manifest><file-entry><encryption-data/></file-entry></manifest>",
        ),
    ]);
    assert_eq!(codes_of(&check_as(None, "x.ods", book)), ["BST11"]);
}

#[test]
fn a_formula_without_a_value_is_one_mistake_and_in_a_row_of_totals_none() {
    let good = shelter(1);
    let check_rows = |rows: &[(String, &str)]| {
        let cell = |(address, cell): (String, &str), formulas: &str| {
            if formulas.contains(&address[..1]) {
                format!("<c r=\"{address}\"><f>A1</f></c>")
            } else if cell.is_empty() {
                String::new()
            } else {
                inline(&address, cell)
            }
        };
        let lines = rows.iter().zip(1..).map(|((cells, formulas), number)| {
            let letters = ('A'..='L').map(|letter| format!("{letter}{number}"));
            let cells = letters.zip(cells.split(';'));
            let cells: String = cells.map(|at| cell(at, formulas)).collect();
            format!("<row r=\"{number}\">{cells}</row>")
        });
        let sheet: String = lines.collect();
        check(raw(&format!(
            "<worksheet><sheetData>{sheet}</sheetData></worksheet>"
        )))
    };
    // The municipality, the number and the first day: each is told once, as what it is.
    let report = check_rows(&[(good.header(), ""), (good.text(), "BCF")]);
    assert_eq!(codes_of(&report), ["WBK07", "WBK07", "WBK07"]);
    let total = "Totaal;;;;;;;;;;;".to_owned();
    let report = check_rows(&[(good.header(), ""), (good.text(), ""), (total, "CF")]);
    assert_eq!(codes_of(&report), ["RIJ08"]);
    assert_eq!(report.verdict, Verdict::Usable);
}
