//! Findings grouped by what caused them: "1,204 findings, 3 causes: column `einddatum` from row 312 on".
//!
//! A sender mends causes, not cells. Findings of a rule on a column are one cause; how they lie in the file
//! says what kind: in every row (a setting of the export), from a row on (something shifted), always with the
//! same value (a code that is not in the list), or here and there (real mistakes).

mod words;

use std::collections::{BTreeMap, BTreeSet};

use ethos_ingest::{FileReport, Shift};
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
    /// What stands for the others.
    pub beyond: Vec<&'a Finding>,
    /// Row of the header, which tells findings on columns from those on cells.
    pub header: u64,
    /// The stretch of rows whose values stand in the column beside their own, where that is the cause.
    pub shift: Option<&'a Shift>,
}

/// Where the rows of a file are: below the header, so many.
#[derive(Copy, Clone)]
struct Extent {
    header: u64,
    rows: u64,
}

impl Extent {
    /// The last row.
    fn last(self) -> u64 {
        self.header + self.rows
    }
}

/// The causes of a file's findings: shifted rows first, then the gravest, then the most frequent.
pub fn causes(file: &FileReport) -> Vec<Cause<'_>> {
    let extent = Extent {
        header: file.header_row.unwrap_or(1),
        rows: file.tally.rows(),
    };
    causes_in(&file.findings, extent, &file.shifts)
}

/// Findings that are in detail, and what stands for more of the same.
#[derive(Default)]
struct Group<'a> {
    listed: Vec<&'a Finding>,
    beyond: Vec<&'a Finding>,
}

fn causes_in<'a>(findings: &'a [Finding], extent: Extent, shifts: &'a [Shift]) -> Vec<Cause<'a>> {
    /// Rule, sheet, column.
    type Key<'a> = (RuleCode, Option<&'a str>, Option<&'a str>);
    let mut groups: BTreeMap<Key<'_>, Group<'_>> = BTreeMap::new();
    let mut of_shifts: Vec<Vec<&Finding>> = vec![Vec::new(); shifts.len()];
    for finding in findings {
        if let Some(shift) = shift_of(finding, shifts) {
            of_shifts[shift].push(finding);
            continue;
        }
        // What is wrong with whole columns, by their headings, is mended for all of them in one go.
        let on_header = finding.row == Some(extent.header) && finding.severity >= Severity::Warning;
        let key = (
            finding.code,
            finding.sheet.as_deref(),
            finding.column.as_deref().filter(|_| !on_header),
        );
        let group = groups.entry(key).or_default();
        if finding.more == 0 {
            group.listed.push(finding);
        } else {
            group.beyond.push(finding);
        }
    }
    let mut list = Vec::new();
    for Group { listed, beyond } in groups.into_values() {
        if beyond.is_empty() {
            let parts = by_value(listed, extent).into_iter();
            list.extend(parts.map(|part| cause(part, Vec::new(), extent)));
        } else {
            // Which values those have is not known.
            list.push(cause(listed, beyond, extent));
        }
    }
    let mut list = shifted_together(list);
    for (shift, findings) in shifts.iter().zip(of_shifts) {
        list.extend(cause_of_shift(shift, findings, extent));
    }
    list.sort_by(|a, b| {
        let key = |cause: &Cause<'_>| (cause.shift.is_some(), cause.severity, cause.count);
        (key(b), a.code, &a.columns).cmp(&(key(a), b.code, &b.columns))
    });
    list
}

/// The shift that a finding on a cell comes of, or one that tells of a row of it.
fn shift_of(finding: &Finding, shifts: &[Shift]) -> Option<usize> {
    let row = finding.row?;
    let has = |shift: &Shift| match finding.column_number {
        Some(column) => shift.has(row, column),
        None => shift.rule == Some(finding.code) && shift.has_row(row),
    };
    shifts
        .iter()
        .position(|shift| finding.more == 0 && has(shift))
}

