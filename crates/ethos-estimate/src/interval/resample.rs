//! Drawing replicate tables: exact multinomials on counter-based random streams.
//!
//! Independent Poisson counts are, given their total, multinomial; their means
//! are the same in all replicates, so each cell's distribution is tabulated
//! once (alias tables: Walker 1977; Vose 1991). What remains is a total with
//! the right distribution, in the cheaper of two exact ways. Where the number
//! seen is binomial, narrower than Poisson, the total is accepted with
//! probability proportional to the ratio of the two (von Neumann 1951). Where
//! it is fixed or nearly so, totals aim below it, are redrawn when above, and
//! topped up by single draws.

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

/// A discrete distribution on `first..`, drawn from with one number, one look-up and no branch.
#[derive(Debug, Clone)]
struct Tabulated {
    first: u64,
    /// The table has 2^bits entries.
    bits: u32,
    /// Threshold in the upper bits: below it the entry itself, else the other one in the lower bits.
    entries: Vec<u64>,
}

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
        Self::of(first, &masses)
    }

    /// From weights, not all zero.
    fn of(first: u64, weights: &[f64]) -> Self {
        let bits = weights.len().next_power_of_two().ilog2().max(1);
        let n = 1_usize << bits;
        let total: f64 = weights.iter().sum();
        let mut keep: Vec<f64> = weights.iter().map(|w| w / total * n as f64).collect();
        keep.resize(n, 0.0);
        let mut other: Vec<u64> = (0..n as u64).collect();
        let (mut small, mut large): (Vec<usize>, Vec<usize>) = (0..n).partition(|&i| keep[i] < 1.0);
        while let (Some(&s), Some(&l)) = (small.last(), large.last()) {
            small.pop();
            other[s] = l as u64;
            keep[l] -= 1.0 - keep[s];
            if keep[l] < 1.0 {
                large.pop();
                small.push(l);
            }
        }
        // Left over by rounding, all but one: entries that refer to themselves need no threshold.
        let scale = 2.0_f64.powi(64 - bits as i32);
        let entries = keep
            .iter()
            .zip(other)
            .map(|(k, other)| ((k * scale) as u64) << bits | other)
            .collect();
        Self {
            first,
            bits,
            entries,
        }
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
        let u = rng.next_u64();
        let own = u >> (64 - self.bits);
        let entry = self.entries[own as usize];
        let mask = (1 << self.bits) - 1;
        let chosen = if u << self.bits < entry & !mask {
            own
        } else {
            entry & mask
        };
        self.first + chosen
    }
}

/// How many persons a replicate observes.
#[derive(Debug, Clone)]
enum Size {
    Fixed(u64),
    /// Binomial(N, n/N) for the two whole numbers around the estimate; probability of the upper.
    Binomial {
        lower: Total,
        upper: Total,
        up: f64,
    },
}

/// A binomial total.
#[derive(Debug, Clone)]
enum Total {
    /// Drawn first; the counts stay below it and are topped up.
    First(Tabulated),
    /// Of the counts themselves: probability of accepting a total from `from` on.
    Accepted { from: u64, accept: Vec<f64> },
}

impl Total {
    /// The probability of accepting Poisson(`mean`) as Binomial(`size`, `p`), up to a constant:
    /// the ratio of neighbours is (size − t) p / ((1 − p) mean), which falls through one.
    fn accepted(size: u64, p: f64, mean: f64) -> Self {
        let n = size as f64;
        let ratio = |t: f64| (n - t) * p / ((1.0 - p) * mean);
        let mode = (n - (1.0 - p) * mean / p).ceil().clamp(0.0, n);
        let mut below = Vec::new();
        let (mut t, mut value) = (mode, 1.0);
        while t > 0.0 && value > 1e-20 {
            t -= 1.0;
            value /= ratio(t);
            below.push(value);
        }
        let from = t as u64;
        below.reverse();
        let mut accept = below;
        accept.push(1.0);
        (t, value) = (mode, 1.0);
        while t < n && value > 1e-20 {
            value *= ratio(t);
            t += 1.0;
            accept.push(value);
        }
        // One at the largest, whatever the rounding of the mode.
        let top = accept.iter().copied().fold(0.0, f64::max);
        for a in &mut accept {
            *a /= top;
        }
        Self::Accepted { from, accept }
    }
}

/// Largest spread of an acceptance table, in standard deviations of the unseen persons.
const MAX_UNSEEN: f64 = 1e7;

