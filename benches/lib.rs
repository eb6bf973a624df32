//! Tables and models that several benches and the instruction count share.

use std::time::{Duration, SystemTime};

use ethos_estimate::{CaptureTable, Factor, Model, ModelText, Refit, fit, parse_model};

/// A model of a table, and replicates drawn from its fit.
#[derive(Debug)]
pub struct Case {
    /// Name with cells and parameters.
    pub name: &'static str,
    /// The table.
    pub table: CaptureTable,
    /// The model.
    pub model: Model,
    /// Replicate tables, one after the other.
    pub replicates: Vec<f64>,
}

impl Case {
    /// The case with `count` replicates, each cell Poisson around its fitted mean.
    fn new(name: &'static str, table: CaptureTable, text: &str, count: usize) -> Self {
        let (ModelText::Formula(model) | ModelText::Brackets(model)) =
            parse_model(text, &table).expect("a model");
        let fitted = fit(&table, &model).expect("an estimate");
        let histories = 1 << table.lists().len();
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let replicates = (0..count)
            .flat_map(|_| fitted.means.iter().enumerate())
            .map(|(c, mean)| {
                if c % histories == 0 {
                    0.0
                } else {
                    poisson(*mean, &mut state) as f64
                }
            })
            .collect();
        Self {
            name,
            table,
            model,
            replicates,
        }
    }

    /// Number of replicates.
    pub fn tables(&self) -> usize {
        self.replicates.len() / self.table.counts().len()
    }

    /// The prepared model.
    pub fn refit(&self) -> Refit {
        Refit::new(&self.table, &self.model).expect("an estimate")
    }
}

/// Processor time of this thread where the system tells it, wall time elsewhere. Some systems
/// advance it in steps of a few milliseconds.
pub fn thread_time() -> Duration {
    // Nanoseconds on a processor, time waiting, time slices.
    let own = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = own.and_then(|s| s.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(
        || SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default(),
        Duration::from_nanos,
    )
}

/// A Poisson draw: the arrivals of a unit of time, one by one, in parts where the mean is large.
fn poisson(mean: f64, state: &mut u64) -> u64 {
    let parts = (mean / 30.0).ceil().max(1.0);
    (0..parts as u64)
        .map(|_| {
            let floor = (-mean / parts).exp();
            let (mut product, mut k) = (uniform(state), 0);
            while product > floor {
                product *= uniform(state);
                k += 1;
            }
            k
        })
        .sum()
}

/// `SplitMix64` (Steele, Lea & Flood 2014).
fn uniform(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / 9_007_199_254_740_992.0
}

/// Three lists without covariates: 7 cells, 6 parameters, 3,000 persons.
pub fn small(replicates: usize) -> Case {
    let counts = [
        ("100", 900),
        ("010", 700),
        ("001", 600),
        ("110", 300),
        ("101", 250),
        ("011", 150),
        ("111", 100),
    ];
    let table = CaptureTable::from_histories(["a", "b", "c"], counts).expect("a table");
    Case::new("7 cells x 6 parameters", table, "[12,13,23]", replicates)
}

/// Three lists × age (4) × sex (3) × region (3): 252 cells, 40 parameters, about `persons` seen.
pub fn yearly(persons: u32, replicates: usize) -> Case {
    let name = if persons < 10_000 {
        "252 cells x 40 parameters, thin"
    } else {
        "252 cells x 40 parameters"
    };
    let text = "(a+b+c)*(age+sex+region) + a*b + a*c + age*region";
    Case::new(name, stratified(&[4, 3, 3], persons), text, replicates)
}

/// Three lists × sex (2) × age (3) × origin (3) × region (2), saturated covariates: 252 cells, 59
/// parameters, of which 36 are stratum intercepts.
pub fn saturated(persons: u32, replicates: usize) -> Case {
    let name = "252 cells x 59 parameters, saturated covariates";
    let text = "k0*k1*k2*k3 + (a+b+c)*(k0+k1+k2+k3) + a*b + a*c";
    Case::new(
        name,
        stratified_named(&["k0", "k1", "k2", "k3"], &[2, 3, 3, 2], persons),
        text,
        replicates,
    )
}

fn stratified(levels: &[usize], persons: u32) -> CaptureTable {
    stratified_named(&["age", "sex", "region"], levels, persons)
}

fn stratified_named(names: &[&str], levels: &[usize], persons: u32) -> CaptureTable {
    let factors = names
        .iter()
        .zip(levels)
        .map(|(&n, &k)| Factor::new(n, (0..k).map(|l| format!("{l}"))));
    let mut builder = CaptureTable::builder(["a", "b", "c"], factors);
    let strata: usize = levels.iter().product();
    let shares = [0.30, 0.26, 0.08, 0.20, 0.07, 0.06, 0.03];
    let mut state = 11_u64;
    for s in 0..strata {
        let mut rest = s;
        let mut at = vec![0; levels.len()];
        for (a, k) in at.iter_mut().zip(levels).rev() {
            *a = rest % k;
            rest /= k;
        }
        let weight: f64 = at.iter().map(|&l| 1.0 / (1.0 + 0.4 * l as f64)).product();
        let total: f64 = levels
            .iter()
            .map(|&k| (0..k).map(|l| 1.0 / (1.0 + 0.4 * l as f64)).sum::<f64>())
            .product();
        for h in 1..8_u16 {
            let mean = f64::from(persons) * weight / total * shares[usize::from(h) - 1];
            let count = (mean * (0.8 + 0.4 * uniform(&mut state))).round().max(1.0);
            builder.add(h, &at, count as u64).expect("inside the table");
        }
    }
    builder.build().expect("a filled table")
}
