//! A Markdown guide: each fenced block in a known language is a unit.
//!
//! A block's name is the nearest heading above it. What Markdown forgives and a reader would not see,
//! a block that is never closed, is a fault here: it would swallow all that follows.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use everyway_protocol::report::Language;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::file::Text;
use crate::language::language_of_block;
use crate::{EarlierBlock, Found, Problem, TargetUnit, UnitKind, shown_path};

pub(crate) fn find(path: &Path, found: &mut Found) {
    let shown = shown_path(path);
    let text = match crate::target::read(path, found) {
        None => return,
        Some(Text::Utf8(text)) => text,
        Some(Text::Other(message)) => {
            found.problems.push(Problem::new(shown, message));
            return;
        }
    };
    let file_name =
        path.file_name().map_or_else(|| shown.clone(), |name| name.to_string_lossy().into_owned());
    let mut earlier: Vec<(Language, EarlierBlock)> = Vec::new();
    for block in blocks(&text) {
        let id = format!("{shown}:{}", block.line);
        let Some(language) = block.language else {
            if let Some(fault) = block.fault {
                found.problems.push(Problem::new(id, fault));
            }
            continue;
        };
        let source: Arc<str> = Arc::from(block.source);
        found.units.push(TargetUnit {
            id,
            name: block.heading.unwrap_or_else(|| file_name.clone()),
            path: shown.clone(),
            line: block.line,
            language,
            source: Arc::clone(&source),
            kind: UnitKind::Block,
            module: None,
            definition_line: None,
            earlier: earlier
                .iter()
                .filter(|(other, _)| other.shares_definitions_with(language))
                .map(|(_, block)| block.clone())
                .collect(),
            fault: block.fault,
        });
        earlier.push((language, EarlierBlock { line: block.line, source }));
    }
}

/// A fenced block.
#[derive(Debug)]
struct Block {
    heading: Option<String>,
    line: u32,
    language: Option<Language>,
    source: String,
    fault: Option<String>,
}

fn blocks(text: &str) -> Vec<Block> {
    let skipped = front_matter_end(text);
    let lines = Lines::new(text);
    let mut blocks: Vec<Block> = Vec::new();
    let mut heading: Option<String> = None;
    let mut within = Within::Text;
    for (event, range) in Parser::new_ext(&text[skipped..], Options::empty()).into_offset_iter() {
        match (event, &mut within) {
            (Event::Start(Tag::Heading { .. }), _) => within = Within::Heading(String::new()),
            (Event::End(TagEnd::Heading(_)), Within::Heading(words)) => {
                heading = Some(words.split_whitespace().collect::<Vec<_>>().join(" "));
                within = Within::Text;
            }
            (Event::Text(part) | Event::Code(part), Within::Heading(words)) => {
                words.push_str(&part)
            }
            (Event::SoftBreak | Event::HardBreak, Within::Heading(words)) => words.push(' '),
            (Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))), _) => {
                let range = range.start + skipped..range.end + skipped;
                let line = lines.of(range.start);
                blocks.push(Block {
                    heading: heading.clone(),
                    line,
                    language: language_of_block(&info),
                    source: String::new(),
                    fault: never_closed(text, range, line),
                });
                within = Within::Block;
            }
            (Event::Text(part), Within::Block) => {
                if let Some(block) = blocks.last_mut() {
                    block.source.push_str(&part);
                }
            }
            (Event::End(TagEnd::CodeBlock), Within::Block) => within = Within::Text,
            _ => {}
        }
    }
    blocks
}

/// What the parser is in the middle of.
enum Within {
    Text,
    Heading(String),
    Block,
}

/// A message if the block, fence included, has no closing fence.
fn never_closed(text: &str, range: Range<usize>, line: u32) -> Option<String> {
    let whole = text.get(range)?;
    let fence_character = whole.chars().next()?;
    let fence = whole.chars().take_while(|&c| c == fence_character).count();
    let last = whole.trim_end().lines().skip(1).last().unwrap_or_default();
    let closing = last.trim_start_matches(|c: char| c.is_whitespace() || c == '>');
    let closed = closing.chars().all(|c| c == fence_character) && closing.chars().count() >= fence;
    let mark = fence_character.to_string().repeat(fence);
    (!closed).then(|| {
        format!(
            "the block that starts at line {line} is never closed: add a line {mark} at its end"
        )
    })
}

/// Where a YAML front matter between two lines `---` ends; 0 without one.
///
/// Its second line holds a `:`. A guide may also start with a ruler, and have another one later.
fn front_matter_end(text: &str) -> usize {
    let mut end = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        end += line.len();
        match (index, line.trim_end()) {
            (0, "---") => {}
            (0, _) => return 0,
            (1, line) if !line.contains(':') => return 0,
            (_, "---" | "...") => return end,
            _ => {}
        }
    }
    0
}

/// The byte at which each line starts.
struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    fn new(text: &str) -> Lines {
        let after_breaks =
            text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1);
        Lines { starts: std::iter::once(0).chain(after_breaks).collect() }
    }

    /// The line of a byte, from 1.
    fn of(&self, offset: usize) -> u32 {
        u32::try_from(self.starts.partition_point(|&start| start <= offset)).unwrap_or(u32::MAX)
    }
}
