//! The maximum of the observed-data likelihood against a maximiser that knows nothing of EM: the
//! likelihood written down from its definition, numerical derivatives, several starts; and
//! simulation where data are missing at random.

#![allow(clippy::needless_range_loop)] // formulas over two indices read as they are printed

use ethos_estimate::{
    Amount, CaptureTable, Criterion, EstimateError, Factor, FittedModel, IncompleteTable, Model,
    Pattern, Term, fit, fit_incomplete,
};
use nalgebra::{DMatrix, DVector};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The observed-data likelihood of a model from its definition.
struct Likelihood {
    /// Row of the design of every complete cell: stratum << lists | history.
    rows: Vec<Vec<f64>>,
    observable: Vec<bool>,
    /// Cells and counts of the patterns.
    patterns: Vec<(Vec<usize>, f64)>,
}

impl Likelihood {
    fn new(table: &IncompleteTable, model: &Model) -> Self {
        let lists = table.lists().len();
        let sizes: Vec<usize> = table.factors().iter().map(|f| f.levels.len()).collect();
        let strata: usize = sizes.iter().product();
        let levels = |mut s: usize| {
            let mut out = vec![0; sizes.len()];
            for (f, size) in sizes.iter().enumerate().rev() {
                out[f] = s % size;
                s /= size;
            }
            out
        };
        let mut rows = Vec::new();
        let mut observable = Vec::new();
        for s in 0..strata {
            let at = levels(s);
            for h in 0..1_u16 << lists {
                observable.push(h & !table.blind()[s] != 0);
                let mut row = Vec::new();
                for term in model.terms() {
                    let mut block = vec![f64::from(u8::from(h & term.lists == term.lists))];
                    for (f, size) in sizes.iter().enumerate() {
                        if term.factors >> f & 1 == 1 {
                            block = block
                                .iter()
                                .flat_map(|b| (1..*size).map(move |l| (b, l)).collect::<Vec<_>>())
                                .map(|(b, l)| if at[f] == l { *b } else { 0.0 })
                                .collect();
                        }
                    }
                    row.extend(block);
                }
                rows.push(row);
            }
        }
        let cells_of = |p: &Pattern| -> Vec<usize> {
            (0..strata)
                .filter(|&s| {
                    table.blind()[s] == p.blind
                        && levels(s)
                            .iter()
                            .zip(&p.levels)
                            .all(|(l, k)| k.is_none_or(|k| k == *l))
                })
                .flat_map(|s| {
                    (0..1_usize << lists)
                        .filter(|h| *h as u16 & !p.blind == p.on)
                        .map(move |h| s << lists | h)
                        .collect::<Vec<_>>()
                })
                .collect()
        };
        let patterns = table
            .patterns()
            .iter()
            .map(|p| (cells_of(p), p.count))
            .collect();
        Self {
            rows,
            observable,
            patterns,
        }
    }

    fn mean(&self, beta: &[f64], cell: usize) -> f64 {
        let eta: f64 = self.rows[cell].iter().zip(beta).map(|(x, b)| x * b).sum();
        eta.exp()
    }

    fn value(&self, beta: &[f64]) -> f64 {
        let total: f64 = (0..self.rows.len())
            .filter(|c| self.observable[*c])
            .map(|c| self.mean(beta, c))
            .sum();
        let seen: f64 = self
            .patterns
            .iter()
            .map(|(cells, y)| y * cells.iter().map(|c| self.mean(beta, *c)).sum::<f64>().ln())
            .sum();
        seen - total
    }

    fn unseen(&self, beta: &[f64]) -> f64 {
        (0..self.rows.len())
            .filter(|c| !self.observable[*c])
            .map(|c| self.mean(beta, c))
            .sum()
    }

    /// Exact gradient by the definition; Hessian by differences of it.
    fn gradient(&self, beta: &[f64]) -> Vec<f64> {
        let mut g = vec![0.0; beta.len()];
        for c in (0..self.rows.len()).filter(|c| self.observable[*c]) {
            let mu = self.mean(beta, c);
            for (g, x) in g.iter_mut().zip(&self.rows[c]) {
                *g -= mu * x;
            }
        }
        for (cells, y) in &self.patterns {
            let m: f64 = cells.iter().map(|c| self.mean(beta, *c)).sum();
            for c in cells {
                let share = y * self.mean(beta, *c) / m;
                for (g, x) in g.iter_mut().zip(&self.rows[*c]) {
                    *g += share * x;
                }
            }
        }
        g
    }

