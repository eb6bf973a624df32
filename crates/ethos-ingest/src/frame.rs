//! Who was expected to deliver: a CSV with columns `sender,municipality[,from,until]`.

use std::path::Path;

use ethos_model::category::Language;
use ethos_model::coverage::{ExpectedSender, Frame};
use ethos_model::finding::Text;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};

use crate::edited::{self, edited, line_at};
use crate::words::io_words;

/// Why a table of expected senders is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {}", line.map(|line| format!(", line {line}")).unwrap_or_default(), reason.en)]
pub struct FrameError {
    /// The file, relative to the study.
    pub file: String,
    /// Line at fault, 1 for the header.
    pub line: Option<u64>,
    /// What is wrong, with the way out.
    pub reason: Text,
    /// Whether the file could not be read at all.
    pub unreadable: bool,
}

/// Reads a table of expected senders from disk. `file` is what errors call it.
///
/// # Errors
/// [`FrameError`] with the line.
pub fn read(path: &Path, file: &str) -> Result<Frame, FrameError> {
    let text = crate::held::bytes(path).map_err(|error| FrameError {
        file: file.to_owned(),
        line: None,
        reason: Text::new(
            format!(
                "{}; het pad begint bij het studiebestand",
                io_words(&error, Language::Nl)
            ),
            format!("{error}; the path is relative to the study file"),
        ),
        unreadable: true,
    })?;
    parse(&text, file)
}

/// Reads a table of expected senders: semicolon or comma. `from` and `until` are days ([`edited::day`]),
/// blank for no limit; `until` is the first day on which the sender is no longer expected.
///
/// # Errors
/// [`FrameError`] with the line.
pub fn parse(text: &[u8], file: &str) -> Result<Frame, FrameError> {
    let fail = |line: Option<u64>, nl: String, en: String| FrameError {
        file: file.to_owned(),
        line,
        reason: Text::new(nl, en),
        unreadable: false,
    };
    let ragged = |line: Option<u64>| {
        fail(
            line,
            "de rij heeft een ander aantal cellen dan de kopregel, of is geen UTF-8".into(),
            "the row has another number of cells than the header, or is not UTF-8".into(),
        )
    };
    let (text, delimiter) = edited(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .trim(csv::Trim::All)
        .from_reader(&*text);
    let header = reader.headers().map_err(|_| ragged(Some(1)))?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|column| column.eq_ignore_ascii_case(name))
    };
    let need = |name: &str| {
        column(name).ok_or_else(|| {
            const COLUMNS: &str = "sender,municipality[,from,until]";
            fail(
                Some(1),
                format!("er is geen kolom `{name}`; de kolommen zijn {COLUMNS}"),
                format!("there is no column `{name}`; the columns are {COLUMNS}"),
            )
        })
    };
    let (sender, municipality) = (need("sender")?, need("municipality")?);
    let (from, until) = (column("from"), column("until"));
    let mut frame = Frame::default();
    for record in reader.records() {
        let line = |at: &csv::Position| line_at(&text, at.byte());
        let record = record.map_err(|error| ragged(error.position().map(line)))?;
        let line = record.position().map(line);
        let code = |at: usize| {
            let text = record.get(at).unwrap_or("");
            let code = MunicipalityCode::parse(text).map_err(|error| {
                let nl = format!("`{text}` is geen gemeentecode; schrijf GM0363 of 0363");
                fail(line, nl, error.to_string())
            })?;
            if MunicipalityRegister::shipped().get(code).is_none() {
                return Err(fail(
                    line,
                    format!("sinds 2015 had geen gemeente de code {code}"),
                    format!("no municipality has had the code {code} since 2015"),
                ));
            }
            Ok(code)
        };
        let day = |at: Option<usize>| {
            let text = at.and_then(|at| record.get(at)).unwrap_or("");
            if text.is_empty() {
                return Ok(None);
            }
            edited::day(text).map(Some).ok_or_else(|| {
                fail(
                    line,
                    "een datum is niet geschreven als 2026-01-31 of 31-1-2026".into(),
                    "a date is not written as 2026-01-31 or 31-1-2026".into(),
                )
            })
        };
        let expected = ExpectedSender {
            sender: code(sender)?,
            from: day(from)?,
            until: day(until)?,
        };
        if expected
            .from
            .zip(expected.until)
            .is_some_and(|(from, until)| until <= from)
        {
            return Err(fail(
                line,
                "`until` is niet later dan `from`".into(),
                "`until` is not later than `from`".into(),
            ));
        }
        let listed = frame.expected.entry(code(municipality)?).or_default();
        if !listed.contains(&expected) {
            listed.push(expected);
        }
    }
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use ethos_model::date::Day;

    use super::*;

    #[test]
    fn expected_senders_are_read() {
        let text = "sender;municipality;from;until\nGM0363;GM0384;2020-01-01;\n0363;0363;;\n";
        let frame = parse(text.as_bytes(), "verwacht.csv").unwrap();
        assert_eq!(frame.expected.len(), 2);
        let diemen = MunicipalityCode::parse("0384").unwrap();
        assert_eq!(frame.expected[&diemen][0].from, Day::parse("2020-01-01"));
        let short = parse(b"municipality,sender\nGM0384,GM0363\n", "v.csv").unwrap();
        assert_eq!(short.expected[&diemen][0].sender.to_string(), "GM0363");
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        let refused = |text: &str| parse(text.as_bytes(), "v.csv").unwrap_err().to_string();
        assert!(refused("sender\nGM0363\n").contains("no column `municipality`"));
        let header = "sender,municipality,from,until\n";
        assert!(refused(&format!("{header}GM0363,GM9998,,\n")).contains("v.csv, line 2"));
        assert!(refused(&format!("{header}GM0363,x,,\n")).contains("municipality code"));
        assert!(refused(&format!("{header}GM0363,GM0363,31-2-2026,\n")).contains("2026-01-31"));
        let lines = format!("{header}GM0363,GM0363,1-2-2026,\n\nGM0363,x,,\n");
        assert!(refused(&lines.replace('\n', "\r\n")).contains("v.csv, line 4"));
        let turned = format!("{header}GM0363,GM0363,2026-01-01,2025-01-01\n");
        assert!(refused(&turned).contains("not later"));
        assert!(refused(&format!("{header}GM0363\n")).contains("line 2"));
    }
}
