//! A sample and its truth, written row by row.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use ethos_model::date::Day;
use ethos_model::layout::{CategoryMapping, FileNameParts, Layout, LayoutKind};
use ethos_table::atomic::AtomicFile;

use super::columns::Shape;
use super::dirt::{Dirt, Struck};
use super::kind::DirtKind;
use super::options::{SampleError, SampleFormat, SampleOptions};
use super::row::RowMaker;
use super::sheet::{Sheet, TextRows, WorkbookRows};
use super::truth::{TruthWriter, sample_truth_path};
use crate::streams::{Purpose, Stream};

/// What was written.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SampleReport {
    /// Rows below the header, blank lines among them.
    pub rows: u64,
    /// Mistakes by kind.
    pub mistakes: BTreeMap<DirtKind, u64>,
}

/// How far a sample has come: rows written, and rows asked for.
pub type SampleProgress<'a> = &'a dyn Fn(u64, u64);

/// A sample of a layout, ready to be written.
pub struct Sample<'a> {
    layout: Layout,
    options: &'a SampleOptions,
    maker: RowMaker,
    dirt: Dirt,
}

impl<'a> Sample<'a> {
    /// Prepares a sample. `mapping` is the layout's category mapping, where it has one.
    ///
    /// # Errors
    /// An option that cannot be honoured; a layout without a code that a row could have.
    pub fn new(
        layout: &Layout,
        mapping: Option<&CategoryMapping>,
        options: &'a SampleOptions,
    ) -> Result<Self, SampleError> {
        options.check()?;
        let made = options.day_of(layout);
        let layout = layout.on(Some(made));
        let shape = Shape::new(&layout, mapping)?;
        let maker = RowMaker::new(
            shape,
            made,
            period_end(&layout, made),
            layout.file.dates,
            options.seed,
        );
        let dirt = Dirt::new(&maker, options.format, options.seed);
        Ok(Self {
            layout,
            options,
            maker,
            dirt,
        })
    }

    /// What the file is called by the layout's pattern; by its id where it has none.
    pub fn file_name(&self) -> String {
        let made = self.maker.made;
        let parts = FileNameParts {
            municipality: self.maker.sender,
            year: self.maker.last.year(),
            made,
        };
        let name = match &self.layout.file.name {
            Some(name) => name.fill(&parts),
            None => format!("{}.csv", self.layout.id.replace('/', "-")),
        };
        match self.options.format {
            SampleFormat::Csv => name,
            SampleFormat::Xlsx => {
                let stem = name
                    .rsplit_once('.')
                    .map_or(name.as_str(), |(stem, _)| stem);
                format!("{stem}.xlsx")
            }
        }
    }

    /// Writes the file, and the truth about its mistakes beside it
    /// ([`sample_truth_path`]). Both appear whole or not at all.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn write(
        mut self,
        path: &Path,
        progress: SampleProgress<'_>,
    ) -> Result<SampleReport, SampleError> {
        let truth_path = sample_truth_path(path);
        let failed = |at: &Path| {
            let at = at.to_owned();
            move |source: io::Error| SampleError::Write { path: at, source }
        };
        let mut file = AtomicFile::create(path)?;
        let mut truth = AtomicFile::create(&truth_path)?;
        let report = {
            let mut truth = TruthWriter::new(&mut truth).map_err(failed(&truth_path))?;
            let sheet = self.sheet(&mut file)?;
            let report = self
                .rows(sheet, &mut truth, progress)
                .map_err(failed(path))?;
            truth.finish().map_err(failed(&truth_path))?;
            report
        };
        file.commit()?;
        truth.commit()?;
        Ok(report)
    }

    fn sheet<W: Write>(&self, writer: W) -> Result<Sheet<W>, SampleError> {
        Ok(match self.options.format {
            SampleFormat::Csv => {
                let delimiter = self.layout.file.delimiters.first();
                Sheet::Text(TextRows::new(
                    writer,
                    delimiter.map_or(b';', |delimiter| *delimiter as u8),
                ))
            }
            SampleFormat::Xlsx => {
                let rows = WorkbookRows::new(writer);
                let rows = rows.map_err(|error| SampleError::Workbook(error.to_string()))?;
                Sheet::Workbook(Box::new(rows))
            }
        })
    }

    fn rows<W: Write, T: Write>(
        &mut self,
        mut sheet: Sheet<W>,
        truth: &mut TruthWriter<T>,
        progress: SampleProgress<'_>,
    ) -> io::Result<SampleReport> {
        let mut report = SampleReport::default();
        // Rows are numbered as a spreadsheet numbers them: the header is row 1.
        let mut above = 0;
        if self.layout.file.header || self.options.format == SampleFormat::Xlsx {
            let names = self.maker.shape.columns.iter();
            let names: Vec<Vec<u8>> = names.map(|column| column.name.clone().into()).collect();
            sheet.row(&names)?;
            above = 1;
        }
        let mut spoil = Stream::new(self.options.seed, Purpose::SampleDirt);
        let mut row = self.maker.blank();
        let wanted = self.options.rows;
        while report.rows < wanted {
            let dirty = spoil.chance(self.options.dirt);
            self.maker.next(&mut row, dirty);
            report.rows += 1;
            if dirty {
                let whole = row.cells.clone();
                let struck = self.dirt.strike(&self.maker, &mut row, &mut spoil);
                let twice = matches!(struck, Some((_, Struck::Then(..) | Struck::Blank)));
                let room = !twice || report.rows < wanted;
                let columns = &self.maker.shape.columns;
                let named = |at: Option<usize>| at.map(|at| (columns[at].name.as_str(), at));
                let number = above + report.rows;
                match struck.filter(|_| room) {
                    None => sheet.row(&whole)?,
                    Some((kind, struck)) => {
                        sheet.row(&row.cells)?;
                        let (number, column) = match &struck {
                            Struck::Row(column) => (number, *column),
                            Struck::Then(column, second) => {
                                sheet.row(second)?;
                                (number + 1, *column)
                            }
                            Struck::Blank => {
                                sheet.blank()?;
                                (number + 1, None)
                            }
                        };
                        report.rows += u64::from(twice);
                        truth.write(number, named(column), kind)?;
                        *report.mistakes.entry(kind).or_insert(0) += 1;
                    }
                }
                row.cells.resize(columns_of(&self.maker), Vec::new());
            } else {
                sheet.row(&row.cells)?;
            }
            if report.rows % 65_536 < 2 {
                progress(report.rows, wanted);
            }
        }
        sheet.finish()?;
        progress(report.rows, wanted);
        Ok(report)
    }
}

