//! Who sent a file, when and about which period; and which delivery replaces which.
//!
//! The sender is the municipality that all rows name, else the one in the file's name
//! (`GM0363_MD_2025.csv`, `GM0363_Wmo_2025_H1.csv`). The period is the year or half-year in the
//! name. A later delivery of the same sender and period replaces the earlier one whole; without
//! a period in the names, deliveries of one sender are of one period, the study's.

use std::collections::BTreeMap;

use ethos_model::coverage::Delivery;
use ethos_model::date::{Day, Period};
use ethos_model::municipality::MunicipalityCode;

use crate::fields;

/// What the name of a file says.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub struct NameParts {
    /// Delivering municipality: a part `GM` with four digits.
    pub sender: Option<MunicipalityCode>,
    /// A year, or a half-year (`2025_H1`, `2025H2`).
    pub period: Option<Period>,
    /// A whole date, on which the file was made.
    pub made: Option<Day>,
}

impl NameParts {
    /// Reads a file name or path; folders and the extension are ignored.
    ///
    /// ```
    /// use ethos_ingest::delivery::NameParts;
    /// let parts = NameParts::of("leveringen/gmsd/GM0363_Wmo_2025_H1.csv");
    /// assert_eq!(parts.sender.unwrap().to_string(), "GM0363");
    /// assert_eq!(parts.period.unwrap().to_string(), "2025-01-01/2025-07-01");
    /// ```
    pub fn of(path: &str) -> Self {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let parts: Vec<&str> = stem
            .split(|c: char| !c.is_ascii_alphanumeric())
            .filter(|part| !part.is_empty())
            .collect();
        let mut found = Self::default();
        let mut at = 0;
        while let Some(part) = parts.get(at) {
            at += 1;
            let from = at;
            let next = |ahead: usize| parts.get(from + ahead).copied().unwrap_or("");
            if let Some(code) = sender(part) {
                found.sender = found.sender.or(Some(code));
            } else if let Some(day) = Day::parse_compact(part) {
                found.made = found.made.or(Some(day));
            } else if let Some(year) = year(part) {
                if let Some(day) = Day::parse_iso(&format!("{part}-{}-{}", next(0), next(1))) {
                    found.made = found.made.or(Some(day));
                    at += 2;
                } else {
                    let half = half(next(0));
                    at += usize::from(half.is_some());
                    found.period = found.period.or_else(|| period(year, half));
                }
            } else if let Some((first, last)) = part.split_at_checked(4)
                && let (Some(year), Some(half)) = (year(first), half(last))
            {
                found.period = found.period.or_else(|| period(year, Some(half)));
            }
        }
        found
    }
}

fn sender(part: &str) -> Option<MunicipalityCode> {
    let named = part.len() == 6 && part[..2].eq_ignore_ascii_case("gm");
    fields::code(part.as_bytes()).filter(|code| named && code.is_municipality())
}

fn year(part: &str) -> Option<i16> {
    let digits = part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    part.parse()
        .ok()
        .filter(|year| digits && (1990..2100).contains(year))
}

fn half(part: &str) -> Option<u8> {
    match part {
        "H1" | "h1" => Some(1),
        "H2" | "h2" => Some(2),
        _ => None,
    }
}

fn period(year: i16, half: Option<u8>) -> Option<Period> {
    let day = |year, month| Day::from_ymd(year, month, 1);
    match half {
        None => Period::calendar_year(year),
        Some(1) => Period::new(day(year, 1)?, day(year, 7)?),
        Some(_) => Period::new(day(year, 7)?, day(year + 1, 1)?),
    }
}

/// What became of a delivery beside the others of its source.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Standing {
    /// Position of the delivery that replaces it.
    pub(crate) replaced_by: Option<usize>,
    /// Position of another delivery of the same sender, made on the same day.
    pub(crate) same_day: Option<usize>,
}

