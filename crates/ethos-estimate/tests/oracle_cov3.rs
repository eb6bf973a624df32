//! A covariate table of 252 cells against R's `glm`, statsmodels and the population it was drawn from.

mod common;
use common::*;
use ethos_estimate::{CaptureTable, Criterion, FittedCoefficient, FittedModel};
use serde_json::Value;

const FORMULAS: [(&str, &str); 8] = [
    ("indep", "sex + age + origin + g4 + L1 + L2 + L3"),
    ("pairs", "sex + age + origin + g4 + (L1 + L2 + L3)^2"),
    ("cov2", "(sex + age + origin + g4)^2 + L1 + L2 + L3"),
    (
        "listcov",
        "(sex + age + origin + g4)^2 + L1 + L2 + L3 + (L1 + L2 + L3):(sex + age + origin + g4)",
    ),
    ("full2", "(sex + age + origin + g4 + L1 + L2 + L3)^2"),
    (
        "covsat",
        "sex*age*origin*g4 + (L1 + L2 + L3):(sex + age + origin + g4) + (L1 + L2 + L3)^2",
    ),
    (
        "g4three",
        "(sex + age + origin + g4 + L1 + L2 + L3)^2 + (L1:L2 + L1:L3 + L2:L3):g4",
    ),
    (
        "sexthree",
        "(sex + age + origin + g4 + L1 + L2 + L3)^2 + (L1:L2 + L1:L3 + L2:L3):sex",
    ),
];

fn sorted_name(name: &str) -> String {
    let mut parts: Vec<&str> = name.split(':').collect();
    parts.sort_unstable();
    parts.join(":")
}

#[test]
fn every_model_agrees_with_glm() {
    let expected: Value = serde_json::from_str(include_str!("data/cov3.expected.json")).unwrap();
    let t = cov3();
    assert_eq!(t.observed(), 16_217.0);
    for (name, formula) in FORMULAS {
        let want = expected["glm"]
            .as_array()
            .unwrap()
            .iter()
            .find(|r| r["model"] == name)
            .unwrap();
        let number = |key: &str| want[key].as_f64().unwrap();
        let f = fitted(&t, formula);
        close(f.population(), number("N"), 1e-8, name);
        close(f.unseen_total(), number("hidden"), 1e-8, name);
        close(f.se(), number("se_delta_plus_hidden"), 1e-8, name);
        let fixed = f.se_log(&(0..36).collect::<Vec<_>>()).unwrap() * f.unseen_total();
        close(fixed, number("se_delta_fixed_n"), 1e-8, name);
        close(f.log_likelihood, number("logLik"), 1e-10, name);
        close(f.deviance, number("deviance"), 1e-9, name);
        close(f.criterion(Criterion::Aic), number("AIC"), 1e-10, name);
        close(
            f.criterion(Criterion::Bic),
            number("BIC_individuals"),
            1e-10,
            name,
        );
        close(f.bic_cells(), number("BIC_cells"), 1e-10, name);
        assert_eq!(f.parameters as f64, number("parameters"), "{name}");
        assert_eq!(f.df as f64, number("df_residual"), "{name}");
        for (s, x) in want["hidden_by_stratum"]
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
        {
            close(f.unseen[s], x.as_f64().unwrap(), 1e-8, name);
        }
        for row in want["by_level"].as_array().unwrap() {
            let (covariate, level) = (
                row["covariate"].as_str().unwrap(),
                row["level"].as_str().unwrap(),
            );
            let k = t
                .factors()
                .iter()
                .position(|f| f.name == covariate)
                .unwrap();
            let l = t.factors()[k]
                .levels
                .iter()
                .position(|x| x == level)
                .unwrap();
            let n: f64 = (0..t.strata())
                .filter(|&s| t.stratum_levels(s)[k] == l)
                .map(|s| t.observed_in(s) + f.unseen[s])
                .sum();
            close(n, row["N"].as_f64().unwrap(), 1e-8, level);
        }
        for (key, of) in [("coefficients", 0), ("std_errors", 1)] {
            for (term, x) in want[key].as_object().unwrap() {
                let c = f
                    .coefficients
                    .iter()
                    .find(|c| sorted_name(&c.name) == sorted_name(term))
                    .unwrap();
                let got = if of == 0 {
                    c.estimate.unwrap()
                } else {
                    c.se.unwrap()
                };
                let want = x.as_f64().unwrap();
                assert!(
                    (got - want).abs() < 1e-8 * want.abs().max(1.0),
                    "{name} {term}: {got} is not {want}"
                );
            }
        }
    }
    let s = &expected["statsmodels"];
    let full2 = fitted(&t, FORMULAS[4].1);
    close(
        full2.population(),
        s["N"].as_f64().unwrap(),
        1e-8,
        "statsmodels N",
    );
    close(
        full2.deviance,
        s["deviance"].as_f64().unwrap(),
        1e-9,
        "statsmodels deviance",
    );
    close(
        full2.log_likelihood,
        s["llf"].as_f64().unwrap(),
        1e-10,
        "statsmodels llf",
    );
    close(
        full2.criterion(Criterion::Aic),
        number(s, "aic"),
        1e-10,
        "statsmodels AIC",
    );
    close(
        full2.bic_cells(),
        number(s, "bic_llf"),
        1e-10,
        "statsmodels BIC",
    );
    let coefficients = s["coefficients"].as_object().unwrap();
    assert_eq!(coefficients.len(), full2.coefficients.len());
    for (term, x) in coefficients {
        let (got, want) = (
            coefficient(&full2, term).estimate.unwrap(),
            x.as_f64().unwrap(),
        );
        assert!(
            (got - want).abs() < 1e-8 * want.abs().max(1.0),
            "statsmodels {term}: {got} is not {want}"
        );
    }
}

