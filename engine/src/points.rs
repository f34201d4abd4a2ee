//! Which operations are scheduling points.
//!
//! An operation that races with nothing need not be a point: executing it at once, together with the
//! operation before it, reaches the same classes. So a check begins with no point but where tasks
//! block, looks for races in every execution (`detectors::races`, over happens-before by
//! synchronisation), makes what raced a point, and begins the search anew whenever it learned
//! something. When a finished search saw no race outside its points, there is none in any schedule:
//! up to the first such race every schedule is equivalent to one that the search visited, and there
//! it would have been seen. (The argument of Musuvathi & Qadeer, PLDI 2007, section 3, for
//! data-race-free programs, with racy accesses taken as synchronisation.)

use alloc::vec::Vec;

use everyway_protocol::ids::SiteId;
use everyway_protocol::objects::TimerAction;
use everyway_protocol::operation::{Action, Operation};
use hashbrown::HashSet;

use crate::execution::Execution;
use crate::happens_before::HappensBefore;

/// What has been learned about a program so far.
#[derive(Clone, Debug, Default)]
pub struct Points {
    everything: bool,
    sites: Vec<bool>,
    objects: HashSet<u64>,
    observed: HashSet<u64>,
    timed: bool,
    lives: bool,
    /// Whether what can let a waiting task go on is a point too.
    releases: bool,
    kills: bool,
    generation: u32,
}

impl Points {
    /// Every operation is a point: the search without this reduction, to test it against.
    #[must_use]
    pub fn everything() -> Points {
        Points { everything: true, ..Points::default() }
    }

    /// Grows whenever something was learned.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.generation
    }

    /// Accesses at this site race.
    pub fn learn_site(&mut self, site: SiteId) {
        if site == SiteId::NONE {
            return;
        }
        if self.sites.len() <= site.index() {
            self.sites.resize(site.index() + 1, false);
        }
        if !self.sites[site.index()] {
            self.sites[site.index()] = true;
            self.generation += 1;
        }
    }

    /// Tasks race for the object with this key.
    pub fn learn_object(&mut self, key: u64) {
        if self.objects.insert(key) {
            self.generation += 1;
        }
    }

    /// Whether tasks were seen to race for the object with this key.
    #[must_use]
    pub fn knows_object(&self, key: u64) -> bool {
        self.everything || self.objects.contains(&key)
    }

    /// Whether an object is free is looked at, so giving it back can be seen.
    pub fn learn_observed(&mut self, key: u64) {
        if self.observed.insert(key) {
            self.generation += 1;
        }
    }

    /// An operation that was no point could have come later: from now on it is one. `key` is its
    /// object's.
    pub fn learn(&mut self, operation: &Operation, key: u64) {
        match operation.action {
            Action::Read(_) | Action::Write(_) | Action::Add(_) | Action::Update(_) => {
                self.learn_site(operation.site);
            }
            Action::TaskStart(_)
            | Action::TaskExit
            | Action::TaskKill(_)
            | Action::TaskIsAlive(_)
            | Action::TaskEnumerate => self.learn_lives(),
            _ => {
                self.learn_object(key);
                self.learn_observed(key);
            }
        }
    }

    /// Learns from the races of an execution that the search would have to reverse.
    pub fn learn_from(&mut self, execution: &Execution, order: &HappensBefore) {
        for race in &order.races {
            let ranked = &execution.ranked.all[race.first as usize];
            if !ranked.point {
                let operation = &execution.trace.events[ranked.event as usize].operation;
                self.learn(operation, execution.objects().key(operation.object));
            }
        }
    }

    /// Some wait has a time limit, so it matters when others sleep.
    pub fn learn_timed(&mut self) {
        if !self.timed {
            self.timed = true;
            self.generation += 1;
        }
    }

    /// Whether what can let a waiting task go on, and where a task gives way, is a point too: what counts
    /// preemptions needs them.
    pub fn set_releases(&mut self, releases: bool) {
        self.releases = releases;
    }

    /// Whether some wait was seen to have a time limit.
    #[must_use]
    pub fn has_timed_waits(&self) -> bool {
        self.timed
    }

    /// Tasks are ended by others, so it matters what they have done by then.
    pub fn learn_kills(&mut self) {
        self.learn_lives();
        if !self.kills {
            self.kills = true;
            self.generation += 1;
        }
    }

    /// Whether a task was seen to be ended by another.
    #[must_use]
    pub fn has_kills(&self) -> bool {
        self.kills
    }

    /// Whether a task lives is looked at, so its start and end can be seen.
    pub fn learn_lives(&mut self) {
        if !self.lives {
            self.lives = true;
            self.generation += 1;
        }
    }

    /// Whether the operation on the object with this key is a point; `mutex_key` is that of the mutex
    /// that a condition's wait gives back.
    #[must_use]
    pub fn contains(&self, operation: &Operation, key: u64, mutex_key: u64, bounded: bool) -> bool {
        if self.everything {
            return true;
        }
        let released = |key| self.releases && self.objects.contains(key);
        match operation.action {
            Action::Read(_) | Action::Write(_) | Action::Add(_) | Action::Update(_) => {
                self.sites.get(operation.site.index()).copied().unwrap_or(false)
            }
            Action::MutexRelease => self.observed.contains(&key) || released(&key),
            Action::SemaphoreRelease(_) if !bounded => {
                self.observed.contains(&key) || released(&key)
            }
            Action::MutexAcquire
            | Action::MutexTry
            | Action::MutexLocked
            | Action::SemaphoreAcquire
            | Action::SemaphoreTry
            | Action::SemaphoreRelease(_)
            | Action::SemaphoreValue
            | Action::ConditionNotify(_)
            | Action::EventWait
            | Action::EventSet
            | Action::EventClear
            | Action::EventIsSet => self.objects.contains(&key),
            Action::ConditionWait(_) => {
                self.objects.contains(&key)
                    || self.observed.contains(&mutex_key)
                    || released(&mutex_key)
            }
            Action::TaskExit if self.releases => true,
            Action::TaskStart(_)
            | Action::TaskExit
            | Action::TaskIsAlive(_)
            | Action::TaskEnumerate => self.lives,
            Action::Sleep => self.timed || self.releases,
            Action::Timer(TimerAction::Fire) => {
                self.timed || self.releases || self.objects.contains(&key)
            }
            Action::Yield
            | Action::Choose(_)
            | Action::Await
            | Action::Loop(_)
            | Action::TaskKill(_) => true,
            Action::RwLock(_)
            | Action::Barrier(_)
            | Action::Queue(_)
            | Action::Future(_)
            | Action::Park(_)
            | Action::Once(_)
            | Action::Timer(_)
            | Action::Mailbox(_)
            | Action::File(_)
            | Action::AtomicLoad
            | Action::AtomicStore(_)
            | Action::AtomicAdd(_)
            | Action::AtomicSwap(_)
            | Action::AtomicCompareExchange(..) => self.objects.contains(&key),
            Action::Print(_) => operation.object != everyway_protocol::ids::ObjectId::NONE,
            Action::ConditionResume(_)
            | Action::EventResume
            | Action::TaskJoin(_)
            | Action::TaskJoinAll
            | Action::ProgramEnd
            | Action::ClockRead => false,
        }
    }
}
