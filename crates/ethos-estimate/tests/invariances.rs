//! What must not change, and what must change just so: covariates added, strata doubled, lists merged, counts scaled, threads.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, Estimate, EstimateSettings, Factor, IntervalMethod, Preset, Search, estimate, fit,
};
use proptest::prelude::*;

/// Three lists in strata of one covariate, everybody on single lists so that estimates exist.
fn strata(counts: &[u64], levels: usize) -> CaptureTable {
    let factor = Factor::new("x", (0..levels).map(|l| l.to_string()));
    let mut b = CaptureTable::builder(["a", "b", "c"], [factor]);
    for s in 0..levels {
        for h in 1..8_u16 {
            b.add(h, &[s], counts[s * 8 + h as usize] + 1).unwrap();
        }
    }
    b.build().unwrap()
}

fn collapsed(t: &CaptureTable) -> CaptureTable {
    let mut counts = vec![0; 1 << t.lists().len()];
    for s in 0..t.strata() {
        for (h, c) in counts.iter_mut().enumerate().skip(1) {
            *c += t.count(s, h as u16) as u64;
        }
    }
    let mut b = CaptureTable::builder(t.lists().to_vec(), []);
    for (h, &c) in counts.iter().enumerate().skip(1) {
        b.add(h as u16, &[], c).unwrap();
    }
    b.build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A covariate that touches one list only lies on no path between lists: the total is that of the
    /// collapsed table (van der Heijden et al. 2012).
    #[test]
    fn a_passive_covariate_distributes_the_total(counts in prop::collection::vec(0_u64..200, 24), pick in 0_usize..4) {
        let t = strata(&counts, 3);
        let small = collapsed(&t);
        let (with, without) = [
            ("x*a + b + c", "a + b + c"),
            ("x*a + a*b + c", "a*b + c"),
            ("x*c + a*b + b*c", "a*b + b*c"),
            ("x*b + (a + b + c)^2", "(a + b + c)^2"),
        ][pick];
        let (f, g) = (fitted(&t, with), fitted(&small, without));
        close(f.population(), g.population(), 1e-9, with);
        close(f.se(), g.se(), 1e-7, with);
    }

    /// The same people in two halves that differ in nothing: every stratum has half of what there was.
    #[test]
    fn a_stratum_may_be_doubled(counts in prop::collection::vec(1_u64..200, 8), pick in 0_usize..5) {
        let doubled: Vec<u64> = [&counts[..], &counts[..]].concat();
        let (one, two) = (strata(&counts, 1), strata(&doubled, 2));
        let (with, without) = [
            ("x*(a + b + c)", "a + b + c"),
            ("x + a + b + c", "a + b + c"),
            ("x*(a*b + c)", "a*b + c"),
            ("x*a + a*b + b*c", "a*b + b*c"),
            ("x*((a + b + c)^2)", "(a + b + c)^2"),
        ][pick];
        // A covariate with one level is dropped with a note.
        prop_assert!(one.factors().is_empty());
        let (f, g) = (fitted(&two, with), fitted(&one, without));
        for n0 in &f.unseen {
            close(*n0, g.unseen_total(), 1e-9, with);
        }
        prop_assert!((f.deviance - 2.0 * g.deviance).abs() < 1e-8 * (1.0 + f.deviance));
        // Where every term meets x, the halves are fitted apart: variances add up.
        if with.starts_with("x*(") {
            close(f.se().powi(2), 2.0 * g.se().powi(2), 1e-7, with);
        }
        for c in f.coefficients.iter().filter(|c| c.term.factors != 0) {
            prop_assert!(c.estimate.unwrap().abs() < 1e-8, "{}", c.name);
        }
    }

    /// In [12,3] the third list meets everyone on the first or the second: merging these two changes nothing.
    #[test]
    fn dependent_lists_may_be_merged(counts in prop::collection::vec(1_u64..300, 8)) {
        let mut counts = counts;
        counts[0] = 0;
        let mut merged = [0_u64; 4];
        for (h, c) in counts.iter().enumerate() {
            merged[usize::from(h & 3 != 0) | (h >> 2) << 1] += c;
        }
        let (f, g) = (fitted(&indexed(&counts), "[12,3]"), fitted(&indexed(&merged), "[1,2]"));
        close(f.population(), g.population(), 1e-10, "N");
        close(f.se(), g.se(), 1e-8, "se");
    }

    /// Counts times c: unseen and deviance times c, standard error of log n0 over √c, existence the same.
    #[test]
    fn counts_may_be_scaled(counts in prop::collection::vec(0_u64..6, 24), factor in 2_u64..2000, pick in 0_usize..3) {
        let scaled: Vec<u64> = counts.iter().map(|c| (c + 1) * factor - 1).collect();
        let (t, u) = (strata(&counts, 3), strata(&scaled, 3));
        let formula = ["x*(a + b + c)", "x*(a + b + c) + a*b", "x*a*b + x*c"][pick];
        let (f, g) = (fitted(&t, formula), fitted(&u, formula));
        let k = factor as f64;
        for (a, b) in f.unseen.iter().zip(&g.unseen) {
            close(*b, a * k, 1e-9, formula);
        }
        prop_assert!((g.deviance - k * f.deviance).abs() < 1e-8 * (1.0 + g.deviance));
        let all = [0, 1, 2];
        close(g.se_log(&all).unwrap(), f.se_log(&all).unwrap() / k.sqrt(), 1e-8, formula);
        prop_assert!(f.unseen.iter().all(|n0| *n0 >= 0.0));
    }

    /// Which models exist does not depend on the order of lists, levels or rows, nor on scale.
    #[test]
    fn verdicts_are_invariant(counts in prop::collection::vec(0_u64..3, 24), turn in 0_usize..3, factor in 1_u64..50, pick in 0_usize..4) {
        let build = |turn: usize, factor: u64, names: [&str; 3]| {
            let factors = [Factor::new("x", ["0", "1", "2"])];
            let mut b = CaptureTable::builder(names, factors);
            for s in (0..3).rev() {
                for h in 1..8_u16 {
                    let extra = u64::from(s == 1 && h.is_power_of_two());
                    // Lists a, b, c wherever their columns stand.
                    let bits = names.iter().enumerate().map(|(i, n)| {
                        let at = "abc".find(n).unwrap();
                        (h >> at & 1) << i
                    });
                    b.add(bits.sum(), &[(s + turn) % 3], (counts[s * 8 + h as usize] + extra) * factor).unwrap();
                }
            }
            b.build()
        };
        let (Ok(t), Ok(u)) = (build(0, 1, ["a", "b", "c"]), build(turn, factor, ["c", "a", "b"])) else {
            return Ok(());
        };
        // A level nobody has leaves the grid, which changes the table.
        prop_assume!(t.strata() == 3);
        let formula = ["x*(a + b + c)", "x*(a*b + c)", "x*a + b*c", "x + (a + b + c)^2"][pick];
        let (m, k) = (model(&t, formula), model(&u, formula));
        prop_assert_eq!(ethos_estimate::existence(&t, &m).code(), ethos_estimate::existence(&u, &k).code());
        if let (Ok(f), Ok(g)) = (fit(&t, &m), fit(&u, &k)) {
            close(g.unseen_total() + 1.0, f.unseen_total() * factor as f64 + 1.0, 1e-7, formula);
        }
    }
}

