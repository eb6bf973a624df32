//! The panel: dependence, its declared range, evidence, over-coverage, warnings and the report.

mod common;

use common::*;
use ethos_estimate::{
    CaptureTable, DeclaredDependence, Estimate, EstimateSettings, FittedModel, HeldFit,
    IntervalMethod, Offset, SensitivityReport, Status, TermSensitivity, dependence_range,
    dependence_sensitivity, estimate, lognormal_interval, over_coverage, profile_interval,
};

fn declared(lists: &[&str], lower: f64, upper: f64) -> DeclaredDependence {
    DeclaredDependence {
        lists: lists.iter().map(|l| (*l).to_owned()).collect(),
        lower,
        upper,
    }
}

fn term<'a>(report: &'a SensitivityReport, lists: &[&str]) -> &'a TermSensitivity {
    report
        .terms
        .iter()
        .find(|t| t.lists == lists)
        .expect("a term")
}

fn at_odds_ratio(t: &CaptureTable, lists: &[&str], odds_ratio: f64) -> CaptureTable {
    t.with_offsets(&[Offset::from_odds_ratio(lists.iter().copied(), odds_ratio)])
        .expect("a valid offset")
}

/// The same deviance and p as those of a fit of its own.
fn agrees(found: &HeldFit, want: &FittedModel) {
    let tests = want.goodness_of_fit.unwrap();
    assert_eq!(found.p.is_some(), tests.df > 0);
    let (Some(deviance), Some(p)) = (found.deviance, found.p) else {
        return;
    };
    close(deviance, want.deviance, 1e-8, "deviance");
    // The tail magnifies what the deviance lost by half of itself.
    let tolerance = 1e-8 * (1.0 + want.deviance);
    assert!(
        (p - tests.p_deviance.unwrap()).abs() <= tolerance * p,
        "{p}"
    );
}

/// Every point of every curve is the fit with that offset; every tipping point gives its change.
#[test]
fn curves_and_tipping_points_are_fits_with_offsets() {
    let cov = "L1*L2 + L3 + (L1+L2+L3)*(sex+age+origin+g4) + sex*age*origin*g4";
    for (t, m) in [
        (table(KOSOVO), "[123,14,34]"),
        (table(HIV), "[12,3,4]"),
        (table(KOREA), "[12,23]"),
        (cov3(), cov),
    ] {
        let model = model(&t, m);
        let report = dependence_sensitivity(&t, &model).unwrap();
        let base = fitted(&t, m).population();
        close(report.estimate.unwrap(), base, 1e-12, "N");
        let omitted = report.terms.iter().filter(|t| t.lists.len() == 2).count();
        let pairs = t.lists().len() * (t.lists().len() - 1) / 2;
        let inside = report.evidence.iter().filter(|e| e.in_model).count();
        assert_eq!(omitted + inside, pairs, "{m}");
        assert_eq!(report.terms.last().unwrap().lists, t.lists());
        for term in &report.terms {
            let names: Vec<&str> = term.lists.iter().map(String::as_str).collect();
            assert_eq!(term.assumed, 1.0);
            assert_eq!(term.curve.len(), 12);
            for point in &term.curve {
                let held = at_odds_ratio(&t, &names, point.odds_ratio);
                let want = fitted(&held, m);
                close(
                    point.estimate.unwrap(),
                    want.population(),
                    1e-9,
                    &term.lists.join(":"),
                );
                agrees(&point.fit, &want);
                if point.odds_ratio == 1.0 {
                    close(point.estimate.unwrap(), base, 1e-11, "at independence");
                }
            }
            for tip in &term.tipping {
                let Some(odds_ratio) = tip.odds_ratio else {
                    continue;
                };
                let there = fitted(&at_odds_ratio(&t, &names, odds_ratio), m);
                let want = (1.0 + tip.change) * base;
                close(there.population(), want, 1e-9, "tipping point");
                agrees(&tip.fit, &there);
            }
        }
    }
}

