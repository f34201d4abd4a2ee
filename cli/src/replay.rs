//! `everyway replay`: runs one recorded schedule again, step by step.

use std::path::{Path, PathBuf};
use std::time::Duration;

use everyway_protocol::report::{Clock, Report, SCHEMA, Verdict};
use everyway_report::ReplayCommand;
use everyway_targets::{Target, TargetUnit};

use crate::Exit;
use crate::arguments::ReplayOptions;
use crate::error::{CommandError, pass_through, reason, say};
use crate::interpreter::Interpreter;
use crate::outputs;
use crate::program::{self, Prelude};
use crate::progress::ProgressLine;
use crate::session::{Outcome, Session};
use crate::worker::{Answer, Replay, Request};

/// One execution takes far less.
const TIME: Duration = Duration::from_secs(10);

/// A schedule to replay, and of what.
#[derive(Debug)]
struct Recording {
    target: Target,
    schedule: String,
    /// Of a report: what else must be as it was.
    seed: u64,
    clock: Clock,
    source_hash: Option<String>,
}

pub(crate) fn run(options: &ReplayOptions) -> Result<Exit, CommandError> {
    let recording = recording(options)?;
    let prelude = Prelude::read(&options.program)?;
    let target = the_unit(&recording)?;
    if let Some(message) = program::without_front_end(&target) {
        return Err(CommandError::Usage(message));
    }
    if recording.source_hash.as_ref().is_some_and(|hash| *hash != program::source_hash(&target)) {
        say(&format!("warning: `{}` has changed since the report was written", target.id));
    }
    let seed = options.program.seed.unwrap_or(recording.seed);
    let clock = options.program.clock.unwrap_or(recording.clock);
    let settings = program::settings(&options.program, TIME, seed, clock);
    let request = Request::Replay(Replay {
        program: program::request(
            &target,
            &options.arguments,
            &options.program,
            prelude.as_ref(),
            &settings,
        ),
        schedule: recording.schedule,
    });
    ask(&target, &request, options)
}

fn ask(
    target: &TargetUnit,
    request: &Request,
    options: &ReplayOptions,
) -> Result<Exit, CommandError> {
    let mut session = Session::new(Interpreter::choose(options.program.python.as_deref()));
    if !session.start()? {
        return Ok(Exit::Interrupted);
    }
    let runtime = session.runtime().map(str::to_owned);
    let progress = ProgressLine::new(1);
    progress.unit(0, &target.id);
    let outcome = session.ask(request, TIME, &mut |at| progress.show(0, &target.id, at));
    progress.finish();
    session.close();
    let (answer, interrupted) = match outcome? {
        Outcome::Answered(answer) => (answer, false),
        Outcome::Interrupted(Some(answer)) => (answer, true),
        Outcome::Interrupted(None) => return Ok(Exit::Interrupted),
        Outcome::Lost { message, stderr } => {
            pass_through(&stderr);
            return Err(CommandError::Worker(format!("`{}`: {message}", target.id)));
        }
    };
    let Answer::Replayed(replayed) = answer else {
        return Err(CommandError::Worker(
            "the worker answered another question than was asked".to_owned(),
        ));
    };
    let unit = program::completed(replayed.unit, target, runtime.as_deref());
    let look = outputs::look(ReplayCommand::default());
    outputs::to_stdout(&everyway_report::replay(&unit, &replayed.steps, &replayed.outcome, &look))?;
    Ok(match unit.verdict {
        _ if interrupted => Exit::Interrupted,
        Verdict::Failed => Exit::Failed,
        Verdict::Error | Verdict::Unsupported => Exit::Error,
        Verdict::Proved | Verdict::Passed | Verdict::Definitions => Exit::Well,
    })
}

/// The one unit that the schedule is of.
fn the_unit(recording: &Recording) -> Result<TargetUnit, CommandError> {
    let mut found = everyway_targets::find(std::slice::from_ref(&recording.target));
    if let Some(problem) = found.problems.first() {
        let advice = if recording.source_hash.is_some() {
            ": the program is not what it was when the report was written: check it again"
        } else {
            ""
        };
        return Err(CommandError::Usage(format!(
            "`{}`: {}{advice}",
            problem.target, problem.message
        )));
    }
    match (found.units.pop(), found.units.len()) {
        (Some(TargetUnit { id, fault: Some(fault), .. }), 0) => {
            Err(CommandError::Usage(format!("`{id}`: {fault}")))
        }
        (Some(unit), 0) => Ok(unit),
        _ => Err(CommandError::Usage(
            "a schedule is of one unit: name a file, or FILE:LINE for a block of a guide"
                .to_owned(),
        )),
    }
}

