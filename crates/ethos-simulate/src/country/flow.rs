//! Who comes, who stays and who goes: the population on each reference date.

use std::collections::BTreeMap;

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::date::Day;

use crate::assumption::{
    AGE, ORIGIN, OUTSIDE, OutsideKind, PASSERS, SCOPE, STAYS_HOMELESS, STAYS_THREATENED,
};
use crate::country::identity::{self, Numbers};
use crate::country::mix::{self, CELLS, Cell};
use crate::country::person::{Family, Kind, Person, PersonIndex};
use crate::country::{Country, Visit, family, listing, situation};
use crate::streams::{Purpose, Stream};

/// The streams and the numbers given so far, which all dates share.
pub(crate) struct Draws {
    pub(crate) persons: Stream,
    pub(crate) flow: Stream,
    pub(crate) captures: Stream,
    pub(crate) situations: Stream,
    pub(crate) families: Stream,
    pub(crate) lists: Stream,
    pub(crate) passers: Stream,
    pub(crate) numbers: Numbers,
}

/// Someone who is there on a date, before list and situation are known.
#[derive(Copy, Clone, Debug)]
pub(crate) struct Standing {
    pub(crate) person: PersonIndex,
    pub(crate) kind: Kind,
}

/// Room left on a date: persons in the scope by cell, others by kind.
struct Room {
    scope: [usize; CELLS],
    outside: BTreeMap<Kind, usize>,
}

impl Room {
    fn on(year: i16, scale: f64) -> Self {
        let total = SCOPE
            .iter()
            .find(|(of, _)| *of == year)
            .map_or(SCOPE[1].1, |(_, n)| *n);
        let scope = (total * scale).round() as usize;
        let outside = OUTSIDE.iter().map(|(kind, ratio)| {
            let kind = match kind {
                OutsideKind::LongStay => Kind::LongStay,
                OutsideKind::Institution => Kind::Institution,
                OutsideKind::Threatened => Kind::Threatened,
                OutsideKind::Senior => Kind::Senior,
                OutsideKind::NotRegistered => Kind::NotRegistered,
            };
            (kind, (ratio * scope as f64).round() as usize)
        });
        Self {
            scope: mix::persons(scope, &mix::shares(year)),
            outside: outside.collect(),
        }
    }

    /// Takes a place; false when there is none left.
    fn take(&mut self, kind: Kind, cell: Option<Cell>) -> bool {
        let room = match (kind, cell) {
            (Kind::Scope, Some(cell)) => Some(&mut self.scope[cell.index()]),
            (Kind::Scope, None) => None,
            _ => self.outside.get_mut(&kind),
        };
        match room {
            Some(left) if *left > 0 => {
                *left -= 1;
                true
            }
            _ => false,
        }
    }
}

/// Fills the country, date by date.
pub(crate) fn populate(country: &mut Country) {
    let seed = country.options.seed;
    let mut draws = Draws {
        persons: Stream::new(seed, Purpose::Persons),
        flow: Stream::new(seed, Purpose::Flow),
        captures: Stream::new(seed, Purpose::Captures),
        situations: Stream::new(seed, Purpose::Situations),
        families: Stream::new(seed, Purpose::Families),
        lists: Stream::new(seed, Purpose::Lists),
        passers: Stream::new(seed, Purpose::Passers),
        numbers: Numbers::default(),
    };
    let mut present: Vec<PersonIndex> = Vec::new();
    for date in 0..country.dates.len() {
        let mut room = Room::on(country.dates[date].year(), country.options.scale);
        let in_scope: usize = room.scope.iter().sum();
        let mut standing = survive(country, &mut room, &present, date, &mut draws);
        let first_new = country.persons.len();
        arrive(country, &mut room, date, &mut standing, &mut draws);
        family::found(country, &standing, first_new, date, &mut draws);
        let histories = listing::of_scope(country, &standing, date, &mut draws);
        for (standing, history) in standing.iter().zip(histories) {
            situation::settle(country, *standing, history, date, &mut draws);
        }
        present = standing.iter().map(|standing| standing.person).collect();
        if date > 0 {
            pass_through(country, date, in_scope, &mut draws);
        }
    }
    for person in &mut country.persons {
        situation::close(person);
    }
}

