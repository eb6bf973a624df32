//! Children of counted parents.

use ethos_model::category::EthosCategory::{
    EmergencyShelter, EvictionThreat, PublicSpace, TemporaryShelter,
};
use ethos_model::cell::CellState;
use ethos_model::cube::Measure;
use ethos_model::person::Role;

use crate::world::{COUNT_DAY, World, day, national, token};

const NIGHT: &str = "2025-04-08";

/// Parents 1 and 2 in household 900, on the street and in a shelter.
fn parents() -> World {
    let mut world = World::new(COUNT_DAY);
    world.spell(1, 0, PublicSpace, "2025-04-01", "");
    world.spell(2, 0, TemporaryShelter, "2025-04-01", "");
    for parent in [1, 2] {
        world.registered(parent, "1985-01-01").attributes.household = Some(token(900));
    }
    world
}

fn child(world: &mut World, person: u64, born: &str, household: Option<u64>, parents: [u64; 2]) {
    let row = world.registered(person, born);
    row.attributes.household = household.map(token);
    row.attributes.parents = parents.map(|parent| (parent > 0).then(|| token(parent)));
}

#[test]
fn a_child_follows_its_parent_once() {
    let mut world = parents();
    child(&mut world, 10, "2015-01-01", Some(900), [1, 2]);
    child(&mut world, 11, "2007-04-08", Some(900), [1, 2]); // 18 on the night
    child(&mut world, 12, "2007-04-09", Some(901), [2, 0]);
    child(&mut world, 13, "2015-01-01", None, [3, 0]); // nobody's
    let counted = world.count();
    let people = &counted.persons[0].1;
    let of = |id: u64| people.iter().find(|person| person.id.0 == token(id));
    let (with, elsewhere) = (of(10).unwrap(), of(12).unwrap());
    assert_eq!((with.role, with.category), (Role::WithParent, PublicSpace));
    assert_eq!(
        (elsewhere.role, elsewhere.category),
        (Role::IndirectlyInvolved, TemporaryShelter)
    );
    assert!(of(11).is_none() && of(13).is_none());
    let figure = |category, measure| national(&counted, NIGHT, category, measure).persons();
    assert_eq!(
        figure(None, Measure::Observed),
        Some(3),
        "two parents and one child"
    );
    assert_eq!(figure(None, Measure::ObservedChildren), Some(1));
    assert_eq!(figure(None, Measure::ChildrenInvolved), Some(1));
    assert_eq!(figure(Some(PublicSpace), Measure::Observed), Some(2));
    assert_eq!(
        figure(Some(TemporaryShelter), Measure::ChildrenInvolved),
        Some(1)
    );
    let step = counted.ledger.step("children 2025-04-08").unwrap();
    assert_eq!((step.input, step.outcome("counted with a parent")), (2, 1));
}

#[test]
fn a_record_of_its_own_wins() {
    let mut world = parents();
    child(&mut world, 10, "2015-01-01", Some(900), [1, 2]);
    world.spell(10, 0, EmergencyShelter, "2025-04-01", "");
    let counted = world.count();
    let child = counted.persons[0]
        .1
        .iter()
        .find(|person| person.id.0 == token(10))
        .unwrap();
    assert_eq!((child.role, child.category), (Role::Own, EmergencyShelter));
    let step = counted.ledger.step("children 2025-04-08").unwrap();
    assert_eq!(step.outcome("counted by a record of their own"), 1);
    assert_eq!(
        national(&counted, NIGHT, None, Measure::Observed).persons(),
        Some(3)
    );
}

#[test]
fn the_homeless_parent_goes_before_the_threatened_one() {
    let mut world = World::new(COUNT_DAY);
    world
        .spell(1, 0, EvictionThreat, "2025-04-01", "")
        .expected_on = Some(day("2025-04-20"));
    world.spell(2, 0, TemporaryShelter, "2025-04-01", "");
    for (parent, household) in [(1, 900), (2, 901)] {
        world.registered(parent, "1985-01-01").attributes.household = Some(token(household));
    }
    child(&mut world, 10, "2015-01-01", Some(902), [1, 2]);
    child(&mut world, 11, "2015-01-01", Some(900), [1, 2]);
    let counted = world.count();
    let of = |id: u64| {
        let people = &counted.persons[0].1;
        people
            .iter()
            .find(|person| person.id.0 == token(id))
            .unwrap()
    };
    assert_eq!(
        (of(10).role, of(10).category),
        (Role::IndirectlyInvolved, TemporaryShelter)
    );
    assert_eq!(
        (of(11).role, of(11).category),
        (Role::WithParent, EvictionThreat)
    );
    let threatened = national(&counted, NIGHT, Some(EvictionThreat), Measure::Observed);
    assert_eq!(threatened.persons(), Some(2));
}

