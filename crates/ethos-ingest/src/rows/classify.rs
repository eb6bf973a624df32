//! The category of a row: by its product, by the situation it names, or by its layout.

use ethos_model::attribute::UNKNOWN;
use ethos_model::category::{EthosCategory, LivingSituation};
use ethos_model::layout::{CategoryRule, Target};

use super::RowReader;
use super::cells::open;
use super::codes::Coded;
use crate::findings::{bare, listed, shown_code};
use crate::layout::OUT_OF_SCOPE;
use crate::mapping::MappedTo;
use crate::read::Cells;
use crate::rules::{Detail, Observation};

/// How a row is classified.
pub(super) enum Classified {
    As(EthosCategory, Option<LivingSituation>),
    OutOfScope,
    Impossible,
}

impl RowReader<'_, '_> {
    pub(super) fn classify(&mut self, row: u64, cells: &Cells<'_>, ready: bool) -> Classified {
        match &self.plan.layout.category {
            CategoryRule::Mapping { .. } => self.classify_by_product(row, cells, ready),
            CategoryRule::Situation {} => {
                match self.coded(Target::Situation, row, cells, Observation::CodeUnknown) {
                    Coded::To(OUT_OF_SCOPE) => Classified::OutOfScope,
                    Coded::To(UNKNOWN) | Coded::NoColumn => {
                        Classified::As(EthosCategory::Unknown, None)
                    }
                    Coded::To(code) => match LivingSituation::from_code(code) {
                        Some(situation) => Classified::As(situation.category(), Some(situation)),
                        None => Classified::Impossible,
                    },
                    Coded::Blank(column) => {
                        self.flag(
                            Observation::CodeSituationBlank,
                            row,
                            column,
                            Default::default,
                            Detail::default,
                        );
                        Classified::As(EthosCategory::Unknown, None)
                    }
                    Coded::Unknown => Classified::Impossible,
                }
            }
            CategoryRule::Fixed {
                category,
                situation,
            } => {
                let situation = situation.as_deref().and_then(LivingSituation::from_code);
                Classified::As(*category, situation)
            }
            CategoryRule::None {} => Classified::As(EthosCategory::Unknown, None),
        }
    }

    /// The product decides the category; a situation code of the same category refines it, and
    /// tells it where the product does not.
    fn classify_by_product(&mut self, row: u64, cells: &Cells<'_>, ready: bool) -> Classified {
        let (Some(mapping), Some((column, cell))) =
            (self.mapping, self.cell(Target::Product, cells))
        else {
            return Classified::Impossible;
        };
        if cell.is_empty() {
            self.flag(
                Observation::CodeProductBlank,
                row,
                column,
                Default::default,
                Detail::default,
            );
            return Classified::Impossible;
        }
        let Some((mapped, restored)) = mapping.get(cell) else {
            let text = String::from_utf8_lossy(cell);
            let code = bare(&text);
            if code.len() < text.len() && mapping.get(code.as_bytes()).is_some() {
                self.flag_hidden(Observation::CodeHidden, row, column, cell, code);
                return Classified::Impossible;
            }
            self.flag(
                Observation::CodeUnknown,
                row,
                column,
                || shown_code(cell),
                || Detail::default().mended(mapping.known()),
            );
            return Classified::Impossible;
        };
        // A column without its zeros is told whatever the product is.
        if let Some(code) = restored {
            self.flag(
                Observation::CodeLostZero,
                row,
                column,
                || listed(cell),
                || Detail::default().suggesting(Some(open(&code))),
            );
        }
        let MappedTo::Category {
            category,
            situation,
            only_when_ready_to_leave,
        } = mapped
        else {
            return Classified::OutOfScope;
        };
        if only_when_ready_to_leave && !ready {
            return Classified::OutOfScope;
        }
        let told = match self.coded(Target::Situation, row, cells, Observation::CodeEmptied) {
            Coded::To(OUT_OF_SCOPE) => return Classified::OutOfScope,
            Coded::To(code) => LivingSituation::from_code(code),
            _ => None,
        };
        match told {
            Some(told) if told.category() == category || category == EthosCategory::Unknown => {
                Classified::As(told.category(), Some(told))
            }
            Some(_) => {
                if let Some((column, cell)) = self.cell(Target::Situation, cells) {
                    self.flag(
                        Observation::CodeContradicts,
                        row,
                        column,
                        || listed(cell),
                        Detail::default,
                    );
                }
                Classified::As(category, situation)
            }
            None => {
                if category == EthosCategory::Unknown {
                    self.flag(
                        Observation::CodeUnclear,
                        row,
                        column,
                        || listed(cell),
                        Detail::default,
                    );
                }
                Classified::As(category, situation)
            }
        }
    }
}
