//! The rows of a file, one after the other: those that are none set aside, the others read.

use std::io;

use ethos_model::finding::MaskedValue;
use ethos_model::layout::LayoutKind;

use crate::decode::Survey;
use crate::file::{Content, Meter, Task, at_row};
use crate::findings::{Findings, masked};
use crate::head::Head;
use crate::opened::Opened;
use crate::read::{Cells, Next, Supply};
use crate::rows::{Outcome, RowReader};
use crate::rules::{Detail, Observation, Place};
use crate::tally::Tally;
use crate::workbook::{CellNote, Merged};

/// Reads every row below the header.
pub(crate) fn rows<'a>(
    task: &Task<'a>,
    survey: &Survey,
    opened: &Opened,
    reader: RowReader<'_, 'a>,
    meter: &mut Meter<'_>,
) -> io::Result<Content<'a>> {
    let (Some(mut supply), Some(head)) = (opened.supply(task, survey)?, opened.head.as_ref())
    else {
        return Ok(Content::new(reader.findings));
    };
    let mut gatherer = Gatherer {
        task,
        survey,
        opened,
        head,
        skip_through: last_skipped(opened, head, reader.plan.layout.file.header),
        reader,
        content: Content::new(Findings::new("", task.book, 0)),
        blank: None,
        wide: 0,
        formulas: 0,
        last: None,
    };
    supply.set_width(gatherer.reader.plan.width);
    loop {
        // What a sheet tells of a row's cells is told after the row: the row borrows the sheet.
        let (at, ragged) = match supply.next()? {
            Next::End => break,
            Next::Blank(first, count) => {
                gatherer.blank(first, count);
                continue;
            }
            Next::Unclosed(row) => {
                gatherer.stop(Observation::RowQuoteOpen, row);
                break;
            }
            Next::TooLong(row) => {
                gatherer.stop(Observation::RowTooLong, row);
                break;
            }
            Next::Row(row, _) if row <= gatherer.skip_through => continue,
            Next::Row(row, cells) => {
                let short = gatherer.row(row, &cells)?;
                if row.is_multiple_of(4096) {
                    meter.at(supply.taken());
                }
                if short.is_none() && !opened.is_sheet() {
                    continue;
                }
                (row, short)
            }
        };
        if let Some(short) = ragged {
            let cut_off = supply.is_cut_off();
            gatherer.ragged(short, cut_off)?;
        }
        gatherer.notes(at, supply.notes());
    }
    gatherer.end(&supply);
    Ok(gatherer.finish())
}

/// The last row that is not read: the header, or a `sep=;` above the first row.
fn last_skipped(opened: &Opened, head: &Head, has_header: bool) -> u64 {
    match (opened.is_table(), has_header) {
        (true, true) => 0,
        (false, true) => head.row,
        (_, false) => head.row - 1,
    }
}

struct Gatherer<'t, 'p, 'a> {
    task: &'t Task<'a>,
    survey: &'t Survey,
    opened: &'t Opened,
    head: &'t Head,
    skip_through: u64,
    reader: RowReader<'p, 'a>,
    content: Content<'a>,
    /// Blank rows not told yet, the first and how many: those at the end are no rows.
    blank: Option<(u64, u64)>,
    /// Rows with blank cells beyond the last.
    wide: u64,
    /// Cells whose text a formula gave.
    formulas: u64,
    /// The last row that is not blank.
    last: Option<u64>,
}

/// A row with too few or too many cells.
struct Ragged {
    row: u64,
    found: usize,
    raw: Vec<u8>,
}

