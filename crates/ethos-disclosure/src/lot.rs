//! Lots that are drawn the same everywhere.

/// A number above 0, at most 1, for a cell in a round: `SplitMix64`'s mixing of both (Steele, Lea and
/// Flood 2014).
pub(crate) fn lot(cell: usize, round: u64) -> f64 {
    let mut z = (cell as u64)
        .wrapping_add(1)
        .wrapping_mul(0xd134_2543_de82_ef95)
        .wrapping_add(round.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    for multiplier in [0xbf58_476d_1ce4_e5b9_u64, 0x94d0_49bb_1331_11eb] {
        z = (z ^ (z >> 30)).wrapping_mul(multiplier);
    }
    z ^= z >> 31;
    ((z >> 11) + 1) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lots_are_even_and_differ_by_cell_and_round() {
        let drawn: Vec<f64> = (0..100)
            .flat_map(|cell| (0..100).map(move |round| lot(cell, round)))
            .collect();
        let mean = drawn.iter().sum::<f64>() / 1e4;
        // The mean of 10,000 uniform numbers is within four standard errors of a half.
        assert!(
            (mean - 0.5).abs() < 4.0 * (1.0 / 12.0_f64 / 1e4).sqrt(),
            "{mean}"
        );
        let mut sorted = drawn;
        sorted.sort_by(f64::total_cmp);
        sorted.dedup();
        assert_eq!(sorted.len(), 10_000);
    }
}
