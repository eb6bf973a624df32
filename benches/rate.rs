//! Replicate fits of one model on one thread: how many per second of processor time, or a given
//! number of them for an instruction counter.
//!
//! `rate` prints every case on every instruction set of the machine, the best of many windows.
//! `rate CASE TIMES` fits the replicates of a case (small, table, thin, saturated) TIMES times on
//! the fastest set and prints how many fits that were.

use std::hint::black_box;
use std::io::Write;

use ethos_benches::{Case, saturated, small, thread_time, yearly};
use ethos_estimate::{IntervalMethod, Refit};

fn main() -> std::io::Result<()> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()
        .expect("the first pool");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::stdout().lock();
    match arguments.as_slice() {
        [] => rates(&mut out),
        [name, times] => count(&mut out, name, times.parse().unwrap_or(1)),
        _ => writeln!(out, "usage: rate [CASE TIMES]"),
    }
}

fn case(name: &str) -> Case {
    match name {
        "small" => small(8_192),
        "table" => yearly(20_000, 1_024),
        "thin" => yearly(3_000, 1_024),
        _ => saturated(20_000, 1_024),
    }
}

fn count(out: &mut impl Write, name: &str, times: usize) -> std::io::Result<()> {
    let case = case(name);
    let refit = case.refit();
    for _ in 0..times {
        let _ = black_box(refit.populations(black_box(&case.replicates)));
    }
    writeln!(out, "{}", case.tables() * times)
}

fn rates(out: &mut impl Write) -> std::io::Result<()> {
    writeln!(
        out,
        "{:48} {:7} {:>14} {:>14}",
        "", "", "fits/s", "with drawing"
    )?;
    for name in ["small", "table", "thin", "saturated"] {
        let case = case(name);
        for set in Refit::instruction_sets() {
            let refit = case.refit().on_instruction_set(set).expect("it is there");
            let fits = rate(case.tables(), || {
                let _ = black_box(refit.populations(black_box(&case.replicates)));
            });
            let drawn = rate(case.tables(), || {
                let count = case.tables() as u64;
                let _ = black_box(refit.bootstrap(IntervalMethod::Parametric, count, 1));
            });
            writeln!(out, "{:48} {set:7} {fits:14.0} {drawn:14.0}", case.name)?;
        }
    }
    Ok(())
}

/// The best of many windows of at least 20 milliseconds, within two seconds.
fn rate(each: usize, mut run: impl FnMut()) -> f64 {
    let mut best = 0.0_f64;
    let end = thread_time().as_secs_f64() + 2.0;
    loop {
        let start = thread_time().as_secs_f64();
        let mut done = 0;
        let now = loop {
            run();
            done += each;
            let now = thread_time().as_secs_f64();
            if now - start > 0.02 {
                break now;
            }
        };
        best = best.max(done as f64 / (now - start));
        if now > end {
            return best;
        }
    }
}
