//! What the search finds of random programs is what an independent reference and plain enumeration
//! find. `cargo xtask fuzz` does the same with more and larger programs.

#![allow(clippy::panic, reason = "a panic is how a test fails")]

use everyway_engine::clock::ClockMode;
use everyway_model::generator::{self, Shape};
use everyway_model::laws::{Figures, Judge, Patience};

/// What came of the programs of these seeds.
fn judge(seeds: std::ops::Range<u64>, timed: bool, clock: ClockMode) -> Vec<Figures> {
    judge_shape(seeds, Shape { timed, large: false, more: false }, clock)
}

fn judge_shape(seeds: std::ops::Range<u64>, shape: Shape, clock: ClockMode) -> Vec<Figures> {
    let mut judge = Judge::default();
    let patience = Patience { states: 4_000, interleavings: 1_500, executions: 700 };
    let judged = seeds.map(|seed| {
        let program = generator::program(seed, shape);
        let judged = judge.judge(&program, clock, &patience);
        judged.unwrap_or_else(|violation| panic!("{violation:?}, seed {seed}:\n{program}"))
    });
    judged.collect()
}

/// So many of them must have been compared with the reference, and so many enumerated.
fn enough(figures: &[Figures], compared: usize, enumerated: usize) {
    let count = |holds: fn(&&Figures) -> bool| figures.iter().filter(holds).count();
    assert!(count(|figures| figures.compared) >= compared);
    assert!(count(|figures| figures.interleavings > 0) >= enumerated);
    assert!(count(|figures| figures.stuck) >= 10);
    assert!(count(|figures| figures.failed) >= 10);
}

#[test]
fn each_class_is_visited_once_where_nothing_is_timed() {
    enough(&judge(1_000_000..1_001_200, false, ClockMode::Legal), 1_000, 400);
}

#[test]
fn no_result_is_missed_where_waits_may_run_out() {
    enough(&judge(2_000_000..2_000_600, true, ClockMode::Legal), 400, 150);
}

#[test]
fn no_result_is_missed_where_tasks_go_round_print_and_count_each_other() {
    for timed in [false, true] {
        let shape = Shape { timed, large: false, more: true };
        enough(&judge_shape(5_000_000..5_000_600, shape, ClockMode::Legal), 400, 150);
    }
}

#[test]
fn no_result_is_missed_where_deadlines_order() {
    enough(&judge(3_000_000..3_000_400, true, ClockMode::Exact), 300, 100);
}

#[test]
fn no_result_is_missed_where_waits_run_out_at_any_moment() {
    enough(&judge(4_000_000..4_000_400, true, ClockMode::Any), 250, 80);
}
