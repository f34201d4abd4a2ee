//! What a check found, in the types of the report: verdict, results, failures, notes.

mod messages;
mod steps;
mod text;

use std::string::{String, ToString};
use std::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::report::{
    Assumption, AssumptionKind, Explored, Failure, NearestPassing, Note, OutputOrders,
    ResultRecord, Step, Verdict, Wait,
};
use everyway_protocol::schedule::Schedule;
use everyway_protocol::site::SiteTable;

use crate::execution::Execution;
use crate::exploration::failures::{FailureSeen, WaitSeen};
use crate::exploration::{Exploration, Raised, Unfinished};

pub use text::Sources;

/// What the front-end shows of a program.
#[derive(Clone, Copy, Debug)]
pub struct Program<'a> {
    /// Its sites.
    pub sites: &'a SiteTable,
    /// The text of its files.
    pub sources: &'a Sources,
    /// The hash that its schedule tokens carry.
    pub hash: u32,
    /// How many lines of a witness are shown at most.
    pub steps_at_most: usize,
}

/// The interleaving of a failure's witness, taken down while it ran.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// What each task did.
    pub steps: Vec<Step>,
    /// Who waits for what.
    pub waits: Vec<Wait>,
    /// The names of the tasks.
    pub tasks: Vec<String>,
}

/// Everything that one exploration found.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The answer.
    pub verdict: Verdict,
    /// What went wrong.
    pub message: Option<String>,
    /// What was looked at; the seconds are the front-end's to fill in.
    pub explored: Explored,
    /// What the verdict rests on.
    pub assumptions: Vec<Assumption>,
    /// Whether all results are known.
    pub results_complete: bool,
    /// The results.
    pub results: Vec<ResultRecord>,
    /// How many outputs there are.
    pub output_orders: OutputOrders,
    /// The failures.
    pub failures: Vec<Failure>,
    /// What else is worth knowing.
    pub notes: Vec<Note>,
}

/// The interleaving of the execution that has just run a failure's witness.
///
/// Of a witness only so many `events` are told; `values` gives the text of a value by the index of its event; `names` names the tasks.
#[must_use]
pub fn show(
    program: &Program<'_>,
    execution: &Execution,
    waits: &[WaitSeen],
    events: Option<usize>,
    values: &[(usize, String)],
    names: &[String],
) -> Shown {
    let tasks = text::task_names(names);
    let waiting = crate::detectors::waits::all(execution);
    let in_circle = |wait: &&WaitSeen| waits.iter().any(|known| known.task == wait.task);
    let told = waiting.iter().filter(in_circle).map(|wait| steps::wait(program, wait, &tasks));
    Shown {
        steps: steps::of(program, execution, events, values, &tasks),
        waits: told.collect(),
        tasks: tasks.clone(),
    }
}

/// Everything that the exploration found. `shown` has an entry for each failure.
#[must_use]
pub fn tell(
    exploration: &Exploration,
    program: &Program<'_>,
    shown: &[Shown],
    mut assumptions: Vec<Assumption>,
) -> Findings {
    let failures: Vec<Failure> = exploration
        .failures
        .all
        .iter()
        .enumerate()
        .map(|(index, failure)| tell_failure(exploration, program, failure, shown.get(index)))
        .collect();
    let mut notes = messages::notes(exploration, program);
    notes.extend(messages::early(exploration, program));
    let fallbacks = exploration.fallbacks();
    if fallbacks > 0 {
        assumptions.push(Assumption {
            kind: AssumptionKind::Fallback,
            what: std::format!(
                "{fallbacks} plans of the search were cut short to spare memory: it may repeat itself"
            ),
            line: None,
        });
    }
    if let Some(schedule) = exploration.self_check_failure() {
        notes.push(messages::self_check(schedule, program));
        assumptions.push(Assumption {
            kind: AssumptionKind::Fallback,
            what: String::from("the self-check found an access that was not announced"),
            line: None,
        });
    }
    if let Some(site) = exploration.unseen.and_then(|site| program.sites.get(site)) {
        assumptions.push(Assumption {
            kind: AssumptionKind::NotInstrumented,
            what: String::from("the loop saw a change that was not announced"),
            line: Some(site.line),
        });
    }
    let undecided = exploration.undecided_results();
    if undecided > 0 {
        assumptions.push(Assumption {
            kind: AssumptionKind::Fallback,
            what: std::format!(
                "whether {undecided} of the results are serialisable could not be told"
            ),
            line: None,
        });
    }
    let exhaustive = exploration.is_exhaustive();
    let error = exploration.failures.errors.first();
    let verdict = if !failures.is_empty() {
        Verdict::Failed
    } else if error.is_some() {
        Verdict::Error
    } else if exhaustive && assumptions.is_empty() {
        Verdict::Proved
    } else {
        Verdict::Passed
    };
    let message = match (verdict, error) {
        (Verdict::Error, Some(raised)) => Some(messages::error(raised, program)),
        (Verdict::Passed, _) => {
            let is_loop = |each: &&Assumption| each.kind == AssumptionKind::LoopBound;
            let endless = assumptions.iter().find(is_loop).and_then(|each| each.line);
            messages::unfinished(exploration, program, endless)
        }
        _ => None,
    };
    Findings {
        verdict,
        message,
        explored: explored(exploration, exhaustive),
        assumptions,
        results_complete: exhaustive,
        results: results(exploration, program),
        output_orders: output_orders(exploration, exhaustive),
        failures,
        notes,
    }
}

