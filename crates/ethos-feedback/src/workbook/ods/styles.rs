//! The colours of the marks: for each format a marked cell has, a copy of it with the colour behind it, so
//! that a date stays a date and a bold cell bold.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

use ethos_model::finding::Severity;

use super::content::{Edits, PART, with_prefixes};
use super::front;
use crate::workbook::front::FrontSheet;
use crate::workbook::package::WorkbookError;
use crate::workbook::styles::COLOURS;
use crate::workbook::xml::{Kind, Patch, each_tag, escaped};

/// What names of our formats begin with.
pub(super) const OURS: &str = "ethos-";

/// The formats that the part with the sheets declares, and those that the marks add.
pub(super) struct Styles<'t> {
    text: &'t str,
    /// The formats of cells by name.
    cells: BTreeMap<String, Range<usize>>,
    wanted: BTreeSet<(Severity, Option<String>)>,
}

/// The colour of a severity, as the format writes it.
pub(super) fn colour(severity: Severity) -> String {
    format!("#{}", COLOURS[severity as usize][2..].to_lowercase())
}

/// The name of the format that a coloured one was made of; `None` where there was none. A name that is not
/// ours is its own.
pub(super) fn uncoloured(name: &str) -> Option<&str> {
    let Some(ours) = name.strip_prefix(OURS) else {
        return Some(name);
    };
    ours.get(1..)?.strip_prefix('-')
}

