//! A task of the execution that is running.

use alloc::vec::Vec;

use everyway_protocol::ids::{SiteId, TaskId};
use everyway_protocol::operation::{Nanoseconds, Operation, Reply};

/// What a task is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TaskState {
    /// Made, and not started.
    New,
    /// Started, and not yet run.
    Starting,
    /// It runs, or has been interrupted while it runs.
    Running,
    /// It has announced this and waits to be chosen.
    Announced(Operation),
    /// It is no task of its own but what an event loop runs in its name.
    OnLoop,
    /// It has ended.
    Finished,
}

/// Whether a task that waits for a change may look once more although none was announced.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Look {
    /// It has not been asked for.
    None,
    /// It may.
    Allowed,
    /// It has looked.
    Taken,
}

/// Where a loop of a task stands.
#[derive(Clone, Copy, Debug)]
struct Round {
    site: SiteId,
    first_event: usize,
    writes: u32,
}

/// A task of the execution that is running.
#[derive(Clone, Debug)]
pub struct Task {
    /// What it is doing.
    pub state: TaskState,
    /// In whose name its operations are: its own, or that of an activity of its event loop.
    pub unit: TaskId,
    /// Whether it is an activity of an event loop, without steps of its own.
    pub on_loop: bool,
    /// The task whose steps its steps are: itself, or that which runs its loop.
    pub driver: TaskId,
    /// Of an activity: the loop that it goes round without doing anything.
    pub spins_at: SiteId,
    /// Of an activity: what it awaits.
    pub awaits: Option<Operation>,
    /// Whether the program's end does not wait for it.
    pub daemon: bool,
    /// The answer to what it announced last.
    pub reply: Reply,
    /// Its name: that of its parent, and which child it is; the same in every execution.
    pub path: u64,
    /// Since when it has waited.
    pub since: Nanoseconds,
    /// When its wait or sleep ends.
    pub deadline: Option<Nanoseconds>,
    /// The virtual time that its own sleeps have brought it to.
    pub clock: Nanoseconds,
    /// How many operations it has executed.
    pub operations: u32,
    /// How often its condition's mutex was taken before it waited.
    pub depth: u32,
    /// Its wait on a condition ran out of time.
    pub expired: bool,
    /// Its timed wait may run out at any moment: everything stood still while it waited.
    pub expirable: bool,
    /// Whether it may look once more at what its loop reads.
    pub look: Look,
    /// How many rounds of loops it has gone without a choice.
    pub rounds_on_end: u32,
    /// The rank of the notification that ended its wait.
    pub enabler: Option<u32>,
    /// The rank of its exit.
    pub exit: Option<u32>,
    children: u32,
    objects: u32,
    writes: u32,
    rounds: Vec<Round>,
}

impl Task {
    /// A task that has not been started.
    #[must_use]
    pub fn new(id: TaskId, path: u64, daemon: bool) -> Task {
        Task {
            state: TaskState::New,
            unit: id,
            on_loop: false,
            driver: id,
            spins_at: SiteId::NONE,
            awaits: None,
            daemon,
            reply: Reply::Done,
            path,
            since: 0,
            deadline: None,
            clock: 0,
            operations: 0,
            depth: 0,
            expired: false,
            expirable: false,
            look: Look::None,
            rounds_on_end: 0,
            enabler: None,
            exit: None,
            children: 0,
            objects: 0,
            writes: 0,
            rounds: Vec::new(),
        }
    }

    /// Whether it has ended.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.state == TaskState::Finished
    }

    /// The name of the next task that it makes.
    pub fn next_child_path(&mut self) -> u64 {
        self.children += 1;
        mix(self.path, u64::from(self.children))
    }

    /// The name of the next object that it makes.
    pub fn next_object_key(&mut self) -> u64 {
        self.objects += 1;
        mix(!self.path, u64::from(self.objects))
    }

    /// It waits to be chosen for this.
    pub fn announce(&mut self, operation: Operation, now: Nanoseconds) {
        self.state = TaskState::Announced(operation);
        self.since = now;
        self.expirable = false;
        self.deadline = operation.timeout.map(|timeout| now.saturating_add(timeout));
    }

    /// It changed something that others can see.
    pub fn note_write(&mut self) {
        self.writes = self.writes.wrapping_add(1);
    }

    /// The first event of the loop's last round.
    #[must_use]
    pub fn round_start(&self, site: SiteId) -> Option<usize> {
        self.rounds.iter().find(|round| round.site == site).map(|round| round.first_event)
    }

    /// Whether the loop went round once without changing anything that others can see.
    pub fn begin_round(&mut self, site: SiteId, events: usize) -> bool {
        let writes = self.writes;
        match self.rounds.iter().find(|round| round.site == site) {
            Some(round) => round.writes == writes && round.first_event <= events,
            None => false,
        }
    }

    /// The loop's next round begins here.
    pub fn restart_round(&mut self, site: SiteId, events: usize) {
        let new = Round { site, first_event: events, writes: self.writes };
        match self.rounds.iter_mut().find(|round| round.site == site) {
            Some(round) => *round = new,
            None => self.rounds.push(new),
        }
    }

    /// The loop is entered anew.
    pub fn forget_round(&mut self, site: SiteId) {
        self.rounds.retain(|round| round.site != site);
    }
}

/// SplitMix64's finaliser (Steele, Lea & Flood, OOPSLA 2014), over both numbers.
pub(crate) fn mix(a: u64, b: u64) -> u64 {
    let mut z = a.wrapping_add(b.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
