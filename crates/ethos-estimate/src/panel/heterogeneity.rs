//! Models in which people differ in how easily they are seen, whatever the list.

use statrs::function::gamma::digamma;

use super::dense::{Dense, DenseFit, Finite};
use super::histories::Histories;
use super::report::{HeterogeneityReport, PanelEstimate};
use crate::interval::profile::{Profile, walk};
use crate::kernel::{cholesky, math};
use crate::report::finite;
use crate::table::CaptureTable;

/// Most lists for which the profile is walked; above, the interval is log-normal.
const PROFILE_LISTS: usize = 10;

/// How log μ rises with the number of lists k a person is on, beyond proportionality.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Column {
    /// Everyone is equally easy to see.
    None,
    /// max(k − j + 1, 0) for j = 3, 4, …, with coefficients that may not be negative.
    Chao,
    /// 2^k − 1.
    Poisson,
    /// k²/2.
    Darroch,
    /// −ln(3.5 + k) + ln 3.5.
    Gamma,
}

impl Column {
    const ALL: [Self; 5] = [
        Self::None,
        Self::Chao,
        Self::Poisson,
        Self::Darroch,
        Self::Gamma,
    ];

    fn name(self, lists_differ: bool) -> String {
        let base = match (self, lists_differ) {
            (Self::None, false) => return "M0".into(),
            (Self::None, true) => return "Mt".into(),
            (_, false) => "Mh",
            (_, true) => "Mth",
        };
        let form = match self {
            Self::Chao => "Chao (LB)",
            Self::Poisson => "Poisson2",
            Self::Darroch => "Darroch",
            Self::None | Self::Gamma => "Gamma3.5",
        };
        format!("{base} {form}")
    }

    /// Its columns for `t` lists as functions of k, each divided by its largest entry.
    fn values(self, t: usize) -> Vec<Box<dyn Fn(f64) -> f64>> {
        match self {
            Self::None => Vec::new(),
            Self::Chao => (3..=t)
                .map(|j| -> Box<dyn Fn(f64) -> f64> {
                    let (j, top) = (j as f64, (t - j + 1) as f64);
                    Box::new(move |k| (k - j + 1.0).max(0.0) / top)
                })
                .collect(),
            Self::Poisson => vec![Box::new(|k| k.exp2() - 1.0)],
            Self::Darroch => vec![Box::new(|k| k * k / 2.0)],
            Self::Gamma => vec![Box::new(|k| math::ln(3.5) - math::ln(3.5 + k))],
        }
    }
}

/// Log-linear models of unequal chances to be seen (Rivest & Baillargeon 2007, Biometrics 63:635;
/// Darroch, Fienberg, Glonek & Junker 1993), as Rcapture's `closedp.t` fits them to the table
/// collapsed over strata.
///
/// With equally effective lists M0, Mh, and with lists that differ Mt, Mth; the heterogeneity as
/// Chao's lower bound, Poisson, Darroch's normal logit and Gamma. Each is a Poisson fit to all
/// observable cells; `se` is √(n0 + n0² V00). The limits are those of the profile likelihood
/// (Cormack 1992) at `level`, with eleven lists or more log-normal. With two lists there is no
/// heterogeneity to tell apart, and only M0 and Mt are given. Rows whose estimate does not exist are
/// `not_estimable`.
///
/// ```
/// use ethos_estimate::{CaptureTable, heterogeneity_models};
/// // People who differ: two classes of 10,000, truly 20,000 persons (expected counts).
/// let t = CaptureTable::from_histories(["A", "B", "C"], [
///     ("100", 3192), ("010", 2082), ("110", 1438), ("001", 1662), ("101", 1158), ("011", 768), ("111", 712)])?;
/// let models = heterogeneity_models(&t, 0.95);
/// let darroch = models.iter().find(|m| m.model == "Mth Darroch").unwrap();
/// assert!((darroch.population.estimate.unwrap() - 17_210.690_782).abs() < 1e-4);
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn heterogeneity_models(table: &CaptureTable, level: f64) -> Vec<HeterogeneityReport> {
    let all = Histories::collapsed(table);
    [false, true]
        .into_iter()
        .flat_map(|lists_differ| {
            Column::ALL
                .into_iter()
                .filter(|c| *c == Column::None || all.lists > 2)
                .map(move |column| (column, lists_differ))
        })
        .map(|(column, lists_differ)| report(&all, column, lists_differ, level))
        .collect()
}

/// A fit without the columns of Chao's bound whose coefficients would be negative.
struct Bounded {
    fit: DenseFit,
    design: Dense,
    /// The columns left out, as positions among those of the heterogeneity.
    dropped: Vec<usize>,
}

