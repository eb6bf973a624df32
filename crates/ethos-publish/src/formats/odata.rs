//! A folder a table in the shape of StatLine's open data (OData 4): observations in long form,
//! the codes of measures and dimensions beside them. JSON as the service answers, and CSV.
//!
//! Two columns are ours: `Status` in the observations, which tells every state of a figure apart
//! where `ValueAttribute` only says why a number is missing or a minimum, and `TitleEn` in the
//! codes.

mod sheet;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ethos_model::cube::Family;
use ethos_model::date::Time;
use ethos_model::finding::Text;
use serde_json::{Value, json};

use self::sheet::Sheet;
use super::codebook::{self, Axis, Dim, Field, Unit, fields, value_attribute};
use super::{families, folder};
use crate::error::PublishError;
use crate::protect::{Number, SafeRow};
use crate::release::SafeRelease;
use crate::words::number;

/// The dimension that tells figures on a date from those of a period; StatLine's period codes
/// are the same for both.
const TIME_KIND: &str = "SoortTelling";
const ON_DATE: &str = "STAND";
const IN_PERIOD: &str = "PERIODE";

/// Writes `odata/<family>/` and `odata/Datasets`.
pub(crate) fn write(release: &SafeRelease<'_>, dir: &Path) -> Result<Vec<PathBuf>, PublishError> {
    let language = release.context().language();
    folder(dir, "odata")?;
    let mut datasets = Sheet::new(
        "Datasets",
        &["Identifier", "Title", "Language", "ObservationCount"],
    );
    let mut written = Vec::new();
    for (family, rows) in families(release) {
        let name = format!("odata/{}", family.key());
        folder(dir, &name)?;
        let cube = Cube::of(&rows);
        let observations = cube.observations(&rows);
        datasets.push(vec![
            json!(family.key()),
            json!(family.title(language)),
            json!(language.pick("nl", "en")),
            json!(observations.rows()),
        ]);
        let mut sheets = vec![
            properties(release, family, observations.rows()),
            cube.dimensions(release),
            cube.measures(release),
        ];
        sheets.extend(cube.codes(release));
        sheets.push(observations);
        for sheet in sheets {
            written.extend(sheet.write(dir, &name)?);
        }
    }
    written.extend(datasets.write(dir, "odata")?);
    Ok(written)
}

/// What the observations of a table are told apart by.
struct Cube {
    axes: Vec<Axis>,
    fields: Vec<Field>,
    kinds: BTreeSet<&'static str>,
}

impl Cube {
    fn of(rows: &[&SafeRow]) -> Self {
        let axes = Dim::ALL
            .into_iter()
            .map(|dim| Axis::of(dim, rows.iter().copied()))
            .filter(|axis| axis.dim == Dim::Time || axis.tells())
            .collect();
        Self {
            axes,
            fields: fields(rows.iter().copied()),
            kinds: rows.iter().map(|row| kind(row.key.time)).collect(),
        }
    }

    fn has_kinds(&self) -> bool {
        self.kinds.len() > 1
    }

    fn observations(&self, rows: &[&SafeRow]) -> Sheet {
        let mut columns = vec![
            "Id",
            "Measure",
            "ValueAttribute",
            "Value",
            "StringValue",
            "Status",
        ];
        columns.extend(self.axes.iter().map(|axis| axis.dim.statline()));
        columns.extend(self.has_kinds().then_some(TIME_KIND));
        let mut sheet = Sheet::new("Observations", &columns);
        for row in rows {
            let fields = self
                .fields
                .iter()
                .filter(|field| field.measure == row.key.measure);
            for field in fields {
                let value = field.value(row.figure);
                let status = row.figure.status();
                let mut cells = vec![
                    json!(sheet.rows()),
                    json!(field.statline()),
                    json!(value_attribute(status, value.is_some())),
                    value.map_or(Value::Null, Number::json),
                    Value::Null,
                    json!(status),
                ];
                cells.extend(
                    self.axes
                        .iter()
                        .map(|axis| json!(axis.code(&row.key).statline)),
                );
                cells.extend(self.has_kinds().then(|| json!(kind(row.key.time))));
                sheet.push(cells);
            }
        }
        sheet
    }

    fn dimensions(&self, release: &SafeRelease<'_>) -> Sheet {
        let language = release.context().language();
        let mut sheet = Sheet::new(
            "Dimensions",
            &[
                "Identifier",
                "Title",
                "TitleEn",
                "Kind",
                "ContainsGroups",
                "ContainsCodes",
            ],
        );
        let mut push = |key: &str, name: Text, kind: &str, groups: bool| {
            sheet.push(vec![
                json!(key),
                json!(name.in_language(language)),
                json!(name.en),
                json!(kind),
                json!(groups),
                json!(true),
            ]);
        };
        for axis in &self.axes {
            let kind = match axis.dim {
                Dim::Time => "TimeDimension",
                Dim::Place => "GeoDimension",
                _ => "Dimension",
            };
            push(
                axis.dim.statline(),
                axis.dim.name(),
                kind,
                axis.dim == Dim::Place,
            );
        }
        if self.has_kinds() {
            push(
                TIME_KIND,
                Text::new("Soort telling", "Kind of count"),
                "Dimension",
                false,
            );
        }
        sheet
    }

