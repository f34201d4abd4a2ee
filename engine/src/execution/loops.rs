//! The event loops of an execution: what their tasks tell of them, and which passes can come next.
//!
//! A loop is run by one task, its *driver*, which announces each pass; the ways in which it can go are
//! the values to pick. What the driver does to its loop in between is told and takes effect at once:
//! nobody else can see it before the next pass. Another task can only add a callback, which is an
//! operation like any other.
//!
//! What the driver does while a callback runs it does in the name of an *activity*: a task without
//! steps of its own, so that reports have one for each coroutine that the program started.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::Action;

use super::Execution;
use super::history::Told;
use super::spins::Spins;
use crate::clock::ClockMode;
use crate::digest::Digest;
use crate::loops::asyncio::{AsyncioLoop, Choice, Settings, TimerPurpose};
use crate::loops::constraints::Moment;
use crate::loops::{HandleId, LoopClock};
use crate::primitives::{ObjectKind, ObjectState};

/// After so many passes for timers alone the serial reference begins what it holds: what waits for them
/// goes round and round.
const TIMERS_ON_END: u32 = 100;

/// When a callback created by a loop's own code runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Deadline {
    /// So many nanoseconds after the reading of this number.
    After(u32, i64),
    /// So many nanoseconds after the start.
    At(i64),
}

/// A loop of the execution.
#[derive(Debug)]
pub(super) struct LoopRun {
    pub(super) object: ObjectId,
    pub(super) model: AsyncioLoop,
    pub(super) driver: TaskId,
    /// The callbacks of its present pass, in order.
    pub(super) pass: Vec<u32>,
    /// Those among them that have neither begun nor been cancelled.
    pub(super) left: Vec<u32>,
    /// What runs, the innermost last: a callback, or an activity within another.
    pub(super) running: Vec<(Option<HandleId>, TaskId)>,
    /// The timers that end somebody's patience, and where the program waits.
    pub(super) patience: Vec<(u32, SiteId)>,
    /// Of the serial reference: first steps of activities that have to wait, oldest first.
    pub(super) held: VecDeque<HandleId>,
    pub(super) timers_on_end: u32,
    pub(super) spins: Spins,
    pub(super) closed: bool,
}

/// The loops of the execution that is running, in memory that is used again.
#[derive(Debug)]
pub(super) struct Loops {
    pub(super) runs: Vec<LoopRun>,
    pub(super) used: usize,
    /// Which durations of code are explored.
    clock: LoopClock,
    /// Whether the first steps of activities are held, as in the serial reference.
    pub(super) holds: bool,
    /// Whether some timer is the end of somebody's patience.
    pub(super) has_timed_wait: bool,
}

impl Loops {
    pub(super) fn new(clock: ClockMode) -> Loops {
        let clock = match clock {
            ClockMode::Legal => LoopClock::Legal,
            ClockMode::Exact => LoopClock::Exact,
            ClockMode::Any => LoopClock::Any,
        };
        Loops { runs: Vec::new(), used: 0, clock, holds: false, has_timed_wait: false }
    }

    pub(super) fn begin(&mut self) {
        self.used = 0;
    }

    fn add(&mut self, object: ObjectId, driver: TaskId) {
        if self.used == self.runs.len() {
            self.runs.push(LoopRun::new(self.clock));
        }
        self.runs[self.used].begin(object, driver);
        self.used += 1;
    }

    pub(super) fn used_mut(&mut self) -> &mut [LoopRun] {
        self.runs.get_mut(..self.used).unwrap_or(&mut [])
    }

    pub(super) fn used(&self) -> &[LoopRun] {
        self.runs.get(..self.used).unwrap_or(&[])
    }
}

