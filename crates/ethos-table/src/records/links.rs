//! Links between spells and persons: `ethos-links/1`. Person level.

use std::path::Path;

use ethos_model::link::Links;
use ethos_model::person::PersonId;
use ethos_model::schema;
use ethos_model::spell::{RowRef, Spell};

use super::build::{booleans, integers, read_all, tokens, write_all};
use crate::error::TableError;
use crate::table::Table;

/// The person of one spell.
type Link = (RowRef, PersonId, bool);

/// The links as a table, one row a spell, in the order of the spells.
///
/// # Errors
/// There are more or fewer links than spells.
pub fn to_table(spells: &[Spell], links: &Links) -> Result<Table, TableError> {
    of_rows(&rows(spells, links)?)
}

fn rows(spells: &[Spell], links: &Links) -> Result<Vec<Link>, TableError> {
    if spells.len() != links.len() {
        return Err(TableError::conflict(format!(
            "{} links for {} spells; link these spells again",
            links.len(),
            spells.len()
        )));
    }
    Ok(spells
        .iter()
        .zip(links.person())
        .zip(links.keyed())
        .map(|((spell, person), keyed)| (spell.row, *person, *keyed))
        .collect())
}

fn of_rows(rows: &[Link]) -> Result<Table, TableError> {
    Table::from_columns(
        schema::links(),
        vec![
            integers(rows, |row| Some(row.0.delivery)),
            integers(rows, |row| Some(row.0.row)),
            tokens(rows, |row| Some(row.1.0)),
            booleans(rows, |row| row.2),
        ],
    )
}

fn rows_of(table: &Table) -> Result<Vec<Link>, TableError> {
    table.require_schema(&schema::links().id)?;
    let delivery = table.integer_field("delivery")?;
    let row_number = table.integer_field("row")?;
    let person = table.text_field("person_id")?;
    let keyed = table.boolean_field("keyed")?;
    (0..table.rows())
        .map(|row| {
            let of = RowRef {
                delivery: delivery.required(row, "a position from 0")?,
                row: row_number.required(row, "a line from 1")?,
            };
            Ok((
                of,
                PersonId(person.needed_token(row)?),
                keyed.required(row)?,
            ))
        })
        .collect()
}

fn of_spells(rows: Vec<Link>, spells: &[Spell]) -> Result<Links, TableError> {
    let same = rows.len() == spells.len()
        && rows
            .iter()
            .zip(spells)
            .all(|(link, spell)| link.0 == spell.row);
    if !same {
        return Err(TableError::conflict(format!(
            "the links ({}) are not those of these spells ({}); link the spells again",
            rows.len(),
            spells.len()
        )));
    }
    let (mut person, mut keyed) = (Vec::new(), Vec::new());
    for (_, id, is_keyed) in rows {
        person.push(id);
        keyed.push(is_keyed);
    }
    Links::new(person, keyed).ok_or_else(|| TableError::conflict("the links are incomplete"))
}

/// The links of a table, which must be those of these spells in their order.
///
/// # Errors
/// The table is another one, a cell holds no token, or the rows are not those of the spells.
pub fn from_table(table: &Table, spells: &[Spell]) -> Result<Links, TableError> {
    of_spells(rows_of(table)?, spells)
}

/// Writes the links of the spells to a file.
///
/// # Errors
/// As [`to_table`] and [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, spells: &[Spell], links: &Links) -> Result<(), TableError> {
    let rows = rows(spells, links).map_err(|error| error.in_file(path))?;
    write_all(path, &schema::links(), &rows, of_rows)
}

/// Reads the links of these spells from a file.
///
/// # Errors
/// As [`from_table`] and [`TableReader`](crate::TableReader).
pub fn read(path: &Path, spells: &[Spell]) -> Result<Links, TableError> {
    let rows = read_all(path, &schema::links(), rows_of)?;
    of_spells(rows, spells).map_err(|error| error.in_file(path))
}
