//! `ethos check --workbook`: each file back as a marked workbook.

use std::io::Write;
use std::path::{Path, PathBuf};

use ethos_feedback::workbook::{BackError, MarkedCopy, marked_copy};
use ethos_ingest::decode::Encoding;
use ethos_ingest::{CheckReport, Input, RuleBook};
use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_table::atomic::write_atomic;

use super::Targets;
use crate::failure::Failure;
use crate::output::Console;

/// How and for whom files are marked.
pub(super) struct Marking<'a> {
    pub(super) inputs: &'a [Input],
    pub(super) report: &'a CheckReport,
    pub(super) book: &'a RuleBook,
    /// What text was said to be written in.
    pub(super) encoding: Option<Encoding>,
    pub(super) language: Language,
    pub(super) targets: &'a Targets,
}

/// Writes each file back as a marked workbook: to a file when there is one, else into a folder. Gives why those
/// that cannot be marked are not, to be told once all else is written. Of several, one of which nothing could be
/// read is told at once and is no failure: its verdict says the same.
pub(super) fn write_workbooks(
    to: &Path,
    marking: &Marking<'_>,
    console: &Console,
) -> Result<Option<Failure>, Failure> {
    let files = &marking.report.files;
    let single = files.len() == 1 && to.extension().is_some();
    if !single {
        std::fs::create_dir_all(to).map_err(|error| Failure::folder(to, &error))?;
    }
    let mut names: Vec<String> = Vec::new();
    let mut unmarked: Vec<Text> = Vec::new();
    for (input, file) in marking.inputs.iter().zip(files) {
        let (encoding, language) = (marking.encoding, marking.language);
        let marked = match marked_copy(input, file, encoding, marking.book, language) {
            Ok(marked) => marked,
            Err(error) => {
                let said = Text::new(
                    format!("{}: geen werkmap; {}", file.file, error.words(Language::Nl)),
                    format!("{}: no workbook; {error}", file.file),
                );
                if matches!(error, BackError::Unread(_)) && files.len() > 1 {
                    console.say(said.in_language(language));
                } else {
                    unmarked.push(said);
                }
                continue;
            }
        };
        let target = if single {
            named(to, &marked)?
        } else {
            to.join(free_name(&file.file, &marked, &mut names))
        };
        marking.targets.take(&target)?;
        write_atomic(&target, |out| out.write_all(&marked.bytes))
            .map_err(|error| Failure::placing(&target, &error))?;
        let target = target.display();
        console.tell(
            format!("werkmap met kleuren en uitleg (persoonsgegevens): {target}"),
            format!("workbook (personal data): {target}"),
        );
    }
    let all = |said: fn(&Text) -> &str| {
        let lines: Vec<&str> = unmarked.iter().map(said).collect();
        lines.join("\n")
    };
    Ok((!unmarked.is_empty())
        .then(|| Failure::input(Text::new(all(|text| &text.nl), all(|text| &text.en)))))
}

/// The file asked for, whose name must fit what goes into it: a spreadsheet refuses one that does not.
fn named(to: &Path, marked: &MarkedCopy) -> Result<PathBuf, Failure> {
    let fits = to
        .extension()
        .is_some_and(|extension| extension.eq_ignore_ascii_case(marked.extension));
    if fits {
        return Ok(to.to_owned());
    }
    let other = to.with_extension(marked.extension);
    let (extension, to, other) = (marked.extension, to.display(), other.display());
    Err(Failure::usage(Text::new(
        format!("de werkmap komt terug als .{extension}, en {to} is daar geen naam voor"),
        format!("the workbook comes back as .{extension}, and {to} is no name for that"),
    ))
    .with_help(Text::new(
        format!("schrijf: --workbook {other}"),
        format!("write: --workbook {other}"),
    )))
}

fn free_name(file: &str, marked: &MarkedCopy, names: &mut Vec<String>) -> String {
    let stem = match file {
        Input::STANDARD => "invoer".into(),
        file => Path::new(file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy(),
    };
    let extension = marked.extension;
    let mut name = format!("{stem}-nagekeken.{extension}");
    let mut number = 2;
    while names.contains(&name) {
        name = format!("{stem}-nagekeken-{number}.{extension}");
        number += 1;
    }
    names.push(name.clone());
    name
}
