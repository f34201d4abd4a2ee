//! The fewest preemptions of each class: as the engine ranks them, and by counting those of every
//! interleaving.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use everyway_engine::dependence::Step;
use everyway_engine::detectors::races::Races;
use everyway_engine::execution::{Ending, Execution, Settings};
use everyway_engine::happens_before::HappensBefore;
use everyway_engine::points::Points;
use everyway_engine::ranks::Ranks;
use everyway_engine::strategies::bounded::Bounded;
use everyway_engine::strategies::exhaustive::Exhaustive;
use everyway_engine::strategies::{Pick, Strategy};
use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Action;
use everyway_protocol::schedule::Alternative;

use crate::classes::class;
use crate::machine::Machine;
use crate::program::Program;
use crate::searching::{Hashes, Plain};

/// For each class the fewest preemptions of its orders.
pub type Fewest = HashMap<u64, u32, BuildHasherDefault<Plain>>;

const NODES: usize = 1_000_000;

/// A strategy whose choices are looked at: a switch from a task that could have gone on is counted.
struct Counting<'a> {
    strategy: &'a mut dyn Strategy,
    last: TaskId,
    preemptions: u32,
}

impl Strategy for Counting<'_> {
    fn choose(&mut self, execution: &Execution) -> Pick {
        let pick = self.strategy.choose(execution);
        let choices = execution.choices();
        let step = match pick {
            Pick::Step(index) => Some(choices[index]),
            Pick::This(step) => Some(step),
            Pick::Redundant | Pick::Diverged => None,
        };
        if let Some(Step { task, .. }) = step {
            let could_go_on = choices.iter().any(|step| {
                let gives_way = matches!(step.operation.action, Action::Sleep | Action::Yield);
                step.task == self.last && step.alternative != Alternative::Expire && !gives_way
            });
            self.preemptions += u32::from(task != self.last && could_go_on);
            self.last = task;
        }
        pick
    }
}

/// What drives executions.
struct Driver<'a> {
    machine: Machine<'a>,
    execution: Execution,
    order: HappensBefore,
}

impl Driver<'_> {
    fn new(program: &Program) -> Driver<'_> {
        let settings = Settings { event_bound: 100_000, ..Settings::default() };
        Driver {
            machine: Machine::new(program),
            execution: Execution::new(settings),
            order: HappensBefore::default(),
        }
    }

    fn class(&mut self) -> u64 {
        class(&self.machine, &self.execution, &self.order)
    }
}

/// By every interleaving, of which there are at most so many; and the same for what they left.
#[must_use]
pub fn by_enumeration(program: &Program, patience: u64) -> Option<(Fewest, Fewest)> {
    let mut driver = Driver::new(program);
    let mut search = Exhaustive::enumeration(NODES);
    let (mut fewest, mut left) = (Fewest::default(), Fewest::default());
    for _ in 0..patience {
        search.begin();
        let (last, preemptions) = (TaskId::MAIN, 0);
        let mut counting = Counting { strategy: &mut search, last, preemptions };
        let points = Points::everything();
        let ending = driver.machine.run(&mut driver.execution, &points, &mut counting);
        let preemptions = counting.preemptions;
        driver.order.rank(&driver.execution);
        let result = driver.machine.left(&driver.execution, ending);
        for (all, one) in [(&mut fewest, driver.class()), (&mut left, result)] {
            let entry = all.entry(one).or_insert(preemptions);
            *entry = preemptions.min(*entry);
        }
        if !search.advance(&driver.execution, &driver.order) {
            return Some((fewest, left));
        }
    }
    None
}

/// By the engine's ranks of all classes, if that many executions are enough. None too if one could not
/// be ranked.
#[must_use]
pub fn by_ranks(program: &Program, patience: u64, cuts: usize) -> Option<Fewest> {
    let mut driver = Driver::new(program);
    let mut search = Exhaustive::new(NODES);
    let mut ranks = Ranks::default();
    let mut fewest = Fewest::default();
    for _ in 0..patience {
        search.begin();
        let timed = driver.execution.has_timed_wait;
        let points = Points::everything();
        let ending = driver.machine.run(&mut driver.execution, &points, &mut search);
        if timed != driver.execution.has_timed_wait {
            search.restart();
            fewest.clear();
            continue;
        }
        driver.order.rank_with_races(&driver.execution);
        if matches!(ending, Ending::Complete | Ending::Stuck) {
            let rank = ranks.fewest_preemptions(&driver.execution, &driver.order, cuts)?;
            fewest.insert(driver.class(), rank);
        }
        if !search.advance(&driver.execution, &driver.order) {
            return Some(fewest);
        }
    }
    None
}

/// What a search by preemptions visited.
#[derive(Debug, Default)]
pub struct Visited {
    /// The classes.
    pub classes: Hashes,
    /// What their executions left.
    pub results: Hashes,
    /// Everything with at most so many preemptions was visited, it says.
    pub complete: Option<u32>,
    /// How many executions there were.
    pub executions: u64,
}

/// By searching with no preemption, with one, and so on, up to so many executions. Where points are
/// learned, classes are not told apart as they are where every operation is one.
#[must_use]
pub fn by_bound(program: &Program, patience: u64, learn: bool) -> Visited {
    let mut driver = Driver::new(program);
    let mut search = Bounded::default();
    let mut races = Races::default();
    let mut points = if learn { Points::default() } else { Points::everything() };
    points.set_releases(true);
    let mut visited = Visited::default();
    for _ in 0..patience {
        if !search.begin() {
            break;
        }
        visited.executions += 1;
        let ending = driver.machine.run(&mut driver.execution, &points, &mut search);
        let before = points.generation();
        if learn {
            races.look(&driver.execution, &mut points);
        }
        if points.generation() != before {
            search.restart();
            visited = Visited::default();
            continue;
        }
        search.advance(&driver.execution);
        if matches!(ending, Ending::Complete | Ending::Stuck) {
            driver.order.rank(&driver.execution);
            visited.classes.insert(driver.class());
            visited.results.insert(driver.machine.left(&driver.execution, ending));
        }
        visited.complete = search.complete();
    }
    visited
}

/// How many classes there are of each rank.
#[must_use]
pub fn histogram(fewest: &Fewest) -> Vec<u64> {
    let mut counts = vec![0; fewest.values().max().map_or(0, |most| *most as usize + 1)];
    for rank in fewest.values() {
        counts[*rank as usize] += 1;
    }
    counts
}
