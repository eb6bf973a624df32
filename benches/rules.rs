//! The rules at work: a million rows of twelve columns, all rules read from files.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethos_ingest::rules::Finds;
use ethos_ingest::{CheckOptions, Input, RuleBook};

/// Rows of the file.
const ROWS: u32 = 1_000_000;

/// The digit that makes eight digits a number that passes the eleven test, if there is one.
fn check_digit(first: u32) -> Option<u32> {
    let mut rest = first;
    let mut sum = 0;
    for weight in 2..=9 {
        sum += (rest % 10) * weight;
        rest /= 10;
    }
    Some(sum % 11).filter(|digit| *digit < 10)
}

/// A yearly delivery: one row in five is about somebody who is in it already, one in fifty has
/// something wrong.
fn delivery() -> String {
    let mut text = String::from(
        "aanmaakdatum_bestand;gemeentecode;bsn;productcategorie;type_opvang;startdatum;einddatum;\
         reden_einde;gemeente_verblijf;gemeente_herkomst;geboortedatum;geslacht\n",
    );
    let mut first = 10_000_000;
    for row in 0..ROWS {
        if row % 5 != 0 {
            first += 7;
            while check_digit(first).is_none() {
                first += 1;
            }
        }
        let last = check_digit(first).unwrap_or(0);
        let (month, day) = (1 + row / 7 % 11, 1 + row % 28);
        let (product, shelter) = if row % 3 == 0 { (17, "NO") } else { (16, "24") };
        let (end, reason) = match row % 4 {
            0 => (String::new(), ""),
            _ => (format!("2025{:02}{day:02}", month + 1), "19"),
        };
        let last = if row % 100 == 7 { 9 - last } else { last };
        let sex = ["M", "V", "X", "M"][usize::from(row % 100 == 57) * 2 + (first % 2) as usize];
        let _ = writeln!(
            text,
            "20260115;0363;{first}{last};{product};{shelter};2025{month:02}{day:02};{end};{reason};\
             0363;{:04};19{:02}{:02}{:02};{sex}",
            if first % 9 == 0 { 599 } else { 363 },
            40 + first % 60,
            1 + first / 3 % 12,
            1 + first / 5 % 28
        );
    }
    text
}

/// The shipped book with only what the reader itself sees.
fn reader_alone() -> RuleBook {
    let mut book = RuleBook::shipped().clone();
    let mut off = String::new();
    for rule in book.rules() {
        if matches!(rule.finds, Finds::Condition { .. }) {
            let _ = writeln!(off, "[[rule]]\nid = \"{}\"\noff = true", rule.code);
        }
    }
    book.add(&off, "off.toml").expect("rules to switch off");
    book
}

fn rules(c: &mut Criterion) {
    let input = Input::bytes("GM0363_MD_2025.csv", delivery().into_bytes());
    let alone = reader_alone();
    let mut group = c.benchmark_group("a million rows");
    group
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .throughput(Throughput::Elements(u64::from(ROWS)));
    for (name, book) in [
        ("the reader alone", &alone),
        ("with all rules", RuleBook::shipped()),
    ] {
        let options = CheckOptions {
            layout: Some("monitor-dakloosheid/2025"),
            rules: Some(book),
            ..CheckOptions::default()
        };
        group.bench_function(name, |b| {
            b.iter(|| {
                let inputs = black_box(std::slice::from_ref(&input));
                ethos_ingest::check::check_inputs(inputs, &options, &())
            });
        });
    }
    group.finish();
    c.bench_function("the rule book read", |b| {
        b.iter(|| {
            let mut book = RuleBook::shipped().clone();
            book.add("[parameters.few_rows]\nvalue = 30\n", "x.toml")
                .expect("a parameter");
            book
        });
    });
}

criterion_group!(benches, rules);
criterion_main!(benches);
