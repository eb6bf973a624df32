//! Between our tables and Arrow's record batches.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use arrow::buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow::compute::{CastOptions, cast_with_options};
use arrow::datatypes::{DataType, Date32Type, Field, Float64Type, Int64Type, Schema, SchemaRef};
use ethos_model::date::Day;
use ethos_model::schema::{Column, ColumnType, TableSchema};

use super::ColumnNotes;
use super::number::Shortest;
use crate::error::{TableError, TableErrorKind};
use crate::table::{ColumnData, TextColumn};

/// Key of the schema's id in a file's metadata.
pub(super) const SCHEMA_KEY: &str = "ethos:schema";
/// Key of what a row is in a file's metadata.
pub(super) const ROW_KEY: &str = "ethos:row";
/// Key of a column's description, units included, in its metadata.
const DESCRIPTION_KEY: &str = "description";

/// The schema in Arrow's terms, with its id, descriptions and what else there is to say of a
/// column. Arrow writes metadata in the order of its keys.
pub(super) fn arrow_schema(schema: &TableSchema, notes: &ColumnNotes) -> SchemaRef {
    let fields: Vec<Field> = schema
        .columns
        .iter()
        .map(|column| {
            let mut metadata =
                HashMap::from([(DESCRIPTION_KEY.to_owned(), column.description.clone())]);
            for (key, value) in notes.get(&column.name).into_iter().flatten() {
                metadata.insert(key.clone(), value.clone());
            }
            Field::new(&column.name, arrow_type(column.kind), column.nullable)
                .with_metadata(metadata)
        })
        .collect();
    Arc::new(Schema::new_with_metadata(
        fields,
        HashMap::from([
            (SCHEMA_KEY.to_owned(), schema.id.clone()),
            (ROW_KEY.to_owned(), schema.row.clone()),
        ]),
    ))
}

fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Real => DataType::Float64,
        ColumnType::Date => DataType::Date32,
        ColumnType::Boolean => DataType::Boolean,
    }
}

/// Some rows of a table.
pub(super) fn to_batch(
    schema: &SchemaRef,
    columns: &[ColumnData],
    rows: Range<usize>,
) -> Result<RecordBatch, TableError> {
    let arrays = columns
        .iter()
        .map(|data| to_array(data, rows.clone()))
        .collect::<Result<Vec<_>, _>>()?;
    RecordBatch::try_new(Arc::clone(schema), arrays)
        .map_err(|error| TableError::damaged("Arrow", error))
}

fn to_array(data: &ColumnData, rows: Range<usize>) -> Result<ArrayRef, TableError> {
    Ok(match data {
        ColumnData::Text(cells) => Arc::new(to_strings(cells, rows)?),
        ColumnData::Integer(cells) => Arc::new(Int64Array::from(cells[rows].to_vec())),
        ColumnData::Real(cells) => Arc::new(Float64Array::from(cells[rows].to_vec())),
        ColumnData::Date(cells) => Arc::new(
            cells[rows]
                .iter()
                .map(|cell| cell.map(|day| day.0))
                .collect::<Date32Array>(),
        ),
        ColumnData::Boolean(cells) => Arc::new(BooleanArray::from(cells[rows].to_vec())),
    })
}

fn to_strings(cells: &TextColumn, rows: Range<usize>) -> Result<StringArray, TableError> {
    let (text, ends, present) = cells.slice(rows);
    let mut offsets = Vec::with_capacity(present.len() + 1);
    offsets.push(0_i32);
    for end in ends {
        offsets.push(i32::try_from(end).map_err(|_| {
            TableError::conflict("the texts of one chunk of rows take more than 2 GB")
        })?);
    }
    let nulls = present
        .contains(&false)
        .then(|| NullBuffer::from(present.to_vec()));
    StringArray::try_new(
        OffsetBuffer::new(ScalarBuffer::from(offsets)),
        Buffer::from(text.as_bytes()),
        nulls,
    )
    .map_err(|error| TableError::damaged("Arrow", error))
}

