//! The panel's closed forms and models of unequal chances against CARE1, Rcapture and the literature.

mod common;
#[path = "common/dense.rs"]
mod dense;

use common::*;
use dense::Dense;
use ethos_estimate::{
    CaptureTable, HeterogeneityReport, PairReport, PanelEstimate, Status, chao_bounds,
    heterogeneity_models, sample_coverage, two_list_estimates,
};
use nalgebra::{DMatrix, DVector};
use statrs::function::gamma::ln_gamma;

fn n(of: &PanelEstimate) -> f64 {
    of.estimate.expect("an estimate")
}

fn pair<'a>(pairs: &'a [PairReport], lists: [&str; 2]) -> &'a PairReport {
    pairs
        .iter()
        .find(|p| p.lists == lists)
        .expect("a pair of lists")
}

fn row<'a>(models: &'a [HeterogeneityReport], name: &str) -> &'a HeterogeneityReport {
    models.iter().find(|m| m.model == name).expect("a model")
}

/// Sample coverage and every pair of lists, as CARE1 gives them.
#[test]
fn care1() {
    let mut checked = 0;
    for cells in expected(include_str!("data/care1.csv")) {
        let t = named(cells[0]);
        let coverage = sample_coverage(&t);
        let what = format!("{} {}", cells[0], cells[1]);
        match cells[1] {
            "independent" => close(
                coverage.independent.unwrap(),
                number(cells[2]),
                1e-12,
                &what,
            ),
            "high" => close(coverage.high.unwrap(), number(cells[2]), 1e-10, &what),
            "low" => close(coverage.low.unwrap(), number(cells[2]), 1e-12, &what),
            "distinct" => close(coverage.distinct, number(cells[2]), 1e-12, &what),
            // Printed to three digits.
            "coverage" => digits(coverage.coverage.unwrap(), cells[2], &what),
            lists => {
                let names: Vec<String> = lists.chars().map(|c| format!("l{c}")).collect();
                let pairs = two_list_estimates(&t, 0.95);
                let found = pair(&pairs, [&names[0], &names[1]]);
                if cells[2] == "Inf" {
                    assert_eq!(found.petersen.status, Status::NotEstimable);
                } else {
                    close(n(&found.petersen), number(cells[2]), 1e-12, &what);
                }
                close(n(&found.chapman), number(cells[3]), 1e-12, &what);
                close(found.chapman.se.unwrap(), number(cells[4]), 1e-12, &what);
                // CARE1 takes 1.96 for the normal quantile 1.959964, of which the limits feel the
                // difference by (z' − z) √ln(1 + Var/n0²): less than 2e-5 of the distance to them.
                close(found.chapman.lower.unwrap(), number(cells[5]), 3e-5, &what);
                close(found.chapman.upper.unwrap(), number(cells[6]), 3e-5, &what);
            }
        }
        checked += 1;
    }
    assert_eq!(checked, 4 * 5 + 6 + 3 + 6 + 10);
}

/// Sample coverage of tables that CARE1's oracle files lack (Chao & Tsay 1998; Chao et al. 2001).
#[test]
fn sample_coverage_of_published_tables() {
    for (t, c, want) in [
        (
            table(HAV),
            "0.512690",
            ["208.666667", "407.003790", "970.804764", "507.771996"],
        ),
        (
            table(DIABETES),
            "0.803477",
            ["1825.25", "2271.688912", "2609.029840", "2457.968685"],
        ),
        (
            indexed(&CONGENITAL),
            "0.774214",
            ["487.4", "629.541945", "659.452352", "649.347363"],
        ),
    ] {
        let got = sample_coverage(&t);
        digits(got.coverage.unwrap(), c, "C");
        let values = [
            got.distinct,
            got.independent.unwrap(),
            got.high.unwrap(),
            got.low.unwrap(),
        ];
        for (value, want) in values.into_iter().zip(want) {
            digits(value, want, "sample coverage");
        }
    }
    assert_eq!(sample_coverage(&table(HAV)).advised, "low");
    assert_eq!(sample_coverage(&table(DIABETES)).advised, "high");
}

