//! Yearly deliveries of the shelters, one file per centre municipality and calendar year.
//!
//! All years are asked for together early in the last one, so every file knows what became of
//! a stay until then; the file of the last year holds only its first weeks.

use std::collections::BTreeMap;

use ethos_model::category::EthosCategory;
use ethos_model::date::{Day, Period};

use crate::country::person::code;
use crate::country::place::PlaceId;
use crate::country::stretch::{self, Stretch};
use crate::country::{Country, situation};
use crate::extract::dirt::{self, Columns, Tally};
use crate::extract::file::{Style, render};
use crate::extract::folder::Folder;
use crate::extract::{END_REASONS, digits, last_day};
use crate::options::SimulateError;
use crate::streams::{Purpose, Stream};

const HEADER: [&str; 12] = [
    "aanmaakdatum_bestand",
    "gemeentecode",
    "bsn",
    "productcategorie",
    "type_opvang",
    "startdatum",
    "einddatum",
    "reden_einde",
    "gemeente_verblijf",
    "gemeente_herkomst",
    "geboortedatum",
    "geslacht",
];

/// Columns of the narrow form, without the optional ones.
const NARROW: usize = 8;

/// What a sender does in every file.
struct Sender {
    wide: bool,
    made: Day,
}

/// Writes the deliveries; the number of rows in them.
pub(crate) fn write(
    country: &Country,
    folder: &Folder,
    tally: &mut Tally,
) -> Result<u64, SimulateError> {
    let seed = country.options.seed;
    let mut stream = Stream::new(seed, Purpose::Shelter);
    let mut spoil = Stream::new(seed, Purpose::ShelterDirt);
    let dirt = country.options.dirt;
    let by_sender = stays(country, &mut stream);
    let last_date = country.dates[country.dates.len() - 1];
    let mut written = 0;
    for centre in country.places.centres() {
        let sender = Sender {
            wide: country.places.get(*centre).g4 || stream.chance(0.75),
            made: stream.day(last_date.plus_days(20), country.horizon.plus_days(-5)),
        };
        let none = Vec::new();
        let stays = by_sender.get(centre).unwrap_or(&none);
        for (date, year) in country.options.years.iter().enumerate() {
            if !country.delivers(*centre, date) {
                continue;
            }
            let Some(period) = Period::calendar_year(*year) else {
                continue;
            };
            let code = country.places.get(*centre).code;
            let style = Style::draw(&mut spoil, dirt);
            let mut make = |sender: &Sender, stays: &[Stretch], dirt: f64, tally: &mut Tally| {
                rows(
                    country,
                    *centre,
                    sender,
                    stays,
                    period,
                    style,
                    (dirt, &mut spoil, tally),
                )
            };
            let header = &HEADER[..if sender.wide { HEADER.len() } else { NARROW }];
            let name = format!("leveringen/opvang/{code}_MD_{year}");
            let twice = dirt > 0.0 && stream.chance(0.06);
            if twice {
                // A first version, worse and without the latest stays, that the second replaces.
                let first = Sender {
                    made: sender.made.plus_days(-9),
                    ..sender
                };
                let known = stays.len() - stays.len() / 25;
                let bad = make(
                    &first,
                    &stays[..known],
                    (dirt * 4.0).min(0.5),
                    &mut Tally::new(),
                );
                written += bad.len() as u64;
                folder.write(&format!("{name}.csv"), &render(header, &bad, style))?;
                *tally.entry("replaced_delivery".into()).or_insert(0) += 1;
            }
            let good = make(&sender, stays, dirt, tally);
            written += good.iter().filter(|row| !row.is_empty()).count() as u64;
            let version = if twice { "_v2" } else { "" };
            folder.write(
                &format!("{name}{version}.csv"),
                &render(header, &good, style),
            )?;
        }
    }
    Ok(written)
}

/// Every stay on the list, by the centre municipality that reports it, in order of start.
fn stays(country: &Country, stream: &mut Stream) -> BTreeMap<PlaceId, Vec<Stretch>> {
    let mut all: Vec<Stretch> = Vec::new();
    for (index, person) in country.persons.iter().enumerate() {
        all.extend(stretch::of_person(country, index as u32, person, 0, stream));
    }
    all.extend(
        country
            .visits
            .iter()
            .filter(|visit| visit.list == 0)
            .map(|visit| Stretch {
                person: visit.person,
                start: visit.start,
                end: Some(visit.end),
                stay: visit.stay,
                situation: situation::of("2a"),
                stale_on: None,
            }),
    );
    all.sort_by_key(|stay| (stay.start, stay.person));
    let mut by_sender: BTreeMap<PlaceId, Vec<Stretch>> = BTreeMap::new();
    for stay in all {
        by_sender
            .entry(country.places.get(stay.stay).centre)
            .or_default()
            .push(stay);
    }
    by_sender
}

/// The rows of a sender's file of a year: stays that touch it and started before the file was
/// made.
fn rows(
    country: &Country,
    centre: PlaceId,
    sender: &Sender,
    stays: &[Stretch],
    period: Period,
    style: Style,
    (dirt, stream, tally): (f64, &mut Stream, &mut Tally),
) -> Vec<Vec<String>> {
    let columns = Columns {
        bsn: Some(2),
        product: Some(3),
        start: Some(5),
        end: Some(6),
        municipality: sender.wide.then_some(8),
    };
    let code_of_sender = digits(country.places.get(centre).code);
    let made = style.date(sender.made);
    let mut rows = Vec::new();
    for stay in stays {
        if !period.overlaps(stay.start, stay.end) || stay.start >= sender.made {
            continue;
        }
        let person = &country.persons[stay.person as usize];
        let end = last_day(stay.end, sender.made);
        let (product, shelter) = match (stay.situation.category(), stay.situation.code()) {
            (EthosCategory::EmergencyShelter, _) => ("17", "NO"),
            (_, "3b") => ("16", "TB"),
            _ => ("16", "24"),
        };
        let reason = match end {
            Some(_) => stream.pick(&END_REASONS),
            None => "",
        };
        let mut row = vec![
            made.clone(),
            code_of_sender.clone(),
            code::bsn(person.bsn),
            product.to_owned(),
            shelter.to_owned(),
            style.date(stay.start),
            style.date_or_blank(end),
            reason.to_owned(),
        ];
        let place = country.places.get(stay.stay);
        if sender.wide {
            let origin = stream
                .chance(0.9)
                .then(|| digits(country.places.get(person.home).code));
            row.extend([
                digits(place.code),
                origin.unwrap_or_default(),
                style.date(person.birth),
                code::sex(person.sex).to_owned(),
            ]);
        }
        let old = place.old_code.map(digits);
        dirt::push(
            &mut rows,
            row,
            &columns,
            old.as_deref(),
            dirt,
            stream,
            tally,
        );
    }
    rows
}
