//! How a file begins: its delimiter or sheet, and the row that names its columns.
//!
//! Reports have titles above their table, so the header is the row, among the first
//! [`ROWS`], in which most column names are known; the first row where no other is better.

use std::collections::BTreeMap;
use std::io::{self, Read};

use ethos_model::layout::Layout;

use crate::columns::{Renames, names};
use crate::decode::{self, Survey};
use crate::input::Input;
use crate::layout::normalised;
use crate::limits;
use crate::read::{Cells, MAX_ROW, Next, Rows, TableRows};
use crate::workbook::{SheetRows, Workbook};

/// Rows among which the header is looked for.
const ROWS: u64 = 40;

/// Text that is read to find the header; more when the first line is longer.
const HEAD: usize = 1 << 18;

/// Delimiters that spreadsheets and municipal systems write.
const DELIMITERS: [u8; 4] = [b';', b',', b'\t', b'|'];

/// How a file begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Head {
    /// The delimiter; `None` for a table or sheet, which has none.
    pub(crate) delimiter: Option<u8>,
    /// The cells of the header, or of the first row where there is none.
    pub(crate) cells: Vec<String>,
    /// The names to read them by: the cells, or what the user says they stand for.
    pub(crate) names: Vec<String>,
    /// Cells of the first rows below.
    pub(crate) sample: Vec<Vec<String>>,
    /// The row they are in, 1 for the first.
    pub(crate) row: u64,
    /// Whether a spreadsheet's `sep=;` stands before it.
    pub(crate) sep_line: bool,
    /// Rows above that are not blank, `sep=;` not counted.
    pub(crate) above: u64,
}

impl Head {
    /// Reads columns by the names the user says they stand for.
    pub(crate) fn rename(&mut self, renames: &Renames) {
        for name in &mut self.names {
            if let Some(field) = renames.field_of(name) {
                field.clone_into(name);
            }
        }
    }
}

/// Rows from which columns are judged, and their cells where rows are wide.
const SAMPLE: usize = 1_000;
const SAMPLE_CELLS: usize = 200_000;

/// The rows below the header from which columns are judged.
pub(crate) fn sample(rows: &mut impl NextRow, head: &Head) -> io::Result<Vec<Vec<String>>> {
    let most = SAMPLE.min(SAMPLE_CELLS / head.cells.len().max(1));
    let mut sample = Vec::new();
    while sample.len() < most {
        match rows.next_row()? {
            Next::Row(row, cells) if row > head.row => {
                let text = |at| String::from_utf8_lossy(cells.get(at)).into_owned();
                sample.push((0..cells.len().min(head.cells.len())).map(text).collect());
            }
            Next::Row(..) | Next::Blank(..) => {}
            Next::Unclosed(_) | Next::TooLong(_) | Next::End => break,
        }
    }
    Ok(sample)
}

/// Rows, one after the other.
pub(crate) trait NextRow {
    /// The next row, blank lines or end.
    fn next_row(&mut self) -> io::Result<Next<'_>>;
}

impl<R: Read> NextRow for Rows<R> {
    fn next_row(&mut self) -> io::Result<Next<'_>> {
        self.next()
    }
}

impl NextRow for SheetRows {
    fn next_row(&mut self) -> io::Result<Next<'_>> {
        self.next()
    }
}

impl NextRow for TableRows {
    fn next_row(&mut self) -> io::Result<Next<'_>> {
        self.next()
    }
}

/// What the user says of how a file is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Reading<'a> {
    /// Encoding of text; found from the bytes when not given.
    pub encoding: Option<decode::Encoding>,
    /// Delimiter of text; found from the header when not given.
    pub delimiter: Option<char>,
    /// Name or number (1 for the first) of a workbook's sheet; the one whose header is known
    /// when not given.
    pub sheet: Option<&'a str>,
    /// Row of the header, 1 for the first; found when not given.
    pub header_row: Option<u64>,
}

