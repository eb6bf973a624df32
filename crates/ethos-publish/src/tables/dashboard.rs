//! The dashboard: a row an indicator, in one unit and of one population, with what the data can
//! tell of its change; then the indicators that others measure.

use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_model::date::Time;

use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::dashboard::{Dashboard, External, Indicator};
use crate::protect::Protected;
use crate::words::number;

/// Time × indicator.
pub(super) fn table(protected: &Protected, context: Context<'_>) -> PrintTable {
    let language = context.language();
    let family = Family::Dashboard;
    let dashboard = Dashboard::of(protected, context.study, context.external.to_vec());
    let own = dashboard
        .indicators
        .iter()
        .map(|indicator| own(indicator, context));
    let others = dashboard
        .external
        .iter()
        .map(|external| other(external, language));
    PrintTable {
        family,
        title: family.title(language).into(),
        about: about(&dashboard, language),
        columns: columns(language),
        rows: own.chain(others).collect(),
    }
}

fn columns(language: Language) -> Vec<PrintColumn> {
    use ColumnKind::{Lower, Point, Upper};

    let text = |nl, en| PrintColumn::new(language.pick(nl, en), ColumnKind::Text);
    let number = |nl, en, kind| PrintColumn::new(language.pick(nl, en), kind);
    vec![
        text("Peildatum", "Reference date"),
        text("Nummer", "Number"),
        text("Indicator", "Indicator"),
        text("Eenheid", "Unit"),
        text("Populatie", "Population"),
        text("Wie het meet", "Owner"),
        text("Bron", "Source"),
        text("Doel van het actieplan", "Target of the action plan"),
        text("Vorige peildatum", "Reference date before"),
        text(
            "Kunnen de gegevens een verandering zeggen?",
            "Can the data tell a change?",
        ),
        number("Cijfer", "Figure", Point),
        number("Ondergrens", "Lower limit", Lower),
        number("Bovengrens", "Upper limit", Upper),
        number("Vorig cijfer", "Figure before", Point),
        number(
            "Vorig cijfer, ondergrens",
            "Figure before, lower limit",
            Lower,
        ),
        number(
            "Vorig cijfer, bovengrens",
            "Figure before, upper limit",
            Upper,
        ),
        number("Verandering", "Change", Point),
        number("Verandering, ondergrens", "Change, lower limit", Lower),
        number("Verandering, bovengrens", "Change, upper limit", Upper),
    ]
}

fn own(indicator: &Indicator, context: Context<'_>) -> PrintRow {
    let language = context.language();
    let text = |text: &str| PrintCell::Text(text.to_owned());
    let target = indicator
        .target
        .as_ref()
        .map_or(PrintCell::Blank, |target| {
            text(target.in_language(language))
        });
    let day = |day| PrintCell::Text(number::day(day, language));
    let mut cells = vec![
        day(indicator.date),
        PrintCell::Text(indicator.number.to_string()),
        text(indicator.name.in_language(language)),
        text(language.pick("personen", "persons")),
        text(indicator.of.total.name(language)),
        text(language.pick("deze publicatie", "this release")),
        text(indicator.of.family.title(language)),
        target,
        indicator
            .before
            .map_or(PrintCell::Blank, |(before, _)| day(before)),
        PrintCell::Text(indicator.verdict.words(indicator.is_estimate(), language)),
    ];
    cells.extend(PrintCell::estimate(Some(indicator.figure)));
    cells.extend(PrintCell::estimate(
        indicator.before.map(|(_, figure)| figure),
    ));
    cells.extend(PrintCell::change(indicator.change));
    PrintRow {
        time: Time::On(indicator.date),
        kind: RowKind::Plain,
        cells,
    }
}

fn other(external: &External, language: Language) -> PrintRow {
    let text = |text: &str| PrintCell::Text(text.to_owned());
    let value = external
        .value
        .parse()
        .map_or_else(|_| text(&external.value), PrintCell::number);
    let mut cells = vec![
        PrintCell::Text(number::day(external.date, language)),
        PrintCell::Blank,
        text(&external.indicator),
        text(&external.unit),
        PrintCell::Blank,
        text(&external.owner),
        text(&external.source),
        PrintCell::Blank,
        PrintCell::Blank,
        text(language.pick(
            "niet hier gemeten: zie de bron",
            "not measured here: see the source",
        )),
        value,
    ];
    cells.extend(std::iter::repeat_n(PrintCell::Blank, 8));
    PrintRow {
        time: Time::On(external.date),
        kind: RowKind::Plain,
        cells,
    }
}

fn about(dashboard: &Dashboard, language: Language) -> Vec<String> {
    let pick = |nl: &str, en: &str| language.pick(nl, en).to_owned();
    let mut lines = vec![
        pick(
            "Elke regel is één indicator met een vast nummer, één eenheid, één populatie en één peildatum. Regels met een andere eenheid of populatie zijn niet op te tellen of te vergelijken.",
            "Every row is one indicator with a fixed number, one unit, one population and one reference date. Rows of another unit or population cannot be added or compared.",
        ),
        pick(
            "Verandering van een schatting: met een interval uit de intervallen van beide jaren, alsof die los van elkaar staan (Zou en Donner 2008). Wie in beide jaren is gezien, maakt de werkelijke onzekerheid kleiner.",
            "Change of an estimate: with an interval from the intervals of both years, as if these were drawn apart (Zou and Donner 2008). People seen in both years make the true uncertainty smaller.",
        ),
        pick(
            "Verandering van een telling: de grenzen zeggen alleen wat de afronding open laat. Of er meer mensen dakloos werden of meer mensen werden gezien, kan een telling niet zeggen.",
            "Change of a count: the limits only say what rounding leaves open. Whether more people became homeless or more people were seen, a count cannot tell.",
        ),
    ];
    if !dashboard.external.is_empty() {
        lines.push(pick(
            "Indicatoren zonder nummer zijn door een ander gemeten en staan er zoals de eigenaar ze gaf.",
            "Indicators without a number were measured by others and stand as their owner gave them.",
        ));
    }
    lines
}