fn explored(exploration: &Exploration, exhaustive: bool) -> Explored {
    Explored {
        exhaustive,
        executions: exploration.executions,
        classes: exploration.classes,
        redundant: exploration.redundant,
        preemptions_at_most: exploration.preemptions_at_most(),
        classes_by_preemptions: exploration.classes_by_preemptions().map(<[u64]>::to_vec),
        seconds: 0.0,
    }
}

fn output_orders(exploration: &Exploration, exhaustive: bool) -> OutputOrders {
    let orders = exploration.orders.count();
    OutputOrders { count: u64::from(orders.count), exhaustive: orders.exhaustive && exhaustive }
}

fn results(exploration: &Exploration, program: &Program<'_>) -> Vec<ResultRecord> {
    exploration
        .results
        .all
        .iter()
        .map(|result| ResultRecord {
            value: text::value(&result.value),
            executions: result.executions,
            witness: token(&result.witness, program),
            needs: None,
        })
        .collect()
}

/// The token of a schedule of this program.
#[must_use]
pub fn token(schedule: &Schedule, program: &Program<'_>) -> String {
    schedule.to_token(program.hash)
}

fn tell_failure(
    exploration: &Exploration,
    program: &Program<'_>,
    failure: &FailureSeen,
    shown: Option<&Shown>,
) -> Failure {
    let nothing = Shown::default();
    let shown = shown.unwrap_or(&nothing);
    Failure {
        kind: failure.kind,
        message: messages::failure(exploration, program, failure, shown),
        scenario: None,
        also_in: Vec::new(),
        needs: None,
        runtimes: None,
        switches: failure.witness.switches,
        shortest: failure.witness.fewest && exploration.is_exhaustive(),
        schedule: token(&failure.witness.schedule, program),
        waits: shown.waits.clone(),
        steps: shown.steps.clone(),
        nearest_passing: failure.nearest.as_ref().map(|nearest| NearestPassing {
            message: messages::nearest(program, nearest, &shown.tasks),
            schedule: token(&nearest.schedule, program),
        }),
    }
}

/// The exceptions of an outcome in words, for a message.
#[must_use]
pub fn raised_text(raised: &Raised, program: &Program<'_>) -> String {
    let place = raised.place.map_or_else(String::new, |(file, line)| {
        let path = program.sites.files.get(file as usize).map_or("", |path| path.as_str());
        std::format!(" at {path}:{line}")
    });
    if raised.text.is_empty() {
        std::format!("`{}`{place}", raised.kind)
    } else {
        std::format!("`{}: {}`{place}", raised.kind, raised.text)
    }
}

/// Whether the exploration was ended by the user.
#[must_use]
pub fn was_interrupted(exploration: &Exploration) -> bool {
    exploration.unfinished == Some(Unfinished::Interrupted)
}

fn task_name(tasks: &[String], task: TaskId) -> String {
    tasks.get(task.index()).cloned().unwrap_or_else(|| std::format!("T{}", task.0).to_string())
}
