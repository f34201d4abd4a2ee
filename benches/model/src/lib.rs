//! Model programs: what the engine's search is measured and judged by, without any front-end.
//!
//! A [`Program`](program::Program) runs on the engine in a [`Machine`](machine::Machine);
//! [`searching`] drives a search and counts classes and results.

pub mod classes;
pub mod generator;
pub mod laws;
pub mod local;
pub mod machine;
pub mod minimiser;
pub mod preemptions;
pub mod program;
pub mod programs;
pub mod reference;
pub mod searching;