impl Gatherer<'_, '_, '_> {
    /// Reads a row; one that does not have its cells is given back.
    #[inline]
    fn row(&mut self, row: u64, cells: &Cells<'_>) -> io::Result<Option<Ragged>> {
        let width = self.reader.plan.width;
        if (cells.len() != width || cells.get(0).is_empty()) && cells.all_blank() {
            self.blank(row, 1);
            return Ok(None);
        }
        if self.blank.is_some() {
            self.tell_blank();
        }
        self.last = Some(row);
        if self.survey.nuls && memchr::memchr(0, cells.raw).is_some() {
            self.aside(Observation::RowNul, row, cells)?;
        } else if cells.len() < width || (cells.len() > width && !self.is_only_wide(cells)) {
            return Ok(Some(Ragged {
                row,
                found: cells.len(),
                raw: self
                    .task
                    .rejects
                    .map(|_| cells.raw.to_vec())
                    .unwrap_or_default(),
            }));
        } else if is_same(cells, &self.head.cells) && self.reader.plan.layout.file.header {
            self.aside(Observation::RowHeaderAgain, row, cells)?;
        } else if is_total(cells) {
            self.aside(Observation::RowTotals, row, cells)?;
        } else {
            self.quotes(row, cells);
            self.take(row, cells);
        }
        Ok(None)
    }

    /// Whether the cells beyond the last are blank.
    fn is_only_wide(&mut self, cells: &Cells<'_>) -> bool {
        let blank = (self.reader.plan.width..cells.len()).all(|at| cells.get(at).is_empty());
        self.wide += u64::from(blank);
        blank
    }

    fn take(&mut self, row: u64, cells: &Cells<'_>) {
        let tally = &mut self.content.tally;
        if self.reader.plan.layout.kind == LayoutKind::PersonRegister {
            let outcome = self.reader.person(row, cells);
            let keep = self.task.keep.then_some(&mut self.content.register);
            sort_out(outcome, tally, keep);
        } else {
            let outcome = self.reader.spell(row, cells);
            let keep = self.task.keep.then_some(&mut self.content.spells);
            sort_out(outcome, tally, keep);
        }
    }

    /// Says what is odd about the quotes of a row.
    #[inline]
    fn quotes(&mut self, row: u64, cells: &Cells<'_>) {
        if let Some(column) = cells.quotes.stray {
            let value = masked(cells.get(column as usize));
            self.cell(
                Observation::CellStrayQuote,
                row,
                column,
                value,
                Detail::default(),
            );
        }
        if let Some(column) = cells.quotes.line_break {
            let value = masked(cells.get(column as usize));
            self.cell(
                Observation::CellLineBreak,
                row,
                column,
                value,
                Detail::default(),
            );
        }
    }

    #[cold]
    fn cell(
        &mut self,
        seen: Observation,
        row: u64,
        column: u32,
        value: MaskedValue,
        detail: Detail,
    ) {
        let plan = self.reader.plan;
        self.reader.findings.add(seen, || {
            let place = Place {
                row: Some(row),
                column: Some((plan.name_at(column as usize), column + 1)),
                value,
            };
            (place, detail)
        });
    }

    fn notes(&mut self, row: u64, notes: &[(u32, CellNote)]) {
        for &(column, note) in notes {
            let seen = match note {
                CellNote::Formula => {
                    self.formulas += 1;
                    continue;
                }
                CellNote::NoValue => Observation::CellNoValue,
                CellNote::Failed => Observation::CellFailed,
                CellNote::Beyond => Observation::CellBeyond,
            };
            self.cell(seen, row, column, MaskedValue::default(), Detail::default());
        }
    }

    /// Remembers blank rows.
    fn blank(&mut self, first: u64, count: u64) {
        // Blank rows above the header are no rows.
        if first <= self.skip_through {
            return;
        }
        match &mut self.blank {
            Some((_, before)) => *before += count,
            None => self.blank = Some((first, count)),
        }
    }

    /// Sets blank rows aside, now that another row follows.
    #[cold]
    fn tell_blank(&mut self) {
        let Some((first, count)) = self.blank.take() else {
            return;
        };
        self.content.tally.set_aside += count;
        self.reader.findings.add(Observation::RowBlank, || {
            (at_row(first), blank_rows(first, count))
        });
    }

    /// Sets a row aside.
    #[cold]
    fn aside(&mut self, seen: Observation, row: u64, cells: &Cells<'_>) -> io::Result<()> {
        self.content.tally.set_aside += 1;
        self.reader
            .findings
            .add(seen, || (at_row(row), Detail::default()));
        self.reject(seen, row, cells.raw)
    }

    #[cold]
    fn ragged(&mut self, ragged: Ragged, cut_off: bool) -> io::Result<()> {
        let Ragged { row, found, raw } = ragged;
        let width = self.reader.plan.width;
        self.content.tally.set_aside += 1;
        let seen = if cut_off && found < width {
            Observation::RowCutOff
        } else {
            Observation::RowRagged
        };
        self.reader.findings.add(seen, || {
            let detail = Detail::text(
                format!("{found} in plaats van {width}"),
                format!("{found} in place of {width}"),
            );
            (at_row(row), detail)
        });
        self.reject(seen, row, &raw)
    }

    fn reject(&self, seen: Observation, row: u64, raw: &[u8]) -> io::Result<()> {
        let Some(rejects) = self.task.rejects else {
            return Ok(());
        };
        let file = &self.task.input.name;
        let raw = raw.strip_suffix(b"\x1f").unwrap_or(raw);
        if self.opened.is_text() {
            rejects.add(file, None, row, seen.key(), raw)
        } else {
            let cells: Vec<u8> = raw
                .iter()
                .map(|byte| if *byte == 0x1f { b';' } else { *byte })
                .collect();
            rejects.add(file, self.opened.sheet(), row, seen.key(), &cells)
        }
    }

    /// Nothing more can be read.
    fn stop(&mut self, seen: Observation, row: u64) {
        self.tell_blank();
        self.reader
            .findings
            .add(seen, || (at_row(row), Detail::default()));
        self.content.tally.set_aside += 1;
    }

    /// Says what is known at the end of the file.
    fn end(&mut self, supply: &Supply) {
        let behind = self.blank.take().map_or(0, |(_, count)| count) + supply.blank_behind();
        if behind > 0 {
            let first = self.last.unwrap_or(self.skip_through) + 1;
            let detail = blank_rows(first, behind);
            self.reader
                .findings
                .add_to_file(Observation::RowBlankBehind, detail);
        }
        if self.wide > 0 {
            let wide = self.wide;
            let detail = Detail::text(format!("{wide} rijen"), format!("{wide} rows"));
            self.reader
                .findings
                .add_to_file(Observation::RowTrailingBlank, detail);
        }
        if self.formulas > 0 {
            let count = Detail::of(self.formulas.to_string());
            self.reader
                .findings
                .add_to_file(Observation::SheetFormulas, count);
        }
        for merged in supply.merged() {
            self.merged(*merged);
        }
        if self.content.tally.rows() == 0 {
            self.reader
                .findings
                .add_to_file(Observation::FileNoRows, Detail::default());
        }
    }

    /// Says of merged cells where they touch rows that were read.
    fn merged(&mut self, merged: Merged) {
        let width = self.reader.plan.width;
        let touches = merged.rows.1 > self.skip_through
            && self.last.is_some_and(|last| merged.rows.0 <= last)
            && merged.columns.0 < width;
        if touches {
            let (column, row) = (merged.columns.0 as u32, merged.rows.0);
            let detail = Detail::of(format!(
                "{}{}:{}{}",
                letters(merged.columns.0),
                row,
                letters(merged.columns.1),
                merged.rows.1
            ));
            self.cell(
                Observation::SheetMerged,
                row,
                column,
                MaskedValue::default(),
                detail,
            );
        }
    }
}

