//! Tables over variables, as one linked system.
//!
//! A cell is its codes, one a variable, the root where a table does not use the variable: two
//! tables that share a margin share its cells without anyone saying so. Every tree of every
//! variable gives its sums.

use std::collections::{BTreeMap, BTreeSet};

use crate::rule::{Requirement, Rule};
use crate::system::{Role, System, SystemBuilder, SystemError};
use crate::variable::Variable;

/// A table to be published.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Table {
    /// Name, for messages.
    pub name: String,
    /// Positions of its variables.
    pub variables: Vec<usize>,
    /// Variables of which only groups are published, not the codes at the bottom.
    pub groups_only: Vec<usize>,
    /// Counts by codes, in the order of `variables`. Counts at the bottom of every tree are
    /// added up; combinations that are not there are zero. Totals may be there as well: one that
    /// exceeds its parts holds persons in no part.
    pub rows: Vec<(Vec<u32>, i64)>,
}

/// Why tables are no system.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TablesError {
    /// Two numbers for one cell.
    #[error(
        "{cell} counts {first} in one place and {second} in another; tables of one release must agree"
    )]
    Disagree {
        /// The cell, by its codes.
        cell: String,
        /// One count.
        first: i64,
        /// The other.
        second: i64,
    },
    /// Too many combinations.
    #[error("the variables have more combinations than can be held; leave some codes out")]
    TooLarge,
    /// A row has another number of codes than the table has variables.
    #[error("a row of table `{table}` has {found} codes, the table {expected} variables")]
    Width {
        /// Table.
        table: String,
        /// Codes in the row.
        found: usize,
        /// Variables of the table.
        expected: usize,
    },
    /// A total that is given is less than its parts.
    #[error(
        "the line `{row}` counts {count}, its parts by `{by}` together {parts}: mend that total or its parts, or leave the line out and it is added up"
    )]
    Short {
        /// Codes of the total.
        row: String,
        /// Variable by which its parts differ.
        by: String,
        /// The total.
        count: i64,
        /// The sum of the parts.
        parts: i64,
    },
    /// A total that is added up is less than its parts, as one of these is a total that is given
    /// and holds persons who are in no part of it.
    #[error(
        "`{row}` adds up to {count}, but its parts by `{by}` to {parts}, since a total among them holds persons who are in none of its own parts: add a line `{row}` with its count, or mend that total"
    )]
    Unsaid {
        /// Codes of the total.
        row: String,
        /// Variable by which its parts differ.
        by: String,
        /// What it adds up to.
        count: i64,
        /// The sum of the parts.
        parts: i64,
    },
    /// The cells do not add up.
    #[error("{cell}: {source}")]
    System {
        /// The cell, by its codes.
        cell: String,
        /// What is wrong.
        source: SystemError,
    },
}

/// Tables of a release, put together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Linked {
    /// The system.
    pub system: System,
    /// What must stay unknown: small cells apart, which follow from the rule alone.
    pub groups: Vec<Requirement>,
    keys: Vec<u64>,
    strides: Vec<u64>,
    variables: Vec<Variable>,
}

impl Linked {
    /// Links tables. `place` is the variable by which large systems are solved, such as the
    /// municipality; `sensitive` are those of which a group must not learn that all of it is in
    /// one code.
    ///
    /// # Errors
    /// Tables disagree about a cell, or a total is less than its parts.
    pub fn new(
        variables: Vec<Variable>,
        tables: &[Table],
        place: Option<usize>,
        sensitive: &[usize],
        rule: &Rule,
    ) -> Result<Self, TablesError> {
        let strides = strides(&variables)?;
        let mut cells: BTreeMap<u64, (i64, Role)> = BTreeMap::new();
        let mut given = BTreeSet::new();
        for table in tables {
            for (key, count, role) in spread(&variables, &strides, table, &mut given)? {
                let entry = cells.entry(key).or_insert((count, role));
                if entry.0 != count {
                    return Err(TablesError::Disagree {
                        cell: text(&variables, &strides, key),
                        first: entry.0,
                        second: count,
                    });
                }
                if role == Role::Published {
                    entry.1 = role;
                }
            }
        }
        let keys: Vec<u64> = cells.keys().copied().collect();
        let mut linked = Self {
            system: SystemBuilder::new().build(),
            groups: Vec::new(),
            keys,
            strides,
            variables,
        };
        linked.build(&cells, &given, place, sensitive, rule)?;
        Ok(linked)
    }

