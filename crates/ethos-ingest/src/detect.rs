//! From a file's first row to a plan: which delimiter, which layout, which cell is which field.

use std::io::{self, Read};

use ethos_model::layout::{Condition, FieldType, Layout, Required, Target};

use crate::columns::{Renames, by_name, by_position, fields_of};
use crate::decode::{self, Survey};
use crate::findings::Findings;
use crate::input::Input;
use crate::layout::normalised;
use crate::mapping::MappingTable;
use crate::read::{Next, Rows};

const TARGETS: usize = Target::RecordNumber as usize + 1;
const HEAD: usize = 1 << 18;

/// How a file begins.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The delimiter; `None` for a table, which has none.
    pub(crate) delimiter: Option<u8>,
    /// The cells of the first row.
    pub(crate) cells: Vec<String>,
    /// The names to read them by: the cells, or what the user says they stand for.
    pub(crate) names: Vec<String>,
    /// Cells of the first rows below.
    pub(crate) sample: Vec<Vec<String>>,
    /// Whether a spreadsheet's `sep=;` stands before it.
    pub(crate) sep_line: bool,
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

/// Rows kept of a file's beginning, to judge its columns by.
pub(crate) const SAMPLE: usize = 1_000;

/// Reads the head of a file with the delimiter, of those the layouts accept, under which most
/// column names are known, or else the most cells are found. `None` for a file without text.
///
/// # Errors
/// What the system says of the file.
pub(crate) fn head(input: &Input, survey: &Survey, layouts: &[Layout]) -> io::Result<Option<Head>> {
    let mut text = vec![0; HEAD];
    let mut filled = 0;
    let mut file = decode::open(input, survey.encoding)?;
    while text.len() - filled >= 16 {
        match file.read(&mut text[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    text.truncate(filled);
    let mut candidates: Vec<u8> = Vec::new();
    for c in layouts.iter().flat_map(|layout| &layout.file.delimiters) {
        if !candidates.contains(&(*c as u8)) {
            candidates.push(*c as u8);
        }
    }
    let stated = stated_delimiter(&text);
    if let Some(stated) = stated {
        candidates = vec![stated];
    }
    let mut best: Option<((usize, usize), Head)> = None;
    for delimiter in candidates {
        let rows = first_rows(&text, delimiter, survey.line_end, stated.is_some());
        let Some((cells, sample)) = rows else {
            continue;
        };
        let known = layouts
            .iter()
            .map(|layout| fields_of(layout, &cells).iter().flatten().count())
            .max()
            .unwrap_or(0);
        let score = (known, cells.len());
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            let sep_line = stated.is_some();
            best = Some((
                score,
                Head {
                    delimiter: Some(delimiter),
                    names: cells.clone(),
                    cells,
                    sample,
                    sep_line,
                },
            ));
        }
    }
    Ok(best.map(|(_, head)| head))
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

/// The first row with anything in it, and the rows below, as far as the text goes.
fn first_rows(
    text: &[u8],
    delimiter: u8,
    line_end: u8,
    skip: bool,
) -> Option<(Vec<String>, Vec<Vec<String>>)> {
    let mut rows = Rows::new(text, delimiter, line_end);
    let mut skip = skip;
    let mut head = None;
    let mut sample = Vec::new();
    loop {
        match rows.next().ok()? {
            Next::Row(..) if skip => skip = false,
            Next::Row(_, cells) => {
                let text = |at| String::from_utf8_lossy(cells.get(at)).into_owned();
                let row: Vec<String> = (0..cells.len()).map(text).collect();
                if head.is_none() {
                    head = Some(row);
                } else {
                    sample.push(row);
                }
            }
            Next::Blank(_) => {}
            Next::Unclosed(_) | Next::End => break,
        }
        if sample.len() > SAMPLE {
            break;
        }
    }
    // Where the text was cut off, its last row may be cut too.
    if sample.len() > SAMPLE || text.len() > HEAD - 16 {
        sample.pop();
    }
    head.map(|head| (head, sample))
}

/// A field and the cell it is in.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    /// Position of the cell, 0 for the first.
    pub(crate) at: usize,
    /// Position of the field in the layout.
    pub(crate) field: usize,
}

/// A field that some rows must fill, by what another cell says.
pub(crate) struct Conditional<'l> {
    /// Position of the field.
    pub(crate) field: usize,
    /// Its cell, if the file has it.
    pub(crate) column: Option<Column>,
    /// Position of the cell the condition is on.
    pub(crate) on: usize,
    pub(crate) condition: &'l Condition,
}

/// Which cell of a row is which field of the layout.
pub(crate) struct Plan<'l> {
    pub(crate) layout: &'l Layout,
    /// Fields required by another cell. A condition on a column the file does not have says
    /// nothing.
    pub(crate) conditional: Vec<Conditional<'l>>,
    columns: [Option<Column>; TARGETS],
    /// Every column that is a field of the layout.
    placed: Vec<Column>,
    /// Columns whose cells are checked and not used.
    pub(crate) checked: Vec<Column>,
    /// Cells of a full row.
    pub(crate) width: usize,
    /// Codes of each field and what they stand for.
    codes: Vec<Vec<(&'l str, &'l str)>>,
}

