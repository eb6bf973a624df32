//! A tile map: a hexagon for every municipality, all of one size, so that small ones can be seen
//! and large ones do not shout. Figures are shades of one colour; what is no figure is striped or
//! empty and carries the letter of its mark.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::region::RegionMapping;

use super::svg::{Anchor, Svg};
use crate::tables::PrintCell;
use crate::words::label::Mark;
use crate::words::number;

/// A municipality on the map.
#[derive(Clone, PartialEq, Debug)]
pub struct Tile {
    /// Its code.
    pub code: MunicipalityCode,
    /// Its name.
    pub name: String,
    /// Its figure.
    pub cell: PrintCell,
}

/// A shade of the map: the figures from one number up to the next shade.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Shade {
    /// Smallest figure.
    pub from: u64,
    /// First figure of the next shade; none for the last.
    pub below: Option<u64>,
}

impl Shade {
    /// `20–45` where figures are multiples of 5; `500 or more`.
    pub fn words(&self, step: u64, language: Language) -> String {
        let from = number::whole(self.from, language);
        match self.below {
            Some(below) if below.saturating_sub(step) <= self.from => from,
            Some(below) => format!(
                "{from}–{}",
                number::whole(below - step.min(below), language)
            ),
            None => format!("{from} {}", language.pick("of meer", "or more")),
        }
    }
}

const TILES: &str = include_str!("../../../../data/reference/municipality_tiles.csv");
/// Distance between the centres of neighbours.
const PITCH: f64 = 27.0;
/// Distance between rows: half the root of three times the pitch.
const ROW: f64 = 23.383;
/// From the centre of a tile to its top.
const RADIUS: f64 = 15.588;
const MARGIN: f64 = 20.0;
/// Shades of figures other than zero; the style sheet has a colour for each.
pub const SHADES: usize = 5;
/// Large towns named on the map, to find one's way by.
const LANDMARKS: [(u16, &str); 12] = [
    (14, "Groningen"),
    (80, "Leeuwarden"),
    (193, "Zwolle"),
    (153, "Enschede"),
    (268, "Nijmegen"),
    (344, "Utrecht"),
    (363, "Amsterdam"),
    (518, "Den Haag"),
    (599, "Rotterdam"),
    (687, "Middelburg"),
    (772, "Eindhoven"),
    (935, "Maastricht"),
];

/// Column and row of every municipality with a place on the map.
pub fn places() -> &'static BTreeMap<MunicipalityCode, (i32, i32)> {
    static PLACES: OnceLock<BTreeMap<MunicipalityCode, (i32, i32)>> = OnceLock::new();
    PLACES.get_or_init(|| {
        TILES
            .lines()
            .skip(1)
            .filter_map(|line| {
                let mut fields = line.rsplit(',');
                let row = fields.next()?.parse().ok()?;
                let column = fields.next()?.parse().ok()?;
                let code = MunicipalityCode::parse(line.split(',').next()?).ok()?;
                Some((code, (column, row)))
            })
            .collect()
    })
}

/// Shades that part the figures at round numbers: the smaller half, then ever smaller parts of
/// the largest, because a few cities hold most people.
pub fn shades(cells: impl Iterator<Item = PrintCell>) -> Vec<Shade> {
    let mut values: Vec<u64> = cells
        .filter_map(|cell| match cell {
            PrintCell::Number { value, .. } if value > 0 => Some(value),
            _ => None,
        })
        .collect();
    values.sort_unstable();
    let (Some(first), Some(last)) = (values.first(), values.last()) else {
        return Vec::new();
    };
    let mut starts = vec![*first];
    for percent in [45, 84, 92, 98] {
        let start = rounded(values[(values.len() - 1) * percent / 100]);
        if starts.last().is_some_and(|before| start > *before) && start <= *last {
            starts.push(start);
        }
    }
    (0..starts.len())
        .map(|at| Shade {
            from: starts[at],
            below: starts.get(at + 1).copied(),
        })
        .collect()
}

