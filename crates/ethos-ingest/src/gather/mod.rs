//! The rows of a file: those that are none set aside, the others read and judged.
//!
//! Rows are read by the thousand on as many threads as there are, and put together in the order
//! of the file: what comes out is the same on any number of threads.
//!
//! | step | where | module |
//! |---|---|---|
//! | where rows end, thousands of rows into blocks | one thread, in order | [`crate::read`] |
//! | cells told apart, rows read, odd ones set aside | every thread | [`part`], [`odd`] |
//! | rows that stood before found again | every thread, each its share of keys | [`crate::rows::Seen`] |
//! | rules asked | every thread | [`part`] |
//! | all of it put together | one thread, in order | [`whole`] |

mod count;
mod edges;
mod odd;
#[cfg(test)]
mod paces;
mod part;
mod rounds;
mod whole;

pub(crate) use count::count;
pub(crate) use odd::is_data;
pub(crate) use part::{Job, last_skipped};
pub(crate) use rounds::{Pace, rows};
