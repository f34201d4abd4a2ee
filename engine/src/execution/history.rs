//! What the activities of a loop have seen of each other, in one number.
//!
//! What an activity does next depends on what it has read so far, and on nothing else. So its history
//! is told by a digest that takes in, at each read, the digest of the write that it saw; a write takes in
//! the one before it too. Two executions that are the same Mazurkiewicz trace of callbacks have the same
//! digests, whatever objects and callbacks are called in them, and others have different ones. With the
//! same digest of everything, and the same [signature](crate::loops::asyncio) of the loop, all that can
//! follow is the same, and needs to be explored once.

use alloc::vec::Vec;

use everyway_protocol::ids::{ObjectId, TaskId};
use everyway_protocol::operation::Action;
use everyway_protocol::trace::Event;

use super::{Execution, is_pass};
use crate::digest::Digest;
use crate::loops::HandleId;

/// What a loop was told, or what its library did, that is no event.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told {
    /// A callback was made.
    Made(u32),
    /// What runs from now on: a callback, and of which activity.
    Enter(Option<u32>, Option<TaskId>),
    /// It has returned.
    Leave,
    /// An activity was made: its number, and names that the library gives, tell how many there were.
    Activity,
    /// Library code looked at an object of its own, or changed it.
    Note(Option<u32>, bool),
}

/// Who acts.
#[derive(Clone, Copy, Debug)]
enum Actor {
    Unit(TaskId),
    /// A callback that leaves nothing behind but what it writes.
    Callback(Digest),
}

/// The digests of one execution, up to some event.
#[derive(Debug, Default)]
pub(super) struct History {
    /// What was told, with how many events there were before.
    told: Vec<(u32, Told)>,
    next_told: usize,
    next_event: usize,
    units: Vec<Digest>,
    objects: Vec<Digest>,
    notes: Vec<Digest>,
    handles: Vec<Digest>,
    output: Digest,
    everything: Digest,
    made: Digest,
    stack: Vec<Actor>,
    /// Something was seen that digests say nothing of.
    blind: bool,
}

impl History {
    pub(super) fn begin(&mut self) {
        self.told.clear();
        self.next_told = 0;
        self.next_event = 0;
        self.units.clear();
        self.objects.clear();
        self.notes.clear();
        self.handles.clear();
        self.output = Digest::default();
        self.everything = Digest::default();
        self.made = Digest::default();
        self.stack.clear();
        self.blind = false;
    }

    pub(super) fn tell(&mut self, events: usize, told: Told) {
        self.told.push((events as u32, told));
    }

    /// The name of a callback.
    pub(super) fn name(&self, handle: HandleId) -> Digest {
        self.handles.get(handle.0 as usize).copied().unwrap_or_default()
    }

    /// Takes in what has happened since it was asked last; gives the digest of everything.
    pub(super) fn digest(&mut self, events: &[Event]) -> Option<Digest> {
        if self.stack.is_empty() {
            self.stack.push(Actor::Unit(TaskId::MAIN));
        }
        loop {
            let told = self.told.get(self.next_told).copied();
            match (told, events.get(self.next_event)) {
                (Some((at, told)), _) if at as usize <= self.next_event => {
                    self.take_told(told);
                    self.next_told += 1;
                }
                (_, Some(event)) => {
                    self.take_event(event);
                    self.next_event += 1;
                }
                (Some((_, told)), None) => {
                    self.take_told(told);
                    self.next_told += 1;
                }
                (None, None) => break,
            }
        }
        if self.blind {
            return None;
        }
        let lists = [&self.units, &self.objects, &self.notes];
        let digest =
            Digest::default().then(self.output.0).then(self.everything.0).then(self.made.0);
        Some(lists.into_iter().fold(digest, |digest, list| {
            let known = list.iter().filter(|digest| **digest != Digest::default());
            digest.then(known.copied().fold(Digest::default(), Digest::beside).0)
        }))
    }

