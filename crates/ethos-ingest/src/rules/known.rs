//! The names of fields, of all layouts and of one.

use std::collections::BTreeMap;

use ethos_model::layout::{FieldType, Layout};

use super::lang::{FieldNames, Own, Type};

/// The names of the fields of every layout that is known.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownNames(BTreeMap<String, Type>);

impl KnownNames {
    pub(super) fn of(layouts: &[Layout]) -> Self {
        let fields = layouts.iter().flat_map(|layout| &layout.fields);
        Self(
            fields
                .map(|field| (field.name.clone(), kind(field.kind)))
                .collect(),
        )
    }
}

impl KnownNames {
    /// Those that others do not have, with what they hold.
    pub(super) fn beyond(&self, others: &Self) -> Vec<(&str, Type)> {
        let own = self.0.iter();
        own.filter(|(name, _)| !others.0.contains_key(*name))
            .map(|(name, kind)| (name.as_str(), *kind))
            .collect()
    }
}

impl FieldNames for KnownNames {
    fn own(&self, name: &str) -> Own {
        self.0
            .get(name)
            .map_or(Own::Unknown, |kind| Own::Here(*kind))
    }

    fn all(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }
}

/// The names of one layout's fields. That others are elsewhere was found when the rules were
/// read.
pub(super) struct NamesOf<'a>(pub(super) &'a Layout);

impl FieldNames for NamesOf<'_> {
    fn own(&self, name: &str) -> Own {
        let found = self.0.fields.iter().find(|field| field.name == name);
        found.map_or(Own::Elsewhere, |field| Own::Here(kind(field.kind)))
    }

    fn all(&self) -> Vec<String> {
        self.0
            .fields
            .iter()
            .map(|field| field.name.clone())
            .collect()
    }
}

fn kind(kind: FieldType) -> Type {
    Type::of_field(kind)
}
