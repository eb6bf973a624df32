//! Secondary suppression: no withheld cell is the only unknown of a sum.
//!
//! The rule works on bare sums, `total = part + part + … + rest`, where the rest is what is not
//! published. It is applied in the order of the sums until nothing changes, so its result is
//! the same on every machine. It only ever withholds more, hence it ends.

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
/// Of a sum whose total is shown, the unknown parts (the withheld ones and the unpublished rest)
/// must be two or more and hold at least `threshold` persons together; else the smallest shown
/// part that is not zero is withheld too, the first of equals, and the total when there is no
/// such part. Of a sum whose total is withheld at least one part must be unknown.
///
/// ```
/// use ethos_publish::protect::secondary::{Cell, Relation, Shown, close};
/// let cell = |persons, shown| Cell { persons, shown };
/// // 60 = 7 + 13 + 40, the 7 withheld: 13 must go as well.
/// let mut cells = vec![
///     cell(60, Shown::Shown),
///     cell(7, Shown::Small),
///     cell(13, Shown::Shown),
///     cell(40, Shown::Shown),
/// ];
/// close(&mut cells, &[Relation::Sum { total: 0, parts: vec![1, 2, 3] }], 10);
/// assert_eq!(cells[2].shown, Shown::Secondary);
/// assert_eq!(cells[3].shown, Shown::Shown);
/// ```
pub fn close(cells: &mut [Cell], relations: &[Relation], threshold: u64) {
    loop {
        let mut changed = false;
        for relation in relations {
            while let Some(cell) = next(cells, relation, threshold) {
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
fn next(cells: &[Cell], relation: &Relation, threshold: u64) -> Option<usize> {
    let withheld = |at: &usize| cells[*at].shown.is_withheld();
    match relation {
        Relation::Bounds { count, bounds } => withheld(count)
            .then(|| bounds.iter().copied().find(|at| cells[*at].persons > 0 && !withheld(at)))
            .flatten(),
        Relation::Sum { total, parts } => {
            let all: u64 = parts.iter().map(|at| cells[*at].persons).sum();
            let rest = cells[*total].persons.saturating_sub(all);
            let (mut unknown, mut held) = (u64::from(rest > 0), rest);
            for at in parts.iter().filter(|at| withheld(at)) {
                unknown += 1;
                held += cells[*at].persons;
            }
            let smallest = || {
                let shown = parts.iter().copied().filter(|at| !withheld(at) && cells[*at].persons > 0);
                shown.min_by_key(|at| cells[*at].persons)
            };
            if withheld(total) {
                return if unknown == 0 { smallest() } else { None };
            }
            let safe = unknown == 0 || (unknown > 1 && held >= threshold);
            // A rest that alone is large enough is no secret: nobody was promised its size.
            let open = unknown == 1 && rest >= threshold.max(1);
            if safe || open {
                return None;
            }
            smallest().or((cells[*total].persons > 0).then_some(*total))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const T: u64 = 10;

    fn cells(persons: &[u64]) -> Vec<Cell> {
        persons
            .iter()
            .map(|&persons| Cell {
                persons,
                shown: if persons > 0 && persons < T { Shown::Small } else { Shown::Shown },
            })
            .collect()
    }

    fn withheld(persons: &[u64], sums: &[(usize, &[usize])]) -> Vec<usize> {
        let mut cells = cells(persons);
        let relations: Vec<Relation> = sums
            .iter()
            .map(|(total, parts)| Relation::Sum { total: *total, parts: parts.to_vec() })
            .collect();
        close(&mut cells, &relations, T);
        (0..cells.len()).filter(|at| cells[*at].shown.is_withheld()).collect()
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
    fn zeros_do_not_hide_anyone_so_the_total_goes() {
        // A secondary cell of 30 is the whole of its total.
        let mut cells = cells(&[30, 30, 0]);
        cells[1].shown = Shown::Secondary;
        close(&mut cells, &[Relation::Sum { total: 0, parts: vec![1, 2] }], T);
        assert_eq!(cells[0].shown, Shown::Secondary);
        assert_eq!(cells[2].shown, Shown::Shown);
    }

    #[test]
    fn two_small_parts_whose_sum_is_small_need_a_third() {
        assert_eq!(withheld(&[53, 1, 2, 50], &[(0, &[1, 2, 3])]), [1, 2, 3]);
        assert_eq!(withheld(&[65, 7, 8, 50], &[(0, &[1, 2, 3])]), [1, 2]);
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
        close(&mut cells, &[Relation::Bounds { count: 0, bounds: vec![1, 2] }], T);
        assert_eq!(cells[1].shown, Shown::Shown);
        assert_eq!(cells[2].shown, Shown::Secondary);
    }

    #[test]
    fn without_a_threshold_nothing_is_withheld() {
        let mut free: Vec<Cell> = [3, 1, 2]
            .map(|persons| Cell { persons, shown: Shown::Shown })
            .to_vec();
        close(&mut free, &[Relation::Sum { total: 0, parts: vec![1] }], 0);
        assert!(free.iter().all(|cell| !cell.shown.is_withheld()));
    }
}
