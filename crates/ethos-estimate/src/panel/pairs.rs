//! Two lists at a time: Lincoln–Petersen, Chapman, and the odds ratio between them.

use super::grid;
use super::histories::Histories;
use super::report::{PairPoint, PairReport, PanelEstimate};
use crate::report::finite;
use crate::table::CaptureTable;

/// Two lists: persons on both, on the first only, on the second only.
#[derive(Debug, Clone, Copy)]
struct Two {
    both: f64,
    first: f64,
    second: f64,
}

impl Two {
    fn of(all: &Histories, i: usize, j: usize) -> Self {
        let both = all.on_all(1 << i | 1 << j);
        Self {
            both,
            first: all.on_all(1 << i) - both,
            second: all.on_all(1 << j) - both,
        }
    }

    /// Persons on either.
    fn seen(self) -> f64 {
        self.both + self.first + self.second
    }

    /// n₁ n₂/m with variance n₁ n₂ (n₁ − m)(n₂ − m)/m³ (Bishop, Fienberg & Holland 1975, ch. 6).
    fn petersen(self, level: f64) -> PanelEstimate {
        let (n1, n2) = (self.both + self.first, self.both + self.second);
        let variance = n1 * n2 * self.first * self.second / self.both.powi(3);
        let unseen = self.first * self.second / self.both;
        PanelEstimate::lognormal(self.seen(), unseen, variance, level)
    }

    /// Chapman's (1951) number of persons on neither, with the variance of Seber (1970).
    fn chapman(self) -> (f64, f64) {
        let (n1, n2, m) = (self.both + self.first, self.both + self.second, self.both);
        let population = (n1 + 1.0) * (n2 + 1.0) / (m + 1.0) - 1.0;
        let variance =
            (n1 + 1.0) * (n2 + 1.0) * self.first * self.second / ((m + 1.0).powi(2) * (m + 2.0));
        (population - self.seen(), variance)
    }

    /// The population at an odds ratio between the two, of which `observed` any list saw.
    fn at(self, odds_ratio: f64, observed: f64) -> PairPoint {
        let neither = odds_ratio * self.first * self.second / self.both;
        let population = self.seen() + neither;
        let given_first = self.both / (self.both + self.first);
        let given_not = self.second / (self.second + neither);
        let possible = population >= observed && population.is_finite();
        PairPoint {
            odds_ratio,
            estimate: possible.then_some(population),
            probability_ratio: if possible {
                finite(given_first / given_not)
            } else {
                None
            },
        }
    }
}

/// Every pair of lists on its own: Lincoln–Petersen and Chapman with log-normal intervals at
/// `level`, and the population at odds ratios between the two lists.
///
/// At an odds ratio ψ those on neither number ψ n₁₀ n₀₁/n₁₁; people seen only by other lists are
/// among them, which bounds ψ from below (Gerritse, van der Heijden & Bakker 2015; the marginal
/// no-interaction assumption of Aleshin-Guendel, Sadinle & Wakefield 2024). With covariates,
/// Chapman is also summed over strata.
///
/// ```
/// use ethos_estimate::{CaptureTable, two_list_estimates};
/// let t = CaptureTable::from_histories(["P", "Q", "E"], [
///     ("001", 63), ("010", 55), ("011", 18), ("100", 69), ("101", 17), ("110", 21), ("111", 28)])?;
/// let pairs = two_list_estimates(&t, 0.95);
/// assert!((pairs[0].petersen.estimate.unwrap() - 336.122_449).abs() < 1e-6);
/// assert!((pairs[0].chapman.se.unwrap() - 28.699_714).abs() < 1e-6);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn two_list_estimates(table: &CaptureTable, level: f64) -> Vec<PairReport> {
    let all = Histories::collapsed(table);
    let strata = Histories::strata(table);
    all.pairs()
        .map(|(i, j)| {
            let two = Two::of(&all, i, j);
            let (unseen, variance) = two.chapman();
            let stratified = (!strata.is_empty()).then(|| {
                let (unseen, variance) = strata
                    .iter()
                    .map(|s| Two::of(s, i, j).chapman())
                    .fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
                PanelEstimate::lognormal(two.seen(), unseen, variance, level)
            });
            let elsewhere = all.n - two.seen();
            PairReport {
                lists: [i, j].map(|l| table.lists()[l].clone()),
                both: two.both,
                first_only: two.first,
                second_only: two.second,
                petersen: two.petersen(level),
                chapman: PanelEstimate::lognormal(two.seen(), unseen, variance, level),
                chapman_stratified: stratified,
                smallest_odds_ratio: (two.both > 0.0)
                    .then(|| finite(elsewhere * two.both / (two.first * two.second)))
                    .flatten(),
                curve: grid().map(|ratio| two.at(ratio, all.n)).collect(),
            }
        })
        .collect()
}
