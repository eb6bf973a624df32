//! How much one person more in a cell adds to the estimate.

use crate::design::Design;
use crate::kernel::newton::{Stop, Workspace, newton, refactor};
use crate::kernel::{cholesky, margins, math};
use crate::support::Support;

/// The population and its derivative by the count of every cell, the model held fixed.
#[derive(Debug, Clone)]
pub(crate) struct Influence {
    /// ∂N/∂y by cell; 1 where a zero margin has taken the cell out of play.
    pub(crate) cells: Vec<f64>,
    /// N.
    pub(crate) population: f64,
}

/// `∂N/∂y = 1 + Σ_s n0_s x_s' G⁻¹ x`, with x the row of the cell, `x_s` that of the unseen cell of stratum s
/// and G the Fisher information: the score equations differentiated by the count.
///
/// N is homogeneous of degree one in the counts, offsets or not, so that Σ y ∂N/∂y = N. `y` has one
/// entry per cell. `None` if the model cannot be fitted.
pub(crate) fn influence(design: &Design, support: &Support, y: &[f64]) -> Option<Influence> {
    let shape = &design.shape;
    let program = &support.program;
    let mut ws = Workspace::default();
    let outcome = newton(shape, program, &support.kept, y, false, &mut ws);
    if outcome.stop != Stop::Converged || !refactor(shape, program, &mut ws) {
        return None;
    }
    let p = program.parameters();
    let covers = |column: u32, cell: usize| margins::covers(shape, column as usize, cell);
    let mut direction = vec![0.0; p];
    let mut population: f64 = y.iter().sum();
    for s in (0..shape.strata).filter(|&s| support.unseen[s]) {
        let cell = shape.cell(s, 0);
        let unseen = math::exp(ws.eta[cell]);
        population += unseen;
        for (d, &c) in direction.iter_mut().zip(&program.columns) {
            if covers(c, cell) {
                *d += unseen;
            }
        }
    }
    cholesky::forward(&ws.gram, p, &mut direction);
    cholesky::backward(&ws.gram, p, &mut direction);
    let mut cells = vec![1.0; shape.cells()];
    for &cell in &support.kept {
        let along: f64 = program
            .columns
            .iter()
            .zip(&direction)
            .filter(|(c, _)| covers(**c, cell as usize))
            .map(|(_, d)| d)
            .sum();
        cells[cell as usize] += along;
    }
    Some(Influence { cells, population })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::Data;
    use crate::formula::{ModelText, parse_model};
    use crate::offset::Offset;
    use crate::table::{CaptureTable, Factor};

    /// N at other counts.
    fn population(design: &Design, support: &Support, y: &[f64]) -> f64 {
        influence(design, support, y).expect("a fit").population
    }

    fn design(table: &CaptureTable, text: &str) -> (Design, Data) {
        let (ModelText::Formula(m) | ModelText::Brackets(m)) =
            parse_model(text, table).expect("a model");
        (Design::new(table.shape(), &m), Data::of(table))
    }

    /// Fourth-order differences of whole fits: with a step of 1/200 of a count (at least 1/20 of a
    /// person) their error is below 1e-8, and fits end within 1e-12.
    #[test]
    fn the_derivative_is_that_of_the_fits() {
        let kosovo = CaptureTable::from_histories(
            ["a", "b", "c", "d"],
            [
                ("1000", 1131),
                ("0100", 845),
                ("0010", 936),
                ("0001", 306),
                ("1100", 177),
                ("1010", 228),
                ("1001", 106),
                ("0110", 217),
                ("0101", 31),
                ("0011", 123),
                ("1110", 181),
                ("1101", 18),
                ("1011", 42),
                ("0111", 32),
                ("1111", 27),
            ],
        )
        .unwrap();
        let held = kosovo
            .with_offsets(&[Offset::from_odds_ratio(["b", "d"], 2.0)])
            .unwrap();
        let mut strata = CaptureTable::builder(["a", "b", "c"], [Factor::new("sex", ["f", "m"])]);
        for (x, counts) in [
            [400, 300, 90, 250, 40, 35, 15],
            [150, 220, 30, 180, 12, 20, 4],
        ]
        .iter()
        .enumerate()
        {
            for (h, &count) in counts.iter().enumerate() {
                strata.add(h as u16 + 1, &[x], count).unwrap();
            }
        }
        let strata = strata.build().unwrap();
        // Nobody is on both c and d: their margin leaves the model, and its cells the fit.
        let thin = CaptureTable::from_histories(
            ["a", "b", "c", "d"],
            [
                ("1000", 113),
                ("0100", 84),
                ("0010", 93),
                ("0001", 30),
                ("1100", 17),
                ("1010", 22),
                ("1001", 10),
                ("0110", 21),
                ("0101", 31),
                ("1110", 18),
                ("1101", 8),
            ],
        )
        .unwrap();
        for (table, text) in [
            (&kosovo, "[123,14,34]"),
            (&held, "[123,14,34]"),
            (&strata, "a*b + c + sex*(a+b+c)"),
            (&thin, "[12,13,34]"),
        ] {
            let (design, data) = design(table, text);
            let reduced = design.reduced_support(&data);
            assert_eq!(reduced.is_some(), std::ptr::eq(table, &raw const thin));
            let support = reduced.as_ref().unwrap_or(&design.full);
            let found = influence(&design, support, &data.y).unwrap();
            let mut total = 0.0;
            for &cell in &support.kept {
                let cell = cell as usize;
                let h = (data.y[cell] / 200.0).max(0.05);
                let at = |steps: f64| {
                    let mut y = data.y.clone();
                    y[cell] += steps * h;
                    population(&design, support, &y)
                };
                let slope = (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * h);
                let error = (found.cells[cell] - slope).abs();
                assert!(
                    error < 1e-7 * slope.abs().max(1.0),
                    "{text}, cell {cell}: {} is not {slope}",
                    found.cells[cell]
                );
                total += data.y[cell] * found.cells[cell];
            }
            assert!((total - found.population).abs() < 1e-9 * total);
        }
    }
}
