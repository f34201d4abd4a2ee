//! A check as the Python side drives it: begin, one plan after the other, findings.

use everyway_engine::clock::ClockMode;
use everyway_engine::execution::{Ending, Settings};
use everyway_engine::exploration::{CheckSettings, Exploration, Outcome, Purpose, StrategyChoice};
use everyway_engine::strategies::replay::Mismatch;
use everyway_engine::telling::{self, Program, Shown, Sources};
use everyway_protocol::operation::Action;
use everyway_protocol::report::{Assumption, AssumptionKind};
use everyway_protocol::schedule::Schedule;
use everyway_protocol::site::SiteTable;
use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::{Value, json};

use crate::world::world;

/// At most so many steps of a witness are shown.
const STEPS_AT_MOST: usize = 200;

/// What the check needs besides the world, between two calls.
#[derive(Default)]
struct Check {
    sources: Sources,
    hash: u32,
    shown: Vec<Shown>,
    /// What was noted before an execution of which nothing may enter the verdict.
    noted: Option<Noted>,
}

/// How much had been noted that a verdict rests on.
struct Noted {
    clock_reads: usize,
    opaque: usize,
    loop_bound: Option<(u32, u32)>,
}

static mut CHECK: *mut Check = std::ptr::null_mut();

unsafe fn check() -> &'static mut Check {
    &mut *CHECK
}

fn no_check() -> PyErr {
    PyRuntimeError::new_err("no check was begun")
}

fn setting<'py, T>(settings: &Bound<'py, PyDict>, name: &str, default: T) -> PyResult<T>
where
    T: for<'a> FromPyObject<'a, 'py, Error: Into<PyErr>>,
{
    match settings.get_item(name)? {
        Some(value) if !value.is_none() => value.extract().map_err(Into::into),
        _ => Ok(default),
    }
}

fn read_settings(settings: &Bound<'_, PyDict>) -> PyResult<CheckSettings> {
    let clock: String = setting(settings, "clock", String::from("legal"))?;
    let strategy: String = setting(settings, "strategy", String::from("auto"))?;
    Ok(CheckSettings {
        execution: Settings {
            clock: match clock.as_str() {
                "legal" => ClockMode::Legal,
                "exact" => ClockMode::Exact,
                "any" => ClockMode::Any,
                other => return Err(PyValueError::new_err(format!("no clock `{other}`"))),
            },
            output_order: setting(settings, "output_order", false)?,
            ..Settings::default()
        },
        strategy: match strategy.as_str() {
            "auto" => StrategyChoice::Auto,
            "exhaustive" => StrategyChoice::Exhaustive,
            "walk" => StrategyChoice::Walk,
            other => return Err(PyValueError::new_err(format!("no strategy `{other}`"))),
        },
        seed: setting(settings, "seed", 0)?,
        executions: setting(settings, "executions", None)?,
    })
}

/// Begins a check of the program with these sites (JSON of a site table) and sources (file number,
/// text, the line of the file that the text begins at).
#[pyfunction]
fn begin_check(
    sites: &str,
    sources: Vec<(usize, String, usize)>,
    hash: u32,
    settings: Bound<'_, PyDict>,
) -> PyResult<()> {
    let table: SiteTable = serde_json::from_str(sites)
        .map_err(|error| PyValueError::new_err(format!("site table: {error}")))?;
    let by_dictionary = setting(&settings, "attributes_in_dictionaries", false)?;
    let settings = read_settings(&settings)?;
    // SAFETY: the lock is held, and no execution is running.
    unsafe {
        let w = world();
        if w.active {
            return Err(PyRuntimeError::new_err("an execution is running"));
        }
        w.exploration = Some(Exploration::new(settings, &table));
        w.sites = table;
        w.by_dictionary = by_dictionary;
        w.opaque.clear();
        w.texts.clear();
        w.numbers_of_texts.clear();
        w.places.clear();
        w.values.clear();
        w.shared.clear();
        w.refused = None;
        w.loop_bound = None;
        w.clock_reads.clear();
        let c = check();
        c.sources = Sources::default();
        for (file, text, first_line) in sources {
            c.sources.set(file, &text, first_line);
        }
        c.hash = hash;
        c.shown.clear();
    }
    Ok(())
}

