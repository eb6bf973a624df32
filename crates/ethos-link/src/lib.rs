//! Spells in, person ids out: exact keys first.
