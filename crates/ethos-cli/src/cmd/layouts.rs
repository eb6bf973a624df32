//! `ethos layouts`: the layouts of senders' files.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use ethos_ingest::layout;
use ethos_model::category::Language;
use ethos_model::layout::{FieldType, Layout, LayoutStatus, Required};

use super::check::Lang;
use crate::failure::{Exit, Failure};
use crate::output::Console;

/// List the layouts of senders' files, or show one column by column.
///
/// A layout is a TOML file. To make your own, print a shipped one with `--toml`, save it next to your
/// study, change it, and name the file in `layout`.
#[derive(Args, Debug)]
pub(crate) struct LayoutsArgs {
    /// The layout to show, such as `monitor-dakloosheid/2024`
    layout: Option<String>,
    /// Folder with layouts of your own
    #[arg(long, value_name = "DIR")]
    layout_dir: Option<PathBuf>,
    /// Print the layout file itself, to copy and change
    #[arg(long, requires = "layout")]
    toml: bool,
    /// Language
    #[arg(long, value_name = "LANG", default_value = "nl")]
    lang: Lang,
}

pub(crate) fn run(args: &LayoutsArgs, console: &Console) -> Result<Exit, Failure> {
    let dir = args.layout_dir.as_deref();
    let language = Language::from(args.lang);
    let failed = |error: layout::LayoutError| Failure::usage(error.to_string());
    let mut text = String::new();
    match &args.layout {
        None => {
            for layout in layout::list(dir).map_err(failed)? {
                let _ = writeln!(
                    text,
                    "{:<30} {:<12} {}",
                    layout.id,
                    status(layout.status, language),
                    layout.title.in_language(language)
                );
            }
        }
        Some(id) => {
            let layout = layout::find(id, dir).map_err(failed)?;
            match layout::shipped_text(id) {
                Some(shipped) if args.toml => text.push_str(shipped),
                _ if args.toml => {
                    text = toml::to_string_pretty(&layout).map_err(|error| {
                        Failure::internal(format!("the layout cannot be written: {error}"))
                    })?;
                }
                _ => describe(&mut text, &layout, language),
            }
        }
    }
    console.data(&text)?;
    Ok(Exit::Clean)
}

fn describe(text: &mut String, layout: &Layout, language: Language) {
    let _ = writeln!(
        text,
        "{}  {}\n{}\n{}\n",
        layout.id,
        layout.title.in_language(language),
        status(layout.status, language),
        layout.source
    );
    for field in &layout.fields {
        let required = match field.required {
            Required::Always => language.pick("verplicht", "required"),
            Required::Column => language.pick("kolom verplicht", "column required"),
            Required::Optional => "",
        };
        let _ = writeln!(
            text,
            "{:<26} {:<10} {required:<16} {}",
            field.name,
            kind(field.kind, language),
            field.meaning.in_language(language)
        );
        if !field.codes.is_empty() {
            let codes: Vec<String> = field
                .codes
                .iter()
                .map(|(code, meaning)| format!("{code} = {meaning}"))
                .collect();
            let _ = writeln!(text, "{:<54}{}", "", codes.join(", "));
        }
    }
}

fn kind(kind: FieldType, language: Language) -> &'static str {
    match kind {
        FieldType::Bsn => "BSN",
        FieldType::Date => language.pick("datum", "date"),
        FieldType::Municipality => language.pick("gemeente", "municip."),
        FieldType::Code => "code",
        FieldType::Integer => language.pick("geheel", "integer"),
        FieldType::Decimal => language.pick("bedrag", "decimal"),
        FieldType::Age => language.pick("leeftijd", "age"),
        FieldType::Text => language.pick("tekst", "text"),
    }
}

fn status(status: LayoutStatus, language: Language) -> &'static str {
    match status {
        LayoutStatus::Documented => language.pick("beschreven", "documented"),
        LayoutStatus::Assumed => language.pick("aangenomen", "assumed"),
        LayoutStatus::Unverified => language.pick("ongecontroleerd", "unverified"),
    }
}
