//! A file of codes and counts, as the tables of a request for protection.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use ethos_disclosure::{
    LARGEST_COUNT, LARGEST_NUMBER, Layout, Method, PlainError, Published, PublishedRow, Rule,
};
use ethos_table::StringTable;

use crate::failure::Failure;

/// The base where none is given.
const BASE: u32 = 5;
/// A base of 1 rounds nothing; none is 0.
const BASES: std::ops::RangeInclusive<i64> = 1..=1_000;

/// What an empty cell of a column of codes stands for.
const UNKNOWN: &str = "unknown";

/// Columns of what is written, beside the codes.
const WRITTEN: [&str; 2] = ["value", "status"];

/// Methods of protection that need no records of persons.
#[derive(Copy, Clone, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum TableMethod {
    /// Small counts and the cheapest others withheld, the rest exact
    Suppression,
    /// The same, and the rest rounded to the nearest multiple of the base
    Threshold,
    /// Every count a multiple of the base so that all tables add up, nothing withheld
    ControlledRounding,
}

impl From<TableMethod> for Method {
    fn from(method: TableMethod) -> Self {
        match method {
            TableMethod::Suppression => Self::Suppression,
            TableMethod::Threshold => Self::Threshold,
            TableMethod::ControlledRounding => Self::ControlledRounding,
        }
    }
}

/// How a file is read.
#[derive(Args, Debug)]
pub(crate) struct FileArgs {
    /// Columns of codes [default: all but the count]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    by: Vec<String>,
    /// Column of counts; without it every row is one person
    #[arg(long, value_name = "COL")]
    count: Option<String>,
    /// Table to make, by its columns; give it again for every table. They are protected as one
    /// [default: all of --by]
    #[arg(long = "table", value_name = "LIST")]
    tables: Vec<String>,
    /// Codes below others: COLUMN=FILE, the file with the columns code,above
    #[arg(long = "hierarchy", value_name = "COL=FILE")]
    hierarchies: Vec<String>,
    /// Code that stands for everyone, in FILE and in what is written
    #[arg(long, value_name = "CODE", default_value = "total")]
    total: String,
}

/// What must stay unknown.
#[derive(Args, Debug)]
pub(crate) struct RuleArgs {
    /// Counts from 1 to below it are protected [default: 10]
    #[arg(long, value_name = "N")]
    threshold: Option<u32>,
    /// Rounding base [default: 5]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(BASES))]
    base: Option<u32>,
    /// So many counts, end to end, must remain possible for a protected one [default: half of
    /// what it could be]
    #[arg(long, value_name = "N")]
    possible: Option<u32>,
    /// Controlled rounding: column of which a group must not learn that all of it is in one code
    #[arg(long, value_name = "COL")]
    sensitive: Option<String>,
    /// Protected table that is out already; give it again for each
    #[arg(long, value_name = "FILE")]
    earlier: Vec<PathBuf>,
    /// Method of the earlier ones [default: that of this one]
    #[arg(long, value_name = "METHOD", requires = "earlier")]
    earlier_method: Option<TableMethod>,
    /// Base of the earlier ones [default: that of this one]
    #[arg(long, value_name = "N", requires = "earlier", value_parser = clap::value_parser!(u32).range(BASES))]
    earlier_base: Option<u32>,
}

/// A file read: its layout, and of each row the codes and the count.
pub(crate) struct PlainFile {
    pub(crate) layout: Layout,
    pub(crate) rows: Vec<(Vec<String>, i64)>,
    pub(crate) table: StringTable,
}

impl RuleArgs {
    /// The files that are read to judge by.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.earlier.iter().map(PathBuf::as_path)
    }
}

