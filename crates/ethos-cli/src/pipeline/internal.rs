//! What a run keeps for its owners, under `internal/`.

use std::io::Write;
use std::path::Path;

use ethos_estimate::{
    Criterion, DeclaredDependence, Estimate as Answer, MIN_REPLICATES, ModelRow, Status,
    lognormal_interval,
};
use ethos_model::category::Language;
use ethos_model::cell::{Estimate, EstimateStatus};
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_publish::{DateModels, ModelLine};
use ethos_table::atomic::write_atomic;
use ethos_table::estimates::EstimateRow;

use super::estimates::{DateEstimate, status_of};
use super::release::{Beside, RESELECTED, ToldRange};
use crate::failure::Failure;

/// Says what the folder is to whoever opens it.
pub(crate) const WARNING: &str = "INTERN / INTERNAL\n\n\
    Niets in deze map is beveiligd tegen onthulling. Niet publiceren, niet delen buiten het team\n\
    dat de telling maakt. Wat gepubliceerd mag worden staat in ../release.\n\n\
    Nothing in this folder went through disclosure control. Do not publish it and do not share it\n\
    outside the team that makes the count. What may be published is in ../release.\n";

/// The estimates of a date in rows: the population, every margin, the full cross.
pub(crate) fn estimate_rows(
    estimate: &DateEstimate,
    observed: u64,
    level: f64,
) -> Vec<EstimateRow> {
    let Ok(answer) = &estimate.answer else {
        return vec![EstimateRow {
            date: estimate.date,
            by: "population".into(),
            observed,
            unobserved: None,
            estimate: None,
            se: None,
            lower: None,
            upper: None,
            level,
            interval: "none".into(),
            status: EstimateStatus::NotEstimable,
            model: String::new(),
        }];
    };
    let population = &answer.population;
    let interval = interval_name(answer);
    let model = answer
        .model
        .as_ref()
        .map(|model| model.notation.clone())
        .unwrap_or_default();
    let mut rows = vec![EstimateRow {
        date: estimate.date,
        by: "population".into(),
        observed: answer.observed.round() as u64,
        unobserved: answer.unobserved.estimate,
        estimate: population.estimate,
        se: population.se,
        lower: population.lower,
        upper: population.upper,
        level: population.level,
        interval: interval.clone(),
        status: status_of(population.status),
        model: model.clone(),
    }];
    rows.extend(answer.strata.iter().map(|stratum| {
        let known = stratum.status != Status::Empty;
        EstimateRow {
            date: estimate.date,
            by: stratum
                .by
                .iter()
                .map(|(name, level)| format!("{name}={level}"))
                .collect::<Vec<_>>()
                .join(";"),
            observed: stratum.observed.round() as u64,
            unobserved: stratum.unobserved.filter(|_| known),
            estimate: stratum.estimate.filter(|_| known),
            se: stratum.se,
            lower: stratum.lower,
            upper: stratum.upper,
            level: population.level,
            interval: interval.clone(),
            status: status_of(stratum.status),
            model: stratum.model.clone().unwrap_or_else(|| model.clone()),
        }
    }));
    rows
}

fn interval_name(answer: &Answer) -> String {
    let mut name = answer.population.interval.clone();
    if answer.settings.reselect {
        name.push_str(RESELECTED);
    }
    name
}

/// The ladder of models of a date.
pub(crate) fn date_models(date: Day, answer: &Answer) -> DateModels {
    let criterion = answer.settings.criterion.map_or("", Criterion::name);
    let value = |row: &ModelRow| match criterion {
        "aic" => row.aic,
        "aicc" => row.aicc,
        _ => row.bic,
    };
    let observed = answer.observed;
    let cells = answer
        .model
        .as_ref()
        .map(|model| model.parameters as i64 + model.df);
    let with_covariates = !answer.settings.strata.is_empty();
    let selected = answer.model.as_ref().map(|model| &model.notation);
    let point = |estimate: Option<f64>, se: Option<f64>| match estimate {
        // The rung's own interval: log-normal, with its model taken as known.
        Some(point) => {
            let limits = se.map(|se| {
                lognormal_interval(observed, point - observed, se * se, answer.population.level)
            });
            Estimate {
                status: EstimateStatus::Ok,
                point: Some(point),
                lower: limits.map(|limits| limits.0),
                upper: limits.map(|limits| limits.1),
            }
        }
        None => Estimate::NONE,
    };
    let population = &answer.population;
    let status = status_of(population.status);
    DateModels {
        date,
        criterion: criterion.to_uppercase(),
        unseen: Estimate {
            status,
            point: answer.unobserved.estimate,
            lower: answer.unobserved.lower,
            upper: answer.unobserved.upper,
        },
        population: Estimate {
            status,
            point: population.estimate,
            lower: population.lower,
            upper: population.upper,
        },
        level: population.level,
        models: answer
            .models
            .iter()
            .filter(|row| row.exists && row.identifiable)
            .filter_map(|row| {
                Some(ModelLine {
                    notation: list_part(
                        &row.notation,
                        answer.settings.lists.len(),
                        with_covariates,
                    ),
                    parameters: cells.map_or(0, |cells| (cells - row.df).max(0) as usize),
                    criterion: value(row)?,
                    weight: row.weight,
                    estimate: point(row.estimate, row.se),
                    selected: selected == Some(&row.notation),
                })
            })
            .collect(),
        remarks: answer
            .diagnostics
            .iter()
            .map(|diagnostic| diagnostic.message.clone())
            .collect(),
    }
}

