//! Who looked where, and what an empty cell therefore means.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::category::EthosCategory;
use ethos_model::cell::CellState;
use ethos_model::coverage::{Delivery, ExpectedSender, Frame, Looked, Reach};
use ethos_model::date::{Day, Time};
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister, Recoding, SplitShares};
use ethos_model::spell::{SourceId, Spell};
use ethos_model::study::Study;

use crate::plan::day_of;
use crate::spells::Span;

/// What every cell of a municipality and category means at a time when nobody was seen in it.
///
/// A source that reports a category in a municipality looked there (`ZeroSeen`), looked in part
/// (`Partial`), did not deliver (`NotDelivered`) or was not asked. Several sources add up: a gap
/// in one makes the cell partial, and a cell that no source was asked about is `NotCollected`.
/// A source without categories reports the unknown situation and nothing else; one that reports
/// every category from 1 to 6 can also report that the situation is unknown.
#[derive(Clone, Debug)]
pub struct Coverage {
    codes: Vec<MunicipalityCode>,
    cells: Vec<[CellState; 8]>,
    gaps: Vec<Gap>,
    present: Vec<bool>,
}

/// How many municipalities a source should have looked in and did not, or not in full.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct Gap {
    /// Municipalities it was expected to report on.
    pub expected: usize,
    /// Of those, municipalities none of whose senders delivered.
    pub missing: usize,
    /// Of those, municipalities of which a part was delivered.
    pub in_part: usize,
}

impl Coverage {
    /// The coverage of a time, from the study's declarations and the deliveries that came.
    ///
    /// A delivery speaks of the days of its period, the day after it included (a file of 2025
    /// tells who is there on 1 January 2026); without a period, of the days up to the one it was
    /// made on, or its events let it speak of ([`Delivery::last_day`]). A delivery that cannot be
    /// used was expected and did not come, its sender if known. A delivery without a sender speaks for everyone its source expects; where a
    /// source expects nobody in particular, for the municipalities its `spells` name.
    pub fn new(
        study: &Study,
        deliveries: &[Delivery],
        reach: &[Reach],
        spells: &[Spell],
        time: Time,
    ) -> Self {
        let day = day_of(time);
        let codes = MunicipalityRegister::shipped().all_on(day);
        let mut coverage = Self {
            cells: vec![[CellState::NotCollected; 8]; codes.len()],
            gaps: Vec::new(),
            present: Vec::new(),
            codes,
        };
        let mut looked: Vec<Option<Vec<Looked>>> = Vec::new();
        for (at, source) in study.sources.iter().enumerate() {
            let id = SourceId(at as u16);
            let used = source.used_on(day);
            let known = used.then(|| reach.get(at)).flatten();
            let own = || deliveries.iter().filter(|delivery| delivery.source == id);
            coverage
                .present
                .push(used && own().any(|delivery| speaks_of(delivery, time)));
            let by_municipality = known.map(|reach| {
                let asked = Asked::new(reach, own(), spells, id, time);
                coverage
                    .codes
                    .iter()
                    .map(|&code| asked.looked(code))
                    .collect::<Vec<_>>()
            });
            coverage
                .gaps
                .push(gap(by_municipality.as_deref().unwrap_or(&[])));
            looked.push(by_municipality);
        }
        for (row, cells) in coverage.cells.iter_mut().enumerate() {
            for (category, cell) in EthosCategory::ALL.into_iter().zip(cells) {
                let reporting = study.sources.iter().zip(&looked).filter(|(source, _)| {
                    let reported = &source.reports.categories;
                    match category.number() {
                        Some(number) => reported.contains(&number),
                        None => reported.is_empty() || (1..=6).all(|no| reported.contains(&no)),
                    }
                });
                *cell = state(reporting.filter_map(|(_, looked)| Some(looked.as_ref()?[row])));
            }
        }
        coverage
    }

    /// The municipalities of the time, in code order.
    pub fn municipalities(&self) -> &[MunicipalityCode] {
        &self.codes
    }

    /// The state of a category in the municipality at this position when nobody was seen.
    pub fn cell(&self, municipality: usize, category: EthosCategory) -> CellState {
        self.cells[municipality][category.index()]
    }

    /// The state of categories together in the municipalities at these positions.
    pub fn total(
        &self,
        municipalities: impl IntoIterator<Item = usize>,
        categories: &[EthosCategory],
    ) -> CellState {
        CellState::of_total(municipalities.into_iter().flat_map(|row| {
            categories
                .iter()
                .map(move |&category| self.cell(row, category))
        }))
    }

    /// The gaps of every source of the study.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// Whether the source at this position is used and any delivery of it speaks of the time.
    pub(crate) fn present(&self, source: usize) -> bool {
        self.present.get(source).copied().unwrap_or(false)
    }
}