/// R 4.2.2, `glm(count ~ EXH*ABA*OSCE + EXH*HRW + OSCE*HRW + offset(log(or)*ABA*HRW), poisson)`:
/// the odds ratio held, its deviance on 4 df, and `pchisq` of it.
const ABA_HRW: [(f64, f64, f64); 5] = [
    (0.5, 23.159_119_681_44, 1.176_864_611_388e-4),
    (1.0, 9.322_670_015_666, 0.053_521_315_903_86),
    (
        std::f64::consts::SQRT_2,
        26.628_560_025_9,
        2.362_931_698_738e-5,
    ),
    (2.0, 61.993_178_525_33, 1.105_238_517_748e-12),
    (3.0, 127.154_339_165_2, 1.580_756_881_927e-26),
];

/// What the data say of an odds ratio that the model leaves out is beside what it does to the estimate,
/// in the curve, at the tipping points, at the corners and at the ends of the range.
#[test]
fn odds_ratios_that_the_data_reject() {
    let t = table(KOSOVO);
    let m = model(&t, "[123,14,34]");
    let report = dependence_sensitivity(&t, &m).unwrap();
    let found = term(&report, &["l2", "l4"]);
    for (odds_ratio, deviance, p) in ABA_HRW {
        let point = found.curve.iter().find(|c| c.odds_ratio == odds_ratio);
        let fit = point.unwrap().fit;
        close(fit.deviance.unwrap(), deviance, 1e-9, "deviance");
        // The tail falls as exp(−deviance/2): 127 of it magnify the twelfth digit.
        close(fit.p.unwrap(), p, 1e-8, "p");
        assert_eq!(fit.rejected(), odds_ratio != 1.0, "{odds_ratio}");
    }
    // A tenth more needs an odds ratio of 1.34, which fits with 22.8: what it would take is not there.
    close(
        found.tipping[2].odds_ratio.unwrap(),
        1.34,
        5e-3,
        "a tenth more",
    );
    assert!(found.tipping[2].fit.rejected());
    // The same formula with the pair in it: -0.1837642578670 (0.1230077629298).
    let (or, se) = (found.fitted.unwrap(), found.se_log.unwrap());
    close(or.ln(), -0.183_764_257_867, 1e-8, "log odds ratio");
    close(se, 0.123_007_762_929_8, 1e-7, "its standard error");
    // Of all four lists the model gives none: it would need every interaction below it.
    let all = report.terms.last().unwrap();
    assert_eq!((all.fitted, all.se_log), (None, None));
    let [one, two] =
        [1.0, 2.0].map(|or| all.curve.iter().find(|c| c.odds_ratio == or).unwrap().fit);
    close(
        one.deviance.unwrap(),
        9.322_670_015_666,
        1e-9,
        "of the model",
    );
    close(
        two.deviance.unwrap(),
        30.700_508_521_5,
        1e-9,
        "all lists at 2",
    );

    let range = dependence_range(&t, &m, &[declared(&["l2", "l4"], 0.5, 2.0)], 0.95).unwrap();
    for (corner, (_, deviance, p)) in range.corners.iter().zip([ABA_HRW[0], ABA_HRW[3]]) {
        close(corner.fit.deviance.unwrap(), deviance, 1e-9, "corner");
        close(corner.fit.p.unwrap(), p, 1e-8, "corner");
    }
    let at = &range.at.fit;
    assert_eq!(
        (at.smallest, at.largest),
        (range.corners[0].fit, range.corners[1].fit)
    );
    assert_eq!((at.lower, at.upper), (at.smallest, at.largest));
    let json = serde_json::to_value(&range).unwrap();
    for fit in [&json["corners"][1], &json["at"]["fit"]["largest"]] {
        let deviance = fit["deviance"].as_f64().unwrap();
        close(deviance, ABA_HRW[3].1, 1e-9, "JSON");
    }
    let back: ethos_estimate::DependenceRange = serde_json::from_value(json).unwrap();
    assert_eq!(back, range);
}

/// What an offset holds of the pair is not in the way of what the data say of it.
#[test]
fn a_held_pair_is_estimated_beside_it() {
    let t = at_odds_ratio(&table(KOSOVO), &["l2", "l4"], 3.0);
    let report = dependence_sensitivity(&t, &model(&t, "[123,14,34]")).unwrap();
    let found = term(&report, &["l2", "l4"]);
    close(
        found.fitted.unwrap().ln(),
        -0.183_764_257_867,
        1e-8,
        "log odds ratio",
    );
}