    fn build(
        &mut self,
        cells: &BTreeMap<u64, (i64, Role)>,
        given: &BTreeSet<u64>,
        place: Option<usize>,
        sensitive: &[usize],
        rule: &Rule,
    ) -> Result<(), TablesError> {
        let mut builder = SystemBuilder::new();
        match place {
            // The first tree in which a code stands leads.
            Some(place) => {
                for code in 0..self.variables[place].len() as u32 {
                    let above = self.variables[place].above(code).next();
                    builder.place(above.map(|(_, above)| above));
                }
            }
            None => {
                builder.place(None);
            }
        }
        let fail = |linked: &Self, cell: usize, source: SystemError| TablesError::System {
            cell: linked.label(cell),
            source,
        };
        let tables = self.ranks(place);
        for (at, (count, role)) in cells.values().enumerate() {
            let key = self.keys[at];
            let of = place.map_or(0, |place| self.code(key, place));
            let table = tables[&self.used(key, place)];
            if *role == Role::Published {
                builder.cell(*count, of, table)
            } else {
                builder.hidden(*count, of, table)
            }
            .map_err(|source| fail(self, at, source))?;
        }
        let mut sums: BTreeMap<(usize, usize, &str), Vec<usize>> = BTreeMap::new();
        for (at, key) in self.keys.iter().enumerate() {
            for (v, variable) in self.variables.iter().enumerate() {
                let code = self.code(*key, v);
                for (tree, above) in variable.above(code) {
                    let up = key - (u64::from(code) - u64::from(above)) * self.strides[v];
                    if let Ok(total) = self.keys.binary_search(&up) {
                        sums.entry((total, v, tree)).or_default().push(at);
                    }
                }
            }
        }
        for ((total, v, _), parts) in &sums {
            builder
                .sum(*total, parts)
                .map_err(|source| self.short(given, *total, *v, source))?;
        }
        if rule.coalition >= 0 {
            for ((total, v, _), parts) in &sums {
                if !sensitive.contains(v) {
                    continue;
                }
                for part in parts {
                    let found = rule
                        .group(&mut builder, *total, *part)
                        .map_err(|source| fail(self, *total, source))?;
                    self.groups.extend(found);
                }
            }
        }
        self.system = builder.build();
        Ok(())
    }

    /// Which total to mend or to add.
    fn short(
        &self,
        given: &BTreeSet<u64>,
        cell: usize,
        by: usize,
        source: SystemError,
    ) -> TablesError {
        let SystemError::Exceeds { count, parts, .. } = source else {
            return TablesError::System {
                cell: self.label(cell),
                source,
            };
        };
        let key = self.keys[cell];
        let codes: Vec<String> = self
            .variables
            .iter()
            .enumerate()
            .map(|(v, variable)| {
                let code = variable.label(self.code(key, v));
                format!("{} = {code}", variable.name())
            })
            .collect();
        let (row, by) = (codes.join(", "), self.variables[by].name().to_owned());
        if given.contains(&key) {
            TablesError::Short {
                row,
                by,
                count,
                parts,
            }
        } else {
            TablesError::Unsaid {
                row,
                by,
                count,
                parts,
            }
        }
    }

    /// Everything that must stay unknown.
    pub fn requirements(&self, rule: &Rule, withheld: bool) -> Vec<Requirement> {
        let mut all = rule.small(&self.system, withheld);
        all.extend(&self.groups);
        all
    }

    /// Number of cells with codes; hidden rests come after them in the system.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no cell.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The position of a cell, by a code for each variable.
    pub fn position(&self, codes: &[u32]) -> Option<usize> {
        let key = codes
            .iter()
            .zip(&self.strides)
            .map(|(code, stride)| u64::from(*code) * stride)
            .sum();
        self.keys.binary_search(&key).ok()
    }

    /// The codes of a cell, one a variable.
    pub fn codes(&self, cell: usize) -> Option<Vec<u32>> {
        let key = *self.keys.get(cell)?;
        Some(
            (0..self.variables.len())
                .map(|v| self.code(key, v))
                .collect(),
        )
    }

    /// The variables.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// A cell in words: `place = GM0363, sex = men`. The rest of a total is said to be one.
    pub fn label(&self, cell: usize) -> String {
        if let Some(key) = self.keys.get(cell) {
            return text(&self.variables, &self.strides, *key);
        }
        let total = self
            .system
            .relations_of(cell)
            .next()
            .map(|relation| relation.total);
        match total {
            Some(total) if total < self.keys.len() => {
                format!("the rest of ({})", self.label(total))
            }
            _ => "a rest".into(),
        }
    }

    fn code(&self, key: u64, variable: usize) -> u32 {
        (key / self.strides[variable] % self.variables[variable].len() as u64) as u32
    }

    /// Which variables a cell uses, the place apart.
    fn used(&self, key: u64, place: Option<usize>) -> Vec<usize> {
        (0..self.variables.len())
            .filter(|v| Some(*v) != place && self.code(key, *v) != 0)
            .collect()
    }

