//! Small programs whose main task runs an event loop, beside which other tasks may run.
//!
//! A line is the clock, then what each callback does, callback 0 first, then after a double bar what
//! each other task does: `legal s1 l2:5 r0 w0|r0 w0||w0 t3`. Callback 0 is ready at the start.
//!
//! | action | does |
//! | --- | --- |
//! | `s3` | `call_soon` |
//! | `l3:2` | `call_later(2, …)` |
//! | `p3:2` | the same, as the end of somebody's patience |
//! | `c3` | cancels callback 3, if there is one |
//! | `r0` | reads cell 0 |
//! | `w0` | writes what it has read so far into cell 0, and its own name |
//! | `i3:0` | `call_soon` if cell 0 was written an odd number of times |
//! | `g0` | first of a callback: unless cell 0 was written an odd number of times, ends it and runs it again soon |
//! | `t3` | `call_soon_threadsafe` |
//! | `x` | `stop` |

use std::fmt;

use everyway_engine::clock::ClockMode;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    Soon(u32),
    Later(u32, i64),
    Patience(u32, i64),
    Cancel(u32),
    Read(u32),
    Write(u32),
    SoonIf(u32, u32),
    ThreadSoon(u32),
    Until(u32),
    Stop,
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) clock: ClockMode,
    pub(crate) callbacks: Vec<Vec<Action>>,
    pub(crate) threads: Vec<Vec<Action>>,
}

pub(crate) const CELLS: usize = 2;

/// What a callback or a task has seen.
pub(crate) type Seen = u64;

pub(crate) fn mix(seen: Seen, more: u64) -> Seen {
    (seen ^ more.wrapping_add(0x9e37_79b9_7f4a_7c15)).wrapping_mul(0xbf58_476d_1ce4_e5b9)
        ^ (seen >> 29)
}

/// A cell: its value, and how often it was written.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(crate) struct Cell {
    pub(crate) value: u64,
    pub(crate) writes: u32,
}

impl fmt::Display for Action {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soon(handle) => write!(to, "s{handle}"),
            Self::Later(handle, delay) => write!(to, "l{handle}:{delay}"),
            Self::Patience(handle, delay) => write!(to, "p{handle}:{delay}"),
            Self::Cancel(handle) => write!(to, "c{handle}"),
            Self::Read(cell) => write!(to, "r{cell}"),
            Self::Write(cell) => write!(to, "w{cell}"),
            Self::SoonIf(handle, cell) => write!(to, "i{handle}:{cell}"),
            Self::ThreadSoon(handle) => write!(to, "t{handle}"),
            Self::Until(cell) => write!(to, "g{cell}"),
            Self::Stop => to.write_str("x"),
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = |bodies: &[Vec<Action>]| {
            let body = |actions: &Vec<Action>| {
                actions.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
            };
            bodies.iter().map(body).collect::<Vec<_>>().join("|")
        };
        let clock = match self.clock {
            ClockMode::Legal => "legal",
            ClockMode::Exact => "exact",
            ClockMode::Any => "any",
        };
        write!(to, "{clock} {}", told(&self.callbacks))?;
        if !self.threads.is_empty() {
            write!(to, "||{}", told(&self.threads))?;
        }
        Ok(())
    }
}

impl Program {
    /// The program of a line.
    pub(crate) fn read(line: &str) -> Program {
        let (clock, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (callbacks, threads) = rest.split_once("||").unwrap_or((rest, ""));
        let bodies = |text: &str| -> Vec<Vec<Action>> {
            text.split('|').map(|body| body.split_whitespace().map(action).collect()).collect()
        };
        let clock = match clock {
            "legal" => ClockMode::Legal,
            "exact" => ClockMode::Exact,
            _ => ClockMode::Any,
        };
        let threads = if threads.is_empty() { Vec::new() } else { bodies(threads) };
        Program { clock, callbacks: bodies(callbacks), threads }
    }
}

fn action(word: &str) -> Action {
    let (kind, rest) = word.split_at(1);
    let mut numbers = rest.split(':').map(|number| number.parse::<u32>().unwrap_or(0));
    let first = numbers.next().unwrap_or(0);
    let second = numbers.next().unwrap_or(0);
    match kind {
        "s" => Action::Soon(first),
        "l" => Action::Later(first, i64::from(second)),
        "p" => Action::Patience(first, i64::from(second)),
        "c" => Action::Cancel(first),
        "r" => Action::Read(first),
        "w" => Action::Write(first),
        "i" => Action::SoonIf(first, second),
        "t" => Action::ThreadSoon(first),
        "g" => Action::Until(first),
        _ => Action::Stop,
    }
}

/// A small generator of its own (SplitMix64), so that a failing seed fails again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(limit)) as u32
    }
}

/// A random program, in which each callback but the first is created at one place only.
pub(crate) fn random(seed: u64, clock: ClockMode, handles: u32, threads: u32) -> Program {
    let mut random = Random(seed);
    let handles = handles - random.below(handles.min(3));
    let mut callbacks = vec![Vec::new(); handles as usize + 1];
    let mut tasks = vec![Vec::new(); threads as usize];
    for handle in 1..=handles {
        let early = random.below(handle).min(random.below(handle)) as usize;
        let delay = i64::from(random.below(4));
        let cell = random.below(CELLS as u32);
        let kind = random.below(10);
        if threads > 0 && kind < 3 {
            let task = random.below(threads) as usize;
            tasks[task].push(Action::ThreadSoon(handle));
            continue;
        }
        callbacks[early].push(match kind {
            0 | 1 => Action::Soon(handle),
            2 => Action::SoonIf(handle, cell),
            3 | 4 => Action::Patience(handle, delay),
            _ => Action::Later(handle, delay),
        });
    }
    let accesses = 3 + random.below(6);
    for _ in 0..accesses {
        let cell = random.below(CELLS as u32);
        let access = if random.below(2) == 0 { Action::Read(cell) } else { Action::Write(cell) };
        let all = handles + 1 + threads * 2;
        let place = random.below(all);
        let body = if place <= handles {
            &mut callbacks[place as usize]
        } else {
            &mut tasks[((place - handles - 1) / 2) as usize]
        };
        let at = random.below(body.len() as u32 + 1) as usize;
        body.insert(at, access);
    }
    for _ in 0..random.below(3) {
        let body = &mut callbacks[random.below(handles + 1) as usize];
        let at = random.below(body.len() as u32 + 1) as usize;
        let stop = random.below(4) == 0;
        body.insert(
            at,
            if stop { Action::Stop } else { Action::Cancel(1 + random.below(handles)) },
        );
    }
    Program { clock, callbacks, threads: tasks }
}
