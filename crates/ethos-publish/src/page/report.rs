//! The released page.

use std::path::{Path, PathBuf};

use ethos_model::category::{EthosCategory, Language, Total};
use ethos_model::cube::{CubeKey, Family, Measure};
use ethos_model::date::Time;
use serde::Serialize;

use super::figure::{Data, Figure};
use super::html_table::{HtmlTable, MarkNote, marks};
use super::indicators::{self, Indicators};
use super::{how, places, put, render, who};
use crate::chart::category::Bar;
use crate::chart::seen_added::SeenAdded;
use crate::chart::series::{StudyBreak, StudyPoint};
use crate::chart::{category, seen_added, series};
use crate::error::PublishError;
use crate::headline::{Headline, HeadlineFigures};
use crate::notes::{self, Note};
use crate::protect::{RoundedEstimate, SafeFigure};
use crate::published::{self, PublishedYear};
use crate::release::SafeRelease;
use crate::tables::{PrintCell, PrintTable};
use crate::words::label::Mark;
use crate::words::{label, number, scope};

const NAME: &str = "report.html";

/// Writes `report.html`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<PathBuf, PublishError> {
    put(&dir.join(NAME), &page(release)?)?;
    Ok(PathBuf::from(NAME))
}

/// The page as text.
pub(crate) fn page(release: &SafeRelease<'_>) -> Result<String, PublishError> {
    render("report.html", Page::of(release))
}

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    nl: bool,
    name: &'a str,
    dates: String,
    alarm: Option<&'static str>,
    banner: Option<&'a str>,
    headlines: Vec<Lead>,
    scope: String,
    series: Option<Figure>,
    indicators: Option<Indicators>,
    sections: Vec<Section>,
    categories: Option<Categories>,
    who: Option<Figure>,
    places: Vec<Figure>,
    reading: Vec<Pair>,
    own: Vec<String>,
    how: Option<How>,
    flow: Option<Figure>,
    sources: Vec<String>,
    marks: Vec<MarkNote>,
}

#[derive(Serialize)]
struct Lead {
    id: String,
    date: String,
    scope: String,
    /// The number alone, where there is one.
    number: Option<String>,
    figure: String,
    interval: String,
    warnings: Vec<String>,
    bar: Option<Figure>,
    seen_and_added: String,
    dependence: Option<String>,
    assumption: String,
    model: Option<String>,
    beside: Option<String>,
}

#[derive(Serialize)]
struct How {
    date: String,
    charts: Vec<Figure>,
}

#[derive(Serialize)]
struct Categories {
    when: String,
    /// That these people and the estimate are not comparable, where there is an estimate.
    apart: Option<&'static str>,
    chart: Figure,
    table: HtmlTable,
    earlier: Vec<HtmlTable>,
    definitions: Vec<Pair>,
    sights: Vec<[String; 4]>,
}

#[derive(Serialize)]
struct Section {
    id: &'static str,
    title: &'static str,
    lead: &'static str,
    /// Whether the table is folded away: it is long.
    folded: bool,
    table: HtmlTable,
    earlier: Vec<HtmlTable>,
}

#[derive(Serialize)]
struct Pair {
    title: String,
    text: String,
}

impl From<Note> for Pair {
    fn from(note: Note) -> Self {
        Self {
            title: note.title,
            text: note.text,
        }
    }
}

impl<'a> Page<'a> {
    fn of(release: &SafeRelease<'a>) -> Self {
        let context = release.context();
        let language = context.language();
        let study = release.study();
        let tables = release.tables();
        let dates: Vec<String> = study
            .study
            .reference_dates
            .iter()
            .map(|day| number::day(*day, language))
            .collect();
        let headlines: Vec<Lead> = release
            .headlines()
            .into_iter()
            .map(|headline| lead(headline, release))
            .collect();
        Self {
            lang: language.pick("nl", "en"),
            nl: language == Language::Nl,
            name: &study.study.name,
            dates: scope::listed(&dates, language.pick("en", "and")),
            alarm: release.alarm(),
            banner: release.banner(),
            scope: scope::sentence(&study.scope, language),
            series: (!headlines.is_empty()).then(|| series_of(release)),
            headlines,
            indicators: indicators::section(release, &tables),
            sections: sections(&tables, language),
            categories: categories(release, &tables, language),
            who: who::figure(release),
            places: places::figures(release),
            reading: notes::standing(&study.publish, release.cube())
                .into_iter()
                .map(Pair::from)
                .collect(),
            own: release.notes(),
            how: how::figures(release).map(|(date, charts)| How { date, charts }),
            flow: how::flow(release),
            sources: notes::sources(language),
            marks: marks(&Mark::ALL, language),
        }
    }
}

