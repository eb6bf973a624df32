//! Declared tables: a row a level (and a place), a column a category.

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cube::{Crossing, CubeKey, Family, Measure, Place, PlaceLevel};
use ethos_model::date::Time;

use super::national::persons;
use super::pivot::Pivot;
use super::places::{kind_of, place_cells, place_columns, placed_by, places};
use super::response;
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::Protected;
use crate::words::label::{self, Dimension};
use crate::words::number;

/// Time × place × levels, by category.
pub(super) fn table(protected: &Protected, crossing: Crossing, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::Crossed(crossing);
    let pivot = Pivot::of(protected, family);
    let national = crossing.place() == PlaceLevel::National;
    let mut columns = if national {
        vec![PrintColumn::new(
            pick("Peilmoment", "Time"),
            ColumnKind::Text,
        )]
    } else {
        place_columns(&pivot, family, context)
    };
    let by: Vec<Dimension> = crossing.by().map(Dimension::of).collect();
    columns.extend(
        by.iter()
            .map(|dimension| PrintColumn::new(dimension.name(language), ColumnKind::Text)),
    );
    let mut across = pivot.distinct(|key| (key.total, key.category));
    // Category 7 is the whole of its total and stands once.
    if across.contains(&(Total::Threatened, Some(EthosCategory::EvictionThreat))) {
        across.retain(|column| *column != (Total::Threatened, None));
    }
    columns.extend(across.iter().map(|(total, category)| {
        let name = match category {
            Some(category) => label::category(*category, language),
            None => total.name(language).to_owned(),
        };
        PrintColumn::new(name, ColumnKind::Count)
    }));

    let mut levels = pivot.distinct(|key| {
        by.iter()
            .map(|dimension| {
                dimension
                    .level_of(key)
                    // All levels together come first.
                    .map(|level| (dimension.rank(level), level.to_owned()))
            })
            .collect::<Vec<_>>()
    });
    levels.sort();
    let mut places: Vec<(Time, Place)> = places(&pivot, language);
    places.dedup();
    let mut rows = Vec::with_capacity(places.len() * levels.len());
    for (time, place) in &places {
        for level in &levels {
            let mut cells = if national {
                vec![PrintCell::Text(number::time(*time, language))]
            } else {
                place_cells(&pivot, *time, place, family, context)
            };
            cells.extend(by.iter().zip(level).map(|(dimension, level)| {
                PrintCell::Text(match level {
                    Some((_, level)) => dimension.level(level, language),
                    None => pick("Totaal", "Total").into(),
                })
            }));
            cells.extend(across.iter().map(|(total, category)| {
                let mut key = CubeKey {
                    place: place.clone(),
                    category: *category,
                    ..CubeKey::national(family, *time, *total, Measure::Observed)
                };
                for (of, level) in crossing.by().zip(level) {
                    key.set_level(of, level.as_ref().map(|(_, level)| level.clone()));
                }
                PrintCell::count(pivot.get(&key))
            }));
            rows.push(PrintRow {
                time: *time,
                kind: if national && level.iter().all(Option::is_none) {
                    RowKind::Total
                } else if national {
                    RowKind::Plain
                } else {
                    kind_of(place)
                },
                cells,
            });
        }
    }
    let mut about = vec![persons(language).to_owned()];
    if !national {
        about.push(placed_by(context));
    }
    if national {
        let by: Vec<_> = crossing.by().collect();
        about.extend(response::lines(&pivot, family, &by, language));
    }
    for dimension in &by {
        about.extend(meaning(*dimension, context).map(str::to_owned));
    }
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}

/// What a characteristic holds, where its name does not say it all.
fn meaning(dimension: Dimension, context: Context<'_>) -> Option<&'static str> {
    let language = context.language();
    match dimension {
        Dimension::Household => Some(language.pick(
            "Huishouden: wie bronnen bij elkaar houden of een formulier als kind noemt. Een partner die niet dakloos is, is niet te zien.",
            "Household: those whom sources hold together, or whom a form names as children. A partner who is not homeless cannot be seen.",
        )),
        Dimension::Duration => Some(language.pick(
            "Duur: hoe lang de huidige situatie zonder onderbreking duurt op de peildatum, volgens de bron. Eerdere dakloosheid telt niet mee.",
            "Duration: how long the present situation has lasted without a break on the reference date, by its source. Earlier homelessness is not in it.",
        )),
        Dimension::Residence => Some(language.pick(
            "Verblijfsstatus: zoals de bron of het personenregister die geeft.",
            "Residence status: as the source or the person register gives it.",
        )),
        _ => None,
    }
}
