//! The markup of workbooks, a piece at a time and in bounded memory.
//!
//! Only what workbooks consist of is read: UTF-8, tags with attributes, text, character data.
//! Comments and instructions are passed over wherever they are and however long. A document
//! type is refused: entities of one's own are how a few bytes become gigabytes, and no workbook
//! has them. No piece is held that is longer than [`limits::TAG`]; longer text comes in pieces.

use std::io::{self, Read};

use crate::limits;
use crate::refused::Refused;

/// A piece of markup.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Piece<'a> {
    /// `<name …>`; one that is `empty` (`<name …/>`) is not followed by its end.
    Open(Tag<'a>),
    /// `</name>`.
    Close(&'a [u8]),
    /// Text with its references as they stand, perhaps a part of it.
    Text(&'a [u8]),
    /// Character data, which has no references, perhaps a part of it.
    Data(&'a [u8]),
    /// Nothing more.
    End,
}

/// An opening tag.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Tag<'a> {
    name: &'a [u8],
    attributes: &'a [u8],
    pub(crate) empty: bool,
}

impl<'a> Tag<'a> {
    /// The name without a prefix.
    pub(crate) fn local(&self) -> &'a [u8] {
        local(self.name)
    }

    /// The value of an attribute as it stands, by its full name.
    pub(crate) fn raw(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.attributes()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// The value of an attribute as text.
    pub(crate) fn text(&self, name: &[u8]) -> io::Result<Option<String>> {
        self.raw(name).map(resolved).transpose()
    }

    /// The attributes, up to the first that is none.
    pub(crate) fn attributes(&self) -> Attributes<'a> {
        Attributes(self.attributes)
    }
}

/// A name without its prefix.
pub(crate) fn local(name: &[u8]) -> &[u8] {
    match memchr::memrchr(b':', name) {
        Some(at) => &name[at + 1..],
        None => name,
    }
}

/// The attributes of a tag.
pub(crate) struct Attributes<'a>(&'a [u8]);

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.0.trim_ascii_start();
        let at = memchr::memchr(b'=', rest)?;
        let name = rest[..at].trim_ascii_end();
        let value = rest[at + 1..].trim_ascii_start();
        let (quote, value) = value.split_first()?;
        if !matches!(quote, b'"' | b'\'') {
            return None;
        }
        let end = memchr::memchr(*quote, value)?;
        self.0 = &value[end + 1..];
        Some((name, &value[..end]))
    }
}

/// Text with its references resolved.
pub(crate) fn resolved(raw: &[u8]) -> io::Result<String> {
    let mut text = Vec::new();
    resolve(raw, &mut text)?;
    String::from_utf8(text).map_err(|_| Refused::Damaged.into())
}

/// Adds text to what is there, its references resolved.
pub(crate) fn resolve(raw: &[u8], text: &mut Vec<u8>) -> io::Result<()> {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'&', rest) {
        text.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let end = memchr::memchr(b';', &rest[..rest.len().min(12)]).ok_or(Refused::Damaged)?;
        let c = match &rest[..end] {
            b"amp" => '&',
            b"lt" => '<',
            b"gt" => '>',
            b"quot" => '"',
            b"apos" => '\'',
            [b'#', b'x' | b'X', digits @ ..] => character(digits, 16)?,
            [b'#', digits @ ..] => character(digits, 10)?,
            // An entity that nobody declared.
            _ => return Err(Refused::Damaged.into()),
        };
        text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        rest = &rest[end + 1..];
    }
    text.extend_from_slice(rest);
    Ok(())
}

fn character(digits: &[u8], base: u32) -> io::Result<char> {
    let number = std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| u32::from_str_radix(digits, base).ok());
    number
        .and_then(char::from_u32)
        .ok_or_else(|| Refused::Damaged.into())
}

/// Reads markup.
pub(crate) struct Xml<R> {
    from: R,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
    at_end: bool,
    /// Within `<![CDATA[`.
    in_data: bool,
}

impl<R: Read> Xml<R> {
    pub(crate) fn new(from: R) -> Self {
        Self {
            from,
            buffer: vec![0; 1 << 16],
            at: 0,
            end: 0,
            at_end: false,
            in_data: false,
        }
    }

