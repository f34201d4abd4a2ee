//! Who goes on, and how an execution ends.

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::FileAction;
use everyway_protocol::operation::{Action, Operation, Reply};
use everyway_protocol::schedule::Alternative;
use everyway_protocol::trace::Event;

use super::enabled::is_sleep;
use super::task::TaskState;
use super::{Directive, Ending, Execution, is_access};
use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::points::Points;
use crate::primitives::ObjectState;
use crate::strategies::{Pick, Strategy};

impl Execution {
    #[inline]
    pub(super) fn is_point(&self, operation: &Operation, points: &Points) -> bool {
        if matches!(self.objects.get(operation.object), ObjectState::Awaitable(_)) {
            return false;
        }
        match operation.action {
            Action::ProgramEnd => self.tasks.iter().any(|task| {
                let state = task.state;
                state != TaskState::Finished && state != TaskState::Running && !task.on_loop
            }),
            action if is_sleep(action) && self.settings.clock == ClockMode::Exact => true,
            // A wait that expires at any moment sees the order of whatever it could wait for.
            action if self.settings.clock == ClockMode::Any && !is_access(action) => true,
            // The program may end before it.
            Action::Write(_)
            | Action::Add(_)
            | Action::Update(_)
            | Action::Print(_)
            | Action::AtomicStore(_)
            | Action::AtomicAdd(_)
            | Action::AtomicSwap(_)
            | Action::AtomicCompareExchange(..)
            | Action::File(FileAction::Write(_) | FileAction::Update(_))
                if self.tasks[self.current.index()].daemon =>
            {
                true
            }
            // The task may be ended before it.
            action
                if points.has_kills()
                    && self.tasks[self.current.index()].daemon
                    && !matches!(action, Action::Read(_)) =>
            {
                true
            }
            action => {
                let bounded = matches!(
                    self.objects.get(operation.object),
                    ObjectState::Semaphore(semaphore) if semaphore.is_bounded()
                );
                let mutex_key = match action {
                    Action::ConditionWait(mutex) => self.objects.key(mutex),
                    _ => 0,
                };
                points.contains(operation, self.objects.key(operation.object), mutex_key, bounded)
            }
        }
    }

    /// Executes a step of the running task.
    pub(super) fn go_on(&mut self, step: &Step, point: bool) -> Directive {
        let reply = self.execute(step, point);
        match step.operation.action {
            Action::ProgramEnd => self.end(Ending::Complete),
            _ => Directive::Continue(reply),
        }
    }

    /// Chooses who goes on, now that the running task has announced something or ended.
    pub(super) fn decide(&mut self, strategy: &mut dyn Strategy) -> Directive {
        if strategy.needs_first_points() && !self.starting.is_empty() {
            return self.start(self.starting[0]);
        }
        if let Some(step) = strategy.repeat(self) {
            return self.resume(&step);
        }
        if !strategy.needs_choices() && self.has_plain_choices() {
            if !self.look_at_waiting() {
                return self.end_without_choice();
            }
        } else if !self.list_choices() {
            return self.end_without_choice();
        }
        self.digest = if strategy.wants_digest(self) { self.digest_at_pass() } else { None };
        let step = match strategy.choose(self) {
            Pick::Step(index) => match self.choices.get(index) {
                Some(step) => *step,
                None => return self.end(Ending::Diverged),
            },
            Pick::This(step) => step,
            Pick::Redundant => return self.end(Ending::Redundant),
            Pick::Diverged => return self.end(Ending::Diverged),
        };
        if self.tasks[step.task.index()].state == TaskState::Starting {
            return self.start(step.task);
        }
        self.resume(&step)
    }

    /// Makes the list of choices, and lets time move on or tasks look again where there is none.
    fn list_choices(&mut self) -> bool {
        loop {
            if self.collect_choices() {
                return true;
            }
            if !self.advance_time() && !self.second_look() {
                return false;
            }
        }
    }

    fn start(&mut self, task: TaskId) -> Directive {
        if self.starting.front() == Some(&task) {
            self.starting.pop_front();
        } else {
            self.starting.retain(|other| *other != task);
        }
        self.ready.remove(task);
        self.tasks[task.index()].state = TaskState::Running;
        self.current = task;
        Directive::Switch(task)
    }

    fn resume(&mut self, step: &Step) -> Directive {
        let announcer = self.current;
        self.current = step.task;
        self.withdraw(step.task, &step.operation);
        let reply = self.execute(step, true);
        if step.operation.action == Action::ProgramEnd {
            return self.end(Ending::Complete);
        }
        let task = &mut self.tasks[step.task.index()];
        task.reply = reply;
        if task.state != TaskState::Finished {
            task.state = TaskState::Running;
        }
        if step.task == announcer {
            Directive::Continue(reply)
        } else {
            Directive::Switch(step.task)
        }
    }

    /// The running task has ended and was told so: another one goes on.
    pub fn after_exit(&mut self, strategy: &mut dyn Strategy) -> Directive {
        match self.ending {
            Some(ending) => Directive::End(ending),
            None => self.decide(strategy),
        }
    }

    fn end_without_choice(&mut self) -> Directive {
        let unfinished =
            self.tasks.iter().any(|task| task.state != TaskState::Finished && !task.daemon);
        self.end(if unfinished { Ending::Stuck } else { Ending::Complete })
    }

    pub(super) fn end(&mut self, ending: Ending) -> Directive {
        self.ending = Some(ending);
        if ending == Ending::Stuck {
            // Whoever looked once more found nothing new.
            self.unseen = None;
            self.note_spinning();
            self.note_awaiting();
        }
        self.drop_open_circles();
        self.blocked.clear();
        for (index, task) in self.tasks.iter().enumerate() {
            if let TaskState::Announced(operation) = task.state {
                let task = TaskId(u32::try_from(index).unwrap_or(u32::MAX));
                self.blocked.push(Step { task, alternative: Alternative::Execute, operation });
            }
        }
        Directive::End(ending)
    }

    pub(super) fn record(&mut self, step: &Step, reply: Reply, point: bool) {
        let (task, unit) = (step.task, self.unit(step.task));
        self.trace.events.push(Event { task, unit, operation: step.operation, reply, point });
    }
}
