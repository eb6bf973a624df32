//! A protected table that is out, or about to be.

use std::collections::BTreeMap;

use super::{Layout, Method};
use crate::knowledge::Aside;
use crate::system::System;
use crate::tables::Linked;

/// A published table: its columns of codes, and by row the number or that it is withheld.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// Name of the file, for messages.
    pub file: String,
    /// Names of the columns of codes.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<PublishedRow>,
    /// How it was protected.
    pub method: Method,
    /// Its rounding base.
    pub base: u32,
    /// Its threshold.
    pub threshold: u32,
}

/// A row of a published table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PublishedRow {
    /// Where it stands, for messages: `line 3`.
    pub line: String,
    /// Its codes, one a column.
    pub codes: Vec<String>,
    /// Its number, unless that is withheld.
    pub number: Option<i64>,
}

/// Why a published table is not understood. What is not understood cannot be audited, so nothing
/// is passed over.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PublishedError {
    /// It has no rows.
    #[error(
        "{file} has no lines below its header, so there is nothing to hold against the counts; give the table as published"
    )]
    Empty {
        /// File.
        file: String,
    },
    /// It has a column that the request does not have.
    #[error(
        "{file}: `{column}` is no column of codes of this request ({columns}); name columns as the counts do, ask for `{column}` as well, or give only the lines where it is `{total}`, without that column"
    )]
    Column {
        /// File.
        file: String,
        /// The column.
        column: String,
        /// Those of the request.
        columns: String,
        /// The code for everyone.
        total: String,
    },
    /// It lacks a column that the request has.
    #[error(
        "{file} has no column `{column}`, which this request has; name columns as the counts do, give it with `{total}` in every line if the table is not split by it, or name the other columns in --by"
    )]
    Missing {
        /// File.
        file: String,
        /// The column.
        column: String,
        /// The code for everyone.
        total: String,
    },
    /// A row has another number of codes than there are columns.
    #[error("{file}, {line}: there are {found} codes for {expected} columns; give one a column")]
    Width {
        /// File.
        file: String,
        /// Row.
        line: String,
        /// Codes of the row.
        found: usize,
        /// Columns.
        expected: usize,
    },
    /// A code that the counts do not have.
    #[error(
        "{file}, {line}: `{code}` is no code of `{column}` in the counts; write codes as the counts do and `{total}` for everyone (--total names another), name the file of regions with --hierarchy {column}=FILE if it stands above codes of the counts, or give the counts a line of 0 for a code without persons"
    )]
    Code {
        /// File.
        file: String,
        /// Row.
        line: String,
        /// The code.
        code: String,
        /// Its column.
        column: String,
        /// The code for everyone.
        total: String,
    },
    /// A cell of none of the tables.
    #[error(
        "{file}, {line}: {cell} is a cell of no table of this request; ask for it as well with --table {table}, and give the counts a line of 0 for a code without persons"
    )]
    Outside {
        /// File.
        file: String,
        /// Row.
        line: String,
        /// The cell, by its codes.
        cell: String,
        /// Columns of a table that has it.
        table: String,
    },
    /// A line that the method the table is said to be made by cannot make.
    #[error(
        "{file}, {line}: {what}, so the table was not made by {method}; name the method and the base by which it was"
    )]
    NotOfMethod {
        /// File.
        file: String,
        /// Row.
        line: String,
        /// What is wrong with it.
        what: String,
        /// The method.
        method: &'static str,
    },
    /// A cell stands there twice.
    #[error("{file}, {line}: {cell} stands at {first} already; keep the line that was published")]
    Twice {
        /// File.
        file: String,
        /// Row.
        line: String,
        /// The cell, by its codes.
        cell: String,
        /// The other row.
        first: String,
    },
}

