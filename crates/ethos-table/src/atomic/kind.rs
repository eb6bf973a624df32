//! What an output folder holds.

use std::fmt;

/// What an output folder holds. Its marker says so, and only output of the same kind takes its
/// place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OutputKind {
    /// The results of a whole run: what may be published and what may not.
    Run,
    /// The tables of single steps, for the steps after them.
    Steps,
    /// What may be published, made from the results of an earlier run.
    Release,
    /// A simulated country: studies, key and deliveries. They are input, made to be changed.
    Country,
}

impl OutputKind {
    /// The stable key, as the marker has it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Steps => "steps",
            Self::Release => "release",
            Self::Country => "country",
        }
    }

    /// The kind with this key.
    pub fn from_key(key: &str) -> Option<Self> {
        [Self::Run, Self::Steps, Self::Release, Self::Country]
            .into_iter()
            .find(|kind| kind.key() == key)
    }
}

impl fmt::Display for OutputKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Run => "the results of a run",
            Self::Steps => "the tables of single steps",
            Self::Release => "a release",
            Self::Country => "a simulated country with its studies and key",
        })
    }
}
