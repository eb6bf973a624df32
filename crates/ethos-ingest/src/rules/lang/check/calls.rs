//! What a call is: a function of values, of all rows together, or of deliveries.

use std::ops::Range;

use ethos_model::finding::Text;
use ethos_model::suggest::did_you_mean_text;

use super::types::{truth, wrong_type};
use super::{Checked, Checker, Over, Typed};
use crate::rules::lang::Mistake;
use crate::rules::lang::names::{self, Type};
use crate::rules::lang::node::{Num, One, Two};
use crate::rules::lang::slots::{Aggregate, AggregateOf, Feature, PeerKind, Single, When, Whose};
use crate::rules::lang::syntax::{Expr, Kind};
use crate::rules::rule::Scope;
use crate::words::both;

impl Checker<'_, '_> {
    pub(super) fn call(
        &mut self,
        of: Option<&str>,
        name: &str,
        arguments: &[Expr],
        span: Range<usize>,
    ) -> Checked {
        if let Some(of) = of {
            let key = key_argument(name, arguments, &span)?;
            return self.someones(of, name, &key, span);
        }
        let count = |wanted: usize| {
            if arguments.len() == wanted {
                Ok(())
            } else {
                let (found, s) = (arguments.len(), if wanted == 1 { "" } else { "s" });
                let waarden = if wanted == 1 { "waarde" } else { "waarden" };
                let reason = Text::new(
                    format!("`{name}` neemt {wanted} {waarden}, en heeft er {found}"),
                    format!("`{name}` takes {wanted} value{s}, and has {found}"),
                );
                Err(Mistake::new(span.clone(), reason))
            }
        };
        let number = |num| Ok(Typed::Value(num, Type::Number));
        let of_day = match name {
            "year" => Some(One::Year),
            "month" if self.over != Over::Summaries => Some(One::Month),
            "day" => Some(One::DayOfMonth),
            "weekday" => Some(One::Weekday),
            _ => None,
        };
        if let Some(function) = of_day {
            count(1)?;
            let (day, personal) = self.day_of_whom(&arguments[0])?;
            self.tells_day |= personal && matches!(name, "month" | "day");
            return number(Num::one(function, day));
        }
        let of_number = match name {
            "abs" => Some(One::Abs),
            "sqrt" => Some(One::Sqrt),
            "round" => Some(One::Round),
            _ => None,
        };
        if let Some(function) = of_number {
            count(1)?;
            let value = self.number(&arguments[0])?;
            return number(Num::one(function, value));
        }
        let of_text = match name {
            "length" => Some(Feature::Length),
            "digits" => Some(Feature::Digits),
            "letters" => Some(Feature::Letters),
            _ => None,
        };
        if let Some(feature) = of_text {
            count(1)?;
            return number(self.feature(&arguments[0], &feature)?);
        }
        match name {
            "days" => {
                count(2)?;
                let (from, from_cell) = self.day_of_whom(&arguments[0])?;
                let (to, to_cell) = self.day_of_whom(&arguments[1])?;
                self.tells_day |= from_cell != to_cell;
                number(Num::two(Two::Minus, to, from))
            }
            "age" => {
                count(2)?;
                let before = self.tells_day;
                let (birth, on) = (self.day(&arguments[0])?, self.day(&arguments[1])?);
                self.tells_day = before;
                number(Num::two(Two::Age, birth, on))
            }
            "add_months" => {
                count(2)?;
                let (day, months) = (self.day(&arguments[0])?, self.number(&arguments[1])?);
                Ok(Typed::Value(
                    Num::two(Two::AddMonths, day, months),
                    Type::Day,
                ))
            }
            "min" | "max" => {
                count(2)?;
                let (a, b) = (self.check(&arguments[0])?, self.check(&arguments[1])?);
                let function = if name == "min" { Two::Min } else { Two::Max };
                match (a, b) {
                    (
                        Typed::Value(a, kind @ (Type::Day | Type::Number)),
                        Typed::Value(b, other),
                    ) if kind == other => Ok(Typed::Value(Num::two(function, a, b), kind)),
                    _ => Err(Mistake::new(
                        span,
                        both!(
                            "`{name}` neemt twee getallen of twee dagen",
                            "`{name}` takes two numbers or two days"
                        ),
                    )),
                }
            }
            "max_before" if self.over == Over::Persons => {
                count(1)?;
                let Kind::Name { of: None, name } = &arguments[0].kind else {
                    let reason =
                        Text::new("`max_before` neemt een veld", "`max_before` takes a field");
                    return Err(Mistake::new(span, reason));
                };
                let (field, kind) = self.field(name, span.clone())?;
                if !matches!(kind, Type::Day | Type::Number) {
                    let reason = Text::new(
                        "`max_before` neemt een dag of een getal",
                        "`max_before` takes a day or a number",
                    );
                    return Err(Mistake::new(span, reason));
                }
                Ok(Typed::Value(
                    self.view(field, kind, Feature::Value, When::MaxBefore),
                    kind,
                ))
            }
            "count" | "share" | "distinct" | "top_share" | "smallest" | "largest" | "mean"
                if self.over == Over::Whole =>
            {
                count(1)?;
                self.aggregated(name, &arguments[0])
            }
            _ if self.over == Over::Summaries => self.summary_call(name, arguments, span),
            _ => Err(unknown_function(name, span, self.env.scope)),
        }
    }

    /// A day, and whether it is of a cell.
    fn day_of_whom(&mut self, of: &Expr) -> Result<(Num, bool), Mistake> {
        let before = std::mem::replace(&mut self.personal, false);
        let day = self.day(of)?;
        let personal = self.personal;
        self.personal |= before;
        Ok((day, personal))
    }