impl<'a> Gatherer<'_, '_, 'a> {
    fn finish(mut self) -> Content<'a> {
        let summary = self.reader.finish();
        Content {
            summary,
            sender: self.reader.facts.sender,
            made: self.reader.facts.made,
            kind: Some(self.reader.plan.layout.kind),
            findings: self.reader.findings,
            ..self.content
        }
    }
}

fn blank_rows(first: u64, count: u64) -> Detail {
    if count == 1 {
        Detail::text(
            format!("Rij {first} is leeg"),
            format!("Row {first} is blank"),
        )
    } else {
        let last = first + count - 1;
        Detail::text(
            format!("Rij {first} tot en met {last} zijn leeg"),
            format!("Rows {first} to {last} are blank"),
        )
    }
}

/// Letters of a spreadsheet's column, 0 for the first.
fn letters(column: usize) -> String {
    let mut number = column + 1;
    let mut letters = Vec::new();
    while number > 0 {
        number -= 1;
        letters.push(char::from(b'A' + (number % 26) as u8));
        number /= 26;
    }
    letters.into_iter().rev().collect()
}

/// Whether a row repeats the header.
#[inline]
fn is_same(cells: &Cells<'_>, header: &[String]) -> bool {
    header
        .iter()
        .enumerate()
        .all(|(at, name)| cells.get(at) == name.as_bytes())
}

