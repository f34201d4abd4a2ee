//! One execution: tasks, their announced operations, and what has happened so far.
//!
//! The front-end calls [`announce`](Execution::announce) for each operation of the task that runs, and
//! does what the [`Directive`] says. A task that starts runs up to its first scheduling point when
//! somebody next has to choose; there is no choice at its start.

mod activities;
mod deciding;
mod effects;
mod enabled;
mod history;
pub mod loops;
mod passes;
pub mod ranked;
mod ready;
mod spins;
pub mod task;

use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Misuse, Nanoseconds, Operation, Reply};
use everyway_protocol::schedule::Alternative;
use everyway_protocol::trace::{Event, Trace};

use crate::clock::ClockMode;
use crate::dependence::Step;
use crate::digest::Digest;
use crate::points::Points;
use crate::primitives::{ObjectKind, Objects};
use crate::strategies::Strategy;
pub(crate) use enabled::is_sleep;
use history::History;
use loops::Loops;
pub(crate) use loops::is_pass;
use ranked::RankedEvents;
use ready::Ready;
pub(crate) use ready::tasks_in;
use task::{Task, TaskState};

/// What the front-end does next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Directive {
    /// The task that announced goes on, with this reply.
    Continue(Reply),
    /// This task goes on; if it had announced something, with [`Execution::reply`].
    Switch(TaskId),
    /// The execution is over: tear it down.
    End(Ending),
}

/// How an execution ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    /// Main and all non-daemon tasks ended.
    Complete,
    /// Nothing can go on, and a task that must end has not.
    Stuck,
    /// All that can go on sleeps: its class was visited before.
    Redundant,
    /// It became longer than the bound on events.
    Bound,
    /// It did not do what its schedule says, at the operation of this number.
    Diverged,
    /// The front-end ended it.
    Stopped,
}

/// Settings that hold for all executions of a check.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How time passes.
    pub clock: ClockMode,
    /// Whether the order of prints of different tasks is part of the result.
    pub output_order: bool,
    /// After how many events an execution is cut.
    pub event_bound: usize,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings { clock: ClockMode::Legal, output_order: false, event_bound: 4_000_000 }
    }
}

/// After so many rounds of loops without a wait a task lets others go on, so that one that waits for
/// a change by going round and round does not keep them from making it (Musuvathi & Qadeer, PLDI 2008).
const ROUNDS_ON_END: u32 = 1_000;

/// After so many such moments an execution is cut: it goes round and round.
const YIELD_BOUND: u32 = 1_000;

/// After so many passes of loops an execution is cut.
const PASS_BOUND: u32 = 50_000;

/// A task that waits for a mutex whose holder waits in turn, and so on round to itself.
pub type Circle = Vec<TaskId>;

/// What a task would have done next when another one ended it.
#[derive(Clone, Copy, Debug)]
pub struct Killed {
    /// The step.
    pub step: Step,
    /// The rank of the event that ended it.
    pub rank: u32,
    /// Whether it could have been executed then.
    pub was_enabled: bool,
}

/// The state of the execution that is running.
#[derive(Debug)]
pub struct Execution {
    settings: Settings,
    /// What happened.
    pub trace: Trace,
    /// Its events that can order tasks.
    pub ranked: RankedEvents,
    /// Indices into the trace's events at which virtual time moved on (only where deadlines order).
    pub epochs: Vec<u32>,
    /// Circles of waiting tasks that came into being.
    pub circles: Vec<Circle>,
    /// Operations that waited when the execution ended.
    pub blocked: Vec<Step>,
    /// The waits of loops' activities whose time ran out.
    pub ran_out: Vec<SiteId>,
    /// What tasks that were ended by others would have done next.
    pub killed: Vec<Killed>,
    /// Whether a task was ended by another, in this execution or an earlier one.
    pub has_kill: bool,
    /// A loop that saw a change which nobody announced.
    pub unseen: Option<SiteId>,
    /// Whether some wait has had a time limit, in this execution or an earlier one.
    pub has_timed_wait: bool,
    yields: u32,
    passes: u32,
    objects: Objects,
    tasks: Vec<Task>,
    current: TaskId,
    now: Nanoseconds,
    /// The tasks that have been started and not run up to their first point, oldest first.
    starting: VecDeque<TaskId>,
    /// The list of choices, if one was made.
    choices: Vec<Step>,
    ready: Ready,
    run: u64,
    identity: Arc<()>,
    ending: Option<Ending>,
    loops: Loops,
    history: History,
    digest: Option<Digest>,
    output: ObjectId,
}

