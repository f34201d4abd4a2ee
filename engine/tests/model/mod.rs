//! An interpreter of model programs: tasks as lists of operations, so that the engine is tested
//! without any front-end.

#![allow(dead_code)]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use std::collections::BTreeMap;

use everyway_engine::execution::{Directive, Ending, Execution, Settings};
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::strategies::Strategy;
use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Field, Operation, Reply};

/// One instruction of a model task. Objects are named by their place in [`Model::objects`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Do {
    /// Read a cell into the register.
    Read(usize),
    /// Write the register plus this.
    WriteRegister(usize, i64),
    /// Write a constant.
    Write(usize, i64),
    /// Go on after so many instructions if the register is 0.
    SkipIfZero(usize),
    Acquire(usize),
    AcquireTimed(usize, u64),
    /// Answer goes to the register.
    Try(usize),
    Release(usize),
    /// Release if the register is not 0.
    ReleaseIfTaken(usize),
    Take(usize),
    Give(usize),
    TryTake(usize),
    /// Wait on a condition with this mutex.
    Wait(usize, usize),
    WaitTimed(usize, usize, u64),
    Notify(usize, u32),
    EventWait(usize),
    EventWaitTimed(usize, u64),
    Set(usize),
    Clear(usize),
    IsSet(usize),
    Print(u32),
    Sleep(u64),
    Start(usize),
    Join(usize),
    IsAlive(usize),
}

/// A program: what main and the other tasks do. Task 0 is main.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub objects: Vec<ObjectKind>,
    pub tasks: Vec<Vec<Do>>,
}

impl Model {
    /// Main starts all tasks and joins them.
    pub(crate) fn parallel(objects: Vec<ObjectKind>, tasks: Vec<Vec<Do>>) -> Model {
        let count = tasks.len();
        let main = (1..=count).map(Do::Start).chain((1..=count).map(Do::Join)).collect();
        Model { objects, tasks: std::iter::once(main).chain(tasks).collect() }
    }
}

/// What one execution left.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Left {
    pub ending: &'static str,
    pub cells: Vec<i64>,
    pub registers: Vec<Vec<i64>>,
}

struct Running {
    next: usize,
    register: i64,
    seen: Vec<i64>,
    /// Second half of an instruction of two operations.
    second: bool,
}

/// Runs one execution.
pub(crate) fn run(
    model: &Model,
    execution: &mut Execution,
    points: &Points,
    strategy: &mut dyn Strategy,
) -> Left {
    execution.begin();
    let objects: Vec<ObjectId> =
        model.objects.iter().map(|kind| execution.new_object(*kind)).collect();
    let mut cells = vec![0i64; objects.len()];
    let mut tasks: BTreeMap<TaskId, (usize, Running)> = BTreeMap::new();
    let mut by_index: BTreeMap<usize, TaskId> = BTreeMap::from([(0, TaskId::MAIN)]);
    let fresh = |index| (index, Running { next: 0, register: 0, seen: vec![], second: false });
    tasks.insert(TaskId::MAIN, fresh(0));
    let mut current = TaskId::MAIN;
    let mut announced: BTreeMap<TaskId, bool> = BTreeMap::new();
    let ending = loop {
        // Announce the current task's next operation.
        let (index, state) = tasks.get_mut(&current).unwrap();
        let index = *index;
        let code = &model.tasks[index];
        let Some(instruction) = code.get(state.next).copied() else {
            let action = if index == 0 { Action::ProgramEnd } else { Action::TaskExit };
            let exit = Operation::new(action, ObjectId::NONE, SiteId((index * 1000 + 999) as u32));
            let mut directive = execution.announce(exit, points, strategy);
            if matches!(directive, Directive::Continue(_)) {
                directive = execution.after_exit(strategy);
            }
            // A task whose exit was executed by another one's choice has nothing left to do.
            while let Directive::Switch(task) = directive {
                if execution.task(task).unwrap().is_finished() {
                    directive = execution.after_exit(strategy);
                } else {
                    break;
                }
            }
            match directive {
                Directive::Switch(task) => {
                    current = task;
                    if announced.remove(&task).is_some() {
                        finish(model, execution, &mut cells, &mut tasks, task);
                    }
                    continue;
                }
                Directive::End(ending) => break ending,
                Directive::Continue(_) => unreachable!("an exited task goes on"),
            }
        };
        let site = SiteId((index * 1000 + state.next * 2 + usize::from(state.second)) as u32);
        if let Do::SkipIfZero(count) = instruction {
            state.next += 1 + if state.register == 0 { count } else { 0 };
            continue;
        }
        if let Do::ReleaseIfTaken(_) = instruction
            && state.register == 0
        {
            state.next += 1;
            continue;
        }
        if let Do::Start(child) = instruction {
            let id = execution.new_task(false);
            tasks.insert(id, fresh(child));
            by_index.insert(child, id);
        }
        let state = &tasks[&current].1;
        let operation =
            operation(instruction, state.second, &objects, &model.objects, &by_index, site);
        announced.insert(current, true);
        match execution.announce(operation, points, strategy) {
            Directive::Continue(_) => {
                announced.remove(&current);
                finish(model, execution, &mut cells, &mut tasks, current);
            }
            Directive::Switch(mut task) => loop {
                if execution.task(task).unwrap().is_finished() {
                    match execution.after_exit(strategy) {
                        Directive::Switch(other) => task = other,
                        Directive::End(_) => break,
                        Directive::Continue(_) => unreachable!(),
                    }
                    continue;
                }
                current = task;
                if announced.remove(&task).is_some() {
                    finish(model, execution, &mut cells, &mut tasks, task);
                }
                break;
            },
            Directive::End(ending) => break ending,
        }
        if let Some(ending) = execution.ending() {
            break ending;
        }
    };
    let ending = match ending {
        Ending::Complete => "complete",
        Ending::Stuck => "stuck",
        Ending::Redundant => "redundant",
        Ending::Bound => "bound",
        Ending::Diverged => "diverged",
        Ending::Stopped => "stopped",
    };
    let mut registers = vec![vec![]; model.tasks.len()];
    for (index, state) in tasks.values() {
        registers[*index] = state.seen.clone();
    }
    Left { ending, cells, registers }
}

