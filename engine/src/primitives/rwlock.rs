//! A readers-writer lock: held by one writer, or by any number of readers.
//!
//! Where readers are preferred, nothing shows that a task waits, so any of those that wait may be next.
//! The other two policies keep a queue, which newcomers respect: there a lock is handed over to those
//! who are next at the moment it is given back, so that no newcomer can come before them.
//! A reader that wants to write as well waits for itself.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::RwLockAction;
use everyway_protocol::operation::{Misuse, Reply};

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// Who comes first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RwLockPolicy {
    /// A reader, whenever no writer holds the lock.
    Readers,
    /// A writer that waits, before any newcomer.
    Writers,
    /// Whoever has waited longest.
    Fair,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Waiter {
    task: TaskId,
    writes: bool,
}

/// The state of a readers-writer lock.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RwLock {
    policy: RwLockPolicy,
    /// In order, each as often as it holds the lock.
    readers: Vec<TaskId>,
    writer: Option<TaskId>,
    queue: Vec<Waiter>,
}

/// The lower half of a gist counts readers from here, so that it can be added to and taken from.
const NOBODY: u64 = 1 << 20;
const WRITTEN: u64 = 1 << 32;
const QUEUED: u64 = 1 << 33;

impl RwLock {
    /// A free lock.
    #[must_use]
    pub fn new(policy: RwLockPolicy) -> RwLock {
        RwLock { policy, readers: Vec::new(), writer: None, queue: Vec::new() }
    }

    fn add_reader(&mut self, task: TaskId) {
        let place = self.readers.partition_point(|reader| *reader <= task);
        self.readers.insert(place, task);
    }

    fn take(&mut self, task: TaskId, writes: bool) -> bool {
        let gist = self.gist();
        let free = if writes { is_free(gist) } else { is_readable(gist) };
        match (free, writes) {
            (true, true) => self.writer = Some(task),
            (true, false) => self.add_reader(task),
            (false, _) => {}
        }
        free
    }

    fn take_or_wait(&mut self, task: TaskId, writes: bool) -> Reply {
        let taken = self.take(task, writes);
        if !taken {
            self.queue.push(Waiter { task, writes });
        }
        Reply::Answer(taken)
    }

    fn release(&mut self, task: TaskId, writes: bool, wake: &mut dyn FnMut(TaskId)) -> Reply {
        if writes && self.writer == Some(task) {
            self.writer = None;
        } else if let Some(place) =
            self.readers.iter().position(|reader| !writes && *reader == task)
        {
            self.readers.remove(place);
        } else {
            return Reply::Misuse(Misuse::LockNotHeld);
        }
        self.hand_over(wake);
        Reply::Done
    }

    /// Gives the lock to those who are next.
    fn hand_over(&mut self, wake: &mut dyn FnMut(TaskId)) {
        while let Some(place) = self.next() {
            let Waiter { task, writes } = self.queue.remove(place);
            if writes {
                self.writer = Some(task);
            } else {
                self.add_reader(task);
            }
            wake(task);
        }
    }

    /// The waiter that can have the lock now.
    fn next(&self) -> Option<usize> {
        if self.writer.is_some() {
            return None;
        }
        let place = match self.policy {
            RwLockPolicy::Fair => 0,
            _ => self.queue.iter().position(|waiter| waiter.writes).unwrap_or(0),
        };
        let waiter = self.queue.get(place)?;
        (!waiter.writes || self.readers.is_empty()).then_some(place)
    }
}

/// Whether a reader can have a lock of this gist at once.
fn is_readable(gist: u64) -> bool {
    gist & (WRITTEN | QUEUED) == 0
}

/// Whether a writer can have a lock of this gist at once.
fn is_free(gist: u64) -> bool {
    gist <= NOBODY
}

impl Model for RwLock {
    type Action = RwLockAction;

    fn role(action: RwLockAction) -> Role {
        match action {
            RwLockAction::ReadAcquire | RwLockAction::WriteAcquire => Role::Wait,
            RwLockAction::Resume => Role::Resume,
            _ => Role::Change,
        }
    }

