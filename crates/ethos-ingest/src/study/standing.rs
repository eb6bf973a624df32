//! Deliveries beside one another: which stands in for which, and until when a file without a date speaks.

use ethos_model::coverage::Delivery;
use ethos_model::date::Day;

use crate::delivery::{Standing, on_file, tied};
use crate::file::FileResult;
use crate::rules::{Detail, Observation, RuleBook};
use crate::tally::Tally;

/// Days after the newest start or observation beyond which an end is a plan and no event.
const PLANNED_AFTER: i32 = 92;

/// Gives the files of a source that bear neither a date nor a period the last day they can speak
/// of, from the newest event in all of them: the latest start or day of observation, or an end
/// that lies at most [`PLANNED_AFTER`] days after it. Files without any event stay without.
pub(super) fn infer_last_day(files: &mut [FileResult]) {
    let undated = |delivery: &Delivery| {
        let told = delivery.made.is_some() || delivery.period.is_some();
        delivery.usable && !delivery.replaced && !told
    };
    let spells = || {
        files
            .iter()
            .filter(|file| undated(&file.delivery))
            .flat_map(|file| &file.spells)
    };
    let Some(begun) = spells()
        .map(|spell| spell.observed.unwrap_or(spell.start).max(spell.start))
        .max()
    else {
        return;
    };
    let newest = spells()
        .filter_map(|spell| Some(spell.end?.plus_days(-1)))
        .filter(|last| *last <= begun.plus_days(PLANNED_AFTER))
        .fold(begun, Day::max);
    for file in files.iter_mut().filter(|file| undated(&file.delivery)) {
        file.delivery.inferred_until = Some(newest.plus_days(Delivery::DAYS_AFTER_NEWEST));
    }
}

/// Applies what a delivery's standing says to the file: a replaced one gives no rows and one
/// finding.
pub(super) fn stand(
    file: &mut FileResult,
    standing: &Standing,
    deliveries: &[Delivery],
    book: &RuleBook,
) {
    if !standing.tied.is_empty() {
        file.stand_back(tied(standing, &file.delivery.file, deliveries, book));
    }
    let mut notes = Vec::new();
    if let Some(by) = standing.replaced_by {
        file.findings.clear();
        file.counts.clear();
        file.spells.clear();
        file.tally = Tally {
            superseded: file.tally.rows(),
            ..Tally::default()
        };
        file.delivery.replaced = true;
        notes.push((Observation::FileReplaced, by));
    }
    if let Some(other) = standing.same_day {
        notes.push((Observation::FileSameDay, other));
    }
    for (seen, other) in notes {
        let detail = Detail::of(&deliveries[other].file);
        if let Some(finding) = on_file(book, seen, &file.delivery.file, &detail) {
            *file.counts.entry(finding.code).or_insert(0) += 1;
            file.findings.push(finding);
        }
    }
}
