//! Deliveries in zip archives and gzip files, and archives made to do harm.

use std::io::{Cursor, Write};

use ethos_ingest::check::check_inputs;
use ethos_ingest::{CheckOptions, CheckReport, Input, Verdict};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::support::{
    SHELTERS, StudyFolder, codes_of, file, gzip, only, shelter, workbook, zip_of,
};

/// Rules that a test of this file meets.
pub(crate) const MET: &[&str] = &[
    "BST09", "BST10", "BST11", "BST12", "BST13", "BST14", "BST15", "BST16",
];

fn check(name: &str, bytes: Vec<u8>) -> CheckReport {
    let report = check_inputs(&[Input::bytes(name, bytes)], &CheckOptions::default(), &()).unwrap();
    report.ledger.check().unwrap();
    report
}

/// The code on the one file, which is not usable.
fn refused(name: &str, bytes: Vec<u8>) -> String {
    let report = check(name, bytes);
    assert_eq!(report.files.len(), 1);
    let file = &report.files[0];
    assert_eq!(file.verdict, Verdict::Unusable, "{:?}", file.findings);
    assert_eq!(file.sha256.len(), 64);
    codes_of(file).join(" ")
}

#[test]
fn every_table_in_an_archive_is_a_delivery() {
    let of = |number, municipality| shelter(number).with("gemeentecode", municipality);
    let one = file(&[of(1, "0363")]);
    let two = file(&[of(2, "0599"), of(3, "0599")]);
    let sheet = workbook(&[("Blad1", &file(&[of(4, "0014")]))]);
    let report = check(
        "alles.zip",
        zip_of(&[
            ("GM0599_2025.csv", two.as_bytes()),
            ("map/GM0363_2025.csv", one.as_bytes()),
            ("GM0014_2025.xlsx", &sheet),
            ("leesmij.pdf", b"%PDF-"),
            ("__MACOSX/._GM0599_2025.csv", b"x"),
        ]),
    );
    let found: Vec<(&str, u64)> = report
        .files
        .iter()
        .map(|file| (file.file.as_str(), file.tally.accepted))
        .collect();
    assert_eq!(
        found,
        [
            ("alles.zip/GM0014_2025.xlsx", 1),
            ("alles.zip/GM0599_2025.csv", 2),
            ("alles.zip/map/GM0363_2025.csv", 1),
        ]
    );
}

#[test]
fn gzip_files_hold_a_delivery() {
    let text = file(&[shelter(1)]);
    let report = check("GM0363_2025.csv.gz", gzip(text.as_bytes()));
    assert_eq!(
        (report.files[0].tally.accepted, codes_of(&report.files[0])),
        (1, vec![])
    );
    let sheet = workbook(&[("Blad1", &text)]);
    let report = check("GM0363_2025.xlsx.gz", gzip(&sheet));
    assert_eq!(report.files[0].tally.accepted, 1);
}

#[test]
fn archives_and_workbooks_work_in_a_study() {
    let of = |code: &str, n| file(&[shelter(n).with("gemeentecode", code)]);
    let all = zip_of(&[
        ("GM0363_2025.csv", of("0363", 1).as_bytes()),
        ("GM0599_2025.xlsx", &workbook(&[("x", &of("0599", 2))])),
    ]);
    let ingested = StudyFolder::new()
        .section(&SHELTERS.replace("*.csv", "*"))
        .with("opvang/alles.zip", all)
        .with("opvang/GM0014_2025.csv.gz", gzip(of("0014", 3).as_bytes()))
        .with(
            "opvang/GM0034_2025.xlsx",
            workbook(&[("x", &of("0034", 4))]),
        )
        .read();
    let names: Vec<&str> = ingested
        .deliveries
        .iter()
        .map(|delivery| delivery.file.as_str())
        .collect();
    assert_eq!(
        names,
        [
            "opvang/GM0014_2025.csv.gz",
            "opvang/GM0034_2025.xlsx",
            "opvang/alles.zip/GM0363_2025.csv",
            "opvang/alles.zip/GM0599_2025.xlsx",
        ]
    );
    assert_eq!(ingested.spells.len(), 4);
    assert!(ingested.inputs.iter().all(|input| input.sha256.len() == 64));
}

