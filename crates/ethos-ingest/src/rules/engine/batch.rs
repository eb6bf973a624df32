//! Rules asked of thousands of rows at once.

use ethos_model::date::Day;
use ethos_model::finding::{MaskedValue, Text};
use ethos_model::layout::FieldType;

use super::fill::Filler;
use super::persons::{PersonCount, Persons, Tail};
use super::together::Together;
use crate::detect::{Column, Plan};
use crate::fields::DateMemo;
use crate::findings::{Findings, masked, shown_code};
use crate::read::Cells;
use crate::rules::book::RuleBook;
use crate::rules::facts::Facts;
use crate::rules::known::NamesOf;
use crate::rules::lang::{
    self, Env, FieldRef, Lanes, Logic, Num, Scratch, Shown, Single, Slots, TRUE, logic, number,
};
use crate::rules::observation::Observation;
use crate::rules::rule::{Detail, Finds, Place, Scope};

/// Rows that are judged together: their lanes stay in the cache.
const BATCH: usize = 1_024;

/// What the reader knows of a row besides its cells.
#[derive(Copy, Clone)]
pub(crate) struct RowFacts {
    pub(crate) row: u64,
    /// The category it was given, where it could be told.
    pub(crate) category: Option<u8>,
    /// Whom it is about, and when it begins.
    pub(crate) person: Option<(u64, Day)>,
}

/// A rule for this file.
struct Active {
    /// Position in the rule book.
    at: u16,
    find: Logic,
    shows: Option<(Num, Shown)>,
    point: Option<Column>,
}

/// The rules for one file, and the rows that wait to be judged.
pub(crate) struct Engine {
    rows: Vec<Active>,
    persons: Vec<Active>,
    files: Vec<Active>,
    slots: Slots,
    /// For each lane of `slots.cells`.
    fillers: Vec<Filler>,
    lanes: Vec<Vec<f64>>,
    /// For each field kept for persons, its lane.
    kept: Vec<usize>,
    by_person: Persons,
    /// The columns that findings on rows of a person may point at.
    points: Vec<Column>,
    together: Vec<Together>,
    waiting: Waiting,
    scratch: Scratch,
}

/// The text of the rows that wait, for the findings on them.
#[derive(Default)]
struct Waiting {
    numbers: Vec<u64>,
    text: Vec<u8>,
    spans: Vec<(u32, u32)>,
    /// Where each row's text and spans begin.
    starts: Vec<(usize, usize)>,
}

impl Engine {
    /// The rules of a book for a file of this plan, made on this day.
    pub(crate) fn new(book: &RuleBook, plan: &Plan<'_>, facts: &Facts) -> Self {
        let mut engine = Self {
            rows: Vec::new(),
            persons: Vec::new(),
            files: Vec::new(),
            slots: Slots::default(),
            fillers: Vec::new(),
            lanes: Vec::new(),
            kept: Vec::new(),
            by_person: Persons::default(),
            points: Vec::new(),
            together: Vec::new(),
            waiting: Waiting::default(),
            scratch: Scratch::default(),
        };
        for (at, rule) in book.rules().iter().enumerate() {
            let Ok(at) = u16::try_from(at) else {
                break;
            };
            if !rule.is_for(Some(plan.layout), facts.day) {
                continue;
            }
            let Some(active) = engine.compile(book, plan, facts, at) else {
                continue;
            };
            match rule.scope {
                Scope::Row => engine.rows.push(active),
                Scope::Person => engine.persons.push(active),
                Scope::File => engine.files.push(active),
                Scope::Files | Scope::Previous | Scope::Peers => {}
            }
        }
        let slots = &mut engine.slots;
        for kept in &slots.kept {
            let known = slots.cells.iter().position(|cell| cell == kept);
            engine.kept.push(known.unwrap_or_else(|| {
                slots.cells.push(kept.clone());
                slots.cells.len() - 1
            }));
        }
        for column in engine.persons.iter().filter_map(|rule| rule.point) {
            if !engine.points.contains(&column) {
                engine.points.push(column);
            }
        }
        engine.by_person = Persons::new(
            engine.kept.len(),
            engine.points.len(),
            !engine.persons.is_empty(),
        );
        engine.fillers = slots
            .cells
            .iter()
            .map(|slot| Filler::new(slot, plan))
            .collect();
        engine.lanes = vec![Vec::with_capacity(BATCH); slots.cells.len()];
        engine.together = slots
            .aggregates
            .iter()
            .map(|(how, of)| Together::new(*how, of.clone()))
            .collect();
        engine
    }

