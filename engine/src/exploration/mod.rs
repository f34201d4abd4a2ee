//! One check: which executions are run, in what order, and what they showed.
//!
//! The front-end asks for the [`next`](Exploration::next) plan, runs an execution by it, reports its
//! end with [`ended`](Exploration::ended), and so on until there is no plan. First comes the serial
//! reference, then the search; if that could not finish, deadlocks that were foreseen, schedules with few
//! preemptions and a random walk; then the self-check, the facts that the atomicity detector asks for, waits that run out
//! early, and a run of each witness with the nearest execution that ends well.

pub mod atomicity;
pub mod early;
mod ends;
pub mod failures;
pub mod nearest;
mod phases;
mod plan;
mod preemptions;
pub mod results;
mod self_check;
mod strategies;

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, SiteId};
use everyway_protocol::operation::Operation;
use everyway_protocol::schedule::Schedule;
use everyway_protocol::site::SiteTable;

use crate::detectors::lock_order::LockOrder;
use crate::detectors::races::Races;
use crate::execution::{Directive, Execution};
use crate::happens_before::HappensBefore;
use crate::orders::OutputOrders;
use crate::points::Points;
use atomicity::AtomicityStage;
use early::EarlyStage;
use failures::Failures;
use nearest::NearestStage;
use phases::Phase;
pub use plan::{
    CheckSettings, Divergence, Outcome, Plan, Purpose, Raised, StrategyChoice, Unfinished,
};
use preemptions::Preemptions;
use results::Results;
use self_check::SelfCheck;
use strategies::Strategies;

/// A check that is going on.
#[derive(Debug)]
pub struct Exploration {
    settings: CheckSettings,
    /// The execution that is running, or ended last.
    pub execution: Execution,
    /// What is a scheduling point.
    points: Points,
    /// The races seen.
    pub races: Races,
    lock_order: LockOrder,
    order: HappensBefore,
    phase: Phase,
    strategies: Strategies,
    plan: Plan,
    /// The results seen.
    pub results: Results,
    /// The failures seen.
    pub failures: Failures,
    /// The output orders of the classes seen.
    pub orders: OutputOrders,
    /// The serial reference's result and exceptions, once it was run.
    pub reference: Option<Outcome>,
    atomicity: AtomicityStage,
    /// What timed waits that run out early would show.
    pub early: EarlyStage,
    self_check: SelfCheck,
    /// Why the search did not finish, if so.
    pub unfinished: Option<Unfinished>,
    /// Where an execution was not what its schedule says.
    pub divergence: Option<Divergence>,
    /// A loop that saw a change which nobody announced.
    pub unseen: Option<SiteId>,
    /// How many executions were run to explore; those that only look again at one are not counted.
    pub executions: u64,
    /// Executions that were cut short because their class was visited.
    pub redundant: u64,
    /// Different classes seen (of the random walk: executions).
    pub classes: u64,
    preemptions: Preemptions,
    walked: u64,
    witness: usize,
    nearest: NearestStage,
    interrupted: bool,
    /// Schedules of similar programs that are still to be run.
    steering: Vec<Schedule>,
}

impl Exploration {
    /// A check of the program with these sites.
    #[must_use]
    pub fn new(settings: CheckSettings, sites: &SiteTable) -> Exploration {
        Exploration {
            settings,
            execution: Execution::new(settings.execution),
            points: Points::default(),
            races: Races::default(),
            lock_order: LockOrder::default(),
            order: HappensBefore::default(),
            phase: Phase::Serial,
            strategies: Strategies::new(settings.execution.clock, settings.seed),
            plan: Plan { purpose: Purpose::Serial, facts: false },
            results: Results::default(),
            failures: Failures::default(),
            orders: OutputOrders::default(),
            reference: None,
            atomicity: AtomicityStage::new(sites),
            early: EarlyStage::new(settings.seed),
            self_check: SelfCheck::new(settings.seed),
            unfinished: None,
            divergence: None,
            unseen: None,
            executions: 0,
            redundant: 0,
            classes: 0,
            preemptions: Preemptions::default(),
            walked: 0,
            witness: 0,
            nearest: NearestStage::default(),
            interrupted: false,
            steering: Vec::new(),
        }
    }

