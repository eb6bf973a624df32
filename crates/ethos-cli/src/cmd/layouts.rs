//! `ethos layouts`: the layouts of senders' files.

mod sample;
mod scaffold;
mod show;

use std::fmt::Write;
use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::{Args, Subcommand};
use ethos_ingest::layout;
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::layout::{Layout, version_faults};

use super::check::{Lang, layout_dir};
use crate::cli::Global;
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// List the layouts of senders' files, show one, or make one.
///
/// A layout is a TOML file. To make your own, print a shipped one with `show --toml` or let `scaffold`
/// make one from your file, save it in the folder layouts next to your study, change it, and name it in
/// `layout`.
#[derive(Args, Debug)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct LayoutsArgs {
    #[command(subcommand)]
    what: Option<LayoutsCommand>,
    #[command(flatten)]
    show: show::ShowArgs,
}

#[derive(Subcommand, Debug)]
enum LayoutsCommand {
    /// Show a layout column by column
    Show(show::ShowArgs),
    Scaffold(scaffold::ScaffoldArgs),
    Sample(sample::SampleArgs),
}

/// Where layouts are looked for, and the language they are shown in.
#[derive(Args, Debug)]
struct WhereArgs {
    /// Folder that holds your folders `layouts` and `mappings`
    #[arg(long, value_name = "DIR", value_parser = PathBufValueParser::new().try_map(layout_dir))]
    layout_dir: Option<PathBuf>,
    /// Language
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
}

pub(crate) fn run(args: &LayoutsArgs, global: &Global, console: &Console) -> Result<Exit, Failure> {
    match &args.what {
        Some(LayoutsCommand::Show(args)) if args.layout.is_none() => list(&args.place, console),
        Some(LayoutsCommand::Show(args)) => show::run(args, console),
        Some(LayoutsCommand::Scaffold(args)) => scaffold::run(args, console),
        Some(LayoutsCommand::Sample(args)) => sample::run(args, global, console),
        None if args.show.layout.is_none() => list(&args.show.place, console),
        None => show::run(&args.show, console),
    }
}

impl LayoutsArgs {
    pub(crate) fn language(&self) -> Language {
        let place = match &self.what {
            Some(LayoutsCommand::Show(args)) => &args.place,
            Some(LayoutsCommand::Scaffold(args)) => return args.lang.into(),
            Some(LayoutsCommand::Sample(args)) => &args.place,
            None => &self.show.place,
        };
        place.lang.into()
    }
}

fn failed(error: layout::LayoutError) -> Failure {
    Failure::usage(Text::new(error.words(Language::Nl), error.to_string()))
}

/// That there is no such layout.
fn none(id: &str) -> Failure {
    Failure::usage(Text::new(
        format!("er is geen indeling `{id}`"),
        format!("there is no layout `{id}`"),
    ))
}

/// Every layout with the days on which it holds, how sure it is, and its title.
fn list(place: &WhereArgs, console: &Console) -> Result<Exit, Failure> {
    let language = console.language();
    let listed = layout::list_with_faults(place.layout_dir.as_deref());
    let (layouts, faults) = listed.map_err(failed)?;
    let mut text = String::new();
    for layout in &layouts {
        let _ = writeln!(
            text,
            "{:<28} {:<24} {:<16} {}",
            layout.id,
            validity(layout, language),
            show::status(layout.status, language),
            layout.title.in_language(language)
        );
    }
    console.data(&text)?;
    for fault in version_faults(&layouts) {
        console.say(fault.words(language));
    }
    for fault in &faults {
        console.say(fault.words(language));
    }
    Ok(if faults.is_empty() {
        Exit::Clean
    } else {
        Exit::Findings
    })
}

/// The days on which files are in a layout: `2024-01-01 – 2024-12-31`.
fn validity(layout: &Layout, language: Language) -> String {
    span(layout.valid_from, layout.valid_until, language)
}

/// Days from the first up to the one before `until`.
fn span(from: Option<Day>, until: Option<Day>, language: Language) -> String {
    let last = until.map(|until| until.plus_days(-1));
    match (from, last) {
        (None, None) => language.pick("altijd", "always").to_owned(),
        (Some(from), None) => format!("{} {from}", language.pick("vanaf", "from")),
        (None, Some(last)) => format!("{} {last}", language.pick("tot en met", "until")),
        (Some(from), Some(last)) => format!("{from} – {last}"),
    }
}
