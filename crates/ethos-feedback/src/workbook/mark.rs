//! A workbook with marks: which parts change, and how they name each other.

use std::collections::BTreeMap;

use ethos_model::finding::Severity;

use super::front::FrontSheet;
use super::notes::{self, NO_BOXES, NO_COMMENTS, Notes};
use super::package::{Package, WorkbookError, folder, relationships_of, resolved};
use super::sheet::{self, Cells};
use super::styles::{MINIMAL, Styles};
use super::xml::{Kind, Patch, each_tag, escaped};

/// Notes on one sheet at most; more cells are coloured, and the first sheet says so.
pub(super) const MAX_NOTES: usize = 5_000;

/// Characters of one note at most: a spreadsheet takes 32,767 in a cell.
const MAX_NOTE: usize = 2_000;

/// A cell to colour, with a note.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Row, 1 for the first.
    pub row: u32,
    /// Column, 1 for the first.
    pub column: u32,
    /// Gives the colour; the gravest mark of a cell wins.
    pub severity: Severity,
    /// What the note says; the notes of a cell are put together.
    pub note: String,
}

/// The marks of one sheet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SheetMarks {
    /// Name of the sheet.
    pub sheet: String,
    /// Its marks, in any order.
    pub marks: Vec<Mark>,
}

/// A workbook (`.xlsx` or `.xlsm`) with cells coloured, notes on them and a sheet before the others.
///
/// Marks of an earlier round are replaced: the sheet of the same name is written anew, our notes are taken
/// out, and cells that we coloured lose their colour. Beyond 5,000 notes a sheet, cells are coloured
/// without one. All other parts are copied byte for byte, so formulas, widths, formats, charts and the
/// sender's own notes stay. The same input gives the same bytes.
///
/// # Errors
/// [`WorkbookError`] when the bytes are no workbook, a part is damaged or larger than a gigabyte, or a
/// sheet is not there.
pub fn mark_workbook(
    bytes: &[u8],
    sheets: &[SheetMarks],
    front: &FrontSheet,
) -> Result<Vec<u8>, WorkbookError> {
    let mut package = Package::open(bytes)?;
    let mut book = Book::read(&mut package)?;
    let styles_part = book.styles_part(&mut package)?;
    let mut styles = Styles::read(package.text(&styles_part)?)?;
    for (name, part) in book.sheets.clone() {
        if name == front.name {
            continue;
        }
        let marks = sheets.iter().find(|marks| marks.sheet == name);
        mark_sheet(
            &mut package,
            &part,
            marks.map_or(&[], |marks| &marks.marks),
            &mut styles,
        )?;
    }
    if let Some(missing) = sheets
        .iter()
        .find(|marks| !book.sheets.iter().any(|(name, _)| *name == marks.sheet))
    {
        return Err(WorkbookError::NoSheet(missing.sheet.clone()));
    }
    let front_text = front.part(&mut styles);
    let front_part = book.put_front(&mut package, &front.name)?;
    package.put(&front_part, front_text);
    package.put(&styles_part, styles.finish()?);
    package.finish()
}

fn mark_sheet(
    package: &mut Package<'_>,
    part: &str,
    marks: &[Mark],
    styles: &mut Styles,
) -> Result<(), WorkbookError> {
    let mut cells = Cells::new();
    let mut texts = Notes::new();
    for mark in marks {
        if mark.row == 0 || mark.column == 0 {
            continue;
        }
        let place = (mark.row, mark.column);
        let severity = cells.entry(place).or_insert(mark.severity);
        *severity = (*severity).max(mark.severity);
        if texts.len() >= MAX_NOTES && !texts.contains_key(&place) {
            continue;
        }
        let text = texts.entry(place).or_default();
        if text.len() + mark.note.len() < MAX_NOTE {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&mark.note);
        }
    }
    let text = package.text(part)?;
    let relationships = relationships_of(part);
    let old = Relationships::read(package, &relationships)?;
    let comments = old
        .target_of_type("comments")
        .map(|target| resolved(part, &target));
    let named = sheet::notes_relationship(part, &text)?;
    if texts.is_empty() && comments.is_none() {
        let text = sheet::marked(part, &text, &cells, styles, None)?;
        package.put(part, text);
        return Ok(());
    }
    let mut links = old;
    let comments_part = if let Some(existing) = comments {
        existing
    } else {
        let new = free_part(package, "xl/comments", "xml");
        links.add("comments", &format!("/{new}"));
        declare_part(
            package,
            &new,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
        )?;
        new
    };
    let drawn = named.as_deref().and_then(|id| links.target(id));
    let (boxes_part, new_id) = if let Some(target) = drawn {
        (resolved(part, &target), None)
    } else {
        let new = free_part(package, "xl/drawings/vmlDrawing", "vml");
        let id = links.add("vmlDrawing", &format!("/{new}"));
        declare_extension(
            package,
            "vml",
            "application/vnd.openxmlformats-officedocument.vmlDrawing",
        )?;
        (new, Some(id))
    };
    let before = package.text_or(&comments_part, NO_COMMENTS)?;
    let (after, boxed) = notes::comments(&comments_part, &before, &texts)?;
    package.put(&comments_part, after);
    let before = package.text_or(&boxes_part, NO_BOXES)?;
    package.put(&boxes_part, notes::boxes(&boxes_part, &before, &boxed)?);
    links.write(package, &relationships)?;
    let text = sheet::marked(part, &text, &cells, styles, new_id.as_deref())?;
    package.put(part, text);
    Ok(())
}

