//! The declared shape of a sender's file: data, not code, so that a user can copy a layout,
//! change it and use it without compiling anything.
//!
//! A layout file is TOML. Ingest ships some and reads others from the study's folder; this
//! module fixes only what one may say.

mod condition;
mod file_name;
mod mapping;
mod version;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::category::EthosCategory;
use crate::date::Day;
use crate::finding::Text;

pub use condition::Condition;
pub use file_name::{FileName, FileNameParts};
pub use mapping::{CategoryMapping, MappedCode};
pub use version::{VersionFault, family, version_faults, version_on};

/// A layout: one kind of file of one sender system in one period.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layout {
    /// `name/version`, such as `monitor-dakloosheid/2024`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// What a row is.
    pub kind: LayoutKind,
    /// How sure the layout is.
    pub status: LayoutStatus,
    /// First day on which files in this layout are made.
    pub valid_from: Option<Day>,
    /// First day on which they no longer are.
    pub valid_until: Option<Day>,
    /// Where the layout comes from.
    pub source: String,
    /// What of the layout is our assumption, because it is not public.
    #[serde(default)]
    pub assumed: Vec<Assumed>,
    /// Delimiters, encodings, header.
    #[serde(default)]
    pub file: FileShape,
    /// The columns in file order.
    #[serde(rename = "field")]
    pub fields: Vec<Field>,
    /// How a row gets its category.
    pub category: CategoryRule,
}

impl Layout {
    /// The field mapped to this target, if the layout has one.
    pub fn field_for(&self, target: Target) -> Option<(usize, &Field)> {
        self.fields
            .iter()
            .enumerate()
            .find(|(_, field)| field.maps_to == Some(target))
    }
}

/// What a row of the file is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LayoutKind {
    /// A stay, a provision or a registration with a start and perhaps an end.
    Spells,
    /// A person seen on the count day.
    CountDay,
    /// A person of the population register: attributes and eligibility, never a list.
    PersonRegister,
}

/// How sure a layout is.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LayoutStatus {
    /// Every field is publicly documented.
    Documented,
    /// The fields are documented, widths, delimiters or codes are our assumption.
    Assumed,
    /// Drafted without a public source.
    Unverified,
}

/// A part of a layout that no public source states.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Assumed {
    /// Which columns there are.
    Columns,
    /// How the columns are called.
    Names,
    /// The order of the columns.
    Order,
    /// Which columns must be there and filled.
    Required,
    /// The codes and what they stand for.
    Codes,
    /// The number of characters of codes.
    Widths,
    /// The delimiter and the way dates are written.
    Delimiter,
    /// The name of the file.
    FileName,
}

/// Delimiters, header, way of writing dates and name of a file.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FileShape {
    /// Delimiters a sender may use; detected among these. The first is the one we write.
    pub delimiters: Vec<char>,
    /// Whether the first line names the columns.
    pub header: bool,
    /// How we write dates. `20260131` and `2026-01-31` are read whatever it is; with `day-first` what is written
    /// as `31-01-2026` is too.
    pub dates: DateForm,
    /// How files are called: text with `{gemeente}` (`GM0363`), `{jaar}`, `{periode}` (a year or
    /// half-year, `2025` or `2025_H1`), `{datum}` (`20260115`) and `*` for anything.
    pub name: Option<FileName>,
}

impl Default for FileShape {
    fn default() -> Self {
        Self {
            delimiters: vec![';', ',', '\t'],
            header: true,
            dates: DateForm::default(),
            name: None,
        }
    }
}

/// How dates are written.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DateForm {
    /// `20260131`.
    #[default]
    Compact,
    /// `2026-01-31`.
    Iso,
    /// `31-01-2026`; days and months of one digit, and strokes or points between them, are read too.
    DayFirst,
}

impl DateForm {
    /// A day in this form.
    ///
    /// ```
    /// use ethos_model::{date::Day, layout::DateForm};
    /// let day = Day::from_ymd(2026, 1, 31).unwrap();
    /// assert_eq!(DateForm::Compact.write(day), "20260131");
    /// assert_eq!(DateForm::Iso.write(day), "2026-01-31");
    /// assert_eq!(DateForm::DayFirst.write(day), "31-01-2026");
    /// ```
    pub fn write(self, day: Day) -> String {
        match self {
            Self::Compact => format!(
                "{:04}{:02}{:02}",
                day.year(),
                day.month(),
                day.day_of_month()
            ),
            Self::Iso => day.to_string(),
            Self::DayFirst => format!(
                "{:02}-{:02}-{:04}",
                day.day_of_month(),
                day.month(),
                day.year()
            ),
        }
    }
}