    fn hessian(&self, beta: &[f64]) -> DMatrix<f64> {
        let p = beta.len();
        let mut h = DMatrix::zeros(p, p);
        for j in 0..p {
            let step = 1e-5;
            let at = |d: f64| {
                let mut b = beta.to_vec();
                b[j] += d;
                self.gradient(&b)
            };
            let (up, down) = (at(step), at(-step));
            for i in 0..p {
                h[(i, j)] = (up[i] - down[i]) / (2.0 * step);
            }
        }
        let t = h.transpose();
        (h + t) * 0.5
    }

    /// Ascends by Newton steps on the Hessian made negative definite, halved until they ascend.
    fn maximise(&self, start: Vec<f64>) -> Option<(Vec<f64>, f64)> {
        let mut beta = start;
        let mut value = self.value(&beta);
        for _ in 0..500 {
            let g = DVector::from_vec(self.gradient(&beta));
            let eigen = (-self.hessian(&beta)).symmetric_eigen();
            let curved = eigen.eigenvalues.map(|e| 1.0 / e.abs().max(1e-3));
            let step = &eigen.eigenvectors
                * DMatrix::from_diagonal(&curved)
                * eigen.eigenvectors.transpose()
                * &g;
            let mut length = (2.0 / step.norm()).min(1.0);
            let mut moved = false;
            for _ in 0..40 {
                let next: Vec<f64> = beta
                    .iter()
                    .zip(step.iter())
                    .map(|(b, s)| b + length * s)
                    .collect();
                let v = self.value(&next);
                if v > value {
                    moved = v - value > 1e-14 * value.abs() || length * step.norm() > 1e-10;
                    beta = next;
                    value = v;
                    break;
                }
                length *= 0.5;
            }
            if !moved {
                return Some((beta, value));
            }
        }
        None
    }
}

fn compare(table: &IncompleteTable, model: &Model) -> FittedModel {
    let fitted = fit_incomplete(table, model).unwrap();
    let likelihood = Likelihood::new(table, model);
    let p = likelihood.rows[0].len();
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let n: f64 = table.persons();
    let mut best: Option<(Vec<f64>, f64)> = None;
    for _ in 0..12 {
        let mut start: Vec<f64> = (0..p).map(|_| rng.random_range(-1.5..1.5)).collect();
        start[0] += (n / likelihood.rows.len() as f64).ln();
        if let Some(found) = likelihood.maximise(start)
            && best.as_ref().is_none_or(|b| found.1 > b.1)
        {
            best = Some(found);
        }
    }
    let (beta, value) = best.expect("some start reaches a maximum");
    let log_factorials: f64 = table
        .patterns()
        .iter()
        .map(|p| (2..=p.count as u64).map(|i| (i as f64).ln()).sum::<f64>())
        .sum();
    let told = fitted.log_likelihood + log_factorials;
    assert!((told - value).abs() < 1e-8 * value.abs(), "{told} {value}");
    let unseen = likelihood.unseen(&beta);
    assert!(
        (fitted.unseen_total() / unseen - 1.0).abs() < 1e-5,
        "{} {unseen}",
        fitted.unseen_total()
    );
    // The variance from the observed information, by differences.
    let at: Vec<f64> = fitted
        .coefficients
        .iter()
        .map(|c| c.estimate.unwrap())
        .collect();
    let information = -likelihood.hessian(&at);
    let inverse = information.try_inverse().unwrap();
    let gradient = DVector::from_vec(
        (0..p)
            .map(|j| {
                let shifted = |d: f64| {
                    let mut b = at.clone();
                    b[j] += d;
                    likelihood.unseen(&b)
                };
                (shifted(1e-5) - shifted(-1e-5)) / 2e-5
            })
            .collect(),
    );
    let everyone: Vec<usize> = (0..fitted.unseen.len()).collect();
    let variance = fitted.unseen_total() + (gradient.transpose() * inverse * &gradient)[(0, 0)];
    let ours = fitted.variance(&everyone);
    assert!((ours / variance - 1.0).abs() < 1e-5, "{ours} {variance}");
    fitted
}

const Y: Option<bool> = Some(true);
const N: Option<bool> = Some(false);

