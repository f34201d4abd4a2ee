//! A counting semaphore, bounded or not: permits to take and give back.
//!
//! CPython's wakes waiters first come, first served, but a task that comes just then may take the
//! permit before them. As nothing shows that a task *is waiting* rather than about to wait, every
//! order of takers is possible while code may take any time; where code takes no time, a task that
//! has waited since an earlier moment comes first (`first_in_line`, decided by the execution).

use everyway_protocol::operation::Misuse;

/// The state of a semaphore.
#[derive(Clone, Debug)]
pub struct Semaphore {
    permits: u32,
    first: u32,
    bound: Option<u32>,
}

impl Semaphore {
    /// A semaphore with so many permits, and never more than `bound`.
    #[must_use]
    pub fn new(permits: u32, bound: Option<u32>) -> Semaphore {
        Semaphore { permits, first: permits, bound }
    }

    /// How many permits can be taken now.
    #[must_use]
    pub fn permits(&self) -> u32 {
        self.permits
    }

    /// How many permits it began with.
    #[must_use]
    pub fn first_permits(&self) -> u32 {
        self.first
    }

    /// Whether it refuses more permits than it started with.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.bound.is_some()
    }

    /// Takes one permit if there is one.
    pub fn try_acquire(&mut self) -> bool {
        let free = self.permits > 0;
        self.permits -= u32::from(free);
        free
    }

    /// Gives back so many permits.
    ///
    /// # Errors
    /// If a bounded semaphore would then have more than it started with.
    pub fn release(&mut self, permits: u32) -> Result<(), Misuse> {
        let after = self.permits.saturating_add(permits);
        if self.bound.is_some_and(|bound| after > bound) {
            return Err(Misuse::TooManyPermits);
        }
        self.permits = after;
        Ok(())
    }
}
