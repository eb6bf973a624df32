//! The range over a declared box and the tipping points against dense grids of whole fits: neither may
//! take the estimate to rise or fall with an odds ratio throughout.

mod common;

use common::*;
use ethos_estimate::{
    CaptureTable, DeclaredDependence, DependenceRange, EstimateSettings, IntervalMethod, Offset,
    Status, TippingPoint, dependence_range, dependence_sensitivity, estimate, fit,
    lognormal_interval, profile_interval,
};

/// Counts of four lists in which N turns within a box: the histories 1, 2, …, 15 in order.
const TURNS: [u64; 16] = [
    0, 216, 687, 452, 92, 34, 9, 30, 444, 22, 4, 3, 3, 10, 15, 319,
];
/// The same for tipping points: N rises by 10.3 % and comes back.
const RETURNS: [u64; 16] = [
    0, 103, 8, 52, 67, 39, 47, 48, 470, 36, 75, 7, 15, 81, 55, 124,
];

fn declared(lists: &[&str], lower: f64, upper: f64) -> DeclaredDependence {
    DeclaredDependence {
        lists: lists.iter().map(|l| (*l).to_owned()).collect(),
        lower,
        upper,
    }
}

fn held(t: &CaptureTable, lists: &[&str], log: f64) -> CaptureTable {
    let offset = Offset {
        lists: lists.iter().map(|l| (*l).to_owned()).collect(),
        log_odds_ratio: log,
    };
    t.with_offsets(&[offset]).expect("a valid offset")
}

/// Smallest and largest estimate, smallest lower and largest upper limit.
type Ends = [f64; 4];

fn joined(a: Ends, b: Ends) -> Ends {
    [
        a[0].min(b[0]),
        a[1].max(b[1]),
        a[2].min(b[2]),
        a[3].max(b[3]),
    ]
}

/// The ends at one point by whole fits and their profile intervals; log-normal ones with covariates.
fn ends(t: &CaptureTable, text: &str, level: f64) -> Ends {
    let m = model(t, text);
    let f = fit(t, &m).expect("an estimate");
    let (lower, upper) = if t.strata() == 1 {
        let p = profile_interval(t, &m, level).expect("an interval");
        (p.lower, p.upper)
    } else {
        lognormal_interval(f.observed, f.unseen_total(), f.se().powi(2), level)
    };
    [f.population(), f.population(), lower, upper]
}

/// The ends over `steps` + 1 points a side, every one fitted from scratch.
fn brute_force(t: &CaptureTable, text: &str, sides: &[DeclaredDependence], steps: usize) -> Ends {
    let [first, rest @ ..] = sides else {
        return ends(t, text, 0.95);
    };
    let names: Vec<&str> = first.lists.iter().map(String::as_str).collect();
    (0..=steps)
        .map(|k| {
            let share = k as f64 / steps as f64;
            let log = first.lower.ln() + share * (first.upper / first.lower).ln();
            brute_force(&held(t, &names, log), text, rest, steps)
        })
        .reduce(joined)
        .expect("points")
}

fn of(range: &DependenceRange) -> Ends {
    [range.smallest, range.largest, range.lower, range.upper].map(|end| end.expect("an end"))
}

/// Not inside the dense grid anywhere, and outside it by no more than the grid itself may miss.
fn agrees(range: &DependenceRange, dense: Ends, tolerance: f64, what: &str) {
    let found = of(range);
    for (i, outwards) in [-1.0, 1.0, -1.0, 1.0].into_iter().enumerate() {
        let beyond = outwards * (found[i] - dense[i]) / dense[i];
        assert!(
            (-1e-9..tolerance).contains(&beyond),
            "{what}, end {i}: {} against {}",
            found[i],
            dense[i]
        );
    }
}

