//! What is known of a person: the person register first, then the record of the latest date,
//! then the order of the sources. What nobody tells stays unknown; contradictions are counted.

use std::cmp::Reverse;

use ethos_model::attribute::{Attributes, Birth, NationalityGroup, Origin, ResidenceStatus, Sex};
use ethos_model::coverage::Delivery;
use ethos_model::date::Day;
use ethos_model::person::RegisterPerson;
use ethos_model::spell::Spell;
use ethos_model::token::Token;

/// Attributes whose contradictions are counted, in the order of [`Facts::conflicts`].
pub(crate) const ATTRIBUTES: [&str; 5] = ["birth", "nationality", "origin", "residence", "sex"];

/// Attributes of a person with the contradictions among their sources.
#[derive(Copy, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) sex: Option<Sex>,
    pub(crate) birth: Option<Birth>,
    pub(crate) origin: Option<Origin>,
    pub(crate) nationality: Option<NationalityGroup>,
    pub(crate) residence: Option<ResidenceStatus>,
    pub(crate) household: Option<Token>,
    /// One bit an attribute of [`ATTRIBUTES`].
    pub(crate) conflicts: u8,
}

/// Order between values of one attribute that come from records of equal standing.
type Rank = (Reverse<Day>, u16);

/// The best value so far, and whether another was offered.
#[derive(Copy, Clone)]
struct Best<T> {
    held: Option<(Rank, T)>,
    first: Option<T>,
    conflict: bool,
}

impl<T: Copy> Best<T> {
    const NONE: Self = Self {
        held: None,
        first: None,
        conflict: false,
    };

    fn offer<K: Ord>(
        &mut self,
        rank: Rank,
        value: Option<T>,
        key: impl Fn(T) -> K,
        agree: impl Fn(T, T) -> bool,
    ) {
        let Some(value) = value else { return };
        self.conflict |= self.first.is_some_and(|first| !agree(first, value));
        self.first = self.first.or(Some(value));
        let better = self
            .held
            .is_none_or(|(held, other)| (rank, key(value)) < (held, key(other)));
        if better {
            self.held = Some((rank, value));
        }
    }

    fn value(self) -> Option<T> {
        self.held.map(|(_, value)| value)
    }
}

impl Facts {
    /// What a person's own spells tell. Their order decides nothing.
    pub(crate) fn of_spells<'s>(
        spells: impl Iterator<Item = &'s Spell>,
        deliveries: &[Delivery],
    ) -> Self {
        let (mut sex, mut origin) = (Best::NONE, Best::NONE);
        let (mut nationality, mut residence) = (Best::NONE, Best::NONE);
        let (mut dates, mut ages) = (Best::NONE, Best::NONE);
        let mut household = Best::NONE;
        for spell in spells {
            let made = deliveries
                .get(spell.row.delivery as usize)
                .and_then(|file| file.made);
            let dated = spell.observed.or(made).unwrap_or(spell.start);
            let rank = (Reverse(dated), spell.source.0);
            let told = &spell.attributes;
            sex.offer(rank, told.sex, |value| value, |a, b| a == b);
            origin.offer(rank, told.origin, |value| value, |a, b| a == b);
            nationality.offer(rank, told.nationality, |value| value, |a, b| a == b);
            residence.offer(rank, told.residence, |value| value, |a, b| a == b);
            household.offer(rank, told.household, |value| value, |_, _| true);
            match told.birth {
                Some(Birth::On(day)) => dates.offer(rank, Some(day), |day| day, |a, b| a == b),
                Some(Birth::AgedOn { age, on }) => {
                    ages.offer(rank, Some((on, age)), |value| value, ages_agree);
                }
                None => {}
            }
        }
        // A birth date tells more than an age.
        let aged = ages.value().map(|(on, age)| Birth::AgedOn { age, on });
        let birth = dates.value().map(Birth::On).or(aged);
        let across = dates
            .value()
            .zip(aged)
            .is_some_and(|(day, aged)| !births_agree(Birth::On(day), aged));
        Self {
            sex: sex.value(),
            birth,
            origin: origin.value(),
            nationality: nationality.value(),
            residence: residence.value(),
            household: household.value(),
            conflicts: bits([
                dates.conflict || ages.conflict || across,
                nationality.conflict,
                origin.conflict,
                residence.conflict,
                sex.conflict,
            ]),
        }
    }

    /// With the register's word first.
    #[must_use]
    pub(crate) fn with_register(self, register: Option<&RegisterPerson>) -> Self {
        let Some(Attributes {
            sex,
            birth,
            origin,
            nationality,
            residence,
            household,
            ..
        }) = register.map(|row| row.attributes)
        else {
            return self;
        };
        let births = birth
            .zip(self.birth)
            .is_some_and(|(a, b)| !births_agree(a, b));
        Self {
            sex: sex.or(self.sex),
            birth: birth.or(self.birth),
            origin: origin.or(self.origin),
            nationality: nationality.or(self.nationality),
            residence: residence.or(self.residence),
            household: household.or(self.household),
            conflicts: self.conflicts
                | bits([
                    births,
                    differ(nationality, self.nationality),
                    differ(origin, self.origin),
                    differ(residence, self.residence),
                    differ(sex, self.sex),
                ]),
        }
    }
}

fn differ<T: PartialEq>(a: Option<T>, b: Option<T>) -> bool {
    a.is_some() && b.is_some() && a != b
}

