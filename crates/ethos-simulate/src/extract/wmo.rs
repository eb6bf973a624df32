//! Half-yearly Wmo records of the municipalities that take part in the social-domain monitor.
//!
//! Taking part is voluntary: six in ten centre municipalities and some others do. The records
//! are no capture list; they show shelter, and protected housing that people are ready to leave.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::category::{EthosCategory, LivingSituation};
use ethos_model::date::{Day, Period};

use crate::country::Country;
use crate::country::identity::Numbers;
use crate::country::person::{Person, code};
use crate::country::place::PlaceId;
use crate::extract::dirt::{self, Columns, Tally};
use crate::extract::file::{Style, render};
use crate::extract::folder::Folder;
use crate::extract::{END_REASONS, digits, last_day};
use crate::options::SimulateError;
use crate::streams::{Purpose, Stream};

const HEADER: [&str; 14] = [
    "aanmaakdatum_bestand",
    "gemeentecode",
    "bsn",
    "productcategorie",
    "type_aanbieder",
    "beoogde_startdatum",
    "beoogde_einddatum",
    "leveringsvorm",
    "startdatum",
    "einddatum",
    "intensiteit",
    "bedrag",
    "reden_einde",
    "datum_uitstroomgereed",
];

const COLUMNS: Columns = Columns {
    bsn: Some(2),
    product: Some(3),
    start: Some(8),
    end: Some(9),
    municipality: Some(1),
};

const PROVIDERS: [&str; 6] = [
    "Opvanginstelling",
    "Beschermd wonen",
    "Coöperatie thuiszorg",
    "Zorgaanbieder algemeen",
    "Vereniging voor begeleiding",
    "Stichting 't Ankerpunt",
];

/// A Wmo provision.
struct Provision {
    number: Option<u32>,
    product: &'static str,
    start: Day,
    end: Option<Day>,
    ready: Option<Day>,
}

/// Writes the deliveries; the number of rows in them.
pub(crate) fn write(
    country: &Country,
    folder: &Folder,
    tally: &mut Tally,
) -> Result<u64, SimulateError> {
    let seed = country.options.seed;
    let mut stream = Stream::new(seed, Purpose::Wmo);
    let mut spoil = Stream::new(seed, Purpose::WmoDirt);
    let dirt = country.options.dirt;
    let senders = senders(country, &mut stream);
    let mut provisions = provisions(country, &senders, &mut stream);
    let mut numbers = Numbers::default();
    let last_date = country.dates[country.dates.len() - 1];
    let mut written = 0;
    for sender in senders {
        let place = country.places.get(sender);
        let mut own = provisions.remove(&sender).unwrap_or_default();
        other_care(country, &mut own, &mut numbers, &mut stream);
        own.sort_by_key(|provision| (provision.start, provision.number));
        let ready_column = stream.chance(0.9);
        let header = &HEADER[..HEADER.len() - usize::from(!ready_column)];
        let made = stream.day(last_date.plus_days(20), country.horizon.plus_days(-5));
        for (half, period) in halves(country) {
            let style = Style::draw(&mut spoil, dirt);
            let old = place.old_code.map(digits);
            let mut rows = Vec::new();
            for provision in &own {
                if period.overlaps(provision.start, provision.end) && provision.start < made {
                    let code = digits(place.code);
                    let mut row = row(provision, &code, made, style, &mut spoil);
                    row.truncate(header.len());
                    let old = old.as_deref();
                    dirt::push(&mut rows, row, &COLUMNS, old, dirt, &mut spoil, tally);
                }
            }
            written += rows.iter().filter(|row| !row.is_empty()).count() as u64;
            let name = format!("leveringen/gmsd/{}_Wmo_{half}.csv", place.code);
            folder.write(&name, &render(header, &rows, style))?;
        }
    }
    Ok(written)
}

/// The half-years of the dates, up to the horizon: `2025_H1` with its days.
fn halves(country: &Country) -> Vec<(String, Period)> {
    let mut halves = Vec::new();
    for year in &country.options.years {
        for (half, first, (end_year, end)) in [(1, 1, (*year, 7)), (2, 7, (year + 1, 1))] {
            let start = Day::from_ymd(*year, first, 1);
            let end = Day::from_ymd(end_year, end, 1);
            if let Some(period) = start
                .zip(end)
                .and_then(|(start, end)| Period::new(start, end))
                && period.start() < country.horizon
            {
                halves.push((format!("{year}_H{half}"), period));
            }
        }
    }
    halves
}

