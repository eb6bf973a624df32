//! The person register: `ethos-register/1`. Person level.

use std::path::Path;

use ethos_model::person::RegisterPerson;
use ethos_model::schema;

use super::build::{dates, read_all, texts, tokens, write_all};
use super::read::AttributeFields;
use super::spells::attribute_columns;
use crate::error::TableError;
use crate::table::Table;

/// The register as a table, in its order.
///
/// # Errors
/// A person has a day outside the years 1800–2200.
pub fn to_table(persons: &[RegisterPerson]) -> Result<Table, TableError> {
    let mut columns = vec![tokens(persons, |person| Some(person.person))];
    columns.extend(attribute_columns(persons, |person| &person.attributes));
    columns.push(texts(persons, |person| person.registered));
    columns.push(dates(persons, |person| person.as_of));
    Table::from_columns(schema::register(), columns)
}

/// The persons of a table, in its order.
///
/// # Errors
/// The table is another one, or a cell holds no key or token that a person can have.
pub fn from_table(table: &Table) -> Result<Vec<RegisterPerson>, TableError> {
    table.require_schema(&schema::register().id)?;
    let person = table.text_field("person")?;
    let attributes = AttributeFields::of(table)?;
    let registered = table.text_field("municipality_registered")?;
    let as_of = table.date_field("as_of")?;
    (0..table.rows())
        .map(|row| {
            Ok(RegisterPerson {
                person: person.needed_token(row)?,
                attributes: attributes.read(row)?,
                registered: registered.municipality(row)?,
                as_of: as_of.get(row),
            })
        })
        .collect()
}

/// Writes the register to a file, chunk by chunk.
///
/// # Errors
/// As [`to_table`] and [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, persons: &[RegisterPerson]) -> Result<(), TableError> {
    write_all(path, &schema::register(), persons, to_table)
}

/// Reads a register, sorted by person as the count looks people up.
///
/// # Errors
/// As [`from_table`] and [`TableReader`](crate::TableReader).
pub fn read(path: &Path) -> Result<Vec<RegisterPerson>, TableError> {
    let mut persons = read_all(path, &schema::register(), from_table)?;
    persons.sort_by_key(|person| person.person);
    Ok(persons)
}
