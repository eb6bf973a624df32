//! The wiring between the stages, in the order of a run.

pub(crate) mod capture_file;
mod capture_rows;
pub(crate) mod change_text;
mod column_doubts;
pub(crate) mod compare;
mod compare_counts;
pub(crate) mod compare_text;
pub(crate) mod compared_run;
pub(crate) mod estimate_command;
pub(crate) mod estimate_text;
pub(crate) mod estimates;
mod history_doubts;
pub(crate) mod internal;
pub(crate) mod load;
pub(crate) mod method;
pub(crate) mod panel_text;
pub(crate) mod person_rows;
pub(crate) mod plain_tables;
pub(crate) mod release;
pub(crate) mod repeated_file;
pub(crate) mod repeated_text;
pub(crate) mod run;
pub(crate) mod step_files;
pub(crate) mod steps;
pub(crate) mod study_plots;
pub(crate) mod study_text;
pub(crate) mod text;
