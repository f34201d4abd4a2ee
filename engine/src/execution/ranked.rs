//! The events of an execution that can order tasks, with what each touched.
//!
//! An access to a cell that is no scheduling point races with nothing and orders nothing, so only the
//! others are ranked.

use alloc::vec::Vec;
use core::ops::Range;

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::{Action, Field, Operation};
use everyway_protocol::schedule::Alternative;
use everyway_protocol::trace::Event;

use super::{Execution, is_access};
use crate::clock::ClockMode;
use crate::dependence::{Step, writes};
use crate::footprint::{self, Access, Place, Touch};
use crate::primitives::ObjectState;
use crate::primitives::model::{self, Role};

/// An event that can order tasks.
#[derive(Clone, Copy, Debug)]
pub struct Ranked {
    /// Its index in the trace.
    pub event: u32,
    /// The task.
    pub task: TaskId,
    /// Its name: the same in every execution.
    pub path: u64,
    /// What it executed.
    pub operation: Operation,
    /// How its operation went on.
    pub alternative: Alternative,
    /// How many operations the task had executed before it.
    pub ordinal: u32,
    /// Whether it was chosen at a node of the search.
    pub point: bool,
    /// What its object was like before it.
    pub gist: u64,
    /// The ranked event without which the task could not have gone on, if that is one.
    pub enabler: Option<u32>,
    /// For a loop that awaited a change, the first event of its last round.
    pub round: u32,
    first_access: u32,
}

/// The ranked events of an execution, in order.
#[derive(Clone, Debug, Default)]
pub struct RankedEvents {
    /// The events.
    pub all: Vec<Ranked>,
    accesses: Vec<Access>,
    touched: Vec<Access>,
    /// Those of the execution before.
    before: Vec<Ranked>,
    accesses_before: Vec<Access>,
    /// How many of them this execution has in common with it.
    shared: usize,
    /// Whether it has had no other events so far.
    repeats: bool,
    clock: ClockMode,
}

impl RankedEvents {
    /// The next execution begins, with time that passes so.
    pub(super) fn begin(&mut self, clock: ClockMode) {
        core::mem::swap(&mut self.all, &mut self.before);
        core::mem::swap(&mut self.accesses, &mut self.accesses_before);
        self.all.clear();
        self.accesses.clear();
        self.shared = 0;
        // What an expiry touches depends on how time passes.
        self.repeats = self.clock == clock;
        self.clock = clock;
    }

    /// How many events, from the first one on, the execution before had as well, with all that is
    /// known of them.
    #[must_use]
    pub fn shared(&self) -> usize {
        self.shared
    }

    /// Takes over the event of the execution before, if it is this one.
    fn repeat(&mut self, ranked: &Ranked) -> bool {
        let rank = self.all.len();
        let same = self.repeats
            && ranked.operation.action != Action::Await
            && self.before.get(rank).is_some_and(|before| {
                before.event == ranked.event
                    && before.path == ranked.path
                    && before.task == ranked.task
                    && before.operation == ranked.operation
                    && before.alternative == ranked.alternative
                    && before.ordinal == ranked.ordinal
                    && before.point == ranked.point
                    && before.gist == ranked.gist
                    && before.enabler == ranked.enabler
                    && before.first_access == ranked.first_access
            });
        self.repeats = same;
        if same {
            let last = self.before.get(rank + 1);
            let last = last.map_or(self.accesses_before.len(), |next| next.first_access as usize);
            let accesses = &self.accesses_before[ranked.first_access as usize..last];
            self.accesses.extend_from_slice(accesses);
            self.all.push(*ranked);
            self.shared += 1;
        }
        same
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// What the event of this rank touched.
    #[must_use]
    pub fn accesses(&self, rank: usize) -> &[Access] {
        let first = self.all[rank].first_access as usize;
        let last =
            self.all.get(rank + 1).map_or(self.accesses.len(), |next| next.first_access as usize);
        &self.accesses[first..last]
    }

    /// The rank of the first event with at least this index in the trace.
    #[must_use]
    pub fn at(&self, event: usize) -> usize {
        self.all.partition_point(|ranked| (ranked.event as usize) < event)
    }
}

impl Execution {
    /// Ranks the step's event, which is about to happen, unless it orders nothing.
    pub(super) fn rank(&mut self, step: &Step, point: bool) {
        let told_only =
            matches!(self.objects().get(step.operation.object), ObjectState::Awaitable(_));
        if (is_access(step.operation.action) || told_only) && !point {
            return;
        }
        let gist = footprint::gist(&self.objects, step.task, &step.operation);
        let task = &mut self.tasks[step.task.index()];
        let (path, ordinal) = (task.path, task.operations);
        let enabler = match step.operation.action {
            Action::TaskJoin(other) if step.alternative == Alternative::Execute => {
                self.tasks.get(other.index()).and_then(|other| other.exit)
            }
            Action::ConditionResume(_) | Action::EventResume => task.enabler.take(),
            action if model::role(action) == Some(Role::Resume) => task.enabler.take(),
            _ => None,
        };
        let round = match step.operation.action {
            Action::Await => self.tasks[step.task.index()]
                .round_start(step.operation.site)
                .unwrap_or(self.trace.events.len()) as u32,
            _ => 0,
        };
        let ranked = Ranked {
            event: self.trace.events.len() as u32,
            task: step.task,
            path,
            operation: step.operation,
            alternative: step.alternative,
            ordinal,
            point,
            gist,
            enabler,
            round,
            first_access: self.ranked.accesses.len() as u32,
        };
        if self.ranked.repeat(&ranked) {
            return;
        }
        let mut touched = core::mem::take(&mut self.ranked.touched);
        touched.clear();
        self.touch(step, gist, &mut touched);
        self.ranked.accesses.extend_from_slice(&touched);
        self.ranked.touched = touched;
        self.ranked.all.push(ranked);
    }

