//! Litmus tests under sequential consistency, and small programs that only some searches get right.
//!
//! The numbers of executions are GenMC's (tests/correct/litmus and synthetic, expected.sc.mo.in): an
//! execution graph under SC is a class of ours.

use super::{Row, acquire, if_different, if_equal, load, object, release, row, store, zeros};
use crate::program::Instruction::{Add, CompareExchange};
use crate::program::{Instruction, Kind, Program};

/// One access: of this variable, a write of the value if there is one.
type Access = (usize, Option<i64>);

const fn r(variable: usize) -> Access {
    (variable, None)
}

const fn w(variable: usize, value: i64) -> Access {
    (variable, Some(value))
}

fn access((variable, value): Access) -> Instruction {
    value.map_or_else(|| load(0, variable), |value| store(variable, value))
}

fn litmus(name: &str, tasks: &[&[Access]]) -> Program {
    let task = |accesses: &&[Access]| accesses.iter().copied().map(access).collect();
    Program::parallel(name, zeros(4), tasks.iter().map(task).collect())
}

/// Coherence of atomic numbers: two that write `x` and read what others wrote.
#[must_use]
pub fn coa(others: usize) -> Program {
    let mut tasks =
        vec![vec![store(0, 1), load(0, 1), load(1, 0)], vec![store(0, 2), load(0, 2), load(1, 0)]];
    tasks.extend((1..=others as i64).map(|value| vec![store(1, value), store(2, value)]));
    Program::parallel(&format!("CoA({others})"), zeros(3), tasks)
}

/// Dekker's idea: who sees that the other has not come enters.
#[must_use]
pub fn dekker() -> Program {
    let task = |own, other, value| {
        vec![store(own, 1), load(0, other), if_different(0, 0, 3), store(2, value), load(0, 2)]
    };
    Program::parallel("dekker_f", zeros(3), vec![task(1, 0, 1), task(0, 1, 0)])
}

fn z6u() -> Program {
    let add = Add(0, object(1), super::number(1));
    let tasks =
        vec![vec![store(0, 1), store(1, 1)], vec![add, load(0, 1)], vec![store(1, 3), load(0, 0)]];
    Program::parallel("Z6.U", zeros(2), tasks)
}

/// Of these the search that cuts sequences at the race's second event loses a class.
fn long_sequences(number: usize) -> Program {
    let exchange = |to, expected, value| {
        CompareExchange(to, object(0), super::number(expected), super::number(value))
    };
    let nested = |first, second| [acquire(first), acquire(second), release(second), release(first)];
    let mut objects = zeros(2);
    objects.extend([Kind::Mutex; 2]);
    let tasks = if number == 1 {
        let mut first = vec![store(0, 1), store(0, 1)];
        first.extend(nested(3, 2));
        vec![
            first,
            vec![load(1, 1), if_equal(1, 0, 2), store(1, 7), exchange(2, 0, 2)],
            vec![load(0, 0), store(1, 3)],
            vec![load(1, 1), load(1, 1), if_equal(1, 0, 2), store(0, 7)],
        ]
    } else {
        let third = core::iter::once(exchange(1, 2, 3)).chain(nested(3, 2)).collect();
        let fourth = nested(2, 3).into_iter().chain([load(2, 0)]).collect();
        vec![vec![store(0, 1), load(2, 0)], vec![exchange(2, 0, 2), store(0, 2)], third, fourth]
    };
    Program::parallel(&format!("long_sequences({number})"), objects, tasks)
}

/// The counts.
#[must_use]
pub fn rows() -> Vec<Row> {
    const GENMC: &str = "GenMC, expected.sc.mo.in";
    const PROTOTYPE: &str = "prototype's random(558), random(670), verified against enumeration";
    let of_two: [(&str, &[Access], &[Access], u64); 10] = [
        ("MP", &[w(0, 1), w(1, 1)], &[r(1), r(0)], 3),
        ("LB", &[r(0), w(1, 1)], &[r(1), w(0, 1)], 3),
        ("2+2W", &[w(0, 1), w(1, 2)], &[w(1, 1), w(0, 2)], 3),
        ("S", &[w(0, 2), w(1, 1)], &[r(1), w(0, 1)], 3),
        ("SB+rfis", &[w(0, 1), r(0), r(1)], &[w(1, 1), r(1), r(0)], 3),
        ("R", &[w(0, 1), w(1, 1)], &[w(1, 2), r(0)], 3),
        ("CoRR", &[w(0, 1), w(0, 2)], &[r(0), r(0)], 6),
        ("CoWR", &[w(0, 1), r(0)], &[w(0, 2)], 3),
        ("CoRW", &[r(0), w(0, 1)], &[w(0, 2)], 3),
        ("CoWW", &[w(0, 1), w(0, 2)], &[], 1),
    ];
    let of_more: [(&str, &[&[Access]], u64); 8] = [
        ("LB3", &[&[r(0), w(1, 1)], &[r(1), w(2, 1)], &[r(2), w(0, 1)]], 7),
        ("IRIW", &[&[w(0, 1)], &[w(1, 1)], &[r(0), r(1)], &[r(1), r(0)]], 15),
        ("CoRR0", &[&[w(0, 1)], &[r(0)], &[r(0)]], 4),
        ("CoRR1", &[&[w(0, 1)], &[w(0, 2)], &[r(0), r(0)], &[r(0)]], 36),
        ("CoRR2", &[&[w(0, 1)], &[w(0, 2)], &[r(0), r(0)], &[r(0), r(0)]], 72),
        ("2CoWR", &[&[r(1)], &[r(0)], &[w(0, 1)], &[w(1, 1)]], 4),
        ("W+RWC", &[&[w(0, 1), w(2, 1)], &[r(2), r(1)], &[w(1, 1), r(0)]], 7),
        ("isa2", &[&[w(0, 1), w(1, 1)], &[r(1), w(2, 1)], &[r(2), r(0)]], 7),
    ];
    let mut rows = Vec::new();
    rows.extend(of_two.map(|(name, a, b, count)| row(litmus(name, &[a, b]), count, GENMC)));
    rows.extend(of_more.map(|(name, tasks, count)| row(litmus(name, tasks), count, GENMC)));
    rows.extend([row(z6u(), 18, GENMC), row(dekker(), 3, GENMC)]);
    let coherent = [4, 15, 130, 2028];
    rows.extend(coherent.into_iter().enumerate().map(|(n, count)| row(coa(n), count, GENMC)));
    rows.push(row(coa(4), 49_776, GENMC).large());
    rows.push(row(long_sequences(1), 170, PROTOTYPE));
    rows.push(row(long_sequences(2), 147, PROTOTYPE).stuck(20));
    rows
}