/// The next execution's purpose and whether it records facts; none when the check is over. `spent` is
/// the used share of the time budget, in thousandths.
#[pyfunction]
fn next_plan(spent: u32) -> PyResult<Option<(&'static str, bool)>> {
    // SAFETY: the lock is held, and no execution is running.
    unsafe {
        let w = world();
        let exploration = w.exploration.as_mut().ok_or_else(no_check)?;
        let Some(plan) = exploration.next(spent) else { return Ok(None) };
        w.facts = plan.facts;
        w.values.clear();
        w.values.wanted = plan.purpose == Purpose::Witness;
        crate::cells::forget();
        check().noted = (plan.purpose == Purpose::Early).then_some(Noted {
            clock_reads: w.clock_reads.len(),
            opaque: w.opaque.calls.len(),
            loop_bound: w.loop_bound,
        });
        let purpose = match plan.purpose {
            Purpose::Serial => "serial",
            Purpose::Search => "exhaustive",
            Purpose::Bounded => "bounded",
            Purpose::Walk => "walk",
            Purpose::Foreseen => "foreseen",
            Purpose::SelfCheck => "self-check",
            Purpose::Facts | Purpose::Around => "facts",
            Purpose::Early => "early",
            Purpose::Steered => "steered",
            Purpose::Witness => "witness",
            Purpose::Nearest => "nearest",
        };
        Ok(Some((purpose, plan.facts)))
    }
}

/// Prepares the one execution of this schedule token.
#[pyfunction]
fn replay_token(token: &str) -> PyResult<()> {
    // SAFETY: the lock is held, and no execution is running.
    unsafe {
        let schedule = Schedule::from_token(token, check().hash)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        begin_replay(schedule, Mismatch::Stop)
    }
}

/// Prepares one execution of a program by the schedule of a similar one, as far as it can be followed,
/// with facts.
#[pyfunction]
fn steer(token: &str, hash: u32) -> PyResult<()> {
    // SAFETY: the lock is held, and no execution is running.
    unsafe {
        let schedule = Schedule::from_token(token, hash)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        let exploration = world().exploration.as_mut().ok_or_else(no_check)?;
        exploration.steer(schedule);
        Ok(())
    }
}

unsafe fn begin_replay(schedule: Schedule, mismatch: Mismatch) -> PyResult<()> {
    let w = world();
    let exploration = w.exploration.as_mut().ok_or_else(no_check)?;
    let plan = exploration.replay_only(schedule, mismatch, false);
    w.facts = plan.facts;
    w.values.clear();
    w.values.wanted = true;
    crate::cells::forget();
    Ok(())
}

/// Runs one execution whose main task calls `main()`.
#[pyfunction]
fn run(main: Bound<'_, PyAny>) {
    // SAFETY: the lock is held; `run` takes the world anew after each switch.
    unsafe { crate::tasks::run(main.as_ptr()) }
}

/// How the execution ended.
#[pyfunction]
fn ending() -> &'static str {
    // SAFETY: the lock is held.
    match unsafe { crate::tasks::ending() } {
        Some(Ending::Complete) => "complete",
        Some(Ending::Stuck) => "stuck",
        Some(Ending::Redundant) => "redundant",
        Some(Ending::Bound) => "bound",
        Some(Ending::Diverged) => "diverged",
        Some(Ending::Stopped) => "stopped",
        None => "running",
    }
}

