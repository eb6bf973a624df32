//! A change as the sum of what each swap makes of it.

use std::collections::BTreeMap;

use serde::Serialize;

/// What two runs may differ in, in printed order.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Factor {
    /// The files: other people, another date, another delivery.
    Data,
    /// Whom the estimate speaks of.
    Scope,
    /// How persons are counted and how those no list saw are estimated.
    Method,
}

impl Factor {
    /// Every factor.
    pub const ALL: [Self; 3] = [Self::Data, Self::Scope, Self::Method];

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Which run each factor is taken from: of the later one where its bit is set.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Mixture(u8);

impl Mixture {
    /// Everything of the earlier run.
    pub const BEFORE: Self = Self(0);
    /// Everything of the later run.
    pub const AFTER: Self = Self(0b111);

    /// Every mixture, the earlier run first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=Self::AFTER.0).map(Self)
    }

    /// Whether a factor is of the later run.
    pub fn is_after(self, factor: Factor) -> bool {
        self.0 & factor.bit() != 0
    }

    /// With the factors of a group taken from the later run.
    #[must_use]
    pub fn with(self, group: &Group) -> Self {
        Self(
            group
                .0
                .iter()
                .fold(self.0, |bits, factor| bits | factor.bit()),
        )
    }
}

/// Factors that are swapped together.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct Group(pub Vec<Factor>);

/// What swapping a group makes of the change.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Part {
    /// What was swapped.
    pub of: Group,
    /// Its part of the change.
    pub change: f64,
}

/// The ways to hold factors together, the finest first.
fn partitions() -> [Vec<Group>; 5] {
    use Factor::{Data, Method, Scope};
    let group = |factors: &[Factor]| Group(factors.to_vec());
    [
        vec![group(&[Data]), group(&[Scope]), group(&[Method])],
        vec![group(&[Data, Scope]), group(&[Method])],
        vec![group(&[Data, Method]), group(&[Scope])],
        vec![group(&[Data]), group(&[Scope, Method])],
        vec![group(&[Data, Scope, Method])],
    ]
}

/// The finest groups whose every mixture is known.
pub fn groups<T>(known: &BTreeMap<Mixture, T>) -> Vec<Group> {
    let reachable = |groups: &[Group]| {
        (0..1_u8 << groups.len()).all(|chosen| known.contains_key(&mixture(groups, chosen)))
    };
    partitions()
        .into_iter()
        .find(|groups| reachable(groups))
        .unwrap_or_default()
}

fn mixture(groups: &[Group], chosen: u8) -> Mixture {
    groups
        .iter()
        .enumerate()
        .filter(|(at, _)| chosen >> at & 1 == 1)
        .fold(Mixture::BEFORE, |mixture, (_, group)| mixture.with(group))
}

/// The parts of the change from [`Mixture::BEFORE`] to [`Mixture::AFTER`]: for each group the mean,
/// over every order of swapping, of what its swap changes. Empty unless every mixture of the groups is
/// known. The parts add up to the change as closely as real numbers do.
///
/// ```
/// use std::collections::BTreeMap;
/// use ethos_compare::{Mixture, decompose, groups};
/// // Twice the people, by a method that adds a half of them: 100 becomes 300.
/// let known: BTreeMap<Mixture, f64> = Mixture::all()
///     .map(|mixture| {
///         let people = if mixture.is_after(ethos_compare::Factor::Data) { 200.0 } else { 100.0 };
///         let added = if mixture.is_after(ethos_compare::Factor::Method) { 1.5 } else { 1.0 };
///         (mixture, people * added)
///     })
///     .collect();
/// let parts: Vec<f64> = decompose(&groups(&known), &known).iter().map(|part| part.change).collect();
/// // Data alone 100, or 150 after the method; the method alone 50, or 100 after the data.
/// assert_eq!(parts, [125.0, 0.0, 75.0]);
/// ```
pub fn decompose(groups: &[Group], known: &BTreeMap<Mixture, f64>) -> Vec<Part> {
    let orders = orders(groups.len());
    let mut sums = vec![0.0; groups.len()];
    for order in &orders {
        let mut chosen = 0_u8;
        for &at in order {
            let next = chosen | 1 << at;
            let (Some(before), Some(after)) = (
                known.get(&mixture(groups, chosen)),
                known.get(&mixture(groups, next)),
            ) else {
                return Vec::new();
            };
            sums[at] += after - before;
            chosen = next;
        }
    }
    groups
        .iter()
        .zip(sums)
        .map(|(of, sum)| Part {
            of: of.clone(),
            change: sum / orders.len() as f64,
        })
        .collect()
}

