//! Which results only unserialisable executions have.
//!
//! For each result that no execution without an interrupted region gave, its executions are run again
//! with facts until one turns out to be serialisable. Where the search could not finish, the order
//! around the interrupted region is also changed: if that gives the same result, nothing was violated.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;

use everyway_protocol::ids::SiteId;
use everyway_protocol::schedule::Schedule;
use everyway_protocol::site::SiteTable;
use everyway_protocol::trace::{Event, Trace};

use super::ends::RANKED_AT_MOST;
use super::failures::{Cause, Failures};
use super::results::Results;
use super::{Outcome, Purpose};
use crate::detectors::atomicity::{Analysis, Clauses, Violation};
use crate::execution::{Ending, Execution};
use crate::happens_before::HappensBefore;
use crate::strategies::replay::Mismatch;
use crate::witness::{self, Witness};

/// Regions of one location only.
const ONE_LOCATION: Clauses = Clauses { several_locations: false };

/// All clauses.
const SEVERAL_LOCATIONS: Clauses = Clauses { several_locations: true };

/// For so many executions of one result the fewest switches are looked for.
const MINIMISE_BOUND: usize = 20;

/// So many writes that interrupted a region are moved before and after it.
const AROUND_BOUND: usize = 4;

/// A result that is not known to be serialisable.
#[derive(Debug)]
struct Suspect {
    result: usize,
    value: String,
    executions: u64,
    candidates: Vec<Schedule>,
    next: usize,
    incomplete: bool,
    /// Whether other orders around its violation could not be tried.
    untold: bool,
    violation: Option<(Cause, Witness)>,
    around: VecDeque<Schedule>,
    verdict: Option<Serialisable>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Serialisable {
    Yes,
    No,
    Unknown,
    /// No execution is known to be serialisable, but the interruption that was found makes no
    /// difference to the result.
    Excused,
}

/// The stage of a check that asks for facts.
#[derive(Debug)]
pub struct AtomicityStage {
    analysis: Analysis,
    order: HappensBefore,
    suspects: Vec<Suspect>,
    current: usize,
    finished: bool,
    /// Results of which it could not be told whether a serialisable execution has them.
    pub undecided: usize,
}

impl AtomicityStage {
    pub(super) fn new(sites: &SiteTable) -> AtomicityStage {
        AtomicityStage {
            analysis: Analysis::new(sites),
            order: HappensBefore::default(),
            suspects: Vec::new(),
            current: 0,
            finished: true,
            undecided: 0,
        }
    }

    /// Starts with the results of an exploration that has finished, or not.
    pub(super) fn begin(&mut self, results: &Results, finished: bool) {
        self.finished = finished;
        self.current = 0;
        self.suspects = results
            .all
            .iter()
            .enumerate()
            .filter(|(_, result)| !result.serialisable && !result.raised)
            .map(|(index, result)| Suspect {
                result: index,
                value: result.value.clone(),
                executions: result.executions,
                candidates: result.candidates.clone(),
                next: 0,
                incomplete: result.more_candidates,
                untold: false,
                violation: None,
                around: VecDeque::new(),
                verdict: None,
            })
            .collect();
        self.skip_decided();
    }

    pub(super) fn is_done(&self) -> bool {
        self.current >= self.suspects.len()
    }

    /// Runs no more executions: what is not known stays so.
    pub(super) fn give_up(&mut self) {
        for suspect in &mut self.suspects[self.current..] {
            suspect.incomplete = true;
            suspect.around.clear();
            suspect.next = suspect.candidates.len();
        }
        self.skip_decided();
    }

    /// The next execution to run again.
    pub(super) fn schedule(&mut self) -> Option<(Schedule, Purpose, Mismatch)> {
        let suspect = self.suspects.get(self.current)?;
        if let Some(schedule) = suspect.around.front() {
            return Some((schedule.clone(), Purpose::Around, Mismatch::Skip));
        }
        let schedule = suspect.candidates.get(suspect.next)?.clone();
        Some((schedule, Purpose::Facts, Mismatch::Stop))
    }

    /// The execution has ended.
    pub(super) fn ended(&mut self, execution: &Execution, result: Option<&str>) {
        let Some(suspect) = self.suspects.get_mut(self.current) else { return };
        if suspect.around.pop_front().is_some() {
            if result == Some(suspect.value.as_str()) {
                suspect.verdict = Some(Serialisable::Excused);
            }
        } else {
            suspect.next += 1;
            if execution.ending() == Some(Ending::Complete)
                && result == Some(suspect.value.as_str())
            {
                // A region that is itself interrupted says more than the longer cycle it is part of.
                let violation = self
                    .analysis
                    .violation(&execution.trace, ONE_LOCATION)
                    .or_else(|| self.analysis.violation(&execution.trace, SEVERAL_LOCATIONS));
                match violation {
                    // The detector gave something up: that it found nothing says nothing.
                    None if self.analysis.bounded() => suspect.incomplete = true,
                    None => suspect.verdict = Some(Serialisable::Yes),
                    Some(violation) => {
                        suspect.note(execution, &mut self.order, &violation, self.finished);
                    }
                }
            } else {
                suspect.incomplete = true;
            }
        }
        self.skip_decided();
    }

