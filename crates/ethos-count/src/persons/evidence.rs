//! Which situation counts when a person has several.
//!
//! 1. A situation that somebody saw on that very night (in a period: in that period) beats others.
//! 2. One whose start a source gave beats one whose start is not known.
//! 3. The latest start wins.
//! 4. Then the priority vector of the study decides between categories.
//! 5. Within one category the order of sources in the study, then content, then the place in the
//!    files: nothing is left to the order of the spells.
//!
//! A register that carries no category says that someone is homeless and not how. Where another
//! spell tells how (categories 1–6), the person is in that category whatever the dates.

use std::cmp::Ordering;

use ethos_model::category::{EthosCategory, Total};
use ethos_model::date::Day;
use ethos_model::spell::Spell;

use crate::spells::Stretch;

/// A priority vector: which category wins when evidence and dates do not decide.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Priority([u8; 8]);

impl Priority {
    /// From category numbers, the first winning. A category that is not named comes after those
    /// that are, and the unknown situation with it.
    pub fn new(numbers: &[u8]) -> Self {
        Self(EthosCategory::ALL.map(|category| {
            category
                .number()
                .and_then(|number| numbers.iter().position(|&first| first == number))
                .map_or(u8::MAX, |at| at as u8)
        }))
    }

    /// 0 for the category that wins first.
    pub fn rank(self, category: EthosCategory) -> u8 {
        self.0[category.index()]
    }
}

/// A spell that places a person somewhere at the time in question.
#[derive(Copy, Clone, Debug)]
pub struct Candidate<'a> {
    /// The spell.
    pub spell: &'a Spell,
    /// First day of the merged stretch.
    pub since: Day,
    /// Whether a source gave that day.
    pub dated: bool,
    /// Whether somebody saw the person there at the time in question.
    pub seen_then: bool,
}

impl<'a> Candidate<'a> {
    pub(crate) fn new(spell: &'a Spell, stretch: &Stretch, seen_then: bool) -> Self {
        Self {
            spell,
            since: stretch.since,
            dated: stretch.dated,
            seen_then,
        }
    }

    /// Greater is stronger.
    fn strength(&self) -> (bool, bool, Day) {
        (self.seen_then, self.dated, self.since)
    }

    fn tells_how(&self) -> bool {
        let category = self.spell.category;
        category != EthosCategory::Unknown && category.total() == Total::Homeless
    }
}

/// The outcome for one person.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Decision {
    /// Position of the winning candidate.
    pub winner: usize,
    /// Categories of equal evidence, among which the priority vector chose, as bits by
    /// [`EthosCategory::index`].
    pub tied: u8,
    /// Categories of all candidates, as bits.
    pub seen: u8,
}

