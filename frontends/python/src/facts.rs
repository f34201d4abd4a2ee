//! What the atomicity detector wants to know besides the accesses: which activation runs, which locals
//! were assigned, which tests and returns were evaluated, which call made which activation.

use std::ptr;

use everyway_protocol::ids::{ActivationId, CallId, SiteId};
use everyway_protocol::trace::Fact;
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::access::{is_on, note_fact};
use crate::announcers::{again, site};
use crate::world::{PendingCall, world};

type Arguments = *mut *mut PyObject;

/// A global was stored: if other tasks exist and its reads are not announced, they have to be.
pub(crate) unsafe fn note_shared_name(name: *mut PyObject) {
    if !is_on() || world().aborting {
        return;
    }
    if !world().looked_at.insert(name as usize) {
        return;
    }
    Py_INCREF(name);
    world().kept.push(name);
    let text: Option<String> =
        Python::attach(|py| Bound::from_borrowed_ptr(py, name).extract().ok());
    let w = world();
    if let Some(text) = text
        && !w.shared.contains(&text)
    {
        w.shared.push(text);
    }
}

unsafe fn recording() -> bool {
    let w = world();
    w.facts && w.active && !w.aborting
}

unsafe fn set_activation(argument: *mut PyObject) {
    let w = world();
    let Some(exploration) = &w.exploration else { return };
    let task = exploration.execution.actor();
    if let Some(side) = w.tasks.get_mut(task.index()) {
        side.activation = ActivationId(PyLong_AsLong(argument) as u32);
    }
}

/// `__ev_enter__(F)`: a function was entered.
pub(crate) unsafe extern "C" fn enter(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    let w = world();
    w.activations += 1;
    let activation = w.activations;
    if recording()
        && let Some(exploration) = &w.exploration
    {
        let task = exploration.execution.actor();
        let frame: *mut PyObject = PyEval_GetFrame().cast();
        let code: *mut PyObject =
            if frame.is_null() { ptr::null_mut() } else { PyFrame_GetCode(frame.cast()).cast() };
        let made_by = w.frames.get(&(frame as usize)).copied();
        let side = &mut w.tasks[task.index()];
        let call = match (side.pending, made_by) {
            (Some(pending), _) if pending.code == code && !code.is_null() => {
                side.pending = None;
                Some(pending.call)
            }
            (_, Some((call, caller))) if caller == task => Some(call),
            _ => None,
        };
        side.activation = ActivationId(activation);
        if !code.is_null() {
            Py_DECREF(code);
        }
        note_fact(world(), Fact::Enter(SiteId(site(*a)), call));
    }
    PyLong_FromLong(i64::from(activation))
}

/// `__ev_leave__(act)`: the function is left.
pub(crate) unsafe extern "C" fn leave(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    if recording() {
        set_activation(*a);
        note_fact(world(), Fact::Leave);
    }
    again(Py_None())
}

unsafe fn with_value(a: Arguments, fact: fn(SiteId) -> Fact) -> *mut PyObject {
    if recording() {
        set_activation(*a);
        note_fact(world(), fact(SiteId(site(*a.add(2)))));
    }
    again(*a.add(1))
}

/// `__ev_define__(act, value, S)`: locals were assigned.
pub(crate) unsafe extern "C" fn define(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    with_value(a, Fact::Define)
}

/// `__ev_test__(act, value, S)`: a test was evaluated.
pub(crate) unsafe extern "C" fn test(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    with_value(a, Fact::Test)
}

/// `__ev_return__(act, value, S)`: the value of a `return` was evaluated.
pub(crate) unsafe extern "C" fn give_back(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    with_value(a, Fact::Return)
}

/// `__ev_call__(act, S, f, *args, **keywords)`.
unsafe extern "C" fn call(
    _: *mut PyObject,
    positional: *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    let count = PyTuple_Size(positional);
    let activation = PyTuple_GetItem(positional, 0);
    let site = SiteId(site(PyTuple_GetItem(positional, 1)));
    let function = PyTuple_GetItem(positional, 2);
    let arguments = PyTuple_GetSlice(positional, 3, count);
    if recording() {
        set_activation(activation);
    }
    let result = linked_call(site, function, arguments, keywords);
    if recording() {
        set_activation(activation);
    }
    Py_DECREF(arguments);
    result
}

/// Calls a function and records the call, linked to the activation that it makes.
pub(crate) unsafe fn linked_call(
    site: SiteId,
    function: *mut PyObject,
    arguments: *mut PyObject,
    keywords: *mut PyObject,
) -> *mut PyObject {
    if !recording() {
        return PyObject_Call(function, arguments, keywords);
    }
    let w = world();
    w.calls += 1;
    let id = CallId(w.calls);
    note_fact(w, Fact::Call(site, id));
    let code = code_of(function);
    let Some(task) = w.exploration.as_ref().map(|e| e.execution.actor()) else {
        return ptr::null_mut();
    };
    let users = code.is_some_and(|code| w.places.is_users(code, &w.sites));
    let side = &mut w.tasks[task.index()];
    let (before, activation, outer) = (side.pending, side.activation, side.library_call);
    side.pending = code.map(|code| PendingCall { call: id, code });
    side.library_call = (!users).then_some(site);
    let result = PyObject_Call(function, arguments, keywords);
    let w = world();
    if let Some(side) = w.tasks.get_mut(task.index()) {
        side.pending = before;
        side.activation = activation;
        side.library_call = outer;
    }
    // What follows an exception that is on its way is not the call's return.
    if recording() && !result.is_null() {
        link_frame(result, id, task);
        note_fact(world(), Fact::Called(site, id));
    }
    result
}

