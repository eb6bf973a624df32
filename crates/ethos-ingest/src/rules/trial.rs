//! Trying the examples of rules: each through the whole of reading and checking.

mod made;

use std::collections::BTreeMap;

use ethos_model::category::Language;
use ethos_model::finding::{Finding, RuleCode, Text};
use ethos_model::layout::{CategoryRule, Layout};
use ethos_model::suggest::did_you_mean_text;

use super::book::RuleBook;
use super::compare::set_measure;
use super::example::{Cell, Example};
use super::observation::Observation;
use super::rule::{Rule, Scope};
use crate::bsn;
use crate::check::{CheckOptions, check_inputs};
use crate::corrections::Corrections;
use crate::head::Reading;
use crate::input::Input;
use crate::layout::{self, LayoutError};
use crate::mapping::{self, MappingTable};
use crate::study;
use crate::summary::Summary;
use crate::words::both;

/// What came of an example.
#[derive(Clone, Debug)]
pub struct Trial {
    /// The rule whose example it is.
    pub code: RuleCode,
    /// Its position among the rule's examples.
    pub at: usize,
    /// Whether the rule should find something in it.
    pub wanted: bool,
    /// How often it did.
    pub times: usize,
    /// Every finding of every rule.
    pub findings: Vec<Finding>,
}

impl Trial {
    /// Whether the rule did what the example says.
    pub fn holds(&self) -> bool {
        self.wanted == (self.times > 0)
    }
}

/// The layouts of examples: the shipped ones, or those with a folder's.
pub struct Workshop<'a> {
    book: &'a RuleBook,
    layouts: Vec<Layout>,
    study_dir: Option<&'a std::path::Path>,
}

impl<'a> Workshop<'a> {
    /// A place to try the examples of a book.
    ///
    /// # Errors
    /// A fragment: a layout in the folder cannot be read.
    pub fn new(book: &'a RuleBook, study_dir: Option<&'a std::path::Path>) -> Result<Self, Text> {
        Ok(Self {
            book,
            layouts: layout::list(study_dir).map_err(|error| in_both(&error))?,
            study_dir,
        })
    }

    /// Tries an example of a rule.
    ///
    /// # Errors
    /// A fragment: the example names a layout or column that does not exist, or has nothing to
    /// try.
    pub fn try_example(&self, rule: &Rule, at: usize) -> Result<Trial, Text> {
        let Some(example) = rule.examples.get(at) else {
            return Err(both!(
                "er is geen voorbeeld {}",
                "it has no example {}",
                at + 1
            ));
        };
        let findings = self.findings(rule, example)?;
        Ok(Trial {
            code: rule.code,
            at,
            wanted: example.finds,
            times: findings
                .iter()
                .filter(|finding| finding.code == rule.code)
                .count(),
            findings,
        })
    }

    fn findings(&self, rule: &Rule, example: &Example) -> Result<Vec<Finding>, Text> {
        if matches!(rule.scope, Scope::Previous | Scope::Peers) {
            return self.compare(rule, example);
        }
        let layout = match &example.layout {
            Some(id) => Some(self.layout(id)?),
            None => None,
        };
        let bare;
        let layout = match layout {
            Some(layout) if example.headerless => {
                bare = {
                    let mut bare = layout.clone();
                    bare.file.header = false;
                    bare
                };
                Some(&bare)
            }
            layout => layout,
        };
        let mut inputs = vec![self.input(layout, example)?];
        for further in &example.with {
            let layout = layout.ok_or_else(|| {
                Text::new(
                    "het heeft meer bestanden en geen `layout`",
                    "it has several files and no `layout`",
                )
            })?;
            let text = self.text(layout, &further.rows)?;
            inputs.push(Input::bytes(further.file.clone(), text));
        }
        let between_deliveries = matches!(
            rule.observes(),
            Some(
                Observation::FileReplaced
                    | Observation::FileSameDay
                    | Observation::FileTied
                    | Observation::FileRestated
                    | Observation::RegisterConflicting
            )
        );
        if between_deliveries || example.headerless {
            let layout = layout
                .ok_or_else(|| Text::new("er is een `layout` nodig", "it needs a `layout`"))?;
            let mapping = self.mapping(layout)?;
            return study::examine(layout, mapping, &inputs, self.book)
                .map_err(|error| Text::new(error.words(Language::Nl), error.to_string()));
        }
        let book = match example.most_rows {
            Some(most) => &self.book.clone().with_most_rows(most),
            None => self.book,
        };
        let corrections = match &example.corrections {
            Some(text) => Corrections::read(text.as_bytes())
                .map_err(|error| Text::new(error.words(Language::Nl), error.to_string()))?,
            None => Corrections::default(),
        };
        let options = CheckOptions {
            corrections: Some(&corrections),
            layout: layout.map(|layout| layout.id.as_str()),
            study_dir: self.study_dir,
            rules: Some(book),
            reading: Reading {
                sheet: example.sheet.as_deref(),
                header_row: example.header_row,
                ..Reading::default()
            },
            ..CheckOptions::default()
        };
        let report = check_inputs(&inputs, &options, &())
            .map_err(|error| Text::new(error.words(Language::Nl), error.to_string()))?;
        Ok(report.findings().cloned().collect())
    }

