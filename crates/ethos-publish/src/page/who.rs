//! Who: counted people by category, sex and age.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::attribute::UNKNOWN;
use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{CubeKey, Measure};
use ethos_model::date::Time;

use super::figure::{Data, Figure};
use crate::chart::multiples::{self, Pair, Panel, Sides};
use crate::protect::{Protected, SafeFigure};
use crate::release::SafeRelease;
use crate::tables::PrintCell;
use crate::words::label::{self, Dimension, Mark};
use crate::words::number;

/// What a panel is of: a category, or all of a total where sex by age is not known by category.
type Subject = (Total, Option<EthosCategory>);
/// Figures of a time by subject, sex and age.
type Figures = BTreeMap<Subject, BTreeMap<(String, String), SafeFigure>>;

/// The small multiples of the latest date; none where no table crosses sex with age.
pub(super) fn figure(release: &SafeRelease<'_>) -> Option<Figure> {
    let language = release.context().language();
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let (time, figures) = latest(release.cube())?;
    let cells: BTreeSet<&(String, String)> = figures.values().flat_map(BTreeMap::keys).collect();
    let mut ages: Vec<&str> = cells.iter().map(|(_, age)| age.as_str()).collect();
    ages.sort_by_key(|age| Dimension::Age.rank(age));
    ages.dedup();
    let mut sexes: Vec<&str> = cells.iter().map(|(sex, _)| sex.as_str()).collect();
    sexes.sort_by_key(|sex| Dimension::Sex.rank(sex));
    sexes.dedup();
    let [left, right] = *sexes.get(..2)? else {
        return None;
    };
    let side = |sex: &str| Dimension::Sex.level(sex, language);
    let (left_name, right_name) = (side(left), side(right));
    let mut panels = Vec::new();
    let mut rows = Vec::new();
    for (subject, of_subject) in &figures {
        let cell = |sex: &str, age: &str| {
            PrintCell::count(of_subject.get(&(sex.to_owned(), age.to_owned())).copied())
        };
        let title = name(*subject, language);
        for age in &ages {
            for sex in &sexes {
                rows.push(vec![
                    PrintCell::Text(title.clone()),
                    PrintCell::Text(side(sex)),
                    PrintCell::Text(Dimension::Age.level(age, language)),
                    cell(sex, age),
                ]);
            }
        }
        let nothing = |cell: &PrintCell| matches!(cell, PrintCell::Mark(Mark::NotCollected));
        let pairs: Vec<Pair> = ages
            .iter()
            .map(|age| Pair {
                label: short(age, language),
                left: cell(left, age),
                right: cell(right, age),
            })
            .collect();
        // A category that nobody could see has no panel of marks.
        if pairs
            .iter()
            .any(|row| !nothing(&row.left) || !nothing(&row.right))
        {
            panels.push(Panel { title, rows: pairs });
        }
    }
    if panels.is_empty() {
        return None;
    }
    let title = format!(
        "{}, {}",
        pick(
            "Getelde mensen naar categorie, geslacht en leeftijd",
            "Observed people by category, sex and age"
        ),
        number::time(time, language)
    );
    let sides = Sides {
        left: &left_name,
        right: &right_name,
    };
    let svg = multiples::draw(&panels, sides, &title, language);
    let columns = [
        (pick("Categorie", "Category"), false),
        (pick("Geslacht", "Sex"), false),
        (pick("Leeftijd", "Age"), false),
        (pick("Geteld", "Counted"), true),
    ];
    let data = Data::new("category-sex-age", title, &columns, &rows, language);
    let mut figure = Figure::new("wie-leeftijd", svg, data)
        .lead(pick(
            "Elk vak is een categorie, met mannen links en vrouwen rechts, van jong naar oud. Alle vakken hebben dezelfde schaal. Het zijn getelde mensen: wat een bron niet kan zien, staat er niet in.",
            "Every panel is a category, with men to the left and women to the right, from young to old. All panels have one scale. These are counted people: what no source can see is not in them.",
        ))
        .key("k-seen", left_name.clone())
        .key("k-other", right_name.clone())
        .sideways(pick("Categorie, geslacht en leeftijd", "Category, sex and age"));
    if figures.len() > panels.len() {
        figure = figure.note(pick(
            "Categorieën die geen bron kan zien, hebben geen vak; ze staan in de tabel als [x].",
            "Categories that no source can see have no panel; they stand in the table as [x].",
        ));
    }
    let partial = |row: &Vec<PrintCell>| row[3].mark() == Some(Mark::Partial);
    if rows.iter().any(partial) {
        let sign = Mark::Partial.shorthand(language);
        figure = figure.note(match language {
            Language::Nl => format!("Cijfers met {sign} in de tabel zijn een ondergrens."),
            Language::En => format!("Figures with {sign} in the table are minima."),
        });
    }
    if sexes.len() > 2 {
        figure = figure.note(pick(
            "Wie van onbekend geslacht is, staat alleen in de tabel.",
            "People of unknown sex are in the table only.",
        ));
    }
    Some(figure)
}

/// The figures by sex and age of the latest reference date that has them: by category where a
/// table has that, else of all people of a total.
fn latest(cube: &Protected) -> Option<(Time, Figures)> {
    let mut by_time: BTreeMap<Time, Figures> = BTreeMap::new();
    for row in cube.rows() {
        let key = &row.key;
        let (Some(sex), Some(age)) = (&key.sex, &key.age) else {
            continue;
        };
        let plain = CubeKey {
            category: key.category,
            sex: key.sex.clone(),
            age: key.age.clone(),
            ..CubeKey::national(key.family, key.time, key.total, Measure::Observed)
        };
        if plain != *key || key.total == Total::EstimateScope {
            continue;
        }
        by_time
            .entry(key.time)
            .or_default()
            .entry((key.total, key.category))
            .or_default()
            .insert((sex.clone(), age.clone()), row.figure);
    }
    let on_a_date = |time: &Time| matches!(time, Time::On(_));
    let time = by_time
        .keys()
        .rfind(|time| on_a_date(time))
        .or_else(|| by_time.keys().next_back())
        .copied()?;
    let mut figures = by_time.remove(&time)?;
    if figures.keys().any(|(_, category)| category.is_some()) {
        figures.retain(|(_, category), _| category.is_some());
    }
    Some((time, figures))
}

fn name((total, category): Subject, language: Language) -> String {
    category.map_or_else(
        || total.name(language).to_owned(),
        |category| label::category(category, language),
    )
}

/// A band of ages in the few letters of an axis: `18–26`, `65+`, `?`.
fn short(age: &str, language: Language) -> String {
    if age == UNKNOWN {
        language.pick("onbekend", "unknown").to_owned()
    } else {
        age.replace('-', "–")
    }
}