/// With four lists N falls from 92,566 at an odds ratio of 1.2 to 76,928 at 3.38 and rises to 87,898 at
/// 8: the corners alone would give a range that does not hold 3's 77,124 and its limit of 51,268.
#[test]
fn the_range_holds_what_lies_between_the_corners() {
    let t = indexed(&TURNS);
    let text = "[12,13,34,24]";
    let sides = [declared(&["l2", "l3"], 1.2, 8.0)];
    let range = dependence_range(&t, &model(&t, text), &sides, 0.95).unwrap();
    let three = ends(&held(&t, &["l2", "l3"], 3_f64.ln()), text, 0.95);
    assert_eq!((three[0].round(), three[2].round()), (77_124.0, 51_268.0));
    assert!(range.smallest.unwrap() < three[0] && range.lower.unwrap() < three[2]);
    // 2,001 points: between two of them 0.00095 on the log scale, so that an extreme is missed by less
    // than 1e-6 of it.
    agrees(
        &range,
        brute_force(&t, text, &sides, 2000),
        1e-6,
        "one side",
    );
    let corners: Vec<f64> = range
        .corners
        .iter()
        .map(|c| c.population.estimate.unwrap())
        .collect();
    assert!(
        corners
            .iter()
            .all(|n| n - range.smallest.unwrap() > 10_000.0)
    );
    let at = range.at.smallest.as_ref().unwrap()[0];
    assert!((3.2..3.4).contains(&at), "{at}");
    assert_eq!(range.at.largest.as_deref(), Some(&[1.2][..]));
    assert_eq!((range.status, range.includes_estimate), (Status::Ok, false));
    // 1.897 on the log scale in steps of at most 0.1.
    assert_eq!(range.grid, 20);
    // A point inside, held by an offset, is where it says.
    let there = held(&t, &["l2", "l3"], at.ln());
    close(
        fitted(&there, text).population(),
        range.smallest.unwrap(),
        1e-10,
        "at",
    );
}

/// Two and three sides, covariates, and boxes in which an end lies on an edge or inside.
#[test]
fn boxes_of_more_sides_agree_with_dense_grids() {
    let turns = indexed(&TURNS);
    let returns = indexed(&RETURNS);
    let strata = cov1();
    let covariates = "A*B + C + X*(A+B+C)";
    for (what, t, text, sides, steps, tolerance) in [
        (
            "two sides",
            &turns,
            "[12,13,34,24]",
            vec![
                declared(&["l2", "l3"], 1.2, 8.0),
                declared(&["l1", "l4"], 0.2, 5.0),
            ],
            60,
            2e-4,
        ),
        (
            "independence",
            &returns,
            "[1,2,3,4]",
            vec![
                declared(&["l2", "l4"], 0.01, 100.0),
                declared(&["l1", "l3"], 0.1, 10.0),
            ],
            60,
            5e-4,
        ),
        (
            "three sides",
            &returns,
            "[12,34,14]",
            vec![
                declared(&["l2", "l4"], 1.0, 300.0),
                declared(&["l1", "l3"], 0.5, 2.0),
                declared(&["l2", "l3"], 0.2, 40.0),
            ],
            16,
            2e-2,
        ),
        (
            "covariates",
            &strata,
            covariates,
            vec![
                declared(&["A", "C"], 0.1, 40.0),
                declared(&["B", "C"], 0.3, 3.0),
            ],
            60,
            5e-4,
        ),
        (
            "a higher order",
            &returns,
            "[12,13,14,23,24,34]",
            vec![
                declared(&["l1", "l2", "l3"], 0.2, 5.0),
                declared(&["l1", "l2", "l3", "l4"], 0.5, 2.0),
            ],
            60,
            5e-4,
        ),
    ] {
        let range = dependence_range(t, &model(t, text), &sides, 0.95).unwrap();
        assert_eq!(
            range.interval,
            if t.strata() == 1 { "profile" } else { "delta" }
        );
        agrees(&range, brute_force(t, text, &sides, steps), tolerance, what);
        assert_eq!(range.corners.len(), 1 << sides.len());
    }
}

