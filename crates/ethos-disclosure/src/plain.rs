//! Plain tables: columns of codes and a count in, the protected tables out.
//!
//! What an analyst has before any cube: a file with one line a person or a combination of codes.
//! Each table asked for is a set of its columns, crossed with all totals; tables of one request
//! share their margins and are protected as one. A code may stand below another (a municipality
//! in a region), and what was published before is known to the attacker.

mod codes;
mod keyed;
mod published;

use std::collections::BTreeMap;

use serde::Serialize;

pub use keyed::{KeyedTables, TwiceError};
pub use published::{Published, PublishedError, PublishedRow};

use self::codes::{coded, names, variables};
use crate::audit::Audit;
use crate::knowledge::{Aside, Bounds, Shown, guesses};
use crate::rounding::{Quality, RoundingError, RoundingOptions, round_until_safe, stands_for};
use crate::rule::Rule;
use crate::suppression::{SolvedBlock, SuppressionOptions, suppress};
use crate::tables::{Linked, Table, TablesError};
use crate::utility::Utility;
use crate::variable::VariableError;

/// The largest count of a cell, totals included: far enough below [`NO_LIMIT`](crate::NO_LIMIT)
/// that nobody takes a count for a bound that is none.
pub const LARGEST_COUNT: i64 = 5_000_000;

/// The largest number in a published table: a count with room to be rounded up.
pub const LARGEST_NUMBER: i64 = 6_000_000;

/// How counts are protected, and so what a number can stand for.
#[derive(Copy, Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Small counts and the cheapest others withheld; what is shown is exact.
    Suppression,
    /// The same, and what is shown is rounded to the nearest multiple of the base.
    Threshold,
    /// Every count a multiple of the base, sums exact, nothing withheld.
    ControlledRounding,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Rounding base.
    pub base: u32,
    /// Threshold, coalition and how many counts must remain possible.
    pub rule: Rule,
    /// Seed of ties.
    pub seed: u64,
}

/// Columns of codes and how they are put together.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Layout {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// Tables, each by the positions of its columns.
    pub tables: Vec<Vec<usize>>,
    /// By column: codes with the code above each.
    pub hierarchies: BTreeMap<usize, Vec<(String, String)>>,
    /// The code that stands for everyone.
    pub total: String,
}

/// Why tables cannot be made.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum PlainError {
    /// A tree of codes is wrong.
    #[error(transparent)]
    Variable(#[from] VariableError),
    /// The tables do not fit together.
    #[error(transparent)]
    Tables(#[from] TablesError),
    /// No additive rounding.
    #[error(transparent)]
    Rounding(#[from] RoundingError),
    /// A published table is not understood.
    #[error(transparent)]
    Published(#[from] PublishedError),
    /// A count is too large.
    #[error(
        "{cell} counts {count}, more than the 5,000,000 a cell can hold; make tables of parts, such as one a region"
    )]
    TooLarge {
        /// The cell, by its codes.
        cell: String,
        /// Its count.
        count: i64,
    },
}

/// Tables put together.
#[derive(Clone, Debug)]
pub struct Plain {
    linked: Linked,
    layout: Layout,
    rule: Rule,
}

/// A published table, read and audited.
#[derive(Clone, PartialEq, Debug)]
pub struct Checked {
    /// The audit.
    pub outcome: Outcome,
    /// Cells that the table has; the others are taken as withheld.
    pub read: usize,
    /// Cells whose number cannot stand for their count, in words.
    pub wrong: Vec<String>,
}

/// Protected tables with their audit. It holds counts.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Outcome {
    /// `ethos-protect/1`.
    pub schema: &'static str,
    /// Method.
    pub method: Method,
    /// Rounding base; 1 where nothing is rounded.
    pub base: u32,
    /// Cells of all tables, a shared one once.
    pub cells: usize,
    /// Sums between them.
    pub sums: usize,
    /// How near to the best there is.
    pub quality: Quality,
    /// Suppression: block by block.
    pub blocks: Vec<SolvedBlock>,
    /// What it cost the reader.
    pub utility: Utility,
    /// Cells whose number lies a whole base or more from their count, in words: the sums left no
    /// nearer multiple.
    pub beyond: Vec<String>,
    /// Figures published before that contradict the counts of today.
    pub revised: Vec<String>,
    /// Protected counts, in words, in the order of the audit's findings.
    pub labels: Vec<String>,
    /// The audit.
    pub audit: Audit,
    /// What readers see, by cell.
    #[serde(skip)]
    pub shown: Vec<Shown>,
}

