//! From a file's first row to a plan: which delimiter, which layout, which cell is which field.

use std::io::{self, Read};

use ethos_model::layout::{FieldType, Layout, Required, Target, family};
use ethos_model::suggest::nearest;

use crate::decode::{self, Survey};
use crate::findings::{Findings, masked, shown};
use crate::input::Input;
use crate::layout::normalised;
use crate::read::{Next, Rows};
use crate::rules::{Detail, Observation, Place};

const TARGETS: usize = Target::RecordNumber as usize + 1;
const HEAD: usize = 1 << 18;

/// How a file begins.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Head {
    /// The delimiter; `None` for a table, which has none.
    pub(crate) delimiter: Option<u8>,
    /// The cells of the first row.
    pub(crate) cells: Vec<String>,
    /// Whether a spreadsheet's `sep=;` stands before it.
    pub(crate) sep_line: bool,
}

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
        let Some(cells) = first_row(&text, delimiter, survey.line_end, stated.is_some()) else {
            continue;
        };
        let known = layouts
            .iter()
            .map(|layout| matches(layout, &cells).iter().flatten().count())
            .max()
            .unwrap_or(0);
        let score = (known, cells.len());
        if best.as_ref().is_none_or(|(other, _)| score > *other) {
            let sep_line = stated.is_some();
            best = Some((
                score,
                Head {
                    delimiter: Some(delimiter),
                    cells,
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

fn first_row(text: &[u8], delimiter: u8, line_end: u8, skip: bool) -> Option<Vec<String>> {
    let mut rows = Rows::new(text, delimiter, line_end);
    let mut skip = skip;
    loop {
        match rows.next().ok()? {
            Next::Row(..) if skip => skip = false,
            Next::Row(_, cells) => {
                let text = |at| String::from_utf8_lossy(cells.get(at)).into_owned();
                return Some((0..cells.len()).map(text).collect());
            }
            Next::Blank(_) => {}
            Next::Unclosed(_) | Next::End => return None,
        }
    }
}

/// For each cell of a header, the field it names.
fn matches(layout: &Layout, header: &[String]) -> Vec<Option<usize>> {
    header
        .iter()
        .map(|name| {
            let name = normalised(name);
            layout.fields.iter().position(|field| {
                std::iter::once(&field.name)
                    .chain(&field.aliases)
                    .any(|known| normalised(known) == name)
            })
        })
        .collect()
}

/// What a header says of a file's layout.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Guess {
    /// Position of the layout, and how much of header and required columns agree, 0 to 1.
    Found(usize, f64),
    /// None or several fit; ids of the nearest.
    Unclear(Vec<String>),
}

/// Guesses the layout of a file from its header: the one with the largest share of known
/// columns among the header's columns and the missing required ones, if it is at least a half
/// and a twentieth ahead of the next.
pub(crate) fn guess(header: &[String], layouts: &[Layout]) -> Guess {
    let mut scores: Vec<(f64, usize)> = layouts
        .iter()
        .enumerate()
        .map(|(at, layout)| {
            let found = matches(layout, header);
            let known = found.iter().flatten().count();
            let missing = layout
                .fields
                .iter()
                .enumerate()
                .filter(|(field, declared)| {
                    declared.required != Required::Optional && !found.contains(&Some(*field))
                })
                .count();
            (known as f64 / (header.len() + missing).max(1) as f64, at)
        })
        .collect();
    let begins = |at: usize| layouts[at].valid_from;
    scores.sort_by(|a, b| b.0.total_cmp(&a.0).then(begins(b.1).cmp(&begins(a.1))));
    // Versions of one layout do not rival each other.
    let mut families: Vec<&str> = Vec::new();
    scores.retain(|(_, at)| {
        let family = family(&layouts[*at].id);
        let first = !families.contains(&family);
        families.push(family);
        first
    });
    let next = scores.get(1).map_or(0.0, |(score, _)| *score);
    match scores.first() {
        Some(&(score, at)) if score >= 0.5 && score - next >= 0.05 => Guess::Found(at, score),
        _ => Guess::Unclear(
            scores
                .iter()
                .take(2)
                .filter(|(score, _)| *score > 0.0)
                .map(|(_, at)| layouts[*at].id.clone())
                .collect(),
        ),
    }
}

/// A field and the cell it is in.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Column {
    /// Position of the cell, 0 for the first.
    pub(crate) at: usize,
    /// Position of the field in the layout.
    pub(crate) field: usize,
}

/// Which cell of a row is which field of the layout.
pub(crate) struct Plan<'l> {
    pub(crate) layout: &'l Layout,
    columns: [Option<Column>; TARGETS],
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
        head: &Head,
        findings: &mut Findings<'_>,
    ) -> Option<Self> {
        let placed = if layout.file.header {
            by_name(layout, &head.cells, findings)?
        } else {
            by_position(layout, &head.cells, findings)?
        };
        let mut plan = Self {
            layout,
            columns: [None; TARGETS],
            checked: Vec::new(),
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
        for column in placed {
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

fn by_name(layout: &Layout, header: &[String], findings: &mut Findings<'_>) -> Option<Vec<Column>> {
    let found = matches(layout, header);
    let known = found.iter().flatten().count();
    // Without a header the first row is somebody's data: its cells are not to be shown.
    let is_header = 2 * known >= header.len().max(1);
    let show = |name: &str| {
        if is_header {
            shown(name)
        } else {
            masked(name.as_bytes())
        }
    };
    let mut usable = true;
    let mut columns: Vec<Column> = Vec::new();
    let mut unknown: Vec<&str> = Vec::new();
    for (at, (name, field)) in header.iter().zip(&found).enumerate() {
        let number = at as u32 + 1;
        let Some(field) = *field else {
            if !name.is_empty() {
                unknown.push(name);
                findings.add(Observation::HeaderUnknown, || {
                    let place = Place {
                        row: Some(1),
                        column: Some(("", number)),
                        value: show(name),
                    };
                    (place, Detail::default())
                });
            }
            continue;
        };
        let declared = layout.fields[field].name.as_str();
        let place = || Place {
            row: Some(1),
            column: Some((declared, number)),
            value: show(name),
        };
        if columns.iter().any(|column| column.field == field) {
            usable = false;
            findings.add(Observation::HeaderTwice, || (place(), Detail::of(declared)));
            continue;
        }
        if normalised(name) != normalised(declared) {
            findings.add(Observation::HeaderRenamed, || {
                (place(), Detail::of(declared))
            });
        }
        columns.push(Column { at, field });
    }
    for (at, field) in layout.fields.iter().enumerate() {
        if field.required == Required::Optional || columns.iter().any(|column| column.field == at) {
            continue;
        }
        usable = false;
        findings.add(Observation::HeaderMissing, || {
            let unknown = if is_header { unknown.as_slice() } else { &[] };
            let near = nearest(&field.name, unknown)
                .map(|near| format!(" (`{near}`?)"))
                .unwrap_or_default();
            let place = Place {
                row: Some(1),
                ..Place::default()
            };
            (place, Detail::of(&field.name).mended(near))
        });
    }
    usable.then_some(columns)
}

fn by_position(
    layout: &Layout,
    cells: &[String],
    findings: &mut Findings<'_>,
) -> Option<Vec<Column>> {
    let most = layout.fields.len();
    let optional = layout
        .fields
        .iter()
        .rev()
        .take_while(|field| field.required == Required::Optional)
        .count();
    if !(most - optional..=most).contains(&cells.len()) {
        findings.add(Observation::HeaderWidth, || {
            let place = Place {
                row: Some(1),
                ..Place::default()
            };
            (place, Detail::of(most.to_string()))
        });
        return None;
    }
    Some(
        (0..cells.len())
            .map(|at| Column { at, field: at })
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    fn header(text: &str) -> Vec<String> {
        text.split(';').map(str::to_owned).collect()
    }

    #[test]
    fn every_shipped_layout_is_guessed_from_its_own_header() {
        let layouts = layout::list(None).unwrap();
        // Of versions with the same columns the last one is taken.
        let last = |layout: &Layout| layout.id != "monitor-dakloosheid/2024";
        for (at, layout) in layouts
            .iter()
            .enumerate()
            .filter(|(_, layout)| last(layout))
        {
            let all: Vec<String> = layout
                .fields
                .iter()
                .map(|field| field.name.clone())
                .collect();
            assert_eq!(
                guess(&all, &layouts),
                Guess::Found(at, 1.0),
                "{}",
                layout.id
            );
            let required: Vec<String> = layout
                .fields
                .iter()
                .filter(|field| field.required != Required::Optional)
                .map(|field| field.name.to_uppercase())
                .collect();
            assert_eq!(
                guess(&required, &layouts),
                Guess::Found(at, 1.0),
                "{}",
                layout.id
            );
        }
    }

    #[test]
    fn an_unclear_header_is_not_guessed() {
        let layouts = layout::list(None).unwrap();
        assert_eq!(guess(&header("a;b;c"), &layouts), Guess::Unclear(vec![]));
        assert!(matches!(
            guess(&header("bsn;gemeentecode;x;y;z"), &layouts),
            Guess::Unclear(near) if !near.is_empty()
        ));
    }

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
