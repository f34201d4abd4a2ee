//! The policies that choose the next step and decide when to stop.

pub mod bounded;
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
    /// The step of this index in the list.
    Step(usize),
    /// This step, which can be executed.
    This(Step),
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

    /// Whether it chooses from the list of [`choices`](Execution::choices); if not, it is made only
    /// where time runs out, values are picked or loops wait.
    fn needs_choices(&self) -> bool {
        true
    }

    /// The step that it chooses at this moment whatever else could be chosen, if it knows one: it must
    /// be one that [can be executed](Execution::can_execute).
    fn repeat(&mut self, execution: &Execution) -> Option<Step> {
        let _ = execution;
        None
    }

    /// Whether tasks that have been started run up to their first point before a choice, so that
    /// the choice can see their operations.
    fn needs_first_points(&self) -> bool {
        true
    }

    /// Whether it wants to know whether what can follow was explored elsewhere.
    fn wants_digest(&self, execution: &Execution) -> bool {
        let _ = execution;
        false
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
    choices
        .iter()
        .position(|step| step.task == current && goes_on(step))
        .or_else(|| choices.iter().position(goes_on))
        .unwrap_or(0)
}

fn goes_on(step: &Step) -> bool {
    step.alternative != Alternative::Expire && step.operation.action != Action::Yield
}

/// The same step, also where there is no list of choices.
fn default_step(execution: &Execution) -> Option<Step> {
    let own = execution.steps_of(execution.current()).find(goes_on);
    own.or_else(|| execution.steps().find(goes_on)).or_else(|| execution.steps().next())
}
