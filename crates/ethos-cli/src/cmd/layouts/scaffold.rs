//! `ethos layouts scaffold`: a layout to begin with, from a user's own file.

use std::path::PathBuf;

use clap::Args;
use ethos_ingest::{Input, scaffold_layout};

use crate::cmd::check::Lang;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::steps::ingest_failure;

/// Write a commented layout from a file of your own
///
/// Its columns with what seems to be in them, and the codes of columns with few. No value that may be
/// somebody's is in it: no date, number or text, and only codes that are short and seen often.
#[derive(Args, Debug)]
pub(super) struct ScaffoldArgs {
    /// The file
    file: PathBuf,
    /// Language of the comments
    #[arg(long, value_name = "LANG", default_value = "nl")]
    pub(super) lang: Lang,
}

pub(super) fn run(args: &ScaffoldArgs, console: &Console) -> Result<Exit, Failure> {
    let input = Input::path(args.file.display().to_string(), &args.file);
    let text =
        scaffold_layout(&input, console.language()).map_err(|error| ingest_failure(&error))?;
    console.data(&text)?;
    Ok(Exit::Clean)
}
