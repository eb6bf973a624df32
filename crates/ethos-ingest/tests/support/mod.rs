//! Small files for the tests.

#![allow(dead_code, reason = "each test binary uses a part")]

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, FileReport, Input};
use ethos_model::finding::Finding;

/// The `n`-th of a row of valid citizen service numbers.
pub fn bsn(n: u32) -> String {
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
pub struct Row {
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
    pub fn with(mut self, column: &str, value: &str) -> Self {
        let at = self.columns.iter().position(|name| *name == column);
        self.cells[at.unwrap_or_else(|| panic!("no column {column}"))] = value.to_owned();
        self
    }

    pub fn text(&self) -> String {
        self.cells.join(";")
    }

    pub fn header(&self) -> String {
        self.columns.join(";")
    }
}

/// A row of a yearly shelter delivery.
pub fn shelter(n: u32) -> Row {
    Row::new(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;\
         reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht",
        "20260115;0363;;16;24;20250110;20250320;19;0363;0599;19800203;M",
    )
    .with("bsn", &bsn(n))
}

/// A row of a Wmo delivery.
pub fn wmo(n: u32) -> Row {
    Row::new(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_aanbieder;\
         beoogde_startdatum;beoogde_einddatum;leveringsvorm;startdatum;einddatum;intensiteit;\
         bedrag;reden_einde;datum_uitstroomgereed",
        "20250715;0363;;17;x;20250101;20251231;ZIN;20250110;;1 etmaal;1.234,50;;",
    )
    .with("bsn", &bsn(n))
}

/// A form of a count day.
pub fn form(n: u32) -> Row {
    Row::new(
        "formuliernummer;teldatum;organisatie;organisatietype;gemeentecode;letters_naam;leeftijd;\
         geslacht;situatie;sinds;herkomst;nationaliteit;verblijfsstatus;kinderen_mee;\
         kinderen_elders;huishouden;gemeente_herkomst;verwacht_op",
        "f;2025-04-08;Wijkteam;gemeente;0363;AB;34;V;6a;2025-01-01;NL2;NL;I;2;0;;0599;",
    )
    .with("formuliernummer", &n.to_string())
}

/// A row of the person register.
pub fn person(n: u32) -> Row {
    Row::new(
        "bsn;geslacht;geboortedatum;herkomst;gemeentecode;huishouden;bsn_ouder1;bsn_ouder2;\
         nationaliteit;verblijfsstatus;peildatum",
        ";M;19800203;NL2;0363;h1;;;NL;I;20260101",
    )
    .with("bsn", &bsn(n))
}

/// A row of the benefit register.
pub fn benefit(n: u32) -> Row {
    Row::new("bsn;gemeentecode;ingangsdatum;einddatum", ";0363;20250110;").with("bsn", &bsn(n))
}

/// A file of rows under their header.
pub fn file(rows: &[Row]) -> String {
    let mut text = rows[0].header() + "\n";
    for row in rows {
        text += &row.text();
        text.push('\n');
    }
    text
}

/// Checks one file.
pub fn check_as(layout: Option<&str>, name: &str, bytes: impl Into<Vec<u8>>) -> FileReport {
    let options = CheckOptions {
        layout,
        ..CheckOptions::default()
    };
    let mut report = check_inputs(&[Input::bytes(name, bytes)], &options, &()).unwrap();
    report.ledger.check().unwrap();
    report.files.remove(0)
}

/// Checks one file whose layout its header tells.
pub fn check(text: impl Into<Vec<u8>>) -> FileReport {
    check_as(None, "GM0363_2025.csv", text)
}

/// The only finding of a code.
pub fn only<'a>(report: &'a FileReport, code: &str) -> &'a Finding {
    let found: Vec<&Finding> = report
        .findings
        .iter()
        .filter(|finding| finding.code == code)
        .collect();
    assert_eq!(found.len(), 1, "{code}: {:?}", report.findings);
    found[0]
}
