//! Which lists see whom: the log-linear model that the capture histories are drawn from.
//!
//! Within a stratum (sex × age × origin × place) the probability of history `h` is
//!
//! ```text
//! log p(h | x) = −c(x) + Σ_i h_i (a_i + a_i,sex + a_i,age + a_i,origin + a_i,place) + θ h_1 h_2
//! ```
//!
//! with list 1 the shelters and list 2 the benefit. So a model with saturated covariates, every
//! list × covariate term and the interaction of shelter and benefit holds the truth. What else
//! differs between people (municipality, last year's history) only decides *who* within a
//! stratum carries the drawn histories, which leaves the numbers per history as the model has
//! them.

use crate::arithmetic::{exp, ln};
use crate::assumption::{LIST_SHARES, LIST_TERMS, SHELTER_BENEFIT};
use crate::country::mix::{CELLS, Cell};
use crate::streams::Stream;

/// A capture history: bit `i` is list `i`.
pub(crate) type History = u8;

/// Whether a history holds a list.
pub(crate) fn holds(history: History, list: usize) -> bool {
    history >> list & 1 == 1
}

/// `101` for the first and the third list.
pub(crate) fn pattern(history: History) -> String {
    (0..3)
        .map(|list| if holds(history, list) { '1' } else { '0' })
        .collect()
}

/// The model with its intercepts.
#[derive(Clone, Debug)]
pub(crate) struct CaptureModel {
    intercepts: [f64; 3],
}

impl CaptureModel {
    /// The model whose lists hold their declared shares of a population with these shares of
    /// cells.
    pub(crate) fn fitted(cells: &[f64; CELLS]) -> Self {
        let mut model = Self {
            intercepts: [-2.0; 3],
        };
        for _ in 0..200 {
            let mut share = [0.0; 3];
            for cell in Cell::all() {
                let p = model.probabilities(cell);
                for (list, share) in share.iter_mut().enumerate() {
                    let on: f64 = (0..8)
                        .filter(|h| holds(*h, list))
                        .map(|h| p[usize::from(h)])
                        .sum();
                    *share += cells[cell.index()] * on;
                }
            }
            for list in 0..3 {
                model.intercepts[list] += ln(LIST_SHARES[list] / share[list]);
            }
        }
        // Nine decimals: what the truth writes down is what was drawn from.
        model.intercepts = model.intercepts.map(|x| (x * 1e9).round() / 1e9);
        model
    }

    /// Probability of each history in a cell.
    pub(crate) fn probabilities(&self, cell: Cell) -> [f64; 8] {
        let [sex, age, origin, place] = cell.strata();
        let mut eta = self.intercepts;
        for (eta, terms) in eta.iter_mut().zip(&LIST_TERMS) {
            *eta += terms.sex[sex] + terms.age[age] + terms.origin[origin] + terms.place[place];
        }
        let mut p = [0.0; 8];
        for history in 0..8_u8 {
            let mut log = if history & 0b11 == 0b11 {
                SHELTER_BENEFIT
            } else {
                0.0
            };
            for (list, eta) in eta.iter().enumerate() {
                if holds(history, list) {
                    log += eta;
                }
            }
            p[usize::from(history)] = exp(log);
        }
        let sum: f64 = p.iter().sum();
        p.map(|p| p / sum)
    }

    /// Draws the histories of this many people of a cell: persons per history.
    pub(crate) fn draw(&self, cell: Cell, persons: usize, stream: &mut Stream) -> [usize; 8] {
        let p = self.probabilities(cell);
        let weighted: Vec<(usize, f64)> = p.into_iter().enumerate().collect();
        let mut counts = [0; 8];
        for _ in 0..persons {
            counts[stream.pick(&weighted)] += 1;
        }
        counts
    }

    /// The coefficients by name, for the truth.
    pub(crate) fn coefficients(&self) -> Vec<(String, f64)> {
        use crate::assumption::LISTS;
        let mut all = Vec::new();
        for (list, name) in LISTS.iter().enumerate() {
            let terms = &LIST_TERMS[list];
            all.push(((*name).to_owned(), self.intercepts[list]));
            all.push((format!("{name}:sex=female"), terms.sex[1]));
            all.push((format!("{name}:age=27-49"), terms.age[1]));
            all.push((format!("{name}:age=50-64"), terms.age[2]));
            all.push((format!("{name}:origin=europe"), terms.origin[1]));
            all.push((format!("{name}:origin=outside_europe"), terms.origin[2]));
            all.push((format!("{name}:region=g4"), terms.place[1]));
        }
        all.push((format!("{}:{}", LISTS[0], LISTS[1]), SHELTER_BENEFIT));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::mix;
    use crate::streams::Purpose;

    #[test]
    fn lists_hold_their_shares_and_the_third_is_independent() {
        let cells = mix::shares(2024);
        let model = CaptureModel::fitted(&cells);
        let (mut shares, mut nobody) = ([0.0; 3], 0.0);
        for cell in Cell::all() {
            let p = model.probabilities(cell);
            assert!((p.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            let odds = |third: usize| (p[third] * p[third | 3]) / (p[third | 1] * p[third | 2]);
            for third in [0, 4] {
                assert!((odds(third) - SHELTER_BENEFIT.exp()).abs() < 1e-12);
            }
            assert!((p[0] * p[5] - p[1] * p[4]).abs() < 1e-15);
            for (list, share) in shares.iter_mut().enumerate() {
                let on: f64 = (0..8)
                    .filter(|h| holds(*h, list))
                    .map(|h| p[usize::from(h)])
                    .sum();
                *share += cells[cell.index()] * on;
            }
            nobody += cells[cell.index()] * p[0];
        }
        for (found, declared) in shares.into_iter().zip(LIST_SHARES) {
            assert!((found - declared).abs() < 1e-8);
        }
        assert!((0.28..0.31).contains(&(1.0 - nobody)), "{}", 1.0 - nobody);
    }

    #[test]
    fn drawn_histories_add_up() {
        let model = CaptureModel::fitted(&mix::shares(2024));
        let cell = Cell::all().next().unwrap();
        let counts = model.draw(cell, 1_000, &mut Stream::new(1, Purpose::Captures));
        assert_eq!(counts.iter().sum::<usize>(), 1_000);
        assert!(counts[0] > 600);
        assert_eq!((pattern(0b101), pattern(0)), ("101".into(), "000".into()));
    }
}
