//! Runs a program on the engine, by whatever it plans.

use std::collections::BTreeSet;

use everyway_engine::execution::loops::Deadline;
use everyway_engine::execution::{Directive, Ending, Settings};
use everyway_engine::exploration::{CheckSettings, Exploration, Outcome, Purpose, StrategyChoice};
use everyway_engine::primitives::ObjectKind;
use everyway_protocol::failure::FailureKind;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::LoopAction;
use everyway_protocol::operation::{self, Field, Operation};
use everyway_protocol::site::SiteTable;

use crate::program::{Action, CELLS, Cell, Program, Seen, mix};

pub(crate) fn told(ended: bool, cells: &[Cell], seen: &[Seen], threads: &[Seen]) -> String {
    let values: Vec<u64> = cells.iter().map(|cell| cell.value % 1_000_003).collect();
    let short = |seen: &[Seen]| seen.iter().map(|seen| seen % 1_000_003).collect::<Vec<_>>();
    format!(
        "{} {values:?} {:?} {:?}",
        if ended { "end" } else { "stuck" },
        short(seen),
        short(threads)
    )
}

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) results: BTreeSet<String>,
    pub(crate) executions: u64,
    pub(crate) redundant: u64,
    pub(crate) early: usize,
    /// Whether a replay of an execution did not do the same.
    pub(crate) parted: bool,
    pub(crate) finished: bool,
    pub(crate) livelock: bool,
}

/// Where the task that runs the loop is.
#[derive(Clone, Debug)]
enum Place {
    /// It makes the loop and starts the other tasks.
    Begins(usize),
    /// It waits for a pass.
    Waits,
    /// It runs these callbacks, the first of them from there on.
    Runs(Vec<u32>, usize),
    /// The loop was stopped: it waits for the other tasks.
    Joins(usize),
    Ends,
}

struct Machine<'a> {
    program: &'a Program,
    event_loop: ObjectId,
    cells: Vec<ObjectId>,
    values: [Cell; CELLS],
    cancelled: Vec<bool>,
    seen: Vec<Seen>,
    /// The activity of each callback, once it has run.
    activities: Vec<Option<TaskId>>,
    place: Place,
    threads: Vec<usize>,
    thread_seen: Vec<Seen>,
    /// What each task announced.
    announced: Vec<Option<Action>>,
    stopped: bool,
}

pub(crate) fn check(program: &Program) -> Found {
    let execution = Settings { clock: program.clock, ..Settings::default() };
    let settings = CheckSettings {
        execution,
        strategy: StrategyChoice::Exhaustive,
        seed: 1,
        executions: None,
    };
    let mut exploration = Exploration::new(settings, &SiteTable::default());
    let mut found = Found::default();
    while let Some(plan) = exploration.next(0) {
        let (ending, told) = run(program, &mut exploration);
        let result = matches!(ending, Ending::Complete | Ending::Stuck).then_some(told);
        if plan.purpose == Purpose::Search {
            found.results.extend(result.clone());
            assert!(!matches!(ending, Ending::Diverged | Ending::Bound), "{program}: {ending:?}");
        }
        let result = result.filter(|_| ending == Ending::Complete);
        exploration.ended(Outcome { result, raised: Vec::new() });
    }
    found.executions = exploration.executions;
    found.redundant = exploration.redundant;
    found.early = exploration.early.more_results();
    found.finished = exploration.is_exhaustive();
    let livelock = FailureKind::Livelock;
    found.livelock = exploration.failures.all.iter().any(|failure| failure.kind == livelock);
    found.parted = exploration.self_check_failure().is_some();
    found
}

fn run(program: &Program, exploration: &mut Exploration) -> (Ending, String) {
    let event_loop = exploration.execution.new_loop();
    let cells = (0..CELLS).map(|_| exploration.execution.new_object(ObjectKind::Cell)).collect();
    let mut machine = Machine {
        program,
        event_loop,
        cells,
        values: [Cell::default(); CELLS],
        cancelled: vec![false; program.callbacks.len()],
        seen: vec![0; program.callbacks.len()],
        activities: vec![None; program.callbacks.len()],
        place: Place::Begins(0),
        threads: vec![0; program.threads.len()],
        thread_seen: vec![0; program.threads.len()],
        announced: vec![None; program.threads.len() + 1],
        stopped: false,
    };
    exploration.execution.loop_soon(event_loop, 0, false);
    let mut current = TaskId::MAIN;
    let ending = loop {
        let Some(operation) = machine.next(exploration, current) else { continue };
        let is_exit = operation.action == operation::Action::TaskExit;
        let mut directive = exploration.announce(operation);
        if is_exit && matches!(directive, Directive::Continue(_)) {
            directive = exploration.after_exit();
        }
        while let Directive::Switch(task) = directive {
            if !exploration.execution.task(task).is_some_and(|task| task.is_finished()) {
                break;
            }
            directive = exploration.after_exit();
        }
        match directive {
            Directive::Continue(_) => machine.finish(exploration, current),
            Directive::Switch(task) => {
                current = task;
                machine.finish(exploration, task);
            }
            Directive::End(ending) => break ending,
        }
    };
    let ended = ending == Ending::Complete;
    (ending, told(ended, &machine.values, &machine.seen, &machine.thread_seen))
}

