//! What there is to check: files, folders, guides and their blocks.
//!
//! [`find`] turns the targets of a command line into [`TargetUnit`]s. Nothing is run and nothing is
//! printed: what cannot be read is a [`Problem`] of its target, and the other targets still count.

#![forbid(unsafe_code)]

mod file;
mod folder;
mod guide;
mod language;
mod target;

use std::path::Path;
use std::sync::Arc;

use everyway_protocol::report::Language;

pub use language::language_of_file;
pub use target::Target;

/// One thing to check.
#[derive(Clone, Debug)]
pub struct TargetUnit {
    /// Names it within the check: the path of a file, `path:line` of a block or function.
    pub id: String,
    /// The heading above a block, the name of a file.
    pub name: String,
    /// The file as it was given, with `/` on every system.
    pub path: String,
    /// The line of a block's opening fence; 1 for a file, or the line that was asked for.
    pub line: u32,
    /// The language it is written in.
    pub language: Language,
    /// Its text. A block's first line of code is the one after [`TargetUnit::line`].
    pub source: Arc<str>,
    /// Whether it is a whole file or a block of a guide.
    pub kind: UnitKind,
    /// The name of the module, if it was given as one.
    pub module: Option<String>,
    /// For `FILE:LINE` of a plain file: only the function at this line is meant.
    pub definition_line: Option<u32>,
    /// The earlier blocks of the same language in the same guide, in order.
    pub earlier: Vec<EarlierBlock>,
    /// Why it cannot be run, if so; its verdict is `error` then.
    pub fault: Option<String>,
}

/// Whether a unit is a file or a block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnitKind {
    /// A file, or a function of one.
    File,
    /// A fenced block of a guide.
    Block,
}

/// A block that stands before another in the same guide.
#[derive(Clone, Debug)]
pub struct EarlierBlock {
    /// The line of its opening fence.
    pub line: u32,
    /// Its text.
    pub source: Arc<str>,
}

/// Why a target, or something in it, cannot be checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Problem {
    /// What it is about: the target as it was given, or a file in it, with a line where there is one.
    pub target: String,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Problem {
    fn new(target: impl Into<String>, message: impl Into<String>) -> Problem {
        Problem { target: target.into(), message: message.into() }
    }
}

/// What the targets of a command line hold.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// What to check, in the order of the targets, each unit once.
    pub units: Vec<TargetUnit>,
    /// What cannot be checked.
    pub problems: Vec<Problem>,
}

/// Finds the units of all targets.
#[must_use]
pub fn find(targets: &[Target]) -> Found {
    let mut all = Found::default();
    for target in targets {
        let mut found = Found::default();
        target.find(&mut found);
        for unit in found.units {
            if !all.units.iter().any(|known| known.id == unit.id) {
                all.units.push(unit);
            }
        }
        all.problems.append(&mut found.problems);
    }
    all
}

/// A path as reports show it: `/` on every system, without `./` at the start.
#[must_use]
pub fn shown_path(path: &Path) -> String {
    let text = path.to_string_lossy();
    let text =
        if std::path::MAIN_SEPARATOR == '\\' { text.replace('\\', "/") } else { text.into_owned() };
    let mut shown = text.as_str();
    while let Some(rest) = shown.strip_prefix("./") {
        shown = rest.trim_start_matches('/');
    }
    if shown.is_empty() { ".".to_owned() } else { shown.to_owned() }
}