/// The largest of 1, 2, 3, 5, 10, 20, 30, 50 … that is not above the value.
fn rounded(value: u64) -> u64 {
    let mut power = 1_u64;
    while power.saturating_mul(10) <= value {
        power *= 10;
    }
    [5, 3, 2, 1]
        .into_iter()
        .map(|factor| factor * power)
        .find(|candidate| *candidate <= value)
        .unwrap_or(power)
}

/// Centre of a tile. Odd rows lie half a tile to the right.
fn centre((column, row): (i32, i32)) -> (f64, f64) {
    let shift = if row % 2 == 1 { 0.5 } else { 0.0 };
    (
        MARGIN + (f64::from(column) + shift) * PITCH,
        MARGIN + f64::from(row) * ROW,
    )
}

/// Corners of a tile around its centre, from the top clockwise.
fn corners() -> [(f64, f64); 6] {
    let (x, y) = (PITCH / 2.0, RADIUS / 2.0);
    [
        (0.0, -RADIUS),
        (x, -y),
        (x, y),
        (0.0, RADIUS),
        (-x, y),
        (-x, -y),
    ]
}

/// Draws the map. Municipalities without a place are not on it. `unit` is what the figures
/// count, `date` the day whose provinces are outlined; figures are multiples of `step`.
pub fn draw(
    tiles: &[Tile],
    (shades, step): (&[Shade], u64),
    date: Day,
    unit: &str,
    language: Language,
) -> String {
    let places = places();
    let across = places.values().map(|place| place.0).max().unwrap_or(0);
    let down = places.values().map(|place| place.1).max().unwrap_or(0);
    let width = MARGIN * 2.0 + (f64::from(across) + 0.5) * PITCH;
    let height = MARGIN * 2.0 + f64::from(down) * ROW;
    let mut svg = Svg::new("map", "chart tiles", width, height);
    svg.pattern("withheld", 45, 4.0, 1.4);
    svg.pattern("unseen-by-any", 0, 4.0, 1.4);
    svg.pattern("undelivered", 90, 4.0, 1.4);
    svg.shape(&corners());
    let shown: Vec<(&Tile, (f64, f64))> = tiles
        .iter()
        .filter_map(|tile| Some((tile, centre(*places.get(&tile.code)?))))
        .collect();
    let minima = are_minima(tiles);
    for (tile, at) in &shown {
        let (class, pattern, _) = look(&tile.cell, shades, minima);
        let words = format!("{}: {}", tile.name, spoken(&tile.cell, language));
        svg.place(&class, pattern, *at, &words);
    }
    svg.segments("province", &borders(tiles, date));
    for (tile, (x, y)) in &shown {
        if let (class, _, Some(letter)) = look(&tile.cell, shades, minima) {
            let dark = class.ends_with(" s3") || class.ends_with(" s4");
            let class = if dark { "letter light" } else { "letter" };
            svg.text(class, *x, y + 4.0, Anchor::Middle, letter);
        }
    }
    for (number, name) in LANDMARKS {
        let place = places
            .iter()
            .find(|(code, _)| code.number() == number)
            .map(|(_, place)| centre(*place));
        if let Some((x, y)) = place.filter(|_| tiles.iter().any(|t| t.code.number() == number)) {
            svg.text("landmark", x, y - 9.0, Anchor::Middle, name);
        }
    }
    svg.finish(
        &format!(
            "{}: {unit}",
            language.pick("Kaart van gemeenten", "Map of municipalities")
        ),
        &describe(tiles, (shades, step), language),
    )
}

/// Whether every figure on the map is a minimum, so that no tile has to say it of itself.
pub fn are_minima(tiles: &[Tile]) -> bool {
    let whole = |tile: &Tile| matches!(tile.cell, PrintCell::Number { partial: false, .. });
    !tiles.iter().any(whole)
}

