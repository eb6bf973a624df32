//! A cell in the form its layout has for it: what stands in a cleaned delivery.

use ethos_model::layout::{DateForm, FieldType, Target};

use super::step::{Field, Step};
use crate::bsn::{self, BsnCell};
use crate::characters::{Damage, damage};
use crate::fields::{self, DateCell};
use crate::mapping::padded;

impl Field<'_> {
    /// A cell in the layout's form: nine digits, days as the layout writes them, codes with their zeros,
    /// blanks taken away. What is no value of the field is blank, as a check reads it; with `keep` it stays as
    /// it is, for a row that is rejected for it: a blank would let that row pass. It is read as the cell is.
    pub fn clean(&self, cell: &str, keep: bool) -> String {
        let cell = Step::Blanks
            .apply(cell, *self)
            .unwrap_or_else(|| cell.to_owned());
        let clean = match self.kind() {
            FieldType::Bsn => match bsn::read(cell.as_bytes()) {
                BsnCell::Valid(number) | BsnCell::LostZero(number) | BsnCell::Dressed(number) => {
                    number.to_text()
                }
                _ => cell,
            },
            FieldType::Date => self.clean_day(cell, keep),
            FieldType::Municipality => match fields::code(cell.as_bytes()) {
                Some(code) if self.declared.width == Some(6) => code.to_string(),
                Some(code) => format!("{:04}", code.number()),
                None => cell,
            },
            FieldType::Code => self.clean_code(cell),
            FieldType::Text => match damage(cell.as_bytes()) {
                Some(Damage::OtherEncoding(meant)) => meant,
                _ => cell,
            },
            FieldType::Integer | FieldType::Decimal | FieldType::Age => cell,
        };
        if !keep && !self.is_right(&clean) {
            return String::new();
        }
        Step::Formula.apply(&clean, *self).unwrap_or(clean)
    }

    fn clean_day(&self, cell: String, keep: bool) -> String {
        match DateCell::read_in(cell.as_bytes(), self.dates) {
            DateCell::Day(day) => self.dates.write(day),
            // "No end" is a blank cell.
            DateCell::Open if self.target() == Some(Target::End) => String::new(),
            // Of a day that is used, only that of birth may be without its month, and none is in 9999.
            DateCell::Open if self.target().is_some() && !keep => String::new(),
            DateCell::Partial(_) if self.target() != Some(Target::BirthDate) && !keep => {
                String::new()
            }
            DateCell::Partial(_) => {
                let digits: String = cell.chars().filter(char::is_ascii_digit).collect();
                match (self.dates, digits.len()) {
                    (DateForm::Compact, 8) => digits,
                    (DateForm::Iso, 8) => {
                        format!("{}-{}-{}", &digits[..4], &digits[4..6], &digits[6..])
                    }
                    (DateForm::DayFirst, 8)
                        if matches!(DateCell::read(cell.as_bytes()), DateCell::Partial(_)) =>
                    {
                        format!("{}-{}-{}", &digits[6..], &digits[4..6], &digits[..4])
                    }
                    _ => cell,
                }
            }
            _ => cell,
        }
    }

    fn clean_code(&self, cell: String) -> String {
        let cell = Step::Zero.apply(&cell, *self).unwrap_or(cell);
        if self.declared.codes.is_empty() && self.target() == Some(Target::EndReason) {
            let width = self.declared.width.unwrap_or(0);
            let padded =
                padded(cell.as_bytes(), width).and_then(|code| String::from_utf8(code).ok());
            return padded.unwrap_or(cell);
        }
        let known = self.declared.codes.keys();
        known
            .into_iter()
            .find(|code| code.eq_ignore_ascii_case(&cell))
            .cloned()
            .unwrap_or(cell)
    }
}

#[cfg(test)]
mod tests {
    use crate::laid::field;
    use crate::layout;

    #[test]
    fn cells_are_written_as_the_layout_has_them() {
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let clean = |name: &str, cell: &str| {
            let at = layout.fields.iter().position(|field| field.name == name);
            let keep = matches!(name, "startdatum" | "type_opvang");
            field(&layout, None, at.unwrap()).clean(cell, keep)
        };
        assert_eq!(clean("bsn", " 1234.56.782"), "123456782");
        assert_eq!(clean("bsn", "12345672"), "012345672");
        assert_eq!(clean("startdatum", "2025-01-31"), "20250131");
        assert_eq!(clean("einddatum", "99991231"), "");
        assert_eq!(clean("geboortedatum", "1980-05-00"), "19800500");
        assert_eq!(clean("gemeentecode", "gm363"), "0363");
        assert_eq!(clean("geslacht", "m"), "M");
        for wrong in ["onbekend", "=1+1", "16-09-2004"] {
            assert_eq!(clean("geboortedatum", wrong), "", "{wrong}");
        }
        assert_eq!(clean("startdatum", "onbekend"), "onbekend");
        assert_eq!(clean("startdatum", "=1+1"), "'=1+1");
        assert_eq!(clean("geslacht", "man"), "");
        assert_eq!(clean("type_opvang", "NO"), "NO");
    }
}
