//! Disclosure control: rounding and audit of a linked table, and the linear programme of an
//! attacker by the solver of the audit beside a simplex that starts anew.

#![allow(
    missing_docs,
    reason = "criterion's macros make undocumented functions"
)]

use std::hint::black_box;
use std::time::Duration;

use clarabel::algebra::CscMatrix;
use clarabel::solver::{
    DefaultSettings, DefaultSolver, IPSolver, SupportedConeT::NonnegativeConeT,
    SupportedConeT::ZeroConeT,
};
use criterion::{Criterion, criterion_group, criterion_main};
use ethos_disclosure::{Linked, RoundingOptions, Rule, System, Table, Variable, audit, round};
use microlp::{ComparisonOp, OptimizationDirection, Problem};

/// Regions, municipalities in each, categories.
const SIZES: [u32; 3] = [12, 12, 9];

/// No count moves further.
const REACH: f64 = 4.0;

/// A number from 0 to 1.
fn draw(at: u64) -> f64 {
    let mut z = at.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Municipalities in regions × categories × two sexes, most counts small.
fn linked() -> Linked {
    let [regions, municipalities, categories] = SIZES;
    let mut place = Variable::new("place", "NL");
    let mut category = Variable::new("category", "all");
    let mut sex = Variable::new("sex", "all");
    let mut rows = Vec::new();
    for c in 0..categories {
        category
            .add("", &format!("c{c}"), "all")
            .expect("a category");
    }
    for s in ["men", "women"] {
        sex.add("", s, "all").expect("a sex");
    }
    for r in 0..regions {
        let region = format!("r{r}");
        place.add("", &region, "NL").expect("a region");
        for m in 0..municipalities {
            let code = format!("r{r}m{m}");
            place.add("", &code, &region).expect("a municipality");
            let at = place.code(&code).expect("its position");
            for c in 1..=categories {
                for s in 1..=2 {
                    let drawn = draw(rows.len() as u64);
                    let count = (40.0 * drawn.powi(4) / f64::from(c).sqrt()) as i64;
                    rows.push((vec![at, c, s], count));
                }
            }
        }
    }
    let table = Table {
        name: "place by category by sex".into(),
        variables: vec![0, 1, 2],
        groups_only: vec![],
        rows,
    };
    let variables = vec![place, category, sex];
    Linked::new(variables, &[table], Some(0), &[], &Rule::default()).expect("a system")
}

/// Which way each cell is moved, by lot.
fn aims(system: &System) -> Vec<f64> {
    let way = |at| if draw(at) < 0.5 { -1.0 } else { 1.0 };
    (0..system.cells().len() as u64).map(way).collect()
}

fn by_interior_point(system: &System) -> f64 {
    let (columns, sums) = (system.cells().len(), system.relations().len());
    let (mut row, mut column, mut value) = (Vec::new(), Vec::new(), Vec::new());
    for (at, relation) in system.relations().iter().enumerate() {
        for (cell, sign) in relation.terms() {
            row.push(at);
            column.push(cell);
            value.push(sign as f64);
        }
    }
    for (way, sign) in [1.0, -1.0].into_iter().enumerate() {
        for cell in 0..columns {
            row.push(sums + way * columns + cell);
            column.push(cell);
            value.push(sign);
        }
    }
    let mut right = vec![0.0; sums];
    right.resize(sums + 2 * columns, REACH);
    let matrix = CscMatrix::new_from_triplets(right.len(), columns, row, column, value);
    let none = CscMatrix::zeros((columns, columns));
    let cones = [ZeroConeT(sums), NonnegativeConeT(2 * columns)];
    let settings = DefaultSettings {
        verbose: false,
        max_threads: 1,
        ..DefaultSettings::default()
    };
    let mut solver = DefaultSolver::new(&none, &aims(system), &matrix, &right, &cones, settings)
        .expect("a programme");
    solver.solve();
    solver.solution.obj_val
}

fn by_simplex(system: &System) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let aims = aims(system);
    let variables: Vec<_> = aims
        .iter()
        .map(|aim| problem.add_var(*aim, (-REACH, REACH)))
        .collect();
    for relation in system.relations() {
        let terms: Vec<_> = relation
            .terms()
            .map(|(cell, sign)| (variables[cell], sign as f64))
            .collect();
        problem.add_constraint(terms.as_slice(), ComparisonOp::Eq, 0.0);
    }
    let outcome = problem.solve().expect("an optimum");
    outcome.solution().expect("an optimum").objective()
}

fn disclosure(c: &mut Criterion) {
    let linked = linked();
    let system = &linked.system;
    let options = RoundingOptions::default();
    let requirements = linked.requirements(&Rule::default(), false);
    let rounded = round(system, &options, &[]).expect("an additive table");
    let shown = rounded.shown(system);
    let (a, b) = (by_interior_point(system), by_simplex(system));
    assert!((a - b).abs() < 1e-5 * b.abs(), "{a} and {b}");
    assert!(audit(system, &shown, &[], &requirements).passed());

    let mut group = c.benchmark_group(format!("disclosure, {} cells", system.cells().len()));
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(15));
    group.bench_function("controlled rounding", |b| {
        b.iter(|| round(black_box(system), &options, &[]));
    });
    group.bench_function("audit of it", |b| {
        b.iter(|| audit(black_box(system), &shown, &[], &requirements));
    });
    group.bench_function("one linear programme, clarabel", |b| {
        b.iter(|| by_interior_point(black_box(system)));
    });
    group.bench_function("one linear programme, microlp", |b| {
        b.iter(|| by_simplex(black_box(system)));
    });
    group.finish();
}

criterion_group!(benches, disclosure);
criterion_main!(benches);
