//! What the operations on objects change and answer.

use super::objects::{ABSENT, NOBODY, Object};
use super::state::State;
use crate::program::{Instruction, Place};

impl State {
    /// Changes a number; what it was.
    pub(super) fn change(&mut self, number: u8, place: Place, new: impl FnOnce(i64) -> i64) -> i64 {
        let Object::Number(value) = self.object_mut(number, place) else { return 0 };
        let old = *value;
        *value = new(old);
        old
    }

    /// Changes an entry of a container; what it was, -1 if it was not there.
    pub(super) fn entry(
        &mut self,
        number: u8,
        place: Place,
        key: u8,
        new: impl FnOnce(i64) -> i64,
    ) -> i64 {
        let Object::Container(entries) = self.object_mut(number, place) else { return -1 };
        let old = entries[key as usize];
        entries[key as usize] = new(old);
        if old == ABSENT { -1 } else { old }
    }

    /// A wait on a condition: begins, or ends with the mutex taken again. None: it waits now.
    pub(super) fn wait(&mut self, number: u8, condition: Place, mutex: Place) -> Option<i64> {
        let part = self.part(number);
        if part == 0 {
            if matches!(self.object(number, mutex), Object::Mutex { holder: NOBODY, .. }) {
                return Some(-1);
            }
            let depth = self.object_mut(number, mutex).release_all();
            self.object_mut(number, condition).queue()?.push(number);
            self.begin_to_wait(number, depth);
            return None;
        }
        let depth = self.depth(number);
        self.object_mut(number, mutex).acquire(number, depth.max(1));
        self.object_mut(number, condition).queue()?.remove(number);
        Some(i64::from(part == 1))
    }

    /// The operations that answer at once; whether it succeeded, or what there is.
    pub(super) fn synchronise(&mut self, number: u8, instruction: Instruction) -> i64 {
        use Instruction as I;
        let done_or_misuse = |done| if done { 1 } else { -1 };
        match instruction {
            I::Acquire(mutex) | I::AcquireWithin(_, mutex, _) | I::TryAcquire(_, mutex) => {
                i64::from(self.object_mut(number, mutex).acquire(number, 1))
            }
            I::Release(mutex) => done_or_misuse(self.object_mut(number, mutex).release(number)),
            I::IsLocked(_, mutex) => match *self.object(number, mutex) {
                Object::Mutex { holder, .. } => i64::from(holder != NOBODY),
                _ => 0,
            },
            I::Take(place) | I::TakeWithin(_, place, _) | I::TryTake(_, place) => {
                i64::from(self.object_mut(number, place).take())
            }
            I::Give(_, place, count) => done_or_misuse(self.object_mut(number, place).give(count)),
            I::Permits(_, place) => match *self.object(number, place) {
                Object::Semaphore { permits, .. } => i64::from(permits),
                _ => 0,
            },
            I::Notify(condition, count) => {
                if let Some(queue) = self.object_mut(number, condition).queue() {
                    queue.remove_first(count);
                }
                1
            }
            I::Set(event) => {
                if let Object::Event { set, waiters } = self.object_mut(number, event) {
                    *set = true;
                    waiters.remove_first(u32::MAX);
                }
                1
            }
            I::Clear(event) => {
                if let Object::Event { set, .. } = self.object_mut(number, event) {
                    *set = false;
                }
                1
            }
            I::IsSet(_, event) => match *self.object(number, event) {
                Object::Event { set, .. } => i64::from(set),
                _ => 0,
            },
            I::Count(_, container) => match self.object(number, container) {
                Object::Container(entries) => {
                    entries.iter().filter(|entry| **entry != ABSENT).count() as i64
                }
                _ => 0,
            },
            _ => 1,
        }
    }
}
