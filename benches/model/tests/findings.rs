//! The smallest programs of which the search once lost something.

use everyway_engine::clock::ClockMode;
use everyway_model::laws::{Judge, Patience};
use everyway_model::program::Instruction::{
    Acquire, AcquireWithin, Add, Await, AwaitWithin, Choose, EndProgram, Give, IsAlive, IsLocked,
    JoinAll, JoinWithin, JumpIf, Load, Permits, Read, Release, Set, Sleep, Start, StartDaemon,
    Store, Take, TakeWithin, Until, Wait, WaitWithin, Write, Yield,
};
use everyway_model::program::{Instruction, Kind, Place, Program, Test, Value};
use everyway_model::searching::{Mode, Plan, search};

fn holds(objects: &[Kind], tasks: &[&[Instruction]]) {
    let tasks = tasks.iter().map(|code| code.to_vec()).collect();
    let program = Program { name: "finding".to_owned(), objects: objects.to_vec(), tasks };
    let patience = Patience { states: 10_000, interleavings: 100_000, executions: 10_000 };
    for clock in [ClockMode::Legal, ClockMode::Exact, ClockMode::Any] {
        let judged = Judge::default().judge(&program, clock, &patience);
        assert!(judged.as_ref().is_ok_and(|figures| figures.compared), "{judged:?}\n{program}");
    }
}

const FIRST: Place = Place::Object(0);
const SECOND: Place = Place::Object(1);
const THIRD: Place = Place::Object(2);
const ONE: Value = Value::Number(1);
const BOTH: &[Instruction] = &[Start(1), Start(2)];

#[test]
fn a_wait_may_run_out_while_another_task_sleeps() {
    holds(&[], &[BOTH, &[Sleep(1)], &[JoinWithin(1, 1, 2)]]);
}

#[test]
fn main_may_go_on_before_a_daemon_has_ended() {
    let main = [StartDaemon(1), JoinAll, Read(0, FIRST), EndProgram];
    holds(&[Kind::Cell(0)], &[&main, &[Write(FIRST, ONE)]]);
}

#[test]
fn a_mutex_may_be_given_back_by_another_task_before_it_is_taken() {
    holds(&[Kind::Mutex], &[&[Start(1), Acquire(FIRST)], &[Release(FIRST)]]);
    holds(&[Kind::Mutex], &[BOTH, &[Acquire(FIRST)], &[Release(FIRST)]]);
}

#[test]
fn a_wait_that_ran_out_could_have_been_first() {
    holds(&[Kind::Mutex], &[BOTH, &[AcquireWithin(2, FIRST, 1)], &[Acquire(FIRST)]]);
}

#[test]
fn an_expiry_hides_no_race_of_those_that_wait_on() {
    let objects = [Kind::Mutex, Kind::ReentrantMutex, Kind::Condition];
    let first = [Start(2), Acquire(FIRST)];
    let second = [Start(3), Acquire(FIRST)];
    let third = [Acquire(SECOND), WaitWithin(1, Place::Object(2), SECOND, 1)];
    holds(&objects, &[&[Start(1)], &first, &second, &third]);
    let takers: &[Instruction] = &[Take(FIRST)];
    let main = [Start(1), Start(2), Start(3)];
    holds(&[Kind::Semaphore(1)], &[&main, takers, takers, &[JoinWithin(1, 2, 1)]]);
}

#[test]
fn the_values_of_a_choice_are_tried_once() {
    let chooser = [
        Choose(0, 2),
        JumpIf(Test::Equal, Value::Register(0), Value::Number(0), 2),
        Permits(0, FIRST),
    ];
    holds(&[Kind::BoundedSemaphore(1)], &[BOTH, &[Take(FIRST)], &chooser]);
}

#[test]
fn a_wait_without_the_mutex_may_come_after_it_was_taken() {
    let objects = [Kind::Mutex, Kind::Condition];
    holds(&objects, &[BOTH, &[Wait(SECOND, FIRST)], &[Acquire(FIRST)]]);
}

#[test]
fn the_program_may_end_before_a_daemon_adds() {
    let main = [StartDaemon(1), JoinAll, EndProgram];
    holds(&[Kind::Atomic(0)], &[&main, &[Add(1, FIRST, ONE)]]);
    holds(&[], &[&main, &[Choose(1, 2)]]);
}

#[test]
fn the_program_s_end_hides_no_race_of_a_daemon_that_waits() {
    let main = [StartDaemon(1), Start(2), JoinAll, EndProgram];
    holds(&[Kind::Semaphore(1)], &[&main, &[Take(FIRST)], &[Take(FIRST)]]);
}