impl LoopRun {
    fn new(clock: LoopClock) -> LoopRun {
        LoopRun {
            object: ObjectId::NONE,
            model: AsyncioLoop::new(Settings { clock, ..Settings::default() }),
            driver: TaskId::MAIN,
            pass: Vec::new(),
            left: Vec::new(),
            running: Vec::new(),
            patience: Vec::new(),
            held: VecDeque::new(),
            timers_on_end: 0,
            spins: Spins::default(),
            closed: false,
        }
    }

    /// Makes it new, and keeps its memory.
    fn begin(&mut self, object: ObjectId, driver: TaskId) {
        (self.object, self.driver) = (object, driver);
        self.model.clear();
        self.pass.clear();
        self.left.clear();
        self.running.clear();
        self.patience.clear();
        self.held.clear();
        self.timers_on_end = 0;
        self.spins = Spins::default();
        self.closed = false;
    }

    /// Whether there is something to run, or to wait for.
    pub(super) fn is_ready(&self) -> bool {
        !self.model.waits_for_ever() || !self.held.is_empty()
    }

    /// Of the serial reference: begins the oldest held activity if nothing else can go on.
    pub(super) fn release_held(&mut self) {
        let waits = self.model.is_idle() && self.model.has_timers();
        let spins = self.spins.enough() && !self.model.has_timers();
        if self.model.waits_for_ever() || spins || waits && self.timers_on_end >= TIMERS_ON_END {
            self.timers_on_end = 0;
            if let Some(handle) = self.held.pop_front() {
                self.model.soon(handle);
            }
        }
    }

    pub(super) fn expires(&self, choice: &Choice) -> bool {
        choice.due.iter().any(|timer| self.model.purpose(*timer) == TimerPurpose::TimedWait)
    }
}

/// Whether the operation is the pass of a loop.
#[must_use]
pub fn is_pass(action: Action) -> bool {
    matches!(action, Action::Loop(LoopAction::Pass))
}

impl Execution {
    /// Adds an event loop, which the running task will run.
    pub fn new_loop(&mut self) -> ObjectId {
        let object = self.new_object(ObjectKind::Loop(self.loops.used as u32));
        self.loops.add(object, self.current);
        object
    }

    pub(super) fn number_of(&self, object: ObjectId) -> Option<usize> {
        match self.objects.get(object) {
            ObjectState::Loop(number) => Some(*number as usize),
            _ => None,
        }
    }

    pub(super) fn run_of(&self, object: ObjectId) -> Option<&LoopRun> {
        self.loops.used().get(self.number_of(object)?)
    }

    pub(super) fn run_mut(&mut self, object: ObjectId) -> Option<&mut LoopRun> {
        let number = self.number_of(object)?;
        let now = self.now;
        let run = self.loops.runs.get_mut(number)?;
        // Where code takes no time, what other tasks slept has passed here too.
        run.model.reach(now);
        Some(run)
    }

    /// Whether the running task is the one that runs the loop.
    #[must_use]
    pub fn drives(&self, object: ObjectId) -> bool {
        self.run_of(object).is_some_and(|run| run.driver == self.current)
    }

    /// The running task has its own loop run a callback: `begins` if it is the first step of an
    /// activity.
    pub fn loop_soon(&mut self, object: ObjectId, handle: u32, begins: bool) {
        let holds = self.loops.holds && begins;
        self.tell(Told::Made(handle));
        let Some(run) = self.run_mut(object) else { return };
        if holds {
            run.held.push_back(HandleId(handle));
        } else {
            run.model.soon(HandleId(handle));
        }
    }

    /// The running task reads the clock of its loop: the number of the reading, and the least that it
    /// can be, in nanoseconds after the start.
    pub fn loop_read(&mut self, object: ObjectId) -> (u32, i64) {
        let Some(run) = self.run_mut(object) else { return (0, 0) };
        let reading = run.model.read();
        (reading.number(), i64::try_from(run.model.least(reading)).unwrap_or(i64::MAX))
    }

