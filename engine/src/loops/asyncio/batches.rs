//! The batches of timers that may be due in the next pass.
//!
//! The pass is run as `_run_once` is written, in every world of the heap and with every answer to
//! what the constraints leave open. Runs that show the same batch are one batch, whatever else they
//! decided: it leaves the loop in several worlds.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::heap::{Answers, Heap, HeapStep, World, join_worlds};
use super::{Handle, LoopClock};
use crate::loops::HandleId;
use crate::loops::constraints::{Constraint, Moment, System, Variable};

/// How the selector comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Select {
    /// At once, as there are callbacks to run or the loop was stopped.
    AtOnce,
    /// When a result arrives.
    Woken,
    /// When the first deadline has passed.
    Expired,
}

/// What a pass is made of beside the heap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    pub(super) clock: LoopClock,
    /// `_clock_resolution`.
    pub(super) resolution: i128,
    /// The reading of the clock before the pass.
    pub(super) before: Variable,
    /// The reading from which `end_time` is made.
    pub(super) reading: Variable,
    pub(super) select: Select,
    /// The number of the step in which this pass throws out cancelled timers.
    pub(super) step: usize,
}

/// Timers that are due together, in the heap's order, and the worlds in which they are.
#[derive(Clone, Debug)]
pub(super) struct Batch {
    pub(super) due: Vec<HandleId>,
    pub(super) soonest: Soonest,
    pub(super) left: Left,
}

/// How little time code may have taken, comparable between the batches of one pass.
///
/// Where code takes no time, every reading of the clock is as early as in any execution, and the
/// readings decide the batch; so one that is as soon as that is that one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Soonest {
    /// The least time of the pass.
    pub(super) pass: i128,
    /// The sum of the least times of all readings so far.
    total: i128,
}

/// What a batch leaves of the heap.
#[derive(Clone, Debug)]
pub(super) enum Left {
    /// These worlds, the steps before and the pass itself done in them.
    Resolved(Vec<World>),
    /// Nothing was due, and that is all that is known: the steps are still to be done.
    Unresolved,
}

/// What the engine knows of the heap before the pass.
#[derive(Clone, Copy)]
pub(super) struct Before<'a> {
    pub(super) worlds: &'a [World],
    pub(super) steps: &'a [HeapStep],
    pub(super) first_step: usize,
    pub(super) handles: &'a [Handle],
    /// The timers that are neither cancelled nor fired.
    pub(super) pending: &'a [HandleId],
}

impl Soonest {
    /// Without timers, all that counts is when the pass comes.
    pub(super) const fn without_timers(pass: i128) -> Self {
        Self { pass, total: 0 }
    }
}

impl Pass {
    /// What holds of the reading in whatever batch.
    pub(super) fn frame(&self) -> impl Iterator<Item = Constraint> + use<> {
        let (before, reading) = (Moment::at(self.before), Moment::at(self.reading));
        let no_time = self.clock == LoopClock::Exact && self.select == Select::AtOnce;
        [before.at_most(reading)].into_iter().chain(no_time.then(|| reading.at_most(before)))
    }

    /// `when < end_time`.
    pub(super) fn due(&self, when: Moment) -> Constraint {
        when.later(1 - self.resolution).at_most(Moment::at(self.reading))
    }

    /// The first moment at which a pass that slept until the deadline finds it passed. A selector
    /// sleeps until the deadline itself; with a resolution of 0 the loop then spins until the clock
    /// has moved on, in passes that do nothing.
    fn wakes(&self, when: Moment) -> Moment {
        when.later((1 - self.resolution).max(0))
    }

    /// The batches, at most `limit` runs of the pass; the flag says whether these were all.
    pub(super) fn batches(
        &self,
        before: Before<'_>,
        system: &mut System,
        limit: usize,
    ) -> (Vec<Batch>, bool) {
        if self.clock == LoopClock::Any {
            return self.any_batches(before, system, limit);
        }
        let unresolved = self.unresolved(before, system);
        let mut found: BTreeMap<Vec<HandleId>, (Soonest, Vec<World>)> = BTreeMap::new();
        let mut runs = 0;
        let mut answers = Answers::default();
        for world in before.worlds {
            answers.restart();
            loop {
                if runs == limit {
                    return (collected(unresolved, found), false);
                }
                runs += 1;
                let mark = system.mark();
                let run = self.run(world, before, system, &mut answers);
                let soonest = self.soonest(system);
                system.rollback(mark);
                if let Some((due, world)) = run
                    && !(due.is_empty() && self.leaves_unresolved())
                {
                    let known = found.entry(due).or_insert((soonest, Vec::new()));
                    known.0 = known.0.min(soonest);
                    known.1.push(world);
                }
                if !answers.next() {
                    break;
                }
            }
        }
        (collected(unresolved, found), true)
    }

