//! Every schedule with no preemption, then every one with one, and so on.
//!
//! What is known after some steps depends on their class alone, so of all ways to one class of beginnings
//! only those with the fewest preemptions are gone on from; among these it matters only whether the task
//! that ran last could go on, because leaving it would be one more. Beginnings are known by a hash of
//! their partial order, in 128 bits. Nothing else is left out: sleep sets, which leave out more, are
//! unsound beside a bound (Coons, Musuvathi & McKinley, *Bounded partial-order reduction*, OOPSLA 2013).
//!
//! Preemptions are what [`ranks`](crate::ranks) says. All operations that can let a waiting task go on
//! must be points, so that a switch to a task that waits is met where it is none.

use alloc::vec::Vec;

use everyway_protocol::schedule::Alternative;
use hashbrown::hash_map::Entry;
use hashbrown::{HashMap, HashSet};

use super::{Pick, Strategy, default_choice};
use crate::dependence::Step;
use crate::execution::Execution;
use crate::execution::task::mix;
use crate::happens_before::HappensBefore;
use crate::ranks::gives_way;

/// How many steps are kept, of those taken and of those still to be tried.
const STEP_BOUND: usize = 4_000_000;

const START: u32 = u32::MAX;

/// A step that was taken, after another one.
#[derive(Clone, Copy, Debug)]
struct Taken {
    before: u32,
    path: u64,
    alternative: Alternative,
}

/// A choice that was made freely in the present execution.
#[derive(Clone, Copy, Debug)]
struct Choice {
    /// How many ranked events came before it.
    rank: u32,
    /// In `alternatives`: what else could have been chosen.
    first: u32,
    preemptions: u32,
    /// The task that ran last.
    last: u64,
    /// That task does not go on, or gives way: whoever comes next is no preemption.
    free: bool,
    chosen: Taken,
}

/// How a class of beginnings was reached with the fewest preemptions.
#[derive(Clone, Copy, Debug)]
struct Reached {
    preemptions: u32,
    /// In one of the ways whoever comes next is no preemption.
    free: bool,
}

/// What is new about a beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum New {
    /// Nothing.
    Nothing,
    /// That this task ran last: it goes on without a preemption.
    Last,
    /// That whoever goes on is no preemption, or all.
    All,
}

/// The search.
#[derive(Debug, Default)]
pub struct Bounded {
    taken: Vec<Taken>,
    reached: HashMap<u128, Reached>,
    /// The tasks that could go on after having run last, beside the class.
    ran: HashSet<(u128, u64)>,
    /// By preemptions: steps that are still to be tried.
    open: Vec<Vec<Taken>>,
    opened: usize,
    /// The steps that lead to the one that is tried, the last first.
    plan: Vec<Taken>,
    /// The step before the free choices.
    planned: u32,
    choices: Vec<Choice>,
    alternatives: Vec<(u64, Alternative)>,
    order: HappensBefore,
    preemptions: u32,
    last: u64,
    /// The number of preemptions of the schedules that are tried.
    level: u32,
    begun: bool,
    /// From so many preemptions on something is left out.
    lost: Option<u32>,
}

impl Bounded {
    /// Forgets what was visited.
    pub fn restart(&mut self) {
        self.taken.clear();
        self.reached.clear();
        self.ran.clear();
        self.open.clear();
        self.opened = 0;
        self.level = 0;
        self.begun = false;
        self.lost = None;
    }

    /// The next execution begins. False when there is none, or none of which anything can be said.
    pub fn begin(&mut self) -> bool {
        self.plan.clear();
        self.choices.clear();
        self.alternatives.clear();
        (self.preemptions, self.last) = (0, MAIN);
        self.planned = START;
        if !self.begun {
            self.begun = true;
            return true;
        }
        let Some(level) = self.next_level() else { return false };
        self.level = level as u32;
        let Some(next) = self.open[level].pop() else { return false };
        self.opened -= 1;
        self.plan.push(next);
        let mut before = next.before;
        while let Some(step) = self.taken.get(before as usize).copied() {
            self.plan.push(step);
            before = step.before;
        }
        true
    }

    /// Whether there is another execution, of which something can be said.
    #[must_use]
    pub fn has_more(&self) -> bool {
        !self.begun || self.next_level().is_some()
    }

    fn next_level(&self) -> Option<usize> {
        let lost = self.lost.map_or(usize::MAX, |lost| lost as usize);
        let level = self.open.iter().position(|steps| !steps.is_empty())?;
        (level < lost).then_some(level)
    }

    /// Every schedule with at most so many preemptions was visited.
    #[must_use]
    pub fn complete(&self) -> Option<u32> {
        if !self.begun {
            return None;
        }
        let open = self.open.iter().position(|steps| !steps.is_empty());
        let first = open.map_or(self.level + 1, |level| level as u32);
        first.min(self.lost.unwrap_or(u32::MAX)).checked_sub(1)
    }

    /// The execution was cut, so what it would have shown is not known.
    pub fn lose(&mut self) {
        self.lost = Some(self.lost.map_or(self.level, |lost| lost.min(self.level)));
    }

    /// The execution has ended: notes what else could have been chosen in it.
    pub fn advance(&mut self, execution: &Execution) {
        let mut order = core::mem::take(&mut self.order);
        order.rank(execution);
        let mut hash = Beginning::default();
        for index in 0..self.choices.len() {
            let choice = self.choices[index];
            hash.go_on(execution, &order, choice.rank);
            let new = self.reach(hash.sum, &choice);
            if new == New::Nothing {
                break;
            }
            self.open_alternatives(index, new);
            self.planned = self.take(Taken { before: self.planned, ..choice.chosen });
        }
        self.order = order;
    }

