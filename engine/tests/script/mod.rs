//! Runs programs whose tasks are lists of operations, so that the engine's objects are tested without
//! any front-end.

#![allow(dead_code)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use everyway_engine::execution::{Directive, Ending, Execution};
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::strategies::{Pick, Strategy};
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::{BarrierAction, RwLockAction};
use everyway_protocol::operation::{Action, Nanoseconds, Operation, Reply};
use everyway_protocol::schedule::Alternative;

/// An operation of a program: what, on the object of this number, with what time limit.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Do {
    pub action: Action,
    pub object: u32,
    pub timeout: Option<Nanoseconds>,
    /// It is left out if the task's last answer was no.
    pub if_taken: bool,
}

/// An operation without a time limit.
pub(crate) fn on(object: u32, action: Action) -> Do {
    Do { action, object, timeout: None, if_taken: false }
}

/// A program: its objects, and what each task does that main starts and joins.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub objects: Vec<ObjectKind>,
    pub tasks: Vec<Vec<Do>>,
    /// Whether a task that has done all it does stays, and does nothing.
    pub idle: bool,
}

/// What one task has done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Progress {
    /// How many of its operations it has begun.
    pub next: usize,
    /// What they answered.
    pub replies: Vec<Reply>,
    /// Which operation each of the answers is of, from 1.
    pub of: Vec<usize>,
    /// The second half of an operation that waits.
    pub forced: Option<Do>,
}

/// What one execution left.
#[derive(Clone, Debug)]
pub(crate) struct Left {
    pub ending: Ending,
    pub tasks: Vec<Progress>,
    /// The last task that wrote each object that is a cell.
    pub cells: Vec<u64>,
}

/// What a task does next because of what its last operation answered.
fn second_half(kinds: &[ObjectKind], done: Do, reply: Reply) -> Option<Do> {
    let then = |action| Some(Do { action, ..done });
    match (done.action, reply) {
        (
            Action::RwLock(RwLockAction::ReadQueue | RwLockAction::WriteQueue),
            Reply::Answer(false),
        ) => then(Action::RwLock(RwLockAction::Resume)),
        (Action::Barrier(BarrierAction::Arrive), Reply::Value(index)) => {
            let ObjectKind::Barrier { parties, .. } = kinds[done.object as usize] else {
                unreachable!("only a barrier is arrived at");
            };
            if index + 1 == u64::from(parties) {
                return None;
            }
            then(Action::Barrier(BarrierAction::Resume))
        }
        (Action::ConditionWait(mutex), Reply::Done) => then(Action::ConditionResume(mutex)),
        (Action::ConditionResume(_), Reply::Answer(false)) if done.timeout.is_some() => {
            Some(Do { timeout: None, ..done })
        }
        (Action::EventWait, Reply::Answer(false)) => then(Action::EventResume),
        _ => None,
    }
}

/// What a task's next operation is; none if it has done all.
fn next(program: &Program, index: usize, task: &mut Progress) -> Option<Do> {
    if let Some(forced) = task.forced {
        return Some(forced);
    }
    loop {
        let next = program.tasks[index].get(task.next)?;
        task.next += 1;
        let refused = matches!(
            task.replies.last(),
            Some(Reply::Answer(false) | Reply::Closed | Reply::Misuse(_) | Reply::Value(0))
        );
        if !(next.if_taken && refused) {
            return Some(*next);
        }
    }
}

/// A run of a program.
struct Run<'a> {
    program: &'a Program,
    tasks: Vec<Progress>,
    cells: Vec<u64>,
    announced: Vec<Option<Do>>,
}

