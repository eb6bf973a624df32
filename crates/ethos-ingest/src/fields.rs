//! Cells as values: dates, municipalities, numbers. No finding is made here; what a cell's
//! state means for its row is decided where the row is read.

use std::sync::OnceLock;

use ethos_model::date::Day;
use ethos_model::layout::DateForm;
use ethos_model::municipality::{MunicipalityCode, MunicipalityRegister, Recoding, SplitShares};

/// What a cell that should hold a date holds.
#[derive(Copy, Clone, PartialEq, Eq)]
pub(crate) enum DateCell {
    Blank,
    Day(Day),
    /// A birth date without a day or month; the middle of the month or year.
    Partial(Day),
    /// A date in 2100 or later: how systems write "no end".
    Open,
    /// A date before 1900.
    Implausible,
    Wrong,
}

impl DateCell {
    pub(crate) fn read(cell: &[u8]) -> Self {
        let cell = cell.trim_ascii();
        if cell.is_empty() {
            return Self::Blank;
        }
        match parts(without_midnight(cell)) {
            Some(parts) => Self::of(parts),
            None => Self::Wrong,
        }
    }

    /// Reads a cell of a layout whose dates are in a form.
    #[inline]
    pub(crate) fn read_in(cell: &[u8], form: DateForm) -> Self {
        match Self::read(cell) {
            Self::Wrong if form == DateForm::DayFirst => {
                day_first(without_time(cell.trim_ascii())).map_or(Self::Wrong, Self::of)
            }
            read => read,
        }
    }

    fn of((year, month, day): (i16, i8, i8)) -> Self {
        if month > 12 || day > 31 {
            return Self::Wrong;
        }
        if month == 0 || day == 0 {
            if month == 0 && day != 0 {
                return Self::Wrong;
            }
            let (month, day) = if month == 0 { (7, 1) } else { (month, 15) };
            return match Day::from_ymd(year, month, day) {
                Some(_) if !(1900..2100).contains(&year) => Self::Wrong,
                Some(middle) => Self::Partial(middle),
                None => Self::Wrong,
            };
        }
        match year {
            2100.. => Self::Open,
            1900.. => civil_day(year, month, day).map_or(Self::Wrong, Self::Day),
            _ => Self::Implausible,
        }
    }
}

/// The day of a year from 1900 on with month 1–12 and day 1–31: what [`Day::from_ymd`] gives,
/// by arithmetic alone, since files of a million rows have millions of dates. Years begin in
/// March, so that the leap day is the last.
fn civil_day(year: i16, month: i8, day: i8) -> Option<Day> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i8::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    if day > last {
        return None;
    }
    let (year, month, day) = (i32::from(year), i32::from(month), i32::from(day));
    let year = year - i32::from(month < 3);
    let month = (month + 9) % 12;
    let years = year * 365 + year / 4 - year / 100 + year / 400;
    Some(Day(years + (153 * month + 2) / 5 + day - 1 - EPOCH))
}

/// Days from 1 March of year 0 to 1 January 1970.
const EPOCH: i32 = 719_468;

/// Whether a cell that holds a date holds a 1 January.
pub(crate) fn is_new_year(cell: &[u8]) -> bool {
    let day_first = || matches!(day_first(cell), Some((_, 1, 1)));
    cell.get(4..)
        .is_some_and(|rest| rest.starts_with(b"0101") || rest.starts_with(b"-01-01"))
        || day_first()
}

/// Eight digits as a number, all of them looked at together.
fn eight_digits(cell: [u8; 8]) -> Option<u32> {
    const ONES: u64 = u64::MAX / 255;
    let digits = u64::from_le_bytes(cell);
    // A digit is 0x30 to 0x39: its upper half is 3, and stays so when 6 is added.
    let upper = |bytes: u64| bytes & (ONES * 0xf0) == ONES * 0x30;
    if !upper(digits) || !upper(digits.wrapping_add(ONES * 6)) {
        return None;
    }
    let ones = digits & (ONES * 0x0f);
    let twos = (ones.wrapping_mul(10 << 8 | 1) >> 8) & 0x00ff_00ff_00ff_00ff;
    let fours = (twos.wrapping_mul(100 << 16 | 1) >> 16) & 0x0000_ffff_0000_ffff;
    Some((fours.wrapping_mul(10_000 << 32 | 1) >> 32) as u32)
}

