//! The event loops of the runtimes: which callbacks a pass can run, and in which order.
//!
//! Each runtime's loop is a model of its own over one system of [difference
//! constraints](constraints): when timers were created, when they fired and what the clock read when
//! the program asked. What a front-end reports is what its loop is told (run this soon, run this
//! later, cancel that); what it asks for are the [options](asyncio::Choice) of the next pass.

pub mod asyncio;
pub mod constraints;

/// A callback that a loop was given: an index into flat vectors, so a front-end numbers them densely
/// and alike in every schedule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct HandleId(pub u32);

impl HandleId {
    const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which durations of the code between two readings of a loop's clock are explored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LoopClock {
    /// Any: a pass runs every batch of timers that some durations of the code explain.
    #[default]
    Legal,
    /// None: code takes no time, and deadlines order everything.
    Exact,
    /// A timer stands for work of unknown length: timers fire in any order, alone or several in a
    /// pass.
    Any,
}
