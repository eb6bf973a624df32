//! The protected cube in its published columns.

use ethos_model::category::EthosCategory;
use ethos_model::cube::Place;
use ethos_model::schema;
use ethos_table::{Table, TableError, Value};

use super::codebook::ALL;
use crate::protect::{Number, SafeRow};

/// Rows of the cube as a table of [`schema::cube`].
///
/// # Errors
/// A value that the schema does not allow: a mistake of this crate.
pub(super) fn table<'a>(rows: impl Iterator<Item = &'a SafeRow>) -> Result<Table, TableError> {
    let mut table = Table::new(schema::cube());
    for row in rows {
        let key = &row.key;
        let (place_kind, place) = place(&key.place);
        let level = |level: &'a Option<String>| level.as_deref().unwrap_or(ALL);
        let (lower, upper) = row.figure.limits();
        let number = |value: Option<Number>| value.map(Number::real);
        let values: [Value<'_>; 20] = [
            key.family.key().into(),
            key.time.label().into(),
            key.time.kind().into(),
            key.total.key().into(),
            place_kind.into(),
            place.into(),
            key.category.map_or(ALL, EthosCategory::key).into(),
            level(&key.sex).into(),
            level(&key.age).into(),
            level(&key.origin).into(),
            level(&key.region).into(),
            level(&key.household).into(),
            level(&key.duration).into(),
            level(&key.nationality).into(),
            level(&key.residence).into(),
            key.measure.key().into(),
            number(row.figure.number()).into(),
            number(lower).into(),
            number(upper).into(),
            row.figure.status().into(),
        ];
        table.push_row(values)?;
    }
    Ok(table)
}

fn place(place: &Place) -> (&str, String) {
    match place {
        Place::Netherlands => ("country", "NL".into()),
        Place::Region { mapping, region } => (mapping, region.clone()),
        Place::Municipality(code) => ("municipality", code.to_string()),
        Place::UnknownMunicipality => ("municipality", "unknown".into()),
    }
}
