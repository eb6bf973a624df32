//! Tags of an XML part with their place in it, so that a part can be changed at a tag and left as it is
//! everywhere else.

use std::borrow::Cow;
use std::fmt::Write;
use std::ops::Range;

use quick_xml::Reader;
use quick_xml::XmlVersion;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};

use super::package::WorkbookError;

/// What a tag does.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    Open,
    Close,
    Empty,
}

/// A tag and where it stands.
pub(super) struct Tag<'a> {
    pub(super) kind: Kind,
    /// Bytes of the part that the tag takes.
    pub(super) span: Range<usize>,
    /// Name without its prefix.
    pub(super) name: &'a str,
    /// Name as it stands.
    pub(super) full_name: &'a str,
    start: Option<BytesStart<'a>>,
}

impl Tag<'_> {
    /// The value of the attribute with this name, its prefix left aside.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        self.start
            .as_ref()?
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().as_ref() == name)
            .and_then(|attribute| {
                attribute
                    .normalized_value(XmlVersion::Implicit1_0)
                    .ok()
                    .map(Cow::into_owned)
            })
    }

    /// The value of the attribute with this name and prefix.
    pub(super) fn whole(&self, name: &str) -> Option<String> {
        let start = self.start.as_ref()?;
        let mut attributes = start.attributes();
        attributes.with_checks(false);
        let mut attributes = attributes.flatten();
        let attribute = attributes.find(|attribute| attribute.key.as_ref() == name)?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?;
        Some(value.into_owned())
    }

    /// A whole number in an attribute.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.get(name)?.parse().ok()
    }

    /// The tag anew with some attributes in place of what they were, or without them.
    pub(super) fn with(&self, changes: &[(&str, Option<String>)], kind: Kind) -> String {
        let mut text = format!("<{}", self.full_name);
        let mut done = vec![false; changes.len()];
        let attributes = self.start.as_ref().map(|start| {
            let mut attributes = start.attributes();
            attributes.with_checks(false);
            attributes
        });
        for attribute in attributes.into_iter().flatten().flatten() {
            let key = attribute.key.as_ref();
            match changes.iter().position(|(name, _)| *name == key) {
                None => {
                    // A value in single quotes may hold double ones.
                    let value = attribute.value.replace('"', "&quot;");
                    let _ = write!(text, " {key}=\"{value}\"");
                }
                Some(at) => {
                    done[at] = true;
                    push(&mut text, key, changes[at].1.as_deref());
                }
            }
        }
        for ((name, value), done) in changes.iter().zip(done) {
            if !done {
                push(&mut text, name, value.as_deref());
            }
        }
        text.push_str(if kind == Kind::Empty { "/>" } else { ">" });
        text
    }

    /// The prefix of the tag's name with its colon; empty when it has none.
    pub(super) fn prefix(&self) -> &str {
        &self.full_name[..self.full_name.len() - self.name.len()]
    }
}

fn push(text: &mut String, key: &str, value: Option<&str>) {
    if let Some(value) = value {
        let _ = write!(text, " {key}=\"{}\"", escape(value));
    }
}

/// Visits every tag of a part in order.
///
/// # Errors
/// A part that is not well-formed, or that declares a document type: none of a workbook's do, and it is
/// how a small part is made to unpack into a huge one.
pub(super) fn each_tag<'a>(
    part: &str,
    text: &'a str,
    mut visit: impl FnMut(Tag<'a>) -> Result<(), WorkbookError>,
) -> Result<(), WorkbookError> {
    // The reader skips a byte order mark without counting its bytes.
    let marks = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut reader = Reader::from_str(&text[marks..]);
    let mut open = 0_u64;
    loop {
        let from = marks + reader.buffer_position() as usize;
        let event = reader
            .read_event()
            .map_err(|error| WorkbookError::damaged(part, error))?;
        let span = from..marks + reader.buffer_position() as usize;
        let (kind, start) = match event {
            Event::Start(start) => (Kind::Open, Some(start)),
            Event::Empty(start) => (Kind::Empty, Some(start)),
            Event::End(_) => (Kind::Close, None),
            Event::DocType(_) => {
                return Err(WorkbookError::damaged(part, "it declares a document type"));
            }
            Event::Eof if open > 0 => {
                return Err(WorkbookError::damaged(part, "it ends before its tags do"));
            }
            Event::Eof => return Ok(()),
            _ => continue,
        };
        match kind {
            Kind::Open => open += 1,
            Kind::Close => open = open.saturating_sub(1),
            Kind::Empty => {}
        }
        let full_name = text.get(span.clone()).map_or("", name_in);
        if !(is_name(full_name) && start.as_ref().is_none_or(are_attributes)) {
            return Err(WorkbookError::damaged(part, "a tag cannot be read"));
        }
        let name = full_name.rsplit(':').next().unwrap_or(full_name);
        visit(Tag {
            kind,
            span,
            name,
            full_name,
            start,
        })?;
    }
}