/// Class, stripes and letter of a tile; with `minima` that a figure is one is left out.
fn look(
    cell: &PrintCell,
    shades: &[Shade],
    minima: bool,
) -> (String, Option<&'static str>, Option<&'static str>) {
    match cell {
        PrintCell::Number { value: 0, partial } => (
            "tile zero".into(),
            None,
            Some(if *partial && !minima { "0m" } else { "0" }),
        ),
        PrintCell::Number { value, partial } => {
            let shade = shades.iter().rposition(|shade| shade.from <= *value);
            let class = format!("tile s{}", shade.unwrap_or(0).min(SHADES - 1));
            (class, None, (*partial && !minima).then_some("m"))
        }
        PrintCell::Mark(Mark::Suppressed) => ("tile".into(), Some("withheld"), Some("c")),
        PrintCell::Mark(Mark::NotDelivered) => ("tile".into(), Some("undelivered"), Some("n")),
        PrintCell::Mark(Mark::NotCollected) => ("tile".into(), Some("unseen-by-any"), Some("x")),
        PrintCell::Mark(Mark::Impossible) => ("tile none".into(), None, Some("z")),
        _ => ("tile none".into(), None, None),
    }
}

/// A figure in words for the pointer: a mark is said in full.
fn spoken(cell: &PrintCell, language: Language) -> String {
    match cell {
        PrintCell::Mark(mark) => mark.meaning(language).to_owned(),
        PrintCell::Number {
            value,
            partial: true,
        } => format!(
            "{}. {}",
            number::whole(*value, language),
            Mark::Partial.meaning(language)
        ),
        PrintCell::Blank => language.pick("geen cijfer", "no figure").to_owned(),
        other => other.text(language),
    }
}

/// The sides between neighbours of different provinces.
fn borders(tiles: &[Tile], date: Day) -> Vec<[(f64, f64); 2]> {
    let provinces = RegionMapping::province();
    let at: BTreeMap<(i32, i32), &str> = tiles
        .iter()
        .filter_map(|tile| {
            Some((
                *places().get(&tile.code)?,
                provinces.level_of(tile.code, date)?,
            ))
        })
        .collect();
    let corners = corners();
    let mut sides = Vec::new();
    for (place, province) in &at {
        let (column, row) = *place;
        let shift = row % 2;
        // To the right, to the lower right, to the lower left: each pair is met once.
        let neighbours = [
            ((column + 1, row), 1),
            ((column + shift, row + 1), 2),
            ((column - 1 + shift, row + 1), 3),
        ];
        for (neighbour, corner) in neighbours {
            if at.get(&neighbour).is_some_and(|other| other != province) {
                let (x, y) = centre(*place);
                let (a, b) = (corners[corner], corners[corner + 1]);
                sides.push([(x + a.0, y + a.1), (x + b.0, y + b.1)]);
            }
        }
    }
    sides
}

