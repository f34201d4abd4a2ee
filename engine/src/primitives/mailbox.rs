//! A mailbox: the messages from one place to another, such as two workers, in their order.
//!
//! Each message has a slot, as in a first-in-first-out [`queue`](super::queue), so posting one and
//! receiving another commute. A message may be received at any moment after it was posted.

use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::MailboxAction;
use everyway_protocol::operation::{Field, Reply};

use super::model::{Model, Reversible, Role, Touches};
use crate::footprint::Touch;

/// The state of a mailbox.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mailbox {
    /// All messages that were ever posted.
    posted: Vec<u64>,
    /// How many of them are gone.
    received: usize,
    closed: bool,
}

const OUT: Field = Field::Entry(0);
const IN: Field = Field::Entry(1);
const CLOSED: Field = Field::Entry(2);

const BITS: u32 = 30;
const MASK: u64 = (1 << BITS) - 1;

fn slot(number: u64) -> Field {
    Field::Entry(16 + number)
}

fn posted_in(gist: u64) -> u64 {
    gist & MASK
}

fn received_in(gist: u64) -> u64 {
    gist >> BITS & MASK
}

fn is_closed(gist: u64) -> bool {
    gist >> (2 * BITS) != 0
}

fn is_empty(gist: u64) -> bool {
    posted_in(gist) == received_in(gist)
}

impl Mailbox {
    fn receive(&mut self) -> Reply {
        match self.posted.get(self.received) {
            Some(message) => {
                self.received += 1;
                Reply::Value(*message)
            }
            None if self.closed => Reply::Closed,
            None => Reply::Answer(false),
        }
    }
}

impl Model for Mailbox {
    type Action = MailboxAction;

    fn role(action: MailboxAction) -> Role {
        match action {
            MailboxAction::Receive | MailboxAction::Ready | MailboxAction::Gone(_) => Role::Wait,
            MailboxAction::Length => Role::Look,
            _ => Role::Change,
        }
    }

    fn name(action: MailboxAction) -> &'static str {
        match action {
            MailboxAction::Post(_) => "post",
            MailboxAction::Receive => "receive",
            MailboxAction::ReceiveTry => "try-receive",
            MailboxAction::Ready => "ready",
            MailboxAction::Gone(_) => "room",
            MailboxAction::Length => "length",
            MailboxAction::Close { .. } => "close",
        }
    }

    /// How many were posted, how many are gone, and whether it is closed.
    fn gist(&self) -> u64 {
        self.posted.len() as u64 & MASK
            | (self.received as u64 & MASK) << BITS
            | u64::from(self.closed) << (2 * BITS)
    }

    fn is_enabled(&self, _task: TaskId, action: MailboxAction) -> bool {
        match action {
            MailboxAction::Receive | MailboxAction::Ready => {
                self.closed || self.received < self.posted.len()
            }
            MailboxAction::Gone(count) => self.closed || self.received as u64 >= count,
            _ => true,
        }
    }

    fn execute(
        &mut self,
        _task: TaskId,
        action: MailboxAction,
        _wake: &mut dyn FnMut(TaskId),
    ) -> Reply {
        match action {
            MailboxAction::Post(_) if self.closed => Reply::Answer(false),
            MailboxAction::Post(message) => {
                self.posted.push(message);
                Reply::Answer(true)
            }
            MailboxAction::Receive | MailboxAction::ReceiveTry => self.receive(),
            MailboxAction::Ready if self.received < self.posted.len() => Reply::Answer(true),
            MailboxAction::Ready => Reply::Closed,
            MailboxAction::Gone(_) => Reply::Answer(true),
            MailboxAction::Length => Reply::Value((self.posted.len() - self.received) as u64),
            MailboxAction::Close { discard } => {
                self.closed = true;
                if discard {
                    self.received = self.posted.len();
                }
                Reply::Done
            }
        }
    }

    fn touch(&self, _task: TaskId, action: MailboxAction, gist: u64, touches: &mut Touches<'_>) {
        match action {
            MailboxAction::Post(_) if is_closed(gist) => touches.part(Touch::Read, CLOSED),
            MailboxAction::Post(_) => {
                touches.part(Touch::Write, IN);
                touches.part(Touch::Write, slot(posted_in(gist)));
            }
            MailboxAction::Receive => {
                let refused = is_closed(gist) && is_empty(gist);
                let touch = if refused { Touch::Read } else { Touch::Write };
                touches.part(touch, OUT);
                touches.part(touch, slot(received_in(gist)));
            }
            MailboxAction::Ready => {
                touches.part(Touch::Read, OUT);
                touches.part(Touch::Read, slot(received_in(gist)));
            }
            MailboxAction::Gone(_) => touches.part(Touch::Read, OUT),
            MailboxAction::Length => {
                touches.part(Touch::Read, OUT);
                touches.part(Touch::Read, IN);
            }
            MailboxAction::ReceiveTry => {
                touches.part(Touch::Write, OUT);
                touches.part(Touch::Write, IN);
                touches.part(Touch::Read, CLOSED);
            }
            MailboxAction::Close { .. } => touches.whole(Touch::Write),
        }
    }

    fn could_precede(
        &self,
        _task: TaskId,
        action: MailboxAction,
        earlier: MailboxAction,
        gist: u64,
    ) -> Reversible {
        if let MailboxAction::Gone(count) = action {
            // Messages that were taken at the same time may have made it enabled.
            return Reversible::yes_if(is_closed(gist) || received_in(gist) >= count);
        }
        match earlier {
            // They use one slot.
            MailboxAction::Post(_) if !is_closed(gist) => Reversible::No,
            _ => Reversible::yes_if(is_closed(gist) || !is_empty(gist)),
        }
    }
}
