//! The exact best model of a small space in many replicates: models outside, replicates inside.
//!
//! The same visits, bounds, ties and proofs as [`Space::best`], one replicate
//! after the other there; here every model is fitted to all replicates that its
//! bound does not pass over, several at a time. A replicate that a model's lanes
//! cannot prove or finish is fitted for that model in the scalar way.
#![allow(clippy::inline_always, reason = "see `kernel::lanes::vector`")]

use super::batch::{Batch, FILL};
use super::search::Space;
use super::tolerance::{Tolerance, saturated};
use super::{Need, Verdict};
use crate::design::Data;
use crate::kernel::lanes::fit::Group;
use crate::kernel::lanes::vector::{Lane, Path, Work, on};
use crate::kernel::newton::{Stop, Workspace};

/// Larger spaces are searched one replicate at a time: their layouts would fill the memory.
const MAX_MODELS: usize = 128;

/// A space with the layout of each of its models.
#[derive(Debug)]
pub(crate) struct Abreast<'a> {
    space: &'a Space,
    models: Vec<Option<Batch<'a>>>,
}

/// Where the search of one replicate stands.
struct Standing {
    /// Persons observed.
    n: f64,
    tolerance: Tolerance,
    best: Option<(f64, usize)>,
    /// Smallest value that a model whose fit did not converge could have.
    unknown: f64,
}

impl<'a> Abreast<'a> {
    /// Nothing if the space is large or empty, or what is held known of the predictor would have to be
    /// part of the likelihoods.
    pub(crate) fn new(space: &'a Space, ws: &mut Workspace) -> Option<Self> {
        let known = space.models.first()?.design.shape.held.is_some();
        if space.models.len() > MAX_MODELS || known {
            return None;
        }
        let models = space.models.iter().map(|m| Batch::new(m, ws)).collect();
        Some(Self { space, models })
    }

    /// Replicates that are worth one call: few enough that a stop is heard within some milliseconds.
    pub(crate) fn chunk(&self) -> u64 {
        let work: u64 = self.models.iter().flatten().map(Batch::work).sum();
        ((1 << 24) / work.max(1)).clamp(FILL, 64)
    }

    /// The population of every stratum under the best model of each of `count` replicates,
    /// `replicate * strata + stratum`; infinite where no model has an estimate.
    pub(crate) fn populations(
        &self,
        path: Path,
        count: usize,
        mut draw: impl FnMut(usize, &mut [f64]),
        data: &mut Data,
        ws: &mut Workspace,
        out: &mut [f64],
    ) {
        let cells = data.y.len();
        let mut tables = vec![0.0; count * cells];
        out.fill(f64::INFINITY);
        let models = self.models.len();
        // Lower bounds of −2 log-likelihood, `replicate * models + model`.
        let mut bounds = vec![0.0; count * models];
        let mut standing = Vec::with_capacity(count);
        for (r, y) in tables.chunks_exact_mut(cells).enumerate() {
            draw(r, y);
            let (saturated, n) = (saturated(y), y.iter().sum());
            bounds[r * models..][..models].fill(-2.0 * saturated);
            standing.push(Standing {
                n,
                tolerance: Tolerance::new(saturated, n),
                best: None,
                unknown: f64::INFINITY,
            });
        }
        let first = self.space.first;
        let others = (0..models).rev().filter(|&i| i != first);
        for i in std::iter::once(first).chain(others) {
            self.visit(
                i,
                path,
                &tables,
                &mut bounds,
                &mut standing,
                (data, ws),
                out,
            );
        }
        let doubtful = standing.iter().filter(|s| {
            let best = s.best.map_or(f64::INFINITY, |b| b.0 + s.tolerance.tie);
            s.unknown.is_finite() && s.unknown <= best
        });
        ws.stalled += doubtful.count() as u64;
    }

