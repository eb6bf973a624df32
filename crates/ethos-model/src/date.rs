//! Days, half-open periods and reference dates.
//!
//! Inside the engine a day is a whole number of days since 1970-01-01, so that spell
//! arithmetic is integer arithmetic; calendar rules (months, years, leap days) are left to
//! the `jiff` library at the edge.

use std::fmt;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A civil day, counted in days since 1970-01-01 (negative before it).
///
/// Only days from 1800-01-01 to 2200-12-31 can be made from text or from year, month and
/// day: anything else in an extract is a mistake, not a date.
///
/// ```
/// use ethos_model::date::Day;
/// let day = Day::parse("2026-01-01").unwrap();
/// assert_eq!(day, Day::parse("20260101").unwrap());
/// assert_eq!(day.to_string(), "2026-01-01");
/// assert!(Day::parse("2026-02-30").is_none());
/// ```
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Day(pub i32);

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

impl Day {
    /// The day with this year, month and day of month; `None` where the calendar has no such
    /// day or the year is outside 1800–2200.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        if !(1800..=2200).contains(&year) {
            return None;
        }
        let date = Date::new(year, month, day).ok()?;
        let days = EPOCH.until(date).ok()?.get_days();
        Some(Self(days))
    }

    /// Reads `YYYY-MM-DD`; nothing else.
    pub fn parse_iso(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
            return None;
        }
        Self::from_digits(&bytes[0..4], &bytes[5..7], &bytes[8..10])
    }

    /// Reads `YYYYMMDD`; nothing else.
    pub fn parse_compact(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if bytes.len() != 8 {
            return None;
        }
        Self::from_digits(&bytes[0..4], &bytes[4..6], &bytes[6..8])
    }

    /// Reads `YYYY-MM-DD` or `YYYYMMDD`.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_iso(text).or_else(|| Self::parse_compact(text))
    }

    fn from_digits(year: &[u8], month: &[u8], day: &[u8]) -> Option<Self> {
        let number = |digits: &[u8]| {
            digits.iter().try_fold(0_i16, |sum, digit| {
                digit
                    .is_ascii_digit()
                    .then(|| sum * 10 + i16::from(digit - b'0'))
            })
        };
        Self::from_ymd(number(year)?, number(month)? as i8, number(day)? as i8)
    }

    fn civil(self) -> Date {
        EPOCH.saturating_add(jiff::Span::new().days(self.0.clamp(-100_000, 200_000)))
    }

    /// The calendar year.
    pub fn year(self) -> i16 {
        self.civil().year()
    }

    /// Month of the year, 1–12.
    pub fn month(self) -> i8 {
        self.civil().month()
    }

    /// Day of the month, 1–31.
    pub fn day_of_month(self) -> i8 {
        self.civil().day()
    }

    /// This many days later (earlier when negative).
    #[must_use]
    pub fn plus_days(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// This many calendar months later; the last day of the month where the day of month does
    /// not exist there (31 January plus one month is 28 or 29 February).
    #[must_use]
    pub fn plus_months(self, months: i32) -> Self {
        let date = self
            .civil()
            .saturating_add(jiff::Span::new().months(months));
        Self(EPOCH.until(date).map_or(self.0, |span| span.get_days()))
    }

    /// Completed years between a birth date and this day; `None` when the birth date is later.
    /// Someone born on 29 February completes a year on 1 March of a common year.
    ///
    /// ```
    /// use ethos_model::date::Day;
    /// let date = Day::parse("2026-01-01").unwrap();
    /// assert_eq!(date.age_of(Day::parse("2008-01-01").unwrap()), Some(18));
    /// assert_eq!(date.age_of(Day::parse("2008-01-02").unwrap()), Some(17));
    /// ```
    pub fn age_of(self, birth: Day) -> Option<u8> {
        if birth > self {
            return None;
        }
        let (now, born) = (self.civil(), birth.civil());
        let mut years = i32::from(now.year()) - i32::from(born.year());
        if (now.month(), now.day()) < (born.month(), born.day()) {
            years -= 1;
        }
        u8::try_from(years).ok()
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.civil())
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        day_from_value(&toml::Value::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

/// A date written as a TOML date or as text.
fn day_from_value(value: &toml::Value) -> Result<Day, String> {
    let text = match value {
        toml::Value::Datetime(datetime) => datetime.to_string(),
        toml::Value::String(text) => text.clone(),
        other => return Err(format!("expected a date such as 2026-01-01, found {other}")),
    };
    Day::parse(&text).ok_or_else(|| format!("`{text}` is not a date; write it as 2026-01-01"))
}

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "format": "date", "description": "A civil day, YYYY-MM-DD." })
    }
}

/// Days of a half-open period `[start, end)`; never empty, never backwards.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "Ends")]
pub struct Period {
    start: Day,
    end: Day,
}

