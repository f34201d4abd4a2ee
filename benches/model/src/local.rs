//! What a task does by itself: arithmetic and jumps, up to its next operation.

use crate::program::{Instruction, REGISTERS, Value};

/// Where a task stands after what it did by itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// Before the operation at this place.
    Operation,
    /// It has ended.
    End,
    /// An assertion failed.
    Failure,
}

/// The value, with these registers.
#[inline]
#[must_use]
pub fn value(registers: &[i64; REGISTERS], value: Value) -> i64 {
    match value {
        Value::Number(number) => number,
        Value::Register(register) => registers[register as usize],
    }
}

/// Goes on to the next operation.
#[inline]
pub fn go_on(code: &[Instruction], place: &mut u16, registers: &mut [i64; REGISTERS]) -> Stop {
    loop {
        let Some(instruction) = code.get(*place as usize) else { return Stop::End };
        let of = |number| value(registers, number);
        let mut by = 1;
        match *instruction {
            Instruction::Nothing => {}
            Instruction::Let(to, number) => registers[to as usize] = of(number),
            Instruction::Plus(to, a, b) => registers[to as usize] = of(a).wrapping_add(of(b)),
            Instruction::Times(to, a, b) => registers[to as usize] = of(a).wrapping_mul(of(b)),
            Instruction::Modulo(to, a, b) => {
                registers[to as usize] = of(a).checked_rem(of(b)).unwrap_or(0);
            }
            Instruction::Jump(to) => by = to,
            Instruction::JumpIf(test, a, b, to) => {
                by = if test.holds(of(a), of(b)) { to } else { 1 }
            }
            Instruction::FailIf(test, a, b) if test.holds(of(a), of(b)) => return Stop::Failure,
            Instruction::FailIf(..) => {}
            Instruction::End => return Stop::End,
            _ => return Stop::Operation,
        }
        *place = place.wrapping_add_signed(by);
    }
}

/// Mixes a number into a hash (SplitMix64's finaliser; Steele, Lea & Flood, OOPSLA 2014).
#[inline]
#[must_use]
pub fn mix(hash: u64, number: u64) -> u64 {
    let mut mixed = hash.wrapping_add(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// What a task that has seen all this has seen when it sees this value at this place as well.
#[inline]
#[must_use]
pub fn seen(seen: u64, place: u16, value: i64) -> u64 {
    mix(seen, value as u64 ^ (u64::from(place) << 48))
}

/// How an execution ended.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// All tasks that had to end have.
    Complete,
    /// The program ended itself.
    Program,
    /// Nothing could go on.
    Stuck,
}

/// What a task left, as far as anybody can tell.
#[derive(Clone, Copy, Debug)]
pub struct TaskLeft {
    /// Whether it was started.
    pub started: bool,
    /// Whether the program's end does not wait for it.
    pub daemon: bool,
    /// Whether it ended, and whether by a failure.
    pub ended: bool,
    /// Whether an assertion failed.
    pub failed: bool,
    /// Where it stands.
    pub place: u16,
    /// Which part of its operation is next.
    pub part: u8,
    /// All that it has seen.
    pub seen: u64,
}

/// The hash of what an execution left: how it ended, what each task saw, what memory holds. Where the
/// program ended itself, it does not matter how far its daemons had come, nor the others if it did not
/// wait for them.
#[must_use]
pub fn left(
    end: End,
    tasks: impl Iterator<Item = (TaskLeft, [i64; REGISTERS])> + Clone,
    memory: impl Iterator<Item = i64>,
) -> u64 {
    let mut hash = mix(end as u64, 0);
    let unfinished =
        tasks.clone().skip(1).any(|(task, _)| task.started && !task.daemon && !task.ended);
    let skipped = |number: usize, task: &TaskLeft| {
        end == End::Program && (task.daemon || unfinished && number > 0)
    };
    for (number, (task, registers)) in tasks.enumerate() {
        if !task.started || skipped(number, &task) {
            hash = mix(hash, 1);
            continue;
        }
        let state = u64::from(task.ended) << 1 | u64::from(task.failed) << 2;
        let place = if task.ended { 0 } else { u64::from(task.place) << 8 | u64::from(task.part) };
        hash = mix(mix(mix(hash, state), place << 3), task.seen);
        hash = registers.iter().fold(hash, |hash, register| mix(hash, *register as u64));
    }
    memory.fold(hash, |hash, number| mix(hash, number as u64))
}
