//! The estimator: one fit, the exact search, and bootstraps with re-selection.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethos_estimate::{
    CaptureTable, EstimateSettings, Factor, IntervalMethod, Model, ModelText, estimate, fit,
    parse_model,
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

fn search(c: &mut Criterion) {
    let table = uk();
    let settings = EstimateSettings {
        interval: Some(IntervalMethod::Delta),
        ..EstimateSettings::default()
    };
    let mut group = c.benchmark_group("search");
    group.sample_size(10);
    group.bench_function("exact, 5 lists, 6,893 models", |b| {
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