/// How many municipalities have which shade or mark.
fn describe(tiles: &[Tile], (shades, step): (&[Shade], u64), language: Language) -> String {
    let mut parts = Vec::new();
    let municipalities = |count: usize| match language {
        Language::Nl if count == 1 => "1 gemeente".to_owned(),
        Language::Nl => format!("{count} gemeenten"),
        Language::En if count == 1 => "1 municipality".to_owned(),
        Language::En => format!("{count} municipalities"),
    };
    let value = |tile: &Tile| match tile.cell {
        PrintCell::Number { value, .. } => Some(value),
        _ => None,
    };
    for shade in shades {
        let of_it = |value: u64| value >= shade.from && shade.below.is_none_or(|b| value < b);
        let count = tiles.iter().filter_map(value).filter(|v| of_it(*v)).count();
        parts.push(format!(
            "{}: {}",
            shade.words(step, language),
            municipalities(count)
        ));
    }
    let zeros = tiles.iter().filter(|tile| value(tile) == Some(0)).count();
    if zeros > 0 {
        parts.push(format!("0: {}", municipalities(zeros)));
    }
    for mark in Mark::ALL {
        let cell = PrintCell::Mark(mark);
        let count = tiles.iter().filter(|tile| tile.cell == cell).count();
        if count > 0 {
            parts.push(format!(
                "{}: {}",
                mark.shorthand(language),
                municipalities(count)
            ));
        }
    }
    let mut most: Vec<(&str, u64)> = tiles
        .iter()
        .filter_map(|tile| Some((tile.name.as_str(), value(tile)?)))
        .collect();
    most.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let most: Vec<String> = most
        .iter()
        .take(4)
        .map(|(name, value)| format!("{name} {}", number::whole(*value, language)))
        .collect();
    format!(
        "{}. {}: {}.",
        parts.join("; "),
        language.pick("De meeste", "Most"),
        most.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tile(code: &str, cell: PrintCell) -> Tile {
        Tile {
            code: MunicipalityCode::parse(code).unwrap(),
            name: code.into(),
            cell,
        }
    }

    #[test]
    fn every_municipality_has_a_place_of_its_own() {
        let places = places();
        assert_eq!(places.len(), 342);
        let apart: std::collections::BTreeSet<_> = places.values().collect();
        assert_eq!(apart.len(), 342);
        let register = ethos_model::municipality::MunicipalityRegister::shipped();
        for code in register.all_on(Day::parse("2026-01-01").unwrap()) {
            assert!(places.contains_key(&code), "{code} has no tile");
        }
    }

    #[test]
    fn shades_are_round_and_part_all_figures() {
        let values = (0..100).map(|at| match at {
            0..40 => 10,
            40..80 => 25,
            80..90 => 60,
            90..97 => 240,
            _ => 1_005,
        });
        let shades = shades(values.map(PrintCell::number));
        let starts: Vec<u64> = shades.iter().map(|shade| shade.from).collect();
        assert_eq!(starts, [10, 20, 50, 200, 1_000]);
        assert_eq!(shades[1].words(5, Language::Nl), "20–45");
        assert_eq!(shades[4].words(5, Language::En), "1,000 or more");
        assert!(super::shades(std::iter::once(PrintCell::Blank)).is_empty());
    }

    #[test]
    fn what_is_no_figure_is_told_apart() {
        let tiles = [
            tile("GM0363", PrintCell::number(900)),
            tile("GM0599", PrintCell::number(0)),
            tile("GM0014", PrintCell::Mark(Mark::Suppressed)),
            tile("GM0080", PrintCell::Mark(Mark::NotDelivered)),
            tile("GM0193", PrintCell::Mark(Mark::NotCollected)),
            tile(
                "GM0034",
                PrintCell::Number {
                    value: 20,
                    partial: true,
                },
            ),
        ];
        let shades = shades(tiles.iter().map(|tile| tile.cell.clone()));
        let day = Day::parse("2026-01-01").unwrap();
        let drawn = draw(&tiles, (&shades, 5), day, "mensen", Language::Nl);
        for pattern in ["#map-withheld", "#map-undelivered", "#map-unseen-by-any"] {
            assert_eq!(drawn.matches(&format!("url({pattern})")).count(), 1);
        }
        for letter in [">0<", ">c<", ">n<", ">x<", ">m<"] {
            assert_eq!(drawn.matches(letter).count(), 1, "{letter}");
        }
        assert!(drawn.contains("<title>GM0363: 900</title>"));
    }

    #[test]
    fn the_description_parts_the_figures_as_the_legend_does() {
        let tiles = ["GM0363", "GM0599", "GM0014"];
        let figures = [10, 15, 900];
        let tiles: Vec<Tile> = std::iter::zip(tiles, figures)
            .map(|(code, figure)| tile(code, PrintCell::number(figure)))
            .collect();
        let shades = [(10, Some(20)), (20, None)].map(|(from, below)| Shade { from, below });
        assert_eq!(shades[0].words(5, Language::Nl), "10–15");
        let said = describe(&tiles, (&shades, 5), Language::Nl);
        assert!(
            said.starts_with("10–15: 2 gemeenten; 20 of meer: 1 gemeente"),
            "{said}"
        );
    }

    #[test]
    fn a_province_has_an_outline() {
        let none = |code: &str| tile(code, PrintCell::Blank);
        let day = Day::parse("2026-01-01").unwrap();
        // Groningen and Assen lie in two provinces; Almere and Zeewolde in one.
        let one = borders(&[none("GM0034"), none("GM0050")], day);
        assert!(one.is_empty());
        let all: Vec<Tile> = places()
            .keys()
            .map(|code| none(&code.to_string()))
            .collect();
        assert!(borders(&all, day).len() > 100);
    }
}
