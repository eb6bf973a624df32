//! Looking figures up by their dimensions.

use std::collections::{BTreeMap, BTreeSet};

use ethos_model::category::{EthosCategory, Language};
use ethos_model::cube::{CubeKey, Family, Measure, Place};

use crate::protect::{Protected, SafeFigure};
use crate::words::label::{self, Dimension};

/// The figures of one family.
pub(super) struct Pivot<'a> {
    figures: BTreeMap<&'a CubeKey, SafeFigure>,
    mappings: BTreeSet<&'a str>,
}

impl<'a> Pivot<'a> {
    pub(super) fn of(protected: &'a Protected, family: Family) -> Self {
        let figures: BTreeMap<_, _> = protected
            .family(family)
            .map(|row| (&row.key, row.figure))
            .collect();
        // Asked for every row.
        let mappings = figures
            .keys()
            .filter_map(|key| match &key.place {
                Place::Region { mapping, .. } => Some(mapping.as_str()),
                _ => None,
            })
            .collect();
        Self { figures, mappings }
    }

    /// The region mappings that the family has rows of.
    pub(super) fn mappings(&self) -> &BTreeSet<&'a str> {
        &self.mappings
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

/// What a figure is broken down by, and its level. In printed order.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum By {
    /// Nothing: everyone.
    All,
    /// One characteristic: its rank in print and its key.
    Level(Dimension, (usize, String)),
    /// A category.
    Category(EthosCategory),
}

impl By {
    /// What a key is broken down by; `None` for two things at once.
    pub(super) fn of(key: &CubeKey) -> Option<Self> {
        let levels = Dimension::ALL.into_iter().filter_map(|dimension| {
            Some(Self::Level(
                dimension,
                dimension.rank(dimension.level_of(key)?),
            ))
        });
        let mut found = levels.chain(key.category.map(Self::Category));
        match (found.next(), found.next()) {
            (None, _) => Some(Self::All),
            (one, None) => one,
            _ => None,
        }
    }

    /// Name of what it is broken down by, and of the level.
    pub(super) fn names(
        &self,
        language: Language,
        dimension_name: impl Fn(Dimension) -> String,
    ) -> [String; 2] {
        match self {
            Self::All => [(); 2].map(|()| language.pick("Totaal", "Total").to_owned()),
            Self::Level(dimension, (_, level)) => {
                [dimension_name(*dimension), dimension.level(level, language)]
            }
            Self::Category(category) => [
                language
                    .pick("ETHOS Light-categorie", "ETHOS Light category")
                    .to_owned(),
                label::category(*category, language),
            ],
        }
    }
}
