//! The objects that tasks share: when an operation on one is enabled, and what it changes.
//!
//! Each object is one file, with a line in the table of [`model`]; which operations commute is what
//! their [`footprint`](crate::footprint)s say.

pub mod atomic;
pub mod awaitable;
pub mod barrier;
pub mod condition;
pub mod event;
pub mod file;
pub mod future;
pub mod mailbox;
pub mod model;
pub mod mutex;
pub mod once;
pub mod park;
pub mod queue;
pub mod rwlock;
pub mod semaphore;
pub mod timer;

use everyway_protocol::ids::{ObjectId, TaskId};

use awaitable::Awaitable;
use barrier::Barrier;
use condition::Condition;
use event::EventFlag;
use file::File;
use future::Future;
use mailbox::Mailbox;
use mutex::Mutex;
use once::Once;
use park::ParkToken;
use queue::{Queue, QueueOrder};
use rwlock::{RwLock, RwLockPolicy};
use semaphore::Semaphore;
use timer::Timer;

/// What kind of object a front-end creates.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ObjectKind {
    /// A location of the program's memory, or a container.
    Cell,
    /// A mutex that any task may give back.
    Mutex,
    /// A mutex that its holder may take again.
    ReentrantMutex,
    /// A semaphore with so many permits.
    Semaphore(u32),
    /// A semaphore that never has more permits than it started with.
    BoundedSemaphore(u32),
    /// A condition; an inner one is part of a library's object, such as a queue.
    Condition {
        /// Whether the user's code does not see it.
        inner: bool,
    },
    /// An event, not set.
    Event,
    /// An atomic number.
    Atomic(u64),
    /// A readers-writer lock.
    RwLock(RwLockPolicy),
    /// A barrier.
    Barrier {
        /// How many tasks it waits for.
        parties: u32,
        /// Whether all of one round go on before anybody arrives for the next.
        drains: bool,
    },
    /// A queue.
    Queue {
        /// Which item comes out first.
        order: QueueOrder,
        /// How many items it holds at most; 0 if there is no bound.
        capacity: u32,
    },
    /// A future, on which nobody works yet.
    Future,
    /// A park token, not there.
    Park,
    /// What is done once, and has not been begun.
    Once,
    /// A timer, not going.
    Timer,
    /// A mailbox, open and empty.
    Mailbox,
    /// The file whose path has this number: one object, however often it is asked for.
    File(u64),
    /// The event loop of this number.
    Loop(u32),
    /// What the library of an event loop waits for in its own code.
    Awaitable,
}

/// The state of one object in one execution.
#[derive(Clone, Debug)]
pub enum ObjectState {
    /// A cell has no state of its own: its value is the program's.
    Cell,
    /// A mutex.
    Mutex(Mutex),
    /// A semaphore.
    Semaphore(Semaphore),
    /// A condition.
    Condition(Condition),
    /// An event.
    Event(EventFlag),
    /// An atomic number.
    Atomic(u64),
    /// A readers-writer lock.
    RwLock(RwLock),
    /// A barrier.
    Barrier(Barrier),
    /// A queue.
    Queue(Queue),
    /// A future.
    Future(Future),
    /// A park token.
    Park(ParkToken),
    /// What is done once.
    Once(Once),
    /// A timer.
    Timer(Timer),
    /// A mailbox.
    Mailbox(Mailbox),
    /// A file.
    File(File),
    /// An event loop; the execution knows it by this number.
    Loop(u32),
    /// What the library of an event loop waits for in its own code.
    Awaitable(Awaitable),
}

impl ObjectState {
    /// The state that a new object of this kind has.
    #[must_use]
    pub fn new(kind: ObjectKind) -> ObjectState {
        match kind {
            ObjectKind::Cell => ObjectState::Cell,
            ObjectKind::Mutex => ObjectState::Mutex(Mutex::new(false)),
            ObjectKind::ReentrantMutex => ObjectState::Mutex(Mutex::new(true)),
            ObjectKind::Semaphore(permits) => ObjectState::Semaphore(Semaphore::new(permits, None)),
            ObjectKind::BoundedSemaphore(permits) => {
                ObjectState::Semaphore(Semaphore::new(permits, Some(permits)))
            }
            ObjectKind::Condition { inner } => ObjectState::Condition(Condition::new(inner)),
            ObjectKind::Event => ObjectState::Event(EventFlag::default()),
            ObjectKind::Atomic(value) => ObjectState::Atomic(value),
            ObjectKind::RwLock(policy) => ObjectState::RwLock(RwLock::new(policy)),
            ObjectKind::Barrier { parties, drains } => {
                ObjectState::Barrier(Barrier::new(parties, drains))
            }
            ObjectKind::Queue { order, capacity } => {
                ObjectState::Queue(Queue::new(order, capacity))
            }
            ObjectKind::Future => ObjectState::Future(Future::default()),
            ObjectKind::Park => ObjectState::Park(ParkToken::default()),
            ObjectKind::Once => ObjectState::Once(Once::default()),
            ObjectKind::Timer => ObjectState::Timer(Timer::default()),
            ObjectKind::Mailbox => ObjectState::Mailbox(Mailbox::default()),
            ObjectKind::File(path) => ObjectState::File(File(path)),
            ObjectKind::Loop(number) => ObjectState::Loop(number),
            ObjectKind::Awaitable => ObjectState::Awaitable(Awaitable::default()),
        }
    }
}

