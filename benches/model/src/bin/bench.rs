//! Measures the engine on model programs and prints rows of `cargo xtask bench engine`.

use std::alloc::System;
use std::time::Instant;

use everyway_engine::clock::ClockMode;
use everyway_model::program::Program;
use everyway_model::programs::{classics, locks};
use everyway_model::searching::{Found, Mode, Plan, Searcher};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// A search is repeated until this many seconds have passed.
const SECONDS: f64 = 0.2;

/// After so many executions all memory should have been taken.
const WARM: u64 = 500;

/// Rows of the contract's form.
#[derive(Default)]
struct Rows(Vec<String>);

impl Rows {
    fn add(&mut self, program: &str, measure: &str, tool: &str, value: f64) {
        self.0.push(format!(
            "{{\"program\": \"{program}\", \"measure\": \"{measure}\", \"tool\": \"{tool}\", \
             \"value\": {value}}}"
        ));
    }
}

fn main() {
    let mut rows = Rows::default();
    counts(&mut rows);
    speed(&mut rows);
    growth(&mut rows);
    println!("{{\"rows\": [{}]}}", rows.0.join(", "));
}

fn plan(learn: bool) -> Plan {
    Plan { mode: Mode::Optimal, learn, clock: ClockMode::Legal, patience: u64::MAX, collect: false }
}

fn search(program: &Program, learn: bool) -> Found {
    Searcher::new(ClockMode::Legal).search(program, &plan(learn))
}

/// With every operation a point, and with points that are learned, which counts the searches that were
/// begun anew.
fn counts(rows: &mut Rows) {
    let exhausted = [
        ("racy2", classics::racy_cell(2)),
        ("racy3", classics::racy_cell(3)),
        ("racy4", classics::racy_cell(4)),
        ("readers4", classics::readers(4)),
        ("lastzero4", classics::lastzero(4)),
        ("mutex3x2", locks::mutex(3, 2)),
        ("dining3", locks::dining(3, true, 1)),
        ("abba", locks::abba(true)),
    ];
    for (name, program) in &exhausted {
        for (tool, learn) in [("everyway", false), ("everyway learning", true)] {
            let found = search(program, learn);
            let executions = found.executions + found.redundant + found.abandoned;
            rows.add(name, "executions_to_exhaust", tool, executions as f64);
        }
    }
    let failing = [
        ("dining3_deadlock", locks::dining(3, false, 1)),
        ("abba_deadlock", locks::abba(false)),
        ("lost_wakeup", locks::lost_wakeup()),
    ];
    for (name, program) in &failing {
        for (tool, learn) in [("everyway", false), ("everyway learning", true)] {
            let first = search(program, learn).first_failure;
            rows.add(name, "executions_to_failure", tool, first.map_or(-1.0, |first| first as f64));
        }
    }
}

fn speed(rows: &mut Rows) {
    let programs = [
        ("readers(13)", classics::readers(13)),
        ("lastzero(10)", classics::lastzero(10)),
        ("indexer(15)", classics::indexer(15)),
        ("indexer_mutex(15)", locks::indexer(15)),
        ("filesystem(19)", locks::filesystem(19)),
        ("writers(7)", classics::writers(7)),
        ("fib_bench(5)", classics::fib_bench(5, false)),
        ("big0", classics::big0()),
        ("exponential_bug(2)", locks::exponential_bug(2)),
        ("casw(4)", classics::casw(4)),
    ];
    let (mut events, mut seconds) = (0, 0.0);
    for (name, program) in &programs {
        let (executions, some, took) = repeat(program);
        rows.add(name, "executions_per_second", "everyway", executions as f64 / took);
        let (bytes, calls) = allocated_for_each(program);
        rows.add(name, "bytes", "everyway", bytes);
        rows.add(name, "allocations", "everyway", calls);
        events += some;
        seconds += took;
    }
    rows.add("scheduling_point", "nanoseconds", "everyway", seconds * 1e9 / events as f64);
}

fn repeat(program: &Program) -> (u64, u64, f64) {
    let start = Instant::now();
    let (mut executions, mut events) = (0, 0);
    while start.elapsed().as_secs_f64() < SECONDS {
        let found = search(program, false);
        executions += found.executions;
        events += found.events;
    }
    (executions, events, start.elapsed().as_secs_f64())
}

/// What each execution allocates once the search is warm, in bytes and in calls: that of the whole
/// search less that of its beginning. What is left is what the search keeps, as it grows.
fn allocated_for_each(program: &Program) -> (f64, f64) {
    let allocated = |patience: u64| {
        let region = Region::new(ALLOCATOR);
        let plan = Plan { patience, ..plan(false) };
        let found = Searcher::new(ClockMode::Legal).search(program, &plan);
        let change = region.change();
        let calls = change.allocations + change.reallocations;
        (change.bytes_allocated as f64, calls as f64, found.executions)
    };
    let ((bytes, calls, first), (all_bytes, all_calls, all)) =
        (allocated(WARM), allocated(u64::MAX));
    if all > first {
        let executions = (all - first) as f64;
        ((all_bytes - bytes) / executions, (all_calls - calls) / executions)
    } else {
        (all_bytes / all as f64, all_calls / all as f64)
    }
}

/// How time and memory grow with tasks, races and depth.
fn growth(rows: &mut Rows) {
    let readers = (4..=12).step_by(4).map(classics::readers);
    let lastzero = (4..=10).step_by(3).map(classics::lastzero);
    let tasks = [4, 16, 64].map(|count| classics::disjoint(count, 4));
    let depth = [100, 400, 1600].map(classics::par_length);
    for program in readers.chain(lastzero).chain(tasks).chain(depth) {
        let region = Region::new(ALLOCATOR);
        let start = Instant::now();
        search(&program, false);
        let seconds = start.elapsed().as_secs_f64();
        let name = format!("whole {}", program.name);
        rows.add(&name, "seconds_to_exhaust", "everyway", seconds);
        rows.add(&name, "bytes", "everyway", region.change().bytes_allocated as f64);
    }
}
