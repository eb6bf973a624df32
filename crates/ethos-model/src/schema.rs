//! The documented columns of every table that crosses a crate border.

use serde::Serialize;

/// Type of a column, in the terms of every file format we write.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// UTF-8 text.
    Text,
    /// Whole number, 64 bits signed.
    Integer,
    /// 64-bit floating point.
    Real,
    /// Civil day.
    Date,
    /// True or false.
    Boolean,
}

/// A column.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type.
    pub kind: ColumnType,
    /// Whether a row may leave it empty.
    pub nullable: bool,
    /// What it holds, with its unit.
    pub description: String,
}

/// A table's name, version and columns.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TableSchema {
    /// `name/version`, such as `ethos-spells/1`.
    pub id: String,
    /// What a row is.
    pub row: String,
    /// Columns in order.
    pub columns: Vec<Column>,
}

fn table(id: &str, row: &str, columns: &[(&str, ColumnType, bool, &str)]) -> TableSchema {
    TableSchema {
        id: id.into(),
        row: row.into(),
        columns: columns
            .iter()
            .map(|&(name, kind, nullable, description)| Column {
                name: name.into(),
                kind,
                nullable,
                description: description.into(),
            })
            .collect(),
    }
}

const NULL: bool = true;
const FULL: bool = false;

/// Spells as ingest writes them. Person level: only under `internal/` and only on request.
pub fn spells() -> TableSchema {
    use ColumnType::{Boolean, Date, Integer, Text};
    table(
        "ethos-spells/1",
        "one person in one situation at one provider",
        &[
            (
                "source",
                Integer,
                FULL,
                "position of the source in the study, 0 for the first",
            ),
            (
                "delivery",
                Integer,
                FULL,
                "position of the delivery in the run",
            ),
            (
                "row",
                Integer,
                FULL,
                "line in the delivered file, the header being 1",
            ),
            (
                "person",
                Text,
                NULL,
                "keyed hash of the citizen service number, 32 hexadecimal digits",
            ),
            (
                "fallback",
                Text,
                NULL,
                "keyed hash of the fallback key, 32 hexadecimal digits",
            ),
            (
                "category",
                Text,
                FULL,
                "ETHOS Light category key, or unknown",
            ),
            ("situation", Text, NULL, "living situation code"),
            ("start", Date, FULL, "first day"),
            (
                "start_known",
                Boolean,
                FULL,
                "whether the source gave the start",
            ),
            (
                "end",
                Date,
                NULL,
                "first day after the last; empty when not ended or not known",
            ),
            (
                "observed",
                Date,
                NULL,
                "day or night on which the person was seen there",
            ),
            (
                "ready_to_leave",
                Date,
                NULL,
                "day from which the person is ready to leave an institution",
            ),
            (
                "expected_on",
                Date,
                NULL,
                "day of an expected eviction or leaving without housing",
            ),
            (
                "end_reason",
                Integer,
                NULL,
                "end reason in the sender's code list",
            ),
            (
                "municipality_stay",
                Text,
                NULL,
                "municipality of the stay, in the file's year",
            ),
            (
                "municipality_responsible",
                Text,
                NULL,
                "responsible (delivering) municipality",
            ),
            (
                "municipality_registered",
                Text,
                NULL,
                "municipality of registration",
            ),
            (
                "municipality_origin",
                Text,
                NULL,
                "municipality the person comes from",
            ),
            ("sex", Text, NULL, "sex key"),
            ("birth_date", Date, NULL, "birth date"),
            (
                "age",
                Integer,
                NULL,
                "age in completed years where no birth date is known",
            ),
            ("age_on", Date, NULL, "day on which that was the age"),
            ("origin", Text, NULL, "origin key"),
            ("nationality", Text, NULL, "nationality group key"),
            ("residence", Text, NULL, "residence status key"),
            ("household", Text, NULL, "keyed hash of the household key"),
            (
                "parent_1",
                Text,
                NULL,
                "keyed hash of a parent's citizen service number",
            ),
            (
                "parent_2",
                Text,
                NULL,
                "keyed hash of the other parent's citizen service number",
            ),
            (
                "children_with",
                Integer,
                FULL,
                "children who stay with the person, as a number on the form",
            ),
            (
                "children_elsewhere",
                Integer,
                FULL,
                "children who live elsewhere, as a number on the form",
            ),
        ],
    )
}

/// The person register as ingest writes it. Person level.
pub fn register() -> TableSchema {
    use ColumnType::{Date, Integer, Text};
    table(
        "ethos-register/1",
        "a person of the population register",
        &[
            (
                "person",
                Text,
                FULL,
                "keyed hash of the citizen service number",
            ),
            ("sex", Text, NULL, "sex key"),
            ("birth_date", Date, NULL, "birth date"),
            (
                "age",
                Integer,
                NULL,
                "age in completed years where no birth date is known",
            ),
            ("age_on", Date, NULL, "day on which that was the age"),
            ("origin", Text, NULL, "origin key"),
            ("nationality", Text, NULL, "nationality group key"),
            ("residence", Text, NULL, "residence status key"),
            ("household", Text, NULL, "keyed hash of the household key"),
            (
                "parent_1",
                Text,
                NULL,
                "keyed hash of a parent's citizen service number",
            ),
            (
                "parent_2",
                Text,
                NULL,
                "keyed hash of the other parent's citizen service number",
            ),
            (
                "municipality_registered",
                Text,
                NULL,
                "municipality of registration; empty for a non-resident",
            ),
            ("as_of", Date, NULL, "day the register was drawn"),
        ],
    )
}