/// Who of the people of the date before is still there, and as what. The others leave on some
/// day between the dates.
fn survive(
    country: &mut Country,
    room: &mut Room,
    present: &[PersonIndex],
    date: usize,
    draws: &mut Draws,
) -> Vec<Standing> {
    let mut order = present.to_vec();
    draws.flow.shuffle(&mut order);
    let mut households: BTreeMap<u32, bool> = BTreeMap::new();
    let mut standing = Vec::new();
    for index in order {
        let person = &country.persons[index as usize];
        let Some(last) = person.seasons.last() else {
            continue;
        };
        let stays = match last.kind {
            Kind::Threatened => STAYS_THREATENED,
            _ => STAYS_HOMELESS,
        };
        let mut stays = draws.flow.chance(stays);
        if let Family::Household(household) = person.family {
            // Partners stay or leave together.
            stays = *households.entry(household).or_insert(stays);
        }
        let day = country.dates[date];
        let kind = next_kind(
            person,
            last.kind,
            last.category().number(),
            day,
            &mut draws.flow,
        );
        let g4 = country.places.get(person.home).g4;
        let cell = Cell::of(person.sex, person.age_on(day), person.origin, g4);
        if stays && room.take(kind, cell) {
            standing.push(Standing {
                person: index,
                kind,
            });
        } else {
            let before = country.dates[date - 1];
            let exit = draws.flow.day(before.plus_days(1), day);
            country.persons[index as usize].exit = Some(exit);
        }
    }
    standing
}

/// What someone who is still homeless has become.
fn next_kind(
    person: &Person,
    kind: Kind,
    category: Option<u8>,
    day: Day,
    flow: &mut Stream,
) -> Kind {
    let drawn = flow.uniform();
    if kind == Kind::NotRegistered || kind == Kind::Senior {
        return kind;
    }
    if person.age_on(day) >= 65 {
        return Kind::Senior;
    }
    match kind {
        Kind::Scope if category == Some(3) && drawn < 0.45 => Kind::LongStay,
        Kind::Scope if drawn > 0.98 => Kind::Institution,
        Kind::LongStay if drawn < 0.25 => Kind::Scope,
        Kind::Institution if drawn < 0.30 => Kind::Scope,
        Kind::Threatened if drawn < 0.50 => Kind::Scope,
        same => same,
    }
}

/// New people for every place that is left.
fn arrive(
    country: &mut Country,
    room: &mut Room,
    date: usize,
    standing: &mut Vec<Standing>,
    draws: &mut Draws,
) {
    let day = country.dates[date];
    let mut add = |country: &mut Country, kind, cell: Option<Cell>| {
        let mut person = newcomer(country, kind, cell, day, draws);
        person.entry = entry(country, kind, date, &mut draws.persons);
        standing.push(Standing {
            person: country.persons.len() as PersonIndex,
            kind,
        });
        country.persons.push(person);
    };
    for cell in Cell::all() {
        for _ in 0..std::mem::take(&mut room.scope[cell.index()]) {
            add(country, Kind::Scope, Some(cell));
        }
    }
    for (kind, left) in std::mem::take(&mut room.outside) {
        for _ in 0..left {
            add(country, kind, None);
        }
    }
}

/// First day of homelessness of someone who is new on a date.
fn entry(country: &Country, kind: Kind, date: usize, stream: &mut Stream) -> Day {
    let day = country.dates[date];
    let before = date.checked_sub(1).map(|at| country.dates[at].plus_days(1));
    let long = match kind {
        Kind::LongStay => 100,
        _ => 0,
    };
    match (before, kind) {
        (_, Kind::Threatened) => day.plus_days(-stream.between(1, 60)),
        (Some(first), _) => stream.day(first, day.plus_days(-long - 1)),
        (None, _) => day.plus_days(-long - stream.days(300.0)),
    }
}

/// Someone new, with the attributes of the cell, or with those that go with the kind.
fn newcomer(
    country: &Country,
    kind: Kind,
    cell: Option<Cell>,
    day: Day,
    draws: &mut Draws,
) -> Person {
    let stream = &mut draws.persons;
    let (women, g4) = match kind {
        Kind::LongStay => (0.38, 0.30),
        Kind::Threatened => (0.45, 0.25),
        Kind::Senior => (0.20, 0.30),
        Kind::NotRegistered => (0.22, 0.45),
        _ => (0.25, 0.25),
    };
    let sex = match cell {
        Some(cell) => cell.sex(),
        None if stream.chance(women) => Sex::Female,
        None => Sex::Male,
    };
    let band = AGE.map(|(first, end, share)| ((first, end), share));
    let (first, end) = match (cell, kind) {
        (Some(cell), _) => cell.ages(),
        (None, Kind::Senior) => (65, 82),
        (None, _) => stream.pick(&band),
    };
    let origin = match (cell, kind) {
        (Some(cell), _) => cell.origin(),
        (None, Kind::NotRegistered) => {
            stream.pick(&[(Origin::Europe, 0.42), (Origin::OutsideEurope, 0.58)])
        }
        (None, _) => stream.pick(&ORIGIN),
    };
    let g4 = cell.map_or_else(|| stream.chance(g4), Cell::g4);
    let home = country.places.draw_home(stream, g4);
    let age = age_in(first, end, stream);
    let nationality = nationality(origin, kind, stream);
    let residence = match (kind, nationality) {
        (Kind::NotRegistered, NationalityGroup::EuropeanUnion) => {
            ResidenceStatus::LawfulNotRegistered
        }
        (Kind::NotRegistered, _) if stream.chance(0.25) => ResidenceStatus::LawfulNotRegistered,
        (Kind::NotRegistered, _) => ResidenceStatus::Unlawful,
        _ => ResidenceStatus::Registered,
    };
    let numbered = match residence {
        ResidenceStatus::Registered => true,
        ResidenceStatus::LawfulNotRegistered => stream.chance(0.6),
        ResidenceStatus::Unlawful => false,
    };
    Person {
        bsn: numbered.then(|| draws.numbers.next(stream)),
        sex,
        birth: born(age, day, stream),
        origin,
        nationality,
        residence,
        home,
        letters: identity::letters(stream),
        family: Family::None,
        parents: [None, None],
        children: Vec::new(),
        entry: day,
        exit: None,
        seasons: Vec::new(),
    }
}