    fn compare(&self, rule: &Rule, example: &Example) -> Result<Vec<Finding>, Text> {
        let layout = match &example.layout {
            Some(id) => Some(self.layout(id)?),
            None => None,
        };
        let summary = |figures: &BTreeMap<String, f64>| {
            let mut summary = Summary {
                file: "voorbeeld.csv".into(),
                layout: layout.map(|layout| layout.id.clone()),
                kind: layout.map(|layout| layout.kind),
                ..Summary::default()
            };
            for (name, value) in figures {
                if !set_measure(&mut summary, name, *value) {
                    return Err(both!(
                        "een voorbeeld kan de maat `{name}` niet zetten",
                        "an example cannot set the measure `{name}`"
                    ));
                }
            }
            Ok(summary)
        };
        let this = summary(&example.this)?;
        if rule.scope == Scope::Previous {
            return Ok(self.book.against_previous(&this, &summary(&example.last)?));
        }
        let peers: Vec<Summary> = example
            .peers
            .iter()
            .map(summary)
            .collect::<Result<_, _>>()?;
        let peers: Vec<&Summary> = peers.iter().collect();
        Ok(self.book.against_peers(&this, &peers))
    }

    fn layout(&self, id: &str) -> Result<&Layout, Text> {
        let found = self.layouts.iter().find(|layout| layout.id == id);
        found.ok_or_else(|| {
            let ids: Vec<&str> = self
                .layouts
                .iter()
                .map(|layout| layout.id.as_str())
                .collect();
            let hint = did_you_mean_text(id, &ids);
            Text::new(
                format!("er is geen indeling `{id}`{}", hint.nl),
                format!("there is no layout `{id}`{}", hint.en),
            )
        })
    }

    fn mapping(&self, layout: &Layout) -> Result<Option<MappingTable>, Text> {
        let CategoryRule::Mapping { name } = &layout.category else {
            return Ok(None);
        };
        let mapping = mapping::find(name, self.study_dir).map_err(|error| in_both(&error))?;
        Ok(Some(MappingTable::new(&mapping)))
    }