/// A stretch of shifted rows as a cause, with all that is found in it.
fn cause_of_shift<'a>(
    shift: &'a Shift,
    findings: Vec<&'a Finding>,
    extent: Extent,
) -> Option<Cause<'a>> {
    let gravest = findings.iter().map(|finding| finding.severity).max()?;
    let first = findings
        .iter()
        .copied()
        .find(|finding| finding.severity == gravest)?;
    // The rule that tells of rows that stand aside, before those on what is found in them for it.
    let code = shift.rule.unwrap_or(first.code);
    let places = findings.iter().filter_map(|finding| {
        let name = finding.column.as_deref()?;
        Some((finding.column_number, name))
    });
    let columns: BTreeSet<(Option<u32>, &str)> = places.collect();
    Some(Cause {
        severity: gravest,
        code,
        columns: columns.into_iter().map(|(_, name)| name).collect(),
        spread: if shift.reaches(extent.last()) {
            Spread::From(shift.from())
        } else {
            Spread::Rows
        },
        first,
        shift: Some(shift),
        ..cause(findings, Vec::new(), extent)
    })
}

/// Splits off values that occur often.
fn by_value(group: Vec<&Finding>, extent: Extent) -> Vec<Vec<&Finding>> {
    let mut values: BTreeMap<&str, u64> = BTreeMap::new();
    for finding in &group {
        if let Some(value) = open_value(finding, extent) {
            *values.entry(value).or_insert(0) += 1;
        }
    }
    values.retain(|_, count| *count >= SAME);
    if values.is_empty() || values.len() > 20 {
        return vec![group];
    }
    let mut parts: BTreeMap<Option<&str>, Vec<&Finding>> = BTreeMap::new();
    for finding in group {
        let value = open_value(finding, extent).filter(|value| values.contains_key(value));
        parts.entry(value).or_default().push(finding);
    }
    parts.into_values().collect()
}

/// The value of a finding, where it is shown whole.
fn open_value(finding: &Finding, extent: Extent) -> Option<&str> {
    let value = finding.value.as_str();
    let open = finding.row.is_some_and(|row| row > extent.header)
        && !value.is_empty()
        && !value.contains('*');
    open.then_some(value)
}

/// A cause of these findings and of those that others stand for. Where all that are in detail were accepted
/// before, there are only those.
fn cause<'a>(findings: Vec<&'a Finding>, beyond: Vec<&'a Finding>, extent: Extent) -> Cause<'a> {
    let all = findings.iter().chain(&beyond);
    let count = all.map(|finding| finding.count()).sum();
    let first = findings.first().unwrap_or_else(|| &beyond[0]);
    let mut lines: Vec<u64> = findings.iter().filter_map(|finding| finding.row).collect();
    lines.sort_unstable();
    lines.dedup();
    let ranges = ranges(&lines);
    let spread = spread(&findings, &lines, count, extent);
    Cause {
        severity: first.severity,
        code: first.code,
        sheet: first.sheet.as_deref(),
        columns: columns_of(&findings, first),
        spread,
        count,
        rows: ranges,
        first,
        findings,
        beyond,
        header: extent.header,
        shift: None,
    }
}

/// The columns that findings are on, in order of their first.
fn columns_of<'a>(findings: &[&'a Finding], first: &'a Finding) -> Vec<&'a str> {
    let mut columns: Vec<&str> = Vec::new();
    let all = findings.iter().copied().chain([first]);
    for name in all.filter_map(|finding| finding.column.as_deref()) {
        if columns.last() != Some(&name) && !columns.contains(&name) {
            columns.push(name);
        }
    }
    columns
}

