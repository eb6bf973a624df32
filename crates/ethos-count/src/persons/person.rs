//! One row a person and time: the spells of a bucket of persons, counted person by person.

use std::ops::Range;

use ethos_model::capture::ListSet;
use ethos_model::category::EthosCategory;
use ethos_model::date::{Day, Time};
use ethos_model::municipality::MunicipalityCode;
use ethos_model::person::{Person, PersonId, RegisterPerson, Role};
use ethos_model::spell::{Municipalities, Spell};
use ethos_model::study::MunicipalityRole;
use ethos_model::token::Token;

use super::attributes::{Facts, register_row};
use super::evidence::{Candidate, decide};
use super::recode::{RecodeOutcome, Recoder};
use crate::captures::coverage::within_coverage;
use crate::captures::scope::{Eligibility, Standing, situation_in_scope, standing};
use crate::plan::{Plan, day_of};
use crate::spells::{Merging, Stretch, Tally, normalise};

/// A person at a time, with what the tables need and a [`Person`] does not say.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) person: Person,
    /// Categories of equal evidence.
    pub(crate) tied: u8,
    /// First day of the stretch that counts, where a source gave it.
    pub(crate) since: Option<Day>,
    /// The municipality the tables use, in the codes of the time.
    pub(crate) place: Option<MunicipalityCode>,
    /// Other municipalities that a situation of the same total places the person in.
    pub(crate) elsewhere: Vec<MunicipalityCode>,
    pub(crate) recoding: RecodeOutcome,
    /// The date, or the first active day of the period.
    pub(crate) day: Day,
    /// Children the person's forms tell of.
    pub(crate) children_with: u8,
    pub(crate) children_elsewhere: u8,
    pub(crate) standing: Standing,
}

/// What a bucket of persons comes to.
#[derive(Default)]
pub(crate) struct Bucket {
    /// For every time, the persons active then, in order of id.
    pub(crate) found: Vec<Vec<Found>>,
    pub(crate) tally: Tally,
    pub(crate) persons: u64,
    /// Persons that the register knows.
    pub(crate) registered: u64,
    pub(crate) attribute_conflicts: [u64; 5],
    /// For every time, persons by pair of categories (first index × 8 + second).
    pub(crate) category_pairs: Vec<[u64; 64]>,
}

/// Room that is used again for every person of a bucket.
#[derive(Default)]
struct Scratch<'a> {
    own: Vec<u32>,
    stretches: Vec<Stretch>,
    candidates: Vec<Candidate<'a>>,
}

