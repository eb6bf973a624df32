//! The steps by which a cell is mended.

use std::borrow::Cow;

use ethos_model::category::Language;
use ethos_model::finding::MaskedValue;
use ethos_model::layout::{self, DateForm, FieldType, Target};

use super::day::{DayOrder, day_in, excel_day, names_its_month};
use super::label;
use super::number::whole;
use crate::bsn::{self, BsnCell};
use crate::fields::{self, MunicipalityCell};
use crate::findings::{bare, listed, masked, shown_code, shown_place};
use crate::mapping::{MappingTable, padded};
use crate::rules::Observation;

/// A field of a layout with what its cells are mended by.
#[derive(Copy, Clone)]
pub struct Field<'a> {
    pub(crate) declared: &'a layout::Field,
    pub(crate) dates: DateForm,
    /// The codes of the field are those of the mapping.
    pub(crate) mapping: Option<&'a MappingTable>,
}

/// A way to mend a cell. It gives the one value the cell must have been, or nothing.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Step {
    /// Blanks and invisible characters around the value are taken away; odd blanks within it become
    /// plain ones.
    Blanks,
    /// A number without the `,0` behind it, or out of scientific notation that kept every digit.
    Number,
    /// A citizen service number without points, blanks and quotes.
    Undress,
    /// Leading zeros put back.
    Zero,
    /// The code whose label the cell holds.
    Label,
    /// A day in the order day, month, year.
    DayFirst,
    /// A day in the order month, day, year.
    MonthFirst,
    /// A day in the order year, month, day, with other signs.
    YearFirst,
    /// A spreadsheet's number of a day, counted from 1900.
    ExcelDay,
    /// The code of the municipality that followed.
    Municipality,
    /// An apostrophe before what a spreadsheet would run as a formula.
    Formula,
    /// Nothing: the cell is emptied.
    Empty,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Blanks,
        Self::Number,
        Self::Undress,
        Self::Zero,
        Self::Label,
        Self::DayFirst,
        Self::MonthFirst,
        Self::YearFirst,
        Self::ExcelDay,
        Self::Municipality,
        Self::Formula,
        Self::Empty,
    ];

    /// Its key in a file of corrections.
    pub fn key(self) -> &'static str {
        match self {
            Self::Blanks => "spaties",
            Self::Number => "getal",
            Self::Undress => "opmaak",
            Self::Zero => "voorloopnul",
            Self::Label => "omschrijving",
            Self::DayFirst => "datum-dmj",
            Self::MonthFirst => "datum-mdj",
            Self::YearFirst => "datum-jmd",
            Self::ExcelDay => "datum-excel",
            Self::Municipality => "gemeente",
            Self::Formula => "formule",
            Self::Empty => "leeg",
        }
    }

    /// The step with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.key() == key)
    }

    /// Why it can be done without asking.
    pub fn why(self, language: Language) -> &'static str {
        let (nl, en) = match self {
            Self::Blanks => (
                "spaties en onzichtbare tekens horen niet bij de waarde",
                "blanks and invisible characters are no part of the value",
            ),
            Self::Number => (
                "Excel schreef het getal anders op; alle cijfers staan er nog",
                "a spreadsheet wrote the number otherwise; all its digits are there",
            ),
            Self::Undress => (
                "zonder punten en spaties zijn het negen cijfers die aan de elfproef voldoen",
                "without points and blanks it is nine digits that pass the eleven test",
            ),
            Self::Zero => (
                "Excel haalde de nul vooraan weg; alleen met die nul bestaat de waarde",
                "a spreadsheet took the zero in front away; only with it the value exists",
            ),
            Self::Label => (
                "dit is de omschrijving van een code uit de lijst van deze kolom",
                "this is the label of a code in the list of this column",
            ),
            Self::DayFirst => (
                "elke datum in het bestand die maar een lezing toelaat, is dag-maand-jaar",
                "every date in the file that can be read in one way only is day-month-year",
            ),
            Self::MonthFirst => (
                "elke datum in het bestand die maar een lezing toelaat, is maand-dag-jaar",
                "every date in the file that can be read in one way only is month-day-year",
            ),
            Self::YearFirst => (
                "de datum begint met het jaar en laat maar een lezing toe",
                "the date begins with the year and can be read in one way only",
            ),
            Self::ExcelDay => (
                "Excel schreef de dag als volgnummer; een andere telling gaf een dag na dit bestand",
                "a spreadsheet wrote the day as a number; any other count would give a day after this file",
            ),
            Self::Municipality => (
                "de gemeente ging geheel op in deze ene gemeente",
                "the municipality became part of this one municipality as a whole",
            ),
            Self::Formula => (
                "een rekenprogramma zou de cel als formule uitvoeren",
                "a spreadsheet would run the cell as a formula",
            ),
            Self::Empty => (
                "er staat geen waarde in: de cel wordt leeg",
                "it holds no value: the cell is emptied",
            ),
        };
        language.pick(nl, en)
    }

    /// What the step makes of a cell; `None` where it changes nothing or is not certain.
    ///
    /// [`Self::Municipality`] needs a day and is never taken here; the order of days needs the whole
    /// file, and is taken for proven; so is that a column lost its zeros.
    pub fn apply(self, cell: &str, field: Field<'_>) -> Option<String> {
        let kind = field.declared.kind;
        let date = |day| field.dates.write(day);
        // In a layout of days first, a day first is as it should be.
        let other_order = matches!(self, Self::DayFirst | Self::MonthFirst | Self::YearFirst);
        if other_order && field.is_right(cell) {
            return None;
        }
        let new = match self {
            Self::Blanks => match without_blanks(cell, kind) {
                Cow::Borrowed(_) => return None,
                Cow::Owned(clean) => clean,
            },
            Self::Number => number(cell, field)?,
            Self::Undress => match (kind, bsn::read(cell.as_bytes())) {
                (FieldType::Bsn, BsnCell::Dressed(number)) => number.to_text(),
                _ => return None,
            },
            Self::Zero => zero(cell, field)?,
            Self::Label if kind == FieldType::Code && !field.knows(cell) => {
                label::code_of(cell, field)?
            }
            Self::DayFirst if kind == FieldType::Date => date(day_in(cell, DayOrder::DayFirst)?),
            Self::MonthFirst if kind == FieldType::Date => {
                date(day_in(cell, DayOrder::MonthFirst)?)
            }
            Self::YearFirst if kind == FieldType::Date => date(day_in(cell, DayOrder::YearFirst)?),
            Self::ExcelDay if kind == FieldType::Date => date(excel_day(cell)?),
            Self::Formula => {
                // A sign alone stands for a cell without a value, and stays text everywhere.
                if field.is_number(cell) || cell.chars().nth(1).is_none() {
                    return None;
                }
                let mut safe = String::new();
                ethos_table::stop_formula(cell, &mut safe);
                // An apostrophe that stops a formula already is not one to be stopped again.
                if cell.starts_with('\'') {
                    return None;
                }
                safe
            }
            Self::Empty => String::new(),
            Self::Label
            | Self::DayFirst
            | Self::MonthFirst
            | Self::YearFirst
            | Self::ExcelDay
            | Self::Municipality => return None,
        };
        (new != cell).then_some(new)
    }

    /// What the reader sees where a cell needs the step. It may not have told so of this very cell: it reads a
    /// municipality without its zero as well.
    pub fn observed_as(self, kind: FieldType) -> Option<Observation> {
        Some(match (self, kind) {
            (Self::Blanks, _) => Observation::CellPadded,
            (Self::Undress, _) => Observation::BsnDressed,
            (Self::Zero, FieldType::Bsn) => Observation::BsnLostZero,
            (Self::Zero, _) => Observation::CodeLostZero,
            (Self::Label, _) => Observation::CodeEmptied,
            (Self::Number, FieldType::Bsn) => Observation::BsnScientific,
            (Self::Number, FieldType::Age) => Observation::AgeWrong,
            (Self::Number | Self::Empty, FieldType::Date) => Observation::DateWrong,
            (Self::Number, _) => Observation::NumberWrong,
            (Self::DayFirst | Self::MonthFirst | Self::YearFirst | Self::ExcelDay, _) => {
                Observation::DateWrong
            }
            (Self::Municipality, _) => Observation::MunicipalityOutOfDate,
            (Self::Formula, _) => Observation::CellFormula,
            (Self::Empty, _) => return None,
        })
    }

    /// Whether the cell is a day whose month is named, so that no file has to prove its order.
    pub fn needs_no_proof(self, cell: &str) -> bool {
        self == Self::DayFirst && names_its_month(cell)
    }
}

