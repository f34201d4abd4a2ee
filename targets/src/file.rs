//! A file of a known language, which is one unit.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use crate::{Found, Problem, TargetUnit, UnitKind, language, shown_path};

/// The largest file that is read; what people write by hand is far smaller.
const LARGEST_BYTES: u64 = 16 << 20;

/// What a file holds.
pub(crate) enum Text {
    /// Text.
    Utf8(String),
    /// Something else, and what is wrong with it.
    Other(String),
}

/// Adds the file's unit; with a line, the function there.
pub(crate) fn find(path: &Path, line: Option<u32>, found: &mut Found) {
    let shown = shown_path(path);
    let Some(language) = language::language_of_file(path) else {
        let message = format!(
            "not a kind of file that can be checked: it would end in {}",
            language::FILE_ENDINGS
        );
        found.problems.push(Problem::new(shown, message));
        return;
    };
    let Some(text) = crate::target::read(path, found) else { return };
    let (source, mut fault) = match text {
        Text::Utf8(source) => (source, None),
        Text::Other(message) => (String::new(), Some(message)),
    };
    let lines = source.lines().count();
    if let Some(line) = line
        && fault.is_none()
        && !(1..=lines).contains(&(line as usize))
    {
        fault = Some(format!("there is no line {line}: the file has {lines}"));
    }
    found.units.push(TargetUnit {
        id: line.map_or_else(|| shown.clone(), |line| format!("{shown}:{line}")),
        name: path
            .file_name()
            .map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned()),
        path: shown,
        line: line.unwrap_or(1),
        language,
        source: Arc::from(source),
        kind: UnitKind::File,
        module: None,
        definition_line: line,
        earlier: Vec::new(),
        fault,
    });
}

/// Reads a file as text.
pub(crate) fn read(path: &Path) -> Result<Text, String> {
    let cannot = |error: std::io::Error| format!("cannot be read: {}", without_code(&error));
    let file = std::fs::File::open(path).map_err(cannot)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_BYTES + 1).read_to_end(&mut bytes).map_err(cannot)?;
    if bytes.len() as u64 > LARGEST_BYTES {
        return Err(format!("larger than {} MiB: no program is that long", LARGEST_BYTES >> 20));
    }
    Ok(as_text(bytes))
}

fn as_text(bytes: Vec<u8>) -> Text {
    match String::from_utf8(bytes) {
        Ok(text) if text.contains('\0') => {
            let line = line_of(text.as_bytes(), text.find('\0').unwrap_or_default());
            Text::Other(format!("a NUL byte at line {line}: this is no text file"))
        }
        Ok(text) => {
            Text::Utf8(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let line = line_of(error.as_bytes(), at);
            let byte = error.as_bytes().get(at).copied().unwrap_or_default();
            Text::Other(format!(
                "byte 0x{byte:02x} at line {line} is not UTF-8: save the file as UTF-8 text"
            ))
        }
    }
}

fn line_of(bytes: &[u8], at: usize) -> usize {
    bytes.iter().take(at).filter(|&&byte| byte == b'\n').count() + 1
}

/// `Permission denied` without `(os error 13)`, in lower case.
pub(crate) fn without_code(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_lowercase()
}
