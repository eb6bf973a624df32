//! Rates: a row a group or a place, with the inhabitants they are of.

use ethos_model::category::Language;
use ethos_model::cube::{CubeKey, Family, Measure, Place};

use super::pivot::{By, Pivot};
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::Protected;
use crate::words::{label, number, scope};

/// Time × population × place or group.
pub(super) fn table(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::Rates;
    let pivot = Pivot::of(protected, family);
    let per = pivot
        .distinct(|key| key.measure.per())
        .into_iter()
        .flatten()
        .next()
        .unwrap_or(10_000);
    let [observed, estimated] = Measure::rates(per);
    let mut columns = vec![
        PrintColumn::new(pick("Peilmoment", "Time"), ColumnKind::Text),
        PrintColumn::new(pick("Populatie", "Population"), ColumnKind::Text),
        PrintColumn::new(pick("Regio", "Place"), ColumnKind::Text),
        PrintColumn::new("Code", ColumnKind::Text),
        PrintColumn::new(pick("Kenmerk", "Characteristic"), ColumnKind::Text),
        PrintColumn::new(pick("Groep", "Group"), ColumnKind::Text),
        PrintColumn::new(pick("Inwoners", "Inhabitants"), ColumnKind::Count),
        PrintColumn::new(number::capital(observed.name(language)), ColumnKind::Count),
    ];
    let estimates = pivot.has(estimated);
    if estimates {
        columns.push(PrintColumn::new(
            number::capital(estimated.name(language)),
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
    let mut lines: Vec<(&CubeKey, By)> = pivot
        .keys()
        .filter(|key| key.measure == Measure::Inhabitants)
        .filter_map(|key| Some((key, By::of(key)?)))
        .collect();
    lines.sort_by(|(a, by_a), (b, by_b)| {
        (a.time, a.total, &a.place, by_a).cmp(&(b.time, b.total, &b.place, by_b))
    });
    let rows = lines
        .into_iter()
        .map(|(key, by)| {
            let [what, level] = by.names(language, |found| found.name(language).to_owned());
            let mut cells = vec![
                PrintCell::Text(number::time(key.time, language)),
                PrintCell::Text(key.total.name(language).into()),
                PrintCell::Text(label::place(&key.place, language)),
                match &key.place {
                    Place::Municipality(code) => PrintCell::Text(code.to_string()),
                    _ => PrintCell::Blank,
                },
                PrintCell::Text(what),
                PrintCell::Text(level),
                PrintCell::count(pivot.get(key)),
                PrintCell::count(pivot.measure(key, observed)),
            ];
            if estimates {
                cells.extend(PrintCell::estimate(pivot.measure(key, estimated)));
            }
            PrintRow {
                time: key.time,
                kind: if by == By::All && key.place == Place::Netherlands {
                    RowKind::Total
                } else {
                    RowKind::Plain
                },
                cells,
            }
        })
        .collect();
    let about = vec![
        match language {
            Language::Nl => format!(
                "Gepubliceerde aantallen gedeeld door het aantal inwoners op 1 januari, per {} inwoners; ondergrenzen naar beneden en bovengrenzen naar boven afgerond. Een getal op de peildatum gaat over een deel van de inwoners; wie nergens is ingeschreven, telt niet als inwoner.",
                number::whole(u64::from(per), language)
            ),
            Language::En => format!(
                "Published figures divided by the inhabitants on 1 January, per {} inhabitants; lower limits rounded down and upper limits up. Who is registered nowhere is no inhabitant.",
                number::whole(u64::from(per), language)
            ),
        },
        scope::sentence(&context.study.scope, language),
        super::places::placed_by(context),
    ];
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}
