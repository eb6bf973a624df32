//! Reading models: the right-hand side of an R formula, or the literature's brackets.

use std::collections::BTreeSet;

use crate::error::{EstimateError, nearest};
use crate::model::{Model, term_label};
use crate::table::{CaptureTable, Factor};
use crate::term::Term;

/// Most terms a formula may expand to.
const MAX_TERMS: usize = 20_000;
/// Deepest nesting of parentheses.
const MAX_DEPTH: usize = 64;

/// What a model text says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelText {
    /// A formula: exactly these terms.
    Formula(Model),
    /// Brackets over lists only: says nothing about covariates.
    Brackets(Model),
}

/// Reads `a*b + c + sex*(a+b+c)` or `[12,13,4]` against the names of a table.
///
/// Formula operators are `+ : * ^ ( ) -` with R's meaning and precedence; the
/// intercept is implicit. Brackets hold generators over list numbers (from 1),
/// or over names joined by colons, covariates included. A formula that is not
/// hierarchical is refused with its closure; so is a model that leaves out a
/// list or contains the interaction of all lists.
///
/// ```
/// use ethos_estimate::{CaptureTable, ModelText, parse_model};
/// let t = CaptureTable::from_histories(["a", "b", "c"], [("111", 2), ("100", 5), ("010", 4)])?;
/// let ModelText::Formula(m) = parse_model("a*b + c", &t)? else { panic!() };
/// assert_eq!(m.notation(t.lists(), t.factors()), "[12,3]");
/// # Ok::<(), ethos_estimate::EstimateError>(())
/// ```
pub fn parse_model(text: &str, table: &CaptureTable) -> Result<ModelText, EstimateError> {
    let trimmed = text.trim();
    let read = if trimmed.starts_with('[') {
        brackets(trimmed, table.lists(), table.factors())
    } else {
        formula(trimmed, table.lists(), table.factors()).map(ModelText::Formula)
    };
    let model = read.map_err(|error| dropped(error, table))?;
    let (ModelText::Formula(m) | ModelText::Brackets(m)) = &model;
    m.check(table)?;
    Ok(model)
}

/// A name that is a covariate with one level is told as that, not as a misspelling.
fn dropped(error: EstimateError, table: &CaptureTable) -> EstimateError {
    match error {
        EstimateError::UnknownName { name, .. } if table.dropped(&name) => {
            EstimateError::OneLevel(name)
        }
        other => other,
    }
}

/// Whether a model can be read against these names, before there is a table: syntax, names, and a
/// formula that is hierarchical. What depends on the counts or on what lists delivered is not looked at.
///
/// # Errors
/// Those of [`parse_model`] that the text and the names alone decide.
pub fn check_model(
    text: &str,
    lists: &[String],
    covariates: &[String],
) -> Result<(), EstimateError> {
    let one = |name: &String| Factor::new(name.clone(), [String::new()]);
    let factors: Vec<Factor> = covariates.iter().map(one).collect();
    let trimmed = text.trim();
    if trimmed.starts_with('[') {
        brackets(trimmed, lists, &factors).map(|_| ())
    } else {
        formula(trimmed, lists, &factors).map(|_| ())
    }
}

/// Reads a formula over covariates alone; the intercept is implicit.
pub(crate) fn covariate_formula(text: &str, factors: &[Factor]) -> Result<Model, EstimateError> {
    formula(text.trim(), &[], factors).map_err(|error| match error {
        EstimateError::UnknownName { name, suggestion } => {
            EstimateError::UnknownCovariate { name, suggestion }
        }
        other => other,
    })
}

fn syntax(text: &str, reason: impl Into<String>) -> EstimateError {
    EstimateError::Syntax {
        text: text.to_owned(),
        reason: reason.into(),
    }
}

fn lookup(name: &str, lists: &[String], factors: &[Factor]) -> Result<Term, EstimateError> {
    if let Some(i) = lists.iter().position(|l| l == name) {
        return Ok(Term::list(i));
    }
    if let Some(f) = factors.iter().position(|f| f.name == name) {
        return Ok(Term::factor(f));
    }
    let known = lists
        .iter()
        .map(String::as_str)
        .chain(factors.iter().map(|f| f.name.as_str()));
    Err(EstimateError::UnknownName {
        name: name.to_owned(),
        suggestion: nearest(name, known),
    })
}

