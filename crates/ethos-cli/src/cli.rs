//! The words of the command line.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use ethos_model::category::Language;

use crate::cmd;

/// Count homelessness by ETHOS Light category and estimate whom no list saw.
///
/// Municipal and register extracts go in; yearly national and municipal tables come out,
/// reproducible to the byte. Start with `ethos demo`.
#[derive(Parser, Debug)]
#[command(
    name = "ethos",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    #[command(flatten, next_help_heading = "Global options")]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Options of every verb.
#[derive(Args, Debug)]
pub(crate) struct Global {
    /// Threads to use; the output does not depend on it [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Seed of every random stream, in place of the study's or the printed default
    #[arg(long, global = true, value_name = "SEED")]
    pub(crate) seed: Option<u64>,
    /// Say nothing but errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    /// Colour on the terminal
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
}

#[derive(Copy, Clone, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Verb {
    /// Make a simulated country, count it and estimate it: the first thing to try
    Demo(cmd::demo::DemoArgs),
    /// Write a commented study to start from
    Init(cmd::init::InitArgs),
    /// Check senders' files: what is wrong, in which cell, and how to mend it
    Check(Box<cmd::check::CheckArgs>),
    /// Verify the receipt of a check against the files it came with
    Verify(cmd::verify::VerifyArgs),
    /// List the layouts of senders' files, or show one
    Layouts(cmd::layouts::LayoutsArgs),
    /// List the rules that files are checked by, print the rule book, look rules over
    Rules(cmd::rules::RulesArgs),
    /// Explain one rule: why it is there, how to mend what it finds, examples
    Explain(cmd::rules::ExplainArgs),
    /// Run a study: extracts to tables
    Run(cmd::run::RunArgs),
    /// First step alone: files to spells, pseudonymised
    Ingest(cmd::ingest::IngestArgs),
    /// Second step alone: spells to person ids
    Link(cmd::link::LinkArgs),
    /// Third step alone: persons, observed tables and capture histories
    Count(cmd::count::CountArgs),
    /// Estimate the people no list saw, from a capture table
    Estimate(Box<cmd::estimate::EstimateArgs>),
    /// Last step alone: a cube to protected tables
    Publish(cmd::publish::PublishArgs),
    /// Explain a change between two runs or two years: data, scope, method, rounding
    Compare(cmd::compare::CompareArgs),
    /// Protect the counts of any table against disclosure
    Protect(Box<cmd::protect::ProtectArgs>),
    /// Audit a protected table: what can a reader work out of it
    Audit(Box<cmd::audit::AuditArgs>),
    /// Make a simulated country with known truth
    Simulate(cmd::simulate::SimulateArgs),
    /// Score a run, or the estimator itself, against a known truth
    Evaluate(cmd::evaluate::EvaluateArgs),
    /// Print a study with every default filled in
    Config(cmd::config::ConfigArgs),
    /// Describe the columns of every table and the keys of the study file
    Schema(cmd::schema::SchemaArgs),
    /// Completions for a shell
    Completions(cmd::completions::CompletionsArgs),
}

impl Verb {
    /// The language that a verb speaks: what was asked for, or English where it has no other.
    pub(crate) fn language(&self) -> Language {
        match self {
            Self::Init(args) => args.language(),
            Self::Check(args) => args.language(),
            Self::Verify(args) => args.language(),
            Self::Layouts(args) => args.language(),
            Self::Rules(args) => args.language(),
            Self::Explain(args) => args.language(),
            _ => Language::En,
        }
    }
}

/// A path that may be a study file or the folder that holds `study.toml`.
pub(crate) fn study_path(path: &std::path::Path) -> PathBuf {
    if path.is_dir() {
        path.join("study.toml")
    } else {
        path.to_owned()
    }
}
