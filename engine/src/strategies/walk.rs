//! A random walk: at each choice every step with equal chance.
//!
//! A class whose choices are rare is rarely met; there is no guarantee but that every class has a
//! chance. The same seed gives the same executions.

use super::{Pick, Strategy};
use crate::execution::Execution;

/// The walk.
#[derive(Debug)]
pub struct Walk {
    seed: u64,
    state: u64,
}

impl Walk {
    /// A walk with this seed.
    #[must_use]
    pub fn new(seed: u64) -> Walk {
        Walk { seed, state: 0 }
    }

    /// The execution of this number begins.
    pub fn begin(&mut self, execution: u64) {
        self.state = self
            .seed
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .wrapping_add(execution.wrapping_mul(0xd1b5_4a32_d192_ed03))
            ^ 0x2545_f491_4f6c_dd1d;
    }

    /// SplitMix64 (Steele, Lea & Flood, OOPSLA 2014).
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Strategy for Walk {
    fn choose(&mut self, execution: &Execution) -> Pick {
        let choices = execution.choices();
        if choices.len() == 1 {
            return Pick::Step(0);
        }
        // Multiply and shift (Lemire 2019, section 3, without its rejection step).
        let index = (u128::from(self.next()) * choices.len() as u128) >> 64;
        Pick::Step(index as usize)
    }
}
