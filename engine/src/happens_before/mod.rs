//! The partial order of an execution's events: program order, and the order of events whose accesses
//! conflict or that wait for each other.
//!
//! Executions whose events have the same partial order are one class (a Mazurkiewicz trace). Vector
//! clocks after Fidge (1988) and Mattern (1989), over the [ranked](crate::execution::ranked) events.
//! While it orders them it can also collect the *reversible races*: pairs of events of different tasks
//! that conflict, with no reversible one between them, where the later could have come first
//! (Abdulla, Aronis, Jonsson & Sagonas, JACM 64, 2017, section 3.2; for operations that wait, section 6).

mod races;

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::{Action, Operation, Reply};
use everyway_protocol::schedule::Alternative;
use everyway_protocol::trace::Event;

use crate::dependence::Step;
use crate::execution::Execution;
use crate::footprint::{Access, Place, Touch};
use crate::primitives::model::{self, Reversible, Role};
pub(crate) use races::gist_if_enabled;

/// Two events that could have come in the other order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Race {
    /// The rank of the earlier event.
    pub first: u32,
    /// What came later.
    pub second: Second,
    /// Whether it is known that the later one can come first; if not, everything that is enabled
    /// before the earlier one has to be tried.
    pub sure: bool,
}

/// The later one of two that race.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Second {
    /// The event of this rank.
    Event(u32),
    /// The operation of the event of this rank, in which the time of its wait ran out: it could have
    /// been executed.
    Expired(u32),
    /// The operation that this task still waited to execute at the end; its place in
    /// [`Execution::blocked`].
    Pending(u32),
}

/// An access of a ranked event, linked to those before it at the same place.
#[derive(Clone, Copy, Debug)]
struct Link {
    rank: u32,
    access: Access,
    /// The last one.
    previous: u32,
    /// The last one that is not a mere read.
    previous_change: u32,
}

const NONE: u32 = u32::MAX;

/// The partial order of one execution, and the memory it is computed in.
#[derive(Debug, Default)]
pub struct HappensBefore {
    tasks: usize,
    /// The ranked events, as indices into the trace.
    pub events: Vec<u32>,
    /// For each ranked event how many ranked events of each task come before or are it.
    clocks: Vec<u32>,
    /// The task of each ranked event, and its number among the task's own, from 1.
    own: Vec<(u32, u32)>,
    now: Vec<u32>,
    /// For each task what came before an expiry since its last event. Its next event comes after that,
    /// but not because it knew: it may have waited all the time for something else.
    expired: Vec<u32>,
    /// The last access at each place: objects, then the lives of tasks.
    heads: Vec<u32>,
    /// The last one there that is not a mere read.
    changes: Vec<u32>,
    links: Vec<Link>,
    /// The reversible races, in the order of their later event, if they were asked for.
    pub races: Vec<Race>,
    lives_are_read: bool,
    clock: Vec<u32>,
    waited: Vec<u32>,
    cursors: Vec<(u32, Access)>,
    scratch: Vec<Access>,
}

/// How the event's operation went on.
#[must_use]
pub fn alternative_of(event: &Event) -> Alternative {
    match (event.operation.action, event.reply) {
        (Action::Choose(_) | Action::Loop(LoopAction::Pass), Reply::Value(value)) => {
            Alternative::Pick(u32::try_from(value).unwrap_or(u32::MAX))
        }
        _ if is_expiry(event) => Alternative::Expire,
        _ => Alternative::Execute,
    }
}

/// Whether the event is that a wait's time ran out.
#[must_use]
pub fn is_expiry(event: &Event) -> bool {
    event.reply == Reply::Answer(false)
        && matches!(
            event.operation.action,
            Action::MutexAcquire
                | Action::SemaphoreAcquire
                | Action::EventResume
                | Action::TaskJoin(_)
        )
        || event.reply == Reply::Answer(false)
            && matches!(model::role(event.operation.action), Some(Role::Wait | Role::Resume))
        || matches!(event.operation.action, Action::ConditionResume(_))
            && event.reply == Reply::Answer(false)
            && event.operation.timeout.is_some()
}

/// An event, or an operation that waits, as the later one of races.
#[derive(Clone, Copy)]
struct Later<'a> {
    task: TaskId,
    operation: &'a Operation,
    accesses: &'a [Access],
    /// The trace's events that the loop's last round could see, if it is a loop that awaits a change.
    round: (u32, u32),
    /// What to call it in races, if they are collected.
    second: Option<Second>,
}

