//! The colours of the marks: for each format a marked cell has, a copy of it with the colour behind it, so
//! that a date stays a date and a bold cell bold.

use std::collections::BTreeMap;
use std::fmt::Write;

use ethos_model::finding::Severity;

use super::package::WorkbookError;
use super::xml::{Kind, Patch, each_tag};

const PART: &str = "xl/styles.xml";

/// Formats of the first sheet.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum FrontFormat {
    Title,
    Header,
    Text,
    Link,
}

/// What a new format is.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Wanted {
    /// A copy of the format with this number, coloured.
    Marked(u32, Severity),
    Front(FrontFormat),
}

/// The formats of a workbook and those that the marks add.
pub(super) struct Styles {
    text: String,
    /// Each `xf` of the cells as it stands.
    formats: Vec<Format>,
    fills: u32,
    fonts: u32,
    new: BTreeMap<Wanted, u32>,
    order: Vec<Wanted>,
}

struct Format {
    /// The tag with the colour's attribute to be put in.
    tag: String,
    /// Its contents and closing tag, or nothing for an empty tag.
    rest: String,
}

/// The colours, in the order of [`Severity`]: for a screen as for a printer without colours they differ in
/// lightness. Nobody else's workbook is likely to have exactly these.
pub(super) const COLOURS: [&str; 4] = ["FFDDEBF9", "FFFFEBB1", "FFFFC9BB", "FFF4978E"];

/// A styles part for a workbook that has none.
pub(super) const MINIMAL: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><fonts count=\"1\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/></borders><cellStyleXfs count=\"1\"><xf/></cellStyleXfs><cellXfs count=\"1\"><xf/></cellXfs></styleSheet>";

