//! The announcers: functions that the rewriter puts before each native access (`ANNOUNCERS.md`).
//!
//! They are raw FASTCALL functions (15–40 ns), without a frame of their own, so tracebacks stay the
//! user's. In facts mode each takes the activation as its first argument.

use std::ptr;

use everyway_protocol::ids::{ActivationId, SiteId};
use everyway_protocol::operation::{Action, Field};
use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::access::access;
use crate::attributes::{attr, attrw, entry_changed_in_place, inplace, passed, wattr};
use crate::cells;
use crate::containers::{self, container_behind, kind_of};
use crate::facts;
use crate::iterate;
use crate::scans::{matched, mutate, scan, size};
use crate::stand_ins;
use crate::tasks::follow;
use crate::world::world;

pub(crate) type Arguments = *mut *mut PyObject;
pub(crate) type Announcer =
    unsafe extern "C" fn(*mut PyObject, Arguments, Py_ssize_t) -> *mut PyObject;

pub(crate) const WHOLE_READ: Action = Action::Read(Field::Whole);
pub(crate) const WHOLE_WRITE: Action = Action::Write(Field::Whole);

/// A site argument.
#[inline(always)]
pub(crate) unsafe fn site(argument: *mut PyObject) -> u32 {
    PyLong_AsLong(argument) as u32
}

#[inline(always)]
pub(crate) unsafe fn again(object: *mut PyObject) -> *mut PyObject {
    Py_INCREF(object);
    object
}

/// The object if the announcement went well, else null with the exception set.
#[inline(always)]
pub(crate) unsafe fn given(went_well: bool, object: *mut PyObject) -> *mut PyObject {
    if went_well { again(object) } else { ptr::null_mut() }
}

unsafe fn globals() -> *mut PyObject {
    PyEval_GetGlobals()
}

unsafe extern "C" fn global(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    given(access(globals(), *a, WHOLE_READ, site(*a.add(1))), Py_None())
}

unsafe extern "C" fn globalw(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    let name = *a.add(1);
    facts::note_shared_name(name);
    given(access(globals(), name, WHOLE_WRITE, site(*a.add(2))), *a)
}

unsafe extern "C" fn bind(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    facts::note_shared_name(*a);
    given(access(globals(), *a, WHOLE_WRITE, site(*a.add(1))), Py_None())
}

unsafe extern "C" fn newcell(_: *mut PyObject, _: Arguments, _: Py_ssize_t) -> *mut PyObject {
    PyObject_CallNoArgs((&raw mut PyBaseObject_Type).cast())
}

unsafe extern "C" fn cell(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    given(access(*a, *a.add(1), WHOLE_READ, site(*a.add(2))), Py_None())
}

unsafe extern "C" fn cellw(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    given(access(*a.add(1), *a.add(2), WHOLE_WRITE, site(*a.add(3))), *a)
}

/// Announces the read of an entry, if the object is a container.
unsafe fn entry_read(object: *mut PyObject, key: *mut PyObject, site: u32) -> bool {
    match kind_of(object) {
        Some(kind) if crate::access::is_on() => {
            if is_global(object, key) {
                return global_access(object, key, WHOLE_READ, site);
            }
            if kind == containers::Kind::DefaultDictionary
                && let Some(factory) = containers::users_factory(object)
            {
                let made = entry_made(object, key, factory, site);
                Py_DECREF(factory);
                return made;
            }
            let action = containers::load(object, kind, key);
            access(object, ptr::null_mut(), action, site)
        }
        None if crate::access::is_on() => part_of_view(object, WHOLE_READ, site),
        _ => true,
    }
}

/// Announces the read of an entry that a function of the program makes where there is none: what
/// `__missing__` does, step by step.
unsafe fn entry_made(
    object: *mut PyObject,
    key: *mut PyObject,
    factory: *mut PyObject,
    site: u32,
) -> bool {
    let field = containers::entry(object, containers::Kind::DefaultDictionary, key);
    if !access(object, ptr::null_mut(), Action::Read(field), site) {
        return false;
    }
    match PySequence_Contains(object, key) {
        0 => {}
        1 => return true,
        _ => {
            // The native access raises it.
            PyErr_Clear();
            return true;
        }
    }
    let value = facts::call_within(factory);
    if value.is_null() {
        return false;
    }
    let action = containers::store(object, containers::Kind::DefaultDictionary, key, false);
    let stored =
        access(object, ptr::null_mut(), action, site) && PyObject_SetItem(object, key, value) == 0;
    Py_DECREF(value);
    stored
}