    pub(super) fn aggregated(&mut self, name: &str, inner: &Expr) -> Checked {
        let before = (self.personal, self.tells_day);
        self.over = Over::Rows;
        let typed = self.check(inner);
        self.over = Over::Whole;
        let typed = typed?;
        let (how, of, kind) = match (name, typed) {
            ("count", Typed::Logic(logic)) => (
                Aggregate::Count,
                AggregateOf::Condition(logic),
                Type::Number,
            ),
            ("share", Typed::Logic(logic)) => (
                Aggregate::Share,
                AggregateOf::Condition(logic),
                Type::Number,
            ),
            ("count" | "share", other) => return Err(wrong_type(inner, Type::Logic, &other)),
            ("distinct", Typed::Value(num, _)) => {
                (Aggregate::Distinct, AggregateOf::Value(num), Type::Number)
            }
            ("top_share", Typed::Value(num, _)) => {
                (Aggregate::TopShare, AggregateOf::Value(num), Type::Number)
            }
            ("smallest", Typed::Value(num, kind @ (Type::Day | Type::Number))) => {
                (Aggregate::Smallest, AggregateOf::Value(num), kind)
            }
            ("largest", Typed::Value(num, kind @ (Type::Day | Type::Number))) => {
                (Aggregate::Largest, AggregateOf::Value(num), kind)
            }
            ("mean", Typed::Value(num, Type::Number)) => {
                (Aggregate::Mean, AggregateOf::Value(num), Type::Number)
            }
            (_, other) => return Err(wrong_type(inner, Type::Number, &other)),
        };
        // A count is nobody's; the smallest of cells is somebody's.
        let counted = matches!(
            how,
            Aggregate::Rows
                | Aggregate::Count
                | Aggregate::Share
                | Aggregate::Distinct
                | Aggregate::TopShare
        );
        if counted {
            (self.personal, self.tells_day) = before;
        } else {
            self.personal = true;
        }
        Ok(Typed::Value(self.aggregate(how, of), kind))
    }

    pub(super) fn summary_call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        span: Range<usize>,
    ) -> Checked {
        let scope = self.env.scope;
        let yes = |checker: &mut Self, single| Ok(Typed::Logic(truth(checker.single(single))));
        match name {
            "peer_median" | "peer_mad" if scope == Scope::Peers && arguments.len() == 1 => {
                if self.in_peer {
                    let reason = Text::new(
                        "anderen hebben hier zelf geen anderen",
                        "peers have no peers of their own here",
                    );
                    return Err(Mistake::new(span, reason));
                }
                self.in_peer = true;
                let inner = self.number(&arguments[0]);
                self.in_peer = false;
                let kind = if name == "peer_median" {
                    PeerKind::Median
                } else {
                    PeerKind::Mad
                };
                let num = self.single(Single::Peer(kind, inner?));
                Ok(Typed::Value(num, Type::Number))
            }
            "peer_count" if scope == Scope::Peers && arguments.is_empty() => {
                let num = self.single(Single::Peer(PeerKind::Count, Num::Const(0.0)));
                Ok(Typed::Value(num, Type::Number))
            }
            "shared_persons" if scope == Scope::Files && arguments.is_empty() => {
                let num = self.single(Single::SharedPersons);
                Ok(Typed::Value(num, Type::Number))
            }
            "same_sender" if scope == Scope::Files && arguments.is_empty() => {
                yes(self, Single::SameSender)
            }
            "same_layout" if scope == Scope::Files && arguments.is_empty() => {
                yes(self, Single::SameLayout)
            }
            "same_bytes" if scope == Scope::Files && arguments.is_empty() => {
                yes(self, Single::SameBytes)
            }
            "same_period" if scope == Scope::Files && arguments.is_empty() => {
                yes(self, Single::SamePeriod)
            }
            "category" | "product" | "month" => {
                let key = key_argument(name, arguments, &span)?;
                self.measure(name, &key, Whose::This, span)
            }
            _ => Err(unknown_function(name, span, scope)),
        }
    }
}

/// The key in `category(2)`, `product("16")`, `month("2025-03")`.
fn key_argument(name: &str, arguments: &[Expr], span: &Range<usize>) -> Result<String, Mistake> {
    match arguments {
        [
            Expr {
                kind: Kind::Number(number),
                ..
            },
        ] => Ok(number.to_string()),
        [
            Expr {
                kind: Kind::Text(text),
                ..
            },
        ] => Ok(text.clone()),
        _ => Err(Mistake::new(
            span.clone(),
            both!(
                "`{name}` neemt een sleutel: een getal, of een tekst tussen aanhalingstekens",
                "`{name}` takes one key: a number, or a text between quotes"
            ),
        )),
    }
}

fn unknown_function(name: &str, span: Range<usize>, scope: Scope) -> Mistake {
    let names: Vec<&str> = names::FUNCTIONS
        .iter()
        .filter_map(|function| function.written.split_once('(').map(|(name, _)| name))
        .collect();
    let reason = if names.contains(&name) {
        both!(
            "`{name}` is niet voor regels met bereik `{}`",
            "`{name}` is not for rules of scope `{}`",
            scope.key()
        )
    } else {
        let hint = did_you_mean_text(name, &names);
        Text::new(
            format!("er is geen functie `{name}`{}", hint.nl),
            format!("there is no function `{name}`{}", hint.en),
        )
    };
    Mistake::new(span, reason)
}