fn operation(
    instruction: Do,
    second: bool,
    objects: &[ObjectId],
    kinds: &[ObjectKind],
    by_index: &BTreeMap<usize, TaskId>,
    site: SiteId,
) -> Operation {
    let timed = |action, object: usize, timeout| Operation {
        timeout: Some(timeout),
        ..Operation::new(action, objects[object], site)
    };
    let on = |action, object: usize| Operation::new(action, objects[object], site);
    let task = |index: &usize| by_index.get(index).copied().unwrap_or(TaskId(99));
    match instruction {
        Do::Read(cell) => on(Action::Read(Field::Whole), cell),
        Do::Write(cell, _) | Do::WriteRegister(cell, _) => on(Action::Write(Field::Whole), cell),
        Do::Acquire(mutex) => on(Action::MutexAcquire, mutex),
        Do::AcquireTimed(mutex, time) => timed(Action::MutexAcquire, mutex, time),
        Do::Try(mutex) => on(Action::MutexTry, mutex),
        Do::ReleaseIfTaken(semaphore)
            if matches!(
                kinds[semaphore],
                ObjectKind::Semaphore(_) | ObjectKind::BoundedSemaphore(_)
            ) =>
        {
            on(Action::SemaphoreRelease(1), semaphore)
        }
        Do::Release(mutex) | Do::ReleaseIfTaken(mutex) => on(Action::MutexRelease, mutex),
        Do::Take(semaphore) => on(Action::SemaphoreAcquire, semaphore),
        Do::TryTake(semaphore) => on(Action::SemaphoreTry, semaphore),
        Do::Give(semaphore) => on(Action::SemaphoreRelease(1), semaphore),
        Do::Wait(condition, mutex) | Do::WaitTimed(condition, mutex, _) if !second => {
            on(Action::ConditionWait(objects[mutex]), condition)
        }
        Do::Wait(condition, mutex) => on(Action::ConditionResume(objects[mutex]), condition),
        Do::WaitTimed(condition, mutex, time) => {
            timed(Action::ConditionResume(objects[mutex]), condition, time)
        }
        Do::Notify(condition, count) => on(Action::ConditionNotify(count), condition),
        Do::EventWait(event) | Do::EventWaitTimed(event, _) if !second => {
            on(Action::EventWait, event)
        }
        Do::EventWait(event) => on(Action::EventResume, event),
        Do::EventWaitTimed(event, time) => timed(Action::EventResume, event, time),
        Do::Set(event) => on(Action::EventSet, event),
        Do::Clear(event) => on(Action::EventClear, event),
        Do::IsSet(event) => on(Action::EventIsSet, event),
        Do::Print(text) => Operation::new(Action::Print(text), ObjectId::NONE, site),
        Do::Sleep(time) => {
            Operation { timeout: Some(time), ..Operation::new(Action::Sleep, ObjectId::NONE, site) }
        }
        Do::Start(child) => Operation::new(Action::TaskStart(task(&child)), ObjectId::NONE, site),
        Do::Join(child) => Operation::new(Action::TaskJoin(task(&child)), ObjectId::NONE, site),
        Do::IsAlive(child) => {
            Operation::new(Action::TaskIsAlive(task(&child)), ObjectId::NONE, site)
        }
        Do::SkipIfZero(_) => unreachable!("it announces nothing"),
    }
}

/// The task's announced operation was executed: what it does to the program's own state.
fn finish(
    model: &Model,
    execution: &Execution,
    cells: &mut [i64],
    tasks: &mut BTreeMap<TaskId, (usize, Running)>,
    task: TaskId,
) {
    let reply = execution.reply_of_last(task);
    let (index, state) = tasks.get_mut(&task).unwrap();
    let instruction = model.tasks[*index][state.next];
    let answer = i64::from(reply == Reply::Answer(true));
    match instruction {
        Do::Read(cell) => {
            state.register = cells[cell];
            state.seen.push(cells[cell]);
        }
        Do::Write(cell, value) => cells[cell] = value,
        Do::WriteRegister(cell, more) => cells[cell] = state.register + more,
        Do::Try(_) | Do::TryTake(_) | Do::AcquireTimed(..) | Do::IsSet(_) | Do::IsAlive(_) => {
            state.register = answer;
            state.seen.push(answer);
        }
        Do::Wait(..) | Do::WaitTimed(..) if !state.second => {
            state.second = true;
            return;
        }
        Do::EventWait(_) | Do::EventWaitTimed(..) if !state.second && answer == 0 => {
            state.second = true;
            return;
        }
        Do::EventWaitTimed(..) => {
            state.register = answer;
            state.seen.push(answer);
        }
        Do::Give(_) => state.seen.push(i64::from(reply == Reply::Done)),
        Do::WaitTimed(..) => {
            // A wait that expired has still to take its mutex again.
            if answer == 0 && !state.seen.ends_with(&[-1]) {
                state.seen.push(-1);
                return;
            }
            if state.seen.ends_with(&[-1]) {
                state.seen.pop();
                state.seen.push(0);
            } else {
                state.seen.push(1);
            }
        }
        _ => {}
    }
    state.second = false;
    state.next += 1;
}

/// The default settings with this clock.
pub(crate) fn execution() -> Execution {
    Execution::new(Settings::default())
}