/// Announces the write of an entry, if the object is a container.
pub(crate) unsafe fn entry_write(
    object: *mut PyObject,
    key: *mut PyObject,
    delete: bool,
    site: u32,
) -> bool {
    match kind_of(object) {
        Some(kind) if crate::access::is_on() => {
            if is_global(object, key) {
                return global_access(object, key, WHOLE_WRITE, site);
            }
            access(object, ptr::null_mut(), containers::store(object, kind, key, delete), site)
        }
        None if crate::access::is_on() => part_of_view(object, WHOLE_WRITE, site),
        _ => true,
    }
}

/// Announces the access of a part of what another object has the content of.
unsafe fn part_of_view(object: *mut PyObject, action: Action, site: u32) -> bool {
    match container_behind(object) {
        Some((container, _)) => access(container, ptr::null_mut(), action, site),
        None => {
            crate::processes::note_place(object, site);
            true
        }
    }
}

/// Whether the dictionary is that of a user's module and the key one of its globals.
unsafe fn is_global(object: *mut PyObject, key: *mut PyObject) -> bool {
    cells::is_user_module(object) && PyUnicode_CheckExact(key) != 0
}

/// Announces the access of a global that is named by a value.
unsafe fn global_access(
    module: *mut PyObject,
    key: *mut PyObject,
    action: Action,
    site: u32,
) -> bool {
    // Locations are told apart by the address of the name.
    let mut name = again(key);
    PyUnicode_InternInPlace(&raw mut name);
    if action == WHOLE_WRITE {
        facts::note_shared_name(name);
    }
    let announced = access(module, name, action, site);
    Py_DECREF(name);
    announced
}

unsafe extern "C" fn item(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    let (object, key) = (*a, *a.add(1));
    if !entry_read(object, key, site(*a.add(2))) {
        return ptr::null_mut();
    }
    PyObject_GetItem(object, key)
}

unsafe extern "C" fn peek(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    given(entry_read(*a, *a.add(1), site(*a.add(2))), *a)
}

unsafe extern "C" fn keyw(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    given(entry_write(*a, *a.add(1), false, site(*a.add(2))), *a.add(1))
}

unsafe extern "C" fn witem(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    let went_well = entry_write(*a.add(1), *a.add(2), false, site(*a.add(3)))
        && entry_changed_in_place(*a.add(1), *a.add(2), site(*a.add(3)));
    given(went_well, *a)
}

unsafe extern "C" fn contains(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    let (key, object) = (*a, *a.add(1));
    let read = match container_behind(object) {
        Some((container, kind)) if crate::access::is_on() => {
            if is_global(container, key) {
                if !global_access(container, key, WHOLE_READ, site(*a.add(2))) {
                    return ptr::null_mut();
                }
                return contained(object, key);
            }
            let action = match (kind, container == object) {
                (containers::Kind::List | containers::Kind::Deque, _) | (_, false) => WHOLE_READ,
                (kind, true) => Action::Read(containers::entry(container, kind, key)),
            };
            access(container, ptr::null_mut(), action, site(*a.add(2)))
        }
        _ => true,
    };
    if read { contained(object, key) } else { ptr::null_mut() }
}

unsafe fn contained(object: *mut PyObject, key: *mut PyObject) -> *mut PyObject {
    match PySequence_Contains(object, key) {
        -1 => ptr::null_mut(),
        0 => again(Py_False()),
        _ => again(Py_True()),
    }
}

unsafe extern "C" fn iterator(_: *mut PyObject, a: Arguments, n: Py_ssize_t) -> *mut PyObject {
    let test = if n > 2 { PyLong_AsLong(*a.add(2)) } else { -1 };
    iterate::over(*a, site(*a.add(1)), u32::try_from(test).ok())
}

/// `__ev_next__(next, S, iterator, …)`.
unsafe extern "C" fn next(_: *mut PyObject, a: Arguments, n: Py_ssize_t) -> *mut PyObject {
    let arguments = PyTuple_New(n - 2);
    for index in 2..n {
        PyTuple_SetItem(arguments, index - 2, again(*a.add(index as usize)));
    }
    let given = iterate::next(*a, site(*a.add(1)), arguments);
    Py_DECREF(arguments);
    given
}

/// `__ev_reversed__(reversed, obj, S)`.
unsafe extern "C" fn reversed(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    iterate::reversed(*a, *a.add(1), site(*a.add(2)))
}

unsafe extern "C" fn store(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    stand_ins::store_proxy(*a, site(*a.add(1)))
}

