//! Published tables and small helpers shared by the tests.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::collections::BTreeSet;

use ethos_estimate::{
    CaptureTable, Factor, FittedModel, Model, ModelText, RepeatedTable, fit, parse_model,
};

/// A table from `history:count` pairs separated by blanks.
pub fn table(text: &str) -> CaptureTable {
    let rows: Vec<(&str, u64)> = text
        .split_whitespace()
        .map(|pair| {
            let (h, c) = pair.split_once(':').expect("history:count");
            (h, c.parse().expect("a count"))
        })
        .collect();
    let lists = rows[0].0.len();
    CaptureTable::from_histories((1..=lists).map(|i| format!("l{i}")), rows).expect("a valid table")
}

/// A table from counts indexed by history bits (first list = lowest bit), entry 0 ignored.
pub fn indexed(counts: &[u64]) -> CaptureTable {
    let lists = counts.len().trailing_zeros() as usize;
    let mut b = CaptureTable::builder((1..=lists).map(|i| format!("l{i}")), []);
    for (h, &c) in counts.iter().enumerate().skip(1) {
        b.add(h as u16, &[], c).expect("a valid row");
    }
    b.build().expect("a valid table")
}

pub fn model(table: &CaptureTable, text: &str) -> Model {
    let (ModelText::Formula(m) | ModelText::Brackets(m)) =
        parse_model(text, table).expect("a valid model");
    m
}

pub fn fitted(table: &CaptureTable, text: &str) -> FittedModel {
    fit(table, &model(table, text)).expect("an estimate")
}

/// Fails unless `got` is within a relative distance of `want`.
pub fn close(got: f64, want: f64, tolerance: f64, what: &str) {
    assert!(
        (got - want).abs() <= tolerance * want.abs().max(1e-300),
        "{what}: {got} is not {want}"
    );
}

/// Fails unless `got` rounds to the printed digits of `want`.
pub fn digits(got: f64, want: &str, what: &str) {
    let places = want.split_once('.').map_or(0, |(_, d)| d.len());
    let unit = 10_f64.powi(-(places as i32));
    let value: f64 = want.parse().expect("a number");
    assert!(
        (got - value).abs() <= 0.500_000_1 * unit,
        "{what}: {got} does not round to {want}"
    );
}

pub const KOSOVO: &str = "1000:1131 0100:845 0010:936 0001:306 1100:177 1010:228 1001:106 0110:217 0101:31 \
     0011:123 1110:181 1101:18 1011:42 0111:32 1111:27";
pub const KOREA: &str = "001:41 010:5 100:5 110:54 101:6 011:0 111:12";
pub const HIV: &str = "1111:0 1110:3 1101:1 1100:33 1011:0 1010:20 1001:6 1000:403 0111:3 0110:35 0101:10 \
     0100:545 0011:11 0010:621 0001:205";
pub const LESBIAN: &str = "1111:23 1110:27 1101:48 1100:104 1011:19 1010:44 1001:143 1000:589 0111:20 0110:64 \
     0101:53 0100:534 0011:28 0010:281 0001:208";
pub const HAV: &str = "001:63 010:55 011:18 100:69 101:17 110:21 111:28";
pub const DIABETES: &str = "0001:10 0010:182 0011:8 0100:74 0101:7 0110:20 0111:14 1000:709 1001:12 1010:650 \
     1011:46 1100:104 1101:18 1110:157 1111:58";
pub const SPINA_BIFIDA: [u64; 8] = [0, 60, 49, 4, 247, 112, 142, 12];
pub const CONGENITAL: [u64; 32] = [
    0, 27, 37, 19, 4, 4, 1, 1, 97, 22, 37, 25, 2, 1, 3, 5, 83, 36, 34, 18, 3, 5, 0, 2, 30, 5, 23,
    8, 0, 3, 0, 2,
];
pub const UKDAT_5: &str = "10000:54 01000:463 00100:995 00010:695 00001:316 11000:15 10100:19 10010:3 01100:62 \
     01010:19 01001:1 00110:76 00101:11 00011:8 11100:1 11010:1 01110:4 11110:1";
pub const UKDAT: &str = "100000:54 010000:463 001000:907 000100:695 000010:316 000001:57 110000:15 101000:19 \
     100100:3 011000:56 010100:19 010010:1 010001:3 001100:69 001010:10 001001:31 000110:8 000101:6 000011:1 \
     111000:1 110100:1 011100:4 011001:3 001101:1 111100:1";
