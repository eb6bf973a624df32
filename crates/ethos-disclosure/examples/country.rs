//! A whole country of municipalities × category × sex × age, rounded and audited, with times.
//!
//! `cargo run --release -p ethos-disclosure --example country -- 342`

use std::time::Instant;

use ethos_disclosure::{
    Linked, RoundingOptions, Rule, Table, Utility, Variable, audit, round, tally,
};

#[expect(clippy::print_stdout, reason = "an example prints")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let municipalities: usize = match std::env::args().nth(1) {
        Some(text) => text.parse()?,
        None => 60,
    };
    let mut place = Variable::new("place", "NL");
    for province in 0..12 {
        place.add("province", &format!("P{province}"), "NL")?;
    }
    for m in 0..municipalities {
        place.add("province", &format!("GM{m:04}"), &format!("P{}", m % 12))?;
    }
    let flat = |name: &str, codes: u32| -> Result<Variable, Box<dyn std::error::Error>> {
        let mut variable = Variable::new(name, "all");
        for code in 0..codes {
            variable.add("", &format!("{name}{code}"), "all")?;
        }
        Ok(variable)
    };
    let variables = vec![
        place,
        flat("category", 8)?,
        flat("sex", 3)?,
        flat("age", 6)?,
    ];
    let mut state = 7_u64;
    let mut draw = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as f64 / (1_u64 << 31) as f64
    };
    let mut rows = Vec::new();
    for m in 0..municipalities {
        // A few large cities, many small towns.
        let size = 6_000.0 / (m as f64 + 3.0).powf(1.1);
        for category in 1..9_u32 {
            for sex in 1..4_u32 {
                for age in 1..7_u32 {
                    let share = 1.0 / f64::from(category) / f64::from(sex) / 20.0;
                    let count = (size * share * (0.3 + 1.4 * draw()) + draw() - 0.5).round();
                    if count >= 1.0 {
                        rows.push((vec![13 + m as u32, category, sex, age], count as i64));
                    }
                }
            }
        }
    }
    let rule = Rule::default();
    let start = Instant::now();
    let table = Table {
        name: "all".into(),
        variables: vec![0, 1, 2, 3],
        groups_only: vec![],
        rows,
    };
    let linked = Linked::new(variables, &[table], Some(0), &[1], &rule)?;
    println!(
        "{} cells, {} sums, {:.1?}",
        linked.system.cells().len(),
        linked.system.relations().len(),
        start.elapsed()
    );
    let start = Instant::now();
    let rounded = round(&linked.system, &RoundingOptions::default(), &[])?;
    println!(
        "rounded: distance {}, {:?}, {} beyond, {:.1?}",
        rounded.distance,
        rounded.quality,
        rounded.steps,
        start.elapsed()
    );
    let shown = rounded.shown(&linked.system);
    println!("{:?}", Utility::of(&linked.system, &shown));
    let start = Instant::now();
    let requirements = linked.requirements(&rule, false);
    let result = audit(&linked.system, &shown, &[], &requirements);
    println!("audit: {:?}, {:.1?}", tally(&result), start.elapsed());
    for finding in result.failures().take(5) {
        println!("{}: {finding:?}", linked.label(finding.requirement.cell));
    }
    Ok(())
}
