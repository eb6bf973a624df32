//! "Did you mean": the nearest known word to a misspelt one.

use crate::finding::Text;

/// The known word nearest to `word` (Damerau–Levenshtein distance at most 2, or a third of its
/// length), if any.
pub fn nearest<'a, S: AsRef<str>>(word: &str, known: &'a [S]) -> Option<&'a str> {
    let length = word.chars().count();
    let limit = (length / 3).max(2);
    known
        .iter()
        .map(AsRef::as_ref)
        // The distance is at least the difference in length, and takes time in both.
        .filter(|candidate: &&str| candidate.chars().count().abs_diff(length) <= limit)
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean `x`?` or, when nothing is near, the list of what is known.
pub fn did_you_mean<S: AsRef<str>>(word: &str, known: &[S]) -> String {
    did_you_mean_text(word, known).en
}

/// [`did_you_mean`] in both languages.
pub fn did_you_mean_text<S: AsRef<str>>(word: &str, known: &[S]) -> Text {
    match nearest(word, known) {
        Some(candidate) => Text::new(
            format!("; bedoelt u `{candidate}`?"),
            format!("; did you mean `{candidate}`?"),
        ),
        None if known.is_empty() => Text::default(),
        None => {
            let names: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
            let names = names.join(", ");
            Text::new(
                format!("; bekend zijn {names}"),
                format!("; known are {names}"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests_only_what_is_near() {
        assert_eq!(
            nearest("bijstnad", &["opvang", "bijstand"]),
            Some("bijstand")
        );
        assert_eq!(nearest("xyz", &["opvang", "bijstand"]), None);
        assert_eq!(did_you_mean("xyz", &["opvang"]), "; known are opvang");
    }
}
