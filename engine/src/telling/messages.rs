//! Sentences about what was found.

use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use everyway_protocol::failure::FailureKind;
use everyway_protocol::ids::{SiteId, TaskId};
use everyway_protocol::operation::Operation;
use everyway_protocol::report::{Note, Wait};
use everyway_protocol::schedule::Schedule;
use serde_json::Value;

use super::{Program, Shown, raised_text, steps, task_name, text, token};
use crate::exploration::failures::{Cause, FailureSeen};
use crate::exploration::nearest::Nearest;
use crate::exploration::{Exploration, Raised, Unfinished};

/// What is wrong, in a sentence.
pub(super) fn failure(
    exploration: &Exploration,
    program: &Program<'_>,
    failure: &FailureSeen,
    shown: &Shown,
) -> String {
    let with = failure.with.first().map_or_else(String::new, |raised| {
        format!(", after {} ended a task", raised_text(raised, program))
    });
    match failure.kind {
        FailureKind::Deadlock => format!("{}{with}", waits(&shown.waits)),
        FailureKind::Hang | FailureKind::LostWakeup | FailureKind::Livelock => {
            let what = match failure.kind {
                FailureKind::LostWakeup => "the notification came before the wait",
                FailureKind::Livelock => "nothing left can change what it reads",
                _ => "nothing left can end the wait",
            };
            format!("{}: {what}{with}", waits(&shown.waits))
        }
        FailureKind::Exception => match &failure.raised {
            Some(raised) => format!("{} in some schedules", raised_text(raised, program)),
            None => String::from("an exception in some schedules"),
        },
        FailureKind::AtomicityViolation => violation(exploration, program, failure),
        other => other.to_string(),
    }
}

/// Which of two steps has to come first for the execution to end well.
pub(super) fn nearest(program: &Program<'_>, nearest: &Nearest, tasks: &[String]) -> String {
    let step = |(task, operation): &(TaskId, Operation)| {
        let line = program.sites.get(operation.site).map_or(0, |site| site.line);
        let what = steps::name_of(program, operation, tasks);
        format!("{what} of `{}` (line {line})", task_name(tasks, *task))
    };
    format!("{} comes before {}", step(&nearest.before), step(&nearest.after))
}

