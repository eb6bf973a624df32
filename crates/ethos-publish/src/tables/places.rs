//! Regions and municipalities: a row a place, a column a category.

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure, Place, PlaceLevel};
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
    let mut columns = place_columns(&pivot, family, context);
    for (total, category, measure) in &crossings {
        let name = crossing(*total, *category, language);
        columns.push(PrintColumn::new(
            match measure {
                Measure::Observed => name,
                other => format!("{name}, {}", header(*other, language)),
            },
            ColumnKind::Count,
        ));
    }
    let rows = places(&pivot, language)
        .into_iter()
        .map(|(time, place)| {
            let mut cells = place_cells(&pivot, time, &place, family, context);
            cells.extend(crossings.iter().map(|(total, category, measure)| {
                PrintCell::count(pivot.get(&CubeKey {
                    place: place.clone(),
                    category: *category,
                    ..CubeKey::national(family, time, *total, *measure)
                }))
            }));
            PrintRow {
                time,
                kind: kind_of(&place),
                cells,
            }
        })
        .collect();
    let mut about = vec![persons(language).to_owned(), placed_by(context)];
    if crossings
        .iter()
        .any(|(_, _, measure)| *measure == Measure::ObservedTouched)
    {
        about.push(
            language
                .pick(
                    "In enige situatie gezien: iedereen die een bron hier plaatst, ook wie in een andere gemeente of regio telt. Wie op twee plekken is gezien, staat bij allebei: deze kolommen tellen niet op.",
                    "Seen in any situation: everyone whom a source places here, also those who count in another municipality or region. Someone seen in two places is in both: these columns do not add up.",
                )
                .to_owned(),
        );
    }
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}

/// Which of a spell's municipalities the table uses.
pub(super) fn placed_by(context: Context<'_>) -> String {
    let language = context.language();
    format!(
        "{}: {}.",
        language.pick("Ingedeeld naar", "Place"),
        context.study.count.municipality.name(language)
    )
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
            let mut cells = place_cells(&pivot, time, &place, family, context);
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
fn crossings(pivot: &Pivot<'_>) -> Vec<(Total, Option<EthosCategory>, Measure)> {
    let mut found = pivot.distinct(|key| (key.total, key.category, key.measure));
    let seven = Some(EthosCategory::EvictionThreat);
    if found.contains(&(Total::Threatened, seven, Measure::Observed)) {
        found.retain(|crossing| *crossing != (Total::Threatened, None, Measure::Observed));
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
pub(super) fn places(pivot: &Pivot<'_>, language: Language) -> Vec<(Time, Place)> {
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
                // Provinces come before the user's own mappings.
                let own = mapping != "province";
                ((own, mapping.clone()), Dimension::Region.rank(region).0)
            }
            _ => ((false, String::new()), 0),
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

pub(super) fn kind_of(place: &Place) -> RowKind {
    if *place == Place::Netherlands {
        RowKind::Total
    } else {
        RowKind::Plain
    }
}

pub(super) fn place_columns(
    pivot: &Pivot<'_>,
    family: Family,
    context: Context<'_>,
) -> Vec<PrintColumn> {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let mut columns = vec![PrintColumn::new(
        pick("Peilmoment", "Time"),
        ColumnKind::Text,
    )];
    if is_regional(family) {
        let mut named = pivot.mappings().iter();
        let header = if let (Some(one), None) = (named.next(), named.next()) {
            label::mapping(one, context.regions, language)
        } else {
            columns.push(PrintColumn::new(
                pick("Indeling", "Mapping"),
                ColumnKind::Text,
            ));
            pick("Regio", "Region").to_owned()
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

fn is_regional(family: Family) -> bool {
    match family {
        Family::Crossed(crossing) => crossing.place() == PlaceLevel::Regional,
        other => other == Family::RegionalCategory,
    }
}

pub(super) fn place_cells(
    pivot: &Pivot<'_>,
    time: Time,
    place: &Place,
    family: Family,
    context: Context<'_>,
) -> Vec<PrintCell> {
    let language = context.language();
    let mut cells = vec![PrintCell::Text(number::time(time, language))];
    if let (true, Place::Region { mapping, .. }) = (is_regional(family), place)
        && pivot.mappings().len() > 1
    {
        cells.push(PrintCell::Text(label::mapping(
            mapping,
            context.regions,
            language,
        )));
    }
    cells.push(PrintCell::Text(label::place(place, language)));
    if !is_regional(family) {
        cells.push(match place {
            Place::Municipality(code) => PrintCell::Text(code.to_string()),
            _ => PrintCell::Blank,
        });
    }
    cells
}