/// A model that fits every cell fits it at any odds ratio: the data say nothing, and so does the panel.
#[test]
fn no_degrees_of_freedom_no_say() {
    for (t, m) in [
        (table(HAV), "[12,13,23]"),
        (table("11:120 10:400 01:260"), "[1,2]"),
    ] {
        let report = dependence_sensitivity(&t, &model(&t, m)).unwrap();
        let all = report.terms.last().unwrap();
        assert_eq!((all.fitted, all.se_log), (None, None));
        assert!(all.curve.iter().all(|c| c.estimate.is_some()));
        let fits = all
            .curve
            .iter()
            .map(|c| c.fit)
            .chain(all.tipping.iter().map(|t| t.fit));
        for fit in fits {
            assert_eq!((fit.deviance, fit.p, fit.rejected()), (None, None, false));
        }
    }
}

/// Where no odds ratio within reach changes the estimate enough, none is given: Korea [13,23] leaves
/// half a person unseen, so that the estimate cannot fall by a tenth.
#[test]
fn tipping_points_out_of_reach_are_absent() {
    let t = table(KOREA);
    let report = dependence_sensitivity(&t, &model(&t, "[13,23]")).unwrap();
    for term in &report.terms {
        assert_eq!(term.tipping[0].odds_ratio, None);
        assert_eq!(term.tipping[1].odds_ratio, None);
        assert!(term.tipping[2].change == 0.1);
    }
}

/// An offset already there is where the scan starts.
#[test]
fn a_held_odds_ratio_is_the_base_of_the_scan() {
    let t = at_odds_ratio(&table(KOSOVO), &["l2", "l4"], 2.0);
    let report = dependence_sensitivity(&t, &model(&t, "[123,14,34]")).unwrap();
    let found = term(&report, &["l2", "l4"]);
    close(found.assumed, 2.0, 1e-15, "assumed");
    let two = found.curve.iter().find(|p| p.odds_ratio == 2.0).unwrap();
    close(two.estimate.unwrap(), report.estimate.unwrap(), 1e-11, "N");
    let one = found.curve.iter().find(|p| p.odds_ratio == 1.0).unwrap();
    close(
        one.estimate.unwrap(),
        10_356.518_957,
        1e-8,
        "at independence",
    );
    let evidence = report.evidence.iter().find(|e| e.lists == ["l2", "l4"]);
    close(evidence.unwrap().fitted.unwrap(), 2.0, 1e-15, "evidence");
}

/// n0(ξ) = n0(1)/ξ; p0/(1 − p0) = Π odd p / Π even p at ξ = 1. For the saturated model the offset of all
/// lists is the same assumption: ξ = e^γ for three lists, e^−γ for two.
#[test]
fn the_xi_form() {
    for (t, m, sign) in [
        (table(HAV), "[12,13,23]", 1.0),
        (table("11:120 10:400 01:260"), "[1,2]", -1.0),
    ] {
        let report = dependence_sensitivity(&t, &model(&t, m)).unwrap();
        let n = t.observed();
        let n0: f64 = (1..t.counts().len() as u16)
            .map(|h| {
                let odd = h.count_ones() % 2 == 1;
                t.count(0, h).powi(if odd { 1 } else { -1 })
            })
            .product();
        for point in &report.xi {
            close(point.saturated.unwrap(), n + n0 / point.xi, 1e-12, "xi");
            close(point.fitted.unwrap(), n + n0 / point.xi, 1e-9, "xi");
            let names: Vec<&str> = t.lists().iter().map(String::as_str).collect();
            let held = at_odds_ratio(&t, &names, point.xi.powf(sign));
            close(fitted(&held, m).population(), n + n0 / point.xi, 1e-9, "xi");
        }
    }
    // An empty observed cell: the counts alone say nothing, the model does.
    let korea = table(KOREA);
    let report = dependence_sensitivity(&korea, &model(&korea, "[12,23]")).unwrap();
    assert!(report.xi.iter().all(|x| x.saturated.is_none()));
    assert!(report.xi.iter().all(|x| x.fitted.is_some()));
}

