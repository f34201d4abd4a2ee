//! Tasks: which greenlet runs which, how they start, end, wait, and are torn down.

use std::ptr;

use everyway_engine::execution::{Directive, Ending};
use everyway_engine::exploration::Raised;
use everyway_protocol::ids::{ActivationId, ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Operation, Reply};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::greenlet;
use crate::processes;
use crate::world::{Command, TaskSide, World, world};

/// After so many refusals a task that will not die is parked for good.
const MOST_REFUSALS: u32 = 20;

/// The running task announces an operation and waits until it was executed. None with an exception
/// set, if the execution is over.
pub(crate) unsafe fn point(operation: Operation) -> Option<Reply> {
    let w = world();
    if w.aborting {
        refuse_to_go_on();
        return None;
    }
    let exploration = w.exploration.as_mut()?;
    let me = exploration.execution.current();
    match exploration.announce(operation) {
        Directive::Continue(reply) => Some(reply),
        directive => follow(me, directive),
    }
}

/// Does what the engine says, from within the running task.
pub(crate) unsafe fn follow(me: TaskId, mut directive: Directive) -> Option<Reply> {
    loop {
        let w = world();
        match directive {
            Directive::Continue(reply) => return Some(reply),
            Directive::Switch(task) if is_finished(w, task) => {
                directive = w.exploration.as_mut()?.after_exit();
            }
            Directive::Switch(_) => break switch_from_task(me),
            Directive::End(_) => {
                w.command = Command::Ended;
                let root = w.root;
                if greenlet::switch(root) {
                    refuse_to_go_on();
                }
                return None;
            }
        }
    }
}

/// The engine has made another task the current one: goes on there, and comes back when this one is
/// chosen again.
unsafe fn switch_from_task(own: TaskId) -> Option<Reply> {
    let target = target_of_current();
    if !greenlet::switch(target) {
        return None;
    }
    let w = world();
    if w.aborting {
        refuse_to_go_on();
        return None;
    }
    processes::put_in_place(own);
    world().exploration.as_ref().map(|exploration| exploration.execution.reply(own))
}

/// The greenlet of the engine's current task, with one from the pool if it has none yet; the root if
/// the pool is empty.
pub(crate) unsafe fn target_of_current() -> *mut PyObject {
    let w = world();
    let task = match &w.exploration {
        Some(exploration) => exploration.execution.current(),
        None => return w.root,
    };
    let Some(side) = w.tasks.get_mut(task.index()) else { return w.root };
    if side.greenlet.is_null() {
        match w.idle.pop() {
            Some(idle) => side.greenlet = idle,
            None => {
                w.command = Command::NeedGreenlet(task);
                return w.root;
            }
        }
    }
    side.greenlet
}

pub(crate) fn is_finished(w: &World, task: TaskId) -> bool {
    w.exploration
        .as_ref()
        .and_then(|exploration| exploration.execution.task(task))
        .is_some_and(everyway_engine::execution::task::Task::is_finished)
}

/// Sets the exception that ends a task of an execution that is over.
pub(crate) unsafe fn refuse_to_go_on() {
    let w = world();
    let current = greenlet::current();
    let root = w.root;
    let mut park = false;
    if let Some(side) = w.tasks.iter_mut().find(|side| side.greenlet == current) {
        side.refusals += 1;
        park = side.refusals > MOST_REFUSALS;
    }
    Py_DECREF(current);
    if park {
        w.graveyard += 1;
        while greenlet::switch(root) {}
        PyErr_Clear();
        loop {
            greenlet::switch(root);
            PyErr_Clear();
        }
    }
    PyErr_SetNone(w.abort);
}

/// What every pooled greenlet runs: one task after the other.
unsafe extern "C" fn task_loop(_own: *mut PyObject, _arguments: *mut PyObject) -> *mut PyObject {
    let root = world().root;
    if !greenlet::switch(root) {
        return ptr::null_mut();
    }
    loop {
        let w = world();
        let Some(task) = w.exploration.as_ref().map(|exploration| exploration.execution.current())
        else {
            return none();
        };
        let function = w.tasks[task.index()].function;
        processes::put_in_place(task);
        let result = call_in_own_context(function);
        if result.is_null() {
            note_exception(task);
        } else {
            Py_DECREF(result);
        }
        let next = leave(task);
        if !greenlet::switch(next) {
            return ptr::null_mut();
        }
    }
}

/// Calls a task's function as a thread does: what context variables hold is its own (greenlets keep that
/// apart), and so is the context of `decimal`.
unsafe fn call_in_own_context(function: *mut PyObject) -> *mut PyObject {
    let context = PyObject_CallNoArgs(CONTEXT_TYPE);
    if context.is_null() {
        return ptr::null_mut();
    }
    let run = PyObject_GetAttrString(context, c"run".as_ptr());
    let result = PyObject_CallFunctionObjArgs(run, function, ptr::null_mut::<PyObject>());
    Py_DECREF(run);
    Py_DECREF(context);
    result
}

