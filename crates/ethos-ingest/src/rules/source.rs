//! A file of rules as it is written.

use std::collections::BTreeMap;

use ethos_model::date::Day;
use ethos_model::finding::{RuleCode, Severity, Text};
use serde::Deserialize;
use toml::Spanned;

use super::error::RuleError;
use super::example::{Example, GoodRow};
use super::lang::{self, Env, FieldNames, Slots};
use super::observation::Observation;
use super::parameter::{Parameter, ParameterValue};
use super::rule::{Each, Finds, Rule, Scope};
use crate::words::both;

/// A file of rules.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Source {
    #[serde(default)]
    pub(super) parameters: BTreeMap<String, Spanned<ParameterSource>>,
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleSource>,
    #[serde(default, rename = "good_row")]
    pub(super) good_rows: Vec<GoodRow>,
}

/// A parameter as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ParameterSource {
    value: toml::Value,
    meaning: Option<Text>,
}

impl ParameterSource {
    /// The parameter, in the place of one that is known already.
    pub(super) fn resolve(
        &self,
        before: Option<&Parameter>,
        file: &str,
    ) -> Result<Parameter, Text> {
        let value = ParameterValue::from_toml(&self.value)?;
        if let Some(before) = before
            && !before.value.is_like(&value)
        {
            return Err(both!(
                "het is een ander soort waarde dan {}",
                "it is another kind of value than {}",
                before.value
            ));
        }
        let meaning = self
            .meaning
            .clone()
            .or_else(|| before.map(|before| before.meaning.clone()))
            .ok_or_else(|| {
                Text::new(
                    "een nieuwe parameter heeft een `meaning` nodig, in het Nederlands en Engels",
                    "a new parameter needs a `meaning` in Dutch and English",
                )
            })?;
        Ok(Parameter {
            value,
            meaning,
            file: file.to_owned(),
        })
    }
}

/// A rule as it is written. A rule that another file declares may be given again with only
/// what is to be different.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleSource {
    pub(super) id: Spanned<RuleCode>,
    /// Switches the rule off.
    #[serde(default)]
    pub(super) off: bool,
    severity: Option<Severity>,
    scope: Option<Scope>,
    observes: Option<Spanned<String>>,
    find: Option<Spanned<String>>,
    at: Option<Spanned<String>>,
    shows: Option<Spanned<String>>,
    each: Option<Each>,
    applies: Option<Vec<String>>,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    title: Option<Text>,
    message: Option<Text>,
    why: Option<Text>,
    fix: Option<Text>,
    source: Option<String>,
    #[serde(rename = "example")]
    examples: Option<Vec<Example>>,
}

/// Reads a file of rules.
pub(super) fn parse(text: &str, file: &str) -> Result<Source, RuleError> {
    crate::layout::parse_strict(text).map_err(|(line, reason)| RuleError::new(file, line, reason))
}

/// A text of a rule and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Written {
    pub(super) text: String,
    file: String,
    line: usize,
}

impl Written {
    fn new(spanned: Spanned<String>, file: &str, text: &str) -> Self {
        let line = line_of(text, spanned.span().start);
        Self {
            text: spanned.into_inner(),
            file: file.to_owned(),
            line,
        }
    }

    /// What is wrong at a byte of the text: by the line it is on.
    fn wrong(&self, code: RuleCode, what: &str, at: usize, reason: &Text) -> RuleError {
        let before = self.text.get(..at).unwrap_or(&self.text);
        let line = self.line + before.matches('\n').count();
        let around: String = self
            .text
            .get(at..)
            .unwrap_or_default()
            .chars()
            .take_while(|c| *c != '\n')
            .take(24)
            .collect();
        let near = if around.is_empty() {
            Text::default()
        } else {
            both!(" (bij `{}`)", " (at `{}`)", around.trim_end())
        };
        let reason = Text::new(
            format!("regel {code}, `{what}`: {}{}", reason.nl, near.nl),
            format!("rule {code}, `{what}`: {}{}", reason.en, near.en),
        );
        RuleError::new(&self.file, Some(line), reason)
    }
}

fn line_of(text: &str, byte: usize) -> usize {
    let before = &text.as_bytes()[..byte.min(text.len())];
    memchr::memchr_iter(b'\n', before).count() + 1
}

/// A rule with what all files of the book say of it so far.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Draft {
    code: RuleCode,
    file: String,
    line: usize,
    severity: Option<Severity>,
    scope: Option<Scope>,
    observes: Option<Written>,
    find: Option<Written>,
    at: Option<Written>,
    shows: Option<Written>,
    each: Option<Each>,
    applies: Vec<String>,
    valid_from: Option<Day>,
    valid_until: Option<Day>,
    title: Option<Text>,
    message: Option<Text>,
    why: Option<Text>,
    fix: Option<Text>,
    source: Option<String>,
    examples: Vec<Example>,
}

