//! Stretches of rows whose values stand in the column beside their own: a cell too many or too few in an export
//! moves all that is behind it.

use ethos_model::finding::RuleCode;

use crate::mend::Shifted;
use crate::rules::Observation;

/// Rows between two of a stretch at most: those in between are not looked at, or show nothing.
const GAP: u64 = 50;

/// Rows from which a stretch is one; a few rows are single mistakes.
const ROWS: u64 = 10;

/// Ranges of rows kept; with more the file is no row here and there aside.
const RANGES: usize = 100_000;

/// Which way the values of a row stand.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub enum Way {
    /// A column to the right.
    Right,
    /// A column to the left.
    Left,
    /// Two columns under each other's heading.
    Crossed,
}

impl Way {
    /// Which way the values of a row stand.
    pub(crate) fn of(seen: Shifted) -> Self {
        if seen.right >= 2 * seen.left {
            Self::Right
        } else if seen.left >= 2 * seen.right {
            Self::Left
        } else {
            Self::Crossed
        }
    }

    /// What is seen of a row whose values stand so.
    pub(crate) fn seen(self) -> Observation {
        match self {
            Self::Right | Self::Left => Observation::RowShifted,
            Self::Crossed => Observation::RowCrossed,
        }
    }
}

/// A stretch of rows whose values stand in the column beside their own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shift {
    /// Which way they stand.
    pub way: Way,
    /// Number of the first column whose values stand elsewhere, 1 for the first.
    pub column: u32,
    /// Its name in the layout; empty where it has none.
    pub name: String,
    /// The rule that tells of each of its rows; `None` where none does.
    pub rule: Option<RuleCode>,
    /// The rows, as ranges from and to, in order; never empty.
    rows: Vec<(u64, u64)>,
}

impl Shift {
    /// The first of its rows.
    pub fn from(&self) -> u64 {
        self.rows[0].0
    }

    /// The last of them.
    pub fn to(&self) -> u64 {
        self.rows[self.rows.len() - 1].1
    }

    /// How many rows it has.
    pub fn count(&self) -> u64 {
        self.rows.iter().map(|(from, to)| to - from + 1).sum()
    }

    /// Whether it goes on to the end of a file with this last row.
    pub fn reaches(&self, last: u64) -> bool {
        self.to() + GAP >= last
    }

    /// Whether a cell is one of those that stand elsewhere, or where others do.
    pub fn has(&self, row: u64, column: u32) -> bool {
        let last = match self.way {
            Way::Crossed => self.column + 1,
            Way::Right | Way::Left => u32::MAX,
        };
        self.has_row(row) && (self.column..=last).contains(&column)
    }

    /// Whether a row is one of those whose values stand elsewhere.
    pub fn has_row(&self, row: u64) -> bool {
        let before = self.rows.partition_point(|(_, to)| *to < row);
        self.rows.get(before).is_some_and(|(from, _)| *from <= row)
    }
}

/// Rows that are shifted, in order, while a file is read.
#[derive(Clone, Default)]
pub(crate) struct Shifts {
    ranges: Vec<Range>,
}

#[derive(Clone)]
struct Range {
    way: Way,
    /// Position of the first column.
    at: usize,
    from: u64,
    to: u64,
}

impl Shifts {
    /// Takes a row that is shifted.
    pub(crate) fn take(&mut self, row: u64, seen: Shifted) {
        self.add(Range {
            way: Way::of(seen),
            at: seen.from,
            from: row,
            to: row,
        });
    }

    fn add(&mut self, next: Range) {
        let room = self.ranges.len() < RANGES;
        match self.ranges.last_mut() {
            Some(last) if last.way == next.way && last.to + 1 == next.from => {
                last.to = next.to;
                last.at = last.at.min(next.at);
            }
            _ if room => self.ranges.push(next),
            _ => {}
        }
    }

    /// Adds those of rows that follow.
    pub(crate) fn merge(&mut self, next: Self) {
        for range in next.ranges {
            self.add(range);
        }
    }

    /// The stretches, by their first row; `name` gives the name of the column at a position, `rule` the one
    /// that tells what was seen.
    pub(crate) fn finish<'n>(
        self,
        name: impl Fn(usize) -> Option<&'n str>,
        rule: impl Fn(Observation) -> Option<RuleCode>,
    ) -> Vec<Shift> {
        let mut list: Vec<Shift> = Vec::new();
        for Range { way, at, from, to } in self.ranges {
            let column = at as u32 + 1;
            let open = list.iter_mut().rev().find(|shift| shift.way == way);
            match open {
                Some(shift) if from - shift.to() <= GAP => {
                    shift.rows.push((from, to));
                    shift.column = shift.column.min(column);
                }
                _ => list.push(Shift {
                    way,
                    column,
                    name: String::new(),
                    rule: rule(way.seen()),
                    rows: vec![(from, to)],
                }),
            }
        }
        list.retain(|shift| {
            let count = shift.count();
            count >= ROWS && 3 * count > shift.to() - shift.from()
        });
        for shift in &mut list {
            let name = name(shift.column as usize - 1);
            shift.name.push_str(name.unwrap_or_default());
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(rows: impl IntoIterator<Item = u64>, seen: Shifted) -> Vec<Shift> {
        // In two parts, as two threads read them.
        let (mut first, mut second) = (Shifts::default(), Shifts::default());
        for row in rows {
            let part = if row < 330 { &mut first } else { &mut second };
            part.take(row, seen);
        }
        first.merge(second);
        first.finish(|at| (at == 4).then_some("type_opvang"), |_| None)
    }

    #[test]
    fn a_stretch_of_shifted_rows_is_one() {
        let right = Shifted {
            right: 4,
            left: 1,
            from: 4,
        };
        // Every seventh row shows nothing.
        let list = found((312..=600).filter(|row| row % 7 != 0), right);
        assert_eq!(list.len(), 1);
        let shift = &list[0];
        assert_eq!((shift.way, shift.column), (Way::Right, 5));
        assert_eq!((shift.name.as_str(), shift.count()), ("type_opvang", 248));
        assert_eq!((shift.from(), shift.to()), (312, 600));
        assert!(shift.reaches(601) && !shift.reaches(900));
        assert!(shift.has(313, 9) && shift.has(313, 5));
        // Before it, a row that shows nothing, and a column before the first.
        assert!(!shift.has(311, 9) && !shift.has(315, 9) && !shift.has(313, 4));
        // Rows here and there are none.
        assert!(found((1..=600).step_by(40), right).is_empty());
        assert!(found(312..=320, right).is_empty());
    }

    #[test]
    fn columns_under_each_others_heading_are_two_columns() {
        let crossed = Shifted {
            right: 1,
            left: 1,
            from: 4,
        };
        let list = found((300..=340).step_by(2), crossed);
        assert_eq!((list.len(), list[0].way), (1, Way::Crossed));
        assert!(list[0].has(302, 5) && list[0].has(302, 6) && !list[0].has(302, 7));
    }
}
