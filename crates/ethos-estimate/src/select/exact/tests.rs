//! The search against brute force, in tables where it is easy and where it is not.

use super::*;
use crate::fit::fit_design;
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
        let want = all
            .iter()
            .find(|a| a.0 <= least + Tolerance::of(&data.y).tie);
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
    let resampler =
        Resampler::new(IntervalMethod::Semiparametric, &data.y, &[], 9000.0).expect("a sampler");
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
        let want = all
            .iter()
            .find(|a| a.0 <= least + Tolerance::of(&data.y).tie)
            .expect("a model");
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

/// Counts far beyond those of persons: what is chosen depends on the data, not on their rounding.
mod scale {
    use super::*;

    fn winner(counts: &[f64], lists: usize, criterion: Criterion) -> u64 {
        let mut rows = CaptureTable::builder((0..lists).map(|i| format!("l{i}")), []);
        for (h, &count) in counts.iter().enumerate().skip(1) {
            rows.add(h as u16, &[], count as u64).expect("a row");
        }
        let table = rows.build().expect("a table");
        let base = Model::from_generators((0..lists).map(Term::list));
        let exact = Exact::new(&table, &base, lists as u32 - 1, &[], criterion);
        let mut out = [0.0];
        exact
            .best(&Data::of(&table), &mut Workspace::default(), &mut out)
            .expect("a model")
    }

    /// Counts that a model fits exactly: it stays the best at every scale.
    #[test]
    fn the_true_model_is_chosen_at_every_scale() {
        // Odds of being on each of four lists, and the odds ratio of the first two.
        let (odds, ratio) = ([2.0, 1.0, 3.0, 2.0], 5.0);
        let counts: Vec<f64> = (0..16_usize)
            .map(|h| {
                let own: f64 = (0..4)
                    .filter(|i| h >> i & 1 == 1)
                    .map(|i| odds[i])
                    .product();
                if h & 0b11 == 0b11 {
                    20.0 * own * ratio
                } else {
                    20.0 * own
                }
            })
            .collect();
        for scale in [1.0, 1e3, 1e6, 1e9] {
            let scaled: Vec<f64> = counts.iter().map(|y| y * scale).collect();
            for criterion in [Criterion::Aic, Criterion::Aicc, Criterion::Bic] {
                assert_eq!(
                    winner(&scaled, 4, criterion),
                    1 << 0b11,
                    "{scale} {criterion:?}"
                );
            }
        }
    }
}

/// Five and six lists with a covariate: every model of the space fitted and proved on its own.
mod with_covariates {
    use super::*;
    use rayon::prelude::*;

    /// Counts of `lists` lists in two strata, from chances that lean on each other: list 1 on 2, the
    /// last two on each other in one stratum more than in the other. `rest` moves every count.
    fn table(lists: usize, persons: f64, rest: u64) -> CaptureTable {
        let sex = Factor::new("sex", ["f", "m"]);
        let mut rows = CaptureTable::builder((0..lists).map(|i| format!("l{i}")), [sex]);
        for s in 0..2_usize {
            for h in 1..1_usize << lists {
                let on = |i: usize| h >> i & 1 == 1;
                let own: f64 = (0..lists)
                    .map(|i| {
                        let p = 0.16 + 0.04 * ((i + s) % 4) as f64;
                        if on(i) { p } else { 1.0 - p }
                    })
                    .product();
                let mut lean = if on(0) && on(1) { 2.5 } else { 1.0 };
                if on(lists - 1) && on(lists - 2) {
                    lean *= 1.5 + s as f64;
                }
                let mean = persons * own * lean;
                let moved = (h as u64 * 7919 + s as u64 * 104_729 + rest) % 1009;
                let noise = mean.sqrt() * (moved as f64 / 291.0 - 1.73);
                let count = (mean + noise).round().max(0.0);
                rows.add(h as u16, &[s], count as u64).expect("a row");
            }
        }
        rows.build().expect("a table")
    }

    fn base(lists: usize, by_sex: bool) -> Model {
        let mut terms: Vec<Term> = (0..lists).map(Term::list).collect();
        terms.push(Term::factor(0));
        if by_sex {
            terms.extend((0..lists).map(|i| Term::list(i).union(Term::factor(0))));
        }
        Model::from_generators(terms)
    }

    /// The winner and all models within 4 of it, by the search and one by one.
    fn same(table: &CaptureTable, base: &Model, max_order: u32, forced: &[u16], models: usize) {
        let lists = table.lists().len();
        let data = Data::of(table);
        let lattice = Lattice::new(lists, max_order, forced, &[]);
        let mut families = vec![lattice.must];
        lattice.walk(lattice.must, &(), &mut |f, ()| families.push(f));
        assert_eq!(families.len(), models);
        for criterion in [Criterion::Aic, Criterion::Bic] {
            let exact = Exact::new(table, base, max_order, forced, criterion);
            // Fitted from the start that the counts give, not by the fits of the search.
            let mut all: Vec<(u64, f64)> = families
                .par_iter()
                .map_init(Workspace::default, |ws, &family| {
                    let design = Design::new(table.shape(), &exact.ground.model(family));
                    let fit = fit_design(table, &design, &data, ws).ok()?;
                    Some((family, fit.criterion(criterion)))
                })
                .flatten()
                .collect();
            assert!(all.len() > models / 2);
            all.sort_by(|a, b| a.1.total_cmp(&b.1));
            let wanted = Wanted {
                width: 4.0,
                most: usize::MAX,
            };
            let mut ws = Workspace::default();
            let found = exact.search(&data, criterion, wanted, &mut ws).findings;
            let mut near: Vec<u64> = all
                .iter()
                .take_while(|m| m.1 <= all[0].1 + 4.0)
                .map(|m| m.0)
                .collect();
            assert_eq!(found.models[0].family, near[0], "{criterion:?}");
            assert_eq!((found.unknown, found.rivals), (0, 0));
            // What is left out weighs less than the bound on it.
            let outside: f64 = all[near.len()..]
                .iter()
                .map(|m| (-0.5 * (m.1 - all[0].1)).exp())
                .sum();
            assert!(
                outside <= found.left_out * (1.0 + 1e-9),
                "{outside} {}",
                found.left_out
            );
            let mut families: Vec<u64> = found.models.iter().map(|m| m.family).collect();
            near.sort_unstable();
            families.sort_unstable();
            assert_eq!(families, near, "{criterion:?}");
            let mut out = vec![0.0; table.strata()];
            let best = exact.best(&data, &mut ws, &mut out);
            assert_eq!((best, ws.stalled), (Some(found.models[0].family), 0));
        }
    }

    /// All 6,893 models of five lists.
    #[test]
    fn five_lists() {
        same(&table(5, 9_000.0, 3), &base(5, true), 4, &[], 6_893);
    }

    /// A thin table of five lists, where many models have no estimate; interactions of three at most.
    #[test]
    fn five_lists_on_thin_counts() {
        same(&table(5, 400.0, 11), &base(5, false), 3, &[], 6_212);
    }

    /// Six lists: the 1,024 models of pairs that contain five of them.
    #[test]
    fn six_lists() {
        let forced = [0b11, 0b110, 0b1100, 0b1_1000, 0b11_0000];
        same(&table(6, 20_000.0, 5), &base(6, true), 2, &forced, 1_024);
    }
}
