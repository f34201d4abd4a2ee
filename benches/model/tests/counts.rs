//! The search visits every class exactly once, as many as are published.

use everyway_engine::clock::ClockMode;
use everyway_model::program::Program;
use everyway_model::programs::{self, Row, classics, locks};
use everyway_model::searching::{Found, Plan, search};

/// What is wrong with the search of the row's program.
fn wrong(row: &Row) -> Option<String> {
    // A fault must not make the test endless.
    let plan = Plan::optimal(ClockMode::Legal, row.classes * 4 + 1_000);
    let found = search(&row.program, &plan);
    let Found { executions, redundant, stuck, mismatches, unplaced, diverged, .. } = found;
    let exact = executions == row.classes && stuck == row.stuck && found.repeated() == 0;
    let clean = redundant == 0 && mismatches == 0 && unplaced == 0 && diverged == 0;
    (!exact || !clean || found.inconsistent || !found.finished).then(|| {
        format!(
            "{}: {executions} executions, {stuck} stuck, {redundant} redundant, {} repeated, \
             {mismatches} mismatches, {unplaced} unplaced; {} published, {} stuck",
            row.program.name,
            found.repeated(),
            row.classes,
            row.stuck,
        )
    })
}

fn check(rows: impl Iterator<Item = Row>) {
    let rows: Vec<Row> = rows.collect();
    let wrong: Vec<String> = rows.iter().filter_map(wrong).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), rows.len(), wrong.join("\n"));
}

#[test]
fn every_class_is_visited_once_and_there_are_as_many_as_published() {
    assert!(programs::all().len() >= 60);
    check(programs::all().into_iter().filter(|row| !row.large));
}

#[test]
#[ignore = "takes a minute in a release build"]
fn every_class_of_large_programs_is_visited_once() {
    check(programs::all().into_iter().filter(|row| row.large));
}

fn learned(program: &Program) -> Found {
    let plan = Plan::optimal(ClockMode::Legal, 1_000_000);
    search(program, &Plan { learn: true, ..plan })
}

#[test]
fn learned_points_give_as_many_classes() {
    let rows = [
        (classics::racy_cell(2), 4),
        (classics::racy_cell(3), 36),
        (classics::racy_cell(4), 576),
        (classics::readers(4), 16),
        (locks::mutex(3, 2), 90),
        (locks::dining(3, true, 1), 6),
        (locks::abba(true), 2),
    ];
    for (program, classes) in rows {
        let found = learned(&program);
        assert_eq!((found.executions, found.redundant), (classes, 0), "{program}");
    }
}

#[test]
fn opposite_lock_orders_deadlock_in_one_of_three_classes() {
    let found = learned(&locks::abba(false));
    assert_eq!((found.executions, found.stuck), (3, 1));
}
