//! Event loops: what the modelled loop of `asyncio` tells the engine, and asks it for.
//!
//! A loop's callbacks are named by numbers that the Python side gives, from 0 for each loop. The pass
//! is the only thing that the engine chooses; see `everyway_engine::execution::loops`.

use everyway_engine::execution::loops::Deadline;
use everyway_engine::exploration::Exploration;
use everyway_engine::primitives::ObjectKind;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::{BarrierAction, FutureAction, LoopAction, QueueAction};
use everyway_protocol::operation::{Action, Operation};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;

use crate::primitives::operate_on;
use crate::tasks::add_side;
use crate::world::world;

/// The exploration, while an execution of it is running.
unsafe fn running() -> PyResult<&'static mut Exploration> {
    let w = world();
    match w.exploration.as_mut() {
        Some(exploration) if w.active => Ok(exploration),
        _ => Err(PyRuntimeError::new_err("no execution is running")),
    }
}

/// Makes an event loop, to be run by the running task.
#[pyfunction]
fn loop_new() -> PyResult<u32> {
    // SAFETY: the lock is held.
    unsafe { Ok(running()?.execution.new_loop().0) }
}

/// The running task has its own loop run a callback; `begins` says that it is the first step of a
/// coroutine that the program started.
#[pyfunction]
#[pyo3(signature = (r#loop, handle, begins = false))]
fn loop_soon(py: Python<'_>, r#loop: u32, handle: u32, begins: bool) -> PyResult<()> {
    // SAFETY: the lock is held; no reference to the world lives across the point.
    unsafe {
        let object = ObjectId(r#loop);
        let exploration = running()?;
        if exploration.is_shared_loop(object) {
            let soon = Action::Loop(LoopAction::Soon(handle));
            return operate_on(py, soon, object, None).map(|_| ());
        }
        exploration.execution.loop_soon(object, handle, begins);
    }
    Ok(())
}

/// The running task has some loop run a callback: an operation of its own unless it runs that loop.
#[pyfunction]
fn loop_soon_threadsafe(py: Python<'_>, r#loop: u32, handle: u32) -> PyResult<()> {
    // SAFETY: the lock is held; no reference to the world lives across the point.
    unsafe {
        let object = ObjectId(r#loop);
        if running()?.execution.drives(object) {
            return loop_soon(py, r#loop, handle, false);
        }
        operate_on(py, Action::Loop(LoopAction::Soon(handle)), object, None).map(|_| ())
    }
}

/// Reads the clock of the running task's loop: the number of the reading, and nanoseconds.
#[pyfunction]
fn loop_read(r#loop: u32) -> PyResult<(u32, i64)> {
    // SAFETY: the lock is held.
    unsafe { Ok(running()?.execution.loop_read(ObjectId(r#loop))) }
}

/// A callback is to run so many nanoseconds after a reading, or after the start if that is -1.
/// `timed_wait`: it ends somebody's wait.
#[pyfunction]
fn loop_schedule(
    r#loop: u32,
    handle: u32,
    reading: i64,
    nanoseconds: i64,
    timed_wait: bool,
) -> PyResult<()> {
    let deadline = match u32::try_from(reading) {
        Ok(reading) => Deadline::After(reading, nanoseconds),
        Err(_) => Deadline::At(nanoseconds),
    };
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        let patience = timed_wait.then(|| w.places.of_caller(&mut w.sites));
        running()?.execution.loop_schedule(ObjectId(r#loop), handle, deadline, patience);
    }
    Ok(())
}

/// A callback is not to run any more.
#[pyfunction]
fn loop_cancel(r#loop: u32, handle: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.loop_cancel(ObjectId(r#loop), handle) };
    Ok(())
}

/// The loop's present pass, or if there is none the next one, is the last.
#[pyfunction]
fn loop_stop(r#loop: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.loop_stop(ObjectId(r#loop)) };
    Ok(())
}

/// The loop was stopped and has returned.
#[pyfunction]
fn loop_returned(r#loop: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.loop_returned(ObjectId(r#loop)) };
    Ok(())
}

/// Waits for the loop's next pass; gives its callbacks in order.
#[pyfunction]
fn loop_pass(py: Python<'_>, r#loop: u32) -> PyResult<Vec<u32>> {
    let object = ObjectId(r#loop);
    operate_on(py, Action::Loop(LoopAction::Pass), object, None)?;
    // SAFETY: the lock is held.
    unsafe { Ok(running()?.execution.pass(object).to_vec()) }
}

/// The loop begins to run a callback, in the name of this activity; -1 for none of either. These nest.
#[pyfunction]
fn loop_enter(r#loop: u32, handle: i64, activity: i64) -> PyResult<()> {
    let handle = u32::try_from(handle).ok();
    let activity = u32::try_from(activity).ok().map(TaskId);
    // SAFETY: the lock is held.
    unsafe { running()?.execution.enter_callback(ObjectId(r#loop), handle, activity) };
    Ok(())
}

/// The callback has returned.
#[pyfunction]
fn loop_leave(r#loop: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.leave_callback(ObjectId(r#loop)) };
    Ok(())
}

/// Who acts: the running task, or the activity of its loop that runs.
#[pyfunction]
fn current_actor() -> u32 {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        match &w.exploration {
            Some(exploration) if w.active => exploration.execution.actor().0,
            _ => 0,
        }
    }
}

/// The loop is closed.
#[pyfunction]
fn loop_close(r#loop: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.loop_close(ObjectId(r#loop)) };
    Ok(())
}

/// Adds an activity of this name: a coroutine that the program started, or a chain of callbacks.
#[pyfunction]
fn activity_new(py: Python<'_>, r#loop: u32, name: &str) -> PyResult<u32> {
    let _ = r#loop;
    // SAFETY: the lock is held.
    unsafe {
        let activity = running()?.execution.new_activity();
        let w = world();
        let site = w.places.of_caller(&mut w.sites);
        add_side(py, name, site);
        Ok(activity.0)
    }
}

/// The activity has ended.
#[pyfunction]
fn activity_end(activity: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.end_activity(TaskId(activity)) };
    Ok(())
}

/// The operation on an awaitable object that these words name.
fn action_of(kind: &str, object: u32) -> Action {
    match kind {
        "mutex" | "acquire" => Action::MutexAcquire,
        "release" => Action::MutexRelease,
        "semaphore" => Action::SemaphoreAcquire,
        "semaphore_release" => Action::SemaphoreRelease(1),
        "event" => Action::EventResume,
        "set" => Action::EventSet,
        "clear" => Action::EventClear,
        "condition_wait" => Action::ConditionWait(ObjectId::NONE),
        "condition" => Action::ConditionResume(ObjectId::NONE),
        "notify" => Action::ConditionNotify(1),
        "barrier" => Action::Barrier(BarrierAction::Resume),
        "queue_put" => Action::Queue(QueueAction::Put { item: 0, priority: 0 }),
        "queue_get" => Action::Queue(QueueAction::Get),
        "task_done" => Action::Queue(QueueAction::TaskDone),
        "queue_join" => Action::Queue(QueueAction::Join),
        "set_result" => Action::Future(FutureAction::Set(0)),
        "cancel" => Action::Future(FutureAction::Cancel),
        "task" => Action::TaskJoin(TaskId(object)),
        "sleep" => Action::Sleep,
        _ => Action::Future(FutureAction::Wait),
    }
}

/// The activity is about to be suspended until this is done: at the end of an execution that stands
/// still it is what it waits for. `place` is the frame, or the suspended coroutine, of the user's that
/// awaits; if there is none, the activity waits where it was made.
#[pyfunction]
#[pyo3(signature = (activity, kind, object, timed, place = None))]
fn activity_waits(
    activity: u32,
    kind: &str,
    object: i64,
    timed: bool,
    place: Option<Bound<'_, PyAny>>,
) -> PyResult<()> {
    let number = u32::try_from(object).unwrap_or(u32::MAX);
    let action = action_of(kind, number);
    let object = if let Action::TaskJoin(_) = action { ObjectId::NONE } else { ObjectId(number) };
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        let mut site = SiteId::NONE;
        if let Some(place) = place {
            site = w.places.of_suspended(&place, &mut w.sites);
        }
        if site == SiteId::NONE {
            site = w.tasks.get(activity as usize).map_or(site, |side| side.made_at);
        }
        let timeout = timed.then_some(0);
        let operation = Operation { timeout, ..Operation::new(action, object, site) };
        running()?.execution.activity_awaits(TaskId(activity), Some(operation));
    }
    Ok(())
}

/// The activity goes on.
#[pyfunction]
fn activity_goes_on(activity: u32) -> PyResult<()> {
    // SAFETY: the lock is held.
    unsafe { running()?.execution.activity_awaits(TaskId(activity), None) };
    Ok(())
}

/// Makes what activities wait for: a lock, event, queue or future of the loop's library.
#[pyfunction]
fn awaitable_new() -> PyResult<u32> {
    // SAFETY: the lock is held.
    unsafe { Ok(running()?.execution.new_object(ObjectKind::Awaitable).0) }
}

/// Something was done to an awaitable object, in the name of the activity that runs: a step of the
/// report, and who holds a lock.
#[pyfunction]
fn awaitable_did(py: Python<'_>, kind: &str, object: u32) -> PyResult<()> {
    let action = match action_of(kind, object) {
        // Whose end it is, is for the report of who waits only.
        Action::TaskJoin(_) => Action::Future(FutureAction::Wait),
        action => action,
    };
    operate_on(py, action, ObjectId(object), None).map(|_| ())
}

/// Library code looks at or changes an object of its own that other callbacks can see; -1 stands for
/// all there are.
#[pyfunction]
fn loop_note(object: i64, writes: bool) {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        if w.active
            && let Some(exploration) = w.exploration.as_mut()
        {
            exploration.execution.loop_note(u32::try_from(object).ok(), writes);
        }
    }
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(loop_new, module)?)?;
    module.add_function(wrap_pyfunction!(loop_soon, module)?)?;
    module.add_function(wrap_pyfunction!(loop_soon_threadsafe, module)?)?;
    module.add_function(wrap_pyfunction!(loop_read, module)?)?;
    module.add_function(wrap_pyfunction!(loop_schedule, module)?)?;
    module.add_function(wrap_pyfunction!(loop_cancel, module)?)?;
    module.add_function(wrap_pyfunction!(loop_stop, module)?)?;
    module.add_function(wrap_pyfunction!(loop_returned, module)?)?;
    module.add_function(wrap_pyfunction!(loop_pass, module)?)?;
    module.add_function(wrap_pyfunction!(loop_enter, module)?)?;
    module.add_function(wrap_pyfunction!(loop_leave, module)?)?;
    module.add_function(wrap_pyfunction!(current_actor, module)?)?;
    module.add_function(wrap_pyfunction!(loop_close, module)?)?;
    module.add_function(wrap_pyfunction!(loop_note, module)?)?;
    module.add_function(wrap_pyfunction!(activity_new, module)?)?;
    module.add_function(wrap_pyfunction!(activity_end, module)?)?;
    module.add_function(wrap_pyfunction!(activity_waits, module)?)?;
    module.add_function(wrap_pyfunction!(activity_goes_on, module)?)?;
    module.add_function(wrap_pyfunction!(awaitable_new, module)?)?;
    module.add_function(wrap_pyfunction!(awaitable_did, module)?)?;
    Ok(())
}
