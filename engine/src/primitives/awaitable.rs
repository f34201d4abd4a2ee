//! Something that activities of an event loop wait for: a lock, a queue, a future of the loop's library.
//!
//! The library's own code decides who waits and who goes on, one callback after the other, so nothing
//! here is ever waited for: what happens to it is taken down for the report.

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Action;

/// What is known of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Awaitable {
    holder: Option<TaskId>,
}

impl Awaitable {
    /// Who has it, of a lock.
    #[must_use]
    pub fn holder(&self) -> Option<TaskId> {
        self.holder
    }

    /// This was done in the name of an activity.
    pub fn note(&mut self, unit: TaskId, action: Action) {
        match action {
            Action::MutexAcquire | Action::MutexTry => self.holder = Some(unit),
            Action::MutexRelease => self.holder = None,
            _ => {}
        }
    }
}