impl Field<'_> {
    /// Name of the field in the layout.
    pub fn name(&self) -> &str {
        &self.declared.name
    }

    /// Type of its values.
    pub fn kind(&self) -> FieldType {
        self.declared.kind
    }

    /// The part of a spell it fills.
    pub fn target(&self) -> Option<Target> {
        self.declared.maps_to
    }

    /// A cell as it may be shown: codes and small numbers whole, everything else masked but for its
    /// last two characters.
    pub fn shown(&self, cell: &str) -> MaskedValue {
        let cell = cell.trim_ascii();
        match self.declared.kind {
            _ if self.is_identifier() => masked(cell.as_bytes()),
            FieldType::Code if self.knows(bare(cell)) => listed(cell.as_bytes()),
            FieldType::Code | FieldType::Integer => shown_code(cell.as_bytes()),
            FieldType::Municipality => shown_place(cell.as_bytes()),
            _ => masked(cell.as_bytes()),
        }
    }

    /// Whether its cells tell who somebody is, alone or with a name: no value of it may stand in a file
    /// of corrections.
    pub fn is_identifier(&self) -> bool {
        let by_target = matches!(
            self.declared.maps_to,
            Some(
                Target::Person
                    | Target::Parent1
                    | Target::Parent2
                    | Target::NameLetters
                    | Target::Household
                    | Target::RecordNumber
            )
        );
        // A column of free text may hold names.
        by_target || matches!(self.declared.kind, FieldType::Bsn | FieldType::Text)
    }

    /// Whether a cell is a plain number, which no spreadsheet takes for a formula.
    pub(crate) fn is_number(&self, cell: &str) -> bool {
        match self.declared.kind {
            FieldType::Integer => fields::is_integer(cell.as_bytes()),
            FieldType::Decimal => fields::is_decimal(cell.as_bytes()),
            _ => false,
        }
    }

    /// Whether a code is one of the field's, as it stands.
    pub(super) fn knows(&self, code: &str) -> bool {
        if let Some(mapping) = self.mapping {
            return matches!(mapping.get(code.as_bytes()), Some((_, None)));
        }
        self.declared
            .codes
            .keys()
            .any(|known| known.eq_ignore_ascii_case(code))
    }

    /// Whether no step changes a cell, told at a glance: nearly all cells of a delivery are so. What is not
    /// told here may stay as it is all the same.
    pub fn is_settled(&self, cell: &str) -> bool {
        let bytes = cell.as_bytes();
        let [first, .., last] = bytes else {
            return bytes.is_empty() || bytes[0].is_ascii_digit() && self.is_plain_code(cell);
        };
        let plain = bytes.iter().all(|byte| matches!(byte, b' '..=b'~'));
        if !plain || !first.is_ascii_alphanumeric() || *last == b' ' {
            return false;
        }
        match self.declared.kind {
            FieldType::Text => true,
            FieldType::Bsn | FieldType::Date => self.is_right(cell),
            FieldType::Code | FieldType::Municipality => self.is_plain_code(cell),
            FieldType::Integer | FieldType::Decimal | FieldType::Age => {
                bytes.iter().all(u8::is_ascii_digit) && self.is_right(cell)
            }
        }
    }

    /// Whether a cell is a code as the field has them.
    fn is_plain_code(&self, cell: &str) -> bool {
        match self.declared.kind {
            FieldType::Code => self.knows(cell),
            FieldType::Municipality => cell.len() == 4 && self.is_right(cell),
            _ => false,
        }
    }

    /// Whether a cell holds a value that is right for the field as far as one cell can tell; blank is.
    pub fn is_right(&self, cell: &str) -> bool {
        let bytes = cell.as_bytes();
        if cell.is_empty() {
            return true;
        }
        match self.declared.kind {
            FieldType::Bsn => matches!(bsn::read(bytes), BsnCell::Valid(_)),
            FieldType::Date => !matches!(
                fields::DateCell::read_in(bytes, self.dates),
                fields::DateCell::Wrong | fields::DateCell::Implausible
            ),
            FieldType::Municipality => !matches!(
                MunicipalityCell::read(bytes, [None, None]),
                MunicipalityCell::Unknown
            ),
            FieldType::Code => {
                (self.mapping.is_none() && self.declared.codes.is_empty()) || self.knows(cell)
            }
            FieldType::Integer => fields::is_integer(bytes),
            FieldType::Decimal => fields::is_decimal(bytes),
            FieldType::Age => fields::small_number(bytes).is_some_and(|age| age <= 120),
            FieldType::Text => true,
        }
    }
}

