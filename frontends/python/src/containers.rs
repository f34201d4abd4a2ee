//! Containers: which part of one an operation touches, and what each method does to it.

use std::ptr;

use everyway_protocol::operation::{Action, Field};
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::world::world;

/// What kind of container an object is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    /// A list, or a bytearray.
    List,
    /// A dictionary.
    Dictionary,
    /// A dictionary whose reads of missing keys insert.
    DefaultDictionary,
    /// A set.
    Set,
    /// A deque.
    Deque,
}

/// Classes of `collections` whose methods are Python code, and where they keep their content.
const KEEPERS: [(&std::ffi::CStr, &std::ffi::CStr); 3] =
    [(c"UserDict", c"data"), (c"UserList", c"data"), (c"ChainMap", c"maps")];

struct Types {
    keepers: [*mut PyTypeObject; KEEPERS.len()],
    deque: *mut PyTypeObject,
    default_dictionary: *mut PyTypeObject,
    namespace: *mut PyTypeObject,
    array: *mut PyTypeObject,
    views: [*mut PyTypeObject; 3],
}

static mut TYPES: Types = Types {
    keepers: [ptr::null_mut(); KEEPERS.len()],
    deque: ptr::null_mut(),
    default_dictionary: ptr::null_mut(),
    namespace: ptr::null_mut(),
    array: ptr::null_mut(),
    views: [ptr::null_mut(); 3],
};

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let collections = module.py().import("collections")?;
    let kind = |name: &str| -> PyResult<*mut PyTypeObject> {
        Ok(collections.getattr(name)?.into_ptr().cast())
    };
    // SAFETY: the module is set up once, with the lock held; the types live for ever.
    unsafe {
        TYPES.deque = kind("deque")?;
        for (index, (name, _)) in KEEPERS.iter().enumerate() {
            TYPES.keepers[index] = kind(&name.to_string_lossy())?;
        }
        TYPES.default_dictionary = kind("defaultdict")?;
        TYPES.namespace =
            module.py().import("types")?.getattr("SimpleNamespace")?.into_ptr().cast();
        TYPES.array = module.py().import("array")?.getattr("array")?.into_ptr().cast();
        TYPES.views =
            [&raw mut PyDictKeys_Type, &raw mut PyDictValues_Type, &raw mut PyDictItems_Type];
    }
    Ok(())
}

/// The kind of container, if the object is one.
#[inline]
pub(crate) unsafe fn kind_of(object: *mut PyObject) -> Option<Kind> {
    let kind = Py_TYPE(object);
    let flags = PyType_GetFlags(kind);
    if flags & Py_TPFLAGS_LIST_SUBCLASS != 0 {
        return Some(Kind::List);
    }
    if flags & Py_TPFLAGS_DICT_SUBCLASS != 0 {
        let inserts = kind == TYPES.default_dictionary
            || (kind != &raw mut PyDict_Type
                && PyType_IsSubtype(kind, TYPES.default_dictionary) != 0);
        return Some(if inserts { Kind::DefaultDictionary } else { Kind::Dictionary });
    }
    let others = Py_TPFLAGS_LONG_SUBCLASS | Py_TPFLAGS_UNICODE_SUBCLASS | Py_TPFLAGS_TUPLE_SUBCLASS;
    if flags & others != 0 {
        return None;
    }
    if kind == &raw mut PySet_Type || PyType_IsSubtype(kind, &raw mut PySet_Type) != 0 {
        return Some(Kind::Set);
    }
    if kind == TYPES.deque || PyType_IsSubtype(kind, TYPES.deque) != 0 {
        return Some(Kind::Deque);
    }
    if kind == &raw mut PyByteArray_Type || kind == TYPES.array {
        return Some(Kind::List);
    }
    None
}

pub(crate) unsafe fn is_deque(object: *mut PyObject) -> bool {
    PyType_IsSubtype(Py_TYPE(object), TYPES.deque) != 0
}

/// Whether the object is a `types.SimpleNamespace`.
pub(crate) unsafe fn is_namespace(object: *mut PyObject) -> bool {
    PyType_IsSubtype(Py_TYPE(object), TYPES.namespace) != 0
}

