//! Regions on a cycle of conflicts: between the region's start and its end other tasks must be both
//! after one of its accesses and before another.
//!
//! A chain of conflicts and of program order runs forward in the trace. It turns back only where it
//! meets a region and goes on from an earlier access of it, so it can't leave the longest stretch of
//! overlapping regions that the region stands in. The search stays inside that stretch.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use everyway_protocol::ids::TaskId;

use super::access::{Access, Places, Steps, narrower};
use super::dataflow::Dataflow;
use super::regions::{Region, Regions};
use super::table::Table;

/// A region that is interrupted: accesses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) read: u32,
    pub(super) foreign_write: u32,
    pub(super) write: u32,
    /// The end of the region.
    pub(super) end: u32,
}

/// A read of the region and the foreign write with which a chain began.
type Origin = (u32, u32);

/// Accesses to look at: all of a task in a range, or one earlier access of a region.
#[derive(Clone, Copy, Debug)]
enum Work {
    Range { task: TaskId, from: u32, to: u32, origin: Origin },
    Member { access: u32, origin: Origin },
}

/// The search for cycles in one trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Cycles {
    pub(super) bounded: bool,
    steps: Steps,
    writes: Places,
    accesses: Places,
    tasks: Vec<Vec<u32>>,
    /// Longest stretches of overlapping regions: first and last access.
    stretches: Vec<(u32, u32)>,
    /// Per access the regions that it belongs to: a range of `memberships`.
    membership_starts: Vec<u32>,
    memberships: Vec<u32>,
    /// Per task the first access that the chain reached.
    reached: Vec<u32>,
    /// The search in which a region was last met, and in which an access was last a `Member`.
    region_met: Vec<u32>,
    member_met: Vec<u32>,
    search: u32,
    work: Vec<Work>,
}

impl Cycles {
    /// Lists the accesses of a trace by location.
    pub(super) fn index(&mut self, dataflow: &Dataflow, several_locations: bool) {
        self.writes.fill(&dataflow.accesses, Access::writes);
        if several_locations {
            self.accesses.fill(&dataflow.accesses, |_| true);
        }
    }

    /// All writes by location.
    pub(super) fn writes(&self) -> &Places {
        &self.writes
    }

    /// Gets ready to look at the regions of an indexed trace.
    pub(super) fn prepare(
        &mut self,
        dataflow: &Dataflow,
        regions: &Regions,
        several_locations: bool,
        steps: Steps,
    ) {
        self.steps = steps;
        self.bounded = false;
        if several_locations {
            self.list_tasks(dataflow);
            self.list_stretches(regions);
            self.list_memberships(dataflow, regions);
        }
    }

    /// The first foreign write of the region's location between two of its accesses: clause (a).
    pub(super) fn first_interruption(
        &self,
        region: &Region,
        dataflow: &Dataflow,
        regions: &Regions,
    ) -> Option<Hit> {
        regions.members(region).find_map(|member| {
            let foreign = self.next_interruption(member, member, region.end, dataflow)?;
            Some(hit(region, member, foreign))
        })
    }

    /// All foreign writes of the region's location between two of its accesses.
    pub(super) fn interruptions(
        &mut self,
        region: &Region,
        dataflow: &Dataflow,
        regions: &Regions,
        hits: &mut Vec<Hit>,
    ) {
        for member in regions.members(region) {
            let mut after = member;
            while let Some(foreign) = self.next_interruption(member, after, region.end, dataflow) {
                hits.push(hit(region, member, foreign));
                after = foreign;
                if !self.step() {
                    return;
                }
            }
        }
    }

    /// The first write by another task after `after` that meets both the member and the end.
    fn next_interruption(
        &self,
        member: u32,
        after: u32,
        end: u32,
        dataflow: &Dataflow,
    ) -> Option<u32> {
        let accesses = &dataflow.accesses;
        let (member, last) = (&accesses[member as usize], &accesses[end as usize]);
        if member.object != last.object || after >= end {
            return None;
        }
        let field = narrower(member.field, last.field);
        let mut first = end;
        for place in self.writes.overlapping(member.object, field) {
            let mut position = place.after(after);
            while let Some(&write) = place.accesses.get(position).filter(|&&write| write < first) {
                let access = &accesses[write as usize];
                if access.task == member.task {
                    position = place.turn(position);
                } else if access.meets(member) && access.meets(last) {
                    first = write;
                } else {
                    position += 1;
                }
            }
        }
        (first < end).then_some(first)
    }

    /// A chain from what the region read to what it writes, or a torn read: clauses (b) and (c).
    pub(super) fn cycle(
        &mut self,
        region: &Region,
        table: &Table,
        dataflow: &Dataflow,
        regions: &Regions,
    ) -> Option<Hit> {
        let (read, foreign) = self
            .chain(region, dataflow, regions)
            .or_else(|| self.torn_read(region, table, dataflow, regions))?;
        Some(hit(region, read, foreign))
    }