impl Outcome {
    /// Whether it may be published.
    pub fn passed(&self) -> bool {
        self.audit.passed()
    }

    /// The first counts that fail, in words, without their numbers.
    pub fn failing(&self, most: usize) -> Vec<&str> {
        self.audit
            .findings
            .iter()
            .zip(&self.labels)
            .filter(|(finding, _)| finding.verdict != crate::audit::Verdict::Safe)
            .map(|(_, label)| label.as_str())
            .take(most)
            .collect()
    }
}

impl Method {
    /// The counts that a number published for `count` can stand for.
    pub fn reads(self, number: i64, count: i64, base: u32, threshold: u32) -> Bounds {
        let base = i64::from(base.max(1));
        match self {
            Self::Suppression => Bounds::exactly(number),
            Self::Threshold if number == 0 => Bounds::exactly(0),
            Self::Threshold => Bounds {
                lower: if number == base { 1 } else { number - base / 2 }.max(i64::from(threshold)),
                upper: number + base / 2,
            },
            Self::ControlledRounding => stands_for(number, count, base),
        }
    }
}

impl Method {
    /// Its name in options and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Suppression => "suppression",
            Self::Threshold => "threshold",
            Self::ControlledRounding => "controlled-rounding",
        }
    }

    /// Why this method made no table with this number, `None` where it is withheld. An attacker who
    /// is told less than the table shows would be thought to know less than they do.
    fn contradicted(self, number: Option<i64>, base: u32) -> Option<String> {
        let base = i64::from(base.max(1));
        match (self, number) {
            (Self::Suppression, _) | (Self::Threshold, None) => None,
            (Self::ControlledRounding, None) => Some("the number is withheld".to_owned()),
            (Self::Threshold | Self::ControlledRounding, Some(number)) => {
                (number % base != 0).then(|| format!("{number} is no multiple of the base {base}"))
            }
        }
    }
}

/// The nearest multiple, ties to the even one; not zero for a count that is not.
fn nearest(count: i64, base: i64) -> i64 {
    let (quotient, rest) = (count / base, count % base);
    let up = match (rest * 2).cmp(&base) {
        std::cmp::Ordering::Less => 0,
        std::cmp::Ordering::Greater => 1,
        std::cmp::Ordering::Equal => quotient % 2,
    };
    let rounded = (quotient + up) * base;
    if count > 0 { rounded.max(base) } else { 0 }
}

impl Plain {
    /// Puts tables together. Lines without a total are added up; a line with the total's code in
    /// a column is a total, which may exceed its parts.
    ///
    /// # Errors
    /// Trees of codes or totals contradict each other, or a count is too large.
    pub fn new(
        layout: Layout,
        rows: &[(Vec<String>, i64)],
        sensitive: &[usize],
        rule: &Rule,
    ) -> Result<Self, PlainError> {
        let variables = variables(&layout, rows.iter().map(|(codes, _)| codes.as_slice()))?;
        let coded: Vec<(Vec<u32>, i64)> = rows
            .iter()
            .map(|(codes, count)| (coded(&variables, codes), *count))
            .collect();
        let tables: Vec<Table> = layout
            .tables
            .iter()
            .map(|columns| {
                let inside = |codes: &[u32]| {
                    codes.iter().all(|code| *code != 0)
                        || (0..codes.len()).all(|at| columns.contains(&at) || codes[at] == 0)
                };
                let names: Vec<&str> = columns.iter().map(|at| variables[*at].name()).collect();
                Table {
                    name: names.join(" × "),
                    variables: columns.clone(),
                    groups_only: Vec::new(),
                    rows: coded
                        .iter()
                        .filter(|(codes, _)| inside(codes))
                        .map(|(codes, count)| {
                            (columns.iter().map(|at| codes[*at]).collect(), *count)
                        })
                        .collect(),
                }
            })
            .collect();
        // Large systems are solved by the column with a hierarchy, such as the place.
        let place = layout.hierarchies.keys().next().copied();
        let linked = Linked::new(variables, &tables, place, sensitive, rule)?;
        let largest = (0..linked.len()).max_by_key(|at| linked.system.cells()[*at].count);
        if let Some(at) = largest {
            let count = linked.system.cells()[at].count;
            if count > LARGEST_COUNT {
                let cell = linked.label(at);
                return Err(PlainError::TooLarge { cell, count });
            }
        }
        Ok(Self {
            linked,
            layout,
            rule: *rule,
        })
    }

