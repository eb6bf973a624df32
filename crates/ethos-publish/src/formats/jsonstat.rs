//! JSON-stat 2.0: a dataset a family, and a collection of them.

use std::path::{Path, PathBuf};

use ethos_model::cube::Family;
use ethos_model::finding::Text;
use serde_json::{Map, Value, json};

use super::codebook::{Axis, Code, Dim, Field, fields, statuses};
use super::{families, folder, package, put, put_json};
use crate::error::PublishError;
use crate::protect::SafeRow;
use crate::release::SafeRelease;

/// Writes `json/<family>.json` and `json/collection.json`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    folder(dir, "json")?;
    let language = release.context().language();
    let mut written = Vec::new();
    let mut items = Vec::new();
    for (family, rows) in families(release) {
        let name = format!("json/{}.json", family.key());
        let dataset = dataset(release, family, &rows);
        // Not indented: a municipal table has tens of thousands of figures.
        written.push(put(dir, &name, format!("{dataset}\n").as_bytes())?);
        items.push(json!({
            "class": "dataset",
            "href": format!("{}.json", family.key()),
            "label": family.title(language),
        }));
    }
    let collection = json!({
        "version": "2.0",
        "class": "collection",
        "label": release.study().study.name,
        "link": { "item": items },
    });
    written.push(put_json(dir, "json/collection.json", &collection)?);
    Ok(written)
}

/// What a level is called here: the key in the cube, for a place its code.
fn id(dim: Dim, code: &Code) -> &str {
    match dim {
        Dim::Place => &code.statline,
        _ => &code.level.1,
    }
}

fn dataset(release: &SafeRelease<'_>, family: Family, rows: &[&SafeRow]) -> Value {
    let language = release.context().language();
    let all = || rows.iter().copied();
    let axes: Vec<Axis> = Dim::ALL
        .into_iter()
        .map(|dim| Axis::of(dim, all()))
        .filter(|axis| axis.dim == Dim::Time || axis.tells())
        .collect();
    let measures = fields(all());
    let mut ids: Vec<&str> = axes.iter().map(|axis| axis.dim.key()).collect();
    ids.push("measure");
    let mut size: Vec<usize> = axes.iter().map(|axis| axis.codes.len()).collect();
    size.push(measures.len());

    let mut dimensions = Map::new();
    for axis in &axes {
        let ids: Vec<&str> = axis.codes.iter().map(|code| id(axis.dim, code)).collect();
        let labels = axis
            .codes
            .iter()
            .map(|code| {
                (
                    id(axis.dim, code).to_owned(),
                    json!(code.name.in_language(language)),
                )
            })
            .collect();
        let english = axis
            .codes
            .iter()
            .map(|code| (id(axis.dim, code).to_owned(), both(&code.name)))
            .collect();
        dimensions.insert(
            axis.dim.key().into(),
            json!({
                "label": axis.dim.name().in_language(language),
                "category": { "index": ids, "label": Value::Object(labels) },
                "extension": { "labels": Value::Object(english) },
            }),
        );
    }
    dimensions.insert("measure".into(), metric(release, &measures));

    let (mut values, mut status) = (Map::new(), Map::new());
    for row in rows {
        let mut cell = 0_usize;
        for axis in &axes {
            cell = cell * axis.codes.len() + axis.position(&row.key);
        }
        for (at, field) in measures.iter().enumerate() {
            if field.measure != row.key.measure {
                continue;
            }
            let cell = (cell * measures.len() + at).to_string();
            if let Some(value) = field.value(row.figure) {
                values.insert(cell.clone(), value.json());
            }
            status.insert(cell, json!(row.figure.status()));
        }
    }
    let words: Map<String, Value> = statuses()
        .iter()
        .map(|code| {
            (
                code.level.1.clone(),
                both(code.about.as_ref().unwrap_or(&code.name)),
            )
        })
        .collect();
    let mut extension = json!({
        "schema": "ethos-cube/1",
        "table": family.key(),
        "study": release.study().study.name,
        "release": release.study().publish.status.key(),
        "label": both(&package::title(Some(family))),
        "status": words,
    });
    if let Some(banner) = release.banner() {
        extension["banner"] = json!(banner);
    }
    if let Some(licence) = &release.study().publish.licence {
        extension["licence"] = json!(licence);
    }
    let mut role = json!({ "time": ["time"], "metric": ["measure"] });
    if axes.iter().any(|axis| axis.dim == Dim::Place) {
        role["geo"] = json!(["place"]);
    }
    let mut notes: Vec<String> = release.alarm().into_iter().map(str::to_owned).collect();
    notes.extend(release.notes());
    let mut dataset = json!({
        "version": "2.0",
        "class": "dataset",
        "label": family.title(language),
        "source": release
            .study()
            .publish
            .publisher
            .as_deref()
            .unwrap_or(&release.study().study.name),
    });
    dataset["note"] = json!(notes);
    dataset["id"] = json!(ids);
    dataset["size"] = json!(size);
    dataset["role"] = role;
    dataset["dimension"] = Value::Object(dimensions);
    dataset["value"] = Value::Object(values);
    dataset["status"] = Value::Object(status);
    dataset["extension"] = extension;
    dataset
}

/// The measures: each with its unit.
fn metric(release: &SafeRelease<'_>, measures: &[Field]) -> Value {
    let language = release.context().language();
    let keys: Vec<String> = measures.iter().map(|field| field.key()).collect();
    let of = |value: &dyn Fn(&Field) -> Value| -> Value {
        measures
            .iter()
            .map(|field| (field.key(), value(field)))
            .collect::<Map<_, _>>()
            .into()
    };
    json!({
        "label": language.pick("Maat", "Measure"),
        "category": {
            "index": keys,
            "label": of(&|field| json!(field.name().in_language(language))),
            "unit": of(&|field| json!({
                "label": field.unit().name().in_language(language),
                "decimals": field.unit().decimals(),
            })),
        },
        "extension": { "labels": of(&|field| both(&field.name())) },
    })
}

fn both(text: &Text) -> Value {
    json!({ "nl": text.nl, "en": text.en })
}
