//! The model of an incomplete table: one given, or the best of all hierarchical ones.

use rayon::prelude::*;

use super::engine::Counts;
use super::identify::recorded_by_one;
use super::layout::Layout;
use super::model::{Fitted, Unfit, fit_counts, refusal};
use super::table::IncompleteTable;
use crate::answer::{Row, model_row};
use crate::cause;
use crate::criteria::{Criterion, weights};
use crate::design::Design;
use crate::diagnostics::diagnostic;
use crate::error::EstimateError;
use crate::estimator::skeleton_model;
use crate::fit::FittedModel;
use crate::formula::{ModelText, parse_model};
use crate::kernel::newton::Workspace;
use crate::model::{Model, term_label};
use crate::report::{CriterionAnswer, Diagnostic, Severity, finite};
use crate::select::space::{MAX_ENUMERATED_LISTS, enumerate};
use crate::select::window::Listed;
use crate::settings::{EstimateSettings, ResolvedSettings, Search};
use crate::size;
use crate::term::Term;

/// Two criterion values closer than this tie; the model that comes first wins.
const TIE: f64 = 1e-9;
/// Most fits of all models in all replicates: a few minutes.
const MAX_FITS: u64 = 500_000;

/// A model with its fit on the original data, if it has one.
pub(crate) struct Candidate {
    pub(crate) design: Design,
    pub(crate) fitted: Option<Fitted>,
    /// Whether its terms are determined; if not, no replicate is tried.
    determined: bool,
    /// Cells that prove existence while all have people.
    spanning: Option<Vec<u32>>,
}

/// The models in play and the one chosen.
pub(crate) struct Choice {
    /// The chosen one alone, unless every replicate chooses again.
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) winner: usize,
    criterion: Option<Criterion>,
    pub(crate) fit: FittedModel,
    pub(crate) rows: Vec<Row>,
    pub(crate) criteria: Vec<CriterionAnswer>,
    pub(crate) searched: usize,
    /// Terms of the skeleton that were left out: what is known cannot tell them.
    pub(crate) left_out: Vec<String>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Choice {
    /// The chosen model with its fit.
    pub(crate) fn chosen(&self) -> Option<(&Design, &Fitted)> {
        let candidate = &self.candidates[self.winner];
        candidate.fitted.as_ref().map(|f| (&candidate.design, f))
    }

    /// Chooses and fits again on other counts.
    pub(crate) fn again(
        &self,
        layout: &Layout,
        counts: &Counts,
        ws: &mut Workspace,
    ) -> Option<Fitted> {
        let mut best: Option<(f64, Fitted)> = None;
        for candidate in &self.candidates {
            let Some(fitted) = candidate.refit(layout, counts, ws) else {
                continue;
            };
            let value = self.criterion.map_or(0.0, |c| {
                c.penalty(fitted.parameters(), counts.n) - 2.0 * fitted.point.value
            });
            if best.as_ref().is_none_or(|(b, _)| value < b - TIE) {
                best = Some((value, fitted));
            }
        }
        best.map(|(_, fitted)| fitted)
    }
}

impl Candidate {
    fn new(
        design: Design,
        layout: &Layout,
        counts: &Counts,
        ws: &mut Workspace,
    ) -> (Self, Option<Unfit>) {
        let outcome = fit_counts(layout, &design, counts, ws);
        let determined = !matches!(outcome, Err(Unfit::NotDetermined(_)));
        let (fitted, unfit) = match outcome {
            Ok(fitted) => (Some(fitted), None),
            Err(unfit) => (None, Some(unfit)),
        };
        let spanning = fitted
            .as_ref()
            .and_then(|f| f.spanning(layout, &design, counts));
        let candidate = Self {
            design,
            fitted,
            determined,
            spanning,
        };
        (candidate, unfit)
    }

    fn refit(&self, layout: &Layout, counts: &Counts, ws: &mut Workspace) -> Option<Fitted> {
        if counts.n <= 0.0 || !self.determined {
            return None;
        }
        match &self.fitted {
            Some(f) => f.refit(layout, &self.design, counts, self.spanning.as_deref(), ws),
            None => fit_counts(layout, &self.design, counts, ws).ok(),
        }
    }
}

