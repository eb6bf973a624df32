//! A file as its layout has it: which cell is which field, and its rows as they stand. For what goes
//! back to the sender: mended files, cleaned deliveries, excerpts of rows.

use std::collections::BTreeSet;
use std::io::{self, Read};
use std::ops::ControlFlow;

use ethos_model::date::Day;
use ethos_model::layout::{CategoryRule, Layout, Target};

use crate::check::{CheckOptions, Declared};
use crate::corrections::{Corrected, Correction, Corrections, Seal};
use crate::corrector::Corrector;
use crate::decode::{self, Encoding, Survey};
use crate::detect::Column;
use crate::error::IngestError;
use crate::file::{self, Task};
use crate::findings::{masked, shown};
use crate::gather::{self, Pace};
use crate::head::Head;
use crate::input::Input;
use crate::key::SeriesKey;
use crate::mapping::MappingTable;
use crate::mend::Field;
use crate::opened::Opened;
use crate::read::{Cells, Next};
use crate::refused::Refused;
use crate::row_mark::RowMark;
use crate::rules::RuleBook;
use crate::workbook::CellNote;
use ethos_model::spell::SourceId;

/// A file whose layout is known, opened.
///
/// It has no `Debug`: its cells are personal.
pub struct LaidOut<'a> {
    input: &'a Input,
    survey: Survey,
    opened: Opened,
    head: Head,
    layout: Layout,
    mapping: Option<MappingTable>,
    columns: Vec<Column>,
    day: Option<Day>,
    corrections: Option<&'a Corrections>,
}

/// The form of a file.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum FileForm<'a> {
    /// Delimited text.
    Text {
        /// What its characters are written in.
        encoding: Encoding,
        /// What stands between cells.
        delimiter: char,
        /// Whether a line `sep=;` states that.
        stated: bool,
    },
    /// A sheet of a workbook.
    Sheet {
        /// Its name.
        name: &'a str,
        /// Whether its days are counted from 1904.
        from_1904: bool,
    },
    /// A table with types, such as Parquet.
    Table,
}

/// A cell that a correction changes. It has no `Debug`: its value is personal.
pub struct CorrectedCell {
    /// Number of the row, 1 for the first.
    pub row: u64,
    /// Position of the cell, 0 for the first.
    pub at: usize,
    /// The new value.
    pub value: String,
    /// The correction that says so.
    pub correction: Correction,
}

/// A row as it stands.
pub enum LaidRow<'a> {
    /// Blank rows: the first and how many. Those at the end of a file are none.
    Blank(u64, u64),
    /// A row with cells.
    Cells(RowCells<'a>),
    /// From this row on nothing can be told apart into cells: a quote is never closed, or a row is too
    /// long.
    Unreadable(u64),
}

/// The cells of a row. They are personal.
#[derive(Copy, Clone)]
pub struct RowCells<'a> {
    /// Number of the row, 1 for the first.
    pub number: u64,
    /// Whether it is read as a row of data: below the header, with all its cells, and no total.
    pub is_data: bool,
    cells: Cells<'a>,
}

impl RowCells<'_> {
    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// Whether it has no cells.
    pub fn is_empty(&self) -> bool {
        self.cells.len() == 0
    }

    /// The cell as it stands, blanks around it too; empty beyond the last.
    pub fn whole(&self, at: usize) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.cells.whole(at))
    }

    /// The row as it stands, decoded, without its line end; of text only.
    pub fn raw(&self) -> &[u8] {
        self.cells.raw
    }

    /// A mark of its cells by their place, for a row that is none of data: which field a cell is of is not known.
    /// A cell at some places is not in it.
    pub fn mark_by_place(&self, but: &[usize]) -> RowMark {
        let places: Vec<String> = (0..self.len()).map(|at| at.to_string()).collect();
        let cells = places
            .iter()
            .enumerate()
            .filter(|(at, _)| !but.contains(at));
        RowMark::of(cells.map(|(at, place)| (place.as_str(), masked(self.cells.get(at)))))
    }

    /// The cell without blanks around it, as it is read.
    pub fn get(&self, at: usize) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(self.cells.get(at))
    }
}

