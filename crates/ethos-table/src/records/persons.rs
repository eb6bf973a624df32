//! Persons on a date or in a period: `ethos-persons/1`. Person level, written only: a count is
//! made of spells, never of this table.

use std::path::Path;

use ethos_model::attribute::{NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::category::LivingSituation;
use ethos_model::date::Time;
use ethos_model::person::Person;
use ethos_model::schema;

use super::build::{booleans, integers, texts, tokens};
use crate::error::TableError;
use crate::format::{CHUNK, TableWriter};
use crate::table::Table;

/// The persons of one time as a table.
///
/// # Errors
/// None that persons can cause; the shape of the table is checked all the same.
pub fn to_table(time: Time, persons: &[Person]) -> Result<Table, TableError> {
    let label = time.label();
    Table::from_columns(
        schema::persons(),
        vec![
            texts(persons, |_| Some(&label)),
            tokens(persons, |person| Some(person.id.0)),
            booleans(persons, |person| person.keyed),
            texts(persons, |person| Some(person.role.key())),
            texts(persons, |person| Some(person.category.key())),
            texts(persons, |person| {
                person.situation.map(LivingSituation::code)
            }),
            texts(persons, |person| person.municipalities.stay),
            texts(persons, |person| person.municipalities.responsible),
            texts(persons, |person| person.municipalities.registered),
            texts(persons, |person| person.municipalities.origin),
            texts(persons, |person| person.sex.map(Sex::key)),
            integers(persons, |person| person.age),
            texts(persons, |person| person.origin.map(Origin::key)),
            texts(persons, |person| {
                person.nationality.map(NationalityGroup::key)
            }),
            texts(persons, |person| person.residence.map(ResidenceStatus::key)),
            integers(persons, |person| Some(person.lists.0)),
            integers(persons, |person| Some(person.capture.0)),
        ],
    )
}

/// Writes the persons of every time to one file, chunk by chunk.
///
/// # Errors
/// As [`TableWriter`].
pub fn write(path: &Path, times: &[(Time, &[Person])]) -> Result<(), TableError> {
    let mut writer = TableWriter::create(path, &schema::persons())?;
    for (time, persons) in times {
        for chunk in persons.chunks(CHUNK) {
            writer.write(&to_table(*time, chunk)?)?;
        }
    }
    writer.finish()
}
