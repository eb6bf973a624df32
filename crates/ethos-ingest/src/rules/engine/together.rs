//! Rows drawn together: counts, shares, extremes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::rules::lang::value::MISSING;
use crate::rules::lang::{
    Aggregate, AggregateOf, FALSE, Lanes, Scratch, Slots, TRUE, logic, number,
};

/// Different values of a lane that are told apart; of a file with more, their number and the
/// most frequent one are not known.
const MOST_VALUES: usize = 1 << 16;

/// One way of drawing rows together, so far.
pub(super) struct Together {
    how: Aggregate,
    of: AggregateOf,
    rows: u64,
    /// Rows for which the condition can be told, or that have the value.
    known: u64,
    holds: u64,
    sum: f64,
    smallest: f64,
    largest: f64,
    /// Values that occur, as bits, and how often; those of some rows each once and in order.
    some: Vec<(u64, u64)>,
    /// The same of rows that were merged.
    values: HashMap<u64, u64, BuildHasherDefault<Spread>>,
}

impl Together {
    /// Every way that the rules ask for, of no rows yet.
    pub(super) fn all(slots: &Slots) -> Vec<Self> {
        let aggregates = slots.aggregates.iter();
        aggregates
            .map(|(how, of)| Self::new(*how, of.clone()))
            .collect()
    }

    fn new(how: Aggregate, of: AggregateOf) -> Self {
        Self {
            how,
            of,
            rows: 0,
            known: 0,
            holds: 0,
            sum: 0.0,
            smallest: f64::INFINITY,
            largest: f64::NEG_INFINITY,
            some: Vec::new(),
            values: HashMap::default(),
        }
    }

    /// Adds rows.
    pub(super) fn add(&mut self, lanes: &Lanes<'_>, scratch: &mut Scratch) {
        self.rows += lanes.rows as u64;
        match &self.of {
            AggregateOf::Rows => {}
            AggregateOf::Condition(condition) => {
                let answers = logic(condition, lanes, scratch);
                let count = |wanted: u8| {
                    answers
                        .iter()
                        .map(|&answer| u64::from(answer == wanted))
                        .sum::<u64>()
                };
                let holds = count(TRUE);
                self.holds += holds;
                self.known += holds + count(FALSE);
                scratch.give_back(answers);
            }
            AggregateOf::Value(value) => {
                let values = number(value, lanes, scratch);
                let many = matches!(self.how, Aggregate::Distinct | Aggregate::TopShare);
                for value in values.iter().copied().filter(|value| !value.is_nan()) {
                    self.known += 1;
                    self.sum += value;
                    self.smallest = self.smallest.min(value);
                    self.largest = self.largest.max(value);
                    match self.some.last_mut() {
                        _ if !many => {}
                        Some((last, times)) if *last == value.to_bits() => *times += 1,
                        _ => self.some.push((value.to_bits(), 1)),
                    }
                }
                self.some.sort_unstable();
                self.some.dedup_by(|next, kept| {
                    let same = next.0 == kept.0;
                    kept.1 += if same { next.1 } else { 0 };
                    same
                });
                scratch.take_back(values);
            }
        }
    }

    /// Adds the rows of another that follow.
    pub(super) fn merge(&mut self, next: Self) {
        self.rows += next.rows;
        self.known += next.known;
        self.holds += next.holds;
        self.sum += next.sum;
        self.smallest = self.smallest.min(next.smallest);
        self.largest = self.largest.max(next.largest);
        for (value, times) in next.some {
            // One more than is told apart shows that there are more.
            if self.values.len() > MOST_VALUES {
                break;
            }
            *self.values.entry(value).or_insert(0) += times;
        }
    }

    /// What it comes to.
    pub(super) fn total(&self) -> f64 {
        let or_missing = |known: bool, value: f64| if known { value } else { MISSING };
        let any = self.known > 0;
        let told_apart = self.values.len() <= MOST_VALUES;
        match self.how {
            Aggregate::Rows => self.rows as f64,
            Aggregate::Count => self.holds as f64,
            Aggregate::Share => or_missing(any, self.holds as f64 / self.known as f64),
            Aggregate::Distinct => or_missing(told_apart, self.values.len() as f64),
            Aggregate::TopShare => {
                let most = self.values.values().copied().max().unwrap_or(0);
                or_missing(any && told_apart, most as f64 / self.known as f64)
            }
            Aggregate::Smallest => or_missing(any, self.smallest),
            Aggregate::Largest => or_missing(any, self.largest),
            Aggregate::Mean => or_missing(any, self.sum / self.known as f64),
        }
    }
}

/// Spreads the bits of a value; the map is only counted, never gone through in its order.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = value.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }
}
