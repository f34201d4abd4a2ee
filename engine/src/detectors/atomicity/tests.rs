use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use everyway_protocol::ids::{ActivationId, CallId, ObjectId, SiteId, TaskId};
use everyway_protocol::operation::{Action, Field, Operation, Reply};
use everyway_protocol::site::{Decider, Site, SiteKind, SiteTable, Uses};
use everyway_protocol::trace::{Event, Fact, FactRecord, Trace};

use super::{Analysis, Clauses, Violation, may_be_interrupted};

const ONE: Clauses = Clauses { several_locations: false };
const SEVERAL: Clauses = Clauses { several_locations: true };

const ALICE: TaskId = TaskId(0);
const BOB: TaskId = TaskId(1);
const CAROL: TaskId = TaskId(2);

const X: ObjectId = ObjectId(0);
const Y: ObjectId = ObjectId(1);
const Z: ObjectId = ObjectId(2);

/// A site table and a trace, written by hand. A task's function is activation `task + 1`.
#[derive(Default)]
struct Program {
    table: SiteTable,
    trace: Trace,
}

fn blank(kind: SiteKind) -> Site {
    Site {
        kind,
        file: 0,
        line: 1,
        column: 1,
        name: Default::default(),
        uses: Uses::default(),
        deciders: Vec::new(),
        locals: Vec::new(),
        block: 0,
        function: None,
        question: None,
        repeats: false,
        newest_only: false,
        raises: false,
        receiver: Uses::default(),
        arguments: Vec::new(),
        keywords: Vec::new(),
        parameters: Vec::new(),
        other_parameters: Vec::new(),
    }
}

fn uses(sites: &[SiteId], locals: &[&str]) -> Uses {
    Uses { sites: sites.to_vec(), locals: locals.iter().map(ToString::to_string).collect() }
}

impl Program {
    fn site(&mut self, site: Site) -> SiteId {
        self.table.sites.push(site);
        SiteId(self.table.sites.len() as u32 - 1)
    }

    fn reading(&mut self) -> SiteId {
        self.site(blank(SiteKind::Read))
    }

    fn writing(&mut self, uses: Uses, deciders: &[Decider]) -> SiteId {
        let deciders = deciders.to_vec();
        self.site(Site { uses, deciders, ..blank(SiteKind::Write) })
    }

    fn testing(&mut self, uses: Uses, question: &str) -> SiteId {
        let question = Some(question.to_string());
        self.site(Site { uses, question, ..blank(SiteKind::Test) })
    }

    fn defining(&mut self, local: &str, uses: Uses) -> SiteId {
        self.site(Site { uses, locals: vec![local.to_string()], ..blank(SiteKind::Define) })
    }

    /// A function with these parameters.
    fn function(&mut self, parameters: &[&str]) -> SiteId {
        let parameters = parameters.iter().map(ToString::to_string).collect();
        self.site(Site { parameters, ..blank(SiteKind::Function) })
    }

    fn event(
        &mut self,
        task: TaskId,
        activation: u32,
        site: SiteId,
        object: ObjectId,
        action: Action,
    ) {
        let operation = Operation::new(action, object, site);
        self.trace.events.push(Event {
            task,
            unit: task,
            operation,
            reply: Reply::Done,
            point: true,
        });
        let event = self.trace.events.len() as u32 - 1;
        self.fact_in(task, activation, Fact::Event(event));
    }

    fn fact_in(&mut self, task: TaskId, activation: u32, fact: Fact) {
        let activation = ActivationId(activation);
        self.trace.facts.push(FactRecord { task, activation, fact });
    }

    fn fact(&mut self, task: TaskId, fact: Fact) {
        self.fact_in(task, task.0 + 1, fact);
    }

    fn does(&mut self, task: TaskId, site: SiteId, object: ObjectId, action: Action) {
        self.event(task, task.0 + 1, site, object, action);
    }

    fn read(&mut self, task: TaskId, site: SiteId, object: ObjectId) {
        self.does(task, site, object, Action::Read(Field::Whole));
    }

    fn write(&mut self, task: TaskId, site: SiteId, object: ObjectId) {
        self.does(task, site, object, Action::Write(Field::Whole));
    }

    /// A write by another task that uses nothing.
    fn foreign_write(&mut self, object: ObjectId) {
        self.write(BOB, SiteId::NONE, object);
    }

