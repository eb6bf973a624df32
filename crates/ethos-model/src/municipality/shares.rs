//! Declared shares for municipalities that were divided.

use std::collections::BTreeMap;

use super::{
    ChangeKind, CodeError, MunicipalityCode, MunicipalityRegister, Rows, RowsError, first_few,
};

/// How the people of divided municipalities go over its parts: for each municipality the
/// shares of its parts, which add up to one. The user declares them (no open table of them
/// exists); empty by default, and then a divided municipality cannot be recoded.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct SplitShares {
    shares: BTreeMap<MunicipalityCode, Vec<(MunicipalityCode, f64)>>,
}

/// Why a table of shares is refused.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum SharesError {
    /// The table cannot be read.
    #[error(transparent)]
    Table(#[from] RowsError),
    /// A field of `old` or `new` is not a code.
    #[error("line {line}: {source}")]
    Code {
        /// Line in the file.
        line: u64,
        /// What is wrong with it.
        source: CodeError,
    },
    /// A share is not a number from 0 to 1.
    #[error("line {line}: the share must be a number from 0 to 1")]
    Share {
        /// Line in the file.
        line: u64,
    },
    /// The municipality was never divided.
    #[error("line {line}: {old} was not divided; shares can be declared for {divided}")]
    NotASplit {
        /// Line in the file.
        line: u64,
        /// The municipality that was given.
        old: MunicipalityCode,
        /// The municipalities that were divided.
        divided: String,
    },
    /// The municipality did not receive a part.
    #[error("line {line}: {old} went into {parts}, not into {new}")]
    NotAPart {
        /// Line in the file.
        line: u64,
        /// The municipality that was divided.
        old: MunicipalityCode,
        /// The municipality that was given.
        new: MunicipalityCode,
        /// The parts there are.
        parts: String,
    },
    /// The same part stands in the table twice.
    #[error("line {line}: the share of {old} in {new} is declared twice")]
    Twice {
        /// Line in the file.
        line: u64,
        /// The municipality that was divided.
        old: MunicipalityCode,
        /// The part.
        new: MunicipalityCode,
    },
    /// The shares of a municipality do not add up to one.
    #[error("the shares of {old} add up to {sum}, not to 1")]
    Sum {
        /// The municipality that was divided.
        old: MunicipalityCode,
        /// What they add up to.
        sum: f64,
    },
}

impl SplitShares {
    /// Furthest the shares of one municipality may be from one together.
    pub const TOLERANCE: f64 = 1e-6;

    /// Reads a table with the columns `old`, `new` and `share` against the register: every
    /// `old` was divided, every `new` is one of its parts. A part that is left out has share 0.
    ///
    /// ```
    /// use ethos_model::municipality::{MunicipalityRegister, SplitShares};
    /// let text = "old,new,share\nGM0053,GM1966,0.6\nGM0053,GM1969,0.4\n";
    /// assert!(SplitShares::from_csv(text, MunicipalityRegister::shipped()).is_ok());
    /// let text = "old,new,share\nGM0053,GM1966,0.6\n";
    /// let error = SplitShares::from_csv(text, MunicipalityRegister::shipped()).unwrap_err();
    /// assert_eq!(error.to_string(), "the shares of GM0053 add up to 0.6, not to 1");
    /// ```
    pub fn from_csv(text: &str, register: &MunicipalityRegister) -> Result<Self, SharesError> {
        let rows = Rows::read(text)?;
        let (old, new, share) = (
            rows.column("old")?,
            rows.column("new")?,
            rows.column("share")?,
        );
        let mut shares: BTreeMap<MunicipalityCode, Vec<(MunicipalityCode, f64)>> = BTreeMap::new();
        for row in rows.iter() {
            let line = row.line;
            let code = |column| {
                MunicipalityCode::parse(row.get(column))
                    .map_err(|source| SharesError::Code { line, source })
            };
            let (old, new) = (code(old)?, code(new)?);
            // A decimal comma can only arrive quoted or in a table with another separator.
            let share = row.get(share).replace(',', ".").parse().ok();
            let share: f64 = share
                .filter(|share| (0.0..=1.0).contains(share))
                .ok_or(SharesError::Share { line })?;
            let Some(ChangeKind::Split(parts)) = register.change_of(old).map(|change| &change.kind)
            else {
                return Err(SharesError::NotASplit {
                    line,
                    old,
                    divided: divided(register),
                });
            };
            if !parts.contains(&new) {
                return Err(SharesError::NotAPart {
                    line,
                    old,
                    new,
                    parts: first_few(parts),
                });
            }
            let declared = shares.entry(old).or_default();
            if declared.iter().any(|&(part, _)| part == new) {
                return Err(SharesError::Twice { line, old, new });
            }
            declared.push((new, share));
        }
        for (&old, declared) in &mut shares {
            let sum: f64 = declared.iter().map(|&(_, share)| share).sum();
            if (sum - 1.0).abs() > Self::TOLERANCE {
                return Err(SharesError::Sum { old, sum });
            }
            // Row order of the file must not move a person.
            declared.sort_unstable_by_key(|&(part, _)| part);
        }
        Ok(Self { shares })
    }

    /// The declared shares of a municipality, in code order of the parts.
    pub fn get(&self, old: MunicipalityCode) -> Option<&[(MunicipalityCode, f64)]> {
        self.shares.get(&old).map(Vec::as_slice)
    }

    /// The part a draw leads to: uniform draws reach each part by its share, and the same draw
    /// always reaches the same part. `None` when no shares are declared.
    pub fn pick(&self, old: MunicipalityCode, draw: u64) -> Option<MunicipalityCode> {
        // The upper 53 bits make every number of [0, 1) that the type can tell apart.
        let point = (draw >> 11) as f64 / (1_u64 << 53) as f64;
        let declared = self
            .shares
            .get(&old)?
            .iter()
            .filter(|(_, share)| *share > 0.0);
        let mut reached = 0.0;
        let mut last = None;
        for &(part, share) in declared {
            reached += share;
            last = Some(part);
            if point < reached {
                break;
            }
        }
        last
    }
}

fn divided(register: &MunicipalityRegister) -> String {
    let split = |code| register.change_of(code).map(|change| &change.kind);
    let codes: Vec<_> = register
        .iter()
        .map(|municipality| municipality.code)
        .filter(|&code| matches!(split(code), Some(ChangeKind::Split(_))))
        .collect();
    first_few(&codes)
}
