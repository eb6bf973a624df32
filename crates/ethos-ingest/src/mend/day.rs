//! Days as people and spreadsheets write them.

use ethos_model::date::Day;

use crate::fields::DateCell;

/// The order in which a day is written.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum DayOrder {
    /// Day, month, year: `31-01-2025`, `31 januari 2025`, `31012025`.
    DayFirst,
    /// Month, day, year: `01/31/2025`.
    MonthFirst,
    /// Year, month, day with other signs between them: `2025/1/31`.
    YearFirst,
}

/// Years a delivery can be about, births included.
const YEARS: std::ops::Range<i16> = 1900..2100;

/// The names of months by their first letters, Dutch and English.
const MONTHS: [[&str; 2]; 12] = [
    ["januari", "january"],
    ["februari", "february"],
    ["maart", "march"],
    ["april", "april"],
    ["mei", "may"],
    ["juni", "june"],
    ["juli", "july"],
    ["augustus", "august"],
    ["september", "september"],
    ["oktober", "october"],
    ["november", "november"],
    ["december", "december"],
];

/// The day that a text is in an order; `None` where it is none, or is one that is read as it stands.
///
/// Years have four digits: of two, nobody can tell the century.
///
/// ```
/// use ethos_ingest::mend::{DayOrder, day_in};
/// let day = |text, order| day_in(text, order).map(|day| day.to_string());
/// assert_eq!(day("3-4-2025", DayOrder::DayFirst).as_deref(), Some("2025-04-03"));
/// assert_eq!(day("3-4-2025", DayOrder::MonthFirst).as_deref(), Some("2025-03-04"));
/// assert_eq!(day("2025-04-03", DayOrder::YearFirst), None);
/// ```
pub fn day_in(text: &str, order: DayOrder) -> Option<Day> {
    let text = without_midnight(text.trim());
    if !matches!(DateCell::read(text.as_bytes()), DateCell::Wrong) {
        return None;
    }
    let (year, month, day) = match order {
        DayOrder::YearFirst => {
            let [year, month, day] = parts(text)?;
            (four(year)?, two(month)?, two(day)?)
        }
        DayOrder::DayFirst if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            (four(&text[4..])?, two(&text[2..4])?, two(&text[..2])?)
        }
        DayOrder::DayFirst => {
            let [day, month, year] = parts(text)?;
            (four(year)?, named(month).or_else(|| two(month))?, two(day)?)
        }
        DayOrder::MonthFirst if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) => {
            (four(&text[4..])?, two(&text[..2])?, two(&text[2..4])?)
        }
        DayOrder::MonthFirst => {
            let [month, day, year] = parts(text)?;
            (four(year)?, two(month)?, two(day)?)
        }
    };
    Day::from_ymd(year, month, day).filter(|_| YEARS.contains(&year))
}

/// Whether a text names its month, so that its order needs no proof.
pub(crate) fn names_its_month(text: &str) -> bool {
    parts(without_midnight(text.trim())).is_some_and(|[_, month, _]| named(month).is_some())
}

/// Whether a text is a day but for its year, of which two digits are missing: `31-12-25`, `5 mei 25`. Nobody can
/// tell the century, nor always which part the year is.
pub fn lacks_century(text: &str) -> bool {
    let text = without_midnight(text.trim());
    let Some([first, second, third]) = parts(text) else {
        return false;
    };
    let day = |part: &str| two(part).is_some_and(|day| (1..=31).contains(&day));
    let month = |part: &str| {
        named(part).is_some() || two(part).is_some_and(|month| (1..=12).contains(&month))
    };
    let year = |part: &str| part.len() == 2 && two(part).is_some();
    (year(third) && (day(first) && month(second) || month(first) && day(second)))
        || (year(first) && month(second) && day(third))
}

/// Three parts between the signs that people put there.
fn parts(text: &str) -> Option<[&str; 3]> {
    let mut found = text
        .split(['-', '/', '.', ' '])
        .filter(|part| !part.is_empty());
    let parts = [found.next()?, found.next()?, found.next()?];
    found.next().is_none().then_some(parts)
}

