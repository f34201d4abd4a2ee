//! Which attributes of an object generated and library code reads: the fields of dataclasses for
//! comparing and showing, everything for a copy.

use pyo3::ffi::*;

use crate::announcers::again;
use crate::cells::looked_up;
use crate::hash::QuickMap;
use crate::reach::{Handed, Reach};
use crate::world::world;

/// Which attributes of the instances of a class are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Names {
    /// None.
    Nothing,
    /// Those that a dataclass declares.
    Fields,
    /// All that the instance has.
    All,
}

static mut KNOWN: *mut QuickMap<(usize, usize), Names> = std::ptr::null_mut();

pub(crate) fn set_up() {
    // SAFETY: the module is set up once, with the lock held.
    unsafe { KNOWN = Box::into_raw(Box::default()) };
}

/// A new execution begins: its classes are new.
pub(crate) unsafe fn forget() {
    (*KNOWN).clear();
}

/// Which attributes of the object are read.
pub(crate) unsafe fn which(object: *mut PyObject, reach: Reach) -> Names {
    let key = (Py_TYPE(object) as usize, reach as usize);
    if let Some(names) = (*KNOWN).get(&key) {
        return *names;
    }
    let names = find(object, reach);
    (*KNOWN).insert(key, names);
    names
}

unsafe fn find(object: *mut PyObject, reach: Reach) -> Names {
    if reach == Reach::Elements {
        return Names::Nothing;
    }
    let heap = PyType_GetFlags(Py_TYPE(object)) & Py_TPFLAGS_HEAPTYPE != 0;
    if crate::containers::is_namespace(object) {
        return Names::All;
    }
    if heap && reach == Reach::Copy && !has(object, c"__deepcopy__") && !has(object, c"__copy__") {
        return Names::All;
    }
    let method = if reach == Reach::Comparison { c"__eq__" } else { c"__repr__" };
    if heap && is_generated(object, method) { Names::Fields } else { Names::Nothing }
}

/// The names of the attributes that are read, as new references to interned texts.
pub(crate) unsafe fn read_by(object: *mut PyObject, handed: Handed) -> Vec<*mut PyObject> {
    if handed.reach == Reach::Patterns {
        let mut names = texts_of(handed.names);
        names.extend(texts_of(looked_up(Py_TYPE(object), c"__match_args__")));
        return names;
    }
    match which(object, handed.reach) {
        Names::Nothing => Vec::new(),
        Names::Fields => fields_of(object),
        Names::All => names_of(object),
    }
}

/// The attribute without running code of the user's, as a new reference, or null.
pub(crate) unsafe fn value(object: *mut PyObject, name: *mut PyObject) -> *mut PyObject {
    let value = PyObject_GenericGetAttr(object, name);
    if value.is_null() {
        PyErr_Clear();
    }
    value
}

unsafe fn has(object: *mut PyObject, name: &std::ffi::CStr) -> bool {
    !looked_up(Py_TYPE(object), name).is_null()
}

/// Whether the class is a dataclass whose method of that name nobody wrote.
unsafe fn is_generated(object: *mut PyObject, method: &std::ffi::CStr) -> bool {
    if !has(object, c"__dataclass_fields__") {
        return false;
    }
    let function = looked_up(Py_TYPE(object), method);
    if function.is_null() {
        return false;
    }
    let code = PyObject_GetAttrString(function, c"__code__".as_ptr());
    if code.is_null() {
        PyErr_Clear();
        return false;
    }
    let w = world();
    let users = w.places.is_users(code, &w.sites);
    Py_DECREF(code);
    !users
}

unsafe fn fields_of(object: *mut PyObject) -> Vec<*mut PyObject> {
    let fields = looked_up(Py_TYPE(object), c"__dataclass_fields__");
    if fields.is_null() || PyDict_Check(fields) == 0 { Vec::new() } else { keys_of(fields) }
}

unsafe fn names_of(object: *mut PyObject) -> Vec<*mut PyObject> {
    let dictionary = PyObject_GetAttrString(object, c"__dict__".as_ptr());
    if dictionary.is_null() {
        PyErr_Clear();
        return fields_of(object);
    }
    let names = if PyDict_Check(dictionary) != 0 { keys_of(dictionary) } else { Vec::new() };
    Py_DECREF(dictionary);
    names
}

unsafe fn keys_of(dictionary: *mut PyObject) -> Vec<*mut PyObject> {
    let keys = PySequence_Tuple(dictionary);
    if keys.is_null() {
        PyErr_Clear();
        return Vec::new();
    }
    let names = texts_of(keys);
    Py_DECREF(keys);
    names
}

/// The texts in a tuple, as new references to interned ones.
unsafe fn texts_of(tuple: *mut PyObject) -> Vec<*mut PyObject> {
    let mut names = Vec::new();
    if tuple.is_null() || PyTuple_Check(tuple) == 0 {
        return names;
    }
    for index in 0..PyTuple_Size(tuple) {
        let key = PyTuple_GetItem(tuple, index);
        if PyUnicode_CheckExact(key) != 0 {
            // Locations are told apart by the address of the name.
            let mut name = again(key);
            PyUnicode_InternInPlace(&raw mut name);
            names.push(name);
        }
    }
    names
}
