//! What the races of an execution ask for, and what is tried where that can't be told.

use everyway_protocol::schedule::Alternative;

use super::sequences::First;
use super::tree::{EMPTY, Sequence};
use super::{Asleep, Choice, Exhaustive, ITEM_BOUND, PLAN_BOUND, is_asleep};
use crate::dependence::Step;
use crate::execution::{Execution, is_sleep, tasks_in};
use crate::footprint::{self, Access};
use crate::happens_before::{HappensBefore, Race, Second};

impl Exhaustive {
    /// Puts into each node's tree what the races of the execution ask for.
    pub(super) fn plan(&mut self, execution: &Execution, order: &HappensBefore) {
        let mut left = PLAN_BOUND;
        if execution.has_timed_wait {
            self.widen_sleeps(execution);
        }
        self.settled.truncate(if self.planned_run + 1 == execution.run() {
            order.kept_races()
        } else {
            0
        });
        self.planned_run = execution.run();
        let known = self.settled.len();
        self.settled.resize(order.races.len(), false);
        for (number, race) in order.races.iter().enumerate() {
            let Some(rest) = left.checked_sub(execution.ranked.len() - race.first as usize) else {
                self.overflow = true;
                return;
            };
            left = rest;
            if number < known && self.settled[number] {
                continue;
            }
            let Ok(index) = self.nodes.binary_search_by_key(&race.first, |node| node.rank) else {
                self.unplaced += 1;
                continue;
            };
            let node = &self.nodes[index];
            if node.full {
                continue;
            }
            if !race.sure {
                self.widen(execution, index);
                continue;
            }
            self.sequences.begin(execution, order, race);
            match self.is_covered(execution, index, race) {
                Some(settled) => self.settled[number] = settled,
                None => self.put_into_tree(execution, index, race),
            }
        }
    }

    /// Whether something that was tried at the node, or sleeps there, could come first in the sequence
    /// that reverses the race; and if so, whether it can in those of all executions that have both events
    /// of the race in common with this one.
    ///
    /// It can if it is an event before the second one: what comes before that is the same for them, and
    /// so is what was tried.
    fn is_covered(&mut self, execution: &Execution, index: usize, race: &Race) -> Option<bool> {
        let node = &self.nodes[index];
        let tried = &self.asleep[node.asleep()];
        let mut open = false;
        for step in tried {
            match self.sequences.first(execution, step, accesses_of(step, &self.accesses)) {
                First::At(rank) => {
                    return Some(matches!(race.second, Second::Event(second) if rank < second));
                }
                First::No => {}
                First::Open => open = true,
            }
        }
        if !open {
            return None;
        }
        let sequence = self.sequences.reversed(execution, race);
        let covers = |step| could_come_first(step, &self.accesses, sequence);
        tried.iter().any(covers).then_some(false)
    }

    fn put_into_tree(&mut self, execution: &Execution, index: usize, race: &Race) {
        let sequence = self.sequences.reversed(execution, race);
        let node = &mut self.nodes[index];
        if self.trees.len() + sequence.len() > ITEM_BOUND {
            sequence.keep_first();
            node.cut = true;
            self.fallbacks += 1;
        }
        let (mut pending, objects) = (node.pending, node.objects);
        self.trees.insert(&mut pending, sequence, objects);
        self.nodes[index].pending = pending;
    }

    /// A wait's time may run out while others sleep, once all else has come to a stop. No race asks for
    /// that: a sleep does nothing that others see.
    fn widen_sleeps(&mut self, execution: &Execution) {
        for index in 0..self.nodes.len() {
            let operation = self.nodes[index].operation;
            if operation.is_some_and(|operation| is_sleep(operation.action)) {
                self.widen(execution, index);
            }
        }
    }

