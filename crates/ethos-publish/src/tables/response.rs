//! Item non-response: of how many of the people counted a characteristic is not known. Worked out from
//! published figures.

use ethos_model::attribute::UNKNOWN;
use ethos_model::category::{Language, Total};
use ethos_model::cube::{Characteristic, CubeKey, Family, Measure};

use super::pivot::Pivot;
use crate::protect::SafeFigure;
use crate::words::number;

/// A line a time: the share of the homeless people counted of whom each of these characteristics is
/// unknown. A share whose figures are withheld is left out; so is a line without any.
pub(super) fn lines(
    pivot: &Pivot<'_>,
    family: Family,
    by: &[Characteristic],
    language: Language,
) -> Vec<String> {
    pivot
        .distinct(|key| key.time)
        .into_iter()
        .filter_map(|time| {
            let all = CubeKey::national(family, time, Total::Homeless, Measure::Observed);
            let people = persons(pivot.get(&all)).filter(|people| *people > 0)?;
            let shares: Vec<String> = by
                .iter()
                .filter_map(|of| {
                    let mut key = all.clone();
                    key.set_level(*of, Some(UNKNOWN.to_owned()));
                    let unknown = persons(pivot.get(&key))?;
                    // Both are rounded: the share may pass the whole by a hair.
                    let share = (unknown as f64 / people as f64).min(1.0);
                    let percent = number::percent((share * 100.0).round() / 100.0, language);
                    Some(format!("{} {percent}", of.name(language).to_lowercase()))
                })
                .collect();
            (!shares.is_empty()).then(|| {
                format!(
                    "{}, {}: {}.",
                    language.pick("Onbekend", "Unknown"),
                    number::time(time, language),
                    shares.join(", ")
                )
            })
        })
        .collect()
}

fn persons(figure: Option<SafeFigure>) -> Option<u64> {
    match figure? {
        SafeFigure::Count { persons, .. } => Some(persons),
        _ => None,
    }
}
