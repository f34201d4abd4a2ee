//! The objects of a state, by value.

use crate::program::{ENTRIES, Kind};

/// How many tasks a program may have.
pub(super) const TASKS: usize = 7;

/// What an entry holds that is not there.
pub(super) const ABSENT: i64 = i64::MIN;

/// Nobody.
pub(super) const NOBODY: u8 = u8::MAX;

/// Waiting tasks, the first to be notified first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    tasks: [u8; TASKS],
    length: u8,
}

impl Queue {
    pub(super) fn push(&mut self, task: u8) {
        self.tasks[self.length as usize] = task;
        self.length += 1;
    }

    pub(super) fn has(&self, task: u8) -> bool {
        self.tasks[..self.length as usize].contains(&task)
    }

    pub(super) fn remove(&mut self, task: u8) {
        let Some(at) = self.tasks[..self.length as usize].iter().position(|own| *own == task)
        else {
            return;
        };
        self.tasks.copy_within(at + 1.., at);
        self.length -= 1;
        // So that equal queues are equal states.
        self.tasks[self.length as usize] = NOBODY;
    }

    pub(super) fn remove_first(&mut self, count: u32) {
        for _ in 0..count.min(u32::from(self.length)) {
            self.remove(self.tasks[0]);
        }
    }
}

/// An object.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Object {
    Number(i64),
    Container([i64; ENTRIES]),
    Mutex { reentrant: bool, holder: u8, depth: u8 },
    Semaphore { permits: u32, most: u32 },
    Condition(Queue),
    Event { set: bool, waiters: Queue },
}

impl Object {
    pub(super) fn new(kind: Kind) -> Object {
        let queue = Queue { tasks: [NOBODY; TASKS], length: 0 };
        let mutex = |reentrant| Object::Mutex { reentrant, holder: NOBODY, depth: 0 };
        match kind {
            Kind::Cell(value) | Kind::Atomic(value) => Object::Number(value),
            Kind::Container => Object::Container([ABSENT; ENTRIES]),
            Kind::Mutex => mutex(false),
            Kind::ReentrantMutex => mutex(true),
            Kind::Semaphore(permits) => Object::Semaphore { permits, most: u32::MAX },
            Kind::BoundedSemaphore(permits) => Object::Semaphore { permits, most: permits },
            Kind::Condition => Object::Condition(queue),
            Kind::Event => Object::Event { set: false, waiters: queue },
        }
    }

    /// Whether this task could take the mutex.
    pub(super) fn is_free_for(&self, task: u8) -> bool {
        match *self {
            Object::Mutex { reentrant, holder, .. } => {
                holder == NOBODY || reentrant && holder == task
            }
            _ => false,
        }
    }

    /// The task takes the mutex so many times, if it can.
    pub(super) fn acquire(&mut self, task: u8, times: u8) -> bool {
        let free = self.is_free_for(task);
        if let Object::Mutex { holder, depth, .. } = self
            && free
        {
            *holder = task;
            *depth += times;
        }
        free
    }

    /// The task gives the mutex back; whether it may.
    pub(super) fn release(&mut self, task: u8) -> bool {
        let Object::Mutex { reentrant, holder, depth } = self else { return false };
        if *holder == NOBODY || *reentrant && *holder != task {
            return false;
        }
        *depth -= 1;
        if *depth == 0 {
            *holder = NOBODY;
        }
        true
    }

    /// Whoever holds the mutex gives it back altogether; how often it was held.
    pub(super) fn release_all(&mut self) -> u8 {
        let Object::Mutex { holder, depth, .. } = self else { return 0 };
        *holder = NOBODY;
        core::mem::take(depth)
    }

    /// Takes a permit if there is one.
    pub(super) fn take(&mut self) -> bool {
        match self {
            Object::Semaphore { permits, .. } if *permits > 0 => {
                *permits -= 1;
                true
            }
            _ => false,
        }
    }

    /// Gives permits if there may be so many.
    pub(super) fn give(&mut self, count: u32) -> bool {
        match self {
            Object::Semaphore { permits, most }
                if u64::from(*permits) + u64::from(count) <= u64::from(*most) =>
            {
                *permits += count;
                true
            }
            _ => false,
        }
    }

    pub(super) fn queue(&mut self) -> Option<&mut Queue> {
        match self {
            Object::Condition(queue) | Object::Event { waiters: queue, .. } => Some(queue),
            _ => None,
        }
    }

    /// Whether the task is in the queue.
    pub(super) fn is_waiting(&self, task: u8) -> bool {
        match self {
            Object::Condition(queue) | Object::Event { waiters: queue, .. } => queue.has(task),
            _ => false,
        }
    }
}
