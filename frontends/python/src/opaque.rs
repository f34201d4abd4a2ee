//! What is used in a way that isn't looked into: containers whose methods are Python code of the library,
//! and attributes that are set on its modules. Where several tasks could race in one, the verdict
//! names it as an assumption.

use everyway_protocol::ids::TaskId;
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::access::is_on;
use crate::announcers::again;
use crate::hash::QuickMap;
use crate::world::world;

/// Calls that a check took as one step: what was called, and where.
#[derive(Debug, Default)]
pub(crate) struct Opaque {
    /// By file and line.
    pub(crate) calls: Vec<(String, (u32, u32))>,
    /// The first task that used an object.
    users: QuickMap<usize, TaskId>,
    /// What module attributes were before this execution: the module, the name, the value or null.
    changed: Vec<[*mut PyObject; 3]>,
}

impl Opaque {
    /// A new check begins.
    pub(crate) fn clear(&mut self) {
        self.calls.clear();
    }

    fn note(&mut self, what: String, place: Option<(u32, u32)>) {
        let call = (what, place.unwrap_or_default());
        if !self.calls.contains(&call) {
            self.calls.push(call);
        }
    }
}

/// Says that the running task uses an object that isn't looked into; kept alive by the caller.
pub(crate) unsafe fn used(object: *mut PyObject, name: &std::ffi::CStr) {
    let w = world();
    if !w.active || w.aborting {
        return;
    }
    let Some(task) = w.exploration.as_ref().map(|e| e.execution.actor()) else { return };
    let first = match w.opaque.users.get(&(object as usize)) {
        Some(first) => *first,
        None => {
            w.opaque.users.insert(object as usize, task);
            w.kept.push(again(object));
            return;
        }
    };
    // What main made, and does after all others have ended, is no race; what it does beside them may be.
    if first != task && is_on() {
        let site = w.places.of_caller(&mut w.sites);
        let place = w.sites.get(site).map(|site| (site.file, site.line));
        w.opaque.note(format!("collections.{}", name.to_string_lossy()), place);
    }
}

/// An attribute of a module that isn't the user's is about to change: it is put back when the execution
/// has ended.
pub(crate) unsafe fn module_changes(module: *mut PyObject, name: *mut PyObject) {
    let w = world();
    if !w.active || w.aborting {
        return;
    }
    let same = |entry: &[*mut PyObject; 3]| entry[0] == module && entry[1] == name;
    if !w.opaque.changed.iter().any(same) {
        let value = PyDict_GetItem(PyModule_GetDict(module), name);
        Py_XINCREF(value);
        w.opaque.changed.push([again(module), again(name), value]);
    }
    if !is_on() {
        return;
    }
    let what: Option<String> = Python::attach(|py| {
        let module: String =
            Bound::from_borrowed_ptr(py, module).getattr("__name__").ok()?.extract().ok()?;
        let name: String = Bound::from_borrowed_ptr(py, name).extract().ok()?;
        Some(format!("{module}.{name}"))
    });
    let w = world();
    let site = w.places.of_caller(&mut w.sites);
    let place = w.sites.get(site).map(|site| (site.file, site.line));
    w.opaque.note(what.unwrap_or_default(), place);
}

/// The execution has ended.
pub(crate) unsafe fn put_back() {
    let w = world();
    w.opaque.users.clear();
    for [module, name, value] in std::mem::take(&mut w.opaque.changed).into_iter().rev() {
        let dictionary = PyModule_GetDict(module);
        if value.is_null() {
            PyDict_DelItem(dictionary, name);
        } else {
            PyDict_SetItem(dictionary, name, value);
        }
        PyErr_Clear();
        Py_XDECREF(value);
        Py_DECREF(name);
        Py_DECREF(module);
    }
}
