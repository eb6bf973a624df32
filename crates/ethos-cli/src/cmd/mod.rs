//! One file a verb.

pub(crate) mod audit;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod count;
pub(crate) mod demo;
pub(crate) mod estimate;
pub(crate) mod evaluate;
pub(crate) mod evaluate_estimator;
pub(crate) mod ingest;
pub(crate) mod init;
pub(crate) mod layouts;
pub(crate) mod link;
pub(crate) mod protect;
pub(crate) mod publish;
pub(crate) mod rules;
pub(crate) mod run;
pub(crate) mod schema;
mod senders;
pub(crate) mod simulate;
mod targets;
pub(crate) mod verify;