fn gap(looked: &[Looked]) -> Gap {
    let count = |wanted| looked.iter().filter(|&&found| found == wanted).count();
    Gap {
        expected: looked.len() - count(Looked::NotAsked),
        missing: count(Looked::No),
        in_part: count(Looked::InPart),
    }
}

fn state(looked: impl Iterator<Item = Looked>) -> CellState {
    let (mut yes, mut in_part, mut no) = (false, false, false);
    for one in looked {
        match one {
            Looked::Yes => yes = true,
            Looked::InPart => in_part = true,
            Looked::No => no = true,
            Looked::NotAsked => {}
        }
    }
    match (yes, in_part, no) {
        (true, false, false) => CellState::ZeroSeen,
        (true, _, _) | (_, true, _) => CellState::Partial,
        (false, false, true) => CellState::NotDelivered,
        (false, false, false) => CellState::NotCollected,
    }
}

/// The days a delivery speaks of; `None` when it cannot be used.
pub(crate) fn spoken(delivery: &Delivery) -> Option<Span> {
    (delivery.usable && !delivery.replaced)
        .then(|| meant(delivery))
        .flatten()
}

/// The days a delivery was to speak of, whether or not it can be used.
fn meant(delivery: &Delivery) -> Option<Span> {
    let always = Day(i32::MIN);
    match (delivery.period, delivery.last_day()) {
        (Some(period), _) => Span::new(period.start(), period.end().plus_days(1)),
        (None, Some(last)) => Span::new(always, last.plus_days(1)),
        (None, None) => Span::new(always, Span::OPEN),
    }
}

fn speaks_of(delivery: &Delivery, time: Time) -> bool {
    spoken(delivery).is_some_and(|days| days.touches(time))
}

/// Whether these spans together hold the date, or every day of the period.
fn hold_all(spans: &mut [Span], time: Time) -> bool {
    match time {
        Time::On(day) => spans.iter().any(|span| span.holds(day)),
        Time::AnyDayIn(period) => {
            spans.sort_unstable();
            let mut reached = period.start();
            for span in spans {
                if span.start > reached {
                    return false;
                }
                reached = reached.max(span.end);
            }
            reached >= period.end()
        }
    }
}

/// What is asked of one source, in the codes of the time.
struct Asked {
    reach: Reach,
    time: Time,
    /// Senders whose deliveries hold the whole time.
    whole: BTreeSet<MunicipalityCode>,
    /// Senders whose deliveries hold any of it.
    any: BTreeSet<MunicipalityCode>,
    /// Senders of deliveries on any of it that cannot be used.
    failed: BTreeSet<MunicipalityCode>,
    /// The first two for the source as one.
    source_whole: bool,
    source_any: bool,
}

impl Asked {
    fn new<'a>(
        reach: &Reach,
        deliveries: impl Iterator<Item = &'a Delivery>,
        spells: &[Spell],
        source: SourceId,
        time: Time,
    ) -> Self {
        let day = day_of(time);
        let mut by_sender: BTreeMap<Option<MunicipalityCode>, Vec<Span>> = BTreeMap::new();
        let mut failed = BTreeSet::new();
        for delivery in deliveries {
            if let Some(sender) = delivery.sender
                && !delivery.usable
                && meant(delivery).is_some_and(|days| days.touches(time))
            {
                failed.insert(at_date(sender, day));
            }
            if let Some(days) = spoken(delivery).filter(|days| days.touches(time)) {
                by_sender
                    .entry(delivery.sender.map(|sender| at_date(sender, day)))
                    .or_default()
                    .push(days);
            }
        }
        let mut asked = Self {
            reach: reach_at(reach, day),
            time,
            whole: BTreeSet::new(),
            any: BTreeSet::new(),
            failed,
            source_whole: false,
            source_any: !by_sender.is_empty(),
        };
        let mut together: Vec<Span> = by_sender.values().flatten().copied().collect();
        asked.source_whole = hold_all(&mut together, time);
        let nameless = by_sender.remove(&None);
        for (sender, mut spans) in by_sender {
            let Some(sender) = sender else { continue };
            asked.any.insert(sender);
            if hold_all(&mut spans, time) {
                asked.whole.insert(sender);
            }
        }
        if let Some(mut spans) = nameless {
            let for_all = asked.all_senders(spells, source, day);
            asked.any.extend(&for_all);
            if hold_all(&mut spans, time) {
                asked.whole.extend(&for_all);
            }
        }
        asked
    }

    /// For whom a delivery without a sender speaks.
    fn all_senders(
        &self,
        spells: &[Spell],
        source: SourceId,
        day: Day,
    ) -> BTreeSet<MunicipalityCode> {
        match &self.reach {
            Reach::National => BTreeSet::new(),
            Reach::Frame(frame) => frame
                .expected
                .values()
                .flatten()
                .map(|expected| expected.sender)
                .collect(),
            Reach::Senders => spells
                .iter()
                .filter(|spell| spell.source == source)
                .filter_map(|spell| {
                    spell
                        .municipalities
                        .responsible
                        .or(spell.municipalities.stay)
                })
                .map(|code| at_date(code, day))
                .collect(),
        }
    }

    fn looked(&self, municipality: MunicipalityCode) -> Looked {
        let on = |day| {
            let (whole, any) = match &self.reach {
                Reach::National => {
                    let came = |came| if came { Looked::Yes } else { Looked::No };
                    (came(self.source_whole), came(self.source_any))
                }
                reach => (
                    reach.state(municipality, day, &self.whole),
                    reach.state(municipality, day, &self.any),
                ),
            };
            match (whole, any) {
                (Looked::Yes, _) => Looked::Yes,
                (_, Looked::Yes | Looked::InPart) => Looked::InPart,
                (Looked::NotAsked, _)
                    if matches!(self.reach, Reach::Senders)
                        && self.failed.contains(&municipality) =>
                {
                    Looked::No
                }
                (whole, _) => whole,
            }
        };
        match self.time {
            Time::On(day) => on(day),
            Time::AnyDayIn(period) => match (on(period.start()), on(period.end().plus_days(-1))) {
                (first, last) if first == last => first,
                (Looked::Yes | Looked::InPart, _) | (_, Looked::Yes | Looked::InPart) => {
                    Looked::InPart
                }
                _ => Looked::No,
            },
        }
    }
}

