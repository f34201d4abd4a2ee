//! Where reports go: which format to which file, and what standard output looks like.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use everyway_protocol::report::Report;
use everyway_report::{FORMATS, Format, Look, ReplayCommand};

use crate::arguments::Places;
use crate::error::{CommandError, reason};

/// How wide a report is that goes to no terminal.
const WIDTH: usize = 100;
/// On a very wide terminal, lines that long are no longer read with pleasure.
const WIDEST: usize = 140;

/// One report to write.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) format: &'static Format,
    /// None for standard output.
    pub(crate) file: Option<PathBuf>,
}

impl Output {
    pub(crate) fn is_terminal_format(&self) -> bool {
        self.format.name == "terminal"
    }

    /// Writes the report there.
    pub(crate) fn write(&self, report: &Report, look: &Look) -> Result<(), CommandError> {
        let Some(file) = &self.file else {
            return to_stdout(&(self.format.write)(report, look)?);
        };
        let plain = Look { colour: false, unicode: true, width: WIDTH, ..look.clone() };
        let text = (self.format.write)(report, &plain)?;
        std::fs::write(file, text).map_err(|error| cannot_write(file, &error))
    }
}

/// Which `--output` belongs to which `--format`: the one before it, else the one after it.
pub(crate) fn pair(
    formats: &[&'static Format],
    files: &[PathBuf],
    places: &Places,
) -> Result<Vec<Output>, CommandError> {
    enum Word<'a> {
        Format(&'static Format),
        File(&'a PathBuf),
    }
    let formats = formats.iter().map(|format| Word::Format(format)).zip(&places.format);
    let mut words: Vec<(Word<'_>, &usize)> =
        formats.chain(files.iter().map(Word::File).zip(&places.output)).collect();
    words.sort_by_key(|(_, place)| **place);
    let mut outputs: Vec<Output> = Vec::new();
    let mut without_format: Option<PathBuf> = None;
    for (word, _) in words {
        match word {
            Word::Format(format) => outputs.push(Output { format, file: without_format.take() }),
            Word::File(file) => match outputs.last_mut().filter(|output| output.file.is_none()) {
                Some(output) => output.file = Some(file.clone()),
                None if without_format.is_none() => without_format = Some(file.clone()),
                None => return Err(no_format(file)),
            },
        }
    }
    match without_format {
        Some(file) if outputs.is_empty() => {
            outputs.push(Output { format: &FORMATS[0], file: Some(file) })
        }
        Some(file) => return Err(no_format(&file)),
        None if outputs.is_empty() => outputs.push(Output { format: &FORMATS[0], file: None }),
        None => {}
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(CommandError::Usage(
            "two reports would go to standard output: give one of them a file with `--output FILE`"
                .to_owned(),
        ));
    }
    Ok(outputs)
}

fn no_format(file: &Path) -> CommandError {
    CommandError::Usage(format!(
        "no format for `--output {}`: write `--format NAME` before it",
        file.display()
    ))
}

/// Notices before a long check that its report cannot be written; makes no file.
pub(crate) fn check_writable(outputs: &[Output]) -> Result<(), CommandError> {
    for file in outputs.iter().filter_map(|output| output.file.as_ref()) {
        let folder =
            file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let possible = if file.exists() {
            std::fs::OpenOptions::new().append(true).open(file).map(|_| ())
        } else {
            std::fs::read_dir(folder).map(|_| ())
        };
        possible.map_err(|error| cannot_write(file, &error))?;
    }
    Ok(())
}

/// How standard output looks.
pub(crate) fn look(replay: ReplayCommand) -> Look {
    let stdout = std::io::stdout();
    let width = terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0));
    Look {
        width: width.map_or(WIDTH, |width| width.clamp(40, WIDEST)),
        colour: anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never,
        unicode: is_unicode_wanted(),
        replay,
    }
}

/// Only a locale that says otherwise keeps lines and arrows away.
fn is_unicode_wanted() -> bool {
    let set = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    set.is_none_or(|locale| locale.to_lowercase().contains("utf"))
}

/// Writes text, coloured or not, on standard output.
pub(crate) fn to_stdout(text: &str) -> Result<(), CommandError> {
    let written = if std::io::stdout().is_terminal() {
        // Translates colours for terminals that need it.
        let mut stdout = anstream::stdout();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
    } else {
        let mut stdout = std::io::stdout();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
    };
    written.map_err(|error| CommandError::Output {
        destination: "standard output".to_owned(),
        reason: reason(&error),
    })
}

fn cannot_write(file: &Path, error: &std::io::Error) -> CommandError {
    CommandError::Output { destination: format!("`{}`", file.display()), reason: reason(error) }
}
