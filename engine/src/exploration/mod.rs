//! One check: which executions are run, in what order, and what they showed.
//!
//! The front-end asks for the [`next`](Exploration::next) plan, runs an execution by it, reports its
//! end with [`ended`](Exploration::ended), and so on until there is no plan. First comes the serial
//! reference, then the search; if that could not finish, deadlocks that were foreseen and a random
//! walk; then the self-check, the facts that the atomicity detector asks for, waits that run out
//! early, and a run of each witness with the nearest execution that ends well.

pub mod atomicity;
pub mod early;
pub mod failures;
pub mod nearest;
pub mod results;
mod self_check;
mod strategies;

use alloc::string::String;
use alloc::vec::Vec;

use everyway_protocol::ids::{SiteId, TaskId};
use everyway_protocol::operation::Operation;
use everyway_protocol::schedule::Schedule;
use everyway_protocol::site::SiteTable;

use crate::clock::ClockMode;
use crate::detectors::lock_order::LockOrder;
use crate::detectors::races::Races;
use crate::execution::{Directive, Ending, Execution, Settings};
use crate::happens_before::HappensBefore;
use crate::orders::OutputOrders;
use crate::points::Points;
use crate::strategies::replay::{Mismatch, Replay};
use crate::strategies::steer::Steer;
use atomicity::AtomicityStage;
use early::EarlyStage;
use failures::Failures;
use nearest::NearestStage;
use results::Results;
use self_check::SelfCheck;
use strategies::Strategies;

/// How a check chooses its executions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum StrategyChoice {
    /// The search for a share of the budget, then the random walk.
    #[default]
    Auto,
    /// The search only.
    Exhaustive,
    /// The random walk only.
    Walk,
}

/// What a check is asked to do.
#[derive(Clone, Copy, Debug, Default)]
pub struct CheckSettings {
    /// Settings of each execution.
    pub execution: Settings,
    /// How executions are chosen.
    pub strategy: StrategyChoice,
    /// The seed of the random walk.
    pub seed: u64,
    /// At most so many executions.
    pub executions: Option<u64>,
}

/// Executions with more events are ordered for the search only: their witness is the execution as it
/// was, and their output orders are not counted.
pub(crate) const RANKED_AT_MOST: usize = 4_000;

/// An execution whose number of ranked events times that of its tasks is more than this is not ordered,
/// so nothing can be planned from it.
const ORDER_BOUND: usize = 50_000_000;

/// The share of the budget, in thousandths, after which an unfinished search gives way to the walk.
const SEARCH_SHARE: u32 = 700;

/// What the next execution is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    /// The serial reference.
    Serial,
    /// The exhaustive search.
    Search,
    /// The random walk.
    Walk,
    /// Into a deadlock that was foreseen.
    Foreseen,
    /// Another order of a class that was seen: its result must be the same.
    SelfCheck,
    /// An execution again, with facts.
    Facts,
    /// The order around an interrupted region changed.
    Around,
    /// Timed waits may run out early.
    Early,
    /// The schedule of a similar program.
    Steered,
    /// The witness of a failure, with values.
    Witness,
    /// A failing execution with two steps in the other order.
    Nearest,
}

/// How the next execution is run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Plan {
    /// What it is for.
    pub purpose: Purpose,
    /// Whether facts are recorded.
    pub facts: bool,
}

/// An exception that a task ended with.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Raised {
    /// The task.
    pub task: TaskId,
    /// Its type.
    pub kind: String,
    /// Its text.
    pub text: String,
    /// The file, as an index into the site table, and the line that raised it.
    pub place: Option<(u32, u32)>,
}

/// What the front-end knows of an execution that ended.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The result, if the program ended, in canonical text.
    pub result: Option<String>,
    /// The uncaught exceptions.
    pub raised: Vec<Raised>,
}

/// Why the check stopped before the search had finished.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unfinished {
    /// The budget of time or executions.
    Budget,
    /// An execution was longer than the bound on its events or choices.
    Bound,
    /// The strategy does not finish by its nature.
    Strategy,
    /// The user.
    Interrupted,
}

