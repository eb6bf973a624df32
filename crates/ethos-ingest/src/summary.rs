//! A delivery in figures: what its sender can recognise, and what it is compared by.

use std::collections::BTreeMap;
use std::fmt;

use ethos_model::category::EthosCategory;
use ethos_model::date::{Day, Period};
use ethos_model::layout::LayoutKind;
use ethos_model::municipality::MunicipalityCode;
use serde::{Deserialize, Serialize};

use crate::tally::Tally;

/// Months before the last one for which [`Summary::open_on`] is told, that one included.
pub const MONTHS: usize = 36;

/// The figures of a delivery. Counts and medians alone: nothing of a person.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Summary {
    /// The file as the user named it.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Layout it was read by.
    pub layout: Option<String>,
    /// What a row of it is.
    pub kind: Option<LayoutKind>,
    /// Who sent it.
    pub sender: Option<MunicipalityCode>,
    /// When it was made.
    pub made: Option<Day>,
    /// Period in its name.
    pub period: Option<Period>,
    /// What became of its rows.
    pub tally: Tally,
    /// Different persons among the rows that count, those without any key not among them;
    /// `None` for a file of too many rows to tell.
    pub persons: Option<u64>,
    /// Rows without a usable person's number.
    pub without_number: u64,
    /// Rows without an end.
    pub open: u64,
    /// Rows with an end.
    pub ended: u64,
    /// Rows whose sex is known.
    #[serde(default)]
    pub sexes: u64,
    /// Rows about women.
    pub women: u64,
    /// Rows about people under 18 on the first day.
    pub children: u64,
    /// Median stay in days of rows with an end and a known start.
    pub median_stay: Option<f64>,
    /// Median age on the first day.
    pub median_age: Option<f64>,
    /// Rows by category, 1 to 7, and `unknown`.
    pub categories: BTreeMap<String, u64>,
    /// Rows by product code.
    pub products: BTreeMap<String, u64>,
    /// Rows by the month in which they begin, `2025-03`.
    pub months: BTreeMap<String, u64>,
    /// Rows by the month of their last day.
    pub ended_in: BTreeMap<String, u64>,
    /// Rows that go on on the first day of each of the last [`MONTHS`] months that the delivery
    /// speaks of.
    pub open_on: BTreeMap<String, u64>,
    /// Rows by the month in which somebody was seen, of a count.
    pub seen_in: BTreeMap<String, u64>,
    /// Rows by age on the first day: `0-17`, `18-26`, `27-49`, `50-64`, `65+` and `unknown`.
    pub ages: BTreeMap<String, u64>,
    /// Rows by provider, as the delivery names it; those with few rows under `…`.
    pub providers: BTreeMap<String, u64>,
    /// Rows that begin, end or were seen in a month, by responsible municipality (else that of
    /// the stay) and month.
    pub places: BTreeMap<String, BTreeMap<String, u64>>,
    /// The smallest keys of its persons, by which two files of one check are compared. They
    /// are keyed and never leave the memory.
    #[serde(skip)]
    pub(crate) sample: Sample,
}

/// Keys of persons, which are never shown.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Sample(pub(crate) Vec<u64>);

impl fmt::Debug for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sample({})", self.0.len())
    }
}

/// How a category is called in [`Summary::categories`].
pub fn category_key(category: EthosCategory) -> &'static str {
    match category.number() {
        Some(1) => "1",
        Some(2) => "2",
        Some(3) => "3",
        Some(4) => "4",
        Some(5) => "5",
        Some(6) => "6",
        Some(7) => "7",
        _ => "unknown",
    }
}

impl Summary {
    /// The figures under another name of the file.
    #[must_use]
    pub fn named(mut self, file: &str) -> Self {
        file.clone_into(&mut self.file);
        self
    }

