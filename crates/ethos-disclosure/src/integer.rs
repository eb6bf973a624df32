//! Small integer programmes by the library solver.

use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOptions};

use crate::knowledge::{Bounds, NO_LIMIT};
use crate::system::System;

/// Nodes of branch and bound before a search is given up.
const NODES: u64 = 20_000;

/// The table with the smallest (or largest) count in a cell, by branch and bound over the whole
/// system; checked in whole numbers.
pub(crate) fn extreme(
    system: &System,
    bounds: &[Bounds],
    cell: usize,
    lower: bool,
) -> Option<Vec<i64>> {
    let mut problem = Problem::new(if lower {
        OptimizationDirection::Minimize
    } else {
        OptimizationDirection::Maximize
    });
    // A count that nothing limits stays in reach of the numbers of a solver.
    let most = system.counts().max().unwrap_or(0).saturating_mul(2);
    let most = most.clamp(1_000_000, NO_LIMIT);
    let cap = |bound: i64| bound.clamp(0, most) as i32;
    let variables: Vec<_> = bounds
        .iter()
        .enumerate()
        .map(|(at, own)| {
            let cost = f64::from(u8::from(at == cell));
            problem.add_integer_var(cost, (cap(own.lower), cap(own.upper)))
        })
        .collect();
    for relation in system.relations() {
        let terms: Vec<_> = relation
            .terms()
            .map(|(at, sign)| (variables[at], sign as f64))
            .collect();
        problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(NODES);
    let outcome = problem.solve_with(options).ok()?;
    if !outcome.is_optimal() {
        return None;
    }
    let solution = outcome.solution()?;
    let numbers: Vec<i64> = variables
        .iter()
        .map(|variable| solution.var_value(*variable).round() as i64)
        .collect();
    let fits = numbers
        .iter()
        .zip(bounds)
        .all(|(number, own)| own.hold(*number));
    (fits && system.adds_up(&numbers)).then_some(numbers)
}
