//! What the next pass can be, and what taking one of that makes of the loop.

use alloc::vec::Vec;

use super::arrivals::{Arrangement, arrange};
use super::batches::{Batch, Before, Left, Pass, Select, Soonest, in_world};
use super::heap::{HeapStep, World};
use super::same::MANY_STEPS;
use super::{AsyncioLoop, HandleState, LoopError, TimerPurpose};
use crate::loops::HandleId;
use crate::loops::LoopClock;
use crate::loops::constraints::{Constraint, Variable};

/// What has to happen for a pass to be this one, beside what happens anyhow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Needs {
    /// Nothing: code that takes as little time as the choices so far let it is enough.
    Nothing,
    /// A long stretch of code between two readings of the clock.
    SlowCode,
    /// A timed wait that expires although what it waits for could still come: work of unknown length
    /// is under way, or the code would have to take long. Explored after the rest, and told as the
    /// note `timing`.
    EarlyExpiry,
}

/// One way in which the next pass can go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Choice {
    /// The callbacks that the pass runs, in order, unless one of them cancels a later one.
    pub order: Vec<HandleId>,
    /// Those among them that are timers, in order.
    pub due: Vec<HandleId>,
    /// Those among them that are results of work outside the loop.
    pub arrived: Vec<HandleId>,
    /// The least time of the pass, in nanoseconds after the start.
    pub least: i128,
    /// What it needs.
    pub needs: Needs,
}

/// How a choice comes about.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    select: Select,
    left: Left,
}

struct Planned {
    choice: Choice,
    plan: Plan,
    soonest: Soonest,
}

impl AsyncioLoop {
    /// What the next pass can be: those with an early expiry last, else the least time first. Empty if
    /// the loop [waits for ever](Self::waits_for_ever).
    ///
    /// # Errors
    ///
    /// If the present pass isn't over.
    pub fn choices(&mut self) -> Result<&[Choice], LoopError> {
        if self.to_run > 0 {
            return Err(LoopError::PassUnfinished);
        }
        if self.choices.is_empty() {
            let mut planned = self.planned();
            tell_needs(&mut planned, self);
            planned.sort_by_key(|one| (one.choice.needs == Needs::EarlyExpiry, one.soonest));
            for Planned { choice, plan, .. } in planned {
                self.choices.push(choice);
                self.plans.push(plan);
            }
        }
        Ok(&self.choices)
    }

    /// The choices as they were listed last; empty if something happened since.
    #[must_use]
    pub fn listed(&self) -> &[Choice] {
        &self.choices
    }

    /// Begins the pass that is the choice of this number.
    ///
    /// # Errors
    ///
    /// If the choices weren't listed since the loop last changed, or there is none of that number.
    pub fn take(&mut self, number: usize) -> Result<(), LoopError> {
        if number >= self.choices.len() {
            return Err(LoopError::NoSuchChoice(number));
        }
        let choice = self.choices.swap_remove(number);
        let plan = self.plans.swap_remove(number);
        self.spend(&plan);
        self.leave(plan.left);
        self.pending.retain(|timer| !choice.due.contains(timer));
        self.externals.retain(|external| !choice.arrived.contains(&external.handle));
        for external in &mut self.externals {
            external.after = 0;
        }
        for handle in &choice.order {
            self.handles[handle.index()].state = HandleState::Ready;
        }
        self.to_run = choice.order.len();
        self.ready.clear();
        self.ready.extend(choice.order);
        self.forget_choices();
        Ok(())
    }

    fn planned(&mut self) -> Vec<Planned> {
        let mut planned = Vec::new();
        if self.waits_for_ever() {
            return planned;
        }
        if !self.ready.is_empty() || self.stopping {
            self.plan(Select::AtOnce, &mut planned);
            return planned;
        }
        if !self.externals.is_empty() {
            self.plan(Select::Woken, &mut planned);
        }
        if !self.pending.is_empty() {
            self.plan(Select::Expired, &mut planned);
        }
        planned
    }

    fn plan(&mut self, select: Select, planned: &mut Vec<Planned>) {
        // Cancelled callbacks are run by nobody, but the loop doesn't sleep when they are ready.
        let live = |handle: &&HandleId| self.handles[handle.index()].cancelled_at.is_none();
        let ready: Vec<HandleId> = self.ready.iter().filter(live).copied().collect();
        let mut externals = self.externals.clone();
        for external in &mut externals {
            external.after = self.ready.iter().take(external.after).filter(live).count();
        }
        let mut arrangements = Vec::new();
        for batch in self.batches(select) {
            let Batch { due, soonest, left } = batch;
            arrangements.clear();
            let limit = self.settings.limit.saturating_sub(planned.len());
            if !arrange(&ready, &externals, &due, limit, &mut arrangements) {
                self.bounded = true;
            }
            let fits = |one: &Arrangement| match select {
                Select::AtOnce => true,
                Select::Woken => one.wakes,
                Select::Expired => !one.wakes,
            };
            planned.extend(arrangements.drain(..).filter(fits).map(|one| Planned {
                choice: Choice {
                    order: one.order,
                    due: due.clone(),
                    arrived: one.arrived,
                    least: soonest.pass,
                    needs: Needs::Nothing,
                },
                plan: Plan { select, left: left.clone() },
                soonest,
            }));
        }
    }

