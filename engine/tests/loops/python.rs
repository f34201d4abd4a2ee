//! The interpreters of this machine, and the orders that their own loop gives.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;

/// A CPython 3.10 or later.
#[derive(Clone, Debug)]
pub(crate) struct Python {
    command: PathBuf,
    pub(crate) version: String,
}

/// `EVERYWAY_PYTHON` or else `python3`; then those of pyenv. One of each version.
pub(crate) fn interpreters() -> Vec<Python> {
    let first =
        env::var_os("EVERYWAY_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let mut candidates = vec![first];
    if let Some(home) = env::home_dir()
        && let Ok(versions) = home.join(".pyenv/versions").read_dir()
    {
        let mut found: Vec<PathBuf> =
            versions.flatten().map(|version| version.path().join("bin/python3")).collect();
        found.sort();
        candidates.extend(found);
    }
    let mut interpreters: Vec<Python> = Vec::new();
    for command in candidates {
        if let Some(python) = asked(command)
            && interpreters.iter().all(|known| known.version != python.version)
        {
            interpreters.push(python);
        }
    }
    if interpreters.is_empty() {
        assert!(
            env::var_os("EVERYWAY_REQUIRE_PYTHON").is_none(),
            "no CPython 3.10 or later found, and EVERYWAY_REQUIRE_PYTHON is set"
        );
        // Past the capture of a passing test's output, so that it is seen.
        let told =
            b"skipped: no CPython 3.10 or later found: set EVERYWAY_PYTHON to compare with one\n";
        std::io::stderr().write_all(told).expect("stderr takes text");
    }
    interpreters
}

fn asked(command: PathBuf) -> Option<Python> {
    let question = "import sys; assert sys.version_info >= (3, 10) and \
                    sys.implementation.name == 'cpython'; \
                    print('%d.%d' % sys.version_info[:2])";
    let output = Command::new(&command).args(["-c", question]).output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    output.status.success().then_some(Python { command, version })
}

impl Python {
    /// The set of orders of each program, in the programs' order.
    pub(crate) fn orders(&self, lines: &[String]) -> Vec<BTreeSet<String>> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/loops/oracle.py");
        let mut child = Command::new(&self.command)
            .args(["-I", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the interpreter answered before");
        let mut to = child.stdin.take().expect("is piped");
        let from = BufReader::new(child.stdout.take().expect("is piped"));
        let text = lines.join("\n") + "\n";
        let writer = thread::spawn(move || to.write_all(text.as_bytes()).is_ok());
        let answers: Vec<BTreeSet<String>> = from
            .lines()
            .map(|line| line.expect("is text").split(';').map(str::to_owned).collect())
            .collect();
        writer.join().expect("doesn't panic");
        assert!(child.wait().expect("was started").success(), "the oracle failed");
        assert_eq!(answers.len(), lines.len(), "the oracle answers each line");
        answers
    }
}
