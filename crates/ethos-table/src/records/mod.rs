//! The shared records as tables, and back: one module a table.