/// The column names that layouts know, and of which layouts.
pub(crate) struct KnownNames {
    names: BTreeMap<String, Vec<usize>>,
    layouts: usize,
    /// Whether files have a header at all.
    header: bool,
}

impl KnownNames {
    pub(crate) fn of(layouts: &[Layout]) -> Self {
        let mut known: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, layout) in layouts.iter().enumerate() {
            for (name, _) in names(layout) {
                known.entry(name).or_default().push(at);
            }
        }
        Self {
            names: known,
            layouts: layouts.len(),
            header: layouts.iter().any(|layout| layout.file.header),
        }
    }

    /// How many of the cells name a column of the one layout that knows most of them.
    fn count(&self, cells: &[String]) -> usize {
        let mut counts = vec![0; self.layouts];
        for cell in cells {
            for at in self.names.get(&normalised(cell)).into_iter().flatten() {
                counts[*at] += 1;
            }
        }
        counts.into_iter().max().unwrap_or(0)
    }
}

/// The best header so far.
struct Search<'a> {
    known: &'a KnownNames,
    reading: &'a Reading<'a>,
    best: Option<(usize, Head)>,
    above: u64,
}

impl<'a> Search<'a> {
    fn new(known: &'a KnownNames, reading: &'a Reading<'a>) -> Self {
        Self {
            known,
            reading,
            best: None,
            above: 0,
        }
    }

    /// The rows to look at.
    fn rows(&self) -> u64 {
        self.reading.header_row.unwrap_or(ROWS)
    }

    fn see(&mut self, row: u64, cells: &Cells<'_>, delimiter: Option<u8>, sep_line: bool) {
        let above = self.above;
        self.above += 1;
        if self.reading.header_row.is_some_and(|named| named != row) {
            return;
        }
        let text = |at| String::from_utf8_lossy(cells.get(at)).into_owned();
        let cells: Vec<String> = (0..cells.len().min(limits::COLUMNS + 1))
            .map(text)
            .collect();
        let count = self.known.count(&cells);
        let better = match &self.best {
            None => true,
            // Below the first row only what is a header without doubt.
            Some((best, _)) => {
                self.known.header && count > *best && count >= 2 && 2 * count >= filled(&cells)
            }
        };
        if better {
            let head = Head {
                delimiter,
                names: cells.clone(),
                sample: Vec::new(),
                cells,
                row,
                sep_line,
                above,
            };
            self.best = Some((count, head));
        }
    }
}

fn filled(cells: &[String]) -> usize {
    cells.iter().filter(|cell| !cell.is_empty()).count()
}

/// The head of a text file, with the delimiter under which most column names are known, or else
/// the most cells are found. `None` for a file without text.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn of_text(
    input: &Input,
    survey: &Survey,
    layouts: &[Layout],
    reading: &Reading<'_>,
) -> io::Result<Option<Head>> {
    let text = beginning(input, survey)?;
    let mut candidates: Vec<u8> = Vec::new();
    let declared = layouts.iter().flat_map(|layout| &layout.file.delimiters);
    for delimiter in declared.map(|c| *c as u8).chain(DELIMITERS) {
        if !candidates.contains(&delimiter) {
            candidates.push(delimiter);
        }
    }
    let stated = stated_delimiter(&text);
    if let Some(delimiter) = reading
        .delimiter
        .and_then(|c| u8::try_from(c).ok())
        .or(stated)
    {
        candidates = vec![delimiter];
    }
    let known = KnownNames::of(layouts);
    let mut best: Option<((usize, usize), Head)> = None;
    for delimiter in candidates {
        let mut search = Search::new(&known, reading);
        let mut rows = Rows::new(text.as_slice(), delimiter, survey.line_end);
        let mut skip = stated.is_some();
        loop {
            match rows.next()? {
                Next::Row(..) if skip => skip = false,
                Next::Row(row, _) if row > search.rows() => break,
                Next::Row(row, cells) => search.see(row, &cells, Some(delimiter), stated.is_some()),
                Next::Blank(..) => {}
                Next::Unclosed(_) | Next::TooLong(_) | Next::End => break,
            }
        }
        let Some((count, head)) = search.best else {
            continue;
        };
        let score = (count, head.cells.len());
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            best = Some((score, head));
        }
    }
    let Some((_, mut head)) = best else {
        return Ok(None);
    };
    let delimiter = head.delimiter.unwrap_or(b';');
    head.sample = sample(
        &mut Rows::new(text.as_slice(), delimiter, survey.line_end),
        &head,
    )?;
    // Where the text was cut off, its last row may be cut too.
    if text.len() > HEAD - 16 && head.sample.len() < SAMPLE {
        head.sample.pop();
    }
    Ok(Some(head))
}