unsafe fn none() -> *mut PyObject {
    let none = Py_None();
    Py_INCREF(none);
    none
}

/// The task's function has returned: it ends. Gives the greenlet that goes on.
unsafe fn leave(task: TaskId) -> *mut PyObject {
    let w = world();
    if w.values.wanted && !w.aborting {
        w.values.settle();
    }
    let own = w.tasks[task.index()].greenlet;
    let mut directive = None;
    if !w.aborting
        && let Some(exploration) = w.exploration.as_mut()
    {
        let action = if task == TaskId::MAIN { Action::ProgramEnd } else { Action::TaskExit };
        let exit = Operation::new(action, ObjectId::NONE, SiteId::NONE);
        let mut next = exploration.announce(exit);
        if matches!(next, Directive::Continue(_)) {
            next = exploration.after_exit();
        }
        while let Directive::Switch(other) = next {
            if !exploration.execution.task(other).is_some_and(|task| task.is_finished()) {
                break;
            }
            next = exploration.after_exit();
        }
        directive = Some(next);
    }
    w.tasks[task.index()].greenlet = ptr::null_mut();
    w.idle.push(own);
    match directive {
        Some(Directive::Switch(_)) => target_of_current(),
        Some(_) => {
            w.command = Command::Ended;
            w.root
        }
        None => w.root,
    }
}

/// A task's function raised: takes the exception down, unless the execution is over.
unsafe fn note_exception(task: TaskId) {
    let w = world();
    if w.aborting || PyErr_ExceptionMatches(w.abort) != 0 {
        PyErr_Clear();
        return;
    }
    Python::attach(|py| {
        let error = PyErr::fetch(py);
        record(task, &error.into_value(py).into_bound(py).into_any());
    });
}

/// The text without the addresses that it shows, which differ from run to run.
fn without_addresses(text: &str) -> String {
    const MARK: &str = " at 0x";
    let mut parts = text.split(MARK);
    let mut clean = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
        clean.push_str(if rest.len() < part.len() { " at 0x…" } else { MARK });
        clean.push_str(rest);
    }
    clean
}

/// Takes down that the task ended with this exception.
fn record(task: TaskId, exception: &Bound<'_, PyAny>) {
    let kind = exception
        .get_type()
        .qualname()
        .map_or_else(|_| String::from("exception"), |name| name.to_string());
    let text = exception.str().map_or_else(|_| String::new(), |text| text.to_string());
    let text = without_addresses(&text);
    // SAFETY: the lock is held, and nothing here switches.
    unsafe {
        let w = world();
        let place = w.places.of_traceback(exception, &w.sites);
        w.raised.push(Raised { task, kind, text, place });
    }
}

/// Runs one execution whose main task runs `main`, and tears it down. The exploration has begun it.
pub(crate) unsafe fn run(main: *mut PyObject) {
    let w = world();
    w.root = greenlet::current();
    w.tasks.clear();
    w.tasks.push(side(main, "main"));
    w.raised.clear();
    w.processes.begin();
    w.refused = None;
    w.aborting = false;
    w.active = true;
    w.command = Command::Ended;
    w.activations = 0;
    w.calls = 0;
    w.execution_number += 1;
    let first = target_of_current();
    if first != w.root && !greenlet::switch(first) {
        PyErr_Clear();
    }
    while let Command::NeedGreenlet(task) = world().command {
        world().command = Command::Ended;
        let Some(made) = make() else { break };
        world().tasks[task.index()].greenlet = made;
        if !greenlet::switch(made) {
            PyErr_Clear();
        }
    }
    tear_down();
}

/// A greenlet that waits for its first task.
unsafe fn make() -> Option<*mut PyObject> {
    let run = TASK_LOOP;
    let made = greenlet::new(run, world().root);
    if made.is_null() {
        PyErr_Clear();
        return None;
    }
    if greenlet::switch(made) {
        Some(made)
    } else {
        PyErr_Clear();
        None
    }
}

unsafe fn side(function: *mut PyObject, name: &str) -> TaskSide {
    Py_INCREF(function);
    TaskSide {
        greenlet: ptr::null_mut(),
        function,
        name: name.to_owned(),
        refusals: 0,
        activation: ActivationId(0),
        pending: None,
        library_call: None,
        rounds: 0,
        step_site: crate::iterate::NO_STEP,
        consuming: None,
        held: Vec::new(),
        made_at: SiteId::NONE,
        process: 0,
    }
}

/// Adds the side of a task without steps of its own.
pub(crate) unsafe fn add_side(py: Python<'_>, name: &str, made_at: SiteId) {
    let process = world().processes.current();
    let side = TaskSide { made_at, process, ..side(py.None().as_ptr(), name) };
    world().tasks.push(side);
}

