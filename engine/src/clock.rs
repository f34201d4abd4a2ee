//! How virtual time passes.

/// Which orders of timers and of the code between them are explored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ClockMode {
    /// Running code may take any time: a sleep orders nothing, and a timed wait expires only when
    /// all that is left sleeps or waits with a time.
    #[default]
    Legal,
    /// Running code takes no time: deadlines order everything.
    Exact,
    /// A timer stands for work of unknown length: a timed wait that can't go on may expire at any
    /// moment.
    Any,
}