/// Year, month and day of `YYYYMMDD` or `YYYY-MM-DD`.
fn parts(cell: &[u8]) -> Option<(i16, i8, i8)> {
    if let Ok(cell) = <[u8; 8]>::try_from(cell) {
        let number = eight_digits(cell)?;
        return Some((
            (number / 10_000) as i16,
            (number / 100 % 100) as i8,
            (number % 100) as i8,
        ));
    }
    let (year, month, day) = match cell.len() {
        10 if cell[4] == b'-' && cell[7] == b'-' => (&cell[..4], &cell[5..7], &cell[8..]),
        _ => return None,
    };
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + i16::from(digit - b'0'))
        })
    };
    Some((number(year)?, number(month)? as i8, number(day)? as i8))
}

/// Year, month and day of `31-01-2025`, `1/2/2025` or `31.01.2025`.
fn day_first(cell: &[u8]) -> Option<(i16, i8, i8)> {
    let mut parts = cell.split(|byte| matches!(byte, b'-' | b'/' | b'.'));
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let number = |digits: &[u8]| {
        digits.iter().try_fold(0_i16, |sum, digit| {
            let digit = digit.is_ascii_digit().then(|| i16::from(digit - b'0'))?;
            Some(sum * 10 + digit)
        })
    };
    let short = |digits: &[u8]| {
        let fits = matches!(digits.len(), 1 | 2);
        fits.then(|| number(digits))
            .flatten()
            .map(|number| number as i8)
    };
    let ends = parts.next().is_none() && year.len() == 4;
    Some((ends.then(|| number(year))??, short(month)?, short(day)?))
}

/// A date without a time of midnight behind it.
fn without_time(cell: &[u8]) -> &[u8] {
    let blank = cell.iter().position(|byte| matches!(byte, b' ' | b'T'));
    let Some((date, time)) = blank.and_then(|at| cell.split_at_checked(at)) else {
        return cell;
    };
    let midnight = time.len() >= 5
        && time[1..]
            .iter()
            .all(|byte| matches!(byte, b'0' | b':' | b'.'));
    if midnight { date } else { cell }
}

/// An ISO date without a time of midnight behind it, as databases export days.
fn without_midnight(cell: &[u8]) -> &[u8] {
    let Some((date, time)) = cell.split_at_checked(10) else {
        return cell;
    };
    let Some((b'T' | b' ', time)) = time.split_first() else {
        return cell;
    };
    let midnight = time.iter().all(|byte| matches!(byte, b'0' | b':' | b'.')) && time.len() >= 5;
    if midnight { date } else { cell }
}

/// The last date a column held: files repeat theirs.
#[derive(Copy, Clone)]
pub(crate) struct DateMemo {
    cell: [u8; 10],
    length: u8,
    date: DateCell,
    form: DateForm,
}

impl DateMemo {
    /// Of a column of a layout whose dates are in a form.
    pub(crate) fn of(form: DateForm) -> Self {
        Self {
            cell: [0; 10],
            length: 0,
            date: DateCell::Blank,
            form,
        }
    }

    #[inline]
    pub(crate) fn read(&mut self, cell: &[u8]) -> DateCell {
        if cell.is_empty() {
            return DateCell::Blank;
        }
        if cell == &self.cell[..usize::from(self.length)] {
            return self.date;
        }
        let date = DateCell::read_in(cell, self.form);
        if cell.len() <= 10 {
            self.cell[..cell.len()].copy_from_slice(cell);
            self.length = cell.len() as u8;
            self.date = date;
        }
        date
    }
}

