//! `ethos schema`: the columns of every table, the keys of the study file and of layouts.

use clap::Args;
use ethos_model::layout::{CategoryMapping, Layout};
use ethos_model::schema;
use ethos_model::study::Study;
use ethos_model::suggest::did_you_mean;

use crate::failure::{Exit, Failure};
use crate::output::Console;

#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// `study`, `layout`, `mapping`, or a table such as `ethos-cube/1`; all tables when not given
    name: Option<String>,
    /// JSON (a JSON Schema for `study`, `layout` and `mapping`)
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(args: &SchemaArgs, console: &Console) -> Result<Exit, Failure> {
    let json_schema = match args.name.as_deref() {
        Some("study") => Some(schemars::schema_for!(Study)),
        Some("layout") => Some(schemars::schema_for!(Layout)),
        Some("mapping") => Some(schemars::schema_for!(CategoryMapping)),
        _ => None,
    };
    if let Some(json_schema) = json_schema {
        console.data(&(to_json(&json_schema)? + "\n"))?;
        return Ok(Exit::Clean);
    }
    let mut tables = schema::all();
    if let Some(name) = &args.name {
        let ids: Vec<String> = tables.iter().map(|table| table.id.clone()).collect();
        let short = |id: &str| {
            id.trim_start_matches("ethos-")
                .split('/')
                .next()
                .map(str::to_owned)
        };
        tables.retain(|table| table.id == *name || short(&table.id).as_ref() == Some(name));
        if tables.is_empty() {
            let mut known: Vec<String> = ["study", "layout", "mapping"].map(String::from).to_vec();
            known.extend(ids);
            return Err(Failure::usage(format!(
                "there is no schema `{name}`{}",
                did_you_mean(name, &known)
            )));
        }
    }
    if args.json {
        console.data(&(to_json(&tables)? + "\n"))?;
        return Ok(Exit::Clean);
    }
    let mut text = String::new();
    for table in &tables {
        use std::fmt::Write;
        let _ = writeln!(text, "{}  one row: {}", table.id, table.row);
        for column in &table.columns {
            let kind = format!("{:?}", column.kind).to_lowercase();
            let null = if column.nullable { "may be empty" } else { "" };
            let _ = writeln!(
                text,
                "  {:<26} {kind:<8} {null:<13} {}",
                column.name, column.description
            );
        }
        text.push('\n');
    }
    console.data(&text)?;
    Ok(Exit::Clean)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    serde_json::to_string_pretty(value).map_err(|error| {
        Failure::internal(format!("the schema cannot be written as JSON: {error}"))
    })
}
