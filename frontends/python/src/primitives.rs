//! The operations of the modelled library: mutexes, semaphores, conditions, events, tasks, time,
//! output. Each is called by the Python side's classes and is one operation of the running task.

use everyway_engine::primitives::ObjectKind;
use everyway_engine::primitives::queue::QueueOrder;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Misuse, Nanoseconds, Operation, Reply};
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::access::note_event;
use crate::tasks::{point, refuse_to_go_on};
use crate::world::{World, world};

/// Seconds as whole nanoseconds.
fn nanoseconds(seconds: f64) -> Nanoseconds {
    if seconds <= 0.0 { 0 } else { (seconds * 1e9).round().min(u64::MAX as f64) as Nanoseconds }
}

/// Announces an operation of the running task and gives the reply.
pub(crate) fn operate(
    py: Python<'_>,
    action: Action,
    object: u32,
    timeout: Option<f64>,
) -> PyResult<Reply> {
    operate_on(py, action, ObjectId(object), timeout)
}

pub(crate) fn operate_on(
    py: Python<'_>,
    action: Action,
    object: ObjectId,
    timeout: Option<f64>,
) -> PyResult<Reply> {
    // SAFETY: the lock is held; no reference to the world lives across the point.
    unsafe {
        let w = world();
        if !w.active {
            return Err(PyRuntimeError::new_err("no execution is running"));
        }
        if w.aborting {
            refuse_to_go_on();
            return Err(PyErr::fetch(py));
        }
        let site = place(w, action);
        if w.values.wanted {
            w.values.settle();
        }
        let timeout = timeout.map(nanoseconds);
        let operation = Operation { timeout, ..Operation::new(action, object, site) };
        let Some(reply) = point(operation) else { return Err(PyErr::fetch(py)) };
        let w = world();
        if w.facts {
            note_event(w);
        }
        Ok(reply)
    }
}

/// The line of the user's that the operation comes from; not looked for where no report needs it.
unsafe fn place(w: &mut World, action: Action) -> SiteId {
    if w.facts
        && let Some(exploration) = &w.exploration
        && let Some(side) = w.tasks.get(exploration.execution.actor().index())
        && let Some(site) = side.library_call
    {
        // So that what uses the call's value uses what it read.
        return site;
    }
    match action {
        Action::MutexRelease if !w.values.wanted => SiteId::NONE,
        _ => w.places.of_caller(&mut w.sites),
    }
}

/// Whether a timed operation only looks: it doesn't wait at all.
pub(crate) fn is_poll(timeout: Option<f64>) -> bool {
    timeout.is_some_and(|timeout| timeout <= 0.0)
}

pub(crate) fn answer(reply: Reply) -> bool {
    reply == Reply::Answer(true)
}

/// Whether an execution is running and not being torn down.
#[pyfunction]
fn in_execution() -> bool {
    // SAFETY: the lock is held.
    unsafe { world().active }
}

/// Whether the execution is being torn down.
#[pyfunction]
fn aborting() -> bool {
    // SAFETY: the lock is held.
    unsafe { world().aborting }
}

/// The number of the running execution, from 1.
#[pyfunction]
fn execution_number() -> u64 {
    // SAFETY: the lock is held.
    unsafe { world().execution_number }
}

/// Makes an object of this kind; `count` is a semaphore's first number of permits, a queue's capacity, or
/// how many a barrier waits for.
#[pyfunction]
#[pyo3(signature = (kind, count = 0))]
fn new_object(kind: &str, count: u32) -> PyResult<u32> {
    let kind = match kind {
        "mutex" => ObjectKind::Mutex,
        "rmutex" => ObjectKind::ReentrantMutex,
        "semaphore" => ObjectKind::Semaphore(count),
        "bounded_semaphore" => ObjectKind::BoundedSemaphore(count),
        "condition" => ObjectKind::Condition { inner: false },
        "inner_condition" => ObjectKind::Condition { inner: true },
        "event" => ObjectKind::Event,
        "awaitable" => ObjectKind::Awaitable,
        "queue" => ObjectKind::Queue { order: QueueOrder::FirstIn, capacity: count },
        "lifo_queue" => ObjectKind::Queue { order: QueueOrder::LastIn, capacity: count },
        "future" => ObjectKind::Future,
        "barrier" => ObjectKind::Barrier { parties: count, drains: true },
        "mailbox" => ObjectKind::Mailbox,
        other => return Err(PyValueError::new_err(format!("no kind of object: {other}"))),
    };
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        match w.exploration.as_mut() {
            Some(exploration) if w.active => Ok(exploration.execution.new_object(kind).0),
            _ => Err(PyRuntimeError::new_err("no execution is running")),
        }
    }
}