#[test]
fn numbers_on_forms_count_once_a_household() {
    let mut world = World::new(COUNT_DAY);
    for (person, with, elsewhere) in [(1, 2, 0), (2, 3, 1), (3, 1, 0)] {
        let spell = world.spell(person, 0, PublicSpace, "2025-04-01", "");
        spell.children_with = with;
        spell.children_elsewhere = elsewhere;
        spell.attributes.household = (person < 3).then(|| token(900));
    }
    // A child of the household with a form of its own.
    let own = world.spell(4, 0, TemporaryShelter, "2025-04-01", "");
    own.attributes.household = Some(token(900));
    own.attributes.birth = Some(ethos_model::attribute::Birth::AgedOn {
        age: 9,
        on: day(NIGHT),
    });
    let counted = world.count();
    let figure = |category, measure| national(&counted, NIGHT, category, measure).persons();
    // Three told at most, one of them by name: two left, and one of person 3.
    assert_eq!(
        figure(Some(PublicSpace), Measure::Observed),
        Some(3 + 2 + 1)
    );
    assert_eq!(
        figure(Some(PublicSpace), Measure::ObservedChildren),
        Some(3)
    );
    assert_eq!(figure(None, Measure::ObservedChildren), Some(4));
    assert_eq!(figure(None, Measure::ChildrenInvolved), Some(1));
    let step = counted.ledger.step("children on forms 2025-04-08").unwrap();
    assert_eq!(
        (step.input, step.outcome("told twice or counted by name")),
        (7, 3)
    );
    assert_eq!(
        counted.persons[0].1.len(),
        4,
        "children known by number are no persons"
    );
}

#[test]
fn several_forms_of_one_person_tell_of_the_same_children() {
    let mut world = World::new(COUNT_DAY);
    for with in [1, 2, 2] {
        world
            .spell(1, 0, PublicSpace, "2025-04-01", "")
            .children_with = with;
    }
    let counted = world.count();
    assert_eq!(
        national(&counted, NIGHT, None, Measure::Observed).persons(),
        Some(3)
    );
}

#[test]
fn involved_children_are_not_zero_where_nothing_tells_of_them() {
    let mut world = World::new(COUNT_DAY);
    world.spell(1, 0, PublicSpace, "2025-04-01", "");
    let involved =
        |world: &World| national(&world.count(), NIGHT, None, Measure::ChildrenInvolved).state();
    assert_eq!(involved(&world), CellState::NotCollected);
    world.spells[0].children_elsewhere = 1;
    assert_ne!(involved(&world), CellState::NotCollected);
}

#[test]
fn a_parent_in_an_unknown_situation_makes_no_range() {
    use ethos_model::category::EthosCategory::Unknown;
    let mut world = parents();
    world.spells[1].category = Unknown;
    child(&mut world, 10, "2015-01-01", Some(900), [1, 2]);
    let counted = world.count();
    let of = |category, measure| national(&counted, NIGHT, Some(category), measure).persons();
    assert_eq!(of(PublicSpace, Measure::ObservedSmallest), Some(2));
    assert_eq!(of(Unknown, Measure::ObservedLargest), Some(1));
}

#[test]
fn two_parents_in_two_categories_make_a_range() {
    let mut world = parents();
    child(&mut world, 10, "2015-01-01", Some(900), [1, 2]);
    let counted = world.count();
    let of = |category, measure| national(&counted, NIGHT, Some(category), measure).persons();
    assert_eq!(of(PublicSpace, Measure::ObservedSmallest), Some(1));
    assert_eq!(of(TemporaryShelter, Measure::ObservedLargest), Some(2));
}
