//! Races: conflicting operations of different tasks that synchronisation does not order.
//!
//! Happens-before by synchronisation only (mutexes, semaphores, events, conditions, start and join),
//! after FastTrack (Flanagan & Freund, PLDI 2009) with a full clock for each task. Races on cells are
//! reported as data races; all races tell the search what has to be a scheduling point.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::{Action, Operation, Reply};
use everyway_protocol::trace::Event;

use super::objects::Objects;
use crate::dependence::{Step, conflict};
use crate::execution::{Execution, is_access, is_sleep};
use crate::points::Points;
use crate::primitives::{ObjectState, model};

/// Two accesses that no synchronisation orders.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct DataRace {
    /// The site whose access came first.
    pub first: SiteId,
    /// The other one.
    pub second: SiteId,
}

#[derive(Clone, Copy, Debug)]
struct Last {
    task: TaskId,
    action: Action,
    site: SiteId,
    /// The task's own clock when it did it.
    clock: u32,
    /// Whether it was refused.
    refused: bool,
    /// It was a wait with a time limit, which may run out while somebody has what it waits for.
    timed: bool,
}

/// The detector, with the memory it uses again for each execution.
#[derive(Debug, Default)]
pub struct Races {
    tasks: usize,
    clocks: Vec<u32>,
    released: Vec<Vec<u32>>,
    last: Vec<Vec<Last>>,
    exits: Vec<Vec<u32>>,
    daemons: Vec<bool>,
    /// The permits of each semaphore at the event that is looked at.
    permits: Vec<i64>,
    objects: Objects,
    /// For the rank of each event that ended somebody's wait, what its task knew.
    wakers: Vec<Option<Vec<u32>>>,
    /// The data races seen so far, each once, in order.
    pub data_races: Vec<DataRace>,
}

impl Races {
    /// Forgets the data races seen.
    pub fn clear(&mut self) {
        self.data_races.clear();
    }

    /// Looks through an execution that has ended; what raced becomes a point.
    pub fn look(&mut self, execution: &Execution, points: &mut Points) {
        self.tasks = execution.clock_size();
        if execution.has_timed_loop() {
            points.learn_timed();
        }
        let objects = execution.objects().len();
        reset(&mut self.released, objects);
        reset(&mut self.last, objects);
        reset(&mut self.exits, self.tasks);
        self.daemons.clear();
        let tasks = (0..self.tasks).filter_map(|task| execution.task(TaskId(task as u32)));
        self.daemons.extend(tasks.map(|task| task.daemon));
        self.objects.begin(self.tasks, objects);
        self.permits.clear();
        self.permits.extend((0..objects).map(|object| {
            match execution.objects().get(ObjectId(object as u32)) {
                ObjectState::Semaphore(semaphore) => i64::from(semaphore.first_permits()),
                _ => 0,
            }
        }));
        self.clocks.clear();
        self.clocks.resize(self.tasks * self.tasks, 0);
        for task in 0..self.tasks {
            self.clocks[task * self.tasks + task] = 1;
        }
        self.wakers.clear();
        self.wakers.resize(execution.ranked.len(), None);
        for ranked in &execution.ranked.all {
            if let Some(waker) = ranked.enabler {
                self.wakers[waker as usize] = Some(Vec::new());
            }
        }
        let mut rank = 0;
        // That virtual time moved on between two events is no reason: what waited may have been first
        // to wait.
        for (index, event) in execution.trace.events.iter().enumerate() {
            let ranked = execution.ranked.all.get(rank).filter(|own| own.event as usize == index);
            let refused = matches!(event.reply, Reply::Misuse(_));
            self.race(event.task, &event.operation, refused, execution, points);
            if ranked.is_some() && model::role(event.operation.action).is_some() {
                self.order(execution, rank, points);
            }
            if ranked.is_some() && self.wakers[rank].is_some() {
                self.wakers[rank] = Some(self.clock(event.task).to_vec());
            }
            self.synchronise(event, ranked.and_then(|ranked| ranked.enabler));
            rank += usize::from(ranked.is_some());
        }
        // What a task waits for at the end races with whoever has it.
        let killed = execution.killed.iter().map(|killed| &killed.step);
        for step in execution.blocked.iter().chain(killed) {
            let Step { task, operation, .. } = step;
            self.race(*task, operation, false, execution, points);
            let own = task.index() * self.tasks..(task.index() + 1) * self.tasks;
            self.objects.pending(execution, step, &self.clocks[own], points);
        }
    }

    /// An operation of an object with a model comes after those that it conflicts with.
    fn order(&mut self, execution: &Execution, rank: usize, points: &mut Points) {
        let task = execution.ranked.all[rank].task;
        let own = task.index() * self.tasks..(task.index() + 1) * self.tasks;
        self.objects.order(execution, rank, &mut self.clocks[own], points);
        self.tick(task);
    }