    #[allow(clippy::too_many_arguments, reason = "the state of one search")]
    fn visit(
        &self,
        i: usize,
        path: Path,
        tables: &[f64],
        bounds: &mut [f64],
        standing: &mut [Standing],
        (data, ws): (&mut Data, &mut Workspace),
        out: &mut [f64],
    ) {
        let models = self.models.len();
        let prepared = &self.space.models[i];
        let shape = &prepared.design.shape;
        let (cells, strata) = (shape.cells(), shape.strata);
        let penalty = |n: f64| {
            self.space
                .criterion
                .penalty(prepared.design.parameters(), n)
        };
        let table = |r: usize| &tables[r * cells..][..cells];
        let batch = self.models[i].as_ref();
        let (mut abreast, mut alone) = (Vec::new(), Vec::new());
        for (r, state) in standing.iter().enumerate() {
            let own = &mut bounds[r * models..][..models];
            for &c in &self.space.covers[i] {
                own[i] = own[i].max(own[c as usize]);
            }
            let limit = state.best.map_or(f64::INFINITY, |b| b.0);
            if state.n <= 0.0 || own[i] + penalty(state.n) > limit + state.tolerance.slack {
                continue;
            }
            if batch.is_some_and(|b| b.proves(table(r))) {
                abreast.push(r);
            } else {
                alone.push(r);
            }
        }
        let consider = |minus_two: f64, bound: &mut f64, state: &Standing| -> bool {
            *bound = bound.max(minus_two);
            let value = minus_two + penalty(state.n);
            let tie = state.tolerance.tie;
            let wins = match state.best {
                None => true,
                Some((b, j)) => value < b - tie || (value <= b + tie && i < j),
            };
            wins && value.is_finite()
        };
        if let Some(batch) = batch {
            let fits = Fits {
                batch,
                tables,
                replicates: &abreast,
            };
            let (kernels, populations) = on(path, fits);
            for (k, &r) in abreast.iter().enumerate() {
                if kernels[k].is_nan() {
                    alone.push(r);
                } else if consider(-2.0 * kernels[k], &mut bounds[r * models + i], &standing[r]) {
                    let value = -2.0 * kernels[k] + penalty(standing[r].n);
                    standing[r].best = Some((value, i));
                    out[r * strata..][..strata]
                        .copy_from_slice(&populations[k * strata..][..strata]);
                }
            }
        }
        for r in alone {
            data.y.copy_from_slice(table(r));
            data.refresh(shape);
            let trial = prepared.fit(data, ws, Need::Proved);
            let minus_two = -2.0 * trial.outcome.kernel;
            let converged = trial.outcome.stop == Stop::Converged;
            let bound = &mut bounds[r * models + i];
            if converged && !consider(minus_two, bound, &standing[r]) {
                continue;
            }
            let verdict = prepared.verdict(data, &trial);
            if verdict == Verdict::Unknown {
                let least = *bound + penalty(standing[r].n);
                standing[r].unknown = standing[r].unknown.min(least);
            } else if verdict == Verdict::Estimate {
                standing[r].best = Some((minus_two + penalty(standing[r].n), i));
                let out = &mut out[r * strata..][..strata];
                prepared.read_unseen(&trial, ws, out);
                for (n, y) in out.iter_mut().zip(data.y.chunks_exact(shape.histories())) {
                    *n += y.iter().sum::<f64>();
                }
            }
        }
    }
}

/// Fits of one model to some of the replicates.
struct Fits<'a> {
    batch: &'a Batch<'a>,
    tables: &'a [f64],
    replicates: &'a [usize],
}