    /// Whether every class was visited.
    #[must_use]
    pub fn is_exhaustive(&self) -> bool {
        self.unfinished.is_none() && self.divergence.is_none()
    }

    /// Whether another order of a class gave another result: a dependence that nobody announced.
    #[must_use]
    pub fn self_check_failure(&self) -> Option<&Schedule> {
        self.self_check.failure()
    }

    /// Everything with at most so many preemptions was visited. Of a finished exploration: nothing has
    /// more. None where that is not known.
    #[must_use]
    pub fn preemptions_at_most(&self) -> Option<u32> {
        if self.divergence.is_some() || self.self_check_failure().is_some() {
            return None;
        }
        if self.is_exhaustive() {
            return Some(self.classes_by_preemptions()?.len() as u32 - 1);
        }
        self.strategies.bounded.complete()
    }

    /// How many classes there are by their fewest preemptions, of a finished exploration. None where that
    /// is not known.
    #[must_use]
    pub fn classes_by_preemptions(&self) -> Option<&[u64]> {
        if self.is_exhaustive() { self.preemptions.counts() } else { None }
    }

    /// How many plans of the search were cut to their first step.
    #[must_use]
    pub fn fallbacks(&self) -> u64 {
        self.strategies.exhaustive.fallbacks
    }

    /// Of how many results it could not be told whether a serialisable execution has them.
    #[must_use]
    pub fn undecided_results(&self) -> usize {
        self.atomicity.undecided
    }

    /// Stops exploring at the user's wish; what was found is still reported.
    pub fn interrupt(&mut self) {
        self.interrupted = true;
    }

    /// A guess at the share that is done, in thousandths; none where nothing is known.
    #[must_use]
    pub fn share(&self) -> Option<u32> {
        match self.phase {
            Phase::Serial => Some(0),
            Phase::Search => Some(self.strategies.exhaustive.share()),
            Phase::Bounded | Phase::Walk => None,
            _ => Some(1000),
        }
    }

    /// The running task accesses a cell. False if that can't be executed at once and has to be
    /// announced.
    #[inline]
    pub fn access(&mut self, operation: Operation) -> bool {
        let strategy = self.strategies.of(self.plan.purpose, &mut self.early);
        self.execution.access(operation, &self.points, strategy)
    }

    /// The running task will do this next.
    pub fn announce(&mut self, operation: Operation) -> Directive {
        let strategy = self.strategies.of(self.plan.purpose, &mut self.early);
        self.execution.announce(operation, &self.points, strategy)
    }

    /// Whether tasks other than the one that runs it were seen to add callbacks to this loop, so that
    /// the order in which they come in matters.
    #[must_use]
    pub fn is_shared_loop(&self, object: ObjectId) -> bool {
        self.points.knows_object(self.execution.objects().key(object))
    }

    /// The running task is at the head of a round of a loop.
    pub fn round(&mut self, site: SiteId, passive: bool) -> Directive {
        let strategy = self.strategies.of(self.plan.purpose, &mut self.early);
        self.execution.round(site, passive, &self.points, strategy)
    }

    /// The running task has ended: another one goes on.
    pub fn after_exit(&mut self) -> Directive {
        let strategy = self.strategies.of(self.plan.purpose, &mut self.early);
        self.execution.after_exit(strategy)
    }

    /// The index of the failure whose witness is running, if one is.
    #[must_use]
    pub fn running_witness(&self) -> Option<usize> {
        let runs = self.phase == Phase::Witnesses && self.plan.purpose == Purpose::Witness;
        runs.then_some(self.witness)
    }
}
