//! `ethos count`: the third step alone, persons, observed tables and capture histories.

use std::path::PathBuf;

use clap::Args;

use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::estimate_command;
use crate::pipeline::load::LoadedStudy;
use crate::pipeline::step_files;
use crate::pipeline::steps::{self, Counting};
use crate::pipeline::text;

/// Count persons on the reference dates of a study.
///
/// Reads the folder that `ethos ingest` and `ethos link` wrote and adds `cube.csv` (observed figures,
/// not protected) and `captures.csv` to it.
#[derive(Args, Debug)]
pub(crate) struct CountArgs {
    /// The study file, or the folder with `study.toml`
    study: PathBuf,
    /// Folder with the files of the steps
    #[arg(long, value_name = "DIR", default_value = "steps")]
    from: PathBuf,
    /// Also write `persons.parquet`, one row a person and time
    #[arg(long)]
    person_level: bool,
}

pub(crate) fn run(args: &CountArgs, console: &Console) -> Result<Exit, Failure> {
    let loaded = LoadedStudy::read(&args.study)?;
    let spells = step_files::spells(&args.from)?;
    let links = step_files::links(&args.from, &spells)?;
    let register = step_files::register(&args.from)?;
    let deliveries = step_files::deliveries(&args.from)?;
    let reach = ethos_ingest::reach(&loaded.study, &loaded.dir)
        .map_err(|error| steps::ingest_failure(&error))?;
    let (regions, shares) = (loaded.regions()?, loaded.split_shares()?);
    let mut ledger = step_files::ledger(&args.from)?;
    let last = ledger
        .steps
        .iter()
        .position(|step| step.step == ethos_link::PERSONS_STEP);
    ledger.steps.truncate(last.map_or(0, |at| at + 1));
    let counting = Counting {
        spells: &spells,
        links: &links,
        register: &register,
        deliveries: &deliveries,
        reach: &reach,
        regions: &regions,
        shares: &shares,
    };
    let counted = steps::count(&loaded, &counting, &mut ledger, console)?;
    ledger
        .check()
        .map_err(|error| Failure::refused(error.to_string()))?;
    step_files::write_counted(&args.from, &counted, &ledger, args.person_level)?;
    for (time, persons) in &counted.persons {
        console.say(format!(
            "{}  {}",
            time.label(),
            text::persons(persons.len() as f64)
        ));
    }
    if let (Some(section), Some(captures)) = (
        &loaded.study.estimate,
        counted.observed.captures.iter().max_by_key(|c| c.date),
    ) {
        console.say(format!(
            "next: ethos estimate {}{}",
            args.from.join(step_files::CAPTURES).display(),
            estimate_command::options(&loaded.study, section, captures)
        ));
        if !captures.strata.is_empty() {
            console.paragraph(
                "That takes the levels of a covariate by name, a run of the study in the order of the study: the same \
                 estimate, and limits from other draws, apart by about their Monte-Carlo standard errors.",
            );
        }
    }
    Ok(Exit::Clean)
}
