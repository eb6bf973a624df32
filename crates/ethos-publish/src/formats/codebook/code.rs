//! Codes of levels in other formats.
//!
//! Where Statistics Netherlands has a code it is used: periods (`2026JJ00`), the country, the
//! provinces and municipalities (`NL01`, `PV27`, `GM0363`), and sex. SDMX has the codes of the
//! cross-domain lists (`_T`, `_U`, `M`, `F`, `Y18T26`). All other codes are made from our keys.

use std::collections::BTreeSet;

use ethos_model::cube::{CubeKey, Place};
use ethos_model::date::{Day, Time};

use super::{ALL, Code, Dim};

/// Provinces by their code at Statistics Netherlands.
const PROVINCES: [(&str, &str); 12] = [
    ("Groningen", "PV20"),
    ("Fryslân", "PV21"),
    ("Drenthe", "PV22"),
    ("Overijssel", "PV23"),
    ("Flevoland", "PV24"),
    ("Gelderland", "PV25"),
    ("Utrecht", "PV26"),
    ("Noord-Holland", "PV27"),
    ("Zuid-Holland", "PV28"),
    ("Zeeland", "PV29"),
    ("Noord-Brabant", "PV30"),
    ("Limburg", "PV31"),
];

const UNKNOWN: &str = "unknown";

/// The code in the StatLine-shaped folder.
pub(super) fn statline(dim: Dim, key: &CubeKey) -> String {
    let (_, level) = dim.level(key);
    match dim {
        Dim::Time => period(key.time),
        Dim::Place => place(&key.place, "NL01"),
        Dim::Category => category(key, "TOTAL", "ELX"),
        Dim::Sex => match level.as_str() {
            ALL => "T001038".into(),
            "male" => "3000".into(),
            "female" => "4000".into(),
            other => plain(other),
        },
        Dim::Age if level == ALL => "10000".into(),
        Dim::Age => age(&level),
        _ if level == ALL => "TOTAL".into(),
        Dim::Region => region(&level),
        _ => plain(&level),
    }
}

/// The code in SDMX.
pub(super) fn sdmx(dim: Dim, key: &CubeKey) -> String {
    let (_, level) = dim.level(key);
    match dim {
        Dim::Time => sdmx_time(key.time),
        Dim::Place => place(&key.place, "NL"),
        Dim::Category => category(key, "_T", "_U"),
        _ if level == ALL => "_T".into(),
        _ if level == UNKNOWN => "_U".into(),
        Dim::Sex if level == "male" => "M".into(),
        Dim::Sex if level == "female" => "F".into(),
        Dim::Age => age(&level),
        Dim::Region => region(&level),
        _ => plain(&level),
    }
}

fn category(key: &CubeKey, all: &str, unknown: &str) -> String {
    match key.category {
        None => all.into(),
        Some(category) => category
            .number()
            .map_or_else(|| unknown.into(), |number| format!("EL{number}")),
    }
}

fn place(place: &Place, country: &str) -> String {
    match place {
        Place::Netherlands => country.into(),
        Place::Region {
            mapping,
            region: level,
        } if mapping == "province" => {
            if level == UNKNOWN {
                "PV99".into()
            } else {
                region(level)
            }
        }
        Place::Region { mapping, region } => format!("{}_{}", plain(mapping), plain(region)),
        Place::Municipality(code) => code.to_string(),
        Place::UnknownMunicipality => "GM9999".into(),
    }
}

/// A level of a region: the code of a province that is one, else from its name.
fn region(level: &str) -> String {
    PROVINCES
        .iter()
        .find(|(name, _)| *name == level)
        .map_or_else(|| plain(level), |(_, code)| (*code).into())
}

/// `18-26` is `Y18T26`, `65+` is `Y_GE65`.
fn age(level: &str) -> String {
    if let Some(first) = level.strip_suffix('+') {
        return format!("Y_GE{}", plain(first));
    }
    match level.split_once('-') {
        Some((first, last)) => format!("Y{}T{}", plain(first), plain(last)),
        None => plain(level),
    }
}

