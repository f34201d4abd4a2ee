//! Ctrl-C: the first one asks for the report of what was done, a second one ends at once.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc::Sender;

use crate::process::Event;

/// The process id of the worker that runs; 0 if none does.
static WORKER: AtomicU32 = AtomicU32::new(0);
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Sends an event at the first interrupt.
pub(crate) fn watch(events: Sender<Event>) {
    let handle = move || {
        if INTERRUPTED.swap(true, Ordering::SeqCst) || events.send(Event::Interrupt).is_err() {
            kill_worker();
            std::process::exit(130);
        }
    };
    // Without a handler an interrupt ends the command as it ends any other: no reason to stop here.
    let _ = ctrlc::set_handler(handle);
}

/// Whether the user has asked to stop.
pub(crate) fn requested() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Remembers which process to end with this one.
pub(crate) fn remember_worker(process: Option<u32>) {
    WORKER.store(process.unwrap_or(0), Ordering::SeqCst);
}

fn kill_worker() {
    let process = WORKER.load(Ordering::SeqCst);
    if process != 0 {
        crate::process::kill_group(process);
    }
}