/// Objects by id.
#[derive(Default, Debug)]
pub struct Objects {
    states: alloc::vec::Vec<ObjectState>,
    /// Names that mean the same object in every execution: made of the creating task's path and of
    /// how many objects it had created.
    keys: alloc::vec::Vec<u64>,
    kinds: alloc::vec::Vec<ObjectKind>,
}

impl Objects {
    /// Forgets all objects and keeps the memory.
    pub fn clear(&mut self) {
        self.states.clear();
        self.keys.clear();
        self.kinds.clear();
    }

    /// Adds an object.
    pub fn add(&mut self, kind: ObjectKind, key: u64) -> ObjectId {
        let id = ObjectId(u32::try_from(self.states.len()).unwrap_or(u32::MAX));
        self.states.push(ObjectState::new(kind));
        self.keys.push(key);
        self.kinds.push(kind);
        id
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }

    /// What the object was made as; a cell for an id that there is not.
    #[must_use]
    pub fn kind(&self, id: ObjectId) -> ObjectKind {
        self.kinds.get(id.index()).copied().unwrap_or(ObjectKind::Cell)
    }

    /// The name that means the same object in every execution.
    #[must_use]
    pub fn key(&self, id: ObjectId) -> u64 {
        self.keys.get(id.index()).copied().unwrap_or(0)
    }

    /// The state of the object; a cell's for an id that there is not.
    #[must_use]
    pub fn get(&self, id: ObjectId) -> &ObjectState {
        self.states.get(id.index()).unwrap_or(&ObjectState::Cell)
    }

    /// The state of the object.
    pub(crate) fn get_mut(&mut self, id: ObjectId) -> Option<&mut ObjectState> {
        self.states.get_mut(id.index())
    }

    /// The file whose path has this number, if it was asked for before.
    #[must_use]
    pub fn file(&self, path: u64) -> Option<ObjectId> {
        let is_it =
            |state: &ObjectState| matches!(state, ObjectState::File(file) if file.0 == path);
        let index = self.states.iter().position(is_it)?;
        Some(ObjectId(index as u32))
    }

    /// The mutex of this id.
    #[must_use]
    pub fn mutex(&self, id: ObjectId) -> Option<&Mutex> {
        match self.get(id) {
            ObjectState::Mutex(mutex) => Some(mutex),
            _ => None,
        }
    }

    /// The mutex of this id.
    pub fn mutex_mut(&mut self, id: ObjectId) -> Option<&mut Mutex> {
        match self.states.get_mut(id.index()) {
            Some(ObjectState::Mutex(mutex)) => Some(mutex),
            _ => None,
        }
    }

    /// The semaphore of this id.
    pub fn semaphore_mut(&mut self, id: ObjectId) -> Option<&mut Semaphore> {
        match self.states.get_mut(id.index()) {
            Some(ObjectState::Semaphore(semaphore)) => Some(semaphore),
            _ => None,
        }
    }

    /// The condition of this id.
    pub fn condition_mut(&mut self, id: ObjectId) -> Option<&mut Condition> {
        match self.states.get_mut(id.index()) {
            Some(ObjectState::Condition(condition)) => Some(condition),
            _ => None,
        }
    }

    /// The event of this id.
    pub fn event_mut(&mut self, id: ObjectId) -> Option<&mut EventFlag> {
        match self.states.get_mut(id.index()) {
            Some(ObjectState::Event(event)) => Some(event),
            _ => None,
        }
    }

    /// The atomic number of this id.
    pub fn atomic_mut(&mut self, id: ObjectId) -> Option<&mut u64> {
        match self.states.get_mut(id.index()) {
            Some(ObjectState::Atomic(value)) => Some(value),
            _ => None,
        }
    }

    /// Who holds the mutex.
    #[must_use]
    pub fn holder(&self, id: ObjectId) -> Option<TaskId> {
        self.mutex(id).and_then(Mutex::holder)
    }
}
