//! The `main` with which `cargo xtask bench engine` measures the prototype: all races of each execution
//! are looked at, as ours does.
#![allow(warnings)]

mod engine;
mod par;
mod progs;
mod rnd;
mod vm;

use engine::{Engine, Mode};
use std::time::Instant;
use vm::Prog;

/// An execution count is repeated until this many seconds have passed.
const SECONDS: f64 = 0.2;

fn main() {
    let speed = [
        ("readers(13)", progs::readers(13)),
        ("lastzero(10)", progs::lastzero(10)),
        ("indexer(15)", progs::indexer_cas(15)),
        ("indexer_mutex(15)", progs::indexer_lock(15)),
        ("filesystem(19)", progs::filesystem(19)),
        ("writers(7)", progs::writers(7)),
        ("fib_bench(5)", progs::fib_bench(5, false)),
        ("big0", progs::big0()),
        ("exponential_bug(2)", progs::exponential_bug(2)),
        ("casw(4)", progs::casw(4)),
    ];
    let mut rows = Vec::new();
    let mut row = |program: &str, measure: &str, value: f64| {
        rows.push(format!(
            "{{\"program\": \"{program}\", \"measure\": \"{measure}\", \"tool\": \"prototype\", \"value\": {value}}}"
        ));
    };
    let (mut steps, mut seconds) = (0, 0.0);
    for (name, program) in &speed {
        let (executions, some, took) = repeat(program);
        row(name, "executions_per_second", executions as f64 / took);
        steps += some;
        seconds += took;
    }
    row("scheduling_point", "nanoseconds", seconds * 1e9 / steps as f64);
    let counted = [
        ("racy2", progs::rw(2)),
        ("racy3", progs::rw(3)),
        ("racy4", progs::rw(4)),
        ("lastzero4", progs::lastzero(4)),
        ("dining3", progs::dining(3, true, 1)),
    ];
    for (name, program) in &counted {
        let mut engine = search(program);
        engine.explore();
        row(name, "executions_to_exhaust", engine.st.execs as f64);
    }
    for (name, program) in
        [("dining3_deadlock", progs::dining(3, false, 1)), ("abba_deadlock", progs::transfer_deadlock())]
    {
        let mut engine = search(&program);
        engine.explore();
        row(name, "executions_to_failure", engine.st.first_fail as f64);
    }
    println!("{{\"rows\": [{}]}}", rows.join(", "));
}

fn search(program: &Prog) -> Engine<'_> {
    let mut engine = Engine::new(program, Mode::Optimal);
    engine.all_races = true;
    engine
}

fn repeat(program: &Prog) -> (u64, u64, f64) {
    let start = Instant::now();
    let (mut executions, mut steps) = (0, 0);
    while start.elapsed().as_secs_f64() < SECONDS {
        let mut engine = search(program);
        engine.explore();
        executions += engine.st.execs;
        steps += engine.st.steps;
    }
    (executions, steps, start.elapsed().as_secs_f64())
}
