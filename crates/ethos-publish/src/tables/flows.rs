//! Flows between two days, and moves between categories. No stock stands in them.

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure};
use ethos_model::date::Time;

use super::pivot::{By, Pivot};
use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::protect::Protected;
use crate::words::{label, number};

const FLOWS: [Measure; 5] = [
    Measure::Entries,
    Measure::NewEntries,
    Measure::Returns,
    Measure::Exits,
    Measure::Began,
];

/// Time × one characteristic or category: persons who entered, left, or came into a category.
pub(super) fn flows(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::Flows;
    let pivot = Pivot::of(protected, family);
    let mut columns = vec![
        PrintColumn::new(pick("Tussen", "Between"), ColumnKind::Text),
        PrintColumn::new(pick("Kenmerk", "Characteristic"), ColumnKind::Text),
        PrintColumn::new(pick("Groep", "Group"), ColumnKind::Text),
    ];
    columns.extend(FLOWS.map(|measure| {
        PrintColumn::new(number::capital(measure.name(language)), ColumnKind::Count)
    }));
    let mut lines: Vec<(Time, By, Total, &CubeKey)> = pivot
        .keys()
        .filter_map(|key| Some((key.time, By::of(key)?, key.total, key)))
        .collect();
    lines.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    lines.dedup_by(|a, b| (a.0, &a.1) == (b.0, &b.1));
    let rows = lines
        .into_iter()
        .map(|(time, by, _, key)| {
            let [what, level] = by.names(language, |found| found.name(language).to_owned());
            let mut cells = vec![
                PrintCell::Text(number::between(time, language)),
                PrintCell::Text(what),
                PrintCell::Text(level),
            ];
            cells.extend(
                FLOWS
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
    let days = context.study.count.washout_days;
    let about = vec![
        pick(
            "Personen, niet gebeurtenissen: wie twee keer instroomt, telt één keer, bij de eerste instroom; wie twee keer uitstroomt bij de laatste uitstroom. Kinderen die bij een ouder zijn geteld zonder eigen regel tellen hier niet mee.",
            "Persons, not events: who enters twice counts once, at the first entry; who leaves twice at the last exit. Children counted with a parent and without a record of their own are not in it.",
        )
        .to_owned(),
        match language {
            Language::Nl => format!(
                "Nieuw: in de {days} dagen voor de instroom zag geen bron de persoon dakloos; anders keert iemand terug. Wie van vóór de eerste levering niet bekend is, telt als nieuw."
            ),
            Language::En => format!(
                "New: no source saw the person homeless in the {days} days before the entry; others return. Who is not known from before the first delivery counts as new."
            ),
        },
        pick(
            "Uitgestroomd is van wie een bron het zegt: zij gaf een einde, of dezelfde afzender leverde later weer en noemde de persoon niet meer. Wie is verdwenen doordat een afzender niet meer leverde, telt niet mee. Naar duur: hoe lang de aaneengesloten dakloosheid duurde die eindigde.",
            "Left are those of whom a source says so: it gave an end, or the same sender delivered again and did not name the person any more. Who disappeared because a sender stopped delivering is not among them. By duration: how long the unbroken homelessness lasted that ended.",
        )
        .to_owned(),
        pick(
            "Begonnen: iedereen voor wie een situatie van de categorie begon, ook wie al dakloos was; deze kolom telt niet op. Categorie 4: zonder woning uit een instelling, of er klaar om te vertrekken; categorie 7: huisuitzetting dreigt.",
            "Began: everyone for whom a situation of the category began, also those already homeless; this column does not add up. Category 4: leaving an institution without housing, or ready to; category 7: eviction is expected.",
        )
        .to_owned(),
    ];
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}

/// Time × category on the later date × category on the earlier one.
pub(super) fn moves(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let pick = |nl, en| language.pick(nl, en);
    let family = Family::Moves;
    let pivot = Pivot::of(protected, family);
    let mut columns = vec![
        PrintColumn::new(pick("Tussen", "Between"), ColumnKind::Text),
        PrintColumn::new(
            pick("Categorie op de latere datum", "Category on the later date"),
            ColumnKind::Text,
        ),
    ];
    let from = EthosCategory::ALL.map(Measure::MovedFrom);
    for measure in from.into_iter().chain([Measure::Arrived]) {
        columns.push(PrintColumn::new(
            number::capital(measure.name(language)),
            ColumnKind::Count,
        ));
    }
    let mut rows = Vec::new();
    for time in pivot.distinct(|key| key.time) {
        let cell = |category: EthosCategory, measure| {
            PrintCell::count(pivot.get(&CubeKey {
                category: Some(category),
                ..CubeKey::national(family, time, category.total(), measure)
            }))
        };
        let mut row = |name: String, counts: Vec<PrintCell>| {
            let mut cells = vec![
                PrintCell::Text(number::between(time, language)),
                PrintCell::Text(name),
            ];
            cells.extend(counts);
            rows.push(PrintRow {
                time,
                kind: RowKind::Plain,
                cells,
            });
        };
        for to in EthosCategory::ALL {
            let own = from.into_iter().chain([Measure::Arrived]);
            let counts = own.map(|measure| cell(to, measure)).collect();
            row(label::category(to, language), counts);
        }
        let gone = EthosCategory::ALL.map(|category| cell(category, Measure::Gone));
        let counts = gone.into_iter().chain([PrintCell::Blank]).collect();
        row(number::capital(Measure::Gone.name(language)), counts);
    }
    let about = vec![
        pick(
            "Personen van de latere peildatum naar hun categorie op de eerdere. Een rij telt op tot het aantal op de latere peildatum; een kolom, met wie niet meer is gezien, tot dat op de eerdere.",
            "Persons of the later date by their category on the earlier one. A row adds up to the number on the later date; a column, with those no longer seen, to that on the earlier one.",
        )
        .to_owned(),
        pick(
            "Niet eerder gezien: ook kinderen van wie alleen het aantal bekend is. Wie er niet meer is, kan een woning hebben, door geen bron meer zijn gezien of bij een afzender horen die niet meer leverde: het is geen uitstroom.",
            "Not seen before: also children of whom only the number is known. Who is no longer there may be housed, seen by no source any more, or with a sender that stopped delivering: these are no exits.",
        )
        .to_owned(),
    ];
    PrintTable {
        family,
        title: family.title(language).into(),
        about,
        columns,
        rows,
    }
}
