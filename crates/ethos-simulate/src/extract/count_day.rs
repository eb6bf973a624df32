//! The forms of the count day: one per adult and organisation that knows the person, without a
//! number, with children as numbers on a parent's form.

use std::collections::BTreeMap;

use ethos_model::category::LivingSituation;
use ethos_model::date::Day;

use crate::assumption::{COUNT_DAY_FOUND, COUNT_DAY_MUNICIPALITIES, COUNT_DAY_REGIONS};
use crate::country::person::{Family, Person, PersonIndex, code};
use crate::country::place::PlaceId;
use crate::country::{Country, Visit, whereabouts};
use crate::extract::digits;
use crate::extract::dirt::{self, Columns, Tally};
use crate::extract::file::{Style, render};
use crate::extract::folder::Folder;
use crate::options::SimulateError;
use crate::streams::{Purpose, Stream};
use crate::truth::CountDayTruth;

const HEADER: [&str; 18] = [
    "formuliernummer",
    "teldatum",
    "organisatie",
    "organisatietype",
    "gemeentecode",
    "letters_naam",
    "leeftijd",
    "geslacht",
    "situatie",
    "sinds",
    "herkomst",
    "nationaliteit",
    "verblijfsstatus",
    "kinderen_mee",
    "kinderen_elders",
    "huishouden",
    "gemeente_herkomst",
    "verwacht_op",
];

const COLUMNS: Columns = Columns {
    bsn: None,
    product: Some(8),
    start: Some(9),
    end: None,
    municipality: Some(4),
};

/// Someone who is there on the count day.
struct Present {
    person: PersonIndex,
    situation: LivingSituation,
    stay: PlaceId,
    /// Children with the person, on the form of the first parent who is there.
    children: u8,
}

/// The municipalities that take part: whole regions in the order of their rounds, up to the
/// number that took part.
pub(crate) fn participants(country: &Country) -> Vec<PlaceId> {
    let mut found: Vec<PlaceId> = COUNT_DAY_REGIONS
        .iter()
        .filter_map(|centre| country.places.find(*centre))
        .flat_map(|centre| country.places.region(centre))
        .take(COUNT_DAY_MUNICIPALITIES)
        .collect();
    found.sort_unstable();
    found
}

/// Probability that an adult in a situation is found, before it is scaled to the target.
fn visibility(situation: LivingSituation) -> f64 {
    match situation.category().number() {
        Some(2 | 3) => 0.92,
        Some(4) => 0.75,
        Some(1) => 0.68,
        Some(7) => 0.70,
        _ => 0.60,
    }
}

/// A probability with its odds multiplied.
fn scaled(probability: f64, factor: f64) -> f64 {
    let odds = probability / (1.0 - probability) * factor;
    odds / (1.0 + odds)
}

/// Writes the forms, one file per region; what was there to be found.
pub(crate) fn write(
    country: &Country,
    participants: &[PlaceId],
    folder: &Folder,
    tally: &mut Tally,
) -> Result<(CountDayTruth, u64), SimulateError> {
    let seed = country.options.seed;
    let mut stream = Stream::new(seed, Purpose::CountDay);
    let mut forms = Stream::new(seed, Purpose::CountDayForms);
    let mut spoil = Stream::new(seed, Purpose::CountDayDirt);
    let (present, mut truth) = present(country, participants);
    let factor = factor(country, &present);
    let mut found: BTreeMap<PlaceId, Vec<&Present>> = BTreeMap::new();
    for at in participants {
        found.entry(country.places.get(*at).centre).or_default();
    }
    for one in &present {
        if !stream.chance(scaled(visibility(one.situation), factor)) {
            continue;
        }
        truth.found_adults += 1;
        truth.found_children += u64::from(one.children);
        *truth
            .found_categories
            .entry(one.situation.category().key().into())
            .or_insert(0) += 1;
        found
            .entry(country.places.get(one.stay).centre)
            .or_default()
            .push(one);
    }
    let mut written = 0;
    for (centre, people) in found {
        let region = country.places.get(centre);
        let style = Style::draw(&mut spoil, country.options.dirt);
        let mut reports: Vec<(&Present, usize)> = Vec::new();
        for one in people {
            let times = forms.pick(&[(1, 0.85), (2, 0.13), (3, 0.02)]);
            reports.extend((0..times).map(|again| (one, again)));
        }
        forms.shuffle(&mut reports);
        truth.forms += reports.len() as u64;
        let mut rows = Vec::new();
        for (number, (one, again)) in reports.into_iter().enumerate() {
            let mut row = form(country, one, again > 0, style, &mut forms);
            row[0] = format!("{}-{:05}", digits(region.code), number + 1);
            let old = country.places.get(one.stay).old_code.map(digits);
            let dirt = country.options.dirt;
            dirt::push(
                &mut rows,
                row,
                &COLUMNS,
                old.as_deref(),
                dirt,
                &mut spoil,
                tally,
            );
        }
        written += rows.iter().filter(|row| !row.is_empty()).count() as u64;
        let name = format!(
            "telling/{}_ET_{}.csv",
            region.code,
            country.count_day.year()
        );
        folder.write(&name, &render(&HEADER, &rows, style))?;
    }
    Ok((truth, written))
}