#[pyfunction]
#[pyo3(signature = (mutex, timeout = None))]
fn mutex_acquire(py: Python<'_>, mutex: u32, timeout: Option<f64>) -> PyResult<bool> {
    if is_poll(timeout) {
        return mutex_try(py, mutex);
    }
    operate(py, Action::MutexAcquire, mutex, timeout).map(answer)
}

#[pyfunction]
fn mutex_try(py: Python<'_>, mutex: u32) -> PyResult<bool> {
    operate(py, Action::MutexTry, mutex, None).map(answer)
}

/// Gives a mutex back: 0, or 1 if it was free, 2 if another task holds it.
#[pyfunction]
fn mutex_release(py: Python<'_>, mutex: u32) -> PyResult<u32> {
    Ok(match operate(py, Action::MutexRelease, mutex, None)? {
        Reply::Misuse(Misuse::ReleaseOfFreeMutex) => 1,
        Reply::Misuse(_) => 2,
        _ => 0,
    })
}

#[pyfunction]
fn mutex_locked(py: Python<'_>, mutex: u32) -> PyResult<bool> {
    operate(py, Action::MutexLocked, mutex, None).map(answer)
}

/// Whether the running task holds the mutex; no scheduling point.
#[pyfunction]
fn mutex_owned(mutex: u32) -> bool {
    // SAFETY: the lock is held.
    unsafe {
        world().exploration.as_ref().is_some_and(|exploration| {
            let execution = &exploration.execution;
            execution.objects().holder(ObjectId(mutex)) == Some(execution.current())
        })
    }
}

/// How often the holder has taken the mutex; 0 if it is free. No scheduling point.
#[pyfunction]
fn mutex_depth(mutex: u32) -> u32 {
    // SAFETY: the lock is held.
    unsafe {
        world()
            .exploration
            .as_ref()
            .and_then(|exploration| exploration.execution.objects().mutex(ObjectId(mutex)))
            .map_or(0, everyway_engine::primitives::mutex::Mutex::depth)
    }
}

#[pyfunction]
#[pyo3(signature = (semaphore, timeout = None))]
fn semaphore_acquire(py: Python<'_>, semaphore: u32, timeout: Option<f64>) -> PyResult<bool> {
    if is_poll(timeout) {
        return semaphore_try(py, semaphore);
    }
    operate(py, Action::SemaphoreAcquire, semaphore, timeout).map(answer)
}

#[pyfunction]
fn semaphore_try(py: Python<'_>, semaphore: u32) -> PyResult<bool> {
    operate(py, Action::SemaphoreTry, semaphore, None).map(answer)
}

/// Gives permits back; false if that would be more than a bounded semaphore started with.
#[pyfunction]
fn semaphore_release(py: Python<'_>, semaphore: u32, permits: u32) -> PyResult<bool> {
    let reply = operate(py, Action::SemaphoreRelease(permits), semaphore, None)?;
    Ok(!matches!(reply, Reply::Misuse(_)))
}

#[pyfunction]
fn semaphore_value(py: Python<'_>, semaphore: u32) -> PyResult<u64> {
    Ok(match operate(py, Action::SemaphoreValue, semaphore, None)? {
        Reply::Value(value) => value,
        _ => 0,
    })
}

