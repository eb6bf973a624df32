//! Why a figure changed between two runs or two years: data, scope, method and rounding apart.
//!
//! The caller tells what the figure is for every mixture of the two runs — the data of one, counted
//! in the scope and by the method of the other. [`decompose`] swaps one thing at a time and takes the
//! mean over every order in which they can be swapped (the Shapley value), so that no order is
//! preferred and the parts add up to the change. What no mixture can tell apart stays together.
//! Rounding is what the published change differs from the change before rounding.
//!
//! | module | holds |
//! |---|---|
//! | [`parts`] | the decomposition, and whole numbers that add up to a whole number |
//! | [`draw`] | replicates of a table, for intervals |
//! | [`report`] | the comparison as text, JSON and CSV |

pub mod draw;
pub mod parts;
pub mod report;

pub use parts::{Factor, Group, Mixture, Part, apportion, decompose, groups};
pub use report::{Comparison, Count, Counted, Difference, Line, Published, Side, Swapped};
