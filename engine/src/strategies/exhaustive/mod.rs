//! Every class of executions once: optimal dynamic partial order reduction with wakeup trees.
//!
//! Abdulla, Aronis, Jonsson & Sagonas, *Source Sets: A Foundation for Optimal Dynamic Partial Order
//! Reduction* (JACM 64, 2017), section 6. The search holds one path: a node for each moment of the
//! execution at which somebody was chosen. After an execution every reversible race of it, `(e, f)`,
//! gives a sequence `v` for the node before `e`: all events that do not come after `e`, then `f`. It is
//! dropped if something that was tried there, or sleeps there, could come first in `v`; otherwise it is
//! put into the node's wakeup tree. All races of each execution are looked at, and `v` is taken from
//! the whole execution: both shortcuts lose classes.
//!
//! Where time runs out, and where it can't be told what a race would need, a node is *full*: all that
//! is enabled there is tried, with sleep sets alone (Godefroid, LNCS 1032, 1996, chapter 5). Below such a
//! node an execution may turn out to be redundant.

mod planning;
mod sequences;
mod tree;

use alloc::vec::Vec;
use core::ops::Range;

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Operation;
use everyway_protocol::schedule::Alternative;
use hashbrown::HashSet;

use super::{Pick, Strategy, default_step};
use crate::dependence::Step;
use crate::digest::Digest;
use crate::execution::{Ending, Execution};
use crate::footprint::{self, Access};
use crate::happens_before::HappensBefore;
use sequences::Sequences;
use tree::{Branches, EMPTY, Item, WakeupTrees};

/// How many items all wakeup trees together keep before sequences are cut to their first step.
const ITEM_BOUND: usize = 4_000_000;

/// How many items the sequences of one execution may have together; an execution that asks for more
/// goes round and round.
const PLAN_BOUND: usize = 10_000_000;

/// So many states of event loops are kept.
const VISITED_BOUND: usize = 10_000_000;

/// How the search decides what to try.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Mode {
    /// What races of executions ask for.
    Optimal,
    /// Everything that does not sleep.
    SleepSets,
    /// Everything.
    Enumeration,
}

/// A step that need not be tried: what it leads to is known.
#[derive(Clone, Copy, Debug)]
struct Asleep {
    path: u64,
    alternative: Alternative,
    first_access: u32,
    accesses: u32,
    /// Whether what its races asked for was planned in full where it was tried.
    planned: bool,
}

/// A step that could be chosen at a node.
#[derive(Clone, Copy, Debug)]
struct Choice {
    path: u64,
    alternative: Alternative,
    ordinal: u32,
}

/// A moment at which somebody was chosen.
#[derive(Clone, Copy, Debug)]
struct Node {
    /// In `asleep`: the steps that slept when it was made, then those that were tried.
    first: u32,
    first_access: u32,
    /// In `choices`, if a list of them was made.
    first_choice: u32,
    choices: u32,
    /// In `ready`: which tasks could go on, if there was no list.
    first_ready: u32,
    ready: u32,
    /// How many slept when it was made.
    slept: u32,
    /// How many were tried before the present one.
    tried: u32,
    path: u64,
    /// The task of this path.
    task: TaskId,
    alternative: Alternative,
    /// What it executed, once it has.
    operation: Option<Operation>,
    /// The alternatives still to be tried.
    pending: Branches,
    /// Whether all that is enabled will be tried.
    full: bool,
    /// Whether a sequence was cut to its first step.
    cut: bool,
    /// The rank of its event in the present execution.
    rank: u32,
    /// How many events came before it.
    events: u32,
    /// How many objects had been named before it.
    objects: u32,
}

impl Node {
    /// Its entries in `asleep`.
    fn asleep(&self) -> Range<usize> {
        let first = self.first as usize;
        first..first + (self.slept + self.tried) as usize
    }
}

