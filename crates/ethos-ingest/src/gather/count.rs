//! Rows of a file that cannot be used.

use std::io;

use super::part::last_skipped;
use crate::decode::Survey;
use crate::file::{Task, at_row};
use crate::findings::Findings;
use crate::opened::Opened;
use crate::read::Next;
use crate::rules::{Detail, Observation};

/// Rows of a file that cannot be used, those up to the header not counted; 0 for a file that
/// cannot be read.
pub(crate) fn count(
    task: &Task<'_>,
    survey: &Survey,
    opened: &Opened,
    findings: &mut Findings<'_>,
) -> io::Result<u64> {
    let Some(mut supply) = opened.supply(task.input, survey)? else {
        return Ok(0);
    };
    let head = opened.head.as_ref();
    let skip_through = head.map_or(0, |head| last_skipped(opened, head, true));
    let mut count = 0_u64;
    let mut any = false;
    loop {
        let (seen, row) = match supply.next()? {
            Next::End => {
                if head.is_none() && !findings.blocked() {
                    match task.reading.header_row.filter(|_| any) {
                        Some(row) => {
                            let row = Detail::of(row.to_string());
                            findings.add_to_file(Observation::HeaderRowBlank, row);
                        }
                        None => findings.add_to_file(Observation::FileEmpty, Detail::default()),
                    }
                }
                return Ok(count);
            }
            Next::Row(row, _) => {
                any = true;
                count += u64::from(row > skip_through);
                continue;
            }
            Next::Blank(first, blank) => {
                count += (first + blank).saturating_sub(first.max(skip_through + 1));
                continue;
            }
            Next::Unclosed(row) => (Observation::RowQuoteOpen, row),
            Next::TooLong(row) => (Observation::RowTooLong, row),
        };
        findings.add(seen, || (at_row(row), Detail::default()));
        return Ok(count + 1);
    }
}
