//! Rows of a file with masked cells, to show what stands around a cell that is wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::ControlFlow;

use ethos_ingest::{CheckOptions, FileReport, IngestError, Input, LaidOut, LaidRow};
use ethos_model::finding::MaskedValue;

use crate::cause::causes;

/// Rows up to which excerpts are taken: beyond, the file would be read a second time for them.
const REACH: u64 = 100_000;

/// The rows of a file that are shown, by number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Excerpt {
    /// Name of the column of each cell, by position.
    pub columns: Vec<String>,
    /// The cells of each row, masked.
    pub rows: BTreeMap<u64, Vec<MaskedValue>>,
}

/// The rows of the first `cells` findings of each cause; none where the file cannot be read again or its
/// layout is not known.
///
/// # Errors
/// What the system says of the file.
pub fn excerpt(
    input: &Input,
    report: &FileReport,
    cells: usize,
    options: &CheckOptions<'_>,
) -> Result<Excerpt, IngestError> {
    let mut excerpt = Excerpt::default();
    let mut wanted: BTreeSet<u64> = BTreeSet::new();
    for cause in causes(report) {
        let rows = cause.findings.iter().filter(|f| f.column_number.is_some());
        let rows = rows.filter_map(|finding| finding.row).take(cells);
        wanted.extend(rows.filter(|row| *row <= REACH));
    }
    // The names of columns are above the rows already.
    wanted.remove(&report.header_row.unwrap_or(1));
    if wanted.is_empty() || cells == 0 {
        return Ok(excerpt);
    }
    let Some(laid) = LaidOut::open(input, options)? else {
        return Ok(excerpt);
    };
    let width = laid.header().len();
    excerpt.columns = vec![String::new(); width];
    let mut fields = vec![None; width];
    for (at, field) in laid.fields() {
        if at < width {
            field.name().clone_into(&mut excerpt.columns[at]);
            fields[at] = Some(field);
        }
    }
    laid.rows::<io::Error>(|row| {
        if let LaidRow::Cells(cells) = row
            && wanted.remove(&cells.number)
        {
            let shown = (0..width).map(|at| {
                let cell = cells.get(at);
                match fields[at] {
                    Some(field) => field.shown(&cell),
                    None => MaskedValue::of(&cell),
                }
            });
            excerpt.rows.insert(cells.number, shown.collect());
        }
        Ok(if wanted.is_empty() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })
    .map_err(|source| IngestError::Io {
        file: report.file.clone(),
        source,
    })?;
    Ok(excerpt)
}
