//! Attribute dictionaries: `vars(obj)["x"]` and `obj.x` are one location.
//!
//! An attribute is a location of its own. In a program that takes an object's `__dict__` that would be
//! too little, since a dictionary is also looked through and grows: there the attributes of an object
//! are the entries of one container. The first such look makes the exploration begin again.

use std::ptr;

use everyway_protocol::operation::{Action, Field};
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::access::access_shown;
use crate::announcers::again;
use crate::cells;
use crate::world::{World, world};

/// What the front-end's Python side is told, among the names that have to be announced.
const NAME: &std::ffi::CStr = c"__dict__";

/// The interned name, which stands for the dictionary where an attribute's name would.
static mut DICTIONARY: *mut PyObject = ptr::null_mut();

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // SAFETY: the module is set up once, with the lock held; the text lives for ever.
    unsafe { DICTIONARY = PyUnicode_InternFromString(NAME.as_ptr()) };
    module.add_function(wrap_pyfunction!(note_dictionary, module)?)
}

pub(crate) unsafe fn is_name(name: *mut PyObject) -> bool {
    name == DICTIONARY
}

/// Says that the program takes the object's `__dict__`, as `vars(object)` does.
#[pyfunction]
fn note_dictionary(object: &Bound<'_, PyAny>) {
    // SAFETY: the lock is held, and nothing here switches.
    unsafe { expose(object.as_ptr()) }
}

/// The program takes the object's `__dict__`: from now on it is known by that, too.
pub(crate) unsafe fn expose(object: *mut PyObject) {
    let w = world();
    if !w.active || w.aborting || PyModule_Check(object) != 0 || PyType_Check(object) != 0 {
        return;
    }
    let dictionary = PyObject_GetAttr(object, DICTIONARY);
    if dictionary.is_null() {
        PyErr_Clear();
        return;
    }
    if PyDict_CheckExact(dictionary) != 0 {
        let name = NAME.to_string_lossy();
        if !w.by_dictionary && !w.shared.iter().any(|shared| *shared == name) {
            w.shared.push(name.into_owned());
        }
        if w.exposed.insert(dictionary as usize, object as usize).is_none() {
            w.kept.push(again(object));
            w.kept.push(again(dictionary));
        }
    }
    Py_DECREF(dictionary);
}

/// The location of an owner and a name: an object's dictionary is known by the object.
#[inline(always)]
pub(crate) fn location(w: &World, owner: *mut PyObject, name: *mut PyObject) -> (usize, usize) {
    if name.is_null()
        && !w.exposed.is_empty()
        && let Some(object) = w.exposed.get(&(owner as usize))
    {
        // SAFETY: the text was made when the module was set up.
        return (*object, unsafe { DICTIONARY } as usize);
    }
    (owner as usize, name as usize)
}

/// Announces the access of an attribute of an instance, as one of an entry of its dictionary.
pub(crate) unsafe fn entry_access(
    object: *mut PyObject,
    name: *mut PyObject,
    writes: bool,
    site: u32,
) -> bool {
    if is_name(name) {
        return access_shown(object, name, Action::Write(Field::Whole), site, name);
    }
    let hash = PyObject_Hash(name) as u64;
    let action = if writes {
        // It may come, or go.
        Action::Write(Field::EntryAndShape(hash))
    } else {
        Action::Read(Field::Entry(hash))
    };
    access_shown(object, DICTIONARY, action, site, name)
}

/// Whether an instance has the attribute in its dictionary, if it has it.
pub(crate) unsafe fn holds(object: *mut PyObject, name: *mut PyObject) -> bool {
    PyModule_Check(object) == 0
        && PyType_Check(object) == 0
        && !cells::is_slot(Py_TYPE(object), name)
        && !cells::looked_up(Py_TYPE(object), NAME).is_null()
}
