//! Criterion benches; see `docs/benchmarks.md` for what they measure and what they gave.
