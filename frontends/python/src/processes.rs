//! Processes of the program: which process a task belongs to, what is put in place when another one's
//! task goes on, how a process ends in the middle of what it does, and the messages between processes.

use everyway_engine::execution::Directive;
use everyway_engine::primitives::ObjectKind;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::{FileAction, MailboxAction};
use everyway_protocol::operation::{Action, Field, Operation};
use pyo3::exceptions::PyRuntimeError;
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::access::note_event;
use crate::greenlet;
use crate::hash::QuickMap;
use crate::objects::number;
use crate::primitives::{answer, is_poll, operate};
use crate::tasks::{is_finished, point, refuse_to_go_on, target_of_current};
use crate::world::{Command, world};

/// The program's processes, as far as the core has to know them.
#[derive(Debug, Default)]
pub(crate) struct Processes {
    /// The one whose state is in place.
    current: u32,
    /// Called with the number of the process whose state has to be put in place.
    hook: Option<Py<PyAny>>,
    /// Units of work that began within a task: the index of the first event, and the task.
    pub(crate) units: Vec<(usize, TaskId)>,
    /// What the last announcer found to be no place of its own: the object's address, and the site.
    last_place: (usize, u32),
    /// What servers have, by address, each with the number that it is known by.
    pub(crate) served: QuickMap<usize, u64>,
}

impl Processes {
    /// The process whose state is in place: that of the running task.
    pub(crate) fn current(&self) -> u32 {
        self.current
    }

    /// A new execution begins.
    pub(crate) fn begin(&mut self) {
        self.current = 0;
        self.units.clear();
        self.last_place = (0, 0);
        self.served.clear();
    }
}

/// The task goes on: what belongs to its process has to be in place.
#[inline]
pub(crate) unsafe fn put_in_place(task: TaskId) {
    let w = world();
    let Some(process) = w.tasks.get(task.index()).map(|side| side.process) else { return };
    if process != w.processes.current {
        put(process);
    }
}

unsafe fn put(process: u32) {
    let w = world();
    w.processes.current = process;
    let Some(hook) = w.processes.hook.as_ref().map(|hook| hook.as_ptr()) else { return };
    Py_INCREF(hook);
    let number = PyLong_FromLong(i64::from(process));
    let result = PyObject_CallFunctionObjArgs(hook, number, std::ptr::null_mut::<PyObject>());
    Py_DECREF(number);
    if result.is_null() {
        PyErr_WriteUnraisable(hook);
    } else {
        Py_DECREF(result);
    }
    Py_DECREF(hook);
}

/// An announcer found that what is read or stored is the object's own code's business.
#[inline]
pub(crate) unsafe fn note_place(object: *mut PyObject, site: u32) {
    world().processes.last_place = (object as usize, site);
}

/// Sets what puts the state of a process in place.
#[pyfunction]
fn on_process(hook: Option<Py<PyAny>>) {
    // SAFETY: the lock is held.
    let before = unsafe { std::mem::replace(&mut world().processes.hook, hook) };
    drop(before);
}

/// From now on the running task, and those that it starts, belong to this process.
#[pyfunction]
fn enter_process(number: u32) {
    // SAFETY: the lock is held; the hook switches to no other task.
    unsafe {
        let w = world();
        let Some(exploration) = &w.exploration else { return };
        let task = exploration.execution.current();
        if let Some(side) = w.tasks.get_mut(task.index()) {
            side.process = number;
        }
        put_in_place(task);
    }
}

/// The process of the running task.
#[pyfunction]
fn current_process() -> u32 {
    // SAFETY: the lock is held. What is in place is what the running task's process has.
    unsafe {
        let w = world();
        if w.active { w.processes.current() } else { 0 }
    }
}

/// What the running task prints from now on is a unit of work of its own.
#[pyfunction]
fn begin_unit() {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        if !w.active {
            return;
        }
        if let Some(exploration) = &w.exploration {
            let execution = &exploration.execution;
            w.processes.units.push((execution.trace.events.len(), execution.current()));
        }
    }
}

/// Ends another task, wherever it is; false if it has ended.
#[pyfunction]
fn task_kill(py: Python<'_>, task: u32) -> PyResult<bool> {
    operate(py, Action::TaskKill(TaskId(task)), ObjectId::NONE.0, None).map(answer)
}

