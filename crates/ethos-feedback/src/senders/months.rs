//! Which months of the period hold records, by municipality.

use std::collections::{BTreeMap, BTreeSet};

use ethos_ingest::FileReport;
use ethos_model::date::Period;
use ethos_model::layout::LayoutKind;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister};
use serde::Serialize;

use super::found::latest;
use crate::overview::{months_in, year_before};

/// What a sender's delivery holds of a municipality.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// Code of the municipality.
    pub municipality: String,
    /// Its name, where it is known.
    pub name: Option<String>,
    /// Records that begin, end or were seen in the period.
    pub records: u64,
    /// Each month of the period, up to the one in which the delivery was made. Empty where no period is
    /// known, or where rows are no stays.
    pub months: Vec<MonthCount>,
    /// Months without any record.
    pub missing: Vec<String>,
    /// Those of them that had records a year before.
    pub emptied: Vec<String>,
}

/// The records of a month.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MonthCount {
    /// The month, `2025-03`.
    pub month: String,
    /// Records that begin or end in it.
    pub records: u64,
    /// Those of the same month a year before, where the sender's previous delivery is at hand.
    pub year_before: Option<u64>,
}

/// The municipalities that a sender is expected to report on, and those it does.
pub(super) fn places(
    files: &[&FileReport],
    expected: &BTreeSet<MunicipalityCode>,
    period: Option<Period>,
) -> Vec<Place> {
    let expected = expected.iter().map(|code| latest(*code).to_string());
    let mut codes: BTreeSet<String> = expected.collect();
    for file in files {
        codes.extend(file.summary.places.keys().cloned());
    }
    let stays = files
        .iter()
        .any(|file| file.summary.kind == Some(LayoutKind::Spells));
    let made = files.iter().filter_map(|file| file.summary.made).max();
    let months = match period {
        Some(period) if stays => months_in(period, made),
        _ => Vec::new(),
    };
    let previous: Vec<_> = files
        .iter()
        .filter_map(|file| file.previous.as_deref())
        .collect();
    let count = |places: &BTreeMap<String, BTreeMap<String, u64>>, code: &str, month: &str| {
        let counts = places.get(code);
        counts
            .and_then(|counts| counts.get(month))
            .copied()
            .unwrap_or(0)
    };
    codes
        .into_iter()
        .map(|code| {
            let counts: Vec<MonthCount> = months
                .iter()
                .map(|month| MonthCount {
                    records: files
                        .iter()
                        .map(|file| count(&file.summary.places, &code, month))
                        .sum(),
                    year_before: (!previous.is_empty()).then(|| {
                        let before = year_before(month);
                        previous
                            .iter()
                            .map(|last| count(&last.places, &code, &before))
                            .sum()
                    }),
                    month: month.clone(),
                })
                .collect();
            let records = if months.is_empty() {
                let places = files
                    .iter()
                    .filter_map(|file| file.summary.places.get(&code));
                places.flat_map(BTreeMap::values).sum()
            } else {
                counts.iter().map(|month| month.records).sum()
            };
            let without = || counts.iter().filter(|month| month.records == 0);
            let name = |month: &MonthCount| month.month.clone();
            Place {
                name: MunicipalityCode::parse(&code)
                    .ok()
                    .and_then(|code| MunicipalityRegister::shipped().name(code))
                    .map(str::to_owned),
                records,
                missing: without().map(name).collect(),
                emptied: without()
                    .filter(|month| month.year_before.is_some_and(|before| before > 0))
                    .map(name)
                    .collect(),
                months: counts,
                municipality: code,
            }
        })
        .collect()
}
