//! `everyway replay` as a user types it.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "helpers of tests may")]

mod common;

use common::{Done, Folder};

fn folder() -> Folder {
    Folder::with(&[
        ("a.py", "# fake: failed\n"),
        ("guide.md", "```python\n# fake: failed\n```\n\n```python\n# fake: failed\n```\n"),
    ])
}

fn replay(folder: &Folder, words: &str) -> Done {
    folder.run(&format!("replay --python ./fake-python {words}"))
}

#[test]
fn a_schedule_is_replayed_step_by_step() {
    let done = replay(&folder(), "a.py --schedule ew1:abc");
    assert_eq!(done.status, Some(1));
    assert!(done.stdout.contains("↳ T1 may lose its turn here"), "{}", done.stdout);
    assert!(
        done.stdout.ends_with("failed `increment` lost an update under ew1:abc\n"),
        "{}",
        done.stdout
    );
    let done = replay(&folder(), "guide.md:5 --schedule ew1:abc");
    assert_eq!(done.status, Some(1), "{}", done.stderr);
}

#[test]
fn a_failure_or_a_result_of_a_report_is_replayed() {
    let folder = folder();
    folder.check("a.py guide.md --format json --output r#1.json");
    let told =
        |words: &str| replay(&folder, words).stdout.lines().last().unwrap_or_default().to_owned();
    assert!(told("r#1.json#a.py/failures/0").ends_with("under ew1:failure"));
    assert!(told("r#1.json#guide.md:5/results/0").ends_with("under ew1:result"));
}

#[test]
fn a_program_that_changed_is_told() {
    let folder = folder();
    folder.check("guide.md --format json --output r.json");
    folder.write("guide.md", "```python\n# fake: failed\nmore = 1\n```\n");
    let done = replay(&folder, "r.json#guide.md:1/failures/0");
    assert_eq!(done.stderr, "warning: `guide.md:1` has changed since the report was written\n");
    let done = replay(&folder, "r.json#guide.md:5/failures/0");
    assert_eq!(done.status, Some(2));
    assert!(done.stderr.contains("not what it was when the report was written"), "{}", done.stderr);
}

#[test]
fn what_cannot_be_replayed_is_told_with_what_to_do() {
    let folder = folder();
    folder.check("a.py --format json --output r.json");
    let whole = std::fs::read_to_string(folder.path().join("r.json")).expect("the report");
    folder.write("cut.json", &whole[..whole.len() / 2]);
    folder.write("text.json", "hello");
    folder.write("other.json", "{\"a\": 1}");
    folder.write("newer.json", "{\"schema\": 2}");
    folder.write("hollow.json", "{\"schema\": 1}");
    let cases = [
        ("cut.json#a.py/failures/0", "is cut off in the middle: write the report again"),
        ("text.json#a.py/failures/0", "is no JSON"),
        ("other.json#a.py/failures/0", "is no report of everyway"),
        ("newer.json#a.py/failures/0", "is a report of shape 2, this version reads 1"),
        ("hollow.json#a.py/failures/0", "is no whole report"),
        ("gone.json#a.py/failures/0", "cannot be read: no such file or directory"),
        ("r.json#b.py/failures/0", "has no unit `b.py`, but `a.py`"),
        ("r.json#a.py/failures/1", "has 1 failures of `a.py`, counted from 0: there is no 1"),
        ("r.json#a.py/notes/0", "has no place `a.py/notes/0`"),
        ("r.json#a.py", "has no place `a.py`"),
        ("a.py", "add `--schedule ew1:"),
        ("guide.md --schedule ew1:abc", "a schedule is of one unit"),
        ("gone.py --schedule ew1:abc", "there is no such file or folder"),
    ];
    for (words, told) in cases {
        let done = replay(&folder, words);
        assert_eq!((done.status, done.stdout.as_str()), (Some(2), ""), "{words}");
        assert!(done.stderr.contains(told), "{words}: {}", done.stderr);
    }
}