/// The part of a notation that tells models of one skeleton apart: the interactions of lists.
/// A list in none of them stands alone, so that every list is named.
pub(crate) fn list_part(notation: &str, lists: usize, with_covariates: bool) -> String {
    if !with_covariates || lists > 9 {
        return notation.to_owned();
    }
    let generators = notation.trim_matches(['[', ']']).split(',');
    let mut kept: Vec<String> = generators
        .filter(|generator| generator.bytes().all(|b| b.is_ascii_digit()))
        .map(String::from)
        .collect();
    for list in 1..=lists {
        let digit = list.to_string();
        if !kept.iter().any(|generator| generator.contains(&digit)) {
            kept.push(digit);
        }
    }
    format!("[{}]", kept.join(","))
}

/// What AIC would have chosen where BIC chose, and the other way round.
pub(crate) fn beside(estimates: &[DateEstimate]) -> Vec<(Day, Beside)> {
    estimates
        .iter()
        .filter_map(|estimate| {
            let answer = estimate.answer.as_ref().ok()?;
            let used = answer.settings.criterion?.name();
            let other = if used == "aic" { "bic" } else { "aic" };
            let told = answer
                .criteria
                .iter()
                .find(|told| told.criterion == other)?;
            Some((
                estimate.date,
                (used.to_uppercase(), other.to_uppercase(), told.estimate?),
            ))
        })
        .collect()
}

/// The range of each estimate under declared dependence, where some of it was varied.
pub(crate) fn dependence(estimates: &[DateEstimate]) -> Vec<(Day, ToldRange)> {
    estimates
        .iter()
        .filter_map(|estimate| {
            let panel = estimate.answer.as_ref().ok()?.panel.as_ref()?;
            let range = panel.sensitivity.as_ref()?.range.as_ref()?;
            let varied: Vec<&DeclaredDependence> = (0..range.declared.len())
                .filter(|at| !range.estimated.contains(at))
                .map(|at| &range.declared[at])
                .collect();
            if varied.is_empty() {
                return None;
            }
            let told = ToldRange {
                lower: range.lower?,
                upper: range.upper,
                under: Text::new(under(&varied, Language::Nl), under(&varied, Language::En)),
            };
            Some((estimate.date, told))
        })
        .collect()
}

/// What of the dependence between lists was given or declared and is not in the range: held at a value,
/// estimated by the model itself, or not to be computed.
pub(crate) fn dependence_notes(estimates: &[DateEstimate]) -> Vec<(Day, Text)> {
    let mut notes = Vec::new();
    for estimate in estimates {
        let Ok(answer) = &estimate.answer else {
            continue;
        };
        let mut say = |write: &dyn Fn(Language) -> String| {
            let text = Text::new(write(Language::Nl), write(Language::En));
            notes.push((estimate.date, text));
        };
        for held in &answer.settings.offsets {
            say(&|language| {
                let (lists, value) = (
                    listed(&held.lists, language),
                    number(held.log_odds_ratio.exp(), language),
                );
                match language {
                    Language::Nl => format!(
                        "Tussen {lists} is een oddsratio van {value} opgegeven, niet geschat."
                    ),
                    Language::En => format!(
                        "Between {lists} an odds ratio of {value} was given, not estimated."
                    ),
                }
            });
        }
        let panel = answer.panel.as_ref();
        let Some(range) = panel.and_then(|p| p.sensitivity.as_ref()?.range.as_ref()) else {
            continue;
        };
        for &at in &range.estimated {
            say(&|language| {
                let lists = listed(&range.declared[at].lists, language);
                match language {
                    Language::Nl => format!(
                        "De opgegeven samenhang tussen {lists} schat het model zelf; die is niet gevarieerd."
                    ),
                    Language::En => format!(
                        "The model estimates the declared dependence between {lists} itself; it was not varied."
                    ),
                }
            });
        }
        if !range.failed.is_empty() {
            say(&|language| {
                language
                    .pick(
                        "Niet voor alle opgegeven samenhang kon het model worden berekend; een bereik is er niet.",
                        "The model could not be computed for all of the declared dependence; there is no range.",
                    )
                    .to_owned()
            });
        }
    }
    notes
}

