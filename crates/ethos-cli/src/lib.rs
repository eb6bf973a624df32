//! The `ethos` command: municipal and register extracts in, yearly tables of homelessness out.
//!
//! This crate holds no statistics and no rules: `cmd/` has one file a verb, `pipeline/` wires
//! the stages together, and the rest is arguments, progress, diagnostics and exit codes.

mod cli;
mod cmd;
mod dutch;
mod failure;
mod interrupt;
mod output;
mod pipeline;
mod progress;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::{Cli, Verb};
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// Most threads that may be asked for: starting thousands takes longer than any run.
const MAX_THREADS: usize = 256;

/// Runs the command line of this process and says how it ended.
pub fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let command = Cli::command();
    let dutch = dutch::verb(&arguments, &command);
    let command = match dutch {
        Some(verb) => dutch::command(command, verb),
        None => command,
    };
    let parsed = command
        .try_get_matches_from(arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers, not mistakes.
            let exit = if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Clean
            };
            match dutch.and_then(|verb| dutch::mistake(&error, verb)) {
                Some(text) => {
                    let _ = std::io::stderr().write_all(text.as_bytes());
                }
                None => {
                    let _ = error.print();
                }
            }
            return exit.into();
        }
    };
    interrupt::install();
    std::panic::set_hook(Box::new(failure::report_panic));
    let console = Console::new(&cli.global, cli.verb.language());
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(&cli, &console)));
    match outcome {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(failure)) => {
            let failure = failure.in_language(console.language());
            console.failure(&failure);
            failure.exit.into()
        }
        // The hook has said what there is to say.
        Err(_) => Exit::Internal.into(),
    }
}

fn run(cli: &Cli, console: &Console) -> Result<Exit, Failure> {
    if let Some(threads) = cli.global.threads {
        if threads.get() > MAX_THREADS {
            return Err(Failure::usage(format!("--threads {threads} is more than {MAX_THREADS}"))
                .with_help("more threads than cores make nothing faster; leave it out to use all cores"));
        }
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.get())
            .build_global()
            .map_err(|error| {
                Failure::internal(format!("the thread pool did not start: {error}"))
            })?;
    }
    match &cli.verb {
        Verb::Demo(args) => cmd::demo::run(args, &cli.global, console),
        Verb::Init(args) => cmd::init::run(args, console),
        Verb::Check(args) => cmd::check::run(args, console),
        Verb::Verify(args) => cmd::verify::run(args, console),
        Verb::Layouts(args) => cmd::layouts::run(args, &cli.global, console),
        Verb::Rules(args) => cmd::rules::run(args, console),
        Verb::Explain(args) => cmd::rules::explain(args, console),
        Verb::Run(args) => cmd::run::run(args, &cli.global, console),
        Verb::Ingest(args) => cmd::ingest::run(args, console),
        Verb::Link(args) => cmd::link::run(args, console),
        Verb::Count(args) => cmd::count::run(args, console),
        Verb::Estimate(args) => cmd::estimate::run(args, &cli.global, console),
        Verb::Protect(args) => cmd::protect::run(args, &cli.global, console),
        Verb::Audit(args) => cmd::audit::run(args, console),
        Verb::Publish(args) => cmd::publish::run(args, console),
        Verb::Compare(args) => cmd::compare::run(args, console),
        Verb::Simulate(args) => cmd::simulate::run(args, &cli.global, console),
        Verb::Evaluate(args) => cmd::evaluate::run(args, &cli.global, console),
        Verb::Config(args) => cmd::config::run(args, &cli.global, console),
        Verb::Schema(args) => cmd::schema::run(args, console),
        Verb::Completions(args) => cmd::completions::run(args, console),
    }
}