/// The municipalities that take part, in code order.
fn senders(country: &Country, stream: &mut Stream) -> BTreeSet<PlaceId> {
    let mut senders: BTreeSet<PlaceId> = BTreeSet::new();
    for centre in country.places.centres() {
        if country.places.get(*centre).g4 || stream.chance(0.6) {
            senders.insert(*centre);
        }
    }
    let others = ((60.0 * country.options.scale) as usize).clamp(4, 120);
    let mut rest: Vec<PlaceId> = country
        .places
        .iter()
        .filter(|(at, place)| place.centre != *at)
        .map(|(at, _)| at)
        .collect();
    stream.shuffle(&mut rest);
    senders.extend(rest.into_iter().take(others));
    senders
}

/// Shelter and protected housing of the people of the country, by sender.
fn provisions(
    country: &Country,
    senders: &BTreeSet<PlaceId>,
    stream: &mut Stream,
) -> BTreeMap<PlaceId, Vec<Provision>> {
    let mut by_sender: BTreeMap<PlaceId, Vec<Provision>> = BTreeMap::new();
    let protected = LivingSituation::from_code("4d");
    for person in &country.persons {
        for (at, season) in person.seasons.iter().enumerate() {
            let goes_on = at > 0 && season.continues(&person.seasons[at - 1]);
            let centre = country.places.get(season.stay).centre;
            let institution = Some(season.situation) == protected;
            if goes_on || !(season.sheltered() || institution) || person.bsn.is_none() {
                continue;
            }
            let sender = if institution && senders.contains(&person.home) {
                person.home
            } else {
                centre
            };
            if senders.contains(&sender) && stream.chance(0.45) {
                by_sender
                    .entry(sender)
                    .or_default()
                    .push(provision(person, at, stream));
            }
        }
    }
    by_sender
}

fn provision(person: &Person, at: usize, stream: &mut Stream) -> Provision {
    let season = &person.seasons[at];
    let (product, start, ready) = match season.category() {
        EthosCategory::EmergencyShelter => ("17", season.since, None),
        EthosCategory::TemporaryShelter => ("16", season.since, None),
        _ if stream.chance(0.06) => ("18", season.since, None),
        _ => {
            let start = season.since.plus_days(-stream.between(150, 1_100));
            ("15", start.max(person.birth), Some(season.since))
        }
    };
    Provision {
        number: person.bsn,
        product,
        start,
        end: season.until,
        ready,
    }
}

/// Care of people who are not homeless: most products, and protected housing of people who are
/// not ready to leave.
fn other_care(
    country: &Country,
    own: &mut Vec<Provision>,
    numbers: &mut Numbers,
    stream: &mut Stream,
) {
    const PRODUCTS: [&str; 16] = [
        "01", "01", "02", "02", "03", "04", "06", "07", "08", "09", "10", "11", "12", "14", "15",
        "15",
    ];
    let number = 2 + own.len() / 5;
    for _ in 0..number {
        let first = country.dates[0].plus_days(-400);
        let start = stream.day(first, country.horizon.plus_days(-40));
        let ended = stream.chance(0.8);
        own.push(Provision {
            number: Some(numbers.next(stream)),
            product: stream.one_of::<&str>(&PRODUCTS),
            start,
            end: ended.then(|| start.plus_days(stream.between(20, 300))),
            ready: None,
        });
    }
}

fn row(
    provision: &Provision,
    sender: &str,
    made: Day,
    style: Style,
    stream: &mut Stream,
) -> Vec<String> {
    let end = last_day(provision.end, made);
    let planned = provision.start.plus_days(-stream.between(0, 6));
    let reason = match end {
        Some(_) => stream.pick(&END_REASONS),
        None => "",
    };
    let planned_end = stream.chance(0.2).then(|| planned.plus_days(364));
    let provider = match provision.product {
        "15" | "18" => "Beschermd wonen",
        "16" | "17" => "Opvanginstelling",
        _ => *stream.one_of(&PROVIDERS),
    };
    let amount = stream.between(80, 6_500);
    vec![
        style.date(made),
        sender.to_owned(),
        code::bsn(provision.number),
        provision.product.to_owned(),
        provider.to_owned(),
        style.date(planned),
        style.date_or_blank(planned_end),
        if stream.chance(0.96) { "ZIN" } else { "PGB" }.to_owned(),
        style.date(provision.start),
        style.date_or_blank(end),
        String::new(),
        if stream.chance(0.3) {
            format!("{amount},{:02}", stream.below(100))
        } else {
            String::new()
        },
        reason.to_owned(),
        style.date_or_blank(provision.ready),
    ]
}
