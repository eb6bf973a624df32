//! How the estimate came about: the overlap of the lists, the ladder of models, the sensitivity
//! curve, and the way from forms to people.

use ethos_model::category::Language;
use ethos_model::cell::{Estimate, EstimateStatus};

use super::figure::{Data, Figure};
use crate::chart::ladder::{self, Rung};
use crate::chart::overlap::{self, Bar, Overlap};
use crate::chart::sensitivity::{self, Curve};
use crate::chart::waterfall::{self, Fall, FallKind};
use crate::headline::HeadlineFigures;
use crate::method::SafeMethod;
use crate::protect::{RoundedEstimate, SafeFigure};
use crate::release::SafeRelease;
use crate::tables::PrintCell;
use crate::words::label::Mark;
use crate::words::number;

/// Models on the ladder.
const RUNGS: usize = 12;

/// The charts of the latest date whose method is known, with that date in words.
pub(super) fn figures(release: &SafeRelease<'_>) -> Option<(String, Vec<Figure>)> {
    let language = release.context().language();
    let method = release.method()?;
    let figures = HeadlineFigures::of(release.cube(), method.date);
    let mut charts = vec![overlaps(&method, &figures, language)];
    if !method.models.is_empty() {
        charts.push(models(&method, language));
    }
    if let (Some(estimate), false) = (figures.estimate(), method.curves.is_empty()) {
        charts.extend(curves(&method, estimate, language));
    }
    Some((number::day(method.date, language), charts))
}

fn in_persons(estimate: Option<RoundedEstimate>) -> Estimate {
    let float = |value: Option<u64>| value.map(|value| value as f64);
    estimate.map_or(Estimate::NONE, |estimate| Estimate {
        status: estimate.status,
        point: float(estimate.point),
        lower: float(estimate.lower),
        upper: float(estimate.upper),
    })
}

/// `18.800–25.500`; marks where there are none.
fn limits(estimate: &RoundedEstimate, language: Language) -> PrintCell {
    PrintCell::Text(match (estimate.lower, estimate.upper) {
        (Some(lower), Some(upper)) => format!(
            "{}–{}",
            number::whole(lower, language),
            number::whole(upper, language)
        ),
        (Some(lower), None) => format!(
            "{}–{}",
            number::whole(lower, language),
            Mark::NoUpperLimit.shorthand(language)
        ),
        _ => String::new(),
    })
}

fn overlaps(method: &SafeMethod, figures: &HeadlineFigures, language: Language) -> Figure {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let added = match figures.added {
        Some(SafeFigure::Estimate(added)) if added.status != EstimateStatus::NotEstimable => {
            Some(added)
        }
        _ => None,
    };
    let half = number::whole(method.base / 2, language);
    let fewer = format!("< {half}");
    let names: Vec<(String, Option<u64>)> = method
        .lists
        .iter()
        .map(|name| (name.clone(), None))
        .collect();
    let bars: Vec<Bar> = method
        .overlaps
        .iter()
        .flatten()
        .map(|(lists, persons)| Bar {
            lists: *lists,
            persons: *persons,
            text: if *persons == 0 {
                fewer.clone()
            } else {
                number::whole(*persons, language)
            },
        })
        .collect();
    let mut rows: Vec<Vec<PrintCell>> = bars
        .iter()
        .map(|bar| {
            vec![
                PrintCell::Text(overlap::listed(&names, bar.lists)),
                PrintCell::Text(bar.text.clone()),
                PrintCell::Blank,
            ]
        })
        .collect();
    if bars.is_empty() {
        rows.push(vec![
            PrintCell::Text(pick("alle combinaties", "every combination").into()),
            PrintCell::Mark(Mark::Suppressed),
            PrintCell::Blank,
        ]);
    }
    rows.push(vec![
        PrintCell::Text(pick("op geen lijst (geschat)", "on no list (estimated)").into()),
        added
            .and_then(|added| added.point)
            .map_or(PrintCell::Mark(Mark::NotEstimable), PrintCell::number),
        added.map_or(PrintCell::Blank, |added| limits(&added, language)),
    ]);
    let title = format!(
        "{}, {}",
        pick("Overlap van de lijsten", "Overlap of the lists"),
        number::day(method.date, language)
    );
    let svg = overlap::draw(
        "overlap",
        &Overlap { lists: names, bars },
        &in_persons(added),
        language,
    );
    let columns = [
        (
            pick("Op precies deze lijsten", "On exactly these lists"),
            false,
        ),
        (pick("Mensen", "People"), true),
        ("Interval", true),
    ];
    let data = Data::new("overlap", title, &columns, &rows, language);
    let figure = Figure::new("overlap-lijsten", svg, data)
        .titled(pick("Wie op welke lijst staat", "Who is on which list"))
        .lead(pick(
            "Elke kolom is een groep: de zwarte stippen zeggen op welke lijsten die mensen staan. Hoe meer de lijsten overlappen, hoe minder mensen er op geen enkele lijst staan. Die laatste groep is nooit gezien; het gearceerde vlak is geschat.",
            "Every column is a group: the black dots tell on which lists these people are. The more the lists overlap, the fewer people are on none. Those were never seen; the hatched part is estimated.",
        ))
        .key("k-seen", pick("op precies deze lijsten", "on exactly these lists"))
        .key("k-unseen", pick("op geen lijst, geschat", "on no list, estimated"))
        .sideways(pick("Overlap van de lijsten", "Overlap of the lists"));
    if method.overlaps.is_some() {
        figure.note(match language {
            Language::Nl => format!(
                "Aantallen zijn afgerond op {}. Nagerekend is dat uit deze figuur, samen met het aantal mensen dat is gezien, geen klein aantal is af te leiden.",
                number::whole(method.base, language)
            ),
            Language::En => format!(
                "Counts are rounded to {}. It was checked that no small count can be worked out from this figure together with the number of people seen.",
                number::whole(method.base, language)
            ),
        })
    } else {
        figure.note(pick(
            "De aantallen per combinatie zijn verborgen: er zou een klein aantal mensen uit af te leiden zijn.",
            "The counts of the combinations are withheld: a small number of people could be worked out from them.",
        ))
    }
}

