//! What a task may do to each kind of object that has operations of its own.
//!
//! An operation that waits, and whose waiting others can see, is two: one that starts to wait and is
//! always enabled, and a `Resume`, enabled once the wait has ended.

use crate::operation::Field;

/// What an operation does to a readers-writer lock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RwLockAction {
    /// Take it together with other readers, without a place in the queue.
    ReadAcquire,
    /// Take it alone, without a place in the queue.
    WriteAcquire,
    /// Take it together with other readers, or join the queue; the answer says which.
    ReadQueue,
    /// Take it alone, or join the queue; the answer says which.
    WriteQueue,
    /// Go on once the lock was handed over.
    Resume,
    /// Take it together with other readers if that can be done at once.
    ReadTry,
    /// Take it alone if that can be done at once.
    WriteTry,
    /// Give back what was taken together with other readers.
    ReadRelease,
    /// Give back what was taken alone.
    WriteRelease,
}

/// What an operation does to a barrier.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum BarrierAction {
    /// Arrive; the value is how many had arrived before. Whoever is not the last has to resume.
    Arrive,
    /// Go on once all have arrived, or the barrier was broken or reset.
    Resume,
    /// Break it.
    Abort,
    /// Make it whole again; who waits is told that it was broken.
    Reset,
    /// Look whether it is broken.
    IsBroken,
    /// Read how many wait.
    Waiting,
}

/// What an operation does to a queue. Items are named by numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum QueueAction {
    /// Add an item; enabled while there is room.
    Put {
        /// The item.
        item: u64,
        /// Its place in a queue by priority: the lowest comes first.
        priority: u64,
    },
    /// Add an item if there is room.
    PutTry {
        /// The item.
        item: u64,
        /// Its place in a queue by priority: the lowest comes first.
        priority: u64,
    },
    /// Take an item; enabled while there is one.
    Get,
    /// Take an item if there is one.
    GetTry,
    /// Note that one item that was put is dealt with.
    TaskDone,
    /// Wait until all items that were put are dealt with.
    Join,
    /// Take no more items; `immediate`ly: drop those that are there.
    ShutDown {
        /// Whether what is left is dropped.
        immediate: bool,
    },
    /// Read how many items there are.
    Length,
}

/// What an operation does to a future: a result that is still to come.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FutureAction {
    /// Begin to work on it, unless it was cancelled; the answer says whether it was not.
    Begin,
    /// Give it its result or exception, which the number names.
    Set(u64),
    /// Cancel it, unless somebody works on it or it is done; the answer says whether it is cancelled.
    Cancel,
    /// Wait until it is done or cancelled; the value is what it was given.
    Wait,
    /// Have something called when it is done or cancelled; the answer says whether it already is.
    Listen,
    /// Look whether it is done or cancelled.
    IsDone,
    /// Look whether somebody works on it.
    IsRunning,
    /// Look whether it is cancelled.
    IsCancelled,
}

/// What an operation does to a task's park token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ParkAction {
    /// Take the token; enabled while it is there.
    Park,
    /// Put the token there, if it is not.
    Unpark,
}

/// What an operation does to something that is done once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OnceAction {
    /// Begin, or wait while another task has begun; the value is 1 for the task that is to do it.
    Begin {
        /// Whether to do it again if it failed before.
        forced: bool,
    },
    /// It is done.
    Finish,
    /// It failed, and is not to be done any more.
    Poison,
    /// It failed, and whoever comes next may do it.
    GiveUp,
    /// Look whether it is done.
    IsDone,
}

/// What an operation does to a timer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum TimerAction {
    /// Set it going, again if it was.
    Start,
    /// Stop it; the answer says whether it was going.
    Cancel,
    /// Its time has come; the answer says whether it was still going. What takes this step stands for
    /// the timer, and its time limit is the timer's.
    Fire,
    /// Look whether it is going.
    IsPending,
}

/// What an operation does to a mailbox: the messages from one place to another, in their order. Messages
/// are named by numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MailboxAction {
    /// Add a message; the answer says whether the mailbox was open.
    Post(u64),
    /// Take the first message; enabled while there is one.
    Receive,
    /// Take the first message if there is one.
    ReceiveTry,
    /// Wait until there is a message, without taking it, or until the mailbox is closed.
    Ready,
    /// Wait until so many messages in all are gone, or until the mailbox is closed.
    Gone(u64),
    /// Read how many messages there are.
    Length,
    /// Close it for messages; `discard`: drop those that are there.
    Close {
        /// Whether what is left is dropped.
        discard: bool,
    },
}

/// What an operation does to an event loop. Callbacks are named by numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum LoopAction {
    /// Begin the next pass of the loop that the task runs; enabled while there is something to run, or
    /// to wait for. Each way in which the pass can go is a value to pick.
    Pass,
    /// Have this callback run by the loop of another task.
    Soon(u32),
}

/// What an operation does to a file, or to a folder as the container of its entries.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileAction {
    /// Read it.
    Read(Field),
    /// Write it.
    Write(Field),
    /// Read and write it in one step, such as to make it unless it exists.
    Update(Field),
}