/// Links: which person each spell is of. Person level.
pub fn links() -> TableSchema {
    use ColumnType::{Boolean, Integer, Text};
    table(
        "ethos-links/1",
        "a spell",
        &[
            (
                "delivery",
                Integer,
                FULL,
                "position of the delivery in the run",
            ),
            ("row", Integer, FULL, "line in the delivered file"),
            (
                "person_id",
                Text,
                FULL,
                "the person: the hash of the number where one is known, else of the fallback key, else a token of the row",
            ),
            (
                "keyed",
                Boolean,
                FULL,
                "whether a citizen service number stands behind the id",
            ),
        ],
    )
}

/// Persons on a date or in a period. Person level.
pub fn persons() -> TableSchema {
    use ColumnType::{Boolean, Integer, Text};
    table(
        "ethos-persons/1",
        "a person on a reference date, or in a period",
        &[
            (
                "time",
                Text,
                FULL,
                "reference date, or first day/first day after of a period",
            ),
            ("person_id", Text, FULL, "the person"),
            (
                "keyed",
                Boolean,
                FULL,
                "whether a citizen service number stands behind the id",
            ),
            (
                "role",
                Text,
                FULL,
                "own, with_parent or indirectly_involved",
            ),
            (
                "category",
                Text,
                FULL,
                "category after evidence and priority",
            ),
            (
                "situation",
                Text,
                NULL,
                "living situation code of the winning spell",
            ),
            (
                "municipality_stay",
                Text,
                NULL,
                "municipality of the stay, recoded to the date",
            ),
            (
                "municipality_responsible",
                Text,
                NULL,
                "responsible municipality, recoded to the date",
            ),
            (
                "municipality_registered",
                Text,
                NULL,
                "municipality of registration, recoded to the date",
            ),
            (
                "municipality_origin",
                Text,
                NULL,
                "municipality of origin, recoded to the date",
            ),
            ("sex", Text, NULL, "sex key"),
            ("age", Integer, NULL, "age in completed years"),
            ("origin", Text, NULL, "origin key"),
            ("nationality", Text, NULL, "nationality group key"),
            ("residence", Text, NULL, "residence status key"),
            (
                "lists",
                Integer,
                FULL,
                "lists that saw the person, as bits in the study's list order",
            ),
            (
                "capture",
                Integer,
                FULL,
                "the same within the scope of the estimate; 0 when out of scope",
            ),
        ],
    )
}

/// Captures: the strata come first and the lists' 0/1 columns after them.
pub fn captures(strata: &[String], lists: &[String]) -> TableSchema {
    let mut schema = table("ethos-captures/1", "a capture history in a stratum", &[]);
    let mut push = |name: &str, kind, nullable, description: &str| {
        schema.columns.push(Column {
            name: name.into(),
            kind,
            nullable,
            description: description.into(),
        });
    };
    push(
        "reference_date",
        ColumnType::Date,
        FULL,
        "the date that the activity is of",
    );
    for stratum in strata {
        push(stratum, ColumnType::Text, FULL, "level of the stratum");
    }
    for list in lists {
        push(
            list,
            ColumnType::Integer,
            NULL,
            "1 when the list saw the persons, 0 when it looked and did not, blank when it cannot see them",
        );
    }
    push("count", ColumnType::Integer, FULL, "persons");
    schema
}

/// Estimates, one row a scope and stratum.
pub fn estimates() -> TableSchema {
    use ColumnType::{Date, Integer, Real, Text};
    table(
        "ethos-estimates/1",
        "an estimate of a stratum or of the population",
        &[
            ("reference_date", Date, FULL, "the date the estimate is of"),
            (
                "by",
                Text,
                FULL,
                "population, or level=value of each stratum, joined by a semicolon",
            ),
            ("observed", Integer, FULL, "persons observed"),
            ("unobserved", Real, NULL, "persons no list saw"),
            ("estimate", Real, NULL, "persons in all"),
            (
                "se",
                Real,
                NULL,
                "standard error: sampling with N fixed plus the unseen",
            ),
            ("lower", Real, NULL, "lower limit"),
            ("upper", Real, NULL, "upper limit; empty when unbounded"),
            ("level", Real, FULL, "confidence level"),
            ("interval", Text, FULL, "method of the interval"),
            ("status", Text, FULL, "ok, unbounded or not_estimable"),
            ("model", Text, FULL, "the model in bracket notation"),
        ],
    )
}

