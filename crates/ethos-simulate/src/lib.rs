//! A country with known truth in the shipped layouts, and the scoring of a run against that truth.
