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
use crate::{fields, layout, mapping};

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

/// A cell of a column of codes or counts that is not in the list of its column: shown whole when it is a
/// code with a digit in any list, or a short number; else masked. One letter is a code in some list and
/// somebody's initial in this column.
pub(crate) fn shown_code(cell: &[u8]) -> MaskedValue {
    let text = String::from_utf8_lossy(cell);
    let code = bare(&text);
    if code.is_empty() || is_short_number(code) || LISTED.contains(&code.to_lowercase()) {
        MaskedValue::open(&text)
    } else {
        masked(cell)
    }
}

/// A cell of a column of municipalities: shown whole when it is the code of one that existed or stands
/// for none; else as any code. Other four digits are a year of birth or half a postcode.
pub(crate) fn shown_place(cell: &[u8]) -> MaskedValue {
    let (prefixed, digits) = match cell {
        [b'G' | b'g', b'M' | b'm', rest @ ..] => (true, rest),
        all => (false, all),
    };
    let is_code = digits.len() == 4 && digits.iter().all(u8::is_ascii_digit);
    if is_code && (prefixed || matches!(digits, b"0000" | b"9999") || fields::is_place(digits)) {
        listed(cell)
    } else {
        shown_code(cell)
    }
}

/// A text without blanks and characters that are not seen around it: those hide no code, and would be
/// masked in place of what they stand around.
pub(crate) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| {
        // Joiners are needed between letters and nowhere else.
        c.is_whitespace() || c.is_control() || !is_seen(c) || matches!(c, '\u{200c}' | '\u{200d}')
    })
}

/// The codes with a digit of all lists in the program, in lower case.
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
    all.filter(|code| code.bytes().any(|byte| byte.is_ascii_digit()))
        .map(|code| code.to_lowercase())
        .collect()
});

/// Whether a text is a number of at most three digits, as most codes are, with a sign in front, a point or
/// one letter: `12`, `8.1`, `-5`, `16a`. Four digits are a year of birth or half a postcode, two signs
/// are those of a date, two letters are somebody's initials.
fn is_short_number(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let count = |wanted: fn(&char) -> bool| text.chars().filter(wanted).count();
    let digits = count(char::is_ascii_digit);
    let letters = count(char::is_ascii_alphabetic);
    let points = count(|c| matches!(c, '.' | ','));
    (1..=3).contains(&digits)
        && letters <= 1
        && points <= 1
        && digits + letters + points == text.chars().count()
        && text.starts_with(|c: char| c.is_ascii_digit())
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

/// A personal value, masked: what is around it and not seen takes no place.
pub(crate) fn masked(cell: &[u8]) -> MaskedValue {
    MaskedValue::of(bare(&String::from_utf8_lossy(cell)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_in_a_list_or_a_short_number_is_shown() {
        for code in [
            "nl2", "NL2", "16", "134", "16a", "8.1", "-5", "16\u{a0}", "",
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
            "M",
            "J",
            "NO",
            "3-2-8",
            "3.2.8",
            "1-2",
            "5-",
            "\u{a0}\u{a0}\u{a0}\u{a0}QZ",
            "\u{200b}JB\u{200b}",
        ] {
            let shown = shown_code(other.as_bytes());
            assert!(shown.as_str().starts_with('*'), "{other}: {shown}");
            let short = bare(other).chars().count() < 6;
            let ends = shown.as_str().ends_with('*');
            assert!(ends || !short, "{other}: {shown}");
        }
        assert_eq!(shown_code(b"JB").as_str(), "**");
        assert!(!shown_code(b"19840").as_str().contains("198"));
    }

    #[test]
    fn what_is_written_as_a_municipality_is_shown_in_a_column_of_them() {
        for code in ["0363", "GM9998", "gm0363", "363", "0000", "9999", "1999"] {
            assert_eq!(shown_place(code.as_bytes()).as_str(), code);
        }
        for other in ["JB", "1012AB", "GM12345", "19840203"] {
            assert!(shown_place(other.as_bytes()).as_str().starts_with('*'));
        }
        for year in ["1985", "1012", "2004"] {
            assert_eq!(shown_place(year.as_bytes()).as_str(), "****");
        }
    }

    #[test]
    fn what_is_not_seen_around_a_value_does_not_unmask_it() {
        for cell in [
            "  JB",
            "JB    ",
            "\u{a0}\u{a0}\u{a0}\u{a0}JB",
            "\u{200b}JB\u{feff}",
            "\u{200d}\u{200d}\u{200d}\u{200d}JB",
        ] {
            assert_eq!(masked(cell.as_bytes()).as_str(), "**", "{cell:?}");
        }
        assert_eq!(masked(b" 123456782 ").as_str(), "*******82");
    }
}