/// What the reader of an estimate must know whose time ran out.
pub(crate) fn stopped(estimates: &[DateEstimate]) -> Vec<(Day, Text)> {
    estimates
        .iter()
        .filter_map(|estimate| {
            let answer = estimate.answer.as_ref().ok()?;
            let bootstrap = answer.bootstrap.as_ref()?;
            bootstrap.stopped?;
            let (done, asked) = (bootstrap.replicates, bootstrap.asked);
            let text = Text::new(
                format!("De tijd (`max_seconds`) was om na {done} van {asked} herhalingen; een volgende run geeft een iets ander interval."),
                format!("The time (`max_seconds`) was up after {done} of {asked} replicates; another run gives a slightly different interval."),
            );
            Some((estimate.date, text))
        })
        .collect()
}

/// A number as the language writes it, to four digits.
fn number(value: f64, language: Language) -> String {
    let places = (3 - value.abs().log10().floor() as i32).max(0) as usize;
    let text = super::text::trim(value, places);
    match language {
        Language::Nl => text.replace('.', ","),
        Language::En => text,
    }
}

/// `opvang, bijstand and reclassering`.
fn listed(lists: &[String], language: Language) -> String {
    match lists.split_last() {
        Some((last, first)) if !first.is_empty() => {
            format!("{} {} {last}", first.join(", "), language.pick("en", "and"))
        }
        _ => lists.concat(),
    }
}

/// `an odds ratio of 0.5 to 2 between opvang and bijstand, sampling error included`.
fn under(varied: &[&DeclaredDependence], language: Language) -> String {
    let and = language.pick("en", "and");
    let parts: Vec<String> = varied
        .iter()
        .map(|declared| {
            format!(
                "{} {} {} {} {} {}",
                language.pick("een oddsratio van", "an odds ratio of"),
                number(declared.lower, language),
                language.pick("tot", "to"),
                number(declared.upper, language),
                language.pick("tussen", "between"),
                listed(&declared.lists, language),
            )
        })
        .collect();
    format!(
        "{}, {}",
        parts.join(&format!(" {and} ")),
        language.pick(
            "steekproefonzekerheid meegerekend",
            "sampling error included"
        )
    )
}

/// Why a date has no estimate, in both languages.
pub(crate) fn reasons(estimates: &[DateEstimate]) -> Vec<(Day, Text)> {
    estimates
        .iter()
        .filter_map(|estimate| match &estimate.answer {
            Err(error) => Some((
                estimate.date,
                Text::new(
                    format!("de schatter meldt: {error}"),
                    format!("the estimator says: {error}"),
                ),
            )),
            Ok(answer) if answer.population.status == Status::NoInterval => Some((
                estimate.date,
                Text::new(
                    format!("de tijd (`max_seconds`) was om voor {MIN_REPLICATES} herhalingen, en zonder interval wordt niets gepubliceerd"),
                    format!("the time (`max_seconds`) was up before {MIN_REPLICATES} replicates, and nothing is published without an interval"),
                ),
            )),
            Ok(answer) if answer.population.status == Status::NotEstimable => Some((
                estimate.date,
                Text::new(
                    "de gegevens bepalen geen schatting",
                    "the data determine no estimate",
                ),
            )),
            Ok(_) => None,
        })
        .collect()
}

/// Writes a text file whole or not at all.
pub(crate) fn write_text(path: &Path, text: &str) -> Result<(), Failure> {
    write_atomic(path, |out| -> std::io::Result<()> {
        out.write_all(text.as_bytes())
    })
    .map_err(|error| Failure::writing(path, &error))
}

/// Writes a record as indented JSON.
pub(crate) fn write_json<T: serde::Serialize>(path: &Path, value: &T) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| {
        Failure::internal(format!(
            "{} cannot be written as JSON: {error}",
            path.display()
        ))
    })?;
    write_text(path, &(text + "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odds_ratios_have_four_digits() {
        for (value, want) in [
            (0.5, "0.5"),
            (2.0, "2"),
            (1.234_56, "1.235"),
            (0.001, "0.001"),
            (1234.6, "1235"),
        ] {
            assert_eq!(number(value, Language::En), want);
        }
        assert_eq!(number(0.5, Language::Nl), "0,5");
    }

    #[test]
    fn the_ladder_shows_what_differs_between_models() {
        assert_eq!(
            list_part("[sex:age,12,1:sex,2:sex,3:sex]", 3, true),
            "[12,3]"
        );
        assert_eq!(list_part("[sex,1:sex,2:sex,3:sex]", 3, true), "[1,2,3]");
        assert_eq!(list_part("[123,14]", 4, false), "[123,14]");
    }
}
