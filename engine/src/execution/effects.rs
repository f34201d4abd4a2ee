//! What an operation changes, and what it answers.

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::{Action, Misuse, Operation, Reply};
use everyway_protocol::schedule::Alternative;

use super::Execution;
use super::Killed;
use super::enabled::is_sleep;
use super::loops::is_pass;
use super::ready::is_always_enabled;
use super::task::{Look, Task, TaskState};
use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::primitives::model::{self, Role};
use crate::primitives::{ObjectState, atomic};

impl Execution {
    /// Executes a step and records the event.
    pub(super) fn execute(&mut self, step: &Step, point: bool) -> Reply {
        if is_pass(step.operation.action) {
            self.list_passes(step.operation.object);
        }
        self.rank(step, point);
        let reply = match step.alternative {
            Alternative::Execute => self.effect(step.task, &step.operation),
            Alternative::Expire => self.expire(step.task, &step.operation),
            Alternative::Pick(number) if is_pass(step.operation.action) => {
                self.take_pass(step, number)
            }
            Alternative::Pick(value) => Reply::Value(u64::from(value)),
        };
        let task = &mut self.tasks[step.task.index()];
        task.operations += 1;
        task.deadline = None;
        if reply != Reply::Answer(false) && is_lasting_change(step.operation.action) {
            task.note_write();
        }
        let reply = match step.operation.action {
            Action::Await => self.note_look(step),
            _ => reply,
        };
        self.record(step, reply, point);
        if step.operation.action == Action::Await {
            let events = self.trace.events.len();
            self.tasks[step.task.index()].restart_round(step.operation.site, events);
        }
        reply
    }

    /// A task that waited for a change goes on: because of one, or to look once more.
    /// The answer says whether something had changed.
    fn note_look(&mut self, step: &Step) -> Reply {
        let task = &mut self.tasks[step.task.index()];
        if task.look == Look::Allowed {
            task.look = Look::Taken;
            self.unseen = Some(step.operation.site);
            Reply::Answer(false)
        } else {
            task.look = Look::None;
            Reply::Answer(true)
        }
    }

    fn effect(&mut self, task: TaskId, operation: &Operation) -> Reply {
        let object = operation.object;
        if let ObjectState::Awaitable(_) = self.objects.get(object) {
            return self.note_on_awaitable(task, operation);
        }
        match operation.action {
            Action::MutexAcquire | Action::MutexTry => {
                let taken =
                    self.objects.mutex_mut(object).is_some_and(|mutex| mutex.try_acquire(task));
                Reply::Answer(taken)
            }
            Action::MutexRelease => match self.objects.mutex_mut(object) {
                Some(mutex) => misuse_or_done(mutex.release(task)),
                None => Reply::Misuse(Misuse::ReleaseOfFreeMutex),
            },
            Action::MutexLocked => Reply::Answer(self.objects.holder(object).is_some()),
            Action::SemaphoreAcquire | Action::SemaphoreTry => {
                let taken = self
                    .objects
                    .semaphore_mut(object)
                    .is_some_and(|semaphore| semaphore.try_acquire());
                Reply::Answer(taken)
            }
            Action::SemaphoreRelease(permits) => match self.objects.semaphore_mut(object) {
                Some(semaphore) => misuse_or_done(semaphore.release(permits)),
                None => Reply::Misuse(Misuse::TooManyPermits),
            },
            Action::SemaphoreValue => match self.objects.get(object) {
                ObjectState::Semaphore(semaphore) => Reply::Value(u64::from(semaphore.permits())),
                _ => Reply::Value(0),
            },
            Action::ConditionWait(mutex) => self.condition_wait(task, operation, mutex),
            Action::ConditionResume(mutex) => self.condition_resume(task, operation, mutex),
            Action::ConditionNotify(count) => {
                let rank = self.last_rank();
                if let Some(condition) = self.objects.condition_mut(object) {
                    for waiter in condition.notify(count) {
                        self.tasks[waiter.index()].enabler = rank;
                    }
                }
                Reply::Done
            }
            Action::EventWait
            | Action::EventResume
            | Action::EventSet
            | Action::EventClear
            | Action::EventIsSet => self.event_effect(task, operation),
            Action::Sleep | Action::ClockRead => self.clock_effect(task, operation),
            Action::TaskStart(_)
            | Action::TaskExit
            | Action::TaskKill(_)
            | Action::TaskJoin(_)
            | Action::TaskIsAlive(_)
            | Action::TaskEnumerate
            | Action::TaskJoinAll => self.task_effect(task, operation),
            Action::AtomicLoad
            | Action::AtomicStore(_)
            | Action::AtomicAdd(_)
            | Action::AtomicSwap(_)
            | Action::AtomicCompareExchange(..) => match self.objects.atomic_mut(object) {
                Some(value) => {
                    let before = *value;
                    *value = atomic::after(operation.action, before);
                    Reply::Value(before)
                }
                None => Reply::Done,
            },
            Action::RwLock(_)
            | Action::Barrier(_)
            | Action::Queue(_)
            | Action::Future(_)
            | Action::Park(_)
            | Action::Once(_)
            | Action::Timer(_)
            | Action::Mailbox(_)
            | Action::File(_) => self.model_effect(task, operation),
            Action::Loop(_) => self.loop_effect(operation),
            // Every value is an alternative of its own; without a search it is the first.
            Action::Choose(_) => Reply::Value(0),
            Action::Read(_)
            | Action::Write(_)
            | Action::Add(_)
            | Action::Update(_)
            | Action::ProgramEnd
            | Action::Print(_)
            | Action::Await
            | Action::Yield => Reply::Done,
        }
    }

