//! Names and types; from an expression to nodes over numbered lanes.
//!
//! Here are operators; what a name stands for is in `meaning`, what a call is in `calls`, and values as
//! they are written in `types`.

mod calls;
mod meaning;
mod types;

use std::collections::BTreeMap;

use ethos_model::category::Language;
use ethos_model::finding::Text;
use ethos_model::suggest::did_you_mean_text;

use super::Mistake;
use super::names::{self, FieldRef, Type};
use super::node::{Logic, Num, One, Two};
use super::slots::{Feature, Slots};
use super::syntax::{Arithmetic, Comparison, Expr, Kind};
use crate::rules::facts::Facts;
use crate::rules::parameter::{Parameter, ParameterValue};
use crate::rules::rule::Scope;
use crate::words::both;
use types::{literal, truth, wrong_type};

pub(crate) use types::is_coded;

/// What a layout says of a field's own name.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Own {
    /// No layout has it.
    Unknown,
    /// Only other layouts do.
    Elsewhere,
    /// A field of this type.
    Here(Type),
}

/// The names of fields in the layouts that are known.
pub(crate) trait FieldNames {
    /// What a name is.
    fn own(&self, name: &str) -> Own;
    /// Every name, to suggest one.
    fn all(&self) -> Vec<String>;
}

/// What an expression is checked against.
pub(crate) struct Env<'a> {
    pub(crate) scope: Scope,
    pub(crate) names: &'a dyn FieldNames,
    pub(crate) parameters: &'a BTreeMap<String, Parameter>,
    /// The file's facts; `None` while no file is read.
    pub(crate) facts: Option<&'a Facts>,
    /// Whether `each` goes through keys.
    pub(crate) keyed: bool,
}

/// How a shown value is written.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Shown {
    Number,
    /// A number out of cells: in the wrong column it may be somebody's, and is shown only where
    /// it is too short for that.
    FromCells,
    Day,
}

/// Compiles a condition.
pub(crate) fn compile(text: &str, env: &Env<'_>, slots: &mut Slots) -> Result<Logic, Mistake> {
    let expr = super::parse::parse(text)?;
    let mut checker = Checker::new(env, slots);
    match checker.check(&expr)? {
        Typed::Logic(logic) => Ok(logic),
        other => Err(Mistake::new(
            expr.span.clone(),
            Text::new(
                format!(
                    "dit is een {}, en een regel vindt waar iets geldt: vergelijk het ergens mee",
                    other.kind().name(Language::Nl)
                ),
                format!(
                    "this is a {}, and a rule finds where something holds: compare it",
                    other.kind().name(Language::En)
                ),
            ),
        )),
    }
}

/// Compiles what a finding shows: a number, or a day that is a fact of the file.
pub(crate) fn compile_shown(
    text: &str,
    env: &Env<'_>,
    slots: &mut Slots,
) -> Result<(Num, Shown), Mistake> {
    let expr = super::parse::parse(text)?;
    let mut checker = Checker::new(env, slots);
    let typed = checker.check(&expr)?;
    let personal = checker.personal;
    if checker.tells_day && matches!(typed, Typed::Value(_, Type::Number)) {
        return Err(Mistake::new(
            expr.span.clone(),
            both!(
                "hieruit is iemands dag terug te rekenen; toon de dagen tussen twee cellen, of een leeftijd",
                "somebody's day can be worked out from this; show the days between two cells, or an age"
            ),
        ));
    }
    match typed {
        Typed::Value(num, Type::Number) if personal => Ok((num, Shown::FromCells)),
        Typed::Value(num, Type::Number) => Ok((num, Shown::Number)),
        Typed::Value(num, Type::Day) if !personal => Ok((num, Shown::Day)),
        other => Err(Mistake::new(
            expr.span.clone(),
            Text::new(
                format!(
                    "een bevinding mag een getal tonen, en dit is een {} en kan van iemand zijn; toon days(…), age(…) \
                     of een getal",
                    other.kind().name(Language::Nl)
                ),
                format!(
                    "a finding may show a number, and here it is a {} that may be personal; show \
                     days(…), age(…) or a number",
                    other.kind().name(Language::En)
                ),
            ),
        )),
    }
}

