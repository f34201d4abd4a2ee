//! Runs some tasks up to given operations and holds them there until nobody else can go on.

use alloc::vec::Vec;

use super::{Pick, Strategy, default_choice};
use crate::detectors::lock_order::Hold;
use crate::execution::Execution;

/// The policy that brings tasks together.
#[derive(Debug, Default)]
pub struct Steer {
    holds: Vec<Hold>,
}

impl Steer {
    /// Holds these tasks.
    #[must_use]
    pub fn new(holds: Vec<Hold>) -> Steer {
        Steer { holds }
    }

    fn is_held(&self, execution: &Execution, task: everyway_protocol::ids::TaskId) -> bool {
        execution.task(task).is_some_and(|task| {
            self.holds
                .iter()
                .any(|hold| hold.path == task.path && task.operations >= hold.operations)
        })
    }
}

impl Strategy for Steer {
    fn interrupts(&mut self, execution: &Execution) -> bool {
        self.is_held(execution, execution.current())
    }

    fn choose(&mut self, execution: &Execution) -> Pick {
        let (choices, current) = (execution.choices(), execution.current());
        let preferred = default_choice(choices, current);
        if !self.is_held(execution, choices[preferred].task) {
            return Pick::Step(preferred);
        }
        if let Some(free) = choices.iter().position(|step| !self.is_held(execution, step.task)) {
            return Pick::Step(free);
        }
        // All that is left is where it should be.
        self.holds.clear();
        Pick::Step(preferred)
    }
}
