//! Extremes of an estimate and its limits over a box of log odds ratios.
//!
//! A fixed grid over the box, then a compass search from the grid points that no neighbour betters
//! (Kolda, Lewis & Torczon 2003, SIAM Review 45:385): it polls both sides of every axis, goes where
//! it is better, and takes shorter steps when nothing is. The estimate need not rise or fall with an
//! odds ratio throughout, so that the corners of the box alone would not do.

use rayon::prelude::*;

use super::report::PanelEstimate;
use crate::report::Status;

/// Largest distance of grid points on a side, on the log odds ratio, where only one is varied.
const SPACING: f64 = 0.1;
/// Most points of the grid of two sides or more.
const MAX_GRID: usize = 729;
/// Most grid points from which an extreme is searched.
const MAX_STARTS: usize = 4;
/// Step at which a search ends. An extreme within the box is flat there: to 1e-9 of its size.
const FINEST: f64 = 2e-5;
/// What a step is divided by when nothing around is better.
const SHRINK: f64 = 4.0;
/// Most polls of one search, per side of the box.
const MAX_POLLS: usize = 200;
/// Relative gain below which a poll is no better: rounding of the limits.
const GAIN: f64 = 1e-11;

/// A side of the box: the log odds ratios of one declared dependence.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    pub(super) low: f64,
    pub(super) high: f64,
}

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Goal {
    /// The smallest estimate.
    Smallest,
    /// The largest estimate.
    Largest,
    /// The smallest lower limit.
    Lower,
    /// The largest upper limit; larger than any where there is none.
    Upper,
}

impl Goal {
    /// Less is better; infinite where there is no such number.
    fn loss(self, found: &PanelEstimate) -> f64 {
        let loss = match self {
            Self::Smallest => found.estimate,
            Self::Largest => found.estimate.map(|n| -n),
            Self::Lower => found.lower,
            Self::Upper if found.status == Status::Unbounded => Some(f64::NEG_INFINITY),
            Self::Upper => found.upper.map(|n| -n),
        };
        loss.unwrap_or(f64::INFINITY)
    }

    /// Puts a point in the place of the best so far if it is better.
    pub(super) fn keep(self, best: &mut Option<Visited>, point: &[f64], found: PanelEstimate) {
        let loss = self.loss(&found);
        let known = best.as_ref().map_or(f64::INFINITY, |b| self.loss(&b.found));
        if loss < known {
            *best = Some(Visited {
                point: point.to_vec(),
                found,
            });
        }
    }
}

/// What can be computed at a point of the box; `None` where it cannot.
pub(super) trait Landscape: Sync {
    /// The estimate, with limits that cost no more.
    fn quick(&self, point: &[f64]) -> Option<PanelEstimate>;
    /// The estimate with the limits that are reported.
    fn full(&self, point: &[f64]) -> Option<PanelEstimate>;
}

/// A point of the box and what the estimate is there.
#[derive(Debug, Clone)]
pub(super) struct Visited {
    pub(super) point: Vec<f64>,
    pub(super) found: PanelEstimate,
}

/// What a search found.
#[derive(Debug, Clone)]
pub(super) struct Extremes {
    /// Where each goal is reached best; none if no point could be computed.
    pub(super) best: [Option<Visited>; 4],
    /// Every corner, with the low end of a side where the bit is 0.
    pub(super) corners: Vec<(Vec<f64>, Option<PanelEstimate>)>,
    /// Points that could not be computed.
    pub(super) failed: Vec<Vec<f64>>,
    /// Points of the grid.
    pub(super) grid: usize,
}

pub(super) const GOALS: [Goal; 4] = [Goal::Smallest, Goal::Largest, Goal::Lower, Goal::Upper];

