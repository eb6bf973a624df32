//! The publication cube before protection: `ethos-cube/1`.

use std::path::Path;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::{CellState, Count, Estimate, EstimateStatus};
use ethos_model::cube::{CubeKey, CubeRow, Family, Figure, Measure, Place};
use ethos_model::date::Time;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::schema;

use super::build::{read_all, reals, texts, write_all};
use super::read::{RealField, TextField};
use crate::error::TableError;
use crate::table::Table;

/// All levels of a dimension together.
const ALL: &str = "all";
const COUNTRY: &str = "country";
const NETHERLANDS: &str = "NL";
const MUNICIPALITY: &str = "municipality";
const UNKNOWN: &str = "unknown";
/// Status of a figure that was withheld; such a cube is for reading, not for publishing.
const SUPPRESSED: &str = "suppressed";
/// Whole numbers up to here are exact as real numbers.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The columns that tell a figure of the cube apart, in order.
pub const KEY: [&str; 16] = [
    "table",
    "time",
    "time_kind",
    "total",
    "place_kind",
    "place",
    "category",
    "sex",
    "age",
    "origin",
    "region",
    "household",
    "duration",
    "nationality",
    "residence",
    "measure",
];

/// The figures as a table, in their order.
///
/// # Errors
/// A figure that could not be read back: a region mapping called `country` or `municipality`,
/// a level called `all`, a count above 2⁵³, a number that is infinite or not a number.
pub fn to_table(figures: &[CubeRow]) -> Result<Table, TableError> {
    for figure in figures {
        check(figure)?;
    }
    Table::from_columns(
        schema::cube(),
        vec![
            texts(figures, |row| Some(row.key.family.key())),
            texts(figures, |row| Some(row.key.time.label())),
            texts(figures, |row| Some(row.key.time.kind())),
            texts(figures, |row| Some(row.key.total.key())),
            texts(figures, |row| Some(place_kind(&row.key.place))),
            texts(figures, |row| Some(place_name(&row.key.place))),
            texts(figures, |row| {
                Some(row.key.category.map_or(ALL, EthosCategory::key))
            }),
            texts(figures, |row| Some(level(row.key.sex.as_ref()))),
            texts(figures, |row| Some(level(row.key.age.as_ref()))),
            texts(figures, |row| Some(level(row.key.origin.as_ref()))),
            texts(figures, |row| Some(level(row.key.region.as_ref()))),
            texts(figures, |row| Some(level(row.key.household.as_ref()))),
            texts(figures, |row| Some(level(row.key.duration.as_ref()))),
            texts(figures, |row| Some(level(row.key.nationality.as_ref()))),
            texts(figures, |row| Some(level(row.key.residence.as_ref()))),
            texts(figures, |row| Some(row.key.measure.key())),
            reals(figures, |row| match row.figure {
                Figure::Count(count) => count.persons().map(|persons| persons as f64),
                Figure::Estimate(estimate) => estimate.point,
            }),
            reals(figures, |row| match row.figure {
                Figure::Count(_) => None,
                Figure::Estimate(estimate) => estimate.lower,
            }),
            reals(figures, |row| match row.figure {
                Figure::Count(_) => None,
                Figure::Estimate(estimate) => estimate.upper,
            }),
            texts(figures, |row| {
                Some(match row.figure {
                    Figure::Count(count) => count.state().key(),
                    Figure::Estimate(estimate) => estimate.status.key(),
                })
            }),
        ],
    )
}

fn level(level: Option<&String>) -> &str {
    level.map_or(ALL, String::as_str)
}

fn place_kind(place: &Place) -> &str {
    match place {
        Place::Netherlands => COUNTRY,
        Place::Region { mapping, .. } => mapping,
        Place::Municipality(_) | Place::UnknownMunicipality => MUNICIPALITY,
    }
}

fn place_name(place: &Place) -> String {
    match place {
        Place::Netherlands => NETHERLANDS.to_owned(),
        Place::Region { region, .. } => region.clone(),
        Place::Municipality(code) => code.to_string(),
        Place::UnknownMunicipality => UNKNOWN.to_owned(),
    }
}

