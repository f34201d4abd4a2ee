//! The heap of scheduled timers, as CPython's `heapq` arranges it.
//!
//! `heapq` isn't stable, so which of two timers of one deadline comes first depends on the whole
//! arrangement, and that on every comparison since the first push. Deadlines are known only as far as
//! the constraints decide them; where they don't, both answers are explored. An arrangement together
//! with the answers that led to it is a [`World`]; a loop is in all of its worlds at once until an
//! execution shows something that holds in only some of them.

use alloc::vec::Vec;

use super::Handle;
use crate::loops::HandleId;
use crate::loops::constraints::{Constraint, Moment, System};

/// `_MIN_SCHEDULED_TIMER_HANDLES`: with no more timers than that, cancelled ones stay until they are
/// at the head.
const FEW_TIMERS: usize = 100;

/// What was done to the heap.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum HeapStep {
    /// A timer was scheduled.
    Push(HandleId),
    /// A scheduled timer was cancelled, which only counts it.
    Cancel,
    /// A pass began, and threw out cancelled timers.
    Clean,
}

/// One arrangement of the heap, and when it is the real one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub(super) struct World {
    /// The heap's list.
    pub(super) layout: Vec<HandleId>,
    /// `_timer_cancelled_count`: not exactly how many cancelled timers there are, as one that falls
    /// due before it is thrown out stays counted.
    pub(super) cancelled: usize,
    /// What holds in this world beside what holds in all.
    pub(super) extras: Vec<Constraint>,
}

/// Answers to the comparisons that the constraints leave open, in the order in which they are asked;
/// [`next`](Self::next) goes through all of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    path: Vec<bool>,
    asked: usize,
}

impl Answers {
    /// Forgets all answers: the questions will be others.
    pub(super) fn restart(&mut self) {
        self.path.clear();
        self.asked = 0;
    }

    fn begin(&mut self) {
        self.asked = 0;
    }

    fn answer(&mut self) -> bool {
        if self.asked == self.path.len() {
            self.path.push(true);
        }
        let answer = self.path.get(self.asked).copied().unwrap_or(true);
        self.asked += 1;
        answer
    }

    /// Goes on to the next list of answers; false after the last one.
    pub(super) fn next(&mut self) -> bool {
        self.path.truncate(self.asked);
        while let Some(last) = self.path.pop() {
            if last {
                self.path.push(false);
                return true;
            }
        }
        false
    }
}

/// A world on which the loop's code is being run, under one list of answers.
pub(super) struct Heap<'a> {
    pub(super) world: World,
    system: &'a mut System,
    handles: &'a [Handle],
    answers: &'a mut Answers,
}

impl<'a> Heap<'a> {
    /// Sets out from a world, whose extras hold in `system` from now on.
    pub(super) fn new(
        world: World,
        system: &'a mut System,
        handles: &'a [Handle],
        answers: &'a mut Answers,
    ) -> Self {
        answers.begin();
        for extra in &world.extras {
            system.add(*extra);
        }
        Self { world, system, handles, answers }
    }

    /// Does again what was done to the heap since the world was last looked at; `first` is the number
    /// of the first of these steps.
    pub(super) fn replay(&mut self, steps: &[HeapStep], first: usize) {
        for (step, number) in steps.iter().zip(first..) {
            match step {
                HeapStep::Push(handle) => self.push(*handle),
                HeapStep::Cancel => self.world.cancelled += 1,
                HeapStep::Clean => self.clean(number),
            }
        }
    }

    /// Throws out cancelled timers as the beginning of a pass does, at step `number`.
    pub(super) fn clean(&mut self, number: usize) {
        let scheduled = self.world.layout.len();
        // The fraction is a half, and `count / scheduled > 0.5` is exact in floating point here.
        if scheduled > FEW_TIMERS && 2 * self.world.cancelled > scheduled {
            let handles = self.handles;
            self.world.layout.retain(|timer| !cancelled(handles, *timer, number));
            self.heapify();
            self.world.cancelled = 0;
            return;
        }
        while let Some(head) = self.head() {
            if !cancelled(self.handles, head, number) {
                break;
            }
            self.world.cancelled = self.world.cancelled.saturating_sub(1);
            self.pop();
        }
    }

    pub(super) fn head(&self) -> Option<HandleId> {
        self.world.layout.first().copied()
    }