/// Counts the persons of one bucket at every time of the study.
pub(crate) fn count_bucket(
    plan: &Plan<'_>,
    recoders: &[Recoder<'_>],
    sorted: &[(Token, u32)],
    bucket: Range<usize>,
) -> Bucket {
    let input = &plan.input;
    let merging = Merging {
        deliveries: input.deliveries,
        gap_days: input.study.count.merge_gap_days,
    };
    let mut out = Bucket {
        found: vec![Vec::new(); plan.times.len()],
        category_pairs: vec![[0; 64]; plan.times.len()],
        ..Bucket::default()
    };
    let mut scratch = Scratch::default();
    for own in sorted[bucket].chunk_by(|a, b| a.0 == b.0) {
        let Scratch {
            own: positions,
            stretches,
            candidates,
        } = &mut scratch;
        let (id, keyed) = (
            own[0].0,
            own.iter().any(|&(_, at)| input.keyed[at as usize]),
        );
        positions.clear();
        positions.extend(own.iter().map(|&(_, at)| at));
        stretches.clear();
        out.persons += 1;
        out.tally
            .add(normalise(input.spells, positions, merging, stretches));
        let rows = if keyed {
            rows_of(input.register, id)
        } else {
            &[]
        };
        out.registered += u64::from(!rows.is_empty());
        let mut told = None;
        let mut conflicts = 0;
        for (at, &time) in plan.times.iter().enumerate() {
            candidates.clear();
            candidates.extend(stretches.iter().filter_map(|stretch| {
                let spell = &input.spells[stretch.spell as usize];
                let active =
                    plan.used[at][usize::from(spell.source.0)] && stretch.days.touches(time);
                active.then(|| Candidate::new(spell, stretch, seen_in(spell, time)))
            }));
            if candidates.is_empty() {
                continue;
            }
            let day = match time {
                Time::On(day) => day,
                Time::AnyDayIn(period) => stretches
                    .iter()
                    .filter(|stretch| {
                        let source = input.spells[stretch.spell as usize].source;
                        plan.used[at][usize::from(source.0)] && stretch.days.touches(time)
                    })
                    .map(|stretch| stretch.days.start.max(period.start()))
                    .min()
                    .unwrap_or(period.start()),
            };
            let row = register_row(rows, day_of(time));
            let facts = told
                .get_or_insert_with(|| {
                    let own = positions.iter().map(|&at| &input.spells[at as usize]);
                    Facts::of_spells(own, input.deliveries)
                })
                .with_register(row);
            conflicts |= facts.conflicts;
            let who = Who {
                id,
                keyed,
                facts,
                row,
                day,
                time,
            };
            if let Some(found) = who.counted(plan, &recoders[at], candidates) {
                add_pairs(&mut out.category_pairs[at], found.person.categories_seen);
                out.found[at].push(found);
            }
        }
        for (at, count) in out.attribute_conflicts.iter_mut().enumerate() {
            *count += u64::from(conflicts >> at & 1);
        }
    }
    out
}

fn seen_in(spell: &Spell, time: Time) -> bool {
    spell.observed.is_some_and(|observed| match time {
        Time::On(day) => observed == day,
        Time::AnyDayIn(period) => period.contains(observed),
    })
}

/// The rows of a person in the register.
pub(crate) fn rows_of(register: &[RegisterPerson], person: Token) -> &[RegisterPerson] {
    let start = register.partition_point(|row| row.person < person);
    let rows = &register[start..];
    &rows[..rows.iter().take_while(|row| row.person == person).count()]
}

fn add_pairs(pairs: &mut [u64; 64], seen: u8) {
    for a in 0..8 {
        for b in a + 1..8 {
            if seen >> a & 1 == 1 && seen >> b & 1 == 1 {
                pairs[a * 8 + b] += 1;
            }
        }
    }
}

/// A person and a time, before the spells are judged.
struct Who<'r> {
    id: Token,
    keyed: bool,
    facts: Facts,
    row: Option<&'r RegisterPerson>,
    day: Day,
    time: Time,
}

