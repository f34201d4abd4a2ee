//! What the model of an object says of it, and which model an operation is for.
//!
//! Each kind of object is one file, which implements [`Model`]; here stands its line in the table of
//! all of them. Mutexes, semaphores, conditions, events and atomic numbers are older than the table:
//! their operations are known to the execution by name.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::{Action, Field, Operation, Reply};

use super::barrier::Barrier;
use super::file::File;
use super::future::Future;
use super::mailbox::Mailbox;
use super::once::Once;
use super::park::ParkToken;
use super::queue::Queue;
use super::rwlock::RwLock;
use super::timer::Timer;
use super::{ObjectState, Objects};
use crate::footprint::{Access, Place, Touch};

/// What is known of whether the later operation of two that conflict could come first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reversible {
    /// It could.
    Yes,
    /// It could not: it was not enabled.
    No,
    /// That can't be told, so everything that is enabled before the earlier one has to be tried.
    Unknown,
}

impl Reversible {
    /// It could if it was enabled.
    #[must_use]
    pub fn yes_if(enabled: bool) -> Reversible {
        if enabled { Reversible::Yes } else { Reversible::No }
    }
}

/// How an operation takes part in its object's life, whatever the state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// It never changes anything that others can see.
    Look,
    /// It is always enabled.
    Change,
    /// It is enabled only in some states, and may have a time limit.
    Wait,
    /// It is the second half of a wait that others can see; it ends with an event that is its enabler.
    Resume,
}

/// What an operation touches, as its model tells it.
#[derive(Debug)]
pub struct Touches<'a> {
    object: ObjectId,
    out: &'a mut Vec<Access>,
}

impl<'a> Touches<'a> {
    /// Touches of this object, added to a list.
    pub fn new(object: ObjectId, out: &'a mut Vec<Access>) -> Touches<'a> {
        Touches { object, out }
    }

    /// It touches this part so.
    pub fn part(&mut self, touch: Touch, field: Field) {
        self.out.push(Access { place: Place(self.object.0), touch, field });
    }

    /// It touches all of the object so.
    pub fn whole(&mut self, touch: Touch) {
        self.part(touch, Field::Whole);
    }

    /// It writes all of the object, or only reads it.
    pub fn writes_if(&mut self, writes: bool) {
        self.whole(if writes { Touch::Write } else { Touch::Read });
    }
}

/// The state of one kind of object, and what is done to it.
///
/// A gist is one number that holds all that footprints and being enabled depend on. From it both are
/// told of states in which the operation was not executed, so neither may look at the state itself but
/// for what never changes, such as a capacity.
pub(crate) trait Model {
    /// What can be done to it.
    type Action: Copy;

    /// How this operation takes part in its life.
    fn role(action: Self::Action) -> Role;

    /// What reports call it.
    fn name(action: Self::Action) -> &'static str;

    /// The state in one number.
    fn gist(&self) -> u64;

    /// Whether the operation can be executed now.
    fn is_enabled(&self, _task: TaskId, _action: Self::Action) -> bool {
        true
    }

    /// Executes it. The tasks whose waits it ends are told to `wake`.
    fn execute(
        &mut self,
        task: TaskId,
        action: Self::Action,
        wake: &mut dyn FnMut(TaskId),
    ) -> Reply;

    /// The time of the task's wait runs out.
    fn expire(&mut self, _task: TaskId, _action: Self::Action, _wake: &mut dyn FnMut(TaskId)) {}

