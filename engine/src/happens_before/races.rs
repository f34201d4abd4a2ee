//! Which pairs of events could have come in the other order.

use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::{Action, Reply};
use everyway_protocol::schedule::Alternative;

use super::{HappensBefore, Later, Link, NONE, Race, Second, place_of};
use crate::dependence::Step;
use crate::execution::Execution;
use crate::execution::ranked::Ranked;
use crate::footprint::{self, Access, Place, Touch};
use crate::primitives::ObjectState;
use crate::primitives::model::{self, Reversible, Role};

impl HappensBefore {
    /// Whether the later operation could have been executed before the access of this link.
    pub(super) fn reversible(
        &self,
        execution: &Execution,
        link: Link,
        access: &Access,
        later: &Later<'_>,
    ) -> Reversible {
        let (task, operation) = (later.task, later.operation);
        let first = execution.ranked.all[link.rank as usize];
        let objects = execution.objects();
        match operation.action {
            Action::MutexAcquire | Action::SemaphoreAcquire => {
                if access.place != Place(operation.object.0) {
                    return Reversible::Yes;
                }
                let event = &execution.trace.events[first.event as usize];
                let earlier = event.operation;
                let gist = match earlier.action {
                    // It had no mutex to give back.
                    Action::ConditionWait(_) if matches!(event.reply, Reply::Misuse(_)) => 0,
                    Action::ConditionWait(_) if earlier.object != operation.object => {
                        return Reversible::No;
                    }
                    Action::ConditionResume(_) if earlier.object != operation.object => 0,
                    _ => self.with_unordered(first.gist, link.rank, access.place),
                };
                Reversible::yes_if(footprint::is_enabled_under(objects, task, operation, gist))
            }
            Action::ConditionResume(mutex) if access.place == Place(mutex.0) => {
                let event = &execution.trace.events[first.event as usize];
                match event.operation.action {
                    Action::ConditionResume(_) => Reversible::Yes,
                    Action::ConditionWait(_) => {
                        Reversible::yes_if(matches!(event.reply, Reply::Misuse(_)))
                    }
                    _ => {
                        let own = u64::from(task.0) + 1;
                        Reversible::yes_if(first.gist == 0 || first.gist & 0xffff_ffff == own)
                    }
                }
            }
            Action::ConditionResume(_) => Reversible::Unknown,
            // Which passes there are depends on what came before.
            Action::Loop(LoopAction::Pass) => Reversible::Unknown,
            Action::Await => self.awaited_something_else(execution, link.rank, later),
            action if model::role(action).is_some() => {
                let earlier = first.operation;
                let gist = self.with_unordered(first.gist, link.rank, access.place);
                model::could_precede(objects, task, operation, earlier.action, gist)
            }
            _ => Reversible::Yes,
        }
    }

    /// The gist with what was added to the place after the access of this rank, unordered with it.
    fn with_unordered(&self, gist: u64, rank: u32, place: Place) -> u64 {
        let mut sum = i64::try_from(gist).unwrap_or(i64::MAX);
        if self.links.is_empty() {
            return gist;
        }
        let mut at = self.heads[place_of(place)];
        while at != NONE {
            let link = self.links[at as usize];
            if link.rank <= rank {
                break;
            }
            if let Touch::Increase(by) = link.access.touch
                && !self.is_before(rank as usize, link.rank as usize)
            {
                sum = sum.saturating_add(i64::from(by));
            }
            at = link.previous;
        }
        u64::try_from(sum).unwrap_or(0)
    }

    /// A loop that awaited a change would have gone on without this one if there was another.
    fn awaited_something_else(
        &self,
        execution: &Execution,
        change: u32,
        later: &Later<'_>,
    ) -> Reversible {
        let not_because_of_it =
            |rank: usize| rank != change as usize && !self.is_before(change as usize, rank);
        let round = later.round.0 as usize..later.round.1 as usize;
        if execution.changed_in(later.task, round, later.accesses, not_because_of_it) {
            Reversible::Unknown
        } else {
            Reversible::No
        }
    }

    /// The program's end could have come before the last point of each task that it cut off.
    pub(super) fn races_with_the_end(&mut self, execution: &Execution, rank: usize) {
        let main = execution.ranked.all[rank].task;
        for task in (0..self.tasks).filter(|task| *task != main.index()) {
            let last = (0..rank).rev().find(|rank| {
                let ranked = &execution.ranked.all[*rank];
                ranked.task.index() == task && ranked.point
            });
            let Some(last) = last else { continue };
            let (_, number) = self.own[last];
            if self.clock[task] < number {
                let second = Second::Event(rank as u32);
                self.races.push(Race { first: last as u32, second, sure: true });
            }
        }
    }