/// The fixed model that the settings ask for, over the lists and covariates of the table.
pub(crate) fn given(
    table: &IncompleteTable,
    layout: &Layout,
    text: &str,
    resolved: &ResolvedSettings,
) -> Result<(Model, Vec<String>), EstimateError> {
    let frame = &table.frame;
    Ok(match parse_model(text, frame)? {
        // People with different coverage are not one group, whether the formula knows it or not.
        ModelText::Formula(m) if table.coverage => {
            let coverage = Term::factor(frame.factors().len() - 1);
            let terms = m.terms().iter().copied().chain([coverage]);
            (Model::from_generators(terms), Vec::new())
        }
        ModelText::Formula(m) => (m, Vec::new()),
        ModelText::Brackets(m) => {
            let (base, left_out) = skeleton(table, layout, resolved);
            let terms = m.terms().iter().chain(base.terms()).copied();
            (Model::from_generators(terms), left_out)
        }
    })
}

/// The covariate terms of a bracket model or a search, without those that nothing can tell.
fn skeleton(
    table: &IncompleteTable,
    layout: &Layout,
    resolved: &ResolvedSettings,
) -> (Model, Vec<String>) {
    let frame = &table.frame;
    let all = skeleton_model(frame, resolved.skeleton, &[]);
    let out: Vec<Term> = recorded_by_one(layout, frame.factors().len())
        .into_iter()
        .filter(|t| all.contains(*t))
        .collect();
    let names = out
        .iter()
        .map(|t| term_label(*t, frame.lists(), frame.factors()))
        .collect();
    let base = Model::from_generators(
        all.terms()
            .iter()
            .copied()
            .filter(|t| !out.iter().any(|o| o.within(*t))),
    );
    (base, names)
}

/// Finds the model of a table.
pub(crate) fn choose(
    table: &IncompleteTable,
    layout: &Layout,
    counts: &Counts,
    settings: &EstimateSettings,
    resolved: &ResolvedSettings,
    fixed: Option<Model>,
) -> Result<Choice, EstimateError> {
    let frame = &table.frame;
    let forced: Vec<u16> = settings
        .forced
        .iter()
        .map(|s| settings.forced_mask(s, frame))
        .collect::<Result<_, _>>()?;
    if let Some(text) = resolved.model.as_deref() {
        let (model, left_out) = match fixed {
            Some(model) => (model, Vec::new()),
            None => given(table, layout, text, resolved)?,
        };
        if let Some(i) = forced
            .iter()
            .position(|&f| !model.contains(Term::new(f, 0)))
        {
            return Err(EstimateError::Setting(format!(
                "the model leaves out the forced interaction `{}`",
                settings.forced[i].join(":")
            )));
        }
        size::check(&layout.shape, &model)?;
        let design = Design::new(&layout.shape, &model);
        let (candidate, unfit) = Candidate::new(design, layout, counts, &mut Workspace::default());
        if let Some(unfit) = unfit {
            return Err(refusal(table, layout, &candidate.design, unfit));
        }
        let Some(fitted) = &candidate.fitted else {
            return Err(EstimateError::NoModel {
                searched: 1,
                cause: cause::or_thin(cause::of_incomplete(table)),
            });
        };
        return Ok(Choice {
            fit: fitted.told(frame, layout, &candidate.design, counts),
            candidates: vec![candidate],
            winner: 0,
            criterion: None,
            rows: Vec::new(),
            criteria: Vec::new(),
            searched: 0,
            left_out,
            diagnostics: Vec::new(),
        });
    }
    let exact = matches!(resolved.search, Some(Search::Exact | Search::All));
    let (Some(criterion), Some(max_order), true) = (resolved.criterion, resolved.max_order, exact)
    else {
        return Err(EstimateError::Setting(
            "a search step by step needs complete data; give a model, search up to 4 lists exactly, or make \
             the missing values a level of their own"
                .into(),
        ));
    };
    if frame.lists().len() > MAX_ENUMERATED_LISTS {
        return Err(EstimateError::Setting(format!(
            "an exact search of incomplete data takes at most {MAX_ENUMERATED_LISTS} lists; give a model"
        )));
    }
    let (base, left_out) = skeleton(table, layout, resolved);
    let (models, _) = enumerate(frame.lists().len(), max_order, &base, &forced, &[]);
    let rounds = if resolved.reselect {
        1 + resolved.replicates.unwrap_or_default()
    } else {
        1
    };
    let fits = models.len() as u64 * rounds;
    if fits > MAX_FITS {
        return Err(EstimateError::Setting(format!(
            "{} models in {rounds} data sets are {fits} fits by EM, more than {MAX_FITS}: give a model, a \
             lower `max-order`, fewer replicates, or keep the selected model with `no-reselect`",
            models.len()
        )));
    }
    if let Some(largest) = models.last() {
        size::check_search(&layout.shape, largest, models.len() as u64)?;
    }
    let outcomes: Vec<(Candidate, Option<Unfit>)> = models
        .par_iter()
        .map_init(Workspace::default, |ws, m| {
            Candidate::new(Design::new(&layout.shape, m), layout, counts, ws)
        })
        .collect();
    select(
        table, layout, counts, resolved, criterion, outcomes, left_out,
    )
}

