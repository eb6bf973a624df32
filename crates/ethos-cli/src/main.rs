//! The `ethos` command.
fn main() {}