/// The publication cube.
pub fn cube() -> TableSchema {
    use ColumnType::{Real, Text};
    table(
        "ethos-cube/1",
        "a published figure",
        &[
            ("table", Text, FULL, "table family"),
            (
                "time",
                Text,
                FULL,
                "reference date, or first day/first day after of a period",
            ),
            ("time_kind", Text, FULL, "point or period"),
            (
                "total",
                Text,
                FULL,
                "homeless, threatened or estimate_scope; never mixed",
            ),
            (
                "place_kind",
                Text,
                FULL,
                "country, the region mapping, or municipality",
            ),
            (
                "place",
                Text,
                FULL,
                "NL, a region, a municipality code at the date, or unknown",
            ),
            (
                "category",
                Text,
                FULL,
                "ETHOS Light category key, unknown, or all",
            ),
            ("sex", Text, FULL, "sex key, unknown, or all"),
            (
                "age",
                Text,
                FULL,
                "age band in completed years, unknown, or all",
            ),
            ("origin", Text, FULL, "origin key, unknown, or all"),
            (
                "region",
                Text,
                FULL,
                "region level of the estimate's strata, or all",
            ),
            (
                "household",
                Text,
                FULL,
                "kind of household, unknown, or all",
            ),
            (
                "duration",
                Text,
                FULL,
                "band of how long the situation lasted, unknown, or all",
            ),
            (
                "nationality",
                Text,
                FULL,
                "nationality group, unknown, or all",
            ),
            ("residence", Text, FULL, "residence status, unknown, or all"),
            (
                "measure",
                Text,
                FULL,
                "what is counted; observed and estimated are different measures",
            ),
            (
                "value",
                Real,
                NULL,
                "persons, or what the measure says; empty where the status says why",
            ),
            (
                "lower",
                Real,
                NULL,
                "lower limit of an estimate, as the value",
            ),
            (
                "upper",
                Real,
                NULL,
                "upper limit of an estimate, as the value",
            ),
            (
                "status",
                Text,
                FULL,
                "seen, zero_seen, partial, incomplete, not_collected, not_delivered, impossible, suppressed, ok, unbounded, not_estimable or given",
            ),
        ],
    )
}

/// The levels of a dimension of the publication cube, with their names and their codes in other
/// formats. `kind` and `code` are what stands in the cube.
pub fn codes() -> TableSchema {
    use ColumnType::Text;
    table(
        "ethos-codes/1",
        "a level of a dimension",
        &[
            (
                "kind",
                Text,
                NULL,
                "kind of place or of time, where the dimension has kinds",
            ),
            ("code", Text, FULL, "what stands in the cube"),
            ("name_nl", Text, FULL, "name in Dutch"),
            ("name_en", Text, FULL, "name in English"),
            ("definition_nl", Text, NULL, "what it holds, in Dutch"),
            ("definition_en", Text, NULL, "what it holds, in English"),
            ("statline", Text, FULL, "code in the StatLine-shaped folder"),
            ("sdmx", Text, FULL, "code in the SDMX files"),
        ],
    )
}

/// Findings in machine form.
pub fn findings() -> TableSchema {
    use ColumnType::{Integer, Text};
    table(
        "ethos-findings/1",
        "a finding in a sender's file",
        &[
            ("file", Text, FULL, "file relative to the study"),
            ("sheet", Text, NULL, "sheet of a workbook"),
            ("row", Integer, NULL, "line, the header being 1"),
            ("column", Text, NULL, "column name"),
            ("cell", Text, NULL, "spreadsheet address"),
            ("severity", Text, FULL, "note, warning, error or blocking"),
            ("code", Text, FULL, "rule code"),
            (
                "value",
                Text,
                FULL,
                "the value, masked but for its last two characters",
            ),
            ("message_nl", Text, FULL, "what is wrong, in Dutch"),
            ("message_en", Text, FULL, "what is wrong, in English"),
            ("fix_nl", Text, FULL, "how to mend it, in Dutch"),
            ("fix_en", Text, FULL, "how to mend it, in English"),
            (
                "suggestion",
                Text,
                NULL,
                "what to write in the cell, masked where it is personal",
            ),
            (
                "fingerprint",
                Text,
                FULL,
                "mark by which it is known again in a later file",
            ),
        ],
    )
}

/// Every fixed schema, for `ethos schema`. Captures are shown with one stratum and two lists.
pub fn all() -> Vec<TableSchema> {
    vec![
        findings(),
        spells(),
        register(),
        links(),
        persons(),
        captures(&["sex".into()], &["list_a".into(), "list_b".into()]),
        estimates(),
        cube(),
        codes(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_columns_are_unique_and_described() {
        let mut ids: Vec<String> = all().into_iter().map(|schema| schema.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), all().len());
        for schema in all() {
            let mut names: Vec<&str> = schema.columns.iter().map(|c| c.name.as_str()).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), schema.columns.len(), "{}", schema.id);
            assert!(schema.columns.iter().all(|c| !c.description.is_empty()));
        }
    }
}