    /// The rank of the event that is being executed.
    fn last_rank(&self) -> Option<u32> {
        u32::try_from(self.ranked.len()).ok()?.checked_sub(1)
    }

    fn model_effect(&mut self, task: TaskId, operation: &Operation) -> Reply {
        let rank = self.last_rank();
        let tasks = &mut self.tasks;
        let mut wake = |waiter: TaskId| tasks[waiter.index()].enabler = rank;
        let reply = model::execute(&mut self.objects, task, operation, &mut wake);
        if is_sleep(operation.action) && reply == Reply::Answer(true) {
            self.clock_effect(task, operation);
        }
        reply
    }

    fn condition_wait(&mut self, task: TaskId, operation: &Operation, mutex: ObjectId) -> Reply {
        let depth = match self.objects.mutex_mut(mutex) {
            // As CPython's `Condition._is_owned`: a plain mutex may be anybody's.
            Some(mutex)
                if mutex.holder().is_some()
                    && (!mutex.is_reentrant() || mutex.holder() == Some(task)) =>
            {
                mutex.release_all()
            }
            _ => return Reply::Misuse(Misuse::MutexNotHeld),
        };
        self.tasks[task.index()].depth = depth;
        if let Some(condition) = self.objects.condition_mut(operation.object) {
            condition.wait(task);
        }
        Reply::Done
    }

    fn condition_resume(&mut self, task: TaskId, operation: &Operation, mutex: ObjectId) -> Reply {
        let depth = self.tasks[task.index()].depth;
        if let Some(mutex) = self.objects.mutex_mut(mutex) {
            mutex.acquire_again(task, depth);
        }
        let Some(condition) = self.objects.condition_mut(operation.object) else {
            return Reply::Answer(true);
        };
        let expired = self.tasks[task.index()].expired;
        self.tasks[task.index()].expired = false;
        condition.leave(task);
        Reply::Answer(!expired)
    }

    fn event_effect(&mut self, task: TaskId, operation: &Operation) -> Reply {
        let rank = self.last_rank();
        let Some(event) = self.objects.event_mut(operation.object) else { return Reply::Done };
        match operation.action {
            Action::EventWait => Reply::Answer(event.wait(task)),
            Action::EventResume => Reply::Answer(true),
            Action::EventSet => {
                for waiter in event.set() {
                    self.tasks[waiter.index()].enabler = rank;
                }
                Reply::Done
            }
            Action::EventClear => {
                event.clear();
                Reply::Done
            }
            _ => Reply::Answer(event.is_set()),
        }
    }