fn check(figure: &CubeRow) -> Result<(), TableError> {
    let key = &figure.key;
    if let Place::Region { mapping, .. } = &key.place
        && (mapping == COUNTRY || mapping == MUNICIPALITY)
    {
        return Err(TableError::conflict(format!(
            "a region mapping cannot be called `{mapping}`; rename it in the study"
        )));
    }
    let levels = [
        &key.sex,
        &key.age,
        &key.origin,
        &key.region,
        &key.household,
        &key.duration,
        &key.nationality,
        &key.residence,
    ];
    if levels.into_iter().flatten().any(|level| level == ALL) {
        return Err(TableError::conflict(
            "a level cannot be called `all`, which stands for all levels together; rename it",
        ));
    }
    if let Figure::Count(count) = figure.figure
        && count
            .persons()
            .is_some_and(|persons| persons as f64 > EXACT)
    {
        return Err(TableError::conflict("a count is above 2^53"));
    }
    Ok(())
}

/// The counts of a cube as published: a number, or nothing where it is withheld. Estimates and
/// cells that were not measured are left out.
///
/// # Errors
/// The file is no cube, or a cell holds no key of its dimension.
pub fn read_published(path: &Path) -> Result<Vec<(CubeKey, Option<u64>)>, TableError> {
    read_all(path, &schema::cube(), |table| {
        table.require_schema(&schema::cube().id)?;
        let fields = Fields::of(table)?;
        let mut counts = Vec::new();
        for row in 0..table.rows() {
            let status = fields.status.string(row)?;
            if status == SUPPRESSED {
                counts.push((fields.key(row)?, None));
            } else if keyed(&EstimateStatus::ALL, EstimateStatus::key, &status).is_none()
                // Rounding makes 0 of persons who were seen.
                && let (_, Some(persons)) = fields.counted(row)?
            {
                counts.push((fields.key(row)?, Some(persons)));
            }
        }
        Ok(counts)
    })
}

/// The figures of a table, in its order.
///
/// # Errors
/// The table is another one, a cell holds no key of its dimension, a value and its status
/// contradict each other, or a figure was withheld: only an unprotected cube can be read back.
pub fn from_table(table: &Table) -> Result<Vec<CubeRow>, TableError> {
    table.require_schema(&schema::cube().id)?;
    let fields = Fields::of(table)?;
    (0..table.rows())
        .map(|row| {
            Ok(CubeRow {
                key: fields.key(row)?,
                figure: fields.figure(row)?,
            })
        })
        .collect()
}

struct Fields<'t> {
    family: TextField<'t>,
    time: TextField<'t>,
    time_kind: TextField<'t>,
    total: TextField<'t>,
    place_kind: TextField<'t>,
    place: TextField<'t>,
    category: TextField<'t>,
    levels: [TextField<'t>; 8],
    measure: TextField<'t>,
    value: RealField<'t>,
    lower: RealField<'t>,
    upper: RealField<'t>,
    status: TextField<'t>,
}

/// The value with this key.
fn keyed<T: Copy>(values: &[T], key: impl Fn(T) -> &'static str, wanted: &str) -> Option<T> {
    values.iter().copied().find(|&value| key(value) == wanted)
}

impl<'t> Fields<'t> {
    fn of(table: &'t Table) -> Result<Self, TableError> {
        Ok(Self {
            family: table.text_field("table")?,
            time: table.text_field("time")?,
            time_kind: table.text_field("time_kind")?,
            total: table.text_field("total")?,
            place_kind: table.text_field("place_kind")?,
            place: table.text_field("place")?,
            category: table.text_field("category")?,
            levels: [
                table.text_field("sex")?,
                table.text_field("age")?,
                table.text_field("origin")?,
                table.text_field("region")?,
                table.text_field("household")?,
                table.text_field("duration")?,
                table.text_field("nationality")?,
                table.text_field("residence")?,
            ],
            measure: table.text_field("measure")?,
            value: table.real_field("value")?,
            lower: table.real_field("lower")?,
            upper: table.real_field("upper")?,
            status: table.text_field("status")?,
        })
    }

