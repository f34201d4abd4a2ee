//! Schedules, and the schedule token that carries one as a short printable line.
//!
//! A schedule is a list of [`Segment`]s: a task and how many operations it executes before the next
//! segment's task goes on. It counts operations and not choices, so a token means the same however
//! the search was set up. After the last segment the task that ran goes on while it can, then the
//! enabled task with the lowest id.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::ids::TaskId;

/// How a task's pending operation goes on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Alternative {
    /// It is executed.
    #[default]
    Execute,
    /// It is a timed operation, and its time runs out.
    Expire,
    /// It picks a value: this one.
    Pick(u32),
}

/// A stretch of one task's operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Segment {
    /// The task that runs.
    pub task: TaskId,
    /// How its first operation goes on.
    pub alternative: Alternative,
    /// How many operations it executes; [`Segment::TO_THE_END`] for "until it blocks or ends".
    pub operations: u32,
}

impl Segment {
    /// The count that stands for "until it blocks or ends".
    pub const TO_THE_END: u32 = 0;
}

/// The sequence of choices of one execution.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Schedule {
    /// The stretches in order.
    pub segments: Vec<Segment>,
}

/// Why a line is not a schedule token.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum TokenError {
    /// It does not start with `ew`, a number and a colon.
    NotAToken,
    /// It is of this other format.
    OtherFormat(u32),
    /// A character was lost or changed.
    Damaged,
    /// It was made for another program.
    OtherProgram,
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::NotAToken => f.write_str("not a schedule token: one starts with `ew1:`"),
            TokenError::OtherFormat(format) => {
                write!(f, "schedule token is format {format}, this version reads {FORMAT}: replay with the everyway that wrote it")
            }
            TokenError::Damaged => {
                f.write_str("schedule token is damaged: copy the whole line again from the report")
            }
            TokenError::OtherProgram => {
                f.write_str("schedule token belongs to another program, or to this one before it was changed: check it again for a new token")
            }
        }
    }
}

impl core::error::Error for TokenError {}

const FORMAT: u32 = 1;

impl Schedule {
    /// The token for this schedule of the program with this hash.
    #[must_use]
    pub fn to_token(&self, program: u32) -> String {
        let mut bytes = Vec::new();
        bytes.extend_from_slice(&program.to_le_bytes());
        for segment in &self.segments {
            // Three numbers for each task, so that a short schedule stays a short line.
            let (kind, value) = match segment.alternative {
                Alternative::Execute => (0, None),
                Alternative::Expire => (1, None),
                Alternative::Pick(value) => (2, Some(value)),
            };
            write_number(&mut bytes, segment.task.0 * 3 + kind);
            if let Some(value) = value {
                write_number(&mut bytes, value);
            }
            write_number(&mut bytes, segment.operations);
        }
        let sum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes()[..3]);
        let mut token = alloc::format!("ew{FORMAT}:");
        URL_SAFE_NO_PAD.encode_string(&bytes, &mut token);
        token
    }

    /// Reads a token of the program with this hash.
    ///
    /// # Errors
    /// If the line is no token, of another format, damaged, or of another program.
    pub fn from_token(token: &str, program: u32) -> Result<Schedule, TokenError> {
        let (format, text) = token
            .trim()
            .strip_prefix("ew")
            .and_then(|rest| rest.split_once(':'))
            .ok_or(TokenError::NotAToken)?;
        let format: u32 = format.parse().map_err(|_| TokenError::NotAToken)?;
        if format != FORMAT {
            return Err(TokenError::OtherFormat(format));
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| TokenError::Damaged)?;
        let (body, sum) = bytes.split_last_chunk::<3>().ok_or(TokenError::Damaged)?;
        if crc32fast::hash(body).to_le_bytes()[..3] != *sum {
            return Err(TokenError::Damaged);
        }
        let (hash, mut rest) = body.split_first_chunk::<4>().ok_or(TokenError::Damaged)?;
        if u32::from_le_bytes(*hash) != program {
            return Err(TokenError::OtherProgram);
        }
        let mut segments = Vec::new();
        while !rest.is_empty() {
            let task = read_number(&mut rest).ok_or(TokenError::Damaged)?;
            let alternative = match task % 3 {
                0 => Alternative::Execute,
                1 => Alternative::Expire,
                _ => Alternative::Pick(read_number(&mut rest).ok_or(TokenError::Damaged)?),
            };
            let operations = read_number(&mut rest).ok_or(TokenError::Damaged)?;
            segments.push(Segment { task: TaskId(task / 3), alternative, operations });
        }
        Ok(Schedule { segments })
    }
}

/// Little-endian base 128, as in DWARF's LEB128.
fn write_number(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn read_number(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0u32;
    for shift in [0, 7, 14, 21, 28] {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule() -> Schedule {
        let segment =
            |task, operations, alternative| Segment { task: TaskId(task), alternative, operations };
        Schedule {
            segments: alloc::vec![
                segment(1, 3, Alternative::Execute),
                segment(2, 100_000, Alternative::Expire),
                segment(7, 1, Alternative::Pick(300)),
                segment(0, Segment::TO_THE_END, Alternative::Execute),
            ],
        }
    }

    #[test]
    fn a_token_is_read_back_as_the_schedule_it_was_made_of() {
        let token = schedule().to_token(7);
        assert!(token.starts_with("ew1:"));
        assert_eq!(Schedule::from_token(&token, 7), Ok(schedule()));
    }

    #[test]
    fn a_token_of_another_program_is_refused() {
        assert_eq!(Schedule::from_token(&schedule().to_token(7), 8), Err(TokenError::OtherProgram));
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let token = schedule().to_token(7);
        for at in 4..token.len() {
            let mut changed: Vec<char> = token.chars().collect();
            changed[at] = if changed[at] == 'A' { 'B' } else { 'A' };
            let changed: String = changed.into_iter().collect();
            let read = Schedule::from_token(&changed, 7);
            assert!(read.is_err() || read == Ok(schedule()), "{changed} is read as {read:?}");
        }
    }

    #[test]
    fn other_formats_and_other_lines_are_told_apart() {
        assert_eq!(Schedule::from_token("ew9:AAAA", 7), Err(TokenError::OtherFormat(9)));
        assert_eq!(Schedule::from_token("hello", 7), Err(TokenError::NotAToken));
        assert_eq!(Schedule::from_token("ew1:", 7), Err(TokenError::Damaged));
    }
}
