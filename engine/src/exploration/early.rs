//! What timed waits that run out early would show: notes, never part of the verdict.
//!
//! With the clock `legal` a wait expires only when nothing else can go on. Once all of that was
//! explored, as many executions again are spent on waits that expire at any moment: half of them on a
//! search, half on a random walk, since a search that can't finish changes the end of one execution
//! only.

use alloc::vec::Vec;

use everyway_protocol::failure::FailureKind;
use everyway_protocol::ids::SiteId;
use everyway_protocol::schedule::Alternative;
use hashbrown::HashSet;

use super::failures::{Cause, Failures};
use super::results::Results;
use super::{Outcome, strategies};
use crate::clock::ClockMode;
use crate::execution::{Ending, Execution};
use crate::happens_before::{HappensBefore, alternative_of};
use crate::strategies::Strategy;
use crate::strategies::exhaustive::Exhaustive;
use crate::strategies::walk::Walk;

/// At least so many executions are spent.
const LEAST: u64 = 1_000;

/// Something that only happens if a wait runs out early.
#[derive(Clone, Debug)]
pub struct EarlySeen {
    /// What goes wrong.
    pub kind: FailureKind,
    cause: Cause,
    /// The waits that run out in the execution that shows it, in order, each once.
    pub waits: Vec<SiteId>,
}

/// The stage of a check that lets waits run out early.
#[derive(Debug)]
pub struct EarlyStage {
    search: Exhaustive,
    walk: Walk,
    searches: bool,
    finished: bool,
    executions: u64,
    budget: u64,
    failures: Failures,
    /// The failures that are no others' too.
    pub seen: Vec<EarlySeen>,
    results: HashSet<alloc::string::String>,
    /// The waits that ran out in executions with a result that no other has.
    pub waits_of_results: Vec<SiteId>,
    /// The waits that ran out in the first execution that could not go on because it used something
    /// that is not controlled.
    pub waits_of_refused: Vec<SiteId>,
}

impl EarlyStage {
    pub(super) fn new(seed: u64) -> EarlyStage {
        EarlyStage {
            search: strategies::search(ClockMode::Any),
            walk: Walk::new(seed),
            searches: true,
            finished: true,
            executions: 0,
            budget: 0,
            failures: Failures::default(),
            seen: Vec::new(),
            results: HashSet::new(),
            waits_of_results: Vec::new(),
            waits_of_refused: Vec::new(),
        }
    }

    /// Starts after an exploration of so many executions.
    pub(super) fn begin(&mut self, executions: u64) {
        self.budget = executions.max(LEAST);
        self.finished = false;
    }

    pub(super) fn is_done(&self) -> bool {
        self.finished
    }

    pub(super) fn give_up(&mut self) {
        self.finished = true;
    }

    /// How many results only waits that run out early have.
    #[must_use]
    pub fn more_results(&self) -> usize {
        self.results.len()
    }

    /// The strategy of the execution that is running.
    pub(super) fn strategy(&mut self) -> &mut dyn Strategy {
        if self.searches { &mut self.search } else { &mut self.walk }
    }

    pub(super) fn begin_execution(&mut self) {
        if self.searches {
            self.search.begin();
        } else {
            self.walk.begin(self.executions);
        }
    }

    /// More operations are points than was known.
    pub(super) fn forget(&mut self) {
        self.executions += 1;
        self.search.restart();
        self.finished |= self.executions >= self.budget;
    }

    /// The execution has ended.
    pub(super) fn ended(
        &mut self,
        execution: &Execution,
        outcome: &Outcome,
        order: &mut HappensBefore,
        known: &Failures,
        results: &Results,
    ) {
        self.executions += 1;
        let ending = execution.ending().unwrap_or(Ending::Stopped);
        if matches!(ending, Ending::Complete | Ending::Stuck) {
            self.note(execution, ending, outcome, known, results);
        } else if ending == Ending::Stopped && self.waits_of_refused.is_empty() {
            self.waits_of_refused = waits_run_out(execution);
        }
        if self.searches {
            order.races.clear();
            let more = self.search.advance(execution, order);
            // A search that ends by itself has seen it all.
            self.finished |= !more;
            self.searches = self.executions < self.budget / 2;
        }
        self.finished |= self.executions >= self.budget;
    }

    fn note(
        &mut self,
        execution: &Execution,
        ending: Ending,
        outcome: &Outcome,
        known: &Failures,
        results: &Results,
    ) {
        let before = self.failures.all.len();
        self.failures.note(execution, ending, outcome, None);
        let waits = waits_run_out(execution);
        for failure in &self.failures.all[before..] {
            let same = |kind, cause: &Cause| kind == failure.kind && *cause == failure.cause;
            let is_known = known.all.iter().any(|other| same(other.kind, &other.cause))
                || self.seen.iter().any(|other| same(other.kind, &other.cause))
                || outcome.raised.iter().any(|raised| known.errors.contains(raised));
            if !is_known && !waits.is_empty() {
                self.seen.push(EarlySeen {
                    kind: failure.kind,
                    cause: failure.cause.clone(),
                    waits: waits.clone(),
                });
            }
        }
        if let Some(result) = &outcome.result
            && results.find(result).is_none()
            && !waits.is_empty()
            && self.results.insert(result.clone())
        {
            for wait in waits {
                if !self.waits_of_results.contains(&wait) {
                    self.waits_of_results.push(wait);
                }
            }
        }
    }
}

fn waits_run_out(execution: &Execution) -> Vec<SiteId> {
    let mut waits = Vec::new();
    for event in &execution.trace.events {
        let site = event.operation.site;
        if alternative_of(event) == Alternative::Expire && !waits.contains(&site) {
            waits.push(site);
        }
    }
    for site in &execution.ran_out {
        if !waits.contains(site) {
            waits.push(*site);
        }
    }
    waits
}
