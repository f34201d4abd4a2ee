//! The self-check: another order of a class that was seen must give the same result.
//!
//! What was cut because all that can follow of a loop's state was explored elsewhere must end with a
//! result that is known.
//!
//! A difference is a dependence that nobody announced: an access that was not seen, a hidden
//! counter, an entry of the dependence relation that is wrong.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use everyway_protocol::schedule::Schedule;

use crate::execution::{Ending, Execution};
use crate::happens_before::HappensBefore;
use crate::witness;

/// One of so many classes is checked.
const SAMPLE: u64 = 100;

/// At most so many classes are checked.
const MOST: usize = 100;

#[derive(Debug)]
struct Sample {
    schedule: Schedule,
    /// Its result; none if any that is known will do.
    result: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct SelfCheck {
    offset: u64,
    samples: Vec<Sample>,
    next: usize,
    failure: Option<Schedule>,
}

impl SelfCheck {
    pub(super) fn new(seed: u64) -> SelfCheck {
        SelfCheck { offset: seed % SAMPLE, ..SelfCheck::default() }
    }

    pub(super) fn clear(&mut self) {
        self.samples.clear();
    }

    pub(super) fn failure(&self) -> Option<&Schedule> {
        self.failure.as_ref()
    }

    /// Takes a sample: of the first classes every one, later one in a hundred.
    pub(super) fn note(
        &mut self,
        class: u64,
        execution: &Execution,
        order: &HappensBefore,
        result: &str,
    ) {
        let drawn = class <= 3 || class % SAMPLE == self.offset;
        if !drawn || self.samples.len() >= MOST || execution.task_count() < 2 {
            return;
        }
        let events = &execution.trace.events;
        let other = witness::another_order(events, order, execution.task_count());
        if other.schedule != witness::as_executed(events).schedule {
            let result = Some(result.to_string());
            self.samples.push(Sample { schedule: other.schedule, result });
        }
    }

    /// Takes a sample of the executions that were cut because a loop's state was known.
    pub(super) fn note_cut(&mut self, cut: u64, execution: &Execution) {
        let drawn = cut <= 3 || cut % SAMPLE == self.offset;
        if drawn && self.samples.len() < MOST {
            let schedule = witness::as_executed(&execution.trace.events).schedule;
            self.samples.push(Sample { schedule, result: None });
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.next >= self.samples.len() || self.failure.is_some()
    }

    pub(super) fn next(&mut self) -> Option<Schedule> {
        self.samples.get(self.next).map(|sample| sample.schedule.clone())
    }

    /// The execution has ended; `is_known` tells whether the search saw a result.
    pub(super) fn ended(
        &mut self,
        ending: Ending,
        result: Option<&str>,
        is_known: impl Fn(&str) -> bool,
    ) {
        let Some(sample) = self.samples.get(self.next) else { return };
        self.next += 1;
        let same = match &sample.result {
            Some(expected) => ending == Ending::Complete && result == Some(expected.as_str()),
            // One that stands still has no result to compare.
            None => ending != Ending::Diverged && result.is_none_or(is_known),
        };
        if !same {
            self.failure = Some(sample.schedule.clone());
        }
    }
}