impl Who<'_> {
    fn counted(
        &self,
        plan: &Plan<'_>,
        recoder: &Recoder<'_>,
        candidates: &[Candidate<'_>],
    ) -> Option<Found> {
        let decision = decide(candidates, plan.priority)?;
        let held = &candidates[decision.winner];
        let winner = held.spell;
        let age = self.facts.birth.and_then(|birth| birth.age_on(self.day));
        let (municipalities, place, recoding) = self.places(plan, recoder, winner);
        let mut elsewhere: Vec<MunicipalityCode> = candidates
            .iter()
            .filter(|other| {
                !std::ptr::eq(other.spell, winner)
                    && other.spell.category.total() == winner.category.total()
            })
            .filter_map(|other| self.places(plan, recoder, other.spell).1)
            .filter(|code| Some(*code) != place)
            .collect();
        elsewhere.sort_unstable();
        elsewhere.dedup();
        let lists = candidates
            .iter()
            .filter_map(|candidate| plan.sources[usize::from(candidate.spell.source.0)].list)
            .fold(ListSet::EMPTY, ListSet::with);
        let (standing, capture) = match self.time {
            Time::On(date) => self.capture(plan, candidates, winner.category, age, date),
            Time::AnyDayIn(_) => (Standing::Category, ListSet::EMPTY),
        };
        let most = |of: fn(&Spell) -> u8| {
            candidates
                .iter()
                .map(|candidate| of(candidate.spell))
                .max()
                .unwrap_or(0)
        };
        let facts = &self.facts;
        Some(Found {
            person: Person {
                id: PersonId(self.id),
                keyed: self.keyed,
                role: Role::Own,
                category: winner.category,
                situation: winner.situation,
                categories_seen: decision.seen,
                municipalities,
                sex: facts.sex,
                age,
                origin: facts.origin,
                nationality: facts.nationality,
                residence: facts.residence,
                household: facts.household,
                lists,
                capture,
            },
            tied: decision.tied,
            since: held.dated.then_some(held.since),
            place,
            elsewhere,
            recoding,
            day: self.day,
            children_with: most(|spell| spell.children_with),
            children_elsewhere: most(|spell| spell.children_elsewhere),
            standing,
        })
    }

    /// The four municipalities of the winning spell in the codes of the time, the register's
    /// word on registration first, and the one that the tables use.
    fn places(
        &self,
        plan: &Plan<'_>,
        recoder: &Recoder<'_>,
        winner: &Spell,
    ) -> (Municipalities, Option<MunicipalityCode>, RecodeOutcome) {
        let given = winner.municipalities;
        let draw = self.id.leading();
        let stay = recoder.recode(given.stay, draw);
        let responsible = recoder.recode(given.responsible, draw);
        let registered = self.row.map_or(given.registered, |row| row.registered);
        let registered = recoder.recode(registered, draw);
        let origin = recoder.recode(given.origin, draw);
        let (place, recoding) = match plan.municipality {
            MunicipalityRole::Stay if stay.1 == RecodeOutcome::NoneGiven => responsible,
            MunicipalityRole::Stay => stay,
            MunicipalityRole::Responsible => responsible,
            MunicipalityRole::Registered => registered,
            MunicipalityRole::Origin => origin,
        };
        let municipalities = Municipalities {
            stay: stay.0,
            responsible: responsible.0,
            registered: registered.0,
            origin: origin.0,
        };
        (municipalities, place, recoding)
    }

    /// Whether the person is in the scope of the estimate, and the lists that saw them within
    /// it: by a spell that is itself in scope, in a source that can see the person.
    fn capture(
        &self,
        plan: &Plan<'_>,
        candidates: &[Candidate<'_>],
        category: EthosCategory,
        age: Option<u8>,
        date: Day,
    ) -> (Standing, ListSet) {
        let study = plan.input.study;
        let in_scope = |candidate: &Candidate<'_>| {
            let days = date.0 - candidate.since.0 + 1;
            let tells = plan.sources[usize::from(candidate.spell.source.0)].tells_category;
            situation_in_scope(&study.scope, candidate.spell.category, days, tells)
        };
        let situation = candidates
            .iter()
            .any(|one| one.spell.category == category && in_scope(one));
        let eligibility = Eligibility {
            keyed: self.keyed,
            age,
            registered: self.registered(plan, candidates),
            situation,
        };
        let standing = standing(&study.scope, eligibility);
        if standing != Standing::InScope {
            return (standing, ListSet::EMPTY);
        }
        let capture = candidates
            .iter()
            .filter(|candidate| in_scope(candidate))
            .filter_map(|candidate| {
                let source = usize::from(candidate.spell.source.0);
                let coverage = &study.sources[source].coverage;
                within_coverage(coverage, age, candidate.spell.category)
                    .then_some(plan.sources[source].list)
                    .flatten()
            })
            .fold(ListSet::EMPTY, ListSet::with);
        (standing, capture)
    }

    /// Whether the person is registered with a Dutch municipality. A study with a person
    /// register asks it and nothing else; any other asks the records.
    fn registered(&self, plan: &Plan<'_>, candidates: &[Candidate<'_>]) -> Option<bool> {
        use ethos_model::attribute::ResidenceStatus;
        if !plan.input.study.person_registers.is_empty() {
            let code = self.row.and_then(|row| row.registered);
            return Some(code.is_some_and(MunicipalityCode::is_municipality));
        }
        if let Some(residence) = self.facts.residence {
            return Some(residence == ResidenceStatus::Registered);
        }
        let mut told = candidates
            .iter()
            .filter_map(|candidate| candidate.spell.municipalities.registered);
        let (mut somewhere, mut nowhere) = (false, false);
        for code in &mut told {
            somewhere |= code.is_municipality();
            nowhere |= code == MunicipalityCode::NON_RESIDENTS;
        }
        (somewhere || nowhere).then_some(somewhere)
    }
}
