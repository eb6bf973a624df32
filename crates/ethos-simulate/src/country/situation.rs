//! In which category someone is on a date, since when and where.
//!
//! In the scope the category follows the shelter bit: whoever is on the shelter list is in
//! category 2 or in a short stay of 3; the others are mostly in 1, 5 and 6, and some in
//! shelters that do not register them. Outside the scope the lists follow the category, and
//! someone whom the scope leaves out for a category is on the other lists only when the shelter
//! list says so too: the others carry no category.

use ethos_model::attribute::Sex;
use ethos_model::category::{EthosCategory, LivingSituation};
use ethos_model::date::Day;

use crate::country::Country;
use crate::country::capture::{History, holds};
use crate::country::flow::{Draws, Standing};
use crate::country::person::{Kind, Person, Season};
use crate::country::place::PlaceId;
use crate::streams::Stream;

/// Days before a date on which the longest stay of category 3 starts that is still short:
/// the date itself counts, so 92 days in all.
const SHORT: i32 = 91;

/// The situation with this code, one of the codes of the model.
pub(crate) fn of(code: &str) -> LivingSituation {
    LivingSituation::from_code(code).expect("a code of the model's table")
}

/// Gives someone who is there a season, and ends the one before where it is another.
pub(crate) fn settle(
    country: &mut Country,
    standing: Standing,
    history: History,
    date: usize,
    draws: &mut Draws,
) {
    let person = &country.persons[standing.person as usize];
    let last = person.seasons.last().cloned();
    let stream = &mut draws.situations;
    let day = country.dates[date];
    let previous_day = date.checked_sub(1).map(|at| country.dates[at]);
    let listed = standing.kind == Kind::Scope && holds(history, 0);
    let mut season = match last.as_ref().filter(|l| {
        goes_on(standing.kind, listed, l, stream) && !(listed && country.is_absent(l.stay, date))
    }) {
        Some(last) => Season {
            until: None,
            ..last.clone()
        },
        None => fresh(
            country,
            person,
            standing.kind,
            listed,
            previous_day,
            date,
            stream,
        ),
    };
    season.date = date as u8;
    season.kind = standing.kind;
    season.history = match standing.kind {
        Kind::Scope => history,
        kind => outside_lists(
            country,
            person,
            kind,
            &season,
            last.as_ref(),
            day,
            date,
            draws,
        ),
    };
    let person = &mut country.persons[standing.person as usize];
    person.entry = person.entry.min(season.since);
    if let (Some(last), Some(before)) = (person.seasons.last_mut(), previous_day)
        && !season.continues(last)
    {
        let shelter = EthosCategory::TemporaryShelter;
        let twice = last.category() == shelter && season.category() == shelter;
        // Two stays of category 3 are kept apart, or they would count as one long stay.
        last.until = Some(if twice {
            draws
                .situations
                .day(before.plus_days(1), season.since.plus_days(-20))
        } else {
            season.since
        });
    }
    person.seasons.push(season);
}

/// Whether the situation of the date before goes on.
fn goes_on(kind: Kind, listed: bool, last: &Season, stream: &mut Stream) -> bool {
    let drawn = stream.uniform();
    let temporary = last.category() == EthosCategory::TemporaryShelter;
    match (kind, last.kind) {
        (Kind::LongStay, _) => temporary,
        (Kind::Scope, Kind::Scope) if listed => {
            last.category() == EthosCategory::EmergencyShelter && drawn < 0.5
        }
        (Kind::Scope, Kind::Scope) => !temporary && drawn < 0.65,
        (Kind::Senior, Kind::Threatened | Kind::Institution) => false,
        (Kind::Institution | Kind::Senior | Kind::NotRegistered, _) => {
            (kind == last.kind || kind == Kind::Senior) && drawn < 0.75
        }
        _ => false,
    }
}

/// A situation that starts between the dates, or before the first: not on the date itself, so
/// that a file of the year before speaks of it too.
fn fresh(
    country: &Country,
    person: &Person,
    kind: Kind,
    listed: bool,
    previous_day: Option<Day>,
    date: usize,
    stream: &mut Stream,
) -> Season {
    let day = country.dates[date];
    let situation = draw(kind, listed, person.sex, stream);
    let earliest = match (person.seasons.is_empty(), previous_day) {
        (false, Some(before)) => before.plus_days(25),
        _ => person.entry,
    };
    let since = match kind {
        Kind::Threatened => day.plus_days(-stream.between(1, 60)).max(earliest.min(day)),
        Kind::LongStay => earliest.min(day.plus_days(-100)),
        Kind::Scope if situation.category() == EthosCategory::TemporaryShelter => stream
            .day(day.plus_days(-SHORT), day.plus_days(-1))
            .max(earliest.min(day)),
        _ if person.seasons.is_empty() && stream.chance(0.6) => person.entry,
        _ => stream.day(earliest, day.plus_days(-1)),
    };
    let sheltered = matches!(
        situation.category(),
        EthosCategory::EmergencyShelter | EthosCategory::TemporaryShelter
    );
    let stay = if sheltered {
        shelter(country, person.home, listed.then_some(date), stream)
    } else {
        person.home
    };
    Season {
        date: date as u8,
        kind,
        situation,
        since,
        until: None,
        history: 0,
        stay,
    }
}