    /// What it touches under this gist; of one that waits, what it would touch if it could be executed.
    fn touch(&self, task: TaskId, action: Self::Action, gist: u64, touches: &mut Touches<'_>);

    /// Whether an operation that waits could have been executed before an earlier one that it conflicts
    /// with, where the gist was this.
    fn could_precede(
        &self,
        _task: TaskId,
        _action: Self::Action,
        _earlier: Self::Action,
        _gist: u64,
    ) -> Reversible {
        Reversible::Yes
    }

    /// The task whose step could end the wait of this one, if it is one task.
    fn holder(&self, _task: TaskId, _action: Self::Action) -> Option<TaskId> {
        None
    }
}

/// The table: the kinds of objects, by the name that they have among states and actions.
macro_rules! with_models {
    ($table:ident $($rest:tt)*) => {
        $table! {
            {
                RwLock: RwLock, Barrier: Barrier, Queue: Queue, Future: Future, Park: ParkToken,
                Once: Once, Timer: Timer, Mailbox: Mailbox, File: File,
            }
            $($rest)*
        }
    };
}

/// Does something with the model of a state and the operation that is for it.
macro_rules! with_state {
    (
        { $($name:ident: $model:ident,)* }
        ($state:expr, $action:expr, $object:ident, $own:ident => $body:expr, $other:expr)
    ) => {
        match ($state, $action) {
            $((ObjectState::$name($object), Action::$name($own)) => $body,)*
            _ => $other,
        }
    };
}

/// Does something with the model of an operation, without any state.
macro_rules! with_action {
    (
        { $($name:ident: $model:ident,)* }
        ($action:expr, $model_name:ident, $own:ident => $body:expr, $other:expr)
    ) => {
        match $action {
            $(Action::$name($own) => {
                type $model_name = $model;
                $body
            })*
            _ => $other,
        }
    };
}

/// Does something with the model of a state.
macro_rules! with_object {
    (
        { $($name:ident: $model:ident,)* }
        ($state:expr, $object:ident => $body:expr, $other:expr)
    ) => {
        match $state {
            $(ObjectState::$name($object) => $body,)*
            _ => $other,
        }
    };
}

/// How the operation takes part in its object's life; none if no model is for it.
#[must_use]
pub fn role(action: Action) -> Option<Role> {
    with_models!(with_action(action, M, own => Some(M::role(own)), None))
}

/// What reports call the operation.
#[must_use]
pub fn name(action: Action) -> Option<&'static str> {
    with_models!(with_action(action, M, own => Some(M::name(own)), None))
}

/// The state in one number; 0 if it has no model.
pub(crate) fn gist(state: &ObjectState) -> u64 {
    with_models!(with_object(state, object => object.gist(), 0))
}

/// Whether the operation can be executed now.
pub(crate) fn is_enabled(objects: &Objects, task: TaskId, operation: &Operation) -> bool {
    let state = objects.get(operation.object);
    with_models!(
        with_state(state, operation.action, object, own => object.is_enabled(task, own), true)
    )
}

/// Executes the operation.
pub(crate) fn execute(
    objects: &mut Objects,
    task: TaskId,
    operation: &Operation,
    wake: &mut dyn FnMut(TaskId),
) -> Reply {
    let Some(state) = objects.get_mut(operation.object) else { return Reply::Done };
    with_models!(with_state(
        state, operation.action, object, own => object.execute(task, own, wake), Reply::Done
    ))
}

/// The time of the task's wait runs out.
pub(crate) fn expire(
    objects: &mut Objects,
    task: TaskId,
    operation: &Operation,
    wake: &mut dyn FnMut(TaskId),
) {
    let Some(state) = objects.get_mut(operation.object) else { return };
    with_models!(
        with_state(state, operation.action, object, own => object.expire(task, own, wake), ())
    );
}

/// Adds what the operation touches if its object has this gist.
pub(crate) fn touch(
    objects: &Objects,
    task: TaskId,
    operation: &Operation,
    gist: u64,
    out: &mut Vec<Access>,
) {
    let mut touches = Touches::new(operation.object, out);
    let state = objects.get(operation.object);
    with_models!(with_state(
        state, operation.action, object, own => object.touch(task, own, gist, &mut touches), ()
    ));
}

/// Whether the operation could have been executed before an earlier one on its object, which it
/// conflicts with and which found this gist.
#[must_use]
pub fn could_precede(
    objects: &Objects,
    task: TaskId,
    operation: &Operation,
    earlier: Action,
    gist: u64,
) -> Reversible {
    macro_rules! with_both {
        ({ $($name:ident: $model:ident,)* }) => {
            match (objects.get(operation.object), operation.action, earlier) {
                $((ObjectState::$name(object), Action::$name(own), Action::$name(earlier)) => {
                    object.could_precede(task, own, earlier, gist)
                })*
                _ => Reversible::Yes,
            }
        };
    }
    if role(operation.action) != Some(Role::Wait) && role(operation.action) != Some(Role::Resume) {
        return Reversible::Yes;
    }
    with_models!(with_both)
}

/// The task whose step could end the wait of this one, if it is one task.
pub(crate) fn holder(objects: &Objects, task: TaskId, operation: &Operation) -> Option<TaskId> {
    let state = objects.get(operation.object);
    with_models!(
        with_state(state, operation.action, object, own => object.holder(task, own), None)
    )
}
