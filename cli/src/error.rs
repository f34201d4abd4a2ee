//! Why a command could not do its work, and how that is said.

use std::io::Write as _;
use std::path::PathBuf;

/// Why a command could not do its work; exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    /// The command line asks for something that is not there or makes no sense.
    #[error("{0}")]
    Usage(String),
    /// The interpreter cannot run everyway.
    #[error("{0}")]
    Interpreter(String),
    /// The report cannot be written.
    #[error("{destination} cannot be written: {reason}")]
    Output { destination: String, reason: String },
    /// A recorded report cannot be read.
    #[error("`{}` {reason}", file.display())]
    Recorded { file: PathBuf, reason: String },
    /// The worker cannot be talked to.
    #[error("{0}")]
    Worker(String),
    /// The report has no written form.
    #[error(transparent)]
    Format(#[from] everyway_report::FormatError),
}

impl CommandError {
    pub(crate) fn later(command: &str) -> CommandError {
        CommandError::Usage(format!(
            "`everyway {command}` comes later: this version has `check` and `replay`"
        ))
    }
}

/// Tells the user on standard error; where that is closed, nobody wants to know.
pub(crate) fn complain(message: &str) {
    say(&format!("error: {message}"));
}

/// A line on standard error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// What a worker that died wrote on standard error.
pub(crate) fn pass_through(stderr: &str) {
    if !stderr.trim().is_empty() {
        say(stderr.trim_end());
    }
}

/// The system's reason in lower case, without its number.
pub(crate) fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
