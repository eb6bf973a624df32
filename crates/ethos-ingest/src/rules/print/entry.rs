//! The rule book as a reader meets it, whatever it is written in: subjects in the order in which
//! a file is looked at, the rules of each, and of a rule what it says under which heading.

use ethos_model::category::Language;

use super::words::{condition, example, shown, whereabouts};
use crate::rules::{Rule, RuleBook};

/// Letters of subjects in the order in which a file is looked at: it, its header, its rows, then
/// what is in them, and last how it compares. Others come behind, by their letters.
const ORDER: [&str; 26] = [
    "BST", "WBK", "KOP", "RIJ", "BSN", "GEB", "LET", "DAT", "PER", "VBL", "GEM", "COD", "CAT",
    "INH", "LFT", "GET", "VLD", "SPA", "FRM", "TEK", "DUB", "REG", "TSN", "VGL", "AND", "COR",
];

/// The rules of a subject.
pub(super) struct Subject<'a> {
    /// The letters that their codes begin with.
    pub(super) letters: &'a str,
    pub(super) rules: Vec<&'a Rule>,
}

/// The subjects of a book.
pub(super) fn subjects(book: &RuleBook) -> Vec<Subject<'_>> {
    let mut list: Vec<Subject<'_>> = Vec::new();
    for rule in book.rules() {
        let letters = rule.code.subject();
        match list.last_mut().filter(|last| last.letters == letters) {
            Some(last) => last.rules.push(rule),
            None => list.push(Subject {
                letters,
                rules: vec![rule],
            }),
        }
    }
    list.sort_by_key(|subject| {
        let place = ORDER.iter().position(|letters| *letters == subject.letters);
        (place.unwrap_or(ORDER.len()), subject.letters)
    });
    list
}

/// What the book says before its first rule.
pub(super) fn introduction(language: Language) -> &'static str {
    language.pick(
        "Elke regel waarmee een bestand wordt gecontroleerd: wat er mis kan zijn, waarom dat erg is en hoe u het herstelt. Onder *techniek* staat waaraan het programma het ziet, met voorbeelden die de regel moet vinden (✗) en niet mag vinden (✓). Elk voorbeeld is een test.",
        "Every rule that a file is checked by: what may be wrong, why that matters and how to mend it. Under *details* stands how the program sees it, with examples that the rule must find (✗) and must not (✓). Every example is a test.",
    )
}

/// A rule as a reader meets it.
pub(super) struct Entry {
    pub(super) whereabouts: String,
    pub(super) message: String,
    /// What is said under a heading of its own: why, how to mend it.
    pub(super) paragraphs: Vec<(&'static str, String)>,
    /// What the rule looks for: its heading and the text, which is code.
    pub(super) condition: (&'static str, String),
    /// Its examples: `✗` or `✓`, and the words.
    pub(super) examples: Vec<(char, String)>,
    /// Where it comes from, with its heading; blank where that is not said.
    pub(super) source: (&'static str, String),
}

impl Entry {
    pub(super) fn of(rule: &Rule, language: Language) -> Self {
        let sees = if rule.observes().is_some() {
            language.pick("Ziet", "Sees")
        } else {
            language.pick("Zoekt", "Looks for")
        };
        let paragraphs = [
            (
                language.pick("Waarom", "Why"),
                rule.why.in_language(language).to_owned(),
            ),
            (
                language.pick("Herstellen", "Mend"),
                shown(rule.fix(language)),
            ),
        ];
        let examples = rule.examples.iter().map(|of| {
            let mark = if of.finds { '✗' } else { '✓' };
            (mark, example(of, rule, language))
        });
        Self {
            whereabouts: whereabouts(rule, language),
            message: shown(rule.message(language)),
            paragraphs: paragraphs
                .into_iter()
                .filter(|(_, words)| !words.is_empty())
                .collect(),
            condition: (sees, condition(rule)),
            examples: examples.collect(),
            source: (language.pick("Bron", "Source"), rule.source.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_subject_has_its_place() {
        let book = RuleBook::shipped();
        let letters: Vec<&str> = subjects(book).iter().map(|one| one.letters).collect();
        let rules: usize = subjects(book).iter().map(|one| one.rules.len()).sum();
        assert_eq!(rules, book.rules().len());
        assert_eq!(letters.first(), Some(&"BST"));
        for letters in letters {
            assert!(
                ORDER.contains(&letters),
                "{letters} has no place in the book"
            );
        }
    }
}
