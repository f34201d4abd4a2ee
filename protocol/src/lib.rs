//! The words that every part of everyway shares.
//!
//! Rewriter, engine, detectors, witness and report all stand on the trace that is defined here:
//! an [`Operation`](operation::Operation) is what a task announces, an [`Event`](trace::Event) one
//! that was executed, a [`Site`](site::Site) the place in the program's text that it came from,
//! with the reads it used.

#![cfg_attr(not(feature = "std"), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod failure;
pub mod ids;
pub mod objects;
pub mod operation;
#[cfg(feature = "std")]
pub mod report;
pub mod schedule;
pub mod site;
pub mod trace;
