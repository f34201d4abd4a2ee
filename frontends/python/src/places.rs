//! Places in the user's code that no announcer names: where a lock is taken, where an exception was
//! raised.

use everyway_protocol::ids::SiteId;
use everyway_protocol::site::{Site, SiteKind, SiteTable, Uses};
use pyo3::ffi::*;
use pyo3::prelude::*;

use crate::hash::QuickMap;

/// How far up the stack the user's code is looked for.
const FRAME_BOUND: usize = 60;

unsafe extern "C" {
    /// Not in the stable interface, but exported by every CPython from 3.9 to 3.14: a new reference to
    /// the frame that called, or null.
    fn PyFrame_GetBack(frame: *mut PyObject) -> *mut PyObject;
}

/// Sites made for places that the rewriter did not number.
#[derive(Debug, Default)]
pub(crate) struct Places {
    /// File numbers by code object; none for code that is not the user's. Code objects live as long
    /// as the check.
    files: QuickMap<usize, Option<u32>>,
    sites: QuickMap<(u32, u32), SiteId>,
}

impl Places {
    pub(crate) fn clear(&mut self) {
        self.files.clear();
        self.sites.clear();
    }

    /// The site of the line of user code that called into the library; none if there is no such.
    pub(crate) unsafe fn of_caller(&mut self, table: &mut SiteTable) -> SiteId {
        let mut frame: *mut PyObject = PyEval_GetFrame().cast();
        if frame.is_null() {
            return SiteId::NONE;
        }
        Py_INCREF(frame);
        let mut found = SiteId::NONE;
        for _ in 0..FRAME_BOUND {
            if let Some(file) = self.file_of(frame, table) {
                let line = PyFrame_GetLineNumber(frame.cast());
                found = self.site(file, line.max(1) as u32, table);
                break;
            }
            let back = PyFrame_GetBack(frame);
            if back.is_null() {
                break;
            }
            Py_DECREF(frame);
            frame = back;
        }
        Py_DECREF(frame);
        found
    }

    /// The site at which a suspended coroutine awaits, the innermost in the user's code; or that of a
    /// frame.
    pub(crate) unsafe fn of_suspended(
        &mut self,
        coroutine: &Bound<'_, PyAny>,
        table: &mut SiteTable,
    ) -> SiteId {
        let mut found = SiteId::NONE;
        let mut next = Some(coroutine.clone());
        for _ in 0..FRAME_BOUND {
            let Some(current) = next else { break };
            let part = |names: [&str; 3]| {
                let parts = names.into_iter().find_map(|name| current.getattr(name).ok());
                parts.filter(|part| !part.is_none())
            };
            let frame = if current.hasattr("f_code").unwrap_or(false) {
                Some(current.clone())
            } else {
                part(["cr_frame", "gi_frame", "ag_frame"])
            };
            if let Some(frame) = frame
                && let Some(file) = self.file_of(frame.as_ptr(), table)
            {
                let line = PyFrame_GetLineNumber(frame.as_ptr().cast());
                found = self.site(file, line.max(1) as u32, table);
            }
            next = part(["cr_await", "gi_yieldfrom", "ag_await"]);
        }
        found
    }

    /// Whether the code object is from one of the user's files.
    pub(crate) unsafe fn is_users(&mut self, code: *mut PyObject, table: &SiteTable) -> bool {
        self.file_of_object(code, table).is_some()
    }

    /// The number of the user's file that the frame's code is from.
    unsafe fn file_of(&mut self, frame: *mut PyObject, table: &SiteTable) -> Option<u32> {
        let code: *mut PyObject = PyFrame_GetCode(frame.cast()).cast();
        if code.is_null() {
            PyErr_Clear();
            return None;
        }
        let file = self.file_of_object(code, table);
        Py_DECREF(code);
        file
    }

    unsafe fn file_of_object(&mut self, code: *mut PyObject, table: &SiteTable) -> Option<u32> {
        if let Some(file) = self.files.get(&(code as usize)) {
            return *file;
        }
        let file = file_of_code(code, table);
        self.files.insert(code as usize, file);
        // The address stands for the code object, so that one has to live.
        Py_INCREF(code);
        file
    }

    fn site(&mut self, file: u32, line: u32, table: &mut SiteTable) -> SiteId {
        if let Some(site) = self.sites.get(&(file, line)) {
            return *site;
        }
        let site = SiteId(table.sites.len() as u32);
        table.sites.push(Site {
            kind: SiteKind::Call,
            file,
            line,
            column: 1,
            name: String::new(),
            uses: Uses::default(),
            deciders: Vec::new(),
            locals: Vec::new(),
            block: 0,
            function: None,
            question: None,
            repeats: false,
            newest_only: false,
            raises: false,
            receiver: Uses::default(),
            arguments: Vec::new(),
            keywords: Vec::new(),
            parameters: Vec::new(),
            other_parameters: Vec::new(),
        });
        self.sites.insert((file, line), site);
        site
    }

    /// The innermost place in user code of an exception's traceback: file and line.
    pub(crate) unsafe fn of_traceback(
        &mut self,
        exception: &Bound<'_, PyAny>,
        table: &SiteTable,
    ) -> Option<(u32, u32)> {
        let mut found = None;
        let mut traceback = exception.getattr("__traceback__").ok()?;
        for _ in 0..2_000 {
            if traceback.is_none() {
                break;
            }
            let frame = traceback.getattr("tb_frame").ok()?;
            if let Some(file) = self.file_of(frame.as_ptr(), table) {
                let line: u32 = traceback.getattr("tb_lineno").ok()?.extract().unwrap_or(1);
                found = Some((file, line));
            }
            traceback = traceback.getattr("tb_next").ok()?;
        }
        found
    }
}

/// The file of a code object, by its name, if it is one of the user's.
unsafe fn file_of_code(code: *mut PyObject, table: &SiteTable) -> Option<u32> {
    let name = PyObject_GetAttrString(code, c"co_filename".as_ptr());
    if name.is_null() {
        PyErr_Clear();
        return None;
    }
    let text: Option<String> = Python::attach(|py| Bound::from_owned_ptr(py, name).extract().ok());
    let text = text?;
    table.files.iter().position(|file| *file == text).map(|index| index as u32)
}
