//! Which operations can be told apart by their order.
//!
//! Two steps of different tasks are independent if, wherever both are enabled, executing them in
//! either order gives the same replies and the same state, and neither disables the other. The search
//! rests on this page: an entry that says "independent" too often loses results.

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::{Action, Operation};
use everyway_protocol::schedule::Alternative;

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

/// Whether the order of these two steps of different tasks can matter.
#[must_use]
pub fn dependent(a: &Step, b: &Step) -> bool {
    // That a wait's time runs out depends on what all other tasks can do.
    if a.alternative == Alternative::Expire || b.alternative == Alternative::Expire {
        return true;
    }
    let (x, y) = (&a.operation, &b.operation);
    if x.action == Action::ProgramEnd || y.action == Action::ProgramEnd {
        return true;
    }
    if concerns_task(x, b) || concerns_task(y, a) {
        return true;
    }
    let same = x.object == y.object && x.object != ObjectId::NONE;
    if same && conflict(x.action, y.action) {
        return true;
    }
    // A condition's wait also gives back, and its end takes, a mutex.
    let uses_mutex = |mutex: Option<ObjectId>, other: &Operation| {
        mutex.is_some() && (mutex == second_object(other) || mutex == mutex_of(other))
    };
    uses_mutex(second_object(x), y) || uses_mutex(second_object(y), x)
}

/// Whether `operation` looks at the life of the task of `step`, which starts or ends.
fn concerns_task(operation: &Operation, step: &Step) -> bool {
    let about = match step.operation.action {
        Action::TaskExit => step.task,
        Action::TaskStart(child) => child,
        _ => return false,
    };
    match operation.action {
        Action::TaskIsAlive(task) => task == about,
        Action::TaskEnumerate => true,
        _ => false,
    }
}

fn second_object(operation: &Operation) -> Option<ObjectId> {
    match operation.action {
        Action::ConditionWait(mutex) | Action::ConditionResume(mutex) => Some(mutex),
        _ => None,
    }
}

fn mutex_of(operation: &Operation) -> Option<ObjectId> {
    match operation.action {
        Action::MutexAcquire | Action::MutexTry | Action::MutexRelease | Action::MutexLocked => {
            Some(operation.object)
        }
        _ => None,
    }
}

/// Whether two actions on one object can be told apart by their order.
#[must_use]
pub fn conflict(a: Action, b: Action) -> bool {
    use Action::{
        Add, ConditionNotify, ConditionWait, EventClear, EventSet, EventWait, MutexAcquire,
        MutexLocked, MutexRelease, MutexTry, Print, Read, SemaphoreAcquire, SemaphoreRelease,
        SemaphoreTry, SemaphoreValue, Update, Write,
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
        (EventSet, EventSet) | (EventClear, EventClear) => false,
        (EventSet | EventClear, b) => is_event_action(b),
        (a, EventSet | EventClear) => is_event_action(a),
        (EventWait, EventWait) => false,
        (Print(_), Print(_)) => true,
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
    )
}
