//! Every format of a release: its shape, and that no status gets lost in it.

#[path = "sample/mod.rs"]
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, open_workbook_auto};
use ethos_model::schema;
use ethos_publish::write_release;
use ethos_table::Table;
use sample::every;
use serde_json::Value;

const STATUSES: [&str; 12] = [
    "seen",
    "zero_seen",
    "partial",
    "incomplete",
    "not_collected",
    "not_delivered",
    "impossible",
    "suppressed",
    "ok",
    "unbounded",
    "not_estimable",
    "given",
];

fn written(language: &str) -> (tempfile::TempDir, Vec<PathBuf>) {
    let study = every::study(language);
    let dir = tempfile::tempdir().unwrap();
    let files = write_release(&every::release(&study), dir.path()).unwrap();
    (dir, files)
}

fn text(dir: &Path, name: &str) -> String {
    fs::read_to_string(dir.join(name)).unwrap()
}

fn json(dir: &Path, name: &str) -> Value {
    serde_json::from_str(&text(dir, name)).unwrap()
}

/// The lines of CSV text as cells.
fn records(text: &str, delimiter: u8) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Every figure of the long form by its status, without the family's name.
fn statuses(rows: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for status in rows {
        *found.entry(status).or_insert(0) += 1;
    }
    found
}

#[test]
fn every_file_is_the_same_each_time() {
    for language in ["nl", "en"] {
        let (first, files) = written(language);
        let (second, same) = written(language);
        assert_eq!(files, same);
        let distinct: BTreeSet<&PathBuf> = files.iter().collect();
        assert_eq!(distinct.len(), files.len());
        for file in &files {
            let bytes = |dir: &Path| fs::read(dir.join(file)).unwrap();
            assert!(bytes(first.path()) == bytes(second.path()), "{file:?}");
        }
    }
}

#[test]
fn no_status_gets_lost_in_any_format() {
    let (dir, _) = written("nl");
    let dir = dir.path();
    let cube = records(&text(dir, "csv/cube.csv"), b',');
    let expected = statuses(cube.iter().map(|row| row["status"].clone()));
    let known: BTreeSet<&str> = expected.keys().map(String::as_str).collect();
    assert_eq!(known, BTreeSet::from(STATUSES));

    for name in ["parquet/cube.parquet", "arrow/cube.arrow"] {
        let table = Table::read(&dir.join(name), &schema::cube()).unwrap();
        let column = table.text("status").unwrap();
        let found = statuses(column.iter().flatten().map(str::to_owned));
        assert_eq!(found, expected, "{name}");
    }

    let families: BTreeSet<&String> = cube.iter().map(|row| &row["table"]).collect();
    let mut sdmx = Vec::new();
    let mut statline = Vec::new();
    let mut stat = BTreeSet::new();
    for family in families {
        sdmx.extend(records(&text(dir, &format!("sdmx/{family}.csv")), b','));
        let observations = records(
            &text(dir, &format!("odata/{family}/Observations.csv")),
            b';',
        );
        // Limits end in a 1 or a 2.
        statline.extend(
            observations
                .into_iter()
                .filter(|row| row["Measure"].ends_with('0')),
        );
        let dataset = json(dir, &format!("json/{family}.json"));
        let status = dataset["status"].as_object().unwrap().values();
        stat.extend(status.map(|status| status.as_str().unwrap().to_owned()));
    }
    let found = statuses(sdmx.iter().map(|row| row["ETHOS_STATUS"].to_lowercase()));
    assert_eq!(found, expected);
    let found = statuses(statline.iter().map(|row| row["Status"].clone()));
    assert_eq!(found, expected);
    assert_eq!(stat, expected.keys().cloned().collect());

    // A status that has no number has none in any format, and the others have theirs.
    let empty = [
        "not_collected",
        "not_delivered",
        "impossible",
        "suppressed",
        "not_estimable",
    ];
    for row in &cube {
        let status = row["status"].as_str();
        assert_eq!(row["value"].is_empty(), empty.contains(&status), "{row:?}");
    }
    for row in &sdmx {
        let status = row["ETHOS_STATUS"].to_lowercase();
        assert_eq!(
            row["OBS_VALUE"].is_empty(),
            empty.contains(&status.as_str())
        );
        assert_eq!(row["CONF_STATUS"] == "C", status == "suppressed");
        assert_eq!(row["OBS_STATUS"] == "Q", status == "suppressed");
    }
    for row in &statline {
        let number = ["None", "Partial", "Incomplete"].contains(&row["ValueAttribute"].as_str());
        assert_eq!(row["Value"].is_empty(), !number, "{row:?}");
    }
}

