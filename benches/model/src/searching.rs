//! Driving a search of the engine over a model program, and what it found.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use everyway_engine::clock::ClockMode;
use everyway_engine::detectors::races::Races;
use everyway_engine::execution::{Ending, Execution, Settings};
use everyway_engine::happens_before::HappensBefore;
use everyway_engine::points::Points;
use everyway_engine::strategies::exhaustive::Exhaustive;

use crate::classes::class;
use crate::machine::Machine;
use crate::program::Program;

/// Numbers that are hashes already.
#[derive(Default)]
pub struct Plain(u64);

impl Hasher for Plain {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

/// A set of hashes.
pub type Hashes = HashSet<u64, BuildHasherDefault<Plain>>;

/// For each class how often it was met, and what it left.
pub type Classes = HashMap<u64, (u64, u64), BuildHasherDefault<Plain>>;

/// Which search.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// What races ask for.
    Optimal,
    /// Sleep sets alone.
    SleepSets,
    /// Every interleaving.
    Enumeration,
}

/// How a search is driven.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Which search.
    pub mode: Mode,
    /// Whether scheduling points are learned, as a check does; otherwise every operation is one.
    pub learn: bool,
    /// How time passes.
    pub clock: ClockMode,
    /// After how many executions to give up.
    pub patience: u64,
    /// Whether to tell classes and results apart.
    pub collect: bool,
}

impl Plan {
    /// The optimal search with every operation a point, which tells classes and results apart.
    #[must_use]
    pub fn optimal(clock: ClockMode, patience: u64) -> Plan {
        Plan { mode: Mode::Optimal, learn: false, clock, patience, collect: true }
    }

    fn search(&self) -> Exhaustive {
        const NODES: usize = 1_000_000;
        match self.mode {
            Mode::Optimal => Exhaustive::new(NODES),
            Mode::SleepSets => Exhaustive::by_sleep_sets(NODES),
            Mode::Enumeration => Exhaustive::enumeration(NODES),
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Whether it ended by itself.
    pub finished: bool,
    /// Executions that were not redundant.
    pub executions: u64,
    /// Executions that were.
    pub redundant: u64,
    /// Executions of the searches that were begun anew because a point was learned.
    pub abandoned: u64,
    /// Executions in which nothing could go on.
    pub stuck: u64,
    /// Executions in which an assertion failed.
    pub failed: u64,
    /// Executions up to the first that was stuck or failed, with it.
    pub first_failure: Option<u64>,
    /// Events of all executions.
    pub events: u64,
    /// Events of the longest execution.
    pub longest: usize,
    /// Executions that did not do what was planned.
    pub diverged: u64,
    /// Plans that could not be followed.
    pub mismatches: u64,
    /// Races with an event that was no choice.
    pub unplaced: u64,
    /// Sequences that were cut.
    pub fallbacks: u64,
    /// Two executions of one class left different things.
    pub inconsistent: bool,
    /// The classes.
    pub classes: Classes,
    /// What executions left.
    pub results: Hashes,
}

impl Found {
    /// How many executions were of a class that was visited before.
    #[must_use]
    pub fn repeated(&self) -> u64 {
        self.classes.values().map(|(count, _)| count - 1).sum()
    }

    /// The search begins anew; the execution that made it counts among those given up.
    fn begun_anew(&self) -> Found {
        let abandoned = self.abandoned + self.executions + self.redundant + 1;
        Found { abandoned, first_failure: self.first_failure, ..Found::default() }
    }

    fn note(&mut self, machine: &Machine<'_>, execution: &Execution, ending: Ending) {
        self.events += execution.trace.events.len() as u64;
        self.longest = self.longest.max(execution.trace.events.len());
        match ending {
            Ending::Redundant => {
                self.redundant += 1;
                return;
            }
            Ending::Diverged | Ending::Bound | Ending::Stopped => {
                self.diverged += 1;
                return;
            }
            Ending::Stuck => self.stuck += 1,
            Ending::Complete => {}
        }
        self.executions += 1;
        let failed = machine.has_failed();
        self.failed += u64::from(failed);
        if (failed || ending == Ending::Stuck) && self.first_failure.is_none() {
            self.first_failure = Some(self.executions + self.redundant + self.abandoned);
        }
    }

    fn collect(&mut self, class: u64, left: u64) {
        self.results.insert(left);
        let entry = self.classes.entry(class).or_insert((0, left));
        entry.0 += 1;
        self.inconsistent |= entry.1 != left;
    }
}

/// The engine's parts that one search needs, kept from one program to the next.
pub struct Searcher {
    execution: Execution,
    races: Races,
    order: HappensBefore,
}

impl Searcher {
    /// A searcher under this clock.
    #[must_use]
    pub fn new(clock: ClockMode) -> Searcher {
        let settings = Settings { clock, event_bound: 100_000, ..Settings::default() };
        Searcher {
            execution: Execution::new(settings),
            races: Races::default(),
            order: HappensBefore::default(),
        }
    }

    /// Searches the program.
    pub fn search(&mut self, program: &Program, plan: &Plan) -> Found {
        self.execution.has_timed_wait = false;
        let mut machine = Machine::new(program);
        let mut strategy = plan.search();
        let mut points = if plan.learn { Points::default() } else { Points::everything() };
        let mut found = Found::default();
        for _ in 0..plan.patience {
            strategy.begin();
            let timed = self.execution.has_timed_wait;
            let ending = machine.run(&mut self.execution, &points, &mut strategy);
            if !plan.learn && timed != self.execution.has_timed_wait {
                // A check, which learns that time matters, begins anew too.
                strategy.restart();
                found = found.begun_anew();
                continue;
            }
            if plan.learn {
                let before = points.generation();
                self.races.look(&self.execution, &mut points);
                if points.generation() != before {
                    strategy.restart();
                    found = found.begun_anew();
                    continue;
                }
            }
            if strategy.needs_races() {
                self.order.rank_with_races(&self.execution);
            } else if plan.collect {
                self.order.rank(&self.execution);
            }
            if plan.learn && strategy.needs_races() {
                let before = points.generation();
                points.learn_from(&self.execution, &self.order);
                if points.generation() != before {
                    strategy.restart();
                    found = found.begun_anew();
                    continue;
                }
            }
            found.note(&machine, &self.execution, ending);
            if plan.collect && matches!(ending, Ending::Complete | Ending::Stuck) {
                let class = class(&machine, &self.execution, &self.order);
                found.collect(class, machine.left(&self.execution, ending));
            }
            if !strategy.advance(&self.execution, &self.order) {
                found.finished = true;
                break;
            }
        }
        found.mismatches = strategy.mismatches;
        found.unplaced = strategy.unplaced;
        found.fallbacks = strategy.fallbacks;
        found
    }
}

/// Searches a program once.
#[must_use]
pub fn search(program: &Program, plan: &Plan) -> Found {
    Searcher::new(plan.clock).search(program, plan)
}