/// A number a spreadsheet mangled, where what comes of it is right for the field.
fn number(cell: &str, field: Field<'_>) -> Option<String> {
    let number = whole(cell.trim())?;
    let right = match field.declared.kind {
        FieldType::Text | FieldType::Decimal => false,
        FieldType::Bsn => matches!(
            bsn::read(number.as_bytes()),
            BsnCell::Valid(_) | BsnCell::LostZero(_)
        ),
        FieldType::Date => {
            number.len() == 8 && field.is_right(&number) || excel_day(&number).is_some()
        }
        FieldType::Code | FieldType::Municipality => {
            field.is_right(&number) || zero(&number, field).is_some()
        }
        FieldType::Integer | FieldType::Age => field.is_right(&number),
    };
    right.then_some(number)
}

/// Leading zeros put back where the value exists with them only.
fn zero(cell: &str, field: Field<'_>) -> Option<String> {
    let cell = cell.trim_ascii();
    match field.declared.kind {
        FieldType::Bsn => match bsn::read(cell.as_bytes()) {
            BsnCell::LostZero(number) => Some(number.to_text()),
            _ => None,
        },
        FieldType::Municipality => {
            let code = padded(cell.as_bytes(), 4)?;
            let known = matches!(
                MunicipalityCell::read(&code, [None, None]),
                MunicipalityCell::Valid(_)
            );
            String::from_utf8(code).ok().filter(|_| known)
        }
        FieldType::Code => {
            if field.knows(cell) {
                return None;
            }
            if let Some(mapping) = field.mapping {
                let (_, code) = mapping.get(cell.as_bytes())?;
                return String::from_utf8(code?).ok();
            }
            let code = padded(cell.as_bytes(), field.declared.width.unwrap_or(0))?;
            let code = String::from_utf8(code).ok()?;
            field.knows(&code).then_some(code)
        }
        _ => None,
    }
}

