//! The search finds what plain enumeration finds, in random programs over every kind of object.

#![allow(clippy::expect_used, reason = "a panic is how a test fails")]

mod script;

use std::collections::BTreeSet;

use everyway_engine::clock::ClockMode;
use everyway_engine::detectors::races::Races;
use everyway_engine::execution::{Ending, Execution, Settings};
use everyway_engine::happens_before::HappensBefore;
use everyway_engine::points::Points;
use everyway_engine::primitives::ObjectKind;
use everyway_engine::primitives::queue::QueueOrder;
use everyway_engine::primitives::rwlock::RwLockPolicy;
use everyway_engine::strategies::exhaustive::Exhaustive;
use everyway_protocol::ids::TaskId;
use everyway_protocol::objects::{
    BarrierAction, FileAction, FutureAction, MailboxAction, OnceAction, ParkAction, QueueAction,
    RwLockAction, TimerAction,
};
use everyway_protocol::operation::{Action, Field};
use script::{Do, Program, on, run};

#[derive(Default)]
struct Found {
    complete: usize,
    redundant: usize,
    left: BTreeSet<String>,
}

/// None if there are more executions than this test has patience for.
fn search(
    program: &Program,
    mut points: Points,
    mut strategy: Exhaustive,
    clock: ClockMode,
    patience: usize,
) -> Option<Found> {
    let learn = !points.knows_object(0);
    let mut execution = Execution::new(Settings { clock, ..Settings::default() });
    // Where points are learned, the search begins anew when this is; here it is known.
    execution.has_kill = !learn;
    let (mut races, mut order) = (Races::default(), HappensBefore::default());
    let mut found = Found::default();
    for _ in 0..patience {
        strategy.begin();
        let left = run(program, &mut execution, &points, &mut strategy);
        assert_ne!(left.ending, Ending::Diverged, "programs are deterministic: {program:?}");
        if learn {
            let before = points.generation();
            races.look(&execution, &mut points);
            if points.generation() != before {
                strategy.restart();
                found = Found::default();
                continue;
            }
        }
        if left.ending == Ending::Redundant {
            found.redundant += 1;
        } else {
            found.complete += 1;
            let replies: Vec<_> = left.tasks.iter().map(|task| &task.replies).collect();
            found.left.insert(format!("{:?} {:?} {replies:?}", left.ending, left.cells));
        }
        order.rank_with_races(&execution);
        if !strategy.advance(&execution, &order) {
            return Some(found);
        }
    }
    None
}

/// A small generator, so that programs are the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % bound as u64) as usize
    }
}

const OBJECT: u32 = 0;
const CELL: u32 = 1;

fn read() -> Do {
    on(CELL, Action::Read(Field::Whole))
}

fn write() -> Do {
    on(CELL, Action::Write(Field::Whole))
}

fn timed(action: Action) -> Do {
    Do { timeout: Some(5), ..on(OBJECT, action) }
}

/// It is left out if the last answer was no.
fn then(action: Action) -> Do {
    Do { if_taken: true, ..on(OBJECT, action) }
}

