//! `ethos config`: a study with every default filled in.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::load::LoadedStudy;

#[derive(Args, Debug)]
pub(crate) struct ConfigArgs {
    /// The study file, or the folder with `study.toml`
    study: PathBuf,
}

pub(crate) fn run(args: &ConfigArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let mut loaded = LoadedStudy::read(&args.study)?;
    if let (Some(section), Some(seed)) = (&mut loaded.study.estimate, global.seed) {
        section.seed = Some(seed);
    }
    let text = toml::to_string_pretty(&loaded.study).map_err(|error| {
        Failure::internal(format!("the study cannot be written as TOML: {error}"))
    })?;
    console.data(&text)?;
    Ok(Exit::Clean)
}
