//! Which language a file or a fenced block is written in.

use std::path::Path;

use everyway_protocol::report::Language;

/// The endings of files that can be checked, for messages.
pub(crate) const FILE_ENDINGS: &str = ".py, .js, .mjs, .cjs, .ts, .rs or .md";

/// The language of a file by its ending; none for a guide and for all else.
#[must_use]
pub fn language_of_file(path: &Path) -> Option<Language> {
    match ending(path)?.as_str() {
        "py" => Some(Language::Python),
        "js" | "mjs" | "cjs" => Some(Language::JavaScript),
        "ts" => Some(Language::TypeScript),
        "rs" => Some(Language::Rust),
        _ => None,
    }
}

/// Whether a file is a Markdown guide.
pub(crate) fn is_guide(path: &Path) -> bool {
    ending(path).is_some_and(|ending| ending == "md")
}

/// The language of a block by the first word after its opening fence.
pub(crate) fn language_of_block(info: &str) -> Option<Language> {
    let word = info.trim_start().split(|c: char| c.is_whitespace() || ",{:;".contains(c)).next()?;
    match word.to_ascii_lowercase().as_str() {
        "python" | "py" => Some(Language::Python),
        "javascript" | "js" => Some(Language::JavaScript),
        "typescript" | "ts" => Some(Language::TypeScript),
        "rust" => Some(Language::Rust),
        _ => None,
    }
}

fn ending(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}
