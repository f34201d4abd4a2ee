//! `everyway check`: runs each target under every schedule that matters.

use std::time::Instant;

use everyway_protocol::report::{Report, SCHEMA, Summary, Unit, Verdict};
use everyway_report::{Columns, Look};
use everyway_targets::{Found, Target, TargetUnit};

use crate::Exit;
use crate::arguments::CheckOptions;
use crate::error::{CommandError, complain, pass_through, say};
use crate::interpreter::Interpreter;
use crate::outputs::{self, Output};
use crate::program::{self, Prelude};
use crate::progress::ProgressLine;
use crate::session::{Outcome, Session};
use crate::worker::{Answer, Request, Settings};

pub(crate) fn run(options: &CheckOptions) -> Result<Exit, CommandError> {
    let started = Instant::now();
    let outputs = outputs::pair(&options.format, &options.output, &options.places)?;
    let prelude = Prelude::read(&options.program)?;
    let found = find(options)?;
    for problem in &found.problems {
        complain(&format!("`{}`: {}", problem.target, problem.message));
    }
    if found.units.is_empty() {
        return Ok(Exit::Error);
    }
    outputs::check_writable(&outputs)?;
    let look =
        outputs::look(program::replay_command(&options.program, &options.arguments, &found.units));
    let mut check = Check {
        options,
        prelude,
        settings: settings(options),
        session: Session::new(Interpreter::choose(options.program.python.as_deref())),
        look,
        columns: Columns::of(found.units.iter().map(|unit| (unit.name.as_str(), unit.id.as_str()))),
        streams: outputs.iter().any(|output| output.is_terminal_format() && output.file.is_none()),
        units: Vec::new(),
    };
    let end = check.all(&found.units);
    let report = report(options, check.units, started);
    check.session.close();
    if report.units.is_empty() && end.is_err() {
        return end.map(|_| Exit::Error);
    }
    // What was done is written even if the rest could not be.
    let written = write(&outputs, &report, &check.look);
    let end = end?;
    written?;
    Ok(exit(&report, end, !found.problems.is_empty(), options.strict, found.units.len()))
}

/// A check at work.
struct Check<'a> {
    options: &'a CheckOptions,
    prelude: Option<Prelude>,
    settings: Settings,
    session: Session,
    look: Look,
    columns: Columns,
    /// Whether each unit is told on standard output as soon as it is done.
    streams: bool,
    units: Vec<Unit>,
}

/// How the check of all units ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    Finished,
    Interrupted,
}

impl Check<'_> {
    fn all(&mut self, targets: &[TargetUnit]) -> Result<End, CommandError> {
        let progress = ProgressLine::new(targets.len());
        let end = self.each(targets, &progress);
        progress.finish();
        end
    }

    fn each(
        &mut self,
        targets: &[TargetUnit],
        progress: &ProgressLine,
    ) -> Result<End, CommandError> {
        // An interpreter that cannot do the work is noticed before anything is told.
        if targets.iter().any(is_for_worker) && !self.session.start()? {
            return Ok(End::Interrupted);
        }
        for (index, target) in targets.iter().enumerate() {
            progress.unit(index, &target.id);
            let (unit, end) = self.one(index, target, progress)?;
            if let Some(unit) = unit {
                if self.streams {
                    let text = everyway_report::unit(&unit, self.columns, &self.look);
                    progress.without(|| outputs::to_stdout(&text))?;
                }
                self.units.push(unit);
            }
            if end == End::Interrupted || crate::interrupt::requested() {
                return Ok(End::Interrupted);
            }
        }
        Ok(End::Finished)
    }

    fn one(
        &mut self,
        index: usize,
        target: &TargetUnit,
        progress: &ProgressLine,
    ) -> Result<(Option<Unit>, End), CommandError> {
        let unanswered =
            |verdict, message| (Some(program::unanswered(target, verdict, message)), End::Finished);
        if let Some(fault) = &target.fault {
            return Ok(unanswered(Verdict::Error, fault.clone()));
        }
        if let Some(message) = program::without_front_end(target) {
            return Ok(unanswered(Verdict::Unsupported, message));
        }
        let request = Request::Check(program::request(
            target,
            &self.options.arguments,
            &self.options.program,
            self.prelude.as_ref(),
            &self.settings,
        ));
        let runtime = self.session.runtime().map(str::to_owned);
        let mut on_progress = |at: &_| progress.show(index, &target.id, at);
        let outcome = self.session.ask(&request, self.options.time, &mut on_progress)?;
        let completed = |unit| program::completed(unit, target, runtime.as_deref());
        Ok(match outcome {
            Outcome::Answered(Answer::Unit(unit)) => (Some(completed(*unit)), End::Finished),
            Outcome::Interrupted(Some(Answer::Unit(unit))) => {
                (Some(completed(*unit)), End::Interrupted)
            }
            Outcome::Interrupted(_) => (None, End::Interrupted),
            Outcome::Lost { message, stderr } => {
                progress.without(|| pass_through(&stderr));
                unanswered(Verdict::Error, message)
            }
            Outcome::Answered(_) => unanswered(
                Verdict::Error,
                "its worker answered another question than was asked".to_owned(),
            ),
        })
    }
}