impl Machine<'_> {
    /// What the task announces; none if it did something that is not announced.
    fn next(&mut self, exploration: &mut Exploration, task: TaskId) -> Option<Operation> {
        let on = |action, object, site| Some(Operation::new(action, object, SiteId(site)));
        let count = self.program.threads.len();
        if task != TaskId::MAIN {
            let number = task.index() - 1;
            let at = self.threads[number];
            let Some(action) = self.program.threads[number].get(at).copied() else {
                let exit = operation::Action::TaskExit;
                return on(exit, ObjectId::NONE, 1000 * task.0 + 999);
            };
            self.threads[number] += 1;
            return self.announce(exploration, task, action, 1000 * task.0 + at as u32);
        }
        match self.place.clone() {
            Place::Begins(started) if started < count => {
                let child = exploration.execution.new_task(false);
                self.place = Place::Begins(started + 1);
                on(operation::Action::TaskStart(child), ObjectId::NONE, 900)
            }
            Place::Begins(_) => {
                self.place = Place::Waits;
                None
            }
            Place::Waits if self.stopped => {
                self.place = Place::Joins(0);
                None
            }
            Place::Waits => on(operation::Action::Loop(LoopAction::Pass), self.event_loop, 901),
            Place::Runs(mut callbacks, at) => {
                let Some(callback) = callbacks.first().copied() else {
                    self.place = Place::Waits;
                    return None;
                };
                let body = &self.program.callbacks[callback as usize];
                if at == 0 {
                    let execution = &mut exploration.execution;
                    let activity = &mut self.activities[callback as usize];
                    let activity = *activity.get_or_insert_with(|| execution.new_activity());
                    execution.enter_callback(self.event_loop, Some(callback), Some(activity));
                }
                if self.cancelled[callback as usize] && at == 0 || at >= body.len() {
                    callbacks.remove(0);
                    self.place = Place::Runs(callbacks, 0);
                    exploration.execution.leave_callback(self.event_loop);
                    return None;
                }
                self.place = Place::Runs(callbacks, at + 1);
                self.announce(exploration, task, body[at], 50 * callback + at as u32)
            }
            Place::Joins(joined) if joined < count => {
                self.place = Place::Joins(joined + 1);
                let other = TaskId(joined as u32 + 1);
                on(operation::Action::TaskJoin(other), ObjectId::NONE, 902)
            }
            Place::Joins(_) => {
                self.place = Place::Ends;
                on(operation::Action::ProgramEnd, ObjectId::NONE, 903)
            }
            Place::Ends => None,
        }
    }

    fn announce(
        &mut self,
        exploration: &mut Exploration,
        task: TaskId,
        action: Action,
        site: u32,
    ) -> Option<Operation> {
        let site = SiteId(site);
        let on = |action, object| Some(Operation::new(action, object, site));
        let object = self.event_loop;
        let shared = exploration.is_shared_loop(object);
        let execution = &mut exploration.execution;
        match action {
            Action::Soon(handle) => {
                if self.cancelled[handle as usize] {
                    return None;
                }
                if shared {
                    self.announced[task.index()] = Some(action);
                    let soon = LoopAction::Soon(handle);
                    return on(operation::Action::Loop(soon), object);
                }
                execution.loop_soon(object, handle, false);
                None
            }
            Action::Later(handle, delay) | Action::Patience(handle, delay) => {
                let patience = matches!(action, Action::Patience(..)).then_some(site);
                let (reading, _) = execution.loop_read(object);
                execution.loop_schedule(object, handle, Deadline::After(reading, delay), patience);
                None
            }
            Action::Cancel(handle) => {
                self.cancelled[handle as usize] = true;
                execution.loop_cancel(object, handle);
                None
            }
            Action::Stop => {
                self.stopped = true;
                execution.loop_stop(object);
                None
            }
            Action::Until(cell) => {
                let directive = exploration.round(site, true);
                assert!(matches!(directive, Directive::Continue(_)));
                self.announced[task.index()] = Some(action);
                let read = operation::Action::Read(Field::Whole);
                on(read, self.cells[cell as usize])
            }
            Action::Read(cell) | Action::SoonIf(_, cell) => {
                self.announced[task.index()] = Some(action);
                let read = operation::Action::Read(Field::Whole);
                on(read, self.cells[cell as usize])
            }
            Action::Write(cell) => {
                self.announced[task.index()] = Some(action);
                let write = operation::Action::Write(Field::Whole);
                on(write, self.cells[cell as usize])
            }
            Action::ThreadSoon(handle) => {
                self.announced[task.index()] = Some(action);
                on(operation::Action::Loop(LoopAction::Soon(handle)), object)
            }
        }
    }

    /// The task's operation was executed.
    fn finish(&mut self, exploration: &mut Exploration, task: TaskId) {
        let Some(action) = self.announced[task.index()].take() else {
            if task == TaskId::MAIN && matches!(self.place, Place::Waits) {
                let pass = exploration.execution.pass(self.event_loop).to_vec();
                self.place = Place::Runs(pass, 0);
            }
            return;
        };
        let (name, seen) = match (&self.place, task) {
            (Place::Runs(callbacks, _), TaskId::MAIN) => {
                (callbacks[0], &mut self.seen[callbacks[0] as usize])
            }
            _ => (99 + task.0, &mut self.thread_seen[task.index() - 1]),
        };
        match action {
            Action::Read(cell) => *seen = mix(*seen, self.values[cell as usize].value),
            Action::Write(cell) => {
                let cell = &mut self.values[cell as usize];
                cell.value = mix(*seen, u64::from(name));
                cell.writes += 1;
            }
            Action::Until(cell) => {
                if self.values[cell as usize].writes.is_multiple_of(2)
                    && let Place::Runs(callbacks, at) = &mut self.place
                {
                    exploration.execution.loop_soon(self.event_loop, name, false);
                    *at = self.program.callbacks[callbacks[0] as usize].len();
                }
            }
            Action::SoonIf(handle, cell) => {
                let odd = self.values[cell as usize].writes % 2 == 1;
                *seen = mix(*seen, u64::from(odd));
                if odd {
                    exploration.execution.loop_soon(self.event_loop, handle, false);
                }
            }
            _ => {}
        }
    }
}
