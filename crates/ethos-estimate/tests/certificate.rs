//! The independent checker accepts every true certificate and rejects changed ones.

mod common;
use common::*;
use ethos_estimate::{
    CaptureTable, Certificate, Existence, Factor, Model, existence, hierarchical_models,
    verify_existence,
};

/// Through JSON, as a reader of an answer gets it.
fn claim(t: &CaptureTable, m: &Model) -> Existence {
    serde_json::from_str(&serde_json::to_string(&existence(t, m)).unwrap()).unwrap()
}

fn rejected(t: &CaptureTable, m: &Model, claim: &Existence) {
    assert!(verify_existence(t, m, claim).is_err(), "{claim:?}");
}

/// Every single change of a certificate that makes it false.
fn tamper(t: &CaptureTable, m: &Model, e: &Existence) {
    let flipped = |exists: bool, identifiable: bool| Existence {
        exists: e.exists ^ exists,
        identifiable: e.identifiable ^ identifiable,
        certificate: e.certificate.clone(),
    };
    if !matches!(e.certificate, Certificate::Unidentified { .. }) {
        rejected(t, m, &flipped(true, false));
    }
    rejected(t, m, &flipped(false, true));
    let with = |certificate: Certificate| Existence {
        certificate,
        ..e.clone()
    };
    match &e.certificate {
        // Flipping the flag, above, is all there is to change.
        Certificate::AllPositive | Certificate::Unidentified { .. } => {}
        Certificate::Spanning { cells } => {
            rejected(
                t,
                m,
                &with(Certificate::Spanning {
                    cells: cells[1..].to_vec(),
                }),
            );
            let mut doubled = cells.clone();
            doubled[0] = doubled[1];
            rejected(t, m, &with(Certificate::Spanning { cells: doubled }));
            let mut outside = cells.clone();
            outside[0].history = 0;
            rejected(t, m, &with(Certificate::Spanning { cells: outside }));
        }
        Certificate::Interior { cells, values } => {
            for (i, v) in values.iter().enumerate() {
                for other in ["1/2", "0", "-3", "x"] {
                    let mut changed = values.clone();
                    changed[i] = other.into();
                    rejected(
                        t,
                        m,
                        &with(Certificate::Interior {
                            cells: cells.clone(),
                            values: changed,
                        }),
                    );
                }
                // Another value is right only by chance: 10^9 + 7 times one cell cannot be.
                let mut changed = values.clone();
                changed[i] = format!("{v}000000007");
                rejected(
                    t,
                    m,
                    &with(Certificate::Interior {
                        cells: cells.clone(),
                        values: changed,
                    }),
                );
            }
            rejected(
                t,
                m,
                &with(Certificate::Interior {
                    cells: cells.clone(),
                    values: values[1..].to_vec(),
                }),
            );
            rejected(t, m, &with(Certificate::AllPositive));
        }
        Certificate::Recession {
            direction,
            vanishing,
        } => {
            for i in 0..direction.len() {
                let mut less = direction.clone();
                less.remove(i);
                rejected(
                    t,
                    m,
                    &with(Certificate::Recession {
                        direction: less,
                        vanishing: vanishing.clone(),
                    }),
                );
                let mut other = direction.clone();
                other[i].1 = "17".into();
                rejected(
                    t,
                    m,
                    &with(Certificate::Recession {
                        direction: other,
                        vanishing: vanishing.clone(),
                    }),
                );
            }
            let opposite = direction.iter().map(|(c, v)| {
                let v = v.strip_prefix('-').map_or(format!("-{v}"), str::to_owned);
                (*c, v)
            });
            rejected(
                t,
                m,
                &with(Certificate::Recession {
                    direction: opposite.collect(),
                    vanishing: vanishing.clone(),
                }),
            );
            rejected(
                t,
                m,
                &with(Certificate::Recession {
                    direction: direction.clone(),
                    vanishing: vanishing[1..].to_vec(),
                }),
            );
            rejected(
                t,
                m,
                &with(Certificate::Recession {
                    direction: vec![],
                    vanishing: vec![],
                }),
            );
            rejected(t, m, &with(Certificate::AllPositive));
        }
    }
}

#[test]
fn thin_tables() {
    let mut state = 4711_u64;
    let mut next = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let models = hierarchical_models(4, 3);
    let mut kinds = [0; 5];
    for round in 0..120 {
        let mut counts = [0_u64; 16];
        for (h, c) in counts.iter_mut().enumerate().skip(1) {
            *c = if h.is_power_of_two() {
                3 + next() % 9
            } else {
                (next() % 3) * (next() % 2)
            };
        }
        let t = indexed(&counts);
        let m = &models[next() as usize % models.len()];
        let plain = claim(&t, m);
        // Three lists and two covariates, as thin.
        let factors = [
            Factor::new("x", ["0", "1"]),
            Factor::new("z", ["0", "1", "2"]),
        ];
        let mut b = CaptureTable::builder(["a", "b", "c"], factors);
        for s in 0..6 {
            for h in 1..8_u16 {
                b.add(
                    h,
                    &[s / 3, s % 3],
                    next() % (if h.is_power_of_two() { 5 } else { 2 }),
                )
                .unwrap();
            }
        }
        let Ok(u) = b.build() else { continue };
        let formula = [
            "x*z + a*x + b*z + c",
            "x*z + a*b*x + c*z",
            "(x + z + a + b + c)^2",
            "x*z*(a + b + c) + a*b",
        ][round % 4];
        if u.factors().len() < 2 || u.factors()[1].levels.len() < 3 {
            continue;
        }
        let k = model(&u, formula);
        for (t, m, e) in [(&t, m, plain), (&u, &k, claim(&u, &k))] {
            verify_existence(t, m, &e).unwrap_or_else(|why| panic!("{why}: {e:?}"));
            tamper(t, m, &e);
            kinds[match e.certificate {
                Certificate::AllPositive => 0,
                Certificate::Spanning { .. } => 1,
                Certificate::Interior { .. } => 2,
                Certificate::Recession { .. } => 3,
                Certificate::Unidentified { .. } => 4,
            }] += 1;
        }
    }
    assert!(kinds[1..].iter().all(|&k| k > 3), "{kinds:?}");
}

/// The published table without an estimate, the models of six tables, and 252 cells with covariates.
#[test]
fn known_tables() {
    let t = table("100:40 010:30 001:20 110:6");
    for m in hierarchical_models(3, 2) {
        let e = claim(&t, &m);
        verify_existence(&t, &m, &e).unwrap();
        tamper(&t, &m, &e);
    }
    for name in ["HIV", "Korea", "Kosovo"] {
        let t = named(name);
        for m in hierarchical_models(t.lists().len(), t.lists().len() as u32 - 1) {
            verify_existence(&t, &m, &claim(&t, &m)).unwrap();
        }
    }
    for (t, formula) in [
        (
            cov3(),
            "sex*age*origin*g4 + (L1 + L2 + L3):(sex + age + origin + g4) + (L1 + L2 + L3)^2",
        ),
        (cov3_tiny(), "sex + age + origin + g4 + (L1 + L2 + L3)^2"),
        (cov3_tiny(), "(sex + age + origin + g4 + L1 + L2 + L3)^2"),
    ] {
        let m = model(&t, formula);
        verify_existence(&t, &m, &claim(&t, &m)).unwrap();
    }
}
