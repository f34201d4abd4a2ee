//! A target: what the user named on the command line.

use std::path::{Path, PathBuf};

use crate::file::Text;
use crate::{Found, Problem, UnitKind, file, folder, guide, language, shown_path};

/// What the user named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// A file, a folder, or `FILE:LINE`.
    Path(String),
    /// A module by its dotted name, as in `python -m`.
    Module(String),
}

impl Target {
    pub(crate) fn find(&self, found: &mut Found) {
        match self {
            Target::Path(text) => find_path(text, found),
            Target::Module(name) => find_module(name, Path::new(""), found),
        }
    }
}

fn find_path(text: &str, found: &mut Found) {
    let path = Path::new(text);
    if path.is_dir() {
        return folder::find(path, found);
    }
    if path.exists() {
        return find_file(path, found);
    }
    match split_line(text) {
        Some((file, line)) if Path::new(file).is_dir() => found.problems.push(Problem::new(
            text,
            format!("`{file}` is a folder and line {line} is asked for: name a file"),
        )),
        Some((file, line)) if Path::new(file).exists() => find_line(Path::new(file), line, found),
        _ => found.problems.push(Problem::new(text, "there is no such file or folder")),
    }
}

/// `FILE:LINE` taken apart.
fn split_line(text: &str) -> Option<(&str, u32)> {
    let (file, line) = text.rsplit_once(':')?;
    if !line.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some((file, line.parse().ok()?))
}

fn find_file(path: &Path, found: &mut Found) {
    if !language::is_guide(path) {
        return file::find(path, None, found);
    }
    let before = (found.units.len(), found.problems.len());
    guide::find(path, found);
    if before == (found.units.len(), found.problems.len()) {
        found.problems.push(Problem::new(
            shown_path(path),
            "the guide has no block to check: a block starts with ```python, ```javascript, \
             ```typescript or ```rust",
        ));
    }
}

fn find_line(path: &Path, line: u32, found: &mut Found) {
    if !language::is_guide(path) {
        return file::find(path, Some(line), found);
    }
    let mut all = Found::default();
    guide::find(path, &mut all);
    let starts: Vec<String> = all.units.iter().map(|unit| unit.line.to_string()).collect();
    let chosen = all.units.into_iter().find(|unit| {
        debug_assert_eq!(unit.kind, UnitKind::Block);
        let lines = u32::try_from(unit.source.lines().count()).unwrap_or(u32::MAX);
        (unit.line..=unit.line.saturating_add(lines).saturating_add(1)).contains(&line)
    });
    found.problems.append(&mut all.problems);
    match chosen {
        Some(unit) => found.units.push(unit),
        None => found.problems.push(Problem::new(
            format!("{}:{line}", shown_path(path)),
            match starts.as_slice() {
                [] => "the guide has no block to check".to_owned(),
                starts => {
                    format!("there is no block at this line: blocks start at {}", listed(starts))
                }
            },
        )),
    }
}

/// `line 3`, or `lines 3, 17 and 40`.
fn listed(lines: &[String]) -> String {
    match lines {
        [] => String::new(),
        [only] => format!("line {only}"),
        [first @ .., last] => format!("lines {} and {last}", first.join(", ")),
    }
}

/// Looks for the module where `python -m` would look first: in the working folder.
pub(crate) fn find_module(name: &str, root: &Path, found: &mut Found) {
    if name.split('.').any(|part| part.is_empty() || part.contains(['/', '\\'])) {
        found
            .problems
            .push(Problem::new(format!("-m {name}"), "a module is named like `package.module`"));
        return;
    }
    let base: PathBuf = name.split('.').fold(root.to_path_buf(), |path, part| path.join(part));
    let path = [PathBuf::from(format!("{}.py", base.to_string_lossy())), base.join("__main__.py")]
        .into_iter()
        .find(|path| path.is_file());
    match path {
        None => found.problems.push(Problem::new(
            format!("-m {name}"),
            format!(
                "there is no module `{name}` in the working folder: neither {0}.py nor {0}/__main__.py",
                shown_path(&base)
            ),
        )),
        Some(path) => {
            let first = found.units.len();
            file::find(&path, None, found);
            for unit in &mut found.units[first..] {
                unit.module = Some(name.to_owned());
            }
        }
    }
}

/// Reads a file, or says why it cannot be read.
pub(crate) fn read(path: &Path, found: &mut Found) -> Option<Text> {
    match file::read(path) {
        Ok(text) => Some(text),
        Err(message) => {
            found.problems.push(Problem::new(shown_path(path), message));
            None
        }
    }
}
