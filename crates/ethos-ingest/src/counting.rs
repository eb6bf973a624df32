//! The figures of a delivery while its rows are read.
//!
//! What is kept does not grow with the rows: months, codes and places up to fixed numbers.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ethos_model::attribute::{Birth, Sex};
use ethos_model::category::EthosCategory;
use ethos_model::date::Day;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::spell::Spell;

use crate::fields;
use crate::findings::{listed, shown, shown_code};
use crate::rules::calendar;
use crate::summary::{MONTHS, Sample, Summary, category_key};

/// Stays up to which lengths are told apart, in days; longer ones count as this long.
const LONGEST_STAY: usize = 3_660;

/// Codes of one kind that are counted one by one.
const MOST_CODES: usize = 200;

/// Rows from which a provider is named: what is rare in a column of the wrong content may be
/// somebody's name.
const NAMED: u64 = 10;

/// What rows of providers that are not named are counted under.
const OTHERS: &str = "…";

/// Years from the first of which months are counted.
const YEARS: (i64, i64) = (1900, 2200);

/// Months before which places are not told apart: since 1990.
const PLACES_FROM: usize = 90 * 12;

/// A summary while rows are read, of all of them or of some. In which order rows come changes
/// nothing.
#[derive(Clone, Default)]
pub(crate) struct Counting {
    without_number: u64,
    open: u64,
    ended: u64,
    sexes: u64,
    women: u64,
    children: u64,
    categories: [u64; 8],
    begun: Vec<u64>,
    ended_in: Vec<u64>,
    seen: Vec<u64>,
    /// Rows that go on on the first of a month and did not on that of the month before, less
    /// those that no longer do.
    moved: Vec<i64>,
    calendar: Option<&'static Months>,
    stays: Vec<u64>,
    ages: Vec<u64>,
    rows: u64,
    places: Places,
}

impl Counting {
    /// Counts a row that counts.
    pub(crate) fn add(&mut self, spell: &Spell) {
        self.rows += 1;
        self.without_number += u64::from(spell.key.person.is_none());
        self.categories[spell.category.index().min(7)] += 1;
        self.sexes += u64::from(spell.attributes.sex.is_some());
        self.women += u64::from(spell.attributes.sex == Some(Sex::Female));
        let age = spell.attributes.birth.map(|birth| match birth {
            Birth::On(day) => calendar::age(f64::from(day.0), f64::from(spell.start.0)),
            Birth::AgedOn { age, .. } => f64::from(age),
        });
        if let Some(age) = age {
            self.children += u64::from(age < 18.0);
            count_at(&mut self.ages, age.clamp(0.0, 120.0) as usize);
        }
        let place = spell
            .municipalities
            .responsible
            .or(spell.municipalities.stay)
            .map(|code| self.places.find(code));
        let calendar = *self.calendar.get_or_insert_with(Months::get);
        let mut event = |month: usize| {
            if let Some(place) = place {
                self.places.add(place, month);
            }
        };
        if spell.start_known {
            let month = calendar.of(spell.start);
            count_at(&mut self.begun, month);
            event(month);
            let enters = month + usize::from(!calendar.is_first(spell.start, month));
            move_at(&mut self.moved, enters, 1);
        } else if let Some(day) = spell.observed {
            event(calendar.of(day));
        }
        if let Some(day) = spell.observed {
            count_at(&mut self.seen, calendar.of(day));
        }
        match spell.end {
            None => self.open += 1,
            Some(end) => {
                self.ended += 1;
                let month = calendar.of(end.plus_days(-1));
                count_at(&mut self.ended_in, month);
                event(month);
                if spell.start_known {
                    move_at(&mut self.moved, month + 1, -1);
                    let days = (end.0 - spell.start.0).max(0) as usize;
                    count_at(&mut self.stays, days.min(LONGEST_STAY));
                }
            }
        }
    }

    /// Adds other rows.
    pub(crate) fn merge(&mut self, other: Self) {
        self.without_number += other.without_number;
        self.open += other.open;
        self.ended += other.ended;
        self.sexes += other.sexes;
        self.women += other.women;
        self.children += other.children;
        self.rows += other.rows;
        for (all, some) in self.categories.iter_mut().zip(other.categories) {
            *all += some;
        }
        for (all, some) in [
            (&mut self.begun, other.begun),
            (&mut self.ended_in, other.ended_in),
            (&mut self.seen, other.seen),
            (&mut self.stays, other.stays),
            (&mut self.ages, other.ages),
        ] {
            all.resize(all.len().max(some.len()), 0);
            for (all, some) in all.iter_mut().zip(some) {
                *all += some;
            }
        }
        for (month, by) in other.moved.into_iter().enumerate() {
            move_at(&mut self.moved, month, by);
        }
        self.places.merge(other.places);
    }

