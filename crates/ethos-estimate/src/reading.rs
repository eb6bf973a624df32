//! How the columns of a file became a table.

use serde::{Deserialize, Serialize};

/// Which columns of a file had which part, beside the lists (or times seen) and the covariates.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableReading {
    /// The column of counts; absent where every row is one person.
    pub count: Option<String>,
    /// Columns that were not used: the table is summed over them.
    pub unused: Vec<String>,
    /// Words that mean that a covariate is not known, beside a blank.
    pub missing: Vec<String>,
}