/// Whether a name may be written into another tag. A tag with stray quotes begins and ends elsewhere
/// once it is written anew.
fn is_name(name: &str) -> bool {
    let stray = |byte: u8| byte <= b' ' || b"\"'<>&=/".contains(&byte);
    !name.is_empty() && !name.bytes().any(stray)
}

fn are_attributes(start: &BytesStart<'_>) -> bool {
    let mut attributes = start.attributes();
    attributes.with_checks(false);
    attributes.into_iter().all(|attribute| {
        attribute.is_ok_and(|attribute| {
            is_name(attribute.key.as_ref()) && !attribute.value.contains('<')
        })
    })
}

/// The name of the tag that this text is.
fn name_in(tag: &str) -> &str {
    let inner = tag.trim_start_matches('<').trim_start_matches('/');
    let end = inner
        .find(|c: char| c.is_whitespace() || c == '/' || c == '>')
        .unwrap_or(inner.len());
    &inner[..end]
}

/// A text with new pieces at places of the old one, which are given in order. Of a place that was
/// replaced already, only what is behind is replaced again.
pub(super) struct Patch<'a> {
    old: &'a str,
    copied: usize,
    new: String,
}

impl<'a> Patch<'a> {
    pub(super) fn of(old: &'a str) -> Self {
        Self {
            old,
            copied: 0,
            new: String::with_capacity(old.len() + old.len() / 8),
        }
    }

    /// Puts a piece in place of a span.
    pub(super) fn replace(&mut self, span: Range<usize>, piece: &str) {
        let start = span.start.max(self.copied);
        self.new.push_str(&self.old[self.copied..start]);
        self.new.push_str(piece);
        self.copied = span.end.max(start);
    }

    /// Puts a piece before a place.
    pub(super) fn insert(&mut self, at: usize, piece: &str) {
        self.replace(at..at, piece);
    }

    pub(super) fn finish(mut self) -> String {
        self.new.push_str(&self.old[self.copied..]);
        self.new
    }
}

/// A text as XML writes it, without the characters it cannot hold.
pub(super) fn escaped(text: &str) -> String {
    let clean: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    escape(clean.as_str()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_changed_and_the_rest_stays() {
        let text = "<?xml version='1.0'?>\n<a:x k='\"1\"' s=\"2\"><!-- c --><b/></a:x >";
        let mut patch = Patch::of(text);
        let mut names = Vec::new();
        each_tag("p", text, |tag| {
            names.push((tag.name, tag.kind));
            if tag.name == "x" && tag.kind == Kind::Open {
                assert_eq!(tag.number("s"), Some(2));
                assert_eq!(tag.prefix(), "a:");
                let piece = tag.with(
                    &[("s", Some("7".into())), ("t", Some("<".into()))],
                    tag.kind,
                );
                patch.replace(tag.span, &piece);
            }
            Ok(())
        })
        .unwrap();
        assert_eq!(
            names,
            [("x", Kind::Open), ("b", Kind::Empty), ("x", Kind::Close)]
        );
        assert_eq!(
            patch.finish(),
            "<?xml version='1.0'?>\n<a:x k=\"&quot;1&quot;\" s=\"7\" t=\"&lt;\"><!-- c --><b/></a:x >"
        );
    }

    #[test]
    fn places_within_each_other_are_replaced_once() {
        let mut patch = Patch::of("abcdef");
        patch.insert(2, "-");
        patch.replace(1..4, "+");
        patch.replace(3..4, "*");
        assert_eq!(patch.finish(), "ab-+*ef");
    }

    #[test]
    fn byte_order_marks_move_no_place() {
        for marks in ["\u{feff}", "\u{feff}\u{feff}"] {
            let text = format!("{marks}\u{4}<a><b s=\"1\"/></a>");
            let mut tags = Vec::new();
            each_tag("p", &text, |tag| {
                tags.push(text[tag.span.clone()].to_owned());
                Ok(())
            })
            .unwrap();
            assert_eq!(tags, ["<a>", "<b s=\"1\"/>", "</a>"]);
        }
    }

    #[test]
    fn a_document_type_and_loose_ends_are_refused() {
        let nothing = |text| each_tag("p", text, |_| Ok(()));
        assert!(nothing("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>").is_err());
        assert!(nothing("<a><b></a>").is_err());
        assert!(nothing("<a><b>").is_err());
        for stray in [
            "<a b=\"1\" c>",
            "<a \"b=\"1\"/>",
            "<a\"b:c/>",
            "<a b=c/>",
            "<a b=\"<\"/>",
        ] {
            assert!(nothing(stray).is_err(), "{stray}");
        }
        assert!(nothing("<a><b/></a>").is_ok());
    }
}
