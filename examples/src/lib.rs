//! Workspace examples.
