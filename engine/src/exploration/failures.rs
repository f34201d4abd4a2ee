//! The failures seen, grouped by cause, each with the witness of the fewest switches.

use alloc::string::String;
use alloc::vec::Vec;

use everyway_protocol::failure::FailureKind;
use everyway_protocol::ids::{SiteId, TaskId};
use everyway_protocol::operation::Operation;

use super::nearest::Nearest;
use super::{Outcome, Raised};
use crate::detectors::waits;
use crate::execution::{Ending, Execution};
use crate::happens_before::HappensBefore;
use crate::witness::{self, Witness};

/// For so many executions of one failure the fewest switches are looked for.
const MINIMISE_BOUND: u64 = 200;

/// One task that waits, and for whom.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WaitSeen {
    /// The task.
    pub task: TaskId,
    /// What it waits to do.
    pub operation: Operation,
    /// Who holds what it waits for.
    pub held_by: Option<TaskId>,
    /// Where the holder took it.
    pub held_since: SiteId,
}

/// What is wrong, so that equal findings are one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Cause {
    /// These tasks wait at these sites.
    Waits(Vec<(SiteId, SiteId)>),
    /// This exception, by type and place.
    Raised(String, Option<(u32, u32)>),
    /// This read, foreign write and write.
    Region(SiteId, SiteId, SiteId),
}

/// A failure.
#[derive(Debug)]
pub struct FailureSeen {
    /// Its kind.
    pub kind: FailureKind,
    /// What tells it from others of its kind.
    pub cause: Cause,
    /// In how many executions it was seen.
    pub executions: u64,
    /// The execution that shows it.
    pub witness: Witness,
    /// Who waits for what.
    pub waits: Vec<WaitSeen>,
    /// The exception, for one.
    pub raised: Option<Raised>,
    /// The result that shows it, for an atomicity violation.
    pub result: Option<String>,
    /// Uncaught exceptions in the same execution.
    pub with: Vec<Raised>,
    /// The nearest execution seen in which it does not come about.
    pub nearest: Option<Nearest>,
}

/// The failures seen, in the order of discovery.
#[derive(Debug, Default)]
pub struct Failures {
    /// The failures.
    pub all: Vec<FailureSeen>,
    /// Exceptions that every schedule has: the fault is the program's text.
    pub errors: Vec<Raised>,
}

impl Failures {
    /// Forgets all failures.
    pub fn clear(&mut self) {
        self.all.clear();
        self.errors.clear();
    }

    /// Takes down what is wrong with an execution that has ended.
    pub(super) fn note(
        &mut self,
        execution: &Execution,
        ending: Ending,
        outcome: &Outcome,
        order: Option<&HappensBefore>,
    ) {
        for circle in &execution.circles {
            let waits = waits::circle(execution, circle);
            self.add(FailureKind::Deadlock, waits, execution, outcome, order);
        }
        if ending == Ending::Stuck && execution.circles.is_empty() {
            let kind = waits::kind_of_standstill(execution);
            self.add(kind, waits::all(execution), execution, outcome, order);
        }
        for raised in &outcome.raised {
            let cause = Cause::Raised(raised.kind.clone(), raised.place);
            let ends = [raised.task];
            let failure = self.entry(FailureKind::Exception, cause, execution, order, &ends);
            failure.raised.get_or_insert_with(|| raised.clone());
        }
    }

    fn add(
        &mut self,
        kind: FailureKind,
        waits: Vec<WaitSeen>,
        execution: &Execution,
        outcome: &Outcome,
        order: Option<&HappensBefore>,
    ) {
        let mut places: Vec<(SiteId, SiteId)> =
            waits.iter().map(|wait| (wait.operation.site, wait.held_since)).collect();
        places.sort();
        places.dedup();
        let before = self.all.len();
        let ends: Vec<TaskId> = waits.iter().map(|wait| wait.task).collect();
        let failure = self.entry(kind, Cause::Waits(places), execution, order, &ends);
        if failure.executions == 1 {
            failure.waits = waits;
            failure.with.clone_from(&outcome.raised);
        }
        debug_assert!(self.all.len() >= before);
    }

    /// The failure of this cause, with one execution more, in which it had come about when these
    /// tasks had executed all that they could.
    fn entry(
        &mut self,
        kind: FailureKind,
        cause: Cause,
        execution: &Execution,
        order: Option<&HappensBefore>,
        ends: &[TaskId],
    ) -> &mut FailureSeen {
        let known = self.all.iter().position(|other| other.kind == kind && other.cause == cause);
        let index = known.unwrap_or(self.all.len());
        if known.is_none() {
            self.all.push(FailureSeen {
                kind,
                cause,
                executions: 0,
                witness: witness::as_executed(&execution.trace.events),
                waits: Vec::new(),
                raised: None,
                result: None,
                with: Vec::new(),
                nearest: None,
            });
        }
        let failure = &mut self.all[index];
        failure.executions += 1;
        if failure.executions <= MINIMISE_BOUND {
            let events = &execution.trace.events;
            let candidate = match order {
                Some(order) => {
                    let ends = ends.iter().copied();
                    witness::fewest_switches_to(events, order, execution.task_count(), ends)
                }
                None => witness::as_executed(events),
            };
            if known.is_none() || candidate.switches < failure.witness.switches {
                failure.witness = candidate;
            }
        } else {
            failure.witness.fewest = false;
        }
        failure
    }

    /// Adds an atomicity violation.
    pub(super) fn add_violation(
        &mut self,
        cause: Cause,
        witness: Witness,
        result: &str,
        executions: u64,
    ) {
        if let Some(known) = self
            .all
            .iter_mut()
            .find(|other| other.kind == FailureKind::AtomicityViolation && other.cause == cause)
        {
            known.executions += executions;
            if witness.switches < known.witness.switches {
                known.witness = witness;
                known.result = Some(result.into());
            }
            return;
        }
        self.all.push(FailureSeen {
            kind: FailureKind::AtomicityViolation,
            cause,
            executions,
            witness,
            waits: Vec::new(),
            raised: None,
            result: Some(result.into()),
            with: Vec::new(),
            nearest: None,
        });
    }

    /// Exceptions that every execution and the serial reference have are no failures.
    pub(super) fn conclude(&mut self, classes: u64, reference: Option<&Outcome>) {
        let in_reference = |cause: &Cause| {
            reference.is_none_or(|reference| {
                reference.raised.iter().any(|raised| {
                    matches!(cause, Cause::Raised(kind, place)
                        if *kind == raised.kind && *place == raised.place)
                })
            })
        };
        let mut kept = Vec::new();
        for failure in self.all.drain(..) {
            let always = failure.kind == FailureKind::Exception
                && failure.executions >= classes
                && in_reference(&failure.cause);
            match failure.raised {
                Some(raised) if always => self.errors.push(raised),
                raised => kept.push(FailureSeen { raised, ..failure }),
            }
        }
        self.all = kept;
    }
}
