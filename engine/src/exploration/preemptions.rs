//! How many classes there are of each rank, as far as that costs little.

use alloc::vec::Vec;

use crate::execution::Execution;
use crate::happens_before::HappensBefore;
use crate::ranks::Ranks;

/// A class is given up after so many cuts.
const CUTS: usize = 20_000;

/// So much may be spent whatever the check costs.
const FREE_WORK: u64 = 100_000;

/// The classes seen, by their fewest preemptions.
#[derive(Debug, Default)]
pub(super) struct Preemptions {
    ranks: Ranks,
    counts: Vec<u64>,
    events: u64,
    given_up: bool,
}

impl Preemptions {
    /// Ranks the class of an execution that was ordered, unless that has come to cost more than a small
    /// share of the executions.
    pub(super) fn note(&mut self, execution: &Execution, order: &HappensBefore) {
        self.events += execution.trace.events.len() as u64;
        self.given_up |= self.ranks.work > FREE_WORK + self.events;
        if self.given_up {
            return;
        }
        match self.ranks.fewest_preemptions(execution, order, CUTS) {
            Some(rank) => {
                let rank = rank as usize;
                if self.counts.len() <= rank {
                    self.counts.resize(rank + 1, 0);
                }
                self.counts[rank] += 1;
            }
            None => self.give_up(),
        }
    }

    /// Some class is not ranked, so nothing can be said of all.
    pub(super) fn give_up(&mut self) {
        self.given_up = true;
    }

    /// The search begins anew.
    pub(super) fn clear(&mut self) {
        self.counts.clear();
        self.given_up = false;
    }

    /// How many classes there are of each rank, if all were ranked.
    pub(super) fn counts(&self) -> Option<&[u64]> {
        (!self.given_up && !self.counts.is_empty()).then_some(&self.counts)
    }
}
