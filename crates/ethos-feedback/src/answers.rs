//! Answers to warnings ("toelichtingen"), kept in a CSV beside the data so that they can be filled in with a
//! spreadsheet, and offered again next year.
//!
//! An answer belongs to a cause ([`Cause::mark`]) of a layout in a period. It settles the cause's warnings in
//! that period; in a later one it is shown beside them as what was said before, and has to be given again.
//! Errors cannot be answered, only mended.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use ethos_ingest::FileReport;
use ethos_model::category::Language;
use ethos_model::finding::Severity;

use crate::cause::{Cause, causes};
use crate::safe::cell;

/// Columns of the file.
const COLUMNS: [&str; 7] = [
    "indeling",
    "kenmerk",
    "periode",
    "wat",
    "aantal",
    "eerdere toelichting",
    "toelichting",
];

/// Why a file of answers cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AnswersError {
    /// The file is no CSV, or a row has not the columns it should have.
    #[error("the file of answers cannot be read: {0}")]
    Csv(#[from] csv::Error),
    /// A column is not there.
    #[error("the file of answers has no column `{0}`; let `ethos check --answers` write it anew")]
    Column(&'static str),
}

/// Answers by layout, mark and period.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers(BTreeMap<(String, String, String), Answer>);

/// A row of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Answer {
    what: String,
    count: String,
    earlier: String,
    text: String,
}

impl Answers {
    /// Reads a file of answers: semicolons or commas, with or without a byte-order mark. Rows whose answer is
    /// blank are none.
    ///
    /// # Errors
    /// [`AnswersError`].
    pub fn read(mut from: impl Read) -> Result<Self, AnswersError> {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).map_err(csv::Error::from)?;
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let head = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = if head.contains(&b';') { b';' } else { b',' };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(text);
        let header = reader.headers()?.clone();
        let mut places = [0; COLUMNS.len()];
        for (place, name) in places.iter_mut().zip(COLUMNS) {
            let found = header.iter().position(|other| other.trim() == name);
            *place = found.ok_or(AnswersError::Column(name))?;
        }
        let mut answers = BTreeMap::new();
        for record in reader.records() {
            let record = record?;
            let [layout, mark, period, what, count, earlier, text] = places.map(|at| {
                let field = record.get(at).unwrap_or_default().trim();
                field.trim_start_matches('\'').to_owned()
            });
            if !text.is_empty() {
                let answer = Answer {
                    what,
                    count,
                    earlier,
                    text,
                };
                answers.insert((layout, mark, period), answer);
            }
        }
        Ok(Self(answers))
    }

    /// The answer to a cause in this period.
    pub fn given(&self, layout: &str, mark: &str, period: &str) -> Option<&str> {
        self.0
            .get(&(layout.to_owned(), mark.to_owned(), period.to_owned()))
            .map(|answer| answer.text.as_str())
    }

    /// The latest answer to a cause in an earlier period, with that period. Versions of a layout share
    /// their answers.
    pub fn earlier(&self, layout: &str, mark: &str, period: &str) -> Option<(&str, &str)> {
        let name = |id: &str| id.split('/').next().unwrap_or(id).to_owned();
        let wanted = name(layout);
        self.0
            .iter()
            .filter(|((id, other, when), _)| {
                name(id) == wanted && other == mark && when.as_str() < period
            })
            .max_by_key(|((_, _, when), _)| when.clone())
            .map(|((_, _, when), answer)| (when.as_str(), answer.text.as_str()))
    }

    /// The file without the warnings that were answered in this period, and how many there were.
    pub fn settle(&self, file: &FileReport, period: &str) -> (FileReport, u64) {
        let layout = file.layout.as_deref().unwrap_or_default();
        let mut settled: Vec<(ethos_model::finding::RuleCode, Vec<String>, Option<String>)> =
            Vec::new();
        for cause in causes(&file.findings, &file.counts, file.tally.rows()) {
            if cause.severity <= Severity::Warning
                && self.given(layout, &cause.mark(), period).is_some()
            {
                let value = match &cause.spread {
                    crate::cause::Spread::Value(value) => Some(value.clone()),
                    _ => None,
                };
                let columns = cause.columns.iter().map(|&name| name.to_owned()).collect();
                settled.push((cause.code, columns, value));
            }
        }
        let before: u64 = file.counts.values().sum();
        let rest = file.without(|finding| {
            settled.iter().any(|(code, columns, value)| {
                finding.code == *code
                    && match &finding.column {
                        Some(column) => columns.contains(column),
                        None => columns.is_empty(),
                    }
                    && value
                        .as_ref()
                        .is_none_or(|value| finding.value.as_str() == value)
            })
        });
        let after: u64 = rest.counts.values().sum();
        (rest, before - after)
    }
}

