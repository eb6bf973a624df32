//! The internal page: the overlap of the lists, the ladder of models and the ledger. Exact
//! counts; it never belongs under `release/`.

use std::path::Path;

use ethos_model::capture::CaptureTable;
use ethos_model::category::Language;
use ethos_model::cell::{Estimate, EstimateStatus};
use ethos_model::date::Day;
use ethos_model::ledger::Ledger;
use ethos_model::study::Study;
use serde::Serialize;

use super::{put, render};
use crate::chart::ladder::Rung;
use crate::chart::overlap::Overlap;
use crate::chart::{ladder, overlap, waterfall};
use crate::error::PublishError;
use crate::words::number;

/// What the internal page shows. Nothing of a person, but exact counts.
#[derive(Copy, Clone, Debug)]
pub struct InternalReport<'a> {
    /// The study.
    pub study: &'a Study,
    /// One capture table a reference date.
    pub captures: &'a [CaptureTable],
    /// The models of each reference date with an estimate.
    pub models: &'a [DateModels],
    /// The ledger of the run.
    pub ledger: &'a Ledger,
}

/// The models that were fitted for one reference date.
#[derive(Clone, PartialEq, Debug)]
pub struct DateModels {
    /// Reference date.
    pub date: Day,
    /// What was minimised, such as `BIC`.
    pub criterion: String,
    /// The people no list saw, as published estimate with interval.
    pub unseen: Estimate,
    /// The population, as published estimate with interval.
    pub population: Estimate,
    /// Confidence level.
    pub level: f64,
    /// Models, the best first.
    pub models: Vec<ModelLine>,
    /// Remarks of the estimator, in the language of the study.
    pub remarks: Vec<String>,
}

/// One model.
#[derive(Clone, PartialEq, Debug)]
pub struct ModelLine {
    /// Bracket notation.
    pub notation: String,
    /// Number of parameters.
    pub parameters: usize,
    /// Value of the criterion.
    pub criterion: f64,
    /// Weight among the models, 0–1, where weights were computed.
    pub weight: Option<f64>,
    /// Estimate of the population under this model; its limits may be missing.
    pub estimate: Estimate,
    /// Whether the published estimate is this model's.
    pub selected: bool,
}

/// Models drawn on the ladder.
const RUNGS: usize = 20;

/// Writes the page to `path`.
///
/// # Errors
/// The file cannot be written.
pub fn write_internal_page(report: &InternalReport<'_>, path: &Path) -> Result<(), PublishError> {
    put(path, &page(report)?)
}

/// The page as text.
pub(crate) fn page(report: &InternalReport<'_>) -> Result<String, PublishError> {
    render("overlap.html", Page::of(report))
}

#[derive(Serialize)]
struct Page<'a> {
    lang: &'static str,
    nl: bool,
    name: &'a str,
    dates: Vec<OfDate<'a>>,
    falls: Vec<OfEnd>,
    steps: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct OfDate<'a> {
    id: String,
    date: String,
    persons: String,
    unseen: Option<String>,
    overlap: String,
    ladder: Option<String>,
    /// Terms that all models on the ladder have, left out of their names there.
    shared: Option<String>,
    criterion: &'a str,
    models: Vec<Model<'a>>,
    further: usize,
    remarks: &'a [String],
}

#[derive(Serialize)]
struct Model<'a> {
    notation: &'a str,
    parameters: usize,
    criterion: String,
    weight: String,
    estimate: String,
    limits: String,
    selected: bool,
}

#[derive(Serialize)]
struct OfEnd {
    title: String,
    svg: String,
}

#[derive(Serialize)]
struct Step<'a> {
    name: &'a str,
    unit: &'a str,
    input: String,
    from: String,
    outcomes: Vec<[String; 2]>,
}

impl<'a> Page<'a> {
    fn of(report: &InternalReport<'a>) -> Self {
        let language = report.study.publish.language;
        let ledger = report.ledger;
        Self {
            lang: language.pick("nl", "en"),
            nl: language == Language::Nl,
            name: &report.study.study.name,
            dates: report
                .captures
                .iter()
                .rev()
                .map(|captures| {
                    let models = report
                        .models
                        .iter()
                        .find(|models| models.date == captures.date);
                    of_date(captures, models, language)
                })
                .collect(),
            falls: waterfall::ends(ledger)
                .into_iter()
                .enumerate()
                .map(|(at, end)| OfEnd {
                    title: end.step.clone(),
                    svg: waterfall::draw(
                        &format!("fall-{at}"),
                        &waterfall::falls(ledger, end),
                        language,
                    ),
                })
                .collect(),
            steps: ledger
                .steps
                .iter()
                .map(|step| Step {
                    name: &step.step,
                    unit: &step.unit,
                    input: number::whole(step.input, language),
                    from: step
                        .from
                        .iter()
                        .map(|(step, outcome)| format!("{step} · {outcome}"))
                        .collect::<Vec<_>>()
                        .join(", "),
                    outcomes: step
                        .outcomes
                        .iter()
                        .map(|(outcome, count)| [outcome.clone(), number::whole(*count, language)])
                        .collect(),
                })
                .collect(),
        }
    }
}