/// Tables at random, in which the estimate turns now and then: never inside the dense grid.
#[test]
fn random_boxes_are_never_narrower_than_a_dense_grid() {
    let mut turned = 0;
    let mut state = 20_260_101_u64;
    let mut random = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / f64::from(1_u32 << 31)
    };
    for _ in 0..60 {
        let mut counts = [0_u64; 16];
        for c in counts.iter_mut().skip(1) {
            *c = 3 + (500.0 * random() * random()) as u64;
        }
        let t = indexed(&counts);
        let text =
            ["[12,13,34,24]", "[12,23,34,14]", "[123,14]", "[1,2,3,4]"][(4.0 * random()) as usize];
        let pair = match text {
            "[12,23,34,14]" | "[123,14]" => ["l2", "l4"],
            _ => ["l2", "l3"],
        };
        let lower = (-3.0 + 3.0 * random()).exp();
        let sides = [declared(&pair, lower, lower * (4.0 * random()).exp())];
        let range = dependence_range(&t, &model(&t, text), &sides, 0.95).unwrap();
        let dense = brute_force(&t, text, &sides, 100);
        agrees(&range, dense, 5e-4, text);
        let corners: Vec<f64> = range
            .corners
            .iter()
            .map(|c| c.population.estimate.unwrap())
            .collect();
        let inside = |end: f64| corners.iter().all(|c| (c - end).abs() > 1e-6 * end);
        turned += usize::from(inside(range.smallest.unwrap()) || inside(range.largest.unwrap()));
    }
    assert!(turned >= 2, "{turned} boxes with an end inside");
}

/// Two lists: N(OR) = n + OR n10 n01/n11, and one offset is the whole box.
#[test]
fn two_lists_in_closed_form() {
    let t = table("11:120 10:400 01:260");
    let at = |odds_ratio: f64| 780.0 + odds_ratio * 400.0 * 260.0 / 120.0;
    let range = |lower, upper| {
        dependence_range(
            &t,
            &model(&t, "[1,2]"),
            &[declared(&["l1", "l2"], lower, upper)],
            0.95,
        )
        .unwrap()
    };
    let wide = range(0.5, 3.0);
    close(wide.smallest.unwrap(), at(0.5), 1e-10, "smallest");
    close(wide.largest.unwrap(), at(3.0), 1e-10, "largest");
    assert_eq!(wide.at.upper.as_deref(), Some(&[3.0][..]));
    let one = range(2.0, 2.0);
    assert_eq!((one.grid, one.smallest), (1, one.largest));
    close(one.smallest.unwrap(), at(2.0), 1e-10, "one point");
    let p = profile_interval(
        &held(&t, &["l1", "l2"], 2_f64.ln()),
        &model(&t, "[1,2]"),
        0.95,
    )
    .unwrap();
    close(one.lower.unwrap(), p.lower, 1e-10, "lower");
    close(one.upper.unwrap(), p.upper, 1e-10, "upper");
}

/// With covariates the estimate carries its range; strata fitted alone have no one model, and say so.
#[test]
fn covariates_work_and_separate_strata_are_refused() {
    let settings = EstimateSettings {
        model: Some("A*B + C + X*(A+B+C)".into()),
        interval: Some(IntervalMethod::Delta),
        dependence: vec![declared(&["A", "C"], 0.5, 2.0)],
        ..EstimateSettings::default()
    };
    let answer = estimate(&cov1(), &settings, None).unwrap();
    let range = answer.panel.unwrap().sensitivity.unwrap().range.unwrap();
    assert_eq!(range.interval, "delta");
    assert!(range.includes_estimate);
    assert!(range.lower < answer.population.lower && range.upper > answer.population.upper);
    let alone = EstimateSettings {
        model: Some("[12,3]".into()),
        separate: true,
        ..settings
    };
    let error = estimate(&cov1(), &alone, None).unwrap_err();
    assert!(error.is_usage());
    assert!(error.to_string().contains("one joint model"), "{error}");
}

/// Where the profile has no upper limit at a point of the box, the range has none, and says where.
#[test]
fn a_limit_that_does_not_exist_somewhere_is_said() {
    let t = table("100:1 010:1 001:1 110:1 101:1 011:1 111:1");
    let m = model(&t, "[12,13,23]");
    let level = 1.0 - 1e-12;
    let plain = profile_interval(&t, &m, level).unwrap();
    assert!(plain.upper.is_infinite());
    let side = [declared(&["l1", "l2", "l3"], 0.5, 2.0)];
    let range = dependence_range(&t, &m, &side, level).unwrap();
    assert_eq!((range.status, range.upper), (Status::Unbounded, None));
    assert!(range.at.upper.is_some() && range.lower.is_some());
    close(range.largest.unwrap(), 7.0 + 2.0, 1e-9, "largest");
    close(range.smallest.unwrap(), 7.0 + 0.5, 1e-9, "smallest");
}