fn lead(headline: &Headline, release: &SafeRelease<'_>) -> Lead {
    let language = release.context().language();
    let words = headline.words(release.cube(), release.context());
    let figures = HeadlineFigures::of(release.cube(), headline.date);
    let id = format!("seen-{}", headline.date);
    let estimate = figures.estimate();
    let bar = estimate.and_then(|estimate| bar(&id, headline, figures, estimate, language));
    Lead {
        id,
        date: words.date,
        scope: words.scope,
        number: estimate
            .and_then(|estimate| estimate.point)
            .map(|point| number::whole(point, language)),
        figure: words.figure,
        interval: words.interval,
        warnings: words.warnings,
        bar,
        seen_and_added: words.seen_and_added,
        dependence: words.dependence,
        assumption: words.assumption,
        model: words.model,
        beside: words.beside,
    }
}

/// The bar of a headline: who was seen, whom the model added.
fn bar(
    id: &str,
    headline: &Headline,
    figures: HeadlineFigures,
    estimate: RoundedEstimate,
    language: Language,
) -> Option<Figure> {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let drawn = SeenAdded {
        seen: figures.observed.and_then(SafeFigure::value),
        point: estimate.point?,
        lower: estimate.lower?,
        upper: estimate.upper,
    };
    let row = |name: &str, figure: Option<SafeFigure>| {
        let [point, lower, upper] = PrintCell::estimate(figure);
        vec![PrintCell::Text(name.into()), point, lower, upper]
    };
    let rows = [
        row(pick("Gezien", "Seen"), figures.observed),
        row(pick("Bijgeschat", "Added by the model"), figures.added),
        row(pick("Geschat totaal", "Estimated total"), figures.estimated),
    ];
    let columns = [
        (pick("Wie", "Who"), false),
        (pick("Mensen", "People"), true),
        (pick("Ondergrens", "Lower limit"), true),
        (pick("Bovengrens", "Upper limit"), true),
    ];
    let title = format!(
        "{}, {}",
        pick("Gezien en bijgeschat", "Seen and added"),
        number::day(headline.date, language)
    );
    let name = format!("headline-{}", headline.date);
    let data = Data::new(&name, title, &columns, &rows, language);
    let svg = seen_added::draw(&format!("bar-{}", headline.date), drawn, language);
    Some(
        Figure::new(id, svg, data)
            .key("k-seen", pick("gezien", "seen"))
            .key("k-unseen", pick("bijgeschat", "added by the model"))
            .key("k-whisker", "interval"),
    )
}

