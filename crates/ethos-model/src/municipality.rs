//! Municipalities: CBS codes at a date, the register of 2015–2026 and recoding between years.
//!
//! A municipality is a code *at a date*. Mergers, renames and splits since 2015 are reference
//! data (`data/reference/`); a code of another year is recoded to the study's date with
//! [`MunicipalityRegister::recode`]. Match on the code, never on the name: names change, and
//! the national register and CBS write some of them differently.
//!
//! ```
//! use ethos_model::date::Day;
//! use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister, Recoding, SplitShares};
//!
//! let register = MunicipalityRegister::shipped();
//! let weesp = MunicipalityCode::parse("0457").unwrap();
//! let day = Day::parse_iso("2026-01-01").unwrap();
//! assert_eq!(
//!     register.recode(weesp, day, &SplitShares::default(), 0),
//!     Recoding::Successor {
//!         code: MunicipalityCode::parse("GM0363").unwrap(),
//!         since: Day::parse_iso("2022-03-24").unwrap(),
//!     },
//! );
//! ```

mod recode;
mod register;
mod rows;
mod shares;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use recode::Recoding;
pub use register::{Change, ChangeKind, Municipality, MunicipalityRegister};
pub use rows::RowsError;
pub(crate) use rows::{Rows, first_few};
pub use shares::{SharesError, SplitShares};

/// A CBS municipality code: `GM` and four digits.
///
/// Any number from 0 to 9999 can be held, so that what a sender wrote survives until the
/// register judges it: a value is not yet a municipality that ever existed.
/// [`is_municipality`](Self::is_municipality) tells the two codes of the national table apart
/// that stand for no place at all.
///
/// Reads `GM0363`, `gm0363`, `0363` and `363`; prints `GM0363`; text in files and schemas.
///
/// ```
/// use ethos_model::municipality::MunicipalityCode;
/// let code = MunicipalityCode::parse("363").unwrap();
/// assert_eq!(code.to_string(), "GM0363");
/// assert!(MunicipalityCode::parse("GM03630").is_err());
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MunicipalityCode(u16);

impl MunicipalityCode {
    /// `0000`: municipality unknown. Not a municipality.
    pub const UNKNOWN: Self = Self(0);
    /// `1999`: the register of non-residents. Not a municipality.
    pub const NON_RESIDENTS: Self = Self(1999);

    /// The code with this number; `None` above 9999.
    pub const fn from_number(number: u16) -> Option<Self> {
        if number <= 9999 {
            Some(Self(number))
        } else {
            None
        }
    }

    /// The number without `GM` and leading zeros.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// Whether the code can stand for a place: false for [`Self::UNKNOWN`] and
    /// [`Self::NON_RESIDENTS`].
    pub const fn is_municipality(self) -> bool {
        self.0 != Self::UNKNOWN.0 && self.0 != Self::NON_RESIDENTS.0
    }

    /// Reads one to four digits, with or without `GM` before them; blanks around are ignored,
    /// because older statistical services pad their codes.
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let trimmed = text.trim();
        let digits = match trimmed.get(..2) {
            Some(prefix) if prefix.eq_ignore_ascii_case("gm") => &trimmed[2..],
            _ => trimmed,
        };
        let well_formed =
            (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .parse()
            .ok()
            .filter(|_| well_formed)
            .map(Self)
            .ok_or_else(|| CodeError {
                characters: trimmed.chars().count(),
            })
    }
}

impl fmt::Display for MunicipalityCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GM{:04}", self.0)
    }
}

impl FromStr for MunicipalityCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        Self::parse(text)
    }
}

impl Serialize for MunicipalityCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MunicipalityCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

impl JsonSchema for MunicipalityCode {
    fn schema_name() -> Cow<'static, str> {
        "MunicipalityCode".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "CBS municipality code such as GM0363",
            "pattern": "^([Gg][Mm])?[0-9]{1,4}$",
        })
    }
}

/// Text that is not a municipality code. It keeps the length of the text and not the text: a
/// value in the wrong column may be somebody's number.
#[derive(Copy, Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("expected a municipality code such as GM0363 or 0363, found {characters} other characters")]
pub struct CodeError {
    /// How many characters the text has.
    pub characters: usize,
}
