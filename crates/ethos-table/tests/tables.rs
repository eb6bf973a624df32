//! Tables come back from every format as they went in, and the same rows give the same bytes.

use std::fs;
use std::path::Path;

use ethos_model::date::Day;
use ethos_model::schema::{self, Column, ColumnType, TableSchema};
use ethos_table::{CHUNK, Row, Table, TableErrorKind, TableReader, TableWriter, Value};
use proptest::prelude::*;

const EXTENSIONS: [&str; 3] = ["csv", "parquet", "arrow"];

/// Every type, with and without empty cells; the text columns stand first so that a row's
/// text begins a line.
fn schema() -> TableSchema {
    let kinds = [
        ColumnType::Text,
        ColumnType::Integer,
        ColumnType::Real,
        ColumnType::Date,
        ColumnType::Boolean,
    ];
    let columns = kinds
        .into_iter()
        .flat_map(|kind| {
            [false, true].map(|nullable| Column {
                name: format!("{kind:?} {nullable}").to_lowercase(),
                kind,
                nullable,
                description: "a column, in persons".into(),
            })
        })
        .collect();
    TableSchema {
        id: "test/1".into(),
        row: "a row".into(),
        columns,
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[=+@'\"\t\r\n ,;a-]{0,6}",
        Just(String::new()),
    ]
}

fn real() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>().prop_filter("finite", |number| number.is_finite()),
        prop::sample::select(vec![
            0.0,
            -0.0,
            f64::MAX,
            f64::MIN_POSITIVE,
            5e-324,
            0.1,
            1e15,
            1e16,
            1e21,
        ]),
    ]
}

fn row() -> impl Strategy<Value = Vec<Value<'static>>> {
    let integer = || prop_oneof![any::<i64>(), Just(i64::MIN), Just(i64::MAX)];
    let day = || (-62_091..=84_370).prop_map(Day);
    (
        (text(), prop::option::of(text())),
        (integer(), prop::option::of(integer())),
        (real(), prop::option::of(real())),
        (day(), prop::option::of(day())),
        (any::<bool>(), any::<Option<bool>>()),
    )
        .prop_map(|(a, b, c, d, e)| {
            vec![
                a.0.into(),
                a.1.into(),
                b.0.into(),
                b.1.into(),
                c.0.into(),
                c.1.into(),
                d.0.into(),
                d.1.into(),
                e.0.into(),
                e.1.into(),
            ]
        })
}

fn table(rows: Vec<Vec<Value<'static>>>) -> Table {
    let mut table = Table::new(schema());
    for row in rows {
        table.push_row(row).unwrap();
    }
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn tables_come_back(rows in prop::collection::vec(row(), 0..12)) {
        let table = table(rows);
        let folder = tempfile::tempdir().unwrap();
        for extension in EXTENSIONS {
            let path = folder.path().join(format!("t.{extension}"));
            table.write(&path).unwrap();
            let back = Table::read(&path, table.schema()).unwrap();
            prop_assert_eq!(&back, &table, "{}", extension);
            let bytes = fs::read(&path).unwrap();
            back.write(&path).unwrap();
            prop_assert!(fs::read(&path).unwrap() == bytes, "{}", extension);
        }
    }

    #[test]
    fn any_bytes_are_a_table_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let folder = tempfile::tempdir().unwrap();
        for extension in EXTENSIONS {
            let path = folder.path().join(format!("t.{extension}"));
            fs::write(&path, &bytes).unwrap();
            let _ = Table::read(&path, &schema());
            let _ = ethos_table::StringTable::read(&path);
        }
    }
}

fn many(rows: usize) -> Table {
    let mut table = Table::new(schema::links());
    for row in 0..rows as u32 {
        let person = format!("{:032x}", row / 3);
        table
            .push_row([
                (row % 7).into(),
                row.into(),
                person.into(),
                (row % 2 == 0).into(),
            ])
            .unwrap();
    }
    table
}

#[test]
fn chunks_give_the_bytes_of_the_whole() {
    let whole = many(2 * CHUNK + 10);
    let folder = tempfile::tempdir().unwrap();
    for extension in EXTENSIONS {
        let path = folder.path().join(format!("whole.{extension}"));
        whole.write(&path).unwrap();
        let chunks: Vec<Table> = TableReader::open(&path, whole.schema())
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let sizes: Vec<usize> = chunks.iter().map(Table::rows).collect();
        assert_eq!(sizes, [CHUNK, CHUNK, 10], "{extension}");
        let again = folder.path().join(format!("chunks.{extension}"));
        let mut writer = TableWriter::create(&again, whole.schema()).unwrap();
        for chunk in &chunks {
            writer.write(chunk).unwrap();
        }
        assert!(!again.exists());
        writer.finish().unwrap();
        assert!(
            fs::read(&path).unwrap() == fs::read(&again).unwrap(),
            "{extension}"
        );
        assert_eq!(Table::read(&again, whole.schema()).unwrap(), whole);
    }
}

/// Bytes of a small table, so that a change of what is written (a library's new version, a
/// clock) is seen.
#[test]
fn a_csv_file_is_what_it_always_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("estimates.csv");
    let mut table = Table::new(schema::estimates());
    table
        .push_row([
            Day::parse("2026-01-01").unwrap().into(),
            "sex=male;region=g4".into(),
            1200_i64.into(),
            3913.25.into(),
            5113.25.into(),
            Value::Null,
            1e-7.into(),
            Value::Null,
            0.95.into(),
            "profile".into(),
            "unbounded".into(),
            "[12,13,\"23\"]".into(),
        ])
        .unwrap();
    table.write(&path).unwrap();
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        "reference_date,by,observed,unobserved,estimate,se,lower,upper,level,interval,status,model\n\
         2026-01-01,sex=male;region=g4,1200,3913.25,5113.25,,1e-7,,0.95,profile,unbounded,\"[12,13,\"\"23\"\"]\"\n"
    );
}

