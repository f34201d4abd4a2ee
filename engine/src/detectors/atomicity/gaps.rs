//! Whether a trace can have an interrupted region at all, told from its events without facts.

use alloc::collections::{BTreeMap, BTreeSet};

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::Field;
use everyway_protocol::trace::Event;

use super::access::{Part, data_of, parts_overlapping, parts_touched};

/// Whether [`Analysis::violation`](super::Analysis::violation) could find something: never false
/// where it would.
///
/// For one location: a task read it, another wrote it, and then the first wrote it. For several:
/// a task read a location, another wrote it, and then the first wrote anything; or a task changed a
/// location that it had read, another accessed it, and then the first read it.
#[must_use]
pub fn may_be_interrupted(events: &[Event], several_locations: bool) -> bool {
    let mut gaps = Gaps { several_locations, ..Gaps::default() };
    events.iter().any(|event| {
        let Some((reads, writes, field)) = data_of(event.operation.action) else { return false };
        let access = (event.unit, event.operation.object, field);
        (reads && gaps.read(access)) || (writes.is_some() && gaps.write(access))
    })
}

/// A set of fields.
#[derive(Default)]
struct Fields {
    parts: BTreeSet<Part>,
    any: bool,
}

impl Fields {
    fn add(&mut self, field: Field) {
        self.any = true;
        self.parts.extend(parts_touched(field));
    }

    fn meet(&self, field: Field) -> bool {
        parts_overlapping(field).any(|part| match part {
            Part::Any => self.any,
            part => self.parts.contains(&part),
        })
    }
}

/// What one task did to one object, and what others did to it since.
#[derive(Default)]
struct History {
    read: Fields,
    changed: Fields,
    /// What others wrote of what was read.
    overwritten: Fields,
    /// Others accessed what was changed.
    changed_then_seen: bool,
}

#[derive(Default)]
struct Gaps {
    objects: BTreeMap<ObjectId, BTreeMap<TaskId, History>>,
    /// Tasks that read something which another task then wrote.
    outdated: BTreeSet<TaskId>,
    several_locations: bool,
}

impl Gaps {
    fn read(&mut self, (task, object, field): (TaskId, ObjectId, Field)) -> bool {
        let histories = self.objects.entry(object).or_default();
        for (_, other) in histories.iter_mut().filter(|(other, _)| **other != task) {
            other.changed_then_seen |= other.changed.meet(field);
        }
        let own = histories.entry(task).or_default();
        own.read.add(field);
        self.several_locations && own.changed_then_seen
    }

    fn write(&mut self, (task, object, field): (TaskId, ObjectId, Field)) -> bool {
        let histories = self.objects.entry(object).or_default();
        for (&other, history) in histories.iter_mut().filter(|(other, _)| **other != task) {
            history.changed_then_seen |= history.changed.meet(field);
            if history.read.meet(field) {
                history.overwritten.add(field);
                self.outdated.insert(other);
            }
        }
        let own = histories.entry(task).or_default();
        if own.overwritten.meet(field) {
            return true;
        }
        if own.read.meet(field) {
            own.changed.add(field);
        }
        self.several_locations && self.outdated.contains(&task)
    }
}