/// Everyone who stays in a municipality that takes part: adults with the children with them, and
/// the truth of it.
fn present(country: &Country, participants: &[PlaceId]) -> (Vec<Present>, CountDayTruth) {
    let day = country.count_day;
    let mut visits: BTreeMap<PersonIndex, Vec<Visit>> = BTreeMap::new();
    for visit in &country.visits {
        visits.entry(visit.person).or_default().push(visit.clone());
    }
    let mut truth = CountDayTruth {
        date: Some(day),
        municipalities: participants.len() as u64,
        ..CountDayTruth::default()
    };
    let there = |index: PersonIndex| {
        let visits = visits.get(&index).map_or(&[][..], Vec::as_slice);
        let person = &country.persons[index as usize];
        let found = whereabouts(person, visits, day)?;
        participants
            .binary_search(&found.1)
            .is_ok()
            .then_some(found)
    };
    let mut present = Vec::new();
    for (index, person) in country.persons.iter().enumerate() {
        let index = index as PersonIndex;
        if person.parents[0].is_some() {
            continue;
        }
        let Some((situation, stay)) = there(index) else {
            continue;
        };
        let mut children = 0;
        for child in &person.children {
            let child = &country.persons[*child as usize];
            let first = match child.parents {
                [Some(head), Some(_)] if head != index => there(head).is_none(),
                _ => true,
            };
            let with = matches!(child.family, Family::Household(_)) && child.birth <= day;
            children += u8::from(first && with);
        }
        truth.present += 1 + u64::from(children);
        *truth
            .present_categories
            .entry(situation.category().key().into())
            .or_insert(0) += 1 + u64::from(children);
        present.push(Present {
            person: index,
            situation,
            stay,
            children,
        });
    }
    (present, truth)
}