/// When each code existed, by number: one look instead of a search per row.
fn existence() -> &'static [Option<(Day, Day)>] {
    static TABLE: OnceLock<Vec<Option<(Day, Day)>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = vec![None; 10_000];
        for municipality in MunicipalityRegister::shipped().iter() {
            let from = municipality.valid_from.unwrap_or(Day(i32::MIN));
            let to = municipality.valid_to.unwrap_or(Day(i32::MAX));
            table[usize::from(municipality.code.number())] = Some((from, to));
        }
        table
    })
}

/// What a cell that should hold a municipality code holds.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) enum MunicipalityCell {
    Blank,
    /// A code that existed on one of the days, or on days the register does not know.
    Valid(MunicipalityCode),
    /// A code that existed, but on none of the days.
    OutOfDate(MunicipalityCode),
    /// `0000` or `1999`.
    NoPlace(MunicipalityCode),
    Unknown,
}

impl MunicipalityCell {
    /// Reads a cell; the code should have existed on at least one of the days given.
    pub(crate) fn read(cell: &[u8], days: [Option<Day>; 2]) -> Self {
        if cell.is_empty() {
            return Self::Blank;
        }
        let Some(code) = code(cell) else {
            return Self::Unknown;
        };
        if !code.is_municipality() {
            return Self::NoPlace(code);
        }
        let Some((from, to)) = existence()[usize::from(code.number())] else {
            return Self::Unknown;
        };
        let mut days = days.into_iter().flatten().peekable();
        let good =
            days.peek().is_none() || days.any(|day| (from <= day && day < to) || !is_covered(day));
        if good {
            Self::Valid(code)
        } else {
            Self::OutOfDate(code)
        }
    }
}

fn is_covered(day: Day) -> bool {
    // 2015-01-01 and 2027-01-01 in days since 1970-01-01.
    static YEARS: OnceLock<(Day, Day)> = OnceLock::new();
    let (first, last) = *YEARS.get_or_init(|| {
        let new_year = |year| Day::from_ymd(year, 1, 1).unwrap_or(Day(0));
        (
            new_year(MunicipalityRegister::FIRST_YEAR),
            new_year(MunicipalityRegister::LAST_YEAR + 1),
        )
    });
    first <= day && day < last
}

/// One to four digits with or without `GM`.
pub(crate) fn code(cell: &[u8]) -> Option<MunicipalityCode> {
    let digits = match cell {
        [b'G' | b'g', b'M' | b'm', rest @ ..] => rest,
        all => all,
    };
    if !(1..=4).contains(&digits.len()) {
        return None;
    }
    let number = digits.iter().try_fold(0_u16, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + u16::from(digit - b'0'))
    })?;
    MunicipalityCode::from_number(number)
}

/// Whether this is the code of a municipality that exists or existed, or one that stands for none.
pub(crate) fn is_place(cell: &[u8]) -> bool {
    MunicipalityCell::read(cell, [None, None]) != MunicipalityCell::Unknown
}

/// A municipality's code as it should be, where zeros in front of it are missing: `0363` for `363`.
pub(crate) fn with_zeros(cell: &[u8]) -> Option<String> {
    let (letters, digits) = match cell {
        [b'G' | b'g', b'M' | b'm', rest @ ..] => ("GM", rest),
        all => ("", all),
    };
    let code = code(cell).filter(|code| digits.len() < 4 && code.is_municipality())?;
    Some(format!("{letters}{:04}", code.number()))
}

/// What to write in place of a code on a day: its successor, its parts, or nothing known.
pub(crate) fn instead(code: MunicipalityCode, day: Day) -> String {
    let register = MunicipalityRegister::shipped();
    match register.recode(code, day, &SplitShares::default(), 0) {
        Recoding::Split { parts, .. } => {
            let parts: Vec<String> = parts.iter().map(ToString::to_string).collect();
            parts.join(" / ")
        }
        recoding => match recoding.resolve(code) {
            Some(code) => code.to_string(),
            None => "CBS 2015-2026".to_owned(),
        },
    }
}

