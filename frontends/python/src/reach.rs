//! What code in C reads of an object that it is handed: the contents of containers, as far as they are
//! nested, what iterators give, the fields of dataclasses.
//!
//! All of it is one read. Locations are announced one by one; where another task has written one of
//! them before the last was announced, all are announced again. So the last round has the very
//! state that the native code will see, and whether there is another round depends on the order of
//! conflicting operations only.

use std::ptr;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::{Action, Field};
use pyo3::ffi::*;

use crate::access::access;
use crate::announcers::again;
use crate::containers::container_behind;
use crate::fields;
use crate::iterate;
use crate::world::world;

/// How far the native code looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// At the elements, not into them.
    Elements,
    /// Into containers that are elements, for their text.
    Text,
    /// Into them, for comparing.
    Comparison,
    /// Into them and into objects, for a copy.
    Copy,
    /// At what patterns name, of objects and of what is in containers.
    Patterns,
}

impl Reach {
    /// As the rewriter writes it.
    pub(crate) fn of_number(number: i64) -> Reach {
        match number {
            1 => Reach::Text,
            2 => Reach::Comparison,
            3 => Reach::Copy,
            _ => Reach::Elements,
        }
    }
}

/// One of the objects that the native code is handed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handed {
    pub(crate) object: *mut PyObject,
    pub(crate) reach: Reach,
    pub(crate) site: u32,
    /// The attributes that patterns name, a tuple; else null.
    pub(crate) names: *mut PyObject,
}

/// Deeper contents are not looked at.
const DEPTH: u32 = 20;

/// So many rounds are tried before the last one is taken.
const ROUNDS: u32 = 50;

/// What a round has read: the locations, and how many events there were then.
#[derive(Default)]
struct Round {
    read: Vec<(ObjectId, usize)>,
    seen: Vec<*mut PyObject>,
}

/// Announces a read of all that the native code will read; false with an exception set if the
/// execution is over.
pub(crate) unsafe fn read(handed: &[Handed]) -> bool {
    read_and(handed, || true)
}

/// The same, and what the native code does at the same time.
pub(crate) unsafe fn read_and(handed: &[Handed], mut rest: impl FnMut() -> bool) -> bool {
    for _ in 0..ROUNDS {
        let mut round = Round::default();
        for each in handed {
            if !round.visit(each.object, *each, 0) {
                return false;
            }
        }
        if !rest() {
            return false;
        }
        if !round.was_overtaken() {
            break;
        }
    }
    true
}

impl Round {
    unsafe fn visit(&mut self, object: *mut PyObject, handed: Handed, depth: u32) -> bool {
        if is_atom(object) || depth > DEPTH {
            return true;
        }
        if let Some((container, _)) = container_behind(object) {
            if self.seen.contains(&container) {
                return true;
            }
            self.seen.push(container);
            let announced = self.location(container, ptr::null_mut(), handed.site);
            let nested = handed.reach != Reach::Elements;
            return announced && (!nested || self.visit_all(elements(container), handed, depth));
        }
        if PyTuple_Check(object) != 0 {
            return handed.reach == Reach::Elements
                || self.visit_all(elements(object), handed, depth);
        }
        if let Some(behind) = iterate::behind(object) {
            return self.visit_all(behind, handed, depth);
        }
        if handed.reach == Reach::Elements {
            return true;
        }
        for name in fields::read_by(object, handed) {
            let value = self.field(object, name, handed.site);
            Py_DECREF(name);
            match value {
                Some(value) if value.is_null() => {}
                Some(value) => {
                    let announced = self.visit(value, handed, depth + 1);
                    Py_DECREF(value);
                    if !announced {
                        return false;
                    }
                }
                None => return false,
            }
        }
        true
    }

    unsafe fn visit_all(
        &mut self,
        objects: Vec<*mut PyObject>,
        handed: Handed,
        depth: u32,
    ) -> bool {
        let mut announced = true;
        for object in objects {
            announced = announced && self.visit(object, handed, depth + 1);
            Py_DECREF(object);
        }
        announced
    }