/// Odds ratios among the people of a third list: nobody is missing from those tables.
#[test]
fn evidence_among_the_people_of_another_list() {
    let t = table(HAV);
    let report = dependence_sensitivity(&t, &model(&t, "[12,3]")).unwrap();
    let first = &report.evidence[0];
    assert_eq!(first.lists, ["l1", "l2"]);
    assert!(first.in_model);
    // Among list 3: 28 on both others, 17 and 18 on one, 63 on neither.
    let among = &first.among[0];
    close(
        among.odds_ratio.unwrap(),
        28.0 * 63.0 / (17.0 * 18.0),
        1e-14,
        "odds ratio",
    );
    let woolf: f64 = 1.0 / 28.0 + 1.0 / 63.0 + 1.0 / 17.0 + 1.0 / 18.0;
    close(among.se_log.unwrap(), woolf.sqrt(), 1e-13, "se");
    // The model's own odds ratio; where a pair is left out it is 1 by assumption.
    let coefficient = fitted(&t, "[12,3]");
    let c = coefficient.coefficients.iter().find(|c| c.name == "l1:l2");
    close(
        first.fitted.unwrap(),
        c.unwrap().estimate.unwrap().exp(),
        1e-14,
        "fitted",
    );
    assert_eq!(report.evidence[1].fitted, Some(1.0));
    assert!(!report.evidence[1].in_model);

    // Strata are pooled by Mantel and Haenszel: a·d/n over b·c/n, summed over the two.
    let t = cov1();
    let report = dependence_sensitivity(&t, &model(&t, "A*B + C + X*(A+B+C)")).unwrap();
    let (mut r, mut s) = (0.0, 0.0);
    for x in 0..2 {
        let y = |h: u16| t.count(x, h);
        let n: f64 = [0b111, 0b101, 0b110, 0b100].map(y).iter().sum();
        r += y(0b111) * y(0b100) / n;
        s += y(0b101) * y(0b110) / n;
    }
    close(
        report.evidence[0].among[0].odds_ratio.unwrap(),
        r / s,
        1e-13,
        "pooled",
    );
}

/// The union of the corners' profile intervals, and with covariates of their log-normal ones.
#[test]
fn the_declared_range_is_the_union_of_its_corners() {
    let t = table(KOSOVO);
    let m = model(&t, "[123,14,34]");
    let box_ = [
        declared(&["l2", "l4"], 0.5, 2.0),
        declared(&["l1", "l2", "l3", "l4"], 0.8, 1.25),
    ];
    let range = dependence_range(&t, &m, &box_, 0.95).unwrap();
    assert_eq!(range.corners.len(), 4);
    let mut union = (f64::INFINITY, 0.0_f64);
    let mut points = (f64::INFINITY, 0.0_f64);
    for (a, b) in [(0.5, 0.8), (2.0, 0.8), (0.5, 1.25), (2.0, 1.25)] {
        let held = at_odds_ratio(
            &at_odds_ratio(&t, &["l2", "l4"], a),
            &["l1", "l2", "l3", "l4"],
            b,
        );
        let p = profile_interval(&held, &m, 0.95).unwrap();
        let n = fitted(&held, "[123,14,34]").population();
        union = (union.0.min(p.lower), union.1.max(p.upper));
        points = (points.0.min(n), points.1.max(n));
    }
    close(range.lower.unwrap(), union.0, 1e-9, "lower");
    close(range.upper.unwrap(), union.1, 1e-9, "upper");
    close(range.smallest.unwrap(), points.0, 1e-9, "smallest");
    close(range.largest.unwrap(), points.1, 1e-9, "largest");
    assert_eq!(
        (range.interval.as_str(), range.status),
        ("profile", Status::Ok)
    );
    assert!(range.includes_estimate && range.estimated.is_empty());
    // No point inside the box leaves it.
    for a in [0.6, 0.9, 1.3, 1.9] {
        let n = fitted(&at_odds_ratio(&t, &["l2", "l4"], a), "[123,14,34]").population();
        assert!(points.0 < n && n < points.1);
    }

    let t = cov1();
    let text = "A*B + C + X*(A+B+C)";
    let range = dependence_range(
        &t,
        &model(&t, text),
        &[declared(&["A", "C"], 0.5, 2.0)],
        0.9,
    )
    .unwrap();
    assert_eq!(range.interval, "delta");
    let low = fitted(&at_odds_ratio(&t, &["A", "C"], 0.5), text);
    let limits = lognormal_interval(low.observed, low.unseen_total(), low.se().powi(2), 0.9);
    close(range.lower.unwrap(), limits.0, 1e-10, "lower");
}

