//! Where: the map of municipalities and the funnel plot.

use std::collections::BTreeMap;

use ethos_model::category::{Language, Total};
use ethos_model::cell::CellState;
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::municipality::MunicipalityCode;

use super::figure::{Data, Figure};
use crate::chart::funnel::{self, Dot, Words};
use crate::chart::tiles::{self, Tile};
use crate::funnel::{Limits, Pair, Z95, Z998};
use crate::protect::{Protected, SafeFigure};
use crate::release::SafeRelease;
use crate::tables::PrintCell;
use crate::words::label::{self, Mark};
use crate::words::number;

/// Homeless people counted in every municipality, by reference date.
pub(super) type Counted = BTreeMap<Day, BTreeMap<MunicipalityCode, SafeFigure>>;

/// Fewest municipalities that limits are drawn for.
const FEWEST: usize = 10;

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
    let mut figures = vec![map(*date, latest, step, release)];
    let before = counted.range(..*date).next_back();
    figures.extend(before.and_then(|before| change((*date, latest), before, step, language)));
    figures
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
    let svg = tiles::draw(&tiles, &shades, date, &unit, language);
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
    let any = |wanted: &PrintCell| tiles.iter().any(|tile| tile.cell == *wanted);
    let minima = tiles::are_minima(&tiles);
    let partial = |cell: &PrintCell| cell.mark() == Some(Mark::Partial);
    for (class, letter, here, text) in [
        (
            "k-zero",
            "0",
            any(&PrintCell::number(0)),
            pick("gekeken, niemand gezien", "looked, nobody seen"),
        ),
        (
            "k-mark",
            "p",
            !minima && tiles.iter().any(|tile| partial(&tile.cell)),
            pick("deels: een ondergrens", "partial: a minimum"),
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

/// Municipalities against their own count of the date before.
pub(super) struct Compared {
    /// How the count of all of them changed.
    ratio: f64,
    /// Code, the count before, and the count now beside what is expected of it.
    rows: Vec<(MunicipalityCode, u64, Pair)>,
    limits: Limits,
}

impl Compared {
    /// Those whose count is shown on both dates and was measured in the same way; none where they
    /// are too few.
    pub(super) fn of(
        now: &BTreeMap<MunicipalityCode, SafeFigure>,
        then: &BTreeMap<MunicipalityCode, SafeFigure>,
    ) -> Option<Self> {
        let both: Vec<(MunicipalityCode, u64, u64)> = now
            .iter()
            .filter_map(|(code, figure)| {
                let (now, state) = shown(*figure)?;
                let (then, same) = shown(*then.get(code)?)?;
                (state == same).then_some((*code, now, then))
            })
            .collect();
        if both.len() < FEWEST {
            return None;
        }
        let total = |of: fn(&(MunicipalityCode, u64, u64)) -> u64| both.iter().map(of).sum::<u64>();
        let ratio = total(|row| row.1) as f64 / total(|row| row.2) as f64;
        let rows: Vec<(MunicipalityCode, u64, Pair)> = both
            .iter()
            .map(|(code, now, then)| {
                let pair = Pair {
                    expected: *then as f64 * ratio,
                    observed: *now as f64,
                };
                (*code, *then, pair)
            })
            .collect();
        let pairs: Vec<Pair> = rows.iter().map(|row| row.2).collect();
        let limits = Limits::of(&pairs, ratio);
        Some(Self {
            ratio,
            rows,
            limits,
        })
    }

    /// Where a municipality lies, and whether above what is expected.
    pub(super) fn place(&self, code: MunicipalityCode) -> Option<(funnel::Place, bool)> {
        let (_, _, pair) = self.rows.iter().find(|row| row.0 == code)?;
        let above = pair.observed > pair.expected;
        Some((funnel::place(&self.limits, *pair), above))
    }
}

/// The funnel plot of the change since the date before. A count is set against the municipality's
/// own earlier count: there are no inhabitants to set it against.
fn change(
    (date, now): (Day, &BTreeMap<MunicipalityCode, SafeFigure>),
    (earlier, then): (&Day, &BTreeMap<MunicipalityCode, SafeFigure>),
    step: u64,
    language: Language,
) -> Option<Figure> {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let compared = Compared::of(now, then)?;
    let limits = compared.limits;
    let mut dots: Vec<(MunicipalityCode, u64, Dot)> = compared
        .rows
        .iter()
        .map(|(code, then, pair)| {
            let name = name(*code, language);
            (*code, *then, Dot { name, pair: *pair })
        })
        .collect();
    dots.sort_by(|a, b| a.2.name.cmp(&b.2.name).then(a.0.cmp(&b.0)));
    let title = match language {
        Language::Nl => format!(
            "Verandering per gemeente van {} naar {}",
            number::day(*earlier, language),
            number::day(date, language)
        ),
        Language::En => format!(
            "Change by municipality from {} to {}",
            number::day(*earlier, language),
            number::day(date, language)
        ),
    };
    let words = Words {
        title: &title,
        across: pick(
            "verwacht aantal: de vorige telling × de landelijke verandering",
            "expected: the count before × the change of the country",
        ),
        up: pick("geteld ÷ verwacht", "counted ÷ expected"),
    };
    let drawn: Vec<Dot> = dots.iter().map(|dot| dot.2.clone()).collect();
    let svg = funnel::draw(&drawn, &limits, words, language);
    let (header_then, header_now) = (number::day(*earlier, language), number::day(date, language));
    let text = |value: f64| PrintCell::Text(number::decimal(value, 2, language));
    let rows: Vec<Vec<PrintCell>> = dots
        .iter()
        .map(|(code, then, dot)| {
            let expected = dot.pair.expected;
            let (low95, high95) = limits.at(expected, Z95);
            let (low998, high998) = limits.at(expected, Z998);
            let span = |low: f64, high: f64| {
                PrintCell::Text(format!(
                    "{}–{}",
                    number::decimal(low, 2, language),
                    number::decimal(high, 2, language)
                ))
            };
            vec![
                PrintCell::Text(dot.name.clone()),
                PrintCell::Text(code.to_string()),
                PrintCell::number(*then),
                PrintCell::number(dot.pair.observed as u64),
                PrintCell::Text(number::decimal(expected, 1, language)),
                text(dot.pair.observed / expected),
                span(low95, high95),
                span(low998, high998),
            ]
        })
        .collect();
    let columns = [
        (pick("Gemeente", "Municipality"), false),
        ("Code", false),
        (header_then.as_str(), true),
        (header_now.as_str(), true),
        (pick("Verwacht", "Expected"), true),
        (pick("Geteld ÷ verwacht", "Counted ÷ expected"), true),
        (pick("95%-grenzen", "95% limits"), true),
        (pick("99,8%-grenzen", "99.8% limits"), true),
    ];
    let data = Data::new("funnel", title.clone(), &columns, &rows, language);
    let spread = number::decimal(limits.dispersion, 2, language);
    let left_out = now.len() - dots.len();
    let whole = number::decimal((compared.ratio - 1.0) * 100.0, 1, language);
    Some(
        Figure::new("trechter", svg, data)
            .titled(pick(
                "Waar verandert meer dan toeval verklaart",
                "Where more changes than chance explains",
            ))
            .lead(pick(
                "Een ranglijst van gemeenten laat vooral toeval zien: in kleine gemeenten springt elk cijfer. Hier is elke gemeente afgezet tegen zichzelf: haar vorige telling, vermenigvuldigd met de verandering in het hele land. Wie binnen de trechter ligt, wijkt niet meer af dan toeval kan. Wie erbuiten ligt, verdient een vraag, geen oordeel: er kan ook meer of minder zijn geleverd.",
                "A ranking of municipalities shows chance for the most part: in small ones every figure jumps. Here each is set against itself: its count before, times the change of the whole country. Within the funnel none differs by more than chance can make it. One beyond deserves a question and no verdict: more or less may have been delivered.",
            ))
            .key("k-limit95", pick("binnen de 95%-grenzen", "within the 95% limits"))
            .key("k-limit998", pick("binnen de 99,8%-grenzen", "within the 99.8% limits"))
            .key("k-far", pick("erbuiten", "beyond"))
            .note(match language {
                Language::Nl => format!(
                    "Inwoneraantallen zijn bij deze studie niet gegeven; daarom staat hier de verandering en niet het aantal per inwoner. De getekende gemeenten samen veranderden {whole}%. Grenzen volgens Spiegelhalter (2005), op de schaal van de wortel; de spreiding is {spread} maal die van toeval alleen (φ), en de grenzen zijn daarmee verbreed voor zover dat meer dan 1 is. Aantallen zijn afgerond op {step}, wat bij kleine gemeenten meetelt. Niet getekend: {left_out} van de {} gemeenten, waar een van beide cijfers verborgen is, ontbreekt of anders gemeten is.",
                    now.len()
                ),
                Language::En => format!(
                    "This study was given no numbers of inhabitants; so this shows the change and no rate. The municipalities drawn changed by {whole}% together. Limits after Spiegelhalter (2005), on the scale of the square root; the spread is {spread} times that of chance alone (φ), and the limits are widened by it where it is above 1. Counts are rounded to {step}, which matters for small municipalities. Not drawn: {left_out} of {} municipalities, of which one of the two figures is withheld, absent or measured otherwise.",
                    now.len()
                ),
            })
            .sideways(pick("Trechterplot", "Funnel plot")),
    )
}

/// A figure that is a number above zero, with its state.
fn shown(figure: SafeFigure) -> Option<(u64, CellState)> {
    match figure {
        SafeFigure::Count { persons, state } if persons > 0 => Some((persons, state)),
        _ => None,
    }
}
