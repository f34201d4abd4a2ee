//! The self-check: another order of a class that was seen must give the same result.
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
    result: String,
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
            self.samples.push(Sample { schedule: other.schedule, result: result.to_string() });
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.next >= self.samples.len() || self.failure.is_some()
    }

    pub(super) fn next(&mut self) -> Option<Schedule> {
        self.samples.get(self.next).map(|sample| sample.schedule.clone())
    }

    pub(super) fn ended(&mut self, ending: Ending, result: Option<&str>) {
        let Some(sample) = self.samples.get(self.next) else { return };
        self.next += 1;
        if ending != Ending::Complete || result != Some(sample.result.as_str()) {
            self.failure = Some(sample.schedule.clone());
        }
    }
}
