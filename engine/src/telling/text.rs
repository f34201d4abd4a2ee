//! The program's text, and names made of it.

use std::collections::BTreeMap;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

use serde_json::Value;

/// The text of a program's files, line by line.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Vec<String>>,
}

impl Sources {
    /// Sets the text of a file by its number in the site table. Line 1 of the text is line
    /// `first_line` of the file that the user sees.
    pub fn set(&mut self, file: usize, text: &str, first_line: usize) {
        if self.files.len() <= file {
            self.files.resize(file + 1, Vec::new());
        }
        let before = core::iter::repeat_n(String::new(), first_line.saturating_sub(1));
        let lines: Vec<String> = before.chain(text.lines().map(str::to_string)).collect();
        let known = &mut self.files[file];
        if known.len() < lines.len() {
            known.resize(lines.len(), String::new());
        }
        for (place, line) in known.iter_mut().zip(lines) {
            if !line.is_empty() {
                *place = line;
            }
        }
    }

    /// A line without the space round it; empty where there is none.
    #[must_use]
    pub fn line(&self, file: u32, line: u32) -> &str {
        self.files
            .get(file as usize)
            .and_then(|lines| lines.get((line as usize).checked_sub(1)?))
            .map_or("", |line| line.trim())
    }
}

/// The expression that a line takes, waits for or gives back: `lock` of `with lock:` or
/// `lock.acquire()`.
pub(super) fn waited_expression(line: &str) -> Option<String> {
    if let Some(rest) = line.strip_prefix("with ").or_else(|| line.strip_prefix("async with ")) {
        let end = rest.find([',', ':']).or_else(|| rest.find(" as ")).unwrap_or(rest.len());
        let text = rest[..end].split(" as ").next().unwrap_or("").trim();
        return (!text.is_empty()).then(|| text.to_string());
    }
    let methods = [
        ".acquire(",
        ".wait(",
        ".wait_for(",
        ".release(",
        ".join(",
        ".put(",
        ".get(",
        ".notify(",
        ".notify_all(",
        ".set(",
        ".clear(",
        ".is_set(",
        ".locked(",
        ".start(",
        ".is_alive(",
    ];
    let at = methods.iter().filter_map(|method| line.find(method)).min()?;
    let start = line[..at]
        .rfind(|c: char| !(c.is_alphanumeric() || "_.[]'\"".contains(c)))
        .map_or(0, |place| place + line[place..].chars().next().map_or(1, char::len_utf8));
    let text = line[start..at].trim();
    (!text.is_empty()).then(|| text.to_string())
}

/// Names for tasks: `Thread-3 (worker)` is `worker`, and equal names are numbered.
pub(super) fn task_names(names: &[String]) -> Vec<String> {
    let short: Vec<String> = names.iter().map(|name| short_name(name)).collect();
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    for name in &short {
        *counts.entry(name).or_default() += 1;
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    short
        .iter()
        .map(|name| {
            if counts.get(name.as_str()).is_some_and(|count| *count < 2) {
                return name.clone();
            }
            let number = seen.entry(name).or_default();
            *number += 1;
            format!("{name} #{number}")
        })
        .collect()
}

fn short_name(name: &str) -> String {
    match name.split_once(" (") {
        Some((thread, function)) if thread.starts_with("Thread-") => {
            function.trim_end_matches(')').to_string()
        }
        _ => name.to_string(),
    }
}

/// The JSON of a result's canonical text.
pub(super) fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expression_of_a_wait_is_read_off_its_line() {
        let expression = |line| waited_expression(line).unwrap_or_default();
        assert_eq!(expression("with self.lock:"), "self.lock");
        assert_eq!(expression("with a as held, b:"), "a");
        assert_eq!(expression("if not door.acquire(timeout=1):"), "door");
        assert_eq!(expression("workers[0].join()"), "workers[0]");
        assert_eq!(expression("pass"), "");
    }

    #[test]
    fn equal_task_names_are_numbered() {
        let names = ["MainThread", "Thread-1 (work)", "Thread-2 (work)", "Thread-3 (rest)"];
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        assert_eq!(task_names(&names), ["MainThread", "work #1", "work #2", "rest"]);
    }
}
