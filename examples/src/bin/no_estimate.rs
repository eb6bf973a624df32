//! A table whose likelihood has no maximum: what most software prints, and what is true.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_estimate::{
    CaptureTable, EstimateError, EstimateSettings, ModelText, estimate, existence, parse_model,
};

fn main() -> Result<(), EstimateError> {
    // Nobody is on lists a and c together, nor on b and c.
    let table = CaptureTable::from_histories(
        ["a", "b", "c"],
        [("100", 40), ("010", 30), ("001", 20), ("110", 6)],
    )?;
    for notation in ["[1,2,3]", "[12,3]", "[12,13,23]"] {
        let (ModelText::Formula(model) | ModelText::Brackets(model)) =
            parse_model(notation, &table)?;
        let verdict = existence(&table, &model);
        println!(
            "{notation:<12} exists: {:<5} identifiable: {}",
            verdict.exists, verdict.identifiable
        );
    }
    match estimate(&table, &EstimateSettings::for_model("[12,13,23]"), None) {
        Err(error) if error.is_refused() => println!("refused: {error}"),
        Err(error) => return Err(error),
        Ok(answer) => println!("population {:?}", answer.population.estimate),
    }
    Ok(())
}