/// A key in capitals, digits and underscores, which every format takes for a code.
pub(in super::super) fn plain(key: &str) -> String {
    let mut code = String::with_capacity(key.len());
    for character in key.chars() {
        if character.is_ascii_alphanumeric() {
            code.push(character.to_ascii_uppercase());
        } else if !code.is_empty() && !code.ends_with('_') {
            code.push('_');
        }
    }
    let code = code.trim_end_matches('_');
    if code.is_empty() {
        "X".into()
    } else {
        code.into()
    }
}

/// Gives a second level of the same code a number behind it.
pub(super) fn tell_apart(codes: &mut [Code], of: impl Fn(&mut Code) -> &mut String) {
    let mut taken = BTreeSet::new();
    for found in codes {
        let code = of(found);
        let first = code.clone();
        let mut number = 1_u32;
        while !taken.insert(code.clone()) {
            number += 1;
            *code = format!("{first}_{number}");
        }
    }
}

/// A period as StatLine writes it: `2026JJ00` is 1 January 2026 or the year 2026, `2026KW01` a
/// quarter, `2026MM03` a month; another date is `20260315`, another period its first and last
/// day.
fn period(time: Time) -> String {
    let compact = |day: Day| {
        format!(
            "{:04}{:02}{:02}",
            day.year(),
            day.month(),
            day.day_of_month()
        )
    };
    match time {
        Time::On(day) if (day.month(), day.day_of_month()) == (1, 1) => {
            format!("{:04}JJ00", day.year())
        }
        Time::On(day) => compact(day),
        Time::AnyDayIn(period) => {
            let (start, end) = (period.start(), period.end());
            let months = [12, 3, 1]
                .into_iter()
                .find(|months| start.day_of_month() == 1 && start.plus_months(*months) == end);
            let (year, month) = (start.year(), start.month());
            match months {
                Some(12) if month == 1 => format!("{year:04}JJ00"),
                Some(3) if month % 3 == 1 => format!("{year:04}KW{:02}", (month + 2) / 3),
                Some(1) => format!("{year:04}MM{month:02}"),
                _ => format!("{}_{}", compact(start), compact(end.plus_days(-1))),
            }
        }
    }
}

/// A date, or for a period its year or its first day and length, as SDMX's
/// `ObservationalTimePeriod` has it.
fn sdmx_time(time: Time) -> String {
    match time {
        Time::On(day) => day.to_string(),
        Time::AnyDayIn(period) => {
            let (start, end) = (period.start(), period.end());
            if (start.month(), start.day_of_month()) == (1, 1) && start.plus_months(12) == end {
                format!("{:04}", start.year())
            } else {
                format!("{start}/P{}D", period.days())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use ethos_model::region::RegionMapping;

    use super::*;

    #[test]
    fn provinces_have_their_codes() {
        let day = Day::from_ymd(2026, 1, 1).unwrap();
        for level in RegionMapping::province().levels_on(day) {
            assert!(PROVINCES.iter().any(|(name, _)| *name == level), "{level}");
        }
        assert_eq!(region("Noord-Holland"), "PV27");
    }

    #[test]
    fn codes_are_what_every_format_takes() {
        assert_eq!(age("18-26"), "Y18T26");
        assert_eq!(age("65+"), "Y_GE65");
        assert_eq!(plain("=HYPERLINK(\"x\")"), "HYPERLINK_X");
        assert_eq!(plain("Súdwest Fryslân"), "S_DWEST_FRYSL_N");
        assert_eq!(plain("–"), "X");
    }

    #[test]
    fn periods_read_as_at_statline() {
        let time = |label: &str| Time::parse(label).unwrap();
        for (label, code, sdmx) in [
            ("2026-01-01", "2026JJ00", "2026-01-01"),
            ("2026-03-15", "20260315", "2026-03-15"),
            ("2025-01-01/2026-01-01", "2025JJ00", "2025"),
            ("2025-04-01/2025-07-01", "2025KW02", "2025-04-01/P91D"),
            ("2025-02-01/2025-03-01", "2025MM02", "2025-02-01/P28D"),
            (
                "2025-02-03/2025-02-10",
                "20250203_20250209",
                "2025-02-03/P7D",
            ),
        ] {
            assert_eq!(period(time(label)), code);
            assert_eq!(sdmx_time(time(label)), sdmx);
        }
    }
}
