//! Drawing replicate tables: exact multinomials on counter-based random streams.
//!
//! A multinomial of fixed size is drawn as Poisson counts whose total stays
//! just below it, redrawn when the total exceeds it, and topped up by single
//! draws from an alias table (Walker 1977; Vose 1991). Given their total, the
//! Poisson counts are multinomial, so the result is exact; the means are the
//! same in all replicates, so each cell's distribution is tabulated once.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::IntervalMethod;
use crate::error::EstimateError;
use crate::kernel::math;

/// What a random stream is for; part of its key, so that no two uses share numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Replicates of the whole table.
    Table = 1,
    /// Replicates of one stratum fitted alone.
    Stratum = 2,
    /// Replicates of one list with repeated contacts.
    Repeated = 16,
}

/// The stream of one replicate, a function of its key alone.
pub(crate) fn stream(seed: u64, purpose: Purpose, part: u64, replicate: u64) -> ChaCha8Rng {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
    key[16..24].copy_from_slice(&part.to_le_bytes());
    key[24..].copy_from_slice(b"ethos-e1");
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(replicate);
    rng
}

/// A uniform number in [0, 1) with 53 bits.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A discrete distribution on `first..` as its distribution function with a guide table.
#[derive(Debug, Clone)]
struct Tabulated {
    first: u64,
    cdf: Vec<f64>,
    guide: Vec<u32>,
}

const GUIDE: usize = 256;

impl Tabulated {
    /// From its mode, the log mass there, and the ratios mass(k+1)/mass(k).
    fn new(mode: u64, log_mass: f64, last: u64, ratio: impl Fn(u64) -> f64) -> Self {
        let top = math::exp(log_mass);
        let floor = top * 1e-20;
        let mut down = Vec::new();
        let mut mass = top;
        let mut k = mode;
        while k > 0 {
            mass /= ratio(k - 1);
            if mass <= floor || mass.is_nan() {
                break;
            }
            k -= 1;
            down.push(mass);
        }
        let first = k;
        down.reverse();
        let mut masses = down;
        masses.push(top);
        mass = top;
        k = mode;
        while k < last {
            mass *= ratio(k);
            if mass <= floor || mass.is_nan() {
                break;
            }
            k += 1;
            masses.push(mass);
        }
        let total: f64 = masses.iter().sum();
        let mut sum = 0.0;
        let mut cdf: Vec<f64> = masses
            .iter()
            .map(|m| {
                sum += m;
                sum / total
            })
            .collect();
        if let Some(end) = cdf.last_mut() {
            *end = 1.0;
        }
        let mut guide = Vec::with_capacity(GUIDE);
        let mut at = 0;
        for g in 0..GUIDE {
            while cdf[at] <= g as f64 / GUIDE as f64 && at + 1 < cdf.len() {
                at += 1;
            }
            guide.push(at as u32);
        }
        Self { first, cdf, guide }
    }

    fn poisson(mean: f64) -> Self {
        let mode = mean.floor();
        let log_mass = if mean > 0.0 {
            mode * math::ln(mean) - mean - math::ln_factorial(mode)
        } else {
            0.0
        };
        Self::new(mode as u64, log_mass, u64::MAX, |k| mean / (k as f64 + 1.0))
    }