/// The beginning of a text file: at least its first line.
fn beginning(input: &Input, survey: &Survey) -> io::Result<Vec<u8>> {
    let mut text = vec![0; HEAD];
    let mut filled = 0;
    let mut file = decode::open(input, survey)?;
    loop {
        if text.len() - filled < 16 {
            let whole_line = memchr::memchr(survey.line_end, &text[..filled]).is_some();
            if whole_line || text.len() > MAX_ROW {
                break;
            }
            text.resize(2 * text.len(), 0);
        }
        match file.read(&mut text[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    text.truncate(filled);
    Ok(text)
}

/// The delimiter of a first line `sep=;`, which spreadsheets write and read.
fn stated_delimiter(text: &[u8]) -> Option<u8> {
    let line = text.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
    match line {
        [b's', b'e', b'p', b'=', delimiter] if delimiter.is_ascii() && *delimiter != b'"' => {
            Some(*delimiter)
        }
        _ => None,
    }
}

/// The sheet of a workbook that is a delivery.
pub(crate) struct FoundSheet {
    /// Its position.
    pub(crate) at: usize,
    pub(crate) head: Head,
    /// Positions of the other sheets that look like a delivery too.
    pub(crate) rivals: Vec<usize>,
    /// Positions of the other hidden sheets with something on them.
    pub(crate) hidden: Vec<usize>,
}

/// Why no sheet of a workbook is read.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum NoSheet {
    /// There is none of the name or number the user gives.
    Unknown,
    /// All are blank.
    Blank,
}

/// The sheet in which most column names are known: one that is shown before one that is hidden,
/// then the first.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn of_workbook(
    workbook: &Workbook,
    layouts: &[Layout],
    reading: &Reading<'_>,
) -> io::Result<Result<FoundSheet, NoSheet>> {
    let known = KnownNames::of(layouts);
    let named = match reading.sheet {
        None => None,
        Some(named) => {
            let by_name = workbook
                .sheets
                .iter()
                .position(|sheet| sheet.name.trim().eq_ignore_ascii_case(named.trim()));
            let by_number = || named.parse::<usize>().ok()?.checked_sub(1);
            match by_name
                .or_else(by_number)
                .filter(|at| *at < workbook.sheets.len())
            {
                Some(at) => Some(at),
                None => return Ok(Err(NoSheet::Unknown)),
            }
        }
    };
    let mut found: Vec<((usize, bool), usize, Head)> = Vec::new();
    let mut others: Vec<usize> = Vec::new();
    for (at, sheet) in workbook.sheets.iter().enumerate() {
        if named.is_some_and(|named| named != at) {
            // Of a hidden one it is told all the same. That it cannot be read harms nobody here.
            if sheet.hidden && !is_blank(workbook, at, &known, reading) {
                others.push(at);
            }
            continue;
        }
        if let Some((count, head)) = of_sheet(&mut workbook.rows(at)?, &known, reading)? {
            found.push(((count, !sheet.hidden), at, head));
        }
    }
    let mut best: Option<usize> = None;
    for (at, (score, ..)) in found.iter().enumerate() {
        if best.is_none_or(|best| *score > found[best].0) {
            best = Some(at);
        }
    }
    let Some(best) = best else {
        return Ok(Err(NoSheet::Blank));
    };
    let most = found[best].0.0;
    let (_, at, mut head) = found.swap_remove(best);
    let mut rivals = Vec::new();
    for ((count, shown), other, _) in found {
        // What nobody sees is a delivery sooner: of an older layout, perhaps.
        let alike = count == most || (!shown && 2 * count >= most);
        if alike && count >= 2 {
            rivals.push(other);
        } else if !shown {
            others.push(other);
        }
    }
    rivals.sort_unstable();
    others.sort_unstable();
    head.sample = sample(&mut workbook.rows(at)?, &head)?;
    Ok(Ok(FoundSheet {
        at,
        head,
        rivals,
        hidden: others,
    }))
}

/// Whether nothing stands on a sheet, as far as it can be read.
fn is_blank(workbook: &Workbook, at: usize, known: &KnownNames, reading: &Reading<'_>) -> bool {
    let head = workbook
        .rows(at)
        .and_then(|mut rows| of_sheet(&mut rows, known, reading));
    matches!(head, Ok(None))
}

/// The head of a sheet and how many of its columns are known; `None` for a blank one.
fn of_sheet(
    rows: &mut SheetRows,
    known: &KnownNames,
    reading: &Reading<'_>,
) -> io::Result<Option<(usize, Head)>> {
    let mut search = Search::new(known, reading);
    loop {
        match rows.next()? {
            Next::Row(row, _) if row > search.rows() && search.best.is_some() => break,
            Next::Row(row, cells) => {
                search.see(row, &cells, None, false);
                if row > search.rows() {
                    break;
                }
            }
            Next::Blank(..) => {}
            Next::Unclosed(_) | Next::TooLong(_) | Next::End => break,
        }
    }
    Ok(search.best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    fn head(text: &str, reading: &Reading<'_>) -> Head {
        let layouts = [layout::find("register/adresloze-bijstand", None).unwrap()];
        let input = Input::bytes("a", text);
        let survey = decode::survey(&input, None).unwrap();
        of_text(&input, &survey, &layouts, reading)
            .unwrap()
            .unwrap()
    }

    #[test]
    fn the_delimiter_is_the_one_that_makes_known_columns() {
        for (text, delimiter) in [
            ("bsn;gemeentecode;ingangsdatum;einddatum\n", b';'),
            ("bsn,gemeentecode,ingangsdatum,einddatum\n", b','),
            ("bsn\tgemeentecode\tingangsdatum\teinddatum\n", b'\t'),
            ("bsn|gemeentecode|ingangsdatum|einddatum\n", b'|'),
            ("sep=,\r\nbsn,gemeentecode,ingangsdatum,einddatum\r\n", b','),
        ] {
            let head = head(text, &Reading::default());
            assert_eq!(
                (head.delimiter, head.cells.len()),
                (Some(delimiter), 4),
                "{text}"
            );
            assert_eq!(head.sep_line, text.starts_with("sep"));
        }
        let named = Reading {
            delimiter: Some(','),
            ..Reading::default()
        };
        assert_eq!(head("bsn;a,b\n", &named).cells, ["bsn;a", "b"]);
    }

    #[test]
    fn the_header_is_found_under_titles() {
        let text = "Levering 2025;;;\n\nGemeente X, bsn en zo;;;\nbsn;gemeentecode;ingangsdatum;einddatum\n1;2;3;4\n";
        let found = head(text, &Reading::default());
        assert_eq!((found.row, found.above), (4, 2));
        let named = Reading {
            header_row: Some(3),
            ..Reading::default()
        };
        assert_eq!(head(text, &named).row, 3);
        // A row of data that happens to hold a column name is no header.
        assert_eq!(head("x;y;z\nbsn;1;2\n", &Reading::default()).row, 1);
    }

    #[test]
    fn a_long_header_is_read_whole() {
        let names: Vec<String> = (0..60_000).map(|n| format!("kolom{n}")).collect();
        let found = head(&(names.join(";") + "\n1\n"), &Reading::default());
        assert_eq!(found.cells.len(), limits::COLUMNS + 1);
    }
}