    fn reach(&mut self, hash: u128, choice: &Choice) -> New {
        let Choice { preemptions, free, last, .. } = *choice;
        if !free && !self.ran.insert((hash, last)) {
            return New::Nothing;
        }
        match self.reached.entry(hash) {
            Entry::Vacant(entry) => {
                entry.insert(Reached { preemptions, free });
                New::All
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                if known.preemptions < preemptions || known.free {
                    return New::Nothing;
                }
                known.free = free;
                if free { New::All } else { New::Last }
            }
        }
    }

    /// Whether going on from here was planned in another way, with no more preemptions.
    fn is_known(&self, hash: u128, free: bool) -> bool {
        self.reached.get(&hash).is_some_and(|known| {
            known.preemptions < self.preemptions
                || known.free
                || !free && self.ran.contains(&(hash, self.last))
        })
    }

    fn open_alternatives(&mut self, index: usize, new: New) {
        let choice = self.choices[index];
        let end =
            self.choices.get(index + 1).map_or(self.alternatives.len(), |next| next.first as usize);
        for at in choice.first as usize..end {
            let (path, alternative) = self.alternatives[at];
            let preempts = !choice.free && path != choice.last;
            if preempts && new == New::Last {
                continue;
            }
            let level = choice.preemptions + u32::from(preempts);
            if self.lost.is_some_and(|lost| level >= lost) {
                continue;
            }
            if self.opened + self.taken.len() >= STEP_BOUND {
                self.lost = Some(level);
                continue;
            }
            if self.open.len() <= level as usize {
                self.open.resize_with(level as usize + 1, Vec::new);
            }
            self.open[level as usize].push(Taken { before: self.planned, path, alternative });
            self.opened += 1;
        }
    }

    fn take(&mut self, step: Taken) -> u32 {
        self.taken.push(step);
        self.taken.len() as u32 - 1
    }

    /// Follows the plan by one step.
    fn follow(&mut self, execution: &Execution, wanted: Taken) -> Pick {
        let choices = execution.choices();
        let task = execution.task_of_path(wanted.path);
        let found = choices
            .iter()
            .position(|step| Some(step.task) == task && step.alternative == wanted.alternative);
        let Some(index) = found else { return Pick::Diverged };
        if self.plan.is_empty() {
            self.planned = self.take(wanted);
        }
        let free = is_free(execution, self.last);
        self.preemptions += u32::from(!free && wanted.path != self.last);
        self.last = wanted.path;
        Pick::Step(index)
    }
}

/// The path of main.
const MAIN: u64 = 1;

impl Strategy for Bounded {
    fn choose(&mut self, execution: &Execution) -> Pick {
        if let Some(wanted) = self.plan.pop() {
            return self.follow(execution, wanted);
        }
        let choices = execution.choices();
        let free = is_free(execution, self.last);
        let rank = execution.ranked.len() as u32;
        if self.choices.is_empty() && self.planned != START {
            let mut order = core::mem::take(&mut self.order);
            order.rank(execution);
            let mut hash = Beginning::default();
            hash.go_on(execution, &order, rank);
            self.order = order;
            if self.is_known(hash.sum, free) {
                return Pick::Redundant;
            }
        }
        let own = |step: &Step| path_of(execution, step) == self.last && !is_expiry(step);
        let going_on = if free { None } else { choices.iter().position(own) };
        let index = going_on.unwrap_or_else(|| default_choice(choices, execution.current()));
        let path = path_of(execution, &choices[index]);
        let alternative = choices[index].alternative;
        self.choices.push(Choice {
            rank,
            first: self.alternatives.len() as u32,
            preemptions: self.preemptions,
            last: self.last,
            free,
            chosen: Taken { before: START, path, alternative },
        });
        let others = choices.iter().enumerate().filter(|(other, _)| *other != index);
        let others = others.map(|(_, step)| (path_of(execution, step), step.alternative));
        self.alternatives.extend(others);
        self.last = path;
        Pick::Step(index)
    }
}

fn path_of(execution: &Execution, step: &Step) -> u64 {
    execution.task(step.task).map_or(0, |task| task.path)
}

fn is_expiry(step: &Step) -> bool {
    step.alternative == Alternative::Expire
}

/// Whether the task can't go on, or gives way.
fn is_free(execution: &Execution, path: u64) -> bool {
    !execution.choices().iter().any(|step| {
        path_of(execution, step) == path && !is_expiry(step) && !gives_way(step.operation.action)
    })
}

/// The class of the first events of an execution, as a hash: the sum of those of its events.
#[derive(Default)]
struct Beginning {
    sum: u128,
    rank: u32,
}

impl Beginning {
    fn go_on(&mut self, execution: &Execution, order: &HappensBefore, until: u32) {
        while self.rank < until {
            let ranked = &execution.ranked.all[self.rank as usize];
            let path = |task: usize| {
                let id = everyway_protocol::ids::TaskId(task as u32);
                execution.task(id).map_or(0, |task| task.path)
            };
            let alternative = match ranked.alternative {
                Alternative::Execute => 0,
                Alternative::Expire => 1,
                Alternative::Pick(value) => 2 + u64::from(value),
            };
            let lane = |seed: u64| {
                let clock = order.clock(self.rank as usize).iter().enumerate();
                let clock = clock.filter(|(_, count)| **count > 0);
                let clock = clock.fold(0u64, |sum, (task, count)| {
                    sum.wrapping_add(mix(mix(seed, path(task)), u64::from(*count)))
                });
                mix(mix(mix(seed, path(ranked.task.index())), alternative), clock)
            };
            let both = u128::from(lane(1)) << 64 | u128::from(lane(2));
            self.sum = self.sum.wrapping_add(both);
            self.rank += 1;
        }
    }
}