    /// The figures. `until` is the last day that the delivery is known to speak of; products are listed
    /// where only rows whose product is in the mapping count.
    pub(crate) fn finish(
        self,
        (codes, are_listed): (CodeCounts, bool),
        persons: Option<u64>,
        sample: Vec<u64>,
        until: Option<Day>,
    ) -> Summary {
        let categories = EthosCategory::ALL
            .into_iter()
            .map(|category| (category, self.categories[category.index().min(7)]))
            .filter(|(_, count)| *count > 0)
            .map(|(category, count)| (category_key(category).to_owned(), count));
        let last = until
            .map(|day| Months::get().of(day))
            .max(self.begun.len().checked_sub(1));
        Summary {
            persons,
            without_number: self.without_number,
            open: self.open,
            ended: self.ended,
            sexes: self.sexes,
            women: self.women,
            children: self.children,
            median_stay: median(&self.stays),
            median_age: median(&self.ages),
            categories: categories.collect(),
            // A code that is in no list may be anything.
            products: codes.products.counts(|code, _| {
                let shown = if are_listed {
                    listed(code)
                } else {
                    shown_code(code)
                };
                shown.to_string()
            }),
            providers: codes.providers.counts(|name, count| {
                if count < NAMED {
                    OTHERS.to_owned()
                } else {
                    shown(&String::from_utf8_lossy(name)).to_string()
                }
            }),
            months: by_month(&self.begun),
            ended_in: by_month(&self.ended_in),
            seen_in: by_month(&self.seen),
            open_on: going_on(&self.moved, last),
            ages: age_groups(&self.ages, self.rows),
            places: self.places.finish(),
            sample: Sample(sample),
            ..Summary::default()
        }
    }
}

/// Codes of all rows or of some, in the order in which they first occur.
#[derive(Default)]
pub(crate) struct CodeCounts {
    products: Codes,
    providers: Codes,
}

impl CodeCounts {
    /// Counts a row that counts.
    #[inline]
    pub(crate) fn add(&mut self, product: &[u8], provider: &[u8]) {
        self.products.add(product, 1, usize::MAX);
        self.providers.add(provider, 1, usize::MAX);
    }

    /// Adds rows that follow: which codes are counted one by one is settled here.
    pub(crate) fn merge(&mut self, next: Self) {
        for (all, some) in [
            (&mut self.products, next.products),
            (&mut self.providers, next.providers),
        ] {
            for (code, count) in some.list {
                all.add(&code, count, MOST_CODES);
            }
        }
    }
}

/// Codes that are looked for one after the other; further ones have an index.
const FEW_CODES: usize = 24;

/// Codes and how often each occurs.
#[derive(Default)]
struct Codes {
    list: Vec<(Vec<u8>, u64)>,
    /// Where those beyond the first few are.
    further: BTreeMap<Vec<u8>, usize>,
}

impl Codes {
    /// Counts a code; one that is not there yet only while there are fewer than `most`.
    #[inline]
    fn add(&mut self, code: &[u8], count: u64, most: usize) {
        if code.is_empty() || code.len() > 60 {
            return;
        }
        let few = &self.list[..self.list.len().min(FEW_CODES)];
        let known = few.iter().position(|(known, _)| known == code);
        match known.or_else(|| self.further.get(code).copied()) {
            Some(at) => self.list[at].1 += count,
            None if self.list.len() < most => {
                if self.list.len() >= FEW_CODES {
                    self.further.insert(code.to_vec(), self.list.len());
                }
                self.list.push((code.to_vec(), count));
            }
            None => {}
        }
    }

    fn counts(self, shown: impl Fn(&[u8], u64) -> String) -> BTreeMap<String, u64> {
        let mut counts = BTreeMap::new();
        for (code, count) in self.list {
            *counts.entry(shown(&code, count)).or_insert(0) += count;
        }
        counts
    }
}

/// The month of each day of [`YEARS`], counted from the first: a delivery asks three times a row,
/// for days in any order.
struct Months {
    /// The first day.
    from: i32,
    month_of: Vec<u16>,
    /// The first day of each month.
    firsts: Vec<i32>,
}