fn of_date<'a>(
    captures: &CaptureTable,
    models: Option<&'a DateModels>,
    language: Language,
) -> OfDate<'a> {
    let date = captures.date;
    let unseen = models.map_or(Estimate::NONE, |models| models.unseen);
    let lines: &[ModelLine] = models.map_or(&[], |models| &models.models);
    let best = lines
        .iter()
        .map(|line| line.criterion)
        .fold(f64::INFINITY, f64::min);
    let notations: Vec<&str> = lines
        .iter()
        .take(RUNGS)
        .map(|line| line.notation.as_str())
        .collect();
    let (shared, own) = shortened(&notations);
    let rungs: Vec<Rung> = lines
        .iter()
        .zip(own)
        .map(|(line, notation)| Rung {
            notation,
            difference: line.criterion - best,
            weight: line.weight,
            // The published interval belongs to the published estimate, not to the one model.
            estimate: line.estimate,
            selected: line.selected,
        })
        .collect();
    let criterion = models.map_or("", |models| models.criterion.as_str());
    OfDate {
        id: format!("d-{date}"),
        date: number::day(date, language),
        persons: number::whole(captures.persons(), language),
        unseen: models.and_then(|models| in_words(&models.unseen, models.level, language)),
        overlap: overlap::draw(
            &format!("overlap-{date}"),
            &Overlap::of(captures, language),
            &unseen,
            language,
        ),
        ladder: (!rungs.is_empty())
            .then(|| ladder::draw(&format!("ladder-{date}"), &rungs, criterion, language)),
        shared,
        criterion,
        models: lines
            .iter()
            .take(RUNGS)
            .map(|line| Model {
                notation: &line.notation,
                parameters: line.parameters,
                criterion: number::decimal(line.criterion, 1, language),
                weight: line
                    .weight
                    .map_or_else(|| "–".into(), |weight| number::decimal(weight, 3, language)),
                estimate: line
                    .estimate
                    .point
                    .map_or_else(|| "–".into(), |point| number::decimal(point, 0, language)),
                limits: limits(&line.estimate, language),
                selected: line.selected,
            })
            .collect(),
        further: lines.len().saturating_sub(RUNGS),
        remarks: models.map_or(&[], |models| &models.remarks),
    }
}

/// Names of models short enough for a ladder: where one is long, the generators that all have
/// are taken out and told apart.
fn shortened(notations: &[&str]) -> (Option<String>, Vec<String>) {
    const ROOM: usize = 30;
    let whole = || {
        notations
            .iter()
            .map(|notation| (*notation).to_owned())
            .collect()
    };
    if notations.len() < 2 || notations.iter().all(|name| name.chars().count() <= ROOM) {
        return (None, whole());
    }
    let generators: Vec<Vec<&str>> = notations
        .iter()
        .map(|notation| notation.trim_matches(['[', ']']).split(',').collect())
        .collect();
    let in_all = |generator: &&str| generators.iter().all(|all| all.contains(generator));
    let shared: Vec<&str> = generators[0].iter().copied().filter(in_all).collect();
    if shared.is_empty() {
        return (None, whole());
    }
    let own = generators
        .iter()
        .map(|all| {
            let own: Vec<&str> = all.iter().copied().filter(|one| !in_all(one)).collect();
            if own.is_empty() {
                "[…]".to_owned()
            } else {
                format!("[…,{}]", own.join(","))
            }
        })
        .collect();
    (Some(format!("[{}]", shared.join(","))), own)
}

fn limits(estimate: &Estimate, language: Language) -> String {
    match (estimate.lower, estimate.upper) {
        (Some(lower), Some(upper)) => format!(
            "{}–{}",
            number::decimal(lower, 0, language),
            number::decimal(upper, 0, language)
        ),
        (Some(lower), None) => format!(
            "{}–{}",
            number::decimal(lower, 0, language),
            EstimateStatus::Unbounded.name(language)
        ),
        _ => "–".into(),
    }
}

fn in_words(estimate: &Estimate, level: f64, language: Language) -> Option<String> {
    let point = estimate.point?;
    Some(format!(
        "{} ({} {})",
        number::decimal(point, 0, language),
        number::percent(level, language),
        limits(estimate, language)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_what_tells_them_apart() {
        let long = "[sex:age:origin:region,12,1:sex,2:sex,3:sex]";
        let other = "[sex:age:origin:region,12,13,1:sex,2:sex,3:sex]";
        let (shared, own) = shortened(&[long, other]);
        assert_eq!(shared.as_deref(), Some(long));
        assert_eq!(own, ["[…]", "[…,13]"]);
        assert_eq!(shortened(&["[12,3]", "[1,2,3]"]).0, None);
        assert_eq!(shortened(&[long]).1, [long]);
    }
}
