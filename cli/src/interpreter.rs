//! The user's own Python: which one it is, and what is wrong with one that cannot run everyway.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{CommandError, reason};

/// The oldest Python that the front-end runs in.
const OLDEST: (u32, u32) = (3, 10);
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A Python to run the user's code with.
#[derive(Clone, Debug)]
pub(crate) struct Interpreter {
    pub(crate) program: PathBuf,
}

impl Interpreter {
    /// The one that was named; else the active virtual environment's; else the nearest `.venv`;
    /// else the one on the path.
    pub(crate) fn choose(named: Option<&Path>) -> Interpreter {
        let active =
            || std::env::var_os("VIRTUAL_ENV").and_then(|folder| python_of(Path::new(&folder)));
        let program = match named {
            Some(path) => path.to_path_buf(),
            None => active().or_else(nearest).unwrap_or_else(on_path),
        };
        Interpreter { program }
    }

    /// A command that runs it as the worker needs it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(["-X", "utf8"])
            .env("PYTHONHASHSEED", "0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn cannot_start(&self, error: &std::io::Error) -> CommandError {
        CommandError::Interpreter(format!(
            "`{}` cannot be started: {}: name a Python with `--python PATH`",
            self.program.display(),
            reason(error)
        ))
    }

    /// Why its worker ended before it said anything.
    pub(crate) fn diagnose(&self, end: &str, stderr: &str) -> CommandError {
        const QUESTION: &str = "import sys, importlib.util as u; print(sys.version_info[0], \
                                sys.version_info[1], u.find_spec('everyway') is not None)";
        let answer = self.command().args(["-c", QUESTION]).stdin(Stdio::null()).output();
        let answer = match answer {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(error) => return self.cannot_start(&error),
        };
        let words: Vec<&str> = answer.split_whitespace().collect();
        let version = |at: usize| words.get(at).and_then(|word| word.parse::<u32>().ok());
        match (version(0), version(1), words.get(2)) {
            (Some(major), Some(minor), _) if (major, minor) < OLDEST => {
                self.too_old(&format!("{major}.{minor}"))
            }
            (Some(_), Some(_), Some(&"False")) => self.lacks_everyway(),
            _ => CommandError::Interpreter(format!(
                "the worker of `{}` {end} before it said anything{}",
                self.program.display(),
                if stderr.is_empty() { String::new() } else { format!(":\n{}", stderr.trim_end()) }
            )),
        }
    }

    /// An error if the worker that said hello is not of this version, or its Python too old.
    pub(crate) fn check_hello(&self, version: &str, runtime: &str) -> Result<(), CommandError> {
        let number = runtime.split_whitespace().last().unwrap_or_default();
        let mut parts = number.split('.').map(|part| part.parse::<u32>().ok());
        if let (Some(Some(major)), Some(Some(minor))) = (parts.next(), parts.next())
            && (major, minor) < OLDEST
        {
            return Err(self.too_old(number));
        }
        if version == VERSION {
            return Ok(());
        }
        Err(CommandError::Interpreter(format!(
            "`{}` has everyway {version}, this command is {VERSION}: make them equal with\n    {}",
            self.program.display(),
            self.install_command()
        )))
    }

    fn lacks_everyway(&self) -> CommandError {
        CommandError::Interpreter(format!(
            "`{}` has no everyway: install it with\n    {}",
            self.program.display(),
            self.install_command()
        ))
    }

    fn too_old(&self, version: &str) -> CommandError {
        let (major, minor) = OLDEST;
        CommandError::Interpreter(format!(
            "`{}` is Python {version}, everyway needs {major}.{minor} or newer: make an environment of a newer one with\n    \
             python{major}.{minor} -m venv .venv && .venv/bin/python -m pip install everyway=={VERSION}",
            self.program.display()
        ))
    }

    fn install_command(&self) -> String {
        let program = everyway_report::shell_word(&self.program.to_string_lossy());
        if self.is_made_by_uv() {
            return format!("uv pip install --python {program} everyway=={VERSION}");
        }
        format!("{program} -m pip install everyway=={VERSION}")
    }

    /// Environments that `uv` made have no pip of their own.
    fn is_made_by_uv(&self) -> bool {
        let settings =
            self.program.parent().and_then(Path::parent).map(|folder| folder.join("pyvenv.cfg"));
        settings
            .and_then(|file| std::fs::read_to_string(file).ok())
            .is_some_and(|text| text.lines().any(|line| line.trim_start().starts_with("uv =")))
    }
}

fn python_of(environment: &Path) -> Option<PathBuf> {
    let inside = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    Some(environment.join(inside)).filter(|path| path.is_file())
}

/// The Python of the nearest `.venv`, from the working folder upwards.
fn nearest() -> Option<PathBuf> {
    let folder = std::env::current_dir().ok()?;
    folder.ancestors().find_map(|folder| python_of(&folder.join(".venv")))
}

fn on_path() -> PathBuf {
    PathBuf::from(if cfg!(windows) { "python" } else { "python3" })
}