    fn clock(&mut self, task: TaskId) -> &mut [u32] {
        let from = task.index() * self.tasks;
        &mut self.clocks[from..from + self.tasks]
    }

    fn race(
        &mut self,
        task: TaskId,
        operation: &Operation,
        refused: bool,
        execution: &Execution,
        points: &mut Points,
    ) {
        let action = operation.action;
        match action {
            // From now on what its own task adds is a point too.
            Action::Loop(LoopAction::Soon(_)) => {
                points.learn_object(execution.objects().key(operation.object));
            }
            Action::TaskIsAlive(_) | Action::TaskEnumerate => points.learn_lives(),
            Action::TaskKill(_) => points.learn_kills(),
            _ if operation.timeout.is_some() && !is_sleep(action) => points.learn_timed(),
            _ => {}
        }
        if model::role(action).is_some() {
            return;
        }
        self.race_for(task, operation.object, operation, refused, execution, points);
        // A condition's wait also gives back, and its end takes, a mutex.
        let on_mutex = match action {
            Action::ConditionWait(mutex) => Some((mutex, Action::MutexRelease)),
            Action::ConditionResume(mutex) => Some((mutex, Action::MutexAcquire)),
            _ => None,
        };
        if let Some((object, action)) = on_mutex {
            let operation = Operation { action, object, ..*operation };
            self.race_for(task, object, &operation, refused, execution, points);
        }
    }

    fn race_for(
        &mut self,
        task: TaskId,
        object: ObjectId,
        operation: &Operation,
        refused: bool,
        execution: &Execution,
        points: &mut Points,
    ) {
        let (action, site) = (operation.action, operation.site);
        // A wait whose time may run out could have done so before what ended it.
        let timed = operation.timeout.is_some();
        let tasks = self.tasks;
        let Some(last) = self.last.get_mut(object.index()) else { return };
        let own = &self.clocks[task.index() * tasks..(task.index() + 1) * tasks];
        let mut known = None;
        for (index, other) in last.iter().enumerate() {
            if other.task == task {
                if other.action == action && other.refused == refused {
                    known = Some(index);
                }
                continue;
            }
            let permits = self.permits.get(object.index()).copied().unwrap_or(0);
            let bounded = is_bounded(execution, object);
            if other.clock <= own[other.task.index()]
                || !(reversible(other, action, permits, bounded)
                    || timed && conflict(other.action, action))
            {
                continue;
            }
            if is_access(action) {
                points.learn_site(site);
                points.learn_site(other.site);
                let race = DataRace { first: other.site, second: site };
                if let Err(place) = self.data_races.binary_search(&race) {
                    self.data_races.insert(place, race);
                }
            } else {
                let key = execution.objects().key(object);
                points.learn_object(key);
                let taken_and_given = gives(other.action) && (takes_permit(action) || timed);
                let given_back = action == Action::MutexRelease || other.refused;
                let looked = looks(action) || looks(other.action) || timed || other.timed;
                if looked || taken_and_given || given_back {
                    points.learn_observed(key);
                }
            }
        }
        let now = Last { task, action, site, clock: own[task.index()], refused, timed };
        match known {
            Some(index) => last[index] = now,
            None => last.push(now),
        }
    }

