//! What people read, as snapshots on hand-made reports.
//!
//! After a change that is meant: `INSTA_UPDATE=always cargo test -p everyway-report`, then read the diff.

#![allow(clippy::expect_used, reason = "helpers of tests may")]

use everyway_protocol::report::{Report, Summary};
use everyway_report::{Look, ReplayCommand};
use serde_json::{Value, json};

fn unit(name: &str, line: u32, verdict: &str, more: Value) -> Value {
    let mut unit = json!({
        "id": format!("guide.md:{line}"), "name": name, "path": "guide.md", "line": line,
        "language": "python", "runtime": "CPython 3.11.7", "source_hash": "00",
        "verdict": verdict, "message": null,
        "explored": { "exhaustive": true, "executions": 20, "classes": 20, "redundant": 0,
                      "preemptions_at_most": null, "seconds": 0.04 },
        "assumptions": [], "results_complete": true,
        "results": [{ "value": null, "executions": 20, "witness": "ew1:AA", "needs": null }],
        "output_orders": { "count": 1, "exhaustive": true }, "failures": [], "notes": []
    });
    for (field, value) in more.as_object().expect("fields") {
        unit[field] = value.clone();
    }
    unit
}

fn nothing_explored() -> Value {
    json!({ "exhaustive": false, "executions": 0, "classes": 0, "redundant": 0,
            "preemptions_at_most": null, "seconds": 0.0 })
}

fn failure(kind: &str, message: &str, more: Value) -> Value {
    let mut failure = json!({
        "kind": kind, "message": message, "scenario": null, "also_in": [], "needs": null,
        "runtimes": null, "switches": 2, "shortest": true, "schedule": "ew1:AQIDBA", "waits": [], "steps": []
    });
    for (field, value) in more.as_object().expect("fields") {
        failure[field] = value.clone();
    }
    failure
}

type StepWords<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, Option<&'a str>, u32, &'a str);

fn step((task, op, object, value, reason, line, text): StepWords<'_>) -> Value {
    json!({ "task": task, "op": op, "object": object, "value": value, "reason": reason,
            "path": "guide.md", "line": line, "column": 5, "text": text })
}

fn report(units: Vec<Value>) -> Report {
    let mut report: Report = serde_json::from_value(json!({
        "schema": 1, "everyway": "0.1.0", "seed": 0, "strategy": "auto", "clock": "legal", "units": units,
        "summary": { "units": 0, "proved": 0, "passed": 0, "failed": 0, "error": 0, "definitions": 0,
                     "unsupported": 0, "seconds": 0.0 }
    }))
    .expect("a report");
    report.summary = Summary::of(&report.units, 12.34);
    report
}

fn shown(report: &Report, look: &Look) -> String {
    let terminal = everyway_report::format("terminal").expect("the format exists");
    let text = (terminal.write)(report, look).expect("it can be written");
    let too_wide = text.lines().find(|line| {
        !line.contains("everyway replay")
            && unicode_width::UnicodeWidthStr::width(*line) > look.width
    });
    if !look.colour {
        assert_eq!(too_wide, None, "a line is wider than the terminal");
    }
    text
}

fn lost_update() -> Report {
    let text = "counter += 1";
    let steps = [
        ("T1", "read", "counter", Some("0"), Some("start"), 15, text),
        (
            "T2",
            "read",
            "counter",
            Some("0"),
            Some("T1 may lose its turn before it writes"),
            15,
            text,
        ),
        ("T2", "write", "counter", Some("1"), None, 15, text),
        ("T1", "write", "counter", Some("1"), Some("T2 has ended"), 15, text),
    ];
    let lost = failure(
        "atomicity-violation",
        "`increment` lost an update: `counter` is 1, every serial order gives 2",
        json!({ "scenario": "increment() ∥ increment()", "also_in": ["increment() ∥ reset()"],
                "runtimes": "any-cpython", "steps": steps.map(step) }),
    );
    let notes = json!([{ "kind": "data-race", "message": "`counter` is written without a lock", "line": 15 }]);
    report(vec![unit("A race", 12, "failed", json!({ "failures": [lost], "notes": notes }))])
}

