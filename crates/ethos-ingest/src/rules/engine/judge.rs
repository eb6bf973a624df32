//! Rules asked of a thousand rows at once.

use ethos_model::date::Day;

use super::chosen::Chosen;
use super::fill::Filler;
use super::persons::PersonRows;
use super::tell::{show, tell};
use super::together::Together;
use super::whole::Gathered;
use crate::detect::Plan;
use crate::findings::Findings;
use crate::read::Cells;
use crate::rules::lang::{Lanes, Scratch, logic, number};

/// What the reader knows of a row besides its cells.
#[derive(Copy, Clone)]
pub(crate) struct RowFacts {
    pub(crate) row: u64,
    /// The category it was given, where it could be told.
    pub(crate) category: Option<u8>,
    /// Whom it is about, and when it begins.
    pub(crate) person: Option<(u64, Day)>,
}

/// A row to be judged.
#[derive(Copy, Clone)]
pub(crate) struct Judged<'c> {
    pub(crate) facts: RowFacts,
    pub(crate) cells: Cells<'c>,
}

/// What one thread needs to ask the rules.
#[derive(Clone)]
pub(crate) struct Judge {
    fillers: Vec<Filler>,
    lanes: Vec<Vec<f64>>,
    scratch: Scratch,
}

impl Judge {
    pub(crate) fn new(chosen: &Chosen) -> Self {
        Self {
            fillers: chosen.fillers.clone(),
            lanes: vec![Vec::new(); chosen.fillers.len() + chosen.shared.len()],
            scratch: Scratch::default(),
        }
    }

    /// Asks the rules of scope `row` of these rows, and gathers what those of other scopes need
    /// of them.
    pub(crate) fn judge(
        &mut self,
        chosen: &Chosen,
        plan: &Plan<'_>,
        rows: &[Judged<'_>],
        findings: &mut Findings<'_>,
    ) -> Gathered {
        if rows.is_empty() {
            return Gathered::default();
        }
        self.fill(chosen, plan, rows);
        let lanes = Lanes {
            columns: &self.lanes,
            rows: rows.len(),
        };
        let mut together: Vec<Together> = Together::all(&chosen.slots);
        for together in &mut together {
            together.add(&lanes, &mut self.scratch);
        }
        for rule in &chosen.rows {
            let answers = logic(&rule.find, &lanes, &mut self.scratch);
            let column = rule.point.map(|column| plan.place(column));
            let scratch = &mut self.scratch;
            tell(rule, column, &answers, &lanes, scratch, findings, |at| {
                let row = &rows[at];
                let value = rule
                    .point
                    .map(|column| show(plan, column, row.cells.get(column.at)));
                (Some(row.facts.row), value.unwrap_or_default())
            });
            self.scratch.give_back(answers);
        }
        Gathered {
            together,
            persons: PersonRows::of(rows, chosen, &self.lanes),
        }
    }

    /// Fills the lanes.
    fn fill(&mut self, chosen: &Chosen, plan: &Plan<'_>, rows: &[Judged<'_>]) {
        for (filler, lane) in self.fillers.iter_mut().zip(&mut self.lanes) {
            lane.clear();
            filler.fill(rows, plan, lane);
        }
        for (at, value) in chosen.shared.iter().enumerate() {
            let lanes = Lanes {
                columns: &self.lanes,
                rows: rows.len(),
            };
            let values = number(value, &lanes, &mut self.scratch);
            let old = std::mem::replace(&mut self.lanes[self.fillers.len() + at], values);
            self.scratch.take_back(old);
        }
    }
}
