//! Which tasks can go on, kept from one choice to the next.
//!
//! Most of what a task announces is enabled whatever the others do, so it is looked at once. Only those
//! that wait for a state are looked at again before each choice.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::{Action, Operation};
use everyway_protocol::schedule::Alternative;

use super::Execution;
use super::enabled::is_sleep;
use super::loops::is_pass;
use super::task::TaskState;
use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::primitives::model::{self, Role};

/// The tasks that can go on.
#[derive(Debug, Default)]
pub(super) struct Ready {
    /// A bit for each task: it can go on, or could when it was last looked at.
    bits: Vec<u64>,
    /// The tasks whose operations are enabled only in some states.
    waiting: Vec<TaskId>,
    /// How many tasks announced something that makes choices of another kind.
    special: u32,
    /// How many tasks have been started and have not ended, without daemons.
    pub(super) unfinished: u32,
}

impl Ready {
    pub(super) fn clear(&mut self) {
        self.bits.clear();
        self.waiting.clear();
        self.special = 0;
        self.unfinished = 0;
    }

    #[inline]
    pub(super) fn insert(&mut self, task: TaskId) {
        let word = task.index() / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (task.index() % 64);
    }

    #[inline]
    pub(super) fn remove(&mut self, task: TaskId) {
        if let Some(word) = self.bits.get_mut(task.index() / 64) {
            *word &= !(1 << (task.index() % 64));
        }
    }

    #[inline]
    pub(super) fn contains(&self, task: TaskId) -> bool {
        self.bits.get(task.index() / 64).is_some_and(|word| word >> (task.index() % 64) & 1 == 1)
    }

    fn is_empty(&self) -> bool {
        self.bits.iter().all(|word| *word == 0)
    }
}

/// The tasks whose bits are set in these words, by number.
pub(crate) fn tasks_in(words: &[u64]) -> impl Iterator<Item = TaskId> + '_ {
    words.iter().enumerate().flat_map(|(index, word)| {
        let mut left = *word;
        core::iter::from_fn(move || {
            let bit = (left != 0).then(|| left.trailing_zeros())?;
            left &= left - 1;
            Some(TaskId(index as u32 * 64 + bit))
        })
    })
}

/// Whether an operation can be executed whatever the state is, where time orders nothing.
#[inline]
pub(super) fn is_always_enabled(action: Action) -> bool {
    match action {
        Action::MutexAcquire
        | Action::SemaphoreAcquire
        | Action::ConditionResume(_)
        | Action::EventResume
        | Action::TaskJoin(_)
        | Action::TaskJoinAll
        | Action::Loop(LoopAction::Pass)
        | Action::Await => false,
        action => !matches!(model::role(action), Some(Role::Wait | Role::Resume)),
    }
}

/// Whether an announced operation gives several choices, one that depends on all others, or one that
/// is not in its place among them.
#[inline]
fn is_special(operation: &Operation) -> bool {
    matches!(operation.action, Action::Choose(_) | Action::Await | Action::Yield)
        || is_pass(operation.action)
        || operation.timeout.is_some() && !is_sleep(operation.action)
}

impl Execution {
    /// The task has announced this.
    pub(super) fn admit(&mut self, task: TaskId, operation: &Operation) {
        if is_always_enabled(operation.action) {
            self.ready.insert(task);
        } else {
            self.ready.waiting.push(task);
        }
        self.ready.special += u32::from(is_special(operation));
    }

    /// The task, which had announced this, goes on.
    pub(super) fn withdraw(&mut self, task: TaskId, operation: &Operation) {
        self.ready.remove(task);
        if !is_always_enabled(operation.action) {
            let place = self.ready.waiting.iter().rposition(|waiting| *waiting == task);
            place.map(|place| self.ready.waiting.swap_remove(place));
        }
        self.ready.special -= u32::from(is_special(operation));
    }

    /// Whether each choice is that a task which can go on does.
    pub(super) fn has_plain_choices(&self) -> bool {
        self.ready.special == 0 && self.settings.clock != ClockMode::Exact
    }

    /// Looks again at the tasks that wait. Says whether anybody can go on.
    pub(super) fn look_at_waiting(&mut self) -> bool {
        self.choices.clear();
        for index in 0..self.ready.waiting.len() {
            let task = self.ready.waiting[index];
            let enabled = self.step_of(task).is_some_and(|step| self.is_enabled(&step));
            if enabled {
                self.ready.insert(task);
            } else {
                self.ready.remove(task);
            }
        }
        !self.ready.is_empty()
    }

    /// What the task would do next, if it waits for its turn.
    pub(super) fn step_of(&self, task: TaskId) -> Option<Step> {
        let operation = match self.tasks.get(task.index())?.state {
            TaskState::Announced(operation) => operation,
            TaskState::Starting => Operation::new(Action::Await, ObjectId::NONE, SiteId::NONE),
            _ => return None,
        };
        Some(Step { task, alternative: Alternative::Execute, operation })
    }

    /// A bit for each task that can go on, in words, if all choices are of that kind: each such task
    /// executes what it announced.
    #[must_use]
    pub fn ready_tasks(&self) -> Option<&[u64]> {
        self.choices.is_empty().then_some(self.ready.bits.as_slice())
    }

    /// The steps that can be chosen now, as in [`choices`](Execution::choices), but also where no
    /// list of them was made.
    pub fn steps(&self) -> impl Iterator<Item = Step> + '_ {
        let ready = self.ready_tasks().unwrap_or(&[]);
        let plain = tasks_in(ready).filter_map(|task| self.step_of(task));
        self.choices.iter().copied().chain(plain)
    }

    /// The steps of this task among them.
    #[inline]
    pub fn steps_of(&self, task: TaskId) -> impl Iterator<Item = Step> + '_ {
        let plain = self.choices.is_empty() && self.ready.contains(task);
        let plain = if plain { self.step_of(task) } else { None };
        self.choices.iter().copied().filter(move |step| step.task == task).chain(plain)
    }

    /// Whether this step can be chosen now, whoever else could be: nobody need be asked.
    #[must_use]
    pub fn can_execute(&self, step: &Step) -> bool {
        step.alternative != Alternative::Expire
            && self.tasks.get(step.task.index()).is_some_and(|task| {
                matches!(task.state, TaskState::Announced(operation) if operation == step.operation)
            })
            && (is_always_enabled(step.operation.action)
                && self.settings.clock != ClockMode::Exact
                || self.is_enabled(step))
    }
}
