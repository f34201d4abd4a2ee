//! The values that accesses read and wrote, collected only for executions that are shown to people.

use everyway_engine::exploration::Exploration;
use everyway_protocol::operation::{Action, Field};
use pyo3::ffi::*;
use pyo3::prelude::*;

/// Longer values are cut.
const LENGTH: usize = 60;

/// Where a written value can be read once the write was executed.
#[derive(Clone, Copy, Debug)]
struct Written {
    event: usize,
    owner: *mut PyObject,
    name: *mut PyObject,
}

/// The values of one execution.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// Whether values are collected.
    pub(crate) wanted: bool,
    /// The text of a value by the index of its event.
    pub(crate) texts: Vec<(usize, String)>,
    /// The write that the running task has just done.
    written: Option<Written>,
}

impl Values {
    pub(crate) fn clear(&mut self) {
        self.texts.clear();
        self.written = None;
    }

    /// Before the running task announces its next operation: reads what it wrote last.
    pub(crate) unsafe fn settle(&mut self) {
        if let Some(written) = self.written.take()
            && let Some(text) = value_of(written.owner, written.name)
        {
            self.texts.push((written.event, text));
        }
    }

    /// The execution has ended: what was written last is gone with it.
    pub(crate) fn settle_after_end(&mut self) {
        self.written = None;
    }

    /// An access was executed.
    pub(crate) unsafe fn after(
        &mut self,
        exploration: Option<&Exploration>,
        owner: *mut PyObject,
        name: *mut PyObject,
    ) {
        let Some(exploration) = exploration else { return };
        let events = &exploration.execution.trace.events;
        let Some(last) = events.last() else { return };
        let event = events.len() - 1;
        match last.operation.action {
            Action::Read(Field::Whole | Field::Shape | Field::Entry(_)) => {
                if let Some(text) = value_of(owner, name) {
                    self.texts.push((event, text));
                }
            }
            Action::Write(_) | Action::Add(_) | Action::Update(_) => {
                self.written = Some(Written { event, owner, name });
            }
            _ => {}
        }
    }
}

/// The text of what a location holds, without running user code: only plain values and containers of
/// the interpreter's own types are shown.
unsafe fn value_of(owner: *mut PyObject, name: *mut PyObject) -> Option<String> {
    let value = if name.is_null() {
        Py_INCREF(owner);
        owner
    } else if PyDict_Check(owner) != 0 {
        let value = PyDict_GetItem(owner, name);
        if value.is_null() {
            PyErr_Clear();
            return None;
        }
        Py_INCREF(value);
        value
    } else {
        let dictionary = PyObject_GetAttrString(owner, c"__dict__".as_ptr());
        if dictionary.is_null() {
            PyErr_Clear();
            return None;
        }
        let value = PyObject_GetItem(dictionary, name);
        Py_DECREF(dictionary);
        if value.is_null() {
            PyErr_Clear();
            return None;
        }
        value
    };
    let text = shown(value, 2);
    Py_DECREF(value);
    text
}

unsafe fn shown(value: *mut PyObject, depth: u32) -> Option<String> {
    Python::attach(|py| {
        let value = Bound::from_borrowed_ptr(py, value);
        is_plain(&value, depth)
            .then(|| value.repr().ok().map(|text| cut(&text.to_string())))
            .flatten()
    })
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LENGTH {
        return text.to_owned();
    }
    text.chars().take(LENGTH - 1).chain(['…']).collect()
}

/// Whether the representation of a value runs no code of the user's.
fn is_plain(value: &Bound<'_, PyAny>, depth: u32) -> bool {
    use pyo3::types::{PyBool, PyBytes, PyDict, PyFloat, PyInt, PyList, PySet, PyString, PyTuple};
    if value.is_none()
        || value.is_exact_instance_of::<PyInt>()
        || value.is_exact_instance_of::<PyBool>()
        || value.is_exact_instance_of::<PyFloat>()
        || value.is_exact_instance_of::<PyString>()
        || value.is_exact_instance_of::<PyBytes>()
    {
        return true;
    }
    if depth == 0 {
        return false;
    }
    let all = |value: &Bound<'_, PyAny>| {
        value.try_iter().is_ok_and(|mut items| {
            items.all(|item| item.is_ok_and(|item| is_plain(&item, depth - 1)))
        })
    };
    if value.is_exact_instance_of::<PyDict>() {
        return all(value) && value.call_method0("values").is_ok_and(|values| all(&values));
    }
    let plain = value.is_exact_instance_of::<PyList>()
        || value.is_exact_instance_of::<PyTuple>()
        || value.is_exact_instance_of::<PySet>();
    plain && all(value)
}