#[test]
fn missing_levels_here_and_there() {
    let mut rows = IncompleteTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1"])]);
    let lists = [
        [Y, N, N],
        [N, Y, N],
        [N, N, Y],
        [Y, Y, N],
        [Y, N, Y],
        [N, Y, Y],
        [Y, Y, Y],
    ];
    let counts = [
        [40, 25, 12],
        [30, 41, 9],
        [22, 35, 20],
        [11, 9, 4],
        [8, 7, 3],
        [5, 12, 2],
        [6, 4, 1],
    ];
    for (history, [zero, one, unknown]) in lists.iter().zip(counts) {
        rows.add(history, &[Some(0)], zero).unwrap();
        rows.add(history, &[Some(1)], one).unwrap();
        rows.add(history, &[None], unknown).unwrap();
    }
    let table = rows.build().unwrap();
    let by_x = |i: usize| Term::list(i).union(Term::factor(0));
    compare(&table, &Model::from_generators([by_x(0), by_x(1), by_x(2)]));
    compare(
        &table,
        &Model::from_generators([by_x(0), by_x(1), by_x(2), Term::new(0b011, 0)]),
    );
    compare(
        &table,
        &Model::from_generators([Term::new(0b011, 1), by_x(2)]),
    );
}

/// Where no list depends on x the likelihood is that of the lists times that of x: differences of
/// criteria between models of the lists are those of the table without x, whoever lacks it.
#[test]
fn criteria_differ_by_what_the_lists_tell() {
    let mut rows = IncompleteTable::builder(["a", "b", "c"], [Factor::new("x", ["0", "1"])]);
    let mut without = CaptureTable::builder(["a", "b", "c"], []);
    for h in 1..8_u16 {
        let lists: Vec<Option<bool>> = (0..3).map(|i| Some(h >> i & 1 == 1)).collect();
        let h64 = u64::from(h);
        let counts = [91 - 11 * h64, 20 + 7 * (h64 % 3), 5 + 3 * (h64 % 4)];
        for (level, count) in [Some(0), Some(1), None].into_iter().zip(counts) {
            rows.add(&lists, &[level], count).unwrap();
        }
        without.add(h, &[], counts.iter().sum()).unwrap();
    }
    let (table, without) = (rows.build().unwrap(), without.build().unwrap());
    let lists = [Term::list(0), Term::list(1), Term::list(2)];
    let fits: Vec<_> = [&[][..], &[0b011], &[0b011, 0b101], &[0b011, 0b101, 0b110]]
        .iter()
        .map(|pairs| {
            let terms = lists
                .into_iter()
                .chain(pairs.iter().map(|&p| Term::new(p, 0)));
            let own = Model::from_generators(terms.clone());
            let with_x = Model::from_generators(terms.chain([Term::factor(0)]));
            (
                fit_incomplete(&table, &with_x).unwrap(),
                fit(&without, &own).unwrap(),
            )
        })
        .collect();
    for criterion in [Criterion::Aic, Criterion::Bic] {
        for pair in fits.windows(2) {
            let incomplete = pair[1].0.criterion(criterion) - pair[0].0.criterion(criterion);
            let lists = pair[1].1.criterion(criterion) - pair[0].1.criterion(criterion);
            assert!((incomplete - lists).abs() < 1e-8, "{incomplete} {lists}");
        }
    }
    // The constant is that of the persons whose x is known, and of the factorials.
    let (incomplete, own) = &fits[0];
    let ln_factorial = |n: f64| (2..=n as u64).map(|i| (i as f64).ln()).sum::<f64>();
    let known = |level: usize| -> f64 {
        let own = table.patterns().iter();
        own.filter(|p| p.levels[0] == Some(level))
            .map(|p| p.count)
            .sum()
    };
    let (zero, one) = (known(0), known(1));
    let by_x = zero * (zero / (zero + one)).ln() + one * (one / (zero + one)).ln();
    let factorials: f64 = without
        .counts()
        .iter()
        .map(|&c| ln_factorial(c))
        .sum::<f64>()
        - table
            .patterns()
            .iter()
            .map(|p| ln_factorial(p.count))
            .sum::<f64>();
    let constant = incomplete.log_likelihood - own.log_likelihood;
    assert!((constant - by_x - factorials).abs() < 1e-7, "{constant}");
}

