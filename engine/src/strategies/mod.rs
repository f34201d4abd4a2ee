//! The policies that choose the next step and decide when to stop.

pub mod exhaustive;
pub mod replay;
pub mod serial;
pub mod walk;

use everyway_protocol::ids::TaskId;

use crate::dependence::Step;

/// What a strategy wants.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pick {
    /// The step of this index.
    Step(usize),
    /// None: all classes that go on from here were visited before.
    Redundant,
    /// None: the execution does not do what its schedule says.
    Diverged,
}

/// Chooses the steps of executions, one execution after the other.
pub trait Strategy {
    /// Chooses among the steps that are enabled, never none. Steps that let a time run out come last.
    fn choose(&mut self, choices: &[Step], current: TaskId) -> Pick;

    /// Whether tasks that have been started run up to their first point before a choice, so that
    /// the choice can see their operations.
    fn needs_first_points(&self) -> bool {
        true
    }

    /// Whether to choose before the running task's next operation although it is no point.
    /// `starting` says whether a started task has not run yet.
    fn interrupts(&mut self, starting: bool) -> bool {
        let _ = starting;
        false
    }
}

/// The step that keeps the running task going, else the one of the lowest task.
fn default_choice(choices: &[Step], current: TaskId) -> usize {
    choices
        .iter()
        .position(|step| {
            step.task == current
                && step.alternative == everyway_protocol::schedule::Alternative::Execute
        })
        .unwrap_or(0)
}
