//! Which actions on one object can be told apart by their order, whatever its state.
//!
//! Races are looked for with this relation, before anything is known of states; the search itself uses
//! [`footprint`](crate::footprint), which is finer.

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::{Action, Operation};
use everyway_protocol::schedule::Alternative;

use crate::primitives::model::{self, Role};

/// What a task would do next, or did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The task.
    pub task: TaskId,
    /// Whether it executes the operation or lets its time run out.
    pub alternative: Alternative,
    /// The operation.
    pub operation: Operation,
}

/// Whether two actions on one object can be told apart by their order.
#[must_use]
pub fn conflict(a: Action, b: Action) -> bool {
    use Action::{
        Add, AtomicAdd, AtomicCompareExchange, AtomicLoad, AtomicStore, AtomicSwap,
        ConditionNotify, ConditionWait, EventClear, EventSet, EventWait, MutexAcquire, MutexLocked,
        MutexRelease, MutexTry, Print, Read, SemaphoreAcquire, SemaphoreRelease, SemaphoreTry,
        SemaphoreValue, Update, Write,
    };
    match (a, b) {
        (Read(_), Read(_)) => false,
        (Read(f) | Write(f) | Add(f) | Update(f), Read(g) | Write(g) | Add(g) | Update(g)) => {
            f.overlaps(g)
        }
        (MutexLocked, MutexLocked) => false,
        (
            MutexAcquire | MutexTry | MutexRelease | MutexLocked,
            MutexAcquire | MutexTry | MutexRelease | MutexLocked,
        ) => true,
        (SemaphoreValue, SemaphoreValue) => false,
        (
            SemaphoreAcquire | SemaphoreTry | SemaphoreRelease(_) | SemaphoreValue,
            SemaphoreAcquire | SemaphoreTry | SemaphoreRelease(_) | SemaphoreValue,
        ) => true,
        (ConditionWait(_) | ConditionNotify(_), ConditionWait(_) | ConditionNotify(_)) => true,
        // Of two that set it, the first one changes it, and which that is can be seen by who waits.
        (EventSet | EventClear, b) => is_event_action(b),
        (a, EventSet | EventClear) => is_event_action(a),
        (EventWait, EventWait) => false,
        (Print(_), Print(_)) => true,
        (AtomicLoad, AtomicLoad) => false,
        (
            AtomicLoad | AtomicStore(_) | AtomicAdd(_) | AtomicSwap(_) | AtomicCompareExchange(..),
            AtomicLoad | AtomicStore(_) | AtomicAdd(_) | AtomicSwap(_) | AtomicCompareExchange(..),
        ) => true,
        _ => false,
    }
}

fn is_event_action(action: Action) -> bool {
    matches!(action, Action::EventSet | Action::EventClear | Action::EventWait | Action::EventIsSet)
}

/// Whether an action changes what others of its kind can see.
#[must_use]
pub fn writes(action: Action) -> bool {
    !matches!(
        action,
        Action::Read(_)
            | Action::MutexLocked
            | Action::SemaphoreValue
            | Action::EventIsSet
            | Action::EventWait
            | Action::TaskIsAlive(_)
            | Action::TaskEnumerate
            | Action::AtomicLoad
            | Action::Choose(_)
    ) && model::role(action) != Some(Role::Look)
}
