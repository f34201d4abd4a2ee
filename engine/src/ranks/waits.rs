//! After which events of an execution each of its tasks could have gone on.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::objects::RwLockAction;
use everyway_protocol::operation::{Action, Operation, Reply};
use everyway_protocol::schedule::Alternative;
use everyway_protocol::trace::Event;

use super::gives_way;
use crate::clock::ClockMode;
use crate::execution::{Ending, Execution};
use crate::happens_before::HappensBefore;
use crate::primitives::model::{self, Role};
use crate::primitives::{ObjectState, Objects};

/// A change of a mutex or semaphore.
#[derive(Clone, Copy, Debug)]
struct Change {
    rank: u32,
    /// A mutex: who holds it from then on.
    holder: Option<TaskId>,
    /// A semaphore: how many permits more there are.
    permits: i64,
}

/// What one execution's tasks waited for.
#[derive(Debug, Default)]
pub(super) struct Waits {
    tasks: usize,
    /// For each task the ranks of its events.
    ranks: Vec<Vec<u32>>,
    /// For each rank which of its task's events it is, from 1.
    numbers: Vec<u32>,
    /// The task of each rank.
    owners: Vec<TaskId>,
    /// By object, for those that tasks wait for: the events that changed it.
    changes: Vec<Vec<Change>>,
    /// By object: a task that waits for it, and whether another does.
    waiters: Vec<Option<(TaskId, bool)>>,
    /// For each task the rank of its start.
    starts: Vec<Option<u32>>,
    /// Whether tasks wait for the ends of others.
    joins: bool,
    /// How often each object, a mutex, is held.
    depths: Vec<u32>,
    /// How often each task held the mutex that it gave back to wait.
    saved: Vec<u32>,
}

impl Waits {
    /// Looks at an execution that has ended and was ordered. False if its ranks can't be told.
    pub(super) fn prepare(&mut self, execution: &Execution, order: &HappensBefore) -> bool {
        let whole = matches!(execution.ending(), Some(Ending::Complete | Ending::Stuck));
        if !whole || execution.settings().clock != ClockMode::Legal {
            return false;
        }
        self.tasks = execution.task_count();
        reset(&mut self.ranks, self.tasks);
        reset(&mut self.changes, execution.objects().len());
        self.waiters.clear();
        self.waiters.resize(execution.objects().len(), None);
        self.starts.clear();
        self.starts.resize(self.tasks, None);
        self.numbers.clear();
        self.owners.clear();
        self.joins = false;
        for (rank, index) in order.events.iter().enumerate() {
            let event = &execution.trace.events[*index as usize];
            self.ranks[event.task.index()].push(rank as u32);
            self.numbers.push(self.ranks[event.task.index()].len() as u32);
            self.owners.push(event.task);
            self.note_wait(event.task, &event.operation);
            if let Action::TaskStart(child) = event.operation.action
                && let Some(start) = self.starts.get_mut(child.index())
            {
                *start = Some(rank as u32);
            }
        }
        for step in &execution.blocked {
            self.note_wait(step.task, &step.operation);
        }
        self.note_changes(execution, order);
        true
    }

    fn note_wait(&mut self, task: TaskId, operation: &Operation) {
        let mut wait = |object: ObjectId| {
            if let Some(waiter) = self.waiters.get_mut(object.index()) {
                *waiter = match *waiter {
                    None => Some((task, false)),
                    Some((first, more)) => Some((first, more || first != task)),
                };
            }
        };
        match operation.action {
            Action::MutexAcquire | Action::SemaphoreAcquire | Action::EventResume => {
                wait(operation.object);
            }
            Action::ConditionResume(mutex) => {
                wait(operation.object);
                wait(mutex);
            }
            Action::TaskJoin(_) | Action::TaskJoinAll => self.joins = true,
            action if matches!(model::role(action), Some(Role::Wait | Role::Resume)) => {
                wait(operation.object);
            }
            _ => {}
        }
    }

    fn note_changes(&mut self, execution: &Execution, order: &HappensBefore) {
        self.depths.clear();
        self.depths.resize(execution.objects().len(), 0);
        self.saved.clear();
        self.saved.resize(self.tasks, 0);
        for (rank, index) in order.events.iter().enumerate() {
            let event = &execution.trace.events[*index as usize];
            let rank = rank as u32;
            let task = event.task.index();
            match event.operation.action {
                Action::ConditionWait(mutex) if event.reply == Reply::Done => {
                    if let Some(depth) = self.depths.get_mut(mutex.index()) {
                        self.saved[task] = core::mem::take(depth);
                        self.change(mutex, Change { rank, holder: None, permits: 0 });
                    }
                }
                Action::ConditionResume(mutex)
                    if execution.ranked.all[rank as usize].alternative == Alternative::Execute =>
                {
                    if let Some(depth) = self.depths.get_mut(mutex.index()) {
                        *depth = self.saved[task];
                        self.change(mutex, Change { rank, holder: Some(event.task), permits: 0 });
                    }
                }
                _ => self.note_change(event, rank),
            }
        }
    }