fn waits(waits: &[Wait]) -> String {
    let one = |wait: &Wait| match &wait.held_by {
        Some(holder) if *holder == wait.r#for => {
            format!("`{}` waits for `{holder}` to end", wait.task)
        }
        Some(holder) => format!("`{}` waits for `{}` held by `{holder}`", wait.task, wait.r#for),
        None if wait.r#for.contains(' ') => format!("`{}` waits for {}", wait.task, wait.r#for),
        None => format!("`{}` waits for `{}`", wait.task, wait.r#for),
    };
    waits.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn violation(exploration: &Exploration, program: &Program<'_>, failure: &FailureSeen) -> String {
    let Cause::Region(read, _, write) = failure.cause else { return String::new() };
    let site = |id: SiteId| program.sites.get(id);
    let function = site(write)
        .and_then(|site| site.function)
        .and_then(site)
        .map_or_else(|| String::from("the program"), |site| format!("`{}`", site.name));
    let (read_name, write_name) =
        (site(read).map_or("", |site| &site.name), site(write).map_or("", |site| &site.name));
    let what = if read_name == write_name && !read_name.is_empty() {
        String::from("lost an update")
    } else if read_name.is_empty() {
        String::from("acted on a value that had changed")
    } else {
        let line = site(read).map_or(0, |site| site.line);
        format!("acted on a stale `{read_name}` (line {line})")
    };
    let result = failure.result.as_deref().unwrap_or("");
    format!("{function} {what}: {}", difference(exploration, result))
}

/// How a result differs from all that serialisable executions have.
fn difference(exploration: &Exploration, result: &str) -> String {
    let wrong = text::value(result);
    let mut right: Vec<Value> = exploration
        .results
        .all
        .iter()
        .filter(|result| result.serialisable)
        .map(|result| text::value(&result.value))
        .collect();
    if right.is_empty() {
        let reference =
            exploration.reference.as_ref().and_then(|reference| reference.result.as_deref());
        right.extend(reference.map(text::value));
    }
    if let Some(globals) = wrong.get("globals").and_then(Value::as_object) {
        for (name, value) in globals {
            let serial: Vec<&Value> =
                right.iter().filter_map(|right| right.get("globals")?.get(name)).collect();
            if !serial.contains(&value) {
                return named_difference(name, value, &serial);
            }
        }
    }
    if let (Some(lines), false) = (wrong.get("stdout"), right.is_empty())
        && right.iter().all(|right| right.get("stdout") != Some(lines))
    {
        return format!("it prints {}, which no serial order does", short(lines));
    }
    String::from("the result is one that no serial order gives")
}

fn named_difference(name: &str, value: &Value, serial: &[&Value]) -> String {
    let mut texts: Vec<String> = serial.iter().map(|value| short(value)).collect();
    texts.sort();
    texts.dedup();
    let value = short(value);
    match texts.as_slice() {
        [] => format!("`{name}` is {value}"),
        [only] => format!("`{name}` is {value}, every serial order gives {only}"),
        [first, second] => format!("`{name}` is {value}, serial orders give {first} or {second}"),
        [first, ..] => {
            format!(
                "`{name}` is {value}, none of the {} serial values such as {first}",
                texts.len()
            )
        }
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 80 {
        return text;
    }
    text.chars().take(79).chain(['…']).collect()
}

/// What an exception that every schedule has says.
pub(super) fn error(raised: &Raised, program: &Program<'_>) -> String {
    format!("{} in every schedule", raised_text(raised, program))
}

/// Why not all schedules were explored.
///
/// `endless` is the line of a loop that was cut short.
pub(super) fn unfinished(
    exploration: &Exploration,
    program: &Program<'_>,
    endless: Option<u32>,
) -> Option<String> {
    if let Some(divergence) = exploration.divergence {
        let line = program.sites.get(divergence.site).map_or(0, |site| site.line);
        return Some(format!(
            "the program is not deterministic: after line {line} it did not do the same twice"
        ));
    }
    if let Some(line) = endless {
        return Some(format!("the loop at line {line} does not end by itself: it was cut short"));
    }
    let why = match exploration.unfinished? {
        Unfinished::Budget => "the budget is used up",
        Unfinished::Bound => "some executions are longer than the bound",
        Unfinished::Strategy => "a random walk never is exhaustive",
        Unfinished::Interrupted => "interrupted",
    };
    Some(format!(
        "not all schedules: {} executions explored, nothing failed; {why}",
        exploration.executions
    ))
}

/// What is worth knowing besides.
pub(super) fn notes(exploration: &Exploration, program: &Program<'_>) -> Vec<Note> {
    let mut notes = Vec::new();
    for race in &exploration.races.data_races {
        let (Some(first), Some(second)) =
            (program.sites.get(race.first), program.sites.get(race.second))
        else {
            continue;
        };
        let (low, high) = (first.line.min(second.line), first.line.max(second.line));
        let name = if first.name.is_empty() { &second.name } else { &first.name };
        let message = if low == high {
            format!(
                "`{name}`: accesses by several tasks at line {low} are not ordered by synchronisation"
            )
        } else {
            format!(
                "`{name}`: accesses at lines {low} and {high} are not ordered by synchronisation"
            )
        };
        let note =
            Note { kind: FailureKind::DataRace.name().to_string(), message, line: Some(low) };
        if !notes.contains(&note) {
            notes.push(note);
        }
    }
    notes.sort_by(|a, b| (a.line, &a.message).cmp(&(b.line, &b.message)));
    notes
}

/// What only happens if a timed wait runs out while others could still go on.
pub(super) fn early(exploration: &Exploration, program: &Program<'_>) -> Vec<Note> {
    let lines = |waits: &[SiteId]| {
        let mut lines: Vec<u32> =
            waits.iter().filter_map(|wait| Some(program.sites.get(*wait)?.line)).collect();
        lines.sort_unstable();
        lines.dedup();
        lines
    };
    let note = |what: String, waits: &[SiteId]| {
        let lines = lines(waits);
        let waits = match lines.as_slice() {
            [] => String::from("a timed wait runs"),
            [line] => format!("the wait at line {line} runs"),
            [.., last] => {
                let first: Vec<String> =
                    lines[..lines.len() - 1].iter().map(ToString::to_string).collect();
                format!("the waits at lines {} and {last} run", first.join(", "))
            }
        };
        Note {
            kind: String::from("timing"),
            message: format!(
                "{what} if {waits} out while others could still go on; `--clock any` shows it"
            ),
            line: lines.first().copied(),
        }
    };
    let seen = &exploration.early;
    let mut notes: Vec<Note> =
        seen.seen.iter().map(|early| note(early.kind.to_string(), &early.waits)).collect();
    if !seen.waits_of_refused.is_empty() {
        let what = String::from("something that is not controlled is used");
        notes.push(note(what, &seen.waits_of_refused));
    }
    match seen.more_results() {
        0 => {}
        1 => notes.push(note(String::from("another result"), &seen.waits_of_results)),
        more => notes.push(note(format!("{more} more results"), &seen.waits_of_results)),
    }
    notes.dedup();
    notes
}

/// That the self-check failed.
pub(super) fn self_check(schedule: &Schedule, program: &Program<'_>) -> Note {
    Note {
        kind: String::from("self-check"),
        message: format!(
            "another order of independent operations gave another result: the program does something that was not seen ({})",
            token(schedule, program)
        ),
        line: None,
    }
}
