//! Small programs of callbacks, which the model and the real loop both run.
//!
//! A line is the clock and its resolution, then what each callback does, callback 0 first:
//! `legal 1|s2 l1:2|c2|`. Callback 0 is ready at the start.
//!
//! | action | does |
//! | --- | --- |
//! | `s3` | `call_soon` |
//! | `l3:2` | `call_later(2, …)` |
//! | `a3:2` | `call_at(mark + 2, …)` |
//! | `c3` | cancels callback 3, if there is one |
//! | `e3` | the selector will have a result for 3 |
//! | `t3` | a thread will give 3 with `call_soon_threadsafe` |
//! | `m` | `mark = time()`; 0 before |
//! | `q3:2` | `if time() - mark >= 2: call_soon(…)` |
//! | `x` | `stop` |

use std::fmt;

use everyway_engine::loops::LoopClock;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    Soon(u32),
    Later(u32, i64),
    At(u32, i64),
    Cancel(u32),
    Selector(u32),
    Thread(u32),
    Mark,
    SoonIfPassed(u32, i64),
    Stop,
}

#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) clock: LoopClock,
    pub(crate) resolution: u32,
    pub(crate) bodies: Vec<Vec<Action>>,
}

impl fmt::Display for Action {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soon(handle) => write!(to, "s{handle}"),
            Self::Later(handle, delay) => write!(to, "l{handle}:{delay}"),
            Self::At(handle, offset) => write!(to, "a{handle}:{offset}"),
            Self::Cancel(handle) => write!(to, "c{handle}"),
            Self::Selector(handle) => write!(to, "e{handle}"),
            Self::Thread(handle) => write!(to, "t{handle}"),
            Self::Mark => to.write_str("m"),
            Self::SoonIfPassed(handle, limit) => write!(to, "q{handle}:{limit}"),
            Self::Stop => to.write_str("x"),
        }
    }
}

impl fmt::Display for Program {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clock = if self.clock == LoopClock::Exact { "exact" } else { "legal" };
        write!(to, "{clock} {}", self.resolution)?;
        for body in &self.bodies {
            let actions: Vec<String> = body.iter().map(ToString::to_string).collect();
            write!(to, "|{}", actions.join(" "))?;
        }
        Ok(())
    }
}

/// A small generator of its own (SplitMix64), so that a failing seed fails again.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }

    pub(crate) fn number(&mut self, limit: u32) -> u32 {
        u32::try_from(self.below(u64::from(limit))).expect("is small")
    }

    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        from + i64::from(self.number(u32::try_from(to - from + 1).expect("is small")))
    }
}

/// All programs of `handles` callbacks beside the first, each created by one with a smaller number,
/// soon or after a delay below `delays`; each of them alone and with any one cancellation at the end
/// of any callback.
pub(crate) fn all(handles: u32, delays: i64, resolution: u32, mut give: impl FnMut(Program)) {
    let shapes: u32 = (1..=handles).product();
    let kinds = u32::try_from(delays + 1).expect("is small").pow(handles);
    for shape in 0..shapes {
        for kind in 0..kinds {
            let program = created(handles, delays, resolution, shape, kind);
            for canceller in 0..=handles {
                for target in 1..=handles {
                    let mut with = program.clone();
                    with.bodies[canceller as usize].push(Action::Cancel(target));
                    give(with);
                }
            }
            give(program);
        }
    }
}

fn created(handles: u32, delays: i64, resolution: u32, mut shape: u32, mut kind: u32) -> Program {
    let mut bodies = vec![Vec::new(); handles as usize + 1];
    let kinds = u32::try_from(delays + 1).expect("is small");
    for handle in 1..=handles {
        let creator = shape % handle;
        shape /= handle;
        let action = match kind % kinds {
            0 => Action::Soon(handle),
            delay => Action::Later(handle, i64::from(delay) - 1),
        };
        kind /= kinds;
        bodies[creator as usize].push(action);
    }
    Program { clock: LoopClock::Legal, resolution, bodies }
}

/// All programs whose first callback creates `timers` timers with delays below `delays`, and nothing
/// else happens.
pub(crate) fn timers(timers: u32, delays: i64, resolution: u32) -> impl Iterator<Item = Program> {
    let delays = u32::try_from(delays).expect("is small");
    (0..delays.pow(timers)).map(move |mut number| {
        let mut bodies = vec![Vec::new(); timers as usize + 1];
        for handle in 1..=timers {
            bodies[0].push(Action::Later(handle, i64::from(number % delays)));
            number /= delays;
        }
        Program { clock: LoopClock::Legal, resolution, bodies }
    })
}

/// A program with more than a hundred timers, many of them cancelled and many of one deadline, so
/// that cancelled ones are thrown out all at once.
pub(crate) fn crowd(seed: u64) -> Program {
    let mut random = Random(seed);
    let timers = 90 + random.number(60);
    let mut bodies = vec![Vec::new(); timers as usize + 4];
    let [first, second, third] = [1, 2, 3].map(|after| timers + after);
    for handle in 1..=timers {
        let body = usize::from(handle > timers - 20) * first as usize;
        bodies[body].push(Action::Later(handle, random.between(1, 6)));
    }
    bodies[0].extend([Action::Soon(first), Action::Soon(second), Action::Later(third, 2)]);
    for callback in [0, first, second, third] {
        for _ in 0..random.number(45) {
            bodies[callback as usize].push(Action::Cancel(1 + random.number(timers)));
        }
    }
    Program { clock: LoopClock::Exact, resolution: random.number(3), bodies }
}

/// What a random program may hold.
#[derive(Clone, Copy)]
pub(crate) struct Taste {
    pub(crate) handles: u32,
    pub(crate) longest: i64,
    pub(crate) externals: bool,
    pub(crate) readings: bool,
}

/// A random program, in which each callback but the first is created by exactly one other.
pub(crate) fn random(seed: u64, clock: LoopClock, taste: Taste) -> Program {
    let mut random = Random(seed);
    let resolution = if random.below(4) == 0 { 0 } else { 1 + random.number(2) };
    let handles = taste.handles - random.number(taste.handles.min(2));
    let mut bodies = vec![Vec::new(); handles as usize + 1];
    for handle in 1..=handles {
        let early = random.number(handle).min(random.number(handle));
        let delay = random.between(-1, taste.longest);
        let action = match random.below(10) {
            0 | 1 => Action::Soon(handle),
            2 if taste.externals => Action::Selector(handle),
            3 if taste.externals => Action::Thread(handle),
            2 if taste.readings => Action::At(handle, delay),
            3 if taste.readings => Action::SoonIfPassed(handle, delay),
            _ => Action::Later(handle, delay),
        };
        let body: &mut Vec<Action> = &mut bodies[early as usize];
        body.push(action);
        if taste.readings && random.below(4) == 0 {
            body.insert(
                random.number(u32::try_from(body.len()).expect("few")) as usize,
                Action::Mark,
            );
        }
    }
    for _ in 0..random.number(3) {
        let body: &mut Vec<Action> = &mut bodies[random.number(handles + 1) as usize];
        let at = random.number(u32::try_from(body.len() + 1).expect("few")) as usize;
        let stop = random.below(8) == 0;
        body.insert(
            at,
            if stop { Action::Stop } else { Action::Cancel(1 + random.number(handles)) },
        );
    }
    Program { clock, resolution, bodies }
}
