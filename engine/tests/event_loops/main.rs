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
fn a_program_is_read_as_it_is_written() {
    for seed in 0..50 {
        let line = random(seed, ClockMode::Legal, 5, 2).to_string();
        assert_eq!(Program::read(&line).to_string(), line);
    }
}
