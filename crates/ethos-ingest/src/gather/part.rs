//! The rows of a block: read first, and judged once it is known which of them stood before.

use ethos_model::finding::Suggestion;
use ethos_model::layout::Target;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::Spell;

use super::edges;
use super::odd::{blank_rows_here, is_same, is_total};
use crate::characters::{self, Damage};
use crate::counting::{CodeCounts, Counting};
use crate::decode::Survey;
use crate::detect::{Column, Plan};
use crate::file::{Task, at_row};
use crate::findings::{Counts, Findings, Found, masked};
use crate::head::Head;
use crate::imprint::{self, Imprint};
use crate::opened::Opened;
use crate::read::{Block, Cells, Item, Oddity, Split};
use crate::rows::{Before, Facts, Outcome, Record, RowReader, Sight, is_of_key};
use crate::rules::{Chosen, Detail, Gathered, Judge, Judged, Observation, Place, RowFacts};
use crate::tally::Tally;
use crate::workbook::CellNote;

/// What is the same for every row of a file.
pub(crate) struct Job<'j, 'a> {
    pub(super) task: &'j Task<'a>,
    pub(super) survey: &'j Survey,
    pub(super) opened: &'j Opened,
    pub(super) head: &'j Head,
    pub(super) plan: &'j Plan<'j>,
    pub(super) chosen: Chosen,
    /// The last row that is not read.
    pub(super) skip_through: u64,
    /// Columns that have a name.
    pub(super) named: usize,
}

impl<'j, 'a> Job<'j, 'a> {
    pub(crate) fn new(
        task: &'j Task<'a>,
        survey: &'j Survey,
        opened: &'j Opened,
        head: &'j Head,
        plan: &'j Plan<'j>,
        findings: &Findings<'_>,
    ) -> Self {
        let (book, facts) = findings.rules();
        Self {
            task,
            survey,
            opened,
            head,
            plan,
            chosen: Chosen::new(book, plan, facts),
            skip_through: last_skipped(opened, head, plan.layout.file.header),
            named: imprint::named(&head.cells),
        }
    }
}

/// The last row that is not read: the header, or a `sep=;` above the first row.
pub(crate) fn last_skipped(opened: &Opened, head: &Head, has_header: bool) -> u64 {
    match (opened.is_table(), has_header) {
        (true, true) => 0,
        (false, true) => head.row,
        (_, false) => head.row - 1,
    }
}

/// What one thread needs to read and judge rows.
#[derive(Clone)]
pub(super) struct Worker<'j, 'a> {
    pub(super) reader: RowReader<'j, 'a>,
    pub(super) judge: Judge,
    pub(super) counting: Counting,
}

/// A block, and what its rows come to.
#[derive(Default)]
pub(super) struct Part {
    pub(super) block: Block,
    split: Split,
    rows: Vec<PartRow>,
    /// Of the rows with a record, in their order.
    pub(super) sights: Vec<Sight>,
    /// Of these, those that stood before.
    pub(super) repeats: Vec<(usize, Before)>,
    pub(super) said: Said,
}

/// A row that was read.
struct PartRow {
    /// Its place in the block.
    at: usize,
    row: u64,
    category: Option<u8>,
    /// `None` for a row that cannot be used.
    record: Option<Record>,
}

/// What rows come to.
#[derive(Default)]
pub(super) struct Said {
    pub(super) tally: Tally,
    /// Rows of data among those set aside.
    pub(super) lost: u64,
    /// Of the rows as the file has them.
    pub(super) imprint: Imprint,
    pub(super) facts: Facts,
    pub(super) read: Found,
    pub(super) judged: Found,
    pub(super) codes: CodeCounts,
    pub(super) gathered: Gathered,
    pub(super) spells: Vec<Spell>,
    pub(super) register: Vec<RegisterPerson>,
    /// Blank rows before the first other one, or all of them: the first and how many.
    pub(super) lead: Option<(u64, u64)>,
    /// Blank rows behind the last other one.
    pub(super) trail: Option<(u64, u64)>,
    /// Whether there is anything but blank rows.
    pub(super) filled: bool,
    /// Whether any row was read and not set aside.
    pub(super) any_read: bool,
    /// The last row that is not blank.
    pub(super) last: Option<u64>,
    /// Rows with blank cells beyond the last.
    pub(super) wide: u64,
    /// Rows that go on over several lines, each with how many more.
    pub(super) folds: Vec<(u64, u64)>,
    /// Rows to write to the file of rejects: place in the block, number, and what was seen.
    pub(super) aside: Vec<(usize, u64, Observation)>,
}

