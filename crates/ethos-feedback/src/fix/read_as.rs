//! How a file is read: what has to be the same before and after mending.

use ethos_ingest::{FileReport, LaidOut};
use ethos_model::finding::Text;

/// How a file is read.
pub(super) struct ReadAs {
    layout: String,
    sheet: Option<String>,
    header_row: u64,
    /// Cells of the header, and which of them are which fields.
    width: usize,
    fields: Vec<(usize, String)>,
    rows: u64,
}

/// How a mended file would be read otherwise than it was meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Otherwise(What);

/// What differs; each with what was meant and what would be read.
#[derive(Clone, PartialEq, Eq, Debug)]
enum What {
    /// No layout fits any more.
    Unknown(String),
    Layout(String, String),
    Sheet(String, String),
    HeaderRow(u64, u64),
    /// Cells of the header are other columns.
    Columns,
    /// Rows are more or fewer.
    Rows(u64, u64),
}

impl ReadAs {
    /// How a file is laid out; `report` is of the very same bytes.
    pub(super) fn of(laid: &LaidOut<'_>, report: &FileReport) -> Self {
        let fields = laid.fields();
        Self {
            layout: laid.layout().id.clone(),
            sheet: report.sheet.clone(),
            header_row: laid.header_row(),
            width: laid.header().len(),
            fields: fields
                .map(|(at, field)| (at, field.name().to_owned()))
                .collect(),
            rows: report.tally.rows(),
        }
    }

    /// That no layout fits any more.
    pub(super) fn unknown(&self) -> Otherwise {
        Otherwise(What::Unknown(self.layout.clone()))
    }

    /// What is read otherwise: first what explains most.
    pub(super) fn differs(&self, read: &Self) -> Option<Otherwise> {
        let sheet = |of: &Self| of.sheet.clone().unwrap_or_default();
        let what = if self.layout != read.layout {
            What::Layout(self.layout.clone(), read.layout.clone())
        } else if self.sheet != read.sheet {
            What::Sheet(sheet(self), sheet(read))
        } else if self.header_row != read.header_row {
            What::HeaderRow(self.header_row, read.header_row)
        } else if self.width != read.width || self.fields != read.fields {
            What::Columns
        } else if self.rows != read.rows {
            What::Rows(self.rows, read.rows)
        } else {
            return None;
        };
        Some(Otherwise(what))
    }
}

impl Otherwise {
    /// What would be read otherwise, and the way out.
    pub fn text(&self) -> Text {
        let (what_nl, out_nl, what_en, out_en) = match &self.0 {
            What::Unknown(meant) => (
                "is de indeling niet meer te herkennen".to_owned(),
                format!("noem haar: --layout {meant}"),
                "its layout could not be told any more".to_owned(),
                format!("name it: --layout {meant}"),
            ),
            What::Layout(meant, read) => (
                format!("wordt het gelezen als indeling {read} in plaats van {meant}"),
                format!("noem de indeling: --layout {meant}"),
                format!("it would be read by layout {read} instead of {meant}"),
                format!("name the layout: --layout {meant}"),
            ),
            What::Sheet(meant, read) => (
                format!("wordt blad `{read}` gelezen in plaats van `{meant}`"),
                format!("noem het blad: --sheet \"{meant}\""),
                format!("sheet `{read}` would be read instead of `{meant}`"),
                format!("name the sheet: --sheet \"{meant}\""),
            ),
            What::HeaderRow(meant, read) => (
                format!("is rij {read} de kopregel in plaats van rij {meant}"),
                format!(
                    "laat de andere rij met kolomnamen weg, of noem de kopregel: --header-row {meant}"
                ),
                format!("row {read} would be the header instead of row {meant}"),
                format!("leave the other row of column names out, or name the header: --header-row {meant}"),
            ),
            What::Columns => (
                "worden andere kolommen herkend".to_owned(),
                "maak de export opnieuw met een kopregel en een scheidingsteken, of herstel het bestand zelf"
                    .to_owned(),
                "other columns would be recognised".to_owned(),
                "export again with one header and one delimiter, or mend the file by hand".to_owned(),
            ),
            What::Rows(meant, read) => (
                format!("heeft het {read} rijen in plaats van {meant}"),
                "maak de export opnieuw, of herstel het bestand zelf".to_owned(),
                format!("it would have {read} rows instead of {meant}"),
                "export again, or mend the file by hand".to_owned(),
            ),
        };
        Text::new(
            format!("na herstel {what_nl}. Wat u kunt doen: {out_nl}"),
            format!("once mended, {what_en}; {out_en}"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read() -> ReadAs {
        ReadAs {
            layout: "gmsd/2015".to_owned(),
            sheet: Some("Blad 1".to_owned()),
            header_row: 3,
            width: 2,
            fields: vec![(0, "bsn".to_owned())],
            rows: 10,
        }
    }

    #[test]
    fn what_is_read_otherwise_is_told_with_the_way_out() {
        assert_eq!(read().differs(&read()), None);
        let told = |read_now: ReadAs| read().differs(&read_now).unwrap().text().nl;
        let layout = told(ReadAs {
            layout: "jeugdzorg/2025".to_owned(),
            header_row: 4,
            ..read()
        });
        assert!(layout.ends_with("--layout gmsd/2015"), "{layout}");
        let sheet = told(ReadAs {
            sheet: Some("Blad 2".to_owned()),
            ..read()
        });
        assert!(sheet.ends_with("--sheet \"Blad 1\""), "{sheet}");
        let header = told(ReadAs {
            header_row: 4,
            width: 3,
            ..read()
        });
        assert!(header.starts_with("na herstel is rij 4 de kopregel in plaats van rij 3."));
        assert!(header.ends_with("--header-row 3"), "{header}");
        let columns = told(ReadAs {
            fields: vec![(1, "bsn".to_owned())],
            ..read()
        });
        assert!(columns.contains("andere kolommen"), "{columns}");
        let rows = told(ReadAs { rows: 9, ..read() });
        assert!(rows.contains("9 rijen in plaats van 10"), "{rows}");
        assert!(read().unknown().text().en.ends_with("--layout gmsd/2015"));
    }
}
