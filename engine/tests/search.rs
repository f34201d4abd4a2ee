//! The search visits every class: exact counts, and the same results as plain enumeration.

#![allow(clippy::expect_used, reason = "a panic is how a test fails")]

mod model;

use std::collections::BTreeSet;

use everyway_engine::clock::ClockMode;
use everyway_engine::detectors::races::Races;
use everyway_engine::execution::{Execution, Settings};
use everyway_engine::happens_before::HappensBefore;
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind::{
    BoundedSemaphore, Cell, Condition, Event, Mutex, Semaphore,
};
use everyway_engine::strategies::exhaustive::Exhaustive;
use model::{Do, Left, Model, run};

struct Found {
    complete: usize,
    redundant: usize,
    left: BTreeSet<Left>,
}

/// None if there are more executions than this test has patience for.
fn search(
    model: &Model,
    mut points: Points,
    mut strategy: Exhaustive,
    learn: bool,
    clock: ClockMode,
    patience: usize,
) -> Option<Found> {
    let mut execution = Execution::new(Settings { clock, ..Settings::default() });
    let mut races = Races::default();
    let mut order = HappensBefore::default();
    let mut found = Found { complete: 0, redundant: 0, left: BTreeSet::new() };
    for _ in 0..patience {
        strategy.begin();
        let left = run(model, &mut execution, &points, &mut strategy);
        assert_ne!(left.ending, "diverged", "the model is deterministic: {model:?}");
        if learn {
            let before = points.generation();
            races.look(&execution, &mut points);
            if points.generation() != before {
                strategy.restart();
                found = Found { complete: 0, redundant: 0, left: BTreeSet::new() };
                continue;
            }
        }
        if left.ending == "redundant" {
            found.redundant += 1;
        } else {
            found.complete += 1;
            found.left.insert(left);
        }
        order.rank_with_races(&execution);
        if !strategy.advance(&execution, &order) {
            return Some(found);
        }
    }
    None
}

fn all_points(model: &Model) -> Found {
    search(
        model,
        Points::everything(),
        Exhaustive::new(100_000),
        false,
        ClockMode::Legal,
        1_000_000,
    )
    .expect("a small model")
}

fn learned(model: &Model) -> Found {
    search(model, Points::default(), Exhaustive::new(100_000), true, ClockMode::Legal, 1_000_000)
        .expect("a small model")
}

fn racy(tasks: usize) -> Model {
    Model::parallel(vec![Cell], vec![vec![Do::Read(0), Do::WriteRegister(0, 1)]; tasks])
}

#[test]
fn the_number_of_classes_is_the_published_one() {
    let readers = Model::parallel(
        vec![Cell; 5],
        std::iter::once(vec![Do::Write(0, 1)]).chain((1..=4).map(|_| vec![Do::Read(0)])).collect(),
    );
    let mutex = Model::parallel(
        vec![Mutex],
        vec![vec![Do::Acquire(0), Do::Release(0), Do::Acquire(0), Do::Release(0)]; 3],
    );
    let philosopher = |first, second| {
        vec![Do::Acquire(first), Do::Acquire(second), Do::Release(second), Do::Release(first)]
    };
    let dining = Model::parallel(
        vec![Mutex; 3],
        vec![philosopher(0, 1), philosopher(1, 2), philosopher(0, 2)],
    );
    let abba = Model::parallel(vec![Mutex; 2], vec![philosopher(0, 1), philosopher(0, 1)]);
    for (name, model, count) in [
        ("racy2", racy(2), 4),
        ("racy3", racy(3), 36),
        ("racy4", racy(4), 576),
        ("readers4", readers, 16),
        ("mutex 3x2", mutex, 90),
        ("dining3 ordered", dining, 6),
        ("abba ordered", abba, 2),
    ] {
        assert_eq!(all_points(&model).complete, count, "{name} with every operation a point");
        assert_eq!(learned(&model).complete, count, "{name} with learned points");
    }
}

#[test]
fn opposite_lock_orders_deadlock_in_one_of_three_classes() {
    let philosopher = |first, second| {
        vec![Do::Acquire(first), Do::Acquire(second), Do::Release(second), Do::Release(first)]
    };
    let model = Model::parallel(vec![Mutex; 2], vec![philosopher(0, 1), philosopher(1, 0)]);
    let found = learned(&model);
    assert_eq!(found.complete, 3);
    assert_eq!(found.left.iter().filter(|left| left.ending == "stuck").count(), 1);
}

