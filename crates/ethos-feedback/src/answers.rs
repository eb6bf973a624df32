//! Answers to warnings ("toelichtingen"), kept in a CSV beside the data so that they can be filled in with a
//! spreadsheet, and offered again next year.
//!
//! An answer belongs to a cause ([`Cause::mark`]) of a sender's files in a layout and a period, and to so many
//! findings as it was given for. It settles the cause's warnings in that period while there are no more of
//! them; otherwise, and in a later period, it is shown beside them as what was said before, and has to be given
//! again. Errors cannot be answered, only mended.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read, Write};

use ethos_ingest::FileReport;
use ethos_ingest::edited::edited;
use ethos_model::category::Language;
use ethos_model::finding::Severity;

use crate::baseline::place;
use crate::cause::{Cause, causes};
use crate::safe::cell;

/// Columns of the file.
const COLUMNS: [&str; 8] = [
    "afzender",
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
    /// The system refuses.
    #[error("the file of answers cannot be read: {0}")]
    Io(#[from] io::Error),
    /// The file is no CSV, or a row has not the columns it should have.
    #[error("line {0} of the file of answers has another number of cells than its first line")]
    Row(u64),
    /// A column is not there.
    #[error("the file of answers has no column `{0}`; let `ethos check --answers` write it anew")]
    Column(&'static str),
}

impl AnswersError {
    /// What is wrong, to whoever filled the file in.
    pub fn words(&self, language: Language) -> String {
        match (self, language) {
            (Self::Row(line), Language::Nl) => format!(
                "regel {line} van het bestand met toelichtingen heeft een ander aantal cellen dan de eerste regel"
            ),
            (Self::Column(name), Language::Nl) => format!(
                "het bestand met toelichtingen heeft geen kolom `{name}`; laat het opnieuw maken met --write-answers"
            ),
            (Self::Io(error), Language::Nl) => {
                format!("het bestand met toelichtingen kan niet worden gelezen: {error}")
            }
            (error, Language::En) => error.to_string(),
        }
    }
}

/// What an answer belongs to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    sender: String,
    layout: String,
    mark: String,
    period: String,
}

impl Place {
    fn of(file: &FileReport, mark: String, period: &str) -> Self {
        Self {
            sender: file
                .summary
                .sender
                .map_or_else(String::new, |sender| sender.to_string()),
            layout: file.layout.clone().unwrap_or_default(),
            mark,
            period: period.to_owned(),
        }
    }
}

/// Answers by sender, layout, mark and period.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Answers(BTreeMap<Place, Answer>);

/// A row of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Answer {
    what: String,
    /// For how many findings it was given.
    count: u64,
    earlier: String,
    text: String,
}