/// What tasks do with an object: each is one of these pieces after another.
fn pieces(kind: ObjectKind, times: bool) -> Vec<Vec<Do>> {
    let one = |action| vec![on(OBJECT, action)];
    let mut pieces = match kind {
        ObjectKind::RwLock(policy) => {
            use RwLockAction::{
                ReadAcquire, ReadQueue, ReadRelease, ReadTry, WriteAcquire, WriteQueue,
                WriteRelease, WriteTry,
            };
            let (reads, writes) = match policy {
                RwLockPolicy::Readers => (ReadAcquire, WriteAcquire),
                _ => (ReadQueue, WriteQueue),
            };
            let lock = Action::RwLock;
            let mut pieces = vec![
                vec![on(OBJECT, lock(reads)), read(), on(OBJECT, lock(ReadRelease))],
                vec![on(OBJECT, lock(writes)), read(), write(), on(OBJECT, lock(WriteRelease))],
                vec![on(OBJECT, lock(writes)), on(OBJECT, lock(WriteRelease))],
                vec![on(OBJECT, lock(ReadTry)), then(lock(ReadRelease))],
                vec![on(OBJECT, lock(WriteTry)), then(lock(WriteRelease))],
                vec![on(OBJECT, lock(reads)), write(), on(OBJECT, lock(ReadRelease))],
                vec![on(OBJECT, lock(ReadRelease))],
            ];
            if times {
                pieces.push(vec![timed(lock(writes)), then(lock(WriteRelease))]);
                pieces.push(vec![timed(lock(reads)), then(lock(ReadRelease))]);
            }
            pieces
        }
        ObjectKind::Barrier { drains, .. } => {
            let barrier = Action::Barrier;
            let mut pieces = vec![
                one(barrier(BarrierAction::Arrive)),
                vec![write(), on(OBJECT, barrier(BarrierAction::Arrive)), read()],
                one(barrier(BarrierAction::Arrive)),
                one(barrier(BarrierAction::IsBroken)),
                one(barrier(BarrierAction::Waiting)),
                one(barrier(BarrierAction::Reset)),
            ];
            if drains {
                pieces.push(one(barrier(BarrierAction::Abort)));
            }
            if times {
                pieces.push(vec![timed(barrier(BarrierAction::Arrive))]);
            }
            pieces
        }
        ObjectKind::Queue { .. } => {
            let queue = Action::Queue;
            let put = |item, priority| queue(QueueAction::Put { item, priority });
            let mut pieces = vec![
                vec![write(), on(OBJECT, put(1, 5))],
                one(put(2, 4)),
                one(put(3, 5)),
                one(queue(QueueAction::PutTry { item: 4, priority: 4 })),
                vec![on(OBJECT, queue(QueueAction::Get)), read()],
                vec![on(OBJECT, queue(QueueAction::Get)), on(OBJECT, queue(QueueAction::TaskDone))],
                one(queue(QueueAction::Get)),
                one(queue(QueueAction::GetTry)),
                one(queue(QueueAction::Join)),
                one(queue(QueueAction::TaskDone)),
                one(queue(QueueAction::Length)),
                one(queue(QueueAction::ShutDown { immediate: false })),
                one(queue(QueueAction::ShutDown { immediate: true })),
            ];
            if times {
                pieces.push(vec![timed(queue(QueueAction::Get))]);
                pieces.push(vec![timed(put(5, 5))]);
            }
            pieces
        }
        ObjectKind::Future => {
            let future = Action::Future;
            let mut pieces = vec![
                vec![write(), on(OBJECT, future(FutureAction::Set(7)))],
                vec![on(OBJECT, future(FutureAction::Begin)), then(future(FutureAction::Set(8)))],
                one(future(FutureAction::Cancel)),
                vec![on(OBJECT, future(FutureAction::Wait)), read()],
                one(future(FutureAction::Wait)),
                one(future(FutureAction::IsDone)),
                one(future(FutureAction::IsRunning)),
                one(future(FutureAction::IsCancelled)),
            ];
            if times {
                pieces.push(vec![timed(future(FutureAction::Wait))]);
            }
            pieces
        }
        ObjectKind::Park => vec![
            vec![on(OBJECT, Action::Park(ParkAction::Park)), read()],
            vec![write(), on(OBJECT, Action::Park(ParkAction::Unpark))],
            one(Action::Park(ParkAction::Unpark)),
            vec![if times { timed(Action::Park(ParkAction::Park)) } else { read() }],
        ],
        ObjectKind::Once => {
            let once = Action::Once;
            let begin = on(OBJECT, once(OnceAction::Begin { forced: false }));
            vec![
                vec![begin, then(once(OnceAction::Finish)), read()],
                vec![begin, then(once(OnceAction::Finish)), write()],
                vec![begin, then(once(OnceAction::Poison))],
                vec![begin, then(once(OnceAction::GiveUp))],
                vec![
                    on(OBJECT, once(OnceAction::Begin { forced: true })),
                    then(once(OnceAction::Finish)),
                ],
                one(once(OnceAction::IsDone)),
                one(once(OnceAction::Finish)),
            ]
        }
        ObjectKind::Timer => {
            let fire = Do { timeout: Some(3), ..on(OBJECT, Action::Timer(TimerAction::Fire)) };
            vec![
                vec![write(), on(OBJECT, Action::Timer(TimerAction::Start))],
                one(Action::Timer(TimerAction::Cancel)),
                vec![fire, read()],
                one(Action::Timer(TimerAction::IsPending)),
            ]
        }
        ObjectKind::Mailbox => {
            let mailbox = Action::Mailbox;
            let mut pieces = vec![
                vec![write(), on(OBJECT, mailbox(MailboxAction::Post(1)))],
                one(mailbox(MailboxAction::Post(2))),
                one(mailbox(MailboxAction::Post(3))),
                vec![on(OBJECT, mailbox(MailboxAction::Receive)), read()],
                one(mailbox(MailboxAction::Receive)),
                one(mailbox(MailboxAction::ReceiveTry)),
                vec![on(OBJECT, mailbox(MailboxAction::Ready)), read()],
                vec![on(OBJECT, mailbox(MailboxAction::Gone(1))), read()],
                one(mailbox(MailboxAction::Length)),
                one(mailbox(MailboxAction::Close { discard: false })),
                one(mailbox(MailboxAction::Close { discard: true })),
            ];
            if times {
                pieces.push(vec![timed(mailbox(MailboxAction::Receive))]);
                pieces.push(vec![timed(mailbox(MailboxAction::Ready))]);
            }
            pieces
        }
        ObjectKind::File(_) => vec![
            one(Action::File(FileAction::Read(Field::Whole))),
            one(Action::File(FileAction::Write(Field::Entry(1)))),
            one(Action::File(FileAction::Update(Field::EntryAndShape(2)))),
        ],
        other => unreachable!("no pieces for {other:?}"),
    };
    pieces.push(vec![read()]);
    if times {
        let sleep = Do { object: u32::MAX, ..timed(Action::Sleep) };
        pieces.push(vec![sleep, write()]);
    }
    pieces
}