/// The field that a plain name means, for `at`.
pub(crate) fn field_of(name: &str, names: &dyn FieldNames) -> Result<Option<FieldRef>, Text> {
    if let Some(known) = names::fields().into_iter().find(|known| known.name == name) {
        return match known.what {
            FieldRef::Row | FieldRef::Category => Err(both!(
                "`{name}` is geen kolom van een bestand",
                "`{name}` is no column of a file"
            )),
            field => Ok(Some(field)),
        };
    }
    match names.own(name) {
        Own::Here(_) => Ok(Some(FieldRef::Own(name.to_owned()))),
        Own::Elsewhere => Ok(None),
        Own::Unknown => {
            let hint = did_you_mean_text(name, &field_names(names));
            Err(Text::new(
                format!("er is geen veld `{name}`{}", hint.nl),
                format!("there is no field `{name}`{}", hint.en),
            ))
        }
    }
}

fn field_names(names: &dyn FieldNames) -> Vec<String> {
    let by_meaning = names::fields()
        .into_iter()
        .map(|field| field.name.to_owned());
    by_meaning.chain(names.all()).collect()
}

/// A checked expression.
#[derive(Clone, Debug)]
enum Typed {
    Value(Num, Type),
    /// A text as it is written: a code, a municipality or a key, by what it is compared with.
    Literal(String),
    Logic(Logic),
    /// A list of a parameter.
    List(Vec<ParameterValue>),
}

impl Typed {
    fn kind(&self) -> Type {
        match self {
            Self::Value(_, kind) => *kind,
            Self::Literal(_) | Self::List(_) => Type::Text,
            Self::Logic(_) => Type::Logic,
        }
    }
}

/// Which lanes a name stands for at a place in an expression.
#[derive(Copy, Clone, PartialEq, Eq)]
enum Over {
    Rows,
    Persons,
    Whole,
    Summaries,
}

struct Checker<'a, 'e> {
    env: &'a Env<'e>,
    slots: &'a mut Slots,
    over: Over,
    /// Whether a cell of a row was read, which may be personal.
    personal: bool,
    /// Whether a number was made from which somebody's day can be worked out: days from a day that
    /// everyone knows, a part of a day, or a birth date other than an age.
    tells_day: bool,
    /// Whether a figure of other senders is asked for, which has none of its own.
    in_peer: bool,
}

type Checked = Result<Typed, Mistake>;

impl<'a, 'e> Checker<'a, 'e> {
    fn new(env: &'a Env<'e>, slots: &'a mut Slots) -> Self {
        let over = match env.scope {
            Scope::Row => Over::Rows,
            Scope::Person => Over::Persons,
            Scope::File => Over::Whole,
            Scope::Files | Scope::Previous | Scope::Peers => Over::Summaries,
        };
        Self {
            env,
            slots,
            over,
            personal: false,
            tells_day: false,
            in_peer: false,
        }
    }

