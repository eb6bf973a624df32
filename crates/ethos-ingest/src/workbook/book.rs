//! A workbook opened: its sheets and what their cells share.

use std::io;
use std::sync::Arc;

use crate::input::Source;
use crate::origin;
use crate::refused::Refused;

use super::parts::{Part, Parts};
use super::row::SheetRows;
use super::{ods, xlsx};

/// Bytes of a part in which names of a workbook are looked for.
const NAMES: u64 = 1 << 22;

/// A sheet of a workbook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Sheet {
    pub(crate) name: String,
    /// Whether the spreadsheet hides it.
    pub(crate) hidden: bool,
    /// Name of its part; for ODS nothing, since all sheets are in one.
    pub(super) part: String,
}

/// A block of cells that a spreadsheet shows as one; only the first has a value.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Merged {
    /// First and last row, 1 for the first.
    pub(crate) rows: (u64, u64),
    /// First and last column, 0 for the first.
    pub(crate) columns: (usize, usize),
}

/// A workbook.
pub(crate) struct Workbook {
    parts: Parts,
    pub(crate) sheets: Vec<Sheet>,
    /// What the cells of an XLSX file refer to; `None` for ODS.
    shared: Option<Arc<xlsx::Shared>>,
}

impl Workbook {
    /// Opens a workbook.
    ///
    /// # Errors
    /// What the system says of the file, or a [`Refused`].
    pub(crate) fn open(source: &Source) -> io::Result<Self> {
        let parts = Parts::open(source)?;
        if parts.has("content.xml") {
            let sheets = ods::sheets(&parts)?;
            return Ok(Self {
                parts,
                sheets,
                shared: None,
            });
        }
        let (sheets, shared) = xlsx::open(&parts)?;
        Ok(Self {
            parts,
            sheets,
            shared: Some(Arc::new(shared)),
        })
    }

    /// Whether its days are counted from 1904.
    pub(crate) fn is_from_1904(&self) -> bool {
        let shared = self.shared.as_ref();
        shared.is_some_and(|shared| shared.is_from_1904())
    }

    /// The hash of the file that it says it was made of. What cannot be read says nothing.
    pub(crate) fn made_of(&self) -> Option<String> {
        let part = match &self.shared {
            Some(_) => "xl/workbook.xml",
            None => "meta.xml",
        };
        let text = self.parts.beginning(part, NAMES).ok()??;
        origin::marked(&text)
    }

    /// The rows of a sheet from its first.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) fn rows(&self, sheet: usize) -> io::Result<SheetRows> {
        let part = |name: &str| -> io::Result<Part> {
            Ok(self.parts.part(name)?.ok_or(Refused::Damaged)?)
        };
        Ok(match &self.shared {
            Some(shared) => {
                let part = part(&self.sheets[sheet].part)?;
                SheetRows::new(Box::new(xlsx::Rows::new(part, Arc::clone(shared))?))
            }
            None => SheetRows::new(Box::new(ods::Rows::new(part("content.xml")?, sheet)?)),
        })
    }
}
