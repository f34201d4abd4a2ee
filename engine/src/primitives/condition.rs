//! A condition: tasks that wait for a notification, first come, first served.
//!
//! As in CPython's `Condition`, a waiter whose time ran out stays in the queue until it has its mutex
//! again, and a notification given in between is spent on it.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;

/// Where a waiter stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaiterState {
    /// In the queue.
    Waiting,
    /// Its time ran out; still in the queue.
    Expired,
}

/// The state of a condition.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    inner: bool,
    queue: Vec<(TaskId, WaiterState)>,
}

impl Condition {
    /// A condition for which nobody waits.
    #[must_use]
    pub fn new(inner: bool) -> Condition {
        Condition { inner, queue: Vec::new() }
    }

    /// Whether it is part of a library's object, such as a queue.
    #[must_use]
    pub fn is_inner(&self) -> bool {
        self.inner
    }

    /// Puts a task at the end of the queue.
    pub fn wait(&mut self, task: TaskId) {
        self.queue.push((task, WaiterState::Waiting));
    }

    /// Whether the task was notified: it is no longer in the queue.
    #[must_use]
    pub fn is_notified(&self, task: TaskId) -> bool {
        !self.queue.iter().any(|(waiter, _)| *waiter == task)
    }

    /// Whether the task's time ran out before it was notified.
    #[must_use]
    pub fn is_expired(&self, task: TaskId) -> bool {
        self.queue.contains(&(task, WaiterState::Expired))
    }

    /// Takes so many waiters out of the queue, the longest waiting first, and says who they were.
    pub fn notify(&mut self, count: u32) -> impl Iterator<Item = TaskId> + '_ {
        let count = (count as usize).min(self.queue.len());
        self.queue.drain(..count).map(|(task, _)| task)
    }

    /// How many are in the queue.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Notes that the task's time ran out.
    pub fn expire(&mut self, task: TaskId) {
        for (waiter, state) in &mut self.queue {
            if *waiter == task {
                *state = WaiterState::Expired;
            }
        }
    }

    /// Takes a task whose time ran out from the queue, if a notification has not.
    pub fn leave(&mut self, task: TaskId) {
        self.queue.retain(|(waiter, _)| *waiter != task);
    }

    /// Whether nobody waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }
}