fn models(method: &SafeMethod, language: Language) -> Figure {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let shown = &method.models[..method.models.len().min(RUNGS)];
    let rungs: Vec<Rung> = shown
        .iter()
        .map(|model| Rung {
            notation: model.notation.clone(),
            difference: model.difference,
            weight: model.weight,
            estimate: in_persons(Some(model.estimate)),
            selected: model.selected,
        })
        .collect();
    let svg = ladder::draw("ladder", &rungs, &method.criterion, language);
    let rows: Vec<Vec<PrintCell>> = shown
        .iter()
        .map(|model| {
            vec![
                PrintCell::Text(model.notation.clone()),
                PrintCell::Text(number::decimal(model.difference, 0, language)),
                model.weight.map_or(PrintCell::Blank, |weight| {
                    PrintCell::Text(number::percent(weight, language))
                }),
                model
                    .estimate
                    .point
                    .map_or(PrintCell::Mark(Mark::NotEstimable), PrintCell::number),
                limits(&model.estimate, language),
            ]
        })
        .collect();
    let difference = format!("Δ {}", method.criterion);
    let columns = [
        ("Model", false),
        (difference.as_str(), true),
        (pick("Gewicht", "Weight"), true),
        (pick("Geschat totaal", "Estimated total"), true),
        ("Interval", true),
    ];
    let title = format!(
        "{}, {}",
        pick("Modellen", "Models"),
        number::day(method.date, language)
    );
    let data = Data::new("models", title, &columns, &rows, language);
    let numbered: Vec<String> = method
        .lists
        .iter()
        .zip(1..)
        .map(|(name, number)| format!("{number} = {name}"))
        .collect();
    let mut figure = Figure::new("modellen", svg, data)
        .titled(pick("Wat andere modellen zouden zeggen", "What other models would say"))
        .lead(pick(
            "Elk model neemt iets anders aan over welke lijsten samenhangen. Bovenaan staat het model dat het best bij de gegevens past; hoe lager, hoe slechter. Liggen de stippen ver uiteen, dan hangt de uitkomst aan de keuze van het model; het interval van de schatting rekent die keuze mee.",
            "Every model assumes something else of which lists depend on each other. The model that fits the data best stands at the top; the lower, the worse. Where the dots lie far apart, the result hangs on the choice of the model; the interval of the estimate takes that choice into account.",
        ))
        .note(match language {
            Language::Nl => format!(
                "Lijsten: {}. [12,3] betekent: lijst 1 en 2 hangen samen, lijst 3 staat los. De gekleurde stip is het gekozen model; het gewicht zegt hoeveel steun een model krijgt. Intervallen hier nemen het model als bekend aan en zijn daarom smaller dan dat van de schatting.",
                numbered.join(", ")
            ),
            Language::En => format!(
                "Lists: {}. [12,3] means: lists 1 and 2 depend on each other, list 3 stands alone. The coloured dot is the chosen model; the weight tells how much support a model has. Intervals here take the model as known and are therefore narrower than that of the estimate.",
                numbered.join(", ")
            ),
        })
        .sideways(pick("Modellen", "Models"));
    let further = method.models.len() - shown.len();
    if further > 0 {
        figure = figure.note(match language {
            Language::Nl => format!("Niet getoond: {further} modellen die slechter passen."),
            Language::En => format!("Not shown: {further} models that fit worse."),
        });
    }
    figure
}

