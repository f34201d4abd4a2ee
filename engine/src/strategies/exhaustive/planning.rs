//! What the races of an execution ask for, and what is tried where that can't be told.

use super::tree::{EMPTY, Sequence};
use super::{Asleep, Choice, Exhaustive, ITEM_BOUND, PLAN_BOUND, is_asleep};
use crate::execution::{Execution, is_sleep};
use crate::footprint::{self, Access};
use crate::happens_before::HappensBefore;

impl Exhaustive {
    /// Puts into each node's tree what the races of the execution ask for.
    pub(super) fn plan(&mut self, execution: &Execution, order: &HappensBefore) {
        let mut left = PLAN_BOUND;
        if execution.has_timed_wait {
            self.widen_sleeps();
        }
        for race in &order.races {
            let Some(rest) = left.checked_sub(execution.ranked.len() - race.first as usize) else {
                self.overflow = true;
                return;
            };
            left = rest;
            let Ok(index) = self.nodes.binary_search_by_key(&race.first, |node| node.rank) else {
                self.unplaced += 1;
                continue;
            };
            let node = self.nodes[index];
            if node.full {
                continue;
            }
            if !race.sure {
                self.widen(index);
                continue;
            }
            let sequence = self.sequences.reversed(execution, order, race);
            let tried = &self.asleep[node.asleep()];
            if tried.iter().any(|step| could_come_first(step, &self.accesses, sequence)) {
                continue;
            }
            if self.trees.len() + sequence.len() > ITEM_BOUND {
                sequence.keep_first();
                self.nodes[index].cut = true;
                self.fallbacks += 1;
            }
            let mut pending = node.pending;
            self.trees.insert(&mut pending, sequence, node.objects);
            self.nodes[index].pending = pending;
        }
    }

    /// A wait's time may run out while others sleep, once all else has come to a stop. No race asks for
    /// that: a sleep does nothing that others see.
    fn widen_sleeps(&mut self) {
        for index in 0..self.nodes.len() {
            let operation = self.nodes[index].operation;
            if operation.is_some_and(|operation| is_sleep(operation.action)) {
                self.widen(index);
            }
        }
    }

    /// All that is enabled at the node will be tried.
    pub(super) fn widen(&mut self, index: usize) {
        let node = self.nodes[index];
        if node.full {
            return;
        }
        let mut pending = node.pending;
        let known = &self.asleep[node.asleep()];
        let first = node.first_choice as usize;
        for choice in &self.choices[first..first + node.choices as usize] {
            let same = |path, alternative| path == choice.path && alternative == choice.alternative;
            let planned = same(node.path, node.alternative)
                || self.trees.first_items(pending).any(|item| same(item.path, item.alternative))
                || is_asleep(known, choice.path, choice.alternative);
            if !planned {
                let Choice { path, ordinal, alternative } = *choice;
                self.trees.append_step(&mut pending, path, ordinal, alternative);
            }
        }
        self.nodes[index].pending = pending;
        self.nodes[index].full = true;
    }

    /// A plan could not be followed: what it was said to cover is tried in another way.
    pub(super) fn lose_guide(&mut self) {
        self.mismatches += 1;
        self.trees.release(self.guide);
        self.guide = EMPTY;
        for index in self.guided_from..self.nodes.len() {
            self.widen(index);
        }
    }
}

/// Whether some execution that begins with the step is equivalent to one that begins with the sequence:
/// the step is what its task does in the sequence, or would do after it, and commutes with all before.
/// The latter counts only where the races that followed the step were planned in full: what goes on from
/// the sequence and keeps the step from commuting was then planned beside it.
fn could_come_first(step: &Asleep, accesses: &[Access], sequence: &Sequence) -> bool {
    let own = &accesses[step.first_access as usize..(step.first_access + step.accesses) as usize];
    for (item, others) in sequence.iter() {
        if item.path == step.path {
            return item.alternative == step.alternative;
        }
        if footprint::conflict(own, others) {
            return false;
        }
    }
    step.planned
}