fn random_program(numbers: &mut Numbers, kind: ObjectKind, times: bool) -> Program {
    let pieces = pieces(kind, times);
    let count = 2 + numbers.below(2);
    let length = 1 + numbers.below(if count == 2 { 3 } else { 2 });
    let task = |numbers: &mut Numbers| {
        (0..length).flat_map(|_| pieces[numbers.below(pieces.len())].clone()).collect()
    };
    let tasks = (0..count).map(|_| task(numbers)).collect();
    Program { objects: vec![kind, ObjectKind::Cell], tasks, idle: false }
}

fn kinds() -> Vec<(&'static str, ObjectKind)> {
    let queue = |order, capacity| ObjectKind::Queue { order, capacity };
    vec![
        ("rwlock, readers first", ObjectKind::RwLock(RwLockPolicy::Readers)),
        ("rwlock, writers first", ObjectKind::RwLock(RwLockPolicy::Writers)),
        ("rwlock, fair", ObjectKind::RwLock(RwLockPolicy::Fair)),
        ("barrier", ObjectKind::Barrier { parties: 2, drains: true }),
        ("barrier of three", ObjectKind::Barrier { parties: 3, drains: true }),
        ("barrier, no drain", ObjectKind::Barrier { parties: 2, drains: false }),
        ("queue", queue(QueueOrder::FirstIn, 0)),
        ("queue of one", queue(QueueOrder::FirstIn, 1)),
        ("queue of two", queue(QueueOrder::FirstIn, 2)),
        ("stack", queue(QueueOrder::LastIn, 1)),
        ("priority queue", queue(QueueOrder::Priority, 0)),
        ("future", ObjectKind::Future),
        ("park token", ObjectKind::Park),
        ("once", ObjectKind::Once),
        ("timer", ObjectKind::Timer),
        ("mailbox", ObjectKind::Mailbox),
        ("file", ObjectKind::File(9)),
    ]
}