#[test]
fn an_estimate_without_an_upper_limit_says_so_in_every_format() {
    let (dir, _) = written("en");
    let dir = dir.path();
    let cube = records(&text(dir, "csv/cube.csv"), b',');
    let (found, rest): (Vec<_>, Vec<_>) = cube.iter().partition(|row| row["status"] == "unbounded");
    // The estimate of men, and its rate.
    assert_eq!(found.len(), 2);
    assert!(!found[0]["lower"].is_empty() && found[0]["upper"].is_empty());
    let ok = rest
        .iter()
        .find(|row| row["status"] == "ok" && row["measure"] == "estimated");
    assert!(ok.is_some_and(|row| !row["upper"].is_empty()));
    let observations = text(dir, "odata/national_estimate/Observations.csv");
    assert_eq!(observations.matches("NoUpperLimit").count(), 1);
    for name in ["tables.xlsx", "tables.ods"] {
        let sheets = sheets(&dir.join(name));
        let cells = || sheets["Estimate"].iter().flatten();
        assert!(cells().any(|cell| cell == "no upper limit"), "{name}");
        assert!(cells().any(|cell| cell == "[ne]"), "{name}");
    }
}

/// The sheets of a workbook as text, numbers as their plain digits.
fn sheets(path: &Path) -> BTreeMap<String, Vec<Vec<String>>> {
    let mut book = open_workbook_auto(path).unwrap();
    let names = book.sheet_names();
    names
        .into_iter()
        .map(|name| {
            let range = book.worksheet_range(&name).unwrap();
            let formulas = book.worksheet_formula(&name).unwrap();
            assert!(formulas.cells().all(|(_, _, formula)| formula.is_empty()));
            let width = range.width();
            let rows = range
                .rows()
                .map(|row| {
                    assert!(!row.iter().any(|cell| matches!(cell, Data::Error(_))));
                    let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
                    assert_eq!(cells.len(), width);
                    cells
                })
                .collect();
            (name, rows)
        })
        .collect()
}

#[test]
fn the_two_workbooks_say_the_same() {
    for language in ["nl", "en"] {
        let (dir, _) = written(language);
        let xlsx = sheets(&dir.path().join("tables.xlsx"));
        let ods = sheets(&dir.path().join("tables.ods"));
        assert_eq!(xlsx, ods);
    }
}

/// A part of the OpenDocument workbook.
fn part(path: &Path, name: &str) -> String {
    let mut archive = zip::ZipArchive::new(fs::File::open(path).unwrap()).unwrap();
    let mut part = archive.by_name(name).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut part, &mut text).unwrap();
    text
}

#[test]
fn the_open_workbook_keeps_headers_in_sight_and_tables_marked() {
    let (dir, _) = written("nl");
    let path = dir.path().join("tables.ods");
    let mut archive = zip::ZipArchive::new(fs::File::open(&path).unwrap()).unwrap();
    let names: Vec<String> = archive
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    for name in names.iter().filter(|name| *name != "mimetype") {
        well_formed(&part(&path, name));
    }
    let first = archive.by_index(0).unwrap();
    assert_eq!(first.compression(), zip::CompressionMethod::Stored);
    drop(first);
    // Programs read view settings only in this space.
    let settings = part(&path, "settings.xml");
    assert!(settings.contains("xmlns:ooo=\"http://openoffice.org/2004/office\""));
    let content = part(&path, "content.xml");
    for (name, rows) in sheets(&path) {
        if name == "Voorblad" {
            continue;
        }
        let header = rows
            .iter()
            .position(|row| row.len() > 1 && row.iter().take(2).all(|cell| !cell.is_empty()))
            .unwrap();
        let sheet = settings
            .split(&format!("config:name=\"{name}\""))
            .nth(1)
            .unwrap();
        let frozen = format!(
            "\"VerticalSplitPosition\" config:type=\"int\">{}<",
            header + 1
        );
        assert!(sheet.contains(&frozen), "{name}: {frozen}");
        let range = format!("table:target-range-address=\"'{name}'.A{}:", header + 1);
        assert!(content.contains(&range), "{range}");
    }
    assert!(!content.contains("table:formula") && !content.contains("spanned"));
}

#[test]
fn nothing_is_run_and_nothing_breaks_the_markup() {
    let (dir, files) = written("nl");
    for file in &files {
        let path = dir.path().join(file);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("csv") => {
                let delimiter = if text(dir.path(), file.to_str().unwrap())
                    .lines()
                    .next()
                    .unwrap()
                    .contains(';')
                {
                    b';'
                } else {
                    b','
                };
                let mut reader = csv::ReaderBuilder::new()
                    .delimiter(delimiter)
                    .has_headers(false)
                    .from_path(&path)
                    .unwrap();
                for record in reader.records() {
                    for cell in &record.unwrap() {
                        assert!(!cell.starts_with(['=', '+', '-', '@']), "{file:?}: {cell}");
                    }
                }
            }
            Some("json") => {
                json(dir.path(), file.to_str().unwrap());
            }
            Some("xml") => well_formed(&fs::read_to_string(&path).unwrap()),
            _ => {}
        }
    }
    let places = text(dir.path(), "codes/place.csv");
    assert!(places.contains("\"'=HYPERLINK(\"\"x\"\""), "{places}");
    let dataset = text(dir.path(), "odata/regional_category/RegioSCodes.json");
    assert!(dataset.contains("=HYPERLINK(\\\"x\\\""));
}

