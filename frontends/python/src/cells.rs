//! Where an attribute lives: in the instance, in a class, in a user module, or nowhere that another
//! task could change.

use std::ptr;

use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::dictionaries;
use crate::hash::QuickMap;

/// What an attribute's name means for the instances of one class.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    /// Nothing that changes: a method, or a property whose code announces for itself.
    Nowhere,
    /// The instance.
    Instance,
    /// It is the instance's dictionary.
    Dictionary,
    /// The instance, or this class where the instance has none.
    InstanceOrClass(usize),
}

unsafe extern "C" {
    /// Not in the stable interface, but exported by every CPython from 3.10 to 3.14: a borrowed
    /// reference to what a class's `__mro__` has under the name, without an exception.
    fn _PyType_Lookup(kind: *mut PyTypeObject, name: *mut PyObject) -> *mut PyObject;
}

struct Kinds {
    function: *mut PyTypeObject,
    property: *mut PyTypeObject,
    member: *mut PyTypeObject,
    class_method: *mut PyTypeObject,
    static_method: *mut PyTypeObject,
}

static mut KINDS: Kinds = Kinds {
    function: ptr::null_mut(),
    property: ptr::null_mut(),
    member: ptr::null_mut(),
    class_method: ptr::null_mut(),
    static_method: ptr::null_mut(),
};

#[derive(Default)]
struct Known {
    places: QuickMap<(usize, usize), Place>,
    /// Dictionaries of the user's modules.
    modules: Vec<usize>,
}

static mut KNOWN: *mut Known = ptr::null_mut();

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let types = module.py().import("types")?;
    let builtins = module.py().import("builtins")?;
    let kind = |module: &Bound<'_, PyModule>, name: &str| -> PyResult<*mut PyTypeObject> {
        Ok(module.getattr(name)?.into_ptr().cast())
    };
    // SAFETY: the module is set up once, with the lock held; the types live for ever.
    unsafe {
        KINDS = Kinds {
            function: kind(&types, "FunctionType")?,
            property: kind(&builtins, "property")?,
            member: kind(&types, "MemberDescriptorType")?,
            class_method: kind(&builtins, "classmethod")?,
            static_method: kind(&builtins, "staticmethod")?,
        };
        KNOWN = Box::into_raw(Box::default());
    }
    module.add_function(wrap_pyfunction!(user_module, module)?)?;
    Ok(())
}

/// Says that this is the dictionary of a module of the user's in the execution that begins.
#[pyfunction]
fn user_module(dictionary: Bound<'_, PyAny>) {
    // SAFETY: the lock is held.
    unsafe { (*KNOWN).modules.push(dictionary.as_ptr() as usize) };
}

/// A new execution begins: its classes and modules are new.
pub(crate) unsafe fn forget() {
    (*KNOWN).places.clear();
    (*KNOWN).modules.clear();
    crate::fields::forget();
    crate::world::world().keepers.clear();
}

pub(crate) unsafe fn is_user_module(dictionary: *mut PyObject) -> bool {
    (*KNOWN).modules.contains(&(dictionary as usize))
}

/// The locations that reading the attribute reads: none, one or two.
pub(crate) unsafe fn read_locations(
    object: *mut PyObject,
    name: *mut PyObject,
) -> [*mut PyObject; 2] {
    let none = ptr::null_mut();
    // Neither modules nor classes are in the table.
    if let Some(place) = (*KNOWN).places.get(&(Py_TYPE(object) as usize, name as usize)) {
        return locations(*place, object);
    }
    if PyModule_Check(object) != 0 {
        let dictionary = PyModule_GetDict(object);
        return if is_user_module(dictionary) { [dictionary, none] } else { [none, none] };
    }
    if PyType_Check(object) != 0 {
        return [owner_of(object, name).unwrap_or(none), none];
    }
    locations(place(Py_TYPE(object), name), object)
}

