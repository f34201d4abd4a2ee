//! Which reads made, and which decided, each write: the static table run over the facts of a trace.
//!
//! Each activation has the reads that are in its locals, those that each of its read and call sites
//! saw last, and those that each of its tests used last. Calls carry them into the callee's
//! parameters and back from what it returns.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::ops::Range;

use everyway_protocol::ids::{ActivationId, CallId, ObjectId, SiteId, TaskId};
use everyway_protocol::operation::Field;
use everyway_protocol::site::Decider;
use everyway_protocol::trace::{Event, Fact, FactRecord, MODULE_ACTIVATION, Trace};

use super::Violation;
use super::access::{Access, AccessKind, data_of};
use super::cycles::Hit;
use super::table::{NO_QUESTION, Row, Table, UsesRow};

/// A value that was made of more reads than twice this many forgets some.
const READS_AT_MOST: usize = 1_024;

/// So many reads are kept for the writes of one trace; then only those of the written locations.
const POOL_AT_MOST: usize = 1 << 24;

/// A set of reads, ascending.
type Reads = Vec<u32>;

/// A read that decided something, and the question that the test with it asked.
type Decision = (u32, u32);

/// One call of a function.
#[derive(Clone, Debug, Default)]
struct Activation {
    locals: BTreeMap<u32, Reads>,
    /// What the last evaluation of each read, call and test site read.
    latest: BTreeMap<u32, Reads>,
    tests: BTreeMap<u32, Reads>,
    /// Per call site the reads of the tests after which its callee could have raised.
    guards: BTreeMap<u32, Reads>,
    /// What decided the call of this activation.
    inherited: Vec<Decision>,
    returned: Reads,
    /// Reads of the tests after which it, or what it called, could have raised.
    raises: Reads,
    call: Option<CallId>,
    constructs: bool,
}

/// One evaluation of a call expression.
#[derive(Clone, Debug)]
struct Call {
    caller: u32,
    site: u32,
    receiver: Reads,
    arguments: Vec<Reads>,
    keywords: Vec<(u32, Reads)>,
    decisions: Vec<Decision>,
    /// An instrumented function was entered by it.
    entered: bool,
}

/// Consecutive events of one site, with no other fact between, are one access of several locations.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Evaluation {
    activation: u32,
    site: u32,
    has_read: bool,
}

/// The dataflow of one trace.
#[derive(Clone, Debug, Default)]
pub(super) struct Dataflow {
    pub(super) accesses: Vec<Access>,
    /// Accesses that changed a location from its old value, by activation and object.
    pub(super) changes: BTreeMap<(u32, ObjectId), Vec<u32>>,
    pub(super) bounded: bool,
    pool: Vec<u32>,
    activations: Vec<Activation>,
    numbers: BTreeMap<(ActivationId, TaskId), u32>,
    calls: BTreeMap<CallId, Call>,
    evaluation: Option<Evaluation>,
    several_locations: bool,
}

impl Dataflow {
    /// Fills `accesses` from the trace.
    pub(super) fn run(&mut self, table: &Table, trace: &Trace, several_locations: bool) {
        self.clear();
        self.several_locations = several_locations;
        let mut next = 0;
        for record in &trace.facts {
            if let Fact::Event(event) = record.fact {
                if event < next || event as usize >= trace.events.len() {
                    continue;
                }
                self.unrecorded(trace, next..event);
                next = event + 1;
            }
            self.fact(table, trace, record);
        }
        self.unrecorded(trace, next..trace.events.len() as u32);
    }

    /// The reads or writes of a range of the pool.
    pub(super) fn reads(&self, range: &Range<u32>) -> &[u32] {
        self.pool.get(range.start as usize..range.end as usize).unwrap_or_default()
    }

    /// What a hit is in terms of the trace.
    pub(super) fn violation(&self, hit: Hit) -> Violation {
        let [read, foreign, write] = self.of(hit);
        Violation {
            task: write.task,
            read: read.event,
            foreign_write: foreign.event,
            write: write.event,
        }
    }

    /// The sites of a hit's read, foreign write and write.
    pub(super) fn sites_of(&self, hit: Hit) -> [u32; 3] {
        self.of(hit).map(|access| access.site)
    }

    fn of(&self, hit: Hit) -> [&Access; 3] {
        [hit.read, hit.foreign_write, hit.write].map(|access| &self.accesses[access as usize])
    }

    fn clear(&mut self) {
        self.accesses.clear();
        self.changes.clear();
        self.bounded = false;
        self.pool.clear();
        self.activations.clear();
        self.numbers.clear();
        self.calls.clear();
        self.evaluation = None;
    }