/// A pair that the model estimates is not varied, and that is said.
#[test]
fn what_the_model_estimates_is_not_varied() {
    let t = table(KOSOVO);
    let m = model(&t, "[123,14,34]");
    let range = dependence_range(&t, &m, &[declared(&["l1", "l4"], 0.5, 2.0)], 0.95).unwrap();
    assert_eq!(range.estimated, [0]);
    assert_eq!(range.corners.len(), 1);
    let p = profile_interval(&t, &m, 0.95).unwrap();
    assert_eq!((range.lower, range.upper), (Some(p.lower), Some(p.upper)));
}

#[test]
fn wrong_declarations_are_refused() {
    let t = table(KOSOVO);
    for (bad, part) in [
        (vec![declared(&["l1", "k9"], 0.5, 2.0)], "neither a list"),
        (vec![declared(&["l1"], 0.5, 2.0)], "not two lists"),
        (vec![declared(&["l1", "l2"], 2.0, 0.5)], "fall"),
        (
            vec![declared(&["l1", "l2"], 0.0, 0.5)],
            "between 0.001 and 1000",
        ),
        (
            vec![declared(&["l1", "l2"], 0.5, f64::NAN)],
            "between 0.001 and 1000",
        ),
        (
            vec![
                declared(&["l1", "l2"], 0.5, 2.0),
                declared(&["l2", "l1"], 0.5, 2.0),
            ],
            "twice",
        ),
        (vec![declared(&["l1", "l2"], 0.5, 2.0); 9], "limit is 8"),
    ] {
        let settings = EstimateSettings {
            dependence: bad,
            ..EstimateSettings::default()
        };
        let error = estimate(&t, &settings, None).unwrap_err();
        assert!(
            error.is_usage() && error.to_string().contains(part),
            "{error}"
        );
    }
    let separate = EstimateSettings {
        dependence: vec![declared(&["A", "B"], 0.5, 2.0)],
        separate: true,
        ..EstimateSettings::default()
    };
    assert!(estimate(&cov1(), &separate, None).unwrap_err().is_usage());
}

/// Removing records is fitting the smaller table; the influence is the limit of what one takes off.
#[test]
fn over_coverage_is_a_smaller_table() {
    for (t, m) in [
        (table(KOSOVO), "[123,14,34]"),
        (table(HAV), "[12,23]"),
        (
            cov3(),
            "L1*L2 + L3 + (L1+L2+L3)*(sex+age+origin+g4) + sex*age*origin*g4",
        ),
    ] {
        let model = model(&t, m);
        let report = over_coverage(&t, &model).unwrap();
        let base = fitted(&t, m).population();
        for (i, list) in report.lists.iter().enumerate() {
            close(
                list.curve[0].estimate.unwrap(),
                base,
                1e-10,
                "nobody removed",
            );
            let only: f64 = (0..t.strata()).map(|s| t.count(s, 1 << i)).sum();
            close(list.records, only, 1e-15, "records");
            // Convex or concave throughout, so that the chord of 5 % is within its curvature: the
            // slope of the two chords extrapolated to none removed.
            let chord =
                |k: usize, share: f64| (base - list.curve[k].estimate.unwrap()) / (share * only);
            let (five, ten) = (chord(1, 0.05), chord(2, 0.1));
            let limit = five - (ten - five);
            close(list.influence.unwrap(), limit, 2e-3, "influence");
            assert!(list.curve[3].estimate < list.curve[1].estimate);
        }
        assert_eq!(report.all.len(), 4);
        assert!(report.all[3].estimate < report.lists[0].curve[3].estimate);
    }
    // Whole records: 20 % of the 60 only on l1 is 12 people fewer.
    let t = table("100:60 010:50 001:40 110:20 101:15 011:10 111:5");
    let fewer = table("100:48 010:50 001:40 110:20 101:15 011:10 111:5");
    let report = over_coverage(&t, &model(&t, "[12,3]")).unwrap();
    let want = fitted(&fewer, "[12,3]").population();
    close(
        report.lists[0].curve[3].estimate.unwrap(),
        want,
        1e-10,
        "20 % of l1",
    );
    let all = table("100:48 010:40 001:32 110:20 101:15 011:10 111:5");
    close(
        report.all[3].estimate.unwrap(),
        fitted(&all, "[12,3]").population(),
        1e-10,
        "20 % of all",
    );
}

