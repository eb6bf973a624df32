//! The panel as it is reported: what assumptions other than the model's do to the number.

use serde::{Deserialize, Serialize};

use crate::goodness::LACK_OF_FIT;
use crate::interval::lognormal_interval;
use crate::report::{Status, finite};

/// A population under one set of assumptions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PanelEstimate {
    /// Estimated number of persons.
    pub estimate: Option<f64>,
    /// Standard error.
    pub se: Option<f64>,
    /// Lower limit; never below the number observed.
    pub lower: Option<f64>,
    /// Upper limit; absent when unbounded.
    pub upper: Option<f64>,
    /// Whether these numbers exist.
    pub status: Status,
}

impl PanelEstimate {
    pub(crate) const NONE: Self = Self {
        estimate: None,
        se: None,
        lower: None,
        upper: None,
        status: Status::NotEstimable,
    };

    /// An estimate with its limits; nothing if it is not finite.
    pub(crate) fn new(estimate: f64, se: Option<f64>, (lower, upper): (f64, f64)) -> Self {
        if !estimate.is_finite() {
            return Self::NONE;
        }
        Self {
            estimate: Some(estimate),
            se: se.and_then(finite),
            lower: finite(lower),
            upper: finite(upper),
            status: if upper.is_finite() {
                Status::Ok
            } else {
                Status::Unbounded
            },
        }
    }

    /// An estimate with the log-normal interval of its variance.
    pub(crate) fn lognormal(observed: f64, unseen: f64, variance: f64, level: f64) -> Self {
        if !(unseen.is_finite() && variance.is_finite() && variance >= 0.0) {
            return Self::NONE;
        }
        let limits = lognormal_interval(observed, unseen, variance, level);
        Self::new(observed + unseen, Some(variance.sqrt()), limits)
    }
}

/// Two lists on their own: Lincoln–Petersen and Chapman, and what dependence between them does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairReport {
    /// The two lists.
    pub lists: [String; 2],
    /// Persons on both.
    pub both: f64,
    /// Persons on the first and not on the second.
    pub first_only: f64,
    /// Persons on the second and not on the first.
    pub second_only: f64,
    /// n₁ n₂ / m; none if nobody is on both.
    pub petersen: PanelEstimate,
    /// (n₁ + 1)(n₂ + 1)/(m + 1) − 1.
    pub chapman: PanelEstimate,
    /// Chapman within every stratum, and summed; absent without covariates.
    pub chapman_stratified: Option<PanelEstimate>,
    /// The smallest odds ratio under which these two lists leave room for everyone the other lists
    /// saw; above 1, the lists cannot be independent. Absent if nobody is on both.
    pub smallest_odds_ratio: Option<f64>,
    /// The population at odds ratios between the two lists.
    pub curve: Vec<PairPoint>,
}

/// Two lists at one odds ratio between them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PairPoint {
    /// The odds ratio.
    pub odds_ratio: f64,
    /// The population; absent where it would be below the number observed by all lists.
    pub estimate: Option<f64>,
    /// The same dependence as a ratio of probabilities: P(second | first) / P(second | not first).
    pub probability_ratio: Option<f64>,
}

/// Chao's lower bounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChaoReport {
    /// Persons on exactly 1, 2, … lists.
    pub frequencies: Vec<f64>,
    /// n + f₁²/(2 f₂).
    pub count: PanelEstimate,
    /// n + f₁(f₁ − 1)/(2 (f₂ + 1)).
    pub count_corrected: PanelEstimate,
    /// n + (t − 1)/t · f₁²/(2 f₂), for t lists.
    pub lists: PanelEstimate,
    /// n + (t − 1)/t · f₁(f₁ − 1)/(2 (f₂ + 1)).
    pub lists_corrected: PanelEstimate,
    /// The bias-corrected list version within every stratum, and summed; absent without covariates.
    pub lists_corrected_stratified: Option<PanelEstimate>,
}

/// Sample coverage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CoverageReport {
    /// C: mean share of a list's persons that are also on another.
    pub coverage: Option<f64>,
    /// D: observed persons less the mean number on one list only.
    pub distinct: f64,
    /// D/C: lists independent.
    pub independent: Option<f64>,
    /// For high coverage (0.55 or more); three lists or more.
    pub high: Option<f64>,
    /// One step for low coverage; three lists or more.
    pub low: Option<f64>,
    /// Which of the two its authors advise at this coverage: `high` or `low`.
    pub advised: String,
}

