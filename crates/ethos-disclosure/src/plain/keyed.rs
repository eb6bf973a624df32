//! Tables on demand with cell-key noise, from records of persons.

use std::collections::{BTreeMap, BTreeSet};

use super::codes::{coded, names, variables};
use super::{Layout, published};
use crate::cell_key::{KeyedCount, NoiseTable};
use crate::variable::{Variable, VariableError};

/// Every cell of some tables with its count and key.
#[derive(Clone, Debug)]
pub struct KeyedTables {
    variables: Vec<Variable>,
    cells: BTreeMap<Vec<u32>, KeyedCount>,
    layout: Layout,
}

/// Why records are refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TwiceError {
    /// A person has two records.
    #[error(
        "row {row} is of a person who has a row already; give one row a person, or the noise of a cell would depend on how often somebody is listed"
    )]
    Twice {
        /// Row, from 1.
        row: usize,
    },
    /// A tree of codes is wrong.
    #[error(transparent)]
    Variable(#[from] VariableError),
}

impl KeyedTables {
    /// Counts records, each with its codes and its record key. Combinations nobody is in are no
    /// cells: they stay zero.
    ///
    /// # Errors
    /// A record key stands there twice, or trees of codes are wrong.
    pub fn new(layout: Layout, records: &[(Vec<String>, u64)]) -> Result<Self, TwiceError> {
        let variables = variables(&layout, records.iter().map(|(codes, _)| codes.as_slice()))?;
        let mut seen = BTreeSet::new();
        let mut cells: BTreeMap<Vec<u32>, KeyedCount> = BTreeMap::new();
        for (at, (codes, key)) in records.iter().enumerate() {
            if !seen.insert(*key) {
                return Err(TwiceError::Twice { row: at + 1 });
            }
            let codes = coded(&variables, codes);
            let mut own: BTreeSet<Vec<u32>> = BTreeSet::new();
            for columns in &layout.tables {
                let mut keys = vec![vec![0; codes.len()]];
                for column in columns {
                    let up = variables[*column].up(codes[*column]);
                    keys = keys
                        .iter()
                        .flat_map(|key| {
                            up.iter().map(|code| {
                                let mut key = key.clone();
                                key[*column] = *code;
                                key
                            })
                        })
                        .collect();
                }
                own.extend(keys);
            }
            // A cell of two tables counts the person once.
            for key_of_cell in own {
                cells.entry(key_of_cell).or_default().add(*key);
            }
        }
        Ok(Self {
            variables,
            cells,
            layout,
        })
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// The tables with noise, as a file. Nothing in it adds up exactly. Cells that noise made 0 are left
    /// out: nobody is in the cells that the tables do not have, and a 0 would tell that somebody is.
    pub fn to_csv(&self, noise: &NoiseTable) -> String {
        let cells = self.cells.iter();
        let lines: Vec<Vec<String>> = cells
            .map(|(codes, cell)| (codes, noise.published(*cell)))
            .filter(|(_, persons)| *persons != 0)
            .map(|(codes, persons)| {
                let mut line = names(&self.variables, codes, &self.layout.total);
                line.extend([persons.to_string(), "noise".to_owned()]);
                line
            })
            .collect();
        let mut header = self.layout.columns.clone();
        header.extend(["value".to_owned(), "status".to_owned()]);
        published::csv(&header, &lines)
    }

    /// How many cells noise made 0.
    pub fn zeros(&self, noise: &NoiseTable) -> usize {
        let cells = self.cells.values();
        cells.filter(|cell| noise.published(**cell) == 0).count()
    }

    /// Mean of |published − count|, and of the largest, over all cells: what the noise cost.
    pub fn loss(&self, noise: &NoiseTable) -> (f64, i64) {
        let off: Vec<i64> = self
            .cells
            .values()
            .map(|cell| (noise.published(*cell) - cell.count).abs())
            .collect();
        let mean = off.iter().sum::<i64>() as f64 / off.len().max(1) as f64;
        (mean, off.into_iter().max().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zero_of_noise_does_not_stand_out() {
        let layout = Layout {
            columns: vec!["place".into()],
            tables: vec![vec![0]],
            hierarchies: BTreeMap::new(),
            total: "total".into(),
        };
        let key = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let records: Vec<(Vec<String>, u64)> = (0..200)
            .map(|n| (vec![format!("GM{:04}", n / 2)], key(n)))
            .collect();
        let tables = KeyedTables::new(layout, &records).unwrap();
        let noise = NoiseTable::new(5, 2.0, 0).unwrap();
        let text = tables.to_csv(&noise);
        let zeros = tables.zeros(&noise);
        assert!(zeros > 0, "two people a place, and noise of up to five");
        assert_eq!(text.lines().count() - 1, tables.len() - zeros);
        assert!(!text.contains(",0,"), "{text}");
    }
}
