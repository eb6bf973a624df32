//! A cause in words: what it is called, where it is, what is wrong and how to mend it.

use std::fmt::Write;

use ethos_ingest::{RuleBook, Shift, Way};
use ethos_model::category::Language;
use ethos_model::finding::{Finding, Text, column_letters};

use super::{Cause, Spread};
use crate::terminal::grouped;

/// Remarks told of rows, where they differ; of columns and of the file more fit.
const OF_ROWS: usize = 3;
const OF_COLUMNS: usize = 12;

/// What is to be said of rows of the stretch that do not show it themselves: they were read as they stand.
fn between(shift: &Shift, language: Language) -> String {
    let rows = shift.to() - shift.from() + 1 - shift.count();
    let number = grouped(rows, language);
    match (rows, language) {
        (0, _) => String::new(),
        (1, Language::Nl) => {
            " Van 1 rij ertussen is het niet te zien; die is gelezen zoals zij er staat. Kijk haar ook na.".into()
        }
        (_, Language::Nl) => format!(
            " Van {number} rijen ertussen is het niet te zien; die zijn gelezen zoals zij er staan. Kijk ze ook na."
        ),
        (1, Language::En) => {
            " Of 1 row in between it does not show; that one was read as it stands. Look at it too.".into()
        }
        (_, Language::En) => format!(
            " Of {number} rows in between it does not show; they were read as they stand. Look at them too."
        ),
    }
}

