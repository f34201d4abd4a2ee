//! The few objects that stand in for the program's own: the target of an item's store, the method of a
//! container that is passed on or called with named arguments.

use everyway_protocol::ids::SiteId;
use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::access::is_on;
use crate::announcers::{again, container_method, entry_write};
use crate::containers::{container_behind, remember_view};
use crate::iterate::given;
use crate::world::world;

/// Takes the place of a container where an item of it is stored or deleted.
#[pyclass(module = "everyway._core")]
struct StoreProxy {
    object: Py<PyAny>,
    site: u32,
}

#[pymethods]
impl StoreProxy {
    fn __setitem__(
        own: Bound<'_, Self>,
        key: Bound<'_, PyAny>,
        value: Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let (object, site) = StoreProxy::parts(&own);
        // SAFETY: the lock is held; no borrow of this object lives across the announcement.
        let done = unsafe {
            entry_write(object.as_ptr(), key.as_ptr(), false, site)
                && PyObject_SetItem(object.as_ptr(), key.as_ptr(), value.as_ptr()) == 0
        };
        if done { Ok(()) } else { Err(PyErr::fetch(own.py())) }
    }

    fn __delitem__(own: Bound<'_, Self>, key: Bound<'_, PyAny>) -> PyResult<()> {
        let (object, site) = StoreProxy::parts(&own);
        // SAFETY: as above.
        let done = unsafe {
            entry_write(object.as_ptr(), key.as_ptr(), true, site)
                && PyObject_DelItem(object.as_ptr(), key.as_ptr()) == 0
        };
        if done { Ok(()) } else { Err(PyErr::fetch(own.py())) }
    }
}

impl StoreProxy {
    fn parts(own: &Bound<'_, Self>) -> (Py<PyAny>, u32) {
        let inner = own.borrow();
        (inner.object.clone_ref(own.py()), inner.site)
    }
}

/// The target of an item's store: the object itself, unless the store has to be announced.
pub(crate) unsafe fn store_proxy(object: *mut PyObject, site: u32) -> *mut PyObject {
    if !is_on() || container_behind(object).is_none() {
        crate::processes::note_place(object, site);
        return again(object);
    }
    Python::attach(|py| {
        let object = Bound::from_borrowed_ptr(py, object).unbind();
        given(py, Py::new(py, StoreProxy { object, site }).map(Py::into_any))
    })
}

/// A container's method that announces itself when it is called.
#[pyclass(module = "everyway._core")]
struct SharedMethod {
    object: Py<PyAny>,
    name: Py<PyAny>,
    site: u32,
    /// It may be called anywhere.
    passed: bool,
}

#[pymethods]
impl SharedMethod {
    #[pyo3(signature = (*arguments, **keywords))]
    fn __call__<'py>(
        own: Bound<'py, Self>,
        arguments: Bound<'py, PyTuple>,
        keywords: Option<Bound<'py, PyDict>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = own.py();
        let (object, name, site, passed) = {
            let own = own.borrow();
            (own.object.clone_ref(py), own.name.clone_ref(py), own.site, own.passed)
        };
        let first = arguments.get_item(0).ok();
        // SAFETY: the lock is held; no borrow of this object lives across the announcement.
        let announced = unsafe {
            let first = first.as_ref().map(|first| first.as_ptr());
            let site = if passed { site_of_call(site) } else { site };
            container_method(object.as_ptr(), name.as_ptr(), first, site)
        };
        if !announced {
            return Err(PyErr::fetch(py));
        }
        let name = name.bind(py).cast::<pyo3::types::PyString>()?;
        let result = object.bind(py).getattr(name)?.call(arguments, keywords.as_ref())?;
        // SAFETY: the lock is held.
        unsafe { remember_view(object.as_ptr(), result.as_ptr()) };
        Ok(result)
    }

    /// Whatever else is asked of it is the method's own.
    fn __getattr__<'py>(
        &self,
        py: Python<'py>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.method(py)?.getattr(name)
    }

    #[getter]
    fn __class__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.method(py)?.getattr("__class__")
    }

    #[getter]
    fn __doc__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.method(py)?.getattr("__doc__")
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(self.method(py)?.repr()?.to_string())
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.method(py)?.hash()
    }

    fn __richcmp__<'py>(
        &self,
        other: &Bound<'py, PyAny>,
        operator: pyo3::basic::CompareOp,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = other.py();
        let method = self.method(py)?;
        match other.cast::<SharedMethod>() {
            Ok(other) => method.rich_compare(other.borrow().method(py)?, operator),
            Err(_) => method.rich_compare(other, operator),
        }
    }
}

