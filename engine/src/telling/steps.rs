//! The interleaving of one execution, operation by operation.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId, TaskId};
use everyway_protocol::objects::{LoopAction, TimerAction};
use everyway_protocol::operation::{Action, Operation, Reply};
use everyway_protocol::report::{Step, Wait};
use everyway_protocol::trace::Event;

use super::text::waited_expression;
use super::{Program, task_name};
use crate::dependence::writes;
use crate::detectors::waits;
use crate::execution::Execution;
use crate::exploration::failures::WaitSeen;
use crate::happens_before::is_expiry;
use crate::primitives::model::{self, Role};

/// The steps that people are shown.
pub(super) fn of(
    program: &Program<'_>,
    execution: &Execution,
    most: Option<usize>,
    values: &[(usize, String)],
    tasks: &[String],
) -> Vec<Step> {
    let events = &execution.trace.events;
    let shared = shared_objects(events, execution.objects().len());
    let most = most.unwrap_or(events.len()).min(events.len());
    let told: Vec<usize> =
        (0..most).filter(|index| is_told(program, &events[*index], &shared)).collect();
    let kept = near_switches(events, &told, program.steps_at_most);
    let mut steps = Vec::new();
    let mut last: Option<usize> = None;
    for index in kept {
        let event = &events[index];
        let reason = match last {
            Some(last) if events[last].unit == event.unit => None,
            Some(last) => Some(reason(program, execution, last, tasks)),
            None => Some(String::from("start")),
        };
        let value = values
            .iter()
            .find(|(at, _)| *at == index)
            .map(|(_, text)| text.clone())
            .or_else(|| answer(event));
        steps.push(step(program, event, value, reason, tasks));
        last = Some(index);
    }
    let has_place = |site| program.sites.get(site).is_some_and(|site| site.line > 0);
    for waiting in waits::all(execution).iter().filter(|wait| has_place(wait.operation.site)) {
        let name = operation_name(&waiting.operation);
        let mut step = step_of(program, &waiting.operation, waiting.task, name, tasks);
        step.reason = Some(String::from("waits for ever"));
        steps.push(step);
    }
    steps
}

/// Objects that several tasks touched, one of them with a change.
fn shared_objects(events: &[Event], objects: usize) -> Vec<bool> {
    let mut first: Vec<Option<TaskId>> = std::vec![None; objects];
    let mut several = std::vec![false; objects];
    let mut changed = std::vec![false; objects];
    for event in events {
        let at = event.operation.object.index();
        let Some(owner) = first.get_mut(at) else { continue };
        several[at] |= *owner.get_or_insert(event.unit) != event.unit;
        changed[at] |= writes(event.operation.action);
    }
    several.iter().zip(&changed).map(|(several, changed)| *several && *changed).collect()
}

fn is_told(program: &Program<'_>, event: &Event, shared: &[bool]) -> bool {
    // What no line of the user's text does is ours: the driver of a probe, the program's end.
    if program.sites.get(event.operation.site).is_none_or(|site| site.line == 0) {
        return false;
    }
    match event.operation.action {
        Action::Read(_) | Action::Write(_) | Action::Add(_) | Action::Update(_) => {
            shared.get(event.operation.object.index()).copied().unwrap_or(false)
        }
        Action::TaskExit
        | Action::ProgramEnd
        | Action::Loop(LoopAction::Pass)
        | Action::Await
        | Action::Yield
        | Action::EventWait => false,
        _ => true,
    }
}

/// Where there are too many, those next to a switch are kept, the first and the last ones too.
fn near_switches(events: &[Event], told: &[usize], most: usize) -> Vec<usize> {
    if told.len() <= most {
        return told.to_vec();
    }
    let mut near: Vec<bool> = std::vec![false; told.len()];
    let around = 4;
    for at in 1..told.len() {
        if events[told[at]].unit != events[told[at - 1]].unit {
            near[at.saturating_sub(around)..(at + around).min(told.len())].fill(true);
        }
    }
    let picked = told.iter().zip(&near).filter(|(_, near)| **near).map(|(index, _)| *index);
    let mut picked: Vec<usize> = picked.collect();
    if picked.len() > most {
        let tail = picked.split_off(picked.len() - most / 2);
        picked.truncate(most - most / 2);
        picked.extend(tail);
    }
    if picked.is_empty() {
        picked.extend(told.iter().take(most).copied());
    }
    picked
}