impl RuleSource {
    /// The rule over what was said of it before. A new way of finding takes the place of the
    /// old one whole.
    pub(super) fn over(self, before: Option<Draft>, file: &str, text: &str) -> Draft {
        let line = line_of(text, self.id.span().start);
        let written =
            |spanned: Option<Spanned<String>>| spanned.map(|it| Written::new(it, file, text));
        let mut old = before.unwrap_or_else(|| Draft::new(*self.id.get_ref()));
        if self.observes.is_some() || self.find.is_some() {
            old.observes = None;
            old.find = None;
            old.at = None;
            old.shows = None;
            old.each = None;
        }
        Draft {
            code: old.code,
            file: file.to_owned(),
            line,
            severity: self.severity.or(old.severity),
            scope: self.scope.or(old.scope),
            observes: written(self.observes).or(old.observes),
            find: written(self.find).or(old.find),
            at: written(self.at).or(old.at),
            shows: written(self.shows).or(old.shows),
            each: self.each.or(old.each),
            applies: self.applies.unwrap_or(old.applies),
            valid_from: self.valid_from.or(old.valid_from),
            valid_until: self.valid_until.or(old.valid_until),
            title: self.title.or(old.title),
            message: self.message.or(old.message),
            why: self.why.or(old.why),
            fix: self.fix.or(old.fix),
            source: self.source.or(old.source),
            examples: self.examples.unwrap_or(old.examples),
        }
    }
}

impl Draft {
    fn new(code: RuleCode) -> Self {
        Self {
            code,
            file: String::new(),
            line: 0,
            severity: None,
            scope: None,
            observes: None,
            find: None,
            at: None,
            shows: None,
            each: None,
            applies: Vec::new(),
            valid_from: None,
            valid_until: None,
            title: None,
            message: None,
            why: None,
            fix: None,
            source: None,
            examples: Vec::new(),
        }
    }

    fn wrong(&self, reason: &Text) -> RuleError {
        let code = self.code;
        let reason = Text::new(
            format!("regel {code}: {}", reason.nl),
            format!("rule {code}: {}", reason.en),
        );
        RuleError::new(&self.file, Some(self.line), reason)
    }

    /// The rule, if it is whole and its expressions can be read.
    pub(super) fn resolve(
        &self,
        parameters: &BTreeMap<String, Parameter>,
        names: &dyn FieldNames,
    ) -> Result<Rule, RuleError> {
        let missing =
            |what: &str| self.wrong(&both!("er staat geen `{what}` bij", "it has no `{what}`"));
        let (scope, finds) = self.finds(parameters, names)?;
        let words = |text: &Option<Text>, what: &str, detail: bool| {
            let text = text.as_ref().ok_or_else(|| missing(what))?;
            self.filled(text, what, detail, parameters)
        };
        let (in_message, in_fix) = match &finds {
            Finds::Observed(seen) => seen.has_detail(),
            Finds::Condition { shows, each, .. } => {
                // Between files, what the other file is called.
                let told = shows.is_some() || each.is_some() || scope == Scope::Files;
                (told, false)
            }
        };
        if let (Some(from), Some(until)) = (self.valid_from, self.valid_until)
            && until <= from
        {
            let reason = both!(
                "hij geldt tot {until}, en dat is niet na {from}",
                "it is valid until {until}, which is not after {from}"
            );
            return Err(self.wrong(&reason));
        }
        let compares = matches!(scope, Scope::Files | Scope::Previous | Scope::Peers);
        if compares && self.severity == Some(Severity::Blocking) {
            return Err(self.wrong(&Text::new(
                "een regel die leveringen vergelijkt, blokkeert er geen: de rijen zijn gelezen; maak er `error` van",
                "a rule that compares deliveries blocks none: the rows were read; make it an error",
            )));
        }
        Ok(Rule {
            code: self.code,
            severity: self.severity.ok_or_else(|| missing("severity"))?,
            scope,
            finds,
            applies: self.applies.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
            title: words(&self.title, "title", false)?,
            message: words(&self.message, "message", in_message)?,
            // What a rule may do without, its lint asks for.
            why: match &self.why {
                Some(_) => words(&self.why, "why", false)?,
                None => Text::default(),
            },
            fix: words(&self.fix, "fix", in_fix)?,
            source: self.source.clone().unwrap_or_default(),
            examples: self.examples.clone(),
            file: self.file.clone(),
        })
    }