/// A column of a batch as the schema wants it. Other widths of the same kind of value are
/// taken; anything else is refused, and no value is changed.
pub(super) fn from_array(array: &ArrayRef, column: &Column) -> Result<ColumnData, TableError> {
    let found = array.data_type();
    let taken = match column.kind {
        _ if *found == DataType::Null => true,
        ColumnType::Text => is_text(found),
        ColumnType::Integer => found.is_integer() || is_whole(array),
        ColumnType::Real => found.is_numeric() && !is_decimal(found),
        ColumnType::Date => matches!(found, DataType::Date32 | DataType::Date64),
        ColumnType::Boolean => *found == DataType::Boolean,
    };
    if !taken {
        return Err(TableErrorKind::Type {
            expected: column.kind,
            found: found.to_string(),
        }
        .into());
    }
    let array = cast(array, &arrow_type(column.kind))?;
    Ok(match column.kind {
        ColumnType::Text => {
            let mut cells = TextColumn::new();
            for cell in array.as_string::<i32>() {
                cells.push(cell);
            }
            ColumnData::Text(cells)
        }
        ColumnType::Integer => {
            ColumnData::Integer(array.as_primitive::<Int64Type>().iter().collect())
        }
        ColumnType::Real => ColumnData::Real(array.as_primitive::<Float64Type>().iter().collect()),
        ColumnType::Date => ColumnData::Date(
            array
                .as_primitive::<Date32Type>()
                .iter()
                .map(|day| day.map(Day))
                .collect(),
        ),
        ColumnType::Boolean => ColumnData::Boolean(array.as_boolean().iter().collect()),
    })
}

/// A column of any simple type as text: whole numbers and reals in their shortest form, truth
/// values as 1 and 0, dates as `YYYY-MM-DD`.
pub(crate) fn cast_to_text(array: &ArrayRef, cells: &mut TextColumn) -> Result<(), TableError> {
    let found = array.data_type();
    if found.is_nested() && !matches!(found, DataType::Dictionary(_, _)) {
        return Err(TableError::conflict(format!(
            "a column of type {found} does not fit a plain table; leave it out or split it"
        )));
    }
    if matches!(
        found,
        DataType::Float16 | DataType::Float32 | DataType::Float64
    ) {
        // Through its own digits: 0.1 as a 32-bit number is 0.1, not 0.10000000149011612.
        if *found == DataType::Float32 {
            for cell in array.as_primitive::<arrow::datatypes::Float32Type>() {
                cells.push_display(cell);
            }
        } else {
            for cell in cast(array, &DataType::Float64)?.as_primitive::<Float64Type>() {
                cells.push_display(cell.map(Shortest));
            }
        }
    } else if *found == DataType::Boolean {
        for cell in array.as_boolean() {
            cells.push(cell.map(|truth| if truth { "1" } else { "0" }));
        }
    } else {
        for cell in cast(array, &DataType::Utf8)?.as_string::<i32>() {
            cells.push(cell.filter(|text| !text.is_empty()));
        }
    }
    Ok(())
}

fn cast(array: &ArrayRef, to: &DataType) -> Result<ArrayRef, TableError> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    // A value that does not fit is an error, not an empty cell.
    let strict = CastOptions {
        safe: false,
        ..CastOptions::default()
    };
    cast_with_options(array, to, &strict).map_err(|error| TableError::conflict(error.to_string()))
}

fn is_text(kind: &DataType) -> bool {
    match kind {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, values) => is_text(values),
        _ => false,
    }
}

fn is_decimal(kind: &DataType) -> bool {
    !kind.is_integer() && !kind.is_floating()
}

/// Whether a column of reals holds whole numbers only, as programs write them that have no
/// empty cells for whole numbers.
fn is_whole(array: &ArrayRef) -> bool {
    *array.data_type() == DataType::Float64
        && array
            .as_primitive::<Float64Type>()
            .iter()
            .flatten()
            .all(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0)
}
