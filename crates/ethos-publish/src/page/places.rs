//! Where: the map of municipalities, and the figures its funnel plot is drawn from.

use std::collections::BTreeMap;

use ethos_model::category::{Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::study::DisclosureMethod;

use super::against;
use super::figure::{Data, Figure};
use crate::chart::tiles::{self, Tile};
use crate::protect::{Protected, SafeFigure};
use crate::release::SafeRelease;
use crate::tables::PrintCell;
use crate::words::label::{self, Mark};
use crate::words::number;

/// Homeless people counted in every municipality, by reference date.
pub(super) type Counted = BTreeMap<Day, BTreeMap<MunicipalityCode, SafeFigure>>;

/// Classes of the legend's shades.
const KEYS: [&str; tiles::SHADES] = ["k-s0", "k-s1", "k-s2", "k-s3", "k-s4"];

/// The map and the funnel plot of a release, as far as it has the figures for them.
pub(super) fn figures(release: &SafeRelease<'_>) -> Vec<Figure> {
    let counted = counted(release.cube());
    let Some((date, latest)) = counted.last_key_value() else {
        return Vec::new();
    };
    let language = release.context().language();
    let step = crate::protect::threshold::Rule::new(&release.study().publish.disclosure).base();
    let mut map = map(*date, latest, step, release);
    let now = (*date, latest);
    let inhabitants = inhabitants(release.cube(), *date);
    let mut plot = against::rates(now, &inhabitants, step, language);
    if let (None, Some((earlier, then))) = (&plot, counted.range(..*date).next_back()) {
        match against::change(release.study(), release.cube(), now, (*earlier, then), step) {
            Ok(change) => plot = Some(change),
            Err(apart) => map = map.note(no_change(*earlier, apart.why(language), language)),
        }
    }
    std::iter::once(map).chain(plot).collect()
}

/// That the change of municipalities cannot be told, and why.
fn no_change(since: Day, why: &str, language: Language) -> String {
    let since = number::day(since, language);
    match language {
        Language::Nl => {
            format!("De verandering per gemeente sinds {since} is niet meetbaar: {why}.")
        }
        Language::En => {
            format!("The change by municipality since {since} is not measurable: {why}.")
        }
    }
}

/// Inhabitants by municipality on a date, where the release has them.
fn inhabitants(cube: &Protected, date: Day) -> BTreeMap<MunicipalityCode, u64> {
    cube.family(Family::Rates)
        .filter_map(|row| {
            let key = CubeKey {
                place: row.key.place.clone(),
                ..CubeKey::national(
                    Family::Rates,
                    Time::On(date),
                    Total::Homeless,
                    Measure::Inhabitants,
                )
            };
            match (&row.key.place, row.figure) {
                (Place::Municipality(code), SafeFigure::Given(number)) if key == row.key => {
                    Some((*code, number))
                }
                _ => None,
            }
        })
        .collect()
}

/// The figures of all homeless people by municipality and reference date.
pub(super) fn counted(cube: &Protected) -> Counted {
    let mut counted = Counted::new();
    for row in cube.family(Family::MunicipalCategory) {
        let key = &row.key;
        // Nothing but the place is told apart.
        let plain = CubeKey {
            place: key.place.clone(),
            ..CubeKey::national(key.family, key.time, Total::Homeless, Measure::Observed)
        };
        let whole = plain == *key;
        if let (true, Time::On(date), Place::Municipality(code)) = (whole, key.time, &key.place) {
            counted.entry(date).or_default().insert(*code, row.figure);
        }
    }
    counted
}

pub(super) fn name(code: MunicipalityCode, language: Language) -> String {
    label::place(&Place::Municipality(code), language)
}

fn map(
    date: Day,
    figures: &BTreeMap<MunicipalityCode, SafeFigure>,
    step: u64,
    release: &SafeRelease<'_>,
) -> Figure {
    let language = release.context().language();
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let mut tiles: Vec<Tile> = figures
        .iter()
        .map(|(code, figure)| Tile {
            code: *code,
            name: name(*code, language),
            cell: PrintCell::count(Some(*figure)),
        })
        .collect();
    tiles.sort_by(|a, b| a.name.cmp(&b.name).then(a.code.cmp(&b.code)));
    let shades = tiles::shades(tiles.iter().map(|tile| tile.cell.clone()));
    let unit = format!(
        "{}, {}",
        pick("getelde dakloze mensen", "homeless people counted"),
        number::day(date, language)
    );
    let svg = tiles::draw(&tiles, (&shades, step), date, &unit, language);
    let rows: Vec<Vec<PrintCell>> = tiles
        .iter()
        .map(|tile| {
            vec![
                PrintCell::Text(tile.name.clone()),
                PrintCell::Text(tile.code.to_string()),
                tile.cell.clone(),
            ]
        })
        .collect();
    let columns = [
        (pick("Gemeente", "Municipality"), false),
        ("Code", false),
        (pick("Geteld", "Counted"), true),
    ];
    let data = Data::new("map", unit, &columns, &rows, language);
    let mut figure = Figure::new("kaart", svg, data)
        .titled(pick("Alle gemeenten even groot", "All municipalities of one size"))
        .lead(pick(
            "Elke zeshoek is een gemeente, op ongeveer haar plaats in het land; dikke lijnen scheiden provincies. De kleur zegt hoeveel mensen er zijn geteld, niet hoe vaak dakloosheid voorkomt: in een grote stad wonen meer mensen. Wijs een gemeente aan voor haar cijfer.",
            "Every hexagon is a municipality, at about its place in the country; thick lines part provinces. The colour tells how many people were counted, not how common homelessness is: more people live in a large city. Point at a municipality for its figure.",
        ));
    for (shade, class) in shades.iter().zip(KEYS) {
        figure = figure.key(class, shade.words(step, language));
    }
    let method = release.study().publish.disclosure.method;
    let zeros_are_exact = method == DisclosureMethod::Threshold;
    let any = |wanted: &PrintCell| tiles.iter().any(|tile| tile.cell == *wanted);
    let minima = tiles::are_minima(&tiles);
    let partial = |cell: &PrintCell| cell.mark() == Some(Mark::Partial);
    for (class, letter, here, text) in [
        (
            "k-zero",
            "0",
            any(&PrintCell::number(0)),
            if zeros_are_exact {
                pick("gekeken, niemand gezien", "looked, nobody seen")
            } else {
                pick("niemand gezien, of een enkeling", "nobody seen, or a few")
            },
        ),
        (
            "k-mark",
            "m",
            !minima && tiles.iter().any(|tile| partial(&tile.cell)),
            pick("deels: een minimum", "partial: a minimum"),
        ),
        (
            "k-withheld",
            "c",
            any(&PrintCell::Mark(Mark::Suppressed)),
            pick(
                "verborgen om mensen te beschermen",
                "withheld to protect people",
            ),
        ),
        (
            "k-undelivered",
            "n",
            any(&PrintCell::Mark(Mark::NotDelivered)),
            pick("niet geleverd: geen nul", "not delivered: not a zero"),
        ),
        (
            "k-unseen-by-any",
            "x",
            any(&PrintCell::Mark(Mark::NotCollected)),
            pick("niet gemeten: geen nul", "not collected: not a zero"),
        ),
        (
            "k-mark",
            "z",
            any(&PrintCell::Mark(Mark::Impossible)),
            pick("kan niet voorkomen", "cannot occur"),
        ),
    ] {
        if here {
            figure = figure.lettered(class, letter, text);
        }
    }
    if minima {
        figure = figure.note(pick(
            "Alle cijfers op de kaart zijn een ondergrens: niet elke categorie is overal gemeten, of er ontbreekt een levering.",
            "Every figure on the map is a minimum: not every category was measured everywhere, or a delivery is missing.",
        ));
    }
    let off = tiles
        .iter()
        .filter(|tile| !tiles::places().contains_key(&tile.code))
        .count();
    if off > 0 {
        figure = figure.note(match language {
            Language::Nl => {
                format!("Niet op de kaart, wel in de tabel: {off} gemeenten die niet meer bestaan.")
            }
            Language::En => {
                format!("Not on the map but in the table: {off} municipalities that exist no more.")
            }
        });
    }
    figure
        .note(format!(
            "{}: {}.",
            pick("Ingedeeld naar", "Place"),
            release.study().count.municipality.name(language)
        ))
        .sideways(pick("Kaart", "Map"))
}
