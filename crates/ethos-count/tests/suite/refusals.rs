//! What a count refuses, and that it says how to go on.

use ethos_count::CountError;
use ethos_model::category::EthosCategory::Unknown;
use ethos_model::date::Day;
use ethos_model::study::PersonRegisterSection;

use crate::world::{THREE_LISTS, World, day, token};

fn refused(change: impl FnOnce(&mut World)) -> CountError {
    let mut world = World::new(THREE_LISTS);
    world.spell(1, 1, Unknown, "2025-01-01", "");
    change(&mut world);
    world.try_count().unwrap_err()
}

#[test]
fn parts_that_do_not_belong_together() {
    let error = refused(|world| {
        world.person.pop();
    });
    assert!(matches!(
        error,
        CountError::Length {
            expected: 1,
            found: 0,
            ..
        }
    ));
    assert!(matches!(
        refused(|world| world.keyed.push(true)),
        CountError::Length { .. }
    ));
    assert!(matches!(
        refused(|world| world.reach.clear()),
        CountError::Length { .. }
    ));
    let error = refused(|world| world.spells[0].source.0 = 9);
    assert_eq!(
        error,
        CountError::Source {
            source_number: 9,
            sources: 3
        }
    );
    let error = refused(|world| {
        world.registered(5, "1980-01-01");
        world.registered(6, "1980-01-01").person = token(2);
    });
    assert_eq!(error, CountError::RegisterOrder);
}

#[test]
fn a_year_outside_the_calendar() {
    assert_eq!(
        refused(|world| world.study.count.period_years = vec![2025, 25]),
        CountError::Year(25)
    );
}

#[test]
fn a_mapping_that_was_not_loaded() {
    let error = refused(|world| world.study.publish.regions = vec!["centre".into()]);
    assert!(error.to_string().contains("[regions.centre]"), "{error}");
}

#[test]
fn a_list_that_cannot_see_part_of_the_scope() {
    let blind = |world: &mut World| {
        world.study.sources[1].coverage.ages = Some("18-64".parse().unwrap());
        world.study.scope.ages = "18+".parse().unwrap();
        world.study.strata.age = Vec::new();
    };
    // The bands must say whom it cannot see.
    let text = refused(blind).to_string();
    assert!(
        text.contains("`bijstand` cannot see people of 65 years"),
        "{text}"
    );
    assert!(text.contains("the cut point 65"), "{text}");
    let mut world = World::new(THREE_LISTS);
    blind(&mut world);
    world.study.strata.age = vec![18, 65, 120];
    assert!(world.try_count().is_ok());
    // A category is known of those only who were seen.
    let error = refused(|world| world.study.sources[0].coverage.categories = Some(vec![2]));
    let text = error.to_string();
    assert!(
        text.contains("category 1") && text.contains("is no 0"),
        "{text}"
    );
    let error = refused(|world| {
        world.study.sources[0].coverage.ages = Some("65+".parse().unwrap());
    });
    assert!(error.to_string().contains("can see nobody"), "{error}");
}

#[test]
fn a_list_outside_the_estimate_may_be_blind() {
    let mut world = World::new(THREE_LISTS);
    world.study.sources[0].coverage.categories = Some(vec![2]);
    world.study.estimate.as_mut().unwrap().lists = vec!["bijstand".into(), "reclassering".into()];
    assert!(world.try_count().is_ok());
    world.study.estimate = None;
    assert!(world.try_count().is_ok());
}

#[test]
fn age_bands_that_leave_someone_out() {
    let error = refused(|world| world.study.strata.age = vec![18, 27, 50]);
    assert!(
        error.to_string().contains("age 50 is in the scope 18-64"),
        "{error}"
    );
    assert!(error.to_string().contains("a last one of 65"), "{error}");
}

#[test]
fn a_scope_of_registered_people_that_nothing_tells() {
    let error = refused(|world| world.study.scope.registered = true);
    assert_eq!(error, CountError::RegistrationUnknown);
    let mut world = World::new(THREE_LISTS);
    world.spell(1, 1, Unknown, "2025-01-01", "");
    world.study.scope.registered = true;
    world.study.person_registers = vec![PersonRegisterSection {
        layout: "p".into(),
        files: "p".into(),
        ..Default::default()
    }];
    assert!(world.try_count().is_ok());
}

#[test]
fn dates_far_away_are_told_and_not_refused() {
    let mut world = World::new(THREE_LISTS);
    world.spell(1, 1, Unknown, "2025-01-01", "");
    world.study.study.reference_dates = vec![day("2031-01-01")];
    let counted = world.count();
    assert!(
        counted
            .notes
            .iter()
            .any(|note| note.code == "outside_municipality_register")
    );
    world.spells[0].start = Day(i32::MIN / 2);
    world.spells[0].end = Some(Day(i32::MIN / 2));
    world.count();
}