impl Answers {
    /// Reads a file of answers: semicolons or commas, with or without a byte-order mark. Rows whose answer is
    /// blank are none.
    ///
    /// # Errors
    /// [`AnswersError`].
    pub fn read(from: impl Read) -> Result<Self, AnswersError> {
        let bytes = ethos_ingest::held::all(from)?;
        let (text, delimiter) = edited(&bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(&*text);
        // What the reader says is not for who fills in a table.
        let broken = |error: csv::Error| match error.position() {
            Some(at) => AnswersError::Row(at.line()),
            None => AnswersError::Row(1),
        };
        let header = reader.headers().map_err(broken)?.clone();
        let mut places = [0; COLUMNS.len()];
        for (place, name) in places.iter_mut().zip(COLUMNS) {
            let found = header.iter().position(|other| other.trim() == name);
            *place = found.ok_or(AnswersError::Column(name))?;
        }
        let mut answers = BTreeMap::new();
        for record in reader.records() {
            let record = record.map_err(broken)?;
            let [sender, layout, mark, period, what, count, earlier, text] =
                places.map(|at| uncovered(record.get(at).unwrap_or_default().trim()).to_owned());
            if !text.is_empty() {
                let answer = Answer {
                    what,
                    // An answer for an unknown number is for none.
                    count: count.parse().unwrap_or(0),
                    earlier,
                    text,
                };
                let place = Place {
                    sender,
                    layout,
                    mark,
                    period,
                };
                answers.insert(place, answer);
            }
        }
        Ok(Self(answers))
    }

    /// The answer to a cause with so many findings.
    fn given(&self, place: &Place, count: u64) -> Option<&Answer> {
        self.0.get(place).filter(|answer| count <= answer.count)
    }

    /// The latest answer to a cause of this sender, up to this period, with what it was given for. Versions
    /// of a layout share their answers.
    fn earlier(&self, place: &Place) -> Option<(&Place, &Answer)> {
        let name = |id: &str| id.split('/').next().unwrap_or(id).to_owned();
        let wanted = name(&place.layout);
        self.0
            .iter()
            .filter(|(other, _)| {
                other.sender == place.sender
                    && name(&other.layout) == wanted
                    && other.mark == place.mark
                    && other.period <= place.period
            })
            .max_by(|(a, _), (b, _)| a.period.cmp(&b.period))
    }

    /// The file without the warnings that were answered in this period, and how many there were.
    pub fn settle(&self, file: &FileReport, period: &str) -> (FileReport, u64) {
        let mut settled = BTreeSet::new();
        for cause in causes(file) {
            if cause.severity <= Severity::Warning
                && self
                    .given(&Place::of(file, cause.mark(), period), cause.count)
                    .is_some()
            {
                let of_cause = cause.findings.iter().chain(&cause.beyond);
                settled.extend(of_cause.map(|finding| place(finding)));
            }
        }
        let before: u64 = file.counts.values().sum();
        let rest = file.without(|finding| settled.contains(&place(finding)));
        let after: u64 = rest.counts.values().sum();
        (rest, before - after)
    }
}

/// Writes a file of answers: a row for each cause of warnings in these files, each with its period, with the
/// answer it has and the one it had before. The answers of other layouts and periods are kept. How many of the rows
/// of these files are yet to be filled in.
///
/// # Errors
/// What the writer says.
pub fn write_answers(
    files: &[(&FileReport, &str)],
    answers: &Answers,
    language: Language,
    to: &mut dyn Write,
) -> io::Result<u64> {
    let mut rows = answers.0.clone();
    let mut open = 0;
    // Several files of a sender are answered together, for the most that one of them has.
    let mut asked: BTreeMap<Place, (String, u64)> = BTreeMap::new();
    for &(file, period) in files {
        for cause in causes(file) {
            if cause.severity == Severity::Warning {
                let place = Place::of(file, cause.mark(), period);
                let (_, most) = asked
                    .entry(place)
                    .or_insert_with(|| (said(&cause, language), 0));
                *most = cause.count.max(*most);
            }
        }
    }
    for (place, (what, count)) in asked {
        let given = answers.given(&place, count);
        let earlier = match (given, answers.earlier(&place)) {
            (Some(given), _) => given.earlier.clone(),
            // For fewer: it is asked again, with what was said of those.
            (None, Some((before, answer))) if before.period == place.period => match language {
                Language::Nl => format!("voor {}: {}", answer.count, answer.text),
                Language::En => format!("for {}: {}", answer.count, answer.text),
            },
            (None, Some((before, answer))) => format!("{}: {}", before.period, answer.text),
            (None, None) => String::new(),
        };
        let row = Answer {
            what,
            count: given.map_or(count, |given| given.count),
            earlier,
            text: given.map_or_else(String::new, |given| given.text.clone()),
        };
        open += u64::from(row.text.is_empty());
        rows.insert(place, row);
    }
    // With a mark and semicolons, as a Dutch spreadsheet opens it.
    to.write_all(b"\xef\xbb\xbf")?;
    let mut writer = csv::WriterBuilder::new().delimiter(b';').from_writer(to);
    writer.write_record(COLUMNS)?;
    for (place, row) in &rows {
        let count = row.count.to_string();
        let fields = [
            &place.sender,
            &place.layout,
            &place.mark,
            &place.period,
            &row.what,
            &count,
            &row.earlier,
            &row.text,
        ];
        writer.write_record(fields.map(|field| cell(field).into_owned()))?;
    }
    writer.flush()?;
    Ok(open)
}

/// A cell without the apostrophe that keeps a spreadsheet from running it. One that a text begins with stays.
fn uncovered(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
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

    fn place(sender: &str, layout: &str, mark: &str, period: &str) -> Place {
        Place {
            sender: sender.into(),
            layout: layout.into(),
            mark: mark.into(),
            period: period.into(),
        }
    }

    #[test]
    fn an_answer_counts_for_its_sender_period_and_number_and_is_remembered_after_it() {
        let answers = answers(
            "GM0363;gmsd/2015;BSN05:bsn;2024;x;3;;oud\r\nGM0363;gmsd/2015;BSN05:bsn;2025;x;4;oud;'s-Gravenhage zegt: klopt\r\nGM0363;gmsd/2015;DAT05;2025;x;1;;\r\n",
        );
        let given = |place: Place, count| {
            let answer = answers.given(&place, count);
            answer.map(|answer| answer.text.as_str())
        };
        let bsn = |sender, period| place(sender, "gmsd/2015", "BSN05:bsn", period);
        let klopt = "'s-Gravenhage zegt: klopt";
        let said = Some(klopt);
        assert_eq!(given(bsn("GM0363", "2025"), 4), said);
        assert_eq!(given(bsn("GM0363", "2025"), 3), said);
        assert_eq!(given(bsn("GM0363", "2025"), 5), None);
        assert_eq!(given(bsn("GM0518", "2025"), 1), None);
        assert_eq!(
            given(place("GM0363", "gmsd/2015", "DAT05", "2025"), 1),
            None
        );
        assert_eq!(given(bsn("GM0363", "2026"), 1), None);
        let earlier = |place: Place| {
            let (before, answer) = answers.earlier(&place)?;
            Some((before.period.clone(), answer.text.clone()))
        };
        assert_eq!(
            earlier(place("GM0363", "gmsd/2026", "BSN05:bsn", "2026")),
            Some(("2025".to_owned(), klopt.to_owned()))
        );
        assert_eq!(earlier(bsn("GM0518", "2026")), None);
        assert_eq!(
            earlier(place("GM0363", "md/2026", "BSN05:bsn", "2026")),
            None
        );
    }

    #[test]
    fn an_apostrophe_is_taken_away_where_it_stops_a_formula_and_nowhere_else() {
        let rows = "z;a;b;2025;x;1;;'s avonds dicht\r\nz;a;c;2025;x;1;;'=1+1\r\nz;a;d;2025;\u{c}'\u{c}1;1;;y\r\n";
        let answers = answers(rows);
        let given = |mark: &str| {
            let answer = answers.given(&place("z", "a", mark, "2025"), 1);
            answer.map(|answer| answer.text.as_str())
        };
        assert_eq!(given("b"), Some("'s avonds dicht"));
        assert_eq!(given("c"), Some("=1+1"));
        let mut once = Vec::new();
        write_answers(&[], &answers, Language::Nl, &mut once).unwrap();
        let again = Answers::read(once.as_slice()).unwrap();
        let mut twice = Vec::new();
        write_answers(&[], &again, Language::Nl, &mut twice).unwrap();
        assert_eq!(once, twice);
        assert!(String::from_utf8(once).unwrap().contains(";'=1+1"));
    }

    #[test]
    fn a_file_that_is_something_else_is_refused() {
        let wrong = Answers::read("a;b\n1;2\n".as_bytes()).unwrap_err();
        assert!(wrong.to_string().contains("`afzender`"), "{wrong}");
        assert!(wrong.words(Language::Nl).contains("geen kolom `afzender`"));
        assert!(Answers::read("\u{0}\u{1}".as_bytes()).is_err());
        let short = format!("{}\nGM0363;x\n", COLUMNS.join(";"));
        let short = Answers::read(short.as_bytes()).unwrap_err();
        assert!(short.words(Language::Nl).contains("regel 2"), "{short}");
    }
}
