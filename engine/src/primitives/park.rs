//! A park token: one permit, with which a task lets itself be woken, as `std::thread::park` does.
//!
//! Putting a second one there does nothing. That a real park may return for no reason is not modelled:
//! who relies on a return has to look again, and a loop that looks is what is checked.

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::ParkAction;
use everyway_protocol::operation::Reply;

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// The state of a park token.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct ParkToken {
    there: bool,
}

impl Model for ParkToken {
    type Action = ParkAction;

    fn role(action: ParkAction) -> Role {
        match action {
            ParkAction::Park => Role::Wait,
            ParkAction::Unpark => Role::Change,
        }
    }

    fn name(action: ParkAction) -> &'static str {
        match action {
            ParkAction::Park => "park",
            ParkAction::Unpark => "unpark",
        }
    }

    fn gist(&self) -> u64 {
        u64::from(self.there)
    }

    fn is_enabled(&self, _task: TaskId, action: ParkAction) -> bool {
        action != ParkAction::Park || self.there
    }

    fn execute(
        &mut self,
        _task: TaskId,
        action: ParkAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        self.there = action == ParkAction::Unpark;
        match action {
            ParkAction::Park => Reply::Answer(true),
            ParkAction::Unpark => Reply::Done,
        }
    }

    fn touch(&self, _task: TaskId, action: ParkAction, gist: u64, touches: &mut Touches<'_>) {
        match action {
            ParkAction::Park => touches.whole(Touch::Write),
            ParkAction::Unpark => touches.writes_if(gist == 0),
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        _action: ParkAction,
        _earlier: ParkAction,
        gist: u64,
    ) -> Reversible {
        Reversible::yes_if(gist == 1)
    }
}