    fn binomial(size: u64, p: f64) -> Self {
        let n = size as f64;
        let mode = ((n + 1.0) * p).floor().min(n);
        let log_mass =
            math::ln_factorial(n) - math::ln_factorial(mode) - math::ln_factorial(n - mode)
                + if mode > 0.0 { mode * math::ln(p) } else { 0.0 }
                + if n > mode {
                    (n - mode) * math::ln_1p(-p)
                } else {
                    0.0
                };
        // The total is normalised, so only the ratios matter; an underflowing mass must not.
        let log_mass = if log_mass.is_finite() {
            log_mass.max(-600.0)
        } else {
            0.0
        };
        Self::new(mode as u64, log_mass, size, |k| {
            (n - k as f64) / (k as f64 + 1.0) * (p / (1.0 - p))
        })
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> u64 {
        let u = uniform(rng);
        let mut at = self.guide[(u * GUIDE as f64) as usize] as usize;
        while self.cdf[at] <= u {
            at += 1;
        }
        self.first + at as u64
    }
}

/// Single draws in constant time.
#[derive(Debug, Clone)]
struct Alias {
    keep: Vec<f64>,
    other: Vec<u32>,
}

impl Alias {
    fn new(weights: &[f64]) -> Self {
        let n = weights.len();
        let total: f64 = weights.iter().sum();
        let mut keep: Vec<f64> = weights.iter().map(|w| w / total * n as f64).collect();
        let mut other: Vec<u32> = (0..n as u32).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| keep[i] < 1.0);
        while let (Some(&s), Some(&l)) = (small.last(), large.last()) {
            small.pop();
            other[s] = l as u32;
            keep[l] -= 1.0 - keep[s];
            if keep[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        for i in small.into_iter().chain(large) {
            keep[i] = 1.0;
        }
        Self { keep, other }
    }

    fn draw(&self, rng: &mut ChaCha8Rng) -> usize {
        let x = uniform(rng) * self.keep.len() as f64;
        let i = x as usize;
        if x - i as f64 <= self.keep[i] {
            i
        } else {
            self.other[i] as usize
        }
    }
}

/// How many persons a replicate observes.
#[derive(Debug, Clone)]
enum Size {
    Fixed(u64),
    /// Binomial(N, n/N) for the two whole numbers around the estimate; probability of the upper.
    Binomial {
        lower: Tabulated,
        upper: Tabulated,
        up: f64,
    },
}

/// Draws replicate tables of the persons observed.
#[derive(Debug, Clone)]
pub(crate) struct Resampler {
    cells: Vec<u32>,
    counts: Vec<Tabulated>,
    alias: Alias,
    size: Size,
}

impl Resampler {
    /// A resampler of a table with cell counts `observed` and, for the parametric bootstrap, fitted
    /// `means`; `unseen` persons estimated. The estimate is rounded to a whole number of persons at
    /// random in each replicate, so that its mean is kept.
    pub(crate) fn new(
        method: IntervalMethod,
        observed: &[f64],
        means: &[f64],
        unseen: f64,
    ) -> Result<Self, EstimateError> {
        let n: f64 = observed.iter().sum();
        let weights = if method == IntervalMethod::Parametric {
            means
        } else {
            observed
        };
        let cells: Vec<u32> = (0..weights.len())
            .filter(|&c| weights[c] > 0.0)
            .map(|c| c as u32)
            .collect();
        let kept: Vec<f64> = cells.iter().map(|&c| weights[c as usize]).collect();
        let total: f64 = kept.iter().sum();
        let population = n + unseen;
        // Distribution tables grow with the square root of the counts.
        if n > 1e10 || population >= 1e15 || population.is_nan() {
            return Err(EstimateError::TooLargeToResample(population));
        }
        let (size, spread) = if method == IntervalMethod::Nonparametric {
            (Size::Fixed(n as u64), n.sqrt())
        } else {
            let p = n / population;
            let floor = population.floor();
            let size = Size::Binomial {
                lower: Tabulated::binomial(floor as u64, p),
                upper: Tabulated::binomial(floor as u64 + 1, p),
                up: population - floor,
            };
            (size, (n * (2.0 - p)).sqrt())
        };
        // Three standard deviations of (size − Poisson total) below the mean size.
        let target = (n - 3.0 * spread).max(0.0);
        let counts = kept
            .iter()
            .map(|w| Tabulated::poisson(target * w / total))
            .collect();
        Ok(Self {
            alias: Alias::new(&kept),
            cells,
            counts,
            size,
        })
    }

