//! The search for the order of a partial order's events with the fewest switches between tasks.
//!
//! A* (Hart, Nilsson & Raphael, 1968) over the moments at which a task stops: to leave events out of a
//! solution never adds a switch, so a task that goes on as far as it can loses nothing. A task that has
//! events left when another one stops needs one more switch at least; a switch lessens that number by
//! one at most, so the first solution found is a best one.

use core::hash::BuildHasher;

use alloc::vec;
use alloc::vec::Vec;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::Chains;

/// How many states are visited before the order is kept that there is.
const STATE_BOUND: usize = 200_000;

/// How many numbers all their cuts may have together.
const CUT_BOUND: usize = 16_000_000;

/// The moment at which a task has gone on as far as it could.
#[derive(Clone, Copy)]
struct State {
    /// The task.
    last: u32,
    /// The moment before it went on; the first state's is itself.
    before: u32,
}

/// The moments that were reached; each has a cut of the partial order, how many events of each task have
/// happened.
struct States {
    tasks: usize,
    all: Vec<State>,
    cuts: Vec<u32>,
    done: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl States {
    fn cut(&self, state: usize) -> &[u32] {
        &self.cuts[state * self.tasks..(state + 1) * self.tasks]
    }

    fn key(&self, state: usize) -> (u32, &[u32]) {
        (self.all[state].last, self.cut(state))
    }

    /// Marks a state as dealt with; false if it was.
    fn finish(&mut self, state: usize) -> bool {
        let hash = self.hasher.hash_one(self.key(state));
        let same = |other: &u32| self.key(*other as usize) == self.key(state);
        if self.done.find(hash, same).is_some() {
            return false;
        }
        let Self { tasks, all, cuts, hasher, done } = self;
        let key = |other: &u32| {
            let at = *other as usize;
            hasher.hash_one((all[at].last, &cuts[at * *tasks..(at + 1) * *tasks]))
        };
        done.insert_unique(hash, state as u32, key);
        true
    }

    /// The state in which the task has gone on as far as it can; None if it can't go on.
    fn go_on(&mut self, chains: &Chains<'_>, before: usize, task: usize) -> Option<usize> {
        let first = before * self.tasks;
        let to = self.cuts.len();
        self.cuts.extend_from_within(first..first + self.tasks);
        let cut = &mut self.cuts[to..];
        while chains.is_ready(cut, task) {
            cut[task] += 1;
        }
        if self.cuts[to + task] == self.cuts[first + task] {
            self.cuts.truncate(to);
            return None;
        }
        self.all.push(State { last: task as u32, before: before as u32 });
        Some(self.all.len() - 1)
    }
}

impl Chains<'_> {
    /// The tasks in the order of their ranked events; None if that would take too long. Of several best
    /// orders it gives one in which the earlier tasks come first, as far as it can be seen.
    pub(super) fn search(&self) -> Option<Vec<u32>> {
        let tasks = self.needed.len();
        let mut states = States {
            tasks,
            all: vec![State { last: 0, before: 0 }],
            cuts: vec![0; tasks],
            done: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
        };
        // Main begins: that it goes on is no switch.
        let first = states.go_on(self, 0, 0).unwrap_or(0);
        // States from which a solution may have as few switches as is thought possible, the last one
        // first, and those from which it has one more.
        let mut best = vec![first];
        let mut second = Vec::new();
        while !best.is_empty() {
            while let Some(state) = best.pop() {
                if !states.finish(state) {
                    continue;
                }
                if states.cut(state) == self.needed.as_slice() {
                    return Some(path(&states, state));
                }
                if states.all.len() > STATE_BOUND || states.cuts.len() > CUT_BOUND {
                    return None;
                }
                let last = states.all[state].last as usize;
                for task in (0..tasks).rev().filter(|task| *task != last) {
                    let Some(next) = states.go_on(self, state, task) else { continue };
                    let is_through = states.cut(next)[task] == self.needed[task];
                    if is_through { &mut best } else { &mut second }.push(next);
                }
            }
            core::mem::swap(&mut best, &mut second);
        }
        None
    }
}

fn path(states: &States, end: usize) -> Vec<u32> {
    let mut path = Vec::new();
    let mut state = end;
    while state != 0 {
        let State { last, before } = states.all[state];
        let task = last as usize;
        let events = states.cut(state)[task] - states.cut(before as usize)[task];
        path.extend((0..events).map(|_| last));
        state = before as usize;
    }
    path.reverse();
    path
}