/// Ends all tasks that have not ended.
unsafe fn tear_down() {
    world().aborting = true;
    for index in 0..world().tasks.len() {
        for _ in 0..=MOST_REFUSALS + 1 {
            let w = world();
            let side = &w.tasks[index];
            if side.greenlet.is_null() || side.refusals > MOST_REFUSALS {
                break;
            }
            let (into, abort) = (side.greenlet, w.abort);
            if !greenlet::throw(into, abort) {
                PyErr_Clear();
            }
        }
    }
    let w = world();
    w.active = false;
    w.aborting = false;
    let functions: Vec<*mut PyObject> = w.tasks.iter().map(|task| task.function).collect();
    let mut held = Vec::new();
    for task in &mut w.tasks {
        task.function = ptr::null_mut();
        held.append(&mut task.held);
    }
    w.cells.clear();
    w.looked_at.clear();
    w.views.clear();
    w.exposed.clear();
    w.holds = false;
    crate::opaque::put_back();
    let w = world();
    w.frames.clear();
    let kept = std::mem::take(&mut w.kept);
    let root = w.root;
    for object in functions.iter().chain(&kept) {
        Py_DECREF(*object);
    }
    Py_DECREF(root);
    for each in held {
        each.release();
    }
    let w = world();
    if w.kept.is_empty() {
        w.kept = kept;
        w.kept.clear();
    }
}

/// Whether the running execution has ended in this way.
pub(crate) unsafe fn ending() -> Option<Ending> {
    world().exploration.as_ref().and_then(|exploration| exploration.execution.ending())
}

static mut CONTEXT_TYPE: *mut PyObject = ptr::null_mut();
static mut TASK_LOOP: *mut PyObject = ptr::null_mut();
static mut TASK_LOOP_DEFINITION: PyMethodDef = PyMethodDef::zeroed();

fn outside() -> PyErr {
    PyRuntimeError::new_err("no execution is running")
}

/// Starts a task that runs `function()`; gives its number.
#[pyfunction]
fn task_start(function: Bound<'_, PyAny>, daemon: bool, name: &str) -> PyResult<u32> {
    // SAFETY: the lock is held; no reference to the world lives across the point.
    unsafe {
        let w = world();
        if !w.active {
            return Err(outside());
        }
        let site = w.places.of_caller(&mut w.sites);
        let Some(exploration) = w.exploration.as_mut() else { return Err(outside()) };
        if w.aborting {
            refuse_to_go_on();
            return Err(PyErr::fetch(function.py()));
        }
        let starter = exploration.execution.current();
        let process = w.tasks.get(starter.index()).map_or(0, |side| side.process);
        // The end of the program waits for its own threads; for those of a process, that process does.
        let task = exploration.execution.new_task(daemon || process != 0);
        w.tasks.push(TaskSide { process, ..side(function.as_ptr(), name) });
        let start = Operation::new(Action::TaskStart(task), ObjectId::NONE, site);
        match point(start) {
            Some(_) => Ok(task.0),
            None => Err(PyErr::fetch(function.py())),
        }
    }
}

/// The number of the running task; main's outside an execution.
#[pyfunction]
fn current_task() -> u32 {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        match &w.exploration {
            Some(exploration) if w.active => exploration.execution.current().0,
            _ => 0,
        }
    }
}

/// Names a task in reports.
#[pyfunction]
fn set_task_name(task: u32, name: String) {
    // SAFETY: the lock is held.
    unsafe {
        if let Some(side) = world().tasks.get_mut(task as usize) {
            side.name = name;
        }
    }
}

/// Takes down that the running task ended with this exception.
#[pyfunction]
fn report_exception(exception: Bound<'_, PyAny>) {
    // SAFETY: the lock is held.
    let task = unsafe {
        let w = world();
        if !w.active || w.aborting {
            return;
        }
        w.exploration.as_ref().map_or(TaskId::MAIN, |exploration| exploration.execution.actor())
    };
    record(task, &exception);
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let context = module.py().import("contextvars")?.getattr("Context")?;
    // SAFETY: the module is set up once, with the lock held; the definition and the type live for ever.
    unsafe {
        CONTEXT_TYPE = context.into_ptr();
        TASK_LOOP_DEFINITION = PyMethodDef {
            ml_name: c"task".as_ptr(),
            ml_meth: PyMethodDefPointer { PyCFunction: task_loop },
            ml_flags: METH_NOARGS,
            ml_doc: ptr::null(),
        };
        TASK_LOOP =
            PyCFunction_NewEx(&raw mut TASK_LOOP_DEFINITION, ptr::null_mut(), ptr::null_mut());
    }
    module.add_function(wrap_pyfunction!(task_start, module)?)?;
    module.add_function(wrap_pyfunction!(current_task, module)?)?;
    module.add_function(wrap_pyfunction!(set_task_name, module)?)?;
    module.add_function(wrap_pyfunction!(report_exception, module)?)?;
    Ok(())
}