#[test]
fn a_blind_list_that_lends_both_its_dependences() {
    let mut rows =
        IncompleteTable::builder(["a", "b", "c"], [Factor::new("age", ["old", "young"])]);
    for (lists, count) in [
        ([Y, N, N], 60),
        ([N, Y, N], 50),
        ([N, N, Y], 41),
        ([Y, Y, N], 12),
        ([Y, N, Y], 19),
        ([N, Y, Y], 25),
        ([Y, Y, Y], 14),
    ] {
        rows.add(&lists, &[Some(0)], count).unwrap();
    }
    for (lists, count) in [([Y, N, None], 31), ([N, Y, None], 24), ([Y, Y, None], 17)] {
        rows.add(&lists, &[Some(1)], count).unwrap();
    }
    let table = rows.build().unwrap();
    let (a, b) = (Term::new(0b001, 1), Term::new(0b010, 1));
    for pairs in [
        vec![0b101],
        vec![0b110],
        vec![0b101, 0b110],
        vec![0b011, 0b101],
    ] {
        let mut terms = vec![a, b, Term::list(2)];
        terms.extend(pairs.iter().map(|&m| Term::new(m, 0)));
        compare(&table, &Model::from_generators(terms));
    }
}

/// Among the old, whom c cannot see, being on a depends on sex less than where c looks; a dependence
/// of a and c that is lent to them could only make it depend more. The likelihood rises until
/// nobody old would be on c: that limit is the estimate, and the independent likelihood reaches it.
#[test]
fn a_likelihood_that_rises_to_a_limit_has_the_limit_as_estimate() {
    let factors = [
        Factor::new("sex", ["f", "m"]),
        Factor::new("age", ["young", "old"]),
    ];
    let mut rows = IncompleteTable::builder(["a", "b", "c"], factors);
    let young = [[60, 80, 20, 40, 35, 12, 15], [80, 60, 22, 70, 75, 30, 30]];
    let old = [[90, 70, 30], [60, 80, 18]];
    for sex in 0..2 {
        for h in 1..8_u16 {
            let on = |i: u16| Some(h >> i & 1 == 1);
            let at = usize::from(h) - 1;
            rows.add(
                &[on(0), on(1), on(2)],
                &[Some(sex), Some(0)],
                young[sex][at],
            )
            .unwrap();
            if h < 4 {
                rows.add(&[on(0), on(1), None], &[Some(sex), Some(1)], old[sex][at])
                    .unwrap();
            }
        }
    }
    let table = rows.build().unwrap();
    let by = |list: usize, factor: usize| Term::list(list).union(Term::factor(factor));
    let both = (0..3).flat_map(|list| [by(list, 0), by(list, 1)]);
    let pairs = [Term::factor(0).union(Term::factor(1)), Term::new(0b101, 0)];
    let model = Model::from_generators(both.chain(pairs));
    let fitted = fit_incomplete(&table, &model).unwrap();
    let infinite: Vec<&str> = fitted
        .coefficients
        .iter()
        .filter(|c| c.estimate == Some(f64::NEG_INFINITY))
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(infinite, ["c:ageold"]);
    let likelihood = Likelihood::new(&table, &model);
    let log_factorials: f64 = table
        .patterns()
        .iter()
        .map(|p| (2..=p.count as u64).map(|i| (i as f64).ln()).sum::<f64>())
        .sum();
    let limit = fitted.log_likelihood + log_factorials;
    let at = |far: f64| -> Vec<f64> {
        let of = |c: &ethos_estimate::FittedCoefficient| c.estimate.unwrap().max(far);
        fitted.coefficients.iter().map(of).collect()
    };
    // Ever nearer, from below.
    let values = [-2.0, -5.0, -10.0, -30.0].map(|far| likelihood.value(&at(far)));
    assert!(values.windows(2).all(|v| v[0] < v[1]), "{values:?}");
    assert!(
        (values[3] - limit).abs() < 1e-9 * limit.abs(),
        "{values:?} {limit}"
    );
    let unseen = likelihood.unseen(&at(-30.0));
    assert!((fitted.unseen_total() / unseen - 1.0).abs() < 1e-9);
    // No step from near the limit leads higher.
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    for _ in 0..2000 {
        let mut beta = at(-12.0);
        let size = 10_f64.powf(rng.random_range(-3.0..0.5));
        for b in &mut beta {
            *b += size * rng.random_range(-1.0..1.0);
        }
        assert!(likelihood.value(&beta) <= limit + 1e-9 * limit.abs());
    }
}