fn told(program: &Program) -> String {
    let name = |own: &Do| {
        let (timed, taken) = (own.timeout.map_or("", |_| " timed"), own.if_taken);
        format!("{:?}{timed}{}", own.action, if taken { " if taken" } else { "" })
    };
    let tasks = program.tasks.iter().map(|list| list.iter().map(name).collect::<Vec<_>>());
    tasks.map(|list| list.join(", ")).collect::<Vec<_>>().join("\n  ")
}

#[derive(Default, Debug)]
struct Compared {
    programs: usize,
    redundant: usize,
    complete: usize,
    results: usize,
}

fn compare(name: &str, kind: ObjectKind, times: bool, clock: ClockMode, seeds: u64) -> Compared {
    let exhaustive = || match clock {
        ClockMode::Exact | ClockMode::Any => Exhaustive::by_sleep_sets(100_000),
        ClockMode::Legal => Exhaustive::new(100_000),
    };
    let every = Points::everything;
    let mut compared = Compared::default();
    for seed in 0..seeds {
        let mut numbers = Numbers(seed.wrapping_mul(7919) + 17);
        let program = random_program(&mut numbers, kind, times);
        let plain = Exhaustive::enumeration(100_000);
        let Some(plain) = search(&program, every(), plain, clock, 3_000) else { continue };
        let what = || format!("{name}, seed {seed}: {}", told(&program));
        let full = search(&program, every(), exhaustive(), clock, 60_000).expect("fewer");
        assert_eq!(plain.left, full.left, "every operation a point: {}", what());
        let quick =
            search(&program, Points::default(), exhaustive(), clock, 60_000).expect("fewer");
        assert_eq!(plain.left, quick.left, "learned points: {}", what());
        // Where time runs out, a node with fewer points may have more to try.
        assert!(times || quick.complete <= full.complete, "{}", what());
        compared.programs += 1;
        compared.redundant += full.redundant;
        compared.complete += full.complete;
        compared.results += full.left.len();
    }
    compared
}

fn compare_all(times: bool, clock: ClockMode, seeds: u64) {
    for (name, kind) in kinds() {
        let compared = compare(name, kind, times, clock, seeds);
        println!("{name}: {compared:?}");
        assert!(compared.programs as u64 > seeds / 3, "{name}: only {}", compared.programs);
    }
}

#[test]
fn the_results_are_those_of_plain_enumeration() {
    compare_all(false, ClockMode::Legal, 60);
}

/// A program that uses two objects.
fn mixed_program(numbers: &mut Numbers) -> Program {
    let all = kinds();
    let kinds: Vec<ObjectKind> = (0..2).map(|_| all[numbers.below(all.len())].1).collect();
    let mut program = random_program(numbers, kinds[0], false);
    let other = random_program(numbers, kinds[1], false);
    let moved = |own: &Do| Do { object: if own.object == OBJECT { 2 } else { own.object }, ..*own };
    for (task, more) in program.tasks.iter_mut().zip(&other.tasks) {
        let first = numbers.below(2) * task.len();
        task.splice(first..first, more.iter().take(3).map(moved));
    }
    program.objects.push(kinds[1]);
    program
}

