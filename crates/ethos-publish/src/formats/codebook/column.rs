//! What there is to say of each column of the published cube.

use std::collections::BTreeMap;

use ethos_model::finding::Text;
use ethos_model::schema;
use ethos_table::ColumnNotes;

/// A column of the cube.
#[derive(Clone, Debug)]
pub(in super::super) struct Column {
    /// Name of the column.
    pub(in super::super) key: String,
    /// Title.
    pub(in super::super) title: Text,
    /// What it holds.
    pub(in super::super) about: Text,
    /// Unit of a number.
    pub(in super::super) unit: Option<&'static str>,
    /// The list that its values are from, a file of `codes/`.
    pub(in super::super) list: Option<&'static str>,
    /// The concept it is known by elsewhere, in the vocabulary of the RDF Data Cube.
    pub(in super::super) concept: Option<&'static str>,
    /// Whether a row may leave it empty.
    pub(in super::super) nullable: bool,
}

/// Title, Dutch description, unit, code list and concept of a column.
type Words = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<&'static str>,
);

const DIMENSION: &str = "http://purl.org/linked-data/sdmx/2009/dimension#";
const MEASURE: &str = "http://purl.org/linked-data/sdmx/2009/measure#";
const ATTRIBUTE: &str = "http://purl.org/linked-data/sdmx/2009/attribute#";

/// What is known of a column beside its schema.
fn words(key: &str) -> Words {
    let persons = Some("persons");
    match key {
        "table" => (
            "Tabel",
            "Table",
            "de tabel waarin het cijfer staat",
            "table",
            None,
            None,
        ),
        "time" => (
            "Peilmoment",
            "Time",
            "de peildatum, of de eerste dag en de eerste dag erna van een periode",
            "time",
            Some("refPeriod"),
            None,
        ),
        "time_kind" => (
            "Soort peilmoment",
            "Kind of time",
            "point: op de peildatum; period: op enige dag van de periode",
            "",
            None,
            None,
        ),
        "total" => (
            "Populatie",
            "Population",
            "over wie het cijfer gaat; nooit door elkaar",
            "total",
            None,
            None,
        ),
        "place_kind" => (
            "Soort regio",
            "Kind of place",
            "het land, de regio-indeling, of gemeente",
            "",
            None,
            None,
        ),
        "place" => (
            "Regio",
            "Place",
            "NL, een regio, een gemeentecode op het peilmoment, of unknown: onbekend",
            "place",
            Some("refArea"),
            None,
        ),
        "category" => (
            "Categorie",
            "Category",
            "de ETHOS Light-categorie, unknown: onbekend, of all: alle samen",
            "category",
            None,
            None,
        ),
        "sex" => (
            "Geslacht",
            "Sex",
            "het geslacht, unknown: onbekend, of all: alle samen",
            "sex",
            Some("sex"),
            None,
        ),
        "age" => (
            "Leeftijd",
            "Age",
            "de leeftijd in hele jaren, unknown: onbekend, of all: alle samen",
            "age",
            Some("age"),
            None,
        ),
        "origin" => (
            "Herkomst",
            "Origin",
            "de herkomst, unknown: onbekend, of all: alle samen",
            "origin",
            None,
            None,
        ),
        "region" => (
            "Regio van inschrijving",
            "Region of registration",
            "de regio waarin iemand is ingeschreven, of all: alle samen",
            "region",
            None,
            None,
        ),
        "household" => (
            "Huishouden",
            "Household",
            "het soort huishouden, unknown: onbekend, of all: alle samen",
            "household",
            None,
            None,
        ),
        "duration" => (
            "Duur",
            "Duration",
            "hoe lang de situatie duurt op de peildatum, unknown: onbekend, of all: alle samen",
            "duration",
            None,
            None,
        ),
        "nationality" => (
            "Nationaliteit",
            "Nationality",
            "de groep van nationaliteiten, unknown: onbekend, of all: alle samen",
            "nationality",
            None,
            None,
        ),
        "residence" => (
            "Verblijfsstatus",
            "Residence status",
            "de verblijfsstatus, unknown: onbekend, of all: alle samen",
            "residence",
            None,
            None,
        ),
        "measure" => (
            "Maat",
            "Measure",
            "wat is geteld of geschat; dat zijn verschillende maten",
            "measure",
            None,
            None,
        ),
        "value" => (
            "Waarde",
            "Value",
            "personen; leeg waar de status zegt waarom",
            "",
            None,
            persons,
        ),
        "lower" => (
            "Ondergrens",
            "Lower limit",
            "ondergrens van een schatting, personen",
            "",
            None,
            persons,
        ),
        "upper" => (
            "Bovengrens",
            "Upper limit",
            "bovengrens van een schatting, personen; leeg waar er geen is",
            "",
            None,
            persons,
        ),
        "status" => (
            "Status",
            "Status",
            "waarom er een getal staat of niet",
            "status",
            Some("obsStatus"),
            None,
        ),
        _ => ("", "", "", "", None, None),
    }
}

/// Every column of the cube, in the order of its schema.
pub(in super::super) fn columns() -> Vec<Column> {
    schema::cube()
        .columns
        .into_iter()
        .map(|column| {
            let (title_nl, title_en, about, list, concept, unit) = words(&column.name);
            Column {
                title: Text::new(title_nl, title_en),
                about: Text::new(about, column.description),
                unit,
                list: (!list.is_empty()).then_some(list),
                concept,
                nullable: column.nullable,
                key: column.name,
            }
        })
        .collect()
}

impl Column {
    /// The full name of the concept.
    pub(in super::super) fn concept_uri(&self) -> Option<String> {
        let space = match self.key.as_str() {
            "value" => return Some(format!("{MEASURE}obsValue")),
            "status" => ATTRIBUTE,
            _ => DIMENSION,
        };
        Some(format!("{space}{}", self.concept?))
    }

    /// The file of its code list, seen from the top of the release.
    pub(in super::super) fn code_list(&self) -> Option<String> {
        Some(format!("codes/{}.csv", self.list?))
    }
}

/// The columns' words as metadata of fields.
pub(in super::super) fn notes() -> ColumnNotes {
    columns()
        .into_iter()
        .map(|column| {
            let mut notes = BTreeMap::from([
                ("title_nl".to_owned(), column.title.nl.clone()),
                ("title_en".to_owned(), column.title.en.clone()),
                ("description_nl".to_owned(), column.about.nl.clone()),
                ("description_en".to_owned(), column.about.en.clone()),
            ]);
            if let Some(unit) = column.unit {
                notes.insert("unit".to_owned(), unit.to_owned());
            }
            if let Some(list) = column.code_list() {
                notes.insert("code_list".to_owned(), list);
            }
            (column.key, notes)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_its_words() {
        for column in columns() {
            assert!(!column.title.nl.is_empty(), "{}", column.key);
            assert!(!column.about.nl.is_empty() && !column.about.en.is_empty());
        }
    }
}
