//! Iterators over containers: each step that user code waits for is a read of its own, what C code takes
//! at once is one.

use std::ptr;

use everyway_protocol::ids::SiteId;
use everyway_protocol::operation::{Action, Field};
use everyway_protocol::trace::Fact;
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::access::{access, is_on, note_fact};
use crate::announcers::again;
use crate::containers::container_behind;
use crate::reach::{self, Handed};
use crate::world::{TaskSide, world};

/// Iterates over a container and announces each step.
#[pyclass(module = "everyway._core")]
struct SharedIterator {
    container: Option<Py<PyAny>>,
    inner: Py<PyAny>,
    site: u32,
    test: Option<u32>,
}

/// No site: the steps of an iterator further in name theirs.
pub(crate) const NO_STEP: u32 = u32::MAX;

#[pymethods]
impl SharedIterator {
    fn __iter__(own: PyRef<'_, Self>) -> PyRef<'_, Self> {
        own
    }

    fn __next__(own: Bound<'_, Self>) -> PyResult<Option<Py<PyAny>>> {
        let py = own.py();
        let (container, inner, site, test) = {
            let own = own.borrow();
            let container = own.container.as_ref().map(|container| container.clone_ref(py));
            (container, own.inner.clone_ref(py), own.site, own.test)
        };
        // SAFETY: the lock is held; no borrow of this object lives across the announcement.
        unsafe {
            let read = match &container {
                Some(container) => step_read(container.as_ptr(), site),
                None => true,
            };
            if !read {
                return Err(PyErr::fetch(py));
            }
            if let Some(test) = test
                && world().facts
                && world().active
            {
                note_fact(world(), Fact::Test(SiteId(test)));
            }
            let next = match container {
                Some(_) => PyIter_Next(inner.as_ptr()),
                None => step(site, || PyIter_Next(inner.as_ptr())),
            };
            if next.is_null() {
                return if PyErr_Occurred().is_null() { Ok(None) } else { Err(PyErr::fetch(py)) };
            }
            Ok(Some(Bound::from_owned_ptr(py, next).unbind()))
        }
    }

    fn __length_hint__(&self, py: Python<'_>) -> usize {
        self.inner
            .bind(py)
            .call_method0("__length_hint__")
            .and_then(|hint| hint.extract())
            .unwrap_or(0)
    }
}

unsafe fn side() -> Option<&'static mut TaskSide> {
    let w = world();
    let task = w.exploration.as_ref()?.execution.actor();
    w.tasks.get_mut(task.index())
}

unsafe fn events() -> usize {
    world().exploration.as_ref().map_or(0, |e| e.execution.trace.events.len())
}

/// Announces the read of a step, unless it belongs to what was announced as a whole.
unsafe fn step_read(container: *mut PyObject, site: u32) -> bool {
    if !is_on() {
        return true;
    }
    let Some(side) = side() else { return true };
    if side.consuming == Some(events()) {
        return true;
    }
    let site = if side.step_site == NO_STEP { site } else { side.step_site };
    access(container, ptr::null_mut(), Action::Read(Field::Whole), site)
}

/// Takes a step of an iterator that may stand on a shared one, whose read is then of this site.
unsafe fn step(site: u32, take: impl FnOnce() -> *mut PyObject) -> *mut PyObject {
    if site == NO_STEP || !world().active {
        return take();
    }
    let Some(own) = side() else { return take() };
    own.consuming = None;
    let outer = std::mem::replace(&mut own.step_site, site);
    let next = take();
    if let Some(own) = side() {
        own.step_site = outer;
    }
    next
}

/// `__ev_next__(next, site, iterator, …)`: the builtin `next` takes a step.
pub(crate) unsafe fn next(
    function: *mut PyObject,
    site: u32,
    arguments: *mut PyObject,
) -> *mut PyObject {
    step(site, || PyObject_Call(function, arguments, ptr::null_mut()))
}

/// Announces that C code takes all that is left of an iterator at once.
pub(crate) unsafe fn consume(iterator: *mut PyObject, site: u32) -> bool {
    consume_and(iterator, site, || true)
}

/// The same, and what the C code does at the same time.
pub(crate) unsafe fn consume_and(
    iterator: *mut PyObject,
    site: u32,
    mut rest: impl FnMut() -> bool,
) -> bool {
    if let Some(own) = side() {
        own.consuming = None;
    }
    if is_lazy(iterator) && !is_plain(iterator) {
        return rest();
    }
    let handed =
        Handed { object: iterator, reach: reach::Reach::Elements, site, names: ptr::null_mut() };
    if !reach::read_and(&[handed], rest) {
        return false;
    }
    if let Some(own) = side() {
        own.consuming = Some(events());
    }
    true
}

/// The builtin iterators that stand on others.
#[derive(Clone, Copy, Default)]
struct Types {
    shared: usize,
    lazy: [usize; 4],
    callables: [usize; 4],
}

static mut TYPES: Types = Types { shared: 0, lazy: [0; 4], callables: [0; 4] };

/// Whether the object is an iterator that may stand on a container.
pub(crate) unsafe fn is_lazy(object: *mut PyObject) -> bool {
    let kind = Py_TYPE(object) as usize;
    let types = TYPES;
    kind == types.shared || types.lazy.contains(&kind)
}

