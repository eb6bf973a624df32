//! Every claim of the crate against trying all tables of whole numbers.

use ethos_disclosure::{
    Bounds, Linked, Quality, Role, Room, RoomGroup, RoundingOptions, Rule, Shown,
    SuppressionOptions, System, SystemBuilder, Table, Variable, Verdict, audit, round, suppress,
};
use proptest::prelude::*;

/// Every table that agrees with bounds, by trying all values of all cells in turn; sums are
/// checked as soon as they are complete.
fn every_table(system: &System, bounds: &[Bounds], mut visit: impl FnMut(&[i64])) {
    fn go(
        system: &System,
        bounds: &[Bounds],
        numbers: &mut Vec<i64>,
        order: &[usize],
        at: usize,
        visit: &mut dyn FnMut(&[i64]),
    ) {
        let Some(cell) = order.get(at).copied() else {
            if system.adds_up(numbers) {
                visit(numbers);
            }
            return;
        };
        // A sum in which this is the last unknown cell decides it.
        for relation in system.relations_of(cell) {
            let open: Vec<usize> = relation
                .terms()
                .map(|(c, _)| c)
                .filter(|c| order[at..].contains(c))
                .collect();
            if open == [cell] {
                let known: i64 = relation
                    .terms()
                    .filter(|(c, _)| *c != cell)
                    .map(|(c, sign)| sign * numbers[c])
                    .sum();
                let own = relation
                    .terms()
                    .find(|(c, _)| *c == cell)
                    .map_or(1, |(_, sign)| sign);
                let value = -known * own;
                if bounds[cell].hold(value) {
                    numbers[cell] = value;
                    go(system, bounds, numbers, order, at + 1, visit);
                }
                return;
            }
        }
        for value in bounds[cell].lower..=bounds[cell].upper.min(24) {
            numbers[cell] = value;
            go(system, bounds, numbers, order, at + 1, visit);
        }
    }
    // Parts before totals, so that totals are decided.
    let mut order: Vec<usize> = (0..system.cells().len()).collect();
    order.sort_by_key(|cell| {
        system
            .relations_of(*cell)
            .filter(|relation| relation.total == *cell)
            .map(|relation| relation.parts.len())
            .sum::<usize>()
    });
    let mut numbers = vec![0; system.cells().len()];
    go(system, bounds, &mut numbers, &order, 0, &mut visit);
}

fn flat(name: &str, codes: usize) -> Variable {
    let mut variable = Variable::new(name, "all");
    for code in 0..codes {
        variable.add("", &format!("{name}{code}"), "all").unwrap();
    }
    variable
}

fn crossed(sizes: &[usize], counts: &[i64], rule: &Rule) -> Linked {
    let variables: Vec<Variable> = sizes
        .iter()
        .enumerate()
        .map(|(at, size)| flat(&format!("v{at}"), *size))
        .collect();
    let mut rows = Vec::new();
    for (at, count) in counts.iter().enumerate() {
        let mut left = at;
        let codes = sizes
            .iter()
            .map(|size| {
                let code = left % size + 1;
                left /= size;
                code as u32
            })
            .collect();
        rows.push((codes, *count));
    }
    let table = Table {
        name: "t".into(),
        variables: (0..sizes.len()).collect(),
        groups_only: vec![],
        rows,
    };
    Linked::new(variables, &[table], None, &[], rule).unwrap()
}

fn reads(shown: &[Shown], system: &System) -> Vec<Bounds> {
    system
        .cells()
        .iter()
        .zip(shown)
        .map(|(cell, shown)| match (cell.role, shown) {
            (Role::Published, Shown::Number { reads, .. }) => *reads,
            _ => Bounds {
                lower: 0,
                upper: 24,
            },
        })
        .collect()
}

