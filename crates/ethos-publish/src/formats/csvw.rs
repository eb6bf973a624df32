//! CSV on the Web: what the columns of the CSV files mean, in the W3C's vocabulary. One file for
//! the folder, and one beside each table for programs that are given only that.

use std::path::{Path, PathBuf};

use ethos_model::cube::Family;
use ethos_model::finding::Text;
use ethos_model::schema;
use serde_json::{Map, Value, json};

use super::codebook::columns;
use super::codes::List;
use super::{package, put_json};
use crate::error::PublishError;
use crate::release::SafeRelease;

/// Writes `csv/csv-metadata.json` and `csv/<table>.csv-metadata.json`.
pub(super) fn write(
    release: &SafeRelease<'_>,
    dir: &Path,
    long: &[(PathBuf, Option<Family>)],
    lists: &[List],
) -> Result<Vec<PathBuf>, PublishError> {
    let language = release.context().language().pick("nl", "en");
    let context = json!(["http://www.w3.org/ns/csvw", { "@language": language }]);
    let mut tables = Vec::new();
    for (path, family) in long {
        tables.push(json!({
            "url": file_name(path),
            "dc:title": both(&package::title(*family)),
            "tableSchema": cube_schema(lists, true),
        }));
    }
    for list in lists {
        tables.push(json!({
            "url": format!("../{}", list.file.display()),
            "dc:title": both(&list.title),
            "tableSchema": codes_schema(list.kinds),
        }));
    }
    let mut group = json!({
        "@context": context,
        "dc:title": release.study().study.name,
        "dc:language": language,
    });
    about(release, &mut group);
    group["tables"] = Value::Array(tables);
    let mut written = vec![put_json(dir, "csv/csv-metadata.json", &group)?];
    for (path, family) in long {
        let mut table = json!({
            "@context": context,
            "url": file_name(path),
            "dc:title": both(&package::title(*family)),
        });
        about(release, &mut table);
        table["tableSchema"] = cube_schema(lists, false);
        let name = format!("csv/{}-metadata.json", file_name(path));
        written.push(put_json(dir, &name, &table)?);
    }
    Ok(written)
}

/// Licence and publisher, where the study tells them.
fn about(release: &SafeRelease<'_>, object: &mut Value) {
    let settings = &release.study().publish;
    object["schema:creativeWorkStatus"] = json!(settings.status.key());
    let notes = release.notes();
    if !notes.is_empty() {
        object["rdfs:comment"] = json!(notes);
    }
    if let Some(publisher) = &settings.publisher {
        object["dc:publisher"] = json!(publisher);
    }
    if let Some(licence) = &settings.licence {
        object["dc:license"] = match package::licence_page(licence) {
            Some(page) => json!({ "@id": page }),
            None => json!(licence),
        };
    }
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}

fn both(text: &Text) -> Value {
    json!([
        { "@value": text.nl, "@language": "nl" },
        { "@value": text.en, "@language": "en" },
    ])
}

/// The schema of a long-form table. With its code lists beside it a column refers to them.
fn cube_schema(lists: &[List], refer: bool) -> Value {
    let described: Vec<Value> = columns()
        .iter()
        .map(|column| {
            let mut object = Map::new();
            object.insert("name".into(), json!(column.key));
            object.insert("titles".into(), json!({ "und": [column.key] }));
            object.insert(
                "datatype".into(),
                json!(if column.unit.is_some() {
                    "double"
                } else {
                    "string"
                }),
            );
            object.insert("required".into(), json!(!column.nullable));
            if let Some(concept) = column.concept_uri() {
                object.insert("propertyUrl".into(), json!(concept));
            }
            object.insert("dc:title".into(), both(&column.title));
            object.insert("dc:description".into(), both(&column.about));
            if let Some(unit) = column.unit {
                object.insert("schema:unitText".into(), json!(unit));
            }
            Value::Object(object)
        })
        .collect();
    let mut schema = json!({
        "columns": described,
        "primaryKey": ethos_table::cube::KEY,
    });
    if refer {
        let keys: Vec<Value> = columns()
            .iter()
            .filter_map(|column| {
                let list = lists.iter().find(|list| Some(list.key) == column.list)?;
                let (from, to) = package::reference(&column.key, list.kinds);
                Some(json!({
                    "columnReference": from,
                    "reference": {
                        "resource": format!("../{}", list.file.display()),
                        "columnReference": to,
                    },
                }))
            })
            .collect();
        schema["foreignKeys"] = Value::Array(keys);
    }
    schema
}

fn codes_schema(kinds: bool) -> Value {
    let described: Vec<Value> = schema::codes()
        .columns
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "titles": { "und": [column.name] },
                "datatype": "string",
                "required": !column.nullable || (kinds && column.name == "kind"),
                "dc:description": column.description,
            })
        })
        .collect();
    json!({ "columns": described, "primaryKey": package::code_key(kinds) })
}
