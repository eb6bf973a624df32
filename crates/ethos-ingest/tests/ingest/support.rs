//! Small files for the tests.

use ethos_ingest::check::check_inputs;
use ethos_ingest::{
    CheckOptions, FileReport, IngestError, Ingested, Input, SeriesKey, ingest_study,
};
use ethos_model::finding::Finding;
use ethos_model::study::Study;

/// The `n`-th of a row of valid citizen service numbers.
pub(crate) fn bsn(n: u32) -> String {
    let mut first = 20_000_000 + 7 * n;
    loop {
        let digits = format!("{first:08}");
        let sum: u32 = digits
            .bytes()
            .zip([9, 8, 7, 6, 5, 4, 3, 2])
            .map(|(digit, weight)| u32::from(digit - b'0') * weight)
            .sum();
        if sum % 11 < 10 {
            return format!("{digits}{}", sum % 11);
        }
        first += 1;
    }
}

/// A row with every cell as it should be, ready to be spoilt.
#[derive(Clone)]
pub(crate) struct Row {
    columns: Vec<&'static str>,
    cells: Vec<String>,
}

impl Row {
    fn new(columns: &'static str, cells: &str) -> Self {
        Self {
            columns: columns.split(';').collect(),
            cells: cells.split(';').map(str::to_owned).collect(),
        }
    }

    /// With another value in a column.
    #[must_use]
    pub(crate) fn with(mut self, column: &str, value: &str) -> Self {
        let at = self.columns.iter().position(|name| *name == column);
        let at = at.unwrap_or_else(|| panic!("no column {column}"));
        value.clone_into(&mut self.cells[at]);
        self
    }

    pub(crate) fn text(&self) -> String {
        self.cells.join(";")
    }

    pub(crate) fn header(&self) -> String {
        self.columns.join(";")
    }
}

/// A row of a yearly shelter delivery.
pub(crate) fn shelter(n: u32) -> Row {
    Row::new(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;\
         reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht",
        "20260115;0363;;16;24;20250110;20250320;19;0363;0599;19800203;M",
    )
    .with("bsn", &bsn(n))
}

/// A row of a Wmo delivery.
pub(crate) fn wmo(n: u32) -> Row {
    Row::new(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_aanbieder;\
         beoogde_startdatum;beoogde_einddatum;leveringsvorm;startdatum;einddatum;intensiteit;\
         bedrag;reden_einde;datum_uitstroomgereed",
        "20250715;0363;;17;x;20250101;20251231;ZIN;20250110;;1 etmaal;1.234,50;;",
    )
    .with("bsn", &bsn(n))
}

/// A form of a count day.
pub(crate) fn form(n: u32) -> Row {
    Row::new(
        "formuliernummer;teldatum;organisatie;organisatietype;gemeentecode;letters_naam;leeftijd;\
         geslacht;situatie;sinds;herkomst;nationaliteit;verblijfsstatus;kinderen_mee;\
         kinderen_elders;huishouden;gemeente_herkomst;verwacht_op",
        "f;2025-04-08;Wijkteam;gemeente;0363;AB;34;V;6a;2025-01-01;NL2;NL;I;2;0;;0599;",
    )
    .with("formuliernummer", &n.to_string())
}

/// A row of the person register.
pub(crate) fn person(n: u32) -> Row {
    Row::new(
        "bsn;geslacht;geboortedatum;herkomst;gemeentecode;huishouden;bsn_ouder1;bsn_ouder2;\
         nationaliteit;verblijfsstatus;peildatum",
        ";M;19800203;NL2;0363;h1;;;NL;I;20260101",
    )
    .with("bsn", &bsn(n))
}

/// A row of the benefit register.
pub(crate) fn benefit(n: u32) -> Row {
    Row::new("bsn;gemeentecode;ingangsdatum;einddatum", ";0363;20250110;").with("bsn", &bsn(n))
}

/// A file of rows under their header.
pub(crate) fn file(rows: &[Row]) -> String {
    let mut text = rows[0].header() + "\n";
    for row in rows {
        text += &row.text();
        text.push('\n');
    }
    text
}

/// Checks one file.
pub(crate) fn check_as(layout: Option<&str>, name: &str, bytes: impl Into<Vec<u8>>) -> FileReport {
    let options = CheckOptions {
        layout,
        ..CheckOptions::default()
    };
    let mut report = check_inputs(&[Input::bytes(name, bytes)], &options, &()).unwrap();
    report.ledger.check().unwrap();
    report.files.remove(0)
}

/// Checks one file whose layout its header tells.
pub(crate) fn check(text: impl Into<Vec<u8>>) -> FileReport {
    check_as(None, "GM0363_2025.csv", text)
}

/// The only finding of a code.
pub(crate) fn only<'a>(report: &'a FileReport, code: &str) -> &'a Finding {
    let found: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.code == code)
        .collect();
    assert_eq!(found.len(), 1, "{code}: {:?}", report.findings);
    found[0]
}

/// A study in a folder of its own.
pub(crate) struct StudyFolder {
    folder: tempfile::TempDir,
    text: String,
}

impl StudyFolder {
    /// A study without sources.
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            text: "[study]\nname = \"Proef\"\nreference_date = 2026-01-01\nseries = \"proef\"\n\
                   key_file = \"proef.key\"\n"
                .into(),
        }
    }

    /// With a section added to the study file.
    #[must_use]
    pub(crate) fn section(mut self, text: &str) -> Self {
        self.text += text;
        self.text.push('\n');
        self
    }

    /// With a file in it.
    #[must_use]
    pub(crate) fn with(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        self
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Reads it, whatever comes of it.
    pub(crate) fn try_read(&self) -> Result<Ingested, IngestError> {
        let study = Study::parse(&self.text).unwrap();
        ingest_study(&study, self.path(), &key(), &())
    }

    /// Reads it; the ledger must balance.
    pub(crate) fn read(&self) -> Ingested {
        let ingested = self.try_read().unwrap();
        ingested.ledger.check().unwrap();
        ingested
    }
}

/// The key of the tests' series.
pub(crate) fn key() -> SeriesKey {
    SeriesKey::from_seed("proef", 1)
}

/// A source that reads shelter deliveries.
pub(crate) const SHELTERS: &str = "[[source]]\nlist = \"opvang\"\nlayout = \"monitor-dakloosheid/2025\"\nfiles = \"opvang/*.csv\"";

/// The codes of a file's findings, in order.
pub(crate) fn codes_of(report: &FileReport) -> Vec<&str> {
    let codes = report.findings.iter().map(|finding| finding.code.as_str());
    codes.collect()
}

/// A zip archive of members.
pub(crate) fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A gzip file.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

/// A workbook whose sheets hold the cells of a text as texts.
pub(crate) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, text) in sheets {
        let sheet = book.add_worksheet().set_name(*name).unwrap();
        for (row, line) in text.lines().enumerate() {
            for (column, cell) in line
                .split(';')
                .enumerate()
                .filter(|(_, cell)| !cell.is_empty())
            {
                sheet.write_string(row as u32, column as u16, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}
