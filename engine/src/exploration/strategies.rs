//! The strategies of a check, of which one is at work.

use everyway_protocol::schedule::Schedule;

use super::Purpose;
use super::early::EarlyStage;
use crate::clock::ClockMode;
use crate::strategies::Strategy;
use crate::strategies::bounded::Bounded;
use crate::strategies::exhaustive::Exhaustive;
use crate::strategies::replay::{Mismatch, Replay};
use crate::strategies::serial::Serial;
use crate::strategies::steer::Steer;
use crate::strategies::walk::Walk;

/// The longest path, in choices, that the search keeps.
const NODE_BOUND: usize = 1_000_000;

#[derive(Debug)]
pub(super) struct Strategies {
    pub(super) serial: Serial,
    pub(super) exhaustive: Exhaustive,
    pub(super) bounded: Bounded,
    pub(super) walk: Walk,
    pub(super) replay: Replay,
    pub(super) steer: Steer,
}

impl Strategies {
    pub(super) fn new(clock: ClockMode, seed: u64) -> Strategies {
        Strategies {
            serial: Serial,
            exhaustive: search(clock),
            bounded: Bounded::default(),
            walk: Walk::new(seed),
            replay: Replay::new(Schedule::default(), Mismatch::Stop),
            steer: Steer::default(),
        }
    }

    /// The one for executions with this purpose.
    #[inline]
    pub(super) fn of<'a>(
        &'a mut self,
        purpose: Purpose,
        early: &'a mut EarlyStage,
    ) -> &'a mut dyn Strategy {
        match purpose {
            Purpose::Early => early.strategy(),
            Purpose::Serial => &mut self.serial,
            Purpose::Search => &mut self.exhaustive,
            Purpose::Bounded => &mut self.bounded,
            Purpose::Walk => &mut self.walk,
            Purpose::Foreseen => &mut self.steer,
            _ => &mut self.replay,
        }
    }
}

/// A search for executions with this clock. Races are understood where a wait's time runs out only
/// when all stands still; with the other clocks everything that is enabled is tried.
pub(super) fn search(clock: ClockMode) -> Exhaustive {
    match clock {
        ClockMode::Legal => Exhaustive::new(NODE_BOUND),
        ClockMode::Exact | ClockMode::Any => Exhaustive::by_sleep_sets(NODE_BOUND),
    }
}