/// Announces what a container's method does.
pub(crate) unsafe fn container_method(
    object: *mut PyObject,
    name: *mut PyObject,
    first: Option<*mut PyObject>,
    site: u32,
) -> bool {
    if !crate::access::is_on() {
        return true;
    }
    let Some((container, kind)) = container_behind(object) else { return true };
    let mut length = 0;
    let text = PyUnicode_AsUTF8AndSize(name, &raw mut length);
    if text.is_null() {
        PyErr_Clear();
        return true;
    }
    let bytes = std::slice::from_raw_parts(text.cast::<u8>(), length as usize);
    let text = std::str::from_utf8_unchecked(bytes);
    if let Some(key) = first
        && is_global(container, key)
        && matches!(text, "get" | "pop" | "setdefault")
    {
        let action = if text == "get" { WHOLE_READ } else { WHOLE_WRITE };
        return global_access(container, key, action, site);
    }
    let Some(action) = containers::method(kind, text, first) else { return true };
    let announce = || access(container, ptr::null_mut(), action, site);
    match first {
        Some(argument) if reads_its_argument(text) => {
            iterate::consume_and(argument, site, announce)
        }
        _ => announce(),
    }
}

fn reads_its_argument(method: &str) -> bool {
    matches!(
        method,
        "extend"
            | "extendleft"
            | "update"
            | "union"
            | "intersection"
            | "difference"
            | "symmetric_difference"
            | "difference_update"
            | "intersection_update"
            | "symmetric_difference_update"
            | "issubset"
            | "issuperset"
            | "isdisjoint"
            | "subtract"
    )
}

unsafe extern "C" fn method(_: *mut PyObject, a: Arguments, n: Py_ssize_t) -> *mut PyObject {
    let (object, name) = (*a, *a.add(1));
    let first = (n > 3).then(|| *a.add(3));
    if !container_method(object, name, first, site(*a.add(2))) {
        return ptr::null_mut();
    }
    let bound = PyObject_GetAttr(object, name);
    if bound.is_null() {
        return ptr::null_mut();
    }
    let arguments = PyTuple_New(n - 3);
    for index in 3..n {
        PyTuple_SetItem(arguments, index - 3, again(*a.add(index as usize)));
    }
    let container = container_behind(object).is_some();
    let result = if container {
        PyObject_Call(bound, arguments, ptr::null_mut())
    } else {
        facts::linked_call(SiteId(site(*a.add(2))), bound, arguments, ptr::null_mut())
    };
    Py_DECREF(arguments);
    Py_DECREF(bound);
    if !result.is_null() && container {
        containers::remember_view(object, result);
    }
    result
}

unsafe extern "C" fn bound(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    stand_ins::bound_method(*a, *a.add(1), site(*a.add(2)))
}

/// So many rounds without any announcement are taken for an endless loop.
const ROUND_BOUND: u64 = 2_000_000;

unsafe extern "C" fn round(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    let w = world();
    if !w.active {
        return again(Py_None());
    }
    if w.aborting {
        crate::tasks::refuse_to_go_on();
        return ptr::null_mut();
    }
    let site = SiteId(site(*a));
    let Some(exploration) = w.exploration.as_mut() else { return again(Py_None()) };
    let me = exploration.execution.actor();
    let events = exploration.execution.trace.events.len() as u64;
    let side = &mut w.tasks[me.index()];
    // The high half counts events, the low half rounds since the last one.
    side.rounds = if side.rounds >> 32 == events { side.rounds + 1 } else { events << 32 };
    if side.rounds & 0xffff_ffff > ROUND_BOUND {
        let place = w.sites.get(site).map(|site| (site.file, site.line));
        w.loop_bound = place;
        exploration.execution.cut();
        let ending = exploration.execution.ending();
        let directive = everyway_engine::execution::Directive::End(
            ending.unwrap_or(everyway_engine::execution::Ending::Bound),
        );
        follow(me, directive);
        return ptr::null_mut();
    }
    if exploration.execution.task_count() == 1 {
        return again(Py_None());
    }
    let passive = w.sites.get(site).is_some_and(|site| site.name == "passive");
    let directive = exploration.round(site, passive);
    match follow(me, directive) {
        Some(_) => again(Py_None()),
        None => ptr::null_mut(),
    }
}

unsafe extern "C" fn enter_loop(_: *mut PyObject, a: Arguments, _: Py_ssize_t) -> *mut PyObject {
    let w = world();
    if w.active
        && !w.aborting
        && let Some(exploration) = w.exploration.as_mut()
    {
        exploration.execution.enter_loop(SiteId(site(*a)));
    }
    again(Py_None())
}

/// Declares the announcers, and for each its counterpart of facts mode, which takes the activation
/// first.
macro_rules! announcers {
    ($($name:literal => $function:ident / $with_facts:ident),* $(,)?) => {
        $(
            unsafe extern "C" fn $with_facts(
                own: *mut PyObject,
                arguments: Arguments,
                count: Py_ssize_t,
            ) -> *mut PyObject {
                set_activation(*arguments);
                $function(own, arguments.add(1), count - 1)
            }
        )*
        const ACCESSES: &[(&std::ffi::CStr, Announcer)] = &[$(($name, $function)),*];
        const FACTS: &[(&std::ffi::CStr, Announcer)] = &[$(($name, $with_facts)),*];
    };
}