impl FileArgs {
    /// The files that are read beside the table.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Path> {
        self.hierarchies
            .iter()
            .filter_map(|text| Some(Path::new(text.split_once('=')?.1)))
    }

    /// Reads a file; `other` is a column that is no code.
    pub(crate) fn read(&self, path: &Path, other: Option<&str>) -> Result<PlainFile, Failure> {
        let table = StringTable::read(path).map_err(|error| Failure::input(error.to_string()))?;
        let columns: Vec<String> = if self.by.is_empty() {
            table
                .names()
                .iter()
                .filter(|name| {
                    Some(name.as_str()) != self.count.as_deref() && Some(name.as_str()) != other
                })
                .cloned()
                .collect()
        } else {
            self.by.clone()
        };
        if let Some(name) = columns.iter().find(|name| WRITTEN.contains(&name.as_str())) {
            return Err(Failure::usage(format!(
                "{}: `{name}` cannot be a column of codes: what is written has a column of that name",
                path.display()
            ))
            .with_help("name the column of counts with --count and those of codes with --by, or give it another name"));
        }
        let at = |name: &str| {
            columns.iter().position(|own| own == name).ok_or_else(|| {
                Failure::usage(format!("`{name}` is no column of codes"))
                    .with_help(format!("the columns of codes are {}", columns.join(", ")))
            })
        };
        let mut tables = Vec::new();
        for text in &self.tables {
            let mut own: Vec<usize> = text
                .split(',')
                .map(|name| at(name.trim()))
                .collect::<Result<_, _>>()?;
            own.sort_unstable();
            own.dedup();
            tables.push(own);
        }
        if self.by.is_empty() && self.count.is_none() {
            counts_as_codes(path, &table, &columns, &tables)?;
        }
        if tables.is_empty() {
            tables.push((0..columns.len()).collect());
        }
        let mut hierarchies = BTreeMap::new();
        for text in &self.hierarchies {
            let Some((name, file)) = text.split_once('=') else {
                return Err(Failure::usage(format!(
                    "--hierarchy {text} is not COL=FILE"
                )));
            };
            let file = Path::new(file);
            let tree =
                StringTable::read(file).map_err(|error| Failure::input(error.to_string()))?;
            let (code, above) = (column(&tree, file, "code")?, column(&tree, file, "above")?);
            let pairs = (0..tree.rows())
                .filter_map(|row| Some((code.get(row)?.to_owned(), above.get(row)?.to_owned())))
                .collect();
            hierarchies.insert(at(name)?, pairs);
        }
        let codes = columns
            .iter()
            .map(|name| column(&table, path, name))
            .collect::<Result<Vec<_>, _>>()?;
        let counts = self
            .count
            .as_deref()
            .map(|name| column(&table, path, name))
            .transpose()?;
        let mut rows = Vec::with_capacity(table.rows());
        for row in 0..table.rows() {
            let count = match &counts {
                None => 1,
                Some(counts) => counts
                    .get(row)
                    .and_then(|text| text.parse::<i64>().ok())
                    .filter(|count| (0..=LARGEST_COUNT).contains(count))
                    .ok_or_else(|| {
                        Failure::input(format!(
                            "{}, {}: the count is no whole number from 0 to 5,000,000",
                            path.display(),
                            table.row_name(row)
                        ))
                    })?,
            };
            let own = codes
                .iter()
                .map(|codes| codes.get(row).unwrap_or(UNKNOWN).to_owned())
                .collect();
            rows.push((own, count));
        }
        Ok(PlainFile {
            layout: Layout {
                columns,
                tables,
                hierarchies,
                total: self.total.clone(),
            },
            rows,
            table,
        })
    }
}

impl RuleArgs {
    pub(crate) fn threshold(&self) -> u32 {
        self.threshold.unwrap_or(Rule::default().threshold)
    }

    pub(crate) fn base(&self) -> u32 {
        self.base.unwrap_or(BASE)
    }

    /// The rule. Half of what a protected count could be must remain, at least two.
    pub(crate) fn rule(&self, method: TableMethod) -> Result<Rule, Failure> {
        if method == TableMethod::Suppression && self.base.is_some() {
            return Err(Failure::usage(
                "--base is not of `--method suppression`: what that shows is exact",
            ));
        }
        let half = match method {
            TableMethod::ControlledRounding => self.base(),
            _ => self.threshold().saturating_sub(1),
        }
        .div_ceil(2);
        Ok(Rule {
            threshold: self.threshold(),
            possible: self.possible.unwrap_or(half.max(2)),
            ..Rule::default()
        })
    }

    /// That nothing is asked that noise does not do.
    pub(crate) fn no_noise(&self) -> Result<(), Failure> {
        for (given, option) in [
            (self.threshold.is_some(), "--threshold"),
            (self.base.is_some(), "--base"),
            (self.sensitive.is_some(), "--sensitive"),
            (self.possible.is_some(), "--possible"),
            (!self.earlier.is_empty(), "--earlier"),
        ] {
            if given {
                return Err(Failure::usage(format!(
                    "{option} is not of `--method cell-key`: what noise hides is what the table of probabilities says"
                )));
            }
        }
        Ok(())
    }

