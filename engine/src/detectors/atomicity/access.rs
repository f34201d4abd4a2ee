//! Accesses to shared locations, and where to find those that conflict with one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::objects::{FileAction, FutureAction};
use everyway_protocol::operation::{Action, Field};

/// What an access does to its location.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum AccessKind {
    Read,
    Write,
    /// A write that looks at nothing: two of them do not conflict.
    Add,
}

/// One read or one write of one location. An access is named by its position in the trace's list.
#[derive(Clone, Debug)]
pub(super) struct Access {
    pub(super) event: u32,
    pub(super) task: TaskId,
    /// Position in the dataflow's list of activations.
    pub(super) activation: u32,
    /// The site as a number; `u32::MAX` for none.
    pub(super) site: u32,
    pub(super) object: ObjectId,
    pub(super) field: Field,
    pub(super) kind: AccessKind,
    /// For a write: the reads that made it, in the dataflow's pool.
    pub(super) made: Range<u32>,
    /// For a write: the reads that decided it, in the dataflow's pool.
    pub(super) decided: Range<u32>,
}

impl Access {
    pub(super) fn writes(&self) -> bool {
        self.kind != AccessKind::Read
    }

    /// Whether both touch one location.
    pub(super) fn meets(&self, other: &Access) -> bool {
        self.object == other.object && self.field.overlaps(other.field)
    }

    /// Whether their order can matter.
    pub(super) fn conflicts(&self, other: &Access) -> bool {
        let blind = self.kind == AccessKind::Add && other.kind == AccessKind::Add;
        self.meets(other) && (self.writes() || other.writes()) && !blind
    }
}

/// What an action reads and writes of its object; none if it touches no data.
///
/// Acquiring and releasing makes no conflict, so a mutex and a semaphore are only looked at.
pub(super) fn data_of(action: Action) -> Option<(bool, Option<AccessKind>, Field)> {
    Some(match action {
        Action::Read(field) => (true, None, field),
        Action::Write(field) => (false, Some(AccessKind::Write), field),
        Action::Add(field) => (false, Some(AccessKind::Add), field),
        Action::Update(field) => (true, Some(AccessKind::Write), field),
        Action::EventIsSet
        | Action::EventWait
        | Action::EventResume
        | Action::SemaphoreValue
        | Action::SemaphoreTry
        | Action::MutexLocked
        | Action::MutexTry => (true, None, Field::Whole),
        Action::EventSet | Action::EventClear => (false, Some(AccessKind::Write), Field::Whole),
        Action::File(FileAction::Read(field)) => (true, None, field),
        Action::File(FileAction::Write(field)) => (false, Some(AccessKind::Write), field),
        Action::File(FileAction::Update(field)) => (true, Some(AccessKind::Write), field),
        Action::Future(FutureAction::Set(_)) => (false, Some(AccessKind::Write), Field::Whole),
        Action::Future(FutureAction::Begin | FutureAction::Cancel) => {
            (true, Some(AccessKind::Write), Field::Whole)
        }
        Action::Future(_) => (true, None, Field::Whole),
        _ => return None,
    })
}

/// A part of an object; each access is listed under the parts that it touches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Part {
    /// Every access to the object.
    Any,
    Whole,
    Shape,
    Entry(u64),
}

/// The lists that an access with this field stands in, besides [`Part::Any`].
pub(super) fn parts_touched(field: Field) -> impl Iterator<Item = Part> {
    let (first, second) = match field {
        Field::Whole => (Part::Whole, None),
        Field::Shape => (Part::Shape, None),
        Field::Entry(key) => (Part::Entry(key), None),
        Field::EntryAndShape(key) => (Part::Entry(key), Some(Part::Shape)),
    };
    [Some(first), second].into_iter().flatten()
}

/// The lists that hold every access that overlaps this field.
pub(super) fn parts_overlapping(field: Field) -> impl Iterator<Item = Part> {
    let parts = match field {
        Field::Whole => [Some(Part::Any), None, None],
        Field::Shape => [Some(Part::Whole), Some(Part::Shape), None],
        Field::Entry(key) => [Some(Part::Whole), Some(Part::Entry(key)), None],
        Field::EntryAndShape(key) => [Some(Part::Whole), Some(Part::Entry(key)), Some(Part::Shape)],
    };
    parts.into_iter().flatten()
}

/// Of two fields the one that fewer accesses overlap.
pub(super) fn narrower(one: Field, other: Field) -> Field {
    let width = |field| match field {
        Field::Entry(_) => 0,
        Field::Shape => 1,
        Field::EntryAndShape(_) => 2,
        Field::Whole => 3,
    };
    if width(other) < width(one) { other } else { one }
}

/// The accesses to one part of an object, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) accesses: Vec<u32>,
    /// For each of them the position of the next one by another task.
    turns: Vec<u32>,
}

impl Place {
    /// Position of the first access after `access`.
    pub(super) fn after(&self, access: u32) -> usize {
        self.accesses.partition_point(|&other| other <= access)
    }

    /// Position of the next access by another task than that of the access at `position`.
    pub(super) fn turn(&self, position: usize) -> usize {
        self.turns.get(position).map_or(self.accesses.len(), |&turn| turn as usize)
    }
}

/// Accesses by the part of the object that they touch.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    places: BTreeMap<(ObjectId, Part), Place>,
}

impl Places {
    /// Lists those accesses that `wanted` picks.
    pub(super) fn fill(&mut self, accesses: &[Access], wanted: impl Fn(&Access) -> bool) {
        self.places.clear();
        for (number, access) in (0u32..).zip(accesses).filter(|(_, access)| wanted(access)) {
            for part in parts_touched(access.field).chain([Part::Any]) {
                let place = self.places.entry((access.object, part)).or_default();
                place.accesses.push(number);
            }
        }
        for place in self.places.values_mut() {
            fill_turns(place, accesses);
        }
    }

    /// The lists that hold every listed access that overlaps this field of the object.
    pub(super) fn overlapping(
        &self,
        object: ObjectId,
        field: Field,
    ) -> impl Iterator<Item = &Place> {
        parts_overlapping(field).filter_map(move |part| self.places.get(&(object, part)))
    }
}

fn fill_turns(place: &mut Place, accesses: &[Access]) {
    let task = |position: usize| accesses[place.accesses[position] as usize].task;
    let count = place.accesses.len();
    let mut turns = alloc::vec![count as u32; count];
    for position in (0..count.saturating_sub(1)).rev() {
        let alike = task(position) == task(position + 1);
        turns[position] = if alike { turns[position + 1] } else { position as u32 + 1 };
    }
    place.turns = turns;
}

/// A bound on the work of one analysis.
#[derive(Clone, Debug, Default)]
pub(super) struct Steps {
    left: u64,
}

impl Steps {
    pub(super) fn new(at_most: u64) -> Self {
        Steps { left: at_most }
    }

    /// Takes so many steps; false once there is none left.
    pub(super) fn spend(&mut self, steps: usize) -> bool {
        self.left = self.left.saturating_sub(steps as u64);
        self.left > 0
    }

    pub(super) fn exhausted(&self) -> bool {
        self.left == 0
    }
}
