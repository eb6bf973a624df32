//! Findings grouped by what caused them: "1,204 findings, 3 causes: column `einddatum` from row 312 on".
//!
//! A sender mends causes, not cells. Findings of a rule on a column are one cause; how they lie in the file
//! says what kind: in every row (a setting of the export), from a row on (something shifted), always with the
//! same value (a code that is not in the list), or here and there (real mistakes).

use std::collections::BTreeMap;
use std::fmt::Write;

use ethos_ingest::RuleBook;
use ethos_model::category::Language;
use ethos_model::finding::{Finding, RuleCode, Severity};

/// Share of rows, of those in reach, that must have the finding for it to be in all of them.
const ALL: f64 = 0.9;

/// Rows with the finding from which a stretch is taken for one.
const STRETCH: u64 = 10;

/// Findings with the same value from which they are a cause of their own.
const SAME: u64 = 5;

/// How the findings of a cause lie in the file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Spread {
    /// On the file as a whole.
    File,
    /// On a column as a whole: its header.
    Column,
    /// In all rows, or nearly.
    Throughout,
    /// From a row on to the end, or nearly, and not before.
    From(u64),
    /// Wherever a value occurs that tells nothing of a person.
    Value(String),
    /// In single rows.
    Rows,
}

/// What a sender can mend in one go.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// Severity of its findings.
    pub severity: Severity,
    /// Their rule.
    pub code: RuleCode,
    /// The sheet, in a workbook.
    pub sheet: Option<&'a str>,
    /// The columns: one, or several that shifted together.
    pub columns: Vec<&'a str>,
    /// How they lie in the file.
    pub spread: Spread,
    /// How many there are, those not kept in detail included.
    pub count: u64,
    /// Rows of those kept in detail, in order, as ranges from and to.
    pub rows: Vec<(u64, u64)>,
    /// The first of them: its words stand for all.
    pub first: &'a Finding,
    /// The findings kept in detail.
    pub findings: Vec<&'a Finding>,
}

/// The causes of a file's findings, gravest first, then the most frequent.
///
/// `rows` is the number of rows of the file without its header; `counts` how many findings of each rule
/// there are, of which `findings` may hold fewer.
pub fn causes<'a>(
    findings: &'a [Finding],
    counts: &BTreeMap<RuleCode, u64>,
    rows: u64,
) -> Vec<Cause<'a>> {
    /// Rule, sheet, column.
    type Key<'a> = (RuleCode, Option<&'a str>, Option<&'a str>);
    let mut groups: BTreeMap<Key<'_>, Vec<&Finding>> = BTreeMap::new();
    let mut kept: BTreeMap<RuleCode, u64> = BTreeMap::new();
    for finding in findings {
        *kept.entry(finding.code).or_insert(0) += 1;
        let key = (
            finding.code,
            finding.sheet.as_deref(),
            finding.column.as_deref(),
        );
        groups.entry(key).or_default().push(finding);
    }
    let mut list = Vec::new();
    for ((code, ..), group) in groups {
        // What was not kept in detail is shared out over a rule's columns as what was.
        let kept = kept[&code].max(1);
        let all = counts.get(&code).copied().unwrap_or(kept).max(kept);
        let scaled = |part: u64| (u128::from(part) * u128::from(all) / u128::from(kept)) as u64;
        for part in by_value(group) {
            let count = scaled(part.len() as u64);
            list.push(cause(part, count, rows));
        }
    }
    let mut list = shifted_together(list);
    list.sort_by(|a, b| {
        (b.severity, b.count, a.code, &a.columns).cmp(&(a.severity, a.count, b.code, &b.columns))
    });
    list
}

