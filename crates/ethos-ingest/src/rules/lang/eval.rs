//! Nodes over many rows at once.

use super::node::{FALSE, Logic, Num, TRUE, UNDECIDED, compare, decided};
use super::syntax::Comparison;

/// Lanes of values, all of one length.
pub(crate) struct Lanes<'a> {
    pub(crate) columns: &'a [Vec<f64>],
    pub(crate) rows: usize,
}

/// Room that is used again from one expression to the next.
#[derive(Clone, Default)]
pub(crate) struct Scratch {
    values: Vec<Vec<f64>>,
    answers: Vec<Vec<u8>>,
}

/// A value of every row: one for all, a lane as it is, or one that was computed.
enum Value<'a> {
    Const(f64),
    Lane(&'a [f64]),
    Computed(Vec<f64>),
}

impl Value<'_> {
    fn give_back(self, scratch: &mut Scratch) {
        if let Self::Computed(values) = self {
            scratch.values.push(values);
        }
    }

    fn lane(&self) -> &[f64] {
        match self {
            Self::Const(_) => &[],
            Self::Lane(lane) => lane,
            Self::Computed(values) => values,
        }
    }
}

/// Yes, no or undecided for every row. The answer's room goes back by [`Scratch::give_back`].
pub(crate) fn logic(node: &Logic, lanes: &Lanes<'_>, scratch: &mut Scratch) -> Vec<u8> {
    let mut answers = scratch.answers.pop().unwrap_or_default();
    answers.clear();
    match node {
        Logic::Const(value) => answers.resize(lanes.rows, *value),
        Logic::Slot(at) => answers.extend(lane(lanes, *at).iter().map(|value| decided(*value))),
        Logic::Compare(sign, a, b) => {
            let a = values(a, lanes, scratch);
            let b = values(b, lanes, scratch);
            compare_all(*sign, &a, &b, lanes.rows, &mut answers);
            a.give_back(scratch);
            b.give_back(scratch);
        }
        Logic::In(value, list) => {
            let value = values(value, lanes, scratch);
            answers.extend(value.lane().iter().map(|value| {
                if value.is_nan() {
                    UNDECIDED
                } else {
                    u8::from(list.contains(value)) * 2
                }
            }));
            value.give_back(scratch);
        }
        Logic::Not(inner) => {
            let inner = logic(inner, lanes, scratch);
            answers.extend(inner.iter().map(|value| 2 - value));
            scratch.give_back(inner);
        }
        Logic::And(a, b) => {
            scratch.answers.push(answers);
            answers = logic(a, lanes, scratch);
            // Mostly the first condition of a rule holds nowhere.
            if answers.iter().any(|value| *value != FALSE) {
                let b = logic(b, lanes, scratch);
                for (a, b) in answers.iter_mut().zip(&b) {
                    *a = (*a).min(*b);
                }
                scratch.give_back(b);
            }
        }
        Logic::Or(a, b) => {
            scratch.answers.push(answers);
            answers = logic(a, lanes, scratch);
            if answers.iter().any(|value| *value != TRUE) {
                let b = logic(b, lanes, scratch);
                for (a, b) in answers.iter_mut().zip(&b) {
                    *a = (*a).max(*b);
                }
                scratch.give_back(b);
            }
        }
    }
    answers
}

/// A value for every row.
pub(crate) fn number(node: &Num, lanes: &Lanes<'_>, scratch: &mut Scratch) -> Vec<f64> {
    match values(node, lanes, scratch) {
        Value::Computed(values) => values,
        other => {
            let mut values = scratch.values.pop().unwrap_or_default();
            values.clear();
            match other {
                Value::Const(value) => values.resize(lanes.rows, value),
                lane => values.extend_from_slice(lane.lane()),
            }
            values
        }
    }
}

impl Scratch {
    /// Takes the room of values back.
    pub(crate) fn take_back(&mut self, values: Vec<f64>) {
        self.values.push(values);
    }

    /// Takes the room of an answer back.
    pub(crate) fn give_back(&mut self, answers: Vec<u8>) {
        self.answers.push(answers);
    }
}

fn lane<'a>(lanes: &Lanes<'a>, at: usize) -> &'a [f64] {
    lanes.columns.get(at).map_or(&[][..], Vec::as_slice)
}

fn values<'a>(node: &Num, lanes: &Lanes<'a>, scratch: &mut Scratch) -> Value<'a> {
    match node {
        Num::Const(value) => Value::Const(*value),
        Num::Slot(at) => Value::Lane(lane(lanes, *at)),
        Num::One(function, inner) => {
            let inner = values(inner, lanes, scratch);
            let mut found = scratch.values.pop().unwrap_or_default();
            found.clear();
            match &inner {
                Value::Const(value) => found.resize(lanes.rows, function.of(*value)),
                lane => found.extend(lane.lane().iter().map(|value| function.of(*value))),
            }
            inner.give_back(scratch);
            Value::Computed(found)
        }
        Num::Two(function, a, b) => {
            let a = values(a, lanes, scratch);
            let b = values(b, lanes, scratch);
            let mut found = scratch.values.pop().unwrap_or_default();
            found.clear();
            match (&a, &b) {
                (Value::Const(a), Value::Const(b)) => {
                    found.resize(lanes.rows, function.of(*a, *b));
                }
                (Value::Const(a), b) => {
                    found.extend(b.lane().iter().map(|b| function.of(*a, *b)));
                }
                (a, Value::Const(b)) => {
                    found.extend(a.lane().iter().map(|a| function.of(*a, *b)));
                }
                (a, b) => {
                    let pairs = a.lane().iter().zip(b.lane());
                    found.extend(pairs.map(|(a, b)| function.of(*a, *b)));
                }
            }
            a.give_back(scratch);
            b.give_back(scratch);
            Value::Computed(found)
        }
    }
}

fn compare_all(sign: Comparison, a: &Value<'_>, b: &Value<'_>, rows: usize, found: &mut Vec<u8>) {
    // One loop for each sign, so that no row has to ask which it is.
    macro_rules! each {
        ($($sign:ident)*) => {
            match sign {
                $(Comparison::$sign => pairs(a, b, rows, found, |a, b| {
                    compare(Comparison::$sign, a, b)
                }),)*
            }
        };
    }
    each!(Equal NotEqual Less LessOrEqual Greater GreaterOrEqual);
}

#[inline]
fn pairs(
    a: &Value<'_>,
    b: &Value<'_>,
    rows: usize,
    found: &mut Vec<u8>,
    compare: impl Fn(f64, f64) -> u8,
) {
    match (a, b) {
        (Value::Const(a), Value::Const(b)) => found.resize(rows, compare(*a, *b)),
        (Value::Const(a), b) => found.extend(b.lane().iter().map(|b| compare(*a, *b))),
        (a, Value::Const(b)) => found.extend(a.lane().iter().map(|a| compare(*a, *b))),
        (a, b) => found.extend(a.lane().iter().zip(b.lane()).map(|(a, b)| compare(*a, *b))),
    }
}