    fn finds(
        &self,
        parameters: &BTreeMap<String, Parameter>,
        names: &dyn FieldNames,
    ) -> Result<(Scope, Finds), RuleError> {
        match (&self.observes, &self.find) {
            (Some(_), Some(_)) => Err(self.wrong(&Text::new(
                "`observes` en `find` staan er allebei; laat er een staan",
                "it has both `observes` and `find`; keep one",
            ))),
            (None, None) => Err(self.wrong(&Text::new(
                "`observes` (wat de lezer ziet) en `find` (een voorwaarde) ontbreken allebei",
                "it has neither `observes` (what the reader sees) nor `find` (a condition)",
            ))),
            (Some(written), None) => {
                let seen = Observation::from_key(&written.text)
                    .map_err(|reason| written.wrong(self.code, "observes", 0, &reason))?;
                if self.at.is_some() || self.shows.is_some() || self.each.is_some() {
                    return Err(self.wrong(&Text::new(
                        "`at`, `shows` en `each` horen bij een `find`; de lezer weet zelf de plaats",
                        "`at`, `shows` and `each` belong to a `find`; the reader knows its place",
                    )));
                }
                let scope = Scope::of(seen);
                match self.scope {
                    Some(said) if said != scope => Err(self.wrong(&both!(
                        "`{}` wordt gezien in bereik `{}`, niet `{}`",
                        "`{}` is seen in scope `{}`, not `{}`",
                        seen.key(),
                        scope.key(),
                        said.key()
                    ))),
                    _ => Ok((scope, Finds::Observed(seen))),
                }
            }
            (None, Some(find)) => {
                let scope = self.scope.unwrap_or(Scope::Row);
                if self.each.is_some() && !matches!(scope, Scope::Previous | Scope::Peers) {
                    return Err(self.wrong(&Text::new(
                        "`each` hoort bij regels met bereik `previous` of `peers`",
                        "`each` belongs to rules of scope `previous` or `peers`",
                    )));
                }
                let env = Env {
                    scope,
                    names,
                    parameters,
                    facts: None,
                    keyed: self.each.is_some(),
                };
                let mut slots = Slots::default();
                lang::compile(&find.text, &env, &mut slots).map_err(|mistake| {
                    find.wrong(self.code, "find", mistake.span.start, &mistake.reason)
                })?;
                if let Some(shows) = &self.shows {
                    lang::compile_shown(&shows.text, &env, &mut slots).map_err(|mistake| {
                        shows.wrong(self.code, "shows", mistake.span.start, &mistake.reason)
                    })?;
                }
                if let Some(at) = &self.at {
                    lang::field_of(&at.text, names)
                        .map_err(|reason| at.wrong(self.code, "at", 0, &reason))?;
                    if !matches!(scope, Scope::Row | Scope::Person | Scope::File) {
                        return Err(self.wrong(&Text::new(
                            "een regel met dit bereik wijst geen veld aan",
                            "a rule of this scope points at no field",
                        )));
                    }
                }
                let text = |written: &Option<Written>| written.as_ref().map(|it| it.text.clone());
                let finds = Finds::Condition {
                    find: find.text.clone(),
                    at: text(&self.at),
                    shows: text(&self.shows),
                    each: self.each,
                };
                Ok((scope, finds))
            }
        }
    }

    /// A text with its parameters filled in.
    fn filled(
        &self,
        text: &Text,
        what: &str,
        has_detail: bool,
        parameters: &BTreeMap<String, Parameter>,
    ) -> Result<Text, RuleError> {
        let fill = |words: &str, language: &str| {
            if words.trim().is_empty() {
                return Err(self.wrong(&both!(
                    "`{what}.{language}` is leeg",
                    "`{what}.{language}` is blank"
                )));
            }
            if words.contains("{}") && !has_detail {
                let way_out = if self.find.is_some() && what == "message" {
                    Text::new(
                        "; zeg met `shows` wat het is",
                        "; say with `shows` what it is",
                    )
                } else {
                    Text::default()
                };
                return Err(self.wrong(&Text::new(
                    format!(
                        "in `{what}.{language}` staat `{{}}`, en er is niets om daar in te vullen{}",
                        way_out.nl
                    ),
                    format!(
                        "`{what}.{language}` has a `{{}}`, and there is no detail for it{}",
                        way_out.en
                    ),
                )));
            }
            let mut filled = String::with_capacity(words.len());
            let mut rest = words;
            while let Some((before, after)) = rest.split_once('{') {
                filled.push_str(before);
                let Some((name, behind)) = after.split_once('}') else {
                    return Err(self.wrong(&both!(
                        "in `{what}.{language}` staat een `{{` te veel",
                        "`{what}.{language}` has a `{{` too many"
                    )));
                };
                match parameters.get(name) {
                    _ if name.is_empty() => filled.push_str("{}"),
                    Some(parameter) => filled.push_str(&parameter.value.to_string()),
                    None => {
                        let known: Vec<&String> = parameters.keys().collect();
                        let hint = ethos_model::suggest::did_you_mean_text(name, &known);
                        return Err(self.wrong(&Text::new(
                            format!(
                                "`{what}.{language}` noemt de parameter `{name}`, en die is er niet{}",
                                hint.nl
                            ),
                            format!(
                                "`{what}.{language}` names the parameter `{name}`, which does not \
                                 exist{}",
                                hint.en
                            ),
                        )));
                    }
                }
                rest = behind;
            }
            filled.push_str(rest);
            Ok(filled)
        };
        Ok(Text::new(fill(&text.nl, "nl")?, fill(&text.en, "en")?))
    }
}