fn number(of: &Value, key: &str) -> f64 {
    of[key].as_f64().unwrap()
}

fn coefficient<'a>(f: &'a FittedModel, term: &str) -> &'a FittedCoefficient {
    let of = |c: &&FittedCoefficient| sorted_name(&c.name) == sorted_name(term);
    f.coefficients.iter().find(of).expect("a term of the model")
}

/// The design that the tables were simulated from, all 288 cells: covariates, lists, log of the mean.
fn simulated_from(truth: &Value) -> Vec<([usize; 4], u16, f64)> {
    const LEVELS: [(&str, &[&str]); 4] = [
        ("sex", &["m", "f"]),
        ("age", &["a18_29", "a30_49", "a50_64"]),
        ("origin", &["nl", "west", "nonwest"]),
        ("g4", &["no", "yes"]),
    ];
    let mut cells = Vec::new();
    for s in 0..36 {
        let levels = [s / 18, s / 6 % 3, s / 2 % 3, s % 2];
        for history in 0..8_u16 {
            let mut on: Vec<String> = (0..4)
                .filter(|&k| levels[k] > 0)
                .map(|k| format!("{}{}", LEVELS[k].0, LEVELS[k].1[levels[k]]))
                .collect();
            on.extend(
                (0..3)
                    .filter(|i| history >> i & 1 == 1)
                    .map(|i| format!("L{}", i + 1)),
            );
            let log: f64 = truth["coefficients"]
                .as_object()
                .unwrap()
                .iter()
                .filter(|(term, _)| {
                    term.split(':')
                        .all(|part| on.iter().any(|name| name == part))
                })
                .map(|(_, x)| x.as_f64().unwrap())
                .sum();
            cells.push((levels, history, number(truth, "intercept") + log));
        }
    }
    cells
}