fn tipping(t: &CaptureTable, text: &str, lists: &[&str]) -> Vec<TippingPoint> {
    let report = dependence_sensitivity(t, &model(t, text)).unwrap();
    let term = report.terms.into_iter().find(|term| term.lists == lists);
    term.expect("a term").tipping
}

/// The first odds ratio of a walk in small steps, both ways at once, past which the change is reached.
fn first_crossing(
    t: &CaptureTable,
    text: &str,
    lists: &[&str],
    start: f64,
    change: f64,
) -> Option<f64> {
    let base = fitted(t, text).population();
    let m = model(t, text);
    let miss = |log: f64| fit(&held(t, lists, log), &m).unwrap().population() / base - 1.0 - change;
    let side = miss(start).signum();
    let far = 1000_f64.ln();
    (1..=1400)
        .map(|k| 0.01 * f64::from(k))
        .flat_map(|step| [start + step, start - step])
        .filter(|log| log.abs() <= far)
        .find(|log| miss(*log) * side <= 0.0)
}

/// N rises by 10 % at an odds ratio of 11.6 and no more than 10.3 % near 18, then comes back; a walk in
/// doubling steps stepped over it.
#[test]
fn the_nearest_tipping_point_is_found_where_the_estimate_turns() {
    let t = indexed(&RETURNS);
    let text = "[12,23,34,14]";
    for lists in [&["l2", "l4"][..], &["l1", "l3"], &["l1", "l2", "l3", "l4"]] {
        for tip in tipping(&t, text, lists) {
            let dense = first_crossing(&t, text, lists, 0.0, tip.change);
            match (tip.odds_ratio, dense) {
                (Some(found), Some(dense)) => assert!(
                    (found.ln() - dense).abs() <= 0.01,
                    "{lists:?} {}: {found} against {}",
                    tip.change,
                    dense.exp()
                ),
                (None, None) => {}
                other => panic!("{lists:?} {}: {other:?}", tip.change),
            }
        }
    }
    let ten = tipping(&t, text, &["l2", "l4"])[2];
    assert_eq!(ten.change, 0.1);
    let found = ten.odds_ratio.unwrap();
    assert!((10.0..20.0).contains(&found), "{found}");
    let there = held(&t, &["l2", "l4"], found.ln());
    close(
        fitted(&there, text).population(),
        1.1 * fitted(&t, text).population(),
        1e-9,
        "10 %",
    );
    assert_eq!(tipping(&t, text, &["l2", "l4"])[3].odds_ratio, None);
}

/// An offset that already holds more than 1,000: the walk starts there and goes as far as an offset may.
#[test]
fn tipping_points_beside_an_offset_beyond_the_usual_reach() {
    let t = table("11:120 10:400 01:260");
    // N(OR) = 780 + OR 400 · 260/120, so that OR' = OR + change (OR + 0.9).
    for log in [8.0, -8.0, 19.95, 1000_f64.ln()] {
        let start = held(&t, &["l1", "l2"], log);
        let odds_ratio = f64::exp(log);
        for tip in tipping(&start, "[1,2]", &["l1", "l2"]) {
            let want = odds_ratio + tip.change * (odds_ratio + 0.9);
            if want > 0.0 && want.ln().abs() < 20.0 {
                close(tip.odds_ratio.unwrap(), want, 1e-8, "tipping point");
            } else {
                assert_eq!(tip.odds_ratio, None, "{log} {}", tip.change);
            }
        }
    }
    let t = indexed(&RETURNS);
    let far = tipping(
        &held(&t, &["l2", "l4"], 8.0),
        "[12,23,34,14]",
        &["l2", "l4"],
    );
    assert!(far[0].odds_ratio.is_none() && far[1].odds_ratio.is_some());
}
