//! Making a program that breaks a law as small as it gets.

use crate::program::{Instruction, Program, Value};

/// The smallest program found, by trying to do without one thing after the other, that is still `bad`.
pub fn minimise(program: &Program, mut bad: impl FnMut(&Program) -> bool) -> Program {
    let mut smallest = program.clone();
    loop {
        let before = smallest.clone();
        drop_instructions(&mut smallest, &mut bad);
        simplify(&mut smallest, &mut bad);
        let compact = smallest.compact();
        if bad(&compact) {
            smallest = compact;
        }
        if smallest == before {
            return smallest;
        }
    }
}

/// Without stretches of instructions, long ones first.
fn drop_instructions(smallest: &mut Program, bad: &mut impl FnMut(&Program) -> bool) {
    let longest = smallest.tasks.iter().map(Vec::len).max().unwrap_or(0);
    let mut length = longest;
    while length > 0 {
        for task in 0..smallest.tasks.len() {
            for first in 0..smallest.tasks[task].len() {
                let last = (first + length).min(smallest.tasks[task].len());
                let mut without = smallest.clone();
                without.tasks[task][first..last].fill(Instruction::Nothing);
                if without != *smallest && bad(&without) {
                    *smallest = without;
                }
            }
        }
        length /= 2;
    }
}

/// With numbers for registers, and with waits without time.
fn simplify(smallest: &mut Program, bad: &mut impl FnMut(&Program) -> bool) {
    for task in 0..smallest.tasks.len() {
        for place in 0..smallest.tasks[task].len() {
            for simpler in simpler(smallest.tasks[task][place]) {
                let mut with = smallest.clone();
                with.tasks[task][place] = simpler;
                if with != *smallest && bad(&with) {
                    *smallest = with;
                    break;
                }
            }
        }
    }
}

fn simpler(instruction: Instruction) -> Vec<Instruction> {
    use Instruction as I;
    const ZERO: Value = Value::Number(0);
    const ONE: Value = Value::Number(1);
    match instruction {
        I::AcquireWithin(_, place, _) | I::TryAcquire(_, place) => vec![I::Acquire(place)],
        I::TakeWithin(_, place, _) | I::TryTake(_, place) => vec![I::Take(place)],
        I::WaitWithin(_, condition, mutex, _) => vec![I::Wait(condition, mutex)],
        I::AwaitWithin(_, place, _) => vec![I::Await(place)],
        I::JoinWithin(_, other, _) => vec![I::Join(other)],
        I::StartDaemon(child) => vec![I::Start(child)],
        I::Swap(_, place, value) => vec![I::Store(place, value)],
        I::Write(place, Value::Register(_)) => {
            vec![I::Write(place, ZERO), I::Write(place, ONE)]
        }
        I::Store(place, Value::Register(_)) => {
            vec![I::Store(place, ZERO), I::Store(place, ONE)]
        }
        I::CompareExchange(to, place, expected, value) => {
            let with = |expected, value| I::CompareExchange(to, place, expected, value);
            vec![I::Load(to, place), I::Store(place, ONE), with(ZERO, value), with(expected, ONE)]
        }
        I::Give(to, place, count) if count > 1 => vec![I::Give(to, place, 1)],
        I::Notify(place, count) if count > 1 => vec![I::Notify(place, 1)],
        I::Choose(to, count) if count > 2 => vec![I::Choose(to, 2)],
        _ => Vec::new(),
    }
}