impl Part {
    /// Tells the cells apart and reads the rows. `before` are findings of each rule in the rows
    /// before, at least.
    pub(super) fn read(&mut self, job: &Job<'_, '_>, worker: &mut Worker<'_, '_>, before: &Counts) {
        self.split.clear();
        self.rows.clear();
        self.sights.clear();
        self.repeats.clear();
        self.said = Said::default();
        worker.reader.findings.go_on(before);
        worker.reader.facts = Facts::default();
        let mut reading = Reading {
            job,
            reader: &mut worker.reader,
            said: &mut self.said,
            rows: &mut self.rows,
            sights: &mut self.sights,
        };
        for at in 0..self.block.len() {
            self.split.add(&self.block);
            match self.block.item(at) {
                Item::Row { row, .. } if row <= job.skip_through => {
                    let cells = self.split.row(&self.block, at);
                    reading.folded(row, &cells);
                    if row == job.head.row && job.plan.layout.file.header {
                        reading.odd(row, &cells);
                    }
                }
                Item::Row { row, cut_off } => {
                    let cells = self.split.row(&self.block, at);
                    let imprint = self.block.imprint(at, &cells, job.named);
                    reading.said.imprint.add(imprint);
                    reading.folded(row, &cells);
                    let notes = self.block.notes(at);
                    reading.without_value(notes);
                    // Of the cells of a row of totals nothing is asked.
                    if reading.row((at, row), &cells, cut_off) {
                        reading.notes(row, &cells, notes);
                    }
                }
                Item::Blank(first, count) => reading.said.blank(job, first, count),
                Item::Unclosed(row) => reading.stop(Observation::RowQuoteOpen, row),
                Item::TooLong(row) => reading.stop(Observation::RowTooLong, row),
            }
        }
        self.said.facts = std::mem::take(&mut worker.reader.facts);
        self.said.read = worker.reader.findings.found_since(before);
        self.said.any_read |= !self.rows.is_empty();
    }

    /// Counts the rows that stay and lets the rules judge them.
    pub(super) fn judge(
        &mut self,
        job: &Job<'_, '_>,
        worker: &mut Worker<'_, '_>,
        before: &Counts,
    ) {
        worker.reader.findings.go_on(before);
        self.repeats.sort_unstable_by_key(|(at, _)| *at);
        let mut repeats = self.repeats.iter().copied().peekable();
        let product = job.plan.column(Target::Product);
        let provider = job.plan.column(Target::Provider);
        let said = &mut self.said;
        let mut judged = Vec::with_capacity(self.rows.len());
        let mut sight = 0;
        for row in &self.rows {
            let cells = self.split.row(&self.block, row.at);
            let mut person = None;
            if let Some(record) = &row.record {
                let before = repeats.next_if(|(at, _)| *at == sight);
                sight += 1;
                if let Some((_, before)) = before
                    && !worker.reader.settle(row.row, before)
                {
                    // Nothing more is asked of rows that stand there twice.
                    said.tally.duplicate += 1;
                    continue;
                }
                said.tally.accepted += 1;
                person = record.person();
                match record {
                    Record::Spell(spell) => {
                        let text =
                            |column: Option<Column>| column.map_or(&b""[..], |at| cells.get(at.at));
                        said.codes.add(text(product), text(provider));
                        worker.counting.add(spell);
                        if job.task.keep {
                            said.spells.push(spell.clone());
                        }
                    }
                    Record::Person(record) if job.task.keep => said.register.push(*record),
                    Record::Person(_) => {}
                }
            }
            let facts = RowFacts {
                row: row.row,
                category: row.category,
                person,
            };
            judged.push(Judged { facts, cells });
        }
        let findings = &mut worker.reader.findings;
        said.gathered = worker.judge.judge(&job.chosen, job.plan, &judged, findings);
        said.judged = findings.found_since(before);
    }
}

impl Part {
    /// A row as it stands in the file.
    pub(super) fn raw(&self, at: usize) -> &[u8] {
        self.split.row(&self.block, at).raw
    }
}

impl Said {
    /// Remembers blank rows.
    fn blank(&mut self, job: &Job<'_, '_>, first: u64, count: u64) {
        // Blank rows above the header are no rows.
        if first <= job.skip_through {
            return;
        }
        let blank = if self.filled {
            &mut self.trail
        } else {
            &mut self.lead
        };
        match blank {
            Some((_, before)) => *before += count,
            None => *blank = Some((first, count)),
        }
    }
}