/// A column.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Column name.
    pub name: String,
    /// Other names the column is known by.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it holds.
    pub meaning: Text,
    /// Type of its values.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Width in characters of a fixed-width code.
    pub width: Option<usize>,
    /// Whether the column must be there and filled.
    #[serde(default)]
    pub required: Required,
    /// When a row must fill it, where that depends on another column.
    pub required_when: Option<Condition>,
    /// First day on which files have the column. A column whose meaning or codes changed is two
    /// fields of one name, the one valid until the day from which the other is.
    pub valid_from: Option<Day>,
    /// First day on which they no longer have it.
    pub valid_until: Option<Day>,
    /// The column is our addition or our guess.
    #[serde(default)]
    pub assumed: bool,
    /// Known codes and what each stands for. For a field mapped to an attribute the value is
    /// that attribute's key or `unknown`; for `situation` a living-situation code, `unknown`, or
    /// `out-of-scope` for rows about someone who is not homeless (a line of the ledger).
    #[serde(default)]
    pub codes: BTreeMap<String, String>,
    /// Which part of a spell or a person it fills; `None` is read, checked and not used.
    pub maps_to: Option<Target>,
}

/// Whether a column must be there, and filled.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Required {
    /// The column must be there and every row must fill it.
    Always,
    /// The column must be there; a row may leave it blank.
    Column,
    /// The column may be absent.
    #[default]
    Optional,
}

/// Type of a column's values.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// A citizen service number (BSN): nine digits that pass the eleven test.
    Bsn,
    /// A date, `YYYY-MM-DD` or `YYYYMMDD`, or as the layout's `dates` says.
    Date,
    /// A municipality code valid on the row's date.
    Municipality,
    /// One of `codes`, or of the study's category mapping.
    Code,
    /// A whole number.
    Integer,
    /// An amount with a decimal comma or point.
    Decimal,
    /// An age in completed years.
    Age,
    /// Anything else; leading zeros are kept.
    Text,
}

/// The part of a spell or a person that a field fills.
#[derive(
    Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// The day the file was made.
    FileDate,
    /// The municipality that delivers and is responsible.
    MunicipalityResponsible,
    /// The municipality of the stay or the night.
    MunicipalityStay,
    /// The municipality of registration.
    MunicipalityRegistered,
    /// The municipality of origin.
    MunicipalityOrigin,
    /// The person.
    Person,
    /// Letters of the name, for the fallback key.
    NameLetters,
    /// First day.
    Start,
    /// Last day, which still counts: the half-open spell ends on the day after it.
    End,
    /// Planned first day, used where the actual one is missing.
    PlannedStart,
    /// Planned end; read and checked, never used as an end.
    PlannedEnd,
    /// The day or night on which the person was seen in the situation.
    Observed,
    /// Day from which the person is ready to leave an institution.
    ReadyToLeave,
    /// Day on which an eviction or a leaving without housing is expected.
    ExpectedOn,
    /// Product or shelter code that the category mapping reads.
    Product,
    /// Living situation.
    Situation,
    /// Type of provider.
    Provider,
    /// Reason the spell ended.
    EndReason,
    /// Sex.
    Sex,
    /// Birth date.
    BirthDate,
    /// Age in completed years on the observed day.
    Age,
    /// Origin.
    Origin,
    /// Nationality group.
    Nationality,
    /// Residence status.
    Residence,
    /// Household key.
    Household,
    /// A parent's citizen service number.
    Parent1,
    /// The other parent's citizen service number.
    Parent2,
    /// Children who stay with the person.
    ChildrenWith,
    /// Children who live elsewhere and are involved indirectly.
    ChildrenElsewhere,
    /// The organisation that filled in the form.
    Organisation,
    /// The sender's own number of the row.
    RecordNumber,
}

/// How a row gets its category.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum CategoryRule {
    /// The field mapped to `product` is read by a category mapping.
    Mapping {
        /// Name of the mapping, such as `iwmo-3.2`; a study may name another.
        name: String,
    },
    /// The field mapped to `situation` tells.
    Situation {},
    /// Every row is of this category (`unknown` for a register that carries none).
    Fixed {
        /// The category.
        category: EthosCategory,
        /// The living situation beneath it, such as `4b`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        situation: Option<String>,
    },
    /// Rows are persons, not situations.
    None {},
}
