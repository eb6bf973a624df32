//! What must not change in whole answers: searches, averages, covariates, missing covariates, blind lists,
//! repeated contacts, the change between years and the panel, whatever the order of rows, lists and levels.

mod common;
use common::*;
use ethos_estimate::Criterion::Aic;
use ethos_estimate::{
    CaptureTable, ChangeSettings, DeclaredDependence, Estimate, EstimateSettings, Factor, Family,
    IncompleteTable, IntervalMethod, PersonRow, PersonTable, Preset, RepeatedSettings, Search,
    estimate, estimate_change, estimate_incomplete, estimate_repeated,
};
use proptest::prelude::*;

const NAMES: [&str; 4] = ["a", "b", "c", "d"];

fn delta(settings: EstimateSettings) -> EstimateSettings {
    EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..settings
    }
}

fn n(e: &Estimate) -> f64 {
    e.population.estimate.expect("an estimate")
}

/// Lists in the order `order`, by name; counts by history of the lists a, b, c, d.
fn in_order(counts: &[u64], order: &[usize]) -> CaptureTable {
    let mut b = CaptureTable::builder(order.iter().map(|&i| NAMES[i]), []);
    for (h, &count) in counts.iter().enumerate().skip(1) {
        let bits = order
            .iter()
            .enumerate()
            .map(|(at, &i)| ((h >> i & 1) as u16) << at);
        b.add(bits.sum(), &[], count).unwrap();
    }
    b.build().unwrap()
}

/// Three lists in the strata of `x`, whose levels stand in the order `levels`; rows forwards, or
/// backwards and in two parts.
fn in_strata(counts: &[u64], levels: &[usize], backwards: bool) -> CaptureTable {
    let factor = Factor::new("x", levels.iter().map(|l| format!("x{l}")));
    let mut b = CaptureTable::builder(["a", "b", "c"], [factor]);
    let mut rows: Vec<(usize, u16)> = (0..levels.len())
        .flat_map(|l| (1..8).map(move |h| (l, h)))
        .collect();
    if backwards {
        rows.reverse();
    }
    for (level, history) in rows {
        let at = levels.iter().position(|&l| l == level).unwrap();
        let count = counts[level * 8 + usize::from(history)] + 3;
        let parts = if backwards {
            [count / 3, count - count / 3]
        } else {
            [count, 0]
        };
        for part in parts {
            b.add(history, &[at], part).unwrap();
        }
    }
    b.build().unwrap()
}

/// Every search and every interval on a table with a covariate.
fn every_kind() -> Vec<EstimateSettings> {
    let base = EstimateSettings {
        replicates: Some(20),
        ..EstimateSettings::default()
    };
    let dependence = vec![DeclaredDependence {
        lists: vec!["a".into(), "b".into()],
        lower: 0.8,
        upper: 2.0,
    }];
    vec![
        base.clone(),
        EstimateSettings {
            criterion: Some(Aic),
            ..base.clone()
        },
        EstimateSettings {
            average: true,
            ..base.clone()
        },
        EstimateSettings {
            bca: true,
            ..base.clone()
        },
        EstimateSettings {
            separate: true,
            ..base.clone()
        },
        EstimateSettings {
            reselect: Some(false),
            ..base.clone()
        },
        EstimateSettings {
            search: Some(Search::Stepwise),
            ..base.clone()
        },
        EstimateSettings {
            preset: Some(Preset::CbsLike),
            ..base.clone()
        },
        EstimateSettings {
            model: Some("x*(a + b + c) + a*b".into()),
            ..base.clone()
        },
        EstimateSettings {
            interval: Some(IntervalMethod::Parametric),
            ..base.clone()
        },
        EstimateSettings {
            interval: Some(IntervalMethod::Nonparametric),
            ..base.clone()
        },
        EstimateSettings {
            panel: true,
            ..base.clone()
        },
        EstimateSettings { dependence, ..base },
    ]
}