/// Waits for a notification, with the mutex given back meanwhile; false if the time ran out.
#[pyfunction]
#[pyo3(signature = (condition, mutex, timeout = None))]
fn condition_wait(
    py: Python<'_>,
    condition: u32,
    mutex: u32,
    timeout: Option<f64>,
) -> PyResult<bool> {
    let mutex = ObjectId(mutex);
    if let Reply::Misuse(_) = operate(py, Action::ConditionWait(mutex), condition, None)? {
        return Err(PyRuntimeError::new_err("cannot wait on un-acquired lock"));
    }
    if answer(operate(py, Action::ConditionResume(mutex), condition, timeout)?) {
        return Ok(true);
    }
    // The time ran out; the mutex has still to be taken.
    operate(py, Action::ConditionResume(mutex), condition, None)?;
    Ok(false)
}

/// Wakes `count` waiters, all if it is negative.
#[pyfunction]
fn condition_notify(py: Python<'_>, condition: u32, count: i64) -> PyResult<()> {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    operate(py, Action::ConditionNotify(count), condition, None).map(|_| ())
}

/// Waits until the event is set; false if the time ran out.
#[pyfunction]
#[pyo3(signature = (event, timeout = None))]
fn event_wait(py: Python<'_>, event: u32, timeout: Option<f64>) -> PyResult<bool> {
    if is_poll(timeout) {
        return event_is_set(py, event);
    }
    if answer(operate(py, Action::EventWait, event, None)?) {
        return Ok(true);
    }
    operate(py, Action::EventResume, event, timeout).map(answer)
}

#[pyfunction]
fn event_set(py: Python<'_>, event: u32) -> PyResult<()> {
    operate(py, Action::EventSet, event, None).map(|_| ())
}

#[pyfunction]
fn event_clear(py: Python<'_>, event: u32) -> PyResult<()> {
    operate(py, Action::EventClear, event, None).map(|_| ())
}

#[pyfunction]
fn event_is_set(py: Python<'_>, event: u32) -> PyResult<bool> {
    operate(py, Action::EventIsSet, event, None).map(answer)
}

/// Waits until the task has ended; false if the time ran out.
#[pyfunction]
#[pyo3(signature = (task, timeout = None))]
fn task_join(py: Python<'_>, task: u32, timeout: Option<f64>) -> PyResult<bool> {
    if is_poll(timeout) {
        return task_is_alive(py, task).map(|alive| !alive);
    }
    operate_on(py, Action::TaskJoin(TaskId(task)), ObjectId::NONE, timeout).map(answer)
}

#[pyfunction]
fn task_is_alive(py: Python<'_>, task: u32) -> PyResult<bool> {
    operate_on(py, Action::TaskIsAlive(TaskId(task)), ObjectId::NONE, None).map(answer)
}

/// The tasks that are alive, by number.
#[pyfunction]
fn task_enumerate(py: Python<'_>) -> PyResult<Vec<u32>> {
    operate_on(py, Action::TaskEnumerate, ObjectId::NONE, None)?;
    // SAFETY: the lock is held.
    let execution = unsafe {
        match world().exploration.as_ref() {
            Some(exploration) => &exploration.execution,
            None => return Ok(Vec::new()),
        }
    };
    use everyway_engine::execution::task::TaskState;
    let alive = |task: &u32| {
        execution.task(TaskId(*task)).is_some_and(|task| {
            !matches!(task.state, TaskState::New | TaskState::Finished | TaskState::OnLoop)
        })
    };
    Ok((0..execution.task_count() as u32).filter(alive).collect())
}

/// Waits until all other tasks but daemons have ended.
#[pyfunction]
fn task_join_all(py: Python<'_>) -> PyResult<()> {
    operate_on(py, Action::TaskJoinAll, ObjectId::NONE, None).map(|_| ())
}

/// Sleeps so many seconds of virtual time.
#[pyfunction]
fn sleep(py: Python<'_>, seconds: f64) -> PyResult<()> {
    operate_on(py, Action::Sleep, ObjectId::NONE, Some(seconds)).map(|_| ())
}

/// Virtual seconds since the execution began: a reading of the clock.
#[pyfunction]
fn now(py: Python<'_>) -> PyResult<f64> {
    let reply = operate_on(py, Action::ClockRead, ObjectId::NONE, None)?;
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        let site = w.places.of_caller(&mut w.sites);
        if let Some(site) = w.sites.get(site) {
            let place = (site.file, site.line);
            if !w.clock_reads.contains(&place) {
                w.clock_reads.push(place);
            }
        }
    }
    Ok(match reply {
        Reply::Value(nanoseconds) => nanoseconds as f64 / 1e9,
        _ => 0.0,
    })
}

