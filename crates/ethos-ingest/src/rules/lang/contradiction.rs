//! Conditions that contradict themselves: no row can ever fulfil them.
//!
//! A condition is taken apart into the ways in which it can hold, each a list of things that must all be so. Of
//! such a list it is told that it cannot be: by values that must be before and after each other, directly or
//! through others (`start > end and end > start`), by bounds and lists that leave no value, by a cell that is
//! to be blank and to hold something, and by a pattern that no value of a list matches. What is told is proven;
//! what is not told may be a contradiction all the same, of arithmetic with more than two values for example.

use std::borrow::Cow;

use ethos_model::layout::Target;

use super::names::{FieldRef, Type};
use super::node::{FALSE, Logic, Num, One, TRUE, Two, compare};
use super::slots::{Aggregate, AggregateOf, CellSlot, Feature, Single, Slots, View, When};
use super::syntax::Comparison;
use super::{is_coded, value};
use crate::rules::rule::Scope;

/// Ways in which a condition can hold that are looked at; one with more is taken to hold.
const MOST: usize = 512;

/// Values by which sums may differ for rounding.
const ROUNDING: f64 = 1e-9;

/// What the lanes of a condition stand for.
#[derive(Copy, Clone)]
pub(crate) struct Meaning<'s> {
    pub(crate) slots: &'s Slots,
    pub(crate) scope: Scope,
    /// What the layout has columns for: anything else is missing in every row. `None` where that is not asked.
    pub(crate) targets: Option<&'s [Target]>,
}

/// Something that must be so.
#[derive(Copy, Clone, Debug)]
enum Literal<'l> {
    Compare(Comparison, &'l Num, &'l Num),
    In(&'l Num, &'l [f64], bool),
    Lane(usize, bool),
}

impl Logic {
    /// Whether it is certain that it can never hold.
    pub(crate) fn is_contradiction(&self, meaning: Meaning<'_>) -> bool {
        match ways(self, true) {
            Some(ways) => ways.iter().all(|way| meaning.contradicts(way)),
            None => false,
        }
    }
}

/// The ways in which a condition is fulfilled, or is not; `None` where there are too many.
fn ways(logic: &Logic, holds: bool) -> Option<Vec<Vec<Literal<'_>>>> {
    let one = |literal| Some(vec![vec![literal]]);
    match (logic, holds) {
        (Logic::Const(value), _) => {
            let is_so = *value == if holds { TRUE } else { FALSE };
            Some(if is_so { vec![Vec::new()] } else { Vec::new() })
        }
        (Logic::Slot(at), _) => one(Literal::Lane(*at, holds)),
        (Logic::Compare(sign, a, b), true) => one(Literal::Compare(*sign, a, b)),
        (Logic::Compare(sign, a, b), false) => one(Literal::Compare(unlike(*sign), a, b)),
        (Logic::In(value, list), _) => one(Literal::In(value, list, holds)),
        (Logic::Not(inner), _) => ways(inner, !holds),
        (Logic::And(a, b), true) | (Logic::Or(a, b), false) => {
            let (a, b) = (ways(a, holds)?, ways(b, holds)?);
            if a.len() * b.len() > MOST {
                return None;
            }
            let pairs = a.iter().flat_map(|a| b.iter().map(move |b| (a, b)));
            Some(pairs.map(|(a, b)| [&a[..], &b[..]].concat()).collect())
        }
        (Logic::And(a, b), false) | (Logic::Or(a, b), true) => {
            let mut all = ways(a, holds)?;
            all.extend(ways(b, holds)?);
            (all.len() <= MOST).then_some(all)
        }
    }
}