    fn check(&mut self, expr: &Expr) -> Checked {
        let span = || expr.span.clone();
        Ok(match &expr.kind {
            Kind::Number(number) => Typed::Value(Num::Const(*number), Type::Number),
            Kind::Day(day) => Typed::Value(Num::Const(f64::from(day.0)), Type::Day),
            Kind::Text(text) => Typed::Literal(text.clone()),
            Kind::Name { of, name } => self.name(of.as_deref(), name, span())?,
            Kind::Call {
                of,
                name,
                arguments,
            } => self.call(of.as_deref(), name, arguments, span())?,
            Kind::Negative(inner) => {
                let inner = self.number(inner)?;
                Typed::Value(Num::one(One::Negative, inner), Type::Number)
            }
            Kind::Arithmetic(sign, a, b) => self.arithmetic(*sign, a, b)?,
            Kind::Compare(sign, a, b) => Typed::Logic(self.compare(*sign, a, b)?),
            Kind::In { value, list, not } => {
                let found = self.among(value, list)?;
                Typed::Logic(if *not { found.negated() } else { found })
            }
            Kind::Blank { value, not } => {
                let blank = self.feature(value, &Feature::Blank)?;
                let blank = truth(blank);
                Typed::Logic(if *not { blank.negated() } else { blank })
            }
            Kind::Matches {
                value,
                pattern,
                not,
            } => {
                let Kind::Text(text) = &pattern.kind else {
                    return Err(Mistake::new(
                        pattern.span.clone(),
                        Text::new(
                            "een patroon is een tekst tussen aanhalingstekens",
                            "a pattern is a text between quotes",
                        ),
                    ));
                };
                if let Err(reason) = crate::rules::facts::pattern(text) {
                    return Err(Mistake::new(pattern.span.clone(), reason));
                }
                let found = truth(self.feature(value, &Feature::Matches(text.clone()))?);
                Typed::Logic(if *not { found.negated() } else { found })
            }
            Kind::Not(inner) => Typed::Logic(self.logic(inner)?.negated()),
            Kind::And(a, b) => Typed::Logic(self.logic(a)?.and(self.logic(b)?)),
            Kind::Or(a, b) => Typed::Logic(self.logic(a)?.or(self.logic(b)?)),
        })
    }

    fn logic(&mut self, expr: &Expr) -> Result<Logic, Mistake> {
        match self.check(expr)? {
            Typed::Logic(logic) => Ok(logic),
            other => Err(wrong_type(expr, Type::Logic, &other)),
        }
    }

    fn number(&mut self, expr: &Expr) -> Result<Num, Mistake> {
        match self.check(expr)? {
            Typed::Value(num, Type::Number) => Ok(num),
            other => Err(wrong_type(expr, Type::Number, &other)),
        }
    }

    fn day(&mut self, expr: &Expr) -> Result<Num, Mistake> {
        match self.check(expr)? {
            Typed::Value(num, Type::Day) => Ok(num),
            other => Err(wrong_type(expr, Type::Day, &other)),
        }
    }

    fn arithmetic(&mut self, sign: Arithmetic, a: &Expr, b: &Expr) -> Checked {
        let left = self.check(a)?;
        let right = self.check(b)?;
        let function = match sign {
            Arithmetic::Plus => Two::Plus,
            Arithmetic::Minus => Two::Minus,
            Arithmetic::Times => Two::Times,
            Arithmetic::Over => Two::Over,
        };
        let (Typed::Value(x, kind_a), Typed::Value(y, kind_b)) = (&left, &right) else {
            let (expr, typed) = match left {
                Typed::Value(..) => (b, &right),
                _ => (a, &left),
            };
            return Err(wrong_type(expr, Type::Number, typed));
        };
        let kind = match (sign, kind_a, kind_b) {
            (_, Type::Number, Type::Number) | (Arithmetic::Minus, Type::Day, Type::Day) => {
                Type::Number
            }
            (Arithmetic::Plus | Arithmetic::Minus, Type::Day, Type::Number) => Type::Day,
            _ => {
                let reason = Text::new(
                    format!(
                        "zo is niet te rekenen met een {} en een {}; bij een dag telt u dagen op, en dagen trekt u \
                         van elkaar af",
                        kind_a.name(Language::Nl),
                        kind_b.name(Language::Nl)
                    ),
                    format!(
                        "a {} and a {} cannot be reckoned with so; days are added to a day, and days \
                         subtracted from each other",
                        kind_a.name(Language::En),
                        kind_b.name(Language::En)
                    ),
                );
                return Err(Mistake::new(a.span.start..b.span.end, reason));
            }
        };
        Ok(Typed::Value(Num::two(function, x.clone(), y.clone()), kind))
    }

