//! From a sender's file to spells and from spells to persons.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::fmt::Write as _;
use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethos_ingest::{CheckOptions, Input, SeriesKey, ingest_study};
use ethos_link::{ExactLinker, Linker};
use ethos_model::study::Study;

/// Rows of the file that is linked.
const ROWS: u32 = 20_000;

/// Rows of the files that are checked.
const MANY: u32 = 1_000_000;

/// A nine-digit number that passes the eleven test, different for every row.
fn number(row: u32) -> u32 {
    let mut candidate = 900_000_000 + 11 * row;
    loop {
        let digits: Vec<u32> = format!("{candidate:09}")
            .bytes()
            .map(|b| u32::from(b - b'0'))
            .collect();
        let sum: u32 = digits[..8]
            .iter()
            .zip((2..=9).rev())
            .map(|(digit, weight)| digit * weight)
            .sum();
        if sum % 11 == digits[8] {
            return candidate;
        }
        candidate += 1;
    }
}

/// A yearly shelter delivery; one row in fifty has a wrong number.
fn delivery() -> String {
    let mut text = String::from(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;reden_einde\n",
    );
    for row in 0..ROWS {
        let number = number(row) + u32::from(row % 50 == 0);
        let day = 1 + row % 28;
        let _ = writeln!(
            text,
            "20260115;0363;{number};17;NO;202511{day:02};202601{:02};19",
            1 + row % 14
        );
    }
    text
}

/// What is wrong with the rows of a file that is checked.
#[derive(Copy, Clone)]
enum Dirt {
    None,
    /// As senders deliver: a wrong number, a lost zero, a date that is none, each in one row of
    /// a hundred, and a quoted cell in one of ten.
    Usual,
    /// Every row has a wrong number and a date that is none.
    Every,
    /// Every row has a cell too many.
    Ragged,
}

/// A yearly shelter delivery of twelve columns.
fn wide(rows: u32, dirt: Dirt) -> Vec<u8> {
    let mut text = String::from(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;\
         reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n",
    );
    let usual = matches!(dirt, Dirt::Usual);
    let every = matches!(dirt, Dirt::Every);
    for row in 0..rows {
        let wrong = every || (usual && row % 100 == 7);
        let number = number(row % 8_000_000) + u32::from(wrong);
        let start = if every || (usual && row % 100 == 13) {
            "202513".to_owned()
        } else {
            format!("2025{:02}", 1 + row % 12)
        };
        let day = 1 + row % 28;
        let sex = if row % 2 == 0 { "M" } else { "V" };
        let (open, close) = if usual && row % 10 == 3 {
            ("\"", "\"")
        } else {
            ("", "")
        };
        let _ = write!(
            text,
            "20260115;0363;{number};16;{open}24{close};{start}{day:02};202601{:02};19;0363;0599;19{:02}{:02}{day:02};{sex}",
            1 + row % 14,
            40 + row % 60,
            1 + row % 12,
        );
        text.push_str(if matches!(dirt, Dirt::Ragged) {
            ";x\n"
        } else {
            "\n"
        });
    }
    text.into_bytes()
}

fn check(c: &mut Criterion) {
    let options = CheckOptions {
        layout: Some("monitor-dakloosheid/2025"),
        ..CheckOptions::default()
    };
    let mut group = c.benchmark_group("check");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(u64::from(MANY)));
    for (name, dirt) in [
        ("clean", Dirt::None),
        ("usual dirt", Dirt::Usual),
        ("every row wrong", Dirt::Every),
        ("every row ragged", Dirt::Ragged),
    ] {
        let input = Input::bytes("GM0363_MD_2025.csv", wide(MANY, dirt));
        group.bench_function(name, |b| {
            b.iter(|| {
                ethos_ingest::check::check_inputs(
                    black_box(std::slice::from_ref(&input)),
                    &options,
                    &(),
                )
            });
        });
    }
    group.finish();
}

fn link(c: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::write(folder.path().join("GM0363_MD_2025.csv"), delivery()).expect("a file");
    let study = Study::parse(
        "[study]\nname = \"bench\"\nreference_date = 2026-01-01\nseries = \"bench\"\nkey_file = \"bench.key\"\n\
         [[source]]\nname = \"opvang\"\nlayout = \"monitor-dakloosheid/2025\"\nfiles = \"*.csv\"\n",
    )
    .expect("a study");
    let key = SeriesKey::from_seed("bench", 1);
    let spells = ingest_study(&study, folder.path(), &key, &())
        .expect("spells")
        .spells;
    let mut group = c.benchmark_group("link");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(spells.len() as u64));
    group.bench_function("by number", |b| {
        b.iter(|| ExactLinker.link(black_box(&spells)));
    });
    group.finish();
}

criterion_group!(benches, check, link);
criterion_main!(benches);
