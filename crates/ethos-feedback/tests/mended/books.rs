//! Workbooks and tables mended: their cells change and nothing else.

use super::*;

#[test]
fn a_workbook_comes_back_with_those_cells_changed() {
    let folder = tempfile::tempdir().unwrap();
    let mut book = Workbook::new();
    let text = Format::new().set_num_format("@");
    book.add_worksheet()
        .set_name("Uitleg")
        .unwrap()
        .write_string(0, 0, "blijft")
        .unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Levering").unwrap();
    sheet.set_column_width(2, 40).unwrap();
    for (row, line) in mangled().lines().enumerate() {
        for (column, cell) in line.split(';').enumerate() {
            sheet
                .write_string_with_format(row as u32, column as u16, cell, &text)
                .unwrap();
        }
    }
    // A formula that gives a number without its zero is mended in the formula.
    sheet
        .write_formula(6, 2, Formula::new("11111112").set_result("11111112"))
        .unwrap();
    let bytes = book.save_to_buffer().unwrap();
    let name = "GM0363_MD_2025.xlsx";
    let mended = mended_in(folder.path(), name, &bytes).unwrap();
    log_gives_the_same(folder.path(), name, &mended);
    let cells = |bytes: &[u8]| {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes.to_vec())).unwrap();
        let range = book.worksheet_range("Levering").unwrap();
        let cells: BTreeMap<(u32, u32), String> = range
            .used_cells()
            .map(|(row, column, cell)| ((row as u32, column as u32), cell.to_string()))
            .collect();
        let formulas = book.worksheet_formula("Levering").unwrap();
        assert_eq!(
            formulas.get_value((6, 2)).map(String::as_str),
            Some("11111112")
        );
        assert_eq!(book.sheet_names(), ["Uitleg", "Levering"]);
        cells
    };
    let (old, new) = (cells(&bytes), cells(mended.bytes()));
    let changed: BTreeMap<(u32, u32), String> = new
        .iter()
        .filter(|(place, cell)| old.get(place) != Some(cell))
        .map(|(place, cell)| (*place, cell.clone()))
        .collect();
    let told: BTreeMap<(u32, u32), String> = mended
        .fixes
        .iter()
        .map(|fix| {
            (
                (fix.row as u32 - 1, fix.column_number - 1),
                fix.value().to_owned(),
            )
        })
        .collect();
    assert_eq!(changed, told);
    assert!(told.values().any(|value| value == "012345672"));
    let again = mended_in(folder.path(), name, mended.bytes()).unwrap();
    assert!(again.is_as_it_was());
}