impl Execution {
    /// An execution that has not begun.
    #[must_use]
    pub fn new(settings: Settings) -> Execution {
        Execution {
            settings,
            trace: Trace::default(),
            ranked: RankedEvents::default(),
            epochs: Vec::new(),
            circles: Vec::new(),
            blocked: Vec::new(),
            ran_out: Vec::new(),
            killed: Vec::new(),
            has_kill: false,
            unseen: None,
            has_timed_wait: false,
            yields: 0,
            passes: 0,
            objects: Objects::default(),
            tasks: Vec::new(),
            current: TaskId::MAIN,
            now: 0,
            starting: VecDeque::new(),
            choices: Vec::new(),
            ready: Ready::default(),
            run: 0,
            identity: Arc::default(),
            ending: None,
            loops: Loops::new(settings.clock),
            history: History::default(),
            digest: None,
            output: ObjectId::NONE,
        }
    }

    /// Begins anew: main is the only task, and it runs.
    pub fn begin(&mut self) {
        self.trace.clear();
        self.run += 1;
        self.ranked.begin(self.settings.clock);
        self.epochs.clear();
        self.circles.clear();
        self.blocked.clear();
        self.ran_out.clear();
        self.killed.clear();
        self.unseen = None;
        self.yields = 0;
        self.passes = 0;
        self.objects.clear();
        self.loops.begin();
        self.history.begin();
        self.digest = None;
        self.tasks.clear();
        self.starting.clear();
        self.choices.clear();
        self.ready.clear();
        self.ready.unfinished = 1;
        self.ending = None;
        self.now = 0;
        self.current = TaskId::MAIN;
        let mut main = Task::new(TaskId::MAIN, 1, false);
        main.state = TaskState::Running;
        self.tasks.push(main);
        self.output = if self.settings.output_order {
            self.objects.add(ObjectKind::Cell, 2)
        } else {
            ObjectId::NONE
        };
    }

    /// Lets time pass in another way from the next execution on.
    pub fn set_clock(&mut self, clock: ClockMode) {
        self.settings.clock = clock;
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The task that runs.
    #[must_use]
    pub fn current(&self) -> TaskId {
        self.current
    }

    /// How many tasks there have been.
    #[must_use]
    pub fn task_count(&self) -> usize {
        self.tasks.len()
    }

    /// The task of this id.
    #[must_use]
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.get(id.index())
    }

    /// The task of this path.
    #[must_use]
    pub fn task_of_path(&self, path: u64) -> Option<TaskId> {
        let index = self.tasks.iter().position(|task| task.path == path)?;
        Some(TaskId(index as u32))
    }

    /// Whether some task has been started and has not run up to its first point.
    #[must_use]
    pub fn has_started_tasks(&self) -> bool {
        !self.starting.is_empty()
    }

    /// The steps that can be chosen now; empty where the strategy
    /// [needs no list](Strategy::needs_choices) of them.
    #[must_use]
    pub fn choices(&self) -> &[Step] {
        &self.choices
    }

