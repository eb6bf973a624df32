//! From the country to files in the shipped layouts, with the dirt that real senders deliver.
//!
//! | module | what it writes |
//! |---|---|
//! | [`shelter`] | `leveringen/opvang`: yearly deliveries of the centre municipalities |
//! | [`wmo`] | `leveringen/gmsd`: half-yearly Wmo records of the municipalities that take part |
//! | [`register`] | `registers`: benefit, probation, population |
//! | [`count_day`] | `telling`: the forms of the count day |
//! | [`frame`] | who is expected to deliver; the example of centre regions |
//! | [`file`], [`dirt`], [`folder`] | how senders write files, what goes wrong, where it all lands |

pub(crate) mod count_day;
pub(crate) mod dirt;
pub(crate) mod file;
pub(crate) mod folder;
pub(crate) mod frame;
pub(crate) mod register;
pub(crate) mod shelter;
pub(crate) mod wmo;

use ethos_model::date::Day;
use ethos_model::municipality::MunicipalityCode;

/// A municipality code as files hold it: four digits.
pub(crate) fn digits(code: MunicipalityCode) -> String {
    format!("{:04}", code.number())
}

/// The last day of `[start, end)` where a file made on a day knows of it, and blank where it
/// does not.
pub(crate) fn last_day(end: Option<Day>, made: Day) -> Option<Day> {
    end.map(|end| end.plus_days(-1)).filter(|last| *last < made)
}

/// Codes of reasons for an end, of the code list WMO588, by how often they are used.
pub(crate) const END_REASONS: [(&str, f64); 9] = [
    ("19", 0.30),
    ("21", 0.20),
    ("22", 0.10),
    ("23", 0.12),
    ("31", 0.08),
    ("36", 0.06),
    ("38", 0.08),
    ("39", 0.05),
    ("02", 0.01),
];