    /// Events without a fact: accesses that use nothing.
    fn unrecorded(&mut self, trace: &Trace, range: Range<u32>) {
        for number in range {
            let Some(event) = trace.events.get(number as usize) else { return };
            let activation = self.activation(event.unit, MODULE_ACTIVATION);
            self.evaluation = None;
            self.access(None, number, event, activation);
            self.evaluation = None;
        }
    }

    fn activation(&mut self, task: TaskId, id: ActivationId) -> u32 {
        let owner = if id == MODULE_ACTIVATION { task } else { TaskId::default() };
        let next = self.activations.len() as u32;
        let number = *self.numbers.entry((id, owner)).or_insert(next);
        if number == next {
            self.activations.push(Activation::default());
        }
        number
    }

    fn fact(&mut self, table: &Table, trace: &Trace, record: &FactRecord) {
        let activation = self.activation(record.task, record.activation);
        if let Fact::Event(number) = record.fact {
            if let Some(event) = trace.events.get(number as usize) {
                self.access(Some(table), number, event, activation);
            }
            return;
        }
        self.evaluation = None;
        match record.fact {
            Fact::Event(_) => {}
            Fact::Define(site) => self.define(table, activation, site),
            Fact::Test(site) => self.test(table, activation, site),
            Fact::Call(site, call) => self.call(table, activation, site, call),
            Fact::Enter(site, call) => self.enter(table, activation, site, call),
            Fact::Return(site) => self.returned(table, activation, site),
            Fact::Leave => self.leave(table, activation),
            Fact::Called(_, call) => self.called(call),
        }
    }

    /// Adds the accesses of one event; an update is a read and then a write.
    fn access(&mut self, table: Option<&Table>, number: u32, event: &Event, activation: u32) {
        let site = event.operation.site;
        self.evaluation = match self.evaluation {
            Some(same) if same.activation == activation && same.site == site.0 => Some(same),
            _ => Some(Evaluation { activation, site: site.0, has_read: false }),
        };
        let Some((reads, writes, field)) = data_of(event.operation.action) else { return };
        let access = |kind| Access {
            event: number,
            task: event.unit,
            activation,
            site: site.0,
            object: event.operation.object,
            field,
            kind,
            made: 0..0,
            decided: 0..0,
        };
        let row = table.and_then(|table| Some((table, table.row(site)?)));
        if reads {
            if let Some((_, row)) = row {
                self.read(activation, site.0, row.repeats);
            }
            self.accesses.push(access(AccessKind::Read));
        }
        if let Some(kind) = writes {
            let mut write = access(kind);
            if let Some((table, row)) = row {
                self.write(table, row, &mut write);
            }
            self.accesses.push(write);
        }
    }

    /// The access that comes next is what this site read last.
    fn read(&mut self, activation: u32, site: u32, repeats: bool) {
        let number = self.accesses.len() as u32;
        let same = self.evaluation.is_some_and(|evaluation| evaluation.has_read);
        if let Some(evaluation) = &mut self.evaluation {
            evaluation.has_read = true;
        }
        let latest = self.activations[activation as usize].latest.entry(site).or_default();
        if !repeats && !same {
            latest.clear();
        }
        latest.push(number);
        self.bounded |= shorten(&self.accesses, latest, self.several_locations);
    }

    fn write(&mut self, table: &Table, row: &Row, write: &mut Access) {
        let number = self.accesses.len() as u32;
        let mut made = self.take_uses(table, write.activation, &row.uses);
        // What a container's method itself read makes what it writes.
        if let Some(read) = self.activations[write.activation as usize].latest.get(&write.site) {
            made.extend_from_slice(read);
        }
        self.settle(&mut made);
        let decisions = self.decisions(table, write.activation, row);
        let mut decided: Reads = decisions.into_iter().map(|(read, _)| read).collect();
        decided.sort_unstable();
        decided.dedup();

        let changes = made.iter().any(|&read| self.accesses[read as usize].meets(write));
        if self.several_locations && changes {
            self.changes.entry((write.activation, write.object)).or_default().push(number);
        }
        write.made = self.keep(write, &made);
        write.decided = self.keep(write, &decided);
    }

    /// Puts those of the reads that are the task's own, and that can matter, into the pool.
    fn keep(&mut self, write: &Access, reads: &[u32]) -> Range<u32> {
        let start = self.pool.len() as u32;
        let full = self.pool.len() > POOL_AT_MOST;
        self.bounded |= self.several_locations && full && !reads.is_empty();
        let (accesses, any) = (&self.accesses, self.several_locations && !full);
        self.pool.extend(reads.iter().filter(|&&read| {
            let access = &accesses[read as usize];
            access.task == write.task && (any || access.meets(write))
        }));
        start..self.pool.len() as u32
    }