    /// Goes to the next suspect that has something left to run.
    fn skip_decided(&mut self) {
        while let Some(suspect) = self.suspects.get_mut(self.current) {
            let left = !suspect.around.is_empty() || suspect.next < suspect.candidates.len();
            if suspect.verdict.is_none() && left {
                return;
            }
            suspect.verdict.get_or_insert(match suspect.violation {
                None => Serialisable::Unknown,
                Some(_) if suspect.untold || suspect.incomplete && self.finished => {
                    Serialisable::Unknown
                }
                Some(_) => Serialisable::No,
            });
            self.current += 1;
        }
    }

    /// Tells the results that only unserialisable executions have.
    pub(super) fn conclude(
        &mut self,
        results: &mut Results,
        failures: &mut Failures,
        reference: Option<&Outcome>,
    ) {
        for suspect in &self.suspects {
            if let Some(result) = results.all.get_mut(suspect.result) {
                result.serialisable = suspect.verdict == Some(Serialisable::Yes);
            }
        }
        let some_serialisable = results.all.iter().any(|result| result.serialisable);
        let serial = reference.and_then(|reference| reference.result.as_deref());
        let unknown = |suspect: &&Suspect| suspect.verdict == Some(Serialisable::Unknown);
        self.undecided = self.suspects.iter().filter(unknown).count();
        for suspect in self.suspects.drain(..) {
            let (Some(Serialisable::No), Some((cause, witness))) =
                (suspect.verdict, suspect.violation)
            else {
                continue;
            };
            let wrong = if some_serialisable {
                serial != Some(suspect.value.as_str())
            } else {
                serial.is_some_and(|serial| serial != suspect.value)
            };
            if wrong {
                failures.add_violation(cause, witness, &suspect.value, suspect.executions);
            }
        }
    }
}

impl Suspect {
    fn note(
        &mut self,
        execution: &Execution,
        order: &mut HappensBefore,
        violation: &Violation,
        finished: bool,
    ) {
        let events = &execution.trace.events;
        if self.next > MINIMISE_BOUND && self.violation.is_some() {
            return;
        }
        let witness = if events.len() <= RANKED_AT_MOST {
            order.rank(execution);
            witness::fewest_switches(events, order, execution.task_count())
        } else {
            witness::as_executed(events)
        };
        if self.violation.as_ref().is_none_or(|(_, known)| witness.switches < known.switches) {
            self.violation = Some((cause(&execution.trace, violation), witness));
        }
        let events_of = |unit| events.iter().find(|event| event.unit == unit);
        if events_of(violation.task).is_some_and(|event| event.task != event.unit) {
            // The passes of a loop decide, which no order of events tells.
            self.untold |= !finished;
        } else if !finished {
            self.around = around(events, violation);
            // One unserialisable execution with its surroundings says it all.
            self.next = self.candidates.len();
        }
    }
}

fn cause(trace: &Trace, violation: &Violation) -> Cause {
    let site = |index: u32| {
        trace.events.get(index as usize).map_or(SiteId::NONE, |event| event.operation.site)
    };
    Cause::Region(site(violation.read), site(violation.foreign_write), site(violation.write))
}

/// The same events with the region uninterrupted, before and after each write that interrupted it.
fn around(events: &[Event], violation: &Violation) -> VecDeque<Schedule> {
    let (first, last) =
        (violation.read.min(violation.foreign_write), violation.write.max(violation.foreign_write));
    let task = violation.task;
    let inside: Vec<u32> = (first..=last).collect();
    let own = |index: &u32| events[*index as usize].task == task;
    let (region, foreign): (Vec<u32>, Vec<u32>) = inside.into_iter().partition(own);
    let write = events.get(violation.foreign_write as usize).map(|event| event.operation.object);
    let mut places: Vec<usize> = foreign
        .iter()
        .enumerate()
        .filter(|(_, index)| write == Some(events[**index as usize].operation.object))
        .map(|(place, _)| place + 1)
        .take(AROUND_BOUND)
        .collect();
    places.extend([0, foreign.len()]);
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .map(|place| {
            let mut order: Vec<u32> = (0..first).collect();
            order.extend(&foreign[..place]);
            order.extend(&region);
            order.extend(&foreign[place..]);
            order.extend(last + 1..events.len() as u32);
            witness::in_order(events, &order).schedule
        })
        .collect()
}
