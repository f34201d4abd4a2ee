//! An event: a flag that tasks wait for.
//!
//! Setting it wakes every task that waits at that moment, and as in CPython's `Event` they return
//! even if the flag is cleared before they run.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;

/// The state of an event.
#[derive(Clone, Debug, Default)]
pub struct EventFlag {
    set: bool,
    /// By number: as all are woken at once, nobody can tell who came first.
    waiters: Vec<TaskId>,
}

impl EventFlag {
    /// Whether the flag is set.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.set
    }

    /// Starts to wait unless the flag is set; says whether it is.
    pub fn wait(&mut self, task: TaskId) -> bool {
        if !self.set {
            let place = self.waiters.partition_point(|waiter| *waiter < task);
            self.waiters.insert(place, task);
        }
        self.set
    }

    /// Whether the task was woken: it waits no longer.
    #[must_use]
    pub fn is_woken(&self, task: TaskId) -> bool {
        !self.waiters.contains(&task)
    }

    /// Sets the flag and wakes all waiters; says who they were.
    pub fn set(&mut self) -> impl Iterator<Item = TaskId> + '_ {
        self.set = true;
        self.waiters.drain(..)
    }

    /// Clears the flag.
    pub fn clear(&mut self) {
        self.set = false;
    }

    /// Takes a task whose time ran out from the waiters.
    pub fn leave(&mut self, task: TaskId) {
        self.waiters.retain(|waiter| *waiter != task);
    }
}
