//! Which models have an estimate: the published table, the counts of admissible models, thin covariate tables.

mod common;
#[path = "common/dense.rs"]
mod dense;
use common::*;
use dense::Dense;
use ethos_estimate::{
    CaptureTable, Certificate, EstimateError, Model, existence, fit, hierarchical_models,
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

/// The largest s such that the margins as observed can be had with s persons or more in every kept
/// cell: the linear program of Fienberg and Rinaldo as the packages solve it, here by a dense simplex
/// in two phases with Bland's rule. The estimate is finite exactly if s is positive.
fn smallest_cell(t: &CaptureTable, m: &Model) -> f64 {
    let d = Dense::kept(t, m);
    let (n, p) = d.x.shape();
    // Columns: what a cell has beyond s, then s, then artificials, then the margins.
    let last = n + 1 + p;
    let mut rows: Vec<Vec<f64>> = (0..p)
        .map(|k| {
            let mut row: Vec<f64> = d.x.column(k).iter().copied().collect();
            row.push(row.iter().sum());
            row.extend((0..p).map(|j| f64::from(u8::from(j == k))));
            row.push(d.x.column(k).dot(&d.y));
            row
        })
        .collect();
    // Two lines of costs: fewer artificials, more s.
    let artificial = |j: usize| (n + 1..last).contains(&j);
    let sums = (0..=last).map(|j| {
        if artificial(j) {
            0.0
        } else {
            -rows.iter().map(|row| row[j]).sum::<f64>()
        }
    });
    let sums = sums.collect();
    rows.push(sums);
    rows.push((0..=last).map(|j| -f64::from(u8::from(j == n))).collect());
    let mut basis: Vec<usize> = (n + 1..last).collect();
    for phase in [p, p + 1] {
        while let Some(enter) = (0..=n).find(|&j| rows[phase][j] < -1e-9) {
            let ratio = |i: usize| {
                if artificial(basis[i]) && phase > p {
                    0.0
                } else {
                    rows[i][last] / rows[i][enter]
                }
            };
            let leave = (0..p)
                .filter(|&i| {
                    rows[i][enter] > 1e-9
                        || phase > p && artificial(basis[i]) && rows[i][enter].abs() > 1e-9
                })
                .min_by(|&a, &b| ratio(a).total_cmp(&ratio(b)).then(basis[a].cmp(&basis[b])))
                .expect("no cell can have more persons than there are");
            basis[leave] = enter;
            let by = rows[leave][enter];
            rows[leave].iter_mut().for_each(|x| *x /= by);
            let pivot = rows[leave].clone();
            for (_, row) in rows.iter_mut().enumerate().filter(|(i, _)| *i != leave) {
                let times = row[enter];
                row.iter_mut()
                    .zip(&pivot)
                    .for_each(|(x, y)| *x -= times * y);
            }
        }
        assert!(
            rows[p][last].abs() < 1e-7,
            "the table itself has its margins"
        );
    }
    rows[p + 1][last]
}

/// The same table: s of every model. [12,13,23] has s = 6, its four kept cells being all occupied, and
/// is refused for its rank.
#[test]
fn artificial_3_linear_program() {
    let t = table("100:40 010:30 001:20 110:6");
    for (m, want) in [
        ("[1,2,3]", 1.2),
        ("[12,3]", 0.0),
        ("[13,2]", 3.0),
        ("[12,13]", 0.0),
        ("[23,1]", 3.0),
        ("[12,23]", 0.0),
        ("[13,23]", 6.0),
        ("[12,13,23]", 6.0),
    ] {
        let model = model(&t, m);
        let s = smallest_cell(&t, &model);
        assert!((s - want).abs() < 1e-12, "{m}: {s} is not {want}");
        assert_eq!(existence(&t, &model).exists, want > 0.0, "{m}");
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
        assert_eq!(e.exists, exists, "{formula}");
        if let Certificate::Recession { vanishing, .. } = &e.certificate {
            // Everyone of origin "west" is on exactly one list, which the three list effects can exploit.
            let mut rows: Vec<usize> = vanishing
                .iter()
                .map(|c| c.stratum * 7 + [0, 3, 1, 5, 0, 4, 2, 6][c.history as usize] + 1)
                .collect();
            // Histories in file order: 001 010 011 100 101 110 111, the first list first.
            rows.sort_unstable();
            assert_eq!(rows, DRIVEN_TO_ZERO, "{formula}");
        }
        assert_eq!(fit(&t, &m).is_ok(), exists, "{formula}");
    }
}

/// Data rows of `cov3_tiny.csv` (from 1, histories in the order 001 010 011 100 101 110 111).
const DRIVEN_TO_ZERO: [usize; 48] = [
    17, 19, 20, 21, 24, 26, 27, 28, 59, 61, 62, 63, 66, 68, 69, 70, 101, 103, 104, 105, 108, 110,
    111, 112, 143, 145, 146, 147, 150, 152, 153, 154, 185, 187, 188, 189, 192, 194, 195, 196, 227,
    229, 230, 231, 234, 236, 237, 238,
];

/// lpSolve's s on the thin table, whose bound of 1 it never reaches.
#[test]
fn thin_covariate_table_linear_program() {
    let t = cov3_tiny();
    for (formula, s) in [
        (
            "sex + age + origin + g4 + L1 + L2 + L3",
            0.047_619_047_619_047_644,
        ),
        (
            "sex + age + origin + g4 + (L1 + L2 + L3)^2",
            0.047_619_047_619_047_526,
        ),
        (
            "(sex + age + origin + g4)^2 + L1 + L2 + L3",
            0.023_809_523_809_523_8,
        ),
        (
            "(sex + age + origin + g4)^2 + L1 + L2 + L3 + (L1 + L2 + L3):(sex + age + origin + g4)",
            0.0,
        ),
        ("(sex + age + origin + g4 + L1 + L2 + L3)^2", 0.0),
    ] {
        let got = smallest_cell(&t, &model(&t, formula));
        assert!((got - s).abs() < 1e-10, "{formula}: {got} is not {s}");
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

/// Every certificate, checked from its definition on random thin tables.
#[test]
fn certificates_hold() {
    let models = hierarchical_models(4, 3);
    let mut state = 12345_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut kinds = [0; 4];
    for _ in 0..60 {
        let mut counts = [0_u64; 16];
        for (h, c) in counts.iter_mut().enumerate().skip(1) {
            *c = if h.is_power_of_two() {
                3 + next() % 9
            } else {
                (next() % 3) * (next() % 2)
            };
        }
        let t = indexed(&counts);
        for m in &models {
            let e = existence(&t, m);
            let terms: Vec<u16> = m
                .terms()
                .iter()
                .map(|x| x.lists)
                .filter(|&x| t.superset_total(x) > 0.0)
                .collect();
            let dead: Vec<u16> = m
                .terms()
                .iter()
                .map(|x| x.lists)
                .filter(|&x| t.superset_total(x) == 0.0)
                .collect();
            let kept: Vec<u16> = (1..16_u16)
                .filter(|h| dead.iter().all(|d| h & d != *d))
                .collect();
            let row = |h: u16| {
                terms
                    .iter()
                    .map(|&x| f64::from(u8::from(h & x == x)))
                    .collect::<Vec<f64>>()
            };
            let rank = |cells: &[u16]| {
                nalgebra::DMatrix::from_fn(cells.len(), terms.len(), |i, j| row(cells[i])[j])
                    .rank(1e-9)
            };
            let positive: Vec<u16> = kept
                .iter()
                .copied()
                .filter(|&h| t.count(0, h) > 0.0)
                .collect();
            assert_eq!(e.identifiable, rank(&kept) == terms.len());
            match &e.certificate {
                Certificate::AllPositive => {
                    kinds[0] += 1;
                    assert_eq!(positive, kept);
                }
                Certificate::Spanning { cells } => {
                    kinds[1] += 1;
                    let cells: Vec<u16> = cells.iter().map(|c| c.history).collect();
                    assert!(cells.iter().all(|h| positive.contains(h)));
                    assert_eq!(rank(&cells), rank(&kept));
                }
                Certificate::Interior { cells, values } => {
                    kinds[2] += 1;
                    let mut sum = vec![0.0; terms.len()];
                    for (c, v) in cells.iter().zip(values) {
                        assert!(number(v) >= 1.0);
                        for (s, x) in sum.iter_mut().zip(row(c.history)) {
                            *s += number(v) * x;
                        }
                    }
                    let with =
                        nalgebra::DMatrix::from_fn(positive.len() + 1, terms.len(), |i, j| {
                            if i < positive.len() {
                                row(positive[i])[j]
                            } else {
                                sum[j]
                            }
                        });
                    assert_eq!(with.rank(1e-9), rank(&positive));
                }
                Certificate::Recession {
                    direction,
                    vanishing,
                } => {
                    kinds[3] += 1;
                    assert!(!e.exists && !vanishing.is_empty());
                    let along = |h: u16| -> f64 {
                        direction
                            .iter()
                            .filter(|(c, _)| c.history & h == c.history)
                            .map(|(_, v)| number(v))
                            .sum()
                    };
                    for &h in &kept {
                        let z = along(h);
                        if t.count(0, h) > 0.0 {
                            assert!(z.abs() < 1e-12);
                        } else {
                            assert!(z > -1e-12);
                        }
                        assert_eq!(z > 1e-12, vanishing.iter().any(|c| c.history == h));
                    }
                }
                Certificate::Unidentified { .. } => assert!(e.exists && !e.identifiable),
            }
        }
    }
    assert!(kinds[1..].iter().all(|&k| k > 0), "{kinds:?}");
}

fn number(text: &str) -> f64 {
    match text.split_once('/') {
        Some((a, b)) => a.parse::<f64>().unwrap() / b.parse::<f64>().unwrap(),
        None => text.parse().unwrap(),
    }
}