/// Last day of the period that a file made on this day is about: of the year before; the day
/// itself for a count.
fn period_end(layout: &Layout, made: Day) -> Day {
    match layout.kind {
        LayoutKind::CountDay => made,
        _ => Day::from_ymd(made.year() - 1, 12, 31).unwrap_or(made),
    }
}

/// A row that was made ragged gets its cells back.
fn columns_of(maker: &RowMaker) -> usize {
    maker.shape.columns.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYOUT: &str = "id = \"a/1\"\nkind = \"spells\"\nstatus = \"unverified\"\nsource = \"\"\n\
        title = { nl = \"\", en = \"\" }\n[file]\nname = \"{gemeente}_X_{jaar}.csv\"\n\
        [category.fixed]\ncategory = \"unknown\"\n\
        [[field]]\nname = \"bsn\"\ntype = \"bsn\"\nmaps_to = \"person\"\nmeaning = { nl = \"\", en = \"\" }\n\
        [[field]]\nname = \"van\"\ntype = \"date\"\nmaps_to = \"start\"\nmeaning = { nl = \"\", en = \"\" }\n\
        [[field]]\nname = \"naam\"\ntype = \"text\"\nmeaning = { nl = \"\", en = \"\" }\n";

    fn written(options: &SampleOptions) -> (String, String, SampleReport) {
        let layout: Layout = toml::from_str(LAYOUT).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let sample = Sample::new(&layout, None, options).unwrap();
        assert!(
            sample.file_name().ends_with("_X_2025.csv"),
            "{}",
            sample.file_name()
        );
        let report = sample.write(&path, &|_, _| {}).unwrap();
        let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
        let truth = std::fs::read_to_string(sample_truth_path(&path)).unwrap();
        (text, truth, report)
    }

    #[test]
    fn a_sample_follows_from_its_options_and_has_the_rows_asked_for() {
        let options = SampleOptions {
            rows: 500,
            dirt: 0.3,
            ..SampleOptions::default()
        };
        let (text, truth, report) = written(&options);
        assert_eq!((text.lines().count(), report.rows), (501, 500));
        assert!(text.starts_with("bsn;van;naam\n"));
        let mistakes: u64 = report.mistakes.values().sum();
        assert!((100..160).contains(&mistakes), "{mistakes}");
        assert_eq!(truth.lines().count() as u64, mistakes + 1);
        assert!(truth.starts_with("row,column,column_number,kind,rule\n"));
        assert_eq!(written(&options), (text.clone(), truth, report));
        let other = SampleOptions { seed: 2, ..options };
        assert_ne!(written(&other).0, text);
    }

    #[test]
    fn without_dirt_there_is_nothing_to_tell() {
        let (text, truth, report) = written(&SampleOptions {
            rows: 200,
            ..SampleOptions::default()
        });
        assert_eq!(truth.lines().count(), 1);
        assert!(report.mistakes.is_empty());
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.dedup();
        assert_eq!(lines.len(), 201);
    }
}
