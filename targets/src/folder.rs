//! A folder: all files in it that can be checked, in the order of their names.
//!
//! Left out are hidden files, what `.gitignore` names, and folders that hold other people's code.

use std::path::Path;

use ignore::{DirEntry, WalkBuilder};

use crate::{Found, Problem, guide, language, shown_path};

/// Folders of code that somebody else wrote or a tool made.
const FOREIGN_FOLDERS: [&str; 4] = ["node_modules", "__pycache__", "site-packages", "target"];

pub(crate) fn find(folder: &Path, found: &mut Found) {
    let before = (found.units.len(), found.problems.len());
    let walk = WalkBuilder::new(folder)
        .require_git(false)
        .sort_by_file_path(Ord::cmp)
        .filter_entry(|entry| entry.depth() == 0 || !is_foreign(entry))
        .build();
    for entry in walk {
        match entry {
            Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                find_in_file(entry.path(), found);
            }
            Ok(_) => {}
            Err(error) => found.problems.push(unreadable(folder, &error)),
        }
    }
    if before == (found.units.len(), found.problems.len()) {
        found.problems.push(Problem::new(
            shown_path(folder),
            format!(
                "the folder has nothing to check: no file that ends in {}",
                language::FILE_ENDINGS
            ),
        ));
    }
}

fn find_in_file(path: &Path, found: &mut Found) {
    if language::is_guide(path) {
        guide::find(path, found);
    } else if language::language_of_file(path).is_some() {
        crate::file::find(path, None, found);
    }
}

fn is_foreign(entry: &DirEntry) -> bool {
    let named = entry.file_name().to_str().is_some_and(|name| FOREIGN_FOLDERS.contains(&name));
    entry.file_type().is_some_and(|kind| kind.is_dir())
        && (named || entry.path().join("pyvenv.cfg").is_file())
}

fn unreadable(folder: &Path, error: &ignore::Error) -> Problem {
    let message = match error.io_error() {
        Some(error) => format!("cannot be read: {}", crate::file::without_code(error)),
        None => format!("cannot be read: {error}"),
    };
    Problem::new(path_of(error).unwrap_or_else(|| shown_path(folder)), message)
}

fn path_of(error: &ignore::Error) -> Option<String> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(shown_path(path)),
        ignore::Error::WithDepth { err, .. } => path_of(err),
        _ => None,
    }
}
