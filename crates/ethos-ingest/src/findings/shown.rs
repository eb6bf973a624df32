//! What of a cell may be shown: a code whole, what may be somebody's masked.
//!
//! In a column of codes may stand what belongs in another one: initials, a house number, a number of
//! a person. So a text is taken for a code because it is in a list, or because nothing but a code
//! is written so, and never because it is short.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ethos_model::date::Day;
use ethos_model::finding::MaskedValue;

use crate::mend::is_seen;
use crate::{layout, mapping};

/// A text that is no personal value as far as can be told: shown whole when it has fewer than
/// five digits and is short, else masked. A value in the wrong column may be somebody's number.
pub(crate) fn shown(text: &str) -> MaskedValue {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 5 && text.chars().count() <= 40 {
        MaskedValue::open(text)
    } else {
        MaskedValue::of(text)
    }
}

/// A code that is in the list of its column, which tells nothing of a person.
pub(crate) fn listed(cell: &[u8]) -> MaskedValue {
    MaskedValue::open(&String::from_utf8_lossy(cell))
}

/// A cell of a column of codes or counts: shown whole when it is a code in any list, or a short
/// number; else masked.
pub(crate) fn shown_code(cell: &[u8]) -> MaskedValue {
    let text = String::from_utf8_lossy(cell);
    let code = bare(&text);
    if is_short_number(code) || LISTED.contains(&code.to_lowercase()) {
        MaskedValue::open(&text)
    } else {
        MaskedValue::of(&text)
    }
}

/// A cell of a column of municipalities: shown whole when it is written as one is, whether it exists
/// or not; else as any code.
pub(crate) fn shown_place(cell: &[u8]) -> MaskedValue {
    let digits = match cell {
        [b'G' | b'g', b'M' | b'm', rest @ ..] => rest,
        all => all,
    };
    if digits.len() == 4 && digits.iter().all(u8::is_ascii_digit) {
        listed(cell)
    } else {
        shown_code(cell)
    }
}

/// A text without blanks and characters that are not seen around it: those hide no code.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || !is_seen(c))
}

/// The codes of all lists in the program, in lower case.
static LISTED: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let layouts = layout::shipped_ids().into_iter();
    let layouts = layouts.filter_map(|id| layout::find(id, None).ok());
    let mappings = mapping::shipped_names().into_iter();
    let mappings = mappings.filter_map(|name| mapping::find(name, None).ok());
    let of_layouts = layouts.flat_map(|layout| {
        let fields = layout.fields.into_iter();
        fields.flat_map(|field| field.codes.into_keys())
    });
    let of_mappings = mappings.flat_map(|mapping| mapping.codes.into_iter().map(|code| code.code));
    let all = of_layouts.chain(of_mappings);
    all.map(|code| code.to_lowercase()).collect()
});

/// Whether a text is a number of at most three digits, as most codes are, with a point, a sign or one
/// letter: `12`, `8.1`, `-5`, `16a`. Four digits are a year of birth or half a postcode, two letters
/// are somebody's initials.
fn is_short_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(char::is_ascii_alphabetic).count();
    let signs = text.chars().filter(|c| matches!(c, '.' | ',' | '-'));
    (1..=3).contains(&digits)
        && letters <= 1
        && digits + letters + signs.count() == text.chars().count()
        && text.chars().count() <= 6
        && text.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// The year from which a day can be one on which a file was made or people were counted.
const FIRST_FILES: i16 = 2015;

/// The day on which a file was made, as a row has it. An earlier one is masked: it may be the day on
/// which somebody was born, in the wrong column.
pub(crate) fn shown_day(day: Day) -> String {
    let text = day.to_string();
    if day.year() < FIRST_FILES {
        MaskedValue::of(&text).to_string()
    } else {
        text
    }
}

/// A personal value, masked.
pub(crate) fn masked(cell: &[u8]) -> MaskedValue {
    MaskedValue::of(&String::from_utf8_lossy(cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_a_list_or_a_short_number_is_shown() {
        for code in [
            "M", "NO", "nl2", "NL2", "16", "134", "16a", "8.1", "-5", "16\u{a0}", "",
        ] {
            assert_eq!(shown_code(code.as_bytes()).as_str(), code);
        }
        for other in [
            "Q",
            "JB",
            "J.B.",
            "Jan",
            "Kees",
            "VRIES",
            "Jansen",
            "Öz-Al",
            "d Wit",
            "1985",
            "1012AB",
            "W-12",
            "12ab",
            "123456782",
            "é1",
        ] {
            let shown = shown_code(other.as_bytes());
            assert!(shown.as_str().starts_with('*'), "{other}: {shown}");
        }
        assert_eq!(shown_code(b"JB").as_str(), "**");
        assert!(!shown_code(b"19840").as_str().contains("198"));
    }

    #[test]
    fn what_is_written_as_a_municipality_is_shown_in_a_column_of_them() {
        for code in ["9998", "GM9998", "gm0363", "363", "0000"] {
            assert_eq!(shown_place(code.as_bytes()).as_str(), code);
        }
        for other in ["JB", "1012AB", "GM12345", "19840203"] {
            assert!(shown_place(other.as_bytes()).as_str().starts_with('*'));
        }
    }
}