announcers! {
    c"__ev_attr__" => attr / attr_facts,
    c"__ev_passed__" => passed / passed_facts,
    c"__ev_next__" => next / next_facts,
    c"__ev_reversed__" => reversed / reversed_facts,
    c"__ev_attrw__" => attrw / attrw_facts,
    c"__ev_wattr__" => wattr / wattr_facts,
    c"__ev_global__" => global / global_facts,
    c"__ev_globalw__" => globalw / globalw_facts,
    c"__ev_bind__" => bind / bind_facts,
    c"__ev_newcell__" => newcell / newcell_facts,
    c"__ev_cell__" => cell / cell_facts,
    c"__ev_cellw__" => cellw / cellw_facts,
    c"__ev_item__" => item / item_facts,
    c"__ev_peek__" => peek / peek_facts,
    c"__ev_store__" => store / store_facts,
    c"__ev_keyw__" => keyw / keyw_facts,
    c"__ev_witem__" => witem / witem_facts,
    c"__ev_inplace__" => inplace / inplace_facts,
    c"__ev_in__" => contains / contains_facts,
    c"__ev_size__" => size / size_facts,
    c"__ev_scan__" => scan / scan_facts,
    c"__ev_matched__" => matched / matched_facts,
    c"__ev_mutate__" => mutate / mutate_facts,
    c"__ev_iter__" => iterator / iterator_facts,
    c"__ev_method__" => method / method_facts,
    c"__ev_bound__" => bound / bound_facts,
    c"__ev_round__" => round / round_facts,
    c"__ev_loop__" => enter_loop / enter_loop_facts,
}

const FACTS_ONLY: &[(&std::ffi::CStr, Announcer)] = &[
    (c"__ev_enter__", facts::enter),
    (c"__ev_leave__", facts::leave),
    (c"__ev_define__", facts::define),
    (c"__ev_test__", facts::test),
    (c"__ev_return__", facts::give_back),
];

/// The running activation is the one in this argument.
unsafe fn set_activation(argument: *mut PyObject) {
    let w = world();
    let Some(exploration) = &w.exploration else { return };
    let task = exploration.execution.actor();
    let activation = ActivationId(PyLong_AsLong(argument) as u32);
    if let Some(side) = w.tasks.get_mut(task.index()) {
        side.activation = activation;
    }
}

static mut DEFINITIONS: Vec<PyMethodDef> = Vec::new();
static mut OBJECTS: Vec<(&'static std::ffi::CStr, bool, *mut PyObject)> = Vec::new();

/// The announcers by name, for `"accesses"` or `"facts"`.
#[pyfunction]
fn announcers<'py>(py: Python<'py>, mode: &str) -> PyResult<Bound<'py, PyDict>> {
    let wanted = mode == "facts";
    let dictionary = PyDict::new(py);
    // SAFETY: the lock is held; the list is filled once and its objects live for ever.
    unsafe {
        let objects = &raw const OBJECTS;
        for (name, facts, object) in &*objects {
            if *facts == wanted {
                let function = Bound::from_borrowed_ptr(py, *object);
                dictionary.set_item(name.to_string_lossy(), function)?;
            }
        }
    }
    Ok(dictionary)
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let all = ACCESSES
        .iter()
        .map(|row| (row.0, false, row.1))
        .chain(FACTS.iter().chain(FACTS_ONLY).map(|row| (row.0, true, row.1)));
    let all: Vec<_> = all.collect();
    // SAFETY: the module is set up once, with the lock held; the definitions are never moved again.
    unsafe {
        let (definitions, objects) = (&raw mut DEFINITIONS, &raw mut OBJECTS);
        let (definitions, objects) = (&mut *definitions, &mut *objects);
        definitions.reserve(all.len() + 1);
        for (name, facts, function) in all {
            definitions.push(PyMethodDef {
                ml_name: name.as_ptr(),
                ml_meth: PyMethodDefPointer { PyCFunctionFast: function },
                ml_flags: METH_FASTCALL,
                ml_doc: ptr::null(),
            });
            let last = definitions.len() - 1;
            let object = PyCFunction_NewEx(
                definitions.as_mut_ptr().add(last),
                ptr::null_mut(),
                ptr::null_mut(),
            );
            if object.is_null() {
                return Err(PyErr::fetch(module.py()));
            }
            objects.push((name, facts, object));
        }
        let call = facts::call_function(definitions)?;
        objects.push((c"__ev_call__", true, call));
    }
    module.add_function(wrap_pyfunction!(announcers, module)?)?;
    crate::attributes::set_up(module)?;
    Ok(())
}
