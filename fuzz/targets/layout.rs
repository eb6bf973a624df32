//! Layouts and category mappings in TOML, and a layout made from a file.

#![no_main]

use ethos_ingest::Input;
use ethos_model::category::Language;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes) {
        if let Some(file) = text.strip_prefix('!') {
            let input = Input::bytes("x.csv", file);
            if let Ok(made) = ethos_ingest::scaffold_layout(&input, Language::Nl) {
                // It is one to begin with: a field may still be wanting, and that is told.
                let _ = ethos_ingest::layout::parse(&made, "x.toml");
            }
            return;
        }
        let _ = ethos_ingest::layout::parse(text, "x.toml");
        let _ = ethos_ingest::mapping::parse(text, "x.toml");
    }
});
