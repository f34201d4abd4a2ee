//! The programs that papers on partial order reduction count, on shared numbers.
//!
//! Re-expressed from their descriptions in Abdulla, Aronis, Jonsson & Sagonas (POPL 2014), Concuerror's
//! suite, GenMC's and Nidhugg's synthetic tests.

use super::{
    Row, element, if_different, if_equal, load, number, object, plus, register, row, store,
    store_register, zeros,
};
use crate::program::Instruction::{
    Add, CompareExchange, End, FailIf, Jump, JumpIf, Let, Load, Modulo, Plus, Times,
};
use crate::program::{Instruction, Kind, Program, Test};

fn program(name: &str, atomics: usize, tasks: Vec<Vec<Instruction>>) -> Program {
    Program::parallel(name, zeros(atomics), tasks)
}

fn numbered(name: &str, count: usize) -> String {
    format!("{name}({count})")
}

/// One writer of `x`; each reader reads a variable of its own and then `x`.
#[must_use]
pub fn readers(count: usize) -> Program {
    let reader = |own| vec![load(0, own), load(0, 0)];
    let tasks = core::iter::once(vec![store(0, 42)]).chain((1..=count).map(reader)).collect();
    program(&numbered("readers", count), count + 1, tasks)
}

/// A search for the last zero of an array while others fill it.
#[must_use]
pub fn lastzero(count: usize) -> Program {
    let search = vec![
        Let(0, number(count as i64)),
        Load(1, element(0, 0)),
        if_equal(1, 0, 3),
        plus(0, 0, -1),
        Jump(-3),
    ];
    let fill = |own: usize| vec![load(0, own - 1), plus(0, 0, 1), store_register(own, 0)];
    let tasks = core::iter::once(search).chain((1..=count).map(fill)).collect();
    program(&numbered("lastzero", count), count + 1, tasks)
}

/// Writers of one variable.
#[must_use]
pub fn writers(count: usize) -> Program {
    let tasks = (0..count).map(|own| vec![store(0, own as i64)]).collect();
    program(&numbered("writers", count), 1, tasks)
}

/// Writers of one variable, and a reader.
#[must_use]
pub fn writers_and_reader(count: usize) -> Program {
    let writers = (0..count).map(|own| vec![store(0, own as i64)]);
    let tasks = writers.chain(core::iter::once(vec![load(0, 0)])).collect();
    program(&numbered("writers_and_reader", count), 1, tasks)
}

/// Tasks that share nothing.
#[must_use]
pub fn disjoint(count: usize, length: usize) -> Program {
    let step = |own, at| if at % 2 == 0 { store(own, 1) } else { load(0, own) };
    let tasks = (0..count).map(|own| (0..length).map(|at| step(own, at)).collect()).collect();
    program(&format!("disjoint({count}, {length})"), count, tasks)
}

/// Tasks put numbers into a hash table by compare-and-exchange.
#[must_use]
pub fn indexer(count: usize) -> Program {
    let task = |own: usize| {
        vec![
            Let(0, number(0)),
            if_equal(0, 4, 10),
            plus(0, 0, 1),
            Times(1, register(0), number(11)),
            plus(1, 1, own as i64),
            Times(2, register(1), number(7)),
            Modulo(2, register(2), number(128)),
            CompareExchange(3, element(0, 2), number(0), register(1)),
            if_equal(3, 1, -7),
            plus(2, 2, 1),
            Jump(2),
            End,
            Modulo(2, register(2), number(128)),
            Jump(-6),
        ]
    };
    program(&numbered("indexer", count), 128, (0..count).map(task).collect())
}

/// Two tasks add two numbers to each other; a third may look.
#[must_use]
pub fn fib_bench(rounds: usize, with_checker: bool) -> Program {
    let adder = |own: usize| {
        let sum = Plus(0, register(0), register(1));
        let round = [load(0, 0), load(1, 1), sum, store_register(own, 0)];
        round.repeat(rounds)
    };
    let mut tasks = vec![adder(0), adder(1)];
    if with_checker {
        let above = JumpIf(Test::Less, number(144), register(0), 2);
        tasks.push(vec![load(0, 0), above, load(0, 1)]);
    }
    let name = if with_checker { "fib_bench_checked" } else { "fib_bench" };
    Program::parallel(&numbered(name, rounds), vec![Kind::Atomic(1); 2], tasks)
}

/// Each task adds to the same numbers, one after the other.
#[must_use]
pub fn increments(name: &str, count: usize, numbers: usize) -> Program {
    let task = (0..numbers).map(|at| Add(0, object(at), number(1))).collect();
    program(&numbered(name, count), numbers, vec![task; count])
}

