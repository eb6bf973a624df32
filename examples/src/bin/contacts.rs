//! One list with repeated contacts: how many were never seen, and what the answer rests on.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{
    EstimateError, Factor, Family, IntervalMethod, RepeatedSettings, RepeatedTable,
    estimate_repeated,
};

fn main() -> Result<(), EstimateError> {
    // Nights in a winter shelter, by sex: (sex, times seen, persons).
    let mut rows = RepeatedTable::builder([Factor::new("sex", ["women", "men"])]);
    for (sex, times, persons) in [
        (0, 1, 61),
        (0, 2, 18),
        (0, 3, 4),
        (1, 1, 210),
        (1, 2, 95),
        (1, 3, 31),
        (1, 4, 8),
        (1, 5, 2),
    ] {
        rows.add(times, &[sex], persons)?;
    }
    let table = rows.build()?;

    // The headline is the zero-truncated Poisson with the main effects of all covariates.
    let answer = estimate_repeated(&table, &RepeatedSettings::default(), None)?;
    let p = &answer.population;
    if let (Some(n), Some(lower), Some(upper)) = (p.estimate, p.lower, p.upper) {
        println!(
            "{} seen; {n:.0} in all ({lower:.0}–{upper:.0})",
            answer.observed
        );
    }
    for row in &answer.estimators {
        let formula = row.formula.as_deref().unwrap_or("whole table");
        match row.estimate {
            Some(n) => println!("  {:<20} {formula:<12} {n:>6.0}", row.estimator),
            None => println!("  {:<20} {formula:<12} no estimate", row.estimator),
        }
    }

    // Chao's lower bound with a bootstrap; the sexes come from the same replicates and add up.
    let settings = RepeatedSettings {
        family: Some(Family::Chao),
        interval: Some(IntervalMethod::Semiparametric),
        ..RepeatedSettings::default()
    };
    let bound = estimate_repeated(&table, &settings, None)?;
    for stratum in &bound.strata {
        // An upper limit that does not exist is absent.
        let upper = stratum.upper.map_or("none".into(), |u| format!("{u:.0}"));
        println!(
            "  {:?}: {:.0}, upper limit {upper}",
            stratum.by,
            stratum.estimate.unwrap_or(f64::NAN)
        );
    }
    for note in answer.diagnostics.iter().chain(&bound.diagnostics) {
        println!("{}: {}", note.code, note.message);
    }
    Ok(())
}
