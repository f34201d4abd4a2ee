//! Races for objects that have models, and what they order.
//!
//! What operations of such an object touch says which of them conflict. Two that conflict are ordered
//! as they came; if nothing else ordered them and the later one could have come first, the object
//! becomes a point, and the search tries the other order.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::operation::{Field, Operation};

use super::races::join;
use crate::dependence::Step;
use crate::execution::Execution;
use crate::footprint::{self, Access, Place, Touch};
use crate::points::Points;
use crate::primitives::model::{self, Reversible, Role};

/// An access that was seen.
#[derive(Clone, Copy, Debug)]
struct Seen {
    access: Access,
    task: TaskId,
    /// The task's own clock when it did it.
    own: u32,
    /// Which of the events that were looked at it belongs to.
    event: u32,
}

/// What was seen of one execution's objects, in memory that is used again for each.
#[derive(Debug, Default)]
pub(super) struct Objects {
    tasks: usize,
    seen: Vec<Vec<Seen>>,
    /// The ranks of the events that were looked at, and the clocks after them.
    ranks: Vec<u32>,
    clocks: Vec<u32>,
    own: Vec<Access>,
}

impl Objects {
    /// Another execution begins.
    pub(super) fn begin(&mut self, tasks: usize, objects: usize) {
        self.tasks = tasks;
        self.seen.iter_mut().for_each(Vec::clear);
        if self.seen.len() < objects {
            self.seen.resize_with(objects, Vec::new);
        }
        self.ranks.clear();
        self.clocks.clear();
    }

    /// Orders an event after those that it conflicts with or was woken by. `clock` is its task's.
    pub(super) fn order(
        &mut self,
        execution: &Execution,
        rank: usize,
        clock: &mut [u32],
        points: &mut Points,
    ) {
        let ranked = execution.ranked.all[rank];
        let operation = execution.trace.events[ranked.event as usize].operation;
        let object = operation.object.index();
        if object >= self.seen.len() {
            return;
        }
        if let Some(enabler) = ranked.enabler
            && let Ok(index) = self.ranks.binary_search(&enabler)
        {
            join(clock, &self.clocks[index * self.tasks..(index + 1) * self.tasks]);
        }
        self.own.clear();
        for access in execution.ranked.accesses(rank) {
            // That a time runs out changes the object, whatever else it depends on.
            let everything = access.place == Place::EVERYTHING;
            self.own.push(if everything { whole(&operation) } else { *access });
        }
        self.learn(execution, ranked.task, &operation, clock, points);
        let learned = points.knows_object(execution.objects().key(operation.object));
        let own = clock[ranked.task.index()];
        for at in 0..self.own.len() {
            let access = self.own[at];
            for seen in self.seen[object].iter().filter(|seen| seen.access.conflicts(&access)) {
                let index = seen.event as usize;
                join(clock, &self.clocks[index * self.tasks..(index + 1) * self.tasks]);
            }
        }
        let event = self.ranks.len() as u32;
        for access in &self.own {
            if learned && access.touch == Touch::Write {
                // What conflicts with those conflicts with this one too.
                self.seen[object].retain(|seen| !covers(access.field, seen.access.field));
            }
            self.seen[object].push(Seen { access: *access, task: ranked.task, own, event });
        }
        self.ranks.push(rank as u32);
        self.clocks.extend_from_slice(clock);
    }

    /// What a task waited for at the end races with whoever has it.
    pub(super) fn pending(
        &mut self,
        execution: &Execution,
        step: &Step,
        clock: &[u32],
        points: &mut Points,
    ) {
        let operation = step.operation;
        if model::role(operation.action) != Some(Role::Wait)
            || operation.object.index() >= self.seen.len()
        {
            return;
        }
        self.own.clear();
        let gist = footprint::gist(execution.objects(), step.task, &operation);
        execution.touch(step, gist, &mut self.own);
        self.learn(execution, step.task, &operation, clock, points);
    }

    fn learn(
        &self,
        execution: &Execution,
        task: TaskId,
        operation: &Operation,
        clock: &[u32],
        points: &mut Points,
    ) {
        let objects = execution.objects();
        let key = objects.key(operation.object);
        if points.knows_object(key) {
            return;
        }
        // A wait whose time may run out could have done so before what ended it.
        let races = self.seen[operation.object.index()].iter().any(|seen| {
            let ordered = seen.task == task || seen.own <= clock[seen.task.index()];
            let conflicts = |own: &Access| {
                let counted = |access: &Access| matches!(access.touch, Touch::Increase(_));
                own.conflicts(&seen.access)
                    && (operation.timeout.is_some()
                        || counted(own)
                        || counted(&seen.access)
                        || self.could_precede(execution, task, operation, seen))
            };
            !ordered && self.own.iter().any(conflicts)
        });
        if races {
            points.learn_object(key);
        }
    }

    fn could_precede(
        &self,
        execution: &Execution,
        task: TaskId,
        operation: &Operation,
        seen: &Seen,
    ) -> bool {
        let earlier = execution.ranked.all[self.ranks[seen.event as usize] as usize];
        let action = execution.trace.events[earlier.event as usize].operation.action;
        let objects = execution.objects();
        model::could_precede(objects, task, operation, action, earlier.gist) != Reversible::No
    }
}

fn whole(operation: &Operation) -> Access {
    Access { place: Place(operation.object.0), touch: Touch::Write, field: Field::Whole }
}

/// Whether whatever overlaps the second also overlaps the first.
fn covers(first: Field, second: Field) -> bool {
    first == Field::Whole || first == second
}
