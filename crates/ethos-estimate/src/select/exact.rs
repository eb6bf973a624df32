//! The exact search of one table and of its replicates.

use super::bound::{Findings, Search, Wanted};
use super::fits::{DesignFits, Ground, SmallFits};
use super::lattice::Lattice;
use crate::criteria::Criterion;
use crate::design::{Data, Design};
use crate::kernel::newton::Workspace;
use crate::model::Model;
use crate::table::CaptureTable;

/// How many of the original's best models are tried first in every replicate.
const TRIED_FIRST: usize = 3;

/// The search over a lattice of models by one criterion, in any data of the table's shape.
#[derive(Debug)]
pub(crate) struct Exact {
    pub(crate) ground: Ground,
    pub(crate) criterion: Criterion,
    /// Parameters of the smallest model.
    parameters: usize,
    /// The best models of the original data, tried first in every replicate. They depend on the
    /// original alone, and on them only the time depends.
    first: Vec<u64>,
}

/// Findings of a search with the proofs it took.
#[derive(Debug, Clone)]
pub(crate) struct Searched {
    pub(crate) findings: Findings,
    pub(crate) proofs: u64,
}

/// Calls `$body` with `$c` the number of cells of a table of `$lists` lists.
macro_rules! by_cells {
    ($lists:expr, $c:ident => $body:expr) => {
        match $lists {
            2 => {
                const $c: usize = 4;
                $body
            }
            3 => {
                const $c: usize = 8;
                $body
            }
            4 => {
                const $c: usize = 16;
                $body
            }
            5 => {
                const $c: usize = 32;
                $body
            }
            _ => {
                const $c: usize = 64;
                $body
            }
        }
    };
}
pub(crate) use by_cells;

impl Exact {
    /// Prepares the search of all models over `base` plus list interactions, and makes it once.
    pub(crate) fn new(
        table: &CaptureTable,
        base: &Model,
        max_order: u32,
        forced: &[u16],
        criterion: Criterion,
    ) -> Self {
        let lattice = Lattice::new(table.lists().len(), max_order, forced, &table.held_lists());
        let parameters = Design::new(table.shape(), base).parameters();
        let mut exact = Self {
            ground: Ground::new(
                table.shape().clone(),
                base.clone(),
                lattice,
                Data::of(table),
            ),
            criterion,
            parameters,
            first: Vec::new(),
        };
        let near = Wanted {
            width: 4.0,
            most: TRIED_FIRST,
        };
        let found = exact.search(
            &exact.ground.original,
            criterion,
            near,
            &mut Workspace::default(),
        );
        exact.first = found
            .findings
            .models
            .iter()
            .take(TRIED_FIRST)
            .map(|f| f.family)
            .collect();
        exact
    }

    /// Parameters of a model, those at −∞ included.
    pub(crate) fn parameters(&self, family: u64) -> usize {
        self.parameters + family.count_ones() as usize
    }

    /// Penalty by number of interactions, one more than there can be included.
    pub(crate) fn penalties(&self, criterion: Criterion, n: f64) -> Vec<f64> {
        (0..=self.ground.lattice.all.count_ones() as usize + 1)
            .map(|k| criterion.penalty(self.parameters + k, n))
            .collect()
    }

    /// Searches; the result depends on the data alone.
    pub(crate) fn search(
        &self,
        data: &Data,
        criterion: Criterion,
        wanted: Wanted,
        ws: &mut Workspace,
    ) -> Searched {
        if self.ground.shape.strata > 1 {
            let mut fits = DesignFits::new(&self.ground, data, ws);
            let findings = self.run(&mut fits, data, criterion, wanted);
            return Searched {
                findings,
                proofs: fits.proofs,
            };
        }
        by_cells!(self.ground.shape.lists, C => {
            let mut fits = SmallFits::<C>::new(&self.ground, data);
            let findings = self.run(&mut fits, data, criterion, wanted);
            Searched { findings, proofs: fits.proofs }
        })
    }