/// An OpenDocument workbook with these rows as text, the last run of two rows written once, and a formula.
fn ods(rows: &str) -> Vec<u8> {
    use std::fmt::Write as _;
    use std::io::Write as _;
    let mut sheet = String::new();
    let lines: Vec<&str> = rows.lines().collect();
    for line in &lines {
        sheet += "<table:table-row>";
        for cell in line.split(';') {
            let _ = write!(
                sheet,
                "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
            );
        }
        sheet += "</table:table-row>";
    }
    // Two rows alike: a number whose zero is gone, as a number.
    sheet += "<table:table-row table:number-rows-repeated=\"2\">\
        <table:table-cell office:value-type=\"string\"><text:p>20260115</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"363\"><text:p>363</text:p></table:table-cell>\
        <table:table-cell office:value-type=\"float\" office:value=\"12345672\"><text:p>12345672</text:p></table:table-cell>";
    for cell in "16;24;20250110;20250320;19;0363;0599;19800203".split(';') {
        let _ = write!(
            sheet,
            "<table:table-cell office:value-type=\"string\"><text:p>{cell}</text:p></table:table-cell>"
        );
    }
    sheet += "<table:table-cell table:formula=\"of:=&quot;M&quot;\" office:value-type=\"string\" office:string-value=\"M\"><text:p>M</text:p></table:table-cell></table:table-row>";
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:spreadsheet><table:table table:name=\"Uitleg\"><table:table-row><table:table-cell office:value-type=\"string\"><text:p>blijft</text:p></table:table-cell></table:table-row></table:table><table:table table:name=\"Levering\">{sheet}</table:table></office:spreadsheet></office:body></office:document-content>"
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("mimetype", stored).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.spreadsheet")
        .unwrap();
    zip.start_file("content.xml", zip::write::SimpleFileOptions::default())
        .unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.start_file(
        "META-INF/manifest.xml",
        zip::write::SimpleFileOptions::default(),
    )
    .unwrap();
    zip.write_all(b"<manifest:manifest/>").unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn an_opendocument_workbook_comes_back_with_those_cells_changed() {
    let folder = tempfile::tempdir().unwrap();
    let name = "GM0363_MD_2025.ods";
    // Of a column that lost its zeros, one in ten numbers is short.
    let more = "20260115;0363;111222333;16;24;05-02-2025;20250320;19;0363;0599;19800203;M\n";
    let bytes = ods(&(mangled() + &more.repeat(7)));
    let mended = mended_in(folder.path(), name, &bytes).unwrap();
    assert_eq!(mended.file_name(), "GM0363_MD_2025-hersteld.ods");
    log_gives_the_same(folder.path(), name, &mended);
    let cells = |bytes: &[u8]| {
        let mut book: calamine::Ods<_> = calamine::Ods::new(Cursor::new(bytes.to_vec())).unwrap();
        assert_eq!(book.sheet_names(), ["Uitleg", "Levering"]);
        let formulas = book.worksheet_formula("Levering").unwrap();
        let kept = formulas.used_cells().filter(|(.., text)| !text.is_empty());
        assert_eq!(kept.count(), 2);
        let range = book.worksheet_range("Levering").unwrap();
        let cells: BTreeMap<(u32, u32), String> = range
            .used_cells()
            .map(|(row, column, cell)| ((row as u32, column as u32), cell.to_string()))
            .collect();
        cells
    };
    let (old, new) = (cells(&bytes), cells(mended.bytes()));
    let changed: BTreeMap<(u32, u32), String> = new
        .iter()
        .filter(|(place, cell)| old.get(place) != Some(cell))
        .map(|(place, cell)| (*place, cell.clone()))
        .collect();
    let told: BTreeMap<(u32, u32), String> = mended
        .fixes
        .iter()
        .map(|fix| {
            let place = (fix.row as u32 - 1, fix.column_number - 1);
            (place, fix.value().to_owned())
        })
        .collect();
    assert_eq!(changed, told);
    // Both rows of the run, each with its own number again.
    assert_eq!(told[&(14, 2)], "012345672");
    assert_eq!(told[&(15, 2)], "012345672");
    assert!(
        mended_in(folder.path(), name, mended.bytes())
            .unwrap()
            .is_as_it_was()
    );
}

#[test]
fn a_correction_fills_a_blank_cell_of_a_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let lines: Vec<String> = mangled()
        .lines()
        .enumerate()
        .map(|(row, line)| match row {
            // The last two cells are not there at all.
            1 => line.rsplitn(3, ';').nth(2).unwrap().to_owned(),
            _ => line.to_owned(),
        })
        .collect();
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("Levering").unwrap();
    for (row, line) in lines.iter().enumerate() {
        for (column, cell) in line.split(';').enumerate() {
            sheet.write_string(row as u32, column as u16, cell).unwrap();
        }
    }
    for (name, bytes) in [
        ("GM0363_MD_2025.xlsx", book.save_to_buffer().unwrap()),
        ("GM0363_MD_2025.ods", ods(&lines.join("\n"))),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        let sha256 = hash_of(name, &path);
        let by_hand = format!(
            "bestand;sha256;rij;kolom;oud;nieuw;wie;wanneer;waarom\n{name};{sha256};2;geslacht;;V;K. de Wit;2026-02-03;dossier\n"
        );
        let corrections = Corrections::read(by_hand.as_bytes()).unwrap();
        let options = CheckOptions {
            corrections: Some(&corrections),
            ..CheckOptions::default()
        };
        let mended = mend(&Input::path(name, &path), &options, Language::Nl).unwrap();
        assert_eq!(mended.corrected.applied, 1, "{name}");
        let out = folder.path().join(mended.file_name());
        std::fs::write(&out, mended.bytes()).unwrap();
        let mut book = calamine::open_workbook_auto(&out).unwrap();
        let range = book.worksheet_range("Levering").unwrap();
        assert_eq!(range.get_value((1, 11)).unwrap().to_string(), "V", "{name}");
    }
}

#[test]
fn a_table_of_numbers_becomes_text_with_its_zeros() {
    use ethos_model::schema::{Column, ColumnType, TableSchema};
    use ethos_table::{Table, Value};
    let names: Vec<&str> = HEAD.trim().split(';').chain(["notitie"]).collect();
    let columns = names.iter().map(|name| Column {
        name: (*name).into(),
        kind: match *name {
            "geslacht" | "notitie" => ColumnType::Text,
            _ => ColumnType::Integer,
        },
        nullable: true,
        description: "x".into(),
    });
    let mut table = Table::new(TableSchema {
        id: "test/1".into(),
        row: "a stay".into(),
        columns: columns.collect(),
    });
    for (number, note) in [
        (12_345_672, "=1+1"),
        (123_456_782, "a;b"),
        (11_111_112, "+31"),
        (111_222_333, ""),
    ] {
        let numbers = [
            20_260_115, 363, number, 16, 24, 20_250_110, 20_250_320, 19, 363, 599, 19_800_203,
        ];
        let cells = numbers.into_iter().map(Value::Integer);
        let text = [Value::Text("M".into()), Value::Text(note.into())];
        table.push_row(cells.chain(text)).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "GM0363_MD_2025.parquet";
    table.write(&folder.path().join(name)).unwrap();
    let bytes = std::fs::read(folder.path().join(name)).unwrap();
    let mended = mended_in(folder.path(), name, &bytes).unwrap();
    assert_eq!(mended.file_name(), "GM0363_MD_2025-hersteld.csv");
    assert_eq!(
        lines(&mended),
        [
            names.join(";"),
            "20260115;0363;012345672;16;24;20250110;20250320;19;0363;0599;19800203;M;'=1+1".into(),
            "20260115;0363;123456782;16;24;20250110;20250320;19;0363;0599;19800203;M;\"a;b\""
                .into(),
            "20260115;0363;011111112;16;24;20250110;20250320;19;0363;0599;19800203;M;'+31".into(),
            "20260115;0363;111222333;16;24;20250110;20250320;19;0363;0599;19800203;M;".into(),
        ]
    );
    let what: Vec<&str> = mended.changes.iter().map(|change| change.what).collect();
    assert_eq!(what, ["vorm", "formules", "formules"]);
    log_gives_the_same(folder.path(), name, &mended);
}
