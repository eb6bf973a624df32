//! What the rows of a file come to, put together in their order.

use std::io;

use ethos_model::finding::{MaskedValue, column_letters};
use ethos_model::layout::CategoryRule;

use super::odd::{blank_rows, blank_rows_here};
use super::part::{Job, Part};
use crate::counting::{CodeCounts, Counting};
use crate::file::{Content, at_row};
use crate::findings::Findings;
use crate::imprint;
use crate::read::Supply;
use crate::rejects::Rejected;
use crate::rows::Facts;
use crate::rules::{Detail, Observation, PersonCount, Place, Whole};
use crate::workbook::Merged;

/// A file while its rows are put together.
pub(super) struct File<'a> {
    pub(super) findings: Findings<'a>,
    content: Content<'a>,
    facts: Facts,
    codes: CodeCounts,
    whole: Whole,
    /// Blank rows not told yet, the first and how many: those at the end are no rows.
    blank: Option<(u64, u64)>,
    wide: u64,
    last: Option<u64>,
    any_read: bool,
}

impl<'a> File<'a> {
    pub(super) fn new(job: &Job<'_, 'a>, findings: Findings<'a>) -> Self {
        let mut content = Content::new(Findings::new("", job.task.book, 0));
        content.imprint.add(imprint::of_header(&job.head.cells));
        Self {
            findings,
            content,
            facts: Facts::default(),
            codes: CodeCounts::default(),
            whole: Whole::new(&job.chosen),
            blank: None,
            wide: 0,
            last: None,
            any_read: false,
        }
    }

    /// Adds the rows that follow.
    ///
    /// # Errors
    /// Rows that cannot be read cannot be written to their file.
    pub(super) fn add(&mut self, job: &Job<'_, 'a>, part: &mut Part) -> io::Result<()> {
        let said = std::mem::take(&mut part.said);
        match (&mut self.blank, said.lead) {
            (Some((_, before)), Some((_, count))) => *before += count,
            (None, lead) => self.blank = lead,
            (Some(_), None) => {}
        }
        if said.filled {
            self.tell_blank();
            self.blank = said.trail;
        }
        self.findings.add_found(said.read);
        self.findings.add_found(said.judged);
        self.content.tally.add(&said.tally);
        self.content.lost += said.lost;
        self.content.imprint.append(said.imprint);
        self.content.spells.extend(said.spells);
        self.content.register.extend(said.register);
        self.content.folds.extend(said.folds);
        self.facts.merge(said.facts);
        self.codes.merge(said.codes);
        self.whole.add(said.gathered);
        self.wide += said.wide;
        self.last = said.last.or(self.last);
        self.any_read |= said.any_read;
        for (at, row, seen) in said.aside {
            reject(job, row, seen, part.raw(at))?;
        }
        Ok(())
    }

    /// Sets blank rows aside, now that another row follows.
    fn tell_blank(&mut self) {
        let Some((first, count)) = self.blank.take() else {
            return;
        };
        self.content.tally.set_aside += count;
        self.findings.add(Observation::RowBlank, || {
            (at_row(first), blank_rows_here(count))
        });
    }

    /// Says what is known at the end of the file.
    pub(super) fn finish(
        mut self,
        job: &Job<'_, 'a>,
        supply: &Supply,
        counting: Counting,
    ) -> Content<'a> {
        let behind = self.blank.take().map_or(0, |(_, count)| count) + supply.blank_behind();
        if behind > 0 {
            let first = self.last.unwrap_or(job.skip_through) + 1;
            let detail = blank_rows(first, behind);
            self.findings
                .add_to_file(Observation::RowBlankBehind, detail);
        }
        if self.wide > 0 {
            let wide = self.wide;
            let detail = Detail::text(format!("{wide} rijen"), format!("{wide} rows"));
            self.findings
                .add_to_file(Observation::RowTrailingBlank, detail);
        }
        for merged in supply.merged() {
            self.merged(job, *merged);
        }
        if self.content.tally.rows() == 0 {
            self.findings
                .add_to_file(Observation::FileNoRows, Detail::default());
        }
        self.facts.finish(job.plan, &mut self.findings);
        // A file without a row to judge says nothing as a whole either.
        let count = if self.any_read {
            self.whole.finish(&job.chosen, job.plan, &mut self.findings)
        } else {
            PersonCount::default()
        };
        let (_, file) = self.findings.rules();
        let until = file.period_end.max(file.made).max(self.facts.made);
        let shifts = self.facts.shifts.finish(
            |at| {
                let column = job.plan.columns().iter().find(|column| column.at == at)?;
                Some(job.plan.place(*column).0)
            },
            |seen| self.findings.rule_of(seen),
        );
        let are_listed = matches!(job.plan.layout.category, CategoryRule::Mapping { .. });
        Content {
            summary: counting.finish((self.codes, are_listed), count.persons, count.sample, until),
            sender: self.facts.sender,
            made: self.facts.made,
            kind: Some(job.plan.layout.kind),
            findings: self.findings,
            shifts,
            ..self.content
        }
    }

    /// Says of merged cells where they touch rows that were read.
    fn merged(&mut self, job: &Job<'_, 'a>, merged: Merged) {
        let touches = merged.rows.1 > job.skip_through
            && self.last.is_some_and(|last| merged.rows.0 <= last)
            && merged.columns.0 < job.plan.width;
        if !touches {
            return;
        }
        let (column, row) = (merged.columns.0 as u32 + 1, merged.rows.0);
        self.findings
            .add_on(Observation::SheetMerged, Some(column), || {
                let place = Place {
                    row: Some(row),
                    column: Some((job.plan.name_at(merged.columns.0), column)),
                    value: MaskedValue::default(),
                };
                let cells = format!(
                    "{}{row}:{}{}",
                    column_letters(column),
                    column_letters(merged.columns.1 as u32 + 1),
                    merged.rows.1
                );
                (place, Detail::of(cells))
            });
    }
}

/// Writes a row to the file of those that cannot be read.
fn reject(job: &Job<'_, '_>, row: u64, seen: Observation, raw: &[u8]) -> io::Result<()> {
    let Some(rejects) = job.task.rejects else {
        return Ok(());
    };
    let raw = raw.strip_suffix(b"\x1f").unwrap_or(raw);
    let cells: Vec<u8>;
    let raw = if job.opened.is_text() {
        raw
    } else {
        let semicolons = raw.iter();
        cells = semicolons
            .map(|byte| if *byte == 0x1f { b';' } else { *byte })
            .collect();
        &cells
    };
    let rejected = Rejected {
        file: &job.task.input.name,
        sheet: job.opened.sheet(),
        row,
        seen,
        raw,
    };
    rejects.add(&rejected, job.task.book)
}
