//! The national registers: the benefit for people without an address, probation, and the
//! population register of the same people.
//!
//! They are cleaner than municipal deliveries: a tenth of the dirt.

use ethos_model::attribute::ResidenceStatus;
use ethos_model::date::Day;

use crate::country::Country;
use crate::country::identity::Numbers;
use crate::country::person::{Family, Kind, Person, code};
use crate::country::stretch;
use crate::extract::dirt::{self, Columns, Tally};
use crate::extract::file::{Style, render};
use crate::extract::folder::Folder;
use crate::extract::{digits, last_day};
use crate::options::SimulateError;
use crate::streams::{Purpose, Stream};
use crate::truth::Truth;

/// Rows of each register.
pub(crate) struct Rows {
    pub(crate) benefit: u64,
    pub(crate) probation: u64,
    pub(crate) persons: u64,
}

/// Writes the three registers, and into the truth how many benefits are stale on each date.
pub(crate) fn write(
    country: &Country,
    folder: &Folder,
    truth: &mut Truth,
) -> Result<Rows, SimulateError> {
    let mut stream = Stream::new(country.options.seed, Purpose::Registers);
    let benefit = benefit(country, folder, truth, &mut stream)?;
    let mut stream = Stream::new(country.options.seed, Purpose::Probation);
    let probation = probation(country, folder, &mut truth.dirty, &mut stream)?;
    let persons = persons(country, folder)?;
    Ok(Rows {
        benefit,
        probation,
        persons,
    })
}

/// One row of a register of spells.
struct Entry {
    number: u32,
    place: String,
    start: Day,
    end: Option<Day>,
    situation: Option<&'static str>,
}

/// The rows as a file, ordered by number and start.
fn file(
    country: &Country,
    header: &[&str],
    mut entries: Vec<Entry>,
    stream: &mut Stream,
    tally: &mut Tally,
) -> (Vec<u8>, u64) {
    const COLUMNS: Columns = Columns {
        bsn: Some(0),
        product: None,
        start: Some(2),
        end: Some(3),
        municipality: Some(1),
    };
    entries.sort_by_key(|entry| (entry.number, entry.start));
    let style = Style::PLAIN;
    let mut rows = Vec::new();
    for entry in entries {
        let mut row = vec![
            code::bsn(Some(entry.number)),
            entry.place,
            style.date(entry.start),
            style.date_or_blank(last_day(entry.end, country.horizon)),
        ];
        row.extend(entry.situation.map(str::to_owned));
        let dirt = country.options.dirt / 10.0;
        dirt::push(&mut rows, row, &COLUMNS, None, dirt, stream, tally);
    }
    let number = rows.iter().filter(|row| !row.is_empty()).count() as u64;
    (render(header, &rows, style), number)
}

fn benefit(
    country: &Country,
    folder: &Folder,
    truth: &mut Truth,
    stream: &mut Stream,
) -> Result<u64, SimulateError> {
    let mut entries = Vec::new();
    let mut add = |person: &Person, start, end| {
        if let Some(number) = person.bsn {
            let place = digits(country.places.get(person.home).code);
            entries.push(Entry {
                number,
                place,
                start,
                end,
                situation: None,
            });
        }
    };
    for (index, person) in country.persons.iter().enumerate() {
        for stretch in stretch::of_person(country, index as u32, person, 1, stream) {
            if let Some(date) = stretch.stale_on {
                let age = person.age_on(country.dates[date]);
                truth.dates[date].stale += u64::from((18..65).contains(&age));
            }
            add(person, stretch.start, stretch.end);
        }
    }
    for visit in country.visits.iter().filter(|visit| visit.list == 1) {
        add(
            &country.persons[visit.person as usize],
            visit.start,
            Some(visit.end),
        );
    }
    let header = ["bsn", "gemeentecode", "ingangsdatum", "einddatum"];
    let (bytes, rows) = file(country, &header, entries, stream, &mut truth.dirty);
    folder.write("registers/bijstand.csv", &bytes)?;
    Ok(rows)
}

fn probation(
    country: &Country,
    folder: &Folder,
    tally: &mut Tally,
    stream: &mut Stream,
) -> Result<u64, SimulateError> {
    let mut entries = Vec::new();
    for (index, person) in country.persons.iter().enumerate() {
        let Some(number) = person.bsn else { continue };
        let place = || digits(country.places.get(person.home).code);
        for stretch in stretch::of_person(country, index as u32, person, 2, stream) {
            entries.push(Entry {
                number,
                place: place(),
                start: stretch.start,
                end: stretch.end,
                situation: Some("D"),
            });
        }
        // Some who are in an institution or threatened have a fixed address there.
        let housed = person
            .seasons
            .last()
            .is_some_and(|season| matches!(season.kind, Kind::Institution | Kind::Threatened));
        if housed && stream.chance(0.04) {
            let start = person.entry.plus_days(-stream.between(0, 300));
            let situation = Some("V");
            entries.push(Entry {
                number,
                place: place(),
                start,
                end: person.exit,
                situation,
            });
        }
    }
    // Clients with a fixed address, who are nobody here.
    let mut numbers = Numbers::default();
    for _ in 0..entries.len() * 2 / 5 {
        let start = stream.day(
            country.dates[0].plus_days(-500),
            country.horizon.plus_days(-30),
        );
        let ended = stream.chance(0.5);
        let g4 = stream.chance(0.2);
        entries.push(Entry {
            number: numbers.next(stream),
            place: digits(
                country
                    .places
                    .get(country.places.draw_home(stream, g4))
                    .code,
            ),
            start,
            end: ended.then(|| start.plus_days(stream.between(60, 700))),
            situation: Some("V"),
        });
    }
    let header = [
        "bsn",
        "gemeentecode",
        "startdatum",
        "einddatum",
        "woonsituatie",
    ];
    let (bytes, rows) = file(country, &header, entries, stream, tally);
    folder.write("registers/reclassering.csv", &bytes)?;
    Ok(rows)
}

/// Everyone with a number, drawn on the last date.
fn persons(country: &Country, folder: &Folder) -> Result<u64, SimulateError> {
    let style = Style::PLAIN;
    let drawn = style.date(country.dates[country.dates.len() - 1]);
    let number =
        |index: Option<u32>| code::bsn(index.and_then(|index| country.persons[index as usize].bsn));
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (index, person) in country.persons.iter().enumerate() {
        if person.bsn.is_none() {
            continue;
        }
        let place = if person.residence == ResidenceStatus::Registered {
            digits(country.places.get(person.home).code)
        } else {
            "1999".to_owned()
        };
        let household = match person.family {
            Family::None => String::new(),
            Family::Household(household) => format!("H{household}"),
            Family::Elsewhere => format!("E{index}"),
        };
        rows.push(vec![
            code::bsn(person.bsn),
            code::sex(person.sex).to_owned(),
            style.date(person.birth),
            code::origin(person.origin).to_owned(),
            place,
            household,
            number(person.parents[0]),
            number(person.parents[1]),
            code::nationality(person.nationality).to_owned(),
            code::residence(person.residence).to_owned(),
            drawn.clone(),
        ]);
    }
    rows.sort_unstable_by(|a, b| a[0].cmp(&b[0]));
    let header = [
        "bsn",
        "geslacht",
        "geboortedatum",
        "herkomst",
        "gemeentecode",
        "huishouden",
        "bsn_ouder1",
        "bsn_ouder2",
        "nationaliteit",
        "verblijfsstatus",
        "peildatum",
    ];
    folder.write("registers/personen.csv", &render(&header, &rows, style))?;
    Ok(rows.len() as u64)
}
