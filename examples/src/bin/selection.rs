//! Kosovo 1999, four lists: three models fit about equally well and disagree by thousands, so the
//! interval must include the choice between them.
//!
//! Counts: Ball, Betts, Scheuren, Dudukovich and Asher (2002).

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{CaptureTable, EstimateError, EstimateSettings, IntervalMethod, estimate};

fn main() -> Result<(), EstimateError> {
    let table = CaptureTable::from_histories(
        ["EXH", "ABA", "OSCE", "HRW"],
        [
            ("1000", 1131),
            ("0100", 845),
            ("0010", 936),
            ("0001", 306),
            ("1100", 177),
            ("1010", 228),
            ("1001", 106),
            ("0110", 217),
            ("0101", 31),
            ("0011", 123),
            ("1110", 181),
            ("1101", 18),
            ("1011", 42),
            ("0111", 32),
            ("1111", 27),
        ],
    )?;
    for (reselect, words) in [
        (false, "model taken as known"),
        (true, "model selected again each time"),
    ] {
        let settings = EstimateSettings {
            interval: Some(IntervalMethod::Semiparametric),
            reselect: Some(reselect),
            replicates: Some(500),
            ..EstimateSettings::default()
        };
        let answer = estimate(&table, &settings, None)?;
        let population = &answer.population;
        println!(
            "{:>6.0} ({:.0}–{:.0}) {words}",
            population.estimate.unwrap_or(f64::NAN),
            population.lower.unwrap_or(f64::NAN),
            population.upper.unwrap_or(f64::INFINITY),
        );
        if reselect {
            for row in answer.models.iter().take(3) {
                println!(
                    "  {:<16} {:>8.0} weight {:.2}",
                    row.notation,
                    row.estimate.unwrap_or(f64::NAN),
                    row.weight.unwrap_or(0.0)
                );
            }
        }
    }
    Ok(())
}
