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
use everyway_protocol::operation::{Action, Nanoseconds, Operation, Reply};
use everyway_protocol::schedule::Alternative;

use super::Execution;
use super::history::Told;
use super::spins::Spins;
use super::task::{Task, TaskState};
use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::digest::Digest;
use crate::loops::asyncio::{AsyncioLoop, Choice, Needs, Settings, TimerPurpose};
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
    object: ObjectId,
    model: AsyncioLoop,
    pub(super) driver: TaskId,
    /// The callbacks of its present pass, in order.
    pass: Vec<u32>,
    /// Those among them that have neither begun nor been cancelled.
    left: Vec<u32>,
    /// What runs, the innermost last: a callback, or an activity within another.
    running: Vec<(Option<HandleId>, TaskId)>,
    /// The timers that end somebody's patience, and where the program waits.
    patience: Vec<(u32, SiteId)>,
    /// Of the serial reference: first steps of activities that have to wait, oldest first.
    held: VecDeque<HandleId>,
    timers_on_end: u32,
    pub(super) spins: Spins,
    closed: bool,
}

/// The loops of the execution that is running, in memory that is used again.
#[derive(Debug)]
pub(super) struct Loops {
    runs: Vec<LoopRun>,
    used: usize,
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

    fn add(&mut self, driver: TaskId) -> u32 {
        let number = self.used as u32;
        let object = ObjectId::NONE;
        if let Some(run) = self.runs.get_mut(self.used) {
            run.model.clear();
            run.driver = driver;
            run.pass.clear();
            run.left.clear();
            run.patience.clear();
            run.running.clear();
            run.held.clear();
            run.timers_on_end = 0;
            run.spins = Spins::default();
            run.closed = false;
        } else {
            let model = AsyncioLoop::new(Settings { clock: self.clock, ..Settings::default() });
            let (pass, held) = (Vec::new(), VecDeque::new());
            self.runs.push(LoopRun {
                object,
                model,
                driver,
                pass,
                left: Vec::new(),
                patience: Vec::new(),
                running: Vec::new(),
                held,
                timers_on_end: 0,
                spins: Spins::default(),
                closed: false,
            });
        }
        self.used += 1;
        number
    }

    pub(super) fn used_mut(&mut self) -> &mut [LoopRun] {
        self.runs.get_mut(..self.used).unwrap_or(&mut [])
    }

    pub(super) fn used(&self) -> &[LoopRun] {
        self.runs.get(..self.used).unwrap_or(&[])
    }
}

impl LoopRun {
    /// Whether there is something to run, or to wait for.
    fn is_ready(&self) -> bool {
        !self.model.waits_for_ever() || !self.held.is_empty()
    }

    /// Of the serial reference: begins the oldest held activity if nothing else can go on.
    fn release_held(&mut self) {
        let waits = self.model.is_idle() && self.model.has_timers();
        let spins = self.spins.enough() && !self.model.has_timers();
        if self.model.waits_for_ever() || spins || waits && self.timers_on_end >= TIMERS_ON_END {
            self.timers_on_end = 0;
            if let Some(handle) = self.held.pop_front() {
                self.model.soon(handle);
            }
        }
    }

    fn expires(&self, choice: &Choice) -> bool {
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
        let number = self.loops.add(self.current);
        let object = self.new_object(ObjectKind::Loop(number));
        self.loops.runs[number as usize].object = object;
        object
    }

    fn number_of(&self, object: ObjectId) -> Option<usize> {
        match self.objects.get(object) {
            ObjectState::Loop(number) => Some(*number as usize),
            _ => None,
        }
    }

    fn run_of(&self, object: ObjectId) -> Option<&LoopRun> {
        self.loops.used().get(self.number_of(object)?)
    }