    /// What tells whether all that can follow was explored elsewhere, if the strategy wants it.
    #[must_use]
    pub fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// The objects.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// How it ended, once it has.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        self.ending
    }

    /// The object that prints are about: none unless their order counts.
    #[must_use]
    pub fn output(&self) -> ObjectId {
        self.output
    }

    /// The answer to what the task announced last.
    #[must_use]
    pub fn reply(&self, task: TaskId) -> Reply {
        self.tasks.get(task.index()).map_or(Reply::Done, |task| task.reply)
    }

    /// The answer of the last operation that the task executed.
    #[must_use]
    pub fn reply_of_last(&self, task: TaskId) -> Reply {
        self.trace
            .events
            .iter()
            .rev()
            .find(|event| event.task == task)
            .map_or(Reply::Done, |event| event.reply)
    }

    /// Adds an object that the running task creates.
    pub fn new_object(&mut self, kind: ObjectKind) -> ObjectId {
        if let ObjectKind::File(path) = kind
            && let Some(file) = self.objects.file(path)
        {
            return file;
        }
        let key = match kind {
            ObjectKind::File(path) => path,
            // A cell's key is never asked for: its sites are what is learned.
            ObjectKind::Cell => 0,
            _ => self.tasks.get_mut(self.current.index()).map_or(0, Task::next_object_key),
        };
        self.objects.add(kind, key)
    }

    /// Adds a task that the running task is about to start.
    pub fn new_task(&mut self, daemon: bool) -> TaskId {
        let id = TaskId(u32::try_from(self.tasks.len()).unwrap_or(u32::MAX));
        let path = self.tasks.get_mut(self.current.index()).map_or(0, Task::next_child_path);
        self.tasks.push(Task::new(id, path, daemon));
        id
    }

    /// How many executions there have been, with this one.
    #[must_use]
    pub fn run(&self) -> u64 {
        self.run
    }

    /// What no other execution has: its runs belong together.
    pub(crate) fn identity(&self) -> &Arc<()> {
        &self.identity
    }

    /// Ends the execution at the front-end's wish.
    pub fn stop(&mut self) {
        self.ending = Some(Ending::Stopped);
    }

    /// Ends the execution because something in it went on too long.
    pub fn cut(&mut self) {
        self.end(Ending::Bound);
    }

    /// The running task will do this next.
    pub fn announce(
        &mut self,
        operation: Operation,
        points: &Points,
        strategy: &mut dyn Strategy,
    ) -> Directive {
        if let Some(ending) = self.ending {
            return Directive::End(ending);
        }
        if self.trace.events.len() >= self.settings.event_bound {
            return self.end(Ending::Bound);
        }
        let task = self.current;
        if self.tasks[task.index()].state == TaskState::Finished {
            return Directive::Continue(Reply::Misuse(Misuse::TaskEnded));
        }
        if is_pass(operation.action) {
            self.drive(operation.object);
            if self.passes >= PASS_BOUND {
                return self.end(Ending::Bound);
            }
        }
        self.has_timed_wait |= operation.timeout.is_some() && !is_sleep(operation.action);
        self.has_kill |= matches!(operation.action, Action::TaskKill(_));
        if !self.is_point(&operation, points) {
            let step = Step { task, alternative: Alternative::Execute, operation };
            if self.is_enabled(&step) && !strategy.interrupts(self) {
                return self.go_on(&step, false);
            }
        }
        self.tasks[task.index()].announce(operation, self.now);
        self.tasks[task.index()].rounds_on_end = 0;
        self.admit(task, &operation);
        self.note_circle(task, operation.action);
        self.decide(strategy)
    }

    /// Executes an access of the running task at once if it is no point. If not, it has to be announced.
    #[inline]
    pub fn access(
        &mut self,
        operation: Operation,
        points: &Points,
        strategy: &mut dyn Strategy,
    ) -> bool {
        if self.ending.is_some()
            || self.trace.events.len() >= self.settings.event_bound
            || self.is_point(&operation, points)
            || strategy.interrupts(self)
        {
            return false;
        }
        let task = &mut self.tasks[self.current.index()];
        task.operations += 1;
        task.deadline = None;
        if !matches!(operation.action, Action::Read(_)) {
            task.note_write();
        }
        let (reply, unit) = (Reply::Done, task.unit);
        let event = Event { task: self.current, unit, operation, reply, point: false };
        self.trace.events.push(event);
        true
    }

    /// The running task is at the head of a round of a loop; if the loop is passive, it waits until
    /// something that the last round read has changed.
    pub fn round(
        &mut self,
        site: SiteId,
        passive: bool,
        points: &Points,
        strategy: &mut dyn Strategy,
    ) -> Directive {
        let events = self.trace.events.len();
        // What others do meanwhile they do in this task: it can't wait for them here.
        if passive && self.actor() != self.current {
            self.go_round(site);
        }
        let task = &mut self.tasks[self.current.index()];
        let passive = passive && task.unit == self.current;
        if !task.begin_round(site, events) || !passive {
            task.restart_round(site, events);
            task.rounds_on_end += 1;
            if task.rounds_on_end <= ROUNDS_ON_END {
                return Directive::Continue(Reply::Done);
            }
            task.rounds_on_end = 0;
            self.yields += 1;
            if self.yields > YIELD_BOUND {
                return self.end(Ending::Bound);
            }
            let operation = Operation::new(Action::Yield, ObjectId::NONE, site);
            return self.announce(operation, points, strategy);
        }
        self.announce(Operation::new(Action::Await, ObjectId::NONE, site), points, strategy)
    }

    /// The running task enters a loop anew.
    pub fn enter_loop(&mut self, site: SiteId) {
        self.tasks[self.current.index()].forget_round(site);
    }
}

/// Whether the action touches a cell.
pub(crate) fn is_access(action: Action) -> bool {
    matches!(action, Action::Read(_) | Action::Write(_) | Action::Add(_) | Action::Update(_))
}
