//! The days on which a spell counts.
//!
//! Most spells count on every day they last. Two categories look ahead:
//!
//! * An institution (4) counts (a) from the day the person is ready to leave for as long as they
//!   are still inside, and (b) when leaving without housing is expected within one calendar month
//!   after the day.
//! * An eviction (7) counts when it is expected within one calendar month after the day.
//!
//! Both hold as known on the day: an expectation counts from the day somebody recorded it. All of
//! this comes down to one or two stretches of days, so that a date, a period and a flow ask the
//! same thing of the same stretches.

use ethos_model::category::EthosCategory;
use ethos_model::coverage::Delivery;
use ethos_model::date::{Day, Time};
use ethos_model::spell::Spell;

/// Days `[start, end)`; never empty. An end nobody knows is [`Span::OPEN`].
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Span {
    /// First day.
    pub start: Day,
    /// First day after the last.
    pub end: Day,
}

impl Span {
    /// The end of a span that has none.
    pub const OPEN: Day = Day(i32::MAX);

    /// The days from `start` up to but not including `end`; `None` when there are none.
    pub fn new(start: Day, end: Day) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// Whether it holds the day.
    pub fn holds(self, day: Day) -> bool {
        self.start <= day && day < self.end
    }

    /// Whether it holds the date, or any day of the period.
    pub fn touches(self, time: Time) -> bool {
        match time {
            Time::On(day) => self.holds(day),
            Time::AnyDayIn(period) => self.start < period.end() && self.end > period.start(),
        }
    }
}

/// The days on which a spell counts.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct ActiveSpans {
    /// Days of the stay itself. Stays that follow each other closely are one.
    pub stay: Option<Span>,
    /// Days on which leaving or eviction is expected soon.
    pub expected: Option<Span>,
    /// Whether the spell counts on the day of observation only, on the word of the observer,
    /// because its category looks ahead and the record holds no date to look at.
    pub on_word: bool,
}

/// The days on which an event expected on this day lies within one calendar month: from the
/// first day whose next month reaches it, up to and including the day itself.
///
/// ```
/// use ethos_count::spells::expected_window;
/// use ethos_model::date::Day;
/// let day = |text| Day::parse(text).unwrap();
/// let window = expected_window(day("2026-02-01"));
/// assert_eq!((window.start, window.end), (day("2026-01-01"), day("2026-02-02")));
/// // No day of February reaches 31 March: 28 February and a month is 28 March.
/// assert_eq!(expected_window(day("2026-03-31")).start, day("2026-03-01"));
/// ```
pub fn expected_window(expected: Day) -> Span {
    let mut first = expected.plus_months(-1);
    while first.plus_days(-1).plus_months(1) >= expected {
        first = first.plus_days(-1);
    }
    while first.plus_months(1) < expected {
        first = first.plus_days(1);
    }
    Span {
        start: first,
        end: expected.plus_days(1),
    }
}

/// The days on which a spell counts.
///
/// The delivery it came from bounds an open end: a file says of a person who has not left that
/// they were there when the file was made (or when its period ended, where that is later), and
/// nothing of the time after. A form of a count day speaks up to that day. Without any such date
/// an open end stays open.
///
/// ```
/// use ethos_count::spells::active_spans;
/// # use ethos_model::{attribute::Attributes, category::EthosCategory, date::Day};
/// # use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId, Spell};
/// # let day = |text| Day::parse(text).unwrap();
/// # let protected_housing = Spell {
/// #     source: SourceId(0), row: RowRef { delivery: 0, row: 2 }, key: LinkKey::default(),
/// #     category: EthosCategory::Institution, situation: None, start: day("2025-03-01"),
/// #     start_known: true, end: None, observed: None, ready_to_leave: Some(day("2025-11-15")),
/// #     expected_on: None, end_reason: None, municipalities: Municipalities::default(),
/// #     attributes: Attributes::default(), children_with: 0, children_elsewhere: 0,
/// # };
/// // Protected housing since March, ready to leave since 15 November.
/// let stay = active_spans(&protected_housing, None).stay.unwrap();
/// assert!(!stay.holds(day("2025-11-14")) && stay.holds(day("2026-01-01")));
/// ```
pub fn active_spans(spell: &Spell, delivery: Option<&Delivery>) -> ActiveSpans {
    let end = spell
        .end
        .unwrap_or_else(|| last_word(spell, delivery).map_or(Span::OPEN, |last| last.plus_days(1)));
    let start = spell
        .observed
        .map_or(spell.start, |observed| spell.start.min(observed));
    let whole = Span::new(start, end);
    let ahead = |expected: Day| {
        let window = expected_window(expected);
        let known = spell.observed.unwrap_or(start).max(start);
        Span::new(window.start.max(known), window.end.min(end))
    };
    let mut spans = match spell.category {
        EthosCategory::Institution => ActiveSpans {
            stay: spell
                .ready_to_leave
                .and_then(|ready| Span::new(start.max(ready), end)),
            expected: spell.expected_on.and_then(ahead),
            on_word: false,
        },
        EthosCategory::EvictionThreat => ActiveSpans {
            stay: None,
            expected: spell.expected_on.and_then(ahead),
            on_word: false,
        },
        _ => ActiveSpans {
            stay: whole,
            expected: None,
            on_word: false,
        },
    };
    let looks_ahead = matches!(
        spell.category,
        EthosCategory::Institution | EthosCategory::EvictionThreat
    );
    if looks_ahead && spell.ready_to_leave.is_none() && spell.expected_on.is_none() {
        let night = spell
            .observed
            .filter(|&day| whole.is_some_and(|whole| whole.holds(day)));
        spans.expected = night.and_then(|day| Span::new(day, day.plus_days(1)));
        spans.on_word = spans.expected.is_some();
    }
    spans
}