/// The one code that follows a code on a day, if there is one.
pub(crate) fn successor(code: MunicipalityCode, day: Day) -> Option<MunicipalityCode> {
    MunicipalityRegister::shipped()
        .recode(code, day, &SplitShares::default(), 0)
        .resolve(code)
}

/// A code as the sender writes codes: with or without `GM`.
pub(crate) fn written_like(code: MunicipalityCode, cell: &[u8]) -> String {
    if cell.first().is_some_and(u8::is_ascii_digit) {
        format!("{:04}", code.number())
    } else {
        code.to_string()
    }
}

/// Whether the place of a code was divided before the day, so that no one code follows it.
pub(crate) fn is_divided(code: MunicipalityCode, day: Day) -> bool {
    matches!(
        MunicipalityRegister::shipped().recode(code, day, &SplitShares::default(), 0),
        Recoding::Split { .. }
    )
}

/// The code of the place on a day; the code itself where there is not exactly one.
pub(crate) fn code_on(code: MunicipalityCode, day: Day) -> MunicipalityCode {
    successor(code, day).unwrap_or(code)
}

/// The code of the place in the last year the register knows: for keys that must not depend on
/// whether a sender still writes an old code. A divided municipality keeps its own.
pub(crate) fn latest(code: MunicipalityCode) -> MunicipalityCode {
    let day = Day::from_ymd(MunicipalityRegister::LAST_YEAR, 12, 31).unwrap_or(Day(0));
    code_on(code, day)
}

/// A whole number of at most three digits.
pub(crate) fn small_number(cell: &[u8]) -> Option<u16> {
    if cell.len() > 3 {
        return None;
    }
    cell.iter()
        .try_fold(0_u16, |sum, digit| {
            digit
                .is_ascii_digit()
                .then(|| sum * 10 + u16::from(digit - b'0'))
        })
        .filter(|_| !cell.is_empty())
}

/// Whether a cell is a whole number, sign allowed.
pub(crate) fn is_integer(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    !digits.is_empty() && digits.iter().all(u8::is_ascii_digit)
}