    fn name(action: RwLockAction) -> &'static str {
        match action {
            RwLockAction::ReadAcquire | RwLockAction::ReadQueue => "read-acquire",
            RwLockAction::WriteAcquire | RwLockAction::WriteQueue => "write-acquire",
            RwLockAction::Resume => "wake",
            RwLockAction::ReadTry => "try-read-acquire",
            RwLockAction::WriteTry => "try-write-acquire",
            RwLockAction::ReadRelease => "read-release",
            RwLockAction::WriteRelease => "write-release",
        }
    }

    fn gist(&self) -> u64 {
        let flag = |set: bool, flag: u64| if set { flag } else { 0 };
        (NOBODY + self.readers.len() as u64)
            | flag(self.writer.is_some(), WRITTEN)
            | flag(!self.queue.is_empty(), QUEUED)
    }

    fn is_enabled(&self, task: TaskId, action: RwLockAction) -> bool {
        match action {
            RwLockAction::ReadAcquire => is_readable(self.gist()),
            RwLockAction::WriteAcquire => is_free(self.gist()),
            RwLockAction::Resume => !self.queue.iter().any(|waiter| waiter.task == task),
            _ => true,
        }
    }

    fn execute(
        &mut self,
        task: TaskId,
        action: RwLockAction,
        wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        match action {
            RwLockAction::ReadAcquire | RwLockAction::ReadTry => {
                Reply::Answer(self.take(task, false))
            }
            RwLockAction::WriteAcquire | RwLockAction::WriteTry => {
                Reply::Answer(self.take(task, true))
            }
            RwLockAction::ReadQueue => self.take_or_wait(task, false),
            RwLockAction::WriteQueue => self.take_or_wait(task, true),
            RwLockAction::Resume => Reply::Answer(true),
            RwLockAction::ReadRelease => self.release(task, false, wake),
            RwLockAction::WriteRelease => self.release(task, true, wake),
        }
    }

    /// It leaves the queue; those behind it may have waited for nothing else.
    fn expire(&mut self, task: TaskId, _action: RwLockAction, wake: &mut dyn FnMut(TaskId)) {
        self.queue.retain(|waiter| waiter.task != task);
        self.hand_over(wake);
    }

    /// That a writer's try fails is a change all the same: whether it does depends on how many readers
    /// there are, which the order of their operations does not tell.
    fn touch(&self, _task: TaskId, action: RwLockAction, gist: u64, touches: &mut Touches<'_>) {
        match action {
            RwLockAction::ReadAcquire => touches.whole(Touch::Increase(1)),
            RwLockAction::ReadTry if !is_readable(gist) => touches.whole(Touch::Read),
            RwLockAction::ReadTry | RwLockAction::ReadQueue if is_readable(gist) => {
                touches.whole(Touch::Increase(1));
            }
            RwLockAction::ReadRelease if gist & QUEUED == 0 => touches.whole(Touch::Increase(-1)),
            RwLockAction::Resume => {}
            _ => touches.whole(Touch::Write),
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        action: RwLockAction,
        _earlier: RwLockAction,
        gist: u64,
    ) -> Reversible {
        match action {
            RwLockAction::ReadAcquire => Reversible::yes_if(is_readable(gist)),
            RwLockAction::WriteAcquire => Reversible::yes_if(is_free(gist)),
            _ => Reversible::Yes,
        }
    }

    fn holder(&self, task: TaskId, action: RwLockAction) -> Option<TaskId> {
        let waiting = self.queue.iter().position(|waiter| waiter.task == task);
        let writes = match (action, waiting) {
            (RwLockAction::WriteAcquire, _) => true,
            (RwLockAction::Resume, Some(place)) => self.queue[place].writes,
            (RwLockAction::Resume, None) => return None,
            _ => false,
        };
        if self.writer.is_some() {
            return self.writer;
        }
        if !writes {
            // It waits behind a writer, which in turn waits for the readers.
            return self.queue.iter().find(|waiter| waiter.writes).map(|waiter| waiter.task);
        }
        let own = self.readers.iter().find(|reader| **reader == task);
        own.or(self.readers.first()).copied()
    }
}
