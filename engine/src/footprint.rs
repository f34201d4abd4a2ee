//! Footprints: what a step touches, and so which steps commute.
//!
//! Two steps of different tasks are independent if no access of one conflicts with an access of the
//! other; then, wherever both are enabled, executing them in either order gives the same replies and
//! the same state, and neither disables the other. What an operation touches depends on the state it
//! finds: a `try` that fails only reads, setting an event that is set changes nothing. The search rests
//! on this page: an access too few loses results, one too many costs executions.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::{Action, Field, Operation};
use everyway_protocol::schedule::Alternative;

use crate::dependence::Step;
use crate::primitives::mutex::Mutex;
use crate::primitives::{ObjectState, Objects, atomic, model};

/// How a place is touched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Touch {
    /// It is looked at.
    Read,
    /// It may be changed, or its order among the others can be seen.
    Write,
    /// A number is added to it, which commutes with adding another one.
    Increase(i32),
}

/// Where: an object, or one of the two places that are none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Place(pub u32);

impl Place {
    /// The lives of tasks; a field of it is one task, by its path.
    pub const LIVES: Place = Place(u32::MAX - 1);
    /// Everything: the step commutes with nothing.
    pub const EVERYTHING: Place = Place(u32::MAX);
}

/// One place that a step touches.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Access {
    /// The place.
    pub place: Place,
    /// How.
    pub touch: Touch,
    /// Which part of it.
    pub field: Field,
}

impl Access {
    const fn new(object: ObjectId, touch: Touch, field: Field) -> Access {
        Access { place: Place(object.0), touch, field }
    }

    /// An access to everything.
    pub const EVERYTHING: Access =
        Access { place: Place::EVERYTHING, touch: Touch::Write, field: Field::Whole };

    /// Whether the order of the two accesses can matter, wherever they are.
    #[must_use]
    pub fn touches_conflict(&self, other: &Access) -> bool {
        !matches!(
            (self.touch, other.touch),
            (Touch::Read, Touch::Read) | (Touch::Increase(_), Touch::Increase(_))
        )
    }

    /// Whether the order of the two accesses can matter.
    #[inline]
    #[must_use]
    pub fn conflicts(&self, other: &Access) -> bool {
        if self.place != other.place {
            return self.place == Place::EVERYTHING || other.place == Place::EVERYTHING;
        }
        self.touches_conflict(other) && self.field.overlaps(other.field)
    }

    /// Whether the place is an object with at least this number.
    #[must_use]
    pub fn is_named_from(&self, known: u32) -> bool {
        self.place.0 >= known && self.place < Place::LIVES
    }

    /// Whether every other access to the place conflicts with it.
    #[must_use]
    pub fn is_total(&self) -> bool {
        self.touch == Touch::Write && self.field == Field::Whole
    }
}

/// Whether the order of two steps with these footprints can matter.
#[inline]
#[must_use]
pub fn conflict(a: &[Access], b: &[Access]) -> bool {
    if let ([x], [y]) = (a, b) {
        return x.conflicts(y);
    }
    commutes_with_nothing(a)
        || commutes_with_nothing(b)
        || a.iter().any(|x| b.iter().any(|y| x.conflicts(y)))
}

/// Whether a step with this footprint is ordered even with steps that touch nothing.
#[must_use]
pub fn commutes_with_nothing(accesses: &[Access]) -> bool {
    accesses.iter().any(|access| access.place == Place::EVERYTHING)
}

/// The state of an operation's object in one number: all that its footprint and whether it is
/// enabled depend on. A mutex: its holder, from 1, or 0, and above 32 bits how often it is held. A
/// semaphore: its permits. A condition: how many wait, doubled, and one more if the task itself has
/// expired. An event: whether it is set. An atomic number: itself. Others: what their models say.
#[must_use]
pub fn gist(objects: &Objects, task: TaskId, operation: &Operation) -> u64 {
    match objects.get(operation.object) {
        ObjectState::Mutex(mutex) => {
            let holder = mutex.holder().map_or(0, |holder| u64::from(holder.0) + 1);
            holder | u64::from(mutex.depth()) << 32
        }
        ObjectState::Semaphore(semaphore) => u64::from(semaphore.permits()),
        ObjectState::Condition(condition) => {
            condition.len() as u64 * 2 + u64::from(condition.is_expired(task))
        }
        ObjectState::Event(event) => u64::from(event.is_set()),
        ObjectState::Atomic(value) => *value,
        state => model::gist(state),
    }
}

/// Whether the operation, which waits until it can be done, could be done with an object of this
/// gist. Only for operations that wait for the state of their object.
#[must_use]
pub fn is_enabled_under(objects: &Objects, task: TaskId, operation: &Operation, gist: u64) -> bool {
    match operation.action {
        Action::MutexAcquire => is_free_under(objects, operation.object, task, gist),
        Action::SemaphoreAcquire => gist > 0,
        _ => true,
    }
}

/// Whether a mutex of this gist is free for the task.
fn is_free_under(objects: &Objects, mutex: ObjectId, task: TaskId, gist: u64) -> bool {
    gist == 0 || holds_reentrant(objects, mutex, task, gist)
}

fn holds_reentrant(objects: &Objects, mutex: ObjectId, task: TaskId, gist: u64) -> bool {
    gist & 0xffff_ffff == u64::from(task.0) + 1
        && objects.mutex(mutex).is_some_and(|mutex| mutex.is_reentrant())
}

/// Whether the footprint depends on the gist.
#[must_use]
pub fn depends_on_gist(action: Action) -> bool {
    matches!(
        action,
        Action::MutexAcquire
            | Action::MutexTry
            | Action::MutexRelease
            | Action::SemaphoreTry
            | Action::SemaphoreRelease(_)
            | Action::ConditionNotify(_)
            | Action::EventSet
            | Action::EventClear
            | Action::AtomicCompareExchange(..)
    ) || model::role(action).is_some()
}