/// Whether a cell is an amount: digits with at most one decimal comma or point, and points,
/// commas or blanks between thousands.
pub(crate) fn is_decimal(cell: &[u8]) -> bool {
    let digits = cell.strip_prefix(b"-").unwrap_or(cell);
    digits.iter().any(u8::is_ascii_digit)
        && digits
            .iter()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b' '))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn days_first_are_read_where_the_layout_says_so_and_nowhere_else() {
        let read = |text: &str| DateCell::read_in(text.as_bytes(), DateForm::DayFirst);
        let day = |text| DateCell::Day(Day::parse(text).unwrap());
        for text in [
            "03-04-2025",
            "3-4-2025",
            "3/4/2025",
            "03.04.2025",
            "03-04-2025 00:00:00",
            "20250403",
            "2025-04-03",
        ] {
            assert!(read(text) == day("2025-04-03"), "{text}");
        }
        for text in [
            "31-02-2025",
            "03-13-2025",
            "3-4-25",
            "3-4-2025-1",
            "a-4-2025",
            "3-4-2025 14:00",
            "-4-2025",
            "99999-1-2025",
        ] {
            assert!(read(text) == DateCell::Wrong, "{text}");
        }
        assert!(read("31-12-9999") == DateCell::Open);
        assert!(read("00-00-1980") == DateCell::read(b"19800000"));
        assert!(DateCell::read_in(b"03-04-2025", DateForm::Iso) == DateCell::Wrong);
        assert!(is_new_year(b"1-1-1980") && !is_new_year(b"1-10-1980"));
    }

    #[test]
    fn dates_are_told_apart() {
        let read = |text: &str| DateCell::read(text.as_bytes());
        for text in [
            "20250131",
            "2025-01-31",
            "2025-01-31T00:00:00",
            "2025-01-31 00:00:00.000",
        ] {
            assert!(read(text) == DateCell::Day(day("2025-01-31")), "{text}");
        }
        assert!(read("") == DateCell::Blank);
        assert!(read("99991231") == DateCell::Open && read("2100-01-01") == DateCell::Open);
        assert!(read("18991231") == DateCell::Implausible);
        assert!(read("19800000") == DateCell::Partial(day("1980-07-01")));
        assert!(read("1980-05-00") == DateCell::Partial(day("1980-05-15")));
        for text in [
            "20250230",
            "31-01-2025",
            "45688",
            "2025-01-31T10:00:00",
            "00000000",
            "20251301",
            "2025010a",
            "19800015",
            "99999999",
        ] {
            assert!(read(text) == DateCell::Wrong, "{text}");
        }
    }

    #[test]
    fn eight_digits_are_a_number() {
        for number in (0..100_000_000_u32).step_by(9_973) {
            let text: [u8; 8] = format!("{number:08}").into_bytes().try_into().unwrap();
            assert_eq!(eight_digits(text), Some(number));
            for at in 0..8 {
                for wrong in [b'/', b':', b'?', b' ', 0, 0xb0, 0xff, b'a'] {
                    let mut text = text;
                    text[at] = wrong;
                    assert_eq!(eight_digits(text), None);
                }
            }
        }
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for year in 1900..2100 {
            for month in 1..=12 {
                for day in 1..=31 {
                    assert_eq!(civil_day(year, month, day), Day::from_ymd(year, month, day));
                }
            }
        }
        assert!(is_new_year(b"19800101") && is_new_year(b"1980-01-01"));
        assert!(!is_new_year(b"19801010") && !is_new_year(b"") && !is_new_year(b"20010131"));
    }

    #[test]
    fn a_memo_answers_as_a_fresh_reading() {
        let mut memo = DateMemo::of(DateForm::Compact);
        for text in [
            "20250131",
            "20250131",
            "",
            "2025-01-31",
            "x",
            "2025-01-31T00:00:00",
            "x",
        ] {
            assert!(
                memo.read(text.as_bytes()) == DateCell::read(text.as_bytes()),
                "{text}"
            );
        }
    }

    #[test]
    fn municipalities_are_judged_at_a_date() {
        let weesp = MunicipalityCode::parse("0457").unwrap();
        let read = |text: &str, days: [&str; 2]| {
            MunicipalityCell::read(text.as_bytes(), days.map(Day::parse))
        };
        assert_eq!(
            read("457", ["2022-03-23", ""]),
            MunicipalityCell::Valid(weesp)
        );
        assert_eq!(
            read("GM0457", ["2022-03-24", ""]),
            MunicipalityCell::OutOfDate(weesp)
        );
        assert_eq!(
            read("0457", ["2025-01-01", "2021-01-01"]),
            MunicipalityCell::Valid(weesp)
        );
        assert_eq!(read("0457", ["", ""]), MunicipalityCell::Valid(weesp));
        assert_eq!(
            read("0457", ["2030-01-01", ""]),
            MunicipalityCell::Valid(weesp)
        );
        assert_eq!(read("9998", ["2025-01-01", ""]), MunicipalityCell::Unknown);
        assert_eq!(read("Weesp", ["2025-01-01", ""]), MunicipalityCell::Unknown);
        assert!(matches!(
            read("1999", ["", ""]),
            MunicipalityCell::NoPlace(_)
        ));
        assert_eq!(instead(weesp, day("2025-01-01")), "GM0363");
        let now = successor(weesp, day("2025-01-01")).unwrap();
        assert_eq!(written_like(now, b"457"), "0363");
        assert_eq!(written_like(now, b"gm0457"), "GM0363");
        assert_eq!(latest(weesp).to_string(), "GM0363");
    }

    #[test]
    fn numbers_are_told_from_text() {
        assert_eq!(small_number(b"17"), Some(17));
        assert_eq!(small_number(b""), None);
        assert_eq!(small_number(b"1x"), None);
        assert_eq!(small_number(b"1234"), None);
        assert!(is_integer(b"-5") && !is_integer(b"5,0"));
        assert!(is_decimal(b"1.234,50") && !is_decimal(b"E 5") && !is_decimal(b","));
    }
}