    /// Keeps what can be chosen at the last node, should all of it be tried one day.
    pub(super) fn keep_choices(&mut self, execution: &Execution) {
        let Some(node) = self.nodes.last_mut() else { return };
        match execution.ready_tasks() {
            Some(words) => {
                self.ready.extend_from_slice(words);
                node.ready = words.len() as u32;
            }
            None => {
                self.choices.extend(execution.steps().map(|step| choice(execution, &step)));
                node.choices = self.choices.len() as u32 - node.first_choice;
            }
        }
    }

    /// All that is enabled at the last node, at which the execution stands, will be tried.
    pub(super) fn widen_now(&mut self, execution: &Execution) {
        let mut choices = core::mem::take(&mut self.scratch);
        choices.clear();
        choices.extend(execution.steps().map(|step| choice(execution, &step)));
        self.try_all(self.nodes.len() - 1, &choices);
        self.scratch = choices;
    }

    /// All that is enabled at the node will be tried.
    pub(super) fn widen(&mut self, execution: &Execution, index: usize) {
        let node = self.nodes[index];
        if node.full {
            return;
        }
        let mut choices = core::mem::take(&mut self.scratch);
        choices.clear();
        let first = node.first_choice as usize;
        choices.extend_from_slice(&self.choices[first..first + node.choices as usize]);
        if node.ready > 0 {
            self.count_operations(execution, node.events as usize);
            let first = node.first_ready as usize;
            for task in tasks_in(&self.ready[first..first + node.ready as usize]) {
                choices.push(Choice {
                    path: execution.task(task).map_or(0, |task| task.path),
                    alternative: Alternative::Execute,
                    ordinal: self.counts[task.index()],
                });
            }
        }
        self.try_all(index, &choices);
        self.scratch = choices;
    }

    /// Counts what each task had executed before the event of this index.
    fn count_operations(&mut self, execution: &Execution, events: usize) {
        self.counts.clear();
        self.counts.resize(execution.task_count(), 0);
        for event in &execution.trace.events[..events] {
            self.counts[event.task.index()] += 1;
        }
    }

    fn try_all(&mut self, index: usize, choices: &[Choice]) {
        let node = self.nodes[index];
        let mut pending = node.pending;
        let known = &self.asleep[node.asleep()];
        for choice in choices {
            let same = |path, alternative| path == choice.path && alternative == choice.alternative;
            let planned = same(node.path, node.alternative)
                || self.trees.first_items(pending).any(|item| same(item.path, item.alternative))
                || is_asleep(known, choice.path, choice.alternative);
            if !planned {
                let Choice { path, ordinal, alternative } = *choice;
                self.trees.append_step(&mut pending, path, ordinal, alternative);
            }
        }
        self.nodes[index].pending = pending;
        self.nodes[index].full = true;
    }

    /// A plan could not be followed: what it was said to cover is tried in another way.
    pub(super) fn lose_guide(&mut self, execution: &Execution) {
        self.mismatches += 1;
        self.trees.release(self.guide);
        self.guide = EMPTY;
        for index in self.guided_from..self.nodes.len() {
            self.widen(execution, index);
        }
    }
}

fn accesses_of<'a>(step: &Asleep, accesses: &'a [Access]) -> &'a [Access] {
    let first = step.first_access as usize;
    &accesses[first..first + step.accesses as usize]
}

fn choice(execution: &Execution, step: &Step) -> Choice {
    let task = execution.task(step.task);
    let (path, ordinal) = task.map_or((0, 0), |task| (task.path, task.operations));
    Choice { path, alternative: step.alternative, ordinal }
}

/// Whether some execution that begins with the step is equivalent to one that begins with the sequence:
/// the step is what its task does in the sequence, or would do after it, and commutes with all before.
/// The latter counts only where the races that followed the step were planned in full: what goes on from
/// the sequence and keeps the step from commuting was then planned beside it.
fn could_come_first(step: &Asleep, accesses: &[Access], sequence: &Sequence) -> bool {
    let own = accesses_of(step, accesses);
    for (item, others) in sequence.iter() {
        if item.path == step.path {
            return item.alternative == step.alternative;
        }
        if footprint::conflict(own, others) {
            return false;
        }
    }
    step.planned
}
