//! The change between two years: certain where nothing changed, a sum of variances where the years
//! are independent, and covering the truth where persons stay, leave and come.

mod common;
use std::ops::ControlFlow;

use common::*;
use ethos_estimate::{
    Change, ChangeSettings, Criterion, EstimateError, EstimateSettings, Factor, IntervalMethod,
    Model, PersonRow, PersonTable, Search, Status, StopReason, Term, estimate_change, fit,
    hierarchical_models,
};

/// `SplitMix64` (Steele, Lea & Flood 2014).
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
    }

    fn history(&mut self, p: &[f64]) -> u16 {
        p.iter()
            .enumerate()
            .map(|(i, p)| u16::from(self.uniform() < *p) << i)
            .sum()
    }
}

fn settings(replicates: u64) -> ChangeSettings {
    ChangeSettings {
        estimate: EstimateSettings {
            replicates: Some(replicates),
            ..Default::default()
        },
        ..Default::default()
    }
}

fn fixed(model: &str, replicates: u64) -> ChangeSettings {
    ChangeSettings {
        estimate: EstimateSettings {
            replicates: Some(replicates),
            ..EstimateSettings::for_model(model)
        },
        ..Default::default()
    }
}

/// Year, person, household, history, level.
type Row = (usize, Option<String>, Option<String>, u16, usize);

/// Rows over three lists and, if asked for, the covariate `X`.
struct Rows(Vec<Row>);

impl Rows {
    fn table(&self, levels: usize) -> PersonTable {
        let factors = (levels > 1)
            .then(|| Factor::new("X", (0..levels).map(|l| l.to_string())))
            .into_iter();
        let mut b = PersonTable::builder(["a", "b", "c"], factors, ["2025", "2026"]);
        for (year, person, household, history, level) in &self.0 {
            let level = [*level];
            b.add(PersonRow {
                year: *year,
                person: person.as_deref(),
                household: household.as_deref(),
                history: *history,
                levels: if levels > 1 { &level } else { &[] },
                count: 1,
            })
            .unwrap();
        }
        b.build().unwrap()
    }

    /// Everybody of these seven counts, from history 001 to 111 by bits, in a year.
    fn add(&mut self, year: usize, counts: [u64; 7], level: usize, keyed: bool) {
        for (i, &count) in counts.iter().enumerate() {
            for k in 0..count {
                let key = keyed.then(|| format!("{level} {i} {k}"));
                self.0.push((year, key, None, i as u16 + 1, level));
            }
        }
    }
}

const FIRST: [u64; 7] = [400, 300, 90, 250, 40, 35, 15];
const SECOND: [u64; 7] = [350, 320, 100, 280, 60, 40, 25];

#[test]
fn identical_years_have_not_changed() {
    for levels in [1, 2] {
        let mut rows = Rows(Vec::new());
        for year in 0..2 {
            rows.add(year, FIRST, 0, true);
            if levels == 2 {
                rows.add(year, SECOND, 1, true);
            }
        }
        let e = estimate_change(&rows.table(levels), &settings(150), None).unwrap();
        assert_eq!(e.bootstrap.units, e.bootstrap.units_in_both);
        for c in [(&e.difference, 0.0), (&e.ratio, 1.0)].into_iter().chain(
            e.strata
                .iter()
                .flat_map(|s| [(&s.difference, 0.0), (&s.ratio, 1.0)]),
        ) {
            let (c, same) = c;
            assert_eq!(
                (c.estimate, c.lower, c.upper),
                (Some(same), Some(same), Some(same))
            );
            assert_eq!((c.status, c.sd), (Status::Ok, Some(0.0)));
        }
        close(e.bootstrap.correlation.unwrap(), 1.0, 1e-12, "correlation");
        assert!(e.years[0].lower < e.years[0].estimate && e.years[0].upper > e.years[0].estimate);
    }
}