impl<'l> Plan<'l> {
    /// Matches a header to a layout, with findings for what does not fit; `None` when the file
    /// cannot be used.
    pub(crate) fn new(
        layout: &'l Layout,
        mapping: Option<&MappingTable>,
        head: &Head,
        findings: &mut Findings<'_>,
    ) -> Option<Self> {
        let placed = if layout.file.header {
            by_name(layout, mapping, head, findings)?
        } else {
            by_position(layout, &head.cells, findings)?
        };
        let mut plan = Self {
            layout,
            columns: [None; TARGETS],
            checked: Vec::new(),
            conditional: conditional(layout, &placed),
            placed,
            width: head.cells.len(),
            codes: layout
                .fields
                .iter()
                .map(|field| {
                    let codes = field.codes.iter();
                    codes
                        .map(|(code, to)| (code.as_str(), to.as_str()))
                        .collect()
                })
                .collect(),
        };
        for column in plan.placed.clone() {
            let field = &layout.fields[column.field];
            match field.maps_to {
                Some(target) => plan.columns[target as usize] = Some(column),
                None if field.kind != FieldType::Text || field.required == Required::Always => {
                    plan.checked.push(column);
                }
                None => {}
            }
        }
        for target in [
            Target::PlannedEnd,
            Target::Provider,
            Target::Organisation,
            Target::RecordNumber,
        ] {
            plan.checked.extend(plan.columns[target as usize]);
        }
        Some(plan)
    }

    /// The column of a target, if the file has it.
    #[inline]
    pub(crate) fn column(&self, target: Target) -> Option<Column> {
        self.columns[target as usize]
    }

    /// The column of a field by its name in the layout, if the file has it.
    pub(crate) fn column_named(&self, name: &str) -> Option<Column> {
        let named = |column: &&Column| self.layout.fields[column.field].name == name;
        self.placed.iter().find(named).copied()
    }

    /// Name and number of a column, for findings.
    pub(crate) fn place(&self, column: Column) -> (&'l str, u32) {
        (&self.layout.fields[column.field].name, column.at as u32 + 1)
    }

    /// What a code of a field stands for.
    pub(crate) fn code(&self, field: usize, cell: &[u8]) -> Option<&'l str> {
        self.codes[field]
            .iter()
            .find(|(code, _)| code.as_bytes().eq_ignore_ascii_case(cell))
            .map(|(_, to)| *to)
    }

    /// The codes of a field, for a finding.
    pub(crate) fn known_codes(&self, field: usize) -> String {
        let codes: Vec<&str> = self.codes[field].iter().map(|(code, _)| *code).collect();
        codes.join(", ")
    }
}

fn conditional<'l>(layout: &'l Layout, placed: &[Column]) -> Vec<Conditional<'l>> {
    let fields = layout.fields.iter().enumerate();
    let conditional = fields.filter_map(|(at, field)| {
        let condition = field.required_when.as_ref()?;
        let on = placed.iter().find(|column| {
            normalised(&layout.fields[column.field].name) == normalised(&condition.field)
        })?;
        Some(Conditional {
            field: at,
            column: placed.iter().copied().find(|column| column.field == at),
            on: on.at,
            condition,
        })
    });
    conditional.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    #[test]
    fn the_delimiter_is_the_one_that_makes_known_columns() {
        let layouts = [layout::find("register/adresloze-bijstand", None).unwrap()];
        for (text, delimiter) in [
            ("bsn;gemeentecode;ingangsdatum;einddatum\n", b';'),
            ("bsn,gemeentecode,ingangsdatum,einddatum\n", b','),
            ("bsn\tgemeentecode\tingangsdatum\teinddatum\n", b'\t'),
            ("sep=,\r\nbsn,gemeentecode,ingangsdatum,einddatum\r\n", b','),
        ] {
            let input = Input::bytes("a", text);
            let survey = decode::survey(&input).unwrap();
            let head = head(&input, &survey, &layouts).unwrap().unwrap();
            assert_eq!(
                (head.delimiter, head.cells.len()),
                (Some(delimiter), 4),
                "{text}"
            );
            assert_eq!(head.sep_line, text.starts_with("sep"));
        }
    }
}
