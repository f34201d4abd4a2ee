//! Lines of text with roles: laid out first, painted last.
//!
//! What a program printed or named goes through [`plain`], so that it can neither move the cursor
//! nor break a table.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// What a piece of text is, which decides its colour.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Plain,
    Strong,
    Dim,
    Good,
    Bad,
    Warning,
    Code,
    Value,
}

impl Role {
    const fn style(self) -> Style {
        let style = Style::new();
        match self {
            Role::Plain => style,
            Role::Strong => style.bold(),
            Role::Dim => style.dimmed(),
            Role::Good => AnsiColor::Green.on_default(),
            Role::Bad => AnsiColor::Red.on_default().bold(),
            Role::Warning => AnsiColor::Yellow.on_default(),
            Role::Code => AnsiColor::Cyan.on_default(),
            Role::Value => AnsiColor::Magenta.on_default(),
        }
    }
}

/// A piece of text with its role.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) text: String,
    pub(crate) role: Role,
}

/// One line of a report.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Line {
    pub(crate) spans: Vec<Span>,
}

impl Line {
    pub(crate) fn new(role: Role, text: &str) -> Line {
        Line::default().with(role, text)
    }

    /// The line with this text at its end.
    pub(crate) fn with(mut self, role: Role, text: &str) -> Line {
        let text = plain(text);
        if !text.is_empty() {
            self.spans.push(Span { text, role });
        }
        self
    }

    /// The line with another at its end.
    pub(crate) fn followed_by(mut self, other: Line) -> Line {
        self.spans.extend(other.spans);
        self
    }

    /// The line filled up with blanks to this width.
    pub(crate) fn padded(self, width: usize) -> Line {
        let missing = width.saturating_sub(self.width());
        self.with(Role::Plain, &" ".repeat(missing))
    }

    /// How many columns it takes.
    pub(crate) fn width(&self) -> usize {
        self.spans.iter().map(|span| span.text.width()).sum()
    }
}

/// Lines as text.
pub(crate) fn paint(lines: &[Line], colour: bool) -> String {
    let mut text = String::new();
    for line in lines {
        let last = line.spans.iter().rposition(|span| !span.text.trim_end().is_empty());
        for (index, span) in line.spans.iter().enumerate() {
            let Some(last) = last.filter(|&last| index <= last) else { break };
            let shown = if index == last { span.text.trim_end() } else { &span.text };
            if colour && span.role != Role::Plain {
                let style = span.role.style();
                // Writing to a string cannot fail.
                let _ = write!(text, "{style}{shown}{style:#}");
            } else {
                text.push_str(shown);
            }
        }
        text.push('\n');
    }
    text
}

/// Text without characters that do something to a terminal.
pub(crate) fn plain(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => shown.push_str("    "),
            '\n' => shown.push(' '),
            // Direction marks can make a line read as another than it is.
            c if c.is_control()
                || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                shown.extend(c.escape_unicode());
            }
            c => shown.push(c),
        }
    }
    shown
}

/// How many columns a text takes.
pub(crate) fn width_of(text: &str) -> usize {
    plain(text).width()
}

/// A text cut to this width, with a sign that it was.
pub(crate) fn cut(text: &str, width: usize, sign: &str) -> String {
    let text = plain(text);
    if text.width() <= width {
        return text;
    }
    let (head, _) = split_at_width(&text, width.saturating_sub(sign.width()));
    format!("{}{sign}", head.trim_end())
}

/// Lines of at most this width, broken between words, and within a word that is wider.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let width = width.max(8);
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in plain(paragraph.trim_end()).split(' ') {
            if !line.is_empty() && line.width() + 1 + word.width() > width {
                lines.push(std::mem::take(&mut line));
            } else if !line.is_empty() || word.is_empty() {
                line.push(' ');
            }
            let mut rest = word.to_owned();
            while line.width() + rest.width() > width {
                let (head, tail) = split_at_width(&rest, width.saturating_sub(line.width()));
                lines.push(std::mem::take(&mut line) + head);
                // At least one character moves in each round, however wide it is.
                rest = tail.to_owned();
            }
            line.push_str(&rest);
        }
        lines.push(line);
    }
    lines
}

/// The longest start of at most this width, but at least one character, and the rest.
fn split_at_width(text: &str, width: usize) -> (&str, &str) {
    let mut used = 0;
    for (at, character) in text.char_indices() {
        used += character.width().unwrap_or(0);
        if used > width && at > 0 {
            return text.split_at(at);
        }
    }
    (text, "")
}
