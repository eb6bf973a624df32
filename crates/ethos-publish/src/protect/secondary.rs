//! Secondary suppression: no sum of published figures tells a withheld cell.
//!
//! The rule works on bare sums, `total = part + part + … + rest`, where the rest is what is not
//! published. It is applied in the order of the sums until nothing changes, so its result is
//! the same on every machine. It only ever withholds more, hence it ends.

use super::threshold::Rule;

/// Whether a cell is shown.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// Shown, rounded.
    Shown,
    /// Withheld because it is small.
    Small,
    /// Withheld to protect another.
    Secondary,
}

impl Shown {
    /// Whether the cell is withheld for either reason.
    pub fn is_withheld(self) -> bool {
        self != Self::Shown
    }
}

/// A count that is published or withheld.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub struct Cell {
    /// Persons.
    pub persons: u64,
    /// Whether it is shown.
    pub shown: Shown,
}

/// Cells that belong together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Relation {
    /// `total` is the sum of `parts` and of persons in no published cell.
    Sum {
        /// The total.
        total: usize,
        /// Its published parts.
        parts: Vec<usize>,
        /// Whether the difference between total and parts is a number of persons. It is not for
        /// figures that add up only nearly; their difference is no secret and hides nobody.
        exact: bool,
    },
    /// Where `count` is withheld, so are these bounds of it unless they are zero.
    Bounds {
        /// The count.
        count: usize,
        /// Its smallest and largest value.
        bounds: Vec<usize>,
    },
}

