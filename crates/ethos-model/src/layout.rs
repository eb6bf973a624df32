//! The declared shape of a sender's file: data, not code, so that a user can copy a layout,
//! change it and use it without compiling anything.
//!
//! A layout file is TOML. Ingest ships some and reads others from the study's folder; this
//! module fixes only what one may say.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::category::EthosCategory;
use crate::date::Day;
use crate::finding::Text;

/// A layout: one kind of file of one sender system in one period.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
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

/// Delimiters, encodings and header of a text file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct FileShape {
    /// Delimiters a sender may use; detected among these.
    pub delimiters: Vec<char>,
    /// Whether the first line names the columns.
    pub header: bool,
}

impl Default for FileShape {
    fn default() -> Self {
        Self {
            delimiters: vec![';', ',', '\t'],
            header: true,
        }
    }
}

/// A column.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
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
    /// A date, `YYYY-MM-DD` or `YYYYMMDD`.
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
    },
    /// Rows are persons, not situations.
    None {},
}

/// A declared mapping from product codes to categories.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryMapping {
    /// Name with version, such as `iwmo-3.2`.
    pub id: String,
    /// Title.
    pub title: Text,
    /// Where the codes come from and whose proposal the mapping is.
    pub source: String,
    /// What each code stands for; a code not listed is unknown to the mapping and a finding.
    #[serde(rename = "code")]
    pub codes: Vec<MappedCode>,
}

/// One code of a mapping.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MappedCode {
    /// The code, leading zeros kept.
    pub code: String,
    /// What the code list calls it.
    pub name: String,
    /// Category; absent where the code is out of scope (a line of the ledger).
    pub category: Option<EthosCategory>,
    /// Living situation beneath the category.
    pub situation: Option<String>,
    /// The category holds only for a row with a ready-to-leave date; without one the row is
    /// out of scope.
    #[serde(default)]
    pub only_when_ready_to_leave: bool,
}