fn circle() -> Report {
    let steps = [
        ("main", "start", "T1", None, Some("start"), 30, "first.start()"),
        ("main", "start", "T2", None, None, 31, "second.start()"),
        ("T1", "acquire", "lock_a", None, Some("main waits for T1 to end"), 16, "with lock_a:"),
        (
            "T2",
            "acquire",
            "lock_b",
            None,
            Some("T1 may lose its turn between two locks"),
            21,
            "with lock_b:",
        ),
        (
            "T2",
            "acquire",
            "lock_a",
            None,
            None,
            22,
            "with lock_a:  # held by the other one, so this waits",
        ),
        ("T1", "acquire", "lock_b", None, Some("T2 waits"), 17, "with lock_b:"),
    ];
    let waits = json!([
        { "task": "T1", "for": "lock_b", "held_by": "T2", "line": 17, "held_since_line": 21 },
        { "task": "T2", "for": "lock_a", "held_by": "T1", "line": 22, "held_since_line": 16 },
    ]);
    let deadlock = failure(
        "deadlock",
        "`T1` waits for `lock_b` held by `T2`, `T2` waits for `lock_a` held by `T1`",
        json!({ "switches": 1, "waits": waits, "steps": steps.map(step) }),
    );
    report(vec![unit("Two locks", 10, "failed", json!({ "failures": [deadlock] }))])
}

#[test]
fn a_race_is_told_side_by_side() {
    insta::assert_snapshot!(shown(&lost_update(), &Look::default()));
}

#[test]
fn a_race_is_told_without_any_character_beyond_ascii_but_the_programs_own() {
    insta::assert_snapshot!(shown(&lost_update(), &Look { unicode: false, ..Look::default() }));
}

#[test]
fn colours_mark_the_verdict_the_kind_and_the_values() {
    let text = shown(&lost_update(), &Look { colour: true, ..Look::default() });
    insta::assert_snapshot!(text.replace('\u{1b}', "␛"));
}

#[test]
fn a_deadlock_shows_its_circle() {
    insta::assert_snapshot!(shown(&circle(), &Look::default()));
}

#[test]
fn a_task_that_is_joined_holds_nothing() {
    let waits = json!([
        { "task": "main", "for": "eat", "held_by": "eat", "line": 30 },
        { "task": "eat", "for": "served", "line": 21 },
    ]);
    let steps = [("main", "start", "eat", None, Some("start"), 28, "first.start()")].map(step);
    let hang = failure(
        "hang",
        "`eat` waits for `served`: nothing left can end the wait",
        json!({ "switches": 0, "waits": waits, "steps": steps }),
    );
    let text = shown(
        &report(vec![unit("Telling", 10, "failed", json!({ "failures": [hang] }))]),
        &Look::default(),
    );
    assert!(text.contains("`main` waits at line 30 for `eat` to end\n"), "{text}");
    assert!(text.contains("`eat` waits at line 21 for `served`\n"), "{text}");
    assert!(text.contains("  no switch between tasks\n"), "{text}");
}

#[test]
fn tasks_stand_in_the_order_in_which_they_are_started() {
    let steps = [
        ("main", "start", "work #1", None, Some("start"), 3, "first.start()"),
        ("main", "start", "work #2", None, None, 4, "second.start()"),
        ("work #2", "read", "total", Some("0"), Some("`main` is interrupted"), 9, "total += 1"),
        ("work #1", "read", "total", Some("0"), Some("`work #2` is interrupted"), 9, "total += 1"),
    ];
    let lost = failure("atomicity-violation", "lost", json!({ "steps": steps.map(step) }));
    let text = shown(
        &report(vec![unit("A race", 1, "failed", json!({ "failures": [lost] }))]),
        &Look::default(),
    );
    let head = text.lines().find(|line| line.trim_start().starts_with("line")).unwrap();
    assert_eq!(head.split_whitespace().collect::<String>(), "line│main│work#1│work#2");
}

#[test]
fn a_note_says_its_line_once() {
    let notes = json!([
        { "kind": "data-race", "message": "accesses at lines 15 and 16 are not ordered", "line": 15 },
        { "kind": "data-race", "message": "`total` is written without a lock", "line": 9 },
    ]);
    let text = shown(
        &report(vec![unit("A race", 1, "proved", json!({ "notes": notes }))]),
        &Look::default(),
    );
    assert!(text.contains("lines 15 and 16 are not ordered\n"), "{text}");
    assert!(text.contains("without a lock (line 9)\n"), "{text}");
}

#[test]
fn on_a_narrow_terminal_all_tasks_share_one_column() {
    insta::assert_snapshot!(shown(&circle(), &Look { width: 60, ..Look::default() }));
}

