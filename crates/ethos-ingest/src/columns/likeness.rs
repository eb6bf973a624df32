//! How alike two column names are: by letters, and by what their words stand for.

use std::sync::OnceLock;

use crate::layout::normalised;

const WORDS: &str = include_str!("../../../../data/reference/column_words.csv");

/// Words of column names and what they stand for, the longest first.
fn words() -> &'static [(&'static str, &'static str)] {
    static TABLE: OnceLock<Vec<(&str, &str)>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let rows = WORDS.lines().skip(1);
        let mut words: Vec<_> = rows.filter_map(|row| row.split_once(',')).collect();
        words.sort_by_key(|(word, _)| std::cmp::Reverse(word.chars().count()));
        words
    })
}

/// The words a name is made of.
#[derive(Debug, Default)]
struct Meanings {
    /// What its known words stand for.
    known: Vec<&'static str>,
    /// Letters between them that are no known word.
    other: Vec<String>,
}

/// A name as the words it is made of, each by what it stands for: `begindatum`, `Datum start`
/// and `start_dt` all have the words *start* and *datum*. Words that tell nothing, such as
/// *nummer*, are left out.
fn meanings(name: &str) -> Meanings {
    let name = name.to_lowercase();
    let mut found = Meanings::default();
    for part in name.split(|c: char| !c.is_alphanumeric()) {
        let mut rest = part;
        let mut other = String::new();
        while let Some(letter) = rest.chars().next() {
            let known = words().iter().find(|(word, _)| {
                // A short word inside a longer one is chance: `dt` only where a part begins
                // or ends with it.
                rest.starts_with(word)
                    && (word.len() > 3 || other.is_empty() || rest.len() == word.len())
            });
            if let Some((word, meaning)) = known {
                found.other.push(std::mem::take(&mut other));
                found.known.push(meaning);
                rest = &rest[word.len()..];
            } else {
                other.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
        found.other.push(other);
    }
    found.known.retain(|meaning| !meaning.is_empty());
    // A single letter binds two words: the s of `ingangsdatum`.
    found.other.retain(|letters| letters.chars().count() > 1);
    found.known.sort_unstable();
    found.known.dedup();
    found
}

/// How alike a name is to one that it is the beginning of.
const BEGINS: f64 = 0.99;

/// Letters from which on the beginning of a word tells it.
const TELLING: usize = 5;

/// Whether a name is how another begins: cut off (`productcat`), or with something behind it (`bsn_client`).
fn begins(short: &str, long: &str, short_letters: &str, long_letters: &str) -> bool {
    let cut_off = short_letters.chars().count() >= TELLING;
    let whole_word = || {
        let rest = long.to_lowercase();
        let rest = rest.strip_prefix(&short.to_lowercase()).map(str::to_owned);
        rest.is_some_and(|rest| rest.starts_with(|c: char| !c.is_alphanumeric()))
    };
    !short_letters.is_empty()
        && long_letters.starts_with(short_letters)
        && (cut_off || whole_word())
}

/// How alike two names are: 1 for the same name, 0 for nothing in common.
pub(crate) fn likeness(a: &str, b: &str) -> f64 {
    let (left, right) = (normalised(a), normalised(b));
    if left == right {
        return 1.0;
    }
    if begins(a, b, &left, &right) || begins(b, a, &right, &left) {
        return BEGINS;
    }
    let letters = strsim::normalized_damerau_levenshtein(&left, &right);
    let (left, right) = (meanings(a), meanings(b));
    let shared = left
        .known
        .iter()
        .filter(|word| right.known.contains(word))
        .count();
    let others = left.other.len() + right.other.len();
    let all = left.known.len() + right.known.len() - shared + others;
    let words = shared as f64 / all.max(1) as f64;
    // `startdatum` and `einddatum` share most letters and mean two things.
    let apart = left.known.len() > shared && right.known.len() > shared;
    if apart {
        return letters.min(0.5);
    }
    letters.max(0.95 * words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_alike_by_letters_or_by_meaning() {
        for (a, b) in [
            ("begindatum", "startdatum"),
            ("stratdatum", "startdatum"),
            ("Datum start", "startdatum"),
            ("geb_dat", "geboortedatum"),
            ("sofinr", "bsn"),
            ("BSN-nummer", "bsn"),
            ("eind datum", "einddatum"),
            ("Gem.code", "gemeentecode"),
            ("begindatum", "ingangsdatum"),
            ("productcat", "productcategorie"),
            ("bsn_client", "bsn"),
        ] {
            assert!(
                likeness(a, b) >= 0.6,
                "{a} {b} {} {:?} {:?}",
                likeness(a, b),
                meanings(a),
                meanings(b)
            );
        }
        for (a, b) in [
            ("opmerking", "startdatum"),
            ("startdatum", "einddatum"),
            ("begindatum", "einddatum"),
            ("geboortedatum", "startdatum"),
            ("naam", "bsn"),
            ("gemiddelde", "gemeentecode"),
        ] {
            assert!(likeness(a, b) < 0.6, "{a} {b} {}", likeness(a, b));
        }
        assert_eq!(likeness("Start datum", "start_datum"), 1.0);
    }
}