/// Splits off values that occur often.
fn by_value(group: Vec<&Finding>) -> Vec<Vec<&Finding>> {
    let mut values: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in &group {
        if let Some(value) = open_value(finding) {
            *values.entry(value).or_insert(0) += 1;
        }
    }
    values.retain(|_, count| *count >= SAME);
    if values.is_empty() || values.len() > 20 {
        return vec![group];
    }
    let mut parts: BTreeMap<Option<&str>, Vec<&Finding>> = BTreeMap::new();
    for finding in group {
        let value = open_value(finding).filter(|value| values.contains_key(value));
        parts.entry(value).or_default().push(finding);
    }
    parts.into_values().collect()
}

/// The value of a finding, where it is shown whole.
fn open_value(finding: &Finding) -> Option<&str> {
    let value = finding.value.as_str();
    let open = finding.row.is_some_and(|row| row > 1) && !value.is_empty() && !value.contains('*');
    open.then_some(value)
}

fn cause(findings: Vec<&Finding>, count: u64, rows: u64) -> Cause<'_> {
    let first = findings[0];
    let mut lines: Vec<u64> = findings.iter().filter_map(|finding| finding.row).collect();
    lines.sort_unstable();
    lines.dedup();
    let ranges = ranges(&lines);
    let spread = spread(&findings, &lines, count, rows);
    Cause {
        severity: first.severity,
        code: first.code,
        sheet: first.sheet.as_deref(),
        columns: first.column.as_deref().into_iter().collect(),
        spread,
        count,
        rows: ranges,
        first,
        findings,
    }
}

fn spread(findings: &[&Finding], lines: &[u64], count: u64, rows: u64) -> Spread {
    let Some(&from) = lines.first() else {
        return Spread::File;
    };
    if lines == [1] {
        return Spread::Column;
    }
    // The header is row 1, so the last row is one beyond their number.
    let reach = (rows + 1).saturating_sub(from) + 1;
    let dense = |of: u64| count as f64 >= ALL * of as f64 && count >= STRETCH;
    if dense(rows) {
        return Spread::Throughout;
    }
    // Some findings before a stretch do not hide where it begins.
    let begin = ranges(lines)
        .into_iter()
        .find(|(from, to)| to - from + 1 >= STRETCH)
        .map_or(from, |(from, _)| from);
    let before = lines.iter().take_while(|line| **line < begin).count() as u64;
    if dense(reach.saturating_sub(begin - from).max(1) + before) {
        return Spread::From(begin);
    }
    match open_value(findings[0]) {
        Some(value)
            if findings
                .iter()
                .all(|other| open_value(other) == Some(value))
                && findings.len() as u64 >= SAME =>
        {
            Spread::Value(value.to_owned())
        }
        _ => Spread::Rows,
    }
}

fn ranges(lines: &[u64]) -> Vec<(u64, u64)> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for &line in lines {
        match ranges.last_mut() {
            Some((_, to)) if *to + 1 == line => *to = line,
            _ => ranges.push((line, line)),
        }
    }
    ranges
}