    /// Protects the tables and audits them. `earlier` are files that are out already.
    ///
    /// # Errors
    /// No additive rounding was found, or an earlier file is not understood.
    pub fn protect(&self, request: &Request, earlier: &[Published]) -> Result<Outcome, PlainError> {
        let system = &self.linked.system;
        let mut aside = Vec::new();
        let mut before = Vec::new();
        for file in earlier {
            for (cell, number) in file.cells(&self.linked, &self.layout, false)? {
                let Some(number) = number else { continue };
                before.push((cell, number));
                aside.push(file.aside(system, cell, number));
            }
        }
        let withheld = request.method != Method::ControlledRounding;
        let requirements = self.requirements(withheld);
        if !withheld {
            let options = RoundingOptions {
                base: request.base,
                seed: request.seed,
                unbiased: false,
            };
            let (rounded, audit) =
                round_until_safe(system, &options, &before, &aside, &requirements)?;
            let shown = rounded.shown(system);
            return Ok(self.outcome(request, shown, audit, rounded.quality, Vec::new()));
        }
        let base = match request.method {
            Method::Threshold => i64::from(request.base.max(1)),
            _ => 1,
        };
        let numbers: Vec<Shown> = system
            .counts()
            .map(|count| {
                let value = nearest(count, base);
                Shown::Number {
                    value,
                    reads: request
                        .method
                        .reads(value, count, request.base, self.rule.threshold),
                }
            })
            .collect();
        let small = self.small();
        aside.extend(self.guessed());
        let found = suppress(
            system,
            &numbers,
            &aside,
            &requirements,
            &small,
            &SuppressionOptions::default(),
        );
        Ok(self.outcome(
            request,
            found.shown,
            found.audit,
            found.quality,
            found.blocks,
        ))
    }

    /// Audits a file that was protected elsewhere. Cells that are not in it are unknown to the
    /// reader; a number that cannot stand for its count is returned in words, and not believed.
    ///
    /// # Errors
    /// The file or an earlier one is not understood: nothing of it is passed over.
    pub fn audit(
        &self,
        request: &Request,
        file: &Published,
        earlier: &[Published],
    ) -> Result<Checked, PublishedError> {
        let system = &self.linked.system;
        let mut shown = vec![Shown::Withheld; system.cells().len()];
        let mut wrong = Vec::new();
        let mut aside = Vec::new();
        for before in earlier {
            let cells = before.cells(&self.linked, &self.layout, false)?;
            aside.extend(
                cells
                    .into_iter()
                    .filter_map(|(cell, number)| Some(before.aside(system, cell, number?))),
            );
        }
        let cells = file.cells(&self.linked, &self.layout, true)?;
        let read = cells.len();
        for (cell, number) in cells {
            let Some(value) = number else {
                // That somebody is in a withheld cell is known.
                if system.cells()[cell].count > 0 {
                    aside.push(Aside {
                        cell,
                        bounds: Bounds {
                            lower: 1,
                            upper: crate::NO_LIMIT,
                        },
                    });
                }
                continue;
            };
            let count = system.cells()[cell].count;
            let reads = request
                .method
                .reads(value, count, request.base, self.rule.threshold);
            if reads.hold(count) {
                shown[cell] = Shown::Number { value, reads };
            } else {
                wrong.push(self.linked.label(cell));
            }
        }
        let withheld = request.method != Method::ControlledRounding;
        if withheld {
            let hidden = |known: &Aside| shown[known.cell] == Shown::Withheld;
            aside.extend(self.guessed().into_iter().filter(hidden));
        }
        let audit = crate::audit::audit(system, &shown, &aside, &self.requirements(withheld));
        let quality = Quality::Gap { gap: 1.0 };
        Ok(Checked {
            outcome: self.outcome(request, shown, audit, quality, Vec::new()),
            read,
            wrong,
        })
    }

