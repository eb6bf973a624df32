//! A file opened in its form (text, sheet of a workbook, table), with its header found.

use std::io;

use ethos_model::layout::Layout;
use ethos_table::{StringChunks, TableErrorKind};

use crate::decode::{self, Binary, Encoding, Survey};
use crate::file::{Task, at_row};
use crate::findings::{Findings, shown};
use crate::head::{self, Head, NoSheet, Reading};
use crate::input::{Input, Source};
use crate::read::{Rows, Supply, TableRows};
use crate::refused::Refused;
use crate::rules::{Detail, Observation};
use crate::workbook::Workbook;

/// A file opened.
pub(crate) struct Opened {
    form: Form,
    /// How it begins; `None` for a file without rows, or one that cannot be read.
    pub(crate) head: Option<Head>,
}

enum Form {
    /// Nothing that can be read.
    Nothing,
    Text,
    Table,
    /// A workbook and the sheet that is read.
    Sheet(Box<Workbook>, usize),
}

impl Opened {
    /// A file that cannot be read.
    pub(crate) fn nothing() -> Self {
        Self {
            form: Form::Nothing,
            head: None,
        }
    }

    /// Opens a file, with findings on its form.
    ///
    /// # Errors
    /// What the system says of the file, or a [`Refused`].
    pub(crate) fn new(
        task: &Task<'_>,
        survey: &Survey,
        findings: &mut Findings<'_>,
    ) -> io::Result<Self> {
        note_extension(&task.input.name, survey.binary, findings);
        let mut opened = match survey.binary {
            None => Self::text(task, survey, findings)?,
            Some(Binary::Parquet | Binary::Arrow) => {
                let head = table_head(&task.input.source)?;
                Self {
                    head: Some(head),
                    form: Form::Table,
                }
            }
            Some(Binary::Workbook) => Self::workbook(task, findings)?,
            Some(Binary::Encrypted) => return Err(Refused::Encrypted.into()),
            Some(other) => {
                let (nl, en) = other.names();
                let (fix_nl, fix_en) = other.fix();
                let detail = Detail::text(nl, en).mended_in(fix_nl, fix_en);
                findings.add_to_file(Observation::FileNotText, detail);
                Self::nothing()
            }
        };
        if let Some(head) = &mut opened.head {
            head.rename(task.renames);
        }
        if let Some(head) = &opened.head
            && head.above > 0
        {
            let above = head.above;
            findings.add(Observation::HeaderBelow, || {
                let row = head.row;
                let detail = if above == 1 {
                    Detail::text(
                        format!("in rij {row}; de rij erboven met iets anders is overgeslagen"),
                        format!("in row {row}; the row with something else above it was passed over"),
                    )
                } else {
                    Detail::text(
                        format!("in rij {row}; de {above} rijen erboven met iets anders zijn overgeslagen"),
                        format!("in row {row}; the {above} rows with something else above it were passed over"),
                    )
                };
                (at_row(row), detail)
            });
        }
        Ok(opened)
    }

    fn text(task: &Task<'_>, survey: &Survey, findings: &mut Findings<'_>) -> io::Result<Self> {
        if survey.encoding.is_unusual() {
            let name = match survey.encoding {
                Encoding::Utf8Damaged => Detail::text(
                    "UTF-8, met tekens die niet te lezen zijn",
                    "UTF-8, with characters that cannot be read",
                ),
                encoding => Detail::of(encoding.name()),
            };
            findings.add_to_file(Observation::FileEncoding, name);
        }
        if survey.nul_tail > 0 {
            let count = Detail::of(survey.nul_tail.to_string());
            findings.add_to_file(Observation::FileNulTail, count);
        }
        Ok(Self {
            form: Form::Text,
            head: head::of_text(task.input, survey, task.layouts, &task.reading)?,
        })
    }