/// One model of unequal chances to be seen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HeterogeneityReport {
    /// Its name, as in Rcapture: `Mth Darroch`.
    pub model: String,
    /// Whether lists may differ in how many they see.
    pub lists_differ: bool,
    /// The population, with the profile interval (log-normal above ten lists).
    pub population: PanelEstimate,
    /// Deviance on the observable cells.
    pub deviance: Option<f64>,
    /// Observable cells minus parameters.
    pub df: i64,
    /// Coefficient of the heterogeneity column; negative means people differ less than by chance,
    /// which no heterogeneity can do. Absent for the bound of Chao, which has several.
    pub coefficient: Option<f64>,
    /// Columns of Chao's bound left out because their coefficient was negative: `eta3`.
    pub dropped: Vec<String>,
}

/// How the model with an odds ratio held agrees with the cells that are seen.
///
/// Both are absent where it has no degrees of freedom left: then it fits every cell whatever the odds
/// ratio, and the data have no say in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct HeldFit {
    /// Deviance against the saturated model of the observable cells.
    pub deviance: Option<f64>,
    /// Chance of a deviance as large or larger if the model with this odds ratio were true.
    pub p: Option<f64>,
}

impl HeldFit {
    /// Whether the data reject the odds ratio, given the model: p below [`LACK_OF_FIT`].
    pub fn rejected(&self) -> bool {
        self.p.is_some_and(|p| p < LACK_OF_FIT)
    }
}

/// The population at one odds ratio.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SensitivityPoint {
    /// The odds ratio; for more than two lists the ratio of odds ratios of that order.
    pub odds_ratio: f64,
    /// The population.
    pub estimate: Option<f64>,
    /// The fit with this odds ratio.
    #[serde(flatten)]
    pub fit: HeldFit,
}

/// How much dependence would move the estimate by so much.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TippingPoint {
    /// The change, as a share of the estimate: −0.1.
    pub change: f64,
    /// The odds ratio nearest to the one assumed, on the log scale, that brings it about; absent if none
    /// between 0.001 and 1,000 does (between e⁻²⁰ and e²⁰ where an offset holds one beyond 1,000).
    pub odds_ratio: Option<f64>,
    /// The fit with this odds ratio.
    #[serde(flatten)]
    pub fit: HeldFit,
}

/// What one interaction that the model leaves out does to the estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TermSensitivity {
    /// The lists of the interaction.
    pub lists: Vec<String>,
    /// The odds ratio the estimate assumes: 1 unless an offset holds another.
    pub assumed: f64,
    /// What the data say of a pair of lists, given this model: its odds ratio when the model estimates it
    /// too. Absent for more than two lists, and where that model has no estimate; the
    /// interaction of all lists is what no data can limit once every other is estimated.
    pub fitted: Option<f64>,
    /// Standard error of its logarithm.
    pub se_log: Option<f64>,
    /// The population at odds ratios between ½ and 3; the model is fitted anew at each.
    pub curve: Vec<SensitivityPoint>,
    /// The odds ratios that move the estimate by 10 and 25 % either way.
    pub tipping: Vec<TippingPoint>,
}

/// The ratio by which the unseen may differ from what the observed cells extrapolate to.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct XiPoint {
    /// ξ: the observed cells' extrapolation over the truth; 1 is "no interaction of all lists".
    pub xi: f64,
    /// The population by the counts themselves; absent if an observed cell it divides by is empty.
    pub saturated: Option<f64>,
    /// The population by the fitted model.
    pub fitted: Option<f64>,
}

/// What the data say about the dependence between two lists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PairEvidence {
    /// The two lists.
    pub lists: [String; 2],
    /// Whether the model estimates their interaction.
    pub in_model: bool,
    /// Their fitted odds ratio given the other lists, for people on none of those and at the first
    /// level of every covariate; 1 where the model leaves it out and no offset holds it.
    pub fitted: Option<f64>,
    /// Standard error of its logarithm.
    pub se_log: Option<f64>,
    /// Their odds ratio among the people of each other list, where all four cells are seen.
    pub among: Vec<AmongEvidence>,
}

/// An odds ratio between two lists among the people of a third.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AmongEvidence {
    /// The third list.
    pub list: String,
    /// The odds ratio, over strata by Mantel and Haenszel (1959); absent with an empty cell.
    pub odds_ratio: Option<f64>,
    /// Standard error of its logarithm (Robins, Breslow & Greenland 1986).
    pub se_log: Option<f64>,
}

/// Odds ratios between lists that are declared possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeclaredDependence {
    /// The lists: two or more.
    pub lists: Vec<String>,
    /// Smallest odds ratio.
    pub lower: f64,
    /// Largest odds ratio.
    pub upper: f64,
}

/// A corner of the declared box.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Corner {
    /// The odds ratio of each declared dependence that is varied, in order.
    pub odds_ratios: Vec<f64>,
    /// The population there.
    pub population: PanelEstimate,
    /// The fit with these odds ratios.
    #[serde(flatten)]
    pub fit: HeldFit,
}