/// The container that the object is, or is a view of, or keeps its content in.
pub(crate) unsafe fn container_behind(object: *mut PyObject) -> Option<(*mut PyObject, Kind)> {
    if let Some(kind) = kind_of(object) {
        return Some((object, kind));
    }
    if Py_TYPE(object) == &raw mut PyMemoryView_Type {
        // The view keeps it alive.
        let base = PyObject_GetAttrString(object, c"obj".as_ptr());
        Py_XDECREF(base);
        PyErr_Clear();
        return if base.is_null() { None } else { kind_of(base).map(|kind| (base, kind)) };
    }
    if PyType_GetFlags(Py_TYPE(object)) & Py_TPFLAGS_HEAPTYPE != 0 {
        return content_of(object);
    }
    let views = TYPES.views;
    if !views.contains(&Py_TYPE(object)) {
        return None;
    }
    let dictionary = *world().views.get(&(object as usize))? as *mut PyObject;
    kind_of(dictionary).map(|kind| (dictionary, kind))
}

/// The container in which one of the library's Python classes keeps its content. What its methods do is
/// taken as one step.
unsafe fn content_of(object: *mut PyObject) -> Option<(*mut PyObject, Kind)> {
    let class = match world().keepers.get(&(Py_TYPE(object) as usize)) {
        Some(class) => *class,
        None => {
            let kind = Py_TYPE(object);
            let keepers = TYPES.keepers;
            let class = keepers.iter().position(|class| PyType_IsSubtype(kind, *class) != 0);
            world().keepers.insert(kind as usize, class);
            class
        }
    }?;
    let (name, attribute) = KEEPERS[class];
    let held = PyObject_GetAttrString(object, attribute.as_ptr());
    if held.is_null() {
        PyErr_Clear();
        return None;
    }
    // The object keeps it alive, or whatever it keeps instead.
    Py_DECREF(held);
    crate::opaque::used(object, name);
    let chained = attribute == c"maps";
    if chained { Some((held, Kind::Dictionary)) } else { kind_of(held).map(|kind| (held, kind)) }
}

/// Remembers which dictionary a view is of, until the execution ends.
pub(crate) unsafe fn remember_view(dictionary: *mut PyObject, view: *mut PyObject) {
    let views = TYPES.views;
    if !views.contains(&Py_TYPE(view)) || !crate::access::is_on() {
        return;
    }
    let w = world();
    if w.views.insert(view as usize, dictionary as usize).is_none() {
        Py_INCREF(view);
        w.kept.push(view);
    }
}

/// The part of a container that is under a key, as it is for reading or for changing an entry in
/// place.
pub(crate) unsafe fn entry(container: *mut PyObject, kind: Kind, key: *mut PyObject) -> Field {
    match kind {
        Kind::List => list_entry(container, key),
        Kind::Deque => Field::Whole,
        Kind::Dictionary | Kind::DefaultDictionary | Kind::Set => match hash(key) {
            Some(hash) => Field::Entry(hash),
            None => Field::Whole,
        },
    }
}

unsafe fn list_entry(list: *mut PyObject, key: *mut PyObject) -> Field {
    if PyType_GetFlags(Py_TYPE(key)) & Py_TPFLAGS_LONG_SUBCLASS == 0 {
        return Field::Whole;
    }
    let index = PyLong_AsSsize_t(key);
    if index == -1 && !PyErr_Occurred().is_null() {
        PyErr_Clear();
        return Field::Whole;
    }
    let length = PyObject_Size(list);
    if index >= 0 && index < length { Field::Entry(index as u64) } else { Field::Whole }
}

unsafe fn hash(key: *mut PyObject) -> Option<u64> {
    let hash = PyObject_Hash(key);
    if hash == -1 {
        PyErr_Clear();
        return None;
    }
    Some(hash as u64)
}

/// What storing or deleting an entry does.
pub(crate) unsafe fn store(
    container: *mut PyObject,
    kind: Kind,
    key: *mut PyObject,
    delete: bool,
) -> Action {
    let field = entry(container, kind, key);
    match (kind, field) {
        (Kind::List, Field::Entry(_)) if delete => Action::Write(Field::Whole),
        // Whether the key is there may change before the store is executed.
        (Kind::Dictionary | Kind::DefaultDictionary, Field::Entry(hash)) => {
            Action::Write(Field::EntryAndShape(hash))
        }
        (_, field) => Action::Write(field),
    }
}