impl<'t> Styles<'t> {
    pub(super) fn read(text: &'t str) -> Result<Self, WorkbookError> {
        let mut cells = BTreeMap::new();
        let mut within = false;
        let mut open: Option<(String, usize)> = None;
        each_tag(PART, text, |tag| {
            match (tag.name, tag.kind) {
                ("automatic-styles", kind) => within = kind == Kind::Open,
                ("style", Kind::Open | Kind::Empty) if within => {
                    let of_cells = tag.get("family").is_some_and(|name| name == "table-cell");
                    if let Some(name) = tag.get("name").filter(|_| of_cells) {
                        if tag.kind == Kind::Empty {
                            cells.insert(name, tag.span);
                        } else {
                            open = Some((name, tag.span.start));
                        }
                    }
                }
                ("style", Kind::Close) => {
                    if let Some((name, start)) = open.take() {
                        cells.insert(name, start..tag.span.end);
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(Self {
            text,
            cells,
            wanted: BTreeSet::new(),
        })
    }

    /// The name of the format of a marked cell that has this one.
    pub(super) fn marked(&mut self, base: Option<&str>, severity: Severity) -> String {
        let wanted = (severity, base.map(str::to_owned));
        let name = name_of(&wanted);
        self.wanted.insert(wanted);
        name
    }

    /// Puts the formats in, and takes out those of an earlier round. The prefixes that the pieces need go
    /// into `head`.
    pub(super) fn finish(
        &self,
        front: &FrontSheet,
        head: &mut Edits,
    ) -> Result<Edits, WorkbookError> {
        let mut new = front::styles(front);
        for wanted in &self.wanted {
            new.push_str(&self.copy(wanted)?);
        }
        let mut new = Some(new);
        let mut edits = Edits::default();
        let mut within = false;
        // One of ours that is open: where it begins.
        let mut ours: Option<usize> = None;
        each_tag(PART, self.text, |tag| {
            match (tag.name, tag.kind) {
                ("document-content", Kind::Open) => {
                    if let Some(piece) = with_prefixes(&tag)? {
                        head.put(tag.span, piece)?;
                    }
                }
                ("automatic-styles", Kind::Open) => within = true,
                ("automatic-styles", Kind::Close) => {
                    within = false;
                    edits.put(
                        tag.span.start..tag.span.start,
                        new.take().unwrap_or_default(),
                    )?;
                }
                ("automatic-styles", Kind::Empty) => {
                    let new = new.take().unwrap_or_default();
                    let piece = format!("{}{new}</{}>", tag.with(&[], Kind::Open), tag.full_name);
                    edits.put(tag.span, piece)?;
                }
                ("body", Kind::Open) => {
                    if let Some(new) = new.take() {
                        let piece =
                            format!("<office:automatic-styles>{new}</office:automatic-styles>");
                        edits.put(tag.span.start..tag.span.start, piece)?;
                    }
                }
                ("style", Kind::Open | Kind::Empty)
                    if within && tag.get("name").is_some_and(|name| name.starts_with(OURS)) =>
                {
                    if tag.kind == Kind::Empty {
                        edits.put(tag.span, String::new())?;
                    } else {
                        ours = Some(tag.span.start);
                    }
                }
                ("style", Kind::Close) => {
                    if let Some(start) = ours.take() {
                        edits.put(start..tag.span.end, String::new())?;
                    }
                }
                // A spreadsheet that saved our marks has given the formats names of its own. What colour
                // a cell had before is not known any more: it gets none.
                ("table-cell-properties", _) if within && ours.is_none() => {
                    let background = tag.get("background-color");
                    if background.is_some_and(|colour| is_ours(&colour)) {
                        let piece = tag.with(&[("fo:background-color", None)], tag.kind);
                        edits.put(tag.span, piece)?;
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(edits)
    }

    /// A format in colour.
    fn copy(&self, wanted: &(Severity, Option<String>)) -> Result<String, WorkbookError> {
        let (severity, base) = wanted;
        let (name, colour) = (name_of(wanted), colour(*severity));
        let known = base.as_ref().and_then(|base| self.cells.get(base));
        let Some(span) = known else {
            // A format that the workbook shares, or none.
            return Ok(format!(
                "<style:style style:name=\"{}\" style:family=\"table-cell\" style:parent-style-name=\"{}\"><style:table-cell-properties fo:background-color=\"{colour}\"/></style:style>",
                escaped(&name),
                escaped(base.as_deref().unwrap_or("Default")),
            ));
        };
        let text = &self.text[span.clone()];
        let mut patch = Patch::of(text);
        let mut coloured = false;
        let mut style: Option<(Range<usize>, String, String)> = None;
        each_tag(PART, text, |tag| {
            match (tag.name, tag.kind) {
                ("style", Kind::Open | Kind::Empty) if style.is_none() => {
                    let open = tag.with(&[("style:name", Some(name.clone()))], Kind::Open);
                    let end = match tag.kind {
                        Kind::Empty => format!("</{}>", tag.full_name),
                        _ => String::new(),
                    };
                    style = Some((tag.span, open, end));
                }
                ("table-cell-properties", Kind::Open | Kind::Empty) if !coloured => {
                    coloured = true;
                    if let Some((span, open, _)) = &style {
                        patch.replace(span.clone(), open);
                    }
                    let colour = ("fo:background-color", Some(colour.clone()));
                    let piece = tag.with(&[colour], tag.kind);
                    patch.replace(tag.span, &piece);
                }
                _ => {}
            }
            Ok(())
        })?;
        if let (false, Some((span, open, end))) = (coloured, style) {
            let piece = format!(
                "{open}<style:table-cell-properties fo:background-color=\"{colour}\"/>{end}"
            );
            patch.replace(span, &piece);
        }
        Ok(patch.finish())
    }
}

fn name_of((severity, base): &(Severity, Option<String>)) -> String {
    let mut name = format!("{OURS}{}", *severity as u8);
    if let Some(base) = base {
        let _ = write!(name, "-{base}");
    }
    name
}

fn is_ours(colour: &str) -> bool {
    let colour = colour.trim_start_matches('#');
    COLOURS
        .iter()
        .any(|ours| ours[2..].eq_ignore_ascii_case(colour))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\">";

    #[test]
    fn a_marked_format_keeps_what_it_was() {
        let text = format!(
            "{HEAD}<office:automatic-styles><style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N37\"><style:table-cell-properties fo:border=\"none\" fo:background-color=\"#ffffff\"/><style:text-properties fo:font-weight=\"bold\"/></style:style>\
             <style:style style:name=\"ce2\" style:family=\"table-cell\"/></office:automatic-styles></office:document-content>"
        );
        let mut styles = Styles::read(&text).unwrap();
        assert_eq!(styles.marked(Some("ce1"), Severity::Error), "ethos-2-ce1");
        assert_eq!(styles.marked(Some("ce2"), Severity::Note), "ethos-0-ce2");
        assert_eq!(
            styles.marked(Some("Heading"), Severity::Note),
            "ethos-0-Heading"
        );
        assert_eq!(styles.marked(None, Severity::Note), "ethos-0");
        let copy = |severity, base: Option<&str>| {
            styles.copy(&(severity, base.map(str::to_owned))).unwrap()
        };
        assert_eq!(
            copy(Severity::Error, Some("ce1")),
            "<style:style style:name=\"ethos-2-ce1\" style:family=\"table-cell\" style:data-style-name=\"N37\"><style:table-cell-properties fo:border=\"none\" fo:background-color=\"#ffc9bb\"/><style:text-properties fo:font-weight=\"bold\"/></style:style>"
        );
        assert_eq!(
            copy(Severity::Note, Some("ce2")),
            "<style:style style:name=\"ethos-0-ce2\" style:family=\"table-cell\"><style:table-cell-properties fo:background-color=\"#ddebf9\"/></style:style>"
        );
        assert!(copy(Severity::Note, Some("Heading")).contains("parent-style-name=\"Heading\""));
        assert_eq!(uncoloured("ethos-2-ce1"), Some("ce1"));
        assert_eq!(uncoloured("ethos-0"), None);
        assert_eq!(uncoloured("ce1"), Some("ce1"));
    }
}
