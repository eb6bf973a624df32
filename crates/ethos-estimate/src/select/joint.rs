//! One model for several tables at once: the criterion summed over them.

use std::sync::Arc;

use rayon::prelude::*;

use super::stepwise::Designs;
use super::tolerance::{Tolerance, saturated};
use super::{Need, Prepared, Verdict, space};
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::kernel::newton::{Stop, Workspace};
use crate::model::Model;
use crate::table::CaptureTable;
use crate::term::Term;

/// Spaces smaller than this are not worth fits that only bound others.
const WORTH_BOUNDING: usize = 500;

/// The same model prepared for every table.
type Shared = Vec<Arc<Prepared>>;

/// How one model for all tables is found, in the original and in every replicate.
pub(crate) enum Joint {
    /// It is given.
    Fixed(Shared),
    /// The best of all hierarchical models; with each the models of one term more.
    Best {
        models: Vec<Shared>,
        covers: Vec<Vec<u32>>,
        criterion: Criterion,
    },
    /// A stepwise path over terms.
    Stepwise {
        designs: Vec<Designs>,
        start: Model,
        scope: Vec<Term>,
        criterion: Criterion,
    },
}

/// A model fitted to every table.
struct Fitted {
    /// −2 Σ log-likelihood kernels; not a number unless all fits converged.
    minus_two: f64,
    /// Whether all tables were fitted.
    complete: bool,
    /// Whether every table has an estimate and the fits found them.
    usable: bool,
    /// Whether every table has an estimate, but some fit did not converge.
    unknown: bool,
    /// Unseen persons, table by table.
    unseen: Vec<f64>,
}

/// Fits `model` to all tables; `enough` says from the likelihood so far when to give up.
fn fit_all(
    model: &Shared,
    data: &[Data],
    ws: &mut Workspace,
    need: Need,
    enough: impl Fn(usize, f64) -> bool,
) -> Fitted {
    let mut out = Fitted {
        minus_two: 0.0,
        complete: false,
        usable: false,
        unknown: false,
        unseen: Vec::new(),
    };
    let (mut lacking, mut stalled) = (false, false);
    for (year, (prepared, data)) in model.iter().zip(data).enumerate() {
        let trial = prepared.fit(data, ws, need);
        if trial.outcome.stop == Stop::Converged {
            out.minus_two -= 2.0 * trial.outcome.kernel;
        } else {
            out.minus_two = f64::NAN;
        }
        if enough(year, out.minus_two) {
            return out;
        }
        if !lacking {
            match prepared.verdict(data, &trial) {
                Verdict::Estimate => {
                    let at = out.unseen.len();
                    out.unseen.resize(at + prepared.design.shape.strata, 0.0);
                    prepared.read_unseen(&trial, ws, &mut out.unseen[at..]);
                }
                Verdict::NoEstimate => lacking = true,
                Verdict::Unknown => stalled = true,
            }
        }
        if lacking && need != Need::Bound {
            return out;
        }
    }
    out.complete = true;
    out.usable = !lacking && !stalled;
    out.unknown = !lacking && stalled;
    out
}

/// A model ready for every table, started from the table's own fit.
fn prepare(tables: &[CaptureTable], model: &Model, ws: &mut Workspace) -> Shared {
    tables
        .iter()
        .map(|table| {
            let data = Data::of(table);
            let original = Arc::from(data.y.as_slice());
            let design = Design::new(table.shape(), model);
            Arc::new(Prepared::new(design, &data, &original, ws))
        })
        .collect()
}

impl Joint {
    /// One given model.
    pub(crate) fn fixed(tables: &[CaptureTable], model: &Model) -> Self {
        Self::Fixed(prepare(tables, model, &mut Workspace::default()))
    }

    /// All models over `base` plus list interactions.
    pub(crate) fn best(
        tables: &[CaptureTable],
        base: &Model,
        max_order: u32,
        forced: &[u16],
        criterion: Criterion,
    ) -> Self {
        let held = tables[0].held_lists();
        let lists = tables[0].lists().len();
        let (models, covers) = space::enumerate(lists, max_order, base, forced, &held);
        Self::Best {
            models: models
                .par_iter()
                .map_init(Workspace::default, |ws, m| prepare(tables, m, ws))
                .collect(),
            covers,
            criterion,
        }
    }

    /// Steps from `start` over the terms of `scope`.
    pub(crate) fn stepwise(
        tables: &[CaptureTable],
        start: Model,
        scope: Vec<Term>,
        criterion: Criterion,
    ) -> Self {
        Self::Stepwise {
            designs: tables.iter().map(Designs::new).collect(),
            start,
            scope,
            criterion,
        }
    }

    /// The model for these data, and the unseen persons of every table and stratum. The workspace
    /// counts one more of `stalled` where a fit that did not converge may have changed the answer.
    pub(crate) fn choose(&self, data: &[Data], ws: &mut Workspace) -> Option<(Model, Vec<f64>)> {
        if data.iter().any(|d| d.n <= 0.0) {
            return None;
        }
        let before = ws.stalled;
        let chosen = self.choose_among(data, ws);
        ws.stalled = ws.stalled.min(before + 1);
        chosen
    }

