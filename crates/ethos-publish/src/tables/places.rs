//! Regions and municipalities: a row a place, a column a category.

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure, Place};
use ethos_model::date::Time;

use super::national::{header, persons};
use super::pivot::Pivot;
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::Protected;
use crate::words::label::{self, Dimension};
use crate::words::number;

/// Time × place × category.
pub(super) fn categories(
    protected: &Protected,
    family: Family,
    context: Context<'_>,
) -> PrintTable {
    let language = context.language();
    let pivot = Pivot::of(protected, family);
    let crossings = crossings(&pivot);
    let measures = pivot.distinct(|key| key.measure);
    let several = measures.len() > 1;
    let mut columns = place_columns(&pivot, family, context);
    if several {
        columns.push(PrintColumn::new(
            language.pick("Wat", "What"),
            ColumnKind::Text,
        ));
    }
    for (total, category) in &crossings {
        columns.push(PrintColumn::new(
            crossing(*total, *category, language),
            ColumnKind::Count,
        ));
    }
    let mut rows = Vec::new();
    for (time, place) in places(&pivot, language) {
        for measure in &measures {
            let mut cells = place_cells(time, &place, family, context);
            if several {
                cells.push(PrintCell::Text(header(*measure, language).into()));
            }
            let figures = crossings.iter().map(|(total, category)| {
                pivot.get(&CubeKey {
                    place: place.clone(),
                    category: *category,
                    ..CubeKey::national(family, time, *total, *measure)
                })
            });
            let figures: Vec<PrintCell> = figures.map(PrintCell::count).collect();
            if figures.iter().all(|cell| *cell == PrintCell::Blank) {
                continue;
            }
            cells.extend(figures);
            rows.push(PrintRow {
                time,
                kind: kind_of(&place),
                cells,
            });
        }
    }
    let mut about = vec![persons(language).to_owned()];
    about.push(format!(
        "{}: {}.",
        language.pick("Ingedeeld naar", "Place"),
        context.study.count.municipality.name(language)
    ));
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}

/// Time × municipality: seen within the scope of the estimate, and the synthetic share.
pub(super) fn synthetic(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::MunicipalSynthetic;
    let pivot = Pivot::of(protected, family);
    let mut columns = place_columns(&pivot, family, context);
    columns.push(PrintColumn::new(
        pick("Geteld binnen de afbakening", "Observed within the scope"),
        ColumnKind::Count,
    ));
    columns.push(PrintColumn::new(
        pick(
            "Synthetisch aandeel (experimenteel)",
            "Synthetic share (experimental)",
        ),
        ColumnKind::Point,
    ));
    let rows = places(&pivot, language)
        .into_iter()
        .map(|(time, place)| {
            let key = |measure| CubeKey {
                place: place.clone(),
                ..CubeKey::national(family, time, Total::EstimateScope, measure)
            };
            let mut cells = place_cells(time, &place, family, context);
            cells.push(PrintCell::count(pivot.get(&key(Measure::Observed))));
            cells.push(PrintCell::count(pivot.get(&key(Measure::Synthetic))));
            PrintRow {
                time,
                kind: kind_of(&place),
                cells,
            }
        })
        .collect();
    PrintTable {
        family,
        title: family.title(language).into(),
        about: vec![crate::synthetic::warning(language).to_owned()],
        columns,
        rows,
    }
}

/// The columns of figures: each total, then its categories. Of people threatened with
/// homelessness, category 7 is the total and stands once.
fn crossings(pivot: &Pivot<'_>) -> Vec<(Total, Option<EthosCategory>)> {
    let mut found = pivot.distinct(|key| (key.total, key.category));
    if found.contains(&(Total::Threatened, Some(EthosCategory::EvictionThreat))) {
        found.retain(|crossing| *crossing != (Total::Threatened, None));
    }
    found
}

fn crossing(total: Total, category: Option<EthosCategory>, language: Language) -> String {
    match (total, category) {
        (Total::EstimateScope, Some(category)) => format!(
            "{}, {}",
            label::category(category, language),
            language.pick("binnen de afbakening", "within the scope")
        ),
        (_, Some(category)) => label::category(category, language),
        (total, None) => total.name(language).to_owned(),
    }
}

/// Every time and place, places in printed order.
fn places(pivot: &Pivot<'_>, language: Language) -> Vec<(Time, Place)> {
    let mut places = pivot.distinct(|key| (key.time, key.place.clone()));
    places.sort_by_cached_key(|(time, place)| {
        let kind = match place {
            Place::Netherlands => 0,
            Place::Region { .. } => 1,
            Place::Municipality(_) => 2,
            Place::UnknownMunicipality => 3,
        };
        let (mapping, rank) = match place {
            Place::Region { mapping, region } => {
                (mapping.clone(), Dimension::Region.rank(region).0)
            }
            _ => (String::new(), 0),
        };
        (
            *time,
            kind,
            mapping,
            rank,
            sorting(&label::place(place, language)),
        )
    });
    places
}

/// A name as an index sorts it: `'s-Gravenhage` under the s, `Óss` as `óss`.
fn sorting(name: &str) -> String {
    name.trim_start_matches(['\'', '’']).to_lowercase()
}

fn kind_of(place: &Place) -> RowKind {
    if *place == Place::Netherlands {
        RowKind::Total
    } else {
        RowKind::Plain
    }
}

fn place_columns(pivot: &Pivot<'_>, family: Family, context: Context<'_>) -> Vec<PrintColumn> {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let mut columns = vec![PrintColumn::new(
        pick("Peilmoment", "Time"),
        ColumnKind::Text,
    )];
    if family == Family::RegionalCategory {
        let mappings = pivot.distinct(|key| match &key.place {
            Place::Region { mapping, .. } => Some(mapping.clone()),
            _ => None,
        });
        let named: Vec<&String> = mappings.iter().flatten().collect();
        let header = match named.as_slice() {
            [one] => label::mapping(one, context.regions, language),
            _ => pick("Regio", "Region").to_owned(),
        };
        columns.push(PrintColumn::new(header, ColumnKind::Text));
    } else {
        columns.push(PrintColumn::new(
            pick("Gemeente", "Municipality"),
            ColumnKind::Text,
        ));
        columns.push(PrintColumn::new("Code", ColumnKind::Text));
    }
    columns
}

fn place_cells(time: Time, place: &Place, family: Family, context: Context<'_>) -> Vec<PrintCell> {
    let language = context.language();
    let mut cells = vec![
        PrintCell::Text(number::time(time, language)),
        PrintCell::Text(label::place(place, language)),
    ];
    if family != Family::RegionalCategory {
        cells.push(match place {
            Place::Municipality(code) => PrintCell::Text(code.to_string()),
            _ => PrintCell::Blank,
        });
    }
    cells
}
