//! Names of what happened: numbers that are the same only for histories that are.

/// A history in one number of 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Digest(pub u128);

impl Digest {
    /// This history, and then that.
    #[must_use]
    pub const fn then(self, next: u128) -> Digest {
        const FACTOR: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
        let mixed = (self.0 ^ next.wrapping_mul(FACTOR).rotate_left(59)).wrapping_add(FACTOR);
        let mixed = (mixed ^ (mixed >> 67)).wrapping_mul(0xd605_1a5b_9d1a_f2a5_94d0_49bb_1331_11eb);
        Digest(mixed ^ (mixed >> 61))
    }

    /// Both histories, in whatever order.
    #[must_use]
    pub const fn beside(self, other: Digest) -> Digest {
        Digest(self.0.wrapping_add(Digest(1).then(other.0).0))
    }
}