    fn run<F: super::bound::Fits>(
        &self,
        fits: &mut F,
        data: &Data,
        criterion: Criterion,
        wanted: Wanted,
    ) -> Findings {
        let penalties = self.penalties(criterion, data.n);
        let lattice = &self.ground.lattice;
        let best = Search::new(lattice, fits, &penalties, Wanted::BEST).run(&self.first);
        let Some(winner) = best.models.first().filter(|_| wanted != Wanted::BEST) else {
            return best;
        };
        let mut first: Vec<u64> = vec![winner.family];
        first.extend(self.first.iter().filter(|&&f| f != winner.family));
        let mut near = Search::new(lattice, fits, &penalties, wanted)
            .weighing(winner.value)
            .run(&first);
        near.fits += best.fits;
        near
    }

    /// The best model of some data and its unseen persons per stratum.
    pub(crate) fn best(&self, data: &Data, ws: &mut Workspace, out: &mut [f64]) -> Option<u64> {
        if self.ground.shape.strata > 1 {
            let searched = self.search(data, self.criterion, Wanted::BEST, ws);
            let winner = searched.findings.models.first()?.family;
            let prepared = self.ground.prepared(winner, ws);
            return prepared.unseen(data, ws, out).then_some(winner);
        }
        by_cells!(self.ground.shape.lists, C => {
            let mut fits = SmallFits::<C>::new(&self.ground, data);
            let findings = self.run(&mut fits, data, self.criterion, Wanted::BEST);
            let winner = findings.models.first()?.family;
            out[0] = fits.unseen(winner)?;
            Some(winner)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::fit_design;
    use crate::select::bound::TIE;
    use crate::select::space::enumerate;
    use crate::table::Factor;
    use crate::term::Term;
    use proptest::prelude::*;

    /// Value and unseen persons of every model that has an estimate, each fitted and proved on its own.
    fn brute_force(
        table: &CaptureTable,
        base: &Model,
        max_order: u32,
        forced: &[u16],
        criterion: Criterion,
    ) -> Vec<(f64, Model, f64)> {
        let data = Data::of(table);
        let mut ws = Workspace::default();
        let (models, _) = enumerate(table.lists().len(), max_order, base, forced, &[]);
        models
            .into_iter()
            .filter_map(|m| {
                let design = Design::new(table.shape(), &m);
                let fit = fit_design(table, &design, &data, &mut ws).ok()?;
                let value = fit.criterion(criterion);
                value.is_finite().then(|| (value, m, fit.unseen_total()))
            })
            .collect()
    }

    fn check(table: &CaptureTable, base: &Model, max_order: u32, forced: &[u16]) {
        for criterion in [Criterion::Aic, Criterion::Aicc, Criterion::Bic] {
            let all = brute_force(table, base, max_order, forced, criterion);
            let exact = Exact::new(table, base, max_order, forced, criterion);
            let data = Data::of(table);
            let mut out = vec![0.0; table.strata()];
            let got = exact.best(&data, &mut Workspace::default(), &mut out);
            let least = all.iter().map(|a| a.0).fold(f64::INFINITY, f64::min);
            let want = all.iter().find(|a| a.0 <= least + TIE);
            let model = got.map(|f| exact.ground.model(f));
            assert_eq!(
                model.as_ref(),
                want.map(|w| &w.1),
                "{criterion:?} {table:?}"
            );
            if let Some((_, _, unseen)) = want {
                let n0: f64 = out.iter().sum();
                assert!(
                    (n0 - unseen).abs() <= 1e-8 * unseen.max(1e-6),
                    "{n0} {unseen}"
                );
            }
        }
    }

    fn table(lists: usize, counts: &[u8]) -> Option<CaptureTable> {
        let mut rows = CaptureTable::builder((0..lists).map(|i| format!("l{i}")), []);
        for (h, &count) in counts.iter().enumerate().take(1 << lists).skip(1) {
            rows.add(h as u16, &[], u64::from(count)).ok()?;
        }
        rows.build().ok()
    }

    fn skewed() -> impl Strategy<Value = u8> {
        prop_oneof![Just(0_u8), Just(0), 0_u8..3, 0_u8..60]
    }

    /// Three or four lists and a covariate of two levels.
    fn stratified(lists: usize, counts: &[u8]) -> Option<CaptureTable> {
        let sex = Factor::new("sex", ["f", "m"]);
        let mut rows = CaptureTable::builder((0..lists).map(|i| format!("l{i}")), [sex]);
        for s in 0..2 {
            for h in 1..1_usize << lists {
                let count = counts[s * 16 + h];
                rows.add(h as u16, &[s], u64::from(count)).ok()?;
            }
        }
        let table = rows.build().ok()?;
        (table.strata() == 2).then_some(table)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]

        #[test]
        fn finds_what_brute_force_finds_with_covariates(
            lists in 3_usize..5,
            counts in prop::collection::vec(skewed(), 32),
            by_sex in any::<bool>(),
        ) {
            if let Some(table) = stratified(lists, &counts) {
                let mut terms: Vec<Term> = (0..lists).map(Term::list).collect();
                terms.push(Term::factor(0));
                if by_sex {
                    terms.extend((0..lists).map(|i| Term::list(i).union(Term::factor(0))));
                }
                check(&table, &Model::from_generators(terms), lists as u32 - 1, &[]);
            }
        }
    }

    /// Every replicate by branch and bound and by brute force: the same winner, the same estimate.
    #[test]
    fn replicates_agree_with_brute_force() {
        use crate::interval::IntervalMethod;
        use crate::interval::resample::{Purpose, Resampler, stream};
        let counts = [
            0_u8, 54, 200, 15, 255, 19, 62, 1, 190, 3, 19, 1, 76, 0, 4, 1,
        ];
        let original = table(4, &counts).expect("a table");
        let base = Model::from_generators((0..4).map(Term::list));
        let exact = Exact::new(&original, &base, 3, &[], Criterion::Bic);
        let mut data = Data::of(&original);
        let resampler = Resampler::new(IntervalMethod::Semiparametric, &data.y, &[], 9000.0)
            .expect("a sampler");
        for r in 0..40 {
            resampler.draw(&mut stream(3, Purpose::Table, 0, r), &mut data.y);
            data.refresh(original.shape());
            let mut out = [0.0];
            let got = exact.best(&data, &mut Workspace::default(), &mut out);
            let mut builder = CaptureTable::builder((0..4).map(|i| format!("l{i}")), []);
            for (h, &y) in data.y.iter().enumerate().skip(1) {
                builder.add(h as u16, &[], y as u64).expect("a row");
            }
            let drawn = builder.build().expect("nobody's list is empty here");
            let all = brute_force(&drawn, &base, 3, &[], Criterion::Bic);
            let least = all.iter().map(|a| a.0).fold(f64::INFINITY, f64::min);
            let want = all.iter().find(|a| a.0 <= least + TIE).expect("a model");
            assert_eq!(exact.ground.model(got.expect("a model")), want.1);
            assert!((out[0] - want.2).abs() <= 1e-8 * want.2);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn finds_what_brute_force_finds_on_sparse_tables(
            lists in 2_usize..5,
            counts in prop::collection::vec(skewed(), 16),
            order in 1_u32..4,
            force in 0_u16..8,
        ) {
            if let Some(table) = table(lists, &counts) {
                let base = Model::from_generators((0..lists).map(Term::list));
                let order = order.min(lists as u32 - 1);
                let forced: Vec<u16> = [0b11_u16, 0b110, 0b101]
                    .into_iter()
                    .enumerate()
                    .filter(|(i, m)| force >> i & 1 == 1 && order > 1 && lists > 2 && m >> lists == 0)
                    .map(|f| f.1)
                    .collect();
                check(&table, &base, order, &forced);
            }
        }
    }
}
