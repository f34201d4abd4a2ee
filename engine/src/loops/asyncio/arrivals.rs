//! Where results of work outside the loop can come in.
//!
//! A selector's events are turned into callbacks when it returns, so they come after what was ready
//! and before the timers of the pass, in an order that the operating system gives. A thread adds to
//! the list of ready callbacks whenever it likes (`call_soon_threadsafe` is an append), so its result
//! can come at any place.

use alloc::vec::Vec;

use super::{ExternalKind, HandleId};

/// Work outside the loop whose result hasn't arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct External {
    pub(super) handle: HandleId,
    pub(super) kind: ExternalKind,
    /// How many of the ready callbacks were there before the work began.
    pub(super) after: usize,
}

/// One order of a pass: what was ready, what arrived, and the timers that are due.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Arrangement {
    pub(super) order: Vec<HandleId>,
    pub(super) arrived: Vec<HandleId>,
    /// Whether something arrived that a waiting selector comes back for: anything but a thread's
    /// result that came when the loop was already taking its timers.
    pub(super) wakes: bool,
}

/// The part of a pass that an entry of its list belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Part {
    Ready(usize),
    Arrived,
    Timer,
}

/// All arrangements of a pass with these timers, as far as `limit`; false if there are more.
pub(super) fn arrange(
    ready: &[HandleId],
    externals: &[External],
    timers: &[HandleId],
    limit: usize,
    into: &mut Vec<Arrangement>,
) -> bool {
    let mut list: Vec<(HandleId, Part)> =
        ready.iter().enumerate().map(|(at, handle)| (*handle, Part::Ready(at))).collect();
    list.extend(timers.iter().map(|handle| (*handle, Part::Timer)));
    let mut search = Search { externals, list, arrived: Vec::new(), limit, into };
    search.place(0)
}

struct Search<'a> {
    externals: &'a [External],
    list: Vec<(HandleId, Part)>,
    arrived: Vec<HandleId>,
    limit: usize,
    into: &'a mut Vec<Arrangement>,
}

impl Search<'_> {
    /// Places the externals from `next` on, each anywhere it can be among the earlier ones or not at
    /// all. Selector events go first, as their places don't depend on threads' results.
    fn place(&mut self, next: usize) -> bool {
        let Some(external) = self.externals.get(next).copied() else { return self.found() };
        if !self.place(next + 1) {
            return false;
        }
        self.arrived.push(external.handle);
        let places = self.places(external);
        let mut complete = true;
        for place in places {
            self.list.insert(place, (external.handle, Part::Arrived));
            complete = self.place(next + 1);
            self.list.remove(place);
            if !complete {
                break;
            }
        }
        self.arrived.pop();
        complete
    }

    fn places(&self, external: External) -> core::ops::RangeInclusive<usize> {
        let after = |is: &dyn Fn(Part) -> bool| {
            self.list.iter().rposition(|(_, part)| is(*part)).map_or(0, |at| at + 1)
        };
        let first_timer =
            self.list.iter().position(|(_, part)| *part == Part::Timer).unwrap_or(self.list.len());
        match external.kind {
            ExternalKind::Selector => after(&|part| matches!(part, Part::Ready(_)))..=first_timer,
            ExternalKind::Thread => {
                after(&|part| matches!(part, Part::Ready(at) if at < external.after))
                    ..=self.list.len()
            }
        }
    }

    fn found(&mut self) -> bool {
        if self.into.len() == self.limit {
            return false;
        }
        let timers = self.list.iter().position(|(_, part)| *part == Part::Timer);
        let before_timers = &self.list[..timers.unwrap_or(self.list.len())];
        self.into.push(Arrangement {
            order: self.list.iter().map(|(handle, _)| *handle).collect(),
            arrived: self.arrived.clone(),
            wakes: before_timers.iter().any(|(_, part)| *part == Part::Arrived),
        });
        true
    }
}
