//! Families: partners among the newcomers, and children with their parents or elsewhere.

use std::collections::BTreeMap;

use ethos_model::attribute::{Origin, Sex};
use ethos_model::date::Day;

use crate::country::Country;
use crate::country::capture::holds;
use crate::country::flow::{Draws, Standing, born};
use crate::country::identity;
use crate::country::person::{Family, Kind, Person, PersonIndex, Season};
use crate::country::place::PlaceId;
use crate::streams::{Purpose, Stream};

/// Probability that a newcomer of a kind heads a family with children: men, women.
fn heads(kind: Kind) -> (f64, f64) {
    match kind {
        Kind::Scope => (0.06, 0.38),
        Kind::LongStay => (0.18, 0.60),
        Kind::Threatened => (0.15, 0.38),
        Kind::NotRegistered => (0.03, 0.18),
        _ => (0.0, 0.0),
    }
}

/// Gives some of the people who are new on a date a partner and children.
///
/// Children are young enough to stay under 18 until the last reference date: someone who comes
/// of age would move into the scope and off its margins.
pub(crate) fn found(
    country: &mut Country,
    standing: &[Standing],
    first_new: usize,
    date: usize,
    draws: &mut Draws,
) {
    let stream = &mut draws.families;
    let last_day = country.dates[country.dates.len() - 1];
    let span = last_day.year() - country.dates[date].year();
    let mut single: BTreeMap<(Kind, PlaceId, Sex), Vec<PersonIndex>> = BTreeMap::new();
    let mut founders = Vec::new();
    for standing in standing.iter().filter(|s| s.person as usize >= first_new) {
        let person = &country.persons[standing.person as usize];
        let (men, women) = heads(standing.kind);
        let probability = if person.sex == Sex::Female {
            women
        } else {
            men
        };
        if stream.chance(probability) {
            founders.push(*standing);
        } else {
            let key = (standing.kind, person.home, person.sex);
            single.entry(key).or_default().push(standing.person);
        }
    }
    for head in founders {
        let person = &country.persons[head.person as usize];
        let other = if person.sex == Sex::Female {
            Sex::Male
        } else {
            Sex::Female
        };
        let partner = if stream.chance(0.25) {
            single
                .get_mut(&(head.kind, person.home, other))
                .and_then(Vec::pop)
        } else {
            None
        };
        let parents = [Some(head.person), partner];
        let youngest_parent = parents
            .into_iter()
            .flatten()
            .map(|parent| country.persons[parent as usize].age_on(last_day))
            .min()
            .unwrap_or(0);
        let oldest = youngest_parent.saturating_sub(18).min(17);
        if i16::from(oldest) < span {
            continue;
        }
        let household = head.person;
        for parent in parents.into_iter().flatten() {
            country.persons[parent as usize].family = Family::Household(household);
        }
        let number = stream.pick(&[(1, 0.45), (2, 0.33), (3, 0.15), (4, 0.07)]);
        let elsewhere = stream.chance(0.15);
        for child in 0..number {
            // The eldest may live elsewhere.
            let family = if elsewhere && child == 0 && number > 1 {
                Family::Elsewhere
            } else {
                Family::Household(household)
            };
            let age = stream.between(i32::from(span), i32::from(oldest)) as u8;
            let birth = born(age, last_day, stream);
            add_child(country, parents, family, birth, stream, &mut draws.numbers);
        }
    }
    // Parents who live without their children.
    for (key, people) in single {
        if key.0 == Kind::Institution || key.0 == Kind::Senior {
            continue;
        }
        for parent in people {
            let age = country.persons[parent as usize].age_on(last_day);
            let oldest = age.saturating_sub(20).min(17);
            if i16::from(oldest) >= span && stream.chance(0.09) {
                let age = stream.between(i32::from(span), i32::from(oldest)) as u8;
                let birth = born(age, last_day, stream);
                let parents = [Some(parent), None];
                add_child(
                    country,
                    parents,
                    Family::Elsewhere,
                    birth,
                    stream,
                    &mut draws.numbers,
                );
            }
        }
    }
}

fn add_child(
    country: &mut Country,
    parents: [Option<PersonIndex>; 2],
    family: Family,
    birth: Day,
    stream: &mut Stream,
    numbers: &mut identity::Numbers,
) {
    let Some(head) = parents[0] else { return };
    let index = country.persons.len() as PersonIndex;
    let parent = &country.persons[head as usize];
    let origin = match parent.origin {
        Origin::NetherlandsBothParents | Origin::NetherlandsParentAbroad => {
            Origin::NetherlandsBothParents
        }
        _ if stream.chance(0.6) => Origin::NetherlandsParentAbroad,
        abroad => abroad,
    };
    let child = Person {
        bsn: parent.bsn.map(|_| numbers.next(stream)),
        sex: if stream.chance(0.49) {
            Sex::Female
        } else {
            Sex::Male
        },
        birth,
        origin,
        nationality: parent.nationality,
        residence: parent.residence,
        home: parent.home,
        letters: identity::letters(stream),
        family,
        parents,
        children: Vec::new(),
        entry: parent.entry,
        exit: None,
        seasons: Vec::new(),
    };
    country.persons.push(child);
    for parent in parents.into_iter().flatten() {
        country.persons[parent as usize].children.push(index);
    }
}

/// Gives the children in a household the seasons of their parents, once all dates are settled:
/// of the first parent, or of the second on dates on which only that one is there.
pub(crate) fn grow_up(country: &mut Country) {
    let mut stream = Stream::new(country.options.seed, Purpose::Children);
    for index in 0..country.persons.len() {
        let child = &country.persons[index];
        let (Family::Household(_), [Some(head), partner]) = (child.family, child.parents) else {
            continue;
        };
        let mut seasons: Vec<Season> = Vec::new();
        for date in 0..country.dates.len() {
            let of = |parent: PersonIndex| country.persons[parent as usize].on(date);
            let Some(parent) = of(head).or_else(|| partner.and_then(of)) else {
                continue;
            };
            let last = seasons.last().filter(|last| parent.continues(last));
            let listed = holds(parent.history, 0)
                && last.map_or_else(|| stream.chance(0.5), |last| holds(last.history, 0));
            seasons.push(Season {
                kind: Kind::Child,
                history: u8::from(listed),
                ..parent.clone()
            });
        }
        let ends = |parent: PersonIndex| {
            let parent = &country.persons[parent as usize];
            (parent.entry, parent.exit)
        };
        let (mut entry, mut exit) = ends(head);
        if let Some(partner) = partner {
            let (other_entry, other_exit) = ends(partner);
            entry = entry.min(other_entry);
            exit = exit.zip(other_exit).map(|(a, b)| a.max(b));
        }
        let child = &mut country.persons[index];
        child.seasons = seasons;
        child.entry = entry.max(child.birth);
        child.exit = exit;
    }
}
