//! What a task may announce that it will do next.

use crate::ids::{ObjectId, SiteId, TaskId};
use crate::objects::{
    BarrierAction, FileAction, FutureAction, LoopAction, MailboxAction, OnceAction, ParkAction,
    QueueAction, RwLockAction, TimerAction,
};

/// Nanoseconds of virtual time.
pub type Nanoseconds = u64;

/// Which part of an object an access touches.
///
/// An attribute or a variable is an object of its own and is touched as [`Field::Whole`]; a
/// container is one object whose entries, shape and whole contents conflict as
/// [`Field::overlaps`] says.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Field {
    /// All of it.
    Whole,
    /// The entry under one key or index, which exists before and after.
    Entry(u64),
    /// Which entries there are, and how many.
    Shape,
    /// The entry under one key, which comes or goes.
    EntryAndShape(u64),
}

impl Field {
    /// Whether an access to one can be seen by an access to the other.
    #[must_use]
    pub const fn overlaps(self, other: Field) -> bool {
        use Field::{Entry, EntryAndShape, Shape, Whole};
        match (self, other) {
            (Whole, _) | (_, Whole) => true,
            (Entry(a), Entry(b) | EntryAndShape(b)) | (EntryAndShape(a), Entry(b)) => a == b,
            (Entry(_), Shape) | (Shape, Entry(_)) => false,
            (Shape | EntryAndShape(_), Shape | EntryAndShape(_)) => true,
        }
    }
}

/// What an operation does to its object.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Action {
    /// Read a cell.
    Read(Field),
    /// Write a cell.
    Write(Field),
    /// Add to a container without looking (`append`, `add`, `put`): two of them do not make each
    /// other's value.
    Add(Field),
    /// Read and write a cell in one step, as a container's `pop` does.
    Update(Field),

    /// Take a mutex; enabled while it is free, or held by the task itself if it is re-entrant.
    MutexAcquire,
    /// Take a mutex if it is free.
    MutexTry,
    /// Give a mutex back.
    MutexRelease,
    /// Look whether a mutex is held.
    MutexLocked,

    /// Take one permit; enabled while there is one.
    SemaphoreAcquire,
    /// Take one permit if there is one.
    SemaphoreTry,
    /// Give back so many permits.
    SemaphoreRelease(u32),
    /// Read the number of permits.
    SemaphoreValue,

    /// Give the condition's mutex back and start to wait.
    ConditionWait(ObjectId),
    /// Go on after a notification, with the mutex taken again.
    ConditionResume(ObjectId),
    /// Wake so many waiters, the one that has waited longest first. `u32::MAX` wakes all.
    ConditionNotify(u32),

    /// Start to wait until the event is set.
    EventWait,
    /// Go on once the event was set.
    EventResume,
    /// Set the event.
    EventSet,
    /// Clear the event.
    EventClear,
    /// Look whether the event is set.
    EventIsSet,

    /// Read an atomic number.
    AtomicLoad,
    /// Write an atomic number.
    AtomicStore(u64),
    /// Add to an atomic number, wrapping round, and read what it was.
    AtomicAdd(u64),
    /// Write an atomic number and read what it was.
    AtomicSwap(u64),
    /// Write the second number if the atomic is the first one, and read what it was.
    AtomicCompareExchange(u64, u64),

    /// Something done to a readers-writer lock.
    RwLock(RwLockAction),
    /// Something done to a barrier.
    Barrier(BarrierAction),
    /// Something done to a queue.
    Queue(QueueAction),
    /// Something done to a future.
    Future(FutureAction),
    /// Something done to a park token.
    Park(ParkAction),
    /// Something done to what is done once.
    Once(OnceAction),
    /// Something done to a timer.
    Timer(TimerAction),
    /// Something done to a mailbox.
    Mailbox(MailboxAction),
    /// Something done to a file.
    File(FileAction),
    /// Something done to an event loop.
    Loop(LoopAction),

    /// Pick one of so many values: the engine tries each.
    Choose(u32),

    /// Start another task.
    TaskStart(TaskId),
    /// End; the task's last operation.
    TaskExit,
    /// End another task, wherever it is. Only for daemon tasks.
    TaskKill(TaskId),
    /// Wait until another task has ended.
    TaskJoin(TaskId),
    /// Look whether another task is alive.
    TaskIsAlive(TaskId),
    /// Look which tasks are alive.
    TaskEnumerate,
    /// Wait until all other tasks that the program's end waits for have ended.
    TaskJoinAll,
    /// End the program, with the daemon tasks that are left.
    ProgramEnd,

    /// Sleep.
    Sleep,
    /// Read the clock.
    ClockRead,
    /// Print; the number names the text.
    Print(u32),
    /// Let others go on: the task has gone round a loop many times.
    Yield,
    /// Go on once one of the objects that the last round of a passive loop read has changed.
    Await,
}

/// An operation as a task announces it, before it executes it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// What it does.
    pub action: Action,
    /// The object it does it to.
    pub object: ObjectId,
    /// The place in the program's text.
    pub site: SiteId,
    /// How long it may wait, from now; for a sleep, how long it lasts.
    pub timeout: Option<Nanoseconds>,
}

impl Operation {
    /// An operation without a time limit.
    #[must_use]
    pub const fn new(action: Action, object: ObjectId, site: SiteId) -> Operation {
        Operation { action, object, site, timeout: None }
    }
}

/// What the engine answers when an operation was executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reply {
    /// Done; nothing to tell.
    Done,
    /// The answer of a `try`, a look or a timed operation: whether it succeeded or holds.
    Answer(bool),
    /// The value that was read or picked: permits, nanoseconds of the clock, what an atomic number was.
    Value(u64),
    /// The object does not do this any more: it is closed, shut down, broken, cancelled or poisoned.
    Closed,
    /// The program misused the object; nothing was changed.
    Misuse(Misuse),
}

/// How a program can misuse an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Misuse {
    /// Gave back a mutex that nobody holds.
    ReleaseOfFreeMutex,
    /// Gave back a re-entrant mutex that another task, or nobody, holds.
    ReleaseByOther,
    /// Gave back more permits than the bounded semaphore started with.
    TooManyPermits,
    /// Waited on, or notified, a condition without holding its mutex.
    MutexNotHeld,
    /// Joined itself.
    JoinOfSelf,
    /// Named a task that was never made, or started one that had been started.
    NoSuchTask,
    /// Announced something after its end.
    TaskEnded,
    /// Gave back a readers-writer lock that it does not hold so.
    LockNotHeld,
    /// Said of more items of a queue that they are dealt with than were put.
    TooManyDone,
    /// Gave a future a second result, or began to work on it again.
    AlreadyDone,
    /// Ended what is done once without having begun it.
    NotBegun,
}