/// Each task reads and then writes one variable.
#[must_use]
pub fn racy(name: &str, count: usize) -> Program {
    let task = |own: usize| vec![load(0, 0), store(0, own as i64)];
    program(&numbered(name, count), 1, (0..count).map(task).collect())
}

/// A read, then a write of what was read and 1 more, on a plain cell.
#[must_use]
pub fn racy_cell(count: usize) -> Program {
    let task = vec![
        Instruction::Read(0, object(0)),
        plus(0, 0, 1),
        Instruction::Write(object(0), register(0)),
    ];
    Program::parallel(&numbered("racy", count), vec![Kind::Cell(0)], vec![task; count])
}

/// All try to exchange 0.
#[must_use]
pub fn cas(count: usize) -> Program {
    let task = |own: usize| vec![exchange(0, own as i64 + 1)];
    program(&numbered("cas", count), 1, (0..count).map(task).collect())
}

/// Each tries to exchange what the one before it would have left.
#[must_use]
pub fn casrot(count: usize) -> Program {
    let task = |own: usize| vec![exchange(own as i64, own as i64 + 1)];
    program(&numbered("casrot", count), 1, (0..count).map(task).collect())
}

/// Each tries to exchange 0, then writes.
#[must_use]
pub fn casw(count: usize) -> Program {
    let task = |own: usize| vec![exchange(0, 1), store(0, own as i64 + 3)];
    program(&numbered("casw", count), 1, (0..count).map(task).collect())
}

/// One writes what the others try to exchange.
#[must_use]
pub fn wcas(count: usize) -> Program {
    let others = core::iter::repeat_n(vec![exchange(2, 3)], count);
    let tasks = core::iter::once(vec![store(0, 2)]).chain(others).collect();
    program(&numbered("wcas", count), 1, tasks)
}

fn exchange(expected: i64, value: i64) -> Instruction {
    CompareExchange(0, object(0), number(expected), number(value))
}

fn loads(atomics: &[usize]) -> Vec<Instruction> {
    atomics.iter().map(|atomic| load(0, *atomic)).collect()
}

fn stores(values: &[(usize, i64)]) -> Vec<Instruction> {
    values.iter().map(|(atomic, value)| store(*atomic, *value)).collect()
}

/// GenMC's `big0`: two readers of four variables, two writers.
#[must_use]
pub fn big0() -> Program {
    let tasks = vec![
        loads(&[0, 1, 2, 3, 0, 1, 2]),
        loads(&[0, 1, 2]),
        stores(&[(0, 1), (1, 1), (0, 2), (1, 2), (0, 3), (1, 3)]),
        stores(&[(2, 1), (3, 1), (2, 2), (3, 2), (2, 3), (3, 3)]),
    ];
    program("big0", 4, tasks)
}

/// The example of POPL 2014's section on optimality.
#[must_use]
pub fn popl_example() -> Program {
    let tasks = vec![
        vec![store(0, 1)],
        vec![store(1, 1)],
        vec![load(0, 1), if_different(0, 0, 2), store(2, 1)],
        vec![load(0, 2), if_equal(0, 0, 4), load(1, 1), if_different(1, 0, 2), store(0, 2)],
    ];
    program("popl_example", 3, tasks)
}

/// Long stretches of its own, then some races.
#[must_use]
pub fn race_parametric(rounds: usize) -> Program {
    private_then_shared(&numbered("race_parametric", rounds), 42, rounds)
}

/// Longer stretches, then one race of each.
#[must_use]
pub fn par_length(length: usize) -> Program {
    private_then_shared(&numbered("par_length", length), length, 1)
}

fn private_then_shared(name: &str, private: usize, shared: usize) -> Program {
    let task = |own: usize| {
        let alone = (0..private).flat_map(|at| [store(1 + own, at as i64), load(0, 1 + own)]);
        let raced = (0..shared).flat_map(|_| [store(0, own as i64), load(0, 0)]);
        alone.chain(raced).collect()
    };
    program(name, 3, vec![task(0), task(1)])
}

/// Setters write two variables; a checker fails when it sees them half written.
#[must_use]
pub fn reorder(setters: usize) -> Program {
    let checker = vec![
        load(0, 0),
        if_equal(0, 1, 4),
        load(1, 1),
        FailIf(Test::Equal, register(1), number(-1)),
        End,
        load(1, 1),
        FailIf(Test::Equal, register(1), number(0)),
    ];
    let setters = core::iter::repeat_n(stores(&[(0, 1), (1, -1)]), setters);
    program(&numbered("reorder", setters.len()), 2, setters.chain([checker]).collect())
}

