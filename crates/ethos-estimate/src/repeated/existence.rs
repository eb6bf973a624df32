//! Whether the rates have a finite estimate, decided exactly.
//!
//! The log-likelihood is concave, and along a direction z it never falls
//! exactly when x'z ≤ 0 in the strata where everybody was seen as rarely as the
//! window allows, x'z ≥ 0 where everybody was seen as often as it allows, and
//! x'z = 0 elsewhere. The estimate is finite when no such z changes any stratum
//! (Stiemke's lemma; Albert & Anderson 1984, Biometrika 71:1–10 call it overlap,
//! and the other case separation). Strata that a direction does change have a
//! rate of zero or infinity in the limit; those left may still have estimates.

use serde::{Deserialize, Serialize};

use super::design::{CountDesign, Seen};
use super::family::CountFamily;
use crate::existence::lp::{Answer, dot, positive_combination};
use crate::existence::null::{NullSpace, Vectors, null_space, product};
use crate::existence::number::Exact;

/// A proof that the rates have a finite estimate, or that they have none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CountCertificate {
    /// In these strata times seen vary, and their rows of the design span those of all strata.
    Spanning {
        /// Labels of the strata.
        strata: Vec<String>,
    },
    /// Values of at least 1 on the strata in which everybody was seen equally often: their rows,
    /// weighted so (with a minus where that is the most), add up to a combination of the rows of
    /// the other strata.
    Interior {
        /// Labels of the strata in which everybody was seen equally often.
        strata: Vec<String>,
        /// The value of each, as exact fractions.
        values: Vec<String>,
    },
    /// Directions along which the likelihood never falls, each on what the ones before left over.
    Recession {
        /// The steps, in order.
        steps: Vec<RecessionStep>,
    },
}

/// One direction in which coefficients run off, and the strata whose rates go to an end with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecessionStep {
    /// Coefficient and how far it moves, as an exact fraction.
    pub direction: Vec<(String, String)>,
    /// Labels of the strata whose rate goes to zero (or, at the most of the window, to infinity).
    pub strata: Vec<String>,
}

/// What the data say about the rate of a stratum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// A finite rate.
    Finite,
    /// The rate goes to zero: nobody was seen more often than least.
    Vanishes,
    /// The rate goes to infinity: everybody was seen as often as the window allows.
    Explodes,
    /// Nobody informs the rate and the other strata do not determine it.
    Unknown,
}

/// Where the maximum of the likelihood lies.
#[derive(Debug, Clone)]
pub(crate) struct Face {
    /// Of each stratum.
    pub(crate) fates: Vec<Fate>,
    /// Columns to fit: independent on the strata that inform a finite rate.
    pub(crate) columns: Vec<u32>,
    steps: Vec<Step>,
    interior: Option<(Vec<usize>, Vec<String>)>,
    varied: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Nobody in the likelihood.
    Absent,
    /// Times seen vary, or lie inside the window.
    Varied,
    /// Everybody at the least of the window.
    Least,
    /// Everybody at the most of the window.
    Most,
}

fn kind(seen: &[(u32, f64)], family: &dyn CountFamily) -> Kind {
    let window = family.informing();
    match seen {
        [] => Kind::Absent,
        [(k, _)] if *k == window.least => Kind::Least,
        [(k, _)] if Some(*k) == window.most => Kind::Most,
        _ => Kind::Varied,
    }
}