impl Work for Fits<'_> {
    /// Likelihood kernel of each replicate, not a number where its lane did not converge; and the
    /// populations of its strata.
    type Output = (Vec<f64>, Vec<f64>);

    #[inline(always)]
    fn run<L: Lane>(self) -> Self::Output {
        let plan = &self.batch.plan;
        let (cells, strata) = (plan.shape.cells(), plan.shape.strata);
        let mut kernels = vec![f64::NAN; self.replicates.len()];
        let mut populations = vec![0.0; self.replicates.len() * strata];
        if self.replicates.is_empty() {
            return (kernels, populations);
        }
        let mut group = Group::<L>::new(plan);
        let mut row = [0.0; 16];
        for (g, replicates) in self.replicates.chunks(L::WIDTH).enumerate() {
            let last = replicates.len() - 1;
            let y = |c: usize, lane: usize| self.tables[replicates[lane.min(last)] * cells + c];
            let ended = group.fit(plan, y, true);
            let at = g * L::WIDTH;
            for s in 0..strata {
                group.population(s).write(&mut row);
                for lane in 0..=last {
                    populations[(at + lane) * strata + s] = row[lane];
                }
            }
            ended.kernel.write(&mut row);
            for lane in (0..=last).filter(|lane| ended.converged >> lane & 1 == 1) {
                kernels[at + lane] = row[lane];
            }
        }
        (kernels, populations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::criteria::Criterion;
    use crate::model::Model;
    use crate::table::{CaptureTable, Factor};
    use crate::term::Term;

    /// A table with three lists, two covariates and lists that are nearly independent.
    fn table(persons: f64) -> CaptureTable {
        let factors =
            [("f", 3), ("g", 2)].map(|(name, k)| Factor::new(name, (0..k).map(|l| format!("{l}"))));
        let mut rows = CaptureTable::builder(["a", "b", "c"], factors);
        for s in 0..6_usize {
            for h in 1..8_u16 {
                let share = [0.31, 0.24, 0.10, 0.18, 0.08, 0.06, 0.03][usize::from(h) - 1];
                let tilt = 1.0 + 0.02 * ((s * 5 + usize::from(h) * 3) % 4) as f64;
                let count = persons * share * tilt / (1.0 + s as f64);
                rows.add(h, &[s / 2, s % 2], count.round() as u64).unwrap();
            }
        }
        rows.build().unwrap()
    }

    /// Counts around those of the table, some of them zero where they are small.
    fn replicate(y: &[f64], histories: usize, r: usize) -> Vec<f64> {
        let moved = |(c, &y): (usize, &f64)| {
            let x = (c * 7919 + r * 104_729) % 1009;
            let y = y + (y.sqrt() * (x as f64 / 360.0 - 1.4)).round();
            if c % histories == 0 { 0.0 } else { y.max(0.0) }
        };
        y.iter().enumerate().map(moved).collect()
    }

    /// The same populations as the search of one replicate at a time, to the rounding of a fit that
    /// stops within 1e-9 standard errors; and the same bits on every instruction set.
    #[test]
    fn the_same_choices_as_one_replicate_at_a_time() {
        let base = Model::from_generators(
            [Term::new(0, 0b11)]
                .into_iter()
                .chain((0..3).flat_map(|i| [Term::new(1 << i, 1), Term::new(1 << i, 2)])),
        );
        let mut models = std::collections::BTreeSet::new();
        for persons in [40.0, 2_000.0] {
            let table = table(persons);
            for criterion in [Criterion::Aic, Criterion::Bic] {
                let space = Space::new(&table, &base, 2, &[], criterion);
                let mut ws = Workspace::default();
                let abreast = Abreast::new(&space, &mut ws).unwrap();
                assert_eq!(abreast.models.iter().flatten().count(), 8);
                let shape = table.shape();
                let mut data = Data::of(&table);
                let count = 150;
                let tables: Vec<Vec<f64>> = (0..count)
                    .map(|r| replicate(&table.counts(), shape.histories(), r))
                    .collect();
                let mut on_path = |path| {
                    let mut got = vec![0.0; count * shape.strata];
                    let draw = |r: usize, y: &mut [f64]| y.copy_from_slice(&tables[r]);
                    let mut own = Data::empty(shape);
                    abreast.populations(path, count, draw, &mut own, &mut ws, &mut got);
                    got
                };
                let got = on_path(Path::best());
                for path in Path::available() {
                    assert!(on_path(path) == got, "{}", path.name());
                }
                for (y, got) in tables.iter().zip(got.chunks_exact(shape.strata)) {
                    data.y.copy_from_slice(y);
                    data.refresh(shape);
                    let mut want = vec![0.0; shape.strata];
                    let best = space.best(&data, &mut ws, &mut want);
                    models.insert(best);
                    for (s, (got, want)) in got.iter().zip(&want).enumerate() {
                        let seen: f64 = y[s * 8..(s + 1) * 8].iter().sum();
                        let want = if best.is_some() {
                            seen + want
                        } else {
                            f64::INFINITY
                        };
                        assert!(
                            *got == want || (got / want - 1.0).abs() < 1e-9,
                            "{got} {want}"
                        );
                    }
                }
            }
        }
        assert!(
            models.len() > 2,
            "the replicates choose between models: {models:?}"
        );
    }
}