/// Whether a character is seen, or needed by what stands around it.
pub(crate) fn is_seen(c: char) -> bool {
    !is_invisible(c)
}

/// Characters that are not seen and that no value needs.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
            | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{180e}'
    )
}

/// A cell without invisible characters and without blanks around it; other blanks than the plain one
/// become plain. Line breaks within it stay.
fn without_blanks(cell: &str, kind: FieldType) -> Cow<'_, str> {
    // Joiners are part of words in some scripts, but of no number or code.
    let joiner = |c| matches!(c, '\u{200c}' | '\u{200d}') && kind != FieldType::Text;
    let odd = |c: char| {
        is_invisible(c)
            || joiner(c)
            || (c.is_whitespace() && !matches!(c, ' ' | '\n' | '\r' | '\t'))
    };
    let plain = cell.trim().len() == cell.len();
    if plain && !cell.contains(odd) {
        return Cow::Borrowed(cell);
    }
    let clean: String = cell
        .chars()
        .filter(|c| !is_invisible(*c) && !joiner(*c))
        .map(|c| if odd(c) { ' ' } else { c })
        .collect();
    Cow::Owned(clean.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{layout, mapping};

    #[test]
    fn each_step_gives_the_one_value_or_none() {
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let table = MappingTable::new(&mapping::find("iwmo-3.2", None).unwrap());
        let apply = |step: Step, name: &str, cell: &str| {
            let field = layout
                .fields
                .iter()
                .find(|field| field.name == name)
                .unwrap();
            let product = field.maps_to == Some(Target::Product);
            let field = Field {
                declared: field,
                dates: layout.file.dates,
                mapping: product.then_some(&table),
            };
            step.apply(cell, field)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            apply(Step::Blanks, "bsn", "\u{a0}123456782 "),
            some("123456782")
        );
        assert_eq!(apply(Step::Blanks, "bsn", "123456782"), None);
        assert_eq!(
            apply(Step::Undress, "bsn", "1234.56.782"),
            some("123456782")
        );
        assert_eq!(apply(Step::Zero, "bsn", "12345672"), some("012345672"));
        assert_eq!(apply(Step::Zero, "bsn", "12345678"), None);
        assert_eq!(apply(Step::Zero, "gemeentecode", "363"), some("0363"));
        assert_eq!(apply(Step::Zero, "gemeentecode", "0363"), None);
        assert_eq!(apply(Step::Zero, "gemeentecode", "998"), None);
        assert_eq!(apply(Step::Zero, "productcategorie", "1"), some("01"));
        assert_eq!(apply(Step::Zero, "productcategorie", "16"), None);
        assert_eq!(apply(Step::Number, "productcategorie", "16,0"), some("16"));
        assert_eq!(
            apply(Step::Number, "bsn", "1,23456782E+08"),
            some("123456782")
        );
        assert_eq!(apply(Step::Number, "bsn", "1,23E+08"), None);
        assert_eq!(
            apply(Step::DayFirst, "startdatum", "31-01-2025"),
            some("20250131")
        );
        assert_eq!(apply(Step::DayFirst, "bsn", "31-01-2025"), None);
        assert_eq!(
            apply(Step::ExcelDay, "startdatum", "45688"),
            some("20250131")
        );
        assert_eq!(apply(Step::Formula, "bsn", "=1+1"), some("'=1+1"));
        assert_eq!(apply(Step::Formula, "bsn", "'=1+1"), None);
        assert_eq!(apply(Step::Formula, "bsn", "-"), None);
        assert_eq!(
            apply(Step::Formula, "bsn", "\u{ff1d}1+1"),
            some("'\u{ff1d}1+1")
        );
        for step in Step::ALL {
            assert_eq!(Step::from_key(step.key()), Some(step));
            assert_ne!(step.why(Language::Nl), step.why(Language::En));
        }
    }
}