unsafe fn locations(place: Place, object: *mut PyObject) -> [*mut PyObject; 2] {
    let none = ptr::null_mut();
    match place {
        Place::Nowhere => [none, none],
        Place::Dictionary => {
            dictionaries::expose(object);
            [none, none]
        }
        Place::Instance => [object, none],
        Place::InstanceOrClass(class) => [object, class as *mut PyObject],
    }
}

/// Whether it is known where instances of the object's class have the attribute.
#[inline(always)]
pub(crate) unsafe fn is_known(object: *mut PyObject, name: *mut PyObject) -> bool {
    (*KNOWN).places.contains_key(&(Py_TYPE(object) as usize, name as usize))
}

/// The location that storing or deleting the attribute writes, if any.
pub(crate) unsafe fn written_location(
    object: *mut PyObject,
    name: *mut PyObject,
) -> Option<*mut PyObject> {
    if PyModule_Check(object) != 0 {
        let dictionary = PyModule_GetDict(object);
        return is_user_module(dictionary).then_some(dictionary);
    }
    if PyType_Check(object) != 0 {
        // What the name means for instances may have changed.
        (*KNOWN).places.clear();
        return Some(object);
    }
    match place(Py_TYPE(object), name) {
        Place::Nowhere => {
            // An instance attribute that hides a method: from now on it is looked for.
            let found = _PyType_Lookup(Py_TYPE(object), name);
            if !found.is_null() && Py_TYPE(found) == KINDS.function {
                let key = (Py_TYPE(object) as usize, name as usize);
                (*KNOWN).places.insert(key, Place::Instance);
                return Some(object);
            }
            None
        }
        _ => Some(object),
    }
}

unsafe fn place(kind: *mut PyTypeObject, name: *mut PyObject) -> Place {
    let key = (kind as usize, name as usize);
    if let Some(place) = (*KNOWN).places.get(&key) {
        return *place;
    }
    let place = find_place(kind, name);
    (*KNOWN).places.insert(key, place);
    place
}

unsafe fn find_place(kind: *mut PyTypeObject, name: *mut PyObject) -> Place {
    // Functions and namespaces have attributes, too.
    let heap =
        PyType_GetFlags(kind) & Py_TPFLAGS_HEAPTYPE != 0 || !looked_up(kind, c"__dict__").is_null();
    if is_per_task(kind) {
        return Place::Nowhere;
    }
    if dictionaries::is_name(name) {
        return Place::Dictionary;
    }
    let found = _PyType_Lookup(kind, name);
    if found.is_null() {
        return if heap { Place::Instance } else { Place::Nowhere };
    }
    let found_kind = Py_TYPE(found);
    if found_kind == KINDS.member {
        return Place::Instance;
    }
    if found_kind == KINDS.property {
        return if is_users_property(found) { Place::Nowhere } else { Place::Instance };
    }
    if found_kind == KINDS.function
        || found_kind == KINDS.class_method
        || found_kind == KINDS.static_method
        || has_getter(found_kind)
    {
        return Place::Nowhere;
    }
    match owner_of(kind.cast(), name) {
        Some(owner) => Place::InstanceOrClass(owner as usize),
        None => Place::Nowhere,
    }
}

/// What a class has under the name, borrowed, or null.
pub(crate) unsafe fn looked_up(kind: *mut PyTypeObject, name: &std::ffi::CStr) -> *mut PyObject {
    let name = PyUnicode_InternFromString(name.as_ptr());
    let found = _PyType_Lookup(kind, name);
    Py_DECREF(name);
    found
}

/// Whether the attribute is kept in a slot.
pub(crate) unsafe fn is_slot(kind: *mut PyTypeObject, name: *mut PyObject) -> bool {
    let found = _PyType_Lookup(kind, name);
    !found.is_null() && Py_TYPE(found) == KINDS.member
}

