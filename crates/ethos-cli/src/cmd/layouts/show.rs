//! `ethos layouts show`: a layout column by column.

use std::fmt::Write;

use clap::Args;
use ethos_ingest::layout::{self, code_meaning};
use ethos_model::category::Language;
use ethos_model::layout::{
    Assumed, CategoryRule, Field, FieldType, Layout, LayoutStatus, Required,
};

use super::{WhereArgs, failed, none, span, validity};
use crate::failure::{Exit, Failure};
use crate::output::Console;

#[derive(Args, Debug)]
pub(super) struct ShowArgs {
    /// The layout to show, such as `monitor-dakloosheid/2025`; without a year, its last version
    pub(super) layout: Option<String>,
    /// Print the layout file itself, to copy and change
    #[arg(long, requires = "layout")]
    toml: bool,
    #[command(flatten)]
    pub(super) place: WhereArgs,
}

pub(super) fn run(args: &ShowArgs, console: &Console) -> Result<Exit, Failure> {
    let id = args.layout.as_deref().unwrap_or_default();
    let dir = args.place.layout_dir.as_deref();
    let language = console.language();
    let versions = layout::versions(id, dir).map_err(failed)?;
    let Some(layout) = versions.last() else {
        return Err(none(id));
    };
    let mut text = String::new();
    let own = dir.is_some_and(|_| {
        layout::shipped_text(&layout.id).is_some_and(|shipped| {
            layout::parse(shipped, id).is_ok_and(|shipped| shipped != *layout)
        })
    });
    match layout::shipped_text(&layout.id) {
        Some(shipped) if args.toml && !own => text.push_str(shipped),
        _ if args.toml => {
            text = toml::to_string_pretty(layout).map_err(|error| {
                Failure::internal(format!("the layout cannot be written: {error}"))
            })?;
        }
        _ => describe(&mut text, layout, language),
    }
    console.data(&text)?;
    Ok(Exit::Clean)
}

fn describe(text: &mut String, layout: &Layout, language: Language) {
    let _ = writeln!(
        text,
        "{}  {}\n{} · {} {}\n{}",
        layout.id,
        layout.title.in_language(language),
        status(layout.status, language),
        language.pick("geldig", "valid"),
        validity(layout, language),
        layout.source
    );
    if !layout.assumed.is_empty() {
        let assumed: Vec<&str> = layout
            .assumed
            .iter()
            .map(|part| assumed(*part, language))
            .collect();
        let _ = writeln!(
            text,
            "{}: {}",
            language.pick("aangenomen, want niet openbaar", "assumed, for not public"),
            assumed.join(", ")
        );
    }
    if let Some(name) = &layout.file.name {
        let _ = writeln!(
            text,
            "{}: {}",
            language.pick("bestandsnaam", "file name"),
            name.as_str()
        );
    }
    let _ = writeln!(
        text,
        "{}: {}\n",
        language.pick("categorie", "category"),
        category(layout, language)
    );
    for field in &layout.fields {
        column(text, field, language);
    }
}

fn column(text: &mut String, field: &Field, language: Language) {
    let required = match (field.required, &field.required_when) {
        (Required::Always, _) => language.pick("verplicht", "required"),
        (_, Some(_)) => language.pick("soms verplicht", "at times required"),
        (Required::Column, None) => language.pick("kolom verplicht", "column required"),
        (Required::Optional, None) => "",
    };
    let mark = if field.assumed { "*" } else { "" };
    let _ = writeln!(
        text,
        "{:<26} {:<10} {required:<17} {}{mark}",
        field.name,
        kind(field.kind, language),
        field.meaning.in_language(language)
    );
    let mut below = |line: String| {
        let _ = writeln!(text, "{:<55}{line}", "");
    };
    if let Some(condition) = &field.required_when {
        let words = condition.in_words();
        below(format!(
            "{} {}",
            language.pick("verplicht als", "required when"),
            words.in_language(language)
        ));
    }
    if field.valid_from.is_some() || field.valid_until.is_some() {
        below(format!(
            "{} {}",
            language.pick("geldig", "valid"),
            span(field.valid_from, field.valid_until, language)
        ));
    }
    if !field.codes.is_empty() {
        let codes: Vec<String> = field
            .codes
            .iter()
            .map(|(code, meaning)| format!("{code} = {}", code_meaning(field, meaning, language)))
            .collect();
        below(codes.join("; "));
    }
}

fn category(layout: &Layout, language: Language) -> String {
    match &layout.category {
        CategoryRule::Mapping { name } => {
            format!(
                "{} {name}",
                language.pick("door de toewijzing", "by the mapping")
            )
        }
        CategoryRule::Situation {} => language
            .pick(
                "door de kolom met de situatie",
                "by the column of the situation",
            )
            .into(),
        CategoryRule::Fixed { category, .. } => {
            format!(
                "{} {}",
                language.pick("altijd", "always"),
                category.name(language)
            )
        }
        CategoryRule::None {} => language.pick("geen: personen", "none: persons").into(),
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

fn assumed(part: Assumed, language: Language) -> &'static str {
    match part {
        Assumed::Columns => language.pick("welke kolommen", "which columns"),
        Assumed::Names => language.pick("kolomnamen", "column names"),
        Assumed::Order => language.pick("volgorde", "order"),
        Assumed::Required => language.pick("wat verplicht is", "what is required"),
        Assumed::Codes => language.pick("codes", "codes"),
        Assumed::Widths => language.pick("breedtes", "widths"),
        Assumed::Delimiter => {
            language.pick("scheidingsteken en datumvorm", "delimiter and date form")
        }
        Assumed::FileName => language.pick("bestandsnaam", "file name"),
    }
}

pub(super) fn status(status: LayoutStatus, language: Language) -> &'static str {
    match status {
        LayoutStatus::Documented => language.pick("beschreven", "documented"),
        LayoutStatus::Assumed => language.pick("aangenomen", "assumed"),
        LayoutStatus::Unverified => language.pick("ongecontroleerd", "unverified"),
    }
}
