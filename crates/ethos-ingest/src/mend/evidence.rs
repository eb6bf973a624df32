//! What cells together tell of how a spreadsheet treated their column: days of which some were taken for
//! dates in another order, and numbers that lost a zero or something else.

use std::fmt;

use crate::bsn::{self, Bsn, BsnCell};

/// What the days of a column, or of all columns of a file, tell of their order.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
pub struct DayEvidence {
    /// Cells that are dates as they should be.
    pub real: u64,
    /// Of these, those after the 12th of a month.
    pub late: u64,
    /// Texts that can only be day first.
    pub day_first: u64,
    /// Texts that can only be month first.
    pub month_first: u64,
    /// Texts that can be both, as different days.
    pub either: u64,
}

impl DayEvidence {
    /// Takes a date as it should be, `20250131`, `2025-01-31`, or `31-01-2025` where the layout has it so.
    pub fn real(&mut self, cell: &[u8]) {
        self.real += 1;
        let cell = without_time(cell);
        let year_last = matches!(
            cell,
            [_, b'-' | b'/' | b'.', ..] | [_, _, b'-' | b'/' | b'.', ..]
        );
        let late = if year_last {
            two_numbers(cell).is_some_and(|(day, _)| day > 12)
        } else {
            cell.last_chunk().is_some_and(|day| *day > *b"12")
        };
        self.late += u64::from(late);
    }

    /// Takes a text that is no date as it should be.
    pub fn text(&mut self, cell: &[u8]) {
        match two_numbers(cell) {
            Some((13..=31, 1..=12)) => self.day_first += 1,
            Some((1..=12, 13..=31)) => self.month_first += 1,
            Some((a @ 1..=12, b @ 1..=12)) if a != b => self.either += 1,
            _ => {}
        }
    }

    /// Adds what other cells tell.
    pub fn add(&mut self, other: Self) {
        self.real += other.real;
        self.late += other.late;
        self.day_first += other.day_first;
        self.month_first += other.month_first;
        self.either += other.either;
    }

    /// Texts of which the order can be told.
    pub fn one_way(&self) -> u64 {
        self.day_first + self.month_first
    }

    /// Whether the cells lie as they do after a spreadsheet read them in another order than they were
    /// written in: where the day can be a month it made a date of them with both swapped, and it left the
    /// others as they were. Then no real date is after the 12th and every text is.
    pub fn looks_half_converted(&self) -> bool {
        self.real > 0 && self.late == 0 && self.either == 0 && self.one_way() > 0
    }

    /// Whether that is no chance. Of days that were not chosen so, two in five are up to the 12th: it is one
    /// in a hundred at most (`0.4^real * 0.6^texts`, in logarithms).
    pub fn is_half_converted(&self) -> bool {
        let weight = self.real.saturating_mul(92) + self.one_way().saturating_mul(51);
        self.looks_half_converted() && self.real.min(self.one_way()) >= 2 && weight >= 461
    }
}

fn without_time(cell: &[u8]) -> &[u8] {
    let cell = cell.trim_ascii();
    let end = cell.iter().position(|byte| matches!(byte, b' ' | b'T'));
    &cell[..end.unwrap_or(cell.len())]
}

/// The first two numbers of a day whose year stands last: `27-04-2025`, `4/27/2025`, `27042025`, with a time
/// behind them or without.
fn two_numbers(cell: &[u8]) -> Option<(u8, u8)> {
    let cell = without_time(cell);
    let number = |text: &[u8]| match text {
        [one] if one.is_ascii_digit() => Some(one - b'0'),
        [ten, one] if ten.is_ascii_digit() && one.is_ascii_digit() => {
            Some(10 * (ten - b'0') + one - b'0')
        }
        _ => None,
    };
    let is_year = |text: &[u8]| text.len() == 4 && matches!(text[..2], [b'1', b'9'] | [b'2', b'0']);
    if cell.len() == 8 && cell.iter().all(u8::is_ascii_digit) {
        let (first, rest) = cell.split_at(2);
        let (second, year) = rest.split_at(2);
        return is_year(year).then_some((number(first)?, number(second)?));
    }
    let mut parts = cell.split(|byte| matches!(byte, b'-' | b'/' | b'.'));
    let (first, second, year) = (parts.next()?, parts.next()?, parts.next()?);
    (parts.next().is_none() && is_year(year)).then_some((number(first)?, number(second)?))
}

/// What the citizen service numbers of a column tell of the zeros in front of them.
#[derive(Copy, Clone, PartialEq, Eq, Default, Debug)]
pub struct ZeroEvidence {
    /// Numbers of nine digits that begin with another digit than zero.
    pub whole: u64,
    /// Numbers of nine digits that begin with a zero.
    pub zero: u64,
    /// Eight digits that pass the eleven test with a zero in front.
    pub short: u64,
    /// Eight digits that do not.
    pub wrong: u64,
    /// Those of eight digits that pass.
    shorts: Shorts,
}

/// Whether numbers are of more than one person: one is kept, to tell.
#[derive(Copy, Clone, PartialEq, Eq, Default)]
struct Shorts {
    first: Option<Bsn>,
    several: bool,
}

impl Shorts {
    fn take(&mut self, number: Bsn) {
        let first = *self.first.get_or_insert(number);
        self.several |= first != number;
    }
}

impl fmt::Debug for Shorts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shorts(several: {})", self.several)
    }
}

impl ZeroEvidence {
    /// Takes a cell.
    pub fn take(&mut self, cell: &[u8]) {
        self.take_read(cell, &bsn::read(cell));
    }

