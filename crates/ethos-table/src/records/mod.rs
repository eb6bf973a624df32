//! The shared records as tables, and back: one module a table.

mod build;
pub mod captures;
pub mod cube;
pub mod estimates;
pub mod findings;
mod level_order;
pub mod links;
pub mod persons;
mod read;
pub mod register;
pub mod spells;
