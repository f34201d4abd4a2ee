//! The results seen, each once, with how it can be had.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use everyway_protocol::schedule::Schedule;
use hashbrown::HashMap;

use super::Outcome;
use crate::detectors::atomicity::may_be_interrupted;
use crate::execution::Execution;
use crate::happens_before::HappensBefore;
use crate::witness;

/// How many schedules of one result are kept for the atomicity detector.
const CANDIDATE_BOUND: usize = 4_096;

/// A result.
#[derive(Debug)]
pub struct ResultSeen {
    /// Its canonical text.
    pub value: String,
    /// In how many executions it was seen.
    pub executions: u64,
    /// A schedule that gives it.
    pub witness: Schedule,
    /// Whether some execution with it is surely serialisable.
    pub serialisable: bool,
    /// Executions with it in which a region may have been interrupted.
    pub candidates: Vec<Schedule>,
    /// There were more than are kept.
    pub more_candidates: bool,
    /// Whether a task ended with an exception.
    pub raised: bool,
}

/// The results seen, in the order of discovery.
#[derive(Debug, Default)]
pub struct Results {
    /// The results.
    pub all: Vec<ResultSeen>,
    by_value: HashMap<String, usize>,
}

impl Results {
    /// Forgets all results.
    pub fn clear(&mut self) {
        self.all.clear();
        self.by_value.clear();
    }

    /// The result with this text.
    #[must_use]
    pub fn find(&self, value: &str) -> Option<&ResultSeen> {
        self.by_value.get(value).and_then(|index| self.all.get(*index))
    }

    pub(super) fn note(
        &mut self,
        execution: &Execution,
        value: &str,
        outcome: &Outcome,
        order: Option<&HappensBefore>,
    ) {
        let events = &execution.trace.events;
        let index = match self.by_value.get(value) {
            Some(index) => *index,
            None => {
                let witness = match order {
                    Some(order) => witness::fewest_switches(events, order, execution.task_count()),
                    None => witness::as_executed(events),
                };
                self.all.push(ResultSeen {
                    value: value.to_string(),
                    executions: 0,
                    witness: witness.schedule,
                    serialisable: false,
                    candidates: Vec::new(),
                    more_candidates: false,
                    raised: !outcome.raised.is_empty(),
                });
                self.by_value.insert(value.to_string(), self.all.len() - 1);
                self.all.len() - 1
            }
        };
        let result = &mut self.all[index];
        result.executions += 1;
        if result.serialisable {
            return;
        }
        if !may_be_interrupted(events, true) {
            result.serialisable = true;
            result.candidates.clear();
        } else if result.candidates.len() < CANDIDATE_BOUND {
            result.candidates.push(witness::as_executed(events).schedule);
        } else {
            result.more_candidates = true;
        }
    }
}