    fn compare(&mut self, sign: Comparison, a: &Expr, b: &Expr) -> Result<Logic, Mistake> {
        let (left, right) = (self.check(a)?, self.check(b)?);
        let whole = a.span.start..b.span.end;
        let (x, y, kind) = match (&left, &right) {
            (Typed::Value(x, kind), Typed::Literal(text)) => {
                let y = literal(text, *kind, a, b.span.clone())?;
                (x.clone(), Num::Const(y), *kind)
            }
            (Typed::Literal(text), Typed::Value(y, kind)) => {
                let x = literal(text, *kind, b, a.span.clone())?;
                (Num::Const(x), y.clone(), *kind)
            }
            (Typed::Value(x, kind_a), Typed::Value(y, kind_b)) if kind_a == kind_b => {
                (x.clone(), y.clone(), *kind_a)
            }
            (Typed::List(_), _) | (_, Typed::List(_)) => {
                let reason = Text::new("een lijst vraagt u met `in`", "a list is asked with `in`");
                return Err(Mistake::new(whole, reason));
            }
            (Typed::Literal(_), Typed::Literal(_)) => {
                let reason = Text::new(
                    "twee teksten zoals ze er staan zijn altijd gelijk of nooit",
                    "two texts as written are always the same or never",
                );
                return Err(Mistake::new(whole, reason));
            }
            _ => {
                let reason = Text::new(
                    format!(
                        "een {} wordt vergeleken met een {}",
                        left.kind().name(Language::Nl),
                        right.kind().name(Language::Nl)
                    ),
                    format!(
                        "a {} is compared with a {}",
                        left.kind().name(Language::En),
                        right.kind().name(Language::En)
                    ),
                );
                return Err(Mistake::new(whole, reason));
            }
        };
        if sign.is_order() && !matches!(kind, Type::Day | Type::Number) {
            let sign = sign.symbol();
            let reason = Text::new(
                format!(
                    "`{sign}` vraagt welke eerst komt, en dat heeft een {} niet; gebruik = of !=",
                    kind.name(Language::Nl)
                ),
                format!(
                    "`{sign}` asks for an order, which a {} does not have; use = or !=",
                    kind.name(Language::En)
                ),
            );
            return Err(Mistake::new(whole, reason));
        }
        Ok(Logic::compare(sign, x, y))
    }

    fn among(&mut self, value: &Expr, list: &[Expr]) -> Result<Logic, Mistake> {
        let Typed::Value(num, kind) = self.check(value)? else {
            return Err(Mistake::new(
                value.span.clone(),
                Text::new(
                    "`in` vraagt van een veld of het in een lijst staat",
                    "`in` asks of a field whether it is one of a list",
                ),
            ));
        };
        let mut values = Vec::new();
        for item in list {
            match self.check(item)? {
                Typed::Literal(text) => {
                    values.push(literal(&text, kind, value, item.span.clone())?);
                }
                Typed::Value(Num::Const(constant), found) if found == kind => {
                    values.push(constant);
                }
                Typed::List(items) => {
                    for one in items {
                        values.push(match (&one, kind) {
                            (ParameterValue::Number(number), Type::Number) => *number,
                            (ParameterValue::Day(day), Type::Day) => f64::from(day.0),
                            (ParameterValue::Text(text), _) => {
                                literal(text, kind, value, item.span.clone())?
                            }
                            _ => {
                                return Err(Mistake::new(
                                    item.span.clone(),
                                    Text::new(
                                        format!(
                                            "in de lijst staat iets anders dan een {}",
                                            kind.name(Language::Nl)
                                        ),
                                        format!("the list is not of {}s", kind.name(Language::En)),
                                    ),
                                ));
                            }
                        });
                    }
                }
                other => return Err(wrong_type(item, kind, &other)),
            }
        }
        Ok(Logic::among(num, values))
    }
}