/// Nobody in both years: the variance of the difference is the sum of those of the years, and each
/// is the closed form n0 + n0² V00.
#[test]
fn independent_years_add_their_variances() {
    let mut rows = Rows(Vec::new());
    rows.add(0, FIRST, 0, false);
    rows.add(1, SECOND, 0, false);
    let e = estimate_change(&rows.table(1), &fixed("a*b + c", 6000), None).unwrap();
    let closed = e
        .years
        .iter()
        .map(|y| y.se.unwrap().powi(2))
        .sum::<f64>()
        .sqrt();
    // The closed form is first order, a few per cent below the replicates' spread here, and a
    // standard deviation of 6,000 draws is known to 1 %.
    let ratio = e.difference.sd.unwrap() / closed;
    assert!((ratio - 1.0).abs() < 0.06, "{ratio}");
    assert!(e.bootstrap.correlation.unwrap().abs() < 4.0 / 6000.0_f64.sqrt());
    assert!(e.diagnostics.iter().any(|d| d.code == "years-not-linked"));
    // Each year's estimate is that of the year alone.
    for (year, counts) in [FIRST, SECOND].into_iter().enumerate() {
        let mut alone = vec![0];
        alone.extend(counts);
        let alone = fit(&indexed(&alone), &model(&indexed(&alone), "[12,3]")).unwrap();
        close(
            e.years[year].estimate.unwrap(),
            alone.population(),
            1e-10,
            "year",
        );
    }
    // Keys that never meet change nothing but the note's truth: the draws are the same.
    let mut keyed = Rows(Vec::new());
    keyed.add(0, FIRST, 0, true);
    for (i, row) in rows.0.iter().filter(|r| r.0 == 1).enumerate() {
        keyed.0.push((1, Some(format!("new {i}")), None, row.3, 0));
    }
    let k = estimate_change(&keyed.table(1), &fixed("a*b + c", 6000), None).unwrap();
    assert_eq!(k.difference, e.difference);
}

#[test]
fn years_in_the_other_order_flip_the_sign() {
    let (mut rows, mut other) = (Rows(Vec::new()), Rows(Vec::new()));
    let mut random = Random(5);
    for person in 0..1500 {
        for year in 0..2 {
            let history = random.history(&[0.4, 0.3, 0.3]);
            if history > 0 && (person + year * 100) % 1500 > 150 {
                let key = Some(person.to_string());
                rows.0.push((year, key.clone(), None, history, 0));
                other.0.push((1 - year, key, None, history, 0));
            }
        }
    }
    let (a, b) = (
        estimate_change(&rows.table(1), &settings(2000), None).unwrap(),
        estimate_change(&other.table(1), &settings(2000), None).unwrap(),
    );
    let (d, f) = (&a.difference, &b.difference);
    close(d.estimate.unwrap(), -f.estimate.unwrap(), 1e-9, "estimate");
    close(
        a.ratio.estimate.unwrap(),
        1.0 / b.ratio.estimate.unwrap(),
        1e-9,
        "ratio",
    );
    assert_eq!(a.model, b.model);
    // The draws differ, so the limits agree within four of their Monte-Carlo errors.
    let slack = 4.0 * 2.0_f64.sqrt() * d.monte_carlo_se.upper.unwrap();
    assert!(
        (d.upper.unwrap() + f.lower.unwrap()).abs() < slack,
        "{d:?} {f:?}"
    );
    assert!(
        (d.lower.unwrap() + f.upper.unwrap()).abs() < slack,
        "{d:?} {f:?}"
    );
}

/// Persons of two years: `stay`, leave after the first, or come for the second; seen by three
/// lists, independently from year to year or, with `habit`, by the same lists again.
fn simulate(random: &mut Random, stay: usize, leave: usize, come: usize, habit: f64) -> Rows {
    let p = [0.35, 0.3, 0.25];
    let mut rows = Rows(Vec::new());
    for i in 0..stay + leave + come {
        let mut before = None;
        for year in 0..2 {
            if year == 0 && i >= stay + leave || year == 1 && (stay..stay + leave).contains(&i) {
                continue;
            }
            let fresh = random.history(&p);
            let history = match before {
                Some(h) if random.uniform() < habit => h,
                _ => fresh,
            };
            before = Some(history);
            if history > 0 {
                rows.0.push((year, Some(i.to_string()), None, history, 0));
            }
        }
    }
    rows
}

/// The truth is N₂ − N₁ = come − leave. The interval with selection in every replicate covers it; where
/// being seen persists it is wider than needed, but much shorter than without keys.
#[test]
fn covers_a_known_change() {
    let mut random = Random(11);
    for (habit, runs) in [(0.0, 120), (0.7, 60)] {
        let (stay, leave, come) = (1400, 300, 500);
        let truth = f64::from(come) - f64::from(leave);
        let (mut covered, mut sum) = (0, 0.0);
        for _ in 0..runs {
            let rows = simulate(&mut random, stay, leave as usize, come as usize, habit);
            let e = estimate_change(&rows.table(1), &settings(200), None).unwrap();
            sum += e.difference.estimate.unwrap();
            let d = &e.difference;
            covered += usize::from(
                d.lower.is_none_or(|l| l <= truth) && d.upper.is_none_or(|u| u >= truth),
            );
        }
        // A 95 % interval that covers covers at least 105 of 120 and 51 of 60 in 99.9 % of trials.
        let least = if runs == 120 { 105 } else { 51 };
        assert!(covered >= least, "habit {habit}: {covered} of {runs}");
        assert!(
            (sum / f64::from(runs) - truth).abs() < 60.0,
            "{}",
            sum / f64::from(runs)
        );
    }
    // Drawn together: the persistence narrows the interval of the change against unlinked years.
    let rows = simulate(&mut random, 1400, 300, 500, 0.9);
    let linked = estimate_change(&rows.table(1), &settings(1000), None).unwrap();
    let unlinked = Rows(rows.0.iter().map(|r| (r.0, None, None, r.3, r.4)).collect());
    let unlinked = estimate_change(&unlinked.table(1), &settings(1000), None).unwrap();
    assert_eq!(linked.difference.estimate, unlinked.difference.estimate);
    assert!(linked.difference.sd.unwrap() < 0.8 * unlinked.difference.sd.unwrap());
    assert!(linked.bootstrap.correlation.unwrap() > 0.4);
}

