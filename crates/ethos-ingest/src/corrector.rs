//! Corrections at work on the rows of a file while it is read.

use ethos_model::finding::MaskedValue;
use ethos_model::layout::{Layout, Target};

use crate::columns::likeness;
use crate::corrections::{Came, Corrected, Correction, Corrections, Seal};
use crate::detect::{Column, Plan};
use crate::findings::Findings;
use crate::head::Head;
use crate::laid;
use crate::layout::normalised;
use crate::mapping::MappingTable;
use crate::mend::Field;
use crate::read::{Cells, Oddity};
use crate::row_mark::RowMark;
use crate::rules::{Detail, Observation, Place};

/// Puts new values in the cells of rows.
pub(crate) struct Corrector<'a> {
    sha256: &'a str,
    list: Vec<Pending<'a>>,
    /// The columns by which a row is known again.
    known_by: Vec<(usize, Field<'a>)>,
    /// The next of them.
    next: usize,
    /// The first row of data.
    from: u64,
    /// What stands between the cells of a text.
    delimiter: Option<u8>,
    text: Vec<u8>,
    spans: Vec<(u32, u32)>,
    odd: Vec<(u32, Oddity)>,
    count: Corrected,
    said: Vec<Said<'a>>,
}

/// A correction with its column, where the file has it.
struct Pending<'a> {
    correction: &'a Correction,
    at: Option<(Column, Field<'a>)>,
    /// What its column may have been meant as, where there is none to be corrected.
    meant: Meant<'a>,
}

/// What the name of a column that is not there says.
#[derive(Copy, Clone)]
enum Meant<'a> {
    /// Nothing that is known: it may be anything.
    Unknown,
    /// A field of the layout.
    Field(&'a str),
    /// About a field of the layout.
    Near(&'a str),
}

/// A finding that is made after the last row: rows are read on several threads.
struct Said<'a> {
    seen: Observation,
    correction: &'a Correction,
    column: Option<Column>,
    value: MaskedValue,
    detail: Detail,
}

