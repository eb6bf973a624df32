//! Examples of a rule: files, rows or figures that must and that must not give its finding.

use std::collections::BTreeMap;

use ethos_model::finding::Text;
use serde::{Deserialize, Serialize};

/// An example of a rule.
///
/// It is a file of rows, a file as it stands, several files, or the figures of deliveries.
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