/// Three lists and a covariate that is missing for some; with `blind`, list c cannot see level x1.
/// Rows of everybody in the given orders of lists and levels, counts times `times`.
fn incomplete(
    counts: &[u64],
    order: &[usize],
    turned: bool,
    blind: bool,
    times: u64,
) -> IncompleteTable {
    let level = |l: usize| if turned { 1 - l } else { l };
    let names: [&str; 2] = if turned { ["x1", "x0"] } else { ["x0", "x1"] };
    let mut rows =
        IncompleteTable::builder(order.iter().map(|&i| NAMES[i]), [Factor::new("x", names)]);
    let mut add = |history: usize, x: Option<usize>, sees_c: bool, count: u64| {
        let on = |i: usize| (i != 2 || sees_c).then_some(history >> i & 1 == 1);
        let lists: Vec<Option<bool>> = order.iter().map(|&i| on(i)).collect();
        rows.add(&lists, &[x.map(level)], count * times).unwrap();
    };
    for h in 1..8 {
        add(h, Some(0), true, counts[h] + 20);
        if !blind {
            add(h, Some(1), true, counts[8 + h] + 20);
            add(h, None, true, counts[16 + h] / 4);
        } else if h < 4 {
            add(h, Some(1), false, counts[8 + h] + 20);
        }
    }
    rows.build().unwrap()
}

/// Persons of two years on three lists: `counts` are by history in the first (0 to 7) and the second year.
fn years(counts: &[u64], order: &[usize], backwards: bool, times: u64) -> PersonTable {
    let mut b = PersonTable::builder(order.iter().map(|&i| NAMES[i]), [], ["2025", "2026"]);
    let mut rows = Vec::new();
    for (cell, &count) in counts.iter().enumerate() {
        for k in 0..count * times {
            for (year, history) in [cell % 8, cell / 8].into_iter().enumerate() {
                if history > 0 {
                    rows.push((year, format!("{cell} {k}"), history));
                }
            }
        }
    }
    if backwards {
        rows.reverse();
    }
    for (year, person, history) in &rows {
        let bits = order
            .iter()
            .enumerate()
            .map(|(at, &i)| ((history >> i & 1) as u16) << at);
        b.add(PersonRow {
            year: *year,
            person: Some(person),
            household: None,
            history: bits.sum(),
            levels: &[],
            count: 1,
        })
        .unwrap();
    }
    b.build().unwrap()
}

