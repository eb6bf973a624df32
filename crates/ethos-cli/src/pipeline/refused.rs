//! A release that is refused: its figures are kept for their owners, and nothing is published.

use std::path::Path;

use ethos_model::finding::Text;
use ethos_publish::PublishError;

use super::internal::{write_json, write_text};
use super::release::{AUDIT, AUDIT_TEXT};
use crate::failure::Failure;

/// Says what the folder is to whoever opens it, where there is no release beside it.
pub(crate) const WARNING: &str = "INTERN / INTERNAL\n\n\
    Niets in deze map is beveiligd tegen onthulling. Niet publiceren, niet delen buiten het team\n\
    dat de telling maakt. Een publicatie is er niet: die is tegengehouden, en audit.txt zegt waarom.\n\n\
    Nothing in this folder went through disclosure control. Do not publish it and do not share it\n\
    outside the team that makes the count. There is no release: it was refused, and audit.txt says why.\n";

/// Writes why a release was refused: the audit with the counts that fail, where there was one.
pub(crate) fn write_audit(internal: &Path, error: &PublishError) -> Result<(), Failure> {
    match error.audit() {
        Some(report) => {
            write_json(&internal.join(AUDIT), report)?;
            write_text(&internal.join(AUDIT_TEXT), &report.text())
        }
        None => write_text(
            &internal.join(AUDIT_TEXT),
            &format!("No release was written, and none was audited: {error}.\n"),
        ),
    }
}

/// Whether a folder holds a release, which the next output into it replaces.
pub(crate) fn holds_release(out: &Path) -> bool {
    out.join("release").exists()
}

/// The failure of a run whose figures were kept. `replaced` where an earlier release stood there.
pub(crate) fn of_run(error: &PublishError, study: &Path, out: &Path, replaced: bool) -> Failure {
    let internal = out.join("internal");
    let (study, internal) = (study.display(), internal.display());
    let next = format!("`ethos publish {study} --from {internal} --out published`");
    help(
        error,
        out,
        replaced,
        Text::new(
            format!(
                "De tellingen en schattingen staan in {internal}. Pas [publish] in de studie aan; {next} gaat daarmee verder, zonder opnieuw te tellen."
            ),
            format!(
                "The counts and estimates are in {internal}. Change [publish] in the study; {next} goes on from them and counts nothing again."
            ),
        ),
    )
}

/// The failure of publishing alone.
pub(crate) fn of_publish(error: &PublishError, out: &Path, replaced: bool) -> Failure {
    help(
        error,
        out,
        replaced,
        Text::new(
            "Pas [publish] in de studie aan en geef dezelfde opdracht.",
            "Change [publish] in the study and give the same command.",
        ),
    )
}

fn help(error: &PublishError, out: &Path, replaced: bool, next: Text) -> Failure {
    let mut said = Vec::new();
    if error.audit().is_some() {
        let report = out.join("internal").join(AUDIT_TEXT);
        let report = report.display();
        said.push(Text::new(
            format!(
                "{report} noemt elk aantal dat te herleiden is, en tot waar. Het bevat exacte aantallen."
            ),
            format!(
                "{report} names every count that fails and how far it can be narrowed down. It holds exact counts."
            ),
        ));
    }
    said.push(next);
    if replaced {
        let release = out.join("release");
        let release = release.display();
        said.push(Text::new(
            format!("{release} is weg: dat was een publicatie van andere cijfers dan deze."),
            format!("{release} is gone: it was a release of other figures than these."),
        ));
    }
    let (nl, en): (Vec<String>, Vec<String>) =
        said.into_iter().map(|text| (text.nl, text.en)).unzip();
    Failure::refused(error.to_string()).with_help(Text::new(nl.join(" "), en.join(" ")))
}
