//! Replicates of a table of counts: the persons of an estimate drawn again, those that no list saw
//! among them.

/// Most persons that a replicate draws one by one.
const MOST: u64 = 50_000_000;

/// A table to draw again.
#[derive(Clone, PartialEq, Debug)]
pub struct Draws {
    /// Persons up to and including each cell.
    sums: Vec<u64>,
    /// Persons in all, those no list saw among them.
    all: u64,
}

impl Draws {
    /// A table with these persons in its cells, and so many that no list saw. `None` where there is
    /// nothing to draw, or more than can be drawn.
    pub fn new(counts: &[u64], unseen: f64) -> Option<Self> {
        let mut sum = 0_u64;
        let mut sums = Vec::with_capacity(counts.len());
        for count in counts {
            sum = sum.checked_add(*count)?;
            sums.push(sum);
        }
        if !unseen.is_finite() || unseen > MOST as f64 {
            return None;
        }
        let all = sum.checked_add(unseen.max(0.0).round() as u64)?;
        (sum > 0 && all <= MOST).then_some(Self { sums, all })
    }

    /// The counts of a replicate: as many persons as there are, each in a cell drawn from the table,
    /// and those in none left out. It depends on the seed and the number alone.
    ///
    /// ```
    /// use ethos_compare::draw::Draws;
    /// let table = Draws::new(&[50, 0, 30], 20.0).unwrap();
    /// let counts = table.replicate(1, 7);
    /// assert_eq!(counts, table.replicate(1, 7));
    /// assert!(counts[1] == 0 && counts.iter().sum::<u64>() <= 100);
    /// ```
    pub fn replicate(&self, seed: u64, number: u64) -> Vec<u64> {
        let mut stream = Stream::new(seed, number);
        let mut counts = vec![0; self.sums.len()];
        for _ in 0..self.all {
            let drawn = stream.below(self.all);
            let cell = self.sums.partition_point(|sum| *sum <= drawn);
            if let Some(count) = counts.get_mut(cell) {
                *count += 1;
            }
        }
        counts
    }
}

/// Numbers from a seed: a counter through a mixing function (`SplitMix64`).
struct Stream(u64);

impl Stream {
    fn new(seed: u64, number: u64) -> Self {
        let mut stream = Self(seed);
        let first = stream.next();
        Self(first ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`, by multiplication: the bias is below 2⁻³⁸ for tables that can be drawn.
    fn below(&mut self, end: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(end)) >> 64) as u64
    }
}

/// The limits that hold so much of these numbers, by interpolation between the values of rank
/// `p(n + 1/3) + 1/3`; `None` for fewer than twenty numbers or one that is none.
pub fn limits(mut values: Vec<f64>, level: f64) -> Option<(f64, f64)> {
    if values.len() < 20 || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let n = values.len() as f64;
    let quantile = |p: f64| {
        let rank = (p * (n + 1.0 / 3.0) + 1.0 / 3.0).clamp(1.0, n);
        let at = rank.floor() as usize - 1;
        let next = (at + 1).min(values.len() - 1);
        values[at] + (rank - rank.floor()) * (values[next] - values[at])
    };
    let tail = (1.0 - level) / 2.0;
    Some((quantile(tail), quantile(1.0 - tail)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replicates_have_the_moments_of_a_multinomial() {
        let table = Draws::new(&[500, 300], 200.0).unwrap();
        let drawn: Vec<f64> = (0..400)
            .map(|number| table.replicate(20_260_101, number)[0] as f64)
            .collect();
        let mean = drawn.iter().sum::<f64>() / 400.0;
        let variance = drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 399.0;
        // 1,000 at a half: 500 and 250; five standard errors.
        assert!(
            (mean - 500.0).abs() < 5.0 * (250.0_f64 / 400.0).sqrt(),
            "{mean}"
        );
        assert!(
            (variance - 250.0).abs() < 5.0 * 250.0 * (2.0_f64 / 399.0).sqrt(),
            "{variance}"
        );
    }

    #[test]
    fn limits_are_quantiles_of_type_eight() {
        // R: quantile(1:99, c(0.025, 0.975), type = 8).
        let values = (1..=99).map(f64::from).collect();
        let (lower, upper) = limits(values, 0.95).unwrap();
        assert!((lower - 2.816_666_7).abs() < 1e-6, "{lower}");
        assert!((upper - 97.183_333_3).abs() < 1e-6, "{upper}");
        assert_eq!(limits(vec![1.0; 19], 0.95), None);
        assert_eq!(limits(vec![f64::NAN; 30], 0.95), None);
    }

    #[test]
    fn nothing_is_drawn_of_nothing_or_of_too_much() {
        assert_eq!(Draws::new(&[0, 0], 10.0), None);
        assert_eq!(Draws::new(&[10], f64::INFINITY), None);
        assert_eq!(Draws::new(&[u64::MAX, 1], 0.0), None);
    }
}
