//! From spells as delivered to the stretches of days on which each counts.

mod active;
mod bucket;
mod normalise;

pub(crate) use active::last_word;
pub use active::{ActiveSpans, Span, active_spans, expected_window};
pub(crate) use bucket::{by_person, runs};
pub(crate) use normalise::by_content;
pub use normalise::{Merging, Stretch, Tally, normalise};
