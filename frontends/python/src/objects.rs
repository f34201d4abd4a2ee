//! The operations of objects whose every call is one operation: queues, futures, barriers.
//!
//! Items and results stay on the Python side; the engine knows an item by a number.

use everyway_protocol::objects::{BarrierAction, FutureAction, QueueAction};
use everyway_protocol::operation::{Action, Misuse, Reply};
use pyo3::prelude::*;

use crate::primitives::{answer, is_poll, operate};

/// There was no item, no message, no room or no time left.
const NOTHING: i64 = -1;
/// The object is closed, shut down, cancelled or broken.
const CLOSED: i64 = -2;

/// A reply as one number: what the object gave, or one of the two above.
pub(crate) fn number(reply: Reply) -> i64 {
    match reply {
        Reply::Value(value) => i64::try_from(value).unwrap_or(i64::MAX),
        Reply::Answer(false) => NOTHING,
        Reply::Closed => CLOSED,
        _ => 0,
    }
}

fn on_queue(
    py: Python<'_>,
    queue: u32,
    action: QueueAction,
    timeout: Option<f64>,
) -> PyResult<Reply> {
    operate(py, Action::Queue(action), queue, timeout)
}

/// Adds an item: 0, -1 if there was no room in time, -2 if the queue is shut down.
#[pyfunction]
#[pyo3(signature = (queue, item, timeout = None))]
fn queue_put(py: Python<'_>, queue: u32, item: u64, timeout: Option<f64>) -> PyResult<i64> {
    let priority = 0;
    let action = if is_poll(timeout) {
        QueueAction::PutTry { item, priority }
    } else {
        QueueAction::Put { item, priority }
    };
    let timeout = timeout.filter(|_| !is_poll(timeout));
    on_queue(py, queue, action, timeout).map(number)
}

/// Takes an item: its number, -1 if there was none in time, -2 if the queue is shut down.
#[pyfunction]
#[pyo3(signature = (queue, timeout = None))]
fn queue_get(py: Python<'_>, queue: u32, timeout: Option<f64>) -> PyResult<i64> {
    if is_poll(timeout) {
        return on_queue(py, queue, QueueAction::GetTry, None).map(number);
    }
    on_queue(py, queue, QueueAction::Get, timeout).map(number)
}

/// Notes that an item is dealt with; false if that was said too often.
#[pyfunction]
fn queue_task_done(py: Python<'_>, queue: u32) -> PyResult<bool> {
    let reply = on_queue(py, queue, QueueAction::TaskDone, None)?;
    Ok(reply != Reply::Misuse(Misuse::TooManyDone))
}

/// Waits until all items are dealt with.
#[pyfunction]
fn queue_join(py: Python<'_>, queue: u32) -> PyResult<()> {
    on_queue(py, queue, QueueAction::Join, None).map(|_| ())
}

/// Lets no more items in; `immediate`ly: drops those that are there.
#[pyfunction]
fn queue_shut_down(py: Python<'_>, queue: u32, immediate: bool) -> PyResult<()> {
    on_queue(py, queue, QueueAction::ShutDown { immediate }, None).map(|_| ())
}

/// How many items there are.
#[pyfunction]
fn queue_length(py: Python<'_>, queue: u32) -> PyResult<i64> {
    on_queue(py, queue, QueueAction::Length, None).map(number)
}

fn on_future(
    py: Python<'_>,
    future: u32,
    action: FutureAction,
    timeout: Option<f64>,
) -> PyResult<Reply> {
    operate(py, Action::Future(action), future, timeout)
}

/// Begins to work on a future: 0, -1 if it was cancelled, -2 if somebody works on it or it is done.
#[pyfunction]
fn future_begin(py: Python<'_>, future: u32) -> PyResult<i64> {
    Ok(match on_future(py, future, FutureAction::Begin, None)? {
        Reply::Misuse(_) => CLOSED,
        reply => number(reply),
    })
}

/// Says that a future has its result or exception; false if it had one, or was cancelled.
#[pyfunction]
fn future_set(py: Python<'_>, future: u32) -> PyResult<bool> {
    let reply = on_future(py, future, FutureAction::Set(0), None)?;
    Ok(!matches!(reply, Reply::Misuse(_)))
}

/// Cancels a future unless somebody works on it or it is done; whether it is cancelled.
#[pyfunction]
fn future_cancel(py: Python<'_>, future: u32) -> PyResult<bool> {
    on_future(py, future, FutureAction::Cancel, None).map(answer)
}