    /// Whether "nothing is due" is told without looking into the heap: it is the same list of
    /// constraints whatever the arrangement, as long as the selector didn't sleep for the head.
    fn leaves_unresolved(&self) -> bool {
        self.clock == LoopClock::Legal && self.select != Select::Expired
    }

    fn unresolved(&self, before: Before<'_>, system: &mut System) -> Option<Batch> {
        if !self.leaves_unresolved() {
            return None;
        }
        let mark = system.mark();
        let nothing_due = before
            .pending
            .iter()
            .all(|timer| system.add(self.due(before.handles[timer.index()].when).negated()));
        let worlds = before.worlds.iter();
        let soonest = if nothing_due {
            worlds.filter_map(|world| in_world(world, system, |within| self.soonest(within))).min()
        } else {
            None
        };
        system.rollback(mark);
        Some(Batch { due: Vec::new(), soonest: soonest?, left: Left::Unresolved })
    }

    fn soonest(&self, system: &System) -> Soonest {
        Soonest { pass: system.least(self.reading), total: system.total() }
    }

    /// One run of the pass; None if it can't be.
    fn run(
        &self,
        world: &World,
        before: Before<'_>,
        system: &mut System,
        answers: &mut Answers,
    ) -> Option<(Vec<HandleId>, World)> {
        let mut heap = Heap::new(world.clone(), system, before.handles, answers);
        heap.replay(before.steps, before.first_step);
        heap.clean(self.step);
        if !self.select(&mut heap) {
            return None;
        }
        let mut due = Vec::new();
        while let Some(head) = heap.head() {
            if !heap.decide(self.due(heap.when(head))) {
                break;
            }
            heap.pop();
            if before.handles[head.index()].cancelled_at.is_none() {
                due.push(head);
            }
        }
        Some((due, heap.world))
    }

    /// What the selector's return says of the reading; false if it doesn't return so.
    fn select(&self, heap: &mut Heap<'_>) -> bool {
        let (before, reading) = (Moment::at(self.before), Moment::at(self.reading));
        let Some(head) = heap.head() else { return self.select != Select::Expired };
        let wakes = self.wakes(heap.when(head));
        match (self.select, self.clock) {
            (Select::AtOnce, _) | (Select::Woken, LoopClock::Legal | LoopClock::Any) => true,
            (Select::Expired, LoopClock::Legal | LoopClock::Any) => {
                heap.require(wakes.at_most(reading))
            }
            (Select::Woken | Select::Expired, LoopClock::Exact) => {
                if heap.decide(wakes.at_most(before)) {
                    return heap.require(reading.at_most(before));
                }
                let sleeps = self.select == Select::Expired;
                heap.require(reading.at_most(wakes))
                    && (!sleeps || heap.require(wakes.at_most(reading)))
            }
        }
    }

    /// Timers as work of unknown length: every list of different timers, the earliest first.
    fn any_batches(&self, before: Before<'_>, system: &System, limit: usize) -> (Vec<Batch>, bool) {
        let mut pending = before.pending.to_vec();
        pending.sort_by_key(|timer| {
            let when = before.handles[timer.index()].when;
            (system.least(when.base) + when.offset, *timer)
        });
        let mut batches = Vec::new();
        let mut due: Vec<usize> = Vec::new();
        loop {
            if batches.len() == limit {
                return (batches, false);
            }
            if !(due.is_empty() && self.select == Select::Expired) {
                batches.push(Batch {
                    due: due.iter().map(|at| pending[*at]).collect(),
                    soonest: self.soonest(system),
                    left: Left::Unresolved,
                });
            }
            if !next_list(&mut due, pending.len()) {
                return (batches, true);
            }
        }
    }
}

/// The next list of different numbers below `limit`, a list before the longer ones that it begins.
fn next_list(list: &mut Vec<usize>, limit: usize) -> bool {
    let mut from = 0;
    loop {
        if let Some(next) = (from..limit).find(|one| !list.contains(one)) {
            list.push(next);
            return true;
        }
        let Some(last) = list.pop() else { return false };
        from = last + 1;
    }
}

/// What is asked of the system as it is in a world; None if it rules the world out.
pub(super) fn in_world<T>(
    world: &World,
    system: &mut System,
    ask: impl FnOnce(&System) -> T,
) -> Option<T> {
    let mark = system.mark();
    let feasible = world.extras.iter().all(|extra| system.add(*extra));
    let answer = feasible.then(|| ask(system));
    system.rollback(mark);
    answer
}

fn collected(
    unresolved: Option<Batch>,
    found: BTreeMap<Vec<HandleId>, (Soonest, Vec<World>)>,
) -> Vec<Batch> {
    let resolved = found.into_iter().map(|(due, (soonest, mut worlds))| {
        join_worlds(&mut worlds);
        Batch { due, soonest, left: Left::Resolved(worlds) }
    });
    unresolved.into_iter().chain(resolved).collect()
}