    fn workbook(task: &Task<'_>, findings: &mut Findings<'_>) -> io::Result<Self> {
        let workbook = Workbook::open(&task.input.source)?;
        let name = |at: usize| {
            let name = &workbook.sheets[at].name;
            Detail::of(format!("`{}`", shown(name)))
        };
        let found = match head::of_workbook(&workbook, task.layouts, &task.reading)? {
            Ok(found) => found,
            Err(NoSheet::Unknown) => {
                let names: Vec<String> = workbook
                    .sheets
                    .iter()
                    .take(50)
                    .map(|sheet| shown(&sheet.name).to_string())
                    .collect();
                let detail = Detail::default().mended(names.join(", "));
                findings.add_to_file(Observation::SheetMissing, detail);
                return Ok(Self::nothing());
            }
            Err(NoSheet::Blank) => {
                match task.reading.header_row {
                    Some(row) => findings
                        .add_to_file(Observation::HeaderRowBlank, Detail::of(row.to_string())),
                    None => findings.add_to_file(Observation::FileEmpty, Detail::default()),
                }
                return Ok(Self::nothing());
            }
        };
        findings.set_sheet(&workbook.sheets[found.at].name);
        if workbook.sheets[found.at].hidden {
            findings.add_to_file(Observation::SheetHidden, name(found.at));
        }
        for &rival in &found.rivals {
            let Detail { message, .. } = name(rival);
            let (nl, en) = (message.nl, message.en);
            let told = if workbook.sheets[rival].hidden {
                Detail::text(
                    format!("het verborgen blad {nl}"),
                    format!("the hidden sheet {en}"),
                )
            } else {
                Detail::text(format!("het blad {nl}"), format!("the sheet {en}"))
            };
            findings.add_to_file(Observation::SheetRival, told);
        }
        for &hidden in &found.hidden {
            findings.add_to_file(Observation::SheetHiddenUnread, name(hidden));
        }
        if workbook.sheets.len() > 1 && task.reading.sheet.is_none() {
            findings.add_to_file(Observation::SheetChosen, name(found.at));
        }
        Ok(Self {
            form: Form::Sheet(Box::new(workbook), found.at),
            head: Some(found.head),
        })
    }

    /// The hash of the file that a workbook says it was made of.
    pub(crate) fn made_of(&self) -> Option<String> {
        match &self.form {
            Form::Sheet(workbook, _) => workbook.made_of(),
            Form::Nothing | Form::Text | Form::Table => None,
        }
    }

    /// Whether it is text.
    pub(crate) fn is_text(&self) -> bool {
        matches!(self.form, Form::Text)
    }

    /// Whether it is a table whose names are no row of it.
    pub(crate) fn is_table(&self) -> bool {
        matches!(self.form, Form::Table)
    }

    /// Name of the sheet that is read.
    pub(crate) fn sheet(&self) -> Option<&str> {
        match &self.form {
            Form::Sheet(workbook, at) => Some(&workbook.sheets[*at].name),
            Form::Nothing | Form::Text | Form::Table => None,
        }
    }

    /// Whether it is a sheet whose days are counted from 1904.
    pub(crate) fn is_from_1904(&self) -> bool {
        matches!(&self.form, Form::Sheet(workbook, _) if workbook.is_from_1904())
    }

    /// Name of the sheet that was read, when nothing else is needed any more.
    pub(crate) fn into_sheet(self) -> Option<String> {
        self.sheet().map(str::to_owned)
    }

    /// The rows from the first, the header among them unless it is a table; `None` for a file
    /// that cannot be read.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn supply(&self, input: &Input, survey: &Survey) -> io::Result<Option<Supply>> {
        Ok(Some(match &self.form {
            Form::Nothing => return Ok(None),
            Form::Text => {
                let delimiter = self.head.as_ref().and_then(|head| head.delimiter);
                let text = decode::open(input, survey)?;
                Supply::Text(Rows::new(text, delimiter.unwrap_or(b';'), survey.line_end))
            }
            Form::Table => Supply::Table(Box::new(TableRows::new(table(&input.source)?))),
            Form::Sheet(workbook, at) => Supply::Sheet(Box::new(workbook.rows(*at)?)),
        }))
    }
}

