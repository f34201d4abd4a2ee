//! The class of an execution in one number: the set of its events, each with its vector clock.

use std::hash::{Hash, Hasher};

use everyway_engine::execution::Execution;
use everyway_engine::happens_before::HappensBefore;
use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::Action;
use everyway_protocol::schedule::Alternative;

use crate::local::mix;
use crate::machine::Machine;

/// A hasher that mixes numbers.
#[derive(Default)]
pub(crate) struct Mixer(pub(crate) u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut number = [0; 8];
            number[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(number));
        }
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = mix(self.0, number);
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }
}

/// The hash of the partial order of the execution's events, which were ranked.
#[must_use]
pub fn class(machine: &Machine<'_>, execution: &Execution, order: &HappensBefore) -> u64 {
    let mut sum = 0u64;
    for (rank, ranked) in execution.ranked.all.iter().enumerate() {
        let operation = &execution.trace.events[ranked.event as usize].operation;
        let mut hasher = Mixer(u64::from(machine.number(ranked.task)));
        canonical(machine, operation.action).hash(&mut hasher);
        hasher.write_u32(machine.name(operation.object));
        hasher.write_u64(match ranked.alternative {
            Alternative::Execute => 0,
            Alternative::Expire => 1,
            Alternative::Pick(value) => 2 + u64::from(value),
        });
        let clock = order.clock(rank).iter().enumerate().filter(|(_, count)| **count > 0);
        let clock = clock.fold(0u64, |clock, (task, count)| {
            let task = machine.number(TaskId(task as u32));
            clock.wrapping_add(mix(u64::from(task) + 1, u64::from(*count)))
        });
        sum = sum.wrapping_add(mix(hasher.finish(), clock));
    }
    sum
}

/// The action, with names that mean the same in every execution.
fn canonical(machine: &Machine<'_>, action: Action) -> Action {
    let task = |task| TaskId(machine.number(task));
    let object = |object| ObjectId(machine.name(object));
    match action {
        Action::TaskStart(child) => Action::TaskStart(task(child)),
        Action::TaskJoin(other) => Action::TaskJoin(task(other)),
        Action::TaskIsAlive(other) => Action::TaskIsAlive(task(other)),
        Action::ConditionWait(mutex) => Action::ConditionWait(object(mutex)),
        Action::ConditionResume(mutex) => Action::ConditionResume(object(mutex)),
        other => other,
    }
}
