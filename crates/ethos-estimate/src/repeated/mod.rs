//! One list with repeated contacts: how many of a population were never seen, from how often the
//! others were.
//!
//! `table` is what comes in, `family` what is assumed, `design` and `existence`
//! whether the data can say, `fit`, `population` and `closed` the numbers, `interval`
//! how sure they are, `score` and `notes` what speaks against them, `attempt` and
//! `answer` the whole.

pub(crate) mod answer;
pub(crate) mod attempt;
pub(crate) mod closed;
pub(crate) mod design;
pub(crate) mod existence;
pub(crate) mod family;
pub(crate) mod fit;
pub(crate) mod interval;
pub(crate) mod notes;
pub(crate) mod population;
pub(crate) mod report;
pub(crate) mod score;
pub(crate) mod settings;
pub(crate) mod table;
