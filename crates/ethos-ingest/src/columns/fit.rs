//! How well the cells of a column fit a field, from the first rows of a file.

use std::collections::BTreeMap;

use ethos_model::layout::{Field, FieldType, Layout, Target};

use crate::bsn::{self, BsnCell};
use crate::fields::{self, DateCell, MunicipalityCell};
use crate::layout::normalised;
use crate::mapping::{MappingTable, padded};

/// The fields of a layout by each name they are known under, as names are compared.
pub(crate) fn names(layout: &Layout) -> impl Iterator<Item = (String, usize)> {
    layout.fields.iter().enumerate().flat_map(|(at, field)| {
        std::iter::once(&field.name)
            .chain(&field.aliases)
            .map(move |name| (normalised(name), at))
    })
}

/// For each cell of a header, the field it names.
pub(crate) fn fields_of(layout: &Layout, header: &[String]) -> Vec<Option<usize>> {
    let names: BTreeMap<String, usize> = names(layout).collect();
    header
        .iter()
        .map(|name| names.get(&normalised(name)).copied())
        .collect()
}

/// Filled cells of a column in the first rows of a file, and how many of them fit a field.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Fit {
    pub(crate) filled: usize,
    pub(crate) fitting: usize,
}

impl Fit {
    /// Share of the filled cells that fit; `None` where nothing is filled.
    pub(crate) fn share(self) -> Option<f64> {
        (self.filled > 0).then(|| self.fitting as f64 / self.filled as f64)
    }
}

/// How the cells of a column fit a field; `None` for a field that says nothing of its cells, as
/// text does.
pub(crate) fn column_fit(
    field: &Field,
    mapping: Option<&MappingTable>,
    sample: &[Vec<String>],
    at: usize,
) -> Option<Fit> {
    let product = mapping.filter(|_| field.maps_to == Some(Target::Product));
    let silent = field.kind == FieldType::Text
        || (field.kind == FieldType::Code && field.codes.is_empty() && product.is_none());
    if silent {
        return None;
    }
    let mut fit = Fit::default();
    for row in sample {
        let cell = row.get(at).map_or("", |cell| cell.trim()).as_bytes();
        if !cell.is_empty() {
            fit.filled += 1;
            fit.fitting += usize::from(fits(field, product, cell));
        }
    }
    Some(fit)
}

fn fits(field: &Field, product: Option<&MappingTable>, cell: &[u8]) -> bool {
    match field.kind {
        FieldType::Bsn => !matches!(bsn::read(cell), BsnCell::Wrong),
        FieldType::Date => {
            !matches!(
                DateCell::read(cell),
                DateCell::Wrong | DateCell::Implausible
            ) || written_otherwise(cell)
        }
        FieldType::Municipality => {
            MunicipalityCell::read(cell, [None, None]) != MunicipalityCell::Unknown
        }
        FieldType::Code => product.map_or_else(
            || {
                let known = |cell: &[u8]| {
                    let codes = field.codes.keys();
                    codes
                        .into_iter()
                        .any(|code| code.as_bytes().eq_ignore_ascii_case(cell))
                };
                known(cell)
                    || padded(cell, field.width.unwrap_or(0)).is_some_and(|code| known(&code))
            },
            |mapping| mapping.get(cell).is_some(),
        ),
        FieldType::Integer => fields::is_integer(cell),
        FieldType::Decimal => fields::is_decimal(cell),
        FieldType::Age => fields::small_number(cell).is_some_and(|age| age <= 120),
        FieldType::Text => true,
    }
}

/// Whether a cell is a date in a form that is not read: `31-01-2025`, `1/31/25`.
fn written_otherwise(cell: &[u8]) -> bool {
    let parts: Vec<&[u8]> = cell
        .split(|byte| matches!(byte, b'-' | b'/' | b'.'))
        .collect();
    let number =
        |part: &[u8]| matches!(part.len(), 1 | 2 | 4) && part.iter().all(u8::is_ascii_digit);
    parts.len() == 3 && parts.iter().all(|part| number(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout;

    fn share(field: &str, cells: &[&str]) -> Option<f64> {
        let layout = layout::find("monitor-dakloosheid/2025", None).unwrap();
        let field = layout
            .fields
            .iter()
            .find(|known| known.name == field)
            .unwrap();
        let sample: Vec<Vec<String>> = cells.iter().map(|cell| vec![(*cell).to_owned()]).collect();
        column_fit(field, None, &sample, 0)?.share()
    }

    #[test]
    fn columns_fit_by_what_is_in_them() {
        assert_eq!(share("bsn", &["123456782", "", "20250102"]), Some(0.5));
        assert_eq!(
            share("startdatum", &["20250101", "31-12-2024", "363", "x"]),
            Some(0.5)
        );
        assert_eq!(
            share("gemeentecode", &["0363", "GM0599", "9998", "Ede"]),
            Some(0.5)
        );
        assert_eq!(share("reden_einde", &["2", "19", "98", "x"]), Some(0.5));
        assert_eq!(share("startdatum", &["", " "]), None);
        assert_eq!(share("productcategorie", &["16"]), None);
    }
}