/// The study's estimates and the published series.
fn series_of(release: &SafeRelease<'_>) -> Figure {
    let language = release.context().language();
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let mut points: Vec<StudyPoint> = Vec::new();
    let mut breaks: Vec<StudyBreak> = Vec::new();
    let mut rows = Vec::new();
    let sign = Mark::Break.shorthand(language);
    let dated = |date: String, after_break: bool| {
        PrintCell::Text(if after_break {
            format!("{date} {sign}")
        } else {
            date
        })
    };
    for headline in release.headlines().into_iter().rev() {
        let figures = HeadlineFigures::of(release.cube(), headline.date);
        let Some(estimate) = figures.estimate() else {
            continue;
        };
        let (Some(point), Some(lower)) = (estimate.point, estimate.lower) else {
            continue;
        };
        let own = points.last().and_then(|last| {
            let settings = &release.study().publish;
            let words: Vec<String> = notes::breaks_between(settings, last.date, headline.date)
                .map(|found| notes::on_break(found, language))
                .collect();
            (!words.is_empty()).then(|| StudyBreak {
                before: last.date,
                after: headline.date,
                words: words.join(" "),
            })
        });
        let after_break = own.is_some();
        breaks.extend(own);
        points.push(StudyPoint {
            date: headline.date,
            point,
            lower,
            upper: estimate.upper,
        });
        let [point, lower, upper] = PrintCell::estimate(figures.estimated);
        rows.push(vec![
            dated(number::day(headline.date, language), after_break),
            PrintCell::Text(pick("deze studie", "this study").into()),
            PrintCell::count(figures.observed),
            point,
            lower,
            upper,
        ]);
    }
    let published: Vec<PublishedYear> = published::series();
    for (at, year) in published.iter().enumerate() {
        let after_break = at > 0 && published[at - 1].year + 1 != year.year;
        let limit = |limit: Option<u64>| {
            let none = || PrintCell::Text(pick("niet gevonden", "not found").into());
            limit.map_or_else(none, PrintCell::number)
        };
        rows.push(vec![
            dated(
                format!("{} {}", pick("1 januari", "1 January"), year.year),
                after_break,
            ),
            PrintCell::Text("CBS".into()),
            PrintCell::number(year.in_registers),
            PrintCell::number(year.total),
            limit(year.margin.map(|margin| margin.0)),
            limit(year.margin.map(|margin| margin.1)),
        ]);
    }
    let columns = [
        (pick("Peildatum", "Reference date"), false),
        (pick("Reeks", "Series"), false),
        (pick("In registers gezien", "Seen in registers"), true),
        (pick("Geschat totaal", "Estimated total"), true),
        (pick("Ondergrens", "Lower limit"), true),
        (pick("Bovengrens", "Upper limit"), true),
    ];
    let title = pick(
        "Deze studie en de gepubliceerde reeks van het CBS",
        "This study and the published series of Statistics Netherlands",
    );
    let data = Data::new("series", title, &columns, &rows, language);
    let svg = series::draw(&points, &breaks, &published, language);
    let mut figure = Figure::new("reeks-grafiek", svg, data);
    if !points.is_empty() {
        figure = figure.key(
            "k-study",
            pick("deze studie, met interval", "this study, with interval"),
        );
    }
    if !breaks.is_empty() {
        figure = figure.key(
            "k-break",
            format!(
                "{sign} {}",
                pick("breuk in deze studie", "break in this study")
            ),
        );
    }
    for found in breaks {
        figure = figure.note(found.words);
    }
    figure
        .key(
            "k-series",
            pick(
                "CBS, met marge (open punt: marge niet gevonden)",
                "CBS, with margin (open dot: margin not found)",
            ),
        )
        .note(pick(
            "De studie kan een andere afbakening, andere bronnen en een andere methode hebben dan het CBS; de lijnen lopen daarom niet in elkaar over.",
            "The study may differ from CBS in scope, sources and method; the lines therefore do not run into each other.",
        ))
        .sideways(pick("Reeks", "Series"))
}

fn table_of(tables: &[PrintTable], family: Family) -> Option<&PrintTable> {
    tables.iter().find(|table| table.family == family)
}

/// A table at its latest time and, folded away, at the others.
fn by_time(
    table: &PrintTable,
    id: &str,
    grouped: bool,
    language: Language,
) -> Option<(Time, HtmlTable, Vec<HtmlTable>)> {
    let latest = table.latest()?;
    let html = |time: Time, id: &str| {
        let when = match table.family {
            Family::Flows | Family::Moves => number::between(time, language),
            _ => number::time(time, language),
        };
        let caption = format!("{}, {when}", table.title);
        HtmlTable::of(&table.at(time), id, &caption, grouped, language)
    };
    let mut others: Vec<Time> = table
        .rows
        .iter()
        .map(|row| row.time)
        .filter(|time| *time != latest)
        .collect();
    others.sort_by(|a, b| b.cmp(a));
    others.dedup();
    let earlier = others
        .into_iter()
        .enumerate()
        .map(|(at, time)| html(time, &format!("{id}-{}", at + 2)))
        .collect();
    Some((latest, html(latest, id), earlier))
}

fn categories(
    release: &SafeRelease<'_>,
    tables: &[PrintTable],
    language: Language,
) -> Option<Categories> {
    let table = table_of(tables, Family::NationalCategory)?;
    let (latest, html, earlier) = by_time(table, "categorie", true, language)?;
    let figure = |total, category| {
        release.cube().get(&CubeKey {
            category: Some(category),
            ..CubeKey::national(Family::NationalCategory, latest, total, Measure::Observed)
        })
    };
    let order = EthosCategory::ALL
        .into_iter()
        .filter(|category| *category != EthosCategory::EvictionThreat)
        .chain([EthosCategory::EvictionThreat]);
    let bars: Vec<Bar> = order
        .filter_map(|category| {
            let total = category.total();
            Some(Bar {
                label: label::category(category, language),
                cell: PrintCell::count(Some(figure(total, category)?)),
                apart: total == Total::Threatened,
            })
        })
        .collect();
    Some(Categories {
        when: number::time(latest, language),
        apart: (!release.headlines().is_empty()).then(|| notes::observed_apart(language)),
        chart: bars_of(&bars, latest, language),
        table: html,
        earlier,
        definitions: notes::definitions(language)
            .into_iter()
            .map(Pair::from)
            .collect(),
        sights: notes::sights(release.study())
            .into_iter()
            .map(|sight| [sight.source, sight.list, sight.categories, sight.reach])
            .collect(),
    })
}

