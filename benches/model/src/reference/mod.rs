//! All results of a small program, by visiting every state that it can reach.
//!
//! Written anew from what the primitives are said to do, and without the engine: what the search finds
//! is judged by it. It knows no classes and no dependence; two ways to one state are one.

mod effects;
mod objects;
mod state;

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use everyway_engine::clock::ClockMode;

use crate::local::End;
use crate::program::Program;
use crate::searching::{Hashes, Plain};
use state::{Move, State};

/// What a program can do.
#[derive(Clone, Debug, Default)]
pub struct Outcomes {
    /// What its executions leave, as [`left`](crate::local::left) tells them apart.
    pub results: Hashes,
    /// How many of them got stuck.
    pub stuck: usize,
    /// How many of them had a failure.
    pub failed: usize,
    /// How many states there are.
    pub states: usize,
    /// How many ways there are through them: every order of all operations.
    pub interleavings: u64,
}

/// What the program can do under this clock; none if it has more states than this, or is too large.
#[must_use]
pub fn explore(program: &Program, clock: ClockMode, bound: usize) -> Option<Outcomes> {
    let outcomes = Outcomes::default();
    let mut visit = Visit { program, bound, outcomes, known: HashMap::default() };
    let interleavings = visit.visit(State::new(program, clock)?)?;
    let states = visit.known.len();
    Some(Outcomes { states, interleavings, ..visit.outcomes })
}

struct Visit<'a> {
    program: &'a Program,
    bound: usize,
    outcomes: Outcomes,
    /// In how many ways each state that was visited can go on.
    known: HashMap<u64, u64, BuildHasherDefault<Plain>>,
}

impl Visit<'_> {
    /// In how many ways the state can go on.
    fn visit(&mut self, mut state: State) -> Option<u64> {
        let hash = state.hash();
        if let Some(ways) = self.known.get(&hash) {
            return Some(*ways);
        }
        let mut moves = Vec::new();
        state.moves(self.program, &mut moves);
        let mut ways = 0u64;
        if moves.is_empty() {
            let end = if state.is_unfinished() { End::Stuck } else { End::Complete };
            self.note(&state, end);
            ways = 1;
        }
        for next in moves {
            let mut after = state.clone();
            after.make_move(self.program, next)?;
            if next.1 == Move::EndProgram {
                self.note(&after, End::Program);
                ways = ways.saturating_add(1);
            } else {
                ways = ways.saturating_add(self.visit(after)?);
            }
        }
        self.known.insert(hash, ways);
        (self.known.len() <= self.bound).then_some(ways)
    }

    fn note(&mut self, state: &State, end: End) {
        if self.outcomes.results.insert(state.left(self.program, end)) {
            self.outcomes.stuck += usize::from(end == End::Stuck);
            self.outcomes.failed += usize::from(state.has_failed());
        }
    }
}