    /// Whether these can be figures of a delivery. A file of figures is text, and may say anything.
    pub fn is_possible(&self) -> bool {
        /// More rows than any file has, more days than there are dates.
        const MOST: u64 = 1_000_000_000_000;
        const MOST_DAYS: f64 = 1e7;
        let tally = &self.tally;
        let single = [
            tally.accepted,
            tally.rejected,
            tally.out_of_scope,
            tally.duplicate,
            tally.superseded,
            tally.set_aside,
            self.persons.unwrap_or(0),
            self.without_number,
            self.open,
            self.ended,
            self.sexes,
            self.women,
            self.children,
        ];
        let counted = [
            &self.categories,
            &self.products,
            &self.months,
            &self.ended_in,
            &self.open_on,
            &self.seen_in,
            &self.ages,
            &self.providers,
        ];
        let counted = counted.into_iter().chain(self.places.values());
        let mut counts = single
            .iter()
            .chain(counted.flat_map(|counts| counts.values()));
        let mut medians = [self.median_stay, self.median_age].into_iter().flatten();
        counts.all(|count| *count <= MOST) && medians.all(|days| days.abs() <= MOST_DAYS)
    }

    /// About how many persons are in both deliveries, of those with a key: exactly where both
    /// have few, else from the smallest keys of both (Beyer et al., SIGMOD 2007).
    pub(crate) fn shared_persons(&self, other: &Self) -> Option<f64> {
        let (here, there) = (self.persons? as f64, other.persons? as f64);
        let shared = |upto: u64| {
            let (mut a, mut b) = (
                self.sample.0.iter().peekable(),
                other.sample.0.iter().peekable(),
            );
            let (mut both, mut all) = (0_u64, 0_u64);
            while let Some(least) = [a.peek(), b.peek()].into_iter().flatten().min() {
                let least = **least;
                if least > upto {
                    break;
                }
                let in_a = a.next_if(|key| **key == least).is_some();
                let in_b = b.next_if(|key| **key == least).is_some();
                both += u64::from(in_a && in_b);
                all += 1;
            }
            (both, all)
        };
        let whole = |summary: &Self| summary.persons == Some(summary.sample.0.len() as u64);
        // Up to the smaller of the largest keys kept, every key of both files is there.
        let last = |summary: &Self| {
            if whole(summary) {
                u64::MAX
            } else {
                summary.sample.0.last().copied().unwrap_or(0)
            }
        };
        let (both, all) = shared(last(self).min(last(other)));
        if whole(self) && whole(other) {
            return Some(both as f64);
        }
        if all == 0 {
            return Some(0.0);
        }
        // Share s of the union, whose size is (here + there) / (1 + s).
        let share = both as f64 / all as f64;
        Some(share * (here + there) / (1.0 + share))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(keys: impl IntoIterator<Item = u64>, keep: usize) -> Summary {
        let mut keys: Vec<u64> = keys.into_iter().collect();
        keys.sort_unstable();
        let persons = Some(keys.len() as u64);
        keys.truncate(keep);
        Summary {
            persons,
            sample: Sample(keys),
            ..Summary::default()
        }
    }

    /// Keys spread as a keyed hash spreads them.
    fn key(n: u64) -> u64 {
        crate::rows::mixed(n, 17)
    }

    #[test]
    fn shared_persons_are_counted_or_estimated() {
        let small = (of((0..100).map(key), 4_096), of((60..300).map(key), 4_096));
        assert_eq!(small.0.shared_persons(&small.1), Some(40.0));
        let large = (
            of((0..50_000).map(key), 4_096),
            of((40_000..90_000).map(key), 4_096),
        );
        let shared = large.0.shared_persons(&large.1).unwrap();
        assert!((shared - 10_000.0).abs() < 1_000.0, "{shared}");
        let mixed = of((0..100).map(key), 4_096)
            .shared_persons(&large.0)
            .unwrap();
        assert!(mixed < 200.0, "{mixed}");
        assert_eq!(of([1, 2], 9).shared_persons(&of([3, 4], 9)), Some(0.0));
    }
}