/// Searches the box. The same on any number of threads: every point is computed on its own, and the
/// points are compared in order.
pub(super) fn search(sides: &[Side], landscape: &impl Landscape) -> Extremes {
    let grid = Grid::new(sides);
    let quick: Vec<Option<PanelEstimate>> = (0..grid.len())
        .into_par_iter()
        .map(|at| landscape.quick(&grid.point(at)))
        .collect();
    let corners: Vec<(Vec<f64>, Option<PanelEstimate>)> = (0..1_usize << sides.len())
        .into_par_iter()
        .map(|corner| {
            let point: Vec<f64> = sides
                .iter()
                .enumerate()
                .map(|(i, side)| {
                    if corner >> i & 1 == 1 {
                        side.high
                    } else {
                        side.low
                    }
                })
                .collect();
            let found = landscape.full(&point);
            (point, found)
        })
        .collect();
    let jobs: Vec<(usize, usize)> = (0..GOALS.len())
        .flat_map(|goal| {
            let starts = grid.starts(&quick, GOALS[goal]);
            starts.into_iter().map(move |start| (goal, start))
        })
        .collect();
    let searched: Vec<(usize, Compass<'_, _>)> = jobs
        .into_par_iter()
        .map(|(goal, start)| {
            let mut compass = Compass::new(GOALS[goal], sides, landscape);
            compass.run(grid.point(start), &grid.spacing);
            (goal, compass)
        })
        .collect();
    let mut best: [Option<Visited>; 4] = [const { None }; 4];
    for (goal, best) in GOALS.iter().zip(&mut best) {
        for (point, found) in corners.iter().filter_map(|(p, f)| Some((p, (*f)?))) {
            goal.keep(best, point, found);
        }
        for (_, compass) in searched.iter().filter(|(at, _)| GOALS[*at] == *goal) {
            if let Some(visited) = &compass.best {
                goal.keep(best, &visited.point, visited.found);
            }
        }
    }
    let mut failed: Vec<Vec<f64>> = quick
        .iter()
        .enumerate()
        .filter(|(_, found)| found.is_none())
        .map(|(at, _)| grid.point(at))
        .collect();
    let missing = corners.iter().filter(|c| c.1.is_none()).map(|c| &c.0);
    for point in missing.chain(searched.iter().flat_map(|(_, c)| &c.failed)) {
        if !failed.contains(point) {
            failed.push(point.clone());
        }
    }
    Extremes {
        best,
        corners,
        failed,
        grid: grid.len(),
    }
}

/// Points at equal distances on every side, its ends included.
struct Grid<'a> {
    sides: &'a [Side],
    /// Points on each side: one where both ends are the same.
    count: Vec<usize>,
    spacing: Vec<f64>,
}

impl<'a> Grid<'a> {
    fn new(sides: &'a [Side]) -> Self {
        let varied = sides.iter().filter(|s| s.high > s.low).count();
        // The most points on a side with which the grid stays within its limit.
        let most = match varied {
            0 | 1 => usize::MAX,
            _ => (2..=MAX_GRID)
                .take_while(|k: &usize| {
                    k.checked_pow(varied as u32)
                        .is_some_and(|points| points <= MAX_GRID)
                })
                .last()
                .unwrap_or(2),
        };
        let count: Vec<usize> = sides
            .iter()
            .map(|side| match side.high - side.low {
                width if width > 0.0 => ((width / SPACING).ceil() as usize + 1).max(3).min(most),
                _ => 1,
            })
            .collect();
        let spacing = sides
            .iter()
            .zip(&count)
            .map(|(side, &count)| (side.high - side.low) / (count.max(2) - 1) as f64)
            .collect();
        Self {
            sides,
            count,
            spacing,
        }
    }

    fn len(&self) -> usize {
        self.count.iter().product()
    }

    fn point(&self, mut at: usize) -> Vec<f64> {
        let mut point = Vec::with_capacity(self.sides.len());
        for ((side, &count), &spacing) in self.sides.iter().zip(&self.count).zip(&self.spacing) {
            let step = at % count;
            at /= count;
            point.push(if step + 1 == count && step > 0 {
                side.high
            } else {
                side.low + step as f64 * spacing
            });
        }
        point
    }