fn change(replicates: u64) -> ChangeSettings {
    ChangeSettings {
        estimate: EstimateSettings {
            replicates: Some(replicates),
            ..EstimateSettings::default()
        },
        ..ChangeSettings::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Rows in another order, and one row cut in two: the same bytes, replicates and all.
    #[test]
    fn rows(counts in prop::collection::vec(0_u64..60, 24)) {
        let (t, u) = (in_strata(&counts, &[0, 1, 2], false), in_strata(&counts, &[0, 1, 2], true));
        for s in every_kind() {
            let answer = |t: &CaptureTable| estimate(t, &s, None).map(|e| e.to_json()).map_err(|e| e.to_string());
            prop_assert_eq!(answer(&t), answer(&u), "{:?}", s);
        }
    }

    /// Lists in another order: the same winner, average and panel.
    #[test]
    fn lists(counts in prop::collection::vec(5_u64..300, 16), order in Just(vec![0_usize, 1, 2, 3]).prop_shuffle()) {
        let (t, u) = (in_order(&counts, &[0, 1, 2, 3]), in_order(&counts, &order));
        let s = delta(EstimateSettings { panel: true, ..EstimateSettings::default() });
        let (e, f) = (estimate(&t, &s, None).unwrap(), estimate(&u, &s, None).unwrap());
        close(n(&f), n(&e), 1e-9, "N");
        close(f.population.se.unwrap(), e.population.se.unwrap(), 1e-7, "se");
        let bic = |e: &Estimate| e.model.as_ref().unwrap().bic.unwrap();
        close(bic(&f), bic(&e), 1e-9, "BIC");
        let average = |e: &Estimate| e.average.as_ref().unwrap().estimate.unwrap();
        // Models at the edge of the window may fall on either side of it.
        close(average(&f), average(&e), 1e-4, "average");
        let (p, q) = (e.panel.unwrap(), f.panel.unwrap());
        close(q.chao.lists.estimate.unwrap(), p.chao.lists.estimate.unwrap(), 1e-12, "Chao");
        for (a, b) in [
            (p.coverage.independent, q.coverage.independent),
            (p.coverage.high, q.coverage.high),
            (p.coverage.low, q.coverage.low),
        ] {
            close(b.unwrap(), a.unwrap(), 1e-9, "sample coverage");
        }
        for (a, b) in p.heterogeneity.iter().zip(&q.heterogeneity) {
            prop_assert_eq!((&a.model, a.df), (&b.model, b.df));
            match (a.population.estimate, b.population.estimate) {
                (Some(a), Some(b)) => close(b, a, 1e-6, "heterogeneity"),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
        let named = |lists: &[String]| { let mut l = lists.to_vec(); l.sort(); l.join("") };
        for a in &p.pairs {
            let b = q.pairs.iter().find(|b| named(&b.lists) == named(&a.lists)).unwrap();
            close(b.chapman.estimate.unwrap(), a.chapman.estimate.unwrap(), 1e-12, "Chapman");
        }
        let (p, q) = (p.sensitivity.unwrap(), q.sensitivity.unwrap());
        prop_assert_eq!(p.terms.len(), q.terms.len());
        for a in &p.terms {
            let b = q.terms.iter().find(|b| named(&b.lists) == named(&a.lists)).unwrap();
            for (a, b) in a.curve.iter().zip(&b.curve) {
                close(b.estimate.unwrap(), a.estimate.unwrap(), 1e-7, "curve");
            }
            for (a, b) in a.tipping.iter().zip(&b.tipping) {
                match (a.odds_ratio, b.odds_ratio) {
                    (Some(a), Some(b)) => close(b, a, 1e-5, "tipping point"),
                    (a, b) => prop_assert_eq!(a, b),
                }
            }
        }
    }

    /// Levels in another order: every stratum keeps its number, whatever level is the reference.
    #[test]
    fn levels(counts in prop::collection::vec(0_u64..200, 24), order in Just(vec![0_usize, 1, 2]).prop_shuffle()) {
        let (t, u) = (in_strata(&counts, &[0, 1, 2], false), in_strata(&counts, &order, false));
        for s in [
            EstimateSettings::default(),
            EstimateSettings { separate: true, ..EstimateSettings::default() },
            EstimateSettings { search: Some(Search::Stepwise), ..EstimateSettings::default() },
        ] {
            let s = delta(s);
            let (e, f) = (estimate(&t, &s, None).unwrap(), estimate(&u, &s, None).unwrap());
            close(n(&f), n(&e), 1e-8, "N");
            close(f.population.se.unwrap(), e.population.se.unwrap(), 1e-6, "se");
            prop_assert_eq!(e.strata.len(), f.strata.len());
            for a in &e.strata {
                let b = f.strata.iter().find(|b| b.by == a.by).unwrap();
                close(b.estimate.unwrap(), a.estimate.unwrap(), 1e-8, "stratum");
            }
        }
    }

    /// Counts times k: what the panel says of persons is k times as much, odds ratios stay.
    #[test]
    fn scale_of_the_panel(counts in prop::collection::vec(5_u64..300, 16), k in 2_u64..40) {
        let more: Vec<u64> = counts.iter().map(|c| c * k).collect();
        let (t, u) = (in_order(&counts, &[0, 1, 2, 3]), in_order(&more, &[0, 1, 2, 3]));
        let s = delta(EstimateSettings { panel: true, ..EstimateSettings::for_model("[12,3,4]") });
        let (e, f) = (estimate(&t, &s, None).unwrap(), estimate(&u, &s, None).unwrap());
        let k = k as f64;
        close(n(&f), k * n(&e), 1e-9, "N");
        let (p, q) = (e.panel.unwrap(), f.panel.unwrap());
        close(q.chao.lists.estimate.unwrap(), k * p.chao.lists.estimate.unwrap(), 1e-12, "Chao");
        close(q.coverage.low.unwrap(), k * p.coverage.low.unwrap(), 1e-9, "sample coverage");
        for (a, b) in p.heterogeneity.iter().zip(&q.heterogeneity) {
            if let (Some(a), Some(b)) = (a.population.estimate, b.population.estimate) {
                close(b, k * a, 1e-6, "heterogeneity");
            }
        }
        for (a, b) in p.sensitivity.unwrap().terms.iter().zip(&q.sensitivity.unwrap().terms) {
            for (a, b) in a.curve.iter().zip(&b.curve) {
                close(b.estimate.unwrap(), k * a.estimate.unwrap(), 1e-7, "curve");
            }
            for (a, b) in a.tipping.iter().zip(&b.tipping) {
                if let (Some(a), Some(b)) = (a.odds_ratio, b.odds_ratio) {
                    close(b, a, 1e-5, "tipping point");
                }
            }
        }
    }

    /// Missing levels and a blind list: orders of lists and levels, and scale.
    #[test]
    fn incomplete_tables(
        counts in prop::collection::vec(0_u64..200, 24),
        order in Just(vec![0_usize, 1, 2]).prop_shuffle(),
        blind in any::<bool>(),
        k in 2_u64..20,
    ) {
        let s = delta(EstimateSettings::for_model("x*(a + b + c) + b*c"));
        let of = |t: IncompleteTable| estimate_incomplete(&t, &s, None).unwrap();
        let e = of(incomplete(&counts, &[0, 1, 2], false, blind, 1));
        let turned = of(incomplete(&counts, &order, true, blind, 1));
        close(n(&turned), n(&e), 1e-6, "N");
        close(turned.population.se.unwrap(), e.population.se.unwrap(), 1e-4, "se");
        for a in &e.strata {
            let b = turned.strata.iter().find(|b| b.by == a.by).unwrap();
            close(b.estimate.unwrap(), a.estimate.unwrap(), 1e-6, "stratum");
        }
        let more = of(incomplete(&counts, &[0, 1, 2], false, blind, k));
        close(n(&more), k as f64 * n(&e), 1e-6, "N of k times as many");
    }

    /// A covariate that touches one list only changes nothing, though its level is missing for some:
    /// the likelihood falls into that of the histories and that of the levels given the history.
    #[test]
    fn a_passive_covariate_may_be_missing(counts in prop::collection::vec(0_u64..200, 24)) {
        let t = incomplete(&counts, &[0, 1, 2], false, false, 1);
        let mut merged = [0; 8];
        for h in 1..8 {
            merged[h] = counts[h] + counts[8 + h] + 40 + counts[16 + h] / 4;
        }
        for (with, without) in [("x*a + b + c", "a + b + c"), ("x*b + a*c", "a*c + b"), ("x*c + a*b + b*c", "a*b + b*c")] {
            let s = delta(EstimateSettings::for_model(with));
            let e = estimate_incomplete(&t, &s, None).unwrap();
            let s = delta(EstimateSettings::for_model(without));
            let f = estimate(&in_order(&merged, &[0, 1, 2]), &s, None).unwrap();
            close(n(&e), n(&f), 1e-6, with);
        }
    }

    /// Two years: rows in another order give the same bytes, lists in another order the same change, and
    /// k persons for each one k times the difference and the same ratio.
    #[test]
    fn years_compared(
        counts in prop::collection::vec(0_u64..12, 64),
        order in Just(vec![0_usize, 1, 2]).prop_shuffle(),
        k in 2_u64..4,
    ) {
        let mut counts = counts;
        counts[0] = 0;
        for h in 1..8 {
            counts[h] += 30;
            counts[8 * h] += 25;
        }
        let of = |t: PersonTable, replicates| estimate_change(&t, &change(replicates), None).unwrap();
        let e = of(years(&counts, &[0, 1, 2], false, 1), 120);
        prop_assert_eq!(e.to_json(), of(years(&counts, &[0, 1, 2], true, 1), 120).to_json());
        let turned = of(years(&counts, &order, false, 1), 120);
        let difference = e.difference.estimate.unwrap();
        let size = e.years[0].estimate.unwrap();
        prop_assert!((turned.difference.estimate.unwrap() - difference).abs() < 1e-8 * size);
        close(turned.ratio.estimate.unwrap(), e.ratio.estimate.unwrap(), 1e-9, "ratio");
        let fixed = |times| {
            let mut settings = change(120);
            settings.estimate.model = Some("[12,3]".into());
            estimate_change(&years(&counts, &[0, 1, 2], false, times), &settings, None).unwrap()
        };
        let (one, more) = (fixed(1), fixed(k));
        let gap = more.difference.estimate.unwrap() - k as f64 * one.difference.estimate.unwrap();
        prop_assert!(gap.abs() < 1e-8 * size, "{}", gap);
        close(more.ratio.estimate.unwrap(), one.ratio.estimate.unwrap(), 1e-9, "ratio");
    }
}

/// A stratum twice: fitted apart, the searched total doubles and so does its variance.
#[test]
fn a_stratum_twice() {
    let counts: Vec<u64> = (0..24).map(|i| 7 + i * 37 % 90).collect();
    let doubled: Vec<u64> = [&counts[..8], &counts[..8]].concat();
    let s = delta(EstimateSettings {
        separate: true,
        ..EstimateSettings::default()
    });
    let two = estimate(&in_strata(&doubled, &[0, 1], false), &s, None).unwrap();
    let once: Vec<u64> = counts[..8].iter().map(|c| c + 3).collect();
    let one = estimate(
        &in_order(&once, &[0, 1, 2]),
        &delta(EstimateSettings::default()),
        None,
    )
    .unwrap();
    close(n(&two), 2.0 * n(&one), 1e-10, "N");
    let se = one.population.se.unwrap();
    close(two.population.se.unwrap(), 2.0_f64.sqrt() * se, 1e-9, "se");
    // With missing levels: a second covariate at whose levels everything is the same.
    let factors = [Factor::new("x", ["0", "1"]), Factor::new("y", ["0", "1"])];
    let mut rows = IncompleteTable::builder(["a", "b", "c"], factors);
    for h in 1..8 {
        for x in [Some(0), Some(1), None] {
            for y in [0, 1] {
                let count = counts[x.map_or(16, |x| 8 * x) + h];
                rows.add(
                    &[0, 1, 2].map(|i| Some(h >> i & 1 == 1)),
                    &[x, Some(y)],
                    count,
                )
                .unwrap();
            }
        }
    }
    let mut half = IncompleteTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1"])]);
    for h in 1..8 {
        for x in [Some(0), Some(1), None] {
            let count = counts[x.map_or(16, |x| 8 * x) + h];
            half.add(&[0, 1, 2].map(|i| Some(h >> i & 1 == 1)), &[x], count)
                .unwrap();
        }
    }
    let of = |t: IncompleteTable, formula: &str| {
        n(&estimate_incomplete(&t, &delta(EstimateSettings::for_model(formula)), None).unwrap())
    };
    let one = of(half.build().unwrap(), "x*(a + b + c) + a*b");
    close(
        of(rows.build().unwrap(), "y + x*(a + b + c) + a*b"),
        2.0 * one,
        1e-7,
        "y",
    );
}

fn on<T: Send>(threads: usize, f: impl Fn() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .unwrap()
        .install(f)
}

/// One thread and four: the same bytes of every estimator that draws.
#[test]
fn one_thread_and_four() {
    let counts: Vec<u64> = (0..64).map(|i| 4 + i * 37 % 90).collect();
    let t = in_strata(&counts, &[0, 1, 2], false);
    for s in every_kind() {
        let answer = || estimate(&t, &s, None).unwrap().to_json();
        assert_eq!(on(1, answer), on(4, answer), "{s:?}");
    }
    for blind in [false, true] {
        let t = incomplete(&counts, &[0, 1, 2], false, blind, 1);
        for s in [
            EstimateSettings::default(),
            EstimateSettings::for_model("x*(a + b + c) + b*c"),
            EstimateSettings {
                interval: Some(IntervalMethod::Parametric),
                ..EstimateSettings::default()
            },
        ] {
            let s = EstimateSettings {
                replicates: Some(30),
                ..s
            };
            let answer = || estimate_incomplete(&t, &s, None).unwrap().to_json();
            assert_eq!(on(1, answer), on(4, answer), "{s:?}");
        }
    }
    let t = migrants();
    for family in Family::ALL {
        let s = RepeatedSettings {
            family: Some(family),
            model: Some("sex".into()),
            interval: Some(IntervalMethod::Semiparametric),
            replicates: Some(100),
            ..RepeatedSettings::default()
        };
        let answer = || estimate_repeated(&t, &s, None).unwrap().to_json();
        assert_eq!(on(1, answer), on(4, answer), "{family:?}");
    }
    let t = years(&counts, &[0, 1, 2], false, 1);
    for model in [None, Some("[12,3]".to_owned())] {
        let mut s = change(120);
        s.estimate.model = model;
        let answer = || estimate_change(&t, &s, None).unwrap().to_json();
        assert_eq!(on(1, answer), on(4, answer), "{s:?}");
    }
}
