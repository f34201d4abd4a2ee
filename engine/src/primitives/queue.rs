//! A queue of items, first in first out, last in first out, or by priority; bounded or not.
//!
//! As in CPython's `queue`, nothing shows that a task waits, so any of those that wait may be next.
//! In a first-in-first-out queue puts and gets commute but where one makes room, or an item, for the
//! other: each item has a slot, and only what uses one slot conflicts. So what waits for a slot
//! could never have come before the step that the slot was waited for.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::QueueAction;
use everyway_protocol::operation::{Field, Misuse, Reply};

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// Which item comes out first.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum QueueOrder {
    /// The one that went in first.
    FirstIn,
    /// The one that went in last.
    LastIn,
    /// The one with the lowest priority; of several the one that went in first.
    Priority,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Item {
    priority: u64,
    name: u64,
}

/// The state of a queue.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Queue {
    order: QueueOrder,
    /// 0 if there is no bound.
    capacity: u32,
    /// In the order in which they come out, the first one last.
    items: Vec<Item>,
    puts: u64,
    gets: u64,
    unfinished: u64,
    shut: bool,
}

/// What takes items out.
const OUT: Field = Field::Entry(0);
/// What puts items in.
const IN: Field = Field::Entry(1);
/// How many items are not dealt with.
const UNFINISHED: Field = Field::Entry(2);
/// Whether it was shut down.
const SHUT: Field = Field::Entry(3);

fn slot(number: u64) -> Field {
    Field::Entry(16 + number)
}

/// Counts wrap round at so many bits. Slots then share a number long after their use.
const BITS: u32 = 20;
const MASK: u64 = (1 << BITS) - 1;

/// What a gist says.
#[derive(Clone, Copy)]
struct Counts {
    puts: u64,
    gets: u64,
    unfinished: u64,
    shut: bool,
}

impl Counts {
    fn of(gist: u64) -> Counts {
        Counts {
            puts: gist & MASK,
            gets: gist >> BITS & MASK,
            unfinished: gist >> (2 * BITS) & MASK,
            shut: gist >> (3 * BITS) != 0,
        }
    }

    fn length(self) -> u64 {
        self.puts.wrapping_sub(self.gets) & MASK
    }
}

impl Queue {
    /// An empty queue; a capacity of 0 means that there is no bound.
    #[must_use]
    pub fn new(order: QueueOrder, capacity: u32) -> Queue {
        let items = Vec::new();
        Queue { order, capacity, items, puts: 0, gets: 0, unfinished: 0, shut: false }
    }

    fn counts(&self) -> Counts {
        Counts::of(self.gist())
    }

    fn has_room(&self, counts: Counts) -> bool {
        self.capacity == 0 || counts.length() < u64::from(self.capacity)
    }

    fn puts_without_bound(&self, action: QueueAction) -> bool {
        self.capacity == 0 && matches!(action, QueueAction::PutTry { .. })
    }

    fn put(&mut self, name: u64, priority: u64) -> Reply {
        if self.shut {
            return Reply::Closed;
        }
        let item = Item { priority, name };
        let place = match self.order {
            QueueOrder::FirstIn => 0,
            QueueOrder::LastIn => self.items.len(),
            QueueOrder::Priority => self.items.partition_point(|other| other.priority > priority),
        };
        self.items.insert(place, item);
        self.puts += 1;
        self.unfinished += 1;
        Reply::Answer(true)
    }

    fn get(&mut self) -> Reply {
        match self.items.pop() {
            Some(item) => {
                self.gets += 1;
                Reply::Value(item.name)
            }
            None if self.shut => Reply::Closed,
            None => Reply::Answer(false),
        }
    }

    fn shut_down(&mut self, immediate: bool) {
        self.shut = true;
        if immediate {
            let dropped = self.items.len() as u64;
            self.gets += dropped;
            self.unfinished = self.unfinished.saturating_sub(dropped);
            self.items.clear();
        }
    }

    fn slot_of_put(&self, counts: Counts) -> Field {
        match self.capacity {
            0 => slot(counts.puts),
            capacity => slot(counts.puts % u64::from(capacity)),
        }
    }

    fn slot_of_get(&self, counts: Counts) -> Field {
        match self.capacity {
            0 => slot(counts.gets),
            capacity => slot(counts.gets % u64::from(capacity)),
        }
    }

    fn touch_put(&self, counts: Counts, touches: &mut Touches<'_>) {
        // What it waited for, before it was refused, can have come in another order.
        let touch = if counts.shut { Touch::Read } else { Touch::Write };
        touches.part(touch, IN);
        touches.part(touch, UNFINISHED);
        let other = match self.order {
            QueueOrder::FirstIn => self.slot_of_put(counts),
            _ => OUT,
        };
        touches.part(touch, other);
        touches.part(Touch::Read, SHUT);
    }