#[test]
fn damaged_archives_are_told_and_keep_no_one_from_the_rest() {
    let text = file(&[shelter(1)]);
    let mut archive = zip_of(&[("a.csv", text.as_bytes()), ("b.csv", text.as_bytes())]);
    // A byte of the first member's packed content.
    archive[60] ^= 0xff;
    let report = check("x.zip", archive.clone());
    assert_eq!(report.files.len(), 2);
    only(&report.files[0], "BST09");
    assert_eq!(report.files[1].tally.accepted, 1);
    archive.truncate(archive.len() - 30);
    assert_eq!(refused("x.zip", archive), "BST09");
    let mut packed = gzip(text.as_bytes());
    packed.truncate(packed.len() - 12);
    assert_eq!(refused("a.csv.gz", packed), "BST09");
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = vec![b'0'; 30 << 20];
    let bomb = zip_of(&[("a.csv", &zeros)]);
    assert!(bomb.len() < 1 << 20);
    assert_eq!(refused("bomb.zip", bomb), "BST10");
    assert_eq!(refused("bomb.csv.gz", gzip(&zeros)), "BST10");
    // The directory says 10 bytes, the content unpacks to more.
    let mut liar = zip_of(&[("a.csv", &zeros[..1 << 20])]);
    for at in 0..liar.len() - 4 {
        if liar[at..at + 4] == (1_u32 << 20).to_le_bytes() {
            liar[at..at + 4].copy_from_slice(&10_u32.to_le_bytes());
        }
    }
    assert_eq!(refused("liar.zip", liar), "BST09");
}

#[test]
fn archives_within_archives_are_not_unpacked() {
    let inner = zip_of(&[("a.csv", b"x")]);
    assert_eq!(refused("x.zip", zip_of(&[("inner.zip", &inner)])), "BST13");
    assert_eq!(
        refused("x.zip", zip_of(&[("a.csv.gz", &gzip(b"x"))])),
        "BST13"
    );
    assert_eq!(refused("x.csv.gz", gzip(&inner)), "BST13");
    // Whatever it is called.
    assert_eq!(refused("x.zip", zip_of(&[("a.csv", &inner)])), "BST13");
    assert_eq!(
        refused("x.zip", zip_of(&[("leesmij.txt.pdf", b"x")])),
        "BST14"
    );
    assert_eq!(refused("x.zip", zip_of(&[])), "BST14");
}

#[test]
fn tricks_with_names_and_links_are_refused() {
    for name in ["../../a.csv", "/etc/a.csv", "a/../../b.csv", "C:\\a.csv"] {
        assert_eq!(refused("x.zip", zip_of(&[(name, b"x")])), "BST15", "{name}");
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer
        .add_symlink("a.csv", "/etc/passwd", SimpleFileOptions::default())
        .unwrap();
    let archive = writer.finish().unwrap().into_inner();
    assert_eq!(refused("x.zip", archive), "BST15");
}

#[test]
fn passwords_and_other_packings_are_told() {
    let mut archive = zip_of(&[("a.csv", b"x;y\n1;2\n")]);
    let set = |archive: &mut Vec<u8>, mark: &[u8], offset: usize, value: u8| {
        let at = archive.windows(4).position(|four| four == mark).unwrap();
        archive[at + offset] = value;
    };
    let mut secret = archive.clone();
    set(&mut secret, b"PK\x03\x04", 6, 1);
    set(&mut secret, b"PK\x01\x02", 8, 1);
    assert_eq!(refused("x.zip", secret), "BST11");
    // Method 9, which is deflate64.
    set(&mut archive, b"PK\x03\x04", 8, 9);
    set(&mut archive, b"PK\x01\x02", 10, 9);
    assert_eq!(refused("x.zip", archive), "BST12");
    let name: Vec<u8> = "EncryptedPackage"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let office = [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".as_slice(),
        &[0; 500],
        &name,
    ]
    .concat();
    assert_eq!(refused("GM0363_2025.xlsx", office), "BST11");
}

#[test]
fn entities_are_not_expanded() {
    let laughs = br#"<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><workbook>&b;</workbook>"#;
    let book = zip_of(&[
        ("[Content_Types].xml", b"<Types/>"),
        ("xl/workbook.xml", laughs),
    ]);
    assert_eq!(refused("GM0363_2025.xlsx", book), "BST16");
    let ods = zip_of(&[("content.xml", laughs)]);
    assert_eq!(refused("GM0363_2025.ods", ods), "BST16");
}

#[test]
fn too_many_members_are_refused() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for n in 0..10_001 {
        writer.start_file(format!("{n}.csv"), options).unwrap();
        writer.write_all(b"x").unwrap();
    }
    let archive = writer.finish().unwrap().into_inner();
    assert_eq!(refused("x.zip", archive), "BST10");
}
