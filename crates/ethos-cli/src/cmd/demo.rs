//! `ethos demo`: a simulated country, counted, estimated, published, and held against its truth.

use std::path::PathBuf;

use clap::Args;

use super::evaluate;
use super::run::report;
use super::simulate::{CountryArgs, write_country};
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::load::LoadedStudy;
use crate::pipeline::run::{RunOptions, run as run_study};

/// Make a simulated country, count it, estimate it, publish it, and hold the result against the
/// truth: the first thing to try.
///
/// Two studies are written and run: `study.toml` (registers and shelters, with an estimate) and
/// `telling.toml` (a count day, which no register can be linked to). A few seconds, 25 MB.
#[derive(Args, Debug)]
pub(crate) struct DemoArgs {
    /// Folder to write in; new, empty, or made by an earlier demo
    #[arg(default_value = "demo")]
    dir: PathBuf,
    #[command(flatten)]
    country: CountryArgs,
}

pub(crate) fn run(args: &DemoArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    let options = args.country.options(global);
    console.heading("1. A country with known truth");
    write_country(&options, &args.dir, console)?;
    let runs = [
        (
            "study.toml",
            "out",
            "2. The registers and shelters: counted and estimated",
        ),
        (
            "telling.toml",
            "out-telling",
            "3. The count day: all seven categories, no number to link by",
        ),
    ];
    for (study, out, heading) in runs {
        console.say("");
        console.heading(heading);
        let loaded = LoadedStudy::read(&args.dir.join(study))?;
        let outcome = run_study(&loaded, &args.dir.join(out), RunOptions::default(), console)?;
        report(&outcome, loaded.study.publish.language, console);
    }
    console.say("");
    console.heading("4. Held against the truth, which a real country does not tell");
    evaluate::against_truth(
        &args.dir.join("out"),
        &args.dir.join("truth"),
        false,
        console,
    )?;
    console.say("");
    console.say(format!(
        "Open   {}",
        args.dir.join("out/release/report.html").display()
    ));
    console.say(format!(
        "       {}",
        args.dir.join("out/release/tables.xlsx").display()
    ));
    console.say(format!(
        "Why    {}",
        args.dir.join("out/internal/overlap.html").display()
    ));
    console.say(format!(
        "Change {} and: ethos run {} --out {}",
        args.dir.join("study.toml").display(),
        args.dir.display(),
        args.dir.join("out").display()
    ));
    Ok(Exit::Clean)
}
