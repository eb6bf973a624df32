//! `ethos verify`: whether a receipt holds for the files it came with.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use ethos_feedback::receipt::{Difference, RECEIPT_SCHEMA, Receipt};
use ethos_model::category::Language;
use ethos_model::finding::Text;

use super::check::{HowArgs, Lang, checked, some_file};
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// Verify a receipt: check the files again and compare.
///
/// Ends with 0 when the files are those on the receipt and the same rules give the same outcome, with 5
/// when not.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// The receipt that came with the files
    receipt: PathBuf,
    /// The files, or the folder they are in
    #[arg(required = true, value_name = "FILE|DIR")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    how: HowArgs,
    /// Language
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
}

impl VerifyArgs {
    pub(crate) fn language(&self) -> Language {
        self.lang.into()
    }
}

pub(crate) fn run(args: &VerifyArgs, console: &Console) -> Result<Exit, Failure> {
    let text = ethos_ingest::held::text(&args.receipt)
        .map_err(|error| Failure::reading(&args.receipt, &error))?;
    let receipt: Receipt = serde_json::from_str(&text).map_err(|error| {
        let path = args.receipt.display();
        Failure::input(Text::new(
            format!("{path} is geen bewijs van controle"),
            format!("{path} is no receipt: {error}"),
        ))
        .with_help(Text::new(
            "een bewijs wordt gemaakt met `ethos check BESTAND --receipt BEWIJS`",
            "a receipt is made with `ethos check FILE --receipt RECEIPT`",
        ))
    })?;
    if receipt.schema != RECEIPT_SCHEMA {
        return Err(Failure::input(Text::new(
            format!(
                "het bewijs heeft vorm `{}`; dit programma leest `{RECEIPT_SCHEMA}`",
                receipt.schema
            ),
            format!(
                "the receipt is of form `{}`; this program reads `{RECEIPT_SCHEMA}`",
                receipt.schema
            ),
        )));
    }
    let (report, book) = checked(&args.paths, &args.how, console)?;
    some_file(&report, &args.paths)?;
    let differences = receipt.differences(&Receipt::of(&report, &book));
    let language = console.language();
    let mut text = String::new();
    for difference in &differences {
        let _ = writeln!(text, "{}", said(difference, language));
    }
    // Another version of the program is worth knowing; that it finds the same is what counts.
    let holds = differences
        .iter()
        .all(|difference| matches!(difference, Difference::Program { .. }));
    if holds {
        let _ = writeln!(
            text,
            "{}",
            language.pick(
                "Het bewijs klopt: dezelfde bestanden, dezelfde regels, dezelfde uitkomst.",
                "The receipt holds: the same files, the same rules, the same outcome.",
            )
        );
    }
    console.data(&text)?;
    Ok(if holds { Exit::Clean } else { Exit::Refused })
}

fn said(difference: &Difference, language: Language) -> String {
    let words = |nl: String, en: String| match language {
        Language::Nl => nl,
        Language::En => en,
    };
    match difference {
        Difference::Rules => words(
            "De regels zijn andere dan die op het bewijs.".into(),
            "The rules are not those on the receipt.".into(),
        ),
        Difference::Program { receipt } => words(
            format!("Het bewijs is gemaakt met versie {receipt} van het programma."),
            format!("The receipt was made with version {receipt} of the program."),
        ),
        Difference::Missing(name) => words(
            format!("{name} staat op het bewijs en is er niet bij."),
            format!("{name} is on the receipt and not among the files."),
        ),
        Difference::Extra(name) => words(
            format!("{name} staat niet op het bewijs."),
            format!("{name} is not on the receipt."),
        ),
        Difference::Content(name) => words(
            format!("{name} is veranderd nadat het gecontroleerd is."),
            format!("{name} was changed after it was checked."),
        ),
        Difference::Outcome { name, what } => {
            let nl = match what.as_str() {
                "layout" => "de indeling",
                "verdict" => "het oordeel",
                "rows" => "het aantal rijen",
                _ => "de bevindingen",
            };
            words(
                format!("{name}: {nl} is anders dan op het bewijs.")
                    .replace("bevindingen is", "bevindingen zijn"),
                format!("{name}: {what} differ from the receipt."),
            )
        }
    }
}
