//! Counted programs on mutexes.

use super::{
    Row, acquire, element, if_different, if_equal, if_less, load, number, object, plus, register,
    release, row, store, store_register, zeros,
};
use crate::program::Instruction::{Acquire, End, Jump, Let, Load, Modulo, Release, Store, Times};
use crate::program::{Instruction, Kind, Program};

/// Atomic numbers, then mutexes.
fn numbers_and_mutexes(numbers: usize, mutexes: usize) -> Vec<Kind> {
    zeros(numbers).into_iter().chain(core::iter::repeat_n(Kind::Mutex, mutexes)).collect()
}

/// Tasks put numbers into a hash table, with one mutex for each place of it.
#[must_use]
pub fn indexer(count: usize) -> Program {
    let task = |own: usize| {
        vec![
            Let(0, number(0)),
            if_equal(0, 4, 16),
            plus(0, 0, 1),
            Times(1, register(0), number(11)),
            plus(1, 1, own as i64),
            Times(2, register(1), number(7)),
            Modulo(2, register(2), number(128)),
            Acquire(element(128, 2)),
            Load(3, element(0, 2)),
            if_different(3, 0, 4),
            Store(element(0, 2), register(1)),
            Release(element(128, 2)),
            Jump(-11),
            Release(element(128, 2)),
            plus(2, 2, 1),
            Modulo(2, register(2), number(128)),
            Jump(-9),
            End,
        ]
    };
    let tasks = (0..count).map(task).collect();
    Program::parallel(&format!("indexer_mutex({count})"), numbers_and_mutexes(128, 128), tasks)
}

/// Tasks give blocks to inodes: 32 inodes and 26 blocks, a mutex for each.
#[must_use]
pub fn filesystem(count: usize) -> Program {
    let (inodes, blocks) = (58, 58 + 32);
    let task = |own: usize| {
        vec![
            Let(0, number(own as i64 % 32)),
            Acquire(element(inodes, 0)),
            Load(1, element(0, 0)),
            if_different(1, 0, 15),
            Times(2, register(0), number(2)),
            Modulo(2, register(2), number(26)),
            Acquire(element(blocks, 2)),
            Load(3, element(32, 2)),
            if_different(3, 0, 6),
            Store(element(32, 2), number(1)),
            plus(4, 2, 1),
            Store(element(0, 0), register(4)),
            Release(element(blocks, 2)),
            Jump(5),
            Release(element(blocks, 2)),
            plus(2, 2, 1),
            Modulo(2, register(2), number(26)),
            Jump(-11),
            Release(element(inodes, 0)),
        ]
    };
    let tasks = (0..count).map(task).collect();
    Program::parallel(&format!("filesystem({count})"), numbers_and_mutexes(58, 58), tasks)
}

/// Philosophers; where the forks are ordered, nobody gets stuck.
#[must_use]
pub fn dining(count: usize, ordered: bool, rounds: usize) -> Program {
    let task = |own: usize| {
        let (mut first, mut second) = (own, (own + 1) % count);
        if ordered && first > second {
            core::mem::swap(&mut first, &mut second);
        }
        [acquire(first), acquire(second), release(second), release(first)].repeat(rounds)
    };
    let name = if ordered { "dining_ordered" } else { "dining" };
    let name = format!("{name}({count}, {rounds})");
    Program::parallel(&name, vec![Kind::Mutex; count], (0..count).map(task).collect())
}

/// Two mutexes taken in opposite order, or in one.
#[must_use]
pub fn abba(ordered: bool) -> Program {
    let nested =
        |first, second| vec![acquire(first), acquire(second), release(second), release(first)];
    let other = if ordered { nested(0, 1) } else { nested(1, 0) };
    let name = if ordered { "abba_ordered" } else { "abba" };
    Program::parallel(name, vec![Kind::Mutex; 2], vec![nested(0, 1), other])
}

/// Each takes one mutex so many times.
#[must_use]
pub fn mutex(count: usize, rounds: usize) -> Program {
    let task = [acquire(0), release(0)].repeat(rounds);
    Program::parallel(&format!("mutex({count}, {rounds})"), vec![Kind::Mutex], vec![task; count])
}

