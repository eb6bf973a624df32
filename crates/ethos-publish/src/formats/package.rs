//! A Data Package over the CSV files: what each holds, its columns, its hash, its sources.

use std::path::{Path, PathBuf};

use ethos_model::category::Language;
use ethos_model::cube::Family;
use ethos_model::finding::Text;
use ethos_model::schema;
use ethos_table::hash::sha256_bytes;
use serde_json::{Value, json};

use super::codebook::{self, columns};
use super::codes::List;
use super::{csv, put_json};
use ethos_table::cube::KEY;

use crate::error::PublishError;
use crate::notes;
use crate::release::SafeRelease;
use crate::tables::PrintTable;

/// The columns that tell a code apart.
pub(super) fn code_key(kinds: bool) -> Vec<&'static str> {
    if kinds {
        vec!["kind", "code"]
    } else {
        vec!["code"]
    }
}

/// The columns of a reference to a code list, on both sides.
pub(super) fn reference(column: &str, kinds: bool) -> (Vec<String>, Vec<&'static str>) {
    let from = if kinds {
        vec![format!("{column}_kind"), column.to_owned()]
    } else {
        vec![column.to_owned()]
    };
    (from, code_key(kinds))
}

/// Title of a long-form file.
pub(super) fn title(family: Option<Family>) -> Text {
    match family {
        Some(family) => codebook::of_both(|language| family.title(language).into()),
        None => Text::new("Alle cijfers", "All figures"),
    }
}

/// The page of a licence, where its name is well known.
pub(super) fn licence_page(name: &str) -> Option<String> {
    let path = match name {
        "CC0-1.0" => "publicdomain/zero/1.0/",
        "CC-BY-4.0" => "licenses/by/4.0/",
        "CC-BY-SA-4.0" => "licenses/by-sa/4.0/",
        _ => return None,
    };
    Some(format!("https://creativecommons.org/{path}"))
}

/// Writes `datapackage.json`.
pub(super) fn write(
    release: &SafeRelease<'_>,
    dir: &Path,
    long: &[(PathBuf, Option<Family>)],
    lists: &[List],
    wide: &[(PathBuf, &PrintTable)],
) -> Result<PathBuf, PublishError> {
    let study = release.study();
    let language = release.context().language();
    let mut resources = Vec::new();
    for (path, family) in long {
        let mut resource = resource(dir, path, title(*family).in_language(language))?;
        resource["schema"] = cube_schema(lists, language);
        resources.push(resource);
    }
    for list in lists {
        let mut resource = resource(dir, &list.file, list.title.in_language(language))?;
        resource["schema"] = codes_schema(list.kinds);
        resources.push(resource);
    }
    for (path, table) in wide {
        let mut resource = resource(dir, path, &table.title)?;
        resource["description"] = json!(table.about.join(" "));
        resource["encoding"] = json!("utf-8-sig");
        resource["dialect"] = json!({ "delimiter": csv::separator(language).to_string() });
        let fields: Vec<Value> = table
            .columns
            .iter()
            .map(|column| json!({ "name": column.header, "type": "string" }))
            .collect();
        resource["schema"] = json!({ "fields": fields, "missingValues": [""] });
        resources.push(resource);
    }
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": slug(&study.study.name),
        "title": study.study.name,
        "description": language.pick(
            "Dakloosheid naar ETHOS Light-categorie. De status van elk cijfer zegt waarom er een getal staat of niet.",
            "Homelessness by ETHOS Light category. The status of every figure says why a number stands there or not.",
        ),
    });
    package["status"] = json!(study.publish.status.key());
    if let Some(banner) = release.banner() {
        package["banner"] = json!(banner);
    }
    if let Some(alarm) = release.alarm() {
        package["alarm"] = json!(alarm);
    }
    if let Some(licence) = &study.publish.licence {
        let mut entry = json!({ "name": licence });
        if let Some(page) = licence_page(licence) {
            entry["path"] = json!(page);
        }
        package["licenses"] = json!([entry]);
    }
    if let Some(publisher) = &study.publish.publisher {
        package["contributors"] = json!([{ "title": publisher, "role": "publisher" }]);
    }
    let sources: Vec<Value> = study
        .sources
        .iter()
        .map(|source| json!({ "title": source.title() }))
        .chain(
            notes::sources(language)
                .into_iter()
                .map(|title| json!({ "title": title })),
        )
        .collect();
    package["sources"] = json!(sources);
    package["notes"] = json!(release.notes());
    package["resources"] = Value::Array(resources);
    put_json(dir, "datapackage.json", &package)
}

/// A file with its size and hash.
fn resource(dir: &Path, path: &Path, title: &str) -> Result<Value, PublishError> {
    let full = dir.join(path);
    let bytes =
        std::fs::read(&full).map_err(|source| PublishError::Write { path: full, source })?;
    let name = path.to_string_lossy().replace('\\', "/");
    Ok(json!({
        "name": slug(name.trim_end_matches(".csv")),
        "title": title,
        "path": name,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": bytes.len(),
        "hash": format!("sha256:{}", sha256_bytes(&bytes)),
    }))
}

fn cube_schema(lists: &[List], language: Language) -> Value {
    let fields: Vec<Value> = columns()
        .iter()
        .map(|column| {
            let mut field = json!({
                "name": column.key,
                "title": column.title.in_language(language),
                "description": column.about.in_language(language),
                "type": if column.unit.is_some() { "number" } else { "string" },
                "constraints": { "required": !column.nullable },
            });
            if let Some(unit) = column.unit {
                field["unit"] = json!(unit);
            }
            if let Some(concept) = column.concept_uri() {
                field["rdfType"] = json!(concept);
            }
            field
        })
        .collect();
    let keys: Vec<Value> = columns()
        .iter()
        .filter_map(|column| {
            let list = lists.iter().find(|list| Some(list.key) == column.list)?;
            let (from, to) = reference(&column.key, list.kinds);
            let resource = slug(list.file.to_string_lossy().trim_end_matches(".csv"));
            Some(json!({
                "fields": from,
                "reference": { "resource": resource, "fields": to },
            }))
        })
        .collect();
    json!({
        "fields": fields,
        "primaryKey": KEY,
        "foreignKeys": keys,
        "missingValues": [""],
    })
}

fn codes_schema(kinds: bool) -> Value {
    let fields: Vec<Value> = schema::codes()
        .columns
        .iter()
        .map(|column| {
            let required = !column.nullable || (kinds && column.name == "kind");
            json!({
                "name": column.name,
                "description": column.description,
                "type": "string",
                "constraints": { "required": required },
            })
        })
        .collect();
    json!({ "fields": fields, "primaryKey": code_key(kinds), "missingValues": [""] })
}

/// A name of lower-case letters, digits and hyphens.
fn slug(name: &str) -> String {
    codebook::plain(name).to_lowercase().replace('_', "-")
}
