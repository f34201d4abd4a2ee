//! What the program can read from the loop's clock.
//!
//! A reading is a moment like those of the loop itself. A program that only subtracts readings and
//! compares them can be explored exactly: its comparisons are asked with
//! [`compare`](AsyncioLoop::compare) and answered with [`assume`](AsyncioLoop::assume). A program that
//! does anything else with the number gets one of a few ([`readings`](AsyncioLoop::readings)), which
//! is a sample of what it could read.

use alloc::vec::Vec;

use super::batches::in_world;
use super::{AsyncioLoop, LoopError};
use crate::loops::LoopClock;
use crate::loops::constraints::{Constraint, Moment, START, Variable};

/// What the constraints say of a comparison.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Truth {
    /// It holds in every execution that went like this one.
    Always,
    /// It holds in none.
    Never,
    /// Both occur: the program's branch is a choice.
    Open,
}

impl AsyncioLoop {
    /// Reads the clock as a moment whose number nobody looks at.
    pub fn read(&mut self) -> Variable {
        if self.settings.clock != LoopClock::Exact {
            self.now = self.later_reading();
            self.forget_choices();
        }
        self.now
    }

    /// The reading of this number; the start if there is none.
    #[must_use]
    pub fn reading(&self, number: u32) -> Variable {
        self.system.variable_of(number).unwrap_or(START)
    }

    /// The least that a reading can be, in nanoseconds after the start.
    #[must_use]
    pub fn least(&self, reading: Variable) -> i128 {
        self.system.least(reading)
    }

    /// Where code takes no time: the clock is at least so far.
    pub fn reach(&mut self, nanoseconds: u64) {
        if self.settings.clock == LoopClock::Exact
            && self.system.least(self.now) < i128::from(nanoseconds)
        {
            let number = Moment::at(START).later(i128::from(nanoseconds));
            let now = self.later_reading();
            self.system.add(number.at_most(Moment::at(now)));
            self.system.add(Moment::at(now).at_most(number));
            self.now = now;
            self.drop_worlds();
            self.forget_choices();
        }
    }

    /// The code took so long: later readings are at least so much later.
    pub fn pass_time(&mut self, nanoseconds: u64) {
        if self.settings.clock != LoopClock::Exact {
            let before = Moment::at(self.now).later(i128::from(nanoseconds));
            let now = self.later_reading();
            self.system.add(before.at_most(Moment::at(now)));
            self.now = now;
            self.drop_worlds();
            self.forget_choices();
        }
    }

    /// Whether the constraint holds of the readings.
    pub fn compare(&mut self, constraint: Constraint) -> Truth {
        match (self.is_possible(constraint), self.is_possible(constraint.negated())) {
            (true, true) => Truth::Open,
            (true, false) => Truth::Always,
            (false, _) => Truth::Never,
        }
    }

    /// Takes the branch of a comparison in which the constraint holds; without effect, and false, if
    /// it can't hold.
    pub fn assume(&mut self, constraint: Constraint) -> bool {
        let possible = self.is_possible(constraint);
        if possible {
            self.system.add(constraint);
            self.drop_worlds();
            self.forget_choices();
        }
        possible
    }

    /// The program has compared a reading with this moment, so later readings may be near it.
    pub fn compared_with(&mut self, moment: Moment) {
        if !self.compared.contains(&moment) {
            self.compared.push(moment);
        }
    }

    /// Numbers that the clock could read now, in nanoseconds after the start: the least one; then,
    /// ascending, at and just past each pending deadline, just before and just after the moment from
    /// which a pass finds it due, and at and just past each moment that a reading was compared with.
    pub fn readings(&mut self) -> Vec<i64> {
        let mark = self.system.mark();
        let now =
            if self.settings.clock == LoopClock::Exact { self.now } else { self.later_reading() };
        let resolution = i128::from(self.settings.resolution);
        let mut near: Vec<Moment> = Vec::new();
        for timer in &self.pending {
            let when = self.handles[timer.index()].when;
            near.extend([-resolution, 1 - resolution, 0, 1].map(|by| when.later(by)));
        }
        near.extend(self.compared.iter().flat_map(|moment| [*moment, moment.later(1)]));
        let mut found: Vec<i128> = self.least_with(now, &[]).into_iter().collect();
        for moment in near {
            let is = [moment.at_most(Moment::at(now)), Moment::at(now).at_most(moment)];
            found.extend(self.least_with(now, &is));
        }
        self.system.rollback(mark);
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|reading| i64::try_from(reading).ok()).collect()
    }

    /// Reads the clock as a number, one of the [`readings`](Self::readings) or any other that is
    /// possible.
    ///
    /// # Errors
    ///
    /// If it isn't.
    pub fn read_as(&mut self, nanoseconds: i64) -> Result<Variable, LoopError> {
        let mark = self.system.mark();
        let now =
            if self.settings.clock == LoopClock::Exact { self.now } else { self.later_reading() };
        let number = Moment::at(START).later(i128::from(nanoseconds));
        let is = [number.at_most(Moment::at(now)), Moment::at(now).at_most(number)];
        if self.least_with(now, &is).is_none() {
            self.system.rollback(mark);
            return Err(LoopError::ImpossibleReading(nanoseconds));
        }
        for constraint in is {
            self.system.add(constraint);
        }
        self.now = now;
        self.drop_worlds();
        self.forget_choices();
        Ok(now)
    }

    fn later_reading(&mut self) -> Variable {
        let reading = self.system.variable();
        self.system.add(Moment::at(self.now).at_most(Moment::at(reading)));
        reading
    }

    fn is_possible(&mut self, constraint: Constraint) -> bool {
        self.least_with(self.now, &[constraint]).is_some()
    }

    /// The least time of a moment where these constraints hold too; None if they can't.
    fn least_with(&mut self, of: Variable, constraints: &[Constraint]) -> Option<i128> {
        let mark = self.system.mark();
        let mut least = None;
        if constraints.iter().all(|constraint| self.system.add(*constraint)) {
            let system = &mut self.system;
            least = self
                .worlds
                .iter()
                .filter_map(|world| in_world(world, system, |within| within.least(of)))
                .min();
        }
        self.system.rollback(mark);
        least
    }
}