/// The search.
#[derive(Debug)]
pub struct Exhaustive {
    mode: Mode,
    nodes: Vec<Node>,
    asleep: Vec<Asleep>,
    accesses: Vec<Access>,
    choices: Vec<Choice>,
    ready: Vec<u64>,
    scratch: Vec<Choice>,
    counts: Vec<u32>,
    trees: WakeupTrees,
    sequences: Sequences,
    /// For each race of the last execution whether it asks for nothing, now and in all executions that
    /// have it in common.
    settled: Vec<bool>,
    /// The run of that execution.
    planned_run: u64,
    /// How many nodes this execution has passed.
    depth: usize,
    /// The tree that the branch just taken leads into.
    guide: Branches,
    /// The node from which the guide leads.
    guided_from: usize,
    /// The last node's planned step could not be chosen, so it was not tried.
    untried: bool,
    /// The states of event loops that were passed.
    visited: HashSet<Digest>,
    node_bound: usize,
    overflow: bool,
    /// Sequences that were cut to their first step.
    pub fallbacks: u64,
    /// Plans that could not be followed.
    pub mismatches: u64,
    /// Races with an event that was no choice.
    pub unplaced: u64,
}

impl Exhaustive {
    /// A search that has visited nothing, and keeps at most so many nodes on its path.
    #[must_use]
    pub fn new(node_bound: usize) -> Exhaustive {
        Exhaustive {
            mode: Mode::Optimal,
            nodes: Vec::new(),
            asleep: Vec::new(),
            accesses: Vec::new(),
            choices: Vec::new(),
            ready: Vec::new(),
            scratch: Vec::new(),
            counts: Vec::new(),
            trees: WakeupTrees::default(),
            sequences: Sequences::default(),
            settled: Vec::new(),
            planned_run: 0,
            depth: 0,
            guide: EMPTY,
            guided_from: 0,
            untried: false,
            visited: HashSet::new(),
            node_bound,
            overflow: false,
            fallbacks: 0,
            mismatches: 0,
            unplaced: 0,
        }
    }

    /// A search by sleep sets alone, for executions in which deadlines order everything.
    #[must_use]
    pub fn by_sleep_sets(node_bound: usize) -> Exhaustive {
        Exhaustive { mode: Mode::SleepSets, ..Exhaustive::new(node_bound) }
    }

    /// Plain enumeration of all interleavings, to test the search against.
    #[must_use]
    pub fn enumeration(node_bound: usize) -> Exhaustive {
        Exhaustive { mode: Mode::Enumeration, ..Exhaustive::new(node_bound) }
    }

    /// Forgets what was visited.
    pub fn restart(&mut self) {
        self.nodes.clear();
        self.asleep.clear();
        self.accesses.clear();
        self.choices.clear();
        self.ready.clear();
        self.trees.clear();
        self.visited.clear();
        self.settled.clear();
        self.guide = EMPTY;
        self.guided_from = 0;
        self.overflow = false;
        self.unplaced = 0;
        self.begin();
    }

    /// The next execution begins.
    pub fn begin(&mut self) {
        self.depth = 0;
        self.untried = false;
    }

    /// Whether an execution had more choices than the bound, so that not all were kept.
    #[must_use]
    pub fn has_overflown(&self) -> bool {
        self.overflow
    }

    /// Whether the races of executions are what decides; if so, [`advance`](Exhaustive::advance) needs
    /// them.
    #[must_use]
    pub fn needs_races(&self) -> bool {
        self.mode == Mode::Optimal
    }

    /// The execution has ended, and its events were ordered: plans what its races ask for, and moves on
    /// to the next path. False when there is none.
    pub fn advance(&mut self, execution: &Execution, order: &HappensBefore) -> bool {
        if self.guide != EMPTY {
            self.lose_guide(execution);
        }
        if self.mode == Mode::Optimal && execution.ending() != Some(Ending::Diverged) {
            self.plan(execution, order);
        }
        self.back_track(execution)
    }

    /// A guess at the share of the search that is done, from 0 to 1, in thousandths: at each node
    /// the steps tried, and below the one that is tried the same of the next node.
    #[must_use]
    pub fn share(&self) -> u32 {
        let share = self.nodes.iter().rev().fold(0.0f64, |below, node| {
            let tried = f64::from(node.tried);
            let pending = self.trees.first_items(node.pending).count() as f64;
            (tried + below) / (tried + 1.0 + pending)
        });
        (share * 1000.0) as u32
    }