/// The first name of this form that no part has.
fn free_part(package: &Package<'_>, stem: &str, extension: &str) -> String {
    let mut number = 1_u32;
    loop {
        let name = format!("{stem}{number}.{extension}");
        if !package.has(&name) {
            return name;
        }
        number += 1;
    }
}

const TYPES: &str = "[Content_Types].xml";

fn declare_part(package: &mut Package<'_>, part: &str, kind: &str) -> Result<(), WorkbookError> {
    let piece = format!("<Override PartName=\"/{part}\" ContentType=\"{kind}\"/>");
    let has = format!("PartName=\"/{part}\"");
    insert_at_end(package, TYPES, "Types", &has, &piece)
}

fn declare_extension(
    package: &mut Package<'_>,
    extension: &str,
    kind: &str,
) -> Result<(), WorkbookError> {
    let piece = format!("<Default Extension=\"{extension}\" ContentType=\"{kind}\"/>");
    let has = format!("Extension=\"{extension}\"");
    insert_at_end(package, TYPES, "Types", &has, &piece)
}

/// Puts a piece at the end of a part's outermost element unless the part says `has` already.
fn insert_at_end(
    package: &mut Package<'_>,
    part: &str,
    root: &str,
    has: &str,
    piece: &str,
) -> Result<(), WorkbookError> {
    let text = package.text(part)?;
    if text.contains(has) {
        return Ok(());
    }
    let mut patch = Patch::of(&text);
    each_tag(part, &text, |tag| {
        if tag.name == root && tag.kind == Kind::Close {
            let prefix = tag.prefix();
            patch.insert(
                tag.span.start,
                &piece.replacen('<', &format!("<{prefix}"), 1),
            );
        }
        Ok(())
    })?;
    let new = patch.finish();
    package.put(part, new);
    Ok(())
}

/// What a part refers to: id, type, target.
struct Relationships {
    list: Vec<(String, String, String)>,
    added: Vec<(String, String, String)>,
}

const RELATIONSHIP_TYPES: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

impl Relationships {
    fn read(package: &mut Package<'_>, part: &str) -> Result<Self, WorkbookError> {
        let mut list = Vec::new();
        if package.has(part) {
            let text = package.text(part)?;
            each_tag(part, &text, |tag| {
                if tag.name == "Relationship"
                    && let (Some(id), Some(kind), Some(target)) =
                        (tag.get("Id"), tag.get("Type"), tag.get("Target"))
                {
                    list.push((id, kind, target));
                }
                Ok(())
            })?;
        }
        Ok(Self {
            list,
            added: Vec::new(),
        })
    }

    fn all(&self) -> impl Iterator<Item = &(String, String, String)> {
        self.list.iter().chain(&self.added)
    }

    fn target(&self, id: &str) -> Option<String> {
        self.all()
            .find(|(other, ..)| other == id)
            .map(|(.., target)| target.clone())
    }

    /// The types of the transitional and the strict form end alike.
    fn target_of_type(&self, kind: &str) -> Option<String> {
        self.all()
            .find(|(_, other, _)| other.rsplit('/').next() == Some(kind))
            .map(|(.., target)| target.clone())
    }

    fn add(&mut self, kind: &str, target: &str) -> String {
        let mut number = self.all().count() + 1;
        let mut id = format!("rIdE{number}");
        while self.target(&id).is_some() {
            number += 1;
            id = format!("rIdE{number}");
        }
        self.added.push((
            id.clone(),
            format!("{RELATIONSHIP_TYPES}{kind}"),
            target.to_owned(),
        ));
        id
    }

