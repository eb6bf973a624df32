//! Indicators that others measure, in a file with owner, date and source.

use ethos_model::date::Day;

/// An indicator that is not counted here: a number or a sentence, with whose it is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct External {
    /// Name.
    pub indicator: String,
    /// The value as its owner writes it: a number or words.
    pub value: String,
    /// Unit of a number; empty of words.
    pub unit: String,
    /// The day it holds for.
    pub date: Day,
    /// Who answers for it.
    pub owner: String,
    /// Where it stands.
    pub source: String,
}

/// Why a file of indicators cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ExternalError {
    /// It is no table.
    #[error("{0}")]
    Table(#[from] csv::Error),
    /// A column is missing.
    #[error("there is no column `{0}`; needed are indicator, value, unit, date, owner and source")]
    Column(&'static str),
    /// A cell that has to say something is empty.
    #[error(
        "line {line}: `{column}` is empty; an indicator without owner, date and source is not shown"
    )]
    Empty {
        /// Line in the file.
        line: u64,
        /// The column.
        column: &'static str,
    },
    /// A date that is none.
    #[error("line {line}: `{text}` is no day such as 2026-01-01")]
    Date {
        /// Line in the file.
        line: u64,
        /// What stands there.
        text: String,
    },
}

const COLUMNS: [&str; 6] = ["indicator", "value", "unit", "date", "owner", "source"];

impl External {
    /// Reads a comma-separated table with the columns `indicator`, `value`, `unit`, `date`,
    /// `owner` and `source`. Only `unit` may be empty, of words.
    ///
    /// ```
    /// use ethos_publish::dashboard::External;
    /// let text = "indicator,value,unit,date,owner,source\n\
    ///     Regions with a plan,41,regions,2025-12-01,VNG,Dashboard of December 2025\n";
    /// let found = External::from_csv(text)?;
    /// assert_eq!((found[0].owner.as_str(), found[0].value.as_str()), ("VNG", "41"));
    /// let text = "indicator,value,unit,date,owner,source\nRegions with a plan,41,regions,2025-12-01,,x\n";
    /// assert!(External::from_csv(text).is_err());
    /// # Ok::<(), ethos_publish::dashboard::ExternalError>(())
    /// ```
    ///
    /// # Errors
    /// A column is missing, or a row lacks its value, owner, date or source.
    pub fn from_csv(text: &str) -> Result<Vec<Self>, ExternalError> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let headers = reader.headers()?.clone();
        let mut at = [0; 6];
        for (at, column) in at.iter_mut().zip(COLUMNS) {
            *at = headers
                .iter()
                .position(|header| header == column)
                .ok_or(ExternalError::Column(column))?;
        }
        let mut found = Vec::new();
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            let mut cells = at.map(|at| record.get(at).unwrap_or_default().to_owned());
            for (cell, column) in cells.iter().zip(COLUMNS) {
                if cell.is_empty() && column != "unit" {
                    return Err(ExternalError::Empty { line, column });
                }
            }
            let date = Day::parse(&cells[3]).ok_or_else(|| ExternalError::Date {
                line,
                text: cells[3].clone(),
            })?;
            let [indicator, value, unit, _, owner, source] = cells.each_mut().map(std::mem::take);
            found.push(Self {
                indicator,
                value,
                unit,
                date,
                owner,
                source,
            });
        }
        Ok(found)
    }
}
