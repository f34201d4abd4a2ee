//! The serial reference: a started task goes on until it ends or blocks, then the one before it.

use super::replay::only_starts;
use super::{Pick, Strategy, default_choice};
use crate::execution::Execution;

/// The policy of the serial reference.
#[derive(Debug, Default)]
pub struct Serial;

impl Strategy for Serial {
    fn needs_first_points(&self) -> bool {
        false
    }

    fn interrupts(&mut self, execution: &Execution) -> bool {
        execution.has_started_tasks()
    }

    fn choose(&mut self, execution: &Execution) -> Pick {
        let (choices, current) = (execution.choices(), execution.current());
        let started = choices.iter().rposition(only_starts);
        Pick::Step(started.unwrap_or_else(|| default_choice(choices, current)))
    }
}