    fn synchronise(&mut self, event: &Event, waker: Option<u32>) {
        let (task, object) = (event.task, event.operation.object);
        if let Some(permits) = self.permits.get_mut(object.index()) {
            match (event.operation.action, event.reply) {
                (action, Reply::Answer(true)) if takes_permit(action) => *permits -= 1,
                (Action::SemaphoreRelease(count), Reply::Done) => *permits += i64::from(count),
                _ => {}
            }
        }
        match (event.operation.action, event.reply) {
            (Action::MutexAcquire | Action::MutexTry, Reply::Answer(true))
            | (Action::SemaphoreAcquire | Action::SemaphoreTry, Reply::Answer(true))
            | (Action::EventWait | Action::EventIsSet, Reply::Answer(true)) => {
                self.acquire(task, object);
            }
            (Action::MutexRelease, _) => {
                self.released[object.index()].clear();
                self.release(task, object);
            }
            (Action::EventResume, Reply::Answer(true)) => self.acquire_from(task, waker),
            (Action::SemaphoreRelease(_), _) => self.release(task, object),
            // Setting an event that is set is seen by nobody.
            (Action::EventSet, _) => {
                let was_set = self.permits.get_mut(object.index());
                if was_set.is_some_and(|set| core::mem::replace(set, 1) == 0) {
                    self.released[object.index()].clear();
                    self.release(task, object);
                } else {
                    self.tick(task);
                }
            }
            (Action::EventClear, _) => {
                if let Some(set) = self.permits.get_mut(object.index()) {
                    *set = 0;
                }
            }
            (Action::ConditionNotify(_), _) => self.tick(task),
            (Action::ConditionWait(mutex), _) => {
                if let Some(released) = self.released.get_mut(mutex.index()) {
                    released.clear();
                }
                self.release(task, mutex);
            }
            (Action::ConditionResume(mutex), reply) => {
                self.acquire(task, mutex);
                if reply == Reply::Answer(true) {
                    self.acquire_from(task, waker);
                }
            }
            (Action::TaskStart(child), _) => {
                let parent = self.clock(task).to_vec();
                join(self.clock(child), &parent);
                self.tick(task);
            }
            (Action::TaskExit, _) => self.exits[task.index()] = self.clock(task).to_vec(),
            (Action::TaskKill(other), _) => {
                self.exits[other.index()] = self.clock(other).to_vec();
                let own = self.clock(task).to_vec();
                join(&mut self.exits[other.index()], &own);
                self.tick(task);
            }
            (Action::TaskJoin(other), Reply::Answer(true)) => self.join_exit(task, other),
            (Action::TaskIsAlive(other), Reply::Answer(false)) => self.join_exit(task, other),
            (Action::TaskJoinAll, _) => {
                for other in 0..self.tasks {
                    if !self.daemons[other] {
                        self.join_exit(task, TaskId(other as u32));
                    }
                }
            }
            _ => {}
        }
    }

    fn join_exit(&mut self, task: TaskId, other: TaskId) {
        let Some(exit) = self.exits.get_mut(other.index()) else { return };
        let exit = core::mem::take(exit);
        join(self.clock(task), &exit);
        self.exits[other.index()] = exit;
    }

    fn acquire(&mut self, task: TaskId, object: ObjectId) {
        let Some(released) = self.released.get_mut(object.index()) else { return };
        let released = core::mem::take(released);
        join(self.clock(task), &released);
        self.released[object.index()] = released;
    }

    /// The task acquires from the event that ended its wait.
    fn acquire_from(&mut self, task: TaskId, waker: Option<u32>) {
        let Some(waker) = waker.map(|waker| waker as usize) else { return };
        let Some(known) = self.wakers.get_mut(waker).and_then(Option::take) else { return };
        join(self.clock(task), &known);
        self.wakers[waker] = Some(known);
    }

    fn release(&mut self, task: TaskId, object: ObjectId) {
        let tasks = self.tasks;
        let Some(released) = self.released.get_mut(object.index()) else { return };
        released.resize(tasks, 0);
        join(released, &self.clocks[task.index() * tasks..(task.index() + 1) * tasks]);
        self.tick(task);
    }

    fn tick(&mut self, task: TaskId) {
        let own = task.index();
        self.clock(task)[own] += 1;
    }
}

fn reset<T>(lists: &mut Vec<Vec<T>>, count: usize) {
    for list in lists.iter_mut() {
        list.clear();
    }
    if lists.len() < count {
        lists.resize_with(count, Vec::new);
    }
}

pub(super) fn join(clock: &mut [u32], other: &[u32]) {
    for (own, others) in clock.iter_mut().zip(other) {
        *own = (*own).max(*others);
    }
}

fn looks(action: Action) -> bool {
    matches!(
        action,
        Action::MutexTry | Action::MutexLocked | Action::SemaphoreTry | Action::SemaphoreValue
    )
}

fn is_bounded(execution: &Execution, object: ObjectId) -> bool {
    matches!(execution.objects().get(object), ObjectState::Semaphore(semaphore) if semaphore.is_bounded())
}

fn takes_permit(action: Action) -> bool {
    matches!(action, Action::SemaphoreAcquire | Action::SemaphoreTry)
}

fn gives(action: Action) -> bool {
    matches!(action, Action::MutexRelease | Action::SemaphoreRelease(_))
}

/// Whether two conflicting operations could have come in the other order: a mutex that was waited for
/// could not be had before it was given back, nor a permit unless there was another one.
/// Giving a permit back before another task took one may be too many for a bounded semaphore.
/// Giving back a mutex that another task took could have come before that, and was refused then.
fn reversible(earlier: &Last, later: Action, permits: i64, bounded: bool) -> bool {
    match (earlier.action, later) {
        (Action::SemaphoreAcquire, Action::SemaphoreRelease(_)) => bounded,
        (Action::SemaphoreRelease(count), Action::SemaphoreAcquire) => {
            bounded || permits > i64::from(count)
        }
        (Action::MutexRelease, Action::MutexAcquire) => earlier.refused,
        (Action::MutexAcquire, Action::MutexRelease) => true,
        (earlier, later) => conflict(earlier, later),
    }
}