    fn input(&self, layout: Option<&Layout>, example: &Example) -> Result<Input, Text> {
        let good = layout.and_then(|layout| self.book.good_row(&layout.id));
        let name = example
            .file
            .clone()
            .or_else(|| good.map(|good| good.file.clone()));
        let name = name.unwrap_or_else(|| "voorbeeld.csv".to_owned());
        let of_rows = |rows: &[BTreeMap<String, Cell>]| {
            let layout = layout.ok_or_else(|| {
                Text::new(
                    "bij `rows` hoort een `layout`",
                    "its `rows` need a `layout`",
                )
            })?;
            self.text(layout, rows)
        };
        let filled = |text: &str| match &example.fill {
            Some(fill) => text.replace("{fill}", &fill.text.repeat(fill.times.min(made::MOST))),
            None => text.to_owned(),
        };
        let mut bytes = if let Some(text) = &example.text {
            encoded(&filled(text), example.encoding.as_deref())?
        } else if !example.sheets.is_empty() {
            let delimiter = layout.and_then(|layout| layout.file.delimiters.first().copied());
            made::workbook(&example.sheets, delimiter.unwrap_or(';'), &of_rows)?
        } else if !example.members.is_empty() {
            made::archive(&example.members, example.packing, &of_rows, &filled)?
        } else if !example.rows.is_empty() {
            of_rows(&example.rows)?.into_bytes()
        } else {
            return Err(Text::new(
                "het heeft geen `rows`, `text`, `sheets` of `members`",
                "it has neither `rows` nor `text`, `sheets` or `members`",
            ));
        };
        bytes.truncate(bytes.len().saturating_sub(example.cut));
        Ok(Input::bytes(name, bytes))
    }

    /// A file of the rows of an example.
    fn text(&self, layout: &Layout, rows: &[BTreeMap<String, Cell>]) -> Result<String, Text> {
        let delimiter = layout.file.delimiters.first().copied().unwrap_or(';');
        let mut lines = String::new();
        let mut columns: Vec<&str> = Vec::new();
        for field in &layout.fields {
            // A column whose meaning changed is declared twice.
            if !columns.contains(&field.name.as_str()) {
                columns.push(&field.name);
            }
        }
        if layout.file.header {
            lines.push_str(&columns.join(&delimiter.to_string()));
            lines.push('\n');
        }
        let good = self.book.good_row(&layout.id);
        let mut number = 0_u32;
        for row in rows {
            if let Some(unknown) = row
                .keys()
                .find(|name| *name != "times" && !columns.contains(&name.as_str()))
            {
                let (id, hint) = (&layout.id, did_you_mean_text(unknown, &columns));
                return Err(Text::new(
                    format!("de indeling `{id}` heeft geen kolom `{unknown}`{}", hint.nl),
                    format!("the layout `{id}` has no column `{unknown}`{}", hint.en),
                ));
            }
            let times = match row.get("times") {
                Some(Cell::Times(times)) => (*times).min(10_000),
                _ => 1,
            };
            for _ in 0..times {
                number += 1;
                let cells = columns.iter().map(|name| {
                    let cell = match row.get(*name) {
                        Some(Cell::Text(text)) => text.clone(),
                        Some(Cell::Times(number)) => number.to_string(),
                        None => good
                            .and_then(|good| good.cells.get(*name))
                            .cloned()
                            .unwrap_or_default(),
                    };
                    let cell = cell
                        .replace("{bsn}", &bsn::example(number))
                        .replace("{n}", &number.to_string());
                    if cell.contains([delimiter, '"', '\n']) {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    } else {
                        cell
                    }
                });
                let cells: Vec<String> = cells.collect();
                lines.push_str(&cells.join(&delimiter.to_string()));
                lines.push('\n');
            }
        }
        Ok(lines)
    }
}

fn in_both(error: &LayoutError) -> Text {
    Text::new(error.words(Language::Nl), error.to_string())
}

fn encoded(text: &str, encoding: Option<&str>) -> Result<Vec<u8>, Text> {
    match encoding {
        None | Some("utf-8") => Ok(text.as_bytes().to_vec()),
        Some("utf-16") => Ok("\u{feff}"
            .encode_utf16()
            .chain(text.encode_utf16())
            .flat_map(u16::to_le_bytes)
            .collect()),
        Some("windows-1252") => {
            let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(text);
            if lost {
                return Err(Text::new(
                    "in de tekst staan tekens die Windows-1252 niet heeft",
                    "its text has characters that Windows-1252 does not",
                ));
            }
            Ok(bytes.into_owned())
        }
        Some(other) => Err(both!(
            "de codering `{other}` is geen utf-8, utf-16 of windows-1252",
            "its encoding `{other}` is none of utf-8, utf-16, windows-1252"
        )),
    }
}
