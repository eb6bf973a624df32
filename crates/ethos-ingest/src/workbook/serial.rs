//! How spreadsheets keep days: as a number, shown as a day by the cell's format.

use ethos_model::date::Day;

/// What a number in a cell is shown as.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) enum Shown {
    /// As the number it is.
    #[default]
    Number,
    /// As a day.
    Day,
    /// As a day with a time.
    Moment,
    /// With zeros in front up to a width.
    Padded(u8),
}

/// What the formats that need no declaration show.
pub(crate) fn builtin(id: u32) -> Shown {
    match id {
        14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Shown::Day,
        22 => Shown::Moment,
        _ => Shown::Number,
    }
}

/// What a declared format shows, from its code, such as `dd-mm-yyyy` or `000000000`.
pub(crate) fn of_code(code: &str) -> Shown {
    // Sections for negative numbers and texts do not matter here.
    let code = bare(code);
    let section = code.split(';').next().unwrap_or("");
    if (2..=15).contains(&section.len()) && section.bytes().all(|byte| byte == b'0') {
        return Shown::Padded(section.len() as u8);
    }
    if section.eq_ignore_ascii_case("general") || section.contains(['0', '#', '?', '@']) {
        // Seconds with decimals (`ss.000`) are times, which no delivery has.
        return Shown::Number;
    }
    let has = |letters: &[char]| section.contains(letters);
    let (day, year) = (has(&['d', 'D']), has(&['y', 'Y', 'j', 'J']));
    let month = has(&['m', 'M']);
    match (
        day || year || (month && !has(&['h', 'H', 's', 'S'])),
        has(&['h', 'H', 's', 'S']),
    ) {
        (true, true) => Shown::Moment,
        (true, false) => Shown::Day,
        (false, _) => Shown::Number,
    }
}

/// A code without what is shown as it stands: quoted text, escapes, colours and conditions.
fn bare(code: &str) -> String {
    let mut bare = String::new();
    let mut letters = code.chars();
    while let Some(c) = letters.next() {
        match c {
            '"' => while letters.next().is_some_and(|c| c != '"') {},
            '[' => while letters.next().is_some_and(|c| c != ']') {},
            '\\' | '_' | '*' => {
                letters.next();
            }
            ' ' => {}
            other => bare.push(other),
        }
    }
    bare
}

/// The text of a number: what the spreadsheet shows where it shows a day or zeros in front,
/// else the number without notation by powers of ten.
pub(crate) fn text(number: f64, shown: Shown, from_1904: bool) -> String {
    let whole = number.fract() == 0.0 && number.abs() < 1e15;
    match shown {
        Shown::Day | Shown::Moment => {
            if let Some(day) = day(number, from_1904) {
                let seconds = (number.fract() * 86_400.0).round() as u32;
                return if shown == Shown::Day || seconds == 0 || seconds >= 86_400 {
                    day.to_string()
                } else {
                    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
                    format!("{day}T{hours:02}:{minutes:02}:{:02}", seconds % 60)
                };
            }
        }
        Shown::Padded(width) if whole && number >= 0.0 => {
            return format!("{:0width$}", number as i64, width = usize::from(width));
        }
        Shown::Number | Shown::Padded(_) => {}
    }
    if whole {
        format!("{}", number as i64)
    } else {
        format!("{number}")
    }
}

/// The day of a number; `None` for one that stands for no day.
pub(crate) fn day(number: f64, from_1904: bool) -> Option<Day> {
    // 30 December 1899 and 1 January 1904 in days since 1 January 1970.
    const BEFORE: i32 = -25_569;
    const BEFORE_1904: i32 = -24_107;
    let first = if from_1904 { 0.0 } else { 1.0 };
    if !(first..2_958_466.0).contains(&number) {
        return None;
    }
    let serial = number.floor() as i32;
    if from_1904 {
        return Some(Day(BEFORE_1904 + serial));
    }
    // Spreadsheets have a 29 February 1900, which never was.
    match serial {
        60 => None,
        ..60 => Some(Day(BEFORE + serial + 1)),
        _ => Some(Day(BEFORE + serial)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_days_from_numbers() {
        for code in [
            "dd-mm-yyyy",
            "d/m/yy",
            "[$-413]d\\ mmmm\\ yyyy;@",
            "yyyy\\-mm\\-dd",
            "mmm-yy",
            "JJJJ-MM-DD",
        ] {
            assert_eq!(of_code(code), Shown::Day, "{code}");
        }
        for code in ["dd-mm-yyyy hh:mm", "m/d/yy h:mm AM/PM"] {
            assert_eq!(of_code(code), Shown::Moment, "{code}");
        }
        for code in [
            "General", "0.00", "#,##0", "@", "0%", "hh:mm:ss", "\"d\"0", "[Red]0", "mm:ss", "",
        ] {
            assert_eq!(of_code(code), Shown::Number, "{code}");
        }
        assert_eq!(of_code("000000000"), Shown::Padded(9));
        assert_eq!(
            (builtin(14), builtin(22), builtin(2)),
            (Shown::Day, Shown::Moment, Shown::Number)
        );
    }

    #[test]
    fn numbers_become_what_is_shown() {
        let text = |number, shown| text(number, shown, false);
        assert_eq!(text(45_688.0, Shown::Day), "2025-01-31");
        assert_eq!(text(45_688.75, Shown::Day), "2025-01-31");
        assert_eq!(text(45_688.75, Shown::Moment), "2025-01-31T18:00:00");
        assert_eq!(text(45_688.0, Shown::Moment), "2025-01-31");
        assert_eq!(text(1.0, Shown::Day), "1900-01-01");
        assert_eq!(text(61.0, Shown::Day), "1900-03-01");
        assert_eq!(text(-1.0, Shown::Day), "-1");
        assert_eq!(text(1.234_567_82e8, Shown::Number), "123456782");
        assert_eq!(text(12_345_672.0, Shown::Padded(9)), "012345672");
        assert_eq!(text(1234.5, Shown::Number), "1234.5");
        assert_eq!(super::text(44_226.0, Shown::Day, true), "2025-01-31");
    }
}
