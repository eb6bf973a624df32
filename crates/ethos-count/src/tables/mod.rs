//! Rows of the publication cube from counted persons and coverage.

mod coverage;
mod crossed;
mod crosstab;
mod flows;
mod household;
mod moves;
mod national;
mod places;
mod regional;
mod rows;

pub use coverage::{Coverage, Gap};
pub(crate) use coverage::{at_date, spoken};
pub(crate) use crosstab::Crosstab;
pub(crate) use flows::by_flow;
pub(crate) use moves::{Stock, by_move};
pub(crate) use rows::{Rows, cube_rows};
