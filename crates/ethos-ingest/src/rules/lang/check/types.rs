//! Values as they are written, by the type of what they are compared with.

use std::ops::Range;

use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_model::layout::Target;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::suggest::did_you_mean_text;

use super::Typed;
use crate::rules::lang::Mistake;
use crate::rules::lang::names::{self, FieldRef, Type};
use crate::rules::lang::node::{self, Logic, Num};
use crate::rules::lang::syntax::{Comparison, Expr, Kind};
use crate::rules::lang::value;
use crate::rules::parameter::ParameterValue;
use crate::words::both;

pub(super) fn truth(num: Num) -> Logic {
    match num {
        Num::Const(value) if value.is_nan() => Logic::Const(node::UNDECIDED),
        Num::Const(value) => Logic::Const(u8::from(value != 0.0) * 2),
        Num::Slot(at) => Logic::Slot(at),
        other => Logic::compare(Comparison::NotEqual, other, Num::Const(0.0)),
    }
}

pub(super) fn of_parameter(value: &ParameterValue) -> Typed {
    match value {
        ParameterValue::Number(number) => Typed::Value(Num::Const(*number), Type::Number),
        ParameterValue::Day(day) => Typed::Value(Num::Const(f64::from(day.0)), Type::Day),
        ParameterValue::Text(text) => Typed::Literal(text.clone()),
        ParameterValue::List(list) => Typed::List(list.clone()),
    }
}

pub(super) fn wrong_type(expr: &Expr, wanted: Type, found: &Typed) -> Mistake {
    let found = |language: Language| match found {
        Typed::List(_) => language.pick("lijst", "list"),
        Typed::Literal(_) => language.pick("tekst tussen aanhalingstekens", "text as written"),
        other => other.kind().name(language),
    };
    let (nl, en) = (Language::Nl, Language::En);
    let reason = Text::new(
        format!(
            "er staat een {} waar een {} hoort",
            found(nl),
            wanted.name(nl)
        ),
        format!("a {} stands where a {} should", found(en), wanted.name(en)),
    );
    Mistake::new(expr.span.clone(), reason)
}

/// A text as written, as a value of the type it is compared with.
pub(super) fn literal(
    text: &str,
    kind: Type,
    field: &Expr,
    span: Range<usize>,
) -> Result<f64, Mistake> {
    match kind {
        Type::Text => {
            if let Some(levels) = levels_of(field)
                && !levels.contains(&text)
            {
                let hint = did_you_mean_text(text, &levels);
                let reason = Text::new(
                    format!("`{text}` komt hier nooit voor{}", hint.nl),
                    format!("`{text}` never occurs here{}", hint.en),
                );
                return Err(Mistake::new(span, reason));
            }
            Ok(value::of_text(text.as_bytes()))
        }
        Type::Municipality => {
            let code = MunicipalityCode::parse(text).ok();
            code.map(|code| f64::from(code.number())).ok_or_else(|| {
                Mistake::new(
                    span,
                    both!(
                        "`{text}` is geen gemeentecode; schrijf GM0363",
                        "`{text}` is no municipality code; write GM0363"
                    ),
                )
            })
        }
        _ => Err(Mistake::new(
            span,
            Text::new(
                format!(
                    "een {} wordt vergeleken met een tekst; laat de aanhalingstekens weg",
                    kind.name(Language::Nl)
                ),
                format!(
                    "a {} is compared with a text; leave out the quotes",
                    kind.name(Language::En)
                ),
            ),
        )),
    }
}

/// The levels of the field an expression names, if it is a coded one.
fn levels_of(field: &Expr) -> Option<Vec<&'static str>> {
    let Kind::Name { name, .. } = &field.kind else {
        return None;
    };
    let known = names::fields()
        .into_iter()
        .find(|known| known.name == name)?;
    match known.what {
        FieldRef::Target(target) => names::levels(target),
        _ => None,
    }
}

/// Whether a cell of this target is read as what its code stands for.
pub(crate) fn is_coded(target: Target) -> bool {
    names::levels(target).is_some()
}