    /// The next piece.
    ///
    /// # Errors
    /// What the system says of the file, or a [`Refused`].
    pub(crate) fn next(&mut self) -> io::Result<Piece<'_>> {
        loop {
            if self.in_data {
                if let Some((from, to)) = self.data()? {
                    return Ok(Piece::Data(&self.buffer[from..to]));
                }
                continue;
            }
            if !self.have(1)? {
                return Ok(Piece::End);
            }
            if self.buffer[self.at] != b'<' {
                let (from, to) = self.text()?;
                return Ok(Piece::Text(&self.buffer[from..to]));
            }
            // Anything after `<` is at least two bytes long.
            if !self.have(3)? {
                return Err(Refused::Damaged.into());
            }
            match self.buffer[self.at + 1] {
                b'?' => self.pass(b"?>")?,
                b'!' => {
                    if self.begins(b"<!--")? {
                        self.at += 4;
                        self.pass(b"-->")?;
                    } else if self.begins(b"<![CDATA[")? {
                        self.at += 9;
                        self.in_data = true;
                    } else {
                        return Err(Refused::Declarations.into());
                    }
                }
                _ => {
                    let to = self.tag_end()?;
                    let inner = &self.buffer[self.at + 1..to];
                    self.at = to + 1;
                    return tag(inner);
                }
            }
        }
    }

    /// Passes over everything up to the end of the element that was just opened.
    pub(crate) fn skip(&mut self, empty: bool) -> io::Result<()> {
        let mut depth = usize::from(!empty);
        while depth > 0 {
            match self.next()? {
                Piece::Open(tag) => depth += usize::from(!tag.empty),
                Piece::Close(_) => depth -= 1,
                Piece::End => return Err(Refused::Damaged.into()),
                Piece::Text(_) | Piece::Data(_) => {}
            }
        }
        Ok(())
    }

    /// Whether so many bytes are there, reading on as needed.
    fn have(&mut self, bytes: usize) -> io::Result<bool> {
        while self.end - self.at < bytes {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn begins(&mut self, with: &[u8]) -> io::Result<bool> {
        Ok(self.have(with.len())? && self.buffer[self.at..].starts_with(with))
    }

    /// Text up to the next tag, or a part of it that breaks no reference and no character.
    fn text(&mut self) -> io::Result<(usize, usize)> {
        let mut done = 0;
        loop {
            let here = &self.buffer[self.at..self.end];
            if let Some(more) = memchr::memchr(b'<', &here[done..]) {
                return Ok(self.take(done + more));
            }
            done = here.len();
            if done >= self.buffer.len() / 2 {
                // A character may not be there whole yet.
                let whole =
                    memchr::memrchr(b'&', &here[done - 16..]).map_or(done - 4, |at| done - 16 + at);
                let whole = character_start(here, whole);
                if whole > 0 {
                    return Ok(self.take(whole));
                }
            }
            if !self.fill()? {
                return Ok(self.take(done));
            }
        }
    }

    /// Character data; `None` at its end.
    fn data(&mut self) -> io::Result<Option<(usize, usize)>> {
        loop {
            let here = &self.buffer[self.at..self.end];
            match memchr::memmem::find(here, b"]]>") {
                Some(0) => {
                    self.at += 3;
                    self.in_data = false;
                    return Ok(None);
                }
                Some(length) => return Ok(Some(self.take(length))),
                None if here.len() > 64 => {
                    let whole = character_start(here, here.len() - 3);
                    return Ok(Some(self.take(whole)));
                }
                None if !self.fill()? => return Err(Refused::Damaged.into()),
                None => {}
            }
        }
    }

    fn take(&mut self, length: usize) -> (usize, usize) {
        let from = self.at;
        self.at += length;
        (from, self.at)
    }

    /// Passes over everything up to and with a mark.
    fn pass(&mut self, mark: &[u8]) -> io::Result<()> {
        loop {
            let here = &self.buffer[self.at..self.end];
            if let Some(at) = memchr::memmem::find(here, mark) {
                self.at += at + mark.len();
                return Ok(());
            }
            self.at = self.end - (mark.len() - 1).min(here.len());
            if !self.fill()? {
                return Err(Refused::Damaged.into());
            }
        }
    }

    /// Where the `>` of the tag at hand is; one within quotes is not its end.
    fn tag_end(&mut self) -> io::Result<usize> {
        let mut done = 1;
        let mut quote = None;
        loop {
            let here = &self.buffer[self.at..self.end];
            while done < here.len() {
                match quote {
                    Some(mark) => match memchr::memchr(mark, &here[done..]) {
                        Some(at) => {
                            done += at + 1;
                            quote = None;
                        }
                        None => done = here.len(),
                    },
                    None => match memchr::memchr3(b'>', b'"', b'\'', &here[done..]) {
                        Some(at) if here[done + at] == b'>' => return Ok(self.at + done + at),
                        Some(at) => {
                            quote = Some(here[done + at]);
                            done += at + 1;
                        }
                        None => done = here.len(),
                    },
                }
            }
            if done > limits::TAG {
                return Err(Refused::TooLong.into());
            }
            if !self.fill()? {
                return Err(Refused::Damaged.into());
            }
        }
    }

    /// Reads more behind what the buffer holds; false at the end.
    fn fill(&mut self) -> io::Result<bool> {
        if self.at_end {
            return Ok(false);
        }
        if self.at > 0 {
            self.buffer.copy_within(self.at..self.end, 0);
            self.end -= self.at;
            self.at = 0;
        }
        if self.end == self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.from.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.at_end = true;
                    return Ok(false);
                }
                Ok(read) => {
                    self.end += read;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// The last start of a character at or before an offset.
fn character_start(text: &[u8], at: usize) -> usize {
    let mut at = at;
    for _ in 0..3 {
        if text.get(at).is_none_or(|byte| byte & 0xc0 != 0x80) {
            break;
        }
        at = at.saturating_sub(1);
    }
    at
}

fn tag(inner: &[u8]) -> io::Result<Piece<'_>> {
    if let Some(name) = inner.strip_prefix(b"/") {
        return Ok(Piece::Close(local(name.trim_ascii_end())));
    }
    let (inner, empty) = match inner.strip_suffix(b"/") {
        Some(inner) => (inner, true),
        None => (inner, false),
    };
    let name = inner
        .iter()
        .position(u8::is_ascii_whitespace)
        .unwrap_or(inner.len());
    let (name, attributes) = inner.split_at(name);
    if name.is_empty() {
        return Err(Refused::Damaged.into());
    }
    Ok(Piece::Open(Tag {
        name,
        attributes,
        empty,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drip::Drip;

    /// The pieces, parts of a text put together.
    fn pieces(from: impl Read) -> Result<Vec<String>, Option<Refused>> {
        let mut xml = Xml::new(from);
        let mut found: Vec<String> = Vec::new();
        loop {
            let piece = match xml.next().map_err(|error| Refused::of(&error))? {
                Piece::End => return Ok(found),
                Piece::Open(tag) => {
                    let attributes: Vec<String> = tag
                        .attributes()
                        .map(|(name, value)| {
                            format!(
                                " {}={}",
                                String::from_utf8_lossy(name),
                                resolved(value).unwrap()
                            )
                        })
                        .collect();
                    let end = if tag.empty { "/" } else { "" };
                    format!(
                        "<{}{}{end}",
                        String::from_utf8_lossy(tag.local()),
                        attributes.concat()
                    )
                }
                Piece::Close(name) => format!("</{}", String::from_utf8_lossy(name)),
                Piece::Text(raw) => format!("={}", resolved(raw).unwrap()),
                Piece::Data(raw) => format!("={}", String::from_utf8_lossy(raw)),
            };
            match found.last_mut() {
                Some(last) if last.starts_with('=') && piece.starts_with('=') => {
                    last.push_str(&piece[1..]);
                }
                _ => found.push(piece),
            }
        }
    }

    #[test]
    fn markup_is_read_in_pieces() {
        let text = b"<?xml version='1.0'?><!-- a > b --><x:a b=\"1>2\" c='&lt;&#233;'><d/>t&amp;u<![CDATA[<&]]>v</x:a>";
        let expected = ["<a b=1>2 c=<\u{e9}", "<d/", "=t&u<&v", "</a"];
        assert_eq!(pieces(text.as_slice()).unwrap(), expected);
        assert_eq!(pieces(Drip(text)).unwrap(), expected);
    }

    #[test]
    fn long_text_breaks_no_character() {
        let text = format!("<a>{}&amp;{}</a>", "é".repeat(70_000), "€".repeat(70_000));
        let expected = format!("={}&{}", "é".repeat(70_000), "€".repeat(70_000));
        assert_eq!(pieces(text.as_bytes()).unwrap()[1], expected);
        let text = format!("<a><![CDATA[{}]]></a>", "€".repeat(70_000));
        assert_eq!(
            pieces(text.as_bytes()).unwrap()[1],
            format!("={}", "€".repeat(70_000))
        );
    }

    #[test]
    fn what_no_workbook_has_is_refused() {
        let refused = |text: &[u8]| pieces(text).unwrap_err();
        let laughs = b"<!DOCTYPE a [<!ENTITY b \"ha\"><!ENTITY c \"&b;&b;\">]><a>&c;</a>";
        assert_eq!(refused(laughs), Some(Refused::Declarations));
        for cut in [
            b"<a".as_slice(),
            b"<a b=\"",
            b"<!-- ",
            b"<![CDATA[ab",
            b"<",
            b"<>",
        ] {
            assert_eq!(
                refused(cut),
                Some(Refused::Damaged),
                "{}",
                String::from_utf8_lossy(cut)
            );
        }
        let long = [b"<a b=\"".as_slice(), &vec![b'x'; 2 * limits::TAG]].concat();
        assert_eq!(refused(&long), Some(Refused::TooLong));
        assert!(resolved(b"&unknown;").is_err() && resolved(b"&#xd800;").is_err());
    }
}