/// The spread of the replicates against that of the estimator over fresh populations, where being
/// seen is independent between the years: first-order theory says they agree.
#[test]
fn the_spread_is_that_of_the_estimator() {
    let mut random = Random(3);
    let draws = 600;
    let mut values = Vec::new();
    let mut stated = 0.0;
    for k in 0..draws {
        let rows = simulate(&mut random, 1500, 500, 500, 0.0);
        let replicates = if k < 20 { 500 } else { 2 };
        let e = estimate_change(&rows.table(1), &fixed("a + b + c", replicates), None).unwrap();
        values.push(e.difference.estimate.unwrap());
        if k < 20 {
            stated += e.difference.sd.unwrap() / 20.0;
        }
    }
    let mean = values.iter().sum::<f64>() / f64::from(draws);
    let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / f64::from(draws - 1)).sqrt();
    // 600 draws know a standard deviation to 3 %.
    assert!((stated / sd - 1.0).abs() < 0.10, "{stated} {sd}");
    assert!(mean.abs() < 4.0 * sd / f64::from(draws).sqrt());
}

/// The model of both years against fitting every hierarchical model to each and adding up.
#[test]
fn the_model_minimises_the_sum_of_criteria() {
    let mut random = Random(29);
    for case in 0..12 {
        let dependent = case % 3;
        let mut rows = Rows(Vec::new());
        let mut counts = [[0_u64; 8]; 2];
        for (year, counts) in counts.iter_mut().enumerate() {
            for _ in 0..900 {
                let mut h = random.history(&[0.4, 0.3, 0.3]);
                if dependent > 0 && h & 1 == 1 && random.uniform() < 0.2 * f64::from(dependent) {
                    h |= 2;
                }
                counts[usize::from(h)] += 1;
                if h > 0 {
                    rows.0.push((year, None, None, h, 0));
                }
            }
        }
        for criterion in [Criterion::Aic, Criterion::Bic] {
            let s = ChangeSettings {
                estimate: EstimateSettings {
                    criterion: Some(criterion),
                    replicates: Some(2),
                    ..Default::default()
                },
                ..Default::default()
            };
            let e = estimate_change(&rows.table(1), &s, None).unwrap();
            let tables = counts.map(|c| indexed(&c));
            let total = |m: &Model| -> f64 {
                tables
                    .iter()
                    .map(|t| fit(t, m).map_or(f64::INFINITY, |f| f.criterion(criterion)))
                    .sum()
            };
            let best = hierarchical_models(3, 2)
                .into_iter()
                .min_by(|a, b| total(a).total_cmp(&total(b)))
                .unwrap();
            let names: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
            assert_eq!(e.model, best.notation(&names, &[]), "{case} {criterion:?}");
            // Eight models have no traps here: steps end at the same one.
            let mut steps = s.clone();
            steps.estimate.search = Some(Search::Stepwise);
            let stepped = estimate_change(&rows.table(1), &steps, None).unwrap();
            let m = model(&tables[0], &stepped.model);
            assert!(total(&m) <= total(&Model::from_generators((0..3).map(Term::list))) + 1e-9);
            assert!(total(&m) >= total(&best) - 1e-9);
        }
    }
}

/// Everybody in pairs that share a household: twice the variance of the persons alone.
#[test]
fn households_are_drawn_in_both_years() {
    let (mut alone, mut pairs) = (Rows(Vec::new()), Rows(Vec::new()));
    for (year, counts) in [FIRST, SECOND].into_iter().enumerate() {
        alone.add(year, counts, 0, false);
        alone.add(year, counts, 0, false);
        for (i, &count) in counts.iter().enumerate() {
            for k in 0..2 * count {
                let household = Some(format!("{i} {}", k / 2));
                pairs.0.push((year, None, household, i as u16 + 1, 0));
            }
        }
    }
    let a = estimate_change(&alone.table(1), &fixed("a*b + c", 3000), None).unwrap();
    let p = estimate_change(&pairs.table(1), &fixed("a*b + c", 3000), None).unwrap();
    assert_eq!(
        (a.settings.unit.as_str(), p.settings.unit.as_str()),
        ("persons", "households")
    );
    assert_eq!(a.difference.estimate, p.difference.estimate);
    let ratio = p.difference.sd.unwrap() / a.difference.sd.unwrap();
    // Two standard deviations of 3,000 draws: 1.8 % of Monte-Carlo error.
    assert!((ratio / 2.0_f64.sqrt() - 1.0).abs() < 0.07, "{ratio}");
}