    /// The rule at a position for this file; `None` where it can never find anything here.
    fn compile(
        &mut self,
        book: &RuleBook,
        plan: &Plan<'_>,
        facts: &Facts,
        at: u16,
    ) -> Option<Active> {
        let rule = &book.rules()[usize::from(at)];
        let Finds::Condition {
            find,
            at: point,
            shows,
            ..
        } = &rule.finds
        else {
            return None;
        };
        let names = NamesOf(plan.layout);
        let env = Env {
            scope: rule.scope,
            names: &names,
            parameters: book.parameters(),
            facts: Some(facts),
            keyed: false,
        };
        // A field that this layout does not have: the rule is for others.
        let mut slots = self.slots.clone();
        let find = lang::compile(find, &env, &mut slots).ok()?;
        if !find.can_hold() {
            return None;
        }
        let shows = match shows {
            Some(shows) => Some(lang::compile_shown(shows, &env, &mut slots).ok()?),
            None => None,
        };
        let point = point.as_ref().and_then(|name| {
            let field = lang::field_of(name, &names).ok()??;
            match field {
                FieldRef::Target(target) => plan.column(target),
                FieldRef::Own(name) => plan.column_named(&name),
                FieldRef::Row | FieldRef::Category => None,
            }
        });
        self.slots = slots;
        Some(Active {
            at,
            find,
            shows,
            point,
        })
    }

    /// Takes a row; every so many, the rules are asked.
    #[inline]
    pub(crate) fn push(
        &mut self,
        facts: RowFacts,
        cells: &Cells<'_>,
        plan: &Plan<'_>,
        memos: &mut [DateMemo],
        findings: &mut Findings<'_>,
    ) {
        for (filler, lane) in self.fillers.iter_mut().zip(&mut self.lanes) {
            lane.push(filler.value(&facts, cells, plan, memos));
        }
        if let Some((key, start)) = facts.person {
            let lanes = &self.lanes;
            let last = |lane: &usize| lanes[*lane].last().copied().unwrap_or(f64::NAN);
            let values = self.kept.iter().map(last);
            let tails = self.points.iter();
            let tails = tails.map(|column| Tail::of(cells.get(column.at)));
            self.by_person.push(key, start, facts.row, values, tails);
        }
        let waiting = &mut self.waiting;
        waiting.numbers.push(facts.row);
        if !self.rows.is_empty() {
            waiting
                .starts
                .push((waiting.text.len(), waiting.spans.len()));
            waiting.text.extend_from_slice(cells.text);
            waiting.spans.extend_from_slice(cells.spans);
        }
        if waiting.numbers.len() == BATCH {
            self.judge(plan, findings);
        }
    }

    /// Asks the rules of the rows that wait.
    fn judge(&mut self, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        let lanes = Lanes {
            columns: &self.lanes,
            rows: self.waiting.numbers.len(),
        };
        for together in &mut self.together {
            together.add(&lanes, &mut self.scratch);
        }
        for rule in &self.rows {
            let answers = logic(&rule.find, &lanes, &mut self.scratch);
            tell(rule, &answers, &lanes, &mut self.scratch, findings, |at| {
                let value = rule
                    .point
                    .map(|column| show(plan, column, self.waiting.cell(at, column.at)));
                Place {
                    row: self.waiting.numbers.get(at).copied(),
                    column: rule.point.map(|column| plan.place(column)),
                    value: value.unwrap_or_default(),
                }
            });
            self.scratch.give_back(answers);
        }
        self.lanes.iter_mut().for_each(Vec::clear);
        self.waiting.clear();
    }

