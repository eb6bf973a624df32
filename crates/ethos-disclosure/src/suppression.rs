//! Secondary suppression: the cheapest set of further cells to withhold so that no protected
//! count can be worked out.
//!
//! The model is that of Fischetti and Salazar (2001): a binary variable says of each cell whether
//! it is withheld, and of every protected count an attacker's linear programme over everything
//! published must leave enough open. It is solved by cutting planes. A pattern is proposed by the
//! integer programme of the cuts so far (the `microlp` library, branch and bound); every attacker
//! who succeeds against it gives, by the multipliers of the sums, one more inequality that each
//! safe pattern satisfies ([`attacker`]). When no attacker succeeds the pattern is proven the
//! cheapest. The inequalities fall apart into groups without a cell in common, and each group is
//! solved by itself.
//!
//! A large system is solved by places from the top down: the country with its regions, then each
//! region with its municipalities, given what was withheld above. Each such block has its own
//! proof or gap, and the whole has a bound too. An attacker of the linear programme is stronger
//! than nature, who counts in whole persons, and an attacker on one block weaker than one on all;
//! so last of all the whole is audited, and where that finds more, more is withheld.

mod attacker;
mod complete;
mod master;
mod plan;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::audit::{Audit, audit};
use crate::knowledge::{Aside, Bounds, NO_LIMIT, Shown, in_their_rooms};
use crate::rounding::Quality;
use crate::rule::Requirement;
use crate::system::{Role, System};
use attacker::{Attacker, Cut, Outcome};
use master::Master;

/// What withholding a cell costs.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// As many as the persons in it: large figures stay.
    #[default]
    Persons,
    /// One: as few cells as can be.
    Cells,
}

/// How long to look for the cheapest pattern. No clock: the same input gives the same pattern.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SuppressionOptions {
    /// What withholding costs.
    pub loss: Loss,
    /// Rounds of proposing a pattern and attacking it, for each block.
    pub rounds: usize,
    /// Nodes of branch and bound for each integer programme.
    pub nodes: u64,
}

impl Default for SuppressionOptions {
    fn default() -> Self {
        Self {
            loss: Loss::Persons,
            rounds: 60,
            nodes: 2_000,
        }
    }
}

/// How well one block was solved.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct SolvedBlock {
    /// The place whose parts it holds; `None` for the whole system.
    pub place: Option<u32>,
    /// Counts protected in it.
    pub protected: usize,
    /// Cost of what it withholds beside the small counts and what blocks before it withheld.
    pub cost: i64,
    /// No pattern of this block costs less.
    pub bound: i64,
}

impl SolvedBlock {
    /// Whether the pattern is proven the cheapest for the block.
    pub fn is_optimal(&self) -> bool {
        self.cost <= self.bound
    }
}

/// A pattern, and what it leaves to an attacker.
#[derive(Clone, PartialEq, Debug)]
pub struct Suppressed {
    /// What readers see.
    pub shown: Vec<Shown>,
    /// The audit of that.
    pub audit: Audit,
    /// Cost of all cells withheld beside the small ones.
    pub cost: i64,
    /// What is known of how good that is.
    pub quality: Quality,
    /// Block by block, in the order they were solved.
    pub blocks: Vec<SolvedBlock>,
    /// Cells withheld last, because the audit of the whole asked for it.
    pub added: usize,
}

