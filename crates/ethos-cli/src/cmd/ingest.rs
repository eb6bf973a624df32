//! `ethos ingest`: the first step alone, files to spells.

use std::path::PathBuf;

use clap::Args;
use ethos_table::atomic::{OutputKind, StagedDir};

use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::load::LoadedStudy;
use crate::pipeline::{internal, step_files, steps};

/// Read, check and pseudonymise the files of a study.
///
/// Writes spells, the person register, deliveries, findings and the ledger: person-level records
/// without identifiers, to be kept where the extracts are kept.
#[derive(Args, Debug)]
pub(crate) struct IngestArgs {
    /// The study file, or the folder with `study.toml`
    study: PathBuf,
    /// Folder for the files of the steps
    #[arg(long, value_name = "DIR", default_value = "steps")]
    out: PathBuf,
}

pub(crate) fn run(args: &IngestArgs, console: &Console) -> Result<Exit, Failure> {
    let loaded = LoadedStudy::read(&args.study)?;
    let key = steps::key(&loaded)?;
    let ingested = steps::ingest(&loaded, &key, console)?;
    ingested
        .ledger
        .check()
        .map_err(|error| Failure::refused(error.to_string()))?;
    let staged =
        StagedDir::new(&args.out, OutputKind::Steps).map_err(|error| Failure::output(&error))?;
    step_files::write_ingested(staged.path(), &ingested)?;
    internal::write_text(&staged.path().join("INTERNAL.txt"), step_files::WARNING)?;
    staged.commit().map_err(|error| Failure::output(&error))?;
    console.say(format!(
        "{} spells of {} deliveries, {} persons in the register; next: ethos link {}",
        ingested.spells.len(),
        ingested.deliveries.len(),
        ingested.register.len(),
        args.out.display()
    ));
    Ok(Exit::Clean)
}