    fn task_effect(&mut self, task: TaskId, operation: &Operation) -> Reply {
        match operation.action {
            Action::TaskStart(child) => {
                let clock = self.tasks[task.index()].clock;
                match self.tasks.get_mut(child.index()) {
                    Some(child_task) if child_task.state == TaskState::New => {
                        self.ready.unfinished += u32::from(!child_task.daemon);
                        child_task.state = TaskState::Starting;
                        child_task.clock = clock;
                        self.starting.push_back(child);
                        self.ready.insert(child);
                        Reply::Done
                    }
                    _ => Reply::Misuse(Misuse::NoSuchTask),
                }
            }
            Action::TaskExit => {
                let rank = self.last_rank();
                let task = &mut self.tasks[task.index()];
                task.exit = rank;
                task.state = TaskState::Finished;
                let counts = u32::from(!task.daemon);
                self.ready.unfinished = self.ready.unfinished.saturating_sub(counts);
                Reply::Done
            }
            Action::TaskJoin(other) if other.index() >= self.tasks.len() => {
                Reply::Misuse(Misuse::NoSuchTask)
            }
            Action::TaskKill(other) => Reply::Answer(other != task && self.kill(other)),
            Action::TaskJoin(other) => {
                self.catch_up(task, other);
                Reply::Answer(true)
            }
            Action::TaskJoinAll => {
                for other in 0..self.tasks.len() {
                    self.catch_up(task, TaskId(other as u32));
                }
                Reply::Done
            }
            Action::TaskIsAlive(other) => {
                Reply::Answer(self.tasks.get(other.index()).is_some_and(|other| {
                    !matches!(other.state, TaskState::New | TaskState::Finished)
                }))
            }
            _ => Reply::Done,
        }
    }

    /// Ends a task that waits to go on. What it holds stays held.
    fn kill(&mut self, victim: TaskId) -> bool {
        let rank = self.last_rank();
        let Some(task) = self.tasks.get_mut(victim.index()) else { return false };
        if !matches!(task.state, TaskState::Announced(_) | TaskState::Starting) {
            return false;
        }
        let state = core::mem::replace(&mut task.state, TaskState::Finished);
        task.exit = rank;
        let counts = u32::from(!task.daemon);
        self.ready.unfinished = self.ready.unfinished.saturating_sub(counts);
        self.starting.retain(|other| *other != victim);
        self.ready.remove(victim);
        if let TaskState::Announced(operation) = state {
            self.withdraw(victim, &operation);
            let step = Step { task: victim, alternative: Alternative::Execute, operation };
            let was_enabled = self.is_enabled(&step);
            self.killed.push(Killed { step, rank: rank.unwrap_or(0), was_enabled });
            if let Some(condition) = self.objects.condition_mut(operation.object) {
                condition.leave(victim);
            }
            if let Some(event) = self.objects.event_mut(operation.object) {
                event.leave(victim);
            }
        }
        true
    }

    fn catch_up(&mut self, task: TaskId, other: TaskId) {
        let Some(clock) = self.tasks.get(other.index()).map(|other| other.clock) else { return };
        let task = &mut self.tasks[task.index()];
        task.clock = task.clock.max(clock);
    }

    fn clock_effect(&mut self, task: TaskId, operation: &Operation) -> Reply {
        let now = self.now;
        let own = &mut self.tasks[task.index()];
        own.clock = own.clock.max(now);
        if is_sleep(operation.action) {
            if self.settings.clock != ClockMode::Exact {
                own.clock = own.clock.saturating_add(operation.timeout.unwrap_or(0));
                // Readings are monotone over all tasks.
                self.now = self.now.max(own.clock);
            }
            self.loops_slept(task, operation.timeout.unwrap_or(0));
            return Reply::Done;
        }
        Reply::Value(own.clock)
    }

    /// All who wait with a time limit may be as late as the one whose wait ends now.
    pub(super) fn stand_still(&mut self) {
        for other in &mut self.tasks {
            other.expirable |= matches!(other.state, TaskState::Announced(operation)
                if other.deadline.is_some() || is_pass(operation.action));
        }
    }

    /// What the library of a loop does in the name of an activity.
    fn note_on_awaitable(&mut self, task: TaskId, operation: &Operation) -> Reply {
        let unit = self.unit(task);
        if let Some(ObjectState::Awaitable(awaitable)) = self.objects.get_mut(operation.object) {
            awaitable.note(unit, operation.action);
        }
        match operation.action {
            Action::MutexAcquire
            | Action::MutexTry
            | Action::SemaphoreAcquire
            | Action::SemaphoreTry
            | Action::EventWait => Reply::Answer(true),
            _ => Reply::Done,
        }
    }

