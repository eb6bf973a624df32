//! The estimator: one fit, the exact search, and bootstraps with re-selection.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethos_estimate::{
    CaptureTable, EstimateSettings, Factor, IntervalMethod, Model, ModelText, Search, estimate,
    fit, parse_model,
};

/// UK 2013, five lists (Silverman 2014).
fn uk() -> CaptureTable {
    CaptureTable::from_histories(
        ["LA", "NG", "PFNCA", "GO", "GP"],
        [
            ("10000", 54),
            ("01000", 463),
            ("00100", 995),
            ("00010", 695),
            ("00001", 316),
            ("11000", 15),
            ("10100", 19),
            ("10010", 3),
            ("01100", 62),
            ("01010", 19),
            ("01001", 1),
            ("00110", 76),
            ("00101", 11),
            ("00011", 8),
            ("11100", 1),
            ("11010", 1),
            ("01110", 4),
            ("11110", 1),
        ],
    )
    .expect("a published table")
}

/// Three lists × sex × age × origin × region, 36 strata: the shape of the yearly estimate.
fn yearly() -> CaptureTable {
    let factors = [("sex", 2), ("age", 3), ("origin", 3), ("region", 2)]
        .map(|(name, levels)| Factor::new(name, (0..levels).map(|level| format!("{name}{level}"))));
    let mut rows = CaptureTable::builder(["a", "b", "c"], factors);
    for stratum in 0..36_usize {
        let levels = [stratum / 18, stratum / 6 % 3, stratum / 2 % 3, stratum % 2];
        let size = 400.0 / (1.0 + levels[0] as f64) / (1.0 + 0.5 * levels[2] as f64);
        for history in 1..8_u16 {
            let share = [0.10, 0.12, 0.02, 0.07, 0.01, 0.012, 0.003][usize::from(history) - 1];
            rows.add(history, &levels, (size * share).ceil() as u64)
                .expect("inside the table");
        }
    }
    rows.build().expect("a filled table")
}

fn model_of(text: &str, table: &CaptureTable) -> Model {
    let (ModelText::Formula(model) | ModelText::Brackets(model)) =
        parse_model(text, table).expect("a model");
    model
}

fn single_fit(c: &mut Criterion) {
    let table = uk();
    let model = model_of("[123,25,34]", &table);
    c.bench_function("fit, 31 cells x 12 parameters", |b| {
        b.iter(|| fit(black_box(&table), &model));
    });
    let table = yearly();
    let model = model_of(
        "sex*age*origin*region + a*b + (a+b+c)*(sex+age+origin+region)",
        &table,
    );
    c.bench_function("fit, 252 cells x 57 parameters", |b| {
        b.iter(|| fit(black_box(&table), &model));
    });
}

/// War deaths in Kosovo, four lists (Ball et al. 2002).
fn kosovo() -> CaptureTable {
    CaptureTable::from_histories(
        ["EXH", "ABA", "OSCE", "HRW"],
        [
            ("1000", 1131),
            ("0100", 845),
            ("0010", 936),
            ("0001", 306),
            ("1100", 177),
            ("1010", 228),
            ("1001", 106),
            ("0110", 217),
            ("0101", 31),
            ("0011", 123),
            ("1110", 181),
            ("1101", 18),
            ("1011", 42),
            ("0111", 32),
            ("1111", 27),
        ],
    )
    .expect("a published table")
}

/// UK 2013 with the crime agency as a list of its own: six lists (Silverman 2014).
fn uk_six() -> CaptureTable {
    let rows = "100000:54 010000:463 001000:907 000100:695 000010:316 000001:57 110000:15 101000:19 \
                100100:3 011000:56 010100:19 010010:1 010001:3 001100:69 001010:10 001001:31 \
                000110:8 000101:6 000011:1 111000:1 110100:1 011100:4 011001:3 001101:1 111100:1";
    let rows = rows.split_whitespace().map(|row| {
        let (history, count) = row.split_once(':').expect("history:count");
        (history, count.parse().expect("a count"))
    });
    CaptureTable::from_histories(["LA", "NG", "PF", "GO", "GP", "NCA"], rows)
        .expect("a published table")
}

fn search(c: &mut Criterion) {
    let settings = |search| EstimateSettings {
        search: Some(search),
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    let mut group = c.benchmark_group("search");
    group.sample_size(10);
    for (name, table, search) in [
        ("all, 4 lists, 113 models", kosovo(), Search::All),
        ("all, 5 lists, 6,893 models", uk(), Search::All),
        ("exact, 5 lists, 6,893 models", uk(), Search::Exact),
        ("exact, 6 lists, 7,785,061 models", uk_six(), Search::Exact),
    ] {
        let settings = settings(search);
        group.bench_function(name, |b| {
            b.iter(|| estimate(black_box(&table), &settings, None));
        });
    }
    let table = uk();
    let replicates = 1000;
    let settings = EstimateSettings {
        replicates: Some(replicates),
        ..EstimateSettings::default()
    };
    group.throughput(Throughput::Elements(replicates));
    group.bench_function("exact, 5 lists, in every replicate", |b| {
        b.iter(|| estimate(black_box(&table), &settings, None));
    });
    group.finish();
}

fn bootstrap(c: &mut Criterion) {
    let table = yearly();
    let replicates = 200;
    let settings = EstimateSettings {
        replicates: Some(replicates),
        ..EstimateSettings::default()
    };
    let mut group = c.benchmark_group("bootstrap");
    group
        .sample_size(10)
        .throughput(Throughput::Elements(replicates));
    group.bench_function("36 strata, search in every replicate", |b| {
        b.iter(|| estimate(black_box(&table), &settings, None));
    });
    group.finish();
}

criterion_group!(benches, single_fit, search, bootstrap);
criterion_main!(benches);
