//! What is wrong with an execution, told from its trace.

pub mod atomicity;
pub mod lock_order;
mod objects;
pub mod races;
pub mod waits;
