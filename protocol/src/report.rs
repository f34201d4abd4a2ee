//! The report: what a check says, in the shape of its JSON.
//!
//! The shape is a contract with scripts: fields are only ever added. Every field is always
//! written, so `null` means "none" and never "not asked". A reader passes over fields that it does
//! not know.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::FailureKind;

/// The number of the shape that this version writes and reads.
pub const SCHEMA: u32 = 1;

/// What one call of `everyway check` found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Report {
    /// The number of this shape.
    pub schema: u32,
    /// The version of everyway that wrote the report.
    pub everyway: String,
    /// The seed of the random strategies.
    pub seed: u64,
    /// The strategy that was asked for.
    pub strategy: String,
    /// How time passed.
    pub clock: Clock,
    /// What was checked, in the order of the targets.
    pub units: Vec<Unit>,
    /// How many units have which verdict.
    pub summary: Summary,
}

/// How time passes for the program.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Clock {
    /// Running code may take any time.
    #[default]
    Legal,
    /// Running code takes no time.
    Exact,
    /// A timer stands for work of unknown length.
    Any,
}

impl Clock {
    /// The name in reports and options.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Clock::Legal => "legal",
            Clock::Exact => "exact",
            Clock::Any => "any",
        }
    }
}

/// The language of a unit.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Python.
    Python,
    /// JavaScript.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// Rust.
    Rust,
}

impl Language {
    /// The language's name as people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Language::Python => "Python",
            Language::JavaScript => "JavaScript",
            Language::TypeScript => "TypeScript",
            Language::Rust => "Rust",
        }
    }

    /// Whether blocks of these two languages share definitions: JavaScript and TypeScript are one.
    #[must_use]
    pub fn shares_definitions_with(self, other: Language) -> bool {
        use Language::{JavaScript, TypeScript};
        self == other
            || matches!((self, other), (JavaScript, TypeScript) | (TypeScript, JavaScript))
    }
}

/// One thing that was checked: a file, a function of it, or a block of a guide.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unit {
    /// Names the unit within the report: the path of a file, `path:line` of a block or function.
    pub id: String,
    /// The heading above a block, the name of a file.
    pub name: String,
    /// The file, with `/` on every system.
    pub path: String,
    /// The line of a block's opening fence, 1 for a file.
    pub line: u32,
    /// The language it is written in.
    pub language: Language,
    /// The interpreter that ran it; null if nothing ran.
    pub runtime: Option<String>,
    /// SHA-256 of the unit's own text.
    pub source_hash: String,
    /// The answer.
    pub verdict: Verdict,
    /// What went wrong; never null for `error` and `unsupported`.
    pub message: Option<String>,
    /// What was looked at.
    pub explored: Explored,
    /// What the verdict rests on and was not checked.
    pub assumptions: Vec<Assumption>,
    /// Whether `results` holds every result that the program can have.
    pub results_complete: bool,
    /// What finished executions left, each different result once.
    pub results: Vec<ResultRecord>,
    /// How many whole outputs there are.
    pub output_orders: OutputOrders,
    /// What is wrong.
    pub failures: Vec<Failure>,
    /// What is worth knowing and does not change the verdict.
    pub notes: Vec<Note>,
}

/// The answer for one unit.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Exploration finished, nothing failed and nothing was assumed that the user did not declare.
    Proved,
    /// Nothing failed in what was explored.
    Passed,
    /// At least one schedule shows a failure.
    Failed,
    /// It fails in every execution and with one task after the other too, or cannot run at all.
    Error,
    /// Nothing but definitions ran.
    Definitions,
    /// It uses something that the front-end does not control.
    Unsupported,
}

impl Verdict {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Passed => "passed",
            Verdict::Failed => "failed",
            Verdict::Error => "error",
            Verdict::Definitions => "definitions",
            Verdict::Unsupported => "unsupported",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What an exploration looked at.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Explored {
    /// Whether nothing is left to visit.
    pub exhaustive: bool,
    /// How many executions there were.
    pub executions: u64,
    /// How many equivalence classes they belong to.
    pub classes: u64,
    /// How many executions were stopped because all that was left had been visited.
    pub redundant: u64,
    /// Everything with at most so many preemptions was visited; null where that is not known. Where
    /// nothing is left to visit: nothing needs more.
    pub preemptions_at_most: Option<u32>,
    /// Where nothing is left to visit: how many classes there are by the fewest preemptions that they
    /// need, from none on; null where that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub classes_by_preemptions: Option<Vec<u64>>,
    /// How long it took.
    pub seconds: f64,
}

/// What a verdict rests on and was not checked.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Assumption {
    /// What kind of assumption it is.
    pub kind: AssumptionKind,
    /// What it is about, as the program names it.
    pub what: String,
    /// Where; null if it is about the whole unit.
    pub line: Option<u32>,
}

/// The kinds of assumption.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AssumptionKind {
    /// A call into code that was not looked into.
    OpaqueCall,
    /// A random value that was the same in every execution.
    FixedRandom,
    /// A reading of the clock.
    ClockReading,
    /// A loop that was followed only so far.
    LoopBound,
    /// A file whose content was taken as it is.
    File,
    /// A less exact way had to be taken.
    Fallback,
    /// Weaker memory orderings were treated as sequentially consistent.
    SequentialConsistency,
    /// Code of the program that was not instrumented.
    NotInstrumented,
}

