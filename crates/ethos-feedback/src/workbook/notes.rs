//! Notes on cells: the part with their texts, and the drawing with their boxes, which spreadsheets still want
//! in the old form (VML).

use std::collections::BTreeMap;
use std::fmt::Write;

use ethos_model::finding::column_letters;

use super::package::WorkbookError;
use super::xml::{Kind, Patch, each_tag, escaped};

/// Whose notes they are: an earlier round's are known by it and taken out.
pub(super) const AUTHOR: &str = "ethos-light";

/// Texts of notes by (row, column), both from 1.
pub(super) type Notes = BTreeMap<(u32, u32), String>;

/// A part without notes.
pub(super) const NO_COMMENTS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<comments xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><authors></authors><commentList></commentList></comments>";

/// A drawing without boxes.
pub(super) const NO_BOXES: &str = "<xml xmlns:v=\"urn:schemas-microsoft-com:vml\" xmlns:o=\"urn:schemas-microsoft-com:office:office\" xmlns:x=\"urn:schemas-microsoft-com:office:excel\"><o:shapelayout v:ext=\"edit\"><o:idmap v:ext=\"edit\" data=\"1\"/></o:shapelayout></xml>";

/// The part of notes with ours added, and the cells whose note needs a new box: a cell that has a note of
/// the sender's gets our text beneath it, in the same box.
pub(super) fn comments(
    part: &str,
    text: &str,
    notes: &Notes,
) -> Result<(String, Vec<(u32, u32)>), WorkbookError> {
    let mut text = text.to_owned();
    // An empty list may be written as one tag.
    for name in ["authors", "commentList"] {
        text = text.replace(&format!("<{name}/>"), &format!("<{name}></{name}>"));
    }
    let mut prefix = String::new();
    let mut authors = Vec::new();
    let mut at_author = None;
    each_tag(part, &text, |tag| {
        match (tag.name, tag.kind) {
            ("comments", Kind::Open) => tag.prefix().clone_into(&mut prefix),
            ("author", Kind::Open) => at_author = Some(tag.span.end),
            ("author", Kind::Close) => {
                let from = at_author.take().unwrap_or(tag.span.start);
                authors.push(text[from..tag.span.start].to_owned());
            }
            ("author", Kind::Empty) => authors.push(String::new()),
            _ => {}
        }
        Ok(())
    })?;
    let known = authors.iter().position(|author| author == AUTHOR);
    let ours = known.unwrap_or(authors.len());
    let mut patch = Patch::of(&text);
    let mut open = false;
    let mut left = notes.clone();
    let mut old: Option<usize> = None;
    let mut theirs: Option<String> = None;
    // In a note of theirs, what an earlier round of ours wrote beneath it.
    let mut beneath: Option<(usize, bool)> = None;
    each_tag(part, &text, |tag| {
        match (tag.name, tag.kind) {
            ("authors", Kind::Close) if known.is_none() => {
                patch.insert(
                    tag.span.start,
                    &format!("<{prefix}author>{AUTHOR}</{prefix}author>"),
                );
            }
            ("comment", Kind::Open) if tag.number("authorId") == Some(ours as u32) => {
                old = Some(tag.span.start);
            }
            ("comment", Kind::Open) => {
                let place = tag.get("ref").and_then(|address| place_of(&address));
                theirs = place.and_then(|place| left.remove(&place));
            }
            ("comment", Kind::Close) => match old.take() {
                Some(start) => patch.replace(start..tag.span.end, ""),
                None => theirs = None,
            },
            ("text", Kind::Open) => open = true,
            ("r", Kind::Open) if open => beneath = Some((tag.span.start, false)),
            ("t", Kind::Open) => {
                if let Some((_, ours)) = &mut beneath {
                    *ours = is_beneath(&text[tag.span.end..]);
                }
            }
            ("r", Kind::Close) => {
                if let (Some((start, true)), None) = (beneath.take(), old) {
                    patch.replace(start..tag.span.end, "");
                }
            }
            ("text", Kind::Close) if open => {
                open = false;
                if let (None, Some(more)) = (old, theirs.take()) {
                    patch.insert(
                        tag.span.start,
                        &run(&prefix, &format!("\n{AUTHOR}: {more}")),
                    );
                }
            }
            ("commentList", Kind::Close) => {
                let mut new = String::new();
                for ((row, column), note) in &left {
                    let _ = write!(
                        new,
                        "<{prefix}comment ref=\"{}{row}\" authorId=\"{ours}\"><{prefix}text>{}</{prefix}text></{prefix}comment>",
                        column_letters(*column),
                        run(&prefix, note),
                    );
                }
                patch.insert(tag.span.start, &new);
            }
            _ => {}
        }
        Ok(())
    })?;
    Ok((patch.finish(), left.into_keys().collect()))
}

