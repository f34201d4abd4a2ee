//! Follows a schedule.

use everyway_protocol::ids::{SiteId, TaskId};
use everyway_protocol::operation::Action;
use everyway_protocol::schedule::{Alternative, Schedule, Segment};

use super::{Pick, Strategy, default_choice};
use crate::dependence::Step;
use crate::execution::Execution;

/// What to do where the schedule can't be followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mismatch {
    /// The execution diverged.
    Stop,
    /// Skip what can't be followed: the schedule was made for a similar program or order.
    Skip,
}

/// Follows a schedule, and after its end keeps each task going while it can.
#[derive(Debug)]
pub struct Replay {
    schedule: Schedule,
    mismatch: Mismatch,
    /// The next segment.
    next: usize,
    task: TaskId,
    /// How many operations the segment's task still executes; none for "until it blocks or ends".
    left: Option<u32>,
}

impl Replay {
    /// A replay of this schedule.
    #[must_use]
    pub fn new(schedule: Schedule, mismatch: Mismatch) -> Replay {
        let mut replay = Replay { schedule, mismatch, next: 0, task: TaskId::MAIN, left: None };
        replay.begin();
        replay
    }

    /// The execution begins: main runs.
    pub fn begin(&mut self) {
        self.next = 0;
        self.task = TaskId::MAIN;
        self.left = None;
        if let Some(first) = self.schedule.segments.first().copied()
            && first.task == TaskId::MAIN
        {
            self.take(first);
        }
    }

    fn take(&mut self, segment: Segment) {
        self.next += 1;
        self.task = segment.task;
        self.left = (segment.operations != Segment::TO_THE_END).then_some(segment.operations);
    }

    fn count(&mut self) {
        if let Some(left) = &mut self.left {
            *left = left.saturating_sub(1);
        }
    }

    fn pick(&mut self, choices: &[Step], index: usize) -> Pick {
        if !only_starts(&choices[index]) {
            self.count();
        }
        Pick::Step(index)
    }
}

fn find(choices: &[Step], task: TaskId, alternative: Alternative) -> Option<usize> {
    let same = |step: &Step| {
        step.alternative == alternative
            || step.alternative == Alternative::Pick(0) && alternative == Alternative::Execute
    };
    choices.iter().position(|step| step.task == task && same(step))
}

/// Whether the step executes nothing but lets a started task run.
pub(super) fn only_starts(step: &Step) -> bool {
    step.operation.action == Action::Await && step.operation.site == SiteId::NONE
}

impl Strategy for Replay {
    fn interrupts(&mut self, execution: &Execution) -> bool {
        // A task that has only been started shows its first operation and waits for its turn.
        if execution.current() != self.task || self.left == Some(0) {
            return true;
        }
        self.count();
        false
    }

    fn choose(&mut self, execution: &Execution) -> Pick {
        let (choices, current) = (execution.choices(), execution.current());
        if self.left != Some(0) {
            if let Some(index) = find(choices, self.task, Alternative::Execute) {
                return self.pick(choices, index);
            }
            if self.left.is_some() && self.mismatch == Mismatch::Stop {
                return Pick::Diverged;
            }
        }
        while let Some(segment) = self.schedule.segments.get(self.next).copied() {
            if let Some(index) = find(choices, segment.task, segment.alternative) {
                self.take(segment);
                return self.pick(choices, index);
            }
            if self.mismatch == Mismatch::Stop {
                return Pick::Diverged;
            }
            self.next += 1;
        }
        let index = default_choice(choices, current);
        self.task = choices[index].task;
        self.left = None;
        Pick::Step(index)
    }
}