/// The same bytes from pools of one, two and three threads, for every search and interval that draws.
#[test]
fn threads() {
    let base = EstimateSettings {
        replicates: Some(60),
        ..Default::default()
    };
    let method = |m| EstimateSettings {
        interval: Some(m),
        ..base.clone()
    };
    let cases: Vec<(CaptureTable, EstimateSettings)> = vec![
        (table(KOSOVO), base.clone()),
        (table(KOSOVO), method(IntervalMethod::Parametric)),
        (table(KOSOVO), method(IntervalMethod::Nonparametric)),
        (
            table(KOREA),
            EstimateSettings {
                search: Some(Search::Forward),
                ..base.clone()
            },
        ),
        (
            table(LESBIAN),
            EstimateSettings {
                search: Some(Search::Stepwise),
                ..base.clone()
            },
        ),
        (
            table(LESBIAN),
            EstimateSettings {
                search: Some(Search::All),
                average: true,
                ..base.clone()
            },
        ),
        (
            cov1(),
            EstimateSettings {
                separate: true,
                ..base.clone()
            },
        ),
        (
            cov3_tiny(),
            EstimateSettings {
                model: Some("sex + age + origin + g4 + (L1 + L2 + L3)^2".into()),
                ..base.clone()
            },
        ),
        (
            cov3(),
            EstimateSettings {
                replicates: Some(12),
                ..EstimateSettings::for_preset(Preset::CbsLike)
            },
        ),
    ];
    for (t, s) in &cases {
        let on = |threads: usize| -> Estimate {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| estimate(t, s, None).unwrap())
        };
        let one = on(1).to_json();
        for threads in [2, 3] {
            assert_eq!(one, on(threads).to_json(), "{threads} threads: {s:?}");
        }
    }
}

/// Nothing estimated falls below what was seen, in total and in every stratum, limits included.
#[test]
fn never_below_the_observed() {
    for m in [
        IntervalMethod::Delta,
        IntervalMethod::Parametric,
        IntervalMethod::Semiparametric,
        IntervalMethod::Nonparametric,
    ] {
        let s = EstimateSettings {
            interval: Some(m),
            replicates: m.is_bootstrap().then_some(100),
            ..Default::default()
        };
        let e = estimate(&cov3(), &s, None).unwrap();
        let n = e.observed as f64;
        assert!(e.population.lower.unwrap() >= n && e.population.estimate.unwrap() >= n);
        for r in &e.strata {
            assert!(r.estimate.unwrap() >= r.observed && r.lower.unwrap() >= r.observed);
        }
    }
}
