//! The numeric kernel: replicate fits of one design, without and with drawing the replicate, on
//! every instruction set of the machine, one thread. Time is the thread's own processor time.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use ethos_benches::{Case, saturated, small, thread_time, yearly};
use ethos_estimate::{IntervalMethod, Refit};

/// Processor time of this thread where the system tells it, wall time elsewhere.
struct ThreadTime;

impl Measurement for ThreadTime {
    type Intermediate = Duration;
    type Value = Duration;
    fn start(&self) -> Duration {
        thread_time()
    }
    fn end(&self, start: Duration) -> Duration {
        thread_time().saturating_sub(start)
    }
    fn add(&self, a: &Duration, b: &Duration) -> Duration {
        *a + *b
    }
    fn zero(&self) -> Duration {
        Duration::ZERO
    }
    fn to_f64(&self, value: &Duration) -> f64 {
        value.as_nanos() as f64
    }
    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

fn cases() -> [Case; 4] {
    [
        small(16_384),
        yearly(20_000, 2_048),
        yearly(3_000, 2_048),
        saturated(20_000, 2_048),
    ]
}

fn replicate_fits(c: &mut Criterion<ThreadTime>) {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .expect("the first pool");
    for case in cases() {
        let tables = case.tables();
        let mut group = c.benchmark_group(case.name);
        group.throughput(Throughput::Elements(tables as u64));
        for set in Refit::instruction_sets() {
            let refit = case.refit().on_instruction_set(set).expect("it is there");
            group.bench_function(format!("fit, {set}"), |b| {
                b.iter(|| refit.populations(black_box(&case.replicates)));
            });
            group.bench_function(format!("draw and fit, {set}"), |b| {
                b.iter(|| refit.bootstrap(IntervalMethod::Parametric, tables as u64, 1));
            });
        }
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ThreadTime).sample_size(20);
    targets = replicate_fits
}
criterion_main!(benches);
