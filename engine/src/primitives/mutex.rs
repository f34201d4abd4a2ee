//! A mutex, plain or re-entrant.
//!
//! Like CPython's `Lock`, a plain one may be given back by any task and has no order of waiters: any
//! of them may be next. Like its `RLock`, a re-entrant one counts how often its holder took it.

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Misuse;

/// The state of a mutex.
#[derive(Clone, Debug)]
pub struct Mutex {
    reentrant: bool,
    holder: Option<TaskId>,
    depth: u32,
}

impl Mutex {
    /// A free mutex.
    #[must_use]
    pub fn new(reentrant: bool) -> Mutex {
        Mutex { reentrant, holder: None, depth: 0 }
    }

    /// Who took it last and has not given it back.
    #[must_use]
    pub fn holder(&self) -> Option<TaskId> {
        self.holder
    }

    /// How often the holder has taken it.
    #[must_use]
    pub fn depth(&self) -> u32 {
        self.depth
    }

    /// Whether its holder may take it again.
    #[must_use]
    pub fn is_reentrant(&self) -> bool {
        self.reentrant
    }

    /// Whether this task could take it now.
    #[must_use]
    pub fn is_free_for(&self, task: TaskId) -> bool {
        match self.holder {
            None => true,
            Some(holder) => self.reentrant && holder == task,
        }
    }

    /// Takes it if it is free for this task.
    pub fn try_acquire(&mut self, task: TaskId) -> bool {
        let free = self.is_free_for(task);
        if free {
            self.holder = Some(task);
            self.depth += 1;
        }
        free
    }

    /// Gives it back once.
    ///
    /// # Errors
    /// If it is free, or re-entrant and held by another task.
    pub fn release(&mut self, task: TaskId) -> Result<(), Misuse> {
        match self.holder {
            None if self.reentrant => return Err(Misuse::ReleaseByOther),
            None => return Err(Misuse::ReleaseOfFreeMutex),
            Some(holder) if self.reentrant && holder != task => return Err(Misuse::ReleaseByOther),
            Some(_) => {}
        }
        self.depth -= 1;
        if self.depth == 0 {
            self.holder = None;
        }
        Ok(())
    }

    /// Gives it back however often it was taken, and says how often that was.
    pub fn release_all(&mut self) -> u32 {
        self.holder = None;
        core::mem::take(&mut self.depth)
    }

    /// Takes it as often as [`release_all`](Mutex::release_all) said.
    pub fn acquire_again(&mut self, task: TaskId, depth: u32) {
        self.holder = Some(task);
        self.depth = depth.max(1);
    }
}
