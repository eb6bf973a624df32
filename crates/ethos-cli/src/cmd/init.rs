//! `ethos init`: a commented study to start from, and the key of its series.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use ethos_ingest::key::SeriesKey;
use ethos_model::category::Language;
use ethos_model::date::Day;
use ethos_model::finding::Text;
use ethos_model::study::Study;

use super::check::Lang;
use crate::failure::{Exit, Failure};
use crate::output::Console;
use crate::pipeline::steps::ingest_failure;

#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// For whom
    #[arg(default_value = "statistics")]
    kind: Kind,
    /// Folder to write `study.toml` and the key in
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Year of the reference date
    #[arg(long, value_name = "YEAR", default_value_t = 2026, value_parser = clap::value_parser!(i16).range(2015..2100))]
    year: i16,
    /// Name of the series, whose years share a pseudonym key
    #[arg(long, value_name = "NAME", default_value = "telling")]
    series: String,
    /// Language of what is said [default: nl for a municipality, else en]
    #[arg(long, value_name = "LANG")]
    lang: Option<Lang>,
}

impl InitArgs {
    pub(crate) fn language(&self) -> Language {
        match (self.lang, self.kind) {
            (Some(lang), _) => lang.into(),
            (None, Kind::Gemeente) => Language::Nl,
            (None, _) => Language::En,
        }
    }
}

#[derive(Copy, Clone, Debug, ValueEnum)]
enum Kind {
    /// A municipality or region counting its own files
    Gemeente,
    /// A statistics office: registers, senders, an estimate, tables
    Statistics,
    /// A researcher with registers of their own
    Research,
}

impl Kind {
    fn template(self) -> &'static str {
        match self {
            Self::Gemeente => include_str!("../../templates/gemeente.toml"),
            Self::Statistics => include_str!("../../templates/statistics.toml"),
            Self::Research => include_str!("../../templates/research.toml"),
        }
    }
}

/// Every file or pattern that a study reads, relative to it, with what it is.
fn expected_files(study: &Study, language: Language) -> Vec<(&str, String)> {
    let registers = study
        .person_registers
        .iter()
        .map(|register| (register.files.as_str(), register.layout.clone()));
    let sources = study.sources.iter().flat_map(|source| {
        let own = (
            source.files.as_str(),
            format!("{}, {}", source.title(), source.layout),
        );
        let senders = source
            .reports
            .municipalities
            .as_deref()
            .filter(|named| !["national", "senders"].contains(named))
            .map(|file| {
                let what = language.pick("verwachte afzenders", "expected senders");
                (file, format!("{}, {what}", source.title()))
            });
        std::iter::once(own).chain(senders)
    });
    registers.chain(sources).collect()
}

/// The folder of a file or pattern: all before the first part with a wildcard, less the file's name.
fn folder_of(pattern: &str) -> PathBuf {
    let parts: Vec<&str> = pattern.split('/').collect();
    let wild = parts.iter().position(|part| part.contains(['*', '?', '[']));
    let last = parts.len() - 1;
    parts[..wild.unwrap_or(last).min(last)].iter().collect()
}

/// The template with its year and series filled in.
fn fill(template: &str, year: i16, series: &str) -> String {
    template
        .replace("@YEAR@", &year.to_string())
        .replace("@LAST@", &(year - 1).to_string())
        .replace("@SERIES@", series)
}

pub(crate) fn run(args: &InitArgs, console: &Console) -> Result<Exit, Failure> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if args.series.is_empty() || !args.series.chars().all(plain) {
        return Err(Failure::usage(Text::new(
            "de naam van een reeks heeft alleen letters, cijfers, `-` en `_`",
            "a series name has only letters, digits, `-` and `_`",
        )));
    }
    let study = args.dir.join("study.toml");
    let key = args.dir.join(format!("{}.key", args.series));
    for path in [&study, &key] {
        if path.exists() {
            let path = path.display();
            return Err(Failure::usage(Text::new(
                format!("{path} bestaat al; er is niets geschreven"),
                format!("{path} exists already; nothing was written"),
            ))
            .with_help(Text::new(
                "kies een andere map met --dir, of een andere naam met --series",
                "choose another folder with --dir, or another name with --series",
            )));
        }
    }
    debug_assert!(Day::from_ymd(args.year, 1, 1).is_some());
    std::fs::create_dir_all(&args.dir).map_err(|error| Failure::placing(&args.dir, &error))?;
    let secret =
        SeriesKey::generate(&args.series, "", "").map_err(|error| ingest_failure(&error.into()))?;
    secret
        .save(&key)
        .map_err(|error| ingest_failure(&error.into()))?;
    let text = fill(args.kind.template(), args.year, &args.series);
    ethos_table::atomic::write_atomic(&study, |out| {
        std::io::Write::write_all(out, text.as_bytes())
    })
    .map_err(|error| Failure::placing(&study, &error))?;
    let read = Study::parse(&text).map_err(|error| Failure::internal(error.to_string()))?;
    let language = console.language();
    let expected = expected_files(&read, language);
    for (pattern, _) in &expected {
        let folder = args.dir.join(folder_of(pattern));
        std::fs::create_dir_all(&folder).map_err(|error| Failure::placing(&folder, &error))?;
    }
    let (study, key) = (study.display(), key.display());
    console.tell(
        format!("geschreven: {study} en {key}"),
        format!("wrote {study} and {key}"),
    );
    console.tell(
        "De sleutel maakt burgerservicenummers onleesbaar. Bewaar hem apart van elke uitkomst en deel hem met niemand.",
        "The key turns citizen service numbers into pseudonyms. Keep it apart from every output.",
    );
    console.tell(
        "Zet nu deze bestanden in de mappen, die er al zijn en leeg zijn:",
        "Next: put these files in the folders, which are there and empty:",
    );
    for (pattern, what) in &expected {
        console.say(format!("  {}   ({what})", args.dir.join(pattern).display()));
    }
    let folders: BTreeSet<PathBuf> = expected
        .iter()
        .filter_map(|(pattern, _)| Some(args.dir.join(folder_of(pattern).components().next()?)))
        .collect();
    for folder in folders {
        let folder = folder.display();
        console.tell(
            format!("daarna `ethos check {folder}`"),
            format!("then `ethos check {folder}`"),
        );
    }
    console.tell(
        format!("en `ethos run {study}`."),
        format!("and `ethos run {study}`."),
    );
    Ok(Exit::Clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_a_pattern_has_no_wildcard() {
        for (pattern, folder) in [
            ("leveringen/opvang/*.csv", "leveringen/opvang"),
            ("leveringen/*/md.csv", "leveringen"),
            ("registers/personen.csv", "registers"),
            ("personen.csv", ""),
        ] {
            assert_eq!(folder_of(pattern), PathBuf::from(folder), "{pattern}");
        }
    }

    #[test]
    fn every_template_is_a_study() {
        for kind in Kind::value_variants() {
            let text = fill(kind.template(), 2027, "reeks");
            let study =
                ethos_model::study::Study::parse(&text).unwrap_or_else(|e| panic!("{kind:?}: {e}"));
            assert_eq!(study.study.reference_dates[0].year(), 2027);
            assert!(!text.contains('@'));
        }
    }
}
