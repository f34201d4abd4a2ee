//! A folder to check in, and the fake worker to check with.

#![allow(dead_code, reason = "each test file uses its part")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

pub(crate) struct Folder(tempfile::TempDir);

/// What a call of the command gave.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn with(files: &[(&str, &str)]) -> Folder {
        let folder = Folder(tempfile::tempdir().expect("a folder"));
        folder.write_interpreter("fake-python");
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("folders");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// A script that starts the fake worker as if it were an interpreter.
    pub(crate) fn write_interpreter(&self, name: &str) {
        let worker = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fake_worker.py");
        self.write_script(name, &format!("exec python3 '{worker}' \"$@\""));
    }

    pub(crate) fn write_script(&self, name: &str, command: &str) {
        let path = self.write(name, &format!("#!/bin/sh\n{command}\n"));
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))
            .expect("permissions");
    }

    /// The command in this folder, with words taken apart at blanks.
    pub(crate) fn command(&self, words: &str) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("everyway"));
        command.current_dir(self.path()).args(words.split(' '));
        for name in ["VIRTUAL_ENV", "NO_COLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE", "LANG"] {
            command.env_remove(name);
        }
        command
    }

    pub(crate) fn run(&self, words: &str) -> Done {
        done(self.command(words))
    }

    /// `everyway check` with the fake interpreter.
    pub(crate) fn check(&self, words: &str) -> Done {
        self.run(&format!("check --python ./fake-python {words}"))
    }

    /// The report of `everyway check` with the fake interpreter, checked against the schema.
    pub(crate) fn report(&self, words: &str) -> (Done, Value) {
        let done = self.check(&format!("--format json {words}"));
        let report: Value = serde_json::from_str(&done.stdout).expect("standard output is JSON");
        assert_valid(&report);
        (done, report)
    }
}

pub(crate) fn done(mut command: Command) -> Done {
    let Output { status, stdout, stderr } = command.output().expect("the command starts");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Done { status: status.code(), stdout: text(stdout), stderr: text(stderr) }
}

pub(crate) fn assert_valid(report: &Value) {
    let schema = include_str!("../../../protocol/schema/report.json");
    let schema: Value = serde_json::from_str(schema).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let errors: Vec<String> =
        validator.iter_errors(report).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0], "{report:#}");
}

/// The verdicts of a report's units, in order.
pub(crate) fn verdicts(report: &Value) -> Vec<&str> {
    let units = report["units"].as_array().expect("units");
    units.iter().filter_map(|unit| unit["verdict"].as_str()).collect()
}