/// The two ends of a period as they are read, before it is known that they are in order.
#[derive(Deserialize)]
struct Ends {
    start: Day,
    end: Day,
}

impl TryFrom<Ends> for Period {
    type Error = String;

    fn try_from(ends: Ends) -> Result<Self, String> {
        Self::new(ends.start, ends.end)
            .ok_or_else(|| format!("{} does not come before {}", ends.start, ends.end))
    }
}

impl Period {
    /// The period from `start` up to but not including `end`; `None` unless `start < end`.
    pub fn new(start: Day, end: Day) -> Option<Self> {
        (start < end).then_some(Self { start, end })
    }

    /// The calendar year.
    pub fn calendar_year(year: i16) -> Option<Self> {
        Self::new(Day::from_ymd(year, 1, 1)?, Day::from_ymd(year + 1, 1, 1)?)
    }

    /// First day in the period.
    pub fn start(self) -> Day {
        self.start
    }

    /// First day after the period.
    pub fn end(self) -> Day {
        self.end
    }

    /// Length in days.
    pub fn days(self) -> i32 {
        self.end.0 - self.start.0
    }

    /// Whether the day lies in the period.
    pub fn contains(self, day: Day) -> bool {
        self.start <= day && day < self.end
    }

    /// Whether a half-open stretch with a possibly unknown end touches the period.
    pub fn overlaps(self, start: Day, end: Option<Day>) -> bool {
        start < self.end && end.is_none_or(|end| end > self.start)
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.start, self.end)
    }
}

/// When a figure holds: on one day, or on any day of a period.
#[derive(Copy, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// On one reference date.
    On(Day),
    /// On at least one day of the period.
    AnyDayIn(Period),
}

impl Time {
    /// Reads what [`Self::label`] writes.
    ///
    /// ```
    /// use ethos_model::date::Time;
    /// let year = Time::parse("2025-01-01/2026-01-01").unwrap();
    /// assert_eq!((year.kind(), year.year()), ("period", 2025));
    /// assert_eq!(Time::parse("2026"), None);
    /// ```
    pub fn parse(label: &str) -> Option<Self> {
        match label.split_once('/') {
            None => Day::parse_iso(label).map(Self::On),
            Some((start, end)) => {
                Period::new(Day::parse_iso(start)?, Day::parse_iso(end)?).map(Self::AnyDayIn)
            }
        }
    }

    /// `2026-01-01`, or `2025-01-01/2026-01-01` for a period.
    pub fn label(self) -> String {
        match self {
            Self::On(day) => day.to_string(),
            Self::AnyDayIn(period) => period.to_string(),
        }
    }

    /// `point` or `period`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::On(_) => "point",
            Self::AnyDayIn(_) => "period",
        }
    }

    /// The calendar year the figure is published under: of the day, or of the first day.
    pub fn year(self) -> i16 {
        match self {
            Self::On(day) => day.year(),
            Self::AnyDayIn(period) => period.start().year(),
        }
    }
}

/// One day or a list of days, as a study file may write either.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Day>, D::Error> {
    let value = toml::Value::deserialize(d)?;
    let days = match &value {
        toml::Value::Array(items) => items
            .iter()
            .map(day_from_value)
            .collect::<Result<Vec<_>, _>>(),
        one => day_from_value(one).map(|day| vec![day]),
    };
    days.map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn months_end_where_the_calendar_ends() {
        assert_eq!(day("2026-01-31").plus_months(1), day("2026-02-28"));
        assert_eq!(day("2024-01-31").plus_months(1), day("2024-02-29"));
        assert_eq!(day("2026-01-01").plus_months(1), day("2026-02-01"));
    }

    #[test]
    fn age_is_in_completed_years() {
        assert_eq!(day("2026-02-28").age_of(day("2004-02-29")), Some(21));
        assert_eq!(day("2026-03-01").age_of(day("2004-02-29")), Some(22));
        assert_eq!(day("2026-01-01").age_of(day("2026-01-02")), None);
    }

    #[test]
    fn only_real_days_are_read() {
        for wrong in [
            "2026-13-01",
            "20260230",
            "2026/01/01",
            "1-1-2026",
            "",
            "99999999",
            "17991231",
        ] {
            assert_eq!(Day::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn periods_are_half_open() {
        let year = Period::calendar_year(2025).unwrap();
        assert_eq!(year.days(), 365);
        assert!(year.contains(day("2025-12-31")) && !year.contains(day("2026-01-01")));
        assert!(!year.overlaps(day("2024-12-01"), Some(day("2025-01-01"))));
        assert!(year.overlaps(day("2024-12-01"), None));
        assert_eq!(Period::new(day("2025-01-01"), day("2025-01-01")), None);
    }
}