    /// The best points that none beside them on a side betters.
    fn starts(&self, found: &[Option<PanelEstimate>], goal: Goal) -> Vec<usize> {
        let loss = |at: usize| found[at].map_or(f64::INFINITY, |f| goal.loss(&f));
        let mut starts: Vec<usize> = (0..self.len())
            .filter(|&at| loss(at) < f64::INFINITY)
            .filter(|&at| {
                let mut stride = 1;
                self.count.iter().all(|&count| {
                    let step = at / stride % count;
                    let below = step == 0 || loss(at) <= loss(at - stride);
                    let above = step + 1 == count || loss(at) <= loss(at + stride);
                    stride *= count;
                    below && above
                })
            })
            .collect();
        starts.sort_by(|&a, &b| loss(a).total_cmp(&loss(b)).then(a.cmp(&b)));
        starts.truncate(MAX_STARTS);
        starts
    }
}

/// A compass search for one goal from one point.
struct Compass<'a, L> {
    goal: Goal,
    sides: &'a [Side],
    landscape: &'a L,
    best: Option<Visited>,
    failed: Vec<Vec<f64>>,
    polls: usize,
}

impl<'a, L: Landscape> Compass<'a, L> {
    fn new(goal: Goal, sides: &'a [Side], landscape: &'a L) -> Self {
        Self {
            goal,
            sides,
            landscape,
            best: None,
            failed: Vec::new(),
            polls: MAX_POLLS * sides.len(),
        }
    }

    /// Searches from `start`, first in steps of half the grid's `spacing`.
    fn run(&mut self, start: Vec<f64>, spacing: &[f64]) {
        self.visit(start);
        // The end of a slope, as a corner mostly is: no step in from there is better.
        let finest: Vec<f64> = spacing.iter().map(|s| FINEST.min(*s)).collect();
        if !self.poll(&finest) {
            return;
        }
        let mut steps: Vec<f64> = spacing.iter().map(|s| s / 2.0).collect();
        while self.polls > 0 && steps.iter().any(|s| *s > FINEST) {
            if !self.poll(&steps) {
                for step in &mut steps {
                    *step /= SHRINK;
                }
            }
        }
    }

    /// Goes to the better points a step away along each side; whether there was one.
    fn poll(&mut self, steps: &[f64]) -> bool {
        let mut moved = false;
        for (i, side) in self.sides.iter().enumerate() {
            for sign in [1.0, -1.0] {
                let Some(here) = &self.best else {
                    return moved;
                };
                let mut point = here.point.clone();
                point[i] = (point[i] + sign * steps[i]).clamp(side.low, side.high);
                if point[i] != here.point[i] && self.polls > 0 {
                    moved |= self.visit(point);
                }
            }
        }
        moved
    }

