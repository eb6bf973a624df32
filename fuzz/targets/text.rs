//! Text of any kind: encodings, delimiters, quotes, line ends.

#![no_main]

use ethos_fuzz::{LAYOUT, check};
use ethos_ingest::Reading;
use ethos_ingest::decode::Encoding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((how, text)) = bytes.split_first() else {
        return;
    };
    let reading = Reading {
        encoding: [
            None,
            Some(Encoding::Windows1252),
            Some(Encoding::Utf16Le),
            Some(Encoding::Utf8),
        ][usize::from(how & 3)],
        delimiter: (how & 4 != 0).then_some(';'),
        header_row: (how & 8 != 0).then_some(u64::from(how >> 4) + 1),
        ..Reading::default()
    };
    check("GM0363_2025.csv", text, Some(LAYOUT), reading);
});
