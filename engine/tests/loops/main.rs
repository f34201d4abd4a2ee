//! The model of asyncio's loop gives exactly the orders that the interpreter's own loop gives.

#![allow(clippy::expect_used, reason = "a panic is how a test fails")]

mod laws;
mod model;
mod program;
mod python;

use std::env;

use everyway_engine::loops::LoopClock;
use program::{Program, Taste};
use python::{Python, interpreters};

/// How many of the programs are compared: one of four times so many, unless `EVERYWAY_EVERY_PROGRAM` is set.
fn one_of(usually: usize) -> usize {
    if env::var_os("EVERYWAY_EVERY_PROGRAM").is_some() { 1 } else { usually * 4 }
}

fn compare(what: &str, python: &Python, programs: &[Program]) {
    let lines: Vec<String> = programs.iter().map(ToString::to_string).collect();
    let real = python.orders(&lines);
    let [mut orders, mut executions, mut most] = [0; 3];
    for ((program, line), real) in programs.iter().zip(&lines).zip(real) {
        let ours = model::orders(program);
        let missing: Vec<_> = real.difference(&ours.all).collect();
        let wrong: Vec<_> = ours.all.difference(&real).collect();
        assert!(
            missing.is_empty() && wrong.is_empty(),
            "{line} on {}: missing {missing:?}, too many {wrong:?}",
            python.version
        );
        orders += real.len();
        executions += ours.executions;
        most = most.max(ours.most_choices);
    }
    println!(
        "{what}, CPython {}: {} programs, {orders} orders, {executions} executions of the model, \
         at most {most} choices in a pass",
        python.version,
        programs.len()
    );
}

fn every(step: usize, programs: impl Iterator<Item = Program>) -> Vec<Program> {
    programs.step_by(step).collect()
}

#[test]
fn every_small_program_has_the_orders_of_the_real_loop() {
    let mut programs = Vec::new();
    for resolution in [0, 1] {
        program::all(2, 4, resolution, |program| programs.push(program));
    }
    let mut larger = Vec::new();
    for resolution in [0, 1] {
        program::all(3, 3, resolution, |program| larger.push(program));
    }
    programs.extend(every(one_of(23), larger.into_iter()));
    for (number, python) in interpreters().iter().enumerate() {
        let step = if number == 0 { 1 } else { one_of(8) };
        compare("all small programs", python, &every(step, programs.iter().cloned()));
    }
}

#[test]
fn timers_of_one_callback_fire_in_the_orders_of_the_real_loop() {
    let mut programs = Vec::new();
    for resolution in [0, 1, 2] {
        programs.extend(program::timers(2, 5, resolution));
        programs.extend(every(one_of(3), program::timers(3, 4, resolution)));
        programs.extend(every(one_of(40), program::timers(4, 3, resolution)));
        // From five timers on, the heap's last one can change branches, past an equal one.
        programs.extend(every(one_of(16), program::timers(5, 2, resolution)));
    }
    programs.extend(every(one_of(65), program::timers(6, 2, 1).skip(one_of(18) - 1)));
    if let Some(python) = interpreters().first() {
        compare("timers of one callback", python, &programs);
    }
}

#[test]
fn random_programs_have_the_orders_of_the_real_loop() {
    let Some(python) = interpreters().into_iter().next() else { return };
    let plain = Taste { handles: 3, longest: 2, externals: false, readings: false };
    // The real loop runs a program under every duration, which readings make many times as many.
    for (what, taste, seeds, usually) in [
        ("random programs", plain, 8000, 20),
        ("with work outside", Taste { externals: true, ..plain }, 8000, 20),
        ("with readings", Taste { readings: true, ..plain }, 8000, 80),
        ("of four timers", Taste { handles: 4, longest: 3, ..plain }, 400, 80),
    ] {
        let programs = (0..seeds).map(|seed| program::random(seed, LoopClock::Legal, taste));
        compare(what, &python, &every(one_of(usually), programs));
    }
}

#[test]
fn code_that_takes_no_time_has_the_order_of_the_real_loop() {
    let taste = Taste { handles: 24, longest: 4, externals: false, readings: false };
    for python in interpreters() {
        for (what, taste, seeds) in [
            ("exact", taste, 3000),
            ("exact with few", Taste { handles: 5, ..taste }, 3000),
            ("exact with readings", Taste { readings: true, ..taste }, 2000),
            ("exact with work outside", Taste { handles: 4, externals: true, ..taste }, 2000),
        ] {
            let seeds = 0..seeds;
            let programs = seeds.map(|seed| program::random(seed, LoopClock::Exact, taste));
            compare(what, &python, &every(one_of(2), programs));
        }
        let crowds: Vec<Program> = (0..200).map(program::crowd).collect();
        compare("more than a hundred timers", &python, &crowds);
    }
}
