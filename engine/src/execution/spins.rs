//! Activities that go round and round: a loop of the program's whose rounds change nothing, as in
//! `while not ready: await asyncio.sleep(0)`.
//!
//! Such a round is the same whether it is gone once or a thousand times. So where some passes in a row
//! ran nothing else, the next one is one that something new happens in: a timer is due, or another
//! activity goes on. If there can be no such pass, all there are wait for a change that nobody makes: a
//! livelock.

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Operation};

use super::Execution;
use super::effects::is_lasting_change;

/// After so many passes in which nothing else ran, something else has to come.
const ROUNDS: u32 = 3;

/// What the callbacks of a loop's passes did.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Spins {
    /// How many passes in a row only went round.
    passes: u32,
    /// Whether the present pass did something else.
    other: bool,
    /// Whether it went round.
    any: bool,
    /// Whether the callback that runs went round.
    round: bool,
    /// How many events there were when it began, and when the pass began.
    callback: usize,
    pass: usize,
}

impl Spins {
    /// A pass begins after so many events; `others` have had none since the last one.
    pub(super) fn begin_pass(&mut self, events: usize, alone: bool) {
        self.passes = if self.went_round() && alone { self.passes + 1 } else { 0 };
        (self.any, self.other, self.pass) = (false, false, events);
    }

    /// How many events there were when the last pass began.
    pub(super) fn pass(&self) -> usize {
        self.pass
    }

    pub(super) fn enter(&mut self, events: usize) {
        (self.round, self.callback) = (false, events);
    }

    pub(super) fn leave(&mut self, changed: bool) {
        self.any |= self.round;
        self.other |= changed || !self.round;
    }

    fn go_round(&mut self) {
        self.round = true;
    }

    /// How many events there were when the callback that runs began.
    pub(super) fn callback(&self) -> usize {
        self.callback
    }

    /// Whether something new has to come.
    pub(super) fn enough(&self) -> bool {
        self.passes >= ROUNDS && self.went_round()
    }

    /// Whether the last pass only went round.
    fn went_round(&self) -> bool {
        self.any && !self.other
    }

    /// What tells the state from others.
    pub(super) fn count(&self) -> u32 {
        if self.went_round() { self.passes.min(ROUNDS) + 1 } else { 0 }
    }
}

impl Execution {
    /// The activity that runs is at the head of a round of a passive loop.
    pub(super) fn go_round(&mut self, site: SiteId) {
        let unit = self.actor();
        let driver = self.current;
        for run in self.loops.used_mut().iter_mut().filter(|run| run.driver == driver) {
            run.spins.go_round();
        }
        self.tasks[unit.index()].spins_at = site;
    }

    /// Whether something lasting was done since so many events.
    pub(super) fn has_changed_since(&self, events: usize) -> bool {
        let since = self.trace.events.get(events..).unwrap_or(&[]);
        since.iter().any(|event| is_lasting_change(event.operation.action))
    }

    /// Activities that only go round await a change, at the end of an execution that stands still.
    pub(super) fn note_spinning(&mut self) {
        for run in self.loops.used() {
            if !run.spins.enough() {
                continue;
            }
            for task in self.tasks.iter_mut().filter(|task| task.on_loop && !task.is_finished()) {
                if task.spins_at != SiteId::NONE && task.awaits.is_none() {
                    let spin = Operation::new(Action::Await, ObjectId::NONE, task.spins_at);
                    task.awaits = Some(spin);
                }
            }
        }
    }

    /// Whether another task did something since so many events.
    pub(super) fn has_foreign_event_since(&self, events: usize, own: TaskId) -> bool {
        self.trace.events.get(events..).unwrap_or(&[]).iter().any(|event| event.task != own)
    }
}