/// Writes a file of answers: a row for each cause of warnings in these files, with the answer it has and the
/// one it had before. The answers of other layouts and periods are kept.
///
/// # Errors
/// What the writer says.
pub fn write_answers(
    files: &[FileReport],
    answers: &Answers,
    period: &str,
    language: Language,
    to: &mut dyn Write,
) -> io::Result<()> {
    let mut rows = answers.0.clone();
    for file in files {
        let layout = file.layout.as_deref().unwrap_or_default();
        for cause in causes(&file.findings, &file.counts, file.tally.rows()) {
            if cause.severity != Severity::Warning {
                continue;
            }
            let mark = cause.mark();
            let row = Answer {
                what: said(&cause, language),
                count: cause.count.to_string(),
                earlier: answers
                    .earlier(layout, &mark, period)
                    .map_or_else(String::new, |(when, text)| format!("{when}: {text}")),
                text: answers
                    .given(layout, &mark, period)
                    .unwrap_or_default()
                    .to_owned(),
            };
            rows.insert((layout.to_owned(), mark, period.to_owned()), row);
        }
    }
    // With a mark and semicolons, as a Dutch spreadsheet opens it.
    to.write_all(b"\xef\xbb\xbf")?;
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(to);
    writer.write_record(COLUMNS)?;
    for ((layout, mark, period), row) in &rows {
        let fields = [
            layout,
            mark,
            period,
            &row.what,
            &row.count,
            &row.earlier,
            &row.text,
        ];
        writer.write_record(fields.map(|field| cell(field).into_owned()))?;
    }
    writer.flush()
}

fn said(cause: &Cause<'_>, language: Language) -> String {
    format!("{} ({})", cause.message(language), cause.place(language))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(rows: &str) -> Answers {
        let text = format!("\u{feff}{}\r\n{rows}", COLUMNS.join(";"));
        Answers::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn an_answer_counts_in_its_period_and_is_remembered_after_it() {
        let answers = answers(
            "gmsd/2015;BSN05:bsn;2024;x;3;;oud\r\ngmsd/2015;BSN05:bsn;2025;x;4;oud;nieuw\r\ngmsd/2015;DAT05;2025;x;1;;\r\n",
        );
        assert_eq!(
            answers.given("gmsd/2015", "BSN05:bsn", "2025"),
            Some("nieuw")
        );
        assert_eq!(answers.given("gmsd/2015", "DAT05", "2025"), None);
        assert_eq!(answers.given("gmsd/2015", "BSN05:bsn", "2026"), None);
        assert_eq!(
            answers.earlier("gmsd/2026", "BSN05:bsn", "2026"),
            Some(("2025", "nieuw"))
        );
        assert_eq!(answers.earlier("md/2026", "BSN05:bsn", "2026"), None);
    }

    #[test]
    fn a_file_that_is_something_else_is_refused() {
        let wrong = Answers::read("a;b\n1;2\n".as_bytes()).unwrap_err();
        assert!(wrong.to_string().contains("`indeling`"), "{wrong}");
        assert!(Answers::read("\u{0}\u{1}".as_bytes()).is_err());
    }
}