fn named(text: &str) -> Option<i8> {
    let lower = text.to_lowercase();
    let short = |name: &str| lower.len() >= 3 && name.starts_with(&lower);
    // A Dutch March is short for two names.
    if lower == "mrt" {
        return Some(3);
    }
    let at = MONTHS
        .iter()
        .position(|names| names.iter().any(|name| short(name)))?;
    Some(at as i8 + 1)
}

fn four(text: &str) -> Option<i16> {
    let digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

fn two(text: &str) -> Option<i8> {
    let digits = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// A text without a time of midnight behind it.
fn without_midnight(text: &str) -> &str {
    let Some((date, time)) = text.rsplit_once([' ', 'T']) else {
        return text;
    };
    let midnight = time.len() >= 4
        && time.contains(':')
        && time.bytes().all(|byte| matches!(byte, b'0' | b':' | b'.'));
    if midnight { date.trim_end() } else { text }
}

/// The day of a spreadsheet's number, counted from 1900: `45688` is 31 January 2025.
///
/// ```
/// use ethos_ingest::mend::excel_day;
/// assert_eq!(excel_day("45688").unwrap().to_string(), "2025-01-31");
/// assert_eq!(excel_day("45688,0").unwrap().to_string(), "2025-01-31");
/// assert_eq!(excel_day("1234"), None);
/// ```
pub fn excel_day(text: &str) -> Option<Day> {
    // 30 December 1899 in days since 1 January 1970.
    const BEFORE: i32 = -25_569;
    let text = text.trim();
    let digits = text.strip_suffix(",0").or_else(|| text.strip_suffix(".0"));
    let digits = digits.unwrap_or(text);
    let whole = digits.len() == 5 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let serial: i32 = digits.parse().ok().filter(|_| whole)?;
    let day = Day(BEFORE + serial);
    YEARS.contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_without_its_century_is_told_from_other_texts() {
        for text in [
            "31-12-25", "12/31/25", "25-12-31", "5 mei 25", "01.02.03", "1-2-99",
        ] {
            assert!(lacks_century(text), "{text}");
        }
        for text in [
            "31-12-2025",
            "20251231",
            "32-13-25",
            "5 mei 2025",
            "a-b-c",
            "12-25",
            "",
        ] {
            assert!(!lacks_century(text), "{text}");
        }
    }

    #[test]
    fn days_are_read_in_the_order_asked_for_and_no_other() {
        let day = |text, order| day_in(text, order).map(|day| day.to_string());
        let first = |text| day(text, DayOrder::DayFirst);
        for text in [
            "31-1-2025",
            "31/01/2025",
            "31.01.2025",
            "31 januari 2025",
            "31-jan-2025",
            "31012025",
            "31-01-2025 00:00",
            "31-01-2025 0:00:00",
        ] {
            assert_eq!(first(text).as_deref(), Some("2025-01-31"), "{text}");
        }
        assert_eq!(first("1 mrt 2024").as_deref(), Some("2024-03-01"));
        for text in [
            "20250131",
            "2025-01-31",
            "31-01-25",
            "31-13-2025",
            "30-02-2025",
            "31-01-2025 14:30",
            "",
            "x",
            "1-2-3-2025",
            "31-j-2025",
            "31-01-3025",
        ] {
            assert_eq!(first(text), None, "{text}");
        }
        let year = |text| day(text, DayOrder::YearFirst);
        assert_eq!(year("2025/1/31").as_deref(), Some("2025-01-31"));
        assert_eq!(year("2025.01.31 00:00:00").as_deref(), Some("2025-01-31"));
        assert_eq!(year("2025-31-01"), None);
        let month = |text| day(text, DayOrder::MonthFirst);
        assert_eq!(month("1/31/2025").as_deref(), Some("2025-01-31"));
        assert_eq!(month("31/1/2025"), None);
        assert!(names_its_month("3 mei 2025") && !names_its_month("3-5-2025"));
    }
}