/// Whether each task has attributes of its own in the instances (`threading.local`).
unsafe fn is_per_task(kind: *mut PyTypeObject) -> bool {
    !looked_up(kind, c"__everyway_per_task__").is_null()
}

/// Whether the class of a class attribute is a descriptor: its code decides what is read.
unsafe fn has_getter(kind: *mut PyTypeObject) -> bool {
    !looked_up(kind, c"__get__").is_null()
}

/// The user's function that reads or stores the attribute (`part` is `fget` or `fset`), as a new
/// reference: a property's, or the class's `__getattr__` or `__setattr__`.
pub(crate) unsafe fn users_accessor(
    object: *mut PyObject,
    name: *mut PyObject,
    part: &std::ffi::CStr,
) -> Option<*mut PyObject> {
    let kind = Py_TYPE(object);
    let found = _PyType_Lookup(kind, name);
    if !found.is_null() && Py_TYPE(found) == KINDS.property {
        return is_users_property(found).then(|| attribute(found, part)).flatten();
    }
    if PyType_GetFlags(kind) & Py_TPFLAGS_HEAPTYPE == 0 {
        return None;
    }
    let reads = part == c"fget";
    let function = looked_up(kind, if reads { c"__getattr__" } else { c"__setattr__" });
    let users = !function.is_null() && Py_TYPE(function) == KINDS.function && is_users(function);
    if !users || (reads && (!found.is_null() || is_in_instance(object, name))) {
        return None;
    }
    Py_INCREF(function);
    Some(function)
}

unsafe fn attribute(object: *mut PyObject, name: &std::ffi::CStr) -> Option<*mut PyObject> {
    let value = PyObject_GetAttrString(object, name.as_ptr());
    if value.is_null() {
        PyErr_Clear();
        return None;
    }
    Some(value)
}

unsafe fn is_in_instance(object: *mut PyObject, name: *mut PyObject) -> bool {
    let Some(dictionary) = attribute(object, c"__dict__") else { return false };
    let found = PySequence_Contains(dictionary, name) == 1;
    PyErr_Clear();
    Py_DECREF(dictionary);
    found
}

/// Whether the property's getter is user code, which announces for itself.
unsafe fn is_users_property(property: *mut PyObject) -> bool {
    let Some(getter) = attribute(property, c"fget") else { return false };
    let users = is_users(getter);
    Py_DECREF(getter);
    users
}

/// Whether a function was defined in a module of the user's.
unsafe fn is_users(function: *mut PyObject) -> bool {
    let Some(globals) = attribute(function, c"__globals__") else { return false };
    let users = is_user_module(globals);
    Py_DECREF(globals);
    users
}

/// The class in the order of resolution that has the attribute as data, borrowed; none for methods
/// and for classes that can't be changed.
unsafe fn owner_of(class: *mut PyObject, name: *mut PyObject) -> Option<*mut PyObject> {
    let found = _PyType_Lookup(class.cast(), name);
    if found.is_null() {
        return None;
    }
    let kind = Py_TYPE(found);
    if kind == KINDS.function || kind == KINDS.property || has_getter(kind) {
        return None;
    }
    let order = PyObject_GetAttrString(class, c"__mro__".as_ptr());
    if order.is_null() {
        PyErr_Clear();
        return None;
    }
    let mut owner = None;
    for index in 0..PyTuple_Size(order) {
        let candidate = PyTuple_GetItem(order, index);
        let dictionary = PyObject_GetAttrString(candidate, c"__dict__".as_ptr());
        if dictionary.is_null() {
            PyErr_Clear();
            continue;
        }
        let has = PySequence_Contains(dictionary, name) == 1;
        Py_DECREF(dictionary);
        if has {
            let heap = PyType_GetFlags(candidate.cast()) & Py_TPFLAGS_HEAPTYPE != 0;
            owner = heap.then_some(candidate);
            break;
        }
    }
    PyErr_Clear();
    Py_DECREF(order);
    owner
}
