//! The search visits every class exactly once, as many as are published.

use everyway_engine::clock::ClockMode;
use everyway_model::programs::{self, Row};
use everyway_model::searching::{Found, Plan, search};

/// What is wrong with the search of the row's program.
fn wrong(row: &Row) -> Option<String> {
    let found = search(&row.program, &Plan::optimal(ClockMode::Legal, 20_000_000));
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