/// Withholds cells until no attacker succeeds. `numbers` is what each cell would read if shown;
/// `primary` are those withheld whatever happens.
///
/// Cells that count nobody are shown, and readers know that. The audit in the answer says whether
/// protection succeeded: with too few cells it cannot.
pub fn suppress(
    system: &System,
    numbers: &[Shown],
    aside: &[Aside],
    requirements: &[Requirement],
    primary: &[usize],
    options: &SuppressionOptions,
) -> Suppressed {
    let mut search = Search::new(system, numbers, aside, requirements, primary, options);
    let plan = plan::of(system, requirements);
    let whole = plan.len() == 1;
    let mut blocks = Vec::new();
    let mut levels: Vec<i64> = Vec::new();
    let mut proven = true;
    for block in &plan {
        let mut excluded = Vec::new();
        let solved = loop {
            let solved = search.block(block, &excluded);
            if !(whole && plan::is_small(system)) || excluded.len() >= options.rounds {
                break solved;
            }
            // Whole persons: a pattern that leaves an attacker of whole tables too much is
            // excluded with all patterns inside it, and the next cheapest is looked for.
            let found = search.audit(&solved.withheld, requirements);
            let outside = search.outside(&solved.withheld);
            if found.passed() || outside.is_empty() {
                break solved;
            }
            excluded.push(Cut::one_of(outside));
        };
        levels.resize(levels.len().max(block.level + 1), 0);
        levels[block.level] += solved.bound;
        proven &= solved.cost <= solved.bound;
        blocks.push(SolvedBlock {
            place: block.place,
            protected: block.asked.len(),
            cost: solved.cost,
            bound: solved.bound,
        });
        search.withheld = solved.withheld;
    }
    let before = search.withheld.iter().filter(|one| **one).count();
    let (shown, audit) = complete::until_safe(&mut search);
    let added = search.withheld.iter().filter(|one| **one).count() - before;
    let cost = search.cost(&search.withheld);
    // Blocks of one level have no cell in common, so what they cost at least adds up.
    let bound = levels.into_iter().max().unwrap_or(0);
    let quality = if cost <= bound || (whole && proven && added == 0) {
        Quality::Optimal
    } else {
        Quality::Gap {
            gap: ((cost - bound) as f64 / cost as f64).clamp(0.0, 1.0),
        }
    };
    Suppressed {
        shown,
        audit,
        cost,
        quality,
        blocks,
        added,
    }
}

/// A block solved.
struct Solved {
    withheld: Vec<bool>,
    cost: i64,
    bound: i64,
}

/// What stays the same while patterns are looked for.
struct Search<'a> {
    system: &'a System,
    numbers: &'a [Shown],
    aside: &'a [Aside],
    requirements: &'a [Requirement],
    options: &'a SuppressionOptions,
    truth: Vec<i64>,
    /// What a reader knows of a cell that is shown.
    seen: Vec<Bounds>,
    /// What a reader knows of a cell that is not.
    open: Vec<Bounds>,
    primary: Vec<bool>,
    /// Withheld so far.
    withheld: Vec<bool>,
}

impl<'a> Search<'a> {
    fn new(
        system: &'a System,
        numbers: &'a [Shown],
        aside: &'a [Aside],
        requirements: &'a [Requirement],
        primary: &[usize],
        options: &'a SuppressionOptions,
    ) -> Self {
        let truth: Vec<i64> = system.counts().collect();
        let mut open: Vec<Bounds> = system
            .cells()
            .iter()
            .map(|cell| match cell.role {
                // Zeros are not withheld.
                Role::Published => Bounds {
                    lower: 1.min(cell.count),
                    upper: NO_LIMIT,
                },
                Role::Hidden | Role::Empty => Bounds::OPEN,
            })
            .collect();
        let mut seen: Vec<Bounds> = system
            .cells()
            .iter()
            .zip(numbers)
            .zip(&open)
            .map(|((cell, shown), open)| match (cell.role, shown) {
                (Role::Published, Shown::Number { reads, .. }) if reads.hold(cell.count) => *reads,
                _ => *open,
            })
            .collect();
        for known in aside {
            if known.bounds.hold(truth[known.cell]) {
                open[known.cell] = open[known.cell].and(known.bounds);
                seen[known.cell] = seen[known.cell].and(known.bounds);
            }
        }
        // As if every count were shown: withholding gives no attacker more than that.
        in_their_rooms(system, &mut seen);
        for (cell, _) in system.rooms() {
            open[cell] = seen[cell];
        }
        let mut marked = vec![false; truth.len()];
        for cell in primary {
            marked[*cell] = true;
        }
        Self {
            system,
            numbers,
            aside,
            requirements,
            options,
            truth,
            seen,
            open,
            withheld: marked.clone(),
            primary: marked,
        }
    }

    /// Whether a cell may be withheld though it is not small.
    fn may(&self, cell: usize) -> bool {
        let own = self.system.cells()[cell];
        own.role == Role::Published && own.count > 0 && !self.primary[cell]
    }