/// Observed people by category as a chart.
fn bars_of(bars: &[Bar], time: Time, language: Language) -> Figure {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let rows: Vec<Vec<PrintCell>> = bars
        .iter()
        .map(|bar| vec![PrintCell::Text(bar.label.clone()), bar.cell.clone()])
        .collect();
    let columns = [
        (pick("Categorie", "Category"), false),
        (pick("Geteld", "Counted"), true),
    ];
    let title = format!(
        "{}, {}",
        pick(
            "Getelde mensen naar categorie",
            "Observed people by category"
        ),
        number::time(time, language)
    );
    let data = Data::new("categories", title, &columns, &rows, language);
    Figure::new("categorie-grafiek", category::draw(bars, language), data)
}

fn sections(tables: &[PrintTable], language: Language) -> Vec<Section> {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let about = |family| match family {
        Family::NationalEstimate => (
            "kenmerken-geschat",
            pick("Geschat, naar kenmerk", "Estimated, by characteristic"),
            pick(
                "Per groep: wie gezien is, wie het model bijschat, en samen. Het interval staat onder elk geschat getal.",
                "For each group: who was seen, whom the model adds, and both together. The interval stands under every estimate.",
            ),
        ),
        Family::NationalCharacteristics => (
            "kenmerken-geteld",
            pick("Geteld, naar kenmerk", "Observed, by characteristic"),
            pick(
                "Alle getelde mensen, ook buiten de afbakening van de schatting: kinderen, ouderen, mensen die nergens zijn ingeschreven.",
                "All observed people, also outside the scope of the estimate: children, older people, people registered nowhere.",
            ),
        ),
        Family::RegionalCategory => (
            "regio",
            pick("Geteld, naar regio", "Observed, by region"),
            pick(
                "Tellingen per regio hangen af van wie er leverde. Vergelijk regio's alleen waar beide volledig zijn.",
                "Counts by region depend on who delivered. Compare regions only where both are complete.",
            ),
        ),
        Family::MunicipalCategory => (
            "gemeente",
            pick("Geteld, naar gemeente", "Observed, by municipality"),
            pick(
                "Geteld, niet geschat: de landelijke schatting is niet te gebruiken voor een gemeente.",
                "Observed, not estimated: the national estimate cannot be used for a municipality.",
            ),
        ),
        Family::Estimators => (
            "schatters",
            pick("Andere schatters", "Other estimators"),
            pick(
                "Wat andere schatters van dezelfde lijsten maken: zij nemen iets anders aan en zijn geen tweede uitkomst.",
                "What other estimators make of the same lists: they assume something else and are no second result.",
            ),
        ),
        Family::Flows => (
            "stromen",
            pick("In- en uitstroom", "Entries and exits"),
            pick(
                "Wie dakloos werd of niet meer was tussen twee dagen: stromen, geen aantallen op een dag.",
                "Who became homeless or no longer was between two days: flows, not numbers on a day.",
            ),
        ),
        Family::Moves => (
            "verplaatsingen",
            pick("Van categorie naar categorie", "From category to category"),
            pick(
                "Waar de mensen van de latere peildatum op de eerdere waren.",
                "Where the people of the later date were on the earlier one.",
            ),
        ),
        Family::MunicipalSynthetic => (
            "synthetisch",
            pick(
                "Synthetisch aandeel (experimenteel)",
                "Synthetic share (experimental)",
            ),
            crate::synthetic::warning(language),
        ),
        _ => ("", "", ""),
    };
    [
        Family::NationalEstimate,
        Family::Estimators,
        Family::NationalCharacteristics,
        Family::Flows,
        Family::Moves,
        Family::RegionalCategory,
        Family::MunicipalCategory,
        Family::MunicipalSynthetic,
    ]
    .into_iter()
    .filter_map(|family| {
        let national = matches!(
            family,
            Family::NationalEstimate | Family::NationalCharacteristics | Family::Flows
        );
        let long = matches!(
            family,
            Family::MunicipalCategory | Family::MunicipalSynthetic
        );
        let (id, title, lead) = about(family);
        let (_, table, earlier) = by_time(table_of(tables, family)?, id, national, language)?;
        Some(Section {
            id,
            title,
            lead,
            folded: long,
            table,
            // Places of other times are in the files: the page would be endless.
            earlier: if national { earlier } else { Vec::new() },
        })
    })
    .collect()
}
