//! What product codes say of a person's situation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::category::EthosCategory;
use crate::finding::Text;

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
