//! What distinguishes objects of one kind: who comes first at a lock, who is told what at a barrier.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod script;

use everyway_engine::execution::{Ending, Execution, Settings};
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::primitives::rwlock::RwLockPolicy;
use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::{BarrierAction, OnceAction, RwLockAction};
use everyway_protocol::operation::{Action, Reply};
use script::{Do, Left, Program, Scripted, on, run};

/// Runs the tasks in this order, one operation at a time; says how far that went.
fn follow(kind: ObjectKind, tasks: Vec<Vec<Do>>, script: &[usize]) -> (Execution, Left, usize) {
    let program = Program { objects: vec![kind], tasks, idle: true };
    let mut execution = Execution::new(Settings::default());
    let mut strategy = Scripted { script, at: 0 };
    let left = run(&program, &mut execution, &Points::everything(), &mut strategy);
    let at = strategy.at;
    (execution, left, at)
}

fn lock(actions: &[RwLockAction]) -> Vec<Do> {
    actions.iter().map(|action| on(0, Action::RwLock(*action))).collect()
}

use RwLockAction::{ReadQueue, ReadRelease, ReadTry, WriteQueue, WriteRelease};

/// A reader holds the lock, then a reader and a writer come; then the first gives it back.
fn who_is_next(policy: RwLockPolicy, order: [usize; 2]) -> Vec<usize> {
    let held_by_writer = lock(&[WriteQueue, WriteRelease]);
    let tasks = vec![held_by_writer, lock(&[ReadQueue]), lock(&[WriteQueue])];
    let script = [0, order[0], order[1], 0];
    let (execution, _, at) = follow(ObjectKind::RwLock(policy), tasks, &script);
    assert_eq!(at, 4);
    let is_enabled = |task: &usize| {
        execution.choices().iter().any(|step| {
            step.task == TaskId(*task as u32 + 1)
                && step.operation.action == Action::RwLock(RwLockAction::Resume)
        })
    };
    (1..=2).filter(is_enabled).collect()
}

#[test]
fn a_fair_lock_goes_to_whoever_has_waited_longest() {
    assert_eq!(who_is_next(RwLockPolicy::Fair, [1, 2]), [1]);
    assert_eq!(who_is_next(RwLockPolicy::Fair, [2, 1]), [2]);
}

#[test]
fn a_writer_that_waits_comes_before_readers_that_wait() {
    assert_eq!(who_is_next(RwLockPolicy::Writers, [1, 2]), [2]);
    assert_eq!(who_is_next(RwLockPolicy::Writers, [2, 1]), [2]);
}

#[test]
fn newcomers_respect_a_writer_that_waits() {
    for policy in [RwLockPolicy::Writers, RwLockPolicy::Fair] {
        let tasks = vec![lock(&[ReadQueue]), lock(&[WriteQueue]), lock(&[ReadTry, ReadQueue])];
        let (_, left, at) = follow(ObjectKind::RwLock(policy), tasks, &[0, 1, 2, 2]);
        assert_eq!(at, 4);
        assert_eq!(left.tasks[2].replies, [Reply::Answer(false), Reply::Answer(false)]);
    }
}

#[test]
fn a_reader_that_wants_to_write_waits_for_itself() {
    let tasks = vec![lock(&[ReadQueue, WriteQueue, ReadRelease])];
    let (execution, left, _) = follow(ObjectKind::RwLock(RwLockPolicy::Fair), tasks, &[0, 0]);
    assert_eq!(left.tasks[0].replies, [Reply::Answer(true), Reply::Answer(false)]);
    assert_eq!(execution.circles, [vec![TaskId(1)]]);

    let tasks = vec![lock(&[RwLockAction::ReadAcquire, RwLockAction::WriteAcquire])];
    let (execution, _, _) = follow(ObjectKind::RwLock(RwLockPolicy::Readers), tasks, &[0]);
    assert_eq!(execution.circles, [vec![TaskId(1)]]);
}

#[test]
fn whoever_begins_within_what_is_done_once_waits_for_itself() {
    let begin = on(0, Action::Once(OnceAction::Begin { forced: false }));
    let (execution, left, _) = follow(ObjectKind::Once, vec![vec![begin, begin]], &[0]);
    assert_eq!(left.ending, Ending::Stuck);
    assert_eq!(execution.circles, [vec![TaskId(1)]]);
}

#[test]
fn a_barrier_that_drains_breaks_for_those_that_have_not_gone_on() {
    let arrive = on(0, Action::Barrier(BarrierAction::Arrive));
    let abort = on(0, Action::Barrier(BarrierAction::Abort));
    for (drains, told) in [(true, Reply::Closed), (false, Reply::Answer(true))] {
        let tasks = vec![vec![arrive], vec![arrive, abort]];
        let kind = ObjectKind::Barrier { parties: 2, drains };
        let (_, left, at) = follow(kind, tasks, &[0, 1, 1, 0]);
        assert_eq!(at, 4);
        assert_eq!(left.tasks[0].replies, [Reply::Value(0), told]);
        assert_eq!(left.tasks[1].replies, [Reply::Value(1), Reply::Done]);
    }
}

#[test]
fn the_next_round_of_a_barrier_begins_when_it_has_drained() {
    let arrive = on(0, Action::Barrier(BarrierAction::Arrive));
    for (drains, steps) in [(true, 2), (false, 3)] {
        let tasks = vec![vec![arrive], vec![arrive, arrive]];
        let kind = ObjectKind::Barrier { parties: 2, drains };
        let (_, _, at) = follow(kind, tasks, &[0, 1, 1]);
        assert_eq!(at, steps);
    }
}