impl HappensBefore {
    /// Orders the events of an execution.
    pub fn rank(&mut self, execution: &Execution) {
        self.order(execution, false);
    }

    /// Orders the events of an execution that has ended, and collects its reversible races.
    pub fn rank_with_races(&mut self, execution: &Execution) {
        self.order(execution, true);
        for pending in 0..execution.blocked.len() {
            self.pending_races(execution, pending);
        }
    }

    /// The vector clock of a ranked event, by its rank.
    #[must_use]
    pub fn clock(&self, rank: usize) -> &[u32] {
        self.clocks.get(rank * self.tasks..(rank + 1) * self.tasks).unwrap_or(&[])
    }

    /// Whether the event of the first rank comes before that of the second in every execution of the
    /// class.
    #[inline]
    #[must_use]
    pub fn is_before(&self, first: usize, second: usize) -> bool {
        let (task, number) = self.own[first];
        self.clocks[second * self.tasks + task as usize] >= number
    }

    fn order(&mut self, execution: &Execution, races: bool) {
        let tasks = execution.task_count();
        self.tasks = tasks;
        self.events.clear();
        self.clocks.clear();
        self.own.clear();
        self.links.clear();
        self.races.clear();
        self.lives_are_read = false;
        self.now.clear();
        self.now.resize(tasks * tasks, 0);
        self.expired.clear();
        self.expired.resize(tasks * tasks, 0);
        self.heads.clear();
        self.heads.resize(execution.objects().len() + 1, NONE);
        self.changes.clear();
        self.changes.resize(self.heads.len(), NONE);
        let mut epochs = execution.epochs.iter().copied().peekable();
        for rank in 0..execution.ranked.len() {
            let event = execution.ranked.all[rank].event;
            while epochs.next_if(|epoch| *epoch <= event).is_some() {
                self.join_all_tasks();
            }
            self.add(execution, rank, races);
        }
    }

    fn place(&self, place: Place) -> usize {
        if place == Place::LIVES { self.heads.len() - 1 } else { place.0 as usize }
    }

    fn join_all_tasks(&mut self) {
        let tasks = self.tasks;
        for column in 0..tasks {
            let most = (0..tasks).map(|task| self.now[task * tasks + column]).max().unwrap_or(0);
            for task in 0..tasks {
                self.now[task * tasks + column] = most;
            }
        }
    }

    fn add(&mut self, execution: &Execution, rank: usize, races: bool) {
        let ranked = execution.ranked.all[rank];
        let (tasks, task) = (self.tasks, ranked.task.index());
        let accesses = execution.ranked.accesses(rank);
        let everything = accesses.iter().any(|access| access.place == Place::EVERYTHING);
        self.begin(ranked.task, ranked.enabler);
        let operation = execution.trace.events[ranked.event as usize].operation;
        if everything {
            if races && operation.action == Action::ProgramEnd {
                self.races_with_the_end(execution, rank);
            }
            if races && ranked.alternative == Alternative::Expire {
                let step = Step { task: ranked.task, alternative: Alternative::Execute, operation };
                self.races_of_waiting(execution, &step, Second::Expired(rank as u32));
                self.races_with_what_came_late(execution, rank);
                self.begin(ranked.task, ranked.enabler);
            }
            for row in self.now.chunks_exact(tasks) {
                join(&mut self.clock, row);
            }
        } else {
            if operation.action == Action::TaskJoinAll {
                for other in 0..tasks {
                    let other = execution.task(TaskId(other as u32));
                    self.join_exit(
                        other.filter(|other| !other.daemon).and_then(|other| other.exit),
                    );
                }
            }
            let second = races.then_some(Second::Event(rank as u32));
            let round = (ranked.round, ranked.event);
            let later = Later { task: ranked.task, operation: &operation, accesses, round, second };
            let unread_life = matches!(operation.action, Action::TaskStart(_) | Action::TaskExit)
                && !self.lives_are_read;
            if !unread_life {
                self.scan(execution, &later);
            }
        }
        let number = self.now[task * tasks + task] + 1;
        for (clock, waited) in self.clock.iter_mut().zip(&self.waited) {
            *clock = (*clock).max(*waited);
        }
        self.clock[task] = number;
        self.clocks.extend_from_slice(&self.clock);
        self.own.push((ranked.task.0, number));
        self.events.push(ranked.event);
        self.now[task * tasks..(task + 1) * tasks].copy_from_slice(&self.clock);
        self.expired[task * tasks..(task + 1) * tasks].fill(0);
        let runs_out = ranked.alternative == Alternative::Expire
            || matches!(operation.action, Action::Loop(LoopAction::Pass));
        if everything && runs_out {
            for row in self.expired.chunks_exact_mut(tasks) {
                join(row, &self.clock);
            }
        } else if everything && operation.action != Action::ProgramEnd {
            self.join_all_tasks();
        }
        if let Action::TaskStart(child) = operation.action
            && child.index() < tasks
        {
            let child = child.index();
            join(&mut self.now[child * tasks..(child + 1) * tasks], &self.clock);
        }
        for access in accesses.iter().filter(|access| access.place != Place::EVERYTHING) {
            self.lives_are_read |= access.place == Place::LIVES && access.touch == Touch::Read;
            let place = self.place(access.place);
            let (previous, previous_change) = (self.heads[place], self.changes[place]);
            self.heads[place] = self.links.len() as u32;
            if access.touch != Touch::Read {
                self.changes[place] = self.heads[place];
            }
            let (rank, access) = (rank as u32, *access);
            self.links.push(Link { rank, access, previous, previous_change });
        }
    }

