//! The numeric core: tables, margins, factorisation, Newton. No allocation in loops.

pub(crate) mod cholesky;
pub(crate) mod lanes;
pub(crate) mod margins;
pub(crate) mod math;
pub(crate) mod newton;
pub(crate) mod rows;
