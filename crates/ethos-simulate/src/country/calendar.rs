//! Calendar dates of the days that a country uses, worked out once: a country writes and compares
//! millions of them.

use std::sync::OnceLock;

use ethos_model::date::Day;

/// First and last day of the table.
const DAYS: std::ops::RangeInclusive<i32> = -15_000..=22_000;

/// A day as the number `YYYYMMDD`.
pub(crate) fn compact(day: Day) -> u32 {
    static TABLE: OnceLock<Vec<u32>> = OnceLock::new();
    let table = TABLE.get_or_init(|| DAYS.map(|day| work_out(Day(day))).collect());
    let at = usize::try_from(day.0 - DAYS.start()).ok();
    at.and_then(|at| table.get(at).copied())
        .unwrap_or_else(|| work_out(day))
}

fn work_out(day: Day) -> u32 {
    let (year, month, of_month) = (day.year(), day.month(), day.day_of_month());
    u32::from(year.unsigned_abs()) * 10_000
        + u32::from(month.unsigned_abs()) * 100
        + u32::from(of_month.unsigned_abs())
}

/// Age in completed years on a day; 0 before birth.
pub(crate) fn age(birth: Day, day: Day) -> u8 {
    let years = compact(day).saturating_sub(compact(birth)) / 10_000;
    u8::try_from(years).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_ages_are_those_of_the_model() {
        for (day, expected) in [(0, 19_700_101), (20_454, 20_260_101), (-20_000, 19_150_331)] {
            assert_eq!(compact(Day(day)), expected);
        }
        for birth in (-9_000..15_000).step_by(97).map(Day) {
            for day in [Day(birth.0 + 1), Day(19_723), Day(20_186), Day(20_454)] {
                let expected = day.age_of(birth).unwrap_or(0);
                assert_eq!(age(birth, day), expected, "{birth} {day}");
            }
        }
    }
}