/// Lincoln–Petersen, Chapman, its standard error and log-normal interval.
#[test]
fn two_lists() {
    let hav = two_list_estimates(&table(HAV), 0.95);
    let diabetes = two_list_estimates(&table(DIABETES), 0.95);
    for (found, want) in [
        (
            pair(&hav, ["l1", "l2"]),
            [
                "336.122449",
                "333.560000",
                "28.699714",
                "288.679056",
                "403.407761",
            ],
        ),
        (
            pair(&hav, ["l1", "l3"]),
            [
                "378.000000",
                "374.478261",
                "35.581833",
                "318.612730",
                "460.758708",
            ],
        ),
        (
            pair(&hav, ["l2", "l3"]),
            [
                "334.173913",
                "331.361702",
                "29.928691",
                "284.686774",
                "404.383637",
            ],
        ),
        (
            pair(&diabetes, ["l1", "l4"]),
            [
                "2264.492537",
                "2261.000000",
                "88.226647",
                "2117.472242",
                "2468.016140",
            ],
        ),
    ] {
        digits(n(&found.petersen), want[0], "Petersen");
        digits(n(&found.chapman), want[1], "Chapman");
        digits(found.chapman.se.unwrap(), want[2], "se");
        digits(found.chapman.lower.unwrap(), want[3], "lower");
        digits(found.chapman.upper.unwrap(), want[4], "upper");
    }
    // Var = n1 n2 (n1 − m)(n2 − m)/m³ with n1 = 135, n2 = 122, m = 49.
    let variance: f64 = 135.0 * 122.0 * 86.0 * 73.0 / 49.0_f64.powi(3);
    close(
        pair(&hav, ["l1", "l2"]).petersen.se.unwrap(),
        variance.sqrt(),
        1e-14,
        "se of Lincoln–Petersen",
    );
}

/// A hundred records trimmed from the first of two lists, ten of which were on the second: 900 × 800 / 390.
#[test]
fn trimmed_two_lists() {
    let t = table("11:390 10:510 01:410");
    digits(
        n(&two_list_estimates(&t, 0.95)[0].petersen),
        "1846.153846",
        "trimmed dual-system estimate",
    );
}

/// The odds ratio between two lists on their own margin; the dossier writes ξ for its inverse.
#[test]
fn two_lists_under_dependence() {
    let t = table("11:120 10:400 01:260");
    let pairs = two_list_estimates(&t, 0.95);
    for (odds_ratio, want) in [
        (0.5, 1_213.333_333_333_333_3),
        (1.0, 1_646.666_666_666_666_7),
        (2.0, 2_513.333_333_333_333_5),
        (3.0, 3380.0),
    ] {
        let point = pairs[0]
            .curve
            .iter()
            .find(|p| p.odds_ratio == odds_ratio)
            .unwrap();
        close(point.estimate.unwrap(), want, 1e-14, "N(OR)");
        // P(2|1) = 120/520; P(2|not 1) = 260/(N − 520).
        let ratio = (120.0 / 520.0) / (260.0 / (want - 520.0));
        close(
            point.probability_ratio.unwrap(),
            ratio,
            1e-13,
            "probability ratio",
        );
    }
    // Three lists: p0 = (T − ξ p00)/(ξ + T − ξ p00) with T = p10 p01/p11 on the observed margin.
    let hav = table(HAV);
    let pairs = two_list_estimates(&hav, 0.95);
    let found = pair(&pairs, ["l1", "l2"]);
    let seen = 271.0;
    let t = (86.0 / seen) * (73.0 / seen) / (49.0 / seen);
    let p00 = 63.0 / seen;
    for point in &found.curve {
        let xi = 1.0 / point.odds_ratio;
        let p0 = (t - xi * p00) / (xi + t - xi * p00);
        if p0 >= 0.0 {
            close(point.estimate.unwrap(), seen / (1.0 - p0), 1e-12, "N(xi)");
        } else {
            assert_eq!(point.estimate, None);
        }
    }
    // 63 people were on neither and seen elsewhere: 86 × 73 ψ/49 must be at least that.
    close(
        found.smallest_odds_ratio.unwrap(),
        63.0 * 49.0 / (86.0 * 73.0),
        1e-14,
        "bound",
    );
    assert!(
        found.curve[0].odds_ratio < found.smallest_odds_ratio.unwrap()
            || found.curve[0].estimate.is_some()
    );
}