/// The influence against a table with one more record, in a model whose answer is a formula:
/// [12,23] gives n0 = y100 y001/y101, so ∂N/∂y100 = 1 + y001/y101.
#[test]
fn influence_in_closed_form() {
    let t = table(HAV);
    let report = over_coverage(&t, &model(&t, "[12,23]")).unwrap();
    close(
        report.lists[0].influence.unwrap(),
        1.0 + 63.0 / 17.0,
        1e-9,
        "l1",
    );
    close(report.lists[1].influence.unwrap(), 1.0, 1e-9, "l2");
    close(
        report.lists[2].influence.unwrap(),
        1.0 + 69.0 / 17.0,
        1e-9,
        "l3",
    );
}

fn with_panel(t: &CaptureTable, settings: EstimateSettings) -> Estimate {
    let settings = EstimateSettings {
        panel: true,
        replicates: Some(50),
        ..settings
    };
    estimate(t, &settings, None).expect("an estimate")
}

fn codes(answer: &Estimate) -> Vec<&str> {
    answer.diagnostics.iter().map(|d| d.code.as_str()).collect()
}

/// The panel is part of the answer, survives JSON, and changes nothing else.
#[test]
fn the_panel_of_an_estimate() {
    let t = table(KOSOVO);
    let answer = with_panel(&t, EstimateSettings::default());
    let plain = estimate(
        &t,
        &EstimateSettings {
            replicates: Some(50),
            ..EstimateSettings::default()
        },
        None,
    )
    .unwrap();
    assert_eq!(plain.panel, None);
    assert!(!plain.settings.panel && answer.settings.panel);
    assert_eq!(answer.population, plain.population);
    let panel = answer.panel.as_ref().unwrap();
    assert_eq!((panel.pairs.len(), panel.heterogeneity.len()), (6, 10));
    let sensitivity = panel.sensitivity.as_ref().unwrap();
    assert_eq!(sensitivity.model, "[123,14,34]");
    // Omitted: 24, and the interaction of all four.
    assert_eq!(sensitivity.terms.len(), 2);
    assert_eq!(sensitivity.range, None);
    assert_eq!(panel.over_coverage.as_ref().unwrap().lists.len(), 4);
    let back: Estimate = serde_json::from_str(&answer.to_json()).unwrap();
    // serde_json reads a number to within its last digit, so shapes are compared, then one number.
    let back = back.panel.unwrap();
    assert_eq!(
        back.heterogeneity[6].dropped,
        panel.heterogeneity[6].dropped
    );
    let want = panel.chao.lists_corrected.upper.unwrap();
    close(
        back.chao.lists_corrected.upper.unwrap(),
        want,
        1e-15,
        "JSON",
    );
    assert_eq!(answer.to_csv(), plain.to_csv());
}

/// A declared dependence turns the panel on; its range holds the headline's own interval.
#[test]
fn declared_dependence_of_an_estimate() {
    let settings = EstimateSettings {
        dependence: vec![declared(&["l2", "l4"], 0.5, 2.0)],
        replicates: Some(200),
        ..EstimateSettings::default()
    };
    let answer = estimate(&table(KOSOVO), &settings, None).unwrap();
    let range = answer.panel.unwrap().sensitivity.unwrap().range.unwrap();
    assert!(range.lower <= answer.population.lower && range.upper >= answer.population.upper);
    assert!(
        range.smallest < answer.population.estimate && range.largest > answer.population.estimate
    );
    assert_eq!(answer.settings.dependence, settings.dependence);
    assert!(
        answer
            .settings
            .departures
            .iter()
            .all(|d| !d.contains("dependence"))
    );
    // A box without independence: its interval is its own, and the estimate is outside it.
    let apart = EstimateSettings {
        dependence: vec![declared(&["l2", "l4"], 3.0, 6.0)],
        ..settings
    };
    let answer = estimate(&table(KOSOVO), &apart, None).unwrap();
    assert!(codes(&answer).contains(&"outside-declared-dependence"));
    let range = answer.panel.unwrap().sensitivity.unwrap().range.unwrap();
    assert!(!range.includes_estimate);
    assert!(range.smallest > answer.population.estimate);
}