/// The best of the candidates and what is told of all.
fn select(
    table: &IncompleteTable,
    layout: &Layout,
    counts: &Counts,
    resolved: &ResolvedSettings,
    criterion: Criterion,
    outcomes: Vec<(Candidate, Option<Unfit>)>,
    left_out: Vec<String>,
) -> Result<Choice, EstimateError> {
    let frame = &table.frame;
    let searched = outcomes.len();
    let (mut candidates, fits): (Vec<Candidate>, Vec<Result<FittedModel, EstimateError>>) =
        outcomes
            .into_iter()
            .map(|(candidate, unfit)| {
                let fit = match (&candidate.fitted, unfit) {
                    (Some(f), _) => Ok(f.told(frame, layout, &candidate.design, counts)),
                    // The reason is not told of every model of a search.
                    (None, Some(Unfit::NoMaximum(e))) => Err(EstimateError::NoEstimate {
                        model: String::new(),
                        formula: String::new(),
                        reason: e.reason().to_owned(),
                        code: e.code(),
                        certificate: Box::new(e.certificate),
                    }),
                    (None, _) => Err(EstimateError::NotDetermined {
                        model: String::new(),
                        reason: String::new(),
                    }),
                };
                (candidate, fit)
            })
            .unzip();
    let value = |c: Criterion| -> Vec<f64> {
        fits.iter()
            .map(|f| f.as_ref().map_or(f64::INFINITY, |f| f.criterion(c)))
            .collect()
    };
    let best = |values: &[f64]| -> Option<usize> {
        let mut best: Option<usize> = None;
        for (i, v) in values.iter().enumerate() {
            if v.is_finite() && best.is_none_or(|b| *v < values[b] - TIE) {
                best = Some(i);
            }
        }
        best
    };
    let values = value(criterion);
    let Some(winner) = best(&values) else {
        return Err(EstimateError::NoModel {
            searched,
            cause: cause::or_thin(cause::of_incomplete(table)),
        });
    };
    let weight = weights(&values);
    let mut rows: Vec<Row> = fits
        .iter()
        .zip(&candidates)
        .enumerate()
        .map(|(i, (fit, candidate))| {
            let listed = Listed::new(candidate.design.model.clone(), fit);
            let mut report = model_row(frame, &listed, weight[i]);
            report.identifiable = candidate.determined;
            if let Ok(fit) = fit {
                report.df = fit.df;
            }
            Row {
                value: values[i],
                report,
            }
        })
        .collect();
    rows.sort_by(|a, b| a.value.total_cmp(&b.value));
    let criteria = [Criterion::Aic, Criterion::Aicc, Criterion::Bic]
        .into_iter()
        .filter_map(|c| {
            let fit = fits[best(&value(c))?].as_ref().ok()?;
            Some(CriterionAnswer {
                criterion: c.name().into(),
                notation: fit.model.notation(frame.lists(), frame.factors()),
                estimate: finite(fit.population()),
                se: finite(fit.se()),
            })
        })
        .collect();
    let without = fits.iter().filter(|f| f.is_err()).count();
    let mut diagnostics = Vec::new();
    if without > 0 {
        diagnostics.push(diagnostic(
            "models-without-estimate",
            Severity::Info,
            format!("{without} of {searched} models searched have no estimate on these data"),
        ));
    }
    let fit = fits
        .into_iter()
        .nth(winner)
        .expect("the winner is one of the fits")?;
    let winner = if resolved.reselect {
        winner
    } else {
        candidates = candidates.into_iter().skip(winner).take(1).collect();
        0
    };
    Ok(Choice {
        candidates,
        winner,
        criterion: resolved.reselect.then_some(criterion),
        fit,
        rows,
        criteria,
        searched,
        left_out,
        diagnostics,
    })
}