/// Decides for `informing`, the persons of the likelihood.
pub(crate) fn face(design: &CountDesign, family: &dyn CountFamily, informing: &Seen) -> Face {
    let width = design.names.len();
    let kinds: Vec<Kind> = informing.strata.iter().map(|s| kind(s, family)).collect();
    let strata = kinds.len();
    let mut kept: Vec<bool> = kinds.iter().map(|k| *k != Kind::Absent).collect();
    let mut fates = vec![Fate::Finite; strata];
    let mut steps = Vec::new();
    let mut interior = None;
    let varied: Vec<usize> = (0..strata).filter(|&s| kinds[s] == Kind::Varied).collect();
    let rows_of = |members: &[usize]| -> Vec<&[u32]> {
        members.iter().map(|&s| design.rows[s].as_slice()).collect()
    };
    // What no direction may change: strata in which times seen vary.
    let fixed = null_space(width, rows_of(&varied).iter().copied());
    if !fixed.free.is_empty() {
        loop {
            let edge: Vec<usize> = (0..strata)
                .filter(|&s| kept[s] && kinds[s] != Kind::Varied)
                .collect();
            let step = by_column(design, &kinds, &kept)
                .map_or_else(|| by_program(design, &kinds, &fixed, &edge), Outcome::Step);
            match step {
                Outcome::Step((direction, gone)) => {
                    for &s in &gone {
                        kept[s] = false;
                        fates[s] = match kinds[s] {
                            Kind::Most => Fate::Explodes,
                            _ => Fate::Vanishes,
                        };
                    }
                    steps.push((direction, gone));
                }
                Outcome::Finite(values) => {
                    interior = values.map(|v| (edge, v));
                    break;
                }
            }
        }
    }
    let members: Vec<usize> = (0..strata).filter(|&s| kept[s]).collect();
    let rest = null_space(width, rows_of(&members).iter().copied());
    for s in (0..strata).filter(|&s| kinds[s] == Kind::Absent) {
        if !rest.spans(&design.rows[s]) {
            fates[s] = Fate::Unknown;
        }
    }
    let columns = (0..width)
        .filter(|j| rest.free.binary_search(j).is_err())
        .map(|j| j as u32)
        .collect();
    Face {
        fates,
        columns,
        steps,
        interior,
        varied,
    }
}

/// A direction and the strata that it changes.
type Step = (Vec<(u32, String)>, Vec<usize>);

enum Outcome {
    Step(Step),
    /// Finite; with the values of the edge strata where they are needed for the proof.
    Finite(Option<Vec<String>>),
}

/// The commonest case without a linear program: a level at which nobody was seen twice.
fn by_column(design: &CountDesign, kinds: &[Kind], kept: &[bool]) -> Option<Step> {
    let mut of: Vec<Option<Kind>> = vec![None; design.names.len()];
    let mut mixed = vec![false; design.names.len()];
    for (s, row) in design.rows.iter().enumerate().filter(|(s, _)| kept[*s]) {
        for &j in row {
            let j = j as usize;
            mixed[j] |= kinds[s] == Kind::Varied || of[j].is_some_and(|k| k != kinds[s]);
            of[j] = Some(kinds[s]);
        }
    }
    let at = (0..of.len()).find(|&j| of[j].is_some() && !mixed[j])?;
    let sign = if of[at] == Some(Kind::Most) {
        "1"
    } else {
        "-1"
    };
    let gone = (0..kept.len())
        .filter(|&s| kept[s] && design.rows[s].contains(&(at as u32)))
        .collect();
    Some((vec![(at as u32, sign.to_owned())], gone))
}

/// The exact linear program over the directions that change no stratum with varied times.
fn by_program(design: &CountDesign, kinds: &[Kind], fixed: &NullSpace, edge: &[usize]) -> Outcome {
    match &fixed.vectors {
        Vectors::Small(null) => decide(design, kinds, null, edge),
        Vectors::Big(_) => None,
    }
    .or_else(|| decide(design, kinds, &fixed.vectors.big(), edge))
    .expect("big fractions do not run out")
}

fn decide<N: Exact>(
    design: &CountDesign,
    kinds: &[Kind],
    null: &[Vec<N>],
    edge: &[usize],
) -> Option<Outcome> {
    // Towards the end of the window at which the stratum's persons are.
    let mut products: Vec<Vec<N>> = Vec::with_capacity(edge.len());
    for &s in edge {
        let row = null
            .iter()
            .map(|z| {
                let x = product(&design.rows[s], z)?;
                Some(match kinds[s] {
                    Kind::Most => x,
                    _ => x.negated(),
                })
            })
            .collect::<Option<Vec<N>>>()?;
        products.push(row);
    }
    if products.iter().flatten().all(Exact::is_zero) {
        return Some(Outcome::Finite(None));
    }
    let w = match positive_combination(&products, null.len())? {
        Answer::Combination(v) => {
            return Some(Outcome::Finite(Some(v.iter().map(Exact::text).collect())));
        }
        Answer::Direction(w) => w,
    };
    let mut direction = Vec::new();
    for j in 0..design.names.len() {
        let z = dot(null.iter().map(|z| &z[j]), &w)?;
        if !z.is_zero() {
            direction.push((j as u32, z.text()));
        }
    }
    let mut gone = Vec::new();
    for (&s, b) in edge.iter().zip(&products) {
        if dot(b.iter(), &w)?.is_positive() {
            gone.push(s);
        }
    }
    Some(Outcome::Step((direction, gone)))
}

