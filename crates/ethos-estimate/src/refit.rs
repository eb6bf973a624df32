//! One model fitted to many tables of the same shape.

use rayon::prelude::*;

use crate::design::{Data, Design};
use crate::error::EstimateError;
use crate::fit::fit_design;
use crate::interval::IntervalMethod;
use crate::interval::bootstrap::run_on;
use crate::interval::control::Control;
use crate::interval::limits::resampler;
use crate::interval::replicates::affordable;
use crate::kernel::lanes::vector::Path;
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::select::Selector;
use crate::select::batch::Engine;
use crate::table::{CaptureTable, Shape};

/// One model prepared for fitting to many tables of the same shape: bootstrap replicates, or the
/// areas or years of a series.
///
/// Tables that keep the support of the first one are fitted several at a time, one per lane of a
/// vector register; the others one at a time. Both start from the fit to the first table and go on
/// until a further step would gain less than 1e-9 of log-likelihood, and every estimate that is
/// given is proved to exist. The numbers are the same to the last bit on every instruction set and
/// any number of threads.
///
/// ```
/// use ethos_estimate::{CaptureTable, Model, Refit, Term};
/// // War deaths in Kosovo (Ball et al. 2002), model [123,14,34]: 10,357.
/// let table = CaptureTable::from_histories(["EXH", "ABA", "OSCE", "HRW"], [
///     ("1000", 1131), ("0100", 845), ("0010", 936), ("0001", 306), ("1100", 177), ("1010", 228),
///     ("1001", 106), ("0110", 217), ("0101", 31), ("0011", 123), ("1110", 181), ("1101", 18),
///     ("1011", 42), ("0111", 32), ("1111", 27)])?;
/// let model = Model::from_generators([Term::new(0b0111, 0), Term::new(0b1001, 0), Term::new(0b1100, 0)]);
/// let refit = Refit::new(&table, &model)?;
/// let mut doubled: Vec<f64> = table.counts().to_vec();
/// let same = refit.populations(&doubled)?;
/// assert_eq!(same[0].round(), 10357.0);
/// doubled.iter_mut().for_each(|c| *c *= 2.0);
/// assert!((refit.populations(&doubled)?[0] / same[0] - 2.0).abs() < 1e-9);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
#[derive(Debug)]
pub struct Refit {
    table: CaptureTable,
    selector: Selector,
    fitted: crate::fit::FittedModel,
    path: Path,
}

impl Refit {
    /// Fits `model` to `table`, or refuses as [`fit`](crate::fit()) does.
    pub fn new(table: &CaptureTable, model: &Model) -> Result<Self, EstimateError> {
        model.check(table)?;
        let design = Design::new(table.shape(), model);
        let fitted = fit_design(table, &design, &Data::of(table), &mut Workspace::default())?;
        Ok(Self {
            table: table.clone(),
            selector: Selector::fixed(table, design),
            fitted,
            path: Path::best(),
        })
    }

    /// The instruction sets this processor has, the fastest first: `avx512`, `avx2`, `scalar`.
    pub fn instruction_sets() -> Vec<&'static str> {
        Path::available().into_iter().map(Path::name).collect()
    }

    /// The same with another instruction set, for measuring; `None` if the processor lacks it.
    #[must_use]
    pub fn on_instruction_set(self, name: &str) -> Option<Self> {
        let path = Path::available().into_iter().find(|p| p.name() == name)?;
        Some(Self { path, ..self })
    }

    /// The estimated population of every stratum of every table, `table * strata + stratum`;
    /// infinite in all strata of a table without an estimate.
    ///
    /// `counts` holds the tables one after the other, each with its counts at
    /// `stratum * 2^lists + history`, as [`CaptureTable::counts`] gives them; those of the history
    /// "on no list" are not read. Errors: a length that is not a multiple of a table's, and
    /// a count that is negative or not finite.
    pub fn populations(&self, counts: &[f64]) -> Result<Vec<f64>, EstimateError> {
        let shape = self.table.shape();
        let cells = shape.cells();
        if !counts.len().is_multiple_of(cells) {
            return Err(EstimateError::Setting(format!(
                "{} counts are not a whole number of tables of {cells} cells",
                counts.len()
            )));
        }
        if let Some(c) = counts.iter().find(|c| !(c.is_finite() && **c >= 0.0)) {
            return Err(EstimateError::Setting(format!("{c} is not a count")));
        }
        let engine = Engine::new(&self.selector);
        let chunk = engine.chunk((counts.len() / cells) as u64) as usize;
        let mut out = vec![0.0; counts.len() / cells * shape.strata];
        out.par_chunks_mut(chunk * shape.strata)
            .zip(counts.par_chunks(chunk * cells))
            .for_each_init(
                || (Workspace::default(), Data::empty(shape)),
                |(ws, data), (out, counts)| {
                    let tables = counts.len() / cells;
                    let draw = |i: usize, y: &mut [f64]| {
                        read(shape, &counts[i * cells..(i + 1) * cells], y);
                    };
                    let (path, selector) = (self.path, &self.selector);
                    engine.populations(path, selector, shape, tables, draw, data, ws, out);
                },
            );
        Ok(out)
    }

    /// The estimated population of every stratum in bootstrap replicates 0 to `count` of the table,
    /// `replicate * strata + stratum`: the numbers behind the percentiles of
    /// [`estimate`](crate::estimate) for the same fixed model, method and seed.
    ///
    /// Errors: a method that draws no replicates, a population too large to draw, or too many replicates
    /// to keep.
    pub fn bootstrap(
        &self,
        method: IntervalMethod,
        count: u64,
        seed: u64,
    ) -> Result<Vec<f64>, EstimateError> {
        if !method.is_bootstrap() {
            return Err(EstimateError::Setting(format!(
                "the {} interval draws no replicates; use a bootstrap",
                method.name()
            )));
        }
        affordable(Some(count), self.table.strata())?;
        let data = Data::of(&self.table);
        let sampler = resampler(method, &data, &self.fitted, self.fitted.unseen_total())?;
        let control = Control::new(count, None);
        let shape = self.table.shape();
        let replicates = run_on(
            self.path,
            shape,
            &self.selector,
            &sampler,
            0..count,
            seed,
            None,
            &control,
        );
        Ok(replicates.values)
    }
}

fn read(shape: &Shape, counts: &[f64], y: &mut [f64]) {
    y.copy_from_slice(counts);
    for unseen in y.iter_mut().step_by(shape.histories()) {
        *unseen = 0.0;
    }
}