/// What each task of the execution printed, by content; tasks that printed nothing are left out.
#[pyfunction]
fn printed() -> Vec<String> {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        let Some(exploration) = &w.exploration else { return Vec::new() };
        let mut texts = vec![String::new(); exploration.execution.task_count()];
        let mut units = w.processes.units.iter().peekable();
        for (index, event) in exploration.execution.trace.events.iter().enumerate() {
            while let Some((_, task)) = units.next_if(|(begin, _)| *begin <= index) {
                let text = std::mem::take(&mut texts[task.index()]);
                texts.push(text);
            }
            if let Action::Print(text) = event.operation.action
                && let Some(text) = w.texts.get(text as usize)
            {
                texts[event.task.index()].push_str(text);
            }
        }
        texts.retain(|text| !text.is_empty());
        texts.sort();
        texts
    }
}

/// The exceptions that tasks of the execution ended with: task, type, text.
#[pyfunction]
fn raised() -> Vec<(u32, String, String)> {
    // SAFETY: the lock is held.
    let raised = unsafe { &world().raised };
    raised.iter().map(|raised| (raised.task.0, raised.kind.clone(), raised.text.clone())).collect()
}

/// Reports the end of an execution, with the canonical text of its result if it has one.
#[pyfunction]
fn end_execution(result: Option<String>) -> PyResult<()> {
    // SAFETY: the lock is held, and no execution is running.
    unsafe {
        let w = world();
        w.values.settle_after_end();
        let raised = w.raised.clone();
        let exploration = w.exploration.as_mut().ok_or_else(no_check)?;
        if exploration.running_witness().is_some() || w.values.wanted {
            let shown = show();
            check().shown.push(shown);
        }
        let exploration = world().exploration.as_mut().ok_or_else(no_check)?;
        exploration.ended(Outcome { result, raised });
        if let Some(noted) = check().noted.take() {
            let w = world();
            w.refused = None;
            w.clock_reads.truncate(noted.clock_reads);
            w.opaque.calls.truncate(noted.opaque);
            w.loop_bound = noted.loop_bound;
        }
    }
    Ok(())
}

unsafe fn program() -> Program<'static> {
    let c = check();
    Program {
        sites: &world().sites,
        sources: &c.sources,
        hash: c.hash,
        steps_at_most: STEPS_AT_MOST,
    }
}

/// The interleaving of the execution that has just ended.
unsafe fn show() -> Shown {
    let w = world();
    let names: Vec<String> = w.tasks.iter().map(|task| task.name.clone()).collect();
    let Some(exploration) = &w.exploration else { return Shown::default() };
    let failure =
        exploration.running_witness().and_then(|index| exploration.failures.all.get(index));
    let waits = failure.map_or(&[][..], |failure| &failure.waits);
    let events = failure.map(|failure| failure.witness.events);
    telling::show(&program(), &exploration.execution, waits, events, &w.values.texts, &names)
}

/// The interleaving of the replayed execution, as JSON.
#[pyfunction]
fn replayed() -> PyResult<String> {
    // SAFETY: the lock is held, and no execution is running.
    let shown = unsafe { check().shown.last().cloned().unwrap_or_default() };
    Ok(json!({ "steps": shown.steps, "waits": shown.waits }).to_string())
}

/// Names that were stored at module level while several tasks existed, since the last call.
#[pyfunction]
fn take_shared() -> Vec<String> {
    // SAFETY: the lock is held.
    unsafe { std::mem::take(&mut world().shared) }
}

/// What was refused, with file number and line.
#[pyfunction]
fn refused() -> Option<(String, Option<(u32, u32)>)> {
    // SAFETY: the lock is held.
    unsafe { world().refused.clone() }
}

/// Stops exploring; what was found is still reported.
#[pyfunction]
fn interrupt() {
    // SAFETY: the lock is held.
    unsafe {
        if let Some(exploration) = world().exploration.as_mut() {
            exploration.interrupt();
        }
    }
}

/// Ends the execution that is running, because it goes on too long without announcing anything.
#[pyfunction]
fn cut() {
    // SAFETY: the lock is held.
    unsafe {
        if let Some(exploration) = world().exploration.as_mut() {
            exploration.execution.cut();
        }
    }
}

