//! Findings of one file as they are made: kept in detail up to a limit per rule, counted by column
//! beyond it, and said so.

mod counts;
mod shown;
mod words;

use std::collections::BTreeMap;

use ethos_model::finding::{Finding, Fingerprint, RuleCode, Severity, Shared, Text};
use ethos_model::layout::Layout;

use crate::rules::{Consequence, Detail, Facts, Observation, Place, Rule, RuleBook};
pub(crate) use counts::Counts;
pub(crate) use shown::{bare, listed, masked, shown, shown_code, shown_day, shown_place};
use words::Words;

/// Findings of each rule that are kept in detail per file when nothing else is asked.
pub const DEFAULT_LIMIT: usize = 10_000;

/// Findings of each rule that are kept in detail per file where all are asked for: a bound on memory that no
/// file a person can mend comes near.
pub const MOST_FINDINGS: usize = 1_000_000;

/// Findings of a rule on each column that are kept in detail, however many the rule has on other columns: no
/// column goes unnamed.
const OF_COLUMN: u64 = 1_000;

/// Whether a rule tells how a cell is written and not what is in it: an export of columns of a fixed width
/// has such a finding for every cell, and all of a column are mended alike. Of these no more than
/// [`OF_COLUMN`] of a column are kept in detail, even where all findings are asked for.
fn is_of_writing(rule: &Rule) -> bool {
    let of_writing = [
        Observation::CellPadded,
        Observation::CellFormula,
        Observation::SheetFormulas,
    ];
    (rule.observes()).is_some_and(|seen| of_writing.contains(&seen))
}

/// First and last row of findings that are not kept in detail, by the position of the rule and the number
/// of the column.
type Rest = BTreeMap<(u16, u32), (u64, u64)>;

fn widen(rest: &mut Rest, at: (u16, u32), rows: (u64, u64)) {
    let all = rest.entry(at).or_insert(rows);
    *all = (all.0.min(rows.0), all.1.max(rows.1));
}

/// How many findings of each rule a file has: rule code to number.
pub type FindingCounts = BTreeMap<RuleCode, u64>;

/// What was found in some rows.
#[derive(Default)]
pub(crate) struct Found {
    list: Vec<Finding>,
    counts: Counts,
    rest: Rest,
    unusable: bool,
    lost: bool,
}