/// Decides between the candidates of one person. `None` when there are none.
///
/// ```
/// # use ethos_model::{attribute::Attributes, category::EthosCategory, date::Day};
/// # use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId, Spell};
/// use ethos_count::persons::{Candidate, Priority, decide};
/// # let spell = |source, category| Spell {
/// #     source: SourceId(source), row: RowRef { delivery: 0, row: 2 }, key: LinkKey::default(),
/// #     category, situation: None, start: Day(0), start_known: true, end: None, observed: None,
/// #     ready_to_leave: None, expected_on: None, end_reason: None,
/// #     municipalities: Municipalities::default(), attributes: Attributes::default(),
/// #     children_with: 0, children_elsewhere: 0,
/// # };
/// let shelter = spell(0, EthosCategory::TemporaryShelter);
/// let street = spell(1, EthosCategory::PublicSpace);
/// let on = |spell, since| Candidate { spell, since, dated: true, seen_then: false };
/// let priority = Priority::new(&[1, 2, 3, 5, 6, 4, 7]);
/// // The latest start wins …
/// let decision = decide(&[on(&shelter, Day(20)), on(&street, Day(10))], priority).unwrap();
/// assert_eq!((decision.winner, decision.tied.count_ones()), (0, 1));
/// // … and on the same day the priority vector decides.
/// let decision = decide(&[on(&shelter, Day(10)), on(&street, Day(10))], priority).unwrap();
/// assert_eq!((decision.winner, decision.tied.count_ones()), (1, 2));
/// ```
pub fn decide(candidates: &[Candidate<'_>], priority: Priority) -> Option<Decision> {
    let told = candidates.iter().any(Candidate::tells_how);
    let stands =
        |candidate: &Candidate<'_>| !(told && candidate.spell.category == EthosCategory::Unknown);
    let strongest = candidates
        .iter()
        .filter(|candidate| stands(candidate))
        .map(Candidate::strength)
        .max()?;
    let winner = candidates
        .iter()
        .enumerate()
        .filter(|(_, candidate)| stands(candidate) && candidate.strength() == strongest)
        .min_by(|(_, a), (_, b)| order(a, b, priority))?
        .0;
    let bits = |of: &dyn Fn(&Candidate<'_>) -> bool| {
        candidates
            .iter()
            .filter(|candidate| of(candidate))
            .fold(0_u8, |bits, candidate| {
                bits | 1 << candidate.spell.category.index()
            })
    };
    Some(Decision {
        winner,
        tied: contested(bits(&|candidate| {
            stands(candidate) && candidate.strength() == strongest
        })),
        seen: bits(&|_| true),
    })
}

/// Of categories as bits, those among which a priority vector chooses: an unknown situation comes
/// after every category whatever the vector, so that beside another it is none of them.
pub(crate) fn contested(categories: u8) -> u8 {
    let unknown = 1 << EthosCategory::Unknown.index();
    match categories & !unknown {
        0 => categories,
        known => known,
    }
}

/// The order of candidates of equal evidence, the winner first.
fn order(a: &Candidate<'_>, b: &Candidate<'_>, priority: Priority) -> Ordering {
    let rank = |candidate: &Candidate<'_>| priority.rank(candidate.spell.category);
    rank(a)
        .cmp(&rank(b))
        .then(a.spell.category.cmp(&b.spell.category))
        .then(b.spell.start.cmp(&a.spell.start))
        .then(a.spell.source.cmp(&b.spell.source))
        .then_with(|| {
            let places = |spell: &Spell| {
                let m = spell.municipalities;
                (m.stay, m.responsible, m.registered, m.origin)
            };
            places(a.spell).cmp(&places(b.spell))
        })
        .then_with(|| crate::spells::by_content(a.spell, b.spell))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ethos_model::attribute::Attributes;
    use ethos_model::spell::{LinkKey, Municipalities, RowRef, SourceId};
    use proptest::prelude::*;

    fn priority() -> Priority {
        Priority::new(&[1, 2, 3, 5, 6, 4, 7])
    }

    fn spell(source: u16, category: EthosCategory, row: u32) -> Spell {
        Spell {
            source: SourceId(source),
            row: RowRef { delivery: 0, row },
            key: LinkKey::default(),
            category,
            situation: None,
            start: Day(0),
            start_known: true,
            end: None,
            observed: None,
            ready_to_leave: None,
            expected_on: None,
            end_reason: None,
            municipalities: Municipalities::default(),
            attributes: Attributes::default(),
            children_with: 0,
            children_elsewhere: 0,
        }
    }

    fn on(spell: &Spell, since: i32, dated: bool, seen_then: bool) -> Candidate<'_> {
        Candidate {
            spell,
            since: Day(since),
            dated,
            seen_then,
        }
    }

    #[test]
    fn each_rule_beats_the_next() {
        let street = spell(0, EthosCategory::PublicSpace, 2);
        let friends = spell(1, EthosCategory::FamilyFriends, 3);
        let wins = |candidates: &[Candidate<'_>]| decide(candidates, priority()).unwrap().winner;
        assert_eq!(
            wins(&[on(&street, 9, true, false), on(&friends, 1, false, true)]),
            1
        );
        assert_eq!(
            wins(&[on(&street, 9, false, false), on(&friends, 1, true, false)]),
            1
        );
        assert_eq!(
            wins(&[on(&street, 1, true, false), on(&friends, 9, true, false)]),
            1
        );
        assert_eq!(
            wins(&[on(&street, 9, true, false), on(&friends, 9, true, false)]),
            0
        );
    }

    #[test]
    fn unknown_gives_way_to_a_situation_and_not_to_a_threat() {
        let benefit = spell(0, EthosCategory::Unknown, 2);
        let street = spell(1, EthosCategory::PublicSpace, 3);
        let threat = spell(2, EthosCategory::EvictionThreat, 4);
        let decision = decide(
            &[on(&benefit, 9, true, false), on(&street, 1, false, false)],
            priority(),
        )
        .unwrap();
        assert_eq!(
            (decision.winner, decision.tied, decision.seen),
            (1, 1, 0b1000_0001)
        );
        let decision = decide(
            &[on(&benefit, 9, true, false), on(&threat, 1, true, false)],
            priority(),
        )
        .unwrap();
        assert_eq!(decision.winner, 0);
    }

    proptest! {
        #[test]
        fn the_order_of_candidates_decides_nothing(
            kinds in prop::collection::vec((0..8_usize, 0..3_u16, 0..3_i32, any::<bool>(), any::<bool>()), 1..7),
            turn in 0..7_usize,
        ) {
            let spells: Vec<Spell> = kinds
                .iter()
                .enumerate()
                .map(|(row, kind)| spell(kind.1, EthosCategory::ALL[kind.0], row as u32))
                .collect();
            let mut candidates: Vec<Candidate<'_>> = spells
                .iter()
                .zip(&kinds)
                .map(|(spell, kind)| on(spell, kind.2, kind.3, kind.4))
                .collect();
            let first = decide(&candidates, priority()).unwrap();
            let winner = candidates[first.winner].spell.row;
            let len = candidates.len();
            candidates.rotate_left(turn % len);
            let again = decide(&candidates, priority()).unwrap();
            prop_assert_eq!(candidates[again.winner].spell.row, winner);
            prop_assert_eq!((again.tied, again.seen), (first.tied, first.seen));
            candidates.reverse();
            prop_assert_eq!(candidates[decide(&candidates, priority()).unwrap().winner].spell.row, winner);
        }
    }
}