    /// The deadline of a timer.
    pub(super) fn when(&self, timer: HandleId) -> Moment {
        self.handles[timer.index()].when
    }

    /// Takes out the head.
    pub(super) fn pop(&mut self) {
        let Some(last) = self.world.layout.pop() else { return };
        if let Some(head) = self.world.layout.first_mut() {
            *head = last;
            self.sift_up(0);
        }
    }

    /// Whether the constraint holds in this world; if that is open, it is from now on as answered.
    pub(super) fn decide(&mut self, constraint: Constraint) -> bool {
        let negated = constraint.negated();
        if !self.system.allows(negated) {
            return true;
        }
        if !self.system.allows(constraint) {
            return false;
        }
        let answer = self.answers.answer();
        self.require(if answer { constraint } else { negated });
        answer
    }

    /// Makes the constraint hold in this world; false if it can't.
    pub(super) fn require(&mut self, constraint: Constraint) -> bool {
        let feasible = self.system.add(constraint);
        if feasible {
            self.world.extras.push(constraint);
        }
        feasible
    }

    fn before(&mut self, one: HandleId, other: HandleId) -> bool {
        self.decide(self.when(one).before(self.when(other)))
    }

    fn push(&mut self, timer: HandleId) {
        self.world.layout.push(timer);
        self.sift_down(0, self.world.layout.len() - 1);
    }

    fn heapify(&mut self) {
        for at in (0..self.world.layout.len() / 2).rev() {
            self.sift_up(at);
        }
    }

    /// `siftdown` of `heapq`: moves the item at `at` towards the root, as far as `top`.
    fn sift_down(&mut self, top: usize, mut at: usize) {
        while at > top {
            let parent = (at - 1) / 2;
            if !self.before(self.world.layout[at], self.world.layout[parent]) {
                break;
            }
            self.world.layout.swap(at, parent);
            at = parent;
        }
    }

    /// `siftup` of `heapq`: moves the item at `top` down to a leaf, along the smaller children, and
    /// from there back up to its place.
    fn sift_up(&mut self, top: usize) {
        let end = self.world.layout.len();
        let mut at = top;
        while at < end / 2 {
            let mut child = 2 * at + 1;
            if child + 1 < end
                && !self.before(self.world.layout[child], self.world.layout[child + 1])
            {
                child += 1;
            }
            self.world.layout.swap(at, child);
            at = child;
        }
        self.sift_down(top, at);
    }
}

/// Whether the timer had been cancelled before step `number`.
fn cancelled(handles: &[Handle], timer: HandleId, number: usize) -> bool {
    handles[timer.index()].cancelled_at.is_some_and(|at| at < number)
}

/// Joins worlds that differ in nothing but the answer to a question that made no difference.
pub(super) fn join_worlds(worlds: &mut Vec<World>) {
    for world in worlds.iter_mut() {
        world.extras.sort_unstable();
        world.extras.dedup();
    }
    worlds.sort_unstable();
    worlds.dedup();
    while let Some((keep, drop, extras)) = joinable(worlds) {
        worlds[keep].extras = extras;
        worlds.remove(drop);
    }
}

fn joinable(worlds: &[World]) -> Option<(usize, usize, Vec<Constraint>)> {
    worlds.iter().enumerate().find_map(|(keep, one)| {
        // Worlds are sorted by their arrangement first.
        let alike = worlds.iter().enumerate().skip(keep + 1).take_while(|(_, other)| {
            (&one.layout, one.cancelled) == (&other.layout, other.cancelled)
        });
        alike.into_iter().find_map(|(drop, other)| {
            Some((keep, drop, joined_extras(&one.extras, &other.extras)?))
        })
    })
}

/// What holds in either of two worlds, if that is a list of constraints again: one contains the
/// other, or they differ in one constraint that is the other's contrary.
fn joined_extras(one: &[Constraint], other: &[Constraint]) -> Option<Vec<Constraint>> {
    let only = |of: &[Constraint], than: &[Constraint]| -> Vec<Constraint> {
        of.iter().filter(|extra| !than.contains(extra)).copied().collect()
    };
    match (only(one, other).as_slice(), only(other, one).as_slice()) {
        ([], _) => Some(one.to_vec()),
        (_, []) => Some(other.to_vec()),
        ([left], [right]) if left.negated() == *right => {
            Some(one.iter().filter(|extra| *extra != left).copied().collect())
        }
        _ => None,
    }
}