    fn write(&self, package: &mut Package<'_>, part: &str) -> Result<(), WorkbookError> {
        if self.added.is_empty() {
            return Ok(());
        }
        if !package.has(part) {
            package.put(
                part,
                "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"></Relationships>".into(),
            );
        }
        for (id, kind, target) in &self.added {
            let piece = format!(
                "<Relationship Id=\"{id}\" Type=\"{kind}\" Target=\"{}\"/>",
                escaped(target)
            );
            let has = format!("Id=\"{id}\"");
            insert_at_end(package, part, "Relationships", &has, &piece)?;
        }
        Ok(())
    }
}

/// The part that names the sheets.
pub(super) struct Book {
    part: String,
    links: Relationships,
    /// Names of the worksheets with their parts, in order.
    pub(super) sheets: Vec<(String, String)>,
}

impl Book {
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, WorkbookError> {
        let root = Relationships::read(package, "_rels/.rels")?;
        let part = match root.target_of_type("officeDocument") {
            Some(target) => resolved("", &target),
            None => "xl/workbook.xml".into(),
        };
        let text = package.text(&part)?;
        let links = Relationships::read(package, &relationships_of(&part))?;
        let worksheets: BTreeMap<String, String> = links
            .all()
            .filter(|(_, kind, _)| kind.ends_with("/worksheet"))
            .map(|(id, _, target)| (id.clone(), resolved(&part, target)))
            .collect();
        let mut sheets = Vec::new();
        each_tag(&part, &text, |tag| {
            if tag.name == "sheet"
                && let (Some(name), Some(id)) = (tag.get("name"), tag.get("id"))
                && let Some(sheet) = worksheets.get(&id)
            {
                sheets.push((name, sheet.clone()));
            }
            Ok(())
        })?;
        Ok(Self {
            part,
            links,
            sheets,
        })
    }

    /// The part of the formats, made when there is none.
    fn styles_part(&mut self, package: &mut Package<'_>) -> Result<String, WorkbookError> {
        if let Some(target) = self.links.target_of_type("styles") {
            return Ok(resolved(&self.part, &target));
        }
        let part = format!("{}styles.xml", folder(&self.part));
        package.put(&part, MINIMAL.to_owned());
        declare_part(
            package,
            &part,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
        )?;
        self.links.add("styles", &format!("/{part}"));
        self.links.write(package, &relationships_of(&self.part))?;
        Ok(part)
    }

    /// Declares the first sheet, unless an earlier round has; returns its part.
    fn put_front(
        &mut self,
        package: &mut Package<'_>,
        name: &str,
    ) -> Result<String, WorkbookError> {
        if let Some((_, part)) = self.sheets.iter().find(|(other, _)| other == name) {
            return Ok(part.clone());
        }
        let new = free_part(
            package,
            &format!("{}worksheets/ethos", folder(&self.part)),
            "xml",
        );
        declare_part(
            package,
            &new,
            "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
        )?;
        let id = self.links.add("worksheet", &format!("/{new}"));
        self.links.write(package, &relationships_of(&self.part))?;
        let text = package.text(&self.part)?;
        let mut patch = Patch::of(&text);
        let mut highest = 0;
        each_tag(&self.part, &text, |tag| {
            if tag.name == "sheet" {
                highest = highest.max(tag.number("sheetId").unwrap_or(0));
            }
            Ok(())
        })?;
        each_tag(&self.part, &text, |tag| {
            match (tag.name, tag.kind) {
                ("sheets", Kind::Open) => {
                    let piece = format!(
                        "<{}sheet xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" name=\"{}\" sheetId=\"{}\" r:id=\"{id}\"/>",
                        tag.prefix(),
                        escaped(name),
                        highest.saturating_add(1),
                    );
                    patch.insert(tag.span.end, &piece);
                }
                // Both count sheets from 0, and there is one more before theirs now.
                ("definedName", Kind::Open | Kind::Empty) => {
                    if let Some(local) = tag.number("localSheetId") {
                        let piece = tag.with(
                            &[("localSheetId", Some(local.saturating_add(1).to_string()))],
                            tag.kind,
                        );
                        patch.replace(tag.span, &piece);
                    }
                }
                ("workbookView", Kind::Open | Kind::Empty) => {
                    let piece = tag.with(
                        &[("activeTab", Some("0".into())), ("firstSheet", None)],
                        tag.kind,
                    );
                    patch.replace(tag.span, &piece);
                }
                _ => {}
            }
            Ok(())
        })?;
        let new_text = patch.finish();
        package.put(&self.part, new_text);
        Ok(new)
    }
}