impl SharedMethod {
    fn method<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.object.bind(py).getattr(self.name.bind(py).cast::<PyString>()?)
    }
}

/// The site of a call of a method that was passed on: where it was called, if the user's code did,
/// else where it was passed on.
unsafe fn site_of_call(passed_at: u32) -> u32 {
    let w = world();
    if w.facts
        && let Some(exploration) = &w.exploration
        && let Some(side) = w.tasks.get(exploration.execution.actor().index())
        && let Some(site) = side.library_call
    {
        // So that what uses the call's value uses what it read.
        return site.0;
    }
    match w.places.of_caller(&mut w.sites) {
        SiteId::NONE => passed_at,
        site => site.0,
    }
}

/// A method to be called with named or starred arguments.
pub(crate) unsafe fn bound_method(
    object: *mut PyObject,
    name: *mut PyObject,
    site: u32,
) -> *mut PyObject {
    if container_behind(object).is_none() {
        return PyObject_GetAttr(object, name);
    }
    method(object, name, site, false)
}

unsafe fn method(
    object: *mut PyObject,
    name: *mut PyObject,
    site: u32,
    passed: bool,
) -> *mut PyObject {
    Python::attach(|py| {
        let object = Bound::from_borrowed_ptr(py, object).unbind();
        let name = Bound::from_borrowed_ptr(py, name).unbind();
        given(py, Py::new(py, SharedMethod { object, name, site, passed }).map(Py::into_any))
    })
}

/// Takes the place of a container one of whose methods is passed on.
#[pyclass(module = "everyway._core")]
struct MethodSource {
    object: Py<PyAny>,
    site: u32,
}

#[pymethods]
impl MethodSource {
    fn __getattribute__<'py>(
        &self,
        py: Python<'py>,
        name: Bound<'py, PyString>,
    ) -> PyResult<Bound<'py, PyAny>> {
        // SAFETY: the lock is held.
        unsafe {
            let made = method(self.object.as_ptr(), name.as_ptr(), self.site, true);
            Bound::from_owned_ptr_or_err(py, made)
        }
    }
}

/// Whether it is a method that the user's code did not define.
unsafe fn is_librarys(found: &Bound<'_, PyAny>) -> bool {
    if Py_TYPE(found.as_ptr()) == &raw mut PyCFunction_Type {
        return true;
    }
    match found.getattr("__func__").and_then(|function| function.getattr("__code__")) {
        Ok(code) => {
            let w = world();
            !w.places.is_users(code.as_ptr(), &w.sites)
        }
        Err(_) => false,
    }
}

/// What the attribute is taken of, where a container's method is passed on.
pub(crate) unsafe fn source(
    object: *mut PyObject,
    name: *mut PyObject,
    site: u32,
) -> Option<*mut PyObject> {
    let found = PyObject_GetAttr(object, name);
    if found.is_null() {
        // The native access raises it.
        PyErr_Clear();
        return None;
    }
    Python::attach(|py| {
        let found = Bound::from_owned_ptr(py, found);
        let object = Bound::from_borrowed_ptr(py, object).unbind();
        is_librarys(&found)
            .then(|| given(py, Py::new(py, MethodSource { object, site }).map(Py::into_any)))
    })
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<StoreProxy>()?;
    module.add_class::<SharedMethod>()?;
    module.add_class::<MethodSource>()
}