    fn choose_among(&self, data: &[Data], ws: &mut Workspace) -> Option<(Model, Vec<f64>)> {
        match self {
            Self::Fixed(model) => {
                let fitted = fit_all(model, data, ws, Need::Proved, |_, _| false);
                ws.stalled += u64::from(fitted.unknown);
                fitted
                    .usable
                    .then(|| (model[0].design.model.clone(), fitted.unseen))
            }
            Self::Best {
                models,
                covers,
                criterion,
            } => search(models, covers, *criterion, data, ws),
            Self::Stepwise {
                designs,
                start,
                scope,
                criterion,
            } => steps(designs, start, scope, *criterion, data, ws),
        }
    }
}

fn penalty(criterion: Criterion, model: &Shared, data: &[Data]) -> f64 {
    model
        .iter()
        .zip(data)
        .map(|(p, d)| criterion.penalty(p.design.parameters(), d.n))
        .sum()
}

/// What criterion values summed over the tables differ by at least.
fn tolerance(data: &[Data]) -> Tolerance {
    let kernels: f64 = data.iter().map(|d| saturated(&d.y).abs()).sum();
    Tolerance::new(kernels, data.iter().map(|d| d.n).sum())
}

/// The exact best: from large models to small, passing over what a larger model's likelihood shows
/// cannot win.
fn search(
    models: &[Shared],
    covers: &[Vec<u32>],
    criterion: Criterion,
    data: &[Data],
    ws: &mut Workspace,
) -> Option<(Model, Vec<f64>)> {
    let need = if models.len() < WORTH_BOUNDING {
        Need::Proved
    } else {
        Need::Bound
    };
    let tolerance = tolerance(data);
    let limits: Vec<f64> = data.iter().map(|d| -2.0 * saturated(&d.y)).collect();
    let mut bounds = vec![limits.iter().sum::<f64>(); models.len()];
    let mut best: Option<(f64, usize, Vec<f64>)> = None;
    // Smallest value that a model whose fits did not all converge could have.
    let mut unknown = f64::INFINITY;
    for i in (0..models.len()).rev() {
        for &c in &covers[i] {
            bounds[i] = bounds[i].max(bounds[c as usize]);
        }
        let penalty = penalty(criterion, &models[i], data);
        let limit = best.as_ref().map_or(f64::INFINITY, |b| b.0);
        if bounds[i] + penalty > limit + tolerance.slack {
            continue;
        }
        // After some tables the others can do no better than their saturated models.
        let fitted = fit_all(&models[i], data, ws, need, |year, so_far| {
            year + 1 < data.len()
                && so_far + limits[year + 1..].iter().sum::<f64>() + penalty
                    > limit + tolerance.slack
        });
        if fitted.complete && fitted.minus_two.is_finite() {
            bounds[i] = bounds[i].max(fitted.minus_two);
        }
        let value = fitted.minus_two + penalty;
        let wins = match &best {
            None => true,
            Some((b, j, _)) => value < b - tolerance.tie || (value <= b + tolerance.tie && i < *j),
        };
        if fitted.unknown {
            unknown = unknown.min(bounds[i] + penalty);
        }
        if fitted.usable && value.is_finite() && wins {
            best = Some((value, i, fitted.unseen));
        }
    }
    if unknown.is_finite() && unknown <= best.as_ref().map_or(unknown, |b| b.0 + tolerance.tie) {
        ws.stalled += 1;
    }
    best.map(|(_, i, unseen)| (models[i][0].design.model.clone(), unseen))
}

/// The best single addition or removal of a term as long as there is one.
fn steps(
    designs: &[Designs],
    start: &Model,
    scope: &[Term],
    criterion: Criterion,
    data: &[Data],
    ws: &mut Workspace,
) -> Option<(Model, Vec<f64>)> {
    let tie = tolerance(data).tie;
    let mut evaluate = |model: &Model, limit: f64| -> Option<(f64, Vec<f64>)> {
        let shared: Shared = designs.iter().map(|d| d.get(model)).collect();
        let fitted = fit_all(&shared, data, ws, Need::Proved, |_, _| false);
        let value = fitted.minus_two + penalty(criterion, &shared, data);
        ws.stalled += u64::from(fitted.unknown);
        (fitted.usable && value < limit - tie).then_some((value, fitted.unseen))
    };
    let mut model = start.clone();
    let (mut value, mut unseen) = evaluate(&model, f64::INFINITY)?;
    loop {
        let generators = model.generators();
        let mut best: Option<(Model, f64, Vec<f64>)> = None;
        for &term in scope {
            let next = if model.contains(term) {
                if !generators.contains(&term) || start.contains(term) {
                    continue;
                }
                model.without(term)
            } else {
                if !term.faces().all(|f| model.contains(f)) {
                    continue;
                }
                model.with(term)
            };
            let limit = best.as_ref().map_or(value, |b| b.1);
            if let Some((v, u)) = evaluate(&next, limit) {
                best = Some((next, v, u));
            }
        }
        match best {
            None => return Some((model, unseen)),
            Some(next) => (model, value, unseen) = next,
        }
    }
}