    fn change(&mut self, object: ObjectId, change: Change) {
        self.changes[object.index()].push(change);
    }

    fn note_change(&mut self, event: &Event, rank: u32) {
        let object = event.operation.object;
        if self.waiters.get(object.index()).is_none_or(Option::is_none) {
            return;
        }
        let depth = &mut self.depths[object.index()];
        let (taken, done) = (event.reply == Reply::Answer(true), event.reply == Reply::Done);
        let (holder, permits) = match event.operation.action {
            Action::MutexAcquire | Action::MutexTry if taken => {
                *depth += 1;
                (Some(event.task), 0)
            }
            Action::MutexRelease if done => {
                *depth = depth.saturating_sub(1);
                if *depth > 0 {
                    return;
                }
                (None, 0)
            }
            Action::SemaphoreAcquire | Action::SemaphoreTry if taken => (None, -1),
            Action::SemaphoreRelease(permits) if done => (None, i64::from(permits)),
            action if model::role(action).is_some() => (None, 0),
            _ => return,
        };
        self.change(object, Change { rank, holder, permits });
    }

    /// Whether all events have happened.
    pub(super) fn is_end(&self, cut: &[u32]) -> bool {
        self.ranks.iter().zip(cut).all(|(ranks, done)| ranks.len() == *done as usize)
    }

    /// The task's next event, if it has one that needs no other's before it.
    pub(super) fn ready(&self, order: &HappensBefore, task: TaskId, cut: &[u32]) -> Option<u32> {
        let own = task.index();
        let rank = *self.ranks[own].get(cut[own] as usize)?;
        let mut clock = order.clock(rank as usize).iter().zip(cut).enumerate();
        let ready = |(other, (needed, done)): (usize, (&u32, &u32))| other == own || done >= needed;
        clock.all(ready).then_some(rank)
    }

    /// Whether it may be of use to let others run before this event, which could happen: it could let a
    /// task that waits go on, or the task gives way at it.
    pub(super) fn may_stop_before(&self, execution: &Execution, rank: u32) -> bool {
        let ranked = execution.ranked.all[rank as usize];
        let operation = execution.trace.events[ranked.event as usize].operation;
        let others_wait = |object: ObjectId| {
            self.waiters
                .get(object.index())
                .copied()
                .flatten()
                .is_some_and(|(task, more)| more || task != ranked.task)
        };
        match operation.action {
            action if gives_way(action) => true,
            _ if ranked.alternative == Alternative::Expire => true,
            Action::TaskExit => self.joins,
            Action::ConditionWait(mutex) => others_wait(mutex),
            Action::MutexAcquire
            | Action::MutexTry
            | Action::MutexLocked
            | Action::SemaphoreAcquire
            | Action::SemaphoreTry
            | Action::SemaphoreValue
            | Action::ConditionResume(_)
            | Action::EventWait
            | Action::EventResume
            | Action::EventIsSet
            | Action::EventClear
            | Action::RwLock(RwLockAction::ReadAcquire | RwLockAction::WriteAcquire) => false,
            action if model::role(action) == Some(Role::Look) => false,
            _ => others_wait(operation.object),
        }
    }