/// Tasks add without a lock, between steps of their own; the last one looks whether one was lost.
#[must_use]
pub fn lost_update(count: usize, private: usize) -> Program {
    let task = |own: usize| {
        let alone = |value| core::iter::repeat_n(store(2 + own, value), private);
        let update = [load(0, 0), plus(0, 0, 1), store_register(0, 0)];
        let check = [
            Add(1, object(1), number(1)),
            if_different(1, count as i64 - 1, 3),
            load(2, 0),
            FailIf(Test::Equal, register(2), number(1)),
        ];
        alone(1).chain(update).chain(alone(2)).chain(check).collect()
    };
    let name = format!("lost_update({count}, {private})");
    program(&name, count + 2, (0..count).map(task).collect())
}

/// Store buffering.
#[must_use]
pub fn store_buffering() -> Program {
    program("SB", 2, vec![vec![store(0, 1), load(0, 1)], vec![store(1, 1), load(0, 0)]])
}

fn factorial(count: u64) -> u64 {
    (1..=count).product()
}

/// The counts.
#[must_use]
pub fn rows() -> Vec<Row> {
    const POPL: &str = "POPL 2014; GenMC readers, lastzero, indexer";
    const GENMC: &str = "GenMC tests/correct/synthetic, expected.sc.mo.in";
    const FORM: &str = "closed form";
    const PROTOTYPE: &str = "prototype, verified against enumeration";
    let mut rows = Vec::new();
    rows.extend([2, 3, 4, 5, 8, 13].map(|n| row(readers(n), 1 << n, POPL)));
    rows.extend([3, 4, 5, 8, 10].map(|n| row(lastzero(n), (n as u64 + 3) << (n - 2), POPL)));
    rows.push(row(lastzero(15), 147_456, POPL).large());
    rows.extend([(12, 8), (13, 64), (14, 512), (15, 4096)].map(|(n, k)| row(indexer(n), k, POPL)));
    rows.extend((3..=8).map(|n| row(writers(n), factorial(n as u64), FORM)));
    rows.extend([3, 5].map(|n| row(writers_and_reader(n), factorial(n as u64 + 1), GENMC)));
    rows.extend([row(disjoint(10, 4), 1, FORM), row(store_buffering(), 3, "GenMC litmus")]);
    rows.push(row(popl_example(), 5, "Concuerror POPL_optimal_example"));
    let fib = [(2, 19), (3, 141), (4, 1107), (5, 8953)];
    rows.extend(fib.map(|(n, k)| row(fib_bench(n, false), k, PROTOTYPE)));
    let checked = [(1, 11), (2, 140), (3, 1698)];
    rows.extend(checked.map(|(n, k)| row(fib_bench(n, true), k, PROTOTYPE)));
    rows.push(row(fib_bench(5, true), 218_243, GENMC).large());
    let once = [3, 6, 7].map(|n| row(increments("ainc", n, 1), factorial(n as u64), GENMC));
    rows.extend(once);
    rows.extend([(3, 36), (4, 576)].map(|(n, k)| row(increments("binc", n, 2), k, GENMC)));
    rows.extend([(3, 216), (4, 13824)].map(|(n, k)| row(increments("cinc", n, 3), k, GENMC)));
    rows.extend([(3, 36), (4, 576)].map(|(n, k)| row(racy("rw", n), k, GENMC)));
    rows.extend([(2, 4), (3, 36), (4, 576)].map(|(n, k)| row(racy_cell(n), k, FORM)));
    rows.extend([3, 5, 8].map(|n| row(cas(n), n as u64, GENMC)));
    let rotated = [(2, 2), (3, 5), (4, 14), (5, 43), (6, 144), (7, 523), (8, 2048), (9, 8597)];
    rows.extend(rotated.map(|(n, k)| row(casrot(n), k, GENMC)));
    rows.extend([(3, 66), (4, 1200), (5, 32880)].map(|(n, k)| row(casw(n), k, GENMC)));
    let exchanged = [2u64, 3, 4, 5, 6, 9].map(|n| (n as usize, (n << (n - 1)) + 1));
    rows.extend(exchanged.map(|(n, k)| row(wcas(n), k, GENMC)));
    rows.push(row(big0(), 69_112, GENMC));
    rows.push(row(par_length(400), 4, GENMC));
    rows.push(row(race_parametric(3), 328, PROTOTYPE));
    rows.push(row(race_parametric(5), 34_904, PROTOTYPE).large());
    rows.push(row(reorder(2), 36, PROTOTYPE));
    rows.push(row(lost_update(2, 1), 8, PROTOTYPE));
    rows
}