/// An age in `[first, end)`: rising before 27, falling from 50 on.
fn age_in(first: u8, end: u8, stream: &mut Stream) -> u8 {
    let width = usize::from(end - first);
    let (a, b) = (stream.below(width) as u8, stream.below(width) as u8);
    first
        + match first {
            ..27 => a.max(b),
            27..50 => a,
            _ => a.min(b),
        }
}

/// A birth date that makes someone this old on a day.
pub(crate) fn born(age: u8, day: Day, stream: &mut Stream) -> Day {
    day.plus_months(-12 * i32::from(age))
        .plus_days(-stream.between(0, 364))
}

fn nationality(origin: Origin, kind: Kind, stream: &mut Stream) -> NationalityGroup {
    use NationalityGroup::{Dutch, EuropeanUnion, Other};
    let registered = kind != Kind::NotRegistered;
    match origin {
        Origin::NetherlandsBothParents => Dutch,
        Origin::NetherlandsParentAbroad => stream.pick(&[(Dutch, 0.95), (Other, 0.05)]),
        Origin::Europe if registered => {
            stream.pick(&[(Dutch, 0.2), (EuropeanUnion, 0.7), (Other, 0.1)])
        }
        Origin::Europe => stream.pick(&[(EuropeanUnion, 0.9), (Other, 0.1)]),
        Origin::OutsideEurope if registered => stream.pick(&[(Dutch, 0.45), (Other, 0.55)]),
        Origin::OutsideEurope => Other,
    }
}

/// People who are homeless only between this date and the one before, and stays of people in
/// the scope between the two that touch neither.
fn pass_through(country: &mut Country, date: usize, in_scope: usize, draws: &mut Draws) {
    let (before, day) = (country.dates[date - 1], country.dates[date]);
    let shares = mix::shares(day.year());
    let cells: Vec<(Cell, f64)> = Cell::all()
        .map(|cell| (cell, shares[cell.index()]))
        .collect();
    for _ in 0..(PASSERS * in_scope as f64).round() as usize {
        let cell = draws.passers.pick(&cells);
        let mut person = newcomer(country, Kind::Scope, Some(cell), day, draws);
        let stream = &mut draws.passers;
        let start = stream.day(before.plus_days(2), day.plus_days(-12));
        let end = stream.day(
            start.plus_days(2),
            day.plus_days(-2).min(start.plus_days(160)),
        );
        (person.entry, person.exit) = (start, Some(end));
        let list = usize::from(!stream.chance(0.75));
        let stay = if list == 0 {
            situation::shelter(country, person.home, None, stream)
        } else {
            person.home
        };
        let person_index = country.persons.len() as PersonIndex;
        country.visits.push(Visit {
            person: person_index,
            list,
            start,
            end,
            stay,
        });
        country.persons.push(person);
    }
    let visitors: Vec<PersonIndex> = (0..country.persons.len() as PersonIndex)
        .filter(|index| {
            let unlisted = |date: usize| {
                country.persons[*index as usize]
                    .on(date)
                    .is_some_and(|season| {
                        season.kind == Kind::Scope && season.history & 1 == 0 && !season.sheltered()
                    })
            };
            unlisted(date - 1) && unlisted(date)
        })
        .collect();
    for person in visitors {
        if draws.passers.chance(0.12) {
            let stream = &mut draws.passers;
            let start = stream.day(before.plus_days(5), day.plus_days(-45));
            let end = start.plus_days(stream.between(2, 40));
            let home = country.persons[person as usize].home;
            let stay = situation::shelter(country, home, None, stream);
            country.visits.push(Visit {
                person,
                list: 0,
                start,
                end,
                stay,
            });
        }
    }
}