fn brackets(text: &str, lists: &[String], factors: &[Factor]) -> Result<ModelText, EstimateError> {
    let inner = text
        .strip_prefix('[')
        .and_then(|t| t.strip_suffix(']'))
        .ok_or_else(|| syntax(text, "a bracket model ends with `]`"))?;
    let mut generators = Vec::new();
    for part in inner.split(',').map(str::trim) {
        if part.is_empty() {
            return Err(syntax(text, "an empty generator"));
        }
        let mut term = Term::INTERCEPT;
        for name in part.split(':').map(str::trim) {
            if name.chars().all(|c| c.is_ascii_digit()) && lists.len() < 10 && !name.is_empty() {
                for c in name.chars() {
                    let i = c as usize - '0' as usize;
                    if i == 0 || i > lists.len() {
                        return Err(syntax(
                            text,
                            format!("there is no list {c} (lists are 1 to {})", lists.len()),
                        ));
                    }
                    term = term.union(Term::list(i - 1));
                }
            } else {
                term = term.union(lookup(name.trim_matches('`'), lists, factors)?);
            }
        }
        generators.push(term);
    }
    let covariates = generators.iter().any(|g| g.factors != 0);
    let model = Model::from_generators(generators);
    Ok(if covariates {
        ModelText::Formula(model)
    } else {
        ModelText::Brackets(model)
    })
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Name(String),
    Number(u32),
    Op(char),
}

fn tokens(text: &str) -> Result<Vec<Token>, EstimateError> {
    let mut out = Vec::new();
    let mut chars = text.chars().peekable();
    while let Some(&c) = chars.peek() {
        if c.is_whitespace() {
            chars.next();
        } else if "+:*^()-".contains(c) {
            chars.next();
            out.push(Token::Op(c));
        } else if c == '`' {
            chars.next();
            let mut name = String::new();
            loop {
                match chars.next() {
                    Some('`') => break,
                    Some(c) => name.push(c),
                    None => return Err(syntax(text, "a backtick is not closed")),
                }
            }
            out.push(Token::Name(name));
        } else if c.is_ascii_digit() {
            let mut number = String::new();
            while let Some(&d) = chars.peek().filter(|d| d.is_ascii_digit()) {
                number.push(d);
                chars.next();
            }
            out.push(Token::Number(
                number
                    .parse()
                    .map_err(|_| syntax(text, format!("number {number}")))?,
            ));
        } else if c.is_alphabetic() || c == '.' || c == '_' {
            let mut name = String::new();
            while let Some(&d) = chars
                .peek()
                .filter(|d| d.is_alphanumeric() || **d == '.' || **d == '_')
            {
                name.push(d);
                chars.next();
            }
            out.push(Token::Name(name));
        } else {
            return Err(syntax(
                text,
                format!("`{c}` is not one of `+ : * ^ ( ) -` nor part of a name"),
            ));
        }
    }
    Ok(out)
}

type Terms = BTreeSet<Term>;

struct Parser<'a> {
    text: &'a str,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    lists: &'a [String],
    factors: &'a [Factor],
}

fn formula(text: &str, lists: &[String], factors: &[Factor]) -> Result<Model, EstimateError> {
    let rhs = match text.split_once('~') {
        None => text,
        // A tilde between backticks is part of a name.
        Some((left, _)) if left.matches('`').count() % 2 == 1 => text,
        Some((left, right)) if left.trim().is_empty() => right,
        Some((left, _)) => {
            return Err(syntax(
                text,
                format!(
                    "leave out `{} ~`: on the left is always the count",
                    left.trim()
                ),
            ));
        }
    };
    let mut parser = Parser {
        text,
        tokens: tokens(rhs)?,
        at: 0,
        depth: 0,
        lists,
        factors,
    };
    let mut terms = parser.sum()?;
    if let Some(t) = parser.tokens.get(parser.at) {
        return Err(syntax(text, format!("unexpected {}", describe(t))));
    }
    terms.insert(Term::INTERCEPT);
    Model::from_terms(terms.iter().copied()).ok_or_else(|| EstimateError::NotHierarchical {
        formula: text.to_owned(),
        closure: Model::from_generators(terms.iter().copied())
            .terms()
            .iter()
            .filter(|t| t.order() > 0)
            .map(|t| term_label(*t, lists, factors))
            .collect::<Vec<_>>()
            .join(" + "),
    })
}

