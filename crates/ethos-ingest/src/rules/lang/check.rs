//! Names and types; from an expression to nodes over numbered lanes.

use std::collections::BTreeMap;
use std::ops::Range;

use ethos_model::category::Language;
use ethos_model::layout::Target;
use ethos_model::municipality::MunicipalityCode;
use ethos_model::suggest::did_you_mean;

use super::Mistake;
use super::names::{self, Fact, FieldRef, MEASURES, Measure, Type};
use super::node::{Logic, Num, One, Two};
use super::syntax::{Arithmetic, Comparison, Expr, Kind};
use super::value;
use crate::rules::facts::Facts;
use crate::rules::parameter::{Parameter, ParameterValue};
use crate::rules::rule::Scope;

/// What of a cell is asked for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Feature {
    Value,
    Blank,
    Length,
    Digits,
    Letters,
    /// Whether it matches a pattern.
    Matches(String),
}

/// A lane that is filled row by row.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct CellSlot {
    pub(crate) field: FieldRef,
    pub(crate) kind: Type,
    pub(crate) feature: Feature,
}

/// Which of a person's rows a lane is about.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum When {
    Now,
    Previous,
    MaxBefore,
    /// How many rows the person has.
    Rows,
    /// Which of them it is, 1 for the first.
    Ordinal,
}

/// A lane over the rows of a file sorted by person: position of what is kept of each row, and
/// of which row.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct View {
    pub(crate) kept: usize,
    pub(crate) when: When,
}

/// Whose measure is meant.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Whose {
    This,
    Last,
    Other,
}

/// A figure of the other senders.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum PeerKind {
    Median,
    Mad,
    Count,
}

/// A value that a whole file or delivery has one of.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Single {
    Aggregate(usize),
    Measure {
        measure: Measure,
        key: String,
        whose: Whose,
    },
    Peer(PeerKind, Num),
    SharedPersons,
    SameSender,
    SameLayout,
    SameBytes,
    SamePeriod,
}

/// How rows are drawn together.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum Aggregate {
    Rows,
    Count,
    Share,
    Distinct,
    TopShare,
    Smallest,
    Largest,
    Mean,
}

/// What is drawn together.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum AggregateOf {
    Rows,
    Condition(Logic),
    Value(Num),
}

/// The lanes that rules ask for, each once.
#[derive(Clone, Default, Debug)]
pub(crate) struct Slots {
    /// Filled row by row.
    pub(crate) cells: Vec<CellSlot>,
    /// Kept of every row until the file ends, for scope person.
    pub(crate) kept: Vec<CellSlot>,
    /// Views on what is kept.
    pub(crate) views: Vec<View>,
    /// Over the cells' lanes.
    pub(crate) aggregates: Vec<(Aggregate, AggregateOf)>,
    pub(crate) singles: Vec<Single>,
}

fn intern<T: PartialEq>(list: &mut Vec<T>, item: T) -> usize {
    if let Some(at) = list.iter().position(|known| *known == item) {
        at
    } else {
        list.push(item);
        list.len() - 1
    }
}

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
            format!(
                "this is a {}, and a rule finds where something holds: compare it",
                other.kind().name(Language::En)
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
    match typed {
        Typed::Value(num, Type::Number) if personal => Ok((num, Shown::FromCells)),
        Typed::Value(num, Type::Number) => Ok((num, Shown::Number)),
        Typed::Value(num, Type::Day) if !personal => Ok((num, Shown::Day)),
        other => Err(Mistake::new(
            expr.span.clone(),
            format!(
                "a finding may show a number, and here it is a {} that may be personal; show \
                 days(…), age(…) or a number",
                other.kind().name(Language::En)
            ),
        )),
    }
}