#[test]
fn a_binary_file_names_its_schema_and_no_library() {
    let folder = tempfile::tempdir().unwrap();
    for extension in ["parquet", "arrow"] {
        let path = folder.path().join(format!("links.{extension}"));
        many(3).write(&path).unwrap();
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        assert!(!text.contains("parquet-rs"), "{extension}");
        assert!(text.contains("ethos:schema") && text.contains("ethos-links/1"));
        let error = Table::read(&path, &schema::cube()).unwrap_err();
        assert!(
            error
                .to_string()
                .contains("the table is ethos-links/1, expected ethos-cube/1"),
            "{error}"
        );
    }
}

fn read_links(path: &Path, text: &str) -> Result<Table, ethos_table::TableError> {
    fs::write(path, text).unwrap();
    Table::read(path, &schema::links())
}

#[test]
fn columns_may_stand_in_any_order_and_other_delimiters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("links.csv");
    let one = read_links(
        &path,
        "\u{feff}keyed;person_id;delivery;row\r\nTRUE;00ff;1;2\r\n",
    )
    .unwrap();
    let other = read_links(&path, "delivery,row,person_id,keyed\n1,2,00ff,true\n").unwrap();
    assert_eq!(one, other);
    let empty = read_links(&path, "delivery,row,person_id,keyed\n").unwrap();
    assert_eq!(empty.rows(), 0);
}

#[test]
fn errors_name_file_line_and_column_and_hide_the_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("links.csv");
    let said = |text: &str| {
        let error = read_links(&path, text).unwrap_err();
        assert!(
            error
                .place()
                .file
                .as_deref()
                .unwrap()
                .ends_with("links.csv")
        );
        error
    };
    let header = "delivery,row,person_id,keyed";
    let error = said(&format!(
        "{header}\r\n1,2,x,true\r\n\r\n1,12345678x,x,true\r\n"
    ));
    assert_eq!(error.place().row, Some(Row::Line(4)));
    assert_eq!(error.place().column.as_deref(), Some("row"));
    let text = error.to_string();
    assert!(
        text.ends_with("line 4, column `row`: expected a whole number, found `*******8x`"),
        "{text}"
    );
    let error = said(&format!("{header}\n1,,x,true\n"));
    assert!(matches!(error.kind(), TableErrorKind::Null));
    let error = said(&format!("{header}\n1,2,x,ja\n"));
    assert!(error.to_string().contains("expected true or false"));
    let error = said(&format!("{header}\n1,2,x\n"));
    assert!(matches!(error.kind(), TableErrorKind::Ragged { .. }));
    let error = said("delivery,row,person,keyed\n");
    assert!(
        error.to_string().contains("did you mean `person`?"),
        "{error}"
    );
    let error = said(&format!("{header},note\n"));
    assert!(error.to_string().contains("column `note`"), "{error}");

    let error = Table::read(&folder.path().join("none.csv"), &schema::links()).unwrap_err();
    assert!(error.to_string().contains("none.csv"));
    let error = Table::read(&folder.path().join("table.xlsx"), &schema::links()).unwrap_err();
    assert!(error.to_string().contains(".parquet"));
    fs::write(folder.path().join("links.parquet"), "delivery").unwrap();
    let error = Table::read(&folder.path().join("links.parquet"), &schema::links()).unwrap_err();
    assert!(matches!(error.kind(), TableErrorKind::Damaged { .. }));
}

#[test]
fn rows_of_binary_files_have_numbers_across_chunks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.parquet");
    let column = |nullable| TableSchema {
        id: "test/1".into(),
        row: "a row".into(),
        columns: vec![Column {
            name: "n".into(),
            kind: ColumnType::Integer,
            nullable,
            description: "a number".into(),
        }],
    };
    let mut table = Table::new(column(true));
    for row in 0..CHUNK as i64 + 5 {
        let value = (row != CHUNK as i64 + 2).then_some(row);
        table.push_row([value.into()]).unwrap();
    }
    table.write(&path).unwrap();
    let error = Table::read(&path, &column(false)).unwrap_err();
    assert_eq!(error.place().row, Some(Row::Number(CHUNK as u64 + 3)));
}

/// Bytes changed here and there in good files: an error or a table, never a panic.
#[test]
fn damaged_binary_files_are_errors() {
    let folder = tempfile::tempdir().unwrap();
    let table = many(50);
    let mut state = 1_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    for extension in ["parquet", "arrow"] {
        let path = folder.path().join(format!("t.{extension}"));
        table.write(&path).unwrap();
        let good = fs::read(&path).unwrap();
        let mut refused = 0;
        for _ in 0..400 {
            let mut bytes = good.clone();
            for _ in 0..=next(3) {
                let at = next(bytes.len());
                bytes[at] = next(256) as u8;
            }
            if next(4) == 0 {
                bytes.truncate(next(good.len()));
            }
            fs::write(&path, &bytes).unwrap();
            refused += u32::from(Table::read(&path, table.schema()).is_err());
            let _ = ethos_table::StringTable::read(&path);
        }
        assert!(refused > 100, "{extension}: {refused}");
    }
}