    /// Computes a point and keeps it if it is better; whether it was.
    fn visit(&mut self, point: Vec<f64>) -> bool {
        self.polls = self.polls.saturating_sub(1);
        let found = match self.goal {
            Goal::Smallest | Goal::Largest => self.landscape.quick(&point),
            Goal::Lower | Goal::Upper => self.landscape.full(&point),
        };
        let Some(found) = found else {
            self.failed.push(point);
            return false;
        };
        let loss = self.goal.loss(&found);
        let better = self.best.as_ref().is_none_or(|best| {
            let known = self.goal.loss(&best.found);
            loss < known && (known == f64::INFINITY || loss < known - GAIN * known.abs())
        });
        if better {
            self.best = Some(Visited { point, found });
        }
        better
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An estimate given by a formula, with limits 10 below and above it; none where it is not finite.
    struct Formula<F>(F);

    impl<F: Fn(&[f64]) -> f64 + Sync> Landscape for Formula<F> {
        fn quick(&self, point: &[f64]) -> Option<PanelEstimate> {
            let n = (self.0)(point);
            n.is_finite()
                .then(|| PanelEstimate::new(n, None, (n - 10.0, n + 10.0)))
        }

        fn full(&self, point: &[f64]) -> Option<PanelEstimate> {
            self.quick(point)
        }
    }

    fn side(low: f64, high: f64) -> Side {
        Side { low, high }
    }

    fn value(extremes: &Extremes, goal: Goal) -> f64 {
        let found = extremes.best[goal as usize].as_ref().expect("a point");
        match goal {
            Goal::Smallest | Goal::Largest => found.found.estimate,
            Goal::Lower => found.found.lower,
            Goal::Upper => found.found.upper,
        }
        .expect("a number")
    }

    /// A bowl whose axes lie across the sides: its bottom is inside, its top at a corner.
    #[test]
    fn a_bowl_across_the_sides() {
        for d in 1..=8 {
            let bowl = Formula(|x: &[f64]| {
                let square: f64 = x.iter().map(|x| (x - 0.3).powi(2)).sum();
                let across: f64 = x.iter().map(|x| x - 0.3).sum();
                1000.0 + square + across * across
            });
            let sides = vec![side(-1.0, 1.2); d];
            let found = search(&sides, &bowl);
            assert!(
                (value(&found, Goal::Smallest) - 1000.0).abs() < 1e-6,
                "{d} sides"
            );
            assert!(
                (value(&found, Goal::Lower) - 990.0).abs() < 1e-6,
                "{d} sides"
            );
            let n = d as f64;
            let top = 1000.0 + 1.69 * (n + n * n);
            assert!(
                (value(&found, Goal::Largest) - top).abs() < 1e-9,
                "{d} sides"
            );
            assert!(
                (value(&found, Goal::Upper) - top - 10.0).abs() < 1e-9,
                "{d} sides"
            );
            assert_eq!((found.corners.len(), found.failed.len()), (1 << d, 0));
            assert!(found.grid <= MAX_GRID);
        }
    }

    /// Of several hollows the deepest.
    #[test]
    fn the_deepest_of_several_hollows() {
        let waves = Formula(|x: &[f64]| 100.0 + (3.0 * x[0]).sin() + 0.01 * x[0]);
        let found = search(&[side(-6.9, 6.9)], &waves);
        // cos 3x = −0.01/3 in the hollow nearest to the low end, where 3x is near −π/2 − 6π.
        let x = (-6.5 * std::f64::consts::PI - (0.01_f64 / 3.0).asin()) / 3.0;
        let want = 100.0 + (3.0 * x).sin() + 0.01 * x;
        assert!((value(&found, Goal::Smallest) - want).abs() < 1e-8);
    }

    /// What cannot be computed is told, on the grid and beside it.
    #[test]
    fn holes_are_told() {
        let hole = |x: &[f64]| if x[0].abs() < 0.04 { f64::NAN } else { 5.0 };
        let found = search(&[side(-1.0, 1.0)], &Formula(hole));
        assert_eq!(found.failed, [vec![0.0]]);
        let nowhere = search(&[side(-1.0, 1.0); 2], &Formula(|_: &[f64]| f64::NAN));
        assert!(nowhere.best.iter().all(Option::is_none));
        assert_eq!(nowhere.failed.len(), nowhere.grid);
    }

    /// A side of no width is one point, and no side is one point too.
    #[test]
    fn sides_without_width() {
        let plane = Formula(|x: &[f64]| 50.0 + x.iter().sum::<f64>());
        let found = search(&[side(0.5, 0.5), side(0.0, 1.0)], &plane);
        assert_eq!(found.grid, 11);
        assert!((value(&found, Goal::Largest) - 51.5).abs() < 1e-12);
        let none = search(&[], &plane);
        assert_eq!((none.grid, none.corners.len()), (1, 1));
        assert_eq!(value(&none, Goal::Smallest), 50.0);
    }
}