/// What an iterator takes its elements from, as new references; a container for one of ours.
pub(crate) unsafe fn behind(object: *mut PyObject) -> Option<Vec<*mut PyObject>> {
    if !is_lazy(object) {
        return None;
    }
    Python::attach(|py| {
        let bound = Bound::from_borrowed_ptr(py, object);
        if let Ok(shared) = bound.cast::<SharedIterator>() {
            let shared = shared.borrow();
            let under = shared.container.as_ref().unwrap_or(&shared.inner);
            return Some(vec![under.clone_ref(py).into_ptr()]);
        }
        let parts = parts_of(&bound)?;
        Some(parts.into_iter().map(Bound::into_ptr).collect())
    })
}

/// The arguments that a builtin iterator could be made of again.
fn parts_of<'py>(iterator: &Bound<'py, PyAny>) -> Option<Vec<Bound<'py, PyAny>>> {
    let reduced = iterator.call_method0("__reduce__").ok()?;
    reduced.get_item(1).ok()?.try_iter().ok()?.collect::<PyResult<_>>().ok()
}

/// Whether no code of the user's runs between the steps of an iterator.
unsafe fn is_plain(object: *mut PyObject) -> bool {
    let kind = Py_TYPE(object) as usize;
    let types = TYPES;
    if kind == types.shared || !types.lazy.contains(&kind) {
        return container_behind(object).is_some() || kind == types.shared;
    }
    Python::attach(|py| {
        let bound = Bound::from_borrowed_ptr(py, object);
        let Some(parts) = parts_of(&bound) else { return false };
        parts.iter().all(|part| {
            let part = part.as_ptr();
            let kind = Py_TYPE(part) as usize;
            let called = types.callables.contains(&kind)
                || (PyType_Check(part) != 0
                    && PyType_GetFlags(part.cast()) & Py_TPFLAGS_HEAPTYPE == 0);
            called
                || part == Py_None()
                || PyLong_Check(part) != 0
                || is_plain(part)
                || is_of_nobody(part)
        })
    })
}

/// Whether an iterator stands on nothing that is shared, and runs no code: one of the interpreter's
/// own over what was made for it.
unsafe fn is_of_nobody(object: *mut PyObject) -> bool {
    let kind = Py_TYPE(object);
    let native = PyType_GetFlags(kind) & Py_TPFLAGS_HEAPTYPE == 0;
    native && kind != &raw mut PyGen_Type && PyIter_Check(object) != 0
}

unsafe extern "C" {
    static mut PyGen_Type: PyTypeObject;
}

/// What a `for` goes over: the object itself, unless its steps have to be announced.
pub(crate) unsafe fn over(object: *mut PyObject, site: u32, test: Option<u32>) -> *mut PyObject {
    let container = container_behind(object).map(|(container, _)| container);
    // A loop that begins before other tasks exist may still be going on when they do.
    let announces = container.is_some()
        || (site != NO_STEP && is_lazy(object))
        || (test.is_some() && world().facts);
    if !announces || !world().active {
        return again(object);
    }
    // Making the iterator looks at the container, too.
    if let Some(container) = container
        && is_on()
        && !access(container, ptr::null_mut(), Action::Read(Field::Whole), site)
    {
        return ptr::null_mut();
    }
    shared(container, PyObject_GetIter(object), site, test)
}

/// `reversed(object)`, whose steps are announced if the object is a container.
pub(crate) unsafe fn reversed(
    function: *mut PyObject,
    object: *mut PyObject,
    site: u32,
) -> *mut PyObject {
    let container = container_behind(object).map(|(container, _)| container);
    if let Some(container) = container
        && is_on()
        && !access(container, ptr::null_mut(), Action::Read(Field::Whole), site)
    {
        return ptr::null_mut();
    }
    let inner = PyObject_CallFunctionObjArgs(function, object, ptr::null_mut::<PyObject>());
    if container.is_none() || !world().active {
        inner
    } else {
        shared(container, inner, site, None)
    }
}

unsafe fn shared(
    container: Option<*mut PyObject>,
    inner: *mut PyObject,
    site: u32,
    test: Option<u32>,
) -> *mut PyObject {
    if inner.is_null() {
        return ptr::null_mut();
    }
    Python::attach(|py| {
        let shared = SharedIterator {
            container: container.map(|container| Bound::from_borrowed_ptr(py, container).unbind()),
            inner: Bound::from_owned_ptr(py, inner).unbind(),
            site,
            test,
        };
        given(py, Py::new(py, shared).map(Py::into_any))
    })
}

pub(crate) unsafe fn given(py: Python<'_>, result: PyResult<Py<PyAny>>) -> *mut PyObject {
    match result {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            ptr::null_mut()
        }
    }
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let builtins = py.import("builtins")?;
    let types = py.import("types")?;
    let kind = |module: &Bound<'_, PyModule>, name: &str| -> PyResult<usize> {
        Ok(module.getattr(name)?.into_ptr() as usize)
    };
    // SAFETY: the module is set up once, with the lock held; the types live for ever.
    unsafe {
        TYPES = Types {
            shared: py.get_type::<SharedIterator>().into_ptr() as usize,
            lazy: [
                kind(&builtins, "enumerate")?,
                kind(&builtins, "zip")?,
                kind(&builtins, "map")?,
                kind(&builtins, "filter")?,
            ],
            callables: [
                kind(&types, "BuiltinFunctionType")?,
                kind(&types, "MethodDescriptorType")?,
                kind(&types, "WrapperDescriptorType")?,
                kind(&types, "MethodWrapperType")?,
            ],
        };
    }
    module.add_class::<SharedIterator>()
}
