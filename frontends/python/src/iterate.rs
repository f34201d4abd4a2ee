//! The few objects that stand in for the program's own for a moment: the iterator of a shared container,
//! the target of an item's store, the method of a container that is called with named arguments.

use std::ptr;

use everyway_protocol::ids::SiteId;
use everyway_protocol::operation::{Action, Field};
use everyway_protocol::trace::Fact;
use pyo3::ffi::*;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::access::{access, is_on, note_fact};
use crate::announcers::{again, container_method, entry_write};
use crate::containers::{container_behind, remember_view};
use crate::world::world;

/// Iterates over a container and announces each step.
#[pyclass(module = "everyway._core")]
struct SharedIterator {
    container: Option<Py<PyAny>>,
    inner: Py<PyAny>,
    site: u32,
    test: Option<u32>,
}

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
            if let Some(container) = &container
                && is_on()
                && !access(container.as_ptr(), ptr::null_mut(), Action::Read(Field::Whole), site)
            {
                return Err(PyErr::fetch(py));
            }
            if let Some(test) = test
                && world().facts
                && world().active
            {
                note_fact(world(), Fact::Test(SiteId(test)));
            }
            let next = PyIter_Next(inner.as_ptr());
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

/// What a `for` goes over: the object itself, unless its steps have to be announced.
pub(crate) unsafe fn over(object: *mut PyObject, site: u32, test: Option<u32>) -> *mut PyObject {
    let container = container_behind(object).map(|(container, _)| container);
    // A loop that begins before other tasks exist may still be going on when they do.
    let announces = container.is_some() || (test.is_some() && world().facts);
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
    let inner = PyObject_GetIter(object);
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

unsafe fn given(py: Python<'_>, result: PyResult<Py<PyAny>>) -> *mut PyObject {
    match result {
        Ok(object) => object.into_ptr(),
        Err(error) => {
            error.restore(py);
            ptr::null_mut()
        }
    }
}

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
    if !is_on() || crate::containers::kind_of(object).is_none() {
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
        let (object, name, site) = {
            let own = own.borrow();
            (own.object.clone_ref(py), own.name.clone_ref(py), own.site)
        };
        let first = arguments.get_item(0).ok();
        // SAFETY: the lock is held; no borrow of this object lives across the announcement.
        let announced = unsafe {
            let first = first.as_ref().map(|first| first.as_ptr());
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
    Python::attach(|py| {
        let object = Bound::from_borrowed_ptr(py, object).unbind();
        let name = Bound::from_borrowed_ptr(py, name).unbind();
        given(py, Py::new(py, SharedMethod { object, name, site }).map(Py::into_any))
    })
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<SharedIterator>()?;
    module.add_class::<StoreProxy>()?;
    module.add_class::<SharedMethod>()
}