    fn chain(&mut self, region: &Region, dataflow: &Dataflow, regions: &Regions) -> Option<Origin> {
        let horizon = self.horizon(region.end);
        self.begin(horizon);
        for &read in regions.reads(region) {
            self.follow(dataflow, region, read, horizon, None);
        }
        while let Some(work) = self.work.pop() {
            let found = match work {
                Work::Member { access, origin } => {
                    self.visit(dataflow, region, access, origin, horizon)
                }
                Work::Range { task, from, to, origin } => {
                    let own = self.tasks.get(task.index()).map_or(&[][..], Vec::as_slice);
                    let first = own.partition_point(|&access| access < from);
                    let last = own.partition_point(|&access| access < to);
                    (first..last).find_map(|position| {
                        let access = *self.tasks.get(task.index())?.get(position)?;
                        self.meet_regions(regions, access, task, origin);
                        self.visit(dataflow, region, access, origin, horizon)
                    })
                }
            };
            if found.is_some() || self.bounded {
                return found;
            }
        }
        None
    }

    /// Starts a search in which nothing is reached before the horizon.
    fn begin(&mut self, horizon: u32) {
        self.search += 1;
        self.bounded |= !self.steps.spend(self.tasks.len());
        self.work.clear();
        self.reached.clear();
        self.reached.resize(self.tasks.len(), horizon);
    }

    /// Looks at an access that the chain reached: the chain's origin, if it closes the cycle.
    fn visit(
        &mut self,
        dataflow: &Dataflow,
        region: &Region,
        number: u32,
        origin: Origin,
        horizon: u32,
    ) -> Option<Origin> {
        let (access, end) =
            (&dataflow.accesses[number as usize], &dataflow.accesses[region.end as usize]);
        if number < region.end && access.conflicts(end) {
            return Some(origin);
        }
        self.follow(dataflow, region, number, horizon, Some(origin));
        None
    }

    /// Reaches the first later access of each foreign task that conflicts with this one.
    fn follow(
        &mut self,
        dataflow: &Dataflow,
        region: &Region,
        number: u32,
        horizon: u32,
        origin: Option<Origin>,
    ) {
        let accesses = &dataflow.accesses;
        let access = &accesses[number as usize];
        let mut latest = self.latest_reached(region.task, access.task);
        let places = core::mem::take(&mut self.accesses);
        for place in places.overlapping(access.object, access.field) {
            let mut position = place.after(number);
            while let Some(&next) = place.accesses.get(position).filter(|&&next| next < latest) {
                if !self.step() {
                    break;
                }
                let other = &accesses[next as usize];
                if other.task == access.task {
                    position = place.turn(position);
                    continue;
                }
                position += 1;
                let known = self.reached.get(other.task.index()).is_none_or(|&to| to <= next);
                if other.task == region.task || known || !access.conflicts(other) {
                    continue;
                }
                self.reach(other.task, next, origin.unwrap_or((number, next)));
                latest = self.latest_reached(region.task, access.task).min(horizon);
            }
        }
        self.accesses = places;
    }

    /// Every foreign task was reached before or at this access.
    fn latest_reached(&mut self, own: TaskId, other: TaskId) -> u32 {
        self.bounded |= !self.steps.spend(self.tasks.len());
        let foreign = |task: &usize| *task != own.index() && *task != other.index();
        let reached = (0..self.reached.len()).filter(foreign).map(|task| self.reached[task]);
        reached.max().unwrap_or_default()
    }

    fn reach(&mut self, task: TaskId, from: u32, origin: Origin) {
        if let Some(reached) = self.reached.get_mut(task.index()) {
            self.work.push(Work::Range { task, from, to: *reached, origin });
            *reached = from;
        }
    }

    /// A foreign region is one block: with one access the chain reaches its earlier ones.
    ///
    /// Only the conflicts of these are followed. What the task did between them, outside of the
    /// region, may stand on either side of the block, and another region with the same read is a
    /// block of its own.
    fn meet_regions(&mut self, regions: &Regions, number: u32, task: TaskId, origin: Origin) {
        let range = self.membership_starts.get(number as usize..number as usize + 2);
        let Some(&[start, end]) = range else { return };
        for membership in start..end {
            let Some(&met) = self.memberships.get(membership as usize) else { return };
            if core::mem::replace(&mut self.region_met[met as usize], self.search) == self.search {
                continue;
            }
            for member in regions.members(&regions.list[met as usize]) {
                let in_range = self.reached.get(task.index()).is_some_and(|&from| member >= from);
                if in_range || self.member_met[member as usize] == self.search {
                    continue;
                }
                self.member_met[member as usize] = self.search;
                self.work.push(Work::Member { access: member, origin });
            }
        }
    }

