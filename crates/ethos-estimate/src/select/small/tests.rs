//! Bounds against what a general fit reaches, most of all where the maximum is at infinity.

use super::*;
use crate::design::{Data, Design};
use crate::kernel::newton::{Workspace, newton};
use crate::model::Model;
use crate::select::lattice::Lattice;
use crate::table::Shape;
use crate::term::Term;
use proptest::prelude::*;

/// Every model of four lists: no bound is below what the model reaches, and few are far from it.
fn check(y: &[f64]) -> (u32, u32) {
    let shape = Shape::new(4, &[]);
    let mut data = Data::empty(&shape);
    data.y.copy_from_slice(y);
    data.refresh(&shape);
    let counts = Counts::<16>::new(y, None);
    let lattice = Lattice::new(4, 3, &[], &[]);
    let base = Model::from_generators((0..4).map(Term::list));
    let mut families = vec![0];
    lattice.walk(0, &(), &mut |f, ()| families.push(f));
    let (mut scratch, mut point) = (Scratch::default(), Point::default());
    let mut ws = Workspace::default();
    let (mut bounded, mut near) = (0, 0);
    for family in families {
        let play = counts.play(family);
        if !play.identified {
            continue;
        }
        let goal = Goal {
            cut: f64::INFINITY,
            bound: true,
        };
        let end = scratch.fit(&counts, play, &counts.start(), &mut point, goal);
        let End::Bounded(bound) = end else { continue };
        let model = base.with_lists(members(family).map(|h| h as u16));
        let design = Design::new(&shape, &model);
        let reduced = design.reduced_support(&data);
        let support = reduced.as_ref().unwrap_or(&design.full);
        let kept = &support.kept;
        let outcome = newton(&shape, &support.program, kept, &data.y, false, &mut ws);
        let reached = -2.0 * outcome.kernel;
        assert!(
            bound <= reached + 1e-9,
            "{family:b} {bound} {reached} {y:?}"
        );
        bounded += 1;
        near += u32::from(bound > reached - 4.0 * NEAR);
    }
    (bounded, near)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_bound_passes_the_supremum(
        counts in prop::collection::vec(prop_oneof![3 => Just(0_u32), 1 => 0_u32..3, 2 => 0_u32..90], 16),
    ) {
        let mut y: Vec<f64> = counts.into_iter().map(f64::from).collect();
        y[0] = 0.0;
        prop_assume!((0..4).all(|i| (1..16).any(|h| h >> i & 1 == 1 && y[h] > 0.0)));
        check(&y);
    }
}

/// A sparse table on which most models have no maximum: their bounds are near all the same.
#[test]
fn bounds_of_models_without_a_maximum_are_near() {
    let mut y = [0.0; 16];
    for (h, count) in [
        (1, 40.0),
        (2, 31.0),
        (4, 27.0),
        (8, 55.0),
        (3, 6.0),
        (12, 4.0),
        (5, 2.0),
    ] {
        y[h] = count;
    }
    let (bounded, near) = check(&y);
    assert!(
        bounded > 20 && near * 10 >= bounded * 9,
        "{near} of {bounded}"
    );
}
