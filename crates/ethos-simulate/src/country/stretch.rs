//! From dates to spells: the stretches of days during which a list has a person.

use ethos_model::date::Day;

use crate::assumption::STALE;
use crate::country::Country;
use crate::country::capture::holds;
use crate::country::person::{Kind, Person, PersonIndex, Season};
use crate::country::place::PlaceId;
use crate::streams::Stream;

/// A stretch on a list, `[start, end)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Stretch {
    pub(crate) person: PersonIndex,
    pub(crate) start: Day,
    /// First day after; `None` while it lasts.
    pub(crate) end: Option<Day>,
    /// For the shelters: where, and in what situation.
    pub(crate) stay: PlaceId,
    pub(crate) situation: ethos_model::category::LivingSituation,
    /// The date on which the stretch still stands although the person has left.
    pub(crate) stale_on: Option<usize>,
}

/// The stretches of a person on a list.
///
/// On every reference date a stretch covers the date exactly when the person's history holds the
/// list, stale benefits apart. A stay in a shelter follows the person's situation; a benefit or a
/// supervision goes on through changes of it.
pub(crate) fn of_person(
    country: &Country,
    index: PersonIndex,
    person: &Person,
    list: usize,
    stream: &mut Stream,
) -> Vec<Stretch> {
    let mut found: Vec<Stretch> = Vec::new();
    for (at, season) in person.seasons.iter().enumerate() {
        if !holds(season.history, list) {
            continue;
        }
        let date = usize::from(season.date);
        let day = country.dates[date];
        let before = at.checked_sub(1).map(|at| &person.seasons[at]);
        let after = person.seasons.get(at + 1);
        let joined = |a: &Season, b: &Season| {
            holds(a.history, list) && holds(b.history, list) && (list > 0 || b.continues(a))
        };
        if before.is_none_or(|before| !joined(before, season)) {
            let start = start(country, season, before, list, date, stream);
            found.push(Stretch {
                person: index,
                start,
                end: None,
                stay: season.stay,
                situation: season.situation,
                stale_on: None,
            });
        }
        if after.is_some_and(|after| joined(season, after)) {
            continue;
        }
        let (end, stale_on) = end(country, person, season, after, list, day, stream);
        if let Some(last) = found.last_mut() {
            (last.end, last.stale_on) = (end, stale_on);
        }
    }
    found
}

/// First day on the list, after the date before when the list did not have the person then.
fn start(
    country: &Country,
    season: &Season,
    before: Option<&Season>,
    list: usize,
    date: usize,
    stream: &mut Stream,
) -> Day {
    let day = country.dates[date];
    let free = before.map(|before| country.dates[usize::from(before.date)].plus_days(1));
    if list == 0 {
        let unlisted = before.is_some_and(|before| season.continues(before));
        let latest = match season.kind {
            // A stay that is out of the scope for its length must look long.
            Kind::LongStay | Kind::Child => day.plus_days(-100),
            _ => day.plus_days(-1),
        };
        return match free {
            Some(free) if unlisted => stream.day(free, latest),
            _ => season.since,
        };
    }
    let first = free.or_else(|| date.checked_sub(1).map(|at| country.dates[at].plus_days(1)));
    match first {
        Some(first) => stream.day(first, day.plus_days(-1)),
        None => day.plus_days(1 - stream.days(380.0)),
    }
}

/// First day no longer on the list, before the next date; with the date on which a benefit that
/// should have ended still stands.
fn end(
    country: &Country,
    person: &Person,
    season: &Season,
    after: Option<&Season>,
    list: usize,
    day: Day,
    stream: &mut Stream,
) -> (Option<Day>, Option<usize>) {
    let date = usize::from(season.date);
    let next = country.dates.get(date + 1).copied();
    let Some(next) = next else {
        // After the last date some leave before the files are made.
        let leaves = stream
            .chance(0.08)
            .then(|| day.plus_days(stream.between(1, 60)));
        return (leaves, None);
    };
    if list == 0 {
        let gone = after.is_none_or(|after| !after.continues(season));
        if let (true, Some(until)) = (gone, season.until) {
            return (Some(until.max(day.plus_days(1)).min(next)), None);
        }
        return (Some(stream.day(day.plus_days(1), next)), None);
    }
    match (after, person.exit) {
        (None, Some(exit)) => {
            let late = list == 1 && season.kind == Kind::Scope && stream.chance(STALE);
            if late {
                return (
                    Some(next.plus_days(stream.between(20, 120))),
                    Some(date + 1),
                );
            }
            (Some(exit.max(day.plus_days(1)).min(next)), None)
        }
        _ => (Some(stream.day(day.plus_days(1), next)), None),
    }
}
