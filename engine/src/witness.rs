//! Schedules for people: of all orders of an execution's events that are the same class, the one with
//! the fewest switches between tasks.

mod search;

use alloc::vec;
use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::Action;
use everyway_protocol::schedule::{Alternative, Schedule, Segment};
use everyway_protocol::trace::Event;

use crate::happens_before::{HappensBefore, alternative_of};

/// A schedule, and how many times it goes from one task to another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// The schedule.
    pub schedule: Schedule,
    /// The number of switches between tasks.
    pub switches: u32,
    /// Whether no order of the same class has fewer.
    pub fewest: bool,
    /// After how many events it has shown what it is the witness of.
    pub events: usize,
}

/// The schedule of an execution as it was.
#[must_use]
pub fn as_executed(trace: &[Event]) -> Witness {
    let mut segments: Vec<Segment> = Vec::new();
    for event in trace {
        let alternative = match alternative_of(event) {
            // What is tried first need not be said.
            Alternative::Pick(0) => Alternative::Execute,
            alternative => alternative,
        };
        match segments.last_mut() {
            Some(last) if last.task == event.task && alternative == Alternative::Execute => {
                last.operations += 1;
            }
            _ => segments.push(Segment { task: event.task, alternative, operations: 1 }),
        }
        // Said this way, the schedule also means something to a program with longer loops.
        if matches!(event.operation.action, Action::TaskExit | Action::ProgramEnd)
            && let Some(last) = segments.last_mut()
        {
            last.operations = Segment::TO_THE_END;
        }
    }
    let switches = trace.windows(2).filter(|pair| pair[0].unit != pair[1].unit).count() as u32;
    Witness { schedule: Schedule { segments }, switches, fewest: false, events: trace.len() }
}

/// The schedule that executes the trace's events in this order.
#[must_use]
pub fn in_order(trace: &[Event], order: &[u32]) -> Witness {
    let events: Vec<Event> = order.iter().map(|index| trace[*index as usize]).collect();
    as_executed(&events)
}

/// The order with the fewest switches, by best-first search over the cuts of the partial order (a step
/// that stays with its task costs nothing).
#[must_use]
pub fn fewest_switches(trace: &[Event], order: &HappensBefore, tasks: usize) -> Witness {
    let chains = Chains::new(trace, order, tasks);
    match chains.search() {
        Some(linear) => {
            Witness { fewest: !has_activities(trace), ..in_order(trace, &chains.spread(&linear)) }
        }
        None => as_executed(trace),
    }
}

/// The order that brings these tasks to their last event with the fewest switches: first what has to
/// come before that, which alone is counted, then all else.
#[must_use]
pub fn fewest_switches_to(
    trace: &[Event],
    order: &HappensBefore,
    tasks: usize,
    ends: impl Iterator<Item = TaskId>,
) -> Witness {
    let mut chains = Chains::new(trace, order, tasks);
    chains.keep_before(ends);
    let Some(linear) = chains.search() else { return as_executed(trace) };
    let mut indices = chains.spread(&linear);
    let events = indices.len();
    let first: Vec<Event> = indices.iter().map(|index| trace[*index as usize]).collect();
    let switches = as_executed(&first).switches;
    let mut done = vec![false; trace.len()];
    for index in &indices {
        done[*index as usize] = true;
    }
    indices.extend((0..trace.len() as u32).filter(|index| !done[*index as usize]));
    let fewest = !has_activities(trace);
    Witness { fewest, switches, events, ..in_order(trace, &indices) }
}

/// Whether an event loop ran in it: the orders of its callbacks are not looked at.
fn has_activities(trace: &[Event]) -> bool {
    trace.iter().any(|event| event.unit != event.task)
}

/// Another order of the same class: each task goes on as late as it can.
#[must_use]
pub fn another_order(trace: &[Event], order: &HappensBefore, tasks: usize) -> Witness {
    let chains = Chains::new(trace, order, tasks);
    let mut cut = vec![0u32; tasks];
    let mut linear = Vec::new();
    while let Some(task) = (0..tasks).rev().find(|task| chains.is_ready(&cut, *task)) {
        linear.push(task as u32);
        cut[task] += 1;
    }
    in_order(trace, &chains.spread(&linear))
}

/// The ranked events of each task, with what has to come before them.
struct Chains<'a> {
    trace: &'a [Event],
    order: &'a HappensBefore,
    /// For each task its ranked events, as indices into the order.
    ranked: Vec<Vec<usize>>,
    /// How many of them are wanted.
    needed: Vec<u32>,
}

impl<'a> Chains<'a> {
    fn new(trace: &'a [Event], order: &'a HappensBefore, tasks: usize) -> Chains<'a> {
        let mut ranked = vec![Vec::new(); tasks];
        for (at, index) in order.events.iter().enumerate() {
            ranked[trace[*index as usize].task.index()].push(at);
        }
        let needed = ranked.iter().map(|own| own.len() as u32).collect();
        Chains { trace, order, ranked, needed }
    }

    /// Leaves out what need not come before the last events of these tasks.
    fn keep_before(&mut self, ends: impl Iterator<Item = TaskId>) {
        self.needed.fill(0);
        for unit in ends {
            let Some(at) = self.trace.iter().rposition(|event| event.unit == unit) else {
                continue;
            };
            // Of an activity, up to the next event of the task that runs its loop.
            let Some(own) = self.ranked.get(self.trace[at].task.index()) else { continue };
            let next = own.partition_point(|ranked| (self.order.events[*ranked] as usize) < at);
            let Some(last) = own.get(next).or(own.last()) else { continue };
            for (most, clock) in self.needed.iter_mut().zip(self.order.clock(*last)) {
                *most = (*most).max(*clock);
            }
        }
        if self.needed.iter().all(|needed| *needed == 0) {
            let all = self.ranked.iter().map(|own| own.len() as u32);
            self.needed.clear();
            self.needed.extend(all);
        }
    }

    fn is_ready(&self, cut: &[u32], task: usize) -> bool {
        if cut[task] >= self.needed[task] {
            return false;
        }
        let Some(at) = self.ranked[task].get(cut[task] as usize) else { return false };
        self.order
            .clock(*at)
            .iter()
            .zip(cut)
            .enumerate()
            .all(|(other, (needed, done))| other == task || done >= needed)
    }

    /// All events, those that order nothing right after the ranked one before them.
    fn spread(&self, linear: &[u32]) -> Vec<u32> {
        let tasks = self.ranked.len();
        let mut own: Vec<Vec<u32>> = vec![Vec::new(); tasks];
        for (index, event) in self.trace.iter().enumerate() {
            own[event.task.index()].push(index as u32);
        }
        let mut done = vec![0usize; tasks];
        let mut ranked_done = vec![0usize; tasks];
        let mut out = Vec::with_capacity(self.trace.len());
        for task in linear.iter().map(|task| *task as usize) {
            ranked_done[task] += 1;
            let until = self.ranked[task].get(ranked_done[task]).map(|at| self.order.events[*at]);
            while let Some(index) = own[task].get(done[task]) {
                if until.is_some_and(|until| *index >= until) {
                    break;
                }
                out.push(*index);
                done[task] += 1;
            }
        }
        out
    }
}