/// Withholds cells until no relation tells a withheld one.
///
/// Take a sum whose total is shown, and its unknown parts: those withheld and, if the sum is
/// exact, the rest that is published nowhere. From the published, rounded figures anyone can work
/// out between which bounds the unknown parts add up.
///
/// - Where all of them are small, at least half of the numbers that a withheld small count
///   stands for (1 up to the threshold) must remain possible for each.
/// - Where one is large, there must be another beside it, or it must be the rest, whose size
///   nobody was promised.
///
/// Else the smallest shown part that is not zero is withheld too, the first of equals, and the
/// total when there is no such part. Of a sum whose total is withheld at least one part must be
/// unknown. All of this is judged by figures that are published, so that what is withheld tells
/// nothing more.
///
/// ```
/// use ethos_model::study::Disclosure;
/// use ethos_publish::protect::secondary::{Cell, Relation, Shown, close};
/// use ethos_publish::protect::threshold::Rule;
/// let cell = |persons, shown| Cell { persons, shown };
/// let sum = Relation::Sum { total: 0, parts: vec![1, 2, 3], exact: true };
/// // 60 = 7 + 13 + 40, unrounded, the 7 withheld: 13 must go as well.
/// let mut cells = vec![
///     cell(60, Shown::Shown),
///     cell(7, Shown::Small),
///     cell(13, Shown::Shown),
///     cell(40, Shown::Shown),
/// ];
/// let rule = Rule::new(&Disclosure { threshold: 10, base: 1, ..Disclosure::default() });
/// close(&mut cells, &[sum], rule);
/// assert_eq!(cells[2].shown, Shown::Secondary);
/// assert_eq!(cells[3].shown, Shown::Shown);
/// ```
pub fn close(cells: &mut [Cell], relations: &[Relation], rule: Rule) {
    loop {
        let mut changed = false;
        for relation in relations {
            while let Some(cell) = next(cells, relation, rule) {
                cells[cell].shown = Shown::Secondary;
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

/// The cell this relation still asks to withhold.
fn next(cells: &[Cell], relation: &Relation, rule: Rule) -> Option<usize> {
    let withheld = |at: &usize| cells[*at].shown.is_withheld();
    match relation {
        Relation::Bounds { count, bounds } => withheld(count)
            .then(|| {
                bounds
                    .iter()
                    .copied()
                    .find(|at| cells[*at].persons > 0 && !withheld(at))
            })
            .flatten(),
        Relation::Sum {
            total,
            parts,
            exact,
        } => {
            let all: u64 = parts.iter().map(|at| cells[*at].persons).sum();
            let rest = if *exact {
                cells[*total].persons.saturating_sub(all)
            } else {
                0
            };
            let hidden = parts
                .iter()
                .filter(|at| withheld(at))
                .map(|at| cells[*at].persons);
            let unknown: Vec<u64> = hidden.chain((rest > 0).then_some(rest)).collect();
            let smallest = || {
                let shown = parts
                    .iter()
                    .copied()
                    .filter(|at| !withheld(at) && cells[*at].persons > 0);
                shown.min_by_key(|at| cells[*at].persons)
            };
            if withheld(total) {
                return if unknown.is_empty() { smallest() } else { None };
            }
            let safe = if unknown.iter().all(|persons| rule.is_small(*persons)) {
                let shown = parts
                    .iter()
                    .filter(|at| !withheld(at))
                    .map(|at| cells[*at].persons);
                unknown.is_empty() || {
                    let possible = possible(cells[*total].persons, shown, unknown.len(), rule);
                    2 * possible >= rule.threshold().saturating_sub(1)
                }
            } else {
                unknown.len() > 1 || rest > 0
            };
            if safe {
                return None;
            }
            smallest().or((cells[*total].persons > 0).then_some(*total))
        }
    }
}

/// How many of the numbers 1 up to the threshold are possible for each of `unknown` small parts
/// of a total, by what the published figures tell.
fn possible(total: u64, shown: impl Iterator<Item = u64>, unknown: usize, rule: Rule) -> u64 {
    let published = |persons: u64| rule.reads_as(rule.round(persons));
    let (mut lowest, mut highest) = published(total);
    for (first, last) in shown.map(published) {
        lowest = lowest.saturating_sub(last);
        highest = highest.saturating_sub(first);
    }
    // The other unknown parts are at least 1 and, being small, at most `largest` each.
    let others = unknown as u64 - 1;
    let largest = rule.threshold().saturating_sub(1);
    let from = lowest.saturating_sub(others * largest).max(1);
    let to = highest.saturating_sub(others).min(largest);
    (to + 1).saturating_sub(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    use ethos_model::study::Disclosure;

    const T: u64 = 10;

    /// Threshold 10; a base of 1 rounds nothing.
    fn rule(base: u32) -> Rule {
        Rule::new(&Disclosure {
            threshold: T as u32,
            base,
            ..Disclosure::default()
        })
    }

    fn cells(persons: &[u64]) -> Vec<Cell> {
        persons
            .iter()
            .map(|&persons| Cell {
                persons,
                shown: if persons > 0 && persons < T {
                    Shown::Small
                } else {
                    Shown::Shown
                },
            })
            .collect()
    }

    fn withheld(persons: &[u64], sums: &[(usize, &[usize])]) -> Vec<usize> {
        let mut cells = cells(persons);
        let relations: Vec<Relation> = sums
            .iter()
            .map(|(total, parts)| Relation::Sum {
                total: *total,
                parts: parts.to_vec(),
                exact: true,
            })
            .collect();
        close(&mut cells, &relations, rule(1));
        (0..cells.len())
            .filter(|at| cells[*at].shown.is_withheld())
            .collect()
    }

    #[test]
    fn nothing_small_nothing_withheld() {
        assert_eq!(withheld(&[60, 20, 40], &[(0, &[1, 2])]), [0_usize; 0]);
    }

    #[test]
    fn a_single_small_part_takes_the_smallest_shown_with_it() {
        assert_eq!(withheld(&[64, 4, 40, 20], &[(0, &[1, 2, 3])]), [1, 3]);
    }

    #[test]
    fn rounding_may_hide_enough_by_itself() {
        let sum = [Relation::Sum {
            total: 0,
            parts: vec![1, 2, 3],
            exact: true,
        }];
        // 23,000 – 16,200 – 6,795 = 5, each of them 2 up or down: 1–9 stay possible.
        let mut wide = cells(&[23_001, 3, 16_201, 6_797]);
        close(&mut wide, &sum, rule(5));
        assert_eq!(wide[3].shown, Shown::Shown);
        // The same without rounding tells the 3.
        let mut exact = cells(&[23_001, 3, 16_201, 6_797]);
        close(&mut exact, &sum, rule(1));
        assert_eq!(exact[3].shown, Shown::Secondary);
        // 25 – 25 = 0, 2 up or down each: only 1–4 stay possible.
        let narrow = [Relation::Sum {
            total: 0,
            parts: vec![1, 2],
            exact: true,
        }];
        let mut two = cells(&[26, 2, 24]);
        close(&mut two, &narrow, rule(5));
        assert_eq!(two[2].shown, Shown::Secondary);
    }

    #[test]
    fn zeros_do_not_hide_anyone_so_the_total_goes() {
        // A secondary cell of 30 is the whole of its total.
        let mut cells = cells(&[30, 30, 0]);
        cells[1].shown = Shown::Secondary;
        close(
            &mut cells,
            &[Relation::Sum {
                total: 0,
                parts: vec![1, 2],
                exact: true,
            }],
            rule(1),
        );
        assert_eq!(cells[0].shown, Shown::Secondary);
        assert_eq!(cells[2].shown, Shown::Shown);
    }

    #[test]
    fn two_small_parts_whose_sum_is_small_need_a_third() {
        assert_eq!(withheld(&[53, 1, 2, 50], &[(0, &[1, 2, 3])]), [1, 2, 3]);
        // 5 + 8: each can still be 4–9. 8 + 9: each must be 8 or 9.
        assert_eq!(withheld(&[63, 5, 8, 50], &[(0, &[1, 2, 3])]), [1, 2]);
        assert_eq!(withheld(&[67, 8, 9, 50], &[(0, &[1, 2, 3])]), [1, 2, 3]);
    }

    #[test]
    fn an_unpublished_rest_counts_as_unknown() {
        // 100 = 5 + 50 + (45 nowhere): the 5 is not alone.
        assert_eq!(withheld(&[100, 5, 50], &[(0, &[1, 2])]), [1]);
        // 54 = 50 + (4 nowhere): the difference would tell the 4.
        assert_eq!(withheld(&[54, 50], &[(0, &[1])]), [1]);
        // 90 = 50 + (40 nowhere): nothing to protect.
        assert_eq!(withheld(&[90, 50], &[(0, &[1])]), [0_usize; 0]);
    }

    #[test]
    fn sums_that_hold_only_nearly_have_no_rest() {
        let sum = |exact| Relation::Sum {
            total: 0,
            parts: vec![1, 2],
            exact,
        };
        let mut near = cells(&[64, 20, 40]);
        close(&mut near, &[sum(false)], rule(1));
        assert!(near.iter().all(|cell| !cell.shown.is_withheld()));
        close(&mut near, &[sum(true)], rule(1));
        assert_eq!(near[1].shown, Shown::Secondary);
        let mut single = cells(&[90, 4, 40]);
        close(&mut single, &[sum(false)], rule(1));
        assert_eq!(
            single[2].shown,
            Shown::Secondary,
            "a rest of 46 hides nobody"
        );
    }

    #[test]
    fn a_withheld_total_needs_an_unknown_part() {
        // The total is a part of a larger sum in which something small stands beside it.
        let persons = [45, 40, 5, 25, 15];
        let found = withheld(&persons, &[(0, &[1, 2]), (1, &[3, 4])]);
        assert_eq!(found, [1, 2, 4]);
    }

    #[test]
    fn a_table_closes_over_rows_and_columns() {
        // 2 × 3 with margins:        rows a, b; columns x, y, z; one small cell.
        //      x   y   z  all
        // a    4  20  30   54
        // b   50  60  70  180
        // all 54  80 100  234
        let persons = [4, 20, 30, 54, 50, 60, 70, 180, 54, 80, 100, 234];
        let sums: [(usize, &[usize]); 7] = [
            (3, &[0, 1, 2]),
            (7, &[4, 5, 6]),
            (11, &[8, 9, 10]),
            (8, &[0, 4]),
            (9, &[1, 5]),
            (10, &[2, 6]),
            (11, &[3, 7]),
        ];
        assert_eq!(withheld(&persons, &sums), [0, 1, 4, 5]);
    }

    #[test]
    fn bounds_follow_their_count() {
        let mut cells = cells(&[40, 0, 55]);
        cells[0].shown = Shown::Secondary;
        close(
            &mut cells,
            &[Relation::Bounds {
                count: 0,
                bounds: vec![1, 2],
            }],
            rule(1),
        );
        assert_eq!(cells[1].shown, Shown::Shown);
        assert_eq!(cells[2].shown, Shown::Secondary);
    }

    #[test]
    fn without_a_threshold_nothing_is_withheld() {
        let mut free: Vec<Cell> = [3, 1, 2]
            .map(|persons| Cell {
                persons,
                shown: Shown::Shown,
            })
            .to_vec();
        let none = Rule::new(&Disclosure {
            threshold: 0,
            base: 1,
            ..Disclosure::default()
        });
        close(
            &mut free,
            &[Relation::Sum {
                total: 0,
                parts: vec![1],
                exact: true,
            }],
            none,
        );
        assert!(free.iter().all(|cell| !cell.shown.is_withheld()));
    }
}
