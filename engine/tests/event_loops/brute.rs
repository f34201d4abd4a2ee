//! All that a program can do, by trying every step in every state on the loop's model alone.

use std::collections::{BTreeSet, HashSet};

use everyway_engine::clock::ClockMode;
use everyway_engine::loops::asyncio::{AsyncioLoop, Needs, Settings, TimerPurpose};
use everyway_engine::loops::{HandleId, LoopClock};

use crate::program::{Action, CELLS, Cell, Program, Seen, mix};

#[derive(Clone)]
struct State {
    event_loop: AsyncioLoop,
    /// The callbacks left of the pass, the running one first, and where in it the loop is.
    pass: Vec<u32>,
    at: usize,
    cancelled: Vec<bool>,
    seen: Vec<Seen>,
    cells: [Cell; CELLS],
    /// How far each thread is.
    threads: Vec<usize>,
    thread_seen: Vec<Seen>,
    stopped: bool,
    ended: bool,
    /// The passes taken and the callbacks added, in order.
    picks: Vec<usize>,
}

/// The results; none if there are too many states.
pub(crate) fn results(program: &Program, most: usize) -> Option<BTreeSet<String>> {
    let clock = match program.clock {
        ClockMode::Legal => LoopClock::Legal,
        ClockMode::Exact => LoopClock::Exact,
        ClockMode::Any => LoopClock::Any,
    };
    let mut event_loop = AsyncioLoop::new(Settings { clock, ..Settings::default() });
    event_loop.soon(HandleId(0));
    let callbacks = program.callbacks.len();
    let mut states = vec![State {
        event_loop,
        pass: Vec::new(),
        at: 0,
        cancelled: vec![false; callbacks],
        seen: vec![0; callbacks],
        cells: [Cell::default(); CELLS],
        threads: vec![0; program.threads.len()],
        thread_seen: vec![0; program.threads.len()],
        stopped: false,
        ended: false,
        picks: Vec::new(),
    }];
    let mut found = BTreeSet::new();
    let mut visited = HashSet::new();
    let mut count = 0;
    while let Some(mut state) = states.pop() {
        count += 1;
        if count > most {
            return None;
        }
        // Where each task is and which passes were taken says everything of a state but in which order
        // tasks touched what; so the values are part of the name.
        let name = format!(
            "{} {} {:?} {:?} {} {:?} {:?} {:?} {:?} {:?}",
            state.stopped,
            state.ended,
            state.picks,
            state.pass,
            state.at,
            state.cells,
            state.seen,
            state.threads,
            state.thread_seen,
            state.cancelled,
        );
        if !program.threads.is_empty() && !visited.insert(name) {
            continue;
        }
        let mut moved = false;
        for thread in 0..program.threads.len() {
            if let Some(action) = program.threads[thread].get(state.threads[thread]) {
                moved = true;
                let mut next = state.clone();
                next.threads[thread] += 1;
                let seen = next.thread_seen[thread];
                next.thread_seen[thread] = act(&mut next, *action, 100 + thread as u32, seen);
                states.push(next);
            }
        }
        if state.ended {
            if !moved {
                found.insert(told(&state, true));
            }
            continue;
        }
        if let Some(callback) = state.pass.first().copied() {
            let mut next = state;
            let body = &program.callbacks[callback as usize];
            if next.cancelled[callback as usize] && next.at == 0 || next.at >= body.len() {
                next.pass.remove(0);
                next.at = 0;
            } else {
                let action = body[next.at];
                next.at += 1;
                let seen = next.seen[callback as usize];
                next.seen[callback as usize] = act(&mut next, action, callback, seen);
            }
            states.push(next);
            continue;
        }
        if state.stopped {
            state.ended = true;
            states.push(state);
            continue;
        }
        let idle = state.event_loop.is_idle();
        let choices = state.event_loop.choices().expect("the pass is over").to_vec();
        let mut can = moved;
        for (number, choice) in choices.iter().enumerate() {
            let expires = choice
                .due
                .iter()
                .any(|timer| state.event_loop.purpose(*timer) == TimerPurpose::TimedWait);
            let waits = program.clock == ClockMode::Legal && idle && expires;
            // Where code takes no time, others come before what is later.
            let later = program.clock == ClockMode::Exact && moved && choice.least > 0;
            if (waits || later) && moved
                || choice.needs == Needs::EarlyExpiry && program.clock != ClockMode::Any
            {
                continue;
            }
            can = true;
            let mut next = state.clone();
            next.event_loop.choices().expect("the pass is over");
            next.event_loop.take(number).expect("is listed");
            while let Some(handle) = next.event_loop.next() {
                next.pass.push(handle.0);
            }
            next.picks.push(number);
            states.push(next);
        }
        if !can {
            found.insert(told(&state, false));
        }
    }
    Some(found)
}

fn act(state: &mut State, action: Action, name: u32, seen: Seen) -> Seen {
    let event_loop = &mut state.event_loop;
    match action {
        Action::Soon(handle) | Action::ThreadSoon(handle) => {
            if !state.cancelled[handle as usize] || action == Action::ThreadSoon(handle) {
                event_loop.soon(HandleId(handle));
            }
            // In which order callbacks came in is seen by what they do.
            state.picks.push(1000 + handle as usize);
        }
        Action::Later(handle, delay) => {
            event_loop.schedule(HandleId(handle), delay, TimerPurpose::Sleep);
        }
        Action::Patience(handle, delay) => {
            event_loop.schedule(HandleId(handle), delay, TimerPurpose::TimedWait);
        }
        Action::Cancel(handle) => {
            state.cancelled[handle as usize] = true;
            event_loop.cancel(HandleId(handle));
        }
        Action::Read(cell) => return mix(seen, state.cells[cell as usize].value),
        Action::Write(cell) => {
            let cell = &mut state.cells[cell as usize];
            cell.value = mix(seen, u64::from(name));
            cell.writes += 1;
        }
        Action::SoonIf(handle, cell) => {
            let odd = state.cells[cell as usize].writes % 2 == 1;
            if odd {
                event_loop.soon(HandleId(handle));
            }
            return mix(seen, u64::from(odd));
        }
        Action::Until(_) => unreachable!("a program that goes round and round has no end here"),
        Action::Stop => {
            state.stopped = true;
            event_loop.stop();
        }
    }
    seen
}

fn told(state: &State, ended: bool) -> String {
    crate::machine::told(ended, &state.cells, &state.seen, &state.thread_seen)
}