/// Chao's lower bound, list version, and the formulae of its variances.
#[test]
fn chao() {
    for (t, want) in [
        (table(KOSOVO), "8802.858844"),
        (table(KOREA), "137.45"),
        (table(HIV), "12158.204348"),
        (table(LESBIAN), "4419.986239"),
        (table(HAV), "479.148810"),
        (table(DIABETES), "2514.049157"),
        (indexed(&CONGENITAL), "667.859574"),
        (table(UKDAT_5), "14642.185047"),
    ] {
        digits(n(&chao_bounds(&t, 0.95).lists), want, "list version");
    }
    // HET1: f1 = 6,936, f2 = 3,364; bias-corrected count version and list version.
    let het = chao_bounds(&table(HET1), 0.95);
    assert_eq!(het.frequencies, [6936.0, 3364.0, 712.0]);
    digits(n(&het.count), "18162.4304", "HET1, count version");
    // The dossier's 15778.9536 lies below n + f1²/(3 f2) = 15,778.95…: it is the list version.
    digits(n(&het.lists), "15778.9536", "HET1, list version");
    let r: f64 = 6936.0 / 3364.0;
    let variance = 3364.0 * (0.5 * r * r + r.powi(3) + 0.25 * r.powi(4));
    close(
        het.count.se.unwrap(),
        variance.sqrt(),
        1e-14,
        "se (Chao 1987)",
    );
    assert!(n(&het.count_corrected) < n(&het.count));
    assert!(het.count.lower < het.count.estimate && het.count.upper > het.count.estimate);
}

/// Nobody on two lists: only the corrected versions exist. Nobody on one: nobody is unseen.
#[test]
fn chao_without_doubles_or_singles() {
    let none = chao_bounds(&table("100:40 010:30 001:20 111:5"), 0.95);
    assert_eq!(
        none.count,
        PanelEstimate {
            status: Status::NotEstimable,
            estimate: None,
            se: None,
            lower: None,
            upper: None
        }
    );
    close(
        n(&none.count_corrected),
        95.0 + 90.0 * 89.0 / 2.0,
        1e-14,
        "f2 = 0",
    );
    let full = chao_bounds(&table("110:4 011:3 101:2 111:5"), 0.95);
    assert_eq!((n(&full.lists), n(&full.lists_corrected)), (14.0, 14.0));
    assert_eq!(full.lists.upper, Some(14.0));
}

/// Strata: Chapman and Chao within each, summed, with their variances.
#[test]
fn strata_are_summed() {
    let t = cov1();
    let parts: Vec<CaptureTable> = (0..2).map(|s| t.stratum_table(s).unwrap()).collect();
    let whole = two_list_estimates(&t, 0.95);
    let each: Vec<Vec<PairReport>> = parts.iter().map(|p| two_list_estimates(p, 0.95)).collect();
    for (i, found) in whole.iter().enumerate() {
        let stratified = found.chapman_stratified.unwrap();
        let sum: f64 = each.iter().map(|p| n(&p[i].chapman)).sum();
        let variance: f64 = each.iter().map(|p| p[i].chapman.se.unwrap().powi(2)).sum();
        close(n(&stratified), sum, 1e-13, "Chapman");
        close(stratified.se.unwrap(), variance.sqrt(), 1e-13, "se");
    }
    let chao = chao_bounds(&t, 0.95).lists_corrected_stratified.unwrap();
    let sum: f64 = parts
        .iter()
        .map(|p| n(&chao_bounds(p, 0.95).lists_corrected))
        .sum();
    close(n(&chao), sum, 1e-13, "Chao");
    assert_eq!(each[0][0].chapman_stratified, None);
}

