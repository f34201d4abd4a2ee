//! Who waits for what when nothing goes on: deadlock, lost wakeup, livelock, hang.

use alloc::vec::Vec;

use everyway_protocol::failure::FailureKind;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Reply};

use crate::execution::task::TaskState;
use crate::execution::{Execution, is_pass};
use crate::exploration::failures::WaitSeen;
use crate::primitives::ObjectState;

/// The waits of a circle of tasks.
#[must_use]
pub fn circle(execution: &Execution, circle: &[TaskId]) -> Vec<WaitSeen> {
    circle.iter().filter_map(|task| wait_of(execution, *task)).collect()
}

/// The waits of all tasks that have not ended.
#[must_use]
pub fn all(execution: &Execution) -> Vec<WaitSeen> {
    (0..execution.task_count()).filter_map(|task| wait_of(execution, TaskId(task as u32))).collect()
}

fn wait_of(execution: &Execution, task: TaskId) -> Option<WaitSeen> {
    let operation = match (execution.awaits(task), execution.task(task)?.state) {
        (Some(operation), _) => operation,
        // It waits because its activities do.
        (None, TaskState::Announced(pass))
            if is_pass(pass.action) && awaits_any(execution, task) =>
        {
            return None;
        }
        (None, TaskState::Announced(operation)) => operation,
        _ => return None,
    };
    let held_by = execution.waits_for(task);
    let mutex = match operation.action {
        Action::MutexAcquire => Some(operation.object),
        Action::ConditionResume(mutex) => Some(mutex),
        _ => None,
    };
    let held_since = match (held_by, mutex) {
        (Some(holder), Some(mutex)) => taken_at(execution, holder, mutex),
        _ => SiteId::NONE,
    };
    Some(WaitSeen { task, operation, held_by, held_since })
}

/// Whether some activity of the task's loop is suspended.
fn awaits_any(execution: &Execution, task: TaskId) -> bool {
    (0..execution.task_count()).map(|activity| TaskId(activity as u32)).any(|activity| {
        execution.awaits(activity).is_some() && execution.driver_of(activity) == task
    })
}

/// Where the task took the mutex that it holds.
fn taken_at(execution: &Execution, holder: TaskId, mutex: ObjectId) -> SiteId {
    let takes = |action| match action {
        Action::MutexAcquire | Action::MutexTry => true,
        Action::ConditionResume(other) => other == mutex,
        _ => false,
    };
    execution
        .trace
        .events
        .iter()
        .rev()
        .filter(|event| event.unit == holder && takes(event.operation.action))
        .filter(|event| event.reply != Reply::Answer(false))
        .find(|event| {
            event.operation.object == mutex
                || event.operation.action == Action::ConditionResume(mutex)
        })
        .map_or(SiteId::NONE, |event| event.operation.site)
}

/// What to call a standstill that is no circle.
#[must_use]
pub fn kind_of_standstill(execution: &Execution) -> FailureKind {
    let waiting = |action: fn(Action) -> bool| {
        let awaits = all(execution);
        awaits.iter().any(|wait| action(wait.operation.action))
    };
    if waiting(|action| action == Action::Await) {
        return FailureKind::Livelock;
    }
    let lost = all(execution).iter().any(|wait| {
        matches!(wait.operation.action, Action::ConditionResume(_))
            && is_the_users(execution, wait.operation.object)
            && was_notified_before(execution, wait.task, wait.operation.object)
    });
    if lost { FailureKind::LostWakeup } else { FailureKind::Hang }
}

/// Whether the user waits for the condition itself, and not for a queue that it is part of.
fn is_the_users(execution: &Execution, condition: ObjectId) -> bool {
    match execution.objects().get(condition) {
        ObjectState::Condition(condition) => !condition.is_inner(),
        ObjectState::Awaitable(_) => true,
        _ => false,
    }
}

/// Whether the condition was notified before the task began to wait for it, and never since.
fn was_notified_before(execution: &Execution, task: TaskId, condition: ObjectId) -> bool {
    let events = &execution.trace.events;
    let began = events.iter().rposition(|event| {
        event.unit == task
            && event.operation.object == condition
            && matches!(event.operation.action, Action::ConditionWait(_))
    });
    let notifies = |range: &[everyway_protocol::trace::Event]| {
        range.iter().any(|event| {
            event.operation.object == condition
                && matches!(event.operation.action, Action::ConditionNotify(_))
                && event.unit != task
        })
    };
    began.is_some_and(|began| notifies(&events[..began]) && !notifies(&events[began..]))
}
