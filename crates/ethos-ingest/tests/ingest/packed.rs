//! Parquet and Arrow in every packing that other programs write (polars wrote these): read to the cell, or
//! said to be packed in a way that is not read.

use std::path::Path;

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, FileReport, Input, Verdict};

fn checked(name: &str, in_memory: bool) -> FileReport {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/ingest/packed")
        .join(name);
    let input = if in_memory {
        Input::bytes(name, std::fs::read(&path).unwrap())
    } else {
        Input::path(name, &path)
    };
    let options = CheckOptions {
        layout: Some("register/adresloze-bijstand"),
        ..CheckOptions::default()
    };
    let mut report = check_inputs(&[input], &options, &()).unwrap();
    report.files.remove(0)
}

#[test]
fn parquet_packed_with_snappy_gzip_or_zstd_is_read_as_what_is_not_packed() {
    let plain = checked("uncompressed.parquet", false);
    assert_eq!(plain.tally.accepted, 300, "{:?}", plain.findings);
    for packing in ["snappy", "gzip", "zstd"] {
        let name = format!("{packing}.parquet");
        for in_memory in [false, true] {
            let file = checked(&name, in_memory);
            assert_eq!(file.tally, plain.tally, "{name}: {:?}", file.findings);
            assert_eq!(file.counts, plain.counts, "{name}");
        }
    }
}

#[test]
fn what_is_packed_in_a_way_that_is_not_read_is_named_with_the_way_out() {
    for (name, said) in [
        ("brotli.parquet", "wordt gelezen: Parquet met brotli."),
        ("lz4.parquet", "wordt gelezen: Parquet met lz4."),
        ("lz4.arrow", "wordt gelezen: Arrow met lz4."),
        ("zstd.arrow", "wordt gelezen: Arrow met zstd."),
    ] {
        let file = checked(name, false);
        assert_eq!(file.verdict, Verdict::Unusable);
        let [finding] = file.findings.as_slice() else {
            panic!("{name}: {:?}", file.findings);
        };
        assert_eq!(finding.code.as_str(), "BST12");
        assert!(finding.message.nl.ends_with(said), "{finding:?}");
        assert!(
            finding.fix.nl.contains("snappy, gzip of zstd"),
            "{finding:?}"
        );
    }
}

#[test]
fn packed_parquet_that_is_cut_or_spoilt_is_damaged_and_nothing_worse() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ingest/packed");
    for packing in ["gzip", "zstd"] {
        let whole = std::fs::read(path.join(format!("{packing}.parquet"))).unwrap();
        for at in (8..1200).step_by(37) {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x55;
            let input = [Input::bytes("GM0363_2025.parquet", bytes)];
            let options = CheckOptions {
                layout: Some("register/adresloze-bijstand"),
                ..CheckOptions::default()
            };
            let report = check_inputs(&input, &options, &()).unwrap();
            report.ledger.check().unwrap();
        }
    }
}