/// The columns of a model of unequal chances at a history on `k` lists, from their definitions.
fn columns(name: &str, dropped: &str, lists: u32) -> Vec<fn(f64, f64) -> f64> {
    let chao: fn(f64, f64) -> f64 = |k, j| (k - j + 1.0).max(0.0);
    match name.split_once(' ').map_or("", |n| n.1) {
        "Chao (LB)" => (3..=lists)
            .filter(|j| !dropped.contains(&format!("eta{j}")))
            .map(|_| chao)
            .collect(),
        "Poisson2" => vec![|k, _| 2_f64.powf(k) - 1.0],
        "Darroch" => vec![|k, _| k * k / 2.0],
        "Gamma3.5" => vec![|k, _| -(3.5 + k).ln() + 3.5_f64.ln()],
        _ => Vec::new(),
    }
}

/// The second way to the same numbers: the design written out, least squares by QR.
fn dense_design(t: &CaptureTable, name: &str, dropped: &str, unseen: Option<f64>) -> Dense {
    let lists = t.lists().len() as u32;
    let kept: Vec<f64> = (3..=lists)
        .filter(|j| !dropped.contains(&format!("eta{j}")))
        .map(f64::from)
        .collect();
    let extra = columns(name, dropped, lists);
    let row = |h: u16| -> Vec<f64> {
        let k = f64::from(h.count_ones());
        let mut row = vec![1.0];
        if name.starts_with("Mt") {
            row.extend((0..lists).map(|i| f64::from(h >> i & 1)));
        } else {
            row.push(k);
        }
        row.extend(
            extra
                .iter()
                .enumerate()
                .map(|(i, f)| f(k, kept[i.min(kept.len() - 1)])),
        );
        row
    };
    let first = u16::from(unseen.is_none());
    let rows: Vec<Vec<f64>> = (first..1 << lists).map(row).collect();
    Dense {
        x: DMatrix::from_fn(rows.len(), rows[0].len(), |i, j| rows[i][j]),
        y: DVector::from_iterator(
            rows.len(),
            (first..1 << lists).map(|h| match (h, unseen) {
                (0, Some(x)) => x,
                _ => t.count(0, h),
            }),
        ),
        unseen: DMatrix::from_fn(1, rows[0].len(), |_, j| f64::from(u8::from(j == 0))),
        cells: Vec::new(),
        columns: Vec::new(),
    }
}

/// Profile log-likelihood of `x` unseen persons by dense fits of the complete table; of Chao's bound
/// over all sets of columns whose coefficients are not negative.
fn profile_at(t: &CaptureTable, name: &str, x: f64, ln_factorial: &dyn Fn(f64) -> f64) -> f64 {
    let n = t.observed();
    let sets = if name.contains("Chao") {
        1_u32 << (t.lists().len() - 2)
    } else {
        1
    };
    let mut best = f64::NEG_INFINITY;
    for set in 0..sets {
        let names: Vec<String> = (0..t.lists().len() - 2)
            .filter(|i| set >> i & 1 == 1)
            .map(|i| format!("eta{}", i + 3))
            .collect();
        let dropped = names.join(" ");
        let design = dense_design(t, name, &dropped, Some(x));
        let Some(fit) = design.fit() else { continue };
        let main = if name.starts_with("Mt") {
            t.lists().len() + 1
        } else {
            2
        };
        if sets > 1 && fit.beta.iter().skip(main).any(|b| *b < 0.0) {
            continue;
        }
        let shares: f64 = fit
            .mu
            .iter()
            .zip(design.y.iter())
            .map(|(mu, y)| y * (mu / (n + x)).ln())
            .sum();
        best = best.max(shares);
    }
    ln_factorial(n + x) - ln_factorial(x) + best
}

