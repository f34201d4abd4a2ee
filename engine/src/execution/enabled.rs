//! Which steps can be chosen now.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::{LoopAction, TimerAction};
use everyway_protocol::operation::{Action, Operation};
use everyway_protocol::schedule::Alternative;

use super::Execution;
use super::loops::is_pass;
use super::task::{Look, TaskState};
use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::primitives::ObjectState;
use crate::primitives::model::{self, Role};

impl Execution {
    /// Fills the list of choices: for each announced task its operation if it is enabled, and that
    /// its time runs out if it may. Says whether there is any.
    pub(super) fn collect_choices(&mut self) -> bool {
        self.choices.clear();
        let mut only_sleepers = true;
        for index in 0..self.tasks.len() {
            let task = TaskId(index as u32);
            let operation = match self.tasks[index].state {
                TaskState::Announced(operation) => operation,
                TaskState::Starting => Operation::new(Action::Await, ObjectId::NONE, SiteId::NONE),
                _ => continue,
            };
            let step = Step { task, alternative: Alternative::Execute, operation };
            if self.tasks[index].state == TaskState::Starting || self.is_enabled(&step) {
                if is_pass(operation.action) {
                    only_sleepers &= !self.offer_passes(&step, false);
                    continue;
                }
                only_sleepers &= is_sleep(operation.action);
                if let Action::Choose(count) = operation.action {
                    let values = (0..count.max(1)).map(Alternative::Pick);
                    self.choices.extend(values.map(|alternative| Step { alternative, ..step }));
                } else {
                    self.choices.push(step);
                }
            }
        }
        self.collect_expiries(only_sleepers);
        !self.choices.is_empty()
    }

    /// Whether a choice is about time: some wait's time may run out, or what awaits a change may look
    /// once more because nothing else can go on.
    #[must_use]
    pub fn is_timing_choice(&self) -> bool {
        self.choices.iter().any(|step| {
            step.alternative == Alternative::Expire
                || is_pass(step.operation.action) && self.is_open_pass(step)
                || step.operation.action == Action::Await && self.is_second_look(step.task)
        })
    }

    /// A wait's time may run out when nothing else can go on but sleepers, and from then on: whoever
    /// else waited at that moment may be as late.
    fn collect_expiries(&mut self, only_sleepers: bool) {
        for index in 0..self.tasks.len() {
            let task = &self.tasks[index];
            let TaskState::Announced(operation) = task.state else { continue };
            let late = only_sleepers || task.expirable;
            let step =
                Step { task: TaskId(index as u32), alternative: Alternative::Expire, operation };
            if late && is_pass(operation.action) {
                self.offer_passes(&step, true);
                continue;
            }
            if task.deadline.is_none() || is_sleep(operation.action) {
                continue;
            }
            let due = match self.settings.clock {
                ClockMode::Legal => {
                    (only_sleepers || task.expirable)
                        && !self.is_enabled(&Step { alternative: Alternative::Execute, ..step })
                }
                ClockMode::Exact => task.deadline.is_some_and(|deadline| deadline <= self.now),
                ClockMode::Any => {
                    !self.is_enabled(&Step { alternative: Alternative::Execute, ..step })
                }
            };
            if due && self.may_expire(&step) {
                self.choices.push(step);
            }
        }
    }

    /// A wait that was notified, or has expired and only takes its mutex again, has no time limit
    /// any more.
    fn may_expire(&self, step: &Step) -> bool {
        match (step.operation.action, self.objects.get(step.operation.object)) {
            (Action::ConditionResume(_), ObjectState::Condition(condition)) => {
                !condition.is_notified(step.task) && !condition.is_expired(step.task)
            }
            (Action::EventResume, ObjectState::Event(event)) => !event.is_woken(step.task),
            (action, _) if model::role(action) == Some(Role::Resume) => {
                !model::is_enabled(&self.objects, step.task, &step.operation)
            }
            _ => true,
        }
    }

    /// Moves virtual time on to the next deadline, where deadlines order everything.
    pub(super) fn advance_time(&mut self) -> bool {
        if self.settings.clock != ClockMode::Exact {
            return false;
        }
        let next = self
            .tasks
            .iter()
            .filter(|task| matches!(task.state, TaskState::Announced(_)))
            .filter_map(|task| task.deadline)
            .filter(|deadline| *deadline > self.now)
            .min();
        let passes = self.next_pass();
        let next = next.into_iter().chain(passes).min();
        let Some(next) = next else { return false };
        self.now = next;
        self.epochs.push(u32::try_from(self.trace.events.len()).unwrap_or(u32::MAX));
        true
    }