    fn back_track(&mut self, execution: &Execution) -> bool {
        if self.trees.is_loose() {
            self.trees.pack(self.nodes.iter().map(|node| node.pending));
        }
        while let Some(last) = self.nodes.len().checked_sub(1) {
            let node = &mut self.nodes[last];
            if !self.untried && (node.rank as usize) < execution.ranked.len() {
                let first_access = self.accesses.len() as u32;
                let accesses = execution.ranked.accesses(node.rank as usize);
                self.accesses.extend_from_slice(accesses);
                self.asleep.push(Asleep {
                    path: node.path,
                    alternative: node.alternative,
                    first_access,
                    accesses: accesses.len() as u32,
                    planned: !node.full && !node.cut,
                });
                node.tried += 1;
            }
            self.untried = false;
            if self.branch(last) {
                return true;
            }
            let node = &self.nodes[last];
            self.asleep.truncate(node.first as usize);
            self.accesses.truncate(node.first_access as usize);
            self.choices.truncate(node.first_choice as usize);
            self.ready.truncate(node.first_ready as usize);
            self.nodes.pop();
        }
        false
    }

    /// Takes the node's next alternative, if it has one that does not sleep.
    fn branch(&mut self, index: usize) -> bool {
        loop {
            let node = &mut self.nodes[index];
            let Some((item, below)) = self.trees.take(&mut node.pending) else { return false };
            let node = &self.nodes[index];
            if self.mode != Mode::Enumeration
                && is_asleep(&self.asleep[node.asleep()], item.path, item.alternative)
            {
                self.trees.release(below);
                continue;
            }
            let node = &mut self.nodes[index];
            (node.path, node.alternative, node.operation) = (item.path, item.alternative, None);
            self.guide = below;
            self.guided_from = index;
            return true;
        }
    }

    fn again(&mut self, execution: &Execution) -> Pick {
        let node = &self.nodes[self.depth];
        let task = execution.task_of_path(node.path);
        let wanted = |step: &Step| step.alternative == node.alternative;
        let Some(step) = task.and_then(|task| execution.steps_of(task).find(wanted)) else {
            if self.depth + 1 < self.nodes.len() || node.operation.is_some() {
                return Pick::Diverged;
            }
            self.untried = true;
            self.lose_guide(execution);
            return Pick::Redundant;
        };
        if node.operation.is_some_and(|operation| operation != step.operation) {
            return Pick::Diverged;
        }
        let node = &mut self.nodes[self.depth];
        node.task = step.task;
        node.operation = Some(step.operation);
        node.rank = execution.ranked.len() as u32;
        self.depth += 1;
        Pick::This(step)
    }

    fn new_node(&mut self, execution: &Execution) -> Pick {
        if self.nodes.len() >= self.node_bound {
            self.overflow = true;
            return default_step(execution).map_or(Pick::Diverged, Pick::This);
        }
        if let Some(digest) = execution.digest()
            && self.visited.len() < VISITED_BOUND
            && !self.visited.insert(digest)
        {
            return Pick::Redundant;
        }
        let node = self.open_node(execution);
        let first = node.first as usize;
        let mismatches = self.mismatches;
        let planned = self.planned(execution, first);
        let free = || {
            let awake = |step: &Step| !self.sleeps(execution, first, step);
            let preferred = default_step(execution).filter(awake);
            preferred.or_else(|| execution.steps().find(awake))
        };
        let Some(step) = planned.or_else(free) else {
            self.asleep.truncate(first);
            return Pick::Redundant;
        };
        let full = self.mode != Mode::Optimal
            || self.mismatches != mismatches
            || execution.is_timing_choice();
        let pending = self.take_planned(execution, &step, planned.is_some());
        self.nodes.push(Node {
            path: path_of(execution, &step),
            task: step.task,
            alternative: step.alternative,
            operation: Some(step.operation),
            pending,
            ..node
        });
        if full {
            self.widen_now(execution);
        } else {
            self.keep_choices(execution);
            if planned.is_none() && matches!(step.alternative, Alternative::Pick(_)) {
                // What was planned comes from an execution beside which the other values were tried.
                self.try_other_values(execution, &step);
            }
        }
        self.depth += 1;
        Pick::This(step)
    }

    /// A node for this moment, with what sleeps at it; nothing is chosen yet.
    fn open_node(&mut self, execution: &Execution) -> Node {
        let mut node = Node {
            first: self.asleep.len() as u32,
            first_access: self.accesses.len() as u32,
            first_choice: self.choices.len() as u32,
            choices: 0,
            first_ready: self.ready.len() as u32,
            ready: 0,
            slept: 0,
            tried: 0,
            path: 0,
            task: TaskId::MAIN,
            alternative: Alternative::Execute,
            operation: None,
            pending: EMPTY,
            full: false,
            cut: false,
            rank: execution.ranked.len() as u32,
            events: execution.trace.events.len() as u32,
            objects: execution.objects().len() as u32,
        };
        if self.mode != Mode::Enumeration
            && let Some(parent) = self.nodes.last()
        {
            let executed = execution.ranked.accesses(parent.rank as usize);
            for index in parent.asleep() {
                let step = self.asleep[index];
                let range =
                    step.first_access as usize..(step.first_access + step.accesses) as usize;
                if step.path != parent.path && !footprint::conflict(&self.accesses[range], executed)
                {
                    self.asleep.push(step);
                    node.slept += 1;
                }
            }
        }
        node
    }

