//! `ethos link`: the second step alone, spells to person ids.

use std::path::PathBuf;

use clap::Args;
use ethos_link::Rule;

use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::{internal, step_files, steps};

/// Say which spells are of one person.
///
/// Reads the spells in a folder that `ethos ingest` wrote and adds `links.parquet` to it.
#[derive(Args, Debug)]
pub(crate) struct LinkArgs {
    /// Folder with the files of the steps
    #[arg(default_value = "steps")]
    dir: PathBuf,
}

pub(crate) fn run(args: &LinkArgs, console: &Console) -> Result<Exit, Failure> {
    let spells = step_files::spells(&args.dir)?;
    let mut ledger = step_files::ledger(&args.dir)?;
    // Linking again replaces what an earlier linkage, and a count after it, wrote.
    ledger
        .steps
        .retain(|step| step.step.starts_with("read ") || step.step.starts_with("person register "));
    let linked = steps::link(&spells, &mut ledger);
    ledger
        .check()
        .map_err(|error| Failure::refused(error.to_string()))?;
    let path = args.dir.join(step_files::LINKS);
    ethos_table::links::write(&path, &spells, &linked.links)
        .map_err(|error| Failure::writing(&path, &error))?;
    internal::write_json(&args.dir.join(step_files::LEDGER), &ledger)?;
    console.say(format!(
        "{} spells of {} persons, {} of them with a number",
        linked.report.spells, linked.report.persons, linked.report.keyed_persons
    ));
    for rule in Rule::ALL {
        console.say(format!(
            "  {:<28} {}",
            rule.outcome(),
            linked.report.decided_by(rule)
        ));
    }
    Ok(Exit::Clean)
}