/// The largest value of a curve with one summit, by thirds.
fn summit(mut low: f64, mut high: f64, curve: impl Fn(f64) -> f64) -> f64 {
    for _ in 0..40 {
        let third = (high - low) / 3.0;
        if curve(low + third) < curve(high - third) {
            low += third;
        } else {
            high -= third;
        }
    }
    curve(0.5 * (low + high))
}

/// Every model that Rcapture's `closedp.t` and `closedpCI.t` give for parallel lists, on six tables.
///
/// Its estimates are those of `glm`, which stops when the deviance changes by less than 1e-8 of
/// itself: an emulation of that rule gives its digits, the maximum lies within 1e-7 of them, and its
/// standard errors, of the weights before the last step, differ in the fifth digit. Its profile
/// replaces ln x! by Stirling's formula without its correction 1/(12 x); both curves are drawn here.
#[test]
fn rcapture() {
    let half = 1.920_729_410_347_062;
    let stirling = |x: f64| x * x.ln() - x + 0.5 * x.ln();
    let exact = |x: f64| ln_gamma(x + 1.0);
    let rows = expected(include_str!("data/rcapture-heterogeneity.csv"));
    assert_eq!(rows.len(), 60);
    let (mut at_seen, mut beyond) = (0, 0);
    let mut models = (String::new(), Vec::new());
    for cells in rows {
        let t = named(cells[0]);
        if models.0 != cells[0] {
            models = (cells[0].into(), heterogeneity_models(&t, 0.95));
            assert_eq!(models.1.len(), 10);
        }
        let (name, dropped) = (cells[1], cells[7]);
        let got = row(&models.1, name);
        let what = |field: &str| format!("{} {name} {field}", cells[0]);
        assert_eq!(got.df, cells[5].parse::<i64>().unwrap(), "{}", what("df"));
        assert_eq!(got.dropped.join(" "), dropped, "{}", what("dropped"));
        close(n(&got.population), number(cells[2]), 1e-7, &what("N"));
        close(
            got.population.se.unwrap(),
            number(cells[3]),
            1e-4,
            &what("se"),
        );
        close(
            got.deviance.unwrap(),
            number(cells[4]),
            1e-8,
            &what("deviance"),
        );
        match got.coefficient {
            Some(c) => close(c, number(cells[6]), 1e-6, &what("coefficient")),
            None => assert_eq!(cells[6], ""),
        }
        let dense = dense_design(&t, name, dropped, None);
        let (like_n, like_se) = dense.population(&dense.like_glm().unwrap());
        close(like_n, number(cells[2]), 1e-8, &what("N like glm"));
        close(like_se, number(cells[3]), 1e-8, &what("se like glm"));
        let (exact_n, exact_se) = dense.population(&dense.fit().unwrap());
        close(n(&got.population), exact_n, 1e-10, &what("N, dense"));
        close(
            got.population.se.unwrap(),
            exact_se,
            1e-8,
            &what("se, dense"),
        );

        let seen = t.observed();
        let (lower, upper) = (got.population.lower.unwrap(), got.population.upper.unwrap());
        let ours = |v: f64| profile_at(&t, name, v - seen, &exact);
        let top = summit(lower.max(seen + 1e-6), upper, ours);
        assert!((top - ours(upper) - half).abs() < 1e-7, "{}", what("upper"));
        if lower == seen {
            // Nobody unseen is inside the interval.
            assert_eq!(number(cells[9]), seen, "{}", what("lower"));
            at_seen += 1;
        } else {
            assert!((ours(lower) - ours(upper)).abs() < 1e-7, "{}", what("cut"));
        }
        let theirs = |v: f64| profile_at(&t, name, v - seen, &stirling);
        if let Some(bound) = cells[10].strip_prefix('>') {
            // Rcapture gives up at three times the estimate; the limit lies beyond.
            assert!(upper > number(bound), "{}", what("upper"));
            beyond += 1;
        } else {
            let cut = theirs(number(cells[10]));
            if cells[11] == "0" && number(cells[9]) > seen {
                assert!(
                    (theirs(number(cells[9])) - cut).abs() < 1e-5,
                    "{}",
                    what("their cut")
                );
            }
            assert!(
                (number(cells[10]) - upper).abs() < 0.25,
                "{}",
                what("upper")
            );
        }
        // Stirling's formula is wrong by 1/(12 x): Korea's five unseen feel it, thousands do not.
        if seen < number(cells[9]) {
            assert!(
                (number(cells[9]) - lower).abs() < 0.1,
                "{} {lower}",
                what("lower")
            );
        }
    }
    assert_eq!((at_seen, beyond), (2, 2));
}