    fn violation(&self, clauses: Clauses) -> Option<Violation> {
        let mut analysis = Analysis::new(&self.table);
        let found = analysis.violation(&self.trace, clauses);
        assert!(!analysis.bounded());
        assert_eq!(analysis.violations(&self.trace, clauses).first().copied(), found);
        let several = clauses.several_locations;
        assert!(found.is_none() || may_be_interrupted(&self.trace.events, several));
        found
    }

    /// Events of read, foreign write and write.
    fn events(&self, clauses: Clauses) -> Option<[u32; 3]> {
        self.violation(clauses).map(|found| [found.read, found.foreign_write, found.write])
    }
}

/// `x = x + 1` of one task, with so many foreign writes of `x` before the read, between and after.
fn increment(before: usize, between: usize, after: usize) -> Program {
    let mut program = Program::default();
    let read = program.reading();
    let write = program.writing(uses(&[read], &[]), &[]);
    (0..before).for_each(|_| program.foreign_write(X));
    program.read(ALICE, read, X);
    (0..between).for_each(|_| program.foreign_write(X));
    program.write(ALICE, write, X);
    (0..after).for_each(|_| program.foreign_write(X));
    program
}

#[test]
fn a_foreign_write_between_the_read_that_made_a_write_and_the_write_is_a_violation() {
    let program = increment(1, 1, 1);
    assert_eq!(
        program.violation(ONE),
        Some(Violation { task: ALICE, read: 1, foreign_write: 2, write: 3 })
    );
    assert_eq!(program.violation(SEVERAL), program.violation(ONE));
}

#[test]
fn foreign_writes_before_the_read_and_after_the_write_are_serialisable() {
    assert_eq!(increment(2, 0, 2).violation(SEVERAL), None);
    assert!(!may_be_interrupted(&increment(2, 0, 2).trace.events, true));
}

#[test]
fn a_foreign_write_of_another_entry_does_not_interrupt() {
    let with = |foreign| {
        let mut program = Program::default();
        let read = program.reading();
        let write = program.writing(uses(&[read], &[]), &[]);
        program.does(ALICE, read, X, Action::Read(Field::Entry(1)));
        program.does(BOB, SiteId::NONE, X, Action::Write(foreign));
        program.does(ALICE, write, X, Action::Write(Field::EntryAndShape(1)));
        program.violation(SEVERAL).is_some()
    };
    assert!(!with(Field::Entry(2)));
    assert!(!with(Field::EntryAndShape(2)));
    assert!(with(Field::EntryAndShape(1)));
    assert!(with(Field::Whole));
}

#[test]
fn a_value_flows_through_a_local_by_its_latest_assignment() {
    let with = |again: bool| {
        let mut program = Program::default();
        let read = program.reading();
        let from_read = program.defining("v", uses(&[read], &[]));
        let constant = program.defining("v", Uses::default());
        let write = program.writing(uses(&[], &["v"]), &[]);
        program.read(ALICE, read, X);
        program.fact(ALICE, Fact::Define(from_read));
        if again {
            program.fact(ALICE, Fact::Define(constant));
        }
        program.foreign_write(X);
        program.write(ALICE, write, X);
        program.violation(SEVERAL).is_some()
    };
    assert!(with(false));
    assert!(!with(true));
}

/// `if x: x = 1`, with the foreign write between; then, unless empty, the question asked again.
fn decided(again: &str) -> Program {
    let mut program = Program::default();
    let (read, read_again) = (program.reading(), program.reading());
    let test = program.testing(uses(&[read], &[]), "x >= 60");
    let test_again = program.testing(uses(&[read_again], &[]), again);
    let write = program.writing(Uses::default(), &[Decider::Test(test), Decider::Test(test_again)]);
    program.read(ALICE, read, X);
    program.fact(ALICE, Fact::Test(test));
    program.foreign_write(X);
    if !again.is_empty() {
        program.read(ALICE, read_again, X);
        program.fact(ALICE, Fact::Test(test_again));
    }
    program.write(ALICE, write, X);
    program
}

#[test]
fn a_foreign_write_between_the_test_that_decided_a_write_and_the_write_is_a_violation() {
    assert_eq!(decided("").events(ONE), Some([0, 1, 2]));
}

#[test]
fn the_same_question_asked_again_ends_the_decision() {
    assert_eq!(decided("x >= 60").violation(SEVERAL), None);
}

