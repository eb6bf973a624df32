//! Drawing a table from a process, person by person.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::process::Process;
use crate::error::EstimateError;
use crate::incomplete::IncompleteTable;

/// The stream of one simulation, a function of seed, name of the cell and number alone.
pub(super) fn stream(seed: u64, cell: &str, simulation: u64) -> ChaCha8Rng {
    // FNV-1a: the name keys the stream, so that a cell's tables do not depend on its neighbours.
    let name = cell.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&name.to_le_bytes());
    key[24..].copy_from_slice(b"ethos-v1");
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(simulation);
    rng
}

/// A uniform number in [0, 1) with 53 bits.
fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    (rng.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// A process ready to be drawn from.
pub(super) struct Drawer<'a> {
    process: &'a Process,
    /// Distribution function over `stratum << lists | history`.
    cumulative: Vec<f64>,
}

impl<'a> Drawer<'a> {
    pub(super) fn new(process: &'a Process) -> Self {
        let mut sum = 0.0;
        let cumulative = process
            .probabilities()
            .iter()
            .map(|p| {
                sum += p;
                sum
            })
            .collect();
        Self {
            process,
            cumulative,
        }
    }

    /// One table as it would reach the estimator, errors included.
    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> Result<IncompleteTable, EstimateError> {
        let process = self.process;
        let lists = process.coverage.len();
        let histories = 1_usize << lists;
        let mut counts = vec![0_u64; self.cumulative.len()];
        let last = counts.len() - 1;
        for _ in 0..process.population {
            let u = uniform(rng);
            counts[self.cumulative.partition_point(|&c| c <= u).min(last)] += 1;
        }
        for row in counts.chunks_exact_mut(histories) {
            miss_links(row, lists, process.linkage.missed, rng);
            join_falsely(row, lists, process.linkage.false_links, rng);
        }
        add_strangers(&mut counts, lists, &process.over_coverage, rng);
        let mut table = IncompleteTable::builder(process.list_names(), process.factors());
        let missing: Vec<f64> = process.covariates.iter().map(|c| c.missing).collect();
        for (cell, &count) in counts.iter().enumerate() {
            let history = cell & (histories - 1);
            if history == 0 || count == 0 {
                continue;
            }
            let on: Vec<Option<bool>> = (0..lists).map(|i| Some(history >> i & 1 == 1)).collect();
            let levels: Vec<Option<usize>> = process
                .levels(cell >> lists)
                .into_iter()
                .map(Some)
                .collect();
            if missing.iter().all(|&m| m == 0.0) {
                table.add(&on, &levels, count)?;
                continue;
            }
            for _ in 0..count {
                let recorded: Vec<Option<usize>> = levels
                    .iter()
                    .zip(&missing)
                    .map(|(level, &m)| level.filter(|_| uniform(rng) >= m))
                    .collect();
                table.add(&on, &recorded, 1)?;
            }
        }
        table.build()
    }
}

/// Draws the table of one simulation of a process; `name` and `simulation` key its random stream.
///
/// Without missing covariates it is an ordinary table ([`IncompleteTable::complete`]). Errors: those of
/// [`Process::check`], and of [`crate::TableBuilder::build`] when chance leaves a list empty.
pub fn draw(
    process: &Process,
    seed: u64,
    name: &str,
    simulation: u64,
) -> Result<IncompleteTable, EstimateError> {
    process.check()?;
    Drawer::new(process).draw(&mut stream(seed, name, simulation))
}

/// Every entry after a person's first stays unlinked with chance `missed` and becomes a person of its own.
fn miss_links(row: &mut [u64], lists: usize, missed: f64, rng: &mut ChaCha8Rng) {
    if missed == 0.0 {
        return;
    }
    let before = row.to_vec();
    for (history, &persons) in before.iter().enumerate() {
        if history.count_ones() < 2 {
            continue;
        }
        for _ in 0..persons {
            let mut linked = history;
            for list in history.trailing_zeros() as usize + 1..lists {
                if history >> list & 1 == 1 && uniform(rng) < missed {
                    linked &= !(1 << list);
                    row[1 << list] += 1;
                }
            }
            if linked != history {
                row[history] -= 1;
                row[linked] += 1;
            }
        }
    }
}

/// People on one list are joined with chance `rate` to somebody on one later list.
fn join_falsely(row: &mut [u64], lists: usize, rate: f64, rng: &mut ChaCha8Rng) {
    if rate == 0.0 {
        return;
    }
    for list in 0..lists {
        for _ in 0..row[1 << list] {
            if uniform(rng) >= rate {
                continue;
            }
            let partners: u64 = (list + 1..lists).map(|other| row[1 << other]).sum();
            let mut pick = (uniform(rng) * partners as f64) as u64;
            for other in list + 1..lists {
                if pick < row[1 << other] {
                    row[1 << list] -= 1;
                    row[1 << other] -= 1;
                    row[1 << list | 1 << other] += 1;
                    break;
                }
                pick -= row[1 << other];
            }
        }
    }
}