    /// Whether the step can be executed now.
    #[must_use]
    pub fn is_enabled(&self, step: &Step) -> bool {
        let operation = &step.operation;
        let state = self.objects.get(operation.object);
        match (operation.action, state) {
            (Action::MutexAcquire, ObjectState::Mutex(mutex)) => mutex.is_free_for(step.task),
            (Action::SemaphoreAcquire, ObjectState::Semaphore(semaphore)) => {
                semaphore.permits() > 0 && self.is_first_in_line(step)
            }
            (Action::ConditionResume(mutex), ObjectState::Condition(condition)) => {
                let free =
                    self.objects.mutex(mutex).is_some_and(|mutex| mutex.is_free_for(step.task));
                free && (condition.is_notified(step.task) || condition.is_expired(step.task))
            }
            (Action::EventResume, ObjectState::Event(event)) => event.is_woken(step.task),
            (Action::TaskJoin(task), _) => self.is_finished(task),
            (Action::TaskJoinAll, _) => self.others_finished(step.task),
            (Action::Sleep, _) if self.settings.clock == ClockMode::Exact => self.is_due(step.task),
            (Action::Timer(TimerAction::Fire), ObjectState::Timer(timer))
                if self.settings.clock == ClockMode::Exact =>
            {
                !timer.is_going() || self.is_due(step.task)
            }
            (Action::Loop(LoopAction::Pass), _) => self.is_pass_enabled(operation.object),
            (Action::Await, _) => self.is_second_look(step.task) || self.round_changed(step),
            _ => model::is_enabled(&self.objects, step.task, operation),
        }
    }

    /// Whether the time has come that the task waits for.
    fn is_due(&self, task: TaskId) -> bool {
        let task = &self.tasks[task.index()];
        matches!(task.state, TaskState::Announced(_))
            && task.deadline.is_none_or(|deadline| deadline <= self.now)
    }

    /// Where code takes no time, a task that has waited since an earlier moment comes first.
    fn is_first_in_line(&self, step: &Step) -> bool {
        if self.settings.clock != ClockMode::Exact {
            return true;
        }
        let since = self.tasks[step.task.index()].since;
        let own_is_announced =
            matches!(self.tasks[step.task.index()].state, TaskState::Announced(_));
        // A task that comes at this very moment may be faster than those that wait.
        if !own_is_announced || since == self.now {
            return true;
        }
        !self.tasks.iter().any(|task| {
            matches!(task.state, TaskState::Announced(other)
                if other.action == Action::SemaphoreAcquire && other.object == step.operation.object)
                && task.since < since
        })
    }

    /// Whether nobody has to wait for the task: it has ended, or was never made.
    fn is_finished(&self, task: TaskId) -> bool {
        self.tasks.get(task.index()).is_none_or(|task| task.state == TaskState::Finished)
    }

    fn others_finished(&self, own: TaskId) -> bool {
        let own = self.tasks.get(own.index()).is_some_and(|own| !own.daemon && !own.is_finished());
        self.ready.unfinished == u32::from(own)
    }

    /// Nothing can go on, but some tasks only wait for a change of what their loop reads: each goes
    /// round once more. If one then leaves its loop, it saw a change that nobody announced.
    pub(super) fn second_look(&mut self) -> bool {
        let mut any = false;
        for task in &mut self.tasks {
            if matches!(task.state, TaskState::Announced(operation) if operation.action == Action::Await)
                && task.look == Look::None
            {
                task.look = Look::Allowed;
                any = true;
            }
        }
        any
    }

    /// Whether another task changed something that the task's last round of the loop read.
    fn round_changed(&self, step: &Step) -> bool {
        let Some(first) = self.tasks[step.task.index()].round_start(step.operation.site) else {
            return true;
        };
        let mut reads = Vec::new();
        self.round_reads(step.task, &step.operation, &mut reads);
        // A change may have come at any moment since the round began.
        self.changed_in(step.task, first..self.trace.events.len(), &reads, |_| true)
    }

    /// Whether the task, which waits for a change, may look once more although there was none.
    pub(super) fn is_second_look(&self, task: TaskId) -> bool {
        self.tasks[task.index()].look == Look::Allowed
    }
}

/// Whether the operation's time limit is no limit but the time at which it is done.
pub(crate) fn is_sleep(action: Action) -> bool {
    matches!(action, Action::Sleep | Action::Timer(TimerAction::Fire))
}