pub const NEW_ORLEANS_5: &str = "10000:25 01000:24 00100:70 00010:33 00001:21 11000:1 10100:1 10010:2 01100:2 \
     01010:2 01001:1 00110:2 11100:1 11010:1";
pub const HET1: &str = "100:3192 010:2082 110:1438 001:1662 101:1158 011:768 111:712";

/// The table COV1: three lists and a covariate with two levels.
pub fn cov1() -> CaptureTable {
    let mut b = CaptureTable::builder(["A", "B", "C"], [Factor::new("X", ["0", "1"])]);
    for (x, counts) in [
        [400, 300, 250, 90, 40, 35, 15],
        [150, 220, 180, 30, 12, 20, 4],
    ]
    .iter()
    .enumerate()
    {
        for (history, &count) in [0b001, 0b010, 0b100, 0b011, 0b101, 0b110, 0b111]
            .into_iter()
            .zip(counts)
        {
            b.add(history, &[x], count).unwrap();
        }
    }
    b.build().unwrap()
}

/// A table from a CSV text with columns sex, age, origin, g4, L1, L2, L3, count.
pub fn csv_table(text: &str) -> CaptureTable {
    let rows: Vec<Vec<&str>> = text
        .lines()
        .skip(1)
        .map(|l| l.split(',').collect())
        .collect();
    let names = ["sex", "age", "origin", "g4"];
    let mut factors: Vec<Factor> = names
        .iter()
        .map(|n| Factor {
            name: (*n).into(),
            levels: vec![],
        })
        .collect();
    for row in &rows {
        for (f, factor) in factors.iter_mut().enumerate() {
            if !factor.levels.iter().any(|l| l == row[f]) {
                factor.levels.push(row[f].to_owned());
            }
        }
    }
    let mut b = CaptureTable::builder(["L1", "L2", "L3"], factors.clone());
    for row in &rows {
        let levels: Vec<usize> = (0..4)
            .map(|f| factors[f].levels.iter().position(|l| l == row[f]).unwrap())
            .collect();
        let history = (0..3).map(|i| u16::from(row[4 + i] == "1") << i).sum();
        b.add(history, &levels, row[7].parse().unwrap()).unwrap();
    }
    b.build().unwrap()
}

pub fn cov3() -> CaptureTable {
    csv_table(include_str!("../data/cov3.csv"))
}

pub fn cov3_tiny() -> CaptureTable {
    csv_table(include_str!("../data/cov3_tiny.csv"))
}

/// The rows of a file of expected values: cells between semicolons, after a source line and a header.
pub fn expected(text: &'static str) -> Vec<Vec<&'static str>> {
    text.lines()
        .skip(2)
        .map(|line| line.split(';').collect())
        .collect()
}

pub fn number(text: &str) -> f64 {
    text.parse()
        .unwrap_or_else(|_| panic!("`{text}` is not a number"))
}

/// The public tables of the expected values, by name.
pub fn named(table_name: &str) -> CaptureTable {
    table(match table_name {
        "HIV" => HIV,
        "Korea" => KOREA,
        "Kosovo" => KOSOVO,
        "diabetes" => DIABETES,
        "lesbian" => LESBIAN,
        "UKdat_5" => UKDAT_5,
        other => panic!("no table {other}"),
    })
}

/// Irregular migrants in four Dutch cities by contacts with the police, 1995 (van der Heijden,
/// Bustami, Cruyff, Engbersen & van Houwelingen 2003); covariates sex, age, nation and reason,
/// levels in the order of their names.
pub fn migrants() -> RepeatedTable {
    let text = include_str!("../../../../data/published/dutch-police-contacts-1995.csv");
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    assert_eq!(
        names,
        ["contacts", "sex", "age", "reason", "nation", "count"]
    );
    let rows: Vec<Vec<&str>> = lines.map(|l| l.split(',').collect()).collect();
    let columns = [1, 2, 4, 3];
    let factors = columns.map(|c| {
        let levels: BTreeSet<&str> = rows.iter().map(|r| r[c]).collect();
        Factor::new(names[c], levels)
    });
    let mut builder = RepeatedTable::builder(factors.clone());
    for row in &rows {
        let places = factors.iter().zip(columns);
        let levels: Vec<usize> = places
            .map(|(f, c)| f.levels.iter().position(|l| l == row[c]).expect("a level"))
            .collect();
        let [times, persons] = [0, 5].map(|c| row[c].parse().expect("a number"));
        builder.add(times, &levels, persons).expect("a valid row");
    }
    builder.build().expect("a valid table")
}