impl Face {
    /// Whether every stratum has a finite rate or one at infinity, where nobody is unseen.
    pub(crate) fn is_estimable(&self) -> bool {
        self.fates
            .iter()
            .all(|f| matches!(f, Fate::Finite | Fate::Explodes))
    }

    /// The proof, with names for columns and strata.
    pub(crate) fn certificate(
        &self,
        design: &CountDesign,
        label: impl Fn(usize) -> String,
    ) -> CountCertificate {
        let labels = |strata: &[usize]| strata.iter().map(|&s| label(s)).collect();
        if !self.steps.is_empty() {
            let steps = self.steps.iter().map(|(direction, strata)| RecessionStep {
                direction: direction
                    .iter()
                    .map(|(j, x)| (design.names[*j as usize].clone(), x.clone()))
                    .collect(),
                strata: labels(strata),
            });
            return CountCertificate::Recession {
                steps: steps.collect(),
            };
        }
        match &self.interior {
            Some((strata, values)) => CountCertificate::Interior {
                strata: labels(strata),
                values: values.clone(),
            },
            None => CountCertificate::Spanning {
                strata: labels(&self.varied),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::family::Family;
    use super::super::table::RepeatedTable;
    use super::Fate::{Finite, Vanishes};
    use super::*;
    use crate::table::Factor;

    /// Two covariates of two levels; `(times, first, second, persons)`.
    fn table(rows: &[(u64, usize, usize, u64)]) -> RepeatedTable {
        let factors = [Factor::new("a", ["0", "1"]), Factor::new("b", ["0", "1"])];
        let mut builder = RepeatedTable::builder(factors);
        for &(k, a, b, n) in rows {
            builder.add(k, &[a, b], n).unwrap();
        }
        builder.build().unwrap()
    }

    fn of(t: &RepeatedTable, formula: &str, family: Family) -> (Face, CountCertificate) {
        let design = CountDesign::read(t, formula).unwrap();
        let f = family.counts();
        let face = face(&design, f, &Seen::of(t).informing(f));
        let certificate = face.certificate(&design, |s| t.stratum_label(s));
        (face, certificate)
    }

    #[test]
    fn a_level_without_repeats_vanishes() {
        let t = table(&[
            (1, 0, 0, 9),
            (2, 0, 0, 3),
            (1, 0, 1, 9),
            (2, 0, 1, 1),
            (1, 1, 0, 5),
            (1, 1, 1, 4),
        ]);
        let (f, c) = of(&t, "a + b", Family::ZtPoisson);
        assert_eq!(f.fates, [Finite, Finite, Vanishes, Vanishes]);
        assert!(!f.is_estimable());
        assert_eq!(f.columns, [0, 2]);
        let CountCertificate::Recession { steps } = c else {
            panic!("{c:?}")
        };
        assert_eq!(steps[0].direction, [("a1".to_owned(), "-1".to_owned())]);
        assert_eq!(steps[0].strata, ["a=1, b=0", "a=1, b=1"]);
        // Without the covariate there is an estimate, spanned by one varied stratum.
        assert!(of(&t, "b", Family::ZtPoisson).0.is_estimable());
    }

    #[test]
    fn a_reference_level_without_repeats_takes_a_program() {
        let t = table(&[
            (1, 0, 0, 9),
            (1, 0, 1, 9),
            (1, 1, 0, 5),
            (3, 1, 0, 2),
            (1, 1, 1, 4),
            (2, 1, 1, 1),
        ]);
        let (f, c) = of(&t, "a + b", Family::ZtPoisson);
        assert_eq!(f.fates, [Vanishes, Vanishes, Finite, Finite]);
        let CountCertificate::Recession { steps } = c else {
            panic!("{c:?}")
        };
        // The intercept falls and the other level rises as much.
        let moved: Vec<&str> = steps[0].direction.iter().map(|d| d.0.as_str()).collect();
        assert_eq!(moved, ["(Intercept)", "a1"]);
        assert_eq!(steps[0].strata.len(), 2);
    }

    #[test]
    fn equal_times_in_a_stratum_are_no_harm_where_others_hold_it() {
        // In three of four strata times are equal, but the main effects hold them: one varied
        // stratum does not span, the program finds the weights.
        let t = table(&[
            (1, 0, 0, 9),
            (2, 0, 1, 3),
            (2, 1, 0, 3),
            (1, 1, 1, 2),
            (2, 1, 1, 2),
        ]);
        let (f, c) = of(&t, "a + b", Family::ZtPoisson);
        assert!(f.is_estimable());
        assert!(matches!(c, CountCertificate::Spanning { .. }), "{c:?}");
        // For Chao "twice" is the most: 00 pulls down, 01 and 10 up, 11 is fixed. They balance, since
        // the rows of 01 and 10 less that of 00 are that of 11.
        let (f, c) = of(&t, "a + b", Family::Chao);
        assert!(f.is_estimable());
        let CountCertificate::Interior { strata, values } = c else {
            panic!("{c:?}")
        };
        assert_eq!(strata, ["a=0, b=0", "a=0, b=1", "a=1, b=0"]);
        assert_eq!(values, ["1", "1", "1"]);
    }

    #[test]
    fn the_verdict_is_that_of_the_likelihood_itself() {
        // Every table of 0–2 persons seen once and twice in 2 × 2 strata: the exact verdict against
        // where Newton's iterations on a slightly penalised likelihood go.
        let mut checked = 0;
        for code in 0..6561_u32 {
            let mut rows = Vec::new();
            let mut rest = code;
            for a in 0..2 {
                for b in 0..2 {
                    for k in 1..=2 {
                        rows.push((k, a, b, u64::from(rest % 3)));
                        rest /= 3;
                    }
                }
            }
            let factors = [Factor::new("a", ["0", "1"]), Factor::new("b", ["0", "1"])];
            let mut builder = RepeatedTable::builder(factors);
            for &(k, a, b, n) in &rows {
                builder.add(k, &[a, b], n).unwrap();
            }
            let Ok(t) = builder.build() else { continue };
            if t.factors().len() < 2 || code % 7 != 0 {
                continue;
            }
            for family in [Family::ZtPoisson, Family::Chao] {
                let (face, _) = of(&t, "a + b", family);
                let finite = face.fates.iter().all(|f| *f == Fate::Finite);
                assert_eq!(finite, !runs_off(&t, family), "{family:?} {rows:?}");
                checked += 1;
            }
        }
        assert!(checked > 1000, "{checked}");
    }

    /// Whether some direction with entries from −2 to 2 never lowers the likelihood and changes a
    /// stratum: in a 2 × 2 design of main effects such entries suffice.
    fn runs_off(t: &RepeatedTable, family: Family) -> bool {
        let design = CountDesign::read(t, "a + b").unwrap();
        let f = family.counts();
        let informing = Seen::of(t).informing(f);
        let kinds: Vec<Kind> = informing.strata.iter().map(|s| kind(s, f)).collect();
        (0..125).any(|code| {
            let z = [code % 5 - 2, code / 5 % 5 - 2, code / 25 - 2];
            let moves: Vec<i32> = design
                .rows
                .iter()
                .map(|row| row.iter().map(|&j| z[j as usize]).sum())
                .collect();
            moves.iter().any(|m| *m != 0)
                && moves.iter().zip(&kinds).all(|(m, k)| match k {
                    Kind::Absent => true,
                    Kind::Varied => *m == 0,
                    Kind::Least => *m <= 0,
                    Kind::Most => *m >= 0,
                })
        })
    }
}
