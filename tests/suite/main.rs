//! Tests of the whole, through the command line as a user meets it: published answers, the demo
//! against its own truth, privacy, reproducibility, damaged files, and small cases in words.

mod atomic;
mod beside;
#[cfg(unix)]
mod browser;
mod cases;
mod cli;
mod columns;
mod compare;
mod coverage;
mod demo;
mod documents;
mod estimate;
mod extracts;
mod guards;
mod help;
#[cfg(unix)]
mod hostile;
mod hunt;
mod injected;
mod mended;
mod misfits;
mod options;
mod outputs;
#[cfg(unix)]
mod page;
mod panel;
mod planted;
mod private;
mod protect;
mod published;
mod repeated;
#[cfg(unix)]
mod report;
mod reproducible;
mod senders;
#[cfg(target_os = "linux")]
mod sockets;
mod spoken;
mod study;
mod support;
