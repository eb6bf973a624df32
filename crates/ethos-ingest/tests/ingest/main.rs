//! Tests of ingest from outside: small files and whole studies with known answers.

mod archives;
mod corrections;
mod examples;
mod findings;
mod forms;
mod hard;
mod hostile;
mod layouts;
mod packed;
mod privacy;
mod readers;
mod samples;
mod senders;
mod studies;
mod support;
mod workbooks;
