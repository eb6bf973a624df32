//! Children of people who are homeless or threatened with it: those whom the person register
//! names, and those whom forms tell of by number only.
//!
//! A child with a record of its own is counted by that record and not again. Any other child
//! under 18 in the household of a counted parent is counted with the parent, in the parent's
//! category and municipality; one whose household is another, or not known, is not homeless and
//! is reported as indirectly involved. Two parents make one child.

mod numbers;
mod register;

pub use numbers::ChildrenTold;
pub(crate) use numbers::{ToldOnForms, children_told};
pub(crate) use register::{RegisterChildren, register_children};
