//! Whole analyses, timed for a comparison with other packages in the same hour.
//!
//! Every line is the mean of the fastest of five windows of runs of `ethos_estimate::estimate`, from the
//! table to the finished answer with its interval: processor time on one thread, which other work on the machine hardly
//! changes, and wall time where the line says two. `benches/peers/compare.sh` runs this beside the peers,
//! whose processor time it takes too.

#![allow(clippy::print_stdout, reason = "a bench prints what it measured")]

use std::time::{Duration, SystemTime};

use ethos_benches::thread_time;
use ethos_estimate::{
    CaptureTable, EstimateSettings, Factor, IntervalMethod, Preset, Search, estimate,
};

/// Three lists, 36 strata, 252 cells: the fixture that the other packages read too.
const COV3: &str = include_str!("../../crates/ethos-estimate/tests/data/cov3.csv");
/// The model of `glm.R` and `irls.py`, 40 parameters.
const MODEL: &str =
    "(L1+L2+L3)*(sex+age+origin+g4) + L1:L2 + L1:L3 + sex:age + age:origin + age:g4 + origin:g4";
/// Windows of which the fastest counts, and how long one lasts at least.
const WINDOWS: u32 = 5;
const WINDOW: Duration = Duration::from_millis(200);
const COVARIATES: [&str; 4] = ["sex", "age", "origin", "g4"];

fn cov3() -> CaptureTable {
    let rows: Vec<Vec<&str>> = COV3
        .lines()
        .skip(1)
        .map(|line| line.split(',').collect())
        .collect();
    let mut factors: Vec<Factor> = COVARIATES
        .iter()
        .map(|name| Factor::new(*name, Vec::<String>::new()))
        .collect();
    for (at, factor) in factors.iter_mut().enumerate() {
        for row in &rows {
            if !factor.levels.iter().any(|level| level == row[at]) {
                factor.levels.push(row[at].to_owned());
            }
        }
    }
    let mut table = CaptureTable::builder(["L1", "L2", "L3"], factors.clone());
    for row in &rows {
        let levels: Vec<usize> = factors
            .iter()
            .enumerate()
            .map(|(at, f)| f.levels.iter().position(|l| l == row[at]).expect("a level"))
            .collect();
        let history = (0..3).filter(|i| row[4 + i] == "1").map(|i| 1 << i).sum();
        let count: u64 = row[7].parse().expect("a count");
        table
            .add(history, &levels, count)
            .expect("inside the table");
    }
    table.build().expect("a filled table")
}

/// From a table in the published form: one 0/1 column a list, then `count`.
fn published(text: &str) -> CaptureTable {
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let rows: Vec<(String, u64)> = lines
        .map(|line| {
            let (history, count) = line.rsplit_once(',').expect("a count");
            (history.replace(',', ""), count.parse().expect("a number"))
        })
        .collect();
    CaptureTable::from_histories(names[..names.len() - 1].iter().copied(), rows)
        .expect("a published table")
}

/// UK 2013 with six lists (Silverman 2014).
fn uk_six() -> CaptureTable {
    CaptureTable::from_histories(
        ["LA", "NG", "PF", "GO", "GP", "NCA"],
        [
            ("100000", 54),
            ("010000", 463),
            ("001000", 907),
            ("000100", 695),
            ("000010", 316),
            ("000001", 57),
            ("110000", 15),
            ("101000", 19),
            ("100100", 3),
            ("011000", 56),
            ("010100", 19),
            ("010010", 1),
            ("010001", 3),
            ("001100", 69),
            ("001010", 10),
            ("001001", 31),
            ("000110", 8),
            ("000101", 6),
            ("000011", 1),
            ("111000", 1),
            ("110100", 1),
            ("011100", 4),
            ("011001", 3),
            ("001101", 1),
            ("111100", 1),
        ],
    )
    .expect("a published table")
}

fn time(what: &str, threads: usize, table: &CaptureTable, settings: &EstimateSettings) {
    // `cargo bench -p ethos-benches --bench peers -- WORD` runs the lines that contain the word.
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| !a.starts_with('-'))
        .collect();
    if !wanted.is_empty() && !wanted.iter().any(|word| what.contains(word)) {
        return;
    }
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .expect("a pool");
    let best = pool.install(|| {
        let now = || match threads {
            1 => thread_time(),
            _ => SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
        };
        let mut best = f64::INFINITY;
        // The processor's clock may advance in steps of milliseconds: windows of a fifth of a second.
        for _ in 0..WINDOWS {
            let (start, mut runs) = (now(), 0);
            let mut took = Duration::ZERO;
            while took < WINDOW {
                if let Err(error) = estimate(table, settings, None) {
                    println!("ethos,{what},{error}");
                    return None;
                }
                runs += 1;
                took = now().saturating_sub(start);
            }
            best = best.min(took.as_secs_f64() / f64::from(runs));
        }
        Some(best)
    });
    if let Some(best) = best {
        println!("ethos,{what},{best:.6}");
    }
}

fn main() {
    let cov3 = cov3();
    let kosovo = published(include_str!("../../data/published/kosovo.csv"));
    let uk = published(include_str!("../../data/published/uk-2013-five-lists.csv"));
    let fixed = |interval, replicates| EstimateSettings {
        model: Some(MODEL.into()),
        interval: Some(interval),
        replicates,
        ..EstimateSettings::default()
    };
    let searched = |search, interval, replicates| EstimateSettings {
        search: Some(search),
        interval: Some(interval),
        replicates,
        ..EstimateSettings::default()
    };
    println!("peer,what,seconds");
    let delta = IntervalMethod::Delta;
    let again = IntervalMethod::Semiparametric;
    time("252 cells x 40: one fit", 1, &cov3, &fixed(delta, None));
    for replicates in [1000, 10_000] {
        time(
            &format!("252 cells x 40: {replicates} parametric replicates"),
            1,
            &cov3,
            &fixed(IntervalMethod::Parametric, Some(replicates)),
        );
    }
    time(
        "4 lists: table of all 113 models",
        1,
        &kosovo,
        &searched(Search::All, delta, None),
    );
    time(
        "5 lists: table of all 6893 models",
        1,
        &uk,
        &searched(Search::All, delta, None),
    );
    time(
        "5 lists: exact search",
        1,
        &uk,
        &searched(Search::Exact, delta, None),
    );
    time(
        "6 lists: exact search",
        1,
        &uk_six(),
        &searched(Search::Exact, delta, None),
    );
    for threads in [1, 2] {
        time(
            &format!("5 lists: exact search in 1000 replicates, {threads} threads"),
            threads,
            &uk,
            &searched(Search::Exact, again, Some(1000)),
        );
        time(
            &format!("36 strata: honest, 2000 replicates, {threads} threads"),
            threads,
            &cov3,
            &EstimateSettings::default(),
        );
    }
    time(
        "36 strata: cbs-like, stepwise in 200 replicates, 2 threads",
        2,
        &cov3,
        &EstimateSettings {
            replicates: Some(200),
            ..EstimateSettings::for_preset(Preset::CbsLike)
        },
    );
}