/// A block while its rows are read.
struct Reading<'r, 'j, 'a> {
    job: &'r Job<'r, 'r>,
    reader: &'r mut RowReader<'j, 'a>,
    said: &'r mut Said,
    rows: &'r mut Vec<PartRow>,
    sights: &'r mut Vec<Sight>,
}

impl Reading<'_, '_, '_> {
    /// Reads a row; `false` where it is no row of the delivery at all.
    #[inline]
    fn row(&mut self, (at, row): (usize, u64), cells: &Cells<'_>, cut_off: bool) -> bool {
        let width = self.job.plan.width;
        if (cells.len() != width || cells.get(0).is_empty()) && cells.all_blank() {
            self.said.blank(self.job, row, 1);
            return true;
        }
        self.fill();
        self.said.last = Some(row);
        if self.job.survey.nuls && memchr::memchr(0, cells.raw).is_some() {
            self.aside(Observation::RowNul, at, row, Detail::default);
        } else if cells.len() < width || (cells.len() > width && !self.is_only_wide(cells)) {
            self.ragged(at, row, cells.len(), cut_off);
            // A quote in the wrong place may be why.
            self.odd(row, cells);
        } else if is_same(cells, &self.job.head.cells) && self.job.plan.layout.file.header {
            self.aside(Observation::RowHeaderAgain, at, row, Detail::default);
            return false;
        } else if is_total(cells) {
            self.aside(Observation::RowTotals, at, row, Detail::default);
            return false;
        } else {
            self.odd(row, cells);
            self.ends(row, cells);
            if !cells.raw.is_ascii() {
                self.characters(row, cells);
            }
            self.take(at, row, cells);
        }
        true
    }

    /// Remembers a row that goes on over several lines.
    #[inline]
    fn folded(&mut self, row: u64, cells: &Cells<'_>) {
        let breaks = |(_, how): &(u32, Oddity)| *how == Oddity::LineBreak;
        if cells.odd.iter().any(breaks) && self.job.opened.is_text() {
            let end = self.job.survey.line_end;
            let lines = memchr::memchr_iter(end, cells.raw).count();
            if lines > 0 {
                self.said.folds.push((row, lines as u64));
            }
        }
    }

    fn take(&mut self, at: usize, row: u64, cells: &Cells<'_>) {
        let record = match self.reader.read(row, cells) {
            Outcome::Record(record, sight) => {
                self.sights.push(sight);
                Some(record)
            }
            Outcome::Rejected => {
                self.said.tally.rejected += 1;
                None
            }
            // Nothing more is asked of rows that are not asked for.
            Outcome::OutOfScope => {
                self.said.tally.out_of_scope += 1;
                self.said.any_read = true;
                return;
            }
        };
        self.rows.push(PartRow {
            at,
            row,
            category: self.reader.category(),
            record,
        });
    }

    /// Something other than a blank row is here: those before it are set aside.
    fn fill(&mut self) {
        self.said.filled = true;
        if let Some((first, count)) = self.said.trail.take() {
            self.said.tally.set_aside += count;
            let place = || (at_row(first), blank_rows_here(count));
            self.reader.findings.add(Observation::RowBlank, place);
        }
    }

    /// Whether the cells beyond the last are blank.
    fn is_only_wide(&mut self, cells: &Cells<'_>) -> bool {
        let blank = (self.job.plan.width..cells.len()).all(|at| cells.get(at).is_empty());
        self.said.wide += u64::from(blank);
        blank
    }

    /// Says which cells of a row are written oddly.
    #[inline]
    fn odd(&mut self, row: u64, cells: &Cells<'_>) {
        // Beyond the last column a row may have millions of cells, and is ragged whatever is in them.
        let width = self.job.plan.width as u32;
        for &(column, how) in cells.odd.iter().filter(|(at, _)| *at < width) {
            let seen = match how {
                Oddity::StrayQuote => Observation::CellStrayQuote,
                Oddity::LineBreak => Observation::CellLineBreak,
            };
            self.cell(seen, row, column, cells.get(column as usize));
        }
    }

    /// Says what is odd about the first and last characters of cells.
    #[inline]
    fn ends(&mut self, row: u64, cells: &Cells<'_>) {
        let plan = self.job.plan;
        for column in plan.placed() {
            let cell = cells.whole(column.at);
            if !edges::are_plain(cell)
                && let Some(seen) = edges::odd(plan, *column, cell, self.job.opened.is_text())
            {
                self.cell(seen, row, column.at as u32, cell);
            }
        }
    }

    /// Says which cells hold characters that were not written.
    fn characters(&mut self, row: u64, cells: &Cells<'_>) {
        let plan = self.job.plan;
        for &column in plan.columns() {
            let cell = cells.get(column.at);
            let Some(damage) = characters::damage(cell) else {
                continue;
            };
            let field = &plan.layout.fields[column.field];
            let seen = if is_of_key(field.maps_to) {
                Observation::KeyDamaged
            } else {
                Observation::CellDamaged
            };
            let (name, number) = plan.place(column);
            self.reader.findings.add_on(seen, Some(number), || {
                let place = Place {
                    row: Some(row),
                    column: Some((name, number)),
                    value: masked(cell),
                };
                let detail = match damage {
                    Damage::Lost => Detail::text(
                        "Een teken in deze cel is verloren gegaan",
                        "A character of this cell is lost",
                    ),
                    Damage::OtherEncoding(meant) => Detail::text(
                        "Deze cel is anders gecodeerd dan zij is gelezen: er staan twee vreemde tekens waar er een hoort",
                        "This cell is encoded otherwise than it was read: two odd signs stand where one belongs",
                    )
                    .suggesting(Some(Suggestion::personal(meant))),
                };
                (place, detail)
            });
        }
    }

    #[cold]
    fn cell(&mut self, seen: Observation, row: u64, column: u32, cell: &[u8]) {
        let plan = self.job.plan;
        self.reader.findings.add_on(seen, Some(column + 1), || {
            let place = Place {
                row: Some(row),
                column: Some((plan.name_at(column as usize), column + 1)),
                value: masked(cell),
            };
            (place, Detail::default())
        });
    }

    /// Remembers which cells of the row to be read hold a formula that left no value.
    #[inline]
    fn without_value(&mut self, notes: &[(u32, CellNote)]) {
        let columns = &mut self.reader.without_value;
        columns.clear();
        let left = notes
            .iter()
            .filter(|(_, note)| matches!(note, CellNote::NoValue | CellNote::Failed));
        columns.extend(left.map(|(column, _)| *column as usize));
    }

    fn notes(&mut self, row: u64, cells: &Cells<'_>, notes: &[(u32, CellNote)]) {
        for &(column, note) in notes {
            let seen = match note {
                CellNote::Formula => Observation::SheetFormulas,
                CellNote::NoValue => Observation::CellNoValue,
                CellNote::Failed => Observation::CellFailed,
                CellNote::Beyond => Observation::CellBeyond,
            };
            self.cell(seen, row, column, cells.get(column as usize));
        }
    }

    /// Sets a row aside.
    #[cold]
    fn aside(&mut self, seen: Observation, at: usize, row: u64, detail: impl FnOnce() -> Detail) {
        self.said.tally.set_aside += 1;
        self.said.lost += u64::from(seen.loses_data());
        self.reader.findings.add(seen, || (at_row(row), detail()));
        if self.job.task.rejects.is_some() {
            self.said.aside.push((at, row, seen));
        }
    }

    /// Sets a row with too few or too many cells aside.
    #[cold]
    fn ragged(&mut self, at: usize, row: u64, found: usize, cut_off: bool) {
        let width = self.job.plan.width;
        let seen = if cut_off && found < width {
            Observation::RowCutOff
        } else {
            Observation::RowRagged
        };
        self.aside(seen, at, row, || {
            let detail = Detail::text(
                format!("{found} in plaats van {width}"),
                format!("{found} in place of {width}"),
            );
            if seen != Observation::RowRagged {
                detail
            } else if found > width {
                detail.mended_in(
                    "Zet tekst waarin het scheidingsteken voorkomt tussen dubbele aanhalingstekens, of haal weg wat achteraan te veel is.",
                    "Put text that contains the delimiter between double quotes, or take away what is too much at the end.",
                )
            } else {
                detail.mended_in(
                    "Staat de rest van de rij op de volgende regel? Haal dan de enter ertussen weg. Zet anders de scheidingstekens terug die ontbreken.",
                    "Does the rest of the row stand on the next line? Then take away the line break between them. Else put back the delimiters that are missing.",
                )
            }
        });
    }

    /// Nothing more can be read.
    fn stop(&mut self, seen: Observation, row: u64) {
        self.fill();
        self.reader
            .findings
            .add(seen, || (at_row(row), Detail::default()));
        self.said.tally.set_aside += 1;
    }
}
