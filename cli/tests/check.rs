//! `everyway check` as a user types it: verdicts, exit statuses, what goes where.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "helpers of tests may")]

mod common;

use common::{Folder, done, verdicts};
use serde_json::{Value, json};

const FAILED: &str = "# fake: failed\n";
const ERROR: &str = "# fake: error\n";
const PROVED: &str = "# fake: proved\n";
const UNSUPPORTED: &str = "# fake: unsupported\n";

fn folder() -> Folder {
    Folder::with(&[
        ("failed.py", FAILED),
        ("error.py", ERROR),
        ("proved.py", PROVED),
        ("no.py", UNSUPPORTED),
    ])
}

#[test]
fn the_exit_status_is_that_of_the_worst_verdict() {
    let folder = folder();
    let expected = [
        ("proved.py", 0),
        ("proved.py no.py", 0),
        ("proved.py failed.py", 1),
        ("proved.py error.py", 2),
        ("error.py failed.py no.py", 1),
        ("--strict no.py", 2),
        ("--strict no.py failed.py", 1),
        ("--strict proved.py", 0),
    ];
    for (words, status) in expected {
        assert_eq!(folder.check(words).status, Some(status), "{words}");
    }
}

#[test]
fn unsupported_units_are_named_on_standard_error() {
    let done = Folder::with(&[("no.py", UNSUPPORTED), ("x.ts", ""), ("y.rs", "")]).check(".");
    assert_eq!(done.status, Some(0));
    assert_eq!(
        done.stderr,
        "unsupported: no.py: `fork` at line 1 is not controlled\n\
         unsupported: x.ts: TypeScript at line 1 is not checked by this version\n\
         unsupported: y.rs: Rust at line 1 is not checked by this version\n"
    );
}

#[test]
fn a_missing_target_is_an_error_and_the_others_are_checked() {
    let (done, report) = folder().report("gone.py proved.py");
    assert_eq!(done.status, Some(2));
    assert_eq!(done.stderr, "error: `gone.py`: there is no such file or folder\n");
    assert_eq!(verdicts(&report), ["proved"]);
    let done = folder().check("gone.py failed.py");
    assert_eq!(done.status, Some(1));
}

#[test]
fn the_report_is_that_of_the_contract() {
    let (_, report) =
        folder().report("failed.py proved.py --seed 7 --clock exact --strategy exhaustive");
    let unit = &report["units"][0];
    assert_eq!(report["schema"], 1);
    assert_eq!(report["everyway"], env!("CARGO_PKG_VERSION"));
    assert_eq!(
        (&report["seed"], &report["strategy"], &report["clock"]),
        (&json!(7), &json!("exhaustive"), &json!("exact"))
    );
    assert_eq!(
        (&unit["id"], &unit["name"], &unit["line"]),
        (&json!("failed.py"), &json!("failed.py"), &json!(1))
    );
    assert_eq!(unit["runtime"], "CPython 3.11.7");
    assert_eq!(
        unit["source_hash"],
        "d8c2818b7e55246d1d6672053d1709ff8ad5a9ab5acaa16cf35e0394c5fdcb2f"
    );
    let mut summary = report["summary"].clone();
    assert!(summary["seconds"].take().as_f64().is_some());
    let counts = json!({"units": 2, "proved": 1, "passed": 0, "failed": 1, "error": 0, "definitions": 0,
                        "unsupported": 0, "seconds": null});
    assert_eq!(summary, counts);
}

#[test]
fn a_number_of_forty_digits_is_reported_digit_by_digit() {
    let (done, _) = folder().report("proved.py");
    assert!(done.stdout.contains(&format!("\"n\": 1{}\n", "0".repeat(40))), "{}", done.stdout);
}

#[test]
fn a_guide_is_asked_block_by_block_with_what_stands_before() {
    let guide =
        "# One\n```python\n# fake: request\n```\n```js\n```\n# Two\n```py\n# fake: request\n```\n";
    let folder = Folder::with(&[("guide.md", guide), ("before.py", "x = 1\n")]);
    let asked = |words: &str| -> Value {
        let (_, report) = folder.report(words);
        let message =
            report["units"][2]["notes"][0]["message"].as_str().expect("the request").to_owned();
        serde_json::from_str(&message).expect("the request is JSON")
    };
    let unit = json!({
        "id": "guide.md:8", "name": "Two", "path": "guide.md", "line": 8, "language": "python", "kind": "block",
        "source": "# fake: request\n", "module": null, "arguments": [], "definition_line": null
    });
    let settings = json!({
        "time_seconds": 10.0, "executions": null, "strategy": "auto", "seed": 0, "clock": "legal",
        "output_order": false, "include": []
    });
    let carried = json!([{ "line": 2, "source": "# fake: request\n" }]);
    assert_eq!(
        asked("guide.md"),
        json!({ "unit": unit, "carried": carried, "prelude": null, "settings": settings })
    );
    let settings = json!({
        "time_seconds": 0.5, "executions": 9, "strategy": "walk", "seed": 3, "clock": "exact",
        "output_order": true, "include": ["a", "b"]
    });
    let words = "guide.md --time 500ms --executions 9 --strategy walk --seed 3 --clock exact --output-order \
                 --include a --include b --standalone --prelude before.py --jobs 4";
    assert_eq!(
        asked(words),
        json!({ "unit": unit, "carried": [], "prelude": "x = 1\n", "settings": settings })
    );
}