/// Prints; which task printed what is part of the result.
#[pyfunction]
fn print_text(py: Python<'_>, text: &str) -> PyResult<()> {
    // SAFETY: the lock is held; no reference to the world lives across the point.
    let (number, output) = unsafe {
        let w = world();
        if !w.active {
            return Ok(());
        }
        let number = match w.numbers_of_texts.get(text) {
            Some(number) => *number,
            None => {
                w.texts.push(text.to_owned());
                w.numbers_of_texts.insert(text.to_owned(), w.texts.len() - 1);
                w.texts.len() - 1
            }
        };
        let output = w.exploration.as_ref().map_or(ObjectId::NONE, |e| e.execution.output());
        (number as u32, output)
    };
    operate_on(py, Action::Print(number), output, None).map(|_| ())
}

/// Ends the execution and the unit as unsupported.
#[pyfunction]
fn refuse(py: Python<'_>, what: String) -> PyResult<()> {
    // SAFETY: the lock is held; no reference to the world lives across the end.
    unsafe {
        let w = world();
        if w.aborting {
            refuse_to_go_on();
            return Err(PyErr::fetch(py));
        }
        let site = w.places.of_caller(&mut w.sites);
        let place = w.sites.get(site).map(|site| (site.file, site.line));
        w.refused.get_or_insert((what, place));
        let Some(exploration) = w.exploration.as_mut() else {
            return Err(PyRuntimeError::new_err("no execution is running"));
        };
        exploration.execution.stop();
        let me = exploration.execution.current();
        let ending = everyway_engine::execution::Ending::Stopped;
        crate::tasks::follow(me, everyway_engine::execution::Directive::End(ending));
        Err(PyErr::fetch(py))
    }
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(in_execution, module)?)?;
    module.add_function(wrap_pyfunction!(aborting, module)?)?;
    module.add_function(wrap_pyfunction!(execution_number, module)?)?;
    module.add_function(wrap_pyfunction!(new_object, module)?)?;
    module.add_function(wrap_pyfunction!(mutex_acquire, module)?)?;
    module.add_function(wrap_pyfunction!(mutex_try, module)?)?;
    module.add_function(wrap_pyfunction!(mutex_release, module)?)?;
    module.add_function(wrap_pyfunction!(mutex_locked, module)?)?;
    module.add_function(wrap_pyfunction!(mutex_owned, module)?)?;
    module.add_function(wrap_pyfunction!(mutex_depth, module)?)?;
    module.add_function(wrap_pyfunction!(semaphore_acquire, module)?)?;
    module.add_function(wrap_pyfunction!(semaphore_try, module)?)?;
    module.add_function(wrap_pyfunction!(semaphore_release, module)?)?;
    module.add_function(wrap_pyfunction!(semaphore_value, module)?)?;
    module.add_function(wrap_pyfunction!(condition_wait, module)?)?;
    module.add_function(wrap_pyfunction!(condition_notify, module)?)?;
    module.add_function(wrap_pyfunction!(event_wait, module)?)?;
    module.add_function(wrap_pyfunction!(event_set, module)?)?;
    module.add_function(wrap_pyfunction!(event_clear, module)?)?;
    module.add_function(wrap_pyfunction!(event_is_set, module)?)?;
    module.add_function(wrap_pyfunction!(task_join, module)?)?;
    module.add_function(wrap_pyfunction!(task_is_alive, module)?)?;
    module.add_function(wrap_pyfunction!(task_enumerate, module)?)?;
    module.add_function(wrap_pyfunction!(task_join_all, module)?)?;
    module.add_function(wrap_pyfunction!(sleep, module)?)?;
    module.add_function(wrap_pyfunction!(now, module)?)?;
    module.add_function(wrap_pyfunction!(print_text, module)?)?;
    module.add_function(wrap_pyfunction!(refuse, module)?)?;
    Ok(())
}
