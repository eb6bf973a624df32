//! Looking figures up by their dimensions.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::cube::{CubeKey, Family, Measure};

use crate::protect::{Protected, SafeFigure};
use crate::words::label::Dimension;

/// The figures of one family.
pub(super) struct Pivot<'a> {
    figures: BTreeMap<&'a CubeKey, SafeFigure>,
}

impl<'a> Pivot<'a> {
    pub(super) fn of(protected: &'a Protected, family: Family) -> Self {
        Self {
            figures: protected
                .family(family)
                .map(|row| (&row.key, row.figure))
                .collect(),
        }
    }

    /// Every key, in key order.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'a CubeKey> {
        self.figures.keys().copied()
    }

    /// The figure of another measure with the dimensions of `key`.
    pub(super) fn measure(&self, key: &CubeKey, measure: Measure) -> Option<SafeFigure> {
        self.get(&CubeKey {
            measure,
            ..key.clone()
        })
    }

    /// The figure with this key.
    pub(super) fn get(&self, key: &CubeKey) -> Option<SafeFigure> {
        self.figures.get(key).copied()
    }

    /// The distinct values of a part of the key, in order.
    pub(super) fn distinct<T: Ord>(&self, part: impl Fn(&CubeKey) -> T) -> Vec<T> {
        let set: BTreeSet<T> = self.keys().map(part).collect();
        set.into_iter().collect()
    }

    /// Whether a measure occurs.
    pub(super) fn has(&self, measure: Measure) -> bool {
        self.keys().any(|key| key.measure == measure)
    }
}

/// The level a key has of a dimension.
pub(super) fn level(key: &CubeKey, dimension: Dimension) -> Option<&str> {
    match dimension {
        Dimension::Sex => key.sex.as_deref(),
        Dimension::Age => key.age.as_deref(),
        Dimension::Origin => key.origin.as_deref(),
        Dimension::Region => key.region.as_deref(),
    }
}

/// The dimension by which a key breaks its total down, where it is one.
pub(super) fn one_way(key: &CubeKey) -> Option<(Option<Dimension>, &str)> {
    let mut found = Dimension::ALL
        .into_iter()
        .filter_map(|dimension| Some((Some(dimension), level(key, dimension)?)));
    match (found.next(), found.next()) {
        (None, _) => Some((None, "")),
        (Some(one), None) => Some(one),
        _ => None,
    }
}
