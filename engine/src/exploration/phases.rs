//! The phases of a check: when one gives way to the next, and the plan of each execution.

use everyway_protocol::schedule::Schedule;

use super::Exploration;
use super::plan::{Plan, Purpose, StrategyChoice, Unfinished};
use crate::clock::ClockMode;
use crate::strategies::replay::{Mismatch, Replay};
use crate::strategies::steer::Steer;

/// The share of the budget, in thousandths, after which an unfinished search gives way to schedules with
/// few preemptions.
const SEARCH_SHARE: u32 = 700;

/// The share after which these give way to the walk.
const BOUNDED_SHARE: u32 = 850;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Phase {
    Serial,
    Steered,
    Search,
    Foreseen,
    Bounded,
    Walk,
    SelfCheck,
    Atomicity,
    Early,
    Witnesses,
    Done,
}

impl Exploration {
    /// The plan of the next execution, which then begins; none when the check is over.
    /// `spent` is the share of the time budget that is used, in thousandths.
    pub fn next(&mut self, spent: u32) -> Option<Plan> {
        // Executions count for the search; how long the rest may take is a matter of time only.
        let spent_time = spent;
        let spent = spent.max(self.spent_executions().min(1000));
        self.move_on(spent, spent_time);
        let purpose = match self.phase {
            Phase::Serial => Purpose::Serial,
            Phase::Search => {
                self.strategies.exhaustive.begin();
                Purpose::Search
            }
            Phase::Foreseen => {
                self.strategies.steer = Steer::new(self.lock_order.take()?);
                Purpose::Foreseen
            }
            Phase::Bounded => {
                self.strategies.bounded.begin();
                Purpose::Bounded
            }
            Phase::Walk => {
                self.strategies.walk.begin(self.walked);
                self.walked += 1;
                Purpose::Walk
            }
            Phase::Steered => {
                let schedule = self.steering.pop()?;
                self.strategies.replay = Replay::new(schedule, Mismatch::Skip);
                Purpose::Steered
            }
            Phase::SelfCheck => {
                let schedule = self.self_check.next()?;
                self.strategies.replay = Replay::new(schedule, Mismatch::Stop);
                Purpose::SelfCheck
            }
            Phase::Atomicity => {
                let (schedule, purpose, mismatch) = self.atomicity.schedule()?;
                self.strategies.replay = Replay::new(schedule, mismatch);
                purpose
            }
            Phase::Early => {
                self.early.begin_execution();
                Purpose::Early
            }
            Phase::Witnesses => {
                let nearest = self.nearest.schedule();
                let purpose = if nearest.is_some() { Purpose::Nearest } else { Purpose::Witness };
                let schedule = match nearest {
                    Some(schedule) => schedule,
                    None => self.failures.all.get(self.witness)?.witness.schedule.clone(),
                };
                self.strategies.replay = Replay::new(schedule, Mismatch::Skip);
                purpose
            }
            Phase::Done => return None,
        };
        self.plan = Plan { purpose, facts: purpose == Purpose::Facts };
        let clock = match purpose {
            Purpose::Early => ClockMode::Any,
            _ => self.settings.execution.clock,
        };
        self.points.set_releases(purpose == Purpose::Bounded);
        self.execution.set_clock(clock);
        self.execution.hold_activities(purpose == Purpose::Serial);
        self.execution.begin();
        Some(self.plan)
    }

    /// After the serial reference, runs this schedule of a similar program as far as it can be
    /// followed, in place of a search.
    pub fn steer(&mut self, schedule: Schedule) {
        self.steering.push(schedule);
    }

    /// Prepares a single run of this schedule; the check has no other plan.
    pub fn replay_only(&mut self, schedule: Schedule, mismatch: Mismatch, facts: bool) -> Plan {
        self.phase = Phase::Done;
        self.strategies.replay = Replay::new(schedule, mismatch);
        self.plan = Plan { purpose: Purpose::Witness, facts };
        self.execution.begin();
        self.plan
    }

    fn spent_executions(&self) -> u32 {
        match self.settings.executions {
            Some(0) => 1000,
            Some(most) => (self.executions.saturating_mul(1000) / most).min(1000) as u32,
            None => 0,
        }
    }

    /// Goes to the next phase where the present one has nothing left.
    fn move_on(&mut self, spent: u32, spent_time: u32) {
        if self.phase == Phase::Serial && self.reference.is_some() {
            self.phase = match self.settings.strategy {
                _ if !self.steering.is_empty() => {
                    self.unfinished = Some(Unfinished::Budget);
                    Phase::Steered
                }
                StrategyChoice::Walk => {
                    self.unfinished = Some(Unfinished::Strategy);
                    Phase::Walk
                }
                _ => Phase::Search,
            };
        }
        if self.phase == Phase::Steered && self.steering.is_empty() {
            self.phase = Phase::SelfCheck;
        }
        if self.phase == Phase::Search {
            let most =
                if self.settings.strategy == StrategyChoice::Auto { SEARCH_SHARE } else { 1000 };
            if spent >= most {
                self.unfinished.get_or_insert(Unfinished::Budget);
            }
            if self.unfinished.is_some() {
                self.phase = Phase::Foreseen;
            }
        }
        if self.phase == Phase::Foreseen && (self.lock_order.is_empty() || spent >= 1000) {
            self.phase = Phase::Bounded;
        }
        let walks = self.settings.strategy != StrategyChoice::Exhaustive;
        let counts_preemptions = walks && self.settings.execution.clock == ClockMode::Legal;
        if self.phase == Phase::Bounded
            && (spent >= BOUNDED_SHARE
                || !counts_preemptions
                || !self.strategies.bounded.has_more())
        {
            self.phase = Phase::Walk;
        }
        if self.phase == Phase::Walk && (spent >= 1000 || !walks) {
            self.phase = Phase::SelfCheck;
        }
        if self.interrupted
            && matches!(
                self.phase,
                Phase::Serial | Phase::Search | Phase::Foreseen | Phase::Bounded | Phase::Walk
            )
        {
            self.unfinished = Some(Unfinished::Interrupted);
            self.phase = Phase::SelfCheck;
        }
        if self.phase == Phase::SelfCheck && (self.self_check.is_done() || self.interrupted) {
            self.phase = Phase::Atomicity;
            self.atomicity.begin(&self.results, self.unfinished.is_none());
        }
        if self.phase == Phase::Atomicity && spent >= 2000 {
            self.atomicity.give_up();
        }
        if self.phase == Phase::Atomicity && self.atomicity.is_done() {
            self.atomicity.conclude(&mut self.results, &mut self.failures, self.reference.as_ref());
            self.failures.conclude(self.classes, self.reference.as_ref());
            self.phase = Phase::Early;
            let finished = self.is_exhaustive() && !self.interrupted;
            let timed = self.points.has_timed_waits();
            if finished && timed && self.settings.execution.clock == ClockMode::Legal {
                self.early.begin(self.executions);
            }
        }
        if self.phase == Phase::Early && (spent_time >= 1000 || self.interrupted) {
            self.early.give_up();
        }
        if self.phase == Phase::Early && self.early.is_done() {
            self.phase = Phase::Witnesses;
        }
        if self.phase == Phase::Witnesses && (spent_time >= 2000 || self.interrupted) {
            self.nearest.give_up();
        }
        if self.phase == Phase::Witnesses
            && self.nearest.schedule().is_none()
            && self.witness >= self.failures.all.len()
        {
            self.phase = Phase::Done;
        }
    }
}