/// For totals that must stay below a given one: how many standard deviations to aim below it so
/// that `cells` draws per attempt and the expected top-up of `spread` times a standard normal are
/// fewest; and how many draws that is.
fn aim(cells: f64, spread: f64) -> (f64, f64) {
    (-20..=30)
        .map(|c| {
            let c = f64::from(c) / 10.0;
            let below = math::normal_distribution(c);
            let deficit = spread * (c + math::normal_density(c) / below);
            (c, cells / below + deficit)
        })
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or((3.0, f64::INFINITY))
}

/// Draws replicate tables of the persons observed.
#[derive(Debug, Clone)]
pub(crate) struct Resampler {
    cells: Vec<u32>,
    counts: Vec<Tabulated>,
    single: Tabulated,
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
        let p = n / population;
        let many = kept.len() as f64;
        let fixed = method == IntervalMethod::Nonparametric;
        let spread = if fixed {
            n.sqrt()
        } else {
            (n * (2.0 - p)).sqrt()
        };
        let (below, draws) = aim(many, spread);
        // Without top-up an attempt succeeds with a probability of about √(1 − p).
        let whole = !fixed && unseen < MAX_UNSEEN && p < 1.0 && many / (1.0 - p).sqrt() < draws;
        let target = if whole {
            n
        } else {
            (n - below * spread).max(0.0)
        };
        let size = if fixed {
            Size::Fixed(n as u64)
        } else {
            let floor = population.floor();
            let total = |size: f64| {
                if whole {
                    Total::accepted(size as u64, p, n)
                } else {
                    Total::First(Tabulated::binomial(size as u64, p))
                }
            };
            Size::Binomial {
                lower: total(floor),
                upper: total(floor + 1.0),
                up: population - floor,
            }
        };
        let counts = kept
            .iter()
            .map(|w| Tabulated::poisson(target * w / total))
            .collect();
        Ok(Self {
            single: Tabulated::of(0, &kept),
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
                let total = if uniform(rng) < *up { upper } else { lower };
                match total {
                    Total::First(size) => size.draw(rng),
                    Total::Accepted { from, accept } => {
                        while !self
                            .counts(rng, y)
                            .checked_sub(*from)
                            .and_then(|t| accept.get(t as usize))
                            .is_some_and(|&a| uniform(rng) < a)
                        {}
                        return;
                    }
                }
            }
        };
        loop {
            let total = self.counts(rng, y);
            if total <= size {
                for _ in total..size {
                    y[self.cells[self.single.draw(rng) as usize] as usize] += 1.0;
                }
                return;
            }
        }
    }

    /// Poisson counts; returns their total.
    fn counts(&self, rng: &mut ChaCha8Rng, y: &mut [f64]) -> u64 {
        let mut total = 0;
        for (&c, table) in self.cells.iter().zip(&self.counts) {
            let k = table.draw(rng);
            total += k;
            // Through a signed number: one instruction.
            y[c as usize] = k as i64 as f64;
        }
        total
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
        let n = 1_usize << t.bits;
        let mut mass = vec![0.0; n];
        for (i, entry) in t.entries.iter().enumerate() {
            let keep = (entry >> t.bits) as f64 * 2.0_f64.powi(t.bits as i32 - 64);
            mass[i] += keep / n as f64;
            mass[(entry & ((1 << t.bits) - 1)) as usize] += (1.0 - keep) / n as f64;
        }
        let centre = (t.first + n as u64 / 4) as f64;
        let (mut m, mut s) = (0.0, 0.0);
        for (i, mass) in mass.iter().enumerate() {
            let x = (t.first + i as u64) as f64 - centre;
            m += x * mass;
            s += x * x * mass;
        }
        (m + centre, s - m * m)
    }

    /// The accepted totals are binomial: their masses, from the table and the Poisson ones.
    #[test]
    fn accepted_totals_are_binomial() {
        let (size, p) = (40_u64, 0.55);
        let mean = 21.3;
        let Total::Accepted { from, accept } = Total::accepted(size, p, mean) else {
            panic!("made so")
        };
        assert_eq!((from, accept.len()), (0, 41));
        let mut poisson = (-mean).exp();
        let mut binomial = (1.0 - p).powi(40);
        let mut pairs = Vec::new();
        for (t, chance) in accept.iter().enumerate() {
            pairs.push((poisson * chance, binomial));
            poisson *= mean / (t as f64 + 1.0);
            binomial *= (40.0 - t as f64) / (t as f64 + 1.0) * p / (1.0 - p);
        }
        let accepted: f64 = pairs.iter().map(|x| x.0).sum();
        assert!(accepted > 0.6, "{accepted}");
        for (got, want) in pairs {
            assert!((got / accepted - want).abs() < 1e-13);
        }
        assert!(accept.iter().all(|a| *a <= 1.0));
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
