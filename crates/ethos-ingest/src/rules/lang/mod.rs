//! The language of `find`: a small typed language over the fields of a row.
//!
//! | step | module |
//! |---|---|
//! | text to words | `token` |
//! | words to an expression | `parse`, `syntax` |
//! | names and types; to nodes over numbered lanes | `check`, `names`, `node`, `slots` |
//! | conditions that nothing can fulfil | `contradiction` |
//! | nodes over thousands of rows at once | `eval`, `calendar` |
//!
//! Every value is a lane of `f64`: days since 1970, numbers, codes packed into 48 bits
//! ([`value`]); a missing value is not a number. What is asked of a missing value is
//! undecided, and an undecided rule makes no finding.

pub(crate) mod calendar;
mod check;
mod contradiction;
mod eval;
mod names;
mod node;
mod parse;
mod slots;
mod syntax;
mod token;
pub(super) mod value;

use std::ops::Range;

use ethos_model::finding::Text;

pub(super) use check::{Env, FieldNames, Own, Shown, compile, compile_shown, field_of, is_coded};
pub(super) use contradiction::Meaning;
pub(super) use eval::{Lanes, Scratch, logic, number};
pub(super) use names::{FUNCTIONS, Fact, FieldRef, MEASURES, Measure, Type, facts, fields};
pub(super) use node::{FALSE, Logic, Num, TRUE, UNDECIDED};
pub(super) use slots::{
    Aggregate, AggregateOf, CellSlot, Feature, PeerKind, Single, Slots, View, When, Whose,
};

/// What is wrong with an expression, and where in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mistake {
    /// The bytes at fault.
    pub(super) span: Range<usize>,
    /// What is wrong and the way out.
    pub(super) reason: Text,
    /// Whether a field is asked for that only other layouts have.
    pub(super) elsewhere: bool,
}

impl Mistake {
    fn new(span: Range<usize>, reason: Text) -> Self {
        Self {
            span,
            reason,
            elsewhere: false,
        }
    }
}
