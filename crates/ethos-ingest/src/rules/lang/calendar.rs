//! The calendar on lanes of days.

/// Days from 1 March of year 0 to 1 January 1970.
const EPOCH: i64 = 719_468;

/// Year, month and day of a day since 1970 (proleptic Gregorian, from the year −5000 to 9999;
/// beyond, the nearest of these).
pub(crate) fn civil(day: f64) -> (i64, i64, i64) {
    // Eras of 400 years from 1 March of the year −6000 on: nothing is negative, and 32 bits are
    // enough, which makes it twice as fast.
    let days = (day.clamp(-2_500_000.0, 2_932_896.0) as i32 + EPOCH as i32 + 15 * 146_097) as u32;
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = i64::from(year + era * 400) - 6_000 + i64::from(month <= 2);
    (year, i64::from(month), i64::from(day))
}

/// The day since 1970 of a year, month and day; a day beyond the month's last is its last.
pub(crate) fn day_of(year: i64, month: i64, day: i64) -> f64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day.min(last) - 1;
    (era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - EPOCH) as f64
}

/// Completed years from a birth date to a day.
pub(crate) fn age(birth: f64, on: f64) -> f64 {
    let ((by, bm, bd), (y, m, d)) = (civil(birth), civil(on));
    (y - by - i64::from((m, d) < (bm, bd))) as f64
}

/// The same day a number of months later, or the last of that month.
pub(crate) fn add_months(day: f64, months: f64) -> f64 {
    let (year, month, of_month) = civil(day);
    // Anything beyond is no month of a delivery, and must not overflow.
    let all = year * 12 + month - 1 + months.clamp(-12e4, 12e4) as i64;
    day_of(all.div_euclid(12), all.rem_euclid(12) + 1, of_month)
}

/// The day of the week, 1 for Monday.
pub(crate) fn weekday(day: f64) -> f64 {
    // 1 January 1970 was a Thursday.
    (day as i64 + 3).rem_euclid(7) as f64 + 1.0
}

#[cfg(test)]
mod tests {
    use ethos_model::date::Day;

    use super::*;

    fn day(text: &str) -> f64 {
        f64::from(Day::parse(text).unwrap().0)
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for year in [1899, 1900, 1970, 2000, 2023, 2024, 2100] {
            for month in 1..=12 {
                for of_month in 1..=28 {
                    let day = f64::from(Day::from_ymd(year, month, of_month).unwrap().0);
                    let (y, m, d) = (i64::from(year), i64::from(month), i64::from(of_month));
                    assert_eq!(civil(day), (y, m, d));
                    assert_eq!(day_of(y, m, d), day);
                }
            }
        }
    }

    #[test]
    fn ages_and_months_are_completed() {
        assert_eq!(age(day("1980-02-29"), day("2025-02-28")), 44.0);
        assert_eq!(age(day("1980-02-29"), day("2025-03-01")), 45.0);
        assert_eq!(age(day("2025-03-02"), day("2025-03-01")), -1.0);
        assert_eq!(add_months(day("2025-01-31"), 1.0), day("2025-02-28"));
        assert_eq!(add_months(day("2025-01-31"), -2.0), day("2024-11-30"));
        assert_eq!(add_months(day("2024-02-29"), 12.0), day("2025-02-28"));
        assert_eq!(weekday(day("2025-04-08")), 2.0);
        assert_eq!(weekday(day("1969-12-29")), 1.0);
        assert!(add_months(0.0, 1e300).is_finite());
    }
}