    /// The step that the plan wants, if there is a plan; one that can't be followed is given up.
    fn planned(&mut self, execution: &Execution, first_asleep: usize) -> Option<Step> {
        if self.guide == EMPTY {
            return None;
        }
        self.guide = self.trees.skip(self.guide, |item| {
            let task = execution.task_of_path(item.path).and_then(|task| execution.task(task));
            task.is_some_and(|task| task.operations > item.ordinal)
        });
        let item = *self.trees.first_items(self.guide).next()?;
        let task = execution.task_of_path(item.path)?;
        let found = execution
            .steps_of(task)
            .find(|step| is_planned(execution, step, &item))
            .filter(|step| !self.sleeps(execution, first_asleep, step));
        if found.is_none() {
            self.lose_guide(execution);
        }
        found
    }

    /// The step was planned: what is planned below it is left to the next node, and what stands
    /// beside it is this one's.
    fn take_planned(&mut self, execution: &Execution, step: &Step, planned: bool) -> Branches {
        let ordinal = execution.task(step.task).map_or(0, |task| task.operations);
        let item = self.trees.first_items(self.guide).next();
        if !planned || item.is_none_or(|item| item.ordinal != ordinal) {
            return EMPTY;
        }
        let mut beside = self.guide;
        self.guide = self.trees.take(&mut beside).map_or(EMPTY, |(_, below)| below);
        beside
    }

    fn sleeps(&self, execution: &Execution, first: usize, step: &Step) -> bool {
        self.mode != Mode::Enumeration
            && is_asleep(&self.asleep[first..], path_of(execution, step), step.alternative)
    }

    /// The other values of a choice among values are tried too.
    fn try_other_values(&mut self, execution: &Execution, chosen: &Step) {
        let mut pending = self.nodes[self.depth].pending;
        let first = self.nodes[self.depth].first as usize;
        for step in execution.steps_of(chosen.task) {
            if step.alternative != chosen.alternative && !self.sleeps(execution, first, &step) {
                let ordinal = execution.task(step.task).map_or(0, |task| task.operations);
                let path = path_of(execution, &step);
                self.trees.append_step(&mut pending, path, ordinal, step.alternative);
            }
        }
        self.nodes[self.depth].pending = pending;
    }
}

/// Whether the step is the item's event, or comes before it in its task.
fn is_planned(execution: &Execution, step: &Step, item: &Item) -> bool {
    let ordinal = execution.task(step.task).map_or(0, |task| task.operations);
    step.alternative == item.alternative
        || ordinal < item.ordinal && step.alternative == Alternative::Execute
}

fn path_of(execution: &Execution, step: &Step) -> u64 {
    execution.task(step.task).map_or(0, |task| task.path)
}

fn is_asleep(asleep: &[Asleep], path: u64, alternative: Alternative) -> bool {
    asleep.iter().any(|other| other.path == path && other.alternative == alternative)
}

impl Strategy for Exhaustive {
    fn wants_digest(&self, execution: &Execution) -> bool {
        let new = self.depth >= self.nodes.len();
        new && self.mode != Mode::Enumeration && execution.has_loops()
    }

    fn choose(&mut self, execution: &Execution) -> Pick {
        if self.depth < self.nodes.len() { self.again(execution) } else { self.new_node(execution) }
    }

    fn needs_choices(&self) -> bool {
        false
    }

    fn repeat(&mut self, execution: &Execution) -> Option<Step> {
        // The last node's alternative was not executed before.
        if self.depth + 1 >= self.nodes.len() {
            return None;
        }
        let node = &mut self.nodes[self.depth];
        let (task, alternative) = (node.task, node.alternative);
        let step = Step { task, alternative, operation: node.operation? };
        let same = execution.task(task).is_some_and(|task| task.path == node.path);
        if !same || !execution.can_execute(&step) {
            return None;
        }
        node.rank = execution.ranked.len() as u32;
        self.depth += 1;
        Some(step)
    }
}