/// Every order of so many things; at most three.
fn orders(things: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..things {
        orders = orders
            .into_iter()
            .flat_map(|order: Vec<usize>| {
                (0..things)
                    .filter(|at| !order.contains(at))
                    .map(|at| [order.as_slice(), &[at]].concat())
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    orders
}

/// Whole numbers near these parts that add up to `total`: rounded down, and one more for those that
/// lost most, the first of equals first. Parts that are no numbers count as nothing.
///
/// ```
/// use ethos_compare::apportion;
/// assert_eq!(apportion(&[1.4, 1.4, -0.8], 2), [2, 1, -1]);
/// ```
pub fn apportion(parts: &[f64], total: i64) -> Vec<i64> {
    let exact: Vec<f64> = parts
        .iter()
        .map(|part| if part.is_finite() { *part } else { 0.0 })
        .collect();
    let mut whole: Vec<i64> = exact.iter().map(|part| part.floor() as i64).collect();
    let mut order: Vec<usize> = (0..whole.len()).collect();
    let lost = |at: usize| exact[at] - exact[at].floor();
    order.sort_by(|&a, &b| lost(b).total_cmp(&lost(a)).then(a.cmp(&b)));
    let mut open = total - whole.iter().sum::<i64>();
    // More than one turn only where the parts do not add up to near the total.
    while open != 0 && !order.is_empty() {
        for &at in &order {
            if open == 0 {
                break;
            }
            whole[at] += open.signum();
            open -= open.signum();
        }
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn known(values: &[f64]) -> BTreeMap<Mixture, f64> {
        Mixture::all().zip(values.iter().copied()).collect()
    }

    #[test]
    fn three_factors_by_hand() {
        // Data, scope, method as bits: 0, 10, 1, 16, 4, 20, 7, 40.
        let known = known(&[0.0, 10.0, 1.0, 16.0, 4.0, 20.0, 7.0, 40.0]);
        let parts = decompose(&groups(&known), &known);
        // Data: (2·10 + (16−1) + (20−4) + 2·(40−7)) / 6 = 117/6; scope: (2·1 + 6 + 3 + 2·20) / 6;
        // method: (2·4 + 10 + 6 + 2·24) / 6.
        let changes: Vec<f64> = parts.iter().map(|part| part.change).collect();
        for (found, expected) in changes.iter().zip([117.0 / 6.0, 51.0 / 6.0, 72.0 / 6.0]) {
            assert!((found - expected).abs() < 1e-12, "{changes:?}");
        }
    }

    #[test]
    fn what_cannot_be_told_apart_stays_together() {
        let mut known = known(&[0.0, 10.0, 1.0, 16.0, 4.0, 20.0, 7.0, 40.0]);
        known
            .retain(|mixture, _| mixture.is_after(Factor::Data) == mixture.is_after(Factor::Scope));
        let groups = groups(&known);
        assert_eq!(groups[0], Group(vec![Factor::Data, Factor::Scope]));
        let parts = decompose(&groups, &known);
        assert_eq!((parts[0].change, parts[1].change), (26.0, 14.0));
        known.retain(|mixture, _| [Mixture::BEFORE, Mixture::AFTER].contains(mixture));
        let parts = decompose(&super::groups(&known), &known);
        assert_eq!((parts.len(), parts[0].change), (1, 40.0));
        known.clear();
        assert!(super::groups(&known).is_empty());
    }

    proptest! {
        #[test]
        fn parts_add_up_to_the_change(values in prop::collection::vec(0.0_f64..1e6, 8), rounding in -50_i64..50) {
            let known = known(&values);
            let parts = decompose(&groups(&known), &known);
            let sum: f64 = parts.iter().map(|part| part.change).sum();
            prop_assert!((sum - (values[7] - values[0])).abs() < 1e-6);
            let mut changes: Vec<f64> = parts.iter().map(|part| part.change).collect();
            let published = (values[7] - values[0]).round() as i64 + rounding;
            changes.push(published as f64 - (values[7] - values[0]));
            let whole = apportion(&changes, published);
            prop_assert_eq!(whole.iter().sum::<i64>(), published);
            for (whole, exact) in whole.iter().zip(&changes) {
                prop_assert!((*whole as f64 - exact).abs() < 1.0 + 1e-6);
            }
        }

        #[test]
        fn the_same_twice_changes_nothing_and_turning_round_turns_the_sign(values in prop::collection::vec(0.0_f64..1e6, 8)) {
            let forth = known(&values);
            let back: BTreeMap<Mixture, f64> =
                Mixture::all().zip(values.iter().rev().copied()).collect();
            let a = decompose(&groups(&forth), &forth);
            let b = decompose(&groups(&back), &back);
            for (a, b) in a.iter().zip(&b) {
                prop_assert!((a.change + b.change).abs() < 1e-6);
            }
        }
    }
}
