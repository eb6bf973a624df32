//! `ethos simulate`: a country with known truth.

use std::path::PathBuf;

use clap::Args;
use ethos_simulate::CountryOptions;

use super::check::Lang;
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// Write a simulated country: extracts in the shipped layouts, two studies, and the truth.
///
/// Everything follows from the seed. People, numbers and municipal sizes are invented; the
/// margins in the scope of the estimate follow the published Dutch series.
#[derive(Args, Debug)]
pub(crate) struct SimulateArgs {
    /// Folder to write in; new or empty
    dir: PathBuf,
    #[command(flatten)]
    pub(crate) country: CountryArgs,
}

#[derive(Args, Debug)]
pub(crate) struct CountryArgs {
    /// Size of the country: 1 is the Netherlands
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    scale: f64,
    /// Years whose 1 January is a reference date
    #[arg(
        long,
        value_name = "YEARS",
        value_delimiter = ',',
        default_value = "2024,2025,2026"
    )]
    years: Vec<i16>,
    /// Share of rows with a mistake in them
    #[arg(long, value_name = "SHARE", default_value_t = 0.01)]
    dirt: f64,
    /// Language in which the studies publish
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: Lang,
}

impl CountryArgs {
    /// The options of the simulator.
    pub(crate) fn options(&self, global: &Global) -> CountryOptions {
        CountryOptions {
            seed: global.seed.unwrap_or(CountryOptions::default().seed),
            scale: self.scale,
            years: self.years.clone(),
            dirt: self.dirt,
            language: self.lang.into(),
        }
    }
}

pub(crate) fn run(
    args: &SimulateArgs,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let options = args.country.options(global);
    write_country(&options, &args.dir, console)?;
    console.say(format!(
        "Next: ethos run {}",
        args.dir.join("study.toml").display()
    ));
    Ok(Exit::Clean)
}

/// Writes a country and says what it is.
pub(crate) fn write_country(
    options: &CountryOptions,
    dir: &std::path::Path,
    console: &Console,
) -> Result<(), Failure> {
    let bar = console.bar("simulate");
    let truth = ethos_simulate::simulate(options, dir, &|done, total| bar.at(done, total))
        .map_err(|error| Failure::usage(error.to_string()))?;
    drop(bar);
    console.say(truth.summary());
    Ok(())
}