    /// Sets of variables in the order in which they are solved: few first.
    fn ranks(&self, place: Option<usize>) -> BTreeMap<Vec<usize>, u32> {
        let sets: BTreeSet<Vec<usize>> =
            self.keys.iter().map(|key| self.used(*key, place)).collect();
        let mut sets: Vec<Vec<usize>> = sets.into_iter().collect();
        sets.sort_by_key(|set| (set.len(), set.clone()));
        sets.into_iter()
            .enumerate()
            .map(|(rank, set)| (set, rank as u32))
            .collect()
    }
}

fn strides(variables: &[Variable]) -> Result<Vec<u64>, TablesError> {
    let mut strides = Vec::with_capacity(variables.len());
    let mut stride = 1_u64;
    for variable in variables {
        strides.push(stride);
        stride = stride
            .checked_mul(variable.len() as u64)
            .ok_or(TablesError::TooLarge)?;
    }
    Ok(strides)
}

fn text(variables: &[Variable], strides: &[u64], key: u64) -> String {
    let parts: Vec<String> = variables
        .iter()
        .zip(strides)
        .filter_map(|(variable, stride)| {
            let code = (key / stride % variable.len() as u64) as u32;
            (code != 0).then(|| format!("{} = {}", variable.name(), variable.label(code)))
        })
        .collect();
    if parts.is_empty() {
        "everyone".into()
    } else {
        parts.join(", ")
    }
}

/// Every cell of a table with its count; totals that have a row of their own are put in `given`.
fn spread(
    variables: &[Variable],
    strides: &[u64],
    table: &Table,
    given: &mut BTreeSet<u64>,
) -> Result<Vec<(u64, i64, Role)>, TablesError> {
    let width = table.variables.len();
    let leaf: Vec<Vec<bool>> = table
        .variables
        .iter()
        .map(|v| {
            (0..variables[*v].len() as u32)
                .map(|code| variables[*v].is_leaf(code))
                .collect()
        })
        .collect();
    let up: Vec<Vec<Vec<u32>>> = table
        .variables
        .iter()
        .map(|v| {
            (0..variables[*v].len() as u32)
                .map(|code| variables[*v].up(code))
                .collect()
        })
        .collect();
    let mut used: Vec<BTreeSet<u32>> = vec![BTreeSet::from([0]); width];
    let mut sums: BTreeMap<u64, i64> = BTreeMap::new();
    let mut totals: BTreeMap<u64, i64> = BTreeMap::new();
    for (codes, count) in &table.rows {
        if codes.len() != width {
            return Err(TablesError::Width {
                table: table.name.clone(),
                found: codes.len(),
                expected: width,
            });
        }
        for (at, code) in codes.iter().enumerate() {
            used[at].extend(&up[at][*code as usize]);
        }
        let bottom = codes
            .iter()
            .enumerate()
            .all(|(at, code)| leaf[at][*code as usize]);
        if !bottom {
            let key = codes
                .iter()
                .zip(&table.variables)
                .map(|(code, v)| u64::from(*code) * strides[*v])
                .sum();
            if let Some(first) = totals.insert(key, *count)
                && first != *count
            {
                return Err(TablesError::Disagree {
                    cell: text(variables, strides, key),
                    first,
                    second: *count,
                });
            }
            continue;
        }
        for key in products(strides, &table.variables, |at| &up[at][codes[at] as usize]) {
            *sums.entry(key).or_insert(0) += count;
        }
    }
    given.extend(totals.keys());
    let every: Vec<Vec<u32>> = used
        .iter()
        .map(|codes| codes.iter().copied().collect())
        .collect();
    let hidden = |key: u64| {
        table.groups_only.iter().any(|v| {
            let code = (key / strides[*v] % variables[*v].len() as u64) as u32;
            code != 0 && variables[*v].is_leaf(code)
        })
    };
    Ok(products(strides, &table.variables, |at| &every[at])
        .into_iter()
        .map(|key| {
            let count = totals
                .get(&key)
                .or_else(|| sums.get(&key))
                .copied()
                .unwrap_or(0);
            let role = if hidden(key) {
                Role::Hidden
            } else {
                Role::Published
            };
            (key, count, role)
        })
        .collect())
}

/// The keys of every combination of codes.
fn products<'a>(
    strides: &[u64],
    variables: &[usize],
    codes: impl Fn(usize) -> &'a Vec<u32>,
) -> Vec<u64> {
    let mut keys = vec![0];
    for (at, v) in variables.iter().enumerate() {
        let own = codes(at);
        keys = keys
            .iter()
            .flat_map(|key| {
                own.iter()
                    .map(move |code| key + u64::from(*code) * strides[*v])
            })
            .collect();
    }
    keys
}
