//! The rule book, for people and machines.

mod csv;
mod entry;
mod html;
mod json;
mod language;
mod markdown;
mod words;

pub use self::csv::csv;
pub use html::html;
pub use json::json;
pub use language::{language, observations};
pub use markdown::{markdown, one};