/// Two executions of one schedule that were not the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Divergence {
    /// The last place where the program did as before.
    pub site: SiteId,
    /// After how many events.
    pub events: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Phase {
    Serial,
    Steered,
    Search,
    Foreseen,
    Walk,
    SelfCheck,
    Atomicity,
    Early,
    Witnesses,
    Done,
}

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
            Phase::Walk => None,
            _ => Some(1000),
        }
    }

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
        self.execution.set_clock(clock);
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
            self.phase = Phase::Walk;
        }
        let walks = self.settings.strategy != StrategyChoice::Exhaustive;
        if self.phase == Phase::Walk && (spent >= 1000 || !walks) {
            self.phase = Phase::SelfCheck;
        }
        if self.interrupted
            && matches!(self.phase, Phase::Serial | Phase::Search | Phase::Foreseen | Phase::Walk)
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

    /// The execution has ended.
    pub fn ended(&mut self, outcome: Outcome) {
        if matches!(
            self.plan.purpose,
            Purpose::Serial
                | Purpose::Search
                | Purpose::Foreseen
                | Purpose::Walk
                | Purpose::Steered
        ) {
            self.executions += 1;
        }
        let ending = self.execution.ending().unwrap_or(Ending::Stopped);
        match self.plan.purpose {
            Purpose::Serial => {
                self.lock_order.look(&self.execution);
                self.races.look(&self.execution, &mut self.points);
                self.reference = Some(outcome);
                if ending == Ending::Stopped {
                    self.phase = Phase::Done;
                } else if ending == Ending::Bound && self.execution.task_count() == 1 {
                    // Nothing is concurrent, so there is nothing else to look at.
                    self.unfinished = Some(Unfinished::Bound);
                    self.phase = Phase::SelfCheck;
                }
            }
            Purpose::Search => self.ended_search(ending, &outcome),
            Purpose::Walk | Purpose::Steered | Purpose::Foreseen => {
                self.races.look(&self.execution, &mut self.points);
                self.note(ending, &outcome, false);
            }
            Purpose::Early => self.ended_early(&outcome),
            Purpose::SelfCheck => self.self_check.ended(ending, outcome.result.as_deref()),
            Purpose::Facts | Purpose::Around => {
                self.atomicity.ended(&self.execution, outcome.result.as_deref());
            }
            Purpose::Witness => {
                self.witness += 1;
                if self.phase == Phase::Witnesses && self.is_small() {
                    self.nearest.begin(&self.execution, &mut self.order);
                }
            }
            Purpose::Nearest => {
                if let Some(failure) = self.failures.all.get_mut(self.witness.saturating_sub(1)) {
                    self.nearest.ended(&self.execution, &outcome, failure, &self.results);
                }
            }
        }
    }

    fn ended_early(&mut self, outcome: &Outcome) {
        let before = self.points.generation();
        self.races.look(&self.execution, &mut self.points);
        if self.points.generation() == before {
            let (execution, order) = (&self.execution, &mut self.order);
            self.early.ended(execution, outcome, order, &self.failures, &self.results);
        } else {
            self.early.forget();
        }
    }

    fn ended_search(&mut self, ending: Ending, outcome: &Outcome) {
        if ending == Ending::Diverged {
            let last = self.execution.trace.events.last();
            let site = last.map_or(SiteId::NONE, |event| event.operation.site);
            let events = self.execution.trace.events.len() as u32;
            self.divergence = Some(Divergence { site, events });
            self.phase = Phase::Walk;
            self.unfinished.get_or_insert(Unfinished::Bound);
            return;
        }
        let before = self.points.generation();
        self.races.look(&self.execution, &mut self.points);
        if self.points.generation() != before {
            self.forget();
            return;
        }
        let rankable = self.is_rankable();
        if rankable && self.strategies.exhaustive.needs_races() {
            self.order.rank_with_races(&self.execution);
            self.points.learn_from(&self.execution, &self.order);
            if self.points.generation() != before {
                self.forget();
                return;
            }
        } else {
            self.order.races.clear();
        }
        self.lock_order.look(&self.execution);
        if ending == Ending::Redundant {
            self.redundant += 1;
        } else {
            self.note(ending, outcome, self.strategies.exhaustive.needs_races());
        }
        let more = self.strategies.exhaustive.advance(&self.execution, &self.order);
        let search = &self.strategies.exhaustive;
        let incomplete = search.has_overflown() || search.unplaced > 0;
        if incomplete || ending == Ending::Bound || !rankable {
            self.unfinished = Some(Unfinished::Bound);
        }
        if !more && self.unfinished.is_none() {
            self.phase = Phase::SelfCheck;
        }
    }

    /// Whether the execution is ordered for more than the search.
    fn is_small(&self) -> bool {
        self.execution.trace.events.len() <= RANKED_AT_MOST && self.is_rankable()
    }

    /// Whether the memory that the order of its events takes is within reason.
    fn is_rankable(&self) -> bool {
        self.execution.ranked.len().saturating_mul(self.execution.task_count()) <= ORDER_BOUND
    }

    /// More operations are points than was known: the search begins anew.
    fn forget(&mut self) {
        self.strategies.exhaustive.restart();
        self.results.clear();
        self.failures.clear();
        self.orders.clear();
        self.self_check.clear();
        self.classes = 0;
        self.redundant = 0;
    }

    /// Takes down what an execution showed.
    fn note(&mut self, ending: Ending, outcome: &Outcome, ranked: bool) {
        if matches!(ending, Ending::Stopped | Ending::Diverged) {
            return;
        }
        self.classes += 1;
        self.unseen = self.unseen.or(self.execution.unseen);
        if ending == Ending::Bound {
            self.unfinished.get_or_insert(Unfinished::Bound);
            return;
        }
        let tasks = self.execution.task_count();
        let events = &self.execution.trace.events;
        let small = self.is_small();
        if small && !ranked {
            self.order.rank(&self.execution);
        }
        self.failures.note(&self.execution, ending, outcome, small.then_some(&self.order));
        let Some(result) = &outcome.result else { return };
        if small {
            self.orders.add(events, &self.order, tasks);
        }
        self.results.note(&self.execution, result, outcome, small.then_some(&self.order));
        if small {
            self.self_check.note(self.classes, &self.execution, &self.order, result);
        }
    }
}
