//! Parquet and Arrow files.
//!
//! The libraries that read them panic on some damaged files; ethos-table catches that and makes it
//! an error. So here a panic that is caught is none.

#![no_main]

use ethos_fuzz::{LAYOUT, check};
use ethos_ingest::Reading;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| {
        check("x.parquet", bytes, Some(LAYOUT), Reading::default());
    }
);