#[test]
fn strata_add_up_and_may_be_new() {
    let mut rows = Rows(Vec::new());
    rows.add(0, FIRST, 0, true);
    rows.add(1, FIRST, 0, true);
    rows.add(0, SECOND, 1, true);
    rows.add(1, FIRST, 1, true);
    // A level that only the second year has.
    rows.add(1, SECOND, 2, true);
    let e = estimate_change(&rows.table(3), &settings(300), None).unwrap();
    assert_eq!(e.strata.len(), 3);
    let sum: f64 = e
        .strata
        .iter()
        .map(|s| s.difference.estimate.unwrap())
        .sum();
    close(sum, e.difference.estimate.unwrap(), 1e-9, "sum");
    assert_eq!(e.strata[2].years[0].estimate, Some(0.0));
    assert_eq!(
        (e.strata[2].ratio.estimate, e.strata[2].ratio.status),
        (None, Status::NotEstimable)
    );
    assert!(e.strata[2].difference.lower.unwrap() > 0.0);
    let lines: Vec<String> = e.to_csv().lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 1 + 4 * 4);
    assert!(lines.iter().all(|l| l.split(',').count() == 10));
    let back: Change = serde_json::from_str(&e.to_json()).unwrap();
    assert_eq!(back.settings, e.settings);
}

#[test]
fn the_same_on_any_number_of_threads_and_when_stopped() {
    let mut random = Random(17);
    let table = simulate(&mut random, 500, 100, 100, 0.3).table(1);
    let on = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
            .install(|| estimate_change(&table, &settings(150), None).unwrap())
    };
    assert_eq!(on(1).to_json(), on(3).to_json());
    let stop = |done, _| match done {
        0..150 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(StopReason::Budget),
    };
    let stopped = estimate_change(&table, &settings(5000), Some(&stop)).unwrap();
    let k = stopped.bootstrap.replicates;
    assert_eq!(stopped.bootstrap.stopped, Some(StopReason::Budget));
    assert!((150..5000).contains(&k));
    let whole = estimate_change(&table, &settings(k), None).unwrap();
    assert_eq!(whole.difference, stopped.difference);
    assert!(
        stopped
            .diagnostics
            .iter()
            .any(|d| d.code == "out-of-budget")
    );
}

#[test]
fn breaks_and_what_a_change_cannot_do() {
    let mut rows = Rows(Vec::new());
    rows.add(0, FIRST, 0, true);
    rows.add(1, SECOND, 0, true);
    let table = rows.table(1);
    let broken = ChangeSettings {
        declared_break: Some("list c took in another register".into()),
        ..settings(120)
    };
    let error = estimate_change(&table, &broken, None).unwrap_err();
    assert!(matches!(&error, EstimateError::DeclaredBreak { .. }) && error.is_usage());
    let across = ChangeSettings {
        across_break: true,
        ..broken
    };
    let e = estimate_change(&table, &across, None).unwrap();
    assert!(e.diagnostics.iter().any(|d| d.code == "declared-break"));
    assert!(e.declared_break.is_some());
    let refused = |change: &dyn Fn(&mut EstimateSettings)| {
        let mut s = settings(10);
        change(&mut s.estimate);
        let error = estimate_change(&table, &s, None).unwrap_err();
        assert!(error.is_usage(), "{error}");
    };
    refused(&|s| s.bca = true);
    refused(&|s| s.average = true);
    refused(&|s| s.panel = true);
    refused(&|s| s.interval = Some(IntervalMethod::Parametric));
    refused(&|s| s.interval = Some(IntervalMethod::Delta));
    refused(&|s| s.search = Some(Search::Forward));
    // A year without anybody on a list says which.
    let mut b = PersonTable::builder(["a", "b"], [], ["2025", "2026"]);
    for (year, history, count) in [(0, 1, 9), (0, 2, 9), (0, 3, 9), (1, 1, 9)] {
        let row = PersonRow {
            year,
            person: None,
            household: None,
            history,
            levels: &[],
            count,
        };
        b.add(row).unwrap();
    }
    let error = b.build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "in 2026: nobody is on list `b`; leave it out"
    );
    // One year is not a change.
    let mut b = PersonTable::builder(["a", "b"], [], ["2025"]);
    let row = PersonRow {
        year: 0,
        person: None,
        household: None,
        history: 3,
        levels: &[],
        count: 5,
    };
    b.add(row).unwrap();
    let one = b.build().unwrap();
    assert!(
        estimate_change(&one, &settings(10), None)
            .unwrap_err()
            .is_usage()
    );
}