    /// What the one that acts has seen.
    fn seen(&mut self) -> &mut Digest {
        match self.stack.last_mut() {
            Some(Actor::Callback(seen)) => seen,
            Some(Actor::Unit(unit)) => slot(&mut self.units, unit.index()),
            None => &mut self.everything,
        }
    }

    fn take_told(&mut self, told: Told) {
        match told {
            Told::Made(handle) => {
                let seen = self.seen();
                *seen = seen.then(1);
                let name = *seen;
                *slot(&mut self.handles, handle as usize) = name;
            }
            Told::Activity => {
                let before = self.made;
                self.access(before, true, |history, now| history.made = now);
            }
            Told::Enter(handle, unit) => {
                let name = match handle {
                    Some(handle) => *slot(&mut self.handles, handle as usize),
                    None => *self.seen(),
                };
                match unit {
                    Some(unit) => {
                        let seen = slot(&mut self.units, unit.index());
                        *seen = seen.then(name.0);
                        self.stack.push(Actor::Unit(unit));
                    }
                    None => self.stack.push(Actor::Callback(name.then(4))),
                }
            }
            Told::Leave => {
                let inner = self.stack.pop();
                // What an activity that began within another one's step did comes before the rest of it.
                if let (Some(Actor::Unit(unit)), true) = (inner, self.stack.len() > 1) {
                    let did = *slot(&mut self.units, unit.index());
                    let seen = self.seen();
                    *seen = seen.then(did.0);
                }
            }
            Told::Note(None, _) => {
                let all = [&self.objects, &self.notes].into_iter().flatten();
                let before = all.copied().fold(self.everything, Digest::beside);
                self.access(before, true, |history, now| history.everything = now);
            }
            Told::Note(Some(object), writes) => {
                let at = object as usize;
                let everything = self.everything;
                let before = slot(&mut self.notes, at).then(everything.0);
                self.access(before, writes, |history, now| *slot(&mut history.notes, at) = now);
            }
        }
    }

    fn access(&mut self, before: Digest, writes: bool, keep: impl Fn(&mut History, Digest)) {
        let seen = self.seen();
        *seen = seen.then(before.0);
        if writes {
            let now = *seen;
            keep(self, now);
        }
    }

    fn take_event(&mut self, event: &Event) {
        let action = event.operation.action;
        match action {
            _ if is_pass(action) => {}
            Action::ClockRead => self.blind = true,
            Action::Print(_) => {
                let before = self.output;
                self.access(before, true, |history, now| history.output = now);
            }
            Action::Sleep | Action::Yield | Action::Await => *self.seen() = self.seen().then(5),
            _ if event.operation.object == ObjectId::NONE => {
                let before = self.everything;
                self.access(before, true, |history, now| history.everything = now);
            }
            _ => {
                let at = event.operation.object.index();
                let before = *slot(&mut self.objects, at);
                let writes = !matches!(action, Action::Read(_));
                self.access(before, writes, |history, now| *slot(&mut history.objects, at) = now);
            }
        }
    }
}

fn slot(list: &mut Vec<Digest>, at: usize) -> &mut Digest {
    if list.len() <= at {
        list.resize(at + 1, Digest::default());
    }
    &mut list[at]
}

impl Execution {
    /// The digest of what has happened and of what the loop that waits for its next pass can do; None
    /// where other tasks take part, or it can't be told.
    pub(super) fn digest_at_pass(&mut self) -> Option<Digest> {
        let object = self.choices.first()?.operation.object;
        let only_passes = |step: &crate::dependence::Step| {
            is_pass(step.operation.action) && step.operation.object == object
        };
        if !self.choices.iter().all(only_passes) || self.has_several_tasks() {
            return None;
        }
        let events = &self.trace.events;
        let happened = self.history.digest(events)?;
        let loops = self.signature_of_loop(object)?;
        Some(happened.then(loops.0))
    }
}
