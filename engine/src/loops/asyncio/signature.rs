//! All that can follow of a loop's state, in one number.
//!
//! Two executions of a program after which its loop has the same signature can go on in the same ways,
//! as [`is_same_as`](AsyncioLoop::is_same_as) says of two loops. Callbacks and moments are numbered
//! otherwise in each of them, so callbacks are told by names that the caller gives, and moments by the
//! timers that are measured from them.

use alloc::vec::Vec;

use super::heap::World;
use super::{AsyncioLoop, HandleId, TimerPurpose};
use crate::digest::Digest;
use crate::loops::LoopClock;
use crate::loops::constraints::{START, Variable};

/// What stands for "no bound".
const UNBOUNDED: u128 = u128::MAX;

impl AsyncioLoop {
    /// The signature between two passes; None if it can't be told. `name` is the same for callbacks that
    /// do the same, and for no others.
    pub fn signature(&mut self, name: &dyn Fn(HandleId) -> Digest) -> Option<Digest> {
        if self.bounded
            || self.to_run > 0
            || !self.externals.is_empty()
            || !self.compared.is_empty()
        {
            return None;
        }
        let mut digest = Digest::default().then(u128::from(self.stopping));
        for handle in &self.ready {
            let cancelled = self.handles[handle.index()].cancelled_at.is_some();
            digest = digest.then(if cancelled { 1 } else { name(*handle).0 });
        }
        if self.settings.clock == LoopClock::Any {
            let timers = self.pending.iter().map(|timer| name(*timer));
            return Some(digest.then(timers.fold(Digest::default(), Digest::beside).0));
        }
        let worlds = self.resolved_worlds()?;
        let mut all: Vec<Digest> = Vec::new();
        for world in &worlds {
            all.push(self.signature_in(world, name));
        }
        all.sort_unstable();
        Some(all.iter().fold(digest, |digest, world| digest.then(world.0)))
    }

    fn signature_in(&mut self, world: &World, name: &dyn Fn(HandleId) -> Digest) -> Digest {
        let mut digest = Digest::default().then(world.cancelled as u128);
        let mut timers: Vec<(Digest, HandleId)> =
            world.layout.iter().map(|timer| (name(*timer), *timer)).collect();
        digest = timers.iter().fold(digest, |digest, timer| digest.then(timer.0.0));
        timers.sort_unstable();
        let mut moments = alloc::vec![self.now];
        // That a wait runs out early depends on how early everything can be.
        let patience =
            |timer: &HandleId| self.handles[timer.index()].purpose == TimerPurpose::TimedWait;
        if self.settings.clock == LoopClock::Exact || self.pending.iter().any(patience) {
            moments.push(START);
        }
        for (_, timer) in &timers {
            let handle = self.handles[timer.index()];
            let place = moments.iter().position(|moment| *moment == handle.when.base);
            if place.is_none() {
                moments.push(handle.when.base);
            }
            digest = digest
                .then(place.unwrap_or(moments.len() - 1) as u128)
                .then(handle.when.offset as u128)
                .then(u128::from(handle.purpose == TimerPurpose::TimedWait))
                .then(u128::from(handle.cancelled_at.is_some()));
        }
        let mark = self.system.mark();
        for extra in &world.extras {
            self.system.add(*extra);
        }
        for moment in &moments {
            digest = self.differences(*moment, &moments, digest);
        }
        self.system.rollback(mark);
        digest
    }

    fn differences(&mut self, from: Variable, to: &[Variable], digest: Digest) -> Digest {
        self.system.tightest_from(from, to).fold(digest, |digest, bound| {
            digest.then(bound.map_or(UNBOUNDED, |bound| bound as u128))
        })
    }
}
