//! The number formats of an XLSX file: which cell is shown as a day, which with leading zeros.

use std::collections::BTreeMap;
use std::io;

use crate::refused::Refused;

use super::parts::Part;
use super::serial::{self, Shown};
use super::xml::Piece;

/// Formats a workbook can have; spreadsheets allow 65,490.
const MOST: usize = 1 << 16;

/// What each style shows, in the order in which cells refer to them.
pub(super) fn read(mut part: Part) -> io::Result<Vec<Shown>> {
    let mut codes: BTreeMap<u32, Shown> = BTreeMap::new();
    let mut shown = Vec::new();
    let mut in_cells = false;
    loop {
        match part.next()? {
            Piece::Open(tag) => {
                let number = |name: &[u8]| -> Option<u32> {
                    std::str::from_utf8(tag.raw(name)?).ok()?.parse().ok()
                };
                match tag.local() {
                    b"numFmt" => {
                        if let (Some(id), Some(code)) =
                            (number(b"numFmtId"), tag.text(b"formatCode")?)
                            && codes.len() < MOST
                        {
                            codes.insert(id, serial::of_code(&code));
                        }
                    }
                    b"cellXfs" => in_cells = !tag.empty,
                    b"xf" if in_cells => {
                        let id = number(b"numFmtId").unwrap_or(0);
                        if shown.len() >= MOST {
                            return Err(Refused::TooLong.into());
                        }
                        shown.push(
                            codes
                                .get(&id)
                                .copied()
                                .unwrap_or_else(|| serial::builtin(id)),
                        );
                    }
                    _ => {}
                }
            }
            Piece::Close(b"cellXfs") => in_cells = false,
            Piece::End => return Ok(shown),
            Piece::Close(_) | Piece::Text(_) | Piece::Data(_) => {}
        }
    }
}
