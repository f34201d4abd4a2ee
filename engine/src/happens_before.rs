//! The partial order of an execution's events: program order, and the order of dependent events.
//!
//! Executions whose events have the same partial order are one class. Only the events that can order
//! tasks are ranked: scheduling points, operations on primitives, prints. Vector clocks after Fidge
//! (1988) and Mattern (1989).

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::{Action, Reply};
use everyway_protocol::schedule::Alternative;
use everyway_protocol::trace::Event;

use crate::dependence::{Step, conflict, dependent, writes};

/// The partial order of one execution.
#[derive(Debug, Default)]
pub struct HappensBefore {
    tasks: usize,
    /// The ranked events, as indices into the trace.
    pub events: Vec<u32>,
    /// For each ranked event a vector clock: how many ranked events of each task come before or are it.
    clocks: Vec<u32>,
    now: Vec<u32>,
    exits: Vec<Option<usize>>,
}

/// The step that an event executed.
#[must_use]
pub fn step_of(event: &Event) -> Step {
    let alternative = if is_expiry(event) { Alternative::Expire } else { Alternative::Execute };
    Step { task: event.task, alternative, operation: event.operation }
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
        || matches!(event.operation.action, Action::ConditionResume(_))
            && event.reply == Reply::Answer(false)
            && event.operation.timeout.is_some()
}

/// Whether the event is a second look at what a loop reads, which comes only when nothing else can go
/// on.
fn is_second_look(event: &Event) -> bool {
    event.operation.action == Action::Await && event.reply == Reply::Answer(false)
}

fn is_ranked(event: &Event) -> bool {
    event.point
        || !matches!(
            event.operation.action,
            Action::Read(_) | Action::Write(_) | Action::Add(_) | Action::Update(_)
        )
}

impl HappensBefore {
    /// Ranks the events of an execution of so many tasks, in which virtual time moved on at `epochs`.
    pub fn rank(&mut self, trace: &[Event], tasks: usize, epochs: &[u32]) {
        self.tasks = tasks;
        self.events.clear();
        self.clocks.clear();
        self.now.clear();
        self.now.resize(tasks * tasks, 0);
        self.exits.clear();
        self.exits.resize(tasks, None);
        let mut epochs = epochs.iter().copied().peekable();
        for (index, event) in trace.iter().enumerate() {
            while epochs.next_if(|epoch| *epoch as usize <= index).is_some() {
                self.join_all_tasks();
            }
            if is_ranked(event) {
                self.rank_one(trace, index as u32, event);
            }
        }
    }

    /// The vector clock of a ranked event, by its index in `events`.
    #[must_use]
    pub fn clock(&self, ranked: usize) -> &[u32] {
        self.clocks.get(ranked * self.tasks..(ranked + 1) * self.tasks).unwrap_or(&[])
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

    fn rank_one(&mut self, trace: &[Event], index: u32, event: &Event) {
        let (tasks, task) = (self.tasks, event.task.index());
        let step = step_of(event);
        for earlier in 0..self.events.len() {
            let other = &trace[self.events[earlier] as usize];
            let at = other.task.index();
            let seen = self.now[task * tasks + at] >= self.clocks[earlier * tasks + at];
            if other.task != event.task
                && !seen
                && (dependent(&step_of(other), &step)
                    || is_second_look(event)
                    || is_second_look(other)
                    || self.enables(trace, other, event, index))
            {
                join(
                    &mut self.now[task * tasks..(task + 1) * tasks],
                    &self.clocks[earlier * tasks..],
                );
            }
        }
        self.join_lives(event);
        let now = &mut self.now[task * tasks..(task + 1) * tasks];
        now[task] += 1;
        self.clocks.extend_from_slice(now);
        if event.operation.action == Action::TaskExit {
            self.exits[task] = Some(self.events.len());
        }
        if let Action::TaskStart(child) = event.operation.action {
            let from = self.events.len() * tasks;
            let child = child.index();
            join(&mut self.now[child * tasks..(child + 1) * tasks], &self.clocks[from..]);
        }
        self.events.push(index);
    }

    fn join_lives(&mut self, event: &Event) {
        let tasks = self.tasks;
        let ended = |task: TaskId| self.exits.get(task.index()).copied().flatten();
        let range = event.task.index() * tasks..(event.task.index() + 1) * tasks;
        match event.operation.action {
            Action::TaskJoin(other) if event.reply == Reply::Answer(true) => {
                if let Some(exit) = ended(other) {
                    join(&mut self.now[range], &self.clocks[exit * tasks..]);
                }
            }
            Action::TaskJoinAll => {
                for exit in self.exits.iter().flatten() {
                    join(&mut self.now[range.clone()], &self.clocks[exit * tasks..]);
                }
            }
            _ => {}
        }
    }

    /// Whether the later event could wait for the earlier one, although they commute once both can go.
    fn enables(&self, trace: &[Event], earlier: &Event, later: &Event, index: u32) -> bool {
        let (first, second) = (earlier.operation, later.operation);
        match (first.action, second.action) {
            (Action::EventSet, Action::EventResume)
            | (Action::ConditionNotify(_), Action::ConditionResume(_)) => {
                first.object == second.object
            }
            (_, Action::Await) => {
                writes(first.action)
                    && first.object != ObjectId::NONE
                    && trace[..index as usize].iter().any(|read| {
                        read.task == later.task
                            && read.operation.object == first.object
                            && conflict(read.operation.action, first.action)
                    })
                    || first.action == Action::TaskExit
            }
            _ => false,
        }
    }
}

fn join(clock: &mut [u32], other: &[u32]) {
    for (own, others) in clock.iter_mut().zip(other) {
        *own = (*own).max(*others);
    }
}
