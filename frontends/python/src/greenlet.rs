//! Greenlets through their C interface: making, switching, throwing.

use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

/// Places of the functions in greenlet's capsule (`greenlet.h`, the same since 0.4).
const NEW: usize = 3;
const GET_CURRENT: usize = 4;
const THROW: usize = 5;
const SWITCH: usize = 6;

type NewFunction = unsafe extern "C" fn(*mut PyObject, *mut PyObject) -> *mut PyObject;
type CurrentFunction = unsafe extern "C" fn() -> *mut PyObject;
type ThrowFunction = unsafe extern "C" fn(
    *mut PyObject,
    *mut PyObject,
    *mut PyObject,
    *mut PyObject,
) -> *mut PyObject;
type SwitchFunction =
    unsafe extern "C" fn(*mut PyObject, *mut PyObject, *mut PyObject) -> *mut PyObject;

static mut TABLE: *const *const std::ffi::c_void = ptr::null();

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.py().import("greenlet")?;
    // SAFETY: greenlet was imported, and the lock is held.
    unsafe {
        let table = PyCapsule_Import(c"greenlet._C_API".as_ptr(), 0);
        if table.is_null() {
            return Err(PyErr::fetch(module.py()));
        }
        TABLE = table.cast();
    }
    Ok(())
}

unsafe fn function<F: Copy>(place: usize) -> F {
    std::mem::transmute_copy(&*TABLE.add(place))
}

/// A greenlet that will run the callable; a new reference, or null with an exception set.
pub(crate) unsafe fn new(run: *mut PyObject, parent: *mut PyObject) -> *mut PyObject {
    function::<NewFunction>(NEW)(run, parent)
}

/// The greenlet that runs; a new reference.
pub(crate) unsafe fn current() -> *mut PyObject {
    function::<CurrentFunction>(GET_CURRENT)()
}

/// Goes on in the other greenlet. False if an exception was thrown into this one meanwhile.
pub(crate) unsafe fn switch(to: *mut PyObject) -> bool {
    let result = function::<SwitchFunction>(SWITCH)(to, ptr::null_mut(), ptr::null_mut());
    if result.is_null() {
        return false;
    }
    Py_DECREF(result);
    true
}

/// Throws an exception of this type into the other greenlet and goes on there. False if an exception
/// came back.
pub(crate) unsafe fn throw(into: *mut PyObject, kind: *mut PyObject) -> bool {
    let throw: ThrowFunction = function(THROW);
    let result = throw(into, kind, ptr::null_mut(), ptr::null_mut());
    if result.is_null() {
        return false;
    }
    Py_DECREF(result);
    true
}
