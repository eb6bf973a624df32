//! The cell-key method for tables made on demand: noise that is the same wherever the same
//! persons are counted.
//!
//! As the Australian Bureau of Statistics devised it (Fraser and Wooton 2005) and Eurostat
//! recommends it for the census of 2021 (Giessing 2016): every person has a record key, a
//! random-looking number made from their identifier under a secret; the keys of the persons in a
//! cell, added up and cut off, are its cell key; and the noise is read off a table of
//! probabilities ([`NoiseTable`]) at the cell's count and key. The same persons get the same noise
//! in every table, in every order and on every day, so that asking twice tells nothing new; totals
//! are treated like any other cell and **need not equal the sum of their parts**.
//!
//! Sums of record keys are exact, so no rounding of a computer decides a cell.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Probabilities of noise, by count.
///
/// Of each count the noise has expectation zero and one stated variance, its size is limited, a
/// published number is never negative and never from 1 up to a stated number, and beyond that the
/// distribution is the one of most entropy: `p(v) ∝ exp(a·v + b·v²)`. Counts from twice the limit
/// on share one distribution. Zero stays zero.
#[derive(Clone, PartialEq, Debug)]
pub struct NoiseTable {
    /// By count from 1: noise and its probability, smallest noise first. The last holds for all
    /// larger counts.
    rows: Vec<Vec<(i64, f64)>>,
}

/// Why there is no such table.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum NoiseError {
    /// No distribution has this variance.
    #[error(
        "no noise of at most {largest} has variance {variance} at a count of {count}; ask for more noise or another variance"
    )]
    Variance {
        /// Count.
        count: i64,
        /// Largest noise.
        largest: u32,
        /// Variance.
        variance: f64,
    },
    /// A line cannot be read.
    #[error("line {line}: {reason}; a noise table has the columns count,noise,probability")]
    Line {
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: &'static str,
    },
    /// The probabilities of a count are no distribution without bias.
    #[error("count {count}: {reason}")]
    Count {
        /// Count.
        count: i64,
        /// What is wrong.
        reason: &'static str,
    },
}

/// Largest noise that can be asked for.
const LARGEST: u32 = 50;
/// How far from 1, or from 0, sums of probabilities of a file may be.
const NEAR: f64 = 1e-6;

