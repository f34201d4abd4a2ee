//! Activities: what a task does for each coroutine, or chain of callbacks, that its event loop runs.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::Operation;

use super::history::Told;
use super::task::{Task, TaskState};
use super::{Circle, Execution};
use crate::loops::HandleId;

impl Execution {
    /// Adds an activity of the running task's loop.
    pub fn new_activity(&mut self) -> TaskId {
        let id = self.new_task(true);
        let driver = self.current;
        let task = &mut self.tasks[id.index()];
        task.state = TaskState::OnLoop;
        task.on_loop = true;
        task.driver = driver;
        self.tell(Told::Activity);
        id
    }

    /// The loop begins to run a callback; what it does it does in the name of this activity, or of the
    /// running task itself. Without a callback, an activity begins within another one's step.
    pub fn enter_callback(
        &mut self,
        object: ObjectId,
        handle: Option<u32>,
        activity: Option<TaskId>,
    ) {
        self.tell(Told::Enter(handle, activity));
        let unit = activity.unwrap_or(self.current);
        let events = self.trace.events.len();
        if let Some(run) = self.number_of(object).and_then(|number| self.loops.runs.get_mut(number))
        {
            if let Some(handle) = handle {
                run.left.retain(|left| *left != handle);
                let ends = run.patience.iter().find(|(timer, _)| *timer == handle);
                self.ran_out.extend(ends.map(|(_, site)| *site));
            }
            run.running.push((handle.map(HandleId), unit));
            if handle.is_some() {
                run.spins.enter(events);
            }
        }
        self.tasks[self.current.index()].unit = unit;
    }

    /// What began last has returned.
    pub fn leave_callback(&mut self, object: ObjectId) {
        self.tell(Told::Leave);
        let mut unit = self.current;
        let began = self.run_of(object).map_or(0, |run| run.spins.callback());
        let changed = self.has_changed_since(began);
        if let Some(run) = self.run_mut(object) {
            let last = run.running.pop();
            if last.is_some_and(|(handle, _)| handle.is_some()) {
                run.spins.leave(changed);
            }
            unit = run.running.last().map_or(unit, |last| last.1);
        }
        self.tasks[self.current.index()].unit = unit;
    }

    /// The activity has ended.
    pub fn end_activity(&mut self, activity: TaskId) {
        if let Some(task) = self.activity_mut(activity) {
            task.state = TaskState::Finished;
            task.awaits = None;
        }
    }

    /// The activity is suspended until this is done, or goes on again.
    pub fn activity_awaits(&mut self, activity: TaskId, awaits: Option<Operation>) {
        if let Some(task) = self.activity_mut(activity) {
            task.awaits = awaits;
        }
    }

    fn activity_mut(&mut self, activity: TaskId) -> Option<&mut Task> {
        self.tasks.get_mut(activity.index()).filter(|task| task.state == TaskState::OnLoop)
    }

    /// In whose name the task acts.
    #[must_use]
    pub fn unit(&self, task: TaskId) -> TaskId {
        self.tasks.get(task.index()).map_or(task, |task| task.unit)
    }

    /// Who acts now: the running task, or an activity of its loop.
    #[must_use]
    pub fn actor(&self) -> TaskId {
        self.unit(self.current)
    }

    /// The task whose steps these are: that which runs the loop, of an activity.
    #[must_use]
    pub fn driver_of(&self, task: TaskId) -> TaskId {
        self.tasks.get(task.index()).map_or(task, |task| task.driver)
    }

    /// How many tasks there are up to the last one that has steps of its own: activities of a loop come
    /// after those, or between them.
    #[must_use]
    pub fn clock_size(&self) -> usize {
        self.tasks.iter().rposition(|task| !task.on_loop).map_or(0, |last| last + 1)
    }

    /// Whether several tasks have steps of their own.
    #[must_use]
    pub fn has_several_tasks(&self) -> bool {
        self.tasks.iter().filter(|task| !task.on_loop).nth(1).is_some()
    }

    /// What the activities of loops await, at the end of an execution that stands still, and the
    /// circles among them.
    pub(super) fn note_awaiting(&mut self) {
        for index in 0..self.tasks.len() {
            let task = TaskId(index as u32);
            if let Some(awaits) = self.tasks[index].awaits {
                self.note_circle(task, awaits.action);
            }
        }
        let mut kept: Vec<Circle> = Vec::new();
        for circle in self.circles.drain(..) {
            let same = |other: &Circle| {
                other.len() == circle.len() && circle.iter().all(|task| other.contains(task))
            };
            if !kept.iter().any(same) {
                kept.push(circle);
            }
        }
        self.circles = kept;
    }

    /// The place of what an activity awaits.
    #[must_use]
    pub fn awaits(&self, activity: TaskId) -> Option<Operation> {
        self.tasks.get(activity.index()).and_then(|task| task.awaits)
    }
}