/// Waits for a future: 0 if it is done, -1 if there was no time left, -2 if it is cancelled.
#[pyfunction]
#[pyo3(signature = (future, timeout = None))]
fn future_wait(py: Python<'_>, future: u32, timeout: Option<f64>) -> PyResult<i64> {
    if is_poll(timeout) && !future_is_done(py, future)? {
        return Ok(NOTHING);
    }
    let timeout = timeout.filter(|_| !is_poll(timeout));
    on_future(py, future, FutureAction::Wait, timeout).map(number)
}

/// Asks for a call when a future is done or cancelled; true if it already is.
#[pyfunction]
fn future_listen(py: Python<'_>, future: u32) -> PyResult<bool> {
    on_future(py, future, FutureAction::Listen, None).map(answer)
}

#[pyfunction]
fn future_is_done(py: Python<'_>, future: u32) -> PyResult<bool> {
    on_future(py, future, FutureAction::IsDone, None).map(answer)
}

#[pyfunction]
fn future_is_running(py: Python<'_>, future: u32) -> PyResult<bool> {
    on_future(py, future, FutureAction::IsRunning, None).map(answer)
}

#[pyfunction]
fn future_is_cancelled(py: Python<'_>, future: u32) -> PyResult<bool> {
    on_future(py, future, FutureAction::IsCancelled, None).map(answer)
}

fn on_barrier(
    py: Python<'_>,
    barrier: u32,
    action: BarrierAction,
    timeout: Option<f64>,
) -> PyResult<Reply> {
    operate(py, Action::Barrier(action), barrier, timeout)
}

/// Waits at a barrier of `parties`, if not the last to arrive: how many had arrived before, -2 if it
/// broke or is broken.
#[pyfunction]
#[pyo3(signature = (barrier, parties, timeout = None))]
fn barrier_wait(py: Python<'_>, barrier: u32, parties: u32, timeout: Option<f64>) -> PyResult<i64> {
    let before = number(on_barrier(py, barrier, BarrierAction::Arrive, None)?);
    if before < 0 || before + 1 >= i64::from(parties) {
        return Ok(before);
    }
    let resumed = on_barrier(py, barrier, BarrierAction::Resume, timeout)?;
    Ok(if answer(resumed) { before } else { CLOSED })
}

#[pyfunction]
fn barrier_abort(py: Python<'_>, barrier: u32) -> PyResult<()> {
    on_barrier(py, barrier, BarrierAction::Abort, None).map(|_| ())
}

#[pyfunction]
fn barrier_reset(py: Python<'_>, barrier: u32) -> PyResult<()> {
    on_barrier(py, barrier, BarrierAction::Reset, None).map(|_| ())
}

#[pyfunction]
fn barrier_is_broken(py: Python<'_>, barrier: u32) -> PyResult<bool> {
    on_barrier(py, barrier, BarrierAction::IsBroken, None).map(answer)
}

#[pyfunction]
fn barrier_waiting(py: Python<'_>, barrier: u32) -> PyResult<i64> {
    on_barrier(py, barrier, BarrierAction::Waiting, None).map(number)
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(queue_put, module)?)?;
    module.add_function(wrap_pyfunction!(queue_get, module)?)?;
    module.add_function(wrap_pyfunction!(queue_task_done, module)?)?;
    module.add_function(wrap_pyfunction!(queue_join, module)?)?;
    module.add_function(wrap_pyfunction!(queue_shut_down, module)?)?;
    module.add_function(wrap_pyfunction!(queue_length, module)?)?;
    module.add_function(wrap_pyfunction!(future_begin, module)?)?;
    module.add_function(wrap_pyfunction!(future_set, module)?)?;
    module.add_function(wrap_pyfunction!(future_cancel, module)?)?;
    module.add_function(wrap_pyfunction!(future_wait, module)?)?;
    module.add_function(wrap_pyfunction!(future_listen, module)?)?;
    module.add_function(wrap_pyfunction!(future_is_done, module)?)?;
    module.add_function(wrap_pyfunction!(future_is_running, module)?)?;
    module.add_function(wrap_pyfunction!(future_is_cancelled, module)?)?;
    module.add_function(wrap_pyfunction!(barrier_wait, module)?)?;
    module.add_function(wrap_pyfunction!(barrier_abort, module)?)?;
    module.add_function(wrap_pyfunction!(barrier_reset, module)?)?;
    module.add_function(wrap_pyfunction!(barrier_is_broken, module)?)?;
    module.add_function(wrap_pyfunction!(barrier_waiting, module)?)?;
    Ok(())
}