    fn join_exit(&mut self, exit: Option<u32>) {
        let Some(exit) = exit.map(|exit| exit as usize).filter(|exit| *exit < self.own.len())
        else {
            return;
        };
        join(&mut self.clock, &self.clocks[exit * self.tasks..(exit + 1) * self.tasks]);
    }

    /// What the task knows before its next event, and before what it waited for.
    fn begin(&mut self, task: TaskId, enabler: Option<u32>) {
        let (tasks, task) = (self.tasks, task.index());
        self.clock.clear();
        self.clock.extend_from_slice(&self.now[task * tasks..(task + 1) * tasks]);
        self.join_exit(enabler);
        self.waited.clear();
        self.waited.extend_from_slice(&self.expired[task * tasks..(task + 1) * tasks]);
    }

    /// Goes back through the accesses that conflict with its own, the latest first. `clock` is joined
    /// with the clocks of those that could have come later; `waited` with those that could not.
    fn scan(&mut self, execution: &Execution, later: &Later<'_>) {
        self.cursors.clear();
        for access in later.accesses {
            let place = self.place(access.place);
            let only_changes = access.touch == Touch::Read;
            let head = if only_changes { self.changes[place] } else { self.heads[place] };
            if head != NONE {
                self.cursors.push((head, *access));
            }
        }
        while let Some(at) = self.latest_cursor() {
            let (head, access) = self.cursors[at];
            let link = self.links[head as usize];
            let first = link.rank as usize;
            let (other, number) = self.own[first];
            let previous = match access.touch {
                Touch::Read => link.previous_change,
                _ => link.previous,
            };
            let mut done = previous == NONE;
            if link.access.conflicts(&access) {
                let mut covered = self.clock[other as usize] >= number;
                if !covered {
                    let clock = &self.clocks[first * self.tasks..(first + 1) * self.tasks];
                    let reversible = self.reversible(execution, link, &access, later);
                    // Where it can't be told, it may be one further back that could come later.
                    match reversible {
                        Reversible::Yes => join(&mut self.clock, clock),
                        _ => join(&mut self.waited, clock),
                    }
                    covered = reversible == Reversible::Yes;
                    if reversible != Reversible::No {
                        let race = |second| Race { first: link.rank, second, sure: covered };
                        self.races.extend(later.second.map(race));
                    }
                }
                // Whatever came before such an access at this place came before it in every order.
                done |= covered && link.access.is_total();
            }
            if done {
                self.cursors.swap_remove(at);
            } else {
                self.cursors[at].0 = previous;
            }
        }
    }

    fn latest_cursor(&self) -> Option<usize> {
        match self.cursors.as_slice() {
            [] => None,
            [_] => Some(0),
            all => (0..all.len()).max_by_key(|at| self.links[all[*at].0 as usize].rank),
        }
    }
}

fn join(clock: &mut [u32], other: &[u32]) {
    for (own, others) in clock.iter_mut().zip(other) {
        *own = (*own).max(*others);
    }
}