#[test]
fn a_module_and_a_line_are_asked_for_as_such_with_the_arguments() {
    let folder = Folder::with(&[
        ("pkg/mod.py", "# fake: request\n"),
        ("pkg/__main__.py", "# fake: request\n"),
    ]);
    let asked = |words: &str| -> Value {
        let (_, report) = folder.report(words);
        let message =
            report["units"][0]["notes"][0]["message"].as_str().expect("the request").to_owned();
        serde_json::from_str::<Value>(&message).expect("the request is JSON")["unit"].take()
    };
    let unit = asked("-m pkg.mod -- --fast 1");
    assert_eq!((&unit["id"], &unit["module"]), (&json!("pkg/mod.py"), &json!("pkg.mod")));
    assert_eq!(unit["arguments"], json!(["--fast", "1"]));
    assert_eq!(asked("-m pkg")["id"], "pkg/__main__.py");
    let unit = asked("pkg/mod.py:1");
    assert_eq!((&unit["id"], &unit["definition_line"]), (&json!("pkg/mod.py:1"), &json!(1)));
    assert_eq!(folder.check("pkg/mod.py -m pkg -- x").status, Some(2));
}

#[test]
fn the_worker_is_started_as_the_document_says() {
    let (_, report) = Folder::with(&[("a.py", "# fake: environment\n")]).report("a.py");
    let message = report["units"][0]["notes"][0]["message"].as_str().expect("a note");
    assert_eq!(
        serde_json::from_str::<Value>(message).expect("JSON"),
        json!({ "arguments": ["-X", "utf8", "-m", "everyway.worker"], "PYTHONHASHSEED": "0",
                "PYTHONDONTWRITEBYTECODE": "1" })
    );
}

#[test]
fn each_format_goes_where_its_output_says() {
    let folder = folder();
    let done = folder.check("proved.py --format json --output r.json --format terminal");
    assert!(done.stdout.contains("1 unit: 1 proved"), "{}", done.stdout);
    assert_eq!(done.stderr, "");
    let text = std::fs::read_to_string(folder.path().join("r.json")).expect("the report");
    common::assert_valid(&serde_json::from_str(&text).expect("JSON"));
    let done = folder.check("failed.py --output r.txt");
    assert_eq!(done.stdout, "");
    assert!(
        std::fs::read_to_string(folder.path().join("r.txt"))
            .expect("a report")
            .contains("lost an update")
    );
    let done = folder.check("proved.py --output r2.json --format json");
    assert_eq!((done.status, done.stdout.as_str()), (Some(0), ""));
    for words in ["--format json --format terminal", "--format json --output a --output b"] {
        let done = folder.check(&format!("proved.py {words}"));
        assert_eq!(done.status, Some(2), "{words}");
        assert_eq!(done.stdout, "");
    }
}

#[test]
fn what_is_not_there_yet_is_a_usage_error_that_says_so() {
    let folder = folder();
    let later = [
        "--format junit",
        "--format sarif",
        "--format html",
        "--node x",
        "--web",
        "--allow-write .",
        "--fail-on data-race",
        "--strategy urw",
        "--strategy pct",
        "--strategy pos",
        "--strategy surw",
        "--strategy portfolio",
    ];
    for words in later {
        let done = folder.check(&format!("proved.py {words}"));
        assert_eq!(done.status, Some(2), "{words}");
        assert!(done.stderr.contains("comes later"), "{words}: {}", done.stderr);
        assert_eq!(done.stdout, "");
    }
    for words in ["probe a.py --fast", "show r.json"] {
        let done = folder.run(words);
        assert_eq!(done.status, Some(2));
        assert!(done.stderr.contains("comes later"), "{}", done.stderr);
    }
}

#[test]
fn senseless_options_are_usage_errors() {
    let folder = folder();
    for words in [
        "",
        "proved.py --time 5",
        "proved.py --executions 0",
        "proved.py --jobs 0",
        "proved.py --strategy x",
        "proved.py --prelude gone.py",
        "proved.py --prelude x.txt",
        "proved.py --output gone/r.json",
        "proved.py --output .",
    ] {
        let done = folder.check(words.trim());
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{words}");
        assert!(done.stderr.starts_with("error: "), "{words}: {}", done.stderr);
    }
}

#[test]
fn help_teaches_by_example() {
    let folder = folder();
    for words in ["--help", "check --help", "replay --help"] {
        let done = folder.run(words);
        assert_eq!(done.status, Some(0));
        assert!(done.stdout.contains("Examples:"), "{}", done.stdout);
    }
    assert_eq!(folder.run("--version").stdout, format!("everyway {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn colours_are_for_terminals_and_for_those_who_force_them() {
    let folder = folder();
    let run = |name: &str| {
        let mut command = folder.command("check --python ./fake-python failed.py");
        command.env(name, "1");
        done(command).stdout
    };
    assert!(!folder.check("failed.py").stdout.contains('\u{1b}'));
    assert!(run("CLICOLOR_FORCE").contains('\u{1b}'));
    assert!(!run("NO_COLOR").contains('\u{1b}'));
}

#[test]
fn a_closed_pipe_is_an_error_and_no_panic() {
    let folder = folder();
    for words in ["failed.py", "failed.py --format json", "--help"] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let mut command = folder.command(&format!("check --python ./fake-python {words}"));
        let output =
            command.stdout(writer).stderr(std::process::Stdio::piped()).spawn().expect("it starts");
        let output = output.wait_with_output().expect("it ends");
        assert_eq!(output.status.code(), Some(2), "{words}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(
            words == "--help" || told == "error: standard output cannot be written: broken pipe\n",
            "{told}"
        );
    }
}

#[test]
fn a_full_disk_is_an_error() {
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let done = folder().check("proved.py --format json --output /dev/full");
    assert_eq!(done.status, Some(2));
    assert_eq!(done.stderr, "error: `/dev/full` cannot be written: no space left on device\n");
    assert_eq!(done.stdout, "");
}