impl<'a> Corrector<'a> {
    /// The corrections of a file; `None` where it has none. `from` is its first row of data.
    pub(crate) fn new(
        corrections: &'a Corrections,
        (name, sha256): (&str, &'a str),
        sheet: Option<&str>,
        (layout, columns): (&'a Layout, &[Column]),
        mapping: Option<&'a MappingTable>,
        head: &Head,
        from: u64,
    ) -> Option<Self> {
        let list = corrections.of_file(name, sha256);
        let find = |correction: &'a Correction| {
            let elsewhere = !correction.sheet.is_empty()
                && sheet.is_some_and(|sheet| sheet != correction.sheet);
            let column = column_of(layout, columns, &head.cells, &correction.column)
                .filter(|_| !elsewhere)?;
            Some((column, laid::field(layout, mapping, column.field)))
        };
        let list: Vec<Pending<'a>> = list
            .into_iter()
            .map(|correction| {
                let at = find(correction);
                let meant = match at {
                    Some(_) => Meant::Unknown,
                    None => meant(layout, columns, &correction.column),
                };
                Pending {
                    correction,
                    at,
                    meant,
                }
            })
            .collect();
        // The day a file was made is another one in the next export.
        let known_by = columns.iter().map(|column| {
            let field = laid::field(layout, mapping, column.field);
            (column.at, field)
        });
        let known_by = known_by.filter(|(_, field)| field.target() != Some(Target::FileDate));
        (!list.is_empty()).then_some(Self {
            sha256,
            list,
            known_by: known_by.collect(),
            next: 0,
            from,
            delimiter: head.delimiter,
            text: Vec::new(),
            spans: Vec::new(),
            odd: Vec::new(),
            count: Corrected::default(),
            said: Vec::new(),
        })
    }

    /// Whether a row, or one before it, has corrections that are still to be made.
    #[inline]
    pub(crate) fn wants(&self, row: u64) -> bool {
        let next = self.list.get(self.next);
        next.is_some_and(|pending| pending.correction.row <= row)
    }

    /// The cells of a row that get another value: position, value, and the correction that says so.
    pub(crate) fn changes(
        &mut self,
        row: u64,
        cells: &Cells<'_>,
    ) -> Vec<(usize, String, &'a Correction)> {
        let mut new = Vec::new();
        while let Some(pending) = self.list.get(self.next).filter(|p| p.correction.row <= row) {
            self.next += 1;
            let correction = pending.correction;
            let place = pending.at.filter(|(column, _)| {
                correction.row == row && row >= self.from && column.at < cells.len()
            });
            let (known, meant) = (pending.at.is_some(), pending.meant);
            let Some((column, field)) = place else {
                self.nowhere(correction, known, meant);
                continue;
            };
            let cell = String::from_utf8_lossy(cells.whole(column.at)).into_owned();
            let mark = || mark_of(&self.known_by, cells);
            let (seen, detail) = match correction.at(&cell, field, self.sha256, mark) {
                Came::New(value) => {
                    self.count.applied += 1;
                    new.push((column.at, value, correction));
                    continue;
                }
                Came::Changed => (Observation::CorrectionMismatch, Detail::default()),
                Came::Unproven(nl, en) => (Observation::CorrectionUnproven, Detail::text(nl, en)),
                Came::Unusable(nl, en) => (Observation::CorrectionUnusable, Detail::text(nl, en)),
            };
            self.count.refused += 1;
            self.said.push(Said {
                seen,
                correction,
                column: Some(column),
                value: field.shown(&cell),
                detail,
            });
        }
        new
    }

    /// What proves later of which row the corrections are that fit this one and do not say so yet.
    pub(crate) fn seals(&mut self, row: u64, cells: &Cells<'_>) -> Vec<Seal> {
        let mut seals = Vec::new();
        while let Some(pending) = self.list.get(self.next).filter(|p| p.correction.row <= row) {
            self.next += 1;
            let correction = pending.correction;
            let said = !correction.sha256.is_empty() || !correction.mark.is_empty();
            let Some((column, field)) = pending.at.filter(|(column, _)| {
                !said && correction.row == row && row >= self.from && column.at < cells.len()
            }) else {
                continue;
            };
            let cell = String::from_utf8_lossy(cells.whole(column.at));
            if correction.fits(&cell, field) {
                let mark = mark_of(&self.known_by, cells);
                seals.push(Seal::new(correction, self.sha256, mark));
            }
        }
        seals
    }

    /// The row with its corrections; `None` where it stays as it is.
    pub(crate) fn correct(&mut self, row: u64, cells: &Cells<'_>) -> Option<Cells<'_>> {
        let new = self.changes(row, cells);
        if new.is_empty() {
            return None;
        }
        self.text.clear();
        self.spans.clear();
        self.odd.clear();
        let stays = |(at, _): &&(u32, Oddity)| new.iter().all(|(new, ..)| *new != *at as usize);
        self.odd.extend(cells.odd.iter().filter(stays));
        for at in 0..cells.len() {
            let from = self.text.len() as u32;
            let changed = new.iter().find(|(changed, ..)| *changed == at);
            match changed {
                Some((_, value, _)) => self.text.extend_from_slice(value.as_bytes()),
                None => self.text.extend_from_slice(cells.whole(at)),
            }
            self.spans.push((from, self.text.len() as u32));
            // Rows are compared by their bytes: as they stand in a text, or apart as in a sheet.
            self.text.push(self.delimiter.unwrap_or(0x1f));
        }
        let whole = self.text.len() - usize::from(self.delimiter.is_some());
        Some(Cells {
            raw: &self.text[..whole],
            text: &self.text,
            spans: &self.spans,
            odd: &self.odd,
        })
    }

    /// A correction of a cell that is not there. What it names as the cell may be anything that slipped
    /// into another column of the file of corrections: shown is what can be a place, and a name that it is like.
    #[cold]
    fn nowhere(&mut self, correction: &'a Correction, known: bool, meant: Meant<'_>) {
        self.count.refused += 1;
        let row = match correction.row.to_string() {
            row if row.len() < 8 => MaskedValue::open(&row),
            row => MaskedValue::of(&row),
        };
        let column = match meant {
            _ if known => MaskedValue::open(&correction.column),
            Meant::Field(name) => MaskedValue::open(name),
            Meant::Unknown | Meant::Near(_) => MaskedValue::of(&correction.column),
        };
        let (nl, en) = match meant {
            Meant::Near(name) => (
                format!(" (bedoelt u `{name}`?)"),
                format!(" (do you mean `{name}`?)"),
            ),
            _ => (String::new(), String::new()),
        };
        self.said.push(Said {
            seen: Observation::CorrectionNowhere,
            correction,
            column: None,
            value: MaskedValue::default(),
            detail: Detail::text(
                format!("rij {row}, kolom `{column}`{nl}"),
                format!("row {row}, column `{column}`{en}"),
            ),
        });
    }

    /// Makes the findings.
    fn tell(&mut self, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        for said in self.said.drain(..) {
            let place = match said.column {
                Some(column) => Place {
                    row: Some(said.correction.row),
                    column: Some(plan.place(column)),
                    value: said.value,
                },
                None => Place::default(),
            };
            let column = place.column.map(|(_, number)| number);
            findings.add_on(said.seen, column, || (place, said.detail));
        }
    }

    /// What came of all of them, after the last row.
    pub(crate) fn count(&mut self) -> Corrected {
        while let Some(pending) = self.list.get(self.next) {
            self.next += 1;
            let (correction, known) = (pending.correction, pending.at.is_some());
            let meant = pending.meant;
            self.nowhere(correction, known, meant);
        }
        self.count
    }

    /// What came of all of them, after the last row, and the findings on them.
    pub(crate) fn end(mut self, plan: &Plan<'_>, findings: &mut Findings<'_>) -> Corrected {
        self.count();
        self.tell(plan, findings);
        if self.count.applied > 0 {
            let count = Detail::of(self.count.applied.to_string());
            findings.add_to_file(Observation::CorrectionApplied, count);
        }
        self.count
    }
}

/// The mark of a row as it was delivered. Blank cells are not in it: the next export may have a column more.
fn mark_of(known_by: &[(usize, Field<'_>)], cells: &Cells<'_>) -> RowMark {
    let filled = known_by.iter().map(|(at, field)| (field, cells.get(*at)));
    let shown = filled
        .filter(|(_, cell)| !cell.is_empty())
        .map(|(field, cell)| {
            let cell = String::from_utf8_lossy(cell);
            (field.name(), field.shown(&cell))
        });
    RowMark::of(shown)
}

/// What a name that is of no column of the file was meant as. What is not written as a name of a column is none,
/// and near is only what no other field is about as near to.
fn meant<'a>(layout: &'a Layout, columns: &[Column], name: &str) -> Meant<'a> {
    /// A name at least this much like a field's is one mistyped.
    const ALIKE: f64 = 0.7;
    /// How far it is ahead of the next.
    const LEAD: f64 = 0.05;
    /// Characters of a name of a column.
    const LONGEST: usize = 40;
    let name = name.trim();
    let is_name = |c: char| c.is_alphabetic() || c == '_';
    if name.is_empty() || name.chars().count() > LONGEST || !name.chars().all(is_name) {
        return Meant::Unknown;
    }
    let names = |at: usize| {
        let field = &layout.fields[at];
        std::iter::once(&field.name).chain(&field.aliases)
    };
    let wanted = normalised(name);
    let mut all = 0..layout.fields.len();
    if let Some(at) = all.find(|at| names(*at).any(|known| normalised(known) == wanted)) {
        return Meant::Field(&layout.fields[at].name);
    }
    let mut near: Vec<(f64, usize)> = columns
        .iter()
        .map(|column| {
            let scores = names(column.field).map(|known| likeness(name, known));
            (scores.fold(0.0, f64::max), column.field)
        })
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let next = near.get(1).map_or(0.0, |(score, _)| *score);
    match near.first() {
        Some((score, at)) if *score >= ALIKE && score - next >= LEAD => {
            Meant::Near(&layout.fields[*at].name)
        }
        _ => Meant::Unknown,
    }
}

/// The column that a correction names: by the layout, or by the header of the file.
fn column_of(layout: &Layout, columns: &[Column], header: &[String], name: &str) -> Option<Column> {
    let wanted = normalised(name);
    let columns = || columns.iter().copied();
    columns()
        .find(|column| {
            let field = &layout.fields[column.field];
            normalised(&field.name) == wanted
                || field
                    .aliases
                    .iter()
                    .any(|alias| normalised(alias) == wanted)
        })
        .or_else(|| {
            let named = |column: &Column| {
                layout.file.header
                    && header
                        .get(column.at)
                        .is_some_and(|cell| normalised(cell) == wanted)
            };
            columns().find(named)
        })
}