fn recording(options: &ReplayOptions) -> Result<Recording, CommandError> {
    let module = options.module.clone().map(Target::Module);
    if let Some(schedule) = &options.schedule {
        let target = match (module, options.what.clone()) {
            (Some(target), None) => target,
            (None, Some(what)) => Target::Path(what),
            _ => return Err(CommandError::Usage("`--schedule` is of one target".to_owned())),
        };
        let (seed, clock) = (0, Clock::Legal);
        return Ok(Recording {
            target,
            schedule: schedule.clone(),
            seed,
            clock,
            source_hash: None,
        });
    }
    let what = options.what.as_deref().unwrap_or_default();
    let Some((file, place)) = split_report(what) else {
        return Err(CommandError::Usage(
            "what to replay is missing: add `--schedule ew1:…`, or name REPORT.json#UNIT/failures/N".to_owned(),
        ));
    };
    let mut recording = recorded(&file, place)?;
    recording.target = module.unwrap_or(recording.target);
    Ok(recording)
}

/// `REPORT.json#PLACE` taken apart at the `#` that ends the name of a file, else at the first one.
fn split_report(what: &str) -> Option<(PathBuf, &str)> {
    let parts = || {
        what.match_indices('#').filter_map(|(at, _)| Some((what.get(..at)?, what.get(at + 1..)?)))
    };
    let (file, place) =
        parts().find(|(file, _)| Path::new(file).is_file()).or_else(|| parts().next())?;
    Some((PathBuf::from(file), place))
}

/// A recorded schedule of a report.
fn recorded(file: &Path, place: &str) -> Result<Recording, CommandError> {
    let report = read_report(file)?;
    let wrong = |reason: String| CommandError::Recorded { file: file.to_path_buf(), reason };
    let not_a_place = || {
        wrong(format!(
            "has no place `{place}`: write `UNIT/failures/0` or `UNIT/results/0` after the `#`"
        ))
    };
    let (rest, number) = place.rsplit_once('/').ok_or_else(not_a_place)?;
    let (id, list) = rest.rsplit_once('/').ok_or_else(not_a_place)?;
    let number: usize = number.parse().map_err(|_| not_a_place())?;
    let Some(unit) = report.units.iter().find(|unit| unit.id == id) else {
        let known: Vec<String> =
            report.units.iter().take(5).map(|unit| format!("`{}`", unit.id)).collect();
        let dots = if report.units.len() > known.len() { ", …" } else { "" };
        return Err(wrong(format!("has no unit `{id}`, but {}{dots}", known.join(", "))));
    };
    let (schedules, what): (Vec<&String>, _) = match list {
        "failures" => (unit.failures.iter().map(|failure| &failure.schedule).collect(), "failures"),
        "results" => (unit.results.iter().map(|result| &result.witness).collect(), "results"),
        _ => return Err(not_a_place()),
    };
    let Some(schedule) = schedules.get(number) else {
        let count = schedules.len();
        return Err(wrong(format!(
            "has {count} {what} of `{id}`, counted from 0: there is no {number}"
        )));
    };
    Ok(Recording {
        target: Target::Path(unit.id.clone()),
        schedule: (*schedule).clone(),
        seed: report.seed,
        clock: report.clock,
        source_hash: Some(unit.source_hash.clone()),
    })
}

fn read_report(file: &Path) -> Result<Report, CommandError> {
    let wrong = |reason: String| CommandError::Recorded { file: file.to_path_buf(), reason };
    let text = std::fs::read_to_string(file)
        .map_err(|error| wrong(format!("cannot be read: {}", reason(&error))))?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        if error.is_eof() {
            wrong("is cut off in the middle: write the report again".to_owned())
        } else {
            wrong(format!(
                "is no JSON ({error}): name a report that `everyway check --format json` wrote"
            ))
        }
    })?;
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(schema) if schema == u64::from(SCHEMA) => {}
        Some(schema) => {
            return Err(wrong(format!(
                "is a report of shape {schema}, this version reads {SCHEMA}: replay with the everyway that wrote it"
            )));
        }
        None => {
            return Err(wrong(
                "is no report of everyway: name one that `everyway check --format json` wrote"
                    .to_owned(),
            ));
        }
    }
    serde_json::from_value(value)
        .map_err(|error| wrong(format!("is no whole report ({error}): write the report again")))
}