impl NoiseTable {
    /// The table of most entropy with this largest noise and variance, in which no published
    /// number is from 1 to `smallest`.
    ///
    /// ```
    /// use ethos_disclosure::NoiseTable;
    /// let table = NoiseTable::new(2, 1.0, 0)?;
    /// let low = |count| table.probabilities(count)[0];
    /// assert!((low(1).1 - 0.39806471).abs() < 1e-8 && low(1).0 == -1);
    /// assert!((low(2).1 - 0.06382714).abs() < 1e-8 && low(2).0 == -2);
    /// # Ok::<(), ethos_disclosure::NoiseError>(())
    /// ```
    ///
    /// # Errors
    /// No such noise has this variance at every count.
    pub fn new(largest: u32, variance: f64, smallest: u32) -> Result<Self, NoiseError> {
        let (most, gap) = (i64::from(largest.min(LARGEST)), i64::from(smallest));
        // From here on neither zero nor the forbidden numbers are in reach.
        let last = (most + gap).max(1);
        let rows = (1..=last)
            .map(|count| {
                let support: Vec<i64> = (-count.min(most)..=most)
                    .filter(|v| !(1..=gap).contains(&(count + v)))
                    .collect();
                most_entropy(&support, variance).ok_or(NoiseError::Variance {
                    count,
                    largest,
                    variance,
                })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }

    /// The table that comes along, `data/reference/cell_key_noise.csv`: noise of at most 5 with
    /// variance 3, no published number of 1 or 2.
    pub fn shipped() -> Self {
        Self::from_csv(include_str!("../../../data/reference/cell_key_noise.csv"))
            .expect("the shipped table is read by a test")
    }

    /// Reads a table from its file: `count,noise,probability`, counts from 1 without a gap.
    ///
    /// # Errors
    /// A line has other columns, probabilities of a count do not add up to one, the noise has a
    /// bias, or a published number would be negative.
    pub fn from_csv(text: &str) -> Result<Self, NoiseError> {
        let mut by_count: BTreeMap<i64, Vec<(i64, f64)>> = BTreeMap::new();
        for (at, line) in text.lines().enumerate() {
            let line = line.trim();
            if at == 0 || line.is_empty() {
                continue;
            }
            let bad = |reason| NoiseError::Line {
                line: at + 1,
                reason,
            };
            let mut fields = line.split(',').map(str::trim);
            let (Some(count), Some(noise), Some(probability), None) =
                (fields.next(), fields.next(), fields.next(), fields.next())
            else {
                return Err(bad("not three columns"));
            };
            let count: i64 = count.parse().map_err(|_| bad("the count is no number"))?;
            let noise: i64 = noise.parse().map_err(|_| bad("the noise is no number"))?;
            let probability: f64 = probability
                .parse()
                .map_err(|_| bad("the probability is no number"))?;
            if !(0.0..=1.0).contains(&probability) {
                return Err(bad("the probability is not from 0 to 1"));
            }
            if !(1..=100_000).contains(&count) || noise.abs() > i64::from(LARGEST) {
                return Err(bad("the count or the noise is out of range"));
            }
            if count + noise < 0 {
                return Err(bad("a number below zero would be published"));
            }
            by_count
                .entry(count)
                .or_default()
                .push((noise, probability));
        }
        let mut rows = Vec::with_capacity(by_count.len());
        for (expected, (count, mut row)) in (1..).zip(by_count) {
            let bad = |reason| NoiseError::Count { count, reason };
            if count != expected {
                return Err(bad("the count before it is not there"));
            }
            row.sort_by_key(|(noise, _)| *noise);
            if row.windows(2).any(|pair| pair[0].0 == pair[1].0) {
                return Err(bad("a noise stands there twice"));
            }
            if (row.iter().map(|(_, p)| p).sum::<f64>() - 1.0).abs() > NEAR {
                return Err(bad("the probabilities do not add up to 1"));
            }
            if row.iter().map(|(v, p)| *v as f64 * p).sum::<f64>().abs() > NEAR {
                return Err(bad("the noise has a bias"));
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(NoiseError::Line {
                line: 1,
                reason: "no count",
            });
        }
        Ok(Self { rows })
    }

    /// The table as a file.
    pub fn to_csv(&self) -> String {
        let mut text = "count,noise,probability\n".to_owned();
        for (count, row) in (1..).zip(&self.rows) {
            for (noise, probability) in row {
                // Writing to a string does not fail.
                let _ = writeln!(text, "{count},{noise},{probability:.12}");
            }
        }
        text
    }

    /// Noise and probability at a count; nothing at zero.
    pub fn probabilities(&self, count: i64) -> &[(i64, f64)] {
        if count <= 0 {
            return &[];
        }
        let at = usize::try_from(count)
            .unwrap_or(usize::MAX)
            .min(self.rows.len());
        &self.rows[at - 1]
    }

    /// Largest noise and largest variance of any count: what a reader may be told of the method.
    pub fn extent(&self) -> (i64, f64) {
        let largest = self.rows.iter().flatten().map(|(v, _)| v.abs()).max();
        let variance = self
            .rows
            .iter()
            .map(|row| row.iter().map(|(v, p)| (*v * *v) as f64 * p).sum::<f64>())
            .fold(0.0, f64::max);
        (largest.unwrap_or(0), variance)
    }

    /// What is published of a cell with this count and key.
    pub fn published(&self, cell: KeyedCount) -> i64 {
        let row = self.probabilities(cell.count);
        // The upper 53 bits of the key as a number from 0 up to 1.
        let at = (cell.key >> 11) as f64 / (1_u64 << 53) as f64;
        let mut below = 0.0;
        for (noise, probability) in row {
            below += probability;
            if at < below {
                return cell.count + noise;
            }
        }
        cell.count + row.last().map_or(0, |(noise, _)| *noise)
    }
}

/// A count with its cell key.
///
/// ```
/// use ethos_disclosure::KeyedCount;
/// let mut one = KeyedCount::default();
/// let mut other = KeyedCount::default();
/// for key in [7, u64::MAX, 12] {
///     one.add(key);
/// }
/// for key in [12, 7, u64::MAX] {
///     other.add(key);
/// }
/// assert_eq!((one.count, one.key), (3, 18));
/// assert_eq!(one, other);
/// ```
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct KeyedCount {
    /// Persons.
    pub count: i64,
    /// Sum of their record keys, modulo 2⁶⁴.
    pub key: u64,
}

impl KeyedCount {
    /// One person more.
    pub fn add(&mut self, record_key: u64) {
        self.count += 1;
        self.key = self.key.wrapping_add(record_key);
    }
}

/// The distribution of most entropy on a support with expectation 0 and a variance, by Newton's
/// method on the logarithm of the normalising sum, which is convex.
fn most_entropy(support: &[i64], variance: f64) -> Option<Vec<(i64, f64)>> {
    let (mut a, mut b) = (0.0_f64, 0.0_f64);
    let weights = |a: f64, b: f64| {
        let powers: Vec<f64> = support
            .iter()
            .map(|v| a * *v as f64 + b * (*v * *v) as f64)
            .collect();
        let top = powers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let all: Vec<f64> = powers.iter().map(|p| (p - top).exp()).collect();
        let sum: f64 = all.iter().sum();
        let log = sum.ln() + top;
        (all.into_iter().map(|w| w / sum).collect::<Vec<f64>>(), log)
    };
    for _ in 0..500 {
        let (p, log) = weights(a, b);
        let moment = |k: i32| -> f64 {
            support
                .iter()
                .zip(&p)
                .map(|(v, p)| (*v as f64).powi(k) * p)
                .sum()
        };
        let (m1, m2, m3, m4) = (moment(1), moment(2), moment(3), moment(4));
        let (g1, g2) = (m1, m2 - variance);
        if g1.abs() < 1e-13 && g2.abs() < 1e-12 {
            return Some(support.iter().copied().zip(p).collect());
        }
        let (h11, h12, h22) = (m2 - m1 * m1, m3 - m1 * m2, m4 - m2 * m2);
        let det = h11 * h22 - h12 * h12;
        if det.is_nan() || det <= 1e-18 {
            return None;
        }
        let (da, db) = ((h22 * g1 - h12 * g2) / det, (h11 * g2 - h12 * g1) / det);
        let goal = log - b * variance;
        let mut step = 1.0;
        loop {
            let (x, y) = (a - step * da, b - step * db);
            let (_, log) = weights(x, y);
            if log - y * variance <= goal + 1e-15 {
                (a, b) = (x, y);
                break;
            }
            step *= 0.5;
            if step < 1e-10 {
                // At the limit of what numbers tell; good enough or not at all.
                return (g1.abs() < 1e-9 && g2.abs() < 1e-9)
                    .then(|| support.iter().copied().zip(p).collect());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: &[(i64, f64)], expected: &[(i64, f64)]) {
        assert_eq!(found.len(), expected.len(), "{found:?}");
        for (found, expected) in found.iter().zip(expected) {
            assert_eq!(found.0, expected.0);
            assert!(
                (found.1 - expected.1).abs() < 6e-9,
                "{found:?} {expected:?}"
            );
        }
    }

    #[test]
    fn tables_are_those_worked_out_elsewhere() {
        let wide = NoiseTable::new(5, 3.0, 0).unwrap();
        let half = [
            0.003_791_86,
            0.016_590_93,
            0.052_292_63,
            0.118_730_37,
            0.194_193_46,
            0.228_801_5,
        ];
        let far: Vec<(i64, f64)> = (-5..=5_i64)
            .map(|v| (v, half[5 - v.unsigned_abs() as usize]))
            .collect();
        close(wide.probabilities(5), &far);
        close(wide.probabilities(5_000), &far);
        let gap = NoiseTable::new(3, 1.5, 1).unwrap();
        close(
            gap.probabilities(1),
            &[
                (-1, 0.575_609_69),
                (1, 0.296_341_85),
                (2, 0.104_877_54),
                (3, 0.023_170_92),
            ],
        );
        close(
            gap.probabilities(2),
            &[
                (-2, 0.214_559_91),
                (0, 0.451_476_13),
                (1, 0.249_972_51),
                (2, 0.072_827_03),
                (3, 0.011_164_41),
            ],
        );
    }

    #[test]
    fn a_variance_out_of_reach_is_refused() {
        assert!(matches!(
            NoiseTable::new(2, 30.0, 0),
            Err(NoiseError::Variance { .. })
        ));
        // With 1 and 2 forbidden a count of 1 moves by more than this.
        assert!(NoiseTable::new(5, 0.5, 2).is_err());
    }

    #[test]
    fn a_file_reads_as_it_was_written_and_a_biased_one_is_refused() {
        let table = NoiseTable::new(5, 3.0, 2).unwrap();
        let text = table.to_csv();
        let again = NoiseTable::from_csv(&text).unwrap();
        assert_eq!(again.to_csv(), text);
        let (largest, variance) = again.extent();
        assert_eq!(largest, 5);
        assert!((variance - 3.0).abs() < 1e-9);
        for bad in [
            "count,noise,probability\n1,0,0.5\n1,1,0.5\n",
            "count,noise,probability\n1,-2,1\n",
            "count,noise,probability\n2,0,1\n",
            "count,noise,probability\n1,0\n",
            "count,noise,probability\n1,0,nan\n",
            "",
        ] {
            assert!(NoiseTable::from_csv(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_shipped_table_is_the_one_it_is_said_to_be() {
        let made = NoiseTable::new(5, 3.0, 2).unwrap();
        let shipped = NoiseTable::shipped();
        assert_eq!(shipped.rows.len(), made.rows.len());
        for (shipped, made) in shipped.rows.iter().zip(&made.rows) {
            for (a, b) in shipped.iter().zip(made) {
                assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-9);
            }
        }
        for row in &shipped.rows {
            let variance: f64 = row.iter().map(|(v, p)| (v * v) as f64 * p).sum();
            assert!((variance - 3.0).abs() < 1e-6);
        }
    }

    #[test]
    fn the_handbook_example() {
        // Record keys .9, .3 and .6: cell key .8, which is +1 for a count of 3.
        let unit = |share: f64| (share * 2_f64.powi(64)) as u64;
        let mut cell = KeyedCount::default();
        for share in [0.9, 0.3, 0.6] {
            cell.add(unit(share));
        }
        let text = "count,noise,probability\n1,0,1\n2,0,1\n3,-1,0.3\n3,0,0.4\n3,1,0.3\n";
        assert_eq!(NoiseTable::from_csv(text).unwrap().published(cell), 4);
    }

    #[test]
    fn noise_over_many_cells_is_what_the_table_states() {
        let table = NoiseTable::new(5, 3.0, 2).unwrap();
        let mut state = 1_u64;
        for count in [1, 2, 3, 40] {
            let (mut sum, mut squares) = (0, 0);
            let draws = 40_000;
            for _ in 0..draws {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let mut key = state;
                key ^= key >> 29;
                key = key.wrapping_mul(0xbf58_476d_1ce4_e5b9);
                let published = table.published(KeyedCount { count, key });
                assert!(published == 0 || published > 2);
                sum += published - count;
                squares += (published - count).pow(2);
            }
            let (mean, second) = (
                sum as f64 / f64::from(draws),
                squares as f64 / f64::from(draws),
            );
            assert!(mean.abs() < 0.05, "{count}: {mean}");
            assert!((second - 3.0).abs() < 0.15, "{count}: {second}");
        }
        assert_eq!(table.published(KeyedCount { count: 0, key: 9 }), 0);
    }
}
