//! What is done once: the first task that begins does it, the others wait until it is done.
//!
//! It may fail: then it is poisoned, as Rust's `Once`, or given up and left to the next, as a
//! `OnceCell` whose initialiser failed.

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::OnceAction;
use everyway_protocol::operation::{Misuse, Reply};

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// The state of what is done once.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Once {
    /// Nobody has begun.
    #[default]
    Fresh,
    /// This task has.
    Running(TaskId),
    /// It is done.
    Done,
    /// It failed.
    Poisoned,
}

const FRESH: u64 = 0;
const RUNNING: u64 = 1;
const DONE: u64 = 2;
const POISONED: u64 = 3;

impl Once {
    fn begin(&mut self, task: TaskId, forced: bool) -> Reply {
        match self {
            Once::Done => Reply::Value(0),
            Once::Poisoned if !forced => Reply::Closed,
            _ => {
                *self = Once::Running(task);
                Reply::Value(1)
            }
        }
    }

    fn end(&mut self, task: TaskId, after: Once) -> Reply {
        if *self != Once::Running(task) {
            return Reply::Misuse(Misuse::NotBegun);
        }
        *self = after;
        Reply::Done
    }
}

impl Model for Once {
    type Action = OnceAction;

    fn role(action: OnceAction) -> Role {
        match action {
            OnceAction::Begin { .. } => Role::Wait,
            OnceAction::IsDone => Role::Look,
            _ => Role::Change,
        }
    }

    fn name(action: OnceAction) -> &'static str {
        match action {
            OnceAction::Begin { .. } => "begin",
            OnceAction::Finish => "finish",
            OnceAction::Poison => "poison",
            OnceAction::GiveUp => "give-up",
            OnceAction::IsDone => "is-done",
        }
    }

    fn gist(&self) -> u64 {
        match self {
            Once::Fresh => FRESH,
            Once::Running(_) => RUNNING,
            Once::Done => DONE,
            Once::Poisoned => POISONED,
        }
    }

    fn is_enabled(&self, _task: TaskId, action: OnceAction) -> bool {
        !matches!(action, OnceAction::Begin { .. }) || !matches!(self, Once::Running(_))
    }

    fn execute(
        &mut self,
        task: TaskId,
        action: OnceAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        match action {
            OnceAction::Begin { forced } => self.begin(task, forced),
            OnceAction::Finish => self.end(task, Once::Done),
            OnceAction::Poison => self.end(task, Once::Poisoned),
            OnceAction::GiveUp => self.end(task, Once::Fresh),
            OnceAction::IsDone => Reply::Answer(*self == Once::Done),
        }
    }

    fn touch(&self, _task: TaskId, action: OnceAction, gist: u64, touches: &mut Touches<'_>) {
        match action {
            OnceAction::Begin { forced } => {
                touches.writes_if(gist != DONE && (gist != POISONED || forced));
            }
            OnceAction::Finish | OnceAction::Poison | OnceAction::GiveUp => {
                touches.writes_if(gist == RUNNING);
            }
            OnceAction::IsDone => touches.whole(Touch::Read),
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        _action: OnceAction,
        _earlier: OnceAction,
        gist: u64,
    ) -> Reversible {
        Reversible::yes_if(gist != RUNNING)
    }

    fn holder(&self, _task: TaskId, action: OnceAction) -> Option<TaskId> {
        match (self, action) {
            (Once::Running(task), OnceAction::Begin { .. }) => Some(*task),
            _ => None,
        }
    }
}
