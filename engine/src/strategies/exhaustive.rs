//! Depth-first search with sleep sets: every class once, and some executions that are cut short.
//!
//! Godefroid, *Partial-Order Methods for the Verification of Concurrent Systems* (LNCS 1032, 1996),
//! chapter 5: what was tried before at a node sleeps below it until a dependent step is executed; an
//! execution in which all that is enabled sleeps is redundant. The search holds one path: a node for
//! each moment at which there was a choice.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;

use super::{Pick, Strategy, default_choice};
use crate::dependence::{Step, dependent};

#[derive(Clone, Copy, Debug)]
struct Node {
    /// Its steps in `steps`: those to be tried in order, none of them asleep.
    first: usize,
    count: usize,
    /// The one that is tried now.
    tried: usize,
    /// The steps that slept when it was made, in `asleep`.
    first_asleep: usize,
    asleep: usize,
}

/// The search.
#[derive(Debug)]
pub struct Exhaustive {
    nodes: Vec<Node>,
    steps: Vec<Step>,
    asleep: Vec<Step>,
    /// How many nodes this execution has passed.
    depth: usize,
    /// What sleeps now.
    sleep: Vec<Step>,
    node_bound: usize,
    overflow: bool,
    with_sleep_sets: bool,
}

impl Exhaustive {
    /// A search that has visited nothing, and keeps at most so many nodes on its path.
    #[must_use]
    pub fn new(node_bound: usize) -> Exhaustive {
        Exhaustive {
            nodes: Vec::new(),
            steps: Vec::new(),
            asleep: Vec::new(),
            depth: 0,
            sleep: Vec::new(),
            node_bound,
            overflow: false,
            with_sleep_sets: true,
        }
    }

    /// Plain enumeration of all interleavings, to test the search against.
    #[must_use]
    pub fn enumeration(node_bound: usize) -> Exhaustive {
        Exhaustive { with_sleep_sets: false, ..Exhaustive::new(node_bound) }
    }

    /// Forgets what was visited.
    pub fn restart(&mut self) {
        self.nodes.clear();
        self.steps.clear();
        self.asleep.clear();
        self.overflow = false;
        self.begin();
    }

    /// The next execution begins.
    pub fn begin(&mut self) {
        self.depth = 0;
        self.sleep.clear();
    }

    /// Whether an execution had more choices than the bound, so that not all were kept.
    #[must_use]
    pub fn has_overflown(&self) -> bool {
        self.overflow
    }

    /// The execution has ended: moves on to the next path. False when there is none.
    pub fn advance(&mut self) -> bool {
        while let Some(node) = self.nodes.last_mut() {
            node.tried += 1;
            if node.tried < node.count {
                return true;
            }
            let node = *node;
            self.steps.truncate(node.first);
            self.asleep.truncate(node.first_asleep);
            self.nodes.pop();
        }
        false
    }

    /// A guess at the share of the search that is done, from 0 to 1, in thousandths: at each node
    /// the steps tried, and below the one that is tried the same of the next node.
    #[must_use]
    pub fn share(&self) -> u32 {
        let share = self
            .nodes
            .iter()
            .rev()
            .fold(0.0f64, |below, node| (node.tried as f64 + below) / node.count as f64);
        (share * 1000.0) as u32
    }

    fn is_asleep(&self, step: &Step) -> bool {
        self.sleep.iter().any(|other| same_choice(other, step))
    }

    /// Executes a step: what depends on it wakes.
    fn wake(&mut self, step: &Step) {
        self.sleep.retain(|other| other.task != step.task && !dependent(other, step));
    }

    fn again(&mut self, choices: &[Step]) -> Pick {
        let node = self.nodes[self.depth];
        let step = self.steps[node.first + node.tried];
        let Some(index) = choices.iter().position(|other| *other == step) else {
            return Pick::Diverged;
        };
        if self.with_sleep_sets {
            self.sleep.clear();
            self.sleep.extend_from_slice(
                &self.asleep[node.first_asleep..node.first_asleep + node.asleep],
            );
            self.sleep.extend_from_slice(&self.steps[node.first..node.first + node.tried]);
            self.wake(&step);
        }
        self.depth += 1;
        Pick::Step(index)
    }

    fn new_node(&mut self, choices: &[Step], current: TaskId) -> Pick {
        let first = self.steps.len();
        let preferred = default_choice(choices, current);
        for index in
            core::iter::once(preferred).chain((0..choices.len()).filter(|i| *i != preferred))
        {
            if !self.is_asleep(&choices[index]) {
                self.steps.push(choices[index]);
            }
        }
        let count = self.steps.len() - first;
        if count == 0 {
            return Pick::Redundant;
        }
        let step = self.steps[first];
        if self.nodes.len() >= self.node_bound {
            self.overflow = true;
            self.steps.truncate(first);
        } else {
            let first_asleep = self.asleep.len();
            self.asleep.extend_from_slice(&self.sleep);
            let asleep = self.asleep.len() - first_asleep;
            self.nodes.push(Node { first, count, tried: 0, first_asleep, asleep });
            self.depth += 1;
        }
        self.wake(&step);
        Pick::Step(choices.iter().position(|other| *other == step).unwrap_or(0))
    }
}

fn same_choice(a: &Step, b: &Step) -> bool {
    a.task == b.task && a.alternative == b.alternative
}

impl Strategy for Exhaustive {
    fn choose(&mut self, choices: &[Step], current: TaskId) -> Pick {
        if let [only] = choices {
            if self.is_asleep(only) {
                return Pick::Redundant;
            }
            self.wake(only);
            return Pick::Step(0);
        }
        if self.depth < self.nodes.len() {
            self.again(choices)
        } else {
            self.new_node(choices, current)
        }
    }
}