/// Smallest and largest count of every cell in all tables within bounds, tried one by one.
fn intervals(system: &System, bounds: &[Bounds]) -> Vec<Bounds> {
    let nothing = Bounds {
        lower: 99,
        upper: -1,
    };
    let mut seen = vec![nothing; system.cells().len()];
    every_table(system, bounds, |table| {
        for (own, count) in seen.iter_mut().zip(table) {
            own.lower = own.lower.min(*count);
            own.upper = own.upper.max(*count);
        }
    });
    seen
}

fn rule() -> Rule {
    Rule {
        threshold: 4,
        coalition: -1,
        possible: 3,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// What passes cannot be broken, what is called disclosed is, and intervals are those of
    /// trying everything.
    #[test]
    fn rounded_tables_are_judged_as_trying_everything_does(
        counts in prop::collection::vec(0_i64..7, 6),
        base in prop::sample::select(vec![2_u32, 3]),
    ) {
        let linked = crossed(&[2, 3], &counts, &rule());
        let system = &linked.system;
        let rounded = round(system, &RoundingOptions { base, ..RoundingOptions::default() }, &[]).unwrap();
        prop_assert!(system.adds_up(&rounded.numbers));
        let shown = rounded.shown(system);
        let requirements = linked.requirements(&rule(), false);
        let found = audit(system, &shown, &[], &requirements);
        let seen = intervals(system, &reads(&shown, system));
        for finding in &found.findings {
            let asked = finding.requirement;
            let true_interval = seen[asked.cell];
            let safe = asked.met(true_interval.lower, true_interval.upper);
            prop_assert_eq!(finding.verdict == Verdict::Safe, safe, "{:?} {:?}", finding, true_interval);
            prop_assert_ne!(finding.verdict, Verdict::Undecided);
            prop_assert!(finding.possible.lower >= true_interval.lower);
            prop_assert!(finding.possible.upper <= true_interval.upper);
            prop_assert!(finding.derivable.lower <= true_interval.lower);
            prop_assert!(finding.derivable.upper >= true_interval.upper);
        }
    }

    /// A region is a part and a municipality outside it; of both by sex only the region and the part
    /// are published. What is said of them is what trying everything says, where the municipality's
    /// men and women are tried as well.
    #[test]
    fn an_unpublished_rest_is_judged_as_the_persons_of_its_room(
        part in prop::collection::vec(0_i64..5, 2),
        outside in prop::collection::vec(0_i64..3, 2),
        nobody in any::<bool>(),
        base in prop::sample::select(vec![0_u32, 2, 3]),
    ) {
        let outside = if nobody { vec![0, 0] } else { outside };
        // Published: part, region and municipality; with everything, the municipality by sex too.
        let build = |everything: bool| {
            let mut builder = SystemBuilder::new();
            let place = builder.place(None);
            let mut cell = |count| builder.cell(count, place, 0).unwrap();
            let parts = [0, 1].map(|sex| cell(part[sex]));
            let region = [0, 1].map(|sex| cell(part[sex] + outside[sex]));
            let [a, b, all] = [&part, &outside, &[part.clone(), outside.clone()].concat()]
                .map(|of| cell(of.iter().sum()));
            builder.sum(a, &parts).unwrap();
            builder.sum(all, &region).unwrap();
            builder.sum(all, &[a, b]).unwrap();
            if everything {
                let own = [0, 1].map(|sex| builder.hidden(outside[sex], place, 0).unwrap());
                builder.sum(b, &own).unwrap();
                for sex in [0, 1] {
                    builder.sum(region[sex], &[parts[sex], own[sex]]).unwrap();
                }
            } else {
                for sex in [0, 1] {
                    let group = RoomGroup { whole: vec![all], places: vec![vec![region[sex], b]] };
                    let room = Room { groups: vec![group] };
                    builder.sum_with_room(region[sex], &[parts[sex]], room).unwrap();
                }
            }
            builder.build()
        };
        let (system, everything) = (build(false), build(true));
        prop_assert_eq!(system.rooms().count(), 2);
        let show = |system: &System| -> Vec<Shown> {
            if base == 0 {
                let exact = |count| Shown::Number { value: count, reads: Bounds::exactly(count) };
                return system.counts().map(exact).collect();
            }
            let options = RoundingOptions { base, ..RoundingOptions::default() };
            let rounded = round(system, &options, &[]).unwrap();
            rounded.shown(system)
        };
        let shown = show(&system);
        let found = audit(&system, &shown, &[], &rule().small(&system, false));
        // The published cells come first in both.
        let hidden = everything.cells().len() - 7;
        let known: Vec<Shown> = shown[..7].iter().copied().chain(vec![Shown::Withheld; hidden]).collect();
        let seen = intervals(&everything, &reads(&known, &everything));
        for finding in &found.findings {
            let asked = finding.requirement;
            if asked.cell < 7 {
                let whole = seen[asked.cell];
                let safe = asked.met(whole.lower, whole.upper);
                prop_assert_eq!(finding.verdict == Verdict::Safe, safe, "{:?} {:?}", finding, whole);
            }
        }
    }

    /// The same where some cells are withheld and the others exact.
    #[test]
    fn withheld_cells_are_judged_as_trying_everything_does(
        counts in prop::collection::vec(0_i64..5, 6),
        withheld in prop::collection::vec(any::<bool>(), 12),
    ) {
        // With more unknown there are more tables than can be tried.
        prop_assume!(withheld.iter().filter(|withheld| **withheld).count() <= 6);
        let linked = crossed(&[2, 3], &counts, &rule());
        let system = &linked.system;
        let shown: Vec<Shown> = system
            .counts()
            .zip(&withheld)
            .map(|(count, withheld)| if *withheld {
                Shown::Withheld
            } else {
                Shown::Number { value: count, reads: Bounds::exactly(count) }
            })
            .collect();
        let requirements = linked.requirements(&rule(), true);
        let found = audit(system, &shown, &[], &requirements);
        let seen = intervals(system, &reads(&shown, system));
        for finding in &found.findings {
            let asked = finding.requirement;
            let safe = asked.met(seen[asked.cell].lower, seen[asked.cell].upper);
            prop_assert_eq!(finding.verdict == Verdict::Safe, safe, "{:?} {:?}", finding, seen[asked.cell]);
            for certificate in &finding.certificates {
                let whole = seen[asked.cell];
                if certificate.lower {
                    prop_assert!(certificate.bound <= whole.lower);
                } else {
                    prop_assert!(certificate.bound >= whole.upper.min(24));
                }
            }
        }
    }

    /// Of all patterns of withheld cells that leave every small count open, tried one by one, none
    /// is cheaper than the one called optimal, and that one is safe.
    #[test]
    fn suppression_is_the_cheapest_there_is(counts in prop::collection::vec(0_i64..9, 4)) {
        let linked = crossed(&[2, 2], &counts, &rule());
        let system = &linked.system;
        let exact: Vec<Shown> = system
            .counts()
            .map(|count| Shown::Number { value: count, reads: Bounds::exactly(count) })
            .collect();
        let requirements = linked.requirements(&rule(), false);
        let small: Vec<usize> = (0..linked.len())
            .filter(|cell| rule().is_small(system.cells()[*cell].count))
            .collect();
        let found = suppress(system, &exact, &[], &requirements, &small, &SuppressionOptions::default());
        let free: Vec<usize> = (0..linked.len())
            .filter(|cell| system.cells()[*cell].count > 0 && !small.contains(cell))
            .collect();
        let cost = |pattern: u32| -> i64 {
            let withheld = free.iter().enumerate().filter(|(bit, _)| pattern >> bit & 1 == 1);
            withheld.map(|(_, cell)| system.cells()[*cell].count).sum()
        };
        // The cheapest first: the first that is safe is the cheapest.
        let mut patterns: Vec<u32> = (0..1 << free.len()).collect();
        patterns.sort_by_key(|pattern| cost(*pattern));
        let mut best: Option<i64> = None;
        for pattern in patterns {
            let mut withheld = vec![false; system.cells().len()];
            for cell in &small {
                withheld[*cell] = true;
            }
            for (bit, cell) in free.iter().enumerate() {
                withheld[*cell] = pattern >> bit & 1 == 1;
            }
            let bounds: Vec<Bounds> = system
                .cells()
                .iter()
                .zip(&withheld)
                .map(|(cell, withheld)| match (cell.role, withheld) {
                    (Role::Published, false) => Bounds::exactly(cell.count),
                    (Role::Published, true) => Bounds { lower: 1, upper: 24 },
                    (Role::Hidden | Role::Empty, _) => Bounds { lower: 0, upper: 24 },
                })
                .collect();
            let mut seen = vec![Bounds { lower: 99, upper: -1 }; system.cells().len()];
            every_table(system, &bounds, |table| {
                for (own, count) in seen.iter_mut().zip(table) {
                    own.lower = own.lower.min(*count);
                    own.upper = own.upper.max(*count);
                }
            });
            let safe = requirements
                .iter()
                .all(|asked| asked.met(seen[asked.cell].lower, seen[asked.cell].upper));
            if safe {
                best = Some(cost(pattern));
                break;
            }
        }
        prop_assert_eq!(found.audit.passed(), best.is_some());
        if let Some(best) = best {
            prop_assert_eq!(found.quality, Quality::Optimal, "{:?}", found.blocks);
            prop_assert_eq!(found.cost, best);
        }
    }

    /// No additive table between the multiples is nearer; where none lies between them the
    /// rounding says how many cells went further.
    #[test]
    fn rounding_is_the_best_there_is(
        counts in prop::collection::vec(0_i64..30, 8),
        three in any::<bool>(),
        base in prop::sample::select(vec![3_i64, 5, 10]),
    ) {
        let sizes: &[usize] = if three { &[2, 2, 2] } else { &[2, 4] };
        let linked = crossed(sizes, &counts, &rule());
        let system = &linked.system;
        let options = RoundingOptions { base: base as u32, ..RoundingOptions::default() };
        let rounded = round(system, &options, &[]).unwrap();
        prop_assert!(system.adds_up(&rounded.numbers));
        prop_assert!(rounded.numbers.iter().all(|n| n % base == 0 && *n >= 0));
        let bounds: Vec<Bounds> = system
            .counts()
            .map(|count| Bounds { lower: count / base, upper: (count + base - 1) / base })
            .collect();
        let mut best: Option<i64> = None;
        every_table(system, &bounds, |table| {
            let distance = table.iter().zip(system.counts()).map(|(t, c)| (t * base - c).abs()).sum();
            best = Some(best.map_or(distance, |best: i64| best.min(distance)));
        });
        if !three {
            prop_assert!(best.is_some());
        }
        if let Some(best) = best {
            prop_assert_eq!(rounded.steps, 0);
            prop_assert!(rounded.distance >= best);
            if rounded.quality == Quality::Optimal {
                prop_assert_eq!(rounded.distance, best);
            }
            if !three {
                prop_assert_eq!(rounded.quality, Quality::Optimal);
            }
        } else {
            prop_assert!(rounded.steps > 0);
        }
    }

    /// The draws of the unbiased variant keep the sums as well.
    #[test]
    fn unbiased_rounding_adds_up(counts in prop::collection::vec(0_i64..30, 6), seed in any::<u64>()) {
        let linked = crossed(&[2, 3], &counts, &rule());
        let options = RoundingOptions { base: 5, seed, unbiased: true };
        let rounded = round(&linked.system, &options, &[]).unwrap();
        prop_assert!(linked.system.adds_up(&rounded.numbers));
        prop_assert_eq!(rounded.steps, 0);
        prop_assert_eq!(&rounded, &round(&linked.system, &options, &[]).unwrap());
    }
}
