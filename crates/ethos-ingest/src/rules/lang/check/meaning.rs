//! What a name stands for: a field, a fact, a parameter, a measure of a delivery.

use std::ops::Range;

use ethos_model::finding::Text;
use ethos_model::suggest::did_you_mean_text;

use super::types::{of_parameter, truth};
use super::{Checked, Checker, Over, Own, Typed, field_names};
use crate::rules::lang::Mistake;
use crate::rules::lang::names::{self, Fact, FieldRef, MEASURES, Measure, Type};
use crate::rules::lang::node::Num;
use crate::rules::lang::slots::{
    Aggregate, AggregateOf, CellSlot, Feature, Single, View, When, Whose, intern,
};
use crate::rules::lang::syntax::{Expr, Kind};
use crate::rules::rule::Scope;
use crate::words::both;

impl Checker<'_, '_> {
    pub(super) fn name(&mut self, of: Option<&str>, name: &str, span: Range<usize>) -> Checked {
        match of {
            Some(of) => self.someones(of, name, "", span),
            None if self.over == Over::Summaries => self.summary_name(name, span),
            None => self.plain_name(name, span),
        }
    }

    /// `previous.X`, `last.X`, `other.X`.
    pub(super) fn someones(
        &mut self,
        of: &str,
        name: &str,
        key: &str,
        span: Range<usize>,
    ) -> Checked {
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
                let reason = if let Some((_, scope)) = known {
                    both!(
                        "`{of}.` hoort bij regels met bereik `{scope}`",
                        "`{of}.` belongs to rules of scope `{scope}`"
                    )
                } else {
                    let hint = did_you_mean_text(of, &["previous", "last", "other"]);
                    Text::new(
                        format!("er is geen `{of}.`{}", hint.nl),
                        format!("there is no `{of}.`{}", hint.en),
                    )
                };
                return Err(Mistake::new(span, reason));
            }
        };
        self.measure(name, key, whose, span)
    }

    pub(super) fn plain_name(&mut self, name: &str, span: Range<usize>) -> Checked {
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

    pub(super) fn field(
        &mut self,
        name: &str,
        span: Range<usize>,
    ) -> Result<(FieldRef, Type), Mistake> {
        self.personal = true;
        let by_meaning = names::fields().into_iter().find(|known| known.name == name);
        if let Some(known) = by_meaning {
            self.tells_day |= known.name == "birth_date";
            return Ok((known.what, known.kind));
        }
        match self.env.names.own(name) {
            Own::Here(kind) => Ok((FieldRef::Own(name.to_owned()), kind)),
            Own::Elsewhere => Err(Mistake {
                elsewhere: true,
                ..Mistake::new(
                    span,
                    both!(
                        "deze indeling heeft geen veld `{name}`",
                        "this layout has no field `{name}`"
                    ),
                )
            }),
            Own::Unknown => {
                let mut known = field_names(self.env.names);
                known.extend(names::facts().iter().map(|fact| fact.name.to_owned()));
                known.extend(self.env.parameters.keys().cloned());
                let near = ethos_model::suggest::nearest(name, &known);
                let hint = near.map_or_else(
                    || {
                        Text::new(
                            "; `ethos rules fields` noemt wat er is",
                            "; `ethos rules fields` lists what there is",
                        )
                    },
                    |near| both!("; bedoelt u `{near}`?", "; did you mean `{near}`?"),
                );
                let reason = Text::new(
                    format!("er is geen veld, feit of parameter `{name}`{}", hint.nl),
                    format!("there is no field, fact or parameter `{name}`{}", hint.en),
                );
                Err(Mistake::new(span, reason))
            }
        }
    }

    /// The lane of a cell where rows are looked at; elsewhere rows must be drawn together.
    pub(super) fn cell(
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
                Text::new(
                    "een regel met bereik `file` vraagt iets van alle rijen samen: count(…), share(…), distinct(…)",
                    "a rule of scope `file` asks of all rows together: count(…), share(…), distinct(…)",
                ),
            )),
            Over::Summaries => Err(Mistake::new(
                span,
                Text::new(
                    "een regel met dit bereik vraagt iets van leveringen als geheel, en niet van rijen",
                    "a rule of this scope asks of deliveries as a whole, and not of rows",
                ),
            )),
        }
    }

    pub(super) fn view(
        &mut self,
        field: FieldRef,
        kind: Type,
        feature: Feature,
        when: When,
    ) -> Num {
        let slot = CellSlot {
            field,
            kind,
            feature,
        };
        let kept = intern(&mut self.slots.kept, slot);
        Num::Slot(intern(&mut self.slots.views, View { kept, when }))
    }

    pub(super) fn single(&mut self, single: Single) -> Num {
        Num::Slot(intern(&mut self.slots.singles, single))
    }

    pub(super) fn aggregate(&mut self, how: Aggregate, of: AggregateOf) -> Num {
        let at = intern(&mut self.slots.aggregates, (how, of));
        self.single(Single::Aggregate(at))
    }

    pub(super) fn fact(&self, fact: Fact, feature: &Feature) -> Num {
        let facts = self.env.facts;
        // While no file is read, what is known of one is neither this nor that.
        match facts {
            Some(facts) => Num::Const(facts.lane(fact, feature)),
            None => Num::Slot(usize::MAX - fact as usize),
        }
    }

    /// A feature of a cell or of a fact.
    pub(super) fn feature(&mut self, expr: &Expr, feature: &Feature) -> Result<Num, Mistake> {
        let wrong = || {
            let reason = Text::new(
                "dit kan alleen van een veld worden gevraagd",
                "only a field can be asked this",
            );
            Mistake::new(expr.span.clone(), reason)
        };
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

    pub(super) fn summary_name(&mut self, name: &str, span: Range<usize>) -> Checked {
        if let Some(parameter) = self.env.parameters.get(name) {
            return Ok(of_parameter(&parameter.value));
        }
        self.measure(name, "", Whose::This, span)
    }

    pub(super) fn measure(
        &mut self,
        name: &str,
        key: &str,
        whose: Whose,
        span: Range<usize>,
    ) -> Checked {
        let known = MEASURES.iter().find(|measure| measure.name == name);
        let Some(known) = known.filter(|known| known.what != Measure::Each || self.env.keyed)
        else {
            let reason = if name == "n" {
                Text::new(
                    "`n` is het aantal van een sleutel: de regel heeft `each` nodig",
                    "`n` is the number of a key: the rule needs `each`",
                )
            } else {
                let mut names: Vec<&str> = MEASURES.iter().map(|measure| measure.name).collect();
                names.extend(self.env.parameters.keys().map(String::as_str));
                let hint = did_you_mean_text(name, &names);
                Text::new(
                    format!("er is geen maat `{name}`{}", hint.nl),
                    format!("there is no measure `{name}`{}", hint.en),
                )
            };
            return Err(Mistake::new(span, reason));
        };
        let needs_key = matches!(
            known.what,
            Measure::Category | Measure::Product | Measure::Month
        );
        if needs_key == key.is_empty() {
            let reason = if needs_key {
                Text::new(
                    format!(
                        "`{name}` heeft een sleutel tussen haakjes nodig, zoals {}",
                        known.nl
                    ),
                    format!("`{name}` needs a key in brackets, such as {}", known.en),
                )
            } else {
                both!("`{name}` neemt geen sleutel", "`{name}` takes no key")
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
}