/// Expected counts of two classes of people: every estimator of the dossier.
#[test]
fn het1() {
    let t = table(HET1);
    for (m, want) in [
        ("[1,2,3]", "15194.817270"),
        ("[12,3]", "15240.712661"),
        ("[13,2]", "15301.576422"),
        ("[12,13]", "15517.578125"),
        ("[23,1]", "15365.779927"),
        ("[12,23]", "15593.264249"),
        ("[13,23]", "15633.518776"),
        ("[12,13,23]", "17161.303885"),
    ] {
        digits(fitted(&t, m).population(), want, m);
    }
    assert!(fitted(&t, "[12,13,23]").deviance.abs() < 1e-9);
    let models = heterogeneity_models(&t, 0.95);
    for (m, want) in [
        ("Mth Chao (LB)", "15597.224745"),
        ("Mth Poisson2", "16343.265362"),
        ("Mth Darroch", "17210.690782"),
        ("Mth Gamma3.5", "18233.409165"),
    ] {
        let got = row(&models, m);
        digits(n(&got.population), want, m);
        digits(got.deviance.unwrap(), "0.224504", m);
    }
    let coverage = sample_coverage(&t);
    digits(coverage.independent.unwrap(), "15298.84", "SC independent");
    digits(coverage.high.unwrap(), "16991.73", "HSC");
}

/// Fits of the dossier with their standard errors, exact at the maximum rather than glm's.
#[test]
fn heterogeneity_of_published_tables() {
    for (t, rows) in [
        (
            table(HIV),
            [
                ("Mt", "11124.5785", "904.7530"),
                ("Mth Chao (LB)", "11700.9883", "1030.9156"),
                ("Mth Poisson2", "14849.7629", "2915.1273"),
                ("Mth Darroch", "21327.4605", "8428.4337"),
                ("Mth Gamma3.5", "30623.1534", "18463.1462"),
            ]
            .as_slice(),
        ),
        (
            table(LESBIAN),
            &[
                ("Mth Chao (LB)", "4321.3846", "155.0707"),
                ("Mth Poisson2", "4942.2220", "240.3208"),
                ("Mth Darroch", "6963.7398", "650.0755"),
                ("Mth Gamma3.5", "10259.6295", "1535.4711"),
            ],
        ),
        (
            table(KOSOVO),
            &[
                ("Mth Chao (LB)", "8591.1836", "213.5490"),
                ("Mth Poisson2", "9327.7613", "306.2676"),
                ("Mth Darroch", "12797.3434", "814.8358"),
                ("Mth Gamma3.5", "18387.1458", "1892.8788"),
            ],
        ),
        (
            table(DIABETES),
            &[
                ("Mth Chao (LB)", "2318.3514", "25.5292"),
                ("Mth Poisson2", "2421.0599", "36.7457"),
                ("Mth Darroch", "2669.0130", "81.4442"),
                ("Mth Gamma3.5", "3037.5818", "172.0319"),
            ],
        ),
    ] {
        let models = heterogeneity_models(&t, 0.95);
        for &(m, estimate, se) in rows {
            let got = row(&models, m);
            digits(n(&got.population), estimate, m);
            digits(got.population.se.unwrap(), se, m);
        }
    }
    let lesbian = heterogeneity_models(&table(LESBIAN), 0.95);
    assert_eq!(row(&lesbian, "Mth Chao (LB)").df, 8);
}