    fn define(&mut self, table: &Table, activation: u32, site: SiteId) {
        let Some(row) = table.row(site) else { return };
        let mut reads = self.take_uses(table, activation, &row.uses);
        own_deciders(&self.activations[activation as usize], row, &mut reads);
        self.settle(&mut reads);
        let locals = &mut self.activations[activation as usize].locals;
        for &local in &row.locals {
            locals.entry(local).or_default().clone_from(&reads);
        }
    }

    fn test(&mut self, table: &Table, activation: u32, site: SiteId) {
        let Some(row) = table.row(site) else { return };
        let mut reads;
        if row.newest_only {
            let latest = &self.activations[activation as usize].latest;
            let newest = row.uses.sites.iter().filter_map(|site| latest.get(site)?.last());
            reads = newest.copied().max().into_iter().collect();
        } else {
            reads = self.take_uses(table, activation, &row.uses);
            if let Some(own) = self.activations[activation as usize].latest.get(&site.0) {
                reads.extend_from_slice(own);
            }
            self.settle(&mut reads);
        }
        for &local in &row.locals {
            self.add(activation, |activation| activation.locals.entry(local).or_default(), &reads);
        }
        if row.raises {
            self.add(activation, |activation| &mut activation.raises, &reads);
        }
        self.activations[activation as usize].tests.insert(site.0, reads);
    }

    fn call(&mut self, table: &Table, activation: u32, site: SiteId, call: CallId) {
        let Some(row) = table.row(site) else { return };
        let mut taken = |uses: &UsesRow| {
            let mut reads = self.take_uses(table, activation, uses);
            self.settle(&mut reads);
            reads
        };
        let receiver = taken(&row.receiver);
        let arguments = row.arguments.iter().map(&mut taken).collect();
        let keywords = row.keywords.iter().map(|(name, uses)| (*name, taken(uses))).collect();
        let decisions = self.decisions(table, activation, row);
        if !row.repeats {
            self.activations[activation as usize].latest.remove(&site.0);
        }
        let (caller, site) = (activation, site.0);
        let made = Call { caller, site, receiver, arguments, keywords, decisions, entered: false };
        self.calls.insert(call, made);
    }

    fn enter(&mut self, table: &Table, activation: u32, site: SiteId, call: Option<CallId>) {
        let (Some(row), Some(id)) = (table.row(site), call) else { return };
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.entered = true;
        let entered = &mut self.activations[activation as usize];
        entered.call = Some(id);
        entered.constructs = row.constructs;
        entered.inherited.clone_from(&call.decisions);
        bind(&mut entered.locals, row, call);
    }

    fn returned(&mut self, table: &Table, activation: u32, site: SiteId) {
        let Some(row) = table.row(site) else { return };
        let mut reads = self.take_uses(table, activation, &row.uses);
        own_deciders(&self.activations[activation as usize], row, &mut reads);
        self.settle(&mut reads);
        self.activations[activation as usize].returned = reads;
    }

    /// Hands what the activation returned to its caller, and forgets the activation.
    fn leave(&mut self, table: &Table, activation: u32) {
        let left = core::mem::take(&mut self.activations[activation as usize]);
        let Some(call) = left.call.and_then(|call| self.calls.get(&call)) else { return };
        let (caller, site) = (call.caller, call.site);
        let mut value = left.returned;
        if left.constructs {
            call.arguments.iter().for_each(|reads| value.extend_from_slice(reads));
            call.keywords.iter().for_each(|(_, reads)| value.extend_from_slice(reads));
            self.settle(&mut value);
        }
        if !table.repeats(site) {
            // A coroutine's call had returned before: then its arguments stood for the value.
            self.activations[caller as usize].latest.remove(&site);
        }
        self.add(caller, |caller| caller.latest.entry(site).or_default(), &value);
        self.add(caller, |caller| &mut caller.raises, &left.raises);
        self.activations[caller as usize].guards.insert(site, left.raises);
    }

    /// What an uninstrumented callee gives is made of its receiver and all its arguments.
    fn called(&mut self, call: CallId) {
        let Some(call) = self.calls.get(&call).filter(|call| !call.entered) else { return };
        let (caller, site) = (call.caller, call.site);
        let mut value = call.receiver.clone();
        call.arguments.iter().for_each(|reads| value.extend_from_slice(reads));
        call.keywords.iter().for_each(|(_, reads)| value.extend_from_slice(reads));
        self.add(caller, |caller| caller.latest.entry(site).or_default(), &value);
    }

    /// The reads in an expression; a site that repeats gives them up.
    fn take_uses(&mut self, table: &Table, activation: u32, uses: &UsesRow) -> Reads {
        let activation = &mut self.activations[activation as usize];
        let mut reads = Reads::new();
        // Locals first: they are mostly older, and `order` likes what is nearly in order.
        for local in &uses.locals {
            reads.extend_from_slice(activation.locals.get(local).map_or(&[], Vec::as_slice));
        }
        for site in &uses.sites {
            reads.extend_from_slice(activation.latest.get(site).map_or(&[], Vec::as_slice));
        }
        for site in uses.sites.iter().filter(|&&site| table.repeats(site)) {
            activation.latest.remove(site);
        }
        reads
    }

