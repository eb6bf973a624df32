//! A municipality is a code at a date: recode an old delivery to the codes of the study's year.

#![allow(clippy::print_stdout, reason = "an example prints what it found")]

use ethos_model::date::Day;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister, Recoding, SplitShares};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let register = MunicipalityRegister::shipped();
    let to = Day::parse("2026-01-01").ok_or("a date")?;
    println!("{} municipalities on {to}", register.all_on(to).len());
    for text in ["0363", "GM0457", "GM1921", "GM0788", "1999"] {
        let code = MunicipalityCode::parse(text)?;
        let says = match register.recode(code, to, &SplitShares::default(), 0) {
            Recoding::Same => "still exists".to_owned(),
            Recoding::Successor { code, since } => {
                format!(
                    "is {code} {} since {since}",
                    register.name(code).unwrap_or("?")
                )
            }
            Recoding::Split { since, parts } => {
                format!(
                    "was divided on {since} among {} municipalities: declare their shares",
                    parts.len()
                )
            }
            other => format!("{other:?}"),
        };
        println!(
            "{code} {:<18} {says}",
            register.name(code).unwrap_or("(no municipality)")
        );
    }
    Ok(())
}
