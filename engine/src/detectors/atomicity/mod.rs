//! Atomicity violations: a write whose reads another task made stale, so that no serial order explains it.
//!
//! `dataflow` runs the static table of sites over the trace and finds the reads that made and that
//! decided each write; `regions` makes a region of each write and its reads; `cycles` looks for a
//! region on a cycle of conflicts. All three work on [`access::Access`]es: an event that reads and
//! writes in one step is two of them. A verdict depends on the equivalence class only, so one
//! execution of each class is enough.

mod access;
mod cycles;
mod dataflow;
mod gaps;
mod regions;
mod table;
#[cfg(test)]
mod tests;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;
use everyway_protocol::site::SiteTable;
use everyway_protocol::trace::Trace;

use self::cycles::{Cycles, Hit};
use self::dataflow::Dataflow;
use self::regions::Regions;
use self::table::Table;

pub use self::gaps::may_be_interrupted;

/// A region that no serial order explains; all three are indices into [`Trace::events`].
///
/// `write` is before `read` where a task read back what it had changed. `foreign_write` is between
/// them where one location is concerned; on a longer cycle it may be after both.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The task of the region, or the activity of a loop.
    pub task: TaskId,
    /// The read that another task made stale.
    pub read: u32,
    /// The write of that other task.
    pub foreign_write: u32,
    /// The region's write.
    pub write: u32,
}

/// Which clauses of the definition count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clauses {
    /// Also regions of several locations: chains of conflicts, torn reads and values read back.
    pub several_locations: bool,
}

/// How much searching one analysis of regions of several locations may do, in accesses looked at.
const STEPS_AT_MOST: u64 = 10_000_000;

/// The detector for one program; its buffers serve one trace after the other.
#[derive(Debug)]
pub struct Analysis {
    table: Table,
    dataflow: Dataflow,
    regions: Regions,
    cycles: Cycles,
}

impl Analysis {
    /// A detector for the program with these sites.
    #[must_use]
    pub fn new(sites: &SiteTable) -> Self {
        Analysis {
            table: Table::new(sites),
            dataflow: Dataflow::default(),
            regions: Regions::default(),
            cycles: Cycles::default(),
        }
    }

    /// The violation whose region ends first; none if the trace is serialisable.
    ///
    /// The trace must have facts. None means only "none found" if [`Analysis::bounded`] holds.
    pub fn violation(&mut self, trace: &Trace, clauses: Clauses) -> Option<Violation> {
        self.prepare(trace, clauses);
        let Analysis { table, dataflow, regions, cycles } = self;
        let mut first = None;
        for region in &regions.list {
            first = cycles.first_interruption(region, dataflow, regions);
            if first.is_some() {
                break;
            }
        }
        if clauses.several_locations {
            let before = first.map_or(u32::MAX, |hit: Hit| hit.end);
            for region in regions.list.iter().take_while(|region| region.end < before) {
                let cycle = cycles.cycle(region, table, dataflow, regions);
                if let Some(hit) = cycle {
                    return Some(dataflow.violation(hit));
                }
            }
        }
        first.map(|hit| dataflow.violation(hit))
    }

    /// All violations that differ in the site of the read, the foreign write or the write.
    pub fn violations(&mut self, trace: &Trace, clauses: Clauses) -> Vec<Violation> {
        self.prepare(trace, clauses);
        let Analysis { table, dataflow, regions, cycles } = self;
        let (mut seen, mut found, mut hits) = (BTreeSet::new(), Vec::new(), Vec::new());
        for region in &regions.list {
            cycles.interruptions(region, dataflow, regions, &mut hits);
            if clauses.several_locations {
                hits.extend(cycles.cycle(region, table, dataflow, regions));
            }
            for hit in hits.drain(..) {
                if seen.insert(dataflow.sites_of(hit)) {
                    found.push(dataflow.violation(hit));
                }
            }
        }
        found
    }

    /// Whether the last analysis gave up a part of its search, so that it may have missed violations.
    ///
    /// It looks at 10,000,000 accesses at most for regions of several locations, and keeps about
    /// 1,000 reads of each value: of more than 2,048 it forgets those between the oldest and the
    /// newest of a location, then the oldest. For one location the first of these loses nothing and
    /// is not counted. What it does report is never due to such a limit.
    #[must_use]
    pub fn bounded(&self) -> bool {
        self.dataflow.bounded || self.regions.bounded || self.cycles.bounded
    }

    fn prepare(&mut self, trace: &Trace, clauses: Clauses) {
        let several = clauses.several_locations;
        let mut steps = access::Steps::new(STEPS_AT_MOST);
        self.dataflow.run(&self.table, trace, several);
        self.cycles.index(&self.dataflow, several);
        self.regions.collect(&self.dataflow, self.cycles.writes(), several, &mut steps);
        self.cycles.prepare(&self.dataflow, &self.regions, several, steps);
    }
}
