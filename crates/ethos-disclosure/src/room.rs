//! Among whom the persons of an unpublished rest must be.

use crate::knowledge::NO_LIMIT;

/// Persons that could be in no published part of a total as far as a reader knows.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Room {
    /// Groups that have nobody in common and together hold them.
    pub groups: Vec<RoomGroup>,
}

/// Persons of some places.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RoomGroup {
    /// Cells of which each holds the whole group.
    pub whole: Vec<usize>,
    /// For each place of the group the cells of which each holds whoever is there.
    pub places: Vec<Vec<usize>>,
}

impl Room {
    /// Whether nobody can be there.
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// How many persons could be there at most, given how many could be in each cell.
    pub fn most(&self, upper: impl Fn(usize) -> i64) -> i64 {
        let least = |cells: &[usize]| {
            let uppers = cells.iter().map(|cell| upper(*cell));
            uppers.min().unwrap_or(NO_LIMIT)
        };
        let groups = self.groups.iter().map(|group| {
            let places: i64 = group.places.iter().map(|cells| least(cells)).sum();
            places.min(least(&group.whole))
        });
        groups.sum::<i64>().min(NO_LIMIT)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_group_has_at_most_its_places_and_its_whole() {
        let upper = [9, 4, 7, 100];
        let room = |whole: &[usize], places: &[&[usize]]| Room {
            groups: vec![RoomGroup {
                whole: whole.to_vec(),
                places: places.iter().map(|cells| cells.to_vec()).collect(),
            }],
        };
        assert_eq!(room(&[], &[&[0, 1], &[2]]).most(|at| upper[at]), 4 + 7);
        assert_eq!(room(&[0, 3], &[&[0, 1], &[2]]).most(|at| upper[at]), 9);
        assert_eq!(room(&[], &[&[]]).most(|at| upper[at]), NO_LIMIT);
        let both = Room {
            groups: [room(&[1], &[&[3]]).groups, room(&[], &[&[2]]).groups].concat(),
        };
        assert_eq!(both.most(|at| upper[at]), 4 + 7);
    }
}
