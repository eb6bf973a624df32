//! A researcher's own tables as text.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float32Array, Float64Array, Int32Array,
    ListArray, RecordBatch, StringArray, UInt8Array,
};
use arrow::datatypes::Int32Type;
use ethos_table::{Row, StringTable, TableErrorKind};
use parquet::arrow::ArrowWriter;

fn cells<'t>(table: &'t StringTable, name: &str) -> Vec<Option<&'t str>> {
    table.column(name).unwrap().iter().collect()
}

#[test]
fn a_capture_table_of_any_delimiter_is_read() {
    for delimiter in [",", ";", "\t"] {
        for (mark, end) in [("", "\n"), ("\u{feff}", "\r\n")] {
            let text = "a, b ,count\n1,0,25\n1,,\"1,5\"\n\n 0 ,1,x y\n"
                .replace(',', delimiter)
                .replace('\n', end);
            let text = format!("{mark}{text}");
            let table = StringTable::from_delimited(text.as_bytes()).unwrap();
            assert_eq!(table.names(), ["a", "b", "count"]);
            assert_eq!(cells(&table, "a"), [Some("1"), Some("1"), Some("0")]);
            assert_eq!(cells(&table, "b"), [Some("0"), None, Some("1")]);
            let decimal = format!("1{delimiter}5");
            assert_eq!(
                cells(&table, "count"),
                [Some("25"), Some(decimal.trim()), Some("x y")]
            );
            let lines: Vec<Row> = (0..3).map(|row| table.row_name(row)).collect();
            assert_eq!(lines, [Row::Line(2), Row::Line(3), Row::Line(5)]);
            assert!(table.column("none").is_none());
        }
    }
}

#[test]
fn errors_name_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("captures.csv");
    let said = |text: &[u8]| {
        fs::write(&path, text).unwrap();
        StringTable::read(&path).unwrap_err()
    };
    let ragged = said(b"a,b\n1,0\n\n1,0,5\n");
    assert!(
        ragged
            .to_string()
            .ends_with("captures.csv, line 4: 3 cells where the header names 2 columns"),
        "{ragged}"
    );
    let twice = said(b"a,b,a\n");
    assert!(matches!(twice.kind(), TableErrorKind::Twice));
    assert_eq!(twice.place().column.as_deref(), Some("a"));
    assert!(matches!(said(b"").kind(), TableErrorKind::Empty));
    assert!(matches!(said(b"a,\xe9\n").kind(), TableErrorKind::Encoding));
    assert!(matches!(
        said(b"PK\x03\x04..").kind(),
        TableErrorKind::Workbook
    ));
    assert!(matches!(
        said(b"a,b\n1,\"0\n1,1\n").kind(),
        TableErrorKind::Unclosed
    ));
    let missing = StringTable::read(&folder.path().join("none.csv")).unwrap_err();
    assert!(missing.to_string().contains("none.csv"));
}

fn batch() -> RecordBatch {
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "shelter",
            Arc::new(BooleanArray::from(vec![Some(true), Some(false), None])),
        ),
        ("benefit", Arc::new(UInt8Array::from(vec![1, 0, 1]))),
        (
            "sex",
            Arc::new(
                vec![Some("m"), None, Some("f")]
                    .into_iter()
                    .collect::<DictionaryArray<Int32Type>>(),
            ),
        ),
        (
            "count",
            Arc::new(Float64Array::from(vec![Some(25.0), Some(0.5), None])),
        ),
        ("single", Arc::new(Float32Array::from(vec![0.1, 2.0, -3.5]))),
        ("day", Arc::new(Date32Array::from(vec![0, 1, 20_454]))),
        ("note", Arc::new(StringArray::from(vec!["", "=1", "x"]))),
    ];
    RecordBatch::try_from_iter(columns).unwrap()
}

#[test]
fn binary_tables_of_other_programs_read_as_text_do() {
    let folder = tempfile::tempdir().unwrap();
    let batch = batch();
    let parquet = folder.path().join("captures.pq");
    let mut writer =
        ArrowWriter::try_new(fs::File::create(&parquet).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let arrow = folder.path().join("captures.feather");
    let file = fs::File::create(&arrow).unwrap();
    let mut writer = arrow::ipc::writer::FileWriter::try_new(file, &batch.schema()).unwrap();
    writer.write(&batch).unwrap();
    writer.finish().unwrap();

    for path in [parquet, arrow] {
        let table = StringTable::read(&path).unwrap();
        assert_eq!(cells(&table, "shelter"), [Some("1"), Some("0"), None]);
        assert_eq!(cells(&table, "benefit"), [Some("1"), Some("0"), Some("1")]);
        assert_eq!(cells(&table, "sex"), [Some("m"), None, Some("f")]);
        assert_eq!(cells(&table, "count"), [Some("25"), Some("0.5"), None]);
        assert_eq!(
            cells(&table, "single"),
            [Some("0.1"), Some("2"), Some("-3.5")]
        );
        assert_eq!(
            cells(&table, "day"),
            [Some("1970-01-01"), Some("1970-01-02"), Some("2026-01-01")]
        );
        assert_eq!(cells(&table, "note"), [None, Some("=1"), Some("x")]);
        assert_eq!(table.row_name(2), Row::Number(3));
    }
}

#[test]
fn a_column_of_lists_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let lists: ArrayRef = Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>([Some([
        Some(1),
    ])]));
    let batch = RecordBatch::try_from_iter([
        ("a", Arc::new(Int32Array::from(vec![1])) as ArrayRef),
        ("nested", lists),
    ])
    .unwrap();
    let path = folder.path().join("nested.parquet");
    let mut writer =
        ArrowWriter::try_new(fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let error = StringTable::read(&path).unwrap_err();
    assert_eq!(error.place().column.as_deref(), Some("nested"));
}

#[test]
fn many_rows_are_whole() {
    let mut text = String::from("id;a;b;count\n");
    for row in 0..200_000 {
        writeln!(text, "{row};1;0;{}", row % 10).unwrap();
    }
    let table = StringTable::from_delimited(text.as_bytes()).unwrap();
    assert_eq!(table.rows(), 200_000);
    assert_eq!(table.column("id").unwrap().get(199_999), Some("199999"));
    let total: u64 = table
        .column("count")
        .unwrap()
        .iter()
        .map(|cell| cell.unwrap().parse::<u64>().unwrap())
        .sum();
    assert_eq!(total, 900_000);
    assert_eq!(table.row_name(199_999), Row::Line(200_001));
}