    /// Whether the task could go on after these events and would not give way. If it has come to its
    /// end, or has not begun, it could not.
    pub(super) fn goes_on(
        &self,
        execution: &Execution,
        order: &HappensBefore,
        task: TaskId,
        cut: &[u32],
    ) -> bool {
        let own = &self.ranks[task.index()];
        let done = cut[task.index()] as usize;
        let (operation, expired, enabler) = match own.get(done) {
            Some(rank) => {
                let ranked = execution.ranked.all[*rank as usize];
                let event = &execution.trace.events[ranked.event as usize];
                (event.operation, ranked.alternative == Alternative::Expire, ranked.enabler)
            }
            None => {
                let pending = execution.blocked.iter().find(|step| step.task == task);
                let Some(step) = pending else { return false };
                (step.operation, true, execution.task(task).and_then(|task| task.enabler))
            }
        };
        if gives_way(operation.action) {
            return false;
        }
        let ran_out = || {
            let last = done.checked_sub(1).and_then(|last| own.get(last));
            last.is_some_and(|rank| {
                let ranked = execution.ranked.all[*rank as usize];
                let before = execution.trace.events[ranked.event as usize].operation;
                ranked.alternative == Alternative::Expire
                    && matches!(before.action, Action::ConditionResume(_))
            })
        };
        let woken = || match enabler {
            Some(rank) => self.has_happened(rank, cut),
            None => !expired,
        };
        match operation.action {
            Action::MutexAcquire => self.is_free(execution, operation.object, task, cut),
            Action::SemaphoreAcquire => self.has_permits(execution, operation.object, cut),
            Action::ConditionResume(mutex) => {
                (woken() || ran_out()) && self.is_free(execution, mutex, task, cut)
            }
            Action::EventResume => woken(),
            Action::TaskJoin(other) => execution
                .task(other)
                .and_then(|other| other.exit)
                .is_some_and(|exit| self.has_happened(exit, cut)),
            Action::TaskJoinAll => self.others_have_ended(execution, task, cut),
            action if model::role(action) == Some(Role::Resume) => woken(),
            action if model::role(action) == Some(Role::Wait) => {
                self.is_enabled(execution, order, task, &operation, cut)
            }
            _ => true,
        }
    }

    fn has_happened(&self, rank: u32, cut: &[u32]) -> bool {
        let rank = rank as usize;
        self.numbers.get(rank).is_some_and(|number| cut[self.owners[rank].index()] >= *number)
    }

    fn is_free(&self, execution: &Execution, mutex: ObjectId, task: TaskId, cut: &[u32]) -> bool {
        let Some(changes) = self.changes.get(mutex.index()) else { return true };
        // They are ordered, so those that have happened come first.
        let happened = changes.partition_point(|change| self.has_happened(change.rank, cut));
        let last = happened.checked_sub(1).and_then(|last| changes.get(last));
        let holder = last.and_then(|change| change.holder);
        let reentrant =
            || execution.objects().mutex(mutex).is_some_and(|mutex| mutex.is_reentrant());
        holder.is_none_or(|holder| holder == task && reentrant())
    }

    fn has_permits(&self, execution: &Execution, semaphore: ObjectId, cut: &[u32]) -> bool {
        let ObjectState::Semaphore(state) = execution.objects().get(semaphore) else {
            return true;
        };
        let changes = self.changes.get(semaphore.index()).map_or(&[][..], Vec::as_slice);
        let later = changes.iter().filter(|change| !self.has_happened(change.rank, cut));
        let permits = later.fold(i64::from(state.permits()), |sum, change| sum - change.permits);
        permits > 0
    }

    fn others_have_ended(&self, execution: &Execution, task: TaskId, cut: &[u32]) -> bool {
        (0..self.tasks as u32).map(TaskId).filter(|other| *other != task).all(|other| {
            let Some(state) = execution.task(other) else { return true };
            let started = other == TaskId::MAIN
                || self.starts[other.index()].is_some_and(|start| self.has_happened(start, cut));
            let ended = || state.exit.is_some_and(|exit| self.has_happened(exit, cut));
            state.daemon || !started || ended()
        })
    }

    /// Whether the operation, whose object has a model, could be executed: by doing to a new object
    /// what has happened to it.
    fn is_enabled(
        &self,
        execution: &Execution,
        order: &HappensBefore,
        task: TaskId,
        operation: &Operation,
        cut: &[u32],
    ) -> bool {
        let mut objects = Objects::default();
        let object = objects.add(execution.objects().kind(operation.object), 0);
        let changes = self.changes.get(operation.object.index()).map_or(&[][..], Vec::as_slice);
        for change in changes.iter().filter(|change| self.has_happened(change.rank, cut)) {
            let index = order.events[change.rank as usize] as usize;
            let event = execution.trace.events[index];
            let earlier = Operation { object, ..event.operation };
            let mut wake = |_| ();
            if execution.ranked.all[change.rank as usize].alternative == Alternative::Expire {
                model::expire(&mut objects, event.task, &earlier, &mut wake);
            } else {
                model::execute(&mut objects, event.task, &earlier, &mut wake);
            }
        }
        model::is_enabled(&objects, task, &Operation { object, ..*operation })
    }
}

fn reset<T>(lists: &mut Vec<Vec<T>>, length: usize) {
    lists.iter_mut().for_each(Vec::clear);
    if lists.len() < length {
        lists.resize_with(length, Vec::new);
    }
}