    /// After an expiry the waits that stood still with it may run out at any moment, so before the last
    /// point of each other task too.
    pub(super) fn races_with_what_came_late(&mut self, execution: &Execution, rank: usize) {
        let all = &execution.ranked.all;
        let expiry = |ranked: &Ranked| ranked.alternative == Alternative::Expire;
        let Some(earlier) = all[..rank].iter().rposition(expiry) else { return };
        let second = Second::Event(rank as u32);
        for task in (0..self.tasks).filter(|task| *task != all[rank].task.index()) {
            let last = (earlier + 1..rank)
                .rev()
                .find(|other| all[*other].task.index() == task && all[*other].point);
            let race = |first: usize| Race { first: first as u32, second, sure: false };
            self.races.extend(last.map(race));
        }
    }

    /// What a task would have done next when it was ended races with its end, and with what had made it
    /// wait until then.
    pub(super) fn races_of_killed(&mut self, execution: &Execution, rank: usize) {
        let first = rank as u32;
        let Some(place) = execution.killed.iter().position(|killed| killed.rank == first) else {
            return;
        };
        let killed = execution.killed[place];
        let second = Second::Killed(place as u32);
        // A choice has several values, and each has to be tried.
        let choice = matches!(killed.step.operation.action, Action::Choose(_));
        self.races.push(Race { first, second, sure: killed.was_enabled && !choice });
        if !killed.was_enabled {
            self.races_of_waiting(execution, &killed.step, second);
        }
    }

    /// An operation that waited when the execution ended races with what made it wait.
    pub(super) fn pending_races(&mut self, execution: &Execution, pending: usize) {
        let step = execution.blocked[pending];
        let ended = execution
            .ranked
            .all
            .last()
            .is_some_and(|last| last.operation.action == Action::ProgramEnd);
        if ended && execution.is_enabled(&step) {
            let first = (execution.ranked.len() - 1) as u32;
            let second = Second::Pending(pending as u32);
            // A choice has several values, and each has to be tried.
            let sure = !matches!(step.operation.action, Action::Choose(_));
            self.races.push(Race { first, second, sure });
            return;
        }
        self.races_of_waiting(execution, &step, Second::Pending(pending as u32));
    }

    /// An operation that could not be executed races with what kept it from that.
    pub(super) fn races_of_waiting(&mut self, execution: &Execution, step: &Step, second: Second) {
        if !could_be_enabled(execution, step, second) {
            return;
        }
        let mut accesses = core::mem::take(&mut self.scratch);
        accesses.clear();
        // What it would touch if it were enabled.
        let gist = gist_if_enabled(execution, step, second);
        execution.touch(step, gist, &mut accesses);
        let enabler = execution.task(step.task).and_then(|task| task.enabler);
        self.begin(step.task, enabler);
        let later = Later {
            task: step.task,
            operation: &step.operation,
            accesses: &accesses,
            round: (0, 0),
            second: Some(second),
        };
        self.scan(execution, &later);
        self.scratch = accesses;
    }
}

/// Whether a task that waits at the end waits for the state of an object that others changed, and not
/// for something that never came.
fn could_be_enabled(execution: &Execution, step: &Step, second: Second) -> bool {
    match (step.operation.action, execution.objects().get(step.operation.object)) {
        (Action::MutexAcquire | Action::SemaphoreAcquire, _) => true,
        (Action::ConditionResume(_), ObjectState::Condition(condition))
            if matches!(second, Second::Pending(_)) =>
        {
            condition.is_notified(step.task) || condition.is_expired(step.task)
        }
        (action, _) => model::role(action) == Some(Role::Wait),
    }
}

/// What an operation that waited would find if it could go on: under this its footprint is told.
pub(crate) fn gist_if_enabled(execution: &Execution, step: &Step, second: Second) -> u64 {
    match (step.operation.action, second) {
        (Action::MutexAcquire, _) => 0,
        (Action::SemaphoreAcquire, _) => 1,
        (_, Second::Expired(rank)) => execution.ranked.all[rank as usize].gist,
        _ => footprint::gist(execution.objects(), step.task, &step.operation),
    }
}