#[test]
fn a_wait_may_run_out_before_a_sleep_whatever_else_is_reversed() {
    let main = [Start(1), Start(2), Start(3)];
    let waiter = [Write(FIRST, ONE), JoinWithin(0, 1, 3)];
    holds(&[Kind::Cell(0)], &[&main, &[Sleep(2)], &waiter, &[Read(1, FIRST)]]);
    let main = [Start(1), Start(2), Start(3), Start(4)];
    let waiter = [Read(1, SECOND), Write(SECOND, Value::Number(0)), JoinWithin(0, 1, 3)];
    let looker = [Write(SECOND, ONE), IsLocked(3, FIRST)];
    let tasks: [&[Instruction]; 5] = [&main, &[Sleep(2)], &waiter, &looker, &[Acquire(FIRST)]];
    holds(&[Kind::Mutex, Kind::Cell(0)], &tasks);
}

#[test]
fn what_wakes_nobody_orders_nobody() {
    let main = [Start(1), Start(2), Start(3)];
    let reader = [Read(0, SECOND), Set(FIRST)];
    let writer = [Await(FIRST), Write(SECOND, Value::Number(2))];
    holds(&[Kind::Event, Kind::Cell(0)], &[&main, &[Set(FIRST)], &reader, &writer]);
    holds(&[Kind::Event], &[BOTH, &[Yield, Set(FIRST)], &[IsAlive(0, 1), Set(FIRST)]]);
}

#[test]
fn a_wait_that_stood_still_at_an_expiry_may_run_out_at_any_moment() {
    let main = [Start(1), Start(2), Start(3)];
    let giver = [TakeWithin(0, FIRST, 1), Give(0, FIRST, 1)];
    let tasks: [&[Instruction]; 4] = [&main, &[Take(FIRST)], &[TakeWithin(1, FIRST, 3)], &giver];
    holds(&[Kind::Semaphore(0)], &tasks);
}

#[test]
fn a_timed_acquire_may_run_out_while_the_mutex_is_held() {
    let objects = [Kind::Mutex, Kind::Condition, Kind::Event];
    let first = [AwaitWithin(1, Place::Object(2), 3), AcquireWithin(3, FIRST, 1)];
    let second = [Acquire(FIRST), WaitWithin(0, SECOND, FIRST, 2), Release(FIRST)];
    holds(&objects, &[BOTH, &first, &second]);
}

#[test]
fn a_second_look_of_a_loop_hides_no_race_of_those_that_wait_on() {
    let main = [Start(1), Start(2), Start(3)];
    let loops = [Until(SECOND, ONE)];
    let objects = [Kind::Mutex, Kind::Cell(0)];
    holds(&objects, &[&main, &loops, &[Acquire(FIRST), Release(FIRST)], &[Acquire(FIRST)]]);
    holds(&objects, &[&main, &loops, &[Acquire(FIRST)], &[AcquireWithin(2, FIRST, 1)]]);
}

/// With all that does not come after the race's first event, and not only what came before its second.
#[test]
fn a_sequence_is_taken_from_the_whole_execution() {
    let tasks = [
        vec![Start(1), Start(2), Start(3), Start(4)],
        vec![Write(SECOND, ONE)],
        vec![Store(THIRD, ONE), Read(1, SECOND)],
        vec![Write(FIRST, ONE), Load(0, THIRD)],
        vec![Store(THIRD, ONE), Read(0, FIRST), Read(1, FIRST), Write(FIRST, ONE)],
    ];
    let objects = vec![Kind::Cell(0), Kind::Cell(0), Kind::Atomic(0)];
    let program = Program { name: "finding".to_owned(), objects, tasks: tasks.to_vec() };
    let plan = Plan::optimal(ClockMode::Legal, 60_000);
    let by_races = search(&program, &plan);
    let by_sleep_sets = search(&program, &Plan { mode: Mode::SleepSets, ..plan });
    assert!(by_races.finished && by_sleep_sets.finished);
    assert_eq!((by_races.classes.len(), by_sleep_sets.classes.len()), (30, 30));
}

#[test]
fn giving_a_permit_after_one_was_taken_hides_no_race() {
    holds(
        &[Kind::Cell(0), Kind::Semaphore(1)],
        &[
            &[Start(1), Start(3)],
            &[Start(2), Read(0, FIRST), Give(1, SECOND, 1)],
            &[Write(FIRST, ONE)],
            &[IsAlive(0, 1), Take(SECOND)],
        ],
    );
}
