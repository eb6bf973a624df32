//! Numbers and dates as Dutch and English readers write them.

use ethos_model::category::Language;
use ethos_model::date::{Day, Period, Time};

const MONTHS: [(&str, &str); 12] = [
    ("januari", "January"),
    ("februari", "February"),
    ("maart", "March"),
    ("april", "April"),
    ("mei", "May"),
    ("juni", "June"),
    ("juli", "July"),
    ("augustus", "August"),
    ("september", "September"),
    ("oktober", "October"),
    ("november", "November"),
    ("december", "December"),
];

/// A whole number with its thousands set apart: `12.345` in Dutch, `12,345` in English.
///
/// ```
/// use ethos_model::category::Language;
/// use ethos_publish::words::number::whole;
/// assert_eq!(whole(1_234_567, Language::Nl), "1.234.567");
/// assert_eq!(whole(999, Language::En), "999");
/// ```
pub fn whole(value: u64, language: Language) -> String {
    let digits = value.to_string();
    let mark = language.pick(".", ",");
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push_str(mark);
        }
        out.push(digit);
    }
    out
}

/// A whole number with its sign: `+1.200`, `−350`, `0`.
///
/// ```
/// use ethos_model::category::Language;
/// use ethos_publish::words::number::signed;
/// assert_eq!(signed(-1_350, Language::Nl), "−1.350");
/// assert_eq!(signed(20, Language::En), "+20");
/// ```
pub fn signed(value: i64, language: Language) -> String {
    let number = whole(value.unsigned_abs(), language);
    match value {
        0 => number,
        1.. => format!("+{number}"),
        _ => format!("−{number}"),
    }
}

/// A number with this many decimals: `3,9` in Dutch, `3.9` in English. Not a number reads `–`.
pub fn decimal(value: f64, decimals: usize, language: Language) -> String {
    if !value.is_finite() {
        return "–".into();
    }
    let text = format!("{:.decimals$}", value.abs());
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let integer = integer
        .parse()
        .map_or_else(|_| integer.to_owned(), |value| whole(value, language));
    let nothing = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !nothing { "−" } else { "" };
    if fraction.is_empty() {
        format!("{sign}{integer}")
    } else {
        format!("{sign}{integer}{}{fraction}", language.pick(",", "."))
    }
}

/// A share as a percentage without decimals: `95%`.
pub fn percent(share: f64, language: Language) -> String {
    let hundredfold = share * 100.0;
    let decimals = usize::from((hundredfold - hundredfold.round()).abs() > 0.05);
    format!("{}%", decimal(hundredfold, decimals, language))
}

/// `1 januari 2026`, `1 January 2026`.
pub fn day(day: Day, language: Language) -> String {
    let month = usize::try_from(day.month() - 1).unwrap_or(0).min(11);
    let (nl, en) = MONTHS[month];
    format!(
        "{} {} {}",
        day.day_of_month(),
        language.pick(nl, en),
        day.year()
    )
}

/// A reference date in words, or `enige dag in 2025` for a period.
pub fn time(time: Time, language: Language) -> String {
    match time {
        Time::On(on) => day(on, language),
        Time::AnyDayIn(period) => {
            let year = period.start().year();
            if Period::calendar_year(year) == Some(period) {
                format!("{} {year}", language.pick("enige dag in", "any day in"))
            } else {
                format!(
                    "{} {} {} {}",
                    language.pick("enige dag van", "any day from"),
                    day(period.start(), language),
                    language.pick("tot en met", "up to and including"),
                    day(period.end().plus_days(-1), language)
                )
            }
        }
    }
}

/// The two days that a flow lies between.
pub fn between(time: Time, language: Language) -> String {
    match time {
        Time::On(on) => day(on, language),
        Time::AnyDayIn(period) => format!(
            "{} {} {}",
            day(period.start(), language),
            language.pick("en", "and"),
            day(period.end(), language)
        ),
    }
}

/// A name with a capital letter in front.
pub fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first + letters.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_and_decimals_follow_the_language() {
        assert_eq!(whole(0, Language::Nl), "0");
        assert_eq!(whole(1000, Language::Nl), "1.000");
        assert_eq!(decimal(1234.56, 1, Language::Nl), "1.234,6");
        assert_eq!(decimal(-1234.56, 1, Language::En), "−1,234.6");
        assert_eq!(decimal(-0.04, 1, Language::En), "0.0");
        assert_eq!(decimal(f64::NAN, 1, Language::En), "–");
        assert_eq!(percent(0.95, Language::Nl), "95%");
        assert_eq!(percent(0.975, Language::Nl), "97,5%");
    }

    #[test]
    fn dates_read_as_written() {
        let on = Day::parse("2026-01-01").unwrap();
        assert_eq!(day(on, Language::Nl), "1 januari 2026");
        let year = Time::AnyDayIn(Period::calendar_year(2025).unwrap());
        assert_eq!(time(year, Language::En), "any day in 2025");
        let half = Period::new(
            Day::parse("2025-01-01").unwrap(),
            Day::parse("2025-07-01").unwrap(),
        );
        assert_eq!(
            time(Time::AnyDayIn(half.unwrap()), Language::Nl),
            "enige dag van 1 januari 2025 tot en met 30 juni 2025"
        );
    }
}
