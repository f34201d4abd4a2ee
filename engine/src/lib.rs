//! The engine chooses.
//!
//! A front-end announces each operation of a task before the task executes it
//! ([`Execution::announce`](execution::Execution::announce)); the engine answers with one
//! [`Directive`](execution::Directive): go on, let another task go on, or this execution is over. All
//! meaning of primitives, time, choice, search and detection is here, once for all languages. The
//! engine has no thread, clock, file or environment: the same announcements and the same seed give
//! the same directives.

#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(any(test, feature = "report"))]
extern crate std;

pub mod clock;
pub mod dependence;
pub mod detectors;
pub mod digest;
pub mod execution;
pub mod exploration;
pub mod footprint;
pub mod happens_before;
pub mod loops;
pub mod orders;
pub mod points;
pub mod primitives;
pub mod ranks;
pub mod strategies;
#[cfg(feature = "report")]
pub mod telling;
pub mod witness;
