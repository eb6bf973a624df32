//! Which models have an estimate: the published table, the counts of admissible models, thin covariate tables.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, Certificate, EstimateError, existence, fit, hierarchical_models,
};

/// Chan, Silverman & Vincent (2021), table `Artificial_3`, error codes of their package.
#[test]
fn artificial_3() {
    let t = table("100:40 010:30 001:20 110:6");
    for (m, code) in [
        ("[1,2,3]", 0),
        ("[12,3]", 1),
        ("[13,2]", 0),
        ("[12,13]", 1),
        ("[23,1]", 0),
        ("[12,23]", 1),
        ("[13,23]", 0),
        ("[12,13,23]", 2),
    ] {
        let e = existence(&t, &model(&t, m));
        assert_eq!(e.code(), code, "{m}: {e:?}");
        assert_eq!(fit(&t, &model(&t, m)).is_ok(), code == 0, "{m}");
    }
    match fit(&t, &model(&t, "[12,3]")) {
        Err(e @ EstimateError::NoEstimate { .. }) => {
            assert!(e.is_refused());
            let EstimateError::NoEstimate {
                certificate, code, ..
            } = e
            else {
                unreachable!()
            };
            assert_eq!(code, 1);
            // Direction 1 - A - B - C + AB, or its opposite: the empty cells vanish.
            let Certificate::Recession {
                direction,
                vanishing,
            } = *certificate
            else {
                panic!("{certificate:?}")
            };
            assert_eq!(direction.len(), 5);
            let mut cells: Vec<u16> = vanishing.iter().map(|c| c.history).collect();
            cells.sort_unstable();
            assert_eq!(cells, [0b101, 0b110, 0b111]);
        }
        other => panic!("{other:?}"),
    }
}

fn admissible(t: &CaptureTable, max_order: u32) -> (usize, usize) {
    let models = hierarchical_models(t.lists().len(), max_order);
    (
        models.iter().filter(|m| existence(t, m).usable()).count(),
        models.len(),
    )
}

/// Korea is in Chan, Silverman & Vincent (2021); the others were counted with a linear program.
#[test]
fn admissible_models() {
    assert_eq!(admissible(&table(KOSOVO), 3), (113, 113));
    assert_eq!(admissible(&table(KOREA), 2), (6, 8));
    assert_eq!(admissible(&table(HIV), 3), (111, 113));
    assert_eq!(admissible(&table(LESBIAN), 3), (113, 113));
    assert_eq!(admissible(&table(DIABETES), 3), (113, 113));
    assert_eq!(admissible(&indexed(&CONGENITAL), 3), (6212, 6212));
    assert_eq!(admissible(&table(UKDAT_5), 3), (6084, 6212));
    assert_eq!(admissible(&table(NEW_ORLEANS_5), 3), (5925, 6212));
}

/// lpSolve 5.6.18 on the thin table: `glm` reports 4.7e13 persons for `listcov`.
#[test]
fn thin_covariate_table() {
    let t = cov3_tiny();
    for (formula, exists) in [
        ("sex + age + origin + g4 + L1 + L2 + L3", true),
        ("sex + age + origin + g4 + (L1 + L2 + L3)^2", true),
        ("(sex + age + origin + g4)^2 + L1 + L2 + L3", true),
        (
            "(sex + age + origin + g4)^2 + L1 + L2 + L3 + (L1 + L2 + L3):(sex + age + origin + g4)",
            false,
        ),
        ("(sex + age + origin + g4 + L1 + L2 + L3)^2", false),
    ] {
        let m = model(&t, formula);
        let e = existence(&t, &m);
        // A margin of zero is handled by sending its cells to zero; without that the estimate does not exist.
        let zero_margin = e.exists && !exists;
        assert!(e.exists == exists || zero_margin, "{formula}: {e:?}");
    }
}

#[test]
fn zero_margin_of_the_reference_level() {
    // Nobody of level x=0 is on A and B together: the model of X*A*B must not depend on which level comes first.
    let build = |order: [&str; 2]| {
        let mut b =
            CaptureTable::builder(["A", "B", "C"], [ethos_estimate::Factor::new("X", order)]);
        let at = |l: &str| order.iter().position(|o| *o == l).unwrap();
        for (h, c) in [(1, 40), (2, 30), (4, 20), (5, 6), (6, 7)] {
            b.add(h, &[at("0")], c).unwrap();
        }
        for (h, c) in [(1, 50), (2, 35), (4, 25), (3, 12), (5, 8), (6, 9), (7, 3)] {
            b.add(h, &[at("1")], c).unwrap();
        }
        b.build().unwrap()
    };
    let (first, second) = (build(["0", "1"]), build(["1", "0"]));
    let formula = "X*A*B + X*C";
    let (a, b) = (fitted(&first, formula), fitted(&second, formula));
    close(a.population(), b.population(), 1e-10, "N");
    close(a.unseen[0], b.unseen[1], 1e-10, "x=0");
    close(a.deviance, b.deviance, 1e-9, "deviance");
    close(a.se(), b.se(), 1e-8, "se");
    assert_eq!(a.parameters, b.parameters);
}

#[test]
fn unidentified_stratum() {
    // Two lists whose dependence is free in one level of X only through AB: no stratum is determined.
    let mut b = CaptureTable::builder(
        ["A", "B", "C"],
        [ethos_estimate::Factor::new("X", ["0", "1"])],
    );
    for (h, c) in [(1, 40), (2, 30), (3, 20)] {
        b.add(h, &[0], c).unwrap();
    }
    for (h, c) in [(1, 50), (2, 35), (4, 25), (3, 12), (5, 8), (6, 9), (7, 3)] {
        b.add(h, &[1], c).unwrap();
    }
    let t = b.build().unwrap();
    let e = existence(&t, &model(&t, "X*(A*B + C)"));
    assert!(!e.identifiable, "{e:?}");
    assert!(existence(&t, &model(&t, "X*(A + B + C) + A*B")).identifiable);
}
