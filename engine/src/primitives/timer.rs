//! A timer: something that is set going, and whose time comes unless it is stopped before.
//!
//! Its time comes by a step of the task that stands for it. As a sleep, that step orders nothing
//! between threads: it may come at any moment after the start, and where deadlines order everything,
//! at its own. One that was stopped comes to nothing, at once.

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::TimerAction;
use everyway_protocol::operation::Reply;

use super::model::{Model, Role, Touches};
use crate::footprint::Touch;

/// The state of a timer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Timer {
    going: bool,
}

impl Timer {
    /// Whether it was set going, and its time has not come.
    #[must_use]
    pub fn is_going(self) -> bool {
        self.going
    }
}

impl Model for Timer {
    type Action = TimerAction;

    fn role(action: TimerAction) -> Role {
        match action {
            TimerAction::IsPending => Role::Look,
            _ => Role::Change,
        }
    }

    fn name(action: TimerAction) -> &'static str {
        match action {
            TimerAction::Start => "start-timer",
            TimerAction::Cancel => "cancel",
            TimerAction::Fire => "fire",
            TimerAction::IsPending => "is-pending",
        }
    }

    fn gist(&self) -> u64 {
        u64::from(self.going)
    }

    fn execute(
        &mut self,
        _task: TaskId,
        action: TimerAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        let before = self.going;
        match action {
            TimerAction::Start => self.going = true,
            TimerAction::Cancel | TimerAction::Fire => self.going = false,
            TimerAction::IsPending => {}
        }
        match action {
            TimerAction::Start => Reply::Done,
            _ => Reply::Answer(before),
        }
    }

    fn touch(&self, _task: TaskId, action: TimerAction, gist: u64, touches: &mut Touches<'_>) {
        match action {
            TimerAction::Start => touches.writes_if(gist == 0),
            TimerAction::Cancel | TimerAction::Fire => touches.writes_if(gist == 1),
            TimerAction::IsPending => touches.whole(Touch::Read),
        }
    }
}
