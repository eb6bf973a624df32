//! Files and rules made to do harm: an answer comes in bounded time and memory, and it is a finding
//! or an error.

use std::fmt::Write;

use ethos_ingest::{RuleBook, Verdict};
use ethos_model::schema::{Column, ColumnType, TableSchema};
use ethos_table::{Table, Value};

use crate::support::{
    SHELTERS, StudyFolder, benefit, bsn, check, check_as, codes_of, file, gzip, only, shelter,
    workbook, zip_of,
};

/// A Parquet or Arrow file of a benefit with this many further columns.
fn table(extension: &str, further: usize) -> Vec<u8> {
    let column = |name: String, kind| Column {
        name,
        kind,
        nullable: true,
        description: "x".into(),
    };
    let mut columns = vec![
        column("bsn".into(), ColumnType::Text),
        column("gemeentecode".into(), ColumnType::Text),
        column("ingangsdatum".into(), ColumnType::Text),
        column("einddatum".into(), ColumnType::Text),
    ];
    columns.extend((0..further).map(|n| column(format!("k{n}"), ColumnType::Text)));
    let mut table = Table::new(TableSchema {
        id: "test/1".into(),
        row: "a benefit".into(),
        columns,
    });
    for n in 1..4 {
        let mut row = vec![
            Value::Text(bsn(n).into()),
            Value::Text("0363".into()),
            Value::Text("20250110".into()),
        ];
        row.resize(4 + further, Value::Null);
        table.push_row(row).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("x.{extension}"));
    table.write(&path).unwrap();
    std::fs::read(path).unwrap()
}

#[test]
fn a_million_columns_are_told_in_every_form() {
    let names: Vec<String> = (0..1_000_000).map(|n| format!("k{n}")).collect();
    let text = names.join(";") + "\n" + &"1;".repeat(999_999) + "1\n";
    only(&check(text), "KOP11");
    // Under a header that is in order, a row of a million cells is set aside and shifts no other.
    let rows = [shelter(1).text(), ";".repeat(1_000_000), shelter(2).text()];
    let report = check(format!("{}\n{}\n", shelter(1).header(), rows.join("\n")));
    assert_eq!((report.tally.accepted, report.tally.rows()), (2, 3));
    // A cell that says it stands for a thousand million.
    let ods = |attribute: &str| {
        let mut header = String::new();
        for name in shelter(1).header().split(';') {
            let _ = write!(
                header,
                "<table:table-cell office:value-type=\"string\"><text:p>{name}</text:p></table:table-cell>"
            );
        }
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"B\"><table:table-row>{header}</table:table-row><table:table-row><table:table-cell {attribute} office:value-type=\"string\"><text:p>1</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>"
        );
        zip_of(&[
            (
                "mimetype",
                b"application/vnd.oasis.opendocument.spreadsheet",
            ),
            ("content.xml", content.as_bytes()),
        ])
    };
    for attribute in [
        "table:number-columns-repeated=\"1000000000\"",
        "table:number-columns-repeated=\"18446744073709551616\"",
        "table:number-columns-repeated=\"-1\"",
    ] {
        let report = check_as(None, "GM0363_2025.ods", ods(attribute));
        assert!(report.tally.rows() <= 1, "{attribute}: {:?}", report.tally);
        assert!(!report.findings.is_empty(), "{attribute}");
    }
    let wide = table("parquet", 20_000);
    let report = check_as(Some("register/adresloze-bijstand"), "x.parquet", wide);
    assert!(
        codes_of(&report).contains(&"KOP11"),
        "{:?}",
        codes_of(&report)
    );
    assert_eq!(report.verdict, Verdict::Unusable);
}

#[test]
fn half_of_any_file_is_told_or_set_aside() {
    let rows = file(&[shelter(1), shelter(2), shelter(3)]);
    let benefits = file(&[benefit(1), benefit(2)]);
    let forms = [
        ("GM0363_2025.xlsx", workbook(&[("Blad1", &rows)])),
        (
            "GM0363_2025.zip",
            zip_of(&[("GM0363_2025.csv", rows.as_bytes())]),
        ),
        ("GM0363_2025.csv.gz", gzip(rows.as_bytes())),
        ("x.parquet", table("parquet", 2)),
        ("x.arrow", table("arrow", 2)),
        ("GM0363_2025.csv", benefits.into_bytes()),
    ];
    for (name, whole) in forms {
        for part in 1..40 {
            let bytes = &whole[..whole.len() * part / 40];
            let report = check_as(None, name, bytes);
            let is_text = report.delimiter.is_some();
            assert!(
                is_text || report.verdict == Verdict::Unusable,
                "{part} of 40 parts of {name}: {:?}",
                report.findings
            );
        }
    }
}

#[test]
fn nul_bytes_are_no_rows_and_no_end() {
    let report = check(vec![0; 16 << 20]);
    assert_eq!(
        (report.verdict, report.tally.rows()),
        (Verdict::Unusable, 0)
    );
    let header = shelter(1).header();
    let (one, two) = (shelter(1).text(), shelter(2).text());
    for text in [
        format!("{header}\n{one}\n\0\0\0\n{two}\n"),
        format!("{header}\n{one}\n{}\n{two}\n", "\0;".repeat(11)),
        format!("{header}\n{one}\n{two}\0\n"),
        format!("\0{header}\n{one}\n{two}\n"),
    ] {
        let report = check(text.clone());
        assert!(!report.findings.is_empty(), "{text:?}");
        assert!(report.tally.accepted <= 2);
    }
}