#[test]
fn the_results_are_those_of_plain_enumeration_with_two_objects() {
    let clock = ClockMode::Legal;
    let mut compared = 0;
    for seed in 0..250 {
        let program = mixed_program(&mut Numbers(seed * 104_729 + 5));
        let what = || format!("seed {seed}, {:?}: {}", program.objects, told(&program));
        let plain = Exhaustive::enumeration(100_000);
        let every = Points::everything;
        let Some(plain) = search(&program, every(), plain, clock, 3_000) else { continue };
        let full = search(&program, every(), Exhaustive::new(100_000), clock, 60_000);
        assert_eq!(plain.left, full.expect("fewer").left, "every operation a point: {}", what());
        let quick = Exhaustive::new(100_000);
        let quick = search(&program, Points::default(), quick, clock, 60_000);
        assert_eq!(plain.left, quick.expect("fewer").left, "learned points: {}", what());
        compared += 1;
    }
    assert!(compared > 80, "only {compared}");
}

/// A program one of whose tasks ends another.
fn program_with_kill(numbers: &mut Numbers) -> Program {
    let kinds = [
        ObjectKind::Mutex,
        ObjectKind::Semaphore(1),
        ObjectKind::Event,
        ObjectKind::Mailbox,
        ObjectKind::Queue { order: QueueOrder::FirstIn, capacity: 1 },
    ];
    let kind = kinds[numbers.below(kinds.len())];
    let one = |action| vec![on(OBJECT, action)];
    let pieces = match kind {
        ObjectKind::Mutex => vec![
            vec![on(OBJECT, Action::MutexAcquire), write(), on(OBJECT, Action::MutexRelease)],
            vec![on(OBJECT, Action::MutexAcquire), read(), on(OBJECT, Action::MutexRelease)],
            vec![on(OBJECT, Action::MutexTry), then(Action::MutexRelease)],
            vec![write()],
        ],
        ObjectKind::Semaphore(_) => vec![
            vec![on(OBJECT, Action::SemaphoreAcquire), read(), write()],
            vec![write(), on(OBJECT, Action::SemaphoreRelease(1))],
            one(Action::SemaphoreValue),
        ],
        ObjectKind::Event => vec![
            vec![on(OBJECT, Action::EventWait), read()],
            vec![write(), on(OBJECT, Action::EventSet)],
            one(Action::EventClear),
        ],
        kind => pieces(kind, false),
    };
    let count = 2 + numbers.below(2);
    let mut tasks: Vec<Vec<Do>> = (0..count)
        .map(|_| {
            let length = 1 + numbers.below(2);
            let mut list: Vec<Do> =
                (0..length).flat_map(|_| pieces[numbers.below(pieces.len())].clone()).collect();
            // Whether a task is ended before or after it reads a cell shows in nothing.
            list.retain(|own| own.action != Action::Read(Field::Whole));
            list
        })
        .collect();
    let (killer, victim) = (numbers.below(count), numbers.below(count) as u32 + 1);
    let place = numbers.below(tasks[killer].len() + 1);
    tasks[killer].insert(place, on(u32::MAX, Action::TaskKill(TaskId(victim))));
    Program { objects: vec![kind, ObjectKind::Cell], tasks, idle: false }
}

#[test]
fn the_results_are_those_of_plain_enumeration_where_a_task_ends_another() {
    let clock = ClockMode::Legal;
    let mut compared = 0;
    for seed in 0..150 {
        let program = program_with_kill(&mut Numbers(seed * 15_485_863 + 3));
        let what = || format!("seed {seed}, {:?}: {}", program.objects, told(&program));
        let plain = Exhaustive::enumeration(100_000);
        let every = Points::everything;
        let Some(plain) = search(&program, every(), plain, clock, 3_000) else { continue };
        let full = search(&program, every(), Exhaustive::new(100_000), clock, 60_000);
        assert_eq!(plain.left, full.expect("fewer").left, "every operation a point: {}", what());
        let quick = Exhaustive::new(100_000);
        let quick = search(&program, Points::default(), quick, clock, 60_000);
        assert_eq!(plain.left, quick.expect("fewer").left, "learned points: {}", what());
        compared += 1;
    }
    assert!(compared > 60, "only {compared}");
}

