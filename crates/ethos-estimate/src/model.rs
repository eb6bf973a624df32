//! A hierarchical model: a down-closed set of terms, and its printed forms.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::EstimateError;
use crate::table::{CaptureTable, Factor};
use crate::term::Term;

/// A hierarchical log-linear model.
///
/// Contains the intercept, and with every term all terms within it; terms are
/// sorted. Two models are equal when they have the same terms. Serialised as its terms; terms that
/// are not hierarchical are refused when read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "Vec<Term>", try_from = "Vec<Term>")]
pub struct Model {
    terms: Vec<Term>,
}

impl From<Model> for Vec<Term> {
    fn from(model: Model) -> Self {
        model.terms
    }
}

impl TryFrom<Vec<Term>> for Model {
    type Error = &'static str;

    fn try_from(terms: Vec<Term>) -> Result<Self, Self::Error> {
        Self::from_terms(terms).ok_or("the terms are not a hierarchical model")
    }
}

impl Model {
    /// The smallest hierarchical model containing `generators`.
    ///
    /// ```
    /// use ethos_estimate::{Model, Term};
    /// let m = Model::from_generators([Term::new(0b011, 0), Term::new(0b100, 0)]);
    /// assert_eq!(m.terms().len(), 5); // intercept, 1, 2, 3, 12
    /// ```
    pub fn from_generators(generators: impl IntoIterator<Item = Term>) -> Self {
        let mut set = BTreeSet::from([Term::INTERCEPT]);
        for g in generators {
            set.extend(g.subsets());
        }
        Self {
            terms: set.into_iter().collect(),
        }
    }

    /// The model of exactly these terms (and the intercept), if they are hierarchical.
    pub fn from_terms(terms: impl IntoIterator<Item = Term>) -> Option<Self> {
        let mut set: BTreeSet<Term> = terms.into_iter().collect();
        set.insert(Term::INTERCEPT);
        let closed = set.iter().all(|t| t.faces().all(|f| set.contains(&f)));
        closed.then(|| Self {
            terms: set.into_iter().collect(),
        })
    }

    /// The terms in order, the intercept first.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Whether the model contains a term.
    pub fn contains(&self, term: Term) -> bool {
        self.terms.binary_search(&term).is_ok()
    }

    /// The maximal terms, longest first, then by position.
    pub fn generators(&self) -> Vec<Term> {
        let mut out: Vec<Term> = Vec::new();
        for &t in self.terms.iter().rev() {
            if !out.iter().any(|g| t.within(*g)) {
                out.push(t);
            }
        }
        out.sort_by(|a, b| b.order().cmp(&a.order()).then(a.cmp(b)));
        out
    }

    /// The model with one more term, whose faces must be in the model.
    #[must_use]
    pub fn with(&self, term: Term) -> Self {
        let mut terms = self.terms.clone();
        if let Err(at) = terms.binary_search(&term) {
            terms.insert(at, term);
        }
        Self { terms }
    }

    /// The model with interactions of these sets of lists, whose faces must be among them or in it.
    pub(crate) fn with_lists(&self, sets: impl IntoIterator<Item = u16>) -> Self {
        let mut terms = self.terms.clone();
        terms.extend(sets.into_iter().map(|lists| Term::new(lists, 0)));
        terms.sort_unstable();
        terms.dedup();
        Self { terms }
    }

    /// The model without one of its maximal terms.
    #[must_use]
    pub fn without(&self, term: Term) -> Self {
        Self {
            terms: self.terms.iter().copied().filter(|&t| t != term).collect(),
        }
    }

