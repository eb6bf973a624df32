//! What a source can report and what it cannot see, who delivered and who did not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::date::{Day, Period};
use crate::municipality::MunicipalityCode;
use crate::spell::SourceId;

/// A file that a sender delivered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Delivery {
    /// Position of the source in the study.
    pub source: SourceId,
    /// Path relative to the study file, with `/` between parts.
    pub file: String,
    /// SHA-256 of the file's bytes, in hexadecimal.
    pub sha256: String,
    /// Layout the file was read by.
    pub layout: String,
    /// The delivering municipality, from the file's rows or its name; `None` for a national
    /// register.
    pub sender: Option<MunicipalityCode>,
    /// Day the file was made: from its rows, else its name, else the study's `as_of`.
    pub made: Option<Day>,
    /// Last day the file can speak of where neither [`Self::made`] nor [`Self::period`] tells,
    /// inferred: [`Self::DAYS_AFTER_NEWEST`] after the newest event in the undated files of its
    /// source. It tells nothing of which file is the newer one.
    #[serde(default)]
    pub inferred_until: Option<Day>,
    /// First and last day (exclusive) the file speaks of, where the name or the study tells.
    pub period: Option<Period>,
    /// Data rows read, the header not counted.
    pub rows: u64,
    /// Whether a later delivery of the same sender and period replaced it whole.
    pub replaced: bool,
    /// Whether the file could be used at all.
    pub usable: bool,
}

impl Delivery {
    /// Days after the newest event in files without a date for which they still speak: a month
    /// in which nothing new came is likely, a longer silence is not.
    pub const DAYS_AFTER_NEWEST: i32 = 31;

    /// Last day the file can speak of by the day it was made, or by its events where that is not
    /// known. `None` when nothing tells.
    pub fn last_day(&self) -> Option<Day> {
        self.made.or(self.inferred_until)
    }
}

/// Who is expected to deliver for which municipalities, and who did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Expected sender of each municipality, each with the days for which it is expected.
    pub expected: BTreeMap<MunicipalityCode, Vec<ExpectedSender>>,
}

/// A sender expected for a municipality during some days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedSender {
    /// The delivering municipality.
    pub sender: MunicipalityCode,
    /// First day it is expected to report on.
    pub from: Option<Day>,
    /// First day it no longer is.
    pub until: Option<Day>,
}

impl ExpectedSender {
    /// Whether it is expected to report on the day.
    pub fn on(&self, day: Day) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }
}

/// Which municipalities a source can report on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every municipality: a national register.
    National,
    /// The municipalities of the senders that delivered, and no others. One whose file cannot be
    /// used was expected all the same; who that is, the deliveries tell.
    Senders,
    /// A declared frame of expected senders.
    Frame(Frame),
}

impl Reach {
    /// Whether the source looked in a municipality on a day, given the senders that delivered.
    pub fn state(
        &self,
        municipality: MunicipalityCode,
        day: Day,
        delivered: &BTreeSet<MunicipalityCode>,
    ) -> Looked {
        match self {
            Self::National => Looked::Yes,
            Self::Senders if delivered.contains(&municipality) => Looked::Yes,
            Self::Senders => Looked::NotAsked,
            Self::Frame(frame) => {
                let expected: Vec<_> = frame
                    .expected
                    .get(&municipality)
                    .into_iter()
                    .flatten()
                    .filter(|expected| expected.on(day))
                    .collect();
                let came = expected
                    .iter()
                    .filter(|e| delivered.contains(&e.sender))
                    .count();
                match (expected.len(), came) {
                    (0, _) => Looked::NotAsked,
                    (_, 0) => Looked::No,
                    (all, came) if came < all => Looked::InPart,
                    _ => Looked::Yes,
                }
            }
        }
    }
}

/// Whether a source looked in a municipality.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Looked {
    /// Nobody expected it to.
    NotAsked,
    /// It should have and its sender did not deliver.
    No,
    /// Some of its senders delivered.
    InPart,
    /// It did.
    Yes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_absent_sender_is_coverage() {
        let code = |text: &str| MunicipalityCode::parse(text).unwrap();
        let day = Day::parse("2026-01-01").unwrap();
        let expected = ExpectedSender {
            sender: code("GM0363"),
            from: None,
            until: None,
        };
        let frame = Reach::Frame(Frame {
            expected: BTreeMap::from([(code("GM0384"), vec![expected])]),
        });
        let nobody = BTreeSet::new();
        let amsterdam = BTreeSet::from([code("GM0363")]);
        assert_eq!(frame.state(code("GM0384"), day, &nobody), Looked::No);
        assert_eq!(frame.state(code("GM0384"), day, &amsterdam), Looked::Yes);
        assert_eq!(
            frame.state(code("GM0599"), day, &amsterdam),
            Looked::NotAsked
        );
        assert_eq!(
            Reach::Senders.state(code("GM0384"), day, &amsterdam),
            Looked::NotAsked
        );
        assert_eq!(
            Reach::National.state(code("GM0384"), day, &nobody),
            Looked::Yes
        );
    }
}