#[test]
fn the_results_are_those_of_plain_enumeration_where_time_runs_out() {
    compare_all(true, ClockMode::Legal, 50);
}

#[test]
fn the_results_are_those_of_plain_enumeration_where_deadlines_order() {
    compare_all(true, ClockMode::Exact, 40);
}

#[test]
fn the_results_are_those_of_plain_enumeration_where_any_wait_may_run_out() {
    compare_all(true, ClockMode::Any, 30);
}

#[test]
fn two_waits_can_run_out_before_either_task_goes_on() {
    for (take, give, kind) in [
        (Action::SemaphoreAcquire, Action::SemaphoreRelease(1), ObjectKind::Semaphore(0)),
        (Action::Park(ParkAction::Park), Action::Park(ParkAction::Unpark), ObjectKind::Park),
    ] {
        let program = Program {
            objects: vec![kind, ObjectKind::Cell],
            tasks: vec![vec![timed(take), on(OBJECT, give)]; 2],
            idle: false,
        };
        let clock = ClockMode::Legal;
        let plain = Exhaustive::enumeration(1_000);
        let plain = search(&program, Points::everything(), plain, clock, 5_000);
        let quick = search(&program, Points::default(), Exhaustive::new(1_000), clock, 5_000);
        let (plain, quick) = (plain.expect("small"), quick.expect("small"));
        assert_eq!(plain.left, quick.left, "{kind:?}");
    }
}

#[test]
fn what_waited_in_vain_could_have_come_first() {
    let program = Program {
        objects: vec![ObjectKind::Semaphore(1), ObjectKind::Cell],
        tasks: vec![
            vec![timed(Action::SemaphoreAcquire)],
            vec![write(), on(OBJECT, Action::SemaphoreAcquire)],
            vec![timed(Action::SemaphoreAcquire)],
        ],
        idle: false,
    };
    let (every, clock) = (Points::everything, ClockMode::Legal);
    let plain = search(&program, every(), Exhaustive::enumeration(1_000), clock, 5_000);
    let full = search(&program, every(), Exhaustive::new(1_000), clock, 5_000);
    assert_eq!(plain.expect("a small program").left, full.expect("a small program").left);
}

#[test]
fn a_wait_can_run_out_while_another_task_sleeps() {
    let sleep = Do { object: u32::MAX, ..timed(Action::Sleep) };
    let program = Program {
        objects: vec![ObjectKind::Semaphore(0), ObjectKind::Cell],
        tasks: vec![
            vec![sleep, write(), on(OBJECT, Action::SemaphoreRelease(1))],
            vec![read(), timed(Action::SemaphoreAcquire)],
        ],
        idle: false,
    };
    let (every, clock) = (Points::everything, ClockMode::Legal);
    let plain = search(&program, every(), Exhaustive::enumeration(1_000), clock, 5_000);
    let full = search(&program, every(), Exhaustive::new(1_000), clock, 5_000);
    assert_eq!(plain.expect("a small program").left, full.expect("a small program").left);
}

#[test]
fn a_wait_can_run_out_while_a_timer_is_going() {
    let timer = |action| Do { object: 2, ..on(OBJECT, Action::Timer(action)) };
    let fire = Do { timeout: Some(5), ..timer(TimerAction::Fire) };
    let release = on(OBJECT, Action::SemaphoreRelease(1));
    let program = Program {
        objects: vec![ObjectKind::Semaphore(0), ObjectKind::Cell, ObjectKind::Timer],
        tasks: vec![
            vec![timer(TimerAction::Start), fire, write(), release],
            vec![read(), timed(Action::SemaphoreAcquire)],
        ],
        idle: false,
    };
    let (every, clock) = (Points::everything, ClockMode::Legal);
    let plain = search(&program, every(), Exhaustive::enumeration(1_000), clock, 5_000);
    let full = search(&program, every(), Exhaustive::new(1_000), clock, 5_000);
    assert_eq!(plain.expect("a small program").left, full.expect("a small program").left);
}