    /// Fills `y` with one replicate.
    pub(crate) fn draw(&self, rng: &mut ChaCha8Rng, y: &mut [f64]) {
        y.fill(0.0);
        let size = match &self.size {
            Size::Fixed(n) => *n,
            Size::Binomial { lower, upper, up } => {
                if uniform(rng) < *up {
                    upper.draw(rng)
                } else {
                    lower.draw(rng)
                }
            }
        };
        loop {
            let mut total = 0;
            for (&c, table) in self.cells.iter().zip(&self.counts) {
                let k = table.draw(rng);
                total += k;
                y[c as usize] = k as f64;
            }
            if total <= size {
                for _ in total..size {
                    y[self.cells[self.alias.draw(rng)] as usize] += 1.0;
                }
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_depend_on_every_part_of_the_key() {
        let first = |s, p, part, r| stream(s, p, part, r).next_u64();
        let base = first(1, Purpose::Table, 0, 0);
        assert_eq!(base, first(1, Purpose::Table, 0, 0));
        for other in [
            first(2, Purpose::Table, 0, 0),
            first(1, Purpose::Stratum, 0, 0),
            first(1, Purpose::Table, 1, 0),
            first(1, Purpose::Table, 0, 1),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn tabulated_distributions_have_their_moments() {
        for mean in [0.0, 0.3, 5.0, 123.4, 40_000.0] {
            let t = Tabulated::poisson(mean);
            let (m, v) = moments(&t);
            assert!((m - mean).abs() < 1e-9 * mean.max(1.0), "{mean} {m}");
            assert!((v - mean).abs() < 1e-6 * mean.max(1.0), "{mean} {v}");
        }
        for (n, p) in [
            (10_u64, 0.3),
            (30_000, 0.54),
            (1_000_000, 0.001),
            (5, 1.0 - 1e-12),
        ] {
            let (m, v) = moments(&Tabulated::binomial(n, p));
            let n = n as f64;
            assert!((m - n * p).abs() < 1e-7 * n * p, "{n} {p} {m}");
            assert!((v - n * p * (1.0 - p)).abs() < 1e-5 * n, "{n} {p} {v}");
        }
    }

    fn moments(t: &Tabulated) -> (f64, f64) {
        let mut before = 0.0;
        let (mut m, mut s) = (0.0, 0.0);
        let centre = (t.first + t.cdf.len() as u64 / 2) as f64;
        for (i, c) in t.cdf.iter().enumerate() {
            let x = (t.first + i as u64) as f64 - centre;
            m += x * (c - before);
            s += x * x * (c - before);
            before = *c;
        }
        (m + centre, s - m * m)
    }

    #[test]
    fn replicates_keep_size_and_means() {
        let observed = [0.0, 500.0, 300.0, 0.0, 190.0, 10.0];
        let fixed = Resampler::new(IntervalMethod::Nonparametric, &observed, &[], 0.0).unwrap();
        let semi = Resampler::new(IntervalMethod::Semiparametric, &observed, &[], 500.5).unwrap();
        let mut y = [0.0; 6];
        let mut sums = [0.0; 6];
        let (mut m, mut s) = (0.0, 0.0);
        let b = 20_000;
        for r in 0..b {
            fixed.draw(&mut stream(7, Purpose::Table, 0, r), &mut y);
            assert_eq!(y.iter().sum::<f64>(), 1000.0);
            assert!(y[0] == 0.0 && y[3] == 0.0);
            for (a, x) in sums.iter_mut().zip(&y) {
                *a += x;
            }
            semi.draw(&mut stream(8, Purpose::Table, 0, r), &mut y);
            let n: f64 = y.iter().sum();
            m += n;
            s += n * n;
        }
        let b = b as f64;
        for (a, x) in sums.iter().zip(&observed) {
            let se = (x * (1.0 - x / 1000.0) / b).sqrt();
            assert!((a / b - x).abs() <= 5.0 * se + 1e-12);
        }
        let mean = m / b;
        let variance = s / b - mean * mean;
        let want = 1000.0 * 500.5 / 1500.5;
        assert!((mean - 1000.0).abs() < 5.0 * (want / b).sqrt());
        assert!((variance / want - 1.0).abs() < 0.06, "{variance} {want}");
    }
}
