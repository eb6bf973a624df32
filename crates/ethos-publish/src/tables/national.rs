//! Observed people in the whole country: by category, and by characteristic.

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{Characteristic, CubeKey, Family, Measure};
use ethos_model::date::Time;

use super::pivot::{By, Pivot};
use super::response;
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::{Protected, SafeFigure};
use crate::words::{label, number};

const COUNTS: [Measure; 5] = [
    Measure::Observed,
    Measure::ObservedSmallest,
    Measure::ObservedLargest,
    Measure::ObservedChildren,
    Measure::ChildrenInvolved,
];

/// Header of a column of counts.
pub(super) fn header(measure: Measure, language: Language) -> &'static str {
    match measure {
        Measure::Observed => language.pick("Geteld", "Observed"),
        Measure::ObservedSmallest => {
            language.pick("Kleinst bij andere volgorde", "Smallest, other order")
        }
        Measure::ObservedLargest => {
            language.pick("Grootst bij andere volgorde", "Largest, other order")
        }
        Measure::ObservedChildren => language.pick("Waarvan kinderen", "Of whom children"),
        Measure::ChildrenInvolved => language.pick(
            "Indirect betrokken kinderen",
            "Children indirectly involved",
        ),
        Measure::ObservedTouched => language.pick(
            "in enige situatie gezien (niet optelbaar)",
            "seen in any situation (does not add up)",
        ),
        other => other.name(language),
    }
}

/// Time × total × category.
pub(super) fn categories(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::NationalCategory;
    let pivot = Pivot::of(protected, family);
    let mut columns = vec![
        PrintColumn::new(pick("Peilmoment", "Time"), ColumnKind::Text),
        PrintColumn::new(pick("Totaal", "Total"), ColumnKind::Text),
        PrintColumn::new(pick("Categorie", "Category"), ColumnKind::Text),
    ];
    let counts: Vec<Measure> = COUNTS
        .into_iter()
        .filter(|measure| pivot.has(*measure))
        .collect();
    for measure in &counts {
        columns.push(PrintColumn::new(
            header(*measure, language),
            ColumnKind::Count,
        ));
    }
    let estimated = pivot.has(Measure::Estimated);
    if estimated {
        columns.push(PrintColumn::new(
            pick("Geschat totaal", "Estimated total"),
            ColumnKind::Point,
        ));
        columns.push(PrintColumn::new(
            pick("Ondergrens", "Lower limit"),
            ColumnKind::Lower,
        ));
        columns.push(PrintColumn::new(
            pick("Bovengrens", "Upper limit"),
            ColumnKind::Upper,
        ));
    }
    let mut lines = pivot.distinct(|key| (key.time, key.total, key.category));
    // Category 7 is the whole of its total and stands once.
    let seven = Some(EthosCategory::EvictionThreat);
    let threatened: Vec<_> = lines
        .iter()
        .filter(|line| line.2 == seven)
        .map(|line| line.0)
        .collect();
    lines.retain(|line| {
        (line.1, line.2) != (Total::Threatened, None) || !threatened.contains(&line.0)
    });
    let rows = lines
        .into_iter()
        .map(|(time, total, category)| {
            let key = CubeKey {
                category,
                ..CubeKey::national(family, time, total, Measure::Observed)
            };
            let name = category.map_or_else(
                || pick("Totaal", "Total").to_owned(),
                |category| label::category(category, language),
            );
            let mut cells = vec![
                PrintCell::Text(number::time(time, language)),
                PrintCell::Text(total.name(language).into()),
                PrintCell::Text(name),
            ];
            cells.extend(
                counts
                    .iter()
                    .map(|measure| PrintCell::count(pivot.measure(&key, *measure))),
            );
            if estimated {
                cells.extend(PrintCell::estimate(pivot.measure(&key, Measure::Estimated)));
            }
            PrintRow {
                time,
                kind: if category.is_none() {
                    RowKind::Total
                } else {
                    RowKind::Plain
                },
                cells,
            }
        })
        .collect();
    let mut about = vec![persons(language).to_owned()];
    if pivot.has(Measure::ObservedSmallest) {
        about.push(
            pick(
                "Wie op de peildatum in meer dan één situatie is gezien, telt in één categorie. Kleinst en grootst: het aantal als een andere volgorde van categorieën had gegolden.",
                "People seen in more than one situation on the date count in one category. Smallest and largest: the number had another order of categories applied.",
            )
            .to_owned(),
        );
    }
    if pivot.has(Measure::ChildrenInvolved) {
        about.push(
            pick(
                "Indirect betrokken kinderen wonen elders en tellen niet mee in de andere kolommen.",
                "Children indirectly involved live elsewhere and are in none of the other columns.",
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

/// Time × total × one characteristic at a time.
pub(super) fn characteristics(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::NationalCharacteristics;
    let pivot = Pivot::of(protected, family);
    let counts: Vec<Measure> = COUNTS
        .into_iter()
        .filter(|measure| pivot.has(*measure))
        .collect();
    let mut columns = vec![
        PrintColumn::new(pick("Peilmoment", "Time"), ColumnKind::Text),
        PrintColumn::new(pick("Totaal", "Total"), ColumnKind::Text),
        PrintColumn::new(pick("Kenmerk", "Characteristic"), ColumnKind::Text),
        PrintColumn::new(pick("Groep", "Group"), ColumnKind::Text),
    ];
    for measure in &counts {
        columns.push(PrintColumn::new(
            header(*measure, language),
            ColumnKind::Count,
        ));
    }
    let mut lines: Vec<(Time, Total, By, &CubeKey)> = pivot
        .keys()
        .filter_map(|key| Some((key.time, key.total, By::of(key)?, key)))
        .collect();
    lines.sort_by(|a, b| (a.0, a.1, &a.2).cmp(&(b.0, b.1, &b.2)));
    lines.dedup_by(|a, b| (a.0, a.1, &a.2) == (b.0, b.1, &b.2));
    // Of a total that nobody could measure, the levels say nothing more.
    let gap = |key: &CubeKey| matches!(pivot.get(key), Some(SafeFigure::Gap(_)));
    lines.retain(|(time, total, by, _)| {
        *by == By::All || !gap(&CubeKey::national(family, *time, *total, Measure::Observed))
    });
    let rows = lines
        .into_iter()
        .map(|(time, total, by, key)| {
            let [what, level] = by.names(language, |found| found.name(language).to_owned());
            let mut cells = vec![
                PrintCell::Text(number::time(time, language)),
                PrintCell::Text(total.name(language).into()),
                PrintCell::Text(what),
                PrintCell::Text(level),
            ];
            cells.extend(
                counts
                    .iter()
                    .map(|measure| PrintCell::count(pivot.measure(key, *measure))),
            );
            PrintRow {
                time,
                kind: if by == By::All {
                    RowKind::Total
                } else {
                    RowKind::Plain
                },
                cells,
            }
        })
        .collect();
    let by = [
        Characteristic::Sex,
        Characteristic::Age,
        Characteristic::Origin,
    ];
    let mut about = vec![persons(language).to_owned()];
    about.extend(response::lines(&pivot, family, &by, language));
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}

/// The unit of counts.
pub(super) fn persons(language: Language) -> &'static str {
    language.pick(
        "Personen die een bron heeft gezien; niemand is bijgeschat. Aantallen zijn afgerond.",
        "Persons that a source saw; nobody is added by a model. Counts are rounded.",
    )
}