impl Months {
    fn get() -> &'static Self {
        static MONTHS: OnceLock<Months> = OnceLock::new();
        MONTHS.get_or_init(|| {
            let firsts: Vec<i32> = (YEARS.0..=YEARS.1)
                .flat_map(|year| (1..=12).map(move |month| (year, month)))
                .map(|(year, month)| calendar::day_of(year, month, 1) as i32)
                .collect();
            let lengths = firsts.windows(2).map(|pair| (pair[1] - pair[0]) as usize);
            let mut month_of = Vec::new();
            for (month, length) in lengths.enumerate() {
                month_of.resize(month_of.len() + length, month as u16);
            }
            Self {
                from: firsts.first().copied().unwrap_or(0),
                month_of,
                firsts,
            }
        })
    }

    /// The month of a day; the first or last of all for a day before or after them.
    #[inline]
    fn of(&self, day: Day) -> usize {
        let at = usize::try_from(day.0.saturating_sub(self.from)).unwrap_or(0);
        let last = self.firsts.len() - 1;
        self.month_of
            .get(at)
            .map_or(last, |month| usize::from(*month))
    }

    /// Whether the day is the first of its month.
    #[inline]
    fn is_first(&self, day: Day, month: usize) -> bool {
        self.firsts.get(month) == Some(&day.0)
    }
}

/// Rows by municipality and month.
#[derive(Clone, Default)]
struct Places {
    /// For each number of a code, one more than its position among the counts.
    at: Vec<u16>,
    counts: Vec<(MunicipalityCode, Vec<u32>)>,
}

impl Places {
    #[inline]
    fn find(&mut self, code: MunicipalityCode) -> usize {
        if self.at.is_empty() {
            self.at = vec![0; 10_000];
        }
        let slot = &mut self.at[usize::from(code.number()).min(9_999)];
        if *slot == 0 {
            self.counts.push((code, Vec::new()));
            *slot = self.counts.len() as u16;
        }
        usize::from(*slot) - 1
    }

    #[inline]
    fn add(&mut self, place: usize, month: usize) {
        let Some(month) = month.checked_sub(PLACES_FROM) else {
            return;
        };
        let counts = &mut self.counts[place].1;
        if counts.len() <= month {
            counts.resize(month + 1, 0);
        }
        counts[month] = counts[month].saturating_add(1);
    }

    fn merge(&mut self, other: Self) {
        for (code, counts) in other.counts {
            let place = self.find(code);
            let all = &mut self.counts[place].1;
            all.resize(all.len().max(counts.len()), 0);
            for (all, some) in all.iter_mut().zip(counts) {
                *all = all.saturating_add(some);
            }
        }
    }

    /// By the code of the place in the last year that is known.
    fn finish(self) -> BTreeMap<String, BTreeMap<String, u64>> {
        let mut places: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for (code, counts) in self.counts {
            let months = places.entry(fields::latest(code).to_string()).or_default();
            for (at, count) in counts.into_iter().enumerate().filter(|(_, n)| *n > 0) {
                *months.entry(month_key(at + PLACES_FROM)).or_insert(0) += u64::from(count);
            }
        }
        places
    }
}

/// `2025-03`.
fn month_key(month: usize) -> String {
    format!("{}-{:02}", YEARS.0 as usize + month / 12, month % 12 + 1)
}

fn by_month(counts: &[u64]) -> BTreeMap<String, u64> {
    let counted = counts.iter().enumerate().filter(|(_, count)| **count > 0);
    counted
        .map(|(month, count)| (month_key(month), *count))
        .collect()
}

/// Rows that go on on the first of each month up to the last.
fn going_on(moved: &[i64], last: Option<usize>) -> BTreeMap<String, u64> {
    let Some(last) = last else {
        return BTreeMap::new();
    };
    let first = (last + 1).saturating_sub(MONTHS);
    let mut open = 0;
    let mut months = BTreeMap::new();
    for month in 0..=last {
        open += moved.get(month).copied().unwrap_or(0);
        if month >= first {
            months.insert(month_key(month), open.max(0) as u64);
        }
    }
    // Months before anybody came say nothing.
    while months.first_entry().is_some_and(|first| *first.get() == 0) {
        months.pop_first();
    }
    months
}

