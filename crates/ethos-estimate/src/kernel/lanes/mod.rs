//! Many replicates of one design fitted abreast: lane = replicate.

pub(crate) mod elementary;
pub(crate) mod factor;
pub(crate) mod few;
pub(crate) mod fit;
pub(crate) mod means;
pub(crate) mod pair;
pub(crate) mod plan;
pub(crate) mod vector;
