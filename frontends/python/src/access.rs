//! An access of the running task to a location of the program's memory.

use everyway_engine::primitives::ObjectKind;
use everyway_protocol::ids::{ActivationId, ObjectId, SiteId};
use everyway_protocol::operation::{Action, Operation};
use everyway_protocol::trace::{Fact, FactRecord};
use pyo3::ffi::{Py_INCREF, PyObject};

use crate::dictionaries;
use crate::tasks::point;
use crate::world::{World, world};

/// Announces an access; false with an exception set if the execution is over.
///
/// `owner` is the object, module dictionary or container; `name` the attribute or global, null for a
/// container.
#[inline]
pub(crate) unsafe fn access(
    owner: *mut PyObject,
    name: *mut PyObject,
    action: Action,
    site: u32,
) -> bool {
    access_shown(owner, name, action, site, name)
}

/// The same; reports show the value of this attribute.
#[inline(always)]
pub(crate) unsafe fn access_shown(
    owner: *mut PyObject,
    name: *mut PyObject,
    action: Action,
    site: u32,
    shown: *mut PyObject,
) -> bool {
    let w = world();
    if !w.active {
        return true;
    }
    if w.aborting {
        crate::tasks::refuse_to_go_on();
        return false;
    }
    let Some(exploration) = w.exploration.as_mut() else { return true };
    // Nobody else is there yet.
    if exploration.execution.task_count() == 1 {
        return true;
    }
    if !w.processes.served.is_empty()
        && let Some(number) = w.processes.served.get(&(owner as usize))
    {
        return crate::processes::served_access(*number, name, action, site);
    }
    let object = cell(w, owner, name);
    let operation = Operation::new(action, object, SiteId(site));
    if w.values.wanted {
        w.values.settle();
    }
    let executed = w.exploration.as_mut().is_some_and(|exploration| exploration.access(operation));
    if !executed && point(operation).is_none() {
        return false;
    }
    let w = world();
    if w.facts {
        note_event(w);
    }
    if w.values.wanted {
        w.values.after(w.exploration.as_ref(), owner, shown);
    }
    true
}

/// The cell of a location.
unsafe fn cell(w: &mut World, owner: *mut PyObject, name: *mut PyObject) -> ObjectId {
    let key = dictionaries::location(w, owner, name);
    if let Some(cell) = w.cells.get(&key) {
        return *cell;
    }
    let Some(exploration) = w.exploration.as_mut() else { return ObjectId::NONE };
    let cell = exploration.execution.new_object(ObjectKind::Cell);
    w.cells.insert(key, cell);
    Py_INCREF(owner);
    w.kept.push(owner);
    cell
}

/// Records the last event as one of the running activation.
pub(crate) unsafe fn note_event(w: &mut World) {
    let Some(exploration) = w.exploration.as_mut() else { return };
    let last = exploration.execution.trace.events.len() as u32 - 1;
    note_fact(w, Fact::Event(last));
}

/// Records a fact of the running activation.
pub(crate) unsafe fn note_fact(w: &mut World, fact: Fact) {
    let Some(exploration) = w.exploration.as_mut() else { return };
    let task = exploration.execution.actor();
    let activation = w.tasks.get(task.index()).map_or(ActivationId(0), |task| task.activation);
    exploration.execution.trace.facts.push(FactRecord { task, activation, fact });
}

/// Whether announcements count now.
pub(crate) unsafe fn is_on() -> bool {
    let w = world();
    w.active
        && w.exploration.as_ref().is_some_and(|exploration| exploration.execution.task_count() > 1)
}