#[test]
fn a_different_question_does_not_end_the_decision() {
    assert_eq!(decided("x > 0").events(ONE), Some([0, 1, 3]));
}

#[test]
fn a_loop_before_the_write_decides_it() {
    let mut program = Program::default();
    let read = program.reading();
    let test = program.testing(uses(&[read], &[]), "locked");
    let write = program.writing(Uses::default(), &[Decider::LoopBefore(test)]);
    for _ in 0..2 {
        program.read(ALICE, read, X);
        program.fact(ALICE, Fact::Test(test));
    }
    program.foreign_write(X);
    program.write(ALICE, write, X);
    assert_eq!(program.events(ONE), Some([1, 2, 3]));
}

#[test]
fn a_handler_is_decided_by_the_newest_read_of_its_try_body() {
    let with = |first: ObjectId, second: ObjectId| {
        let mut program = Program::default();
        let (one, two) = (program.reading(), program.reading());
        let handler = program.site(Site {
            uses: uses(&[one, two], &[]),
            newest_only: true,
            ..blank(SiteKind::Test)
        });
        let write = program.writing(Uses::default(), &[Decider::Test(handler)]);
        program.read(ALICE, one, first);
        program.read(ALICE, two, second);
        program.fact(ALICE, Fact::Test(handler));
        program.foreign_write(X);
        program.write(ALICE, write, X);
        program.events(ONE)
    };
    assert_eq!(with(Y, X), Some([1, 2, 3]));
    assert_eq!(with(X, Y), None);
}

