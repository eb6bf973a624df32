//! Two lists: Chapman's estimate, and what it is worth if the lists are not independent.
//!
//! With two lists independence cannot be tested, so the answer is a curve and not a number.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{CaptureTable, EstimateError, two_list_estimates};

fn main() -> Result<(), EstimateError> {
    // 120 people are on both lists, 400 only on the first, 260 only on the second.
    let table = CaptureTable::from_histories(
        ["shelter", "benefit"],
        [("11", 120), ("10", 400), ("01", 260)],
    )?;
    for pair in two_list_estimates(&table, 0.95) {
        println!("lists {}", pair.lists.join(" and "));
        for (name, p) in [
            ("Lincoln–Petersen", &pair.petersen),
            ("Chapman", &pair.chapman),
        ] {
            println!(
                "  {name:<17} {:>6.0} ({:.0}–{:.0})",
                p.estimate.unwrap_or(f64::NAN),
                p.lower.unwrap_or(f64::NAN),
                p.upper.unwrap_or(f64::INFINITY),
            );
        }
        println!("  if being on one list multiplies the odds of being on the other by");
        for point in pair
            .curve
            .iter()
            .filter(|p| [0.5, 1.0, 2.0, 3.0].contains(&p.odds_ratio))
        {
            println!(
                "    {:<15} {:>6.0}",
                point.odds_ratio,
                point.estimate.unwrap_or(f64::NAN)
            );
        }
    }
    Ok(())
}