#[test]
fn a_quote_that_never_ends_is_no_cell_of_everything() {
    let text = format!(
        "{}\n\"{}",
        shelter(1).header(),
        (shelter(1).text() + "\n").repeat(400_000)
    );
    assert!(text.len() > 20 << 20);
    let report = check(text);
    assert!(report.worst().is_some(), "{:?}", report.tally);
}

#[test]
fn markup_nested_a_million_deep_is_read_or_refused() {
    let deep = "<a>".repeat(1_000_000);
    let closed = deep.clone() + &"</a>".repeat(1_000_000);
    for inner in [deep, closed] {
        let sheet = format!("<worksheet>{inner}<sheetData/></worksheet>");
        let book = zip_of(&[
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
                br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/></Relationships>"#,
            ),
            ("xl/s.xml", sheet.as_bytes()),
        ]);
        let report = check_as(None, "GM0363_2025.xlsx", book);
        assert_eq!(report.verdict, Verdict::Unusable);
        assert_eq!(report.tally.rows(), 0);
    }
}

#[test]
fn an_expression_has_a_stack_to_fit_in() {
    let add = |find: &str| {
        let words = "title = { nl = \"a\", en = \"b\" }\nmessage = { nl = \"a\", en = \"b\" }\nfix = { nl = \"a\", en = \"b\" }\n";
        let text =
            format!("[[rule]]\nid = \"ZZZ01\"\nseverity = \"note\"\nfind = '''{find}'''\n{words}");
        let mut book = RuleBook::shipped().clone();
        book.add(&text, "x.toml").map_err(|error| error.to_string())
    };
    add("start is blank or end is blank").unwrap();
    add(&["start is blank"; 150].join(" or ")).unwrap();
    for (find, words) in [
        (
            vec!["start is blank"; 100_000].join(" or "),
            "4000 characters",
        ),
        (["a = 1"; 300].join(" or "), "operators"),
        (["a = 1"; 300].join(" and "), "operators"),
        (format!("{} > 3", vec!["1"; 1_900].join("+")), "operators"),
        (format!("{} > 3", vec!["1"; 1_900].join("*")), "operators"),
        ("(".repeat(3_000), "too deep"),
        ("not ".repeat(900), "too deep"),
        ("-".repeat(3_000), "too deep"),
        ("abs(".repeat(900), "too deep"),
        ("bsn matches 'a{1000}{1000}{1000}'".to_owned(), "pattern"),
    ] {
        let error = add(&find).unwrap_err();
        assert!(error.contains(words), "{error}");
        assert!(error.len() < 1_000, "{} bytes of an error", error.len());
    }
}

#[test]
fn names_and_links_in_a_study_lead_nowhere_else() {
    let rows = file(&[shelter(1).with("gemeentecode", "0363")]);
    let archive = zip_of(&[
        ("../../../opvang/GM0363_2025.csv", rows.as_bytes()),
        ("C:\\GM0363_2025.csv", rows.as_bytes()),
        ("goed/GM0363_2025.csv", rows.as_bytes()),
    ]);
    let folder = StudyFolder::new()
        .section(&SHELTERS.replace("*.csv", "*"))
        .with("opvang/alles.zip", archive);
    let ingested = folder.read();
    let refused = ingested
        .findings
        .iter()
        .filter(|finding| finding.code == "BST15")
        .count();
    assert_eq!((refused, ingested.spells.len()), (2, 1));
    // Nothing is ever unpacked to a place.
    assert!(!folder.path().join("goed").exists());
    assert!(!folder.path().join("opvang/goed").exists());
}

/// Cells may share a text, and one row may stand for many: a small file that says it holds what nobody
/// ever typed is refused before it is read to the end.
#[test]
fn a_text_that_a_million_cells_share_is_not_read_a_million_times() {
    let long = "x".repeat(1 << 20);
    let cells = "<c t=\"s\"><v>0</v></c>".repeat(12);
    let rows = format!("<row>{cells}</row>").repeat(100_000);
    let book = zip_of(&[
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
            br#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/></Relationships>"#,
        ),
        (
            "xl/s.xml",
            format!("<worksheet><sheetData>{rows}</sheetData></worksheet>").as_bytes(),
        ),
        ("xl/t.xml", format!("<sst><si><t>{long}</t></si></sst>").as_bytes()),
    ]);
    assert!(book.len() < 1 << 20, "{}", book.len());
    let report = check_as(
        Some("register/adresloze-bijstand"),
        "GM0363_2025.xlsx",
        book,
    );
    assert_eq!(codes_of(&report), ["BST10"]);
    let cell = |text: &str| {
        format!(
            "<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>"
        )
    };
    let ods = |repeated: u32, text: &str| {
        let content = format!(
            "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"B\"><table:table-row>{}</table:table-row><table:table-row table:number-rows-repeated=\"{repeated}\">{}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
            ["bsn", "gemeentecode", "ingangsdatum", "einddatum"]
                .map(cell)
                .concat(),
            [text, "0363", "20250110", ""].map(cell).concat(),
        );
        zip_of(&[("content.xml", content.as_bytes())])
    };
    let read = |book| check_as(Some("register/adresloze-bijstand"), "GM0363_2025.ods", book);
    assert_eq!(codes_of(&read(ods(1_000_000, &long))), ["BST10"]);
    // A short text may stand in many rows.
    assert_eq!(read(ods(20_000, &bsn(1))).tally.rows(), 20_000);
    // Over the width of a sheet as well no sender typed it.
    let wide = "x</text:p></table:table-cell><table:table-cell office:value-type=\"string\" table:number-columns-repeated=\"16000\"><text:p>x";
    assert_eq!(codes_of(&read(ods(300, wide))), ["BST10"]);
}