fn is_for_worker(target: &TargetUnit) -> bool {
    target.fault.is_none() && program::without_front_end(target).is_none()
}

fn find(options: &CheckOptions) -> Result<Found, CommandError> {
    let targets: Vec<Target> = options
        .targets
        .iter()
        .map(|target| Target::Path(target.clone()))
        .chain(options.modules.iter().map(|module| Target::Module(module.clone())))
        .collect();
    if !options.arguments.is_empty() && targets.len() != 1 {
        return Err(CommandError::Usage("arguments after `--` go to a single target".to_owned()));
    }
    Ok(everyway_targets::find(&targets))
}

fn settings(options: &CheckOptions) -> Settings {
    let program = &options.program;
    let (seed, clock) = (program.seed.unwrap_or_default(), program.clock.unwrap_or_default());
    Settings {
        executions: options.executions,
        strategy: options.strategy.clone(),
        ..program::settings(program, options.time, seed, clock)
    }
}

fn report(options: &CheckOptions, units: Vec<Unit>, started: Instant) -> Report {
    let seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    Report {
        schema: SCHEMA,
        everyway: env!("CARGO_PKG_VERSION").to_owned(),
        seed: options.program.seed.unwrap_or_default(),
        strategy: options.strategy.clone(),
        clock: options.program.clock.unwrap_or_default(),
        summary: Summary::of(&units, seconds),
        units,
    }
}

/// Writes all reports, or what is left of the one that was told unit by unit.
fn write(outputs: &[Output], report: &Report, look: &Look) -> Result<(), CommandError> {
    let mut first_error = Ok(());
    for output in outputs {
        let written = if output.is_terminal_format() && output.file.is_none() {
            outputs::to_stdout(&everyway_report::summary(report, look))
        } else {
            output.write(report, look)
        };
        first_error = first_error.and(written);
    }
    first_error
}

fn exit(report: &Report, end: End, has_problems: bool, strict: bool, units: usize) -> Exit {
    for unit in report.units.iter().filter(|unit| unit.verdict == Verdict::Unsupported) {
        say(&format!("unsupported: {}: {}", unit.id, unit.message.as_deref().unwrap_or_default()));
    }
    if end == End::Interrupted {
        say(&format!("interrupted: {} of {units} units are in the report", report.units.len()));
        return Exit::Interrupted;
    }
    let Summary { failed, error, unsupported, .. } = report.summary;
    if failed > 0 {
        Exit::Failed
    } else if error > 0 || has_problems || (strict && unsupported > 0) {
        Exit::Error
    } else {
        Exit::Well
    }
}