    /// Bracket notation: generators longest first, digits for lists, names from ten lists on;
    /// covariates by name after a colon.
    ///
    /// ```
    /// use ethos_estimate::{Model, Term};
    /// let lists: Vec<String> = ["a", "b", "c"].map(String::from).to_vec();
    /// let m = Model::from_generators([Term::new(0b100, 0), Term::new(0b011, 0)]);
    /// assert_eq!(m.notation(&lists, &[]), "[12,3]");
    /// ```
    pub fn notation(&self, lists: &[String], factors: &[Factor]) -> String {
        let mut out = String::from("[");
        for (at, term) in self.generators().into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            if lists.len() >= 10 {
                push_names(&mut out, names(term, lists, factors), ":");
                continue;
            }
            let digits = (0..9_u8).filter(|i| term.lists >> i & 1 == 1);
            out.extend(digits.map(|i| char::from(b'1' + i)));
            if term.lists != 0 && term.factors != 0 {
                out.push(':');
            }
            let covariates = Term::new(0, term.factors);
            push_names(&mut out, names(covariates, lists, factors), ":");
        }
        out.push(']');
        out
    }

    /// The right-hand side of an R formula: generators as products, longest first.
    pub fn formula(&self, lists: &[String], factors: &[Factor]) -> String {
        let mut out = String::new();
        for (at, term) in self.generators().into_iter().enumerate() {
            if at > 0 {
                out.push_str(" + ");
            }
            push_names(&mut out, names(term, lists, factors), "*");
        }
        out
    }

    /// Refuses models that leave out a list, contain the interaction of all lists, or name lists or
    /// covariates that the table does not have.
    pub(crate) fn check(&self, table: &CaptureTable) -> Result<(), EstimateError> {
        let (lists, factors) = (table.lists().len(), table.factors().len());
        let outside = |t: &Term| {
            u32::from(t.lists) >> lists != 0 || factors < 32 && t.factors >> factors != 0
        };
        if self.terms.iter().any(outside) {
            return Err(EstimateError::OutsideTable(format!(
                "the model has a term beyond {lists} lists and {factors} covariates"
            )));
        }
        for (i, name) in table.lists().iter().enumerate() {
            if !self.contains(Term::list(i)) {
                return Err(EstimateError::ListNotInModel(name.clone()));
            }
        }
        let all = ((1_u32 << table.lists().len()) - 1) as u16;
        if self.contains(Term::new(all, 0)) {
            return Err(EstimateError::SaturatedLists);
        }
        Ok(())
    }
}

/// The names of the variables of a term, lists first, quoted with backticks where needed.
pub(crate) fn term_names(term: Term, lists: &[String], factors: &[Factor]) -> Vec<String> {
    names(term, lists, factors).map(quoted).collect()
}

/// The names of the variables of a term as they are, lists first.
fn names<'a>(
    term: Term,
    lists: &'a [String],
    factors: &'a [Factor],
) -> impl Iterator<Item = &'a str> {
    let on_lists = lists.iter().enumerate();
    let on_factors = factors.iter().enumerate();
    let lists = on_lists.filter(move |(i, _)| term.lists >> i & 1 == 1);
    let factors = on_factors.filter(move |(i, _)| term.factors >> i & 1 == 1);
    let lists = lists.map(|(_, name)| name.as_str());
    lists.chain(factors.map(|(_, factor)| factor.name.as_str()))
}

/// Appends names with a separator between them. One string a model: tables of thousands of models are
/// made of these.
fn push_names<'a>(out: &mut String, names: impl Iterator<Item = &'a str>, separator: &str) {
    for (at, name) in names.enumerate() {
        if at > 0 {
            out.push_str(separator);
        }
        if is_plain(name) {
            out.push_str(name);
        } else {
            out.push('`');
            out.push_str(name);
            out.push('`');
        }
    }
}

/// A term as R prints it, `a:b`; the intercept is `(Intercept)`.
pub(crate) fn term_label(term: Term, lists: &[String], factors: &[Factor]) -> String {
    if term == Term::INTERCEPT {
        "(Intercept)".into()
    } else {
        term_names(term, lists, factors).join(":")
    }
}

fn quoted(name: &str) -> String {
    if is_plain(name) {
        name.to_owned()
    } else {
        format!("`{name}`")
    }
}

/// Whether a formula may name a variable so without backticks.
fn is_plain(name: &str) -> bool {
    let letter = |c: char| c.is_alphabetic() || c == '.' || c == '_';
    name.chars().next().is_some_and(letter)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || c == '.' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closure_generators_and_notation() {
        let lists: Vec<String> = ["a", "b", "c", "d"].map(String::from).to_vec();
        let m = Model::from_generators([Term::new(0b0111, 0), Term::new(0b1001, 0)]);
        assert_eq!(m.notation(&lists, &[]), "[123,14]");
        assert_eq!(m.formula(&lists, &[]), "a*b*c + a*d");
        assert_eq!(m.terms().len(), 10);
        assert!(Model::from_terms([Term::new(0b11, 0)]).is_none());
        assert_eq!(
            m.without(Term::new(0b1001, 0)).notation(&lists, &[]),
            "[123,4]"
        );
    }

    #[test]
    fn many_lists_print_names() {
        let lists: Vec<String> = (0..10).map(|i| format!("l{i}")).collect();
        let m = Model::from_generators((0..10).map(Term::list).chain([Term::new(0b11, 0)]));
        assert!(m.notation(&lists, &[]).starts_with("[l0:l1,l2,"));
    }
}
