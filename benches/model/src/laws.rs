//! What has to hold of every program, whatever it is.

use everyway_engine::clock::ClockMode;

use crate::program::Program;
use crate::reference;
use crate::searching::{Found, Mode, Plan, Searcher};

/// How much may be spent on one program.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// States of the reference.
    pub states: usize,
    /// Interleavings to enumerate.
    pub interleavings: u64,
    /// Executions of each other search.
    pub executions: u64,
}

/// A law that a program breaks.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Violation {
    /// The search did not find a result that the program has.
    ResultMissed,
    /// The search found a result that the program does not have.
    ResultInvented,
    /// The search with learned points did not find a result.
    ResultMissedByLearning,
    /// It found one that is none.
    ResultInventedByLearning,
    /// Enumeration did not find a result: the engine's primitives are not what they are said to be.
    ResultMissedByEnumeration,
    /// It found one that is none.
    ResultInventedByEnumeration,
    /// Enumeration has another number of interleavings than the reference.
    OtherInterleavings,
    /// A class was not visited.
    ClassMissed,
    /// A class was visited twice.
    ClassRepeated,
    /// A class was visited that enumeration does not have.
    ClassInvented,
    /// Sleep sets alone missed a class.
    ClassMissedBySleepSets,
    /// Two executions of one class left different things.
    ClassInconsistent,
    /// An execution was redundant although nothing is timed.
    Redundant,
    /// A plan could not be followed although nothing is timed.
    Mismatch,
    /// A race had an event that was no choice.
    Unplaced,
    /// An execution did not do what was planned.
    Diverged,
}

/// What was done with one program.
#[derive(Clone, Copy, Default, Debug)]
pub struct Figures {
    /// Whether anything could be compared.
    pub compared: bool,
    /// Interleavings, as the reference counts them.
    pub orders: u64,
    /// Interleavings, if they were enumerated.
    pub interleavings: u64,
    /// Classes that the search visited.
    pub classes: u64,
    /// Executions of the search that were redundant.
    pub redundant: u64,
    /// Results that the reference found.
    pub results: u64,
    /// Whether some result is a deadlock, or a failure.
    pub stuck: bool,
    /// Whether some assertion failed.
    pub failed: bool,
    /// Plans that could not be followed.
    pub mismatches: u64,
    /// Whether learned points took more executions than all points.
    pub costlier: bool,
}

/// Engines for each clock, kept from one program to the next.
pub struct Judge {
    legal: Searcher,
    exact: Searcher,
    any: Searcher,
}

impl Default for Judge {
    fn default() -> Judge {
        Judge {
            legal: Searcher::new(ClockMode::Legal),
            exact: Searcher::new(ClockMode::Exact),
            any: Searcher::new(ClockMode::Any),
        }
    }
}

impl Judge {
    /// Holds the program to all laws.
    ///
    /// # Errors
    /// The first law that it breaks.
    pub fn judge(
        &mut self,
        program: &Program,
        clock: ClockMode,
        patience: &Patience,
    ) -> Result<Figures, Violation> {
        let Some(outcomes) = reference::explore(program, clock, patience.states) else {
            return Ok(Figures::default());
        };
        let mut figures = Figures {
            results: outcomes.results.len() as u64,
            orders: outcomes.interleavings,
            stuck: outcomes.stuck > 0,
            failed: outcomes.failed > 0,
            ..Figures::default()
        };
        let searcher = match clock {
            ClockMode::Legal => &mut self.legal,
            ClockMode::Exact => &mut self.exact,
            ClockMode::Any => &mut self.any,
        };
        // Where deadlines order everything, or nothing, a check searches by sleep sets.
        let mode = if clock == ClockMode::Legal { Mode::Optimal } else { Mode::SleepSets };
        let plan = |mode, learn, patience| Plan { mode, learn, clock, patience, collect: true };
        let found = searcher.search(program, &plan(mode, false, patience.executions));
        if !found.finished && found.diverged == 0 {
            return Ok(figures);
        }
        (figures.classes, figures.redundant) = (found.classes.len() as u64, found.redundant);
        figures.mismatches = found.mismatches;
        figures.compared = true;
        let by_races = mode == Mode::Optimal;
        // Objects that two tasks make at a time are not told apart in plans.
        let loops = program.has_loops();
        let exact = by_races && !program.is_timed() && !program.makes_objects() && !loops;
        own_laws(&found, exact)?;
        results(&found, &outcomes, Violation::ResultMissed, Violation::ResultInvented)?;

        let learned = searcher.search(program, &plan(mode, true, patience.executions));
        if learned.diverged > 0 {
            return Err(Violation::Diverged);
        }
        if learned.finished {
            use Violation::{ResultInventedByLearning, ResultMissedByLearning};
            results(&learned, &outcomes, ResultMissedByLearning, ResultInventedByLearning)?;
            figures.costlier = learned.executions > found.executions;
        }
        if outcomes.interleavings > patience.interleavings {
            return Ok(figures);
        }
        let plain = plan(Mode::Enumeration, false, 2 * patience.interleavings);
        let plain = searcher.search(program, &plain);
        if plain.finished {
            use Violation::{ResultInventedByEnumeration, ResultMissedByEnumeration};
            figures.interleavings = plain.executions;
            results(&plain, &outcomes, ResultMissedByEnumeration, ResultInventedByEnumeration)?;
            // Each look of a loop is a step, of which the reference knows none.
            if plain.executions != outcomes.interleavings && !loops {
                return Err(Violation::OtherInterleavings);
            }
            if plain.inconsistent {
                return Err(Violation::ClassInconsistent);
            }
            let has = |in_that: &Found, of: &Found| {
                of.classes.keys().all(|class| in_that.classes.contains_key(class))
            };
            // Whether a loop looks once more depends on when its round began, which is no event.
            if loops {
                return Ok(figures);
            }
            if !has(&found, &plain) {
                return Err(Violation::ClassMissed);
            }
            if !has(&plain, &found) {
                return Err(Violation::ClassInvented);
            }
            if by_races {
                let slept = plan(Mode::SleepSets, false, patience.interleavings);
                let slept = searcher.search(program, &slept);
                if slept.finished && !has(&slept, &plain) {
                    return Err(Violation::ClassMissedBySleepSets);
                }
            }
        }
        Ok(figures)
    }
}

/// What the search can be told of itself.
fn own_laws(found: &Found, optimal: bool) -> Result<(), Violation> {
    let broken = [
        (found.diverged > 0, Violation::Diverged),
        (found.unplaced > 0, Violation::Unplaced),
        (found.inconsistent, Violation::ClassInconsistent),
        (optimal && found.mismatches > 0, Violation::Mismatch),
        (optimal && found.redundant > 0, Violation::Redundant),
        (optimal && found.repeated() > 0, Violation::ClassRepeated),
    ];
    broken.iter().find(|(broken, _)| *broken).map_or(Ok(()), |(_, violation)| Err(*violation))
}

fn results(
    found: &Found,
    outcomes: &reference::Outcomes,
    missed: Violation,
    invented: Violation,
) -> Result<(), Violation> {
    if !outcomes.results.is_subset(&found.results) {
        return Err(missed);
    }
    if !found.results.is_subset(&outcomes.results) {
        return Err(invented);
    }
    Ok(())
}
