//! `ethos estimate TABLE --repeated COL`: one list with repeated contacts.

use ethos_estimate::{Family, RepeatedSettings, Status, StopReason, estimate_repeated};

use super::watch::Watch;
use super::{EstimateArgs, EstimateFormat, estimate_failure};
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::repeated_file::{self, RepeatedFileOptions};
use crate::pipeline::repeated_text;

pub(super) fn run(
    args: &EstimateArgs,
    column: &str,
    global: &Global,
    console: &Console,
) -> Result<Exit, Failure> {
    let family = args.family.as_deref().map(Family::parse).transpose();
    let settings = RepeatedSettings {
        family: family.map_err(|error| estimate_failure(&error))?,
        model: args.model(),
        interval: args.interval(),
        replicates: args.replicates.map(u64::from),
        level: args.level,
        seed: global.seed,
    };
    let file = repeated_file::read(
        &args.table,
        &RepeatedFileOptions {
            times: column,
            count: args.count.as_deref(),
            strata: &args.strata,
            model: settings.model.as_deref(),
            ignore_unobserved: args.ignore_unobserved,
            date: args.date,
        },
    )?;
    for line in &file.choices {
        console.say(line);
    }
    let watch = Watch::start(console, args.max_seconds);
    let progress = |done, total| watch.at(done, total);
    let mut estimate = estimate_repeated(&file.table, &settings, Some(&progress))
        .map_err(|error| estimate_failure(&error))?;
    drop(watch);
    estimate.diagnostics.extend(file.diagnostics);
    estimate.settings.table = Some(file.reading);
    let text = match args.format {
        EstimateFormat::Json => estimate.to_json(),
        EstimateFormat::Csv => estimate.to_csv(),
        EstimateFormat::Text => repeated_text::render(&estimate),
    };
    console.data(&text)?;
    let stopped = estimate.bootstrap.as_ref().and_then(|b| b.stopped);
    Ok(if stopped == Some(StopReason::Interrupt) {
        Exit::Interrupted
    } else if estimate.population.status == Status::NotEstimable {
        Exit::Refused
    } else {
        Exit::Clean
    })
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command};

    use super::EstimateArgs;

    /// Options of capture tables are refused by name, so a new one must be sorted into either kind.
    #[test]
    fn every_option_applies_or_is_refused() {
        let mut command = EstimateArgs::augment_args(Command::new("estimate"));
        command.build();
        let applies = [
            "table",
            "repeated",
            "family",
            "count",
            "strata",
            "date",
            "model",
            "interval",
            "replicates",
            "max_seconds",
            "level",
            "ignore_unobserved",
            "format",
            "help",
        ];
        let repeated = command.get_arguments().find(|a| a.get_id() == "repeated");
        let refused = command.get_arg_conflicts_with(repeated.expect("the option is there"));
        for option in command.get_arguments().map(|a| a.get_id().as_str()) {
            let is_refused = refused.iter().any(|a| a.get_id() == option);
            assert!(
                applies.contains(&option) != is_refused,
                "`{option}` with --repeated?"
            );
        }
    }
}