impl<'a> LaidOut<'a> {
    /// Opens a file as a check with these options reads it; `None` where its layout cannot be told or
    /// it cannot be read.
    ///
    /// # Errors
    /// As [`check_files`](crate::check_files).
    pub fn open(input: &'a Input, options: &CheckOptions<'a>) -> Result<Option<Self>, IngestError> {
        if input.refused.is_some() {
            return Ok(None);
        }
        let declared = Declared::new(options)?;
        let (renames, _) = options.renames.for_file(input.disk(), &declared.layouts)?;
        let task = Task {
            input,
            layouts: &declared.layouts,
            mappings: &declared.mappings,
            book: options.rules.unwrap_or_else(|| RuleBook::shipped()),
            renames: &renames,
            key: &SeriesKey::passing()?,
            source: SourceId(0),
            delivery: 0,
            as_of: None,
            reading: renames.after(options.reading),
            rejects: None,
            corrections: None,
            limit: 0,
            keep: false,
            pace: Pace::ALONE,
        };
        // Corrections are found by the hash of their file.
        let laid = match file::lay_out(&task, options.corrections.is_some()) {
            Err(error) if Refused::of(&error).is_some() => None,
            laid => laid.map_err(|source| IngestError::Io {
                file: input.name.clone(),
                source,
            })?,
        };
        Ok(laid.and_then(|laid| {
            Some(Self {
                input,
                head: laid.opened.head.clone()?,
                survey: laid.survey,
                opened: laid.opened,
                layout: laid.layout,
                mapping: laid.mapping,
                columns: laid.columns,
                day: laid.day,
                corrections: options.corrections,
            })
        }))
    }

    /// The layout, with the columns of the file's day.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The day the file was made or its period ends, where that can be told.
    pub fn day(&self) -> Option<Day> {
        self.day
    }

    /// The row of the header.
    pub fn header_row(&self) -> u64 {
        self.head.row
    }

    /// The cells of the header, or of the first row where there is none.
    pub fn header(&self) -> &[String] {
        &self.head.cells
    }

    /// The name that the header gives a column, as it may be shown; `None` where it gives none.
    pub fn name_at(&self, at: usize) -> Option<String> {
        let name = self.head.cells.get(at)?.trim();
        let named = self.layout.file.header && !name.is_empty();
        named.then(|| shown(name).as_str().to_owned())
    }

    /// Position of each field of the layout in the file, 0 for the first cell, by position in the
    /// layout.
    pub fn position_of(&self, field: usize) -> Option<usize> {
        let column = self.columns.iter().find(|column| column.field == field)?;
        Some(column.at)
    }

    /// The fields of the file by the position of their cell.
    pub fn fields(&self) -> impl Iterator<Item = (usize, Field<'_>)> {
        let mut columns = self.columns.clone();
        columns.sort_by_key(|column| column.at);
        columns
            .into_iter()
            .map(|column| (column.at, self.field(column.field)))
    }

