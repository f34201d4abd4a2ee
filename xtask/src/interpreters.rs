//! Which Python interpreters there are, and which of them will do.

use std::env;
use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use xshell::{Shell, cmd};

use crate::places;

/// The oldest and the newest minor version of CPython 3 that is tested.
const OLDEST: u32 = 10;
const NEWEST: u32 = 13;

/// Runs on any Python, 2 included, so that one that is too old can say so.
const DESCRIBE: &str = r#"
import platform, sys, sysconfig
try:
    import ensurepip, venv
    environments = "environments"
except ImportError:
    environments = "bare"
lock = "free-threaded" if sysconfig.get_config_var("Py_GIL_DISABLED") else "gil"
print(sys.executable)
print("%s %d %d %d %s %s" % ((platform.python_implementation(),) + tuple(sys.version_info[:3]) + (lock, environments)))
"#;

/// A CPython that everyway supports.
#[derive(Clone)]
pub(crate) struct Interpreter {
    pub(crate) path: PathBuf,
    pub(crate) minor: u32,
    pub(crate) patch: u32,
}

impl fmt::Display for Interpreter {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "CPython 3.{}.{} ({})", self.minor, self.patch, self.path.display())
    }
}

/// The interpreter to set up with: `EVERYWAY_PYTHON`, or the first fitting one on `PATH`.
pub(crate) fn main_interpreter(shell: &Shell) -> Result<Interpreter> {
    if let Some(chosen) = env::var_os("EVERYWAY_PYTHON") {
        let path = PathBuf::from(&chosen);
        let path = if path.is_file() {
            path
        } else {
            places::on_path(&path.to_string_lossy()).unwrap_or(path)
        };
        return match describe(shell, &path) {
            Ok(interpreter) => Ok(interpreter),
            Err(reason) => bail!("EVERYWAY_PYTHON is `{}`, which {reason}", path.display()),
        };
    }
    let mut refused = String::new();
    for name in names_on_path() {
        let Some(path) = places::on_path(&name) else { continue };
        match describe(shell, &path) {
            Ok(interpreter) => return Ok(interpreter),
            Err(reason) => refused += &format!("\n  {} {reason}", path.display()),
        }
    }
    if refused.is_empty() {
        refused = "\n  there is no `python3` and no `python` on PATH".into();
    }
    bail!(
        "everyway needs CPython 3.{OLDEST} or later:{refused}\n\
         install one, or set EVERYWAY_PYTHON to the path of one"
    )
}

/// One interpreter of each tested minor version but `main`'s, with what was passed over.
pub(crate) fn other_interpreters(shell: &Shell, main: &Interpreter) -> Vec<Interpreter> {
    let mut paths = places::pyenv_interpreters(shell);
    paths.extend(names_on_path().iter().filter_map(|name| places::on_path(name)));
    let mut found: Vec<Interpreter> = Vec::new();
    for interpreter in paths.iter().filter_map(|path| describe(shell, path).ok()) {
        let known = |other: &Interpreter| other.minor == interpreter.minor;
        if interpreter.minor <= NEWEST && !known(main) && !found.iter().any(known) {
            found.push(interpreter);
        }
    }
    found.sort_by_key(|interpreter| interpreter.minor);
    found
}

/// What is at `path`, or why it won't do.
pub(crate) fn describe(shell: &Shell, path: &Path) -> Result<Interpreter, String> {
    if !path.is_file() {
        return Err("is not there".into());
    }
    let answer = cmd!(shell, "{path} -c {DESCRIBE}").quiet().ignore_stderr().read();
    let Ok(answer) = answer else { return Err("does not start".into()) };
    // The path that it has itself is the real one, where `path` is a shim.
    let (executable, words) = answer.split_once('\n').unwrap_or_default();
    let words: Vec<&str> = words.split_whitespace().collect();
    let [implementation, major, minor, patch, lock, environments] = words[..] else {
        return Err("does not answer as a Python does".into());
    };
    if implementation != "CPython" {
        return Err(format!("is {implementation}, not CPython"));
    }
    let (Ok(minor), Ok(patch)) = (minor.parse(), patch.parse()) else {
        return Err("has a version that is no number".into());
    };
    if major != "3" || minor < OLDEST {
        return Err(format!("is Python {major}.{minor}, which is too old"));
    }
    if lock == "free-threaded" {
        return Err(format!("is a free-threaded build of 3.{minor}, which is not supported yet"));
    }
    if environments == "bare" {
        return Err(format!(
            "can't make virtual environments: install its `venv` module (on Debian and Ubuntu: \
             apt install python3.{minor}-venv)"
        ));
    }
    Ok(Interpreter { path: PathBuf::from(executable), minor, patch })
}

fn names_on_path() -> Vec<String> {
    let numbered = (OLDEST..=NEWEST).rev().map(|minor| format!("python3.{minor}"));
    ["python3", "python"].into_iter().map(String::from).chain(numbered).collect()
}