/// Each adds to a number under one mutex.
#[must_use]
pub fn lockinc(count: usize) -> Program {
    let task = vec![acquire(1), load(0, 0), plus(0, 0, 1), store_register(0, 0), release(1)];
    let name = format!("lockinc({count})");
    Program::parallel(&name, numbers_and_mutexes(1, 1), vec![task; count])
}

/// Nidhugg's `exponential_bug`: `x`, `y` and a mutex.
#[must_use]
pub fn exponential_bug(writes: usize) -> Program {
    let set = || {
        let inside = core::iter::repeat_n(store(1, 1), writes);
        [acquire(2), store(0, 1)].into_iter().chain(inside).chain([release(2)])
    };
    let first = set().chain(set()).collect();
    let second = [
        acquire(2),
        store(0, 0),
        release(2),
        load(0, 0),
        if_less(0, 1, 5),
        load(1, 1),
        plus(1, 1, 1),
        store_register(1, 1),
        store(0, 2),
    ]
    .repeat(2);
    let look = |end| {
        let found = if_equal(1, 3, end);
        [load(0, 0), if_less(0, 2, 4), load(1, 1), found, store(1, 2)]
    };
    let third = look(7).into_iter().chain(look(2)).chain([End]).collect();
    let name = format!("exponential_bug({writes})");
    Program::parallel(&name, numbers_and_mutexes(2, 1), vec![first, second, third])
}

/// A setter and a waiter that looks before it waits: the notification can be lost.
#[must_use]
pub fn lost_wakeup() -> Program {
    let (flag, mutex, condition) = (0, 1, object(2));
    let waiter = vec![
        load(0, flag),
        if_equal(0, 1, 4),
        acquire(mutex),
        Instruction::Wait(condition, object(mutex)),
        release(mutex),
    ];
    let setter =
        vec![store(flag, 1), acquire(mutex), Instruction::Notify(condition, 1), release(mutex)];
    let objects = vec![Kind::Atomic(0), Kind::Mutex, Kind::Condition];
    Program::parallel("lost_wakeup", objects, vec![waiter, setter])
}

/// The counts.
#[must_use]
pub fn rows() -> Vec<Row> {
    const POPL: &str = "POPL 2014; GenMC indexer, Concuerror file_system";
    const GENMC: &str = "GenMC tests/correct/synthetic, expected.sc.mo.in";
    const FORM: &str = "closed form";
    const PROTOTYPE: &str = "prototype, verified against enumeration";
    let mut rows = Vec::new();
    rows.extend([(12, 8), (14, 512)].map(|(n, k)| row(indexer(n), k, POPL)));
    rows.push(row(indexer(15), 4096, POPL));
    rows.extend([(14, 2), (16, 8), (18, 32), (19, 64)].map(|(n, k)| row(filesystem(n), k, POPL)));
    rows.push(row(filesystem(24), 2048, FORM));
    let deadlocking = |n: usize| row(dining(n, false, 1), (1 << n) - 1, FORM).stuck(1);
    rows.extend((2..=6).map(deadlocking));
    rows.extend([3, 4, 5].map(|n| row(dining(n, true, 1), (1 << n) - 2, FORM)));
    rows.push(row(dining(3, false, 2), 106, PROTOTYPE).stuck(16));
    rows.push(row(dining(3, true, 2), 90, PROTOTYPE));
    rows.push(row(abba(false), 3, FORM).stuck(1));
    rows.push(row(abba(true), 2, FORM));
    rows.push(row(mutex(3, 2), 90, "6! / (2! 2! 2!)"));
    rows.push(row(mutex(2, 4), 70, "8! / (4! 4!)"));
    rows.extend([(3, 6), (5, 120), (7, 5040)].map(|(n, k)| row(lockinc(n), k, GENMC)));
    let bug = [(1, 1955), (2, 9326), (3, 36_570)];
    rows.extend(bug.map(|(n, k)| row(exponential_bug(n), k, PROTOTYPE)));
    rows
}
