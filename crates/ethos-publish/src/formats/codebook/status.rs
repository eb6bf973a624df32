//! What a figure's status is called elsewhere.

use ethos_model::category::Language;
use ethos_model::cell::{CellState, EstimateStatus};
use ethos_model::cube::Measure;
use ethos_model::finding::Text;
use ethos_model::study::ReleaseStatus;

use super::{Code, code, of_both};
use crate::protect::{GIVEN, SafeFigure};
use crate::words::label::Mark;

/// Key of a figure that is withheld.
const SUPPRESSED: &str = "suppressed";

/// Every status a figure can have, with its name, its meaning, its attribute in the
/// StatLine-shaped folder and its code in `CL_OBS_STATUS`.
pub(in super::super) fn statuses() -> Vec<Code> {
    let counts = CellState::ALL.map(|state| {
        let name = of_both(|language| state.name(language).into());
        (state.key(), name, count_meaning(state))
    });
    let suppressed = [(
        SUPPRESSED,
        Text::new("niet getoond", "withheld"),
        meaning(Mark::Suppressed),
    )];
    let estimates = EstimateStatus::ALL.map(|status| {
        let name = of_both(|language| status.name(language).into());
        (status.key(), name, estimate_meaning(status))
    });
    let given = [(
        GIVEN,
        Text::new("gegeven", "given"),
        Text::new(
            "Een openbaar getal dat bij de studie is gegeven, zoals het aantal inwoners.",
            "A public number that was given with the study, such as the number of inhabitants.",
        ),
    )];
    counts
        .into_iter()
        .chain(suppressed)
        .chain(estimates)
        .chain(given)
        .map(|(key, name, about)| Code {
            level: (None, key.into()),
            name,
            about: Some(about),
            statline: attribute(key).into(),
            sdmx: observation(key).into(),
            group: None,
        })
        .collect()
}

fn meaning(mark: Mark) -> Text {
    of_both(|language: Language| mark.meaning(language).into())
}

fn count_meaning(state: CellState) -> Text {
    match state {
        CellState::Seen => Text::new(
            "Een bron heeft deze mensen gezien. Waar alle aantallen zijn afgerond, kan een 0 een klein aantal zijn.",
            "A source saw these people. Where all counts were rounded, a 0 can be a small number.",
        ),
        CellState::ZeroSeen => Text::new(
            "Er is gekeken en niemand gezien.",
            "Somebody looked and saw nobody.",
        ),
        CellState::Partial => meaning(Mark::Partial),
        CellState::Incomplete => meaning(Mark::Incomplete),
        CellState::NotCollected => meaning(Mark::NotCollected),
        CellState::NotDelivered => meaning(Mark::NotDelivered),
        CellState::Impossible => meaning(Mark::Impossible),
    }
}

fn estimate_meaning(status: EstimateStatus) -> Text {
    match status {
        EstimateStatus::Ok => Text::new(
            "Een schatting met haar marge.",
            "An estimate with its interval.",
        ),
        EstimateStatus::Unbounded => meaning(Mark::NoUpperLimit),
        EstimateStatus::NotEstimable => meaning(Mark::NotEstimable),
    }
}

/// StatLine's `ValueAttribute`: `None` where a number stands that needs no word.
fn attribute(status: &str) -> &'static str {
    match status {
        "partial" => "Partial",
        "incomplete" => "Incomplete",
        "not_collected" => "NotCollected",
        "not_delivered" => "NotDelivered",
        "impossible" => "Impossible",
        SUPPRESSED => "Confidential",
        "unbounded" => "NoUpperLimit",
        "not_estimable" => "NotEstimable",
        _ => "None",
    }
}

/// `ValueAttribute` of a number or of what stands in its place. Of an estimate without an upper
/// limit only that limit lacks its number.
pub(in super::super) fn value_attribute(status: &str, has_number: bool) -> &'static str {
    match attribute(status) {
        "NoUpperLimit" if has_number => "None",
        found => found,
    }
}

/// The code of SDMX's cross-domain list of observation statuses.
fn observation(status: &str) -> &'static str {
    match status {
        "seen" | "zero_seen" | GIVEN => "A",
        "partial" | "incomplete" => "U",
        "not_collected" => "L",
        "impossible" => "M",
        SUPPRESSED => "Q",
        "ok" | "unbounded" => "E",
        _ => "O",
    }
}

/// The code of a figure's status: a synthetic share is experimental, and a normal value that may
/// still change is provisional.
pub(in super::super) fn obs_status(
    measure: Measure,
    figure: SafeFigure,
    release: ReleaseStatus,
) -> &'static str {
    match observation(figure.status()) {
        "A" if release == ReleaseStatus::Provisional && measure != Measure::Inhabitants => "P",
        "E" if measure == Measure::Synthetic => "G",
        found => found,
    }
}

/// Codes of a list that has no axis: table families and measures.
pub(in super::super) fn listed(key: &str, name: Text) -> Code {
    Code {
        level: (None, key.into()),
        name,
        about: None,
        statline: code::plain(key),
        sdmx: code::plain(key),
        group: None,
    }
}
