//! The parts of workbooks, Excel's and OpenDocument's: one part is what the fuzzer makes, the
//! others are in order.

#![no_main]

use ethos_fuzz::{LAYOUT, check, workbook};
use ethos_ingest::Reading;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(book) = workbook(bytes) {
        check("GM0363_2025.xlsx", &book, Some(LAYOUT), Reading::default());
    }
});