    unsafe fn location(&mut self, owner: *mut PyObject, name: *mut PyObject, site: u32) -> bool {
        if !access(owner, name, Action::Read(Field::Whole), site) {
            return false;
        }
        self.note();
        true
    }

    /// A field's value as a new reference, null if there is none; `None` if the execution is over.
    unsafe fn field(
        &mut self,
        object: *mut PyObject,
        name: *mut PyObject,
        site: u32,
    ) -> Option<*mut PyObject> {
        if crate::cells::read_locations(object, name).iter().all(|owner| owner.is_null()) {
            return Some(ptr::null_mut());
        }
        if !crate::attributes::attribute_read(object, name, site) {
            return None;
        }
        self.note();
        let value = fields::value(object, name);
        Some(value)
    }

    /// Remembers the location of the last event.
    unsafe fn note(&mut self) {
        let Some(exploration) = &world().exploration else { return };
        let events = &exploration.execution.trace.events;
        if let Some(last) = events.last() {
            self.read.push((last.operation.object, events.len()));
        }
    }

    /// Whether another task has written something after it was read here.
    unsafe fn was_overtaken(&self) -> bool {
        let Some(exploration) = &world().exploration else { return false };
        let me: TaskId = exploration.execution.actor();
        let events = &exploration.execution.trace.events;
        let Some(first) = self.read.first().map(|(_, after)| *after) else { return false };
        events.iter().enumerate().skip(first).any(|(index, event)| {
            event.task != me
                && matches!(
                    event.operation.action,
                    Action::Write(_) | Action::Add(_) | Action::Update(_)
                )
                && self
                    .read
                    .iter()
                    .any(|(object, after)| *object == event.operation.object && *after <= index)
        })
    }
}

/// Whether there may be something to read in what is handed.
pub(crate) unsafe fn may_hold_something(handed: Handed) -> bool {
    let object = handed.object;
    container_behind(object).is_some()
        || (PyTuple_Check(object) != 0 && handed.reach != Reach::Elements)
        || iterate::is_lazy(object)
        || fields::which(object, handed.reach) != fields::Names::Nothing
}

/// Whether an object certainly has nothing in it that changes.
pub(crate) unsafe fn is_atom(object: *mut PyObject) -> bool {
    const ATOMS: std::ffi::c_ulong = Py_TPFLAGS_LONG_SUBCLASS
        | Py_TPFLAGS_UNICODE_SUBCLASS
        | Py_TPFLAGS_BYTES_SUBCLASS
        | Py_TPFLAGS_TYPE_SUBCLASS;
    let kind = Py_TYPE(object);
    kind == &raw mut PyLong_Type
        || kind == &raw mut PyUnicode_Type
        || object == Py_None()
        || PyType_GetFlags(kind) & ATOMS != 0
        || kind == &raw mut PyFloat_Type
        || kind == &raw mut PyCFunction_Type
}

/// The elements of a container of the interpreter's own types that may have something in them, as new
/// references; of a dictionary its values.
unsafe fn elements(container: *mut PyObject) -> Vec<*mut PyObject> {
    let mut found = Vec::new();
    let mut take = |object: *mut PyObject| {
        if !object.is_null() && !is_atom(object) {
            found.push(again(object));
        }
    };
    if PyList_Check(container) != 0 {
        (0..PyList_Size(container)).for_each(|index| take(PyList_GetItem(container, index)));
    } else if PyTuple_Check(container) != 0 {
        (0..PyTuple_Size(container)).for_each(|index| take(PyTuple_GetItem(container, index)));
    } else if PyDict_Check(container) != 0 {
        let (mut place, mut key, mut value) = (0, ptr::null_mut(), ptr::null_mut());
        while PyDict_Next(container, &raw mut place, &raw mut key, &raw mut value) != 0 {
            take(value);
        }
    } else if crate::containers::is_deque(container) {
        let iterator = PyObject_GetIter(container);
        while !iterator.is_null() {
            let next = PyIter_Next(iterator);
            if next.is_null() {
                break;
            }
            take(next);
            Py_DECREF(next);
        }
        if !iterator.is_null() {
            Py_DECREF(iterator);
        }
    }
    PyErr_Clear();
    found
}
