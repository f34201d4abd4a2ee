//! The rank of a class: the fewest preemptions of any order of its events.
//!
//! A preemption is a switch away from a task that could go on and does not give way: not one that
//! sleeps, yields, or goes round a loop until something changes. Which tasks could go on after some of
//! the events is the same in whatever order these came, so the rank is a shortest path over the cuts of
//! the partial order: a 0-1 search, the steps of one task in one stretch. Ranking classes in place of
//! pruning a search by their preemptions is after Marmanis, Kokologiannakis & Vafeiadis (*Reconciling
//! Preemption Bounding with DPOR*, TACAS 2023).
//!
//! Few stretches have to be tried: each ends where the task's next event has to come after another
//! task's, before an event that could let a waiting task go on, or where the task gives way. An event
//! that comes after a switch for no such reason could as well come before it: no other task can go on
//! because of it, so no other switch becomes a preemption.

mod waits;

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::TimerAction;
use everyway_protocol::operation::Action;
use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::execution::Execution;
use crate::happens_before::HappensBefore;
use waits::Waits;

/// Executions of more tasks are not ranked: the tasks that led to a cut are a set of bits.
const MOST_TASKS: usize = 64;

/// How many events of each task have happened.
type Cut = Vec<u32>;

/// How a cut was reached first: with the fewest preemptions.
#[derive(Clone, Copy, Debug)]
struct Reached {
    preemptions: u32,
    /// The tasks that ran last, in ways with as few.
    last: u64,
    /// In one of the ways the task that ran last does not go on, or gives way.
    free: bool,
}

/// A cut from which stretches are still to be tried.
#[derive(Clone, Debug)]
struct Open {
    cut: Cut,
    last: u32,
    preemptions: u32,
}

/// Ranks classes; kept for its memory.
#[derive(Debug, Default)]
pub struct Ranks {
    waits: Waits,
    reached: HashMap<Cut, Reached>,
    open: VecDeque<Open>,
    /// How many stretches were tried, of all classes.
    pub work: u64,
}

impl Ranks {
    /// The fewest preemptions of any order of the execution's events. None if more than so many cuts
    /// would have to be visited, or if it is not known who could have gone on: where a wait's time runs
    /// out otherwise than because all stood still, and where the execution was cut.
    pub fn fewest_preemptions(
        &mut self,
        execution: &Execution,
        order: &HappensBefore,
        cuts: usize,
    ) -> Option<u32> {
        let tasks = execution.task_count();
        if tasks > MOST_TASKS || !self.waits.prepare(execution, order) {
            return None;
        }
        self.reached.clear();
        self.open.clear();
        self.stretches(execution, order, &alloc::vec![0; tasks], TaskId::MAIN, 0);
        while let Some(next) = self.open.pop_front() {
            if self.waits.is_end(&next.cut) {
                return Some(next.preemptions);
            }
            if self.reached.len() > cuts {
                return None;
            }
            let last = TaskId(next.last);
            let goes_on = self.waits.goes_on(execution, order, last, &next.cut);
            let Some(known) = self.reached.get_mut(&next.cut) else { continue };
            // Another way to this cut has at most as many, whoever goes on.
            if known.preemptions < next.preemptions || known.free {
                continue;
            }
            known.free = !goes_on;
            let preemptions = next.preemptions + u32::from(goes_on);
            for task in (0..tasks as u32).filter(|task| *task != next.last) {
                self.stretches(execution, order, &next.cut, TaskId(task), preemptions);
            }
        }
        None
    }

    /// Lets the task go on from the cut, up to each place where it may have to stop.
    fn stretches(
        &mut self,
        execution: &Execution,
        order: &HappensBefore,
        from: &Cut,
        task: TaskId,
        preemptions: u32,
    ) {
        let first = from[task.index()];
        let mut cut = from.clone();
        self.work += 1;
        while let Some(rank) = self.waits.ready(order, task, &cut) {
            if cut[task.index()] > first && self.waits.may_stop_before(execution, rank) {
                self.reach(&cut, task, preemptions);
            }
            cut[task.index()] += 1;
        }
        if cut[task.index()] > first {
            self.reach(&cut, task, preemptions);
        }
    }

    fn reach(&mut self, cut: &Cut, last: TaskId, preemptions: u32) {
        let bit = 1u64 << last.0;
        match self.reached.entry(cut.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(Reached { preemptions, last: bit, free: false });
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                if known.preemptions < preemptions
                    || known.preemptions == preemptions && (known.free || known.last & bit != 0)
                {
                    return;
                }
                if known.preemptions > preemptions {
                    *known = Reached { preemptions, last: 0, free: false };
                }
                known.last |= bit;
            }
        }
        let open = Open { cut: cut.clone(), last: last.0, preemptions };
        let fewest = self.open.front().map_or(preemptions, |open| open.preemptions);
        if preemptions <= fewest {
            self.open.push_front(open);
        } else {
            self.open.push_back(open);
        }
    }
}

/// Whether a task lets others go on of itself when it does this.
#[must_use]
pub fn gives_way(action: Action) -> bool {
    matches!(
        action,
        Action::Sleep | Action::Yield | Action::Await | Action::Timer(TimerAction::Fire)
    )
}
