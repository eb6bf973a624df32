//! Tests of ingest from outside: small files and whole studies with known answers.

mod examples;
mod findings;
mod hard;
mod layouts;
mod privacy;
mod samples;
mod studies;
mod support;
