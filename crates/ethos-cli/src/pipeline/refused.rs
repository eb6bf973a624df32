//! A release that is refused: its figures are kept for their owners, and nothing is published.

use std::path::{Path, PathBuf};

use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_publish::PublishError;
use ethos_publish::protect::FAILING;

use super::internal::{write_json, write_text};
use super::load::LoadedStudy;
use super::release::{AUDIT, AUDIT_TEXT};
use crate::failure::Failure;

/// Says what the folder is to whoever opens it, where there is no release beside it.
pub(crate) const WARNING: &str = "INTERN / INTERNAL\n\n\
    Niets in deze map is beveiligd tegen onthulling. Niet publiceren, niet delen buiten het team\n\
    dat de telling maakt. Een publicatie is er niet: die is tegengehouden, en audit.txt zegt waarom.\n\n\
    Nothing in this folder went through disclosure control. Do not publish it and do not share it\n\
    outside the team that makes the count. There is no release: it was refused, and audit.txt says why.\n";

/// How an audit begins that there was none of.
const NOT_AUDITED: &str = "No release was written, and none was audited";

/// Writes why a release was refused: the audit with the counts that fail, where there was one.
pub(crate) fn write_audit(internal: &Path, error: &PublishError) -> Result<(), Failure> {
    match error.audit() {
        Some(report) => {
            write_json(&internal.join(AUDIT), report)?;
            write_text(&internal.join(AUDIT_TEXT), &report.text())
        }
        None => write_text(
            &internal.join(AUDIT_TEXT),
            &format!("{NOT_AUDITED}: {error}.\n"),
        ),
    }
}

/// Whether the audit of a run says why its release was refused.
pub(crate) fn says_why(audit: &Path) -> bool {
    std::fs::read_to_string(audit)
        .is_ok_and(|text| text.starts_with(NOT_AUDITED) || text.lines().any(|line| line == FAILING))
}

/// Whether a folder holds a release, which the next output into it replaces.
pub(crate) fn holds_release(out: &Path) -> bool {
    out.join("release").exists()
}

/// Where publishing alone leaves its audit. A release that stands in `out` stays: it may well be of the same
/// figures, under settings that passed. The audit then goes beside it, into `out` with `-refused` after its name.
pub(crate) fn beside(out: &Path) -> PathBuf {
    if !holds_release(out) {
        return out.to_owned();
    }
    // `.` and `..` have no name to add to.
    let named = match out.file_name() {
        Some(_) => out.to_owned(),
        None => out.canonicalize().unwrap_or_else(|_| out.to_owned()),
    };
    let mut name = named.file_name().unwrap_or_default().to_owned();
    name.push("-refused");
    named.with_file_name(name)
}

/// The failure of a run whose figures were kept. `replaced` where an earlier release stood there.
pub(crate) fn of_run(
    error: &PublishError,
    loaded: &LoadedStudy,
    out: &Path,
    replaced: bool,
) -> Failure {
    let study = &loaded.path;
    let language = loaded.study.publish.language;
    let internal = out.join("internal");
    let (study, internal) = (study.display(), internal.display());
    let next = format!("`ethos publish {study} --from {internal} --out published`");
    let mut said = vec![Text::new(
        format!(
            "De tellingen en schattingen staan in {internal}. Pas [publish] in de studie aan; {next} gaat daarmee verder, zonder opnieuw te tellen."
        ),
        format!(
            "The counts and estimates are in {internal}. Change [publish] in the study; {next} goes on from them and counts nothing again."
        ),
    )];
    if replaced {
        let release = out.join("release");
        let release = release.display();
        said.push(Text::new(
            format!("{release} is weg: die publicatie hoorde bij de run waarvoor deze in de plaats kwam."),
            format!("{release} is gone: that release belonged to the run that this one replaced."),
        ));
    }
    help(error, out, said, language)
}

/// The failure of publishing alone into `out`, with the audit in `kept`.
pub(crate) fn of_publish(
    error: &PublishError,
    language: Language,
    out: &Path,
    kept: &Path,
) -> Failure {
    let mut said = vec![Text::new(
        "Pas [publish] in de studie aan en geef dezelfde opdracht.",
        "Change [publish] in the study and give the same command.",
    )];
    if kept != out {
        let release = out.join("release");
        let release = release.display();
        said.push(Text::new(
            format!("{release} is nog de publicatie die daar stond."),
            format!("{release} is still the release that stood there."),
        ));
    }
    help(error, kept, said, language)
}

/// The failure, with where its audit is in `kept` and then what else there is to say.
fn help(error: &PublishError, kept: &Path, next: Vec<Text>, language: Language) -> Failure {
    let mut said = Vec::new();
    if error.audit().is_some() {
        let report = kept.join("internal").join(AUDIT_TEXT);
        let report = report.display();
        said.push(Text::new(
            format!(
                "{report} noemt elk aantal dat de controle niet doorstond, en tot waar het te herleiden is. Het bevat exacte aantallen."
            ),
            format!(
                "{report} names every count that did not pass the audit, and how far it can be narrowed down. It holds exact counts."
            ),
        ));
    }
    said.extend(next);
    let (nl, en): (Vec<String>, Vec<String>) =
        said.into_iter().map(|text| (text.nl, text.en)).unzip();
    let words = |language| error.words(language);
    Failure::refused(Text::new(words(Language::Nl), words(Language::En)))
        .with_help(Text::new(nl.join(" "), en.join(" ")))
        .of_release(language)
}