fn describe(token: &Token) -> String {
    match token {
        Token::Name(n) => format!("name `{n}`"),
        Token::Number(n) => format!("number {n}"),
        Token::Op(c) => format!("`{c}`"),
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        match self.tokens.get(self.at) {
            Some(Token::Op(c)) => Some(*c),
            _ => None,
        }
    }

    fn limit(&self, terms: Terms) -> Result<Terms, EstimateError> {
        if terms.len() > MAX_TERMS {
            return Err(syntax(
                self.text,
                format!("expands to more than {MAX_TERMS} terms"),
            ));
        }
        Ok(terms)
    }

    /// `a + b - c`
    fn sum(&mut self) -> Result<Terms, EstimateError> {
        let mut out = self.star()?;
        loop {
            match self.peek() {
                Some('+') => {
                    self.at += 1;
                    out.extend(self.star()?);
                    out = self.limit(out)?;
                }
                Some('-') => {
                    self.at += 1;
                    let gone = self.star()?;
                    if gone.contains(&Term::INTERCEPT) {
                        return Err(syntax(
                            self.text,
                            "the intercept cannot be removed: it is the unseen part",
                        ));
                    }
                    out.retain(|t| !gone.contains(t));
                }
                _ => return Ok(out),
            }
        }
    }

    /// `a * b`
    fn star(&mut self) -> Result<Terms, EstimateError> {
        let mut out = self.colon()?;
        while self.peek() == Some('*') {
            self.at += 1;
            let right = self.colon()?;
            let both = self.product(&out, &right)?;
            out.extend(right);
            out.extend(both);
        }
        self.limit(out)
    }

    /// `a : b`
    fn colon(&mut self) -> Result<Terms, EstimateError> {
        let mut out = self.power()?;
        while self.peek() == Some(':') {
            self.at += 1;
            let right = self.power()?;
            out = self.product(&out, &right)?;
        }
        Ok(out)
    }

    /// `(a + b)^2`
    fn power(&mut self) -> Result<Terms, EstimateError> {
        let base = self.atom()?;
        let mut out = base.clone();
        while self.peek() == Some('^') {
            self.at += 1;
            let Some(Token::Number(k)) = self.tokens.get(self.at).cloned() else {
                return Err(syntax(self.text, "`^` needs a whole number"));
            };
            self.at += 1;
            if k == 0 {
                return Err(syntax(self.text, "`^0` has no meaning"));
            }
            let factor = out.clone();
            for _ in 1..k.min(48) {
                let more = self.product(&out, &factor)?;
                let before = out.len();
                out.extend(more);
                if out.len() == before {
                    break;
                }
            }
        }
        self.limit(out)
    }

    fn atom(&mut self) -> Result<Terms, EstimateError> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        match token {
            Some(Token::Name(name)) => {
                Ok(BTreeSet::from([lookup(&name, self.lists, self.factors)?]))
            }
            Some(Token::Number(1)) => Ok(BTreeSet::from([Term::INTERCEPT])),
            Some(Token::Number(n)) => {
                Err(syntax(self.text, format!("number {n} outside an exponent")))
            }
            Some(Token::Op('(')) => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Err(syntax(self.text, "parentheses nested too deeply"));
                }
                let inner = self.sum()?;
                self.depth -= 1;
                if self.peek() != Some(')') {
                    return Err(syntax(self.text, "a parenthesis is not closed"));
                }
                self.at += 1;
                Ok(inner)
            }
            Some(t) => Err(syntax(self.text, format!("unexpected {}", describe(&t)))),
            None => Err(syntax(self.text, "it ends too early")),
        }
    }

    fn product(&self, a: &Terms, b: &Terms) -> Result<Terms, EstimateError> {
        let mut out = Terms::new();
        for x in a {
            for y in b {
                out.insert(x.union(*y));
            }
            if out.len() > MAX_TERMS {
                return self.limit(out);
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> CaptureTable {
        let mut b = CaptureTable::builder(["a", "b", "c"], [Factor::new("sex", ["m", "f"])]);
        b.add(7, &[0], 3).unwrap().add(1, &[1], 2).unwrap();
        b.build().unwrap()
    }

    fn read(text: &str) -> Result<String, EstimateError> {
        let t = table();
        let (ModelText::Formula(m) | ModelText::Brackets(m)) = parse_model(text, &t)?;
        Ok(m.notation(t.lists(), t.factors()))
    }

    #[test]
    fn reads_r_formulas() {
        assert_eq!(read("a + b + c").unwrap(), "[1,2,3]");
        assert_eq!(read("~ a*b + c").unwrap(), "[12,3]");
        assert_eq!(read("(a+b+c)^2").unwrap(), "[12,13,23]");
        assert_eq!(read("(a+b+c)^2 - b:c").unwrap(), "[12,13]");
        assert_eq!(read("a*b*c - a:b:c").unwrap(), "[12,13,23]");
        assert_eq!(
            read("a*b + c + sex*(a+b+c)").unwrap(),
            "[12,1:sex,2:sex,3:sex]"
        );
        assert_eq!(read("a + b + a:b + c + 1").unwrap(), "[12,3]");
        assert_eq!(read("sex*a + `b` + c").unwrap(), "[1:sex,2,3]");
        assert_eq!(read("[12, 3]").unwrap(), "[12,3]");
        assert_eq!(read("[1:sex,2,3]").unwrap(), "[1:sex,2,3]");
        assert_eq!(read("[a:b,c]").unwrap(), "[12,3]");
    }

    #[test]
    fn a_model_is_checked_by_names_alone() {
        let names = |all: &[&str]| -> Vec<String> { all.iter().map(|n| (*n).to_owned()).collect() };
        let (lists, covariates) = (names(&["a", "b", "c"]), names(&["sex"]));
        let check = |text: &str| check_model(text, &lists, &covariates);
        for good in ["[12,3]", "a*b + c", "~ a*sex + b", "a", "[1:sex,2,3]"] {
            assert_eq!(check(good), Ok(()), "{good}");
        }
        for bad in ["[12,3", "a*b + ", "[14]", "a:b", "a + d"] {
            assert!(check(bad).is_err_and(|error| error.is_usage()), "{bad}");
        }
    }

    #[test]
    fn the_left_of_a_formula_is_told() {
        let error = read("freq ~ a + b + c").unwrap_err().to_string();
        assert!(error.contains("leave out `freq ~`"), "{error}");
    }

    #[test]
    fn refuses_with_the_way_out() {
        match read("a:b + c") {
            Err(EstimateError::NotHierarchical { closure, .. }) => {
                assert_eq!(closure, "a + b + c + a:b");
            }
            other => panic!("{other:?}"),
        }
        match read("a + b + c + sxe") {
            Err(EstimateError::UnknownName { suggestion, .. }) => {
                assert_eq!(suggestion.as_deref(), Some("sex"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            read("a + b"),
            Err(EstimateError::ListNotInModel("c".into()))
        );
        assert_eq!(read("a*b*c"), Err(EstimateError::SaturatedLists));
        for bad in [
            "",
            "a +",
            "a ++ b",
            "(a",
            "a)",
            "a^b",
            "a^0",
            "a / b",
            "a b",
            "a - 1 + b + c",
            "[12",
            "[14]",
            "[,1]",
            "`a",
            "2",
        ] {
            let error = read(bad).unwrap_err();
            assert!(
                matches!(error, EstimateError::Syntax { .. }),
                "{bad}: {error:?}"
            );
            assert!(error.is_usage());
        }
    }

    #[test]
    fn survives_hostile_text() {
        assert!(read(&"(".repeat(100_000)).is_err());
        assert!(read("(a+b+c+sex)^4000000000").is_err());
        assert!(read("a^99999999999999").is_err());
    }
}
