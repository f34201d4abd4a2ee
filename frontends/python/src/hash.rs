//! Maps whose keys are addresses or small numbers, where nobody chooses keys that collide.

use std::hash::{BuildHasherDefault, Hasher};

/// A map with the quick hash.
pub(crate) type QuickMap<K, V> = hashbrown::HashMap<K, V, BuildHasherDefault<Quick>>;

/// A set with the quick hash.
pub(crate) type QuickSet<K> = hashbrown::HashSet<K, BuildHasherDefault<Quick>>;

/// The multiplier of Fibonacci hashing: 2^64 divided by the golden ratio.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// Multiplies and rotates, number by number.
#[derive(Clone, Copy, Default)]
pub(crate) struct Quick {
    state: u64,
}

impl Hasher for Quick {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    #[inline]
    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    #[inline]
    fn write_u64(&mut self, number: u64) {
        self.state = (self.state.rotate_left(26) ^ number).wrapping_mul(SPREAD);
    }

    #[inline]
    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    #[inline]
    fn finish(&self) -> u64 {
        // The low bits choose the bucket, and a product's high bits are the good ones.
        self.state ^ (self.state >> 32)
    }
}