    fn touch_get(&self, counts: Counts, touches: &mut Touches<'_>) {
        let refused = counts.shut && counts.length() == 0;
        let touch = if refused { Touch::Read } else { Touch::Write };
        touches.part(touch, OUT);
        let other = match self.order {
            QueueOrder::FirstIn => self.slot_of_get(counts),
            _ => IN,
        };
        touches.part(touch, other);
    }
}

fn puts(action: QueueAction) -> bool {
    matches!(action, QueueAction::Put { .. })
}

fn gets(action: QueueAction) -> bool {
    matches!(action, QueueAction::Get)
}

impl Model for Queue {
    type Action = QueueAction;

    fn role(action: QueueAction) -> Role {
        match action {
            QueueAction::Put { .. } | QueueAction::Get | QueueAction::Join => Role::Wait,
            QueueAction::PutTry { .. }
            | QueueAction::GetTry
            | QueueAction::TaskDone
            | QueueAction::ShutDown { .. } => Role::Change,
            QueueAction::Length => Role::Look,
        }
    }

    fn name(action: QueueAction) -> &'static str {
        match action {
            QueueAction::Put { .. } => "put",
            QueueAction::PutTry { .. } => "try-put",
            QueueAction::Get => "get",
            QueueAction::GetTry => "try-get",
            QueueAction::TaskDone => "task-done",
            QueueAction::Join => "join",
            QueueAction::ShutDown { .. } => "shut-down",
            QueueAction::Length => "length",
        }
    }

    /// How many were put, how many taken, how many are not dealt with, and whether it was shut down.
    fn gist(&self) -> u64 {
        self.puts & MASK
            | (self.gets & MASK) << BITS
            | (self.unfinished & MASK) << (2 * BITS)
            | u64::from(self.shut) << (3 * BITS)
    }

    fn is_enabled(&self, _task: TaskId, action: QueueAction) -> bool {
        let counts = self.counts();
        match action {
            QueueAction::Put { .. } => counts.shut || self.has_room(counts),
            QueueAction::Get => counts.shut || counts.length() > 0,
            QueueAction::Join => counts.unfinished == 0,
            _ => true,
        }
    }

    fn execute(
        &mut self,
        _task: TaskId,
        action: QueueAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        match action {
            QueueAction::PutTry { .. } if !self.shut && !self.has_room(self.counts()) => {
                Reply::Answer(false)
            }
            QueueAction::Put { item, priority } | QueueAction::PutTry { item, priority } => {
                self.put(item, priority)
            }
            QueueAction::Get | QueueAction::GetTry => self.get(),
            QueueAction::TaskDone if self.unfinished == 0 => Reply::Misuse(Misuse::TooManyDone),
            QueueAction::TaskDone => {
                self.unfinished -= 1;
                Reply::Done
            }
            QueueAction::Join => Reply::Answer(true),
            QueueAction::ShutDown { immediate } => {
                self.shut_down(immediate);
                Reply::Done
            }
            QueueAction::Length => Reply::Value(self.items.len() as u64),
        }
    }

    /// A try that fails looks at both ends, and one that succeeds does what it tries.
    fn touch(&self, _task: TaskId, action: QueueAction, gist: u64, touches: &mut Touches<'_>) {
        let counts = Counts::of(gist);
        match action {
            QueueAction::Put { .. } => self.touch_put(counts, touches),
            QueueAction::PutTry { .. } if counts.shut || self.has_room(counts) => {
                self.touch_put(counts, touches);
            }
            QueueAction::Get => self.touch_get(counts, touches),
            QueueAction::GetTry if counts.length() > 0 => self.touch_get(counts, touches),
            QueueAction::PutTry { .. } | QueueAction::GetTry => {
                touches.part(Touch::Read, IN);
                touches.part(Touch::Read, OUT);
                touches.part(Touch::Read, SHUT);
            }
            QueueAction::TaskDone => touches.part(Touch::Write, UNFINISHED),
            QueueAction::Join => touches.part(Touch::Read, UNFINISHED),
            QueueAction::ShutDown { .. } => touches.whole(Touch::Write),
            QueueAction::Length => {
                touches.part(Touch::Read, IN);
                touches.part(Touch::Read, OUT);
            }
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        action: QueueAction,
        earlier: QueueAction,
        gist: u64,
    ) -> Reversible {
        let counts = Counts::of(gist);
        if action == QueueAction::Join {
            return Reversible::yes_if(counts.unfinished == 0);
        }
        let first_in = self.order == QueueOrder::FirstIn;
        let use_one_slot = puts(action) && gets(earlier)
            || gets(action) && (puts(earlier) || self.puts_without_bound(earlier));
        if first_in && use_one_slot && !counts.shut {
            return Reversible::No;
        }
        let enabled =
            counts.shut || if puts(action) { self.has_room(counts) } else { counts.length() > 0 };
        match earlier {
            // Gets that are not ordered with it may have made room.
            QueueAction::TaskDone if !enabled => Reversible::Unknown,
            _ => Reversible::yes_if(enabled),
        }
    }
}