    /// Between two reads of the region one activation wrote both locations in one block.
    fn torn_read(
        &mut self,
        region: &Region,
        table: &Table,
        dataflow: &Dataflow,
        regions: &Regions,
    ) -> Option<Origin> {
        let accesses = &dataflow.accesses;
        let &last = regions.reads(region).last()?;
        // Per activation and block the first write of something that the region had read before.
        let mut first: BTreeMap<(u32, Option<u32>), Origin> = BTreeMap::new();
        let key = |write: &Access| (write.activation, table.block(write.site));
        for &read in regions.reads(region) {
            for write in self.foreign_writes(dataflow, read, read, last) {
                let origin = first.entry(key(&accesses[write as usize])).or_insert((read, write));
                if write < origin.1 {
                    *origin = (read, write);
                }
            }
        }
        if first.is_empty() {
            return None;
        }
        let &[earliest, ..] = regions.reads(region) else { return None };
        for &read in regions.reads(region) {
            for write in self.foreign_writes(dataflow, read, earliest, read) {
                let other = first.get(&key(&accesses[write as usize]));
                if let Some(&origin) = other.filter(|origin| origin.1 < write) {
                    return Some(origin);
                }
            }
        }
        None
    }

    /// Writes by other tasks of what this access touched, after `after` and before `before`.
    fn foreign_writes(
        &mut self,
        dataflow: &Dataflow,
        access: u32,
        after: u32,
        before: u32,
    ) -> Vec<u32> {
        let accesses = &dataflow.accesses;
        let access = &accesses[access as usize];
        let mut found = Vec::new();
        let places = core::mem::take(&mut self.writes);
        for place in places.overlapping(access.object, access.field) {
            let mut position = place.after(after);
            while let Some(&write) = place.accesses.get(position).filter(|&&write| write < before) {
                if !self.step() {
                    break;
                }
                let other = &accesses[write as usize];
                if other.task == access.task {
                    position = place.turn(position);
                    continue;
                }
                position += 1;
                if other.meets(access) {
                    found.push(write);
                }
            }
        }
        self.writes = places;
        found
    }

    /// The access after the stretch of overlapping regions that this one is in.
    fn horizon(&self, access: u32) -> u32 {
        let after = self.stretches.partition_point(|&(start, _)| start <= access);
        let stretch = after.checked_sub(1).and_then(|position| self.stretches.get(position));
        stretch.map_or(access, |&(_, end)| end.max(access)) + 1
    }

    fn step(&mut self) -> bool {
        let left = self.steps.spend(1);
        self.bounded |= !left;
        left
    }

    fn list_tasks(&mut self, dataflow: &Dataflow) {
        self.tasks.clear();
        for (number, access) in (0u32..).zip(&dataflow.accesses) {
            if self.tasks.len() <= access.task.index() {
                self.tasks.resize_with(access.task.index() + 1, Vec::new);
            }
            self.tasks[access.task.index()].push(number);
        }
    }

    fn list_stretches(&mut self, regions: &Regions) {
        self.stretches.clear();
        self.stretches
            .extend(regions.list.iter().map(|region| (regions.start(region), region.end)));
        self.stretches.sort_unstable();
        self.stretches.dedup_by(|next, before| {
            let overlaps = next.0 <= before.1;
            if overlaps {
                before.1 = before.1.max(next.1);
            }
            overlaps
        });
    }

    fn list_memberships(&mut self, dataflow: &Dataflow, regions: &Regions) {
        let mut pairs = Vec::new();
        for (number, region) in (0u32..).zip(&regions.list) {
            pairs.extend(regions.members(region).map(|member| (member, number)));
        }
        pairs.sort_unstable();
        self.membership_starts.clear();
        self.membership_starts.resize(dataflow.accesses.len() + 1, 0);
        for &(member, _) in &pairs {
            self.membership_starts[member as usize + 1] += 1;
        }
        let mut sum = 0;
        for start in &mut self.membership_starts {
            sum += *start;
            *start = sum;
        }
        self.memberships.clear();
        self.memberships.extend(pairs.into_iter().map(|(_, region)| region));
        self.search = 0;
        self.region_met.clear();
        self.region_met.resize(regions.list.len(), 0);
        self.member_met.clear();
        self.member_met.resize(dataflow.accesses.len(), 0);
    }
}

/// The members of a hit, in terms of the region: where it reads back, its write is the earlier one.
fn hit(region: &Region, member: u32, foreign_write: u32) -> Hit {
    let read = if member == region.write { region.end } else { member };
    Hit { read, foreign_write, write: region.write, end: region.end }
}
