//! A future: a result that is still to come, for which tasks wait.
//!
//! The states are those of CPython's `concurrent.futures.Future`. What is called when it is done is the
//! front-end's.

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::FutureAction;
use everyway_protocol::operation::{Misuse, Reply};

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// The state of a future.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Future {
    /// Nobody works on it.
    #[default]
    Pending,
    /// Somebody does.
    Running,
    /// It was cancelled.
    Cancelled,
    /// It was cancelled, and whoever would have worked on it knows.
    CancelledAndTold,
    /// It was given this.
    Done(u64),
}

const PENDING: u64 = 0;
const RUNNING: u64 = 1;
const CANCELLED: u64 = 2;

impl Future {
    fn begin(&mut self) -> Reply {
        match self {
            Future::Pending => *self = Future::Running,
            Future::Cancelled => {
                *self = Future::CancelledAndTold;
                return Reply::Answer(false);
            }
            _ => return Reply::Misuse(Misuse::AlreadyDone),
        }
        Reply::Answer(true)
    }

    fn set(&mut self, outcome: u64) -> Reply {
        match self {
            Future::Pending | Future::Running => {
                *self = Future::Done(outcome);
                Reply::Done
            }
            _ => Reply::Misuse(Misuse::AlreadyDone),
        }
    }

    fn cancel(&mut self) -> Reply {
        if *self == Future::Pending {
            *self = Future::Cancelled;
        }
        Reply::Answer(self.is_cancelled())
    }

    fn is_cancelled(self) -> bool {
        matches!(self, Future::Cancelled | Future::CancelledAndTold)
    }
}

impl Model for Future {
    type Action = FutureAction;

    fn role(action: FutureAction) -> Role {
        match action {
            FutureAction::Begin
            | FutureAction::Set(_)
            | FutureAction::Cancel
            | FutureAction::Listen => Role::Change,
            FutureAction::Wait => Role::Wait,
            FutureAction::IsDone | FutureAction::IsRunning | FutureAction::IsCancelled => {
                Role::Look
            }
        }
    }

    fn name(action: FutureAction) -> &'static str {
        match action {
            FutureAction::Begin => "begin",
            FutureAction::Set(_) => "set-result",
            FutureAction::Cancel => "cancel",
            FutureAction::Wait => "result",
            FutureAction::Listen => "add-done-callback",
            FutureAction::IsDone => "done",
            FutureAction::IsRunning => "running",
            FutureAction::IsCancelled => "cancelled",
        }
    }

    fn gist(&self) -> u64 {
        match self {
            Future::Pending => PENDING,
            Future::Running => RUNNING,
            Future::Cancelled => CANCELLED,
            Future::CancelledAndTold => 3,
            Future::Done(_) => 4,
        }
    }

    fn is_enabled(&self, _task: TaskId, action: FutureAction) -> bool {
        action != FutureAction::Wait || self.gist() >= CANCELLED
    }

    fn execute(
        &mut self,
        _task: TaskId,
        action: FutureAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        match action {
            FutureAction::Begin => self.begin(),
            FutureAction::Set(outcome) => self.set(outcome),
            FutureAction::Cancel => self.cancel(),
            FutureAction::Wait => match *self {
                Future::Done(outcome) => Reply::Value(outcome),
                _ => Reply::Closed,
            },
            FutureAction::Listen | FutureAction::IsDone => Reply::Answer(self.gist() >= CANCELLED),
            FutureAction::IsRunning => Reply::Answer(*self == Future::Running),
            FutureAction::IsCancelled => Reply::Answer(self.is_cancelled()),
        }
    }

    fn touch(&self, _task: TaskId, action: FutureAction, gist: u64, touches: &mut Touches<'_>) {
        match action {
            FutureAction::Begin => touches.writes_if(matches!(gist, PENDING | CANCELLED)),
            FutureAction::Set(_) => touches.writes_if(matches!(gist, PENDING | RUNNING)),
            FutureAction::Cancel => touches.writes_if(gist == PENDING),
            // What is called when it is done is called in the order in which it was asked for.
            FutureAction::Listen => touches.writes_if(gist < CANCELLED),
            _ => touches.whole(Touch::Read),
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        _action: FutureAction,
        _earlier: FutureAction,
        gist: u64,
    ) -> Reversible {
        Reversible::yes_if(gist >= CANCELLED)
    }
}
