//! Axes: round ticks and positions on them.

/// A linear axis from zero.
#[derive(Clone, PartialEq, Debug)]
pub struct Axis {
    /// Largest value on the axis; a tick.
    pub top: f64,
    /// Ticks from 0 to the top.
    pub ticks: Vec<f64>,
}

impl Axis {
    /// The axis that holds values up to `largest` with some `wanted` steps of 1, 2, 2½ or 5 times
    /// a power of ten.
    ///
    /// ```
    /// use ethos_publish::chart::scale::Axis;
    /// let axis = Axis::up_to(48_200.0, 5);
    /// assert_eq!(axis.ticks, [0.0, 10_000.0, 20_000.0, 30_000.0, 40_000.0, 50_000.0]);
    /// ```
    pub fn up_to(largest: f64, wanted: u32) -> Self {
        let largest = if largest.is_finite() {
            largest.max(1.0)
        } else {
            1.0
        };
        let rough = largest / f64::from(wanted.max(1));
        let mut power = 1.0;
        while power * 10.0 <= rough {
            power *= 10.0;
        }
        let step = [1.0, 2.0, 2.5, 5.0, 10.0]
            .into_iter()
            .map(|factor| factor * power)
            .filter(|step| *step == step.round())
            .find(|step| *step >= rough)
            .unwrap_or(power * 10.0);
        let count = (largest / step).ceil() as u32;
        let ticks: Vec<f64> = (0..=count).map(|at| f64::from(at) * step).collect();
        Self {
            top: f64::from(count) * step,
            ticks,
        }
    }

    /// Where a value lies between `zero` and `end` of the drawing; values beyond the top are cut.
    pub fn place(&self, value: f64, zero: f64, end: f64) -> f64 {
        zero + (value / self.top).clamp(0.0, 1.0) * (end - zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_whole_and_cover_the_values() {
        for largest in [
            0.0,
            1.0,
            3.0,
            9.0,
            10.0,
            12.0,
            99.0,
            101.0,
            4_321.0,
            1e7,
            f64::NAN,
        ] {
            let axis = Axis::up_to(largest, 5);
            assert!(largest.is_nan() || axis.top >= largest, "{axis:?}");
            assert!(
                axis.ticks.len() >= 2 && axis.ticks.len() <= 7,
                "{largest}: {axis:?}"
            );
            assert!(axis.ticks.iter().all(|tick| *tick == tick.round()));
        }
    }

    #[test]
    fn places_are_cut_at_the_ends() {
        let axis = Axis::up_to(100.0, 5);
        assert_eq!(axis.place(50.0, 200.0, 0.0), 100.0);
        assert_eq!(axis.place(1e9, 200.0, 0.0), 0.0);
    }
}
