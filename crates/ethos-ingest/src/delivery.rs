//! Who sent a file, when and about which period; and which delivery replaces which.
//!
//! The sender is the municipality that all rows name, else the one in the file's name
//! (`GM0363_MD_2025.csv`, `GM0363_Wmo_2025_H1.csv`). The period is the year or half-year in the
//! name. A later delivery of the same sender and period replaces the earlier one whole, and a
//! mended one the one it mends; where nothing tells which is the later, none counts. Without a
//! period in the names, deliveries of one sender are of one period, the study's.

use std::collections::BTreeMap;

use ethos_model::coverage::Delivery;
use ethos_model::date::{Day, Period};
use ethos_model::finding::{Finding, Fingerprint};
use ethos_model::municipality::MunicipalityCode;

use crate::fields;
use crate::imprint::Imprint;
use crate::origin::{Made, Mends, Origin};
use crate::rules::{Detail, Observation, Place, RuleBook};
use crate::tally::Tally;

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

/// A delivery beside the others of its source.
#[derive(Copy, Clone)]
pub(crate) struct Contender<'a> {
    pub(crate) delivery: &'a Delivery,
    /// What became of its rows, read alone.
    pub(crate) tally: Tally,
    /// What it says of the file it was made of.
    pub(crate) origin: &'a Origin,
    /// Of its cells, where they were read.
    pub(crate) imprint: Option<Imprint>,
    /// Whether it is called as its layout asks.
    pub(crate) name_fits: bool,
}

impl Contender<'_> {
    /// Whether it is the same delivery as another: the same bytes. Files without a row of different senders are
    /// not, since all that say that there was nobody are alike.
    fn is_same(&self, other: &Self) -> bool {
        let (this, that) = (self.delivery, other.delivery);
        let of_two = this.sender.is_some() && that.sender.is_some() && this.sender != that.sender;
        this.sha256 == that.sha256 && !(of_two && self.tally.rows() == 0)
    }

    /// By which of its copies a delivery goes, the least first: the one that is called as its layout asks, else the
    /// one that nothing was put behind.
    fn by_name(&self) -> (bool, usize, &str) {
        let path = self.delivery.file.as_str();
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        (!self.name_fits, name.chars().count(), path)
    }

    /// Whether it tells anything: not one of which every row was lost.
    fn is_fit(&self) -> bool {
        let Tally {
            accepted,
            out_of_scope,
            ..
        } = self.tally;
        accepted + out_of_scope > 0 || self.lost() == 0
    }

    /// Rows that were lost.
    fn lost(&self) -> u64 {
        self.tally.rejected + self.tally.set_aside
    }

    /// Whether it takes the place of another that it says it mends. Where only a name says so, one made later by
    /// its own date, or with fewer mistakes, was not mended by this one. What is known by its hash goes by any name.
    fn mends(&self, other: &Self) -> bool {
        let of_one = |delivery: &Delivery| (delivery.sender, delivery.period);
        (self.is_fit() || !other.is_fit())
            && match self.origin.mends(other.delivery) {
                Some(Mends::Surely) => true,
                Some(Mends::ByName) => {
                    of_one(self.delivery) == of_one(other.delivery)
                        && self.delivery.made >= other.delivery.made
                        && self.lost() <= other.lost()
                }
                Some(Mends::Copy(_)) => self.lost() <= other.lost() && !self.is_copy(other),
                None => false,
            }
    }

    /// Whether it comes from another, whether or not it takes its place.
    fn comes_from(&self, other: &Self) -> bool {
        let of_sender = self.delivery.sender == other.delivery.sender;
        if self.is_same(other) {
            return true;
        }
        match self.origin.mends(other.delivery) {
            Some(Mends::Surely | Mends::Copy(_)) => true,
            Some(Mends::ByName) | None => of_sender && self.origin.is_named_after(other.delivery),
        }
    }

    /// Whether it is a copy of another that tells nothing more: the other is the one to count, under its own
    /// name. One that was mended by hand is no copy any more.
    fn is_copy(&self, other: &Self) -> bool {
        match self.origin.mends(other.delivery) {
            Some(Mends::Copy(Made::Cleaned)) => self.lost() >= other.lost(),
            Some(Mends::Copy(Made::Marked)) => {
                self.imprint.is_some() && self.imprint == other.imprint
            }
            _ => false,
        }
    }
}

