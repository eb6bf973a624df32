//! What is resampled together: persons, households, and the same persons in several years.

pub(crate) mod cluster;
pub(crate) mod effect;
pub(crate) mod persons;
pub(crate) mod sampler;