/// The factor on the odds of being found that makes the expected number of people found, the
/// children with them included, the target.
fn factor(country: &Country, present: &[Present]) -> f64 {
    let target = COUNT_DAY_FOUND * country.options.scale;
    let expected = |factor: f64| -> f64 {
        let found =
            |one: &Present| scaled(visibility(one.situation), factor) * f64::from(1 + one.children);
        present.iter().map(found).sum()
    };
    let (mut low, mut high) = (0.02, 50.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if expected(middle) < target {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Who fills in a form, by category: type of organisation and its name, in which `@` stands for
/// the municipality.
fn organisation(category: Option<u8>, stream: &mut Stream) -> (&'static str, &'static str) {
    const SHELTER: (&str, &str) = ("opvang", "Opvang @");
    const OUTREACH: (&str, &str) = ("inloop", "Inloophuis De Brêge @");
    const DESK: (&str, &str) = ("gemeente", "Gemeente @");
    const TEAM: (&str, &str) = ("wijkteam", "Sociaal wijkteam @");
    const CARE: (&str, &str) = ("zorg", "GGZ-team @");
    const LANDLORD: (&str, &str) = ("corporatie", "Woningcorporatie Het Veen @");
    const SCHOOL: (&str, &str) = ("onderwijs", "Jongerenpunt @");
    const CHURCH: (&str, &str) = ("kerk", "Diaconie @");
    const POLICE: (&str, &str) = ("politie", "Wijkagent @");
    stream.pick(match category {
        Some(1) => &[
            (OUTREACH, 0.45),
            (POLICE, 0.2),
            (CHURCH, 0.15),
            (CARE, 0.1),
            (DESK, 0.1),
        ],
        Some(2 | 3) => &[
            (SHELTER, 0.75),
            (OUTREACH, 0.08),
            (DESK, 0.12),
            (CARE, 0.05),
        ],
        Some(4) => &[(CARE, 0.8), (DESK, 0.2)],
        Some(5) => &[
            (DESK, 0.35),
            (POLICE, 0.15),
            (TEAM, 0.25),
            (CHURCH, 0.15),
            (SCHOOL, 0.1),
        ],
        Some(7) => &[(LANDLORD, 0.6), (TEAM, 0.25), (DESK, 0.15)],
        _ => &[
            (DESK, 0.35),
            (TEAM, 0.35),
            (SCHOOL, 0.12),
            (CHURCH, 0.1),
            (CARE, 0.08),
        ],
    })
}

/// A form without its number. A second form on the same person sometimes differs.
fn form(
    country: &Country,
    one: &Present,
    again: bool,
    style: Style,
    stream: &mut Stream,
) -> Vec<String> {
    let person: &Person = &country.persons[one.person as usize];
    let day = country.count_day;
    let place = country.places.get(one.stay);
    let category = one.situation.category().number();
    let (kind, name) = organisation(category, stream);
    let mut age = person.age_on(day);
    let mut letters = String::from_utf8_lossy(&person.letters).into_owned();
    let mut situation = one.situation.code();
    if again && stream.chance(0.02) {
        age += 1;
    }
    if again && stream.chance(0.01) {
        letters.truncate(4);
    }
    if again && stream.chance(0.03) {
        situation = "99";
    }
    let unsure = stream.chance(0.01);
    let filled = |share: f64, text: &str, stream: &mut Stream| {
        if stream.chance(share) {
            text.to_owned()
        } else {
            String::new()
        }
    };
    let since = since(person, day);
    let elsewhere = person
        .children
        .iter()
        .filter(|child| country.persons[**child as usize].family == Family::Elsewhere)
        .count();
    let expected = match category {
        Some(7) => true,
        Some(4) => stream.chance(0.7),
        _ => false,
    };
    vec![
        String::new(),
        style.date(day),
        name.replace('@', &place.name),
        kind.to_owned(),
        digits(place.code),
        letters,
        age.to_string(),
        code::sex(person.sex).to_owned(),
        if unsure { "99" } else { situation }.to_owned(),
        if stream.chance(0.8) {
            style.date(since)
        } else {
            String::new()
        },
        filled(0.92, code::origin(person.origin), stream),
        filled(0.95, code::nationality(person.nationality), stream),
        filled(0.93, code::residence(person.residence), stream),
        one.children.to_string(),
        elsewhere.to_string(),
        match person.family {
            Family::Household(household) => format!("H{household}"),
            _ => String::new(),
        },
        filled(0.85, &digits(country.places.get(person.home).code), stream),
        style.date_or_blank(expected.then(|| day.plus_days(stream.between(1, 28)))),
    ]
}

/// Since when the situation of a day lasts.
fn since(person: &Person, day: Day) -> Day {
    let season = person
        .seasons
        .iter()
        .find(|season| season.since <= day && season.until.is_none_or(|until| day < until));
    season.map_or(person.entry, |season| season.since).min(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CountryOptions;

    #[test]
    fn whole_regions_take_part_and_the_target_is_reached() {
        let options = CountryOptions {
            scale: 0.05,
            ..CountryOptions::default()
        };
        let country = Country::new(&options);
        let participants = participants(&country);
        assert_eq!(participants.len(), 124);
        let (present, truth) = present(&country, &participants);
        let target = COUNT_DAY_FOUND * options.scale;
        assert!(truth.present as f64 > 1.1 * target, "{}", truth.present);
        let factor = factor(&country, &present);
        let expected: f64 = present
            .iter()
            .map(|p| scaled(visibility(p.situation), factor) * f64::from(1 + p.children))
            .sum();
        assert!((expected - target).abs() < 1.0);
        assert!((scaled(0.6, 1.0) - 0.6).abs() < 1e-12);
    }
}
