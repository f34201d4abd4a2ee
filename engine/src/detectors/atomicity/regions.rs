//! Regions: each write with the reads that count for it.

use alloc::vec::Vec;
use core::ops::Range;

use super::access::{Access, Places, Steps};
use super::dataflow::Dataflow;
use everyway_protocol::ids::TaskId;

/// A write and the reads that made or decided it.
#[derive(Clone, Debug)]
pub(super) struct Region {
    pub(super) task: TaskId,
    /// Its reads, ascending, in the pool of [`Regions`].
    reads: Range<u32>,
    pub(super) write: u32,
    /// Its last access: the write, or the read that reads the write back.
    pub(super) end: u32,
}

/// The regions of one trace, by the position of their ends.
#[derive(Clone, Debug, Default)]
pub(super) struct Regions {
    pub(super) list: Vec<Region>,
    pub(super) bounded: bool,
    pool: Vec<u32>,
}

impl Regions {
    /// Makes the regions of all writes.
    pub(super) fn collect(
        &mut self,
        dataflow: &Dataflow,
        writes: &Places,
        several_locations: bool,
        steps: &mut Steps,
    ) {
        self.list.clear();
        self.pool.clear();
        self.bounded = false;
        let (mut same, mut others) = (Vec::new(), Vec::new());
        for (number, write) in (0u32..).zip(&dataflow.accesses) {
            same.clear();
            others.clear();
            for &read in dataflow.reads(&write.made).iter().chain(dataflow.reads(&write.decided)) {
                let here = dataflow.accesses[read as usize].meets(write);
                if here { same.push(read) } else { others.push(read) }
            }
            if several_locations {
                others.retain(|&read| !settled(dataflow, writes, read, number, steps));
                self.read_back(dataflow, write, &others);
                same.append(&mut others);
            }
            same.sort_unstable();
            same.dedup();
            self.push(write.task, &same, number, number);
        }
        self.list.sort_unstable_by_key(|region| (region.end, region.write));
        self.list.dedup_by_key(|region| (region.end, region.write));
        self.bounded = steps.exhausted();
    }

    /// The reads of a region, ascending.
    pub(super) fn reads(&self, region: &Region) -> &[u32] {
        self.pool.get(region.reads.start as usize..region.reads.end as usize).unwrap_or_default()
    }

    /// All accesses of a region.
    pub(super) fn members(&self, region: &Region) -> impl Iterator<Item = u32> {
        self.reads(region).iter().copied().chain([region.write])
    }

    /// The first access of a region.
    pub(super) fn start(&self, region: &Region) -> u32 {
        self.reads(region).first().map_or(region.write, |&read| read.min(region.write))
    }

    fn push(&mut self, task: TaskId, reads: &[u32], write: u32, end: u32) {
        if !reads.is_empty() {
            let start = self.pool.len() as u32;
            self.pool.extend_from_slice(reads);
            self.list.push(Region { task, reads: start..self.pool.len() as u32, write, end });
        }
    }

    /// A value read back from a location that its activation had changed from the old value makes a
    /// region with that change, if it goes to another location.
    fn read_back(&mut self, dataflow: &Dataflow, write: &Access, others: &[u32]) {
        if dataflow.bounded {
            // The latest change may not be known as one, and an older one must not stand for it.
            return;
        }
        let made = dataflow.reads(&write.made);
        for &number in others.iter().filter(|read| made.binary_search(read).is_ok()) {
            let read = &dataflow.accesses[number as usize];
            let Some(changes) = dataflow.changes.get(&(read.activation, read.object)) else {
                continue;
            };
            let earlier = changes.partition_point(|&change| change < number);
            let mut newest_first = changes.iter().take(earlier).rev();
            let change = newest_first.find(|&&change| {
                let change = &dataflow.accesses[change as usize];
                change.task == write.task && change.meets(read)
            });
            if let Some(&change) = change {
                self.push(write.task, &[number], change, number);
            }
        }
    }
}

/// Whether the task has itself written the read location from that read; also if that can't be told.
fn settled(
    dataflow: &Dataflow,
    writes: &Places,
    number: u32,
    before: u32,
    steps: &mut Steps,
) -> bool {
    let read = &dataflow.accesses[number as usize];
    writes.overlapping(read.object, read.field).any(|place| {
        let mut position = place.after(number);
        while let Some(&write) = place.accesses.get(position) {
            if write >= before {
                return false;
            }
            if !steps.spend(1) {
                return true;
            }
            let access = &dataflow.accesses[write as usize];
            if access.task != read.task {
                position = place.turn(position);
                continue;
            }
            // Where reads were forgotten, the write may have been made of this one.
            let made = dataflow.reads(&access.made);
            let from_it = dataflow.bounded || made.binary_search(&number).is_ok();
            if access.meets(read) && (from_it || access.site == read.site) {
                return true;
            }
            position += 1;
        }
        false
    })
}