    /// Adds what the step touches if its object has this gist.
    pub fn touch(&self, step: &Step, gist: u64, out: &mut Vec<Access>) {
        if step.operation.action == Action::Await && step.alternative == Alternative::Execute {
            if self.is_second_look(step.task) {
                out.push(Access::EVERYTHING);
            } else {
                self.round_reads(step.task, &step.operation, out);
            }
            return;
        }
        if self.is_expiry_pass(step) {
            out.push(Access::EVERYTHING);
            return;
        }
        let path = |task: TaskId| self.tasks.get(task.index()).map_or(0, |task| task.path);
        if step.alternative == Alternative::Expire && self.settings.clock == ClockMode::Any {
            footprint::touch_expiring(path, &step.operation, out);
            return;
        }
        footprint::touch(&self.objects, path, step, gist, out);
        if self.has_kill && self.tasks[step.task.index()].daemon {
            let (touch, field) = (Touch::Read, Field::Entry(path(step.task)));
            out.push(Access { place: Place::LIVES, touch, field });
        }
    }

    /// What the last round of the loop that the operation is at the head of has looked at.
    pub(super) fn round_reads(&self, task: TaskId, operation: &Operation, out: &mut Vec<Access>) {
        let start = out.len();
        let Some(first) = self.tasks[task.index()].round_start(operation.site) else { return };
        let mut add = |access: Access| {
            let read = Access { touch: Touch::Read, ..access };
            if !out[start..].contains(&read) {
                out.push(read);
            }
        };
        let first = first.min(self.trace.events.len());
        for event in self.trace.events[first..].iter().filter(|event| event.task == task) {
            if let Some(access) = cell_access(event) {
                add(access);
            }
        }
        for rank in self.ranked.at(first)..self.ranked.len() {
            if self.ranked.all[rank].task == task {
                for access in
                    self.ranked.accesses(rank).iter().filter(|a| a.place != Place::EVERYTHING)
                {
                    add(*access);
                }
            }
        }
    }

    /// Whether another task changed one of these places in an event of this range; of the ranked
    /// events only some count.
    #[must_use]
    pub fn changed_in(
        &self,
        task: TaskId,
        events: Range<usize>,
        reads: &[Access],
        counts: impl Fn(usize) -> bool,
    ) -> bool {
        let until = events.end.min(self.trace.events.len());
        let first = events.start.min(until);
        let changes = |access: &Access| {
            access.touch != Touch::Read
                && access.place != Place::EVERYTHING
                && reads.iter().any(|read| read.conflicts(access))
        };
        let unranked = self.trace.events[first..until].iter().any(|event| {
            event.task != task
                && !event.point
                && cell_access(event).is_some_and(|access| changes(&access))
        });
        unranked
            || (self.ranked.at(first)..self.ranked.at(until)).any(|rank| {
                self.ranked.all[rank].task != task
                    && counts(rank)
                    && self.ranked.accesses(rank).iter().any(changes)
            })
    }
}

/// What an access to a cell touches.
fn cell_access(event: &Event) -> Option<Access> {
    let operation = &event.operation;
    let (Action::Read(field) | Action::Write(field) | Action::Add(field) | Action::Update(field)) =
        operation.action
    else {
        return None;
    };
    let touch = if writes(operation.action) { Touch::Write } else { Touch::Read };
    Some(Access { place: Place(operation.object.0), touch, field })
}
