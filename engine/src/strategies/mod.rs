//! The policies that choose the next step and decide when to stop.

pub mod exhaustive;
pub mod replay;
pub mod serial;
pub mod steer;
pub mod walk;

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Action;
use everyway_protocol::schedule::Alternative;

use crate::dependence::Step;
use crate::execution::Execution;

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
    /// Chooses among the execution's [`choices`](Execution::choices), of which there is at least one.
    /// Steps that let a time run out come last.
    fn choose(&mut self, execution: &Execution) -> Pick;

    /// Whether tasks that have been started run up to their first point before a choice, so that
    /// the choice can see their operations.
    fn needs_first_points(&self) -> bool {
        true
    }

    /// Whether to choose before the running task's next operation although it is no point.
    /// A yes changes nothing: it may be asked again.
    fn interrupts(&mut self, execution: &Execution) -> bool {
        let _ = execution;
        false
    }
}

/// The step that keeps the running task going unless it yields, else the one of the lowest task.
fn default_choice(choices: &[Step], current: TaskId) -> usize {
    let goes_on = |step: &Step| {
        step.alternative != Alternative::Expire && step.operation.action != Action::Yield
    };
    choices
        .iter()
        .position(|step| step.task == current && goes_on(step))
        .or_else(|| choices.iter().position(goes_on))
        .unwrap_or(0)
}
