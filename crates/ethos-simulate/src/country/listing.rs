//! Which people of the scope carry the drawn capture histories on a date.

use crate::assumption::KEEPS_HISTORY;
use crate::country::Country;
use crate::country::capture::{History, holds};
use crate::country::flow::{Draws, Standing};
use crate::country::mix::Cell;
use crate::country::person::{Kind, PersonIndex};

/// A history for everyone who is there, 0 for those outside the scope: theirs follow from
/// their situation.
///
/// In each cell the numbers per history are drawn first, from the model. Then they are dealt:
/// to those who keep last year's, and to the others with a preference for municipalities whose
/// shelters register well. A region that does not deliver for the date has nobody on the
/// shelter list.
pub(crate) fn of_scope(
    country: &Country,
    standing: &[Standing],
    date: usize,
    draws: &mut Draws,
) -> Vec<History> {
    let mut histories = vec![0; standing.len()];
    let mut cells: Vec<Vec<usize>> = Cell::all().map(|_| Vec::new()).collect();
    let day = country.dates[date];
    for (at, standing) in standing.iter().enumerate() {
        if standing.kind == Kind::Scope {
            let person = &country.persons[standing.person as usize];
            let g4 = country.places.get(person.home).g4;
            if let Some(cell) = Cell::of(person.sex, person.age_on(day), person.origin, g4) {
                cells[cell.index()].push(at);
            }
        }
    }
    for cell in Cell::all() {
        let people = std::mem::take(&mut cells[cell.index()]);
        let counts = country.model.draw(cell, people.len(), &mut draws.captures);
        deal(
            country,
            standing,
            people,
            counts,
            date,
            draws,
            &mut histories,
        );
    }
    histories
}

/// Deals the histories of a cell to its people.
fn deal(
    country: &Country,
    standing: &[Standing],
    mut people: Vec<usize>,
    mut left: [usize; 8],
    date: usize,
    draws: &mut Draws,
    histories: &mut [History],
) {
    let stream = &mut draws.captures;
    stream.shuffle(&mut people);
    let index = |at: usize| standing[at].person;
    let weight = |person: PersonIndex| {
        let home = country.persons[person as usize].home;
        if country.is_absent(home, date) {
            0.0
        } else {
            country.places.get(home).coverage
        }
    };
    people.retain(|&at| {
        let last = country.persons[index(at) as usize].seasons.last();
        let Some(last) = last.filter(|season| season.kind == Kind::Scope) else {
            return true;
        };
        let room = &mut left[usize::from(last.history)];
        let possible = !holds(last.history, 0) || weight(index(at)) > 0.0;
        if possible && *room > 0 && stream.chance(KEEPS_HISTORY) {
            *room -= 1;
            histories[at] = last.history;
            return false;
        }
        true
    });
    for history in (1..8_u8).filter(|history| holds(*history, 0)) {
        for _ in 0..std::mem::take(&mut left[usize::from(history)]) {
            // Whoever is refused stays; after many refusals anyone will do.
            let mut at = stream.below(people.len());
            for _ in 0..200 {
                if stream.uniform() * 2.5 < weight(index(people[at])) {
                    break;
                }
                at = stream.below(people.len());
            }
            histories[people.swap_remove(at)] = history;
        }
    }
    let mut rest = left
        .iter()
        .enumerate()
        .flat_map(|(history, count)| std::iter::repeat_n(history as History, *count));
    for at in people {
        histories[at] = rest.next().unwrap_or(0);
    }
}