impl Run<'_> {
    /// What the task announces; main is task 0.
    fn operation(&mut self, current: TaskId, started: &mut u32, joined: &mut u32) -> Operation {
        let count = self.tasks.len() as u32;
        if current == TaskId::MAIN {
            let action = if *started < count {
                *started += 1;
                Action::TaskStart(TaskId(*started))
            } else if *joined < count {
                *joined += 1;
                Action::TaskJoin(TaskId(*joined))
            } else {
                Action::ProgramEnd
            };
            return Operation::new(action, ObjectId::NONE, SiteId(*started + 100 * *joined));
        }
        let index = current.index() - 1;
        let task = &mut self.tasks[index];
        let site = SiteId((current.0 * 1000) + task.next as u32 * 2);
        let Some(next) = next(self.program, index, task) else {
            let action = if self.program.idle { Action::Yield } else { Action::TaskExit };
            return Operation::new(action, ObjectId::NONE, SiteId(current.0 * 1000 + 999));
        };
        task.forced = Some(next);
        self.announced[index] = Some(next);
        let object = if next.object == u32::MAX { ObjectId::NONE } else { ObjectId(next.object) };
        Operation { timeout: next.timeout, ..Operation::new(next.action, object, site) }
    }

    /// The task's operation was executed.
    fn finish(&mut self, task: TaskId, reply: Reply) {
        if task == TaskId::MAIN {
            return;
        }
        let index = task.index() - 1;
        let Some(done) = self.announced[index].take() else { return };
        let reply = match done.action {
            Action::Read(_) => Reply::Value(self.cells[done.object as usize]),
            Action::Write(_) => {
                self.cells[done.object as usize] =
                    u64::from(task.0) * 100 + self.tasks[index].next as u64;
                Reply::Done
            }
            _ => reply,
        };
        self.tasks[index].forced = second_half(&self.program.objects, done, reply);
        let next = self.tasks[index].next;
        self.tasks[index].of.push(next);
        self.tasks[index].replies.push(reply);
    }
}

/// Runs one execution.
pub(crate) fn run(
    program: &Program,
    execution: &mut Execution,
    points: &Points,
    strategy: &mut dyn Strategy,
) -> Left {
    execution.begin();
    for kind in &program.objects {
        execution.new_object(*kind);
    }
    let count = program.tasks.len();
    let mut run = Run {
        program,
        tasks: vec![Progress::default(); count],
        cells: vec![0; program.objects.len()],
        announced: vec![None; count],
    };
    // Only daemons are ended by others.
    let kills = |own: &Do| matches!(own.action, Action::TaskKill(_));
    let daemon = program.tasks.iter().flatten().any(kills);
    for _ in 0..count {
        execution.new_task(daemon);
    }
    let (mut started, mut joined) = (0, 0);
    let mut current = TaskId::MAIN;
    let ending = loop {
        let operation = run.operation(current, &mut started, &mut joined);
        let is_exit = operation.action == Action::TaskExit;
        let mut directive = execution.announce(operation, points, strategy);
        if is_exit && matches!(directive, Directive::Continue(_)) {
            directive = execution.after_exit(strategy);
        }
        while let Directive::Switch(task) = directive {
            if !execution.task(task).unwrap().is_finished() {
                break;
            }
            directive = execution.after_exit(strategy);
        }
        match directive {
            Directive::Continue(reply) => run.finish(current, reply),
            Directive::Switch(task) => {
                current = task;
                run.finish(task, execution.reply(task));
            }
            Directive::End(ending) => break ending,
        }
    };
    Left { ending, tasks: run.tasks, cells: run.cells }
}

/// Follows a list of tasks, after main has started them all, and then stops.
pub(crate) struct Scripted<'a> {
    pub script: &'a [usize],
    pub at: usize,
}

impl Strategy for Scripted<'_> {
    fn choose(&mut self, execution: &Execution) -> Pick {
        let choices = execution.choices();
        let starts = |action| matches!(action, Action::TaskStart(_));
        if let Some(index) = choices.iter().position(|step| starts(step.operation.action)) {
            return Pick::Step(index);
        }
        let Some(task) = self.script.get(self.at) else { return Pick::Diverged };
        let wanted = TaskId(*task as u32 + 1);
        let found = choices
            .iter()
            .position(|step| step.task == wanted && step.alternative == Alternative::Execute);
        match found {
            Some(index) => {
                self.at += 1;
                Pick::Step(index)
            }
            None => Pick::Diverged,
        }
    }
}