/// Whether a row adds up others: its first filled cell says so, and most of its cells are blank.
#[inline]
fn is_total(cells: &Cells<'_>) -> bool {
    let first = cells.get(0);
    // The usual first cell is a date, a number or a code.
    if first.first().is_some_and(u8::is_ascii_digit) {
        return false;
    }
    says_total(cells)
}

#[cold]
fn says_total(cells: &Cells<'_>) -> bool {
    const WORDS: [&str; 8] = [
        "totaal",
        "total",
        "totalen",
        "subtotaal",
        "subtotal",
        "eindtotaal",
        "som",
        "aantal",
    ];
    let mut filled = (0..cells.len())
        .map(|at| cells.get(at))
        .filter(|cell| !cell.is_empty());
    let Some(first) = filled.next() else {
        return false;
    };
    let Ok(text) = std::str::from_utf8(first) else {
        return false;
    };
    let word = text.split([' ', ':', '=']).next().unwrap_or("");
    let says = WORDS.iter().any(|known| word.eq_ignore_ascii_case(known));
    says && 2 * (1 + filled.count()) <= cells.len()
}

fn sort_out<T>(outcome: Outcome<T>, tally: &mut Tally, keep: Option<&mut Vec<T>>) {
    match outcome {
        Outcome::Accepted(record) => {
            tally.accepted += 1;
            if let Some(records) = keep {
                records.push(record);
            }
        }
        Outcome::Rejected => tally.rejected += 1,
        Outcome::OutOfScope => tally.out_of_scope += 1,
        Outcome::Duplicate => tally.duplicate += 1,
    }
}

/// Rows of a file that cannot be used, those up to the header not counted; 0 for a file that
/// cannot be read.
pub(crate) fn count(
    task: &Task<'_>,
    survey: &Survey,
    opened: &Opened,
    findings: &mut Findings<'_>,
) -> io::Result<u64> {
    let Some(mut supply) = opened.supply(task, survey)? else {
        return Ok(0);
    };
    let head = opened.head.as_ref();
    let skip_through = head.map_or(0, |head| last_skipped(opened, head, true));
    let mut count = 0_u64;
    loop {
        let (seen, row) = match supply.next()? {
            Next::End => {
                if head.is_none() && !findings.blocked() {
                    findings.add_to_file(Observation::FileEmpty, Detail::default());
                }
                return Ok(count);
            }
            Next::Row(row, _) => {
                count += u64::from(row > skip_through);
                continue;
            }
            Next::Blank(first, blank) => {
                count += (first + blank).saturating_sub(first.max(skip_through + 1));
                continue;
            }
            Next::Unclosed(row) => (Observation::RowQuoteOpen, row),
            Next::TooLong(row) => (Observation::RowTooLong, row),
        };
        findings.add(seen, || (at_row(row), Detail::default()));
        return Ok(count + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_letters() {
        assert_eq!(
            [0, 25, 26, 701, 702, 16_383].map(letters),
            ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
        );
    }
}