fn spread(findings: &[&Finding], lines: &[u64], count: u64, extent: Extent) -> Spread {
    let Some(&from) = lines.first() else {
        return Spread::File;
    };
    if lines == [extent.header] {
        return Spread::Column;
    }
    let reach = extent.last().saturating_sub(from) + 1;
    let dense = |of: u64| count as f64 >= ALL * of as f64 && count >= STRETCH;
    if dense(extent.rows) {
        return Spread::Throughout;
    }
    // Some findings before a stretch do not hide where it begins.
    let begin = ranges(lines)
        .into_iter()
        .find(|(from, to)| to - from + 1 >= STRETCH)
        .map_or(from, |(from, _)| from);
    let before = lines.iter().take_while(|line| **line < begin).count() as u64;
    // Where many rows before it have the finding too, it does not begin there.
    let few = before as f64 <= (1.0 - ALL) * begin.saturating_sub(extent.header + 1) as f64;
    if few && dense(reach.saturating_sub(begin - from).max(1) + before) {
        return Spread::From(begin);
    }
    match findings.first().and_then(|first| open_value(first, extent)) {
        Some(value)
            if count == findings.len() as u64
                && findings
                    .iter()
                    .all(|other| open_value(other, extent) == Some(value))
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

/// What speaks for a shift from a row on.
#[derive(Default)]
struct Together<'a> {
    columns: Vec<&'a str>,
    /// Of these, the columns that hold something else, and what the rules are about that say so: blank
    /// cells are no cells that stand elsewhere, and dates that are written otherwise from a row on are
    /// wrong in columns of dates alone.
    filled: BTreeSet<&'a str>,
    subjects: BTreeSet<String>,
}

impl<'a> Together<'a> {
    fn take(&mut self, cause: &Cause<'a>) {
        let blank = |finding: &&&Finding| finding.value.as_str().is_empty();
        let blanks = cause.findings.iter().filter(blank).count();
        for name in &cause.columns {
            if !self.columns.contains(name) {
                self.columns.push(name);
            }
            if 2 * blanks < cause.findings.len() {
                self.filled.insert(name);
                let subject = cause.code.as_str().chars().take(3).collect();
                self.subjects.insert(subject);
            }
        }
    }

    fn is_one(&self) -> bool {
        self.filled.len() >= 2 && self.subjects.len() >= 2
    }
}

/// Several columns that go wrong from the same row on shifted together. How a cell is written (blanks
/// around it, a formula in it) is only noted, and says nothing of where it stands.
fn shifted_together(list: Vec<Cause<'_>>) -> Vec<Cause<'_>> {
    let mut shifts: BTreeMap<(Option<&str>, u64), Together<'_>> = BTreeMap::new();
    for cause in &list {
        if let Spread::From(row) = cause.spread
            && cause.severity > Severity::Note
        {
            shifts.entry((cause.sheet, row)).or_default().take(cause);
        }
    }
    shifts.retain(|_, shift| shift.is_one());
    let mut merged: BTreeMap<(Option<&str>, u64), usize> = BTreeMap::new();
    let mut out: Vec<Cause<'_>> = Vec::new();
    for cause in list {
        let key = match cause.spread {
            Spread::From(row) if cause.severity > Severity::Note => (cause.sheet, row),
            _ => (None, 0),
        };
        let Some(shift) = shifts.get(&key) else {
            out.push(cause);
            continue;
        };
        match merged.get(&key) {
            None => {
                merged.insert(key, out.len());
                out.push(Cause {
                    columns: shift.columns.clone(),
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
                whole.beyond.extend(cause.beyond);
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

#[cfg(test)]
mod tests {
    use ethos_ingest::RuleBook;
    use ethos_model::category::Language;
    use ethos_model::finding::{MaskedValue, Text};

    use super::*;

    fn finding(code: &str, column: &str, row: u64, value: &str) -> Finding {
        let mut finding = Finding::new(code.parse().unwrap(), Severity::Error, "a.csv");
        finding.column = (!column.is_empty()).then(|| column.into());
        finding.row = (row > 0).then_some(row);
        finding.value = MaskedValue::open(value);
        finding
    }

    fn of(findings: &[Finding], rows: u64) -> Vec<Cause<'_>> {
        causes_in(findings, Extent { header: 1, rows }, &[])
    }

    fn told(findings: &[Finding], rows: u64) -> Vec<(String, u64)> {
        of(findings, rows)
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
    fn columns_that_go_wrong_together_name_the_rules_of_what_is_found() {
        let mut list = Vec::new();
        for row in 50..102 {
            list.push(finding("GEM01", "gemeente", row, "**"));
            list.push(finding("DAT07", "geboortedatum", row, "***"));
        }
        let causes = of(&list, 100);
        assert_eq!((causes.len(), causes[0].shifted_from()), (1, Some(50)));
        assert_eq!(causes[0].codes(), "DAT07, GEM01");
    }

    #[test]
    fn what_is_in_half_of_the_rows_before_does_not_begin_behind_them() {
        let rows = |until: u64| {
            let before = (2..until).step_by(2).chain(until..302);
            let list: Vec<Finding> = before
                .map(|row| finding("COD08", "product", row, "***"))
                .collect();
            told(&list, 300).remove(0).0
        };
        assert_eq!(
            rows(248),
            "COD08 kolom product, rijen 2, 4, 6, 8 en nog 173"
        );
        assert_eq!(rows(4), "COD08 kolom product in alle rijen");
    }

    #[test]
    fn what_differs_is_told_with_its_row() {
        let on = |row: u64, message: &str| Finding {
            message: Text::new(message, message).into(),
            ..finding("VGL02", "", row, "")
        };
        let message = |findings: &[Finding]| of(findings, 100)[0].message(Language::En);
        let file = [
            on(0, "Category 2."),
            on(0, "Category 3."),
            on(0, "Category 2."),
        ];
        assert_eq!(message(&file), "Category 2. Category 3.");
        let same = [on(4, "As row 3."), on(9, "As row 3."), on(0, "2 more.")];
        assert_eq!(message(&same), "As row 3.");
        let mut rows = vec![
            on(9, "As row 8. Only the first counts."),
            on(32, "As row 31. Only the first counts."),
        ];
        assert_eq!(
            message(&rows),
            "Row 9: As row 8. Only the first counts. Row 32: As row 31."
        );
        rows.extend((40..44).map(|row| on(row, &format!("As row {}.", row - 1))));
        assert!(message(&rows).ends_with("Row 40: As row 39. And 3 more, each with other words."));
    }

    #[test]
    fn columns_that_hold_something_else_are_one_cause() {
        let findings: Vec<Finding> = [(3, "bsn", 30), (6, "startdatum", 29), (7, "einddatum", 28)]
            .iter()
            .map(|(number, name, count)| Finding {
                column_number: Some(*number),
                severity: Severity::Warning,
                message: Text::new(format!("{count} van de eerste 30 cellen."), "").into(),
                fix: Text::new("Kijk of de kolom is verschoven.", "").into(),
                ..finding("KOP08", name, 1, "")
            })
            .collect();
        let list = of(&findings, 40);
        assert_eq!(list.len(), 1);
        assert_eq!((list[0].count, &list[0].spread), (3, &Spread::Column));
        assert_eq!(
            list[0].place(Language::Nl),
            "kolommen bsn, startdatum en einddatum"
        );
        assert_eq!(list[0].mark(), "KOP08:bsn+startdatum+einddatum");
        assert_eq!(
            list[0].message(Language::Nl),
            "bsn: 30 van de eerste 30 cellen. startdatum: 29 van de eerste 30 cellen. einddatum: 28 van de eerste 30 \
             cellen."
        );
        assert_eq!(list[0].fix(Language::Nl), "Kijk of de kolom is verschoven.");
    }

    #[test]
    fn columns_of_the_header_are_told_by_their_letters_with_every_fix() {
        let mut columns: Vec<Finding> = [(3, "bsn"), (6, "start")]
            .iter()
            .map(|(number, name)| Finding {
                column_number: Some(*number),
                message: Text::new(format!("{name} ontbreekt. Jammer."), "").into(),
                fix: Text::new(format!("Noem {name}."), "").into(),
                ..finding("KOP01", "", 1, "x")
            })
            .collect();
        let list = of(&columns, 40);
        assert_eq!(list[0].place(Language::Nl), "kopregel, kolommen C en F");
        assert_eq!(
            list[0].message(Language::Nl),
            "bsn ontbreekt. Jammer. start ontbreekt."
        );
        assert_eq!(list[0].fix(Language::Nl), "Noem bsn. Noem start.");
        assert_eq!(list[0].placed().count(), 2);
        columns.truncate(1);
        columns[0].column_number = None;
        let list = of(&columns, 40);
        assert_eq!(list[0].place(Language::Nl), "kopregel, rij 1");
        assert_eq!(list[0].placed().count(), 0);
    }

    #[test]
    fn blank_columns_and_dates_written_otherwise_are_no_shift() {
        let rows = |code: &str, column: &str, value: &str| -> Vec<Finding> {
            let rows = 21..=40;
            rows.map(|row| finding(code, column, row, value)).collect()
        };
        let shifted = |parts: [Vec<Finding>; 2]| {
            let findings = parts.concat();
            of(&findings, 39)
                .iter()
                .any(|cause| cause.shifted_from().is_some())
        };
        let blank = [rows("VLD01", "datum", ""), rows("GEM04", "gemeente", "")];
        assert!(!shifted(blank));
        let dates = [
            rows("DAT01", "startdatum", "*"),
            rows("DAT07", "einddatum", "*"),
        ];
        assert!(!shifted(dates));
        let both = [
            rows("DAT01", "startdatum", "*"),
            rows("COD01", "product", "*"),
        ];
        assert!(shifted(both));
        // Cells of two columns that are written with blanks and by formulas stand where they belong.
        let note = |mut finding: Finding| {
            finding.severity = Severity::Note;
            finding
        };
        let written = [
            rows("SPA01", "product", "*")
                .into_iter()
                .map(note)
                .collect(),
            rows("DAT01", "startdatum", "*"),
        ];
        assert!(!shifted(written));
    }

    #[test]
    fn rows_are_counted_from_the_header_on() {
        // Thirteen rows in the middle of forty, below a header in row 31.
        let findings: Vec<Finding> = (45..58)
            .map(|row| finding("GEM01", "gemeente", row, "*"))
            .collect();
        let extent = Extent {
            header: 31,
            rows: 40,
        };
        let list = causes_in(&findings, extent, &[]);
        assert_eq!(list[0].spread, Spread::Rows);
        let extent = Extent {
            header: 31,
            rows: 26,
        };
        let list = causes_in(&findings, extent, &[]);
        assert_eq!(list[0].spread, Spread::From(45));
        let name = [finding("KOP02", "extra", 31, "")];
        let list = causes_in(&name, extent, &[]);
        assert_eq!(list[0].spread, Spread::Column);
    }

    #[test]
    fn a_shift_is_one_cause_whatever_it_breaks() {
        let mut findings = Vec::new();
        for row in 312..=1001 {
            findings.push(finding("DAT01", "startdatum", row, "*"));
            findings.push(finding("COD04", "reden_einde", row, "*"));
        }
        findings.push(finding("BSN01", "bsn", 17, ""));
        assert_eq!(
            told(&findings, 1000),
            [
                (
                    "COD04 kolommen reden_einde en startdatum vanaf rij 312".to_owned(),
                    1380
                ),
                ("BSN01 kolom bsn, rij 17".to_owned(), 1),
            ]
        );
        let list = of(&findings, 1000);
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
        let rows = |column: &str| -> Vec<Finding> {
            let rows = 2..12;
            rows.map(|row| finding("BSN01", column, row, "x")).collect()
        };
        let rest = Finding {
            more: 30,
            ..finding("BSN01", "bsn", 0, "")
        };
        let findings = [rows("bsn"), rows("bsn2"), vec![rest]].concat();
        let extent = Extent {
            header: 1,
            rows: 1000,
        };
        let list = causes_in(&findings, extent, &[]);
        assert_eq!(list.len(), 2);
        assert_eq!((list[0].count, list[1].count), (40, 10));
        assert_eq!(list[1].spread, Spread::Value("x".into()));
        assert_eq!(
            list[0].place(Language::En),
            "column bsn, rows 2-11 and 30 more"
        );
        assert_eq!(list[0].mark(), "BSN01:bsn");
    }
}
