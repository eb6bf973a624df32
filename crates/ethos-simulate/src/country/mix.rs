//! The people in the scope by sex, age, origin and place: a table raked to the published
//! margins, so that every reference date has them to the person.

use ethos_model::attribute::{Origin, Sex};

use crate::assumption::{AGE, ORIGIN, SEX, g4_share};

/// Position in the table of 2 × 3 × 4 × 2 cells.
#[derive(Copy, Clone, PartialEq, Eq, Debug)]
pub(crate) struct Cell(usize);

/// Number of cells.
pub(crate) const CELLS: usize = 48;

impl Cell {
    /// The cell of these attributes; `None` when the age is not in the scope.
    pub(crate) fn of(sex: Sex, age: u8, origin: Origin, g4: bool) -> Option<Self> {
        let sex = SEX.iter().position(|(level, _)| *level == sex)?;
        let age = AGE
            .iter()
            .position(|(first, end, _)| (*first..*end).contains(&age))?;
        let origin = ORIGIN.iter().position(|(level, _)| *level == origin)?;
        Some(Self(((sex * 3 + age) * 4 + origin) * 2 + usize::from(g4)))
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..CELLS).map(Self)
    }

    pub(crate) fn index(self) -> usize {
        self.0
    }

    /// Positions of the levels: sex, age, origin, place.
    fn levels(self) -> [usize; 4] {
        [self.0 / 24, self.0 / 8 % 3, self.0 / 2 % 4, self.0 % 2]
    }

    pub(crate) fn sex(self) -> Sex {
        SEX[self.levels()[0]].0
    }

    /// First age of the band, and the first that no longer is in it.
    pub(crate) fn ages(self) -> (u8, u8) {
        let (first, end, _) = AGE[self.levels()[1]];
        (first, end)
    }

    pub(crate) fn origin(self) -> Origin {
        ORIGIN[self.levels()[2]].0
    }

    pub(crate) fn g4(self) -> bool {
        self.levels()[3] == 1
    }

    /// Levels of the strata that the lists depend on: sex, age, origin in three groups, place.
    pub(crate) fn strata(self) -> [usize; 4] {
        let [sex, age, origin, place] = self.levels();
        [sex, age, origin.saturating_sub(1), place]
    }
}

/// Shares of the cells with the published margins of a year.
///
/// The start of the raking says which levels go together: more people from abroad in the four
/// largest cities, and among the old fewer with a parent from abroad.
pub(crate) fn shares(year: i16) -> [f64; CELLS] {
    let mut table = [0.0; CELLS];
    for cell in Cell::all() {
        let [sex, age, origin, place] = cell.levels();
        let abroad_in_city = [[1.0, 0.7], [1.0, 1.2], [1.0, 1.0], [1.0, 1.4]][origin][place];
        let old_second_generation = if origin == 1 && age == 2 { 0.5 } else { 1.0 };
        let young_woman = if sex == 1 && age == 0 { 1.3 } else { 1.0 };
        table[cell.0] = abroad_in_city * old_second_generation * young_woman;
    }
    let g4 = g4_share(year);
    let ages: f64 = AGE.iter().map(|(_, _, share)| share).sum();
    let targets: [Vec<f64>; 4] = [
        SEX.iter().map(|(_, share)| *share).collect(),
        AGE.iter().map(|(_, _, share)| share / ages).collect(),
        ORIGIN.iter().map(|(_, share)| *share).collect(),
        vec![1.0 - g4, g4],
    ];
    for _ in 0..60 {
        for (dimension, target) in targets.iter().enumerate() {
            let mut margin = vec![0.0; target.len()];
            for cell in Cell::all() {
                margin[cell.levels()[dimension]] += table[cell.0];
            }
            for cell in Cell::all() {
                let level = cell.levels()[dimension];
                table[cell.0] *= target[level] / margin[level];
            }
        }
    }
    table
}

/// Whole persons by cell that add up to `total`: largest remainders, ties by position.
pub(crate) fn persons(total: usize, shares: &[f64; CELLS]) -> [usize; CELLS] {
    let sum: f64 = shares.iter().sum();
    let exact = shares.map(|share| share / sum * total as f64);
    let mut whole = exact.map(|x| x.floor() as usize);
    let mut order: Vec<usize> = (0..CELLS).collect();
    order.sort_by(|a, b| {
        let rest = |at: usize| exact[at] - exact[at].floor();
        rest(*b).total_cmp(&rest(*a)).then(a.cmp(b))
    });
    let missing = total - whole.iter().sum::<usize>();
    for at in order.into_iter().take(missing) {
        whole[at] += 1;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_has_the_levels_it_was_made_of() {
        for cell in Cell::all() {
            let (first, end) = cell.ages();
            for age in [first, end - 1] {
                assert_eq!(
                    Cell::of(cell.sex(), age, cell.origin(), cell.g4()),
                    Some(cell)
                );
            }
        }
        assert_eq!(Cell::of(Sex::Male, 65, Origin::Europe, true), None);
        let cell = Cell::of(Sex::Female, 30, Origin::OutsideEurope, true).unwrap();
        assert_eq!(cell.strata(), [1, 1, 2, 1]);
    }

    #[test]
    fn margins_are_the_published_ones() {
        let cells = persons(33_000, &shares(2024));
        assert_eq!(cells.iter().sum::<usize>(), 33_000);
        let share = |hold: &dyn Fn(Cell) -> bool| {
            let part: usize = Cell::all()
                .filter(|c| hold(*c))
                .map(|c| cells[c.index()])
                .sum();
            part as f64 / 33_000.0
        };
        let near = |found: f64, published: f64| (found - published).abs() < 0.001;
        assert!(near(share(&|c| c.sex() == Sex::Male), 0.83));
        assert!(near(share(&|c| c.ages().0 == 27), 0.604));
        assert!(near(share(&|c| c.origin() == Origin::OutsideEurope), 0.37));
        assert!(near(share(&|c| c.g4()), 0.32));
    }
}
