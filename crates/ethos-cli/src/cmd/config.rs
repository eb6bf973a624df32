//! `ethos config`: a study with every default filled in.

use std::path::PathBuf;

use clap::Args;

use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::load::LoadedStudy;
use crate::pipeline::run::resolved;

#[derive(Args, Debug)]
pub(crate) struct ConfigArgs {
    /// The study file, or the folder with `study.toml`
    study: PathBuf,
}

pub(crate) fn run(args: &ConfigArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let loaded = LoadedStudy::read(&args.study)?;
    console.data(&resolved(&loaded, global.seed)?)?;
    Ok(Exit::Clean)
}
