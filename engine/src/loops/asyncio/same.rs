//! Whether two executions have left a loop alike, so that all that can follow is the same.
//!
//! Two callbacks of which neither sees what the other did are still dependent if swapping them leaves
//! other constraints: `call_later(2, a)` before `call_later(1, b)` lets either fire first, the other
//! way round only `b`.

use alloc::vec::Vec;

use super::AsyncioLoop;
use super::heap::{Answers, Heap, World};
use crate::loops::constraints::{System, Variable};

/// How many steps may wait for the heap to be looked at before that is worth it for their number alone.
pub(super) const MANY_STEPS: usize = 64;

impl AsyncioLoop {
    /// Whether this loop and another, of an execution of the same program whose callbacks have the
    /// same names, allow the same from here on. `readings` are the moments that the program still
    /// holds, paired; the [start](crate::loops::constraints::START) is among them if it knows one as a
    /// number.
    ///
    /// Never true of loops that differ; it can be false of loops that don't, where the heap's
    /// arrangement is open.
    pub fn is_same_as(&mut self, other: &mut Self, readings: &[(Variable, Variable)]) -> bool {
        if self.settings != other.settings
            || self.bounded
            || other.bounded
            || self.ready != other.ready
            || self.to_run != other.to_run
            || self.stopping != other.stopping
            || self.externals != other.externals
            || !self
                .compared
                .iter()
                .map(|one| one.offset)
                .eq(other.compared.iter().map(|two| two.offset))
        {
            return false;
        }
        let Some(mut pairs) = self.timer_pairs(other) else { return false };
        pairs.push((self.now, other.now));
        pairs.extend_from_slice(readings);
        pairs.extend(self.compared.iter().zip(&other.compared).map(|(a, b)| (a.base, b.base)));
        let (Some(ours), Some(theirs)) = (self.resolved_worlds(), other.resolved_worlds()) else {
            return false;
        };
        ours.iter().all(|one| theirs.iter().any(|two| self.same_world(one, other, two, &pairs)))
            && theirs
                .iter()
                .all(|two| ours.iter().any(|one| self.same_world(one, other, two, &pairs)))
    }

    /// The moments from which the deadlines of both are measured; None if they have other timers, or
    /// measure them otherwise.
    fn timer_pairs(&self, other: &Self) -> Option<Vec<(Variable, Variable)>> {
        let timers = self.handles.len().max(other.handles.len());
        let mut pairs = Vec::new();
        for at in 0..timers {
            let [one, two] = [self, other].map(|of| of.handles.get(at));
            let (Some(one), Some(two)) = (one, two) else { return None };
            let cancelled = [one, two].map(|handle| handle.cancelled_at.is_some());
            if (one.state, one.purpose, one.when.offset, cancelled[0])
                != (two.state, two.purpose, two.when.offset, cancelled[1])
            {
                return None;
            }
            if one.state == super::HandleState::Scheduled {
                pairs.push((one.when.base, two.when.base));
            }
        }
        Some(pairs)
    }

    /// Does the steps that are still to be done where that leaves the heap no more open than it was,
    /// so that they aren't done again and again.
    pub(super) fn settle(&mut self) {
        if self.steps.len() < self.settle_at {
            return;
        }
        self.settle_at *= 2;
        if let Some(resolved) = self.resolved_worlds()
            && resolved.len() <= self.worlds.len()
        {
            self.first_step += self.steps.len();
            self.steps.clear();
            self.worlds = resolved;
            self.share_extras();
            self.settle_at = MANY_STEPS;
        }
    }

    /// The worlds with all steps done; None if there are too many.
    pub(super) fn resolved_worlds(&mut self) -> Option<Vec<World>> {
        let mut resolved = Vec::new();
        let mut answers = Answers::default();
        for world in &self.worlds {
            answers.restart();
            loop {
                if resolved.len() == self.settings.limit {
                    return None;
                }
                let mark = self.system.mark();
                let (system, handles) = (&mut self.system, self.handles.as_slice());
                let mut heap = Heap::new(world.clone(), system, handles, &mut answers);
                heap.replay(&self.steps, self.first_step);
                resolved.push(heap.world);
                self.system.rollback(mark);
                if !answers.next() {
                    break;
                }
            }
        }
        super::heap::join_worlds(&mut resolved);
        Some(resolved)
    }

    fn same_world(
        &mut self,
        ours: &World,
        other: &mut Self,
        theirs: &World,
        pairs: &[(Variable, Variable)],
    ) -> bool {
        if (&ours.layout, ours.cancelled) != (&theirs.layout, theirs.cancelled) {
            return false;
        }
        let marks = [self.system.mark(), other.system.mark()];
        let hold = |system: &mut System, world: &World| {
            world.extras.iter().all(|extra| system.add(*extra))
        };
        let same = hold(&mut self.system, ours)
            && hold(&mut other.system, theirs)
            && self.system.same_projection(&mut other.system, pairs);
        self.system.rollback(marks[0]);
        other.system.rollback(marks[1]);
        same
    }
}
