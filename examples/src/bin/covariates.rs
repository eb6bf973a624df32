//! Three lists and a covariate: one joint model, its strata, and what leaving the covariate out does.
//!
//! People of the second group are harder to find. A model without the covariate takes
//! the difference for dependence between lists, or overlooks it.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{CaptureTable, EstimateError, EstimateSettings, Factor, estimate};

/// History (first list first), then the counts in both groups.
const COUNTS: [(&str, [u64; 2]); 7] = [
    ("100", [400, 150]),
    ("010", [300, 220]),
    ("001", [250, 180]),
    ("110", [90, 30]),
    ("101", [40, 12]),
    ("011", [35, 20]),
    ("111", [15, 4]),
];

fn main() -> Result<(), EstimateError> {
    let group = Factor::new("group", ["settled", "mobile"]);
    let mut rows = CaptureTable::builder(["a", "b", "c"], [group]);
    for (history, counts) in COUNTS {
        // List i is bit i of a history; a level is its position in the factor.
        let bits = (0..3)
            .filter(|i| history.as_bytes()[*i] == b'1')
            .map(|i| 1 << i)
            .sum();
        for (level, count) in counts.into_iter().enumerate() {
            rows.add(bits, &[level], count)?;
        }
    }
    let table = rows.build()?;

    // By default list × covariate terms are kept and the list interactions searched, again in every
    // one of the replicates, from which strata and total come jointly.
    let answer = estimate(&table, &EstimateSettings::default(), None)?;
    let population = &answer.population;
    println!(
        "joint model     {:>6.0} ({:.0}–{:.0})",
        population.estimate.unwrap_or(f64::NAN),
        population.lower.unwrap_or(f64::NAN),
        population.upper.unwrap_or(f64::INFINITY),
    );
    for stratum in &answer.strata {
        println!(
            "  {:<12} {:>7.0} ({:.0}–{:.0}), {} seen",
            stratum.by["group"],
            stratum.estimate.unwrap_or(f64::NAN),
            stratum.lower.unwrap_or(f64::NAN),
            stratum.upper.unwrap_or(f64::INFINITY),
            stratum.observed,
        );
    }

    // A formula means exactly what it says: here no list sees the groups differently.
    let blind = EstimateSettings::for_model("a*b + c + group");
    let answer = estimate(&table, &blind, None)?;
    println!(
        "covariate blind {:>6.0}",
        answer.population.estimate.unwrap_or(f64::NAN)
    );
    Ok(())
}
