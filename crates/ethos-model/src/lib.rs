//! The words every part of ethos-light shares.
//!
//! This crate holds no logic of counting or estimating: it fixes the vocabulary that the
//! other crates meet in, so that a spell, a category or a cell means the same thing from the
//! first extract to the last table. It depends on no other crate of the workspace.
//!
//! | module | what it fixes |
//! |---|---|
//! | [`date`] | days, periods, reference dates |
//! | [`category`] | the seven ETHOS Light categories, living situations, the three totals |
//! | [`municipality`], [`region`] | municipality codes at a date, recoding, dated regions |
//! | [`population`] | inhabitants that rates are divided by |
//! | [`attribute`] | sex, age, origin, nationality group, residence status, bands |
//! | [`token`] | pseudonyms: what is left of an identifier behind the door |
//! | [`layout`] | the declared shape of a sender's file |
//! | [`finding`] | what is wrong in a file, for the person who can mend it |
//! | [`spell`], [`link`], [`person`], [`capture`] | the records between the steps |
//! | [`cell`], [`cube`] | counts, estimates, and why a cell is empty |
//! | [`coverage`] | what a source can report, who delivered, who did not |
//! | [`study`] | the study file |
//! | [`ledger`], [`manifest`] | every row accounted for; what a run was made of |
//! | [`schema`] | the documented columns of every table that crosses a crate border |

pub mod attribute;
pub mod capture;
pub mod category;
pub mod cell;
pub mod coverage;
pub mod cube;
pub mod date;
pub mod finding;
pub mod layout;
pub mod ledger;
pub mod link;
pub mod manifest;
pub mod municipality;
pub mod person;
pub mod population;
pub mod region;
pub mod schema;
pub mod spell;
pub mod study;
pub mod suggest;
pub mod token;