/// Which of a source's deliveries replace which. Files that cannot be used replace nothing.
///
/// Of deliveries of one sender and period, the one made last stays; of those made on one day,
/// the last by name, unless no period tells them apart: then both stay, since a sender may
/// deliver in parts. Copies with the same bytes are one delivery.
pub(crate) fn standings(deliveries: &[Delivery]) -> Vec<Standing> {
    let mut standings = vec![Standing::default(); deliveries.len()];
    let mut groups: BTreeMap<(MunicipalityCode, Option<Period>), Vec<usize>> = BTreeMap::new();
    let mut copies: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, delivery) in deliveries.iter().enumerate().filter(|(_, d)| d.usable) {
        if let Some(earlier) = copies.insert(&delivery.sha256, at) {
            standings[earlier].replaced_by = Some(at);
        }
    }
    for (at, delivery) in deliveries.iter().enumerate().filter(|(_, d)| d.usable) {
        if let Some(sender) = delivery.sender
            && standings[at].replaced_by.is_none()
        {
            groups
                .entry((sender, delivery.period))
                .or_default()
                .push(at);
        }
    }
    for ((_, period), group) in groups {
        let Some(&last) = group.iter().max_by_key(|at| (deliveries[**at].made, **at)) else {
            continue;
        };
        for &at in group.iter().filter(|at| **at != last) {
            let same_day = deliveries[at].made == deliveries[last].made;
            if same_day {
                standings[at].same_day = Some(last);
            }
            if !same_day || period.is_some() {
                standings[at].replaced_by = Some(last);
            }
        }
    }
    standings
}

#[cfg(test)]
mod tests {
    use ethos_model::spell::SourceId;

    use super::*;

    #[test]
    fn names_are_read() {
        let read = |name: &str| {
            let parts = NameParts::of(name);
            (
                parts.sender.map(|code| code.to_string()),
                parts.period.map(|period| period.to_string()),
                parts.made.map(|day| day.to_string()),
            )
        };
        let some = |text: &str| Some(text.to_owned());
        let year = some("2025-01-01/2026-01-01");
        assert_eq!(
            read("a/GM0363_MD_2025.csv"),
            (some("GM0363"), year.clone(), None)
        );
        assert_eq!(read("gm0363-2025 (1).CSV"), (some("GM0363"), year, None));
        assert_eq!(
            read("GM0599_Wmo_2025_H2.csv"),
            (some("GM0599"), some("2025-07-01/2026-01-01"), None)
        );
        assert_eq!(
            read("x_2024H1"),
            (None, some("2024-01-01/2024-07-01"), None)
        );
        assert_eq!(
            read("GM0363_2025-02-03_2024.csv"),
            (
                some("GM0363"),
                some("2024-01-01/2025-01-01"),
                some("2025-02-03")
            )
        );
        assert_eq!(
            read("bijstand_20260101.csv"),
            (None, None, some("2026-01-01"))
        );
        assert_eq!(read("GM1999.csv"), (None, None, None));
        assert_eq!(read("é€.csv"), (None, None, None));
    }

    fn delivery(name: &str, made: &str, sha256: &str) -> Delivery {
        let parts = NameParts::of(name);
        Delivery {
            source: SourceId(0),
            file: name.into(),
            sha256: sha256.into(),
            layout: "l".into(),
            sender: parts.sender,
            made: Day::parse(made),
            inferred_until: None,
            period: parts.period,
            rows: 1,
            replaced: false,
            usable: true,
        }
    }

    fn replaced(deliveries: &[Delivery]) -> Vec<Option<usize>> {
        standings(deliveries)
            .iter()
            .map(|standing| standing.replaced_by)
            .collect()
    }

    #[test]
    fn a_later_delivery_replaces_the_earlier_of_its_period() {
        let mut list = vec![
            delivery("GM0363_2025_a", "2026-02-01", "1"),
            delivery("GM0363_2025_b", "2026-01-15", "2"),
            delivery("GM0363_2024", "2025-01-15", "3"),
            delivery("GM0599_2025", "2026-01-15", "4"),
        ];
        assert_eq!(replaced(&list), [None, Some(0), None, None]);
        list[0].usable = false;
        assert_eq!(replaced(&list), [None; 4]);
    }

    #[test]
    fn deliveries_of_one_day_need_a_period_to_replace() {
        let with = [
            delivery("GM0363_2025_a", "2026-02-01", "1"),
            delivery("GM0363_2025_b", "2026-02-01", "2"),
        ];
        assert_eq!(replaced(&with), [Some(1), None]);
        assert_eq!(standings(&with)[0].same_day, Some(1));
        let without = [
            delivery("GM0363_a", "2026-02-01", "1"),
            delivery("GM0363_b", "2026-02-01", "2"),
            delivery("GM0363_c", "2026-01-01", "3"),
        ];
        assert_eq!(replaced(&without), [None, None, Some(1)]);
        let copies = [
            delivery("a", "", "1"),
            delivery("b", "", "1"),
            delivery("c", "", "2"),
        ];
        assert_eq!(replaced(&copies), [Some(1), None, None]);
    }
}