    fn add(
        &mut self,
        activation: u32,
        target: impl FnOnce(&mut Activation) -> &mut Reads,
        reads: &[u32],
    ) {
        let target = target(&mut self.activations[activation as usize]);
        target.extend_from_slice(reads);
        order(target);
        self.bounded |= shorten(&self.accesses, target, self.several_locations);
    }

    fn settle(&mut self, reads: &mut Reads) {
        order(reads);
        self.bounded |= shorten(&self.accesses, reads, self.several_locations);
    }

    /// What decides a site: of the reads of one location through one question only the newest.
    fn decisions(&self, table: &Table, activation: u32, row: &Row) -> Vec<Decision> {
        let activation = &self.activations[activation as usize];
        let mut decisions = activation.inherited.clone();
        for &decider in &row.deciders {
            let question = match decider {
                Decider::Test(test) | Decider::LoopBefore(test) => table.question(test),
                Decider::CallBefore(_) => NO_QUESTION,
            };
            let reads = reads_of(activation, decider);
            decisions.extend(reads.iter().map(|&read| (read, question)));
        }
        if decisions.len() > 1 {
            let key = |&(read, question): &Decision| {
                let access = &self.accesses[read as usize];
                (question, access.task, access.object, location(access.field))
            };
            decisions.sort_unstable_by_key(|decision| (key(decision), u32::MAX - decision.0));
            decisions.dedup_by_key(|decision| key(decision));
        }
        decisions
    }
}

/// A read of an entry is of the same location whether the entry was there or not.
fn location(field: Field) -> Field {
    match field {
        Field::EntryAndShape(key) => Field::Entry(key),
        other => other,
    }
}

fn reads_of(activation: &Activation, decider: Decider) -> &[u32] {
    let reads = match decider {
        Decider::Test(test) | Decider::LoopBefore(test) => activation.tests.get(&test.0),
        Decider::CallBefore(call) => activation.guards.get(&call.0),
    };
    reads.map_or(&[], Vec::as_slice)
}

fn own_deciders(activation: &Activation, row: &Row, reads: &mut Reads) {
    for &decider in &row.deciders {
        reads.extend_from_slice(reads_of(activation, decider));
    }
}

/// Gives the parameters what the call's receiver and arguments were made of.
fn bind(locals: &mut BTreeMap<u32, Reads>, row: &Row, call: &Call) {
    let mut positional = row.parameters.as_slice();
    if let (true, Some((receiver, others))) = (row.takes_receiver, positional.split_first()) {
        locals.insert(*receiver, call.receiver.clone());
        positional = others;
    }
    for (&parameter, reads) in positional.iter().zip(&call.arguments) {
        locals.insert(parameter, reads.clone());
    }
    let mut rest: Reads = call.arguments.iter().skip(positional.len()).flatten().copied().collect();
    for (name, reads) in &call.keywords {
        if row.parameters.contains(name) || row.other_parameters.contains(name) {
            locals.insert(*name, reads.clone());
        } else {
            rest.extend_from_slice(reads);
        }
    }
    order(&mut rest);
    for &parameter in &row.other_parameters {
        if !call.keywords.iter().any(|(name, _)| *name == parameter) {
            locals.insert(parameter, rest.clone());
        }
    }
}

fn order(reads: &mut Reads) {
    if !reads.is_sorted_by(|one, next| one < next) {
        // The stable sort merges runs, and a union is a few of them.
        reads.sort();
        reads.dedup();
    }
}

/// Forgets reads of a set that is too large; whether a region could be missed for it.
///
/// Where one location is concerned, its oldest read sees everything that a later one sees.
fn shorten(accesses: &[Access], reads: &mut Reads, several_locations: bool) -> bool {
    if reads.len() <= 2 * READS_AT_MOST {
        return false;
    }
    let mut ends: BTreeMap<(ObjectId, Field), (u32, u32)> = BTreeMap::new();
    for &read in reads.iter() {
        // The newest read may not be in the list yet.
        let Some(access) = accesses.get(read as usize) else { continue };
        ends.entry((access.object, access.field)).or_insert((read, read)).1 = read;
    }
    let newest = reads.last().copied();
    reads.clear();
    reads.extend(ends.into_values().flat_map(|(oldest, newest)| [oldest, newest]).chain(newest));
    order(reads);
    let cut = reads.len() > READS_AT_MOST;
    if cut {
        reads.drain(..reads.len() - READS_AT_MOST);
    }
    cut || several_locations
}