    fn key(&self, row: usize) -> Result<CubeKey, TableError> {
        let time = self
            .time
            .required(row, "a date, or two with a slash", Time::parse)?;
        self.time_kind
            .required(row, "point for a date and period for two", |kind| {
                (kind == time.kind()).then_some(())
            })?;
        let [
            sex,
            age,
            origin,
            region,
            household,
            duration,
            nationality,
            residence,
        ] = &self.levels;
        let level = |field: &TextField<'_>| -> Result<Option<String>, TableError> {
            Ok(Some(field.string(row)?).filter(|level| level != ALL))
        };
        Ok(CubeKey {
            family: self
                .family
                .required(row, "the key of a table", Family::from_key)?,
            time,
            total: self
                .total
                .required(row, "homeless, threatened or estimate_scope", |text| {
                    keyed(&Total::ALL, Total::key, text)
                })?,
            place: self.place(row)?,
            category: match self.category.get(row) {
                Some(ALL) => None,
                _ => Some(self.category.category(row)?),
            },
            sex: level(sex)?,
            age: level(age)?,
            origin: level(origin)?,
            region: level(region)?,
            household: level(household)?,
            duration: level(duration)?,
            nationality: level(nationality)?,
            residence: level(residence)?,
            measure: self.measure.required(row, "the key of a measure", |text| {
                keyed(&Measure::ALL, Measure::key, text)
            })?,
        })
    }

    fn place(&self, row: usize) -> Result<Place, TableError> {
        let kind = self.place_kind.string(row)?;
        match kind.as_str() {
            COUNTRY => self.place.required(row, NETHERLANDS, |name| {
                (name == NETHERLANDS).then_some(Place::Netherlands)
            }),
            MUNICIPALITY => self
                .place
                .required(row, "a municipality code, or unknown", |name| {
                    if name == UNKNOWN {
                        Some(Place::UnknownMunicipality)
                    } else {
                        MunicipalityCode::parse(name).ok().map(Place::Municipality)
                    }
                }),
            _ => Ok(Place::Region {
                mapping: kind,
                region: self.place.string(row)?,
            }),
        }
    }

    fn figure(&self, row: usize) -> Result<Figure, TableError> {
        let status = self.status.string(row)?;
        let value = self.value.get(row);
        let (lower, upper) = (self.lower.get(row), self.upper.get(row));
        let wrong = |text: &str| Err(self.status.wrong(row, TableError::conflict(text)));
        if let Some(status) = keyed(&EstimateStatus::ALL, EstimateStatus::key, &status) {
            let figure = Estimate {
                status,
                point: value,
                lower,
                upper,
            };
            if status == EstimateStatus::NotEstimable && figure != Estimate::NONE {
                return wrong("a figure that is not estimable has no value and no limits");
            }
            return Ok(Figure::Estimate(figure));
        }
        if status == SUPPRESSED {
            return wrong(
                "the figure was withheld; publish works on the cube before protection, under internal/",
            );
        }
        let (state, persons) = self.counted(row)?;
        let count = Count::of(state, persons.unwrap_or(0));
        if count.state() != state || count.persons() != persons {
            return wrong("the value and the status contradict each other");
        }
        Ok(Figure::Count(count))
    }

    /// The state of a count, and the number.
    fn counted(&self, row: usize) -> Result<(CellState, Option<u64>), TableError> {
        let status = self.status.string(row)?;
        let wrong = |text: &str| Err(self.status.wrong(row, TableError::conflict(text)));
        let Some(state) = keyed(&CellState::ALL, CellState::key, &status) else {
            return Err(self
                .status
                .wrong(row, TableError::value("the key of a status", &status)));
        };
        if self.lower.get(row).is_some() || self.upper.get(row).is_some() {
            return wrong("a count has no limits");
        }
        let persons = match self.value.get(row) {
            None => None,
            Some(value) if (0.0..=EXACT).contains(&value) && value.fract() == 0.0 => {
                Some(value as u64)
            }
            Some(_) => return wrong("a count is a whole number of persons"),
        };
        Ok((state, persons))
    }
}

/// Writes the figures to a file.
///
/// # Errors
/// As [`to_table`] and [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, figures: &[CubeRow]) -> Result<(), TableError> {
    write_all(path, &schema::cube(), figures, to_table)
}

/// Reads the figures of a file.
///
/// # Errors
/// As [`from_table`] and [`TableReader`](crate::TableReader).
pub fn read(path: &Path) -> Result<Vec<CubeRow>, TableError> {
    read_all(path, &schema::cube(), from_table)
}
