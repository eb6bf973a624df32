//! Examples of a rule: files, rows or figures that must and that must not give its finding.

use std::collections::BTreeMap;

use ethos_model::finding::Text;
use serde::{Deserialize, Serialize};

/// An example of a rule.
///
/// It is a file of rows, a file as it stands, a workbook, an archive, several files, or the figures of
/// deliveries.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Whether the rule must find something.
    pub finds: bool,
    /// What the example shows, where its cells do not say it.
    pub note: Option<Text>,
    /// Layout of the rows; with `text`, the layout the file is read by.
    pub layout: Option<String>,
    /// Name of the file.
    pub file: Option<String>,
    /// Rows: the cells that differ from the layout's good row, by column name. `times` repeats
    /// a row; `{n}` in a cell is the number of the row, `{bsn}` a valid number of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<BTreeMap<String, Cell>>,
    /// A file as it stands, in place of rows.
    pub text: Option<String>,
    /// What stands for `{fill}` in `text` and in the texts of `members`.
    pub fill: Option<Fill>,
    /// Sheets of a workbook, in place of rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sheets: Vec<ExampleSheet>,
    /// The sheet that is asked for, as with `--sheet`.
    pub sheet: Option<String>,
    /// The row that is said to name the columns, as with `--header-row`.
    pub header_row: Option<u64>,
    /// Members of a zip archive, in place of rows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// How the archive says that its members are packed.
    pub packing: Option<Packing>,
    /// Bytes that are missing at the end of the file.
    #[serde(default, skip_serializing_if = "is_none")]
    pub cut: usize,
    /// Reads the file by the layout as if that had no header.
    #[serde(default, skip_serializing_if = "is_no")]
    pub headerless: bool,
    /// Rows up to which rules about persons are asked, in place of 8 million.
    pub most_rows: Option<usize>,
    /// A file of corrections, as it stands.
    pub corrections: Option<String>,
    /// Encoding of `text`: `utf-8`, `utf-16` or `windows-1252`.
    pub encoding: Option<String>,
    /// Further files of the same source.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<FurtherFile>,
    /// Figures of the delivery, for rules that compare deliveries: measure to number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub this: BTreeMap<String, f64>,
    /// Figures of the sender's previous delivery.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub last: BTreeMap<String, f64>,
    /// Figures of other senders.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<BTreeMap<String, f64>>,
}

// By reference, as serde asks for it.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_none(count: &usize) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_no(said: &bool) -> bool {
    !said
}

/// A text many times over.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fill {
    /// The text.
    pub text: String,
    /// How often.
    pub times: usize,
}

/// A sheet of a workbook: rows of the example's layout, and cells as they stand.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleSheet {
    /// Its name.
    pub name: String,
    /// Whether it is hidden.
    #[serde(default, skip_serializing_if = "is_no")]
    pub hidden: bool,
    /// Its rows, beneath the layout's header; none for a sheet of `cells` alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<BTreeMap<String, Cell>>,
    /// Cells by address, over those of the rows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cells: BTreeMap<String, SheetCell>,
    /// Ranges that are merged, such as `A2:B3`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged: Vec<String>,
}

/// A cell of a sheet.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SheetCell {
    /// A text.
    Text(String),
    /// A formula.
    Formula(FormulaCell),
}

/// A formula and what it gave.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormulaCell {
    /// The formula, without `=`.
    pub formula: String,
    /// Its value when the workbook was saved: none when it was never reckoned, an error when it
    /// begins with `#`.
    pub value: Option<String>,
}

/// A member of an archive.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// It as it stands.
    pub text: Option<String>,
    /// Its rows, of the example's layout.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<BTreeMap<String, Cell>>,
    /// Where it leads, for a link.
    pub link: Option<String>,
    /// The members of an archive within the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
}

/// How an archive says that its members are packed.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Packing {
    /// Under a password.
    Password,
    /// By a method that no reader here knows.
    Unknown,
}

/// A further file of an example.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FurtherFile {
    /// Its name.
    pub file: String,
    /// Its rows.
    #[serde(default)]
    pub rows: Vec<BTreeMap<String, Cell>>,
}

/// A cell of an example, or how often its row occurs.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Cell {
    /// A cell's text.
    Text(String),
    /// How often (`times`).
    Times(u32),
}

/// A row in which nothing is wrong: what the rows of examples differ from.
#[derive(Clone, PartialEq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GoodRow {
    pub(super) layout: String,
    /// Name of a file in this layout.
    pub(super) file: String,
    pub(super) cells: BTreeMap<String, String>,
}