impl Cause<'_> {
    /// The row from which several columns go wrong together: they shifted.
    pub fn shifted_from(&self) -> Option<u64> {
        if let Some(shift) = self.shift {
            return Some(shift.from());
        }
        match self.spread {
            Spread::From(row) if self.columns.len() > 1 => Some(row),
            _ => None,
        }
    }

    /// Its rule; where columns shifted and no rule tells that itself, the rules of what was found there: none of
    /// them alone explains it.
    pub fn codes(&self) -> String {
        const SHOWN: usize = 3;
        let told = self.shift.is_some_and(|shift| shift.rule.is_some());
        if told || self.shifted_from().is_none() {
            return self.code.to_string();
        }
        let mut codes: Vec<&str> = Vec::new();
        for finding in &self.findings {
            let code = finding.code.as_str();
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
        let more = if codes.len() > SHOWN { " …" } else { "" };
        codes.truncate(SHOWN);
        codes.join(", ") + more
    }

    /// What it is called: as its rule, unless columns shifted.
    pub fn title<'b>(&self, book: &'b RuleBook, language: Language) -> &'b str {
        match self.shifted_from() {
            Some(_) if self.shift.is_some_and(|shift| shift.way == Way::Crossed) => language.pick(
                "Kolommen staan onder elkaars kop",
                "Columns stand under each other's heading",
            ),
            Some(_) => language.pick("Kolommen zijn verschoven", "Columns have shifted"),
            None => book
                .find(self.code.as_str())
                .map_or("", |rule| rule.title(language)),
        }
    }

    /// What is wrong, in words.
    pub fn message(&self, language: Language) -> String {
        if let Some(shift) = self.shift {
            return self.shifted(shift, language);
        }
        match (self.shifted_from(), language) {
            (Some(row), Language::Nl) => format!(
                "Vanaf rij {row} passen meerdere kolommen niet meer bij hun kop. Waarschijnlijk staan de cellen daar een plaats opzij."
            ),
            (Some(row), Language::En) => format!(
                "From row {row} on several columns do not fit their heading any more. Their cells are probably one place aside."
            ),
            (None, _) => self.remarks(|finding| &finding.message, language),
        }
    }

    /// `Vanaf rij 312 staan de waarden een kolom naar rechts, vanaf kolom E (type_opvang).`
    fn shifted(&self, shift: &Shift, language: Language) -> String {
        let (from, to) = (shift.from(), shift.to());
        let to_the_end = matches!(self.spread, Spread::From(_));
        let rows = match (language, to_the_end) {
            (Language::Nl, true) => format!("Vanaf rij {from}"),
            (Language::Nl, false) => format!("Van rij {from} tot en met rij {to}"),
            (Language::En, true) => format!("From row {from} on"),
            (Language::En, false) => format!("From row {from} to row {to}"),
        };
        let mut column = column_letters(shift.column);
        if !shift.name.is_empty() {
            let _ = write!(column, " ({})", shift.name);
        }
        let said = match (language, shift.way) {
            (Language::Nl, Way::Right) => {
                format!(
                    "{rows} staan de waarden een kolom naar rechts, vanaf kolom {column}. Die rijen zijn afgekeurd."
                )
            }
            (Language::Nl, Way::Left) => {
                format!(
                    "{rows} staan de waarden een kolom naar links, vanaf kolom {column}. Die rijen zijn afgekeurd."
                )
            }
            (Language::Nl, Way::Crossed) => {
                format!(
                    "{rows} staan de waarden van kolom {column} en die van de kolom erna onder elkaars kop."
                )
            }
            (Language::En, Way::Right) => {
                format!(
                    "{rows} the values stand a column to the right, from column {column} on. Those rows are rejected."
                )
            }
            (Language::En, Way::Left) => {
                format!(
                    "{rows} the values stand a column to the left, from column {column} on. Those rows are rejected."
                )
            }
            (Language::En, Way::Crossed) => format!(
                "{rows} the values of column {column} and of the column after it stand under each other's heading."
            ),
        };
        said + &between(shift, language)
    }

    /// What the findings say. Where they say different things, each is told with its row, as far as a
    /// person reads on; those on the file as a whole each tell something else (a category, a month), and no
    /// cell tells it.
    fn remarks(&self, of: impl Fn(&Finding) -> &Text, language: Language) -> String {
        let words = |finding: &Finding| of(finding).in_language(language).to_owned();
        let of_rows = self.findings.iter().any(|finding| finding.row.is_some());
        // The one that says how many were not kept is no remark on a row.
        let told = || {
            let findings = self.findings.iter().copied();
            findings.filter(move |finding| !of_rows || finding.row.is_some())
        };
        let below = told().any(|finding| finding.row.is_some_and(|row| row > self.header));
        let most = match (of_rows, below) {
            (true, true) => OF_ROWS,
            (true, false) => OF_COLUMNS,
            (false, _) => usize::MAX,
        };
        let mut shown: Vec<(&Finding, String)> = Vec::new();
        let mut rest = 0;
        for finding in told() {
            let remark = words(finding);
            if shown.iter().any(|(_, known)| *known == remark) {
                continue;
            }
            if shown.len() < most {
                shown.push((finding, remark));
            } else {
                rest += 1;
            }
        }
        let Some((finding, first)) = shown.first() else {
            return words(self.first);
        };
        let many = shown.len() > 1;
        let columns = self.columns.len() > 1;
        let place = |finding: &Finding| match (finding.row, finding.column.as_deref()) {
            (Some(row), _) if many && below => format!("{} {row}: ", language.pick("Rij", "Row")),
            (_, Some(column)) if many && columns => format!("{column}: "),
            _ => String::new(),
        };
        let mut text = place(finding) + first;
        for (finding, remark) in &shown[1..] {
            // What was said is not said again.
            let new: Vec<&str> = sentences(remark)
                .filter(|sentence| !sentences(first).any(|said| said == *sentence))
                .collect();
            let new = new.join(" ");
            // Nor is what the words before a colon say, where columns are told one after the other.
            let new = match (new.split_once(": "), first.split_once(": ")) {
                (Some((before, rest)), Some((said, _))) if before == said && !below => {
                    capitalised(rest)
                }
                _ => new,
            };
            if !new.is_empty() {
                let _ = write!(text, " {}{new}", place(finding));
            }
        }
        if rest > 0 {
            let rest = grouped(rest, language);
            let _ = match language {
                Language::Nl => write!(text, " En zo nog {rest}, elk met een andere uitleg."),
                Language::En => write!(text, " And {rest} more, each with other words."),
            };
        }
        text
    }

    /// The findings that have a place to show below the cause: cells, rows, and columns of the header.
    pub(crate) fn placed(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().copied().filter(|finding| {
            let on_column = finding.column_number.is_some();
            finding
                .row
                .is_some_and(|row| on_column || row > self.header)
        })
    }

    /// How to mend it.
    pub fn fix(&self, language: Language) -> String {
        if self.shift.is_some_and(|shift| shift.way == Way::Crossed) {
            let (nl, en) = (
                "Kijk in het bronsysteem of in de export waar de twee kolommen zijn verwisseld, en maak de export opnieuw.",
                "Look in the source system or the export where the two columns were exchanged, and export the file again.",
            );
            return language.pick(nl, en).to_owned();
        }
        match (self.shifted_from(), language) {
            (Some(row), Language::Nl) => format!(
                "Vergelijk rij {row} met de rij erboven: ontbreekt er een cel of een scheidingsteken, of is er een te veel? Maak de export opnieuw."
            ),
            (Some(row), Language::En) => format!(
                "Compare row {row} with the one above: is a cell or delimiter missing, or is there one too many? Export the file again."
            ),
            (None, _) => self.remarks(|finding| &finding.fix, language),
        }
    }

    /// Mark by which an answer to the cause is found again in a later file: of the rule, the columns and,
    /// where all have it, the value. Neither rows nor numbers are in it.
    pub fn mark(&self) -> String {
        let value = match &self.spread {
            Spread::Value(value) => value.as_str(),
            _ => "",
        };
        let columns = self.columns.join("+");
        match (columns.as_str(), value) {
            ("", _) => self.code.to_string(),
            (columns, "") => format!("{}:{columns}", self.code),
            (columns, value) => format!("{}:{columns}={value}", self.code),
        }
    }

    /// Where it is, in words: `kolom einddatum vanaf rij 312`.
    pub fn place(&self, language: Language) -> String {
        let mut text = match self.columns.as_slice() {
            [] => String::new(),
            [one] => format!("{} {one}", language.pick("kolom", "column")),
            [all @ .., last] => format!(
                "{} {} {} {last}",
                language.pick("kolommen", "columns"),
                all.join(", "),
                language.pick("en", "and"),
            ),
        };
        let rest = match &self.spread {
            Spread::File => language
                .pick("het hele bestand", "the whole file")
                .to_owned(),
            Spread::Column if text.is_empty() => self.in_header(language),
            Spread::Column => String::new(),
            Spread::Throughout => language.pick("in alle rijen", "in all rows").to_owned(),
            Spread::From(row) => match language {
                Language::Nl => format!("vanaf rij {row}"),
                Language::En => format!("from row {row} on"),
            },
            Spread::Value(value) => format!(
                "{} `{value}`, {}",
                language.pick("waarde", "value"),
                self.row_list(language)
            ),
            Spread::Rows => self.row_list(language),
        };
        if !text.is_empty() && !rest.is_empty() {
            let apart = matches!(self.spread, Spread::File | Spread::Value(_) | Spread::Rows);
            text.push_str(if apart { ", " } else { " " });
        }
        text + &rest
    }

    /// Columns that only their place tells: `kopregel, kolommen C, F en G`.
    fn in_header(&self, language: Language) -> String {
        let mut text = language.pick("kopregel", "header").to_owned();
        let mut letters: Vec<String> = Vec::new();
        for number in self.findings.iter().filter_map(|f| f.column_number) {
            let name = column_letters(number);
            if !letters.contains(&name) {
                letters.push(name);
            }
        }
        let _ = match letters.as_slice() {
            [] => write!(text, ", {} {}", language.pick("rij", "row"), self.header),
            [one] => write!(text, ", {} {one}", language.pick("kolom", "column")),
            [all @ .., last] => write!(
                text,
                ", {} {} {} {last}",
                language.pick("kolommen", "columns"),
                all.join(", "),
                language.pick("en", "and")
            ),
        };
        text
    }

    /// The first rows: `rij 17, 19-23 en nog 12`.
    fn row_list(&self, language: Language) -> String {
        const SHOWN: usize = 4;
        let many = self.rows.len() > 1 || self.rows.first().is_some_and(|(from, to)| from != to);
        let mut text = if many {
            language.pick("rijen ", "rows ")
        } else {
            language.pick("rij ", "row ")
        }
        .to_owned();
        let mut told = 0;
        for (at, (from, to)) in self.rows.iter().take(SHOWN).enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            let _ = match to - from {
                0 => write!(text, "{from}"),
                _ => write!(text, "{from}-{to}"),
            };
            told += to - from + 1;
        }
        // Several findings can be in one row, so rows are counted, and what was not kept is added.
        let kept: u64 = self.rows.iter().map(|(from, to)| to - from + 1).sum();
        let rest = kept - told + self.count.saturating_sub(self.findings.len() as u64);
        if rest > 0 {
            let _ = match language {
                Language::Nl => write!(text, " en nog {rest}"),
                Language::En => write!(text, " and {rest} more"),
            };
        }
        text
    }
}

/// With a capital at its beginning.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(char::to_uppercase);
    first.into_iter().flatten().chain(letters).collect()
}

/// The sentences of a remark, each with its full stop.
fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(". ").map(str::trim)
}