/// The last day of which a record without an end says that the person was there.
pub(crate) fn last_word(spell: &Spell, delivery: Option<&Delivery>) -> Option<Day> {
    spell.observed.or_else(|| {
        let delivery = delivery?;
        delivery
            .last_day()
            .max(delivery.period.map(ethos_model::date::Period::end))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::attribute::Attributes;
    use ethos_model::date::Period;
    use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn spell(category: EthosCategory, start: &str) -> Spell {
        Spell {
            source: SourceId(0),
            row: RowRef {
                delivery: 0,
                row: 2,
            },
            key: LinkKey::default(),
            category,
            situation: None,
            start: day(start),
            start_known: true,
            end: None,
            observed: None,
            ready_to_leave: None,
            expected_on: None,
            end_reason: None,
            municipalities: Municipalities::default(),
            attributes: Attributes::default(),
            children_with: 0,
            children_elsewhere: 0,
        }
    }

    #[test]
    fn the_window_is_one_calendar_month_for_every_day() {
        let first = day("2023-12-01").0;
        for expected in (first..first + 900).map(Day) {
            let window = expected_window(expected);
            for today in (expected.0 - 40..=expected.0 + 3).map(Day) {
                let within = today <= expected && expected <= today.plus_months(1);
                assert_eq!(window.holds(today), within, "{today} {expected}");
            }
        }
    }

    #[test]
    fn an_eviction_counts_in_its_window_and_once_known() {
        let mut threat = spell(EthosCategory::EvictionThreat, "2025-12-20");
        threat.expected_on = Some(day("2026-02-01"));
        let span = active_spans(&threat, None).expected.unwrap();
        assert_eq!(
            (span.start, span.end),
            (day("2026-01-01"), day("2026-02-02"))
        );
        threat.observed = Some(day("2026-01-10"));
        let span = active_spans(&threat, None).expected.unwrap();
        assert_eq!(
            (span.start, span.end),
            (day("2026-01-10"), day("2026-01-11"))
        );
        threat.end = Some(day("2026-01-20"));
        assert_eq!(
            active_spans(&threat, None).expected.unwrap().end,
            day("2026-01-20")
        );
    }

    #[test]
    fn an_institution_counts_when_ready_or_leaving_soon() {
        let mut inside = spell(EthosCategory::Institution, "2025-01-01");
        assert_eq!(active_spans(&inside, None), ActiveSpans::default());
        inside.ready_to_leave = Some(day("2024-06-01"));
        inside.expected_on = Some(day("2026-01-15"));
        let spans = active_spans(&inside, None);
        assert_eq!(spans.stay.unwrap().start, day("2025-01-01"));
        assert_eq!(spans.expected.unwrap().start, day("2025-12-15"));
    }

    #[test]
    fn a_form_without_a_date_counts_on_its_night_only() {
        let mut form = spell(EthosCategory::EvictionThreat, "2025-03-01");
        form.observed = Some(day("2025-04-08"));
        let spans = active_spans(&form, None);
        assert!(spans.on_word);
        assert_eq!(
            spans.expected,
            Span::new(day("2025-04-08"), day("2025-04-09"))
        );
    }

    #[test]
    fn an_open_end_is_evidence_up_to_the_file() {
        let delivery = Delivery {
            source: SourceId(0),
            file: "a.csv".into(),
            sha256: String::new(),
            layout: String::new(),
            sender: None,
            made: Some(day("2026-01-20")),
            inferred_until: None,
            period: Period::calendar_year(2025),
            rows: 1,
            replaced: false,
            usable: true,
        };
        let open = spell(EthosCategory::EmergencyShelter, "2025-06-01");
        let span = active_spans(&open, Some(&delivery)).stay.unwrap();
        assert!(span.holds(day("2026-01-20")) && !span.holds(day("2026-01-21")));
        let undated = Delivery {
            made: None,
            ..delivery.clone()
        };
        let span = active_spans(&open, Some(&undated)).stay.unwrap();
        assert!(span.holds(day("2026-01-01")) && !span.holds(day("2026-01-02")));
        let inferred = Delivery {
            made: None,
            inferred_until: Some(day("2026-03-30")),
            period: None,
            ..delivery.clone()
        };
        let span = active_spans(&open, Some(&inferred)).stay.unwrap();
        assert!(span.holds(day("2026-03-30")) && !span.holds(day("2026-03-31")));
        let ended = Spell {
            end: Some(day("2027-01-01")),
            ..open
        };
        assert_eq!(
            active_spans(&ended, Some(&delivery)).stay.unwrap().end,
            day("2027-01-01")
        );
    }
}