/// Calls a function as a part of what the running activation does.
pub(crate) unsafe fn call_within(function: *mut PyObject) -> *mut PyObject {
    let w = world();
    let task = w.exploration.as_ref().map(|e| e.execution.actor());
    let side = task.and_then(|task| w.tasks.get(task.index()));
    let activation = side.map_or(ActivationId(0), |side| side.activation);
    let result = PyObject_CallNoArgs(function);
    if let Some(side) = task.and_then(|task| world().tasks.get_mut(task.index())) {
        side.activation = activation;
    }
    result
}

/// An attribute is about to be read or stored: if a function of the user's
/// does that, it is a call.
pub(crate) unsafe fn expect_property(
    object: *mut PyObject,
    name: *mut PyObject,
    part: &std::ffi::CStr,
    site: u32,
) {
    if !recording() {
        return;
    }
    let Some(function) = crate::cells::users_accessor(object, name, part) else { return };
    let w = world();
    w.calls += 1;
    let id = CallId(w.calls);
    note_fact(w, Fact::Call(SiteId(site), id));
    let code = code_of(function);
    Py_DECREF(function);
    if let Some(task) = w.exploration.as_ref().map(|e| e.execution.actor())
        && let Some(side) = w.tasks.get_mut(task.index())
    {
        side.pending = code.map(|code| PendingCall { call: id, code });
    }
}

/// The types whose calls run later, and the attribute that is their frame.
static mut GENERATORS: Vec<(*mut PyTypeObject, &'static std::ffi::CStr)> = Vec::new();

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let types = module.py().import("types")?;
    let names = [
        ("GeneratorType", c"gi_frame"),
        ("CoroutineType", c"cr_frame"),
        ("AsyncGeneratorType", c"ag_frame"),
    ];
    let generators = &raw mut GENERATORS;
    for (name, frame) in names {
        let kind = types.getattr(name)?.into_ptr().cast();
        // SAFETY: the module is set up once, with the lock held; the types live for ever.
        unsafe { (*generators).push((kind, frame)) };
    }
    Ok(())
}

/// A generator or coroutine that a call made runs later, in a frame of its own.
unsafe fn link_frame(result: *mut PyObject, call: CallId, task: everyway_protocol::ids::TaskId) {
    let generators = &raw const GENERATORS;
    for (kind, name) in &*generators {
        if Py_TYPE(result) != *kind {
            continue;
        }
        let frame = PyObject_GetAttrString(result, name.as_ptr());
        if frame.is_null() {
            PyErr_Clear();
            return;
        }
        if frame == Py_None() {
            Py_DECREF(frame);
            return;
        }
        let w = world();
        w.frames.insert(frame as usize, (call, task));
        w.kept.push(frame);
    }
}

/// The code that a call of this object would run, borrowed; none for what is not a Python function.
unsafe fn code_of(function: *mut PyObject) -> Option<*mut PyObject> {
    let mut target = again(function);
    if PyType_Check(target) != 0 {
        target = replaced(target, c"__init__")?;
    }
    for _ in 0..20 {
        if PyObject_HasAttrString(target, c"__code__".as_ptr()) == 1 {
            let code = PyObject_GetAttrString(target, c"__code__".as_ptr());
            Py_DECREF(target);
            if code.is_null() {
                PyErr_Clear();
                return None;
            }
            // The function keeps its code alive for as long as it can be called.
            Py_DECREF(code);
            return Some(code);
        }
        let next = if PyObject_HasAttrString(target, c"__func__".as_ptr()) == 1 {
            c"__func__"
        } else {
            c"__wrapped__"
        };
        target = replaced(target, next)?;
    }
    Py_DECREF(target);
    None
}

unsafe fn replaced(object: *mut PyObject, name: &std::ffi::CStr) -> Option<*mut PyObject> {
    let next = PyObject_GetAttrString(object, name.as_ptr());
    Py_DECREF(object);
    if next.is_null() {
        PyErr_Clear();
        return None;
    }
    Some(next)
}

/// The function object of `__ev_call__`, which takes keywords.
pub(crate) unsafe fn call_function(definitions: &mut Vec<PyMethodDef>) -> PyResult<*mut PyObject> {
    definitions.push(PyMethodDef {
        ml_name: c"__ev_call__".as_ptr(),
        ml_meth: PyMethodDefPointer { PyCFunctionWithKeywords: call },
        ml_flags: METH_VARARGS | METH_KEYWORDS,
        ml_doc: ptr::null(),
    });
    let last = definitions.len() - 1;
    let object =
        PyCFunction_NewEx(definitions.as_mut_ptr().add(last), ptr::null_mut(), ptr::null_mut());
    if object.is_null() {
        return Err(Python::attach(PyErr::fetch));
    }
    Ok(object)
}
