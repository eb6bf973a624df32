//! The rules about the rows of a person and about the file as a whole.

use ethos_model::finding::MaskedValue;
use rayon::prelude::*;

use super::chosen::Chosen;
use super::persons::{PersonCount, PersonRows, Persons};
use super::tell::{holding, said, show, tell};
use super::together::Together;
use crate::detect::{Column, Plan};
use crate::findings::Findings;
use crate::rules::lang::{Lanes, Scratch, Single, logic, number};
use crate::rules::observation::Observation;
use crate::rules::rule::{Detail, Place};

/// Rows of persons that are judged together.
const BATCH: usize = 1_024;

/// Rows of persons that one thread takes.
const SHARE: usize = 1 << 15;

/// What some rows say for the rules of other scopes than `row`.
#[derive(Default)]
pub(crate) struct Gathered {
    pub(super) together: Vec<Together>,
    pub(super) persons: PersonRows,
}

/// What all rows say, added in the order of the file.
pub(crate) struct Whole {
    together: Vec<Together>,
    by_person: Persons,
}

/// What a rule found among the rows of persons.
#[derive(Clone, Default)]
struct Found {
    count: u64,
    /// Rows, what the rule shows of them, and their positions.
    rows: Vec<(u32, f64, u32)>,
}

impl Found {
    /// Keeps the first rows of the file.
    fn keep(&mut self, limit: usize) {
        self.rows.sort_unstable_by_key(|(row, ..)| *row);
        self.rows.truncate(limit);
    }
}

impl Whole {
    pub(crate) fn new(chosen: &Chosen) -> Self {
        Self {
            together: Together::all(&chosen.slots),
            by_person: Persons::new(chosen.kept.len(), chosen.points.len(), chosen.most_rows),
        }
    }

    /// Adds what rows say.
    pub(crate) fn add(&mut self, gathered: Gathered) {
        for (all, some) in self.together.iter_mut().zip(gathered.together) {
            all.merge(some);
        }
        self.by_person.add(gathered.persons);
    }

    /// Judges the rows of each person, and the file as a whole.
    pub(crate) fn finish(
        mut self,
        chosen: &Chosen,
        plan: &Plan<'_>,
        findings: &mut Findings<'_>,
    ) -> PersonCount {
        let count = self.by_person.sort();
        if self.by_person.too_many() && !chosen.persons.is_empty() {
            findings.add_to_file(Observation::FileManyRows, Detail::default());
        } else if !chosen.persons.is_empty() {
            self.judge_persons(chosen, plan, findings);
        }
        self.judge_file(chosen, plan, findings);
        count
    }

    /// The findings on rows of persons, rule by rule in the order of the file: that of the
    /// persons is by a key that is another in every run.
    fn judge_persons(&self, chosen: &Chosen, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        let limit = findings.limit();
        let shares = self.by_person.shares(SHARE);
        let nothing = || vec![Found::default(); chosen.persons.len()];
        let found = shares
            .into_par_iter()
            .map(|share| {
                let mut found = nothing();
                let mut scratch = Scratch::default();
                self.by_person.each_batch(
                    share,
                    &chosen.slots.views,
                    BATCH,
                    |columns, positions| {
                        let row = |position| self.by_person.row(position);
                        judge_batch(chosen, columns, positions, row, &mut scratch, &mut found);
                    },
                );
                for found in &mut found {
                    found.keep(limit);
                }
                found
            })
            .reduce(nothing, |mut all, some| {
                for (all, some) in all.iter_mut().zip(some) {
                    all.count += some.count;
                    all.rows.extend(some.rows);
                    all.keep(limit);
                }
                all
            });
        for (rule, found) in chosen.persons.iter().zip(found) {
            let told = found.rows.len() as u64;
            let number = rule.point.map(|column| plan.place(column).1);
            for (row, value, position) in found.rows {
                findings.add_by(rule.at, number, || {
                    let detail = rule.shows.as_ref().map(|(_, how)| said(value, *how));
                    let cell = |column: Column| {
                        let point = chosen.points.iter().position(|point| *point == column)?;
                        let cell = self.by_person.tail(point, position).stand_in();
                        Some(show(plan, column, cell.trim_ascii()))
                    };
                    let place = Place {
                        row: Some(u64::from(row)),
                        column: rule.point.map(|column| plan.place(column)),
                        value: rule.point.and_then(cell).unwrap_or_default(),
                    };
                    (place, detail.unwrap_or_default())
                });
            }
            findings.count_more(rule.at, number, found.count - told);
        }
    }

    fn judge_file(&self, chosen: &Chosen, plan: &Plan<'_>, findings: &mut Findings<'_>) {
        let singles: Vec<Vec<f64>> = chosen
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
        let mut scratch = Scratch::default();
        for rule in &chosen.files {
            let answers = logic(&rule.find, &lanes, &mut scratch);
            let column = rule.point.map(|column| plan.place(column));
            tell(
                rule,
                column,
                &answers,
                &lanes,
                &mut scratch,
                findings,
                |_| (None, MaskedValue::default()),
            );
            scratch.give_back(answers);
        }
    }
}

fn judge_batch(
    chosen: &Chosen,
    columns: &[Vec<f64>],
    positions: &[u32],
    row: impl Fn(u32) -> u32,
    scratch: &mut Scratch,
    found: &mut [Found],
) {
    let lanes = Lanes {
        columns,
        rows: positions.len(),
    };
    for (rule, found) in chosen.persons.iter().zip(found) {
        let answers = logic(&rule.find, &lanes, scratch);
        let mut shown: Option<Vec<f64>> = None;
        for at in holding(&answers) {
            let value = rule.shows.as_ref().map(|(shows, _)| {
                let values = shown.get_or_insert_with(|| number(shows, &lanes, scratch));
                values.get(at).copied().unwrap_or(f64::NAN)
            });
            found.count += 1;
            let position = positions[at];
            found
                .rows
                .push((row(position), value.unwrap_or(f64::NAN), position));
        }
        if let Some(values) = shown {
            scratch.take_back(values);
        }
        scratch.give_back(answers);
    }
}