/// The function that makes missing entries of a plain `defaultdict`, if it is Python code, as a new
/// reference.
pub(crate) unsafe fn users_factory(container: *mut PyObject) -> Option<*mut PyObject> {
    if Py_TYPE(container) != TYPES.default_dictionary {
        return None;
    }
    let factory = PyObject_GetAttrString(container, c"default_factory".as_ptr());
    if factory.is_null() {
        PyErr_Clear();
        return None;
    }
    let native =
        PyType_Check(factory) != 0 && PyType_GetFlags(factory.cast()) & Py_TPFLAGS_HEAPTYPE == 0;
    if native || factory == Py_None() || Py_TYPE(factory) == &raw mut PyCFunction_Type {
        Py_DECREF(factory);
        return None;
    }
    Some(factory)
}

/// What reading an entry does.
pub(crate) unsafe fn load(container: *mut PyObject, kind: Kind, key: *mut PyObject) -> Action {
    let field = entry(container, kind, key);
    match (kind, field) {
        (Kind::DefaultDictionary, Field::Entry(hash)) => Action::Update(Field::EntryAndShape(hash)),
        (_, field) => Action::Read(field),
    }
}

/// What a method does; none for one that touches nothing.
pub(crate) unsafe fn method(
    kind: Kind,
    name: &str,
    first_argument: Option<*mut PyObject>,
) -> Option<Action> {
    let keyed = |make: fn(Field) -> Action, wrap: fn(u64) -> Field| {
        let field = first_argument.and_then(|key| hash(key)).map_or(Field::Whole, wrap);
        make(field)
    };
    let whole_read = Some(Action::Read(Field::Whole));
    let whole_write = Some(Action::Write(Field::Whole));
    let whole_update = Some(Action::Update(Field::Whole));
    match (kind, name) {
        // An index that is out of range now may be the new entry's.
        (
            Kind::List | Kind::Deque,
            "append" | "extend" | "appendleft" | "extendleft" | "frombytes" | "fromlist",
        ) => Some(Action::Add(Field::Whole)),
        (
            Kind::List | Kind::Deque,
            "insert" | "clear" | "sort" | "reverse" | "rotate" | "byteswap",
        ) => whole_write,
        (Kind::List | Kind::Deque, "pop" | "popleft" | "remove") => whole_update,
        (
            Kind::List | Kind::Deque,
            "index" | "count" | "copy" | "tolist" | "tobytes" | "decode" | "hex" | "find",
        ) => whole_read,
        (Kind::DefaultDictionary | Kind::Dictionary, "get") => {
            Some(keyed(Action::Read, Field::Entry))
        }
        (Kind::DefaultDictionary | Kind::Dictionary, "setdefault" | "pop") => {
            Some(keyed(Action::Update, Field::EntryAndShape))
        }
        (Kind::DefaultDictionary | Kind::Dictionary, "popitem") => whole_update,
        (
            Kind::DefaultDictionary | Kind::Dictionary,
            "update" | "clear" | "move_to_end" | "subtract",
        ) => whole_write,
        (Kind::DefaultDictionary | Kind::Dictionary, "keys") => Some(Action::Read(Field::Shape)),
        (
            Kind::DefaultDictionary | Kind::Dictionary,
            "values" | "items" | "copy" | "most_common" | "elements" | "total",
        ) => whole_read,
        (Kind::Set, "add") => Some(keyed(Action::Add, Field::EntryAndShape)),
        (Kind::Set, "discard" | "remove") => Some(keyed(Action::Update, Field::EntryAndShape)),
        (Kind::Set, "pop") => whole_update,
        (Kind::Set, "clear") => whole_write,
        (
            Kind::Set,
            "update" | "difference_update" | "intersection_update" | "symmetric_difference_update",
        ) => whole_write,
        (
            Kind::Set,
            "copy"
            | "union"
            | "intersection"
            | "difference"
            | "symmetric_difference"
            | "issubset"
            | "issuperset"
            | "isdisjoint",
        ) => whole_read,
        _ => None,
    }
}
