//! A delivery in figures: what its sender can recognise, and what it is compared by.

use std::collections::BTreeMap;
use std::fmt;

use ethos_model::attribute::{Birth, Sex};
use ethos_model::category::EthosCategory;
use ethos_model::date::{Day, Period};
use ethos_model::layout::LayoutKind;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::spell::Spell;
use serde::{Deserialize, Serialize};

use crate::rules::calendar;
use crate::tally::Tally;

/// Stays up to which lengths are told apart, in days; longer ones count as this long.
const LONGEST_STAY: usize = 3_660;

/// Product codes of a delivery that are counted one by one.
const MOST_PRODUCTS: usize = 200;

/// The figures of a delivery. Counts and medians alone: nothing of a person.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// The smallest keys of its persons, by which two files of one check are compared. They
    /// are keyed and never leave the memory.
    #[serde(skip)]
    pub(crate) sample: Sample,
}

/// Keys of persons, which are never shown.
#[derive(Clone, PartialEq, Default)]
pub(crate) struct Sample(Vec<u64>);

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

/// A summary while rows are read.
#[derive(Default)]
pub(crate) struct Counting {
    without_number: u64,
    open: u64,
    ended: u64,
    women: u64,
    children: u64,
    categories: [u64; 8],
    products: Vec<(Vec<u8>, u64)>,
    /// By months since 1900.
    months: BTreeMap<i32, u64>,
    last_month: Option<(Day, Day, i32)>,
    stays: Vec<u64>,
    ages: Vec<u64>,
}

impl Counting {
    /// Counts a row that counts.
    pub(crate) fn add(&mut self, spell: &Spell, product: &[u8]) {
        self.without_number += u64::from(spell.key.person.is_none());
        self.categories[spell.category.index().min(7)] += 1;
        self.women += u64::from(spell.attributes.sex == Some(Sex::Female));
        match spell.end {
            None => self.open += 1,
            Some(end) => {
                self.ended += 1;
                if spell.start_known {
                    let days = (end.0 - spell.start.0).max(0) as usize;
                    count_at(&mut self.stays, days.min(LONGEST_STAY));
                }
            }
        }
        let age = spell.attributes.birth.map(|birth| match birth {
            Birth::On(day) => calendar::age(f64::from(day.0), f64::from(spell.start.0)),
            Birth::AgedOn { age, .. } => f64::from(age),
        });
        if let Some(age) = age {
            self.children += u64::from(age < 18.0);
            count_at(&mut self.ages, age.clamp(0.0, 120.0) as usize);
        }
        if spell.start_known {
            let month = self.month_of(spell.start);
            *self.months.entry(month).or_insert(0) += 1;
        }
        if !product.is_empty() && product.len() <= 12 {
            match self.products.iter().position(|(code, _)| code == product) {
                Some(at) => self.products[at].1 += 1,
                None if self.products.len() < MOST_PRODUCTS => {
                    self.products.push((product.to_vec(), 1));
                }
                None => {}
            }
        }
    }

    /// Months since 1900, remembered for the month a file dwells on.
    fn month_of(&mut self, day: Day) -> i32 {
        if let Some((first, next, month)) = self.last_month
            && first <= day
            && day < next
        {
            return month;
        }
        let (year, month, of_month) = calendar::civil(f64::from(day.0));
        let first = Day(day.0 + 1 - of_month as i32);
        let number = ((year - 1900) * 12 + month - 1) as i32;
        // Every month has 28 days; the few after them are looked up again.
        self.last_month = Some((first, Day(first.0 + 28), number));
        number
    }

    /// The figures.
    pub(crate) fn finish(self, persons: Option<u64>, sample: Vec<u64>) -> Summary {
        let categories = EthosCategory::ALL
            .into_iter()
            .map(|category| (category, self.categories[category.index().min(7)]))
            .filter(|(_, count)| *count > 0)
            .map(|(category, count)| (category_key(category).to_owned(), count));
        let products = self.products.into_iter().map(|(code, count)| {
            // A code that is no code may be somebody's number.
            let shown = crate::findings::shown_code(&code);
            (shown.as_str().to_owned(), count)
        });
        let mut by_product = BTreeMap::new();
        for (code, count) in products {
            *by_product.entry(code).or_insert(0) += count;
        }
        Summary {
            persons,
            without_number: self.without_number,
            open: self.open,
            ended: self.ended,
            women: self.women,
            children: self.children,
            median_stay: median(&self.stays),
            median_age: median(&self.ages),
            categories: categories.collect(),
            products: by_product,
            months: self
                .months
                .into_iter()
                .map(|(month, count)| {
                    (
                        format!("{}-{:02}", 1900 + month / 12, month % 12 + 1),
                        count,
                    )
                })
                .collect(),
            sample: Sample(sample),
            ..Summary::default()
        }
    }
}

fn count_at(counts: &mut Vec<u64>, at: usize) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] += 1;
}

/// The median of counted whole numbers.
fn median(counts: &[u64]) -> Option<f64> {
    let all: u64 = counts.iter().sum();
    let at = |wanted: u64| {
        let mut before = 0;
        counts.iter().position(|count| {
            before += count;
            before > wanted
        })
    };
    let low = at(all.checked_sub(1)? / 2)?;
    let high = at(all / 2)?;
    Some((low + high) as f64 / 2.0)
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

    #[test]
    fn medians_of_counts() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[0, 2, 1]), Some(1.0));
        assert_eq!(median(&[1, 0, 0, 1]), Some(1.5));
    }
}