impl Styles {
    /// Reads the formats. A colour of earlier marks of ours is taken out of the formats that have it.
    pub(super) fn read(text: String) -> Result<Self, WorkbookError> {
        let text = without_old_marks(&text)?;
        let mut formats: Vec<Format> = Vec::new();
        let (mut fills, mut fonts) = (0, 0);
        let mut within = None;
        let mut open: Option<(String, usize)> = None;
        each_tag(PART, &text, |tag| {
            match (tag.name, tag.kind) {
                ("cellXfs" | "fills" | "fonts", Kind::Open) => within = Some(tag.name),
                ("cellXfs" | "fills" | "fonts", Kind::Close) => within = None,
                ("fill", Kind::Open | Kind::Empty) if within == Some("fills") => fills += 1,
                ("font", Kind::Open | Kind::Empty) if within == Some("fonts") => fonts += 1,
                ("xf", Kind::Empty) if within == Some("cellXfs") => formats.push(Format {
                    tag: coloured(&tag, Kind::Empty),
                    rest: String::new(),
                }),
                ("xf", Kind::Open) if within == Some("cellXfs") => {
                    open = Some((coloured(&tag, Kind::Open), tag.span.end));
                }
                ("xf", Kind::Close) => {
                    if let Some((start, from)) = open.take() {
                        formats.push(Format {
                            tag: start,
                            rest: text[from..tag.span.end].to_owned(),
                        });
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        if formats.is_empty() || fills == 0 || fonts == 0 {
            return Err(WorkbookError::damaged(PART, "it declares no formats"));
        }
        Ok(Self {
            text,
            formats,
            fills,
            fonts,
            new: BTreeMap::new(),
            order: Vec::new(),
        })
    }

    /// The number of the format of a marked cell that has format `base`.
    pub(super) fn marked(&mut self, base: u32, severity: Severity) -> u32 {
        let base = if (base as usize) < self.formats.len() {
            base
        } else {
            0
        };
        self.want(Wanted::Marked(base, severity))
    }

    /// The number of a format of the first sheet.
    pub(super) fn front(&mut self, format: FrontFormat) -> u32 {
        self.want(Wanted::Front(format))
    }

    fn want(&mut self, wanted: Wanted) -> u32 {
        let next = (self.formats.len() + self.order.len()) as u32;
        *self.new.entry(wanted).or_insert_with(|| {
            self.order.push(wanted);
            next
        })
    }

    /// The part with the new formats.
    pub(super) fn finish(self) -> Result<String, WorkbookError> {
        let mut patch = Patch::of(&self.text);
        let mut prefix = String::new();
        each_tag(PART, &self.text, |tag| {
            match (tag.name, tag.kind) {
                ("styleSheet", Kind::Open) => tag.prefix().clone_into(&mut prefix),
                ("fonts" | "fills" | "cellXfs", Kind::Open) => {
                    let count = match tag.name {
                        "fonts" => self.fonts + 3,
                        "fills" => self.fills + COLOURS.len() as u32,
                        _ => (self.formats.len() + self.order.len()) as u32,
                    };
                    let piece = tag.with(&[("count", Some(count.to_string()))], Kind::Open);
                    patch.replace(tag.span, &piece);
                }
                ("fonts", Kind::Close) => patch.insert(tag.span.start, &fonts(&prefix)),
                ("fills", Kind::Close) => patch.insert(tag.span.start, &fills(&prefix)),
                ("cellXfs", Kind::Close) => {
                    let new: String = self
                        .order
                        .iter()
                        .map(|wanted| self.format(*wanted, &prefix))
                        .collect();
                    patch.insert(tag.span.start, &new);
                }
                _ => {}
            }
            Ok(())
        })?;
        Ok(patch.finish())
    }

    fn format(&self, wanted: Wanted, prefix: &str) -> String {
        match wanted {
            Wanted::Marked(base, severity) => {
                let format = &self.formats[base as usize];
                let fill = self.fills + severity as u32;
                format!(
                    "{}{}",
                    format.tag.replace("{fill}", &fill.to_string()),
                    format.rest
                )
            }
            Wanted::Front(front) => {
                let font = match front {
                    FrontFormat::Title => self.fonts.to_string(),
                    FrontFormat::Header => (self.fonts + 1).to_string(),
                    FrontFormat::Link => (self.fonts + 2).to_string(),
                    FrontFormat::Text => "0".into(),
                };
                format!(
                    "<{prefix}xf numFmtId=\"0\" fontId=\"{font}\" fillId=\"0\" borderId=\"0\" applyFont=\"1\" applyAlignment=\"1\"><{prefix}alignment vertical=\"top\"{wrap}/></{prefix}xf>",
                    wrap = if front == FrontFormat::Title {
                        ""
                    } else {
                        " wrapText=\"1\""
                    },
                )
            }
        }
    }
}

/// The tag of a format with a place for the colour.
fn coloured(tag: &super::xml::Tag<'_>, kind: Kind) -> String {
    tag.with(
        &[
            ("fillId", Some("{fill}".into())),
            ("applyFill", Some("1".into())),
        ],
        kind,
    )
}

fn fonts(prefix: &str) -> String {
    let font = |inner: &str| {
        let inner = inner.replace('<', &format!("<{prefix}"));
        format!("<{prefix}font>{inner}</{prefix}font>")
    };
    [
        font("<b/><sz val=\"16\"/><name val=\"Calibri\"/>"),
        font("<b/><sz val=\"11\"/><name val=\"Calibri\"/>"),
        font("<u/><sz val=\"11\"/><color rgb=\"FF0F5C6E\"/><name val=\"Calibri\"/>"),
    ]
    .concat()
}

fn fills(prefix: &str) -> String {
    let mut text = String::new();
    for colour in COLOURS {
        let _ = write!(
            text,
            "<{prefix}fill><{prefix}patternFill patternType=\"solid\"><{prefix}fgColor rgb=\"{colour}\"/><{prefix}bgColor indexed=\"64\"/></{prefix}patternFill></{prefix}fill>"
        );
    }
    text
}

/// The part with our colours of an earlier round taken out of its formats. What colour a cell had before it
/// was marked is not known any more: it gets none.
fn without_old_marks(text: &str) -> Result<String, WorkbookError> {
    let mut ours: Vec<u32> = Vec::new();
    let mut fill: Option<u32> = None;
    let mut within = false;
    let mut patch = Patch::of(text);
    each_tag(PART, text, |tag| {
        match (tag.name, tag.kind) {
            ("fills", Kind::Open) => within = true,
            ("fills", Kind::Close) => within = false,
            ("fill", Kind::Open | Kind::Empty) if within => {
                fill = Some(fill.map_or(0, |number| number + 1));
            }
            ("fgColor", _) if within => {
                let ours_too = tag
                    .get("rgb")
                    .is_some_and(|rgb| COLOURS.contains(&rgb.as_str()));
                if ours_too {
                    ours.extend(fill);
                }
            }
            ("xf", Kind::Open | Kind::Empty)
                if tag
                    .number("fillId")
                    .is_some_and(|number| ours.contains(&number)) =>
            {
                let piece = tag.with(&[("fillId", Some("0".into()))], tag.kind);
                patch.replace(tag.span, &piece);
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok(patch.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_format_keeps_what_it_was() {
        let text = MINIMAL.replace(
            "<cellXfs count=\"1\"><xf/></cellXfs>",
            "<cellXfs count=\"2\"><xf/><xf numFmtId=\"14\" fontId=\"0\" fillId=\"1\"><alignment horizontal=\"right\"/></xf></cellXfs>",
        );
        let mut styles = Styles::read(text).unwrap();
        assert_eq!(styles.marked(1, Severity::Error), 2);
        assert_eq!(styles.marked(0, Severity::Note), 3);
        assert_eq!(styles.marked(1, Severity::Error), 2);
        // A cell may name a format that is not there.
        assert_eq!(styles.marked(77, Severity::Note), 3);
        let marked = styles.finish().unwrap();
        assert!(marked.contains("<cellXfs count=\"4\">"));
        assert!(marked.contains("<fills count=\"6\">"));
        assert!(marked.contains(
            "<xf numFmtId=\"14\" fontId=\"0\" fillId=\"4\" applyFill=\"1\"><alignment horizontal=\"right\"/></xf>"
        ));
        // A second round takes the colours of the first away.
        let again = Styles::read(marked).unwrap().finish().unwrap();
        assert!(again.contains("numFmtId=\"14\" fontId=\"0\" fillId=\"0\" applyFill=\"1\""));
    }
}