#[test]
fn a_local_that_a_branch_may_set_is_made_of_the_tests_reads() {
    let mut program = Program::default();
    let read = program.reading();
    let found = program.defining("found", Uses::default());
    let round = program.site(Site {
        uses: uses(&[read], &[]),
        locals: vec!["found".to_string()],
        ..blank(SiteKind::Test)
    });
    let not_found = program.testing(uses(&[], &["found"]), "found");
    let write = program.writing(Uses::default(), &[Decider::Test(not_found)]);
    program.fact(ALICE, Fact::Define(found));
    program.read(ALICE, read, X);
    program.fact(ALICE, Fact::Test(round));
    program.fact(ALICE, Fact::Test(not_found));
    program.foreign_write(X);
    program.write(ALICE, write, X);
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn a_read_flows_through_an_argument_into_the_callee() {
    let mut program = Program::default();
    let read = program.reading();
    let call = program.site(Site { arguments: vec![uses(&[read], &[])], ..blank(SiteKind::Call) });
    let setter = program.function(&["self", "value"]);
    let write = program.writing(uses(&[], &["value"]), &[]);
    program.read(ALICE, read, X);
    program.fact(ALICE, Fact::Call(call, CallId(1)));
    program.fact_in(ALICE, 9, Fact::Enter(setter, Some(CallId(1))));
    program.foreign_write(X);
    program.event(ALICE, 9, write, X, Action::Write(Field::Whole));
    program.fact_in(ALICE, 9, Fact::Leave);
    program.fact(ALICE, Fact::Called(call, CallId(1)));
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn an_argument_by_name_that_no_parameter_takes_goes_to_the_other_parameters() {
    let mut program = Program::default();
    let read = program.reading();
    let keywords = vec![("value".to_string(), uses(&[read], &[]))];
    let call = program.site(Site { keywords, ..blank(SiteKind::Call) });
    let other_parameters = vec!["fields".to_string()];
    let setter = program.site(Site { other_parameters, ..blank(SiteKind::Function) });
    let write = program.writing(uses(&[], &["fields"]), &[]);
    program.read(ALICE, read, X);
    program.fact(ALICE, Fact::Call(call, CallId(1)));
    program.fact_in(ALICE, 9, Fact::Enter(setter, Some(CallId(1))));
    program.foreign_write(X);
    program.event(ALICE, 9, write, X, Action::Write(Field::Whole));
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn a_read_flows_back_from_what_the_callee_returns() {
    let mut program = Program::default();
    let read = program.reading();
    let call = program.site(blank(SiteKind::Call));
    let getter = program.function(&["self"]);
    let value = program.site(Site { uses: uses(&[read], &[]), ..blank(SiteKind::Return) });
    let write = program.writing(uses(&[call], &[]), &[]);
    program.fact(ALICE, Fact::Call(call, CallId(1)));
    program.fact_in(ALICE, 9, Fact::Enter(getter, Some(CallId(1))));
    program.event(ALICE, 9, read, X, Action::Read(Field::Whole));
    program.fact_in(ALICE, 9, Fact::Return(value));
    program.fact_in(ALICE, 9, Fact::Leave);
    program.fact(ALICE, Fact::Called(call, CallId(1)));
    program.foreign_write(X);
    program.write(ALICE, write, X);
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn what_decides_a_call_decides_the_writes_inside_it() {
    let mut program = Program::default();
    let read = program.reading();
    let test = program.testing(uses(&[read], &[]), "x");
    let deciders = vec![Decider::Test(test)];
    let call = program.site(Site { deciders, ..blank(SiteKind::Call) });
    let taker = program.function(&[]);
    let write = program.writing(Uses::default(), &[]);
    program.read(ALICE, read, X);
    program.fact(ALICE, Fact::Test(test));
    program.fact(ALICE, Fact::Call(call, CallId(1)));
    program.fact_in(ALICE, 9, Fact::Enter(taker, Some(CallId(1))));
    program.foreign_write(X);
    program.event(ALICE, 9, write, X, Action::Write(Field::Whole));
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn a_test_in_an_earlier_callee_that_may_raise_decides_the_write() {
    let with = |raises: bool| {
        let mut program = Program::default();
        let read = program.reading();
        let uses = uses(&[read], &[]);
        let test = program.site(Site { uses, raises, ..blank(SiteKind::Test) });
        let call = program.site(blank(SiteKind::Call));
        let check = program.function(&[]);
        let write = program.writing(Uses::default(), &[Decider::CallBefore(call)]);
        program.fact(ALICE, Fact::Call(call, CallId(1)));
        program.fact_in(ALICE, 9, Fact::Enter(check, Some(CallId(1))));
        program.event(ALICE, 9, read, X, Action::Read(Field::Whole));
        program.fact_in(ALICE, 9, Fact::Test(test));
        program.fact_in(ALICE, 9, Fact::Leave);
        program.fact(ALICE, Fact::Called(call, CallId(1)));
        program.foreign_write(X);
        program.write(ALICE, write, X);
        program.events(ONE)
    };
    assert_eq!(with(true), Some([0, 1, 2]));
    assert_eq!(with(false), None);
}

#[test]
fn what_an_uninstrumented_callee_gives_is_made_of_its_arguments() {
    let mut program = Program::default();
    let read = program.reading();
    let call = program.site(Site { arguments: vec![uses(&[read], &[])], ..blank(SiteKind::Call) });
    let write = program.writing(uses(&[call], &[]), &[]);
    program.read(ALICE, read, X);
    program.fact(ALICE, Fact::Call(call, CallId(1)));
    program.fact(ALICE, Fact::Called(call, CallId(1)));
    program.foreign_write(X);
    program.write(ALICE, write, X);
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn one_access_of_two_locations_reads_both() {
    let mut program = Program::default();
    let read = program.reading();
    let write = program.writing(uses(&[read], &[]), &[]);
    program.read(ALICE, read, X);
    program.read(ALICE, read, Y);
    program.foreign_write(X);
    program.write(ALICE, write, X);
    assert_eq!(program.events(ONE), Some([0, 2, 3]));
}

#[test]
fn an_update_is_never_interrupted_but_what_it_read_can_be_written_too_late() {
    let mut program = Program::default();
    let pop = program.writing(Uses::default(), &[]);
    let write = program.writing(uses(&[pop], &[]), &[]);
    program.does(ALICE, pop, X, Action::Update(Field::Whole));
    program.foreign_write(X);
    assert_eq!(program.violation(SEVERAL), None);
    program.write(ALICE, write, X);
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn an_interrupted_wait_for_a_flag_is_a_violation_and_an_interrupted_lock_is_not() {
    let with = |look, change| {
        let mut program = Program::default();
        let read = program.reading();
        let test = program.testing(uses(&[read], &[]), "flag");
        let write = program.writing(Uses::default(), &[Decider::Test(test)]);
        program.does(ALICE, read, X, look);
        program.fact(ALICE, Fact::Test(test));
        program.does(BOB, SiteId::NONE, X, change);
        program.does(ALICE, write, X, Action::EventSet);
        program.events(ONE)
    };
    assert_eq!(with(Action::EventIsSet, Action::EventSet), Some([0, 1, 2]));
    assert_eq!(with(Action::MutexLocked, Action::MutexAcquire), None);
}

/// Alice reads `x`, writes it from that if `settles`, and writes `y` from the same value; Bob writes
/// `x` in between, then `y`.
fn kept_value(settles: bool) -> Program {
    let mut program = Program::default();
    let read = program.reading();
    let settle = program.writing(uses(&[read], &[]), &[]);
    let write = program.writing(uses(&[read], &[]), &[]);
    program.read(ALICE, read, X);
    if settles {
        program.write(ALICE, settle, X);
    }
    program.foreign_write(X);
    program.foreign_write(Y);
    program.write(ALICE, write, Y);
    program
}

#[test]
fn a_stale_value_written_over_a_newer_one_elsewhere_is_a_violation_of_several_locations() {
    let program = kept_value(false);
    assert_eq!(program.violation(ONE), None);
    assert_eq!(program.events(SEVERAL), Some([0, 1, 3]));
}

#[test]
fn a_location_that_the_task_wrote_from_its_read_is_settled_for_other_locations() {
    assert_eq!(kept_value(true).violation(SEVERAL), None);
}

#[test]
fn a_value_read_back_after_a_foreign_write_is_a_violation() {
    let with = |keeps_old: bool| {
        let mut program = Program::default();
        let (read, back) = (program.reading(), program.reading());
        let made = if keeps_old { uses(&[read], &[]) } else { Uses::default() };
        let change = program.writing(made, &[]);
        let write = program.writing(uses(&[back], &[]), &[]);
        program.read(ALICE, read, X);
        program.write(ALICE, change, X);
        program.foreign_write(X);
        program.read(ALICE, back, X);
        program.write(ALICE, write, Y);
        assert_eq!(program.violation(ONE), None);
        program.events(SEVERAL)
    };
    assert_eq!(with(true), Some([3, 2, 1]));
    assert_eq!(with(false), None);
}

/// Alice reads host and port into a third location, Bob replaces both in between.
fn torn(second_block: u32, second_activation: u32) -> Option<[u32; 3]> {
    let mut program = Program::default();
    let (host, port) = (program.reading(), program.reading());
    let write = program.writing(uses(&[host, port], &[]), &[]);
    let new_host = program.site(Site { block: 1, ..blank(SiteKind::Write) });
    let new_port = program.site(Site { block: second_block, ..blank(SiteKind::Write) });
    program.read(ALICE, host, X);
    program.event(BOB, 7, new_host, X, Action::Write(Field::Whole));
    program.event(BOB, second_activation, new_port, Y, Action::Write(Field::Whole));
    program.read(ALICE, port, Y);
    program.write(ALICE, write, Z);
    assert_eq!(program.violation(ONE), None);
    program.events(SEVERAL)
}

#[test]
fn two_reads_around_two_writes_of_one_block_are_torn() {
    assert_eq!(torn(1, 7), Some([0, 1, 4]));
}

#[test]
fn two_reads_around_writes_of_two_blocks_or_activations_are_not_torn() {
    assert_eq!(torn(2, 7), None);
    assert_eq!(torn(1, 8), None);
}

/// Both read `x` and `y`; Alice writes `x`, Bob writes `y`.
fn write_skew(bob_uses_x: bool) -> Option<[u32; 3]> {
    let mut program = Program::default();
    let (ax, ay, bx, by) =
        (program.reading(), program.reading(), program.reading(), program.reading());
    let alices = program.writing(uses(&[ax, ay], &[]), &[]);
    let bobs =
        program.writing(if bob_uses_x { uses(&[bx, by], &[]) } else { uses(&[by], &[]) }, &[]);
    program.read(BOB, bx, X);
    program.read(ALICE, ax, X);
    program.read(ALICE, ay, Y);
    program.write(ALICE, alices, X);
    program.read(BOB, by, Y);
    program.write(BOB, bobs, Y);
    program.events(SEVERAL)
}

#[test]
fn write_skew_is_a_cycle_through_the_other_region_as_one_block() {
    assert_eq!(write_skew(true), Some([2, 5, 3]));
    assert_eq!(write_skew(false), None);
}

#[test]
fn a_chain_leaves_a_foreign_region_by_an_earlier_access_towards_a_third_task() {
    let mut program = Program::default();
    let (ax, by, bz) = (program.reading(), program.reading(), program.reading());
    let alices = program.writing(uses(&[ax], &[]), &[]);
    let bobs = program.writing(uses(&[by, bz], &[]), &[]);
    program.read(BOB, by, Y);
    program.read(ALICE, ax, X);
    // Bob's region must be before Carol's write, which is before Alice's.
    program.write(CAROL, SiteId::NONE, Y);
    program.write(ALICE, alices, Y);
    program.read(BOB, bz, Z);
    program.write(BOB, bobs, X);
    assert_eq!(program.events(SEVERAL), Some([1, 5, 3]));
}

#[test]
fn two_blind_adds_to_one_container_do_not_conflict() {
    let with = |action: Action| {
        let mut program = Program::default();
        let read = program.reading();
        let add = program.writing(uses(&[read], &[]), &[]);
        program.read(ALICE, read, X);
        program.foreign_write(X);
        program.does(BOB, SiteId::NONE, Y, action);
        program.does(ALICE, add, Y, Action::Add(Field::Whole));
        program.violation(SEVERAL).is_some()
    };
    assert!(!with(Action::Add(Field::Whole)));
    assert!(with(Action::Write(Field::Whole)));
}

#[test]
fn the_region_that_ends_first_is_reported_and_each_triple_of_sites_once() {
    let mut program = Program::default();
    let (rx, ry) = (program.reading(), program.reading());
    let (wx, wy) = (program.writing(uses(&[rx], &[]), &[]), program.writing(uses(&[ry], &[]), &[]));
    for _ in 0..2 {
        program.read(ALICE, rx, X);
        program.read(ALICE, ry, Y);
        program.foreign_write(X);
        program.foreign_write(X);
        program.foreign_write(Y);
        program.write(ALICE, wy, Y);
        program.write(ALICE, wx, X);
    }
    let mut analysis = Analysis::new(&program.table);
    let found = analysis.violations(&program.trace, ONE);
    let writes: Vec<u32> = found.iter().map(|violation| violation.write).collect();
    assert_eq!(writes, [5, 6]);
    assert_eq!(analysis.violation(&program.trace, ONE), found.first().copied());
}

#[test]
fn regions_run_one_after_the_other_are_serialisable() {
    let mut program = Program::default();
    let (rx, ry) = (program.reading(), program.reading());
    let write = program.writing(uses(&[rx, ry], &[]), &[]);
    for round in 0..6 {
        let task = TaskId(round % 3);
        let written = if round % 2 == 0 { X } else { Y };
        program.event(task, 10 + round, rx, X, Action::Read(Field::Whole));
        program.event(task, 10 + round, ry, Y, Action::Read(Field::Whole));
        program.event(task, 10 + round, write, written, Action::Write(Field::Whole));
    }
    assert_eq!(program.violation(SEVERAL), None);
}

#[test]
fn an_event_without_a_fact_still_interrupts() {
    let mut program = increment(0, 1, 0);
    program.trace.facts.retain(|record| record.fact != Fact::Event(1));
    assert_eq!(program.events(ONE), Some([0, 1, 2]));
}

#[test]
fn an_analysis_keeps_nothing_of_the_trace_before() {
    let (bad, good) = (increment(0, 1, 0), increment(1, 0, 1));
    let mut analysis = Analysis::new(&bad.table);
    assert!(analysis.violation(&bad.trace, SEVERAL).is_some());
    assert!(analysis.violation(&good.trace, SEVERAL).is_none());
    assert!(analysis.violation(&bad.trace, SEVERAL).is_some());
}

#[test]
fn a_value_made_of_many_reads_keeps_the_oldest_of_each_location() {
    let mut program = Program::default();
    let read = program.reading();
    let sum = program.defining("sum", uses(&[read], &["sum"]));
    let write = program.writing(uses(&[], &["sum"]), &[]);
    for round in 0..5_000 {
        program.read(ALICE, read, X);
        program.fact(ALICE, Fact::Define(sum));
        if round == 0 {
            program.foreign_write(X);
        }
    }
    program.write(ALICE, write, X);
    let mut analysis = Analysis::new(&program.table);
    let found = analysis.violation(&program.trace, ONE).map(|found| found.read);
    assert_eq!((found, analysis.bounded()), (Some(0), false));
    analysis.violation(&program.trace, SEVERAL);
    assert!(analysis.bounded());
}