/// Why the task of the event `last` does not go on after it.
fn reason(program: &Program<'_>, execution: &Execution, last: usize, tasks: &[String]) -> String {
    let events = &execution.trace.events;
    let task = events[last].unit;
    let name = task_name(tasks, task);
    if execution.driver_of(task) != task {
        let ended = execution.task(task).is_none_or(|task| task.is_finished());
        let goes_on = events[last + 1..].iter().any(|event| event.unit == task);
        let state = if goes_on || !ended { "awaits" } else { "has ended" };
        return format!("`{name}` {state}");
    }
    let next = events[last + 1..]
        .iter()
        .find(|event| event.unit == task)
        .map(|event| event.operation)
        .or_else(|| {
            execution.blocked.iter().find(|step| step.task == task).map(|step| step.operation)
        });
    match next {
        None => format!("`{name}` has ended"),
        Some(next) if next.action == Action::TaskExit => format!("`{name}` has ended"),
        Some(next) => match waiting_for(program, &next) {
            Some(_) if !has_to_wait(&events[..=last], task, &next) => {
                format!("`{name}` is interrupted")
            }
            Some(what) => format!("`{name}` waits for {what}"),
            None => format!("`{name}` is interrupted"),
        },
    }
}

/// Whether what the operation waits for is not to be had after these events.
fn has_to_wait(events: &[Event], task: TaskId, next: &Operation) -> bool {
    match next.action {
        Action::MutexAcquire => is_held(events, next.object),
        Action::TaskJoin(other) => !events
            .iter()
            .any(|event| event.task == other && event.operation.action == Action::TaskExit),
        Action::SemaphoreAcquire => false,
        Action::EventResume => {
            let woken = events.iter().rev().take_while(|event| event.task != task);
            !woken.into_iter().any(|event| {
                event.operation.action == Action::EventSet && event.operation.object == next.object
            })
        }
        _ => true,
    }
}

/// Whether some task holds the mutex after these events.
fn is_held(events: &[Event], mutex: ObjectId) -> bool {
    let mut depth = 0u32;
    for event in events {
        let operation = &event.operation;
        match operation.action {
            Action::MutexAcquire | Action::MutexTry
                if operation.object == mutex && event.reply == Reply::Answer(true) =>
            {
                depth += 1;
            }
            Action::ConditionResume(other) if other == mutex && !is_expiry(event) => depth += 1,
            Action::MutexRelease if operation.object == mutex => depth = depth.saturating_sub(1),
            Action::ConditionWait(other) if other == mutex => depth = 0,
            _ => {}
        }
    }
    depth > 0
}

/// What an operation that may have to wait waits for.
fn waiting_for(program: &Program<'_>, operation: &Operation) -> Option<String> {
    match operation.action {
        Action::MutexAcquire
        | Action::SemaphoreAcquire
        | Action::ConditionResume(_)
        | Action::EventResume
        | Action::TaskJoin(_) => Some(format!("`{}`", object_name(program, operation)?)),
        Action::TaskJoinAll => Some(String::from("the other tasks")),
        Action::Sleep => Some(String::from("its sleep to end")),
        Action::Await => Some(String::from("a change")),
        Action::Timer(TimerAction::Fire) => Some(String::from("its time")),
        action if matches!(model::role(action), Some(Role::Wait | Role::Resume)) => {
            Some(format!("`{}`", object_name(program, operation)?))
        }
        _ => None,
    }
}

fn step(
    program: &Program<'_>,
    event: &Event,
    value: Option<String>,
    reason: Option<String>,
    tasks: &[String],
) -> Step {
    let name = operation_name(&event.operation);
    let mut step = step_of(program, &event.operation, event.unit, name, tasks);
    step.value = value;
    step.reason = reason;
    if let Action::TaskStart(task) | Action::TaskJoin(task) = event.operation.action {
        step.object = Some(task_name(tasks, task));
    }
    step
}

/// An operation with its object, as in `write counter`.
pub(super) fn name_of(program: &Program<'_>, operation: &Operation, tasks: &[String]) -> String {
    let name = operation_name(operation);
    let object = match operation.action {
        Action::TaskStart(task) | Action::TaskJoin(task) => Some(task_name(tasks, task)),
        _ => object_name(program, operation),
    };
    object.map_or_else(|| format!("`{name}`"), |object| format!("`{name} {object}`"))
}

fn step_of(
    program: &Program<'_>,
    operation: &Operation,
    task: TaskId,
    name: &str,
    tasks: &[String],
) -> Step {
    let site = program.sites.get(operation.site);
    let (file, line) = site.map_or((0, 0), |site| (site.file, site.line));
    Step {
        task: task_name(tasks, task),
        op: name.to_string(),
        object: object_name(program, operation),
        value: None,
        reason: None,
        path: program.sites.files.get(file as usize).cloned().unwrap_or_default(),
        line,
        column: site.filter(|site| !site.name.is_empty()).map(|site| site.column),
        text: program.sources.line(file, line).to_string(),
    }
}