/// Adds entries of people outside the population: each true entry comes with a geometric number of
/// them, so that their expected share of the list is as said.
fn add_strangers(counts: &mut [u64], lists: usize, shares: &[f64], rng: &mut ChaCha8Rng) {
    let histories = 1_usize << lists;
    for row in counts.chunks_exact_mut(histories) {
        let before = row.to_vec();
        for (list, &share) in shares.iter().enumerate() {
            let entries: u64 = (0..histories)
                .filter(|h| h >> list & 1 == 1)
                .map(|h| before[h])
                .sum();
            for _ in 0..if share > 0.0 { entries } else { 0 } {
                while uniform(rng) < share {
                    row[1 << list] += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::CaptureTable;
    use crate::validate::process::{Covariate, Linkage};

    fn complete(process: &Process, seed: u64, name: &str, simulation: u64) -> CaptureTable {
        let table = draw(process, seed, name, simulation).expect("a sound process");
        table.complete().expect("nothing is missing").clone()
    }

    #[test]
    fn same_key_same_table_other_key_other_table() {
        let process = Process::independent(500, [0.4, 0.3, 0.2]);
        let base = draw(&process, 1, "x", 0).unwrap();
        assert_eq!(base, draw(&process, 1, "x", 0).unwrap());
        for other in [
            draw(&process, 2, "x", 0),
            draw(&process, 1, "y", 0),
            draw(&process, 1, "x", 1),
        ] {
            assert_ne!(base, other.unwrap());
        }
    }

    /// Means of the cells over many tables against the probabilities: five standard errors each.
    #[test]
    fn tables_have_the_means_of_the_process() {
        let mut process = Process::independent(1000, [0.4, 0.3]).with_dependence([1, 2], 2.0);
        process.covariates.push(Covariate {
            name: "sex".into(),
            shares: vec![0.6, 0.4],
            odds: vec![vec![1.0, 0.5], vec![1.0, 2.0]],
            missing: 0.0,
        });
        let p = process.probabilities();
        let tables = 400;
        let mut sums = vec![0.0; p.len()];
        for r in 0..tables {
            let table = complete(&process, 3, "means", r);
            for (s, c) in sums.iter_mut().zip(table.counts()) {
                *s += c;
            }
        }
        for (cell, (sum, p)) in sums.iter().zip(&p).enumerate() {
            if cell % 4 != 0 {
                let draws = 1000.0 * f64::from(tables as u32);
                let se = (draws * p * (1.0 - p)).sqrt();
                assert!((sum - draws * p).abs() < 5.0 * se, "{cell}");
            }
        }
    }

    /// E n11* = α n11 + β (those of list 1 not linked), Ding & Fienberg (1994): what the two
    /// errors are defined to do to two lists.
    #[test]
    fn linkage_errors_move_the_overlap_as_defined() {
        let errors = |missed, false_links| Process {
            linkage: Linkage {
                missed,
                false_links,
            },
            ..Process::independent(20_000, [0.5, 0.4])
        };
        let mean = |process: &Process, history: u16| {
            (0..50)
                .map(|r| complete(process, 5, "links", r).count(0, history))
                .sum::<f64>()
                / 50.0
        };
        // n11 = 4,000, n10 = 6,000; standard error of these means about 8.
        assert!((mean(&errors(0.1, 0.0), 3) - 3600.0).abs() < 40.0);
        assert!((mean(&errors(0.1, 0.0), 1) - 6400.0).abs() < 40.0);
        assert!((mean(&errors(0.0, 0.02), 3) - 4120.0).abs() < 40.0);
    }

    #[test]
    fn strangers_are_the_share_said_and_on_one_list() {
        let process = Process {
            over_coverage: vec![0.1, 0.0],
            ..Process::independent(10_000, [0.5, 0.4])
        };
        let clean = Process::independent(10_000, [0.5, 0.4]);
        let mut share = 0.0;
        for r in 0..50 {
            let with = complete(&process, 7, "s", r);
            let without = complete(&clean, 7, "s", r);
            assert_eq!(with.count(0, 3), without.count(0, 3));
            assert_eq!(with.count(0, 2), without.count(0, 2));
            let extra = with.list_total(0) - without.list_total(0);
            share += extra / with.list_total(0) / 50.0;
        }
        assert!((share - 0.1).abs() < 0.005, "{share}");
    }

    #[test]
    fn levels_go_missing_at_the_rate_said() {
        let mut process = Process::independent(20_000, [0.5, 0.4]);
        process.covariates.push(Covariate {
            name: "sex".into(),
            shares: vec![0.6, 0.4],
            odds: vec![vec![1.0, 1.0]; 2],
            missing: 0.2,
        });
        let table = draw(&process, 11, "m", 0).unwrap();
        let unknown: f64 = table
            .patterns()
            .iter()
            .filter(|p| p.levels[0].is_none())
            .map(|p| p.count)
            .sum();
        // 14,000 persons seen: a standard error of 0.0034.
        assert!((unknown / table.persons() - 0.2).abs() < 0.014);
    }
}