/// Adds what the step touches if its object has this gist. `path` names tasks; what a loop that awaits
/// a change has read is added by the execution.
pub fn touch(
    objects: &Objects,
    path: impl Fn(TaskId) -> u64,
    step: &Step,
    gist: u64,
    out: &mut Vec<Access>,
) {
    let operation = &step.operation;
    let object = operation.object;
    // That a wait's time runs out depends on what all other tasks can do.
    if step.alternative == Alternative::Expire {
        out.push(Access::EVERYTHING);
        return;
    }
    let whole = |touch| Access::new(object, touch, Field::Whole);
    let part = |touch, field| Access::new(object, touch, field);
    let life = |touch, task| Access { place: Place::LIVES, touch, field: Field::Entry(path(task)) };
    let access = match operation.action {
        Action::Read(field) => part(Touch::Read, field),
        Action::Write(field) | Action::Add(field) | Action::Update(field) => {
            part(Touch::Write, field)
        }
        // A mutex that its holder takes again, or gives back for the last time but one.
        Action::MutexAcquire | Action::MutexTry if gist != 0 => {
            if holds_reentrant(objects, object, step.task, gist) {
                return;
            }
            whole(Touch::Read)
        }
        Action::MutexAcquire | Action::MutexTry => whole(Touch::Write),
        // Refused: nobody holds it, or another does and it is re-entrant.
        Action::MutexRelease if gist == 0 => whole(Touch::Read),
        Action::MutexRelease
            if objects.mutex(object).is_some_and(Mutex::is_reentrant)
                && !holds_reentrant(objects, object, step.task, gist) =>
        {
            whole(Touch::Read)
        }
        Action::MutexRelease if gist >> 32 > 1 => return,
        Action::MutexRelease => whole(Touch::Write),
        Action::MutexLocked => whole(Touch::Read),
        Action::SemaphoreTry if gist == 0 => whole(Touch::Read),
        Action::SemaphoreAcquire | Action::SemaphoreTry => whole(Touch::Write),
        Action::SemaphoreRelease(permits) => match objects.get(object) {
            ObjectState::Semaphore(semaphore) if semaphore.is_bounded() => {
                let refused = gist + u64::from(permits) > u64::from(semaphore.first_permits());
                whole(if refused { Touch::Read } else { Touch::Write })
            }
            _ => whole(Touch::Increase(i32::try_from(permits).unwrap_or(i32::MAX))),
        },
        Action::SemaphoreValue => whole(Touch::Read),
        Action::ConditionWait(mutex) => {
            out.push(Access::new(mutex, Touch::Write, Field::Whole));
            whole(Touch::Write)
        }
        Action::ConditionResume(mutex) => {
            out.push(Access::new(mutex, Touch::Write, Field::Whole));
            // It leaves the queue, which a notification may see.
            if gist & 1 == 0 {
                return;
            }
            whole(Touch::Write)
        }
        Action::ConditionNotify(_) => whole(if gist < 2 { Touch::Read } else { Touch::Write }),
        Action::EventSet => whole(if gist == 0 { Touch::Write } else { Touch::Read }),
        Action::EventClear => whole(if gist == 0 { Touch::Read } else { Touch::Write }),
        Action::EventWait | Action::EventIsSet => whole(Touch::Read),
        Action::AtomicLoad
        | Action::AtomicStore(_)
        | Action::AtomicAdd(_)
        | Action::AtomicSwap(_)
        | Action::AtomicCompareExchange(..) => {
            let writes = atomic::writes(operation.action, gist);
            whole(if writes { Touch::Write } else { Touch::Read })
        }
        Action::RwLock(_)
        | Action::Barrier(_)
        | Action::Queue(_)
        | Action::Future(_)
        | Action::Park(_)
        | Action::Once(_)
        | Action::Timer(_)
        | Action::Mailbox(_)
        | Action::File(_) => {
            model::touch(objects, step.task, operation, gist, out);
            return;
        }
        Action::Loop(_) => whole(Touch::Write),
        Action::TaskStart(child) => life(Touch::Write, child),
        Action::TaskExit => life(Touch::Write, step.task),
        Action::TaskKill(task) => life(Touch::Write, task),
        Action::TaskIsAlive(task) => life(Touch::Read, task),
        Action::TaskEnumerate => {
            Access { place: Place::LIVES, touch: Touch::Read, field: Field::Whole }
        }
        Action::ProgramEnd => Access::EVERYTHING,
        Action::Print(_) if object != ObjectId::NONE => whole(Touch::Write),
        Action::EventResume
        | Action::TaskJoin(_)
        | Action::TaskJoinAll
        | Action::Choose(_)
        | Action::Sleep
        | Action::ClockRead
        | Action::Print(_)
        | Action::Yield
        | Action::Await => return,
    };
    out.push(access);
}

/// Adds what is touched where a wait's time may run out at any moment: it looks at what it waited for,
/// and leaves the queue in which it waited.
pub fn touch_expiring(path: impl Fn(TaskId) -> u64, operation: &Operation, out: &mut Vec<Access>) {
    let whole = |touch| Access::new(operation.object, touch, Field::Whole);
    out.push(match operation.action {
        Action::MutexAcquire | Action::SemaphoreAcquire | Action::EventResume => whole(Touch::Read),
        Action::TaskJoin(task) => {
            Access { place: Place::LIVES, touch: Touch::Read, field: Field::Entry(path(task)) }
        }
        _ if operation.object == ObjectId::NONE => Access::EVERYTHING,
        _ => whole(Touch::Write),
    });
}