/// Several columns that go wrong from the same row on shifted together.
fn shifted_together(list: Vec<Cause<'_>>) -> Vec<Cause<'_>> {
    let mut columns: BTreeMap<(Option<&str>, u64), Vec<&str>> = BTreeMap::new();
    for cause in &list {
        if let Spread::From(row) = cause.spread {
            let names = columns.entry((cause.sheet, row)).or_default();
            names.extend(
                cause
                    .columns
                    .iter()
                    .filter(|name| !names.contains(name))
                    .copied()
                    .collect::<Vec<_>>(),
            );
        }
    }
    columns.retain(|_, names| names.len() >= 2);
    let mut merged: BTreeMap<(Option<&str>, u64), usize> = BTreeMap::new();
    let mut out: Vec<Cause<'_>> = Vec::new();
    for cause in list {
        let key = match cause.spread {
            Spread::From(row) => (cause.sheet, row),
            _ => (None, 0),
        };
        let Some(names) = columns.get(&key) else {
            out.push(cause);
            continue;
        };
        match merged.get(&key) {
            None => {
                merged.insert(key, out.len());
                out.push(Cause {
                    columns: names.clone(),
                    ..cause
                });
            }
            Some(&at) => {
                let whole = &mut out[at];
                if cause.severity > whole.severity {
                    whole.severity = cause.severity;
                    whole.code = cause.code;
                    whole.first = cause.first;
                }
                whole.count += cause.count;
                whole.findings.extend(cause.findings);
            }
        }
    }
    for cause in out.iter_mut().filter(|cause| cause.columns.len() > 1) {
        let mut places: BTreeMap<&str, Option<u32>> = BTreeMap::new();
        for finding in &cause.findings {
            if let Some(column) = finding.column.as_deref() {
                places.entry(column).or_insert(finding.column_number);
            }
        }
        // As they stand in the file.
        cause
            .columns
            .sort_by_key(|column| places.get(column).copied());
    }
    out
}

impl Cause<'_> {
    /// The row from which several columns go wrong together: they shifted.
    pub fn shifted_from(&self) -> Option<u64> {
        match self.spread {
            Spread::From(row) if self.columns.len() > 1 => Some(row),
            _ => None,
        }
    }

    /// What it is called: as its rule, unless columns shifted.
    pub fn title<'b>(&self, book: &'b RuleBook, language: Language) -> &'b str {
        match self.shifted_from() {
            Some(_) => language.pick("Kolommen zijn verschoven", "Columns have shifted"),
            None => book
                .find(self.code.as_str())
                .map_or("", |rule| rule.title(language)),
        }
    }

    /// What is wrong, in words.
    pub fn message(&self, language: Language) -> String {
        match (self.shifted_from(), language) {
            (Some(row), Language::Nl) => format!(
                "Vanaf rij {row} passen meerdere kolommen niet meer bij hun kop. Waarschijnlijk staan de cellen daar een plaats opzij."
            ),
            (Some(row), Language::En) => format!(
                "From row {row} on several columns do not fit their heading any more. Their cells are probably one place aside."
            ),
            (None, _) => self.remarks(language).join(" "),
        }
    }

    /// What the findings say: the first stands for all that lie in rows; those on the file as a whole each
    /// tell something else (a category, a month), and no cell tells it.
    fn remarks(&self, language: Language) -> Vec<&str> {
        let of_rows = self.findings.iter().any(|finding| finding.row.is_some());
        let mut remarks = vec![self.first.message.in_language(language)];
        for finding in self.findings.iter().filter(|_| !of_rows) {
            let remark = finding.message.in_language(language);
            if !remarks.contains(&remark) {
                remarks.push(remark);
            }
        }
        remarks
    }

    /// How to mend it.
    pub fn fix(&self, language: Language) -> String {
        match (self.shifted_from(), language) {
            (Some(row), Language::Nl) => format!(
                "Vergelijk rij {row} met de rij erboven: ontbreekt er een cel of een scheidingsteken, of is er een te veel? Maak de export opnieuw."
            ),
            (Some(row), Language::En) => format!(
                "Compare row {row} with the one above: is a cell or delimiter missing, or is there one too many? Export the file again."
            ),
            (None, _) => self.first.fix.in_language(language).to_owned(),
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
            text.push_str(if matches!(self.spread, Spread::Value(_) | Spread::Rows) {
                ", "
            } else {
                " "
            });
        }
        text + &rest
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

#[cfg(test)]
mod tests {
    use ethos_model::finding::MaskedValue;

    use super::*;

    fn finding(code: &str, column: &str, row: u64, value: &str) -> Finding {
        let mut finding = Finding::new(code.parse().unwrap(), Severity::Error, "a.csv");
        finding.column = (!column.is_empty()).then(|| column.to_owned());
        finding.row = (row > 0).then_some(row);
        finding.value = MaskedValue::open(value);
        finding
    }

    fn told(findings: &[Finding], rows: u64) -> Vec<(String, u64)> {
        causes(findings, &BTreeMap::new(), rows)
            .iter()
            .map(|cause| {
                (
                    format!("{} {}", cause.code, cause.place(Language::Nl)),
                    cause.count,
                )
            })
            .collect()
    }

    #[test]
    fn findings_on_a_file_are_all_told_and_those_on_rows_by_the_first() {
        let on = |row: u64, message: &str| Finding {
            message: ethos_model::finding::Text::new(message, message),
            ..finding("VGL02", "", row, "")
        };
        let message = |findings: &[Finding]| {
            let list = causes(findings, &BTreeMap::new(), 100);
            list[0].message(Language::En)
        };
        let file = [
            on(0, "Category 2."),
            on(0, "Category 3."),
            on(0, "Category 2."),
        ];
        assert_eq!(message(&file), "Category 2. Category 3.");
        let rows = [on(4, "Row 3."), on(9, "Row 8."), on(0, "2 more.")];
        assert_eq!(message(&rows), "Row 3.");
    }

    #[test]
    fn a_shift_is_one_cause_whatever_it_breaks() {
        let mut findings = Vec::new();
        for row in 312..=1001 {
            findings.push(finding("DAT01", "startdatum", row, ""));
            findings.push(finding("DAT07", "einddatum", row, ""));
        }
        findings.push(finding("BSN01", "bsn", 17, ""));
        assert_eq!(
            told(&findings, 1000),
            [
                (
                    "DAT01 kolommen startdatum en einddatum vanaf rij 312".to_owned(),
                    1380
                ),
                ("BSN01 kolom bsn, rij 17".to_owned(), 1),
            ]
        );
        let list = causes(&findings, &BTreeMap::new(), 1000);
        let (shift, other) = (&list[0], &list[1]);
        assert_eq!(
            (shift.shifted_from(), other.shifted_from()),
            (Some(312), None)
        );
        let book = RuleBook::shipped();
        assert_eq!(shift.title(book, Language::Nl), "Kolommen zijn verschoven");
        assert_eq!(other.title(book, Language::Nl), "BSN klopt niet");
        assert!(shift.fix(Language::Nl).contains("rij 312"));
        assert!(shift.message(Language::En).starts_with("From row 312 on"));
    }

    #[test]
    fn a_column_that_is_wrong_throughout_and_a_value_that_returns_are_causes() {
        let mut findings: Vec<Finding> = (2..=101)
            .filter(|row| row % 20 != 0)
            .map(|row| finding("DAT01", "startdatum", row, ""))
            .collect();
        findings.extend(
            (10..=60)
                .step_by(10)
                .map(|row| finding("COD01", "product", row, "99")),
        );
        findings.extend([
            finding("COD01", "product", 5, "98"),
            finding("BST02", "", 0, ""),
        ]);
        findings.push(finding("KOP02", "extra", 1, ""));
        assert_eq!(
            told(&findings, 100),
            [
                ("DAT01 kolom startdatum in alle rijen".to_owned(), 95),
                (
                    "COD01 kolom product, waarde `99`, rijen 10, 20, 30, 40 en nog 2".to_owned(),
                    6
                ),
                ("BST02 het hele bestand".to_owned(), 1),
                ("COD01 kolom product, rij 5".to_owned(), 1),
                ("KOP02 kolom extra".to_owned(), 1),
            ]
        );
    }

    #[test]
    fn what_was_only_counted_counts() {
        let findings: Vec<Finding> = (2..12)
            .map(|row| finding("BSN01", "bsn", row, ""))
            .collect();
        let counts = BTreeMap::from([("BSN01".parse().unwrap(), 40)]);
        let list = causes(&findings, &counts, 1000);
        assert_eq!(list[0].count, 40);
        assert_eq!(
            list[0].place(Language::En),
            "column bsn, rows 2-11 and 30 more"
        );
        assert_eq!(list[0].mark(), "BSN01:bsn");
    }
}
