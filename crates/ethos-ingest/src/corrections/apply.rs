//! What a correction does to a cell.

use ethos_model::layout::FieldType;

use super::Correction;
use super::seal::written_mark;
use crate::bsn;
use crate::mend::{DayOrder, Field, Step, day_in};
use crate::row_mark::RowMark;

/// What comes of a correction at its cell.
pub(crate) enum Came {
    /// The new value.
    New(String),
    /// The cell does not hold the old value.
    Changed,
    /// Nothing proves that the row is the one the correction is for: why, in Dutch and English.
    Unproven(&'static str, &'static str),
    /// The correction cannot be made: why, in Dutch and English.
    Unusable(&'static str, &'static str),
}

impl Correction {
    /// Whether a cell holds the value it names: as a finding shows it, or, where it tells not who somebody
    /// is, as it stands in the cell that an officer looks at.
    pub(crate) fn fits(&self, cell: &str, field: Field<'_>) -> bool {
        alike(&self.old, field.shown(cell).as_str())
            || (!field.is_identifier() && alike(&self.old, cell))
    }

    /// Whether the file, or this row of another, is the one it was made for. `sha256` is the file's.
    fn is_of(&self, sha256: &str, mark: impl FnOnce() -> RowMark) -> Result<(), Came> {
        if self.sha256 == sha256 {
            return Ok(());
        }
        if self.mark.is_empty() {
            return Err(Came::Unproven(
                "er staat niet bij welk bestand of welke rij zij hoort",
                "it does not say which file or row it belongs to",
            ));
        }
        if self.mark.eq_ignore_ascii_case(&written_mark(mark())) {
            return Ok(());
        }
        Err(Came::Unproven(
            "deze rij is een andere dan die waarvoor zij is gemaakt",
            "this row is another than the one it was made for",
        ))
    }

    /// What comes of it at a cell. `sha256` is the file's, and `mark` that of the row.
    pub(crate) fn at(
        &self,
        cell: &str,
        field: Field<'_>,
        sha256: &str,
        mark: impl FnOnce() -> RowMark,
    ) -> Came {
        if !self.fits(cell, field) {
            return Came::Changed;
        }
        if let Err(unproven) = self.is_of(sha256, mark) {
            return unproven;
        }
        let new = if self.steps.is_empty() {
            match self.literal(field) {
                Ok(new) => new,
                Err((nl, en)) => return Came::Unusable(nl, en),
            }
        } else {
            let mut value = cell.to_owned();
            for step in &self.steps {
                let next = match step {
                    // Which municipality followed depends on the day, so its code is written out.
                    Step::Municipality => self.literal(field).ok(),
                    step => step.apply(&value, field),
                };
                let Some(next) = next else {
                    return Came::Unusable(
                        "de bewerking past niet bij deze cel",
                        "the step does not fit this cell",
                    );
                };
                value = next;
            }
            if !self.new.is_empty() && !alike(&self.new, field.shown(&value).as_str()) {
                return Came::Unusable(
                    "de bewerking geeft een andere waarde dan in `nieuw` staat",
                    "the step gives another value than `nieuw` has",
                );
            }
            value
        };
        // A step takes nothing away from a cell that is wrong: blanks, or what makes a formula of it.
        let as_wrong = !self.steps.is_empty() && !field.is_right(cell);
        if field.is_right(&new) || as_wrong {
            Came::New(new)
        } else {
            Came::Unusable(
                "de nieuwe waarde past niet bij deze kolom",
                "the new value does not fit this column",
            )
        }
    }

    /// The new value as it is written out.
    fn literal(&self, field: Field<'_>) -> Result<String, (&'static str, &'static str)> {
        let new = self.new.trim();
        if new.is_empty() {
            return Ok(String::new());
        }
        if field.is_identifier() || holds_number(new, field.kind()) {
            return Err((
                "een persoonsgegeven hoort niet in een correctiebestand: gebruik een bewerking, of herstel het in \
                 het bronsysteem",
                "an identifier has no place in a file of corrections: use a step, or mend it in the source system",
            ));
        }
        // Spreadsheets take zeros away and write days their own way here too.
        let day = || (field.kind() == FieldType::Date).then(|| day_in(new, DayOrder::DayFirst));
        if let Some(Some(day)) = day() {
            return Ok(field.dates.write(day));
        }
        Ok(Step::Zero
            .apply(new, field)
            .unwrap_or_else(|| new.to_owned()))
    }
}

/// Whether a value may be somebody's number, whatever its column.
fn holds_number(value: &str, kind: FieldType) -> bool {
    let digits: Vec<u8> = value.bytes().filter(u8::is_ascii_digit).collect();
    match kind {
        FieldType::Date => {
            <&[u8; 9]>::try_from(digits.as_slice()).is_ok_and(bsn::passes_eleven_test)
        }
        _ => digits.len() >= 7,
    }
}

/// Whether two values are shown alike. A spreadsheet may have taken the zeros of a code away.
fn alike(written: &str, shown: &str) -> bool {
    let bare = |text: &str| -> Option<String> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| text.trim_start_matches('0').to_owned())
    };
    let (written, shown) = (written.trim(), shown.trim());
    written == shown || (bare(written).is_some() && bare(written) == bare(shown))
}