    fn measures(&self, release: &SafeRelease<'_>) -> Sheet {
        let language = release.context().language();
        let mut sheet = Sheet::new(
            "MeasureCodes",
            &[
                "Identifier",
                "Index",
                "Title",
                "TitleEn",
                "Description",
                "MeasureGroupId",
                "DataType",
                "Unit",
                "Decimals",
            ],
        );
        for (at, field) in self.fields.iter().enumerate() {
            let name = field.name();
            sheet.push(vec![
                json!(field.statline()),
                json!(at + 1),
                json!(name.in_language(language)),
                json!(name.en),
                json!(field.key()),
                Value::Null,
                json!(if field.unit().decimals() == 0 {
                    "Long"
                } else {
                    "Double"
                }),
                json!(match field.unit() {
                    Unit::Persons => language.pick("aantal", "number").to_owned(),
                    unit => unit.name().in_language(language).to_owned(),
                }),
                json!(field.unit().decimals()),
            ]);
        }
        sheet
    }

    /// Codes and groups of every dimension.
    fn codes(&self, release: &SafeRelease<'_>) -> Vec<Sheet> {
        let language = release.context().language();
        let mut sheets = Vec::new();
        for axis in &self.axes {
            let mut groups: Vec<&Text> = Vec::new();
            let mut codes = codes_sheet(axis.dim.statline());
            let mut seen = BTreeSet::new();
            for code in &axis.codes {
                // A date and the year it begins have one period code.
                if !seen.insert(code.statline.as_str()) {
                    continue;
                }
                let group = code.group.as_ref().map(|group| {
                    let at = groups.iter().position(|found| *found == group);
                    at.unwrap_or_else(|| {
                        groups.push(group);
                        groups.len() - 1
                    })
                });
                let year = code.statline.strip_suffix("JJ00");
                let about = code.about.as_ref().map(|about| about.in_language(language));
                codes.push(vec![
                    json!(code.statline),
                    json!(seen.len()),
                    json!(year.unwrap_or(code.name.in_language(language))),
                    json!(year.unwrap_or(&code.name.en)),
                    json!(about),
                    json!(group),
                ]);
            }
            let mut listed = groups_sheet(axis.dim.statline());
            for (at, group) in groups.into_iter().enumerate() {
                listed.push(vec![
                    json!(at),
                    json!(at + 1),
                    json!(group.in_language(language)),
                    json!(group.en),
                    Value::Null,
                ]);
            }
            sheets.extend([codes, listed]);
        }
        if self.has_kinds() {
            let mut codes = codes_sheet(TIME_KIND);
            for (code, name) in [
                (
                    ON_DATE,
                    Text::new("Op de peildatum", "On the reference date"),
                ),
                (
                    IN_PERIOD,
                    Text::new("Op enige dag in de periode", "On any day of the period"),
                ),
            ] {
                codes.push(vec![
                    json!(code),
                    json!(codes.rows() + 1),
                    json!(name.in_language(language)),
                    json!(name.en),
                    Value::Null,
                    Value::Null,
                ]);
            }
            sheets.extend([codes, groups_sheet(TIME_KIND)]);
        }
        sheets
    }
}

fn codes_sheet(dimension: &str) -> Sheet {
    Sheet::new(
        &format!("{dimension}Codes"),
        &[
            "Identifier",
            "Index",
            "Title",
            "TitleEn",
            "Description",
            "DimensionGroupId",
        ],
    )
}

fn groups_sheet(dimension: &str) -> Sheet {
    Sheet::new(
        &format!("{dimension}Groups"),
        &["Id", "Index", "Title", "TitleEn", "ParentId"],
    )
}

fn kind(time: Time) -> &'static str {
    match time {
        Time::On(_) => ON_DATE,
        Time::AnyDayIn(_) => IN_PERIOD,
    }
}

/// What the table is. StatLine answers one object; here it is a list of one.
fn properties(release: &SafeRelease<'_>, family: Family, observations: usize) -> Sheet {
    let language = release.context().language();
    let study = release.study();
    let mut sheet = Sheet::new(
        "Properties",
        &[
            "Identifier",
            "Title",
            "TitleEn",
            "Description",
            "Language",
            "Catalog",
            "Source",
            "License",
            "TimeCoverage",
            "Status",
            "ObservationCount",
        ],
    );
    let title = codebook::of_both(|language| family.title(language).into());
    let mut about: Vec<String> = release.alarm().into_iter().map(str::to_owned).collect();
    about.extend(release.banner().map(str::to_owned));
    about.extend(release.notes());
    let dates: Vec<String> = study
        .study
        .reference_dates
        .iter()
        .map(|day| number::day(*day, language))
        .collect();
    sheet.push(vec![
        json!(family.key()),
        json!(title.in_language(language)),
        json!(title.en),
        json!(about.join(" ")),
        json!(language.pick("nl", "en")),
        json!(study.study.name),
        json!(study.publish.publisher),
        json!(study.publish.licence),
        json!(dates.join(", ")),
        json!(study.publish.status.name(language)),
        json!(observations),
    ]);
    sheet
}
