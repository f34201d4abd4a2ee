//! The verdict is told: the report, as text for people and as JSON for scripts.
//!
//! It reads nothing but the report's types. A format is one file and one line in [`FORMATS`].

#![forbid(unsafe_code)]

mod failure;
mod interleaving;
mod json;
mod look;
mod paint;
mod replay_command;
mod terminal;

use everyway_protocol::report::Report;

pub use look::Look;
pub use replay_command::{ReplayCommand, shell_word};
pub use terminal::{Columns, replay, summary, unit};

/// A way to write a report.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// The name that `--format` knows.
    pub name: &'static str,
    /// Writes the whole report.
    pub write: fn(&Report, &Look) -> Result<String, FormatError>,
}

/// The formats there are.
pub const FORMATS: [Format; 2] = [
    Format { name: "terminal", write: |report, look| Ok(terminal::write(report, look)) },
    Format { name: "json", write: |report, _| json::write(report) },
];

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// A value in it has no form in JSON.
    #[error("the report has no form in JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The format of this name.
#[must_use]
pub fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}