fn bits(flags: [bool; 5]) -> u8 {
    flags
        .iter()
        .enumerate()
        .fold(0, |bits, (at, &flag)| bits | u8::from(flag) << at)
}

/// Two ages on two days contradict each other when no birth date makes both.
fn ages_agree(a: (Day, u8), b: (Day, u8)) -> bool {
    let (earlier, later) = if a.0 <= b.0 { (a, b) } else { (b, a) };
    let years = (later.0.0 - earlier.0.0) / 365;
    let grown = i32::from(later.1) - i32::from(earlier.1);
    grown == years || grown == years + 1 || (grown == years - 1 && years > 0)
}

fn births_agree(a: Birth, b: Birth) -> bool {
    match (a, b) {
        (Birth::On(a), Birth::On(b)) => a == b,
        (Birth::On(day), Birth::AgedOn { age, on })
        | (Birth::AgedOn { age, on }, Birth::On(day)) => on.age_of(day) == Some(age),
        (Birth::AgedOn { age: a, on }, Birth::AgedOn { age: b, on: then }) => {
            ages_agree((on, a), (then, b))
        }
    }
}

/// The row of a person to use on a date, out of their rows in order of the day they were drawn:
/// the latest drawn up to the date, else the earliest.
pub(crate) fn register_row(rows: &[RegisterPerson], date: Day) -> Option<&RegisterPerson> {
    rows.iter()
        .rev()
        .find(|row| row.as_of.is_none_or(|day| day <= date))
        .or(rows.first())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::category::EthosCategory;
    use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId};

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn says(source: u16, start: &str, attributes: Attributes) -> Spell {
        Spell {
            source: SourceId(source),
            row: RowRef {
                delivery: 0,
                row: 2,
            },
            key: LinkKey::default(),
            category: EthosCategory::EmergencyShelter,
            situation: None,
            start: day(start),
            start_known: true,
            end: None,
            observed: None,
            ready_to_leave: None,
            expected_on: None,
            end_reason: None,
            municipalities: Municipalities::default(),
            attributes,
            children_with: 0,
            children_elsewhere: 0,
        }
    }

    fn sex(sex: Sex) -> Attributes {
        Attributes {
            sex: Some(sex),
            ..Attributes::default()
        }
    }

    #[test]
    fn the_latest_record_wins_then_the_first_source() {
        let early = says(0, "2024-01-01", sex(Sex::Male));
        let late = says(1, "2025-01-01", sex(Sex::Female));
        let facts = Facts::of_spells([&early, &late].into_iter(), &[]);
        assert_eq!((facts.sex, facts.conflicts), (Some(Sex::Female), 0b10000));
        let same = says(1, "2024-01-01", sex(Sex::Female));
        let facts = Facts::of_spells([&same, &early].into_iter(), &[]);
        assert_eq!(facts.sex, Some(Sex::Male));
        assert_eq!(Facts::of_spells([&late].into_iter(), &[]).conflicts, 0);
    }

    #[test]
    fn the_register_wins_and_fills() {
        let told = Attributes {
            sex: Some(Sex::Male),
            nationality: Some(NationalityGroup::Dutch),
            ..Attributes::default()
        };
        let spell = says(0, "2025-01-01", told);
        let row = RegisterPerson {
            person: Token::from_bytes([1; 16]),
            attributes: Attributes {
                birth: Some(Birth::On(day("1990-05-01"))),
                ..sex(Sex::Female)
            },
            registered: None,
            as_of: None,
        };
        let facts = Facts::of_spells([&spell].into_iter(), &[]).with_register(Some(&row));
        assert_eq!(facts.sex, Some(Sex::Female));
        assert_eq!(facts.nationality, Some(NationalityGroup::Dutch));
        assert_eq!(facts.birth, Some(Birth::On(day("1990-05-01"))));
        assert_eq!(facts.conflicts, 0b10000);
    }

    #[test]
    fn a_birth_date_beats_an_age_and_may_contradict_it() {
        let aged = |age| Attributes {
            birth: Some(Birth::AgedOn {
                age,
                on: day("2025-04-08"),
            }),
            ..Attributes::default()
        };
        let dated = Attributes {
            birth: Some(Birth::On(day("2000-04-08"))),
            ..Attributes::default()
        };
        let born = says(0, "2020-01-01", dated);
        for (age, conflicts) in [(25, 0), (24, 1)] {
            let form = says(1, "2025-01-01", aged(age));
            let facts = Facts::of_spells([&form, &born].into_iter(), &[]);
            assert_eq!(facts.birth, dated.birth);
            assert_eq!(facts.conflicts, conflicts);
        }
    }

    #[test]
    fn the_register_row_is_the_latest_up_to_the_date() {
        let row = |as_of: Option<&str>| RegisterPerson {
            person: Token::from_bytes([1; 16]),
            attributes: Attributes::default(),
            registered: None,
            as_of: as_of.map(day),
        };
        let rows = [
            row(Some("2024-01-01")),
            row(Some("2025-01-01")),
            row(Some("2026-01-01")),
        ];
        let drawn = |date| register_row(&rows, day(date)).unwrap().as_of;
        assert_eq!(drawn("2025-06-01"), Some(day("2025-01-01")));
        assert_eq!(drawn("2020-01-01"), Some(day("2024-01-01")));
        assert_eq!(register_row(&[], day("2020-01-01")), None);
    }
}
