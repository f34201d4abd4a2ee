//! The state of the running check: what the announcers see.
//!
//! There is one, on the one OS thread that runs the program, and it is only touched with the
//! interpreter's lock held. No reference to it may live across a switch to another greenlet; every
//! function takes it anew with [`world`].

use std::ptr;

use everyway_engine::exploration::{Exploration, Raised};
use everyway_protocol::ids::{ActivationId, CallId, ObjectId, SiteId, TaskId};
use everyway_protocol::site::SiteTable;
use hashbrown::HashMap;
use pyo3::ffi::PyObject;
use pyo3::prelude::*;

use crate::hash::{QuickMap, QuickSet};
use crate::opaque::Opaque;
use crate::places::Places;
use crate::processes::Processes;
use crate::scans::Held;
use crate::values::Values;

/// Why control came back to the root greenlet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Command {
    /// The execution has ended.
    Ended,
    /// This task needs a greenlet, and none is idle.
    NeedGreenlet(TaskId),
}

/// A link from a call to the activation that it makes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PendingCall {
    pub(crate) call: CallId,
    pub(crate) code: *mut PyObject,
}

/// What the front-end knows of a task.
#[derive(Debug)]
pub(crate) struct TaskSide {
    pub(crate) greenlet: *mut PyObject,
    pub(crate) function: *mut PyObject,
    pub(crate) name: String,
    pub(crate) refusals: u32,
    pub(crate) activation: ActivationId,
    pub(crate) pending: Option<PendingCall>,
    /// The call of library code that the task is in, in facts mode.
    pub(crate) library_call: Option<SiteId>,
    pub(crate) rounds: u64,
    /// The site that steps of iterators are counted for; `iterate::NO_STEP` for their own.
    pub(crate) step_site: u32,
    /// So many events there were when native code began to take an iterator's elements.
    pub(crate) consuming: Option<usize>,
    /// Operands that are read later, by the native code they are for.
    pub(crate) held: Vec<Held>,
    /// Of an activity: where the program made it.
    pub(crate) made_at: SiteId,
    /// The number of the process that it belongs to.
    pub(crate) process: u32,
}

/// The state of the running check.
pub(crate) struct World {
    pub(crate) exploration: Option<Exploration>,
    pub(crate) sites: SiteTable,
    /// An execution is running.
    pub(crate) active: bool,
    /// An execution is being torn down.
    pub(crate) aborting: bool,
    /// The execution records facts.
    pub(crate) facts: bool,
    pub(crate) command: Command,
    pub(crate) root: *mut PyObject,
    pub(crate) tasks: Vec<TaskSide>,
    pub(crate) idle: Vec<*mut PyObject>,
    pub(crate) graveyard: usize,
    /// The cell of each location: an object's address and a name's, or 0 for a container.
    pub(crate) cells: QuickMap<(usize, usize), ObjectId>,
    /// What keeps the addresses in `cells` valid until the execution ends.
    pub(crate) kept: Vec<*mut PyObject>,
    /// Dictionaries by the address of their views.
    pub(crate) views: QuickMap<usize, usize>,
    /// Some task holds operands that are read later.
    pub(crate) holds: bool,
    /// The attributes of an object are the entries of its dictionary.
    pub(crate) by_dictionary: bool,
    /// Objects by the address of their dictionaries, where the program took those.
    pub(crate) exposed: QuickMap<usize, usize>,
    /// Which of the library's containers a class is, by its address, in this execution.
    pub(crate) keepers: QuickMap<usize, Option<usize>>,
    pub(crate) opaque: Opaque,
    pub(crate) places: Places,
    pub(crate) values: Values,
    pub(crate) texts: Vec<String>,
    /// The place of each in `texts`.
    pub(crate) numbers_of_texts: HashMap<String, usize>,
    pub(crate) raised: Vec<Raised>,
    pub(crate) refused: Option<(String, Option<(u32, u32)>)>,
    pub(crate) activations: u32,
    pub(crate) calls: u32,
    /// Calls by the frame of the generator or coroutine that they made.
    pub(crate) frames: QuickMap<usize, (CallId, TaskId)>,
    pub(crate) execution_number: u64,
    pub(crate) abort: *mut PyObject,
    /// Names that were stored at module level while several tasks existed.
    pub(crate) shared: Vec<String>,
    /// The addresses of such names that were looked at in this execution.
    pub(crate) looked_at: QuickSet<usize>,
    pub(crate) processes: Processes,
    pub(crate) loop_bound: Option<(u32, u32)>,
    pub(crate) clock_reads: Vec<(u32, u32)>,
}

struct Slot(*mut World);

// SAFETY: the world is only touched with the interpreter's lock held, by the thread that runs the
// check; the pointer is written once, when the module is set up.
unsafe impl Sync for Slot {}

static mut WORLD: Slot = Slot(ptr::null_mut());

/// The state of the running check.
///
/// # Safety
/// The interpreter's lock is held, and the reference doesn't live across a switch of greenlets.
#[inline(always)]
pub(crate) unsafe fn world() -> &'static mut World {
    &mut *WORLD.0
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let abort = PyErr::new_type(
        module.py(),
        c"everyway._core.Abort",
        Some(c"Thrown into a task whose execution is over."),
        Some(&module.py().get_type::<pyo3::exceptions::PyBaseException>()),
        None,
    )?;
    module.add("Abort", &abort)?;
    let world = World {
        exploration: None,
        sites: SiteTable::default(),
        active: false,
        aborting: false,
        facts: false,
        command: Command::Ended,
        root: ptr::null_mut(),
        tasks: Vec::new(),
        idle: Vec::new(),
        graveyard: 0,
        cells: QuickMap::default(),
        kept: Vec::new(),
        views: QuickMap::default(),
        holds: false,
        by_dictionary: false,
        exposed: QuickMap::default(),
        keepers: QuickMap::default(),
        opaque: Opaque::default(),
        places: Places::default(),
        values: Values::default(),
        texts: Vec::new(),
        numbers_of_texts: HashMap::new(),
        raised: Vec::new(),
        refused: None,
        activations: 0,
        calls: 0,
        frames: QuickMap::default(),
        execution_number: 0,
        abort: abort.into_any().into_ptr(),
        shared: Vec::new(),
        looked_at: QuickSet::default(),
        processes: Processes::default(),
        loop_bound: None,
        clock_reads: Vec::new(),
    };
    // SAFETY: the module is set up once for each process, with the lock held, before any announcer runs.
    unsafe {
        if WORLD.0.is_null() {
            WORLD = Slot(Box::into_raw(Box::new(world)));
        }
    }
    Ok(())
}