fn curves(method: &SafeMethod, estimate: RoundedEstimate, language: Language) -> Option<Figure> {
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let point = estimate.point?;
    let curves: Vec<Curve> = method
        .curves
        .iter()
        .map(|(lists, points)| Curve {
            name: lists.join(" + "),
            points: points
                .iter()
                .map(|point| (point.odds_ratio, point.estimate, point.rejected))
                .collect(),
        })
        .collect();
    let svg = sensitivity::draw(&curves, (point, estimate.lower, estimate.upper), language);
    let rows: Vec<Vec<PrintCell>> = curves
        .iter()
        .flat_map(|curve| {
            curve.points.iter().map(|(ratio, estimate, rejected)| {
                vec![
                    PrintCell::Text(curve.name.clone()),
                    PrintCell::Text(number::decimal(*ratio, 2, language)),
                    estimate.map_or(PrintCell::Mark(Mark::NotEstimable), PrintCell::number),
                    PrintCell::Text(
                        if *rejected {
                            pick("ja", "yes")
                        } else {
                            pick("nee", "no")
                        }
                        .into(),
                    ),
                ]
            })
        })
        .collect();
    let columns = [
        (pick("Lijsten", "Lists"), false),
        (pick("Oddsratio", "Odds ratio"), true),
        (pick("Geschat totaal", "Estimated total"), true),
        (
            pick("Verworpen door de gegevens", "Rejected by the data"),
            false,
        ),
    ];
    let title = format!(
        "{}, {}",
        pick("Gevoeligheid voor samenhang", "Sensitivity to dependence"),
        number::day(method.date, language)
    );
    let data = Data::new("sensitivity", title, &columns, &rows, language);
    Some(
        Figure::new("gevoeligheid", svg, data)
            .titled(pick(
                "Wat als lijsten anders samenhangen",
                "What if lists depend otherwise",
            ))
            .lead(pick(
                "Niemand kan meten hoe lijsten samenhangen voor mensen die op geen lijst staan. Elke lijn laat zien wat de schatting wordt als twee lijsten mensen delen (rechts van 1) of juist mijden (links van 1), waar het model zegt dat ze los staan. De lichte band is het interval van de schatting.",
                "Nobody can measure how lists depend on each other for people on none. Every line shows what the estimate becomes if two lists share people (right of 1) or avoid each other (left of 1) where the model says they do not. The pale band is the interval of the estimate.",
            ))
            .key("k-point", pick("oddsratio die bij de gegevens past", "odds ratio that fits the data"))
            .key("k-open", pick("door de gegevens verworpen, gegeven het model", "rejected by the data, given the model"))
            .sideways(pick("Gevoeligheid", "Sensitivity")),
    )
}

/// The way from forms to people.
pub(super) fn flow(release: &SafeRelease<'_>) -> Option<Figure> {
    let language = release.context().language();
    let pick = |nl: &'static str, en: &'static str| language.pick(nl, en);
    let lines = release.flow();
    if lines.len() < 2 {
        return None;
    }
    let mut falls = Vec::new();
    let mut rows = Vec::new();
    for line in &lines {
        if let Some((label, count)) = line.left {
            falls.push(Fall {
                label: label.to_owned(),
                count,
                kind: FallKind::Leaves,
            });
            rows.push(vec![
                PrintCell::Text(format!("− {label}")),
                PrintCell::number(count),
            ]);
        }
        falls.push(Fall {
            label: line.label.to_owned(),
            count: line.count,
            kind: FallKind::Total,
        });
        rows.push(vec![
            PrintCell::Text(line.label.to_owned()),
            PrintCell::number(line.count),
        ]);
    }
    let svg = waterfall::draw("flow", &falls, language);
    let columns = [
        (pick("Stap", "Step"), false),
        (pick("Aantal", "Count"), true),
    ];
    let title = pick("Van formulieren naar mensen", "From forms to people");
    let data = Data::new("flow", title, &columns, &rows, language);
    Some(
        Figure::new("stroom", svg, data)
            .lead(pick(
                "Elke regel van elk bestand is verantwoord: gebruikt, of met een reden weggelaten. Een mens kan op veel regels staan, in elk register en elk jaar opnieuw; geteld wordt elk mens één keer.",
                "Every row of every file is accounted for: used, or left out for a reason. One person can be in many rows, in every register and every year again; each is counted once.",
            ))
            .note(pick(
                "Aantallen zijn afgerond; wat wegvalt is het verschil van de afgeronde aantallen.",
                "Counts are rounded; what falls away is the difference of the rounded counts.",
            ))
            .sideways(title),
    )
}
