//! What a check is asked to do, what each of its executions is for, and what the front-end tells of one.

use alloc::string::String;
use alloc::vec::Vec;

use everyway_protocol::ids::{SiteId, TaskId};

use crate::execution::Settings;

/// How a check chooses its executions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StrategyChoice {
    /// The search for a share of the budget, then the random walk.
    #[default]
    Auto,
    /// The search only.
    Exhaustive,
    /// The random walk only.
    Walk,
}

/// What a check is asked to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckSettings {
    /// Settings of each execution.
    pub execution: Settings,
    /// How executions are chosen.
    pub strategy: StrategyChoice,
    /// The seed of the random walk.
    pub seed: u64,
    /// At most so many executions.
    pub executions: Option<u64>,
}

/// What the next execution is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The serial reference.
    Serial,
    /// The exhaustive search.
    Search,
    /// Everything with few preemptions.
    Bounded,
    /// The random walk.
    Walk,
    /// Into a deadlock that was foreseen.
    Foreseen,
    /// Another order of a class that was seen: its result must be the same.
    SelfCheck,
    /// An execution again, with facts.
    Facts,
    /// The order around an interrupted region changed.
    Around,
    /// Timed waits may run out early.
    Early,
    /// The schedule of a similar program.
    Steered,
    /// The witness of a failure, with values.
    Witness,
    /// A failing execution with two steps in the other order.
    Nearest,
}

/// How the next execution is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// What it is for.
    pub purpose: Purpose,
    /// Whether facts are recorded.
    pub facts: bool,
}

/// An exception that a task ended with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Raised {
    /// The task.
    pub task: TaskId,
    /// Its type.
    pub kind: String,
    /// Its text.
    pub text: String,
    /// The file, as an index into the site table, and the line that raised it.
    pub place: Option<(u32, u32)>,
}

/// What the front-end knows of an execution that ended.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The result, if the program ended, in canonical text.
    pub result: Option<String>,
    /// The uncaught exceptions.
    pub raised: Vec<Raised>,
}

/// Why the check stopped before the search had finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfinished {
    /// The budget of time or executions.
    Budget,
    /// An execution was longer than the bound on its events or choices.
    Bound,
    /// The strategy does not finish by its nature.
    Strategy,
    /// The user.
    Interrupted,
}

/// Two executions of one schedule that were not the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// The last place where the program did as before.
    pub site: SiteId,
    /// After how many events.
    pub events: u32,
}
