//! The part of an XLSX workbook that names its sheets, and how parts name each other.

use std::collections::BTreeMap;
use std::ops::Range;

use quick_xml::escape::unescape;

use super::front::FrontSheet;
use super::ours::{FILE, SHEET, free_name, sheet_in};
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
    /// The name of the sheet that an earlier round put there.
    pub(super) ours: Option<String>,
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
        let mut sheets: Vec<(String, String)> = Vec::new();
        let mut named = None;
        let mut from = None;
        each_tag(&part, &text, |tag| {
            if tag.name == "sheet"
                && let (Some(name), Some(id)) = (tag.get("name"), tag.get("id"))
                && let Some(sheet) = worksheets.get(&id)
            {
                sheets.push((name, sheet.clone()));
            }
            if tag.name == "definedName" {
                if let Some(from) = from.take() {
                    let reference: &str = &text[from..tag.span.start];
                    named = unescape(reference).ok().and_then(|text| sheet_in(&text));
                }
                let is_ours = tag.kind == Kind::Open && tag.get("name").as_deref() == Some(SHEET);
                from = is_ours.then_some(tag.span.end);
            }
            Ok(())
        })?;
        // The name of its part tells ours until a spreadsheet saves the workbook.
        let by_part = |(_, part): &&(String, String)| {
            let file = part.rsplit('/').next().unwrap_or(part);
            let number = file
                .strip_prefix("ethos")
                .and_then(|rest| rest.strip_suffix(".xml"));
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        };
        let named = named.filter(|named| sheets.iter().any(|(name, _)| name == named));
        let ours = named.or_else(|| sheets.iter().find(by_part).map(|(name, _)| name.clone()));
        Ok(Self {
            part,
            links,
            sheets,
            ours,
        })
    }

    /// Whether there is a sheet of this name.
    pub(super) fn has(&self, sheet: &str) -> bool {
        self.sheets.iter().any(|(name, _)| name == sheet)
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

    /// Declares the first sheet, or takes the place of the one of an earlier round; returns its part.
    pub(super) fn put_front(
        &mut self,
        package: &mut Package<'_>,
        front: &FrontSheet,
    ) -> Result<String, WorkbookError> {
        let ours = self.ours.as_deref();
        let others = self.sheets.iter().map(|(name, _)| name.as_str());
        let name = free_name(&front.name, others.filter(|name| ours != Some(*name)));
        let old = self
            .sheets
            .iter()
            .find(|(other, _)| ours == Some(other.as_str()));
        let part = match old {
            Some((old, part)) => {
                let (old, part) = (old.clone(), part.clone());
                self.rename(package, &old, &name)?;
                part
            }
            None => self.add_front(package, &name)?,
        };
        let reference = format!("'{}'!$A$1", name.replace('\'', "''"));
        self.define(package, SHEET, Some(&reference))?;
        let made_of = (!front.made_of.is_empty()).then(|| format!("\"{}\"", front.made_of));
        self.define(package, FILE, made_of.as_deref())?;
        Ok(part)
    }

    /// Gives a sheet another name.
    fn rename(&self, package: &mut Package<'_>, old: &str, new: &str) -> Result<(), WorkbookError> {
        if old == new {
            return Ok(());
        }
        let text = package.text(&self.part)?;
        let mut patch = Patch::of(&text);
        each_tag(&self.part, &text, |tag| {
            if tag.name == "sheet" && tag.get("name").as_deref() == Some(old) {
                let piece = tag.with(&[("name", Some(new.to_owned()))], tag.kind);
                patch.replace(tag.span, &piece);
            }
            Ok(())
        })?;
        let text = patch.finish();
        package.put(&self.part, text);
        Ok(())
    }

    /// Lets a hidden name stand for a formula, in place of what it stood for; for nothing, it goes.
    fn define(
        &self,
        package: &mut Package<'_>,
        name: &str,
        formula: Option<&str>,
    ) -> Result<(), WorkbookError> {
        let text = package.text(&self.part)?;
        let mut old: Option<Range<usize>> = None;
        let mut open = None;
        let mut names: Option<(Range<usize>, Kind, String)> = None;
        let mut behind: Option<(usize, String)> = None;
        each_tag(&self.part, &text, |tag| {
            match (tag.name, tag.kind) {
                ("definedName", Kind::Open) if tag.get("name").as_deref() == Some(name) => {
                    open = Some(tag.span.start);
                }
                ("definedName", Kind::Empty) if tag.get("name").as_deref() == Some(name) => {
                    old = Some(tag.span);
                }
                ("definedName", Kind::Close) => {
                    if let Some(start) = open.take() {
                        old = Some(start..tag.span.end);
                    }
                }
                ("definedNames", Kind::Open | Kind::Empty) => {
                    let prefix = tag.prefix().to_owned();
                    names = Some((tag.span, tag.kind, prefix));
                }
                // Names stand behind these.
                ("sheets" | "functionGroups" | "externalReferences", Kind::Close | Kind::Empty) => {
                    behind = Some((tag.span.end, tag.prefix().to_owned()));
                }
                _ => {}
            }
            Ok(())
        })?;
        let piece = |prefix: &str| match formula {
            Some(formula) => format!(
                "<{prefix}definedName name=\"{name}\" hidden=\"1\">{}</{prefix}definedName>",
                escaped(formula)
            ),
            None => String::new(),
        };
        let mut patch = Patch::of(&text);
        match (old, names, behind) {
            (Some(span), Some((_, _, prefix)), _) => patch.replace(span, &piece(&prefix)),
            _ if formula.is_none() => {}
            (_, Some((span, Kind::Empty, prefix)), _) => {
                let whole = format!(
                    "<{prefix}definedNames>{}</{prefix}definedNames>",
                    piece(&prefix)
                );
                patch.replace(span, &whole);
            }
            (_, Some((span, _, prefix)), _) => patch.insert(span.end, &piece(&prefix)),
            (_, None, Some((at, prefix))) => {
                let whole = format!(
                    "<{prefix}definedNames>{}</{prefix}definedNames>",
                    piece(&prefix)
                );
                patch.insert(at, &whole);
            }
            (_, None, None) => {}
        }
        let text = patch.finish();
        package.put(&self.part, text);
        Ok(())
    }

    /// Declares a new first sheet; returns its part.
    fn add_front(
        &mut self,
        package: &mut Package<'_>,
        name: &str,
    ) -> Result<String, WorkbookError> {
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