/// What became of a delivery beside the others of its source.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Standing {
    /// Position of the delivery that replaces it.
    pub(crate) replaced_by: Option<usize>,
    /// Whether that one was made of it, so that nothing of it is missing there.
    pub(crate) mended: bool,
    /// Whether that one has the same bytes.
    pub(crate) copy: bool,
    /// Position of another delivery of the same sender, made on the same day.
    pub(crate) same_day: Option<usize>,
    /// Positions of the deliveries of the same sender and period of which nothing tells whether they or
    /// this one counts: none of them does.
    pub(crate) tied: Vec<usize>,
    /// The period it is about: of its own name, or of the names of those it comes from and that come from it.
    pub(crate) period: Option<Period>,
}

/// Which of a source's deliveries replace which. Files that cannot be used replace nothing.
///
/// Files with the same bytes are one delivery, which goes by the plainest of their names. Of deliveries of one sender and period, one that mends
/// another replaces it; then those of which every row was lost give way to the others; then the one made last
/// stays. Of those made on one day nothing tells which counts, a name least of all: none does, and that is
/// said. Unless no period tells deliveries apart: then all of them stay, since a sender may deliver in parts. But
/// of those that come from one file never more than one counts, whatever they are called.
pub(crate) fn standings(contenders: &[Contender<'_>]) -> Vec<Standing> {
    let mut standings = vec![Standing::default(); contenders.len()];
    let usable = || {
        let all = contenders.iter().enumerate();
        all.filter(|(_, contender)| contender.delivery.usable)
    };
    for (at, contender) in usable() {
        let copies = usable().filter(|(_, other)| contender.is_same(other));
        let kept = copies.min_by_key(|(_, other)| other.by_name());
        if let Some((kept, _)) = kept.filter(|(kept, _)| *kept != at) {
            standings[at].replaced_by = Some(kept);
            standings[at].copy = true;
        }
    }
    for (at, contender) in usable() {
        for (original, other) in usable() {
            if original == at {
                continue;
            }
            let (left, by) = if contender.is_copy(other) {
                (at, original)
            } else if contender.mends(other) {
                (original, at)
            } else {
                continue;
            };
            if standings[left].replaced_by.is_none() && !leads_to(&standings, by, left) {
                standings[left].replaced_by = Some(by);
                standings[left].mended = true;
            }
        }
    }
    let families = families(contenders);
    for family in &families {
        let period = family.iter().find_map(|at| contenders[*at].delivery.period);
        for &at in family {
            standings[at].period = contenders[at].delivery.period.or(period);
        }
    }
    for family in families {
        stand_last(contenders, family, true, &mut standings);
    }
    let mut groups: BTreeMap<(MunicipalityCode, Option<Period>), Vec<usize>> = BTreeMap::new();
    for (at, Contender { delivery, .. }) in usable() {
        if let Some(sender) = delivery.sender {
            let group = groups.entry((sender, standings[at].period)).or_default();
            group.push(at);
        }
    }
    for ((_, period), group) in groups {
        stand_last(contenders, group, period.is_some(), &mut standings);
    }
    standings
}

/// Whether one is replaced by another in the end.
fn leads_to(standings: &[Standing], from: usize, to: usize) -> bool {
    let mut next = Some(from);
    while let Some(at) = next {
        if at == to {
            return true;
        }
        next = standings[at].replaced_by;
    }
    false
}

/// The deliveries of each line of descent.
fn families(contenders: &[Contender<'_>]) -> Vec<Vec<usize>> {
    // The first of the family that each is known to be of.
    let mut first: Vec<usize> = (0..contenders.len()).collect();
    for (at, one) in contenders.iter().enumerate() {
        for (other_at, other) in contenders.iter().enumerate() {
            let (ours, theirs) = (first[at], first[other_at]);
            if ours != theirs && one.comes_from(other) {
                let (keep, gone) = (ours.min(theirs), ours.max(theirs));
                first
                    .iter_mut()
                    .filter(|of| **of == gone)
                    .for_each(|of| *of = keep);
            }
        }
    }
    let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (at, of) in first.into_iter().enumerate() {
        families.entry(of).or_default().push(at);
    }
    families.into_values().collect()
}

/// Of a group, leaves only the usable ones that were made last; where that are several, none of them counts if only one can.
fn stand_last(
    contenders: &[Contender<'_>],
    mut group: Vec<usize>,
    only_one: bool,
    standings: &mut [Standing],
) {
    group.retain(|at| contenders[*at].delivery.usable && standings[*at].replaced_by.is_none());
    let fit = group.iter().any(|at| contenders[*at].is_fit());
    let order = |at: &usize| {
        let contender = &contenders[*at];
        (contender.is_fit() || !fit, contender.delivery.made)
    };
    let Some(&last) = group.iter().max_by_key(|at| order(at)) else {
        return;
    };
    let is_top = |at: &usize| order(at) == order(&last);
    let top: Vec<usize> = group.iter().copied().filter(is_top).collect();
    for &at in &group {
        let standing = &mut standings[at];
        if !top.contains(&at) {
            standing.replaced_by = Some(last);
            standing.tied.clear();
        } else if only_one {
            standing
                .tied
                .extend(top.iter().filter(|other| **other != at));
            standing.tied.sort_unstable();
            standing.tied.dedup();
        } else if at != last && standing.tied.is_empty() {
            standing.same_day = Some(last);
        }
    }
}

/// A finding on a file as a whole, if a rule tells it.
pub(crate) fn on_file(
    book: &RuleBook,
    seen: Observation,
    file: &str,
    detail: &Detail,
) -> Option<Finding> {
    let at = book.observers(None, None)[seen as usize]?;
    let rule = &book.rules()[usize::from(at)];
    let mut finding = rule.finding(file, &Place::default(), detail);
    finding.fingerprint = Fingerprint::of(&finding, 1);
    Some(finding)
}

/// What is said of a delivery that another replaces, if a rule tells it.
pub(crate) fn replaced(by: &Delivery, file: &str, book: &RuleBook) -> Option<Finding> {
    on_file(book, Observation::FileReplaced, file, &Detail::of(&by.file))
}

/// What is said of a delivery of which nothing tells whether it or another counts, if a rule tells it.
pub(crate) fn tied(
    standing: &Standing,
    file: &str,
    deliveries: &[Delivery],
    book: &RuleBook,
) -> Option<Finding> {
    let others = standing.tied.iter();
    let others: Vec<String> = others
        .map(|at| format!("`{}`", deliveries[*at].file))
        .collect();
    let detail = Detail::text(others.join(" en "), others.join(" and "));
    on_file(book, Observation::FileTied, file, &detail)
}

#[cfg(test)]
mod tests {
    use ethos_model::spell::SourceId;

    use super::*;
    use crate::input::Input;

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

    /// Standings of deliveries of which so many rows were accepted and lost.
    fn stand(deliveries: &[(Delivery, u64, u64)], origins: &[Origin]) -> Vec<Standing> {
        let list: Vec<Contender<'_>> = deliveries
            .iter()
            .zip(origins)
            .map(|((delivery, accepted, rejected), origin)| Contender {
                delivery,
                tally: Tally {
                    accepted: *accepted,
                    rejected: *rejected,
                    ..Tally::default()
                },
                origin,
                imprint: None,
                name_fits: delivery.file.ends_with("_MD_2025.csv"),
            })
            .collect();
        standings(&list)
    }

    fn standing(deliveries: &[Delivery]) -> Vec<Standing> {
        let list: Vec<_> = deliveries.iter().map(|d| (d.clone(), 1, 0)).collect();
        stand(&list, &named(&list))
    }

    fn named(list: &[(Delivery, u64, u64)]) -> Vec<Origin> {
        let of = |(delivery, ..): &(Delivery, u64, u64)| {
            Origin::of(&Input::bytes(delivery.file.as_str(), ""), None)
        };
        list.iter().map(of).collect()
    }

    fn replaced(deliveries: &[Delivery]) -> Vec<Option<usize>> {
        let standings = standing(deliveries);
        standings
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
    fn no_name_decides_between_deliveries_of_one_day() {
        let with = [
            delivery("GM0363_2025_a", "2026-02-01", "1"),
            delivery("GM0363_2025_b", "2026-02-01", "2"),
            delivery("GM0363_2025_c", "2026-01-01", "3"),
        ];
        assert_eq!(replaced(&with), [None, None, Some(1)]);
        let tied: Vec<Vec<usize>> = standing(&with).into_iter().map(|s| s.tied).collect();
        assert_eq!(tied, [vec![1], vec![0], vec![]]);
        let without = [
            delivery("GM0363_a", "2026-02-01", "1"),
            delivery("GM0363_b", "2026-02-01", "2"),
            delivery("GM0363_c", "2026-01-01", "3"),
        ];
        assert_eq!(replaced(&without), [None, None, Some(1)]);
        assert_eq!(standing(&without)[0].same_day, Some(1));
        let copies = [
            delivery("a", "", "1"),
            delivery("b", "", "1"),
            delivery("c", "", "2"),
        ];
        assert_eq!(replaced(&copies), [None, Some(0), None]);
    }

    #[test]
    fn of_copies_the_one_with_the_plainest_name_counts() {
        let copies = [
            delivery("k/GM0363_MD_2025 - kopie.csv", "", "1"),
            delivery("k/a.csv", "", "1"),
            delivery("k/GM0363_MD_2025.csv", "", "1"),
        ];
        assert_eq!(replaced(&copies), [Some(2), Some(2), None]);
        let standings = standing(&copies);
        assert!(standings[0].copy && standings[1].copy && !standings[2].copy);
        // One that tells no period is about that of the others.
        assert!(standings[1].period.is_some() && standings[1].period == standings[2].period);
        // By length, then by letter; in any order.
        let mut copies = [
            delivery("k/b.csv", "", "1"),
            delivery("k/a.csv", "", "1"),
            delivery("k/aa.csv", "", "1"),
        ];
        assert_eq!(replaced(&copies), [Some(1), None, Some(1)]);
        copies.reverse();
        assert_eq!(replaced(&copies), [Some(1), None, Some(1)]);
    }

    #[test]
    fn that_there_was_nobody_is_said_by_each_sender_for_itself() {
        let empty = |name: &str| (delivery(name, "", "1"), 0, 0);
        let list = vec![empty("GM0363_MD_2025.csv"), empty("GM0599_MD_2025.csv")];
        let by = stand(&list, &named(&list));
        assert_eq!([by[0].replaced_by, by[1].replaced_by], [None, None]);
        let list = vec![empty("GM0363_MD_2025.csv"), empty("GM0363_MD_2025 (1).csv")];
        let by = stand(&list, &named(&list));
        assert_eq!([by[0].replaced_by, by[1].replaced_by], [None, Some(0)]);
    }

    #[test]
    fn a_mended_file_replaces_the_one_it_mends() {
        let made = "2026-02-01";
        let of = |name: &str, sha256: &str, accepted, rejected| {
            (delivery(name, made, sha256), accepted, rejected)
        };
        // In either order, with a period or without, of a sender or of none.
        for name in ["GM0363_2025", "GM0363", "bijstand"] {
            let mended = format!("{name}-hersteld.csv");
            let mut list = vec![
                of(&mended, "1", 36, 0),
                of(&format!("{name}.csv"), "2", 0, 36),
            ];
            let by: Vec<_> = stand(&list, &named(&list));
            assert_eq!((by[1].replaced_by, by[1].mended), (Some(0), true), "{name}");
            assert_eq!((by[0].replaced_by, by[0].tied.len()), (None, 0));
            list.reverse();
            assert_eq!(stand(&list, &named(&list))[0].replaced_by, Some(1));
        }
        // One that was exported anew, by its own date, is no longer what was mended.
        let mut list = vec![
            of("GM0363_2025-hersteld.csv", "1", 36, 0),
            of("GM0363_2025.csv", "2", 36, 0),
        ];
        list[1].0.made = Day::parse("2026-02-02");
        assert_eq!(stand(&list, &named(&list))[0].replaced_by, Some(1));
        // Nor one that has fewer mistakes, unless the hash says that it was this one.
        let list = vec![
            of("GM0363_2025-nagekeken.xlsx", "1", 30, 6),
            of("GM0363_2025.csv", "2", 36, 0),
        ];
        assert_eq!(stand(&list, &named(&list))[0].tied, [1]);
    }

    #[test]
    fn a_delivery_that_tells_something_goes_before_one_that_tells_nothing() {
        let list = vec![
            (delivery("GM0363_2025.csv", "2026-02-02", "1"), 0, 36),
            (delivery("GM0363_2025 (1).csv", "2026-02-01", "2"), 35, 1),
        ];
        assert_eq!(stand(&list, &named(&list))[0].replaced_by, Some(1));
        // That there was nobody tells something.
        let list = vec![
            (delivery("GM0363_2025_a.csv", "2026-02-02", "1"), 0, 0),
            (delivery("GM0363_2025_b.csv", "2026-02-01", "2"), 36, 0),
        ];
        assert_eq!(stand(&list, &named(&list))[1].replaced_by, Some(0));
    }
}
