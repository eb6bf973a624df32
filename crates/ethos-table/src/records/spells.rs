//! Spells: `ethos-spells/1`. Person level.

use std::path::Path;

use ethos_model::attribute::{Attributes, Birth, NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::category::LivingSituation;
use ethos_model::schema;
use ethos_model::spell::{EndReason, LinkKey, Municipalities, RowRef, SourceId, Spell};

use super::build::{booleans, dates, integers, read_all, texts, tokens, write_all};
use super::read::AttributeFields;
use crate::error::TableError;
use crate::table::{ColumnData, Table};

/// The spells as a table, in their order.
///
/// # Errors
/// A spell has a day outside the years 1800–2200.
pub fn to_table(spells: &[Spell]) -> Result<Table, TableError> {
    let mut columns = vec![
        integers(spells, |spell| Some(spell.source.0)),
        integers(spells, |spell| Some(spell.row.delivery)),
        integers(spells, |spell| Some(spell.row.row)),
        tokens(spells, |spell| spell.key.person),
        tokens(spells, |spell| spell.key.fallback),
        texts(spells, |spell| Some(spell.category.key())),
        texts(spells, |spell| spell.situation.map(LivingSituation::code)),
        dates(spells, |spell| Some(spell.start)),
        booleans(spells, |spell| spell.start_known),
        dates(spells, |spell| spell.end),
        dates(spells, |spell| spell.observed),
        dates(spells, |spell| spell.ready_to_leave),
        dates(spells, |spell| spell.expected_on),
        integers(spells, |spell| spell.end_reason.map(|reason| reason.0)),
        texts(spells, |spell| spell.municipalities.stay),
        texts(spells, |spell| spell.municipalities.responsible),
        texts(spells, |spell| spell.municipalities.registered),
        texts(spells, |spell| spell.municipalities.origin),
    ];
    columns.extend(attribute_columns(spells, |spell| &spell.attributes));
    columns.push(integers(spells, |spell| Some(spell.children_with)));
    columns.push(integers(spells, |spell| Some(spell.children_elsewhere)));
    Table::from_columns(schema::spells(), columns)
}

/// The columns that tell of a person: `sex` up to `parent_2`.
pub(super) fn attribute_columns<T>(rows: &[T], of: impl Fn(&T) -> &Attributes) -> [ColumnData; 10] {
    [
        texts(rows, |row| of(row).sex.map(Sex::key)),
        dates(rows, |row| match of(row).birth {
            Some(Birth::On(day)) => Some(day),
            _ => None,
        }),
        integers(rows, |row| match of(row).birth {
            Some(Birth::AgedOn { age, .. }) => Some(age),
            _ => None,
        }),
        dates(rows, |row| match of(row).birth {
            Some(Birth::AgedOn { on, .. }) => Some(on),
            _ => None,
        }),
        texts(rows, |row| of(row).origin.map(Origin::key)),
        texts(rows, |row| of(row).nationality.map(NationalityGroup::key)),
        texts(rows, |row| of(row).residence.map(ResidenceStatus::key)),
        tokens(rows, |row| of(row).household),
        tokens(rows, |row| of(row).parents[0]),
        tokens(rows, |row| of(row).parents[1]),
    ]
}

/// The spells of a table.
///
/// # Errors
/// The table is another one, or a cell holds no key, token or number that a spell can have.
pub fn from_table(table: &Table) -> Result<Vec<Spell>, TableError> {
    table.require_schema(&schema::spells().id)?;
    let source = table.integer_field("source")?;
    let delivery = table.integer_field("delivery")?;
    let row_number = table.integer_field("row")?;
    let person = table.text_field("person")?;
    let fallback = table.text_field("fallback")?;
    let category = table.text_field("category")?;
    let situation = table.text_field("situation")?;
    let start = table.date_field("start")?;
    let start_known = table.boolean_field("start_known")?;
    let end = table.date_field("end")?;
    let observed = table.date_field("observed")?;
    let ready_to_leave = table.date_field("ready_to_leave")?;
    let expected_on = table.date_field("expected_on")?;
    let end_reason = table.integer_field("end_reason")?;
    let stay = table.text_field("municipality_stay")?;
    let responsible = table.text_field("municipality_responsible")?;
    let registered = table.text_field("municipality_registered")?;
    let origin = table.text_field("municipality_origin")?;
    let attributes = AttributeFields::of(table)?;
    let children_with = table.integer_field("children_with")?;
    let children_elsewhere = table.integer_field("children_elsewhere")?;
    (0..table.rows())
        .map(|row| {
            Ok(Spell {
                source: SourceId(source.required(row, "a position from 0 to 65535")?),
                row: RowRef {
                    delivery: delivery.required(row, "a position from 0")?,
                    row: row_number.required(row, "a line from 1")?,
                },
                key: LinkKey {
                    person: person.token(row)?,
                    fallback: fallback.token(row)?,
                },
                category: category.category(row)?,
                situation: situation.optional(
                    row,
                    "a living situation code such as 2a",
                    LivingSituation::from_code,
                )?,
                start: start.required(row)?,
                start_known: start_known.required(row)?,
                end: end.get(row),
                observed: observed.get(row),
                ready_to_leave: ready_to_leave.get(row),
                expected_on: expected_on.get(row),
                end_reason: end_reason
                    .optional(row, "a code from 0 to 255")?
                    .map(EndReason),
                municipalities: Municipalities {
                    stay: stay.municipality(row)?,
                    responsible: responsible.municipality(row)?,
                    registered: registered.municipality(row)?,
                    origin: origin.municipality(row)?,
                },
                attributes: attributes.read(row)?,
                children_with: children_with.required(row, "a number from 0 to 255")?,
                children_elsewhere: children_elsewhere.required(row, "a number from 0 to 255")?,
            })
        })
        .collect()
}

/// Writes the spells to a file, chunk by chunk.
///
/// # Errors
/// As [`to_table`] and [`TableWriter`](crate::TableWriter).
pub fn write(path: &Path, spells: &[Spell]) -> Result<(), TableError> {
    write_all(path, &schema::spells(), spells, to_table)
}

/// Reads the spells of a file, chunk by chunk.
///
/// # Errors
/// As [`from_table`] and [`TableReader`](crate::TableReader).
pub fn read(path: &Path) -> Result<Vec<Spell>, TableError> {
    read_all(path, &schema::spells(), from_table)
}
