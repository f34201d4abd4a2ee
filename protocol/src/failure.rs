//! The kinds of failure a check can find.

use core::fmt;

/// What is wrong, by the name that reports and options use.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[cfg_attr(feature = "std", derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema))]
#[cfg_attr(feature = "std", serde(rename_all = "kebab-case"))]
pub enum FailureKind {
    /// Two accesses to one location, one a write, not ordered by happens-before.
    DataRace,
    /// A write or a decision from a stale read, with a result that no serialisable schedule gives.
    AtomicityViolation,
    /// Tasks wait for each other in a circle.
    Deadlock,
    /// A task waits for a notification that was given before it waited.
    LostWakeup,
    /// A task that must end waits, and nothing left can end its wait.
    Hang,
    /// The remaining tasks keep running in a cycle without progress.
    Livelock,
    /// One task is passed over without bound.
    Starvation,
    /// An exception that not every schedule has.
    Exception,
    /// An answer that no sequential order of the calls explains.
    Linearizability,
    /// A lock still held by a task that has ended.
    Leak,
}

impl FailureKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            FailureKind::DataRace => "data-race",
            FailureKind::AtomicityViolation => "atomicity-violation",
            FailureKind::Deadlock => "deadlock",
            FailureKind::LostWakeup => "lost-wakeup",
            FailureKind::Hang => "hang",
            FailureKind::Livelock => "livelock",
            FailureKind::Starvation => "starvation",
            FailureKind::Exception => "exception",
            FailureKind::Linearizability => "linearizability",
            FailureKind::Leak => "leak",
        }
    }
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
