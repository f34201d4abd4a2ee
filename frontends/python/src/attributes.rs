//! The announcers of attributes, and of what operators change in place.

use std::ptr;

use everyway_protocol::operation::{Action, Field};
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::access::access;
use crate::announcers::{Arguments, WHOLE_READ, WHOLE_WRITE, again, given, site};
use crate::cells;
use crate::containers::{container_behind, kind_of};
use crate::dictionaries;
use crate::facts;
use crate::opaque;
use crate::stand_ins;
use crate::world::world;

pub(crate) unsafe extern "C" fn attr(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    let (object, name) = (*a, *a.add(1));
    if crate::access::is_on() {
        let site = site(*a.add(2));
        facts::expect_property(object, name, c"fget", site);
        if !attribute_read(object, name, site) {
            return ptr::null_mut();
        }
    }
    again(object)
}

/// Announces a read of an attribute.
#[inline(always)]
pub(crate) unsafe fn attribute_read(object: *mut PyObject, name: *mut PyObject, site: u32) -> bool {
    let owners = cells::read_locations(object, name);
    if owners[0].is_null() {
        crate::processes::note_place(object, site);
    }
    for owner in owners {
        if owner.is_null() {
            continue;
        }
        let announced = if world().by_dictionary && dictionaries::holds(owner, name) {
            dictionaries::entry_access(owner, name, false, site)
        } else {
            access(owner, name, WHOLE_READ, site)
        };
        if !announced {
            return false;
        }
    }
    true
}

unsafe fn attribute_write(object: *mut PyObject, name: *mut PyObject, site: u32) -> bool {
    if PyModule_Check(object) != 0 && !cells::is_user_module(PyModule_GetDict(object)) {
        opaque::module_changes(object, name);
        return true;
    }
    facts::expect_property(object, name, c"fset", site);
    match cells::written_location(object, name) {
        Some(owner) if world().by_dictionary && dictionaries::holds(owner, name) => {
            dictionaries::entry_access(owner, name, true, site)
        }
        Some(owner) => access(owner, name, WHOLE_WRITE, site),
        None => {
            crate::processes::note_place(object, site);
            true
        }
    }
}

/// `__ev_passed__(obj, "name", S)`: the same of an attribute that may be a container's method, which
/// announces itself whenever it is called.
pub(crate) unsafe extern "C" fn passed(
    own: *mut PyObject,
    a: Arguments,
    n: Py_ssize_t,
) -> *mut PyObject {
    if world().active
        && !cells::is_known(*a, *a.add(1))
        && container_behind(*a).is_some()
        && let Some(source) = stand_ins::source(*a, *a.add(1), site(*a.add(2)))
    {
        return source;
    }
    attr(own, a, n)
}

pub(crate) unsafe extern "C" fn attrw(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    given(attribute_write(*a, *a.add(1), site(*a.add(2))), *a)
}

/// Announces that an in-place operator changes what it is applied to, if that is a container.
unsafe fn changed_in_place(value: *mut PyObject, site: u32) -> bool {
    match container_behind(value) {
        Some((container, _)) if crate::access::is_on() => {
            access(container, ptr::null_mut(), Action::Update(Field::Whole), site)
        }
        _ => true,
    }
}

/// The same for what was looked up, if it was found; gives it back.
unsafe fn held_changed_in_place(value: *mut PyObject, site: u32) -> bool {
    if value.is_null() {
        PyErr_Clear();
        return true;
    }
    let went_well = changed_in_place(value, site);
    Py_DECREF(value);
    went_well
}

/// The same for what an attribute holds, without running code of the user's.
unsafe fn attribute_changed_in_place(
    object: *mut PyObject,
    name: *mut PyObject,
    site: u32,
) -> bool {
    if !crate::access::is_on() {
        return true;
    }
    let dictionary = PyObject_GetAttrString(object, c"__dict__".as_ptr());
    if dictionary.is_null() {
        PyErr_Clear();
        return true;
    }
    let value = PyObject_GetItem(dictionary, name);
    Py_DECREF(dictionary);
    held_changed_in_place(value, site)
}

pub(crate) unsafe fn entry_changed_in_place(
    object: *mut PyObject,
    key: *mut PyObject,
    site: u32,
) -> bool {
    if !crate::access::is_on() || kind_of(object).is_none() {
        return true;
    }
    let plain = Py_TYPE(object) == &raw mut PyDict_Type || Py_TYPE(object) == &raw mut PyList_Type;
    if !plain {
        return true;
    }
    let value = PyObject_GetItem(object, key);
    held_changed_in_place(value, site)
}

/// `__ev_inplace__(value, target, S)`: the target of an in-place operator on a name.
pub(crate) unsafe extern "C" fn inplace(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    given(changed_in_place(*a.add(1), site(*a.add(2))), *a)
}

pub(crate) unsafe extern "C" fn wattr(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    // The change comes right after the last announcement; storing the same object again changes
    // nothing.
    let went_well = attribute_write(*a.add(1), *a.add(2), site(*a.add(3)))
        && attribute_changed_in_place(*a.add(1), *a.add(2), site(*a.add(3)));
    given(went_well, *a)
}

/// Announces an attribute's read, or its write or deletion, for `getattr`, `hasattr`, `setattr` and
/// `delattr`, which name it by a value.
#[pyfunction]
fn note_attribute(
    object: &Bound<'_, PyAny>,
    name: &Bound<'_, PyAny>,
    writes: bool,
) -> PyResult<()> {
    // SAFETY: the lock is held; no reference to the world lives across the announcement.
    let went_well = unsafe {
        let matters = crate::access::is_on() || (writes && world().active);
        if !matters || PyUnicode_CheckExact(name.as_ptr()) == 0 {
            return Ok(());
        }
        let w = world();
        let site = w.places.of_caller(&mut w.sites).0;
        // Locations are told apart by the address of the name.
        let mut interned = again(name.as_ptr());
        PyUnicode_InternInPlace(&raw mut interned);
        let went_well = if writes {
            attribute_write(object.as_ptr(), interned, site)
        } else {
            attribute_read(object.as_ptr(), interned, site)
        };
        Py_DECREF(interned);
        went_well
    };
    if went_well { Ok(()) } else { Err(PyErr::fetch(object.py())) }
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(note_attribute, module)?)
}