/// The object of an operation, as the program names it at that place.
pub(super) fn object_name(program: &Program<'_>, operation: &Operation) -> Option<String> {
    if operation.object == ObjectId::NONE && !matches!(operation.action, Action::TaskJoin(_)) {
        return None;
    }
    let site = program.sites.get(operation.site)?;
    if !site.name.is_empty() {
        return Some(site.name.clone());
    }
    waited_expression(program.sources.line(site.file, site.line))
}

fn answer(event: &Event) -> Option<String> {
    if is_expiry(event) {
        return Some(String::from("timed out"));
    }
    match (event.operation.action, event.reply) {
        (
            Action::MutexTry
            | Action::MutexLocked
            | Action::SemaphoreTry
            | Action::EventIsSet
            | Action::TaskIsAlive(_),
            Reply::Answer(answer),
        ) => Some(answer.to_string()),
        (action, Reply::Answer(answer))
            if matches!(model::role(action), Some(Role::Look | Role::Change)) =>
        {
            Some(answer.to_string())
        }
        (_, Reply::Closed) => Some(String::from("closed")),
        _ => None,
    }
}

fn operation_name(operation: &Operation) -> &'static str {
    match operation.action {
        Action::Read(_) => "read",
        Action::Write(_) => "write",
        Action::Add(_) => "add",
        Action::Update(_) => "update",
        Action::MutexAcquire | Action::SemaphoreAcquire => "acquire",
        Action::MutexTry | Action::SemaphoreTry => "try-acquire",
        Action::MutexRelease | Action::SemaphoreRelease(_) => "release",
        Action::MutexLocked => "locked",
        Action::SemaphoreValue => "value",
        Action::ConditionWait(_) => "wait",
        Action::ConditionResume(_) | Action::EventResume => "wake",
        Action::ConditionNotify(_) => "notify",
        Action::EventWait => "wait",
        Action::EventSet => "set",
        Action::EventClear => "clear",
        Action::EventIsSet => "is-set",
        Action::AtomicLoad => "load",
        Action::AtomicStore(_) => "store",
        Action::AtomicAdd(_) => "fetch-add",
        Action::AtomicSwap(_) => "swap",
        Action::AtomicCompareExchange(..) => "compare-exchange",
        Action::Choose(_) => "choose",
        Action::TaskStart(_) => "start",
        Action::TaskExit => "exit",
        Action::TaskKill(_) => "kill",
        Action::TaskJoin(_) | Action::TaskJoinAll => "join",
        Action::TaskIsAlive(_) => "is-alive",
        Action::TaskEnumerate => "enumerate",
        Action::ProgramEnd => "end",
        Action::Sleep => "sleep",
        Action::ClockRead => "clock",
        Action::Print(_) => "print",
        action @ (Action::RwLock(_)
        | Action::Barrier(_)
        | Action::Queue(_)
        | Action::Future(_)
        | Action::Park(_)
        | Action::Once(_)
        | Action::Timer(_)
        | Action::Mailbox(_)
        | Action::File(_)) => model::name(action).unwrap_or("use"),
        Action::Loop(LoopAction::Pass) => "pass",
        Action::Loop(LoopAction::Soon(_)) => "call-soon",
        Action::Await => "spin",
        Action::Yield => "yield",
    }
}

/// What an object is called that the waiting line doesn't name.
fn unnamed(action: Action) -> &'static str {
    match action {
        Action::Queue(_) => "a queue",
        Action::Future(_) => "a future",
        Action::Barrier(_) => "a barrier",
        _ => "something",
    }
}

/// One wait, in the words of a report.
pub(super) fn wait(program: &Program<'_>, wait: &WaitSeen, tasks: &[String]) -> Wait {
    let line = |site: SiteId| program.sites.get(site).map(|site| site.line);
    let what = match wait.operation.action {
        Action::TaskJoin(task) => Some(task_name(tasks, task)),
        Action::TaskJoinAll => Some(String::from("the other tasks")),
        Action::Await => Some(String::from("a change of what it reads")),
        _ => object_name(program, &wait.operation),
    };
    Wait {
        task: task_name(tasks, wait.task),
        r#for: what.unwrap_or_else(|| String::from(unnamed(wait.operation.action))),
        held_by: wait.held_by.map(|task| task_name(tasks, task)),
        line: line(wait.operation.site).unwrap_or(0),
        held_since_line: line(wait.held_since),
    }
}
