//! How a report for people looks: how wide, in which colours and characters.

use crate::ReplayCommand;

/// How a report for people looks.
#[derive(Clone, Debug)]
pub struct Look {
    /// How many columns there are.
    pub width: usize,
    /// Whether colours are wanted.
    pub colour: bool,
    /// Whether lines and arrows may be drawn with characters beyond ASCII.
    pub unicode: bool,
    /// How to say the command that replays a schedule.
    pub replay: ReplayCommand,
}

impl Default for Look {
    fn default() -> Look {
        Look { width: 100, colour: false, unicode: true, replay: ReplayCommand::default() }
    }
}

impl Look {
    pub(crate) const fn glyphs(&self) -> &'static Glyphs {
        if self.unicode { &UNICODE } else { &ASCII }
    }
}

/// The characters that are drawn with.
#[derive(Debug)]
pub(crate) struct Glyphs {
    pub(crate) bar: &'static str,
    pub(crate) ruler: &'static str,
    pub(crate) crossing: &'static str,
    pub(crate) turn: &'static str,
    pub(crate) read: &'static str,
    pub(crate) write: &'static str,
    pub(crate) dot: &'static str,
    pub(crate) cut: &'static str,
}

const UNICODE: Glyphs = Glyphs {
    bar: " │ ",
    ruler: "─",
    crossing: "─┼─",
    turn: "↳ ",
    read: " → ",
    write: " ← ",
    dot: " · ",
    cut: "…",
};

const ASCII: Glyphs = Glyphs {
    bar: " | ",
    ruler: "-",
    crossing: "-+-",
    turn: "> ",
    read: " -> ",
    write: " <- ",
    dot: ", ",
    cut: "...",
};