/// Ends the running task in the middle of what it does; returns only to be torn down.
#[pyfunction]
fn task_leave(py: Python<'_>) -> PyResult<()> {
    // SAFETY: the lock is held; no reference to the world lives across a switch.
    unsafe {
        let w = world();
        if w.aborting {
            refuse_to_go_on();
            return Err(PyErr::fetch(py));
        }
        let Some(exploration) = w.exploration.as_mut() else {
            return Err(PyRuntimeError::new_err("no execution is running"));
        };
        let exit = Operation::new(Action::TaskExit, ObjectId::NONE, SiteId::NONE);
        let mut next = exploration.announce(exit);
        loop {
            let w = world();
            next = match next {
                Directive::Switch(task) if !is_finished(w, task) => {
                    greenlet::switch(target_of_current());
                    break;
                }
                Directive::End(_) => {
                    w.command = Command::Ended;
                    greenlet::switch(w.root);
                    break;
                }
                _ => match w.exploration.as_mut() {
                    Some(exploration) => exploration.after_exit(),
                    None => break,
                },
            };
        }
        if PyErr_Occurred().is_null() {
            refuse_to_go_on();
        }
        Err(PyErr::fetch(py))
    }
}

// --- messages -------------------------------------------------------------------------------------

fn on_mailbox(
    py: Python<'_>,
    mailbox: u32,
    action: MailboxAction,
    timeout: Option<f64>,
) -> PyResult<i64> {
    operate(py, Action::Mailbox(action), mailbox, timeout).map(number)
}

/// Adds a message; false if the mailbox is closed.
#[pyfunction]
fn mailbox_post(py: Python<'_>, mailbox: u32, message: u64) -> PyResult<bool> {
    on_mailbox(py, mailbox, MailboxAction::Post(message), None).map(|reply| reply == 0)
}

/// Takes the first message: its number, -1 if there was none in time, -2 if the mailbox is closed.
#[pyfunction]
#[pyo3(signature = (mailbox, timeout = None))]
fn mailbox_receive(py: Python<'_>, mailbox: u32, timeout: Option<f64>) -> PyResult<i64> {
    if is_poll(timeout) {
        return on_mailbox(py, mailbox, MailboxAction::ReceiveTry, None);
    }
    on_mailbox(py, mailbox, MailboxAction::Receive, timeout)
}

/// Waits until there is a message: 0, -1 if there was none in time, -2 if the mailbox is closed and empty.
#[pyfunction]
#[pyo3(signature = (mailbox, timeout = None))]
fn mailbox_ready(py: Python<'_>, mailbox: u32, timeout: Option<f64>) -> PyResult<i64> {
    on_mailbox(py, mailbox, MailboxAction::Ready, timeout)
}

/// Waits until so many messages in all are gone, or the mailbox is closed.
#[pyfunction]
fn mailbox_gone(py: Python<'_>, mailbox: u32, count: u64) -> PyResult<()> {
    on_mailbox(py, mailbox, MailboxAction::Gone(count), None).map(|_| ())
}

/// Says that the exploration has to begin again, knowing of this.
#[pyfunction]
fn learn_of(name: String) {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        if !w.shared.contains(&name) {
            w.shared.push(name);
        }
    }
}

/// Counts the messages.
#[pyfunction]
fn mailbox_length(py: Python<'_>, mailbox: u32) -> PyResult<i64> {
    on_mailbox(py, mailbox, MailboxAction::Length, None)
}

/// Lets no more messages in; `discard`: drops those that are there.
#[pyfunction]
fn mailbox_close(py: Python<'_>, mailbox: u32, discard: bool) -> PyResult<()> {
    on_mailbox(py, mailbox, MailboxAction::Close { discard }, None).map(|_| ())
}

// --- memory that processes share ------------------------------------------------------------------

/// The site at which the running task uses the object: what the last announcer said, if it was about
/// the object, else the line that called.
#[pyfunction]
fn site_of_use(object: Bound<'_, PyAny>) -> u32 {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        let (address, site) = w.processes.last_place;
        if address == object.as_ptr() as usize {
            return site;
        }
        if w.facts
            && let Some(exploration) = &w.exploration
            && let Some(side) = w.tasks.get(exploration.execution.current().index())
            && let Some(site) = side.library_call
        {
            return site.0;
        }
        w.places.of_caller(&mut w.sites).0
    }
}