    /// Takes a cell that was read.
    #[inline]
    pub(crate) fn take_read(&mut self, cell: &[u8], read: &BsnCell) {
        match read {
            BsnCell::Valid(number) | BsnCell::Dressed(number) => {
                let zero = number.digits()[0] == b'0';
                self.zero += u64::from(zero);
                self.whole += u64::from(!zero);
            }
            BsnCell::LostZero(number) => {
                self.short += 1;
                self.shorts.take(*number);
            }
            BsnCell::Wrong => self.wrong += u64::from(bsn::has_eight_digits(cell)),
            BsnCell::Blank | BsnCell::Placeholder | BsnCell::Mangled => {}
        }
    }

    /// Adds what other cells tell.
    pub fn add(&mut self, other: Self) {
        self.whole += other.whole;
        self.zero += other.zero;
        self.short += other.short;
        self.wrong += other.wrong;
        self.shorts.several |= other.shorts.several;
        if let Some(number) = other.shorts.first {
            self.shorts.take(number);
        }
    }

    /// Whether no more than one number has eight digits and passes the test, on however many rows: it may as
    /// well be another digit that was left out of it.
    pub fn is_one_number(&self) -> bool {
        self.short > 0 && !self.shorts.several
    }

    /// Whether the column lost its zeros, so that eight digits are nine with a zero in front. All of it is asked:
    ///
    /// * no number has kept its zero: a spreadsheet takes them off all numbers or off none;
    /// * nearly all of eight digits pass the test: of eight digits left by chance, one in eleven does;
    /// * they are about as many as numbers that begin with a zero are: one in ten, give or take two standard
    ///   deviations of that and the half that whole numbers are apart;
    /// * they are two different numbers at least. One passes by chance once in eleven times, two once in 121: it
    ///   is one in a hundred at most, as with days.
    ///
    /// Otherwise another digit may be missing, and the row would be counted as another person.
    pub fn lost_zeros(&self) -> bool {
        let all = (self.whole + self.short) as f64;
        let apart = (self.short as f64 - 0.1 * all).abs();
        self.shorts.several
            && self.zero == 0
            && self.wrong * 10 <= self.short
            && apart - 0.5 <= 2.0 * (0.09 * all).sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_after_the_twelfth_tell_what_a_spreadsheet_made_of_them() {
        let of = |real: &[&str], texts: &[&str]| {
            let mut found = DayEvidence::default();
            for cell in real {
                found.real(cell.as_bytes());
            }
            for cell in texts {
                found.text(cell.as_bytes());
            }
            found
        };
        let texts = ["27-04-2025", "13/5/2025", "31122025", "14.01.2025 00:00"];
        let real = ["2025-03-08", "20250112 00:00", "20250301"];
        let half = of(&real, &texts);
        assert_eq!((half.real, half.late, half.day_first), (3, 0, 4));
        assert!(half.is_half_converted());
        // A day after the 12th, or a text that can be both, is no such column.
        assert!(!of(&["20250113", "20250112", "20250301"], &texts).is_half_converted());
        let either = of(
            &real,
            &["27-04-2025", "13-5-2025", "14-1-2025", "03-04-2025"],
        );
        assert_eq!(either.either, 1);
        assert!(!either.looks_half_converted());
        // By chance: one of each.
        let few = of(&["20250112"], &["27-04-2025"]);
        assert!(few.looks_half_converted() && !few.is_half_converted());
        for text in [
            "2025-04-27",
            "27-4-25",
            "27-04",
            "x",
            "",
            "32-13-2025",
            "5-5-2025",
        ] {
            assert_eq!(of(&[], &[text]), DayEvidence::default(), "{text}");
        }
    }

    #[test]
    fn zeros_are_lost_by_a_column_and_not_by_a_cell() {
        let shorts = ["12345672", "11111112"];
        let lost = |whole, zero, short: usize, wrong| {
            let mut evidence = ZeroEvidence {
                whole,
                zero,
                wrong,
                ..ZeroEvidence::default()
            };
            for at in 0..short {
                evidence.take(shorts[at % 2].as_bytes());
            }
            assert_eq!(evidence.short, short as u64);
            evidence.lost_zeros()
        };
        assert!(lost(90, 0, 10, 0) && lost(9, 0, 2, 0) && lost(2, 0, 2, 0) && lost(96, 0, 4, 0));
        // A single number, however many there are beside it.
        assert!(!lost(9, 0, 1, 0) && !lost(59, 0, 1, 0) && !lost(99, 0, 1, 0));
        // One number kept its zero; far too many or too few; most of eight digits fail.
        assert!(!lost(90, 1, 10, 0));
        assert!(!lost(16, 0, 24, 0) && !lost(98, 0, 2, 0) && !lost(2_000, 0, 20, 0));
        assert!(!lost(90, 0, 10, 20));
        assert!(!lost(90, 0, 0, 0));
    }

    #[test]
    fn one_number_on_many_rows_is_one_number() {
        let of = |cells: &[&str]| {
            let mut evidence = ZeroEvidence::default();
            for cell in cells {
                evidence.take(cell.as_bytes());
            }
            evidence
        };
        let mut one = of(&["12345672", "12345672", "111222333"]);
        assert!(one.is_one_number() && !one.lost_zeros());
        // Whether the rows were read together or not.
        one.add(of(&["12345672"]));
        assert!(one.is_one_number());
        one.add(of(&["11111112"]));
        assert!(!one.is_one_number());
        assert!(!of(&["111222333"]).is_one_number());
        assert!(!format!("{one:?}").contains("2345"));
    }
}
