//! A covariate table of 252 cells against R's `glm` and statsmodels.

mod common;
use common::*;
use ethos_estimate::Criterion;
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
