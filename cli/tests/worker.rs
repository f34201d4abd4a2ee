//! What happens when a worker dies, is silent or is interrupted, and which one is started.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "helpers of tests may")]

mod common;

use common::{Folder, done, verdicts};

fn message(report: &serde_json::Value, unit: usize) -> String {
    report["units"][unit]["message"].as_str().expect("a message").to_owned()
}

#[test]
fn a_worker_that_dies_makes_its_unit_an_error_and_the_others_stand() {
    let folder = Folder::with(&[
        ("a.py", ""),
        ("b.py", "# fake: progress\n# fake: exit 3\n"),
        ("c.py", "# fake: signal 9\n"),
        ("d.py", "# fake: failed\n"),
    ]);
    let (done, report) = folder.report("a.py b.py c.py d.py");
    assert_eq!(done.status, Some(1));
    assert_eq!(verdicts(&report), ["proved", "error", "error", "failed"]);
    assert!(message(&report, 1).contains("ended with exit status 3"), "{report:#}");
    assert!(message(&report, 2).contains("was ended by signal 9 (SIGKILL)"), "{report:#}");
    assert_eq!(done.stderr, "last words\n");
}

#[test]
fn what_a_worker_wrote_on_standard_error_is_not_shown_while_it_lives() {
    let folder = Folder::with(&[("a.py", "")]);
    folder.write_script(
        "talkative",
        &format!("echo chatter >&2; exec '{}/fake-python' \"$@\"", folder.path().display()),
    );
    assert_eq!(folder.run("check --python ./talkative a.py").stderr, "");
}

#[test]
fn a_silent_worker_is_ended_after_its_budget() {
    let folder = Folder::with(&[("a.py", "# fake: silence\n"), ("b.py", "")]);
    let mut command =
        folder.command("check --python ./fake-python --format json --time 50ms a.py b.py");
    command.env("EVERYWAY_PATIENCE", "50ms");
    let done = done(command);
    let report = serde_json::from_str(&done.stdout).expect("JSON");
    assert_eq!(done.status, Some(2));
    assert_eq!(verdicts(&report), ["error", "proved"]);
    assert!(message(&report, 0).starts_with("no sign of life for 0.1 s"), "{report:#}");
}

#[test]
fn a_line_that_is_no_answer_is_told_as_such() {
    let (done, report) =
        Folder::with(&[("a.py", "# fake: nonsense\n"), ("b.py", "")]).report("a.py b.py");
    assert_eq!(done.status, Some(2));
    assert_eq!(verdicts(&report), ["error", "proved"]);
    assert!(message(&report, 0).contains("standard output by way of C"), "{report:#}");
}

#[test]
fn an_interrupt_gives_the_report_of_what_was_done() {
    let folder = Folder::with(&[
        ("a.py", "# fake: failed\n"),
        ("b.py", "# fake: interrupt\n"),
        ("c.py", ""),
    ]);
    let (done, report) = folder.report("a.py b.py c.py");
    assert_eq!(done.status, Some(130));
    assert_eq!(verdicts(&report), ["failed", "passed"]);
    assert_eq!(report["units"][1]["explored"]["executions"], 7);
    assert_eq!(done.stderr, "interrupted: 2 of 3 units are in the report\n");
}

#[test]
fn an_interrupted_unit_without_an_answer_is_left_out() {
    let folder = Folder::with(&[("a.py", ""), ("b.py", "# fake: interrupt-and-die\n")]);
    let (done, report) = folder.report("a.py b.py");
    assert_eq!(done.status, Some(130));
    assert_eq!(verdicts(&report), ["proved"]);
}

#[test]
fn a_second_interrupt_ends_at_once() {
    let done = Folder::with(&[("a.py", "# fake: interrupt-twice\n")]).check("--format json a.py");
    assert_eq!(done.status, Some(130));
    assert_eq!(done.stdout, "");
}

#[test]
fn an_interpreter_that_cannot_run_everyway_is_told_with_the_command_that_mends_it() {
    let folder = Folder::with(&[("a.py", "")]);
    let version = env!("CARGO_PKG_VERSION");
    let install = format!("./fake-python -m pip install everyway=={version}\n");
    let cases = [
        (
            "FAKE_DEATH",
            "x",
            "FAKE_DIAGNOSIS",
            "3 11 False",
            "has no everyway: install it with",
            install.as_str(),
        ),
        (
            "FAKE_DEATH",
            "x",
            "FAKE_DIAGNOSIS",
            "3 9 False",
            "is Python 3.9, everyway needs 3.10 or newer",
            "",
        ),
        ("FAKE_VERSION", "9.9.9", "X", "", "has everyway 9.9.9, this command is", install.as_str()),
        (
            "FAKE_RUNTIME",
            "CPython 3.8.1",
            "X",
            "",
            "is Python 3.8.1, everyway needs 3.10 or newer",
            "",
        ),
        (
            "FAKE_DEATH",
            "no such thing",
            "X",
            "",
            "ended with exit status 1 before it said anything:\nno such thing",
            "",
        ),
    ];
    for (name, value, other, other_value, told, command) in cases {
        let mut run =
            folder.command("check --python ./fake-python a.py --format json --output r.json");
        run.env(name, value).env(other, other_value);
        let done = done(run);
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{told}");
        assert!(done.stderr.contains(told) && done.stderr.ends_with(command), "{}", done.stderr);
        assert!(!folder.path().join("r.json").exists());
    }
}

#[test]
fn an_interpreter_that_is_not_there_is_told() {
    let done = Folder::with(&[("a.py", "")]).run("check --python ./gone a.py");
    assert_eq!(done.status, Some(2));
    assert!(
        done.stderr.contains("`./gone` cannot be started: no such file or directory"),
        "{}",
        done.stderr
    );
}

#[test]
fn a_guide_without_python_needs_no_interpreter() {
    let folder = Folder::with(&[("a.md", "```js\n```\n")]);
    assert_eq!(folder.run("check --python ./gone a.md").status, Some(0));
}

#[test]
fn the_interpreter_is_the_active_environments_else_the_nearest() {
    let folder = Folder::with(&[("a.py", ""), ("deep/er/a.py", "")]);
    let no_package = "case \"$*\" in *-c*) echo 3 11 False;; *) exit 1;; esac";
    folder.write_script(".venv/bin/python", no_package);
    folder.write_script("active/bin/python", no_package);
    let used = |active: bool| {
        let mut command = folder.command("check a.py");
        command.current_dir(folder.path().join("deep/er"));
        if active {
            command.env("VIRTUAL_ENV", folder.path().join("active"));
        }
        done(command).stderr
    };
    assert!(used(true).contains("/active/bin/python` has no everyway"), "{}", used(true));
    assert!(used(false).contains("/.venv/bin/python` has no everyway"), "{}", used(false));
    std::fs::write(folder.path().join("active/pyvenv.cfg"), "home = /usr\nuv = 0.9.1\n")
        .expect("a file");
    assert!(used(true).contains("uv pip install --python "), "{}", used(true));
}
