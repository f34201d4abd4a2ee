//! Event loops as parts of executions: what the search finds is what there is.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a panic is how a test fails")]

mod brute;
mod machine;
mod program;

use everyway_engine::clock::ClockMode;

use program::{Program, random};

/// So many states of a program are tried.
const STATES: usize = 60_000;

fn programs() -> u64 {
    std::env::var("EVERYWAY_LOOP_PROGRAMS").ok().and_then(|text| text.parse().ok()).unwrap_or(300)
}

/// Compares the search with trying everything; says how many executions it took.
fn compare(program: &Program) -> Option<(u64, u64, usize)> {
    let expected = brute::results(program, STATES)?;
    let found = machine::check(program);
    assert!(found.finished, "{program}: not finished");
    assert!(!found.parted, "{program}: another order gave another result");
    assert_eq!(found.results, expected, "{program}");
    Some((found.executions, found.redundant, expected.len()))
}

fn all(clock: ClockMode, handles: u32, threads: u32) {
    let (mut compared, mut executions, mut redundant, mut results) = (0, 0, 0, 0);
    for seed in 0..programs() {
        let program = random(seed, clock, handles, threads);
        if let Some((own, own_redundant, own_results)) = compare(&program) {
            compared += 1;
            executions += own;
            redundant += own_redundant;
            results += own_results;
        }
    }
    eprintln!(
        "{clock:?} {threads}: {compared} programs, {executions} executions, {redundant} of them redundant, {results} results"
    );
    assert!(compared * 2 > programs(), "{compared}");
}

#[test]
fn the_search_finds_what_a_loop_can_do_in_the_legal_orders() {
    all(ClockMode::Legal, 6, 0);
}

#[test]
fn the_search_finds_what_a_loop_can_do_where_deadlines_order_everything() {
    all(ClockMode::Exact, 6, 0);
}

#[test]
fn the_search_finds_what_a_loop_can_do_where_timers_stand_for_any_time() {
    all(ClockMode::Any, 4, 0);
}

#[test]
fn the_search_finds_what_a_loop_and_other_tasks_can_do() {
    all(ClockMode::Legal, 4, 2);
}

#[test]
fn timers_that_nobody_can_tell_apart_cost_no_execution_for_each_split_into_passes() {
    let timers = "l1:1 l2:1 l3:1 l4:1 l5:1 l6:1 l7:1 l8:1";
    let program = Program::read(&format!("legal {timers}{}", "|r0".repeat(8)));
    let found = machine::check(&program);
    assert!(found.finished && found.results.len() == 1, "{found:?}");
    // There are 128 ways to split them into passes.
    assert!(found.executions < 64, "{found:?}");
}

#[test]
fn the_end_of_patience_comes_after_what_is_sooner_but_for_the_notes() {
    let program = Program::read("legal p1:2 l2:1|w0|r0 w1");
    let found = machine::check(&program);
    assert!(found.finished && found.results.len() == 1, "{found:?}");
    let together = Program::read("legal p1:2 l2:2|w0|r0 w1");
    let found = machine::check(&together);
    assert_eq!(found.results.len(), 1, "{found:?}");
}

/// The endings of the executions of a program that never stops its loop.
fn livelocks(line: &str) -> (bool, usize) {
    let found = machine::check(&Program::read(line));
    assert!(found.finished, "{line}: {found:?}");
    (found.livelock, found.results.len())
}

#[test]
fn going_round_lets_timers_and_the_end_of_patience_come() {
    for line in ["legal l1:1 s2|w0|g0 w1", "legal p1:5 s2|w0|g0 w1", "legal s2 s1|s3|g0 w1|w0"] {
        assert_eq!(livelocks(line), (false, 1), "{line}");
    }
}

#[test]
fn going_round_for_ever_is_a_livelock() {
    for line in ["legal s1|g0 w1", "legal s1 l2:1|g0 w1|w1", "legal s1 s2|g0 w1|g1 w0"] {
        assert!(livelocks(line).0, "{line}");
    }
}

#[test]
fn a_program_is_read_as_it_is_written() {
    for seed in 0..50 {
        let line = random(seed, ClockMode::Legal, 5, 2).to_string();
        assert_eq!(Program::read(&line).to_string(), line);
    }
}
