//! What is wrong with an execution, told from its trace.

pub mod atomicity;
pub mod lock_order;
pub mod races;
pub mod waits;
