//! Notes on cells.

use std::fmt::Write;
use std::ops::Range;

use crate::workbook::notes::AUTHOR;
use crate::workbook::xml::{Kind, Tag, escaped};

/// A note of a cell.
pub(super) struct Note<'t> {
    /// The tag it begins with.
    tag: Tag<'t>,
    /// All of it.
    span: Range<usize>,
    /// Whether an earlier round of ours made it.
    ours: bool,
    /// In one of the sender's, what an earlier round of ours wrote beneath.
    beneath: Vec<Range<usize>>,
    /// Where a paragraph can go.
    end: usize,
    /// What is open within it: where its contents begin.
    creator: Option<usize>,
    paragraph: Option<(usize, usize)>,
}

impl<'t> Note<'t> {
    pub(super) fn new(tag: Tag<'t>) -> Self {
        Self {
            span: tag.span.clone(),
            end: tag.span.end,
            tag,
            ours: false,
            beneath: Vec::new(),
            creator: None,
            paragraph: None,
        }
    }

    /// Takes a tag right within the note.
    pub(super) fn take(&mut self, tag: &Tag<'_>, text: &str) {
        match (tag.name, tag.kind) {
            ("creator", Kind::Open) => self.creator = Some(tag.span.end),
            ("creator", Kind::Close) => {
                if let Some(from) = self.creator.take() {
                    self.ours = text[from..tag.span.start].trim() == AUTHOR;
                }
            }
            ("p", Kind::Open) => self.paragraph = Some((tag.span.start, tag.span.end)),
            ("p", Kind::Close) => {
                if let Some((start, from)) = self.paragraph.take()
                    && is_ours(&text[from..tag.span.start])
                {
                    self.beneath.push(start..tag.span.end);
                }
            }
            _ => {}
        }
    }

    /// Takes the tag that closes it.
    pub(super) fn close(&mut self, tag: &Tag<'_>) {
        self.end = tag.span.start;
        self.span.end = tag.span.end;
    }

    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Whether an earlier round of ours left anything in it.
    pub(super) fn has_ours(&self) -> bool {
        self.ours || !self.beneath.is_empty()
    }

    /// The note with our text and without that of an earlier round; nothing where nothing is left.
    pub(super) fn with(&self, more: Option<&str>, text: &str) -> String {
        if self.ours {
            return more.map(made).unwrap_or_default();
        }
        let mut new = String::new();
        let mut from = self.span.start;
        if self.tag.kind == Kind::Empty {
            let Some(more) = more else {
                return text[self.span.clone()].to_owned();
            };
            new.push_str(&self.tag.with(&[], Kind::Open));
            new.push_str(&beneath(more));
            let _ = write!(new, "</{}>", self.tag.full_name);
            return new;
        }
        for ours in &self.beneath {
            new.push_str(&text[from..ours.start]);
            from = ours.end;
        }
        new.push_str(&text[from..self.end]);
        if let Some(more) = more {
            new.push_str(&beneath(more));
        }
        new.push_str(&text[self.end..self.span.end]);
        new
    }
}

/// A note of ours.
pub(super) fn made(text: &str) -> String {
    let mut note =
        format!("<office:annotation office:display=\"false\"><dc:creator>{AUTHOR}</dc:creator>");
    for line in text.split('\n') {
        let _ = write!(note, "<text:p>{}</text:p>", inline(line));
    }
    note.push_str("</office:annotation>");
    note
}

/// Our text beneath a note of the sender's, in one paragraph so that it is known again.
fn beneath(text: &str) -> String {
    format!("<text:p>{}</text:p>", inline(&format!("{AUTHOR}: {text}")))
}

/// Whether a paragraph is one that we put beneath a note. A spreadsheet that saved it may have put tags
/// around its text.
fn is_ours(paragraph: &str) -> bool {
    let mut rest = paragraph.trim_start();
    while let Some(tag) = rest.strip_prefix('<') {
        let Some(end) = tag.find('>') else {
            return false;
        };
        rest = tag[end + 1..].trim_start();
    }
    rest.strip_prefix(AUTHOR)
        .is_some_and(|rest| rest.starts_with(": "))
}

/// Text within a paragraph: blanks beyond the first, tabs and line breaks are tags in this format.
pub(super) fn inline(text: &str) -> String {
    let mut new = String::new();
    let mut blanks = 0_usize;
    let mut plain = String::new();
    // A blank at the start or behind another is not kept.
    let mut loose = true;
    for c in text.chars().chain(std::iter::once('\0')) {
        if c == ' ' && loose {
            new.push_str(&escaped(&plain));
            plain.clear();
            blanks += 1;
            continue;
        }
        if blanks > 0 {
            let _ = write!(new, "<text:s text:c=\"{blanks}\"/>");
            blanks = 0;
        }
        loose = false;
        match c {
            '\n' | '\t' => {
                new.push_str(&escaped(&plain));
                plain.clear();
                new.push_str(if c == '\n' {
                    "<text:line-break/>"
                } else {
                    "<text:tab/>"
                });
                loose = true;
            }
            ' ' => {
                plain.push(' ');
                loose = true;
            }
            '\0' => {}
            c => plain.push(c),
        }
    }
    new.push_str(&escaped(&plain));
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_breaks_are_tags() {
        assert_eq!(inline("a b"), "a b");
        assert_eq!(
            inline(" a  b\nc\t<d> "),
            "<text:s text:c=\"1\"/>a <text:s text:c=\"1\"/>b<text:line-break/>c<text:tab/>&lt;d&gt; "
        );
        assert_eq!(inline(""), "");
    }

    #[test]
    fn our_paragraph_is_known_within_tags() {
        assert!(is_ours("ethos-light: x"));
        assert!(is_ours(
            "<text:span text:style-name=\"T1\">ethos-light: x</text:span>"
        ));
        assert!(!is_ours("gezien door ethos-light: x"));
        assert!(!is_ours("<text:span"));
    }
}