fn age_groups(ages: &[u64], rows: u64) -> BTreeMap<String, u64> {
    const GROUPS: [(&str, usize, usize); 5] = [
        ("0-17", 0, 18),
        ("18-26", 18, 27),
        ("27-49", 27, 50),
        ("50-64", 50, 65),
        ("65+", 65, usize::MAX),
    ];
    let mut groups = BTreeMap::new();
    let mut known = 0;
    for (name, from, until) in GROUPS {
        let inside = ages.iter().take(until).skip(from).sum::<u64>();
        known += inside;
        if inside > 0 {
            groups.insert(name.to_owned(), inside);
        }
    }
    if known > 0 && rows > known {
        groups.insert("unknown".to_owned(), rows - known);
    }
    groups
}

#[inline]
fn count_at(counts: &mut Vec<u64>, at: usize) {
    if counts.len() <= at {
        counts.resize(at + 1, 0);
    }
    counts[at] += 1;
}

#[inline]
fn move_at(moved: &mut Vec<i64>, at: usize, by: i64) {
    if moved.len() <= at {
        moved.resize(at + 1, 0);
    }
    moved[at] += by;
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

    #[test]
    fn medians_of_counts() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[0, 2, 1]), Some(1.0));
        assert_eq!(median(&[1, 0, 0, 1]), Some(1.5));
    }

    #[test]
    fn every_day_is_in_its_month() {
        let months = Months::get();
        for (day, month, first) in [
            ("1900-01-01", "1900-01", true),
            ("1999-12-31", "1999-12", false),
            ("2000-02-29", "2000-02", false),
            ("2025-03-01", "2025-03", true),
            ("2200-11-30", "2200-11", false),
        ] {
            let day = Day::parse(day).unwrap();
            assert_eq!(month_key(months.of(day)), month);
            assert_eq!(months.is_first(day, months.of(day)), first, "{day}");
        }
        assert_eq!(month_key(months.of(Day(i32::MAX / 2))), "2200-12");
        assert_eq!(month_key(months.of(Day(-80_000))), "1900-01");
    }

    #[test]
    fn months_go_on_from_the_first_day_on_until_after_the_last() {
        // Enters on 1 February (begun in January after the first), leaves in March.
        let mut moved = vec![0; 4];
        moved[1] += 1;
        moved[3] -= 1;
        let open = going_on(&moved, Some(4));
        let counts: Vec<(&str, u64)> = open.iter().map(|(m, n)| (m.as_str(), *n)).collect();
        assert_eq!(
            counts,
            [
                ("1900-02", 1),
                ("1900-03", 1),
                ("1900-04", 0),
                ("1900-05", 0)
            ]
        );
        assert!(going_on(&moved, None).is_empty());
    }

    #[test]
    fn rare_providers_are_not_named() {
        let mut providers = Codes::default();
        for _ in 0..NAMED {
            providers.add(b"Opvang Noord", 1, MOST_CODES);
        }
        providers.add(b"Janssen", 1, MOST_CODES);
        let counts = providers.counts(|name, count| {
            if count < NAMED {
                OTHERS.to_owned()
            } else {
                shown(&String::from_utf8_lossy(name)).to_string()
            }
        });
        assert_eq!(counts.get("Opvang Noord"), Some(&NAMED));
        assert_eq!(counts.get(OTHERS), Some(&1));
        assert!(!counts.contains_key("Janssen"));
    }

    #[test]
    fn ages_fall_into_groups_with_those_that_are_not_known() {
        let mut ages = vec![0; 70];
        (ages[17], ages[18], ages[69]) = (1, 2, 3);
        let groups = age_groups(&ages, 8);
        let counts: Vec<u64> = ["0-17", "18-26", "65+", "unknown"]
            .iter()
            .map(|name| groups[*name])
            .collect();
        assert_eq!(counts, [1, 2, 3, 2]);
        assert!(age_groups(&[], 8).is_empty());
    }

    #[test]
    fn codes_of_parts_are_those_of_the_whole() {
        let codes: Vec<String> = (0..2_000_usize)
            .map(|n| (n * n % 419).to_string())
            .collect();
        let mut whole = Codes::default();
        for code in &codes {
            whole.add(code.as_bytes(), 1, MOST_CODES);
        }
        for size in [1, 7, 600] {
            let mut all = CodeCounts::default();
            for part in codes.chunks(size) {
                let mut some = CodeCounts::default();
                for code in part {
                    some.add(code.as_bytes(), b"");
                }
                all.merge(some);
            }
            assert_eq!(all.products.list, whole.list);
        }
    }
}