/// The findings of one file, or of some of its rows.
#[derive(Clone)]
pub(crate) struct Findings<'a> {
    file: Shared<str>,
    /// Sheet of a workbook that is read.
    sheet: Option<Shared<str>>,
    book: &'a RuleBook,
    facts: Facts,
    /// For each observation, the position of the rule that tells it.
    observers: Vec<Option<u16>>,
    limit: u64,
    words: Words,
    list: Vec<Finding>,
    /// For each rule of the book.
    counts: Counts,
    /// For each rule of the book, whether it tells how cells are written.
    of_writing: Vec<bool>,
    /// Of rules that tell how cells are written: what else is counted is of the file as it is.
    rest: Rest,
    /// Whether something was seen that makes the file unusable.
    unusable: bool,
    /// Whether something was seen for which a row of data is lost.
    lost: bool,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(file: &str, book: &'a RuleBook, limit: usize) -> Self {
        Self {
            file: file.into(),
            sheet: None,
            book,
            facts: Facts::default(),
            observers: book.observers(None, None),
            limit: limit as u64,
            words: Words::default(),
            list: Vec::new(),
            counts: Counts::new(book.rules().len()),
            of_writing: book.rules().iter().map(is_of_writing).collect(),
            rest: Rest::new(),
            unusable: false,
            lost: false,
        }
    }

    /// The rule that tells of this.
    pub(crate) fn rule_of(&self, seen: Observation) -> Option<RuleCode> {
        let at = self.observers.get(seen as usize).copied().flatten()?;
        self.book.rules().get(at as usize).map(|rule| rule.code)
    }

    /// Findings from here on are in a sheet.
    pub(crate) fn set_sheet(&mut self, sheet: &str) {
        self.sheet = Some(sheet.into());
    }

    /// Goes on with the rules for a file of this layout.
    pub(crate) fn choose(&mut self, layout: &Layout, facts: Facts) {
        self.observers = self.book.observers(Some(layout), facts.day);
        self.facts = facts;
    }

    /// The rules, and what is known of the file.
    pub(crate) fn rules(&self) -> (&'a RuleBook, &Facts) {
        (self.book, &self.facts)
    }

    /// Counts a finding that is on no column and, below the limit, keeps what `describe` says of it.
    pub(crate) fn add<'p>(
        &mut self,
        seen: Observation,
        describe: impl FnOnce() -> (Place<'p>, Detail),
    ) {
        self.add_on(seen, None, describe);
    }

    /// The same of a finding on a column, by its number.
    pub(crate) fn add_on<'p>(
        &mut self,
        seen: Observation,
        column: Option<u32>,
        describe: impl FnOnce() -> (Place<'p>, Detail),
    ) {
        self.unusable |= seen.consequence() == Consequence::FileUnusable;
        self.lost |= seen.loses_data();
        if let Some(at) = self.observers[seen as usize] {
            self.add_by(at, column, describe);
        }
    }

    /// A finding of the rule at a position in the book.
    pub(crate) fn add_by<'p>(
        &mut self,
        rule: u16,
        column: Option<u32>,
        describe: impl FnOnce() -> (Place<'p>, Detail),
    ) {
        let counted = self.counts.add(usize::from(rule), column, 1);
        let of_writing = self.of_writing[usize::from(rule)];
        let keeps = self.keeps(of_writing, counted);
        if keeps || of_writing {
            let (place, detail) = describe();
            if !keeps {
                let row = place.row.unwrap_or(0);
                widen(&mut self.rest, (rule, column.unwrap_or(0)), (row, row));
                return;
            }
            let by = (rule, &self.book.rules()[usize::from(rule)]);
            let of = (&self.file, self.sheet.as_ref());
            let finding = self.words.finding(by, of, place, detail);
            debug_assert_eq!(finding.column_number, column, "{}", finding.code);
            self.list.push(finding);
        }
    }

    /// Whether a finding is kept in detail that is so manieth of its rule, and of its rule on its column.
    fn keeps(&self, of_writing: bool, (of_rule, of_column): (u64, u64)) -> bool {
        (of_rule <= self.limit && !of_writing) || of_column <= OF_COLUMN.min(self.limit)
    }

    /// Findings of each rule that are kept in detail.
    pub(crate) fn limit(&self) -> usize {
        usize::try_from(self.limit).unwrap_or(usize::MAX)
    }

    /// Counts further findings of the rule at a position, on a column, none of them in detail.
    pub(crate) fn count_more(&mut self, rule: u16, column: Option<u32>, count: u64) {
        if count > 0 {
            self.counts.add(usize::from(rule), column, count);
        }
    }

    /// How many findings there are.
    pub(crate) fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Forgets what was found.
    pub(crate) fn forget(&mut self) {
        self.list.clear();
        self.counts = Counts::new(self.book.rules().len());
        self.rest.clear();
        self.unusable = false;
        self.lost = false;
    }

    /// Goes on with rows before which at least so many findings of each rule were made.
    pub(crate) fn go_on(&mut self, before: &Counts) {
        self.counts.copy(before);
    }

    /// What was found since [`Self::go_on`].
    pub(crate) fn found_since(&mut self, before: &Counts) -> Found {
        Found {
            list: std::mem::take(&mut self.list),
            counts: self.counts.since(before),
            rest: std::mem::take(&mut self.rest),
            unusable: std::mem::take(&mut self.unusable),
            lost: std::mem::take(&mut self.lost),
        }
    }

    /// Adds what was found in the rows that follow. What is kept in detail is what would be if
    /// they had been read here.
    pub(crate) fn add_found(&mut self, found: Found) {
        self.unusable |= found.unusable;
        self.lost |= found.lost;
        if found.counts.are_none() {
            return;
        }
        // One that is not in the list was beyond the limit where it was found, and so is what follows of it.
        let mut counts = self.counts.clone();
        let rules = self.book.rules();
        for finding in found.list {
            // It is of a rule of this book.
            let Ok(at) = rules.binary_search_by_key(&finding.code, |rule| rule.code) else {
                continue;
            };
            let of_writing = self.of_writing[at];
            if self.keeps(of_writing, counts.add(at, finding.column_number, 1)) {
                self.list.push(finding);
            } else if of_writing {
                let row = finding.row.unwrap_or(0);
                let key = (at as u16, finding.column_number.unwrap_or(0));
                widen(&mut self.rest, key, (row, row));
            }
        }
        for (at, rows) in found.rest {
            widen(&mut self.rest, at, rows);
        }
        self.counts.add_all(&found.counts);
    }

    /// A finding on the file as a whole.
    pub(crate) fn add_to_file(&mut self, seen: Observation, detail: Detail) {
        self.add(seen, || (Place::default(), detail));
    }

    /// Whether the file cannot be used: for what the reader saw, or by a blocking finding.
    pub(crate) fn blocked(&self) -> bool {
        self.unusable || self.worst() == Some(Severity::Blocking)
    }

    /// How grave what became of the rows is by itself, whatever rules say of it.
    pub(crate) fn at_least(&self) -> Option<Severity> {
        if self.blocked() {
            Some(Severity::Blocking)
        } else {
            self.lost.then_some(Severity::Error)
        }
    }

    /// Severity of the gravest finding.
    pub(crate) fn worst(&self) -> Option<Severity> {
        let rules = self.book.rules().iter().zip(self.counts.of_rules());
        rules
            .filter(|(_, count)| **count > 0)
            .map(|(rule, _)| rule.severity)
            .max()
    }

    /// The findings by row, column and code, those on the whole file first, and a last one for each rule and
    /// column of which further findings were only counted: it stands for so many.
    pub(crate) fn finish(mut self) -> (Vec<Finding>, FindingCounts) {
        let mut list = std::mem::take(&mut self.list);
        list.sort_by_key(|finding| (finding.row, finding.column_number, finding.code));
        let mut counts = FindingCounts::new();
        for (rule, &count) in self.book.rules().iter().zip(self.counts.of_rules()) {
            if count > 0 {
                counts.insert(rule.code, count);
            }
        }
        let more = self.beyond(&list);
        list.extend(more);
        mark(&mut list);
        (list, counts)
    }

    /// What was only counted of rules on columns, as findings that stand for it.
    fn beyond(&self, list: &[Finding]) -> Vec<Finding> {
        let mut kept: BTreeMap<(RuleCode, Option<u32>), (&Finding, u64)> = BTreeMap::new();
        for finding in list {
            let key = (finding.code, finding.column_number);
            kept.entry(key).or_insert((finding, 0)).1 += 1;
        }
        let mut beyond = Vec::new();
        for (at, rule) in self.book.rules().iter().enumerate() {
            for (column, count) in self.counts.on_columns(at) {
                let Some((first, kept)) = kept.get(&(rule.code, column)) else {
                    continue;
                };
                let more = count.saturating_sub(*kept);
                if more == 0 {
                    continue;
                }
                let place = Place::default();
                let mut finding = rule.finding(self.file.clone(), &place, &Detail::default());
                finding.sheet.clone_from(&first.sheet);
                finding.column.clone_from(&first.column);
                finding.column_number = column;
                finding.more = more;
                let rows = self.rest.get(&(at as u16, column.unwrap_or(0)));
                let rows = rows.map_or_else(Text::default, |(first, last)| {
                    Text::new(
                        format!(", in rij {first} tot en met {last}"),
                        format!(", in rows {first} to {last}"),
                    )
                });
                finding.message = Text::new(
                    format!(
                        "Nog {more} bevindingen van deze soort{}, niet afzonderlijk genoemd.",
                        rows.nl
                    ),
                    format!(
                        "{more} more findings of this kind{}, not listed one by one.",
                        rows.en
                    ),
                )
                .into();
                beyond.push(finding);
            }
        }
        beyond
    }
}