    /// The position of the sensitive column.
    pub(crate) fn sensitive(
        &self,
        layout: &Layout,
        method: TableMethod,
    ) -> Result<Vec<usize>, Failure> {
        let Some(name) = &self.sensitive else {
            return Ok(Vec::new());
        };
        if method != TableMethod::ControlledRounding {
            return Err(Failure::usage(
                "--sensitive is of `--method controlled-rounding`: where counts are shown or nearly so, that a group is in one code is shown too",
            ));
        }
        match layout.columns.iter().position(|own| own == name) {
            Some(at) => Ok(vec![at]),
            None => Err(Failure::usage(format!(
                "--sensitive {name} is no column of codes"
            ))),
        }
    }

    /// The earlier tables.
    pub(crate) fn earlier(&self, method: TableMethod) -> Result<Vec<Published>, Failure> {
        self.earlier
            .iter()
            .map(|path| {
                published(
                    path,
                    self.earlier_method.unwrap_or(method),
                    self.earlier_base.unwrap_or(self.base()),
                    self.threshold(),
                )
            })
            .collect()
    }
}

/// Reads a protected table: its codes, `value`, and nothing where that is withheld.
pub(crate) fn published(
    path: &Path,
    method: TableMethod,
    base: u32,
    threshold: u32,
) -> Result<Published, Failure> {
    let table = StringTable::read(path).map_err(|error| Failure::input(error.to_string()))?;
    let values = column(&table, path, "value")?;
    let (columns, codes): (Vec<String>, Vec<_>) = table
        .names()
        .iter()
        .zip(table.columns())
        .filter(|(name, _)| !WRITTEN.contains(&name.as_str()))
        .map(|(name, column)| (name.clone(), column))
        .unzip();
    let mut rows = Vec::with_capacity(table.rows());
    for row in 0..table.rows() {
        let number = match values.get(row) {
            None => None,
            Some(text) => Some(
                text.parse::<i64>()
                    .ok()
                    .filter(|number| (0..=LARGEST_NUMBER).contains(number))
                    .ok_or_else(|| {
                        Failure::input(format!(
                            "{}, {}: `value` is no whole number from 0 to 6,000,000",
                            path.display(),
                            table.row_name(row)
                        ))
                        .with_help("leave it empty where the number is withheld")
                    })?,
            ),
        };
        rows.push(PublishedRow {
            line: table.row_name(row).to_string(),
            codes: codes
                .iter()
                .map(|column| column.get(row).unwrap_or(UNKNOWN).to_owned())
                .collect(),
            number,
        });
    }
    Ok(Published {
        file: path.display().to_string(),
        columns,
        rows,
        method: method.into(),
        base,
        threshold,
    })
}

/// Numbers are not taken for codes unasked: a count that is not named would be written out as
/// it stands, as the code of a line.
fn counts_as_codes(
    path: &Path,
    table: &StringTable,
    columns: &[String],
    asked: &[Vec<usize>],
) -> Result<(), Failure> {
    for (at, name) in columns.iter().enumerate() {
        // Who names it in --table means codes.
        if asked.iter().any(|own| own.contains(&at)) {
            continue;
        }
        let own = column(table, path, name)?;
        let mut cells = (0..table.rows()).filter_map(|row| own.get(row)).peekable();
        if cells.peek().is_some() && cells.all(is_number) {
            return Err(Failure::usage(format!(
                "{}: `{name}` has only numbers; are they counts or codes?",
                path.display()
            ))
            .with_help(format!(
                "counts: --count {name}; codes, with every row one person: --by {}",
                columns.join(",")
            )));
        }
    }
    Ok(())
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    digits.contains(|sign: char| sign.is_ascii_digit())
        && digits
            .chars()
            .all(|sign| sign.is_ascii_digit() || sign.is_whitespace() || ".,'".contains(sign))
}

/// Tables that cannot be made, and whether that is the request, a file or the counts themselves.
pub(crate) fn failed(error: &PlainError) -> Failure {
    let text = error.to_string();
    match error {
        PlainError::Rounding(_) => Failure::refused(text),
        PlainError::Published(_) | PlainError::TooLarge { .. } => Failure::input(text),
        PlainError::Variable(_) | PlainError::Tables(_) => Failure::usage(text),
    }
}

/// A column that has to be there.
pub(crate) fn column<'t>(
    table: &'t StringTable,
    path: &Path,
    name: &str,
) -> Result<&'t ethos_table::TextColumn, Failure> {
    table.column(name).ok_or_else(|| {
        Failure::usage(format!("{} has no column `{name}`", path.display()))
            .with_help(format!("its columns are {}", table.names().join(", ")))
    })
}
