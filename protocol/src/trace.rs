//! What happened in one execution: events, and the facts that say which reads were used where.

use alloc::vec::Vec;

use crate::ids::{ActivationId, CallId, SiteId, TaskId};
use crate::operation::{Operation, Reply};

/// An operation that has been executed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Event {
    /// The task that executed it.
    pub task: TaskId,
    /// In whose name: the task's own, or that of the activity that its event loop was running.
    pub unit: TaskId,
    /// The operation.
    pub operation: Operation,
    /// What the engine answered.
    pub reply: Reply,
    /// Whether it was a scheduling point, so that another task could have been chosen before it.
    pub point: bool,
}

/// Something the program did between two events, recorded only when facts are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fact {
    /// An event of this index in [`Trace::events`], executed by this activation.
    Event(u32),
    /// Locals of the site were assigned.
    Define(SiteId),
    /// The test of the site was evaluated.
    Test(SiteId),
    /// The call of the site is about to be made; receiver and arguments were evaluated.
    Call(SiteId, CallId),
    /// A function was entered; by which call, if an instrumented one of the same task made it.
    Enter(SiteId, Option<CallId>),
    /// The value of the `return` of the site was evaluated.
    Return(SiteId),
    /// The function of this activation was left.
    Leave,
    /// The call returned.
    Called(SiteId, CallId),
}

/// A fact with the task and the activation it belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FactRecord {
    /// The task that was running.
    pub task: TaskId,
    /// The activation that was running; [`MODULE_ACTIVATION`] at a module's top level.
    pub activation: ActivationId,
    /// What it did.
    pub fact: Fact,
}

/// The activation that stands for a module's top level.
pub const MODULE_ACTIVATION: ActivationId = ActivationId(0);

/// One execution, event by event.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// The events in the order of execution.
    pub events: Vec<Event>,
    /// The facts in the same order, empty unless they were asked for.
    pub facts: Vec<FactRecord>,
}

impl Trace {
    /// Empties both lists and keeps their memory.
    pub fn clear(&mut self) {
        self.events.clear();
        self.facts.clear();
    }
}
