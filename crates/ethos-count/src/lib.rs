//! Spells and person ids in, persons and captures out: reference date, category priority,
//! coverage, capture histories.
//!
//! [`count`] takes everything ingest and linkage made and answers three questions for every
//! reference date (and every calendar year that the study asks for): who was homeless or
//! threatened with it, what does an empty cell of a table mean, and which lists saw whom.
//!
//! | folder | takes | makes |
//! |---|---|---|
//! | [`spells`] | spells as delivered | the stretches of days on which each counts |
//! | [`persons`] | the stretches of one person | one row a person and date: evidence, attributes, municipality |
//! | [`children`] | homeless parents, the person register, numbers on forms | children with a parent, children involved |
//! | [`captures`] | persons | who is in the scope of the estimate; the capture table |
//! | [`tables`] | persons, deliveries, what sources report | rows of the publication cube |
//! | [`flows`] | spells | entries and exits between two days |
//!
//! The result does not depend on the order of the spells nor on the number of threads: a person
//! is counted from their own spells alone, buckets have a fixed size, and whatever is added up
//! is a whole number.

mod accounts;
pub mod captures;
pub mod children;
mod count;
mod error;
pub mod flows;
mod input;
mod note;
pub mod persons;
mod plan;
pub mod spells;
pub mod tables;

pub use count::count;
pub use error::CountError;
pub use input::{CategoryPairs, Conflicts, CountInput, Counted, Progress, Seen, Taking};
pub use note::Note;
