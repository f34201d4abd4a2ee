//! The sequence that reverses a race.

use alloc::vec::Vec;

use everyway_protocol::operation::{Action, Operation, Reply};
use everyway_protocol::schedule::Alternative;

use super::Asleep;
use super::tree::Sequence;
use crate::dependence::Step;
use crate::execution::ranked::Ranked;
use crate::execution::{Execution, is_sleep};
use crate::footprint::{self, Access};
use crate::happens_before::{HappensBefore, Race, Second, gist_if_enabled};

/// The memory that sequences are made in.
#[derive(Debug, Default)]
pub(super) struct Sequences {
    /// The events of the sequence, by rank, without the race's second.
    ranks: Vec<u32>,
    sequence: Sequence,
    accesses: Vec<Access>,
}

/// Whether a step could come first in a sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum First {
    /// It is its event of this rank, and commutes with all before.
    At(u32),
    /// Something of its task, or that it conflicts with, comes before it.
    No,
    /// It commutes with all events and is none of them.
    Open,
}

impl Sequences {
    /// Looks for all events of the execution that do not come after the race's first, without its
    /// second.
    pub(super) fn begin(&mut self, execution: &Execution, order: &HappensBefore, race: &Race) {
        let first = race.first as usize;
        let ranks = race.first + 1..execution.ranked.len() as u32;
        self.ranks.clear();
        self.ranks.extend(ranks.filter(|rank| {
            race.second != Second::Event(*rank) && !order.is_before(first, *rank as usize)
        }));
    }

    /// Whether the step could come first among these events.
    pub(super) fn first(&self, execution: &Execution, step: &Asleep, own: &[Access]) -> First {
        for rank in &self.ranks {
            let ranked = &execution.ranked.all[*rank as usize];
            if ranked.path == step.path {
                let same = ranked.alternative == step.alternative;
                return if same { First::At(*rank) } else { First::No };
            }
            if footprint::conflict(own, execution.ranked.accesses(*rank as usize)) {
                return First::No;
            }
        }
        First::Open
    }

    /// These events, and then the race's second, with what it touches when the first has not happened.
    pub(super) fn reversed(&mut self, execution: &Execution, race: &Race) -> &mut Sequence {
        let first = race.first as usize;
        self.sequence.clear();
        for rank in &self.ranks {
            let ranked = &execution.ranked.all[*rank as usize];
            let accesses = execution.ranked.accesses(*rank as usize);
            let wakes = execution.has_timed_wait && is_sleep(ranked.operation.action);
            let (ordinal, alternative) = (ranked.ordinal, ranked.alternative);
            self.sequence.push(ranked.path, ordinal, alternative, wakes, accesses);
        }
        let earlier = &execution.ranked.all[first];
        self.accesses.clear();
        match race.second {
            Second::Event(rank) => {
                let later = &execution.ranked.all[rank as usize];
                let operation = later.operation;
                if footprint::depends_on_gist(operation.action) {
                    let gist = gist_before(execution, earlier, &operation).unwrap_or(later.gist);
                    let step = Step { task: later.task, alternative: later.alternative, operation };
                    execution.touch(&step, gist, &mut self.accesses);
                } else {
                    self.accesses.extend_from_slice(execution.ranked.accesses(rank as usize));
                }
                let (ordinal, alternative) = (later.ordinal, later.alternative);
                self.sequence.push(later.path, ordinal, alternative, false, &self.accesses);
            }
            Second::Pending(_) | Second::Expired(_) | Second::Killed(_) => {
                let (step, ordinal) = waiting(execution, race.second);
                let gist = gist_if_enabled(execution, &step, race.second);
                execution.touch(&step, gist, &mut self.accesses);
                let execute = Alternative::Execute;
                let path = execution.task(step.task).map_or(0, |task| task.path);
                self.sequence.push(path, ordinal, execute, false, &self.accesses);
            }
        }
        &mut self.sequence
    }
}

/// The step that could not be executed, and how many its task executes before it.
fn waiting(execution: &Execution, second: Second) -> (Step, u32) {
    match second {
        Second::Event(rank) | Second::Expired(rank) => {
            let ranked = execution.ranked.all[rank as usize];
            let (task, operation) = (ranked.task, ranked.operation);
            (Step { task, alternative: Alternative::Execute, operation }, ranked.ordinal)
        }
        Second::Pending(place) => {
            let step = execution.blocked[place as usize];
            (step, execution.task(step.task).map_or(0, |task| task.operations))
        }
        Second::Killed(place) => {
            let step = execution.killed[place as usize].step;
            (step, execution.task(step.task).map_or(0, |task| task.operations))
        }
    }
}

/// The gist that the operation's object has before the earlier event, if that is about this object.
fn gist_before(execution: &Execution, earlier: &Ranked, operation: &Operation) -> Option<u64> {
    let event = &execution.trace.events[earlier.event as usize];
    let first = event.operation;
    match first.action {
        _ if operation.action == Action::MutexAcquire => Some(0),
        _ if first.object == operation.object => Some(earlier.gist),
        Action::ConditionWait(mutex)
            if mutex == operation.object && matches!(event.reply, Reply::Misuse(_)) =>
        {
            Some(0)
        }
        // It gives back the mutex, which its task held.
        Action::ConditionWait(mutex) if mutex == operation.object => {
            Some((u64::from(earlier.task.0) + 1) | (1 << 32))
        }
        Action::ConditionResume(mutex) if mutex == operation.object => Some(0),
        _ => None,
    }
}