impl Published {
    /// Its cells with their numbers, at least one. A column of the request that an earlier table
    /// lacks is one it was not split by; the table that is `whole` has them all.
    pub(super) fn cells(
        &self,
        linked: &Linked,
        layout: &Layout,
        whole: bool,
    ) -> Result<Vec<(usize, Option<i64>)>, PublishedError> {
        let file = || self.file.clone();
        let total = || layout.total.clone();
        if let Some(column) = self
            .columns
            .iter()
            .find(|name| !layout.columns.contains(name))
        {
            return Err(PublishedError::Column {
                file: file(),
                column: column.clone(),
                columns: layout.columns.join(", "),
                total: total(),
            });
        }
        let mut from = Vec::with_capacity(layout.columns.len());
        for column in &layout.columns {
            let at = self.columns.iter().position(|name| name == column);
            if at.is_none() && whole {
                return Err(PublishedError::Missing {
                    file: file(),
                    column: column.clone(),
                    total: total(),
                });
            }
            from.push(at);
        }
        if self.rows.is_empty() {
            return Err(PublishedError::Empty { file: file() });
        }
        let mut lines: BTreeMap<usize, &str> = BTreeMap::new();
        let mut cells = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let line = || row.line.clone();
            if row.codes.len() != self.columns.len() {
                return Err(PublishedError::Width {
                    file: file(),
                    line: line(),
                    found: row.codes.len(),
                    expected: self.columns.len(),
                });
            }
            if let Some(what) = self.method.contradicted(row.number, self.base) {
                return Err(PublishedError::NotOfMethod {
                    file: file(),
                    line: line(),
                    what,
                    method: self.method.name(),
                });
            }
            let mut codes = Vec::with_capacity(from.len());
            for (variable, at) in linked.variables().iter().zip(&from) {
                let code = match at {
                    Some(at) => {
                        let code = &row.codes[*at];
                        variable.code(code).ok_or_else(|| PublishedError::Code {
                            file: file(),
                            line: line(),
                            code: code.clone(),
                            column: variable.name().to_owned(),
                            total: total(),
                        })?
                    }
                    None => 0,
                };
                codes.push(code);
            }
            let words = || {
                let parts: Vec<String> = self
                    .columns
                    .iter()
                    .zip(&row.codes)
                    .map(|(name, code)| format!("{name} = {code}"))
                    .collect();
                parts.join(", ")
            };
            let Some(cell) = linked.position(&codes) else {
                let table: Vec<&str> = linked
                    .variables()
                    .iter()
                    .zip(&codes)
                    .filter(|(_, code)| **code != 0)
                    .map(|(variable, _)| variable.name())
                    .collect();
                return Err(PublishedError::Outside {
                    file: file(),
                    line: line(),
                    cell: words(),
                    table: table.join(","),
                });
            };
            if let Some(first) = lines.insert(cell, &row.line) {
                return Err(PublishedError::Twice {
                    file: file(),
                    line: line(),
                    cell: words(),
                    first: first.to_owned(),
                });
            }
            cells.push((cell, row.number));
        }
        Ok(cells)
    }

    /// What a number of this table says of its count.
    pub(super) fn aside(&self, system: &System, cell: usize, number: i64) -> Aside {
        let count = system.cells()[cell].count;
        Aside {
            cell,
            bounds: self.method.reads(number, count, self.base, self.threshold),
        }
    }
}

/// A file of these lines. A cell that a spreadsheet would take for a formula gets an apostrophe.
pub(super) fn csv(header: &[String], lines: &[Vec<String>]) -> String {
    let mut text = String::new();
    for line in std::iter::once(header).chain(lines.iter().map(Vec::as_slice)) {
        for (at, field) in line.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            let formula = field.starts_with(['=', '+', '@', '\t', '\r'])
                || (field.starts_with('-') && field.parse::<f64>().is_err());
            let field = if formula {
                format!("'{field}")
            } else {
                field.clone()
            };
            if field.contains([',', '"', '\n', '\r']) {
                text.push('"');
                text.push_str(&field.replace('"', "\"\""));
                text.push('"');
            } else {
                text.push_str(&field);
            }
        }
        text.push('\n');
    }
    text
}