#[test]
fn both_at_once() {
    let factors = [
        Factor::new("sex", ["f", "m"]),
        Factor::new("age", ["old", "young"]),
    ];
    let mut rows = IncompleteTable::builder(["a", "b", "c"], factors);
    let mut count = 7_u64;
    for h in 1..8_u16 {
        for sex in [Some(0), Some(1), None] {
            for age in [0, 1] {
                count = (count * 31 + 11) % 47;
                let lists: Vec<Option<bool>> = (0..3)
                    .map(|i| (i < 2 || age == 0).then_some(h >> i & 1 == 1))
                    .collect();
                if lists.contains(&Some(true)) {
                    let some = if sex.is_none() { count / 4 } else { count + 5 };
                    rows.add(&lists, &[sex, Some(age)], some).unwrap();
                }
            }
        }
    }
    let table = rows.build().unwrap();
    assert_eq!(table.blind(), [0, 0b100, 0, 0b100]);
    let model = Model::from_generators([
        Term::new(0b001, 0b11),
        Term::new(0b010, 0b01),
        Term::new(0b100, 0b01),
        Term::new(0b010, 0b10),
        Term::new(0b101, 0),
    ]);
    compare(&table, &model);
}

/// Missing completely at random: over many tables the estimate is that of the complete data on
/// average, while dropping the incomplete persons loses a fifth of the population.
#[test]
fn missing_at_random_does_not_bias() {
    let mut rng = ChaCha8Rng::seed_from_u64(20_260_101);
    let chances = [[0.45, 0.35, 0.25], [0.25, 0.5, 0.4]];
    let (size, rounds) = (2500, 200);
    let model = Model::from_generators((0..3).map(|i| Term::new(1 << i, 1)));
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..rounds {
        let factors = [Factor::new("x", ["0", "1"])];
        let mut rows = IncompleteTable::builder(["a", "b", "c"], factors);
        for x in 0..2 {
            for _ in 0..size {
                let lists: Vec<Option<bool>> = chances[x]
                    .iter()
                    .map(|p| Some(rng.random_range(0.0..1.0) < *p))
                    .collect();
                let known = rng.random_range(0.0..1.0) < 0.8;
                if lists.contains(&Y) {
                    rows.add(&lists, &[known.then_some(x)], 1).unwrap();
                }
            }
        }
        let n = fit_incomplete(&rows.build().unwrap(), &model)
            .unwrap()
            .population();
        sum += n;
        squares += n * n;
    }
    let mean = sum / f64::from(rounds);
    let sd = (squares / f64::from(rounds) - mean * mean).sqrt();
    // Three standard errors of the mean of 200; the bias of order 1/N is below one person here.
    let error = 3.0 * sd / f64::from(rounds).sqrt();
    assert!((mean - 5000.0).abs() < error, "{mean} ± {error}");
    assert!(sd < 150.0, "{sd}");
}

/// Weighted persons and missing levels together: one tenth of the counts, one tenth of the estimate.
#[test]
fn fractional_and_incomplete() {
    let build = |tenths: bool| -> Result<IncompleteTable, EstimateError> {
        let factors = [Factor::new("x", ["0", "1"])];
        let mut rows = IncompleteTable::builder(["a", "b"], factors).fractional(tenths);
        for (lists, level, count) in [
            ([Y, N], Some(0), 63_u64),
            ([Y, N], Some(1), 41),
            ([N, Y], Some(0), 52),
            ([N, Y], Some(1), 37),
            ([Y, Y], Some(0), 24),
            ([Y, Y], Some(1), 15),
            ([Y, N], None, 18),
            ([N, Y], None, 9),
        ] {
            let count: Amount = if tenths {
                format!("{}.{}", count / 10, count % 10).parse()?
            } else {
                Amount::of(count)
            };
            rows.add_amount(&lists, &[level], count)?;
        }
        rows.build()
    };
    let model = Model::from_generators([Term::new(1, 1), Term::new(2, 1)]);
    let whole = fit_incomplete(&build(false).unwrap(), &model).unwrap();
    let tenth = fit_incomplete(&build(true).unwrap(), &model).unwrap();
    assert!((whole.population() / tenth.population() - 10.0).abs() < 1e-8);
}
