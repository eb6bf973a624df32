//! Checks the existence certificate of an answer's JSON against its table, with code that shares
//! nothing with the decision.
//!
//! `certificate` takes what `ethos estimate TABLE --format json` printed; here the answer is made on
//! the spot, its certificate checked, and then spoilt.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use std::error::Error;

use ethos_estimate::{
    CaptureTable, Estimate, EstimateSettings, ModelText, estimate, parse_model, verify_existence,
};

fn main() -> Result<(), Box<dyn Error>> {
    // People with HIV in Rome, four lists (Abeni, Brancato & Perucci 1994); nobody is on 1, 3 and 4 alone or on all.
    let table = CaptureTable::from_histories(
        ["c1", "c2", "c3", "c4"],
        [
            ("1110", 3),
            ("1101", 1),
            ("1100", 33),
            ("1010", 20),
            ("1001", 6),
            ("1000", 403),
            ("0111", 3),
            ("0110", 35),
            ("0101", 10),
            ("0100", 545),
            ("0011", 11),
            ("0010", 621),
            ("0001", 205),
        ],
    )?;
    let json = estimate(&table, &EstimateSettings::for_model("[12,23,4]"), None)?.to_json();

    // From here on only the table and the text of the answer are used.
    let answer: Estimate = serde_json::from_str(&json)?;
    let report = answer.model.ok_or("the answer has no model")?;
    let (ModelText::Formula(model) | ModelText::Brackets(model)) =
        parse_model(&report.formula, &table)?;
    verify_existence(&table, &model, &report.existence)?;
    println!("{}: the certificate holds", report.notation);

    let mut spoilt = report.existence;
    spoilt.exists = !spoilt.exists;
    match verify_existence(&table, &model, &spoilt) {
        Ok(()) => println!("a spoilt certificate went through"),
        Err(why) => println!("spoilt: {why}"),
    }
    Ok(())
}