/// The means that the tables were drawn from, taken as counts: all 44 coefficients and every stratum's
/// unseen come back. Counts have nine decimals, so a thousandfold table is used.
#[test]
fn expected_counts_give_the_truth_back() {
    let expected: Value = serde_json::from_str(include_str!("data/cov3.expected.json")).unwrap();
    let drawn = cov3();
    for truth in expected["truth"].as_array().unwrap() {
        let name = truth["table"].as_str().unwrap();
        let cells = simulated_from(truth);
        let total: f64 = cells.iter().map(|(_, _, log)| log.exp()).sum();
        close(total, number(truth, "expected_N"), 1e-10, name);
        let scale = 1000.0;
        let mut b = CaptureTable::builder(drawn.lists().to_vec(), drawn.factors().to_vec())
            .fractional(true);
        for (levels, history, log) in cells.iter().filter(|(_, history, _)| *history > 0) {
            let persons = format!("{:.9}", scale * log.exp());
            b.add_amount(*history, levels, persons.parse().unwrap())
                .unwrap();
        }
        let t = b.build().unwrap();
        let f = fitted(&t, FORMULAS[4].1);
        assert!(f.deviance < 1e-6, "{name} {}", f.deviance);
        close(f.population(), scale * total, 1e-8, name);
        for (s, (_, _, log)) in cells
            .iter()
            .filter(|(_, history, _)| *history == 0)
            .enumerate()
        {
            close(f.unseen[s], scale * log.exp(), 1e-8, name);
        }
        let intercept = coefficient(&f, "(Intercept)").estimate.unwrap();
        close(
            intercept,
            number(truth, "intercept") + scale.ln(),
            1e-8,
            name,
        );
        let coefficients = truth["coefficients"].as_object().unwrap();
        assert_eq!(coefficients.len() + 1, f.coefficients.len());
        for (term, x) in coefficients {
            let (got, want) = (coefficient(&f, term).estimate.unwrap(), x.as_f64().unwrap());
            assert!(
                (got - want).abs() < 1e-8,
                "{name} {term}: {got} is not {want}"
            );
        }
    }
}

/// The table that was drawn (30,150 persons, of whom 16,217 on a list): its estimates lie around
/// the coefficients, and around those that were never seen, as their standard errors say. The bounds are
/// wide for one draw: 4.4 standard errors hold all of 80 with probability 0.999, and the mean of 43
/// squared deviations, their correlations apart, is between 0.4 and 1.8 as often.
#[test]
fn the_drawn_table_lies_around_its_truth() {
    let expected: Value = serde_json::from_str(include_str!("data/cov3.expected.json")).unwrap();
    let truth = &expected["truth"][0];
    let t = cov3();
    assert_eq!(t.observed(), number(truth, "observed"));
    assert_eq!(
        cov3_tiny().observed(),
        number(&expected["truth"][1], "observed")
    );
    let f = fitted(&t, FORMULAS[4].1);
    let mut squares = 0.0;
    let coefficients = truth["coefficients"].as_object().unwrap();
    for (term, x) in coefficients {
        let c = coefficient(&f, term);
        let z = (c.estimate.unwrap() - x.as_f64().unwrap()) / c.se.unwrap();
        assert!(z.abs() < 4.4, "{term}: {z}");
        squares += z * z / coefficients.len() as f64;
    }
    assert!((0.4..1.8).contains(&squares), "{squares}");
    let z = (f.population() - number(truth, "true_N")) / f.se();
    assert!(z.abs() < 3.3, "{z}");
    let mut unseen = 0.0;
    for row in truth["hidden"].as_array().unwrap() {
        let levels: Vec<&str> = row["levels"]
            .as_array()
            .unwrap()
            .iter()
            .map(|l| l.as_str().unwrap())
            .collect();
        let s = (0..t.strata())
            .find(|&s| {
                let at = t.stratum_levels(s);
                t.factors()
                    .iter()
                    .zip(&levels)
                    .enumerate()
                    .all(|(k, (f, l))| f.levels[at[k]] == *l)
            })
            .unwrap();
        let count = number(row, "count");
        unseen += count;
        // The spread of the count itself, and the error of its estimate.
        let error = (f.unseen[s] + (f.se_log(&[s]).unwrap() * f.unseen[s]).powi(2)).sqrt();
        let z = (f.unseen[s] - count) / error;
        assert!(z.abs() < 4.4, "{levels:?}: {z}");
    }
    assert_eq!(unseen + t.observed(), number(truth, "true_N"));
}

/// Thin table: what exists gives `glm`'s numbers, margins at zero included.
#[test]
fn thin_table_agrees_where_it_exists() {
    let t = cov3_tiny();
    for (formula, n, deviance) in [
        (FORMULAS[0].1, 147.866_775_593_806, 137.008_099_274_847_44),
        (FORMULAS[1].1, 120.374_999_999_999_97, 130.029_149_625_791_7),
        (FORMULAS[2].1, 147.866_775_593_806, 121.153_683_855_591_99),
    ] {
        let f = fitted(&t, formula);
        close(f.population(), n, 1e-9, formula);
        close(f.deviance, deviance, 1e-9, formula);
    }
}
