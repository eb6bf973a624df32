//! The rows of a text file as they are, for the workbook that goes back to its sender.

use std::io;

use crate::decode::{self, Encoding};
use crate::input::Input;
use crate::read::{Next, Rows};

/// Visits the rows of a text file as they are, with the number a spreadsheet gives each, blank lines left
/// out. The cells are personal: this is for a file that goes back to where it came from.
///
/// # Errors
/// What the system says of the file, or what `visit` gives.
pub fn text_rows<E: From<io::Error>>(
    input: &Input,
    encoding: Option<Encoding>,
    delimiter: char,
    mut visit: impl FnMut(u64, &[String]) -> Result<(), E>,
) -> Result<(), E> {
    let survey = decode::survey(input, encoding)?;
    let text = decode::open(input, &survey)?;
    let mut rows = Rows::new(text, delimiter as u8, survey.line_end);
    let mut texts = Vec::new();
    loop {
        match rows.next()? {
            Next::Row(number, cells) => {
                texts.clear();
                texts.extend(
                    (0..cells.len()).map(|at| String::from_utf8_lossy(cells.get(at)).into_owned()),
                );
                visit(number, &texts)?;
            }
            Next::Blank(..) => {}
            // After the last two nothing comes that can be told apart into cells.
            Next::End | Next::Unclosed(_) | Next::TooLong(_) => return Ok(()),
        }
    }
}