/// Whether a run's text is one that we put beneath a note. A spreadsheet that saved it may write the line
/// break in another way.
fn is_beneath(text: &str) -> bool {
    let text = ["\r\n", "\n", "&#10;", "&#xA;", "_x000a_"]
        .iter()
        .find_map(|line_break| text.strip_prefix(line_break));
    text.and_then(|text| text.strip_prefix(AUTHOR))
        .is_some_and(|text| text.starts_with(": "))
}

fn run(prefix: &str, text: &str) -> String {
    format!(
        "<{prefix}r><{prefix}t xml:space=\"preserve\">{}</{prefix}t></{prefix}r>",
        escaped(text)
    )
}

/// The drawing with a box for each of these cells. Boxes of an earlier round of ours are taken out.
///
/// It is read as text: what spreadsheets write here is not always well-formed.
pub(super) fn boxes(part: &str, text: &str, cells: &[(u32, u32)]) -> Result<String, WorkbookError> {
    let mut text = text.to_owned();
    while let Some(from) = text.find("<v:shape id=\"ethos_") {
        let Some(length) = text[from..].find("</v:shape>") else {
            return Err(WorkbookError::damaged(part, "a box is not closed"));
        };
        text.replace_range(from..from + length + "</v:shape>".len(), "");
    }
    let end = text
        .rfind("</xml>")
        .ok_or_else(|| WorkbookError::damaged(part, "it has no end"))?;
    let mut new = String::new();
    if !text.contains("id=\"_x0000_t202\"") && !cells.is_empty() {
        new.push_str("<v:shapetype id=\"_x0000_t202\" coordsize=\"21600,21600\" o:spt=\"202\" path=\"m,l,21600r21600,l21600,xe\"><v:stroke joinstyle=\"miter\"/><v:path gradientshapeok=\"t\" o:connecttype=\"rect\"/></v:shapetype>");
    }
    for (row, column) in cells {
        let (row, column) = (row - 1, column - 1);
        let _ = write!(
            new,
            "<v:shape id=\"ethos_{row}_{column}\" type=\"#_x0000_t202\" style=\"position:absolute;width:280pt;height:110pt;z-index:1;visibility:hidden\" fillcolor=\"#fffff4\" o:insetmode=\"auto\"><v:fill color2=\"#fffff4\"/><v:shadow color=\"black\" obscured=\"t\"/><v:path o:connecttype=\"none\"/><v:textbox style=\"mso-direction-alt:auto\"><div style=\"text-align:left\"></div></v:textbox><x:ClientData ObjectType=\"Note\"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{}, 12, {row}, 4, {}, 12, {}, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>",
            column + 1,
            column + 5,
            row + 7,
        );
    }
    text.insert_str(end, &new);
    Ok(text)
}

/// Row and column, from 1, of an address such as `B17`.
fn place_of(address: &str) -> Option<(u32, u32)> {
    let address = address.replace('$', "");
    let letters = address.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (column, row) = address.split_at(letters);
    let column = column.bytes().try_fold(0_u32, |number, letter| {
        number
            .checked_mul(26)?
            .checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)
    })?;
    Some((row.parse().ok()?, column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_of_the_senders_stays_and_ours_go_beneath_and_beside() {
        let theirs = NO_COMMENTS
            .replace("<authors></authors>", "<authors><author>Jet</author></authors>")
            .replace(
                "<commentList></commentList>",
                "<commentList><comment ref=\"B2\" authorId=\"0\"><text><r><t>nakijken</t></r></text></comment></commentList>",
            );
        let notes = Notes::from([((2, 2), "a < b".to_owned()), ((3, 1), "leeg".to_owned())]);
        let (text, new) = comments("c", &theirs, &notes).unwrap();
        assert_eq!(new, [(3, 1)]);
        assert!(text.contains(
            "<t>nakijken</t></r><r><t xml:space=\"preserve\">\nethos-light: a &lt; b</t></r></text>"
        ));
        assert!(text.contains("<author>Jet</author><author>ethos-light</author>"));
        assert!(text.contains("<comment ref=\"A3\" authorId=\"1\">"));
        // The next round takes ours out.
        let (again, _) = comments("c", &text, &Notes::new()).unwrap();
        assert!(!again.contains("A3") && again.contains("nakijken"));
        assert!(!again.contains(AUTHOR) || !again.contains("a &lt; b"));
        // However often it is marked, theirs is there once and ours once.
        let (second, _) = comments("c", &text, &notes).unwrap();
        assert_eq!(second, text);
    }

    #[test]
    fn boxes_are_added_and_taken_out() {
        let once = boxes("b", NO_BOXES, &[(3, 1)]).unwrap();
        assert!(once.contains("<x:Row>2</x:Row><x:Column>0</x:Column>"));
        assert_eq!(
            boxes("b", &once, &[(3, 1)])
                .unwrap()
                .matches("<v:shape ")
                .count(),
            1
        );
        assert!(boxes("b", "<xml>", &[]).is_err());
    }
}
