//! An atomic number: each operation reads, writes, or does both in one step.
//!
//! Sequentially consistent. A compare-and-exchange that fails writes nothing, so it commutes with
//! whatever only reads.

use everyway_protocol::operation::Action;

/// What the number is after the action, if it is `before` it.
#[must_use]
pub fn after(action: Action, before: u64) -> u64 {
    match action {
        Action::AtomicStore(value) | Action::AtomicSwap(value) => value,
        Action::AtomicAdd(value) => before.wrapping_add(value),
        Action::AtomicCompareExchange(expected, value) if before == expected => value,
        _ => before,
    }
}

/// Whether the action writes, if the number is `before` it. Writing the same number again is a write.
#[must_use]
pub fn writes(action: Action, before: u64) -> bool {
    match action {
        Action::AtomicLoad => false,
        Action::AtomicCompareExchange(expected, _) => before == expected,
        _ => true,
    }
}
