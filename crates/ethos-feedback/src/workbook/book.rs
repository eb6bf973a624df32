//! The part of an XLSX workbook that names its sheets, and how parts name each other.

use std::collections::BTreeMap;

use super::package::{Package, WorkbookError, folder, relationships_of, resolved};
use super::styles::MINIMAL;
use super::xml::{Kind, Patch, each_tag, escaped};

/// The first name of this form that no part has.
pub(super) fn free_part(package: &Package<'_>, stem: &str, extension: &str) -> String {
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

pub(super) fn declare_part(
    package: &mut Package<'_>,
    part: &str,
    kind: &str,
) -> Result<(), WorkbookError> {
    let piece = format!("<Override PartName=\"/{part}\" ContentType=\"{kind}\"/>");
    let has = format!("PartName=\"/{part}\"");
    insert_at_end(package, TYPES, "Types", &has, &piece)
}

pub(super) fn declare_extension(
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
pub(super) struct Relationships {
    list: Vec<(String, String, String)>,
    added: Vec<(String, String, String)>,
}

const RELATIONSHIP_TYPES: &str =
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships/";

impl Relationships {
    pub(super) fn read(package: &mut Package<'_>, part: &str) -> Result<Self, WorkbookError> {
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

    pub(super) fn target(&self, id: &str) -> Option<String> {
        self.all()
            .find(|(other, ..)| other == id)
            .map(|(.., target)| target.clone())
    }

    /// The types of the transitional and the strict form end alike.
    pub(super) fn target_of_type(&self, kind: &str) -> Option<String> {
        self.all()
            .find(|(_, other, _)| other.rsplit('/').next() == Some(kind))
            .map(|(.., target)| target.clone())
    }

    pub(super) fn add(&mut self, kind: &str, target: &str) -> String {
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

    pub(super) fn write(&self, package: &mut Package<'_>, part: &str) -> Result<(), WorkbookError> {
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
    pub(super) fn styles_part(
        &mut self,
        package: &mut Package<'_>,
    ) -> Result<String, WorkbookError> {
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
    pub(super) fn put_front(
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
