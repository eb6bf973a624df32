//! The dashboard: a row an indicator, in one unit and of one population, with what the data can
//! tell of its change and of its target; then the indicators that others measure.

use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_model::date::{Day, Time};

use super::{ColumnKind, Context, PrintCell, PrintColumn, PrintRow, PrintTable, RowKind};
use crate::dashboard::{Dashboard, External, Indicator, Judged, Other};
use crate::protect::Protected;
use crate::words::label::Mark;
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
        .map(|external| other(external, &dashboard.targets_of(external), language));
    let latest = dashboard.indicators.iter().map(|own| own.date).max();
    let absent = dashboard
        .absent
        .iter()
        .filter_map(|other| Some(absent(other, latest?, language)));
    PrintTable {
        family,
        title: family.title(language).into(),
        about: about(&dashboard, language),
        columns: columns(language),
        rows: own.chain(others).chain(absent).collect(),
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
        text("Is het doel gehaald?", "Is the target met?"),
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
    let [target, reached] = targets(&indicator.targets, language);
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
        reached,
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

/// The targets in words, and whether they are met; each with its year where there are several.
fn targets(judged: &[Judged], language: Language) -> [PrintCell; 2] {
    let dated = |judged: &Judged, words: String| match judged.target.year {
        Some(year) => format!("{year}: {words}"),
        None => words,
    };
    let joined = |words: &dyn Fn(&Judged) -> String| {
        let words: Vec<String> = judged.iter().map(|one| dated(one, words(one))).collect();
        if words.is_empty() {
            PrintCell::Blank
        } else {
            PrintCell::Text(words.join("; "))
        }
    };
    [
        joined(&|one| one.target.words.in_language(language).to_owned()),
        joined(&|one| one.words(language)),
    ]
}

/// What the action plan has a target for and nobody imported.
fn absent(other: &Other, latest: Day, language: Language) -> PrintRow {
    let text = |text: &str| PrintCell::Text(text.to_owned());
    let name = other.name.in_language(language);
    let wanted: Vec<String> = other
        .targets
        .iter()
        .map(|target| {
            let words = target.words.in_language(language);
            target
                .year
                .map_or_else(|| words.to_owned(), |year| format!("{year}: {words}"))
        })
        .collect();
    let import = match language {
        Language::Nl => format!(
            "niet in deze publicatie: neem het op met `publish.indicators`, onder de naam `{name}`"
        ),
        Language::En => {
            format!("not in this release: import it with `publish.indicators`, as `{name}`")
        }
    };
    let mut cells = vec![
        PrintCell::Blank,
        PrintCell::Blank,
        text(name),
        text(other.unit.in_language(language)),
        PrintCell::Blank,
        PrintCell::Blank,
        PrintCell::Blank,
        PrintCell::Text(wanted.join("; ")),
        PrintCell::Text(import),
        PrintCell::Blank,
        PrintCell::Blank,
        PrintCell::Mark(Mark::NotCollected),
    ];
    cells.extend(std::iter::repeat_n(PrintCell::Blank, 8));
    PrintRow {
        time: Time::On(latest),
        kind: RowKind::Plain,
        cells,
    }
}

fn other(external: &External, judged: &[Judged], language: Language) -> PrintRow {
    let [target, reached] = targets(judged, language);
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
        target,
        reached,
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
    lines.push(pick(
        "Een doel is gehaald of niet gehaald als de grenzen van het cijfer, of van zijn verandering, geen twijfel laten en het doeljaar er is; anders zeggen de gegevens het niet.",
        "A target is met or not met where the limits of the figure, or of its change, leave no doubt and its year has come; otherwise the data cannot tell.",
    ));
    if !dashboard.external.is_empty() {
        lines.push(pick(
            "Indicatoren zonder nummer zijn door een ander gemeten en staan er zoals de eigenaar ze gaf.",
            "Indicators without a number were measured by others and stand as their owner gave them.",
        ));
    }
    lines
}
