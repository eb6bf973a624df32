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
    // Another version of the program, or another name, is worth knowing; that the same is found is what counts.
    let holds = differences.iter().all(Difference::is_aside);
    if !holds && !differences.iter().any(Difference::is_cause) {
        let _ = writeln!(
            text,
            "{}",
            language.pick(
                "De inhoud en de regels zijn dezelfde. Gaf de afzender bij de controle iets op, zoals --layout, --map, \
                 --sheet, --encoding of een bestand kolommen.toml? Geef dat dan hier ook op.",
                "Content and rules are the same. Did the sender say something with the check, such as --layout, --map, \
                 --sheet, --encoding or a file kolommen.toml? Then say it here too.",
            )
        );
    }
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
        Difference::Renamed { receipt, now } => words(
            format!(
                "{now} heet op het bewijs {receipt}; de inhoud is dezelfde. Uit de naam blijken gemeente en periode: \
                 geef het bestand de naam van het bewijs als de uitkomst anders is."
            ),
            format!(
                "{now} is called {receipt} on the receipt; its content is the same. The name tells municipality and \
                 period: give the file the name on the receipt where the outcome differs."
            ),
        ),
        Difference::Corrections {
            name,
            receipt,
            now: 0,
        } => words(
            format!(
                "{name}: bij de controle van het bewijs {} met de hand verbeterd, en nu geen. Geef \
                 het bestand met correcties erbij: --corrections BESTAND.",
                cells(*receipt).nl
            ),
            format!(
                "{name}: {} corrected by hand in the check of the receipt, and none now. Add the \
                 file of corrections: --corrections FILE.",
                cells(*receipt).en
            ),
        ),
        Difference::Corrections { name, receipt, now } => words(
            format!(
                "{name}: bij de controle van het bewijs {} met de hand verbeterd, en nu {now}. Kijk \
                 of het hetzelfde bestand met correcties is (--corrections).",
                cells(*receipt).nl
            ),
            format!(
                "{name}: {} corrected by hand in the check of the receipt, and {now} now. See \
                 whether it is the same file of corrections (--corrections).",
                cells(*receipt).en
            ),
        ),
        Difference::Outcome { name, what } => {
            let (nl, en) = match what.as_str() {
                "layout" => ("de indeling is", "the layout is"),
                "verdict" => ("het oordeel is", "the verdict is"),
                "rows" => ("het aantal rijen is", "the number of rows is"),
                _ => ("de bevindingen zijn", "the findings are"),
            };
            words(
                format!("{name}: {nl} anders dan op het bewijs."),
                format!("{name}: {en} not those of the receipt.")
                    .replace("is not those", "is not that"),
            )
        }
    }
}

/// How many cells, with its verb.
fn cells(count: u64) -> Text {
    match count {
        0 => Text::new("is geen cel", "no cell was"),
        1 => Text::new("is 1 cel", "1 cell was"),
        _ => Text::new(
            format!("zijn {count} cellen"),
            format!("{count} cells were"),
        ),
    }
}