    fn weight(&self, cell: usize) -> i64 {
        match self.options.loss {
            Loss::Persons => self.truth[cell].max(1),
            Loss::Cells => 1,
        }
    }

    /// Cost of a pattern, the small counts apart.
    fn cost(&self, withheld: &[bool]) -> i64 {
        (0..withheld.len())
            .filter(|cell| withheld[*cell] && self.may(*cell))
            .map(|cell| self.weight(cell))
            .sum()
    }

    /// What could still be withheld.
    fn outside(&self, withheld: &[bool]) -> Vec<usize> {
        (0..withheld.len())
            .filter(|cell| !withheld[*cell] && self.may(*cell))
            .collect()
    }

    /// What readers see under a pattern.
    fn shown(&self, withheld: &[bool]) -> Vec<Shown> {
        self.numbers
            .iter()
            .zip(withheld)
            .map(
                |(number, withheld)| {
                    if *withheld { Shown::Withheld } else { *number }
                },
            )
            .collect()
    }

    /// What is known beside that.
    fn known(&self, withheld: &[bool]) -> Vec<Aside> {
        let not_zero = (0..withheld.len())
            .filter(|cell| withheld[*cell] && self.system.cells()[*cell].role == Role::Published)
            .map(|cell| Aside {
                cell,
                bounds: self.open[cell],
            });
        self.aside.iter().copied().chain(not_zero).collect()
    }

    fn audit(&self, withheld: &[bool], requirements: &[Requirement]) -> Audit {
        audit(
            self.system,
            &self.shown(withheld),
            &self.known(withheld),
            requirements,
        )
    }

    /// Cuts until no attacker on the block succeeds, or the rounds are over.
    fn block(&self, block: &plan::Block, excluded: &[Cut]) -> Solved {
        let attacker = Attacker::new(self, block);
        let mut master = Master::new(self.options.nodes);
        for cut in excluded {
            master.add(cut.clone());
        }
        let mut bound = 0;
        let mut safe = vec![None; block.asked.len()];
        for _ in 0..self.options.rounds {
            let proposed = master.solve(|cell| self.weight(cell));
            bound = bound.max(proposed.bound);
            let mut withheld = self.withheld.clone();
            for cell in &proposed.cells {
                withheld[*cell] = true;
            }
            let found = attack(&attacker, &withheld, block, &mut safe);
            let mut fresh = false;
            for cut in found {
                fresh |= master.add(cut);
            }
            if !fresh {
                let cost = proposed.cells.iter().map(|cell| self.weight(*cell)).sum();
                return Solved {
                    withheld,
                    cost,
                    bound,
                };
            }
        }
        // Out of rounds: what each attack asks for, cheapest first.
        let mut withheld = self.withheld.clone();
        for cell in master.solve(|cell| self.weight(cell)).cells {
            withheld[cell] = true;
        }
        loop {
            let before = self.cost(&withheld);
            for cut in attack(&attacker, &withheld, block, &mut safe) {
                cut.satisfy(&mut withheld, |cell| self.weight(cell));
            }
            let cost = self.cost(&withheld);
            if cost == before {
                return Solved {
                    cost: cost - self.cost(&self.withheld),
                    withheld,
                    bound,
                };
            }
        }
    }
}

/// Attacks every count of a block; those that were safe and lost no cell they relied on are safe
/// still.
fn attack(
    attacker: &Attacker<'_>,
    withheld: &[bool],
    block: &plan::Block,
    safe: &mut [Option<Vec<usize>>],
) -> Vec<Cut> {
    let outcomes: Vec<(usize, Outcome)> = block
        .asked
        .par_iter()
        .enumerate()
        .filter(|(at, _)| {
            let relied = safe[*at].as_ref();
            relied.is_none_or(|cells| cells.iter().any(|cell| !withheld[*cell]))
        })
        .map(|(at, asked)| (at, attacker.attack(asked, withheld)))
        .collect();
    let mut cuts = Vec::new();
    for (at, outcome) in outcomes {
        safe[at] = None;
        match outcome {
            Outcome::Cut(cut) => cuts.push(cut),
            Outcome::Safe(relied) => safe[at] = Some(relied),
            Outcome::Open => {}
        }
    }
    cuts
}