/// A living situation that goes with the kind.
fn draw(kind: Kind, listed: bool, sex: Sex, stream: &mut Stream) -> LivingSituation {
    let woman = sex == Sex::Female;
    let womens_shelter = if woman { 0.04 } else { 0.0 };
    let rough = if woman { 0.5 } else { 1.0 };
    let drawn = match (kind, listed) {
        (Kind::Scope, true) => stream.pick(&[("2a", 0.62), ("3a", 0.22), ("3b", 0.16)]),
        (Kind::Scope, false) => stream.pick(&[
            ("1a", 0.17 * rough),
            ("2a", 0.06),
            ("3a", 0.02),
            ("3b", 0.02),
            ("3c", womens_shelter),
            ("5a", 0.13),
            ("5b", 0.06),
            ("5c", 0.04),
            ("6a", 0.22),
            ("6b", 0.29),
        ]),
        (Kind::LongStay, _) => {
            stream.pick(&[("3a", 0.45), ("3b", 0.55), ("3c", 10.0 * womens_shelter)])
        }
        (Kind::Institution, _) => {
            stream.pick(&[("4a", 0.20), ("4b", 0.22), ("4c", 0.08), ("4d", 0.50)])
        }
        (Kind::Threatened, _) => "7a",
        (Kind::Senior, _) => stream.pick(&[
            ("1a", 0.13),
            ("2a", 0.20),
            ("3a", 0.20),
            ("3b", 0.08),
            ("4a", 0.08),
            ("5a", 0.15),
            ("6a", 0.16),
        ]),
        (Kind::NotRegistered | Kind::Child, _) => stream.pick(&[
            ("1a", 0.24 * rough),
            ("2a", 0.20),
            ("5a", 0.10),
            ("5b", 0.06),
            ("5c", 0.04),
            ("6a", 0.12),
            ("6b", 0.24),
        ]),
    };
    of(drawn)
}

/// A municipality to be sheltered in: mostly of the region, and then mostly its centre. With a
/// date, one whose region delivers for it.
pub(crate) fn shelter(
    country: &Country,
    home: PlaceId,
    delivers: Option<usize>,
    stream: &mut Stream,
) -> PlaceId {
    let mut centre = country.places.get(home).centre;
    while stream.chance(0.08) || delivers.is_some_and(|date| country.is_absent(centre, date)) {
        centre = *stream.one_of(country.places.centres());
    }
    if country.places.get(centre).g4 || stream.chance(0.75) {
        centre
    } else {
        *stream.one_of(&country.places.region(centre))
    }
}

/// The lists that have someone outside the scope.
#[expect(clippy::too_many_arguments, reason = "one call, all of it needed")]
fn outside_lists(
    country: &Country,
    person: &Person,
    kind: Kind,
    season: &Season,
    last: Option<&Season>,
    day: Day,
    date: usize,
    draws: &mut Draws,
) -> History {
    let stream = &mut draws.lists;
    let (shelter, benefit, probation) = (stream.uniform(), stream.uniform(), stream.uniform());
    let known = person.bsn.is_some();
    let possible =
        season.sheltered() && season.situation != of("3c") && !country.is_absent(season.stay, date);
    let before = last
        .filter(|last| season.continues(last))
        .map(|last| holds(last.history, 0));
    let on_shelter = |share: f64| {
        let again = before.map_or(shelter < share, |before| before || shelter < share / 4.0);
        u8::from(possible && again)
    };
    match kind {
        Kind::LongStay => {
            let listed = on_shelter(0.88);
            // Without the shelter's word the others would place the person in the scope.
            let benefit = u8::from(listed == 1 && benefit < 0.30);
            let probation = u8::from(listed == 1 && probation < 0.06);
            listed | benefit << 1 | probation << 2
        }
        Kind::Senior => {
            let benefit = u8::from(person.age_on(day) < 67 && benefit < 0.25);
            on_shelter(0.60) | benefit << 1 | u8::from(probation < 0.03) << 2
        }
        Kind::NotRegistered => on_shelter(0.45) | u8::from(known && probation < 0.05) << 2,
        _ => 0,
    }
}

/// Ends what has no end yet: the last season with the person's own, earlier ones with the
/// season that continues them.
pub(crate) fn close(person: &mut Person) {
    let exit = person.exit;
    if let Some(last) = person.seasons.last_mut() {
        last.until = exit;
    }
    for at in (1..person.seasons.len()).rev() {
        let (before, after) = person.seasons.split_at_mut(at);
        let (before, after) = (&mut before[at - 1], &after[0]);
        if after.continues(before) {
            before.until = after.until;
        }
    }
}