    /// A field by its position in the layout.
    pub fn field(&self, at: usize) -> Field<'_> {
        field(&self.layout, self.mapping.as_ref(), at)
    }

    /// Its form.
    pub fn form(&self) -> FileForm<'_> {
        if self.opened.is_text() {
            FileForm::Text {
                encoding: self.survey.encoding,
                delimiter: self.head.delimiter.map_or(';', char::from),
                stated: self.head.sep_line,
            }
        } else if let Some(name) = self.opened.sheet() {
            FileForm::Sheet {
                name,
                from_1904: self.opened.is_from_1904(),
            }
        } else {
            FileForm::Table
        }
    }

    /// What ends a line of text.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn line_end(&self) -> io::Result<&'static str> {
        let mut start = vec![0; 1 << 16];
        let mut text = decode::open(self.input, &self.survey)?;
        let mut filled = 0;
        while start.len() - filled >= 16 {
            match text.read(&mut start[filled..])? {
                0 => break,
                read => filled += read,
            }
        }
        let at = memchr::memchr(b'\n', &start[..filled]);
        let carriage = at.is_some_and(|at| at > 0 && start[at - 1] == b'\r');
        Ok(if carriage { "\r\n" } else { "\n" })
    }

    /// Cells that a formula gave, or whose formula gave nothing: row, and column from 0.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn formulas(&self) -> io::Result<BTreeSet<(u64, usize)>> {
        let mut found = BTreeSet::new();
        let supply = self.opened.supply(self.input, &self.survey)?;
        let Some(mut supply) = supply.filter(|_| self.opened.sheet().is_some()) else {
            return Ok(found);
        };
        loop {
            let row = match supply.next()? {
                Next::Row(row, _) => row,
                Next::Blank(..) => continue,
                Next::End | Next::Unclosed(_) | Next::TooLong(_) => return Ok(found),
            };
            let notes = supply.notes().iter();
            let formulas = notes.filter(|(_, note)| *note != CellNote::Beyond);
            found.extend(formulas.map(|(column, _)| (row, *column as usize)));
        }
    }

    fn corrector(&self, skip: u64) -> Option<Corrector<'_>> {
        Corrector::new(
            self.corrections?,
            (&self.input.name, &self.survey.sha256),
            self.opened.sheet(),
            (&self.layout, &self.columns),
            self.mapping.as_ref(),
            &self.head,
            skip + 1,
        )
    }

    /// The cells that the corrections change, in the order of the rows, and what came of all corrections.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn corrected(&self) -> io::Result<(Vec<CorrectedCell>, Corrected)> {
        let skip = gather::last_skipped(&self.opened, &self.head, self.layout.file.header);
        let mut found = Vec::new();
        let (Some(mut supply), Some(mut corrector)) = (
            self.opened.supply(self.input, &self.survey)?,
            self.corrector(skip),
        ) else {
            return Ok((found, Corrected::default()));
        };
        supply.set_width(self.head.cells.len());
        loop {
            match supply.next()? {
                Next::Row(row, cells) if corrector.wants(row) => {
                    let new = corrector.changes(row, &cells).into_iter();
                    found.extend(new.map(|(at, value, correction)| CorrectedCell {
                        row,
                        at,
                        value,
                        correction: correction.clone(),
                    }));
                }
                Next::Row(..) | Next::Blank(..) => {}
                Next::End | Next::Unclosed(_) | Next::TooLong(_) => break,
            }
        }
        Ok((found, corrector.count()))
    }

    /// What proves later of which rows the corrections are that fit now and do not say so yet.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn seals(&self) -> io::Result<Vec<Seal>> {
        let skip = gather::last_skipped(&self.opened, &self.head, self.layout.file.header);
        let mut seals = Vec::new();
        let (Some(mut supply), Some(mut corrector)) = (
            self.opened.supply(self.input, &self.survey)?,
            self.corrector(skip),
        ) else {
            return Ok(seals);
        };
        supply.set_width(self.head.cells.len());
        loop {
            match supply.next()? {
                Next::Row(row, cells) if corrector.wants(row) => {
                    seals.extend(corrector.seals(row, &cells));
                }
                Next::Row(..) | Next::Blank(..) => {}
                Next::End | Next::Unclosed(_) | Next::TooLong(_) => return Ok(seals),
            }
        }
    }

    /// Whether the file shows that it was not written to its end: it ends in NUL characters, or its last row has
    /// too few cells and no line end.
    ///
    /// # Errors
    /// What the system says of the file.
    pub fn is_cut_off(&self) -> io::Result<bool> {
        if !self.opened.is_text() {
            return Ok(false);
        }
        let Some(mut supply) = self.opened.supply(self.input, &self.survey)? else {
            return Ok(false);
        };
        let width = self.head.cells.len();
        supply.set_width(width);
        let mut short = false;
        loop {
            match supply.next()? {
                Next::Row(_, cells) => {
                    short = cells.len() < width && !cells.all_blank();
                }
                Next::Blank(..) => {}
                Next::End => {
                    return Ok(self.survey.nul_tail > 0 || short && !supply.has_last_line_end());
                }
                Next::Unclosed(_) | Next::TooLong(_) => return Ok(self.survey.nul_tail > 0),
            }
        }
    }

    /// Visits every row from the first, the header among them, with the corrections of its cells.
    ///
    /// # Errors
    /// What the system says of the file, or what `visit` gives.
    pub fn rows<E: From<io::Error>>(
        &self,
        mut visit: impl FnMut(LaidRow<'_>) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        let Some(mut supply) = self.opened.supply(self.input, &self.survey)? else {
            return Ok(());
        };
        let width = self.head.cells.len();
        supply.set_width(width);
        let has_header = self.layout.file.header;
        let skip = gather::last_skipped(&self.opened, &self.head, has_header);
        let mut corrector = self.corrector(skip);
        loop {
            let row = match supply.next()? {
                Next::Row(number, cells) => {
                    let corrected = match &mut corrector {
                        Some(corrector) if corrector.wants(number) => {
                            corrector.correct(number, &cells)
                        }
                        _ => None,
                    };
                    let cells = corrected.unwrap_or(cells);
                    LaidRow::Cells(RowCells {
                        number,
                        is_data: number > skip
                            && gather::is_data(&cells, width, &self.head, has_header),
                        cells,
                    })
                }
                Next::Blank(first, count) => LaidRow::Blank(first, count),
                Next::Unclosed(row) | Next::TooLong(row) => LaidRow::Unreadable(row),
                Next::End => return Ok(()),
            };
            let last = matches!(row, LaidRow::Unreadable(_));
            if visit(row)?.is_break() || last {
                return Ok(());
            }
        }
    }
}

/// A field of a layout by its position, with what its cells are mended by.
pub(crate) fn field<'l>(
    layout: &'l Layout,
    mapping: Option<&'l MappingTable>,
    at: usize,
) -> Field<'l> {
    let declared = &layout.fields[at];
    let mapped = declared.maps_to == Some(Target::Product)
        && matches!(layout.category, CategoryRule::Mapping { .. });
    Field {
        declared,
        dates: layout.file.dates,
        mapping: mapping.filter(|_| mapped),
    }
}