/// Where in the declared box the ends of its range lie: the odds ratio of each declared dependence that
/// is varied, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RangeAt {
    /// Of the smallest estimate.
    pub smallest: Option<Vec<f64>>,
    /// Of the largest estimate.
    pub largest: Option<Vec<f64>>,
    /// Of the lower limit.
    pub lower: Option<Vec<f64>>,
    /// Of the upper limit, or where there is none.
    pub upper: Option<Vec<f64>>,
    /// The fits with these odds ratios.
    #[serde(default)]
    pub fit: RangeFit,
}

/// How the model agrees with the data at the ends of a range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct RangeFit {
    /// At the smallest estimate.
    pub smallest: HeldFit,
    /// At the largest estimate.
    pub largest: HeldFit,
    /// At the lower limit.
    pub lower: HeldFit,
    /// At the upper limit.
    pub upper: HeldFit,
}

/// The estimate over all dependence declared possible.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DependenceRange {
    /// What was declared.
    pub declared: Vec<DeclaredDependence>,
    /// The declared dependences that the model itself estimates, as positions: they are not varied.
    pub estimated: Vec<usize>,
    /// Smallest estimate in the box.
    pub smallest: Option<f64>,
    /// Largest estimate in the box.
    pub largest: Option<f64>,
    /// Lower limit of the union of the intervals.
    pub lower: Option<f64>,
    /// Upper limit of the union of the intervals; absent when unbounded.
    pub upper: Option<f64>,
    /// Whether these numbers exist: `unbounded` if somewhere in the box there is no upper limit,
    /// `not_estimable` if somewhere the model could not be fitted.
    pub status: Status,
    /// Where they are reached.
    #[serde(default)]
    pub at: RangeAt,
    /// Method of the intervals in the box: `profile`, or `delta` with covariates.
    pub interval: String,
    /// Whether the box holds the dependence that the estimate assumes; if so its own interval is
    /// part of the union.
    pub includes_estimate: bool,
    /// Every corner.
    pub corners: Vec<Corner>,
    /// Points of the grid over the box from which the ends were searched.
    #[serde(default)]
    pub grid: usize,
    /// Odds ratios at which the model could not be fitted, the first few: if there are any, there
    /// is no range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<Vec<f64>>,
}

/// What the untestable assumptions of the model do to the estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SensitivityReport {
    /// The model, in bracket notation: fixed while the assumptions vary.
    pub model: String,
    /// Its estimate.
    pub estimate: Option<f64>,
    /// One entry for every omitted pair and for the interaction of all lists.
    pub terms: Vec<TermSensitivity>,
    /// The unseen against the observed cells' own extrapolation.
    pub xi: Vec<XiPoint>,
    /// What the data say about dependence, as evidence for plausible ranges.
    pub evidence: Vec<PairEvidence>,
    /// The estimate over the declared dependence; absent if none is declared.
    pub range: Option<DependenceRange>,
}

/// The population with a share of some records left out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RemovalPoint {
    /// Share of the only-there records left out.
    pub removed: f64,
    /// The population of the same model.
    pub estimate: Option<f64>,
}

/// What records that should not have been on a list do to the estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListOverCoverage {
    /// The list.
    pub list: String,
    /// Persons on this list only.
    pub records: f64,
    /// ∂N/∂n: persons by which the estimate changes with one record, as the share of such records
    /// removed tends to zero.
    pub influence: Option<f64>,
    /// The population with 0, 5, 10 and 20 % of them left out.
    pub curve: Vec<RemovalPoint>,
}

/// What over-coverage does to the estimate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverCoverageReport {
    /// Each list on its own.
    pub lists: Vec<ListOverCoverage>,
    /// All lists at once.
    pub all: Vec<RemovalPoint>,
}

/// The panel beside the headline: what the assumptions do to the number.
///
/// Its entries are not candidates in a contest: models that fit the observed equally well differ in
/// what they say of the unseen, and the data cannot choose between them (Link 2003).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Every pair of lists on its own.
    pub pairs: Vec<PairReport>,
    /// Chao's lower bounds.
    pub chao: ChaoReport,
    /// Sample coverage.
    pub coverage: CoverageReport,
    /// Models of unequal chances to be seen.
    pub heterogeneity: Vec<HeterogeneityReport>,
    /// Dependence; absent when strata are fitted separately, since there is no one model.
    pub sensitivity: Option<SensitivityReport>,
    /// Over-coverage; absent when strata are fitted separately.
    pub over_coverage: Option<OverCoverageReport>,
}
