//! What each column of a sample is filled with, and what a row can be about.

use std::sync::Arc;

use ethos_model::attribute::UNKNOWN;
use ethos_model::category::{EthosCategory, LivingSituation};
use ethos_model::layout::{
    CategoryMapping, CategoryRule, Condition, Field, FieldType, Layout, LayoutKind, Required,
    Target, family,
};

use super::options::SampleError;

/// Value of a situation code whose rows are about someone who is not homeless.
const OUT_OF_SCOPE: &str = "out-of-scope";

/// A code, ready to write.
pub(super) type Code = Arc<[u8]>;

/// A column of the file.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) kind: FieldType,
    pub(super) target: Option<Target>,
    pub(super) always: bool,
    /// Codes of its list with what each stands for.
    pub(super) codes: Vec<(Code, String)>,
    pub(super) width: usize,
    /// Position of the other column and the condition under which this one must be filled.
    pub(super) required_when: Option<(usize, Condition)>,
}

impl Column {
    fn new(field: &Field, layout: &Layout) -> Self {
        let position = |name: &str| layout.fields.iter().position(|field| field.name == name);
        Self {
            name: field.name.clone(),
            kind: field.kind,
            target: field.maps_to,
            always: field.required == Required::Always,
            codes: field
                .codes
                .iter()
                .map(|(code, to)| (code.as_bytes().into(), to.clone()))
                .collect(),
            width: field.width.unwrap_or(0),
            required_when: field
                .required_when
                .as_ref()
                .and_then(|condition| Some((position(&condition.field)?, condition.clone()))),
        }
    }

    /// Codes that stand for something known.
    pub(super) fn known_codes(&self) -> impl Iterator<Item = &Code> {
        let known = self.codes.iter().filter(|(_, to)| to != UNKNOWN);
        known.map(|(code, _)| code)
    }

    /// Known codes but a reason of death: who died does not come back, and another row may be
    /// about the same person.
    pub(super) fn living_codes(&self) -> impl Iterator<Item = &Code> {
        let ended = self.target == Some(Target::EndReason);
        self.known_codes()
            .filter(move |code| !(ended && ***code == *DIED))
    }
}

/// Reason of ending of somebody who died.
pub(super) const DIED: &[u8] = b"02";

/// What a row is about: its codes, and the category they come to.
#[derive(Clone, Debug)]
pub(super) struct Scenario {
    pub(super) product: Option<Code>,
    pub(super) situation: Option<Code>,
    pub(super) category: EthosCategory,
    pub(super) living: Option<LivingSituation>,
    /// The row counts only with a ready-to-leave date.
    pub(super) needs_ready: bool,
}

/// The columns of a layout and the scenarios of its rows.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) id: String,
    /// The id without its version.
    pub(super) family: String,
    pub(super) kind: LayoutKind,
    pub(super) columns: Vec<Column>,
    pub(super) in_scope: Vec<Scenario>,
    /// Rows about someone who is not homeless, where the layout has those.
    pub(super) out_of_scope: Vec<Scenario>,
    /// A product code that tells no category.
    pub(super) unclear: Option<Code>,
}

impl Shape {
    pub(super) fn new(
        layout: &Layout,
        mapping: Option<&CategoryMapping>,
    ) -> Result<Self, SampleError> {
        let columns: Vec<Column> = layout
            .fields
            .iter()
            .map(|field| Column::new(field, layout))
            .collect();
        let mut shape = Self {
            id: layout.id.clone(),
            family: family(&layout.id).to_owned(),
            kind: layout.kind,
            columns,
            in_scope: Vec::new(),
            out_of_scope: Vec::new(),
            unclear: None,
        };
        match &layout.category {
            CategoryRule::Mapping { .. } => shape.by_product(mapping),
            CategoryRule::Situation {} => shape.by_situation(),
            CategoryRule::Fixed {
                category,
                situation,
            } => shape.in_scope.push(Scenario {
                product: None,
                situation: None,
                category: *category,
                living: situation.as_deref().and_then(LivingSituation::from_code),
                needs_ready: false,
            }),
            CategoryRule::None {} => shape.in_scope.push(Scenario {
                product: None,
                situation: None,
                category: EthosCategory::Unknown,
                living: None,
                needs_ready: false,
            }),
        }
        if shape.in_scope.is_empty() {
            let target = match layout.category {
                CategoryRule::Mapping { .. } => Target::Product,
                _ => Target::Situation,
            };
            let field = shape.at(target).map(|at| shape.columns[at].name.clone());
            return Err(SampleError::NoCode {
                field: field.unwrap_or_default(),
            });
        }
        Ok(shape)
    }

    /// Position of the column of a target.
    pub(super) fn at(&self, target: Target) -> Option<usize> {
        self.columns
            .iter()
            .position(|column| column.target == Some(target))
    }

    /// Product codes, each with a situation code that does not contradict it. Products that tell
    /// no category are left out: a row of them is a note.
    fn by_product(&mut self, mapping: Option<&CategoryMapping>) {
        let situations = self
            .at(Target::Situation)
            .map(|at| (self.columns[at].codes.clone(), self.columns[at].always));
        let ready = self.at(Target::ReadyToLeave).is_some();
        for code in mapping.into_iter().flat_map(|mapping| &mapping.codes) {
            let product: Option<Code> = Some(code.code.as_bytes().into());
            let living = code
                .situation
                .as_deref()
                .and_then(LivingSituation::from_code);
            let scenario = |situation, category| Scenario {
                product: product.clone(),
                situation,
                category,
                living,
                needs_ready: code.only_when_ready_to_leave,
            };
            let Some(category) = code.category else {
                self.out_of_scope
                    .push(scenario(None, EthosCategory::Unknown));
                continue;
            };
            if category == EthosCategory::Unknown {
                self.unclear.clone_from(&product);
            }
            if category == EthosCategory::Unknown || (code.only_when_ready_to_leave && !ready) {
                continue;
            }
            let Some((codes, always)) = &situations else {
                self.in_scope.push(scenario(None, category));
                continue;
            };
            let agrees = |to: &str| {
                to == UNKNOWN
                    || LivingSituation::from_code(to).is_some_and(|to| to.category() == category)
            };
            let before = self.in_scope.len();
            for (code, _) in codes.iter().filter(|(_, to)| agrees(to)) {
                self.in_scope.push(scenario(Some(code.clone()), category));
            }
            if self.in_scope.len() == before && !always {
                self.in_scope.push(scenario(None, category));
            }
        }
    }

    fn by_situation(&mut self) {
        let Some(at) = self.at(Target::Situation) else {
            return;
        };
        for (code, to) in self.columns[at].codes.clone() {
            let living = LivingSituation::from_code(&to);
            let scenario = Scenario {
                product: None,
                situation: Some(code),
                category: living.map_or(EthosCategory::Unknown, LivingSituation::category),
                living,
                needs_ready: false,
            };
            if to == OUT_OF_SCOPE {
                self.out_of_scope.push(scenario);
            } else {
                self.in_scope.push(scenario);
            }
        }
    }
}
