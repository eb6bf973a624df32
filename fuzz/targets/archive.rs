//! Archives, gzip files and whatever comes from a pipe: the form is told by the bytes, and where
//! the first is odd the layout by the content.

#![no_main]

use ethos_fuzz::{LAYOUT, check};
use ethos_ingest::Reading;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, file)) = bytes.split_first() else {
        return;
    };
    let name = ["-", "x.zip", "x.csv.gz", "GM0363_MD_2025.csv"][usize::from(how >> 1 & 3)];
    let layout = (how & 1 == 0).then_some(LAYOUT);
    check(name, file, layout, Reading::default());
});