fn recoded(code: MunicipalityCode, day: Day) -> Recoding {
    MunicipalityRegister::shipped().recode(code, day, &SplitShares::default(), 0)
}

/// The code of a sender at the date; as it is when the date has no one code for it.
pub(crate) fn at_date(code: MunicipalityCode, day: Day) -> MunicipalityCode {
    recoded(code, day).resolve(code).unwrap_or(code)
}

/// A reach in the codes of a day. What is expected of a municipality that was divided is
/// expected of every part; a municipality the frame knows only by its later code has the senders
/// of that one.
fn reach_at(reach: &Reach, day: Day) -> Reach {
    let Reach::Frame(frame) = reach else {
        return reach.clone();
    };
    let mut expected: BTreeMap<MunicipalityCode, Vec<ExpectedSender>> = BTreeMap::new();
    let senders = |listed: &[ExpectedSender]| -> Vec<ExpectedSender> {
        listed
            .iter()
            .map(|one| ExpectedSender {
                sender: at_date(one.sender, day),
                ..one.clone()
            })
            .collect()
    };
    for (&code, listed) in &frame.expected {
        let targets = match recoded(code, day) {
            Recoding::Split { parts, .. } => parts,
            other => other.resolve(code).into_iter().collect(),
        };
        for target in targets {
            let held = expected.entry(target).or_default();
            for sender in senders(listed) {
                if !held.contains(&sender) {
                    held.push(sender);
                }
            }
        }
    }
    for code in MunicipalityRegister::shipped().all_on(day) {
        let later = heirs_in(frame, code);
        if !later.is_empty() {
            expected.entry(code).or_insert_with(|| senders(&later));
        }
    }
    Reach::Frame(Frame { expected })
}

/// What a frame expects of the municipalities that a code later went into.
fn heirs_in(frame: &Frame, code: MunicipalityCode) -> Vec<ExpectedSender> {
    let mut found = Vec::new();
    let heirs = MunicipalityRegister::shipped()
        .change_of(code)
        .map(|change| change.kind.heirs());
    for &heir in heirs.into_iter().flatten() {
        match frame.expected.get(&heir) {
            Some(listed) => found.extend(listed.iter().cloned()),
            None => found.extend(heirs_in(frame, heir)),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_add_up_over_sources() {
        use Looked::{InPart, No, NotAsked, Yes};
        for (looked, expected) in [
            (vec![], CellState::NotCollected),
            (vec![NotAsked, NotAsked], CellState::NotCollected),
            (vec![No, NotAsked], CellState::NotDelivered),
            (vec![Yes, NotAsked], CellState::ZeroSeen),
            (vec![Yes, No], CellState::Partial),
            (vec![InPart], CellState::Partial),
        ] {
            assert_eq!(state(looked.clone().into_iter()), expected, "{looked:?}");
        }
    }

    #[test]
    fn half_years_together_hold_the_year() {
        let day = |text| Day::parse(text).unwrap();
        let span = |a, b| Span::new(day(a), day(b)).unwrap();
        let year = Time::AnyDayIn(ethos_model::date::Period::calendar_year(2025).unwrap());
        let (first, second) = (
            span("2025-01-01", "2025-07-02"),
            span("2025-07-01", "2026-01-02"),
        );
        assert!(hold_all(&mut [second, first], year));
        assert!(!hold_all(&mut [second], year));
        assert!(!hold_all(&mut [first], year));
        assert!(hold_all(&mut [second], Time::On(day("2026-01-01"))));
    }
}