    fn run_mut(&mut self, object: ObjectId) -> Option<&mut LoopRun> {
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

    fn tell(&mut self, told: Told) {
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

    /// Adds an activity of the running task's loop.
    pub fn new_activity(&mut self) -> TaskId {
        let id = self.new_task(true);
        let driver = self.current;
        let task = &mut self.tasks[id.index()];
        task.state = TaskState::OnLoop;
        task.on_loop = true;
        task.driver = driver;
        self.tell(Told::Activity);
        id
    }

    /// The loop begins to run a callback; what it does it does in the name of this activity, or of the
    /// running task itself. Without a callback, an activity begins within another one's step.
    pub fn enter_callback(
        &mut self,
        object: ObjectId,
        handle: Option<u32>,
        activity: Option<TaskId>,
    ) {
        self.tell(Told::Enter(handle, activity));
        let unit = activity.unwrap_or(self.current);
        let events = self.trace.events.len();
        if let Some(run) = self.number_of(object).and_then(|number| self.loops.runs.get_mut(number))
        {
            if let Some(handle) = handle {
                run.left.retain(|left| *left != handle);
                let ends = run.patience.iter().find(|(timer, _)| *timer == handle);
                self.ran_out.extend(ends.map(|(_, site)| *site));
            }
            run.running.push((handle.map(HandleId), unit));
            if handle.is_some() {
                run.spins.enter(events);
            }
        }
        self.tasks[self.current.index()].unit = unit;
    }

    /// What began last has returned.
    pub fn leave_callback(&mut self, object: ObjectId) {
        self.tell(Told::Leave);
        let mut unit = self.current;
        let began = self.run_of(object).map_or(0, |run| run.spins.callback());
        let changed = self.has_changed_since(began);
        if let Some(run) = self.run_mut(object) {
            let last = run.running.pop();
            if last.is_some_and(|(handle, _)| handle.is_some()) {
                run.spins.leave(changed);
            }
            unit = run.running.last().map_or(unit, |last| last.1);
        }
        self.tasks[self.current.index()].unit = unit;
    }

    /// The activity has ended.
    pub fn end_activity(&mut self, activity: TaskId) {
        if let Some(task) = self.activity_mut(activity) {
            task.state = TaskState::Finished;
            task.awaits = None;
        }
    }

    /// The activity is suspended until this is done, or goes on again.
    pub fn activity_awaits(&mut self, activity: TaskId, awaits: Option<Operation>) {
        if let Some(task) = self.activity_mut(activity) {
            task.awaits = awaits;
        }
    }

    fn activity_mut(&mut self, activity: TaskId) -> Option<&mut Task> {
        self.tasks.get_mut(activity.index()).filter(|task| task.state == TaskState::OnLoop)
    }

    /// In whose name the task acts.
    #[must_use]
    pub fn unit(&self, task: TaskId) -> TaskId {
        self.tasks.get(task.index()).map_or(task, |task| task.unit)
    }

    /// Who acts now: the running task, or an activity of its loop.
    #[must_use]
    pub fn actor(&self) -> TaskId {
        self.unit(self.current)
    }

    /// The task whose steps these are: that which runs the loop, of an activity.
    #[must_use]
    pub fn driver_of(&self, task: TaskId) -> TaskId {
        self.tasks.get(task.index()).map_or(task, |task| task.driver)
    }

    /// How many tasks there are up to the last one that has steps of its own: activities of a loop come
    /// after those, or between them.
    #[must_use]
    pub fn clock_size(&self) -> usize {
        self.tasks.iter().rposition(|task| !task.on_loop).map_or(0, |last| last + 1)
    }

    /// Whether several tasks have steps of their own.
    #[must_use]
    pub fn has_several_tasks(&self) -> bool {
        self.tasks.iter().filter(|task| !task.on_loop).nth(1).is_some()
    }

    /// Whether there is more to try than this pass: other ways in which it can go, or steps of others while
    /// it waits for a time to come. One that has callbacks to run anyhow is a step like any other.
    pub(super) fn is_open_pass(&self, step: &Step) -> bool {
        let waits = self.run_of(step.operation.object).is_some_and(|run| run.model.is_idle());
        self.choices.len() > 1
            && (step.alternative != Alternative::Pick(0) || waits && self.has_several_tasks())
    }

    /// When the first of the passes that are waited for can be, where deadlines order everything.
    pub(super) fn next_pass(&mut self) -> Option<Nanoseconds> {
        let mut next: Option<Nanoseconds> = None;
        for index in 0..self.tasks.len() {
            if let TaskState::Announced(operation) = self.tasks[index].state
                && is_pass(operation.action)
            {
                let at = self.next_pass_at(operation.object).filter(|at| *at > self.now);
                next = next.into_iter().chain(at).min();
            }
        }
        next
    }

    pub(super) fn is_pass_enabled(&self, object: ObjectId) -> bool {
        self.run_of(object).is_some_and(LoopRun::is_ready)
    }

    pub(super) fn drive(&mut self, object: ObjectId) {
        let driver = self.current;
        if let Some(run) = self.run_mut(object) {
            run.driver = driver;
        }
    }

    /// Offers the passes that can come next; with `late` those that end somebody's patience and so have
    /// to wait until nothing else can go on. Says whether a pass that doesn't only wait was offered.
    pub(super) fn offer_passes(&mut self, step: &Step, late: bool) -> bool {
        let (clock, now, holds) = (self.settings.clock, self.now, self.loops.holds);
        let object = step.operation.object;
        let began = self.run_of(object).map_or(0, |run| run.spins.pass());
        let foreign = self.has_foreign_event_since(began, step.task);
        let mut offered = core::mem::take(&mut self.choices);
        let mut awake = false;
        if let Some(run) = self.run_mut(object) {
            if holds {
                run.release_held();
            }
            let idle = run.model.is_idle();
            let spins = run.spins.enough() && !idle && !run.model.is_stopping() && !foreign;
            let _ = run.model.choices();
            let is_early = |choice: &Choice| choice.needs == Needs::EarlyExpiry;
            let is_new = |choice: &Choice| !spins || !choice.due.is_empty();
            let mut listed = run.model.listed().iter();
            // Where all go round and round, patience ends if nothing else can.
            let early = clock == ClockMode::Any
                || spins && !listed.any(|choice| is_new(choice) && !is_early(choice));
            for (number, choice) in run.model.listed().iter().enumerate() {
                let waits = clock == ClockMode::Legal && idle && run.expires(choice);
                let due = clock != ClockMode::Exact || choice.least <= i128::from(now);
                if due && waits == late && is_new(choice) && (early || !is_early(choice)) {
                    let alternative = Alternative::Pick(number as u32);
                    offered.push(Step { alternative, ..*step });
                    awake |= !idle;
                    if holds {
                        break;
                    }
                }
            }
        }
        self.choices = offered;
        awake
    }

    /// When the next pass can be, where deadlines order everything.
    pub(super) fn next_pass_at(&mut self, object: ObjectId) -> Option<Nanoseconds> {
        let run = self.run_mut(object)?;
        let _ = run.model.choices();
        let least = run.model.listed().iter().map(|choice| choice.least).min()?;
        Nanoseconds::try_from(least).ok()
    }

    /// Whether the pass lets somebody's patience end although others could go on as far as the loop
    /// knows, so that it depends on what they can do.
    pub(super) fn is_expiry_pass(&self, step: &Step) -> bool {
        let Alternative::Pick(number) = step.alternative else { return false };
        self.settings.clock == ClockMode::Legal
            && self.run_of(step.operation.object).is_some_and(|run| {
                let choice = run.model.listed().get(number as usize);
                run.model.is_idle() && choice.is_some_and(|choice| run.expires(choice))
            })
    }

    /// What is known of a pass is known of those that were listed.
    pub(super) fn list_passes(&mut self, object: ObjectId) {
        if let Some(run) = self.run_mut(object) {
            let _ = run.model.choices();
        }
    }

    /// Executes a pass: its callbacks are known from now on.
    pub(super) fn take_pass(&mut self, step: &Step, number: u32) -> Reply {
        if self.is_expiry_pass(step) {
            self.stand_still();
        }
        self.passes += 1;
        let events = self.trace.events.len();
        let began = self.run_of(step.operation.object).map_or(0, |run| run.spins.pass());
        let alone = !self.has_foreign_event_since(began, step.task);
        if let Some(run) = self.run_mut(step.operation.object) {
            run.spins.begin_pass(events, alone);
            run.timers_on_end = if run.model.is_idle() { run.timers_on_end + 1 } else { 0 };
            let _ = run.model.choices();
            run.pass.clear();
            if run.model.take(number as usize).is_ok() {
                while let Some(handle) = run.model.next() {
                    run.pass.push(handle.0);
                }
                run.left.clone_from(&run.pass);
            }
        }
        Reply::Value(u64::from(number))
    }

    /// Executes what another task than the driver does to a loop.
    pub(super) fn loop_effect(&mut self, operation: &Operation) -> Reply {
        if let Action::Loop(LoopAction::Soon(handle)) = operation.action {
            self.loop_soon(operation.object, handle, false);
        }
        Reply::Done
    }

    /// The task has slept: its loops' clocks have gone on.
    pub(super) fn loops_slept(&mut self, task: TaskId, by: Nanoseconds) {
        let used = self.loops.used;
        for run in self.loops.runs.iter_mut().take(used).filter(|run| run.driver == task) {
            run.model.pass_time(by);
        }
    }

    /// What the activities of loops await, at the end of an execution that stands still, and the
    /// circles among them.
    pub(super) fn note_awaiting(&mut self) {
        for index in 0..self.tasks.len() {
            let task = TaskId(index as u32);
            if let Some(awaits) = self.tasks[index].awaits {
                self.note_circle(task, awaits.action);
            }
        }
        let mut kept: Vec<super::Circle> = Vec::new();
        for circle in self.circles.drain(..) {
            let same = |other: &super::Circle| {
                other.len() == circle.len() && circle.iter().all(|task| other.contains(task))
            };
            if !kept.iter().any(same) {
                kept.push(circle);
            }
        }
        self.circles = kept;
    }

    /// The place of what an activity awaits.
    #[must_use]
    pub fn awaits(&self, activity: TaskId) -> Option<Operation> {
        self.tasks.get(activity.index()).and_then(|task| task.awaits)
    }
}