/// People who differ (HET1): models of unequal chances fit equally and disagree, and that is said.
#[test]
fn equal_fit_is_said() {
    let fixed = |m: &str| EstimateSettings {
        model: Some(m.into()),
        ..EstimateSettings::default()
    };
    let answer = with_panel(&table(HET1), fixed("[1,2,3]"));
    let found = answer
        .diagnostics
        .iter()
        .find(|d| d.code == "equal-fit")
        .unwrap();
    assert!(
        found.message.contains("15597 to 18233"),
        "{}",
        found.message
    );
    // Models with one parameter for people who differ fit as well and say more than independence.
    let codes_of = codes(&answer);
    assert!(codes_of.contains(&"unequal-chances"), "{codes_of:?}");
    // Independence lies wholly below the bound for lists that differ, 4,321 with a standard error of 155.
    let lesbian = with_panel(&table(LESBIAN), fixed("[1,2,3,4]"));
    assert!(codes(&lesbian).contains(&"below-lower-bound"));
    // Independent lists with equal chances: nothing to say.
    let quiet = with_panel(
        &table("100:2400 010:2400 001:2400 110:600 101:600 011:600 111:150"),
        fixed("[1,2,3]"),
    );
    // The same with lists that see different shares, where a bound from f1 and f2 alone would be too high.
    let unequal_lists = with_panel(
        &table("100:7125 010:2125 001:2125 110:375 101:375 011:112 111:20"),
        fixed("[1,2,3]"),
    );
    for code in [
        "equal-fit",
        "below-lower-bound",
        "negative-dependence",
        "unequal-chances",
    ] {
        assert!(!codes(&quiet).contains(&code), "{code}");
        if code != "equal-fit" {
            assert!(!codes(&unequal_lists).contains(&code), "{code}");
        }
    }
    // Lists that avoid each other.
    let avoiding = with_panel(
        &table("100:2400 010:2400 001:2400 110:60 101:600 011:600 111:15"),
        fixed("[12,3]"),
    );
    assert!(codes(&avoiding).contains(&"negative-dependence"));
}

/// Strata fitted alone have no one model, so no sensitivity; the rest of the panel stands.
#[test]
fn strata_fitted_alone() {
    let settings = EstimateSettings {
        model: Some("[12,3]".into()),
        separate: true,
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    let answer = with_panel(&cov1(), settings);
    let panel = answer.panel.unwrap();
    assert_eq!((panel.sensitivity, panel.over_coverage), (None, None));
    assert!(panel.chao.lists_corrected_stratified.is_some());
}

/// Two lists: no heterogeneity to tell apart, no high or low coverage, one interaction.
#[test]
fn two_lists_have_a_panel() {
    let settings = EstimateSettings {
        model: Some("[1,2]".into()),
        ..EstimateSettings::default()
    };
    let answer = with_panel(&table("11:120 10:400 01:260"), settings);
    let panel = answer.panel.unwrap();
    let names: Vec<&str> = panel
        .heterogeneity
        .iter()
        .map(|m| m.model.as_str())
        .collect();
    assert_eq!(names, ["M0", "Mt"]);
    close(
        panel.heterogeneity[1].population.estimate.unwrap(),
        780.0 + 400.0 * 260.0 / 120.0,
        1e-10,
        "Mt",
    );
    assert_eq!((panel.coverage.high, panel.coverage.low), (None, None));
    close(
        panel.coverage.independent.unwrap(),
        520.0 * 380.0 / 120.0,
        1e-12,
        "D/C",
    );
    assert_eq!(panel.sensitivity.unwrap().terms.len(), 1);
}

/// Models of unequal chances that have no estimate say so: nobody on all three lists.
#[test]
fn no_number_that_does_not_exist() {
    let t = table("100:40 010:30 001:20 110:6 101:5 011:4");
    let models = ethos_estimate::heterogeneity_models(&t, 0.95);
    for m in &models {
        let exists = matches!(
            m.model.as_str(),
            "M0" | "Mt" | "Mh Chao (LB)" | "Mth Chao (LB)"
        );
        assert_eq!(
            m.population.status == Status::NotEstimable,
            !exists,
            "{}",
            m.model
        );
    }
    // Chao's bound without its one column is the model without heterogeneity.
    close(
        models[6].population.estimate.unwrap(),
        fitted(&t, "[1,2,3]").population(),
        1e-10,
        "Mth Chao",
    );
}