/// Gives every finding its fingerprint.
fn mark(list: &mut [Finding]) {
    let mut ordinals: BTreeMap<Fingerprint, u64> = BTreeMap::new();
    for finding in list {
        let ordinal = ordinals.entry(Fingerprint::of(finding, 0)).or_insert(0);
        *ordinal += 1;
        finding.fingerprint = Fingerprint::of(finding, *ordinal);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_said() {
        let mut findings = Findings::new("a.csv", RuleBook::shipped(), 2);
        for row in (2..7).rev() {
            findings.add(Observation::BsnWrong, || {
                let place = Place {
                    row: Some(row),
                    ..Place::default()
                };
                (place, Detail::default())
            });
        }
        assert!(!findings.blocked());
        let (list, counts) = findings.finish();
        assert_eq!(counts["BSN01"], 5);
        assert_eq!(list.len(), 3);
        assert_eq!([0, 1, 2].map(|at: usize| list[at].more), [0, 0, 3]);
        assert_eq!(
            [list[0].row, list[1].row, list[2].row],
            [Some(5), Some(6), None]
        );
        assert!(list[2].message.en.starts_with("3 more"));
        let marks = [0, 1, 2].map(|at: usize| list[at].fingerprint);
        assert!(marks[0] != marks[1] && marks[1] != marks[2]);
    }

    #[test]
    fn every_column_is_named_and_counted_exactly_in_whatever_parts_rows_are_read() {
        let rows = |from: u64, to: u64| {
            let all = (from..to).flat_map(|row| [(row, 7), (row, 8)]);
            all.filter(|(row, column)| *column == 7 || *row >= 3_990)
        };
        let found = |findings: &mut Findings<'_>, from, to| {
            for (row, column) in rows(from, to) {
                findings.add_on(Observation::DateWrong, Some(column), || {
                    let place = Place {
                        row: Some(row),
                        column: Some(("datum", column)),
                        ..Place::default()
                    };
                    (place, Detail::default())
                });
            }
        };
        let mut whole = Findings::new("a.csv", RuleBook::shipped(), 1_500);
        found(&mut whole, 2, 4_002);
        let mut parts = Findings::new("a.csv", RuleBook::shipped(), 1_500);
        let mut worker = parts.clone();
        for (from, to) in [(2, 900), (900, 1_700), (1_700, 3_995), (3_995, 4_002)] {
            let before = parts.counts().clone();
            worker.go_on(&before);
            found(&mut worker, from, to);
            parts.add_found(worker.found_since(&before));
        }
        let (list, counts) = whole.finish();
        assert_eq!(parts.finish(), (list.clone(), counts.clone()));
        assert_eq!(counts["DAT01"], 4_012);
        let of = |column| {
            let of = list.iter().filter(|f| f.column_number == Some(column));
            let kept = of.clone().filter(|f| f.more == 0).count();
            (kept, of.map(|f| f.more).sum::<u64>())
        };
        assert_eq!((of(7), of(8)), ((1_500, 2_500), (12, 0)));
        let last = list.last().unwrap();
        assert_eq!((last.row, last.column.as_deref()), (None, Some("datum")));
    }

    #[test]
    fn of_how_cells_are_written_a_column_keeps_no_more_than_an_officer_reads() {
        let found = |findings: &mut Findings<'_>, rows: std::ops::Range<u64>| {
            for (row, column) in rows.flat_map(|row| [(row, 7), (row, 8)]) {
                findings.add_on(Observation::CellPadded, Some(column), || {
                    let place = Place {
                        row: Some(row),
                        column: Some(("datum", column)),
                        ..Place::default()
                    };
                    (place, Detail::default())
                });
            }
        };
        let mut whole = Findings::new("a.csv", RuleBook::shipped(), MOST_FINDINGS);
        found(&mut whole, 2..4_002);
        let mut parts = Findings::new("a.csv", RuleBook::shipped(), MOST_FINDINGS);
        let mut workers = [parts.clone(), parts.clone()];
        // Two parts are read at the same time: neither knows what the other finds.
        for pair in [[2..900, 900..1_700], [1_700..3_995, 3_995..4_002]] {
            let before = parts.counts().clone();
            for (worker, rows) in workers.iter_mut().zip(pair) {
                worker.go_on(&before);
                found(worker, rows);
                parts.add_found(worker.found_since(&before));
            }
        }
        let (list, counts) = whole.finish();
        assert_eq!(parts.finish(), (list.clone(), counts.clone()));
        assert_eq!((counts["SPA01"], list.len()), (8_000, 2_002));
        assert_eq!(list.iter().map(Finding::count).sum::<u64>(), 8_000);
        let last = list.last().unwrap();
        assert_eq!(
            &*last.message.nl,
            "Nog 3000 bevindingen van deze soort, in rij 1002 tot en met 4001, niet afzonderlijk genoemd."
        );
        assert!(last.message.en.contains("in rows 1002 to 4001"));
    }

    #[test]
    fn what_no_rule_tells_makes_a_file_unusable_all_the_same() {
        let mut book = RuleBook::shipped().clone();
        book.add("[[rule]]\nid = \"KOP01\"\noff = true", "x.toml")
            .unwrap();
        let mut findings = Findings::new("a.csv", &book, 2);
        findings.add(Observation::HeaderMissing, Default::default);
        assert!(findings.blocked() && findings.worst().is_none());
    }
}
