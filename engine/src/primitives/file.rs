//! A file, or a folder as the container of its entries.
//!
//! Like a cell it has no state of its own: what is in it is the program's. Unlike a cell it is named by
//! its path, so all that open one path share it, and two accesses that nothing orders are no data race.

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::FileAction;
use everyway_protocol::operation::Reply;

use super::model::{Model, Role, Touches};
use crate::footprint::Touch;

/// A file. The number is its path's.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct File(pub u64);

impl Model for File {
    type Action = FileAction;

    fn role(action: FileAction) -> Role {
        match action {
            FileAction::Read(_) => Role::Look,
            FileAction::Write(_) | FileAction::Update(_) => Role::Change,
        }
    }

    fn name(action: FileAction) -> &'static str {
        match action {
            FileAction::Read(_) => "read-file",
            FileAction::Write(_) => "write-file",
            FileAction::Update(_) => "update-file",
        }
    }

    fn gist(&self) -> u64 {
        0
    }

    fn execute(
        &mut self,
        _task: TaskId,
        _action: FileAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        Reply::Done
    }

    fn touch(&self, _task: TaskId, action: FileAction, _gist: u64, touches: &mut Touches<'_>) {
        match action {
            FileAction::Read(field) => touches.part(Touch::Read, field),
            FileAction::Write(field) | FileAction::Update(field) => {
                touches.part(Touch::Write, field);
            }
        }
    }
}