    /// The running task has its loop run a callback later; `patience` is where the program waits, if that
    /// is the end of its patience.
    pub fn loop_schedule(
        &mut self,
        object: ObjectId,
        handle: u32,
        deadline: Deadline,
        patience: Option<SiteId>,
    ) {
        self.tell(Told::Made(handle));
        let purpose = match patience {
            Some(_) => TimerPurpose::TimedWait,
            None => TimerPurpose::Sleep,
        };
        let Some(run) = self.run_mut(object) else { return };
        let (reading, offset) = match deadline {
            Deadline::After(reading, offset) => (reading, offset),
            Deadline::At(offset) => (0, offset),
        };
        let when = Moment::at(run.model.reading(reading)).later(i128::from(offset));
        run.model.schedule_at(HandleId(handle), when, purpose);
        if let Some(site) = patience {
            run.patience.push((handle, site));
            self.loops.has_timed_wait = true;
            self.has_timed_wait = true;
        }
    }

    /// A callback is not to run any more.
    pub fn loop_cancel(&mut self, object: ObjectId, handle: u32) {
        let Some(run) = self.run_mut(object) else { return };
        run.held.retain(|held| *held != HandleId(handle));
        run.left.retain(|left| *left != handle);
        run.model.cancel(HandleId(handle));
    }

    /// Library code of a loop looked at an object of its own, or changed it; none stands for all.
    pub fn loop_note(&mut self, object: Option<u32>, writes: bool) {
        self.tell(Told::Note(object, writes));
    }

    /// The loop is closed: nothing of it runs any more.
    pub fn loop_close(&mut self, object: ObjectId) {
        if let Some(run) = self.run_mut(object) {
            run.closed = true;
        }
    }

    /// Whether the execution has event loops.
    #[must_use]
    pub fn has_loops(&self) -> bool {
        self.loops.used > 0
    }

    pub(super) fn tell(&mut self, told: Told) {
        self.history.tell(self.trace.events.len(), told);
    }

    /// What the loop can do, if it is the only one.
    pub(super) fn signature_of_loop(&mut self, object: ObjectId) -> Option<Digest> {
        let number = self.number_of(object)?;
        let others = self.loops.used().iter().enumerate();
        if others.into_iter().any(|(other, run)| other != number && !run.closed) {
            return None;
        }
        let history = &self.history;
        let run = self.loops.runs.get_mut(number)?;
        let signature = run.model.signature(&|handle| history.name(handle))?;
        Some(signature.then(u128::from(run.spins.count())))
    }

    /// The loop's present pass, or if there is none the next one, is the last.
    pub fn loop_stop(&mut self, object: ObjectId) {
        if let Some(run) = self.run_mut(object) {
            run.model.stop();
        }
    }

    /// The loop, which was stopped or left by an exception, has returned. What is left of its pass is
    /// run first when it goes on.
    pub fn loop_returned(&mut self, object: ObjectId) {
        if let Some(run) = self.run_mut(object) {
            run.model.returned();
            while let Some(handle) = run.left.pop() {
                run.model.put_back(HandleId(handle));
            }
            run.running.clear();
        }
        self.tasks[self.current.index()].unit = self.current;
    }

    /// The callbacks of the loop's present pass, in order.
    #[must_use]
    pub fn pass(&self, object: ObjectId) -> &[u32] {
        self.run_of(object).map_or(&[], |run| run.pass.as_slice())
    }

    /// Whether some pass of a loop could go in more ways than are looked at.
    #[must_use]
    pub fn has_bounded_loop(&self) -> bool {
        self.loops.used().iter().any(|run| run.model.bounded())
    }

    /// Whether a timer of a loop is the end of somebody's patience, in this execution or an earlier one.
    #[must_use]
    pub fn has_timed_loop(&self) -> bool {
        self.loops.has_timed_wait
    }

    /// From the next execution on, whether the first steps of activities are held until the earlier
    /// activities have ended or can't go on.
    pub fn hold_activities(&mut self, holds: bool) {
        self.loops.holds = holds;
    }
}