    /// Judges what is left, the rows of each person, and the file as a whole.
    pub(crate) fn finish(&mut self, plan: &Plan<'_>, findings: &mut Findings<'_>) -> PersonCount {
        if !self.waiting.numbers.is_empty() {
            self.judge(plan, findings);
        }
        let count = self.by_person.sort();
        if self.by_person.too_many() && !self.persons.is_empty() {
            findings.add_to_file(Observation::FileManyRows, Detail::default());
        } else if !self.persons.is_empty() {
            let (rules, scratch) = (&self.persons, &mut self.scratch);
            let (by_person, points) = (&self.by_person, &self.points);
            let value = |column: Column, position: u32| {
                let point = points.iter().position(|point| *point == column)?;
                let cell = by_person.tail(point, position).stand_in();
                Some(show(plan, column, cell.trim_ascii()))
            };
            by_person.each_batch(&self.slots.views, BATCH, |columns, positions| {
                let lanes = Lanes {
                    columns,
                    rows: positions.len(),
                };
                for rule in rules {
                    let answers = logic(&rule.find, &lanes, scratch);
                    tell(rule, &answers, &lanes, scratch, findings, |at| {
                        let position = positions.get(at).copied();
                        let shown = rule.point.zip(position);
                        Place {
                            row: position.and_then(|position| by_person.row(position)),
                            column: rule.point.map(|column| plan.place(column)),
                            value: shown
                                .and_then(|(column, position)| value(column, position))
                                .unwrap_or_default(),
                        }
                    });
                    scratch.give_back(answers);
                }
            });
        }
        self.judge_file(plan, findings);
        count
    }

    fn judge_file(&mut self, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        let singles: Vec<Vec<f64>> = self
            .slots
            .singles
            .iter()
            .map(|single| match single {
                Single::Aggregate(at) => vec![self.together[*at].total()],
                _ => vec![f64::NAN],
            })
            .collect();
        let lanes = Lanes {
            columns: &singles,
            rows: 1,
        };
        for rule in &self.files {
            let answers = logic(&rule.find, &lanes, &mut self.scratch);
            tell(rule, &answers, &lanes, &mut self.scratch, findings, |_| {
                Place {
                    row: None,
                    column: rule.point.map(|column| plan.place(column)),
                    value: MaskedValue::default(),
                }
            });
            self.scratch.give_back(answers);
        }
    }
}

/// Makes the findings of a rule.
fn tell<'p>(
    rule: &Active,
    answers: &[u8],
    lanes: &Lanes<'_>,
    scratch: &mut Scratch,
    findings: &mut Findings<'_>,
    place: impl Fn(usize) -> Place<'p>,
) {
    let mut shown: Option<Vec<f64>> = None;
    for (at, _) in answers
        .iter()
        .enumerate()
        .filter(|(_, answer)| **answer == TRUE)
    {
        findings.add_by(rule.at, || {
            let detail = match &rule.shows {
                None => Detail::default(),
                Some((shows, how)) => {
                    let values = shown.get_or_insert_with(|| number(shows, lanes, &mut *scratch));
                    let text = written(values.get(at).copied().unwrap_or(f64::NAN), *how);
                    Detail {
                        message: text,
                        ..Detail::default()
                    }
                }
            };
            (place(at), detail)
        });
    }
}

/// Numbers out of cells from which on nothing is shown of them: six digits.
const LONGEST_SHOWN: f64 = 100_000.0;

/// A value as a finding shows it.
pub(crate) fn written(value: f64, how: Shown) -> Text {
    if value.is_nan() || (how == Shown::FromCells && value.abs() >= LONGEST_SHOWN) {
        return Text::new("?", "?");
    }
    match how {
        Shown::Day => {
            let day = Day(value as i32).to_string();
            Text::new(day.clone(), day)
        }
        Shown::Number | Shown::FromCells if value.fract() == 0.0 => {
            let whole = format!("{value:.0}");
            Text::new(whole.clone(), whole)
        }
        Shown::Number | Shown::FromCells => {
            let decimal = format!("{value:.2}");
            Text::new(decimal.replace('.', ","), decimal)
        }
    }
}

/// A cell as a finding shows it: codes whole, what may be somebody's masked.
fn show(plan: &Plan<'_>, column: Column, cell: &[u8]) -> MaskedValue {
    match plan.layout.fields[column.field].kind {
        FieldType::Code | FieldType::Municipality | FieldType::Integer | FieldType::Decimal => {
            shown_code(cell)
        }
        FieldType::Bsn | FieldType::Date | FieldType::Age | FieldType::Text => masked(cell),
    }
}

impl Waiting {
    fn cell(&self, row: usize, column: usize) -> &[u8] {
        let found = || {
            let (text, spans) = *self.starts.get(row)?;
            let end = self
                .starts
                .get(row + 1)
                .map_or(self.spans.len(), |next| next.1);
            let (from, to) = *self.spans.get(spans..end)?.get(column)?;
            self.text.get(text + from as usize..text + to as usize)
        };
        found().unwrap_or_default().trim_ascii()
    }

    fn clear(&mut self) {
        self.numbers.clear();
        self.text.clear();
        self.spans.clear();
        self.starts.clear();
    }
}