/// Fits; with `bounded`, the columns after the first `main` may not have negative coefficients: the
/// first negative one leaves, the rest are fitted again, until none is (as Rcapture does).
fn fit_bounded(design: &Dense, y: &[f64], main: usize, bounded: bool) -> Option<Bounded> {
    let mut design = design.clone();
    let mut left: Vec<usize> = (0..design.p - main).collect();
    let mut dropped = Vec::new();
    if bounded {
        // A column nobody is in has a coefficient of −∞.
        for place in (0..left.len()).rev() {
            let margin: f64 = design
                .rows()
                .zip(y)
                .map(|(row, y)| row[main + place] * y)
                .sum();
            if margin == 0.0 {
                design = design.without(main + place);
                dropped.push(left.remove(place));
            }
        }
    }
    let mut fit = design.fit(y)?;
    while bounded && let Some(place) = fit.beta[main..].iter().position(|b| *b < 0.0) {
        design = design.without(main + place);
        dropped.push(left.remove(place));
        fit = design.fit(y)?;
    }
    dropped.sort_unstable();
    Some(Bounded {
        fit,
        design,
        dropped,
    })
}

fn report(all: &Histories, column: Column, lists_differ: bool, level: f64) -> HeterogeneityReport {
    let y = &all.y[1..];
    let main = if lists_differ { all.lists + 1 } else { 2 };
    let design = design(all.lists, column, lists_differ);
    let found = fit_bounded(&design, y, main, column == Column::Chao)
        .filter(|b| b.design.finite(y) == Finite::Yes);
    let single = !matches!(column, Column::None | Column::Chao);
    let dropped = found.as_ref().map_or(&[][..], |b| &b.dropped);
    HeterogeneityReport {
        model: column.name(lists_differ),
        lists_differ,
        population: found.as_ref().map_or(PanelEstimate::NONE, |b| {
            let limits = || profile(all, &design, main, column == Column::Chao, b, level);
            population(all, b, level, limits)
        }),
        deviance: found.as_ref().map(|b| {
            y.iter()
                .zip(&b.fit.mu)
                .map(|(y, mu)| crate::fit::deviance(*y, *mu))
                .sum()
        }),
        df: (y.len() + dropped.len()) as i64 - design.p as i64,
        coefficient: found
            .as_ref()
            .filter(|_| single)
            .and_then(|b| finite(b.fit.beta[main] / scale(column, all.lists))),
        dropped: dropped.iter().map(|j| format!("eta{}", j + 3)).collect(),
    }
}

/// Intercept, list columns or one slope in k, then the heterogeneity columns, on all histories but
/// the unseen one. Columns are divided by their largest entry, so that all are of one size.
fn design(lists: usize, column: Column, lists_differ: bool) -> Dense {
    let values = column.values(lists);
    let top = scale(column, lists);
    let mut x = Vec::new();
    let mut p = 0;
    for h in 1..1_usize << lists {
        let k = f64::from(h.count_ones());
        let start = x.len();
        x.push(1.0);
        if lists_differ {
            x.extend((0..lists).map(|i| (h >> i & 1) as f64));
        } else {
            x.push(k / lists as f64);
        }
        x.extend(values.iter().map(|v| v(k) / top));
        p = x.len() - start;
    }
    Dense { p, x }
}

/// Largest entry of a single heterogeneity column.
fn scale(column: Column, lists: usize) -> f64 {
    match column {
        Column::None | Column::Chao => 1.0,
        _ => column.values(lists)[0](lists as f64).abs(),
    }
}

/// The estimate with its standard error and the limits of its profile, or log-normal ones.
fn population(
    all: &Histories,
    found: &Bounded,
    level: f64,
    limits: impl FnOnce() -> Option<Profile>,
) -> PanelEstimate {
    let fit = &found.fit;
    let p = found.design.p;
    let unseen = math::exp(fit.beta[0]);
    let mut unit = vec![0.0; p];
    unit[0] = 1.0;
    cholesky::forward(&fit.factor, p, &mut unit);
    let v00: f64 = unit.iter().map(|u| u * u).sum();
    let variance = unseen + unseen * unseen * v00;
    let whole = PanelEstimate::lognormal(all.n, unseen, variance, level);
    if all.lists > PROFILE_LISTS {
        return whole;
    }
    limits().map_or(whole, |found| {
        let se = Some(variance.sqrt());
        PanelEstimate::new(all.n + unseen, se, (found.lower, found.upper))
    })
}

/// The profile likelihood of the number unseen: the complete table, the unseen cell included. Which
/// columns of Chao's bound stay is decided anew at every number.
fn profile(
    all: &Histories,
    design: &Dense,
    main: usize,
    bounded: bool,
    found: &Bounded,
    level: f64,
) -> Option<Profile> {
    // Every column but the intercept is zero for those on no list.
    let mut x = vec![0.0; design.p];
    x[0] = 1.0;
    x.extend_from_slice(&design.x);
    let complete = Dense { p: design.p, x };
    let mut y = all.y.clone();
    walk(all.n, math::exp(found.fit.beta[0]), level, |unseen| {
        y[0] = unseen;
        let fit = fit_bounded(&complete, &y, main, bounded)?.fit;
        let total = all.n + unseen;
        let value = math::ln_factorial(total) - math::ln_factorial(unseen) + fit.kernel + total
            - total * math::ln(total);
        let slope = digamma(total + 1.0) - digamma(unseen + 1.0) + fit.beta[0] - math::ln(total);
        Some((value, slope))
    })
}