/// Executions, classes, share done in thousandths, failures.
#[pyfunction]
fn progress() -> (u64, u64, Option<u32>, usize) {
    // SAFETY: the lock is held.
    unsafe {
        world().exploration.as_ref().map_or((0, 0, None, 0), |exploration| {
            (
                exploration.executions,
                exploration.classes,
                exploration.share(),
                exploration.failures.all.len(),
            )
        })
    }
}

/// How many operations the last execution recorded, and how many greenlets could not be ended so far.
#[pyfunction]
fn counters() -> (usize, usize) {
    // SAFETY: the lock is held.
    unsafe {
        let w = world();
        let events = w.exploration.as_ref().map_or(0, |e| e.execution.trace.events.len());
        (events, w.graveyard)
    }
}

/// Everything that the check found, as JSON.
#[pyfunction]
fn findings() -> PyResult<String> {
    // SAFETY: the lock is held, and no execution is running.
    unsafe {
        let assumptions = assumptions();
        let exploration = world().exploration.as_ref().ok_or_else(no_check)?;
        let found = telling::tell(exploration, &program(), &check().shown, assumptions);
        let interrupted = telling::was_interrupted(exploration);
        let value: Value = json!({
            "verdict": found.verdict,
            "message": found.message,
            "explored": found.explored,
            "assumptions": found.assumptions,
            "results_complete": found.results_complete,
            "results": found.results,
            "output_orders": found.output_orders,
            "failures": found.failures,
            "notes": found.notes,
            "interrupted": interrupted,
            "tasks": exploration.execution.task_count(),
            "reference": exploration.reference.as_ref().and_then(|reference| reference.result.clone()),
        });
        Ok(value.to_string())
    }
}

unsafe fn assumptions() -> Vec<Assumption> {
    let w = world();
    let mut assumptions = Vec::new();
    let mut add = |kind, what: &str, line| {
        assumptions.push(Assumption { kind, what: what.to_owned(), line: Some(line) });
    };
    for (file, line) in &w.clock_reads {
        let text = check().sources.line(*file, *line).to_owned();
        add(AssumptionKind::ClockReading, &text, *line);
    }
    for (what, (_, line)) in &w.opaque.calls {
        add(AssumptionKind::OpaqueCall, what, *line);
    }
    if let Some((file, line)) = w.loop_bound {
        let text = check().sources.line(file, line).to_owned();
        add(AssumptionKind::LoopBound, &text, line);
    }
    assumptions
}

pub(crate) fn set_up(module: &Bound<'_, PyModule>) -> PyResult<()> {
    // SAFETY: the module is set up once, with the lock held.
    unsafe {
        if CHECK.is_null() {
            CHECK = Box::into_raw(Box::default());
        }
    }
    module.add_function(wrap_pyfunction!(begin_check, module)?)?;
    module.add_function(wrap_pyfunction!(next_plan, module)?)?;
    module.add_function(wrap_pyfunction!(replay_token, module)?)?;
    module.add_function(wrap_pyfunction!(steer, module)?)?;
    module.add_function(wrap_pyfunction!(run, module)?)?;
    module.add_function(wrap_pyfunction!(ending, module)?)?;
    module.add_function(wrap_pyfunction!(printed, module)?)?;
    module.add_function(wrap_pyfunction!(raised, module)?)?;
    module.add_function(wrap_pyfunction!(end_execution, module)?)?;
    module.add_function(wrap_pyfunction!(replayed, module)?)?;
    module.add_function(wrap_pyfunction!(take_shared, module)?)?;
    module.add_function(wrap_pyfunction!(refused, module)?)?;
    module.add_function(wrap_pyfunction!(interrupt, module)?)?;
    module.add_function(wrap_pyfunction!(cut, module)?)?;
    module.add_function(wrap_pyfunction!(progress, module)?)?;
    module.add_function(wrap_pyfunction!(counters, module)?)?;
    module.add_function(wrap_pyfunction!(findings, module)?)?;
    Ok(())
}