/// The head of a file of any layout, for a scaffold; `None` where there is no table in it.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn head_of(input: &Input, layouts: &[Layout]) -> io::Result<Option<Head>> {
    let reading = Reading::default();
    let found = || -> io::Result<Option<Head>> {
        let survey = decode::survey(input, None)?;
        match survey.binary {
            None => head::of_text(input, &survey, layouts, &reading),
            Some(Binary::Parquet | Binary::Arrow) => table_head(&input.source).map(Some),
            Some(Binary::Workbook) => {
                let workbook = Workbook::open(&input.source)?;
                let found = head::of_workbook(&workbook, layouts, &reading)?;
                Ok(found.ok().map(|found| found.head))
            }
            Some(_) => Ok(None),
        }
    };
    match found() {
        Err(error) if Refused::of(&error).is_some() => Ok(None),
        found => found,
    }
}

/// The head of a table: its names, and the cells of its first rows.
fn table_head(source: &Source) -> io::Result<Head> {
    let table = table(source)?;
    let mut head = Head {
        delimiter: None,
        cells: table.names().to_vec(),
        names: table.names().to_vec(),
        sample: Vec::new(),
        row: 1,
        sep_line: false,
        above: 0,
    };
    head.sample = head::sample(&mut TableRows::new(table), &head)?;
    Ok(head)
}

/// The table in a Parquet or Arrow file.
fn table(source: &Source) -> io::Result<StringChunks> {
    let opened = match source {
        Source::Disk(path) => StringChunks::open(path),
        packed => match packed.settled()? {
            Source::Memory(bytes) => StringChunks::from_bytes(bytes),
            _ => return Err(Refused::Damaged.into()),
        },
    };
    opened.map_err(|error| match error.kind() {
        TableErrorKind::Io(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => {
            io::Error::new(cause.kind(), error.to_string())
        }
        kind => of_table(kind).into(),
    })
}

/// Why a table is not read.
pub(crate) fn of_table(kind: &TableErrorKind) -> Refused {
    match kind {
        TableErrorKind::Packing { format, packing } => Refused::Packing(format, packing),
        _ => Refused::Damaged,
    }
}

/// Says when the extension is of another kind of file than the content.
fn note_extension(name: &str, binary: Option<Binary>, findings: &mut Findings<'_>) {
    const KNOWN: [&str; 16] = [
        "csv", "txt", "tsv", "tab", "dat", "asc", "xlsx", "xlsm", "ods", "xltx", "xltm", "xls",
        "parquet", "arrow", "feather", "ipc",
    ];
    let lower = name.to_lowercase();
    let lower = lower.strip_suffix(".gz").unwrap_or(&lower);
    let extension = lower
        .rsplit('/')
        .next()
        .and_then(|file| Some(file.rsplit_once('.')?.1));
    let (fits, nl, en) = match binary {
        None => (
            ["csv", "txt", "tsv", "tab", "dat", "asc"].as_slice(),
            "een tekstbestand (CSV)",
            "a text file (CSV)",
        ),
        Some(Binary::Workbook) => (
            ["xlsx", "xlsm", "ods", "xltx", "xltm"].as_slice(),
            "een werkmap (.xlsx of .ods)",
            "a workbook (.xlsx or .ods)",
        ),
        Some(Binary::Parquet) => (
            ["parquet"].as_slice(),
            "een Parquet-bestand",
            "a Parquet file",
        ),
        Some(Binary::Arrow) => (
            ["arrow", "feather", "ipc"].as_slice(),
            "een Arrow-bestand",
            "an Arrow file",
        ),
        Some(_) => return,
    };
    if let Some(extension) = extension
        && KNOWN.contains(&extension)
        && !fits.contains(&extension)
    {
        findings.add_to_file(Observation::FileExtension, Detail::text(nl, en));
    }
}
