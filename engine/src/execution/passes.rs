//! The passes of event loops: which can come next, and what taking one does.

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::{Action, Nanoseconds, Operation, Reply};
use everyway_protocol::schedule::Alternative;

use super::Execution;
use super::loops::{LoopRun, is_pass};
use super::task::TaskState;
use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::loops::asyncio::{Choice, Needs};

impl Execution {
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
            // What a timer wakes runs in a pass of its own: only a new activity begins the count anew.
            run.timers_on_end += u32::from(run.model.is_idle());
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
}
