//! Pictures as inline SVG: one file a picture. Colours come from the page's style sheet by
//! class, bytes depend on the figures alone, and every picture has a title and a description
//! that say in words what it shows.
//!
//! The pictures of the released page take protected figures only.

pub mod category;
pub mod dates;
pub mod funnel;
pub mod ladder;
pub mod multiples;
pub mod overlap;
pub mod scale;
pub mod seen_added;
pub mod sensitivity;
pub mod series;
mod svg;
pub mod tiles;
pub mod waterfall;
