//! The estimate by characteristic: seen, added and in all, each with its limits.

use ethos_model::cube::{CubeKey, Family, Measure};
use ethos_model::date::Time;

use super::pivot::{By, Pivot};
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::Protected;
use crate::words::label::Dimension;
use crate::words::{number, scope};

pub(super) fn table(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pivot = Pivot::of(protected, Family::NationalEstimate);
    let pick = |nl, en| language.pick(nl, en);
    let mut columns = vec![
        PrintColumn::new(pick("Peildatum", "Reference date"), ColumnKind::Text),
        PrintColumn::new(pick("Kenmerk", "Characteristic"), ColumnKind::Text),
        PrintColumn::new(pick("Groep", "Group"), ColumnKind::Text),
        PrintColumn::new(pick("Geteld", "Observed"), ColumnKind::Count),
    ];
    for (point, lower, upper) in [
        (
            pick("Bijgeschat", "Added by the model"),
            pick("Bijgeschat, ondergrens", "Added, lower limit"),
            pick("Bijgeschat, bovengrens", "Added, upper limit"),
        ),
        (
            pick("Geschat totaal", "Estimated total"),
            pick("Totaal, ondergrens", "Total, lower limit"),
            pick("Totaal, bovengrens", "Total, upper limit"),
        ),
    ] {
        columns.push(PrintColumn::new(point, ColumnKind::Point));
        columns.push(PrintColumn::new(lower, ColumnKind::Lower));
        columns.push(PrintColumn::new(upper, ColumnKind::Upper));
    }

    let mut groups: Vec<(Time, By, &CubeKey)> = pivot
        .keys()
        .filter_map(|key| Some((key.time, By::of(key)?, key)))
        .collect();
    groups.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    groups.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
    let rows = groups
        .into_iter()
        .map(|(time, by, key)| {
            let [what, level] = by.names(language, |dimension| characteristic(dimension, context));
            let mut cells = vec![
                PrintCell::Text(number::time(time, language)),
                PrintCell::Text(what),
                PrintCell::Text(level),
                PrintCell::count(pivot.measure(key, Measure::Observed)),
            ];
            cells.extend(PrintCell::estimate(pivot.measure(key, Measure::Added)));
            cells.extend(PrintCell::estimate(pivot.measure(key, Measure::Estimated)));
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
    let round = &context.study.publish.round_estimates;
    let whole = |value: u32| number::whole(u64::from(value), language);
    let mut about = vec![
        scope::sentence(&context.study.scope, language),
        match language {
            ethos_model::category::Language::Nl => format!(
                "Personen. Schattingen zijn afgerond op {}, per regio op {}; ondergrenzen naar beneden en bovengrenzen naar boven. Afgeronde delen tellen niet altijd op tot het totaal.",
                whole(round.national),
                whole(round.region)
            ),
            ethos_model::category::Language::En => format!(
                "Persons. Estimates are rounded to {}, those of a region to {}; lower limits down and upper limits up. Rounded parts need not add up to their total.",
                whole(round.national),
                whole(round.region)
            ),
        },
    ];
    about.extend(warnings(context));
    PrintTable {
        family: Family::NationalEstimate,
        title: Family::NationalEstimate.title(language).into(),
        about,
        columns,
        rows,
    }
}

/// The warnings of every headline behind its date: `1 January 2026: the list …`.
fn warnings(context: Context<'_>) -> Vec<String> {
    let language = context.language();
    let mut headlines: Vec<_> = context.headlines.iter().collect();
    headlines.sort_by_key(|headline| headline.date);
    headlines
        .into_iter()
        .flat_map(|headline| {
            let date = number::day(headline.date, language);
            headline
                .warnings
                .iter()
                .map(move |warning| format!("{date}: {}", warning.in_language(language)))
        })
        .collect()
}

/// Name of a characteristic; the region by the name of its mapping.
fn characteristic(dimension: Dimension, context: Context<'_>) -> String {
    let language = context.language();
    match (&context.study.strata.region, dimension) {
        (Some(mapping), Dimension::Region) if mapping != "g4" => {
            crate::words::label::mapping(mapping, context.regions, language)
        }
        (_, Dimension::Region) => language.pick("Ingeschreven in", "Registered in").into(),
        _ => dimension.name(language).into(),
    }
}