    /// The time of the task's wait runs out.
    fn expire(&mut self, task: TaskId, operation: &Operation) -> Reply {
        self.stand_still();
        if let Some(deadline) = self.tasks[task.index()].deadline
            && self.settings.clock != ClockMode::Exact
        {
            self.now = self.now.max(deadline);
            self.tasks[task.index()].clock = self.now;
        }
        match operation.action {
            Action::ConditionResume(_) => {
                if let Some(condition) = self.objects.condition_mut(operation.object) {
                    condition.expire(task);
                }
                self.tasks[task.index()].expired = true;
            }
            Action::EventResume => {
                if let Some(event) = self.objects.event_mut(operation.object) {
                    event.leave(task);
                }
            }
            _ => {
                let rank = self.last_rank();
                let tasks = &mut self.tasks;
                let mut wake = |waiter: TaskId| tasks[waiter.index()].enabler = rank;
                model::expire(&mut self.objects, task, operation, &mut wake);
            }
        }
        Reply::Answer(false)
    }

    /// Notes the circle that the task closes by waiting, if it does.
    pub(super) fn note_circle(&mut self, task: TaskId, action: Action) {
        if is_always_enabled(action) && model::role(action).is_none() {
            return;
        }
        let next = |waiter: &TaskId| self.waits_for(*waiter);
        let chain = || core::iter::successors(Some(task), next).take(self.tasks.len() + 1);
        if let Some(length) = chain().skip(1).position(|waiter| waiter == task) {
            let circle = chain().take(length + 1).collect();
            self.circles.push(circle);
        }
    }

    /// Forgets the circles that came open again: any task may give back a mutex that isn't re-entrant.
    pub(super) fn drop_open_circles(&mut self) {
        let mut circles = core::mem::take(&mut self.circles);
        circles.retain(|circle| {
            let next = circle.iter().cycle().skip(1);
            circle.iter().zip(next).all(|(waiter, next)| self.waits_for(*waiter) == Some(*next))
        });
        circles.dedup();
        self.circles = circles;
    }

    /// The task whose step would end the wait of this one, which has no time limit.
    #[must_use]
    pub fn waits_for(&self, task: TaskId) -> Option<TaskId> {
        let operation = match self.tasks.get(task.index())? {
            Task { awaits: Some(operation), .. } => *operation,
            Task { state: TaskState::Announced(operation), .. } => *operation,
            _ => return None,
        };
        if operation.timeout.is_some() {
            return None;
        }
        let holder = match operation.action {
            Action::MutexAcquire => match self.objects.get(operation.object) {
                ObjectState::Awaitable(awaitable) => awaitable.holder()?,
                _ => self.objects.holder(operation.object)?,
            },
            Action::ConditionResume(mutex) => {
                let ObjectState::Condition(condition) = self.objects.get(operation.object) else {
                    return None;
                };
                let awake = condition.is_notified(task) || condition.is_expired(task);
                if !awake {
                    return None;
                }
                self.objects.holder(mutex)?
            }
            Action::TaskJoin(other) if !self.tasks.get(other.index())?.is_finished() => other,
            _ => model::holder(&self.objects, task, &operation)?,
        };
        let free_for_it = holder == task
            && self.objects.mutex(operation.object).is_some_and(|mutex| mutex.is_reentrant());
        (!free_for_it).then_some(holder)
    }
}

fn misuse_or_done(result: Result<(), Misuse>) -> Reply {
    match result {
        Ok(()) => Reply::Done,
        Err(misuse) => Reply::Misuse(misuse),
    }
}

/// Whether the action leaves something behind that others can see. Taking a mutex does not: it is
/// given back.
pub(super) fn is_lasting_change(action: Action) -> bool {
    !matches!(
        action,
        Action::Read(_)
            | Action::MutexAcquire
            | Action::MutexTry
            | Action::MutexRelease
            | Action::MutexLocked
            | Action::SemaphoreValue
            | Action::EventIsSet
            | Action::EventWait
            | Action::EventResume
            | Action::TaskIsAlive(_)
            | Action::TaskEnumerate
            | Action::TaskJoin(_)
            | Action::Sleep
            | Action::Await
            | Action::Yield
            | Action::ConditionWait(_)
            | Action::ConditionResume(_)
            | Action::AtomicLoad
            | Action::Choose(_)
    ) && !matches!(model::role(action), Some(Role::Look | Role::Resume))
        && !is_taken_and_given(action)
}

/// Whether the action takes a readers-writer lock, or gives it back.
fn is_taken_and_given(action: Action) -> bool {
    matches!(action, Action::RwLock(_))
}
