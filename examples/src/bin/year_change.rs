//! From one year to the next: the change with its interval, who is seen in both years drawn together.
//!
//! Two estimates with overlapping intervals may still differ surely, or differ less than they seem
//! to: half of the people are the same, so the errors of the two years go together.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{
    ChangeSettings, EstimateError, EstimateSettings, PersonRow, PersonTable, estimate_change,
};

/// Histories in the first and the second year (0: not seen that year), and how many persons.
const SEEN: [(u16, u16, usize); 14] = [
    (0b001, 0b001, 240),
    (0b010, 0b010, 150),
    (0b100, 0b100, 110),
    (0b011, 0b011, 60),
    (0b101, 0b101, 30),
    (0b110, 0b110, 25),
    (0b111, 0b111, 12),
    (0b001, 0, 130),
    (0b010, 0, 100),
    (0b011, 0, 30),
    (0, 0b001, 210),
    (0, 0b010, 160),
    (0, 0b100, 90),
    (0, 0b011, 40),
];

fn main() -> Result<(), EstimateError> {
    let mut rows = PersonTable::builder(["shelter", "benefit", "care"], [], ["2025", "2026"]);
    let mut key = 0;
    for (first, second, persons) in SEEN {
        for _ in 0..persons {
            key += 1;
            let person = key.to_string();
            for (year, history) in [first, second].into_iter().enumerate() {
                if history != 0 {
                    rows.add(PersonRow {
                        year,
                        person: Some(&person),
                        household: None,
                        history,
                        levels: &[],
                        count: 1,
                    })?;
                }
            }
        }
    }
    let settings = ChangeSettings {
        estimate: EstimateSettings {
            replicates: Some(500),
            ..EstimateSettings::default()
        },
        ..ChangeSettings::default()
    };
    let change = estimate_change(&rows.build()?, &settings, None)?;
    for year in &change.years {
        println!(
            "{} {:>6.0} ({:.0}–{:.0}), {} seen",
            year.year,
            year.estimate.unwrap_or(f64::NAN),
            year.lower.unwrap_or(f64::NAN),
            year.upper.unwrap_or(f64::INFINITY),
            year.observed,
        );
    }
    for (name, contrast, digits) in [
        ("difference", &change.difference, 0),
        ("ratio", &change.ratio, 2),
    ] {
        println!(
            "{name:<10} {:.digits$} ({:.digits$} to {:.digits$})",
            contrast.estimate.unwrap_or(f64::NAN),
            contrast.lower.unwrap_or(f64::NAN),
            contrast.upper.unwrap_or(f64::NAN),
        );
    }
    Ok(())
}
