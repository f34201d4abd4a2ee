//! The core of the Python front-end.
//!
//! Each task of the program is a pooled greenlet on one OS thread. User code is rewritten so that it
//! announces each shared access; the announcers here pass the operation to the engine and switch to
//! the task that it chooses. `ANNOUNCERS.md` describes the interface to the rewriter.

mod access;
mod announcers;
mod attributes;
mod cells;
mod check;
mod containers;
mod dictionaries;
mod facts;
mod fields;
mod greenlet;
mod hash;
mod iterate;
mod loops;
mod objects;
mod opaque;
mod places;
mod primitives;
mod processes;
mod reach;
mod scans;
mod stand_ins;
mod tasks;
mod values;
mod world;

use pyo3::prelude::*;

/// The extension module.
#[pymodule]
fn _core(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    world::set_up(module)?;
    greenlet::set_up(module)?;
    containers::set_up(module)?;
    cells::set_up(module)?;
    dictionaries::set_up(module)?;
    facts::set_up(module)?;
    fields::set_up();
    announcers::set_up(module)?;
    iterate::set_up(module)?;
    stand_ins::set_up(module)?;
    objects::set_up(module)?;
    primitives::set_up(module)?;
    processes::set_up(module)?;
    tasks::set_up(module)?;
    loops::set_up(module)?;
    check::set_up(module)?;
    Ok(())
}