/// Tags that open close, in order, and every entity is known.
fn well_formed(xml: &str) {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut depth = 0_i32;
    loop {
        match reader.read_event().unwrap() {
            quick_xml::events::Event::Start(_) => depth += 1,
            quick_xml::events::Event::End(_) => depth -= 1,
            quick_xml::events::Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0);
}

#[test]
fn fields_of_parquet_and_arrow_are_described() {
    let (dir, _) = written("nl");
    let path = dir.path().join("arrow/cube.arrow");
    let reader = arrow::ipc::reader::FileReader::try_new(fs::File::open(path).unwrap(), None);
    let arrow = reader.unwrap().schema();
    let path = dir.path().join("parquet/cube.parquet");
    let file = fs::File::open(path).unwrap();
    let reader =
        parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file).unwrap();
    let parquet = reader.schema();
    for column in schema::cube().columns {
        let (a, b) = (
            arrow.field_with_name(&column.name).unwrap().metadata(),
            parquet.field_with_name(&column.name).unwrap().metadata(),
        );
        for key in ["title_nl", "title_en", "description_nl", "description_en"] {
            assert!(a.get(key).is_some_and(|text| !text.is_empty()), "{key}");
            assert_eq!(a.get(key), b.get(key));
        }
        let number = matches!(column.kind, schema::ColumnType::Real);
        assert_eq!(a.get("unit").is_some_and(|unit| unit == "persons"), number);
        if let Some(list) = a.get("code_list") {
            assert!(dir.path().join(list).is_file(), "{list}");
        }
    }
}

#[test]
fn the_data_package_hashes_what_is_there() {
    let (dir, files) = written("nl");
    let package = json(dir.path(), "datapackage.json");
    assert_eq!(package["licenses"][0]["name"], "CC-BY-4.0");
    assert_eq!(package["contributors"][0]["title"], "Bureau & <Zoon>");
    let resources = package["resources"].as_array().unwrap();
    for resource in resources {
        let path = resource["path"].as_str().unwrap();
        assert!(files.contains(&PathBuf::from(path)), "{path}");
        let bytes = fs::read(dir.path().join(path)).unwrap();
        let hash = format!("sha256:{}", ethos_table::hash::sha256_bytes(&bytes));
        assert_eq!(resource["hash"], hash.as_str());
        assert_eq!(resource["bytes"], bytes.len());
    }
}

#[test]
fn the_shape_of_the_files() {
    let (dir, files) = written("nl");
    let dir = dir.path();
    let names: Vec<String> = files
        .iter()
        .map(|file| file.to_string_lossy().replace('\\', "/"))
        .collect();
    insta::assert_snapshot!("files", names.join("\n"));
    for (name, file) in [
        ("cube_csv", "csv/cube.csv"),
        ("codes_place", "codes/place.csv"),
        ("codes_status", "codes/status.csv"),
        ("table_csv", "tables/national_category.csv"),
        ("csvw", "csv/national_category.csv-metadata.json"),
        (
            "odata_observations",
            "odata/national_estimate/Observations.json",
        ),
        (
            "odata_measures",
            "odata/national_estimate/MeasureCodes.json",
        ),
        (
            "odata_dimensions",
            "odata/national_category/Dimensions.json",
        ),
        ("odata_periods", "odata/national_category/PeriodenCodes.csv"),
        ("odata_regions", "odata/regional_category/RegioSCodes.csv"),
        (
            "odata_properties",
            "odata/national_estimate/Properties.json",
        ),
        ("sdmx_csv", "sdmx/national_estimate.csv"),
        ("sdmx_structure", "sdmx/structure.xml"),
        ("json_collection", "json/collection.json"),
    ] {
        insta::assert_snapshot!(name, text(dir, file));
    }
    let dataset = json(dir, "json/national_estimate.json");
    insta::assert_snapshot!("json_dataset", format!("{dataset:#}"));
    let package = json(dir, "datapackage.json");
    let mut first = package.clone();
    first["resources"].as_array_mut().unwrap().truncate(1);
    insta::assert_snapshot!("data_package", format!("{first:#}"));
    for sheet in ["Voorblad", "Inhoud", "Toelichting", "Categorie"] {
        let rows = &sheets(&dir.join("tables.ods"))[sheet];
        let lines: Vec<String> = rows.iter().map(|row| row.join(" | ")).collect();
        insta::assert_snapshot!(format!("sheet_{sheet}"), lines.join("\n"));
    }
}
