//! A small study in memory, for tests to fill.

use std::collections::BTreeMap;

use ethos_count::{CountError, CountInput, Counted, Taking, count};
use ethos_model::attribute::{Attributes, Birth, Sex};
use ethos_model::category::{EthosCategory, Total};
use ethos_model::cell::Count;
use ethos_model::coverage::{Delivery, Reach};
use ethos_model::cube::{CubeKey, Family, Figure, Measure, Place};
use ethos_model::date::{Day, Time};
use ethos_model::municipality::{MunicipalityCode, SplitShares};
use ethos_model::person::{PersonId, RegisterPerson};
use ethos_model::region::RegionMapping;
use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId, Spell};
use ethos_model::study::Study;
use ethos_model::token::Token;

pub(crate) fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub(crate) fn gm(text: &str) -> MunicipalityCode {
    MunicipalityCode::parse(text).unwrap()
}

pub(crate) fn token(number: u64) -> Token {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    Token::from_bytes(bytes)
}

/// A study of three lists: shelters (2, 3), benefit and probation (no category).
pub(crate) const THREE_LISTS: &str = r#"
    [study]
    name = "test"
    reference_date = 2026-01-01
    series = "s"
    key_file = "s.key"

    [scope]
    registered = false

    [[source]]
    list = "opvang"
    layout = "a"
    files = "a"
    reports = { categories = [2, 3] }

    [[source]]
    list = "bijstand"
    layout = "b"
    files = "b"
    reports = { municipalities = "national" }

    [[source]]
    list = "reclassering"
    layout = "c"
    files = "c"
    reports = { municipalities = "national" }

    [estimate]
"#;

/// A count day: one source without a list that tells every category.
pub(crate) const COUNT_DAY: &str = r#"
    [study]
    name = "telling"
    reference_date = 2025-04-08
    series = "s"
    key_file = "s.key"

    [[source]]
    layout = "telling"
    files = "a"
    reports = { categories = [1, 2, 3, 4, 5, 6, 7], municipalities = "national" }
"#;

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) study: Study,
    pub(crate) spells: Vec<Spell>,
    pub(crate) person: Vec<PersonId>,
    pub(crate) keyed: Vec<bool>,
    pub(crate) register: Vec<RegisterPerson>,
    pub(crate) deliveries: Vec<Delivery>,
    pub(crate) reach: Vec<Reach>,
    pub(crate) regions: BTreeMap<String, RegionMapping>,
    pub(crate) shares: SplitShares,
}

impl World {
    /// An empty world in which every source of the study is national and delivered one file that
    /// speaks of all days.
    pub(crate) fn new(study: &str) -> Self {
        let study = Study::parse(study).unwrap();
        let sources = study.sources.len();
        Self {
            deliveries: (0..sources).map(|source| delivery(source as u16)).collect(),
            reach: vec![Reach::National; sources],
            study,
            spells: Vec::new(),
            person: Vec::new(),
            keyed: Vec::new(),
            register: Vec::new(),
            regions: BTreeMap::new(),
            shares: SplitShares::default(),
        }
    }

    /// Adds a keyed spell in Amsterdam and hands it out for changes.
    pub(crate) fn spell(
        &mut self,
        person: u64,
        source: u16,
        category: EthosCategory,
        start: &str,
        end: &str,
    ) -> &mut Spell {
        let row = self.spells.len() as u32 + 2;
        self.person.push(PersonId(token(person)));
        self.keyed.push(true);
        self.spells.push(Spell {
            source: SourceId(source),
            row: RowRef {
                delivery: u32::from(source),
                row,
            },
            key: LinkKey {
                person: Some(token(person)),
                fallback: None,
            },
            category,
            situation: None,
            start: day(start),
            start_known: true,
            end: Day::parse(end),
            observed: None,
            ready_to_leave: None,
            expected_on: None,
            end_reason: None,
            municipalities: Municipalities {
                stay: Some(gm("0363")),
                ..Municipalities::default()
            },
            attributes: Attributes::default(),
            children_with: 0,
            children_elsewhere: 0,
        });
        self.spells.last_mut().unwrap()
    }

    /// Adds a row of the person register and keeps it sorted.
    pub(crate) fn registered(&mut self, person: u64, born: &str) -> &mut RegisterPerson {
        let row = RegisterPerson {
            person: token(person),
            attributes: Attributes {
                sex: Some(Sex::Female),
                birth: Some(Birth::On(day(born))),
                ..Attributes::default()
            },
            registered: Some(gm("0363")),
            as_of: None,
        };
        let at = self
            .register
            .partition_point(|other| other.person <= row.person);
        self.register.insert(at, row);
        &mut self.register[at]
    }

    pub(crate) fn input(&self) -> CountInput<'_> {
        CountInput {
            study: &self.study,
            spells: &self.spells,
            person: &self.person,
            keyed: &self.keyed,
            register: &self.register,
            deliveries: &self.deliveries,
            reach: &self.reach,
            regions: &self.regions,
            shares: &self.shares,
            taking: Taking::default(),
        }
    }

    pub(crate) fn try_count(&self) -> Result<Counted, CountError> {
        count(&self.input(), &|_, _| {})
    }

    /// Counts, and checks what must hold of every count.
    pub(crate) fn count(&self) -> Counted {
        let counted = self.try_count().unwrap();
        counted.ledger.check().unwrap();
        assert!(
            counted.observed.cube.is_sorted_by(|a, b| a.key < b.key),
            "keys are unique"
        );
        counted
    }
}

pub(crate) fn delivery(source: u16) -> Delivery {
    Delivery {
        source: SourceId(source),
        file: format!("{source}.csv"),
        sha256: String::new(),
        layout: String::new(),
        sender: None,
        made: None,
        inferred_until: None,
        period: None,
        rows: 0,
        replaced: false,
        usable: true,
    }
}

/// A figure of the cube by its dimensions; the total follows from the category.
pub(crate) fn figure(
    counted: &Counted,
    family: Family,
    time: Time,
    place: Place,
    category: Option<EthosCategory>,
    measure: Measure,
) -> Count {
    let total = category.map_or(Total::Homeless, EthosCategory::total);
    let mut key = CubeKey::national(family, time, total, measure);
    key.place = place;
    key.category = category;
    let row = counted.observed.cube.iter().find(|row| row.key == key);
    match row.unwrap_or_else(|| panic!("no {key:?}")).figure {
        Figure::Count(count) => count,
        Figure::Estimate(_) => panic!("an estimate"),
    }
}

/// A national figure of observed persons by category.
pub(crate) fn national(
    counted: &Counted,
    date: &str,
    category: Option<EthosCategory>,
    measure: Measure,
) -> Count {
    let time = Time::parse(date).unwrap();
    figure(
        counted,
        Family::NationalCategory,
        time,
        Place::Netherlands,
        category,
        measure,
    )
}
