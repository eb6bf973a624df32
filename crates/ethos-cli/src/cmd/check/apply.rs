//! Options that cannot apply to what they are given with. None is taken and then ignored.

use ethos_ingest::{Input, InputForm};
use ethos_model::finding::Text;

use super::{CheckArgs, Targets};
use crate::failure::Failure;
use crate::output::Console;
use crate::pipeline::steps::ingest_failure;

impl CheckArgs {
    /// That every option can apply.
    ///
    /// # Errors
    /// For one that changes how files are read or what is written. Of one that only shapes what is shown it is
    /// said.
    pub(super) fn apply(
        &self,
        inputs: &[Input],
        targets: &Targets,
        machine: bool,
        console: &Console,
    ) -> Result<(), Failure> {
        self.mend.apply(inputs.len(), targets)?;
        self.how.apply(inputs)?;
        self.senders.apply(&self.paths, inputs.len())?;
        if machine && self.show.is_some() {
            console.tell(
                "--show geldt voor de tekst; in deze vorm staan alle bevindingen",
                "--show is for the text; in this form all findings are there",
            );
        }
        if machine && self.previous.overview && self.html.is_none() {
            console.tell(
                "--overview geldt voor de tekst en voor de pagina (--html); in deze vorm staat het niet",
                "--overview is for the text and the page (--html); it is not in this form",
            );
        }
        Ok(())
    }
}

impl super::HowArgs {
    /// That there is a file of the kind that each option on reading is about.
    fn apply(&self, inputs: &[Input]) -> Result<(), Failure> {
        use InputForm::{Text as Plain, Workbook};
        let about: [(&str, bool, &[InputForm], Text); 4] = [
            (
                "--sheet",
                self.sheet.is_some(),
                &[Workbook],
                Text::new("een werkmap (Excel of ODS)", "a workbook (Excel or ODS)"),
            ),
            (
                "--encoding",
                self.encoding.is_some(),
                &[Plain],
                Text::new("een tekstbestand (CSV)", "a text file (CSV)"),
            ),
            (
                "--delimiter",
                self.delimiter.is_some(),
                &[Plain],
                Text::new("een tekstbestand (CSV)", "a text file (CSV)"),
            ),
            (
                "--header-row",
                self.header_row.is_some(),
                &[Plain, Workbook],
                Text::new(
                    "een werkmap of een tekstbestand; in een Parquet-bestand staan de namen niet in een rij",
                    "a workbook or a text file; in a Parquet file the names are in no row",
                ),
            ),
        ];
        let said = about.iter().filter(|(_, said, ..)| *said);
        let said: Vec<_> = said.collect();
        if said.is_empty() || inputs.is_empty() {
            return Ok(());
        }
        let mut forms = Vec::with_capacity(inputs.len());
        for input in inputs {
            forms.push(input.form().map_err(|error| ingest_failure(&error))?);
        }
        for (option, _, kinds, what) in said {
            // What cannot be read is told by itself.
            let may = |form: &InputForm| kinds.contains(form) || *form == InputForm::Unreadable;
            if !forms.iter().any(may) {
                return Err(Failure::usage(Text::new(
                    format!(
                        "{option} geldt voor {}, en zo'n bestand is er niet bij",
                        what.nl
                    ),
                    format!("{option} is for {}, and there is no such file", what.en),
                ))
                .with_help(Text::new(
                    format!("laat {option} weg, of kijk of dit het goede bestand is"),
                    format!("leave {option} out, or see whether this is the right file"),
                )));
            }
        }
        Ok(())
    }
}