    /// The protected tables as a file: the codes, the number and `seen` or `suppressed`.
    pub fn to_csv(&self, shown: &[Shown]) -> String {
        let mut lines = Vec::with_capacity(self.linked.len());
        for (at, shown) in shown.iter().take(self.linked.len()).enumerate() {
            let Some(codes) = self.linked.codes(at) else {
                continue;
            };
            let (number, status) = match shown {
                Shown::Number { value, .. } => (value.to_string(), "seen"),
                Shown::Withheld => (String::new(), "suppressed"),
            };
            let mut line = self.names(&codes);
            line.extend([number, status.to_owned()]);
            lines.push(line);
        }
        let mut header = self.layout.columns.clone();
        header.extend(["value".to_owned(), "status".to_owned()]);
        published::csv(&header, &lines)
    }

    fn names(&self, codes: &[u32]) -> Vec<String> {
        names(self.linked.variables(), codes, &self.layout.total)
    }

    fn requirements(&self, withheld: bool) -> Vec<crate::Requirement> {
        let mut all = self.rule.small(&self.linked.system, false);
        if !withheld {
            all.extend(&self.linked.groups);
        }
        all
    }

    /// Cells with a small count.
    fn small(&self) -> Vec<usize> {
        (0..self.linked.len())
            .filter(|at| self.rule.is_small(self.linked.system.cells()[*at].count))
            .collect()
    }

    /// Which of the withheld counts are small is not told, but may be guessed.
    fn guessed(&self) -> Vec<Aside> {
        guesses(
            &self.linked.system,
            &self.requirements(true),
            &self.small(),
            self.rule.threshold,
        )
    }

    fn beyond(&self, request: &Request, shown: &[Shown]) -> Vec<String> {
        let base = match request.method {
            Method::Suppression => 1,
            _ => i64::from(request.base),
        };
        let counts = self.linked.system.counts();
        let far = |number: &Shown, count: i64| match number {
            Shown::Number { value, .. } => (value - count).abs() >= base,
            Shown::Withheld => false,
        };
        (0..self.linked.len())
            .zip(shown.iter().zip(counts))
            .filter(|(_, (number, count))| far(number, *count))
            .map(|(at, _)| self.linked.label(at))
            .collect()
    }

    fn outcome(
        &self,
        request: &Request,
        shown: Vec<Shown>,
        audit: Audit,
        quality: Quality,
        blocks: Vec<SolvedBlock>,
    ) -> Outcome {
        let system = &self.linked.system;
        Outcome {
            schema: "ethos-protect/1",
            method: request.method,
            base: if request.method == Method::Suppression {
                1
            } else {
                request.base
            },
            cells: self.linked.len(),
            sums: system.relations().len(),
            quality,
            blocks,
            utility: Utility::of(system, &shown),
            beyond: self.beyond(request, &shown),
            revised: audit
                .revised
                .iter()
                .map(|aside| self.linked.label(aside.cell))
                .collect(),
            labels: audit
                .findings
                .iter()
                .map(|finding| self.linked.label(finding.requirement.cell))
                .collect(),
            audit,
            shown,
        }
    }
}

#[cfg(test)]
mod tests;
