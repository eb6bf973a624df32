//! The files that the single steps hand to each other, in one folder.

use std::path::Path;

use ethos_count::Counted;
use ethos_ingest::Ingested;
use ethos_model::capture::CaptureTable;
use ethos_model::coverage::Delivery;
use ethos_model::ledger::Ledger;
use ethos_model::link::Links;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::Spell;
use ethos_table::TableError;

use super::internal::write_json;
use crate::failure::Failure;

const SPELLS: &str = "spells.parquet";
const REGISTER: &str = "register.parquet";
const DELIVERIES: &str = "deliveries.json";
const FINDINGS: &str = "findings.csv";
const CUBE: &str = "cube.csv";
const PERSONS: &str = "persons.parquet";
/// Person of every spell.
pub(crate) const LINKS: &str = "links.parquet";
/// The ledger so far.
pub(crate) const LEDGER: &str = "ledger.json";
/// Capture tables.
pub(crate) const CAPTURES: &str = "captures.csv";

/// Says what the folder is to whoever opens it.
pub(crate) const WARNING: &str = "INTERN / INTERNAL\n\n\
    Deze map bevat gegevens per persoon, zonder namen en nummers. Bewaar haar waar de leveringen\n\
    bewaard worden en deel haar niet.\n\n\
    This folder holds person-level records without names and numbers. Keep it where the extracts are\n\
    kept and do not share it.\n";

fn wrote(path: &Path, result: Result<(), TableError>) -> Result<(), Failure> {
    result.map_err(|error| Failure::writing(path, &error))
}

fn read<T>(dir: &Path, result: Result<T, TableError>, before: &str) -> Result<T, Failure> {
    result.map_err(|error| {
        Failure::input(error.to_string())
            .with_help(format!("`ethos {before}` writes it into {}", dir.display()))
    })
}

/// Writes what ingest made.
pub(crate) fn write_ingested(dir: &Path, ingested: &Ingested) -> Result<(), Failure> {
    let path = dir.join(SPELLS);
    wrote(&path, ethos_table::spells::write(&path, &ingested.spells))?;
    let path = dir.join(REGISTER);
    wrote(
        &path,
        ethos_table::register::write(&path, &ingested.register),
    )?;
    let path = dir.join(FINDINGS);
    wrote(
        &path,
        ethos_table::findings::write(&path, &ingested.findings),
    )?;
    write_json(&dir.join(DELIVERIES), &ingested.deliveries)?;
    write_json(&dir.join(LEDGER), &ingested.ledger)
}

/// Writes what count made.
pub(crate) fn write_counted(
    dir: &Path,
    counted: &Counted,
    ledger: &Ledger,
    person_level: bool,
) -> Result<(), Failure> {
    let path = dir.join(CUBE);
    wrote(
        &path,
        ethos_table::cube::write(&path, &counted.observed.cube),
    )?;
    write_captures(dir, &counted.observed.captures)?;
    if person_level {
        let path = dir.join(PERSONS);
        let persons: Vec<_> = counted
            .persons
            .iter()
            .map(|(time, persons)| (*time, persons.as_slice()))
            .collect();
        wrote(&path, ethos_table::persons::write(&path, &persons))?;
    }
    write_json(&dir.join(LEDGER), ledger)
}

/// Writes the capture tables: one file for all dates, or one a date where lists came and went.
pub(crate) fn write_captures(dir: &Path, captures: &[CaptureTable]) -> Result<(), Failure> {
    let Some((first, others)) = captures.split_first() else {
        return Ok(());
    };
    let names = |table: &CaptureTable| -> Vec<String> {
        table
            .strata
            .iter()
            .map(|stratum| stratum.name.clone())
            .chain(table.lists.clone())
            .collect()
    };
    if others.iter().all(|table| names(table) == names(first)) {
        let path = dir.join(CAPTURES);
        return wrote(&path, ethos_table::captures::write(&path, captures));
    }
    for table in captures {
        let path = dir.join(format!("captures-{}.csv", table.date));
        wrote(
            &path,
            ethos_table::captures::write(&path, std::slice::from_ref(table)),
        )?;
    }
    Ok(())
}

/// The spells.
pub(crate) fn spells(dir: &Path) -> Result<Vec<Spell>, Failure> {
    read(dir, ethos_table::spells::read(&dir.join(SPELLS)), "ingest")
}

/// The person register.
pub(crate) fn register(dir: &Path) -> Result<Vec<RegisterPerson>, Failure> {
    read(
        dir,
        ethos_table::register::read(&dir.join(REGISTER)),
        "ingest",
    )
}

/// The links of the spells.
pub(crate) fn links(dir: &Path, spells: &[Spell]) -> Result<Links, Failure> {
    read(
        dir,
        ethos_table::links::read(&dir.join(LINKS), spells),
        "link",
    )
}

/// The deliveries.
pub(crate) fn deliveries(dir: &Path) -> Result<Vec<Delivery>, Failure> {
    json(&dir.join(DELIVERIES))
}

/// The ledger so far.
pub(crate) fn ledger(dir: &Path) -> Result<Ledger, Failure> {
    json(&dir.join(LEDGER))
}

/// A record that may not be there.
pub(crate) fn optional<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, Failure> {
    if path.exists() {
        json(path).map(Some)
    } else {
        Ok(None)
    }
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = ethos_ingest::held::text(path).map_err(|error| Failure::reading(path, &error))?;
    serde_json::from_str(&text)
        .map_err(|error| Failure::input(format!("{}: {error}", path.display())))
}