#[test]
fn a_guide_that_is_well_takes_one_line_for_each_block() {
    let serial = json!([{ "kind": "schedule", "message": "one schedule: nothing here runs concurrently",
                          "line": null }]);
    let one = json!({ "exhaustive": true, "executions": 1, "classes": 1, "redundant": 0,
                      "preemptions_at_most": null, "seconds": 0.001 });
    let many = json!({ "exhaustive": false, "executions": 1234567, "classes": 98765, "redundant": 12,
                       "preemptions_at_most": 2, "seconds": 10.02 });
    let rests = json!([{ "kind": "opaque-call", "what": "`numpy.add`", "line": 90 },
                       { "kind": "fixed-random", "what": "`random.random()`", "line": null }]);
    insta::assert_snapshot!(shown(
        &report(vec![
            unit("Locks", 3, "proved", json!({})),
            unit("Imports", 20, "definitions", json!({ "explored": one, "results": [] })),
            unit("Nothing concurrent", 41, "proved", json!({ "explored": one, "notes": serial })),
            unit(
                "A pool with a name that is longer than any heading should be, and then some more",
                88,
                "passed",
                json!({ "explored": many, "assumptions": rests, "results_complete": false })
            ),
            unit("幅の広い見出し", 1201, "proved", json!({})),
        ]),
        &Look::default()
    ));
}

#[test]
fn what_cannot_be_checked_says_why() {
    let message = "`socket.create_connection` at line 7 is not controlled";
    let long = "`ValueError: invalid literal` at line 21, in every execution and with one task after the \
                other too, so the fault is not concurrency";
    insta::assert_snapshot!(shown(
        &report(vec![
            unit(
                "Sockets",
                5,
                "unsupported",
                json!({ "message": message, "explored": nothing_explored(), "results": [] })
            ),
            unit("Numbers", 20, "error", json!({ "message": long, "results": [] })),
        ]),
        &Look::default()
    ));
}

#[test]
fn the_replay_command_keeps_the_options_of_the_check() {
    let replay = ReplayCommand {
        options: "--clock exact ".to_owned(),
        targets: [("guide.md:12".to_owned(), "-m guide".to_owned())].into(),
        arguments: " -- --fast".to_owned(),
    };
    let text = shown(&lost_update(), &Look { replay, ..Look::default() });
    assert!(
        text.contains("everyway replay --clock exact -m guide --schedule ew1:AQIDBA -- --fast\n"),
        "{text}"
    );
}

#[test]
fn a_replay_leaves_no_step_out_and_a_failure_leaves_out_the_middle_of_a_long_stretch() {
    let steps: Vec<Value> = (0..40)
        .map(|n| step(("T1", "read", "flag", Some("False"), None, 100 + n, "while not flag: pass")))
        .collect();
    let long = failure("hang", "`main` waits for ever", json!({ "steps": steps }));
    let report = report(vec![unit("A long one", 9, "failed", json!({ "failures": [long] }))]);
    let told = shown(&report, &Look::default());
    assert!(told.contains("26 more steps"), "{told}");
    let unit = &report.units[0];
    let replayed = everyway_report::replay(
        unit,
        &unit.failures[0].steps,
        "`main` waits for ever",
        &Look::default(),
    );
    assert!((100..140).all(|line| replayed.contains(&format!("  {line} "))), "{replayed}");
}

#[test]
fn what_a_program_names_cannot_move_the_cursor_or_break_the_table() {
    let evil = [(
        "T\u{1b}[2J1",
        "write",
        "x\r\ny",
        Some("'\u{202e}\u{7}'"),
        Some("a\tb"),
        3,
        "x = '\u{1b}[31m'",
    )];
    let lost = failure(
        "exception",
        "first line\nsecond \u{1b}[1m line",
        json!({ "steps": evil.map(step) }),
    );
    let text = shown(
        &report(vec![unit("Evil", 1, "failed", json!({ "failures": [lost] }))]),
        &Look::default(),
    );
    assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
    insta::assert_snapshot!(text);
}

#[test]
fn json_is_read_back_as_the_same_report() {
    let json = everyway_report::format("json").expect("the format exists");
    let text = (json.write)(&circle(), &Look::default()).expect("it can be written");
    assert_eq!(serde_json::from_str::<Report>(&text).expect("a report"), circle());
}