impl AssumptionKind {
    /// The name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            AssumptionKind::OpaqueCall => "opaque-call",
            AssumptionKind::FixedRandom => "fixed-random",
            AssumptionKind::ClockReading => "clock-reading",
            AssumptionKind::LoopBound => "loop-bound",
            AssumptionKind::File => "file",
            AssumptionKind::Fallback => "fallback",
            AssumptionKind::SequentialConsistency => "sequential-consistency",
            AssumptionKind::NotInstrumented => "not-instrumented",
        }
    }
}

/// One result that finished executions left.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ResultRecord {
    /// `globals`, `stdout` and `exception`, or what the program observed.
    pub value: Value,
    /// In how many executions it was seen.
    pub executions: u64,
    /// The schedule token of one of them.
    pub witness: String,
    /// What only a certain timing or clock gives; null if any does.
    pub needs: Option<String>,
}

/// How many whole outputs the classes seen can give.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct OutputOrders {
    /// So many different ones.
    pub count: u64,
    /// Whether these are all.
    pub exhaustive: bool,
}

/// A defect that one execution shows.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Failure {
    /// What is wrong.
    pub kind: FailureKind,
    /// What happened, in a sentence.
    pub message: String,
    /// The calls that show it, in source order; null where the program starts its tasks itself.
    pub scenario: Option<String>,
    /// Other calls that show it.
    pub also_in: Vec<String>,
    /// What only a certain timing or clock gives; null if any does.
    pub needs: Option<String>,
    /// Which runtimes can do it; null if that was not determined.
    pub runtimes: Option<Runtimes>,
    /// How often the schedule switches to another task.
    pub switches: u32,
    /// Whether no schedule with fewer switches shows it.
    pub shortest: bool,
    /// The schedule token that replays it.
    pub schedule: String,
    /// Who waits for what, the whole circle of a deadlock.
    pub waits: Vec<Wait>,
    /// The interleaving.
    pub steps: Vec<Step>,
    /// The nearest execution in which it does not come about; left out if none was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nearest_passing: Option<NearestPassing>,
}

/// An execution that ends well, and what makes the difference.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct NearestPassing {
    /// Which step comes before which, in a sentence.
    pub message: String,
    /// The schedule token that replays it.
    pub schedule: String,
}

/// Which runtimes can show a failure.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Runtimes {
    /// Every switch is where any CPython may switch.
    AnyCpython,
    /// A switch lies inside a statement.
    InsideAStatement,
}

/// A task that waits.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Wait {
    /// The task.
    pub task: String,
    /// What it waits for.
    pub r#for: String,
    /// Who holds that; null if nobody does.
    pub held_by: Option<String>,
    /// The line where it waits.
    pub line: u32,
    /// The line where the holder took it; null if nobody holds it.
    pub held_since_line: Option<u32>,
}

/// One operation of an interleaving.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The task that did it.
    pub task: String,
    /// What it did: `read`, `write`, `acquire`, …
    pub op: String,
    /// To what, as the program names it; null if to nothing that has a name.
    pub object: Option<String>,
    /// The value read or written; null if there is none.
    pub value: Option<String>,
    /// Why this task runs now; null where it simply goes on.
    pub reason: Option<String>,
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1; null if not known.
    pub column: Option<u32>,
    /// The source text of the line or statement.
    pub text: String,
}

/// Something worth knowing that does not change the verdict.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Note {
    /// What it is about: a kind of failure, `timing`, …
    pub kind: String,
    /// What there is to know.
    pub message: String,
    /// Where; null if it is about the whole unit.
    pub line: Option<u32>,
}

/// How many units have which verdict.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Summary {
    /// All units.
    pub units: u32,
    /// Units that are `proved`.
    pub proved: u32,
    /// Units that are `passed`.
    pub passed: u32,
    /// Units that are `failed`.
    pub failed: u32,
    /// Units that are `error`.
    pub error: u32,
    /// Units that are `definitions`.
    pub definitions: u32,
    /// Units that are `unsupported`.
    pub unsupported: u32,
    /// How long the whole check took.
    pub seconds: f64,
}

impl Summary {
    /// Counts the verdicts of these units.
    #[must_use]
    pub fn of(units: &[Unit], seconds: f64) -> Summary {
        let mut summary = Summary { seconds, ..Summary::default() };
        for unit in units {
            summary.units += 1;
            *summary.count_mut(unit.verdict) += 1;
        }
        summary
    }

    /// How many units have this verdict.
    #[must_use]
    pub const fn count(&self, verdict: Verdict) -> u32 {
        match verdict {
            Verdict::Proved => self.proved,
            Verdict::Passed => self.passed,
            Verdict::Failed => self.failed,
            Verdict::Error => self.error,
            Verdict::Definitions => self.definitions,
            Verdict::Unsupported => self.unsupported,
        }
    }

    fn count_mut(&mut self, verdict: Verdict) -> &mut u32 {
        match verdict {
            Verdict::Proved => &mut self.proved,
            Verdict::Passed => &mut self.passed,
            Verdict::Failed => &mut self.failed,
            Verdict::Error => &mut self.error,
            Verdict::Definitions => &mut self.definitions,
            Verdict::Unsupported => &mut self.unsupported,
        }
    }
}

/// The JSON schema of a report, as `protocol/schema/report.json` holds it.
///
/// # Errors
/// If the schema cannot be written as JSON, which would be a defect of the types above.
pub fn schema() -> Result<String, serde_json::Error> {
    let settings = schemars::generate::SchemaSettings::draft2020_12().for_serialize();
    let schema = settings.into_generator().into_root_schema_for::<Report>();
    serde_json::to_string_pretty(&schema).map(|text| text + "\n")
}