    fn batches(&mut self, select: Select) -> Vec<Batch> {
        if self.pending.is_empty() {
            let soonest = Soonest::without_timers(self.system.least(self.now));
            return alloc::vec![Batch { due: Vec::new(), soonest, left: Left::Unresolved }];
        }
        let mark = self.system.mark();
        let reading = self.system.variable();
        let pass = self.pass(select, reading);
        for constraint in pass.frame() {
            self.system.add(constraint);
        }
        let before = Before {
            worlds: &self.worlds,
            steps: &self.steps,
            first_step: self.first_step,
            handles: &self.handles,
            pending: &self.pending,
        };
        let (batches, complete) = pass.batches(before, &mut self.system, self.settings.limit);
        self.bounded |= !complete;
        self.system.rollback(mark);
        batches
    }

    fn pass(&self, select: Select, reading: Variable) -> Pass {
        Pass {
            clock: self.settings.clock,
            resolution: i128::from(self.settings.resolution),
            before: self.now,
            reading,
            select,
            step: self.first_step + self.steps.len(),
        }
    }

    /// Lets the time of the pass come. Without timers it is known to be what it was, if code takes no
    /// time, or of no concern, as any later reading can be later.
    fn spend(&mut self, plan: &Plan) {
        let waited = plan.select == Select::Woken && self.settings.clock == LoopClock::Exact;
        if self.pending.is_empty() && !waited {
            return;
        }
        let reading = self.system.variable();
        let pass = self.pass(plan.select, reading);
        for constraint in pass.frame() {
            self.system.add(constraint);
        }
        let any = self.settings.clock == LoopClock::Any;
        if matches!(plan.left, Left::Unresolved) && !any {
            for timer in &self.pending {
                self.system.add(pass.due(self.handles[timer.index()].when).negated());
            }
        }
        self.now = reading;
    }

    fn leave(&mut self, left: Left) {
        match left {
            Left::Resolved(worlds) => {
                // The pass itself was a step too.
                self.first_step += self.steps.len() + 1;
                self.steps.clear();
                self.settle_at = MANY_STEPS;
                self.worlds = worlds;
                self.share_extras();
            }
            Left::Unresolved => {
                // Throwing out twice is the same as once.
                let clean = self.steps.last() == Some(&HeapStep::Clean);
                if self.settings.clock != LoopClock::Any && !clean {
                    self.steps.push(HeapStep::Clean);
                }
                self.drop_worlds();
                self.settle();
            }
        }
    }

    /// What holds in all worlds is said of the loop.
    pub(super) fn share_extras(&mut self) {
        let Some((first, others)) = self.worlds.split_first_mut() else { return };
        let shared: Vec<Constraint> = first
            .extras
            .iter()
            .filter(|extra| others.iter().all(|world| world.extras.contains(extra)))
            .copied()
            .collect();
        for extra in &shared {
            self.system.add(*extra);
        }
        for world in &mut self.worlds {
            world.extras.retain(|extra| !shared.contains(extra));
        }
    }

    /// Forgets the worlds that what was learnt rules out.
    pub(super) fn drop_worlds(&mut self) {
        if let [World { extras, .. }] = self.worlds.as_slice()
            && extras.is_empty()
        {
            return;
        }
        let system = &mut self.system;
        self.worlds.retain(|world| in_world(world, system, |_| ()).is_some());
        self.share_extras();
    }
}

/// A choice that can't be as soon as another, the selector returning in the same way, needs code that
/// takes so long; one in which a timed wait expires may need more than that.
fn tell_needs(planned: &mut [Planned], event_loop: &AsyncioLoop) {
    if event_loop.settings.clock == LoopClock::Any {
        return;
    }
    for select in [Select::AtOnce, Select::Woken, Select::Expired] {
        let alike = || planned.iter().filter(move |one| one.plan.select == select);
        let Some(soonest) = alike().map(|one| one.soonest).min() else { continue };
        for one in planned.iter_mut().filter(|one| one.plan.select == select) {
            let slow = one.soonest > soonest;
            let choice = &mut one.choice;
            let expires = choice
                .due
                .iter()
                .any(|timer| event_loop.handles[timer.index()].purpose == TimerPurpose::TimedWait);
            let outstanding = choice.arrived.len() < event_loop.externals.len();
            choice.needs = match (expires && (slow || outstanding), slow) {
                (true, _) => Needs::EarlyExpiry,
                (false, true) => Needs::SlowCode,
                (false, false) => Needs::Nothing,
            };
        }
    }
}