/// Says that the object is in a server, which is asked for each thing that is done to it: what several
/// tasks do to it has an order, so it is no data race.
#[pyfunction]
fn serve(object: Bound<'_, PyAny>) {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        if !w.active {
            return;
        }
        let task = w.exploration.as_ref().map_or(0, |e| e.execution.current().0);
        let number = 1 << 63 | u64::from(task) << 32 | (w.processes.served.len() as u64 + 1);
        w.processes.served.insert(object.as_ptr() as usize, number);
        w.kept.push(crate::announcers::again(object.as_ptr()));
    }
}

/// Announces an access to what a server has.
pub(crate) unsafe fn served_access(
    number: u64,
    name: *mut PyObject,
    action: Action,
    site: u32,
) -> bool {
    let field =
        |field| if name.is_null() { field } else { Field::Entry(PyObject_Hash(name) as u64) };
    let action = match action {
        Action::Read(part) => FileAction::Read(field(part)),
        Action::Write(part) => FileAction::Write(field(part)),
        Action::Add(part) | Action::Update(part) => FileAction::Update(field(part)),
        _ => return true,
    };
    file_point(number, action, site)
}

unsafe fn file_point(number: u64, action: FileAction, site: u32) -> bool {
    let w = world();
    let Some(exploration) = w.exploration.as_mut() else { return true };
    let object = exploration.execution.new_object(ObjectKind::File(number));
    if w.values.wanted {
        w.values.settle();
    }
    if point(Operation::new(Action::File(action), object, SiteId(site))).is_none() {
        return false;
    }
    let w = world();
    if w.facts {
        note_event(w);
    }
    true
}

/// Announces what the running task does to the file of this number: `r`ead, `w`rite or `u`pdate it.
#[pyfunction]
fn file_access(py: Python<'_>, number: u64, kind: char, site: u32) -> PyResult<()> {
    let action = match kind {
        'r' => FileAction::Read(Field::Whole),
        'w' => FileAction::Write(Field::Whole),
        _ => FileAction::Update(Field::Whole),
    };
    // SAFETY: the lock is held; no reference to the world lives across the announcement.
    unsafe {
        let w = world();
        if w.aborting {
            refuse_to_go_on();
            return Err(PyErr::fetch(py));
        }
        if !w.active || file_point(number, action, site) { Ok(()) } else { Err(PyErr::fetch(py)) }
    }
}

/// Announces what the running task does to a part of shared memory: `r`ead, `w`rite or `u`pdate it.
#[pyfunction]
fn shared_access(
    owner: Bound<'_, PyAny>,
    name: Bound<'_, PyAny>,
    kind: char,
    site: u32,
) -> PyResult<()> {
    let action = match kind {
        'r' => Action::Read(Field::Whole),
        'w' => Action::Write(Field::Whole),
        _ => Action::Update(Field::Whole),
    };
    // SAFETY: the lock is held; no reference to the world lives across the announcement.
    unsafe {
        let mut interned = crate::announcers::again(name.as_ptr());
        PyUnicode_InternInPlace(&raw mut interned);
        let went_well = crate::access::access(owner.as_ptr(), interned, action, site);
        Py_DECREF(interned);
        if went_well { Ok(()) } else { Err(PyErr::fetch(owner.py())) }
    }
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(on_process, module)?)?;
    module.add_function(wrap_pyfunction!(enter_process, module)?)?;
    module.add_function(wrap_pyfunction!(current_process, module)?)?;
    module.add_function(wrap_pyfunction!(begin_unit, module)?)?;
    module.add_function(wrap_pyfunction!(task_kill, module)?)?;
    module.add_function(wrap_pyfunction!(task_leave, module)?)?;
    module.add_function(wrap_pyfunction!(mailbox_post, module)?)?;
    module.add_function(wrap_pyfunction!(mailbox_receive, module)?)?;
    module.add_function(wrap_pyfunction!(mailbox_ready, module)?)?;
    module.add_function(wrap_pyfunction!(mailbox_gone, module)?)?;
    module.add_function(wrap_pyfunction!(mailbox_length, module)?)?;
    module.add_function(wrap_pyfunction!(learn_of, module)?)?;
    module.add_function(wrap_pyfunction!(mailbox_close, module)?)?;
    module.add_function(wrap_pyfunction!(site_of_use, module)?)?;
    module.add_function(wrap_pyfunction!(shared_access, module)?)?;
    module.add_function(wrap_pyfunction!(serve, module)?)?;
    module.add_function(wrap_pyfunction!(file_access, module)?)?;
    Ok(())
}