/// A small generator, so that programs are the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound) as usize
    }
}

/// Objects: cells 0, 1; mutexes 2, 3; semaphore 4; condition 5 (with mutex 2); event 6.
fn random_model(numbers: &mut Numbers) -> Model {
    let permits = 1 + numbers.below(2) as u32;
    let semaphore = [Semaphore(permits), BoundedSemaphore(permits)][numbers.below(2)];
    let objects = vec![Cell, Cell, Mutex, Mutex, semaphore, Condition { inner: false }, Event];
    let limit = numbers.below(3);
    let count = 2 + numbers.below(2);
    let tasks: Vec<Vec<Do>> = (0..count)
        .map(|_| {
            let mut code = Vec::new();
            while code.len() < 1 + limit {
                let cell = numbers.below(2);
                let mutex = 2 + numbers.below(2);
                match numbers.below(17) {
                    0 | 1 => code.push(Do::Read(cell)),
                    2 => code.push(Do::Write(cell, 5)),
                    3 | 4 => code.extend([Do::Read(cell), Do::WriteRegister(cell, 1)]),
                    5 | 6 => code.extend([
                        Do::Acquire(mutex),
                        Do::Read(cell),
                        Do::WriteRegister(cell, 1),
                        Do::Release(mutex),
                    ]),
                    7 => code.extend([Do::Try(mutex), Do::ReleaseIfTaken(mutex)]),
                    8 => code.extend([
                        Do::Take(4),
                        Do::Acquire(mutex),
                        Do::Read(cell),
                        Do::WriteRegister(cell, 1),
                        Do::Release(mutex),
                        Do::Give(4),
                    ]),
                    9 => code.push(Do::Give(4)),
                    10 => code.extend([Do::Acquire(2), Do::Wait(5, 2), Do::Release(2)]),
                    11 => code.extend([Do::Acquire(2), Do::Notify(5, 1), Do::Release(2)]),
                    12 => code.push(Do::EventWait(6)),
                    13 => code.push(Do::Set(6)),
                    14 => code.extend([Do::TryTake(4), Do::ReleaseIfTaken(4)]),
                    15 => code.extend([Do::Clear(6), Do::IsSet(6)]),
                    _ => code.extend([
                        Do::AcquireTimed(mutex, 3),
                        Do::ReleaseIfTaken(mutex),
                        Do::Sleep(2),
                    ]),
                }
            }
            code
        })
        .collect();
    Model::parallel(objects, tasks)
}

/// Compares the three searches; false if the program has too many interleavings to enumerate.
fn agree_with_enumeration(seed: u64, clock: ClockMode) -> bool {
    let mut numbers = Numbers(seed);
    let model = random_model(&mut numbers);
    let exhaustive = || match clock {
        ClockMode::Legal => Exhaustive::new(100_000),
        ClockMode::Exact | ClockMode::Any => Exhaustive::by_sleep_sets(100_000),
    };
    let every = Points::everything;
    let Some(plain) =
        search(&model, every(), Exhaustive::enumeration(100_000), false, clock, 6_000)
    else {
        return false;
    };
    let sleep =
        search(&model, every(), exhaustive(), false, clock, 60_000).expect("fewer than plain");
    let quick =
        search(&model, Points::default(), exhaustive(), true, clock, 60_000).expect("fewer still");
    assert_eq!(plain.left, sleep.left, "sleep sets, seed {seed}: {model:?}");
    assert_eq!(plain.left, quick.left, "learned points, seed {seed}: {model:?}");
    assert!(quick.complete <= sleep.complete, "seed {seed}");
    true
}

#[test]
fn the_results_are_those_of_plain_enumeration() {
    let compared = (0..400).filter(|seed| agree_with_enumeration(*seed, ClockMode::Legal)).count();
    assert!(compared > 100, "only {compared} programs were small enough");
}

#[test]
fn the_results_are_those_of_plain_enumeration_where_deadlines_order() {
    let compared =
        (1000..1400).filter(|seed| agree_with_enumeration(*seed, ClockMode::Exact)).count();
    assert!(compared > 100, "only {compared} programs were small enough");
}

#[test]
fn the_results_are_those_of_plain_enumeration_where_waits_run_out_early() {
    let compared =
        (2000..2400).filter(|seed| agree_with_enumeration(*seed, ClockMode::Any)).count();
    assert!(compared > 100, "only {compared} programs were small enough");
}