/// The field that a plain name means, for `at`.
pub(crate) fn field_of(name: &str, names: &dyn FieldNames) -> Result<Option<FieldRef>, String> {
    if let Some(known) = names::fields().into_iter().find(|known| known.name == name) {
        return match known.what {
            FieldRef::Row | FieldRef::Category => Err(format!("`{name}` is no column of a file")),
            field => Ok(Some(field)),
        };
    }
    match names.own(name) {
        Own::Here(_) => Ok(Some(FieldRef::Own(name.to_owned()))),
        Own::Elsewhere => Ok(None),
        Own::Unknown => Err(format!(
            "there is no field `{name}`{}",
            did_you_mean(name, &field_names(names))
        )),
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
                        "a pattern is a text between quotes",
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
                let reason = format!(
                    "a {} and a {} cannot be reckoned with so; days are added to a day, and days \
                     subtracted from each other",
                    kind_a.name(Language::En),
                    kind_b.name(Language::En)
                );
                return Err(Mistake::new(a.span.start..b.span.end, reason));
            }
        };
        Ok(Typed::Value(Num::two(function, x.clone(), y.clone()), kind))
    }

    fn compare(&mut self, sign: Comparison, a: &Expr, b: &Expr) -> Result<Logic, Mistake> {
        let (left, right) = (self.check(a)?, self.check(b)?);
        let both = a.span.start..b.span.end;
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
                return Err(Mistake::new(both, "a list is asked with `in`"));
            }
            (Typed::Literal(_), Typed::Literal(_)) => {
                return Err(Mistake::new(
                    both,
                    "two texts as written are always the same or never",
                ));
            }
            _ => {
                let reason = format!(
                    "a {} is compared with a {}",
                    left.kind().name(Language::En),
                    right.kind().name(Language::En)
                );
                return Err(Mistake::new(both, reason));
            }
        };
        if sign.is_order() && !matches!(kind, Type::Day | Type::Number) {
            let reason = format!(
                "`{}` asks for an order, which a {} does not have; use = or !=",
                sign.symbol(),
                kind.name(Language::En)
            );
            return Err(Mistake::new(both, reason));
        }
        Ok(Logic::compare(sign, x, y))
    }

    fn among(&mut self, value: &Expr, list: &[Expr]) -> Result<Logic, Mistake> {
        let Typed::Value(num, kind) = self.check(value)? else {
            return Err(Mistake::new(
                value.span.clone(),
                "`in` asks of a field whether it is one of a list",
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
                                    format!("the list is not of {}s", kind.name(Language::En)),
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

    fn name(&mut self, of: Option<&str>, name: &str, span: Range<usize>) -> Checked {
        match of {
            Some(of) => self.someones(of, name, "", span),
            None if self.over == Over::Summaries => self.summary_name(name, span),
            None => self.plain_name(name, span),
        }
    }

    /// `previous.X`, `last.X`, `other.X`.
    fn someones(&mut self, of: &str, name: &str, key: &str, span: Range<usize>) -> Checked {
        let whose = match (of, self.env.scope) {
            ("previous", Scope::Person) if self.over == Over::Persons => {
                let (field, kind) = self.field(name, span.clone())?;
                return Ok(Typed::Value(
                    self.view(field, kind, Feature::Value, When::Previous),
                    kind,
                ));
            }
            ("last", Scope::Previous) => Whose::Last,
            ("other", Scope::Files) => Whose::Other,
            _ => {
                let scopes = [
                    ("previous", "person"),
                    ("last", "previous"),
                    ("other", "files"),
                ];
                let known = scopes.iter().find(|(word, _)| *word == of);
                let reason = match known {
                    Some((_, scope)) => format!("`{of}.` belongs to rules of scope `{scope}`"),
                    None => format!(
                        "there is no `{of}.`{}",
                        did_you_mean(of, &["previous", "last", "other"])
                    ),
                };
                return Err(Mistake::new(span, reason));
            }
        };
        self.measure(name, key, whose, span)
    }

    fn plain_name(&mut self, name: &str, span: Range<usize>) -> Checked {
        let of_person = match name {
            "rows_of_person" => Some(When::Rows),
            "row_of_person" => Some(When::Ordinal),
            _ => None,
        };
        if let Some(when) = of_person.filter(|_| self.over == Over::Persons) {
            let num = self.view(FieldRef::Row, Type::Number, Feature::Value, when);
            return Ok(Typed::Value(num, Type::Number));
        }
        if self.over == Over::Whole && name == "rows" {
            let num = self.aggregate(Aggregate::Rows, AggregateOf::Rows);
            return Ok(Typed::Value(num, Type::Number));
        }
        if let Some(fact) = names::facts().into_iter().find(|fact| fact.name == name) {
            let num = self.fact(fact.what, &Feature::Value);
            return Ok(match fact.kind {
                Type::Logic => Typed::Logic(truth(num)),
                kind => Typed::Value(num, kind),
            });
        }
        if let Some(parameter) = self.env.parameters.get(name) {
            return Ok(of_parameter(&parameter.value));
        }
        let (field, kind) = self.field(name, span.clone())?;
        let num = self.cell(field, kind, Feature::Value, span)?;
        Ok(Typed::Value(num, kind))
    }

    fn field(&mut self, name: &str, span: Range<usize>) -> Result<(FieldRef, Type), Mistake> {
        self.personal = true;
        let by_meaning = names::fields().into_iter().find(|known| known.name == name);
        if let Some(known) = by_meaning {
            return Ok((known.what, known.kind));
        }
        match self.env.names.own(name) {
            Own::Here(kind) => Ok((FieldRef::Own(name.to_owned()), kind)),
            Own::Elsewhere => Err(Mistake {
                elsewhere: true,
                ..Mistake::new(span, format!("this layout has no field `{name}`"))
            }),
            Own::Unknown => {
                let mut known = field_names(self.env.names);
                known.extend(names::facts().iter().map(|fact| fact.name.to_owned()));
                known.extend(self.env.parameters.keys().cloned());
                let near = ethos_model::suggest::nearest(name, &known);
                let hint = near.map_or_else(
                    || "; `ethos rules fields` lists what there is".to_owned(),
                    |near| format!("; did you mean `{near}`?"),
                );
                Err(Mistake::new(
                    span,
                    format!("there is no field, fact or parameter `{name}`{hint}"),
                ))
            }
        }
    }

    /// The lane of a cell where rows are looked at; elsewhere rows must be drawn together.
    fn cell(
        &mut self,
        field: FieldRef,
        kind: Type,
        feature: Feature,
        span: Range<usize>,
    ) -> Result<Num, Mistake> {
        match self.over {
            Over::Rows => {
                let slot = CellSlot {
                    field,
                    kind,
                    feature,
                };
                Ok(Num::Slot(intern(&mut self.slots.cells, slot)))
            }
            Over::Persons => Ok(self.view(field, kind, feature, When::Now)),
            Over::Whole => Err(Mistake::new(
                span,
                "a rule of scope `file` asks of all rows together: count(…), share(…), distinct(…)",
            )),
            Over::Summaries => Err(Mistake::new(
                span,
                "a rule of this scope asks of deliveries as a whole, and not of rows",
            )),
        }
    }

    fn view(&mut self, field: FieldRef, kind: Type, feature: Feature, when: When) -> Num {
        let slot = CellSlot {
            field,
            kind,
            feature,
        };
        let kept = intern(&mut self.slots.kept, slot);
        Num::Slot(intern(&mut self.slots.views, View { kept, when }))
    }

    fn single(&mut self, single: Single) -> Num {
        Num::Slot(intern(&mut self.slots.singles, single))
    }

    fn aggregate(&mut self, how: Aggregate, of: AggregateOf) -> Num {
        let at = intern(&mut self.slots.aggregates, (how, of));
        self.single(Single::Aggregate(at))
    }

    fn fact(&self, fact: Fact, feature: &Feature) -> Num {
        let facts = self.env.facts;
        // While no file is read, what is known of one is neither this nor that.
        match facts {
            Some(facts) => Num::Const(facts.lane(fact, feature)),
            None => Num::Slot(usize::MAX - fact as usize),
        }
    }

    /// A feature of a cell or of a fact.
    fn feature(&mut self, expr: &Expr, feature: &Feature) -> Result<Num, Mistake> {
        let wrong = || Mistake::new(expr.span.clone(), "only a field can be asked this");
        match &expr.kind {
            Kind::Name { of: None, name } => {
                if let Some(fact) = names::facts().into_iter().find(|fact| fact.name == name) {
                    return Ok(self.fact(fact.what, feature));
                }
                let (field, kind) = self.field(name, expr.span.clone())?;
                if matches!(field, FieldRef::Row | FieldRef::Category) {
                    return Err(wrong());
                }
                self.cell(field, kind, feature.clone(), expr.span.clone())
            }
            Kind::Name { of: Some(of), name } if of == "previous" && self.over == Over::Persons => {
                let (field, kind) = self.field(name, expr.span.clone())?;
                Ok(self.view(field, kind, feature.clone(), When::Previous))
            }
            _ => Err(wrong()),
        }
    }

    fn call(
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
                let reason = format!(
                    "`{name}` takes {wanted} value{}, and has {}",
                    if wanted == 1 { "" } else { "s" },
                    arguments.len()
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
            let day = self.day(&arguments[0])?;
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
                let (from, to) = (self.day(&arguments[0])?, self.day(&arguments[1])?);
                number(Num::two(Two::Minus, to, from))
            }
            "age" => {
                count(2)?;
                let (birth, on) = (self.day(&arguments[0])?, self.day(&arguments[1])?);
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
                        format!("`{name}` takes two numbers or two days"),
                    )),
                }
            }
            "max_before" if self.over == Over::Persons => {
                count(1)?;
                let Kind::Name { of: None, name } = &arguments[0].kind else {
                    return Err(Mistake::new(span, "`max_before` takes a field"));
                };
                let (field, kind) = self.field(name, span.clone())?;
                if !matches!(kind, Type::Day | Type::Number) {
                    return Err(Mistake::new(span, "`max_before` takes a day or a number"));
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

    fn aggregated(&mut self, name: &str, inner: &Expr) -> Checked {
        let before = self.personal;
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
        self.personal = before || !counted;
        Ok(Typed::Value(self.aggregate(how, of), kind))
    }

    fn summary_name(&mut self, name: &str, span: Range<usize>) -> Checked {
        if let Some(parameter) = self.env.parameters.get(name) {
            return Ok(of_parameter(&parameter.value));
        }
        self.measure(name, "", Whose::This, span)
    }

    fn measure(&mut self, name: &str, key: &str, whose: Whose, span: Range<usize>) -> Checked {
        let known = MEASURES.iter().find(|measure| measure.name == name);
        let Some(known) = known.filter(|known| known.what != Measure::Each || self.env.keyed)
        else {
            let reason = if name == "n" {
                "`n` is the number of a key: the rule needs `each`".to_owned()
            } else {
                let mut names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
                names.extend(self.env.parameters.keys().map(String::as_str));
                format!("there is no measure `{name}`{}", did_you_mean(name, &names))
            };
            return Err(Mistake::new(span, reason));
        };
        let needs_key = matches!(
            known.what,
            Measure::Category | Measure::Product | Measure::Month
        );
        if needs_key == key.is_empty() {
            let reason = if needs_key {
                format!("`{name}` needs a key in brackets, such as {}", known.en)
            } else {
                format!("`{name}` takes no key")
            };
            return Err(Mistake::new(span, reason));
        }
        let num = self.single(Single::Measure {
            measure: known.what,
            key: key.to_owned(),
            whose,
        });
        Ok(Typed::Value(num, Type::Number))
    }

    fn summary_call(&mut self, name: &str, arguments: &[Expr], span: Range<usize>) -> Checked {
        let scope = self.env.scope;
        let yes = |checker: &mut Self, single| Ok(Typed::Logic(truth(checker.single(single))));
        match name {
            "peer_median" | "peer_mad" if scope == Scope::Peers && arguments.len() == 1 => {
                if self.in_peer {
                    return Err(Mistake::new(span, "peers have no peers of their own here"));
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

fn truth(num: Num) -> Logic {
    match num {
        Num::Const(value) if value.is_nan() => Logic::Const(super::node::UNDECIDED),
        Num::Const(value) => Logic::Const(u8::from(value != 0.0) * 2),
        Num::Slot(at) => Logic::Slot(at),
        other => Logic::compare(Comparison::NotEqual, other, Num::Const(0.0)),
    }
}

fn of_parameter(value: &ParameterValue) -> Typed {
    match value {
        ParameterValue::Number(number) => Typed::Value(Num::Const(*number), Type::Number),
        ParameterValue::Day(day) => Typed::Value(Num::Const(f64::from(day.0)), Type::Day),
        ParameterValue::Text(text) => Typed::Literal(text.clone()),
        ParameterValue::List(list) => Typed::List(list.clone()),
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
            format!("`{name}` takes one key: a number, or a text between quotes"),
        )),
    }
}

fn unknown_function(name: &str, span: Range<usize>, scope: Scope) -> Mistake {
    let names: Vec<&str> = names::FUNCTIONS
        .iter()
        .filter_map(|function| function.written.split_once('(').map(|(name, _)| name))
        .collect();
    let reason = if names.contains(&name) {
        format!("`{name}` is not for rules of scope `{}`", scope.key())
    } else {
        format!(
            "there is no function `{name}`{}",
            did_you_mean(name, &names)
        )
    };
    Mistake::new(span, reason)
}

fn wrong_type(expr: &Expr, wanted: Type, found: &Typed) -> Mistake {
    let found = match found {
        Typed::List(_) => "list",
        Typed::Literal(_) => "text as written",
        other => other.kind().name(Language::En),
    };
    Mistake::new(
        expr.span.clone(),
        format!(
            "a {found} stands where a {} should",
            wanted.name(Language::En)
        ),
    )
}

/// A text as written, as a value of the type it is compared with.
fn literal(text: &str, kind: Type, field: &Expr, span: Range<usize>) -> Result<f64, Mistake> {
    match kind {
        Type::Text => {
            if let Some(levels) = levels_of(field)
                && !levels.contains(&text)
            {
                let hint = did_you_mean(text, &levels);
                return Err(Mistake::new(
                    span,
                    format!("`{text}` never occurs here{hint}"),
                ));
            }
            Ok(value::of_text(text.as_bytes()))
        }
        Type::Municipality => {
            let code = MunicipalityCode::parse(text).ok();
            code.map(|code| f64::from(code.number())).ok_or_else(|| {
                Mistake::new(
                    span,
                    format!("`{text}` is no municipality code; write GM0363"),
                )
            })
        }
        _ => Err(Mistake::new(
            span,
            format!(
                "a {} is compared with a text; leave out the quotes",
                kind.name(Language::En)
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
