//! The nearest execution in which a failure does not come about: the same but for the order of two of
//! its steps.
//!
//! Of the reversible races of the failing execution, the latest first, each is reversed as the search
//! would do it, until an execution ends well. What it shows is the order that matters.

use alloc::vec;
use alloc::vec::Vec;

use everyway_protocol::failure::FailureKind;
use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Operation;
use everyway_protocol::schedule::Schedule;

use super::Outcome;
use super::failures::FailureSeen;
use super::results::Results;
use crate::execution::{Ending, Execution};
use crate::happens_before::{HappensBefore, Second};
use crate::witness;

/// So many races of one failing execution are reversed.
const MOST: usize = 24;

/// An execution that ends well because one step comes before another.
#[derive(Clone, PartialEq, Debug)]
pub struct Nearest {
    /// Its schedule.
    pub schedule: Schedule,
    /// The step that comes first where it ends well.
    pub before: (TaskId, Operation),
    /// The step that comes first where it fails.
    pub after: (TaskId, Operation),
}

/// The stage of a check that looks for the nearest executions that end well.
#[derive(Debug, Default)]
pub(super) struct NearestStage {
    /// Of the failure that is looked at, the last one first to try.
    candidates: Vec<Nearest>,
}

impl NearestStage {
    /// The witness of a failure has just run.
    pub(super) fn begin(&mut self, execution: &Execution, order: &mut HappensBefore) {
        self.candidates.clear();
        order.rank_with_races(execution);
        let mut races = order.races.clone();
        races.sort_unstable_by_key(|race| race.first);
        for race in races.iter().rev().filter(|race| race.sure).take(MOST) {
            let first = race.first as usize;
            let after = event_of(execution, first);
            let (rank, before) = match race.second {
                Second::Event(rank) | Second::Expired(rank) => {
                    (Some(rank as usize), event_of(execution, rank as usize))
                }
                Second::Pending(place) => {
                    let step = execution.blocked[place as usize];
                    (None, (step.task, step.operation))
                }
                Second::Killed(place) => {
                    let step = execution.killed[place as usize].step;
                    (None, (step.task, step.operation))
                }
            };
            let schedule = reversed(execution, order, first, rank);
            self.candidates.push(Nearest { schedule, before, after });
        }
        self.candidates.reverse();
    }

    /// The next execution to try.
    pub(super) fn schedule(&self) -> Option<Schedule> {
        self.candidates.last().map(|candidate| candidate.schedule.clone())
    }

    /// Gives up on the failure that is looked at.
    pub(super) fn give_up(&mut self) {
        self.candidates.clear();
    }

    /// The execution has ended.
    pub(super) fn ended(
        &mut self,
        execution: &Execution,
        outcome: &Outcome,
        failure: &mut FailureSeen,
        results: &Results,
    ) {
        let Some(candidate) = self.candidates.pop() else { return };
        let result = outcome.result.as_deref().and_then(|result| results.find(result));
        let is_right = match failure.kind {
            FailureKind::AtomicityViolation => result.is_some_and(|result| result.serialisable),
            _ => true,
        };
        let ends_well = execution.ending() == Some(Ending::Complete)
            && execution.circles.is_empty()
            && outcome.raised.is_empty();
        if ends_well && is_right {
            let schedule = witness::as_executed(&execution.trace.events).schedule;
            failure.nearest = Some(Nearest { schedule, ..candidate });
            self.candidates.clear();
        }
    }
}

fn event_of(execution: &Execution, rank: usize) -> (TaskId, Operation) {
    let ranked = &execution.ranked.all[rank];
    (ranked.task, execution.trace.events[ranked.event as usize].operation)
}

/// What does not come after the first event, then the second one; each event that orders nothing goes
/// with the one before it in its task.
fn reversed(
    execution: &Execution,
    order: &HappensBefore,
    first: usize,
    second: Option<usize>,
) -> Schedule {
    let events = &execution.trace.events;
    let mut kept = vec![true; execution.task_count()];
    let mut indices = Vec::new();
    let mut rank = 0;
    for (index, event) in events.iter().enumerate() {
        let is_ranked =
            execution.ranked.all.get(rank).is_some_and(|next| next.event as usize == index);
        if is_ranked {
            if rank >= first {
                kept[event.task.index()] = rank != first
                    && Some(rank) != second
                    && !order.is_before(first, rank)
                    && kept[event.task.index()];
            }
            rank += 1;
        }
        if kept[event.task.index()] {
            indices.push(index as u32);
        }
    }
    indices.extend(second.map(|second| execution.ranked.all[second].event));
    witness::in_order(events, &indices).schedule
}