/// The comparison that holds where this one does not, of values that are there.
fn unlike(sign: Comparison) -> Comparison {
    match sign {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

/// A sum of values: each with its factor, and what is added.
#[derive(Default)]
struct Sum<'n> {
    parts: Vec<(&'n Num, f64)>,
    plus: f64,
}

impl<'n> Sum<'n> {
    /// Of `a - b`.
    fn of_difference(a: &'n Num, b: &'n Num) -> Self {
        let mut sum = Self::default();
        sum.add(a, 1.0);
        sum.add(b, -1.0);
        sum.parts.retain(|(_, factor)| *factor != 0.0);
        sum
    }

    fn add(&mut self, num: &'n Num, factor: f64) {
        match num {
            Num::Const(value) => self.plus += factor * value,
            Num::One(One::Negative, inner) => self.add(inner, -factor),
            Num::Two(Two::Plus, a, b) => {
                self.add(a, factor);
                self.add(b, factor);
            }
            Num::Two(Two::Minus, a, b) => {
                self.add(a, factor);
                self.add(b, -factor);
            }
            other => match self.parts.iter_mut().find(|(known, _)| *known == other) {
                Some((_, known)) => *known += factor,
                None => self.parts.push((other, factor)),
            },
        }
    }
}

/// The most by which a value may exceed another, and whether it has to stay below that.
#[derive(Copy, Clone)]
struct Most {
    by: f64,
    below: bool,
}

impl Most {
    const ANY: Self = Self {
        by: f64::INFINITY,
        below: false,
    };

    fn then(self, other: Self) -> Self {
        Self {
            by: self.by + other.by,
            below: self.below || other.below,
        }
    }

    fn is_less(self, other: Self) -> bool {
        self.by < other.by || (self.by == other.by && self.below && !other.below)
    }
}

/// By how much values may exceed each other; the first is nought.
#[derive(Default)]
struct Differences<'n> {
    values: Vec<&'n Num>,
    most: Vec<Vec<Most>>,
    unequal: Vec<(usize, usize, f64)>,
    /// Constants that contradict each other.
    wrong: bool,
}

impl<'n> Differences<'n> {
    fn new() -> Self {
        Self {
            most: vec![vec![Most::ANY]],
            ..Self::default()
        }
    }

    fn place(&mut self, value: &'n Num) -> usize {
        if let Some(at) = self.values.iter().position(|known| *known == value) {
            return at + 1;
        }
        self.values.push(value);
        for row in &mut self.most {
            row.push(Most::ANY);
        }
        self.most.push(vec![Most::ANY; self.values.len() + 1]);
        self.values.len()
    }

    /// `a` exceeds `b` by so much at most.
    fn bound(&mut self, a: usize, b: usize, most: Most) {
        if most.is_less(self.most[a][b]) {
            self.most[a][b] = most;
        }
    }

    fn compare(&mut self, sign: Comparison, a: &'n Num, b: &'n Num) {
        let sum = Sum::of_difference(a, b);
        // a - b + plus, set against nought.
        let (a, b, plus) = match sum.parts.as_slice() {
            [] => {
                self.wrong |= compare(sign, sum.plus, 0.0) != TRUE;
                return;
            }
            [(one, factor)] if *factor > 0.0 => (self.place(one), 0, sum.plus / factor),
            [(one, factor)] => (0, self.place(one), sum.plus / -factor),
            [(one, x), (other, y)] if *x == -*y && *x > 0.0 => {
                (self.place(one), self.place(other), sum.plus / x)
            }
            [(one, x), (other, y)] if *x == -*y => {
                (self.place(other), self.place(one), sum.plus / y)
            }
            _ => return,
        };
        let most = |by, below| Most { by, below };
        match sign {
            Comparison::Less => self.bound(a, b, most(-plus, true)),
            Comparison::LessOrEqual => self.bound(a, b, most(-plus, false)),
            Comparison::Greater => self.bound(b, a, most(plus, true)),
            Comparison::GreaterOrEqual => self.bound(b, a, most(plus, false)),
            Comparison::Equal => {
                self.bound(a, b, most(-plus, false));
                self.bound(b, a, most(plus, false));
            }
            Comparison::NotEqual => self.unequal.push((a, b, -plus)),
        }
    }

    /// Draws what follows from all of them; whether they contradict each other.
    fn close(&mut self) -> bool {
        let all = self.most.len();
        for through in 0..all {
            for a in 0..all {
                for b in 0..all {
                    let more = self.most[a][through].then(self.most[through][b]);
                    self.bound(a, b, more);
                }
            }
        }
        let below_itself = (0..all).any(|at| {
            let Most { by, below } = self.most[at][at];
            by < -ROUNDING || (below && by <= 0.0)
        });
        let forced = self
            .unequal
            .iter()
            .any(|&(a, b, by)| self.most[a][b].by <= by && self.most[b][a].by <= -by && a != b);
        self.wrong || below_itself || forced
    }

    /// Whether a value may be this one.
    fn allows(&self, at: usize, value: f64) -> bool {
        let (high, low) = (self.most[at][0], self.most[0][at]);
        let within = |most: Most, value: f64| {
            value <= most.by + ROUNDING && !(most.below && value >= most.by)
        };
        within(high, value)
            && within(low, -value)
            && !self
                .unequal
                .iter()
                .any(|&(a, b, by)| (a, b) == (at, 0) && by == value)
    }
}

impl<'s> Meaning<'s> {
    /// The cell that a lane is about, and which row's.
    fn cell(&self, at: usize) -> Option<(&'s CellSlot, When)> {
        match self.scope {
            Scope::Row => Some((self.slots.cells.get(at)?, When::Now)),
            Scope::Person => {
                let View { kept, when } = *self.slots.views.get(at)?;
                let is_cell = matches!(when, When::Now | When::Previous);
                Some((self.slots.kept.get(kept)?, when)).filter(|_| is_cell)
            }
            _ => None,
        }
    }

    /// Whether not all of it can be so.
    fn contradicts(&self, way: &[Literal<'_>]) -> bool {
        way.iter().any(|literal| self.is_undecided(*literal))
            || self.is_blank_and_filled(way)
            || self.leaves_no_value(way)
    }

    /// Whether it asks for something that is always missing.
    fn is_undecided(&self, literal: Literal<'_>) -> bool {
        match literal {
            Literal::Compare(_, a, b) => self.lacks(a) || self.lacks(b),
            Literal::In(value, ..) => self.lacks(value),
            Literal::Lane(at, _) => self.lacks_lane(at),
        }
    }

    /// Whether a value is always missing.
    fn lacks(&self, value: &Num) -> bool {
        let mut lacks = false;
        each_lane(value, &mut |at| lacks |= self.lacks_lane(at));
        lacks
    }

    fn lacks_lane(&self, at: usize) -> bool {
        let is_absent = |cell: &CellSlot| match cell.field {
            FieldRef::Target(target) => self.targets.is_some_and(|all| !all.contains(&target)),
            _ => false,
        };
        match self.scope {
            Scope::Row => self.slots.cells.get(at).is_some_and(is_absent),
            Scope::Person => self.slots.views.get(at).is_some_and(|view| {
                let is_cell = !matches!(view.when, When::Rows | When::Ordinal);
                is_cell && self.slots.kept.get(view.kept).is_some_and(is_absent)
            }),
            Scope::File => match self.slots.singles.get(at) {
                Some(Single::Aggregate(at)) => self.lacks_aggregate(*at),
                _ => false,
            },
            _ => false,
        }
    }

    fn lacks_aggregate(&self, at: usize) -> bool {
        let of_rows = Self {
            scope: Scope::Row,
            ..*self
        };
        match self.slots.aggregates.get(at) {
            // Of nothing there are none, which is a number.
            Some((Aggregate::Count | Aggregate::Distinct, _) | (_, AggregateOf::Rows)) | None => {
                false
            }
            Some((_, AggregateOf::Value(value))) => of_rows.lacks(value),
            Some((_, AggregateOf::Condition(condition))) => [true, false].iter().all(|holds| {
                ways(condition, *holds).is_some_and(|ways| {
                    let mut literals = ways.iter().map(|way| way.iter());
                    literals.all(|mut way| way.any(|literal| of_rows.is_undecided(*literal)))
                })
            }),
        }
    }

    fn is_blank_and_filled(&self, way: &[Literal<'_>]) -> bool {
        let mut filled: Vec<(&FieldRef, When)> = Vec::new();
        let mut visit = |num: &Num| {
            each_lane(num, &mut |at| {
                if let Some((cell, when)) = self.cell(at)
                    && cell.feature == Feature::Value
                {
                    filled.push((&cell.field, when));
                }
            });
        };
        for literal in way {
            match literal {
                Literal::Compare(_, a, b) => {
                    visit(a);
                    visit(b);
                }
                Literal::In(value, ..) => visit(value),
                Literal::Lane(..) => {}
            }
        }
        way.iter().any(|literal| {
            let Literal::Lane(at, holds) = literal else {
                return false;
            };
            let opposite = |other: &Literal<'_>| matches!(other, Literal::Lane(other, is) if other == at && is != holds);
            let blank = self.cell(*at).is_some_and(|(cell, when)| {
                // A number that stands for nobody is blank to a rule.
                cell.feature == Feature::Blank
                    && cell.field != FieldRef::Target(Target::Person)
                    && filled.contains(&(&cell.field, when))
            });
            way.iter().any(opposite) || (*holds && blank)
        })
    }

    fn leaves_no_value(&self, way: &[Literal<'_>]) -> bool {
        let mut differences = Differences::new();
        for literal in way {
            match literal {
                Literal::Compare(sign, a, b) => differences.compare(*sign, a, b),
                Literal::In(value, ..) => {
                    differences.place(value);
                }
                Literal::Lane(..) => {}
            }
        }
        if differences.close() {
            return true;
        }
        let values: Vec<&Num> = differences.values.clone();
        values.iter().enumerate().any(|(at, value)| {
            let at = at + 1;
            let lists = || {
                way.iter().filter_map(|literal| match literal {
                    Literal::In(of, list, holds) if of == value => Some((*list, *holds)),
                    _ => None,
                })
            };
            let (high, low) = (differences.most[at][0].by, -differences.most[0][at].by);
            // The values that are left, where it is one of some.
            let few: Cow<'_, [f64]> = match lists().find(|(_, holds)| *holds) {
                Some((list, _)) => Cow::Borrowed(list),
                None if high == low => Cow::Owned(vec![high]),
                None => return false,
            };
            let is_left = |candidate: &f64| {
                differences.allows(at, *candidate)
                    && lists().all(|(list, holds)| list.contains(candidate) == holds)
                    && self.is_so_of(value, *candidate, way)
            };
            !few.iter().any(is_left)
        })
    }

    /// Whether what is asked of the text of a cell can be so where it holds this value.
    fn is_so_of(&self, value: &Num, candidate: f64, way: &[Literal<'_>]) -> bool {
        let Num::Slot(at) = value else {
            return true;
        };
        let Some((cell, when)) = self.cell(*at).filter(|(cell, _)| is_as_written(cell)) else {
            return true;
        };
        let Some(text) = value::text_of(candidate) else {
            return true;
        };
        let same = |at: usize| {
            let (other, at) = self.cell(at)?;
            (other.field == cell.field && at == when).then_some(&other.feature)
        };
        way.iter().all(|literal| match literal {
            Literal::Lane(at, holds) => match same(*at) {
                Some(Feature::Matches(pattern)) => may_match(pattern, &text, *holds),
                _ => true,
            },
            Literal::Compare(sign, Num::Slot(at), Num::Const(length)) => match same(*at) {
                Some(Feature::Length) => compare(*sign, text.len() as f64, *length) == TRUE,
                _ => true,
            },
            _ => true,
        })
    }
}

/// Whether a cell's value is its text, and not what a code stands for.
fn is_as_written(cell: &CellSlot) -> bool {
    let coded = matches!(cell.field, FieldRef::Target(target) if is_coded(target));
    cell.kind == Type::Text && cell.feature == Feature::Value && !coded
}

/// Whether a text, in whatever case it is written, can match a pattern or not match it.
fn may_match(pattern: &str, text: &str, holds: bool) -> bool {
    let any_case = regex::bytes::RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(true)
        .size_limit(1 << 20)
        .build();
    let has_letters = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    match any_case {
        Ok(regex) if holds => regex.is_match(text.as_bytes()),
        Ok(regex) => has_letters || !regex.is_match(text.as_bytes()),
        Err(_) => true,
    }
}

fn each_lane(num: &Num, visit: &mut impl FnMut(usize)) {
    match num {
        Num::Const(_) => {}
        Num::Slot(at) => visit(*at),
        Num::One(_, inner) => each_lane(inner, visit),
        Num::Two(_, a, b) => {
            each_lane(a, visit);
            each_lane(b, visit);
        }
    }
}
