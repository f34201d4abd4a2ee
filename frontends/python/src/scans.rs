//! The announcers of what is read or changed of a container as a whole.

use pyo3::ffi::*;

use everyway_protocol::operation::{Action, Field};

use crate::access::{access, is_on};
use crate::announcers::{Arguments, WHOLE_READ, again, given, site};
use crate::containers::container_behind;
use crate::iterate;
use crate::reach::{self, Handed, Reach};
use crate::world::world;

/// What is added to a reach if the reading waits for a later operand.
const HOLDS: i64 = 8;

/// So many operands may wait at a time; exceptions leave some behind.
const HELD_AT_MOST: usize = 16;

/// Operands that the native code reads together with the one whose site is the next to come.
#[derive(Debug)]
pub(crate) struct Held {
    site: u32,
    operands: Vec<Handed>,
}

impl Held {
    /// Lets go of the operands.
    pub(crate) unsafe fn release(self) {
        for operand in self.operands {
            Py_DECREF(operand.object);
        }
    }
}

/// Announces what is done to a whole container, if the object is one.
pub(crate) unsafe fn whole(object: *mut PyObject, action: Action, site: u32) -> *mut PyObject {
    match container_behind(object) {
        Some((container, _)) if is_on() => {
            given(access(container, std::ptr::null_mut(), action, site), object)
        }
        _ => again(object),
    }
}

pub(crate) unsafe extern "C" fn size(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    whole(*a, Action::Read(Field::Shape), site(*a.add(1)))
}

pub(crate) unsafe extern "C" fn mutate(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    whole(*a, Action::Update(Field::Whole), site(*a.add(1)))
}

/// `__ev_scan__(obj, S)`, `__ev_scan__(obj, S, R)`, `__ev_scan__(obj, S, R, T)`.
pub(crate) unsafe extern "C" fn scan(
    _: *mut PyObject,
    a: Arguments,
    n: Py_ssize_t,
) -> *mut PyObject {
    let object = *a;
    let w = world();
    // Where nothing waits, a plain value is all there is.
    if !w.active || ((n < 4 || !w.holds) && reach::is_atom(object)) {
        return again(object);
    }
    let flags = if n > 2 { PyLong_AsLongLong(*a.add(2)) } else { 0 };
    let holds = flags & HOLDS != 0;
    let reach = Reach::of_number(flags & !HOLDS);
    let handed = Handed { object, reach, site: site(*a.add(1)), names: std::ptr::null_mut() };
    if holds && n < 4 && !reach::may_hold_something(handed) {
        return again(object);
    }
    let mut operands = if n > 3 { taken(site(*a.add(3))) } else { Vec::new() };
    if holds {
        Py_INCREF(object);
        operands.push(handed);
        hold(Held { site: handed.site, operands });
        return again(object);
    }
    let before = operands.len();
    operands.push(handed);
    let announced = !is_on()
        || if before == 0 && iterate::is_lazy(object) {
            iterate::consume(object, handed.site)
        } else if before == 0 && handed.reach == Reach::Elements {
            one(object, handed.site)
        } else {
            reach::read(&operands)
        };
    for operand in &operands[..before] {
        Py_DECREF(operand.object);
    }
    given(announced, object)
}

/// `__ev_matched__(obj, S, names)`: patterns look at these attributes, and into containers.
pub(crate) unsafe extern "C" fn matched(
    _: *mut PyObject,
    a: Arguments,
    _: Py_ssize_t,
) -> *mut PyObject {
    let (object, names) = (*a, *a.add(2));
    let handed = Handed { object, reach: Reach::Patterns, site: site(*a.add(1)), names };
    given(!is_on() || reach::read(&[handed]), object)
}

unsafe fn one(object: *mut PyObject, site: u32) -> bool {
    match container_behind(object) {
        Some((container, _)) => access(container, std::ptr::null_mut(), WHOLE_READ, site),
        None => true,
    }
}

unsafe fn hold(held: Held) {
    let w = world();
    let Some(task) = w.exploration.as_ref().map(|e| e.execution.actor()) else { return };
    w.holds = true;
    let all = &mut w.tasks[task.index()].held;
    all.push(held);
    if all.len() > HELD_AT_MOST {
        all.remove(0).release();
    }
}

/// The operands that wait for the one after this site.
unsafe fn taken(site: u32) -> Vec<Handed> {
    let w = world();
    let Some(task) = w.exploration.as_ref().map(|e| e.execution.actor()) else {
        return Vec::new();
    };
    let all = &mut w.tasks[task.index()].held;
    let found = all.iter().rposition(|held| held.site == site);
    let operands = found.map_or_else(Vec::new, |index| all.remove(index).operands);
    w.holds = w.tasks.iter().any(|task| !task.held.is_empty());
    operands
}
