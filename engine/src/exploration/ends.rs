//! What is taken down when an execution has ended.

use everyway_protocol::ids::SiteId;

use super::Exploration;
use super::phases::Phase;
use super::plan::{Divergence, Outcome, Purpose, Unfinished};
use crate::execution::Ending;

/// Executions with more events are ordered for the search only: their witness is the execution as it
/// was, and their output orders are not counted.
pub(super) const RANKED_AT_MOST: usize = 4_000;

/// An execution whose number of ranked events times that of its tasks is more than this is not ordered,
/// so nothing can be planned from it.
const ORDER_BOUND: usize = 50_000_000;

impl Exploration {
    /// The execution has ended.
    pub fn ended(&mut self, outcome: Outcome) {
        if matches!(
            self.plan.purpose,
            Purpose::Serial
                | Purpose::Search
                | Purpose::Foreseen
                | Purpose::Bounded
                | Purpose::Walk
                | Purpose::Steered
        ) {
            self.executions += 1;
        }
        let ending = self.execution.ending().unwrap_or(Ending::Stopped);
        match self.plan.purpose {
            Purpose::Serial => {
                self.lock_order.look(&self.execution);
                self.races.look(&self.execution, &mut self.points);
                self.reference = Some(outcome);
                if ending == Ending::Stopped {
                    self.phase = Phase::Done;
                } else if ending == Ending::Bound && self.execution.task_count() == 1 {
                    // Nothing is concurrent, so there is nothing else to look at.
                    self.unfinished = Some(Unfinished::Bound);
                    self.phase = Phase::SelfCheck;
                }
            }
            Purpose::Search => self.ended_search(ending, &outcome),
            Purpose::Walk | Purpose::Steered | Purpose::Foreseen => {
                self.races.look(&self.execution, &mut self.points);
                self.note(ending, &outcome, false);
            }
            Purpose::Bounded => self.ended_bounded(ending, &outcome),
            Purpose::Early => self.ended_early(&outcome),
            Purpose::SelfCheck => {
                let known = |result: &str| self.results.find(result).is_some();
                self.self_check.ended(ending, outcome.result.as_deref(), known);
            }
            Purpose::Facts | Purpose::Around => {
                self.atomicity.ended(&self.execution, outcome.result.as_deref());
            }
            Purpose::Witness => {
                self.witness += 1;
                if self.phase == Phase::Witnesses && self.is_small() {
                    self.nearest.begin(&self.execution, &mut self.order);
                }
            }
            Purpose::Nearest => {
                if let Some(failure) = self.failures.all.get_mut(self.witness.saturating_sub(1)) {
                    self.nearest.ended(&self.execution, &outcome, failure, &self.results);
                }
            }
        }
    }

    fn ended_bounded(&mut self, ending: Ending, outcome: &Outcome) {
        let before = self.points.generation();
        self.races.look(&self.execution, &mut self.points);
        let rankable = self.is_rankable();
        let search = &mut self.strategies.bounded;
        match ending {
            _ if self.points.generation() != before => search.restart(),
            Ending::Redundant => {}
            Ending::Complete | Ending::Stuck if rankable => search.advance(&self.execution),
            _ => search.lose(),
        }
        if ending == Ending::Redundant {
            self.redundant += 1;
        } else {
            self.note(ending, outcome, false);
        }
    }

    fn ended_early(&mut self, outcome: &Outcome) {
        let before = self.points.generation();
        self.races.look(&self.execution, &mut self.points);
        if self.points.generation() == before {
            let (execution, order) = (&self.execution, &mut self.order);
            self.early.ended(execution, outcome, order, &self.failures, &self.results);
        } else {
            self.early.forget();
        }
    }

    fn ended_search(&mut self, ending: Ending, outcome: &Outcome) {
        if ending == Ending::Diverged {
            let last = self.execution.trace.events.last();
            let site = last.map_or(SiteId::NONE, |event| event.operation.site);
            let events = self.execution.trace.events.len() as u32;
            self.divergence = Some(Divergence { site, events });
            self.phase = Phase::Walk;
            self.unfinished.get_or_insert(Unfinished::Bound);
            return;
        }
        let before = self.points.generation();
        self.races.look(&self.execution, &mut self.points);
        if self.points.generation() != before {
            self.forget();
            return;
        }
        let rankable = self.is_rankable();
        if rankable && self.strategies.exhaustive.needs_races() {
            self.order.rank_with_races(&self.execution);
            self.points.learn_from(&self.execution, &self.order);
            if self.points.generation() != before {
                self.forget();
                return;
            }
        } else {
            self.order.races.clear();
        }
        self.lock_order.look(&self.execution);
        if ending == Ending::Redundant {
            self.redundant += 1;
            if self.execution.digest().is_some() {
                self.self_check.note_cut(self.redundant, &self.execution);
            }
        } else {
            let ranked = self.strategies.exhaustive.needs_races();
            if ranked && self.is_small() {
                self.preemptions.note(&self.execution, &self.order);
            } else {
                self.preemptions.give_up();
            }
            self.note(ending, outcome, ranked);
        }
        let more = self.strategies.exhaustive.advance(&self.execution, &self.order);
        let search = &self.strategies.exhaustive;
        let incomplete =
            search.has_overflown() || search.unplaced > 0 || self.execution.has_bounded_loop();
        if incomplete || ending == Ending::Bound || !rankable {
            self.unfinished = Some(Unfinished::Bound);
        }
        if !more && self.unfinished.is_none() {
            self.phase = Phase::SelfCheck;
        }
    }

    /// Whether the execution is ordered for more than the search.
    fn is_small(&self) -> bool {
        self.execution.trace.events.len() <= RANKED_AT_MOST && self.is_rankable()
    }

    /// Whether the memory that the order of its events takes is within reason.
    fn is_rankable(&self) -> bool {
        self.execution.ranked.len().saturating_mul(self.execution.clock_size()) <= ORDER_BOUND
    }

    /// More operations are points than was known: the search begins anew.
    fn forget(&mut self) {
        self.strategies.exhaustive.restart();
        self.results.clear();
        self.failures.clear();
        self.orders.clear();
        self.self_check.clear();
        self.preemptions.clear();
        self.classes = 0;
        self.redundant = 0;
    }

    /// Takes down what an execution showed.
    fn note(&mut self, ending: Ending, outcome: &Outcome, ranked: bool) {
        if matches!(ending, Ending::Stopped | Ending::Diverged) {
            return;
        }
        self.classes += 1;
        self.unseen = self.unseen.or(self.execution.unseen);
        if ending == Ending::Bound {
            self.unfinished.get_or_insert(Unfinished::Bound);
            return;
        }
        let tasks = self.execution.task_count();
        let events = &self.execution.trace.events;
        let small = self.is_small();
        if small && !ranked {
            self.order.rank(&self.execution);
        }
        self.failures.note(&self.execution, ending, outcome, small.then_some(&self.order));
        let Some(result) = &outcome.result else { return };
        if small {
            self.orders.add(events, &self.order, tasks);
        }
        self.results.note(&self.execution, result, outcome, small.then_some(&self.order));
        if small {
            self.self_check.note(self.classes, &self.execution, &self.order, result);
        }
    }
}
